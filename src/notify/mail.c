/* RFC 5322, 2045 (quoted-printable), 2046 (multipart/alternative), 2047 (encoded
 * words), 3834 (Auto-Submitted). */
#include "core/digest.h"
#include "core/text.h"
#include "notify/notify_private.h"

enum { LINE_MAX_BYTES = 76, WORD_MAX = 75 };

/* ---- headers ---- */

/* Plain when it is printable ASCII that no reader takes for an encoded word. */
static bool is_plain(const char *s)
{
	for (const char *p = s; *p; p++) {
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			return false;
	}
	return !strstr(s, "=?");
}

/* Folds at blanks; a word longer than a line stays whole. */
static void add_folded(Buf *out, size_t column, const char *s)
{
	while (*s) {
		size_t blanks = strspn(s, " "), word = strcspn(s + blanks, " ");

		if (blanks > 0 && column + blanks + word > LINE_MAX_BYTES) {
			buf_text(out, "\r\n");
			column = 0;
		}
		buf_add(out, s, blanks + word);
		column += blanks + word;
		s += blanks + word;
	}
}

static void add_q(Buf *word, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		bool safe = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		            (c >= 'a' && c <= 'z') || (c && strchr("!*+-/", c));

		if (safe)
			buf_char(word, (char)c);
		else if (c == ' ')
			buf_char(word, '_');
		else
			buf_printf(word, "=%02X", c);
	}
}

/* Words of at most 75 bytes, none cutting a character (RFC 2047 §2, §5). */
static void add_encoded(Buf *out, size_t column, const char *s)
{
	AUTO(Buf) word = { 0 };
	size_t left = strlen(s), room = LINE_MAX_BYTES - column;

	room = room > WORD_MAX ? WORD_MAX : room;
	while (left > 0) {
		size_t step = utf8_step(s, left);
		AUTO(Buf) one = { 0 };

		if (step == 0)
			buf_text(&one, "=3F"); /* a byte that is no UTF-8 */
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			buf_char(&one, '_');
		else
			add_q(&one, s, step);
		if (word.n > 0 && strlen("=?UTF-8?Q?") + word.n + one.n + 2 > room) {
			buf_printf(out, "=?UTF-8?Q?%s?=\r\n ", buf_str(&word));
			buf_clear(&word);
			room = WORD_MAX;
		}
		buf_text(&word, buf_str(&one));
		s += step ? step : 1;
		left -= step ? step : 1;
	}
	buf_printf(out, "=?UTF-8?Q?%s?=", buf_str(&word));
}

static void add_value(Buf *out, size_t column, const char *value)
{
	if (is_plain(value))
		add_folded(out, column, value);
	else
		add_encoded(out, column, value);
}

void mail_header(Buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s: ", name);
	add_value(out, strlen(name) + 2, value);
	buf_text(out, "\r\n");
}

static void address_header(Buf *out, const char *field, const char *name, const char *address)
{
	buf_printf(out, "%s: ", field);
	if (name && name[0] && is_plain(name)) {
		buf_char(out, '"');
		for (; *name; name++)
			buf_printf(out, strchr("\"\\", *name) ? "\\%c" : "%c", *name);
		buf_text(out, "\" ");
	} else if (name && name[0]) {
		add_encoded(out, strlen(field) + 2, name);
		buf_text(out, "\r\n ");
	}
	buf_printf(out, "<%s>\r\n", address);
}

static void to_header(Buf *out, const char *const *to)
{
	buf_printf(out, "To: <%s>", to[0]);
	for (size_t i = 1; to[i]; i++)
		buf_printf(out, ",\r\n <%s>", to[i]);
	buf_text(out, "\r\n");
}

