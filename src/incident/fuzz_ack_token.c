/* Acknowledging links: nothing that we did not sign is ever accepted; what is signed
 * reads back. The input is a link, then (after a newline) ids to sign. */
#include "incident/ack_token.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "the key of the fuzzer";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_text_n((const char *)data, size);
	char *ids = strchr(text, '\n');
	AckToken t = { .expires = { 1800000000000000 } }, back;
	AUTO(Buf) link = { 0 };
	Err err = { 0 };

	if (ids)
		*ids++ = '\0';
	if (ack_token_read(key, sizeof key - 1, text, LONG_AGO, &back, &err)) {
		/* Only a seed signed with this very key gets here: it must be canonical. */
		ack_token_make(key, sizeof key - 1, &back, &link);
		if (!text_eq(buf_str(&link), text))
			__builtin_trap();
		buf_clear(&link);
	}
	if (!ids || !*ids)
		return 0;
	text_copy(t.incident, sizeof t.incident, ids);
	text_copy(t.contact, sizeof t.contact, strrchr(ids, ' '));
	ack_token_make(key, sizeof key - 1, &t, &link);
	/* A link names an incident: an empty one is nobody's. */
	if (t.incident[0] && link.n <= ACK_TOKEN_MAX &&
	    (!ack_token_read(key, sizeof key - 1, buf_str(&link), LONG_AGO, &back, &err) ||
	     !text_eq(back.incident, t.incident) || !text_eq(back.contact, t.contact)))
		__builtin_trap();
	return 0;
}
