/* The agenda in a terminal: the sentence first, then days; what comes every day stands
 * once under a month. Colour marks a state and never carries it alone. */
#include "cli/next.h"

#include "core/alloc.h"
#include "core/list.h"
#include "core/text.h"
#include "report/calendar.h"

#include <string.h>

enum { WIDTH = 80, NARROW = 40, TITLE_AT = 20, CELL = 10, CELL_LINES = 6, CELL_TEXT = 64 };

#define BOLD    "1"
#define DIM     "2"
#define RED     "31"
#define BLUE    "34"
#define MAGENTA "35"

static const Zone *zone_of(const NextView *v)
{
	return v->plan->head.timezone ? v->plan->head.timezone : zone_utc();
}

static void painted(const NextView *v, const char *colour, const char *text, Buf *out)
{
	if (v->screen.colour)
		buf_printf(out, "\033[%sm%s\033[0m", colour, text);
	else
		buf_text(out, text);
}

static size_t width_of(const NextView *v)
{
	size_t width = v->screen.width ? v->screen.width : WIDTH;

	return width < NARROW ? NARROW : width;
}

/* ---- text that keeps to the width ---- */

/* Words one after the other; a new line is indented. *at is the column reached. */
static void wrap(const NextView *v, const char *text, const char *colour, size_t indent, size_t *at,
                 Buf *out)
{
	const char *rest = text;
	char word[512];

	while (text_part(&rest, " ", word, sizeof word)) {
		size_t n = utf8_count(word, strlen(word));

		if (*at > indent && *at + 1 + n > width_of(v)) {
			buf_printf(out, "\n%*s", (int)indent, "");
			*at = indent;
		} else if (*at > indent) {
			buf_char(out, ' ');
			*at += 1;
		}
		if (colour)
			painted(v, colour, word, out);
		else
			buf_text(out, word);
		*at += n;
	}
}

static void paragraph(const NextView *v, const char *text, size_t indent, Buf *out)
{
	size_t at = indent;

	buf_printf(out, "%*s", (int)indent, "");
	wrap(v, text, NULL, indent, &at, out);
	buf_char(out, '\n');
}

/* At most n characters, "…" for what is cut. */
static void cut(const char *text, size_t n, char out[CELL_TEXT])
{
	size_t bytes = 0, length = strlen(text), shown = 0;
	bool whole = utf8_count(text, length) <= n;

	while (bytes < length && shown < (whole ? n : n - 1)) {
		size_t step = utf8_step(text + bytes, length - bytes);

		bytes += step ? step : 1;
		shown++;
	}
	if (bytes > CELL_TEXT - 4)
		bytes = 0;
	memcpy(out, text, bytes);
	memcpy(out + bytes, whole ? "" : "…", whole ? 1 : sizeof "…");
}

/* ---- one entry ---- */

static const char *colour_of(const AgendaEntry *e)
{
	if (e->collides)
		return RED;
	if (e->kind == AGENDA_WINDOW)
		return MAGENTA;
	return e->kind == AGENDA_NOTICE || e->kind == AGENDA_SPRINT ? BLUE : NULL;
}

static void pad(Buf *out, const char *text, size_t width)
{
	buf_text(out, text);
	for (size_t n = utf8_count(text, strlen(text)); n < width; n++)
		buf_char(out, ' ');
}

/* "09:00*", how long, what, who. */
static void row(const NextView *v, const AgendaEntry *e, Buf *out)
{
	char text[LANG_TEXT];
	size_t at = TITLE_AT;
	AUTO(Buf) hour = { 0 };
	AUTO(Buf) title = { 0 };
	AUTO(Buf) who = { 0 };
	Civil c = zone_civil(zone_of(v), e->from);

	buf_printf(&hour, "%02d:%02d%s", c.hour, c.minute, e->ours ? "*" : "");
	buf_text(out, "  ");
	pad(out, buf_str(&hour), 8);
	pad(out,
	    earlier(e->from, e->to) ? lang_duration(v->screen.lang, between(e->from, e->to), text)
	                            : "",
	    TITLE_AT - 10);
	calendar_title(v->screen.lang, e, &title);
	wrap(v, buf_str(&title), colour_of(e), TITLE_AT, &at, out);
	if (e->times > 1) {
		buf_clear(&title);
		buf_printf(&title, tr_n(v->screen.lang, "(%u time)", "(%u times)", e->times),
		           e->times);
		wrap(v, buf_str(&title), DIM, TITLE_AT, &at, out);
	}
	if (e->duty && e->duty->by && e->kind == AGENDA_DUTY) {
		buf_clear(&title);
		buf_printf(&title, tr(v->screen.lang, "(done by %s)"), e->duty->by->id);
		wrap(v, buf_str(&title), DIM, TITLE_AT, &at, out);
	}
	if (e->owner.n) {
		buf_text(&who, "· ");
		calendar_owners(v->plan, e->owner, &who);
		wrap(v, buf_str(&who), DIM, TITLE_AT, &at, out);
	}
	if (e->collides)
		wrap(v, tr(v->screen.lang, "! collides"), RED, TITLE_AT, &at, out);
	buf_char(out, '\n');
}

