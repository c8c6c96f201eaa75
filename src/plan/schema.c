/* The registry: sections in the order of the language, keys every entry has, and
 * what is to be said about each kind of value. */
#include "plan/sections_private.h"

#include "core/alloc.h"
#include "core/text.h"

static const Row item_rows[] = {
	{ .key = "label",
	  T_TEXT(Item, label),
	  .absent = "the entry's name",
	  HELP("Name people read, in the plan's language.",
	       "Nom destiné aux lecteurs, dans la langue du plan.") },
	{ .key = "src",
	  T_TEXT(Item, src),
	  .example = "\"C:44,294\"",
	  HELP("Where the written plan says so.", "Où le plan écrit le dit.") },
	{ .key = "ours",
	  T_TEXT(Item, ours),
	  HELP("Why the plan's writer added this beyond the written plan.",
	       "Pourquoi l'auteur l'a ajouté au plan écrit.") },
	{ .key = "owner",
	  T_NAMES(Item, owner, IN(ROLES) | IN(TEAMS) | IN(CONTACTS)),
	  .example = "dba, [lead_dev, devops]",
	  HELP("Who answers for it; several: each of them confirms.",
	       "Qui en répond ; à plusieurs : chacun confirme.") },
	{ .key = "note",
	  T_TEXT(Item, note),
	  HELP("Anything worth knowing.", "Tout ce qu'il est utile de savoir.") },
	{ .key = "accept",
	  .kind = ROW_ACCEPT,
	  .at = AT(Item, accept, Pairs),
	  .example = "{L07: the hosting company is reached through its site}",
	  HELP("Findings not to be raised for this entry, each with its reason.",
	       "Constats à taire pour cette entrée, chacun avec sa raison.") },
};
const Table schema_item = { "entry", item_rows, COUNT_OF(item_rows), sizeof(Item), true, NULL, NULL,
	                    0,       NULL };

