/* What texts of certain keys look like. Checks the form only: nothing is asked of
 * the network. */
#include "plan/ref_private.h"

#include "core/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

static bool only(const char *s, const char *set) { return *s && !s[strspn(s, set)]; }

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char digits[] = "0123456789";

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr(".-_[]:%", c);
}

static bool is_url(const char *s)
{
	const char *host = text_starts(s, "https://")  ? s + 8
	                   : text_starts(s, "http://") ? s + 7
	                                               : NULL;
	size_t n;

	if (!host)
		return false;
	n = strcspn(host, "/?#");
	if (n == 0 || host[0] == ':')
		return false;
	for (const char *c = host; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return false;
	}
	return true;
}

static bool is_plain_email(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);

	if (!at || at == s || n > 254 || (size_t)(at - s) > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] <= ' ' || strchr("<>,;:\"()[]\\", s[i]) || s[i] == 0x7f)
			return false;
	}
	n -= (size_t)(at + 1 - s);
	if (n == 0 || memchr(at + 1, '@', n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_host_byte(at[1 + i]) && !((unsigned char)at[1 + i] & 0x80))
			return false;
	}
	return at[1] != '.' && at[n] != '.';
}

/* "a@b.org" or "Name <a@b.org>". */
static bool is_email(const char *s)
{
	const char *open = strchr(s, '<');
	size_t n = strlen(s);

	if (!open)
		return is_plain_email(s, n);
	return s[n - 1] == '>' && open > s && !strpbrk(s, "\r\n") &&
	       is_plain_email(open + 1, n - (size_t)(open - s) - 2);
}

static bool is_phone(const char *s)
{
	size_t count = 0;

	if (*s == '+')
		s++;
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			count++;
		else if (!strchr(" .-()", *s))
			return false;
	}
	return count >= 3 && count <= 15; /* E.164 has at most 15 digits */
}

static bool is_status_code(const char *s, size_t n)
{
	return n == 3 && s[0] >= '1' && s[0] <= '5' && s[1] >= '0' && s[1] <= '9' && s[2] >= '0' &&
	       s[2] <= '9';
}

static bool is_status(const char *s)
{
	size_t n = strlen(s);

	if (n == 3 && s[0] >= '1' && s[0] <= '5' && text_ends(s, "xx"))
		return true;
	return is_status_code(s, n) || (n == 7 && s[3] == '-' && is_status_code(s, 3) &&
	                                is_status_code(s + 4, 3) && memcmp(s, s + 4, 3) <= 0);
}

static bool is_hostport(const char *s)
{
	const char *colon = strrchr(s, ':');
	int64_t port;

	if (!colon || colon == s || !text_int(colon + 1, &port) || port < 1 || port > 65535)
		return false;
	for (; s < colon; s++) {
		if (!is_host_byte(*s))
			return false;
	}
	return true;
}

static bool is_language(const char *s)
{
	size_t n = strspn(s, lower);

	return (n == 2 || n == 3) && (!s[n] || (s[n] == '-' && strlen(s) == n + 3 &&
	                                        only(s + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")));
}

static bool is_date(const char *s)
{
	size_t n = strlen(s);
	int month, day;

	if ((n != 4 && n != 7 && n != 10) || strspn(s, digits) != 4)
		return false;
	if (n == 4)
		return true;
	if (s[4] != '-' || strspn(s + 5, digits) != 2)
		return false;
	month = (s[5] - '0') * 10 + (s[6] - '0');
	if (month < 1 || month > 12)
		return false;
	if (n == 7)
		return true;
	if (s[7] != '-' || strspn(s + 8, digits) != 2)
		return false;
	day = (s[8] - '0') * 10 + (s[9] - '0');
	return day >= 1 && day <= civil_month_days((s[0] - '0') * 1000 + (s[1] - '0') * 100 +
	                                                   (s[2] - '0') * 10 + (s[3] - '0'),
	                                           month);
}

static bool is_regex(const char *s)
{
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)s, PCRE2_ZERO_TERMINATED,
	                                     PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);

	pcre2_code_free(compiled);
	return compiled != NULL;
}

static bool is_method(const char *s)
{
	return only(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strlen(s) <= 10;
}

static bool is_prefixed(const char *s)
{
	size_t n = strspn(s, lower);

	return n > 0 && s[n] == ':' && s[n + 1];
}

static bool is_span_text(const char *s)
{
	Span span;

	return span_parse(s, &span);
}

static bool is_sender(const char *s) { return *s && !strpbrk(s, "\r\n"); }

/* ---- references and what follows ---- */

/* "check:site": a word, a colon, something without blanks. */
static bool is_ref(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_");

	return n > 0 && s[n] == ':' && s[n + 1] && s[n + 1] != ':' && !strpbrk(s, " \t\r\n");
}

static bool is_catch_up(const char *s)
{
	if (text_eq(s, "skip") || text_eq(s, "once") || text_eq(s, "all"))
		return true;
	return text_starts(s, "all:") && strlen(s) <= 8 && only(s + 4, digits) && s[4] != '0';
}

static bool is_holiday(const char *s)
{
	Holiday h;

	return holiday_parse(s, &h, NULL);
}

static bool is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

	return n > 0 && n <= 47 && !s[n] && !strchr("_.-", *s);
}

static bool is_on_fail(const char *s)
{
	return text_eq(s, "stop") || text_eq(s, "continue") || text_eq(s, "rollback") ||
	       (text_starts(s, "call:") && is_name(s + 5));
}

static bool is_request(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n && s[n] == ' ')
		s += n + 1;
	else if (n)
		return false;
	return is_url(s) || (*s == '/' && !strpbrk(s, " \t\r\n"));
}

