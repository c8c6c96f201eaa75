#include "incident/roster.h"

#include "core/testing.h"
#include "core/text.h"
#include "harness.h"
#include "plan/testing_plan.h"

/* The people of SiteAris: weekdays nine to six, some on call at weekends, a DBA who
 * is not, support by mail round the clock; and what other plans add. */
static const char plan_text[] =
        "plan: {title: Test, timezone: Europe/Paris}\n"
        "roles:\n"
        "  lead: {}\n"
        "  devops: {team: ops}\n"
        "  dba: {}\n"
        "  support3: {}\n"
        "  ci: {kind: machine}\n"
        "  empty: {}\n"
        "teams:\n"
        "  core: {members: [lead, dba]}\n"
        "  ops: {}\n"
        "  nobody: {}\n"
        "channels:\n"
        "  chat: {type: command, run: [chat]}\n"
        "contacts:\n"
        "  ana: {role: lead, email: ana@example.org, phone: \"+33600000001\", "
        "hours: \"mon-fri 09:00-18:00\", oncall: \"sat,sun\"}\n"
        "  bob: {role: devops, email: bob@example.org, hours: \"mon-fri 09:00-18:00\", "
        "oncall: \"sat,sun\"}\n"
        "  dan: {role: dba, email: dan@example.org, hours: \"mon-fri 09:00-18:00\"}\n"
        "  sup: {role: support3, email: sup@example.org, hours: 24/7}\n"
        "  ghost: {role: lead, email: unset, phone: unset}\n"
        "  eve: {via: [chat]}\n"
        "  night: {email: night@example.org, hours: \"22:00-06:00\"}\n"
        "  handover: {email: h@example.org, hours: \"mon-fri 09:00-18:00\", "
        "oncall: \"mon-fri 18:00-24:00\"}\n"
        "audiences:\n"
        "  management: {members: [lead], to: [boss@example.org]}\n"
        "  technical: {members: [core, devops]}\n"
        "  hollow: {}\n";

static Plan *load(void) { return good_plan(plan_text); }

#define PLAN                                                     \
	__attribute__((cleanup(Plan_done))) Plan *plan = load(); \
	ASSERT(plan != NULL)

/* "ana bob*": the star marks who is on call, the plus an audience's addresses. */
static const char *who(const ReachList *l, char out[256])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		n += (size_t)snprintf(out + n, 256 - n, "%s%s%s", i ? " " : "", l->at[i].id,
		                      l->at[i].oncall        ? "*"
		                      : l->at[i].is_audience ? "+"
		                                             : "");
	return out;
}

/* 1 June 2026 is a Monday. */
#define MONDAY_NOON   "2026-06-01T12:00:00+02:00"
#define MONDAY_NIGHT  "2026-06-02T03:00:00+02:00"
#define SUNDAY_NIGHT  "2026-06-07T03:10:00+02:00"
#define FRIDAY_CLOSED "2026-06-05T18:00:00+02:00"

