/* What the value parsers share. */
#pragma once
#include "plan/types.h"

enum { WORD = 96 };

/* Cuts the next word (between spaces) off *rest into out; false at the end, or
 * when a word is longer than out: then *rest stays where it is, not at its end. */
bool plan_next_word(const char **rest, char out[WORD]);
/* Number without exponent, at most 15 digits: what a double holds exactly enough
 * to print back. Cuts it off the front of *s. */
bool plan_leading_number(const char **s, double *ret);
/* Shortest decimal form, never an exponent. */
const char *plan_number_print(double value, char out[48]);
