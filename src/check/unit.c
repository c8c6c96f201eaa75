/* Kind unit: systemd units, processes and containers that must be running. A target
 * names one ("systemd:nginx", "process:php-fpm", "docker:web", "compose:backend");
 * without a target, all units of the service are looked at, one after the other. */
#include "check/check_private.h"
#include "check/json_path.h"
#include "core/buf.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

enum { UNITS_MAX = 64 };

typedef struct UnitRun {
	CheckRun run;
	const char *names[UNITS_MAX];
	size_t n, at;
	unsigned running;
	size_t dead;
	char dead_names[200];
} UnitRun;

static const char *unit_prefix(const char *name, const char *kind, char out[16])
{
	const char *colon = strchr(name, ':');

	out[0] = '\0';
	if (colon && (size_t)(colon - name) < 16) {
		memcpy(out, name, (size_t)(colon - name));
		out[colon - name] = '\0';
	}
	if (strcmp(out, "systemd") == 0 || strcmp(out, "process") == 0 ||
	    strcmp(out, "docker") == 0 || strcmp(out, "container") == 0 ||
	    strcmp(out, "compose") == 0)
		return colon + 1;
	text_copy(out, 16, kind ? kind : "systemd");
	return name;
}

/* Containers of a compose service carry its name as a label; Docker's own "name" is
 * "<project>-<service>-<n>" and not in the plan. */
static void ask_compose(CheckRun *run, const char *service)
{
	AUTO(Buf) filter = { .max = 1024 };
	AUTO(Buf) json = { .max = 1024 };
	AUTO(Buf) label = { .max = 512 };
	const char *socket = run->check->how->socket;

	buf_printf(&label, "com.docker.compose.service=%s", service);
	buf_text(&json, "{\"label\":[");
	buf_json(&json, buf_str(&label));
	buf_text(&json, "]}");
	buf_url(&filter, buf_str(&json));
	run->spec = (AskSpec){ .kind = ASK_HTTP };
	run->spec.http.url = arena_printf(
	        run->arena, "http://docker/containers/json?all=1&filters=%s", buf_str(&filter));
	run->spec.http.unix_socket = socket ? socket : "/var/run/docker.sock";
}

static void on_unit(Ask *ask, const Answer *a);

static void ask_next(UnitRun *u)
{
	CheckRun *run = &u->run;
	char kind[16];
	const char *name = unit_prefix(u->names[u->at], run->check->how->unit_kind, kind);

	if (strcmp(kind, "compose") == 0) {
		ask_compose(run, name);
	} else {
		run->spec = (AskSpec){ .kind = ASK_UNIT };
		run->spec.unit.kind = strcmp(kind, "process") == 0   ? UNIT_PROCESS
		                      : strcmp(kind, "systemd") == 0 ? UNIT_SYSTEMD
		                                                     : UNIT_DOCKER;
		run->spec.unit.name = name;
		if (run->spec.unit.kind == UNIT_SYSTEMD && !strchr(name, '.'))
			run->spec.unit.name = arena_printf(run->arena, "%s.service", name);
		run->spec.unit.socket = run->check->how->socket;
	}
	run_ask(run, on_unit);
}

/* What is known of one unit, whichever way it was asked. */
typedef struct UnitFacts {
	bool exists, running;
	unsigned count;
	char state[64];
} UnitFacts;

static void facts_of_unit(const UnitAnswer *a, UnitFacts *f)
{
	f->exists =
	        a->state && strcmp(a->state, "absent") != 0 && strcmp(a->state, "not-found") != 0;
	f->running = a->running;
	f->count = a->running && a->count == 0 ? 1 : a->count;
	(void)snprintf(f->state, sizeof f->state, a->detail ? "%s (%s)" : "%s",
	               a->state ? a->state : "unknown", a->detail ? a->detail : "");
	/* A container that runs and fails its own health check does not do its work. */
	if (a->detail && strcmp(a->detail, "unhealthy") == 0)
		f->running = false;
}

