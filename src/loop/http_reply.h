/* An HTTP/1.x answer as its bytes arrive (RFC 9112): status line, fields, and the
 * body by its length, its chunks or the connection's end.
 *
 * Strict where two readings are possible (two lengths, a length and something that
 * is none, a coding nobody asked for), lenient where every browser is and nothing can
 * be misread (bare LF, a missing reason, a field without a colon, which is left out).
 * Bounded in everything. Pure: it neither reads nor writes a connection. */
#pragma once
#include "core/arena.h"
#include "core/buf.h"
#include "core/list.h"
#include "world/world.h"

#include <zlib.h>

typedef enum ReplyState {
	REPLY_MORE, /* feed it further */
	REPLY_DONE, /* the answer is whole; what follows is nobody's */
	REPLY_BAD,  /* `error` says why */
} ReplyState;

typedef struct HttpReply {
	/* Set by the caller. */
	Arena *arena;    /* of the fields' texts and of `error` */
	bool head;       /* it answers a HEAD: no body follows */
	bool keep_first; /* a body over max_body is cut there and done, else it is an error */
	size_t max_body; /* after decoding */

	/* The answer so far. */
	int status; /* 0: no status line yet */
	const char *version;
	LIST(HeaderField) headers;
	Buf body;
	bool cut;
	const char *error;

	/* Where we are. */
	enum {
		AT_STATUS,
		AT_FIELDS,
		AT_BODY,
		AT_CHUNK_SIZE,
		AT_CHUNK,
		AT_CHUNK_END,
		AT_TRAILERS,
		AT_END
	} at;
	Buf line;            /* an unfinished line */
	size_t header_bytes; /* of all lines, interim answers and trailers included */
	bool has_length, chunked;
	uint64_t left; /* of the body or of the chunk */
	bool inflating, inflated;
	z_stream z;
} HttpReply;

enum { REPLY_HEADER_MAX = 64 * 1024 };

/* Takes the next bytes. After REPLY_DONE or REPLY_BAD it takes no more. */
ReplyState http_reply_feed(HttpReply *r, const char *p, size_t n);
/* The connection ended: REPLY_DONE where that ends the body, else REPLY_BAD. */
ReplyState http_reply_end(HttpReply *r);
void http_reply_free(HttpReply *r); /* its buffers; the texts are the arena's */
