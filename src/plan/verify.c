/* What several keys of an entry mean together, judged once references are known.
 * Errors only: without them put right the entry could not be carried out. An
 * entry that already has an error is left alone. */
#include "plan/builtin_metrics.h"
#include "plan/load_private.h"
#include "plan/sections_private.h"
#include "plan/verify_private.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void plan_wrong(const Verify *v, const char *key, FindingCode code, const char *hint,
                const char *fmt, ...)
{
	const Node *entry = v->node ? v->node : plan_entry_pair(v->l, v->section, v->nth).value;
	const Node *at = key ? node_get(entry, key) : NULL;
	char message[FINDING_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	findings_add(&v->l->report, code, at ? at->where : entry->where,
	             at ? arena_printf(v->l->scratch, "%s.%s", v->path, key) : v->path, hint, NULL,
	             "%s", message);
}

const Service *plan_service_or_only(const Verify *v, const Service *s)
{
	return s || v->l->plan->services_n != 1 ? s : v->l->plan->services;
}

void plan_need_environment(const Verify *v, const Service *s, const char *env, const char *key)
{
	Nearest near = { .word = env ? env : "" };

	if (!env || service_environment(s, env))
		return;
	if (!s) {
		plan_wrong(v, key, F_S12, NULL,
		           "'%s: %s' needs the key 'service', for there are %zu", key, env,
		           v->l->plan->services_n);
		return;
	}
	for (size_t i = 0; i < s->environments_n; i++)
		plan_nearest_try(&near, s->environments[i].item.id);
	plan_wrong(v, key, F_R02, plan_finding_infos[F_R02].what[0],
	           "the service '%s' has no environment '%.60s'%s", s->item.id, env,
	           plan_nearest_text(v->l, &near));
}

void plan_need_env_somewhere(const Verify *v, const char *env, const char *key)
{
	bool known = !env;

	for (size_t i = 0; i < v->l->plan->services_n && !known; i++)
		known = service_environment(&v->l->plan->services[i], env);
	if (!known)
		plan_wrong(v, key, F_R02, plan_finding_infos[F_R02].what[0],
		           "no service has an environment '%.60s'", env);
}

void plan_need_metric(const Verify *v, const char *key, const char *name)
{
	Nearest near = { .word = name };

	if (plan_metric(v->l->plan, name) || builtin_metric(name))
		return;
	for (size_t i = 0; i < v->l->plan->metrics_n; i++)
		plan_nearest_try(&near, v->l->plan->metrics[i].item.id);
	for (size_t i = 0; i < builtin_metrics_n; i++)
		plan_nearest_try(&near, builtin_metrics[i].name);
	plan_wrong(v, key, F_R04, plan_finding_infos[F_R04].what[0], "there is no metric '%s'%s",
	           name, plan_nearest_text(v->l, &near));
}

static Unit metric_unit(const Verify *v, const char *name)
{
	const Metric *m = plan_metric(v->l->plan, name);
	const BuiltinMetric *b = builtin_metric(name);

	return m ? m->unit : b ? b->unit : UNIT_NONE;
}

static const char *unit_words(Unit unit)
{
	switch (unit) {
	case UNIT_PERCENT: return "in percent (90%)";
	case UNIT_SECONDS: return "a time (2s)";
	case UNIT_BYTES: return "a size (10G)";
	case UNIT_PER_MIN: return "a rate (1000 req/min)";
	case UNIT_SCORE: return "a score (4.5/5)";
	case UNIT_NONE: return "a plain number (12)";
	}
	return "";
}

void plan_need_unit(const Verify *v, const char *key, const char *metric, const Quantity *q)
{
	Unit unit = metric_unit(v, metric);

	if (!q->set || q->unset || q->unit == UNIT_NONE || q->unit == unit ||
	    (!plan_metric(v->l->plan, metric) && !builtin_metric(metric)))
		return;
	plan_wrong(v, key, F_S05, NULL, "'%s' is %s, and '%s' is not", metric, unit_words(unit),
	           q->text);
}

/* ---- sections ---- */

void plan_verify_service(const Verify *v)
{
	const Service *s = v->entry;
	const Node *environments = node_get(v->node, "environments");

	for (size_t i = 0; i < s->environments_n; i++) {
		const Environment *e = &s->environments[i];

		if (e->window && e->window->env && !text_eq(e->window->env, e->item.id))
			findings_add(&v->l->report, F_S12, environments->pairs[i].value->where,
			             v->path, NULL, NULL,
			             "the window '%s' of environment '%s' is one of "
			             "environment '%s'",
			             e->window->item.id, e->item.id, e->window->env);
	}
}

void plan_verify_contact(const Verify *v)
{
	Contact *c = v->entry;
	static const char *const keys[] = { "email", "phone" };

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const Node *n = node_get(v->node, keys[i]);

		c->unfilled = c->unfilled || (n && n->plain && text_eq(n->text, "unset"));
	}
}

