#include "loop/spawn.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/list.h"
#include "core/text.h"
#include "loop/loop_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in the children: only async-signal-safe calls, for others' threads held locks ---- */

typedef struct Child {
	int in, out, err, status; /* their ends */
	const char *program, *cwd;
	char *const *argv, *const *env;
	pid_t us;
} Child;

enum { STATUS_FD = 3 };

static void tell(NoteKind kind, int value, const struct rusage *used)
{
	Note note = { .kind = (int32_t)kind, .value = value };

	if (used) {
		note.cpu_us = (used->ru_utime.tv_sec + used->ru_stime.tv_sec) * INT64_C(1000000) +
		              used->ru_utime.tv_usec + used->ru_stime.tv_usec;
		note.rss_bytes = used->ru_maxrss * INT64_C(1024);
	}
	(void)!write(STATUS_FD, &note, sizeof note);
}

/* Ignored signals and the mask would outlive exec. */
static void reset_signals(void)
{
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		(void)signal(signo, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_limits(void)
{
	struct rlimit no_core = { 0, 0 }, files;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	/* The daemon may have raised its own; programs that close "all" descriptors or use
	 * select() want the customary soft limit. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 1024) {
		files.rlim_cur = 1024;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

static _Noreturn void be_program(const Child *c, pid_t keeper)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(127);
	reset_signals();
	set_limits();
	(void)fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC);
	if (chdir(c->cwd) == 0)
		(void)execve(c->program, c->argv, c->env);
	tell(SPAWN_FAILED, errno, NULL);
	_exit(127);
}

/* Everything but the four descriptors is closed; the last one becomes number 3. */
static void take_descriptors(const Child *c)
{
	int status = fcntl(c->status, F_DUPFD, 16), in = fcntl(c->in, F_DUPFD, 16);
	int out = fcntl(c->out, F_DUPFD, 16), err = fcntl(c->err, F_DUPFD, 16);

	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || dup2(status, STATUS_FD) < 0)
		_exit(127);
	(void)syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0);
}

static void let_go_of_pipes(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++) {
		if (null < 0 || dup2(null, fd) < 0)
			(void)close(fd);
	}
	if (null > STATUS_FD)
		(void)close(null);
}

static _Noreturn void be_keeper(const Child *c)
{
	struct rusage used;
	pid_t program, ended;
	int status;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != c->us)
		_exit(127);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)prctl(PR_SET_NAME, "carene-keeper");
	(void)setsid();
	take_descriptors(c);
	for (int signo = 1; signo < NSIG; signo++)
		(void)signal(signo, signo == SIGCHLD ? SIG_DFL : SIG_IGN);
	program = _Fork();
	if (program == 0)
		be_program(c, getppid());
	if (program < 0) {
		tell(SPAWN_FAILED, errno, NULL);
		_exit(127);
	}
	let_go_of_pipes();
	tell(SPAWN_STARTED, program, NULL);
	while ((ended = wait4(-1, &status, 0, &used)) > 0 || errno == EINTR) {
		if (ended == program)
			tell(SPAWN_ENDED, status, &used);
	}
	_exit(0);
}

/* ---- in us ---- */

static bool is_program(const char *path) { return access(path, X_OK) == 0; }

static const char *path_of(char *const *env)
{
	for (; *env; env++) {
		if (text_starts(*env, "PATH="))
			return *env + 5;
	}
	return "/usr/local/bin:/usr/bin:/bin";
}

/* NULL: nowhere. The caller frees. */
static char *find_program(const char *name, char *const *env)
{
	const char *rest = path_of(env);
	char folder[1024];

	if (strchr(name, '/'))
		return mem_text(name);
	while (text_part(&rest, ":", folder, sizeof folder)) {
		char *path = mem_printf("%s/%s", folder, name);

		if (is_program(path))
			return path;
		mem_free(path);
	}
	return NULL;
}

static void close_at(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void spawn_close(Spawned *s)
{
	close_at(&s->in);
	close_at(&s->out);
	close_at(&s->err);
	close_at(&s->status);
	close_at(&s->pidfd);
}

static void child_close(Child *c)
{
	close_at(&c->in);
	close_at(&c->out);
	close_at(&c->err);
	close_at(&c->status);
}

/* Our end does not block, theirs does: programs expect that of standard streams. */
static bool make_pipe(int *read_end, int *write_end, bool ours_is_read)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	*read_end = fds[0];
	*write_end = fds[1];
	return fcntl(ours_is_read ? fds[0] : fds[1], F_SETFL, O_NONBLOCK) == 0;
}

