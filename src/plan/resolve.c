/* Names → pointers, once every section is read; then circles. */
#include "plan/load_private.h"

#include "core/text.h"

#include <string.h>

const void *plan_loader_find(const Loader *l, SectionId section, const char *id)
{
	return map_get(&l->plan->index->ids[section], id);
}

/* "a channel", "a role, a team or a contact" */
static const char *kinds_of(Loader *l, uint64_t refs)
{
	AUTO(Buf) b = { 0 };

	for (unsigned i = 0; i < SECTIONS; i++) {
		if (refs & UINT64_C(1) << i)
			buf_printf(&b, "%s%s", b.n ? " or " : "", plan_sections[i].table->name);
	}
	return arena_text(l->scratch, buf_str(&b));
}

static void unknown_name(Loader *l, const Fixup *x)
{
	Nearest near = { .word = x->node->text };
	const char *elsewhere = NULL;
	MapEntry *e;

	for (unsigned i = 0; i < SECTIONS; i++) {
		if (!(x->row->refs & UINT64_C(1) << i)) {
			if (!elsewhere && plan_loader_find(l, (SectionId)i, x->node->text))
				elsewhere = plan_sections[i].table->name;
			continue;
		}
		/* Nobody reads a suggestion past the last finding shown; ten thousand wrong
		 * names against ten thousand right ones would take minutes. */
		for (size_t at = 0; l->report.found.n < FINDINGS_MAX &&
		                    map_next(&l->plan->index->ids[i], &at, &e);)
			plan_nearest_try(&near, e->key);
	}
	findings_add(&l->report, F_R01, x->node->where, x->path,
	             elsewhere ? arena_printf(l->scratch, "'%.60s' is the name of %s %s.",
	                                      x->node->text, plan_article(elsewhere), elsewhere)
	                       : NULL,
	             NULL, "there is no %s '%.60s'%s", kinds_of(l, x->row->refs), x->node->text,
	             plan_nearest_text(l, &near));
}

static void resolve_one(Loader *l, const Fixup *x)
{
	const void *found = NULL;

	for (unsigned i = 0; i < SECTIONS && !found; i++) {
		if (x->row->refs & UINT64_C(1) << i)
			found = plan_loader_find(l, (SectionId)i, x->node->text);
	}
	if (!found)
		unknown_name(l, x);
	else if (x->at)
		memcpy(x->at, &found, sizeof found);
}

void plan_resolve(Loader *l)
{
	for (size_t i = 0; i < l->fixups.n; i++)
		resolve_one(l, &l->fixups.at[i]);
}

/* ---- circles ---- */

/* The names an entry depends on: those of a Texts, or one pointer's. */
typedef struct Links {
	SectionId section;
	const char *key;
	Texts (*of)(const void *entry);
} Links;

static Texts service_depends(const void *e) { return ((const Service *)e)->depends; }
static Texts check_depends(const void *e) { return ((const Check *)e)->depends; }
static Texts rule_depends(const void *e) { return ((const Rule *)e)->depends; }

static Texts channel_fallback(const void *e)
{
	const Channel *c = e;

	return c->fallback ? (Texts){ &c->fallback->item.id, 1 } : (Texts){ 0 };
}

static Texts backup_base(const void *e)
{
	const Backup *b = e;

	return b->base ? (Texts){ &b->base->item.id, 1 } : (Texts){ 0 };
}

static Texts log_of(const void *e)
{
	const Log *log = e;

	return log->of ? (Texts){ &log->of->item.id, 1 } : (Texts){ 0 };
}

static const Links links[] = {
	{ SECTION_SERVICES, "depends", service_depends },
	{ SECTION_CHECKS, "depends", check_depends },
	{ SECTION_RULES, "depends", rule_depends },
	{ SECTION_CHANNELS, "fallback", channel_fallback },
	{ SECTION_BACKUPS, "base", backup_base },
	{ SECTION_LOGS, "of", log_of },
};

enum { WHITE, GREY, BLACK };

/* Depth first with a stack of its own, since a chain may be as long as the
 * section; an edge to a grey entry closes a circle. */
typedef struct Frame {
	size_t entry, next;
} Frame;

static size_t entries_of(const Loader *l, SectionId id, const char **ret_base)
{
	const Section *s = &plan_sections[id];
	size_t n;

	memcpy(ret_base, (const char *)l->plan + s->at, sizeof *ret_base);
	memcpy(&n, (const char *)l->plan + s->count_at, sizeof n);
	return n;
}

static void report_circle(Loader *l, const Links *k, size_t entry, const char *to)
{
	const NodePair *pair = &node_get(l->root, plan_sections[k->section].name)->pairs[entry];
	const Node *at = node_get(pair->value, k->key);

	findings_add(&l->report, F_R03, at ? at->where : pair->key->where,
	             arena_printf(l->scratch, "%s.%s.%s", plan_sections[k->section].name,
	                          pair->key->text, k->key),
	             plan_finding_infos[F_R03].what[0], NULL,
	             "'%s' and '%s' depend on each other in a circle", pair->key->text, to);
}

static void walk_from(Loader *l, const Links *k, const char *base, size_t size, size_t start,
                      unsigned char *colour, Frame *stack)
{
	size_t depth = 1;

	stack[0] = (Frame){ start, 0 };
	colour[start] = GREY;
	while (depth) {
		Frame *f = &stack[depth - 1];
		Texts to = k->of(base + f->entry * size);
		const char *found;
		size_t next;

		if (f->next == to.n) {
			colour[f->entry] = BLACK;
			depth--;
			continue;
		}
		found = plan_loader_find(l, k->section, to.at[f->next++]);
		if (!found)
			continue;
		next = (size_t)(found - base) / size;
		if (colour[next] == GREY) {
			report_circle(l, k, f->entry, ((const Item *)(const void *)found)->id);
		} else if (colour[next] == WHITE) {
			colour[next] = GREY;
			stack[depth++] = (Frame){ next, 0 };
		}
	}
}

void plan_find_circles(Loader *l)
{
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		const Links *k = &links[i];
		size_t size = plan_sections[k->section].table->size;
		const char *base;
		size_t n = entries_of(l, k->section, &base);
		unsigned char *colour = ARENA_ARRAY(l->scratch, unsigned char, n + 1);
		Frame *stack = ARENA_ARRAY(l->scratch, Frame, n + 1);

		for (size_t e = 0; e < n; e++) {
			if (colour[e] == WHITE)
				walk_from(l, k, base, size, e, colour, stack);
		}
	}
}
