/* Is this file UTF-8 text at all? One clear error otherwise, with a guess at what
 * it is. Refuses to repair: a repaired plan is not the one that was reviewed. */
#include "plan/node.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

static Extent first_line(const Report *r) { return (Extent){ { r->path, 0, 0 }, 0, 0 }; }

static Extent byte_at(const Report *r, size_t offset)
{
	Place at = findings_place(r, offset);

	return (Extent){ at, at.line, at.column + 1 };
}

static void refuse(Report *r, FindingCode code, Extent where, const char *what)
{
	findings_add(r, code, where, NULL, plan_finding_infos[code].what[0], NULL, "%s", what);
}

typedef struct Magic {
	const char *bytes;
	size_t n;
	const char *what;
} Magic;

static const Magic magics[] = {
	{ "\x1f\x8b", 2, "a gzip archive" },
	{ "PK\x03\x04", 4, "a ZIP archive" },
	{ "\x89PNG", 4, "a PNG picture" },
	{ "\xff\xd8\xff", 3, "a JPEG picture" },
	{ "%PDF", 4, "a PDF document" },
	{ "\x7f"
	  "ELF",
	  4, "a program" },
	{ "\x28\xb5\x2f\xfd", 4, "zstd data" },
	{ "SQLite format 3", 15, "an SQLite database" },
	{ "\xfd"
	  "7zXZ",
	  5, "an xz archive" },
	{ "BZh", 3, "a bzip2 archive" },
};

static bool known_binary(Report *r, const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		if (n >= magics[i].n && memcmp(s, magics[i].bytes, magics[i].n) == 0) {
			findings_add(r, F_P02, first_line(r), NULL, NULL, NULL,
			             "this is %s, not a plan", magics[i].what);
			return true;
		}
	}
	return false;
}

/* UTF-16 and UTF-32 by mark, else by the zeroes that ASCII leaves in every second
 * byte of the first kilobyte. */
static const char *wide_encoding(const char *s, size_t n)
{
	size_t even = 0, odd = 0, look = n < 1024 ? n : 1024;

	if (n >= 4 && memcmp(s, "\xff\xfe\0\0", 4) == 0)
		return "UTF-32LE";
	if (n >= 4 && memcmp(s, "\0\0\xfe\xff", 4) == 0)
		return "UTF-32BE";
	if (n >= 2 && memcmp(s, "\xff\xfe", 2) == 0)
		return "UTF-16LE";
	if (n >= 2 && memcmp(s, "\xfe\xff", 2) == 0)
		return "UTF-16BE";
	for (size_t i = 0; i < look; i++) {
		if (s[i] == '\0')
			*(i % 2 ? &odd : &even) += 1;
	}
	if (look >= 4 && odd * 3 > look && even * 8 < look)
		return "UTF-16LE";
	if (look >= 4 && even * 3 > look && odd * 8 < look)
		return "UTF-16BE";
	return NULL;
}

static void is_binary(Report *r)
{
	findings_add(r, F_P02, first_line(r), NULL, NULL, NULL, "this is binary data, not a plan");
}

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* Bytes that are no UTF-8. Single high bytes among letters are Latin-1's accents
 * (or its Windows superset, which also uses 80-9F); anything else is just data. */
enum { BLOCK = 64 };

/* Nothing but printable ASCII and line ends: what nearly all of a large plan is. */
static bool is_plain_block(const char *s)
{
	unsigned char odd = 0;

	for (int i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)s[i];

		odd |= (unsigned char)((unsigned char)(c - ' ') > '~' - ' ') & (c != '\n');
	}
	return !odd;
}

/* The first place from i on that is worth a look, byte by byte up to *slow. */
static size_t skip_plain(const char *s, size_t n, size_t i, size_t *slow)
{
	while (i >= *slow && n - i >= BLOCK) {
		if (!is_plain_block(s + i))
			*slow = i + BLOCK;
		else
			i += BLOCK;
	}
	return i;
}

static bool not_utf8(Report *r, const char *s, size_t n)
{
	size_t high = 0, windows = 0, control = 0, good = 0, first = n, step, slow = 0;

	for (size_t i = skip_plain(s, n, 0, &slow); i < n;
	     i = skip_plain(s, n, i + (step ? step : 1), &slow)) {
		unsigned char c = (unsigned char)s[i];

		step = utf8_step(s + i, n - i);
		control += is_control(s[i]);
		good += step > 1;
		if (step)
			continue;
		if (first == n)
			first = i;
		high++;
		windows += c < 0xA0;
	}
	if (first == n)
		return false;
	if (control > 0 || high * 3 > n) {
		is_binary(r);
	} else if (good >= high || (high == 1 && first + 4 > n)) {
		findings_add(r, F_P02, byte_at(r, first), NULL, "Write the character again.", NULL,
		             "a character is damaged or cut off here");
	} else {
		findings_add(r, F_P02, byte_at(r, first), NULL, plan_finding_infos[F_P02].what[0],
		             NULL, "the byte 0x%02X is not UTF-8; the file looks like %s",
		             (unsigned char)s[first], windows ? "Windows-1252" : "Latin-1");
	}
	return true;
}

