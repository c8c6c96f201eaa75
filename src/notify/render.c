/* From facts to the four forms of a message. */
#include "core/text.h"
#include "notify/notify_private.h"

enum {
	SUBJECT_MAX = 160, /* characters; longer is unreadable in any list of mails */
	BRIEF_MAX = 1000,
	FORM_MAX = 256 * 1024,
};

/* ---- kinds ---- */

typedef struct KindName {
	const char *name, *plan[4]; /* the built-in; what plans may call it */
} KindName;

static const KindName kinds[TELL_KINDS] = {
	[TELL_ALERT] = { "alert", { "alert" } },
	[TELL_ALERT_RESOLVED] = { "alert_resolved", { "alert_resolved" } },
	[TELL_INCIDENT_OPENED] = { "incident_opened", { "incident_opened", "incident" } },
	[TELL_INCIDENT_ESCALATED] = { "incident_escalated", { "incident_escalated", "incident" } },
	[TELL_INCIDENT_UPDATE] = { "incident_update", { "incident_update", "update" } },
	[TELL_INCIDENT_RESOLVED] = { "incident_resolved", { "incident_resolved", "resolution" } },
	[TELL_INCIDENT_REOPENED] = { "incident_reopened", { "incident_reopened", "incident" } },
	[TELL_CLOCK_WARNING] = { "clock_warning", { "clock_warning", "clock" } },
	[TELL_WINDOW_NOTICE] = { "window_notice", { "window_notice", "maintenance" } },
	[TELL_WINDOW_CANCELLED] = { "window_cancelled",
	                            { "window_cancelled", "maintenance_cancelled" } },
	[TELL_WINDOW_DONE] = { "window_done", { "window_done", "maintenance_done", "report" } },
	[TELL_POSTMORTEM] = { "postmortem", { "postmortem" } },
	[TELL_SELF] = { "self", { "self" } },
	[TELL_TASK_DUE] = { "task_due", { "task_due", "task" } },
	[TELL_TASK_MISSED] = { "task_missed", { "task_missed" } },
	[TELL_TASK_FAILED] = { "task_failed", { "task_failed" } },
	[TELL_TASK_NOTICE] = { "task_notice", { "task_notice" } },
	[TELL_FOLLOW_UP] = { "follow_up", { "follow_up" } },
};

const char *tell_kind_name(TellKind kind)
{
	return kind < TELL_KINDS ? kinds[kind].name : "grouped";
}

void Rendered_done(Rendered *r)
{
	mem_free(r->subject);
	mem_free(r->brief);
	mem_free(r->text);
	mem_free(r->html);
	*r = (Rendered){ 0 };
}

/* ---- which template ---- */

static bool has_text(const Texts *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->at[i], text) == 0)
			return true;
	}
	return false;
}

static bool is_for_kind(const Template *t, TellKind kind)
{
	const char *name = t->kind ? t->kind : t->item.id;

	for (size_t i = 0; kind < TELL_KINDS && i < COUNT_OF(kinds[kind].plan); i++) {
		if (text_eq(kinds[kind].plan[i], name))
			return true;
	}
	return false;
}

static bool is_for_audience(const Template *t, const Tell *tell)
{
	if (t->audience.n == 0 || tell->to_n == 0)
		return true;
	for (size_t i = 0; i < tell->to_n; i++) {
		if (has_text(&t->audience, tell->to[i]))
			return true;
	}
	return false;
}

const Template *message_template(const Plan *plan, const Tell *tell, const Channel *channel,
                                 Lang lang)
{
	Lang of_plan = lang_parse(plan->head.language);

	if (tell->template_id[0])
		return plan_template(plan, tell->template_id);
	for (size_t i = 0; i < plan->templates_n; i++) {
		const Template *t = &plan->templates[i];
		Lang of_template = t->language ? lang_parse(t->language) : of_plan;
		bool speaks = of_template == lang || !(t->subject || t->text || t->html);

		if (is_for_kind(t, tell->kind) && is_for_audience(t, tell) && speaks &&
		    (t->channels.n == 0 || has_text(&t->channels, channel->item.id)))
			return t;
	}
	return NULL;
}

/* ---- rendering ---- */

typedef struct Job {
	Arena *arena;
	Fields *facts;
	Lang lang;
	const Zone *zone;
	Builtin builtin;
} Job;

static const char *job_partial(void *ctx, const char *name)
{
	const Job *j = ctx;

	return builtin_partial(name, j->lang, j->arena);
}

static bool render(const Job *j, const char *text, TemplateOut kind, Buf *out, Err *err)
{
	TemplateRender how = { .out = kind,
		               .lang = j->lang,
		               .zone = j->zone,
		               .partial = job_partial,
		               .ctx = (void *)(uintptr_t)j,
		               .max = FORM_MAX };

	return template_render(text, j->facts, &how, out, err);
}

static bool render_line(const Job *j, const char *text, size_t max, char **ret, Err *err)
{
	AUTO(Buf) raw = { 0 };
	AUTO(Buf) line = { 0 };

	if (!render(j, text, OUT_MARKUP, &raw, err))
		return false;
	layout_line(buf_str(&raw), max, &line);
	*ret = mem_text(buf_str(&line));
	return true;
}

static bool render_body(const Job *j, Rendered *ret, Err *err)
{
	AUTO(Buf) raw = { 0 };
	AUTO(Buf) text = { 0 };
	AUTO(Buf) html = { 0 };

	if (!render(j, j->builtin.body, OUT_MARKUP, &raw, err))
		return false;
	layout_text(buf_str(&raw), j->lang, &text);
	layout_html(buf_str(&raw), ret->subject, j->builtin.tone, j->lang, &html);
	ret->text = mem_text(buf_str(&text));
	ret->html = mem_text(buf_str(&html));
	return true;
}

