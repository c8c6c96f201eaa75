/* One question, asked and waited for: the answer is copied, for it lives only
 * during `done`. Header only. */
#pragma once
#include "harness.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "loop/loop.h"

#include <string.h>

#define KIT __attribute__((unused)) static

typedef struct Got {
	Ask ask;
	unsigned times; /* done was called */
	Answer a;       /* plain members only; the texts are here: */
	char error[512], address[64], cert_error[256], cert_names[256], cert_subject[256];
	char text[70000], detail[70000];
	size_t text_n;
	char fields[2048]; /* HTTP headers, "name=value\n"; DNS records and cells, one per line */
} Got;

KIT void got_http(Got *g, const Answer *a)
{
	size_t at = 0;

	g->text_n = a->http.body_n;
	memcpy(g->text, a->http.body ? a->http.body : "",
	       a->http.body_n < sizeof g->text ? a->http.body_n : sizeof g->text - 1);
	for (size_t i = 0; i < a->http.headers_n && at < sizeof g->fields - 1; i++)
		at += (size_t)snprintf(g->fields + at, sizeof g->fields - at, "%s=%s\n",
		                       a->http.headers[i].name, a->http.headers[i].value);
	text_copy(g->detail, sizeof g->detail, a->http.version ? a->http.version : "");
}

KIT void got_rows(Got *g, const char *const *rows, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at < sizeof g->fields; i++)
		at += (size_t)snprintf(g->fields + at, sizeof g->fields - at, "%s\n",
		                       rows[i] ? rows[i] : "NULL");
}

KIT void got_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	g->times++;
	g->a = *a;
	text_copy(g->error, sizeof g->error, a->error ? a->error : "");
	text_copy(g->address, sizeof g->address, a->address ? a->address : "");
	text_copy(g->cert_error, sizeof g->cert_error, a->cert.error ? a->cert.error : "");
	text_copy(g->cert_names, sizeof g->cert_names, a->cert.names ? a->cert.names : "");
	text_copy(g->cert_subject, sizeof g->cert_subject, a->cert.subject ? a->cert.subject : "");
}

KIT void got_http_done(Ask *ask, const Answer *a)
{
	got_done(ask, a);
	got_http(CONTAINER_OF(ask, Got, ask), a);
}

KIT void got_tcp_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	text_copy(g->text, sizeof g->text, a->tcp.received ? a->tcp.received : "");
}

KIT void got_dns_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	got_rows(g, a->dns.records, a->dns.records_n);
	text_copy(g->text, sizeof g->text, a->dns.rcode ? a->dns.rcode : "");
}

KIT void got_db_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	got_rows(g, a->db.cells, a->db.rows_n * a->db.columns_n);
	text_copy(g->text, sizeof g->text, a->db.server_version ? a->db.server_version : "");
}

KIT void got_run_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	text_copy(g->text, sizeof g->text, a->run.out ? a->run.out : "");
	text_copy(g->detail, sizeof g->detail, a->run.err ? a->run.err : "");
}

KIT void got_mail_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	text_copy(g->text, sizeof g->text, a->mail.text ? a->mail.text : "");
}

KIT void got_unit_done(Ask *ask, const Answer *a)
{
	Got *g = CONTAINER_OF(ask, Got, ask);

	got_done(ask, a);
	text_copy(g->text, sizeof g->text, a->unit.state ? a->unit.state : "");
	text_copy(g->detail, sizeof g->detail, a->unit.detail ? a->unit.detail : "");
}

KIT void (*got_of(AskKind kind))(Ask *ask, const Answer *a)
{
	switch (kind) {
	case ASK_HTTP: return got_http_done;
	case ASK_TCP: return got_tcp_done;
	case ASK_DNS: return got_dns_done;
	case ASK_DB: return got_db_done;
	case ASK_RUN: return got_run_done;
	case ASK_MAIL: return got_mail_done;
	case ASK_UNIT: return got_unit_done;
	case ASK_ICMP:
	case ASK_HOST: return got_done;
	}
	return got_done;
}

/* Turns of the loop until *count reaches `want`; gives up after a minute of silence. */
KIT bool turn_until(Loop *loop, const unsigned *count, unsigned want)
{
	World *w = loop_world(loop);
	int64_t from_us = w->mono(w).us;

	while (*count < want && w->mono(w).us - from_us < 60000000)
		loop_turn(loop, seconds(1));
	return EXPECT(*count >= want);
}

KIT void start_asking(Loop *loop, Got *g, const AskSpec *spec)
{
	World *w = loop_world(loop);

	memset(g, 0, sizeof *g);
	g->ask.done = got_of(spec->kind);
	w->ask(w, &g->ask, spec);
	EXPECT_INT(g->times, 0);
}

/* Asks and waits; the returned answer is static. */
KIT Got *ask_wait(Loop *loop, const AskSpec *spec)
{
	static Got g;

	start_asking(loop, &g, spec);
	(void)turn_until(loop, &g.times, 1);
	EXPECT_INT(g.times, 1);
	return &g;
}

KIT Loop *test_loop(void)
{
	Err err = { 0 };
	Loop *loop = loop_new(NULL, &err);

	if (!loop)
		(void)test_fail(__FILE__, __LINE__, "%s", err.message);
	return loop;
}
