#include "loop/db.h"

#include "core/text.h"

bool db_cell(Job *job, DbCells *c, const char *value, size_t n)
{
	c->bytes += n + sizeof(char *);
	if (c->bytes > DB_BYTES) {
		job_fail(job, FAIL_HTTP, "rows over %d bytes", DB_BYTES);
		return false;
	}
	list_add(&c->cells, value ? arena_text_n(job->arena, value, n) : NULL);
	return true;
}

void db_answer(Job *job, DbCells *c, size_t columns, const char *server_version)
{
	job->answer.db = (DbAnswer){ .cells = c->cells.at,
		                     .rows_n = c->rows,
		                     .columns_n = columns,
		                     .server_version = arena_text(job->arena, server_version) };
	job_done(job);
}

void db_fail(Job *job, FailClass fail, const char *text)
{
	char *line = arena_text_n(job->arena, text, strcspn(text, "\n"));

	secret_redact(job->spec->db.password, line);
	secret_redact(job->spec->db.conninfo, line);
	job_fail(job, fail, "%s", text_is_empty(line) ? "the database failed" : line);
}
