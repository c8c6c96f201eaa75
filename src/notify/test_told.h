/* A plan, what is told in it and the messages that come of it: for the tests of messages. */
#pragma once
#include "test_plan.h"

#include "core/secret.h"
#include "notify/notify_private.h"

static const char *const sections =
        "channels:\n"
        "  mail: {type: email, secret: '${env:SMTP}', to: [team@x.example, admin@x.example],"
        " fallback: sms}\n"
        "  sms: {type: sms, secret: '${env:TWILIO}', from: '+33100000000', to: ['+3311'],"
        " fallback: pager}\n"
        "  pager: {type: command, run: [pager]}\n"
        "  slack: {type: slack, secret: '${env:SLACK}', rooms: ['#alerts', '#incidents',"
        " '#maintenance']}\n"
        "  page: {type: status}\n"
        "  social: {type: social, run: [toot]}\n"
        "  tickets: {type: import, tool: zendesk}\n"
        "  lonely: {type: email, secret: '${env:SMTP}'}\n"
        "roles:\n"
        "  dev: {kind: human}\n"
        "contacts:\n"
        "  ana: {name: Ana, role: dev, email: ana@x.example, phone: '+3301'}\n"
        "  karim: {name: Karim, role: dev, phone: '+3302'}\n"
        "  zoe: {name: Zoé, role: dev, email: zoe@x.example, via: [sms, mail], phone: '+3303'}\n"
        "  ghost: {name: Ghost, role: dev, note: no address}\n"
        "classes:\n"
        "  P1: {rank: 1, route: [sms, mail]}\n"
        "  P2: {rank: 2, route: [slack]}\n";

static Plan *plan;

static inline Instant at(int64_t s)
{
	Instant t = LONG_AGO;

	(void)EXPECT(instant_parse("2026-11-20T16:04:00Z", &t));
	return after(t, seconds(s));
}

static const Recipient ana = { "ana", "Ana", "ana@x.example", "+3301", NULL };

typedef struct Told {
	MessageList list;
	Effects fx;
	Arena *arena;
	Fields *facts;
} Told;

static inline void Told_done(Told *t)
{
	MessageList_done(&t->list);
	effects_done(&t->fx);
	arena_free(t->arena);
	plan_free(plan);
	plan = NULL;
}

static inline Tell opened(void)
{
	Tell t = { .kind = TELL_INCIDENT_OPENED,
		   .key = "inc:2026-0012:step:1",
		   .subject = "incident:2026-0012",
		   .rank = 1 };

	return t;
}

static inline const char *link_for(void *ctx, const Tell *tell, const char *contact, Arena *a)
{
	(void)ctx, (void)tell;
	return arena_printf(a, "https://w.example/a/%s", contact[0] ? contact : "anyone");
}

static const MessageHooks hooks = { .ack_link = link_for };

/* `more` is added to the plan. */
static inline Told told(const Tell *tell, const Recipient *people, size_t n, const char *more)
{
	Told t = { .arena = arena_new("test", 1 << 20) };
	AUTO_FREE char *text = mem_printf("%s%s", sections, more ? more : "");

	plan = test_plan(text);
	t.facts = fields_new(t.arena);
	fields_text(t.facts, "title", "les paiements échouent");
	fields_text(t.facts, "service", "Boutique");
	fields_instant(t.facts, "start", at(0));
	if (plan)
		messages_from_tell(plan, tell, t.facts, people, n, &hooks, at(0), &t.list, &t.fx);
	return t;
}

static inline size_t entries_of(const Effects *fx, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < fx->entries.n; i++)
		n += text_eq(fx->entries.at[i].kind, kind);
	return n;
}

static inline const Entry *entry_of(const Effects *fx, const char *kind)
{
	for (size_t i = 0; i < fx->entries.n; i++) {
		if (text_eq(fx->entries.at[i].kind, kind))
			return &fx->entries.at[i];
	}
	return NULL;
}