static void date_header(Buf *out, const Mail *m)
{
	static const char days_[] = "MonTueWedThuFriSatSun";
	static const char months_[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	Civil c = zone_civil(m->zone, m->date);
	int32_t offset = zone_offset(m->zone, m->date) / 60;
	int32_t size = offset < 0 ? -offset : offset;

	buf_printf(out, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d %c%02d%02d\r\n",
	           days_ + (size_t)civil_weekday(c) * 3, c.day, months_ + ((size_t)c.month - 1) * 3,
	           c.year, c.hour, c.minute, c.second, offset < 0 ? '-' : '+', size / 60,
	           size % 60);
}

/* The same for every try, and unguessable from outside only as much as the id is. */
static void id_header(Buf *out, const char *field, const char *what, const char *domain)
{
	char hash[DIGEST_TEXT];

	buf_printf(out, "%s: <%.32s@%s>\r\n", field, digest_sha256(what, strlen(what), hash),
	           domain);
}

/* ---- bodies ---- */

/* Encodes what is not printable ASCII, "=", blanks at a line's end, and a dot or
 * "From " at its start, which some relays mangle. */
static bool is_literal(const char *p, size_t column)
{
	unsigned char c = (unsigned char)*p;

	if (c == ' ' || c == '\t')
		return p[1] != '\n' && p[1] != '\r' && p[1] != '\0';
	if (column == 0 && (c == '.' || strncmp(p, "From ", 5) == 0))
		return false;
	return c > 0x20 && c < 0x7f && c != '=';
}

void mail_quoted_printable(Buf *out, const char *text)
{
	size_t column = 0;

	for (const char *p = text; *p; p++) {
		bool literal;

		if (*p == '\r' && p[1] == '\n')
			continue;
		if (*p == '\n') {
			buf_text(out, "\r\n");
			column = 0;
			continue;
		}
		/* A soft break leaves room for "=" and never splits "=XX". */
		if (column + 3 > LINE_MAX_BYTES - 1) {
			buf_text(out, "=\r\n");
			column = 0;
		}
		literal = is_literal(p, column);
		if (literal)
			buf_char(out, *p);
		else
			buf_printf(out, "=%02X", (unsigned char)*p);
		column += literal ? 1 : 3;
	}
	if (column > 0)
		buf_text(out, "\r\n");
}

static void add_part(Buf *out, const char *boundary, const char *type, const char *text)
{
	buf_printf(out,
	           "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
	           "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	           boundary, type);
	mail_quoted_printable(out, text);
	buf_text(out, "\r\n");
}

void mail_compose(const Mail *m, Buf *out)
{
	const char *at = strrchr(m->from, '@');
	const char *domain = at ? at + 1 : "localhost";
	char hash[DIGEST_TEXT], boundary[48];

	/* "=_" cannot occur in quoted-printable text. */
	(void)snprintf(boundary, sizeof boundary, "=_%.24s",
	               digest_sha256(m->id, strlen(m->id), hash));
	address_header(out, "From", m->from_name, m->from);
	to_header(out, m->to);
	mail_header(out, "Subject", m->subject);
	date_header(out, m);
	id_header(out, "Message-ID", m->id, domain);
	id_header(out, "In-Reply-To", m->entity, domain);
	id_header(out, "References", m->entity, domain);
	mail_header(out, "X-Carene-Kind", m->kind);
	mail_header(out, "X-Carene-Id", m->id);
	buf_text(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
	if (m->urgent)
		buf_text(out, "Importance: high\r\nX-Priority: 1\r\n");
	buf_printf(out,
	           "Content-Language: %s\r\nMIME-Version: 1.0\r\n"
	           "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n",
	           lang_code(m->lang), boundary);
	add_part(out, boundary, "text/plain", m->text);
	add_part(out, boundary, "text/html", m->html);
	buf_printf(out, "--%s--\r\n", boundary);
}

/* ---- addresses ---- */

static bool is_address(const char *s)
{
	const char *at = strrchr(s, '@');

	if (!at || at == s || !at[1] || strlen(s) > 254)
		return false;
	for (const char *p = s; *p; p++) {
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
		    strchr("<>()[]\\,;:\"", *p) || (*p == '@' && p != at))
			return false;
	}
	return true;
}

static void trim_name(const char *from, const char *to, char *out, size_t cap)
{
	while (from < to && strchr(" \t\"", *from))
		from++;
	while (to > from && strchr(" \t\"", to[-1]))
		to--;
	text_copy(out, (size_t)(to - from) + 1 < cap ? (size_t)(to - from) + 1 : cap, from);
}

bool mail_address(const char *s, char *ret_address, size_t cap, char *ret_name, size_t name_cap)
{
	const char *open = strrchr(s, '<'), *close = open ? strchr(open, '>') : NULL;
	const char *from = open ? open + 1 : s, *to = open ? close : s + strlen(s);

	if (ret_name)
		ret_name[0] = '\0';
	if ((open && (!close || close[1])) || !to || (size_t)(to - from) >= cap)
		return false;
	memcpy(ret_address, from, (size_t)(to - from));
	ret_address[to - from] = '\0';
	if (open && ret_name)
		trim_name(s, open, ret_name, name_cap);
	return is_address(ret_address);
}
