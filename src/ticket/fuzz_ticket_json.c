/* Any bytes as an export in JSON, of whichever tool: what is read is within its bounds, and
 * what we write of it reads back the same. */
#include "core/text.h"
#include "ticket/fuzz_ticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* the first byte says as what */
	static const ImportFormat as[] = { IMPORT_AUTO, IMPORT_JSON, IMPORT_ZENDESK,
		                           IMPORT_INTERCOM };

	return size ? fuzz_ticket(as[data[0] % 4], (const char *)data + 1, size - 1) : 0;
}
