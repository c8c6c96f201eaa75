/* What the keys of storage, backups, restore tests, logs, database actions, cleanups
 * and capacity mean together. Only what cannot be meant at all is refused here; what
 * is merely unwise (no retention, no second place, no cut-off) is lint's. */
#include "plan/builtin_metrics.h"
#include "plan/sections_private.h"
#include "plan/verify_private.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

static bool has(const Verify *v, const char *key) { return node_pair(v->node, key) != NULL; }

static bool either(const char *s, const char *a, const char *b)
{
	return text_eq(s, a) || text_eq(s, b);
}

/* A database is meant where the plan has only one. */
static const Database *database_or_only(const Verify *v, const Database *db)
{
	return db || v->l->plan->databases_n != 1 ? db : v->l->plan->databases;
}

/* ---- storage ---- */

static bool is_home(const Storage *s) { return text_eq(s->type, "victoriametrics"); }

static void need_home_address(const Verify *v, const char *url)
{
	const char *host = strstr(url, "://");

	if (text_starts(url, "${"))
		return;
	if (!text_starts(url, "http://") && !text_starts(url, "https://"))
		plan_wrong(v, "url", F_S05, "Write for example: http://127.0.0.1:8428",
		           "'%.60s' is not an http:// or https:// address", url);
	else if (!host[3] || strpbrk(host, "@?# ") != NULL)
		plan_wrong(v, "url", F_S05, "A token is written as 'secret'.",
		           "the address of a second home of samples is host, port and path only");
}

/* A second home of samples: it keeps no copies, and says itself how long it keeps. */
static void verify_home(const Verify *v, const Storage *s)
{
	static const char *const none[] = { "path", "at", "keep", "class" };

	if (!s->url)
		plan_wrong(v, "type", F_S12, "Write for example: url: http://127.0.0.1:8428",
		           "storage of type victoriametrics needs 'url': the base address of the "
		           "server");
	else
		need_home_address(v, s->url);
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		if (has(v, none[i]))
			plan_wrong(v, none[i], F_S12, "How long it keeps is set there.",
			           "storage of type victoriametrics has no '%s'", none[i]);
	}
	for (const Storage *other = v->l->plan->storage; other < s; other++) {
		if (!is_home(other))
			continue;
		plan_wrong(v, "type", F_S12, NULL,
		           "samples have one second home, and '%s' is it already", other->item.id);
		return;
	}
}

static void need_no_home(const Verify *v, const Texts *to)
{
	const Plan *p = v->l->plan;

	for (size_t i = 0; i < to->n; i++) {
		for (size_t k = 0; k < p->storage_n; k++) {
			if (is_home(&p->storage[k]) && text_eq(p->storage[k].item.id, to->at[i]))
				plan_wrong(v, "to", F_S12, "Name a storage that holds copies.",
				           "'%s' is a second home of samples and keeps no copies",
				           to->at[i]);
		}
	}
}

void plan_verify_storage(const Verify *v)
{
	const Storage *s = v->entry;

	plan_need_lengths(v, &schema_storage);
	if (is_home(s)) {
		verify_home(v, s);
		return;
	}
	if (text_eq(s->type, "local") && s->url)
		plan_wrong(v, "url", F_S12, NULL, "a local storage has a path, no address");
	if (either(s->type, "s3", "rest") && s->path && !s->url)
		plan_wrong(v, "path", F_S12, NULL, "storage of type %s has a 'url', not a 'path'",
		           s->type);
	if (s->at.kind != SCHEDULE_UNSET && !text_eq(s->by, "human") && !text_eq(s->type, "disk"))
		plan_wrong(v, "at", F_S12, NULL,
		           "only a disk, or storage filled by a person, has its own schedule; "
		           "other storage is filled by the backups that name it");
}

/* ---- backups ---- */

static void find_source(const Verify *v, Backup *b)
{
	static const char *const words[] = {
		"files", "config", "code", "logs", "metrics", "volume"
	};
	Nearest near = { .word = b->of };

	b->db = plan_database(v->l->plan, b->of);
	if (b->db) {
		if (!b->service)
			b->service = b->db->service;
		if (!b->env)
			b->env = b->db->env;
		return;
	}
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (text_eq(b->of, words[i]))
			return;
		plan_nearest_try(&near, words[i]);
	}
	for (size_t i = 0; i < v->l->plan->databases_n; i++)
		plan_nearest_try(&near, v->l->plan->databases[i].item.id);
	plan_wrong(v, "of", F_R01,
	           "The name of a database, or files, config, code, logs, metrics, volume.",
	           "there is no database '%.60s' to back up%s", b->of,
	           plan_nearest_text(v->l, &near));
}

