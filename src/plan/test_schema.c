#include "harness.h"

#include "plan/sections_private.h"
#include "plan/testing.h"

#include <jansson.h>
#include <regex.h>

static void each_table(const Table *t, const char *where,
                       void (*see)(const Table *t, const char *where))
{
	see(t, where);
	for (size_t i = 0; i < t->rows_n; i++) {
		AUTO_FREE char *deeper = mem_printf("%s.%s", where, t->rows[i].key);

		if (t->rows[i].table)
			each_table(t->rows[i].table, deeper, see);
	}
}

static void each_section(void (*see)(const Table *t, const char *where))
{
	for (size_t i = 0; i < SECTIONS; i++)
		each_table(plan_sections[i].table, plan_sections[i].name, see);
}

static void is_documented(const Table *t, const char *where)
{
	for (size_t i = 0; i < t->rows_n; i++) {
		const Row *row = &t->rows[i];

		if (!row->en || !row->fr || !*row->en || !*row->fr ||
		    row->en[strlen(row->en) - 1] != '.')
			(void)test_fail(__FILE__, __LINE__, "%s.%s is not documented", where,
			                row->key);
		if (row->absent && strchr(row->absent, ' ') &&
		    plan_absent(row, true) == row->absent)
			(void)test_fail(__FILE__, __LINE__, "%s.%s: '%s' is not in French", where,
			                row->key, row->absent);
		if (row->kind == ROW_ENUM && !row->choices)
			(void)test_fail(__FILE__, __LINE__, "%s.%s has no choices", where,
			                row->key);
		if ((row->kind == ROW_REF || row->kind == ROW_NAMES) && !row->refs)
			(void)test_fail(__FILE__, __LINE__, "%s.%s refers to nothing", where,
			                row->key);
		for (size_t j = 0; j < i; j++) {
			if (text_eq(row->key, t->rows[j].key))
				(void)test_fail(__FILE__, __LINE__, "%s.%s is there twice", where,
				                row->key);
		}
		if (t->has_item && t != &schema_item && plan_table_row(&schema_item, row->key) &&
		    !(t == &schema_plan && text_eq(row->key, "owner"))) /* words there */
			(void)test_fail(__FILE__, __LINE__, "%s.%s hides a common key", where,
			                row->key);
	}
}

TEST(every_key_is_documented_in_both_languages_and_unique)
{
	each_section(is_documented);
	is_documented(&schema_item, "*");
}

static void is_explained(const Table *t, const char *where)
{
	static const char *const languages[] = { "en", "fr" };

	for (size_t i = 0; i < t->rows_n; i++) {
		for (size_t l = 0; l < 2; l++) {
			AUTO_FREE char *path = mem_printf("%s.%s", where, t->rows[i].key);
			AUTO(Buf) out = { 0 };

			if (!plan_explain(path, languages[l], &out))
				(void)test_fail(__FILE__, __LINE__, "%s is not explained", path);
			EXPECT_HAS(buf_str(&out), l ? t->rows[i].fr : t->rows[i].en);
		}
	}
}

TEST(every_key_is_explained)
{
	each_section(is_explained);
}

TEST(sections_types_findings_and_metrics_are_explained)
{
	static const char *const rows[][2] = {
		{ "", "Findings" },
		{ "checks", "How often." },
		{ "duration", "8h45m" },
		{ "L07", "placeholder contact" },
		{ "l16", "literal secret" },
		{ "cpu_used", "Processor use." },
		{ "backups", "does not carry it out" },
		{ "metrics", "Built-in metrics" },
		{ "checks.site.every", "How often." },
		{ "every", "How often." },
		{ "label", "Name people read" },
		{ "classes.phases.items", "checklist" },
		{ "all", "| `every` |" },
		{ "reference", "log:NAME :review :rotate" },
		{ "reference", "check:NAME  → checks, measured by the machine" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Buf) out = { 0 };

		EXPECT(plan_explain(rows[i][0], "en", &out));
		EXPECT_HAS(buf_str(&out), rows[i][1]);
	}
	AUTO(Buf) fr = { 0 };
	EXPECT(plan_explain("durée", "fr", &fr));
	AUTO(Buf) nothing = { 0 };
	EXPECT(!plan_explain("chekcs", "en", &nothing));
	EXPECT_TEXT(buf_str(&nothing), "did you mean checks?");
	AUTO(Buf) far = { 0 };
	EXPECT(!plan_explain("qwertyuiop", "en", &far));
	EXPECT(!plan_explain("checks.nothing", "en", &far));
}

TEST(every_finding_says_what_why_and_what_to_do_in_both_languages)
{
	for (size_t i = 0; i < FINDING_CODES; i++) {
		const FindingInfo *f = &plan_finding_infos[i];

		for (int l = 0; l < 2; l++)
			EXPECT(*f->name[l] && *f->why[l] && *f->what[l]);
		EXPECT(strlen(f->code) == 3);
	}
}

