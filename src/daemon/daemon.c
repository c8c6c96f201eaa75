#include "daemon/daemon.h"

#include "core/alloc.h"
#include "core/text.h"
#include "daemon/asker.h"
#include "daemon/control.h"
#include "daemon/ready.h"
#include "engine/engine.h"
#include "lane/lane.h"
#include "loop/loop.h"
#include "store/store.h"
#include "web/web.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Daemon {
	const DaemonOptions *options;
	Loop *loop;
	Store *store;
	Lanes *lanes; /* NULL: probes run on the loop */
	Engine *engine;
	Control *control;
	Asker *asker;
	Web *web;
	LoopFd web_watch;
	TimerOp web_tick, watchdog;
	char *base_url;
} Daemon;

const char *control_path(const char *data, char out[108], Err *err)
{
	int n = snprintf(out, 108, "%s/control.sock", data);

	if (n > 0 && n < 108)
		return out;
	err_set(err, ERR_CONFIG, "the path of data folder '%s' is too long for a socket", data);
	return NULL;
}

/* ---- reloading ---- */

static bool reload(Daemon *d, const char *actor, Err *err)
{
	Plan *plan = d->options->load(d->options->plan_path, engine_plan(d->engine), err);

	if (!plan) {
		engine_reload_failed(d->engine, err->message, actor);
		return false;
	}
	engine_reload(d->engine, plan, actor);
	mem_give_back();
	return true;
}

static void on_signal(void *ctx, int signo)
{
	Daemon *d = ctx;
	Err err = { 0 };

	if (signo != SIGHUP) {
		loop_stop(d->loop);
		return;
	}
	tell_manager("RELOADING=1");
	if (!reload(d, "signal:HUP", &err))
		(void)fprintf(stderr, "carene: the plan was not reloaded: %s\n", err.message);
	tell_manager("READY=1");
}

/* ---- commands ---- */

static void on_figures(void *ctx, bool ok, const Buf *answer, const Err *err)
{
	control_answer(ctx, ok, answer, err);
}

static void on_gone(void *ctx, ControlLater *later) { asker_forget(((Daemon *)ctx)->asker, later); }

/* A question about the past is answered by another thread. */
static bool on_query(Daemon *d, const char *args, Err *err)
{
	Query *q = engine_query(d->engine, args, err);
	ControlLater *later;

	if (!q)
		return false;
	later = control_later(d->control);
	if (asker_ask(d->asker, q, on_figures, later, err))
		return true;
	control_forget(later);
	return false;
}

static bool on_command(void *ctx, const char *command, const char *args, const char *actor,
                       Buf *answer, Err *err)
{
	Daemon *d = ctx;
	EngineCaller who = { actor, ROLE_ADMIN };

	if (text_eq(command, "reload")) {
		if (!reload(d, actor, err))
			return false;
		buf_printf(answer, "{\"plan\":\"%s\"}", engine_plan(d->engine)->digest);
		return true;
	}
	if (text_eq(command, "stop")) {
		buf_text(answer, "{}");
		loop_stop(d->loop);
		return true;
	}
	if (text_eq(command, "query"))
		return on_query(d, args, err);
	return engine_command(d->engine, command, args, &who, answer, err);
}

/* ---- the listener ---- */

static Instant web_now(void *ctx)
{
	Daemon *d = ctx;

	return world_now(loop_world(d->loop));
}

static Duration web_mono(void *ctx)
{
	World *w = loop_world(((Daemon *)ctx)->loop);

	return w->mono(w);
}

static const StatusFacts *web_status(void *ctx) { return engine_status(((Daemon *)ctx)->engine); }

static void web_ack(void *ctx, const char *token, bool act, WebAck *ret)
{
	static const WebAckState states[] = { [ACK_UNKNOWN] = WEB_ACK_UNKNOWN,
		                              [ACK_OPEN] = WEB_ACK_OPEN,
		                              [ACK_DONE] = WEB_ACK_DONE,
		                              [ACK_ALREADY] = WEB_ACK_ALREADY,
		                              [ACK_OVER] = WEB_ACK_OVER };
	static AckAnswer answer; /* texts of *ret live until the next call */

	engine_ack_link(((Daemon *)ctx)->engine, token, act, &answer);
	*ret = (WebAck){ .state = states[answer.look],
		         .at = answer.at,
		         .opened = answer.opened,
		         .language = answer.language };
	if (answer.look == ACK_UNKNOWN)
		return;
	ret->incident = answer.incident;
	ret->title = answer.title;
	ret->who = answer.who[0] ? answer.who : NULL;
	ret->by = answer.by[0] ? answer.by : NULL;
}

