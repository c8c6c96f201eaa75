/* Who is due next: nodes that sit inside the things that wait, in slots of a quarter of a
 * second, so that neither asking nor moving one depends on how many wait.
 *
 * Things due at the same instant come out by rank (given in the order they were first
 * added), so that two runs of the same story take them in the same order. Nodes must
 * not move while they wait. It knows no clock and calls nobody.
 *
 * A node is 16 bytes: 54 bits of microseconds, 45 of the next node's address, 29 of rank. So
 * instants before 1685 and after 2255 count as those; and after 536 million things were added
 * to one heap, newer ones share the last rank. */
#pragma once
#include "core/instant.h"
#include "core/list.h"

typedef struct DueNode {
	uint64_t when, link; /* both 0 at first; for due.c to read */
} DueNode;

/* Lists of nodes by the low bits of their rank, so that one is found to be taken out. */
typedef struct DueSlot {
	union {
		DueNode *one;   /* bits 0 */
		DueNode **many; /* 1 << bits */
	};
	uint32_t n, bits;
} DueSlot;

typedef struct DueEntry {
	uint64_t key;  /* microseconds since the slot began, then rank */
	DueNode *node; /* NULL: taken out */
} DueEntry;

enum { DUE_FINE = 4096, DUE_COARSE = 512 };

typedef struct DueHeap {
	size_t n;
	uint32_t ranks;
	/* Slots before `front` are open: what waits there is in `run`, sorted, or came later. */
	int64_t front, fine_at, coarse_at; /* numbers of slots */
	DueSlot *fine, *coarse, far;       /* a coarse one is as long as all the fine ones */
	uint64_t fine_used[DUE_FINE / 64], coarse_used[DUE_COARSE / 64];
	DueEntry *run, *spare;
	size_t run_at, run_n, run_cap;
	int64_t run_slot;
	uint32_t run_bits, coarse_bits; /* of the slots opened last */
	LIST(DueNode *) late;           /* a binary heap */
} DueHeap;

/* Puts the node there or moves it; NEVER takes it out. */
void due_set(DueHeap *h, DueNode *node, Instant due);
void due_remove(DueHeap *h, DueNode *node); /* harmless when it does not wait */
Instant due_next(const DueHeap *h);         /* NEVER: nobody waits */
/* Takes out the first one that is due; NULL: none. */
DueNode *due_take(DueHeap *h, Instant now);
void due_free(DueHeap *h); /* the heap's own memory; the nodes are others' */

uint32_t due_rank(const DueNode *node); /* 0 until it was first added */
bool due_waits(const DueNode *node);
