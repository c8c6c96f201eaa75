/* The test harness: tests register themselves, print TAP, and read as sentences.
 *
 *   TEST(a_relapse_pages_the_tier_that_knows_the_story) { EXPECT_INT(got, 2); }
 *
 * EXPECT_* report and go on; ASSERT_* leave the test. `./test_x words` runs the
 * tests whose name contains each word. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct TestCase {
	const char *name, *file;
	int line;
	void (*run)(void);
	struct TestCase *next;
} TestCase;

void test_register(TestCase *t);
/* Reports a failed expectation of the running test; false, so it can be returned. */
bool test_fail(const char *file, int line, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
bool test_int(const char *file, int line, const char *what, int64_t got, int64_t want);
bool test_real(const char *file, int line, const char *what, double got, double want,
               double tolerance);
bool test_text(const char *file, int line, const char *what, const char *got, const char *want);
bool test_has(const char *file, int line, const char *what, const char *got, const char *part);
/* Compares with the file (path from the source root); UPDATE=1 in the environment rewrites it. */
bool test_snapshot(const char *file, int line, const char *got, const char *path);
/* A folder of this test's own, emptied before it; valid until the next call. */
const char *test_dir(void);
/* Source root, from the environment variable CARENE_SOURCE (set by the build). */
const char *test_source(void);
/* Skips the running test, saying why (TAP skip). Use only for what a machine may lack. */
void test_skip(const char *why);

#define TEST(NAME)                                                                 \
	static void test_##NAME(void);                                             \
	__attribute__((constructor)) static void test_register_##NAME(void)        \
	{                                                                          \
		static TestCase t = { #NAME, __FILE__, __LINE__, test_##NAME, 0 }; \
		test_register(&t);                                                 \
	}                                                                          \
	static void test_##NAME(void)

#define EXPECT(cond)                ((cond) ? true : test_fail(__FILE__, __LINE__, "%s", #cond))
#define EXPECT_INT(got, want)       test_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define EXPECT_REAL(got, want, tol) test_real(__FILE__, __LINE__, #got, (got), (want), (tol))
#define EXPECT_TEXT(got, want)      test_text(__FILE__, __LINE__, #got, (got), (want))
#define EXPECT_HAS(got, part)       test_has(__FILE__, __LINE__, #got, (got), (part))
#define EXPECT_SNAPSHOT(got, path)  test_snapshot(__FILE__, __LINE__, (got), (path))
#define ASSERT(cond)               \
	do {                       \
		if (!EXPECT(cond)) \
			return;    \
	} while (0)
