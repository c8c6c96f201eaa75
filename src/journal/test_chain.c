#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "journal/chain.h"

#include <string.h>

enum { LINES = 5 };

typedef struct Book {
	char *line[LINES];
	char hash[LINES][DIGEST_TEXT];
} Book;

static Book written(void)
{
	Book b = { 0 };
	ChainLink link = { 0 };

	for (int i = 0; i < LINES; i++) {
		AUTO(Buf) out = { 0 };
		Entry e = { .at = { 1795190400000000 + i },
			    .kind = "incident.opened",
			    .actor = "carene" };

		(void)snprintf(e.subject, sizeof e.subject, "incident:%d", i);
		e.input = i == 2 ? mem_text("{\"class\":\"N1\"}") : NULL;
		chain_line(&e, "abc", 3600, &link, &out);
		entry_done(&e);
		b.line[i] = buf_take(&out);
		text_copy(b.hash[i], DIGEST_TEXT, link.hash);
	}
	return b;
}

static void forget(Book *b)
{
	for (int i = 0; i < LINES; i++)
		mem_free(b->line[i]);
}

/* Walks the records in the given order (numbers from 1; 0 ends). */
static bool walk(const Book *b, const int *order, Err *err)
{
	ChainLink link = { 0 };

	for (; *order; order++) {
		int i = *order - 1;

		if (!chain_check(&link, *order, b->line[i], b->hash[i], err))
			return false;
	}
	return true;
}

TEST(a_whole_chain_holds)
{
	Book b = written();
	Err err = { 0 };

	EXPECT(walk(&b, (const int[]){ 1, 2, 3, 4, 5, 0 }, &err));
	EXPECT_HAS(b.line[2], "\"input\":{\"class\":\"N1\"}");
	EXPECT_HAS(b.line[0], "\"t\":\"2026-11-20T17:00:00+01:00\"");
	EXPECT_HAS(b.line[0], chain_genesis);
	forget(&b);
}

TEST(a_changed_record_is_found_and_named)
{
	Book b = written();
	Err err = { 0 };

	*strstr(b.line[2], "N1") = 'M';
	EXPECT(!walk(&b, (const int[]){ 1, 2, 3, 4, 5, 0 }, &err));
	EXPECT_TEXT(err.message, "record 3 was changed after it was written");
	forget(&b);
}

TEST(a_record_changed_with_its_own_hash_breaks_the_next_one)
{
	Book b = written();
	Err err = { 0 };
	AUTO(Buf) forged = { 0 };

	*strstr(b.line[2], "N1") = 'M';
	buf_text(&forged, b.hash[1]);
	buf_text(&forged, b.line[2]);
	digest_sha256(forged.p, forged.n, b.hash[2]);
	EXPECT(!walk(&b, (const int[]){ 1, 2, 3, 4, 5, 0 }, &err));
	EXPECT_TEXT(err.message, "record 4 was changed after it was written");
	forget(&b);
}

TEST(a_missing_record_is_found_and_named)
{
	Book b = written();
	Err err = { 0 };

	EXPECT(!walk(&b, (const int[]){ 1, 2, 4, 5, 0 }, &err));
	EXPECT_TEXT(err.message, "record 3 is missing: after 2 comes 4");
	EXPECT(!walk(&b, (const int[]){ 2, 3, 0 }, &err));
	EXPECT_TEXT(err.message, "record 1 is missing: after 0 comes 2");
	forget(&b);
}

TEST(records_put_in_another_order_are_found)
{
	Book b = written();
	Err err = { 0 };
	ChainLink link = { 0 };

	EXPECT(!walk(&b, (const int[]){ 1, 2, 2, 0 }, &err));
	EXPECT_TEXT(err.message, "record 2 is out of order: it comes after 2");
	ASSERT(chain_check(&link, 1, b.line[0], b.hash[0], &err));
	EXPECT(!chain_check(&link, 2, b.line[2], b.hash[2], &err));
	EXPECT_HAS(err.message, "record 2 carries another number");
	forget(&b);
}
