/* This machine: its counters, its units, its processes, its containers; and echo requests. */
#include "hostile/asking.h"
#include "hostile/server.h"
#include "loop/host_text.h"
#include "loop/loop_private.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

/* ---- the kernel's texts ---- */

TEST(processor_time_counts_what_was_not_idle)
{
	HostFacts f = { 0 };

	EXPECT(host_read_cpu("cpu  100 20 30 800 50 1 2 3 40 5\ncpu0 1 1 1 1\n", &f));
	EXPECT_INT(f.cpu_all, 1006);
	EXPECT_INT(f.cpu_busy, 156);
	EXPECT(!host_read_cpu("", &f) && !host_read_cpu("intr 5", &f));
}

TEST(memory_is_what_is_available_and_not_what_is_free)
{
	HostFacts f = { 0 };

	EXPECT(host_read_memory("MemTotal:  1000 kB\nMemFree:  10 kB\nMemAvailable:  250 kB\n"
	                        "SwapTotal: 200 kB\nSwapFree: 50 kB\n",
	                        &f));
	EXPECT_REAL(f.mem_percent, 75, 1e-9);
	EXPECT_REAL(f.swap_percent, 75, 1e-9);
	EXPECT(host_read_memory("MemTotal: 4 kB\nMemAvailable: 4 kB\nSwapTotal: 0 kB\n", &f));
	EXPECT_REAL(f.swap_percent, 0, 1e-9);
	EXPECT(!host_read_memory("MemTotal: 4 kB\n", &f) && !host_read_memory("", &f));
}

TEST(load_and_network_are_read)
{
	HostFacts f = { 0 };

	EXPECT(host_read_load("0.52 1.25 2.00 1/234 5678\n", &f));
	EXPECT_REAL(f.load[1], 1.25, 1e-9);
	EXPECT(!host_read_load("0.52 x", &f));
	EXPECT(host_read_net("Inter-| Receive\n face |bytes\n"
	                     "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n"
	                     "  eth0:1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0\n"
	                     "  eth1: 10 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0\n",
	                     &f));
	EXPECT_INT(f.net_rx, 1010);
	EXPECT_INT(f.net_tx, 2020);
	EXPECT(!host_read_net("", &f));
}

TEST(mounts_are_real_file_systems_each_once_at_its_shortest_path)
{
	static const char text[] =
	        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	        "23 22 0:21 / /proc rw - proc proc rw\n"
	        "24 22 0:22 / /run rw,nosuid shared:2 master:3 - tmpfs tmpfs rw\n"
	        "25 22 8:1 /var/x /srv/bind rw - ext4 /dev/sda1 rw\n"
	        "26 22 7:0 / /snap/core ro - squashfs /dev/loop0 ro\n"
	        "27 22 8:2 / /mnt/with\\040space rw - xfs /dev/sda2 rw\n"
	        "28 22 0:40 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n"
	        "29 22 8:3 / /data/a/b rw - ext4 /dev/sda3 rw\n"
	        "30 22 8:3 / /data rw - ext4 /dev/sda3 rw\n"
	        "not a mount at all\n";
	static const char *const want[] = { "/", "/run", "/mnt/with space", "/data" };
	MountList mounts = { 0 };

	host_read_mounts(text, &mounts);
	EXPECT_INT(mounts.n, COUNT_OF(want));
	for (size_t i = 0; i < mounts.n && i < COUNT_OF(want); i++)
		EXPECT_TEXT(mounts.at[i].path, want[i]);
	MountList_done(&mounts);
	host_read_mounts("", &mounts);
	EXPECT_INT(mounts.n, 0);
}

/* ---- the machine of the test ---- */

typedef struct Host {
	Ask ask;
	unsigned times;
	Answer a;
	bool root_seen;
	double root_used;
	uint64_t root_total;
	size_t mounts_n;
} Host;

