/* The ledger's entries and what is shown of them: the public page, its publishing,
 * health and OpenMetrics. Facts come from the ledger and the cases only, so that
 * every screen says the same. */
#include "engine/engine_private.h"

#include "report/status.h"

enum { REWRITE_S = 300, DEBOUNCE_MS = 500, HORIZON_DAYS = 30 };

/* ---- the ledger ---- */

static void save_interval(void *ctx, const IntervalRow *row)
{
	Engine *e = ctx;

	batch_put(e->batch, &interval_record, row);
}

static void drop_interval(void *ctx, const char *id)
{
	Engine *e = ctx;

	batch_delete(e->batch, &interval_record, id);
}

LedgerSink view_sink(Engine *e) { return (LedgerSink){ save_interval, drop_interval, e }; }

static LedgerState ledger_state_of(unsigned check_state)
{
	switch ((CheckState)check_state) {
	case CHECK_UNKNOWN: return LEDGER_UNKNOWN;
	case CHECK_UP: return LEDGER_UP;
	case CHECK_DEGRADED: return LEDGER_DEGRADED;
	case CHECK_DOWN: return LEDGER_DOWN;
	}
	return LEDGER_UNKNOWN;
}

void view_ledger(Engine *e, const char *check, int state, Instant from, const char *cause)
{
	AUTO_FREE char *entity = mem_printf("check:%s", check);
	const Check *c = plan_check(e->plan, check);
	LedgerSink sink = view_sink(e);

	if (!is_set(from))
		from = e->now;
	if (c)
		ledger_set(e->ledger, entity, ledger_state_of((unsigned)state), -1, from, cause,
		           &sink);
	else
		ledger_close(e->ledger, entity, from, &sink);
	services_touch(e, c, from);
	turn_urgent(e);
	view_touch(e);
}

/* A window opened or closed: the same checks read otherwise from now on. */
void view_services(Engine *e)
{
	services_touch_all(e);
	view_touch(e);
}

bool view_availability(const Engine *e, const char *check, Span over, double *ret)
{
	char entity[LEDGER_ENTITY];
	AvailabilityAsk ask = { .now = e->now, .to = e->now };
	Availability a;
	Objective any = { .check = *check ? plan_check(e->plan, check) : NULL };

	if (!objective_entity(e->plan, &any, entity))
		return false;
	/* Without a window the condition has none to speak of: five minutes are ours, as for every
	 * statistic (L19 asks). A day would speak up a quarter of an hour late and stay for a day
	 * when all is well again, past every limit to resolve. */
	ask.from = zone_add(e->plan->head.timezone, e->now,
	                    span_is_zero(over) ? (Span){ 0, 0, -minutes(5).us }
	                                       : (Span){ -over.months, -over.days, -over.us });
	ask.intervals = ledger_intervals(e->ledger, entity, &ask.intervals_n);
	availability(&ask, &a);
	*ret = a.gross;
	return a.has_gross;
}

/* ---- the public page ---- */

void view_touch(Engine *e)
{
	e->view_dirty = true;
	e->publish_at = earliest(e->publish_at, after(e->now, milliseconds(DEBOUNCE_MS)));
}

static StatusState status_state_of(LedgerState s)
{
	switch (s) {
	case LEDGER_UNKNOWN: return STATUS_UNKNOWN;
	case LEDGER_UP: return STATUS_UP;
	case LEDGER_DEGRADED: return STATUS_DEGRADED;
	case LEDGER_MAINTENANCE: return STATUS_MAINTENANCE;
	case LEDGER_DOWN: return STATUS_DOWN;
	}
	return STATUS_UNKNOWN;
}

size_t view_excluded(const Engine *e, const char *service, const char *env, Excluded *out,
                     size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < e->windows.n && n < cap; i++) {
		const WindowOccurrence *w = &e->windows.at[i];

		if (window_concerns(w, service, env) &&
		    window_excluded(w, &out[n].from, &out[n].to))
			n++;
	}
	return n;
}

enum { EXCLUDED_MAX = 512 };

static int32_t whole_seconds(Duration d) { return (int32_t)(d.us / 1000000); }

