/* The groups of verbs that talk to a running Carène: what each takes, and how its
 * answer is shown. As commands they are in commands.h. */
#pragma once
#include "cli/client.h"

/* The group behind the command of this name; NULL: it has no verbs of the daemon. */
const VerbGroup *verbs_group(const char *name);
