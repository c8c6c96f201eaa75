/* One piece of evidence: something happened, here is who, what and when.
 * Deciders write entries into their effects; the engine numbers, chains and
 * commits them (journal/chain.h). An entry is never changed afterwards. */
#pragma once
#include "core/instant.h"

typedef struct Entry {
	Instant at;
	char kind[40];    /* dotted, room first: "incident.opened" */
	char subject[96]; /* "incident:2026-0012", "check:site", "window:weekly@2026-11-22" */
	char actor[64];   /* "carene", "contact:ana", "cli:root@host" */
	char verdict[24]; /* "pass", "fail", "met", "breached", "kept", … or "" */
	char *input;      /* JSON object of facts, heap, owned; NULL: none */
	char note[256];   /* a person's words, or "" */
} Entry;

void entry_done(Entry *e);
