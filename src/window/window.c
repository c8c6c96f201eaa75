/* The life of one occurrence. See window.h for the diagram. */
#include "window/window.h"

#include "core/alloc.h"
#include "core/text.h"
#include "window/window_private.h"

#include <stdio.h>

/* ---- words ---- */

const char *window_state_name(WindowState s)
{
	static const char *const names[] = {
		[WINDOW_PLANNED] = "planned",   [WINDOW_ANNOUNCED] = "announced",
		[WINDOW_OPEN] = "open",         [WINDOW_OPENED_UNANNOUNCED] = "opened_unannounced",
		[WINDOW_OVERRUN] = "overrun",   [WINDOW_CLOSED] = "closed",
		[WINDOW_REPORTED] = "reported", [WINDOW_CANCELLED] = "cancelled",
	};

	return (size_t)s < COUNT_OF(names) ? names[s] : "unknown";
}

const char *window_origin_name(WindowOrigin o)
{
	static const char *const names[] = { "plan", "one_off", "emergency" };

	return (size_t)o < COUNT_OF(names) ? names[o] : "unknown";
}

const char *window_subject(const WindowOccurrence *o, char out[SUBJECT])
{
	(void)snprintf(out, SUBJECT, "window:%s", o->id);
	return out;
}

static const char *key(const WindowOccurrence *o, const char *suffix, char out[KEY])
{
	(void)snprintf(out, KEY, "win:%s:%s", o->id, suffix);
	return out;
}

bool window_is_notice(const WindowOccurrence *o, const char *tell)
{
	char mine[KEY];

	return text_eq(tell, key(o, "notice", mine));
}

/* ---- evidence and tells ---- */

static char *facts(const WindowOccurrence *o)
{
	AUTO(Buf) b = { 0 };
	Emit e = emit_to(&b);

	emit_object(&e, NULL);
	emit_text(&e, "window", o->window);
	emit_text(&e, "origin", window_origin_name(o->origin));
	emit_instant(&e, "starts", o->starts);
	emit_instant(&e, "ends", o->ends);
	if (o->until.us != o->ends.us)
		emit_instant(&e, "until", o->until);
	if (is_set(o->announce_by))
		emit_instant(&e, "announce_by", o->announce_by);
	if (is_set(o->announced_at))
		emit_instant(&e, "announced_at", o->announced_at);
	if (is_set(o->real_end)) {
		emit_instant(&e, "real_start", o->real_start);
		emit_instant(&e, "real_end", o->real_end);
	}
	if (o->state == WINDOW_REPORTED)
		emit_seconds(&e, "downtime", o->downtime);
	emit_object_end(&e);
	return buf_take(&b);
}

Entry *window_note(Effects *fx, const WindowOccurrence *o, Instant at, const char *kind,
                   const char *actor)
{
	char subject[SUBJECT];

	return effects_entry(fx, at, kind, window_subject(o, subject), actor ? actor : "carene",
	                     facts(o));
}

const Notice *window_notice(const Plan *plan, const char *window)
{
	const Notice *general = NULL;

	for (size_t i = 0; i < plan->notices_n; i++) {
		const Notice *n = &plan->notices[i];

		for (size_t k = 0; k < n->windows.n; k++) {
			if (text_eq(n->windows.at[k], window))
				return n;
		}
		if (!n->windows.n && !general)
			general = n;
	}
	return general;
}

Tell *window_tell(Effects *fx, const WindowOccurrence *o, const Plan *plan, TellKind kind,
                  const char *suffix)
{
	const Notice *notice = window_notice(plan, o->window);
	const Window *w = plan_window(plan, o->window);
	const Texts *via = w && w->via.n ? &w->via : notice ? &notice->via : NULL;
	char subject[SUBJECT], name[KEY];
	Tell *t = effects_tell(fx, kind, window_subject(o, subject), key(o, suffix, name));

	for (size_t i = 0; via && i < via->n; i++)
		tell_via(t, via->at[i]);
	for (size_t i = 0; notice && i < notice->audience.n; i++)
		tell_to(t, notice->audience.at[i]);
	if (notice && notice->template_ && kind == TELL_WINDOW_NOTICE)
		text_copy(t->template_id, sizeof t->template_id, notice->template_->item.id);
	return t;
}

