#include "harness.h"

#include "engine/engine_private.h"

/* Every record the engine keeps has its table, column by column: a record that
 * changed needs a migration. On failure the statement it needs is printed. */
TEST(every_record_has_its_table)
{
	Store *s;
	Err err = { 0 };

	ASSERT(store_open(&(StoreOptions){ .path = ":memory:" }, &s, &err));
	for (size_t i = 0; engine_record(i); i++) {
		AUTO(Buf) ddl = { 0 };

		if (store_check(s, engine_record(i), &err))
			continue;
		store_ddl(engine_record(i), &ddl);
		test_fail(__FILE__, __LINE__, "%s\n%s", err.message, buf_str(&ddl));
	}
	store_close(s);
}

TEST(every_command_says_who_may_use_it)
{
	for (size_t i = 0; engine_command_at(i); i++) {
		const EngineCommand *c = engine_command_at(i);

		EXPECT(c->role > ROLE_NOBODY && c->role <= ROLE_ADMIN);
		EXPECT(c->help != NULL);
		for (size_t k = 0; k < i; k++)
			EXPECT(!text_eq(c->name, engine_command_at(k)->name));
	}
}
