#include "cli/show_simulate.h"

#include "core/emit.h"
#include "core/text.h"

#include <string.h>

enum { LABEL_MOST = 56 };

typedef struct Show {
	const SimSummary *s;
	const Plan *plan;
	Lang lang;
	bool colour;
	Buf *out;
} Show;

/* ---- cells ---- */

static void cell(Buf *out, const char *text, size_t width)
{
	size_t n = utf8_count(text, strlen(text));

	buf_text(out, text);
	for (; n < width; n++)
		buf_char(out, ' ');
	buf_text(out, "  ");
}

static void number(Buf *out, unsigned n, size_t width)
{
	char text[24];

	if (n)
		(void)snprintf(text, sizeof text, "%u", n);
	else
		text_copy(text, sizeof text, "·");
	for (size_t i = utf8_count(text, strlen(text)); i < width; i++)
		buf_char(out, ' ');
	buf_printf(out, "%s  ", text);
}

static void heading(const Show *w, const char *text)
{
	buf_printf(w->out, "\n%s%s%s\n", w->colour ? "\033[1m" : "", text,
	           w->colour ? "\033[0m" : "");
}

static const char *person(const Show *w, const char *id)
{
	const Contact *c = plan_contact(w->plan, text_starts(id, "contact:") ? id + 8 : id);

	return c ? c->name ? c->name : item_label(&c->item) : id;
}

static const char *moment(const Show *w, Instant t, char out[LANG_TEXT])
{
	return lang_instant_short(w->lang, w->s->zone, t, out);
}

/* ---- totals ---- */

typedef struct Totals {
	unsigned due, done, late, failed, missed, waived, open;
	unsigned opened, in_time, promised, cancelled;
	unsigned night;
	unsigned verdicts[8];
} Totals;

static const char *const verdict_words[] = { "broken",  "at_risk", "disputed", "unproven",
	                                     "not_due", "waived",  "not_set",  "kept" };

static size_t verdict_place(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(verdict_words); i++) {
		if (text_eq(verdict_words[i], word))
			return i;
	}
	return 3;
}

static Totals totals_of(const SimSummary *s)
{
	Totals t = { 0 };

	for (size_t i = 0; i < s->duties.n; i++) {
		const SimDuty *d = &s->duties.at[i];

		t.due += d->due;
		t.done += d->done;
		t.late += d->late;
		t.failed += d->failed;
		t.missed += d->missed;
		t.waived += d->waived;
		t.open += d->open;
	}
	for (size_t i = 0; i < s->windows.n; i++) {
		t.opened += s->windows.at[i].opened;
		t.in_time += s->windows.at[i].in_time;
		t.promised += s->windows.at[i].in_time + s->windows.at[i].late;
		t.cancelled += s->windows.at[i].cancelled;
	}
	for (size_t i = 0; i < s->pages.n; i++)
		t.night += s->pages.at[i].night;
	for (size_t i = 0; i < s->verdicts.n; i++)
		t.verdicts[verdict_place(s->verdicts.at[i].verdict)]++;
	return t;
}

static int64_t days_of(const SimSummary *s)
{
	return (between(s->from, s->until).us + days(1).us / 2) / days(1).us;
}

/* ---- the sentence ---- */

/* What became of all that fell due: the figures add up to it. */
static void task_figures(const Show *w, const Totals *t)
{
	unsigned done = t->done + t->late;

	buf_printf(w->out, tr_n(w->lang, "%u task fell due", "%u tasks fell due", t->due), t->due);
	if (!t->due)
		return;
	buf_text(w->out, tr(w->lang, ": "));
	buf_printf(w->out, tr_n(w->lang, "%u done", "%u done", done), done);
	if (t->late)
		buf_printf(w->out, tr(w->lang, " (%u of them late)"), t->late);
	buf_printf(w->out, tr_n(w->lang, ", %u missed", ", %u missed", t->missed), t->missed);
	buf_printf(w->out, tr_n(w->lang, ", %u failed", ", %u failed", t->failed), t->failed);
	if (t->waived)
		buf_printf(w->out, tr_n(w->lang, ", %u waived", ", %u waived", t->waived),
		           t->waived);
	if (t->open)
		buf_printf(w->out, tr_n(w->lang, ", %u still open", ", %u still open", t->open),
		           t->open);
}

