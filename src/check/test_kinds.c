/* The other kinds: connections, certificates, names, databases, units, programs. */
#include "check/test_world.h"

/* ---- tcp and tls ---- */

TEST(a_port_is_open_or_not)
{
	Probe *p = probe_new(CHECK_TCP, "h:25");
	FakeAnswer *a;

	(void)fake_answer(p->fake, "tcp h:25");
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	(void)fake_failure(p->fake, NULL, FAIL_CONNECT, "connection refused");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_CONNECT, "cannot connect to h:25");
	p->how.read_expect = "220";
	a = fake_answer(p->fake, NULL);
	a->answer.tcp = (TcpAnswer){ .received = "554", .received_n = 3 };
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "'220' was not received");
	a = fake_answer(p->fake, NULL);
	a->answer.tcp.matched = true;
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	probe_free(p);
}

TEST(the_port_of_a_protocol_is_known)
{
	static const struct {
		CheckType type;
		const char *target, *starttls, *line;
		int port;
	} rows[] = {
		{ CHECK_TLS, "h", NULL, "tcp h:443 tls\n", 0 },
		{ CHECK_TLS, "https://h:8443/x", NULL, "tcp h:8443 tls\n", 0 },
		{ CHECK_TLS, "h", NULL, "tcp h:9443 tls\n", 9443 },
		{ CHECK_TLS, "h", "smtp", "tcp h:25 tls starttls=smtp\n", 0 },
		{ CHECK_TLS, "h", "imap", "tcp h:143 tls starttls=imap\n", 0 },
		{ CHECK_TLS, "h", "postgres", "tcp h:5432 tls starttls=postgres\n", 0 },
		{ CHECK_TLS, "h", "mysql", "tcp h:3306 tls starttls=mysql\n", 0 },
		{ CHECK_TCP, "http://h/", NULL, "tcp h:80\n", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(rows[i].type, rows[i].target);

		p->how.starttls = rows[i].starttls;
		p->how.port = rows[i].port;
		(void)fake_answer(p->fake, NULL);
		(void)probe(p);
		EXPECT_TEXT(buf_str(&p->fake->log), rows[i].line);
		probe_free(p);
	}
}

/* Days left of leaf and chain; thresholds 30 d and 7 d. */
TEST(a_certificate_is_judged_on_its_validated_chain)
{
	static const struct {
		const char *what;
		int leaf, chain;
		bool verified, no_verify;
		FailClass world;
		const char *error;
		CheckState state;
		FailClass fail;
		const char *reason;
		int threshold;
	} rows[] = {
		{ "plenty", 90, 900, true, false, FAIL_NONE, NULL, CHECK_UP, FAIL_NONE, "", 0 },
		{ "29 days", 29, 900, true, false, FAIL_NONE, NULL, CHECK_DEGRADED, FAIL_ASSERT,
		  "certificate ends on 2026-03-31, in 29 d (less than 30 d)", 30 },
		{ "exactly 30 days is not under", 30, 900, true, false, FAIL_NONE, NULL, CHECK_UP,
		  FAIL_NONE, "", 0 },
		{ "6 days: the smaller threshold", 6, 900, true, false, FAIL_NONE, NULL,
		  CHECK_DEGRADED, FAIL_ASSERT, "less than 7 d", 7 },
		{ "the chain ends first", 90, 20, true, false, FAIL_NONE, NULL, CHECK_DEGRADED,
		  FAIL_ASSERT, "a certificate of the chain ends on 2026-03-22", 30 },
		{ "expired", -1, 900, false, false, FAIL_TLS, "certificate has expired", CHECK_DOWN,
		  FAIL_TLS, "certificate expired on 2026-03-01", 7 },
		{ "expired and told not to verify", -1, 900, false, true, FAIL_NONE, NULL,
		  CHECK_DOWN, FAIL_TLS, "certificate expired", 7 },
		{ "wrong name", 90, 90, false, false, FAIL_TLS, "hostname mismatch", CHECK_DOWN,
		  FAIL_TLS, "not valid: hostname mismatch", 0 },
		{ "self-signed and told so", 90, 90, false, true, FAIL_NONE, NULL, CHECK_UP,
		  FAIL_NONE, "", 0 },
		{ "handshake failed for another cause", 90, 90, true, false, FAIL_TLS,
		  "no shared cipher", CHECK_DOWN, FAIL_TLS, "no shared cipher", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_TLS, "h");
		FakeAnswer *a = fake_answer(p->fake, NULL);

		p->how.min_left = TEXTS("30d", "7d");
		p->how.no_verify = rows[i].no_verify;
		a->takes = seconds(0);
		a->answer.fail = rows[i].world;
		a->answer.error = rows[i].error;
		a->answer.cert =
		        (CertInfo){ .present = true,
			            .verified = rows[i].verified,
			            .leaf_not_after = after(p->fake->now, days(rows[i].leaf)),
			            .chain_not_after = after(p->fake->now, days(rows[i].chain)),
			            .error = rows[i].verified ? NULL : rows[i].error };
		if (!EXPECT_RESULT(probe(p), rows[i].state, rows[i].fail, rows[i].reason))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		EXPECT_INT(p->result.cert.threshold.us, days(rows[i].threshold).us);
		ASSERT(p->result.measures_n == 3);
		EXPECT_REAL(p->result.measures[0].value, rows[i].leaf, 1e-9);
		EXPECT_REAL(p->result.measures[1].value, rows[i].chain, 1e-9);
		EXPECT_TEXT(p->result.measures[2].name, "cert_days");
		EXPECT_REAL(p->result.measures[2].value,
		            86400.0 * (rows[i].leaf < rows[i].chain ? rows[i].leaf : rows[i].chain),
		            1e-6);
		probe_free(p);
	}
}

TEST(a_check_that_may_resume_says_whether_it_did)
{
	for (int i = 0; i < 3; i++) {
		Probe *p = probe_new(CHECK_HTTP, "https://h/");
		FakeAnswer *a = fake_answer(p->fake, NULL);
		bool found = false;

		p->how.resume = i > 0;
		a->answer.http.status = 200;
		a->answer.cert = (CertInfo){ .present = true,
			                     .verified = true,
			                     .resumed = i == 2,
			                     .leaf_not_after = after(p->fake->now, days(9)),
			                     .chain_not_after = after(p->fake->now, days(9)) };
		EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
		EXPECT(p->result.cert.resumed == (i == 2));
		for (size_t m = 0; m < p->result.measures_n; m++) {
			if (strcmp(p->result.measures[m].name, "tls_resumed") != 0)
				continue;
			found = true;
			EXPECT_REAL(p->result.measures[m].value, i == 2, 0);
		}
		EXPECT(found == (i > 0));
		probe_free(p);
	}
}

TEST(no_certificate_at_all_is_down)
{
	Probe *p = probe_new(CHECK_TLS, "h");

	(void)fake_answer(p->fake, NULL);
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT, "no certificate");
	(void)fake_failure(p->fake, NULL, FAIL_CONNECT, "connection refused");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_CONNECT, "cannot connect to h:443");
	probe_free(p);
}

