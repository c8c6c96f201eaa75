/* Cases of lint: a plan, a code, how often it is found and in what words. Each plan
 * that has findings is then given `accept` where they point, and must have none. */
#pragma once
#include "harness.h"

#include "plan/testing.h"

#include <stdio.h>

typedef struct Case {
	const char *code;
	size_t n; /* findings of that code */
	const char *text, *words;
} Case;

/* After "ID: {" of "SECTION: {…", both in flow style; NULL: not so written. */
static inline const char *accept_place(const char *text, const char *path)
{
	char section[64], id[64] = "", mark[80];
	const char *dot = strchr(path, '.'), *at;

	(void)snprintf(section, sizeof section, "%.*s", dot ? (int)(dot - path) : 60, path);
	if (dot)
		(void)snprintf(id, sizeof id, "%.*s", (int)strcspn(dot + 1, "."), dot + 1);
	(void)snprintf(mark, sizeof mark, "\n%s:", section);
	at = text_starts(text, mark + 1) ? text : strstr(text, mark);
	if (!at)
		return NULL;
	at += strlen(section) + 2;
	(void)snprintf(mark, sizeof mark, "%s: {", id);
	/* A section of its own keys (plan, costs) has no entries. */
	if (dot && !text_eq(section, "costs") && !text_eq(section, "plan"))
		at = strstr(at, mark);
	at = at ? strchr(at, '{') : NULL;
	return at ? at + 1 : NULL;
}

/* The plan with the finding accepted; the caller's. */
static inline char *accepting(const char *text, const Finding *f)
{
	const char *at = accept_place(text, f->path);
	AUTO(Buf) b = { 0 };

	if (!at)
		return NULL;
	buf_add(&b, text, (size_t)(at - text));
	buf_printf(&b, "accept: {%s: considered}, ", f->code);
	buf_text(&b, at);
	return buf_take(&b);
}

static inline const Finding *first_of(const Loaded *l, const char *code)
{
	for (size_t i = 0; i < l->findings.n; i++) {
		if (text_eq(l->findings.at[i].code, code))
			return &l->findings.at[i];
	}
	return NULL;
}

/* Accepts one finding after the other until none of the code is left. */
static inline void accept_all(const Case *c, size_t i)
{
	AUTO_FREE char *text = mem_printf("%s", c->text);

	for (size_t round = 0; round < 12; round++) {
		AUTO(Loaded) l = load_text(text);
		const Finding *f = l.plan ? first_of(&l, c->code) : NULL;
		char *next = f ? accepting(text, f) : NULL;

		if (l.plan && !f)
			return;
		if (!next) {
			(void)test_fail(__FILE__, __LINE__,
			                "case %zu: %s cannot be accepted in\n%s\n%s", i, c->code,
			                text, buf_str(&l.text));
			return;
		}
		mem_free(text);
		text = next;
	}
	(void)test_fail(__FILE__, __LINE__, "case %zu: %s comes back though accepted", i, c->code);
}

static inline void run_cases(const Case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const Case *c = &cases[i];
		AUTO(Loaded) l = load_text(c->text);

		if (!l.plan || count_code(&l, c->code) != c->n) {
			(void)test_fail(__FILE__, __LINE__,
			                "case %zu: wanted %zu × %s, got\n%s\nof\n%s", i, c->n,
			                c->code, buf_str(&l.text), c->text);
			continue;
		}
		if (c->words)
			EXPECT_HAS(buf_str(&l.text), c->words);
		if (c->n)
			accept_all(c, i);
	}
}
