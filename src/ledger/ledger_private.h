/* Sums over stretches of time that the files of this folder share. */
#pragma once
#include "core/list.h"
#include "ledger/ledger.h"

/* Excluded stretches, sorted, joined, without empty ones. */
typedef struct Stretches {
	Excluded *at;
	size_t n, cap;
} Stretches;
Stretches stretches_of(const Excluded *at, size_t n);
void Stretches_done(Stretches *s);

/* Service hours, or all the time. */
typedef struct ServiceHours {
	const Hours *hours; /* NULL: always */
	const Zone *zone;
} ServiceHours;
ServiceHours service_hours(const Hours *hours, const Zone *zone);
Duration open_time(const ServiceHours *h, Instant from, Instant to);
/* Open time of [from, to) inside the stretches. */
Duration open_time_in(const ServiceHours *h, const Stretches *s, Instant from, Instant to);

/* The end of an interval, `now` while it lasts. */
Instant interval_end(const Interval *i, Instant now);
/* Index of the interval that holds t, else of the next one, else n. */
size_t interval_from(const Interval *at, size_t n, Instant t);
bool interval_same(const Interval *a, LedgerState state, double impact);
double impact_ok(LedgerState state, double impact);
/* DOWN for everybody, however it is called. */
bool interval_is_outage(const Interval *i);

/* A service's state from `from` on, until the next step. */
typedef struct Step {
	Instant from;
	LedgerState state;
	double impact;
	const char *cause; /* the ledger's */
} Step;
typedef struct Steps {
	Step *at;
	size_t n, cap;
} Steps;
/* The state that these facts make at t; neighbours that are the same are one step, and time
 * before anything was measured is none. */
void steps_add(Steps *steps, const CheckFact *facts, size_t n, bool in_window, Instant t);
/* Into the ledger, from the first one on which its chain differs; false: none does. */
bool steps_keep(const Steps *steps, Ledger *l, const char *entity, const LedgerSink *sink);
