/* The second home of samples (storage of type victoriametrics): what was committed is sent
 * there in order, and how far that was acknowledged is committed with the next samples. A crash
 * repeats what was not acknowledged and loses nothing: entries of the store's log stay until
 * they were taken, or failed to for KEEP_H hours.
 *
 * Nothing waits for it: one request at a time, built of some ten thousand samples. That it does
 * not answer is our own trouble, said once, and never a target's downtime. */
#include "home/home.h"
#include "engine/engine_private.h"

#include <stdio.h>

/* Ours, all of them. BYTES of the log are some ten thousand samples: enough for a second of
 * half a million checks a minute, and a few milliseconds to write. */
enum {
	BYTES = 64 << 10,
	GATHER_S = 5, /* between two requests, when all was sent */
	TIMEOUT_S = 30,
	WAIT_FIRST_S = 5,
	WAIT_MOST_S = 300,
	TELL_AFTER_S = 15 * 60,
	KEEP_H = 24
};

static const char key[] = "home"; /* of the notebook: "seq told lost_from lost_to url" */

typedef struct Home {
	Engine *e;
	const Storage *storage; /* of the current plan */
	Ask ask;
	AskSpec spec;
	HeaderField type;
	Buf url, body;
	bool asking;
	uint64_t taken;    /* log entries up to here were acknowledged, or given up */
	uint64_t asked;    /* … and up to here they will be, once the answer is good */
	Duration wait;     /* after the last failure; 0: there was none */
	Instant next_at;   /* not before */
	Instant bad_since; /* LONG_AGO: it answers */
	bool told;
	Instant lost_from, lost_to; /* samples that waited too long; LONG_AGO: none */
	char error[160];
} Home;

const Storage *home_storage(const Plan *p)
{
	for (size_t i = 0; i < p->storage_n; i++) {
		if (text_eq(p->storage[i].type, "victoriametrics"))
			return &p->storage[i];
	}
	return NULL;
}

/* ---- how far ---- */

static int64_t written(Instant t) { return is_set(t) ? t.us : 0; }

static void note(Home *h)
{
	AUTO_FREE char *text = mem_printf("%llu %d %lld %lld %s", (unsigned long long)h->taken,
	                                  h->told, (long long)written(h->lost_from),
	                                  (long long)written(h->lost_to), h->storage->url);

	batch_meta(h->e->batch, key, text);
	batch_hold_log(h->e->batch, h->taken + 1);
}

static bool part_int(const char **at, int64_t *ret)
{
	char part[32];

	return text_part(at, " ", part, sizeof part) && text_int(part, ret);
}

/* Another address is another home: it begins with the oldest that is still in the log. */
static void recall(Home *h)
{
	AUTO_FREE char *text = store_meta(h->e->store, key);
	const char *at = text;
	int64_t seq, told, from, to;

	h->taken = 0;
	h->lost_from = h->lost_to = LONG_AGO;
	if (!text || !part_int(&at, &seq) || !part_int(&at, &told) || !part_int(&at, &from) ||
	    !part_int(&at, &to) || seq < 0)
		return;
	while (*at == ' ')
		at++;
	if (!text_eq(at, h->storage->url))
		return;
	h->taken = (uint64_t)seq;
	h->told = told != 0;
	h->lost_from = from ? (Instant){ from } : LONG_AGO;
	h->lost_to = to ? (Instant){ to } : LONG_AGO;
}

/* ---- what is sent ---- */

typedef struct Load {
	HomeBatch *samples;
	size_t bytes;
	uint64_t last;
	Instant first, newest; /* of its samples */
} Load;

static void load_sample(void *arg, uint32_t number, Instant at, double value)
{
	Load *l = arg;

	home_batch_add(l->samples, number, at, value);
	l->first = is_set(l->first) ? earliest(l->first, at) : at;
	l->newest = latest(l->newest, at);
}

static bool load_entry(void *ctx, uint64_t seq, const void *p, size_t n)
{
	Load *l = ctx;

	/* What is damaged of it is counted where the log is loaded. */
	(void)series_log_each(p, n, load_sample, l);
	l->last = seq;
	l->bytes += n;
	return l->bytes < BYTES;
}

static const char *name_of(void *ctx, uint32_t number)
{
	return series_at(((Engine *)ctx)->series, number - 1);
}

/* What waited too long is not sent. The first time of an episode says from when, its end until
 * when. */
static void give_up(Home *h, const Load *l)
{
	h->lost_from = is_set(h->lost_from) ? h->lost_from : l->first;
	h->lost_to = latest(h->lost_to, l->newest);
	h->taken = l->last;
	note(h);
}

static bool is_too_old(const Home *h, const Load *l)
{
	return is_set(h->bad_since) && is_set(l->newest) &&
	       between(l->newest, h->e->now).us > hours(KEEP_H).us;
}

/* The next entries, after those that waited too long. False: there are none now. */
static bool next_load(Home *h, Load *l)
{
	Err err = { 0 };
	bool old;

	do {
		l->bytes = l->last = 0;
		l->first = l->newest = LONG_AGO;
		if (!store_log_from(h->e->store, h->taken + 1, load_entry, l, &err))
			return false; /* the store's trouble shows at its next commit */
		old = l->last && is_too_old(h, l);
		if (old) {
			give_up(h, l);
			home_batch_free(l->samples);
			l->samples = home_batch_new();
		}
	} while (old && !turn_is_long(h->e));
	if (old)
		return false;
	if (!l->last) { /* nothing readable is left */
		h->taken = store_log_last(h->e->store);
		note(h);
	}
	return l->last != 0;
}

static void on_answer(Ask *ask, const Answer *answer);

