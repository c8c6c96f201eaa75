#include "loop/http_reply.h"

#include "core/text.h"

#include <string.h>
#include <strings.h>

static ReplyState bad(HttpReply *r, const char *why)
{
	r->error = why;
	r->at = AT_END;
	return REPLY_BAD;
}

static ReplyState over_header_limit(HttpReply *r)
{
	return bad(r, arena_printf(r->arena, "headers over %d bytes", REPLY_HEADER_MAX));
}

/* ---- the body, decoded where it must be ---- */

static ReplyState keep_plain(HttpReply *r, const char *p, size_t n)
{
	size_t room = r->max_body - r->body.n;

	r->body.max = r->max_body ? r->max_body : 1;
	if (n <= room) {
		buf_add(&r->body, p, n);
		return REPLY_MORE;
	}
	if (!r->keep_first)
		return bad(r, arena_printf(r->arena, "body over %zu bytes", r->max_body));
	buf_add(&r->body, p, room);
	r->cut = true;
	r->at = AT_END;
	return REPLY_DONE;
}

/* What comes out is bounded, whatever goes in. */
static ReplyState keep_inflated(HttpReply *r, const char *p, size_t n)
{
	Bytef room[16384];
	ReplyState state = REPLY_MORE;

	r->z.next_in = (z_const Bytef *)(uintptr_t)p;
	r->z.avail_in = (uInt)n;
	while (state == REPLY_MORE && !r->inflated) {
		int got;

		r->z.next_out = room;
		r->z.avail_out = sizeof room;
		got = inflate(&r->z, Z_NO_FLUSH);
		if (got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR)
			return bad(r, "bad chunk or compression");
		r->inflated = got == Z_STREAM_END;
		state = keep_plain(r, (const char *)room, sizeof room - r->z.avail_out);
		if (got == Z_BUF_ERROR || (r->z.avail_in == 0 && r->z.avail_out > 0))
			break;
	}
	return state;
}

static ReplyState keep_body(HttpReply *r, const char *p, size_t n)
{
	return r->inflating ? keep_inflated(r, p, n) : keep_plain(r, p, n);
}

static ReplyState finish(HttpReply *r)
{
	if (r->inflating && !r->inflated && r->z.total_in > 0)
		return bad(r, "bad chunk or compression");
	r->at = AT_END;
	return REPLY_DONE;
}

/* ---- fields ---- */

static bool is_token(const char *value, const char *token) { return strcasecmp(value, token) == 0; }

/* "5"; several equal ones are one. A length that no number holds is no length: the
 * connection's end is what ends it. */
static bool take_length(HttpReply *r, const char *value)
{
	uint64_t n = 0;

	if (!*value || value[strspn(value, "0123456789")] != '\0')
		return false;
	for (const char *c = value; *c; c++) {
		if (n > (UINT64_MAX - 9) / 10)
			return !r->has_length;
		n = n * 10 + (uint64_t)(*c - '0');
	}
	if (r->has_length && r->left != n)
		return false;
	r->has_length = true;
	r->left = n;
	return true;
}

/* Gzip and deflate come unasked from careless servers; others would have to be guessed. */
static const char *take_encoding(HttpReply *r, const char *value)
{
	bool zlib =
	        is_token(value, "gzip") || is_token(value, "x-gzip") || is_token(value, "deflate");

	if (!*value || is_token(value, "identity"))
		return NULL;
	if (!zlib || r->inflating)
		return "encoded in a way nobody asked for";
	r->inflating = inflateInit2(&r->z, 15 + 32) == Z_OK; /* +32: gzip or zlib, by its head */
	return r->inflating ? NULL : "out of memory";
}

static const char *take_framing(HttpReply *r, const char *name, const char *value)
{
	if (strcasecmp(name, "Content-Length") == 0)
		return take_length(r, value) ? NULL : "not a valid HTTP answer";
	if (strcasecmp(name, "Transfer-Encoding") == 0) {
		if (!is_token(value, "chunked") || r->chunked)
			return is_token(value, "identity") ? NULL : "not a valid HTTP answer";
		r->chunked = true;
	}
	if (strcasecmp(name, "Content-Encoding") == 0 && !r->head)
		return take_encoding(r, value);
	return NULL;
}

