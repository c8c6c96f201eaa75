/* The alert's machine. See alert.h for the states; one function per state below. */
#include "alert/alert_private.h"

#include "core/text.h"
#include "plan/duty.h"

#include <assert.h>

/* Ours, where the plan is silent. */
static const Duration DEFAULT_FLAP = { 600 * 1000000LL };
static const Duration DEFAULT_INTERVAL = { 60 * 1000000LL };
enum { NO_DATA_INTERVALS = 3 };

/* What is known of the condition for the machine: KEEP while there is no answer. */
typedef enum Truth { KEEP, IS_FALSE, IS_TRUE } Truth;

static const Column columns[] = {
	COLUMN(Alert, id),
	COLUMN(Alert, rule),
	COLUMN(Alert, episode),
	COLUMN(Alert, state),
	COLUMN(Alert, before),
	COLUMN(Alert, level),
	{ "class", COL_TEXT, offsetof(Alert, class_), sizeof(((Alert *)0)->class_) },
	COLUMN(Alert, service),
	COLUMN(Alert, env),
	{ "check_id", COL_TEXT, offsetof(Alert, check), sizeof(((Alert *)0)->check) },
	COLUMN(Alert, rank),
	COLUMN(Alert, opened),
	COLUMN(Alert, fired_at),
	COLUMN(Alert, clear_from),
	COLUMN(Alert, resolved_at),
	COLUMN(Alert, closed_at),
	COLUMN(Alert, ack_due),
	COLUMN(Alert, acked_at),
	COLUMN(Alert, acked_by),
	COLUMN(Alert, value),
	COLUMN(Alert, value_text),
	COLUMN(Alert, incident),
	COLUMN(Alert, suppressed_by),
	COLUMN(Alert, flaps),
	COLUMN(Alert, dropped),
	COLUMN(Alert, step),
	COLUMN(Alert, tells),
	COLUMN(Alert, announced),
	COLUMN(Alert, no_data_announced),
	COLUMN(Alert, ack_passed),
	COLUMN(Alert, due),
};
const RecordType alert_record = { "alert", sizeof(Alert), COUNT_OF(columns), columns };

const char *alert_state_name(AlertState s)
{
	static const char *const names[ALERT_STATES] = { "none",       "pending", "firing",
		                                         "suppressed", "acked",   "resolved",
		                                         "closed",     "no_data" };

	return names[s];
}

/* ---- what the plan says ---- */

const Class *alert_class(const Rule *rule)
{
	return rule->class_ ? rule->class_ : rule->level ? rule->level->class_ : NULL;
}

/* The check a rule watches: its condition's, or the first of its n-of-m. */
static const Check *watched(const Plan *p, const Rule *rule)
{
	const Check *c = rule->when.kind == CONDITION_CHECK ? plan_check(p, rule->when.scope)
	                 : rule->when.kind == CONDITION_METRIC && *rule->when.scope
	                         ? plan_check(p, rule->when.scope)
	                         : NULL;

	return c || rule->of.n == 0 ? c : plan_check(p, rule->of.at[0]);
}

void alert_owner(const Plan *p, const Rule *rule, char service[64], char env[32], char check[64])
{
	const Check *c = watched(p, rule);
	const Service *of = rule->service ? rule->service : c ? c->service : NULL;
	const char *where = rule->env ? rule->env : c && c->env ? c->env : "";

	/* What there is only one of needs no name. */
	if (!of && p->services_n == 1)
		of = &p->services[0];
	if (!*where && of && of->environments_n == 1)
		where = of->environments[0].item.id;
	text_copy(service, 64, of ? of->item.id : "");
	text_copy(env, 32, where);
	text_copy(check, 64, c ? c->item.id : "");
}

Duration alert_interval(const Plan *p, const Rule *rule)
{
	const Check *c = watched(p, rule);
	const Metric *m =
	        rule->when.kind == CONDITION_METRIC ? plan_metric(p, rule->when.subject) : NULL;
	Duration d = { 0 };

	if (c)
		d = span_estimate(c->how->every);
	else if (m)
		d = span_estimate(m->every);
	return d.us > 0 ? d : DEFAULT_INTERVAL;
}