static void send(Home *h)
{
	h->spec = (AskSpec){ .kind = ASK_HTTP, .timeout = seconds(TIMEOUT_S) };
	h->type = (HeaderField){ "Content-Type", "application/json" };
	buf_clear(&h->url);
	home_address(h->storage->url, "/api/v1/import", &h->url);
	h->spec.http = (HttpAsk){ .method = "POST",
		                  .url = buf_str(&h->url),
		                  .headers = &h->type,
		                  .headers_n = 1,
		                  .body = h->body.p,
		                  .body_n = h->body.n,
		                  .bearer = h->storage->secret,
		                  .max_body = 4096,
		                  .keep_first = true };
	h->ask = (Ask){ .done = on_answer };
	h->asking = true;
	h->e->world->ask(h->e->world, &h->ask, &h->spec);
}

/* ---- trouble ---- */

static void say(Home *h, bool over)
{
	Lang lang = lang_parse(h->e->plan->head.language);
	char from[INSTANT_TEXT], to[INSTANT_TEXT];
	AUTO(Buf) text = { 0 };

	buf_text(&text, h->error);
	if (is_set(h->lost_from))
		buf_printf(&text, tr(lang, "%ssamples from %s to %s were not sent there"),
		           text.n ? "; " : "", instant_print(h->lost_from, from),
		           instant_print(h->lost_to, to));
	self_alarm(h->e, "home",
	           over ? tr(lang, "The second home of samples takes them again")
	                : tr(lang, "The second home of samples does not take them"),
	           buf_str(&text), over);
}

static void failed(Home *h, const Answer *a)
{
	Engine *e = h->e;

	if (a->fail != FAIL_NONE)
		text_copy(h->error, sizeof h->error, a->error);
	else
		(void)snprintf(h->error, sizeof h->error, "HTTP status %d", a->http.status);
	if (!is_set(h->bad_since))
		h->bad_since = e->now;
	h->wait = h->wait.us ? duration_us(h->wait.us * 2) : seconds(WAIT_FIRST_S);
	if (h->wait.us > seconds(WAIT_MOST_S).us)
		h->wait = seconds(WAIT_MOST_S);
	h->next_at = after(e->now, h->wait);
	if (!h->told && between(h->bad_since, e->now).us >= seconds(TELL_AFTER_S).us) {
		h->told = true;
		note(h);
		say(h, false);
	}
}

static void taken(Home *h)
{
	Engine *e = h->e;

	h->taken = h->asked;
	h->wait = duration_us(0);
	h->next_at =
	        h->taken < store_log_last(e->store) ? e->now : after(e->now, seconds(GATHER_S));
	h->bad_since = LONG_AGO;
	if (h->told || is_set(h->lost_from))
		say(h, true);
	h->told = false;
	h->error[0] = '\0';
	h->lost_from = h->lost_to = LONG_AGO;
	note(h);
}

static void on_answer(Ask *ask, const Answer *answer)
{
	Home *h = CONTAINER_OF(ask, Home, ask);
	Engine *e = h->e;

	h->asking = false;
	if (e->dead)
		return;
	turn_join(e);
	if (answer->fail == FAIL_NONE && answer->http.status / 100 == 2)
		taken(h);
	else
		failed(h, answer);
	turn_leave(e);
}

/* ---- the turn ---- */

static bool has_news(const Home *h)
{
	return !h->asking && !is_set(h->e->storage_bad_since) &&
	       h->taken < store_log_last(h->e->store);
}

void home_perform(Engine *e)
{
	Home *h = e->home;
	Load load = { 0 };

	if (!h || !has_news(h) || !is_due(h->next_at, e->now))
		return;
	load.samples = home_batch_new();
	if (next_load(h, &load)) {
		buf_clear(&h->body);
		home_batch_write(load.samples, name_of, e, &h->body);
		h->asked = load.last;
		if (h->body.n) {
			send(h);
		} else {
			h->taken = h->asked;
			note(h);
		}
	}
	home_batch_free(load.samples);
}

Instant home_next(const Engine *e)
{
	return e->home && has_news(e->home) ? e->home->next_at : NEVER;
}

void home_clock_back(Engine *e)
{
	Home *h = e->home;

	if (!h)
		return;
	h->next_at = earliest(h->next_at, after(e->now, h->wait));
	if (is_set(h->bad_since))
		h->bad_since = earliest(h->bad_since, e->now);
}

/* ---- the plan ---- */

void home_free(Engine *e)
{
	Home *h = e->home;

	if (!h)
		return;
	e->world->ask_cancel(e->world, &h->ask);
	Buf_done(&h->url);
	Buf_done(&h->body);
	mem_free(h);
	e->home = NULL;
}

/* What is under way is asked again: the plan that it points into goes away. */
void home_sync(Engine *e)
{
	const Storage *s = e->rehearsal || e->read_only ? NULL : home_storage(e->plan);
	Home *h = e->home, was = { .bad_since = LONG_AGO };
	bool known = false; /* newer than what the notebook has */

	if (h && s && text_eq(h->storage->url, s->url)) {
		was.taken = h->taken;
		was.lost_from = h->lost_from;
		was.lost_to = h->lost_to;
		known = true;
		was.wait = h->wait;
		was.bad_since = h->bad_since;
		was.told = h->told;
	}
	home_free(e);
	if (!s) {
		batch_hold_log(e->batch, 0);
		return;
	}
	h = e->home = NEW(Home);
	*h = was;
	h->e = e;
	h->storage = s;
	h->next_at = e->now;
	h->body.max = SIZE_MAX / 2;
	if (!known)
		recall(h);
	note(h);
}
