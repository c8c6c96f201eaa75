/* Metrics that exist without being declared: what checks, the host, the outbox
 * and incidents yield by themselves. */
#pragma once
#include "plan/types.h"

typedef enum MetricScope {
	SCOPE_CHECK,    /* braces hold a check id; none: any check */
	SCOPE_HOST,     /* braces hold a mount or an interface; none: / or all */
	SCOPE_DATABASE, /* braces hold a database id */
	SCOPE_SERVICE,  /* braces hold a service id; none: the only one */
} MetricScope;

typedef struct BuiltinMetric {
	const char *name;
	Unit unit;
	MetricScope scope;
	bool lower_is_better;
	const char *source; /* who measures it, one word */
	const char *en, *fr;
} BuiltinMetric;

extern const BuiltinMetric builtin_metrics[];
extern const size_t builtin_metrics_n;

/* NULL: not built in. */
const BuiltinMetric *builtin_metric(const char *name);
