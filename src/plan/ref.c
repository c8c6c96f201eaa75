/* Finding what `kind:id` means. */
#include "plan/ref.h"

bool plan_ref(const Plan *p, const char *text, Ref *ret)
{
	(void)p;
	(void)text;
	*ret = (Ref){ 0 };
	return false;
}