const char *incident_key(const char *class_id, const char *service, const char *env,
                         const char *root, char out[ALERT_KEY])
{
	(void)snprintf(out, ALERT_KEY, "%s/%s/%s", class_id ? class_id : "", env ? env : "",
	               !text_is_empty(root) ? root
	               : service            ? service
	                                    : "");
	return out;
}

static Duration interval(const Step *s)
{
	return s->in->interval.us > 0 ? s->in->interval : alert_interval(s->in->plan, s->rule);
}

static Duration clear_time(const Step *s)
{
	return span_is_zero(s->rule->clear) ? interval(s) : span_estimate(s->rule->clear);
}

static Duration flap_time(const Step *s)
{
	return span_is_zero(s->rule->flap) ? DEFAULT_FLAP : span_estimate(s->rule->flap);
}

static Instant sustained_at(const Step *s)
{
	return zone_add(s->zone, s->a->opened, s->rule->when.sustain);
}

static Instant no_data_at(const Step *s)
{
	const Check *c = watched(s->in->plan, s->rule);
	int64_t gap = interval(s).us;

	/* A nightly job says nothing all day; when it is late is its check's to say. */
	if (c && c->type == CHECK_PUSH && duty_cadence(&c->how->schedule).us > gap)
		gap = duty_cadence(&c->how->schedule).us;
	return after(s->a->lost_at, duration_us(gap * NO_DATA_INTERVALS));
}

/* Who holds it back, the deepest reason first; "" when nobody does. */
static const char *holder(const Step *s)
{
	if (!text_is_empty(s->in->held_by))
		return s->in->held_by;
	if (!text_is_empty(s->in->quiet_by) && s->rule->quiet_in_window != 0)
		return s->in->quiet_by;
	return text_is_empty(s->in->silenced_by) ? "" : s->in->silenced_by;
}

static const Escalation *ladder(const Step *s)
{
	/* With an incident the incident's ladder calls, not the alert's. */
	return s->rule->level && !alert_class(s->rule) && !*s->a->incident
	               ? s->rule->level->escalation
	               : NULL;
}

/* ---- transitions ---- */

static void enter(Step *s, AlertState state, AlertChangeKind kind)
{
	s->a->state = state;
	s->out->kind = kind;
	s->out->saved = true;
}

static void record(Step *s, const char *kind) { alert_entry(s->a, s->now, kind, "carene", s->fx); }

static void name_owner(Step *s)
{
	const Class *class_ = alert_class(s->rule);
	const Level *level = s->rule->level;

	text_copy(s->a->level, sizeof s->a->level, level ? level->item.id : "");
	text_copy(s->a->class_, sizeof s->a->class_, class_ ? class_->item.id : "");
	s->a->rank = class_ ? class_->rank : level ? level->rank : 0;
	alert_owner(s->in->plan, s->rule, s->a->service, s->a->env, s->a->check);
}

/* A new episode is a new record. A pending that was dropped unsaid lends it its
 * number; a number that was ever spoken of is used up, as its messages' keys are. */
static void begin_episode(Step *s)
{
	Alert *a = s->a, fresh = { 0 };

	alert_begin(&fresh, s->rule->item.id);
	fresh.episode = a->episode;
	if (a->state != ALERT_NONE || a->tells || fresh.episode == 0)
		fresh.episode++;
	else
		fresh.dropped = a->dropped;
	fresh.lost_at = a->lost_at;
	fresh.value = a->value;
	text_copy(fresh.value_text, sizeof fresh.value_text, a->value_text);
	*a = fresh;
	(void)snprintf(a->id, sizeof a->id, "%s-%06d", a->rule, a->episode);
	a->opened = s->now;
	name_owner(s);
}

static void start_clocks(Step *s)
{
	const Deadline *ack = s->rule->level ? &s->rule->level->ack : NULL;

	s->a->fired_at = s->now;
	s->a->acked_at = LONG_AGO;
	s->a->acked_by[0] = '\0';
	s->a->ack_passed = false;
	s->a->step = 0;
	/* A deadline of zero ("at once") is about telling, not about answering. */
	s->a->ack_due = ack && ack->kind == DEADLINE_SPAN && !span_is_zero(ack->span)
	                        ? zone_add(s->zone, s->now, ack->span)
	                        : LONG_AGO;
}

