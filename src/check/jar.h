/* The cookies of one journey (RFC 6265, the part a test user needs): host, path,
 * Secure, deletion. Forgotten with the run. */
#pragma once
#include "core/arena.h"
#include "world/world.h"

#include <stdbool.h>

typedef struct Jar Jar;

Jar *jar_new(Arena *a);
/* Keeps what the answer sets; at most 64 cookies of 4 KiB. */
void jar_take(Jar *jar, const char *url, const HttpAnswer *answer);
/* Adds a Cookie header to a copy of the headers, when there is something to send. */
void jar_send(const Jar *jar, Arena *a, const char *url, const HeaderField **headers, size_t *n);
/* The value of one Set-Cookie of this answer, copied; NULL. */
const char *cookie_of(Arena *a, const HttpAnswer *answer, const char *name);
