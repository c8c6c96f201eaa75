/* Whatever is in the file, checking a bundle ends with yes or with a reason; and what is
 * accepted is what writing would have made of the same files. */
#include "proof/bundle.h"
#include "proof/tar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The archive's one time stands in its first header. */
static void again(const uint8_t *p, size_t n, const TarFile *files, size_t files_n)
{
	AUTO(Buf) out = { 0 };

	for (size_t i = 0; i < files_n; i++) {
		const unsigned char *header = files[i].p - 512;
		char text[12];

		memcpy(text, header + 136, 11);
		text[11] = '\0';
		tar_add(&out, files[i].name, files[i].p, files[i].n,
		        (Instant){ (int64_t)strtoull(text, NULL, 8) * 1000000 });
	}
	tar_end(&out);
	if (!out.over && (out.n != n || memcmp(out.p, p, n) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	enum { FILES = 64 };
	TarFile files[FILES];
	BundleReport report;
	size_t files_n;
	Err err = { 0 };

	if (tar_read(p, n, files, FILES, &files_n, &err))
		again(p, n, files, files_n);
	if (!bundle_check(p, n, &report, &err) && !err.message[0])
		abort();
	return 0;
}
