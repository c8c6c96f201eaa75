#include "harness.h"

#include "core/alloc.h"
#include "core/buf.h"
#include "core/text.h"
#include "store/store_private.h"

#include <string.h>
#include <sys/stat.h>

typedef struct Pet {
	char id[16];
	char *story;
	Instant born;
	Duration age;
	int legs;
	bool tame;
	double weight;
	int64_t tag;
} Pet;
static const Column pet_columns[] = { COLUMN(Pet, id),     COLUMN(Pet, story), COLUMN(Pet, born),
	                              COLUMN(Pet, age),    COLUMN(Pet, legs),  COLUMN(Pet, tame),
	                              COLUMN(Pet, weight), COLUMN(Pet, tag) };
static const RecordType pet_type = { "pet", sizeof(Pet), COUNT_OF(pet_columns), pet_columns };

static Store *open_at(const char *path, int64_t max_bytes)
{
	Err err = { 0 };
	Store *s = NULL;

	if (!store_open(&(StoreOptions){ .path = path, .busy_ms = 50, .max_bytes = max_bytes }, &s,
	                &err))
		test_fail(__FILE__, __LINE__, "%s", err.message);
	return s;
}

static Store *fresh(char path[512], int64_t max_bytes)
{
	AUTO(Buf) ddl = { 0 };
	Store *s;

	(void)snprintf(path, 512, "%s/t.db", test_dir());
	s = open_at(path, max_bytes);
	store_ddl(&pet_type, &ddl);
	EXPECT(s && store_run(s, buf_str(&ddl), NULL));
	return s;
}

static bool keep(void *ctx, void *record)
{
	Pet *to = ctx;

	record_done(&pet_type, to);
	record_copy(&pet_type, to, record);
	return true;
}

static void note(Batch *b, const char *subject)
{
	Entry e = { .at = { 1795190400000000 }, .kind = "test.note", .actor = "test" };

	text_copy(e.subject, sizeof e.subject, subject);
	batch_entry(b, &e, "digest", 0);
}

TEST(a_record_comes_back_as_it_went_in)
{
	char path[512];
	Store *s = fresh(path, 0);
	Batch *b = batch_new();
	Pet in = { "rex", mem_text("été"), LONG_AGO, { -5 }, 4, true, 0.1, INT64_MIN }, out = { 0 };
	Err err = { 0 };

	batch_put(b, &pet_type, &in);
	EXPECT(store_commit(s, b, &err) && batch_is_empty(b));
	EXPECT(store_each(s, &pet_type, keep, &out, &err));
	EXPECT_TEXT(out.story, "été");
	EXPECT(out.born.us == LONG_AGO.us && out.age.us == -5 && out.legs == 4 && out.tame);
	EXPECT(out.weight == 0.1 && out.tag == INT64_MIN);
	batch_delete(b, &pet_type, "rex");
	EXPECT(store_commit(s, b, &err));
	record_done(&pet_type, &out);
	EXPECT(store_each(s, &pet_type, keep, &out, &err) && out.id[0] == '\0');
	record_done(&pet_type, &in);
	batch_free(b);
	store_close(s);
}

TEST(the_last_put_of_a_turn_wins)
{
	char path[512];
	Store *s = fresh(path, 0);
	Batch *b = batch_new();
	Pet pet = { .id = "rex", .born = LONG_AGO }, out = { 0 };

	for (pet.legs = 1; pet.legs <= 3; pet.legs++)
		batch_put(b, &pet_type, &pet);
	EXPECT_INT(batch_size(b), 1);
	EXPECT(store_commit(s, b, NULL) && store_each(s, &pet_type, keep, &out, NULL));
	EXPECT_INT(out.legs, 3);
	record_done(&pet_type, &out);
	batch_free(b);
	store_close(s);
}

TEST(evidence_is_numbered_chained_and_survives_reopening)
{
	char path[512];
	Store *s = fresh(path, 0);
	Batch *b = batch_new();
	ChainLink last;
	Err err = { 0 };

	note(b, "a");
	note(b, "b");
	EXPECT(store_commit(s, b, &err));
	store_close(s);
	s = open_at(path, 0);
	EXPECT_INT(store_head(s).seq, 2);
	note(b, "c");
	EXPECT(store_commit(s, b, &err) && store_verify(s, &last, &err));
	EXPECT_INT(last.seq, 3);
	batch_free(b);
	store_close(s);
}

