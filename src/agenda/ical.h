/* Writing iCalendar (RFC 5545): one VEVENT per entry, times in UTC, so that no
 * reader needs our zones. Lines are folded at 75 octets between characters, text is
 * escaped (section 3.3.11), control characters become spaces. The text is a function
 * of its input: the time stamp is the caller's. */
#pragma once
#include "core/buf.h"
#include "core/instant.h"

#include <stddef.h>

typedef struct IcalEvent {
	const char *uid;  /* the same for the same thing in every export */
	Instant from, to; /* equal: no length */
	const char *summary, *description, *category; /* NULL: none */
	bool busy;                                    /* false: TRANSP:TRANSPARENT */
} IcalEvent;

typedef struct IcalCalendar {
	const char *name; /* shown by readers (X-WR-CALNAME, RFC 7986 NAME) */
	const char *zone; /* the plan's, as a hint (X-WR-TIMEZONE); NULL */
	Instant stamp;    /* DTSTAMP of every event: when this was written */
	const IcalEvent *events;
	size_t n;
} IcalCalendar;

void ical_write(const IcalCalendar *c, Buf *out);
/* One content line "NAME:value", escaped and folded, for tests and fuzzing. */
void ical_line(const char *name, const char *value, Buf *out);
