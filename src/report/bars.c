/* Ninety days as ninety bars. What each says is a list of texts laid over the
 * drawing: shown on hover and on focus where the figures stand, and always read
 * by a screen reader. Days that resemble each other are one entry, so that a
 * calm quarter is one line and the keyboard stops only where something happened.
 *
 * Height tells the state as much as colour does: low is up, higher is worse,
 * broken into pieces is maintenance, a dot on the ground is not measured. */
#include "report/status_private.h"

enum {
	HIGH = 32,   /* of the drawing, in its own units; a day is 1 wide */
	UP_TOP = 17, /* y of the top of each kind of bar */
	DEGRADED_TOP = 10,
	GAP_TOP = 29,
};

/* Three sizes of outage: under 10 min, under 2 h, longer. */
static int down_top(const StatusDay *d)
{
	return d->down < 10 * 60 ? 7 : d->down < 2 * 3600 ? 3 : 0;
}

static int bar_top(const StatusDay *d, StatusState s)
{
	switch (s) {
	case STATUS_UP: return UP_TOP;
	case STATUS_DEGRADED: return DEGRADED_TOP;
	case STATUS_DOWN: return down_top(d);
	case STATUS_MAINTENANCE: return DEGRADED_TOP;
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return GAP_TOP;
}

/* Up, but not measured throughout: a bar with its foot missing, so that a gap is
 * never covered by what was seen around it. */
static bool is_partial(const StatusDay *d)
{
	return day_state(d) == STATUS_UP && day_kind(d) == DAY_EVENT;
}

/* One path per state; a run of equal bars is a single dashed horizontal stroke. */
static void draw_state(Page *p, const Days *days, StatusState s)
{
	bool any = false;
	size_t i = 0;

	while (i < STATUS_DAYS) {
		size_t from = i;
		int top;

		if (day_state(&days->at[i]) != s || is_partial(&days->at[i])) {
			i++;
			continue;
		}
		top = bar_top(&days->at[i], s);
		if (!any)
			buf_printf(p->out, "<path class=\"%s\" d=\"", state_class(s));
		any = true;
		while (i < STATUS_DAYS && day_state(&days->at[i]) == s &&
		       !is_partial(&days->at[i]) && bar_top(&days->at[i], s) == top) {
			if (s != STATUS_UP && s != STATUS_UNKNOWN)
				buf_printf(p->out, "M%zu.37 %dV%d", i, HIGH, top);
			i++;
		}
		if (s == STATUS_UP || s == STATUS_UNKNOWN)
			buf_printf(p->out, "M%zu %gH%zu", from, (HIGH + top) / 2.0, i);
	}
	if (any)
		buf_text(p->out, "\"/>");
}

static void draw_partial(Page *p, const Days *days)
{
	bool any = false;

	for (size_t i = 0; i < STATUS_DAYS; i++) {
		if (!is_partial(&days->at[i]))
			continue;
		buf_printf(p->out, "%sM%zu.37 %dV%d", any ? "" : "<path class=\"pt\" d=\"", i,
		           UP_TOP + 7, UP_TOP);
		any = true;
	}
	buf_text(p->out, any ? "\"/>" : "");
	any = false;
	for (size_t i = 0; i < STATUS_DAYS; i++) {
		if (!is_partial(&days->at[i]))
			continue;
		buf_printf(p->out, "%sM%zu %gh1", any ? "" : "<path class=\"uk\" d=\"", i,
		           (HIGH + GAP_TOP) / 2.0);
		any = true;
	}
	buf_text(p->out, any ? "\"/>" : "");
}

static void draw(Page *p, const Days *days)
{
	static const StatusState order[] = { STATUS_UNKNOWN, STATUS_UP, STATUS_MAINTENANCE,
		                             STATUS_DEGRADED, STATUS_DOWN };

	buf_printf(p->out,
	           "<svg class=\"g\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
	           "aria-hidden=\"true\">",
	           STATUS_DAYS, HIGH);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		draw_state(p, days, order[i]);
	draw_partial(p, days);
	buf_text(p->out, "</svg>");
}

static void run_text(Page *p, const Days *days, size_t from, size_t n, DayKind kind)
{
	char first[WHEN_TEXT], last[WHEN_TEXT];

	page_civil(p, days->at[from].date, first);
	page_civil(p, days->at[from + n - 1].date, last);
	buf_text(p->out, first);
	if (n > 1)
		buf_printf(p->out, " – %s", last);
	buf_printf(p->out, tr(p->lang, ": %s"),
	           kind == DAY_GAP ? tr(p->lang, "not measured") : tr(p->lang, "no interruption"));
}

/* A span of columns: tens and units, so that twenty rules serve ninety widths. */
static void run(Page *p, const Days *days, size_t from, size_t n, DayKind kind)
{
	buf_text(p->out, "<li class=\"");
	if (n >= 10)
		buf_printf(p->out, "t%zu ", n / 10);
	buf_printf(p->out, "o%zu\"><span>", n % 10);
	run_text(p, days, from, n, kind);
	buf_text(p->out, "</span></li>");
}

/* Focusable without being a link: a bar is too thin to aim at with a finger, and
 * what it says is shown on the spot. */
static void event(Page *p, const StatusDay *d)
{
	char text[WHEN_TEXT];

	buf_printf(p->out, "<li tabindex=\"0\"><span>%s", page_civil(p, d->date, text));
	buf_text(p->out, tr(p->lang, ": "));
	day_story(p, d);
	buf_text(p->out, "</span></li>");
}

void bars(Page *p, const StatusPart *part)
{
	Days days = part_days(p->f, part);

	buf_text(p->out, "<div class=\"b\">");
	draw(p, &days);
	buf_text(p->out, "<ol>");
	for (size_t i = 0; i < STATUS_DAYS;) {
		DayKind kind = day_kind(&days.at[i]);
		size_t n = 1;

		if (kind == DAY_EVENT) {
			event(p, &days.at[i]);
		} else {
			while (i + n < STATUS_DAYS && day_kind(&days.at[i + n]) == kind)
				n++;
			run(p, &days, i, n, kind);
		}
		i += n;
	}
	buf_text(p->out, "</ol></div>\n");
}
