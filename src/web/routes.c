/* Every address the listener answers: method, path, who may use it, who handles it.
 * What is not here is 404; another method on a path that is here is 405. */
#include "core/text.h"
#include "web/web_private.h"

const Route web_routes[] = {
	{ "GET", "/", WEB_PUBLIC, page_root, NULL },
	{ "GET", "/status", WEB_PUBLIC, page_root, NULL },
	{ "GET", "/status/", WEB_PUBLIC, page_status, NULL },
	{ "GET", "/status/{file}", WEB_PUBLIC, page_status, NULL },
	{ "GET", "/ack/{token}", WEB_TOKEN, page_ack_look, NULL },
	{ "POST", "/ack/{token}", WEB_TOKEN, page_ack, NULL },
	/* Who is busy and when things are down is for those who work on it. */
	{ "GET", "/calendar", WEB_VIEWER, page_calendar, NULL },
	{ "GET", "/calendar.ics", WEB_VIEWER, page_calendar_ics, NULL },
	/* What calls these is a line in somebody's crontab: GET does as well as POST. */
	{ "GET", "/push/{check}", WEB_TOKEN, signal_push, NULL },
	{ "POST", "/push/{check}", WEB_TOKEN, signal_push, NULL },
	{ "GET", "/push/{check}/{token}", WEB_TOKEN, signal_push, NULL },
	{ "POST", "/push/{check}/{token}", WEB_TOKEN, signal_push, NULL },
	{ "GET", "/push/{check}/{token}/{signal}", WEB_TOKEN, signal_push, NULL },
	{ "POST", "/push/{check}/{token}/{signal}", WEB_TOKEN, signal_push, NULL },
	{ "POST", "/metrics/push", WEB_TOKEN, signal_metrics_push, NULL },
	{ "GET", "/metrics", WEB_PUBLIC, probe_metrics, NULL },
	{ "GET", "/healthz", WEB_PUBLIC, probe_health, NULL },

	{ "GET", "/api/status", WEB_VIEWER, api_command, "status" },
	{ "GET", "/api/checks", WEB_VIEWER, api_command, "check.list" },
	{ "GET", "/api/oncall", WEB_VIEWER, api_command, "oncall" },
	{ "GET", "/api/objectives", WEB_VIEWER, api_command, "objectives" },
	{ "GET", "/api/prove", WEB_VIEWER, api_command, "prove" },
	{ "GET", "/api/prove/page", WEB_VIEWER, api_command, "prove.page" },
	{ "GET", "/api/prove/history", WEB_VIEWER, api_command, "prove.history" },
	{ "POST", "/api/commitments/{commitment}/waive", WEB_OPERATOR, api_command, "waive" },
	{ "GET", "/api/journal", WEB_VIEWER, api_command, "journal" },
	{ "GET", "/api/verify", WEB_VIEWER, api_command, "verify" },
	{ "GET", "/api/series", WEB_VIEWER, api_command, "series.list" },
	{ "POST", "/api/declare", WEB_RESPONDER, api_command, "declare" },
	{ "GET", "/api/messages", WEB_VIEWER, api_command, "message.list" },
	{ "GET", "/api/alerts", WEB_VIEWER, api_command, "alert.list" },
	{ "POST", "/api/alerts/{rule}/ack", WEB_RESPONDER, api_command, "alert.ack" },
	{ "GET", "/api/silences", WEB_VIEWER, api_command, "silence.list" },
	{ "POST", "/api/silences", WEB_RESPONDER, api_command, "silence.add" },
	{ "POST", "/api/silences/{id}/end", WEB_RESPONDER, api_command, "silence.end" },

	{ "GET", "/api/incidents", WEB_VIEWER, api_command, "incident.list" },
	{ "POST", "/api/incidents", WEB_RESPONDER, api_command, "incident.open" },
	{ "GET", "/api/incidents/{id}", WEB_VIEWER, api_command, "incident.show" },
	{ "POST", "/api/incidents/{id}/ack", WEB_RESPONDER, api_command, "incident.ack" },
	{ "POST", "/api/incidents/{id}/qualify", WEB_RESPONDER, api_command, "incident.qualify" },
	{ "POST", "/api/incidents/{id}/reclassify", WEB_RESPONDER, api_command,
	  "incident.reclassify" },
	{ "POST", "/api/incidents/{id}/assign", WEB_RESPONDER, api_command, "incident.assign" },
	{ "POST", "/api/incidents/{id}/investigate", WEB_RESPONDER, api_command,
	  "incident.investigate" },
	{ "POST", "/api/incidents/{id}/note", WEB_RESPONDER, api_command, "incident.note" },
	{ "POST", "/api/incidents/{id}/update", WEB_RESPONDER, api_command, "incident.update" },
	{ "POST", "/api/incidents/{id}/mitigate", WEB_RESPONDER, api_command, "incident.mitigate" },
	{ "POST", "/api/incidents/{id}/resolve", WEB_RESPONDER, api_command, "incident.resolve" },
	{ "POST", "/api/incidents/{id}/item", WEB_RESPONDER, api_command, "incident.item" },
	{ "POST", "/api/incidents/{id}/false-alarm", WEB_RESPONDER, api_command,
	  "incident.false_alarm" },
	{ "POST", "/api/incidents/{id}/postmortem", WEB_RESPONDER, api_command,
	  "incident.postmortem" },
	{ "POST", "/api/incidents/{id}/follow-up", WEB_RESPONDER, api_command,
	  "incident.follow_up" },
	{ "POST", "/api/incidents/{id}/close", WEB_RESPONDER, api_command, "incident.close" },
	{ "POST", "/api/incidents/{id}/reopen", WEB_RESPONDER, api_command, "incident.reopen" },
	{ "POST", "/api/incidents/{id}/escalate", WEB_RESPONDER, api_command, "incident.escalate" },

	{ "GET", "/api/tickets", WEB_VIEWER, api_command, "ticket.list" },
	{ "POST", "/api/tickets", WEB_RESPONDER, api_command, "ticket.open" },
	{ "GET", "/api/tickets/quality", WEB_VIEWER, api_command, "ticket.quality" },
	{ "GET", "/api/tickets/{id}", WEB_VIEWER, api_command, "ticket.show" },
	{ "POST", "/api/tickets/{id}/assign", WEB_RESPONDER, api_command, "ticket.assign" },
	{ "POST", "/api/tickets/{id}/answer", WEB_RESPONDER, api_command, "ticket.answer" },
	{ "POST", "/api/tickets/{id}/wait", WEB_RESPONDER, api_command, "ticket.wait" },
	{ "POST", "/api/tickets/{id}/resume", WEB_RESPONDER, api_command, "ticket.resume" },
	{ "POST", "/api/tickets/{id}/escalate", WEB_RESPONDER, api_command, "ticket.escalate" },
	{ "POST", "/api/tickets/{id}/resolve", WEB_RESPONDER, api_command, "ticket.resolve" },
	{ "POST", "/api/tickets/{id}/close", WEB_RESPONDER, api_command, "ticket.close" },
	{ "POST", "/api/tickets/{id}/reopen", WEB_RESPONDER, api_command, "ticket.reopen" },
	{ "POST", "/api/tickets/{id}/score", WEB_RESPONDER, api_command, "ticket.score" },
	{ "POST", "/api/tickets/import", WEB_OPERATOR, api_command, "ticket.import" },
	{ "POST", "/api/tickets/{id}/link", WEB_RESPONDER, api_command, "ticket.link" },
	{ "GET", "/api/actions", WEB_VIEWER, api_command, "action.list" },
	{ "POST", "/api/actions", WEB_RESPONDER, api_command, "action.propose" },
	{ "GET", "/api/actions/{id}", WEB_VIEWER, api_command, "action.show" },
	{ "POST", "/api/actions/{id}/approve", WEB_OPERATOR, api_command, "action.approve" },
	{ "POST", "/api/actions/{id}/done", WEB_RESPONDER, api_command, "action.done" },
	{ "POST", "/api/actions/{id}/verify", WEB_RESPONDER, api_command, "action.verify" },
	{ "POST", "/api/actions/{id}/drop", WEB_OPERATOR, api_command, "action.drop" },
	{ "POST", "/api/actions/{id}/reopen", WEB_RESPONDER, api_command, "action.reopen" },
	{ "POST", "/api/actions/{id}/change", WEB_RESPONDER, api_command, "action.change" },
	{ "GET", "/api/vulnerabilities", WEB_VIEWER, api_command, "vuln.list" },
	{ "POST", "/api/vulnerabilities", WEB_RESPONDER, api_command, "vuln.add" },
	{ "GET", "/api/vulnerabilities/{id}", WEB_VIEWER, api_command, "vuln.show" },
	{ "POST", "/api/vulnerabilities/{id}/triage", WEB_RESPONDER, api_command, "vuln.triage" },
	{ "POST", "/api/vulnerabilities/{id}/plan", WEB_RESPONDER, api_command, "vuln.plan" },
	{ "POST", "/api/vulnerabilities/{id}/mitigate", WEB_RESPONDER, api_command,
	  "vuln.mitigate" },
	{ "POST", "/api/vulnerabilities/{id}/fix", WEB_RESPONDER, api_command, "vuln.fix" },
	{ "POST", "/api/vulnerabilities/{id}/verify", WEB_RESPONDER, api_command, "vuln.verify" },
	{ "POST", "/api/vulnerabilities/{id}/accept", WEB_OPERATOR, api_command, "vuln.accept" },
	{ "POST", "/api/vulnerabilities/{id}/drop", WEB_OPERATOR, api_command, "vuln.drop" },
	{ "POST", "/api/vulnerabilities/{id}/reopen", WEB_RESPONDER, api_command, "vuln.reopen" },

	{ "GET", "/api/windows", WEB_VIEWER, api_command, "window.list" },
	{ "POST", "/api/windows", WEB_OPERATOR, api_command, "window.add" },
	{ "POST", "/api/windows/emergency", WEB_RESPONDER, api_command, "window.emergency" },
	{ "POST", "/api/windows/{id}/start", WEB_RESPONDER, api_command, "window.start" },
	{ "POST", "/api/windows/{id}/end", WEB_RESPONDER, api_command, "window.end" },
	{ "POST", "/api/windows/{id}/extend", WEB_RESPONDER, api_command, "window.extend" },
	{ "POST", "/api/windows/{id}/cancel", WEB_OPERATOR, api_command, "window.cancel" },
	{ "POST", "/api/windows/{id}/describe", WEB_OPERATOR, api_command, "window.describe" },

	{ "GET", "/api/tasks", WEB_VIEWER, api_command, "task.list" },
	{ "GET", "/api/tasks/{id}", WEB_VIEWER, api_command, "task.show" },
	{ "POST", "/api/tasks/{id}/do", WEB_RESPONDER, api_command, "task.do" },
	{ "POST", "/api/tasks/{id}/confirm", WEB_RESPONDER, api_command, "task.confirm" },
	{ "POST", "/api/tasks/{id}/refuse", WEB_RESPONDER, api_command, "task.refuse" },
	{ "POST", "/api/tasks/{id}/na", WEB_RESPONDER, api_command, "task.na" },
	{ "POST", "/api/tasks/{id}/waive", WEB_OPERATOR, api_command, "task.waive" },
	{ "POST", "/api/tasks/{id}/note", WEB_RESPONDER, api_command, "task.note" },
	{ "POST", "/api/tasks/{id}/attach", WEB_RESPONDER, api_command, "task.attach" },
};
const size_t web_routes_n = COUNT_OF(web_routes);

