/* Questions, whatever their kind: the queue and its two limits, the deadline,
 * cancelling, and the one place that calls `done`.
 *
 * `done` is called exactly once because only deliver() calls it, from the list of
 * finished jobs, and a cancelled job is in no list. It never meets a job of its
 * own: the job is taken off the Ask before, and freed after. */
#include "loop/http_url.h"
#include "loop/loop_private.h"

#include "core/text.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>

/* Questions to one host: how many run, and which wait for that. */
typedef struct HostSlot {
	Link ready; /* in loop->ready while one of `waiting` may start */
	Link waiting;
	char *name;
	unsigned running;
} HostSlot;

/* The answer's small parts; bodies and outputs have bounded buffers of their own. */
enum { ARENA_BYTES = 4 << 20 };

/* ---- classes of failure ---- */

bool errno_is_ours(int e)
{
	switch (e) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EACCES:
	case EPERM:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case EADDRINUSE:
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
	case EINVAL:
	case EBADF: return true;
	default: return false;
	}
}

/* strerror_l would do, but its texts begin with capitals and vary between C libraries. */
const char *errno_text(int e)
{
	static const struct {
		int e;
		const char *text;
	} texts[] = {
		{ ECONNREFUSED, "connection refused" },
		{ ECONNRESET, "connection reset by peer" },
		{ ECONNABORTED, "connection aborted" },
		{ EPIPE, "connection closed by peer" },
		{ ETIMEDOUT, "timed out" },
		{ EHOSTUNREACH, "no route to host" },
		{ EHOSTDOWN, "host is down" },
		{ ENETUNREACH, "network is unreachable" },
		{ ENETDOWN, "network is down" },
		{ EACCES, "permission denied" },
		{ EPERM, "operation not permitted" },
		{ ENOENT, "no such file or directory" },
		{ ENOTDIR, "not a directory" },
		{ EISDIR, "is a directory" },
		{ EMFILE, "too many open files" },
		{ ENFILE, "too many open files in the system" },
		{ ENOMEM, "out of memory" },
		{ ENOBUFS, "no buffer space" },
		{ ENOSPC, "no space left on device" },
		{ EROFS, "read-only file system" },
		{ EADDRNOTAVAIL, "address not available" },
		{ EAFNOSUPPORT, "address family not supported" },
		{ EINVAL, "invalid argument" },
		{ ENOEXEC, "not an executable format" },
		{ E2BIG, "argument list too long" },
	};
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (texts[i].e == e)
			return texts[i].text;
	}
	return strerrordesc_np(e) ? strerrordesc_np(e) : "unknown error";
}

/* ---- ending ---- */

static void release(Job *job);

/* What a descriptor tells happened by when it was seen, whenever we came to it. If we did
 * something since, it answers that, and came while we are here. */
static int64_t job_now_us(const Job *job)
{
	int64_t seen_us = job->loop->seen_us;

	return seen_us && seen_us >= job->mark_us ? seen_us : loop_mono_us();
}

Duration job_elapsed(const Job *job)
{
	return (Duration){ job_now_us(job) - job->started_us - job->ours_us };
}

Duration job_lap(Job *job)
{
	int64_t now_us = job_now_us(job);
	Duration lap = { now_us - job->mark_us };

	job->mark_us = now_us;
	return lap;
}

void job_acts(Job *job)
{
	int64_t now_us = loop_mono_us();

	job->ours_us += now_us - job->mark_us;
	job->mark_us = now_us;
}

static void stop(Job *job)
{
	Loop *loop = job->loop;

	if (job->state == JOB_RUNNING) {
		job_resolve_stop(job);
		if (job->kind->stop)
			job->kind->stop(job);
	}
	tick_stop(loop, &job->deadline);
	link_remove(&job->link);
	release(job);
}

void job_done(Job *job)
{
	if (job->state == JOB_FINISHED)
		return;
	if (job->state == JOB_RUNNING) {
		job->answer.took.total = job_elapsed(job);
		job->answer.took.queued.us += job->ours_us;
	}
	stop(job);
	job->state = JOB_FINISHED;
	link_append(&job->loop->finished, &job->link);
	loop_wake(job->loop);
}

void job_fail(Job *job, FailClass fail, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (job->state == JOB_FINISHED)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	job->answer.fail = fail;
	job->answer.error = arena_text(job->arena, text);
	job_done(job);
}

