/* What the plan promises and cannot keep. */
#include "plan/load_private.h"

void lint(Loader *l) { (void)l; }
