/* A result packed and unpacked is the same result. */
#include "check/packed.h"
#include "core/alloc.h"
#include "core/text.h"
#include "harness.h"

#include <string.h>

static void letters(char *out, size_t n, char c)
{
	memset(out, c, n - 1);
	out[n - 1] = '\0';
}

/* Every text as long as it may be, every list full. */
static CheckResult *full(void)
{
	CheckResult *r = NEW(CheckResult);

	/* Member by member: the bytes between them stay zero. */
	r->state = CHECK_DEGRADED;
	r->fail = FAIL_ASSERT;
	r->timed_out = r->has_latency = true;
	r->at.us = 1700000000123456;
	r->took = (Timings){ { 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 } };
	r->latency.us = 7;
	r->status = 503;
	r->cert.present = r->cert.verified = r->cert.resumed = true;
	r->cert.leaf_not_after.us = 8;
	r->cert.chain_not_after.us = 9;
	r->cert.threshold.us = 10;
	r->measures_n = CHECK_MEASURES;
	r->parts_n = CHECK_PARTS;
	letters(r->reason, sizeof r->reason, 'r');
	letters(r->reason_fr, sizeof r->reason_fr, 'f');
	letters(r->address, sizeof r->address, 'a');
	letters(r->cert.subject, sizeof r->cert.subject, 's');
	letters(r->cert.issuer, sizeof r->cert.issuer, 'i');
	for (int i = 0; i < CHECK_MEASURES; i++) {
		letters(r->measures[i].name, sizeof r->measures[i].name, (char)('a' + i));
		letters(r->measures[i].scope, sizeof r->measures[i].scope, (char)('A' + i));
		r->measures[i].value = i ? -1.0 / i : -0.0;
		r->measures[i].unit = UNIT_BYTES;
	}
	for (int i = 0; i < CHECK_PARTS; i++) {
		CheckPart *p = &r->parts[i];

		letters(p->name, sizeof p->name, (char)('a' + i));
		letters(p->reason, sizeof p->reason, (char)('A' + i));
		p->state = CHECK_DOWN;
		p->status = -i;
		p->took = (Timings){ { i }, { 0 }, { INT64_MAX }, { INT64_MIN }, { 5 }, { 6 } };
	}
	return r;
}

TEST(the_fullest_result_comes_back_byte_for_byte)
{
	CheckResult *r = full(), *back = NEW(CheckResult);
	AUTO(Buf) b = { 0 };

	result_pack(r, &b);
	EXPECT(b.n < sizeof *r + 64); /* lengths and room, never more than a result */
	EXPECT_INT(result_unpack(b.p, b.n, back), b.n);
	EXPECT(memcmp(r, back, sizeof *r) == 0);
	mem_free(r);
	mem_free(back);
}

TEST(a_page_that_is_up_is_small_and_reads_back_over_any_other)
{
	CheckResult up = { .state = CHECK_UP, .status = 200, .has_latency = true };
	CheckResult *over = full();
	AUTO(Buf) b = { 0 };

	up.cert.leaf_not_after = up.cert.chain_not_after = LONG_AGO;
	text_copy(up.address, sizeof up.address, "127.0.0.1");
	check_measure(&up, "body_size", "", 612, UNIT_BYTES);
	result_pack(&up, &b);
	EXPECT(b.n < 200);
	EXPECT_INT(result_unpack(b.p, b.n, over), b.n);
	EXPECT_INT(over->state, CHECK_UP);
	EXPECT_INT(over->fail, FAIL_NONE);
	EXPECT(!over->timed_out && over->has_latency && !over->cert.present);
	EXPECT_TEXT(over->reason, "");
	EXPECT_TEXT(over->reason_fr, "");
	EXPECT_TEXT(over->address, "127.0.0.1");
	EXPECT_TEXT(over->cert.subject, "");
	EXPECT_INT(over->cert.leaf_not_after.us, LONG_AGO.us);
	EXPECT_INT(over->measures_n, 1);
	EXPECT_TEXT(over->measures[0].name, "body_size");
	EXPECT_TEXT(over->measures[0].scope, "");
	EXPECT_REAL(over->measures[0].value, 612, 0);
	EXPECT_INT(over->parts_n, 0);
	mem_free(over);
}

TEST(results_in_a_row_are_taken_one_after_the_other)
{
	CheckResult a = { .status = 1 }, b = { .status = 2 }, *got = NEW(CheckResult);
	AUTO(Buf) buf = { 0 };
	size_t n;

	result_pack(&a, &buf);
	result_pack(&b, &buf);
	n = result_unpack(buf.p, buf.n, got);
	EXPECT_INT(got->status, 1);
	EXPECT_INT(result_unpack(buf.p + n, buf.n - n, got), buf.n - n);
	EXPECT_INT(got->status, 2);
	mem_free(got);
}

TEST(what_is_cut_anywhere_is_refused)
{
	CheckResult *r = full(), *back = NEW(CheckResult);
	AUTO(Buf) b = { 0 };
	size_t taken = 0;

	result_pack(r, &b);
	for (size_t n = 0; n < b.n; n++) {
		char *cut = mem_text_n(b.p, n); /* its own room, so that a sanitizer sees past it */

		taken += result_unpack(cut, n, back) != 0;
		mem_free(cut);
	}
	EXPECT_INT(taken, 0);
	mem_free(r);
	mem_free(back);
}