static bool has_control(Report *r, const char *s, size_t n)
{
	size_t count = 0, slow = 0;

	for (size_t i = skip_plain(s, n, 0, &slow); i < n; i = skip_plain(s, n, i + 1, &slow))
		count += is_control(s[i]);
	for (size_t i = 0; count && i < n; i++) {
		if (!is_control(s[i]))
			continue;
		if (s[i] == '\0' || count * 10 > n)
			is_binary(r);
		else
			findings_add(r, F_P02, byte_at(r, i), NULL, "Remove it.", NULL,
			             "the control character 0x%02X stands in the text",
			             (unsigned char)s[i]);
		return true;
	}
	return false;
}

/* ---- encoded twice ---- */

static uint32_t code_at(const char *s, size_t step)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t code = step == 1 ? u[0] : u[0] & (0xFFu >> (step + 1));

	for (size_t i = 1; i < step; i++)
		code = code << 6 | (u[i] & 0x3Fu);
	return code;
}

/* The byte a character was before someone took it for Windows-1252, or 0. */
static unsigned char windows_byte(uint32_t code)
{
	static const uint16_t high[32] = {
		0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
		0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
	};

	if (code >= 0x80 && code <= 0xFF)
		return (unsigned char)code;
	for (size_t i = 0; i < 32; i++) {
		if (high[i] == code)
			return (unsigned char)(0x80 + i);
	}
	return 0;
}

/* If the characters at s are UTF-8 read as Windows-1252, writes what they were to
 * out (NUL-terminated) and returns how many bytes of s they take; else 0. */
static size_t decode_again(const char *s, size_t n, char out[5])
{
	size_t used = 0, have = 0, want = 0;

	while (used < n && have < 4) {
		size_t step = utf8_step(s + used, n - used);
		unsigned char byte = step > 1 ? windows_byte(code_at(s + used, step)) : 0;

		if (!byte)
			break;
		if (have == 0) {
			want = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0;
			if (!want)
				break;
		}
		out[have++] = (char)byte;
		used += step;
		if (have == want) {
			out[have] = '\0';
			return utf8_step(out, have) == have ? used : 0;
		}
	}
	return 0;
}

/* A line as it would read, for the message. */
static void decode_word(const char *s, size_t n, char *out, size_t cap)
{
	size_t have = 0;
	char one[5];

	for (size_t i = 0; i < n && have + 5 < cap;) {
		size_t used = decode_again(s + i, n - i, one);

		if (used) {
			memcpy(out + have, one, strlen(one));
			have += strlen(one);
			i += used;
		} else {
			out[have++] = s[i++];
		}
	}
	out[have] = '\0';
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* "Ã©" for "é" and its likes. One is enough: in no language of people do those
 * two characters follow each other. */
static bool encoded_twice(Report *r, const char *s, size_t n)
{
	size_t first = n, count = 0, from, to, slow = 0;
	char one[5], word[80], was[80];

	for (size_t i = skip_plain(s, n, 0, &slow); i < n; i = skip_plain(s, n, i + 1, &slow)) {
		size_t used = (unsigned char)s[i] >= 0xC3 ? decode_again(s + i, n - i, one) : 0;

		if (!used)
			continue;
		if (first == n)
			first = i;
		count++;
		i += used - 1;
	}
	if (first == n)
		return false;
	from = first;
	to = first;
	while (from > 0 && !is_blank(s[from - 1]) && first - from < 24)
		from--;
	while (from < first && ((unsigned char)s[from] & 0xC0) == 0x80)
		from++;
	while (to < n && !is_blank(s[to]) &&
	       (to - first < 40 || ((unsigned char)s[to] & 0xC0) == 0x80))
		to++;
	decode_word(s + from, to - from, word, sizeof word);
	memcpy(was, s + from, to - from);
	was[to - from] = '\0';
	findings_add(r, F_P03, byte_at(r, first), NULL, plan_finding_infos[F_P03].what[0], NULL,
	             "this UTF-8 was encoded twice: '%s' must have been '%s' (%zu such place%s in "
	             "the file)",
	             was, word, count, count == 1 ? "" : "s");
	return true;
}

static bool all_blank(const char *s, size_t n)
{
	while (n && is_blank(s[n - 1]))
		n--;
	return n == 0;
}

bool plan_text_check(Report *r, const char **text, size_t *n, size_t max)
{
	const char *wide;

	if (*n > max) {
		findings_add(r, F_P01, first_line(r), NULL, plan_finding_infos[F_P01].what[0], NULL,
		             "the file has %zu bytes; a plan has at most %zu MiB", *n, max >> 20);
		return false;
	}
	if (known_binary(r, *text, *n))
		return false;
	if ((wide = wide_encoding(*text, *n))) {
		findings_add(r, F_P02, first_line(r), NULL,
		             "Save it as UTF-8, for instance with iconv.", NULL,
		             "this looks like %s, not UTF-8", wide);
		return false;
	}
	if (*n >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
		*text += 3;
		*n -= 3;
	}
	if (not_utf8(r, *text, *n) || has_control(r, *text, *n) || encoded_twice(r, *text, *n))
		return false;
	if (all_blank(*text, *n)) {
		refuse(r, F_P01, first_line(r), "the file is empty");
		return false;
	}
	return true;
}
