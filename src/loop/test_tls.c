/* What is said of certificates, seen through HTTP and through plain TCP alike. */
#include "hostile/asking.h"
#include "hostile/certs.h"
#include "hostile/server.h"
#include "loop/loop_private.h"

#include <sys/stat.h>

enum { DAY = 86400 };

/* ---- the certificates of the tests, made once ---- */

static struct {
	Cert root, other_root, middle, short_middle, good, wild, by_ip, expired, early, nameless,
	        by_short, self, orphan;
	char *root_file, *both_file, *self_file;
	int64_t made_s;
} k;

static Cert leaf(const char *name, const char *names, const Cert *issuer, int64_t from_s,
                 int64_t until_s)
{
	return cert_make(&(CertWish){ .name = name,
	                              .names = names,
	                              .issuer = issuer,
	                              .from_s = from_s,
	                              .until_s = until_s });
}

static Cert authority(const char *name, const Cert *issuer, int64_t until_s)
{
	return cert_make(&(CertWish){
	        .name = name, .issuer = issuer, .ca = true, .from_s = -DAY, .until_s = until_s });
}

static void make_certs(void)
{
	static const char site[] = "DNS:site.test,DNS:www.site.test";
	const Cert *root = &k.root, *self = &k.self;
	const char *dir;

	if (k.root.x)
		return;
	k.made_s = time(NULL);
	k.root = authority("Root", NULL, 900 * DAY);
	k.other_root = authority("Other", NULL, 900 * DAY);
	k.middle = authority("Middle", &k.root, 300 * DAY);
	k.short_middle = authority("Short", &k.root, 5 * DAY);
	k.good = leaf("site", site, &k.middle, -DAY, 60 * DAY);
	k.by_short = leaf("site", site, &k.short_middle, -DAY, 60 * DAY);
	k.wild = leaf("wild", "DNS:*.site.test", &k.root, -DAY, 60 * DAY);
	k.by_ip = leaf("ip", "IP:127.0.0.1", &k.root, -DAY, 60 * DAY);
	k.expired = leaf("site", site, &k.root, -9 * DAY, -DAY);
	k.early = leaf("site", site, &k.root, DAY, 9 * DAY);
	k.nameless = leaf("site.test", NULL, &k.root, -DAY, 60 * DAY);
	k.self = leaf("site", site, NULL, -DAY, 60 * DAY);
	k.orphan = leaf("site", site, &k.other_root, -DAY, 60 * DAY);
	dir = test_dir();
	k.root_file = mem_printf("%s/root.pem", dir);
	k.self_file = mem_printf("%s/self.pem", dir);
	cert_save(k.root_file, &root, 1);
	cert_save(k.self_file, &self, 1);
}

/* ---- a server that shows them ---- */

static void serve_https(int fd, Server *s)
{
	SSL *ssl = tls_accept(s->data, fd);
	char text[4096];

	if (!ssl)
		return;
	if (tls_hear_until(ssl, "\r\n\r\n", text, sizeof text)[0])
		tls_say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	(void)SSL_shutdown(ssl);
	SSL_free(ssl);
}

typedef struct Ways {
	Got http, tcp;
} Ways;

static AskSpec https_spec(const Server *s, const char *host, const char *ca_file)
{
	static char url[128];

	(void)snprintf(url, sizeof url, "https://%s:%u/", host, s->port);
	return (AskSpec){ .kind = ASK_HTTP,
		          .timeout = seconds(20),
		          .http = { .url = url, .resolve_to = "127.0.0.1", .ca_file = ca_file } };
}

static AskSpec tls_spec(const Server *s, const char *host, const char *ca_file)
{
	return (AskSpec){ .kind = ASK_TCP,
		          .timeout = seconds(20),
		          .tcp = { .host = host,
		                   .port = s->port,
		                   .tls = true,
		                   .resolve_to = "127.0.0.1",
		                   .ca_file = ca_file } };
}

/* The same server, asked both ways. */
static Ways *ask_both(const Cert *cert, const Cert *chain, const char *host, const char *ca_file,
                      bool no_verify)
{
	static Ways w;
	SSL_CTX *ctx = tls_server(cert, &chain, chain ? 1 : 0);
	Loop *loop = test_loop();
	Server *s = server_start(serve_https, ctx);
	AskSpec http = https_spec(s, host, ca_file), tcp = tls_spec(s, host, ca_file);

	http.http.no_verify = tcp.tcp.no_verify = no_verify;
	w.http = *ask_wait(loop, &http);
	w.tcp = *ask_wait(loop, &tcp);
	loop_free(loop);
	server_stop(s);
	SSL_CTX_free(ctx);
	return &w;
}

