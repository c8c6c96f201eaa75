/* What the files of this folder share and nobody else needs. */
#pragma once
#include "notify/lang.h"

#include <stddef.h>

/* Made by tools/po_embed: the French catalogue (GNU MO, little-endian) and the
 * built-in templates. */
extern const unsigned char lang_fr_mo[];
extern const char templates_en[], templates_fr[];

/* The French of msgid with its length (plural forms are separated by NUL), or NULL. */
const char *mo_find(const char *msgid, size_t *ret_n);
double percent_floor(double v, int decimals);