/* ---- dns and icmp ---- */

TEST(a_name_has_the_expected_records)
{
	static const struct {
		const char *what, *rcode;
		const char *got[3], *want[3];
		CheckState state;
		FailClass fail;
		const char *reason;
	} rows[] = {
		{ "any answer", "NOERROR", { "192.0.2.1" }, { NULL }, CHECK_UP, FAIL_NONE, "" },
		{ "the one", "NOERROR", { "192.0.2.1" }, { "192.0.2.1" }, CHECK_UP, FAIL_NONE, "" },
		{ "in any order", "NOERROR", { "a", "b" }, { "b", "a" }, CHECK_UP, FAIL_NONE, "" },
		{ "case and root dot",
		  "NOERROR",
		  { "MX.Example.com." },
		  { "mx.example.com" },
		  CHECK_UP,
		  FAIL_NONE,
		  "" },
		{ "another",
		  "NOERROR",
		  { "192.0.2.9" },
		  { "192.0.2.1" },
		  CHECK_DOWN,
		  FAIL_ASSERT,
		  "is 192.0.2.9, expected 192.0.2.1" },
		{ "one more", "NOERROR", { "a", "b" }, { "a" }, CHECK_UP, FAIL_NONE, "" },
		{ "one missing",
		  "NOERROR",
		  { "a" },
		  { "a", "b" },
		  CHECK_DOWN,
		  FAIL_ASSERT,
		  "expected a, b" },
		{ "none", "NOERROR", { NULL }, { NULL }, CHECK_DOWN, FAIL_ASSERT, "no MX record" },
		{ "no such name",
		  "NXDOMAIN",
		  { NULL },
		  { NULL },
		  CHECK_DOWN,
		  FAIL_DNS,
		  "answered NXDOMAIN" },
		{ "server failure",
		  "SERVFAIL",
		  { NULL },
		  { "a" },
		  CHECK_DOWN,
		  FAIL_DNS,
		  "answered SERVFAIL" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_DNS, "example.com");
		FakeAnswer *a = fake_answer(p->fake, "dns example.com MX");
		size_t n = 0, m = 0;

		while (n < 3 && rows[i].got[n])
			n++;
		while (m < 3 && rows[i].want[m])
			m++;
		p->how.record = "MX";
		p->how.answers = (Texts){ rows[i].want, m };
		a->answer.dns = (DnsAnswer){ rows[i].got, n, rows[i].rcode };
		if (!EXPECT_RESULT(probe(p), rows[i].state, rows[i].fail, rows[i].reason))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		probe_free(p);
	}
}

