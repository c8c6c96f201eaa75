/* The plan in memory: one struct per kind of entry, lists in the file's order,
 * references resolved to pointers. Everything lives in the plan's arena and is
 * read-only after plan_load(). State that outlives a reload names entries by id.
 *
 * A pointer to another entry is NULL when the key is absent or says `unset`.
 * Nothing here has a built-in promise: an absent figure stays absent. */
#pragma once
#include "core/arena.h"
#include "core/secret.h"
#include "plan/change.h"
#include "plan/item.h"
#include "plan/safekeeping.h"
#include "plan/types.h"
#include "plan/work.h"

typedef struct Service Service;
typedef struct Window Window;
typedef struct Role Role;
typedef struct Class Class;
typedef struct Level Level;
typedef struct Escalation Escalation;
typedef struct Channel Channel;
typedef struct Metric Metric;
typedef struct Check Check;
typedef struct Tier Tier;
typedef struct Database Database;
typedef struct Template Template;
typedef struct Duty Duty;
typedef struct Commitment Commitment;

typedef struct PlanHead {
	Item item; /* id: plan's id */
	const char *title, *product, *version, *date, *owner;
	const Zone *timezone;
	const char *language; /* "fr" or "en"; others fall back to "en" */
	const char *review_every, *review_next;
	Texts review_by;
	Pairs review_also; /* "monthly" → "small adjustments" */
	const char *
	        base_url; /* where people reach this Carène, for links in messages; NULL: no links */
	Texts alarm_via;    /* channels for Carène's own alarms; empty: the worst level's route */
	Texts connectivity; /* "host:port" to try before believing that everything is down */
	Hours slots;        /* where a schedule without an hour is placed; not set: see duty.h */
	Texts holidays; /* "2027-05-01", "2027-12-20..2028-01-03", "12-25" every year, "easter+1": days on
	                   which hours that say `except holidays` are closed */
	const char *sprint_start; /* date on which a sprint began: what `next_sprint` counts from */
	Span sprint;              /* its length; zero: the plan has no sprints */
	Quantity min_coverage;    /* share of a period that must be measured; absent: 95 % */
} PlanHead;

typedef struct Environment {
	Item item;
	const char *name, *url, *host;
	const Window *window;
	Texts permits; /* destructive, load_test, restore */
} Environment;

struct Service {
	Item item;
	const Environment *environments;
	size_t environments_n;
	Texts units;   /* "compose:backend", "systemd:nginx", "process:php" */
	Texts depends; /* service ids or free names of outside components */
	Hours hours;   /* service hours, for clocks that run in them */
};

typedef enum RoleKind { ROLE_HUMAN, ROLE_TEAM, ROLE_SUPPLIER, ROLE_MACHINE } RoleKind;
struct Role {
	Item item;
	RoleKind kind;
	const char *duty, *team;
	Texts skills;
};

typedef struct Team {
	Item item;
	const char *domain;
	Texts members; /* role or contact ids */
} Team;

typedef struct Audience {
	Item item;
	Texts members;      /* role, team or contact ids */
	Texts to;           /* plain addresses */
	const char *source; /* "sql:app", "file:…": resolved in a later version */
} Audience;

typedef struct Contact {
	Item item;
	const char *name;
	const Role *role;
	const char *email, *phone; /* NULL: absent; "unset" placeholders are NULL with `unfilled` */
	const char *kind;
	bool unfilled; /* some address is written `unset` */
	Hours hours;   /* reachable as a matter of course; not set: always */
	Hours oncall;  /* reachable because on call */
	Texts via;     /* channels to use first for this person */
} Contact;

typedef enum ChannelType {
	CHANNEL_EMAIL,
	CHANNEL_SLACK,
	CHANNEL_DISCORD,
	CHANNEL_SMS,
	CHANNEL_WEBHOOK,
	CHANNEL_COMMAND,
	CHANNEL_APPRISE,
	CHANNEL_STATUS, /* the status page */
	CHANNEL_IN_APP,
	CHANNEL_SOCIAL, /* commands with another purpose */
	CHANNEL_IMPORT, /* only brings things in: never sent to */
} ChannelType;

struct Channel {
	Item item;
	ChannelType type;
	const Secret
	        *secret; /* SMTP URL, webhook address, Twilio "SID:token", command line secret */
	const char *url; /* where it is not secret: smtp://host:25, https://… */
	const char *from, *provider, *tool;
	Texts to, rooms;
	Texts run; /* argv of a command; fields arrive in the environment and on stdin as JSON */
	const Channel *fallback;
	Deadline timeout;
	Quantity per_hour; /* at most this many messages an hour to one recipient; absent: 60 */
	bool no_verify;
	const char *ca_file;
};

