#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"
#include "notify/notify_private.h"

#include <jansson.h>
#include <string.h>

/* ---- the language: text, data, what comes out ---- */

static void fill(Fields *f, const char *name, const json_t *v)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_string(v))
		fields_text(f, name, json_string_value(v));
	else if (json_is_number(v))
		fields_printf(f, name, "%g", json_number_value(v));
	else if (json_is_true(v))
		fields_flag(f, name, true);
	else if (json_is_false(v) || json_is_null(v) || (json_is_array(v) && !json_array_size(v)))
		fields_none(f, name);
	else if (json_is_object(v)) {
		Fields *item = fields_item(f, name);

		json_object_foreach((json_t *)(uintptr_t)v, key, value) fill(item, key, value);
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, value)
		{
			Fields *item = fields_item(f, name);

			if (json_is_object(value)) {
				const char *k;
				json_t *inner;

				json_object_foreach(value, k, inner) fill(item, k, inner);
			} else {
				fill(item, ".", value);
			}
		}
	}
}

static Fields *facts(Arena *a, const char *json)
{
	AUTO_FREE char *text = mem_text(json);
	Fields *f = fields_new(a);
	const char *key;
	json_t *root, *value;

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	root = json_loads(text, 0, NULL);
	if (!EXPECT(root || !json[0]))
		(void)test_text(__FILE__, __LINE__, "data", json, "JSON");
	json_object_foreach(root, key, value) fill(f, key, value);
	json_decref(root);
	return f;
}

static const char *partial(void *ctx, const char *name)
{
	(void)ctx;
	if (strcmp(name, "text") == 0)
		return "from partial";
	if (strcmp(name, "var") == 0)
		return "*{{text}}*";
	if (strcmp(name, "lines") == 0)
		return "|\n{{{content}}}\n|\n";
	if (strcmp(name, "dots") == 0)
		return ".{{value}}. ";
	if (strcmp(name, "node") == 0)
		return "{{content}}<{{#nodes}}{{>node}}{{/nodes}}>";
	if (strcmp(name, "for_ever") == 0)
		return "x{{>for_ever}}";
	if (strcmp(name, "end_line") == 0)
		return ">\n>";
	if (strcmp(name, "end") == 0)
		return ">";
	if (strcmp(name, "broken") == 0)
		return "{{#a}}";
	return NULL;
}

typedef struct Row {
	const char *text, *data, *want;
} Row;

