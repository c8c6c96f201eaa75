/* A silence: a person's decision not to be told, about what, why and until when.
 * It holds deliveries back; it stops no check, no clock and no resolution, and it
 * always ends: there is no silence without an end, an author and a reason. */
#pragma once
#include "core/emit.h"
#include "core/err.h"
#include "core/record.h"
#include "notify/effects.h"

typedef struct Silence {
	char id[32]; /* "sil-0007" */
	char author[64];
	char matchers[256]; /* canonical text of a SilenceMatch */
	char reason[256];
	Instant from, to; /* half-open */
	Instant ended;    /* cut short by a person, or its end was recorded; else not set */
	char ended_by[64];
} Silence;

extern const RecordType silence_record;

typedef enum SilenceKey {
	SILENCE_RULE,
	SILENCE_SERVICE,
	SILENCE_LEVEL,
	SILENCE_CHECK,
	SILENCE_ENV,
	SILENCE_CLASS,
	SILENCE_KEYS
} SilenceKey;

enum { SILENCE_TERMS = 8, SILENCE_PATTERN = 64 };

/* `service=manga, rule!=disk-*`: all terms must hold. Patterns are globs: `*` any
 * text, `?` one character; values may not contain comma, space, `=` or `!`. */
typedef struct SilenceMatch {
	size_t n; /* 1 … SILENCE_TERMS */
	struct {
		SilenceKey key;
		bool negated;
		char pattern[SILENCE_PATTERN];
	} terms[SILENCE_TERMS];
} SilenceMatch;

/* What a silence is held against; NULL counts as "". */
typedef struct SilenceTarget {
	const char *rule, *service, *level, *check, *env, *class_;
} SilenceTarget;

/* Terms are separated by commas or spaces. ERR_BAD_INPUT names the term. */
bool silence_match_parse(const char *s, SilenceMatch *ret, Err *err) MUST_CHECK;
const char *silence_match_print(const SilenceMatch *m, char out[256]); /* reads back */
bool silence_match_holds(const SilenceMatch *m, const SilenceTarget *t);

/* A new silence, checked: matchers parse, reason and author are there, from < to.
 * Writes its evidence. */
bool silence_make(Silence *ret, const char *id, const char *author, const char *matchers,
                  const char *reason, Instant from, Instant to, Instant now, Effects *fx,
                  Err *err) MUST_CHECK;
bool silence_is_open(const Silence *s, Instant now);
bool silence_holds(const Silence *s, const SilenceTarget *t, Instant now); /* open and matching */
/* A person ends it early. False when it is over already. */
bool silence_end(Silence *s, const char *by, Instant now, Effects *fx);
/* Records that its time is over. False when there was nothing to record. */
bool silence_tick(Silence *s, Instant now, Effects *fx);
/* Next instant at which it begins or ends, or NEVER. */
Instant silence_due(const Silence *s, Instant now);
void silence_emit(Emit *e, const Silence *s, Instant now); /* one JSON object, without key */
