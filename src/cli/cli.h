/* The command line: dispatch, help, options, and what every command needs to speak
 * to a person or a script. Commands print results to standard output and errors to
 * standard error, once; exit statuses are those of core/err.def. */
#pragma once
#include "cli/command.h"
#include "core/buf.h"
#include "core/err.h"
#include "plan/load.h"

#include <stdio.h>

/* `more`: commands of rooms above this one (daemon), NULL-terminated; NULL: none. */
int cli_main(int argc, char **argv, const Command *const *more);

/* ---- options ---- */

typedef struct CliOption {
	const char *name;   /* "--json" */
	bool *flag;         /* set when given; or */
	const char **value; /* the value: "--data DIR" or "--data=DIR" */
} CliOption;

/* Takes options out of argv wherever they stand ("--" ends them) and leaves the
 * words in argv[1…], *argc adjusted. False: a usage error was printed (exit 2).
 * --help is handled by the dispatcher. */
bool cli_options(const Command *c, int *argc, char **argv, const CliOption *options,
                 size_t n) MUST_CHECK;
/* "carene validate: what is wrong", the usage line; returns 2. */
int cli_usage(const Command *c, const char *fmt, ...) PRINTF(2, 3);

/* ---- saying things ---- */

/* "carene: message" and the hint to standard error; returns the exit status. */
int cli_fail(const Err *err);
/* Colours for this stream: a terminal, and neither NO_COLOR nor TERM=dumb. */
bool cli_colour(FILE *stream);
/* "fr" or "en", after LC_ALL, LC_MESSAGES, LANG. */
const char *cli_language(void);
/* Writes all of it; a reader that has gone away (a closed pipe) is no error. */
void cli_print(FILE *stream, const Buf *text);
/* Where the daemon's state is: --data, else $STATE_DIRECTORY (systemd), else
 * /var/lib/carene for root, else $XDG_STATE_HOME/carene. Lives in `out`. */
const char *cli_data(const char *given, char out[4096]);

/* ---- plans ---- */

/* The environment and files of this process. Secret files must not be readable by
 * others; at most 64 KiB; one trailing newline is dropped. */
PlanSource cli_plan_source(void);

typedef enum CliSecrets {
	CLI_SECRETS_NEEDED,   /* a missing one is an error: to run the plan */
	CLI_SECRETS_OPTIONAL, /* a missing one is a note: to check the plan */
	CLI_SECRETS_NONE,     /* none is looked up */
} CliSecrets;

/* Reads and loads the plan at `path` ("-": standard input). findings->arena is made
 * when NULL and is the caller's to free. NULL with err set: the file cannot be read
 * (findings empty), or the plan has errors (ERR_CONFIG, findings full). */
Plan *cli_read_plan(const char *path, CliSecrets secrets, Findings *findings, Err *err);
/* The same for running it: errors are printed to standard error, warnings are not. */
Plan *cli_load_plan(const char *path, const Plan *running, Err *err);
