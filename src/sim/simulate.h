/* A plan played in the simulated world, and what came of it: who was called when, which
 * windows opened, which tasks fell due and how they ended, what each commitment's verdict
 * is and on which day it first broke, and how much of whose time it took.
 *
 * The same engine as the daemon's, rehearsed (EngineOptions.rehearsal); targets answer
 * well and commands succeed unless the scenario says otherwise; people are stood in for
 * (people.c). Everything counted here is read off the records the engine keeps, as they
 * are kept: nothing is predicted. It prints nothing and reads no clock. */
#pragma once
#include "core/list.h"
#include "core/map.h"
#include "engine/engine.h"
#include "plan/duty.h"

typedef struct SimulateAsk {
	Plan *(*plan)(void *ctx, Err *err); /* loads it anew each time; may be called often */
	void *ctx;
	Instant from, until;
	const char *scenario; /* path; NULL: nothing happens but what the plan plans */
	uint64_t seed;        /* 0: 1 */
} SimulateAsk;

struct Message;
/* To that person, or to an address that is theirs (a channel's own recipients). */
bool sim_reaches(const struct Message *m, const Contact *c);

/* One person told of one thing that wants an answer, by however many channels. */
typedef struct SimPage {
	Instant at;
	char contact[64];   /* or the room or address, where it is nobody's */
	char channels[128]; /* "sms, email" */
	char tell[96];
	char what[200]; /* the message's title */
	char subject[96];
	bool night; /* 22:00-07:00 in the plan's zone */
} SimPage;

typedef struct SimIncident {
	char id[32], title[160], class_[64], taken_by[64];
	Instant started, taken, over; /* LONG_AGO: never */
} SimIncident;

/* too_soon: the first day came when it was too late for the promised notice. */
typedef struct SimWindow {
	char window[64], label[96];
	unsigned opened, in_time, late, too_soon, unpromised, cancelled, overrun;
	Duration open; /* planned, of those that opened */
	Instant first, last;
} SimWindow;

typedef struct SimDuty {
	char duty[DUTY_ID], title[160];
	unsigned due, done, late, failed, missed, waived, open;
	bool human, unavailable;
	bool nobody;       /* a person is needed, and there is none: */
	char owner[64];    /* an owner that no contact stands behind; "": it has no owner */
	Instant first_bad; /* the first one missed or failed; LONG_AGO */
	char why[256];     /* of that one */
} SimDuty;

typedef struct SimVerdict {
	char *id, *figure, *kind, *label, *src, *verdict;
	Instant broken; /* when it first broke; LONG_AGO: it did not, or the day is not known */
} SimVerdict;

/* One person in one month. */
typedef struct SimLoad {
	char contact[64];
	int32_t year;
	int month; /* 1-12 */
	unsigned pages, night_pages;
	unsigned tasks, untimed; /* confirmed; of those, without a planned duration */
	Duration hours;          /* planned durations of those confirmed */
} SimLoad;

typedef struct SimSummary {
	Instant from, until;
	char plan[64], product[128];
	const Zone *zone;
	LIST(SimPage) pages;
	LIST(SimIncident) incidents;
	LIST(SimWindow) windows;
	LIST(SimDuty) duties;
	LIST(SimVerdict) verdicts; /* in the plan's order */
	LIST(SimLoad) loads;       /* by person in the plan's order, then by month */
	uint64_t probes;           /* asked or counted */
	uint64_t messages;         /* accepted by a channel, pages included */
	int64_t records;           /* of evidence */
	char head[65];
} SimSummary;

/* False with err: the plan does not load, the scenario is not understood or does not hold. */
bool simulate(const SimulateAsk *ask, SimSummary *ret, Err *err) MUST_CHECK;
void sim_summary_done(SimSummary *s);
