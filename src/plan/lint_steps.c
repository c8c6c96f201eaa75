/* Lists of steps, read as a machine would carry them out. L13 what destroys where it
 * must not · L14 orders that cannot work · L15 commands that never end · L25 SQL
 * deletes without bound. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <string.h>
#include <strings.h>

/* ---- words of a command ---- */

static bool is_word(Texts run, const char *word)
{
	for (size_t i = 0; i < run.n; i++) {
		if (text_eq(run.at[i], word))
			return true;
	}
	return false;
}

/* "/usr/bin/docker" → "docker". */
static const char *base_name(const char *s)
{
	const char *slash = strrchr(s, '/');

	return slash ? slash + 1 : s;
}

/* Is one of the words (cut at `|`) the name of a program in the command? Interpreters
 * take the program as an argument: php bin/phpunit. */
static bool names_program(Texts run, const char *words)
{
	for (size_t i = 0; i < run.n && i < 4; i++) {
		const char *list = words;
		char word[48];

		while (text_part(&list, "|", word, sizeof word)) {
			if (text_eq(base_name(run.at[i]), word))
				return true;
		}
	}
	return false;
}

/* A short option, alone or among others: -f, -nf. */
static bool has_option(Texts run, char letter, const char *name)
{
	for (size_t i = 1; i < run.n; i++) {
		const char *s = run.at[i];

		if (name && text_eq(s, name))
			return true;
		if (s[0] == '-' && s[1] != '-' && s[1] &&
		    strspn(s + 1, "abcdefghijklmnopqrstuvwxyz"
		                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(s + 1) &&
		    strchr(s + 1, letter))
			return true;
	}
	return false;
}

/* ---- L15 ---- */

static bool ends_by_itself(Texts run)
{
	return run.n == 0 || text_eq(base_name(run.at[0]), "timeout");
}

/* Why the command goes on for ever; NULL: it does not, as far as one can tell. */
static const char *endless(Texts run)
{
	const char *program = run.n ? base_name(run.at[0]) : "";

	if (ends_by_itself(run))
		return NULL;
	if (text_eq(program, "tail") &&
	    (has_option(run, 'f', "--follow") || has_option(run, 'F', NULL)))
		return "follows the file and never ends; without -f, '--lines 200' shows the last";
	if (is_word(run, "logs") && has_option(run, 'f', "--follow"))
		return "follows the log and never ends; '--tail 200' shows the last lines";
	if (text_eq(program, "journalctl") && has_option(run, 'f', "--follow"))
		return "follows the journal and never ends; '--lines 200' shows the last";
	if (text_eq(program, "top") && !has_option(run, 'b', NULL))
		return "waits for keys; 'top -b -n 1' prints once";
	if (text_eq(program, "htop") || text_eq(program, "watch") || text_eq(program, "less") ||
	    text_eq(program, "more"))
		return "is for a person at a terminal and never ends";
	if (text_eq(program, "ping") && !has_option(run, 'c', "--count"))
		return "goes on until it is stopped; 'ping -c 3' ends";
	if (text_eq(program, "tcpdump") && !has_option(run, 'c', "--count"))
		return "goes on until it is stopped; '-c 100' ends";
	if (is_word(run, "infinity"))
		return "sleeps for ever";
	if (is_word(run, "serve") || is_word(run, "runserver") || is_word(run, "server:run"))
		return "starts a server in the foreground, which never ends";
	if (names_program(run, "npm|yarn|pnpm") && (is_word(run, "dev") || is_word(run, "--watch")))
		return "starts a development server, which never ends";
	return NULL;
}

static void endless_in(Loader *l, SectionId section, const Item *item, const char *key, Texts run)
{
	const char *why = endless(run);
	WorkItem as = { .run = run };

	if (why)
		lint_add(l, section, item, key, F_L15, "'%s' %s", lint_command(l, &as), why);
}

static void endless_item(Loader *l, const WorkList *w, size_t i)
{
	const WorkItem *item = &w->at[i];
	const char *why = span_is_zero(item->timeout) ? endless(item->run) : NULL;
	LintSpot spot = lint_work_spot(w, i);

	if (why)
		lint_say(l, &spot, F_L15, "'%s' %s", lint_command(l, item), why);
}

static void endless_elsewhere(Loader *l)
{
	const Plan *p = l->plan;

	for (size_t i = 0; i < p->checks_n; i++)
		endless_in(l, SECTION_CHECKS, &p->checks[i].item, "run", p->checks[i].how->run);
	for (size_t i = 0; i < p->metrics_n; i++)
		endless_in(l, SECTION_METRICS, &p->metrics[i].item, "run", p->metrics[i].run);
	for (size_t i = 0; i < p->logs_n; i++)
		endless_in(l, SECTION_LOGS, &p->logs[i].item, "run", p->logs[i].run);
	for (size_t i = 0; i < p->audits_n; i++)
		endless_in(l, SECTION_AUDITS, &p->audits[i].item, "run", p->audits[i].run);
	for (size_t i = 0; i < p->suites_n; i++)
		endless_in(l, SECTION_SUITES, &p->suites[i].item, "run", p->suites[i].run);
	for (size_t i = 0; i < p->updates_n; i++) {
		endless_in(l, SECTION_UPDATES, &p->updates[i].item, "run", p->updates[i].run);
		endless_in(l, SECTION_UPDATES, &p->updates[i].item, "audit", p->updates[i].audit);
	}
	for (size_t i = 0; i < p->cleanup_n; i++)
		endless_in(l, SECTION_CLEANUP, &p->cleanup[i].item, "run", p->cleanup[i].run);
}

/* ---- L13 ---- */

/* Nothing said about it, but it can be seen to destroy. */
static const char *const destroyers =
        "database:drop|dropdb|drop database|drop table|drop schema|truncate|migrate:fresh|"
        "schema:drop|db:drop|db:wipe|flushall|flushdb|rm -rf|rm -r |mkfs|down -v|"
        "volume rm|volume prune|terraform destroy";

static bool destroys(Loader *l, const WorkItem *w)
{
	return w->destructive || lint_says(lint_command(l, w), destroyers);
}

/* Does some service's environment of that name permit it? */
static bool permitted(const Plan *p, const char *env, const char *what)
{
	for (size_t i = 0; env && i < p->services_n; i++) {
		const Environment *e = service_environment(&p->services[i], env);

		if (e && (lint_has(e->permits, what) || lint_has(e->permits, "destructive")))
			return true;
	}
	return false;
}

static bool is_scratch(const char *env) { return env && lint_says(env, "scratch|sandbox|temp"); }

/* A restore is a restore whatever it is called: its list belongs to one. */
static const char *permit_for(const WorkList *w)
{
	return w->section == SECTION_RESTORE_TESTS ||
	                       (w->section == SECTION_PROCEDURES &&
	                        text_eq(((const Procedure *)(const void *)w->item)->kind,
	                                "restore"))
	               ? "restore"
	               : "destructive";
}

static bool asked_before(const WorkList *w, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (w->at[j].ask)
			return true;
	}
	return w->at[i].ask != NULL;
}

