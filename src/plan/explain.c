#include "plan/load.h"
#include "plan/schema.h"
bool plan_explain(const char *what, const char *language, Buf *out)
{
	(void)what;
	(void)language;
	(void)out;
	return false;
}
