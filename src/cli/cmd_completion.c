/* carene completion bash: completion made from the command table, so that it
 * cannot lag behind. Options are read off each command's help. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/verbs.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

/* Lines of the help that begin with "  --". */
static void add_options(Buf *out, const char *help)
{
	for (const char *line = help; line && *line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
		const char *s = line + strspn(line, " ");

		if (s > line && text_starts(s, "--")) {
			buf_add(out, s, strcspn(s, " =\n"));
			buf_char(out, ' ');
		}
	}
}

/* Groups of verbs describe their options as "next= all!": a name and a sign. */
static void add_verb_options(Buf *out, const char *options)
{
	const char *rest = options;
	char word[64];

	while (text_part(&rest, " ", word, sizeof word)) {
		(void)client_option(word);
		buf_printf(out, "--%s ", word);
	}
}

static void add_case(Buf *out, const Command *c)
{
	const VerbGroup *g = verbs_group(c->name);

	buf_printf(out, "\t%s) verbs='", c->name);
	for (size_t i = 0; g && i < g->n; i++)
		buf_printf(out, "%s ", g->verbs[i].name);
	buf_text(out, "' options='");
	for (size_t i = 0; g && i < g->n; i++)
		add_verb_options(out, g->verbs[i].options);
	add_options(out, c->options_help);
	buf_printf(out, "%s--help' ;;\n", g ? "--data --json " : "");
}

static void print_bash(Buf *out)
{
	const Command *c;

	buf_text(out, "# bash completion for carene; source it or put it into\n"
	              "# /usr/share/bash-completion/completions/carene\n"
	              "_carene() {\n"
	              "\tlocal word=${COMP_WORDS[COMP_CWORD]} options= verbs=\n"
	              "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	              "\t\tCOMPREPLY=($(compgen -W \"");
	for (size_t i = 0; (c = cli_command_at(i)); i++)
		buf_printf(out, "%s ", c->name);
	buf_text(out, "--help --version\" -- \"$word\"))\n\t\treturn\n\tfi\n"
	              "\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; (c = cli_command_at(i)); i++)
		add_case(out, c);
	buf_text(out,
	         "\tesac\n"
	         "\tif [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"${verbs// }\" ] && [[ $word != -* ]]; "
	         "then\n"
	         "\t\tCOMPREPLY=($(compgen -W \"$verbs\" -- \"$word\"))\n\t\treturn\n\tfi\n"
	         "\tcase $word in\n"
	         "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
	         "\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
	         "\tesac\n"
	         "}\n"
	         "complete -o filenames -F _carene carene\n");
}

static int run(int argc, char **argv)
{
	AUTO(Buf) out = { 0 };

	if (!cli_options(&cmd_completion, &argc, argv, NULL, 0))
		return err_exit(ERR_USAGE);
	if (argc != 2 || !text_eq(argv[1], "bash"))
		return cli_usage(&cmd_completion, "for which shell? There is bash");
	print_bash(&out);
	cli_print(stdout, &out);
	return 0;
}

const Command cmd_completion = {
	.name = "completion",
	.summary = "print completion for a shell",
	.usage = "carene completion bash",
	.options_help = "Then: source <(carene completion bash)\n",
	.run = run,
};