static void verdict_figures(const Show *w, const Totals *t)
{
	unsigned kept = t->verdicts[7], broken = t->verdicts[0], unproven = t->verdicts[3];
	unsigned not_due = t->verdicts[4], others = 0;

	buf_printf(w->out, tr_n(w->lang, "%u kept", "%u kept", kept), kept);
	buf_printf(w->out, tr_n(w->lang, ", %u broken", ", %u broken", broken), broken);
	buf_printf(w->out, tr_n(w->lang, ", %u unproven", ", %u unproven", unproven), unproven);
	buf_printf(w->out, tr_n(w->lang, ", %u not due", ", %u not due", not_due), not_due);
	for (size_t i = 0; i < COUNT_OF(t->verdicts); i++)
		others += t->verdicts[i];
	others -= kept + broken + unproven + not_due;
	if (others)
		buf_printf(w->out, tr_n(w->lang, ", %u other", ", %u others", others), others);
}

static void first_sentence(const Show *w, const Totals *t)
{
	const SimSummary *s = w->s;
	char from[LANG_TEXT];

	buf_printf(w->out, tr(w->lang, "%s, %lld days from %s: "), s->product,
	           (long long)days_of(s), lang_date(w->lang, s->zone, s->from, from));
	if (s->pages.n)
		buf_printf(w->out,
		           tr_n(w->lang, "%zu call, %u of them at night",
		                "%zu calls, %u of them at night", s->pages.n),
		           s->pages.n, t->night);
	else
		buf_text(w->out, tr(w->lang, "nobody was called"));
	buf_text(w->out, tr(w->lang, "; "));
	buf_printf(w->out, tr_n(w->lang, "%u window opened", "%u windows opened", t->opened),
	           t->opened);
	if (t->promised)
		buf_printf(w->out, tr(w->lang, " (%u of %u promised notices in time)"), t->in_time,
		           t->promised);
	buf_text(w->out, tr(w->lang, "; "));
	task_figures(w, t);
	buf_text(w->out, tr(w->lang, "; "));
	buf_printf(w->out, tr_n(w->lang, "%zu commitment", "%zu commitments", s->verdicts.n),
	           s->verdicts.n);
	buf_text(w->out, tr(w->lang, ": "));
	verdict_figures(w, t);
	buf_text(w->out, ".\n");
}

static bool is_any_unavailable(const SimSummary *s)
{
	for (size_t i = 0; i < s->duties.n; i++) {
		if (s->duties.at[i].unavailable)
			return true;
	}
	return false;
}

static void assumptions(const Show *w, const SimulateAsk *ask)
{
	heading(w, tr(w->lang, "Assumed (ours, not the plan's)"));
	buf_printf(w->out, "  %s\n",
	           tr(w->lang, "Targets answer well and what is sent arrives, unless the scenario "
	                       "says otherwise."));
	buf_printf(w->out, "  %s\n",
	           tr(w->lang, "Who is called takes it 5 min later, or 5 min into the next hours "
	                       "the plan gives; without hours, at any time."));
	buf_printf(w->out, "  %s\n",
	           tr(w->lang, "Who owns a task confirms it after its planned duration, in hours; "
	                       "without hours, between 08:00 and 20:00."));
	buf_printf(
	        w->out, "  %s\n",
	        tr(w->lang, "A name that no person stands behind answers and confirms nothing."));
	if (is_any_unavailable(w->s))
		buf_printf(w->out, "  %s\n",
		           tr(w->lang, "What this version cannot do itself fails, and says so."));
	if (ask->scenario)
		buf_printf(w->out, tr(w->lang, "  Scenario: %s\n"),
		           strrchr(ask->scenario, '/') ? strrchr(ask->scenario, '/') + 1
		                                       : ask->scenario);
}

