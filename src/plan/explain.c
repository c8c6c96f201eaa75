/* `carene explain`: a section, a key, a type of value or the code of a finding, in
 * English or French, from the same tables that the loader reads. */
#include "plan/builtin_metrics.h"
#include "plan/load.h"
#include "plan/ref_private.h"
#include "plan/sections_private.h"

#include "core/text.h"

#include <string.h>

/* The two languages of a text. */
typedef struct Say {
	bool fr;
	Buf *out;
} Say;

static const char *pick(const Say *s, const char *en, const char *fr) { return s->fr ? fr : en; }

static void line(const Say *s, const char *label, const char *text)
{
	if (text)
		buf_printf(s->out, "%s%s%s\n", label, s->fr ? " : " : ": ", text);
}

/* Column by characters, since French counts more bytes. */
static void pad(Buf *out, const char *s, size_t width)
{
	size_t n = utf8_count(s, strlen(s));

	buf_text(out, s);
	for (; n < width; n++)
		buf_char(out, ' ');
}

/* ---- a key ---- */

static const Table *types_table(const Table *t) { return t->types ? t : NULL; }

static void list_choices(const Say *s, const Row *row)
{
	buf_text(s->out, row->kind == ROW_INT ? pick(s, "or the word: ", "ou le mot : ")
	                                      : pick(s, "one of: ", "au choix : "));
	for (const Choice *c = row->choices; c->name; c++)
		buf_printf(s->out, "%s%s", c == row->choices ? "" : ", ", c->name);
	buf_char(s->out, '\n');
}

static void list_refs(const Say *s, const Row *row)
{
	bool first = true;

	buf_text(s->out, pick(s, "names an entry of: ", "désigne une entrée de : "));
	for (unsigned i = 0; i < SECTIONS; i++) {
		if (row->refs & UINT64_C(1) << i) {
			buf_printf(s->out, "%s%s", first ? "" : ", ", plan_sections[i].name);
			first = false;
		}
	}
	buf_char(s->out, '\n');
}

static void list_types(const Say *s, const Table *t, unsigned only)
{
	bool first = true;

	buf_text(s->out, pick(s, "only for type: ", "seulement pour type : "));
	for (const Choice *c = t->types; c->name; c++) {
		if (only & 1u << c->value) {
			buf_printf(s->out, "%s%s", first ? "" : ", ", c->name);
			first = false;
		}
	}
	buf_char(s->out, '\n');
}

static void list_keys(const Say *s, const Table *t)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		const Row *row = &t->rows[i];

		buf_text(s->out, "  ");
		pad(s->out, row->key, 22);
		buf_printf(s->out, "%s%s\n",
		           row->flags & REQUIRED ? pick(s, "(required) ", "(obligatoire) ") : "",
		           pick(s, row->en, row->fr));
	}
}

static void list_item_keys(const Say *s, const Table *t)
{
	if (!t->has_item || t == &schema_item)
		return;
	buf_text(s->out, pick(s, "\nand, as every entry:\n", "\net, comme toute entrée :\n"));
	list_keys(s, &schema_item);
}

static void explain_row(const Say *s, const char *where, const Table *t, const Row *row)
{
	const KindInfo *info = &plan_kind_infos[row->kind];

	buf_printf(s->out, "%s.%s\n\n%s\n\n", where, row->key, pick(s, row->en, row->fr));
	line(s, pick(s, "type", "type"), plan_row_type(row, s->fr));
	if (row->choices)
		list_choices(s, row);
	if (row->refs)
		list_refs(s, row);
	if (row->min < row->max)
		buf_printf(s->out, "%s %g %s %g\n", pick(s, "from", "de"), row->min,
		           pick(s, "to", "à"), row->max);
	line(s, pick(s, "required", "obligatoire"),
	     row->flags & REQUIRED ? pick(s, "yes", "oui") : NULL);
	line(s, pick(s, "absent", "absent"), plan_absent(row, s->fr));
	line(s, pick(s, "unset", "unset"),
	     row->flags & UNSET ? pick(s, "accepted: the plan is silent here, and it is said",
	                               "accepté : le plan se tait, et cela se dit")
	                        : NULL);
	if (row->only && types_table(t))
		list_types(s, t, row->only);
	line(s, pick(s, "example", "exemple"), plan_row_example(row));
	if (row->table) {
		buf_text(s->out, pick(s, "\nIts keys:\n", "\nSes clés :\n"));
		list_keys(s, row->table);
		list_item_keys(s, row->table);
	} else if (info->long_en && row->kind != ROW_TEXT && row->kind != ROW_ENUM) {
		buf_printf(s->out, "\n%s\n", pick(s, info->long_en, info->long_fr));
	}
}