static void fill_days(Engine *e, const char *entity, const Excluded *excluded, size_t excluded_n,
                      StatusPart *part)
{
	LedgerDay days[STATUS_DAYS];
	StatusDay *out = ARENA_ARRAY(e->view_arena, StatusDay, STATUS_DAYS);
	size_t n;
	const Interval *at = ledger_intervals(e->ledger, entity, &n);

	ledger_days(at, n, excluded, excluded_n, e->plan->head.timezone, e->now, days, STATUS_DAYS);
	for (size_t i = 0; i < STATUS_DAYS; i++) {
		const LedgerDay *d = &days[i];

		out[i] = (StatusDay){ d->date,
			              whole_seconds(between(d->from, d->to)),
			              whole_seconds(d->down),
			              whole_seconds(d->degraded),
			              whole_seconds(d->maintenance),
			              whole_seconds(d->unknown) };
	}
	part->days = out;
	part->days_n = STATUS_DAYS;
}

static void fill_availability(Engine *e, const char *entity, const Excluded *excluded,
                              size_t excluded_n, StatusPart *part)
{
	AvailabilityAsk ask = {
		.to = e->now, .now = e->now, .excluded = excluded, .excluded_n = excluded_n
	};
	Availability a;

	ask.from = zone_add(e->plan->head.timezone, zone_day_start(e->plan->head.timezone, e->now),
	                    (Span){ 0, -(STATUS_DAYS - 1), 0 });
	ask.intervals = ledger_intervals(e->ledger, entity, &ask.intervals_n);
	availability(&ask, &a);
	part->availability = a.has_net ? a.net / 100 : -1;
	part->measured_s = (a.counted.us - a.unknown.us) / 1000000;
}

static void fill_last_outage(Engine *e, const char *entity, const Excluded *excluded,
                             size_t excluded_n, const StatusPart *part, StatusFacts *f)
{
	size_t n;
	const Interval *at = ledger_intervals(e->ledger, entity, &n);
	Instant from;
	Duration length;

	if (!ledger_last_outage(at, n, excluded, excluded_n, e->now, &from, &length) ||
	    (is_set(f->last_outage) && !earlier(f->last_outage, from)))
		return;
	f->last_outage = from;
	f->last_outage_length = length;
	f->last_outage_part = part->label;
}

static void fill_entity(Engine *e, StatusFacts *f, const char *entity, const char *service,
                        const char *env, StatusPart *part)
{
	Excluded *excluded = ARENA_ARRAY(e->view_arena, Excluded, EXCLUDED_MAX);
	size_t n = view_excluded(e, service, env, excluded, EXCLUDED_MAX);
	const Interval *now = ledger_now(e->ledger, entity);

	part->state = now ? status_state_of(now->state) : STATUS_UNKNOWN;
	part->since = now ? now->from : LONG_AGO;
	fill_days(e, entity, excluded, n, part);
	fill_availability(e, entity, excluded, n, part);
	fill_last_outage(e, entity, excluded, n, part, f);
}

/* The entity behind "service:manga", "check:site": the ledger's name for it. */
static const char *entity_of(Engine *e, const char *of, const char **ret_service,
                             const char **ret_env)
{
	const char *id = strchr(of, ':') ? strchr(of, ':') + 1 : of;
	const Service *s = text_starts(of, "check:") ? NULL : plan_service(e->plan, id);
	const Check *c = text_starts(of, "service:") ? NULL : plan_check(e->plan, id);

	*ret_service = s ? s->item.id : c && c->service ? c->service->item.id : NULL;
	*ret_env = s ? services_env(s) : c ? c->env : NULL;
	if (s) {
		/* The environment people use is the last one of the list that is measured. */
		for (size_t i = s->environments_n; i-- > 0;) {
			const char *name = arena_printf(e->view_arena, "service:%s/%s", id,
			                                s->environments[i].item.id);

			if (ledger_now(e->ledger, name)) {
				*ret_env = s->environments[i].item.id;
				return name;
			}
		}
		return arena_printf(e->view_arena, "service:%s/%s", id, *ret_env);
	}
	return arena_printf(e->view_arena, "check:%s", id);
}

static int severity(StatusState s)
{
	static const int order[] = { [STATUS_UP] = 0,
		                     [STATUS_MAINTENANCE] = 1,
		                     [STATUS_UNKNOWN] = 2,
		                     [STATUS_DEGRADED] = 3,
		                     [STATUS_DOWN] = 4 };

	return order[s];
}

