/* Plays every scenario of a folder, as TAP: once for its expectations, once more to
 * see that an equal run gives an equal journal, and, for those whose first line is
 * "# torture", once per commit with the engine killed right after it: no message may
 * be lost, none may reach a person twice, and the story must end with as many.
 *
 * Each is also rehearsed, as `carene simulate` does it, for the same evidence, and played
 * as the daemon takes results, many to a turn.
 *
 *   run_scenarios [--once] FOLDER [part-of-a-name …]
 *
 * --once (for builds that are ten times slower): each story once, a crash after every
 * 40th commit only, and none of those whose name begins with long_. */
#include "core/alloc.h"
#include "core/text.h"
#include "sim/scenario.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int number, failures;
static bool once;

static bool report(bool ok, const char *name, const char *what, const char *why)
{
	failures += !ok;
	if (!ok)
		(void)printf("# %s\n", why);
	(void)printf("%sok %d - %s %s\n", ok ? "" : "not ", ++number, name, what);
	return ok;
}

static bool is_torture(const char *path)
{
	char line[64] = "";
	FILE *f = fopen(path, "re");

	if (f) {
		if (!fgets(line, sizeof line, f))
			line[0] = '\0';
		(void)fclose(f);
	}
	return text_starts(line, "# torture");
}

/* The engine killed after each commit in turn (every `step`-th when there are many), at most
 * `most` times. */
static void torture(const char *path, const char *name, const ScenarioResult *calm, bool gathers,
                    uint64_t most)
{
	uint64_t step = once ? 40 : calm->commits > most ? calm->commits / most : 1;
	char why[700] = "";

	for (uint64_t at = 1; at <= calm->commits && !why[0]; at += step) {
		ScenarioOptions o = { .crash_at = at, .only_invariants = true, .gathers = gathers };
		ScenarioResult r;
		Err err = { 0 };

		if (!scenario_run(path, &o, &r, &err))
			(void)snprintf(why, sizeof why, "killed after commit %llu: %s",
			               (unsigned long long)at, err.message);
		else if (r.repeated)
			(void)snprintf(why, sizeof why,
			               "killed after commit %llu: %u messages arrived twice",
			               (unsigned long long)at, r.repeated);
		else if (r.distinct + 1 < calm->distinct)
			(void)snprintf(
			        why, sizeof why,
			        "killed after commit %llu: %u messages, %u without the crash",
			        (unsigned long long)at, r.distinct, calm->distinct);
	}
	report(!why[0], name,
	       gathers ? "survives a crash after commits that are shared"
	               : "survives a crash after each commit",
	       why);
}

/* As the daemon takes them: results of one instant are decided together. What the story
 * expects must hold as well, whatever order the journal is in. */
static void gather(const char *path, const char *name)
{
	ScenarioOptions o = { .gathers = true };
	ScenarioResult r;
	Err err = { 0 };

	if (report(scenario_run(path, &o, &r, &err), name, "holds when results share a turn",
	           err.message) &&
	    is_torture(path))
		torture(path, name, &r, true, 60);
}

/* Played as `carene simulate` does it: no page, no raw samples, and no probe whose answer
 * cannot differ. What was decided must be the same, to the last record. */
static void rehearse(const char *path, const char *name, const ScenarioResult *calm)
{
	ScenarioOptions o = { .rehearsal = true };
	ScenarioResult r;
	Err err = { 0 };

	if (calm->no_rehearsal)
		return;
	report(scenario_run(path, &o, &r, &err) && text_eq(calm->head, r.head), name,
	       "has the same evidence in a rehearsal",
	       err.message[0] ? err.message : "the journals differ");
	if (text_starts(name, "long_"))
		report(r.skipped > 100000, name, "is mostly not played in a rehearsal",
		       "every probe was played: a rehearsal is no faster");
}

static void play(const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	ScenarioOptions o = { 0 };
	ScenarioResult first, again;
	Err err = { 0 };

	if (!report(scenario_run(path, &o, &first, &err), name, "holds", err.message))
		return;
	if (!once)
		report(scenario_run(path, &o, &again, &err) && text_eq(first.head, again.head),
		       name, "is the same twice", "the journals of two runs differ");
	rehearse(path, name, &first);
	gather(path, name);
	if (is_torture(path))
		torture(path, name, &first, false, 400);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	DIR *dir;
	char *names[1000];
	struct dirent *e;
	size_t n = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && text_eq(argv[1], "--once")) {
		once = true;
		argv++;
		argc--;
	}
	dir = argc > 1 ? opendir(argv[1]) : NULL;
	while (dir && n < COUNT_OF(names) && (e = readdir(dir))) {
		bool wanted =
		        text_ends(e->d_name, ".scn") && !(once && text_starts(e->d_name, "long_"));

		for (int i = 2; i < argc; i++)
			wanted = wanted && strstr(e->d_name, argv[i]);
		if (wanted)
			names[n++] = mem_text(e->d_name);
	}
	if (dir)
		closedir(dir);
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		play(argv[1], names[i]);
		mem_free(names[i]);
	}
	(void)printf("1..%d\n", number);
	return failures > 0 || n == 0;
}
