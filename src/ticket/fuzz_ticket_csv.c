/* Any bytes as a table of tickets: what is read is within its bounds, and what we write of
 * it reads back the same. */
#include "core/text.h"
#include "ticket/fuzz_ticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_ticket(IMPORT_CSV, (const char *)data, size);
}
