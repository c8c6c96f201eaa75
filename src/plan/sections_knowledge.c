/* Sections about people's knowledge and means: support, documents, training, costs,
 * versioning, roadmap, calendar. */
#include "plan/sections_private.h"

#include "core/alloc.h"

/* ---- support ---- */

static void support_init(void *entry) { ((Support *)entry)->set = true; }

static const Row support_level_rows[] = {
	{ .key = "title",
	  T_TEXT(SupportLevel, title),
	  HELP("Title people read.", "Titre destiné aux lecteurs.") },
	{ .key = "duties",
	  T_TEXTS(SupportLevel, duties),
	  HELP("What this level does.", "Ce que fait ce niveau.") },
	{ .key = "skills",
	  T_TEXTS(SupportLevel, skills),
	  HELP("Competences it needs.", "Compétences requises.") },
	{ .key = "tools", T_TEXTS(SupportLevel, tools), HELP("Its tools.", "Ses outils.") },
	{ .key = "access",
	  T_TEXTS(SupportLevel, access),
	  HELP("What it may reach.", "Ce à quoi il a accès.") },
};
static const Table support_level_table = { "support level",
	                                   support_level_rows,
	                                   COUNT_OF(support_level_rows),
	                                   sizeof(SupportLevel),
	                                   true,
	                                   NULL,
	                                   NULL,
	                                   0,
	                                   NULL };

static const Row support_rows[] = {
	{ .key = "hours",
	  T_HOURS(Support, hours),
	  .flags = UNSET,
	  HELP("When users are answered.", "Quand on répond aux utilisateurs.") },
	{ .key = "always_for",
	  T_NAMES(Support, always_for, IN(CLASSES)),
	  HELP("Classes served around the clock.", "Classes servies jour et nuit.") },
	{ .key = "priorities",
	  T_PAIRS(Support, priorities),
	  .example = "{urgent: P0, high: P1}",
	  .absent = "classes by their own names",
	  HELP("A ticket's priority, and the class whose clocks it has.",
	       "Priorité d'un ticket, et classe dont il a les délais.") },
	{ .key = "levels",
	  T_ENTRIES(Support, levels, SupportLevel, &support_level_table),
	  HELP("Levels of support, from the first.", "Niveaux de support, à partir du premier.") },
	{ .key = "quality",
	  T_PAIRS(Support, quality),
	  .example = "{resolution_rate: \"> 80%\", satisfaction: \"> 4.5/5\"}",
	  HELP("Ratios of tickets and what they must be: resolution_rate, satisfaction, "
	       "resolution_mean, response_mean, first_contact, escalation, reopened.",
	       "Ratios des tickets et ce qu'ils doivent valoir : resolution_rate, satisfaction, "
	       "resolution_mean, response_mean, first_contact, escalation, reopened.") },
	{ .key = "quality_minimum",
	  T_INT(Support, quality_minimum, 1, 100000),
	  .absent = "20",
	  HELP("With fewer tickets a ratio proves nothing.",
	       "Avec moins de tickets, un ratio ne prouve rien.") },
	{ .key = "channels",
	  T_NAMES(Support, channels, IN(CHANNELS)),
	  HELP("Ways users reach it.", "Moyens de le joindre.") },
	{ .key = "imports",
	  T_PAIRS(Support, imports),
	  .example = "{zendesk: /var/lib/carene/tickets.json}",
	  HELP("A tool, and the file its export is read from.",
	       "Un outil, et le fichier où lire son export.") },
};
const Table schema_support = {
	"support", support_rows, COUNT_OF(support_rows), sizeof(Support), true, NULL, NULL,
	0,         support_init
};

/* ---- documents ---- */

static const Choice document_kinds[] = { { "technical", 0, 0 }, { "user", 0, 0 },
	                                 { "procedure", 0, 0 }, { "plan", 0, 0 },
	                                 { "changelog", 0, 0 }, { 0 } };

