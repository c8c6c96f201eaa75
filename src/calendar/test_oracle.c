/* Compares us with Python's zoneinfo and dateutil, line by line: the program
 * tools/oracle_calendar.py asks and answers, this test answers too. */
#include "harness.h"

#include "calendar/holidays.h"
#include "calendar/hours.h"
#include "calendar/schedule.h"
#include "calendar/span.h"
#include "calendar/zone.h"
#include "core/alloc.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 1 << 18, WORD = 64, REPORTS = 20 };

typedef struct Tally {
	size_t changes, offsets, civils, rules, occurrences, adds, days, minutes, easters;
	size_t differences;
	bool complete;
} Tally;

static Instant at_second(int64_t s) { return (Instant){ s * 1000000 }; }

/* The next tab-separated word as a number. */
static int64_t number(const char **rest)
{
	char word[WORD];
	int64_t n = INT64_MIN;

	if (text_part(rest, "\t \n", word, sizeof word))
		(void)text_int(word, &n);
	return n;
}

static const Zone *zone_word(const char **rest)
{
	char word[WORD] = "";
	const Zone *z = NULL;

	if (!text_part(rest, "\t\n", word, sizeof word) || !zone_load(word, &z, NULL))
		test_fail(__FILE__, __LINE__, "no zone '%s'", word);
	return z;
}

static void differ(Tally *t, const char *line, int64_t ours)
{
	if (t->differences++ < REPORTS)
		test_fail(__FILE__, __LINE__, "%.120s: we say %lld", line, (long long)ours);
}

static void check_offset(Tally *t, const char *line, const char *rest)
{
	const Zone *z = zone_word(&rest);
	Instant at = at_second(number(&rest));
	int64_t want = number(&rest);
	char name[WORD] = "";

	(void)text_part(&rest, "\t\n", name, sizeof name);
	t->offsets++;
	if (zone_offset(z, at) != want || !text_eq(zone_abbreviation(z, at), name))
		differ(t, line, zone_offset(z, at));
}

static void check_change(Tally *t, const char *line, const char *rest)
{
	const Zone *z = zone_word(&rest);
	int64_t want = number(&rest) * 1000000;

	t->changes++;
	if (zone_next_change(z, (Instant){ want - 1 }).us != want ||
	    zone_next_change(z, (Instant){ want }).us <= want)
		differ(t, line, zone_next_change(z, (Instant){ want - 1 }).us / 1000000);
}

static void check_civil(Tally *t, const char *line, const char *rest)
{
	static const char *const kinds[] = { "once", "gap", "twice" };
	const Zone *z = zone_word(&rest);
	int32_t part[6];
	Instant first, last;
	CivilKind kind;
	Civil c;
	int64_t want_first, want_last;
	char name[WORD] = "";

	for (size_t i = 0; i < 6; i++)
		part[i] = (int32_t)number(&rest);
	c = (Civil){ part[0], part[1], part[2], part[3], part[4], part[5], 0 };
	want_first = number(&rest);
	want_last = number(&rest);
	(void)text_part(&rest, "\t\n", name, sizeof name);
	first = zone_instant(z, c, PICK_FIRST, NULL);
	last = zone_instant(z, c, PICK_LAST, &kind);
	t->civils++;
	if (first.us != want_first * 1000000 || last.us != want_last * 1000000)
		differ(t, line, first.us / 1000000);
	if (!text_eq(kinds[kind], name))
		differ(t, line, kind);
}

static void check_rule(Tally *t, const char *line, const char *rest)
{
	char text[WORD] = "";
	Schedule s;
	const Zone *z;
	Instant at, prior;
	int64_t n;
	Err err;

	(void)text_part(&rest, "\t", text, sizeof text);
	if (!schedule_parse(text, &s, &err)) {
		test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
		return;
	}
	z = zone_word(&rest);
	prior = at = at_second(number(&rest));
	n = number(&rest);
	t->rules++;
	for (int64_t i = 0; i < n; i++) {
		int64_t want = number(&rest);

		at = schedule_next(&s, z, at);
		t->occurrences++;
		if (at.us != want * 1000000) {
			differ(t, line, at.us / 1000000);
			test_fail(__FILE__, __LINE__, "occurrence %lld should be %lld",
			          (long long)i, (long long)want);
			return;
		}
		if (schedule_last(&s, z, at).us != at.us ||
		    (i && schedule_last(&s, z, (Instant){ at.us - 1 }).us != prior.us))
			differ(t, line, schedule_last(&s, z, at).us / 1000000);
		prior = at;
	}
}

static void check_add(Tally *t, const char *line, const char *rest)
{
	const Zone *z = zone_word(&rest);
	Instant from = at_second(number(&rest)), got;
	char word[WORD] = "";
	Span span;

	(void)text_part(&rest, "\t", word, sizeof word);
	if (!span_parse(word, &span)) {
		test_fail(__FILE__, __LINE__, "no span '%s'", word);
		return;
	}
	got = zone_add(z, from, span);
	t->adds++;
	if (got.us != number(&rest) * 1000000)
		differ(t, line, got.us / 1000000);
}

static void check_day(Tally *t, const char *line, const char *rest)
{
	const Zone *z = zone_word(&rest);
	Instant at = at_second(number(&rest));

	t->days++;
	if (zone_day_start(z, at).us != number(&rest) * 1000000)
		differ(t, line, zone_day_start(z, at).us / 1000000);
	if (zone_month_start(z, at).us != number(&rest) * 1000000)
		differ(t, line, zone_month_start(z, at).us / 1000000);
}

/* What is open: edges of stretches, in order, an opening first. */
enum { EDGES = 64 };
typedef struct Edges {
	int64_t at[EDGES];
	size_t n;
	Instant from, to;
} Edges;