TEST(an_echo_that_comes_back_is_up)
{
	static const struct {
		unsigned sent, received;
		CheckState state;
		double loss;
	} rows[] = { { 4, 4, CHECK_UP, 0 },
		     { 4, 3, CHECK_UP, 25 },
		     { 4, 2, CHECK_DEGRADED, 50 },
		     { 4, 1, CHECK_DEGRADED, 75 },
		     { 4, 0, CHECK_DOWN, 100 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_ICMP, "h");
		FakeAnswer *a = fake_answer(p->fake, "icmp h x4");

		a->answer.icmp = (IcmpAnswer){ .sent = rows[i].sent,
			                       .received = rows[i].received,
			                       .rtt_mean = milliseconds(12) };
		EXPECT_INT(probe(p)->state, rows[i].state);
		EXPECT_REAL(p->result.measures[0].value, rows[i].loss, 0);
		EXPECT(p->result.has_latency == (rows[i].received > 0));
		if (rows[i].received)
			EXPECT_INT(p->result.latency.us, 12000);
		probe_free(p);
	}
}

/* ---- databases ---- */

TEST(connections_are_counted_against_what_is_usable)
{
	static const struct {
		const char *what, *used, *max, *reserved;
		double limit; /* 0: none */
		CheckState state;
		const char *reason;
		double share;
	} rows[] = {
		{ "few", "20", "103", "3", 80, CHECK_UP, "", 20 },
		{ "at the limit", "80", "103", "3", 80, CHECK_UP, "", 80 },
		{ "over it", "81", "103", "3", 80, CHECK_DEGRADED,
		  "81 of 100 connections in use (81 %, limit 80 %)", 81 },
		{ "no limit in the plan", "100", "103", "3", 0, CHECK_UP, "", 100 },
		{ "not numbers", "x", "100", "3", 0, CHECK_UP, "", -1 },
		{ "all reserved", "1", "3", "3", 0, CHECK_UP, "", -1 },
		{ "not numbers, and a limit", "x", "100", "3", 80, CHECK_DEGRADED,
		  "unexpected form", -1 },
	};
	const Database db = { .item.id = "manga_db", .engine = "postgresql", .host = "db.example" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *cells[] = { rows[i].used, rows[i].max, rows[i].reserved };
		Probe *p = probe_new(CHECK_DB_PING, NULL);
		FakeAnswer *a = fake_answer(p->fake, "db postgresql db.example SELECT coalesce");

		p->how.db = &db;
		if (rows[i].limit > 0)
			p->how.max_connections_used = (Quantity){ .value = rows[i].limit,
				                                  .unit = UNIT_PERCENT,
				                                  .set = true };
		a->answer.db = (DbAnswer){ .cells = cells, .rows_n = 1, .columns_n = 3 };
		if (!EXPECT_INT(probe(p)->state, rows[i].state) ||
		    !EXPECT_HAS(p->result.reason, rows[i].reason))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		if (rows[i].share >= 0) {
			EXPECT_TEXT(p->result.measures[0].name, "db_connections");
			EXPECT_TEXT(p->result.measures[0].scope, "manga_db");
			EXPECT_REAL(p->result.measures[0].value, rows[i].share, 1e-9);
		} else {
			EXPECT_INT(p->result.measures_n, 0);
		}
		probe_free(p);
	}
}

