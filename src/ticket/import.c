/* What all exports have in common: words, times, scores, and our own form. */
#include "ticket/import_private.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>

void Import_done(Import *im)
{
	for (size_t i = 0; i < im->tickets.n; i++)
		list_free(&im->tickets.at[i].moments);
	list_free(&im->tickets);
	list_free(&im->problems);
	*im = (Import){ 0 };
}

void import_problem(Import *im, unsigned line, unsigned column, const char *hint, const char *fmt,
                    ...)
{
	ImportProblem *p;
	va_list ap;

	if (im->problems.n >= IMPORT_PROBLEMS) {
		im->more++;
		return;
	}
	p = list_push(&im->problems);
	p->line = line;
	p->column = column;
	text_copy(p->hint, sizeof p->hint, hint);
	va_start(ap, fmt);
	(void)vsnprintf(p->what, sizeof p->what, fmt, ap);
	va_end(ap);
}

bool import_room(const Import *im, Err *err)
{
	if (im->tickets.n < IMPORT_TICKETS)
		return true;
	return err_set(err, ERR_LIMIT, "there are more than %d tickets", (int)IMPORT_TICKETS) ||
	       err_hint(err, "export a shorter period");
}

void facts_moment(TicketFacts *f, Instant at, TicketEventKind event, const char *text)
{
	TicketMoment m = { at, event, "" };
	size_t i;

	if (!is_set(at) || f->moments.n >= IMPORT_MOMENTS)
		return;
	text_copy(m.text, sizeof m.text, text);
	(void)list_push(&f->moments);
	for (i = f->moments.n - 1; i > 0 && earlier(at, f->moments.at[i - 1].at); i--)
		f->moments.at[i] = f->moments.at[i - 1];
	f->moments.at[i] = m;
}

/* ---- words ---- */

static char without_accent(const char *s, size_t *ret_n)
{
	static const struct {
		const char *from;
		char to;
	} table[] = { { "é", 'e' }, { "è", 'e' }, { "ê", 'e' }, { "ë", 'e' },
		      { "à", 'a' }, { "â", 'a' }, { "ç", 'c' }, { "ô", 'o' },
		      { "î", 'i' }, { "ï", 'i' }, { "û", 'u' }, { "ù", 'u' },
		      { "É", 'e' }, { "È", 'e' }, { "À", 'a' }, { "°", 'o' } };

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (text_starts(s, table[i].from)) {
			*ret_n = strlen(table[i].from);
			return table[i].to;
		}
	}
	*ret_n = 1;
	return *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
}

void plain_word(const char *s, char *out, size_t cap)
{
	size_t n = 0, step;

	s += strspn(s, " \t");
	for (; *s && n + 1 < cap; s += step) {
		char c = without_accent(s, &step);
		bool blank = c == ' ' || c == '-' || c == '\t' || c == '\'' || c == '_';

		if (!blank)
			out[n++] = c;
		else if (n && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n && out[n - 1] == '_')
		n--;
	out[n] = '\0';
}

static const struct {
	const char *word;
	TicketStatus status;
} statuses[] = {
	{ "new", STATUS_NEW },          { "open", STATUS_OPEN },
	{ "waiting", STATUS_WAITING },  { "resolved", STATUS_RESOLVED },
	{ "closed", STATUS_CLOSED },    { "nouveau", STATUS_NEW },
	{ "ouvert", STATUS_OPEN },      { "en_cours", STATUS_OPEN },
	{ "in_progress", STATUS_OPEN }, { "assigned", STATUS_OPEN },
	{ "attribue", STATUS_OPEN },    { "pending", STATUS_WAITING },
	{ "hold", STATUS_WAITING },     { "on_hold", STATUS_WAITING },
	{ "snoozed", STATUS_WAITING },  { "en_attente", STATUS_WAITING },
	{ "solved", STATUS_RESOLVED },  { "resolu", STATUS_RESOLVED },
	{ "ferme", STATUS_CLOSED },     { "clos", STATUS_CLOSED },
	{ "cloture", STATUS_CLOSED },   { "", STATUS_UNSAID },
};

bool status_parse(const char *s, TicketStatus *ret)
{
	char word[32];

	plain_word(s, word, sizeof word);
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		if (text_eq(word, statuses[i].word)) {
			*ret = statuses[i].status;
			return true;
		}
	}
	return false;
}

const char *status_name(TicketStatus s)
{
	return s == STATUS_UNSAID ? NULL : statuses[s - STATUS_NEW].word;
}

bool import_format_parse(const char *s, ImportFormat *ret)
{
	static const char *const names[IMPORT_FORMATS] = { "auto", "csv", "json", "zendesk",
		                                           "intercom" };

	for (int i = 0; i < IMPORT_FORMATS; i++) {
		if (text_eq(s, names[i])) {
			*ret = (ImportFormat)i;
			return true;
		}
	}
	return false;
}

/* ---- times and scores ---- */

static bool civil_ok(const Civil *c)
{
	return c->year >= 1970 && c->year <= 2200 && c->month >= 1 && c->month <= 12 &&
	       c->day >= 1 && c->day <= civil_month_days(c->year, c->month) && c->hour >= 0 &&
	       c->hour <= 23 && c->minute >= 0 && c->minute <= 59 && c->second >= 0 &&
	       c->second <= 59;
}

