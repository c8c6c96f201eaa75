/* Which verbs there are, what they take and how their answers are shown. */
#include "cli/verbs.h"

#include "cli/commands.h"
#include "cli/show.h"
#include "core/text.h"

static const Verb status_verbs[] = {
	{ "", "status", "", "language=", TR_NOOP("What is up, what is wrong, who has it."),
	  show_status },
};
static const VerbGroup verbs_status = { "status", status_verbs, COUNT_OF(status_verbs) };

static const Verb check_verbs[] = {
	{ "list", "check.list", "", "", TR_NOOP("Every check, its state and its last result."),
	  show_checks },
};
static const VerbGroup verbs_check = { "check", check_verbs, COUNT_OF(check_verbs) };

static const Verb alert_verbs[] = {
	{ "list", "alert.list", "", "all!", TR_NOOP("Alerts that fire, wait or are held back."),
	  show_alerts },
	{ "ack", "alert.ack", "rule", "", TR_NOOP("Take an alert that has no incident."),
	  show_alerts },
};
static const VerbGroup verbs_alert = { "alert", alert_verbs, COUNT_OF(alert_verbs) };

static const Verb incident_verbs[] = {
	{ "list", "incident.list", "", "all!", TR_NOOP("Open incidents (--all: closed ones too)."),
	  show_incidents },
	{ "show", "incident.show", "id", "", TR_NOOP("One incident: clocks, story, lists, ladder."),
	  show_incident },
	{ "open", "incident.open", "title*", "class= service= env= impact# started= drill!",
	  TR_NOOP("Declare an incident that no check has seen (--drill: an exercise)."),
	  show_incident },
	{ "ack", "incident.ack", "id", "", TR_NOOP("Take it: the response clock stops."),
	  show_incident },
	{ "qualify", "incident.qualify", "id", "class= impact# assignee=",
	  TR_NOOP("Judge its class, the share of users hit, and who works on it."), show_incident },
	{ "reclassify", "incident.reclassify", "id class text*", "",
	  TR_NOOP("Change its class, with the reason."), show_incident },
	{ "assign", "incident.assign", "id assignee", "", TR_NOOP("Give it to a person."),
	  show_incident },
	{ "investigate", "incident.investigate", "id", "", TR_NOOP("Work has begun."),
	  show_incident },
	{ "note", "incident.note", "id text*", "", TR_NOOP("Write down what was seen or done."),
	  show_incident },
	{ "update", "incident.update", "id text*",
	  "next=", TR_NOOP("Tell users what is known (--next 30m: when the next news comes)."),
	  show_incident },
	{ "mitigate", "incident.mitigate", "id text*", "", TR_NOOP("A workaround holds."),
	  show_incident },
	{ "resolve", "incident.resolve", "id text*", "",
	  TR_NOOP("It is fixed (takes effect when checks pass)."), show_incident },
	{ "item", "incident.item", "id item", "state= text=",
	  TR_NOOP("Tick an item of its lists (--state waived --text REASON to leave it out)."),
	  show_incident },
	{ "false-alarm", "incident.false_alarm", "id text*", "", TR_NOOP("It was none, and why."),
	  show_incident },
	{ "postmortem", "incident.postmortem", "id text*", "",
	  TR_NOOP("The post-mortem is written, or where."), show_incident },
	{ "follow-up", "incident.follow_up", "id", "text= item= state= owner= due= kind=",
	  TR_NOOP("Add an action that follows from it, or change one."), show_incident },
	{ "close", "incident.close", "id", "", TR_NOOP("Close it; refused while its list is open."),
	  show_incident },
	{ "reopen", "incident.reopen", "id text*", "", TR_NOOP("It is not over, and why."),
	  show_incident },
	{ "escalate", "incident.escalate", "id",
	  "text=", TR_NOOP("Call the next step of the ladder now."), show_incident },
};
static const VerbGroup verbs_incident = { "incident", incident_verbs, COUNT_OF(incident_verbs) };

static const Verb action_verbs[] = {
	{ "list", "action.list", "", "all! overdue! owner= state= origin=",
	  TR_NOOP("The improvement register: what is still to be done (--overdue: and late)."),
	  show_actions },
	{ "show", "action.show", "id", "", TR_NOOP("One action, and what became of it."),
	  show_action },
	{ "propose", "action.propose", "text*", "owner= due= kind= from=",
	  TR_NOOP("Propose one (--from incident:2026-0001, audit:…, capacity:…, report:…)."),
	  show_action },
	{ "approve", "action.approve", "id",
	  "owner= for=", TR_NOOP("It is to be done (--for: by when it is planned)."), show_action },
	{ "done", "action.done", "id", "text=", TR_NOOP("It is done."), show_action },
	{ "verify", "action.verify", "id", "text=", TR_NOOP("Somebody saw that it holds."),
	  show_action },
	{ "drop", "action.drop", "id text*", "", TR_NOOP("It will not be done, and why."),
	  show_action },
	{ "reopen", "action.reopen", "id text*", "", TR_NOOP("It is not over, and why."),
	  show_action },
	{ "change", "action.change", "id", "owner= due= kind= text=",
	  TR_NOOP("Another owner, date, kind or wording."), show_action },
};
static const VerbGroup verbs_action = { "action", action_verbs, COUNT_OF(action_verbs) };

