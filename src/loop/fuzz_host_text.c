/* The kernel's texts, torn. The first byte chooses which. */
#include "loop/host_text.h"

#include "core/alloc.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	HostFacts f = { 0 };
	MountList mounts = { 0 };
	AUTO_FREE char *text = NULL;

	if (n == 0 || n > 100000)
		return 0;
	text = mem_text_n((const char *)p + 1, n - 1);
	switch (p[0] % 5) {
	case 0: (void)host_read_cpu(text, &f); break;
	case 1: (void)host_read_memory(text, &f); break;
	case 2: (void)host_read_load(text, &f); break;
	case 3: (void)host_read_net(text, &f); break;
	default: host_read_mounts(text, &mounts); break;
	}
	for (size_t i = 0; i < mounts.n; i++)
		assert(mounts.at[i].path);
	MountList_done(&mounts);
	return 0;
}