/* A sentence to those who look after Carène, in the plan's language. */
static void tell_self(Effects *fx, const WindowOccurrence *o, const Plan *plan, const char *suffix,
                      const char *en, const char *fr, const char *detail)
{
	char subject[SUBJECT], name[KEY];
	Tell *t = effects_tell(fx, TELL_SELF, window_subject(o, subject), key(o, suffix, name));

	(void)snprintf(t->text, sizeof t->text, "%s: %s%s%s", *o->label ? o->label : o->id,
	               text_eq(plan->head.language, "fr") ? fr : en, *detail ? ": " : "", detail);
}

const char *window_missing(const WindowOccurrence *o, const Plan *plan, char out[KEY])
{
	const Notice *notice = window_notice(plan, o->window);
	AUTO(Buf) b = { .max = KEY - 1 };

	for (size_t i = 0; notice && i < notice->content.n; i++) {
		const char *what = notice->content.at[i];

		if ((text_eq(what, "reason") && !*o->reason) ||
		    (text_eq(what, "alternatives") && !*o->alternatives) ||
		    (text_eq(what, "impact") && o->impact == IMPACT_UNSTATED))
			buf_printf(&b, "%s%s", b.n ? ", " : "", what);
	}
	text_copy(out, KEY, buf_str(&b));
	return out;
}

/* ---- time ---- */

bool window_is_over(const WindowOccurrence *o)
{
	return o->state == WINDOW_CLOSED || o->state == WINDOW_REPORTED ||
	       o->state == WINDOW_CANCELLED;
}

static bool is_running(const WindowOccurrence *o)
{
	return o->state == WINDOW_OPEN || o->state == WINDOW_OPENED_UNANNOUNCED ||
	       o->state == WINDOW_OVERRUN;
}

static bool notice_waits(const WindowOccurrence *o)
{
	return is_set(o->notice_due) && !is_set(o->told_at) && !o->notice_refused &&
	       o->state == WINDOW_PLANNED;
}

Instant window_due(const WindowOccurrence *o)
{
	switch (o->state) {
	case WINDOW_PLANNED:
		return notice_waits(o) ? earliest(o->notice_due, o->starts) : o->starts;
	case WINDOW_ANNOUNCED: return o->starts;
	case WINDOW_OPEN:
	case WINDOW_OPENED_UNANNOUNCED: return o->until;
	case WINDOW_OVERRUN: return after(o->until, OVERRUN_MAX);
	case WINDOW_CLOSED:
	case WINDOW_REPORTED:
	case WINDOW_CANCELLED: return NEVER;
	}
	return NEVER;
}

/* Hands the notice over, or refuses it when it does not say what it must (WIN-12). */
static void give_notice(WindowOccurrence *o, const Plan *plan, Instant now, Effects *fx)
{
	char missing[KEY];

	if (*window_missing(o, plan, missing)) {
		Entry *e = window_note(fx, o, now, "window.notice_refused", NULL);

		o->notice_refused = true;
		text_copy(e->verdict, sizeof e->verdict, "refused");
		(void)snprintf(e->note, sizeof e->note, "the notice does not say: %s", missing);
		tell_self(fx, o, plan, "refused", "the notice was refused, it does not say",
		          "l'annonce a été refusée, il y manque", missing);
		return;
	}
	o->told_at = now;
	window_note(fx, o, now, "window.notice", NULL);
	window_tell(fx, o, plan, TELL_WINDOW_NOTICE, "notice");
}

static void open_it(WindowOccurrence *o, const Plan *plan, Instant now, Effects *fx)
{
	bool promised = is_set(o->announce_by), sent = is_set(o->announced_at);
	Entry *e;

	o->state = promised && !sent ? WINDOW_OPENED_UNANNOUNCED : WINDOW_OPEN;
	o->real_start = o->starts;
	e = window_note(fx, o, now, "window.opened", NULL);
	if (promised)
		text_copy(e->verdict, sizeof e->verdict,
		          window_is_announced(o) ? "kept" : "broken");
	if (o->state == WINDOW_OPENED_UNANNOUNCED)
		tell_self(fx, o, plan, "unannounced",
		          "it opened and the promised notice had not been sent",
		          "elle s'est ouverte sans que l'annonce promise soit partie", "");
}

