/* carene init: looks at a site and at this machine, and writes a first plan with
 * comments. Changes nothing but the file it makes, which must not exist yet. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/init.h"

#include "core/alloc.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool write_new(const char *path, const Buf *text, Err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	const char *p = buf_str(text);
	size_t left = text->n;

	if (fd < 0 && errno == EEXIST) {
		err_set(err, ERR_CONFLICT, "'%s' is there already, and is not overwritten", path);
		return err_hint(err,
		                "carene init URL --output ANOTHER.yaml, or - to print the plan");
	}
	if (fd < 0)
		return err_set(err, ERR_IO, "write '%s': %s", path, strerror(errno));
	while (left > 0) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		p += n;
		left -= (size_t)n;
	}
	if (close(fd) < 0 || left > 0) {
		(void)unlink(path); /* half a plan is worse than none */
		return err_set(err, ERR_IO, "write '%s': %s", path, strerror(errno));
	}
	return true;
}

/* The plan must load, whatever was seen: a mistake of ours is found here and not by the user. */
static bool is_valid(const char *path, const Buf *text, Err *err)
{
	Findings found = { .arena = arena_new("findings", 64 << 20) };
	PlanSource source = cli_plan_source();
	Plan *plan;

	source.no_secrets = true;
	plan = plan_load(path, buf_str(text), text->n, &source, &found);
	if (!plan && found.n)
		err_set(err, ERR_CONFIG, "the plan made of this does not load: %s",
		        found.at[0].message);
	plan_free(plan);
	arena_free(found.arena);
	return plan != NULL;
}

/* "shop.example" → "shop.example.yaml", in the current folder. */
static const char *file_for(const char *given, const InitSite *s, char out[160])
{
	size_t n = 0;

	if (given)
		return given;
	for (const char *c = s->host; *c; c++)
		out[n++] = *c == '/' || *c == ':' ? '-' : *c;
	(void)snprintf(out + n, 160 - n, ".yaml");
	return out;
}

static void tell(const InitFacts *f, const char *path, bool fr)
{
	AUTO(Buf) b = { 0 };

	if (!f->site.answered)
		buf_printf(&b,
		           fr ? "Le site n’a pas répondu : %s\n" : "The site did not answer: %s\n",
		           fr ? f->site.reason_fr : f->site.reason);
	buf_printf(&b,
	           fr ? "%s est écrit. Ensuite :\n  carene validate %s\n  carene run %s --listen "
	                "127.0.0.1:8080\n"
	              : "%s is written. Next:\n  carene validate %s\n  carene run %s --listen "
	                "127.0.0.1:8080\n",
	           path, path, path);
	cli_print(stderr, &b);
}

static int init(const char *url, const char *lang, const char *output)
{
	InitFacts f = { 0 };
	AUTO(Buf) text = { .max = 1 << 20 };
	char path[160];
	Err err = { 0 };
	bool ok;

	if (!init_site_parse(url, &f.site, &err))
		return cli_fail(&err);
	f.file = file_for(output, &f.site, path);
	/* Before the looking, so that nobody waits for a refusal. */
	if (!text_eq(f.file, "-") && access(f.file, F_OK) == 0) {
		err_set(&err, ERR_CONFLICT, "'%s' is there already, and is not overwritten",
		        f.file);
		(void)err_hint(&err,
		               "carene init URL --output ANOTHER.yaml, or - to print the plan");
		return cli_fail(&err);
	}
	if (!init_look(&f, &err))
		return cli_fail(&err);
	init_plan(&f, lang, &text);
	ok = is_valid(f.file, &text, &err);
	if (ok && text_eq(f.file, "-"))
		cli_print(stdout, &text);
	else if (ok)
		ok = write_new(f.file, &text, &err);
	if (!ok)
		return cli_fail(&err);
	if (!text_eq(f.file, "-"))
		tell(&f, f.file, text_starts(lang, "fr"));
	return 0;
}

static int run(int argc, char **argv)
{
	const char *lang = NULL, *output = NULL;
	const CliOption options[] = { { "--lang", NULL, &lang }, { "--output", NULL, &output } };

	if (!cli_options(&cmd_init, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 2)
		return cli_usage(&cmd_init, argc < 2 ? "for which site?" : "one site at a time");
	if (lang && !text_eq(lang, "fr") && !text_eq(lang, "en"))
		return cli_usage(&cmd_init, "'%s' is neither fr nor en", lang);
	return init(argv[1], lang ? lang : cli_language(), output);
}

const Command cmd_init = {
	.name = "init",
	.summary = "look at a site and this machine, write a first commented plan",
	.usage = "carene init URL [--output FILE] [--lang fr|en]",
	.options_help =
	        "Asks the site once and looks at what runs here: units, databases, disks. Changes\n"
	        "nothing, and never overwrites a file.\n\n"
	        "  --output FILE  where the plan goes; - prints it; default: HOST.yaml here\n"
	        "  --lang LANG    language of its comments: fr or en; default: this terminal's\n",
	.run = run,
};
