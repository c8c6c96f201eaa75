/* The clocks and the ladder of one incident, as its machine moves them. */
#include "incident/incident_private.h"

#include "core/text.h"

/* What a limit is about, in words. */
static const char *const clock_words[CLOCK_KINDS] = {
	TR_NOOP("time to respond"),         TR_NOOP("time to inform users"),
	TR_NOOP("time to a workaround"),    TR_NOOP("time to resolve"),
	TR_NOOP("time to the next update"), TR_NOOP("time to the post-mortem"),
};

Clock *hands_clock(Turn *t, ClockKind kind)
{
	for (size_t i = 0; i < t->parts->clocks.n; i++) {
		if (t->parts->clocks.at[i].kind == (int)kind)
			return &t->parts->clocks.at[i];
	}
	return NULL;
}

ClockRule hands_rule(const Turn *t, ClockKind kind)
{
	return (ClockRule){
		.limit = clock_limit(t->class_, kind, t->inc->env),
		.class_ = t->class_,
		.hours = t->service ? &t->service->hours : NULL,
		.zone = t->zone,
	};
}

static char *facts(const Turn *t, const Clock *c, const ClockRule *rule)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	emit_object(&e, NULL);
	emit_text(&e, "clock", clock_kind_name((ClockKind)c->kind));
	emit_text(&e, "state", clock_state_name(c->state));
	emit_text(&e, "class", *c->class_ ? c->class_ : NULL);
	emit_text(&e, "environment", *t->inc->env ? t->inc->env : NULL);
	emit_text(&e, "service", *t->inc->service ? t->inc->service : NULL);
	emit_text(&e, "limit", *c->limit ? c->limit : NULL);
	emit_text(&e, "mode", c->service_hours ? "service_hours" : "calendar");
	emit_instant(&e, "started", c->started);
	emit_instant(&e, "due", c->due);
	emit_instant(&e, "stopped", c->stopped);
	emit_instant(&e, "breached", c->breached_at);
	emit_seconds(&e, "elapsed_s", clock_elapsed(c, rule, t->now));
	emit_text(&e, "stopped_by", *c->stopped_by ? c->stopped_by : NULL);
	if (t->inc->drill)
		emit_bool(&e, "drill", true);
	emit_object_end(&e);
	return buf_take(&json);
}

static void record(Turn *t, const Clock *c, const ClockRule *rule, const char *kind,
                   const char *verdict)
{
	Entry *e = effects_entry(t->fx, t->now, kind, t->subject, t->by, facts(t, c, rule));

	text_copy(e->verdict, sizeof e->verdict, verdict);
}

void hands_start(Turn *t, ClockKind kind, const Deadline *limit, Instant from)
{
	ClockRule rule = hands_rule(t, kind);
	Clock *c = hands_clock(t, kind);

	if (limit)
		rule.limit = limit;
	if (!c)
		c = list_push(&t->parts->clocks);
	clock_start(c, t->inc->id, kind, &rule, from);
	record(t, c, &rule, "clock.started", "");
}

void hands_stop(Turn *t, ClockKind kind, const char *by)
{
	ClockRule rule = hands_rule(t, kind);
	Clock *c = hands_clock(t, kind);
	bool was_breached = c && c->state == CLOCK_BREACHED;

	if (!c || !clock_stop(c, &rule, by, t->now))
		return;
	/* Over, but nobody had looked yet: the breach is evidence of its own. */
	if (c->state == CLOCK_STOPPED_LATE && !was_breached)
		record(t, c, &rule, "clock.breached", "breached");
	record(t, c, &rule, "clock.stopped",
	       c->state == CLOCK_MET            ? "met"
	       : c->state == CLOCK_STOPPED_LATE ? "late"
	                                        : "");
	/* A recovery does nobody's duty. */
	if (!text_eq(by, RECOVERY))
		checklist_done_by_act(t, kind);
}

void hands_cancel(Turn *t, ClockKind kind, const char *why)
{
	ClockRule rule = hands_rule(t, kind);
	Clock *c = hands_clock(t, kind);

	if (c && clock_stop(c, &rule, why, t->now))
		record(t, c, &rule, "clock.cancelled", "");
}

void hands_resume(Turn *t, ClockKind kind)
{
	ClockRule rule = hands_rule(t, kind);
	Clock *c = hands_clock(t, kind);

	if (!c || clock_is_running(c))
		return;
	clock_resume(c, &rule, t->now);
	record(t, c, &rule, "clock.resumed", "");
}

void hands_relimit(Turn *t)
{
	bool restart = t->class_ && t->class_->restart_on_reclass;

	for (size_t i = 0; i < t->parts->clocks.n; i++) {
		Clock *c = &t->parts->clocks.at[i];
		ClockRule rule = hands_rule(t, (ClockKind)c->kind);

		if (!clock_is_running(c))
			continue;
		clock_relimit(c, &rule, restart, t->now);
		record(t, c, &rule, "clock.limited", "");
	}
}

/* ---- time passes ---- */

static void warn_text(const Turn *t, const Clock *c, ClockChange change, Buf *out)
{
	char limit[LANG_TEXT], due[LANG_TEXT];
	const char *what = tr(t->lang, clock_words[c->kind]);
	Span span;

	/* The limit as the plan writes it; measured on the clock where it cannot be read. */
	if (span_parse(c->limit, &span))
		lang_span(t->lang, span, limit);
	else
		lang_duration(t->lang, between(c->started, c->due), limit);
	lang_time(t->lang, t->zone, c->due, due);
	if (change == CLOCK_WENT_OVER)
		buf_printf(out, tr(t->lang, "%s: the limit of %s is over"), what, limit);
	else
		buf_printf(out, tr(t->lang, "%s: %d%% of %s used, until %s"), what,
		           change == CLOCK_WARN_MOST ? 80 : 50, limit, due);
}