/* ---- promises ---- */

static const char *colour_of(size_t place)
{
	return place == 0 ? "31" : place == 1 ? "33" : place == 7 ? "32" : NULL;
}

static size_t verdict_width(Lang lang)
{
	size_t width = 10;

	for (size_t i = 0; i < COUNT_OF(verdict_words); i++) {
		const char *word = tr(lang, verdict_words[i]);
		size_t n = utf8_count(word, strlen(word));

		width = n > width ? n : width;
	}
	return width;
}

static void verdict_line(const Show *w, const SimVerdict *v, size_t place, size_t width)
{
	const char *colour = w->colour ? colour_of(place) : NULL;
	char day[LANG_TEXT];

	buf_text(w->out, "  ");
	if (colour)
		buf_printf(w->out, "\033[%sm", colour);
	cell(w->out, tr(w->lang, verdict_words[place]), verdict_width(w->lang));
	if (colour)
		buf_text(w->out, "\033[0m");
	cell(w->out, v->id, width);
	buf_text(w->out, v->figure);
	if (is_set(v->broken)) {
		buf_text(w->out, "  ");
		buf_printf(w->out, tr(w->lang, "(first broken on %s)"),
		           lang_date(w->lang, w->s->zone, v->broken, day));
	}
	buf_char(w->out, '\n');
}

static void promises(const Show *w)
{
	size_t width = 8;

	heading(w, tr(w->lang, "Promises at the end"));
	for (size_t i = 0; i < w->s->verdicts.n; i++) {
		size_t n = utf8_count(w->s->verdicts.at[i].id, strlen(w->s->verdicts.at[i].id));

		width = n > width ? n : width;
	}
	width = width > LABEL_MOST ? LABEL_MOST : width;
	for (size_t place = 0; place < COUNT_OF(verdict_words); place++) {
		for (size_t i = 0; i < w->s->verdicts.n; i++) {
			if (verdict_place(w->s->verdicts.at[i].verdict) == place)
				verdict_line(w, &w->s->verdicts.at[i], place, width);
		}
	}
}

/* ---- calls ---- */

static bool is_first_of_subject(const SimSummary *s, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (text_eq(s->pages.at[k].subject, s->pages.at[i].subject))
			return false;
	}
	return true;
}

static const SimIncident *incident_of(const SimSummary *s, const char *subject)
{
	for (size_t i = 0; text_starts(subject, "incident:") && i < s->incidents.n; i++) {
		if (text_eq(s->incidents.at[i].id, subject + strlen("incident:")))
			return &s->incidents.at[i];
	}
	return NULL;
}

static void incident_line(const Show *w, const SimIncident *inc)
{
	char from[LANG_TEXT], span[LANG_TEXT];

	buf_printf(w->out, "  %s  %s  %s", inc->id, moment(w, inc->started, from), inc->title);
	if (is_set(inc->taken))
		buf_printf(w->out, tr(w->lang, " · taken by %s after %s"), person(w, inc->taken_by),
		           lang_duration(w->lang, between(inc->started, inc->taken), span));
	else
		buf_printf(w->out, " · %s", tr(w->lang, "taken by nobody"));
	if (is_set(inc->over))
		buf_printf(w->out, tr(w->lang, " · over after %s"),
		           lang_duration(w->lang, between(inc->started, inc->over), span));
	else
		buf_printf(w->out, " · %s", tr(w->lang, "not over"));
	buf_char(w->out, '\n');
}

static size_t names_width(const Show *w)
{
	size_t width = 18;

	for (size_t i = 0; i < w->s->pages.n; i++) {
		const char *name = person(w, w->s->pages.at[i].contact);
		size_t n = utf8_count(name, strlen(name));

		width = n > width ? n : width;
	}
	return width > LABEL_MOST ? LABEL_MOST : width;
}