static void web_ack_look(void *ctx, const char *token, WebAck *ret)
{
	web_ack(ctx, token, false, ret);
}
static void web_ack_act(void *ctx, const char *token, WebAck *ret)
{
	web_ack(ctx, token, true, ret);
}

static bool web_push(void *ctx, const char *check, WebSignal signal, const char *token,
                     const char *body, size_t body_n, Err *err)
{
	static const char *const names[] = {
		[WEB_SUCCESS] = "success", [WEB_START] = "start", [WEB_FAIL] = "fail"
	};
	AUTO_FREE char *note = mem_text_n(body ? body : "", body_n < 150 ? body_n : 150);

	return engine_push(((Daemon *)ctx)->engine, check, names[signal], token, note, err);
}

static bool web_metric(void *ctx, const char *name, double value, const char *token, Err *err)
{
	return engine_metric(((Daemon *)ctx)->engine, name, value, token, err);
}

static const Plan *web_plan(void *ctx)
{
	Daemon *d = ctx;

	return d->engine ? engine_plan(d->engine) : NULL;
}

static void web_metrics(void *ctx, bool checks, Buf *out)
{
	engine_openmetrics(((Daemon *)ctx)->engine, checks, out);
}
static bool web_health(void *ctx, Emit *out) { return engine_health(((Daemon *)ctx)->engine, out); }

/* Tokens of people come with the console; until then nobody has one. */
static WebRole web_role(void *ctx, const char *token)
{
	(void)ctx;
	(void)token;
	return WEB_PUBLIC;
}

static bool web_command(void *ctx, const char *name, const char *args, WebRole role, Buf *out,
                        Err *err)
{
	static const EngineRole roles[] = {
		[WEB_PUBLIC] = ROLE_NOBODY,     [WEB_TOKEN] = ROLE_NOBODY,
		[WEB_VIEWER] = ROLE_VIEWER,     [WEB_RESPONDER] = ROLE_RESPONDER,
		[WEB_OPERATOR] = ROLE_OPERATOR, [WEB_ADMIN] = ROLE_ADMIN
	};
	EngineCaller who = { "http", roles[role] };

	return engine_command(((Daemon *)ctx)->engine, name, args, &who, out, err);
}

static void run_web(Daemon *d)
{
	int wait;

	web_run(d->web);
	wait = web_timeout_ms(d->web);
	if (wait >= 0)
		loop_world(d->loop)->timer(loop_world(d->loop), &d->web_tick, milliseconds(wait));
}

static void on_web_ready(LoopFd *watch, int events)
{
	(void)events;
	run_web(CONTAINER_OF(watch, Daemon, web_watch));
}

static void on_web_tick(TimerOp *op) { run_web(CONTAINER_OF(op, Daemon, web_tick)); }

static bool split_listen(const char *text, char address[64], uint16_t *ret_port, Err *err)
{
	const char *colon = strrchr(text, ':');
	int64_t port;

	text_copy(address, 64, "127.0.0.1");
	if (colon && colon != text) {
		AUTO_FREE char *host = mem_text_n(text, (size_t)(colon - text));
		size_t n = strlen(host);

		if (host[0] == '[' && host[n - 1] == ']') {
			host[n - 1] = '\0';
			text_copy(address, 64, host + 1);
		} else {
			text_copy(address, 64, host);
		}
	}
	if (!text_int(colon ? colon + 1 : text, &port) || port < 0 || port > 65535)
		return err_set(err, ERR_USAGE, "--listen '%s' is not ADDRESS:PORT", text);
	*ret_port = (uint16_t)port;
	return true;
}

static bool open_web(Daemon *d, Err *err)
{
	WebApi api = { .ctx = d,
		       .now = web_now,
		       .mono = web_mono,
		       .status = web_status,
		       .plan = web_plan,
		       .ack_look = web_ack_look,
		       .ack = web_ack_act,
		       .push = web_push,
		       .metric = web_metric,
		       .metrics = web_metrics,
		       .health = web_health,
		       .role = web_role,
		       .command = web_command };
	char address[64];
	WebOptions o = { .address = address };

	if (!d->options->listen)
		return true;
	if (!split_listen(d->options->listen, address, &o.port, err))
		return false;
	d->web = web_new(&o, &api, err);
	if (!d->web)
		return false;
	d->base_url = mem_printf(strchr(address, ':') ? "http://[%s]:%u" : "http://%s:%u", address,
	                         web_port(d->web));
	d->web_watch.ready = on_web_ready;
	d->web_tick.done = on_web_tick;
	return loop_poll_fd(d->loop, &d->web_watch, web_fd(d->web), LOOP_READ, err);
}

/* ---- life ---- */

