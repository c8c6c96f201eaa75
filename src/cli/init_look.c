/* Looking at a site and at this machine, one question after the other: a person waits,
 * and each question has its own deadline. Changes nothing. */
#include "check/run.h"
#include "cli/init.h"
#include "core/alloc.h"
#include "core/text.h"
#include "loop/loop.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <jansson.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- one question, waited for ---- */

typedef struct Wait {
	Ask ask;
	Loop *loop;
	void (*take)(const Answer *a, void *to);
	void *to;
	bool done;
} Wait;

static void on_answer(Ask *ask, const Answer *a)
{
	Wait *w = CONTAINER_OF(ask, Wait, ask);

	if (w->take)
		w->take(a, w->to);
	w->done = true;
}

static void ask_now(Loop *loop, const AskSpec *spec, void (*take)(const Answer *a, void *to),
                    void *to)
{
	World *world = loop_world(loop);
	Wait w = { .loop = loop, .take = take, .to = to };

	w.ask.done = on_answer;
	world->ask(world, &w.ask, spec);
	while (!w.done)
		loop_turn(loop, seconds(1));
}

/* ---- the site ---- */

typedef struct Probe {
	CheckResult result;
	bool done;
} Probe;

static void on_probe(CheckRun *run, const CheckResult *r, void *owner)
{
	Probe *p = owner;

	(void)run;
	p->result = *r;
	p->done = true;
}

static void take_probe(InitSite *s, const CheckResult *r)
{
	s->answered = r->status != 0;
	s->status = r->status;
	s->latency = r->latency;
	text_copy(s->reason, sizeof s->reason, r->reason);
	text_copy(s->reason_fr, sizeof s->reason_fr, r->reason_fr);
	s->redirects = r->parts_n ? (unsigned)r->parts_n - 1 : 0;
	if (r->parts_n)
		text_copy(s->final_url, sizeof s->final_url, r->parts[r->parts_n - 1].name);
	s->cert_end = LONG_AGO;
	if (!r->cert.present)
		return;
	s->cert_valid = r->cert.verified;
	s->cert_end = earliest(r->cert.leaf_not_after, r->cert.chain_not_after);
	text_copy(s->issuer, sizeof s->issuer, r->cert.issuer);
}

/* The same probe as the plan's check will make, so that the plan begins with what is. */
static void look_at_site(Loop *loop, InitSite *s)
{
	Plan plan = { 0 };
	Check check = {
		.item.id = "site", .type = CHECK_HTTP, .target = s->url, .how = &check_how_plain
	};
	Probe p = { .done = false };

	(void)check_run_start(loop_world(loop), &plan, &check, NULL, on_probe, &p);
	while (!p.done)
		loop_turn(loop, seconds(1));
	take_probe(s, &p.result);
}

static void take_server(const Answer *a, void *to)
{
	InitSite *s = to;

	if (a->fail != FAIL_NONE)
		return;
	for (size_t i = 0; i < a->http.headers_n; i++) {
		if (strcasecmp(a->http.headers[i].name, "server") == 0)
			text_copy(s->server, sizeof s->server, a->http.headers[i].value);
	}
}

static void look_at_server(Loop *loop, InitSite *s)
{
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(10) };

	spec.http.url = s->final_url[0] ? s->final_url : s->url;
	spec.http.method = "HEAD";
	ask_now(loop, &spec, take_server, s);
}

static void add_address(InitSite *s, const char *address)
{
	if (s->addresses_n < INIT_ADDRESSES)
		text_copy(s->addresses[s->addresses_n++], INIT_NAME, address);
}

static void take_addresses(const Answer *a, void *to)
{
	for (size_t i = 0; a->fail == FAIL_NONE && i < a->dns.records_n; i++)
		add_address(to, a->dns.records[i]);
}