static json_t *schema(void)
{
	AUTO(Buf) out = { 0 };
	json_error_t error;

	plan_schema(&out);
	return json_loads(buf_str(&out), 0, &error);
}

static void has_properties(const json_t *object, const Table *t, const char *where)
{
	const json_t *properties = json_object_get(object, "properties");

	for (size_t i = 0; i < t->rows_n; i++) {
		const json_t *key = json_object_get(properties, t->rows[i].key);

		if (!key || !json_is_string(json_object_get(key, "description")))
			(void)test_fail(__FILE__, __LINE__, "the schema lacks %s.%s", where,
			                t->rows[i].key);
	}
	EXPECT(json_is_false(json_object_get(object, "additionalProperties")));
}

static const char *pattern_of(const json_t *s, const char *section, const char *key)
{
	const json_t *at = json_object_get(json_object_get(s, "properties"), section);

	at = json_object_get(json_object_get(at, "additionalProperties"), "properties");
	return json_string_value(json_object_get(json_object_get(at, key), "pattern"));
}

TEST(the_json_schema_takes_words_where_the_loader_takes_them)
{
	json_t *s = schema();

	ASSERT(s);
	EXPECT_TEXT(pattern_of(s, "cleanup", "max_rows"), "^ask$|^-?[0-9]+$|\\$\\{");
	EXPECT_HAS(pattern_of(s, "cleanup", "older_than"), "^unset$|");
	EXPECT_HAS(pattern_of(s, "db_actions", "top"), "^-?[0-9]+$");
	EXPECT(!strstr(pattern_of(s, "db_actions", "top"), "ask"));
	EXPECT(!strstr(pattern_of(s, "backups", "tolerance"), "unset"));
	json_decref(s);
}

TEST(the_json_schema_has_every_section_and_key)
{
	json_t *s = schema();
	const json_t *sections = json_object_get(s, "properties");

	ASSERT(s);
	for (size_t i = 0; i < SECTIONS; i++) {
		const json_t *section = json_object_get(sections, plan_sections[i].name);

		has_properties(plan_sections[i].single
		                       ? section
		                       : json_object_get(section, "additionalProperties"),
		               plan_sections[i].table, plan_sections[i].name);
	}
	EXPECT_TEXT(json_string_value(json_object_get(s, "$schema")),
	            "http://json-schema.org/draft-07/schema#");
	json_decref(s);
}

TEST(the_reference_in_docs_is_what_the_program_says)
{
	AUTO(Buf) out = { 0 };

	EXPECT(plan_explain("all", "en", &out));
	EXPECT_SNAPSHOT(buf_str(&out), "docs/plan-reference.md");
}

/* The pattern of a key as an editor has it. */
static const char *form_pattern(const json_t *s, const char *section, const char *list,
                                const char *key)
{
	const json_t *at = json_object_get(json_object_get(s, "properties"), section);

	at = json_object_get(json_object_get(at, "additionalProperties"), "properties");
	if (list) {
		at = json_object_get(json_object_get(json_object_get(at, list), "items"), "anyOf");
		at = json_object_get(json_array_get(at, 1), "properties");
	}
	return json_string_value(json_object_get(json_object_get(at, key), "pattern"));
}

static bool fits(const char *pattern, const char *text)
{
	regex_t re;
	bool yes;

	if (!EXPECT(pattern && regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) == 0))
		return false;
	yes = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return yes;
}

TEST(an_editor_knows_what_a_reference_looks_like)
{
	static const struct {
		const char *section, *list, *key, *text;
		bool good;
	} rows[] = {
		{ "tasks", "items", "do", "check:site", true },
		{ "tasks", "items", "do", "log:app:rotate", true },
		{ "tasks", "items", "do", "metric:disk_free:/var", true },
		{ "tasks", "items", "do", "load:home", true },
		{ "tasks", "items", "do", "${env:WHAT}", true },
		{ "tasks", "items", "do", "chek:site", false },
		{ "tasks", "items", "do", "site", false },
		{ "tasks", "items", "unit", "restart nginx", true },
		{ "tasks", "items", "unit", "reboot nginx", false },
		{ "tasks", "items", "on_fail", "call:back", true },
		{ "tasks", "items", "on_fail", "retry", false },
		{ "tasks", NULL, "catch_up", "all:5", true },
		{ "tasks", NULL, "catch_up", "all:0", false },
		{ "training", NULL, "for", "2h-4h", true },
		{ "training", NULL, "for", "2h-", false },
		{ "backups", NULL, "keep", "30d", true },
		{ "backups", NULL, "keep", "for ever", false },
	};
	json_t *s = schema();

	ASSERT(s);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *p = form_pattern(s, rows[i].section, rows[i].list, rows[i].key);

		if (fits(p, rows[i].text) != rows[i].good)
			(void)test_fail(__FILE__, __LINE__, "%s.%s: '%s' against %s",
			                rows[i].section, rows[i].key, rows[i].text, p ? p : "none");
	}
	json_decref(s);
}