/* What is left after the date and time is a zone's: "", "Z", "UTC", " +0100", "+01:00". */
static bool zone_tail(const char *s, const Zone *zone, Civil c, Instant *ret)
{
	int h, m, n = 0;
	char sign;

	s += strspn(s, " ");
	*ret = zone_instant(zone, c, PICK_FIRST, NULL);
	if (!*s)
		return true;
	*ret = zone_instant(zone_utc(), c, PICK_FIRST, NULL);
	if (text_eq(s, "UTC") || text_eq(s, "Z") || text_eq(s, "GMT"))
		return true;
	if (sscanf(s, "%c%2d:%2d%n", &sign, &h, &m, &n) != 3 &&
	    sscanf(s, "%c%2d%2d%n", &sign, &h, &m, &n) != 3)
		return false;
	if (s[n] || (sign != '+' && sign != '-') || h < 0 || h > 14 || m < 0 || m > 59)
		return false;
	*ret = after(*ret, minutes((sign == '+' ? -1 : 1) * (h * 60 + m)));
	return true;
}

bool import_time(const char *s, const Zone *zone, bool day_first, Instant *ret)
{
	Civil c = { 0 };
	int n = 0, k = 0;

	s += strspn(s, " \t");
	if (instant_parse(s, ret))
		return is_set(*ret);
	if (sscanf(s, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &n) != 3 || n != 10) {
		n = 0;
		if (!day_first || sscanf(s, "%2d/%2d/%4d%n", &c.day, &c.month, &c.year, &n) != 3 ||
		    n < 8)
			return false;
	}
	s += n;
	if (*s == ' ' || *s == 'T') {
		if (sscanf(s + 1, "%2d:%2d%n", &c.hour, &c.minute, &k) != 2)
			return false;
		s += 1 + k;
		if (*s == ':') {
			if (sscanf(s, ":%2d%n", &c.second, &k) != 1)
				return false;
			s += k;
		}
	}
	return civil_ok(&c) && zone_tail(s, zone, c, ret);
}

bool import_score(const char *s, double *ret_score, double *ret_scale)
{
	AUTO_FREE char *text = mem_text(s);
	char *slash = strchr(text, '/'), *comma = strchr(text, ',');
	char word[16];

	plain_word(s, word, sizeof word);
	*ret_scale = 5;
	if (text_eq(word, "good") || text_eq(word, "bad")) {
		*ret_score = text_eq(word, "good") ? 5 : 1;
		return true;
	}
	if (comma)
		*comma = '.';
	if (slash) {
		*slash = '\0';
		if (!text_real(slash + 1, ret_scale))
			return false;
	}
	return text_real(text, ret_score) && *ret_scale > 0 && *ret_scale <= 1000 &&
	       *ret_score >= 0 && *ret_score <= *ret_scale;
}

/* ---- a whole export ---- */

bool import_read(ImportFormat format, const char *text, size_t n, const Zone *zone, Import *ret,
                 Err *err)
{
	size_t at = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	*ret = (Import){ 0 };
	if (n > IMPORT_BYTES)
		return err_set(err, ERR_LIMIT, "the file is over %d MiB",
		               (int)(IMPORT_BYTES >> 20)) ||
		       err_hint(err, "export a shorter period");
	while (at < n && strchr(" \t\r\n", text[at]) && text[at])
		at++;
	if (at == n)
		return err_set(err, ERR_BAD_INPUT, "the file is empty");
	if (format == IMPORT_CSV || (format == IMPORT_AUTO && text[at] != '{' && text[at] != '['))
		return import_csv(text, n, zone, ret, err);
	return import_json(format, text + at, n - at, zone, ret, err);
}

static void emit_word(Emit *e, const char *key, const char *s)
{
	if (*s)
		emit_text(e, key, s);
}

void import_emit(Emit *e, const char *key, const TicketFacts *f)
{
	emit_object(e, key);
	emit_text(e, "id", f->external);
	emit_text(e, "source", f->source);
	emit_text(e, "title", f->title);
	emit_word(e, "priority", f->priority);
	emit_word(e, "agent", f->agent);
	if (f->status != STATUS_UNSAID)
		emit_text(e, "status", status_name(f->status));
	emit_instant(e, "created_at", f->opened);
	emit_instant(e, "updated_at", f->updated);
	emit_int(e, "level", f->level);
	emit_int(e, "replies", f->replies);
	emit_int(e, "reopens", f->reopens);
	emit_int(e, "escalations", f->escalations);
	if (f->scored) {
		emit_real(e, "score", f->score);
		emit_real(e, "scale", f->scale);
		emit_instant(e, "scored_at", f->scored_at);
	}
	emit_array(e, "events");
	for (size_t i = 0; i < f->moments.n; i++) {
		const TicketMoment *m = &f->moments.at[i];

		emit_object(e, NULL);
		emit_instant(e, "at", m->at);
		emit_text(e, "what", ticket_event_name(m->event));
		emit_word(e, "text", m->text);
		emit_object_end(e);
	}
	emit_array_end(e);
	emit_object_end(e);
}
