/* Kinds dns and icmp: is the name there, is the host there. */
#include "check/check_private.h"
#include "core/buf.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Echo requests of one probe: enough to tell a lossy way from a dead host. */
enum { ECHOES = 4 };

/* Names compare without case and without the root's dot; other data as written. */
static bool same_record(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	n -= n && a[n - 1] == '.';
	m -= m && b[m - 1] == '.';
	return n == m && strncasecmp(a, b, n) == 0;
}

static bool among(const char *record, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (same_record(record, list[i]))
			return true;
	}
	return false;
}

/* All expected ones are among the answers; others may be, as servers add and rotate them. */
static bool has_all(const Texts *want, const DnsAnswer *got)
{
	for (size_t i = 0; i < want->n; i++) {
		if (!among(want->at[i], got->records, got->records_n))
			return false;
	}
	return true;
}

static const char *joined(const char *const *list, size_t n, Buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", list[i]);
	return buf_str(out);
}

static void judge_dns(const CheckRun *run, const DnsAnswer *a, CheckResult *r)
{
	const char *type = run->check->how->record ? run->check->how->record : "A";
	AUTO(Buf) got = { .max = 512 };
	AUTO(Buf) want = { .max = 512 };

	result_not(r, CHECK_DOWN);
	check_measure(r, "answers", "", (double)a->records_n, UNIT_NONE);
	if (a->rcode && strcmp(a->rcode, "NOERROR") != 0) {
		SAY(r, REASON_DNS_RCODE, run->host, type, a->rcode);
		r->fail = FAIL_DNS;
	} else if (a->records_n == 0) {
		SAY(r, REASON_DNS_EMPTY, run->host, type);
	} else if (!has_all(&run->check->how->answers, a)) {
		SAY(r, REASON_DNS_ANSWERS, run->host, type, joined(a->records, a->records_n, &got),
		    joined(run->check->how->answers.at, run->check->how->answers.n, &want));
	} else {
		result_up(r);
		result_slow(r, &run->check->how->slow);
	}
}

static void on_dns(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);

	result_took(&run->res, a);
	if (a->fail != FAIL_NONE)
		result_world_failure(&run->res, a, run->host, run->limit);
	else
		judge_dns(run, &a->dns, &run->res);
	run_finish(run);
}

static void dns_begin(CheckRun *run)
{
	const char *target = check_target(run->check);
	uint16_t port;

	run->spec = (AskSpec){ .kind = ASK_DNS };
	if (!target || !address_split(target, 53, run->host, &port)) {
		run_bad_target(run, target);
		return;
	}
	run->spec.dns.name = run->host;
	run->spec.dns.type = run->check->how->record;
	run->spec.dns.server = run->check->how->server;
	run_ask(run, on_dns);
}

/* Some echoes lost is a degraded way when it is at least half of them; one of four is
 * the Internet. */
static void judge_icmp(const CheckRun *run, const IcmpAnswer *a, CheckResult *r)
{
	unsigned lost = a->sent - (a->received < a->sent ? a->received : a->sent);
	char n[16], of[16];

	(void)snprintf(n, sizeof n, "%u", lost);
	(void)snprintf(of, sizeof of, "%u", a->sent);
	check_measure(r, "packet_loss", "", a->sent ? 100.0 * lost / a->sent : 100.0, UNIT_PERCENT);
	if (a->received == 0) {
		r->state = CHECK_DOWN;
		r->fail = FAIL_CONNECT;
		r->timed_out = true;
		r->has_latency = false;
		SAY(r, REASON_NO_ECHO, of);
		return;
	}
	r->latency = a->rtt_mean;
	result_up(r);
	result_slow(r, &run->check->how->slow);
	if (r->state == CHECK_UP && lost * 2 >= a->sent) {
		result_not(r, CHECK_DEGRADED);
		SAY(r, REASON_ECHO_LOSS, n, of);
	}
}

static void on_icmp(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);

	result_took(&run->res, a);
	if (a->fail != FAIL_NONE)
		result_world_failure(&run->res, a, run->host, run->limit);
	else
		judge_icmp(run, &a->icmp, &run->res);
	run_finish(run);
}

static void icmp_begin(CheckRun *run)
{
	const char *target = check_target(run->check);
	uint16_t port;

	run->spec = (AskSpec){ .kind = ASK_ICMP };
	if (!target || !address_split(target, 0, run->host, &port)) {
		run_bad_target(run, target);
		return;
	}
	run->spec.icmp.host = run->host;
	run->spec.icmp.family = run->check->how->family;
	run->spec.icmp.count = ECHOES;
	run_ask(run, on_icmp);
}

const CheckKind dns_kind = { sizeof(CheckRun), dns_begin };
const CheckKind icmp_kind = { sizeof(CheckRun), icmp_begin };
