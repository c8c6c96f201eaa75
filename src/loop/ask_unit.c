/* Does a service of this machine run? Three ways to know: systemd over D-Bus, a
 * look for a process in /proc, Docker over its socket.
 *
 * That the unit does not exist is an answer. That we cannot ask (no bus, no
 * permission) is our own trouble. */
#include "loop/lib_bus.h"
#include "loop/loop_private.h"

#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

/* ---- systemd ---- */

#define SYSTEMD "org.freedesktop.systemd1"

typedef struct UnitJob {
	Job job;
	sd_bus *bus;
	Watch *watch;
	Tick tick;
	const char *path; /* of the unit's object */
	/* Docker */
	Ask sub;
	AskSpec sub_spec;
	Buf url;
	bool asking;
	/* process */
	struct ProcessLook *look;
} UnitJob;

static UnitJob *unit_of(Job *job) { return CONTAINER_OF(job, UnitJob, job); }

static void bus_step(UnitJob *u);

static void bus_ready(void *context, int events)
{
	(void)events;
	bus_step(context);
}

static void bus_tick(Tick *tick) { bus_step(CONTAINER_OF(tick, UnitJob, tick)); }

static void bus_wait(UnitJob *u)
{
	int want = libbus.get_events(u->bus), events;
	uint64_t until_us = UINT64_MAX;

	events = (want & 1 ? UV_READABLE : 0) | (want & 4 ? UV_WRITABLE : 0); /* POLLIN, POLLOUT */
	if (!u->watch)
		u->watch = watch_new(u->job.loop, libbus.get_fd(u->bus), events, bus_ready, u);
	else
		watch_set(u->watch, events);
	if (!u->watch)
		job_fail(&u->job, FAIL_SELF, "the system bus cannot be watched");
	else if (libbus.get_timeout(u->bus, &until_us) > 0 && until_us != UINT64_MAX)
		tick_set(u->job.loop, &u->tick, (Duration){ (int64_t)until_us - loop_mono_us() },
		         bus_tick);
}

static void bus_failed(UnitJob *u, int e)
{
	job_fail(&u->job, FAIL_SELF, "the system bus: %s", errno_text(e));
}

static void bus_step(UnitJob *u)
{
	int r = 1;

	while (r > 0 && u->job.state == JOB_RUNNING)
		r = libbus.process(u->bus, NULL);
	if (u->job.state != JOB_RUNNING)
		return;
	if (r < 0)
		bus_failed(u, -r);
	else
		bus_wait(u);
}

static void unit_answer(UnitJob *u)
{
	const char *state = u->job.answer.unit.state;

	u->job.answer.unit.running = text_eq(state, "active") || text_eq(state, "reloading");
	job_done(&u->job);
}

static void bus_refused(UnitJob *u, const sd_bus_error *e)
{
	job_fail(&u->job, FAIL_SELF, "systemd: %s", e->message ? e->message : e->name);
}

static void get_property(UnitJob *u, const char *name, sd_bus_message_handler_t then)
{
	int r = libbus.call_method_async(u->bus, NULL, SYSTEMD, u->path,
	                                 "org.freedesktop.DBus.Properties", "Get", then, u, "ss",
	                                 SYSTEMD ".Unit", name);

	if (r < 0)
		bus_failed(u, -r);
}

/* NULL: it was an error and the job was failed. */
static const char *property(UnitJob *u, sd_bus_message *m)
{
	const char *text;

	if (libbus.message_is_method_error(m, NULL)) {
		bus_refused(u, libbus.message_get_error(m));
		return NULL;
	}
	if (libbus.message_read(m, "v", "s", &text) < 0) {
		job_fail(&u->job, FAIL_SELF, "systemd: a property that is not a text");
		return NULL;
	}
	return arena_text(u->job.arena, text);
}

static int on_sub_state(sd_bus_message *m, void *data, sd_bus_error *e)
{
	UnitJob *u = data;

	(void)e;
	u->job.answer.unit.detail = property(u, m);
	if (u->job.answer.unit.detail)
		unit_answer(u);
	return 0;
}

