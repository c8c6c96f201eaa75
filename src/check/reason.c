/* Reasons in words: the table of sentences, and the facts of the world put into
 * them. Does not decide anything. */
#include "check/check_private.h"
#include "core/buf.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *en, *fr;
} sentences[] = {
#define REASON(code, en, fr) { en, fr },
#include "check/reasons.def"
#undef REASON
};

/* The world's own fragments (loop/ and sim/ say these), as French readers meet
 * them. A fragment not listed stays English rather than being lost. */
static const struct {
	const char *en, *fr;
} fragments[] = {
	{ "connection refused", "connexion refusée" },
	{ "connection reset by peer", "connexion coupée par le serveur" },
	{ "connection timed out", "délai de connexion dépassé" },
	{ "timed out", "délai dépassé" },
	{ "no route to host", "aucune route vers l’hôte" },
	{ "network is unreachable", "réseau inaccessible" },
	{ "host not found", "hôte inconnu" },
	{ "no such host", "hôte inconnu" },
	{ "the name has no address", "le nom n’a pas d’adresse" },
	{ "no answer from the name servers", "les serveurs de noms ne répondent pas" },
	{ "no route from this machine", "aucune route depuis cette machine" },
	{ "cannot connect", "connexion impossible" },
	{ "connection closed by the server", "connexion fermée par le serveur" },
	{ "connection closed before the end of the headers",
	  "connexion fermée avant la fin des en-têtes" },
	{ "unable to get issuer certificate", "autorité émettrice inconnue" },
	{ "connection aborted", "connexion abandonnée" },
	{ "connection closed by peer", "connexion fermée par le serveur" },
	{ "connection closed without an answer", "connexion fermée sans réponse" },
	{ "connection closed before the end of the body",
	  "connexion fermée avant la fin de la page" },
	{ "connection lost while reading", "connexion perdue pendant la lecture" },
	{ "connection lost while sending", "connexion perdue pendant l’envoi" },
	{ "not http (or http/0.9)", "ce n’est pas du HTTP (ou HTTP/0.9)" },
	{ "not a valid http answer", "la réponse n’est pas du HTTP valide" },
	{ "bad chunk or compression", "morceaux ou compression invalides" },
	{ "too slow", "trop lent" },
	{ "host is down", "hôte arrêté" },
	{ "network is down", "réseau arrêté" },
	{ "too many open files", "trop de fichiers ouverts" },
	{ "operation not permitted", "opération non permise" },
	{ "no space left on device", "disque plein" },
	{ "out of memory", "mémoire insuffisante" },
	{ "/proc cannot be read", "/proc illisible" },
	{ "domain name not found", "nom de domaine inconnu" },
	{ "could not contact dns servers", "serveurs DNS injoignables" },
	{ "certificate has expired", "certificat expiré" },
	{ "certificate is not yet valid", "certificat pas encore valable" },
	{ "self-signed certificate", "certificat auto-signé" },
	{ "self-signed certificate in certificate chain", "certificat auto-signé dans la chaîne" },
	{ "unable to get local issuer certificate", "autorité émettrice inconnue" },
	{ "unable to verify the first certificate", "chaîne de certificats incomplète" },
	{ "hostname mismatch", "le nom ne correspond pas au certificat" },
	{ "empty reply", "réponse vide" },
	{ "connection closed", "connexion fermée" },
	{ "permission denied", "permission refusée" },
	{ "no such file or directory", "fichier ou dossier absent" },
	{ "cannot open shared object file: no such file or directory", "fichier absent" },
};

static const char *known_fr(const char *en)
{
	for (size_t i = 0; i < COUNT_OF(fragments); i++) {
		if (strcasecmp(fragments[i].en, en) == 0)
			return fragments[i].fr;
	}
	return en;
}

/* What library_open() says of a library that is missing. */
static const char *library_fr(const char *en, char out[CHECK_REASON])
{
	char file[64], package[64];
	int why = 0;

	if (sscanf(en, "%63s of the package %63s cannot be opened: %n", file, package, &why) != 2 ||
	    why == 0)
		return known_fr(en);
	(void)snprintf(out, CHECK_REASON, "%s du paquet %s ne s’ouvre pas : %s", file, package,
	               known_fr(en + why));
	return out;
}

