/* Libraries that not every run of the program needs, opened when they first are. Loading
 * libcurl alone brings two dozen others and costs more than all the rest of starting.
 *
 * A library is a list of its functions: LIBRARY_TABLE() makes of it a struct of pointers of
 * their very types, so that a call reads `libpq.PQfinish(conn)` and is checked as ever. Before
 * the first call comes library_open(); a pointer is NULL until then. It closes nothing. */
#pragma once
#include "core/err.h"

#include <stdatomic.h>
#include <stddef.h>

typedef struct Library {
	const char *file;         /* as the dynamic linker finds it: "libpq.so.5" */
	const char *package;      /* Debian's, for whoever lacks it: "libpq5" */
	const char *const *names; /* of its functions, NULL at the end */
	void *table;              /* as many pointers to functions, in that order */
	void (*opened)(void);     /* called once, when all are there; may be NULL */
	_Atomic bool ready;
} Library;

/* LIST(F): F(member, function) for each. */
#define LIBRARY_MEMBER(member, function) __typeof__(function) *member;
#define LIBRARY_NAME(member, function)   #function,
#define LIBRARY_TABLE(LIST)          \
	struct {                     \
		LIST(LIBRARY_MEMBER) \
	}

/* Opens the library if it is not yet and fills its table; from any thread. False when it or one
 * of its functions is missing: err (which may be NULL) names the library and its package, nothing
 * was filled, and it is tried again next time. */
MUST_CHECK bool library_open(Library *library, Err *err);