static void close_it(WindowOccurrence *o, const Plan *plan, Instant end, const WindowEvent *event,
                     Instant now, Effects *fx)
{
	Entry *e;

	o->state = WINDOW_CLOSED;
	o->real_end = end;
	e = window_note(fx, o, now, "window.closed", event->who);
	if (event->text)
		text_copy(e->note, sizeof e->note, event->text);
	if (earlier(o->ends, end))
		text_copy(e->verdict, sizeof e->verdict, "overrun");
	if (is_set(o->told_at)) {
		Tell *t = window_tell(fx, o, plan, TELL_WINDOW_DONE, "done");

		t->recovery = true;
		if (event->text)
			text_copy(t->text, sizeof t->text, event->text);
	}
}

static void run_over(WindowOccurrence *o, const Plan *plan, Instant now, Effects *fx)
{
	char suffix[32];

	o->state = WINDOW_OVERRUN;
	window_note(fx, o, now, "window.overrun", NULL);
	(void)snprintf(suffix, sizeof suffix, "overrun:%u", o->extensions);
	tell_self(fx, o, plan, suffix,
	          "the work was to be over, and nobody has said that it is; messages are no "
	          "longer held back",
	          "les travaux devaient être finis, et personne ne l'a dit ; les messages ne sont "
	          "plus retenus",
	          "");
}

/* All that time alone does, however much of it has passed. */
static void tick(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                 Effects *fx)
{
	if (notice_waits(o) && is_due(o->notice_due, now) && earlier(now, o->starts))
		give_notice(o, plan, now, fx);
	if ((o->state == WINDOW_PLANNED || o->state == WINDOW_ANNOUNCED) && is_due(o->starts, now))
		open_it(o, plan, now, fx);
	if ((o->state == WINDOW_OPEN || o->state == WINDOW_OPENED_UNANNOUNCED) &&
	    is_due(o->until, now)) {
		if (o->confirmed)
			run_over(o, plan, now, fx);
		else
			close_it(o, plan, o->until, event, now, fx);
	}
	if (o->state == WINDOW_OVERRUN && is_due(after(o->until, OVERRUN_MAX), now)) {
		WindowEvent nobody = { .text = "nobody said that it ended" };

		close_it(o, plan, after(o->until, OVERRUN_MAX), &nobody, now, fx);
	}
}

static void notice_sent(WindowOccurrence *o, Instant at, Instant now, Effects *fx)
{
	Entry *e;

	if (!is_set(o->told_at) || is_set(o->announced_at) || window_is_over(o))
		return;
	o->announced_at = at;
	o->notice_late = is_set(o->announce_by) && earlier(o->announce_by, at);
	if (o->state == WINDOW_PLANNED)
		o->state = WINDOW_ANNOUNCED;
	e = window_note(fx, o, now, "window.announced", NULL);
	if (is_set(o->announce_by))
		text_copy(e->verdict, sizeof e->verdict, o->notice_late ? "broken" : "kept");
}

static void report(WindowOccurrence *o, const WindowEvent *event, Instant now, Effects *fx)
{
	if (o->state != WINDOW_CLOSED)
		return;
	o->state = WINDOW_REPORTED;
	o->downtime = event->downtime;
	window_note(fx, o, now, "window.reported", NULL);
}

/* ---- people ---- */

static bool not_now(const WindowOccurrence *o, const char *what, const char *hint, Err *err)
{
	err_set(err, ERR_CONFLICT, "window '%s' is %s and cannot be %s", o->id,
	        window_state_name(o->state), what);
	return err_hint(err, "%s", hint);
}

static Entry *by_person(WindowOccurrence *o, const WindowEvent *event, Instant now,
                        const char *kind, Effects *fx)
{
	Entry *e;

	if (event->who)
		text_copy(o->who, sizeof o->who, event->who);
	if (event->text && event->kind != WINDOW_DESCRIBE)
		text_copy(o->outcome, sizeof o->outcome, event->text);
	e = window_note(fx, o, now, kind, event->who);
	if (event->text)
		text_copy(e->note, sizeof e->note, event->text);
	return e;
}

/* Whether work may be under way now. A person may speak before the TICK that
 * opens it; then it opens here. What is refused changes nothing. */
static bool under_way(WindowOccurrence *o, const Plan *plan, Instant now, Effects *fx)
{
	if ((o->state == WINDOW_PLANNED || o->state == WINDOW_ANNOUNCED) &&
	    is_due(o->starts, now) && earlier(now, o->until))
		tick(o, plan, &(WindowEvent){ 0 }, now, fx);
	return is_running(o);
}