static const Row rows[] = {
	/* text and variables */
	{ "Hello.\n", "{}", "Hello.\n" },
	{ "Hi {{who}}!", "{'who':'Ana'}", "Hi Ana!" },
	{ "{{a}}{{b}}", "{'a':'1','b':'2'}", "12" },
	{ "{{ a }}|{{\ta\n}}", "{'a':'1'}", "1|1" },
	{ "{{x}}", "{'x':'& \\\" < >'}", "&amp; &quot; &lt; &gt;" },
	{ "{{{x}}}", "{'x':'& \\\" < >'}", "& \" < >" },
	{ "{{&x}}", "{'x':'& \\\" < >'}", "& \" < >" },
	{ "{{{ x }}}|{{& x }}", "{'x':'<'}", "<|<" },
	{ "{{n}} km", "{'n':85}", "85 km" },
	{ "{{n}}", "{'n':1.21}", "1.21" },
	{ "({{none}})", "{}", "()" },
	{ "({{{none}}})({{&none}})", "{}", "()()" },
	{ "({{none}})", "{'none':null}", "()" },
	{ "| {{a}} |", "{'a':'-'}", "| - |" },
	{ "  {{a}}\n", "{'a':'-'}", "  -\n" },
	{ "  {{{a}}}\n", "{'a':'-'}", "  -\n" },
	{ "{ {a} }", "{'a':'x'}", "{ {a} }" },
	{ "a { b } c", "{}", "a { b } c" },
	{ "{{a}}}", "{'a':'x'}", "x}" },
	/* dotted names */
	{ "{{p.n}}", "{'p':{'n':'Joe'}}", "Joe" },
	{ "{{{p.n}}}", "{'p':{'n':'<'}}", "<" },
	{ "{{a.b.c.d.e.n}}", "{'a':{'b':{'c':{'d':{'e':{'n':'Phil'}}}}}}", "Phil" },
	{ "({{a.b.c}})", "{'a':{}}", "()" },
	{ "({{a.b.c.n}})", "{'a':{'b':{}},'c':{'n':'Jim'}}", "()" },
	{ "{{#a}}{{b.c}}{{/a}}", "{'a':{'b':{}},'b':{'c':'no'}}", "" },
	{ "{{#a}}{{b.c}}{{/a}}", "{'a':{'x':'1'},'b':{'c':'yes'}}", "yes" },
	{ "{{#a.b.c}}here{{/a.b.c}}", "{'a':{'b':{'c':true}}}", "here" },
	{ "{{#a.b.c}}here{{/a.b.c}}", "{'a':{'b':{'c':false}}}", "" },
	{ "{{^a.b.c}}not{{/a.b.c}}", "{'a':{}}", "not" },
	/* sections */
	{ "{{#on}}yes{{/on}}", "{'on':true}", "yes" },
	{ "{{#on}}yes{{/on}}", "{'on':false}", "" },
	{ "{{#on}}yes{{/on}}", "{}", "" },
	{ "{{#on}}yes{{/on}}", "{'on':null}", "" },
	{ "{{#l}}{{i}}{{/l}}", "{'l':[{'i':1},{'i':2},{'i':3}]}", "123" },
	{ "{{#l}}x{{/l}}", "{'l':[]}", "" },
	{ "{{#l}}({{.}}){{/l}}", "{'l':['a','b','c']}", "(a)(b)(c)" },
	{ "{{#l}}({{.}}){{/l}}", "{'l':[1,2.5]}", "(1)(2.5)" },
	{ "{{#l}}({{{.}}}){{/l}}", "{'l':['<']}", "(<)" },
	{ "{{#l}}({{.}}){{/l}}", "{'l':['<']}", "(&lt;)" },
	{ "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", "{'l':[['1','2'],['3']]}", "(12)(3)" },
	{ "{{#c}}Hi {{name}}.{{/c}}", "{'c':{'name':'Joe'}}", "Hi Joe." },
	{ "{{#s}}{{name}}{{/s}}", "{'s':{},'name':'outer'}", "outer" },
	{ "{{#s}}{{.}} is {{s}}{{/s}}", "{'s':'it'}", "it is it" },
	{ "{{#a}}{{n}}{{#b}}{{n}}{{/b}}{{n}}{{/a}}", "{'a':{'n':'1'},'b':{'n':'2'}}", "121" },
	{ "{{#t}}{{#m}}{{n}}{{p}};{{/m}}{{/t}}",
	  "{'t':[{'n':'A','m':[{'p':'1'},{'p':'2'}]},{'n':'B','m':[{'p':'3'}]}]}", "A1;A2;B3;" },
	{ "{{#o}}1{{#i}}2{{/i}}3{{/o}}", "{'o':true}", "13" },
	{ "{{#o}}1{{#i}}2{{/i}}3{{/o}}", "{'o':true,'i':true}", "123" },
	{ "| {{#on}}\t|\t{{/on}} |\n", "{'on':true}", "| \t|\t |\n" },
	{ " | {{#on}} {{! c }}\n {{/on}} | \n", "{'on':true}", " |  \n  | \n" },
	{ " {{#on}}YES{{/on}}\n {{#on}}GOOD{{/on}}\n", "{'on':true}", " YES\n GOOD\n" },
	{ "{{# on }}={{/ on }}", "{'on':true}", "=" },
	/* a tag alone on its line takes the line with it */
	{ "| This\n{{#on}}\n|\n{{/on}}\n| Line", "{'on':true}", "| This\n|\n| Line" },
	{ "| This\n  {{#on}}\n|\n  {{/on}}\n| Line", "{'on':true}", "| This\n|\n| Line" },
	{ "|\r\n{{#on}}\r\n{{/on}}\r\n|", "{'on':true}", "|\r\n|" },
	{ "  {{#on}}\n#{{/on}}\n/", "{'on':true}", "#\n/" },
	{ "#{{#on}}\n/\n  {{/on}}", "{'on':true}", "#\n/\n" },
	{ "a\n\n{{#on}}\nb\n{{/on}}\n\nc", "{}", "a\n\n\nc" },
	/* inverted */
	{ "{{^on}}no{{/on}}", "{'on':false}", "no" },
	{ "{{^on}}no{{/on}}", "{'on':true}", "" },
	{ "{{^on}}no{{/on}}", "{}", "no" },
	{ "{{^l}}none{{/l}}", "{'l':[]}", "none" },
	{ "{{^l}}none{{/l}}", "{'l':['a']}", "" },
	{ "{{^c}}none{{/c}}", "{'c':{'n':'x'}}", "" },
	{ "{{^o}}1{{^i}}2{{/i}}3{{/o}}", "{}", "123" },
	{ "| This\n{{^on}}\n|\n{{/on}}\n| Line", "{}", "| This\n|\n| Line" },
	{ "| {{^on}} | {{/on}} |", "{}", "|  |  |" },
	/* comments */
	{ "12345{{! note }}67890", "{}", "1234567890" },
	{ "1{{!\n several\n lines\n}}2", "{}", "12" },
	{ "Begin.\n{{! alone }}\nEnd.", "{}", "Begin.\nEnd." },
	{ "Begin.\n  {{! alone }}\nEnd.", "{}", "Begin.\nEnd." },
	{ "|\r\n{{! alone }}\r\n|", "{}", "|\r\n|" },
	{ "  {{! first }}\n!", "{}", "!" },
	{ "!\n  {{! last }}", "{}", "!\n" },
	{ "Begin.\n{{!\nmany\n}}\nEnd.", "{}", "Begin.\nEnd." },
	{ "  12 {{! 34 }}\n", "{}", "  12 \n" },
	{ "{{! {{nested }}", "{}", "" },
	/* set delimiters */
	{ "{{=<% %>=}}(<%t%>)", "{'t':'Hey'}", "(Hey)" },
	{ "{{=| |=}}(|t|)", "{'t':'It'}", "(It)" },
	{ "{{=<% %>=}}<%&x%> {{x}}", "{'x':'<'}", "< {{x}}" },
	{ "{{#s}}{{a}}{{=| |=}}|a||/s|", "{'s':true,'a':'1'}", "11" },
	{ "{{=@ @=}}|@t@|@={{ }}=@{{t}}", "{'t':'x'}", "|x|x" },
	{ "| {{=@ @=}} |", "{}", "|  |" },
	{ "a\n{{=@ @=}}\nb", "{}", "a\nb" },
	{ "a\n  {{= @   @ =}}\nb", "{}", "a\nb" },
	{ "{{=<% %>=}}<%{x}%>", "{'x':'<'}", "<" },
	/* partials */
	{ "({{>text}})", "{}", "(from partial)" },
	{ "({{> text }})", "{}", "(from partial)" },
	{ "({{>absent}})", "{}", "()" },
	{ "{{>var}}", "{'text':'content'}", "*content*" },
	{ "{{#s}}{{>var}}{{/s}}", "{'s':[{'text':'1'},{'text':'2'}]}", "*1**2*" },
	{ "{{>node}}", "{'content':'X','nodes':[{'content':'Y','nodes':[]}]}", "X<Y<>>" },
	{ "\\\n {{>lines}}\n/\n", "{'content':'<\\n->'}", "\\\n |\n <\n->\n |\n/\n" },
	{ "| {{>text}} |", "{}", "| from partial |" },
	{ "  {{d}}  {{>end_line}}\n", "{'d':'|'}", "  |  >\n>\n" },
	{ "|\r\n{{>end}}\r\n|", "{}", "|\r\n>|" },
	{ "  {{>end_line}}\n>", "{}", "  >\n  >>" },
	{ ">\n  {{>end_line}}", "{}", ">\n  >\n  >" },
	{ "{{=| |=}}|>dots|", "{'value':'it'}", ".it. " },
	/* [[NAME]] */
	{ "[[who]]", "{'who':'<Ana>'}", "&lt;Ana&gt;" },
	{ "[[ WHO ]], [[Who]]", "{'who':'Ana'}", "Ana, Ana" },
	{ "[[HEURE DÉBUT]]-[[heure fin]]", "{'from':'22 h','to':'5 h'}", "22 h-5 h" },
	{ "[[Durée prévue]]", "{'planned_duration':'1 h'}", "1 h" },
	{ "[[Impact sur les utilisateurs]]", "{'impact':'aucun'}", "aucun" },
	{ "[[1,2],[3,4]] [[]] [[a] [[b]", "{'a':'x'}", "[[1,2],[3,4]] [[]] [[a] [[b]" },
	{ "[[a\nb]]", "{}", "[[a\nb]]" },
	{ "{{#on}}[[a]]{{/on}}", "{'on':true,'a':'x'}", "x" },
	/* aliases */
	{ "{{titre}} {{Prochaine mise à jour}}", "{'title':'T','next_update':'N'}", "T N" },
	{ "{{#problèmes}}{{.}};{{/problèmes}}", "{'problems':['a','b']}", "a;b;" },
};

