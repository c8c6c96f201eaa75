#include "sim/scenario_private.h"

#include "check/run.h"
#include "core/list.h"
#include "core/map.h"
#include "core/text.h"
#include "engine/engine.h"
#include "plan/load.h"
#include "sim/sim.h"
#include "store/store.h"

#include <jansson.h>
#include <string.h>

/* ---- words ---- */

/* Splits at blanks; "…" keeps blanks, also after key=. */
static void split(const char *line, Words *w)
{
	char *s;

	w->n = 0;
	w->line = mem_text(line);
	for (s = w->line; w->n < WORDS_MAX;) {
		char *out;
		bool quoted = false;

		s += strspn(s, " \t");
		if (!*s || *s == '#')
			break;
		w->at[w->n++] = out = s;
		for (; *s && (quoted || (*s != ' ' && *s != '\t')); s++) {
			if (*s == '"')
				quoted = !quoted;
			else
				*out++ = *s;
		}
		if (*s)
			s++;
		*out = '\0';
	}
}

const char *scenario_word(const Words *w, size_t i) { return i < w->n ? w->at[i] : ""; }

/* The value after `key` in "key value" pairs from word `from` on; NULL: absent. */
static const char *pair(const Words *w, size_t from, const char *key)
{
	for (size_t i = from; i + 1 < w->n; i++) {
		if (text_eq(w->at[i], key))
			return w->at[i + 1];
	}
	return NULL;
}

bool scenario_span(const char *s, Duration *ret, Err *err)
{
	Span span;

	if (!span_parse(s, &span) || !span_is_exact(span))
		return err_set(err, ERR_BAD_INPUT, "'%s' is not a length of time", s);
	*ret = span_estimate(span);
	return true;
}

/* ---- what leaves the engine ---- */

static void header(const char *message, const char *name, char *out, size_t cap)
{
	AUTO_FREE char *key = mem_printf("\r\n%s: ", name);
	const char *at = strstr(message, key), *end;

	out[0] = '\0';
	if (!at)
		return;
	at += strlen(key);
	end = strstr(at, "\r\n");
	(void)snprintf(out, cap, "%.*s", (int)(end ? end - at : 0), at);
}

static void count_handed(Scene *s, const char *id)
{
	intptr_t n = (intptr_t)map_get(&s->handed, id) + 1;

	map_put(&s->handed, id, (void *)n);
	if (n == 1)
		s->r->distinct++;
	else
		s->r->repeated++;
}

static void on_mail(Scene *s, const SimCall *call)
{
	const MailAsk *m = &call->spec->mail;
	char id[256], subject[512];
	Mail *mail;

	if (call->answer->fail || (call->answer->status && call->answer->status / 100 != 2))
		return;
	header(m->message, "Message-ID", id, sizeof id);
	header(m->message, "Subject", subject, sizeof subject);
	count_handed(s, id);
	mail = list_push(&s->mails);
	mail->to = mem_text(m->to[0]);
	mail->subject = mem_text(subject);
	mail->message = mem_text_n(m->message, m->message_n);
}

static void on_call(void *ctx, const SimCall *call)
{
	Scene *s = ctx;

	if (call->spec->kind == ASK_MAIL)
		on_mail(s, call);
	if (call->spec->kind == ASK_MAIL || call->spec->kind == ASK_RUN ||
	    (call->spec->kind == ASK_HTTP && call->spec->http.method &&
	     text_eq(call->spec->http.method, "POST")))
		list_add(&s->calls, mem_text(call->target));
}

static void forget(Scene *s)
{
	for (size_t i = 0; i < s->mails.n; i++) {
		mem_free(s->mails.at[i].to);
		mem_free(s->mails.at[i].subject);
		mem_free(s->mails.at[i].message);
	}
	list_free(&s->mails);
	for (size_t i = 0; i < s->calls.n; i++)
		mem_free(s->calls.at[i]);
	list_free(&s->calls);
}

/* ---- the engine's life ---- */

