/* Sections of planned work: tasks, procedures, exercises, audits, reports, and the
 * steps they are made of. */
#include "plan/sections_private.h"

#include "core/alloc.h"

#define PEOPLE (IN(ROLES) | IN(TEAMS) | IN(CONTACTS))

/* ---- steps ---- */

static const Choice clock_names[] = { { "respond", 0, 0 },
	                              { "inform", 0, 0 },
	                              { "mitigate", 0, 0 },
	                              { "resolve", 0, 0 },
	                              { "next_update", 0, 0 },
	                              { "postmortem", 0, 0 },
	                              { 0 } };

static const Row step_rows[] = {
	{ .key = "id",
	  T_TEXT(WorkItem, item.id),
	  .form = FORM_NAME,
	  .absent = "its number in the list",
	  HELP("Name of the step, stable over time.", "Nom de l'étape, stable dans le temps.") },
	{ .key = "do",
	  T_TEXT(WorkItem, todo),
	  .form = FORM_REF,
	  HELP("Entry of the plan that is carried out, as kind:name. With `ask`, it is measured, "
	       "then a person confirms.",
	       "Entrée du plan à exécuter, écrite nature:nom. Avec `ask`, la machine mesure puis "
	       "une personne confirme.") },
	{ .key = "ask",
	  T_TEXT(WorkItem, ask),
	  HELP("What a person does, and then says was done.",
	       "Ce qu'une personne fait, puis déclare fait.") },
	{ .key = "notify",
	  T_TEXT(WorkItem, notify),
	  .refs = PEOPLE | IN(AUDIENCES) | IN(CHANNELS),
	  HELP("Who is told.", "Qui est prévenu.") },
	{ .key = "run",
	  T_ARGV(WorkItem, run),
	  HELP("Program and arguments; it must exit with 0.",
	       "Programme et arguments ; il doit finir par 0.") },
	{ .key = "sql",
	  T_TEXT(WorkItem, sql),
	  .example = "select count(*) from users",
	  HELP("Statement asked from the database.", "Requête posée à la base.") },
	{ .key = "http",
	  T_TEXT(WorkItem, http),
	  .form = FORM_REQUEST,
	  HELP("Request made.", "Requête HTTP envoyée.") },
	{ .key = "unit",
	  T_TEXT(WorkItem, unit),
	  .form = FORM_UNIT_VERB,
	  HELP("What is done to a unit of the service.",
	       "Ce qui est fait à une unité du service.") },
	{ .key = "wait",
	  T_TEXT(WorkItem, wait),
	  .example = "5m, completed",
	  HELP("A pause; beside another action, the state waited for.",
	       "Une pause ; à côté d'une autre action, l'état attendu.") },
	{ .key = "call",
	  T_TEXT(WorkItem, call),
	  .refs = IN(PROCEDURES),
	  HELP("Procedure carried out here.", "Procédure exécutée ici.") },
	{ .key = "if",
	  T_TEXT(WorkItem, only_if),
	  .example = "needed, check{site} == fail",
	  HELP("Only when this holds; `needed`: a person says yes or no, and it is kept.",
	       "Seulement si c'est vrai ; `needed` : une personne répond oui ou non, et c'est "
	       "gardé.") },
	{ .key = "expect",
	  T_TEXT(WorkItem, expect),
	  .example = "\"> 0\", ok",
	  HELP("What the answer must be.", "Ce que la réponse doit être.") },
	{ .key = "needs",
	  T_TEXT(WorkItem, needs),
	  .example = "mysql up",
	  HELP("What must be up for it to work.", "Ce qui doit tourner pour qu'elle marche.") },
	{ .key = "env",
	  T_TEXT(WorkItem, env),
	  .form = FORM_ENV,
	  HELP("Environment it takes place in.", "Environnement où elle a lieu.") },
	{ .key = "on_fail",
	  T_TEXT(WorkItem, on_fail),
	  .form = FORM_ON_FAIL,
	  .absent = "stop",
	  HELP("What follows its failure.", "Ce qui suit son échec.") },
	{ .key = "stops",
	  T_TEXT(WorkItem, stops),
	  .choices = clock_names,
	  HELP("Clock of the incident that finishing it stops.",
	       "Délai de l'incident que la finir arrête.") },
	{ .key = "timeout",
	  T_SPAN(WorkItem, timeout),
	  HELP("Time it may take.", "Durée permise.") },
	{ .key = "destructive",
	  T_BOOL(WorkItem, destructive),
	  .absent = "no",
	  HELP("Destroys or overwrites data: needs permission, a fresh backup and a person's "
	       "word.",
	       "Détruit ou écrase des données : il faut la permission, une sauvegarde fraîche et "
	       "la parole d'une personne.") },
	{ .key = "always",
	  T_BOOL(WorkItem, always),
	  .absent = "no",
	  HELP("Done even when a step before it failed.",
	       "Exécutée même si une étape précédente a échoué.") },
	{ .key = "timed",
	  T_BOOL(WorkItem, timed),
	  .absent = "no",
	  HELP("Its duration is measured and kept.", "Sa durée est mesurée et gardée.") },
};
const Table schema_step = {
	"step", step_rows, COUNT_OF(step_rows), sizeof(WorkItem), true, "ask", NULL, 0, NULL
};