TEST(mustache_renders_as_its_specification_says)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Arena *a = arena_new("test", 1 << 20);
		TemplateRender how = { .out = OUT_HTML, .lenient = true, .partial = partial };
		AUTO(Buf) out = { 0 };
		Err err = { 0 };

		if (!EXPECT(template_render(rows[i].text, facts(a, rows[i].data), &how, &out,
		                            &err)) ||
		    !EXPECT_TEXT(buf_str(&out), rows[i].want))
			(void)test_fail(__FILE__, __LINE__, "row %zu: %s %s", i, rows[i].text,
			                err.message);
		arena_free(a);
	}
}

TEST(a_template_that_is_not_well_formed_says_where)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "{{a", "line 1, column 1: this tag is not closed" },
		{ "x\ny {{{a}}", "line 2, column 3: this tag is not closed" },
		{ "{{#a}}x", "line 1, column 8: section 'a' is not closed" },
		{ "{{#a}}\n{{#b}}\n{{/b}}", "line 3, column 7: section 'a' is not closed" },
		{ "x{{/a}}", "line 1, column 2: closes a section that is not open" },
		{ "{{#a}}{{/b}}", "line 1, column 7: closes another section than the last opened" },
		{ "{{}}", "line 1, column 1: this tag has no usable name" },
		{ "{{#}}", "line 1, column 1: this tag has no usable name" },
		{ "{{ }}", "line 1, column 1: this tag has no usable name" },
		{ "{{=x=}}", "line 1, column 1: these delimiters are not usable" },
		{ "{{== ==}}", "line 1, column 1: these delimiters are not usable" },
		{ "{{=a b c=}}", "line 1, column 1: these delimiters are not usable" },
		{ "{{=toolongadelimiter b=}}",
		  "line 1, column 1: these delimiters are not usable" },
		{ "{{a_name_that_nobody_would_write_and_that_goes_on_for_over_sixty_bytes}}",
		  "line 1, column 1: this tag has no usable name" },
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		Err err = { 0 };

		EXPECT(!template_check(bad[i].text, &err));
		EXPECT_TEXT(err.message, bad[i].error);
		EXPECT_INT(err.code, ERR_BAD_INPUT);
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT(template_check(rows[i].text, NULL));
}

