#include "harness.h"

#include "report/status_private.h"

TEST(nothing_watched_is_unknown_and_never_up)
{
	StatusFacts f = { 0 };

	EXPECT_INT(status_overall(&f), STATUS_UNKNOWN);
}