void job_fail_errno(Job *job, FailClass fail, const char *what, int e)
{
	if (errno_is_ours(e))
		fail = FAIL_SELF;
	job_fail(job, fail, "%s%s%s", what ? what : "", what ? ": " : "", errno_text(e));
}

void job_fail_late(Job *job)
{
	static const char *const during[] = {
		[FAIL_NONE] = "no answer",          [FAIL_DNS] = "no answer from the name servers",
		[FAIL_CONNECT] = "no connection",   [FAIL_TLS] = "no TLS handshake",
		[FAIL_HTTP] = "no complete answer", [FAIL_ASSERT] = "no answer",
		[FAIL_SELF] = "not done",
	};
	char text[DURATION_TEXT];

	job->answer.timed_out = true;
	job_fail(job, job->step, "%s within %s", during[job->step],
	         duration_print(job->spec->timeout, text));
}

static void late(Tick *tick)
{
	Job *job = CONTAINER_OF(tick, Job, deadline);
	char text[DURATION_TEXT];

	if (job->state == JOB_QUEUED) {
		job->answer.took.queued = (Duration){ loop_mono_us() - job->asked_us };
		job->answer.timed_out = true;
		job_fail(job, FAIL_SELF, "waited %s in our own queue",
		         duration_print(job->spec->timeout, text));
	} else if (job->kind->late) {
		job->kind->late(job);
	} else {
		job_fail_late(job);
	}
}

/* Jobs of the plain path are kept for the next question, with their buffers: most are of that
 * kind, and one follows another. */
enum { SPARE_JOBS = 64, SPARE_BYTES = 4096 };

static void job_free(Job *job)
{
	Loop *loop = job->loop;
	Arena *arena = job->arena;

	if (job->kind == &ask_http_kind && loop->spare_jobs.n < SPARE_JOBS && !loop->freeing) {
		if (arena_used(arena) > SPARE_BYTES) {
			arena_free(arena);
			arena = arena_new("answer", ARENA_BYTES);
		}
		ask_http_recycle(job);
		arena_clear(arena);
		job->arena = arena;
		list_add(&loop->spare_jobs, job);
		return;
	}
	if (job->kind->free)
		job->kind->free(job);
	arena_free(arena);
	mem_free(job);
}

static Job *job_room(Loop *loop, const JobKind *kind)
{
	Job *job;

	if (kind == &ask_http_kind && loop->spare_jobs.n)
		return loop->spare_jobs.at[--loop->spare_jobs.n];
	job = mem_new(kind->size);
	job->arena = arena_new("answer", ARENA_BYTES);
	return job;
}

/* Only what is finished when it begins: a `done` that asks again and fails at once must not
 * keep the loop here. */
void ask_deliver(Loop *loop)
{
	Link batch;

	if (link_is_empty(&loop->finished))
		return;
	batch = loop->finished;
	batch.next->prev = batch.prev->next = &batch;
	link_init(&loop->finished);
	while (!link_is_empty(&batch)) {
		Job *job = CONTAINER_OF(batch.next, Job, link);
		Ask *ask = job->ask;

		link_remove(&job->link);
		ask->state = NULL;
		loop->stats.answered += !job->inner;
		ask->done(ask, &job->answer);
		job_free(job);
		loop_look(loop);
	}
}

/* ---- the queue ---- */

static void begin(Job *job)
{
	job->state = JOB_RUNNING;
	job->started_us = job->mark_us = loop_mono_us();
	job->answer.took.queued = (Duration){ job->inner ? 0 : job->started_us - job->asked_us };
	link_remove(&job->link);
	link_append(&job->loop->jobs, &job->link);
	tick_set(job->loop, &job->deadline, job->spec->timeout, late);
	job->kind->start(job);
	loop_look(job->loop);
}

static void consider(Loop *loop, HostSlot *slot)
{
	bool may = !link_is_empty(&slot->waiting) &&
	           (slot == loop->anyhost || slot->running < loop->max_per_host);

	if (may && !slot->ready.next)
		link_append(&loop->ready, &slot->ready);
	else if (!may)
		link_remove(&slot->ready);
}