static bool is_unit_verb(const char *s)
{
	static const char *const verbs[] = { "start ",  "stop ",   "restart ",
		                             "reload ", "status ", "kill " };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		size_t n = strlen(verbs[i]);

		if (text_starts(s, verbs[i]) && s[n] && s[n] != ' ')
			return true;
	}
	return false;
}

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++) {
		if (text_eq(s, *words))
			return true;
	}
	return false;
}

static bool is_long_span(const char *s)
{
	Span span;

	return span_parse(s, &span) && !span_is_zero(span);
}

static bool is_per(const char *s)
{
	static const char *const words[] = { "incident", "release", "deployment", "day",
		                             "week",     "month",   "quarter",    "half",
		                             "year",     "user",    NULL };

	return is_one_of(s, words) || is_long_span(s);
}

static bool is_cadence(const char *s)
{
	static const char *const words[] = { "daily",      "weekly", "monthly", "quarterly",
		                             "halfyearly", "yearly", NULL };

	return is_one_of(s, words) || is_long_span(s);
}

typedef struct FormInfo {
	bool (*ok)(const char *s);
	const char *problem, *example;
	const char *en, *fr; /* what it is, in place of "a text"; NULL: the kind says enough */
} FormInfo;

static const FormInfo forms[] = {
	[FORM_ANY] = { 0 },
	[FORM_URL] = { is_url, "is not an http:// or https:// address", "https://example.org/",
	               "an address", "une adresse" },
	[FORM_EMAIL] = { is_email, "is not an e-mail address", "ops@example.org",
	                 "an e-mail address", "une adresse e-mail" },
	[FORM_PHONE] = { is_phone, "is not a telephone number", "+33 1 23 45 67 89",
	                 "a telephone number", "un numéro de téléphone" },
	[FORM_STATUS] = { is_status, "is not an HTTP status", "200, 2xx, 200-299", "HTTP statuses",
	                  "des statuts HTTP" },
	[FORM_HOSTPORT] = { is_hostport, "is not a host and port", "example.org:443",
	                    "host and port", "hôte et port" },
	[FORM_SPAN] = { is_span_text, "is not a duration", "30d, 7d", "durations", "des durées" },
	[FORM_LANGUAGE] = { is_language, "is not a language code", "fr, en", "a language code",
	                    "un code de langue" },
	[FORM_DATE] = { is_date, "is not a date", "2025-01, 2025-01-31", "a date", "une date" },
	[FORM_REGEX] = { is_regex, "is not a regular expression that PCRE2 accepts", NULL,
	                 "a regular expression", "une expression régulière" },
	[FORM_ENV] = { NULL, NULL, NULL, "the name of an environment",
	               "le nom d'un environnement" },
	[FORM_METHOD] = { is_method, "is not an HTTP method", "GET, HEAD, POST", "an HTTP method",
	                  "une méthode HTTP" },
	[FORM_PREFIXED] = { is_prefixed, "is not a kind and a name (service:site)",
	                    "service:site, check:site, db:main", "kinds and names",
	                    "des natures et des noms" },
	[FORM_SENDER] = { is_sender, "cannot stand in a header", "Astreinte <ops@example.org>",
	                  "a sender", "un expéditeur" },
	[FORM_REF] = { is_ref, "is not a kind and a name (check:site)",
	               "check:site, backup:daily, log:app:rotate",
	               "a reference, kind:name or kind:name:part",
	               "une référence, nature:nom ou nature:nom:partie" },
	[FORM_REF_OR_TEXT] = { NULL, NULL, "[\"update:nextjs\", performance audit]",
	                       "words or references (kind:name)",
	                       "des mots ou des références (nature:nom)" },
	[FORM_CATCH_UP] = { is_catch_up, "is not one of skip, once, all, all:5",
	                    "skip, once, all, all:5",
	                    "skip (none), once (the last), all, or all:5 (the last five)",
	                    "skip (aucune), once (la dernière), all, ou all:5 (les cinq "
	                    "dernières)" },
	[FORM_HOLIDAY] = { is_holiday, "is not a date, a day of each year or a range of them",
	                   "2027-05-17, 12-25, 2027-12-20..2028-01-03, easter+1",
	                   "dates, ranges of dates, and days counted from Easter",
	                   "des dates, des plages de dates et des jours comptés depuis Pâques" },
	[FORM_NAME] = { is_name, "cannot be a name", "backup_first", "a name", "un nom" },
	[FORM_ON_FAIL] = { is_on_fail, "is not one of stop, continue, rollback, call:PROCEDURE",
	                   "stop, continue, rollback, call:restore",
	                   "stop, continue, rollback, or call: and a procedure's name",
	                   "stop, continue, rollback, ou call: et le nom d'une procédure" },
	[FORM_REQUEST] = { is_request, "is not a request (GET https://example.org/)",
	                   "GET https://example.org/health, /health", "an HTTP request",
	                   "une requête HTTP" },
	[FORM_UNIT_VERB] = { is_unit_verb,
	                     "is not start, stop, restart, reload, status or kill and a name",
	                     "restart nginx", "a verb and a unit", "un verbe et une unité" },
	[FORM_PER] = { is_per,
	               "is not a duration nor one of day, week, month, quarter, half, "
	               "year, incident, release, deployment, user",
	               "1mo, quarter, incident", "a duration or an occasion",
	               "une durée ou une occasion" },
	[FORM_CADENCE] = { is_cadence, "is not a cadence", "quarterly, halfyearly, 6mo",
	                   "a cadence", "un rythme" },
};

