/* carene ticket import FILE: reads an export here, with the rights of whoever calls it, and
 * sends the daemon what it says in batches, each one transaction. The file is read to its
 * end first: one that has a mistake changes nothing, unless --keep-going. Sending it again
 * is harmless, so an import that was cut off is simply run once more. */
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/text.h"
#include "ticket/import.h"

#include <errno.h>
#include <string.h>

enum { BATCH_BYTES = 180 << 10 }; /* the daemon takes lines of 256 KiB */

static const Command command = {
	.name = "ticket import",
	.usage = "carene ticket import FILE [--from csv|json|zendesk|intercom] [--zone ZONE] "
	         "[--dry-run] [--keep-going] [--data DIR] [--json]",
};

typedef struct Run {
	const char *data_given, *from, *zone_name, *path;
	bool dry, keep_going, as_json;
	char data[4096];
	const Zone *zone;
	json_t *total; /* counts so far */
} Run;

static bool read_all(const char *path, Buf *out, Err *err)
{
	char part[65536];
	FILE *f = text_eq(path, "-") ? stdin : fopen(path, "re");
	size_t n;

	if (!f)
		return err_set(err, ERR_NOT_FOUND, "read '%s': %s", path, strerror(errno));
	out->max = IMPORT_BYTES + 1;
	while ((n = fread(part, 1, sizeof part, f)) > 0 && !out->over)
		buf_add(out, part, n);
	if (ferror(f))
		err_set(err, ERR_IO, "read '%s': %s", path, strerror(errno));
	if (f != stdin)
		(void)fclose(f);
	if (out->over)
		return err_set(err, ERR_LIMIT, "'%s' is over %d MiB", path,
		               (int)(IMPORT_BYTES >> 20)) ||
		       err_hint(err, "export a shorter period");
	return err->code == ERR_NONE;
}

/* One batch; its counts are added up. */
static bool send_batch(Run *r, const Buf *list, Err *err)
{
	AUTO(Buf) text = { 0 };
	json_t *args, *answer = NULL, *import;
	const char *key, *zone;
	json_t *v;

	buf_printf(&text, "{\"dry_run\":%s,\"tickets\":[", r->dry ? "true" : "false");
	buf_add(&text, list->p, list->n);
	buf_text(&text, "]}");
	args = json_loadb(buf_str(&text), text.n, 0, NULL);
	if (!args)
		return err_set(err, ERR_LIMIT, "a batch could not be written");
	if (!client_call(r->data, "ticket.import", args, &answer, err)) {
		json_decref(args);
		return false;
	}
	json_decref(args);
	import = json_object_get(answer, "import");
	zone = json_string_value(json_object_get(answer, "zone"));
	/* the plan's, for times without one */
	if (!r->zone_name && zone && !zone_load(zone, &r->zone, NULL))
		r->zone = zone_utc();
	json_object_foreach(import, key, v)
	{
		json_int_t was = json_integer_value(json_object_get(r->total, key));

		if (json_is_integer(v))
			json_object_set_new(r->total, key,
			                    json_integer(was + json_integer_value(v)));
		else
			json_object_set(r->total, key, v);
	}
	json_decref(answer);
	return true;
}

static bool send_all(Run *r, const Import *im, Err *err)
{
	AUTO(Buf) list = { 0 };

	for (size_t i = 0; i < im->tickets.n; i++) {
		AUTO(Buf) one = { 0 };
		Emit e = emit_to(&one);

		import_emit(&e, NULL, &im->tickets.at[i]);
		if (list.n && list.n + one.n > BATCH_BYTES) {
			if (!send_batch(r, &list, err))
				return false;
			buf_clear(&list);
		}
		if (list.n)
			buf_char(&list, ',');
		buf_add(&list, one.p, one.n);
	}
	return !list.n || send_batch(r, &list, err);
}

static void say_problems(const Run *r, const Import *im)
{
	for (size_t i = 0; i < im->problems.n; i++) {
		const ImportProblem *p = &im->problems.at[i];

		(void)fprintf(stderr, "%s:%u:%u: %s%s%s\n", r->path, p->line, p->column, p->what,
		              *p->hint ? "; " : "", p->hint);
	}
	if (im->more)
		(void)fprintf(stderr, "… and %zu more\n", im->more);
}

static bool bring(Run *r, const Import *im, Err *err)
{
	say_problems(r, im);
	if (im->problems.n && !r->keep_going) {
		err_set(err, ERR_BAD_INPUT,
		        "%zu of the records of '%s' cannot be used: nothing was "
		        "imported",
		        im->problems.n + im->more, r->path);
		return err_hint(err, "mend them, or leave them out with --keep-going");
	}
	return send_all(r, im, err);
}

static bool run_import(Run *r, Err *err)
{
	AUTO(Buf) text = { 0 };
	ImportFormat format = IMPORT_AUTO;
	Import im = { 0 };
	Buf nothing = { 0 };
	bool ok;

	if (r->from && !import_format_parse(r->from, &format))
		return err_set(err, ERR_USAGE,
		               "--from takes csv, json, zendesk or intercom, not '%s'", r->from);
	if (r->zone_name && !zone_load(r->zone_name, &r->zone, err))
		return false;
	/* First a batch of nothing: is a daemon there, and in which zone is its plan? */
	if (!read_all(r->path, &text, err) || !send_batch(r, &nothing, err))
		return false;
	ok = import_read(format, buf_str(&text), text.n, r->zone, &im, err);
	if (!ok)
		err_wrap(err, "%s", r->path);
	ok = ok && bring(r, &im, err);
	Import_done(&im);
	return ok;
}

static int finish(Run *r, bool ok, const Err *err)
{
	AUTO(Buf) out = { 0 };
	Screen screen = client_screen();
	json_t *answer = json_pack("{s:O}", "import", r->total);
	char *json;

	if (ok && r->as_json) {
		json = json_dumps(answer, JSON_INDENT(2));
		(void)printf("%s\n", json);
		mem_free(json);
	} else if (ok) {
		(void)show_import(answer, &screen, &out);
		cli_print(stdout, &out);
	}
	json_decref(answer);
	json_decref(r->total);
	return ok ? 0 : cli_fail(err);
}

int ticket_import_main(int argc, char **argv)
{
	Run r = { .zone = zone_utc() };
	const CliOption options[] = {
		{ "--from", NULL, &r.from },
		{ "--zone", NULL, &r.zone_name },
		{ "--data", NULL, &r.data_given },
		{ "--dry-run", &r.dry, NULL },
		{ "--keep-going", &r.keep_going, NULL },
		{ "--json", &r.as_json, NULL },
	};
	Err err = { 0 };
	bool ok;

	for (int i = 2; i < argc; i++) {
		if (text_eq(argv[i], "--help") || text_eq(argv[i], "-h")) {
			(void)printf("usage: %s\n", command.usage);
			return 0;
		}
	}
	if (!cli_options(&command, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 3)
		return cli_usage(&command, argc < 3 ? "which file?" : "one file at a time");
	r.path = argv[2];
	r.total = json_object();
	(void)cli_data(r.data_given, r.data);
	ok = run_import(&r, &err);
	return finish(&r, ok, &err);
}
