/* Sections about people and the ways to reach them: roles, teams, audiences,
 * contacts, channels, status_page. */
#include "plan/sections_private.h"

#include "core/alloc.h"

static const Choice role_kinds[] = { { "human", ROLE_HUMAN, 0 },
	                             { "team", ROLE_TEAM, 0 },
	                             { "supplier", ROLE_SUPPLIER, 0 },
	                             { "machine", ROLE_MACHINE, 0 },
	                             { 0 } };

static const Row role_rows[] = {
	{ .key = "kind",
	  T_ENUM(Role, kind, role_kinds),
	  .absent = "human",
	  HELP("What fills it.", "Ce qui le tient.") },
	{ .key = "duty", T_TEXT(Role, duty), HELP("What it is for.", "Sa mission.") },
	{ .key = "team", T_TEXT(Role, team), HELP("Team it belongs to.", "Son équipe.") },
	{ .key = "skills",
	  T_TEXTS(Role, skills),
	  HELP("Competences it needs.", "Compétences requises.") },
};
const Table schema_role = { "role", role_rows, COUNT_OF(role_rows), sizeof(Role), true, NULL, NULL,
	                    0,      NULL };

static const Row team_rows[] = {
	{ .key = "domain", T_TEXT(Team, domain), HELP("What it looks after.", "Son domaine.") },
	{ .key = "members",
	  T_NAMES(Team, members, IN(ROLES) | IN(CONTACTS)),
	  HELP("Roles and contacts in it.", "Rôles et contacts qui la forment.") },
};
const Table schema_team = { "team", team_rows, COUNT_OF(team_rows), sizeof(Team), true, NULL, NULL,
	                    0,      NULL };

static const Row audience_rows[] = {
	{ .key = "members",
	  T_NAMES(Audience, members, IN(ROLES) | IN(TEAMS) | IN(CONTACTS)),
	  HELP("Roles, teams and contacts it consists of.",
	       "Rôles, équipes et contacts qui la composent.") },
	{ .key = "to",
	  T_TEXTS(Audience, to),
	  .form = FORM_EMAIL,
	  HELP("Plain addresses.", "Adresses directes.") },
	{ .key = "source",
	  T_TEXT(Audience, source),
	  .example = "sql:app, file:/etc/carene/users.txt",
	  HELP("Where a long list comes from.", "Origine d'une longue liste.") },
};
const Table schema_audience = {
	"audience", audience_rows, COUNT_OF(audience_rows), sizeof(Audience), true, NULL, NULL,
	0,          NULL
};

static const Row contact_rows[] = {
	{ .key = "name",
	  T_TEXT(Contact, name),
	  .flags = UNSET,
	  HELP("Name of the person.", "Nom de la personne.") },
	{ .key = "role",
	  T_REF(Contact, role, Role, ROLES),
	  HELP("Role the person holds.", "Rôle tenu.") },
	{ .key = "email",
	  T_TEXT(Contact, email),
	  .form = FORM_EMAIL,
	  .flags = UNSET,
	  HELP("E-mail address.", "Adresse électronique.") },
	{ .key = "phone",
	  T_TEXT(Contact, phone),
	  .form = FORM_PHONE,
	  .flags = UNSET,
	  HELP("Telephone number, international form for SMS.",
	       "Numéro de téléphone, forme internationale pour les SMS.") },
	{ .key = "kind",
	  T_TEXT(Contact, kind),
	  .example = "supplier",
	  HELP("What sort of contact.", "Sorte de contact.") },
	{ .key = "hours",
	  T_HOURS(Contact, hours),
	  .absent = "always",
	  HELP("When reachable as a matter of course.",
	       "Heures où la personne est joignable d'ordinaire.") },
	{ .key = "oncall",
	  T_HOURS(Contact, oncall),
	  HELP("When reachable because on call.", "Heures d'astreinte.") },
	{ .key = "via",
	  T_NAMES(Contact, via, IN(CHANNELS)),
	  HELP("Channels to try first for this person.",
	       "Canaux à essayer d'abord pour cette personne.") },
};
const Table schema_contact = {
	"contact", contact_rows, COUNT_OF(contact_rows), sizeof(Contact), true, NULL, NULL, 0, NULL
};

/* ---- channels ---- */

static const Choice channel_types[] = {
	{ "email", CHANNEL_EMAIL, 0 },     { "slack", CHANNEL_SLACK, 0 },
	{ "discord", CHANNEL_DISCORD, 0 }, { "sms", CHANNEL_SMS, 0 },
	{ "webhook", CHANNEL_WEBHOOK, 0 }, { "command", CHANNEL_COMMAND, 0 },
	{ "apprise", CHANNEL_APPRISE, 0 }, { "status", CHANNEL_STATUS, 0 },
	{ "in_app", CHANNEL_IN_APP, 0 },   { "social", CHANNEL_SOCIAL, 0 },
	{ "import", CHANNEL_IMPORT, 0 },   { 0 },
};
#define MAIL (1u << CHANNEL_EMAIL)
#define RUNS                                                                   \
	(1u << CHANNEL_COMMAND | 1u << CHANNEL_IN_APP | 1u << CHANNEL_SOCIAL | \
	 1u << CHANNEL_APPRISE | 1u << CHANNEL_SMS)