static void page_line(const Show *w, const SimPage *p)
{
	char at[LANG_TEXT];

	buf_text(w->out, "    ");
	cell(w->out, moment(w, p->at, at), 22);
	cell(w->out, person(w, p->contact), names_width(w));
	cell(w->out, p->channels, 14);
	buf_text(w->out, p->what);
	if (p->night)
		buf_printf(w->out, " (%s)", tr(w->lang, "night"));
	buf_char(w->out, '\n');
}

static void calls(const Show *w)
{
	const SimSummary *s = w->s;

	heading(w, tr(w->lang, "Who was called"));
	if (!s->pages.n && !s->incidents.n)
		buf_printf(w->out, "  %s\n", tr(w->lang, "Nobody."));
	for (size_t i = 0; i < s->pages.n; i++) {
		const SimIncident *inc = incident_of(s, s->pages.at[i].subject);

		if (!is_first_of_subject(s, i))
			continue;
		if (inc)
			incident_line(w, inc);
		else
			buf_printf(w->out, "  %s\n", s->pages.at[i].subject);
		for (size_t k = i; k < s->pages.n; k++) {
			if (text_eq(s->pages.at[k].subject, s->pages.at[i].subject))
				page_line(w, &s->pages.at[k]);
		}
	}
	for (size_t i = 0; i < s->incidents.n; i++) {
		bool called = false;

		for (size_t k = 0; k < s->pages.n; k++)
			called = called ||
			         incident_of(s, s->pages.at[k].subject) == &s->incidents.at[i];
		if (!called) {
			incident_line(w, &s->incidents.at[i]);
			buf_printf(w->out, "    %s\n", tr(w->lang, "nobody was called"));
		}
	}
}

/* ---- windows, tasks ---- */

static void windows(const Show *w)
{
	char first[LANG_TEXT], last[LANG_TEXT], length[LANG_TEXT];

	heading(w, tr(w->lang, "Windows"));
	if (!w->s->windows.n)
		buf_printf(w->out, "  %s\n", tr(w->lang, "None opened."));
	for (size_t i = 0; i < w->s->windows.n; i++) {
		const SimWindow *x = &w->s->windows.at[i];

		buf_text(w->out, "  ");
		cell(w->out, x->label[0] ? x->label : x->window, 28);
		buf_printf(w->out, tr_n(w->lang, "%u opened, %s", "%u opened, %s", x->opened),
		           x->opened, lang_duration(w->lang, x->open, length));
		if (x->in_time || x->late)
			buf_printf(w->out, tr(w->lang, " · announced in time %u, late %u"),
			           x->in_time, x->late);
		if (x->too_soon)
			buf_printf(w->out, tr(w->lang, " · too soon after the first day %u"),
			           x->too_soon);
		if (x->unpromised)
			buf_printf(w->out, tr(w->lang, " · no notice promised %u"), x->unpromised);
		if (x->overrun)
			buf_printf(w->out, tr(w->lang, " · overrun %u"), x->overrun);
		if (x->cancelled)
			buf_printf(w->out, tr(w->lang, " · cancelled %u"), x->cancelled);
		if (x->opened)
			buf_printf(w->out, tr(w->lang, " · first %s, last %s"),
			           moment(w, x->first, first), moment(w, x->last, last));
		buf_char(w->out, '\n');
	}
}

static void duty_line(const Show *w, const SimDuty *d)
{
	char day[LANG_TEXT];

	buf_text(w->out, "  ");
	cell(w->out, d->duty, 32);
	number(w->out, d->due, 9);
	number(w->out, d->done, 9);
	number(w->out, d->late, 9);
	number(w->out, d->missed, 9);
	number(w->out, d->failed, 9);
	number(w->out, d->open, 9);
	buf_text(w->out, d->title);
	if (d->nobody && d->owner[0])
		buf_printf(w->out, tr(w->lang, " [no person stands behind %s]"), d->owner);
	else if (d->nobody)
		buf_printf(w->out, " [%s]", tr(w->lang, "the plan names nobody for it"));
	if (is_set(d->first_bad))
		buf_printf(w->out, " (%s%s%s)", lang_date(w->lang, w->s->zone, d->first_bad, day),
		           d->why[0] ? tr(w->lang, ": ") : "", d->why);
	if (d->waived)
		buf_printf(w->out, tr_n(w->lang, ", %u waived", ", %u waived", d->waived),
		           d->waived);
	buf_char(w->out, '\n');
}

