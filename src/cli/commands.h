/* The commands of this room; private to cli/. */
#pragma once
#include "cli/command.h"

#include <stddef.h>

extern const Command cmd_init, cmd_validate, cmd_schema, cmd_explain, cmd_completion, cmd_verify,
        cmd_simulate, cmd_next;
extern const Command cmd_status, cmd_check, cmd_alert, cmd_incident, cmd_action, cmd_vuln,
        cmd_ticket, cmd_silence, cmd_window, cmd_task, cmd_oncall, cmd_objectives, cmd_prove,
        cmd_waive, cmd_journal, cmd_message, cmd_declare, cmd_push, cmd_reload, cmd_stop,
        cmd_series, cmd_query;

/* `carene ticket import FILE`; argv[0] is "ticket". */
int ticket_import_main(int argc, char **argv);

/* The i-th command of the program; NULL past the end. */
const Command *cli_command_at(size_t i);
