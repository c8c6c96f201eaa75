#include "loop/lib_pq.h"

Libpq libpq;

static const char *const names[] = { LIBPQ_FUNCTIONS(LIBRARY_NAME) NULL };
static Library library = {
	.file = "libpq.so.5", .package = "libpq5", .names = names, .table = &libpq
};

bool libpq_open(Err *err) { return library_open(&library, err); }
