/* Libraries that are opened when first used. */
#include "harness.h"

#include "core/lib_curl.h"
#include "core/library.h"

#include <math.h>

#define REAL(F)    F(cosine, cos) F(sine, sin)
#define LACKING(F) F(cosine, cos) F(absent, sin)

static unsigned opened_n;
static void opened(void) { opened_n++; }

TEST(a_library_is_opened_once_and_its_functions_can_be_called)
{
	static LIBRARY_TABLE(REAL) math;
	static const char *const names[] = { REAL(LIBRARY_NAME) NULL };
	Library l = { .file = "libm.so.6",
		      .package = "libc6",
		      .names = names,
		      .table = &math,
		      .opened = opened };
	Err err = { 0 };

	EXPECT(!math.cosine);
	EXPECT(library_open(&l, &err));
	EXPECT(library_open(&l, &err));
	EXPECT_INT(opened_n, 1);
	EXPECT_REAL(math.cosine(0.0), 1.0, 1e-12);
	EXPECT_REAL(math.sine(0.0), 0.0, 1e-12);
}

TEST(a_library_that_lacks_a_function_fills_nothing)
{
	static LIBRARY_TABLE(LACKING) math;
	static const char *const names[] = { "cos", "no_such_function", NULL };
	Library l = { .file = "libm.so.6",
		      .package = "libc6",
		      .names = names,
		      .table = &math,
		      .opened = opened };
	Err err = { 0 };
	unsigned before = opened_n;

	EXPECT(!library_open(&l, &err));
	EXPECT_TEXT(err.message, "libm.so.6 of the package libc6 cannot be opened: "
	                         "undefined symbol: no_such_function");
	EXPECT(!math.cosine && !math.absent);
	EXPECT_INT(opened_n, before);
	EXPECT(!library_open(&l, NULL));
}

TEST(a_library_that_is_not_there_is_an_error_each_time)
{
	static void *nothing;
	static const char *const names[] = { NULL };
	Library l = {
		.file = "libnone.so.9", .package = "libnone9", .names = names, .table = &nothing
	};
	Err err = { 0 };

	EXPECT(!library_open(&l, &err));
	EXPECT_TEXT(err.message, "libnone.so.9 of the package libnone9 cannot be opened: "
	                         "cannot open shared object file: No such file or directory");
	EXPECT_TEXT(err.hint, "install it: apt-get install libnone9");
	EXPECT(!library_open(&l, &err));
}

TEST(what_is_built_against_is_what_is_found)
{
	Err err = { 0 };
	CURL *easy;

	ASSERT(libcurl_open(&err));
	easy = libcurl.easy_init();
	EXPECT(easy != NULL);
	libcurl.easy_cleanup(easy);
}
