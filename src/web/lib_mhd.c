#include "web/lib_mhd.h"

Libmhd libmhd;

static const char *const names[] = { LIBMHD_FUNCTIONS(LIBRARY_NAME) NULL };
static Library library = { .file = "libmicrohttpd.so.12",
	                   .package = "libmicrohttpd12",
	                   .names = names,
	                   .table = &libmhd };

bool libmhd_open(Err *err) { return library_open(&library, err); }
