/* The ladder: freezing it, climbing it, and its JSON (read with jansson). */
#include "incident/ladder.h"

#include "core/emit.h"
#include "core/text.h"
#include "incident/roster.h"
#include "notify/lang.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>

enum { LADDER_VERSION = 1 };

static const char *const state_names[] = { "waiting", "told", "owed", "dropped" };
static const char *const when_names[] = { "unacknowledged", "unresolved", "always" };

/* ---- freezing ---- */

/* Adds names that are not there yet. */
static void copy_names(const Texts *from, char to[LADDER_NAMES][64], size_t *n)
{
	for (size_t i = 0; i < from->n && *n < LADDER_NAMES; i++) {
		bool known = false;

		for (size_t k = 0; k < *n; k++)
			known = known || text_eq(to[k], from->at[i]);
		if (!known)
			text_copy(to[(*n)++], 64, from->at[i]);
	}
}

static void freeze_step(LadderStep *to, const EscalationStep *from, const Texts *route,
                        const Zone *zone, Instant opened)
{
	to->when = from->when;
	to->due = zone_add(zone, opened, from->after);
	to->told_at = LONG_AGO;
	copy_names(&from->to, to->to, &to->to_n);
	copy_names(from->via.n ? &from->via : route, to->via, &to->via_n);
}

/* Does some channel of the route reach somebody without a name being given? */
static bool has_recipients(const Plan *p, const Texts *route)
{
	for (size_t i = 0; i < route->n; i++) {
		const Channel *c = plan_channel(p, route->at[i]);

		bool personal = c && (c->type == CHANNEL_EMAIL || c->type == CHANNEL_SMS ||
		                      c->type == CHANNEL_COMMAND);

		if (c && (c->to.n || c->rooms.n || !personal))
			return true;
	}
	return false;
}

void ladder_freeze(Ladder *l, const Plan *p, const Level *level, const Class *class_,
                   Instant opened)
{
	static const Texts no_route = { 0 };
	const Zone *zone = p->head.timezone ? p->head.timezone : zone_utc();
	const Escalation *steps = level && level->escalation ? level->escalation
	                          : class_                   ? class_->escalation
	                                                     : NULL;
	const Texts *route = level && level->route.n ? &level->route
	                     : class_                ? &class_->route
	                                             : &no_route;
	size_t first = 0;

	*l = (Ladder){ .n = 1 };
	if (level && (level->escalation || level->route.n || !class_))
		(void)snprintf(l->from, sizeof l->from, "level:%s", level->item.id);
	else if (class_)
		(void)snprintf(l->from, sizeof l->from, "class:%s", class_->item.id);
	l->steps[0].when = STEP_ALWAYS;
	l->steps[0].due = opened;
	l->steps[0].told_at = LONG_AGO;
	copy_names(route, l->steps[0].via, &l->steps[0].via_n);
	/* Policy steps due at once are the same call as the route, and nobody is woken twice in
	 * one second to be told the same thing; but where the route has recipients of its own,
	 * people named by the policy are told beside them, not in their place. */
	while (steps && first < steps->steps_n && span_is_zero(steps->steps[first].after) &&
	       (!steps->steps[first].to.n || !has_recipients(p, route))) {
		copy_names(&steps->steps[first].to, l->steps[0].to, &l->steps[0].to_n);
		copy_names(&steps->steps[first].via, l->steps[0].via, &l->steps[0].via_n);
		first++;
	}
	for (size_t i = first; steps && i < steps->steps_n && l->n < LADDER_STEPS; i++)
		freeze_step(&l->steps[l->n++], &steps->steps[i], route, zone, opened);
}

/* ---- asking ---- */

static bool is_wanted(const LadderStep *s, const LadderCase *c)
{
	switch (s->when) {
	case STEP_UNACKNOWLEDGED: return !c->acknowledged && !c->resolved;
	case STEP_UNRESOLVED: return !c->resolved;
	case STEP_ALWAYS: break;
	}
	return true;
}

static void reach(const LadderStep *s, const LadderCase *c, Instant now, ReachList *ret)
{
	const char *names[LADDER_NAMES];

	for (size_t i = 0; i < s->to_n; i++)
		names[i] = s->to[i];
	roster_reach(c->plan, names, s->to_n, now, ret);
}

int ladder_last_told(const Ladder *l)
{
	int last = -1;

	for (size_t i = 0; i < l->n; i++) {
		if (is_set(l->steps[i].told_at))
			last = (int)i;
	}
	return last;
}

int ladder_next_step(const Ladder *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->steps[i].state == LADDER_WAITING)
			return (int)i;
	}
	return -1;
}

