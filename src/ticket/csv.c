/* Reading rows of fields, one character at a time. */
#include "ticket/csv.h"

#include "core/buf.h"
#include "core/text.h"

static void clear_row(Csv *c)
{
	for (size_t i = 0; i < c->row.n; i++)
		mem_free(c->row.at[i].text);
	c->row.n = 0;
}

void Csv_done(Csv *c)
{
	clear_row(c);
	list_free(&c->row);
}

void csv_begin(Csv *c, const char *text, size_t n)
{
	size_t commas = 0, semicolons = 0;
	bool quoted = false;

	*c = (Csv){ .p = text, .end = text + n, .separator = ',', .line = 1, .column = 1 };
	if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		c->p += 3;
	for (const char *p = c->p; p < c->end && (quoted || (*p != '\n' && *p != '\r')); p++) {
		quoted ^= *p == '"';
		commas += !quoted && *p == ',';
		semicolons += !quoted && *p == ';';
	}
	if (semicolons > commas)
		c->separator = ';';
}

static bool at_end(const Csv *c) { return c->p >= c->end; }
static bool at_eol(const Csv *c) { return at_end(c) || *c->p == '\n' || *c->p == '\r'; }

static char take(Csv *c)
{
	char ch = *c->p++;

	c->column++;
	if (ch == '\n' || (ch == '\r' && (at_end(c) || *c->p != '\n'))) {
		c->line++;
		c->column = 1;
	}
	return ch;
}

static void skip_line(Csv *c)
{
	while (!at_eol(c))
		(void)take(c);
}

static void take_eol(Csv *c)
{
	if (!at_end(c) && *c->p == '\r')
		(void)take(c);
	if (!at_end(c) && *c->p == '\n')
		(void)take(c);
}

static bool quoted(Csv *c, Buf *out, Err *err)
{
	(void)take(c);
	while (!at_end(c)) {
		char ch = take(c);

		if (ch != '"') {
			buf_add(out, &ch, 1);
		} else if (!at_end(c) && *c->p == '"') {
			buf_char(out, take(c));
		} else if (at_eol(c) || *c->p == c->separator) {
			return true;
		} else {
			return err_set(err, ERR_BAD_INPUT,
			               "a character follows the quote that ends a field") ||
			       err_hint(err, "a quote inside a quoted field is written twice");
		}
	}
	return err_set(err, ERR_BAD_INPUT, "a quote is opened and never closed");
}

static bool field(Csv *c, Err *err)
{
	AUTO(Buf) text = { .max = CSV_FIELD };
	unsigned line = c->line, column = c->column;
	CsvField *f;

	if (!at_end(c) && *c->p == '"') {
		if (!quoted(c, &text, err))
			return false;
	} else {
		while (!at_eol(c) && *c->p != c->separator)
			buf_char(&text, take(c));
	}
	if (text.over)
		return err_set(err, ERR_LIMIT, "a field is longer than %d bytes", (int)CSV_FIELD);
	if (c->row.n >= CSV_FIELDS)
		return err_set(err, ERR_LIMIT, "a row has more than %d fields", (int)CSV_FIELDS);
	if (memchr(buf_str(&text), 0, text.n) || !utf8_ok(buf_str(&text), text.n))
		return err_set(err, ERR_BAD_INPUT, "a field is not text in UTF-8") ||
		       err_hint(err, "export it as UTF-8");
	f = list_push(&c->row);
	*f = (CsvField){ mem_text_n(buf_str(&text), text.n), line, column };
	return true;
}

bool csv_row(Csv *c, unsigned *ret_line, unsigned *ret_column, Err *err)
{
	clear_row(c);
	err->code = ERR_NONE;
	while (!at_end(c) && at_eol(c)) /* empty lines say nothing */
		take_eol(c);
	if (at_end(c))
		return false;
	for (;;) {
		*ret_line = c->line;
		*ret_column = c->column;
		if (!field(c, err)) {
			skip_line(c);
			return false;
		}
		if (at_eol(c))
			break;
		(void)take(c); /* the separator */
	}
	take_eol(c);
	return true;
}