static const char *from_env(void *ctx, Arena *a, const char *name)
{
	Scene *s = ctx;

	return arena_text(a, map_get(&s->env, name));
}

static const char *no_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx;
	(void)a;
	err_set(err, ERR_NOT_FOUND, "no secret file '%s' in a simulation", path);
	return NULL;
}

static char *read_text(const char *path, size_t *ret_n, Err *err)
{
	AUTO(Buf) text = { .max = 32 << 20 };
	char chunk[8192];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f) {
		err_set(err, ERR_NOT_FOUND, "cannot read '%s'", path);
		return NULL;
	}
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	(void)fclose(f);
	*ret_n = text.n;
	return buf_take(&text);
}

static Plan *load_file(Scene *s, const char *name)
{
	PlanSource source = { .env = from_env, .file = no_file, .ctx = s };
	AUTO_FREE char *path = mem_printf("%s/%s", s->folder, name);
	Findings found = { .arena = arena_new("findings", 64 << 20) };
	size_t n;
	AUTO_FREE char *text = read_text(path, &n, s->err);
	Plan *plan = text ? plan_load(path, text, n, &source, &found) : NULL;

	if (text && !plan) {
		AUTO(Buf) why = { .max = 400 };

		findings_print(&found, false, &why);
		err_set(s->err, ERR_CONFIG, "plan '%s': %s", name, buf_str(&why));
	}
	arena_free(found.arena);
	return plan;
}

static Plan *load(Scene *s, const char *name)
{
	if (!name && s->o->plan)
		return s->o->plan(s->o->ctx, s->err);
	return load_file(s, name);
}

static bool committed(void *ctx)
{
	Scene *s = ctx;

	s->r->commits++;
	if (s->r->commits != s->o->crash_at)
		return true;
	s->crashed = true;
	return false;
}

static void saved(void *ctx, const RecordType *type, const void *record)
{
	Scene *s = ctx;

	if (s->o->saved)
		s->o->saved(s->o->ctx, type, record);
	if (s->o->people)
		people_saw(s, type, record);
}

static bool start_engine(Scene *s)
{
	Plan *plan = load(s, s->plan_path);

	if (!plan)
		return false;
	s->engine = engine_new(&(EngineOptions){ .world = sim_world(s->sim),
	                                         .store = s->store,
	                                         .plan = plan,
	                                         .data = "/data",
	                                         .base_url = "http://carene.test",
	                                         .rehearsal = s->o->rehearsal,
	                                         .gathers = s->o->gathers,
	                                         .committed = committed,
	                                         .saved = saved,
	                                         .ctx = s },
	                       s->err);
	if (!s->engine)
		return false;
	if (s->o->people && !s->begun)
		targets_well(s->sim, plan);
	engine_start(s->engine);
	if (s->o->people && !s->begun)
		people_begin(s);
	s->begun = true;
	return true;
}

static bool restart(Scene *s, Duration absent)
{
	s->crashed = false;
	engine_free(s->engine);
	sim_crash(s->sim);
	s->engine = NULL;
	sim_pass(s->sim, absent);
	return start_engine(s);
}

/* A crash asked for while the engine runs is carried out as soon as it has returned. */
bool scenario_survive(Scene *s)
{
	while (s->crashed) {
		if (!restart(s, duration_us(0)))
			return false;
	}
	return true;
}

bool scenario_begin(Scene *s)
{
	if (s->engine)
		return true;
	if (!s->plan_path && !s->o->plan)
		return err_set(s->err, ERR_BAD_INPUT, "no plan was named");
	if (!s->sim) {
		s->sim = sim_new(s->start, s->seed);
		sim_watch(s->sim, on_call, s);
	}
	if (!s->store && !store_open(&(StoreOptions){ .path = ":memory:" }, &s->store, s->err))
		return false;
	return start_engine(s) && scenario_survive(s);
}

/* ---- lines ---- */

static bool say_plan(Scene *s, const Words *w)
{
	mem_free(s->plan_path);
	s->plan_path = mem_text(scenario_word(w, 1));
	return true;
}

