/* Any template over any value ends, within its limits, in every kind of output; what
 * the check accepts the renderer reads; and the layout takes whatever comes out. */
#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *partial(void *ctx, const char *name) { return name[0] == 'p' ? ctx : NULL; }

static Fields *facts(Arena *a, const char *value)
{
	Fields *f = fields_new(a);

	fields_text(f, "a", value);
	fields_text(f, "title", value);
	fields_flag(f, "on", true);
	fields_instant(f, "start", (Instant){ 0 });
	for (int i = 0; i < 5; i++) {
		Fields *item = fields_item(f, "l");

		fields_text(item, ".", value);
		fields_number(fields_item(item, "l"), "n", i, 0);
	}
	return f;
}

static void lay_out(const char *rendered)
{
	AUTO(Buf) line = { 0 };
	AUTO(Buf) text = { 0 };
	AUTO(Buf) html = { 0 };

	layout_line(rendered, 80, &line);
	assert(!strchr(buf_str(&line), '\n'));
	layout_text(rendered, LANG_FR, &text);
	layout_html(rendered, buf_str(&line), "down", LANG_EN, &html);
	buf_clear(&html);
	layout_plain_as_html(rendered, &html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *split = size ? memchr(data, 0, size) : NULL;
	size_t n = split ? (size_t)(split - data) : size;
	AUTO_FREE char *text = mem_text_n((const char *)data, n);
	AUTO_FREE char *value =
	        split ? mem_text_n((const char *)split + 1, size - n - 1) : mem_text("v");
	Arena *a = arena_new("fuzz", 64 << 20);
	Fields *f = facts(a, value);
	bool well_formed = template_check(text, NULL);

	for (int out = OUT_PLAIN; out <= OUT_MARKUP; out++) {
		TemplateRender how = { .out = (TemplateOut)out,
			               .lenient = out % 2 == 0,
			               .partial = partial,
			               .ctx = text,
			               .max = 20000 };
		AUTO(Buf) b = { 0 };
		bool ok = template_render(text, f, &how, &b, NULL);

		assert(well_formed || !ok);
		assert(!ok || b.n <= 20000);
		if (ok)
			lay_out(buf_str(&b));
	}
	arena_free(a);
	return 0;
}