typedef struct StatusComponent {
	Item item;
	const char *group;
	Texts of; /* "service:manga", "check:site", "db:manga_db"; the worst shows */
} StatusComponent;

typedef struct StatusPage {
	Item item;
	bool set;
	const char *url, *title, *intro,
	        *folder; /* folder: where the files are written; NULL: DATA/status */
	Texts languages; /* first one is index.html */
	Texts publish;   /* argv run after each change; {folder} is replaced */
	const StatusComponent *components; /* empty: one per service */
	size_t components_n;
	const char *contact;
} StatusPage;

/* A clock limit: one value, or one per environment. */
typedef struct PerEnvDeadline {
	Deadline all;
	const Pair *by_env; /* key: environment; value as written */
	const Deadline *env;
	size_t n;
} PerEnvDeadline;

typedef enum ClockKind {
	CLOCK_RESPOND,
	CLOCK_INFORM,
	CLOCK_MITIGATE,
	CLOCK_RESOLVE,
	CLOCK_NEXT_UPDATE,
	CLOCK_POSTMORTEM,
	CLOCK_KINDS
} ClockKind;

typedef struct PhaseItem {
	const char *text;
	int stops; /* ClockKind that ticking it stops; -1: none */
	bool optional;
} PhaseItem;

typedef struct Phase {
	Item item;
	Span from, to; /* within, since detection; to zero: no limit */
	const PhaseItem *items;
	size_t items_n;
} Phase;

struct Class {
	Item item;
	int rank; /* 1 is worst; all logic reads it */
	const char *means;
	Texts examples;
	PerEnvDeadline clocks[CLOCK_KINDS];
	bool service_hours;      /* clocks run only in the service's hours */
	bool restart_on_reclass; /* reclassifying restarts the clocks */
	Span watch;              /* stability watch after resolution; zero: none */
	Texts route;             /* channel ids */
	const Escalation *escalation;
	const Phase *phases;
	size_t phases_n;
	const PhaseItem *closing; /* the list that must be done before an incident closes */
	size_t closing_n;
};

struct Level {
	Item item;
	int rank;
	const Class *class_; /* opens an incident of this class; NULL: alert only */
	Deadline ack;
	Texts route;
	const Escalation *escalation; /* wins over the class's */
};

typedef enum StepWhen { STEP_UNACKNOWLEDGED, STEP_UNRESOLVED, STEP_ALWAYS } StepWhen;
typedef struct EscalationStep {
	Span after; /* since the incident opened */
	StepWhen when;
	Texts to;  /* role, team, contact or audience ids; empty: the channels' own recipients */
	Texts via; /* channel ids; empty: the route of the level, else of the class */
	Place at;
} EscalationStep;
struct Escalation {
	Item item;
	const EscalationStep *steps;
	size_t steps_n;
};

struct Metric {
	Item item;
	Unit unit;
	double scale;         /* of what its source says, to the base unit: 0.001 for `ms`; 0: 1 */
	bool lower_is_better; /* direction: lower (default true except where the plan says higher) */
	const char *
	        source; /* "check:site", "host", "sql:db", "command", "http", "prometheus", "push", "import" */
	Texts stats;
	Span every;
	Texts run; /* command: argv; the number is the first of its output */
	const char *sql, *url,
	        *path; /* path: JSON path, or the exporter's sample name with labels */
	const Database *db;
	const char *mount;   /* host metrics of one file system */
	Quantity capacity;   /* link speed for network in percent: bytes per second */
	const Secret *token; /* push: bearer token */
};

typedef enum WindowsCount {
	WINDOWS_UNSTATED,
	WINDOWS_EXCLUDED,
	WINDOWS_INCLUDED,
	WINDOWS_BOTH
} WindowsCount;
typedef struct Objective {
	Item item;
	const char *
	        metric; /* metric id or a built-in: availability latency incident_mttr incident_mtta incident_mtbf recovery_time data_loss_window cpu_used … */
	Stat stat;
	Op op;
	Quantity target;
	Period period;
	const Service *service;
	const char *env;
	const Check *check;
	const Tier *tier;
	Hours hours;
	WindowsCount windows;
	const char *unknown_counts; /* "excluded" (default), "down", "up" */
	Span stated_allowance;
} Objective;

struct Tier {
	Item item;
	Range users;
	Quantity availability, latency;
	Money price;
	Texts support;
};

struct Database {
	Item item;
	const char *engine; /* postgresql, mysql (mariadb is accepted) */
	const Service *service;
	const char *env, *host, *socket, *user, *name, *managed_by;
	int port;
	const Secret *secret; /* password, or a postgresql:// URI */
	Texts tables;
	Quantity max_connections;
};

