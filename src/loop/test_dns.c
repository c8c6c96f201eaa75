/* Names: the look-ups that other questions need, and DNS as a question of its own. */
#include "hostile/asking.h"
#include "hostile/dns.h"
#include "loop/dns_message.h"
#include "loop/loop_private.h"

#include <sys/stat.h>

static const DnsRow zone[] = {
	{ "site.test", 1, DNS_DATA("\177\000\000\001") },
	{ "far.test", 1, DNS_DATA("\177\000\000\115") },
	{ "two.test", 1, DNS_DATA("\177\000\000\115") },
	{ "two.test", 1, DNS_DATA("\177\000\000\001") },
	{ "all.test", 1, DNS_DATA("\012\000\000\002") },
	{ "all.test", 1, DNS_DATA("\012\000\000\001") },
	{ "all.test", 28, DNS_DATA("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01") },
	{ "www.all.test", 5, DNS_DATA("\003all\004test\000") },
	{ "all.test", 15, DNS_DATA("\000\024\002mx\300\014") },
	{ "all.test", 15, DNS_DATA("\000\012\003mx1\005other\003org\000") },
	{ "all.test", 2, DNS_DATA("\002ns\300\014") },
	{ "all.test", 16, DNS_DATA("\006v=spf1\005 -all") },
	{ "all.test", 16, DNS_DATA("\004a\"\t\377") },
	{ "all.test", 6,
	  DNS_DATA("\002ns\300\014\005admin\300\014\170\304\012\001\0\0\016\020\0\0\002\130\0\011"
	           "\072\200\0\0\001\054") },
	{ "all.test", 257, DNS_DATA("\000\005issueletsencrypt.org") },
	{ "all.test", 33, DNS_DATA("\000\001\000\002\001\273\003sip\300\014") },
	{ "4.3.2.1.in-addr.arpa", 12, DNS_DATA("\004host\004test\000") },
	{ "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", 12,
	  DNS_DATA("\002v6\004test\000") },
};

static DnsServer *serve(DnsManner manner) { return dns_start(manner, zone, COUNT_OF(zone)); }

static const char *at(const DnsServer *s)
{
	static char text[4][32];
	static int next;

	next = (next + 1) % 4;
	(void)snprintf(text[next], sizeof text[next], "127.0.0.1:%u", s->port);
	return text[next];
}

static Loop *loop_with(const char *servers)
{
	LoopOptions options = { .dns_servers = servers };

	return loop_new(&options, NULL);
}

static AskSpec dns_spec(const char *name, const char *type, const char *server)
{
	return (AskSpec){ .kind = ASK_DNS,
		          .timeout = seconds(20),
		          .dns = { .name = name, .type = type, .server = server } };
}

/* ---- as a question ---- */

TEST(every_type_of_record_has_its_text)
{
	static const struct {
		const char *name, *type, *records;
	} rows[] = {
		{ "all.test", NULL, "10.0.0.1\n10.0.0.2\n" },
		{ "ALL.test", "a", "10.0.0.1\n10.0.0.2\n" },
		{ "all.test", "AAAA", "2001:db8::1\n" },
		{ "www.all.test", "CNAME", "all.test\n" },
		{ "all.test", "MX", "10 mx1.other.org\n20 mx.all.test\n" },
		{ "all.test", "NS", "ns.all.test\n" },
		{ "all.test", "TXT", "a\"\\009\\255\nv=spf1 -all\n" },
		{ "all.test", "SOA",
		  "ns.all.test admin.all.test 2026113537 3600 600 604800 300\n" },
		{ "all.test", "CAA", "0 issue \"letsencrypt.org\"\n" },
		{ "all.test", "SRV", "1 2 443 sip.all.test\n" },
		{ "4.3.2.1.in-addr.arpa", "PTR", "host.test\n" },
		{ "1.2.3.4", "PTR", "host.test\n" },
		{ "2001:db8::1", "PTR", "v6.test\n" },
	};
	DnsServer *s = serve(DNS_TRUE);
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AskSpec spec = dns_spec(rows[i].name, rows[i].type, at(s));
		Got *g = ask_wait(loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_TEXT(g->text, "NOERROR");
		EXPECT_TEXT(g->fields, rows[i].records);
		EXPECT(g->a.took.dns.us > 0);
	}
	loop_free(loop);
	dns_stop(s);
}