/* The built-in's own needs, or the plan's list: a blank-separated text. */
static bool has_all(const Job *j, const char *names, Err *err)
{
	char name[FIELD_NAME];

	while (text_part(&names, " ", name, sizeof name)) {
		if (!fields_has(j->facts, name))
			return err_set(err, ERR_CONFIG, "field '%s' is empty", name);
	}
	return true;
}

static bool render_builtin(const Job *j, Rendered *ret, Err *err)
{
	return has_all(j, j->builtin.needs, err) &&
	       render_line(j, j->builtin.subject, SUBJECT_MAX, &ret->subject, err) &&
	       render_line(j, j->builtin.brief, BRIEF_MAX, &ret->brief, err) &&
	       render_body(j, ret, err);
}

/* A plan's author may forget the link; who is paged must not. */
static void add_ack_link(const Job *j, const char *template_text, Buf *text)
{
	const char *link = fields_get(j->facts, "ack_link", j->lang, j->zone);

	if (!link || strstr(template_text, "ack_link"))
		return;
	buf_printf(text, "%s\n%s%s%s\n", text->n && text->p[text->n - 1] != '\n' ? "\n" : "",
	           tr(j->lang, "Acknowledge"), j->lang == LANG_FR ? "\u00a0: " : ": ", link);
}

static bool render_own_text(const Job *j, const Template *t, Rendered *ret, Err *err)
{
	AUTO(Buf) text = { 0 };
	AUTO(Buf) body = { 0 };
	AUTO(Buf) page = { 0 };

	if (!render(j, t->text, OUT_PLAIN, &text, err))
		return false;
	add_ack_link(j, t->text, &text);
	layout_plain_as_html(buf_str(&text), &body);
	layout_page(buf_str(&body), ret->subject, j->builtin.tone, j->lang, &page);
	mem_free(ret->text);
	mem_free(ret->html);
	ret->text = mem_text(buf_str(&text));
	ret->html = mem_text(buf_str(&page));
	return true;
}

static bool render_own_html(const Job *j, const Template *t, Rendered *ret, Err *err)
{
	AUTO(Buf) html = { 0 };
	AUTO(Buf) page = { 0 };

	if (!render(j, t->html, OUT_HTML, &html, err))
		return false;
	if (!strstr(buf_str(&html), "<html"))
		layout_page(buf_str(&html), ret->subject, j->builtin.tone, j->lang, &page);
	mem_free(ret->html);
	ret->html = mem_text(buf_str(page.n ? &page : &html));
	return true;
}

static bool render_own(const Job *j, const Template *t, Rendered *ret, Err *err)
{
	if (t->subject) {
		mem_free(ret->subject);
		ret->subject = NULL;
		if (!render_line(j, t->subject, SUBJECT_MAX, &ret->subject, err))
			return err_wrap(err, "subject");
	}
	if (t->text && !render_own_text(j, t, ret, err))
		return err_wrap(err, "text");
	return !t->html || render_own_html(j, t, ret, err) || err_wrap(err, "html");
}

static bool may_be_sent(const Job *j, const Template *t, const MessageHooks *hooks, Err *err)
{
	for (size_t i = 0; i < t->fields.n; i++) {
		if (!fields_has(j->facts, t->fields.at[i]))
			return err_set(err, ERR_CONFIG, "field '%s' is empty", t->fields.at[i]);
	}
	for (size_t i = 0; i < t->claims.n && hooks && hooks->claim; i++) {
		if (hooks->claim(hooks->ctx, t->claims.at[i]) == CLAIM_CONTRADICTED)
			return err_set(err, ERR_CONFIG,
			               "claim '%s' is contradicted by the evidence",
			               t->claims.at[i]);
	}
	return true;
}

/* What the plan's template leaves out comes from the built-in. */
static bool render_job(Job *j, const Template *t, const MessageHooks *hooks, Rendered *ret,
                       Err *err)
{
	if (!t)
		return render_builtin(j, ret, err);
	if (!may_be_sent(j, t, hooks, err) || !render_builtin(j, ret, err) ||
	    !render_own(j, t, ret, err))
		return err_wrap(err, "template '%s'", t->item.id);
	return true;
}

static bool render_named(const char *name, const Template *t, const Fields *f, Lang lang,
                         const Zone *zone, const MessageHooks *hooks, Rendered *ret, Err *err)
{
	Arena *a = arena_new("message", 8 << 20);
	Job j = { .arena = a,
		  .lang = t && t->language ? lang_parse(t->language) : lang,
		  .zone = zone ? zone : zone_utc() };
	bool ok;

	*ret = (Rendered){ 0 };
	j.facts = fields_copy(f, a);
	facts_derive(j.facts, j.zone);
	ok = builtin_find(name, j.lang, a, &j.builtin)
	             ? render_job(&j, t, hooks, ret, err)
	             : err_set(err, ERR_NOT_FOUND, "no built-in message '%s'", name);
	if (!ok)
		Rendered_done(ret);
	arena_free(a);
	return ok;
}

bool message_render(TellKind kind, const Template *t, const Fields *f, Lang lang, const Zone *zone,
                    const MessageHooks *hooks, Rendered *ret, Err *err)
{
	return render_named(tell_kind_name(kind), t, f, lang, zone, hooks, ret, err);
}

bool message_render_builtin(const char *name, const Fields *f, Lang lang, const Zone *zone,
                            Rendered *ret, Err *err)
{
	return render_named(name, NULL, f, lang, zone, NULL, ret, err);
}
