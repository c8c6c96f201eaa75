/* Reasons in words: the table of sentences, and the facts of the world put into
 * them. Does not decide anything. */
#include "check/check_private.h"
#include "core/buf.h"
#include "core/text.h"

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
	{ "first mebibyte", "premier mébioctet" },
};

const char *fragment_fr(const char *en)
{
	for (size_t i = 0; i < COUNT_OF(fragments); i++) {
		if (strcasecmp(fragments[i].en, en) == 0)
			return fragments[i].fr;
	}
	return en;
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

void result_world_failure(CheckResult *r, const Answer *a, const char *who, Duration limit)
{
	const char *error = a->error ? a->error : "no reason given";
	char t[DURATION_TEXT];

	r->fail = a->fail;
	r->timed_out = a->timed_out;
	r->state = a->fail == FAIL_SELF ? CHECK_UNKNOWN : CHECK_DOWN;
	if (a->fail == FAIL_SELF)
		reason_say_both(r, REASON_SELF, ARGS(error), ARGS(fragment_fr(error)));
	else if (a->timed_out)
		SAY(r, timeout_reason(a->fail), who, duration_print(limit, t));
	else
		reason_say_both(r, failure_reason(a->fail), ARGS(who, error),
		                ARGS(who, fragment_fr(error)));
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
