/* Names → pointers, once every section is read; then circles. */
#include "plan/ref_private.h"
#include "plan/sections_private.h"

#include "core/text.h"

#include <string.h>

const void *plan_loader_find(const Loader *l, SectionId section, const char *id)
{
	return entry_index_find(&l->plan->index->ids[section], id);
}

bool plan_known_name(const Loader *l, const Row *row, const char *name)
{
	for (unsigned i = 0; i < SECTIONS; i++) {
		if ((row->refs & UINT64_C(1) << i) && plan_loader_find(l, (SectionId)i, name))
			return true;
	}
	return false;
}

/* Nobody reads a suggestion past the last finding shown; ten thousand wrong names against
 * ten thousand right ones would take minutes. */
static void try_names(Loader *l, SectionId section, Nearest *near)
{
	const EntryIndex *x = &l->plan->index->ids[section];

	for (size_t i = 0; l->report.found.n < FINDINGS_MAX && i < x->n; i++)
		plan_nearest_try(near, entry_index_id(x, i));
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

	for (unsigned i = 0; i < SECTIONS; i++) {
		if (!(x->row->refs & UINT64_C(1) << i)) {
			if (!elsewhere && plan_loader_find(l, (SectionId)i, x->node->text))
				elsewhere = plan_sections[i].table->name;
			continue;
		}
		try_names(l, (SectionId)i, &near);
	}
	findings_add(&l->report, F_R01, x->node->where, x->path,
	             elsewhere ? arena_printf(l->scratch, "'%.60s' is the name of %s %s.",
	                                      x->node->text, plan_article(elsewhere), elsewhere)
	                       : NULL,
	             NULL, "there is no %s '%.60s'%s", kinds_of(l, x->row->refs), x->node->text,
	             plan_nearest_text(l, &near));
}

/* ---- references: kind:id, kind:id:part ---- */

static void unknown_kind(Loader *l, const Fixup *x, const RefText *t)
{
	AUTO(Buf) all = { 0 };
	Nearest near = { .word = arena_text_n(l->scratch, x->node->text, t->word_n) };

	for (size_t i = 0; ref_kind_word(i); i++) {
		plan_nearest_try(&near, ref_kind_word(i));
		buf_printf(&all, "%s%s", all.n ? ", " : "", ref_kind_word(i));
	}
	findings_add(&l->report, F_R01, x->node->where, x->path,
	             arena_printf(l->scratch, "One of: %s", buf_str(&all)), NULL,
	             "'%.30s' is no kind of entry%s", near.word, plan_nearest_text(l, &near));
}

/* The entry of another section that has this name, as the reference to write. */
static const char *meant_elsewhere(Loader *l, const RefText *t)
{
	for (size_t k = REF_NONE + 1; k < REF_KINDS; k++) {
		SectionId section = ref_kind_section((RefKind)k);

		if (section != SECTIONS && plan_loader_find(l, section, t->id))
			return arena_printf(l->scratch, "There is '%s:%s'.",
			                    ref_kind_name((RefKind)k), t->id);
	}
	return NULL;
}

static void unknown_id(Loader *l, const Fixup *x, const RefText *t)
{
	Nearest near = { .word = t->id };
	RefKind kind = t->db ? REF_DATABASE : t->kind;

	if (t->db)
		try_names(l, SECTION_DB_ACTIONS, &near);
	try_names(l, ref_kind_section(kind), &near);
	findings_add(&l->report, F_R01, x->node->where, x->path, meant_elsewhere(l, t), NULL,
	             "there is no %s '%s'%s",
	             t->db ? "database or database action"
	                   : plan_sections[ref_kind_section(kind)].table->name,
	             t->id, plan_nearest_text(l, &near));
}

static void unknown_part(Loader *l, const Fixup *x, const RefText *t)
{
	AUTO(Buf) all = { 0 };
	Nearest near = { .word = t->part };

	for (size_t i = 0; ref_kind_part(t->kind, i); i++) {
		plan_nearest_try(&near, ref_kind_part(t->kind, i));
		buf_printf(&all, "%s%s", all.n ? ", " : "One of: ", ref_kind_part(t->kind, i));
	}
	findings_add(&l->report, F_R01, x->node->where, x->path, all.n ? buf_str(&all) : NULL, NULL,
	             "'%.30s' is no part of a %s%s", t->part, ref_kind_name(t->kind),
	             plan_nearest_text(l, &near));
}