/* ---- telling ---- */

static char *step_facts(const Ladder *l, size_t n, const ReachList *found)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	emit_object(&e, NULL);
	emit_int(&e, "step", (int64_t)n);
	emit_int(&e, "steps", (int64_t)l->n - 1);
	emit_int(&e, "round", (int64_t)l->round);
	emit_text(&e, "ladder", l->from);
	emit_instant(&e, "due", l->steps[n].due);
	emit_array(&e, "asked");
	for (size_t i = 0; i < l->steps[n].to_n; i++)
		emit_text(&e, NULL, l->steps[n].to[i]);
	emit_array_end(&e);
	emit_array(&e, "to");
	for (size_t i = 0; i < found->n; i++)
		emit_text(&e, NULL, found->at[i].id);
	emit_array_end(&e);
	emit_array(&e, "via");
	for (size_t i = 0; i < l->steps[n].via_n; i++)
		emit_text(&e, NULL, l->steps[n].via[i]);
	emit_array_end(&e);
	emit_int(&e, "away", found->away);
	emit_int(&e, "without_address", found->unfilled);
	emit_int(&e, "without_contact", found->unstaffed);
	emit_int(&e, "not_in_plan", found->unknown);
	emit_object_end(&e);
	return buf_take(&json);
}

static void record(const Ladder *l, size_t n, const LadderCase *c, const char *kind,
                   const ReachList *found, const char *why, Instant now, Effects *fx)
{
	Entry *e = effects_entry(fx, now, kind, c->subject, "carene", step_facts(l, n, found));

	text_copy(e->note, sizeof e->note, why);
}

/* One message for each eight people. */
static Tell *begin_tell(const Ladder *l, size_t n, size_t first, const LadderCase *c, Effects *fx)
{
	char key[96];
	size_t used;
	Tell *t;

	used = (size_t)snprintf(key, sizeof key, "%.56s:step:%zu", c->prefix, n);
	if (l->round)
		used += (size_t)snprintf(key + used, sizeof key - used, ":r%u", l->round);
	if (first)
		(void)snprintf(key + used, sizeof key - used, ":+%zu", first);
	t = effects_tell(fx, (int)n == l->base ? c->first : TELL_INCIDENT_ESCALATED, c->subject,
	                 key);
	text_copy(t->rule, sizeof t->rule, c->rule);
	t->rank = c->rank;
	for (size_t i = 0; i < l->steps[n].via_n; i++)
		tell_via(t, l->steps[n].via[i]);
	return t;
}

static void remember(LadderStep *s, const char *id)
{
	for (size_t i = 0; i < s->told_to_n; i++) {
		if (text_eq(s->told_to[i], id))
			return;
	}
	if (s->told_to_n < LADDER_TOLD_MAX)
		text_copy(s->told_to[s->told_to_n++], 64, id);
}

static void tell(Ladder *l, size_t n, const LadderCase *c, const ReachList *found, const char *why,
                 Instant now, Effects *fx)
{
	for (size_t first = 0; first == 0 || first < found->n; first += TELL_NAMES) {
		Tell *t = begin_tell(l, n, first, c, fx);

		for (size_t i = first; i < found->n && i < first + TELL_NAMES; i++)
			tell_to(t, found->at[i].id);
		text_copy(t->text, sizeof t->text, why);
	}
	l->steps[n].state = LADDER_TOLD;
	l->steps[n].told_at = now;
	for (size_t i = 0; i < found->n; i++)
		remember(&l->steps[n], found->at[i].id);
	record(l, n, c, "incident.step", found, why, now, fx);
}

/* Can this step be told now, and to whom? Where nobody is merely away, its channels
 * have recipients of their own. */
static bool somebody(const LadderStep *s, const LadderCase *c, Instant now, ReachList *found)
{
	reach(s, c, now, found);
	return found->n > 0 || (s->via_n > 0 && found->away == 0);
}

static void say_nobody(const Ladder *l, size_t n, const LadderCase *c, const ReachList *found,
                       Instant now, Effects *fx)
{
	const LadderStep *s = &l->steps[n];

	record(l, n, c, "incident.step_unreachable", found,
	       s->to_n ? "nobody can be reached now" : "the plan gives no channel", now, fx);
}

static void add_reason(Buf *why, const LadderCase *c, size_t n)
{
	Lang lang = lang_parse(c->plan->head.language);

	if (why->n)
		buf_text(why, "; ");
	buf_printf(why, tr(lang, "nobody could be reached in step %zu"), n);
}