static bool facts_of_compose(const HttpAnswer *a, UnitFacts *f)
{
	Err err = { 0 };
	json_t *list = a->status == 200 ? json_read(a->body, a->body_n, &err) : NULL, *one;
	size_t i;

	*f = (UnitFacts){ .running = true };
	if (!json_is_array(list)) {
		json_decref(list);
		return false;
	}
	json_array_foreach(list, i, one)
	{
		const char *state = json_string_value(json_object_get(one, "State"));
		const char *status = json_string_value(json_object_get(one, "Status"));
		bool up = state && strcmp(state, "running") == 0 &&
		          !(status && strstr(status, "(unhealthy)"));

		f->exists = true;
		f->count += up;
		if (!up && f->running)
			text_copy(f->state, sizeof f->state, status ? status : state);
		f->running = f->running && up;
	}
	f->running = f->running && f->exists;
	json_decref(list);
	return true;
}

static void note_dead(UnitRun *u, const UnitFacts *f, CheckPart *part)
{
	const char *name = u->names[u->at];
	CheckResult why = { 0 };
	size_t n = strlen(u->dead_names);

	(void)snprintf(u->dead_names + n, sizeof u->dead_names - n, "%s%s", u->dead ? ", " : "",
	               name);
	u->dead++;
	if (f->exists)
		SAY(&why, REASON_UNIT_STATE, name, f->state);
	else
		SAY(&why, REASON_UNIT_NONE, name);
	if (u->dead == 1) {
		text_copy(u->run.res.reason, CHECK_REASON, why.reason);
		text_copy(u->run.res.reason_fr, CHECK_REASON, why.reason_fr);
	}
	if (part)
		text_copy(part->reason, sizeof part->reason, why.reason);
}

static void finish(UnitRun *u)
{
	CheckResult *r = &u->run.res;
	char n[24], of[24];

	check_measure(r, "units_running", "", (double)u->running, UNIT_NONE);
	if (u->dead == 0) {
		result_up(r);
	} else {
		result_not(r, CHECK_DOWN);
		(void)snprintf(n, sizeof n, "%zu", u->dead);
		(void)snprintf(of, sizeof of, "%zu", u->n);
		if (u->dead > 1)
			SAY(r, REASON_UNITS, n, of, u->dead_names);
	}
	run_finish(&u->run);
}

static void give_up(UnitRun *u, const Answer *a)
{
	Answer self = *a;

	/* The units are on this machine: a bus or an engine that cannot be asked says nothing
	 * about them. An engine that refuses connections does: its containers are gone or
	 * beyond control. */
	if (self.fail == FAIL_NONE) {
		self.fail = FAIL_SELF;
		self.error = "the container engine answered in an unexpected form";
	}
	result_world_failure(&u->run.res, &self, u->names[u->at], u->run.limit);
	run_finish(&u->run);
}

static void on_unit(Ask *ask, const Answer *a)
{
	UnitRun *u = CONTAINER_OF(ask, UnitRun, run.ask);
	UnitFacts f = { 0 };
	CheckPart *part = NULL;

	timings_add(&u->run.res.took, &a->took);
	if (a->fail != FAIL_NONE) {
		give_up(u, a);
		return;
	}
	if (u->run.spec.kind == ASK_UNIT) {
		facts_of_unit(&a->unit, &f);
	} else if (!facts_of_compose(&a->http, &f)) {
		give_up(u, a);
		return;
	}
	u->running += f.count;
	if (u->n > 1)
		part = result_part(&u->run.res, u->names[u->at]);
	if (part) {
		part->state = f.running ? CHECK_UP : CHECK_DOWN;
		part->took = a->took;
	}
	if (!f.running)
		note_dead(u, &f, part);
	if (++u->at < u->n)
		ask_next(u);
	else
		finish(u);
}

static void begin(CheckRun *run)
{
	UnitRun *u = CONTAINER_OF(run, UnitRun, run);
	const Check *c = run->check;
	const Texts *units = c->service ? &c->service->units : NULL;

	text_copy(run->host, sizeof run->host, "localhost");
	if (c->target)
		u->names[u->n++] = c->target;
	for (size_t i = 0; !c->target && units && i < units->n && u->n < UNITS_MAX; i++)
		u->names[u->n++] = units->at[i];
	if (u->n) {
		ask_next(u);
		return;
	}
	result_self(&run->res);
	SAY(&run->res, REASON_NO_UNITS);
	run_finish_later(run);
}

const CheckKind unit_kind = { sizeof(UnitRun), begin };
