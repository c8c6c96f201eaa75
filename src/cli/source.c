/* Reading plans and their secrets from this machine. */
#include "cli/cli.h"

#include "core/alloc.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_BYTES = 64 << 10 };

static const char *from_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx;
	return arena_text(a, getenv(name));
}

/* Who else could read the secret? Its group may be the daemon's own (systemd's and
 * Docker's secrets are kept so); the rest of the world may not. */
static bool is_private(int fd, const char *path, Err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, ERR_IO, "read the secret '%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_BAD_INPUT, "the secret '%s' is not a file", path);
	if (st.st_mode & 0007) {
		err_set(err, ERR_FORBIDDEN, "the secret '%s' can be read by everybody (mode %04o)",
		        path, (unsigned)st.st_mode & 07777);
		return err_hint(err, "chmod 0600 %s", path);
	}
	if (st.st_size > SECRET_BYTES)
		return err_set(err, ERR_LIMIT, "the secret '%s' has more than 64 KiB", path);
	return true;
}

static const char *from_file(void *ctx, Arena *a, const char *path, Err *err)
{
	char *text = NULL;
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	(void)ctx;
	if (fd < 0) {
		err_set(err, ERR_IO, "read the secret '%s': %s", path, strerror(errno));
		return NULL;
	}
	if (is_private(fd, path, err)) {
		text = arena_alloc(a, SECRET_BYTES + 1);
		n = read(fd, text, SECRET_BYTES);
		if (n < 0)
			err_set(err, ERR_IO, "read the secret '%s': %s", path, strerror(errno));
	}
	(void)close(fd);
	if (n < 0)
		return NULL;
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	if (n == 0 || memchr(text, 0, (size_t)n)) {
		err_set(err, ERR_BAD_INPUT, "the secret '%s' is %s", path,
		        n ? "not text" : "empty");
		return NULL;
	}
	return text;
}

PlanSource cli_plan_source(void) { return (PlanSource){ .env = from_env, .file = from_file }; }

static const char *no_env(void *ctx, Arena *a, const char *name)
{
	(void)ctx, (void)a, (void)name;
	return NULL;
}

static const char *no_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx, (void)a;
	err_set(err, ERR_NOT_FOUND, "the secret's file '%s' was not looked at", path);
	return NULL;
}

static PlanSource source_for(CliSecrets secrets)
{
	PlanSource s = cli_plan_source();

	if (secrets == CLI_SECRETS_NONE)
		s = (PlanSource){ .env = no_env, .file = no_file };
	s.no_secrets = secrets != CLI_SECRETS_NEEDED;
	return s;
}

static bool read_all(const char *path, Buf *text, Err *err)
{
	FILE *f = text_eq(path, "-") ? stdin : fopen(path, "re");
	char chunk[65536];
	size_t n;
	bool bad;

	if (!f)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
		               "read the plan '%s': %s", path, strerror(errno));
	while (!text->over && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(text, chunk, n);
	bad = ferror(f);
	if (f != stdin)
		(void)fclose(f);
	if (bad)
		return err_set(err, ERR_IO, "read the plan '%s': %s", path, strerror(errno));
	if (text->over)
		return err_set(err, ERR_LIMIT, "the plan '%s' has more than %zu MiB", path,
		               text->max >> 20);
	return true;
}

/* A limit of the environment, for who needs a larger plan than load.h thinks of (or would
 * rather refuse one); 0: not given. */
static size_t limit_from_env(const char *name, size_t unit)
{
	const char *text = getenv(name);
	int64_t value;

	return text && text_int(text, &value) && value > 0 && value <= INT32_MAX
	               ? (size_t)value * unit
	               : 0;
}

static PlanLimits limits_from_env(void)
{
	PlanLimits l = { .bytes = limit_from_env("CARENE_PLAN_MIB", 1 << 20),
		         .values = limit_from_env("CARENE_PLAN_VALUES", 1),
		         .entries = limit_from_env("CARENE_PLAN_ENTRIES", 1) };

	l.bytes = l.bytes ? l.bytes : PLAN_BYTES;
	return l;
}

static Plan *read_plan(const Plan *running, const char *path, CliSecrets secrets,
                       Findings *findings, Err *err)
{
	PlanLimits limits = limits_from_env();
	AUTO(Buf) text = { .max = limits.bytes };
	PlanSource source = source_for(secrets);
	Plan *plan;

	source.limits = limits;

	if (!findings->arena)
		findings->arena = arena_new("findings", 64 << 20);
	if (!read_all(path, &text, err))
		return NULL;
	plan = plan_load_after(running, text_eq(path, "-") ? "(standard input)" : path,
	                       buf_str(&text), text.n, &source, findings);
	if (!plan)
		err_set(err, ERR_CONFIG, "the plan '%s' has %zu error%s", path, findings->errors,
		        findings->errors == 1 ? "" : "s");
	return plan;
}

Plan *cli_read_plan(const char *path, CliSecrets secrets, Findings *findings, Err *err)
{
	return read_plan(NULL, path, secrets, findings, err);
}

/* Only the errors: what a daemon's log wants of a plan it refuses. */
static void print_errors(const Findings *all)
{
	AUTO(Buf) out = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].severity == SEVERITY_ERROR)
			findings_print(&(Findings){ all->arena, &all->at[i], 1, 1 },
			               cli_colour(stderr), &out);
	}
	cli_print(stderr, &out);
}

Plan *cli_load_plan(const char *path, const Plan *running, Err *err)
{
	Findings findings = { 0 };
	Plan *plan = read_plan(running, path, CLI_SECRETS_NEEDED, &findings, err);

	if (!plan)
		print_errors(&findings);
	/* Whoever asked for a reload does not see our standard error: the first error goes along. */
	for (size_t i = 0; !plan && i < findings.n; i++) {
		const Finding *f = &findings.at[i];

		if (f->severity != SEVERITY_ERROR)
			continue;
		err_wrap(err, "%s:%u:%u: %s", f->at.file, f->at.line, f->at.column, f->message);
		break;
	}
	arena_free(findings.arena);
	return plan;
}
