/* carene verify: walks the chain of evidence and checks what is kept of samples, without a
 * daemon (reads beside one). */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "core/emit.h"
#include "core/text.h"
#include "proof/bundle.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int run(int argc, char **argv);

const Command cmd_verify = {
	.name = "verify",
	.summary = "walk the chain of evidence, and read every sample",
	.usage = "carene verify [--bundle FILE] [--data DIR] [--json]",
	.options_help = "  --bundle FILE   check an evidence bundle instead\n"
	                "  --data DIR      the data folder\n"
	                "  --json          machine-readable\n",
	.run = run,
};

static void emit_samples(Emit *j, const SampleHealth *h)
{
	emit_object(j, "samples");
	emit_int(j, "samples", (int64_t)h->samples);
	emit_int(j, "chunks", (int64_t)h->chunks);
	emit_int(j, "buckets", (int64_t)h->buckets);
	emit_int(j, "log_entries", (int64_t)h->log_entries);
	emit_int(j, "bytes", (int64_t)h->bytes);
	emit_int(j, "damaged", (int64_t)h->bad);
	emit_text(j, "first_damaged", h->bad ? h->first_bad : NULL);
	emit_object_end(j);
}

static void print_samples(Lang lang, const SampleHealth *h, Buf *out)
{
	buf_printf(out,
	           tr(lang,
	              "Samples: %llu in %llu chunks, %llu roll-ups, %llu bytes; all can be read"),
	           (unsigned long long)h->samples, (unsigned long long)h->chunks,
	           (unsigned long long)h->buckets, (unsigned long long)h->bytes);
}

static void print_damage(Lang lang, const SampleHealth *h, Buf *out)
{
	buf_printf(out, tr(lang, "Samples: %llu parts are damaged and left out; the first: %s"),
	           (unsigned long long)h->bad, h->first_bad);
}

static void print(bool as_json, bool holds, const ChainLink *last, const SampleHealth *h,
                  const Err *err)
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
		emit_samples(&j, h);
		emit_object_end(&j);
	} else if (holds) {
		buf_printf(&out, tr(lang, "The chain holds: %lld records, head %s"),
		           (long long)last->seq, last->seq ? last->hash : chain_genesis);
	} else {
		buf_printf(&out, tr(lang, "The chain is broken: %s (the first %lld records hold)"),
		           err->message, (long long)last->seq);
	}
	if (!as_json)
		buf_char(&out, '\n');
	if (!as_json && h->bad)
		print_damage(lang, h, &out);
	else if (!as_json)
		print_samples(lang, h, &out);
	(void)printf("%s\n", buf_str(&out));
}

/* ---- a bundle ---- */

static void print_bundle(bool as_json, bool holds, const BundleReport *r, const Err *err)
{
	Lang lang = lang_parse(cli_language());
	AUTO(Buf) out = { 0 };
	Emit j = emit_to(&out);

	if (as_json) {
		emit_object(&j, NULL);
		emit_bool(&j, "holds", holds);
		emit_int(&j, "first", r->chain.first);
		emit_int(&j, "last", r->chain.last);
		emit_text(&j, "head", r->chain.head);
		emit_int(&j, "files", (int64_t)r->files);
		emit_text(&j, "problem", holds ? NULL : err->message);
		emit_object_end(&j);
	} else if (holds) {
		buf_printf(&out,
		           tr(lang, "The bundle holds: records %lld to %lld, %zu files, head %s"),
		           (long long)r->chain.first, (long long)r->chain.last, r->files,
		           r->chain.head);
	} else {
		buf_printf(&out, tr(lang, "The bundle does not hold: %s"), err->message);
	}
	(void)printf("%s\n", buf_str(&out));
}

static int verify_bundle(const char *path, bool as_json)
{
	AUTO(Buf) text = { .max = 2U << 30 };
	FILE *f = fopen(path, "re");
	char chunk[65536];
	BundleReport report;
	Err err = { 0 };
	size_t n;
	bool holds;

	if (!f) {
		err_set(&err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "read '%s': %s", path,
		        strerror(errno));
		return cli_fail(&err);
	}
	while (!text.over && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	(void)fclose(f);
	if (text.over) {
		err_set(&err, ERR_LIMIT, "'%s' has more than 2 GiB", path);
		return cli_fail(&err);
	}
	holds = bundle_check(text.p, text.n, &report, &err);
	print_bundle(as_json, holds, &report, &err);
	return holds ? 0 : 1;
}

static int run(int argc, char **argv)
{
	const char *option = NULL, *bundle = NULL;
	char data[4096];
	bool as_json = false, holds;
	const CliOption options[] = { { "--json", &as_json, NULL },
		                      { "--data", NULL, &option },
		                      { "--bundle", NULL, &bundle } };
	AUTO_FREE char *path = NULL;
	ChainLink last = { 0 };
	Store *store;
	SampleHealth health = { 0 };
	Err err = { 0 }, why = { 0 };

	if (!cli_options(&cmd_verify, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc > 1)
		return cli_usage(&cmd_verify, "'%s' is not understood", argv[1]);
	if (bundle)
		return verify_bundle(bundle, as_json);
	path = mem_printf("%s/carene.db", cli_data(option, data));
	if (!store_open(&(StoreOptions){ .path = path, .read_only = true }, &store, &err))
		return cli_fail(&err);
	holds = store_verify(store, &last, &err);
	if (!store_check_samples(store, &health, &why)) {
		store_close(store);
		return cli_fail(&why);
	}
	store_close(store);
	if (!holds && err.code != ERR_BAD_INPUT)
		return cli_fail(&err);
	print(as_json, holds, &last, &health, &err);
	return holds && health.bad == 0 ? 0 : 1;
}
