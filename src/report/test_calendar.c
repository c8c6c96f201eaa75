#include "harness.h"
TEST(nothing) { EXPECT_INT(1, 1); }