/* Tells step n or, where nobody is there, the next one that is wanted, and so on. */
static bool climb(Ladder *l, size_t n, const LadderCase *c, Buf *why, Instant now, Effects *fx)
{
	for (; n < l->n; n++) {
		LadderStep *s = &l->steps[n];
		ReachList found;

		if (s->state != LADDER_WAITING)
			continue;
		if (!is_wanted(s, c)) {
			s->state = LADDER_DROPPED;
			continue;
		}
		if (somebody(s, c, now, &found)) {
			tell(l, n, c, &found, buf_str(why), now, fx);
			return true;
		}
		say_nobody(l, n, c, &found, now, fx);
		/* A route that the plan leaves out can't come later, and hurries nobody. */
		s->state = s->to_n ? LADDER_OWED : LADDER_DROPPED;
		if (!s->to_n)
			return false;
		add_reason(why, c, n);
	}
	return false;
}

static unsigned pay_what_is_owed(Ladder *l, const LadderCase *c, Instant now, Effects *fx)
{
	unsigned told = 0;
	Lang lang = lang_parse(c->plan->head.language);

	for (size_t n = 0; n < l->n; n++) {
		LadderStep *s = &l->steps[n];
		ReachList found;

		if (s->state != LADDER_OWED)
			continue;
		if (!is_wanted(s, c)) {
			s->state = LADDER_DROPPED;
		} else if (somebody(s, c, now, &found)) {
			tell(l, n, c, &found, tr(lang, "nobody could be reached earlier"), now, fx);
			told++;
		}
	}
	return told;
}

static void waiting_reason(const Ladder *l, size_t n, const LadderCase *c, Instant now, Buf *why)
{
	Lang lang = lang_parse(c->plan->head.language);
	char passed[LANG_TEXT];

	if ((int)n == l->base)
		return;
	lang_duration(lang, between(l->steps[l->base].due, now), passed);
	switch (l->steps[n].when) {
	case STEP_UNACKNOWLEDGED:
		buf_printf(why, tr(lang, "not acknowledged after %s"), passed);
		break;
	case STEP_UNRESOLVED: buf_printf(why, tr(lang, "not resolved after %s"), passed); break;
	case STEP_ALWAYS: buf_printf(why, tr(lang, "open for %s"), passed); break;
	}
}

unsigned ladder_step(Ladder *l, const LadderCase *c, Instant now, Effects *fx)
{
	unsigned told;

	if (c->held || c->over)
		return 0;
	told = pay_what_is_owed(l, c, now, fx);
	for (size_t n = 0; n < l->n; n++) {
		AUTO(Buf) why = { 0 };

		if (l->steps[n].state != LADDER_WAITING || !is_due(l->steps[n].due, now))
			continue;
		if (!is_wanted(&l->steps[n], c)) {
			l->steps[n].state = LADDER_DROPPED;
			continue;
		}
		waiting_reason(l, n, c, now, &why);
		told += climb(l, n, c, &why, now, fx);
	}
	return told;
}

bool ladder_advance(Ladder *l, const LadderCase *c, const char *why, Instant now, Effects *fx)
{
	int n = ladder_next_step(l);
	AUTO(Buf) text = { 0 };

	if (n < 0 || c->held || c->over)
		return false;
	buf_text(&text, why);
	return climb(l, (size_t)n, c, &text, now, fx);
}

void ladder_rearm(Ladder *l, Instant now)
{
	int last = ladder_last_told(l);
	Instant from;

	l->round++;
	if (last < 0)
		return;
	from = l->steps[last].due;
	l->base = last;
	for (size_t n = (size_t)last; n < l->n; n++) {
		l->steps[n].due = after(now, between(from, l->steps[n].due));
		l->steps[n].state = LADDER_WAITING;
	}
}

Instant ladder_due(const Ladder *l, const LadderCase *c, Instant now)
{
	Instant due = NEVER;

	if (c->held || c->over)
		return NEVER;
	for (size_t n = 0; n < l->n; n++) {
		const LadderStep *s = &l->steps[n];

		if (s->state == LADDER_WAITING)
			due = earliest(due, s->due);
		for (size_t i = 0; s->state == LADDER_OWED && is_wanted(s, c) && i < s->to_n; i++)
			due = earliest(due, roster_next_reachable(c->plan, s->to[i], now));
	}
	return due;
}

