#include "journal/entry.h"

#include "core/alloc.h"

void entry_done(Entry *e)
{
	mem_free(e->input);
	*e = (Entry){ 0 };
}