static void offer_incident(Step *s)
{
	s->out->class_ = alert_class(s->rule);
	if (s->out->class_)
		incident_key(s->a->class_, s->a->service, s->a->env, NULL, s->out->key);
}

/* Routed from here on: either its incident tells, or we do. */
static void fire(Step *s, AlertChangeKind kind, const char *entry)
{
	bool again = s->a->announced || s->a->flaps > 0;

	s->a->clear_from = LONG_AGO;
	start_clocks(s);
	enter(s, ALERT_FIRING, kind);
	record(s, entry);
	s->a->suppressed_by[0] = '\0';
	s->a->announced = true;
	offer_incident(s);
	if (!s->out->class_)
		alert_tell_fired(s, again);
}

static void hold(Step *s, const char *by)
{
	text_copy(s->a->suppressed_by, sizeof s->a->suppressed_by, by);
	s->a->clear_from = LONG_AGO;
	enter(s, ALERT_SUPPRESSED, ALERT_WENT_SUPPRESSED);
	record(s, "alert.suppressed");
}

static void arm(Step *s, AlertChangeKind kind, const char *entry)
{
	const char *by = holder(s);

	if (*by)
		hold(s, by);
	else
		fire(s, kind, entry);
}

static void resolve(Step *s)
{
	s->a->resolved_at = s->now;
	enter(s, ALERT_RESOLVED, ALERT_WENT_RESOLVED);
	record(s, "alert.resolved");
	if (s->a->announced && !alert_class(s->rule) && !*s->a->incident)
		alert_tell_resolved(s);
	s->a->announced = false;
	s->a->suppressed_by[0] = '\0';
	s->a->clear_from = LONG_AGO;
}

/* False for the whole clear time? Any true in between starts it anew. */
static bool has_cleared(Step *s, Truth truth)
{
	if (truth == IS_TRUE && is_set(s->a->clear_from)) {
		s->a->clear_from = LONG_AGO;
		s->out->saved = true;
	} else if (truth == IS_FALSE && !is_set(s->a->clear_from)) {
		s->a->clear_from = s->now;
		s->out->saved = true;
	}
	return truth == IS_FALSE && is_due(after(s->a->clear_from, clear_time(s)), s->now);
}

/* ---- the ladder of an alert without incident ---- */

static bool step_is_wanted(const Step *s, const EscalationStep *step)
{
	return step->when != STEP_UNACKNOWLEDGED || !is_set(s->a->acked_at);
}

static Instant step_due(const Step *s)
{
	const Escalation *l = ladder(s);

	if (!l || !is_set(s->a->fired_at) || (size_t)s->a->step >= l->steps_n)
		return NEVER;
	return zone_add(s->zone, s->a->fired_at, l->steps[s->a->step].after);
}

static void nobody(Step *s, size_t n)
{
	Entry *e = alert_entry(s->a, s->now, "alert.step_unreachable", "carene", s->fx);

	(void)snprintf(e->note, sizeof e->note, "step %zu: nobody can be reached now", n);
}

/* Tells the next step; those with nobody there are said and passed over. */
static void climb(Step *s, const char *why)
{
	const Escalation *l = ladder(s);
	AUTO(Buf) text = { 0 };

	buf_text(&text, why);
	while (l && (size_t)s->a->step < l->steps_n) {
		size_t n = (size_t)++s->a->step;

		s->out->saved = true;
		if (!step_is_wanted(s, &l->steps[n - 1]))
			return;
		if (alert_tell_step(s, n, buf_str(&text))) {
			Entry *e = alert_entry(s->a, s->now, "alert.escalated", "carene", s->fx);

			(void)snprintf(e->note, sizeof e->note, "step %zu", n);
			return;
		}
		nobody(s, n);
		buf_text(&text, "; ");
		buf_printf(&text, tr(s->lang, "nobody could be reached in step %zu"), n);
	}
	/* The route's own recipients are all that is left. */
	if (!alert_class(s->rule) && !*s->a->incident)
		alert_tell_reminder(s, buf_str(&text));
}