static void host_done(Ask *ask, const Answer *a)
{
	Host *h = CONTAINER_OF(ask, Host, ask);

	h->times++;
	h->a = *a;
	h->mounts_n = a->host.mounts_n;
	for (size_t i = 0; !a->fail && i < a->host.mounts_n; i++) {
		const MountUse *m = &a->host.mounts[i];

		EXPECT(m->used_percent >= 0 && m->used_percent <= 100);
		EXPECT(m->inodes_percent >= -1 && m->inodes_percent <= 100);
		EXPECT(m->free_bytes <= m->total_bytes && m->total_bytes > 0);
		if (text_eq(m->path, "/")) {
			h->root_seen = true;
			h->root_used = m->used_percent;
			h->root_total = m->total_bytes;
		}
	}
}

static const AskSpec host_spec = { .kind = ASK_HOST, .timeout = { 20000000 } };

TEST(this_machine_has_a_load_a_memory_and_a_root)
{
	Loop *loop = test_loop();
	World *w = loop_world(loop);
	Host h = { .ask.done = host_done };
	struct statvfs v;

	w->ask(w, &h.ask, &host_spec);
	(void)turn_until(loop, &h.times, 1);
	EXPECT_INT(h.a.fail, FAIL_NONE);
	EXPECT(h.a.host.cpu_percent == -1 && h.a.host.net_bytes_per_s == -1);
	EXPECT(h.a.host.mem_percent > 0 && h.a.host.mem_percent < 100);
	EXPECT(h.a.host.load1 >= 0 && h.a.host.load15 >= 0);
	ASSERT(h.root_seen && statvfs("/", &v) == 0);
	EXPECT_INT(h.root_total, v.f_blocks * v.f_frsize);
	EXPECT_REAL(h.root_used,
	            100.0 * (double)(v.f_blocks - v.f_bfree) /
	                    (double)(v.f_blocks - v.f_bfree + v.f_bavail),
	            2.0);
	/* The second look has rates: enough ticks of the processor must pass. */
	for (int i = 0; i < 1000 && h.a.host.cpu_percent < 0; i++) {
		loop_turn(loop, milliseconds(20));
		w->ask(w, &h.ask, &host_spec);
		(void)turn_until(loop, &h.times, h.times + 1);
	}
	EXPECT(h.a.host.cpu_percent >= 0 && h.a.host.cpu_percent <= 100);
	EXPECT(h.a.host.net_bytes_per_s >= 0);
	loop_free(loop);
}

TEST(who_asks_while_a_look_is_under_way_shares_it)
{
	Loop *loop = test_loop();
	World *w = loop_world(loop);
	Host a = { .ask.done = host_done }, b = a, c = a;

	w->ask(w, &a.ask, &host_spec);
	w->ask(w, &b.ask, &host_spec);
	w->ask(w, &c.ask, &host_spec);
	w->ask_cancel(w, &b.ask);
	(void)turn_until(loop, &a.times, 1);
	(void)turn_until(loop, &c.times, 1);
	EXPECT_INT(a.a.fail, FAIL_NONE);
	EXPECT_INT(c.a.fail, FAIL_NONE);
	EXPECT_INT(b.times, 0);
	EXPECT_INT(a.mounts_n, c.mounts_n);
	w->ask(w, &a.ask, &host_spec);
	w->ask_cancel(w, &a.ask);
	w->ask(w, &a.ask, &host_spec);
	loop_free(loop); /* with the look still going on */
	EXPECT_INT(a.times, 1);
}

/* ---- processes ---- */

static AskSpec unit_spec(UnitKind kind, const char *name)
{
	return (AskSpec){ .kind = ASK_UNIT,
		          .timeout = seconds(20),
		          .unit = { .kind = kind, .name = name } };
}

