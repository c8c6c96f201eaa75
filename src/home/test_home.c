#include "harness.h"

#include "home/home.h"
#include "home/source.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

static const char *const names[] = { "latency{site}", "disk_used{/}", "load1",
	                             "db_connections{main}" };

static const char *name(void *ctx, uint32_t series)
{
	(void)ctx;
	return series >= 1 && series <= 4 ? names[series - 1] : NULL;
}

static Instant at_ms(int64_t ms) { return (Instant){ ms * 1000 }; }

TEST(one_line_for_each_series_with_its_samples_in_order)
{
	HomeBatch *b = home_batch_new();
	AUTO(Buf) out = { 0 };

	home_batch_add(b, 2, at_ms(1000), 40);
	home_batch_add(b, 1, (Instant){ 2000999 }, 0.125);
	home_batch_add(b, 9, at_ms(2000), 1); /* has no name */
	home_batch_add(b, 1, at_ms(1000), -0.5);
	home_batch_add(b, 4, at_ms(1), 3);
	home_batch_write(b, name, NULL, &out);
	EXPECT_TEXT(buf_str(&out), "{\"metric\":{\"__name__\":\"latency\",\"check\":\"site\"},"
	                           "\"values\":[0.125,-0.5],\"timestamps\":[2000,1000]}\n"
	                           "{\"metric\":{\"__name__\":\"disk_used\",\"mount\":\"/\"},"
	                           "\"values\":[40],\"timestamps\":[1000]}\n"
	                           "{\"metric\":{\"__name__\":\"db_connections\",\"db\":\"main\"},"
	                           "\"values\":[3],\"timestamps\":[1]}\n");
	EXPECT_INT(home_batch_n(b), 0);
	home_batch_free(b);
}

typedef struct Back {
	Buf text;
	size_t n;
} Back;

static void back(void *arg, const char *series, Instant at, double value)
{
	Back *b = arg;

	buf_printf(&b->text, "%s %lld %.15g;", series, (long long)at.us, value);
	b->n++;
}

TEST(what_was_written_is_read_back_to_the_millisecond)
{
	HomeBatch *b = home_batch_new();
	AUTO(Buf) out = { 0 };
	Back got = { 0 };
	Err err = { 0 };

	home_batch_add(b, 1, (Instant){ 1700000000123456 }, 0.1);
	home_batch_add(b, 3, (Instant){ -1 }, 1e30);
	home_batch_write(b, name, NULL, &out);
	EXPECT(home_read(buf_str(&out), out.n, back, &got, &err));
	EXPECT_TEXT(buf_str(&got.text), "latency{site} 1700000000123000 0.1;load1 -1000 1e+30;");
	Buf_done(&got.text);
	home_batch_free(b);
}

TEST(lines_of_the_server_are_read_and_others_refused)
{
	static const struct {
		const char *text;
		bool ok;
		size_t n;
	} cases[] = {
		{ "", true, 0 },
		{ "\n\n", true, 0 },
		{ "{\"metric\":{\"__name__\":\"a\"},\"values\":[1,2],\"timestamps\":[1,2]}", true,
		  2 },
		{ "{\"metric\":{\"__name__\":\"a\",\"job\":\"x\"},\"values\":[null,2],"
		  "\"timestamps\":[1,2]}\n",
		  true, 1 },
		{ "{\"metric\":{\"__name__\":\"a\"},\"values\":"
		  "[1000000000000000000000000000000],\"timestamps\":[1]}\n",
		  true, 1 },
		{ "{\"metric\":{\"__name__\":\"a\"},\"values\":[1],\"timestamps\":[1,2]}", false,
		  0 },
		{ "{\"metric\":{\"__name__\":\"a\"},\"values\":[1],\"timestamps\":[1e300]}", false,
		  0 },
		{ "{\"metric\":{},\"values\":[1],\"timestamps\":[1]}", false, 0 },
		{ "{\"values\":[1],\"timestamps\":[1]}", false, 0 },
		{ "no such path", false, 0 },
		{ "{\"metric\":{\"__name__\":\"a\"},\"values\":[1],\"timestamps\":[1]}\ncut", false,
		  1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		Back got = { 0 };
		Err err = { 0 };
		bool ok = home_read(cases[i].text, strlen(cases[i].text), back, &got, &err);

		EXPECT_INT(ok, cases[i].ok);
		EXPECT_INT(got.n, cases[i].n);
		EXPECT_INT(err.code != ERR_NONE, !cases[i].ok);
		Buf_done(&got.text);
	}
}

TEST(an_address_has_one_slash_before_its_path)
{
	static const char *const urls[] = { "http://h:8428", "http://h:8428/", "http://h:8428//" };

	for (size_t i = 0; i < 3; i++) {
		AUTO(Buf) out = { 0 };

		home_address(urls[i], "/api/v1/import", &out);
		EXPECT_TEXT(buf_str(&out), "http://h:8428/api/v1/import");
	}
}

TEST(a_selector_means_one_series)
{
	static const char *const cases[][2] = {
		{ "latency{site}", "{__name__=\"latency\",check=\"site\"}" },
		{ "disk_used{/a\"b\\}", "{__name__=\"disk_used\",mount=\"/a\\\"b\\\\\"}" },
		{ "db_size{main}", "{__name__=\"db_size\",db=\"main\"}" },
		{ "load1", "{__name__=\"load1\"}" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTO(Buf) out = { 0 };

		home_selector(cases[i][0], &out);
		EXPECT_TEXT(buf_str(&out), cases[i][1]);
	}
}

static bool no_chunk(void *arg, const void *p, size_t n)
{
	(void)p, (void)n;
	++*(int *)arg;
	return true;
}

/* Port 9 (discard) of this machine: nobody listens. */
TEST(a_home_that_is_not_there_is_a_failure_with_its_reason_and_without_the_token)
{
	Secret *token = secret_new("very-secret");
	HomeSource *h = home_source_new("http://127.0.0.1:9/", token);
	SampleSource s = home_source(h);
	int n = 0;

	home_source_name(h, 3, "latency{site}");
	EXPECT(s.chunks(s.ctx, 4, at_ms(0), at_ms(1000), no_chunk, &n)); /* not one of its own */
	EXPECT_TEXT(home_source_why(h), "");
	EXPECT(!s.chunks(s.ctx, 3, at_ms(0), at_ms(1000), no_chunk, &n));
	EXPECT_INT(n, 0);
	EXPECT_TEXT(home_source_why(h), "Couldn't connect to server");
	home_source_free(h);
	secret_free(token);
}
