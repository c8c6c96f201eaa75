#include "daemon/control.h"

#include "core/emit.h"
#include "core/list.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A line holds an attachment of 8 MiB in base64 (task.attach). */
enum { LINE_MAX_BYTES = 12 << 20, CLIENTS_MAX = 64 };

struct ControlLater {
	struct Client *client; /* NULL: it is gone */
};

typedef struct Client {
	LoopFd watch;
	Control *control;
	int fd;
	Buf in, out;
	size_t sent;
	char actor[64];
	ControlLater *later; /* owed to it; its next lines wait */
} Client;

struct Control {
	Loop *loop;
	LoopFd watch;
	int fd;
	char path[108];
	ControlRun *run;
	ControlGone *gone;
	void *ctx;
	LIST(Client *) clients;
	Client *asking; /* whose request is being carried out */
};

static void drop(Client *cl)
{
	Control *c = cl->control;

	for (size_t i = 0; i < c->clients.n; i++) {
		if (c->clients.at[i] == cl) {
			list_remove(&c->clients, i);
			break;
		}
	}
	if (cl->later) {
		cl->later->client = NULL;
		c->gone(c->ctx, cl->later);
	}
	loop_poll_stop(&cl->watch);
	close(cl->fd);
	Buf_done(&cl->in);
	Buf_done(&cl->out);
	mem_free(cl);
}

/* ---- one request ---- */

static void write_error(Buf *out, const Err *err)
{
	Emit j = emit_to(out);

	emit_object(&j, NULL);
	emit_bool(&j, "ok", false);
	emit_object(&j, "error");
	emit_text(&j, "code", err_name(err->code));
	emit_text(&j, "message", err->message);
	emit_text(&j, "hint", err->hint[0] ? err->hint : NULL);
	emit_object_end(&j);
	emit_object_end(&j);
}

static bool carry_out(Client *cl, const char *line, Buf *answer, Err *err)
{
	json_error_t why;
	json_t *req = json_loads(line, JSON_REJECT_DUPLICATES, &why);
	const char *command = json_string_value(json_object_get(req, "command"));
	json_t *args = json_object_get(req, "args");
	char *text = args ? json_dumps(args, JSON_COMPACT) : NULL;
	bool ok;

	if (!req || !command)
		ok = err_set(err, ERR_BAD_INPUT, "not a request: %s",
		             req ? "no command" : why.text);
	else
		ok = cl->control->run(cl->control->ctx, command, text, cl->actor, answer, err);
	mem_free(text);
	json_decref(req);
	return ok;
}

static void put_answer(Client *cl, bool ok, const Buf *answer, const Err *err)
{
	if (ok)
		buf_printf(&cl->out, "{\"ok\":true,\"result\":%s}",
		           answer->n ? buf_str(answer) : "{}");
	else
		write_error(&cl->out, err);
	buf_char(&cl->out, '\n');
}

static void answer_line(Client *cl, const char *line)
{
	AUTO(Buf) answer = { 0 };
	Err err = { 0 };
	bool ok;

	cl->control->asking = cl;
	ok = carry_out(cl, line, &answer, &err);
	cl->control->asking = NULL;
	if (!cl->later)
		put_answer(cl, ok, &answer, &err);
}

ControlLater *control_later(Control *c)
{
	ControlLater *later = NEW(ControlLater);

	later->client = c->asking;
	c->asking->later = later;
	return later;
}

/* ---- bytes ---- */

