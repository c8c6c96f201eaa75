/* Sections of change: updates, vulnerabilities, deployments, suites, load tests.
 * Tables only; what their keys mean together is judged in verify_change.c. */
#include "plan/sections_private.h"

#include "core/alloc.h"

/* ---- updates ---- */

static const Choice update_kinds[] = {
	{ "security", 0, 0 },     { "minor", 0, 0 },          { "major", 0, 0 },
	{ "dependencies", 0, 0 }, { "config", 0, 0 },         { "api", 0, 0 },
	{ "framework", 0, 0 },    { "infrastructure", 0, 0 }, { 0 }
};

static const Row update_rows[] = {
	{ .key = "kind",
	  T_TEXT(Update, kind),
	  .choices = update_kinds,
	  .flags = REQUIRED,
	  HELP("What sort of update.", "Nature de la mise à jour.") },
	{ .key = "at",
	  T_SCHEDULE(Update, at),
	  .example = "monthly, weekly sun 03:00, on advisory",
	  HELP("When it is made.", "Quand elle est faite.") },
	{ .key = "deadline",
	  T_DEADLINE(Update, deadline),
	  HELP("Time allowed from the day the update is known.",
	       "Délai à compter du jour où elle est connue.") },
	{ .key = "window",
	  T_REF(Update, window, Window, WINDOWS),
	  .flags = UNSET,
	  HELP("Window it takes place in.", "Fenêtre où elle a lieu.") },
	{ .key = "for", T_SPAN(Update, length), HELP("Planned duration.", "Durée prévue.") },
	{ .key = "notice",
	  T_DEADLINE(Update, notice),
	  .example = "48h, 2w, asap",
	  HELP("People are told at least this long before.", "Préavis minimal.") },
	{ .key = "via",
	  T_NAMES(Update, via, IN(CHANNELS)),
	  HELP("Channels of its notice.", "Canaux de son annonce.") },
	{ .key = "audience",
	  T_NAMES(Update, audience, IN(AUDIENCES) | IN(ROLES) | IN(TEAMS) | IN(CONTACTS)),
	  HELP("Who is told.", "Qui est prévenu.") },
	{ .key = "components",
	  T_TEXTS(Update, components),
	  .example = "[Next.js, PostgreSQL]",
	  HELP("What is updated.", "Ce qui est mis à jour.") },
	{ .key = "audit",
	  T_ARGV(Update, audit),
	  .example = "[npm, audit, --json]",
	  HELP("Program that finds what is out of date.",
	       "Programme qui trouve ce qui est dépassé.") },
	{ .key = "run",
	  T_ARGV(Update, run),
	  .example = "[npm, update]",
	  HELP("Program that updates.", "Programme qui met à jour.") },
	{ .key = "procedure",
	  T_REF(Update, procedure, Procedure, PROCEDURES),
	  HELP("Procedure it follows.", "Procédure suivie.") },
	{ .key = "steps",
	  T_LIST(Update, steps, WorkItem, &schema_step),
	  HELP("Its steps, in order.", "Ses étapes, dans l'ordre.") },
};
const Table schema_update = { "update",       update_rows, COUNT_OF(update_rows),
	                      sizeof(Update), true,        NULL,
	                      NULL,           0,           NULL };

/* ---- vulnerabilities ---- */

static const Row vulnerability_rows[] = {
	{ .key = "rank",
	  T_INT(Vulnerability, rank, 1, 99),
	  .absent = "the file's order",
	  HELP("1 is the worst.", "1 est la pire.") },
	{ .key = "deadline",
	  T_DEADLINE(Vulnerability, deadline),
	  .example = "24h, 1w, next_sprint, planned",
	  HELP("Time allowed from discovery to the verified fix.",
	       "Délai de la découverte au correctif vérifié.") },
	{ .key = "mitigate",
	  T_DEADLINE(Vulnerability, mitigate),
	  HELP("Time allowed until it can no longer be used.",
	       "Délai jusqu'à ce qu'elle ne soit plus exploitable.") },
	{ .key = "procedure",
	  T_REF(Vulnerability, procedure, Procedure, PROCEDURES),
	  HELP("Procedure it follows.", "Procédure suivie.") },
};
const Table schema_vulnerability = { "vulnerability",
	                             vulnerability_rows,
	                             COUNT_OF(vulnerability_rows),
	                             sizeof(Vulnerability),
	                             true,
	                             NULL,
	                             NULL,
	                             0,
	                             NULL };