static bool start(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                  Effects *fx, Err *err)
{
	if (!under_way(o, plan, now, fx))
		return not_now(o, "started",
		               earlier(now, o->starts) ? "it has not begun; for work that cannot "
		                                         "wait open an emergency window"
		                                       : "announce a new one",
		               err);
	if (!o->confirmed) { /* a second confirmation changes nothing */
		o->confirmed = true;
		o->real_start = now;
		by_person(o, event, now, "window.started", fx);
	}
	return true;
}

static bool end(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                Effects *fx, Err *err)
{
	if (!under_way(o, plan, now, fx))
		return not_now(o, "ended", "only an open window can be ended", err);
	o->confirmed = true;
	if (event->who)
		text_copy(o->who, sizeof o->who, event->who);
	if (event->text)
		text_copy(o->outcome, sizeof o->outcome, event->text);
	close_it(o, plan, now, event, now, fx);
	return true;
}

static bool extend(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                   Effects *fx, Err *err)
{
	char suffix[32];
	Tell *t;

	if (!is_running(o) && !(is_due(o->starts, now) && earlier(now, o->until)))
		return not_now(o, "extended", "only an open window can be extended", err);
	if (!is_set(event->at) || !earlier(latest(now, o->until), event->at) ||
	    earlier(after(now, days(31)), event->at))
		return err_set(err, ERR_BAD_INPUT,
		               "the new end of window '%s' must be after the present one and "
		               "within 31 days",
		               o->id);
	(void)under_way(o, plan, now, fx);
	o->until = event->at;
	o->confirmed = true;
	o->extensions++;
	if (o->state == WINDOW_OVERRUN)
		o->state = is_set(o->announce_by) && !is_set(o->announced_at)
		                   ? WINDOW_OPENED_UNANNOUNCED
		                   : WINDOW_OPEN;
	by_person(o, event, now, "window.extended", fx);
	if (is_set(o->told_at)) {
		(void)snprintf(suffix, sizeof suffix, "extended:%u", o->extensions);
		t = window_tell(fx, o, plan, TELL_WINDOW_NOTICE, suffix);
		if (event->text)
			text_copy(t->text, sizeof t->text, event->text);
	}
	return true;
}

static bool cancel(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                   Effects *fx, Err *err)
{
	if (window_is_over(o) || is_due(o->starts, now))
		return not_now(o, "cancelled",
		               window_is_over(o) ? "it is over" : "it is under way: end it", err);
	o->state = WINDOW_CANCELLED;
	by_person(o, event, now, "window.cancelled", fx);
	if (is_set(o->told_at)) {
		Tell *t = window_tell(fx, o, plan, TELL_WINDOW_CANCELLED, "cancelled");

		if (event->text)
			text_copy(t->text, sizeof t->text, event->text);
	}
	return true;
}

static bool describe(WindowOccurrence *o, const WindowEvent *event, Instant now, Effects *fx,
                     Err *err)
{
	if (is_set(o->told_at) || o->state != WINDOW_PLANNED)
		return not_now(o, "described anew",
		               "people were told already; cancel it, or extend it once open", err);
	if (event->text)
		text_copy(o->reason, sizeof o->reason, event->text);
	if (event->alternatives)
		text_copy(o->alternatives, sizeof o->alternatives, event->alternatives);
	if (event->impact != IMPACT_UNSTATED)
		o->impact = event->impact;
	o->notice_refused = false; /* judged again at the next TICK */
	by_person(o, event, now, "window.described", fx);
	return true;
}

bool window_step(WindowOccurrence *o, const Plan *plan, const WindowEvent *event, Instant now,
                 Effects *fx, Err *err)
{
	switch (event->kind) {
	case WINDOW_TICK: tick(o, plan, event, now, fx); return true;
	case WINDOW_NOTICE_SENT: notice_sent(o, event->at, now, fx); return true;
	case WINDOW_REPORT: report(o, event, now, fx); return true;
	case WINDOW_START: return start(o, plan, event, now, fx, err);
	case WINDOW_END: return end(o, plan, event, now, fx, err);
	case WINDOW_EXTEND: return extend(o, plan, event, now, fx, err);
	case WINDOW_CANCEL: return cancel(o, plan, event, now, fx, err);
	case WINDOW_DESCRIBE: return describe(o, event, now, fx, err);
	}
	return true;
}
