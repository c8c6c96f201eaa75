/* The agenda's words, facts and exported form. Decides nothing: what is due, what
 * collides and what is ours comes from agenda/. */
#include "report/calendar.h"

#include "agenda/ical.h"
#include "core/alloc.h"
#include "core/list.h"
#include "core/text.h"

static const Zone *zone_of(const Plan *p)
{
	return p->head.timezone ? p->head.timezone : zone_utc();
}

/* ---- words ---- */

/* An id alone ("daily") says too little without its kind. */
static const char *duty_title(const Duty *d)
{
	return !d->item->label && text_eq(d->title, d->item->id) ? d->id : d->title;
}

void calendar_title(Lang lang, const AgendaEntry *e, Buf *out)
{
	switch (e->kind) {
	case AGENDA_NOTICE: buf_printf(out, tr(lang, "Notice to be sent: %s"), e->title); break;
	case AGENDA_WINDOW: buf_printf(out, tr(lang, "Maintenance window: %s"), e->title); break;
	case AGENDA_SPRINT: buf_text(out, tr(lang, "End of a sprint")); break;
	case AGENDA_DUTY: buf_text(out, duty_title(e->duty)); break;
	case AGENDA_KINDS: break;
	}
}

static const char *owner_name(const Plan *p, const char *id)
{
	const Contact *contact = plan_contact(p, id);
	const Role *role = plan_role(p, id);
	const Team *team = plan_team(p, id);

	if (contact && contact->name)
		return contact->name;
	if (role)
		return item_label(&role->item);
	return team ? item_label(&team->item) : id;
}

void calendar_owners(const Plan *p, Texts owner, Buf *out)
{
	for (size_t i = 0; i < owner.n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", owner_name(p, owner.at[i]));
}

static size_t count_kind(const Agenda *a, AgendaKind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < a->entries.n; i++)
		n += a->entries.at[i].kind == kind ? a->entries.at[i].times : 0;
	return n;
}

static void comma(Buf *out) { buf_text(out, out->n ? ", " : ""); }

void calendar_count(Lang lang, const Agenda *a, Buf *out)
{
	size_t windows = count_kind(a, AGENDA_WINDOW), notices = count_kind(a, AGENDA_NOTICE);
	size_t duties = count_kind(a, AGENDA_DUTY), collisions = a->collisions.n;
	AUTO(Buf) b = { 0 };

	if (duties)
		buf_printf(&b, tr_n(lang, "%zu duty", "%zu duties", duties), duties);
	if (windows) {
		comma(&b);
		buf_printf(&b, tr_n(lang, "%zu window", "%zu windows", windows), windows);
	}
	if (notices) {
		comma(&b);
		buf_printf(&b,
		           tr_n(lang, "%zu notice to be sent", "%zu notices to be sent", notices),
		           notices);
	}
	if (!b.n)
		buf_text(&b, tr(lang, "nothing is due"));
	buf_text(out, buf_str(&b));
	if (collisions)
		buf_printf(out, tr_n(lang, "; %zu collision", "; %zu collisions", collisions),
		           collisions);
}

void calendar_collision(Lang lang, const Plan *p, const Agenda *a, const AgendaCollision *c,
                        Buf *out)
{
	const AgendaEntry *x = &a->entries.at[c->a], *y = &a->entries.at[c->b];
	char when[LANG_TEXT];
	AUTO(Buf) first = { 0 };
	AUTO(Buf) second = { 0 };

	calendar_title(lang, x, &first);
	calendar_title(lang, y, &second);
	buf_printf(out, tr(lang, "%s: "), lang_instant_short(lang, zone_of(p), y->from, when));
	switch (c->why) {
	case CLASH_OWNER:
		buf_printf(out, tr(lang, "“%s” and “%s” both need %s"), buf_str(&first),
		           buf_str(&second), owner_name(p, c->what));
		break;
	case CLASH_LOCK:
		buf_printf(out, tr(lang, "“%s” and “%s” both lock %s"), buf_str(&first),
		           buf_str(&second), c->what);
		break;
	case CLASH_WINDOW:
		buf_printf(out, tr(lang, "“%s” and “%s”: work while things are down"),
		           buf_str(&first), buf_str(&second));
		break;
	}
}

