/* A TCP connection of one question, plain or TLS, that never blocks: connect
 * (each address in turn), handshake, send, receive. It fails its job itself, with
 * the step that went wrong; the kinds only say what to send and read the answer. */
#pragma once
#include "loop/loop_private.h"

typedef struct Stream {
	Job *job;
	int fd; /* -1: none */
	Watch *watch;
	SSL *ssl;
	TlsPeer peer;
	Err tls_err;
	enum { STREAM_IDLE, STREAM_CONNECTING, STREAM_SECURING, STREAM_OPEN } state;
	size_t address; /* being tried */
	uint16_t port;
	Tick attempt;
	int last_errno;
	Buf in, out;   /* in: received and not yet taken */
	size_t in_max; /* stop reading there until some is taken */
	bool closed, want_write;
	/* Says one short thing as soon as it may, and listens: small packets need no hurry, and
	 * what it says is the answer to the handshake too (a packet less for both sides). */
	bool one_shot;
	bool ended;                /* the peer says no more: what is there is read to its end */
	void (*next)(Job *job);    /* the step under way succeeded */
	void (*on_data)(Job *job); /* `in` grew, or closed */
	/* Set before stream_connect(), for a plain connection: bytes are handed over as they
	 * come, `in` stays empty; on_data is for the end. */
	void (*on_bytes)(Job *job, const char *p, size_t n);
} Stream;

typedef struct StreamTls {
	const char *host, *sni, *ca_file; /* sni NULL: host */
	bool no_verify, resume;
} StreamTls;

/* s is zeroed; to the job's addresses. */
void stream_connect(Stream *s, Job *job, uint16_t port, void (*next)(Job *job));
void stream_secure(Stream *s, const StreamTls *tls, void (*next)(Job *job));
void stream_listen(Stream *s, size_t in_max, void (*on_data)(Job *job));
void stream_send(Stream *s, const void *p, size_t n);
void stream_take(Stream *s, size_t n); /* drops the first n bytes of `in` */
void stream_close(Stream *s);          /* harmless when never opened */
void stream_free(Stream *s);           /* the buffers, once the answer was delivered */
