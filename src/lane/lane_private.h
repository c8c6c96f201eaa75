/* What the two sides of a lane share. Every member says whose it is; what both touch is
 * under the lock, and a probe (Flight) changes hands only there. */
#pragma once
#include "check/guard.h"
#include "check/run.h"
#include "core/buf.h"
#include "lane/lane.h"
#include "lane/queue.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct Lane Lane;

typedef enum FlightState { FLIGHT_WAITS, FLIGHT_RUNS, FLIGHT_RETURNED } FlightState;

/* One probe on its way. Made and freed by the engine's thread; the lane gives each back
 * once, and answers each cancel once, so that neither is left with a pointer to nothing:
 *
 *   engine  start ──▶ … ──▶ result ─▶ freed
 *   engine  start ──▶ cancel ──▶ "cancelled" or (result, then "too late") ─▶ freed */
typedef struct Flight {
	QueueItem item; /* lane's; `due` is set before it is handed over */
	/* Read-only once handed over. */
	Lane *lane; /* NULL: on the engine's own loop */
	const Plan *plan;
	const Check *check;
	/* The engine's thread. */
	ProbeOp *op;    /* NULL: cancelled */
	ProbeOp direct; /* where lane is NULL */
	struct Flight *all_next, **all_link;
	uint32_t plan_n;
	bool cancelled;
	/* The hand-over's. */
	struct Flight *next_start, *next_cancel;
	/* The lane's. */
	CheckRun *run;
	FlightState state;
} Flight;

typedef struct FlightList {
	Flight *first, **end;
} FlightList;

/* What is given back; a packed result follows RETURN_RESULT. */
typedef enum ReturnKind {
	RETURN_RESULT,
	RETURN_CANCELLED, /* the flight, without a result */
	RETURN_TOO_LATE,  /* the answer to a cancel of what had been given back */
	RETURN_PLAN,      /* the lane knows the plan `n`; no flight */
} ReturnKind;

typedef struct Return {
	Flight *flight;
	ReturnKind kind;
	uint32_t n;
} Return;

/* From the engine to the lane. */
typedef struct Orders {
	FlightList starts, cancels;
	const Plan *plan; /* NULL: the same */
	uint32_t plan_n;
	uint32_t pings;
	bool stop;
} Orders;

struct Lane {
	/* Neither's: set before the thread begins. */
	Loop *loop;
	World *world;
	int told_fd; /* the engine's eventfd */
	pthread_t thread;

	/* The engine's thread. */
	Orders next; /* of this turn */
	bool has_orders;
	Buf taking; /* results under way to the engine, from taking_at on */
	size_t taking_at;
	uint32_t plan_n; /* it knows */
	uint32_t pings;  /* sent, and … */
	int64_t pinged_us;

	/* Both, under the lock. */
	pthread_mutex_t lock;
	Orders orders;
	bool posted; /* the lane will look */
	Buf results;
	atomic_uint in_flight, waiting; /* written by the lane; for figures only */
	atomic_uint pongs;              /* pings it has answered */

	/* The lane's thread. */
	Guard *guard;
	Queue queue;
	Buf out; /* results not handed over yet */
	unsigned out_n;
	bool out_now; /* they cannot wait */
	LoopHook hook;
	TimerOp out_due, more;
};

struct Lanes {
	Prober prober;  /* first */
	Prober *direct; /* for what lanes refuse */
	Loop *loop;
	int fd;
	LoopFd watch;
	LoopHook hook;
	Flight *all;
	unsigned lanes_n, threads_n, next_lane;
	uint32_t plan_n;
	size_t old_n; /* flights of plans before that */
	bool stopped, in_batch;
	ProberStats stats;
	CheckResult result; /* the one being given */
	Lane lanes[LANES_MAX];
};

void orders_init(Orders *o);
void orders_append(Orders *to, Orders *from); /* `from` is empty then */
unsigned lanes_files(void);                   /* how many this process may have open */

/* lane.c: on the engine's thread, while the lane's does not run. */
bool lane_begin(Lane *lane, const LanesOptions *o, unsigned max_runs, const Plan *plan, Err *err);
void lane_drop(Lane *lane, Flight *f); /* ends it, whatever it does */
void lane_end(Lane *lane);             /* frees all but flights */
/* Any thread. */
void lane_look(void *lane);    /* in the lane's thread: orders came */
void *lane_thread(void *lane); /* its main */