static const char *impact_said(Lang lang, Impact impact)
{
	switch (impact) {
	case IMPACT_DOWN: return tr(lang, "effect: out of service");
	case IMPACT_DEGRADED: return tr(lang, "effect: degraded");
	case IMPACT_NONE: return tr(lang, "no effect");
	case IMPACT_UNSTATED: break;
	}
	return tr(lang, "effect not said");
}

void calendar_merge(Lang lang, const Plan *p, const AgendaMerge *m, Buf *out)
{
	char from[LANG_TEXT], to[LANG_TEXT], notify[LANG_TEXT];

	buf_printf(out,
	           tr_n(lang, "%u window is one from %s to %s, %s",
	                "%u windows are one from %s to %s, %s", m->n),
	           m->n, lang_instant_short(lang, zone_of(p), m->from, from),
	           lang_instant_short(lang, zone_of(p), m->to, to), impact_said(lang, m->impact));
	if (is_set(m->notify))
		buf_printf(out, tr(lang, "; to be announced by %s"),
		           lang_instant_short(lang, zone_of(p), m->notify, notify));
}

/* ---- JSON ---- */

static void json_owners(Texts owner, Emit *out)
{
	emit_array(out, "owner");
	for (size_t i = 0; i < owner.n; i++)
		emit_text(out, NULL, owner.at[i]);
	emit_array_end(out);
}

static void json_entry(const AgendaEntry *e, Emit *out)
{
	char id[DUTY_ID + 16], kind[32], at[SCHEDULE_TEXT];

	emit_object(out, NULL);
	emit_text(out, "id", agenda_id(e, id));
	emit_text(out, "kind", agenda_kind_of(e, kind));
	emit_instant(out, "from", e->from);
	emit_instant(out, "to", e->to);
	emit_text(out, "title", e->title);
	json_owners(e->owner, out);
	if (e->kind == AGENDA_DUTY) {
		emit_instant(out, "late_after", e->late);
		emit_text(out, "schedule", schedule_print(&e->duty->at, at));
		emit_text(out, "promised", e->duty->stated.text);
		emit_text(out, "set_off_by", e->duty->by ? e->duty->by->id : NULL);
		emit_int(out, "times", e->times);
		emit_bool(out, "ours", e->ours);
		emit_text(out, "reason", e->reason);
	}
	if (e->kind == AGENDA_NOTICE)
		emit_instant(out, "about", e->late);
	if (e->window)
		emit_text(out, "window", e->window->item.id);
	if (e->merge)
		emit_int(out, "merge", e->merge);
	emit_bool(out, "collides", e->collides);
	emit_object_end(out);
}

static const char *const clashes[] = {
	[CLASH_OWNER] = "owner", [CLASH_LOCK] = "lock", [CLASH_WINDOW] = "window"
};

static void json_collisions(const Agenda *a, Emit *out)
{
	char id[DUTY_ID + 16];

	emit_array(out, "collisions");
	for (size_t i = 0; i < a->collisions.n; i++) {
		const AgendaCollision *c = &a->collisions.at[i];

		emit_object(out, NULL);
		emit_text(out, "a", agenda_id(&a->entries.at[c->a], id));
		emit_text(out, "b", agenda_id(&a->entries.at[c->b], id));
		emit_instant(out, "at", a->entries.at[c->b].from);
		emit_text(out, "why", clashes[c->why]);
		emit_text(out, "what", c->what);
		emit_object_end(out);
	}
	emit_array_end(out);
}

