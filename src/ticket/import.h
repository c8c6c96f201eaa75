/* Tickets from elsewhere: the exports of support tools, read into facts, and facts made
 * into tickets. Reading is strict about what it must know (an id, a time) and says for
 * each record that it cannot use where it stands, what is wrong and what would be right.
 * It opens no file and asks no tool: the caller gives the text. */
#pragma once
#include "core/list.h"
#include "ticket/ticket.h"

typedef enum ImportFormat {
	IMPORT_AUTO, /* by its first character and its keys */
	IMPORT_CSV,  /* RFC 4180, comma or semicolon, a header in English or French */
	IMPORT_JSON, /* our own: {"tickets": [{"id", "title", "created_at", "events": […]}]} */
	IMPORT_ZENDESK,
	IMPORT_INTERCOM,
	IMPORT_FORMATS
} ImportFormat;

enum {
	IMPORT_BYTES = 32 << 20,
	IMPORT_TICKETS = 100000,
	IMPORT_MOMENTS = 500, /* of one ticket */
	IMPORT_PROBLEMS = 100 /* said one by one; more are counted */
};

typedef enum TicketStatus {
	STATUS_UNSAID,
	STATUS_NEW,
	STATUS_OPEN,
	STATUS_WAITING,
	STATUS_RESOLVED,
	STATUS_CLOSED
} TicketStatus;

typedef struct TicketMoment {
	Instant at;
	TicketEventKind event;
	char text[64]; /* agent, score "4/5", … */
} TicketMoment;

/* What a record of an export says, in the order of time. */
typedef struct TicketFacts {
	char external[96], source[24], title[160], priority[32], agent[64];
	TicketStatus status;
	Instant opened, updated;           /* updated: not set where the export does not say */
	int level;                         /* 0: not said */
	int replies, reopens, escalations; /* at least; what has a time is a moment */
	bool scored;
	double score, scale;
	Instant scored_at;
	LIST(TicketMoment) moments;
	unsigned line;
} TicketFacts;

typedef struct ImportProblem {
	unsigned line, column;
	char what[200], hint[120];
} ImportProblem;

typedef struct Import {
	LIST(TicketFacts) tickets;
	LIST(ImportProblem) problems;
	size_t more; /* problems beyond IMPORT_PROBLEMS */
} Import;
void Import_done(Import *im);

bool import_format_parse(const char *s, ImportFormat *ret); /* "csv" … "intercom" */
/* Reads a whole export. `zone` is that of times without one. False, with ERR_LIMIT or
 * ERR_BAD_INPUT: it cannot be read at all; else each bad record is a problem. */
bool import_read(ImportFormat format, const char *text, size_t n, const Zone *zone, Import *ret,
                 Err *err) MUST_CHECK;
/* One record as an object of IMPORT_JSON, which reads back the same. */
void import_emit(Emit *e, const char *key, const TicketFacts *f);

typedef enum ImportResult { IMPORT_NEW, IMPORT_CHANGED, IMPORT_SAME } ImportResult;
/* Makes (`t->id` empty: a new one, called `id`) or updates a ticket by its facts. The
 * same facts again change nothing; facts older than those known are left alone; what
 * comes from here (links, answers noted here) stays. One entry tells it; limits that
 * passed before `now` are told to nobody. */
ImportResult import_apply(Ticket *t, const char *id, const Plan *plan, const TicketFacts *f,
                          const char *by, Instant now, Effects *fx);