/* "checks.every", "checks.site.every" (an entry's name in between is passed over),
 * "classes.phases.items". */
static bool explain_path(const Say *s, const Table *t, const char *where, const char *rest)
{
	char key[64], deeper[128];
	const char *dot = strchr(rest, '.');
	size_t n = dot ? (size_t)(dot - rest) : strlen(rest);
	const Row *row;

	if (n == 0 || n >= sizeof key)
		return false;
	text_copy(key, n + 1, rest);
	row = plan_table_row(t, key);
	if (!row)
		return dot && explain_path(s, t, where, dot + 1);
	if (!dot) {
		explain_row(s, where, t, row);
		return true;
	}
	(void)snprintf(deeper, sizeof deeper, "%s.%s", where, key);
	return row->table && explain_path(s, row->table, deeper, dot + 1);
}

/* ---- sections, types, findings ---- */

static void list_metrics(const Say *s)
{
	static const char *const units[] = {
		[UNIT_NONE] = "",       [UNIT_PERCENT] = "%",    [UNIT_SECONDS] = "s",
		[UNIT_BYTES] = "bytes", [UNIT_PER_MIN] = "/min", [UNIT_SCORE] = "/5",
	};

	buf_text(s->out, pick(s, "\nBuilt-in metrics:\n", "\nMétriques intégrées :\n"));
	for (size_t i = 0; i < builtin_metrics_n; i++) {
		const BuiltinMetric *m = &builtin_metrics[i];

		buf_text(s->out, "  ");
		pad(s->out, m->name, 18);
		pad(s->out, units[m->unit], 6);
		buf_printf(s->out, "%s\n", pick(s, m->en, m->fr));
	}
}

static void explain_section(const Say *s, const Section *section)
{
	buf_printf(s->out, "%s\n\n%s\n", section->name, pick(s, section->en, section->fr));
	if (plan_section_is_later(section->name))
		buf_printf(s->out, "%s\n",
		           pick(s, "Scheduled and judged; this version does not carry it out.",
		                "Planifié et jugé ; cette version ne l'exécute pas."));
	buf_char(s->out, '\n');
	list_keys(s, section->table);
	list_item_keys(s, section->table);
	if (section == &plan_sections[SECTION_METRICS])
		list_metrics(s);
}

typedef struct TypeName {
	const char *en, *fr;
	RowKind kind;
} TypeName;

static const TypeName type_names[] = {
	{ "text", "texte", ROW_TEXT },
	{ "duration", "durée", ROW_SPAN },
	{ "quantity", "valeur", ROW_QUANTITY },
	{ "deadline", "échéance", ROW_DEADLINE },
	{ "schedule", "planification", ROW_SCHEDULE },
	{ "hours", "heures", ROW_HOURS },
	{ "period", "période", ROW_PERIOD },
	{ "range", "plage", ROW_RANGE },
	{ "money", "argent", ROW_MONEY },
	{ "condition", "condition", ROW_CONDITION },
	{ "keep", "conservation", ROW_KEEP },
	{ "threshold", "seuil", ROW_THRESHOLD },
	{ "secret", "secret", ROW_SECRET },
	{ "program", "programme", ROW_ARGV },
};

