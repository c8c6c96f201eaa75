/* Who is due next: a heap of instants whose nodes sit inside the things that wait,
 * so that asking costs nothing and moving one costs a few steps, however many wait.
 *
 * Things due at the same instant come out by rank (given in the order they were first
 * added), so that two runs of the same story take them in the same order. Nodes must
 * not move while they are in the heap. It knows no clock and calls nobody. */
#pragma once
#include "core/instant.h"
#include "core/list.h"

typedef struct DueNode {
	Instant due;
	size_t place;  /* in the heap, from 1; 0: not waiting */
	uint64_t rank; /* 0 until it was first added */
} DueNode;

typedef struct DueHeap {
	LIST(DueNode *) nodes;
	uint64_t ranks;
} DueHeap;

/* Puts the node there or moves it; NEVER takes it out. */
void due_set(DueHeap *h, DueNode *node, Instant due);
void due_remove(DueHeap *h, DueNode *node); /* harmless when it does not wait */
Instant due_next(const DueHeap *h);         /* NEVER: nobody waits */
/* Takes out the first one that is due; NULL: none. */
DueNode *due_take(DueHeap *h, Instant now);
void due_free(DueHeap *h); /* the heap's own memory; the nodes are others' */