/* The i-th part of a pattern; false past its end. */
static bool pattern_part(const char *pattern, size_t i, const char **ret_p, size_t *ret_n)
{
	const char *p = pattern + 1;

	for (; *p; i--) {
		size_t n = strcspn(p, "/");

		if (i == 0) {
			*ret_p = p;
			*ret_n = n;
			return true;
		}
		p += n + (p[n] == '/');
	}
	return false;
}

bool route_matches(const char *pattern, const Target *t)
{
	const char *p;
	size_t n, i;

	for (i = 0; pattern_part(pattern, i, &p, &n); i++) {
		if (i == t->parts_n)
			return false;
		if (*p != '{' && (strlen(t->parts[i]) != n || memcmp(p, t->parts[i], n) != 0))
			return false;
	}
	return i == t->parts_n && t->slash == text_ends(pattern, "/");
}

const Route *route_find(const char *method, const Target *t, const char **ret_allow)
{
	bool get = false, post = false;

	for (size_t i = 0; i < web_routes_n; i++) {
		const Route *r = &web_routes[i];

		if (!route_matches(r->pattern, t))
			continue;
		if (text_eq(r->method, text_eq(method, "HEAD") ? "GET" : method))
			return r;
		get = get || text_eq(r->method, "GET");
		post = post || text_eq(r->method, "POST");
	}
	*ret_allow = get && post ? "GET, HEAD, POST" : get ? "GET, HEAD" : post ? "POST" : NULL;
	return NULL;
}

const char *route_part(const Request *r, const char *name)
{
	const char *p;
	size_t n;

	for (size_t i = 0; pattern_part(r->route->pattern, i, &p, &n); i++) {
		if (*p == '{' && strlen(name) == n - 2 && memcmp(p + 1, name, n - 2) == 0)
			return r->target.parts[i];
	}
	return NULL;
}