static const Verb vuln_verbs[] = {
	{ "list", "vuln.list", "", "all! overdue! owner= state= origin=",
	  TR_NOOP("Vulnerabilities that are not fixed (--all: those that are, too)."),
	  show_vulnerabilities },
	{ "show", "vuln.show", "id", "", TR_NOOP("One vulnerability, and what became of it."),
	  show_action },
	{ "add", "vuln.add", "text*", "severity= component= owner= from=",
	  TR_NOOP("One was found (--from CVE-2026-1234 or audit:NAME)."), show_action },
	{ "triage", "vuln.triage", "id severity", "owner= text=",
	  TR_NOOP("Judge its severity; the plan's deadline follows from it."), show_action },
	{ "plan", "vuln.plan", "id", "for= owner=", TR_NOOP("Its fix is planned (--for: when)."),
	  show_action },
	{ "mitigate", "vuln.mitigate", "id",
	  "text=", TR_NOOP("It can no longer be used; its cause is still there."), show_action },
	{ "fix", "vuln.fix", "id", "text=", TR_NOOP("It is fixed: the deadline's clock stops."),
	  show_action },
	{ "verify", "vuln.verify", "id", "text=", TR_NOOP("Somebody saw that the fix holds."),
	  show_action },
	{ "accept", "vuln.accept", "id text*",
	  "until=", TR_NOOP("Live with it until a date, and say what is risked."), show_action },
	{ "drop", "vuln.drop", "id text*", "", TR_NOOP("It was none, and why."), show_action },
	{ "reopen", "vuln.reopen", "id text*", "", TR_NOOP("It is still there, and why."),
	  show_action },
};
static const VerbGroup verbs_vuln = { "vuln", vuln_verbs, COUNT_OF(vuln_verbs) };

static const Verb ticket_verbs[] = {
	{ "list", "ticket.list", "", "all! agent= state= level#",
	  TR_NOOP("Open tickets and their clocks (--all: closed ones too)."), show_tickets },
	{ "show", "ticket.show", "id", "", TR_NOOP("One ticket, and what became of it."),
	  show_ticket },
	{ "open", "ticket.open", "title*", "priority= agent= level# incident=",
	  TR_NOOP("Somebody asks: its response clock runs."), show_ticket },
	{ "assign", "ticket.assign", "id agent?", "priority= level#",
	  TR_NOOP("Give it to a person (--priority, --level: judge it anew)."), show_ticket },
	{ "answer", "ticket.answer", "id",
	  "text=", TR_NOOP("It was answered: the response clock stops."), show_ticket },
	{ "wait", "ticket.wait", "id", "text=", TR_NOOP("The user must answer."), show_ticket },
	{ "resume", "ticket.resume", "id", "text=", TR_NOOP("Work goes on."), show_ticket },
	{ "escalate", "ticket.escalate", "id",
	  "agent= text=", TR_NOOP("The next level of support has it."), show_ticket },
	{ "resolve", "ticket.resolve", "id",
	  "text=", TR_NOOP("It is resolved: the resolution clock stops."), show_ticket },
	{ "close", "ticket.close", "id", "text=", TR_NOOP("Nothing more comes of it."),
	  show_ticket },
	{ "reopen", "ticket.reopen", "id", "text=", TR_NOOP("It was not resolved, and why."),
	  show_ticket },
	{ "score", "ticket.score", "id score", "", TR_NOOP("How satisfied the user is: 4/5."),
	  show_ticket },
	{ "link", "ticket.link", "id incident?", "",
	  TR_NOOP("It is about an incident; without one, an incident is opened."), show_ticket },
	{ "import", "ticket.import", "file", "from= zone= dry_run! keep_going!",
	  TR_NOOP("Bring in an export: --from csv, json, zendesk or intercom, else as it looks."),
	  show_import },
	{ "quality", "ticket.quality", "", "from= to= agent= level#",
	  TR_NOOP("The ratios of support.quality (this month, or --from … --to …)."),
	  show_quality },
};
static const VerbGroup verbs_ticket = { "ticket", ticket_verbs, COUNT_OF(ticket_verbs) };

