/* Sections about what happens when things go wrong: classes, levels,
 * escalations, templates. */
#include "plan/sections_private.h"

#include "core/alloc.h"

/* ---- classes ---- */

static const Choice clock_kinds[] = {
	{ "respond", CLOCK_RESPOND, 0 },
	{ "inform", CLOCK_INFORM, 0 },
	{ "mitigate", CLOCK_MITIGATE, 0 },
	{ "resolve", CLOCK_RESOLVE, 0 },
	{ "next_update", CLOCK_NEXT_UPDATE, 0 },
	{ "postmortem", CLOCK_POSTMORTEM, 0 },
	{ 0 },
};

static void phase_item_init(void *entry) { ((PhaseItem *)entry)->stops = -1; }

static const Row phase_item_rows[] = {
	{ .key = "text",
	  T_TEXT(PhaseItem, text),
	  .flags = REQUIRED,
	  HELP("What is to be done.", "Ce qu'il faut faire.") },
	{ .key = "stops",
	  T_ENUM(PhaseItem, stops, clock_kinds),
	  HELP("Clock that ticking it stops.", "Délai que cocher l'élément arrête.") },
	{ .key = "optional",
	  T_BOOL(PhaseItem, optional),
	  .absent = "no",
	  HELP("May be left out.", "Peut être omis.") },
};
static const Table phase_item_table = { "checklist item",
	                                phase_item_rows,
	                                COUNT_OF(phase_item_rows),
	                                sizeof(PhaseItem),
	                                false,
	                                "text",
	                                NULL,
	                                0,
	                                phase_item_init };

static const Row phase_rows[] = {
	{ .key = "from",
	  T_SPAN(Phase, from),
	  .absent = "0m",
	  HELP("Begins this long after detection.", "Commence tant de temps après la détection.") },
	{ .key = "to",
	  T_SPAN(Phase, to),
	  .absent = "no limit",
	  HELP("To be over this long after detection.",
	       "À finir tant de temps après la détection.") },
	{ .key = "items",
	  T_LIST(Phase, items, PhaseItem, &phase_item_table),
	  HELP("Its checklist, in order.", "Sa liste, dans l'ordre.") },
};
static const Table phase_table = { "phase",       phase_rows, COUNT_OF(phase_rows),
	                           sizeof(Phase), true,       NULL,
	                           NULL,          0,          NULL };

static const Choice clock_modes[] = { { "calendar", 0, 0 }, { "service_hours", 1, 0 }, { 0 } };