TEST(names_become_the_people_who_are_there)
{
	static const struct {
		const char *names, *when, *people;
		unsigned away, unfilled, unstaffed, unknown;
	} rows[] = {
		{ "lead", MONDAY_NOON, "ana", 0, 1, 0, 0 },
		{ "lead", MONDAY_NIGHT, "", 1, 1, 0, 0 },
		{ "lead", SUNDAY_NIGHT, "ana*", 0, 1, 0, 0 },
		{ "lead", FRIDAY_CLOSED, "", 1, 1, 0, 0 }, /* half-open: 18:00 is closed */
		{ "dba", MONDAY_NOON, "dan", 0, 0, 0, 0 },
		{ "dba", SUNDAY_NIGHT, "", 1, 0, 0, 0 },
		{ "support3", SUNDAY_NIGHT, "sup", 0, 0, 0, 0 },
		{ "core", MONDAY_NOON, "ana dan", 0, 1, 0, 0 },
		{ "core", SUNDAY_NIGHT, "ana*", 1, 1, 0, 0 },
		{ "ops", MONDAY_NOON, "bob", 0, 0, 0, 0 }, /* by the role's team */
		{ "nobody", MONDAY_NOON, "", 0, 0, 1, 0 },
		{ "empty", MONDAY_NOON, "", 0, 0, 1, 0 },
		{ "ci", MONDAY_NOON, "", 0, 0, 1, 0 }, /* a machine answers no telephone */
		{ "eve", MONDAY_NIGHT, "eve", 0, 0, 0,
		  0 }, /* no hours: always; a channel of her own */
		{ "ghost", MONDAY_NOON, "", 0, 1, 0, 0 },
		{ "night", MONDAY_NIGHT, "night", 0, 0, 0, 0 },
		{ "night", MONDAY_NOON, "", 1, 0, 0, 0 },
		{ "management", MONDAY_NIGHT, "management+", 1, 1, 0, 0 },
		{ "technical", MONDAY_NOON, "ana dan bob", 0, 1, 0, 0 },
		{ "hollow", MONDAY_NOON, "", 0, 0, 1, 0 },
		{ "gone", MONDAY_NOON, "", 0, 0, 0, 1 },
		{ "role:dba", MONDAY_NOON, "dan", 0, 0, 0, 0 },
		{ "contact:ana", MONDAY_NOON, "ana", 0, 0, 0, 0 },
		{ "team:lead", MONDAY_NOON, "", 0, 0, 0, 1 },
		{ "audience:technical", MONDAY_NOON, "ana dan bob", 0, 1, 0, 0 },
		{ "lead core ana dba", MONDAY_NOON, "ana dan", 0, 1, 0, 0 }, /* each once */
		{ "", MONDAY_NOON, "", 0, 0, 0, 0 },
	};
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char words[4][64], people[256];
		const char *names[4], *rest = rows[i].names;
		size_t n = 0;
		ReachList l;

		while (n < 4 && text_part(&rest, " ", words[n], sizeof words[n])) {
			names[n] = words[n];
			n++;
		}
		roster_reach(plan, names, n, at(rows[i].when), &l);
		if (!text_eq(who(&l, people), rows[i].people) || l.away != rows[i].away ||
		    l.unfilled != rows[i].unfilled || l.unstaffed != rows[i].unstaffed ||
		    l.unknown != rows[i].unknown)
			test_fail(__FILE__, __LINE__,
			          "%s at %s: \"%s\" away %u unfilled %u "
			          "unstaffed %u unknown %u",
			          rows[i].names, rows[i].when, people, l.away, l.unfilled,
			          l.unstaffed, l.unknown);
	}
}

TEST(the_next_hand_over_is_when_the_people_differ)
{
	static const struct {
		const char *name, *now, *change;
	} rows[] = {
		{ "lead", MONDAY_NOON, "2026-06-01T18:00:00+02:00" },
		{ "lead", MONDAY_NIGHT, "2026-06-02T09:00:00+02:00" },
		{ "lead", FRIDAY_CLOSED, "2026-06-06T00:00:00+02:00" },
		{ "lead", SUNDAY_NIGHT, "2026-06-08T00:00:00+02:00" },
		{ "support3", MONDAY_NOON, "" },
		{ "eve", MONDAY_NOON, "" },
		{ "empty", MONDAY_NOON, "" },
		{ "ghost", MONDAY_NOON, "" },
		/* on call begins as the office closes: the same person is there */
		{ "handover", MONDAY_NOON, "2026-06-02T00:00:00+02:00" },
		/* both nights on which the clocks change */
		{ "night", "2026-03-29T00:30:00+01:00", "2026-03-29T06:00:00+02:00" },
		{ "night", "2026-10-25T00:30:00+02:00", "2026-10-25T06:00:00+01:00" },
	};
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Instant got = roster_next_change(plan, rows[i].name, at(rows[i].now));
		Instant want = *rows[i].change ? at(rows[i].change) : NEVER;
		char text[INSTANT_TEXT];

		if (got.us != want.us)
			test_fail(__FILE__, __LINE__, "%s at %s: %s", rows[i].name, rows[i].now,
			          instant_print(got, text));
	}
}

