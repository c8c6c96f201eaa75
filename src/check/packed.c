#include "check/packed.h"

#include "core/text.h"

#include <assert.h>
#include <string.h>

/* Everything but texts and lists. */
typedef struct Fixed {
	uint32_t bytes; /* of the whole, this included */
	uint8_t state, fail;
	bool timed_out, has_latency, cert_present, cert_verified, cert_resumed;
	uint8_t measures_n, parts_n;
	int32_t status;
	Instant at;
	Timings took;
	Duration latency;
	Instant leaf_not_after, chain_not_after;
	Duration threshold;
} Fixed;

typedef struct FixedMeasure {
	double value;
	uint32_t unit;
} FixedMeasure;

typedef struct FixedPart {
	Timings took;
	int32_t status;
	uint32_t state;
} FixedPart;

_Static_assert(CHECK_MEASURES < 256 && CHECK_PARTS < 256, "their numbers are bytes");

/* ---- packing ---- */

static void put_text(Buf *out, const char *s) { buf_add(out, s, strlen(s) + 1); }

static void put_measure(Buf *out, const CheckMeasure *m)
{
	FixedMeasure f = { .value = m->value, .unit = (uint32_t)m->unit };

	buf_add(out, &f, sizeof f);
	put_text(out, m->name);
	put_text(out, m->scope);
}

static void put_part(Buf *out, const CheckPart *p)
{
	FixedPart f = { .took = p->took, .status = p->status, .state = (uint32_t)p->state };

	buf_add(out, &f, sizeof f);
	put_text(out, p->name);
	put_text(out, p->reason);
}

void result_pack(const CheckResult *r, Buf *out)
{
	size_t from = out->n;
	Fixed f = { .state = (uint8_t)r->state,
		    .fail = (uint8_t)r->fail,
		    .timed_out = r->timed_out,
		    .has_latency = r->has_latency,
		    .cert_present = r->cert.present,
		    .cert_verified = r->cert.verified,
		    .cert_resumed = r->cert.resumed,
		    .measures_n = (uint8_t)r->measures_n,
		    .parts_n = (uint8_t)r->parts_n,
		    .status = r->status,
		    .at = r->at,
		    .took = r->took,
		    .latency = r->latency,
		    .leaf_not_after = r->cert.leaf_not_after,
		    .chain_not_after = r->cert.chain_not_after,
		    .threshold = r->cert.threshold };

	buf_add(out, &f, sizeof f);
	put_text(out, r->reason);
	put_text(out, r->reason_fr);
	put_text(out, r->address);
	put_text(out, r->cert.subject);
	put_text(out, r->cert.issuer);
	for (size_t i = 0; i < r->measures_n; i++)
		put_measure(out, &r->measures[i]);
	for (size_t i = 0; i < r->parts_n; i++)
		put_part(out, &r->parts[i]);
	f.bytes = (uint32_t)(out->n - from);
	if (!out->over)
		memcpy(out->p + from, &f.bytes, sizeof f.bytes);
}

/* ---- unpacking ---- */

typedef struct Reader {
	const char *p;
	size_t n;
	bool bad;
} Reader;

static void take(Reader *r, void *to, size_t n)
{
	if (r->n < n) {
		r->bad = true;
		memset(to, 0, n);
		return;
	}
	memcpy(to, r->p, n);
	r->p += n;
	r->n -= n;
}

static void take_text(Reader *r, char *out, size_t cap)
{
	size_t n = strnlen(r->p, r->n);

	if (n >= r->n || n >= cap) {
		r->bad = true;
		r->n = 0;
		out[0] = '\0';
		return;
	}
	memcpy(out, r->p, n + 1);
	r->p += n + 1;
	r->n -= n + 1;
}

static void take_lists(Reader *in, CheckResult *ret)
{
	for (size_t i = 0; i < ret->measures_n && !in->bad; i++) {
		CheckMeasure *m = &ret->measures[i];
		FixedMeasure f;

		take(in, &f, sizeof f);
		m->value = f.value;
		m->unit = (Unit)f.unit;
		take_text(in, m->name, sizeof m->name);
		take_text(in, m->scope, sizeof m->scope);
	}
	for (size_t i = 0; i < ret->parts_n && !in->bad; i++) {
		CheckPart *p = &ret->parts[i];
		FixedPart f;

		take(in, &f, sizeof f);
		p->took = f.took;
		p->status = f.status;
		p->state = (CheckState)f.state;
		take_text(in, p->name, sizeof p->name);
		take_text(in, p->reason, sizeof p->reason);
	}
}

size_t result_unpack(const void *p, size_t n, CheckResult *ret)
{
	Reader in = { .p = p, .n = n };
	Fixed f;

	take(&in, &f, sizeof f);
	if (in.bad || f.bytes > n || f.bytes < sizeof f || f.measures_n > CHECK_MEASURES ||
	    f.parts_n > CHECK_PARTS)
		return 0;
	in.n = f.bytes - sizeof f;
	ret->state = (CheckState)f.state;
	ret->fail = (FailClass)f.fail;
	ret->timed_out = f.timed_out;
	ret->has_latency = f.has_latency;
	ret->status = f.status;
	ret->at = f.at;
	ret->took = f.took;
	ret->latency = f.latency;
	ret->cert.present = f.cert_present;
	ret->cert.verified = f.cert_verified;
	ret->cert.resumed = f.cert_resumed;
	ret->cert.leaf_not_after = f.leaf_not_after;
	ret->cert.chain_not_after = f.chain_not_after;
	ret->cert.threshold = f.threshold;
	ret->measures_n = f.measures_n;
	ret->parts_n = f.parts_n;
	take_text(&in, ret->reason, sizeof ret->reason);
	take_text(&in, ret->reason_fr, sizeof ret->reason_fr);
	take_text(&in, ret->address, sizeof ret->address);
	take_text(&in, ret->cert.subject, sizeof ret->cert.subject);
	take_text(&in, ret->cert.issuer, sizeof ret->cert.issuer);
	take_lists(&in, ret);
	return in.bad || in.n ? 0 : f.bytes;
}
