/* How much one recipient is told through one channel, and in how many pieces.
 *
 *   - A storm: the first message goes at once; what follows within 30 s is held,
 *     then sent as one message that lists it all. The delay is never prolonged.
 *   - A ladder: the first five go at once, then as many as `per_hour` allows
 *     (GCRA, ITU-T I.371 annex A: never more than per_hour in any hour); the
 *     rest waits and goes grouped.
 *   - What is more urgent than the burst goes at once. A recovery waits 30 s at
 *     most, whatever the ladder says, and behind what it recovers from.
 *   - Maintenance and post-incident notices are no storm: only the ladder holds them.
 *
 * Nothing is ever dropped. One record per channel and recipient; pure. */
#pragma once
#include "notify/message.h"

typedef struct Throttle {
	char id[224];        /* throttle_id() */
	Instant next_slot;   /* GCRA's theoretical arrival time; LONG_AGO: never used */
	Instant burst_until; /* what comes before is part of the burst */
	int burst_rank;      /* most urgent told in the burst; 0: not ranked */
	Instant flush_at;    /* when the held ones go; LONG_AGO: none is held */
} Throttle;

extern const RecordType throttle_record;

/* "channel/recipient" */
const char *throttle_id(const char *channel, const char *recipient, char out[224]);
/* A record for this message's channel and recipient, nothing sent so far. */
Throttle throttle_new(const Message *m);

/* READY stays READY (send it now) or becomes HELD until next_try. Records why in fx. */
void throttle_admit(Throttle *t, const Plan *plan, Message *m, Instant now, Effects *fx);

/* Called when t->flush_at is due with all HELD messages of that record, oldest
 * first. One: it becomes READY. Several: all become GROUPED and the new message
 * that lists them is in ret (READY). */
void throttle_flush(Throttle *t, const Plan *plan, Message *const *held, size_t held_n, Instant now,
                    Effects *fx, MessageChange *ret);
