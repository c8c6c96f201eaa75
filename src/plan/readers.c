/* One reader per kind of value. A reader stores the value or reports why not; it
 * never stores half of one. */
#include "plan/load_private.h"
#include "plan/types_private.h"

#include "core/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* As written, cut for a message; a value from the environment is never shown. */
static const char *shown(Loader *l, const Node *n)
{
	char text[64];

	if (n->kind != NODE_SCALAR)
		return n->kind == NODE_LIST ? "a list" : "keys and values";
	text_copy(text, sizeof text, n->written);
	return arena_printf(l->scratch, "'%s'%s", text,
	                    strlen(n->written) >= sizeof text ? "…" : "");
}

static void wrong_shape(const Field *f, const Node *node)
{
	plan_complain_at(f, node, F_S04, NULL, "'%s' takes %s, not %s", f->row->key,
	                 plan_kind_infos[f->row->kind].en, shown(f->l, node));
}

/* Empty, `unset` where it has no meaning, keys where text belongs. */
static bool is_text(const Field *f, const Node *node)
{
	if (node->kind != NODE_SCALAR) {
		wrong_shape(f, node);
		return false;
	}
	if (node->plain && !*node->text) {
		plan_complain_at(f, node, F_S10,
		                 f->row->flags & UNSET ? "Write the value, or `unset`."
		                                       : "Write the value, or remove the key.",
		                 "'%s' has no value", f->row->key);
		return false;
	}
	return true;
}

const char *plan_scalar_text(const Field *f, Node *node)
{
	size_t errors = f->l->report.errors;

	if (!is_text(f, node))
		return NULL;
	if (plan_interpolate(&f->l->filling, node))
		return node->text;
	/* Not known here: texts keep the reference, so that what needs one has one. */
	if (f->l->report.errors == errors && f->row->kind == ROW_TEXT)
		return node->written;
	return NULL;
}

static void bad_value(const Field *f, const Node *node, const char *why)
{
	const KindInfo *info = &plan_kind_infos[f->row->kind];
	const char *example = plan_row_example(f->row);

	plan_complain_at(f, node, F_S05,
	                 example ? arena_printf(f->l->scratch, "Write for example: %s", example)
	                         : NULL,
	                 "%s is not %s%s%s", shown(f->l, node), info->en, *why ? ": " : "", why);
}

/* ---- texts ---- */

static bool good_form(const Field *f, const Node *node, const char *text)
{
	const char *problem = node->unresolved ? NULL : plan_form_problem(f->row->form, text);
	const char *example = plan_row_example(f->row);

	if (!problem)
		return true;
	plan_complain_at(f, node, F_S05,
	                 example ? arena_printf(f->l->scratch, "Write for example: %s", example)
	                         : NULL,
	                 "%s %s", shown(f->l, node), problem);
	return false;
}

static void not_a_choice(const Field *f, const Node *node)
{
	Nearest near = { .word = node->text };
	AUTO(Buf) all = { 0 };

	for (const Choice *c = f->row->choices; c->name; c++) {
		plan_nearest_try(&near, c->name);
		buf_printf(&all, "%s%s", all.n ? ", " : "", c->name);
	}
	plan_complain_at(f, node, F_S07, arena_printf(f->l->scratch, "One of: %s", buf_str(&all)),
	                 "%s is not a choice for '%s'%s", shown(f->l, node), f->row->key,
	                 plan_nearest_text(f->l, &near));
}

static const Choice *choice_of(const Field *f, const char *text)
{
	const Choice *c = plan_choice_by_name(f->row->choices, text);

	if (!c)
		not_a_choice(f, f->node);
	return c;
}

/* Credentials in the open, in fields that are no secrets: user:password@ in an
 * address, tokens with a known beginning, headers that carry one. */
