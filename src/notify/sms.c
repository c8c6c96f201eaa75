/* Text for phones. A message in GSM 03.38's default alphabet takes 160 characters a
 * part, anything else 70: so what is not in it is folded to what resembles it. */
#include "core/text.h"
#include "notify/notify_private.h"

/* Of the default alphabet beyond ASCII; ASCII lacks only ` there, and [ ] { } \ ^ ~ |
 * take two characters each. */
static const char kept[] = "£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà€¤¡¿";

static const struct Fold {
	const char *from, *to;
} folds[] = {
	{ "ç", "c" },  { "ê", "e" },      { "ë", "e" },      { "È", "E" },   { "Ê", "E" },
	{ "Ë", "E" },  { "â", "a" },      { "á", "a" },      { "À", "A" },   { "Â", "A" },
	{ "Á", "A" },  { "î", "i" },      { "ï", "i" },      { "í", "i" },   { "Î", "I" },
	{ "Ï", "I" },  { "Í", "I" },      { "ô", "o" },      { "ó", "o" },   { "Ô", "O" },
	{ "Ó", "O" },  { "û", "u" },      { "ú", "u" },      { "Û", "U" },   { "Ù", "U" },
	{ "Ú", "U" },  { "ÿ", "y" },      { "œ", "oe" },     { "Œ", "OE" },  { "’", "'" },
	{ "‘", "'" },  { "“", "\"" },     { "”", "\"" },     { "«", "\"" },  { "»", "\"" },
	{ "–", "-" },  { "—", "-" },      { "−", "-" },      { "…", "..." }, { "·", "-" },
	{ "→", "->" }, { "\u00a0", " " }, { "\u202f", " " }, { "`", "'" },   { "\n", " " },
	{ "\t", " " },
};

static const char *fold(const char *p, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(folds); i++) {
		if (strlen(folds[i].from) == n && memcmp(folds[i].from, p, n) == 0)
			return folds[i].to;
	}
	return NULL;
}

static bool is_kept(const char *p, size_t n)
{
	char one[8] = { 0 };

	memcpy(one, p, n);
	return n == 1 ? *p >= 0x20 && *p < 0x7f : n < sizeof one && strstr(kept, one) != NULL;
}

static void fold_all(const char *s, Buf *out)
{
	size_t left = strlen(s);

	while (left > 0) {
		size_t step = utf8_step(s, left), n = step ? step : 1;
		const char *to = fold(s, n);

		/* « Bonjour » has blanks inside that quotes do not have. */
		if (to && *to == ' ' && out->n > 0 &&
		    (out->p[out->n - 1] == ' ' || (n > 1 && out->p[out->n - 1] == '"')))
			to = "";
		if (n == 2 && memcmp(s, "»", 2) == 0 && out->n > 0 && out->p[out->n - 1] == ' ')
			out->p[--out->n] = '\0';
		if (to)
			buf_text(out, to);
		else if (is_kept(s, n))
			buf_add(out, s, n);
		else
			buf_char(out, '?');
		s += n;
		left -= n;
	}
}

static size_t weight(const char *p, size_t n)
{
	return (n == 1 && strchr("[]{}\\^~|", *p)) || (n == 3 && memcmp(p, "€", 3) == 0) ? 2 : 1;
}

static size_t weight_all(const char *s)
{
	size_t total = 0;

	for (size_t step; *s; s += step) {
		step = utf8_step(s, strlen(s));
		step = step ? step : 1;
		total += weight(s, step);
	}
	return total;
}

/* The bytes of s that weigh at most `max`, ending at a word's end when there is one. */
static size_t fitting(const char *s, size_t max)
{
	size_t at = 0, total = 0, word = 0;

	while (s[at]) {
		size_t step = utf8_step(s + at, strlen(s + at));

		total += weight(s + at, step ? step : 1);
		if (total > max)
			return word > 0 ? word : at;
		if (s[at] == ' ')
			word = at;
		at += step ? step : 1;
	}
	return at;
}

void sms_text(Buf *out, const char *s, size_t max)
{
	AUTO(Buf) text = { 0 };
	const char *link;
	size_t link_n;

	max = max < 16 ? 16 : max;
	fold_all(s, &text);
	if (weight_all(buf_str(&text)) <= max) {
		buf_text(out, buf_str(&text));
		return;
	}
	/* A link at the end is what the message is for: the words before it are cut. */
	link = strrchr(buf_str(&text), ' ');
	link = link && strstr(link, "://") ? link : "";
	link_n = weight_all(link);
	if (link_n + 8 > max) {
		link = "";
		link_n = 0;
	}
	buf_add(out, buf_str(&text), fitting(buf_str(&text), max - link_n - 3));
	buf_printf(out, "...%s", link);
}