/* Several things behind one component: the worst of them shows. */
static void fill_component(Engine *e, StatusFacts *f, const StatusComponent *c, StatusPart *part)
{
	StatusPart worst = { 0 };
	const char *service, *env;

	part->id = c->item.id;
	part->label = item_label(&c->item);
	part->group = c->group;
	part->availability = -1;
	for (size_t i = 0; i < c->of.n; i++) {
		StatusPart one = { .id = part->id, .label = part->label, .group = part->group };
		const char *entity = entity_of(e, c->of.at[i], &service, &env);

		fill_entity(e, f, entity, service, env, &one);
		if (i == 0 || severity(one.state) > severity(worst.state) ||
		    (one.state == worst.state && one.availability >= 0 &&
		     one.availability < worst.availability))
			worst = one;
	}
	if (c->of.n)
		*part = worst;
}

static void fill_parts(Engine *e, StatusFacts *f)
{
	const StatusPage *page = &e->plan->status_page;
	size_t n = page->components_n ? page->components_n : e->plan->services_n;
	StatusPart *parts = ARENA_ARRAY(e->view_arena, StatusPart, n ? n : 1);

	for (size_t i = 0; i < n; i++) {
		StatusComponent made = { 0 };
		const StatusComponent *c = page->components_n ? &page->components[i] : &made;
		const char *of = NULL;

		if (!page->components_n) {
			made.item = e->plan->services[i].item;
			of = arena_printf(e->view_arena, "service:%s", made.item.id);
			made.of = (Texts){ &of, 1 };
		}
		fill_component(e, f, c, &parts[i]);
	}
	f->parts = parts;
	f->parts_n = n;
}

static const char *const *parts_hit(Engine *e, const Incident *inc, size_t *ret_n)
{
	const StatusPage *page = &e->plan->status_page;
	const char **ids = ARENA_ARRAY(e->view_arena, const char *, page->components_n + 1);
	size_t n = 0;

	for (size_t i = 0; i < page->components_n; i++) {
		const StatusComponent *c = &page->components[i];
		bool hit = false;

		for (size_t k = 0; k < c->of.n; k++) {
			const char *service, *env;

			(void)entity_of(e, c->of.at[k], &service, &env);
			hit = hit || text_eq(service, inc->service);
		}
		if (hit)
			ids[n++] = c->item.id;
	}
	if (!page->components_n && inc->service[0])
		ids[n++] = inc->service;
	*ret_n = n;
	return ids;
}

static void fill_updates(Engine *e, const Case *c, StatusIncident *out)
{
	StatusUpdate *updates = ARENA_ARRAY(e->view_arena, StatusUpdate, c->parts.timeline.n + 1);
	size_t n = 0;

	for (size_t i = c->parts.timeline.n; i-- > 0;) {
		const TimelineEntry *t = &c->parts.timeline.at[i];

		if (t->is_public)
			updates[n++] = (StatusUpdate){ t->at, t->text, t->state };
	}
	out->updates = updates;
	out->updates_n = n;
}

static void fill_incident(Engine *e, const Case *c, StatusIncident *out)
{
	const Incident *inc = &c->incident;
	const Class *class_ = inc->class_[0] ? plan_class(e->plan, inc->class_) : NULL;

	*out = (StatusIncident){
		.id = inc->id,
		.title = inc->title,
		.class_label = class_ ? item_label(&class_->item) : NULL,
		.state = incident_state_name(inc->state),
		.impact = inc->impact > 0 && inc->impact < 100 ? STATUS_DEGRADED : STATUS_DOWN,
		.opened = inc->started_at,
		.ended = is_set(inc->restored_at) ? inc->restored_at : inc->resolved_at,
		.expected_end = LONG_AGO,
		.next_update_at = inc->next_update_at
	};
	if (incident_is_active(inc))
		out->ended = LONG_AGO;
	out->parts = parts_hit(e, inc, &out->parts_n);
	fill_updates(e, c, out);
}

static bool is_past(const Engine *e, const Incident *inc)
{
	return !incident_is_active(inc) && inc->state != INCIDENT_CANCELLED &&
	       between(inc->started_at, e->now).us < days(STATUS_DAYS).us;
}