bool plan_looks_secret(const char *key, const char *s)
{
	static const char *const begins[] = { "xoxb-",
		                              "xoxp-",
		                              "ghp_",
		                              "glpat-",
		                              "AKIA",
		                              "https://hooks.slack.com/services/",
		                              "https://discord.com/api/webhooks/" };
	const char *user = strstr(s, "://"), *at = user ? strchr(user + 3, '@') : NULL;
	const char *colon = user ? strchr(user + 3, ':') : NULL;

	if (at && colon && colon < at && colon + 1 < at &&
	    strcspn(user + 3, "/?#") > (size_t)(at - user - 3))
		return true;
	for (size_t i = 0; i < COUNT_OF(begins); i++) {
		if (text_starts(s, begins[i]))
			return true;
	}
	if (!key)
		return false;
	return strcasecmp(key, "authorization") == 0 || strcasecmp(key, "cookie") == 0 ||
	       strcasecmp(key, "x-api-key") == 0 || strcasestr(key, "token") ||
	       strcasestr(key, "password");
}

static void literal_secret(const Field *f, const Node *node, const char *what)
{
	findings_mask(&f->l->report, node->where);
	plan_complain_at(f, node, F_L16, plan_finding_infos[F_L16].what[0],
	                 "'%s' holds %s in the open", f->row->key, what);
}

static bool reveals_secret(const Field *f, Node *node, const char *key)
{
	if (node->tainted || node->unresolved || !plan_looks_secret(key, node->written) ||
	    strstr(node->written, "${") || strstr(node->written, "{{"))
		return false;
	literal_secret(f, node, "what looks like a credential");
	return true;
}

/* The node of a draft is gone when its name is looked up: a copy stays. */
static const Node *lasting(const Field *f, const Node *node)
{
	Node *copy;

	if (f->l->arena != f->l->drafts)
		return node;
	copy = ARENA_NEW(f->l->scratch, Node);
	*copy = *node;
	copy->text = arena_text(f->l->scratch, node->text);
	copy->written = arena_text(f->l->scratch, node->written);
	return copy;
}

static void find_later(const Field *f, const Node *node, void *at)
{
	list_add(&f->l->fixups,
	         ((Fixup){ f->row, lasting(f, node), at, plan_path_text(f->l, f->path) }));
}

/* A text that must name something: looked up once every section is read. */
static void look_up_later(const Field *f, Node *node)
{
	TextForm form = f->row->form;
	bool ref = form == FORM_REF || form == FORM_REF_OR_TEXT || form == FORM_ON_FAIL;

	if ((f->row->refs || ref) && !node->unresolved)
		find_later(f, node, NULL);
}

static void store_text(const Field *f, const char *text) { memcpy(f->at, &text, sizeof text); }

static void read_text(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	const Choice *c;

	if (!text || !good_form(f, f->node, text) || reveals_secret(f, f->node, NULL))
		return;
	if (f->row->choices) {
		if ((c = choice_of(f, text)))
			store_text(f, c->text ? c->text : c->name);
		return;
	}
	look_up_later(f, f->node);
	store_text(f, text == f->node->text ? plan_keep(f->l, f->node)
	                                    : arena_text(f->l->arena, text));
}

/* A list, or one text standing for a list of one. */
static size_t list_of(const Field *f, Node ***ret_items)
{
	if (f->node->kind == NODE_LIST) {
		*ret_items = f->node->items;
		return f->node->n;
	}
	*ret_items = ARENA_NEW(f->l->scratch, Node *);
	**ret_items = f->node;
	return 1;
}

static void store_texts(const Field *f, const char **texts, size_t n)
{
	Texts *into = f->at;

	*into = (Texts){ texts, n };
}

static void read_texts(const Field *f)
{
	Node **items;
	size_t n = list_of(f, &items), kept = 0;
	const char **texts = ARENA_ARRAY(f->l->arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++) {
		const char *text = plan_scalar_text(f, items[i]);

		if (!text || !good_form(f, items[i], text) || reveals_secret(f, items[i], NULL))
			continue;
		if (f->row->choices && !plan_choice_by_name(f->row->choices, text))
			not_a_choice(&(Field){ f->l, f->row, items[i], NULL, f->path }, items[i]);
		else
			texts[kept++] = plan_keep(f->l, items[i]);
		look_up_later(f, items[i]);
	}
	store_texts(f, texts, kept);
}

