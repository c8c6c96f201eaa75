/* The whole loader on any bytes: it must end, within its budgets, with a plan or
 * with at least one error, and what it prints must be text. */
#include "plan/testing.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Loaded l = load_bytes("fuzz.yaml", (const char *)data, size);

	assert((l.plan == NULL) == (l.findings.errors > 0));
	assert(utf8_ok(buf_str(&l.text), l.text.n));
	assert(memmem(data, size, "s3cret", 6) || !strstr(buf_str(&l.text), "s3cret"));
	if (l.plan)
		(void)plan_commitments(l.plan);
	Loaded_done(&l);
	return 0;
}