static void run_timers(Step *s)
{
	char text[LANG_TEXT + 64], passed[LANG_TEXT];

	/* Each turn takes at least one step of the plan's list, so it ends. */
	while (is_due(step_due(s), s->now)) {
		(void)snprintf(text, sizeof text, tr(s->lang, "still firing after %s"),
		               lang_duration(s->lang, between(s->a->fired_at, s->now), passed));
		climb(s, text);
	}
	if (s->a->ack_passed || is_set(s->a->acked_at) || !is_set(s->a->ack_due) ||
	    !earlier(s->a->ack_due, s->now))
		return;
	s->a->ack_passed = s->out->ack_passed = s->out->saved = true;
	record(s, "alert.ack_late");
	(void)snprintf(text, sizeof text, tr(s->lang, "nobody acknowledged within %s"),
	               lang_duration(s->lang, between(s->a->fired_at, s->a->ack_due), passed));
	climb(s, text);
}

/* ---- one function per state ---- */

static void step_idle(Step *s, Truth truth)
{
	if (truth != IS_TRUE)
		return;
	begin_episode(s);
	if (span_is_zero(s->rule->when.sustain)) {
		arm(s, ALERT_WENT_FIRING, "alert.fired");
		return;
	}
	enter(s, ALERT_PENDING, ALERT_WENT_PENDING);
	record(s, "alert.pending");
}

static void step_pending(Step *s, Truth truth)
{
	if (truth == IS_FALSE) {
		s->a->dropped++;
		enter(s, ALERT_NONE, ALERT_WENT_DROPPED);
		record(s, "alert.dropped");
	} else if (truth == IS_TRUE && is_due(sustained_at(s), s->now)) {
		arm(s, ALERT_WENT_FIRING, "alert.fired");
	}
}

static void step_firing(Step *s, Truth truth)
{
	const char *by = holder(s);

	if (has_cleared(s, truth))
		resolve(s);
	else if (*by)
		hold(s, by);
	else
		run_timers(s);
}

static void step_suppressed(Step *s, Truth truth)
{
	const char *by = holder(s);

	if (has_cleared(s, truth)) {
		resolve(s);
	} else if (*by && !text_eq(by, s->a->suppressed_by)) {
		text_copy(s->a->suppressed_by, sizeof s->a->suppressed_by, by);
		s->out->saved = true;
		record(s, "alert.suppressed");
	} else if (!*by && truth == IS_TRUE) {
		/* Announced before it was held, or an incident that waits for it? */
		bool known = s->a->announced || *s->a->incident;

		fire(s, known ? ALERT_WENT_RELEASED : ALERT_WENT_FIRING,
		     known ? "alert.released" : "alert.fired");
	}
}

static void step_acked(Step *s, Truth truth)
{
	if (has_cleared(s, truth))
		resolve(s);
	else
		run_timers(s);
}

static void step_resolved(Step *s, Truth truth)
{
	if (truth != IS_TRUE)
		return;
	if (!earlier(s->now, after(s->a->resolved_at, flap_time(s)))) {
		step_idle(s, truth);
		return;
	}
	s->a->flaps++;
	arm(s, ALERT_WENT_REFIRED, "alert.refired");
}

static void lose_data(Step *s)
{
	AlertState was = s->a->state;

	/* Nothing was open: an episode of its own, to be closed when data is back. */
	if (was == ALERT_NONE || was == ALERT_RESOLVED || was == ALERT_CLOSED) {
		begin_episode(s);
		s->a->opened = s->a->lost_at;
		was = ALERT_CLOSED;
	}
	s->a->before = was;
	enter(s, ALERT_NO_DATA, ALERT_WENT_NO_DATA);
	record(s, "alert.no_data");
}

/* Missing data are told like any alert: not inside a quiet window, then afterwards. */
static void step_no_data(Step *s)
{
	if (!s->a->no_data_announced && !*holder(s)) {
		alert_tell_no_data(s);
		s->a->no_data_announced = s->out->saved = true;
	}
	if (s->a->before == ALERT_FIRING || s->a->before == ALERT_ACKED)
		run_timers(s);
}

