/* The acknowledging link. Reading is strict: one spelling for one meaning, so that
 * whatever reads back was written by ack_token_make() with the same key. */
#include "incident/ack_token.h"

#include "core/digest.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { MAC_TEXT = 32, EXPIRY_MAX = 12 };

static const char digits36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static void write_part(Buf *out, const char *s)
{
	for (; *s; s++) {
		if (is_plain(*s))
			buf_char(out, *s);
		else
			buf_printf(out, "~%02X", (unsigned char)*s);
	}
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_part(const char *s, size_t n, char *out, size_t cap)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)s[i];

		if (used + 1 >= cap)
			return false;
		if (c == '~') {
			if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
				return false;
			c = hex(s[i + 1]) * 16 + hex(s[i + 2]);
			if (c == 0 || is_plain((char)c))
				return false;
			i += 2;
		} else if (!is_plain((char)c)) {
			return false;
		}
		out[used++] = (char)c;
	}
	out[used] = '\0';
	return true;
}

static void write_expiry(Buf *out, int64_t s)
{
	char text[16];
	size_t n = sizeof text;

	if (s < 0)
		s = 0;
	do {
		text[--n] = digits36[s % 36];
		s /= 36;
	} while (s && n);
	buf_add(out, text + n, sizeof text - n);
}

static bool read_expiry(const char *s, size_t n, Instant *ret)
{
	int64_t value = 0;

	if (n == 0 || n > EXPIRY_MAX || (n > 1 && *s == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *d = memchr(digits36, s[i], 36);

		if (!d || __builtin_mul_overflow(value, 36, &value) ||
		    __builtin_add_overflow(value, d - digits36, &value))
			return false;
	}
	if (value > INT64_MAX / 1000000 - 1)
		return false;
	*ret = (Instant){ value * 1000000 };
	return true;
}

/* Over the parts as written, which have one spelling, and what they are for. */
static void sign(const char *key, size_t key_n, const char *parts, size_t n, char mac[MAC_TEXT + 1])
{
	AUTO(Buf) text = { 0 };
	char full[DIGEST_TEXT];

	buf_text(&text, "carene acknowledge 1\n");
	buf_add(&text, parts, n);
	digest_hmac(key, key_n, buf_str(&text), text.n, full);
	memcpy(mac, full, MAC_TEXT);
	mac[MAC_TEXT] = '\0';
}

void ack_token_make(const char *key, size_t key_n, const AckToken *t, Buf *out)
{
	AUTO(Buf) parts = { 0 };
	char mac[MAC_TEXT + 1];

	write_part(&parts, t->incident);
	buf_char(&parts, '.');
	write_part(&parts, t->contact);
	buf_char(&parts, '.');
	write_expiry(&parts, is_set(t->expires) ? t->expires.us / 1000000 : 0);
	sign(key, key_n, buf_str(&parts), parts.n, mac);
	buf_printf(out, "%s.%s", buf_str(&parts), mac);
}

static bool not_one(Err *err)
{
	return err_set(err, ERR_BAD_INPUT, "this is not an acknowledging link");
}

bool ack_token_read(const char *key, size_t key_n, const char *token, Instant now, AckToken *ret,
                    Err *err)
{
	AckToken t = { 0 };
	const char *contact, *expiry, *mac;
	char right[MAC_TEXT + 1];

	if (!token || strlen(token) > ACK_TOKEN_MAX || !(contact = strchr(token, '.')) ||
	    !(expiry = strchr(contact + 1, '.')) || !(mac = strchr(expiry + 1, '.')) ||
	    strlen(mac + 1) != MAC_TEXT || contact == token)
		return not_one(err);
	if (!read_part(token, (size_t)(contact - token), t.incident, sizeof t.incident) ||
	    !read_part(contact + 1, (size_t)(expiry - contact - 1), t.contact, sizeof t.contact) ||
	    !read_expiry(expiry + 1, (size_t)(mac - expiry - 1), &t.expires))
		return not_one(err);
	sign(key, key_n, token, (size_t)(mac - token), right);
	if (!digest_equal(right, mac + 1))
		return err_set(err, ERR_FORBIDDEN, "the link's signature is not ours");
	if (is_due(t.expires, now))
		return err_set(err, ERR_FORBIDDEN, "the link has expired");
	*ret = t;
	return true;
}
