/* One command of the command line: one file, one struct. The table of them drives
 * dispatch, `--help` and completion. */
#pragma once

typedef struct Command {
	const char *name;         /* "validate" */
	const char *summary;      /* one line of `carene --help` */
	const char *usage;        /* "carene validate PLAN [--json]" */
	const char *options_help; /* lines "  --json   what it does"; options are read off it
	                             for completion */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; exit status */
} Command;
