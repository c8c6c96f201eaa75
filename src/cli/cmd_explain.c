/* carene explain: the language, one word at a time. */
#include "cli/cli.h"
#include "cli/commands.h"

#include "core/text.h"

static int run(int argc, char **argv)
{
	AUTO(Buf) out = { 0 };
	const char *language = NULL;
	const CliOption options[] = { { "--language", NULL, &language } };
	Err err = { 0 };

	if (!cli_options(&cmd_explain, &argc, argv, options, 1))
		return err_exit(ERR_USAGE);
	if (argc > 2)
		return cli_usage(&cmd_explain, "one thing at a time");
	if (language && !text_eq(language, "fr") && !text_eq(language, "en"))
		return cli_usage(&cmd_explain, "--language is fr or en");
	if (!plan_explain(argc == 2 ? argv[1] : "", language ? language : cli_language(), &out)) {
		err_set(&err, ERR_NOT_FOUND, "nothing is known about '%s'",
		        argc == 2 ? argv[1] : "");
		(void)err_hint(&err, "%s",
		               out.n ? buf_str(&out) : "`carene explain` lists what there is");
		return cli_fail(&err);
	}
	cli_print(stdout, &out);
	return 0;
}

const Command cmd_explain = {
	.name = "explain",
	.summary = "explain a section, a key, a type of value or a finding's code",
	.usage = "carene explain [SECTION | SECTION.KEY | TYPE | CODE] [--language fr|en]",
	.options_help = "Without argument: the sections, the types and the findings.\n"
	                "For example: checks, checks.every, duration, metrics, L07, all.\n\n"
	                "  --language   fr or en; otherwise the environment's\n",
	.run = run,
};
