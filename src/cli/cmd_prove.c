/* carene prove: what the evidence says of every commitment, as lines, JSON, Markdown, a
 * page, or a bundle that others can check. Asks the daemon; where none runs, the data
 * folder itself. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/offline.h"
#include "cli/show.h"
#include "core/list.h"
#include "core/map.h"
#include "core/text.h"
#include "proof/bundle.h"
#include "proof/keep.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int run(int argc, char **argv);

const Command cmd_prove = {
	.name = "prove",
	.summary = "every commitment, its verdict and its evidence",
	.usage = "carene prove [--by section|owner|kind|period] [--month 2027-03] [--history]\n"
	         "                    [--json|--markdown|--html] [--bundle FILE] [--data DIR]",
	.options_help =
	        "  --by WHAT       counts by section, owner, kind or period\n"
	        "  --month MONTH   the verdicts of a month that is closed (2027-03)\n"
	        "  --history       plans there were, what each changed, months that are closed\n"
	        "  --section S     only this section (backups, classes …)\n"
	        "  --kind K        only this kind (level, deadline, cadence …)\n"
	        "  --verdict V     only this verdict (broken, unproven …)\n"
	        "  --id ID         only this commitment\n"
	        "  --lang LANG     fr or en\n"
	        "  --json          machine-readable\n"
	        "  --markdown      as Markdown\n"
	        "  --html          as a page that stands by itself\n"
	        "  --bundle FILE   all of it with the journal, for others to check\n"
	        "  --data DIR      the data folder\n",
	.run = run,
};

typedef struct Prove {
	const char *by, *month, *section, *kind, *verdict, *id, *lang, *bundle, *data;
	bool history, as_json, markdown, html;
	char folder[4096];
} Prove;

static json_t *arguments(const Prove *p)
{
	json_t *args = json_object();
	const struct {
		const char *key, *value;
	} all[] = { { "by", p->by },        { "month", p->month }, { "section", p->section },
		    { "kind", p->kind },    { "id", p->id },       { "verdict", p->verdict },
		    { "language", p->lang } };

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		if (all[i].value)
			json_object_set_new(args, all[i].key, json_string(all[i].value));
	}
	return args;
}

static bool page(const Prove *p, const char *format, const char *lang, Buf *out, Err *err)
{
	json_t *args = arguments(p), *answer = NULL;
	bool ok;

	json_object_set_new(args, "format", json_string(format));
	if (lang)
		json_object_set_new(args, "language", json_string(lang));
	ok = client_ask(p->data, "prove.page", args, &answer, err);
	if (ok)
		buf_text(out, json_string_value(json_object_get(answer, "text")));
	json_decref(answer);
	json_decref(args);
	return ok;
}

static int print_page(const Prove *p)
{
	AUTO(Buf) text = { .max = 256 << 20 };
	Err err = { 0 };

	if (!page(p, p->html ? "html" : "markdown", NULL, &text, &err))
		return cli_fail(&err);
	cli_print(stdout, &text);
	return 0;
}

static int print_answer(const Prove *p)
{
	AUTO(Buf) text = { .max = 256 << 20 };
	Screen screen = client_screen();
	json_t *args = arguments(p), *answer = NULL;
	const Zone *zone;
	Err err = { 0 };
	char *json;
	int status;

	if (p->lang)
		screen.lang = lang_parse(p->lang);
	else
		json_object_set_new(args, "language", json_string(lang_code(screen.lang)));
	if (!client_ask(p->data, p->history ? "prove.history" : "prove", args, &answer, &err)) {
		json_decref(args);
		return cli_fail(&err);
	}
	if (text_eq(zone_name(screen.zone), "UTC") &&
	    zone_load(json_string_value(json_object_get(answer, "zone")), &zone, NULL))
		screen.zone = zone;
	status = p->history ? show_history(answer, &screen, &text)
	                    : show_prove(answer, &screen, &text);
	if (p->as_json) {
		json = json_dumps(answer, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
		(void)printf("%s\n", json);
		mem_free(json);
	} else {
		cli_print(stdout, &text);
	}
	json_decref(answer);
	json_decref(args);
	return status;
}

/* ---- the bundle ---- */

typedef struct Pack {
	const Prove *p;
	LIST(BundleFile) files;
	LIST(char *) owned; /* names and contents */
	Map digests;        /* of the plan, by epoch */
	Buf journal;
	BundleChain chain;
	Instant at;
} Pack;

