/* What the plan promises and cannot keep. */
#include "plan/load_private.h"

void plan_lint(Loader *l) { (void)l; }