/* Words that only look like a reference are left alone, unless they look like one of
 * ours misspelt. */
static bool is_meant(Loader *l, const Fixup *x, const RefText *t)
{
	const char *text = x->node->text;
	Nearest near = { .word = arena_text_n(l->scratch, text, t->word_n) };

	if (x->row->form == FORM_REF)
		return true;
	if (text[t->word_n] != ':' || strpbrk(text, " \t\n"))
		return false;
	for (size_t i = 0; t->kind == REF_NONE && !t->db && ref_kind_word(i); i++)
		plan_nearest_try(&near, ref_kind_word(i));
	return t->kind != REF_NONE || t->db || near.best;
}

static void resolve_reference(Loader *l, const Fixup *x)
{
	RefText t;
	Ref ref;
	bool cut;

	if (plan_ref(l->plan, x->node->text, &ref))
		return;
	cut = ref_cut(x->node->text, &t);
	if (!is_meant(l, x, &t))
		return;
	if (!cut || (t.kind == REF_NONE && !t.db))
		unknown_kind(l, x, &t);
	else if (!t.db && !ref_part_known(t.kind, t.part) &&
	         plan_loader_find(l, ref_kind_section(t.kind), t.id))
		unknown_part(l, x, &t);
	else
		unknown_id(l, x, &t);
}

/* on_fail: call:PROCEDURE */
static void resolve_call(Loader *l, const Fixup *x)
{
	const char *id = x->node->text + strlen("call:");
	Nearest near = { .word = id };

	if (!text_starts(x->node->text, "call:") || plan_loader_find(l, SECTION_PROCEDURES, id))
		return;
	try_names(l, SECTION_PROCEDURES, &near);
	findings_add(&l->report, F_R01, x->node->where, x->path, NULL, NULL,
	             "there is no procedure '%.47s'%s", id, plan_nearest_text(l, &near));
}

static void resolve_one(Loader *l, const Fixup *x)
{
	const void *found = NULL;

	if (x->row->form == FORM_REF || x->row->form == FORM_REF_OR_TEXT) {
		resolve_reference(l, x);
		return;
	}
	if (x->row->form == FORM_ON_FAIL) {
		resolve_call(l, x);
		return;
	}
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
	Texts (*of)(Loader *l, const void *entry);
} Links;

static Texts service_depends(Loader *l, const void *e)
{
	(void)l;
	return ((const Service *)e)->depends;
}

static Texts check_depends(Loader *l, const void *e)
{
	(void)l;
	return ((const Check *)e)->how->depends;
}

static Texts rule_depends(Loader *l, const void *e)
{
	(void)l;
	return ((const Rule *)e)->depends;
}

static Texts task_after(Loader *l, const void *e)
{
	(void)l;
	return ((const Task *)e)->after;
}

static Texts task_same_as(Loader *l, const void *e)
{
	const Task *t = e;

	(void)l;
	return t->same_as ? (Texts){ &t->same_as->item.id, 1 } : (Texts){ 0 };
}

/* Entries of one kind that the steps set off, by `do: kind:id` or `call`. */
static Texts set_off(Loader *l, const WorkItem *steps, size_t n, RefKind kind)
{
	const char **to = ARENA_ARRAY(l->scratch, const char *, 2 * n + 1);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const char *on_fail = steps[i].on_fail;
		Ref ref;

		if (steps[i].todo && plan_ref(l->plan, steps[i].todo, &ref) && ref.kind == kind)
			to[found++] = ref.id;
		else if (steps[i].call && kind == REF_PROCEDURE)
			to[found++] = steps[i].call;
		if (on_fail && kind == REF_PROCEDURE && text_starts(on_fail, "call:"))
			to[found++] = on_fail + strlen("call:");
	}
	return (Texts){ to, found };
}

static Texts task_items(Loader *l, const void *e)
{
	return set_off(l, ((const Task *)e)->items, ((const Task *)e)->items_n, REF_TASK);
}