static void explain_type(const Say *s, const TypeName *t)
{
	const KindInfo *info = &plan_kind_infos[t->kind];

	buf_printf(s->out, "%s\n\n%s\n", pick(s, t->en, t->fr),
	           pick(s, info->long_en, info->long_fr));
	if (info->example) {
		buf_char(s->out, '\n');
		line(s, pick(s, "examples", "exemples"), info->example);
	}
}

/* The words a reference may begin with, the section behind each, and its parts. */
static void list_references(const Say *s, const char *before, const char *after)
{
	for (RefKind k = REF_NONE + 1; k < REF_KINDS; k++) {
		buf_printf(s->out, "%s%s:%s", before, ref_kind_name(k), pick(s, "NAME", "NOM"));
		for (size_t i = 0; ref_kind_part(k, i); i++)
			buf_printf(s->out, " :%s", ref_kind_part(k, i));
		buf_printf(s->out, "%s%s%s\n", after, plan_sections[ref_kind_section(k)].name,
		           ref_kind_runs(k)
		                   ? pick(s, ", measured by the machine", ", mesuré par la machine")
		                   : "");
	}
}

static void explain_reference(const Say *s)
{
	buf_printf(s->out, "%s\n\n%s\n\n", pick(s, "reference", "référence"),
	           pick(s,
	                "kind:name, or kind:name:part. `db:NAME` is a database, else a database "
	                "action; `load:` is `load_test:`, `deploy:` is `deployment:`.",
	                "nature:nom, ou nature:nom:partie. `db:NOM` est une base, sinon une action "
	                "sur une base ; `load:` vaut `load_test:`, `deploy:` vaut `deployment:`."));
	list_references(s, "  ", "  → ");
}

static void explain_finding(const Say *s, const FindingInfo *f)
{
	static const char *const severities[][2] = { { "error", "erreur" },
		                                     { "warning", "avertissement" },
		                                     { "note", "note" } };
	int l = s->fr;

	buf_printf(s->out, "%s (%s): %s\n\n%s\n%s\n", f->code, severities[f->severity][l],
	           f->name[l], f->why[l], f->what[l]);
	if (*f->code == 'L' && f->severity != SEVERITY_ERROR)
		buf_printf(s->out, "%s  accept: {%s: %s}\n",
		           pick(s, "Weighed and kept as it is? Write on the entry",
		                "Pesé et gardé tel quel ? Écrire sur l'entrée"),
		           f->code, pick(s, "the reason", "la raison"));
}

static void list_all(const Say *s)
{
	buf_text(s->out, pick(s, "Sections\n", "Sections\n"));
	for (size_t i = 0; i < SECTIONS; i++) {
		buf_text(s->out, "  ");
		pad(s->out, plan_sections[i].name, 14);
		buf_printf(s->out, "%s\n", pick(s, plan_sections[i].en, plan_sections[i].fr));
	}
	buf_text(s->out, pick(s, "\nScheduled and judged, not carried out by this version\n ",
	                      "\nPlanifiées et jugées, pas exécutées par cette version\n "));
	for (size_t i = 0; plan_later_sections[i]; i++)
		buf_printf(s->out, " %s%s", plan_later_sections[i],
		           i % 8 == 7 && plan_later_sections[i + 1] ? "\n " : "");
	buf_text(s->out, pick(s, "\n\nTypes\n", "\n\nTypes\n"));
	for (size_t i = 0; i < COUNT_OF(type_names); i++) {
		const char *example = plan_kind_infos[type_names[i].kind].example;

		buf_text(s->out, "  ");
		pad(s->out, pick(s, type_names[i].en, type_names[i].fr), 14);
		buf_printf(s->out, "%s\n", example ? example : "");
	}
	buf_printf(s->out, "  %s     check:site, log:app:rotate\n",
	           pick(s, "reference", "référence"));
	buf_text(s->out, pick(s, "\nFindings\n", "\nConstats\n"));
	for (size_t i = 0; i < FINDING_CODES; i++)
		buf_printf(s->out, "  %s  %s\n", plan_finding_infos[i].code,
		           plan_finding_infos[i].name[s->fr]);
}

