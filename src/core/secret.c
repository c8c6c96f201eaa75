#include "core/secret.h"

#include "core/alloc.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Secret {
	char *text; /* in sodium's guarded memory */
};

Secret *secret_new(const char *text)
{
	Secret *s = NEW(Secret);
	size_t n = strlen(text);

	if (sodium_init() < 0 || !(s->text = sodium_malloc(n + 1))) {
		(void)fprintf(stderr, "carene: no guarded memory for a secret\n");
		abort();
	}
	memcpy(s->text, text, n + 1);
	sodium_mprotect_readonly(s->text);
	return s;
}

void secret_free(Secret *s)
{
	if (!s)
		return;
	sodium_free(s->text);
	mem_free(s);
}

const char *secret_reveal(const Secret *s) { return s ? s->text : NULL; }

void secret_redact(const Secret *s, char *text)
{
	size_t n = s ? strlen(s->text) : 0;
	char *at = text;

	if (n < 4) /* too short to be one, and "a" would blank the whole text */
		return;
	while ((at = strstr(at, s->text))) {
		memset(at, '*', n);
		memmove(at + 3, at + n, strlen(at + n) + 1);
		at += 3;
	}
}
