/* The text of a first plan. Pure: facts in, YAML out.
 *
 * What was seen is written as it is; what only a person can decide is `unset` or
 * stays in a comment. Nothing is promised in anybody's name. Every text that came
 * from outside goes through quoted() or comment(). */
#include "cli/init.h"
#include "core/alloc.h"
#include "core/lib_curl.h"
#include "core/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Out {
	const InitFacts *f;
	Buf *b;
	bool fr;
} Out;

/* A macro, so that the compiler checks both as formats. */
#define SAY(o, english, french) ((o)->fr ? (french) : (english))

static void put(const Out *o, const char *en, const char *fr) { buf_text(o->b, SAY(o, en, fr)); }

/* A JSON string is a YAML double-quoted scalar (YAML 1.2 §1.3). "${" would be read as an
 * interpolation. */
static void quoted(const Out *o, const char *s)
{
	char clean[512];

	text_copy(clean, sizeof clean, s);
	for (char *c = clean; (c = strstr(c, "${"));)
		*c = '_';
	buf_json(o->b, clean);
}

/* Outside text inside a comment: one line of printable UTF-8. */
static void comment(const Out *o, const char *s)
{
	size_t n;

	for (; *s; s += n) {
		n = utf8_step(s, strlen(s));
		if (n > 1 || (n == 1 && (unsigned char)*s >= 0x20 && *s != 0x7f))
			buf_add(o->b, s, n);
		n = n ? n : 1;
	}
}

/* ---- the address ---- */

