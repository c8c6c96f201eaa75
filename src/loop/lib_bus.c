#include "loop/lib_bus.h"

Libbus libbus;

static const char *const names[] = { LIBBUS_FUNCTIONS(LIBRARY_NAME) NULL };
static Library library = {
	.file = "libsystemd.so.0", .package = "libsystemd0", .names = names, .table = &libbus
};

bool libbus_open(Err *err) { return library_open(&library, err); }
