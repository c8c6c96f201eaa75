/* A first plan for a site and this machine: what was seen, and the text made of it.
 * Looking (init_look.c) asks the real world; writing (init_plan.c) is pure. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"

#include <stddef.h>
#include <stdint.h>

enum { INIT_UNITS = 24, INIT_PORTS = 8, INIT_MOUNTS = 16, INIT_ADDRESSES = 4, INIT_NAME = 64 };

typedef struct InitSite {
	char url[512];  /* as it will be asked */
	char host[128]; /* of it */
	bool answered;
	int status;
	char reason[256], reason_fr[256]; /* why it is not up; "" */
	char final_url[160];              /* after redirects; "" when there was none */
	unsigned redirects;
	char server[64]; /* what it says it is; "" */
	Duration latency;
	bool https, cert_valid;
	Instant cert_end; /* LONG_AGO: none was shown */
	char issuer[96];
	char addresses[INIT_ADDRESSES][INIT_NAME];
	size_t addresses_n;
	bool is_here; /* one of its addresses is this machine's */
} InitSite;

typedef struct InitPort {
	const char *engine; /* "postgresql", "mysql", "redis" */
	uint16_t port;
} InitPort;

typedef struct InitMount {
	char path[INIT_NAME];
	double used; /* percent */
} InitMount;

typedef struct InitHost {
	char name[INIT_NAME], timezone[INIT_NAME];
	char units[INIT_UNITS][INIT_NAME]; /* "systemd:nginx", "process:postgres", "compose:web" */
	size_t units_n;
	InitPort ports[INIT_PORTS]; /* listening on this machine */
	size_t ports_n;
	InitMount mounts[INIT_MOUNTS];
	size_t mounts_n;
	bool mail; /* something takes mail on 127.0.0.1:25 */
} InitHost;

typedef struct InitFacts {
	InitSite site;
	InitHost host;
	Instant at;
	const char *file; /* where the plan will be, for its comments */
} InitFacts;

/* "shop.example", "https://shop.example/x", "http://127.0.0.1:8080": the URL to ask and its
 * host. ERR_USAGE-free: ERR_BAD_INPUT when it is no web address. */
bool init_site_parse(const char *text, InitSite *ret, Err *err) MUST_CHECK;
/* Asks the site and this machine; takes at most some 20 s. What cannot be seen is left
 * out: only a loop that cannot be made is an error. */
bool init_look(InitFacts *f, Err *err) MUST_CHECK;
/* The plan, in "fr" or "en". It validates without an error whatever the facts are. */
void init_plan(const InitFacts *f, const char *lang, Buf *out);