/* ---- tasks ---- */

static const Choice task_types[] = {
	{ "preventive", 0, 0 }, { "corrective", 0, 0 }, { "evolutive", 0, 0 }, { 0 }
};
static const Choice overlaps[] = { { "skip", 0, 0 }, { "queue", 0, 0 }, { "both", 0, 0 }, { 0 } };

static const Row task_rows[] = {
	{ .key = "at",
	  T_SCHEDULE(Task, at),
	  .flags = REQUIRED,
	  HELP("When it is due.", "Quand elle est due.") },
	{ .key = "for",
	  T_SPAN(Task, length),
	  HELP("How long it is planned to take.", "Durée prévue.") },
	{ .key = "type",
	  T_TEXT(Task, type),
	  .choices = task_types,
	  HELP("Kind of maintenance.", "Nature de la maintenance.") },
	{ .key = "items",
	  T_LIST(Task, items, WorkItem, &schema_step),
	  .absent = "one item: its label, asked from the owner",
	  HELP("What is done, in order.", "Ce qui est fait, dans l'ordre.") },
	{ .key = "after",
	  T_NAMES(Task, after, IN(TASKS)),
	  HELP("Tasks whose occurrence of the same day must be over first.",
	       "Tâches dont l'occurrence du même jour doit être finie avant.") },
	{ .key = "days",
	  T_HOURS(Task, days),
	  .absent = "every day",
	  HELP("Occurrences on other days fall away.", "Les occurrences d'autres jours tombent.") },
	{ .key = "same_as",
	  T_REF(Task, same_as, Task, TASKS),
	  HELP("Takes over that task's items, duration, type and owner where it has none.",
	       "Reprend éléments, durée, nature et responsable de cette tâche s'ils manquent.") },
	{ .key = "catch_up",
	  T_TEXT(Task, catch_up),
	  .form = FORM_CATCH_UP,
	  .absent = "once",
	  HELP("After a stop: which of the missed occurrences are made up for.",
	       "Après un arrêt : lesquelles des occurrences manquées sont rattrapées.") },
	{ .key = "max_late",
	  T_SPAN(Task, max_late),
	  .absent = "until the next one",
	  HELP("An occurrence later than this is not made up for.",
	       "Une occurrence plus en retard n'est pas rattrapée.") },
	{ .key = "overlap",
	  T_TEXT(Task, overlap),
	  .choices = overlaps,
	  .absent = "skip",
	  HELP("When it is due while the last one is still open: that one is missed (skip), this "
	       "one waits (queue), or both go on.",
	       "Due alors que la précédente est ouverte : celle-là est manquée (skip), celle-ci "
	       "attend (queue), ou les deux continuent (both).") },
	{ .key = "locks",
	  T_TEXTS(Task, locks),
	  HELP("Names of which only one holder runs at a time.",
	       "Noms dont un seul détenteur tourne à la fois.") },
	{ .key = "window",
	  T_REF(Task, window, struct Window, WINDOWS),
	  HELP("Takes place inside this window.", "A lieu dans cette fenêtre.") },
	{ .key = "depends",
	  T_NAMES(Task, depends, IN(SERVICES) | IN(DATABASES)),
	  .flags = BARE,
	  HELP("Services, databases or outside components it needs.",
	       "Services, bases ou composants extérieurs requis.") },
	{ .key = "env",
	  T_TEXT(Task, env),
	  .form = FORM_ENV,
	  HELP("Environment it takes place in.", "Environnement où elle a lieu.") },
};
const Table schema_task = { "task", task_rows, COUNT_OF(task_rows), sizeof(Task), true, NULL, NULL,
	                    0,      NULL };

