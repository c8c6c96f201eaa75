/* iCalendar text: escaping first, folding last, so that a fold never counts wrong. */
#include "agenda/ical.h"

#include "calendar/zone.h"
#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { OCTETS = 75, STAMP = 24 };

/* RFC 5545, 3.3.11: backslash, semicolon, comma and newline. What is not UTF-8 would
 * make the whole file unreadable: U+FFFD stands for it. */
static void escape(const char *s, Buf *out)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		size_t step = utf8_step(s + i, n - i);
		unsigned char c = (unsigned char)s[i];

		if (step == 0) {
			buf_text(out, "\xEF\xBF\xBD");
			i++;
			continue;
		}
		if (c == '\n')
			buf_text(out, "\\n");
		else if (c == '\\' || c == ';' || c == ',')
			buf_printf(out, "\\%c", c);
		else if (c == '\r' && s[i + 1] == '\n')
			; /* the newline that follows is enough */
		else if (c < 0x20 || c == 0x7f)
			buf_char(out, ' ');
		else
			buf_add(out, s + i, step);
		i += step;
	}
}

/* RFC 5545, 3.1: lines longer than 75 octets are folded; never inside a character, nor
 * inside an escape, for readers that undo one line after the other. */
static void fold(const char *line, size_t n, Buf *out)
{
	size_t room = OCTETS;

	for (size_t i = 0; i < n;) {
		size_t step = utf8_step(line + i, n - i);

		step = step ? step : 1;
		if (line[i] == '\\' && i + 1 < n)
			step = 2;
		if (step > room) {
			buf_text(out, "\r\n ");
			room = OCTETS - 1;
		}
		buf_add(out, line + i, step);
		room -= step;
		i += step;
	}
	buf_text(out, "\r\n");
}

void ical_line(const char *name, const char *value, Buf *out)
{
	AUTO(Buf) line = { 0 };

	buf_printf(&line, "%s:", name);
	escape(value, &line);
	fold(buf_str(&line), line.n, out);
}

static void raw_line(const char *name, const char *value, Buf *out)
{
	buf_printf(out, "%s:%s\r\n", name, value);
}

/* "20270104T080000Z"; fractions of a second are cut. */
static const char *stamp(Instant t, char out[STAMP])
{
	Civil c = zone_civil(zone_utc(), t);

	(void)snprintf(out, STAMP, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)c.year % 10000U,
	               (unsigned)c.month % 100U, (unsigned)c.day % 100U, (unsigned)c.hour % 100U,
	               (unsigned)c.minute % 100U, (unsigned)c.second % 100U);
	return out;
}

static void write_event(const IcalCalendar *c, const IcalEvent *e, Buf *out)
{
	char at[STAMP];

	raw_line("BEGIN", "VEVENT", out);
	ical_line("UID", e->uid, out);
	raw_line("DTSTAMP", stamp(c->stamp, at), out);
	raw_line("DTSTART", stamp(e->from, at), out);
	if (earlier(e->from, e->to))
		raw_line("DTEND", stamp(e->to, at), out);
	ical_line("SUMMARY", e->summary ? e->summary : "", out);
	if (e->description)
		ical_line("DESCRIPTION", e->description, out);
	if (e->category)
		ical_line("CATEGORIES", e->category, out);
	raw_line("TRANSP", e->busy ? "OPAQUE" : "TRANSPARENT", out);
	raw_line("END", "VEVENT", out);
}

void ical_write(const IcalCalendar *c, Buf *out)
{
	raw_line("BEGIN", "VCALENDAR", out);
	raw_line("VERSION", "2.0", out);
	raw_line("PRODID", "-//Carene//plan//EN", out);
	raw_line("CALSCALE", "GREGORIAN", out);
	raw_line("METHOD", "PUBLISH", out);
	if (c->name) {
		ical_line("NAME", c->name, out);
		ical_line("X-WR-CALNAME", c->name, out);
	}
	if (c->zone)
		ical_line("X-WR-TIMEZONE", c->zone, out);
	for (size_t i = 0; i < c->n; i++)
		write_event(c, &c->events[i], out);
	raw_line("END", "VCALENDAR", out);
}