static pid_t child_named(const char *name)
{
	int ready[2];
	pid_t pid;
	char c;

	(void)!pipe(ready);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_NAME, name);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!write(ready[1], "x", 1);
		for (;;)
			(void)pause();
	}
	(void)!read(ready[0], &c, 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

TEST(processes_are_counted_by_name_and_the_dead_are_not)
{
	Loop *loop = test_loop();
	AskSpec spec = unit_spec(UNIT_PROCESS, "carene-t-proc");
	pid_t a = child_named("carene-t-proc"), b = child_named("carene-t-proc");
	Got *g = ask_wait(loop, &spec);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->text, "running");
	EXPECT_INT(g->a.unit.count, 2);
	EXPECT(g->a.unit.running);
	(void)kill(a, SIGKILL);
	(void)waitid(P_PID, (id_t)a, NULL, WEXITED | WNOWAIT); /* a zombie now */
	EXPECT_INT(ask_wait(loop, &spec)->a.unit.count, 1);
	(void)waitpid(a, NULL, 0);
	(void)kill(b, SIGKILL);
	(void)waitpid(b, NULL, 0);
	g = ask_wait(loop, &spec);
	EXPECT_TEXT(g->text, "absent");
	EXPECT(!g->a.unit.running);
	spec.unit.name = "";
	EXPECT_INT(ask_wait(loop, &spec)->a.fail, FAIL_SELF);
	loop_free(loop);
}

TEST(a_process_is_also_known_by_its_programs_whole_name)
{
	Loop *loop = test_loop();
	static Got run;
	AUTO_FREE char *path = mem_printf("%s/a-name-longer-than-fifteen", test_dir());
	const char *const argv[] = { path, "1000", NULL };
	AskSpec start = { .kind = ASK_RUN, .timeout = seconds(20), .run.argv = argv };
	AskSpec spec = unit_spec(UNIT_PROCESS, "a-name-longer-than-fifteen");
	bool seen = false;

	EXPECT_INT(symlink("/bin/sleep", path), 0);
	start_asking(loop, &run, &start);
	for (int i = 0; i < 2000 && !seen; i++)
		seen = ask_wait(loop, &spec)->a.unit.count == 1;
	EXPECT(seen);
	loop_free(loop);
}

/* ---- containers ---- */

static void docker_engine(int fd, Server *s)
{
	char request[4096];

	(void)hear_until(fd, "\r\n\r\n", request, sizeof request);
	if (text_starts(request, "GET /containers/web/json "))
		(void)say_text(fd, s->data);
	else if (text_starts(request, "GET /containers/a%2Fb/json "))
		(void)say_text(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
	else
		(void)say_text(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static Got *ask_docker(const char *name, const char *json)
{
	Loop *loop = test_loop();
	AUTO_FREE char *path = mem_printf("%s/docker.sock", test_dir());
	AUTO_FREE char *answer =
	        mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(json), json);
	Server *s = server_start_unix(path, docker_engine, answer);
	AskSpec spec = unit_spec(UNIT_DOCKER, name);
	Got *g;

	spec.unit.socket = path;
	g = ask_wait(loop, &spec);
	loop_free(loop);
	server_stop(s);
	return g;
}

TEST(a_container_tells_its_state_and_its_health)
{
	Got *g = ask_docker("web", "{\"State\":{\"Status\":\"running\",\"Running\":true,"
	                           "\"Health\":{\"Status\":\"unhealthy\"}}}");

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->text, "running");
	EXPECT_TEXT(g->detail, "unhealthy");
	EXPECT(g->a.unit.running);
	g = ask_docker("web", "{\"State\":{\"Status\":\"exited\",\"Running\":false}}");
	EXPECT_TEXT(g->text, "exited");
	EXPECT_TEXT(g->detail, "");
	EXPECT(!g->a.unit.running);
}

TEST(a_container_that_does_not_exist_is_an_answer_and_a_broken_engine_is_none)
{
	Got *g = ask_docker("other", "");
	Loop *loop = test_loop();
	AskSpec spec = unit_spec(UNIT_DOCKER, "web");

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_TEXT(g->text, "absent");
	EXPECT_INT(ask_docker("web", "[]")->a.fail, FAIL_HTTP);
	EXPECT_INT(ask_docker("web", "{\"State\":")->a.fail, FAIL_HTTP);
	EXPECT_INT(ask_docker("a/b", "")->a.fail, FAIL_SELF);
	spec.unit.socket = "/no/such/docker.sock";
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_CONNECT);
	EXPECT_HAS(g->error, "Docker: ");
	loop_free(loop);
}

