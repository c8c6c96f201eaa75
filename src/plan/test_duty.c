#include "harness.h"
TEST(nothing_yet) { EXPECT(true); }
