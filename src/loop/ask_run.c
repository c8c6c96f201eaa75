/* Running a program: argv as given, a minimal environment, both outputs read within
 * bounds, and its whole tree ended when it takes too long or is no longer wanted.
 *
 *   RUNNING ──deadline, cancel──▶ TERMINATING ──grace, or it ended──▶ KILLING ──▶ gone
 *      └──ended──▶ answered; what it left running in the background is left alone
 *
 * It is never a shell, and it never sees our descriptors or our environment. */
#include "loop/loop_private.h"
#include "loop/spawn.h"

#include "core/text.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OUTPUT_MAX = 64 * 1024,
	TURN_BYTES = 1 << 20, /* read per turn and stream at most: a flood must not hold the loop */
};

typedef struct Output {
	struct Run *run;
	int *fd;
	Watch *watch;
	Buf kept;
	uint64_t total;
} Output;

typedef enum RunState { RUN_RUNNING, RUN_TERMINATING, RUN_KILLING } RunState;

/* Outlives its job when that is cancelled: the tree is still to be ended. */
typedef struct Run {
	Link link; /* in loop->runs */
	Loop *loop;
	Job *job; /* NULL: nobody waits for the answer */
	Spawned spawned;
	RunState state;
	Watch *status_watch, *pid_watch, *in_watch;
	Output out, err;
	size_t written;
	bool ended;
	int failed; /* errno of the failed start */
	Note end;
	Tick tick;
	Duration grace;
	int64_t kill_until_us;
} Run;

typedef struct RunJob {
	Job job;
	Run *run;
	Buf out, err; /* of the answer */
} RunJob;

static RunJob *run_job(Job *job) { return CONTAINER_OF(job, RunJob, job); }

/* ---- letting go ---- */