TEST(every_reply_is_an_answer_with_its_code)
{
	static const struct {
		DnsManner manner;
		const char *name, *type, *rcode;
	} rows[] = {
		{ DNS_TRUE, "nobody.test", "A", "NXDOMAIN" },
		{ DNS_TRUE, "site.test", "AAAA", "NOERROR" },
		{ DNS_SERVFAIL, "site.test", "A", "SERVFAIL" },
		{ DNS_REFUSED, "site.test", "A", "REFUSED" },
	};
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		DnsServer *s = serve(rows[i].manner);
		AskSpec spec = dns_spec(rows[i].name, rows[i].type, at(s));
		Got *g = ask_wait(loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_TEXT(g->text, rows[i].rcode);
		EXPECT_INT(g->a.dns.records_n, 0);
		dns_stop(s);
	}
	loop_free(loop);
}

TEST(silence_and_garbage_are_failures_of_dns)
{
	DnsServer *silent = serve(DNS_SILENT), *garbage = serve(DNS_GARBAGE), *cut = serve(DNS_CUT);
	Loop *loop = test_loop();
	AskSpec spec = dns_spec("site.test", "A", at(silent));
	Got *g;

	spec.timeout = milliseconds(200);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_DNS);
	EXPECT(g->a.timed_out);
	EXPECT_TEXT(g->error, "no answer from the name servers within 200 ms");
	spec.dns.server = at(garbage);
	spec.timeout = seconds(20);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_DNS);
	EXPECT_TEXT(g->error, "malformed reply");
	spec.dns.server = at(cut);
	spec.timeout = milliseconds(200);
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_DNS);
	loop_free(loop);
	dns_stop(silent);
	dns_stop(garbage);
	dns_stop(cut);
}

TEST(a_named_server_that_is_not_there_is_a_fact_and_ours_is_our_trouble)
{
	char nobody[32] = "";
	Loop *loop;
	AskSpec named = dns_spec("site.test", "A", nobody), ours = dns_spec("site.test", "A", NULL);
	AskSpec wrong = dns_spec("site.test", "AXFR", NULL), empty = dns_spec("", "A", NULL);

	(void)snprintf(nobody, sizeof nobody, "127.0.0.1:%u", free_port());
	loop = loop_with(nobody);
	EXPECT_INT(ask_wait(loop, &named)->a.fail, FAIL_DNS);
	EXPECT_INT(ask_wait(loop, &ours)->a.fail, FAIL_SELF);
	EXPECT_TEXT(ask_wait(loop, &wrong)->error, "no such record type: AXFR");
	EXPECT_INT(ask_wait(loop, &empty)->a.fail, FAIL_SELF);
	loop_free(loop);
}

TEST(the_second_server_is_asked_when_the_first_fails)
{
	DnsServer *bad = serve(DNS_SERVFAIL), *good = serve(DNS_TRUE);
	AUTO_FREE char *both = mem_printf("%s,%s", at(bad), at(good));
	Loop *loop = loop_with(both);
	AskSpec spec = dns_spec("site.test", "A", NULL);
	Got *g = ask_wait(loop, &spec);

	EXPECT_TEXT(g->fields, "127.0.0.1\n");
	EXPECT(bad->asked == 1 && good->asked == 1);
	loop_free(loop);
	dns_stop(bad);
	dns_stop(good);
}

TEST(the_second_server_is_asked_when_the_first_is_silent)
{
	DnsServer *silent = serve(DNS_SILENT), *good = serve(DNS_TRUE);
	AUTO_FREE char *both = mem_printf("%s,%s", at(silent), at(good));
	Loop *loop = loop_with(both);
	AskSpec spec = dns_spec("site.test", "A", NULL);
	Got *g = ask_wait(loop, &spec);

	EXPECT_TEXT(g->fields, "127.0.0.1\n");
	EXPECT(silent->asked == 1 && good->asked == 1);
	loop_free(loop);
	dns_stop(silent);
	dns_stop(good);
}

/* ---- for other questions ---- */

