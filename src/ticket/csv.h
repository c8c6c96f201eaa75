/* Comma-separated values (RFC 4180): quoted fields, doubled quotes, line ends of either
 * kind inside and after them; also separated by semicolons, as spreadsheets in French
 * write them, and with a byte order mark. Knows nothing of what the fields mean. */
#pragma once
#include "core/err.h"
#include "core/list.h"

enum { CSV_FIELDS = 128, CSV_FIELD = 64 << 10 };

typedef struct CsvField {
	char *text; /* unquoted; owned by the reader until the next row */
	unsigned line, column;
} CsvField;

typedef struct Csv {
	const char *p, *end;
	char separator;
	unsigned line, column;
	LIST(CsvField) row;
} Csv;
void Csv_done(Csv *c);

/* The separator is the one of , and ; that the first line has more of, outside quotes. */
void csv_begin(Csv *c, const char *text, size_t n);
/* The next row with anything in it; false at the end, or with an error whose place is
 * *ret_line and *ret_column. After an error the rest of that line is skipped, so that
 * reading may go on. */
bool csv_row(Csv *c, unsigned *ret_line, unsigned *ret_column, Err *err) MUST_CHECK;