/* The whole reference, as Markdown: docs/plan.md is this. */
static void write_table_md(const Say *s, const char *where, const Table *t);

static void write_row_md(const Say *s, const Row *row)
{
	buf_printf(s->out, "| `%s` | %s%s | %s", row->key, plan_row_type(row, s->fr),
	           row->flags & REQUIRED ? pick(s, ", **required**", ", **obligatoire**") : "",
	           pick(s, row->en, row->fr));
	if (row->choices) {
		for (const Choice *c = row->choices; c->name; c++)
			buf_printf(s->out, " `%s`", c->name);
	}
	if (row->absent)
		buf_printf(s->out, " %s %s.", pick(s, "Absent:", "Absent :"),
		           plan_absent(row, s->fr));
	if (row->example)
		buf_printf(s->out, " `%s`", row->example);
	buf_text(s->out, " |\n");
}

static void write_table_md(const Say *s, const char *where, const Table *t)
{
	buf_text(s->out, pick(s, "| key | type | meaning |\n|---|---|---|\n",
	                      "| clé | type | sens |\n|---|---|---|\n"));
	for (size_t i = 0; i < t->rows_n; i++)
		write_row_md(s, &t->rows[i]);
	buf_char(s->out, '\n');
	for (size_t i = 0; i < t->rows_n; i++) {
		char deeper[128];

		if (!t->rows[i].table)
			continue;
		(void)snprintf(deeper, sizeof deeper, "%s.%s", where, t->rows[i].key);
		buf_printf(s->out, "#### %s\n\n", deeper);
		if (t->rows[i].table == &schema_step && !text_eq(deeper, "tasks.items")) {
			buf_text(s->out,
			         pick(s, "Steps, with the keys of [tasks.items](#tasksitems).\n\n",
			              "Des étapes, avec les clés de "
			              "[tasks.items](#tasksitems).\n\n"));
			continue;
		}
		write_table_md(s, deeper, t->rows[i].table);
	}
}

static void write_reference(const Say *s)
{
	buf_text(s->out,
	         pick(s,
	              "# The plan language: reference\n\nPrinted by `carene explain all`; how "
	              "to write a plan is in [plan.md](plan.md).\n\n",
	              "# Le langage du plan : référence\n\nImprimée par `carene explain all "
	              "--language fr`.\n\n"));
	buf_text(s->out, pick(s, "## Types of values\n\n", "## Types de valeurs\n\n"));
	for (size_t i = 0; i < COUNT_OF(type_names); i++) {
		const KindInfo *info = &plan_kind_infos[type_names[i].kind];

		buf_printf(s->out, "- **%s**: %s%s%s%s\n",
		           pick(s, type_names[i].en, type_names[i].fr),
		           pick(s, info->long_en, info->long_fr), info->example ? " `" : "",
		           info->example ? info->example : "", info->example ? "`" : "");
	}
	buf_text(s->out, pick(s, "\n## References\n\n", "\n## Références\n\n"));
	buf_text(s->out, pick(s,
	                      "`do:` and the calendar name an entry as `kind:name` or "
	                      "`kind:name:part`.\n\n",
	                      "`do:` et le calendrier désignent une entrée par `nature:nom` ou "
	                      "`nature:nom:partie`.\n\n"));
	list_references(s, "- `", "`: ");
	buf_text(s->out, pick(s, "\n## Keys of every entry\n\n", "\n## Clés de toute entrée\n\n"));
	write_table_md(s, "*", &schema_item);
	for (size_t i = 0; i < SECTIONS; i++) {
		buf_printf(s->out, "## %s\n\n%s\n\n", plan_sections[i].name,
		           pick(s, plan_sections[i].en, plan_sections[i].fr));
		write_table_md(s, plan_sections[i].name, plan_sections[i].table);
	}
	buf_text(s->out, pick(s, "## Built-in metrics\n\n| name | meaning |\n|---|---|\n",
	                      "## Métriques intégrées\n\n| nom | sens |\n|---|---|\n"));
	for (size_t i = 0; i < builtin_metrics_n; i++)
		buf_printf(s->out, "| `%s` | %s |\n", builtin_metrics[i].name,
		           pick(s, builtin_metrics[i].en, builtin_metrics[i].fr));
	buf_text(s->out,
	         pick(s, "\n## Findings\n\n| code | name | why, and what to do |\n|---|---|---|\n",
	              "\n## Constats\n\n| code | nom | pourquoi, et que faire |\n|---|---|---|\n"));
	for (size_t i = 0; i < FINDING_CODES; i++) {
		const FindingInfo *f = &plan_finding_infos[i];

		buf_printf(s->out, "| %s | %s | %s *%s* |\n", f->code, f->name[s->fr],
		           f->why[s->fr], f->what[s->fr]);
	}
}

