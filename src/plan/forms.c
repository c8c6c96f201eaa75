/* What texts of certain keys look like. Checks the form only: nothing is asked of
 * the network. */
#include "plan/load_private.h"

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

typedef struct FormInfo {
	bool (*ok)(const char *s);
	const char *problem, *example;
} FormInfo;

static const FormInfo forms[] = {
	[FORM_ANY] = { 0 },
	[FORM_URL] = { is_url, "is not an http:// or https:// address", "https://example.org/" },
	[FORM_EMAIL] = { is_email, "is not an e-mail address", "ops@example.org" },
	[FORM_PHONE] = { is_phone, "is not a telephone number", "+33 1 23 45 67 89" },
	[FORM_STATUS] = { is_status, "is not an HTTP status", "200, 2xx, 200-299" },
	[FORM_HOSTPORT] = { is_hostport, "is not a host and port", "example.org:443" },
	[FORM_SPAN] = { is_span_text, "is not a duration", "30d, 7d" },
	[FORM_LANGUAGE] = { is_language, "is not a language code", "fr, en" },
	[FORM_DATE] = { is_date, "is not a date", "2025-01, 2025-01-31" },
	[FORM_REGEX] = { is_regex, "is not a regular expression that PCRE2 accepts", NULL },
	[FORM_ENV] = { 0 },
	[FORM_METHOD] = { is_method, "is not an HTTP method", "GET, HEAD, POST" },
	[FORM_PREFIXED] = { is_prefixed, "is not a kind and a name (service:site)",
	                    "service:site, check:site, db:main" },
	[FORM_SENDER] = { is_sender, "cannot stand in a header", "Astreinte <ops@example.org>" },
};

const char *plan_form_problem(TextForm form, const char *s)
{
	return !forms[form].ok || forms[form].ok(s) ? NULL : forms[form].problem;
}

const char *plan_row_example(const Row *row)
{
	if (row->example)
		return row->example;
	return row->form ? forms[row->form].example : plan_kind_infos[row->kind].example;
}