const char *plan_form_problem(TextForm form, const char *s)
{
	return !forms[form].ok || forms[form].ok(s) ? NULL : forms[form].problem;
}

const char *plan_form_pattern(TextForm form, Buf *out)
{
	static const char *const patterns[] = {
		[FORM_CATCH_UP] = "^(skip|once|all(:[1-9][0-9]{0,3})?)$",
		[FORM_ON_FAIL] = "^(stop|continue|rollback|call:[A-Za-z0-9][A-Za-z0-9_.-]*)$",
		[FORM_UNIT_VERB] = "^(start|stop|restart|reload|status|kill) [^ ]",
		[FORM_NAME] = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,46}$",
	};

	if (form == FORM_REF) {
		buf_text(out, "^(load|deploy");
		for (size_t i = 0; ref_kind_word(i); i++)
			buf_printf(out, "|%s", ref_kind_word(i));
		buf_text(out, "):[^: ]+(:[^ ]+)?$");
		return buf_str(out);
	}
	return (size_t)form < sizeof patterns / sizeof *patterns ? patterns[form] : NULL;
}

const char *plan_row_example(const Row *row)
{
	if (row->example)
		return row->example;
	return row->form && forms[row->form].example ? forms[row->form].example
	                                             : plan_kind_infos[row->kind].example;
}

const char *plan_row_type(const Row *row, bool french)
{
	const FormInfo *form = &forms[row->form];
	const KindInfo *kind = &plan_kind_infos[row->kind];

	/* Several of them: only where the words are plural. */
	if (row->form && form->en && !(row->kind == ROW_TEXTS && text_starts(form->en, "a")))
		return french ? form->fr : form->en;
	if (row->kind == ROW_TEXT && row->refs)
		kind = &plan_kind_infos[ROW_REF];
	return french ? kind->fr : kind->en;
}