const char *fragment_fr(const char *en, char out[CHECK_REASON])
{
	static const struct {
		const char *en, *fr;
	} fronts[] = { { "certificate: ", "certificat : " },
		       { "TLS handshake: ", "négociation TLS : " } };

	for (size_t i = 0; i < COUNT_OF(fronts); i++) {
		if (!text_starts(en, fronts[i].en))
			continue;
		(void)snprintf(out, CHECK_REASON, "%s%s", fronts[i].fr,
		               known_fr(en + strlen(fronts[i].en)));
		return out;
	}
	return library_fr(en, out);
}

static void fill(const char *sentence, const char *const *args, char out[CHECK_REASON])
{
	AUTO(Buf) b = { .max = 4096 };

	for (const char *s = sentence; *s; s++) {
		if (s[0] == '{' && s[1] >= '1' && s[1] <= '4' && s[2] == '}') {
			buf_text(&b, args[s[1] - '0'] ? args[s[1] - '0'] : "?");
			s += 2;
		} else {
			buf_char(&b, *s);
		}
	}
	text_copy(out, CHECK_REASON, buf_str(&b));
	/* What came from outside stays on one line, whatever it was. */
	for (char *c = out; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
}

void reason_say(CheckResult *r, Reason code, const char *const *args)
{
	fill(sentences[code].en, args, r->reason);
	fill(sentences[code].fr, args, r->reason_fr);
}

void reason_say_both(CheckResult *r, Reason code, const char *const *en, const char *const *fr)
{
	fill(sentences[code].en, en, r->reason);
	fill(sentences[code].fr, fr, r->reason_fr);
}

static Reason timeout_reason(FailClass fail)
{
	switch (fail) {
	case FAIL_DNS: return REASON_TIMEOUT_DNS;
	case FAIL_CONNECT: return REASON_TIMEOUT_CONNECT;
	case FAIL_TLS: return REASON_TIMEOUT_TLS;
	case FAIL_NONE:
	case FAIL_HTTP:
	case FAIL_ASSERT:
	case FAIL_SELF: break;
	}
	return REASON_TIMEOUT;
}

static Reason failure_reason(FailClass fail)
{
	switch (fail) {
	case FAIL_DNS: return REASON_DNS;
	case FAIL_CONNECT: return REASON_CONNECT;
	case FAIL_TLS: return REASON_TLS;
	case FAIL_NONE:
	case FAIL_HTTP:
	case FAIL_ASSERT:
	case FAIL_SELF: break;
	}
	return REASON_EXCHANGE;
}

void result_trouble(CheckResult *r, const char *why)
{
	char fr[CHECK_REASON];

	result_self(r);
	reason_say_both(r, REASON_SELF, ARGS(why), ARGS(fragment_fr(why, fr)));
}

void result_world_failure(CheckResult *r, const Answer *a, const char *who, Duration limit)
{
	const char *error = a->error ? a->error : "no reason given";
	char t[DURATION_TEXT], fr[CHECK_REASON];

	r->fail = a->fail;
	r->timed_out = a->timed_out;
	r->state = a->fail == FAIL_SELF ? CHECK_UNKNOWN : CHECK_DOWN;
	if (a->fail == FAIL_SELF)
		result_trouble(r, error);
	else if (a->timed_out)
		SAY(r, timeout_reason(a->fail), who, duration_print(limit, t));
	else
		reason_say_both(r, failure_reason(a->fail), ARGS(who, error),
		                ARGS(who, fragment_fr(error, fr)));
}

const char *check_state_name(CheckState s)
{
	static const char *const names[] = { "unknown", "up", "degraded", "down" };

	return (unsigned)s < COUNT_OF(names) ? names[s] : "unknown";
}

const char *fail_class_name(FailClass f)
{
	static const char *const names[] = { "none", "dns",       "connect", "tls",
		                             "http", "assertion", "self" };

	return (unsigned)f < COUNT_OF(names) ? names[f] : "none";
}

const char *check_reason(const CheckResult *r, const char *lang)
{
	return lang && text_starts(lang, "fr") ? r->reason_fr : r->reason;
}