static void need_program(const Verify *v, const Channel *c)
{
	if (c->run.n == 0)
		plan_wrong(v, "type", F_S12, NULL,
		           "a channel of this type needs the key 'run': the "
		           "program that delivers");
}

static bool has_secret_or(const Verify *v, const char *other)
{
	return node_get(v->node, "secret") || node_get(v->node, other);
}

void plan_verify_channel(const Verify *v)
{
	const Channel *c = v->entry;

	switch (c->type) {
	case CHANNEL_EMAIL:
		if (!has_secret_or(v, "url"))
			plan_wrong(v, "type", F_S12, "Write for example: url: smtp://localhost:25",
			           "an e-mail channel needs 'url' or 'secret': its SMTP server");
		for (size_t i = 0; i < c->to.n; i++) {
			if (plan_form_problem(FORM_EMAIL, c->to.at[i]))
				plan_wrong(v, "to", F_S05, NULL, "'%.60s' is not an e-mail address",
				           c->to.at[i]);
		}
		if (c->url && !text_starts(c->url, "smtp://") && !text_starts(c->url, "smtps://") &&
		    !text_starts(c->url, "${"))
			plan_wrong(v, "url", F_S05, NULL,
			           "'%.60s' is not an smtp:// or smtps:// address", c->url);
		break;
	case CHANNEL_SLACK:
	case CHANNEL_DISCORD:
	case CHANNEL_WEBHOOK:
		if (!has_secret_or(v, "url"))
			plan_wrong(v, "type", F_S12, NULL,
			           "a webhook needs 'secret' or 'url': its address");
		break;
	case CHANNEL_SMS:
		for (size_t i = 0; i < c->to.n; i++) {
			if (plan_form_problem(FORM_PHONE, c->to.at[i]))
				plan_wrong(v, "to", F_S05, NULL,
				           "'%.60s' is not a telephone number", c->to.at[i]);
		}
		if (!has_secret_or(v, "run"))
			plan_wrong(v, "type", F_S12, NULL,
			           "an SMS channel needs 'secret' (Twilio) or 'run'");
		break;
	case CHANNEL_COMMAND:
	case CHANNEL_IN_APP:
	case CHANNEL_SOCIAL: need_program(v, c); break;
	case CHANNEL_APPRISE:
	case CHANNEL_STATUS:
	case CHANNEL_IMPORT: break;
	}
}

/* Ranks order things; two entries with one rank leave the order to chance. */
static void same_rank(const Verify *v, const Item *other, int rank)
{
	findings_add(&v->l->report, F_S12,
	             node_get(v->node, "rank") ? node_get(v->node, "rank")->where : v->node->where,
	             v->path, NULL,
	             arena_printf(v->l->scratch, "'%s' at line %u", other->id, other->at.line),
	             "rank %d is taken by '%s' already", rank, other->id);
}

void plan_verify_class(const Verify *v)
{
	const Class *c = v->entry;

	for (const Class *other = v->l->plan->classes; other < c; other++) {
		if (other->rank == c->rank)
			same_rank(v, &other->item, c->rank);
	}
	for (size_t k = 0; k < CLOCK_KINDS; k++) {
		for (size_t i = 0; i < c->clocks[k].n; i++) {
			const char *env = c->clocks[k].by_env[i].key;
			bool known = false;

			for (size_t s = 0; s < v->l->plan->services_n && !known; s++)
				known = service_environment(&v->l->plan->services[s], env);
			if (!known)
				plan_wrong(
				        v, NULL, F_R02, plan_finding_infos[F_R02].what[0],
				        "no service has an environment '%.60s', which a clock of "
				        "this class names",
				        env);
		}
	}
	for (size_t i = 0; i < c->phases_n; i++) {
		const Phase *p = &c->phases[i];

		if (!span_is_zero(p->to) && span_estimate(p->to).us <= span_estimate(p->from).us)
			plan_wrong(v, "phases", F_S12, NULL, "the phase '%s' ends before it begins",
			           p->item.id);
	}
}

void plan_verify_level(const Verify *v)
{
	const Level *level = v->entry;

	for (const Level *l = v->l->plan->levels; l < level; l++) {
		if (l->rank == level->rank)
			same_rank(v, &l->item, l->rank);
	}
}

void plan_verify_escalation(const Verify *v)
{
	const Escalation *e = v->entry;

	if (e->steps_n == 0)
		plan_wrong(v, "steps", F_S12, NULL, "an escalation without steps leads nowhere");
	for (size_t i = 1; i < e->steps_n; i++) {
		if (span_estimate(e->steps[i].after).us < span_estimate(e->steps[i - 1].after).us)
			plan_wrong(v, "steps", F_S12, NULL,
			           "step %zu comes before step %zu; steps are in "
			           "order of time",
			           i + 1, i);
	}
}