static bool is_relative(const char *kind)
{
	return text_eq(kind, "diff") || text_eq(kind, "incr") || text_eq(kind, "log");
}

static void need_base(const Verify *v, const Backup *b)
{
	if (!b->base) {
		if (is_relative(b->kind) && !has(v, "base"))
			plan_wrong(v, "kind", F_S12,
			           "Write the full backup it begins with as 'base'.",
			           "a backup of kind %s needs the key 'base': without the set it "
			           "begins with it restores nothing",
			           b->kind);
		return;
	}
	if (b->base == b)
		return; /* a circle, reported as one */
	if (!is_relative(b->kind))
		plan_wrong(v, "base", F_S12, NULL, "a backup of kind %s is whole and has no 'base'",
		           b->kind ? b->kind : "full");
	else if (!text_eq(b->of, b->base->of))
		plan_wrong(v, "base", F_S12, NULL, "'%s' saves '%s', but its base '%s' saves '%s'",
		           b->item.id, b->of, b->base->item.id, b->base->of);
	else if (text_eq(b->kind, "diff") && is_relative(b->base->kind))
		plan_wrong(v, "base", F_S12, "What adds to it is of kind incr.",
		           "a differential is relative to a whole backup, and '%s' is %s",
		           b->base->item.id, b->base->kind);
	else if (text_eq(b->base->kind, "log"))
		plan_wrong(v, "base", F_S12, NULL, "a log cannot be the base of another backup");
	else if (text_eq(b->base->kind, "git"))
		plan_wrong(v, "base", F_S12, NULL,
		           "a git history cannot be the base of another backup");
}

/* A pattern of strftime: no conversion nobody knows. */
static void need_dates(const Verify *v, const char *key, const char *pattern)
{
	static const char known[] = "YmdHMSjyFTGVUWuaAbBesz%";

	for (const char *at = pattern; at && (at = strchr(at, '%')); at += 2) {
		if (at[1] && strchr(known, at[1]))
			continue;
		plan_wrong(v, key, F_S05, "Write for example: shop_%Y%m%d",
		           "'%.2s' in '%.60s' is no part of a date", at, pattern);
		return;
	}
}

static void need_name(const Verify *v, const char *key, const char *name)
{
	if (name && (!*name || strchr(name, '/') || text_eq(name, ".") || text_eq(name, "..")))
		plan_wrong(v, key, F_S05, "The folder is the storage's.",
		           "'%.60s' is not the name of a file", name);
	else
		need_dates(v, key, name);
}

static bool share_a_place(const Backup *a, const Backup *b)
{
	for (size_t i = 0; i < a->to.n; i++) {
		for (size_t j = 0; j < b->to.n; j++) {
			if (text_eq(a->to.at[i], b->to.at[j]))
				return true;
		}
	}
	return a->to.n == 0 && b->to.n == 0;
}

/* What is written over is not kept. */
static void need_own_name(const Verify *v, const Backup *b)
{
	const Plan *p = v->l->plan;
	bool several = b->keep.kind == KEEP_SPAN || b->keep.kind == KEEP_FOREVER ||
	               (b->keep.kind == KEEP_COUNT && b->keep.count > 1);

	need_name(v, "name", b->name);
	need_name(v, "latest", b->latest);
	if (!b->name)
		return;
	if (several && !strchr(b->name, '%'))
		plan_wrong(v, "name", F_S12, "Write for example: shop_%Y%m%d.sql.gz",
		           "each set would be written over the last, for '%.60s' has no date in it",
		           b->name);
	for (const Backup *other = p->backups; other < b; other++) {
		if (text_eq(other->name, b->name) && share_a_place(other, b))
			plan_wrong(v, "name", F_S12, NULL,
			           "'%s' and '%s' would write over each other's sets",
			           other->item.id, b->item.id);
	}
}

