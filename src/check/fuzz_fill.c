/* A captured value on the first line, a template after it: whatever the value, what
 * comes out of a URL, a header or a JSON text has no syntax of the value's making. */
#include "check/fill.h"
#include "check/json_path.h"
#include "core/text.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(FillPlace place, const char *text, const FillValue *v, Buf *out)
{
	char missing[48];

	(void)fill_text(text, place, v, 1, out, missing);
	assert(strlen(missing) < sizeof missing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *raw = (const char *)data;
	const char *eol = size ? memchr(raw, '\n', size) : NULL;
	size_t n = eol ? (size_t)(eol - raw) : size;
	char *value = mem_text_n(raw, n),
	     *text = eol ? mem_text_n(eol + 1, size - n - 1) : mem_text("");
	FillValue v = { "v", value };

	for (int place = FILL_URL; place <= FILL_RAW; place++) {
		AUTO(Buf) b = { .max = 65536 };

		fill((FillPlace)place, text, &v, &b);
	}
	{
		AUTO(Buf) url = { .max = 65536 };
		AUTO(Buf) header = { .max = 65536 };
		AUTO(Buf) json = { .max = 1 << 20 };
		json_t *read;

		fill(FILL_URL, "/x/{{v}}", &v, &url);
		assert(!strpbrk(buf_str(&url) + 3, "/?#&= \r\n"));
		fill(FILL_HEADER, "{{v}}", &v, &header);
		assert(!strpbrk(buf_str(&header), "\r\n"));
		fill(FILL_JSON, "{\"k\":\"{{v}}\"}", &v, &json);
		read = json_read(buf_str(&json), json.n, NULL);
		assert(json.over || json_object_size(read) == 1);
		json_decref(read);
	}
	mem_free(value);
	mem_free(text);
	return 0;
}
