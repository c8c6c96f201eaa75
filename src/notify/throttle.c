#include "notify/throttle.h"

#include "core/digest.h"
#include "core/emit.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <jansson.h>
#include <stdio.h>

enum {
	STORM_S = 30,
	PER_HOUR = 60,
	AT_ONCE = 5,
	GROUP_MAX = 300, /* events in one message; the rest follows in the next */
};

static const Column columns[] = {
	COLUMN(Throttle, id),         COLUMN(Throttle, next_slot), COLUMN(Throttle, burst_until),
	COLUMN(Throttle, burst_rank), COLUMN(Throttle, flush_at),
};

const RecordType throttle_record = { "throttle", sizeof(Throttle), COUNT_OF(columns), columns };

const char *throttle_id(const char *channel, const char *recipient, char out[224])
{
	(void)snprintf(out, 224, "%.60s/%.160s", channel, recipient);
	return out;
}

Throttle throttle_new(const Message *m)
{
	Throttle t = { .next_slot = LONG_AGO, .burst_until = LONG_AGO, .flush_at = LONG_AGO };

	(void)throttle_id(m->channel, m->recipient, t.id);
	return t;
}

/* ---- the ladder: GCRA ---- */

typedef struct Ladder {
	Duration interval; /* between two, once the first have gone */
	Duration slack;    /* how far ahead of the theoretical time the first may go */
} Ladder;

/* b at once and then one per T, with T such that b + (T's in an hour) is per_hour: in
 * no hour [t, t + 1 h) go more. */
static Ladder ladder_of(const Plan *plan, const char *channel)
{
	const Channel *c = plan_channel(plan, channel);
	double asked = c && c->per_hour.set && !c->per_hour.unset ? c->per_hour.value : PER_HOUR;
	int64_t n = asked < 1 ? 1 : asked > 100000 ? 100000 : (int64_t)asked;
	int64_t burst = (n + 1) / 2 < AT_ONCE ? (n + 1) / 2 : AT_ONCE;
	/* Rounded up: a rounded-down T lets one more in at the end of the hour. */
	int64_t us = (hours(1).us + n - burst) / (n - burst + 1);

	return (Ladder){ duration_us(us), duration_us(us * (burst - 1)) };
}

static Instant earliest_slot(const Throttle *t, const Ladder *l)
{
	return is_set(t->next_slot) ? after(t->next_slot, duration_us(-l->slack.us)) : LONG_AGO;
}

static void take_slot(Throttle *t, const Ladder *l, Instant now)
{
	t->next_slot = after(is_set(t->next_slot) ? latest(t->next_slot, now) : now, l->interval);
}

/* ---- storms ---- */

/* Notices are written to be read one by one. */
static bool is_storm_kind(const Message *m)
{
	return tell_pages((TellKind)m->kind) && m->kind != TELL_KINDS;
}

static bool in_burst(const Throttle *t, Instant now)
{
	return is_set(t->burst_until) && now.us < t->burst_until.us;
}

static bool is_more_urgent(const Message *m, const Throttle *t)
{
	return !m->recovery && m->rank > 0 && (t->burst_rank == 0 || m->rank < t->burst_rank);
}

static void begin_burst(Throttle *t, const Message *m, Instant now)
{
	bool going = in_burst(t, now);

	if (!going || (m->rank > 0 && (t->burst_rank == 0 || m->rank < t->burst_rank)))
		t->burst_rank = m->rank;
	t->burst_until = after(now, seconds(STORM_S));
}

static void send_now(Throttle *t, const Ladder *l, Message *m, Instant now)
{
	m->state = MESSAGE_READY;
	m->next_try = now;
	take_slot(t, l, now);
	if (is_storm_kind(m))
		begin_burst(t, m, now);
}

static void hold(Throttle *t, Message *m, Instant until, const char *why, Instant now, Effects *fx)
{
	/* What is urgent or over waits for the storm at most, never for the ladder. */
	Instant soon = after(now, seconds(STORM_S));
	bool prompt = m->recovery || m->rank == 1;

	if (prompt && soon.us < until.us)
		until = soon;
	t->flush_at = is_set(t->flush_at) ? earliest(t->flush_at, until) : until;
	m->state = MESSAGE_HELD;
	m->next_try = t->flush_at;
	message_entry(fx, now, "message.held", m, "", why);
}

void throttle_admit(Throttle *t, const Plan *plan, Message *m, Instant now, Effects *fx)
{
	Ladder l = ladder_of(plan, m->channel);
	Instant slot = earliest_slot(t, &l);
	bool storm = is_storm_kind(m);
	bool urgent = storm && is_more_urgent(m, t);

	if (m->state != MESSAGE_READY)
		return;
	if (storm && is_set(t->flush_at) && !urgent)
		hold(t, m, t->flush_at, "others wait for the same recipient", now, fx);
	else if (storm && in_burst(t, now) && !urgent)
		hold(t, m, latest(t->burst_until, slot), "part of a storm", now, fx);
	else if (now.us < slot.us && !urgent && !m->recovery)
		hold(t, m, slot, "over the messages an hour this recipient is to get", now, fx);
	else
		send_now(t, &l, m, now);
}

/* ---- one message for many ---- */

static void copy_fact(Fields *to, const char *name, const json_t *facts)
{
	fields_text(to, name, json_string_value(json_object_get(facts, name)));
}

