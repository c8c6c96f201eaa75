/* The page's facts for programs. Fields are added over time and never renamed. */
#include "core/emit.h"
#include "report/status_private.h"

static void ids(Emit *e, const char *const *at, size_t n)
{
	emit_array(e, "components");
	for (size_t i = 0; i < n; i++)
		emit_text(e, NULL, at[i]);
	emit_array_end(e);
}

/* Days of which nothing is known, as ranges of dates, both included. */
static void gaps_json(Emit *e, const Days *days)
{
	char date[WHEN_TEXT];

	emit_array(e, "gaps");
	for (size_t i = 0; i < STATUS_DAYS; i++) {
		size_t from = i;

		if (day_kind(&days->at[i]) != DAY_GAP)
			continue;
		while (i + 1 < STATUS_DAYS && day_kind(&days->at[i + 1]) == DAY_GAP)
			i++;
		emit_object(e, NULL);
		emit_text(e, "from", page_civil_iso(days->at[from].date, date));
		emit_text(e, "to", page_civil_iso(days->at[i].date, date));
		emit_object_end(e);
	}
	emit_array_end(e);
}

/* Only days with something to tell: those in neither list were up throughout. */
static void days_json(Emit *e, const StatusFacts *f, const StatusPart *part)
{
	Days days = part_days(f, part);
	char date[WHEN_TEXT];

	emit_object(e, "days");
	emit_text(e, "from", page_civil_iso(days.at[0].date, date));
	emit_text(e, "to", page_civil_iso(days.at[STATUS_DAYS - 1].date, date));
	gaps_json(e, &days);
	emit_array(e, "not_up");
	for (size_t i = 0; i < STATUS_DAYS; i++) {
		const StatusDay *d = &days.at[i];

		if (day_kind(d) == DAY_GAP ||
		    (!d->down && !d->degraded && !d->maintenance && !d->unknown))
			continue;
		emit_object(e, NULL);
		emit_text(e, "date", page_civil_iso(d->date, date));
		emit_int(e, "length_s", d->length);
		emit_int(e, "down_s", d->down);
		emit_int(e, "degraded_s", d->degraded);
		emit_int(e, "maintenance_s", d->maintenance);
		emit_int(e, "unknown_s", d->unknown);
		emit_object_end(e);
	}
	emit_array_end(e);
	emit_object_end(e);
}

static void part_json(Emit *e, const StatusFacts *f, const StatusPart *part)
{
	emit_object(e, NULL);
	emit_text(e, "id", part->id);
	emit_text(e, "label", part_label(part));
	emit_text(e, "group", part->group);
	emit_text(e, "state", status_state_name(part->state));
	emit_instant(e, "since", part->since);
	emit_text(e, "cause", part->cause);
	if (part->availability < 0 || part->measured_s <= 0)
		emit_null(e, "availability");
	else
		emit_real(e, "availability", part->availability);
	emit_int(e, "measured_s", part->measured_s);
	days_json(e, f, part);
	emit_object_end(e);
}

static void incidents_json(Emit *e, const char *key, const StatusIncident *at, size_t n)
{
	emit_array(e, key);
	for (size_t i = 0; i < n; i++) {
		emit_object(e, NULL);
		emit_text(e, "id", at[i].id);
		emit_text(e, "title", at[i].title);
		emit_text(e, "class", at[i].class_label);
		emit_text(e, "state", at[i].state);
		emit_text(e, "impact", status_state_name(at[i].impact));
		emit_instant(e, "opened", at[i].opened);
		emit_instant(e, "ended", at[i].ended);
		emit_instant(e, "expected_end", at[i].expected_end);
		emit_instant(e, "next_update_at", at[i].next_update_at);
		ids(e, at[i].parts, at[i].parts_n);
		emit_array(e, "updates");
		for (size_t k = 0; k < at[i].updates_n; k++) {
			emit_object(e, NULL);
			emit_instant(e, "at", at[i].updates[k].at);
			emit_text(e, "state", at[i].updates[k].state);
			emit_text(e, "text", at[i].updates[k].text);
			emit_object_end(e);
		}
		emit_array_end(e);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void windows_json(Emit *e, const StatusFacts *f)
{
	emit_array(e, "windows");
	for (size_t i = 0; i < f->windows_n; i++) {
		const StatusWindow *w = &f->windows[i];

		emit_object(e, NULL);
		emit_text(e, "id", w->id);
		emit_text(e, "title", w->title);
		emit_text(e, "state", w->state);
		emit_instant(e, "starts", w->starts);
		emit_instant(e, "ends", w->ends);
		/* An unstated effect is null, and "up" says that none is expected. */
		emit_text(e, "impact",
		          w->impact == STATUS_UNKNOWN ? NULL : status_state_name(w->impact));
		emit_text(e, "reason", w->reason);
		emit_text(e, "alternatives", w->alternatives);
		ids(e, w->parts, w->parts_n);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void sentences_json(Emit *e, const StatusFacts *f)
{
	Lang languages[4];
	size_t n = page_languages(f, languages);

	emit_object(e, "sentence");
	for (size_t i = 0; i < n; i++) {
		AUTO(Buf) text = { 0 };

		status_sentence(f, languages[i], &text);
		emit_text(e, lang_code(languages[i]), buf_str(&text));
	}
	emit_object_end(e);
}

void status_json(const StatusFacts *f, Buf *out)
{
	Emit e = emit_to(out);

	emit_object(&e, NULL);
	emit_text(&e, "product", f->product);
	emit_text(&e, "title", f->title);
	emit_text(&e, "url", f->url);
	emit_text(&e, "state", status_state_name(status_overall(f)));
	sentences_json(&e, f);
	emit_text(&e, "zone", zone_name(page_zone(f)));
	emit_instant(&e, "made_at", f->now);
	emit_instant(&e, "measured_at", f->measured_at);
	emit_instant(&e, "measured_from", f->measured_from);
	emit_array(&e, "components");
	for (size_t i = 0; i < f->parts_n; i++)
		part_json(&e, f, &f->parts[i]);
	emit_array_end(&e);
	incidents_json(&e, "incidents", f->incidents, f->incidents_n);
	windows_json(&e, f);
	incidents_json(&e, "history", f->history, f->history_n);
	if (is_set(f->last_outage)) {
		emit_object(&e, "last_outage");
		emit_instant(&e, "at", f->last_outage);
		emit_seconds(&e, "seconds", f->last_outage_length);
		emit_text(&e, "component", f->last_outage_part);
		emit_object_end(&e);
	} else {
		emit_null(&e, "last_outage");
	}
	emit_object_end(&e);
	buf_char(out, '\n');
}