static bool make_pipes(Spawned *s, Child *c, bool input)
{
	if (!input)
		c->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	else if (!make_pipe(&c->in, &s->in, false))
		return false;
	return c->in >= 0 && make_pipe(&s->out, &c->out, true) &&
	       make_pipe(&s->err, &c->err, true) && make_pipe(&s->status, &c->status, true);
}

static bool start_keeper(Spawned *s, const Child *c)
{
	s->keeper = fork();
	if (s->keeper == 0)
		be_keeper(c);
	if (s->keeper < 0)
		return false;
	s->pidfd = (int)syscall(SYS_pidfd_open, s->keeper, 0);
	if (s->pidfd >= 0)
		return true;
	(void)kill(s->keeper, SIGKILL);
	(void)waitpid(s->keeper, NULL, 0);
	return false;
}

bool spawn_start(const char *const *argv, char *const *env, const char *cwd, bool input,
                 Spawned *ret, Err *err)
{
	AUTO_FREE char *program = find_program(argv[0], env);
	Child c = { .in = -1, .out = -1, .err = -1, .status = -1 };
	bool good;
	int e;

	*ret = (Spawned){ .pidfd = -1, .in = -1, .out = -1, .err = -1, .status = -1 };
	if (!program)
		return err_set(err, ERR_NOT_FOUND, "run '%s': no such program", argv[0]);
	c.program = program;
	c.cwd = cwd ? cwd : "/";
	memcpy(&c.argv, &argv, sizeof argv); /* execve takes char *const [] and writes nothing */
	c.env = env;
	c.us = getpid();
	good = make_pipes(ret, &c, input) && start_keeper(ret, &c);
	e = errno;
	child_close(&c);
	if (good)
		return true;
	spawn_close(ret);
	return err_set(err, ERR_IO, "run '%s': %s", argv[0], errno_text(e));
}

/* ---- ending a tree ---- */

typedef struct Process {
	pid_t pid, parent;
	bool ours, zombie;
} Process;

typedef LIST(Process) Processes;

/* "pid (name) state ppid …": the name may hold anything, so count from the last ')'. */
static bool read_process(const char *name, Process *ret)
{
	char path[64], text[512];
	const char *at;
	int fd, parent;
	ssize_t n;
	int64_t pid;
	char state;

	if (!text_int(name, &pid))
		return false;
	(void)snprintf(path, sizeof path, "/proc/%s/stat", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %c %d", &state, &parent) != 2)
		return false;
	*ret = (Process){ .pid = (pid_t)pid, .parent = parent, .zombie = state == 'Z' };
	return true;
}

static void read_processes(Processes *all)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	Process p;

	while (dir && (e = readdir(dir))) {
		if (read_process(e->d_name, &p))
			list_add(all, p);
	}
	if (dir)
		(void)closedir(dir);
}

static bool is_ours(const Processes *all, pid_t keeper, pid_t parent)
{
	if (parent == keeper)
		return true;
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].pid == parent)
			return all->at[i].ours;
	}
	return false;
}

/* Children may come before their parents in /proc, so until nothing changes. */
static void mark_tree(Processes *all, pid_t keeper)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < all->n; i++) {
			Process *p = &all->at[i];

			if (!p->ours && is_ours(all, keeper, p->parent))
				changed = p->ours = true;
		}
	}
}

bool spawn_kill_tree(const Spawned *s)
{
	Processes all = { 0 };
	bool any = false;

	read_processes(&all);
	mark_tree(&all, s->keeper);
	for (size_t i = 0; i < all.n; i++) {
		if (all.at[i].ours) {
			any = true;
			if (!all.at[i].zombie)
				(void)kill(all.at[i].pid, SIGKILL);
		}
	}
	list_free(&all);
	return any;
}

void spawn_signal_group(const Spawned *s, int signo) { (void)kill(-s->keeper, signo); }
void spawn_kill_keeper(const Spawned *s) { (void)kill(s->keeper, SIGKILL); }

bool spawn_reap(const Spawned *s)
{
	pid_t pid = waitpid(s->keeper, NULL, WNOHANG);

	return pid == s->keeper || (pid < 0 && errno == ECHILD);
}
