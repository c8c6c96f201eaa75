/* The commands of this room; private to cli/. */
#pragma once
#include "cli/command.h"

#include <stddef.h>

extern const Command cmd_validate, cmd_schema, cmd_explain, cmd_completion;

/* The i-th command of the program; NULL past the end. */
const Command *cli_command_at(size_t i);
