#include "harness.h"
#include "proof/bundle.h"
TEST(nothing_is_no_bundle)
{
	BundleReport r;
	Err err = { 0 };

	EXPECT(!bundle_check("", 0, &r, &err) && err.message[0]);
}