static void hold_engine(int fd, Server *s)
{
	(void)s;
	hold(fd);
}

TEST(an_engine_that_hangs_is_given_up_or_cancelled)
{
	Loop *loop = test_loop();
	AUTO_FREE char *path = mem_printf("%s/docker.sock", test_dir());
	Server *s = server_start_unix(path, hold_engine, NULL);
	AskSpec spec = unit_spec(UNIT_DOCKER, "web");
	static Got g;

	spec.unit.socket = path;
	spec.timeout = milliseconds(100);
	EXPECT(ask_wait(loop, &spec)->a.timed_out);
	start_asking(loop, &g, &spec);
	loop_turn(loop, milliseconds(1));
	loop_world(loop)->ask_cancel(loop_world(loop), &g.ask);
	start_asking(loop, &g, &spec);
	loop_turn(loop, milliseconds(1));
	loop_free(loop);
	EXPECT_INT(g.times, 0);
	server_stop(s);
}

/* ---- systemd, played by a script on a bus of our own ---- */

typedef struct Bus {
	Loop *loop;
	Got daemon, mock;
	char *socket;
	bool ready;
} Bus;

static bool bus_answers(Bus *b, AskSpec *spec)
{
	for (int i = 0; i < 3000; i++) {
		Got *g = ask_wait(b->loop, spec);

		if (g->a.fail == FAIL_NONE)
			return true;
		if (b->daemon.times || b->mock.times)
			return false;
		loop_turn(b->loop, milliseconds(5));
	}
	return false;
}

static bool bus_start(Bus *b, AskSpec *spec)
{
	static char address[256], script[512];
	static const char *dbus[] = { "dbus-daemon", "--session", "--nofork", NULL, NULL };
	static const char *mock[] = { "/usr/bin/python3", script, NULL };
	static const char *env[] = { address, NULL };
	static AskSpec daemon_spec = { .kind = ASK_RUN, .timeout = { 100000000 } };
	static AskSpec mock_spec = { .kind = ASK_RUN, .timeout = { 100000000 } };

	b->loop = test_loop();
	b->socket = mem_printf("%s/bus", test_dir());
	(void)snprintf(address, sizeof address, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=%s", b->socket);
	(void)snprintf(script, sizeof script, "%s/test/hostile/systemd.py", test_source());
	dbus[3] = mem_printf("--address=unix:path=%s", b->socket);
	daemon_spec.run.argv = dbus;
	mock_spec.run.argv = mock;
	mock_spec.run.env = env;
	(void)setenv("DBUS_SYSTEM_BUS_ADDRESS", strchr(address, '=') + 1, 1);
	start_asking(b->loop, &b->daemon, &daemon_spec);
	for (int i = 0; i < 3000 && !b->daemon.times && access(b->socket, F_OK) != 0; i++)
		loop_turn(b->loop, milliseconds(5));
	start_asking(b->loop, &b->mock, &mock_spec);
	mem_free((void *)(uintptr_t)dbus[3]);
	return bus_answers(b, spec);
}

static void bus_stop(Bus *b)
{
	loop_free(b->loop);
	mem_free(b->socket);
	(void)unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
}

TEST(systemd_units_tell_their_state_over_the_bus)
{
	static const struct {
		const char *name, *state, *detail;
		bool running;
	} rows[] = {
		{ "nginx.service", "active", "running", true },
		{ "broken.service", "failed", "failed", false },
		{ "starting.service", "activating", "start", false },
		{ "nobody.service", "inactive", "not loaded", false },
	};
	static Bus b;
	AskSpec spec = unit_spec(UNIT_SYSTEMD, "nginx.service");
	static Got late;

	if (!bus_start(&b, &spec)) {
		test_skip("no dbus-daemon or no python3-gi here");
		bus_stop(&b);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Got *g;

		spec.unit.name = rows[i].name;
		g = ask_wait(b.loop, &spec);
		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_TEXT(g->text, rows[i].state);
		EXPECT_TEXT(g->detail, rows[i].detail);
		EXPECT_INT(g->a.unit.running, rows[i].running);
	}
	spec.unit.name = "forbidden.service";
	EXPECT_INT(ask_wait(b.loop, &spec)->a.fail, FAIL_SELF);
	spec.unit.name = "hanging.service";
	spec.timeout = milliseconds(100);
	EXPECT(ask_wait(b.loop, &spec)->a.timed_out);
	start_asking(b.loop, &late, &spec);
	bus_stop(&b);
	EXPECT_INT(late.times, 0);
}

TEST(no_bus_says_nothing_about_the_unit)
{
	Loop *loop = test_loop();
	AskSpec spec = unit_spec(UNIT_SYSTEMD, "nginx.service");
	Got *g;

	(void)setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/no/such/bus", 1);
	g = ask_wait(loop, &spec);
	EXPECT_INT(g->a.fail, FAIL_SELF);
	EXPECT_HAS(g->error, "the system bus");
	(void)unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	loop_free(loop);
}

/* ---- echo ---- */

static AskSpec echo_spec(const char *host)
{
	return (AskSpec){ .kind = ASK_ICMP, .timeout = seconds(20), .icmp.host = host };
}

TEST(this_machine_answers_echo_requests_or_we_may_not_send_them)
{
	static const char *const hosts[] = { "127.0.0.1", "::1" };
	Loop *loop = test_loop();

	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		AskSpec spec = echo_spec(hosts[i]);
		Got *g = ask_wait(loop, &spec);

		if (g->a.fail == FAIL_SELF) {
			EXPECT(g->error[0]);
			test_skip("no permission to send echo requests, or no IPv6");
			continue;
		}
		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT_INT(g->a.icmp.sent, 1);
		EXPECT_INT(g->a.icmp.received, 1);
		EXPECT(g->a.icmp.rtt_min.us > 0);
		EXPECT_INT(g->a.icmp.rtt_min.us, g->a.icmp.rtt_max.us);
		spec.icmp.count = 3;
		g = ask_wait(loop, &spec);
		EXPECT_INT(g->a.icmp.received, 3);
		EXPECT(g->a.icmp.rtt_min.us <= g->a.icmp.rtt_mean.us &&
		       g->a.icmp.rtt_mean.us <= g->a.icmp.rtt_max.us);
	}
	loop_free(loop);
}

