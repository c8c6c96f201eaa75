/* Regular expressions on what comes from outside: PCRE2, bounded in steps, so that
 * a pattern that explodes is an error and not a stopped daemon. Bytes that are not
 * UTF-8 match nothing instead of failing the match. */
#pragma once
#include "core/err.h"

#include <stddef.h>

typedef enum PatternResult { PATTERN_NO, PATTERN_YES, PATTERN_BAD } PatternResult;

/* Looks for `pattern` in the n bytes at s. With ret_at: where group 1 is, or the
 * whole match when there is no group. PATTERN_BAD (with *err): the pattern does
 * not compile, or took more steps than a page is worth. */
PatternResult pattern_find(const char *pattern, const char *s, size_t n, const char **ret_at,
                           size_t *ret_n, Err *err);
