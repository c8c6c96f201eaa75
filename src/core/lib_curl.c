#include "core/lib_curl.h"

Libcurl libcurl;

/* Not safe beside other threads in old versions of libcurl: library_open() sees to that. */
static void start(void) { (void)libcurl.global_init(CURL_GLOBAL_DEFAULT); }

static const char *const names[] = { LIBCURL_FUNCTIONS(LIBRARY_NAME) NULL };
static Library library = { .file = "libcurl.so.4",
	                   .package = "libcurl4",
	                   .names = names,
	                   .table = &libcurl,
	                   .opened = start };

bool libcurl_open(Err *err) { return library_open(&library, err); }
