#include "cli/client.h"

#include "cli/cli.h"
#include "cli/offline.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20 }; /* as in the engine's task.attach */

/* ---- where and how ---- */

/* The user's zone: TZ when it names one, else what /etc/localtime points to. */
static const Zone *user_zone(void)
{
	const char *tz = getenv("TZ");
	char path[256] = "";
	const char *name;
	const Zone *zone;

	if (tz && *tz && zone_load(tz[0] == ':' ? tz + 1 : tz, &zone, NULL))
		return zone;
	if (readlink("/etc/localtime", path, sizeof path - 1) > 0 &&
	    (name = strstr(path, "zoneinfo/")) &&
	    zone_load(name + strlen("zoneinfo/"), &zone, NULL))
		return zone;
	return zone_utc();
}

Screen client_screen(void)
{
	struct winsize size = { 0 };

	if (isatty(STDOUT_FILENO))
		(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return (Screen){ lang_parse(cli_language()), user_zone(), cli_colour(stdout), size.ws_col };
}

/* ---- the socket ---- */

static int connect_to(const char *data, Err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval limit = { 30, 0 };
	int n = snprintf(addr.sun_path, sizeof addr.sun_path, "%s/control.sock", data);
	int fd;

	if (n < 0 || (size_t)n >= sizeof addr.sun_path) {
		err_set(err, ERR_USAGE, "the path of data folder '%s' is too long for a socket",
		        data);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		return fd;
	}
	err_set(err, errno == EACCES ? ERR_FORBIDDEN : ERR_UNAVAILABLE,
	        "no carene answers in '%s': %s", data, strerror(errno));
	err_hint(err, "start it with: carene run PLAN --data %s", data);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool exchange(int fd, const char *line, size_t n, Buf *answer, Err *err)
{
	char chunk[16384];
	ssize_t got = 0;

	while (n) {
		ssize_t sent = send(fd, line, n, MSG_NOSIGNAL);

		if (sent < 0)
			return err_set(err, ERR_UNAVAILABLE, "carene went away: %s",
			               strerror(errno));
		line += sent;
		n -= (size_t)sent;
	}
	while (!answer->n || answer->p[answer->n - 1] != '\n') {
		got = recv(fd, chunk, sizeof chunk, 0);
		if (got <= 0)
			return err_set(err, got ? ERR_TIMEOUT : ERR_UNAVAILABLE,
			               "carene did not answer: %s",
			               got ? strerror(errno) : "it closed the connection");
		buf_add(answer, chunk, (size_t)got);
		if (answer->over)
			return err_set(err, ERR_LIMIT, "the answer is too long");
	}
	return true;
}

static ErrCode code_of(const char *name)
{
	for (int c = ERR_NONE; c <= ERR_CONFLICT; c++) {
		if (text_eq(err_name((ErrCode)c), name))
			return (ErrCode)c;
	}
	return ERR_IO;
}

static bool read_answer(const char *text, json_t **ret, Err *err)
{
	json_error_t why;
	json_t *answer = json_loads(text, 0, &why);
	json_t *error = json_object_get(answer, "error");

	if (!answer)
		return err_set(err, ERR_BAD_INPUT, "carene's answer is not JSON: %s", why.text);
	if (json_is_true(json_object_get(answer, "ok"))) {
		*ret = json_incref(json_object_get(answer, "result"));
		json_decref(answer);
		return true;
	}
	err_set(err, code_of(json_string_value(json_object_get(error, "code"))), "%s",
	        json_string_value(json_object_get(error, "message")));
	if (json_is_string(json_object_get(error, "hint")))
		err_hint(err, "%s", json_string_value(json_object_get(error, "hint")));
	json_decref(answer);
	return false;
}

bool client_call(const char *data, const char *command, const json_t *args, json_t **ret, Err *err)
{
	AUTO(Buf) line = { 0 }, answer = { .max = 256 << 20 };
	char *text = json_dumps(args, JSON_COMPACT);
	int fd = connect_to(data, err);
	bool ok = false;

	if (fd >= 0) {
		buf_text(&line, "{\"command\":");
		buf_json(&line, command);
		buf_printf(&line, ",\"args\":%s}\n", text ? text : "{}");
		ok = exchange(fd, buf_str(&line), line.n, &answer, err) &&
		     read_answer(buf_str(&answer), ret, err);
		close(fd);
	}
	mem_free(text);
	return ok;
}

bool client_ask(const char *data, const char *command, const json_t *args, json_t **ret, Err *err)
{
	AUTO_FREE char *path = mem_printf("%s/carene.db", data);

	if (client_call(data, command, args, ret, err))
		return true;
	if (err->code != ERR_UNAVAILABLE || access(path, R_OK) != 0)
		return false;
	*err = (Err){ 0 };
	return offline_call(data, command, args, ret, err);
}

/* ---- arguments ---- */

typedef struct Parse {
	const VerbGroup *group;
	const Verb *verb;
	json_t *args;
	const char *data;
	bool as_json, help;
} Parse;

static const Verb *find_verb(const VerbGroup *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++) {
		if (text_eq(g->verbs[i].name, name))
			return &g->verbs[i];
	}
	return NULL;
}

/* The option's kind ('=', '#', '!', '@') in the verb's table; 0: it has none such. */
static char option_kind(const Verb *v, const char *name)
{
	const char *rest = v->options;
	char one[64];

	while (text_part(&rest, " ", one, sizeof one)) {
		size_t n = strlen(one) - 1;

		if (strlen(name) == n && memcmp(one, name, n) == 0)
			return one[n];
	}
	return 0;
}

static bool take_option(Parse *p, const char *option, const char *value, bool *ret_used, Err *err)
{
	AUTO_FREE char *key = mem_text(option);
	char kind;
	int64_t number;

	for (char *s = key; *s; s++)
		*s = *s == '-' ? '_' : *s;
	kind = option_kind(p->verb, key);
	*ret_used = kind != '!';
	if (!kind) {
		err_set(err, ERR_USAGE, "'%s %s' has no option --%s", p->group->name, p->verb->name,
		        option);
		return err_hint(err, "carene %s --help", p->group->name);
	}
	if (kind != '!' && !value)
		return err_set(err, ERR_USAGE, "--%s needs a value", option);
	if (kind == '!')
		json_object_set_new(p->args, key, json_true());
	else if (kind == '=')
		json_object_set_new(p->args, key, json_string(value));
	else if (kind == '#') {
		if (!text_int(value, &number))
			return err_set(err, ERR_USAGE, "--%s needs a whole number, not '%s'",
			               option, value);
		json_object_set_new(p->args, key, json_integer(number));
	} else {
		if (!json_object_get(p->args, key))
			json_object_set_new(p->args, key, json_array());
		json_array_append_new(json_object_get(p->args, key), json_string(value));
	}
	return true;
}

static bool read_file(const char *path, Buf *bytes, Err *err)
{
	char chunk[16384];
	struct stat st;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "read '%s': %s", path,
		        strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(err, ERR_BAD_INPUT, "'%s' is not a file", path);
	else if (st.st_size > FILE_MAX)
		err_set(err, ERR_LIMIT, "'%s' has more than %d MiB", path, FILE_MAX >> 20);
	else
		while ((n = read(fd, chunk, sizeof chunk)) > 0)
			buf_add(bytes, chunk, (size_t)n);
	if (fd >= 0)
		close(fd);
	if (err->code)
		return false;
	return (n == 0 && !bytes->over) ||
	       err_set(err, ERR_IO, "read '%s': %s", path,
	               n < 0 ? strerror(errno) : "it grew while it was read");
}

/* Reads the file as this user may: its name and its bytes (base64) become arguments. */
static bool take_file(Parse *p, const char *path, Err *err)
{
	const char *slash = strrchr(path, '/');
	AUTO(Buf) bytes = { .max = FILE_MAX + 1 };
	AUTO_FREE char *text = NULL;
	size_t cap;

	if (!read_file(path, &bytes, err))
		return false;
	cap = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
	text = mem_new(cap);
	sodium_bin2base64(text, cap, (const unsigned char *)buf_str(&bytes), bytes.n,
	                  sodium_base64_VARIANT_ORIGINAL);
	json_object_set_new(p->args, "name", json_string(slash ? slash + 1 : path));
	json_object_set_new(p->args, "data", json_string(text));
	return true;
}

/* Gives the positional words to the verb's names, in order. */
static bool take_words(Parse *p, char **words, int n, Err *err)
{
	const char *rest = p->verb->words;
	char name[32];
	int at = 0;

	while (text_part(&rest, " ", name, sizeof name)) {
		size_t last = strlen(name) - 1;
		bool all = name[last] == '*', optional = name[last] == '?';
		bool file = name[last] == '<';
		AUTO(Buf) joined = { 0 };

		if (all || optional || file)
			name[last] = '\0';
		if (at >= n && optional)
			continue;
		if (at >= n)
			return err_set(err, ERR_USAGE, "'%s %s' needs %s", p->group->name,
			               p->verb->name, name);
		if (file) {
			if (!take_file(p, words[at++], err))
				return false;
			continue;
		}
		do
			buf_printf(&joined, "%s%s", joined.n ? " " : "", words[at++]);
		while (all && at < n);
		json_object_set_new(p->args, name, json_string(buf_str(&joined)));
	}
	return at == n || err_set(err, ERR_USAGE, "'%s' is too much for '%s %s'", words[at],
	                          p->group->name, p->verb->name);
}

static bool parse(Parse *p, int argc, char **argv, Err *err)
{
	char **words = mem_new(sizeof(char *) * (size_t)(argc + 1));
	AUTO_FREE char **owned = words;
	int n = 0;

	for (int i = p->verb->name[0] ? 2 : 1; i < argc; i++) {
		char *a = argv[i];
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		bool used = false;

		if (text_eq(a, "--json")) {
			p->as_json = true;
		} else if (text_eq(a, "--help") || text_eq(a, "-h")) {
			p->help = true;
		} else if (text_eq(a, "--data")) {
			if (!value)
				return err_set(err, ERR_USAGE, "--data needs a folder");
			p->data = value;
			i++;
		} else if (text_starts(a, "--") && a[2]) {
			char *equals = strchr(a, '=');

			if (equals) {
				*equals = '\0';
				value = equals + 1;
			}
			if (!take_option(p, a + 2, value, &used, err))
				return false;
			i += used && !equals;
		} else {
			words[n++] = a;
		}
	}
	return p->help || take_words(p, words, n, err);
}

/* ---- one command ---- */

char client_option(char *option)
{
	size_t last = strlen(option) - 1;
	char kind = option[last];

	option[last] = '\0';
	for (char *s = option; *s; s++)
		*s = *s == '_' ? '-' : *s;
	return kind;
}

static void usage(const VerbGroup *g)
{
	Lang lang = lang_parse(cli_language());

	for (size_t i = 0; i < g->n; i++) {
		const Verb *v = &g->verbs[i];
		const char *rest = v->options;
		char one[64];

		(void)printf("carene %s%s%s", g->name, v->name[0] ? " " : "", v->name);
		for (const char *w = v->words; text_part(&w, " ", one, sizeof one);) {
			size_t last = strlen(one) - 1;

			if (one[last] == '*' || one[last] == '<')
				one[last] = '\0';
			(void)printf(one[last] == '?' ? " [%.*s]" : " %.*s",
			             (int)(one[last] == '?' ? last : last + 1), one);
		}
		while (text_part(&rest, " ", one, sizeof one)) {
			char kind = client_option(one);

			(void)printf(kind == '!' ? " [--%s]" : " [--%s …]", one);
		}
		(void)printf("\n    %s\n", tr(lang, v->help));
	}
	(void)printf("%s\n", tr(lang, "All take --data DIR and --json."));
}

static bool zone_found(const char *name, const Zone **ret)
{
	return name && zone_load(name, ret, NULL);
}

static int show(const Parse *p, const json_t *answer)
{
	AUTO(Buf) text = { .max = 256 << 20 };
	Screen screen = client_screen();
	char *json;
	int status;

	/* A machine kept on UTC says nothing about where its reader is: the plan's zone then. */
	if (text_eq(zone_name(screen.zone), "UTC") || text_starts(zone_name(screen.zone), "Etc/"))
		(void)zone_found(json_string_value(json_object_get(answer, "zone")), &screen.zone);
	if (p->as_json || !p->verb->show) {
		json = json_dumps(answer, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
		(void)printf("%s\n", json);
		mem_free(json);
		if (!p->verb->show)
			return 0;
		return p->verb->show(answer, &screen, &text); /* for its exit status */
	}
	status = p->verb->show(answer, &screen, &text);
	cli_print(stdout, &text);
	return status;
}

typedef bool Call(const char *data, const char *command, const json_t *args, json_t **ret,
                  Err *err);

static int run_verb(const VerbGroup *group, int argc, char **argv, Call *call)
{
	Parse p = { .group = group };
	char data[4096];
	json_t *answer = NULL;
	Err err = { 0 };
	int status;
	bool alone = group->n == 1 && !group->verbs[0].name[0];

	p.verb = alone ? &group->verbs[0] : argc > 1 ? find_verb(group, argv[1]) : NULL;
	if (!p.verb) {
		bool help = argc < 2 || text_eq(argv[1], "--help") || text_eq(argv[1], "-h");

		if (!help)
			(void)fprintf(stderr, "carene: '%s' has no verb '%s'\n", group->name,
			              argv[1]);
		usage(group);
		return help ? 0 : err_exit(ERR_USAGE);
	}
	p.args = json_object();
	if (!parse(&p, argc, argv, &err)) {
		status = cli_fail(&err);
	} else if (p.help) {
		usage(group);
		status = 0;
	} else if (!call(cli_data(p.data, data), p.verb->command, p.args, &answer, &err)) {
		status = cli_fail(&err);
	} else {
		status = show(&p, answer);
	}
	json_decref(answer);
	json_decref(p.args);
	return status;
}

int client_main(const VerbGroup *group, int argc, char **argv)
{
	return run_verb(group, argc, argv, client_call);
}

int client_main_offline(const VerbGroup *group, int argc, char **argv)
{
	return run_verb(group, argc, argv, client_ask);
}