#define MANY(id, member, help_en, help_fr, check)      \
	[SECTION_##id] = { #member,                    \
		           &schema_##check,            \
		           false,                      \
		           offsetof(Plan, member),     \
		           offsetof(Plan, member##_n), \
		           plan_verify_##check,        \
		           help_en,                    \
		           help_fr }
#define PLAIN(id, member, help_en, help_fr, check)     \
	[SECTION_##id] = { #member,                    \
		           &schema_##check,            \
		           false,                      \
		           offsetof(Plan, member),     \
		           offsetof(Plan, member##_n), \
		           NULL,                       \
		           help_en,                    \
		           help_fr }

const Section plan_sections[SECTIONS] = {
	[SECTION_PLAN] = { "plan", &schema_plan, true, offsetof(Plan, head), 0, plan_verify_plan,
	                   "Whose plan this is: title, zone, language, owner, revision.",
	                   "De qui est ce plan : titre, fuseau, langue, responsable, révision." },
	MANY(SERVICES, services, "What is maintained, and where it runs.",
	     "Ce qui est maintenu, et où cela tourne.", service),
	PLAIN(ROLES, roles, "Who answers for what, by duty rather than name.",
	      "Qui répond de quoi, par fonction plutôt que par nom.", role),
	PLAIN(TEAMS, teams, "Groups of roles.", "Groupes de rôles.", team),
	PLAIN(AUDIENCES, audiences, "Groups that messages are for.",
	      "Groupes à qui s'adressent les messages.", audience),
	MANY(CONTACTS, contacts, "People, their addresses and their hours.",
	     "Les personnes, leurs adresses et leurs heures.", contact),
	MANY(CHANNELS, channels, "Ways to send messages.", "Moyens d'envoyer des messages.",
	     channel),
	[SECTION_STATUS_PAGE] = { "status_page", &schema_status_page, true,
	                          offsetof(Plan, status_page), 0, plan_verify_status_page,
	                          "The public page of states and incidents.",
	                          "La page publique des états et incidents." },
	MANY(CLASSES, classes, "Classes of incidents with their clocks, routes and phases.",
	     "Classes d'incidents avec leurs délais, canaux et phases.", class),
	MANY(LEVELS, levels, "Levels of alerts, and the class of incident they open.",
	     "Niveaux d'alerte, et classe d'incident qu'ils ouvrent.", level),
	MANY(ESCALATIONS, escalations, "Ladders climbed while nobody acts.",
	     "Échelles gravies tant que personne n'agit.", escalation),
	MANY(METRICS, metrics, "Figures measured beyond the built-in ones.",
	     "Valeurs mesurées en plus des métriques intégrées.", metric),
	MANY(OBJECTIVES, objectives, "Promises with a figure: metric, target, period.",
	     "Promesses chiffrées : métrique, cible, période.", objective),
	PLAIN(TIERS, tiers, "Service tiers by number of users.",
	      "Paliers de service par nombre d'utilisateurs.", tier),
	MANY(DATABASES, databases, "Databases of the services.", "Bases de données des services.",
	     database),
	MANY(CHECKS, checks, "Probes: what is asked, how often, what is right.",
	     "Sondes : ce qui est demandé, à quel rythme, ce qui est correct.", check),
	MANY(RULES, rules, "Conditions that raise alerts.", "Conditions qui lèvent des alertes.",
	     rule),
	MANY(WINDOWS, windows, "Maintenance windows.", "Fenêtres de maintenance.", window),
	PLAIN(NOTICES, notices, "How windows are announced.",
	      "Comment les fenêtres sont annoncées.", notice),
	MANY(TEMPLATES, templates, "Words of messages, Mustache.",
	     "Textes des messages, en Mustache.", template),
	MANY(TASKS, tasks, "Recurring duties: what is done by machine, what a person confirms.",
	     "Tâches récurrentes : ce que fait la machine, ce qu'une personne confirme.", task),
	MANY(PROCEDURES, procedures, "Step lists for restarts, restores, changes.",
	     "Listes d'étapes : redémarrages, restaurations, changements.", procedure),
	MANY(STORAGE, storage, "Places where backups are kept.",
	     "Lieux où les sauvegardes sont gardées.", storage),
	MANY(BACKUPS, backups, "What is backed up, when, how long it is kept.",
	     "Ce qui est sauvegardé, quand, et combien de temps.", backup),
	MANY(RESTORE_TESTS, restore_tests, "Proof that backups can be restored.",
	     "Preuve que les sauvegardes se restaurent.", restore_test),
	MANY(EXERCISES, exercises, "Drills of recovery and of incidents.",
	     "Exercices de reprise et d'incident.", exercise),
	MANY(LOGS, logs, "Logs: rotation, reading, shipping.",
	     "Journaux : rotation, lecture, envoi.", log),
	MANY(DB_ACTIONS, db_actions, "Care of databases.", "Entretien des bases de données.",
	     db_action),
	MANY(CLEANUP, cleanup, "What is archived or deleted, and when.",
	     "Ce qui est archivé ou supprimé, et quand.", cleanup),
	MANY(CAPACITY, capacity, "Thresholds of growth and what is done then.",
	     "Seuils de croissance et suites données.", capacity),
	MANY(UPDATES, updates, "Updates by kind, with their windows and notices.",
	     "Mises à jour par nature, avec fenêtres et préavis.", update),
	MANY(VULNERABILITIES, vulnerabilities, "Deadlines by severity of a vulnerability.",
	     "Délais par gravité de vulnérabilité.", vulnerability),
	MANY(AUDITS, audits, "Scans, audits, penetration tests, access reviews.",
	     "Scans, audits, tests d'intrusion, revues d'accès.", audit),
	MANY(DEPLOYMENTS, deployments, "How releases are made: stages, gates, rollback.",
	     "Comment on livre : étapes, contrôles, retour arrière.", deployment),
	MANY(SUITES, suites, "Test suites and what they must show.",
	     "Suites de tests et ce qu'elles doivent montrer.", suite),
	MANY(LOAD_TESTS, load_tests, "Load tests and what they must hold.",
	     "Tests de charge et ce qu'ils doivent tenir.", load_test),
	MANY(REPORTS, reports, "Reports: when, what, for whom.",
	     "Rapports : quand, quoi, pour qui.", report),
	[SECTION_SUPPORT] = { "support", &schema_support, true, offsetof(Plan, support), 0,
	                      plan_verify_support, "User support: levels, clocks, quality.",
	                      "Support aux utilisateurs : niveaux, délais, qualité." },
	MANY(DOCUMENTS, documents, "Documents to be kept current.", "Documents à tenir à jour.",
	     document),
	MANY(TRAINING, training, "Trainings and their follow-up.", "Formations et leur suivi.",
	     training),
	[SECTION_COSTS] = { "costs", &schema_costs, true, offsetof(Plan, costs), 0, NULL,
	                    "What the plan costs in money and hours.",
	                    "Ce que coûte le plan, en argent et en heures." },
	[SECTION_VERSIONING] = { "versioning", &schema_versioning, true, offsetof(Plan, versioning),
	                         0, plan_verify_versioning, "Versions, branches and the changelog.",
	                         "Versions, branches et journal des changements." },
	MANY(ROADMAP, roadmap, "What is to come, by when.", "Ce qui est prévu, et pour quand.",
	     roadmap),
	[SECTION_CALENDAR] = { "calendar", &schema_calendar, true, offsetof(Plan, calendar), 0,
	                       NULL, "The year by month.", "L'année mois par mois." },
};

const char *const plan_later_sections[] = {
	"procedures", "storage",    "backups",  "restore_tests", "logs",
	"db_actions", "cleanup",    "capacity", "updates",       "deployments",
	"suites",     "load_tests", NULL,
};

bool plan_section_is_later(const char *name)
{
	for (size_t i = 0; plan_later_sections[i]; i++) {
		if (text_eq(plan_later_sections[i], name))
			return true;
	}
	return false;
}

#define SPAN_PATTERN "([0-9]+(\\.[0-9]{1,3})?(ms|s|m|h|d|w|mo|y))+"

const KindInfo plan_kind_infos[ROW_KINDS] = {
	[ROW_TEXT] = { "a text", "un texte", NULL, NULL,
	               "Any text. ${env:NAME} and ${env:NAME:-default} are filled in from the "
	               "environment.",
	               "Un texte. ${env:NOM} et ${env:NOM:-défaut} sont remplis depuis "
	               "l'environnement." },
	[ROW_TEXTS] = { "a list of texts", "une liste de textes", NULL, "[one, two]",
	                "A list, or a single text.", "Une liste, ou un seul texte." },
	[ROW_PAIRS] = { "a map of texts", "une table de textes", NULL, "{Name: value}",
	                "Names and texts.", "Des noms et des textes." },
	[ROW_ARGV] = { "a program with its arguments", "un programme et ses arguments", NULL,
	               "[/usr/bin/docker, ps]",
	               "A list, or one line cut at spaces. No shell: no pipe, quote or variable.",
	               "Une liste, ou une ligne coupée aux espaces. Sans shell : ni tube, ni "
	               "guillemets, ni variable." },
	[ROW_SECRET] = { "a secret", "un secret",
	                 "^\\$\\{(env:[A-Za-z_][A-Za-z0-9_]*|file:/[^}]+)\\}$|^unset$",
	                 "${env:NAME}, ${file:/path}",
	                 "Only ${env:NAME} or ${file:/path}: a secret is never written in the "
	                 "plan.",
	                 "Seulement ${env:NOM} ou ${file:/chemin} : un secret ne s'écrit jamais "
	                 "dans le plan." },
	[ROW_KEEP] = { "a keeping time", "une durée de conservation",
	               "^([0-9]+|forever|unset|" SPAN_PATTERN ")$", "30d, 3mo, 14, forever",
	               "A duration, a number of copies, forever, or unset.",
	               "Une durée, un nombre d'exemplaires, forever ou unset." },
	[ROW_THRESHOLD] = { "a threshold", "un seuil", NULL, "85% for 15m",
	                    "A figure, and how long it must last before it counts.",
	                    "Une valeur, et combien de temps elle doit durer pour compter." },
	[ROW_SPAN_RANGE] = { "a duration, or from-to", "une durée, ou de-à",
	                     "^" SPAN_PATTERN "(-" SPAN_PATTERN ")?$", "2h, 2h-4h",
	                     "A duration, or two with a dash between them.",
	                     "Une durée, ou deux séparées d'un tiret." },
	[ROW_REAL_RANGE] = { "a number, or from-to", "un nombre, ou de-à",
	                     "^[0-9]+(\\.[0-9]+)?(-[0-9]+(\\.[0-9]+)?)?$", "20, 15-20",
	                     "A number, or two with a dash between them.",
	                     "Un nombre, ou deux séparés d'un tiret." },
	[ROW_REAL] = { "a number", "un nombre", "^-?[0-9]+(\\.[0-9]+)?$", "20, 2.5", "A number.",
	               "Un nombre." },
	[ROW_BOOL] = { "yes or no", "oui ou non", "^(yes|no|true|false)$", "yes, no",
	               "yes, no, true or false.", "yes, no, true ou false." },
	[ROW_YES] = { "yes or no", "oui ou non", "^(yes|no|true|false)$", "yes, no",
	              "yes, no, true or false.", "yes, no, true ou false." },
	[ROW_INT] = { "a whole number", "un nombre entier", "^-?[0-9]+$", "3", "A whole number.",
	              "Un nombre entier." },
	[ROW_ENUM] = { "a choice", "un choix", NULL, NULL, "One word of a short list.",
	               "Un mot d'une courte liste." },
	[ROW_SPAN] = { "a duration", "une durée", "^" SPAN_PATTERN "$", "30s, 5m, 2h, 3mo",
	               "Number and unit, ms s m h d w mo y, several together: 8h45m. Months and "
	               "years are calendar ones.",
	               "Nombre et unité, ms s m h d w mo y, accolés au besoin : 8h45m. Mois et "
	               "années sont ceux du calendrier." },
	[ROW_QUANTITY] = { "a figure", "une valeur", NULL, "99.9%, 200ms, 10G, 4.5/5, 1000 req/min",
	                   "A number with its unit: % ms s m h, B K M G T (powers of 1024), /5, "
	                   "req/min. `unset`: still to be chosen.",
	                   "Un nombre et son unité : % ms s m h, B K M G T (puissances de 1024), "
	                   "/5, req/min. `unset` : à choisir." },
	[ROW_DEADLINE] = { "a deadline", "une échéance",
	                   "^(" SPAN_PATTERN "|asap|next_sprint|planned|none|unset)$",
	                   "15m, 4h, asap, none, unset",
	                   "A duration, or asap, next_sprint, planned (no verdict), none (there is "
	                   "none), unset (the plan is silent).",
	                   "Une durée, ou asap, next_sprint, planned (sans verdict), none (il n'y "
	                   "en a pas), unset (le plan se tait)." },
	[ROW_PER_ENV] = { "a deadline", "une échéance",
	                  "^(" SPAN_PATTERN "|asap|next_sprint|planned|none|unset)$",
	                  "15m, or {production: 15m, staging: 4h}",
	                  "A deadline, or one per environment.",
	                  "Une échéance, ou une par environnement." },
	[ROW_SCHEDULE] = { "a schedule", "une planification", NULL,
	                   "daily 09:00, weekly sun 03:00, monthly first sun 04:00, every 6h, "
	                   "agreed",
	                   "daily, weekly, monthly, quarterly, halfyearly, yearly with a day and "
	                   "an hour; yearly 03 is some day of March; every 6h; on EVENT; always; "
	                   "as_needed; agreed; a date. A zone name may follow.",
	                   "daily, weekly, monthly, quarterly, halfyearly, yearly avec jour et "
	                   "heure ; yearly 03 : un jour de mars ; every 6h ; on ÉVÉNEMENT ; always "
	                   "; as_needed ; agreed ; une "
	                   "date. Un fuseau peut suivre." },
	[ROW_HOURS] = { "opening hours", "des heures d'ouverture", NULL,
	                "mon-fri 09:00-18:00, always, sat-sun",
	                "Days and hours, ranges separated by ';': mon-fri 09:00-12:00 14:00-18:00; "
	                "sat 10:00-12:00. Also always and never. `except holidays` at the end "
	                "closes "
	                "them on the plan's holidays.",
	                "Jours et heures, plages séparées par « ; » : mon-fri 09:00-12:00 "
	                "14:00-18:00; sat 10:00-12:00. Aussi always et never. `except holidays` à "
	                "la fin "
	                "les ferme aux jours fériés du plan." },
	[ROW_PERIOD] = { "a period", "une période",
	                 "^(" SPAN_PATTERN "|incident|deploy|build|unset)$",
	                 "1d, 1mo, 1y, incident", "A duration, or incident, deploy, build.",
	                 "Une durée, ou incident, deploy, build." },
	[ROW_RANGE] = { "a range", "une plage", "^[0-9]+(\\.[0-9]+)?-([0-9]+(\\.[0-9]+)?)?$",
	                "0-1000, 10000-", "From-to, half-open; without an end: and more.",
	                "De-à, semi-ouverte ; sans fin : et plus." },
	[ROW_MONEY] = { "an amount of money", "une somme d'argent",
	                "^[0-9]+(\\.[0-9]+)?(-[0-9]+(\\.[0-9]+)?)? [A-Z]{3}( per " SPAN_PATTERN
	                ")?$",
	                "29 USD per 1mo, 0-25 EUR",
	                "Amount or range, currency, and `per` a duration.",
	                "Montant ou fourchette, devise, et `per` une durée." },
	[ROW_CONDITION] = { "a condition", "une condition", NULL,
	                    "check{site} == fail, latency{site} p95 > 2s over 5m for 15m",
	                    "METRIC{scope} statistic comparison figure, over a window, for a time; "
	                    "check{ID} == fail; backup{ID} == failed; declared: words.",
	                    "MÉTRIQUE{portée} statistique comparaison valeur, over une fenêtre, "
	                    "for une durée ; check{ID} == fail ; backup{ID} == failed ; declared: "
	                    "des mots." },
	[ROW_ZONE] = { "a time zone", "un fuseau horaire", NULL, "Europe/Paris, UTC",
	               "A zone of the system's list.", "Un fuseau de la liste du système." },
	[ROW_REF] = { "the name of an entry", "le nom d'une entrée", NULL, NULL,
	              "The name of an entry of another section.",
	              "Le nom d'une entrée d'une autre section." },
	[ROW_NAMES] = { "names of entries", "des noms d'entrées", NULL, NULL,
	                "Names of entries, as a list or a single one.",
	                "Des noms d'entrées, en liste ou un seul." },
	[ROW_ACCEPT] = { "codes and reasons", "des codes et des raisons", NULL, NULL,
	                 "Finding codes and why each is accepted.",
	                 "Des codes de constats et pourquoi chacun est accepté." },
	[ROW_ENTRIES] = { "a map of entries", "une table d'entrées", NULL, NULL,
	                  "A name for each entry, then its keys.",
	                  "Un nom par entrée, puis ses clés." },
	[ROW_LIST] = { "a list", "une liste", NULL, NULL, "One item per line, in order.",
	               "Un élément par ligne, dans l'ordre." },
	[ROW_GROUP] = { "keys and values", "des clés et des valeurs", NULL, NULL,
	                "Keys one level down.", "Des clés un niveau plus bas." },
};

/* What absence means is a word of the plan ("yes", "5m") or a few English ones. */
const char *plan_absent(const Row *row, bool french)
{
	static const char *const words[][2] = {
		{ "the system's", "celui du système" },
		{ "the backup's", "celle de la sauvegarde" },
		{ "the database's", "celui de la base" },
		{ "the database's, or the only service", "celui de la base, ou le seul service" },
		{ "the only database", "la seule base" },
		{ "the usual one for what is saved", "l'usuel pour ce qui est sauvegardé" },
		{ "yes, except clear_cache", "yes, sauf clear_cache" },
		{ "the production branch", "la branche de production" },
		{ "the environment's url", "l'url de l'environnement" },
		{ "the file's order", "l'ordre du fichier" },
		{ "the entry's name", "le nom de l'entrée" },
		{ "always", "toujours" },
		{ "all", "tout" },
		{ "the plan's", "celui du plan" },
		{ "none", "aucun" },
		{ "the route of the worst level", "les canaux du pire niveau" },
		{ "the route of the level, else of the class",
		  "les canaux du niveau, sinon de la classe" },
		{ "the only service, or the check's", "le seul service, ou celui de la sonde" },
		{ "the only service", "le seul service" },
		{ "the notice's", "ceux de l'annonce" },
		{ "the local socket", "la socket locale" },
		{ "the level's", "celle du niveau" },
		{ "the environment's url or host", "l'url ou l'hôte de l'environnement" },
		{ "the engine's", "celui du moteur" },
		{ "the class's", "celle de la classe" },
		{ "the check's or the only one", "celui de la sonde, ou le seul" },
		{ "the channels' own recipients", "les destinataires des canaux" },
		{ "the built-in", "le texte intégré" },
		{ "production, or the only one", "production, ou le seul" },
		{ "one per service", "un par service" },
		{ "one check interval", "un intervalle de sonde" },
		{ "no limit", "sans limite" },
		{ "messages carry no links", "les messages n'ont pas de lien" },
		{ "asked from the server", "demandé au serveur" },
		{ "an alert only", "une alerte seulement" },
		{ "a fifth of `every`, at most 30s", "un cinquième de `every`, 30s au plus" },
		{ "its number in the list", "son numéro dans la liste" },
		{ "one item: its label, asked from the owner",
		  "un élément : son libellé, demandé au responsable" },
		{ "every day", "tous les jours" },
		{ "until the next one", "jusqu'à la suivante" },
		{ "classes by their own names", "les classes par leur nom" },
		{ "nothing has sprints", "rien n'a de sprint" },
		{ "02:00-05:00 for machines, 09:00-17:00 for people",
		  "02:00-05:00 pour les machines, 09:00-17:00 pour les personnes" },
	};

	for (size_t i = 0; french && row->absent && i < COUNT_OF(words); i++) {
		if (text_eq(row->absent, words[i][0]))
			return words[i][1];
	}
	return row->absent;
}