static const Row class_rows[] = {
	{ .key = "rank",
	  T_INT(Class, rank, 1, 99),
	  .flags = REQUIRED,
	  HELP("1 is worst; all logic reads it.", "1 est le pire ; toute la logique s'y fie.") },
	{ .key = "means", T_TEXT(Class, means), HELP("What it means.", "Ce qu'elle signifie.") },
	{ .key = "examples", T_TEXTS(Class, examples), HELP("Examples.", "Exemples.") },
	{ .key = "respond",
	  T_PER_ENV(Class, clocks[CLOCK_RESPOND]),
	  HELP("Someone must have acknowledged within this time of detection.",
	       "Quelqu'un doit avoir pris en charge dans ce délai après détection.") },
	{ .key = "inform",
	  T_PER_ENV(Class, clocks[CLOCK_INFORM]),
	  HELP("The first message must have gone out within this time.",
	       "Le premier message doit être parti dans ce délai.") },
	{ .key = "mitigate",
	  T_PER_ENV(Class, clocks[CLOCK_MITIGATE]),
	  HELP("Service must be back, if by a workaround, within this time.",
	       "Le service doit être rendu, même par contournement, dans ce délai.") },
	{ .key = "resolve",
	  T_PER_ENV(Class, clocks[CLOCK_RESOLVE]),
	  HELP("The incident must be resolved within this time.",
	       "L'incident doit être résolu dans ce délai.") },
	{ .key = "update_every",
	  T_PER_ENV(Class, clocks[CLOCK_NEXT_UPDATE]),
	  HELP("Longest silence between two updates.", "Plus long silence entre deux nouvelles.") },
	{ .key = "postmortem",
	  T_PER_ENV(Class, clocks[CLOCK_POSTMORTEM]),
	  HELP("The post-mortem must be done within this time of resolution.",
	       "Le bilan doit être fait dans ce délai après résolution.") },
	{ .key = "clock_mode",
	  T_BOOL(Class, service_hours),
	  .choices = clock_modes,
	  .absent = "calendar",
	  HELP("Whether clocks run always or in service hours.",
	       "Si les délais courent toujours ou aux heures de service.") },
	{ .key = "restart_on_reclass",
	  T_BOOL(Class, restart_on_reclass),
	  .absent = "no",
	  HELP("Whether reclassifying restarts the clocks.", "Si reclasser relance les délais.") },
	{ .key = "watch",
	  T_SPAN(Class, watch),
	  .absent = "none",
	  HELP("Stability watch after resolution.",
	       "Surveillance de stabilité après résolution.") },
	{ .key = "route",
	  T_NAMES(Class, route, IN(CHANNELS)),
	  HELP("Channels its messages take.", "Canaux de ses messages.") },
	{ .key = "escalation",
	  T_REF(Class, escalation, Escalation, ESCALATIONS),
	  HELP("Ladder that is climbed while nobody acts.",
	       "Échelle gravie tant que personne n'agit.") },
	{ .key = "phases",
	  T_ENTRIES(Class, phases, Phase, &phase_table),
	  HELP("Phases of the response, with checklists.",
	       "Phases de la réponse, avec leurs listes.") },
	{ .key = "closing",
	  T_LIST(Class, closing, PhaseItem, &phase_item_table),
	  HELP("What must be done before an incident closes.",
	       "Ce qui doit être fait avant de clore un incident.") },
};
const Table schema_class = { "class",       class_rows, COUNT_OF(class_rows),
	                     sizeof(Class), true,       NULL,
	                     NULL,          0,          NULL };

/* ---- levels ---- */

static const Row level_rows[] = {
	{ .key = "rank",
	  T_INT(Level, rank, 1, 99),
	  .flags = REQUIRED,
	  HELP("1 is worst.", "1 est le pire.") },
	{ .key = "class",
	  T_REF(Level, class_, Class, CLASSES),
	  .flags = UNSET,
	  .absent = "an alert only",
	  HELP("Opens an incident of this class.", "Ouvre un incident de cette classe.") },
	{ .key = "ack",
	  T_DEADLINE(Level, ack),
	  HELP("Alerts must be acknowledged within this time.",
	       "Les alertes doivent être prises en charge dans ce délai.") },
	{ .key = "route",
	  T_NAMES(Level, route, IN(CHANNELS)),
	  HELP("Channels its alerts take.", "Canaux de ses alertes.") },
	{ .key = "escalation",
	  T_REF(Level, escalation, Escalation, ESCALATIONS),
	  .absent = "the class's",
	  HELP("Ladder; wins over the class's.", "Échelle ; l'emporte sur celle de la classe.") },
};
const Table schema_level = { "level",       level_rows, COUNT_OF(level_rows),
	                     sizeof(Level), true,       NULL,
	                     NULL,          0,          NULL };

/* ---- escalations ---- */

static const Choice step_whens[] = { { "unacknowledged", STEP_UNACKNOWLEDGED, 0 },
	                             { "unresolved", STEP_UNRESOLVED, 0 },
	                             { "always", STEP_ALWAYS, 0 },
	                             { 0 } };

