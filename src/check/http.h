/* What a page must be, and whether it is. Pure. */
#pragma once
#include "check/check_private.h"

typedef struct HttpExpect {
	const Texts *status;
	const Pairs *headers, *json;
	const char *contains, *absent, *matches;
} HttpExpect;

/* True: it is what the plan expects, and *r is up; else *r says why not. */
bool http_judge(const HttpExpect *e, const HttpAnswer *a, CheckResult *r);
/* Whether the body may be cut at its bound without changing what can be said. */
bool http_may_cut(const HttpExpect *e);
enum { HTTP_BODY = 4 << 20 }; /* most of a page that is read for assertions */