static void destructive_item(Loader *l, const WorkList *w, size_t i)
{
	const WorkItem *item = &w->at[i];
	const char *env = item->env ? item->env : w->env;
	LintSpot spot = lint_work_spot(w, i);
	const char *what;

	if (!destroys(l, item) || is_scratch(env) || !lint_is_production(env))
		return;
	what = item->run.n || item->sql ? lint_command(l, item) : item->todo ? item->todo : "it";
	if (!env)
		lint_say(l, &spot, F_L13,
		         "'%s' destroys what is there, and nothing says in which environment: on "
		         "production it takes everything since the last copy",
		         what);
	else if (!permitted(l->plan, env, permit_for(w)))
		lint_say(l, &spot, F_L13,
		         "'%s' destroys what is there in '%s', which the plan does not permit "
		         "(environments.%s.permits)",
		         what, env, env);
	else if (!asked_before(w, i))
		lint_say(l, &spot, F_L13,
		         "'%s' destroys what is there in '%s', and no person is asked before it",
		         what, env);
}

/* A test that writes over what it is a copy of. */
static void restore_target(Loader *l, const RestoreTest *t)
{
	const char *of = NULL;

	for (size_t i = 0; i < t->of.n; i++) {
		const Backup *b = plan_backup(l->plan, t->of.at[i]);
		const char *env = b && b->db ? b->db->env : b ? b->env : NULL;

		if (t->target && env && text_eq(t->target, env))
			of = b->item.id;
	}
	if (!t->target)
		lint_add(l, SECTION_RESTORE_TESTS, &t->item, NULL, F_L13,
		         "where '%s' restores to is not said: on production it would destroy what "
		         "came since the copy",
		         t->item.id);
	else if (of || (!is_scratch(t->target) && lint_is_production(t->target)))
		lint_add(l, SECTION_RESTORE_TESTS, &t->item, "target", F_L13,
		         "'%s' restores onto '%s', where the copy came from: what came since is "
		         "destroyed",
		         t->item.id, t->target);
}

