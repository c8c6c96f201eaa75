/* Any bytes, cut into pieces at any place, give the same answer as in one piece, within
 * the bounds, whatever they are. The first byte chooses the question and the cuts. */
#include "loop/http_reply.h"
#include "loop/http_url.h"

#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static ReplyState run(HttpReply *r, const char *p, size_t n, size_t piece)
{
	ReplyState state = REPLY_MORE;

	for (size_t at = 0; at < n && state == REPLY_MORE; at += piece)
		state = http_reply_feed(r, p + at, n - at < piece ? n - at : piece);
	return state == REPLY_MORE ? http_reply_end(r) : state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	Arena *arena = arena_new("fuzz", (size_t)64 << 20);
	HttpReply whole = { .arena = arena, .max_body = 100000 }, cut;
	AUTO_FREE char *text = NULL;
	PlainUrl url;
	ReplyState a, b;

	if (n > 0) {
		whole.head = data[0] & 1;
		whole.keep_first = data[0] & 2;
		cut = whole;
		text = mem_new(n);
		memcpy(text, data + 1, n - 1);
		a = run(&whole, text, n - 1, n);
		b = run(&cut, text, n - 1, 1 + data[0] / 4);
		if (a != b || whole.status != cut.status || whole.body.n > 100000)
			abort();
		if (a == REPLY_DONE &&
		    (whole.body.n != cut.body.n || whole.headers.n != cut.headers.n))
			abort();
		if (http_url_plain(text, &url) && (url.host_n == 0 || url.port == 0))
			abort();
		http_reply_free(&whole);
		http_reply_free(&cut);
	}
	arena_free(arena);
	return 0;
}