void calendar_json(const Plan *p, const Agenda *a, Emit *out)
{
	emit_object(out, NULL);
	emit_text(out, "plan", p->head.item.id);
	emit_text(out, "zone", zone_name(zone_of(p)));
	emit_instant(out, "from", a->from);
	emit_instant(out, "to", a->to);
	emit_bool(out, "cut", a->cut);
	emit_int(out, "undated", (int64_t)a->undated);
	emit_array(out, "entries");
	for (size_t i = 0; i < a->entries.n; i++)
		json_entry(&a->entries.at[i], out);
	emit_array_end(out);
	emit_array(out, "merges");
	for (size_t i = 0; i < a->merges.n; i++) {
		emit_object(out, NULL);
		emit_instant(out, "from", a->merges.at[i].from);
		emit_instant(out, "to", a->merges.at[i].to);
		emit_int(out, "windows", a->merges.at[i].n);
		emit_instant(out, "announce_by", a->merges.at[i].notify);
		emit_object_end(out);
	}
	emit_array_end(out);
	json_collisions(a, out);
	emit_object_end(out);
}

/* ---- iCalendar ---- */

typedef struct IcsText {
	char *uid, *summary, *description;
} IcsText;

/* Who, how often, and why there: what a calendar shows when an event is opened. */
static char *describe(const Plan *p, const AgendaEntry *e, Lang lang)
{
	Buf b = { 0 };
	char when[LANG_TEXT];

	if (e->owner.n) {
		buf_printf(&b, "%s ", tr(lang, "Who:"));
		calendar_owners(p, e->owner, &b);
		buf_char(&b, '\n');
	}
	if (e->kind == AGENDA_NOTICE)
		buf_printf(&b, tr(lang, "It begins on %s\n"),
		           lang_instant_short(lang, zone_of(p), e->late, when));
	if (e->kind == AGENDA_DUTY && e->times > 1)
		buf_printf(&b, tr_n(lang, "%u time that day\n", "%u times that day\n", e->times),
		           e->times);
	if (e->ours)
		buf_printf(&b, tr(lang, "Placed by Carène: %s\n"), e->reason);
	if (e->kind != AGENDA_SPRINT && e->kind != AGENDA_NOTICE) {
		char id[DUTY_ID + 16];

		buf_printf(&b, "%s\n", agenda_id(e, id));
	}
	return buf_take(&b);
}

static char *uid_of(const Plan *p, const AgendaEntry *e)
{
	char id[DUTY_ID + 16], at[INSTANT_TEXT];

	return mem_printf("%s/%s@%s.carene", agenda_id(e, id), instant_print(e->from, at),
	                  p->head.item.id);
}

void calendar_ics(const Plan *p, const Agenda *a, Lang lang, Instant stamp, Buf *out)
{
	IcalEvent *events = mem_new(sizeof *events * (a->entries.n + 1));
	IcsText *texts = mem_new(sizeof *texts * (a->entries.n + 1));
	char kind[32];
	LIST(char *) kinds = { 0 };

	for (size_t i = 0; i < a->entries.n; i++) {
		const AgendaEntry *e = &a->entries.at[i];
		Buf title = { 0 };

		calendar_title(lang, e, &title);
		texts[i] = (IcsText){ uid_of(p, e), buf_take(&title), describe(p, e, lang) };
		list_add(&kinds, mem_text(agenda_kind_of(e, kind)));
		events[i] = (IcalEvent){ .uid = texts[i].uid,
			                 .from = e->from,
			                 .to = e->times > 1 ? e->from : e->to,
			                 .summary = texts[i].summary,
			                 .description = texts[i].description,
			                 .category = kinds.at[i],
			                 .busy = e->kind == AGENDA_WINDOW };
	}
	ical_write(&(IcalCalendar){ .name = p->head.title ? p->head.title : p->head.item.id,
	                            .zone = zone_name(zone_of(p)),
	                            .stamp = stamp,
	                            .events = events,
	                            .n = a->entries.n },
	           out);
	for (size_t i = 0; i < a->entries.n; i++) {
		mem_free(texts[i].uid);
		mem_free(texts[i].summary);
		mem_free(texts[i].description);
		mem_free(kinds.at[i]);
	}
	list_free(&kinds);
	mem_free(texts);
	mem_free(events);
}