TEST(mariadb_and_mysql_are_asked_where_each_keeps_it)
{
	const Database db = { .item.id = "m", .engine = "mysql", .host = "db", .port = 3307 };
	const char *cells[] = { "60", "151" };
	Probe *p = probe_new(CHECK_DB_PING, NULL);
	FakeAnswer *a = fake_answer(p->fake, NULL);

	p->how.db = &db;
	a->answer.db = (DbAnswer){ .cells = cells, .rows_n = 1, .columns_n = 2 };
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_REAL(p->result.measures[0].value, 100.0 * 60 / 151, 1e-9);
	(void)fake_failure(p->fake, NULL, FAIL_HTTP, "Unknown table 'GLOBAL_STATUS'");
	a = fake_answer(p->fake, NULL);
	a->answer.db = (DbAnswer){ .cells = cells, .rows_n = 1, .columns_n = 2 };
	EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
	EXPECT_INT(p->result.latency.us, 50000); /* of the answer that counts */
	(void)fake_failure(p->fake, NULL, FAIL_HTTP, "Unknown table 'GLOBAL_STATUS'");
	(void)fake_failure(p->fake, NULL, FAIL_HTTP, "access denied");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_HTTP, "access denied");
	probe_free(p);
}

TEST(a_database_that_refuses_is_down)
{
	const Database db = { .item.id = "m", .engine = "postgresql", .host = "db" };
	Probe *p = probe_new(CHECK_DB_PING, NULL);

	p->how.db = &db;
	(void)fake_failure(p->fake, NULL, FAIL_CONNECT, "connection refused");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_CONNECT,
	              "cannot connect to m: connection refused");
	(void)fake_failure(p->fake, NULL, FAIL_HTTP, "FATAL: sorry, too many clients already");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_HTTP, "too many clients");
	probe_free(p);
}

/* ---- units ---- */