static void fill_incidents(Engine *e, StatusFacts *f)
{
	StatusIncident *open = ARENA_ARRAY(e->view_arena, StatusIncident, e->cases.n + 1);
	StatusIncident *past = ARENA_ARRAY(e->view_arena, StatusIncident, e->cases.n + 1);
	bool has[100] = { false };

	for (size_t i = 0; i < e->cases.n; i++) {
		const Incident *inc = &e->cases.at[i]->incident;

		if (incident_is_active(inc) && inc->rank >= 0 && inc->rank < 100)
			has[inc->rank] = true;
	}
	for (int rank = 0; rank < 100; rank++) { /* worst first; unranked (0) come first too */
		for (size_t i = has[rank] ? 0 : e->cases.n; i < e->cases.n; i++) {
			const Incident *inc = &e->cases.at[i]->incident;

			if (inc->rank == rank && !inc->drill && incident_is_active(inc))
				fill_incident(e, e->cases.at[i], &open[f->incidents_n++]);
		}
	}
	for (size_t i = e->cases.n; i-- > 0;) {
		if (is_past(e, &e->cases.at[i]->incident) && !e->cases.at[i]->incident.drill)
			fill_incident(e, e->cases.at[i], &past[f->history_n++]);
	}
	f->incidents = open;
	f->history = past;
}

/* Components of the page that a window concerns; none of them said: all. */
static const char *const *window_parts(Engine *e, const WindowOccurrence *w, size_t *ret_n)
{
	const StatusPage *page = &e->plan->status_page;
	size_t max = page->components_n + e->plan->services_n, n = 0;
	const char **ids = ARENA_ARRAY(e->view_arena, const char *, max + 1);

	for (size_t i = 0; w->services && i < page->components_n; i++) {
		const char *service = NULL, *env;

		if (page->components[i].of.n)
			(void)entity_of(e, page->components[i].of.at[0], &service, &env);
		if (service && window_concerns(w, service, NULL))
			ids[n++] = page->components[i].item.id;
	}
	for (size_t i = 0; w->services && !page->components_n && i < e->plan->services_n; i++) {
		if (window_concerns(w, e->plan->services[i].item.id, NULL))
			ids[n++] = e->plan->services[i].item.id;
	}
	*ret_n = n;
	return ids;
}

static int by_start(const void *a, const void *b)
{
	const StatusWindow *x = a, *y = b;

	return (x->starts.us > y->starts.us) - (x->starts.us < y->starts.us);
}

static void fill_windows(Engine *e, StatusFacts *f)
{
	static const StatusState impacts[] = { [IMPACT_UNSTATED] = STATUS_UNKNOWN,
		                               [IMPACT_NONE] = STATUS_UP,
		                               [IMPACT_DEGRADED] = STATUS_DEGRADED,
		                               [IMPACT_DOWN] = STATUS_DOWN };
	StatusWindow *out = ARENA_ARRAY(e->view_arena, StatusWindow, e->windows.n + 1);

	for (size_t i = 0; i < e->windows.n; i++) {
		const WindowOccurrence *w = &e->windows.at[i];

		if (window_is_over(w) || earlier(after(e->now, days(HORIZON_DAYS)), w->starts))
			continue;
		out[f->windows_n] =
		        (StatusWindow){ .id = w->id,
			                .title = w->label,
			                .starts = w->starts,
			                .ends = w->until,
			                .impact = impacts[w->impact],
			                .reason = w->reason[0] ? w->reason : NULL,
			                .alternatives = w->alternatives[0] ? w->alternatives : NULL,
			                .state = window_state_name(w->state) };
		out[f->windows_n].parts = window_parts(e, w, &out[f->windows_n].parts_n);
		f->windows_n++;
	}
	if (f->windows_n > 1)
		qsort(out, f->windows_n, sizeof *out, by_start);
	f->windows = out;
}

static void fill_measures(Engine *e, StatusFacts *f)
{
	f->measured_at = e->measured_at;
	f->every = e->slowest;
	f->measured_from = ledger_beginning(e->ledger);
	if (f->measured_from.us == NEVER.us)
		f->measured_from = LONG_AGO;
}

static void fill_languages(const Plan *p, StatusFacts *f)
{
	const Texts *asked = &p->status_page.languages;

	for (size_t i = 0; i < asked->n && f->languages_n < COUNT_OF(f->languages); i++)
		f->languages[f->languages_n++] = asked->at[i];
	if (!f->languages_n) {
		f->languages[0] = p->head.language ? p->head.language : "en";
		f->languages[1] = text_eq(f->languages[0], "fr") ? "en" : "fr";
		f->languages_n = 2;
	}
}

