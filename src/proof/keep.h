/* What is kept about proof: waivers, epochs of the plan, months closed.
 *
 * An epoch is the time under one plan digest. Its lines say what was promised then, so
 * that a figure that changed, or a commitment that left the plan, can still be shown. A
 * month of the plan's zone is frozen once, PROOF_GRACE after its end: what is learnt
 * later changes the live verdict, never that one. Pure values; the engine keeps them. */
#pragma once
#include "calendar/zone.h"
#include "core/record.h"
#include "plan/commitment.h"

#define PROOF_GRACE hours(6) /* ours: for what was done in time and written down after midnight */

enum { PROOF_MONTH = 8 }; /* "2027-03" */

/* One row of table `waiver`: a person says why a commitment need not be kept, until when. */
typedef struct Waiver {
	char id[COMMITMENT_ID]; /* the commitment's */
	char reason[256], by[64];
	Instant at, until; /* until: NEVER for good */
} Waiver;

/* One row of table `epoch`. */
typedef struct Epoch {
	char id[16]; /* "0001" */
	char digest[65], plan[64], title[160], version[32];
	Instant began, ended; /* ended: LONG_AGO while it lasts */
	int commitments;
	char *text; /* the plan's file, of epochs before there was a PlanText; else NULL */
} Epoch;

/* One row of table `plan_text`: the plan's file as an epoch had it. A large one that
 * differs little from the epoch's before is kept as what differs: the first `head` bytes
 * and the last `tail` bytes of that one with `text` between them. */
typedef struct PlanText {
	char id[16];   /* the epoch's */
	char base[16]; /* the epoch whose text it begins from; "": `text` is the whole */
	int64_t head, tail;
	char *text;
} PlanText;

/* One row of table `epoch_line`. */
typedef struct EpochLine {
	char id[COMMITMENT_ID + 20]; /* "0001/objective:up" */
	char epoch[16], commitment[COMMITMENT_ID];
	char kind[16], section[32], figure[160], label[160], src[96], ours[160], owner[160];
	Instant since; /* this figure is promised since then, over epochs that left it as it was */
} EpochLine;

/* One row of table `month_verdict`: a commitment in a month that is over. */
typedef struct MonthVerdict {
	char id[COMMITMENT_ID + 12]; /* "2027-03/objective:up" */
	char month[PROOF_MONTH], commitment[COMMITMENT_ID], epoch[16];
	char kind[16], section[32], figure[160], label[160], src[96], ours[160], owner[160];
	char period[24], verdict[16], measured[16];
	char value_en[96], value_fr[96];
	char *sentence_en, *sentence_fr;
	char *evidence; /* "12,14,15" */
	bool has_coverage;
	double coverage;
	Instant from, to, broken_at, frozen_at;
} MonthVerdict;

extern const RecordType waiver_record, epoch_record, epoch_line_record, month_verdict_record,
        plan_text_record;

/* `before` is the text of epoch `base`, NULL when there is none. record_done() frees it. */
void plan_text_cut(PlanText *t, const char *epoch, const char *base, const char *before,
                   const char *now);
/* The whole again, the caller's; `before`: what the row's base had. NULL: that is missing
 * or another. */
char *plan_text_join(const PlanText *t, const char *before);

/* "2027-03" of the instant, in that zone. */
const char *proof_month(const Zone *zone, Instant t, char out[PROOF_MONTH]);
/* First instants of the month and of the next; false: not a month ("2027-13", "x"). */
bool proof_month_parse(const char *s, const Zone *zone, Instant *ret_from, Instant *ret_to);
Instant proof_month_after(const Zone *zone, Instant t); /* first instant of the month after t's */

/* Fills a line of that epoch; `before` is the same commitment's in the epoch before, or NULL. */
void epoch_line_fill(EpochLine *l, const char *epoch, const Commitment *c, const EpochLine *before,
                     Instant now);
