#include "harness.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

static TestCase *first, **last = &first;
static TestCase *running;
static bool failed;
static const char *skipped;

void test_register(TestCase *t)
{
	*last = t;
	last = &t->next;
}

bool test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failed = true;
	(void)printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)printf("\n");
	return false;
}

bool test_int(const char *file, int line, const char *what, int64_t got, int64_t want)
{
	return got == want || test_fail(file, line, "%s is %lld, expected %lld", what,
	                                (long long)got, (long long)want);
}

bool test_real(const char *file, int line, const char *what, double got, double want,
               double tolerance)
{
	return fabs(got - want) <= tolerance ||
	       test_fail(file, line, "%s is %.17g, expected %.17g (within %g)", what, got, want,
	                 tolerance);
}

bool test_text(const char *file, int line, const char *what, const char *got, const char *want)
{
	return text_eq(got, want) || test_fail(file, line, "%s is \"%s\", expected \"%s\"", what,
	                                       got ? got : "(null)", want ? want : "(null)");
}

bool test_has(const char *file, int line, const char *what, const char *got, const char *part)
{
	return (got && strstr(got, part)) ||
	       test_fail(file, line, "%s lacks \"%s\": \"%s\"", what, part, got ? got : "(null)");
}

void test_skip(const char *why) { skipped = why; }

const char *test_source(void)
{
	const char *root = getenv("CARENE_SOURCE");

	return root ? root : ".";
}

static void empty_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char inner[4096];

	while (dir && (e = readdir(dir))) {
		struct stat st;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
		if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode)) {
			empty_dir(inner);
			(void)rmdir(inner);
		} else {
			(void)unlink(inner);
		}
	}
	if (dir)
		closedir(dir);
}

const char *test_dir(void)
{
	static char path[256];
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(path, sizeof path, "%s/carene-test-%d", tmp ? tmp : "/tmp", (int)getpid());
	(void)mkdir(path, 0700);
	empty_dir(path);
	return path;
}

static char *read_whole(const char *path)
{
	AUTO(Buf) text = { 0 };
	char chunk[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	(void)fclose(f);
	return buf_take(&text);
}

bool test_snapshot(const char *file, int line, const char *got, const char *path)
{
	AUTO_FREE char *full = mem_printf("%s/%s", test_source(), path);
	AUTO_FREE char *want = read_whole(full);
	size_t at = 0, row = 1;
	FILE *f;

	if (want && strcmp(want, got) == 0)
		return true;
	if (getenv("UPDATE") && (f = fopen(full, "we"))) {
		(void)fputs(got, f);
		(void)fclose(f);
		return true;
	}
	if (!want)
		return test_fail(file, line, "no golden file %s (UPDATE=1 writes it)", path);
	for (; got[at] && got[at] == want[at]; at++)
		row += got[at] == '\n';
	return test_fail(file, line,
	                 "differs from %s at line %zu: got \"%.60s\", expected \"%.60s\"", path,
	                 row, got + at, want + at);
}

static bool wanted(const TestCase *t, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strstr(t->name, argv[i]))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int n = 0, bad = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (running = first; running; running = running->next)
		n += wanted(running, argc, argv);
	(void)printf("1..%d\n", n);
	n = 0;
	for (running = first; running; running = running->next) {
		if (!wanted(running, argc, argv))
			continue;
		failed = false;
		skipped = NULL;
		running->run();
		bad += failed;
		(void)printf("%sok %d - %s%s%s\n", failed ? "not " : "", ++n, running->name,
		             skipped ? " # SKIP " : "", skipped ? skipped : "");
	}
	{
		char path[256];

		text_copy(path, sizeof path, test_dir());
		(void)rmdir(path);
	}
	return bad > 0;
}
