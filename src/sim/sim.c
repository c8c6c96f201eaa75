#include "sim/sim.h"

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

/* One waiting operation. It points to the rule's answer, which is never changed or freed
 * before the world is: there are a million events a year and a handful of answers. */
typedef struct Event {
	int64_t due; /* monotonic µs */
	uint64_t order;
	size_t at; /* place in the heap */
	TimerOp *timer;
	Ask *ask;
	const AskSpec *spec;
	const SimAnswer *answer;
	FailClass fail; /* of this time: the answer's own, or a time-out's */
	bool timed_out;
	Duration latency;
	struct Event *next; /* of those that wait for their next use */
} Event;

typedef struct Rule {
	char pattern[256];
	const SimAnswer *answer;
	struct Rule *older;
} Rule;

/* Every answer ever given a rule. */
typedef struct Kept {
	SimAnswer answer;
	struct Kept *older;
} Kept;

static const SimAnswer healthy;

typedef struct File {
	char *bytes;
	size_t n;
} File;

struct Sim {
	World world;
	int64_t mono, wall_offset;
	uint64_t order, done_n, random;
	Event **heap;
	size_t n, cap;
	Rule *rules;
	Kept *kept;
	Event *spare;
	int64_t same_until; /* end of the present pass: no answer changes before */
	Map files;
	char broken[128];
	bool inside; /* a done() is running: time stands still */
	void (*call)(void *ctx, const SimCall *call);
	void *ctx;
	unsigned kinds; /* of questions that are watched, a bit each */
};

static Sim *sim_of(World *w) { return CONTAINER_OF(w, Sim, world); }

/* ---- the heap ---- */

