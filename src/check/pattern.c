/* See pattern.h. Compiled for each use: probes are seconds apart, and a compiled
 * pattern kept would have to follow the plan's reloads. */
#include "check/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	/* 0.2 ms for 100 000 steps as measured; a page of 4 MiB needs more than that. */
	MATCH_STEPS = 5000000,
	DEPTH_STEPS = 100000,
	HEAP_KIB = 16384,
};

static bool explain(int code, size_t offset, Err *err)
{
	PCRE2_UCHAR text[160] = { 0 };

	(void)pcre2_get_error_message(code, text, sizeof text);
	return err_set(err, ERR_BAD_INPUT, "%s at offset %zu", (const char *)text, offset);
}

static PatternResult run(pcre2_code *code, const char *s, size_t n, const char **ret_at,
                         size_t *ret_n, Err *err)
{
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	PatternResult result = PATTERN_NO;
	int got;

	(void)pcre2_set_match_limit(limits, MATCH_STEPS);
	(void)pcre2_set_depth_limit(limits, DEPTH_STEPS);
	(void)pcre2_set_heap_limit(limits, HEAP_KIB);
	got = pcre2_match(code, (PCRE2_SPTR)s, n, 0, 0, data, limits);
	if (got > 0) {
		const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
		int group = got > 1 && ends[2] != PCRE2_UNSET ? 1 : 0;

		result = PATTERN_YES;
		if (ret_at) {
			*ret_at = s + ends[2 * group];
			*ret_n = ends[2 * group + 1] > ends[2 * group]
			                 ? ends[2 * group + 1] - ends[2 * group]
			                 : 0;
		}
	} else if (got != PCRE2_ERROR_NOMATCH) {
		(void)explain(got, 0, err);
		result = PATTERN_BAD;
	}
	pcre2_match_context_free(limits);
	pcre2_match_data_free(data);
	return result;
}

PatternResult pattern_find(const char *pattern, const char *s, size_t n, const char **ret_at,
                           size_t *ret_n, Err *err)
{
	PCRE2_SIZE offset = 0;
	int code_error = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	                                 PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE,
	                                 &code_error, &offset, NULL);
	PatternResult result;

	if (!code) {
		(void)explain(code_error, offset, err);
		return PATTERN_BAD;
	}
	result = run(code, s ? s : "", s ? n : 0, ret_at, ret_n, err);
	pcre2_code_free(code);
	return result;
}