static void Pack_done(Pack *k)
{
	for (size_t i = 0; i < k->owned.n; i++)
		mem_free(k->owned.at[i]);
	list_free(&k->owned);
	list_free(&k->files);
	Map_done(&k->digests);
	Buf_done(&k->journal);
}

static char *own(Pack *k, char *text)
{
	list_add(&k->owned, text);
	return text;
}

static void add(Pack *k, const char *name, char *text, size_t n)
{
	list_add(&k->files, ((BundleFile){ own(k, mem_text(name)), own(k, text), n }));
}

static bool add_record(void *ctx, const EvidenceRow *row)
{
	Pack *k = ctx;
	Instant t;
	json_t *line;

	if (k->journal.n == 0)
		k->chain.first = row->seq;
	k->chain.last = row->seq;
	text_copy(k->chain.head, sizeof k->chain.head, row->hash);
	buf_text(&k->journal, row->line);
	buf_char(&k->journal, '\n');
	/* Files are dated by the newest record, so that the same journal gives the same bytes. */
	line = json_loads(row->line, 0, NULL);
	if (instant_parse(json_string_value(json_object_get(line, "t")), &t))
		k->at = latest(k->at, t);
	json_decref(line);
	return !k->journal.over;
}

static bool add_digest(void *ctx, void *record)
{
	Pack *k = ctx;
	const Epoch *e = record;

	(void)map_put(&k->digests, e->id, own(k, mem_text(e->digest)));
	return true;
}

static bool add_plan(void *ctx, const char *epoch, const char *text)
{
	Pack *k = ctx;
	const char *named = map_get(&k->digests, epoch);
	AUTO_FREE char *name = mem_printf("plan/%s.yaml", named ? named : "");
	char digest[DIGEST_TEXT];

	for (size_t i = 0; i < k->files.n; i++) {
		if (text_eq(k->files.at[i].name, name))
			return true;
	}
	/* A file with a byte order mark or NUL is not kept as it was: better none than another. */
	if (text && text_eq(digest_sha256(text, strlen(text), digest), named))
		add(k, name, mem_text(text), strlen(text));
	return true;
}

static bool read_file(const char *path, Buf *out, Err *err)
{
	FILE *f = fopen(path, "re");
	char chunk[65536];
	size_t n;

	if (!f)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "read '%s': %s", path,
		               strerror(errno));
	while (!out->over && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	(void)fclose(f);
	return !out->over || err_set(err, ERR_LIMIT, "'%s' is too large", path);
}

static bool add_attachment(Pack *k, const char *folder, const char *name, Err *err)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	AUTO_FREE char *as = mem_printf("attachments/%s", name);
	Buf text = { .max = 64 << 20 };
	size_t n;

	if (!read_file(path, &text, err)) {
		Buf_done(&text);
		return false;
	}
	n = text.n;
	add(k, as, buf_take(&text), n);
	return true;
}

static int by_text(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_attachments(Pack *k, Err *err)
{
	AUTO_FREE char *folder = mem_printf("%s/attachments", k->p->data);
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, by_text);
	bool ok = true;

	for (int i = 0; i < n; i++) {
		if (strlen(names[i]->d_name) == 64)
			ok = ok && add_attachment(k, folder, names[i]->d_name, err);
		mem_free(names[i]);
	}
	mem_free(names);
	return ok;
}

/* What is promised, without what was found. */
static char *commitments_of(const json_t *answer)
{
	static const char *const keys[] = { "id",     "section", "kind", "label", "figure",
		                            "period", "owner",   "src",  "ours" };
	json_t *list = json_array(), *all = json_object(), *o;
	size_t i;
	char *text;

	json_array_foreach(json_object_get(answer, "commitments"), i, o)
	{
		json_t *c = json_object();

		for (size_t k = 0; k < COUNT_OF(keys); k++)
			json_object_set(c, keys[k], json_object_get(o, keys[k]));
		json_array_append_new(list, c);
	}
	json_object_set(all, "plan", json_object_get(answer, "plan"));
	json_object_set(all, "digest", json_object_get(answer, "digest"));
	json_object_set(all, "epoch", json_object_get(answer, "epoch"));
	json_object_set_new(all, "commitments", list);
	text = json_dumps(all, JSON_INDENT(1));
	json_decref(all);
	return text;
}