static bool sooner(const Event *a, const Event *b)
{
	return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void put_at(Sim *s, size_t at, Event *e)
{
	s->heap[at] = e;
	e->at = at;
}

static void rise(Sim *s, size_t at, Event *e)
{
	for (; at > 0 && sooner(e, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		put_at(s, at, s->heap[(at - 1) / 2]);
	put_at(s, at, e);
}

static void sink(Sim *s, size_t at, Event *e)
{
	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= s->n)
			break;
		if (child + 1 < s->n && sooner(s->heap[child + 1], s->heap[child]))
			child++;
		if (!sooner(s->heap[child], e))
			break;
		put_at(s, at, s->heap[child]);
		at = child;
	}
	put_at(s, at, e);
}

static Event *add(Sim *s, Duration delay)
{
	Event *e = s->spare;

	if (e) {
		s->spare = e->next;
		*e = (Event){ 0 };
	} else {
		e = NEW(Event);
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->heap = mem_grow(s->heap, s->cap * sizeof(Event *));
	}
	e->due = s->mono + (delay.us > 0 ? delay.us : 0);
	e->order = s->order++;
	s->n++;
	rise(s, s->n - 1, e);
	return e;
}

static void put_back(Sim *s, Event *e)
{
	e->next = s->spare;
	s->spare = e;
}

static void take_out(Sim *s, Event *e)
{
	Event *last = s->heap[--s->n];
	size_t at = e->at;

	if (last == e)
		return;
	sink(s, at, last);
	if (last->at == at)
		rise(s, at, last);
}

/* ---- timers ---- */

static Instant now(World *w)
{
	Sim *s = sim_of(w);

	return (Instant){ s->mono + s->wall_offset };
}

static Duration mono(World *w) { return (Duration){ sim_of(w)->mono }; }

static Duration same_for(World *w)
{
	const Sim *s = sim_of(w);

	return (Duration){ s->same_until > s->mono ? s->same_until - s->mono : 0 };
}

static void timer_cancel(World *w, TimerOp *op)
{
	if (op->state) {
		take_out(sim_of(w), op->state);
		put_back(sim_of(w), op->state);
		op->state = NULL;
	}
}

static void timer(World *w, TimerOp *op, Duration delay)
{
	Event *e;

	timer_cancel(w, op);
	e = add(sim_of(w), delay);
	e->timer = op;
	op->state = e;
}

/* ---- questions ---- */

static void target_of(const AskSpec *spec, Buf *out)
{
	switch (spec->kind) {
	case ASK_HTTP:
		buf_text(out, spec->http.secret_url ? secret_reveal(spec->http.secret_url)
		                                    : spec->http.url);
		return;
	case ASK_TCP: buf_printf(out, "tcp %s:%u", spec->tcp.host, spec->tcp.port); return;
	case ASK_DNS: buf_printf(out, "dns %s", spec->dns.name); return;
	case ASK_ICMP: buf_printf(out, "icmp %s", spec->icmp.host); return;
	case ASK_DB:
		buf_printf(out, "db %s:%u/%s", spec->db.host ? spec->db.host : "local",
		           spec->db.port, spec->db.database ? spec->db.database : "");
		return;
	case ASK_UNIT: buf_printf(out, "unit %s", spec->unit.name); return;
	case ASK_RUN:
		buf_text(out, "run");
		for (const char *const *a = spec->run.argv; *a; a++)
			buf_printf(out, " %s", *a);
		return;
	case ASK_MAIL: buf_printf(out, "mail %s:%u", spec->mail.host, spec->mail.port); return;
	case ASK_HOST: buf_text(out, "host"); return;
	}
}

static const SimAnswer *answer_for(const Sim *s, const AskSpec *spec)
{
	AUTO(Buf) target = { 0 };

	if (!s->rules)
		return &healthy;
	target_of(spec, &target);
	for (const Rule *r = s->rules; r; r = r->older) {
		if (text_matches(r->pattern, buf_str(&target)))
			return r->answer;
	}
	return &healthy;
}

static void ask_cancel(World *w, Ask *ask)
{
	if (ask->state) {
		take_out(sim_of(w), ask->state);
		put_back(sim_of(w), ask->state);
		ask->state = NULL;
	}
}

static void ask(World *w, Ask *op, const AskSpec *spec)
{
	Sim *s = sim_of(w);
	const SimAnswer *answer = answer_for(s, spec);
	Duration takes = answer->latency.us ? answer->latency : milliseconds(50);
	bool late = answer->timed_out || takes.us >= spec->timeout.us;
	Event *e;

	assert(!op->state && spec->timeout.us > 0);
	if (late)
		takes = spec->timeout;
	e = add(s, takes);
	e->ask = op;
	e->spec = spec;
	e->answer = answer;
	e->latency = takes;
	e->timed_out = late;
	e->fail = answer->fail || !late    ? answer->fail
	          : spec->kind == ASK_HTTP ? FAIL_HTTP
	                                   : FAIL_CONNECT;
	op->state = e;
}

static void fill_http(const Event *e, HeaderField headers[3], HttpAnswer *out)
{
	size_t n = 0;

	headers[n++] = (HeaderField){ "Content-Type", "text/html; charset=utf-8" };
	if (e->answer->location[0])
		headers[n++] = (HeaderField){ "Location", e->answer->location };
	if (e->answer->retry_after[0])
		headers[n++] = (HeaderField){ "Retry-After", e->answer->retry_after };
	*out = (HttpAnswer){ .status = e->answer->status ? e->answer->status : 200,
		             .version = "1.1",
		             .headers = headers,
		             .headers_n = n,
		             .body = e->answer->body[0] ? e->answer->body : "ok" };
	out->body_n = strlen(out->body);
}

static CertInfo cert_of(Instant at, const SimAnswer *a)
{
	Instant end = after(at, a->cert_left.us ? a->cert_left : days(90));

	return (CertInfo){ .present = true,
		           .verified = a->cert_left.us >= 0,
		           .leaf_not_before = after(at, days(-30)),
		           .leaf_not_after = end,
		           .chain_not_after = end,
		           .subject = "CN=simulated",
		           .issuer = "CN=simulated CA",
		           .names = "*",
		           .error = a->cert_left.us < 0 ? "certificate has expired" : NULL };
}

/* Storage behind the pointers of an answer. */
typedef struct Parts {
	HeaderField headers[3];
	const char *texts[2];
	MountUse mount;
} Parts;

static void fill_kind(Sim *s, Event *e, Answer *a, Parts *p)
{
	const char *body = e->answer->body;
	size_t n = strlen(body);
	int status = e->answer->status;

	switch (e->spec->kind) {
	case ASK_HTTP:
		fill_http(e, p->headers, &a->http);
		if (text_starts(e->spec->http.url, "https:"))
			a->cert = cert_of(now(&s->world), e->answer);
		return;
	case ASK_TCP:
		a->tcp = (TcpAnswer){ body, n,
			              e->spec->tcp.expect && strstr(body, e->spec->tcp.expect) };
		if (e->spec->tcp.tls)
			a->cert = cert_of(now(&s->world), e->answer);
		return;
	case ASK_DNS:
		p->texts[0] = n ? body : "192.0.2.1";
		a->dns = (DnsAnswer){ p->texts, 1, status == 3 ? "NXDOMAIN" : "NOERROR" };
		return;
	case ASK_ICMP: a->icmp = (IcmpAnswer){ 1, 1, e->latency, e->latency, e->latency }; return;
	case ASK_DB:
		p->texts[0] = n ? body : "5";
		p->texts[1] = "100";
		a->db = (DbAnswer){ p->texts, 1, 2, "15" };
		return;
	case ASK_UNIT:
		a->unit = (UnitAnswer){ n ? body : "active", NULL, 1,
			                n == 0 || text_eq(body, "active") ||
			                        text_eq(body, "running") };
		return;
	case ASK_RUN:
		a->run = (RunAnswer){
			.exit_code = status, .out = body, .err = "", .out_n = n, .out_total = n
		};
		return;
	case ASK_MAIL: a->mail = (MailAnswer){ status ? status : 250, n ? body : "ok" }; return;
	case ASK_HOST:
		p->mount = (MountUse){ "/", e->answer->disk > 0 ? e->answer->disk : 40, 5,
			               60ull << 30, 100ull << 30 };
		a->host = (HostAnswer){ .cpu_percent = e->answer->cpu > 0 ? e->answer->cpu : 10,
			                .mem_percent = e->answer->mem > 0 ? e->answer->mem : 30,
			                .load1 = 0.5,
			                .load5 = 0.5,
			                .load15 = 0.5,
			                .net_bytes_per_s = 1000,
			                .mounts = &p->mount,
			                .mounts_n = 1 };
		return;
	}
}

/* It took effect, whatever becomes of who asked: those who watch see it now. */
static void watch(Sim *s, const Event *e)
{
	AUTO(Buf) target = { 0 };
	SimAnswer answer;

	if (!s->call || !(s->kinds >> e->spec->kind & 1))
		return;
	target_of(e->spec, &target);
	answer = *e->answer;
	answer.fail = e->fail;
	answer.timed_out = e->timed_out;
	answer.latency = e->latency;
	s->call(s->ctx, &(SimCall){ now(&s->world), buf_str(&target), e->spec, &answer });
}

static void reply(Sim *s, Event *e)
{
	Answer a = { .fail = e->fail,
		     .timed_out = e->timed_out,
		     .address = "192.0.2.1",
		     .took = { .connect = milliseconds(5),
		               .first_byte = e->latency,
		               .total = e->latency } };
	Parts parts = { 0 };

	if (!a.fail && e->ask->irrevocable)
		e->ask->irrevocable(e->ask);
	watch(s, e);
	if (a.fail)
		a.error = e->answer->body[0] ? e->answer->body
		          : a.timed_out      ? "timed out"
		                             : "simulated failure";
	else
		fill_kind(s, e, &a, &parts);
	if (a.fail && e->spec->kind == ASK_MAIL && e->answer->status)
		a.mail = (MailAnswer){ e->answer->status, "simulated" };
	e->ask->done(e->ask, &a);
}

/* ---- running ---- */

void sim_promise(Sim *s, Duration d)
{
	if (s->mono + d.us > s->same_until)
		s->same_until = s->mono + d.us;
}

bool sim_step(Sim *s, Duration d)
{
	Event *e = s->n ? s->heap[0] : NULL;

	assert(!s->inside);
	if (!e || e->due > s->mono + d.us)
		return false;
	take_out(s, e);
	if (e->due > s->mono)
		s->mono = e->due;
	s->done_n++;
	s->inside = true;
	if (e->timer) {
		e->timer->state = NULL;
		e->timer->done(e->timer);
	} else {
		e->ask->state = NULL;
		reply(s, e);
	}
	s->inside = false;
	put_back(s, e);
	return true;
}

void sim_pass(Sim *s, Duration d)
{
	int64_t end = s->mono + d.us;

	sim_promise(s, d);
	while (sim_step(s, (Duration){ end - s->mono }))
		;
	s->mono = end;
}

void sim_jump(Sim *s, Duration d) { s->wall_offset += d.us; }

void sim_crash(Sim *s)
{
	while (s->n) {
		Event *e = s->heap[--s->n];

		if (e->timer)
			e->timer->state = NULL;
		else
			e->ask->state = NULL;
		put_back(s, e);
	}
}

uint64_t sim_events(const Sim *s) { return s->done_n; }

/* ---- files, chance ---- */

/* A file is no folder: nothing can be written under it. */
static bool is_under_file(const Sim *s, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO_FREE char *part = mem_text_n(path, (size_t)(slash - path));

		if (map_get(&s->files, part))
			return true;
	}
	return false;
}