static void on_jump(void *ctx, Duration delta)
{
	Daemon *d = ctx;

	if (d->engine)
		engine_clock_jumped(d->engine, delta);
}

static void on_slow(void *ctx, Duration took)
{
	Daemon *d = ctx;

	if (d->engine)
		engine_slow_turn(d->engine, took);
}

/* systemd's watchdog is fed by the loop itself, while the lanes answer: one that hangs is
 * restarted. */
static void on_watchdog(TimerOp *op)
{
	Daemon *d = CONTAINER_OF(op, Daemon, watchdog);
	World *w = loop_world(d->loop);

	Prober *p = d->lanes ? lanes_prober(d->lanes) : NULL;

	if (!p || p->alive(p))
		tell_manager("WATCHDOG=1");
	w->timer(w, op, seconds(5));
}

static bool make_folder(const char *path, Err *err)
{
	AUTO_FREE char *part = mem_text(path);

	for (char *s = part + 1; *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		(void)mkdir(part, 0755);
		*s = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST ||
	       err_set(err, ERR_IO, "data folder '%s': %s", path, strerror(errno));
}

static bool open_lanes(Daemon *d, const Plan *plan, Err *err)
{
	int wanted = d->options->lanes;
	LanesOptions o = { .loop = d->loop,
		           .lanes = wanted < 0 ? lanes_default() : (unsigned)wanted,
		           .dns_servers = d->options->dns,
		           .ca_file = d->options->ca_file };

	if (o.lanes == 0)
		return true;
	d->lanes = lanes_new(&o, plan, err);
	return d->lanes != NULL;
}

static bool open_parts(Daemon *d, Plan *plan, Err *err)
{
	const DaemonOptions *o = d->options;
	LoopOptions loop = { .dns_servers = o->dns,
		             .ca_file = o->ca_file,
		             .on_clock_jump = on_jump,
		             .on_slow_turn = on_slow,
		             .context = d };
	AUTO_FREE char *file = mem_printf("%s/carene.db", o->data);
	StoreOptions store = { .path = file, .max_bytes = o->store_max_bytes };
	char path[108];

	(void)lanes_raise_limit();
	d->loop = loop_new(&loop, err);
	if (d->loop)
		d->asker = asker_open(d->loop, file);
	/* The socket first: it is the lock that keeps a second daemon out of the store. */
	if (!d->loop || !control_path(o->data, path, err) ||
	    !(d->control = control_open(d->loop, path, on_command, on_gone, d, err)) ||
	    !store_open(&store, &d->store, err) || !open_web(d, err) || !open_lanes(d, plan, err)) {
		plan_free(plan);
		return false;
	}
	d->engine = engine_new(&(EngineOptions){ .world = loop_world(d->loop),
	                                         .prober = d->lanes ? lanes_prober(d->lanes) : NULL,
	                                         .store = d->store,
	                                         .plan = plan,
	                                         .data = o->data,
	                                         .base_url = d->base_url,
	                                         .gathers = true },
	                       err);
	return d->engine && loop_signal(d->loop, SIGTERM, on_signal, d, err) &&
	       loop_signal(d->loop, SIGINT, on_signal, d, err) &&
	       loop_signal(d->loop, SIGHUP, on_signal, d, err);
}

static void close_parts(Daemon *d)
{
	control_close(d->control);
	asker_close(d->asker);
	loop_poll_stop(&d->web_watch);
	web_free(d->web);
	engine_free(d->engine);
	lanes_free(d->lanes);
	loop_free(d->loop);
	store_close(d->store);
	mem_free(d->base_url);
}

static int fail(const Err *err)
{
	(void)fprintf(stderr, "carene: %s\n", err->message);
	if (err->hint[0])
		(void)fprintf(stderr, "  hint: %s\n", err->hint);
	return err_exit(err->code);
}

int daemon_run(const DaemonOptions *o)
{
	Daemon d = { .options = o };
	Err err = { 0 };
	Plan *plan = o->load(o->plan_path, NULL, &err);

	if (!plan)
		return fail(&err);
	if (!make_folder(o->data, &err)) {
		plan_free(plan);
		return fail(&err);
	}
	if (!open_parts(&d, plan, &err)) {
		close_parts(&d);
		return fail(&err);
	}
	d.watchdog.done = on_watchdog;
	on_watchdog(&d.watchdog);
	engine_start(d.engine);
	mem_give_back();
	(void)fprintf(stderr, "carene: watching '%s'%s%s\n", o->plan_path,
	              d.base_url ? ", listening on " : "", d.base_url ? d.base_url : "");
	tell_manager("READY=1");
	loop_run(d.loop);
	tell_manager("STOPPING=1");
	engine_stop(d.engine);
	close_parts(&d);
	return 0;
}
