/* A record: a flat struct that the store keeps as one row, described once by a
 * table of columns. Deciders own the struct and its table; the store turns any
 * table into INSERT, SELECT and JSON without knowing what it means.
 *
 * The first column is the id (TEXT). Lists inside a record are a COL_STRING
 * holding JSON. Rows of one table are never joined by the store. */
#pragma once
#include "core/instant.h"

#include <stddef.h>

typedef enum ColumnKind {
	COL_TEXT,     /* char[size], NUL-terminated */
	COL_STRING,   /* char *, heap, owned by the record, may be NULL */
	COL_I64,      /* int64_t */
	COL_INT,      /* int, unsigned or an enum (4 bytes) */
	COL_BOOL,     /* bool */
	COL_REAL,     /* double */
	COL_INSTANT,  /* Instant; LONG_AGO is NULL in the row */
	COL_DURATION, /* Duration */
} ColumnKind;

typedef struct Column {
	const char *name;
	ColumnKind kind;
	size_t offset, size;
} Column;

typedef struct RecordType {
	const char *table; /* also the name of its migration's CREATE TABLE */
	size_t size;       /* sizeof the struct */
	size_t columns_n;
	const Column *columns;
} RecordType;

#define COLUMN_KIND(T, m) \
	_Generic(&((T *)0)->m, char **: COL_STRING, int64_t *: COL_I64, int *: COL_INT,    \
	         unsigned *: COL_INT, bool *: COL_BOOL, double *: COL_REAL,                \
	         Instant *: COL_INSTANT, Duration *: COL_DURATION, default: COL_TEXT)
/* One row of a table; the kind follows from the member's type (char[n] → TEXT).
 * The column is named after the member. */
#define COLUMN(T, m)                                                       \
	{                                                                  \
#m, COLUMN_KIND(T, m), offsetof(T, m), sizeof(((T *)0)->m) \
	}

/* Frees the COL_STRING members and zeroes the struct. */
void record_done(const RecordType *type, void *record);
/* Deep copy into `to` (which is overwritten, not freed). */
void record_copy(const RecordType *type, void *to, const void *from);
static inline const char *record_id(const void *record) { return (const char *)record; }