static bool put_file(World *w, const char *path, const void *p, size_t n, Err *err)
{
	Sim *s = sim_of(w);
	File *f = map_get(&s->files, path);

	if (s->broken[0])
		return err_set(err, ERR_IO, "write '%s': %s", path, s->broken);
	if (is_under_file(s, path))
		return err_set(err, ERR_IO, "write '%s': not a directory", path);
	if (!f) {
		f = NEW(File);
		map_put(&s->files, path, f);
	}
	mem_free(f->bytes);
	f->bytes = mem_text_n(p, n);
	f->n = n;
	return true;
}

const char *sim_file(const Sim *s, const char *path, size_t *ret_n)
{
	const File *f = map_get(&s->files, path);

	if (ret_n)
		*ret_n = f ? f->n : 0;
	return f ? f->bytes : NULL;
}

void sim_break_files(Sim *s, const char *why) { text_copy(s->broken, sizeof s->broken, why); }

/* splitmix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014). */
static uint64_t next_random(World *w)
{
	Sim *s = sim_of(w);
	uint64_t z = s->random += 0x9E3779B97F4A7C15ull;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
	return z ^ (z >> 31);
}

void sim_answer(Sim *s, const char *pattern, const SimAnswer *answer)
{
	Kept *k = NEW(Kept);
	Rule *r;

	for (r = s->rules; r; r = r->older) {
		if (text_eq(r->pattern, pattern))
			break;
	}
	if (!r) {
		r = NEW(Rule);
		text_copy(r->pattern, sizeof r->pattern, pattern);
		r->older = s->rules;
		s->rules = r;
	}
	k->answer = *answer;
	k->older = s->kept;
	s->kept = k;
	r->answer = &k->answer;
	s->same_until = s->mono;
}

