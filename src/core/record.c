#include "core/record.h"

#include "core/alloc.h"

#include <string.h>

static char **string_at(const Column *c, void *record)
{
	return (char **)(void *)((char *)record + c->offset);
}

void record_done(const RecordType *type, void *record)
{
	for (size_t i = 0; i < type->columns_n; i++) {
		if (type->columns[i].kind == COL_STRING)
			mem_free(*string_at(&type->columns[i], record));
	}
	memset(record, 0, type->size);
}

void record_copy(const RecordType *type, void *to, const void *from)
{
	memcpy(to, from, type->size);
	for (size_t i = 0; i < type->columns_n; i++) {
		if (type->columns[i].kind == COL_STRING) {
			char **s = string_at(&type->columns[i], to);

			*s = mem_text(*s);
		}
	}
}
