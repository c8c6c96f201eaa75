#include "home/home.h"

#include "core/alloc.h"
#include "core/emit.h"
#include "core/list.h"
#include "core/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Longest name of a series, as in series/. */
enum { NAME = 128 };

/* Milliseconds: some 30 000 years, and still an instant in microseconds. */
#define TIME_MAX 9e14

const char *home_label(const char *name, const char *scope)
{
	return scope[0] == '/' ? "mount" : text_starts(name, "db_") ? "db" : "check";
}

void home_address(const char *url, const char *path, Buf *out)
{
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	buf_add(out, url, n);
	buf_text(out, path);
}

/* ---- there ---- */

typedef struct Item {
	uint32_t series;
	size_t order; /* as it came */
	int64_t ms;
	double value;
} Item;

struct HomeBatch {
	LIST(Item) items;
};

HomeBatch *home_batch_new(void) { return NEW(HomeBatch); }

void home_batch_free(HomeBatch *b)
{
	if (!b)
		return;
	list_free(&b->items);
	mem_free(b);
}

static int64_t whole_ms(Instant t) { return t.us / 1000 - (t.us % 1000 < 0); }

void home_batch_add(HomeBatch *b, uint32_t series, Instant at, double value)
{
	list_add(&b->items, ((Item){ series, b->items.n, whole_ms(at), value }));
}

size_t home_batch_n(const HomeBatch *b) { return b->items.n; }

static int by_series(const void *a, const void *b)
{
	const Item *x = a, *y = b;

	if (x->series != y->series)
		return (x->series > y->series) - (x->series < y->series);
	return (x->order > y->order) - (x->order < y->order);
}

static void write_metric(Emit *j, const char *series)
{
	const char *brace = strchr(series, '{');
	char name[NAME], scope[NAME] = "";

	text_copy(name, sizeof name, series);
	if (brace) {
		name[brace - series] = '\0';
		text_copy(scope, sizeof scope, brace + 1);
		if (text_ends(scope, "}"))
			scope[strlen(scope) - 1] = '\0';
	}
	emit_object(j, "metric");
	emit_text(j, "__name__", name);
	if (brace)
		emit_text(j, home_label(name, scope), scope);
	emit_object_end(j);
}

static void write_line(const Item *at, size_t n, const char *series, Buf *out)
{
	Emit j = emit_to(out);

	emit_object(&j, NULL);
	write_metric(&j, series);
	emit_array(&j, "values");
	for (size_t i = 0; i < n; i++)
		emit_real(&j, NULL, at[i].value);
	emit_array_end(&j);
	emit_array(&j, "timestamps");
	for (size_t i = 0; i < n; i++)
		emit_int(&j, NULL, at[i].ms);
	emit_array_end(&j);
	emit_object_end(&j);
	buf_char(out, '\n');
}

void home_batch_write(HomeBatch *b, const char *(*name)(void *ctx, uint32_t series), void *ctx,
                      Buf *out)
{
	if (b->items.n)
		list_sort(&b->items, by_series);
	for (size_t i = 0, n; i < b->items.n; i += n) {
		const Item *at = &b->items.at[i];
		const char *series = name(ctx, at->series);

		for (n = 1; i + n < b->items.n && at[n].series == at->series;)
			n++;
		if (series && strlen(series) < NAME)
			write_line(at, n, series, out);
	}
	b->items.n = 0;
}

/* ---- and back ---- */

/* Our name: the metric's, and the one other label in braces. */
static bool read_name(json_t *metric, char out[NAME])
{
	const char *name = json_string_value(json_object_get(metric, "__name__")), *scope = NULL;
	const char *key;
	json_t *value;
	int n;

	if (!name || !*name || strchr(name, '{'))
		return false;
	json_object_foreach(metric, key, value)
	{
		if (text_eq(key, "check") || text_eq(key, "db") || text_eq(key, "mount"))
			scope = json_string_value(value);
	}
	n = snprintf(out, NAME, "%s%s%s%s", name, scope ? "{" : "", scope ? scope : "",
	             scope ? "}" : "");
	return n > 0 && n < NAME;
}

static bool read_line(json_t *line, HomeEach *each, void *arg)
{
	json_t *values = json_object_get(line, "values"),
	       *times = json_object_get(line, "timestamps");
	char series[NAME];

	if (!json_is_array(values) || !json_is_array(times) ||
	    json_array_size(values) != json_array_size(times) ||
	    !read_name(json_object_get(line, "metric"), series))
		return false;
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *v = json_array_get(values, i), *t = json_array_get(times, i);

		if (!json_is_real(t) || fabs(json_real_value(t)) > TIME_MAX)
			return false;
		if (json_is_real(v)) /* null, "Infinity": none of ours */
			each(arg, series, (Instant){ (int64_t)json_real_value(t) * 1000 },
			     json_real_value(v));
	}
	return true;
}

bool home_read(const char *p, size_t n, HomeEach *each, void *arg, Err *err)
{
	const char *end = p + n;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t length = (size_t)((stop ? stop : end) - p);
		/* Whole values are integers in text, and may be beyond 64 bits. */
		json_t *line = length ? json_loadb(p, length, JSON_DECODE_INT_AS_REAL, NULL) : NULL;
		bool ok = length == 0 || (line && read_line(line, each, arg));

		json_decref(line);
		if (!ok)
			return err_set(err, ERR_BAD_INPUT, "the answer is not a line of samples");
		p += length + 1;
	}
	return true;
}
