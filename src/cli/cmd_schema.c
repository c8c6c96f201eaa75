/* carene schema: the JSON Schema of the plan language, for editors. */
#include "cli/cli.h"
#include "cli/commands.h"

static int run(int argc, char **argv)
{
	AUTO(Buf) out = { 0 };

	if (!cli_options(&cmd_schema, &argc, argv, NULL, 0))
		return err_exit(ERR_USAGE);
	if (argc != 1)
		return cli_usage(&cmd_schema, "it takes no argument");
	plan_schema(&out);
	cli_print(stdout, &out);
	return 0;
}

const Command cmd_schema = {
	.name = "schema",
	.summary = "print the JSON Schema of the plan language, for editors",
	.usage = "carene schema > plan.schema.json",
	.options_help = "For completion and help in an editor with yaml-language-server, let the\n"
	                "first line of the plan be:\n\n"
	                "  # yaml-language-server: $schema=plan.schema.json\n",
	.run = run,
};