/* Hosts take turns, so that a long queue for one does not hold up the others. */
void ask_pump(Loop *loop)
{
	loop->pump_due = false;
	while (loop->running_n < loop->max_asks && !link_is_empty(&loop->ready) && !loop->freeing) {
		HostSlot *slot = CONTAINER_OF(loop->ready.next, HostSlot, ready);
		Job *job = CONTAINER_OF(slot->waiting.next, Job, link);

		link_remove(&slot->ready);
		slot->running++;
		loop->running_n++;
		loop->queued_n--;
		link_remove(&job->link);
		consider(loop, slot);
		begin(job);
	}
}

static void slot_free(HostSlot *slot)
{
	link_remove(&slot->ready);
	mem_free(slot->name);
	mem_free(slot);
}

static bool slot_is_idle(const Loop *loop, const HostSlot *slot)
{
	return slot != loop->anyhost && !slot->running && link_is_empty(&slot->waiting);
}

/* A host is asked again before long, so its slot stays; those of hosts that a plan no longer
 * names go when there are many. */
enum { HOSTS_KEPT = 1024 };

static void slots_idle(Loop *loop)
{
	MapEntry *e;

	if (loop->hosts.live <= loop->hosts_kept)
		return;
	for (size_t i = 0; map_next(&loop->hosts, &i, &e);) {
		HostSlot *slot = e->value;

		if (!slot_is_idle(loop, slot))
			continue;
		(void)map_remove(&loop->hosts, slot->name);
		slot_free(slot);
	}
	/* Many may be in use: not to walk along them all at each that ends. */
	loop->hosts_kept = loop->hosts.live * 2 > HOSTS_KEPT ? loop->hosts.live * 2 : HOSTS_KEPT;
}

/* Starting what waits is left to the end of the turn: release() runs inside a kind's callbacks. */
static void release(Job *job)
{
	Loop *loop = job->loop;
	HostSlot *slot = job->slot;

	job->slot = NULL;
	if (!slot)
		return;
	if (job->state == JOB_RUNNING) {
		slot->running--;
		if (--loop->running_n == 0)
			loop->watches.looked_once = false; /* nothing is missed from now on */
	} else {
		loop->queued_n--;
	}
	consider(loop, slot);
	if (slot_is_idle(loop, slot))
		slots_idle(loop);
	if (!link_is_empty(&loop->ready) && !loop->pump_due) {
		loop->pump_due = true;
		loop_wake(loop);
	}
}

static HostSlot *slot_new(const char *name)
{
	HostSlot *slot = NEW(HostSlot);

	slot->name = mem_text(name);
	link_init(&slot->waiting);
	return slot;
}

/* The host part of a URL, roughly: it only says which questions share a limit. */
static const char *url_host(const HttpAsk *h, char out[256])
{
	const char *url = h->secret_url ? secret_reveal(h->secret_url) : h->url;
	const char *from = url ? strstr(url, "://") : NULL;
	size_t n;

	if (h->unix_socket)
		return h->unix_socket;
	if (!from)
		return NULL;
	from += 3;
	n = strcspn(from, "/?#");
	if (n >= 256)
		return NULL;
	memcpy(out, from, n);
	out[n] = '\0';
	return out;
}

/* NULL: no host; programs, units and this machine's counters have only the limit in all. */
static const char *spec_host(const AskSpec *spec, char out[256])
{
	switch (spec->kind) {
	case ASK_HTTP: return url_host(&spec->http, out);
	case ASK_TCP: return spec->tcp.host;
	case ASK_ICMP: return spec->icmp.host;
	case ASK_DB: return spec->db.host ? spec->db.host : spec->db.socket;
	case ASK_MAIL: return spec->mail.host;
	case ASK_DNS: return spec->dns.server;
	case ASK_UNIT:
	case ASK_RUN:
	case ASK_HOST: return NULL;
	}
	return NULL;
}

static HostSlot *slot_of(Loop *loop, const AskSpec *spec)
{
	char room[256];
	const char *name = spec_host(spec, room);
	HostSlot *slot;

	if (text_is_empty(name))
		return loop->anyhost;
	slot = map_get(&loop->hosts, name);
	if (!slot) {
		slot = slot_new(name);
		(void)map_put(&loop->hosts, name, slot);
	}
	return slot;
}

/* ---- asking ---- */

