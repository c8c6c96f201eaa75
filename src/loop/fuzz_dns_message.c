/* The first byte chooses the record type; the rest is the message. What is accepted
 * must print as text. */
#include "loop/dns_message.h"

#include "core/text.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const types[] = { "A",   "AAAA", "CNAME", "MX",  "NS",
		                             "TXT", "SOA",  "CAA",   "SRV", "PTR" };
	DnsRecords records = { 0 };
	unsigned rcode;
	Arena *arena;

	if (n == 0)
		return 0;
	arena = arena_new("fuzz", 64 << 20);
	if (dns_message_read(p + 1, n - 1, dns_type(types[p[0] % 10]), arena, &records, &rcode)) {
		for (size_t i = 0; i < records.n; i++)
			assert(records.at[i] &&
			       (i == 0 || strcmp(records.at[i - 1], records.at[i]) <= 0));
		assert(rcode < 16);
	}
	list_free(&records);
	arena_free(arena);
	return 0;
}