static const char *take_field(HttpReply *r, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n), *value, *end = line + n, *name_end = colon;
	HeaderField f;

	if (memchr(line, '\0', n))
		return "not a valid HTTP answer";
	if (!colon || colon == line || line[0] == ' ' || line[0] == '\t')
		return NULL;
	while (name_end > line && (name_end[-1] == ' ' || name_end[-1] == '\t'))
		name_end--;
	for (value = colon + 1; value < end && (*value == ' ' || *value == '\t');)
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	f.name = arena_text_n(r->arena, line, (size_t)(name_end - line));
	f.value = arena_text_n(r->arena, value, (size_t)(end - value));
	list_add(&r->headers, f);
	/* "Content-Length : 5" is read by some and passed over by others. */
	if (name_end != colon && (strcasecmp(f.name, "Content-Length") == 0 ||
	                          strcasecmp(f.name, "Transfer-Encoding") == 0))
		return "not a valid HTTP answer";
	return take_framing(r, f.name, f.value);
}

static void begin_fields(HttpReply *r)
{
	if (r->inflating)
		(void)inflateEnd(&r->z);
	r->headers.n = 0;
	r->has_length = r->chunked = r->inflating = false;
	r->left = 0;
	r->at = AT_FIELDS;
}

static ReplyState take_status(HttpReply *r, const char *line, size_t n)
{
	static const char *const versions[] = { "1.0", "1.1" };

	r->version = NULL;
	if (n < 8 || memcmp(line, "HTTP/1.", 7) != 0)
		return bad(r, "not HTTP (or HTTP/0.9)");
	if (line[7] != '0' && line[7] != '1')
		return bad(r, "not HTTP (or HTTP/0.9)");
	if (n < 12 || line[8] != ' ' || strspn(line + 9, "0123456789") < 3 || line[9] == '0' ||
	    (n > 12 && line[12] != ' '))
		return bad(r, "not a valid HTTP answer");
	r->version = versions[line[7] - '0'];
	r->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
	begin_fields(r);
	return REPLY_MORE;
}

/* The empty line after the fields: what follows (RFC 9112 §6.3). */
static ReplyState end_fields(HttpReply *r)
{
	if (r->status < 200 && r->status != 101) { /* interim: the answer is yet to come */
		r->at = AT_STATUS;
		return REPLY_MORE;
	}
	if (r->head || r->status == 101 || r->status == 204 || r->status == 304)
		return finish(r);
	if (r->chunked) {
		r->at = AT_CHUNK_SIZE;
		return REPLY_MORE;
	}
	r->at = AT_BODY;
	return r->has_length && r->left == 0 ? finish(r) : REPLY_MORE;
}

/* ---- chunks ---- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "1a; name=value": extensions say nothing to us. */
static ReplyState take_chunk_size(HttpReply *r, const char *line, size_t n)
{
	uint64_t size = 0;
	size_t i = 0;

	for (; i < n && hex(line[i]) >= 0; i++) {
		if (size >> 60)
			return bad(r, "bad chunk or compression");
		size = size << 4 | (uint64_t)hex(line[i]);
	}
	if (i == 0 || (i < n && line[i] != ';' && line[i] != ' ' && line[i] != '\t'))
		return bad(r, "bad chunk or compression");
	r->left = size;
	r->at = size ? AT_CHUNK : AT_TRAILERS;
	return REPLY_MORE;
}

/* ---- lines ---- */

static ReplyState take_line(HttpReply *r, const char *line, size_t n)
{
	const char *wrong;

	if (n > 0 && line[n - 1] == '\r')
		n--;
	switch (r->at) {
	case AT_STATUS: return take_status(r, line, n);
	case AT_FIELDS:
		wrong = n ? take_field(r, line, n) : NULL;
		return wrong ? bad(r, wrong) : n ? REPLY_MORE : end_fields(r);
	case AT_CHUNK_SIZE: return take_chunk_size(r, line, n);
	case AT_CHUNK_END:
		r->at = AT_CHUNK_SIZE;
		return n ? bad(r, "bad chunk or compression") : REPLY_MORE;
	case AT_TRAILERS: return n ? REPLY_MORE : finish(r);
	case AT_BODY:
	case AT_CHUNK:
	case AT_END: break;
	}
	return REPLY_MORE;
}