static void need_occasion(const Verify *v, const Backup *b)
{
	if (text_eq(b->kind, "log") && !b->db)
		plan_wrong(v, "kind", F_S12, NULL,
		           "a backup of kind log is that of a database, and '%s' is none", b->of);
	if (b->before && b->at.kind != SCHEDULE_UNSET)
		plan_wrong(v, "before", F_S12, "Write two backups.",
		           "a backup is taken before a change or by the calendar, not both");
	if (b->also.kind != SCHEDULE_UNSET && b->at.kind == SCHEDULE_UNSET)
		plan_wrong(v, "also", F_S12, NULL,
		           "'also' is a second occasion; the first is 'at'");
	if (b->latest && !b->name)
		plan_wrong(v, "latest", F_S12, NULL,
		           "'latest' needs 'name': the pattern of the sets' names");
	if (b->name && b->latest && text_eq(b->name, b->latest))
		plan_wrong(v, "latest", F_S12, NULL, "'latest' is the name of the sets themselves");
	if (!span_is_zero(b->tolerance))
		plan_need_room(v, "tolerance", b->tolerance, &b->at);
}

void plan_verify_backup(const Verify *v)
{
	Backup *b = v->entry;

	find_source(v, b);
	need_no_home(v, &b->to);
	plan_need_lengths(v, &schema_backup);
	plan_need_environment(v, plan_service_or_only(v, b->service), b->env, "env");
	if (b->db && b->paths.n)
		plan_wrong(v, "paths", F_S12, NULL, "the database '%s' is no files", b->of);
	if (b->db && b->db->service && b->service != b->db->service)
		plan_wrong(v, "service", F_S12, NULL, "the database '%s' is one of service '%s'",
		           b->of, b->db->service->item.id);
	if (b->db && text_eq(b->kind, "git"))
		plan_wrong(v, "kind", F_S12, NULL,
		           "a git history holds files, and '%s' is a database", b->of);
	need_base(v, b);
	need_own_name(v, b);
	need_occasion(v, b);
}

/* ---- restore tests ---- */

/* The environment a backup is taken from. Its own verify function may come later in
 * the file, so the database is looked at too. */
static const char *source_env(const Verify *v, const Backup *b)
{
	const Database *db = plan_database(v->l->plan, b->of);
	const Service *s = plan_service_or_only(v, b->service ? b->service
	                                           : db       ? db->service
	                                                      : NULL);
	const char *env = b->env ? b->env : db ? db->env : NULL;

	if (env || !s)
		return env;
	if (s->environments_n == 1)
		return s->environments[0].item.id;
	return service_environment(s, "production") ? "production" : NULL;
}

static const Service *tested_service(const Verify *v, const Backup *b)
{
	const Database *db = plan_database(v->l->plan, b->of);

	return plan_service_or_only(v, b->service ? b->service : db ? db->service : NULL);
}

static void need_target(const Verify *v, const RestoreTest *t, const Backup *b)
{
	const char *source;

	if (!b)
		return;
	source = source_env(v, b);
	plan_need_environment(v, tested_service(v, b), t->target, "target");
	if (source && text_eq(source, t->target))
		plan_wrong(v, "target", F_S12, "Restore into 'scratch', or another environment.",
		           "'%s' is taken from '%s': a test must not restore onto its source",
		           b->item.id, source);
}

static bool good_pick(const RestoreTest *t)
{
	Span age;

	if (!t->pick || text_eq(t->pick, "latest"))
		return true;
	return text_starts(t->pick, "age ") && span_parse(t->pick + 4, &age) && !span_is_zero(age);
}

static bool has_whole(const Plan *p, const RestoreTest *t)
{
	for (size_t i = 0; i < t->of.n; i++) {
		const Backup *b = plan_backup(p, t->of.at[i]);

		if (!b || !text_eq(b->kind, "git")) /* an unknown name is reported as one */
			return true;
	}
	return false;
}