static void expect_days(Instant t, int64_t days_ahead)
{
	EXPECT_REAL((double)(t.us / 1000000 - k.made_s) / DAY, (double)days_ahead, 0.01);
}

TEST(a_good_chain_is_verified_and_its_dates_are_told)
{
	Ways *w;
	Got *ways[2];

	make_certs();
	w = ask_both(&k.good, &k.middle, "site.test", k.root_file, false);
	ways[0] = &w->http;
	ways[1] = &w->tcp;
	for (int i = 0; i < 2; i++) {
		Got *g = ways[i];

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_TEXT(g->error, "");
		EXPECT(g->a.cert.present && g->a.cert.verified);
		EXPECT_TEXT(g->cert_names, "site.test, www.site.test");
		EXPECT_HAS(g->cert_subject, "CN=site");
		expect_days(g->a.cert.leaf_not_before, -1);
		expect_days(g->a.cert.leaf_not_after, 60);
		expect_days(g->a.cert.chain_not_after, 60);
		/* On loopback a step may take no whole microsecond. */
		EXPECT(g->a.took.tls.us >= 0 && g->a.took.connect.us >= 0);
		EXPECT(g->a.took.total.us > 0);
	}
	EXPECT_INT(w->http.a.http.status, 200);
	EXPECT_TEXT(w->http.text, "hello");
}

TEST(an_intermediate_that_ends_before_the_leaf_ends_the_chain)
{
	Ways *w;

	make_certs();
	w = ask_both(&k.by_short, &k.short_middle, "site.test", k.root_file, false);
	EXPECT_INT(w->http.a.fail, FAIL_NONE);
	expect_days(w->http.a.cert.leaf_not_after, 60);
	expect_days(w->http.a.cert.chain_not_after, 5);
	expect_days(w->tcp.a.cert.chain_not_after, 5);
}

TEST(what_the_server_sends_along_and_nobody_needs_does_not_count)
{
	Ways *w;

	make_certs();
	/* The leaf hangs on the root: the short intermediate is noise. */
	w = ask_both(&k.wild, &k.short_middle, "a.site.test", k.root_file, false);
	EXPECT_INT(w->tcp.a.fail, FAIL_NONE);
	expect_days(w->tcp.a.cert.chain_not_after, 60);
	expect_days(w->http.a.cert.chain_not_after, 60);
}

TEST(every_bad_certificate_is_refused_with_its_reason)
{
	make_certs();
	{
		const struct {
			const Cert *cert, *chain;
			const char *host, *ca_file, *error;
		} rows[] = {
			{ &k.expired, NULL, "site.test", k.root_file, "certificate has expired" },
			{ &k.early, NULL, "site.test", k.root_file,
			  "certificate is not yet valid" },
			{ &k.good, &k.middle, "other.test", k.root_file, "hostname mismatch" },
			{ &k.wild, NULL, "a.b.site.test", k.root_file, "hostname mismatch" },
			{ &k.nameless, NULL, "site.test", k.root_file, "hostname mismatch" },
			{ &k.by_ip, NULL, "127.0.0.2", k.root_file, "IP address mismatch" },
			{ &k.good, NULL, "site.test", k.root_file,
			  "unable to get local issuer certificate" },
			{ &k.orphan, NULL, "site.test", k.root_file,
			  "unable to get local issuer certificate" },
			{ &k.self, NULL, "site.test", k.root_file, "self-signed certificate" },
			{ &k.good, &k.middle, "site.test", NULL,
			  "unable to get local issuer certificate" },
		};
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			AUTO_FREE char *want = mem_printf("certificate: %s", rows[i].error);
			Ways *w = ask_both(rows[i].cert, rows[i].chain, rows[i].host,
			                   rows[i].ca_file, false);

			EXPECT_INT(w->http.a.fail, FAIL_TLS);
			EXPECT_INT(w->tcp.a.fail, FAIL_TLS);
			EXPECT_TEXT(w->http.error, want);
			EXPECT_TEXT(w->tcp.error, want);
			EXPECT_TEXT(w->tcp.cert_error, rows[i].error);
			/* Refused, and still described. */
			EXPECT(w->http.a.cert.present && !w->http.a.cert.verified);
			EXPECT(w->tcp.a.cert.present && !w->tcp.a.cert.verified);
			EXPECT(w->tcp.a.cert.chain_not_after.us == w->tcp.a.cert.leaf_not_after.us);
		}
	}
}

