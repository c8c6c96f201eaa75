#include "plan/findings.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const FindingInfo plan_finding_infos[FINDING_CODES] = {
#define FINDING(code, severity, name_en, name_fr, why_en, why_fr, what_en, what_fr) \
	[F_##code] = { #code,                                                       \
		       SEVERITY_##severity,                                         \
		       { name_en, name_fr },                                        \
		       { why_en, why_fr },                                          \
		       { what_en, what_fr } },
#include "plan/findings.def"
#undef FINDING
};

void findings_open(Report *r, Arena *arena, const char *path, const char *text, size_t n)
{
	*r = (Report){ .arena = arena, .path = path, .text = text, .n = n };
	list_add(&r->lines, 0);
	for (const char *at = text, *end = text + n;
	     at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
		list_add(&r->lines, (size_t)(at - text) + 1);
}

void findings_forget(Report *r)
{
	r->found.n = r->masks.n = 0;
	r->errors = r->dropped = 0;
}

void findings_mask(Report *r, Extent where) { list_add(&r->masks, ((Mark){ where })); }

void findings_hide(Report *r, const char *value)
{
	if (strlen(value) >= 6)
		(void)map_put(&r->hidden, value, r);
}

/* How much of `value` stands at s: all of it, or a beginning too long for chance. */
static size_t shown_of(const char *s, const char *value)
{
	size_t n = 0;

	while (value[n] && s[n] == value[n])
		n++;
	return !value[n] || n >= 12 ? n : 0;
}

/* Also drops what is left of a character that a "%.60s" cut in two. */
static const char *redact(const Report *r, const char *s)
{
	AUTO(Buf) out = { .max = 4096 };

	if (!s)
		return NULL;
	while (*s) {
		size_t n = 0, step = utf8_step(s, strlen(s));

		for (size_t i = 0; i < r->hidden.n && !n; i++)
			n = shown_of(s, r->hidden.entries[i].key);
		if (n)
			buf_text(&out, "***");
		else
			buf_add(&out, s, step);
		s += n ? n : step ? step : 1;
	}
	return arena_text(r->arena, buf_str(&out));
}

Place findings_place(const Report *r, size_t offset)
{
	size_t low = 0, high = r->lines.n;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (r->lines.at[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return (Place){
		r->path, (unsigned)low + 1,
		(unsigned)utf8_count(r->text + r->lines.at[low], offset - r->lines.at[low]) + 1
	};
}

void findings_add(Report *r, FindingCode code, Extent where, const char *path, const char *hint,
                  const char *related, const char *fmt, ...)
{
	const FindingInfo *info = &plan_finding_infos[code];
	char message[FINDING_TEXT], short_path[FINDING_TEXT];
	Finding *f;
	va_list ap;

	r->errors += info->severity == SEVERITY_ERROR;
	if (r->found.n >= FINDINGS_MAX) {
		r->dropped++;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	text_copy(short_path, sizeof short_path, path);
	f = list_push(&r->found);
	f->code = info->code;
	f->severity = info->severity;
	f->at = where.at;
	f->at.file = r->path;
	f->end_column = where.end_line == where.at.line ? where.end_column : 0;
	f->path = path ? arena_text(r->arena, short_path) : NULL;
	f->message = redact(r, message);
	f->hint = redact(r, hint);
	f->related = redact(r, related);
}

/* ---- excerpts ---- */

static bool is_masked(const Report *r, unsigned line, unsigned column)
{
	for (size_t i = 0; i < r->masks.n; i++) {
		const Extent *m = &r->masks.at[i].where;
		bool after_start =
		        line > m->at.line || (line == m->at.line && column >= m->at.column);
		bool before_end =
		        line < m->end_line || (line == m->end_line && column < m->end_column);

		if (after_start && before_end)
			return true;
	}
	return false;
}

enum { EXCERPT = 110 };

/* Copies the line from code point `first` on, at most EXCERPT of them. A secret
 * becomes as many stars as it has characters, so that the caret still fits. */
static const char *excerpt(const Report *r, unsigned line, unsigned first)
{
	size_t start = r->lines.at[line - 1];
	size_t end = line < r->lines.n ? r->lines.at[line] - 1 : r->n;
	AUTO(Buf) b = { .max = 2048 };
	unsigned column = 1;

	while (end > start && r->text[end - 1] == '\r')
		end--;
	for (size_t i = start, step; i < end && column < first + EXCERPT; i += step, column++) {
		step = utf8_step(r->text + i, end - i);
		if (column < first) {
			step = step ? step : 1;
			continue;
		}
		if (is_masked(r, line, column))
			buf_char(&b, '*');
		else if (!step || ((unsigned char)r->text[i] < ' ' && r->text[i] != '\t') ||
		         r->text[i] == 0x7f)
			buf_text(&b, "\xEF\xBF\xBD");
		else
			buf_add(&b, r->text + i, step);
		step = step ? step : 1;
	}
	return arena_text(r->arena, buf_str(&b));
}

static int by_place(const void *a, const void *b)
{
	const Finding *x = a, *y = b;

	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	if (x->at.column != y->at.column)
		return x->at.column < y->at.column ? -1 : 1;
	return strcmp(x->code, y->code) ? strcmp(x->code, y->code) : strcmp(x->message, y->message);
}

void findings_close(Report *r, Findings *out)
{
	Finding *kept;

	if (r->dropped) {
		size_t more = r->dropped;

		r->found.n--; /* room for the note; its finding is counted with the others */
		findings_add(r, F_N02, (Extent){ .at = { r->path, (unsigned)r->lines.n + 1, 1 } },
		             NULL, plan_finding_infos[F_N02].what[0], NULL,
		             "%zu more findings are not shown", more + 1);
	}
	if (r->found.n)
		qsort(r->found.at, r->found.n, sizeof *r->found.at, by_place);
	for (size_t i = 0; i < r->found.n; i++) {
		Finding *f = &r->found.at[i];

		if (f->at.line >= 1 && f->at.line <= r->lines.n)
			f->excerpt = excerpt(r, f->at.line,
			                     f->at.column > EXCERPT - 20 ? f->at.column - 40 : 1);
	}
	kept = ARENA_ARRAY(r->arena, Finding, r->found.n + 1);
	if (r->found.n)
		memcpy(kept, r->found.at, r->found.n * sizeof *kept);
	*out = (Findings){ r->arena, kept, r->found.n, r->errors };
	list_free(&r->lines);
	list_free(&r->found);
	list_free(&r->masks);
	Map_done(&r->hidden);
}

/* ---- showing them ---- */

static const char *const severity_names[] = { "error", "warning", "note" };
static const char *const severity_colours[] = { "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m" };

/* The excerpt is cut at the left when the place is far to the right. */
static unsigned shown_from(const Finding *f)
{
	return f->at.column > EXCERPT - 20 ? f->at.column - 40 : 1;
}

static void print_excerpt(const Finding *f, bool colour, Buf *out)
{
	size_t n = strlen(f->excerpt), total = utf8_count(f->excerpt, n);
	unsigned from = f->at.column - shown_from(f), at = 0, to;
	const char *s = f->excerpt;

	buf_printf(out, "%5u | %s\n      | ", f->at.line, f->excerpt);
	for (; at < from && *s; at++) {
		buf_char(out, *s == '\t' ? '\t' : ' ');
		s += utf8_step(s, strlen(s));
	}
	to = f->end_column > f->at.column ? f->end_column - shown_from(f) : 0;
	if (to == 0)
		to = f->end_column ? from + 1 : (unsigned)total;
	if (to > total)
		to = (unsigned)total;
	buf_text(out, colour ? "\x1b[1;32m^" : "^");
	for (at = from + 1; at < to; at++)
		buf_char(out, '~');
	buf_text(out, colour ? "\x1b[0m\n" : "\n");
}

static void print_one(const Finding *f, bool colour, Buf *out)
{
	buf_text(out, f->at.file);
	if (f->at.line)
		buf_printf(out, ":%u:%u", f->at.line, f->at.column);
	buf_printf(out, ": %s%s%s %s: %s\n", colour ? severity_colours[f->severity] : "",
	           severity_names[f->severity], colour ? "\x1b[0m" : "", f->code, f->message);
	if (!text_is_empty(f->excerpt))
		print_excerpt(f, colour, out);
	if (f->related)
		buf_printf(out, "        see: %s\n", f->related);
	if (f->hint)
		buf_printf(out, "        do:  %s\n", f->hint);
}

void findings_print(const Findings *f, bool colour, Buf *out)
{
	for (size_t i = 0; i < f->n; i++)
		print_one(&f->at[i], colour, out);
}

void findings_json(const Findings *f, Emit *out)
{
	emit_array(out, "findings");
	for (size_t i = 0; i < f->n; i++) {
		const Finding *x = &f->at[i];

		emit_object(out, NULL);
		emit_text(out, "code", x->code);
		emit_text(out, "severity", severity_names[x->severity]);
		emit_text(out, "file", x->at.file);
		emit_int(out, "line", x->at.line);
		emit_int(out, "column", x->at.column);
		emit_text(out, "path", x->path);
		emit_text(out, "message", x->message);
		emit_text(out, "hint", x->hint);
		emit_text(out, "related", x->related);
		emit_object_end(out);
	}
	emit_array_end(out);
}