TEST(two_questions_at_once_do_not_take_each_others_replies)
{
	Loop *loop = test_loop();
	AskSpec spec = echo_spec("127.0.0.1");
	static Got g[5];

	spec.icmp.count = 2;
	for (size_t i = 0; i < COUNT_OF(g); i++)
		start_asking(loop, &g[i], &spec);
	for (size_t i = 0; i < COUNT_OF(g); i++) {
		(void)turn_until(loop, &g[i].times, 1);
		if (g[i].a.fail != FAIL_SELF)
			EXPECT_INT(g[i].a.icmp.received, 2);
	}
	loop_free(loop);
}

TEST(replies_that_came_in_time_are_told_when_the_rest_did_not)
{
	Loop *loop = test_loop();
	AskSpec spec = echo_spec("127.0.0.1");
	Got *g;

	spec.icmp.count = 50; /* ten seconds' worth */
	spec.timeout = milliseconds(450);
	g = ask_wait(loop, &spec);
	if (g->a.fail != FAIL_SELF) {
		EXPECT_INT(g->a.fail, FAIL_NONE);
		EXPECT(g->a.icmp.received >= 1 && g->a.icmp.sent < 50);
		EXPECT(g->a.icmp.received <= g->a.icmp.sent);
	}
	loop_free(loop);
}

TEST(an_echo_request_that_cannot_be_sent_is_our_own_trouble)
{
	Loop *loop = test_loop();
	AskSpec broadcast = echo_spec("255.255.255.255"), nowhere = echo_spec("");

	EXPECT_INT(ask_wait(loop, &broadcast)->a.fail, FAIL_SELF);
	EXPECT_INT(ask_wait(loop, &nowhere)->a.fail, FAIL_SELF);
	loop_free(loop);
}
