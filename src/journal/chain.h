/* The hash chain: each piece of evidence as one canonical JSON line, tied to the
 * one before it by SHA-256. A line that is changed, missing or out of order is
 * found by walking the chain, and named.
 *
 *   hash(n) = SHA-256( hash(n-1) as 64 hexadecimal digits ‖ line(n) )
 *   hash(0) = 64 zeros
 *
 * Pure: the store keeps the lines, the engine gives the entries. */
#pragma once
#include "core/buf.h"
#include "core/digest.h"
#include "core/err.h"
#include "journal/entry.h"

#include <stdint.h>

extern const char chain_genesis[DIGEST_TEXT]; /* hash(0) */

typedef struct ChainLink {
	int64_t seq; /* from 1, without gaps */
	char hash[DIGEST_TEXT];
} ChainLink;

/* Appends the line of entry `seq` to out and moves *link on to it. offset_s is
 * the zone's offset at that instant; plan_digest names the plan's epoch. */
void chain_line(const Entry *e, const char *plan_digest, int32_t offset_s, ChainLink *link,
                Buf *out);

/* Checks one stored line against the link before it and moves *link on to it.
 * ERR_BAD_INPUT says what is wrong: "record 12: changed after it was written",
 * "record 14 is missing (after 12 comes 14…)", "record 13 is out of order". */
bool chain_check(ChainLink *link, int64_t seq, const char *line, const char *hash,
                 Err *err) MUST_CHECK;
