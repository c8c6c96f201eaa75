/* What both fuzz targets hold of an import. */
#pragma once
#include "ticket/import.h"

#include <assert.h>
#include <string.h>

static inline void fuzz_facts(const TicketFacts *f)
{
	AUTO(Buf) json = { .max = 8 << 20 };
	Emit e = emit_to(&json);
	Import again;
	Err err = { 0 };

	assert(*f->external && *f->title && is_set(f->opened));
	assert(f->moments.n <= IMPORT_MOMENTS);
	for (size_t i = 0; i < f->moments.n; i++) {
		assert(!earlier(f->moments.at[i].at, f->opened));
		assert(i == 0 || !earlier(f->moments.at[i].at, f->moments.at[i - 1].at));
	}
	assert(!f->scored || (f->score >= 0 && f->score <= f->scale));
	import_emit(&e, NULL, f);
	assert(import_read(IMPORT_JSON, buf_str(&json), json.n, zone_utc(), &again, &err));
	assert(again.tickets.n == 1 && again.problems.n == 0);
	assert(strcmp(again.tickets.at[0].external, f->external) == 0);
	assert(again.tickets.at[0].opened.us == f->opened.us);
	assert(again.tickets.at[0].status == f->status);
	assert(again.tickets.at[0].moments.n == f->moments.n);
	Import_done(&again);
}

static inline int fuzz_ticket(ImportFormat format, const char *text, size_t n)
{
	Import im;
	Err err = { 0 };

	if (!import_read(format, text, n, zone_utc(), &im, &err))
		assert(err.code != ERR_NONE && err.message[0]);
	assert(im.problems.n <= IMPORT_PROBLEMS);
	for (size_t i = 0; i < im.tickets.n && i < 50; i++)
		fuzz_facts(&im.tickets.at[i]);
	Import_done(&im);
	return 0;
}