static void read_names(const Field *f)
{
	Node **items;
	size_t n = list_of(f, &items), kept = 0;
	const char **texts = ARENA_ARRAY(f->l->arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++) {
		const char *text = plan_scalar_text(f, items[i]);

		if (!text)
			continue;
		texts[kept++] = plan_keep(f->l, items[i]);
		if (!(f->row->flags & BARE) && !plan_known_name(f->l, f->row, text))
			find_later(f, items[i], NULL);
	}
	store_texts(f, texts, kept);
}

static void read_pairs(const Field *f)
{
	Pairs *into = f->at;
	size_t n = f->node->n, kept = 0;
	Pair *pairs;

	if (f->node->kind != NODE_MAP) {
		wrong_shape(f, f->node);
		return;
	}
	pairs = ARENA_ARRAY(f->l->arena, Pair, n + 1);
	for (size_t i = 0; i < n; i++) {
		const NodePair *p = &f->node->pairs[i];
		const char *value = plan_scalar_text(f, p->value);

		if (!value || reveals_secret(f, p->value, p->key->text))
			continue;
		pairs[kept++] = (Pair){ plan_keep(f->l, p->key), plan_keep(f->l, p->value) };
		/* Redacted from whatever is printed later, though it is no secret row. */
		if (p->value->tainted && plan_looks_secret(p->key->text, value))
			list_add(&f->l->secrets, secret_new(value));
	}
	*into = (Pairs){ pairs, kept };
}

static void read_accept(const Field *f)
{
	read_pairs(f);
	if (f->node->kind != NODE_MAP)
		return;
	for (size_t i = 0; i < f->node->n; i++) {
		const Node *key = f->node->pairs[i].key;
		bool known = false;

		for (size_t c = 0; c < FINDING_CODES && !known; c++)
			known = *key->text == 'L' &&
			        text_eq(plan_finding_infos[c].code, key->text) &&
			        plan_finding_infos[c].severity != SEVERITY_ERROR;
		if (!known)
			plan_complain_at(f, key, F_S07,
			                 "Only warnings and notes of the plan's contents, "
			                 "L…, can be accepted, each with a reason.",
			                 "'%.20s' is no finding that can be accepted", key->text);
	}
}

/* ---- programs ---- */

static void read_argv_line(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node), *rest = text;
	const char **argv;
	size_t n = 0;

	if (!text)
		return;
	if (strpbrk(text, "|&;<>`\"'\\\n") || strstr(text, "$(")) {
		plan_complain(f, F_S11, plan_finding_infos[F_S11].what[0],
		              "'%s' uses what only a shell understands", f->row->key);
		return;
	}
	argv = ARENA_ARRAY(f->l->arena, const char *, strlen(text) / 2 + 2);
	while (*(rest += strspn(rest, " \t"))) {
		size_t word = strcspn(rest, " \t");

		argv[n++] = arena_text_n(f->l->arena, rest, word);
		rest += word;
	}
	store_texts(f, argv, n);
}

static void read_argv(const Field *f)
{
	if (f->node->kind == NODE_LIST)
		read_texts(f);
	else
		read_argv_line(f);
}

/* ---- secrets ---- */

static const char *secret_from_env(const Field *f, const char *name)
{
	const PlanSource *s = f->l->source;
	const char *value = s && s->env ? s->env(s->ctx, f->l->scratch, name) : NULL;

	if (text_is_empty(value)) {
		FindingCode code = s && s->no_secrets ? F_R07 : F_R05;

		plan_complain(f, code, plan_finding_infos[code].what[0],
		              code == F_R07 ? "the environment variable '%s' has no value here"
		                            : "the environment variable '%s' is not set",
		              name);
		return NULL;
	}
	return value;
}