static void drop_watch(Watch **w)
{
	watch_free(*w);
	*w = NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_streams(Run *r)
{
	drop_watch(&r->in_watch);
	drop_watch(&r->out.watch);
	drop_watch(&r->err.watch);
	close_fd(&r->spawned.in);
	close_fd(&r->spawned.out);
	close_fd(&r->spawned.err);
}

static void run_free(Run *r)
{
	if (r->job)
		run_job(r->job)->run = NULL;
	close_streams(r);
	drop_watch(&r->status_watch);
	drop_watch(&r->pid_watch);
	spawn_close(&r->spawned);
	tick_stop(r->loop, &r->tick);
	link_remove(&r->link);
	Buf_done(&r->out.kept);
	Buf_done(&r->err.kept);
	mem_free(r);
}

/* The program is done with: keeper_gone() frees when the keeper followed. What the program
 * left running in the background falls to init, as it would without us. */
static void dismiss(Run *r)
{
	close_streams(r);
	drop_watch(&r->status_watch);
	tick_stop(r->loop, &r->tick);
	spawn_kill_keeper(&r->spawned);
}

/* ---- the answer ---- */

static void redact(const RunJob *j, Buf *text)
{
	const RunAsk *ask = &j->job.spec->run;

	for (size_t i = 0; i < text->n; i++) {
		if (text->p[i] == '\0')
			text->p[i] = '?';
	}
	if (ask->secret && text->p) {
		secret_redact(ask->secret, text->p);
		text->n = strlen(text->p);
	}
}

static void answer(Run *r)
{
	RunJob *j = run_job(r->job);
	int status = r->end.value;
	bool late = r->state != RUN_RUNNING;

	j->out = r->out.kept;
	j->err = r->err.kept;
	r->out.kept = r->err.kept = (Buf){ 0 };
	redact(j, &j->out);
	redact(j, &j->err);
	j->job.answer.timed_out = late;
	j->job.answer.run = (RunAnswer){
		.exit_code = r->ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signal = r->ended && WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.timed_out = late,
		.out = buf_str(&j->out),
		.err = buf_str(&j->err),
		.out_n = j->out.n,
		.err_n = j->err.n,
		.out_total = r->out.total,
		.err_total = r->err.total,
		.cpu = { r->end.cpu_us },
		.max_rss_bytes = (uint64_t)r->end.rss_bytes,
	};
	job_done(&j->job);
}

/* ---- reading and writing ---- */

/* At most `bound` bytes; false at the end of the stream. */
static bool read_output(Output *o, size_t bound)
{
	char chunk[16384];

	while (bound > 0) {
		ssize_t n = read(*o->fd, chunk, sizeof chunk);
		size_t room = o->kept.max - o->kept.n;

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		o->total += (uint64_t)n;
		buf_add(&o->kept, chunk, (size_t)n < room ? (size_t)n : room);
		bound -= (size_t)n < bound ? (size_t)n : bound;
	}
	return true;
}

static void output_ready(void *context, int events)
{
	Output *o = context;

	(void)events;
	if (!read_output(o, TURN_BYTES))
		drop_watch(&o->watch);
}

static void input_ready(void *context, int events)
{
	Run *r = context;
	const RunAsk *ask = &r->job->spec->run;
	ssize_t n = write(r->spawned.in, ask->input + r->written, ask->input_n - r->written);

	(void)events;
	if (n > 0)
		r->written += (size_t)n;
	if (r->written < ask->input_n && (n >= 0 || errno == EAGAIN || errno == EINTR))
		return;
	/* All written, or a program that does not want the rest. */
	drop_watch(&r->in_watch);
	(void)close(r->spawned.in);
	r->spawned.in = -1;
}

/* ---- ending a tree that outstayed ---- */

/* The keeper goes by itself when its last child is gone; keeper_gone() then frees. */
static void kill_again(Tick *tick)
{
	Run *r = CONTAINER_OF(tick, Run, tick);

	r->state = RUN_KILLING;
	if (!r->kill_until_us)
		r->kill_until_us = loop_mono_us() + 2000000;
	(void)spawn_kill_tree(&r->spawned);
	if (loop_mono_us() < r->kill_until_us)
		tick_set(r->loop, &r->tick, milliseconds(20), kill_again);
	else
		spawn_kill_keeper(&r->spawned);
}

static void terminate(Run *r)
{
	if (r->state != RUN_RUNNING)
		return;
	r->state = RUN_TERMINATING;
	spawn_signal_group(&r->spawned, SIGTERM);
	/* Stopped programs would never see it. */
	spawn_signal_group(&r->spawned, SIGCONT);
	tick_set(r->loop, &r->tick, r->ended ? milliseconds(0) : r->grace, kill_again);
}

/* ---- the keeper's notes ---- */

static void take_notes(Run *r)
{
	Note note;

	while (r->spawned.status >= 0 &&
	       read(r->spawned.status, &note, sizeof note) == sizeof note) {
		if (note.kind == SPAWN_FAILED) {
			r->failed = note.value;
		} else if (note.kind == SPAWN_ENDED) {
			r->ended = true;
			r->end = note;
		}
	}
}

static void read_rest(Run *r)
{
	(void)read_output(&r->out, TURN_BYTES);
	(void)read_output(&r->err, TURN_BYTES);
}

static void fail(Run *r)
{
	if (r->failed)
		job_fail(r->job, FAIL_SELF, "run '%s': %s", r->job->spec->run.argv[0],
		         errno_text(r->failed));
	else
		job_fail(r->job, FAIL_SELF, "the program's keeper was killed");
}

/* The keeper's end may be seen before its last note. */
static void keeper_gone(void *context, int events)
{
	Run *r = context;

	(void)events;
	take_notes(r);
	if (!spawn_reap(&r->spawned))
		return;
	if (r->job && !r->failed && (r->ended || r->state != RUN_RUNNING)) {
		read_rest(r);
		answer(r);
	} else if (r->job) {
		fail(r);
	}
	run_free(r);
}

static void program_ended(Run *r)
{
	if (r->state != RUN_RUNNING) {
		/* Its time was over: what it left behind goes too, at once. */
		tick_set(r->loop, &r->tick, milliseconds(0), kill_again);
		return;
	}
	read_rest(r);
	answer(r);
	dismiss(r);
}

static void status_ready(void *context, int events)
{
	Run *r = context;

	(void)events;
	take_notes(r);
	if (r->failed && r->job) {
		fail(r);
		dismiss(r);
	} else if (r->ended) {
		drop_watch(&r->status_watch);
		program_ended(r);
	}
}

/* ---- starting ---- */

typedef LIST(char *) Texts;

static void env_put(Texts *env, char *line)
{
	size_t name_n = strcspn(line, "=") + 1;

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->at[i], line, name_n) == 0) {
			mem_free(env->at[i]);
			env->at[i] = line;
			return;
		}
	}
	list_add(env, line);
}

/* Who we are, and a place for programs that insist on a home; nothing else of ours. */
static void env_inherit(Texts *env)
{
	static const char *const names[] = { "HOME", "USER", "LOGNAME" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);

		if (value)
			env_put(env, mem_printf("%s=%s", names[i], value));
	}
}