TEST(an_unverified_certificate_is_still_reported)
{
	Ways *w;

	make_certs();
	w = ask_both(&k.expired, NULL, "wrong.test", k.root_file, true);
	EXPECT_INT(w->http.a.fail, FAIL_NONE);
	EXPECT_INT(w->http.a.http.status, 200);
	EXPECT_INT(w->tcp.a.fail, FAIL_NONE);
	EXPECT(w->http.a.cert.present && !w->http.a.cert.verified);
	EXPECT(w->http.cert_error[0] && w->tcp.cert_error[0]);
	expect_days(w->http.a.cert.leaf_not_after, -1);
}

TEST(names_addresses_and_wildcards_match_as_they_should)
{
	make_certs();
	EXPECT_INT(ask_both(&k.wild, NULL, "a.site.test", k.root_file, false)->http.a.fail,
	           FAIL_NONE);
	EXPECT_INT(ask_both(&k.by_ip, NULL, "127.0.0.1", k.root_file, false)->http.a.fail,
	           FAIL_NONE);
	EXPECT_INT(ask_both(&k.good, &k.middle, "WWW.Site.Test", k.root_file, false)->tcp.a.fail,
	           FAIL_NONE);
	/* A server's own certificate can be the trust anchor. */
	EXPECT_INT(ask_both(&k.self, NULL, "site.test", k.self_file, false)->http.a.fail,
	           FAIL_NONE);
}

/* ---- the store ---- */

TEST(a_missing_or_empty_trust_store_is_our_own_trouble)
{
	AUTO_FREE char *empty = NULL;
	Ways *w;

	make_certs();
	w = ask_both(&k.good, &k.middle, "site.test", "/no/such/bundle.pem", false);
	EXPECT_INT(w->http.a.fail, FAIL_SELF);
	EXPECT_INT(w->tcp.a.fail, FAIL_SELF);
	EXPECT_TEXT(w->http.error, "cannot read the trust store '/no/such/bundle.pem'");
	empty = mem_printf("%s.empty", k.root_file);
	(void)fclose(fopen(empty, "we"));
	w = ask_both(&k.good, &k.middle, "site.test", empty, false);
	EXPECT_INT(w->http.a.fail, FAIL_SELF);
	EXPECT_HAS(w->tcp.error, "no certificate in the trust store");
}

TEST(a_trust_store_is_read_once_and_again_when_it_changes)
{
	AUTO_FREE char *path = NULL;
	Loop *loop = test_loop();
	X509_STORE *first, *second;
	const Cert *both[2];

	make_certs();
	both[0] = &k.root;
	both[1] = &k.other_root;
	path = mem_printf("%s.changing", k.root_file);
	cert_save(path, both, 1);
	first = tls_store(loop, path, NULL);
	EXPECT(first && tls_store(loop, path, NULL) == first);
	(void)X509_STORE_up_ref(first); /* so that the second cannot take its place in memory */
	cert_save(path, both, 2);
	second = tls_store(loop, path, NULL);
	EXPECT(second && second != first);
	X509_STORE_free(first);
	loop_free(loop);
}

TEST(the_systems_trust_store_is_the_default)
{
	Loop *loop = test_loop();
	Err err = { 0 };

	if (access("/etc/ssl/certs/ca-certificates.crt", R_OK) != 0)
		test_skip("this machine has no ca-certificates");
	else
		EXPECT(tls_store(loop, NULL, &err) != NULL);
	loop_free(loop);
}

/* ---- a chain that was verified before ---- */

typedef struct Known {
	SSL_CTX *ctx;
	Server *s;
	Loop *loop;
	char *ca_file; /* of its own: it may change */
} Known;

static Known known_server(const Cert *cert, const Cert *chain)
{
	static unsigned n;
	const Cert *root;
	Known w;

	make_certs();
	root = &k.root;
	w.ctx = tls_server(cert, &chain, chain ? 1 : 0);
	w.s = server_start(serve_https, w.ctx);
	w.loop = test_loop();
	w.ca_file = mem_printf("%s.%u", k.root_file, n++);
	cert_save(w.ca_file, &root, 1);
	return w;
}

