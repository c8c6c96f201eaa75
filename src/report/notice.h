/* Small pages of the listener in the look of the status page: what an
 * acknowledgement link stands for and what following it did, and refusals. */
#pragma once
#include "core/buf.h"
#include "core/instant.h"
#include "report/facts.h"

typedef enum StatusNoticeKind {
	NOTICE_ACK_ASK, /* a button that takes the incident: looking at it takes nothing */
	NOTICE_ACK_DONE,
	NOTICE_ACK_ALREADY,
	NOTICE_ACK_OVER,
	NOTICE_ACK_UNKNOWN,
	NOTICE_NOT_FOUND,
	NOTICE_NOT_READY,
	NOTICE_REFUSED,
	NOTICE_KINDS
} StatusNoticeKind;

typedef struct StatusNotice {
	StatusNoticeKind kind;
	const char *incident, *title; /* of the acknowledgement kinds; NULL otherwise */
	const char *who;              /* whom the link was sent to; NULL */
	const char *by;               /* ALREADY: who has it; NULL */
	Instant at;                   /* DONE, ALREADY: when; OVER: when resolved */
	Instant opened;
	Instant now;
	const char *why;     /* REFUSED: one English fragment; NULL */
	const Zone *zone;    /* NULL: UTC */
	const char *product; /* NULL: not said */
} StatusNotice;

/* `language`: a tag such as "fr" or "fr-FR"; any but French is written in English.
 * The form of ASK posts to the page's own address. */
void notice_html(const StatusNotice *n, const char *language, Buf *out);
/* The Content-Security-Policy these pages work under. Valid for ever. */
const char *notice_csp(void);