static bool add_verdicts(Pack *k, Err *err)
{
	const char *first = k->p->lang ? k->p->lang : cli_language(),
	           *other = text_eq(first, "fr") ? "en" : "fr";
	json_t *args = arguments(k->p), *answer = NULL;
	Buf one = { .max = 256 << 20 }, two = { .max = 256 << 20 };
	char name[32], *text;
	bool ok;
	size_t n;

	json_object_set_new(args, "language", json_string(first));
	ok = client_ask(k->p->data, "prove", args, &answer, err) &&
	     page(k->p, "html", first, &one, err) && page(k->p, "html", other, &two, err);
	json_decref(args);
	if (ok) {
		text = commitments_of(answer);
		add(k, "commitments.json", text, strlen(text));
		text = json_dumps(answer, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		add(k, "verdicts.json", text, strlen(text));
		n = one.n;
		add(k, "index.html", buf_take(&one), n);
		(void)snprintf(name, sizeof name, "index.%s.html", other);
		n = two.n;
		add(k, name, buf_take(&two), n);
	}
	json_decref(answer);
	Buf_done(&one);
	Buf_done(&two);
	return ok;
}

static bool add_journal(Pack *k, Err *err)
{
	Store *store;
	Buf chain = { 0 };
	size_t n;
	bool ok;

	if (!offline_store(k->p->data, &store, err))
		return false;
	text_copy(k->chain.before, sizeof k->chain.before, chain_genesis);
	text_copy(k->chain.head, sizeof k->chain.head, chain_genesis);
	k->chain.first = 1;
	ok = store_evidence(store, 0, NULL, NULL, add_record, k, err) &&
	     store_each(store, &epoch_record, add_digest, k, err) &&
	     offline_plans(store, add_plan, k, err);
	store_close(store);
	if (!ok)
		return false;
	if (k->journal.over)
		return err_set(err, ERR_LIMIT, "the journal has more than %zu MiB",
		               k->journal.max >> 20);
	bundle_chain_json(&k->chain, &chain);
	n = chain.n;
	add(k, "chain.json", buf_take(&chain), n);
	n = k->journal.n;
	add(k, "journal.jsonl", buf_take(&k->journal), n);
	return true;
}

static bool write_file(const char *path, const Buf *text, Err *err)
{
	FILE *f = fopen(path, "we");
	bool ok = f && fwrite(text->p, 1, text->n, f) == text->n;

	if (f && fclose(f) != 0)
		ok = false;
	return ok || err_set(err, ERR_IO, "write '%s': %s", path, strerror(errno));
}

static int write_bundle(const Prove *p)
{
	Lang lang = lang_parse(p->lang ? p->lang : cli_language());
	AUTO(Pack) k = { .p = p, .at = LONG_AGO, .journal.max = 1U << 30 };
	AUTO(Buf) out = { .max = 2U << 30 };
	BundleReport report;
	Err err = { 0 };

	/* Verdicts first: the journal then holds every record they cite. */
	if (!add_verdicts(&k, &err) || !add_journal(&k, &err) || !add_attachments(&k, &err) ||
	    !bundle_write(k.files.at, k.files.n, k.at, &out, &err))
		return cli_fail(&err);
	/* What would not hold is not handed out. */
	if (!bundle_check(out.p, out.n, &report, &err) || !write_file(p->bundle, &out, &err))
		return cli_fail(&err);
	(void)printf(tr(lang, "%s: records %lld, plans %zu, attachments %zu, head %s"), p->bundle,
	             (long long)(report.chain.last - report.chain.first + 1), report.plans,
	             report.attachments, report.chain.head);
	(void)printf("\n");
	return 0;
}

static int run(int argc, char **argv)
{
	Prove p = { 0 };
	const CliOption options[] = {
		{ "--by", NULL, &p.by },           { "--month", NULL, &p.month },
		{ "--section", NULL, &p.section }, { "--kind", NULL, &p.kind },
		{ "--verdict", NULL, &p.verdict }, { "--id", NULL, &p.id },
		{ "--lang", NULL, &p.lang },       { "--bundle", NULL, &p.bundle },
		{ "--data", NULL, &p.data },       { "--history", &p.history, NULL },
		{ "--json", &p.as_json, NULL },    { "--markdown", &p.markdown, NULL },
		{ "--html", &p.html, NULL },
	};

	if (!cli_options(&cmd_prove, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc > 1)
		return cli_usage(&cmd_prove, "'%s' is not understood", argv[1]);
	if (p.as_json + p.markdown + p.html + (p.bundle != NULL) > 1)
		return cli_usage(&cmd_prove, "one of --json, --markdown, --html and --bundle");
	if (p.lang && !lang_known(p.lang))
		return cli_usage(&cmd_prove, "--lang is fr or en");
	p.data = cli_data(p.data, p.folder);
	return p.bundle               ? write_bundle(&p)
	       : p.html || p.markdown ? print_page(&p)
	                              : print_answer(&p);
}
