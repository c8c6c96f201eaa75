/* Words and small sums that the parsers of this folder share. */
#pragma once
#include "calendar/schedule.h"
#include "core/buf.h"

/* "mon,wed-fri" → bits (0 Monday); a range may go round the week's end. */
bool weekdays_parse(const char *s, unsigned *ret_bits);
/* The shortest way to write them: ranges of three days or more, commas else. */
void weekdays_print(unsigned bits, Buf *out);
/* "9:05", "09:05" → minutes of the day; "24:00" only when `end` allows it. */
bool time_of_day_parse(const char *s, bool end, int *ret_minutes);

/* Days since 1970 of the nearest day at or after (step 1) or at or before (-1)
 * `day` on which the schedule falls; INT64_MAX when there is none. */
int64_t schedule_day(const Schedule *s, int64_t day, int step);