static void known_done(Known *w)
{
	loop_free(w->loop);
	server_stop(w->s);
	SSL_CTX_free(w->ctx);
	mem_free(w->ca_file);
}

static Got *ask_known(Known *w, const Server *s, const char *host)
{
	AskSpec spec = tls_spec(s, host, w->ca_file);

	return ask_wait(w->loop, &spec);
}

static TlsFacts *facts_known(Known *w, const char *host)
{
	TrustStore *t = map_get(&w->loop->trust, w->ca_file);

	return t ? tls_facts_of(t, host) : NULL;
}

TEST(a_chain_that_was_verified_for_a_name_is_read_once)
{
	Known w = known_server(&k.good, &k.middle);
	TlsFacts *f;
	Got *g;

	g = ask_known(&w, w.s, "site.test");
	EXPECT_INT(g->a.fail, FAIL_NONE);
	f = facts_known(&w, "site.test");
	ASSERT(f);
	mem_free(f->subject);
	f->subject = mem_text("CN=remembered");
	g = ask_known(&w, w.s, "site.test");
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.cert.verified);
	EXPECT_TEXT(g->cert_subject, "CN=remembered");
	EXPECT_TEXT(g->cert_names, "site.test, www.site.test");
	expect_days(g->a.cert.leaf_not_before, -1);
	expect_days(g->a.cert.leaf_not_after, 60);
	expect_days(g->a.cert.chain_not_after, 60);
	known_done(&w);
}

TEST(what_is_remembered_is_of_one_name_only)
{
	Known w = known_server(&k.good, &k.middle);

	EXPECT_INT(ask_known(&w, w.s, "site.test")->a.fail, FAIL_NONE);
	EXPECT_TEXT(ask_known(&w, w.s, "other.test")->error, "certificate: hostname mismatch");
	EXPECT(!facts_known(&w, "other.test"));
	EXPECT_INT(ask_known(&w, w.s, "www.site.test")->a.fail, FAIL_NONE);
	known_done(&w);
}

TEST(another_chain_from_the_same_name_is_verified_anew)
{
	Known w = known_server(&k.good, &k.middle);
	SSL_CTX *ctx = tls_server(&k.orphan, NULL, 0);
	Server *s = server_start(serve_https, ctx);
	const Cert *middle = &k.middle;

	EXPECT_INT(ask_known(&w, w.s, "site.test")->a.fail, FAIL_NONE);
	EXPECT_HAS(ask_known(&w, s, "site.test")->error, "local issuer certificate");
	/* And so is the same leaf without what led from it to the root. */
	server_stop(s);
	SSL_CTX_free(ctx);
	ctx = tls_server(&k.good, NULL, 0);
	s = server_start(serve_https, ctx);
	EXPECT_HAS(ask_known(&w, s, "site.test")->error, "local issuer certificate");
	/* Once the intermediate is trusted itself, it is good. */
	cert_save(w.ca_file, &middle, 1);
	EXPECT_INT(ask_known(&w, s, "site.test")->a.fail, FAIL_NONE);
	server_stop(s);
	SSL_CTX_free(ctx);
	known_done(&w);
}

TEST(a_trust_store_that_changed_forgets_whom_it_trusted)
{
	Known w = known_server(&k.good, &k.middle);
	const Cert *other = &k.other_root;

	EXPECT_INT(ask_known(&w, w.s, "site.test")->a.fail, FAIL_NONE);
	cert_save(w.ca_file, &other, 1);
	EXPECT_HAS(ask_known(&w, w.s, "site.test")->error, "local issuer certificate");
	known_done(&w);
}

static int64_t days_ahead;

static Instant in_days(void)
{
	return (Instant){ (time(NULL) + days_ahead * DAY) * INT64_C(1000000) };
}

/* The time is the world's: a simulated one, or one that was set. */
TEST(dates_are_held_against_the_worlds_clock_also_of_what_is_remembered)
{
	Known w = known_server(&k.good, &k.middle);

	w.loop->read_wall = in_days;
	days_ahead = 0;
	EXPECT_INT(ask_known(&w, w.s, "site.test")->a.fail, FAIL_NONE);
	days_ahead = 59;
	EXPECT_INT(ask_known(&w, w.s, "site.test")->a.fail, FAIL_NONE);
	days_ahead = 61;
	EXPECT_TEXT(ask_known(&w, w.s, "site.test")->error, "certificate: certificate has expired");
	days_ahead = -2;
	EXPECT_TEXT(ask_known(&w, w.s, "site.test")->error,
	            "certificate: certificate is not yet valid");
	known_done(&w);
}