void sim_watch(Sim *s, void (*call)(void *ctx, const SimCall *call), void *ctx)
{
	s->call = call;
	s->ctx = ctx;
	s->kinds = UINT_MAX;
}

void sim_watch_only(Sim *s, unsigned kinds) { s->kinds = kinds; }

Sim *sim_new(Instant start, uint64_t seed)
{
	Sim *s = NEW(Sim);

	s->wall_offset = start.us;
	s->random = seed;
	s->world = (World){ .now = now,
		            .mono = mono,
		            .same_for = same_for,
		            .timer = timer,
		            .timer_cancel = timer_cancel,
		            .ask = ask,
		            .ask_cancel = ask_cancel,
		            .put_file = put_file,
		            .random = next_random };
	return s;
}

World *sim_world(Sim *s) { return &s->world; }

void sim_free(Sim *s)
{
	MapEntry *e;
	Rule *older;
	Kept *kept;
	Event *spare;

	if (!s)
		return;
	sim_crash(s);
	mem_free(s->heap);
	for (size_t i = 0; map_next(&s->files, &i, &e);) {
		mem_free(((File *)e->value)->bytes);
		mem_free(e->value);
	}
	Map_done(&s->files);
	for (Rule *r = s->rules; r; r = older) {
		older = r->older;
		mem_free(r);
	}
	for (Kept *k = s->kept; k; k = kept) {
		kept = k->older;
		mem_free(k);
	}
	for (Event *old = s->spare; old; old = spare) {
		spare = old->next;
		mem_free(old);
	}
	mem_free(s);
}