/* ---- procedures ---- */

static const Choice procedure_kinds[] = {
	{ "restore", 0, 0 }, { "restart", 0, 0 },  { "scale", 0, 0 },
	{ "update", 0, 0 },  { "incident", 0, 0 }, { "rollback", 0, 0 },
	{ "check", 0, 0 },   { "deploy", 0, 0 },   { 0 }
};

static const Row procedure_rows[] = {
	{ .key = "kind",
	  T_TEXT(Procedure, kind),
	  .choices = procedure_kinds,
	  HELP("What it is for.", "À quoi elle sert.") },
	{ .key = "params",
	  T_TEXTS(Procedure, params),
	  .example = "[VOLUME_ID, INSTANCE_ID]",
	  HELP("What must be given before it starts.",
	       "Ce qu'il faut donner avant de commencer.") },
	{ .key = "steps",
	  T_LIST(Procedure, steps, WorkItem, &schema_step),
	  .flags = REQUIRED,
	  HELP("Steps, in order.", "Étapes, dans l'ordre.") },
	{ .key = "limit",
	  T_SPAN(Procedure, limit),
	  .absent = "no limit",
	  HELP("Time within which it must be over.", "Durée maximale de l'ensemble.") },
	{ .key = "envs",
	  T_TEXTS(Procedure, envs),
	  .absent = "all",
	  HELP("Environments it may run in.", "Environnements où elle est permise.") },
	{ .key = "on_fail",
	  T_TEXT(Procedure, on_fail),
	  .form = FORM_ON_FAIL,
	  .absent = "stop",
	  HELP("What follows its failure.", "Ce qui suit son échec.") },
};
const Table schema_procedure = { "procedure",
	                         procedure_rows,
	                         COUNT_OF(procedure_rows),
	                         sizeof(Procedure),
	                         true,
	                         NULL,
	                         NULL,
	                         0,
	                         NULL };

/* ---- exercises ---- */

static const Choice exercise_kinds[] = {
	{ "recovery", 0, 0 }, { "incident", 0, 0 }, { "game_day", 0, 0 }, { 0 }
};

static const Row exercise_rows[] = {
	{ .key = "kind",
	  T_TEXT(Exercise, kind),
	  .choices = exercise_kinds,
	  HELP("What is exercised.", "Ce qui est exercé.") },
	{ .key = "at",
	  T_SCHEDULE(Exercise, at),
	  .flags = REQUIRED,
	  HELP("When it is due.", "Quand il est dû.") },
	{ .key = "for",
	  T_SPAN(Exercise, length),
	  HELP("How long it is planned to take.", "Durée prévue.") },
	{ .key = "scenario",
	  T_TEXT(Exercise, scenario),
	  HELP("What is supposed to have happened.", "Ce qui est supposé arrivé.") },
	{ .key = "target",
	  T_TEXT(Exercise, target),
	  .form = FORM_ENV,
	  .example = "staging, scratch",
	  HELP("Environment it takes place in; scratch: one made for it.",
	       "Environnement où il a lieu ; scratch : créé pour l'occasion.") },
	{ .key = "items",
	  T_LIST(Exercise, items, WorkItem, &schema_step),
	  HELP("What is done, in order.", "Ce qui est fait, dans l'ordre.") },
};
const Table schema_exercise = {
	"exercise", exercise_rows, COUNT_OF(exercise_rows), sizeof(Exercise), true, NULL, NULL,
	0,          NULL
};