/* ---- L43 ---- */

static void load_on_production(Loader *l, const LoadTest *t)
{
	LintSpot spot = { .section = SECTION_LOAD_TESTS,
		          .item = &t->item,
		          .key = t->env ? "env" : "target" };

	if (!lint_is_production(t->env) || permitted(l->plan, t->env, "load_test"))
		return;
	if (t->env)
		lint_say(l, &spot, F_L43,
		         "'%s' loads '%s', which the plan does not permit "
		         "(environments.%s.permits: [load_test])",
		         t->item.id, t->env, t->env);
	else
		lint_say(l, &spot, F_L43,
		         "in which environment '%s' puts its load is not said: on production it is "
		         "users who wait",
		         t->item.id);
}

/* ---- L25 in SQL ---- */

static void unbounded_sql(Loader *l, const WorkList *w, size_t i)
{
	const char *sql = w->at[i].sql;
	LintSpot spot = lint_work_spot(w, i);

	if (lint_says(sql, "delete from") && !lint_says(sql, "where"))
		lint_say(l, &spot, F_L25, "this deletes every row: it has no WHERE");
	else if (lint_says(sql, "truncate "))
		lint_say(l, &spot, F_L25, "this empties the table, whatever is in it");
}

/* ---- L14: a client while its server is stopped ---- */

typedef struct Server {
	const char *units;   /* words of its unit's name */
	const char *clients; /* programs that need it */
	bool sql, http;
} Server;

static const Server servers[] = {
	{ "mysql|mariadb", "mysql|mysqldump|mysqlcheck|mysqladmin|mariadb|mariadb-dump", true,
	  false },
	{ "postgres|pgsql", "psql|pg_dump|pg_restore|pg_dumpall|vacuumdb|createdb|dropdb", true,
	  false },
	{ "redis|valkey", "redis-cli|valkey-cli", false, false },
	{ "mongo", "mongo|mongosh|mongodump|mongorestore", false, false },
	{ "nginx|apache|httpd|caddy", "curl|wget", false, true },
};

static bool unit_verb(const WorkItem *w, const char *verbs, const char *units)
{
	const char *s = w->unit ? w->unit : NULL;

	if (!s && names_program(w->run, "systemctl|service"))
		return w->run.n > 2 &&
		       (lint_says(w->run.at[1], verbs) || lint_says(w->run.at[2], verbs)) &&
		       (lint_says(w->run.at[2], units) || lint_says(w->run.at[1], units));
	return s && lint_says(s, verbs) && (lint_says(s, units) || lint_says(s, " all"));
}

