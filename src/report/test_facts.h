/* A small invented site for the tests of this folder. */
#pragma once
#include "core/list.h"
#include "core/text.h"
#include "report/status_private.h"

/* Friday 20 November 2026, 14:17:20 in Paris. */
#define NOW_US 1795180640000000LL
#define AGO(s) ((Instant){ NOW_US - (s)*1000000LL })

enum { MIN = 60, HOUR = 3600, DAY = 86400 };

static inline const Zone *paris(void)
{
	const Zone *z = NULL;

	return zone_load("Europe/Paris", &z, NULL) ? z : zone_utc();
}

/* A site of n components, all up, measured for 240 days. */
static StatusPart parts[6];
static inline StatusFacts make(size_t n)
{
	static const char *const labels[] = { "Boutique",  "Paiements", "Recherche",
		                              "Courriels", "Images",    "Export" };
	static const char *const ids[] = { "shop", "pay", "search", "mail", "images", "export" };

	for (size_t i = 0; i < n; i++)
		parts[i] = (StatusPart){ .id = ids[i],
			                 .label = labels[i],
			                 .state = STATUS_UP,
			                 .since = AGO(8 * DAY),
			                 .availability = 1,
			                 .measured_s = 90 * DAY };
	return (StatusFacts){ .product = "Essai",
		              .languages = { "fr", "en" },
		              .languages_n = 2,
		              .zone = paris(),
		              .now = AGO(0),
		              .measured_at = AGO(14),
		              .measured_from = AGO(240 * DAY),
		              .last_outage = LONG_AGO,
		              .parts = parts,
		              .parts_n = n };
}

static inline void put(size_t i, StatusState s, int64_t since)
{
	parts[i].state = s;
	parts[i].since = since ? AGO(since) : LONG_AGO;
}

static inline size_t count(const char *in, const char *what)
{
	size_t n = 0;

	for (const char *p = in; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}