/* ---- strictness ---- */

static bool strictly(const char *text, const char *data, TemplateOut kind, Buf *out, Err *err)
{
	Arena *a = arena_new("test", 1 << 20);
	TemplateRender how = { .out = kind, .partial = partial };
	bool ok = template_render(text, facts(a, data), &how, out, err);

	arena_free(a);
	return ok;
}

TEST(a_text_with_a_hole_is_refused_and_the_field_named)
{
	static const struct {
		const char *text, *data, *field;
	} bad[] = {
		{ "Impact: {{impact}}", "{}", "field 'impact' is empty" },
		{ "Impact: [[IMPACT]]", "{}", "field 'IMPACT' is empty" },
		{ "Impact: {{{impact}}}", "{'impact':''}", "field 'impact' is empty" },
		{ "{{#l}}{{a}}{{/l}}", "{'l':[{'a':'1'},{'b':'2'}]}", "field 'a' is empty" },
		{ "{{on}}", "{'on':true}", "field 'on' is empty" },
		{ "{{>var}}", "{}", "partial 'var': field 'text' is empty" },
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		AUTO(Buf) out = { 0 };
		Err err = { 0 };

		EXPECT(!strictly(bad[i].text, bad[i].data, OUT_PLAIN, &out, &err));
		EXPECT_TEXT(err.message, bad[i].field);
		EXPECT_INT(err.code, ERR_CONFIG);
	}
}