static bool say_env(Scene *s, const Words *w)
{
	mem_free(map_put(&s->env, scenario_word(w, 1), mem_text(scenario_word(w, 2))));
	return true;
}

static bool say_clock(Scene *s, const Words *w)
{
	AUTO_FREE char *text = mem_printf("%sT%s:00Z", scenario_word(w, 1), scenario_word(w, 2));
	const Zone *zone = zone_utc();
	Instant t;

	if (w->n > 3 && !zone_load(scenario_word(w, 3), &zone, s->err))
		return false;
	if (!instant_parse(text, &t))
		return err_set(s->err, ERR_BAD_INPUT, "'%s %s' is not a date and time",
		               scenario_word(w, 1), scenario_word(w, 2));
	if (!s->o->start.us)
		s->start = zone_instant(zone, zone_civil(zone_utc(), t), PICK_FIRST, NULL);
	s->zone = zone;
	return true;
}

static bool say_seed(Scene *s, const Words *w)
{
	int64_t n;

	if (!text_int(scenario_word(w, 1), &n))
		return err_set(s->err, ERR_BAD_INPUT, "'%s' is not a number", scenario_word(w, 1));
	s->seed = (uint64_t)n;
	return true;
}

static bool say_start(Scene *s, const Words *w)
{
	(void)w;
	return scenario_begin(s);
}

static bool outcome(const char *what, SimAnswer *a)
{
	static const struct {
		const char *word;
		FailClass fail;
		bool timed_out;
	} rows[] = { { "ok", FAIL_NONE, false },         { "dns", FAIL_DNS, false },
		     { "connect", FAIL_CONNECT, false }, { "tls", FAIL_TLS, false },
		     { "http", FAIL_HTTP, false },       { "self", FAIL_SELF, false },
		     { "timeout", FAIL_CONNECT, true } };
	int64_t status;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (text_eq(rows[i].word, what)) {
			a->fail = rows[i].fail;
			a->timed_out = rows[i].timed_out;
			return true;
		}
	}
	if (!text_int(what, &status))
		return false;
	a->status = (int)status;
	return true;
}

static bool read_number(const Words *w, const char *key, double *ret, Err *err)
{
	const char *text = pair(w, 3, key);

	return !text || text_real(text, ret) ||
	       err_set(err, ERR_BAD_INPUT, "'%s' is not a number", text);
}

/* "check:site" is whatever that check asks; anything else is a pattern. */
static bool pattern_of(Scene *s, const char *word, char out[256], const Check **ret_check)
{
	*ret_check = NULL;
	if (!text_starts(word, "check:")) {
		text_copy(out, 256, word);
		return true;
	}
	if (!scenario_begin(s))
		return false;
	*ret_check = plan_check(engine_plan(s->engine), word + strlen("check:"));
	if (!*ret_check || !target_pattern(engine_plan(s->engine), *ret_check, out))
		return err_set(s->err, ERR_NOT_FOUND,
		               "the plan has no check '%s' that asks somebody",
		               word + strlen("check:"));
	return true;
}