static bool known_source(const char *s)
{
	static const char *const words[] = { "host",   "command", "http",    "prometheus", "push",
		                             "import", "log",     "derived", "ticket" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t n = strlen(words[i]);

		if (strncmp(s, words[i], n) == 0 && (!s[n] || s[n] == ':'))
			return true;
	}
	return text_starts(s, "check:") || text_starts(s, "sql:") || text_eq(s, "sql");
}

static void metric_needs(const Verify *v, const char *source, const char *key, bool there)
{
	if (!there)
		plan_wrong(v, "source", F_S12, NULL, "a metric from '%s' needs the key '%s'",
		           source, key);
}

void plan_verify_metric(const Verify *v)
{
	Metric *m = v->entry;
	const char *s = m->source;
	const Node *unit = node_get(v->node, "unit");

	if (unit && unit->kind == NODE_SCALAR && text_eq(unit->text, "ms"))
		m->scale = 0.001;
	if (!s)
		return;
	if (!known_source(s)) {
		plan_wrong(v, "source", F_S07,
		           "One of: host, check:ID, sql:DB, command, http, prometheus, "
		           "push, import",
		           "'%.60s' is not a source of a metric", s);
		return;
	}
	if (text_starts(s, "check:") && !plan_check(v->l->plan, s + 6))
		plan_wrong(v, "source", F_R01, NULL, "there is no check '%.60s'", s + 6);
	if (text_starts(s, "sql:") && !plan_database(v->l->plan, s + 4))
		plan_wrong(v, "source", F_R01, NULL, "there is no database '%.60s'", s + 4);
	metric_needs(v, "command", "run", !text_eq(s, "command") || m->run.n);
	metric_needs(v, "http", "url", !text_eq(s, "http") || m->url);
	metric_needs(v, "prometheus", "url", !text_eq(s, "prometheus") || m->url);
	metric_needs(v, "prometheus", "path", !text_eq(s, "prometheus") || m->path);
	metric_needs(v, "sql", "sql", !text_starts(s, "sql") || m->sql);
	metric_needs(v, "sql", "db", !text_eq(s, "sql") || m->db);
}

void plan_verify_objective(const Verify *v)
{
	const Objective *o = v->entry;
	const Service *s = o->service ? o->service : o->check ? o->check->service : NULL;

	plan_need_metric(v, "metric", o->metric);
	plan_need_unit(v, "target", o->metric, &o->target);
	plan_need_environment(v, plan_service_or_only(v, s), o->env, "env");
	if (o->op == OP_NONE && !o->target.unset)
		plan_wrong(v, "op", F_S12, NULL, "an objective needs a comparison");
}

void plan_verify_database(const Verify *v)
{
	const Database *d = v->entry;

	plan_need_environment(v, plan_service_or_only(v, d->service), d->env, "env");
	if (d->host && d->socket)
		plan_wrong(v, "socket", F_S12, NULL, "'host' and 'socket' exclude each other");
}

/* ---- checks ---- */

static bool has_place(const Verify *v, const Check *c, bool url)
{
	const Service *s = plan_service_or_only(v, c->service);
	const Environment *e = service_environment(s, c->env);

	if (!e && s && s->environments_n == 1)
		e = s->environments;
	return c->target || (e && (url ? e->url : e->host ? e->host : e->url));
}

static void check_needs(const Verify *v, bool there, const char *what)
{
	if (!there)
		plan_wrong(v, "type", F_S12, NULL, "a check of this type needs %s", what);
}

void plan_verify_check(const Verify *v)
{
	const Check *c = v->entry;

	plan_need_environment(v, plan_service_or_only(v, c->service), c->env, "env");
	switch (c->type) {
	case CHECK_HTTP:
	case CHECK_HTTP_HEAD:
		check_needs(v, has_place(v, c, true),
		            "'target', or a service and env whose environment has a 'url'");
		if (c->target && !text_starts(c->target, "/") && !text_starts(c->target, "${") &&
		    plan_form_problem(FORM_URL, c->target))
			plan_wrong(v, "target", F_S05,
			           "Write for example: https://example.org/health",
			           "'%.60s' is not an http:// or https:// address", c->target);
		break;
	case CHECK_TCP:
		check_needs(v, has_place(v, c, false), "'target': a host");
		check_needs(v,
		            c->how->port ||
		                    (c->target && !plan_form_problem(FORM_HOSTPORT, c->target)),
		            "'port'");
		break;
	case CHECK_TLS:
	case CHECK_DNS:
	case CHECK_ICMP: check_needs(v, has_place(v, c, false), "'target': a host"); break;
	case CHECK_DB_PING: check_needs(v, c->how->db, "'db'"); break;
	case CHECK_UNIT:
		check_needs(v, c->target || (c->service && c->service->units.n),
		            "'target': the unit's name (or a service with 'units')");
		break;
	case CHECK_COMMAND: check_needs(v, c->how->run.n, "'run'"); break;
	case CHECK_PUSH:
		check_needs(v,
		            c->how->schedule.kind != SCHEDULE_UNSET || !span_is_zero(c->how->every),
		            "'schedule' or 'every': when the heartbeat is due");
		break;
	case CHECK_JOURNEY: check_needs(v, c->how->steps_n, "'steps'"); break;
	case CHECK_IMPORT: break;
	}
	if (!span_is_zero(c->how->every) && span_estimate(c->how->every).us < 1000000)
		plan_wrong(v, "every", F_S06, NULL,
		           "a check cannot run more often than each second");
}

