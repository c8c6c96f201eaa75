#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct ErrRow {
	const char *name;
	int exit, http;
	bool retry;
	const char *meaning;
} ErrRow;

static const ErrRow rows[] = {
	{ "NONE", 0, 200, false, "no error" },
#define ERR(code, exit, http, retry, meaning) { #code, exit, http, retry, meaning },
#include "core/err.def"
#undef ERR
};

bool err_set(Err *err, ErrCode code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return false;
	err->code = code;
	err->hint[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(err->message, sizeof err->message, fmt, ap);
	va_end(ap);
	return false;
}

bool err_wrap(Err *err, const char *fmt, ...)
{
	char was[sizeof err->message];
	va_list ap;
	size_t used;

	if (!err)
		return false;
	memcpy(was, err->message, sizeof was);
	va_start(ap, fmt);
	(void)vsnprintf(err->message, sizeof err->message, fmt, ap);
	va_end(ap);
	used = strlen(err->message);
	(void)snprintf(err->message + used, sizeof err->message - used, ": %s", was);
	return false;
}

bool err_hint(Err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(err->hint, sizeof err->hint, fmt, ap);
	va_end(ap);
	return false;
}

const char *err_name(ErrCode code) { return rows[code].name; }
const char *err_meaning(ErrCode code) { return rows[code].meaning; }
int err_exit(ErrCode code) { return rows[code].exit; }
int err_http(ErrCode code) { return rows[code].http; }
bool err_can_retry(ErrCode code) { return rows[code].retry; }
