/* Kinds tcp and tls: a connection, what is said over it, and the certificate. */
#include "check/check_private.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static uint16_t usual_port(const Check *c)
{
	static const struct {
		const char *starttls;
		uint16_t port;
	} ports[] = { { "smtp", 25 }, { "imap", 143 }, { "postgres", 5432 }, { "mysql", 3306 } };

	if (c->how->port > 0 && c->how->port <= 65535)
		return (uint16_t)c->how->port;
	for (size_t i = 0; c->how->starttls && i < COUNT_OF(ports); i++) {
		if (strcmp(ports[i].starttls, c->how->starttls) == 0)
			return ports[i].port;
	}
	return c->type == CHECK_TLS ? 443 : 0;
}

/* Fills the question; false: no address or no port. */
static bool address(CheckRun *run)
{
	const Check *c = run->check;
	const char *target = check_target(c);
	TcpAsk *t = &run->spec.tcp;

	run->spec = (AskSpec){ .kind = ASK_TCP };
	if (!target || !address_split(target, usual_port(c), run->host, &t->port) || t->port == 0)
		return false;
	if (c->how->port > 0 && c->how->port <= 65535)
		t->port = (uint16_t)c->how->port;
	t->host = run->host;
	t->send = c->how->send;
	t->expect = c->how->read_expect;
	t->starttls = c->how->starttls;
	t->ca_file = c->how->ca_file;
	t->resolve_to = c->how->resolve_to;
	t->family = c->how->family;
	t->no_verify = c->how->no_verify;
	return true;
}

static const char *who(const CheckRun *run, char out[160])
{
	bool six = strchr(run->host, ':') != NULL;

	(void)snprintf(out, 160, six ? "[%s]:%u" : "%s:%u", run->host, run->spec.tcp.port);
	return out;
}

static void on_tcp(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);
	CheckResult *r = &run->res;
	char name[160];

	result_took(r, a);
	if (a->fail != FAIL_NONE) {
		result_world_failure(r, a, who(run, name), run->limit);
	} else if (run->check->how->read_expect && !a->tcp.matched) {
		result_not(r, CHECK_DOWN);
		SAY(r, REASON_NOT_RECEIVED, run->check->how->read_expect);
	} else {
		result_up(r);
		result_slow(r, &run->check->how->slow);
	}
	run_finish(run);
}

static void tcp_begin(CheckRun *run)
{
	if (address(run))
		run_ask(run, on_tcp);
	else
		run_bad_target(run, check_target(run->check));
}

/* The verdict on a certificate that was shown, whatever became of the handshake. */
static void judge_cert(CheckRun *run, const CertInfo *cert)
{
	CheckResult *r = &run->res;
	Instant now = world_now(run->world);
	char day[INSTANT_TEXT], fr[CHECK_REASON];
	const char *error = cert->error ? cert->error : "not verified";

	if (is_set(cert->leaf_not_after) && is_due(cert->leaf_not_after, now)) {
		instant_print(cert->leaf_not_after, day);
		day[strcspn(day, "T")] = '\0';
		SAY(r, REASON_CERT_EXPIRED, day);
	} else if (!cert->verified && !run->check->how->no_verify) {
		reason_say_both(r, REASON_CERT_BAD, ARGS(error), ARGS(fragment_fr(error, fr)));
	} else {
		result_up(r);
		return;
	}
	r->state = CHECK_DOWN;
	r->fail = FAIL_TLS;
}

static void on_tls(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);
	CheckResult *r = &run->res;
	char name[160];

	result_took(r, a);
	if (a->cert.present && (a->fail == FAIL_NONE || a->fail == FAIL_TLS)) {
		judge_cert(run, &a->cert);
		/* A valid certificate does not excuse a handshake that failed for another cause. */
		if (r->state == CHECK_UP && a->fail != FAIL_NONE)
			result_world_failure(r, a, who(run, name), run->limit);
	} else if (a->fail != FAIL_NONE) {
		result_world_failure(r, a, who(run, name), run->limit);
	} else {
		result_not(r, CHECK_DOWN);
		SAY(r, REASON_NO_CERT);
	}
	result_cert(r, &run->check->how->min_left, world_now(run->world));
	run_finish(run);
}

static void tls_begin(CheckRun *run)
{
	if (!address(run)) {
		run_bad_target(run, check_target(run->check));
		return;
	}
	run->spec.tcp.tls = true;
	run->spec.tcp.send = run->spec.tcp.expect = NULL;
	run_ask(run, on_tls);
}

const CheckKind tcp_kind = { sizeof(CheckRun), tcp_begin };
const CheckKind tls_kind = { sizeof(CheckRun), tls_begin };