static void look_at_names(Loop *loop, InitSite *s)
{
	static const char *const types[] = { "A", "AAAA" };
	unsigned char raw[16];

	if (inet_pton(AF_INET, s->host, raw) == 1 || inet_pton(AF_INET6, s->host, raw) == 1) {
		add_address(s, s->host);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		AskSpec spec = { .kind = ASK_DNS, .timeout = seconds(5) };

		spec.dns.name = s->host;
		spec.dns.type = types[i];
		ask_now(loop, &spec, take_addresses, s);
	}
}

static bool is_own_address(const char *address)
{
	struct ifaddrs *all = NULL;
	char text[NI_MAXHOST];
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		socklen_t n = 0;

		if (!i->ifa_addr)
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			n = sizeof(struct sockaddr_in);
		if (i->ifa_addr->sa_family == AF_INET6)
			n = sizeof(struct sockaddr_in6);
		found = n &&
		        getnameinfo(i->ifa_addr, n, text, sizeof text, NULL, 0, NI_NUMERICHOST) ==
		                0 &&
		        strcmp(text, address) == 0;
	}
	freeifaddrs(all);
	return found;
}

/* ---- this machine ---- */

static void take_running(const Answer *a, void *to)
{
	*(bool *)to = a->fail == FAIL_NONE && a->unit.running;
}

static void add_unit(InitHost *h, const char *kind, const char *name)
{
	if (h->units_n < INIT_UNITS)
		(void)snprintf(h->units[h->units_n++], INIT_NAME, "%s:%s", kind, name);
}

static bool is_running(Loop *loop, UnitKind kind, const char *name)
{
	AskSpec spec = { .kind = ASK_UNIT, .timeout = seconds(3) };
	char unit[INIT_NAME];
	bool running = false;

	(void)snprintf(unit, sizeof unit, kind == UNIT_SYSTEMD ? "%s.service" : "%s", name);
	spec.unit.kind = kind;
	spec.unit.name = unit;
	ask_now(loop, &spec, take_running, &running);
	return running;
}

/* What a web application stands on, by the names Debian gives: unit, and process where
 * there is no systemd to ask. */
static const struct {
	const char *unit, *process;
} known[] = {
	{ "nginx", "nginx" },           { "apache2", "apache2" },
	{ "caddy", "caddy" },           { "haproxy", "haproxy" },
	{ "varnish", "varnishd" },      { "php8.4-fpm", "php-fpm8.4" },
	{ "php8.3-fpm", "php-fpm8.3" }, { "php8.2-fpm", "php-fpm8.2" },
	{ "php8.1-fpm", "php-fpm8.1" }, { "php7.4-fpm", "php-fpm7.4" },
	{ "postgresql", "postgres" },   { "mariadb", "mariadbd" },
	{ "mysql", "mysqld" },          { "redis-server", "redis-server" },
	{ "memcached", "memcached" },   { "rabbitmq-server", "beam.smp" },
	{ "elasticsearch", NULL },      { "supervisor", "supervisord" },
	{ "docker", "dockerd" },
};

static void look_at_units(Loop *loop, InitHost *h)
{
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (is_running(loop, UNIT_SYSTEMD, known[i].unit))
			add_unit(h, "systemd", known[i].unit);
		else if (known[i].process && is_running(loop, UNIT_PROCESS, known[i].process))
			add_unit(h, "process", known[i].process);
	}
}

static bool has_unit(const InitHost *h, const char *kind, const char *name)
{
	char unit[INIT_NAME];

	(void)snprintf(unit, sizeof unit, "%s:%s", kind, name);
	for (size_t i = 0; i < h->units_n; i++) {
		if (strcmp(h->units[i], unit) == 0)
			return true;
	}
	return false;
}

static void add_container(InitHost *h, const json_t *one)
{
	const json_t *labels = json_object_get(one, "Labels");
	const char *service =
	        json_string_value(json_object_get(labels, "com.docker.compose.service"));
	const char *name = json_string_value(json_array_get(json_object_get(one, "Names"), 0));
	const char *kind = service ? "compose" : "docker";

	if (!service && name)
		service = name + (*name == '/');
	if (service && strlen(service) < INIT_NAME - 10 && !has_unit(h, kind, service))
		add_unit(h, kind, service);
}