/* ---- audits ---- */

static const Choice depths[] = { { "scan", 0, 0 },
	                         { "check", 0, 0 },
	                         { "audit", 0, 0 },
	                         { "pentest", 0, 0 },
	                         { "access", 0, 0 },
	                         { "review", 0, 0 },
	                         { 0 } };

static const Row audit_rows[] = {
	{ .key = "depth",
	  T_TEXT(Audit, depth),
	  .choices = depths,
	  .flags = REQUIRED,
	  HELP("How deep it goes.", "Sa profondeur.") },
	{ .key = "at",
	  T_SCHEDULE(Audit, at),
	  .flags = REQUIRED,
	  HELP("When it is due.", "Quand il est dû.") },
	{ .key = "for",
	  T_SPAN(Audit, length),
	  HELP("How long it is planned to take.", "Durée prévue.") },
	{ .key = "external",
	  T_BOOL(Audit, external),
	  .absent = "no",
	  HELP("Done by somebody outside the team.", "Mené par quelqu'un d'extérieur.") },
	{ .key = "scope",
	  T_TEXTS(Audit, scope),
	  HELP("What is looked at.", "Ce qui est examiné.") },
	{ .key = "run",
	  T_ARGV(Audit, run),
	  .example = "[npm, audit, --json]",
	  HELP("Program of a scanner, and its arguments.",
	       "Programme d'un scanneur et arguments.") },
	{ .key = "items",
	  T_LIST(Audit, items, WorkItem, &schema_step),
	  HELP("What is done, in order.", "Ce qui est fait, dans l'ordre.") },
};
const Table schema_audit = { "audit",       audit_rows, COUNT_OF(audit_rows),
	                     sizeof(Audit), true,       NULL,
	                     NULL,          0,          NULL };

/* ---- reports ---- */

static const Row report_rows[] = {
	{ .key = "at",
	  T_SCHEDULE(ReportPlan, at),
	  .flags = REQUIRED,
	  HELP("When it is due.", "Quand il est dû.") },
	{ .key = "after",
	  T_NAMES(ReportPlan, after, IN(TASKS)),
	  HELP("Tasks whose occurrence of the same day must be over first.",
	       "Tâches dont l'occurrence du même jour doit être finie avant.") },
	{ .key = "sections",
	  T_TEXTS(ReportPlan, sections),
	  .example = "[availability, incidents, tasks]",
	  HELP("What it shows, in order.", "Ce qu'il montre, dans l'ordre.") },
	{ .key = "audience",
	  T_NAMES(ReportPlan, audience, PEOPLE | IN(AUDIENCES)),
	  HELP("Who receives it.", "Qui le reçoit.") },
	{ .key = "via",
	  T_NAMES(ReportPlan, via, IN(CHANNELS)),
	  HELP("Channels it is sent by.", "Canaux d'envoi.") },
	{ .key = "template",
	  T_TEXT(ReportPlan, template_id),
	  .refs = IN(TEMPLATES),
	  .absent = "the built-in",
	  HELP("Its words.", "Ses mots.") },
	{ .key = "items",
	  T_LIST(ReportPlan, items, WorkItem, &schema_step),
	  HELP("Paragraphs that a person writes.", "Paragraphes qu'une personne écrit.") },
};
const Table schema_report = {
	"report", report_rows, COUNT_OF(report_rows), sizeof(ReportPlan), true, NULL, NULL, 0, NULL
};