static bool flush(Client *cl)
{
	while (cl->sent < cl->out.n) {
		ssize_t n = send(cl->fd, cl->out.p + cl->sent, cl->out.n - cl->sent, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		cl->sent += (size_t)n;
	}
	buf_clear(&cl->out);
	cl->sent = 0;
	return true;
}

static void take_lines(Client *cl)
{
	char *end;

	while (!cl->later && (end = cl->in.n ? memchr(cl->in.p, '\n', cl->in.n) : NULL)) {
		size_t n = (size_t)(end - cl->in.p) + 1;

		*end = '\0';
		answer_line(cl, cl->in.p);
		memmove(cl->in.p, cl->in.p + n, cl->in.n - n + 1);
		cl->in.n -= n;
	}
}

/* Sends what is there and waits for more: what it has to say, or has room for. */
static void serve(Client *cl)
{
	if (cl->in.over || !flush(cl) ||
	    !loop_poll_fd(cl->control->loop, &cl->watch, cl->fd,
	                  LOOP_READ | (cl->out.n ? LOOP_WRITE : 0), NULL))
		drop(cl);
}

static void on_client(LoopFd *watch, int events)
{
	Client *cl = CONTAINER_OF(watch, Client, watch);
	char chunk[16384];
	ssize_t n = 0;

	if (events & LOOP_READ) {
		n = recv(cl->fd, chunk, sizeof chunk, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			drop(cl);
			return;
		}
		if (n > 0)
			buf_add(&cl->in, chunk, (size_t)n);
		if (n > 0 &&
		    memchr(chunk, '\n', (size_t)n)) /* else it would be sought from the start */
			take_lines(cl);
	}
	serve(cl);
}

void control_forget(ControlLater *later)
{
	if (later->client)
		later->client->later = NULL;
	mem_free(later);
}

void control_answer(ControlLater *later, bool ok, const Buf *answer, const Err *err)
{
	Client *cl = later->client;

	mem_free(later);
	if (!cl)
		return;
	cl->later = NULL;
	put_answer(cl, ok, answer, err);
	take_lines(cl); /* what it asked meanwhile */
	serve(cl);
}

/* ---- listening ---- */

static void name_actor(int fd, char out[64])
{
	struct ucred who = { 0 };
	socklen_t n = sizeof who;
	struct passwd *pw;
	char host[32] = "";

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) {
		text_copy(out, 64, "cli:unknown");
		return;
	}
	(void)gethostname(host, sizeof host - 1);
	pw = getpwuid(who.uid);
	if (pw)
		(void)snprintf(out, 64, "cli:%.24s@%s", pw->pw_name, host);
	else
		(void)snprintf(out, 64, "cli:uid%u@%s", who.uid, host);
}

static void on_connection(LoopFd *watch, int events)
{
	Control *c = CONTAINER_OF(watch, Control, watch);
	int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	Client *cl;

	(void)events;
	if (fd < 0)
		return;
	if (c->clients.n >= CLIENTS_MAX) {
		close(fd);
		return;
	}
	cl = NEW(Client);
	cl->control = c;
	cl->fd = fd;
	cl->in.max = LINE_MAX_BYTES;
	cl->out.max = 256 << 20;
	cl->watch.ready = on_client;
	name_actor(fd, cl->actor);
	list_add(&c->clients, cl);
	if (!loop_poll_fd(c->loop, &cl->watch, fd, LOOP_READ, NULL))
		drop(cl);
}

static bool is_alive(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0;

	if (fd >= 0)
		close(fd);
	return alive;
}

static bool bind_socket(Control *c, Err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	memcpy(addr.sun_path, c->path, sizeof c->path);
	if (is_alive(&addr)) {
		err_set(err, ERR_CONFLICT, "another carene runs with this data folder");
		return err_hint(err, "stop it first, or choose another --data");
	}
	(void)unlink(c->path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&addr, sizeof addr) != 0 ||
	    chmod(c->path, 0660) != 0 || listen(c->fd, 32) != 0)
		return err_set(err, ERR_IO, "control socket '%s': %s", c->path, strerror(errno));
	return loop_poll_fd(c->loop, &c->watch, c->fd, LOOP_READ, err);
}

Control *control_open(Loop *loop, const char *path, ControlRun *run, ControlGone *gone, void *ctx,
                      Err *err)
{
	Control *c = NEW(Control);

	c->loop = loop;
	c->fd = -1;
	c->run = run;
	c->gone = gone;
	c->ctx = ctx;
	c->watch.ready = on_connection;
	text_copy(c->path, sizeof c->path, path);
	if (!bind_socket(c, err)) {
		c->path[0] = '\0'; /* not ours to remove */
		control_close(c);
		return NULL;
	}
	return c;
}

void control_close(Control *c)
{
	if (!c)
		return;
	while (c->clients.n)
		drop(c->clients.at[0]);
	list_free(&c->clients);
	loop_poll_stop(&c->watch);
	if (c->fd >= 0)
		close(c->fd);
	if (c->path[0])
		(void)unlink(c->path);
	mem_free(c);
}
