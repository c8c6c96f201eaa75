#include "core/due.h"

static bool sooner(const DueNode *a, const DueNode *b)
{
	return a->due.us < b->due.us || (a->due.us == b->due.us && a->rank < b->rank);
}

static void put(DueHeap *h, size_t place, DueNode *n)
{
	h->nodes.at[place - 1] = n;
	n->place = place;
}

static void rise(DueHeap *h, size_t place, DueNode *n)
{
	for (; place > 1 && sooner(n, h->nodes.at[place / 2 - 1]); place /= 2)
		put(h, place, h->nodes.at[place / 2 - 1]);
	put(h, place, n);
}

static void sink(DueHeap *h, size_t place, DueNode *n)
{
	for (;;) {
		size_t child = place * 2;

		if (child > h->nodes.n)
			break;
		if (child < h->nodes.n && sooner(h->nodes.at[child], h->nodes.at[child - 1]))
			child++;
		if (!sooner(h->nodes.at[child - 1], n))
			break;
		put(h, place, h->nodes.at[child - 1]);
		place = child;
	}
	put(h, place, n);
}

void due_remove(DueHeap *h, DueNode *node)
{
	size_t place = node->place;
	DueNode *last;

	if (!place)
		return;
	node->place = 0;
	last = h->nodes.at[--h->nodes.n];
	if (last == node)
		return;
	sink(h, place, last);
	if (last->place == place)
		rise(h, place, last);
}

void due_set(DueHeap *h, DueNode *node, Instant due)
{
	if (node->place && node->due.us == due.us)
		return;
	if (!node->rank)
		node->rank = ++h->ranks;
	due_remove(h, node);
	node->due = due;
	if (due.us == NEVER.us)
		return;
	list_add(&h->nodes, node);
	rise(h, h->nodes.n, node);
}

Instant due_next(const DueHeap *h) { return h->nodes.n ? h->nodes.at[0]->due : NEVER; }

DueNode *due_take(DueHeap *h, Instant now)
{
	DueNode *first = h->nodes.n && is_due(h->nodes.at[0]->due, now) ? h->nodes.at[0] : NULL;

	if (first)
		due_remove(h, first);
	return first;
}

void due_free(DueHeap *h)
{
	list_free(&h->nodes);
	h->ranks = 0;
}
