#include "daemon/asker.h"

#include "core/alloc.h"
#include "core/emit.h"
#include "store/store.h"

#include <pthread.h>

enum { ANSWER_MAX = 64 << 20 }; /* a client takes 256 MiB, the wrapping included */

typedef struct Question {
	Query *query;
	AskerDone *done;
	void *ctx;
	bool ok;
	Buf answer;
	Err err;
	struct Question *next;
} Question;

struct Asker {
	Loop *loop;
	char *path;
	pthread_t thread;
	bool running;
	size_t waiting; /* counted on the loop's thread */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t news;
	Question *first, **last;
	Question *now; /* the one under way */
	bool closing;

	Question *answered; /* newest first */

	Store *store; /* the thread's own */
};

static void question_free(Question *q)
{
	query_free(q->query);
	Buf_done(&q->answer);
	mem_free(q);
}

/* ---- on the thread ---- */

static bool open_store(Asker *a, Err *err)
{
	return a->store ||
	       store_open(&(StoreOptions){ .path = a->path, .read_only = true }, &a->store, err);
}

static void answer(Asker *a, Question *q)
{
	Emit j = emit_to(&q->answer);
	SampleSource source;

	q->answer.max = ANSWER_MAX;
	if (!open_store(a, &q->err))
		return;
	source = store_source(a->store);
	emit_object(&j, NULL);
	q->ok = query_run(q->query, &source, &j, &q->err);
	emit_object_end(&j);
	if (q->ok && q->answer.over)
		q->ok = err_set(&q->err, ERR_BAD_INPUT, "the answer is too long");
}

static Question *take(Asker *a)
{
	Question *q;

	(void)pthread_mutex_lock(&a->lock);
	while (!a->first && !a->closing)
		(void)pthread_cond_wait(&a->news, &a->lock);
	q = a->closing ? NULL : a->first;
	if (q) {
		a->first = q->next;
		if (!a->first)
			a->last = &a->first;
	}
	a->now = q;
	(void)pthread_mutex_unlock(&a->lock);
	return q;
}

static void hand_back(void *context);

static void *work(void *context)
{
	Asker *a = context;
	Question *q;

	while ((q = take(a))) {
		answer(a, q);
		(void)pthread_mutex_lock(&a->lock);
		a->now = NULL;
		q->next = a->answered;
		a->answered = q;
		(void)pthread_mutex_unlock(&a->lock);
		loop_post(a->loop, hand_back, a);
	}
	store_close(a->store);
	return NULL;
}

/* ---- on the loop's thread ---- */

static void give(Asker *a, Question *q)
{
	while (q) {
		Question *next = q->next;

		a->waiting--;
		q->done(q->ctx, q->ok, &q->answer, &q->err);
		question_free(q);
		q = next;
	}
}

/* One post for each answer; it takes all that are there, so later posts may find none. */
static void hand_back(void *context)
{
	Asker *a = context;
	Question *q;

	(void)pthread_mutex_lock(&a->lock);
	q = a->answered;
	a->answered = NULL;
	(void)pthread_mutex_unlock(&a->lock);
	give(a, q);
}

Asker *asker_open(Loop *loop, const char *path)
{
	Asker *a = NEW(Asker);

	a->loop = loop;
	a->path = mem_text(path);
	a->last = &a->first;
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->news, NULL);
	return a;
}

bool asker_ask(Asker *a, Query *query, AskerDone *done, void *ctx, Err *err)
{
	Question *q;

	if (a->waiting >= ASKER_WAITING) {
		query_free(query);
		return err_set(err, ERR_UNAVAILABLE, "%d questions wait already", ASKER_WAITING);
	}
	if (!a->running && pthread_create(&a->thread, NULL, work, a) != 0) {
		query_free(query);
		return err_set(err, ERR_UNAVAILABLE, "no thread for the question");
	}
	a->running = true;
	q = NEW(Question);
	q->query = query;
	q->done = done;
	q->ctx = ctx;
	a->waiting++;
	(void)pthread_mutex_lock(&a->lock);
	*a->last = q;
	a->last = &q->next;
	(void)pthread_cond_signal(&a->news);
	(void)pthread_mutex_unlock(&a->lock);
	return true;
}

void asker_forget(Asker *a, const void *ctx)
{
	(void)pthread_mutex_lock(&a->lock);
	if (a->now && a->now->ctx == ctx)
		query_stop(a->now->query);
	for (Question *q = a->first; q; q = q->next) {
		if (q->ctx == ctx)
			query_stop(q->query);
	}
	(void)pthread_mutex_unlock(&a->lock);
}

void asker_close(Asker *a)
{
	if (!a)
		return;
	(void)pthread_mutex_lock(&a->lock);
	a->closing = true;
	if (a->now)
		query_stop(a->now->query);
	(void)pthread_cond_signal(&a->news);
	(void)pthread_mutex_unlock(&a->lock);
	if (a->running)
		(void)pthread_join(a->thread, NULL);
	for (Question *q = a->first; q; q = q->next)
		err_set(&q->err, ERR_UNAVAILABLE, "carene stops");
	give(a, a->answered);
	give(a, a->first);
	(void)pthread_cond_destroy(&a->news);
	(void)pthread_mutex_destroy(&a->lock);
	mem_free(a->path);
	mem_free(a);
}
