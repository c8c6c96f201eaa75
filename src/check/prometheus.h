/* One number from an exporter's page: the Prometheus text format 0.0.4, which the
 * OpenMetrics text of the same samples also satisfies. */
#pragma once
#include "core/err.h"

#include <stddef.h>

/* The value of the samples that `selector` names: `name`, `name{label="v",other!="w"}`,
 * with = != =~ !~ (patterns match whole values). Several samples: their sum, as for a
 * counter split by labels. Lines that are no samples are skipped. ERR_NOT_FOUND: none
 * (or only NaN); ERR_BAD_INPUT: not a selector. */
bool prometheus_value(const char *text, size_t n, const char *selector, double *ret,
                      Err *err) MUST_CHECK;
