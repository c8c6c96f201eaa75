/* carene validate: reads a plan, says what is wrong, what is doubtful and what it
 * promises. Starts nothing and asks nothing of the network. */
#include "cli/cli.h"
#include "cli/commands.h"

#include "core/alloc.h"

#include <string.h>

static void add_count(Buf *out, size_t n, const char *one, const char *many)
{
	if (n)
		buf_printf(out, "%s%zu %s", out->n ? ", " : "", n, n == 1 ? one : many);
}

static size_t count_of(const Findings *f, Severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->at[i].severity == severity;
	return n;
}

static void print_summary(const char *path, const Plan *p, const Findings *f, Buf *out)
{
	AUTO(Buf) what = { 0 };
	AUTO(Buf) found = { 0 };

	add_count(&found, f->errors, "error", "errors");
	add_count(&found, count_of(f, SEVERITY_WARNING), "warning", "warnings");
	add_count(&found, count_of(f, SEVERITY_NOTE), "note", "notes");
	if (p) {
		add_count(&what, p->services_n, "service", "services");
		add_count(&what, p->checks_n, "check", "checks");
		add_count(&what, p->rules_n, "rule", "rules");
		add_count(&what, p->windows_n, "window", "windows");
		add_count(&what, p->objectives_n, "objective", "objectives");
		add_count(&what, plan_commitments(p), "commitment", "commitments");
	}
	buf_printf(out, "%s%s: %s%s%s%s%s\n", f->n ? "\n" : "", path, p ? "valid" : "refused",
	           what.n ? " · " : "", buf_str(&what), found.n ? " · " : "", buf_str(&found));
}

static void print_json(const char *path, const Plan *p, const Findings *f, Buf *out)
{
	Emit e = emit_to(out);

	emit_object(&e, NULL);
	emit_text(&e, "plan", path);
	emit_bool(&e, "valid", p != NULL);
	emit_int(&e, "commitments", p ? (int64_t)plan_commitments(p) : 0);
	emit_text(&e, "digest", p ? p->digest : NULL);
	findings_json(f, &e);
	emit_array(&e, "later");
	for (size_t i = 0; p && i < p->later_n; i++)
		emit_text(&e, NULL, p->later[i].name);
	emit_array_end(&e);
	emit_object_end(&e);
	buf_char(out, '\n');
}

typedef struct How {
	bool json, no_secrets, strict;
} How;

static int validate(const char *path, const How *how)
{
	Findings f = { 0 };
	AUTO(Buf) out = { .max = 64 << 20 };
	Err err = { 0 };
	Plan *p = cli_read_plan(path, how->no_secrets ? CLI_SECRETS_NONE : CLI_SECRETS_OPTIONAL, &f,
	                        &err);
	int status = 0;

	if (!p && err.code != ERR_CONFIG) {
		arena_free(f.arena);
		return cli_fail(&err);
	}
	if (how->json) {
		print_json(path, p, &f, &out);
	} else {
		findings_print(&f, cli_colour(stdout), &out);
		print_summary(path, p, &f, &out);
	}
	cli_print(stdout, &out);
	if (!p || (how->strict && count_of(&f, SEVERITY_WARNING)))
		status = 1;
	plan_free(p);
	arena_free(f.arena);
	return status;
}

static int run(int argc, char **argv)
{
	How how = { 0 };
	const CliOption options[] = {
		{ "--json", &how.json, NULL },
		{ "--no-secrets", &how.no_secrets, NULL },
		{ "--strict", &how.strict, NULL },
	};

	if (!cli_options(&cmd_validate, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 2)
		return cli_usage(&cmd_validate, argc < 2 ? "which plan?" : "one plan at a time");
	return validate(argv[1], &how);
}

const Command cmd_validate = {
	.name = "validate",
	.summary = "read a plan, say what is wrong, what is doubtful, what it promises",
	.usage = "carene validate PLAN [--json] [--no-secrets] [--strict]",
	.options_help =
	        "PLAN is a file, or - for standard input. Exit status: 0 valid, 1 refused.\n\n"
	        "  --json         findings as JSON\n"
	        "  --no-secrets   look up no environment variable and no secret file\n"
	        "  --strict       warnings count as errors in the exit status\n",
	.run = run,
};