static void take_containers(const Answer *a, void *to)
{
	json_t *list = NULL, *one;
	size_t i;

	if (a->fail == FAIL_NONE && a->http.status == 200)
		list = json_loadb(a->http.body, a->http.body_n, 0, NULL);
	if (json_is_array(list)) {
		json_array_foreach(list, i, one) add_container(to, one);
	}
	json_decref(list);
}

static void look_at_containers(Loop *loop, InitHost *h)
{
	static const char socket[] = "/var/run/docker.sock";
	AskSpec spec = { .kind = ASK_HTTP, .timeout = seconds(3) };

	if (access(socket, R_OK | W_OK) < 0)
		return;
	spec.http.url = "http://docker/containers/json";
	spec.http.unix_socket = socket;
	ask_now(loop, &spec, take_containers, h);
}

static void take_open(const Answer *a, void *to) { *(bool *)to = a->fail == FAIL_NONE; }

static bool is_listening(Loop *loop, uint16_t port)
{
	AskSpec spec = { .kind = ASK_TCP, .timeout = seconds(2) };
	bool open = false;

	spec.tcp.host = "127.0.0.1";
	spec.tcp.port = port;
	ask_now(loop, &spec, take_open, &open);
	return open;
}

static void look_at_ports(Loop *loop, InitHost *h)
{
	static const InitPort usual[] = { { "postgresql", 5432 },
		                          { "mysql", 3306 },
		                          { "redis", 6379 } };

	for (size_t i = 0; i < COUNT_OF(usual); i++) {
		if (is_listening(loop, usual[i].port))
			h->ports[h->ports_n++] = usual[i];
	}
	h->mail = is_listening(loop, 25);
}

static void take_mounts(const Answer *a, void *to)
{
	InitHost *h = to;

	for (size_t i = 0; a->fail == FAIL_NONE && i < a->host.mounts_n; i++) {
		const MountUse *m = &a->host.mounts[i];

		/* A firmware or boot partition is small, full and nobody's disk. */
		if (h->mounts_n == INIT_MOUNTS || strlen(m->path) >= INIT_NAME ||
		    text_starts(m->path, "/boot"))
			continue;
		text_copy(h->mounts[h->mounts_n].path, INIT_NAME, m->path);
		h->mounts[h->mounts_n++].used = m->used_percent;
	}
}

/* /etc/localtime points into the zone database; its path there is the zone's name. */
static void look_at_zone(InitHost *h)
{
	char link[512];
	ssize_t n = readlink("/etc/localtime", link, sizeof link - 1);
	const char *name;
	const Zone *zone;

	text_copy(h->timezone, sizeof h->timezone, "UTC");
	if (n <= 0)
		return;
	link[n] = '\0';
	name = strstr(link, "zoneinfo/");
	if (name && zone_load(name + 9, &zone, NULL) && strcmp(name + 9, "Etc/UTC") != 0)
		text_copy(h->timezone, sizeof h->timezone, name + 9);
}

static void look_at_host(Loop *loop, InitHost *h)
{
	AskSpec spec = { .kind = ASK_HOST, .timeout = seconds(5) };

	if (gethostname(h->name, sizeof h->name - 1) < 0)
		text_copy(h->name, sizeof h->name, "localhost");
	look_at_zone(h);
	look_at_units(loop, h);
	look_at_containers(loop, h);
	look_at_ports(loop, h);
	ask_now(loop, &spec, take_mounts, h);
}

bool init_look(InitFacts *f, Err *err)
{
	Loop *loop = loop_new(NULL, err);

	if (!loop)
		return false;
	f->at = world_now(loop_world(loop));
	look_at_names(loop, &f->site);
	look_at_site(loop, &f->site);
	if (f->site.answered)
		look_at_server(loop, &f->site);
	for (size_t i = 0; i < f->site.addresses_n; i++)
		f->site.is_here = f->site.is_here || is_own_address(f->site.addresses[i]);
	look_at_host(loop, &f->host);
	loop_free(loop);
	return true;
}
