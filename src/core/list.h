/* Typed growing arrays. `LIST(Check) checks = {0};` then list_push(&checks)
 * returns a pointer to a new zeroed element (valid until the next push).
 * Elements move when the list grows: never keep pointers to them, and never put
 * in a list what the world calls back (see world/world.h). */
#pragma once
#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>

#define LIST(T)                \
	struct {               \
		T *at;         \
		size_t n, cap; \
	}

#define list_push(l)                                                       \
	((l)->at = list_room((l)->at, &(l)->cap, (l)->n, sizeof *(l)->at), \
	 memset(&(l)->at[(l)->n], 0, sizeof *(l)->at), &(l)->at[(l)->n++])

#define list_add(l, value) ((void)(*list_push(l) = (value)))

/* Removes element i, keeping the order. */
#define list_remove(l, i)                                                                    \
	((void)(memmove(&(l)->at[i], &(l)->at[(i) + 1], ((l)->n - (i)-1) * sizeof *(l)->at), \
	        (l)->n--))

/* By a comparison as qsort's; an empty list has no array to sort. */
#define list_sort(l, compare) \
	((l)->n > 1 ? qsort((l)->at, (l)->n, sizeof *(l)->at, (compare)) : (void)0)

#define list_free(l) (mem_free((l)->at), (l)->at = NULL, (l)->n = (l)->cap = 0)

static inline void *list_room(void *at, size_t *cap, size_t n, size_t size)
{
	if (n < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 8;
	return mem_grow(at, *cap * size);
}