TEST(the_first_stretch_with_nobody_is_found)
{
	static const struct {
		const char *name, *from, *until, *gap_from, *gap_to;
	} rows[] = {
		{ "lead", MONDAY_NOON, SUNDAY_NIGHT, "2026-06-01T18:00:00+02:00",
		  "2026-06-02T09:00:00+02:00" },
		{ "lead", MONDAY_NIGHT, SUNDAY_NIGHT, MONDAY_NIGHT, "2026-06-02T09:00:00+02:00" },
		{ "lead", "2026-06-06T10:00:00+02:00", "2026-06-07T10:00:00+02:00", "", "" },
		{ "support3", MONDAY_NOON, "2027-06-01T12:00:00+02:00", "", "" },
		{ "management", MONDAY_NOON, SUNDAY_NIGHT, "", "" },
		{ "empty", MONDAY_NOON, SUNDAY_NIGHT, MONDAY_NOON, SUNDAY_NIGHT },
		{ "lead", MONDAY_NOON, "2026-06-01T20:00:00+02:00", "2026-06-01T18:00:00+02:00",
		  "2026-06-01T20:00:00+02:00" },
	};
	PLAN;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Instant from = LONG_AGO, to = LONG_AGO;
		bool found = roster_gap(plan, rows[i].name, at(rows[i].from), at(rows[i].until),
		                        &from, &to);

		if (!EXPECT_INT(found, *rows[i].gap_from != '\0'))
			test_fail(__FILE__, __LINE__, "%s from %s", rows[i].name, rows[i].from);
		if (found && *rows[i].gap_from) {
			EXPECT_INT(from.us, at(rows[i].gap_from).us);
			EXPECT_INT(to.us, at(rows[i].gap_to).us);
		}
	}
}

TEST(somebody_can_be_reached_again_at_an_hour_that_is_known)
{
	PLAN;
	EXPECT_INT(roster_next_reachable(plan, "dba", at(FRIDAY_CLOSED)).us,
	           at("2026-06-08T09:00:00+02:00").us);
	EXPECT_INT(roster_next_reachable(plan, "dba", at(MONDAY_NOON)).us, at(MONDAY_NOON).us);
	EXPECT_INT(roster_next_reachable(plan, "empty", at(MONDAY_NOON)).us, NEVER.us);
}

TEST(a_view_of_one_role_says_now_next_and_the_gap)
{
	char people[256];
	RosterView v;
	PLAN;
	roster_view(plan, "core", at(MONDAY_NOON), days(7), &v);
	EXPECT_TEXT(who(&v.now, people), "ana dan");
	EXPECT_INT(v.change.us, at("2026-06-01T18:00:00+02:00").us);
	EXPECT_INT(v.next.n, 0);
	EXPECT_INT(v.gap_from.us, v.change.us);
	roster_view(plan, "support3", at(MONDAY_NOON), days(7), &v);
	EXPECT_TEXT(who(&v.now, people), "sup");
	EXPECT(!is_set(v.change) && !is_set(v.gap_from));
}

TEST(names_alone_serve_the_alerts)
{
	static const char *const lead[] = { "lead" }, *const empty[] = { "empty" };
	char out[TELL_NAMES][64];
	bool unstaffed = true;
	PLAN;
	EXPECT_INT(roster_names(plan, lead, 1, at(MONDAY_NOON), out, &unstaffed), 1);
	EXPECT_TEXT(out[0], "ana");
	EXPECT(!unstaffed);
	EXPECT_INT(roster_names(plan, lead, 1, at(MONDAY_NIGHT), out, &unstaffed), 0);
	EXPECT(!unstaffed); /* merely away */
	EXPECT_INT(roster_names(plan, empty, 1, at(MONDAY_NIGHT), out, &unstaffed), 0);
	EXPECT(unstaffed);
}

TEST(everybody_behind_a_name_is_listed_whatever_the_hour)
{
	const Contact *people[2] = { 0 };
	PLAN;
	EXPECT_INT(roster_people(plan, "technical", people, 2), 4);
	EXPECT_TEXT(people[0] ? people[0]->item.id : "", "ana");
	EXPECT_TEXT(people[1] ? people[1]->item.id : "", "ghost");
}