TEST(a_unit_is_named_by_its_kind)
{
	static const struct {
		const char *target, *kind, *line;
	} rows[] = {
		{ "nginx", NULL, "unit 0 nginx.service\n" },
		{ "nginx.socket", NULL, "unit 0 nginx.socket\n" },
		{ "systemd:mysql", NULL, "unit 0 mysql.service\n" },
		{ "process:php-fpm", NULL, "unit 1 php-fpm\n" },
		{ "php-fpm", "process", "unit 1 php-fpm\n" },
		{ "docker:web", NULL, "unit 2 web\n" },
		{ "web", "docker", "unit 2 web\n" },
		{ "container:web", NULL, "unit 2 web\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_UNIT, rows[i].target);
		FakeAnswer *a = fake_answer(p->fake, NULL);

		p->how.unit_kind = rows[i].kind;
		a->answer.unit = (UnitAnswer){ .state = "active", .running = true };
		EXPECT_RESULT(probe(p), CHECK_UP, FAIL_NONE, "");
		EXPECT_TEXT(buf_str(&p->fake->log), rows[i].line);
		probe_free(p);
	}
}

TEST(a_unit_runs_or_its_state_is_said)
{
	static const struct {
		const char *state, *detail;
		bool running;
		CheckState want;
		const char *reason;
	} rows[] = {
		{ "active", "running", true, CHECK_UP, "" },
		{ "failed", "failed", false, CHECK_DOWN, "nginx is failed (failed)" },
		{ "inactive", "dead", false, CHECK_DOWN, "nginx is inactive (dead)" },
		{ "absent", NULL, false, CHECK_DOWN, "nginx does not exist" },
		{ "running", "unhealthy", true, CHECK_DOWN, "nginx is running (unhealthy)" },
		{ "exited", NULL, false, CHECK_DOWN, "nginx is exited" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_UNIT, "nginx");
		FakeAnswer *a = fake_answer(p->fake, NULL);

		a->answer.unit = (UnitAnswer){ .state = rows[i].state,
			                       .detail = rows[i].detail,
			                       .running = rows[i].running };
		EXPECT_RESULT(probe(p), rows[i].want,
		              rows[i].want == CHECK_UP ? FAIL_NONE : FAIL_ASSERT, rows[i].reason);
		probe_free(p);
	}
}

TEST(all_units_of_a_service_are_looked_at)
{
	Probe *p = probe_new(CHECK_UNIT, NULL);
	FakeAnswer *a;

	p->service.units = TEXTS("systemd:nginx", "process:php", "compose:backend");
	p->check.service = &p->service;
	a = fake_answer(p->fake, "unit 0 nginx.service");
	a->answer.unit = (UnitAnswer){ .state = "failed" };
	a = fake_answer(p->fake, "unit 1 php");
	a->answer.unit = (UnitAnswer){ .state = "running", .running = true, .count = 5 };
	a = fake_page(p->fake, "GET http://docker/containers/json?all=1&filters=", 200,
	              "[{\"State\":\"running\",\"Status\":\"Up 2 hours\"},"
	              "{\"State\":\"exited\",\"Status\":\"Exited (1) 3 minutes ago\"}]");
	EXPECT_RESULT(probe(p), CHECK_DOWN, FAIL_ASSERT,
	              "2 of 3 not running: systemd:nginx, compose:backend");
	EXPECT_HAS(buf_str(&p->fake->log), "com.docker.compose.service%3Dbackend");
	EXPECT_HAS(buf_str(&p->fake->log), "socket=/var/run/docker.sock");
	ASSERT(p->result.parts_n == 3);
	EXPECT_INT(p->result.parts[1].state, CHECK_UP);
	EXPECT_TEXT(p->result.parts[2].reason, "compose:backend is Exited (1) 3 minutes ago");
	EXPECT_REAL(p->result.measures[0].value, 6, 0);
	probe_free(p);
}

TEST(containers_of_a_compose_service)
{
	static const struct {
		int status;
		const char *body;
		CheckState want;
		const char *reason;
	} rows[] = {
		{ 200, "[{\"State\":\"running\",\"Status\":\"Up 1 hour (healthy)\"}]", CHECK_UP,
		  "" },
		{ 200, "[{\"State\":\"running\",\"Status\":\"Up 1 hour (unhealthy)\"}]", CHECK_DOWN,
		  "(unhealthy)" },
		{ 200, "[]", CHECK_DOWN, "does not exist" },
		{ 200, "[{}]", CHECK_DOWN, "is " },
		{ 500, "{\"message\":\"x\"}", CHECK_UNKNOWN, "unexpected form" },
		{ 200, "<html>", CHECK_UNKNOWN, "unexpected form" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_UNIT, "compose:backend");

		(void)fake_page(p->fake, NULL, rows[i].status, rows[i].body);
		EXPECT_INT(probe(p)->state, rows[i].want);
		EXPECT_HAS(p->result.reason, rows[i].reason);
		probe_free(p);
	}
}

TEST(a_bus_that_cannot_be_asked_says_nothing_of_the_unit)
{
	Probe *p = probe_new(CHECK_UNIT, "nginx");

	(void)fake_failure(p->fake, NULL, FAIL_SELF, "no system bus");
	EXPECT_RESULT(probe(p), CHECK_UNKNOWN, FAIL_SELF, "could not look: no system bus");
	probe_free(p);
}

/* ---- commands ---- */

TEST(an_exit_code_is_the_verdict)
{
	static const struct {
		const char *what;
		int code, signal;
		bool timed_out;
		const char *expect, *out, *err;
		CheckState want;
		const char *reason;
	} rows[] = {
		{ "zero", 0, 0, false, NULL, "fine", "", CHECK_UP, "" },
		{ "one", 1, 0, false, NULL, "a\nlast line\n\n", "", CHECK_DOWN,
		  "exit code 1, expected 0: last line" },
		{ "errors first", 2, 0, false, NULL, "out", "broken\n", CHECK_DOWN,
		  "exit code 2, expected 0: broken" },
		{ "no words", 3, 0, false, NULL, "", "", CHECK_DOWN, "exit code 3, expected 0" },
		{ "expected one", 1, 0, false, "1", "", "", CHECK_UP, "" },
		{ "zero is not one", 0, 0, false, "1", "", "", CHECK_DOWN,
		  "exit code 0, expected 1" },
		{ "killed", -1, 9, false, NULL, "", "", CHECK_DOWN, "ended by signal 9" },
		{ "too long", -1, 15, true, NULL, "", "", CHECK_DOWN, "still running after 30 s" },
	};
	static const char *const argv[] = { "check_it", "-v", NULL };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Probe *p = probe_new(CHECK_COMMAND, NULL);
		FakeAnswer *a = fake_answer(p->fake, "run check_it");
		const char *const expect[] = { rows[i].expect, NULL };

		p->how.run = (Texts){ argv, 2 };
		p->how.expect = (Texts){ expect, rows[i].expect ? 1 : 0 };
		a->answer.run = (RunAnswer){ .exit_code = rows[i].code,
			                     .signal = rows[i].signal,
			                     .timed_out = rows[i].timed_out,
			                     .out = rows[i].out,
			                     .err = rows[i].err,
			                     .out_n = strlen(rows[i].out),
			                     .err_n = strlen(rows[i].err) };
		if (!EXPECT_RESULT(probe(p), rows[i].want,
		                   rows[i].want == CHECK_UP ? FAIL_NONE : FAIL_ASSERT,
		                   rows[i].reason))
			test_fail(__FILE__, __LINE__, "%s", rows[i].what);
		probe_free(p);
	}
}