static int on_active_state(sd_bus_message *m, void *data, sd_bus_error *e)
{
	UnitJob *u = data;

	(void)e;
	u->job.answer.unit.state = property(u, m);
	if (u->job.answer.unit.state)
		get_property(u, "SubState", on_sub_state);
	return 0;
}

static int on_unit(sd_bus_message *m, void *data, sd_bus_error *e)
{
	UnitJob *u = data;
	const char *path;

	(void)e;
	if (libbus.message_is_method_error(m, SYSTEMD ".NoSuchUnit")) {
		u->job.answer.unit.state = "inactive";
		u->job.answer.unit.detail = "not loaded";
		unit_answer(u);
	} else if (libbus.message_is_method_error(m, NULL)) {
		bus_refused(u, libbus.message_get_error(m));
	} else if (libbus.message_read(m, "o", &path) < 0) {
		job_fail(&u->job, FAIL_SELF, "systemd: not an object");
	} else {
		u->path = arena_text(u->job.arena, path);
		get_property(u, "ActiveState", on_active_state);
	}
	return 0;
}

static void systemd_start(Job *job)
{
	UnitJob *u = unit_of(job);
	Err err = { 0 };
	int r;

	job->step = FAIL_SELF;
	if (!libbus_open(&err)) {
		job_fail(job, FAIL_SELF, "%s", err.message);
		return;
	}
	r = libbus.open_system(&u->bus);
	if (r >= 0)
		r = libbus.call_method_async(u->bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
		                             SYSTEMD ".Manager", "GetUnit", on_unit, u, "s",
		                             job->spec->unit.name);
	if (r < 0)
		bus_failed(u, -r);
	else
		bus_step(u);
}

/* The bus may be the one calling: it is kept alive until its callback returns by the
 * message's own reference, and forgets us at once by being closed. */
static void systemd_stop(Job *job)
{
	UnitJob *u = unit_of(job);

	tick_stop(job->loop, &u->tick);
	watch_free(u->watch);
	u->watch = NULL;
	if (u->bus)
		libbus.close(u->bus);
}

static void systemd_free(Job *job)
{
	if (unit_of(job)->bus)
		(void)libbus.unref(unit_of(job)->bus);
}

/* ---- a process ---- */

/* On libuv's pool: thousands of processes take longer to look at than a turn may last. */
typedef struct ProcessLook {
	uv_work_t work;
	UnitJob *job; /* NULL: nobody waits */
	char *name;
	unsigned count;
} ProcessLook;

static size_t read_small(const char *pid, const char *file, char *out, size_t cap)
{
	char path[300];
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, cap - 1);
		(void)close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* The kernel keeps 15 bytes of a name; the whole one is the last part of argv[0]. */
static bool is_named(const char *pid, const char *name)
{
	char stat[512], argv0[512];
	char *open = NULL, *shut = NULL;
	const char *base;

	if (!read_small(pid, "stat", stat, sizeof stat))
		return false;
	open = strchr(stat, '(');
	shut = strrchr(stat, ')');
	if (!open || !shut || shut < open || text_starts(shut, ") Z"))
		return false;
	*shut = '\0';
	if (strcmp(open + 1, name) == 0)
		return true;
	if (!read_small(pid, "cmdline", argv0, sizeof argv0))
		return false;
	base = strrchr(argv0, '/');
	return strcmp(argv0, name) == 0 || (base && strcmp(base + 1, name) == 0);
}

static void look_for(uv_work_t *work)
{
	ProcessLook *l = work->data;
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		l->count +=
		        e->d_name[0] >= '1' && e->d_name[0] <= '9' && is_named(e->d_name, l->name);
	if (dir)
		(void)closedir(dir);
}