static void tasks(const Show *w)
{
	static const char *const heads[] = {
		TR_NOOP("due"),    TR_NOOP("done"),   TR_NOOP("late"),
		TR_NOOP("missed"), TR_NOOP("failed"), TR_NOOP("open")
	};

	heading(w, tr(w->lang, "Tasks"));
	if (!w->s->duties.n) {
		buf_printf(w->out, "  %s\n", tr(w->lang, "None fell due."));
		return;
	}
	buf_text(w->out, "  ");
	cell(w->out, "", 32);
	for (size_t i = 0; i < COUNT_OF(heads); i++) {
		const char *word = tr(w->lang, heads[i]);

		for (size_t n = utf8_count(word, strlen(word)); n < 9; n++)
			buf_char(w->out, ' ');
		buf_printf(w->out, "%s  ", word);
	}
	buf_char(w->out, '\n');
	for (size_t i = 0; i < w->s->duties.n; i++)
		duty_line(w, &w->s->duties.at[i]);
}

/* ---- load ---- */

/* Work is counted in hours: a day of it is not 24 of them. */
static const char *work_time(Lang lang, Duration d, char out[LANG_TEXT])
{
	long long min = (long long)((d.us + minutes(1).us / 2) / minutes(1).us);

	if (d.us < days(1).us)
		return lang_duration(lang, d, out);
	if (min % 60)
		(void)snprintf(out, LANG_TEXT, "%lld h %02lld", min / 60, min % 60);
	else
		(void)snprintf(out, LANG_TEXT, "%lld h", min / 60);
	return out;
}

static void load_line(const Show *w, size_t from, size_t to)
{
	SimLoad sum = { 0 };
	const SimLoad *most = &w->s->loads.at[from];
	char text[LANG_TEXT], month[LANG_TEXT];

	for (size_t i = from; i < to; i++) {
		const SimLoad *l = &w->s->loads.at[i];

		sum.pages += l->pages;
		sum.night_pages += l->night_pages;
		sum.tasks += l->tasks;
		sum.untimed += l->untimed;
		sum.hours.us += l->hours.us;
		if (l->hours.us > most->hours.us)
			most = l;
	}
	buf_text(w->out, "  ");
	cell(w->out, person(w, w->s->loads.at[from].contact), 24);
	buf_printf(w->out, tr(w->lang, "called %u (at night %u)"), sum.pages, sum.night_pages);
	if (!sum.tasks)
		buf_text(w->out, tr(w->lang, " · no tasks"));
	else if (sum.untimed == sum.tasks)
		buf_printf(w->out, tr(w->lang, " · tasks %u, of no stated duration"), sum.tasks);
	else
		buf_printf(w->out, tr(w->lang, " · tasks %u, %s"), sum.tasks,
		           work_time(w->lang, sum.hours, text));
	if (sum.untimed && sum.untimed < sum.tasks)
		buf_printf(w->out, tr(w->lang, " and %u of no stated duration"), sum.untimed);
	if (most->hours.us > 0) {
		Instant in_it = { days_from_civil(most->year, most->month, 15) * days(1).us };

		buf_printf(w->out, tr(w->lang, " · most in %s: %s"),
		           lang_month(w->lang, w->s->zone, in_it, month),
		           work_time(w->lang, most->hours, text));
	}
	buf_char(w->out, '\n');
}