TEST(a_section_is_how_a_text_does_without_a_fact)
{
	AUTO(Buf) out = { 0 };

	EXPECT(strictly("{{#eta}}Back {{eta}}.{{/eta}}{{^eta}}No estimate yet.{{/eta}}", "{}",
	                OUT_PLAIN, &out, NULL));
	EXPECT_TEXT(buf_str(&out), "No estimate yet.");
}

TEST(each_kind_of_output_escapes_in_its_own_way)
{
	static const struct {
		TemplateOut kind;
		const char *want;
	} outs[] = {
		{ OUT_PLAIN, "<b> & \"q\"\nnew" },
		{ OUT_HTML, "&lt;b&gt; &amp; &quot;q&quot;\nnew" },
		{ OUT_SLACK, "&lt;b&gt; &amp; \"q\"\nnew" },
		{ OUT_JSON, "<b> & \\\"q\\\"\\nnew" },
		{ OUT_MARKUP, "<b> & \"q\"\vnew" },
	};

	for (size_t i = 0; i < COUNT_OF(outs); i++) {
		AUTO(Buf) out = { 0 };

		EXPECT(strictly("{{v}}", "{'v':'<b> & \\\"q\\\"\\nnew'}", outs[i].kind, &out,
		                NULL));
		EXPECT_TEXT(buf_str(&out), outs[i].want);
	}
}

TEST(no_control_character_of_a_value_reaches_the_layout)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	TemplateRender how = { .out = OUT_MARKUP };
	AUTO(Buf) out = { 0 };

	fields_text(f, "v", "a\001h\tb\r\n\033[31mc\177");
	EXPECT(template_render("{{v}}", f, &how, &out, NULL));
	EXPECT_TEXT(buf_str(&out), "ah b\v[31mc");
	arena_free(a);
}

/* ---- limits ---- */

TEST(a_template_cannot_run_away)
{
	AUTO(Buf) deep = { 0 };
	AUTO(Buf) out = { 0 };
	Err err = { 0 };

	EXPECT(!strictly("{{>for_ever}}", "{}", OUT_PLAIN, &out, &err));
	EXPECT_INT(err.code, ERR_LIMIT);
	for (int i = 0; i <= TEMPLATE_DEPTH; i++)
		buf_text(&deep, "{{#a}}");
	EXPECT(!template_check(buf_str(&deep), &err));
	EXPECT_INT(err.code, ERR_LIMIT);
}

TEST(nested_loops_that_print_nothing_end_too)
{
	const char *list = "{'l':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}";
	AUTO(Buf) text = { 0 };
	AUTO(Buf) out = { 0 };
	Err err = { 0 };

	for (int i = 0; i < 20; i++)
		buf_text(&text, "{{#l}}");
	for (int i = 0; i < 20; i++)
		buf_text(&text, "{{/l}}");
	EXPECT(!strictly(buf_str(&text), list, OUT_PLAIN, &out, &err));
	EXPECT_TEXT(err.message, "the template takes over 200000 steps");
}

TEST(a_text_over_its_limit_is_refused_and_not_cut)
{
	Arena *a = arena_new("test", 1 << 20);
	TemplateRender how = { .out = OUT_PLAIN, .max = 20 };
	AUTO(Buf) out = { 0 };
	Err err = { 0 };
	Fields *f = fields_new(a);

	fields_text(f, "v", "0123456789");
	EXPECT(template_render("{{v}}{{v}}", f, &how, &out, &err));
	EXPECT_TEXT(buf_str(&out), "01234567890123456789");
	EXPECT(!template_render("{{v}}{{v}}!", f, &how, &out, &err));
	EXPECT_INT(err.code, ERR_LIMIT);
	arena_free(a);
}

TEST(a_template_of_a_megabyte_is_refused)
{
	AUTO_FREE char *big = mem_new((1 << 20) + 1);
	Err err = { 0 };

	memset(big, 'x', 1 << 20);
	EXPECT(!template_check(big, &err));
	EXPECT_INT(err.code, ERR_LIMIT);
}

/* ---- facts ---- */

