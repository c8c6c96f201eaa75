/* What keeps data safe and databases well: storage, backups, restore tests, logs,
 * database actions, cleanup, capacity. Part of plan.h; read-only after plan_load(). */
#pragma once
#include "core/secret.h"
#include "plan/item.h"
#include "plan/types.h"
#include "plan/work.h"

struct Database;
struct Service;

typedef struct Storage {
	Item item;
	const char *type;  /* local, ssh, s3, rds, disk, rest; victoriametrics: of samples */
	const char *place; /* "same", "other site", a city: where it stands */
	bool encrypted;
	const char *tier; /* storage class: "glacier" */
	const char *by;   /* system, supplier, human */
	Schedule at;      /* when it is filled, for a disk carried away by hand */
	const char *path, *url;
	const Secret *secret;
	Keep keep;
} Storage;

typedef struct Backup Backup;
struct Backup {
	Item item;
	const char *of; /* a database's id, or files, config, code, logs, metrics, volume */
	const struct Database *db; /* when `of` names one */
	const struct Service *service;
	const char *kind;   /* full, diff, incr, log, snapshot, git */
	const char *engine; /* "pg_dump", "pgbackrest", "restic", … */
	const Backup *base; /* chain: what it is relative to */
	const char *by;     /* system (default), supplier, human */
	Schedule at, also;
	Keep keep;
	Texts to; /* storage ids */
	Texts paths;
	const char *name;   /* file name pattern, strftime */
	const char *latest; /* a second name of the newest set; NULL: none */
	const char *verify; /* each, none, sample; NULL: not said */
	Span tolerance;     /* how late it may appear; zero: 1 h, ours */
	const char *env;
	const char *before; /* "deployment", "update": taken before such a change */
};

typedef struct RestoreTest {
	Item item;
	Texts of;          /* backup ids */
	const char *scope; /* partial, full */
	Schedule at;
	Span length;
	const char *target; /* "scratch", or an environment's name; never the source */
	const char *pick;   /* "latest", "age 1d", an id */
	Texts expect;       /* "count(users) > 0" */
	Span rto;           /* zero: not said */
	Texts measure;      /* integrity, duration */
	const WorkItem *items;
	size_t items_n;
} RestoreTest;

typedef struct Log Log;
struct Log {
	Item item;
	const char *kind; /* system, application, access, security, database, container */
	const struct Service *service;
	const char *path;
	Texts run;
	Texts levels;
	const char *parse; /* pattern of a line */
	Schedule review;   /* a person reads it */
	Schedule rotate;
	Keep keep; /* count of rotations or age */
	Span delete_after;
	Schedule clean_at;
	Schedule archive_at;
	const char *compress; /* now, delayed, no */
	bool missing_ok, skip_empty, post_once;
	const char *create; /* "0640 www-data www-data" */
	const char *post;   /* "reload nginx" */
	const Log *of;      /* shipping: which log */
	const char *ship_to, *ship_index;
};

typedef struct DbAction {
	Item item;
	const char *action; /* analyze vacuum vacuum_analyze optimize reindex stats integrity
	                       slow_list index_usage index_review missing_index fragmentation connections
	                       temp_clean tuning partition migrate_check */
	const struct Database *db;
	Schedule at;
	Span length;
	Texts tables;
	int top;
	Quantity threshold;
	const struct Window *window;
	const WorkItem *items;
	size_t items_n;
} DbAction;

typedef struct Cleanup {
	Item item;
	const char *action; /* archive_rows delete_rows empty_table delete_files clear_cache */
	const struct Database *db;
	const struct Service *service;
	Schedule at;
	const char *path, *table, *column;
	const char *column_type; /* datetime, unix; NULL: not said */
	Span older_than;
	const char *archive_to;
	int max_rows; /* more in one run: ask; 0: not said, -1: `ask` each time */
	const char *env;
	Texts run;        /* clear_cache: argv */
	bool destructive; /* true unless the plan says no, or it only clears a cache */
} Cleanup;

typedef struct Capacity {
	Item item;
	const char *metric;
	const struct Service *service;
	const struct Database *db;
	Threshold warn, crit;
	Op op;              /* of both; `>` unless the plan says `<` */
	const char *action; /* words */
	const Procedure *procedure;
	Span horizon; /* how far ahead the forecast looks; zero: 3 mo, ours */
} Capacity;