typedef enum CheckType {
	CHECK_HTTP,
	CHECK_HTTP_HEAD,
	CHECK_TCP,
	CHECK_TLS,
	CHECK_DNS,
	CHECK_ICMP,
	CHECK_DB_PING,
	CHECK_UNIT,
	CHECK_COMMAND,
	CHECK_PUSH,
	CHECK_JOURNEY,
	CHECK_IMPORT,
} CheckType;

/* One request of a journey. `capture` maps a name to "header:Name", "json:$.path",
 * "regex:…(…)…" or "cookie:name"; later texts use it as {{name}}. */
typedef struct JourneyStep {
	const char *name, *method, *url, *body;
	Pairs headers, capture, json;
	Texts expect; /* status codes or "2xx" */
	const char *contains, *matches;
	bool always; /* clean-up: runs whatever happened before */
	Place at;
} JourneyStep;

/* How a check asks and what it takes for healthy: all that many checks have in common.
 * Equal ones of a plan are one object, so a million checks of one kind hold one of these. */
typedef struct CheckHow {
	int port;
	Span every, timeout,
	        retry_every; /* zero: 10 s timeout; retry after every/5, at most 30 s */
	int retries;     /* failures in a row after the first before it is down; -1: absent → 1 */
	int successes;   /* in a row before it is up again; 0: absent → 1 */
	Quantity impact; /* share of users hit when it fails; absent: 100 % */
	Texts depends;   /* check ids */
	/* http */
	const char *method, *body;
	Texts expect; /* status codes: "200", "2xx", "200-299"; empty: 2xx */
	Pairs headers, expect_headers, json;
	const char *contains, *absent, *matches;
	int redirects; /* at most; -1: absent → 5 */
	Quantity slow; /* answer slower than this is degraded */
	bool no_verify, resume;
	const char *ca_file, *resolve_to, *user;
	const Secret *secret; /* password, push token */
	int family;
	/* tls, tcp */
	Texts min_left; /* spans: "30d", "7d" – one alert per threshold crossed */
	const char *send, *read_expect, *starttls;
	/* dns */
	const char *record, *server;
	Texts answers;
	/* db_ping, unit, command */
	const Database *db;
	Quantity max_connections_used; /* degraded above this share */
	const char *unit_kind, *socket;
	Texts run;
	const char *cwd;
	/* push */
	Schedule schedule;
	Span grace;
	/* journey */
	const JourneyStep *steps;
	size_t steps_n;
} CheckHow;

struct Check {
	Item item;
	const Service *service;
	const char *env;
	const char *target;  /* URL, host, name, unit; NULL: the environment's url/host */
	const CheckHow *how; /* never NULL */
	CheckType type;
};

/* Everything left to what absence means. */
extern const CheckHow check_how_plain;

typedef struct Rule {
	Item item;
	Condition when;
	const Level *level;     /* NULL: unset, and lint says so */
	const Class *class_;    /* overrides the level's */
	const Service *service; /* whose incident it is; NULL: the check's or metric's */
	const char *env;
	int quiet_in_window; /* 1 yes (default), 0 no */
	Span clear, flap;    /* ours when absent: one check interval; 10 min */
	Texts depends;       /* rules or checks: while one fails, this one is held back */
	const char *no_data; /* "alert" (default), "ok", "keep" */
	int at_least;        /* n-of-m: with `of` */
	Texts of;            /* check ids */
	const char *runbook;
} Rule;

typedef enum Impact { IMPACT_UNSTATED, IMPACT_NONE, IMPACT_DEGRADED, IMPACT_DOWN } Impact;
struct Window {
	Item item;
	Schedule at;
	Span length; /* `for` */
	const char *env;
	Texts services; /* empty: all of the plan */
	Impact impact;
	int counts;  /* 1: its downtime counts, 0: not, -1: unstated */
	Span notice; /* zero: none promised */
	const char *kind;
	int quiet; /* 1 (default): deliveries are held back */
	const char *reason, *alternatives;
	Texts via; /* overrides the notice's */
};

typedef struct Notice {
	Item item;
	Texts via, content, windows; /* windows empty: all */
	Texts audience;
	const Template *template_;
} Notice;

struct Template {
	Item item;
	const char *
	        kind; /* incident update resolution maintenance maintenance_done postmortem status alert self; default: the id */
	const char *language;              /* NULL: the plan's */
	const char *subject, *text, *html; /* Mustache over the fields; NULL: the built-in one */
	Texts fields; /* required: a message with one of them empty is refused */
	Texts channels, audience;
	Span update_every;
	Texts claims; /* "commitment:…" that must not be broken for the text to be true */
};