static const Row step_rows[] = {
	{ .key = "after",
	  T_SPAN(EscalationStep, after),
	  .flags = REQUIRED,
	  HELP("Since the incident opened.", "Depuis l'ouverture de l'incident.") },
	{ .key = "when",
	  T_ENUM(EscalationStep, when, step_whens),
	  .absent = "unacknowledged",
	  HELP("Taken only while this holds.", "Franchie seulement tant que ceci est vrai.") },
	{ .key = "to",
	  T_NAMES(EscalationStep, to, IN(ROLES) | IN(TEAMS) | IN(CONTACTS) | IN(AUDIENCES)),
	  .absent = "the channels' own recipients",
	  HELP("Who is told.", "Qui est prévenu.") },
	{ .key = "via",
	  T_NAMES(EscalationStep, via, IN(CHANNELS)),
	  .absent = "the route of the level, else of the class",
	  HELP("Channels used.", "Canaux employés.") },
};
static const Table step_table = { "escalation step",
	                          step_rows,
	                          COUNT_OF(step_rows),
	                          sizeof(EscalationStep),
	                          false,
	                          NULL,
	                          NULL,
	                          0,
	                          NULL };

static const Row escalation_rows[] = {
	{ .key = "steps",
	  T_LIST(Escalation, steps, EscalationStep, &step_table),
	  .flags = REQUIRED,
	  HELP("Steps, in order of time.", "Étapes, dans l'ordre du temps.") },
};
const Table schema_escalation = { "escalation",
	                          escalation_rows,
	                          COUNT_OF(escalation_rows),
	                          sizeof(Escalation),
	                          true,
	                          NULL,
	                          NULL,
	                          0,
	                          NULL };

/* ---- templates ---- */

static const Choice template_kinds[] = {
	{ "incident", 0, 0 },
	{ "update", 0, 0 },
	{ "resolution", 0, 0 },
	{ "maintenance", 0, 0 },
	{ "maintenance_done", 0, 0 },
	{ "postmortem", 0, 0 },
	{ "status", 0, 0 },
	{ "alert", 0, 0 },
	{ "self", 0, 0 },
	{ "report", 0, 0 },
	{ 0 },
};

static const Row template_rows[] = {
	{ .key = "kind",
	  T_TEXT(Template, kind),
	  .choices = template_kinds,
	  .absent = "the entry's name",
	  HELP("Occasion it is for.", "Occasion.") },
	{ .key = "language",
	  T_TEXT(Template, language),
	  .form = FORM_LANGUAGE,
	  .absent = "the plan's",
	  HELP("Language of its words.", "Langue de ses mots.") },
	{ .key = "subject",
	  T_TEXT(Template, subject),
	  HELP("Subject line, Mustache.", "Objet, en Mustache.") },
	{ .key = "text", T_TEXT(Template, text), HELP("Body, Mustache.", "Corps, en Mustache.") },
	{ .key = "html",
	  T_TEXT(Template, html),
	  HELP("HTML body, Mustache.", "Corps HTML, en Mustache.") },
	{ .key = "fields",
	  T_TEXTS(Template, fields),
	  HELP("Fields that must be filled, or the message is refused.",
	       "Champs à remplir, sans quoi le message est refusé.") },
	{ .key = "channels",
	  T_NAMES(Template, channels, IN(CHANNELS)),
	  HELP("Channels it is for.", "Canaux concernés.") },
	{ .key = "audience",
	  T_NAMES(Template, audience, IN(AUDIENCES) | IN(ROLES) | IN(TEAMS) | IN(CONTACTS)),
	  HELP("Who it is sent to.", "Destinataires.") },
	{ .key = "update_every",
	  T_SPAN(Template, update_every),
	  HELP("Next update promised after this time.",
	       "Prochaine nouvelle promise après ce délai.") },
	{ .key = "claims",
	  T_TEXTS(Template, claims),
	  .example = "[objective:rpo]",
	  HELP("Commitments that must not be broken for its words to be true.",
	       "Engagements qui doivent tenir pour que ses mots soient vrais.") },
};
const Table schema_template = {
	"template", template_rows, COUNT_OF(template_rows), sizeof(Template), true, NULL, NULL,
	0,          NULL
};
