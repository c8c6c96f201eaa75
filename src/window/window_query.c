/* Questions about occurrences, answered from the rule and the instant alone, so
 * that a late TICK never changes an answer. */
#include "core/alloc.h"
#include "core/text.h"
#include "window/window.h"
#include "window/window_private.h"

static const Column columns[] = {
	COLUMN(WindowOccurrence, id),          COLUMN(WindowOccurrence, window),
	COLUMN(WindowOccurrence, label),       COLUMN(WindowOccurrence, origin),
	COLUMN(WindowOccurrence, state),       COLUMN(WindowOccurrence, starts),
	COLUMN(WindowOccurrence, ends),        COLUMN(WindowOccurrence, until),
	COLUMN(WindowOccurrence, announce_by), COLUMN(WindowOccurrence, notice_due),
	COLUMN(WindowOccurrence, told_at),     COLUMN(WindowOccurrence, announced_at),
	COLUMN(WindowOccurrence, notice_late), COLUMN(WindowOccurrence, notice_refused),
	COLUMN(WindowOccurrence, real_start),  COLUMN(WindowOccurrence, real_end),
	COLUMN(WindowOccurrence, confirmed),   COLUMN(WindowOccurrence, downtime),
	COLUMN(WindowOccurrence, notice),      COLUMN(WindowOccurrence, impact),
	COLUMN(WindowOccurrence, counts),      COLUMN(WindowOccurrence, quiet),
	COLUMN(WindowOccurrence, env),         COLUMN(WindowOccurrence, services),
	COLUMN(WindowOccurrence, reason),      COLUMN(WindowOccurrence, alternatives),
	COLUMN(WindowOccurrence, overlap),     COLUMN(WindowOccurrence, who),
	COLUMN(WindowOccurrence, outcome),     COLUMN(WindowOccurrence, extensions),
};

const RecordType window_occurrence_record = { "window_occurrence", sizeof(WindowOccurrence),
	                                      COUNT_OF(columns), columns };

/* ---- whom it concerns ---- */

/* `services` is a JSON list of plain ids: the quoted id is in it or not. */
static bool lists(const char *services, const char *service)
{
	AUTO(Buf) quoted = { 0 };

	buf_json(&quoted, service);
	return strstr(services, buf_str(&quoted)) != NULL;
}

bool window_concerns(const WindowOccurrence *o, const char *service, const char *env)
{
	if (*o->env && !text_is_empty(env) && !text_eq(o->env, env))
		return false;
	return !o->services || (!text_is_empty(service) && lists(o->services, service));
}

bool windows_share(const WindowOccurrence *a, const WindowOccurrence *b)
{
	char id[96];
	const char *rest = a->services;

	if (*a->env && *b->env && !text_eq(a->env, b->env))
		return false;
	if (!a->services || !b->services)
		return true;
	while (text_part(&rest, "[]\",", id, sizeof id)) {
		if (lists(b->services, id))
			return true;
	}
	return false;
}

/* ---- when it holds ---- */

Instant window_end_known(const WindowOccurrence *o)
{
	return is_set(o->real_end) ? o->real_end : latest(o->ends, o->until);
}

bool window_is_open(const WindowOccurrence *o, Instant now)
{
	if (o->state == WINDOW_CANCELLED || earlier(now, o->starts))
		return false;
	if (o->state == WINDOW_OVERRUN)
		return true;
	return earlier(now, is_set(o->real_end) ? o->real_end : o->until);
}

bool window_is_announced(const WindowOccurrence *o)
{
	if (!is_set(o->announce_by))
		return o->origin != WINDOW_EMERGENCY;
	return is_set(o->announced_at) && !earlier(o->announce_by, o->announced_at);
}

const WindowOccurrence *windows_quiet(const WindowOccurrence *at, size_t n, const char *service,
                                      const char *env, Instant now)
{
	for (size_t i = 0; i < n; i++) {
		const WindowOccurrence *o = &at[i];
		bool told = !is_set(o->announce_by) || is_set(o->announced_at);

		if (o->quiet && told && window_is_open(o, now) && earlier(now, o->until) &&
		    window_concerns(o, service, env))
			return o;
	}
	return NULL;
}

bool window_excluded(const WindowOccurrence *o, Instant *ret_from, Instant *ret_to)
{
	Instant to = is_set(o->real_end) ? earliest(o->ends, o->real_end) : o->ends;

	if (o->counts != 0 || o->state == WINDOW_CANCELLED || o->origin == WINDOW_EMERGENCY ||
	    !window_is_announced(o) || !earlier(o->starts, to))
		return false;
	*ret_from = o->starts;
	*ret_to = to;
	return true;
}

