/* What waits in a lane and may start: by due time, within bounds in all and per host. A
 * host that answers may be asked by many at once; one whose last probe ran out of time
 * only by a few, so that it holds few of the places that others wait for.
 *
 * Pure: it starts nothing and reads no clock. */
#pragma once
#include "core/due.h"
#include "core/map.h"

#include <stdbool.h>

typedef struct QueueHost QueueHost;

/* Embedded in what waits. */
typedef struct QueueItem {
	struct QueueItem *next, **link; /* link: what points to it while it waits */
	QueueHost *host;
	Instant due;
} QueueItem;

typedef struct Queue {
	Map hosts;     /* name → QueueHost, those with something waiting or running */
	DueHeap ready; /* hosts that may start one, by what waits longest there */
	unsigned max, per_host, stalled; /* bounds: in all, to one host, to a stalled host */
	unsigned running, waiting;
} Queue;

void queue_init(Queue *q, unsigned max, unsigned per_host, unsigned stalled);
/* Nothing may be running or waiting. */
void queue_done(Queue *q);
void queue_put(Queue *q, QueueItem *item, const char *host, Instant due);
bool queue_may_start(const Queue *q);
/* What is to start now, counted as running from here on; NULL: nothing may. */
QueueItem *queue_take(Queue *q);
typedef enum QueueEnd { QUEUE_ANSWERED, QUEUE_STALLED, QUEUE_CANCELLED } QueueEnd;
/* It ran, and ended so. */
void queue_ran(Queue *q, QueueItem *item, QueueEnd end);
void queue_drop(Queue *q, QueueItem *item); /* it waits no longer */
