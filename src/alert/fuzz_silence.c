/* Matchers of a silence: whatever reads, prints and reads back the same, and holds
 * against a target within its limits of time. */
#include "alert/silence.h"

#include "core/text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size);
	char once[256], twice[256];
	SilenceMatch m, again;
	SilenceTarget t = { "disk-full-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
		            "manga",
		            "critical",
		            "site",
		            "production",
		            "P1" };
	Err err = { 0 };

	if (!silence_match_parse(text, &m, &err)) {
		if (!err.message[0] || m.n)
			__builtin_trap();
		return 0;
	}
	(void)silence_match_print(&m, once);
	if (!silence_match_parse(once, &again, NULL) ||
	    !text_eq(once, silence_match_print(&again, twice)) ||
	    silence_match_holds(&m, &t) != silence_match_holds(&again, &t))
		__builtin_trap();
	return 0;
}