static bool say_answer(Scene *s, const Words *w)
{
	SimAnswer a = { 0 };
	Duration lasts = { 0 };
	const Check *check;
	char pattern[256];
	double code = 0;

	if (!pattern_of(s, scenario_word(w, 1), pattern, &check))
		return false;
	if (check && text_eq(scenario_word(w, 2), "ok"))
		a = target_healthy(engine_plan(s->engine), check);
	if (!outcome(scenario_word(w, 2), &a))
		return err_set(s->err, ERR_BAD_INPUT, "'%s' is neither a status nor a failure",
		               scenario_word(w, 2));
	if ((pair(w, 3, "latency") && !scenario_span(pair(w, 3, "latency"), &a.latency, s->err)) ||
	    (pair(w, 3, "cert") && !scenario_span(pair(w, 3, "cert"), &a.cert_left, s->err)) ||
	    !read_number(w, "cpu", &a.cpu, s->err) || !read_number(w, "mem", &a.mem, s->err) ||
	    !read_number(w, "disk", &a.disk, s->err) || !read_number(w, "code", &code, s->err))
		return false;
	if (code > 0)
		a.status = (int)code;
	if (pair(w, 3, "body"))
		text_copy(a.body, sizeof a.body, pair(w, 3, "body"));
	text_copy(a.location, sizeof a.location, pair(w, 3, "location"));
	text_copy(a.retry_after, sizeof a.retry_after, pair(w, 3, "retry-after"));
	if (!s->sim) {
		s->sim = sim_new(s->start, s->seed);
		sim_watch(s->sim, on_call, s);
	}
	if ((pair(w, 3, "for") && !scenario_span(pair(w, 3, "for"), &lasts, s->err)))
		return false;
	sim_answer(s->sim, pattern, &a);
	if (lasts.us > 0)
		scenario_later(s, after(world_now(sim_world(s->sim)), lasts),
		               mem_printf("answer \"%s\" ok", scenario_word(w, 1)), NULL);
	return true;
}

static bool say_pass(Scene *s, const Words *w)
{
	Duration d;

	return scenario_span(scenario_word(w, 1), &d, s->err) && scenario_begin(s) &&
	       scenario_pass(s, d);
}

static bool say_jump(Scene *s, const Words *w)
{
	const char *text = scenario_word(w, 1);
	bool back = *text == '-';
	Duration d;

	if (!scenario_span(text + back, &d, s->err) || !scenario_begin(s))
		return false;
	d.us = back ? -d.us : d.us;
	sim_jump(s->sim, d);
	engine_clock_jumped(s->engine, d);
	return scenario_survive(s);
}

/* key=value words as a JSON object; true, false and numbers are typed. */
static char *args_of(const Words *w, size_t from, size_t to, char actor[64])
{
	json_t *o = json_object();
	char *text;

	text_copy(actor, 64, "contact:test");
	for (size_t i = from; i < to; i++) {
		char *equals = strchr(w->at[i], '=');
		int64_t n;

		if (!equals)
			continue;
		*equals = '\0';
		if (text_eq(w->at[i], "as"))
			text_copy(actor, 64, equals + 1);
		else if (text_eq(equals + 1, "true"))
			json_object_set_new(o, w->at[i], json_true());
		else if (!text_eq(w->at[i], "id") && text_int(equals + 1, &n))
			json_object_set_new(o, w->at[i], json_integer(n));
		else
			json_object_set_new(o, w->at[i], json_string(equals + 1));
		*equals = '=';
	}
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return text;
}

bool scenario_command(Scene *s, const Words *w, size_t from, size_t to, Buf *out)
{
	char actor[64];
	char *args = args_of(w, from + 1, to, actor);
	EngineCaller who = { actor, ROLE_ADMIN };
	bool ok = scenario_begin(s) &&
	          engine_command(s->engine, scenario_word(w, from), args, &who, out, s->err);

	mem_free(args);
	return ok;
}

static bool say_do(Scene *s, const Words *w)
{
	AUTO(Buf) out = { 0 };
	bool must_fail = text_eq(scenario_word(w, 1), "refused");
	bool ok = scenario_command(s, w, must_fail ? 2 : 1, w->n, &out);

	if (s->o->only_invariants)
		return scenario_survive(s);
	if (ok == must_fail)
		return ok ? err_set(s->err, ERR_CONFLICT, "'%s' should have been refused",
		                    scenario_word(w, 2))
		          : false;
	return scenario_survive(s);
}

