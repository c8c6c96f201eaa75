/* What world/world.h promises, as tests that any World must pass: the real one and
 * the simulator. A test program includes this header, tells how to make a world,
 * and gets the tests:
 *
 *   static const WorldMaker maker = { … };
 *   WORLD_CONTRACT(maker)
 *
 * Nothing here names an address or a clock: the maker brings questions that are
 * known to be answered, refused or never answered in its world. */
#pragma once
#include "harness.h"
#include "world/world.h"

typedef struct WorldMaker {
	/* A fresh world, and its end. */
	World *(*make)(void);
	void (*free)(World *w);
	/* Lets the world go on until *count reaches `want`; false: nothing more can happen, or
	 * far too much time passed. */
	bool (*spin)(World *w, const unsigned *count, unsigned want);
	/* Lets at least `d` of the world's time pass. */
	void (*pass)(World *w, Duration d);
	/* A question that gets FAIL_NONE; one that fails with FAIL_CONNECT; one that never gets
	 * an answer, so that its timeout (of 50 ms) ends it. Static. */
	const AskSpec *good, *refused, *silent;
	/* An existing folder for put_file, and reading a file back (heap, NULL: none). NULL when
	 * this world's files cannot be seen. */
	const char *(*folder)(void);
	char *(*read_file)(World *w, const char *path);
} WorldMaker;

void contract_timers_fire_in_order(const WorldMaker *m);
void contract_equal_timers_fire_as_armed(const WorldMaker *m);
void contract_timer_rearms_inside_done(const WorldMaker *m);
void contract_zero_timer_waits_for_next_turn(const WorldMaker *m);
void contract_armed_timer_is_rearmed(const WorldMaker *m);
void contract_cancelled_timer_is_silent(const WorldMaker *m);
void contract_timer_cancelled_by_another(const WorldMaker *m);
void contract_timer_freed_inside_done(const WorldMaker *m);
void contract_clocks_go_on(const WorldMaker *m);
void contract_ask_is_done_once(const WorldMaker *m);
void contract_ask_never_done_inside_start(const WorldMaker *m);
void contract_ask_fails_once(const WorldMaker *m);
void contract_ask_ends_at_its_timeout(const WorldMaker *m);
void contract_cancelled_ask_is_silent(const WorldMaker *m);
void contract_idle_cancel_is_harmless(const WorldMaker *m);
void contract_ask_cancelled_inside_another(const WorldMaker *m);
void contract_ask_again_inside_done(const WorldMaker *m);
void contract_ask_freed_inside_done(const WorldMaker *m);
void contract_cancel_inside_own_done(const WorldMaker *m);
void contract_many_asks_all_end(const WorldMaker *m);
void contract_file_is_replaced(const WorldMaker *m);
void contract_file_makes_folders(const WorldMaker *m);
void contract_file_that_cannot_be_written(const WorldMaker *m);
void contract_random_is_not_constant(const WorldMaker *m);

#define WORLD_TEST(sentence, maker)            \
	TEST(sentence)                         \
	{                                      \
		contract_##sentence(&(maker)); \
	}

#define WORLD_CONTRACT(maker)                             \
	WORLD_TEST(timers_fire_in_order, maker)           \
	WORLD_TEST(equal_timers_fire_as_armed, maker)     \
	WORLD_TEST(timer_rearms_inside_done, maker)       \
	WORLD_TEST(zero_timer_waits_for_next_turn, maker) \
	WORLD_TEST(armed_timer_is_rearmed, maker)         \
	WORLD_TEST(cancelled_timer_is_silent, maker)      \
	WORLD_TEST(timer_cancelled_by_another, maker)     \
	WORLD_TEST(timer_freed_inside_done, maker)        \
	WORLD_TEST(clocks_go_on, maker)                   \
	WORLD_TEST(ask_is_done_once, maker)               \
	WORLD_TEST(ask_never_done_inside_start, maker)    \
	WORLD_TEST(ask_fails_once, maker)                 \
	WORLD_TEST(ask_ends_at_its_timeout, maker)        \
	WORLD_TEST(cancelled_ask_is_silent, maker)        \
	WORLD_TEST(idle_cancel_is_harmless, maker)        \
	WORLD_TEST(ask_cancelled_inside_another, maker)   \
	WORLD_TEST(ask_again_inside_done, maker)          \
	WORLD_TEST(ask_freed_inside_done, maker)          \
	WORLD_TEST(cancel_inside_own_done, maker)         \
	WORLD_TEST(many_asks_all_end, maker)              \
	WORLD_TEST(file_is_replaced, maker)               \
	WORLD_TEST(file_makes_folders, maker)             \
	WORLD_TEST(file_that_cannot_be_written, maker)    \
	WORLD_TEST(random_is_not_constant, maker)