/* ---- what follows the days ---- */

static void heading(const NextView *v, const char *text, Buf *out)
{
	buf_char(out, '\n');
	painted(v, BOLD, text, out);
	buf_char(out, '\n');
}

static void merges(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;

	if (a->merges.n)
		heading(v, tr(v->screen.lang, "Windows that run into each other"), out);
	for (size_t i = 0; i < a->merges.n; i++) {
		AUTO(Buf) b = { 0 };

		calendar_merge(v->screen.lang, v->plan, &a->merges.at[i], &b);
		paragraph(v, buf_str(&b), 2, out);
	}
}

static void collisions(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;

	if (a->collisions.n)
		heading(v, tr(v->screen.lang, "Collisions"), out);
	for (size_t i = 0; i < a->collisions.n; i++) {
		unsigned times = agenda_collision_times(a, i);
		AUTO(Buf) b = { 0 };

		if (!times)
			continue;
		calendar_collision(v->screen.lang, v->plan, a, &a->collisions.at[i], &b);
		if (times > 1)
			buf_printf(&b, tr(v->screen.lang, "; %u times in all"), times);
		paragraph(v, buf_str(&b), 2, out);
	}
}

static void placed_by_us(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;
	bool any = false;

	for (size_t i = 0; i < a->entries.n; i++) {
		const AgendaEntry *e = &a->entries.at[i];
		const Duty *by;
		char at[SCHEDULE_TEXT];
		AUTO(Buf) b = { 0 };

		if (e->kind != AGENDA_DUTY || !e->ours || !agenda_is_first(a, i))
			continue;
		if (!any)
			heading(v, tr(v->screen.lang, "* Placed by Carène, not by the plan"), out);
		any = true;
		by = e->duty->by ? e->duty->by : e->duty;
		calendar_title(v->screen.lang, e, &b);
		buf_printf(&b, " (%s) – %s", schedule_print(&by->at, at), e->reason);
		paragraph(v, buf_str(&b), 2, out);
	}
}

static void notes(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;
	AUTO(Buf) b = { 0 };

	if (a->undated) {
		buf_printf(
		        &b,
		        tr_n(v->screen.lang, "%zu duty follows events or requests and has no date.",
		             "%zu duties follow events or requests and have no date.", a->undated),
		        a->undated);
		buf_char(out, '\n');
		paragraph(v, buf_str(&b), 0, out);
	}
	if (a->cut) {
		buf_char(out, '\n');
		paragraph(v, tr(v->screen.lang, "There is more than is shown: ask for fewer days."),
		          0, out);
	}
}

static void tail(const NextView *v, Buf *out)
{
	merges(v, out);
	collisions(v, out);
	placed_by_us(v, out);
	notes(v, out);
}

/* ---- by day ---- */

void next_list(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;
	Instant day_end = LONG_AGO;
	AUTO(Buf) count = { 0 };
	AUTO(Buf) sentence = { 0 };
	char from[LANG_TEXT], to[LANG_TEXT];

	calendar_count(v->screen.lang, a, &count);
	buf_printf(&sentence, tr(v->screen.lang, "From %s to %s: %s."),
	           lang_instant_short(v->screen.lang, zone_of(v), a->from, from),
	           lang_instant_short(v->screen.lang, zone_of(v), a->to, to), buf_str(&count));
	paragraph(v, buf_str(&sentence), 0, out);
	for (size_t i = 0; i < a->entries.n; i++) {
		const AgendaEntry *e = &a->entries.at[i];

		if (!earlier(e->from, day_end)) {
			Instant start = zone_day_start(zone_of(v), e->from);

			day_end = zone_add(zone_of(v), start, (Span){ .days = 1 });
			heading(v, lang_date(v->screen.lang, zone_of(v), e->from, from), out);
		}
		row(v, e, out);
	}
	tail(v, out);
}

/* ---- a month ---- */

typedef struct Line {
	char text[CELL_TEXT];
	const char *colour;
} Line;

