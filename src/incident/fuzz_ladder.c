/* Frozen ladders: whatever reads, writes and reads back the same. */
#include "incident/ladder.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size);
	AUTO_FREE char *once = NULL, *twice = NULL;
	Ladder l, again;

	if (!ladder_read(text, &l)) {
		if (l.n)
			__builtin_trap();
		return 0;
	}
	once = ladder_write(&l);
	if (!ladder_read(once, &again))
		__builtin_trap();
	twice = ladder_write(&again);
	if (!text_eq(once, twice))
		__builtin_trap();
	ladder_rearm(&l, (Instant){ 1800000000000000 });
	if (ladder_last_told(&l) >= (int)l.n || ladder_next_step(&l) >= (int)l.n)
		__builtin_trap();
	return 0;
}
