/* The evidence bundle: one file that lets a third person check, offline and without
 * Carène, what was promised, what was found, and that the journal behind it was not
 * changed. Layout (an archive, tar.h), below the folder carene-proof/:
 *
 *   README.txt         what this is and how to check it, French and English
 *   SHA256SUMS         of every other file, as `sha256sum -c` reads it
 *   chain.json         where the journal begins and ends: numbers and hashes
 *   journal.jsonl      the records as they were written, one a line
 *   commitments.json   what is promised
 *   verdicts.json      what `carene prove --json` says of it, with record numbers
 *   index.html         the same for people, in the plan's language; index.XX.html the other
 *   plan/DIGEST.yaml   each plan as it was loaded; records name it by its digest
 *   attachments/DIGEST what people attached, by its digest
 *   verify.py          checks the chain with Python alone (docs/verify_bundle.py)
 *
 * Pure: files are made and read by the caller. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"
#include "journal/chain.h"

#define BUNDLE_FOLDER "carene-proof/"
enum { BUNDLE_FILES = 20000 };

typedef struct BundleFile {
	const char *name; /* below the folder */
	const void *p;
	size_t n;
} BundleFile;

/* What chain.json says. `before` is the hash that the first record continues. */
typedef struct BundleChain {
	int64_t first, last; /* record numbers; last < first: none */
	char before[DIGEST_TEXT], head[DIGEST_TEXT];
} BundleChain;
void bundle_chain_json(const BundleChain *c, Buf *out);

/* The archive: README, verify.py and SHA256SUMS are added. `at` dates the files. False:
 * ERR_BAD_INPUT for a name, ERR_LIMIT when it grew too large for `out`. */
bool bundle_write(const BundleFile *files, size_t n, Instant at, Buf *out, Err *err) MUST_CHECK;

typedef struct BundleReport {
	BundleChain chain;
	size_t files, plans, attachments;
} BundleReport;
/* Checks an archive from end to end. ERR_BAD_INPUT names the first thing that does not
 * hold: "record 12 was changed after it was written", "attachments/… is missing". */
bool bundle_check(const void *p, size_t n, BundleReport *ret, Err *err) MUST_CHECK;

/* Checks lines of a journal against a chain; part of bundle_check(). */
bool bundle_check_journal(const char *text, size_t n, const BundleChain *chain,
                          Err *err) MUST_CHECK;

extern const char bundle_verify_py[]; /* docs/verify_bundle.py */
