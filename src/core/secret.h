/* A credential. It cannot be printed by accident: the struct is opaque, lives in
 * guarded memory that is wiped when freed, and only secret_reveal() shows it, to
 * the one call that must send it. Never put the revealed text into argv, a log,
 * an error, the journal or a page. */
#pragma once
#include <stddef.h>

typedef struct Secret Secret;

Secret *secret_new(const char *text);       /* copies; the caller wipes its own copy */
void secret_free(Secret *s);                /* NULL is fine */
const char *secret_reveal(const Secret *s); /* NULL for NULL; valid while s lives */

/* Replaces each occurrence of the secret inside `text` by "***", in place. */
void secret_redact(const Secret *s, char *text);