/* ---- merging ---- */

static void span_add(WindowSpan *s, const WindowOccurrence *o)
{
	s->from = s->of_n ? earliest(s->from, o->starts) : o->starts;
	s->to = s->of_n ? latest(s->to, window_end_known(o)) : window_end_known(o);
	s->impact = o->impact > s->impact ? o->impact : s->impact;
	if (s->of_n < WINDOW_JOINED)
		s->of[s->of_n++] = o;
	else
		s->more++;
}

/* The first occurrence, in order of start then place, that comes after (t, place). */
static const WindowOccurrence *next_by_start(const WindowOccurrence *at, size_t n,
                                             const WindowOccurrence *prior)
{
	const WindowOccurrence *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const WindowOccurrence *o = &at[i];
		bool later = !prior || earlier(prior->starts, o->starts) ||
		             (prior->starts.us == o->starts.us && o > prior);

		if (later && (!best || earlier(o->starts, best->starts)))
			best = o;
	}
	return best;
}

size_t windows_merge(const WindowOccurrence *at, size_t n, const char *service, const char *env,
                     Instant from, Instant to, WindowSpan *out, size_t cap)
{
	const WindowOccurrence *o = NULL;
	size_t count = 0;

	while ((o = next_by_start(at, n, o)) && earlier(o->starts, to)) {
		if (o->state == WINDOW_CANCELLED || !earlier(from, window_end_known(o)) ||
		    ((service || env) && !window_concerns(o, service, env)))
			continue;
		if (count && !earlier(out[count - 1].to, o->starts)) {
			span_add(&out[count - 1], o);
			continue;
		}
		if (count == cap)
			break;
		out[count] = (WindowSpan){ 0 };
		span_add(&out[count++], o);
	}
	return count;
}

/* ---- as JSON ---- */

static void emit_if(Emit *e, const char *name, const char *text)
{
	if (!text_is_empty(text))
		emit_text(e, name, text);
}

static void emit_if_set(Emit *e, const char *name, Instant t)
{
	if (is_set(t))
		emit_instant(e, name, t);
}

static const char *impact_name(Impact impact)
{
	static const char *const names[] = { "unstated", "none", "degraded", "down" };

	return (size_t)impact < COUNT_OF(names) ? names[impact] : "unstated";
}

void window_json(const WindowOccurrence *o, Emit *out)
{
	emit_object(out, NULL);
	emit_text(out, "id", o->id);
	emit_if(out, "window", o->window);
	emit_if(out, "label", o->label);
	emit_text(out, "origin", window_origin_name(o->origin));
	emit_text(out, "state", window_state_name(o->state));
	emit_instant(out, "starts", o->starts);
	emit_instant(out, "ends", o->ends);
	if (o->until.us != o->ends.us)
		emit_instant(out, "until", o->until);
	emit_seconds(out, "duration", between(o->starts, o->ends));
	if (is_set(o->announce_by)) {
		emit_seconds(out, "notice", o->notice);
		emit_instant(out, "announce_by", o->announce_by);
		emit_if_set(out, "notice_due", o->notice_due);
		emit_bool(out, "notice_late", o->notice_late);
		emit_bool(out, "notice_refused", o->notice_refused);
	}
	emit_if_set(out, "told_at", o->told_at);
	emit_if_set(out, "announced_at", o->announced_at);
	emit_bool(out, "announced", window_is_announced(o));
	emit_if_set(out, "real_start", o->real_start);
	emit_if_set(out, "real_end", o->real_end);
	emit_bool(out, "confirmed", o->confirmed);
	if (o->state == WINDOW_REPORTED)
		emit_seconds(out, "downtime", o->downtime);
	if (is_set(o->real_end) && earlier(o->ends, o->real_end))
		emit_seconds(out, "overrun", between(o->ends, o->real_end));
	emit_text(out, "impact", impact_name(o->impact));
	if (o->counts >= 0)
		emit_bool(out, "counts", o->counts != 0);
	emit_bool(out, "quiet", o->quiet);
	emit_if(out, "env", o->env);
	if (o->services)
		emit_raw(out, "services", o->services);
	emit_if(out, "reason", o->reason);
	emit_if(out, "alternatives", o->alternatives);
	emit_if(out, "overlap", o->overlap);
	emit_if(out, "who", o->who);
	emit_if(out, "outcome", o->outcome);
	emit_object_end(out);
}
