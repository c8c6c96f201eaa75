/* Figures on their way into series. A check's series are looked up by name when they
 * first get a figure, and held; so are the answers to "does any rule look at it?". With a
 * million checks a name is neither written nor looked up for a result.
 *
 * Which figures are kept: all, in plans of up to FULL_FIGURES checks. In a larger one the
 * state and the latency of each check, and what rules, objectives or metrics of the plan
 * name: six series a check would be most of its memory, and nobody reads them all. */
#include "engine/engine_private.h"

enum { FULL_FIGURES = 5000, CARE_BITS = 32 };

struct Feed {
	uint8_t kinds;  /* those of FigureKind that have their series, a bit each … */
	uint8_t others; /* … and how many measures follow them */
	uint32_t care;  /* series that rules look at, a bit for each place; last: and all after */
	Series *at[];   /* in the order of their kinds, then as they came */
};

static unsigned count_of(uint8_t bits) { return (unsigned)__builtin_popcount(bits); }

static unsigned feed_n(const Feed *f) { return f ? count_of(f->kinds) + f->others : 0; }

/* The place of a kind's series, whether it is there or not. */
static unsigned place_of(const Feed *f, FigureKind kind)
{
	return f ? count_of(f->kinds & (uint8_t)((1u << kind) - 1)) : 0;
}

static unsigned care_bit(unsigned place)
{
	return 1u << (place < CARE_BITS ? place : CARE_BITS - 1);
}

static void look_who_cares(Watch *w)
{
	Engine *e = w->e;

	if (w->rules_made == e->rules_made)
		return;
	w->rules_made = e->rules_made;
	w->heard = rules_hear_check(e, w->id);
	if (!w->feed)
		return;
	w->feed->care = 0;
	for (unsigned i = 0; i < feed_n(w->feed); i++) {
		if (rules_hear_series(e, series_called(w->feed->at[i])))
			w->feed->care |= care_bit(i);
	}
}

/* A new series at that place; what is there moves up. */
static Series *take_place(Watch *w, unsigned place, const CheckFigure *figure)
{
	char name[SERIES_NAME_TEXT];
	unsigned n = feed_n(w->feed);
	Series *s = NULL;
	Feed *f;

	if (series_name(name, figure->name, figure->scope))
		s = series_named(w->e->series, name);
	if (!s)
		return NULL;
	series_put_every(s, check_every(w->check));
	f = mem_grow(w->feed, sizeof *f + (n + 1) * sizeof(Series *));
	if (!w->feed)
		*f = (Feed){ 0 };
	w->feed = f;
	memmove(f->at + place + 1, f->at + place, (n - place) * sizeof(Series *));
	f->at[place] = s;
	if (figure->kind < FIGURE_MEASURE)
		f->kinds |= (uint8_t)(1u << figure->kind);
	else
		f->others++;
	w->rules_made = 0; /* places moved */
	look_who_cares(w);
	return s;
}

/* Measures mostly come in the order they came in last time. */
static Series *other_series(Watch *w, const CheckFigure *figure, unsigned *hint, unsigned *ret)
{
	unsigned first = w->feed ? count_of(w->feed->kinds) : 0, n = feed_n(w->feed) - first;

	for (unsigned i = 0; i < n; i++) {
		unsigned place = first + (*hint + i) % n;

		if (series_name_is(series_called(w->feed->at[place]), figure->name,
		                   figure->scope)) {
			*hint = place - first + 1;
			*ret = place;
			return w->feed->at[place];
		}
	}
	if (n == UINT8_MAX)
		return NULL;
	*ret = first + n;
	return take_place(w, first + n, figure);
}

static Series *series_of(Watch *w, const CheckFigure *figure, unsigned *hint, unsigned *ret_place)
{
	if (figure->kind == FIGURE_MEASURE)
		return other_series(w, figure, hint, ret_place);
	*ret_place = place_of(w->feed, figure->kind);
	if (w->feed && w->feed->kinds & 1u << figure->kind)
		return w->feed->at[*ret_place];
	return take_place(w, *ret_place, figure);
}

/* "metric:first_byte:site": what tasks, gates and steps refer to it by. */
static bool is_referred_to(const Plan *p, const char *name)
{
	const char *at = p->text ? p->text : "";
	size_t n = strlen(name);

	while ((at = strstr(at, "metric:"))) {
		at += strlen("metric:");
		if (strncmp(at, name, n) == 0)
			return true;
	}
	return false;
}

/* Named by the plan: a rule, a promise, a metric, a reference. */
static bool is_named(const Plan *p, const char *name)
{
	for (size_t i = 0; i < p->rules_n; i++) {
		if (p->rules[i].when.kind == CONDITION_METRIC &&
		    text_eq(p->rules[i].when.subject, name))
			return true;
	}
	for (size_t i = 0; i < p->objectives_n; i++) {
		if (text_eq(p->objectives[i].metric, name))
			return true;
	}
	return plan_metric(p, name) || is_referred_to(p, name);
}

void feed_sync(Engine *e)
{
	bool lean = e->plan->checks_n > FULL_FIGURES;

	e->left_out = 0;
	for (FigureKind k = 0; lean && k < FIGURE_MEASURE; k++) {
		if (k != FIGURE_UP && k != FIGURE_LATENCY && !is_named(e->plan, figure_name(k)))
			e->left_out |= 1u << k;
	}
	/* A size says little; days left, queue lengths, what a command counts are the check. */
	if (lean && !is_named(e->plan, "body_size"))
		e->left_out |= 1u << FIGURE_MEASURE;
}

static bool is_left_out(const Engine *e, const CheckFigure *figure)
{
	if (!(e->left_out & 1u << figure->kind))
		return false;
	return figure->kind < FIGURE_MEASURE || text_eq(figure->name, "body_size");
}

size_t feed_result(Watch *w, const CheckResult *r, Taken *out)
{
	CheckFigure figures[CHECK_FIGURES];
	size_t n = check_figures(w->check, r, figures), taken = 0;
	unsigned hint = 0, place = 0;

	look_who_cares(w);
	for (size_t i = 0; i < n; i++) {
		Series *s = is_left_out(w->e, &figures[i])
		                    ? NULL
		                    : series_of(w, &figures[i], &hint, &place);

		if (!s || !series_put(w->e->series, s, r->at, figures[i].value))
			continue;
		if (w->feed->care & care_bit(place))
			rules_touch_series(w->e, series_called(s));
		out[taken++] = (Taken){ s, figures[i].value };
	}
	return taken;
}

bool feed_named(Engine *e, const char *name, double value, Instant at, Duration every, Taken *out)
{
	Series *s = series_named(e->series, name);

	if (!s)
		return false;
	series_put_every(s, every);
	if (series_put(e->series, s, at, value))
		rules_touch_series(e, name);
	*out = (Taken){ s, value };
	return true;
}

void feed_every(const Watch *w)
{
	for (unsigned i = 0; i < feed_n(w->feed); i++)
		series_put_every(w->feed->at[i], check_every(w->check));
}

void feed_done(Watch *w)
{
	mem_free(w->feed);
	w->feed = NULL;
}