const StatusFacts *engine_status(Engine *e)
{
	const Plan *p = e->plan;
	StatusFacts *f = &e->view;
	Instant now = e->inside ? e->now : world_now(e->world);

	services_compose(e);
	if (!e->view_dirty && e->view_arena && between(f->now, now).us < seconds(5).us)
		return f;
	e->now = now;
	arena_free(e->view_arena);
	e->view_arena = arena_new("view", 256 << 20);
	*f = (StatusFacts){ .product = p->head.product ? p->head.product : p->head.title,
		            .title = p->status_page.title,
		            .intro = p->status_page.intro,
		            .contact = p->status_page.contact,
		            .url = p->status_page.url,
		            .text_language = p->head.language,
		            .zone = p->head.timezone,
		            .now = now,
		            .measured_at = LONG_AGO,
		            .rewritten = seconds(REWRITE_S),
		            .last_outage = LONG_AGO };
	fill_languages(p, f);
	fill_parts(e, f);
	fill_incidents(e, f);
	fill_windows(e, f);
	fill_measures(e, f);
	e->view_dirty = false;
	return f;
}

/* ---- publishing ---- */

/* The command that carries the folder to another host, while it runs. */
typedef struct Publishing {
	Ask ask;
	AskSpec spec;
	Engine *e;
	const char **argv;
	char *folder;
} Publishing;

static void publishing_done(Publishing *p)
{
	Engine *e = p->e;

	e->publishing = NULL;
	mem_free(p->argv);
	mem_free(p->folder);
	mem_free(p);
	plans_release(e);
}

static void on_published(Ask *ask, const Answer *a)
{
	Publishing *p = CONTAINER_OF(ask, Publishing, ask);
	Engine *e = p->e;
	bool ok = a->fail == FAIL_NONE && a->run.exit_code == 0 && !a->run.timed_out;
	AUTO(Buf) why = { .max = 400 };

	publishing_done(p);
	if (e->dead || ok == !e->publish_failing)
		return;
	turn_begin(e);
	e->publish_failing = !ok;
	if (a->fail)
		buf_text(&why, a->error);
	else
		buf_printf(&why, "exit %d: %.200s", a->run.exit_code, a->run.err);
	self_alarm(e, "status_page",
	           ok ? tr(lang_parse(e->plan->head.language), "The status page is published again")
	              : tr(lang_parse(e->plan->head.language),
	                   "The status page could not be published"),
	           buf_str(&why), ok);
	(void)turn_end(e);
}

static void publish(Engine *e, const char *folder)
{
	const Texts *argv = &e->plan->status_page.publish;
	Publishing *p;

	if (!argv->n || e->publishing)
		return;
	p = NEW(Publishing);
	p->e = e;
	p->folder = mem_text(folder);
	p->argv = mem_new(sizeof(char *) * (argv->n + 1));
	for (size_t i = 0; i < argv->n; i++)
		p->argv[i] = text_eq(argv->at[i], "{folder}") ? p->folder : argv->at[i];
	p->ask.done = on_published;
	p->spec = (AskSpec){ .kind = ASK_RUN, .timeout = minutes(2), .run = { .argv = p->argv } };
	e->publishing = p;
	e->world->ask(e->world, &p->ask, &p->spec);
}

typedef struct Writing {
	Engine *e;
	const char *folder;
} Writing;

static bool write_file(void *ctx, const char *name, const char *type, const char *p, size_t n,
                       Err *err)
{
	Writing *w = ctx;
	AUTO_FREE char *path = mem_printf("%s/%s", w->folder, name);

	(void)type;
	return w->e->world->put_file(w->e->world, path, p, n, err);
}

void view_step(Engine *e)
{
	AUTO_FREE char *own = mem_printf("%s/status", e->data ? e->data : ".");
	Writing w = { e, e->plan->status_page.folder ? e->plan->status_page.folder : own };
	Err err = { 0 };

	if (!is_due(e->publish_at, e->now) || !e->started || e->rehearsal)
		return;
	e->publish_at = after(e->now, seconds(REWRITE_S));
	if (!status_files(engine_status(e), write_file, &w, &err)) {
		if (!e->page_failing)
			self_alarm(e, "status_page",
			           tr(lang_parse(e->plan->head.language),
			              "The status page could not be written"),
			           err.message, false);
		e->page_failing = true;
		e->publish_at = after(e->now, seconds(30));
		return;
	}
	e->page_failing = false;
	publish(e, w.folder);
}

Instant view_next(const Engine *e) { return e->rehearsal ? NEVER : e->publish_at; }

void view_free(Engine *e)
{
	if (e->publishing) {
		e->world->ask_cancel(e->world, &e->publishing->ask);
		publishing_done(e->publishing);
	}
	arena_free(e->view_arena);
}