static void accept_it(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

static AskSpec tcp_to(const char *host, uint16_t port)
{
	return (AskSpec){ .kind = ASK_TCP,
		          .timeout = seconds(20),
		          .tcp = { .host = host, .port = port } };
}

TEST(each_question_looks_its_host_up_anew)
{
	DnsServer *dns = serve(DNS_TRUE);
	Server *s = server_start(accept_it, NULL);
	Loop *loop = loop_with(at(dns));
	AskSpec spec = tcp_to("site.test", s->port);

	spec.tcp.family = 4;
	for (int i = 1; i <= 3; i++) {
		Got *g = ask_wait(loop, &spec);

		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_TEXT(g->address, "127.0.0.1");
		EXPECT(g->a.took.dns.us > 0);
		EXPECT_INT(dns->asked, i);
	}
	loop_free(loop);
	server_stop(s);
	dns_stop(dns);
}

TEST(the_next_address_is_tried_when_one_refuses)
{
	DnsServer *dns = serve(DNS_TRUE);
	Server *s = server_start(accept_it, NULL);
	Loop *loop = loop_with(at(dns));
	AskSpec spec = tcp_to("two.test", s->port);
	Got *g;

	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->address, "127.0.0.1");
	spec.tcp.host = "far.test";
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT_TEXT(g->address, "127.0.0.77");
	loop_free(loop);
	server_stop(s);
	dns_stop(dns);
}

/* An address whose queue is full drops the handshake: its share of the time passes, and the
 * other one answers. */
TEST(the_next_address_is_tried_when_one_is_silent)
{
	DnsServer *dns = serve(DNS_TRUE);
	Server *s = server_start(accept_it, NULL);
	Loop *loop = loop_with(at(dns));
	AskSpec spec = tcp_to("two.test", s->port);
	uint16_t port;
	int full = server_socket_at(SOCK_STREAM, "127.0.0.77", s->port, &port), fill[8];
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	Got *g;

	(void)inet_pton(AF_INET, "127.0.0.77", &a.sin_addr);
	(void)listen(full, 0);
	for (size_t i = 0; i < COUNT_OF(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fill[i], (struct sockaddr *)(void *)&a, sizeof a);
	}
	spec.timeout = seconds(1);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->address, "127.0.0.1");
	for (size_t i = 0; i < COUNT_OF(fill); i++)
		(void)close(fill[i]);
	(void)close(full);
	loop_free(loop);
	server_stop(s);
	dns_stop(dns);
}

TEST(hosts_that_cannot_be_found_fail_in_dns)
{
	static const struct {
		DnsManner manner;
		const char *host;
		FailClass fail;
		const char *error;
	} rows[] = {
		{ DNS_TRUE, "nobody.test", FAIL_DNS, "no such host" },
		{ DNS_TRUE, "www.all.test", FAIL_DNS, "the name has no address" },
		{ DNS_SERVFAIL, "site.test", FAIL_DNS, "the name servers failed (SERVFAIL)" },
		{ DNS_REFUSED, "site.test", FAIL_DNS, "the name servers refused" },
		{ DNS_SILENT, "site.test", FAIL_DNS,
		  "no answer from the name servers within 300 ms" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		DnsServer *dns = serve(rows[i].manner);
		Loop *loop = loop_with(at(dns));
		AskSpec tcp = tcp_to(rows[i].host, 1), http = { .kind = ASK_HTTP };
		AUTO_FREE char *url = mem_printf("http://%s/", rows[i].host);

		tcp.timeout = http.timeout = milliseconds(300);
		http.http.url = url;
		EXPECT_TEXT(ask_wait(loop, &tcp)->error, rows[i].error);
		EXPECT_INT(ask_wait(loop, &http)->a.fail, rows[i].fail);
		EXPECT_TEXT(ask_wait(loop, &http)->error, rows[i].error);
		loop_free(loop);
		dns_stop(dns);
	}
}

TEST(name_servers_that_cannot_be_reached_are_our_own_trouble)
{
	char nobody[32] = "";
	Loop *loop;
	AskSpec spec = tcp_to("site.test", 1);

	(void)snprintf(nobody, sizeof nobody, "127.0.0.1:%u", free_port());
	loop = loop_with(nobody);
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_SELF);
	EXPECT_TEXT(ask_wait(loop, &spec)->error, "our name servers cannot be reached");
	loop_free(loop);
}

TEST(a_hundred_look_ups_wait_without_holding_the_loop_up)
{
	enum { MANY = 100 };
	static Got g[MANY];
	DnsServer *dns = serve(DNS_SILENT);
	Loop *loop = loop_with(at(dns));
	AskSpec spec = tcp_to("site.test", 1);
	LoopStats stats;

	spec.timeout = milliseconds(300);
	for (int i = 0; i < MANY; i++)
		start_asking(loop, &g[i], &spec);
	for (int i = 0; i < MANY; i++) {
		(void)turn_until(loop, &g[i].times, 1);
		EXPECT(g[i].a.timed_out);
	}
	stats = loop_stats(loop);
	EXPECT_INT(stats.answered, MANY);
	EXPECT_INT(stats.in_flight + stats.queued, 0);
	loop_free(loop); /* with look-ups that nobody waits for any more */
	dns_stop(dns);
}

