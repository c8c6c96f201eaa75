#include "loop/dns_message.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <ares.h>
#include <arpa/inet.h>
#include <limits.h>

enum {
	TYPE_A = 1,
	TYPE_NS = 2,
	TYPE_CNAME = 5,
	TYPE_SOA = 6,
	TYPE_PTR = 12,
	TYPE_MX = 15,
	TYPE_TXT = 16,
	TYPE_AAAA = 28,
	TYPE_SRV = 33,
	TYPE_CAA = 257,
	HEADER = 12,
};

typedef struct Reader {
	const uint8_t *message, *at, *end; /* end: of what may be read now */
	size_t n;                          /* of the message */
	Arena *arena;
	bool bad;
} Reader;

uint16_t dns_type(const char *name)
{
	static const struct {
		const char *name;
		uint16_t type;
	} types[] = {
		{ "A", TYPE_A },     { "AAAA", TYPE_AAAA }, { "CNAME", TYPE_CNAME },
		{ "MX", TYPE_MX },   { "NS", TYPE_NS },     { "TXT", TYPE_TXT },
		{ "SOA", TYPE_SOA }, { "CAA", TYPE_CAA },   { "SRV", TYPE_SRV },
		{ "PTR", TYPE_PTR },
	};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcasecmp(types[i].name, name) == 0)
			return types[i].type;
	}
	return 0;
}

const char *dns_rcode(unsigned rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
		                             "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
		                             "NXRRSET", "NOTAUTH", "NOTZONE" };

	return rcode < COUNT_OF(names) ? names[rcode] : "OTHER";
}

/* ---- reading ---- */

static bool has(Reader *r, size_t n)
{
	if (r->bad || (size_t)(r->end - r->at) < n)
		r->bad = true;
	return !r->bad;
}

static unsigned number8(Reader *r) { return has(r, 1) ? *r->at++ : 0; }

static unsigned number16(Reader *r)
{
	unsigned high = number8(r);

	return high << 8 | number8(r);
}

static uint32_t number32(Reader *r)
{
	uint32_t high = number16(r);

	return high << 16 | number16(r);
}

/* Names may be compressed: c-ares follows the pointers and bounds them. */
static const char *name(Reader *r)
{
	char *text = NULL;
	const char *kept = "";
	long taken = 0;

	if (!has(r, 1) || ares_expand_name(r->at, r->message, (int)r->n, &text, &taken) ||
	    taken > r->end - r->at) {
		r->bad = true;
	} else {
		kept = arena_text(r->arena, text);
		r->at += taken;
	}
	if (text)
		ares_free_string(text);
	return kept;
}

/* What is not printable ASCII shows as \DDD (RFC 1035 §5.1). */
static void add_bytes(Reader *r, Buf *out, size_t n)
{
	if (!has(r, n))
		return;
	for (const uint8_t *stop = r->at + n; r->at < stop; r->at++) {
		if (*r->at >= 0x20 && *r->at < 0x7f)
			buf_char(out, (char)*r->at);
		else
			buf_printf(out, "\\%03u", *r->at);
	}
}

/* ---- one record's data, by type ---- */

static void add_address(Reader *r, Buf *out, int family, size_t n)
{
	char text[INET6_ADDRSTRLEN];

	if ((size_t)(r->end - r->at) != n) {
		r->bad = true;
		return;
	}
	buf_text(out, inet_ntop(family, r->at, text, sizeof text));
	r->at = r->end;
}

static void add_text(Reader *r, Buf *out)
{
	do
		add_bytes(r, out, number8(r));
	while (!r->bad && r->at < r->end);
}

static void add_soa(Reader *r, Buf *out)
{
	const char *server = name(r), *mailbox = name(r);

	buf_printf(out, "%s %s", server, mailbox);
	for (int i = 0; i < 5; i++)
		buf_printf(out, " %u", number32(r));
}

static void add_srv(Reader *r, Buf *out)
{
	for (int i = 0; i < 3; i++)
		buf_printf(out, "%u ", number16(r));
	buf_text(out, name(r));
}

/* RFC 8659 §4.1: flags, tag length, tag, value up to the end. */
static void add_caa(Reader *r, Buf *out)
{
	buf_printf(out, "%u ", number8(r));
	add_bytes(r, out, number8(r));
	buf_text(out, " \"");
	add_bytes(r, out, (size_t)(r->end - r->at));
	buf_char(out, '"');
}

static void add_data(Reader *r, Buf *out, uint16_t type)
{
	switch (type) {
	case TYPE_A: add_address(r, out, AF_INET, 4); break;
	case TYPE_AAAA: add_address(r, out, AF_INET6, 16); break;
	case TYPE_TXT: add_text(r, out); break;
	case TYPE_SOA: add_soa(r, out); break;
	case TYPE_SRV: add_srv(r, out); break;
	case TYPE_CAA: add_caa(r, out); break;
	case TYPE_MX:
		buf_printf(out, "%u ", number16(r));
		buf_text(out, name(r));
		break;
	default: buf_text(out, name(r)); break;
	}
}

/* ---- the message ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_record(Reader *r, uint16_t type, DnsRecords *records)
{
	AUTO(Buf) out = { 0 };
	Reader data;
	unsigned is_type, is_class;
	size_t length;

	(void)name(r);
	is_type = number16(r);
	is_class = number16(r);
	(void)number32(r);
	length = number16(r);
	if (!has(r, length))
		return;
	data = *r;
	data.end = r->at + length;
	r->at = data.end;
	if (is_type != type || is_class != 1)
		return;
	add_data(&data, &out, type);
	r->bad = data.bad || data.at != data.end;
	if (!r->bad)
		list_add(records, arena_text(r->arena, buf_str(&out)));
}

bool dns_message_read(const uint8_t *p, size_t n, uint16_t type, Arena *arena, DnsRecords *records,
                      unsigned *ret_rcode)
{
	Reader r = { .message = p, .at = p, .end = p + n, .n = n, .arena = arena };
	unsigned questions, answers;

	if (n < HEADER || n > 65535)
		return false;
	*ret_rcode = p[3] & 0x0f;
	r.at = p + 4;
	questions = number16(&r);
	answers = number16(&r);
	r.at = p + HEADER;
	if (answers > DNS_RECORDS_MAX)
		return false;
	for (unsigned i = 0; i < questions && !r.bad; i++) {
		(void)name(&r);
		(void)number32(&r);
	}
	for (unsigned i = 0; i < answers && !r.bad; i++)
		read_record(&r, type, records);
	if (!r.bad && records->n > 1)
		qsort(records->at, records->n, sizeof *records->at, by_text);
	return !r.bad;
}
