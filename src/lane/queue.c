#include "lane/queue.h"

#include "core/alloc.h"

#include <assert.h>

struct QueueHost {
	char *name;
	QueueItem *first, **end; /* by due time */
	Instant last;            /* the latest due time since it was empty */
	unsigned running;
	bool stalled;
	DueNode node; /* in ready while one may start */
};

void queue_init(Queue *q, unsigned max, unsigned per_host, unsigned stalled)
{
	*q = (Queue){ .max = max, .per_host = per_host, .stalled = stalled };
}

void queue_done(Queue *q)
{
	assert(!q->running && !q->waiting);
	Map_done(&q->hosts);
	due_free(&q->ready);
}

static QueueHost *host_of(Queue *q, const char *name)
{
	QueueHost *h = map_get(&q->hosts, name);

	if (!h) {
		h = NEW(QueueHost);
		h->name = mem_text(name);
		h->end = &h->first;
		h->last = LONG_AGO;
		(void)map_put(&q->hosts, name, h);
	}
	return h;
}

/* Whether it may start one, and how long what comes first there has been due. */
static void consider(Queue *q, QueueHost *h)
{
	unsigned bound = h->stalled ? q->stalled : q->per_host;

	if (h->first && h->running < bound)
		due_set(&q->ready, &h->node, h->first->due);
	else
		due_remove(&q->ready, &h->node);
	if (h->first || h->running)
		return;
	(void)map_remove(&q->hosts, h->name);
	mem_free(h->name);
	mem_free(h);
}

static void insert(QueueHost *h, QueueItem **at, QueueItem *item)
{
	item->next = *at;
	item->link = at;
	*at = item;
	if (item->next)
		item->next->link = &item->next;
	else
		h->end = &item->next;
}

static void take_off(Queue *q, QueueItem *item)
{
	*item->link = item->next;
	if (item->next)
		item->next->link = item->link;
	else
		item->host->end = item->link;
	item->link = NULL;
	q->waiting--;
}

void queue_put(Queue *q, QueueItem *item, const char *host, Instant due)
{
	QueueHost *h = host_of(q, host);
	QueueItem **at = h->end;

	if (h->first && earlier(due, h->last)) { /* rare: they come in the order they are due */
		for (at = &h->first; *at && !earlier(due, (*at)->due);)
			at = &(*at)->next;
	} else {
		h->last = due;
	}
	*item = (QueueItem){ .host = h, .due = due };
	insert(h, at, item);
	q->waiting++;
	consider(q, h);
}

QueueItem *queue_take(Queue *q)
{
	DueNode *node = q->running < q->max ? due_take(&q->ready, NEVER) : NULL;
	QueueHost *h;
	QueueItem *item;

	if (!node)
		return NULL;
	h = CONTAINER_OF(node, QueueHost, node);
	item = h->first;
	take_off(q, item);
	h->running++;
	q->running++;
	consider(q, h);
	return item;
}

void queue_ran(Queue *q, QueueItem *item, QueueEnd end)
{
	QueueHost *h = item->host;

	if (end != QUEUE_CANCELLED)
		h->stalled = end == QUEUE_STALLED;
	h->running--;
	q->running--;
	item->host = NULL;
	consider(q, h);
}

void queue_drop(Queue *q, QueueItem *item)
{
	QueueHost *h = item->host;

	take_off(q, item);
	item->host = NULL;
	consider(q, h);
}

bool queue_may_start(const Queue *q) { return q->running < q->max && q->ready.n > 0; }