static const Verb silence_verbs[] = {
	{ "list", "silence.list", "", "all!", TR_NOOP("Silences that hold messages back."),
	  show_silences },
	{ "add", "silence.add", "match", "reason= until= from=",
	  TR_NOOP("Hold messages back: carene silence add service=shop --until 2h --reason WHY."),
	  show_silences },
	{ "end", "silence.end", "id", "", TR_NOOP("End a silence before its time."),
	  show_silences },
};
static const VerbGroup verbs_silence = { "silence", silence_verbs, COUNT_OF(silence_verbs) };

static const Verb window_verbs[] = {
	{ "list", "window.list", "", "all!", TR_NOOP("Maintenance windows to come and open."),
	  show_windows },
	{ "add", "window.add", "",
	  "from= for= window= reason= services@ env= impact= alternatives=",
	  TR_NOOP("Plan a window of your own; its notice is sent."), show_windows },
	{ "emergency", "window.emergency", "", "for= window= reason= services@ env= impact=",
	  TR_NOOP("Open a window now, with its reason; it counts as downtime."), show_windows },
	{ "start", "window.start", "id", "text=", TR_NOOP("Work has begun."), show_windows },
	{ "end", "window.end", "id", "text=", TR_NOOP("Work is over, and how it went."),
	  show_windows },
	{ "extend", "window.extend", "id", "until= text=", TR_NOOP("It goes on until then."),
	  show_windows },
	{ "cancel", "window.cancel", "id text*", "", TR_NOOP("It will not take place, and why."),
	  show_windows },
	{ "describe", "window.describe", "id", "text= alternatives= impact=",
	  TR_NOOP("Fill in reason, alternatives and impact before its notice."), show_windows },
};
static const VerbGroup verbs_window = { "window", window_verbs, COUNT_OF(window_verbs) };

static const Verb task_verbs[] = {
	{ "list", "task.list", "", "all! due! owner= duty=",
	  TR_NOOP("Tasks that are open, and those of the coming day (--all: every one)."),
	  show_tasks },
	{ "show", "task.show", "id", "", TR_NOOP("One task: its items, and what people said."),
	  show_task },
	{ "confirm", "task.confirm", "id item?", "note= as=",
	  TR_NOOP("It is done (one item, or all that await you; --as CONTACT)."), show_task },
	{ "refuse", "task.refuse", "id item?",
	  "reason= as=", TR_NOOP("It is not in order, and why (--reason)."), show_task },
	{ "na", "task.na", "id item?",
	  "reason= as=", TR_NOOP("It does not apply this time, and why (--reason)."), show_task },
	{ "waive", "task.waive", "id",
	  "reason= as=", TR_NOOP("The whole need not be done, and why (--reason)."), show_task },
	{ "note", "task.note", "id text*",
	  "item= as=", TR_NOOP("Write down what was seen or done."), show_task },
	{ "attach", "task.attach", "id file<", "item= note= as=",
	  TR_NOOP("Keep a file with it: a report, a screenshot (at most 8 MiB)."), show_task },
	{ "do", "task.do", "id", "as=",
	  TR_NOOP("Begin it now, before its time; also a duty without a schedule."), show_task },
};
static const VerbGroup verbs_task = { "task", task_verbs, COUNT_OF(task_verbs) };

static const Verb oncall_verbs[] = {
	{ "", "oncall", "name?",
	  "at=", TR_NOOP("Who can be reached now, and from when somebody else."), show_oncall },
};
static const VerbGroup verbs_oncall = { "oncall", oncall_verbs, COUNT_OF(oncall_verbs) };

static const Verb objectives_verbs[] = {
	{ "", "objectives", "id?", "",
	  TR_NOOP("What is promised, what was measured, what is left."), show_objectives },
};
static const VerbGroup verbs_objectives = { "objectives", objectives_verbs,
	                                    COUNT_OF(objectives_verbs) };

static const Verb waive_verbs[] = {
	{ "", "waive", "commitment", "reason= until= over!",
	  TR_NOOP("Say why a commitment need not be kept, and until when (--over: no longer)."),
	  show_waive },
};
static const VerbGroup verbs_waive = { "waive", waive_verbs, COUNT_OF(waive_verbs) };

static const Verb journal_verbs[] = {
	{ "", "journal", "", "from# subject= kind= limit#", TR_NOOP("The evidence, line by line."),
	  show_journal },
};
static const VerbGroup verbs_journal = { "journal", journal_verbs, COUNT_OF(journal_verbs) };