static Texts procedure_steps(Loader *l, const void *e)
{
	return set_off(l, ((const Procedure *)e)->steps, ((const Procedure *)e)->steps_n,
	               REF_PROCEDURE);
}

static Texts channel_fallback(Loader *l, const void *e)
{
	const Channel *c = e;

	(void)l;
	return c->fallback ? (Texts){ &c->fallback->item.id, 1 } : (Texts){ 0 };
}

static Texts backup_base(Loader *l, const void *e)
{
	const Backup *b = e;

	(void)l;
	return b->base ? (Texts){ &b->base->item.id, 1 } : (Texts){ 0 };
}

static Texts log_of(Loader *l, const void *e)
{
	const Log *log = e;

	(void)l;
	return log->of ? (Texts){ &log->of->item.id, 1 } : (Texts){ 0 };
}

static const Links links[] = {
	{ SECTION_SERVICES, "depends", service_depends },
	{ SECTION_CHECKS, "depends", check_depends },
	{ SECTION_RULES, "depends", rule_depends },
	{ SECTION_CHANNELS, "fallback", channel_fallback },
	{ SECTION_BACKUPS, "base", backup_base },
	{ SECTION_LOGS, "of", log_of },
	{ SECTION_TASKS, "after", task_after },
	{ SECTION_TASKS, "same_as", task_same_as },
	{ SECTION_TASKS, "items", task_items },
	{ SECTION_PROCEDURES, "steps", procedure_steps },
};

enum { WHITE, GREY, BLACK };

/* Depth first with a stack of its own, since a chain may be as long as the
 * section; an edge to a grey entry closes a circle. */
typedef struct Frame {
	size_t entry, next;
	Texts to;
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
	const NodePair here = plan_entry_pair(l, k->section, entry), *pair = &here;
	const Node *at = node_get(pair->value, k->key);

	const char *id = pair->key->text;
	const char *what =
	        text_eq(id, to)
	                ? arena_printf(l->scratch, "'%s' leads back to itself", id)
	                : arena_printf(l->scratch, "'%s' and '%s' depend on each other in a circle",
	                               id, to);

	findings_add(
	        &l->report, F_R03, at ? at->where : pair->key->where,
	        arena_printf(l->scratch, "%s.%s.%s", plan_sections[k->section].name, id, k->key),
	        plan_finding_infos[F_R03].what[0], NULL, "%s", what);
}

static void walk_from(Loader *l, const Links *k, const char *base, size_t size, size_t start,
                      unsigned char *colour, Frame *stack)
{
	size_t depth = 1;

	stack[0] = (Frame){ start, 0, k->of(l, base + start * size) };
	colour[start] = GREY;
	while (depth) {
		Frame *f = &stack[depth - 1];
		const char *found;
		size_t next;

		if (f->next == f->to.n) {
			colour[f->entry] = BLACK;
			depth--;
			continue;
		}
		found = plan_loader_find(l, k->section, f->to.at[f->next++]);
		if (!found)
			continue;
		next = (size_t)(found - base) / size;
		if (colour[next] == GREY) {
			report_circle(l, k, f->entry, ((const Item *)(const void *)found)->id);
		} else if (colour[next] == WHITE) {
			colour[next] = GREY;
			stack[depth++] = (Frame){ next, 0, k->of(l, found) };
		}
	}
}

static bool any_link(Loader *l, const Links *k, const char *base, size_t size, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (k->of(l, base + i * size).n)
			return true;
	}
	return false;
}

void plan_find_circles(Loader *l)
{
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		const Links *k = &links[i];
		size_t size = plan_sections[k->section].table->size;
		const char *base;
		size_t n = entries_of(l, k->section, &base);
		unsigned char *colour;
		Frame *stack;

		if (!any_link(l, k, base, size, n))
			continue;
		colour = ARENA_ARRAY(l->scratch, unsigned char, n + 1);
		stack = ARENA_ARRAY(l->scratch, Frame, n + 1);
		for (size_t e = 0; e < n; e++) {
			if (colour[e] == WHITE)
				walk_from(l, k, base, size, e, colour, stack);
		}
	}
}
