/* carene verify: walks the chain of evidence, without a daemon (reads beside one). */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "core/emit.h"
#include "core/text.h"
#include "store/store.h"

#include <stdio.h>

static int run(int argc, char **argv);

const Command cmd_verify = {
	.name = "verify",
	.summary = "walk the chain of evidence: nothing changed, missing or moved",
	.usage = "carene verify [--data DIR] [--json]",
	.options_help = "  --data DIR   the data folder\n"
	                "  --json       machine-readable\n",
	.run = run,
};

static void print(bool as_json, bool holds, const ChainLink *last, const Err *err)
{
	Lang lang = lang_parse(cli_language());
	AUTO(Buf) out = { 0 };
	Emit j = emit_to(&out);

	if (as_json) {
		emit_object(&j, NULL);
		emit_bool(&j, "holds", holds);
		emit_int(&j, "records", last->seq);
		emit_text(&j, "head", last->hash);
		emit_text(&j, "problem", holds ? NULL : err->message);
		emit_object_end(&j);
	} else if (holds) {
		buf_printf(&out, tr(lang, "The chain holds: %lld records, head %s"),
		           (long long)last->seq, last->seq ? last->hash : chain_genesis);
	} else {
		buf_printf(&out, tr(lang, "The chain is broken: %s (the first %lld records hold)"),
		           err->message, (long long)last->seq);
	}
	(void)printf("%s\n", buf_str(&out));
}

static int run(int argc, char **argv)
{
	const char *option = NULL;
	char data[4096];
	bool as_json = false, holds;
	const CliOption options[] = { { "--json", &as_json, NULL }, { "--data", NULL, &option } };
	AUTO_FREE char *path = NULL;
	ChainLink last = { 0 };
	Store *store;
	Err err = { 0 };

	if (!cli_options(&cmd_verify, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc > 1)
		return cli_usage(&cmd_verify, "'%s' is not understood", argv[1]);
	path = mem_printf("%s/carene.db", cli_data(option, data));
	if (!store_open(&(StoreOptions){ .path = path, .read_only = true }, &store, &err))
		return cli_fail(&err);
	holds = store_verify(store, &last, &err);
	store_close(store);
	if (!holds && err.code != ERR_BAD_INPUT)
		return cli_fail(&err);
	print(as_json, holds, &last, &err);
	return holds ? 0 : 1;
}