TEST(a_program_that_cannot_start_is_our_own_trouble)
{
	static const char *const argv[] = { "missing", NULL };
	Probe *p = probe_new(CHECK_COMMAND, NULL);

	p->how.run = (Texts){ argv, 1 };
	(void)fake_failure(p->fake, NULL, FAIL_SELF, "no such file or directory");
	EXPECT_RESULT(probe(p), CHECK_UNKNOWN, FAIL_SELF, "no such file");
	EXPECT_HAS(p->result.reason_fr, "absent");
	probe_free(p);
}

TEST(a_library_that_is_missing_is_named_in_both_languages)
{
	Probe *p = probe_new(CHECK_UNIT, "nginx");

	(void)fake_failure(p->fake, NULL, FAIL_SELF,
	                   "libsystemd.so.0 of the package libsystemd0 cannot be opened: "
	                   "cannot open shared object file: No such file or directory");
	EXPECT_RESULT(
	        probe(p), CHECK_UNKNOWN, FAIL_SELF,
	        "could not look: libsystemd.so.0 of the package libsystemd0 cannot be opened: "
	        "cannot open shared object file: No such file or directory");
	EXPECT_HAS(p->result.reason_fr,
	           "libsystemd.so.0 du paquet libsystemd0 ne s’ouvre pas : fichier absent");
	probe_free(p);
}

TEST(performance_data_becomes_measures)
{
	static const struct {
		const char *out;
		size_t n;
		const char *name;
		double value;
		Unit unit;
	} rows[] = {
		{ "OK | time=0.25s;1;2;0", 1, "time", 0.25, UNIT_SECONDS },
		{ "OK | 'time'=250ms", 1, "time", 0.25, UNIT_SECONDS },
		{ "OK | /var=12GB;;;0;100", 1, "_var", 12 * 1073741824.0, UNIT_BYTES },
		{ "OK | load1=0.5 load5=1", 2, "load1", 0.5, UNIT_NONE },
		{ "OK | used=93%", 1, "used", 93, UNIT_PERCENT },
		{ "OK | n=7c", 1, "n", 7, UNIT_NONE },
		{ "no bar", 0, NULL, 0, UNIT_NONE },
		{ "OK | novalue", 0, NULL, 0, UNIT_NONE },
		{ "OK | x=abc", 0, NULL, 0, UNIT_NONE },
		{ "OK\nlater | x=1", 0, NULL, 0, UNIT_NONE },
		{ "OK | =5", 0, NULL, 0, UNIT_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CheckResult r = { 0 };

		command_perf(rows[i].out, &r);
		if (!EXPECT_INT(r.measures_n, rows[i].n))
			test_fail(__FILE__, __LINE__, "%s", rows[i].out);
		if (rows[i].n == 0 || r.measures_n == 0)
			continue;
		EXPECT_TEXT(r.measures[0].name, rows[i].name);
		EXPECT_REAL(r.measures[0].value, rows[i].value, 1e-6);
		EXPECT_INT(r.measures[0].unit, rows[i].unit);
	}
}