/* ---- which of them ---- */

static bool by_type_or_code(const Say *s, const char *what)
{
	if (text_eq(what, "reference") || text_eq(what, "référence")) {
		explain_reference(s);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(type_names); i++) {
		if (text_eq(what, type_names[i].en) || text_eq(what, type_names[i].fr)) {
			explain_type(s, &type_names[i]);
			return true;
		}
	}
	for (size_t i = 0; i < FINDING_CODES; i++) {
		if (strcasecmp(what, plan_finding_infos[i].code) == 0) {
			explain_finding(s, &plan_finding_infos[i]);
			return true;
		}
	}
	return false;
}

static bool by_section(const Say *s, const char *what)
{
	size_t n = strcspn(what, ".");

	for (size_t i = 0; i < SECTIONS; i++) {
		const Section *section = &plan_sections[i];

		if (strlen(section->name) != n || strncmp(section->name, what, n) != 0)
			continue;
		if (!what[n]) {
			explain_section(s, section);
			return true;
		}
		return explain_path(s, section->table, section->name, what + n + 1);
	}
	return false;
}

static bool by_metric(const Say *s, const char *what)
{
	const BuiltinMetric *m = builtin_metric(what);

	if (m) {
		buf_printf(s->out, "%s\n\n%s\n", m->name, pick(s, m->en, m->fr));
		return true;
	}
	return false;
}

/* A bare key: every section that has it. */
static bool by_key(const Say *s, const char *what)
{
	bool any = false;

	for (size_t i = 0; i < SECTIONS; i++) {
		const Table *t = plan_sections[i].table;

		for (size_t r = 0; r < t->rows_n; r++) {
			if (!text_eq(t->rows[r].key, what))
				continue;
			if (any)
				buf_char(s->out, '\n');
			explain_row(s, plan_sections[i].name, t, &t->rows[r]);
			any = true;
		}
	}
	if (!any && plan_table_row(&schema_item, what)) {
		explain_row(s, "*", &schema_item, plan_table_row(&schema_item, what));
		any = true;
	}
	return any;
}

static void suggest(const Say *s, const char *what)
{
	const char *best = NULL;
	unsigned least = (unsigned)strlen(what) / 3 + 2;

	for (size_t i = 0; i < SECTIONS; i++) {
		unsigned d = text_distance(what, plan_sections[i].name);

		if (d < least) {
			least = d;
			best = plan_sections[i].name;
		}
	}
	if (best)
		buf_printf(s->out, "%s %s?", pick(s, "did you mean", "peut-être :"), best);
}

bool plan_explain(const char *what, const char *language, Buf *out)
{
	Say s = { text_eq(language, "fr"), out };

	if (!*what)
		list_all(&s);
	else if (text_eq(what, "all"))
		write_reference(&s);
	else if (!by_section(&s, what) && !by_type_or_code(&s, what) && !by_metric(&s, what) &&
	         !by_key(&s, what)) {
		suggest(&s, what);
		return false;
	}
	return true;
}