void plan_verify_restore_test(const Verify *v)
{
	const RestoreTest *t = v->entry;

	plan_need_lengths(v, &schema_restore_test);
	for (size_t i = 0; i < t->of.n && t->target && !text_eq(t->target, "scratch"); i++)
		need_target(v, t, plan_backup(v->l->plan, t->of.at[i]));
	if (t->of.n == 0)
		plan_wrong(v, "of", F_S12, NULL, "a restore test needs the backups it restores");
	else if (!has_whole(v->l->plan, t))
		plan_wrong(v, "of", F_S12, NULL,
		           "a git history is not restored: it is checked out");
	if (!good_pick(t))
		plan_wrong(v, "pick", F_S05, "Write for example: latest, age 1d",
		           "'%.60s' does not say which set is restored", t->pick);
	plan_need_names_apart(v, "items", t->items, t->items_n);
	plan_need_room(v, "for", t->length, &t->at);
}

/* ---- logs ---- */

static void verify_rotation(const Verify *v, const Log *log)
{
	static const char *const parts[] = { "compress", "missing_ok", "skip_empty",
		                             "create",   "post",       "post_once" };
	bool rotates = log->rotate.kind != SCHEDULE_UNSET;

	if (rotates && log->keep.set && log->keep.kind == KEEP_SPAN)
		plan_wrong(v, "keep", F_S12, "Write the number, and the age as 'delete_after'.",
		           "with 'rotate', 'keep' is a number of rotated files");
	if (!rotates && log->keep.kind == KEEP_COUNT)
		plan_wrong(v, "keep", F_S12, NULL,
		           "a number of files is kept by rotating them: "
		           "'rotate' is missing");
	if (!rotates && log->keep.kind == KEEP_SPAN && has(v, "delete_after"))
		plan_wrong(v, "delete_after", F_S12, NULL, "'keep' gives an age already");
	if (log->keep.kind == KEEP_FOREVER && has(v, "delete_after"))
		plan_wrong(v, "delete_after", F_S12, NULL, "what is kept forever is not deleted");
	for (size_t i = 0; i < COUNT_OF(parts) && !rotates; i++) {
		if (has(v, parts[i]))
			plan_wrong(v, parts[i], F_S12, NULL,
			           "'%s' is part of a rotation: "
			           "'rotate' is missing",
			           parts[i]);
	}
	if (log->post_once && !log->post)
		plan_wrong(v, "post_once", F_S12, NULL, "'post_once' needs 'post'");
	if (log->clean_at.kind != SCHEDULE_UNSET && !has(v, "delete_after") && !log->keep.set)
		plan_wrong(v, "clean_at", F_S12, NULL,
		           "'clean_at' needs 'delete_after': what is old (or `keep: unset`)");
}

/* "0640 www-data www-data": an octal mode, then an owner and a group. */
static bool good_create(const char *s)
{
	size_t mode = strspn(s, "01234567");
	size_t owner, group;

	if (mode < 3 || mode > 4)
		return false;
	s += mode;
	if (!*s)
		return true;
	owner = *s == ' ' ? strcspn(s + 1, " ") : 0;
	group = owner && s[1 + owner] == ' ' ? strcspn(s + 2 + owner, " ") : 0;
	return group > 0 && !s[2 + owner + group];
}

static bool good_post(const char *s)
{
	static const char *const verbs[] = { "reload ", "restart ", "signal " };

	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		if (text_starts(s, verbs[i]))
			return s[strlen(verbs[i])] != '\0' && !strchr(s + strlen(verbs[i]), ' ');
	}
	return false;
}

/* "[{time}] {env}.{level}: {message}": each part has a name of its own. */
static void need_parts(const Verify *v, const Log *log)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	const char *at = log->parse;
	size_t parts = 0;

	while ((at = strpbrk(at, "{}"))) {
		size_t n = strspn(at + 1, letters);
		const char *again =
		        strstr(log->parse, arena_printf(v->l->scratch, "{%.*s}", (int)n, at + 1));

		if (*at == '}' || n == 0 || at[1 + n] != '}') {
			plan_wrong(v, "parse", F_S05,
			           "Write for example: \"[{time}] {level}: {message}\"",
			           "'%.20s' in '%.60s' is not a part's name in braces", at,
			           log->parse);
			return;
		}
		if (again < at)
			plan_wrong(v, "parse", F_S05, NULL, "'{%.*s}' is there twice", (int)n,
			           at + 1);
		parts++;
		at += n + 2;
	}
	if (parts == 0)
		plan_wrong(v, "parse", F_S05, "Write for example: \"[{time}] {level}: {message}\"",
		           "'%.60s' has no part in braces", log->parse);
}