static void find_data(Step *s)
{
	AlertState back = s->a->before;

	s->a->before = ALERT_NONE;
	if (back == ALERT_CLOSED)
		s->a->closed_at = s->now;
	enter(s, back, ALERT_WENT_DATA_BACK);
	record(s, "alert.data_back");
	if (s->a->no_data_announced)
		alert_tell_data_back(s);
	s->a->no_data_announced = false;
}

/* ---- the step ---- */

/* Notes gaps, and says what the machine may believe. */
static Truth believe(Step *s)
{
	const char *policy = s->rule->no_data ? s->rule->no_data : "alert";

	if (s->in->judged != JUDGED_NO_DATA) {
		s->a->lost_at = LONG_AGO;
		s->a->value = s->in->value;
		alert_value_text(s->rule, s->in->value, s->a->value_text);
		if (s->a->state == ALERT_NO_DATA)
			find_data(s);
		return s->in->judged == JUDGED_TRUE ? IS_TRUE : IS_FALSE;
	}
	if (s->in->explained && !text_eq(policy, "ok")) {
		s->a->lost_at = LONG_AGO;
		return KEEP;
	}
	if (!is_set(s->a->lost_at))
		s->a->lost_at = s->in->heard_at.us > 0 ? s->in->heard_at : s->now;
	if (text_eq(policy, "keep") || !is_due(no_data_at(s), s->now))
		return KEEP;
	if (text_eq(policy, "ok"))
		return IS_FALSE;
	if (s->a->state != ALERT_NO_DATA)
		lose_data(s);
	return KEEP;
}

static Instant next_due(const Step *s)
{
	const Alert *a = s->a;
	AlertState core = a->state == ALERT_NO_DATA ? a->before : a->state;
	Instant due = NEVER;

	if (a->state == ALERT_PENDING && !is_set(a->lost_at))
		due = sustained_at(s);
	if (is_set(a->clear_from))
		due = earliest(due, after(a->clear_from, clear_time(s)));
	if (core == ALERT_FIRING || core == ALERT_ACKED)
		due = earliest(due, step_due(s));
	if (core == ALERT_FIRING && is_set(a->ack_due) && !a->ack_passed)
		due = earliest(due, after(a->ack_due, duration_us(1)));
	if (is_set(a->lost_at) && a->state != ALERT_NO_DATA && !text_eq(s->rule->no_data, "keep") &&
	    earlier(s->now, no_data_at(s)))
		due = earliest(due, no_data_at(s));
	return due;
}

static void check_invariants(const Alert *a)
{
	assert((unsigned)a->state < ALERT_STATES);
	assert(a->state == ALERT_NONE || *a->id);
	assert(a->state != ALERT_SUPPRESSED || *a->suppressed_by);
	assert(a->state != ALERT_FIRING || is_set(a->fired_at));
	assert(a->state != ALERT_RESOLVED || (is_set(a->resolved_at) && !a->announced));
	assert(a->state != ALERT_ACKED || is_set(a->acked_at));
	(void)a;
}

static void step_state(Step *s, Truth truth)
{
	switch (s->a->state) {
	case ALERT_NONE:
	case ALERT_CLOSED: step_idle(s, truth); break;
	case ALERT_PENDING: step_pending(s, truth); break;
	case ALERT_FIRING: step_firing(s, truth); break;
	case ALERT_SUPPRESSED: step_suppressed(s, truth); break;
	case ALERT_ACKED: step_acked(s, truth); break;
	case ALERT_RESOLVED: step_resolved(s, truth); break;
	case ALERT_NO_DATA: step_no_data(s); break;
	case ALERT_STATES: break;
	}
}

void alert_step(Alert *a, const Rule *rule, const AlertInput *in, Instant now, Effects *fx,
                AlertChange *out)
{
	Step s = { .a = a, .rule = rule, .in = in, .now = now, .fx = fx, .out = out };
	Truth truth;

	check_invariants(a);
	*out = (AlertChange){ 0 };
	s.zone = in->plan->head.timezone ? in->plan->head.timezone : zone_utc();
	s.lang = lang_parse(in->plan->head.language);
	truth = believe(&s);
	step_state(&s, truth);
	a->due = next_due(&s);
	check_invariants(a);
}