static bool is_client(const WorkItem *w, const Server *s)
{
	return names_program(w->run, s->clients) || (s->sql && w->sql) || (s->http && w->http) ||
	       lint_says(w->needs, s->units);
}

static void stopped_server(Loader *l, const WorkList *w, const Server *s)
{
	size_t stopped = 0; /* number of the step that stopped it */

	for (size_t i = 0; i < w->n; i++) {
		const WorkItem *item = &w->at[i];
		LintSpot spot = lint_work_spot(w, i);

		if (unit_verb(item, "stop", s->units)) {
			stopped = i + 1;
		} else if (unit_verb(item, "start", s->units)) {
			stopped = 0;
		} else if (stopped && is_client(item, s)) {
			lint_say(l, &spot, F_L14,
			         "step %zu needs a server that step %zu has stopped ('%s')", i + 1,
			         stopped,
			         w->at[stopped - 1].unit ? w->at[stopped - 1].unit
			                                 : lint_command(l, &w->at[stopped - 1]));
			return;
		}
	}
}

/* ---- L14: a development tool after it was left out ---- */

static const char *const dev_tools =
        "phpunit|simple-phpunit|pest|phpstan|psalm|phpcs|php-cs-fixer|behat|jest|vitest|mocha|"
        "eslint|cypress|playwright|karma|tsc|rspec|pytest|tox|nox|mypy|ruff";

static bool installs(Texts run)
{
	return names_program(run, "composer|npm|yarn|pnpm|pip|bundle") &&
	       (is_word(run, "install") || is_word(run, "ci"));
}

static bool without_dev(Texts run)
{
	return installs(run) && (is_word(run, "--no-dev") || is_word(run, "--omit=dev") ||
	                         is_word(run, "--production") || is_word(run, "--prod"));
}

/* What an item runs, itself or through the suite it refers to. */
static Texts runs_what(const Plan *p, const WorkItem *w)
{
	Ref ref;

	if (w->run.n || !w->todo || !plan_ref(p, w->todo, &ref) || ref.kind != REF_SUITE)
		return w->run;
	return ((const Suite *)(const void *)ref.item)->run;
}

typedef struct Tools { /* over the lists of one deployment, in their order */
	const Item *entry;
	const char *left_out; /* the command; NULL: tools are there */
} Tools;

static void missing_tools(Loader *l, const WorkList *w, Tools *t)
{
	if (t->entry != w->item)
		*t = (Tools){ .entry = w->item };
	for (size_t i = 0; i < w->n; i++) {
		Texts run = runs_what(l->plan, &w->at[i]);
		LintSpot spot = lint_work_spot(w, i);

		if (without_dev(run)) {
			t->left_out = lint_command(l, &w->at[i]);
		} else if (installs(run)) {
			t->left_out = NULL;
		} else if (t->left_out && names_program(run, dev_tools)) {
			lint_say(l, &spot, F_L14,
			         "'%s' has left out the development tools, and this runs one of "
			         "them",
			         t->left_out);
			t->left_out = NULL;
		}
	}
}

/* ---- a list ---- */

static void look(Loader *l, const WorkList *w, void *tools)
{
	for (size_t i = 0; i < w->n; i++) {
		endless_item(l, w, i);
		destructive_item(l, w, i);
		unbounded_sql(l, w, i);
	}
	for (size_t i = 0; i < COUNT_OF(servers); i++)
		stopped_server(l, w, &servers[i]);
	missing_tools(l, w, tools);
}

void lint_steps(Loader *l)
{
	Tools tools = { 0 };

	lint_work_lists(l, look, &tools);
	endless_elsewhere(l);
	for (size_t i = 0; i < l->plan->restore_tests_n; i++)
		restore_target(l, &l->plan->restore_tests[i]);
	for (size_t i = 0; i < l->plan->load_tests_n; i++)
		load_on_production(l, &l->plan->load_tests[i]);
}