static const char *secret_from_file(const Field *f, const char *path)
{
	const PlanSource *s = f->l->source;
	Err err = { 0 };
	const char *value = s && s->file ? s->file(s->ctx, f->l->scratch, path, &err) : NULL;
	FindingCode code = s && s->no_secrets ? F_R07 : F_R06;

	if (text_is_empty(value)) {
		plan_complain(f, code, *err.hint ? err.hint : plan_finding_infos[code].what[0],
		              "%s", *err.message ? err.message : "the secret's file was not read");
		return NULL;
	}
	return value;
}

/* The copy that came through the arena is wiped; the secret keeps its own. */
static void read_secret(const Field *f)
{
	const char *s = f->node->kind == NODE_SCALAR ? f->node->text : "", *value;
	const Secret *secret;
	char *name;

	if (!is_text(f, f->node))
		return;
	if (!plan_is_secret_reference(s)) {
		literal_secret(f, f->node, "a secret");
		return;
	}
	name = arena_text(f->l->scratch, strchr(s, ':') + 1);
	name[strlen(name) - 1] = '\0';
	value = text_starts(s, "${env:") ? secret_from_env(f, name) : secret_from_file(f, name);
	if (!value)
		return;
	secret = secret_new(value);
	sodium_memzero((char *)(uintptr_t)value, strlen(value));
	list_add(&f->l->secrets, secret);
	memcpy(f->at, &secret, sizeof secret);
}

/* ---- words and numbers ---- */

static const Choice yes_no[] = {
	{ "yes", 1, 0 }, { "no", 0, 0 }, { "true", 1, 0 }, { "false", 0, 0 }, { 0 }
};

static bool yes_or_no(const Field *f, const char *text, bool *ret)
{
	Row row = *f->row;
	const Choice *c;

	if (!row.choices)
		row.choices = yes_no;
	c = choice_of(&(Field){ f->l, &row, f->node, f->at, f->path }, text);
	if (c)
		*ret = (c->value != 0) != !!(row.flags & INVERTED);
	return c != NULL;
}

static void read_bool(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	bool value;

	if (text && yes_or_no(f, text, &value))
		*(bool *)f->at = value;
}

static void read_yes(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	bool value;

	if (text && yes_or_no(f, text, &value))
		*(int *)f->at = value;
}

static bool in_range(const Field *f, double value)
{
	const Row *row = f->row;

	if (row->min < row->max && (value < row->min || value > row->max)) {
		plan_complain(f, F_S06, NULL, "'%s' must be between %g and %g, not %s", row->key,
		              row->min, row->max, shown(f->l, f->node));
		return false;
	}
	return true;
}

static void read_int(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	const Choice *word = text ? plan_choice_by_name(f->row->choices, text) : NULL;
	int64_t value;

	if (!text)
		return;
	if (word) /* "ask" among numbers */
		*(int *)f->at = word->value;
	else if (!text_int(text, &value))
		bad_value(f, f->node, "");
	else if (value < INT32_MIN || value > INT32_MAX)
		plan_complain(f, F_S06, NULL, "'%s' is far too large", f->row->key);
	else if (in_range(f, (double)value))
		*(int *)f->at = (int)value;
}

static void read_enum(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	const Choice *c = text ? choice_of(f, text) : NULL;

	if (c)
		memcpy(f->at, &c->value, sizeof c->value);
}

static const char *unit_words(unsigned units)
{
	return units & 1u << UNIT_SECONDS   ? "a time, such as 2s"
	       : units & 1u << UNIT_PERCENT ? "a percentage, such as 90%"
	       : units & 1u << UNIT_BYTES   ? "a size, such as 10M"
	                                    : "a plain number";
}

