/* Errors: a code and one bounded sentence, owned by the caller.
 *
 * Fallible functions return bool and take `Err *err` last (may be NULL). Each
 * level that knows more adds its context in front: "open plan 'a.yaml': no such
 * file". Messages are lower-case fragments; what the user can do about it is the
 * hint. Library code never prints: the edge that shows the error does, once.
 * Programming errors are assert(), not Err. */
#pragma once
#include <stdbool.h>

typedef enum ErrCode {
	ERR_NONE,
#define ERR(code, exit, http, retry, meaning) ERR_##code,
#include "core/err.def"
#undef ERR
} ErrCode;

typedef struct Err {
	ErrCode code;
	char message[512];
	char hint[256]; /* empty: nothing useful to suggest */
} Err;

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Both return false, so that a failure is one line: `return err_set(…)`.
 * err_set replaces what was there; err_wrap puts "context: " in front of it. */
bool err_set(Err *err, ErrCode code, const char *fmt, ...) PRINTF(3, 4);
bool err_wrap(Err *err, const char *fmt, ...) PRINTF(2, 3);
/* Sets the hint and returns false. */
bool err_hint(Err *err, const char *fmt, ...) PRINTF(2, 3);

const char *err_name(ErrCode code);    /* "NOT_FOUND"; "NONE" for ERR_NONE */
const char *err_meaning(ErrCode code); /* one sentence, English */
int err_exit(ErrCode code);            /* exit status of the command line */
int err_http(ErrCode code);            /* HTTP status */
bool err_can_retry(ErrCode code);
