/* Loading plans in tests: a fixed environment, findings as text. */
#pragma once
#include "plan/load.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

typedef struct Loaded {
	Plan *plan;
	Findings findings;
	Buf text; /* as people see it, without colour */
} Loaded;

static inline const char *test_env(void *ctx, Arena *a, const char *name)
{
	static const char *const vars[][2] = {
		{ "SITE_URL", "https://site.example.org/" },
		{ "TOKEN", "s3cret-token" },
		{ "SMTP_URL", "smtp://user:hunter2@mail.example.org" },
		{ "NOT_A_URL", "hunter2 is no address" },
		{ "EMPTY", "" },
		{ "FIVE", "5m" },
		{ "PORT", "5433" },
		/* what the example plans take from the environment */
		{ "MANGA_DB_PASSWORD", "x" },
		{ "CHAT_WEBHOOK", "https://chat.example.org/" },
		{ "SMS_GATEWAY", "https://sms.example.org/" },
		{ "SLACK_WEBHOOK", "https://chat.example.org/" },
		{ "DB_PASSWORD", "x" },
		{ "BACKUP_SECRET", "x" },
		{ "SMTP_CONFIG", "smtp://localhost" },
		{ "TWILIO", "AC1:token" },
		{ "TWILIO_FROM", "+15005550006" },
	};

	(void)ctx;
	for (size_t i = 0; i < COUNT_OF(vars); i++) {
		if (text_eq(vars[i][0], name))
			return arena_text(a, vars[i][1]);
	}
	return NULL;
}

static inline const char *test_file(void *ctx, Arena *a, const char *path, Err *err)
{
	(void)ctx;
	if (text_eq(path, "/run/secrets/token"))
		return arena_text(a, "from-a-file");
	err_set(err, ERR_NOT_FOUND, "read the secret '%s': no such file", path);
	return NULL;
}

static inline Loaded load_within(const char *path, const char *text, size_t n, PlanLimits limits)
{
	Loaded l = { .findings.arena = arena_new("test findings", 64 << 20) };
	PlanSource source = { .env = test_env, .file = test_file, .limits = limits };

	l.plan = plan_load(path, text, n, &source, &l.findings);
	findings_print(&l.findings, false, &l.text);
	return l;
}

static inline Loaded load_bytes(const char *path, const char *text, size_t n)
{
	return load_within(path, text, n, (PlanLimits){ 0 });
}

static inline Loaded load_text(const char *text)
{
	return load_bytes("plan.yaml", text, strlen(text));
}

static inline void Loaded_done(Loaded *l)
{
	plan_free(l->plan);
	arena_free(l->findings.arena);
	Buf_done(&l->text);
}

/* How many findings have this code. */
static inline size_t count_code(const Loaded *l, const char *code)
{
	size_t n = 0;

	for (size_t i = 0; i < l->findings.n; i++)
		n += text_eq(l->findings.at[i].code, code);
	return n;
}

#define HEAD "plan: {title: Test, version: 1, timezone: Europe/Paris}\n"
#define SITE                                                         \
	HEAD "services:\n  site: {environments: {production: {url: " \
	     "\"https://example.org/\"}, staging: {}}}\n"
