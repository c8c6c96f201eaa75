/* The commands that talk to a running Carène: a group of verbs is a table (which
 * command of the daemon, which words and options it takes, how its answer is shown),
 * so that help, parsing and errors are the same everywhere. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "notify/lang.h"

#include <jansson.h>

/* How an answer is shown to a person; `answer` is the daemon's result object. Returns
 * the exit status: 0 good, 1 something is not (a promise broken, a chain that fails). */
typedef struct Screen {
	Lang lang;
	const Zone *zone; /* of this machine's user */
	bool colour;
	unsigned width; /* 0: not a terminal, no limit */
} Screen;
typedef int ShowAnswer(const json_t *answer, const Screen *screen, Buf *out);

typedef struct Verb {
	const char *name;    /* "ack"; "" when the group has a single verb without a word */
	const char *command; /* "incident.ack" */
	const char *
	        words; /* positional arguments, in order: "id text*" (* takes the rest, joined); "?" optional: "name?"; "file<":
	          * a file of this machine, sent as its `name` and its bytes, base64, as `data` */
	const char *options; /* "next= impact# all! services@": text, integer, flag, repeatable */
	const char *help;    /* one line, English msgid */
	ShowAnswer *show;
} Verb;

typedef struct VerbGroup {
	const char *name; /* "incident" */
	const Verb *verbs;
	size_t n;
} VerbGroup;

/* An option of Verb.options ("dry_run!") as one types it ("dry-run"), in place; returns its
 * sign. */
char client_option(char *option);
/* Runs one verb; argv[0] is the group's name. The exit status. */
int client_main(const VerbGroup *group, int argc, char **argv);
/* The same for questions that a folder answers in which no daemon runs: client_ask(). */
int client_main_offline(const VerbGroup *group, int argc, char **argv);

/* One question to the daemon of a data folder. The result is the caller's
 * (json_decref). ERR_UNAVAILABLE when no daemon answers there. */
bool client_call(const char *data, const char *command, const json_t *args, json_t **ret,
                 Err *err) MUST_CHECK;

/* The same; where no daemon answers, the folder it left behind. */
bool client_ask(const char *data, const char *command, const json_t *args, json_t **ret,
                Err *err) MUST_CHECK;

Screen client_screen(void);
