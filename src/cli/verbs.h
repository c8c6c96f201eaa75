/* The groups of verbs that talk to a running Carène: what each takes, and how its
 * answer is shown. As commands they are in commands.h. */
#pragma once
#include "cli/client.h"

extern const VerbGroup verbs_status, verbs_check, verbs_alert, verbs_incident, verbs_action,
        verbs_vuln, verbs_ticket, verbs_silence, verbs_window, verbs_oncall, verbs_objectives,
        verbs_waive, verbs_journal, verbs_message, verbs_declare, verbs_push, verbs_task,
        verbs_reload, verbs_stop, verbs_series;