/* Found out at once, not when a line's end or the timeout comes. */
static bool cannot_be_http(const HttpReply *r, const char *p, size_t n)
{
	static const char magic[] = "HTTP/1.";
	size_t have = r->line.n;

	if (r->at != AT_STATUS || have >= sizeof magic - 1)
		return false;
	for (size_t i = 0; i < n && have + i < sizeof magic - 1; i++) {
		if (p[i] != magic[have + i])
			return true;
	}
	return false;
}

/* Takes bytes up to and with the next LF; *used says how many. */
static ReplyState feed_line(HttpReply *r, const char *p, size_t n, size_t *used)
{
	const char *lf = memchr(p, '\n', n);
	ReplyState state;
	size_t len = lf ? (size_t)(lf - p) : n;

	*used = len + (lf != NULL);
	if (cannot_be_http(r, p, n))
		return bad(r, "not HTTP (or HTTP/0.9)");
	/* A chunk's size is a line of its own kind: bounded alone, for a body may have many. */
	if (r->at == AT_CHUNK_SIZE || r->at == AT_CHUNK_END) {
		if (r->line.n + len > 4096)
			return bad(r, "bad chunk or compression");
	} else {
		r->header_bytes += *used;
		if (r->header_bytes > REPLY_HEADER_MAX)
			return over_header_limit(r);
	}
	if (lf && r->line.n == 0)
		return take_line(r, p, len);
	buf_add(&r->line, p, len);
	if (!lf)
		return REPLY_MORE;
	state = take_line(r, buf_str(&r->line), r->line.n);
	buf_clear(&r->line);
	return state;
}

static ReplyState feed_counted(HttpReply *r, const char *p, size_t n, size_t *used)
{
	ReplyState state;

	*used = n < r->left ? n : (size_t)r->left;
	r->left -= *used;
	state = keep_body(r, p, *used);
	if (state != REPLY_MORE || r->left > 0)
		return state;
	if (r->at == AT_CHUNK) {
		r->at = AT_CHUNK_END;
		return REPLY_MORE;
	}
	return finish(r);
}

ReplyState http_reply_feed(HttpReply *r, const char *p, size_t n)
{
	ReplyState state = REPLY_MORE;

	while (n > 0 && state == REPLY_MORE) {
		size_t used = n;

		switch (r->at) {
		case AT_STATUS:
		case AT_FIELDS:
		case AT_CHUNK_SIZE:
		case AT_CHUNK_END:
		case AT_TRAILERS: state = feed_line(r, p, n, &used); break;
		case AT_CHUNK: state = feed_counted(r, p, n, &used); break;
		case AT_BODY:
			if (r->has_length)
				state = feed_counted(r, p, n, &used);
			else
				state = keep_body(r, p, n);
			break;
		case AT_END: return r->error ? REPLY_BAD : REPLY_DONE;
		}
		p += used;
		n -= used;
	}
	return state;
}

ReplyState http_reply_end(HttpReply *r)
{
	switch (r->at) {
	case AT_STATUS:
		if (r->status == 0 && r->line.n == 0)
			return bad(r, "connection closed without an answer");
		return bad(r, "connection closed before the end of the headers");
	case AT_FIELDS: return bad(r, "connection closed before the end of the headers");
	case AT_BODY:
		if (!r->has_length)
			return finish(r);
		return bad(r, "connection closed before the end of the body");
	case AT_CHUNK_SIZE:
	case AT_CHUNK:
	case AT_CHUNK_END:
	case AT_TRAILERS: return bad(r, "connection closed before the end of the body");
	case AT_END: break;
	}
	return r->error ? REPLY_BAD : REPLY_DONE;
}

void http_reply_free(HttpReply *r)
{
	if (r->inflating)
		(void)inflateEnd(&r->z);
	r->inflating = false;
	list_free(&r->headers);
	Buf_done(&r->body);
	Buf_done(&r->line);
}