typedef struct Cell {
	Line lines[CELL_LINES];
	size_t n;
} Cell;

/* Marks before the title say what colour says: ■ window, ! collision, > notice. */
static void fill_cell(const NextView *v, const MonthDay *day, Cell *cell)
{
	const AgendaEntry *e;
	size_t at = 0, more = 0;

	*cell = (Cell){ 0 };
	while ((e = month_next(v->agenda, day, &at))) {
		AUTO(Buf) text = { 0 };
		Line *line;

		if (agenda_is_daily(e))
			continue;
		if (cell->n == CELL_LINES - 1) {
			more++;
			continue;
		}
		buf_text(&text, e->collides ? "!" : "");
		buf_text(&text, e->kind == AGENDA_WINDOW   ? "■"
		                : e->kind == AGENDA_NOTICE ? ">"
		                                           : "");
		if (e->kind == AGENDA_DUTY)
			calendar_title(v->screen.lang, e, &text);
		else
			buf_text(&text, e->title ? e->title : tr(v->screen.lang, "sprint"));
		line = &cell->lines[cell->n++];
		cut(buf_str(&text), CELL, line->text);
		line->colour = colour_of(e);
	}
	if (more) {
		AUTO(Buf) text = { 0 };

		buf_printf(&text, "+%zu", more);
		cell->lines[cell->n].colour = DIM;
		cut(buf_str(&text), CELL, cell->lines[cell->n++].text);
	}
}

/* Trailing spaces are not printed: the last cell of a line is not padded. */
static void print_cell(const NextView *v, const char *text, const char *colour, bool last, Buf *out)
{
	size_t n = utf8_count(text, strlen(text));

	if (colour && *text)
		painted(v, colour, text, out);
	else
		buf_text(out, text);
	for (; !last && n < CELL + 1; n++)
		buf_char(out, ' ');
}

static void end_line(Buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
	buf_char(out, '\n');
}

static void day_numbers(const NextView *v, const MonthDay *week, Buf *out)
{
	for (size_t i = 0; i < 7; i++) {
		const MonthDay *d = &week[i];
		bool today = !earlier(v->now, d->from) && earlier(v->now, d->to);
		AUTO(Buf) text = { 0 };

		buf_printf(&text, today ? "[%d]" : d->inside ? "%d" : "(%d)", d->date.day);
		print_cell(v, buf_str(&text), d->inside ? BOLD : DIM, i == 6, out);
	}
	end_line(out);
}

static void print_week(const NextView *v, const MonthDay *week, Buf *out)
{
	Cell cells[7];
	size_t most = 1;

	for (size_t i = 0; i < 7; i++) {
		fill_cell(v, &week[i], &cells[i]);
		most = cells[i].n > most ? cells[i].n : most;
	}
	day_numbers(v, week, out);
	for (size_t k = 0; k < most; k++) {
		for (size_t i = 0; i < 7; i++) {
			bool has = k < cells[i].n;

			print_cell(v, has ? cells[i].lines[k].text : "",
			           has ? cells[i].lines[k].colour : NULL, i == 6, out);
		}
		end_line(out);
	}
}

static void every_day(const NextView *v, Buf *out)
{
	const Agenda *a = v->agenda;
	bool any = false;

	for (size_t i = 0; i < a->entries.n; i++) {
		if (!agenda_is_daily(&a->entries.at[i]) || !agenda_is_first(a, i))
			continue;
		if (!any)
			heading(v, tr(v->screen.lang, "Every day"), out);
		any = true;
		row(v, &a->entries.at[i], out);
	}
}

void next_month(const NextView *v, const Month *month, Buf *out)
{
	static const char *const names[LANGS][7] = {
		[LANG_EN] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
		[LANG_FR] = { "lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim." },
	};
	AUTO(Buf) count = { 0 };
	AUTO(Buf) sentence = { 0 };
	char name[LANG_TEXT];

	(void)lang_month(v->screen.lang, zone_of(v), after(month->days[10].from, hours(12)), name);
	calendar_count(v->screen.lang, v->agenda, &count);
	buf_printf(&sentence, "%s (%s) · %s.", name, zone_name(zone_of(v)), buf_str(&count));
	paragraph(v, buf_str(&sentence), 0, out);
	buf_char(out, '\n');
	for (size_t i = 0; i < 7; i++)
		print_cell(v, names[v->screen.lang][i], DIM, i == 6, out);
	end_line(out);
	for (size_t w = 0; w < month->weeks; w++)
		print_week(v, &month->days[w * 7], out);
	every_day(v, out);
	tail(v, out);
}