static void add_event(Fields *f, const Message *m)
{
	Fields *item = fields_item(f, "events");
	json_t *facts = m->fields ? json_loads(m->fields, 0, NULL) : NULL;

	fields_instant(item, "at", m->created);
	fields_text(item, "headline", m->title ? m->title : m->subject);
	copy_fact(item, "ack_link", facts);
	copy_fact(item, "link", facts);
	/* The words of a notice are not in its title. */
	if (!is_storm_kind(m))
		fields_text(item, "text", m->text);
	copy_fact(f, "product", facts);
	json_decref(facts);
}

static const Message *worst_of(Message *const *held, size_t n)
{
	const Message *worst = held[0];

	for (size_t i = 1; i < n; i++) {
		const Message *m = held[i];
		bool worse = m->rank > 0 && (worst->rank == 0 || m->rank < worst->rank);

		if (!m->recovery && (worst->recovery || worse))
			worst = m;
	}
	return worst;
}

static void set_title(Fields *f, const Message *worst, size_t n, Lang lang)
{
	AUTO(Buf) title = { 0 };
	json_t *facts = worst->fields ? json_loads(worst->fields, 0, NULL) : NULL;
	const char *of_worst = json_string_value(json_object_get(facts, "title"));

	buf_printf(&title, "%s, ", of_worst ? of_worst : worst->subject);
	buf_printf(&title, tr_n(lang, "and %zu other", "and %zu others", n - 1), n - 1);
	fields_text(f, "title", buf_str(&title));
	json_decref(facts);
}

static void group_id(Message *const *held, size_t n, Message *g)
{
	AUTO(Buf) ids = { 0 };
	char hash[DIGEST_TEXT];

	for (size_t i = 0; i < n; i++)
		buf_printf(&ids, "%s\n", held[i]->id);
	(void)snprintf(g->tell, sizeof g->tell, "group:%.32s",
	               digest_sha256(buf_str(&ids), ids.n, hash));
	message_id(g->tell, g->channel, g->recipient, g->id);
}

static void describe_group(const Message *worst, Message *const *held, size_t n, Instant now,
                           Message *g)
{
	*g = (Message){ .kind = TELL_KINDS,
		        .state = MESSAGE_READY,
		        .rank = worst->rank,
		        .recovery = worst->recovery,
		        .created = now,
		        .next_try = now,
		        .sent_at = LONG_AGO };
	text_copy(g->channel, sizeof g->channel, worst->channel);
	text_copy(g->origin, sizeof g->origin, worst->channel);
	text_copy(g->recipient, sizeof g->recipient, worst->recipient);
	text_copy(g->contact, sizeof g->contact, worst->contact);
	text_copy(g->language, sizeof g->language, worst->language);
	text_copy(g->subject, sizeof g->subject, worst->subject);
	group_id(held, n, g);
}

static void make_group(const Plan *plan, Message *const *held, size_t n, Instant now, Effects *fx,
                       MessageChange *ret)
{
	Arena *a = arena_new("group", 32 << 20);
	Fields *f = fields_new(a);
	const Message *worst = worst_of(held, n);
	Lang lang = lang_parse(worst->language);
	Message *g = &ret->fresh;
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	Rendered r;
	Err err = { 0 };

	describe_group(worst, held, n, now, g);
	for (size_t i = 0; i < n; i++)
		add_event(f, held[i]);
	fields_number(f, "count", (double)n, 0);
	set_title(f, worst, n, lang);
	facts_complete(f, plan, &(Tell){ .kind = TELL_INCIDENT_UPDATE }, now);
	if (!message_render_builtin("grouped", f, lang, plan->head.timezone, &r, &err)) {
		/* Too long to tell as one: each goes for itself. */
		message_entry(fx, now, "message.group_failed", g, "failed", err.message);
		*g = (Message){ 0 };
	} else {
		fields_json(f, lang, &e, NULL);
		g->title = r.subject;
		g->brief = r.brief;
		g->text = r.text;
		g->html = r.html;
		g->fields = buf_take(&json);
		ret->made = true;
		message_entry(fx, now, "message.queued", g, "", g->title);
	}
	arena_free(a);
}

static void mark_grouped(Message *const *held, size_t n, const Message *g, Instant now, Effects *fx)
{
	for (size_t i = 0; i < n; i++) {
		held[i]->state = MESSAGE_GROUPED;
		held[i]->next_try = LONG_AGO;
		text_copy(held[i]->grouped_in, sizeof held[i]->grouped_in, g->id);
		message_entry(fx, now, "message.grouped", held[i], "", g->id);
	}
}

void throttle_flush(Throttle *t, const Plan *plan, Message *const *held, size_t held_n, Instant now,
                    Effects *fx, MessageChange *ret)
{
	Ladder l = ladder_of(plan, held_n ? held[0]->channel : "");
	size_t n = held_n < GROUP_MAX ? held_n : GROUP_MAX;

	*ret = (MessageChange){ 0 };
	t->flush_at = LONG_AGO;
	if (n > 1)
		make_group(plan, held, n, now, fx, ret);
	if (ret->made) {
		mark_grouped(held, n, &ret->fresh, now, fx);
		take_slot(t, &l, now);
		begin_burst(t, &ret->fresh, now);
	}
	for (size_t i = 0; !ret->made && i < n; i++)
		send_now(t, &l, held[i], now);
	for (size_t i = n; i < held_n; i++) {
		t->flush_at = latest(after(now, seconds(STORM_S)), earliest_slot(t, &l));
		held[i]->next_try = t->flush_at;
	}
}