static const JobKind *kind_of(const AskSpec *spec, PlainUrl *url)
{
	switch (spec->kind) {
	case ASK_HTTP: return http_is_plain(&spec->http, url) ? &ask_http_kind : &ask_curl_kind;
	case ASK_TCP: return &ask_tcp_kind;
	case ASK_DNS: return &ask_dns_kind;
	case ASK_ICMP: return &ask_icmp_kind;
	case ASK_DB: return text_eq(spec->db.engine, "mysql") ? &ask_mysql_kind : &ask_pg_kind;
	case ASK_UNIT:
		if (spec->unit.kind == UNIT_SYSTEMD)
			return &ask_systemd_kind;
		return spec->unit.kind == UNIT_DOCKER ? &ask_docker_kind : &ask_process_kind;
	case ASK_RUN: return &ask_run_kind;
	case ASK_MAIL: return &ask_mail_kind;
	case ASK_HOST: return &ask_host_kind;
	}
	assert(false && "a kind of question this world does not know");
	return NULL;
}

void job_irrevocable(Job *job)
{
	if (job->past_recall)
		return;
	job->past_recall = true;
	if (job->ask->irrevocable)
		job->ask->irrevocable(job->ask);
}

static Job *job_new(Loop *loop, Ask *ask, const AskSpec *spec)
{
	PlainUrl url;
	const JobKind *kind = kind_of(spec, &url);
	Job *job = job_room(loop, kind);

	assert(!ask->state && "asked while it waits for an answer");
	assert(spec->timeout.us > 0);
	job->loop = loop;
	job->ask = ask;
	job->spec = spec;
	job->kind = kind;
	job->step = FAIL_CONNECT;
	job->asked_us = loop_mono_us();
	if (kind == &ask_http_kind)
		ask_http_url(job, &url);
	ask->state = job;
	return job;
}

void ask_world_start(World *w, Ask *ask, const AskSpec *spec)
{
	Loop *loop = CONTAINER_OF(w, Loop, world);
	Job *job = job_new(loop, ask, spec);

	loop->stats.asked++;
	job->state = JOB_QUEUED;
	job->slot = slot_of(loop, spec);
	link_append(&job->slot->waiting, &job->link);
	loop->queued_n++;
	consider(loop, job->slot);
	ask_pump(loop);
	/* Most need not wait, and have a deadline of their own by now. */
	if (ask->state == job && job->state == JOB_QUEUED)
		tick_set(loop, &job->deadline, spec->timeout, late);
}

void ask_inner(Loop *loop, Ask *ask, const AskSpec *spec)
{
	Job *job = job_new(loop, ask, spec);

	job->inner = true;
	begin(job);
}

void ask_world_cancel(World *w, Ask *ask)
{
	Job *job = ask->state;

	(void)w;
	if (!job)
		return;
	ask->state = NULL;
	if (job->state == JOB_FINISHED)
		link_remove(&job->link);
	else
		stop(job);
	job_free(job);
}

/* ---- the loop's part ---- */

void ask_loop_init(Loop *loop)
{
	link_init(&loop->ready);
	link_init(&loop->jobs);
	link_init(&loop->finished);
	loop->anyhost = slot_new("");
	loop->hosts_kept = HOSTS_KEPT;
}

static void cancel_all(Loop *loop, Link *head)
{
	while (!link_is_empty(head))
		ask_world_cancel(&loop->world, CONTAINER_OF(head->next, Job, link)->ask);
}

static void cancel_waiting(Loop *loop)
{
	MapEntry *e;

	cancel_all(loop, &loop->anyhost->waiting);
	for (size_t i = 0; map_next(&loop->hosts, &i, &e); i = 0) {
		HostSlot *slot = e->value;

		cancel_all(loop, &slot->waiting);
		(void)map_remove(&loop->hosts, slot->name);
		slot_free(slot);
	}
}

void ask_loop_done(Loop *loop)
{
	cancel_all(loop, &loop->jobs);
	cancel_waiting(loop);
	cancel_all(loop, &loop->finished);
	slot_free(loop->anyhost);
	Map_done(&loop->hosts);
	while (loop->spare_jobs.n)
		job_free(loop->spare_jobs.at[--loop->spare_jobs.n]);
	list_free(&loop->spare_jobs);
}
