/* What `carene next` prints, as people read it; and what it refuses. */
#include "harness.h"

#include "cli/commands.h"
#include "cli/next.h"
#include "core/alloc.h"
#include "plan/testing.h"

#include <unistd.h>

static const char plan_text[] =
        "plan: {id: p, title: T, version: 1, timezone: Europe/Paris, language: en}\n"
        "roles: {ana: {kind: human, label: Ana}, ops: {kind: human, label: The people of the night "
        "shift who answer for everything}}\n"
        "windows: {night: {at: weekly sun 03:00, for: 2h, notice: 24h, label: Night},\n"
        "  dawn: {at: weekly sun 04:30, for: 1h, label: Dawn}}\n"
        "tasks: {sort: {at: daily 09:00, for: 15m, owner: ana, label: Sort},\n"
        "  review: {at: weekly fri 09:00, for: 1h, owner: [ana, ops], label: A review of what has "
        "happened}}\n"
        "backups: {files: {of: files, kind: full, paths: [/srv], at: weekly}}\n"
        "documents: {guide: {kind: user, paths: [g], update: on deploy}}\n";

typedef struct Lab {
	Loaded loaded;
	Agenda agenda;
	Month month;
	Buf out;
} Lab;

static void Lab_done(Lab *l)
{
	Agenda_done(&l->agenda);
	Loaded_done(&l->loaded);
	Buf_done(&l->out);
}

static Lab shown(const char *from, const char *to, bool month, Lang lang, bool colour)
{
	Lab l = { .loaded = load_text(plan_text) };
	NextView v = { l.loaded.plan, NULL, { lang, NULL, colour, 0 }, LONG_AGO };
	Instant a, b;

	if (!l.loaded.plan || !instant_parse(from, &a) || !instant_parse(to, &b)) {
		test_fail(__FILE__, __LINE__, "%s", buf_str(&l.loaded.text));
		return l;
	}
	l.month = month_of(l.loaded.plan->head.timezone, 2026, 11);
	agenda_read(l.loaded.plan, month ? l.month.from : a, month ? l.month.to : b, NULL,
	            &l.agenda);
	v.agenda = &l.agenda;
	v.now = a;
	if (month)
		next_month(&v, &l.month, &l.out);
	else
		next_list(&v, &l.out);
	return l;
}

static bool fits(const char *text, size_t width)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");

		if (utf8_count(p, n) > width || (n && p[n - 1] == ' '))
			return test_fail(__FILE__, __LINE__, "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
	return true;
}

TEST(days_are_listed_with_hour_length_what_and_who)
{
	AUTO(Lab) l = shown("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", false, LANG_EN, false);

	EXPECT_SNAPSHOT(buf_str(&l.out), "test/golden/next_list_en.txt");
	EXPECT(fits(buf_str(&l.out), 80));
}

TEST(the_same_in_french)
{
	AUTO(Lab) l = shown("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", false, LANG_FR, false);

	EXPECT_SNAPSHOT(buf_str(&l.out), "test/golden/next_list_fr.txt");
	EXPECT(fits(buf_str(&l.out), 80));
}

TEST(a_month_fits_a_terminal_of_eighty_columns)
{
	AUTO(Lab) l = shown("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", true, LANG_EN, false);

	EXPECT_SNAPSHOT(buf_str(&l.out), "test/golden/next_month_en.txt");
	EXPECT(fits(buf_str(&l.out), 80));
	EXPECT_HAS(buf_str(&l.out), "[20]"); /* today, without colour */
	EXPECT_HAS(buf_str(&l.out), "(26)"); /* October */
}

TEST(colour_only_adds)
{
	AUTO(Lab)
	plain = shown("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", true, LANG_EN, false);
	AUTO(Lab)
	colour = shown("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", true, LANG_EN, true);
	AUTO(Buf) bare = { 0 };

	EXPECT(!strchr(buf_str(&plain.out), '\033'));
	for (const char *p = buf_str(&colour.out); *p; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			buf_char(&bare, *p);
	}
	EXPECT(bare.n < colour.out.n);
	EXPECT_TEXT(buf_str(&bare), buf_str(&plain.out));
}

TEST(a_narrow_terminal_wraps_and_loses_nothing)
{
	AUTO(Lab) l = shown("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", false, LANG_EN, false);
	NextView v = { l.loaded.plan, &l.agenda, { LANG_EN, NULL, false, 50 }, LONG_AGO };
	AUTO(Buf) out = { 0 };

	next_list(&v, &out);
	EXPECT(fits(buf_str(&out), 50));
	EXPECT_HAS(buf_str(&out), "everything");
}

/* ---- the command ---- */

static int run_next(const char *a, const char *b, const char *c)
{
	char words[4][64] = { "next" };
	char *argv[5] = { words[0] };
	const char *given[] = { a, b, c };
	int argc = 1;

	for (size_t i = 0; i < 3; i++) {
		if (!given[i])
			continue;
		text_copy(words[argc], sizeof words[argc], given[i]);
		argv[argc] = words[argc];
		argc++;
	}
	return cmd_next.run(argc, argv);
}

TEST(what_is_no_question_is_a_usage_error)
{
	EXPECT_INT(run_next(NULL, NULL, NULL), 2);
	EXPECT_INT(run_next("a", "b", NULL), 2);
	EXPECT_INT(run_next("a", "--days=0", NULL), 2);
	EXPECT_INT(run_next("a", "--days=3661", NULL), 2);
	EXPECT_INT(run_next("a", "--days=x", NULL), 2);
	EXPECT_INT(run_next("a", "--json", "--ics"), 2);
	EXPECT_INT(run_next("a", "--month", "--days=3"), 2);
	EXPECT_INT(run_next("a", "--language=de", NULL), 2);
	EXPECT_INT(run_next("a", "--form=2027-01-01", NULL), 2);
}

TEST(a_plan_that_is_not_there_is_said)
{
	EXPECT(run_next("/nonexistent/plan.yaml", NULL, NULL) > 2);
}
