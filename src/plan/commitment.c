/* Enumerating commitments. */
#include "plan/commitment.h"

void plan_commitments_derive(Plan *p) { (void)p; }
