/* What the files of the listener share: a parsed request target, a reply under
 * construction, one row of the route table, and the bookkeeping of connections
 * that lets slow ones be cut. */
#pragma once
#include "core/list.h"
#include "web/web.h"

#include "web/lib_mhd.h"

/* ---- target.c: what is asked for ---- */

enum { TARGET_MAX = 2048, TARGET_PARTS = 8, TARGET_PAIRS = 16 };

typedef struct QueryPair {
	const char *key, *value;
} QueryPair;

/* A request target split and percent-decoded. Texts point into `text`. */
typedef struct Target {
	char text[TARGET_MAX];
	const char *parts[TARGET_PARTS]; /* of the path, none empty */
	size_t parts_n;
	bool slash; /* the path ends in "/" */
	QueryPair pairs[TARGET_PAIRS];
	size_t pairs_n;
} Target;

/* 0, or the HTTP status of the refusal: 400 for what is not a plain path (bad
 * escapes, control characters, broken UTF-8, "." and "..", empty parts, another
 * form of target), 414 for too long or too many parts. */
int target_parse(const char *raw, size_t n, Target *ret);
const char *target_query(const Target *t, const char *key); /* NULL: absent */

/* ---- strict.c: what makes a request ambiguous ---- */

typedef struct HeaderTally {
	unsigned lengths, encodings, hosts;
	bool chunked;  /* the one encoding is "chunked" */
	bool odd_name; /* a name with white space or another character that is no token's */
	bool http_1_0;
	const char *host; /* the last one */
	uint64_t length;
	bool length_ok; /* the length is plain digits */
} HeaderTally;

void tally_header(HeaderTally *t, const char *name, const char *value);
/* 0, or the HTTP status of the refusal with its reason. */
int tally_judge(const HeaderTally *t, const char *server_name, const char **ret_why);

/* ---- sample.c: pushed metrics ---- */

enum { SAMPLE_NAME = 128, SAMPLE_LINES = 1000 };

typedef struct MetricSample {
	char name[SAMPLE_NAME]; /* with its labels, when the line has some: cpu{host="a"} */
	double value;           /* finite */
} MetricSample;

typedef enum SampleLine { SAMPLE_NONE, SAMPLE_READ, SAMPLE_BAD } SampleLine;
/* One line of Prometheus text, without its line end. NONE: blank or a comment. */
SampleLine sample_line(const char *line, size_t n, MetricSample *ret, const char **ret_why);

/* ---- requests and replies ---- */

typedef struct Reply {
	int status;
	const char *type; /* NULL: text/plain */
	Buf body;
	const char *csp;   /* NULL: nothing may be loaded */
	const char *cache; /* Cache-Control; NULL: no-store */
	const char *etag;
	const char *allow, *location; /* headers of 405 and 3xx */
	char location_text[TARGET_MAX];
	char etag_text[40];
	bool close, anyone; /* anyone: other origins may read it */
	unsigned retry_s;
} Reply;

typedef struct Request {
	Web *web;
	Target target;
	int refusal; /* of the target, found before the headers */
	bool started;
	bool refused;  /* the reply is made; only sent when the library expects it */
	bool has_body; /* or may have */
	const struct Route *route;
	WebRole role;     /* of the bearer token */
	char bearer[256]; /* "" none */
	bool has_bearer;
	const char *if_none_match, *accept_language; /* the connection's; valid in a handler */
	bool is_post;
	Buf body;
	Reply reply;
} Request;

typedef void RouteHandler(Request *r);

typedef struct Route {
	const char *method;  /* GET (also serves HEAD) or POST */
	const char *pattern; /* "/push/{check}/{token}"; {x} takes one part of the path */
	WebRole role;
	RouteHandler *handler;
	const char *command; /* of WebApi.command, for handler api_command */
} Route;

extern const Route web_routes[];
extern const size_t web_routes_n;
/* The route, or NULL with *ret_allow listing the methods the path has (NULL: no such path). */
const Route *route_find(const char *method, const Target *t, const char **ret_allow);
bool route_matches(const char *pattern, const Target *t);
/* The part of the path that stands where `name` does in the route's pattern. */
const char *route_part(const Request *r, const char *name);

void reply_text(Request *r, int status, const char *text); /* plain text, one line */
void reply_err(Request *r, const Err *err);                /* as JSON */
void reply_error(Request *r, int status, const char *text);
/* A refusal in the form of the route: a page for people, JSON for programs. */
void reply_refusal(Request *r, int status, const char *why);
bool is_for_people(const Target *t);

/* pages.c */
RouteHandler page_root, page_status, page_ack_look, page_ack;
/* "fr" or "en", whichever the browser names first; `other` when it names none (NULL: en). */
const char *page_language(const Request *r, const char *other);
void page_notice(Request *r, int status, int kind);
/* calendar.c */
RouteHandler page_calendar, page_calendar_ics;
/* signals.c */
RouteHandler signal_push, signal_metrics_push;
/* probes.c */
RouteHandler probe_metrics, probe_health;
/* api.c */
RouteHandler api_command;

/* ---- connections ---- */

typedef enum ConnPhase { CONN_FIRST, CONN_BODY, CONN_ANSWER, CONN_IDLE } ConnPhase;

typedef struct Conn {
	struct Conn *next, *previous;
	int fd;
	ConnPhase phase;
	Duration since; /* monotonic: when the phase began */
	uint64_t body_n;
	bool cut;
} Conn;

/* Whether a connection has used up its time; pure. */
bool conn_is_late(const Conn *c, const WebOptions *o, Duration now);

/* One rendered file of the status folder. */
typedef struct CachedFile {
	char name[40];
	const char *type; /* static text of report/ */
	char etag[40];
	char *text;
	size_t n;
} CachedFile;

struct Web {
	WebOptions options;
	WebApi api;
	char address[64], server_name[256];
	struct MHD_Daemon *daemon;
	uint16_t port;
	Conn *conns;
	size_t conns_n;
	LIST(CachedFile) files;
	Instant files_of;  /* facts.now they were rendered from */
	Duration files_at; /* monotonic */
};

Duration web_mono(const Web *web);
void web_drop_files(Web *web);