/* confirm TASK by CONTACT [item N] [note "…"]: as that person would at a terminal. */
static bool say_confirm(Scene *s, const Words *w)
{
	const char *item = pair(w, 2, "item"), *note = pair(w, 2, "note"), *by = pair(w, 2, "by");
	AUTO_FREE char *actor = mem_printf("contact:%s", by ? by : "");
	EngineCaller who = { actor, ROLE_RESPONDER };
	AUTO(Buf) args = { 0 }, out = { 0 };
	Emit j = emit_to(&args);

	if (!by)
		return err_set(s->err, ERR_BAD_INPUT, "confirm TASK by CONTACT");
	emit_object(&j, NULL);
	emit_text(&j, "id", scenario_word(w, 1));
	if (item)
		emit_text(&j, "item", item);
	if (note)
		emit_text(&j, "note", note);
	emit_object_end(&j);
	if (!scenario_begin(s))
		return false;
	if (!engine_command(s->engine, "task.confirm", buf_str(&args), &who, &out, s->err) &&
	    !s->o->only_invariants)
		return false;
	return scenario_survive(s);
}

static bool say_push(Scene *s, const Words *w)
{
	return scenario_begin(s) &&
	       engine_push(s->engine, scenario_word(w, 1),
	                   w->n > 2 ? scenario_word(w, 2) : "success", NULL, NULL, s->err) &&
	       scenario_survive(s);
}

static bool say_metric(Scene *s, const Words *w)
{
	double value;

	return text_real(scenario_word(w, 2), &value)
	               ? scenario_begin(s) &&
	                         engine_metric(s->engine, scenario_word(w, 1), value, NULL,
	                                       s->err) &&
	                         scenario_survive(s)
	               : err_set(s->err, ERR_BAD_INPUT, "'%s' is not a number",
	                         scenario_word(w, 2));
}

/* Undoes quoted-printable's soft line breaks and "=3D", enough for a link. */
static void plain(char *text)
{
	char *out = text;

	for (char *p = text; *p; p++) {
		if (p[0] == '=' && p[1] == '\r' && p[2] == '\n')
			p += 2;
		else if (p[0] == '=' && p[1] == '3' && p[2] == 'D') {
			*out++ = '=';
			p += 2;
		} else
			*out++ = *p;
	}
	*out = '\0';
}

static bool say_ack(Scene *s, const Words *w)
{
	for (size_t i = s->mails.n; i-- > 0;) {
		AUTO_FREE char *text = mem_text(s->mails.at[i].message);
		char *link;
		AckAnswer answer;

		plain(text);
		link = strstr(text, "/ack/");
		if (!text_eq(s->mails.at[i].to, scenario_word(w, 1)) || !link)
			continue;
		link += strlen("/ack/");
		link[strcspn(link, " \r\n\"<>")] = '\0';
		engine_ack_link(s->engine, link, true, &answer);
		return answer.look != ACK_UNKNOWN ||
		       err_set(s->err, ERR_NOT_FOUND, "the link '%s' is not known", link);
	}
	return s->o->only_invariants ||
	       err_set(s->err, ERR_NOT_FOUND, "no mail to %s carries a link", scenario_word(w, 1));
}

static bool say_reload(Scene *s, const Words *w)
{
	Plan *plan = scenario_begin(s) ? load(s, scenario_word(w, 1)) : NULL;

	if (plan)
		engine_reload(s->engine, plan, "contact:test");
	else if (s->engine)
		engine_reload_failed(s->engine, s->err->message, "contact:test");
	return s->engine && scenario_survive(s);
}

static bool say_crash(Scene *s, const Words *w)
{
	Duration absent = duration_us(0);

	s->r->no_rehearsal = true;
	if ((w->n > 1 && !scenario_span(scenario_word(w, 1), &absent, s->err)) ||
	    !scenario_begin(s))
		return false;
	if (s->o->rehearsal)
		engine_beat(s->engine);
	return restart(s, absent) && scenario_survive(s);
}

static bool say_stop(Scene *s, const Words *w)
{
	Duration d;

	if (!scenario_span(scenario_word(w, 1), &d, s->err) || !scenario_begin(s))
		return false;
	engine_stop(s->engine);
	engine_free(s->engine);
	s->engine = NULL;
	sim_pass(s->sim, d);
	return start_engine(s) && scenario_survive(s);
}