/* Whoever it is assigned to, when no step of the ladder told them. */
static void tell_assignee(Turn *t, TellKind kind, const char *what, const char *text)
{
	const Contact *c = *t->inc->assignee ? plan_contact(t->plan, t->inc->assignee) : NULL;

	for (size_t i = 0; c && i < t->ladder.n; i++) {
		const LadderStep *s = &t->ladder.steps[i];

		for (size_t k = 0; k < s->told_to_n; k++) {
			if (text_eq(s->told_to[k], c->item.id))
				return;
		}
	}
	if (!c)
		return;
	story_tell_route(t, kind, what, text);
	tell_to(&t->fx->tells.at[t->fx->tells.n - 1], c->item.id);
}

static void warn(Turn *t, const Clock *c, ClockChange change)
{
	LadderCase now = story_case(t, TELL_INCIDENT_OPENED);
	AUTO(Buf) text = { 0 };
	char what[32], key[96];

	warn_text(t, c, change, &text);
	(void)snprintf(what, sizeof what, "%s:%d", clock_kind_name((ClockKind)c->kind), c->warned);
	story(t, change == CLOCK_WENT_OVER ? "limit_over" : "limit_near", buf_str(&text));
	if (now.held)
		return;
	story_tell_told(t, TELL_CLOCK_WARNING, what, false, buf_str(&text));
	tell_assignee(t, TELL_CLOCK_WARNING, what, buf_str(&text));
	/* A response that is late concerns those who would be called next; their own
	 * step keeps its hour. */
	if (change == CLOCK_WENT_OVER && c->kind == CLOCK_RESPOND && !t->inc->acked) {
		(void)snprintf(key, sizeof key, "%s:%.24s:%d:next", t->prefix, what,
		               ++t->inc->sequence);
		ladder_tell_next(&t->ladder, &now, TELL_CLOCK_WARNING, key, buf_str(&text), t->now,
		                 t->fx);
	}
}

void hands_tick(Turn *t)
{
	for (size_t i = 0; i < t->parts->clocks.n; i++) {
		Clock *c = &t->parts->clocks.at[i];
		ClockRule rule = hands_rule(t, (ClockKind)c->kind);
		ClockChange change = clock_tick(c, &rule, t->now);

		if (change == CLOCK_UNCHANGED)
			continue;
		if (change == CLOCK_WENT_OVER)
			record(t, c, &rule, "clock.breached", "breached");
		warn(t, c, change);
	}
}

static void names(const char list[][64], size_t n, Buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", list[i]);
}

static void line_of_step(Turn *t, size_t n)
{
	const LadderStep *s = &t->ladder.steps[n];
	AUTO(Buf) who = { 0 }, how = { 0 }, text = { 0 };

	names(s->via, s->via_n, &how);
	if (s->state == LADDER_TOLD) {
		names(s->told_to, s->told_to_n, &who);
		buf_printf(&text, tr(t->lang, "step %zu: told %s"), n,
		           s->told_to_n ? buf_str(&who) : buf_str(&how));
		if (s->told_to_n && s->via_n)
			buf_printf(&text, " (%s)", buf_str(&how));
	} else if (s->to_n) {
		names(s->to, s->to_n, &who);
		buf_printf(&text, tr(t->lang, "step %zu: nobody could be reached (%s)"), n,
		           buf_str(&who));
	} else {
		buf_printf(&text, tr(t->lang, "step %zu: the plan gives no channel"), n);
	}
	story_line(t, s->state == LADDER_TOLD ? "step" : "step_unreachable", buf_str(&text), false);
}

typedef struct Before {
	LadderStepState states[LADDER_STEPS];
} Before;

static Before before_steps(const Turn *t)
{
	Before b = { 0 };

	for (size_t n = 0; n < t->ladder.n; n++)
		b.states[n] = t->ladder.steps[n].state;
	return b;
}

/* The ladder wrote the evidence; here the story gets its lines. Steps that are no
 * longer wanted make none. */
static void lines_of_steps(Turn *t, const Before *b)
{
	for (size_t n = 0; n < t->ladder.n; n++) {
		const LadderStep *s = &t->ladder.steps[n];
		bool no_route = s->state == LADDER_DROPPED && s->to_n == 0 && s->via_n == 0;

		if (s->state != b->states[n] &&
		    (s->state == LADDER_TOLD || s->state == LADDER_OWED || no_route))
			line_of_step(t, n);
	}
}

void hands_climb(Turn *t, TellKind first)
{
	LadderCase c = story_case(t, first);
	Before b = before_steps(t);

	(void)ladder_step(&t->ladder, &c, t->now, t->fx);
	lines_of_steps(t, &b);
}

bool hands_advance(Turn *t, const char *why)
{
	LadderCase c = story_case(t, TELL_INCIDENT_ESCALATED);
	Before b = before_steps(t);
	bool told = ladder_advance(&t->ladder, &c, why, t->now, t->fx);

	lines_of_steps(t, &b);
	return told;
}

Instant hands_due(const Turn *t)
{
	LadderCase c = story_case(t, TELL_INCIDENT_OPENED);
	Instant due = ladder_due(&t->ladder, &c, t->now);

	for (size_t i = 0; i < t->parts->clocks.n; i++)
		due = earliest(due, clock_due(&t->parts->clocks.at[i]));
	return due;
}
