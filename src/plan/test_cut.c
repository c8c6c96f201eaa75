/* What is read line by line, and what is taken over from the plan before, must be what
 * libyaml would have read: plans made by chance, right and wrong, are loaded each way and
 * compared by all they hold and all that is said about them. */
#include "harness.h"

#include "plan/load_private.h"
#include "plan/testing_show.h"

static bool same_both_ways(const char *text, const char *what)
{
	AUTO(Loaded) lines = load_way(NULL, text, BY_LINES);
	AUTO(Loaded) yaml = load_way(NULL, text, BY_YAML);
	AUTO(Buf) a = { 0 };
	AUTO(Buf) b = { 0 };

	show_plan(&lines, &a);
	show_plan(&yaml, &b);
	return text_eq(buf_str(&a), buf_str(&b)) ||
	       test_fail(__FILE__, __LINE__, "%s: by lines\n%s\nby YAML\n%s\nof\n%s", what,
	                 buf_str(&a), buf_str(&b), text);
}

/* ---- plans by chance ---- */

static uint64_t state = 7;
static unsigned chance(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 11) % n;
}

static const char *const values[] = {
	"every: 5m",
	"every: 90s",
	"timeout: 3s",
	"slow: 2s",
	"contains: ok",
	"contains: \"a: b, {c}\"",
	"contains: 'it {s}'",
	"expect: [200, 2xx]",
	"expect: 204",
	"headers: {X-A: b, Accept: \"*/*\"}",
	"label: Élan d'été",
	"label: \"Café: été\"",
	"note: two  words (here)",
	"depends: [c1]",
	"depends: [c1, c5]",
	"retries: 2",
	"method: POST",
	"json: {\"$.ok\": yes}",
	"label: \"${env:SITE_URL}\"",
	"contains: ${env:TOKEN}",
	"accept: {L40: not watched}",
	"owner: dev",
	"secret: \"${env:TOKEN}\"",
	"note: 'it''s'",
	"note: \"a\\tb\"",
	"nonsense: 3",
	"every: soon",
	"expect: [a, b",
	"note: a # b",
	"note: a#b",
	"note: a: b",
	"label: ~",
	"label: *x",
	"label: &x y",
	"note: 日本",
	"min_left: 3d",
	"type: tcp",
	"note: |",
	"note:",
	"note: ?x",
	"contains: a\tb",
	"slow: 1s, slow: 2s",
	"contains: xoxb-123456789012",
};

/* The first of `values` mean something to any check. */
enum { TAME = 12 };
static bool tame;

static void add_flow(Buf *b, unsigned id, unsigned more)
{
	buf_printf(b, "  c%u: {type: http, target: \"https://h%u.example.org/\"", id, id % 3);
	for (unsigned i = 0; i < more; i++)
		buf_printf(b, "%s%s",
		           chance(9)   ? ", "
		           : chance(2) ? " , "
		                       : ",",
		           values[chance(tame || chance(3) ? TAME : COUNT_OF(values))]);
	buf_printf(b, "}%s\n", chance(12) ? "" : chance(2) ? "  # a comment" : "  ");
}

static void add_block(Buf *b, unsigned id, unsigned more)
{
	const char *in = chance(6) ? "    " : "      ";

	buf_printf(b, "  c%u:\n%stype: http\n%starget: https://h%u.example.org/\n", id, in, in,
	           id % 3);
	for (unsigned i = 0; i < more; i++)
		buf_printf(b, "%s%s\n", in,
		           values[chance(tame || chance(3) ? TAME : COUNT_OF(values))]);
}

static const char *const joints[] = { "",         "\n",           "  # a comment\n",
	                              "# c\n",    "    # deep\n", "\t# tab\n",
	                              "  odd\n",  "  <<: {}\n",   "   x: {}\n",
	                              " y: {}\n", "  # é\n" };