static bool say_full(Scene *s, const Words *w)
{
	(void)w;
	s->r->no_rehearsal = true;
	return scenario_begin(s) && store_limit(s->store, true, s->err);
}

static bool say_unfull(Scene *s, const Words *w)
{
	(void)w;
	return scenario_begin(s) && store_limit(s->store, false, s->err);
}

static bool say_forget(Scene *s, const Words *w)
{
	(void)w;
	forget(s);
	return true;
}

static const struct {
	const char *word;
	bool (*say)(Scene *s, const Words *w);
} sayings[] = { { "plan", say_plan },     { "env", say_env },
	        { "clock", say_clock },   { "seed", say_seed },
	        { "start", say_start },   { "answer", say_answer },
	        { "pass", say_pass },     { "jump", say_jump },
	        { "do", say_do },         { "confirm", say_confirm },
	        { "push", say_push },     { "metric", say_metric },
	        { "ack", say_ack },       { "reload", say_reload },
	        { "crash", say_crash },   { "stop", say_stop },
	        { "full", say_full },     { "unfull", say_unfull },
	        { "forget", say_forget }, { "expect", scenario_expect },
	        { "at", scenario_at },    { "people", people_say } };

/* Without a line of the story, but with an end. */
static bool play_on(Scene *s)
{
	Instant now;

	if (s->o->until.us) {
		if (!scenario_begin(s))
			return false;
		now = world_now(sim_world(s->sim));
		if (earlier(now, s->o->until) && !scenario_pass(s, between(now, s->o->until)))
			return false;
	}
	return !s->o->end || !s->engine || s->o->end(s->o->ctx, s->engine, s->err);
}

bool scenario_say(Scene *s, const char *line)
{
	Words w;
	bool ok = false, known = false;

	split(line, &w);
	if (w.n == 0) {
		mem_free(w.line);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(sayings) && !known; i++) {
		known = text_eq(sayings[i].word, w.at[0]);
		if (known)
			ok = sayings[i].say(s, &w);
	}
	if (!known)
		err_set(s->err, ERR_BAD_INPUT, "'%s' is not understood", w.at[0]);
	mem_free(w.line);
	return ok;
}

static void scene_done(Scene *s)
{
	MapEntry *entry;

	engine_free(s->engine);
	store_close(s->store);
	sim_free(s->sim);
	forget(s);
	for (size_t i = 0; i < s->dated.n; i++) {
		mem_free(s->dated.at[i].line);
		deed_free(s->dated.at[i].deed);
	}
	list_free(&s->dated);
	people_free(s->people);
	for (size_t i = 0; map_next(&s->env, &i, &entry);)
		mem_free(entry->value);
	Map_done(&s->env);
	Map_done(&s->handed);
	mem_free(s->plan_path);
	mem_free(s->folder);
}

bool scenario_run(const char *path, const ScenarioOptions *o, ScenarioResult *ret, Err *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	Scene s = { .o = o,
		    .r = ret,
		    .err = err,
		    .seed = o->seed ? o->seed : 1,
		    .start = o->start,
		    .people = people_new(),
		    .folder = slash ? mem_text_n(path, (size_t)(slash - path)) : mem_text(".") };
	size_t n, number = 0;
	AUTO_FREE char *text = path ? read_text(path, &n, err) : NULL;
	bool ok = text || !path;

	*ret = (ScenarioResult){ 0 };
	for (char *line = text; ok && line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		number++;
		ok = scenario_say(&s, line) || (err_wrap(err, "%s:%zu", path, number), false);
		line = end ? end + 1 : NULL;
	}
	ok = ok && play_on(&s);
	ret->probes = s.engine ? engine_probes(s.engine) : 0;
	ret->skipped = s.engine ? engine_skipped(s.engine) : 0;
	if (s.store)
		text_copy(ret->head, sizeof ret->head, store_head(s.store).hash);
	if (s.sim)
		ret->events = sim_events(s.sim);
	scene_done(&s);
	return ok;
}