void plan_verify_log(const Verify *v)
{
	const Log *log = v->entry;

	plan_need_lengths(v, &schema_log);
	if (log->path && log->run.n)
		plan_wrong(v, "run", F_S12, NULL, "'path' and 'run' exclude each other");
	if (log->of && (log->path || log->run.n))
		plan_wrong(v, "of", F_S12, NULL,
		           "an entry that ships another log has no file of its own");
	if (log->of && !log->ship_to)
		plan_wrong(v, "of", F_S12, NULL, "'of' needs 'ship': where the lines are sent");
	verify_rotation(v, log);
	if (log->run.n && log->rotate.kind != SCHEDULE_UNSET)
		plan_wrong(v, "rotate", F_S12, NULL, "what a program prints is not rotated");
	if (log->parse)
		need_parts(v, log);
	need_dates(v, "ship", log->ship_index);
	if (log->create && !good_create(log->create))
		plan_wrong(v, "create", F_S05, "Write for example: \"0640 www-data www-data\"",
		           "'%.60s' is no mode, owner and group", log->create);
	if (log->post && !good_post(log->post))
		plan_wrong(v, "post", F_S05, "Write for example: reload nginx",
		           "'%.60s' is not `reload`, `restart` or `signal` and a unit", log->post);
}

/* ---- database actions ---- */

void plan_verify_db_action(const Verify *v)
{
	DbAction *a = v->entry;

	plan_need_lengths(v, &schema_db_action);
	a->db = database_or_only(v, a->db);
	if (!a->db && !has(v, "db"))
		plan_wrong(v, "action", F_S12, NULL,
		           "a database action needs the key 'db', for there are %zu",
		           v->l->plan->databases_n);
	if (text_eq(a->action, "fragmentation") && a->threshold.set && !a->threshold.unset &&
	    a->threshold.unit != UNIT_PERCENT)
		plan_wrong(v, "threshold", F_S05, NULL, "fragmentation is in percent (30%%)");
	if (text_eq(a->action, "slow_list") && a->threshold.set && !a->threshold.unset &&
	    a->threshold.unit != UNIT_SECONDS)
		plan_wrong(v, "threshold", F_S05, NULL, "a slow query is told by a time (1s)");
	plan_need_names_apart(v, "items", a->items, a->items_n);
	plan_need_room(v, "for", a->length, &a->at);
	plan_need_in_window(v, "at", &a->at, a->window);
}

/* ---- cleanup ---- */

typedef struct CleanupKeys {
	const char *action;
	const char *needs, *or_none; /* separated by spaces: without them it cannot run;
	                                and they mean nothing here */
} CleanupKeys;

static const CleanupKeys cleanup_keys[] = {
	{ "archive_rows", "table archive_to", "path run" },
	{ "delete_rows", "table", "archive_to path run" },
	{ "empty_table", "table", "column column_type older_than archive_to path run" },
	{ "delete_files", "path", "db table column column_type archive_to run" },
	{ "clear_cache", "run", "db table column column_type older_than archive_to path max_rows" },
};

static void need_keys(const Verify *v, const Cleanup *c)
{
	const CleanupKeys *keys = cleanup_keys;
	const char *rest;
	char key[24];

	while (!text_eq(keys->action, c->action))
		keys++;
	for (rest = keys->needs; text_part(&rest, " ", key, sizeof key);) {
		if (!has(v, key))
			plan_wrong(v, "action", F_S12, NULL, "%s needs the key '%s'", c->action,
			           key);
	}
	for (rest = keys->or_none; text_part(&rest, " ", key, sizeof key);) {
		if (has(v, key))
			plan_wrong(v, key, F_S12, NULL, "'%s' means nothing for %s", key,
			           c->action);
	}
}

/* Paths whose deletion nobody can mean: a root, a whole home, one that climbs. */
static bool reckless(const char *path)
{
	static const char *const roots[] = { "/",    "/*",    "/etc",  "/home", "/usr",
		                             "/var", "/boot", "/root", "/srv",  "/bin",
		                             "/lib", "/opt",  "/dev",  "/proc", "/sys",
		                             ".",    "*",     "~",     "~/*" };
	size_t n = strlen(path);

	if (strstr(path, "../") || text_ends(path, "/..") || text_eq(path, ".."))
		return true;
	if (n > 2 && text_ends(path, "/*"))
		n -= 2;
	while (n > 1 && path[n - 1] == '/')
		n--;
	for (size_t i = 0; i < COUNT_OF(roots); i++) {
		if (strlen(roots[i]) == n && strncmp(path, roots[i], n) == 0)
			return true;
	}
	return text_eq(path, "/*") || text_eq(path, "~/*");
}