/* ---- deployments ---- */

static const Choice strategies[] = {
	{ "in_place", 0, 0 }, { "blue_green", 0, 0 }, { "rolling", 0, 0 }, { "canary", 0, 0 }, { 0 }
};
static const Choice approvals[] = {
	{ "human", 0, 0 }, { "auto", 0, 0 }, { "auto_if_measured", 0, 0 }, { 0 }
};

static const Row cycle_rows[] = {
	{ .key = "sprint",
	  T_SPAN(Deployment, sprint),
	  HELP("Length of a sprint.", "Durée d'un sprint.") },
	{ .key = "candidate",
	  T_SPAN(Deployment, candidate),
	  HELP("How long a candidate is tried before its release.",
	       "Durée d'essai d'une version candidate avant sa livraison.") },
	{ .key = "watch",
	  T_SPAN(Deployment, watch),
	  HELP("How long a release is watched after it.",
	       "Durée de surveillance après la livraison.") },
};
static const Table cycle_table = {
	"cycle", cycle_rows, COUNT_OF(cycle_rows), sizeof(Deployment), false, NULL, NULL, 0, NULL
};

static const Row stage_rows[] = {
	{ .key = "name",
	  T_TEXT(Stage, item.id),
	  .flags = REQUIRED,
	  .example = "prepare",
	  HELP("Its name.", "Son nom.") },
	{ .key = "for", T_SPAN(Stage, length), HELP("Planned duration.", "Durée prévue.") },
	{ .key = "gates",
	  T_LIST(Stage, gates, WorkItem, &schema_step),
	  HELP("What must pass before the next stage, in order.",
	       "Ce qui doit réussir avant l'étape suivante, dans l'ordre.") },
};
static const Table stage_table = { "stage",       stage_rows, COUNT_OF(stage_rows),
	                           sizeof(Stage), true,       NULL,
	                           NULL,          0,          NULL };

static const Row trigger_rows[] = {
	{ .key = "when",
	  T_CONDITION(RollbackTrigger, when),
	  .example = "error_rate > 5% over 5m",
	  HELP("Condition that sets the rollback off.",
	       "Condition qui déclenche le retour arrière.") },
	{ .key = "declared",
	  T_TEXT(RollbackTrigger, declared),
	  .example = "a security flaw is found",
	  HELP("Words of what a person declares.", "Ce qu'une personne déclare.") },
};
static const Table trigger_table = {
	"trigger", trigger_rows, COUNT_OF(trigger_rows), sizeof(RollbackTrigger), true, NULL, NULL,
	0,         NULL
};

static const Row rollback_rows[] = {
	{ .key = "triggers",
	  T_LIST(Deployment, triggers, RollbackTrigger, &trigger_table),
	  HELP("What sets it off.", "Ce qui le déclenche.") },
	{ .key = "approval",
	  T_TEXT(Deployment, rollback_approval),
	  .choices = approvals,
	  HELP("Who decides: a person, the machine, or the machine where it is measured.",
	       "Qui décide : une personne, la machine, ou la machine si c'est mesuré.") },
	{ .key = "limit",
	  T_SPAN(Deployment, rollback_limit),
	  HELP("Time it may take.", "Durée à ne pas dépasser.") },
	{ .key = "steps",
	  T_LIST(Deployment, rollback_steps, WorkItem, &schema_step),
	  HELP("Its steps, in order.", "Ses étapes, dans l'ordre.") },
	{ .key = "data",
	  T_LIST(Deployment, rollback_data, WorkItem, &schema_step),
	  HELP("Steps that put the data back.", "Étapes qui rétablissent les données.") },
};
static const Table rollback_table = {
	"rollback", rollback_rows, COUNT_OF(rollback_rows), sizeof(Deployment), false, NULL, NULL,
	0,          NULL
};