static const Verb message_verbs[] = {
	{ "list", "message.list", "", "subject= texts!",
	  TR_NOOP("Every message, its recipient and what became of it."), show_messages },
};
static const VerbGroup verbs_message = { "message", message_verbs, COUNT_OF(message_verbs) };

static const Verb declare_verbs[] = {
	{ "", "declare", "text*", "over!",
	  TR_NOOP("Declare what only a person can see (--over: no longer)."), NULL },
};
static const VerbGroup verbs_declare = { "declare", declare_verbs, COUNT_OF(declare_verbs) };

static const Verb push_verbs[] = {
	{ "", "push", "check signal?",
	  "note=", TR_NOOP("Send a heartbeat: success, start or fail."), NULL },
};
static const VerbGroup verbs_push = { "push", push_verbs, COUNT_OF(push_verbs) };

static const Verb reload_verbs[] = {
	{ "", "reload", "", "", TR_NOOP("Read the plan again; a bad one changes nothing."),
	  show_reload },
};
static const VerbGroup verbs_reload = { "reload", reload_verbs, COUNT_OF(reload_verbs) };

static const Verb stop_verbs[] = {
	{ "", "stop", "", "", TR_NOOP("Stop the daemon."), show_nothing },
};
static const VerbGroup verbs_stop = { "stop", stop_verbs, COUNT_OF(stop_verbs) };

static const Verb series_verbs[] = {
	{ "", "series.list", "name?", "", TR_NOOP("The newest value of every series."), NULL },
};
static const VerbGroup verbs_series = { "series", series_verbs, COUNT_OF(series_verbs) };

static const Verb query_verbs[] = {
	{ "", "query", "series*", "stat@ from= to= over= step= exact! home!",
	  TR_NOOP("Figures of the past: 'latency{*}' --stat p95 --over 90d --step 1d."),
	  show_query },
};
static const VerbGroup verbs_query = { "query", query_verbs, COUNT_OF(query_verbs) };

/* ---- as commands ---- */

#define GROUP(id, text)                                      \
	static int run_##id(int argc, char **argv)           \
	{                                                    \
		return client_main(&verbs_##id, argc, argv); \
	}                                                    \
	const Command cmd_##id = { .name = #id, .summary = text, .run = run_##id }

GROUP(status, "what is up, what is wrong, who has it");
GROUP(check, "checks, their states and last results");
GROUP(alert, "alerts that fire, wait or are held back");
GROUP(incident, "incidents: list, show, ack, update, resolve, close …");
GROUP(action, "the improvement register: actions, their owners and dates");
GROUP(vuln, "vulnerabilities: severity, deadline, fix");
/* The file is read here, not by the daemon: import has a function of its own. */
static int run_ticket(int argc, char **argv)
{
	if (argc > 1 && text_eq(argv[1], "import"))
		return ticket_import_main(argc, argv);
	return client_main(&verbs_ticket, argc, argv);
}
const Command cmd_ticket = {
	.name = "ticket",
	.summary = "support tickets: open, answer, resolve, import, quality …",
	.run = run_ticket,
};
GROUP(silence, "hold messages back, for a time and a reason");
GROUP(window, "maintenance windows: list, add, start, end, cancel …");
GROUP(task, "tasks: list, show, confirm, refuse, waive, attach …");
GROUP(oncall, "who can be reached now, and who is next");
GROUP(objectives, "what is promised, measured, left");
GROUP(waive, "say why a commitment need not be kept, and until when");
GROUP(journal, "the evidence, line by line");
GROUP(message, "every message and what became of it");
GROUP(declare, "declare what only a person can see");
GROUP(push, "send a heartbeat");
GROUP(reload, "read the plan again; a bad one changes nothing");
GROUP(stop, "stop the daemon");
GROUP(series, "the newest value of every series");
static int run_query(int argc, char **argv)
{
	return client_main_offline(&verbs_query, argc, argv);
}
const Command cmd_query = {
	.name = "query",
	.summary = "figures of the past: means, quantiles, availability, by day",
	.run = run_query,
};

const VerbGroup *verbs_group(const char *name)
{
	static const VerbGroup *const groups[] = {
		&verbs_status,  &verbs_check,      &verbs_alert,   &verbs_incident, &verbs_action,
		&verbs_vuln,    &verbs_ticket,     &verbs_silence, &verbs_window,   &verbs_task,
		&verbs_oncall,  &verbs_objectives, &verbs_waive,   &verbs_journal,  &verbs_message,
		&verbs_declare, &verbs_push,       &verbs_reload,  &verbs_stop,     &verbs_series,
		&verbs_query,
	};

	for (size_t i = 0; i < COUNT_OF(groups); i++) {
		if (text_eq(groups[i]->name, name))
			return groups[i];
	}
	return NULL;
}
