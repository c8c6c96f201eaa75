/* Path on the first line, document after it. */
#include "check/json_path.h"
#include "core/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *eol = size ? memchr(text, '\n', size) : NULL;
	size_t n = eol ? (size_t)(eol - text) : size;
	char *path = mem_text_n(text, n), shown[64];
	json_t *root = eol ? json_read(eol + 1, size - n - 1, NULL) : NULL;
	const json_t *v = root ? json_path_get(root, path, NULL) : NULL;

	if (v) {
		assert(json_path_ok(path, NULL));
		json_show(v, shown, sizeof shown);
		assert(strlen(shown) < sizeof shown);
		(void)json_expected(v, path);
	}
	(void)json_path_ok(path, NULL);
	json_decref(root);
	mem_free(path);
	return 0;
}