/* ---- against OpenSSL as it comes ---- */

/* What a client says that has OpenSSL's own library context, verification and clock. */
static const char *plain_verdict(const Server *s, const char *host, const char *ca_file)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(s->port),
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char *verdict = "no handshake";

	(void)X509_STORE_load_file(SSL_CTX_get_cert_store(ctx), ca_file);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1)
		(void)X509_VERIFY_PARAM_set1_host(param, host, 0);
	(void)SSL_set_tlsext_host_name(ssl, host);
	(void)SSL_set_fd(ssl, fd);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && SSL_connect(ssl) == 1)
		verdict = X509_verify_cert_error_string(SSL_get_verify_result(ssl));
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	(void)close(fd);
	return verdict;
}

/* By TLS alone, by the plain path of HTTP and by libcurl; each way once where nothing was asked
 * before it, then again, where something may be remembered. */
static void expect_same(const Cert *cert, const Cert *chain, const char *host, int version)
{
	static const HeaderField by_curl = { "TE", "trailers" };
	Known w = known_server(cert, chain);
	AUTO_FREE char *want = NULL;
	AskSpec ways[3] = { tls_spec(w.s, host, w.ca_file), https_spec(w.s, host, w.ca_file),
		            https_spec(w.s, host, w.ca_file) };
	const char *plain;
	bool good;

	ways[2].http.headers = &by_curl;
	ways[2].http.headers_n = 1;
	(void)SSL_CTX_set_min_proto_version(w.ctx, version);
	(void)SSL_CTX_set_max_proto_version(w.ctx, version);
	plain = plain_verdict(w.s, host, w.ca_file);
	good = strcmp(plain, "ok") == 0;
	want = mem_printf("%s%s", good ? "" : "certificate: ", good ? "" : plain);
	for (int first = 0; first < 3; first++) {
		for (int i = 0; i < 4; i++) {
			Got *g = ask_wait(w.loop, &ways[(first + i) % 3]);

			EXPECT_TEXT(g->error, want);
			EXPECT_INT(g->a.fail, good ? FAIL_NONE : FAIL_TLS);
			EXPECT(g->a.cert.present && g->a.cert.verified == good);
		}
		loop_free(w.loop);
		w.loop = test_loop();
	}
	known_done(&w);
}

TEST(the_verdict_is_that_of_openssl_as_it_comes)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	make_certs();
	for (size_t v = 0; v < COUNT_OF(versions); v++) {
		const struct {
			const Cert *cert, *chain;
			const char *host;
		} rows[] = {
			{ &k.good, &k.middle, "site.test" },
			{ &k.good, &k.middle, "www.site.test" },
			{ &k.good, &k.middle, "other.test" },
			{ &k.good, NULL, "site.test" },
			{ &k.good, &k.other_root, "site.test" },
			{ &k.by_short, &k.short_middle, "site.test" },
			{ &k.wild, NULL, "a.site.test" },
			{ &k.wild, NULL, "a.b.site.test" },
			{ &k.by_ip, NULL, "127.0.0.1" },
			{ &k.by_ip, NULL, "127.0.0.2" },
			{ &k.expired, NULL, "site.test" },
			{ &k.early, NULL, "site.test" },
			{ &k.nameless, NULL, "site.test" },
			{ &k.self, NULL, "site.test" },
			{ &k.orphan, &k.other_root, "site.test" },
		};
		for (size_t i = 0; i < COUNT_OF(rows); i++)
			expect_same(rows[i].cert, rows[i].chain, rows[i].host, versions[v]);
	}
}

/* ---- resuming, where the plan says so ---- */

static Got *ask_resuming(Known *w, bool resume)
{
	AskSpec spec = https_spec(w->s, "site.test", w->ca_file);

	spec.http.resume = resume;
	return ask_wait(w->loop, &spec);
}