/* ---- rules, windows, pages, templates ---- */

void plan_verify_rule(const Verify *v)
{
	const Rule *r = v->entry;
	const Service *s = r->service;
	const Check *c =
	        r->when.kind == CONDITION_CHECK ? plan_check(v->l->plan, r->when.scope) : NULL;

	if (!s && c)
		s = c->service;
	plan_need_environment(v, plan_service_or_only(v, s), r->env, "env");
	if (r->when.kind == CONDITION_NONE && r->of.n == 0)
		plan_wrong(v, NULL, F_S12, NULL, "a rule needs 'when', or 'at_least' and 'of'");
	if ((r->of.n > 0) != (r->at_least > 0))
		plan_wrong(v, r->of.n ? "of" : "at_least", F_S12, NULL,
		           "'at_least' and 'of' come together");
	else if (r->at_least > (int)r->of.n)
		plan_wrong(v, "at_least", F_S12, NULL, "%d of %zu checks can never fail",
		           r->at_least, r->of.n);
	plan_need_condition(v, "when", &r->when);
}

void plan_verify_window(const Verify *v)
{
	const Window *w = v->entry;

	plan_need_env_somewhere(v, w->env, "env");
	if (schedule_recurs(&w->at) && span_is_zero(w->length))
		plan_wrong(v, "at", F_S12, NULL,
		           "a window that recurs needs the key 'for': how long it "
		           "lasts");
	if (w->length.months || w->length.days > 31)
		plan_wrong(v, "for", F_S06, NULL, "a window lasts at most 31 days");
	else
		plan_need_room(v, "for", w->length, &w->at);
}

static bool known_part(const Plan *p, const char *of)
{
	const char *id = strchr(of, ':') + 1;

	if (text_starts(of, "service:"))
		return plan_service(p, id);
	if (text_starts(of, "check:"))
		return plan_check(p, id);
	return text_starts(of, "db:") && plan_database(p, id);
}

void plan_verify_status_page(const Verify *v)
{
	const StatusPage *s = v->entry;
	const Node *components = node_get(v->node, "components");

	for (size_t i = 0; i < s->components_n; i++) {
		const StatusComponent *c = &s->components[i];

		for (size_t j = 0; j < c->of.n; j++) {
			if (!known_part(v->l->plan, c->of.at[j]))
				findings_add(
				        &v->l->report, F_R01, components->pairs[i].value->where,
				        arena_printf(v->l->scratch, "status_page.components.%s.of",
				                     c->item.id),
				        "Write service:ID, check:ID or db:ID.", NULL,
				        "there is no '%.60s' in the plan", c->of.at[j]);
		}
	}
}

void plan_verify_template(const Verify *v)
{
	Template *t = v->entry;

	if (!t->kind)
		t->kind = t->item.id;
}

/* ---- all of them ---- */

static void verify_section(Loader *l, SectionId id)
{
	const Section *s = &plan_sections[id];
	char *base = (char *)l->plan + s->at;
	size_t n = 1, name_n = strlen(s->name);

	if (!s->verify || !l->nodes[id])
		return;
	if (!s->single) {
		memcpy(&n, (char *)l->plan + s->count_at, sizeof n);
		memcpy(&base, (char *)l->plan + s->at, sizeof base);
	}
	for (size_t i = 0; i < n; i++) {
		void *entry = base + i * s->table->size;
		char path[FINDING_TEXT];
		Verify v = { l, entry, l->nodes[id][i].node, s->name, id, i };

		if (l->nodes[id][i].bad)
			continue;
		if (!s->single) {
			/* A million entries: not worth a format. */
			text_copy(path, sizeof path, s->name);
			path[name_n] = '.';
			text_copy(path + name_n + 1, sizeof path - name_n - 1, ((Item *)entry)->id);
			v.path = path;
		}
		s->verify(&v);
	}
}

void plan_verify(Loader *l)
{
	for (size_t i = 0; i < SECTIONS; i++)
		verify_section(l, (SectionId)i);
	plan_verify_steps(l);
}