static void read_quantity(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Quantity q;
	Err err = { 0 };

	if (!text)
		return;
	if (!quantity_parse(text, &q, &err))
		bad_value(f, f->node, strstr(err.message, "unit") ? "its unit is not known" : "");
	else if (!q.unset && f->row->units && !(f->row->units & 1u << q.unit))
		plan_complain(f, F_S05, NULL, "'%s' is %s, not %s", f->row->key,
		              unit_words(f->row->units), shown(f->l, f->node));
	else if (q.unset || in_range(f, q.value))
		*(Quantity *)f->at = q;
}

/* ---- time ---- */

static void read_span(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !span_parse(text, f->at))
		bad_value(f, f->node, "");
}

static void read_keep(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !keep_parse(text, f->at, NULL))
		bad_value(f, f->node, "");
}

static void read_threshold(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Threshold t;

	if (!text)
		return;
	if (!threshold_parse(text, &t, NULL))
		bad_value(f, f->node, "");
	else if (!t.value.unset && f->row->units && !(f->row->units & 1u << t.value.unit))
		plan_complain(f, F_S05, NULL, "'%s' is %s, not %s", f->row->key,
		              unit_words(f->row->units), shown(f->l, f->node));
	else if (t.value.unset || in_range(f, t.value.value))
		*(Threshold *)f->at = t;
}

static void read_real(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	double value;

	if (!text)
		return;
	if (!plan_leading_number(&text, &value) || *text)
		bad_value(f, f->node, "");
	else if (in_range(f, value))
		*(double *)f->at = value;
}

/* The second value's place is the row's count_at. */
static void *second_of(const Field *f) { return (char *)f->at - f->row->at + f->row->count_at; }

static void read_span_range(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !span_range_parse(text, f->at, second_of(f), NULL))
		bad_value(f, f->node, "");
}

static void read_real_range(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	double from, to;

	if (!text)
		return;
	if (!real_range_parse(text, &from, &to, NULL)) {
		bad_value(f, f->node, "");
	} else if (in_range(f, from) && in_range(f, to)) {
		*(double *)f->at = from;
		*(double *)second_of(f) = to;
	}
}

static void read_deadline(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !deadline_parse(text, f->at, NULL))
		bad_value(f, f->node, "");
}

static void read_per_env(const Field *f)
{
	PerEnvDeadline *into = f->at;
	Node *map = f->node;
	Deadline *limits;
	Pair *names;

	if (map->kind != NODE_MAP) {
		read_deadline(&(Field){ f->l, f->row, map, &into->all, f->path });
		return;
	}
	names = ARENA_ARRAY(f->l->arena, Pair, map->n + 1);
	limits = ARENA_ARRAY(f->l->arena, Deadline, map->n + 1);
	for (size_t i = 0; i < map->n; i++) {
		Path path = { f->path, map->pairs[i].key->text };

		names[i].key = plan_keep(f->l, map->pairs[i].key);
		if (map->pairs[i].value->kind == NODE_SCALAR)
			names[i].value = plan_keep(f->l, map->pairs[i].value);
		read_deadline(&(Field){ f->l, f->row, map->pairs[i].value, &limits[i], &path });
	}
	into->by_env = names;
	into->env = limits;
	into->n = map->n;
}

/* The parser's reason, unless it only says again that the text is not one. */
static const char *why(const Err *err) { return *err->message == '\'' ? "" : err->message; }

static void read_schedule(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Err err = { 0 };

	if (text && !schedule_parse(text, f->at, &err))
		bad_value(f, f->node, why(&err));
}

/* The list itself is filled, and missed, when the head has been read. */
static void bind_holidays(const Field *f, Hours *h)
{
	h->closed = &f->l->plan->holidays;
	if (!h->except_holidays || f->l->holiday_node)
		return;
	f->l->holiday_node = f->node;
	f->l->holiday_path = plan_path_text(f->l, f->path);
}

static void read_hours(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Err err = { 0 };

	if (text && !hours_parse(text, f->at, &err))
		bad_value(f, f->node, why(&err));
	else if (text)
		bind_holidays(f, f->at);
}

