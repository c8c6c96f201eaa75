/* Answers of the daemon as a person reads them: the sentence first, then aligned
 * columns. Colour never carries meaning alone. */
#pragma once
#include "cli/client.h"

ShowAnswer show_status, show_checks, show_alerts, show_incidents, show_incident, show_silences,
        show_windows, show_oncall, show_objectives, show_prove, show_history, show_waive,
        show_journal, show_messages, show_reload, show_nothing, show_tasks, show_task, show_actions,
        show_vulnerabilities, show_action, show_tickets, show_ticket, show_quality, show_import,
        show_query;