void ladder_replace(Ladder *l, const Plan *p, const Level *level, const Class *class_,
                    Instant opened, bool worse, Instant now)
{
	Ladder fresh, kept = { .round = l->round + 1 };

	ladder_freeze(&fresh, p, level, class_, opened);
	text_copy(kept.from, sizeof kept.from, fresh.from);
	for (size_t i = 0; i < l->n; i++) {
		if (l->steps[i].state == LADDER_TOLD)
			kept.steps[kept.n++] = l->steps[i];
	}
	kept.base = (int)kept.n;
	for (size_t i = 0; i < fresh.n && kept.n < LADDER_STEPS; i++) {
		if (worse || kept.base == 0 || earlier(now, fresh.steps[i].due))
			kept.steps[kept.n++] = fresh.steps[i];
	}
	if ((size_t)kept.base == kept.n)
		kept.base = kept.n ? (int)kept.n - 1 : 0;
	*l = kept;
}

static bool has_all(const char some[][64], size_t some_n, const char all[][64], size_t all_n)
{
	for (size_t i = 0; i < some_n; i++) {
		bool there = false;

		for (size_t k = 0; k < all_n && !there; k++)
			there = text_eq(some[i], all[k]);
		if (!there)
			return false;
	}
	return true;
}

/* Has an earlier told step said it to this person (NULL: to the channels' own
 * recipients) through at least the same channels? */
static bool was_addressed(const Ladder *l, size_t n, const char *person)
{
	for (size_t i = 0; i < n; i++) {
		const LadderStep *s = &l->steps[i];
		bool there = !person && s->told_to_n == 0;

		if (!is_set(s->told_at) ||
		    !has_all(l->steps[n].via, l->steps[n].via_n, s->via, s->via_n))
			continue;
		for (size_t k = 0; person && k < s->told_to_n && !there; k++)
			there = text_eq(s->told_to[k], person);
		if (there)
			return true;
	}
	return false;
}

/* Who of the people told may be told now: everybody of a recovery, else those there. */
static bool is_there(const LadderCase *c, const char *id, bool recovery, Instant now)
{
	const Contact *contact = plan_contact(c->plan, id);

	if (!contact)
		return plan_audience(c->plan, id) != NULL;
	return recovery || roster_contact_reachable(c->plan, contact, now, NULL);
}

static Tell *begin_message(const LadderStep *s, const LadderCase *c, TellKind kind, const char *key,
                           const char *text, Effects *fx)
{
	Tell *t = effects_tell(fx, kind, c->subject, key);

	text_copy(t->rule, sizeof t->rule, c->rule);
	text_copy(t->text, sizeof t->text, text);
	t->rank = c->rank;
	for (size_t i = 0; i < s->via_n; i++)
		tell_via(t, s->via[i]);
	return t;
}

typedef struct Round {
	const LadderCase *c;
	TellKind kind;
	const char *key, *text;
	bool recovery;
	Instant now;
	Effects *fx;
} Round;

static Tell *next_message(const LadderStep *s, size_t n, size_t people, const Round *r)
{
	char key[96];
	Tell *t;

	(void)snprintf(key, sizeof key, "%.64s:s%u", r->key, (unsigned)n);
	if (people)
		(void)snprintf(key, sizeof key, "%.64s:s%u+%u", r->key, (unsigned)n,
		               (unsigned)people);
	t = begin_message(s, r->c, r->kind, key, r->text, r->fx);
	t->recovery = r->recovery;
	return t;
}

static void tell_again(const Ladder *l, size_t n, const Round *r)
{
	const LadderStep *s = &l->steps[n];
	size_t people = 0;
	Tell *t = NULL;

	if (s->told_to_n == 0 && !was_addressed(l, n, NULL))
		(void)next_message(s, n, 0, r);
	for (size_t i = 0; i < s->told_to_n; i++) {
		if (was_addressed(l, n, s->told_to[i]) ||
		    !is_there(r->c, s->told_to[i], r->recovery, r->now))
			continue;
		if (people % TELL_NAMES == 0)
			t = next_message(s, n, people, r);
		people++;
		tell_to(t, s->told_to[i]);
	}
}

void ladder_tell_told(const Ladder *l, const LadderCase *c, TellKind kind, const char *key,
                      bool recovery, const char *text, Instant now, Effects *fx)
{
	const Round r = { c, kind, key, text, recovery, now, fx };

	for (size_t n = 0; n < l->n; n++) {
		if (is_set(l->steps[n].told_at))
			tell_again(l, n, &r);
	}
}

void ladder_tell_next(const Ladder *l, const LadderCase *c, TellKind kind, const char *key,
                      const char *text, Instant now, Effects *fx)
{
	int n = ladder_next_step(l);
	ReachList found;
	Tell *t;

	if (n < 0 || !somebody(&l->steps[n], c, now, &found))
		return;
	t = begin_message(&l->steps[n], c, kind, key, text, fx);
	for (size_t i = 0; i < found.n; i++)
		tell_to(t, found.at[i].id);
}