TEST(a_look_up_cancelled_or_freed_half_way_is_silent)
{
	static Got a, b, c;
	DnsServer *dns = serve(DNS_SILENT);
	Loop *loop = loop_with(at(dns));
	AskSpec tcp = tcp_to("site.test", 1), own = dns_spec("site.test", "A", NULL);

	start_asking(loop, &a, &tcp);
	start_asking(loop, &b, &own);
	start_asking(loop, &c, &tcp);
	loop_turn(loop, milliseconds(5));
	loop_world(loop)->ask_cancel(loop_world(loop), &a.ask);
	loop_world(loop)->ask_cancel(loop_world(loop), &b.ask);
	loop_turn(loop, milliseconds(5));
	loop_free(loop);
	EXPECT_INT(a.times + b.times + c.times, 0);
	dns_stop(dns);
}

static void write_conf(const char *path, const char *ip)
{
	FILE *f;

	(void)unlink(path);
	f = fopen(path, "we");
	(void)fprintf(f, "nameserver %s\n", ip);
	(void)fclose(f);
}

TEST(a_changed_resolv_conf_is_followed_without_a_restart)
{
	AUTO_FREE char *path = mem_printf("%s/resolv.conf", test_dir());
	DnsServer *first = serve(DNS_TRUE);
	DnsServer *second = dns_start_at("127.0.0.2", first->port, DNS_TRUE, zone, COUNT_OF(zone));
	Server *s = server_start(accept_it, NULL);
	Loop *loop = test_loop();
	AskSpec spec = tcp_to("site.test", s->port);

	spec.tcp.family = 4;
	loop->dns_port = first->port;
	loop->resolv_conf = path;
	write_conf(path, "127.0.0.1");
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	EXPECT_INT(first->asked, 1);
	write_conf(path, "127.0.0.2");
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	EXPECT_INT(first->asked, 1);
	EXPECT_INT(second->asked, 1);
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	EXPECT_INT(second->asked, 2);
	loop_free(loop);
	server_stop(s);
	dns_stop(first);
	dns_stop(second);
}

TEST(the_hosts_file_is_read)
{
	Loop *loop = loop_with("127.0.0.1:9");
	Server *s = server_start(accept_it, NULL);
	AskSpec spec = tcp_to("localhost", s->port);

	spec.tcp.family = 4;
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_NONE);
	loop_free(loop);
	server_stop(s);
}

/* ---- the message itself ---- */

static bool read_message(const char *p, size_t n)
{
	Arena *arena = arena_new("test", 1 << 20);
	DnsRecords records = { 0 };
	unsigned rcode;
	bool good = dns_message_read((const uint8_t *)p, n, dns_type("A"), arena, &records, &rcode);

	list_free(&records);
	arena_free(arena);
	return good;
}

#define HEAD(answers) "\1\2\x81\x80\0\0\0" answers "\0\0\0\0"

TEST(messages_that_lie_are_refused)
{
	static const char good[] = HEAD("\1") "\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4";
	static const char loops[] = HEAD("\1") "\300\014\0\1\0\1\0\0\0\1\0\4\1\2\3\4";
	static const char outside[] = HEAD("\1") "\377\377\0\1\0\1\0\0\0\1\0\4\1\2\3\4";
	static const char three[] = HEAD("\1") "\0\0\1\0\1\0\0\0\1\0\3\1\2\3";
	static const char longer[] = HEAD("\1") "\0\0\1\0\1\0\0\0\1\0\5\1\2\3\4";
	static const char more[] = HEAD("\2") "\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4";

	EXPECT(read_message(good, sizeof good - 1));
	for (size_t n = 0; n < sizeof good - 1; n++)
		EXPECT(!read_message(good, n));
	EXPECT(!read_message(loops, sizeof loops - 1));
	EXPECT(!read_message(outside, sizeof outside - 1));
	EXPECT(!read_message(three, sizeof three - 1));
	EXPECT(!read_message(longer, sizeof longer - 1));
	EXPECT(!read_message(more, sizeof more - 1));
}
