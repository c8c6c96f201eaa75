/* What the two database kinds share: the cells of the answer, within bounds. */
#pragma once
#include "loop/loop_private.h"

enum { DB_BYTES = 256 * 1024 }; /* of all cells kept */

typedef struct DbCells {
	LIST(const char *) cells;
	size_t rows, bytes;
} DbCells;

static inline size_t db_max_rows(const DbAsk *ask) { return ask->max_rows ? ask->max_rows : 1; }
/* NULL value: SQL NULL. False when over the bound: the job was failed. */
bool db_cell(Job *job, DbCells *c, const char *value, size_t n);
void db_answer(Job *job, DbCells *c, size_t columns, const char *server_version);
/* Ends the question with what the server or its library said: one line, nothing secret. */
void db_fail(Job *job, FailClass fail, const char *text);
