/* Runs a fuzz target over its kept corpus, so that the suite replays every
 * finding without libFuzzer. An empty or missing corpus folder is a failure:
 * a target that replays nothing tests nothing. */
#include "core/alloc.h"
#include "core/buf.h"

#include <dirent.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path)
{
	AUTO(Buf) text = { .max = 4 << 20 };
	char chunk[4096];
	FILE *f = fopen(path, "re");
	uint8_t *exact;
	size_t n;

	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	(void)fclose(f);
	exact = mem_new(text.n); /* its own block, so that ASan sees one byte too far */
	if (text.n)
		memcpy(exact, text.p, text.n);
	(void)LLVMFuzzerTestOneInput(exact, text.n);
	mem_free(exact);
	return true;
}

int main(int argc, char **argv)
{
	DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir))) {
		AUTO_FREE char *path = mem_printf("%s/%s", argv[1], e->d_name);

		if (e->d_name[0] != '.')
			n += replay(path);
	}
	if (dir)
		closedir(dir);
	(void)printf("%zu inputs replayed\n", n);
	return n == 0;
}
