#include "notify/effects.h"

#include "core/text.h"

void effects_done(Effects *fx)
{
	for (size_t i = 0; i < fx->entries.n; i++)
		entry_done(&fx->entries.at[i]);
	list_free(&fx->entries);
	list_free(&fx->tells);
}

Entry *effects_entry(Effects *fx, Instant at, const char *kind, const char *subject,
                     const char *actor, char *input)
{
	Entry *e = list_push(&fx->entries);

	e->at = at;
	text_copy(e->kind, sizeof e->kind, kind);
	text_copy(e->subject, sizeof e->subject, subject);
	text_copy(e->actor, sizeof e->actor, actor);
	e->input = input;
	return e;
}

Tell *effects_tell(Effects *fx, TellKind kind, const char *subject, const char *key)
{
	Tell *t = list_push(&fx->tells);

	t->kind = kind;
	text_copy(t->subject, sizeof t->subject, subject);
	text_copy(t->key, sizeof t->key, key);
	return t;
}

static void add_name(char list[TELL_NAMES][64], size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++) {
		if (text_eq(list[i], name))
			return;
	}
	if (*n < TELL_NAMES)
		text_copy(list[(*n)++], sizeof list[0], name);
}

void tell_to(Tell *t, const char *name) { add_name(t->to, &t->to_n, name); }
void tell_via(Tell *t, const char *name) { add_name(t->via, &t->via_n, name); }