static bool url_parts(const char *text, InitSite *ret)
{
	CURLU *u = libcurl_open(NULL) ? libcurl.url() : NULL;
	char *all = NULL, *host = NULL, *scheme = NULL, *user = NULL;
	bool ok = u && libcurl.url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
	          libcurl.url_set(u, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
	          libcurl.url_get(u, CURLUPART_URL, &all, 0) == CURLUE_OK &&
	          libcurl.url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	          libcurl.url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	          libcurl.url_get(u, CURLUPART_USER, &user, 0) != CURLUE_OK &&
	          (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
	          strlen(all) < sizeof ret->url && strlen(host) < sizeof ret->host;

	if (ok) {
		bool six = host[0] == '[';

		text_copy(ret->url, sizeof ret->url, all);
		text_copy(ret->host, sizeof ret->host, host + six);
		if (six)
			ret->host[strcspn(ret->host, "]")] = '\0';
		ret->https = strcmp(scheme, "https") == 0;
	}
	if (!u)
		return false;
	libcurl.release(user);
	libcurl.release(scheme);
	libcurl.release(host);
	libcurl.release(all);
	libcurl.url_cleanup(u);
	return ok;
}

bool init_site_parse(const char *text, InitSite *ret, Err *err)
{
	char with[512];

	*ret = (InitSite){ .cert_end = LONG_AGO };
	if (!libcurl_open(err))
		return false;
	(void)snprintf(with, sizeof with, strstr(text, "://") ? "%s" : "https://%s", text);
	if (strlen(text) + 8 < sizeof with && !strpbrk(text, " \t\r\n\"'<>\\") &&
	    url_parts(with, ret))
		return true;
	err_set(err, ERR_BAD_INPUT, "'%.100s' is not the address of a site", text);
	return err_hint(err, "https://shop.example, without user name or password");
}

/* ---- sections ---- */

/* An id out of a name: lower-case letters, digits and '-', a letter first. */
static void id_of(const char *name, char out[INIT_NAME])
{
	size_t n = 0;

	if (!isalpha((unsigned char)name[0]))
		n = (size_t)snprintf(out, INIT_NAME, "site-");
	for (; *name && n + 1 < INIT_NAME; name++) {
		bool good = (*name >= '0' && *name <= '9') || isalpha((unsigned char)*name);

		if (good)
			out[n++] = (char)tolower((unsigned char)*name);
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = '\0';
}

static void head(const Out *o)
{
	const InitSite *s = &o->f->site;
	char day[INSTANT_TEXT];

	instant_print(o->f->at, day);
	day[strcspn(day, "T")] = '\0';
	put(o, "# First maintenance plan of ", "# Premier plan de maintenance de ");
	comment(o, s->url);
	buf_printf(o->b,
	           SAY(o, ",\n# written on %s by `carene init` from what it saw.\n",
	               ",\n# écrit le %s par « carene init » d’après ce qu’il a vu.\n"),
	           day);
	put(o,
	    "#\n# Nothing is promised here yet. What only people can decide is `unset`, or waits "
	    "in\n"
	    "# a comment: Carène says what is missing and invents nothing.\n#\n",
	    "#\n# Rien n’est encore promis ici. Ce que seules des personnes peuvent décider est\n"
	    "# « unset », ou attend en commentaire : Carène dit ce qui manque et n’invente "
	    "rien.\n#\n");
	buf_text(o->b, "#   carene validate ");
	comment(o, o->f->file);
	put(o, "   what is wrong, and what is still open\n",
	    "   ce qui est faux, et ce qui reste ouvert\n");
	put(o, "#   carene explain checks.every   what a key means\n",
	    "#   carene explain checks.every   ce que veut dire une clé\n");
	buf_text(o->b, "#   carene run ");
	comment(o, o->f->file);
	buf_text(o->b, " --listen 127.0.0.1:8080\n\n");
}

static void section_plan(const Out *o)
{
	char id[INIT_NAME];

	id_of(o->f->site.host, id);
	buf_printf(o->b, "plan:\n  id: %s\n  title: ", id);
	buf_text(o->b, "\"");
	put(o, "Maintenance of ", "Maintenance de ");
	comment(o, o->f->site.host);
	buf_printf(o->b, "\"\n  timezone: %s\n  language: %s\n", o->f->host.timezone,
	           o->fr ? "fr" : "en");
	put(o, "  alarm_via: [mail]   # where Carène tells of its own troubles\n",
	    "  alarm_via: [mail]   # par où Carène signale ses propres ennuis\n");
	put(o,
	    "  # Places that have nothing to do with your site. When a check cannot reach it, "
	    "Carène\n"
	    "  # tries these first: if none answers, Carène is the one cut off, and says "
	    "\"unknown\"\n"
	    "  # instead of \"down\".\n",
	    "  # Des lieux sans rapport avec votre site. Quand un contrôle ne l’atteint pas, "
	    "Carène\n"
	    "  # les essaie d’abord : si aucun ne répond, c’est elle qui est coupée du réseau, et\n"
	    "  # elle dit « inconnu » au lieu de « en panne ».\n");
	buf_text(o->b, "  # connectivity: [\"9.9.9.9:443\", \"1.1.1.1:443\"]\n\n");
}

static void seen_cert(const Out *o)
{
	const InitSite *s = &o->f->site;
	char day[INSTANT_TEXT];

	if (!is_set(s->cert_end))
		return;
	instant_print(s->cert_end, day);
	day[strcspn(day, "T")] = '\0';
	buf_printf(o->b, SAY(o, "# Certificate: %s, until %s", "# Certificat : %s, jusqu’au %s"),
	           s->cert_valid ? SAY(o, "valid", "valable") : SAY(o, "NOT VALID", "NON VALABLE"),
	           day);
	if (s->issuer[0]) {
		put(o, ", issued by ", ", délivré par ");
		comment(o, s->issuer);
	}
	buf_text(o->b, ".\n");
}

/* What was seen of the site, as comments over its service. */
static void seen(const Out *o)
{
	const InitSite *s = &o->f->site;
	char t[DURATION_TEXT];

	if (s->answered) {
		buf_printf(o->b, SAY(o, "# Answered %d in %s", "# A répondu %d en %s"), s->status,
		           duration_print(s->latency, t));
		if (s->redirects) {
			buf_printf(o->b,
			           SAY(o, ", after %u redirect(s) to ",
			               ", après %u redirection(s) vers "),
			           s->redirects);
			comment(o, s->final_url);
		}
		if (s->server[0]) {
			put(o, "; server: ", " ; serveur : ");
			comment(o, s->server);
		}
		buf_text(o->b, ".\n");
	} else {
		put(o, "# DID NOT ANSWER: ", "# N’A PAS RÉPONDU : ");
		comment(o, SAY(o, s->reason, s->reason_fr));
		buf_text(o->b, "\n");
	}
	seen_cert(o);
	if (s->addresses_n)
		put(o, "# Addresses:", "# Adresses :");
	for (size_t i = 0; i < s->addresses_n; i++) {
		buf_text(o->b, i ? ", " : " ");
		comment(o, s->addresses[i]);
	}
	if (s->addresses_n)
		buf_text(o->b,
		         s->is_here ? SAY(o, " (this machine)\n", " (cette machine)\n") : "\n");
}

static void section_services(const Out *o)
{
	const InitHost *h = &o->f->host;

	put(o, "# ---- What is maintained\n", "# ---- Ce qui est maintenu\n");
	seen(o);
	buf_text(o->b, "services:\n  site:\n    label: ");
	quoted(o, o->f->site.host);
	buf_text(o->b, "\n    environments:\n      production: {url: ");
	quoted(o, o->f->site.url);
	buf_text(o->b, "}\n");
	if (h->units_n) {
		put(o, "    # Running on ", "    # En marche sur ");
		comment(o, h->name);
		if (o->f->site.is_here)
			put(o, "; take out what the site does not need.\n",
			    " ; retirez ce dont le site n’a pas besoin.\n");
		else
			put(o, ", which is not where the site answers: keep only what it needs.\n",
			    ", qui n’est pas là où le site répond : ne gardez que ce dont il "
			    "dépend.\n");
		buf_text(o->b, "    units:\n");
	}
	for (size_t i = 0; i < h->units_n; i++) {
		buf_text(o->b, "      - ");
		quoted(o, h->units[i]);
		buf_text(o->b, "\n");
	}
	buf_text(o->b, "\n");
}

static void section_databases(const Out *o)
{
	const InitHost *h = &o->f->host;
	bool any = false;

	for (size_t i = 0; i < h->ports_n; i++) {
		const InitPort *p = &h->ports[i];

		if (strcmp(p->engine, "redis") == 0)
			continue;
		if (!any)
			put(o,
			    "# A database listens here. With a user that may log in, Carène also "
			    "measures its\n"
			    "# connections: fill in, take the # away, and use the db_ping check "
			    "further down.\n",
			    "# Une base écoute ici. Avec un compte qui peut s’y connecter, Carène "
			    "mesure aussi\n"
			    "# ses connexions : complétez, ôtez les #, et prenez le contrôle "
			    "db_ping plus bas.\n");
		if (!any)
			buf_text(o->b, "# databases:\n");
		any = true;
		buf_printf(o->b,
		           "#   %s: {engine: %s, service: site, env: production, host: 127.0.0.1, "
		           "port: %u,\n"
		           "#         user: carene, name: unset, secret: \"${env:%s_PASSWORD}\"}\n",
		           p->engine, p->engine, p->port,
		           strcmp(p->engine, "mysql") == 0 ? "MYSQL" : "PG");
	}
	if (any)
		buf_text(o->b, "\n");
}

static void section_people(const Out *o)
{
	put(o, "# ---- People and channels\n", "# ---- Les personnes et les canaux\n");
	put(o,
	    "contacts:\n  me:\n    label: Whoever is called first\n    name: unset\n    email: "
	    "unset\n"
	    "    # phone: unset\n    # hours: mon-fri 09:00-18:00\n    # oncall: sat-sun\n\n",
	    "contacts:\n  me:\n    label: La personne appelée en premier\n    name: unset\n    "
	    "email: unset\n"
	    "    # phone: unset\n    # hours: mon-fri 09:00-18:00\n    # oncall: sat-sun\n\n");
	buf_text(o->b, "channels:\n  mail:\n    type: email\n    url: smtp://127.0.0.1:25");
	if (o->f->host.mail)
		put(o, "   # something takes mail there\n",
		    "   # un serveur y accepte le courrier\n");
	else
		put(o,
		    "\n    # Nothing takes mail on this port of this machine. Another server, with "
		    "its"
		    " password\n    # in the environment:\n    # secret: \"${env:SMTP_URL}\""
		    "   # smtps://user:password@mail.example:465\n",
		    "\n    # Rien n’accepte de courrier sur ce port de cette machine. Un autre "
		    "serveur,"
		    " avec son\n    # mot de passe dans l’environnement :\n    # secret: "
		    "\"${env:SMTP_URL}\""
		    "   # smtps://user:password@mail.example:465\n");
	buf_text(o->b, "    from: carene@localhost\n");
	put(o, "    to: [root@localhost]   # change this\n\n",
	    "    to: [root@localhost]   # à changer\n\n");
}

static void section_status_page(const Out *o)
{
	put(o,
	    "# The page people read while the site is down: a folder of plain files, to be copied\n"
	    "# to another host.\n",
	    "# La page qu’on lit pendant que le site est en panne : un dossier de simples "
	    "fichiers,\n"
	    "# à copier sur un autre hôte.\n");
	buf_text(o->b, "status_page:\n  title: \"");
	put(o, "Status of ", "État de ");
	comment(o, o->f->site.host);
	buf_printf(o->b, "\"\n  languages: %s\n", o->fr ? "[fr, en]" : "[en, fr]");
	buf_text(o->b, "  components:\n    site: {label: Site, of: [check:site]}\n");
	put(o, "  # publish: [rsync, -a, \"{folder}/\", \"elsewhere:/var/www/status/\"]\n\n",
	    "  # publish: [rsync, -a, \"{folder}/\", \"ailleurs:/var/www/status/\"]\n\n");
}

static void section_classes(const Out *o)
{
	put(o,
	    "# ---- When things go wrong\n"
	    "# How fast someone answers and repairs is yours to promise: replace `unset`, as 15m, "
	    "4h.\n"
	    "classes:\n"
	    "  P1: {label: critical, rank: 1, means: the site does not work, respond: unset, "
	    "resolve: unset,"
	    " route: [mail]}\n"
	    "  P2: {label: minor, rank: 2, means: it works badly, respond: unset, resolve: unset,"
	    " route: [mail]}\n\n"
	    "levels:\n"
	    "  critical: {label: critical, rank: 1, class: P1, route: [mail]}\n"
	    "  warning: {label: warning, rank: 2, route: [mail]}   # a message, no incident\n\n",
	    "# ---- Quand cela va mal\n"
	    "# En combien de temps on répond et on répare : c’est à vous de le promettre. "
	    "Remplacez\n"
	    "# « unset », par exemple par 15m, 4h.\n"
	    "classes:\n"
	    "  P1: {label: critique, rank: 1, means: le site ne marche pas, respond: unset, "
	    "resolve: unset,"
	    " route: [mail]}\n"
	    "  P2: {label: mineur, rank: 2, means: il marche mal, respond: unset, resolve: unset,"
	    " route: [mail]}\n\n"
	    "levels:\n"
	    "  critical: {label: critique, rank: 1, class: P1, route: [mail]}\n"
	    "  warning: {label: avertissement, rank: 2, route: [mail]}   # un message, pas "
	    "d’incident\n\n");
}

/* A status that is an answer and not a success is kept as what is expected, or the plan would
 * begin with an incident: a page behind a login says 401 every day. */
static bool status_is_usual(const InitSite *s)
{
	return !s->answered || (s->status >= 200 && s->status <= 299) || s->status >= 500;
}

static void check_site(const Out *o)
{
	const InitSite *s = &o->f->site;

	put(o, "  site:\n    label: The site answers\n", "  site:\n    label: Le site répond\n");
	buf_text(o->b, "    type: http\n    service: site\n    env: production\n    every: 1m\n");
	put(o, "    retries: 1   # down after two failures in a row, from the first one\n",
	    "    retries: 1   # en panne après deux échecs de suite, depuis le premier\n");
	if (!status_is_usual(s))
		buf_printf(o->b,
		           SAY(o, "    expect: [\"%d\"]   # what it answers today\n",
		               "    expect: [\"%d\"]   # ce qu’il répond aujourd’hui\n"),
		           s->status);
	put(o, "    # contains: a text that is only there when the page works\n",
	    "    # contains: un texte qui n’y est que si la page marche\n");
	if (s->https)
		put(o,
		    "  tls:\n    label: Certificate\n    type: tls\n    service: site\n    env: "
		    "production\n"
		    "    every: 6h\n    min_left: [30d, 7d]   # a message when less is left, once "
		    "for each\n",
		    "  tls:\n    label: Certificat\n    type: tls\n    service: site\n    env: "
		    "production\n"
		    "    every: 6h\n    min_left: [30d, 7d]   # un message quand il reste moins, "
		    "un seul par seuil\n");
}

static void check_host(const Out *o)
{
	const InitHost *h = &o->f->host;

	if (h->units_n)
		put(o,
		    "  units:\n    label: What the site stands on is running\n    type: unit\n"
		    "    service: site\n    env: production\n    every: 1m\n    impact: 0%"
		    "   # what users feel is measured by the site's check\n",
		    "  units:\n    label: Ce sur quoi le site repose est en marche\n    type: "
		    "unit\n"
		    "    service: site\n    env: production\n    every: 1m\n    impact: 0%"
		    "   # ce que subissent les visiteurs est mesuré par le contrôle du site\n");
	for (size_t i = 0; i < h->ports_n; i++) {
		buf_printf(o->b,
		           SAY(o, "  %s:\n    label: %s accepts connections\n",
		               "  %s:\n    label: %s accepte les connexions\n"),
		           h->ports[i].engine, h->ports[i].engine);
		buf_printf(o->b,
		           "    type: tcp\n    service: site\n    env: production\n"
		           "    target: 127.0.0.1\n    port: %u\n    every: 1m\n    impact: 0%%\n",
		           h->ports[i].port);
		if (strcmp(h->ports[i].engine, "redis") != 0)
			buf_printf(o->b,
			           "    # type: db_ping\n    # db: %s\n    # max_connections_used: "
			           "80%%\n",
			           h->ports[i].engine);
	}
}

static void rule(const Out *o, const char *id, const char *label, const char *when,
                 const char *level)
{
	buf_printf(o->b, "  %s: {label: ", id);
	quoted(o, label);
	buf_text(o->b, ", when: ");
	quoted(o, when);
	buf_printf(o->b, ", level: %s, service: site, env: production}\n", level);
}

/* The fullest mount decides whether 90 % would alarm from the first minute. */
static double fullest(const InitHost *h)
{
	double most = 0;

	for (size_t i = 0; i < h->mounts_n; i++)
		most = h->mounts[i].used > most ? h->mounts[i].used : most;
	return most;
}

static void section_rules(const Out *o)
{
	const InitHost *h = &o->f->host;
	char when[64];
	double disk = fullest(h) >= 88 ? fmin(99, ceil(fullest(h)) + 2) : 90;

	put(o, "\n# The thresholds are ours, to begin with: choose yours.\nrules:\n",
	    "\n# Les seuils sont les nôtres, pour commencer : choisissez les vôtres.\nrules:\n");
	rule(o, "down", SAY(o, "The site is down", "Le site est en panne"), "check{site} == fail",
	     "critical");
	rule(o, "slow", SAY(o, "The site is slow", "Le site est lent"),
	     "latency{site} p95 > 2s over 15m", "warning");
	if (o->f->site.https)
		rule(o, "certificate",
		     SAY(o, "The certificate is not valid", "Le certificat n’est pas valable"),
		     "check{tls} == fail", "critical");
	if (h->units_n)
		rule(o, "units",
		     SAY(o, "Something the site stands on has stopped",
		         "Un service dont le site dépend est arrêté"),
		     "check{units} == fail", "warning");
	for (size_t i = 0; i < h->ports_n; i++) {
		(void)snprintf(when, sizeof when, "check{%s} == fail", h->ports[i].engine);
		rule(o, h->ports[i].engine, h->ports[i].engine, when, "critical");
	}
	for (size_t i = 0; i < h->mounts_n; i++) {
		buf_text(o->b,
		         i ? ", " : SAY(o, "  # Disks today: ", "  # Disques aujourd’hui : "));
		comment(o, h->mounts[i].path);
		buf_printf(o->b, " %.0f %%", h->mounts[i].used);
	}
	buf_text(o->b, h->mounts_n ? "\n" : "");
	(void)snprintf(when, sizeof when, "disk_used > %.0f%%", disk);
	rule(o, "disk", SAY(o, "A disk is filling up", "Un disque se remplit"), when, "warning");
	rule(o, "memory", SAY(o, "Memory is running out", "La mémoire s’épuise"),
	     "mem_used mean > 95% over 10m", "warning");
}

static void section_rest(const Out *o)
{
	put(o,
	    "\n# ---- What you promise, once you have decided it\n"
	    "# objectives:\n"
	    "#   availability: {metric: availability, check: site, op: \">=\", target: 99.9%, "
	    "period: 1mo,\n"
	    "#     windows: excluded}\n"
	    "#\n"
	    "# Announced work: the notice is sent in time, alerts wait, measuring goes on.\n"
	    "# windows:\n"
	    "#   weekly: {at: weekly sun 03:00, for: 1h, env: production, impact: degraded, "
	    "counts: false,\n"
	    "#     notice: 24h}\n"
	    "#\n"
	    "# Work that comes round: whoever owns it is told, `carene task` confirms it. `carene "
	    "next "
	    "PLAN`\n"
	    "# shows when, `carene simulate PLAN` a year of it.\n"
	    "# tasks:\n"
	    "#   round: {at: weekly mon 09:00, for: 30m, owner: me,\n"
	    "#     items: [{do: \"check:site\"}, Read the error log]}\n"
	    "#   restore: {at: quarterly, for: 2h, owner: me,\n"
	    "#     items: [Restore the last backup elsewhere, Open a page from it]}\n",
	    "\n# ---- Ce que vous promettez, une fois décidé\n"
	    "# objectives:\n"
	    "#   availability: {metric: availability, check: site, op: \">=\", target: 99.9%, "
	    "period: 1mo,\n"
	    "#     windows: excluded}\n"
	    "#\n"
	    "# Travaux annoncés : l’annonce part à temps, les alertes attendent, la mesure "
	    "continue.\n"
	    "# windows:\n"
	    "#   weekly: {at: weekly sun 03:00, for: 1h, env: production, impact: degraded, "
	    "counts: false,\n"
	    "#     notice: 24h}\n"
	    "#\n"
	    "# Le travail qui revient : qui en répond est prévenu, « carene task » le confirme.\n"
	    "# « carene next PLAN » montre quand, « carene simulate PLAN » toute une année.\n"
	    "# tasks:\n"
	    "#   tournee: {at: weekly mon 09:00, for: 30m, owner: me,\n"
	    "#     items: [{do: \"check:site\"}, Lire le journal des erreurs]}\n"
	    "#   restauration: {at: quarterly, for: 2h, owner: me,\n"
	    "#     items: [Restaurer ailleurs la dernière sauvegarde, En ouvrir une page]}\n");
}

void init_plan(const InitFacts *f, const char *lang, Buf *out)
{
	Out o = { f, out, lang && text_starts(lang, "fr") };

	head(&o);
	section_plan(&o);
	section_services(&o);
	section_databases(&o);
	section_people(&o);
	section_status_page(&o);
	section_classes(&o);
	put(&o, "# ---- Watching\nchecks:\n", "# ---- Surveiller\nchecks:\n");
	check_site(&o);
	check_host(&o);
	section_rules(&o);
	section_rest(&o);
}