static void make_plan(Buf *b)
{
	unsigned n = 4 + chance(12);

	buf_text(b, SITE "roles: {dev: {kind: human}}\n");
	if (!chance(6))
		buf_text(b, chance(2) ? "x-text: \"open\n  quote\"\n"
		                      : "x-text: |\n  checks:\n    a: {}\n");
	buf_text(b, "checks:\n");
	for (unsigned i = 0; i < n; i++) {
		unsigned id = tame || chance(30) ? i : chance(n);

		(chance(3) ? add_flow : add_block)(b, id, chance(tame ? 2 : 4));
		buf_text(b,
		         joints[chance(4) ? 0 : chance(tame || chance(3) ? 4 : COUNT_OF(joints))]);
	}
	if (chance(2))
		buf_text(b, "rules: {r: {when: \"check{c2} == fail\", level: unset}}\n");
}

/* One small change anywhere: what a hand slips into. */
static void slip(Buf *b)
{
	static const char signs[] = " {}[]:,#\"'\t\n\\&*!|>%@`-?a~";
	size_t at = chance((unsigned)b->n), end = at;
	AUTO(Buf) out = { 0 };

	switch (chance(4)) {
	case 0: end = at + 1; break; /* a character goes */
	case 1:                      /* a line goes */
		while (at && b->p[at - 1] != '\n')
			at--;
		end = line_end(b->p, b->n, at) + 1;
		break;
	default: break;
	}
	buf_add(&out, b->p, at);
	if (end == at)
		buf_char(&out, signs[chance(sizeof signs - 1)]);
	if (end < b->n)
		buf_add(&out, b->p + end, b->n - end);
	buf_clear(b);
	buf_text(b, buf_str(&out));
}

enum { ROUNDS = 3000 };

TEST(lines_are_read_as_libyaml_reads_them)
{
	unsigned good = 0, cut = 0;

	tame = false;

	for (int i = 0; i < ROUNDS; i++) {
		AUTO(Buf) text = { 0 };

		make_plan(&text);
		if (chance(2))
			slip(&text);
		if (!same_both_ways(buf_str(&text), "a plan"))
			return;
		{
			AUTO(Loaded) l = load_way(NULL, buf_str(&text), BY_LINES);

			good += l.plan != NULL;
			cut += l.plan && l.plan->index->checks;
		}
	}
	/* Neither all right nor all wrong, or it would prove nothing. */
	EXPECT(good > ROUNDS / 20);
	EXPECT(good < ROUNDS * 19 / 20);
	EXPECT(cut > good / 2);
}

/* A line of the plan, taken out and put elsewhere, twice, or changed. */
static void edit(Buf *b)
{
	AUTO(Buf) out = { 0 };
	size_t from = chance((unsigned)b->n), to, into;

	while (from && b->p[from - 1] != '\n')
		from--;
	to = line_end(b->p, b->n, from) + 1;
	to = to < b->n ? to : b->n;
	into = chance((unsigned)b->n);
	while (into && b->p[into - 1] != '\n')
		into--;
	if (into <= from) {
		buf_add(&out, b->p, into);
		buf_add(&out, b->p + from, to - from);
		buf_add(&out, b->p + into, from - into);
		if (!chance(3))
			buf_add(&out, b->p + from, to - from);
		buf_add(&out, b->p + to, b->n - to);
	} else {
		buf_add(&out, b->p, from);
		buf_add(&out, b->p + to, b->n - to);
	}
	buf_clear(b);
	buf_text(b, buf_str(&out));
}

TEST(a_plan_taken_over_is_the_plan_read_anew)
{
	unsigned taken = 0;

	tame = true;

	for (int i = 0; i < ROUNDS / 4; i++) {
		AUTO(Buf) text = { 0 };
		Loaded now;

		make_plan(&text);
		now = load_way(NULL, buf_str(&text), BY_LINES);
		for (int k = 0; k < 5; k++) {
			Loaded next;
			AUTO(Buf) a = { 0 };
			AUTO(Buf) b = { 0 };

			if (chance(4))
				edit(&text);
			else
				slip(&text);
			next = load_way(now.plan, buf_str(&text), BY_LINES);
			if (next.plan) { /* the old plan goes: nothing may point into it */
				taken += now.plan && next.plan->share == now.plan->share;
				Loaded_done(&now);
				now = next;
			} else {
				show_plan(&next, &a);
			}
			{
				AUTO(Loaded) fresh = load_way(NULL, buf_str(&text), BY_YAML);

				show_plan(&fresh, &b);
			}
			if (next.plan)
				show_plan(&now, &a);
			else
				Loaded_done(&next);
			if (!text_eq(buf_str(&a), buf_str(&b))) {
				EXPECT(test_fail(__FILE__, __LINE__,
				                 "taken over\n%s\nread anew\n%s\nof\n%s",
				                 buf_str(&a), buf_str(&b), buf_str(&text)));
				Loaded_done(&now);
				return;
			}
		}
		Loaded_done(&now);
	}
	EXPECT(taken > ROUNDS / 8);
}