static void read_zone(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	const Zone *zone;
	Err err = { 0 };

	if (!text)
		return;
	if (zone_load(text, &zone, &err))
		memcpy(f->at, &zone, sizeof zone);
	else
		plan_complain(f, F_S05, *err.hint ? err.hint : "Write for example: Europe/Paris",
		              "%s is not a time zone", shown(f->l, f->node));
}

/* ---- the rest ---- */

static void read_period(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !period_parse(text, f->at, NULL))
		bad_value(f, f->node, "");
}

static void read_range(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Err err = { 0 };

	if (text && !range_parse(text, f->at, &err))
		bad_value(f, f->node,
		          strstr(err.message, "empty") ? "its end is not above its start" : "");
}

static void read_money(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);

	if (text && !money_parse(text, f->at, NULL))
		bad_value(f, f->node, "");
}

static void read_condition(const Field *f)
{
	const char *text = plan_scalar_text(f, f->node);
	Err err = { 0 };

	if (text && !condition_parse(text, f->at, &err))
		bad_value(f, f->node, err.message);
}

/* Where the entry is known already nothing is left for later; a draft relies on it. */
static void read_ref(const Field *f)
{
	const char *id = plan_scalar_text(f, f->node);
	const void *found = NULL;

	for (unsigned i = 0; id && i < SECTIONS && !found; i++) {
		if (f->row->refs & f->l->walked & UINT64_C(1) << i)
			found = plan_loader_find(f->l, (SectionId)i, id);
	}
	if (found)
		memcpy(f->at, &found, sizeof found);
	else if (id)
		find_later(f, f->node, f->at);
}

static void (*const readers[ROW_KINDS])(const Field *f) = {
	[ROW_TEXT] = read_text,
	[ROW_TEXTS] = read_texts,
	[ROW_PAIRS] = read_pairs,
	[ROW_ARGV] = read_argv,
	[ROW_SECRET] = read_secret,
	[ROW_BOOL] = read_bool,
	[ROW_YES] = read_yes,
	[ROW_INT] = read_int,
	[ROW_ENUM] = read_enum,
	[ROW_SPAN] = read_span,
	[ROW_QUANTITY] = read_quantity,
	[ROW_DEADLINE] = read_deadline,
	[ROW_PER_ENV] = read_per_env,
	[ROW_SCHEDULE] = read_schedule,
	[ROW_HOURS] = read_hours,
	[ROW_PERIOD] = read_period,
	[ROW_RANGE] = read_range,
	[ROW_MONEY] = read_money,
	[ROW_KEEP] = read_keep,
	[ROW_THRESHOLD] = read_threshold,
	[ROW_SPAN_RANGE] = read_span_range,
	[ROW_REAL_RANGE] = read_real_range,
	[ROW_REAL] = read_real,
	[ROW_CONDITION] = read_condition,
	[ROW_ZONE] = read_zone,
	[ROW_REF] = read_ref,
	[ROW_NAMES] = read_names,
	[ROW_ACCEPT] = read_accept,
};

/* Kinds whose own grammar has the word `unset`. */
static bool has_own_unset(RowKind kind)
{
	return kind == ROW_QUANTITY || kind == ROW_DEADLINE || kind == ROW_PER_ENV ||
	       kind == ROW_SCHEDULE || kind == ROW_PERIOD || kind == ROW_KEEP ||
	       kind == ROW_THRESHOLD;
}

void plan_read_value_of(const Field *f)
{
	bool unset = f->node->kind == NODE_SCALAR && f->node->plain &&
	             text_eq(f->node->text, "unset") && !has_own_unset(f->row->kind);

	if (unset && (f->row->flags & UNSET))
		return;
	if (unset && f->row->kind != ROW_PAIRS && f->row->kind != ROW_ACCEPT)
		plan_complain(f, F_S05, "Write the value, or remove the key.",
		              "'%s' cannot be `unset`", f->row->key);
	else
		readers[f->row->kind](f);
}