TEST(a_fact_is_written_in_the_language_of_the_reader)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	const Zone *paris;
	Instant t;

	ASSERT(instant_parse("2026-11-20T16:04:00Z", &t));
	ASSERT(zone_load("Europe/Paris", &paris, NULL));
	fields_instant(f, "start", t);
	fields_duration(f, "lasting", minutes(125));
	fields_span(f, "limit", (Span){ .days = 3 });
	fields_number(f, "count", 1234.5, 1);
	fields_percent(f, "share", 50, 0);
	fields_word(f, "state", "acknowledged");
	EXPECT_TEXT(fields_get(f, "start", LANG_FR, paris),
	            "vendredi 20 novembre 2026 à 17 h 04 (CET)");
	EXPECT_TEXT(fields_get(f, "début", LANG_EN, NULL),
	            "Friday 20 November 2026 at 16:04 (UTC)");
	EXPECT_TEXT(fields_get(f, "lasting", LANG_FR, NULL), "2 h 05");
	EXPECT_TEXT(fields_get(f, "limit", LANG_FR, NULL), "3 jours");
	EXPECT_TEXT(fields_get(f, "limit", LANG_EN, NULL), "3 days");
	EXPECT_TEXT(fields_get(f, "count", LANG_FR, NULL), "1\u202F234,5");
	EXPECT_TEXT(fields_get(f, "share", LANG_EN, NULL), "50%");
	EXPECT_TEXT(fields_get(f, "state", LANG_FR, NULL), "pris en charge");
	EXPECT_TEXT(fields_get(f, "state", LANG_EN, NULL), "acknowledged");
	EXPECT_TEXT(fields_get(f, "absent", LANG_EN, NULL), NULL);
	arena_free(a);
}

TEST(an_instant_has_shorter_forms)
{
	static const struct {
		const char *text, *want;
	} forms[] = {
		{ "{{start}}", "vendredi 20 novembre 2026 à 17 h 04 (CET)" },
		{ "{{start.date}}", "vendredi 20 novembre 2026" },
		{ "{{start.time}}", "17 h 04" },
		{ "{{debut.short}}", "20 nov. 2026 à 17:04 CET" },
		{ "{{start.zone}}", "CET" },
		{ "{{start.iso}}", "2026-11-20T17:04:00+01:00" },
	};
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	TemplateRender how = { .out = OUT_PLAIN, .lang = LANG_FR };
	Instant t;

	ASSERT(instant_parse("2026-11-20T16:04:00Z", &t));
	ASSERT(zone_load("Europe/Paris", &how.zone, NULL));
	fields_instant(f, "start", t);
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		AUTO(Buf) out = { 0 };

		EXPECT(template_render(forms[i].text, f, &how, &out, NULL));
		EXPECT_TEXT(buf_str(&out), forms[i].want);
	}
	arena_free(a);
}

TEST(what_is_not_known_is_not_a_field)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);

	fields_text(f, "a", "x");
	fields_text(f, "a", "");
	fields_text(f, "b", NULL);
	fields_instant(f, "c", LONG_AGO);
	fields_span(f, "d", (Span){ 0 });
	fields_word(f, "e", NULL);
	fields_flag(f, "g", false);
	EXPECT(!fields_has(f, "a") && !fields_has(f, "b") && !fields_has(f, "c"));
	EXPECT(!fields_has(f, "d") && !fields_has(f, "e") && !fields_has(f, "g"));
	fields_text(f, "y", "2");
	EXPECT_TEXT(fields_get(f, "y", LANG_EN, NULL), "2");
	arena_free(a);
}

TEST(setting_a_fact_again_keeps_its_place)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	fields_text(f, "title", "one");
	fields_printf(f, "id", "%d-%s", 7, "b");
	fields_text(f, "titre", "two");
	fields_json(f, LANG_EN, &e, NULL);
	EXPECT_TEXT(buf_str(&json), "{\"title\":\"two\",\"id\":\"7-b\"}");
	arena_free(a);
}

TEST(facts_are_json_for_programs)
{
	Arena *a = arena_new("test", 1 << 20);
	Fields *f = fields_new(a);
	Fields *item;
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	fields_instant(f, "start", (Instant){ 0 });
	fields_duration(f, "lasting", seconds(90));
	fields_span(f, "limit", (Span){ .us = 900000000 });
	fields_percent(f, "share", 50.5, 0);
	fields_flag(f, "breached", true);
	fields_word(f, "state", "acknowledged");
	item = fields_item(f, "updates");
	fields_text(item, "text", "un \"deux\"");
	fields_text(fields_item(f, "updates"), "text", "trois");
	fields_json(f, LANG_FR, &e, NULL);
	EXPECT_TEXT(buf_str(&json),
	            "{\"start\":\"1970-01-01T00:00:00Z\",\"lasting\":90,\"limit\":\"15m\","
	            "\"share\":50.5,\"breached\":true,\"state\":\"pris en charge\","
	            "\"updates\":[{\"text\":\"un \\\"deux\\\"\"},{\"text\":\"trois\"}]}");
	arena_free(a);
}