Instant alert_due(const Alert *a) { return is_set(a->due) ? a->due : NEVER; }

void alert_begin(Alert *a, const char *rule_id)
{
	*a = (Alert){ 0 };
	text_copy(a->rule, sizeof a->rule, rule_id);
	a->opened = a->fired_at = a->clear_from = a->resolved_at = a->closed_at = LONG_AGO;
	a->ack_due = a->acked_at = a->lost_at = LONG_AGO;
	a->due = NEVER;
}

void alert_restored(Alert *a) { a->lost_at = LONG_AGO; }

/* ---- people ---- */

bool alert_ack(Alert *a, const char *by, const char *how, Instant now, Effects *fx)
{
	AlertState *where = a->state == ALERT_NO_DATA ? &a->before : &a->state;
	Entry *e;

	if (*where != ALERT_FIRING)
		return false;
	*where = ALERT_ACKED;
	a->acked_at = now;
	text_copy(a->acked_by, sizeof a->acked_by, by);
	e = alert_entry(a, now, "alert.acked", by, fx);
	text_copy(e->note, sizeof e->note, how);
	if (is_set(a->ack_due))
		text_copy(e->verdict, sizeof e->verdict,
		          earlier(a->ack_due, now) ? "breached" : "met");
	check_invariants(a);
	return true;
}

bool alert_close(Alert *a, const char *by, Instant now, Effects *fx)
{
	if (a->state != ALERT_RESOLVED)
		return false;
	a->state = ALERT_CLOSED;
	a->closed_at = now;
	alert_entry(a, now, "alert.closed", by, fx);
	return true;
}

bool alert_retire(Alert *a, Instant now, Effects *fx)
{
	bool told = (a->announced && !*a->incident) || a->no_data_announced;
	char subject[96], key[96];

	if (!alert_is_active(a) && a->state != ALERT_NO_DATA && a->state != ALERT_PENDING)
		return false;
	a->state = ALERT_CLOSED;
	a->closed_at = now;
	a->announced = a->no_data_announced = false;
	a->due = NEVER;
	alert_entry(a, now, "alert.retired", "carene", fx);
	if (told) {
		Tell *t;

		(void)snprintf(subject, sizeof subject, "alert:%s", a->id);
		(void)snprintf(key, sizeof key, "alert:%.76s:%d:retired", a->id, a->tells++);
		t = effects_tell(fx, TELL_ALERT_RESOLVED, subject, key);
		t->recovery = true;
		t->rank = a->rank;
		text_copy(t->rule, sizeof t->rule, a->rule);
	}
	return true;
}

bool alert_is_active(const Alert *a)
{
	AlertState core = a->state == ALERT_NO_DATA ? a->before : a->state;

	return core == ALERT_FIRING || core == ALERT_SUPPRESSED || core == ALERT_ACKED;
}

void alert_emit(Emit *e, const Alert *a, Instant now)
{
	emit_object(e, NULL);
	emit_text(e, "id", a->id);
	emit_text(e, "rule", a->rule);
	emit_text(e, "state", alert_state_name(a->state));
	emit_text(e, "level", *a->level ? a->level : NULL);
	emit_text(e, "class", *a->class_ ? a->class_ : NULL);
	emit_text(e, "service", *a->service ? a->service : NULL);
	emit_text(e, "environment", *a->env ? a->env : NULL);
	emit_text(e, "value", *a->value_text ? a->value_text : NULL);
	emit_instant(e, "opened", a->opened);
	emit_instant(e, "fired", a->fired_at);
	emit_instant(e, "acknowledged", a->acked_at);
	emit_text(e, "acknowledged_by", *a->acked_by ? a->acked_by : NULL);
	emit_instant(e, "ack_due", a->ack_due);
	emit_instant(e, "resolved", a->resolved_at);
	if (is_set(a->opened))
		emit_seconds(e, "age_s",
		             between(a->opened, is_set(a->resolved_at) ? a->resolved_at : now));
	emit_text(e, "held_by", *a->suppressed_by ? a->suppressed_by : NULL);
	emit_text(e, "incident", *a->incident ? a->incident : NULL);
	emit_int(e, "flaps", a->flaps);
	emit_object_end(e);
}