static const Row deployment_rows[] = {
	{ .key = "strategy",
	  T_TEXT(Deployment, strategy),
	  .choices = strategies,
	  HELP("How the new version takes over from the old one.",
	       "Comment la nouvelle version remplace l'ancienne.") },
	{ .key = "shares",
	  T_TEXTS(Deployment, shares),
	  .flags = UNSET,
	  .example = "[10%, 50%, 100%]",
	  HELP("Shares of the traffic moved, step by step, up to 100%.",
	       "Parts du trafic déplacées, pas à pas, jusqu'à 100%.") },
	{ .key = "service",
	  T_REF(Deployment, service, Service, SERVICES),
	  .absent = "the only service",
	  HELP("Service deployed.", "Service déployé.") },
	{ .key = "env",
	  T_TEXT(Deployment, env),
	  .form = FORM_ENV,
	  .absent = "production, or the only one",
	  HELP("Environment it goes to.", "Environnement visé.") },
	{ .key = "branch",
	  T_TEXT(Deployment, branch),
	  .absent = "the production branch",
	  .example = "main",
	  HELP("Branch deployed.", "Branche déployée.") },
	{ .key = "slot",
	  T_REF(Deployment, slot, Window, WINDOWS),
	  .flags = UNSET,
	  HELP("Window in which it may start.", "Fenêtre où elle peut commencer.") },
	{ .key = "at",
	  T_SCHEDULE(Deployment, at),
	  HELP("Releases planned by the calendar.", "Livraisons prévues au calendrier.") },
	{ .key = "cycle",
	  T_GROUP(&cycle_table),
	  HELP("Lengths of the release cycle.", "Durées du cycle de livraison.") },
	{ .key = "stages",
	  T_LIST(Deployment, stages, Stage, &stage_table),
	  HELP("Stages, in order; each waits for the gates of the one before.",
	       "Étapes, dans l'ordre ; chacune attend les contrôles de la précédente.") },
	{ .key = "rollback",
	  T_GROUP(&rollback_table),
	  HELP("The way back.", "Le retour arrière.") },
};
const Table schema_deployment = { "deployment",
	                          deployment_rows,
	                          COUNT_OF(deployment_rows),
	                          sizeof(Deployment),
	                          true,
	                          NULL,
	                          NULL,
	                          0,
	                          NULL };

/* ---- suites ---- */

static const Choice suite_kinds[] = { { "unit", 0, 0 },
	                              { "integration", 0, 0 },
	                              { "e2e", 0, 0 },
	                              { "performance", 0, 0 },
	                              { "smoke", 0, 0 },
	                              { "regression", 0, 0 },
	                              { "static", 0, 0 },
	                              { "manual", 0, 0 },
	                              { "accessibility", 0, 0 },
	                              { "automated", 0, 0 },
	                              { 0 } };
static const Choice suite_gates[] = { { "all_pass", 0, 0 }, { "coverage", 0, 0 }, { 0 } };

static const Row suite_rows[] = {
	{ .key = "kind",
	  T_TEXT(Suite, kind),
	  .choices = suite_kinds,
	  .flags = REQUIRED,
	  HELP("What sort of tests.", "Nature des tests.") },
	{ .key = "run",
	  T_ARGV(Suite, run),
	  .example = "[vendor/bin/phpunit]",
	  HELP("Program that runs it; 0 means passed.",
	       "Programme qui la lance ; 0 signifie réussi.") },
	{ .key = "at",
	  T_SCHEDULE(Suite, at),
	  .example = "on deploy, weekly",
	  HELP("When it is run.", "Quand elle est lancée.") },
	{ .key = "gate",
	  T_TEXT(Suite, gate),
	  .choices = suite_gates,
	  HELP("What lets the next stage begin.", "Ce qui ouvre l'étape suivante.") },
	{ .key = "coverage",
	  T_QUANTITY(Suite, coverage),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 100,
	  HELP("Share of the code that must be covered.", "Part du code qui doit être couverte.") },
	{ .key = "standard",
	  T_TEXT(Suite, standard),
	  .example = "WCAG 2.1 AA",
	  HELP("Standard it holds the product to.", "Norme à laquelle elle confronte.") },
	{ .key = "scope",
	  T_TEXTS(Suite, scope),
	  .example = "[sign in, order]",
	  HELP("What it goes through.", "Ce qu'elle parcourt.") },
	{ .key = "service",
	  T_REF(Suite, service, Service, SERVICES),
	  .absent = "the only service",
	  HELP("Service tested.", "Service testé.") },
	{ .key = "env",
	  T_TEXT(Suite, env),
	  .form = FORM_ENV,
	  HELP("Environment it runs against.", "Environnement où elle s'exécute.") },
	{ .key = "for", T_SPAN(Suite, length), HELP("Planned duration.", "Durée prévue.") },
	{ .key = "items",
	  T_LIST(Suite, items, WorkItem, &schema_step),
	  HELP("What is gone through, one by one.", "Ce qui est parcouru, point par point.") },
};
const Table schema_suite = { "suite",       suite_rows, COUNT_OF(suite_rows),
	                     sizeof(Suite), true,       NULL,
	                     NULL,          0,          NULL };