static bool is_identifier(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                          "0123456789_.$")];
}

/* Names go into a statement, where only such names can be quoted safely. */
static void need_identifier(const Verify *v, const char *key, const char *name)
{
	if (name && !is_identifier(name))
		plan_wrong(v, key, F_S05, NULL, "'%.60s' is no name of a table or column", name);
}

void plan_verify_cleanup(const Verify *v)
{
	Cleanup *c = v->entry;
	bool rows = c->table != NULL;

	plan_need_lengths(v, &schema_cleanup);
	if (text_eq(c->action, "clear_cache") && !has(v, "destructive"))
		c->destructive = false;
	need_keys(v, c);
	c->db = rows ? database_or_only(v, c->db) : c->db;
	if (rows && !c->db && !has(v, "db"))
		plan_wrong(v, "table", F_S12, NULL,
		           "a table needs the key 'db', for there are %zu databases",
		           v->l->plan->databases_n);
	if (c->db && !c->service)
		c->service = c->db->service;
	if (c->db && !c->env)
		c->env = c->db->env;
	plan_need_environment(v, plan_service_or_only(v, c->service), c->env, "env");
	need_identifier(v, "table", c->table);
	need_identifier(v, "column", c->column);
	need_identifier(v, "archive_to", c->archive_to);
	if (c->table && c->archive_to && text_eq(c->table, c->archive_to))
		plan_wrong(v, "archive_to", F_S12, NULL, "rows cannot be archived into '%s' itself",
		           c->table);
	if (rows && !span_is_zero(c->older_than) && !c->column &&
	    !text_eq(c->action, "empty_table"))
		plan_wrong(v, "older_than", F_S12, NULL,
		           "an age of rows needs 'column': what says how old a row is");
	if (c->column_type && !c->column)
		plan_wrong(v, "column_type", F_S12, NULL, "'column_type' needs 'column'");
	if (c->path && reckless(c->path))
		plan_wrong(v, "path", F_S12, "Name the folder of the files that may go.",
		           "nobody means to delete '%.60s'", c->path);
}

/* ---- capacity ---- */

static bool figure_set(const Quantity *q) { return q->set && !q->unset; }

static void need_order(const Verify *v, const Capacity *c)
{
	const Quantity *warn = &c->warn.value, *crit = &c->crit.value;

	if (!figure_set(warn) || !figure_set(crit))
		return;
	if (warn->unit != crit->unit)
		plan_wrong(v, "crit", F_S12, NULL,
		           "'warn' (%s) and 'crit' (%s) have different units", warn->text,
		           crit->text);
	else if (c->op == OP_LT ? crit->value >= warn->value : crit->value <= warn->value)
		plan_wrong(v, "crit", F_S12,
		           c->op == OP_LT ? NULL : "For what runs out, write:  op: <",
		           "'crit' (%s) comes before 'warn' (%s), or with it", crit->text,
		           warn->text);
}

void plan_verify_capacity(const Verify *v)
{
	const Capacity *c = v->entry;

	plan_need_lengths(v, &schema_capacity);
	plan_need_metric(v, "metric", c->metric);
	plan_need_unit(v, "warn", c->metric, &c->warn.value);
	plan_need_unit(v, "crit", c->metric, &c->crit.value);
	if (!c->warn.value.set && !c->crit.value.set)
		plan_wrong(v, "metric", F_S12, NULL, "a capacity needs 'warn', 'crit' or both");
	need_order(v, c);
	if (builtin_metric(c->metric) && builtin_metric(c->metric)->scope == SCOPE_DATABASE &&
	    !database_or_only(v, c->db) && !has(v, "db"))
		plan_wrong(v, "metric", F_S12, NULL,
		           "'%s' needs the key 'db', for there are %zu databases", c->metric,
		           v->l->plan->databases_n);
}