TEST(a_copy_of_facts_outlives_the_original)
{
	Arena *a = arena_new("first", 1 << 20), *b = arena_new("second", 1 << 20);
	Fields *f = fields_new(a), *copy;

	fields_text(f, "title", "Panne");
	fields_text(fields_item(f, "updates"), "text", "un");
	fields_text(fields_item(f, "updates"), "text", "deux");
	copy = fields_copy(f, b);
	arena_free(a);
	EXPECT_TEXT(fields_get(copy, "title", LANG_FR, NULL), "Panne");
	EXPECT_TEXT(fields_get(copy, "updates", LANG_FR, NULL), "un, deux");
	fields_text(fields_item(copy, "updates"), "text", "trois");
	EXPECT_TEXT(fields_get(copy, "updates", LANG_FR, NULL), "un, deux, trois");
	arena_free(b);
}

TEST(a_name_is_known_in_any_spelling)
{
	static const struct {
		const char *written, *canonical;
		bool known;
	} spelled[] = {
		{ "next_update", "next_update", true },
		{ "Next-Update", "next_update", true },
		{ "PROCHAINE MISE À JOUR", "next_update", true },
		{ "HEURE DÉBUT", "from", true },
		{ "  durée  ", "duration", true },
		{ "Problèmes éventuels", "problems", true },
		{ "LISTE DES OPÉRATIONS", "operations", true },
		{ "Numéro d'astreinte", "numero_d_astreinte", false },
		{ "œil", "il", false },
		{ ".", ".", false },
		{ "", "", false },
		{ "日本", "", false },
	};
	char out[FIELD_NAME];

	for (size_t i = 0; i < COUNT_OF(spelled); i++) {
		EXPECT_TEXT(field_canonical(spelled[i].written, out), spelled[i].canonical);
		EXPECT_INT(field_known(spelled[i].written), spelled[i].known);
	}
	EXPECT(field_fits("clock", 'c') && !field_fits("clock", 'w'));
	EXPECT(field_fits("produit", 'w') && !field_fits("nothing", 'i'));
}

TEST(no_name_is_also_the_alias_of_another)
{
	static const char *const all[] = {
#define FIELD(name, aliases, kinds, meaning) #name, aliases,
#include "notify/fields.def"
#undef FIELD
	};

	for (size_t i = 0; i < COUNT_OF(all); i += 2) {
		char out[FIELD_NAME], alias[FIELD_NAME];
		const char *rest = all[i + 1];

		EXPECT_TEXT(field_canonical(all[i], out), all[i]);
		while (text_part(&rest, " ", alias, sizeof alias))
			EXPECT_TEXT(field_canonical(alias, out), all[i]);
	}
}

static char *manual(void)
{
	AUTO_FREE char *path = mem_printf("%s/docs/messages.md", test_source());
	AUTO(Buf) text = { 0 };
	char chunk[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&text, chunk, n);
	if (f)
		(void)fclose(f);
	return mem_text(buf_str(&text));
}

TEST(the_manual_lists_every_field_as_it_is)
{
	static const char *const table[][4] = {
#define FIELD(name, aliases, kinds, meaning) { #name, aliases, kinds, meaning },
#include "notify/fields.def"
#undef FIELD
	};
	AUTO_FREE char *text = manual();

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		AUTO(Buf) row = { 0 };
		const char *rest = table[i][1];
		char alias[FIELD_NAME];

		buf_printf(&row, "\n| `%s` | ", table[i][0]);
		for (bool more = false; text_part(&rest, " ", alias, sizeof alias); more = true)
			buf_printf(&row, "%s`%s`", more ? ", " : "", alias);
		buf_printf(&row, " | %s | %s |\n", table[i][2], table[i][3]);
		if (!strstr(text, buf_str(&row)))
			(void)test_fail(__FILE__, __LINE__, "docs/messages.md lacks %s",
			                buf_str(&row));
	}
}
