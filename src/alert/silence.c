/* Silences: reading, matching, ending. A silence holds nothing back by itself; the
 * engine asks it and hands its subject to the alert's step. */
#include "alert/silence.h"

#include "core/text.h"

#include <stdio.h>

static const Column columns[] = {
	COLUMN(Silence, id),
	COLUMN(Silence, author),
	COLUMN(Silence, matchers),
	COLUMN(Silence, reason),
	{ "starts", COL_INSTANT, offsetof(Silence, from), sizeof(Instant) },
	{ "ends", COL_INSTANT, offsetof(Silence, to), sizeof(Instant) },
	COLUMN(Silence, ended),
	COLUMN(Silence, ended_by),
};
const RecordType silence_record = { "silence", sizeof(Silence), COUNT_OF(columns), columns };

static const char *const key_names[SILENCE_KEYS] = { "rule",  "service", "level",
	                                             "check", "env",     "class" };

/* ---- matchers ---- */

#define BLANKS ", \t\n"

/* Ids of the plan, and what a glob needs. Anything else would not read back. */
static bool is_pattern(const char *s)
{
	for (; *s; s++) {
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		      (*s >= '0' && *s <= '9') || strchr("_-.:/@*?", *s) ||
		      (unsigned char)*s >= 0x80))
			return false;
	}
	return true;
}

static bool key_parse(const char *s, size_t n, SilenceKey *ret)
{
	for (int k = 0; k < SILENCE_KEYS; k++) {
		if (strlen(key_names[k]) == n && memcmp(key_names[k], s, n) == 0) {
			*ret = (SilenceKey)k;
			return true;
		}
	}
	return false;
}

static bool parse_term(const char *term, SilenceMatch *m, Err *err)
{
	size_t n = strcspn(term, "=");
	const char *pattern = term + n + 1;
	bool negated = n > 0 && term[n] && term[n - 1] == '!';
	SilenceKey key;

	if (!term[n])
		return err_set(err, ERR_BAD_INPUT, "'%s' is not key=value", term);
	if (!key_parse(term, n - negated, &key)) {
		err_set(err, ERR_BAD_INPUT, "'%.*s' is not something to silence by",
		        (int)(n - negated), term);
		return err_hint(err, "use rule, service, level, check, env or class");
	}
	if (!*pattern || strlen(pattern) >= SILENCE_PATTERN || !is_pattern(pattern) ||
	    !utf8_ok(pattern, strlen(pattern)))
		return err_set(err, ERR_BAD_INPUT, "'%s' needs a name or a pattern with * and ?",
		               term);
	if (m->n == SILENCE_TERMS)
		return err_set(err, ERR_LIMIT, "a silence has at most %d terms", SILENCE_TERMS);
	m->terms[m->n].key = key;
	m->terms[m->n].negated = negated;
	text_copy(m->terms[m->n++].pattern, SILENCE_PATTERN, pattern);
	return true;
}

bool silence_match_parse(const char *s, SilenceMatch *ret, Err *err)
{
	SilenceMatch m = { 0 };
	char term[128], text[256];

	*ret = m;
	for (s += strspn(s, BLANKS); *s; s += strspn(s, BLANKS)) {
		size_t n = strcspn(s, BLANKS);

		if (n >= sizeof term)
			return err_set(err, ERR_LIMIT, "a term of the silence is too long");
		memcpy(term, s, n);
		term[n] = '\0';
		if (!parse_term(term, &m, err))
			return false;
		s += n;
	}
	if (m.n == 0) {
		err_set(err, ERR_BAD_INPUT, "a silence says what it silences");
		return err_hint(err, "write rule=* to silence everything");
	}
	if (strlen(silence_match_print(&m, text)) + 1 >= sizeof text)
		return err_set(err, ERR_LIMIT, "the terms of the silence are too long together");
	*ret = m;
	return true;
}

const char *silence_match_print(const SilenceMatch *m, char out[256])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < m->n && n < 255; i++) {
		int k = snprintf(out + n, 256 - n, "%s%s%s%s", i ? ", " : "",
		                 key_names[m->terms[i].key], m->terms[i].negated ? "!=" : "=",
		                 m->terms[i].pattern);

		n += k > 0 ? (size_t)k : 0;
	}
	return out;
}

/* `*` any text, `?` one character. Goes back only to the last star, so it takes at
 * most pattern × text steps. */
static bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == '?') {
			size_t step = utf8_step(text, strlen(text));

			pattern++;
			text += step ? step : 1;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static const char *target_text(const SilenceTarget *t, SilenceKey key)
{
	const char *s = NULL;

	switch (key) {
	case SILENCE_RULE: s = t->rule; break;
	case SILENCE_SERVICE: s = t->service; break;
	case SILENCE_LEVEL: s = t->level; break;
	case SILENCE_CHECK: s = t->check; break;
	case SILENCE_ENV: s = t->env; break;
	case SILENCE_CLASS: s = t->class_; break;
	case SILENCE_KEYS: break;
	}
	return s ? s : "";
}

bool silence_match_holds(const SilenceMatch *m, const SilenceTarget *t)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *text = target_text(t, m->terms[i].key);

		if (glob_matches(m->terms[i].pattern, text) == m->terms[i].negated)
			return false;
	}
	return m->n > 0;
}

/* ---- silences ---- */

static Entry *silence_entry(const Silence *s, Instant now, const char *kind, const char *actor,
                            Effects *fx)
{
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);
	char subject[96];
	Entry *entry;

	emit_object(&e, NULL);
	emit_text(&e, "matchers", s->matchers);
	emit_text(&e, "author", s->author);
	emit_instant(&e, "from", s->from);
	emit_instant(&e, "to", s->to);
	emit_object_end(&e);
	(void)snprintf(subject, sizeof subject, "silence:%s", s->id);
	entry = effects_entry(fx, now, kind, subject, actor, buf_take(&json));
	text_copy(entry->note, sizeof entry->note, s->reason);
	return entry;
}

bool silence_make(Silence *ret, const char *id, const char *author, const char *matchers,
                  const char *reason, Instant from, Instant to, Instant now, Effects *fx, Err *err)
{
	SilenceMatch m;

	if (text_is_empty(author))
		return err_set(err, ERR_BAD_INPUT, "a silence has an author");
	if (text_is_empty(reason) || !reason[strspn(reason, " \t\n")])
		return err_set(err, ERR_BAD_INPUT, "a silence has a reason");
	if (!is_set(from) || !is_set(to) || !earlier(from, to))
		return err_set(err, ERR_BAD_INPUT, "a silence ends after it begins");
	if (!earlier(now, to))
		return err_set(err, ERR_BAD_INPUT, "the silence would be over already");
	if (!silence_match_parse(matchers ? matchers : "", &m, err))
		return false;
	*ret = (Silence){ .from = from, .to = to, .ended = LONG_AGO };
	text_copy(ret->id, sizeof ret->id, id);
	text_copy(ret->author, sizeof ret->author, author);
	text_copy(ret->reason, sizeof ret->reason, reason);
	(void)silence_match_print(&m, ret->matchers);
	silence_entry(ret, now, "silence.made", author, fx);
	return true;
}

bool silence_is_open(const Silence *s, Instant now)
{
	return !is_set(s->ended) && is_due(s->from, now) && earlier(now, s->to);
}

bool silence_holds(const Silence *s, const SilenceTarget *t, Instant now)
{
	SilenceMatch m;

	return silence_is_open(s, now) && silence_match_parse(s->matchers, &m, NULL) &&
	       silence_match_holds(&m, t);
}

static bool end_at(Silence *s, Instant at, const char *by, const char *kind, Instant now,
                   Effects *fx)
{
	s->ended = at;
	text_copy(s->ended_by, sizeof s->ended_by, by);
	silence_entry(s, now, kind, by, fx);
	return true;
}

bool silence_end(Silence *s, const char *by, Instant now, Effects *fx)
{
	if (is_set(s->ended) || is_due(s->to, now))
		return false;
	return end_at(s, now, by, "silence.ended", now, fx);
}

bool silence_tick(Silence *s, Instant now, Effects *fx)
{
	if (is_set(s->ended) || !is_due(s->to, now))
		return false;
	return end_at(s, s->to, "carene", "silence.expired", now, fx);
}

Instant silence_due(const Silence *s, Instant now)
{
	if (is_set(s->ended))
		return NEVER;
	return earlier(now, s->from) ? s->from : s->to;
}

void silence_emit(Emit *e, const Silence *s, Instant now)
{
	emit_object(e, NULL);
	emit_text(e, "id", s->id);
	emit_text(e, "matchers", s->matchers);
	emit_text(e, "author", s->author);
	emit_text(e, "reason", s->reason);
	emit_instant(e, "from", s->from);
	emit_instant(e, "to", s->to);
	emit_bool(e, "open", silence_is_open(s, now));
	emit_instant(e, "ended", s->ended);
	emit_text(e, "ended_by", *s->ended_by ? s->ended_by : NULL);
	emit_object_end(e);
}