static void expect_resumed(Known *w, bool resume, bool resumed)
{
	Got *g = ask_resuming(w, resume);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->text, "hello");
	EXPECT(g->a.cert.present && g->a.cert.verified);
	EXPECT_INT(g->a.cert.resumed, resumed);
	EXPECT_TEXT(g->cert_names, "site.test, www.site.test");
	EXPECT_HAS(g->cert_subject, "CN=site");
	expect_days(g->a.cert.leaf_not_after, 60);
}

static void resume_with(int version)
{
	Known w = known_server(&k.good, &k.middle);

	(void)SSL_CTX_set_max_proto_version(w.ctx, version);
	expect_resumed(&w, false, false);
	expect_resumed(&w, false, false); /* never unless asked for */
	expect_resumed(&w, true, false);  /* nothing was kept to resume */
	expect_resumed(&w, true, true);
	expect_resumed(&w, true, true);
	expect_resumed(&w, false, false);
	known_done(&w);
}

TEST(a_session_is_resumed_when_the_plan_says_so_and_the_answer_tells)
{
	resume_with(TLS1_3_VERSION);
	resume_with(TLS1_2_VERSION);
}

TEST(a_certificate_is_looked_at_once_an_hour_and_never_after_its_end)
{
	Known w = known_server(&k.good, &k.middle);

	w.loop->read_wall = in_days;
	days_ahead = 0;
	expect_resumed(&w, true, false);
	expect_resumed(&w, true, true);
	days_ahead = 1;
	expect_resumed(&w, true, false);
	expect_resumed(&w, true, true);
	days_ahead = 61;
	EXPECT_TEXT(ask_resuming(&w, true)->error, "certificate: certificate has expired");
	days_ahead = 0;
	known_done(&w);
}

