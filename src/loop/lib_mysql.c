#include "loop/lib_mysql.h"

Libmysql libmysql;

static const char *const names[] = { LIBMYSQL_FUNCTIONS(LIBRARY_NAME) NULL };
static Library library = {
	.file = "libmariadb.so.3", .package = "libmariadb3", .names = names, .table = &libmysql
};

bool libmysql_open(Err *err) { return library_open(&library, err); }