static void loads(const Show *w)
{
	const SimSummary *s = w->s;
	size_t from = 0;

	heading(w, tr(w->lang, "Load per person"));
	if (!s->loads.n)
		buf_printf(w->out, "  %s\n", tr(w->lang, "Nobody had to do anything."));
	for (size_t i = 0; i < s->loads.n; i++) {
		if (i + 1 < s->loads.n &&
		    text_eq(s->loads.at[i].contact, s->loads.at[i + 1].contact))
			continue;
		load_line(w, from, i + 1);
		from = i + 1;
	}
}

void simulate_show(const SimSummary *s, const Plan *plan, const SimulateAsk *ask, Lang lang,
                   bool colour, Buf *out)
{
	Show w = { s, plan, lang, colour, out };
	Totals t = totals_of(s);

	first_sentence(&w, &t);
	assumptions(&w, ask);
	promises(&w);
	calls(&w);
	windows(&w);
	tasks(&w);
	loads(&w);
	buf_printf(out, "\n");
	buf_printf(out, tr(lang, "%llu probes, %llu messages, %lld records of evidence.\n"),
	           (unsigned long long)s->probes, (unsigned long long)s->messages,
	           (long long)s->records);
}

/* ---- JSON ---- */

static void json_instant(Emit *e, const SimSummary *s, const char *key, Instant t)
{
	char text[INSTANT_TEXT];

	emit_text(e, key, is_set(t) ? instant_print_at(t, zone_offset(s->zone, t), text) : NULL);
}

static void json_totals(Emit *e, const SimSummary *s)
{
	Totals t = totals_of(s);

	emit_object(e, "totals");
	emit_int(e, "calls", (int64_t)s->pages.n);
	emit_int(e, "night_calls", t.night);
	emit_int(e, "incidents", (int64_t)s->incidents.n);
	emit_int(e, "windows", t.opened);
	emit_int(e, "windows_in_time", t.in_time);
	emit_int(e, "tasks", t.due);
	emit_int(e, "done", t.done);
	emit_int(e, "done_late", t.late);
	emit_int(e, "missed", t.missed);
	emit_int(e, "failed", t.failed);
	emit_int(e, "waived", t.waived);
	emit_int(e, "open", t.open);
	emit_int(e, "commitments", (int64_t)s->verdicts.n);
	for (size_t i = 0; i < COUNT_OF(verdict_words); i++)
		emit_int(e, verdict_words[i], t.verdicts[i]);
	emit_int(e, "probes", (int64_t)s->probes);
	emit_int(e, "messages", (int64_t)s->messages);
	emit_int(e, "records", s->records);
	emit_object_end(e);
}

