/* Every plan in test/plans/bad is refused, with the words of the .err beside it;
 * every plan in test/plans/good and examples/ is accepted, with the findings of the
 * .findings beside it. UPDATE=1 rewrites the goldens. */
#include "harness.h"

#include "plan/testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *path, size_t *ret_n)
{
	AUTO(Buf) b = { .max = 64 << 20 };
	char chunk[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	(void)fclose(f);
	*ret_n = b.n;
	return buf_take(&b);
}

static int is_plan(const struct dirent *e) { return text_ends(e->d_name, ".yaml"); }

/* Plans of `folder`, goldens in `goldens` (both from the source root). */
typedef struct Shelf {
	const char *folder, *goldens, *ending;
	bool good;
} Shelf;

static void one_file(const Shelf *s, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s/%s", test_source(), s->folder, name);
	AUTO_FREE char *golden =
	        mem_printf("%s/%.*s%s", s->goldens, (int)(strlen(name) - 5), name, s->ending);
	size_t n = 0;
	AUTO_FREE char *text = read_file(path, &n);
	AUTO_FREE char *exact = mem_new(n); /* its own block: ASan sees one byte too far */

	if (n)
		memcpy(exact, text, n);
	AUTO(Loaded) l = load_bytes(name, exact, n);
	if ((l.plan != NULL) != s->good)
		(void)test_fail(__FILE__, __LINE__, "%s was %s", name,
		                s->good ? "refused" : "accepted");
	(void)EXPECT_SNAPSHOT(buf_str(&l.text), golden);
	EXPECT(!strstr(buf_str(&l.text), "hunter2"));
	EXPECT(!strstr(buf_str(&l.text), "s3cret-token"));
}

static size_t each(const Shelf *s)
{
	AUTO_FREE char *path = mem_printf("%s/%s", test_source(), s->folder);
	struct dirent **names;
	int n = scandir(path, &names, is_plan, alphasort);

	for (int i = 0; i < n; i++) {
		one_file(s, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n < 0 ? 0 : (size_t)n;
}

TEST(each_bad_plan_is_refused_in_its_own_words)
{
	EXPECT(each(&(Shelf){ "test/plans/bad", "test/plans/bad", ".err", false }) >= 60);
}

TEST(each_good_plan_is_accepted_with_the_findings_it_deserves)
{
	EXPECT(each(&(Shelf){ "test/plans/good", "test/plans/good", ".findings", true }) >= 5);
}

TEST(the_examples_have_exactly_the_findings_their_seeds_deserve)
{
	EXPECT(each(&(Shelf){ "examples", "test/plans/examples", ".findings", true }) >= 2);
}

TEST(a_plan_larger_than_allowed_is_refused_before_it_is_read)
{
	size_t n = (size_t)3 << 20;
	AUTO_FREE char *text = mem_new(n + 1);

	memset(text, '#', n);
	AUTO(Loaded) l = load_within("huge.yaml", text, n, (PlanLimits){ .bytes = 2 << 20 });
	EXPECT(!l.plan);
	EXPECT_INT(l.findings.n, 1);
	EXPECT_HAS(buf_str(&l.text), "a plan has at most 2 MiB");
}

TEST(more_small_values_than_allowed_are_refused)
{
	AUTO(Buf) b = { .max = 32 << 20 };

	buf_text(&b, HEAD "x-a:\n");
	for (int i = 0; i < 110000; i++)
		buf_text(&b, "- 1\n");
	AUTO(Loaded) l = load_within("wide.yaml", b.p, b.n, (PlanLimits){ .values = 100000 });
	EXPECT(!l.plan);
	EXPECT_INT(l.findings.n, 1);
	EXPECT_HAS(buf_str(&l.text), "more values than allowed here");
}

TEST(more_mistakes_than_anyone_reads_are_cut_and_counted)
{
	AUTO(Buf) b = { 0 };

	buf_text(&b, HEAD "checks:\n");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "  c%d: {type: nope}\n", i);
	AUTO(Loaded) l = load_bytes("many.yaml", b.p, b.n);
	EXPECT_INT(l.findings.n, 400);
	EXPECT_INT(l.findings.errors, 1000);
	EXPECT_HAS(buf_str(&l.text), "601 more findings are not shown");
}
