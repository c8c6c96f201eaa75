/* What the plan promises and cannot keep: seen before anything runs. Nothing here
 * is an error; each finding says why it matters and can be accepted with a reason. */
#include "plan/lint_private.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_accepted(const Item *item, const char *code)
{
	for (size_t i = 0; i < item->accept.n; i++) {
		if (text_eq(item->accept.at[i].key, code))
			return true;
	}
	return false;
}

/* The key node and value node of an entry in the file. */
static NodePair place_of(const Loader *l, SectionId section, const Item *item)
{
	const Section *s = &plan_sections[section];
	const NodePair *whole = node_pair(l->root, s->name);
	const char *base;

	if (s->single)
		return *whole;
	memcpy(&base, (const char *)l->plan + s->at, sizeof base);
	return whole->value->pairs[(size_t)((const char *)item - base) / s->table->size];
}

void lint_add(Loader *l, SectionId section, const Item *item, const char *key, FindingCode code,
              const char *fmt, ...)
{
	const FindingInfo *info = &plan_finding_infos[code];
	const Section *s = &plan_sections[section];
	NodePair place = place_of(l, section, item);
	const Node *at = key ? node_get(place.value, key) : NULL;
	char message[FINDING_TEXT];
	const char *path;
	va_list ap;

	if (is_accepted(item, info->code))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	path = s->single ? s->name : arena_printf(l->scratch, "%s.%s", s->name, item->id);
	if (at)
		path = arena_printf(l->scratch, "%s.%s", path, key);
	findings_add(&l->report, code, at ? at->where : place.key->where, path, info->what[0], NULL,
	             "%s", message);
}

bool lint_limit(const PerEnvDeadline *d, Duration *ret)
{
	bool found = d->all.kind == DEADLINE_SPAN;

	if (found)
		*ret = span_estimate(d->all.span);
	for (size_t i = 0; i < d->n; i++) {
		Duration one = span_estimate(d->env[i].span);

		if (d->env[i].kind == DEADLINE_SPAN && (!found || one.us < ret->us)) {
			*ret = one;
			found = true;
		}
	}
	return found;
}

Instant lint_monday(const Zone *zone)
{
	return zone_instant(zone, (Civil){ .year = 2025, .month = 1, .day = 6 }, PICK_FIRST, NULL);
}

const char *lint_words(Loader *l, Duration d)
{
	char out[DURATION_TEXT];

	return arena_text(l->scratch, duration_print(d, out));
}

void plan_lint(Loader *l)
{
	lint_people(l);
	lint_promises(l);
	lint_words_missing(l);
	lint_time(l);
}