/* ---- load tests ---- */

static const Choice load_tools[] = { { "ab", 0, 0 },     { "wrk", 0, 0 },    { "k6", 0, 0 },
	                             { "jmeter", 0, 0 }, { "locust", 0, 0 }, { 0 } };

static const Row expect_rows[] = {
	{ .key = "p95",
	  T_QUANTITY(LoadTest, p95),
	  UNITS(UNIT_SECONDS),
	  HELP("95 answers in 100 are faster.", "95 réponses sur 100 sont plus rapides.") },
	{ .key = "rpm",
	  T_QUANTITY(LoadTest, rpm),
	  UNITS(UNIT_PER_MIN),
	  .example = "1000 req/min",
	  HELP("Requests a minute that must be held.", "Requêtes par minute à tenir.") },
	{ .key = "errors",
	  T_QUANTITY(LoadTest, errors),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 100,
	  HELP("Errors, at most.", "Erreurs, au plus.") },
	{ .key = "availability",
	  T_QUANTITY(LoadTest, availability),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 100,
	  HELP("Availability, at least.", "Disponibilité, au moins.") },
};
static const Table expect_table = {
	"expectation", expect_rows, COUNT_OF(expect_rows), sizeof(LoadTest), false, NULL, NULL, 0,
	NULL
};

static const Row degradation_rows[] = {
	{ .key = "warn",
	  T_QUANTITY(LoadTest, warn),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 1000,
	  HELP("Worse than the baseline by this share: a warning.",
	       "Pire que la référence de cette part : avertissement.") },
	{ .key = "crit",
	  T_QUANTITY(LoadTest, crit),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 1000,
	  HELP("By this share: critical.", "De cette part : critique.") },
	{ .key = "fail",
	  T_QUANTITY(LoadTest, fail),
	  UNITS(UNIT_PERCENT),
	  .min = 0,
	  .max = 1000,
	  HELP("By this share: failed.", "De cette part : échec.") },
};
static const Table degradation_table = { "degradation",
	                                 degradation_rows,
	                                 COUNT_OF(degradation_rows),
	                                 sizeof(LoadTest),
	                                 false,
	                                 NULL,
	                                 NULL,
	                                 0,
	                                 NULL };

static const Row load_test_rows[] = {
	{ .key = "tool",
	  T_TEXT(LoadTest, tool),
	  .choices = load_tools,
	  HELP("Program that loads the service.", "Programme qui charge le service.") },
	{ .key = "requests",
	  T_INT(LoadTest, requests, 1, 1000000000),
	  HELP("Requests in all.", "Requêtes en tout.") },
	{ .key = "concurrency",
	  T_INT(LoadTest, concurrency, 1, 1000000),
	  HELP("Requests at a time.", "Requêtes simultanées.") },
	{ .key = "for", T_SPAN(LoadTest, length), HELP("How long it lasts.", "Sa durée.") },
	{ .key = "target",
	  T_TEXT(LoadTest, target),
	  .absent = "the environment's url",
	  .example = "/, https://staging.example.org/",
	  HELP("Page or address loaded.", "Page ou adresse chargée.") },
	{ .key = "service",
	  T_REF(LoadTest, service, Service, SERVICES),
	  .absent = "the only service",
	  HELP("Service loaded.", "Service chargé.") },
	{ .key = "env",
	  T_TEXT(LoadTest, env),
	  .form = FORM_ENV,
	  HELP("Environment loaded; it must permit `load_test`.",
	       "Environnement chargé ; il doit permettre `load_test`.") },
	{ .key = "at", T_SCHEDULE(LoadTest, at), HELP("When it is made.", "Quand il est fait.") },
	{ .key = "expect",
	  T_GROUP(&expect_table),
	  HELP("What must hold under load.", "Ce qui doit tenir sous charge.") },
	{ .key = "degradation",
	  T_GROUP(&degradation_table),
	  HELP("How much worse than the last baseline it may be.",
	       "Dégradation admise par rapport à la référence.") },
	{ .key = "scenarios",
	  T_TEXTS(LoadTest, scenarios),
	  HELP("Journeys played, or files of the tool.",
	       "Parcours joués, ou fichiers de l'outil.") },
};
const Table schema_load_test = { "load test",
	                         load_test_rows,
	                         COUNT_OF(load_test_rows),
	                         sizeof(LoadTest),
	                         true,
	                         NULL,
	                         NULL,
	                         0,
	                         NULL };
