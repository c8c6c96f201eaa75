/* Filling a result: timings, measures, parts, certificate facts. Decides only what
 * follows from the plan's own thresholds (slow, min_left). */
#include "check/check_private.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void check_measure(CheckResult *r, const char *name, const char *scope, double value, Unit unit)
{
	CheckMeasure *m;

	if (r->measures_n == CHECK_MEASURES || !isfinite(value))
		return;
	m = &r->measures[r->measures_n++];
	text_copy(m->name, sizeof m->name, name);
	text_copy(m->scope, sizeof m->scope, scope);
	m->value = value;
	m->unit = unit;
}

void result_up(CheckResult *r)
{
	r->state = CHECK_UP;
	r->fail = FAIL_NONE;
	r->timed_out = false;
	r->reason[0] = r->reason_fr[0] = '\0';
}

void result_not(CheckResult *r, CheckState state)
{
	r->state = state;
	r->fail = FAIL_ASSERT;
}

void result_self(CheckResult *r)
{
	r->state = CHECK_UNKNOWN;
	r->fail = FAIL_SELF;
}

static Duration sum(Duration a, Duration b) { return duration_us(a.us + b.us); }

void timings_add(Timings *to, const Timings *t)
{
	to->queued = sum(to->queued, t->queued);
	to->dns = sum(to->dns, t->dns);
	to->connect = sum(to->connect, t->connect);
	to->tls = sum(to->tls, t->tls);
	to->first_byte = sum(to->first_byte, t->first_byte);
	to->total = sum(to->total, t->total);
}

void cert_facts(CertFacts *to, const CertInfo *from)
{
	to->present = true;
	to->verified = from->verified;
	to->resumed = from->resumed;
	to->leaf_not_after = from->leaf_not_after;
	to->chain_not_after = from->chain_not_after;
	text_copy(to->subject, sizeof to->subject, from->subject);
	text_copy(to->issuer, sizeof to->issuer, from->issuer);
}

void result_took(CheckResult *r, const Answer *a)
{
	timings_add(&r->took, &a->took);
	if (a->address)
		text_copy(r->address, sizeof r->address, a->address);
	/* Redirected from one host to another, the page shown is the last one's; but a
	 * certificate that ends sooner on the way breaks the way just as well. */
	if (a->cert.present &&
	    (!r->cert.present || earlier(a->cert.leaf_not_after, r->cert.leaf_not_after)))
		cert_facts(&r->cert, &a->cert);
	if (a->fail == FAIL_NONE) {
		r->latency = r->took.total;
		r->has_latency = true;
	}
}

CheckPart *result_part(CheckResult *r, const char *name)
{
	CheckPart *p;

	if (r->parts_n == CHECK_PARTS)
		return NULL;
	p = &r->parts[r->parts_n++];
	*p = (CheckPart){ .state = CHECK_UNKNOWN };
	text_copy(p->name, sizeof p->name, name);
	return p;
}

static const char *in_words(double seconds_, char out[DURATION_TEXT])
{
	return duration_print(duration_us((int64_t)llround(seconds_ * 1e6)), out);
}

void result_slow(CheckResult *r, const Quantity *slow)
{
	char took[DURATION_TEXT], limit[DURATION_TEXT];

	if (r->state != CHECK_UP || !slow->set || slow->unset || !r->has_latency)
		return;
	if ((double)r->latency.us / 1e6 <= slow->value)
		return;
	result_not(r, CHECK_DEGRADED);
	SAY(r, REASON_SLOW, duration_print(r->latency, took), in_words(slow->value, limit));
}

static double days_of(Duration d) { return (double)d.us / 86400e6; }

/* The smallest of the plan's thresholds that `left` is under; zero: none. */
static Duration crossed(const Texts *min_left, Duration left)
{
	Duration smallest = { 0 };
	Span span;

	for (size_t i = 0; i < min_left->n; i++) {
		Duration d;

		if (!span_parse(min_left->at[i], &span))
			continue;
		d = span_estimate(span);
		if (left.us < d.us && (smallest.us == 0 || d.us < smallest.us))
			smallest = d;
	}
	return smallest;
}

static const char *day_text(Instant t, char out[INSTANT_TEXT])
{
	instant_print(t, out);
	out[strcspn(out, "T")] = '\0';
	return out;
}

void result_cert(CheckResult *r, const Texts *min_left, Instant now)
{
	CertFacts *c = &r->cert;
	char day[INSTANT_TEXT], left_text[DURATION_TEXT], limit[DURATION_TEXT];
	Duration left;
	bool chain_first;

	if (!c->present || !is_set(c->leaf_not_after))
		return;
	check_measure(r, "cert_days_left", "", days_of(between(now, c->leaf_not_after)), UNIT_NONE);
	if (!is_set(c->chain_not_after))
		c->chain_not_after = c->leaf_not_after;
	check_measure(r, "chain_days_left", "", days_of(between(now, c->chain_not_after)),
	              UNIT_NONE);
	chain_first = earlier(c->chain_not_after, c->leaf_not_after);
	left = between(now, earliest(c->leaf_not_after, c->chain_not_after));
	/* In seconds, so that a rule may say "cert_days < 30d". */
	check_measure(r, "cert_days", "", (double)left.us / 1e6, UNIT_SECONDS);
	c->threshold = crossed(min_left, left);
	if (c->threshold.us == 0 || r->state != CHECK_UP)
		return;
	result_not(r, CHECK_DEGRADED);
	SAY(r, chain_first ? REASON_CHAIN_SOON : REASON_CERT_SOON,
	    day_text(earliest(c->leaf_not_after, c->chain_not_after), day),
	    duration_print(left, left_text), duration_print(c->threshold, limit));
}