TEST(what_was_not_verified_is_not_resumed)
{
	Known w = known_server(&k.orphan, NULL);
	AskSpec spec = https_spec(w.s, "site.test", w.ca_file);

	spec.http.resume = spec.http.no_verify = true;
	for (int i = 0; i < 3; i++) {
		Got *g = ask_wait(w.loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT(g->a.cert.present && !g->a.cert.verified && !g->a.cert.resumed);
	}
	known_done(&w);
}

TEST(a_server_that_forgot_the_session_is_asked_in_full)
{
	Known w = known_server(&k.good, &k.middle);
	unsigned char keys[80] = { 7 };

	expect_resumed(&w, true, false);
	expect_resumed(&w, true, true);
	EXPECT(SSL_CTX_set_tlsext_ticket_keys(w.ctx, keys, sizeof keys) == 1);
	expect_resumed(&w, true, false);
	expect_resumed(&w, true, true);
	known_done(&w);
}

TEST(what_is_remembered_of_names_is_bounded)
{
	TrustStore t = { 0 };
	MapEntry *e;

	for (int i = 0; i < 10000; i++) {
		AUTO_FREE char *name = mem_printf("n%d.test", i);

		tls_facts_keep(&t, name, NEW(TlsFacts));
	}
	EXPECT(t.facts.live <= 4096 && tls_facts_of(&t, "n9999.test"));
	for (size_t i = 0; map_next(&t.facts, &i, &e);)
		tls_facts_free(e->value);
	Map_done(&t.facts);
}

/* ---- servers that are not what they seem ---- */

static void speak_plain(int fd, Server *s)
{
	char text[512];

	(void)s;
	(void)!recv(fd, text, sizeof text, 0);
	(void)say_text(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
}

static void leave_at_hello(int fd, Server *s)
{
	char text[16];

	(void)s;
	(void)!recv(fd, text, 5, 0);
}

static void say_nothing(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

static void expect_no_handshake(void (*talk)(int fd, Server *s), bool late)
{
	Loop *loop = test_loop();
	Server *s = server_start(talk, NULL);
	AskSpec specs[2];

	make_certs();
	specs[0] = https_spec(s, "site.test", k.root_file);
	specs[1] = tls_spec(s, "site.test", k.root_file);
	for (int i = 0; i < 2; i++) {
		Got *g;

		if (late)
			specs[i].timeout = milliseconds(200);
		g = ask_wait(loop, &specs[i]);
		EXPECT_INT(g->a.fail, FAIL_TLS);
		EXPECT_INT(g->a.timed_out, late);
		EXPECT(!g->a.cert.present);
		EXPECT_HAS(g->error, late ? "no TLS handshake within" : "TLS handshake: ");
	}
	loop_free(loop);
	server_stop(s);
}

TEST(a_handshake_that_fails_is_told_from_a_bad_certificate)
{
	expect_no_handshake(speak_plain, false);
	expect_no_handshake(leave_at_hello, false);
	expect_no_handshake(say_nothing, true);
}

TEST(a_thousand_names_are_kept_within_bounds)
{
	AUTO(Buf) names = { 0 };
	Cert many;
	Ways *w;

	make_certs();
	for (int i = 0; i < 1000; i++)
		buf_printf(&names, "%sDNS:host%d.site.test", i ? "," : "", i);
	many = leaf("many", buf_str(&names), &k.root, -DAY, DAY);
	w = ask_both(&many, NULL, "host999.site.test", k.root_file, false);
	EXPECT_INT(w->tcp.a.fail, FAIL_NONE);
	EXPECT_HAS(w->tcp.cert_names, "host0.site.test, host1.site.test");
	cert_free(&many);
}

/* ---- a real server, where there is one ---- */

static const char nginx_conf[] =
        "daemon off; master_process off; pid %s/pid; error_log %s/log;\n"
        "events {}\nhttp {\n access_log off;\n client_body_temp_path %s/1; proxy_temp_path "
        "%s/2;\n fastcgi_temp_path %s/3; uwsgi_temp_path %s/4; scgi_temp_path %s/5;\n"
        " server { listen 127.0.0.1:%u ssl http2; ssl_certificate %s/c.pem;\n"
        "  ssl_certificate_key %s/k.pem; location / { return 200 hello; } }\n}\n";

static AskSpec nginx_start(Loop *loop, Got *daemon, const char *d, uint16_t port)
{
	static char conf[300];
	static const char *argv[] = { "/usr/sbin/nginx", "-p", NULL, "-c", conf, NULL };
	static AskSpec run = { .kind = ASK_RUN, .timeout = { 100000000 } };
	AUTO_FREE char *cert = mem_printf("%s/c.pem", d), *key = mem_printf("%s/k.pem", d);
	const Cert *chain[] = { &k.by_ip };
	FILE *f;

	cert_save(cert, chain, 1);
	f = fopen(key, "we");
	(void)PEM_write_PrivateKey(f, k.by_ip.key, NULL, NULL, 0, NULL, NULL);
	(void)fclose(f);
	(void)snprintf(conf, sizeof conf, "%s/n.conf", d);
	f = fopen(conf, "we");
	(void)fprintf(f, nginx_conf, d, d, d, d, d, d, d, port, d, d);
	(void)fclose(f);
	argv[2] = d;
	run.run.argv = argv;
	start_asking(loop, daemon, &run);
	return (AskSpec){ .kind = ASK_HTTP,
		          .timeout = seconds(20),
		          .http = { .ca_file = k.root_file } };
}

/* HTTP/1.1 where it does, HTTP/2 where the question is libcurl's. */
TEST(a_server_that_speaks_http_2_is_spoken_to_in_both)
{
	Loop *loop;
	static Got daemon;
	AUTO_FREE char *url = NULL;
	AUTO_FREE char *folder = NULL;
	uint16_t port = free_port();
	static const HeaderField by_curl = { "TE", "trailers" };
	AskSpec spec;
	Got *g = NULL;

	if (access("/usr/sbin/nginx", X_OK) != 0) {
		test_skip("nginx is not installed");
		return;
	}
	make_certs();
	loop = test_loop();
	folder = mem_printf("%s.nginx", k.root_file);
	(void)mkdir(folder, 0755);
	url = mem_printf("https://127.0.0.1:%u/", port);
	spec = nginx_start(loop, &daemon, folder, port);
	spec.http.url = url;
	for (int i = 0; i < 1000 && !daemon.times; i++) {
		g = ask_wait(loop, &spec);
		if (g->a.fail == FAIL_NONE)
			break;
		loop_turn(loop, milliseconds(5));
	}
	EXPECT_TEXT(daemon.detail, "");
	EXPECT_TEXT(g ? g->detail : "", "1.1");
	EXPECT_TEXT(g ? g->text : "", "hello");
	EXPECT_INT(g ? g->a.http.status : 0, 200);
	spec.http.headers = &by_curl;
	spec.http.headers_n = 1;
	g = ask_wait(loop, &spec);
	EXPECT_TEXT(g->detail, "2");
	EXPECT_TEXT(g->text, "hello");
	loop_free(loop);
}