static const struct {
	const char *tamper, *message;
} tampers[] = {
	{ "UPDATE journal SET line = replace(line, 'test.note', 'test.nope') WHERE seq = 2",
	  "record 2 was changed after it was written" },
	{ "DELETE FROM journal WHERE seq = 2", "record 2 is missing: after 1 comes 3" },
	{ "DELETE FROM journal WHERE seq = 4",
	  "records are missing at the end: the chain stops at 3, its head was 4 " },
	{ "DELETE FROM journal", "records are missing at the end: the chain stops at 0" },
	{ "UPDATE journal SET seq = CASE seq WHEN 2 THEN 30 ELSE 2 END WHERE seq IN (2, 3);"
	  "UPDATE journal SET seq = 3 WHERE seq = 30",
	  "record 2 carries another number" },
};

TEST(every_kind_of_tampering_is_found_and_named)
{
	for (size_t i = 0; i < COUNT_OF(tampers); i++) {
		char path[512];
		Store *s = fresh(path, 0);
		Batch *b = batch_new();
		ChainLink last;
		Err err = { 0 };

		for (int k = 0; k < 4; k++)
			note(b, "x");
		EXPECT(store_commit(s, b, &err) && store_verify(s, &last, &err));
		EXPECT(store_run(s, tampers[i].tamper, &err));
		EXPECT(!store_verify(s, &last, &err));
		EXPECT_HAS(err.message, tampers[i].message);
		batch_free(b);
		store_close(s);
	}
}

TEST(a_full_file_refuses_the_batch_whole_and_keeps_it_for_later)
{
	char path[512];
	Store *s = fresh(path, 480 * 1024);
	Batch *b = batch_new();
	Pet pet = { .id = "big", .born = LONG_AGO };
	ChainLink last, before;
	Err err = { 0 };
	size_t waiting;

	note(b, "first");
	EXPECT(store_commit(s, b, &err));
	before = store_head(s);
	note(b, "second");
	pet.story = mem_new(900 * 1024 + 1);
	memset(pet.story, 'x', 900 * 1024);
	batch_put(b, &pet_type, &pet);
	waiting = batch_size(b);
	EXPECT(!store_commit(s, b, &err));
	EXPECT_INT(err.code, ERR_STORE);
	EXPECT_HAS(err.message, "full");
	EXPECT_INT(batch_size(b), waiting);
	EXPECT_INT(store_head(s).seq, before.seq);
	EXPECT(store_verify(s, &last, &err) && last.seq == 1);
	EXPECT(store_run(s, "PRAGMA max_page_count = 1000000", &err));
	EXPECT(store_commit(s, b, &err) && store_verify(s, &last, &err) && last.seq == 2);
	record_done(&pet_type, &pet);
	batch_free(b);
	store_close(s);
}

TEST(a_locked_file_is_an_error_of_the_store_and_passes)
{
	char path[512];
	Store *s = fresh(path, 0), *other = open_at(path, 0);
	Batch *b = batch_new();
	Err err = { 0 };

	EXPECT(store_run(other, "BEGIN IMMEDIATE", &err));
	note(b, "x");
	EXPECT(!store_commit(s, b, &err));
	EXPECT_HAS(err.message, "locked");
	EXPECT(store_run(other, "ROLLBACK", &err));
	EXPECT(store_commit(s, b, &err));
	batch_free(b);
	store_close(other);
	store_close(s);
}

TEST(a_file_of_a_newer_program_is_refused)
{
	char path[512];
	Store *s = fresh(path, 0);
	Err err = { 0 };

	EXPECT(store_run(s, "PRAGMA user_version = 9999", &err));
	store_close(s);
	EXPECT(!store_open(&(StoreOptions){ .path = path }, &s, &err));
	EXPECT_INT(err.code, ERR_CONFLICT);
	EXPECT_HAS(err.message, "9999 is newer");
}

TEST(what_is_not_a_database_is_refused_and_left_alone)
{
	char path[512];
	FILE *f;
	Store *s;
	Err err = { 0 };
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/t.db", test_dir());
	f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		(void)fputs("not a database ", f);
	(void)fclose(f);
	EXPECT(!store_open(&(StoreOptions){ .path = path }, &s, &err));
	EXPECT_INT(err.code, ERR_STORE);
	EXPECT(stat(path, &st) == 0 && st.st_size == 15000);
}

TEST(the_notebook_remembers)
{
	char path[512];
	Store *s = fresh(path, 0);
	Batch *b = batch_new();
	char *value;

	batch_meta(b, "node", "a");
	batch_meta(b, "node", "b");
	EXPECT(store_commit(s, b, NULL));
	value = store_meta(s, "node");
	EXPECT_TEXT(value, "b");
	mem_free(value);
	EXPECT(store_meta(s, "nothing") == NULL);
	batch_free(b);
	store_close(s);
}
