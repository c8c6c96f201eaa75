/* The same facts on a terminal: the sentence, then one line per component with
 * its last weeks as small bars, then what is open and what is planned. Colour
 * only repeats what a word and a sign already say. */
#include "core/text.h"
#include "report/status_private.h"

#include <stdio.h>

enum { GAP = 2, BARS_MAX = 90, LABEL_MAX = 32 };

static const char *sign(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "●";
	case STATUS_DEGRADED: return "▲";
	case STATUS_DOWN: return "■";
	case STATUS_MAINTENANCE: return "‖";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "○";
}

static const char *bar(const StatusDay *d)
{
	switch (day_state(d)) {
	case STATUS_UP: return "▂";
	case STATUS_DEGRADED: return "▅";
	case STATUS_DOWN: return d->down < 10 * 60 ? "▆" : d->down < 2 * 3600 ? "▇" : "█";
	case STATUS_MAINTENANCE: return "╏";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "·";
}

static const char *paint(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "\033[32m";
	case STATUS_DEGRADED: return "\033[33m";
	case STATUS_DOWN: return "\033[1;31m";
	case STATUS_MAINTENANCE: return "\033[35m";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "\033[2m";
}

static size_t columns(const char *s) { return utf8_count(s, strlen(s)); }

/* At most `room` columns of s, an ellipsis where it was cut, padded to `pad`. */
static void cell(Buf *out, const char *s, size_t room, size_t pad)
{
	size_t n = columns(s), shown = n > room ? room - 1 : n, left = strlen(s);
	size_t at = 0;

	for (size_t i = 0; i < shown; i++) {
		size_t step = utf8_step(s + at, left - at);

		at += step ? step : 1;
	}
	buf_add(out, s, at);
	if (n > room) {
		buf_text(out, "…");
		shown++;
	}
	for (; shown < pad; shown++)
		buf_char(out, ' ');
}

typedef struct Table {
	size_t label, word, share; /* widths */
	size_t bars;               /* days drawn; 0: no room */
} Table;

static const char *share_of(const Page *p, const StatusPart *part, char out[WHEN_TEXT])
{
	if (part->availability < 0 || part->measured_s <= 0)
		return "–";
	return page_share(p, part->availability, out);
}

static Table measure(const Page *p, unsigned width)
{
	Table t = { 0 };
	char text[WHEN_TEXT];
	size_t used;

	for (size_t i = 0; i < p->f->parts_n; i++) {
		const StatusPart *part = &p->f->parts[i];
		size_t label = columns(part_label(part));
		size_t word = columns(state_word(p->lang, part->state));
		size_t share = columns(share_of(p, part, text));

		t.label = label > t.label ? label : t.label;
		t.word = word > t.word ? word : t.word;
		t.share = share > t.share ? share : t.share;
	}
	if (t.label > LABEL_MAX)
		t.label = LABEL_MAX;
	used = GAP + t.label + GAP + t.word + GAP + t.share;
	if (width && used > width) { /* too narrow for all: the name gives way, then the share */
		size_t over = used - width;

		if (t.label > over + 8)
			t.label -= over;
		else
			t.share = 0;
		used = width;
	}
	if (!width || width >= used + GAP + 14)
		t.bars = width ? width - used - GAP : BARS_MAX;
	if (t.bars > BARS_MAX)
		t.bars = BARS_MAX;
	return t;
}

static void line(Page *p, const StatusPart *part, const Table *t, bool colour)
{
	char text[WHEN_TEXT];
	const char *share = share_of(p, part, text);
	const char *off = colour ? "\033[0m" : "";
	Days days = part_days(p->f, part);

	buf_printf(p->out, "%s%s%s ", colour ? paint(part->state) : "", sign(part->state), off);
	cell(p->out, part_label(part), t->label, t->label + GAP);
	buf_text(p->out, colour ? paint(part->state) : "");
	cell(p->out, state_word(p->lang, part->state), t->word, t->word);
	buf_text(p->out, off);
	if (t->share) {
		for (size_t i = columns(share); i < t->share + GAP; i++)
			buf_char(p->out, ' ');
		buf_text(p->out, share);
	}
	for (size_t i = STATUS_DAYS - t->bars; i < STATUS_DAYS; i++) {
		StatusState s = day_state(&days.at[i]);

		buf_text(p->out, i == STATUS_DAYS - t->bars ? "  " : "");
		if (colour)
			buf_printf(p->out, "%s%s%s", paint(s), bar(&days.at[i]), off);
		else
			buf_text(p->out, bar(&days.at[i]));
	}
	buf_char(p->out, '\n');
}

static void incident_lines(Page *p)
{
	char text[WHEN_TEXT], length[WHEN_TEXT];

	if (p->f->incidents_n)
		buf_printf(
		        p->out, "\n%s\n",
		        tr_n(p->lang, "Current incident", "Current incidents", p->f->incidents_n));
	for (size_t i = 0; i < p->f->incidents_n; i++) {
		const StatusIncident *inc = &p->f->incidents[i];

		buf_printf(p->out, "  %s  %s", inc->id, inc->title);
		if (inc->class_label)
			buf_printf(p->out, " (%s)", inc->class_label);
		buf_printf(p->out, "\n    %s", phase_word(p->lang, inc->state));
		page_span(p, between(inc->opened, p->f->now), length);
		buf_printf(p->out, tr(p->lang, ", since %s (%s)"), page_when(p, inc->opened, text),
		           length);
		buf_char(p->out, '\n');
		if (inc->updates_n)
			buf_printf(p->out, "    %s  %s\n", page_when(p, inc->updates[0].at, text),
			           inc->updates[0].text);
	}
}

static void window_lines(Page *p)
{
	char range[2 * WHEN_TEXT + 32];

	if (p->f->windows_n)
		buf_printf(p->out, "\n%s\n", tr(p->lang, "Planned maintenance"));
	for (size_t i = 0; i < p->f->windows_n; i++) {
		const StatusWindow *w = &p->f->windows[i];

		buf_printf(p->out, "  %s  %s: %s\n", page_range(p, w->starts, w->ends, range),
		           w->title ? w->title : tr(p->lang, "Maintenance"),
		           impact_word(p->lang, w->impact));
	}
}

void status_text(const StatusFacts *f, Lang lang, unsigned width, bool colour, Buf *out)
{
	Page p = { .f = f, .lang = lang, .out = out };
	Table t = measure(&p, width);
	char text[WHEN_TEXT];

	status_sentence(f, lang, out);
	buf_char(out, '\n');
	if (f->parts_n)
		buf_char(out, '\n');
	for (size_t i = 0; i < f->parts_n; i++)
		line(&p, &f->parts[i], &t, colour);
	if (t.bars && f->parts_n)
		buf_printf(out,
		           tr_n(lang, "Share of the measured time of 90 days; bars: the last day.",
		                "Share of the measured time of 90 days; bars: the last %zu days.",
		                t.bars),
		           t.bars);
	buf_text(out, t.bars && f->parts_n ? "\n" : "");
	incident_lines(&p);
	window_lines(&p);
	buf_char(out, '\n');
	if (is_set(f->measured_at))
		buf_printf(out, tr(lang, "Measured %s (%s)"), page_moment(&p, f->measured_at, text),
		           zone_name(page_zone(f)));
	else
		buf_text(out, tr(lang, "Nothing measured yet"));
	buf_text(out, ".\n");
}