static const Row channel_rows[] = {
	{ .key = "type",
	  T_ENUM(Channel, type, channel_types),
	  .flags = REQUIRED,
	  HELP("How it sends.", "Mode d'envoi.") },
	{ .key = "secret",
	  T_SECRET(Channel, secret),
	  .flags = UNSET,
	  HELP("SMTP address with password, webhook address, Twilio SID:token, or a secret handed "
	       "to the command.",
	       "Adresse SMTP avec mot de passe, adresse de webhook, SID:jeton Twilio, ou secret "
	       "confié à la commande.") },
	{ .key = "url",
	  T_TEXT(Channel, url),
	  .example = "smtp://mail.example.org:25",
	  HELP("Address, where it is no secret.", "Adresse, quand elle n'est pas secrète.") },
	{ .key = "from",
	  T_TEXT(Channel, from),
	  .form = FORM_SENDER,
	  .flags = UNSET,
	  HELP("Sender: mail address, or SMS number.",
	       "Expéditeur : adresse, ou numéro pour les SMS.") },
	{ .key = "to",
	  T_TEXTS(Channel, to),
	  HELP("Recipients when no person is named.",
	       "Destinataires quand aucune personne n'est nommée.") },
	{ .key = "rooms",
	  T_TEXTS(Channel, rooms),
	  .example = "[\"#incidents\"]",
	  .only = 1u << CHANNEL_SLACK | 1u << CHANNEL_DISCORD | 1u << CHANNEL_WEBHOOK |
	          1u << CHANNEL_IMPORT,
	  HELP("Rooms of a chat.", "Salons de discussion.") },
	{ .key = "provider",
	  T_TEXT(Channel, provider),
	  .example = "twilio",
	  HELP("Provider of the service.", "Fournisseur du service.") },
	{ .key = "tool",
	  T_TEXT(Channel, tool),
	  HELP("Outside tool things come from.", "Outil extérieur d'où viennent les données.") },
	{ .key = "run",
	  T_ARGV(Channel, run),
	  .only = RUNS,
	  HELP("Program and arguments; the message arrives as JSON on its input and in its "
	       "environment.",
	       "Programme et arguments ; le message arrive en JSON sur son entrée et dans son "
	       "environnement.") },
	{ .key = "fallback",
	  T_REF(Channel, fallback, Channel, CHANNELS),
	  HELP("Channel to use when this one fails.", "Canal de secours.") },
	{ .key = "timeout",
	  T_DEADLINE(Channel, timeout),
	  .absent = "30s",
	  HELP("Time one attempt may take.", "Durée permise à une tentative.") },
	{ .key = "per_hour",
	  T_QUANTITY(Channel, per_hour),
	  .min = 1,
	  .max = 100000,
	  .absent = "60",
	  HELP("Most messages an hour to one recipient.",
	       "Messages par heure et par destinataire, au plus.") },
	{ .key = "verify",
	  T_BOOL(Channel, no_verify),
	  .flags = INVERTED,
	  .absent = "yes",
	  HELP("Whether the server's certificate is verified.",
	       "Vérification du certificat du serveur.") },
	{ .key = "ca_file",
	  T_TEXT(Channel, ca_file),
	  .absent = "the system's",
	  HELP("Certificates to trust.", "Certificats de confiance.") },
};
const Table schema_channel = {
	"channel", channel_rows, COUNT_OF(channel_rows), sizeof(Channel),
	true,      NULL,         channel_types,          offsetof(Channel, type),
	NULL
};

/* ---- status page ---- */

static const Row component_rows[] = {
	{ .key = "group",
	  T_TEXT(StatusComponent, group),
	  HELP("Heading it stands under.", "Rubrique où il figure.") },
	{ .key = "of",
	  T_TEXTS(StatusComponent, of),
	  .form = FORM_PREFIXED,
	  .flags = REQUIRED,
	  HELP("What it shows, the worst of them: service:…, check:…, db:….",
	       "Ce qu'il montre, le pire l'emportant : service:…, check:…, db:….") },
};
static const Table component_table = { "component",
	                               component_rows,
	                               COUNT_OF(component_rows),
	                               sizeof(StatusComponent),
	                               true,
	                               NULL,
	                               NULL,
	                               0,
	                               NULL };

static void status_page_init(void *entry) { ((StatusPage *)entry)->set = true; }

static const Row status_page_rows[] = {
	{ .key = "url",
	  T_TEXT(StatusPage, url),
	  .example = "https://status.example.org",
	  HELP("Public address.", "Adresse publique.") },
	{ .key = "title", T_TEXT(StatusPage, title), HELP("Title.", "Titre.") },
	{ .key = "intro",
	  T_TEXT(StatusPage, intro),
	  HELP("Sentence under the title.", "Phrase sous le titre.") },
	{ .key = "folder",
	  T_TEXT(StatusPage, folder),
	  .absent = "DATA/status",
	  HELP("Where the files are written.", "Où les fichiers sont écrits.") },
	{ .key = "languages",
	  T_TEXTS(StatusPage, languages),
	  .form = FORM_LANGUAGE,
	  .absent = "the plan's",
	  HELP("Languages; the first is index.html.", "Langues ; la première est index.html.") },
	{ .key = "publish",
	  T_ARGV(StatusPage, publish),
	  .example = "[rsync, -a, \"{folder}/\", \"web:/var/www/status/\"]",
	  HELP("Run after each change; {folder} is replaced.",
	       "Lancé après chaque changement ; {folder} est remplacé.") },
	{ .key = "components",
	  T_ENTRIES(StatusPage, components, StatusComponent, &component_table),
	  .absent = "one per service",
	  HELP("What the page lists.", "Ce que la page énumère.") },
	{ .key = "contact",
	  T_TEXT(StatusPage, contact),
	  HELP("How readers reach you.", "Comment les lecteurs vous joignent.") },
};
const Table schema_status_page = { "status page",
	                           status_page_rows,
	                           COUNT_OF(status_page_rows),
	                           sizeof(StatusPage),
	                           true,
	                           NULL,
	                           NULL,
	                           0,
	                           status_page_init };