/* ---- what is recognised ---- */

TEST(simple_entries_are_recognised_and_others_are_not)
{
	static const struct {
		const char *text;
		bool certain;
	} rows[] = {
		{ "  a: {type: http, every: 1m}\n", true },
		{ "  a: {type: http, target: \"http://h/?a=b#c\"}  # words\n", true },
		{ "  a:\n    type: http\n    every: 1m\n", true },
		{ "  a:\n    type: http\n\n  # next\n  b: {}\n", true },
		{ "  a: {}", true },
		{ "  a: {label: Élan, note: 'x: {y}'}\n", true },
		{ "  a: {type: http,\n      every: 1m}\n", false },
		{ "  a: {note: 'it''s'}\n", false },
		{ "  a: {note: \"a\\nb\"}\n", false },
		{ "  a: {x: 1, x: 2}\n", false },
		{ "  a: {x: 1, \"x\": 2}\n", false },
		{ "  a: *b\n", false },
		{ "  a: &b {}\n", false },
		{ "  a: !t {}\n", false },
		{ "  a: {x: &b 1}\n", false },
		{ "  a: {<<: *b}\n", false },
		{ "  a: {x:\t1}\n", false },
		{ "  a: {x: 1,}\n", false },
		{ "  a: {x: }\n", false },
		{ "  a: {x}\n", false },
		{ "  a: {x: 1} y\n", false },
		{ "  a: {x: 1}#c\n", false },
		{ "  a: |\n    text\n", false },
		{ "  a:\n    x: one\n      more\n", false },
		{ "  a:\n    x: one\n\n      more\n", false },
		{ "  a:\n    x: one\n\t\n", false },
		{ "  a:\n  b: {}\n", false },
		{ "  - a: {}\n", false },
		{ "  a : {}\n", false },
		{ "  a: {x: 日}\n", false },
		{ "  a: {x: 1}\r\n", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		LineEntry e;
		bool got = line_entry(rows[i].text, strlen(rows[i].text), 0, 2, &e);

		if (got != rows[i].certain)
			(void)test_fail(__FILE__, __LINE__, "%s is %scertain", rows[i].text,
			                got ? "" : "not ");
	}
}

TEST(a_witness_between_braces_is_no_witness)
{
	static const char *const plans[] = {
		SITE "checks:\n  {\n  a: {type: push, every: 1h}\n  b: {type: push, every: 1h}\n"
		     "  c: {type: push, every: 1h}\n  d: {type: push, every: 1h}\n  }\n",
		SITE
		"x-a: \"\nchecks:\n  a: {type: push, every: 1h}\n  b: {type: push, every: 1h}\n"
		"  c: {type: push, every: 1h}\n  d: {type: push, every: 1h}\n\"\n",
		SITE "x-a:\n- |\n  y\n- z\nchecks: &all\n  a: {type: push, every: 1h}\n"
		     "  b: {type: push, every: 1h}\n  c: {type: push, every: 1h}\n"
		     "  d: {type: push, every: 1h}\nchecks:\n  e: {type: push, every: 1h}\n"
		     "  f: {type: push, every: 1h}\n  g: {type: push, every: 1h}\n"
		     "  h: {type: push, every: 1h}\n",
	};

	for (size_t i = 0; i < COUNT_OF(plans); i++)
		EXPECT(same_both_ways(plans[i], "braces"));
}