static void json_calls(Emit *e, const SimSummary *s)
{
	emit_array(e, "calls");
	for (size_t i = 0; i < s->pages.n; i++) {
		const SimPage *p = &s->pages.at[i];

		emit_object(e, NULL);
		json_instant(e, s, "at", p->at);
		emit_text(e, "who", p->contact);
		emit_text(e, "channels", p->channels);
		emit_text(e, "about", p->subject);
		emit_text(e, "what", p->what);
		emit_bool(e, "night", p->night);
		emit_object_end(e);
	}
	emit_array_end(e);
	emit_array(e, "incidents");
	for (size_t i = 0; i < s->incidents.n; i++) {
		const SimIncident *inc = &s->incidents.at[i];

		emit_object(e, NULL);
		emit_text(e, "id", inc->id);
		emit_text(e, "class", inc->class_);
		emit_text(e, "title", inc->title);
		json_instant(e, s, "started", inc->started);
		json_instant(e, s, "taken", inc->taken);
		emit_text(e, "taken_by", inc->taken_by);
		json_instant(e, s, "over", inc->over);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void json_windows(Emit *e, const SimSummary *s)
{
	emit_array(e, "windows");
	for (size_t i = 0; i < s->windows.n; i++) {
		const SimWindow *w = &s->windows.at[i];

		emit_object(e, NULL);
		emit_text(e, "window", w->window);
		emit_text(e, "label", w->label);
		emit_int(e, "opened", w->opened);
		emit_int(e, "in_time", w->in_time);
		emit_int(e, "late", w->late);
		emit_int(e, "too_soon", w->too_soon);
		emit_int(e, "no_notice_promised", w->unpromised);
		emit_int(e, "cancelled", w->cancelled);
		emit_int(e, "overrun", w->overrun);
		emit_seconds(e, "open_s", w->open);
		json_instant(e, s, "first", w->opened ? w->first : LONG_AGO);
		json_instant(e, s, "last", w->last);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void json_tasks(Emit *e, const SimSummary *s)
{
	emit_array(e, "tasks");
	for (size_t i = 0; i < s->duties.n; i++) {
		const SimDuty *d = &s->duties.at[i];

		emit_object(e, NULL);
		emit_text(e, "duty", d->duty);
		emit_text(e, "title", d->title);
		emit_bool(e, "human", d->human);
		emit_bool(e, "no_owner", d->nobody);
		emit_text(e, "owner_without_person", d->owner[0] ? d->owner : NULL);
		emit_int(e, "due", d->due);
		emit_int(e, "done", d->done);
		emit_int(e, "done_late", d->late);
		emit_int(e, "missed", d->missed);
		emit_int(e, "failed", d->failed);
		emit_int(e, "waived", d->waived);
		emit_int(e, "open", d->open);
		json_instant(e, s, "first_bad", d->first_bad);
		emit_text(e, "why", d->why);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void json_verdicts(Emit *e, const SimSummary *s)
{
	emit_array(e, "verdicts");
	for (size_t i = 0; i < s->verdicts.n; i++) {
		const SimVerdict *v = &s->verdicts.at[i];

		emit_object(e, NULL);
		emit_text(e, "id", v->id);
		emit_text(e, "src", v->src);
		emit_text(e, "kind", v->kind);
		emit_text(e, "figure", v->figure);
		emit_text(e, "verdict", v->verdict);
		json_instant(e, s, "first_broken", v->broken);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void json_load(Emit *e, const SimSummary *s)
{
	char month[16];

	emit_array(e, "load");
	for (size_t i = 0; i < s->loads.n; i++) {
		const SimLoad *l = &s->loads.at[i];

		(void)snprintf(month, sizeof month, "%04d-%02d", (int)l->year, l->month);
		emit_object(e, NULL);
		emit_text(e, "who", l->contact);
		emit_text(e, "month", month);
		emit_int(e, "calls", l->pages);
		emit_int(e, "night_calls", l->night_pages);
		emit_int(e, "tasks", l->tasks);
		emit_int(e, "tasks_of_no_stated_duration", l->untimed);
		emit_seconds(e, "task_s", l->hours);
		emit_object_end(e);
	}
	emit_array_end(e);
}

void simulate_json(const SimSummary *s, const Plan *plan, const SimulateAsk *ask, Buf *out)
{
	Emit e = emit_to(out);

	emit_object(&e, NULL);
	emit_text(&e, "plan", s->plan);
	emit_text(&e, "digest", plan->digest);
	json_instant(&e, s, "from", s->from);
	json_instant(&e, s, "until", s->until);
	emit_int(&e, "days", days_of(s));
	emit_int(&e, "seed", (int64_t)ask->seed);
	emit_array(&e, "assumed");
	emit_text(&e, NULL, "targets answer well and what is sent arrives");
	emit_text(&e, NULL, "who is called takes it after 5 min, in hours");
	emit_text(&e, NULL, "owners confirm tasks after their planned duration, in hours");
	emit_text(&e, NULL, "a name that no person stands behind does nothing");
	emit_array_end(&e);
	json_totals(&e, s);
	json_calls(&e, s);
	json_windows(&e, s);
	json_tasks(&e, s);
	json_verdicts(&e, s);
	json_load(&e, s);
	emit_text(&e, "head", s->head);
	emit_object_end(&e);
	buf_char(out, '\n');
}
