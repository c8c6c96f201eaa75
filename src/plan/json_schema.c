#include "plan/load.h"
#include "plan/schema.h"
void plan_schema(Buf *out) { buf_text(out, "{}\n"); }
