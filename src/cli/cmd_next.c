/* carene next: what a plan says is due, without a daemon: by day, as a month's sheet,
 * as iCalendar or as JSON. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/next.h"
#include "core/alloc.h"
#include "core/text.h"
#include "report/calendar.h"

#include <time.h>

enum { DAYS_DEFAULT = 7, DAYS_MAX = 3660 };

typedef struct Wanted {
	bool json, ics, month;
	const char *from, *days, *kind, *owner, *language;
	int64_t n; /* days */
} Wanted;

static Instant clock_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (Instant){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

/* "2027-01-04" (its first instant in the plan's zone), or an RFC 3339 instant. */
static bool read_from(const char *text, const Zone *z, Instant *ret, Err *err)
{
	Schedule day;

	if (instant_parse(text, ret))
		return true;
	if (!schedule_parse(text, &day, NULL) || day.kind != SCHEDULE_ONCE)
		return err_set(err, ERR_BAD_INPUT, "--from %s is not a date", text),
		       err_hint(err, "write 2027-01-04, \"2027-01-04 09:00\" or "
		                     "2027-01-04T09:00:00Z");
	*ret = zone_instant(z, day.once, PICK_FIRST, NULL);
	return true;
}

static bool owner_known(const Plan *p, const char *id)
{
	return plan_role(p, id) || plan_team(p, id) || plan_contact(p, id);
}

static bool check(const Plan *p, const Wanted *w, Err *err)
{
	if (w->kind && !agenda_kind_known(w->kind))
		return err_set(err, ERR_BAD_INPUT, "there is no kind '%s'", w->kind),
		       err_hint(err, "window, notice, sprint, plan, calendar, task, backup, "
		                     "restore_test, exercise, log, update, audit, document …");
	if (w->owner && !owner_known(p, w->owner))
		return err_set(err, ERR_NOT_FOUND, "the plan has no '%s'", w->owner),
		       err_hint(err, "--owner is the id of a role, a team or a contact");
	return true;
}

static void print(const Plan *p, const Wanted *w, Instant now, Instant from, Buf *out)
{
	const Zone *z = p->head.timezone;
	AgendaWish wish = { w->kind, w->owner };
	Instant to = zone_add(z, from, (Span){ .days = (int32_t)w->n });
	Civil c = zone_civil(z, from);
	Month month = month_of(z, c.year, c.month);
	AUTO(Agenda) agenda = { 0 };
	NextView view = { p, &agenda, client_screen(), now };
	Emit emit = emit_to(out);

	if (w->language)
		view.screen.lang = lang_parse(w->language);
	if (w->month)
		agenda_read(p, month.from, month.to, &wish, &agenda);
	else
		agenda_read(p, from, to, &wish, &agenda);
	if (w->ics) {
		calendar_ics(p, &agenda, view.screen.lang, now, out);
	} else if (w->json) {
		calendar_json(p, &agenda, &emit);
		buf_char(out, '\n');
	} else if (w->month) {
		next_month(&view, &month, out);
	} else {
		next_list(&view, out);
	}
}

static int next(const char *path, const Wanted *w)
{
	Findings f = { 0 };
	AUTO(Buf) out = { .max = 64 << 20 };
	Err err = { 0 };
	Plan *p = cli_read_plan(path, CLI_SECRETS_NONE, &f, &err);
	Instant now = clock_now(), from = now;
	bool good = p != NULL;

	if (!p && err.code == ERR_CONFIG) {
		findings_print(&f, cli_colour(stderr), &out);
		cli_print(stderr, &out);
	}
	good = good && (!w->from || read_from(w->from, p->head.timezone, &from, &err)) &&
	       check(p, w, &err);
	if (good) {
		print(p, w, now, from, &out);
		cli_print(stdout, &out);
	}
	plan_free(p);
	arena_free(f.arena);
	return good ? 0 : cli_fail(&err);
}

static int run(int argc, char **argv)
{
	Wanted w = { .n = DAYS_DEFAULT };
	const CliOption options[] = {
		{ "--json", &w.json, NULL },   { "--ics", &w.ics, NULL },
		{ "--month", &w.month, NULL }, { "--from", NULL, &w.from },
		{ "--days", NULL, &w.days },   { "--kind", NULL, &w.kind },
		{ "--owner", NULL, &w.owner }, { "--language", NULL, &w.language },
	};

	if (!cli_options(&cmd_next, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 2)
		return cli_usage(&cmd_next, argc < 2 ? "which plan?" : "one plan at a time");
	if (w.days && (!text_int(w.days, &w.n) || w.n < 1 || w.n > DAYS_MAX))
		return cli_usage(&cmd_next, "--days is a number from 1 to %d", DAYS_MAX);
	if (w.json && w.ics)
		return cli_usage(&cmd_next, "--json or --ics, not both");
	if (w.month && w.days)
		return cli_usage(&cmd_next, "--month shows a whole month: --days has no place");
	if (w.language && !lang_known(w.language))
		return cli_usage(&cmd_next, "--language is fr or en");
	return next(argv[1], &w);
}

const Command cmd_next = {
	.name = "next",
	.summary = "what a plan says is due: windows, notices, duties, collisions",
	.usage = "carene next PLAN [--from DATE] [--days N] [--month] [--ics | --json] [--kind "
	         "KIND] "
	         "[--owner ID] [--language fr|en]",
	.options_help =
	        "PLAN is a file, or - for standard input. * marks an hour that Carène proposes\n"
	        "because the plan names none; the reasons follow the list.\n\n"
	        "  --from DATE     2027-01-04, or an instant; otherwise now\n"
	        "  --days N        how many days, 1 to 3660; 7\n"
	        "  --month         the sheet of the month that --from lies in\n"
	        "  --ics           as iCalendar, for a calendar program\n"
	        "  --json          as JSON\n"
	        "  --kind KIND     only windows, notices, tasks, backups …: the first word of an "
	        "id\n"
	        "  --owner ID      only what this role, team or contact answers for\n"
	        "  --language      fr or en; otherwise the environment's\n",
	.run = run,
};