static void env_make(Texts *env, const RunAsk *ask)
{
	env_put(env, mem_text("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
	env_put(env, mem_text("LANG=C.UTF-8"));
	env_put(env, mem_text("HOME=/"));
	env_inherit(env);
	for (size_t i = 0; ask->env && ask->env[i]; i++)
		env_put(env, mem_text(ask->env[i]));
	if (ask->secret_env && ask->secret)
		env_put(env, mem_printf("%s=%s", ask->secret_env, secret_reveal(ask->secret)));
	list_add(env, NULL);
}

static void env_free(Texts *env)
{
	for (size_t i = 0; i < env->n; i++) {
		if (env->at[i])
			explicit_bzero(env->at[i], strlen(env->at[i]));
		mem_free(env->at[i]);
	}
	list_free(env);
}

static bool watch_all(Run *r)
{
	r->out.watch = watch_new(r->loop, r->spawned.out, UV_READABLE, output_ready, &r->out);
	r->err.watch = watch_new(r->loop, r->spawned.err, UV_READABLE, output_ready, &r->err);
	r->status_watch = watch_new(r->loop, r->spawned.status, UV_READABLE, status_ready, r);
	r->pid_watch = watch_new(r->loop, r->spawned.pidfd, UV_READABLE, keeper_gone, r);
	if (r->spawned.in >= 0)
		r->in_watch = watch_new(r->loop, r->spawned.in, UV_WRITABLE, input_ready, r);
	return r->out.watch && r->err.watch && r->status_watch && r->pid_watch &&
	       (r->in_watch || r->spawned.in < 0);
}

static Run *run_new(Job *job)
{
	const RunAsk *ask = &job->spec->run;
	size_t max = ask->max_output ? ask->max_output : OUTPUT_MAX;
	Run *r = NEW(Run);

	r->loop = job->loop;
	r->job = job;
	r->grace = ask->term_grace.us > 0 ? ask->term_grace : seconds(5);
	r->out = (Output){ .run = r, .fd = &r->spawned.out, .kept.max = max };
	r->err = (Output){ .run = r, .fd = &r->spawned.err, .kept.max = max };
	link_append(&r->loop->runs, &r->link);
	return r;
}

/* SIGKILL is not refused: what is not gone soon is stuck in the kernel. */
static void run_reap_now(Run *r)
{
	for (int i = 0; i < 100 && spawn_kill_tree(&r->spawned); i++)
		(void)usleep(1000);
	spawn_kill_keeper(&r->spawned);
	for (int i = 0; i < 1000 && !spawn_reap(&r->spawned); i++)
		(void)usleep(1000);
}

static void run_start(Job *job)
{
	const RunAsk *ask = &job->spec->run;
	Texts env = { 0 };
	Err err = { 0 };
	Run *r;
	bool good;

	job->step = FAIL_SELF;
	if (!ask->argv || text_is_empty(ask->argv[0])) {
		job_fail(job, FAIL_SELF, "no program to run");
		return;
	}
	r = run_new(job);
	env_make(&env, ask);
	job_irrevocable(job);
	good = spawn_start(ask->argv, env.at, ask->cwd, ask->input_n > 0, &r->spawned, &err);
	env_free(&env);
	if (!good) {
		job_fail(job, FAIL_SELF, "%s", err.message);
		run_free(r);
		return;
	}
	run_job(job)->run = r;
	if (!watch_all(r)) {
		job_fail_errno(job, FAIL_SELF, "watch the program", errno);
		run_reap_now(r);
		run_free(r);
	}
}

static void run_late(Job *job)
{
	Run *r = run_job(job)->run;

	if (r)
		terminate(r);
	else
		job_fail_late(job);
}

/* A finished job lets its Run go by itself; a cancelled one leaves a tree to end. */
static void run_stop(Job *job)
{
	Run *r = run_job(job)->run;

	run_job(job)->run = NULL;
	if (!r)
		return;
	r->job = NULL;
	if (job->loop->freeing || job->answer.run.out || r->failed)
		return;
	close_streams(r);
	terminate(r);
}

static void run_free_answer(Job *job)
{
	Buf_done(&run_job(job)->out);
	Buf_done(&run_job(job)->err);
}

void run_loop_done(Loop *loop)
{
	while (!link_is_empty(&loop->runs)) {
		Run *r = CONTAINER_OF(loop->runs.next, Run, link);

		run_reap_now(r);
		run_free(r);
	}
}

const JobKind ask_run_kind = { .size = sizeof(RunJob),
	                       .start = run_start,
	                       .late = run_late,
	                       .stop = run_stop,
	                       .free = run_free_answer };