static const Row document_rows[] = {
	{ .key = "kind",
	  T_TEXT(Document, kind),
	  .choices = document_kinds,
	  HELP("What sort of document.", "Sorte de document.") },
	{ .key = "paths",
	  T_TEXTS(Document, paths),
	  .example = "[README.md, docs/]",
	  HELP("Files or names.", "Fichiers ou noms.") },
	{ .key = "count",
	  T_INT(Document, count, 1, 10000),
	  HELP("How many there are to be.", "Combien il doit y en avoir.") },
	{ .key = "update",
	  T_SCHEDULE(Document, update),
	  HELP("When it is brought up to date.", "Quand il est mis à jour.") },
	{ .key = "review",
	  T_SCHEDULE(Document, review),
	  HELP("When it is read again.", "Quand il est relu.") },
	{ .key = "url",
	  T_TEXT(Document, url),
	  .form = FORM_URL,
	  .flags = UNSET,
	  HELP("Where it is read.", "Où le lire.") },
	{ .key = "versioned",
	  T_BOOL(Document, versioned),
	  .absent = "no",
	  HELP("Kept with its history.", "Gardé avec son historique.") },
};
const Table schema_document = {
	"document", document_rows, COUNT_OF(document_rows), sizeof(Document), true, NULL, NULL,
	0,          NULL
};

/* ---- training ---- */

static const Row training_rows[] = {
	{ .key = "audience",
	  T_NAMES(Training, audience, IN(ROLES) | IN(TEAMS) | IN(CONTACTS) | IN(AUDIENCES)),
	  HELP("Who takes part.", "Qui y participe.") },
	{ .key = "at",
	  T_SCHEDULE(Training, at),
	  .flags = REQUIRED,
	  HELP("When it is due.", "Quand elle est due.") },
	{ .key = "for",
	  T_SPAN_RANGE(Training, length, length_max),
	  .example = "2h, 2h-4h, 2w",
	  HELP("How long it takes.", "Sa durée.") },
	{ .key = "modules",
	  T_TEXTS(Training, modules),
	  HELP("What it covers.", "Ce qu'elle couvre.") },
	{ .key = "evaluation",
	  T_TEXT(Training, evaluation),
	  HELP("How what was learnt is judged.", "Comment l'acquis est évalué.") },
	{ .key = "certificate",
	  T_TEXT(Training, certificate),
	  HELP("What participants receive.", "Ce que reçoivent les participants.") },
	{ .key = "follow_up",
	  T_SCHEDULE(Training, follow_up),
	  HELP("When it is followed up.", "Quand elle est suivie.") },
};
const Table schema_training = {
	"training", training_rows, COUNT_OF(training_rows), sizeof(Training), true, NULL, NULL,
	0,          NULL
};

/* ---- costs ---- */

static void costs_init(void *entry) { ((Costs *)entry)->set = true; }

static const Row cost_rows[] = {
	{ .key = "amount",
	  T_MONEY(CostLine, amount),
	  .flags = REQUIRED,
	  HELP("What it costs.", "Ce que cela coûte.") },
};
static const Table cost_table = {
	"cost", cost_rows, COUNT_OF(cost_rows), sizeof(CostLine), true, "amount", NULL, 0, NULL
};

static const Row effort_rows[] = {
	{ .key = "hours",
	  T_REAL_RANGE(EffortLine, hours, hours_max),
	  .min = 0,
	  .max = 100000,
	  .flags = REQUIRED,
	  HELP("Hours of work.", "Heures de travail.") },
	{ .key = "per",
	  T_TEXT(EffortLine, per),
	  .form = FORM_PER,
	  .absent = "once",
	  HELP("For each what.", "Pour chaque quoi.") },
};
static const Table effort_table = {
	"effort", effort_rows, COUNT_OF(effort_rows), sizeof(EffortLine), true, "hours", NULL,
	0,        NULL
};

static const Row costs_rows[] = {
	{ .key = "recurring",
	  T_ENTRIES(Costs, recurring, CostLine, &cost_table),
	  .example = "{hosting: 0-25 EUR per 1mo}",
	  HELP("What is paid.", "Ce qui est payé.") },
	{ .key = "effort",
	  T_ENTRIES(Costs, effort, EffortLine, &effort_table),
	  .example = "{preventive: {hours: 20, per: 1mo}}",
	  HELP("Hours of work by kind.", "Heures de travail par nature.") },
	{ .key = "stated_total",
	  T_MONEY(Costs, stated_total),
	  HELP("Sum that the written plan gives, compared with the real one.",
	       "Somme que donne le plan écrit, comparée à la vraie.") },
	{ .key = "stated_hours",
	  T_REAL(Costs, stated_hours),
	  .min = 0,
	  .max = 100000,
	  HELP("Sum of hours that the written plan gives.",
	       "Somme d'heures que donne le plan écrit.") },
};
const Table schema_costs = { "costs",       costs_rows, COUNT_OF(costs_rows),
	                     sizeof(Costs), true,       NULL,
	                     NULL,          0,          costs_init };

