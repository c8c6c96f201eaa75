#include "cli/cli.h"
#include "cli/commands.h"

#include "core/alloc.h"
#include "core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CARENE_VERSION
#define CARENE_VERSION "0.1.0"
#endif

static const Command *const own_commands[] = {
	&cmd_init,     &cmd_validate, &cmd_schema,  &cmd_explain,    &cmd_next,
	&cmd_simulate, &cmd_verify,   &cmd_status,  &cmd_check,      &cmd_alert,
	&cmd_incident, &cmd_action,   &cmd_vuln,    &cmd_ticket,     &cmd_silence,
	&cmd_window,   &cmd_task,     &cmd_oncall,  &cmd_objectives, &cmd_prove,
	&cmd_waive,    &cmd_journal,  &cmd_message, &cmd_series,     &cmd_query,
	&cmd_declare,  &cmd_push,     &cmd_reload,  &cmd_stop,       &cmd_completion,
	NULL
};
static const Command *const *more_commands;

/* The i-th command, those of other rooms first; NULL past the end. */
const Command *cli_command_at(size_t i)
{
	for (const Command *const *c = more_commands; c && *c; c++) {
		if (i-- == 0)
			return *c;
	}
	return i < COUNT_OF(own_commands) ? own_commands[i] : NULL;
}

static const Command *find_command(const char *name)
{
	const Command *c;

	for (size_t i = 0; (c = cli_command_at(i)); i++) {
		if (text_eq(c->name, name))
			return c;
	}
	return NULL;
}

/* ---- help ---- */

static void print_help(FILE *out)
{
	AUTO(Buf) b = { 0 };
	const Command *c;

	buf_text(&b, "usage: carene COMMAND [ARGUMENT…]\n\n"
	             "Executes the maintenance plan of a web application, and proves it.\n\n");
	for (size_t i = 0; (c = cli_command_at(i)); i++)
		buf_printf(&b, "  %-12s %s\n", c->name, c->summary);
	buf_text(&b, "\n  carene COMMAND --help   what a command takes\n"
	             "  carene --version        which version this is\n");
	cli_print(out, &b);
}

static void print_command_help(const Command *c)
{
	AUTO(Buf) b = { 0 };

	buf_printf(&b, "usage: %s\n\n%s\n", c->usage, c->summary);
	if (!text_is_empty(c->options_help))
		buf_printf(&b, "\n%s%s", c->options_help,
		           text_ends(c->options_help, "\n") ? "" : "\n");
	cli_print(stdout, &b);
}

int cli_usage(const Command *c, const char *fmt, ...)
{
	char message[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "carene %s: %s\nusage: %s\n", c->name, message, c->usage);
	return err_exit(ERR_USAGE);
}

static int unknown_command(const char *name)
{
	const Command *c;
	const char *best = NULL;
	unsigned least = 4;

	for (size_t i = 0; (c = cli_command_at(i)); i++) {
		unsigned distance = text_distance(name, c->name);

		if (distance < least) {
			least = distance;
			best = c->name;
		}
	}
	(void)fprintf(stderr, "carene: there is no command '%s'%s%s%s\n", name,
	              best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
	(void)fprintf(stderr, "usage: carene COMMAND [ARGUMENT…]; `carene --help` lists them\n");
	return err_exit(ERR_USAGE);
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && !text_eq(argv[i], "--"); i++) {
		if (text_eq(argv[i], "--help") || text_eq(argv[i], "-h"))
			return true;
	}
	return false;
}

int cli_main(int argc, char **argv, const Command *const *more)
{
	const Command *c;

	more_commands = more;
	if (argc < 2) {
		print_help(stderr);
		return err_exit(ERR_USAGE);
	}
	if (text_eq(argv[1], "--version") || text_eq(argv[1], "version")) {
		(void)printf("carene %s\n", CARENE_VERSION);
		return 0;
	}
	if (text_eq(argv[1], "--help") || text_eq(argv[1], "-h") || text_eq(argv[1], "help")) {
		c = argc > 2 ? find_command(argv[2]) : NULL;
		if (argc > 2 && !c)
			return unknown_command(argv[2]);
		if (c && !c->usage)
			return c->run(2, (char *[]){ argv[2], "--help", NULL });
		if (c)
			print_command_help(c);
		else
			print_help(stdout);
		return 0;
	}
	c = find_command(argv[1]);
	if (!c)
		return unknown_command(argv[1]);
	/* Groups of verbs print their own help, from their table. */
	if (c->usage && wants_help(argc - 1, argv + 1)) {
		print_command_help(c);
		return 0;
	}
	return c->run(argc - 1, argv + 1);
}

/* ---- options ---- */

static const CliOption *find_option(const CliOption *options, size_t n, const char *word,
                                    size_t length)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, word, length) == 0)
			return &options[i];
	}
	return NULL;
}

static bool take_option(const Command *c, const CliOption *o, const char *word, const char *equals,
                        int argc, char **argv, int *at)
{
	if (!o) {
		(void)cli_usage(c, "there is no option '%s'", word);
	} else if (o->flag && equals) {
		(void)cli_usage(c, "the option '%s' takes no value", o->name);
	} else if (o->flag) {
		*o->flag = true;
		return true;
	} else if (equals) {
		*o->value = equals + 1;
		return true;
	} else if (*at + 1 < argc) {
		*o->value = argv[++*at];
		return true;
	} else {
		(void)cli_usage(c, "the option '%s' needs a value", o->name);
	}
	return false;
}

bool cli_options(const Command *c, int *argc, char **argv, const CliOption *options, size_t n)
{
	int kept = 1;
	bool over = false;

	for (int i = 1; i < *argc; i++) {
		char *word = argv[i];
		const char *equals = strchr(word, '=');
		size_t length = equals ? (size_t)(equals - word) : strlen(word);

		if (over || word[0] != '-' || !word[1]) {
			argv[kept++] = word;
		} else if (text_eq(word, "--")) {
			over = true;
		} else if (!take_option(c, find_option(options, n, word, length), word, equals,
		                        *argc, argv, &i)) {
			return false;
		}
	}
	*argc = kept;
	argv[kept] = NULL;
	return true;
}

/* ---- saying things ---- */

int cli_fail(const Err *err)
{
	(void)fprintf(stderr, "carene: %s\n", err->message);
	if (*err->hint)
		(void)fprintf(stderr, "        %s\n", err->hint);
	return err_exit(err->code);
}

bool cli_colour(FILE *stream)
{
	const char *term = getenv("TERM");

	return text_is_empty(getenv("NO_COLOR")) && isatty(fileno(stream)) && term &&
	       !text_eq(term, "dumb");
}

const char *cli_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);

		if (!text_is_empty(value))
			return text_starts(value, "fr") ? "fr" : "en";
	}
	return "en";
}

void cli_print(FILE *stream, const Buf *text)
{
	if (text->n)
		(void)fwrite(text->p, 1, text->n, stream);
	(void)fflush(stream);
}

const char *cli_data(const char *given, char out[4096])
{
	const char *state = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (given)
		text_copy(out, 4096, given);
	else if (!text_is_empty(state))
		text_copy(out, 4096, state);
	else if (geteuid() == 0)
		text_copy(out, 4096, "/var/lib/carene");
	else if (!text_is_empty(xdg))
		(void)snprintf(out, 4096, "%s/carene", xdg);
	else
		(void)snprintf(out, 4096, "%s/.local/state/carene", home ? home : "");
	return out;
}