/* A section that is in the file and that this version does not carry out. */
typedef struct LaterSection {
	const char *name;
	size_t entries;
	Place at;
} LaterSection;

typedef struct Plan {
	Arena *arena;
	struct Share *share; /* plan/share.h: texts and settings of its checks */
	const char *path;
	char digest[65];  /* SHA-256 of the file as read: names the plan's epoch */
	const char *text; /* the file as read, for the record of its epoch */
	PlanHead head;
	Holidays holidays; /* head.holidays, read; every Hours of the plan points to it */
	StatusPage status_page;
	Support support;
	Costs costs;
	Versioning versioning;
	YearCalendar calendar;
#define PLAN_LIST(T, name) \
	const T *name;     \
	size_t name##_n
	PLAN_LIST(Service, services);
	PLAN_LIST(Role, roles);
	PLAN_LIST(Team, teams);
	PLAN_LIST(Audience, audiences);
	PLAN_LIST(Contact, contacts);
	PLAN_LIST(Channel, channels);
	PLAN_LIST(Class, classes);
	PLAN_LIST(Level, levels);
	PLAN_LIST(Escalation, escalations);
	PLAN_LIST(Metric, metrics);
	PLAN_LIST(Objective, objectives);
	PLAN_LIST(Tier, tiers);
	PLAN_LIST(Database, databases);
	PLAN_LIST(Check, checks);
	PLAN_LIST(Rule, rules);
	PLAN_LIST(Window, windows);
	PLAN_LIST(Notice, notices);
	PLAN_LIST(Template, templates);
	PLAN_LIST(Task, tasks);
	PLAN_LIST(Procedure, procedures);
	PLAN_LIST(Exercise, exercises);
	PLAN_LIST(Audit, audits);
	PLAN_LIST(ReportPlan, reports);
	PLAN_LIST(Document, documents);
	PLAN_LIST(Training, training);
	PLAN_LIST(RoadmapItem, roadmap);
	PLAN_LIST(Storage, storage);
	PLAN_LIST(Backup, backups);
	PLAN_LIST(RestoreTest, restore_tests);
	PLAN_LIST(Log, logs);
	PLAN_LIST(DbAction, db_actions);
	PLAN_LIST(Cleanup, cleanup);
	PLAN_LIST(Capacity, capacity);
	PLAN_LIST(Update, updates);
	PLAN_LIST(Vulnerability, vulnerabilities);
	PLAN_LIST(Deployment, deployments);
	PLAN_LIST(Suite, suites);
	PLAN_LIST(LoadTest, load_tests);
	PLAN_LIST(LaterSection, later);
#undef PLAN_LIST
	const Duty *duties; /* plan/duty.h: all that recurs, derived when the plan is loaded */
	size_t duties_n;
	const Commitment *commitments; /* plan/commitment.h: every line with a figure */
	size_t commitments_n;
	struct PlanIndex *index;      /* ids → entries, for the look-ups below */
	const Secret *const *secrets; /* all of them, freed with the plan and used to redact */
	size_t secrets_n;
} Plan;

/* Entries by id; NULL when absent. Constant time. */
const Service *plan_service(const Plan *p, const char *id);
const Role *plan_role(const Plan *p, const char *id);
const Team *plan_team(const Plan *p, const char *id);
const Audience *plan_audience(const Plan *p, const char *id);
const Contact *plan_contact(const Plan *p, const char *id);
const Channel *plan_channel(const Plan *p, const char *id);
const Class *plan_class(const Plan *p, const char *id);
const Level *plan_level(const Plan *p, const char *id);
const Escalation *plan_escalation(const Plan *p, const char *id);
const Metric *plan_metric(const Plan *p, const char *id);
/* Does its source belong to the language, while this version cannot read it? (L22) */
bool metric_source_is_later(const Metric *m);
const Objective *plan_objective(const Plan *p, const char *id);
const Check *plan_check(const Plan *p, const char *id);
const Rule *plan_rule(const Plan *p, const char *id);
const Window *plan_window(const Plan *p, const char *id);
const Template *plan_template(const Plan *p, const char *id);
const Database *plan_database(const Plan *p, const char *id);
const Task *plan_task(const Plan *p, const char *id);
const Procedure *plan_procedure(const Plan *p, const char *id);
const Backup *plan_backup(const Plan *p, const char *id);
const Environment *service_environment(const Service *s, const char *id);

/* A source's number in the metric's base unit. */
static inline double metric_value(const Metric *m, double said)
{
	return m->scale > 0 ? said * m->scale : said;
}
static inline const char *item_label(const Item *i) { return i->label ? i->label : i->id; }
void plan_free(Plan *p); /* NULL is fine; wipes its secrets */