/* ---- versioning ---- */

static void versioning_init(void *entry) { ((Versioning *)entry)->set = true; }

static const Choice schemes[] = { { "semver", 0, 0 }, { "calver", 0, 0 }, { "none", 0, 0 }, { 0 } };

static const Row versioning_rows[] = {
	{ .key = "scheme",
	  T_TEXT(Versioning, scheme),
	  .choices = schemes,
	  HELP("How versions are numbered.", "Comment les versions sont numérotées.") },
	{ .key = "production_branch",
	  T_TEXT(Versioning, production_branch),
	  HELP("Branch that production runs.", "Branche que la production exécute.") },
	{ .key = "branches",
	  T_TEXTS(Versioning, branches),
	  .example = "[main, develop, feature/*]",
	  HELP("Branches there are, with * for any name.",
	       "Branches existantes, * pour tout nom.") },
	{ .key = "messages",
	  T_TEXTS(Versioning, messages),
	  .example = "[feat, fix, docs]",
	  HELP("What messages of commits begin with.", "Débuts des messages de commit.") },
	{ .key = "changelog",
	  T_TEXT(Versioning, changelog),
	  .example = "CHANGELOG.md",
	  HELP("File in which changes are noted.", "Fichier où les changements sont notés.") },
	{ .key = "repository",
	  T_TEXT(Versioning, repository),
	  .flags = UNSET,
	  HELP("Folder or address of the repository.", "Dossier ou adresse du dépôt.") },
	{ .key = "tag",
	  T_TEXT(Versioning, tag),
	  .example = "v1.2.3",
	  HELP("What a release's tag looks like.", "Forme de l'étiquette d'une version.") },
};
const Table schema_versioning = { "versioning",
	                          versioning_rows,
	                          COUNT_OF(versioning_rows),
	                          sizeof(Versioning),
	                          true,
	                          NULL,
	                          NULL,
	                          0,
	                          versioning_init };

/* ---- roadmap ---- */

static const Row roadmap_rows[] = {
	{ .key = "within",
	  T_SPAN(RoadmapItem, within),
	  HELP("Due this long after the plan's date.", "Dû tant de temps après la date du plan.") },
	{ .key = "due",
	  T_TEXT(RoadmapItem, due),
	  .form = FORM_DATE,
	  .flags = UNSET,
	  HELP("Due at this date.", "Dû à cette date.") },
	{ .key = "items",
	  T_TEXTS(RoadmapItem, items),
	  .form = FORM_REF_OR_TEXT,
	  HELP("What is to come.", "Ce qui est prévu.") },
	{ .key = "review",
	  T_SCHEDULE(RoadmapItem, review),
	  HELP("When its state is looked at.", "Quand son état est revu.") },
};
const Table schema_roadmap = { "roadmap item",
	                       roadmap_rows,
	                       COUNT_OF(roadmap_rows),
	                       sizeof(RoadmapItem),
	                       true,
	                       NULL,
	                       NULL,
	                       0,
	                       NULL };

/* ---- calendar ---- */

static void calendar_init(void *entry) { ((YearCalendar *)entry)->set = true; }

#define MONTH(n, short, english, french)                                                    \
	{                                                                                   \
		.key = (short), T_TEXTS(YearCalendar, months[n]), .form = FORM_REF_OR_TEXT, \
		HELP("What is planned in " english ", due by its end.",                     \
		     "Ce qui est prévu en " french ", dû avant la fin du mois.")            \
	}

static const Row calendar_rows[] = {
	MONTH(0, "jan", "January", "janvier"),
	MONTH(1, "feb", "February", "février"),
	MONTH(2, "mar", "March", "mars"),
	MONTH(3, "apr", "April", "avril"),
	MONTH(4, "may", "May", "mai"),
	MONTH(5, "jun", "June", "juin"),
	MONTH(6, "jul", "July", "juillet"),
	MONTH(7, "aug", "August", "août"),
	MONTH(8, "sep", "September", "septembre"),
	MONTH(9, "oct", "October", "octobre"),
	MONTH(10, "nov", "November", "novembre"),
	MONTH(11, "dec", "December", "décembre"),
};
const Table schema_calendar = {
	"calendar", calendar_rows, COUNT_OF(calendar_rows), sizeof(YearCalendar), true, NULL, NULL,
	0,          calendar_init
};
