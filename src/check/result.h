/* What one probe found: facts, a verdict, and the reason in words people read.
 *
 * A result is a flat value without pointers, so it may be copied and kept. It is
 * evidence about the target at one moment; whether the target *is* down is
 * decided over several results (check/status.h).
 *
 * CHECK_UNKNOWN is not a weak form of down: it says that Carène could not look
 * (its own trouble, its own network), and it proves nothing about the target. */
#pragma once
#include "core/instant.h"
#include "plan/types.h"
#include "world/world.h"

typedef enum CheckState { CHECK_UNKNOWN, CHECK_UP, CHECK_DEGRADED, CHECK_DOWN } CheckState;

enum {
	CHECK_REASON = 256,  /* bytes of a reason, NUL included */
	CHECK_MEASURES = 16, /* what does not fit is left out, the first ones stay */
	CHECK_PARTS = 20,
	CHECK_ADDRESS = 64,
};

/* A number read on the way; becomes the sample `name{scope}` (check/collect.h). */
typedef struct CheckMeasure {
	char name[32];
	char scope[64]; /* "": the check's id */
	double value;
	Unit unit;
} CheckMeasure;

/* One request of several: a redirect's hop, a journey's step, a unit of a list. */
typedef struct CheckPart {
	char name[96]; /* step name, unit name, or the hop's URL without its query */
	CheckState state;
	int status; /* HTTP status, 0 where there is none */
	Timings took;
	char reason[CHECK_REASON]; /* English; "" when it went well */
} CheckPart;

/* Certificate met on the way; LONG_AGO where not known. */
typedef struct CertFacts {
	bool present, verified, resumed; /* resumed: not shown this time */
	Instant leaf_not_after;
	Instant chain_not_after; /* earliest end on the validated chain */
	Duration threshold;      /* smallest `min_left` that is crossed; 0: none */
	char subject[96], issuer[96];
} CertFacts;

typedef struct CheckResult {
	CheckState state;
	FailClass
	        fail; /* FAIL_NONE when up; FAIL_ASSERT for an answer that is not the expected one */
	bool timed_out;
	char reason[CHECK_REASON];    /* what was expected and what came; "" when up */
	char reason_fr[CHECK_REASON]; /* the same in French */
	Instant at;                   /* wall clock when the probe began */
	Timings took;                 /* summed over hops and steps */
	Duration latency;             /* took.total: own queueing excluded */
	bool has_latency;             /* false when nothing answered */
	char address[CHECK_ADDRESS];  /* of the last peer; "" unknown */
	int status;                   /* last HTTP status; 0 none */
	CertFacts cert;
	size_t measures_n;
	size_t parts_n;
	/* Last, for they are large and mostly unused: what is past measures_n and parts_n is not
	 * written. */
	CheckMeasure measures[CHECK_MEASURES];
	CheckPart parts[CHECK_PARTS];
} CheckResult;

const char *check_state_name(CheckState s);                       /* "unknown" "up" … */
const char *fail_class_name(FailClass f);                         /* "dns" "connect" … */
const char *check_reason(const CheckResult *r, const char *lang); /* "fr", else English */
/* Ignored once full or when the value is not finite. */
void check_measure(CheckResult *r, const char *name, const char *scope, double value, Unit unit);
