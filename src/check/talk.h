/* One page asked for, redirects followed: each hop a question of its own with a
 * fresh look-up and connection, its timings summed and listed. Stops at a loop, at
 * the plan's limit, and at the door of a private network when it came from a
 * public one. Credentials stay with the origin they were meant for. */
#pragma once
#include "check/check_private.h"

typedef struct Jar Jar;

enum { TALK_HOPS = 20 };

typedef struct Talk {
	CheckRun *run;
	/* what to ask; fill in before talk_start, texts of the run's arena */
	const char *url, *method, *body; /* body NULL: none */
	const HeaderField *headers;
	size_t headers_n;
	const char *user;
	const Secret *password, *bearer;
	const Texts *expect; /* a redirect that is expected is the answer, not a way */
	int redirects;       /* at most; -1: 5 */
	size_t max_body;
	bool keep_first;
	bool unlisted; /* hops are not listed among the result's parts */
	Jar *jar;      /* cookies kept between pages; NULL: none */
	/* The last hop's answer. False in `over`: run->res has the verdict already. */
	void (*done)(struct Talk *talk, const Answer *answer, bool over);
	/* the talk's */
	unsigned hops;
	const char *visited[TALK_HOPS + 1];
	bool met_public; /* a hop's address was public */
	bool elsewhere;  /* redirected to another origin */
} Talk;

void talk_start(Talk *t);

/* Whether `status` is among "200", "2xx", "200-299"; an empty list means 2xx. */
bool status_expected(const Texts *expect, int status);
/* The address a redirect leads to, or NULL when the answer is none. */
const char *redirect_to(const HttpAnswer *a);
const char *header_get(const HttpAnswer *a, const char *name); /* first of it; NULL */