/* ---- JSON ---- */

static void write_names(Emit *e, const char *key, const char names[][64], size_t n)
{
	emit_array(e, key);
	for (size_t i = 0; i < n; i++)
		emit_text(e, NULL, names[i]);
	emit_array_end(e);
}

char *ladder_write(const Ladder *l)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	emit_object(&e, NULL);
	emit_int(&e, "v", LADDER_VERSION);
	emit_text(&e, "from", l->from);
	emit_int(&e, "base", l->base);
	emit_int(&e, "round", (int64_t)l->round);
	emit_array(&e, "steps");
	for (size_t i = 0; i < l->n; i++) {
		const LadderStep *s = &l->steps[i];

		emit_object(&e, NULL);
		emit_text(&e, "state", state_names[s->state]);
		emit_text(&e, "when", when_names[s->when]);
		emit_instant(&e, "due", s->due);
		emit_instant(&e, "told", s->told_at);
		write_names(&e, "to", s->to, s->to_n);
		write_names(&e, "via", s->via, s->via_n);
		write_names(&e, "told_to", s->told_to, s->told_to_n);
		emit_object_end(&e);
	}
	emit_array_end(&e);
	emit_object_end(&e);
	return buf_take(&json);
}

static bool read_word(const json_t *o, const char *key, const char *const *words, size_t n,
                      unsigned *ret)
{
	const char *s = json_string_value(json_object_get(o, key));

	for (size_t i = 0; i < n; i++) {
		if (text_eq(s, words[i])) {
			*ret = (unsigned)i;
			return true;
		}
	}
	return false;
}

static bool read_instant(const json_t *o, const char *key, Instant *ret)
{
	const json_t *v = json_object_get(o, key);

	*ret = LONG_AGO;
	return json_is_null(v) || (json_is_string(v) && instant_parse(json_string_value(v), ret));
}

static bool read_names(const json_t *o, const char *key, char to[][64], size_t cap, size_t *n)
{
	const json_t *list = json_object_get(o, key);

	if (!json_is_array(list) || json_array_size(list) > cap)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);
		size_t size = json_string_length(v);

		if (!json_is_string(v) || size == 0 || size >= 64)
			return false;
		text_copy(to[(*n)++], 64, json_string_value(v));
	}
	return true;
}

static bool read_step(const json_t *o, LadderStep *s)
{
	unsigned state = 0, when = 0;

	if (!read_word(o, "state", state_names, COUNT_OF(state_names), &state) ||
	    !read_word(o, "when", when_names, COUNT_OF(when_names), &when) ||
	    !read_instant(o, "due", &s->due) || !is_set(s->due) ||
	    !read_instant(o, "told", &s->told_at) ||
	    !read_names(o, "to", s->to, LADDER_NAMES, &s->to_n) ||
	    !read_names(o, "via", s->via, LADDER_NAMES, &s->via_n) ||
	    !read_names(o, "told_to", s->told_to, LADDER_TOLD_MAX, &s->told_to_n))
		return false;
	s->state = (LadderStepState)state;
	s->when = (StepWhen)when;
	return s->state != LADDER_TOLD || is_set(s->told_at);
}

static bool read_ladder(const json_t *o, Ladder *l)
{
	const json_t *steps = json_object_get(o, "steps");
	json_int_t base = json_integer_value(json_object_get(o, "base"));
	json_int_t round = json_integer_value(json_object_get(o, "round"));
	const char *from = json_string_value(json_object_get(o, "from"));

	if (json_integer_value(json_object_get(o, "v")) != LADDER_VERSION || !from ||
	    strlen(from) >= sizeof l->from || !json_is_array(steps))
		return false;
	l->n = json_array_size(steps);
	if (l->n == 0 || l->n > LADDER_STEPS || base < 0 || base >= (json_int_t)l->n || round < 0 ||
	    round > 1000000)
		return false;
	text_copy(l->from, sizeof l->from, from);
	l->base = (int)base;
	l->round = (unsigned)round;
	for (size_t i = 0; i < l->n; i++) {
		if (!read_step(json_array_get(steps, i), &l->steps[i]))
			return false;
	}
	return true;
}

bool ladder_read(const char *json, Ladder *ret)
{
	json_t *o = json ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bool good;

	*ret = (Ladder){ 0 };
	good = o && read_ladder(o, ret);
	json_decref(o);
	if (!good)
		*ret = (Ladder){ 0 };
	return good;
}