static void looked_for(uv_work_t *work, int status)
{
	ProcessLook *l = work->data;
	UnitJob *u = l->job;

	if (u) {
		u->look = NULL;
		u->job.answer.unit = (UnitAnswer){ .state = l->count ? "running" : "absent",
			                           .count = l->count,
			                           .running = l->count > 0 };
		if (status == 0)
			job_done(&u->job);
		else
			job_fail(&u->job, FAIL_SELF, "/proc cannot be read");
	}
	mem_free(l->name);
	mem_free(l);
}

static void process_start(Job *job)
{
	UnitJob *u = unit_of(job);
	ProcessLook *l;

	job->step = FAIL_SELF;
	if (text_is_empty(job->spec->unit.name)) {
		job_fail(job, FAIL_SELF, "no process name");
		return;
	}
	l = u->look = NEW(ProcessLook);
	l->work.data = l;
	l->job = u;
	l->name = mem_text(job->spec->unit.name);
	(void)uv_queue_work(&job->loop->uv, &l->work, look_for, looked_for);
}

static void process_stop(Job *job)
{
	UnitJob *u = unit_of(job);

	if (u->look)
		u->look->job = NULL;
	u->look = NULL;
}

/* ---- a container ---- */

static void read_container(UnitJob *u, const HttpAnswer *h)
{
	json_t *root = json_loadb(h->body, h->body_n, 0, NULL);
	json_t *state = json_object_get(root, "State");
	const char *status = json_string_value(json_object_get(state, "Status"));
	const char *health =
	        json_string_value(json_object_get(json_object_get(state, "Health"), "Status"));

	u->job.answer.unit =
	        (UnitAnswer){ .state = arena_text(u->job.arena, status),
		              .detail = arena_text(u->job.arena, health),
		              .running = json_is_true(json_object_get(state, "Running")) };
	if (status)
		job_done(&u->job);
	else
		job_fail(&u->job, FAIL_HTTP, "not the state of a container");
	json_decref(root);
}

static void container_answered(Ask *ask, const Answer *a)
{
	UnitJob *u = CONTAINER_OF(ask, UnitJob, sub);

	u->asking = false;
	u->job.answer.took = a->took;
	u->job.answer.timed_out = a->timed_out;
	if (a->fail) {
		job_fail(&u->job, a->fail, "Docker: %s", a->error);
	} else if (a->http.status == 404) {
		u->job.answer.unit = (UnitAnswer){ .state = "absent" };
		job_done(&u->job);
	} else if (a->http.status != 200) {
		job_fail(&u->job, FAIL_SELF, "Docker answers %d", a->http.status);
	} else {
		read_container(u, &a->http);
	}
}

static void docker_start(Job *job)
{
	const UnitAsk *ask = &job->spec->unit;
	UnitJob *u = unit_of(job);

	buf_text(&u->url, "http://docker/containers/");
	buf_url(&u->url, ask->name);
	buf_text(&u->url, "/json");
	u->sub.done = container_answered;
	u->sub_spec = (AskSpec){ .kind = ASK_HTTP,
		                 .timeout = job->spec->timeout,
		                 .http = { .url = buf_str(&u->url),
		                           .unix_socket = ask->socket ? ask->socket
		                                                      : "/var/run/docker.sock" } };
	u->asking = true;
	ask_inner(job->loop, &u->sub, &u->sub_spec);
}

static void docker_stop(Job *job)
{
	UnitJob *u = unit_of(job);

	if (u->asking)
		ask_world_cancel(&job->loop->world, &u->sub);
	u->asking = false;
}

static void docker_free(Job *job) { Buf_done(&unit_of(job)->url); }

const JobKind ask_systemd_kind = {
	.size = sizeof(UnitJob), .start = systemd_start, .stop = systemd_stop, .free = systemd_free
};
const JobKind ask_process_kind = { .size = sizeof(UnitJob),
	                           .start = process_start,
	                           .stop = process_stop };
const JobKind ask_docker_kind = {
	.size = sizeof(UnitJob), .start = docker_start, .stop = docker_stop, .free = docker_free
};