static Edges read_edges(const char *rest)
{
	Edges e = { .from = at_second(number(&rest)), .to = at_second(number(&rest)) };
	int64_t edge;

	while (e.n < EDGES && (edge = number(&rest)) != INT64_MIN)
		e.at[e.n++] = edge;
	return e;
}

static bool is_open(const Edges *e, Instant t)
{
	size_t passed = 0;

	while (passed < e->n && e->at[passed] * 1000000 <= t.us)
		passed++;
	return passed % 2 == 1;
}

static Instant next_edge(const Edges *e, Instant t)
{
	for (size_t i = 0; i < e->n; i++) {
		if (e->at[i] * 1000000 > t.us)
			return at_second(e->at[i]);
	}
	return NEVER;
}

/* Minute by minute, and between the minutes by edges and sums. */
static void check_hours(Tally *t, const char *line, const char *rest)
{
	char text[WORD] = "";
	Hours h;
	const Zone *z;
	Edges e;
	Duration open = { 0 };

	(void)text_part(&rest, "\t", text, sizeof text);
	if (!hours_parse(text, &h, NULL)) {
		differ(t, line, 0);
		return;
	}
	z = zone_word(&rest);
	e = read_edges(rest);
	for (Instant at = e.from; earlier(at, e.to); at = after(at, minutes(1))) {
		t->minutes++;
		open.us += is_open(&e, at) ? minutes(1).us : 0;
		if (hours_open(&h, z, at) != is_open(&e, at)) {
			differ(t, line, at.us / 1000000);
			return;
		}
	}
	if (hours_within(&h, z, e.from, e.to).us != open.us)
		differ(t, line, hours_within(&h, z, e.from, e.to).us / 1000000);
	for (Instant at = e.from; earlier(at, e.to); at = next_edge(&e, at)) {
		if (hours_next_edge(&h, z, at).us != next_edge(&e, at).us) {
			differ(t, line, at.us / 1000000);
			return;
		}
	}
}

/* A window is open when its last start has not ended. */
static void check_window(Tally *t, const char *line, const char *rest)
{
	char text[WORD] = "", length[WORD] = "";
	Schedule s;
	Span span = { 0 };
	const Zone *z;
	Edges e;

	(void)text_part(&rest, "\t", text, sizeof text);
	(void)text_part(&rest, "\t", length, sizeof length);
	if (!schedule_parse(text, &s, NULL) || !span_parse(length, &span)) {
		differ(t, line, 0);
		return;
	}
	z = zone_word(&rest);
	e = read_edges(rest);
	for (Instant at = e.from; earlier(at, e.to); at = after(at, minutes(1))) {
		bool open = earlier(at, zone_add(z, schedule_last(&s, z, at), span));

		t->minutes++;
		if (open != is_open(&e, at)) {
			differ(t, line, at.us / 1000000);
			return;
		}
	}
}

static void check_easter(Tally *t, const char *line, const char *rest)
{
	int32_t year = (int32_t)number(&rest), month = (int32_t)number(&rest);
	int32_t day = (int32_t)number(&rest);

	t->easters++;
	if (easter_day(year) != days_from_civil(year, month, day))
		differ(t, line, easter_day(year));
}

static void check_line(Tally *t, const char *line)
{
	static const struct {
		const char *name;
		void (*check)(Tally *t, const char *line, const char *rest);
	} checks[] = { { "offset", check_offset }, { "change", check_change },
		       { "civil", check_civil },   { "rule", check_rule },
		       { "add", check_add },       { "day", check_day },
		       { "hours", check_hours },   { "window", check_window },
		       { "easter", check_easter } };
	const char *rest = line;
	char word[WORD] = "";

	(void)text_part(&rest, "\t\n", word, sizeof word);
	t->complete = text_eq(word, "end");
	for (size_t i = 0; i < COUNT_OF(checks); i++) {
		if (text_eq(word, checks[i].name))
			checks[i].check(t, line, rest);
	}
}

/* Starts the oracle; its standard output, or NULL. */
static FILE *start(pid_t *ret_pid)
{
	static const char python[] = "/usr/bin/python3";
	char path[512];
	int fd[2];
	pid_t pid;

	(void)snprintf(path, sizeof path, "%s/tools/oracle_calendar.py", test_source());
	if (pipe(fd) < 0)
		return NULL;
	pid = fork();
	if (pid == 0) {
		if (dup2(fd[1], STDOUT_FILENO) < 0)
			_exit(127);
		(void)close(fd[0]);
		(void)close(fd[1]);
		(void)execl(python, python, path, (char *)NULL);
		_exit(127);
	}
	(void)close(fd[1]);
	*ret_pid = pid;
	return fdopen(fd[0], "r");
}

TEST(zones_recurrences_and_spans_agree_with_python_over_twenty_years)
{
	AUTO_FREE char *line = mem_new(LINE);
	Tally t = { 0 };
	int status = 0;
	pid_t pid = 0;
	FILE *f;

	if (access("/usr/lib/python3/dist-packages/dateutil/rrule.py", R_OK) < 0) {
		test_skip("python3-dateutil is not installed");
		return;
	}
	f = start(&pid);
	ASSERT(f != NULL);
	while (fgets(line, LINE, f))
		check_line(&t, line);
	(void)fclose(f);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	EXPECT_INT(status, 0);
	EXPECT(t.complete);
	EXPECT_INT(t.differences, 0);
	EXPECT(t.offsets > 40000 && t.civils > 70000 && t.changes > 1000);
	EXPECT(t.occurrences > 300000 && t.adds == 4000 && t.days > 3000);
	EXPECT(t.rules > 3400 && t.minutes > 2000000 && t.easters > 2500);
}
