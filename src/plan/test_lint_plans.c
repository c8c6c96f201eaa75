/* Lint on whole plans: a clean one has nothing to say, one careless word in it has;
 * and the examples have what their seeds are known to deserve, where they deserve it. */
#include "plan/testing_lint.h"

#include <stdlib.h>

static char *read_plan(const char *path)
{
	AUTO_FREE char *full = mem_printf("%s/%s", test_source(), path);
	AUTO(Buf) b = { .max = 8 << 20 };
	char chunk[4096];
	FILE *f = fopen(full, "re");
	size_t n;

	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	if (f)
		(void)fclose(f);
	return buf_take(&b);
}

TEST(a_clean_plan_has_no_finding)
{
	AUTO_FREE char *text = read_plan("test/plans/good/clean.yaml");
	AUTO(Loaded) l = load_text(text);

	EXPECT(l.plan != NULL);
	for (size_t i = 0; i < l.findings.n; i++)
		EXPECT_TEXT(l.findings.at[i].code, "N01");
	EXPECT(l.plan && l.plan->duties_n >= 30 && l.plan->commitments_n >= 60);
}

/* One place of the clean plan written otherwise, and what is said then. */
typedef struct Slip {
	const char *from, *to, *code;
} Slip;

static const Slip slips[] = {
	{ "at: every 30m", "at: every 2h", "L01" },
	{ "keep: forever, owner: [lead]}\n  before",
	  "keep: forever, owner: [lead]}\n  draft: {of: files, at: unset, to: [vault], keep: 1d}\n "
	  " before",
	  "L19" },
	{ "items: [readers renew by themselves]", "items: [write the backup script]", "L01" },
	{ "satisfaction mean < 4.2 over 7d", "satisfaction mean < 3.5 over 7d", "L02" },
	{ "warn: 75% for 1h, crit: 85%", "warn: 95%, crit: 98%", "L02" },
	{ "    escalation: by_day\n", "", "L03" },
	{ "      - {after: 0m, to: [engineer], via: [sms]}\n      - {after: 10m",
	  "      - {after: 20m", "L04" },
	{ "ack: 15m,", "ack: 1h,", "L04" },
	{ "from: 10m, to: 4h, items", "from: 5h, to: 6h, items", "L04" },
	{ "target: 4h, period: incident", "target: 2h, period: incident", "L05" },
	{ "    limit: 2h\n", "    limit: 4h\n", "L05" },
	{ "    oncall: always\n", "",
	  "L06" }, /* of 'trouble'; the hosting company answers the other */
	{ "    phone: \"+32 2 555 01 04\"\n", "    phone: unset\n", "L07" },
	{ "  jun: [\"audit:access\"]\n", "", "L08" },
	{ "stated_allowance: 3h36m", "stated_allowance: 3h", "L09" },
	{ "stated_total: 170 EUR", "stated_total: 200 EUR", "L09" },
	{ "stated_hours: 38", "stated_hours: 54", "L09" },
	{ "every: 1m, retries: 2, timeout: 10s", "every: 4h, retries: 2, timeout: 10s", "L10" },
	{ "impact: down, counts: no", "impact: down, counts: yes",
	  NULL },                                                       /* excluded all the same */
	{ "    windows: excluded\n", "    windows: included\n", NULL }, /* three hours of 3 h 43 */
	{ "keep: 32d, to: [vault, bucket]", "keep: unset, to: [vault, bucket]", "L11" },
	{ "daily 03:40, keep: 60", "daily 03:40, keep: 2", "L11" },
	{ "{do: \"backup:before_release\"}, ", "", NULL }, /* a backup still says `before` */
	{ "kind: full, before: deployment, keep", "kind: full, before: update, keep", NULL },
	{ "{run: [lendery-restore, latest], destructive: yes, timeout: 90m}",
	  "{run: [lendery-restore, latest], destructive: yes, timeout: 90m}\n      - {run: "
	  "[dropdb, "
	  "old], env: production}",
	  NULL }, /* permitted, and a person was asked */
	{ "permits: [restore, destructive]}\n      staging", "permits: []}\n      staging", "L13" },
	{ "{unit: stop lendery}", "{unit: stop postgresql}\n      - {run: [psql, -l]}", "L14" },
	{ "run: [lendery-scan]", "run: [tail, -f, /var/log/scan.log]", "L15" },
	{ "at: weekly tue 04:10, top", "at: weekly sun 02:10, top", "L17" },
	{ "at: monthly first wed 14:00", "at: monthly first wed 16:00", "L35" },
	{ "at: monthly first wed 14:00\n    for: 2h", "at: monthly first wed 09:20\n    for: 2h",
	  "L18" },
	{ "stat: p95, op: \"<\", target: 2s", "op: \"<\", target: 2s", "L19" },
	{ "at: weekly wed 03:10, for: 20m", "at: weekly wed, for: 20m", "L20" },
	{ "branch: main", "branch: develop", "L21" },
	{ "{when: \"check{site} == fail\"}\n      steps", "{declared: it looks wrong}\n      steps",
	  "L22" },
	{ "is slow or closed: {{reason}}.", "is closed; all your data is safe.", "L23" },
	{ "users: 1000-,", "users: 900-,", "L24" },
	{ "column_type: datetime, ", "", "L25" },
	{ "keep: 3d, to: [vault], verify", "keep: 1d, to: [vault], verify", "L26" },
	{ "scope: full, at: monthly second tue 11:30", "scope: full, at: halfyearly", "L27" },
	{ "type: ssh, place: another town", "type: ssh, place: same", "L28" },
	{ "databases:\n",
	  "databases:\n  spare: {engine: mysql, service: catalogue, env: production}\n", "L29" },
	{ "impact: degraded, counts: no, notice: 48h", "impact: degraded, counts: no, notice: 2w",
	  "L30" },
	{ "upkeep: {hours: 30", "upkeep: {hours: 3", "L31" },
	{ "    owner: [librarian]\n    items", "    owner: [lead]\n    items", NULL },
	{ "email: bea@lendery.example\n    phone: \"+32 2 555 01 04\"", "email: unset", "L32" },
	{ "for: 45m, window: sunday", "for: 90m, window: sunday", "L33" },
	{ "at: monthly second thu 10:00", "at: monthly second mon 10:00", "L34" },
	{ "deadline: 3d, mitigate: 1d", "deadline: 1m, mitigate: 1m", "L37" },
	{ "      steps: [{run: [lendery-release, previous], timeout: 5m, timed: yes}, {do: "
	  "\"check:site\"}]\n",
	  "", "L38" },
};

static char *slip(const char *text, const Slip *s)
{
	const char *at = strstr(text, s->from);
	AUTO(Buf) b = { 0 };

	if (!at)
		return NULL;
	buf_add(&b, text, (size_t)(at - text));
	buf_text(&b, s->to);
	buf_text(&b, at + strlen(s->from));
	return buf_take(&b);
}

static size_t of_lint(const Loaded *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->findings.n; i++)
		n += *l->findings.at[i].code == 'L';
	return n;
}

TEST(one_careless_word_in_a_clean_plan_is_found)
{
	AUTO_FREE char *clean = read_plan("test/plans/good/clean.yaml");

	for (size_t i = 0; i < COUNT_OF(slips); i++) {
		AUTO_FREE char *text = slip(clean, &slips[i]);
		AUTO(Loaded) l = load_text(text ? text : "");

		if (!text || !l.plan || (slips[i].code && !count_code(&l, slips[i].code)) ||
		    (!slips[i].code && of_lint(&l)))
			(void)test_fail(__FILE__, __LINE__, "'%s' → '%s': wanted %s, got\n%s",
			                slips[i].from, slips[i].to,
			                slips[i].code ? slips[i].code : "nothing",
			                text ? buf_str(&l.text) : "no such place");
	}
}

/* ---- the seeds (plan-model §7, third column) ---- */

typedef struct Deserved {
	const char *plan, *code;
	char seed;
	int line; /* of the seed; 0: anywhere in the plan */
} Deserved;

static const Deserved deserved[] = {
	{ "francaisfluide", "L01", 'D', 12 },  { "mangatheque", "L01", 'C', 53 },
	{ "sitearis", "L02", 'B', 244 },       { "francaisfluide", "L02", 'D', 140 },
	{ "francaisfluide", "L02", 'D', 141 }, { "francaisfluide", "L02", 'D', 142 },
	{ "francaisfluide", "L02", 'D', 9 }, /* whose alarm is D:172 */
	{ "generic", "L03", 'A', 391 },        { "generic", "L03", 'A', 392 },
	{ "sitearis", "L03", 'B', 23 },        { "francaisfluide", "L03", 'D', 336 },
	{ "nationsounds", "L03", 'E', 0 },     { "francaisfluide", "L04", 'D', 106 },
	{ "francaisfluide", "L04", 'D', 117 }, { "francaisfluide", "L05", 'D', 11 },
	{ "sitearis", "L06", 'B', 86 },        { "sitearis", "L07", 'B', 86 },
	{ "sitearis", "L07", 'B', 87 },        { "sitearis", "L07", 'B', 88 },
	{ "mangatheque", "L07", 'C', 581 },    { "mangatheque", "L07", 'C', 588 },
	{ "sitearis", "L08", 'B', 32 },        { "sitearis", "L08", 'B', 33 },
	{ "mangatheque", "L08", 'C', 50 },     { "generic", "L08", 'A', 446 },
	{ "sitearis", "L09", 'B', 13 },        { "mangatheque", "L09", 'C', 26 },
	{ "francaisfluide", "L09", 'D', 130 }, { "francaisfluide", "L10", 'D', 36 },
	{ "generic", "L11", 'A', 503 },        { "mangatheque", "L11", 'C', 329 },
	{ "mangatheque", "L12", 'C', 188 },    { "mangatheque", "L13", 'C', 346 },
	{ "nationsounds", "L13", 'E', 139 },   { "nationsounds", "L14", 'E', 134 },
	{ "mangatheque", "L14", 'C', 193 },    { "mangatheque", "L15", 'C', 255 },
	{ "mangatheque", "L15", 'C', 297 },    { "nationsounds", "L17", 'E', 102 },
	{ "generic", "L18", 'A', 166 },        { "generic", "L18", 'A', 184 },
	{ "francaisfluide", "L18", 'D', 390 }, { "nationsounds", "L18", 'E', 90 },
	{ "nationsounds", "L18", 'E', 96 },    { "mangatheque", "L19", 'C', 264 },
	{ "mangatheque", "L19", 'C', 124 },    { "generic", "L19", 'A', 7 },
	{ "mangatheque", "L19", 'C', 33 },     { "francaisfluide", "L19", 'D', 172 },
	{ "sitearis", "L20", 'B', 51 },        { "mangatheque", "L20", 'C', 57 },
	{ "mangatheque", "L20", 'C', 67 },     { "nationsounds", "L20", 'E', 43 },
	{ "mangatheque", "L21", 'C', 188 },    { "francaisfluide", "L22", 'D', 237 },
	{ "francaisfluide", "L22", 'D', 238 }, { "nationsounds", "L22", 'E', 69 },
	{ "mangatheque", "L23", 'C', 495 },    { "nationsounds", "L25", 'E', 344 },
	{ "nationsounds", "L25", 'E', 345 },   { "nationsounds", "L26", 'E', 93 },
	{ "sitearis", "L27", 'B', 50 }, /* tried by B:226 only */
	{ "francaisfluide", "L27", 'D', 0 },   { "generic", "L28", 'A', 503 },
	{ "sitearis", "L28", 'B', 50 },        { "mangatheque", "L28", 'C', 53 },
};

/* Is the line among "B:13,86-89"? */
static bool src_has(const char *src, char seed, int line)
{
	bool of_seed = false;

	while (*src && *src != '"' && *src != '\n') {
		if (src[0] && src[1] == ':') {
			of_seed = *src == seed;
			src += 2;
		} else if (of_seed && *src >= '0' && *src <= '9') {
			char *end;
			long from = strtol(src, &end, 10), to = from;

			if (*end == '-')
				to = strtol(end + 1, &end, 10);
			if (line >= from && line <= to)
				return true;
			src = end;
		} else {
			src++;
		}
	}
	return false;
}

static size_t indent_of(const char *line) { return strspn(line, " "); }

/* Some `src` of the entry (the block of lines with its name) has the line of the seed. */
static bool block_has(const char *text, unsigned at, const Deserved *d)
{
	const char *line = text, *start = text, *s;
	unsigned n = 1;

	for (; *line && n < at; n++) {
		if (indent_of(line) <= 2 && *line != '#' && *line != '\n')
			start = line;
		line = strchrnul(line, '\n');
		line += *line == '\n';
	}
	if (indent_of(line) <= 2)
		start = line;
	for (s = start; *s; s += *s == '\n') {
		const char *end = strchrnul(s, '\n'),
		           *src = memmem(s, (size_t)(end - s), "src: ", 5);

		if (s != start && *s != '\n' && indent_of(s) <= indent_of(start))
			return false;
		for (; src && src < end; src = memmem(src, (size_t)(end - src), "src: ", 5)) {
			src += 5 + (src[5] == '"');
			if (src_has(src, d->seed, d->line))
				return true;
		}
		s = end;
	}
	return false;
}

/* "see: contacts.lead, line 84": the other place counts as well. */
static unsigned related_line(const Finding *f)
{
	const char *at = f->related ? strstr(f->related, ", line ") : NULL;

	return at ? (unsigned)strtoul(at + 7, NULL, 10) : 0;
}

static bool has_deserved(const Loaded *l, const char *text, const Deserved *d)
{
	for (size_t i = 0; i < l->findings.n; i++) {
		const Finding *f = &l->findings.at[i];
		unsigned other = related_line(f);

		if (text_eq(f->code, d->code) && (!d->line || block_has(text, f->at.line, d) ||
		                                  (other && block_has(text, other, d))))
			return true;
	}
	return false;
}

TEST(the_examples_have_the_findings_that_their_seeds_deserve_where_they_deserve_them)
{
	const char *open = NULL;
	AUTO_FREE char *text = NULL;
	Loaded l = { 0 };

	for (size_t pass = 0; pass < 5; pass++) {
		static const char *const plans[] = { "generic", "sitearis", "mangatheque",
			                             "francaisfluide", "nationsounds" };
		AUTO_FREE char *path = mem_printf("examples/%s.yaml", plans[pass]);

		open = plans[pass];
		text = read_plan(path);
		l = load_text(text);
		for (size_t i = 0; i < COUNT_OF(deserved); i++) {
			if (text_eq(deserved[i].plan, open) &&
			    !has_deserved(&l, text, &deserved[i]))
				(void)test_fail(__FILE__, __LINE__, "%s: no %s for %c:%d", open,
				                deserved[i].code, deserved[i].seed,
				                deserved[i].line);
		}
		Loaded_done(&l);
		mem_free(text);
		text = NULL;
	}
}

/* What the examples' authors put right to have a plan that loads and works, taken back:
 * the seed as it stands. */
typedef struct TakenBack {
	const char *plan, *from, *to, *code, *words;
} TakenBack;

static const TakenBack taken_back[] = {
	/* E:196: the password of the restore script. */
	{ "nationsounds", "secret: \"${env:DB_PASSWORD}\"", "secret: password", "L16", "***" },
	/* D:18 and D:25 share their bound; taken literally, 1K belongs to both. */
	{ "francaisfluide", "users: 0-1000\n", "users: 0-1001\n", "L24", "both claim 1000 users" },
	/* A:461 promises an automatic escalation; its only figure is ours. */
	{ "generic", "    escalation: p1_unanswered\n", "", "L01",
	  "no class and no level uses 'p1_unanswered'" },
	/* E:27 and E:119: the restore test, by quarter in one place and by month in another. */
	{ "nationsounds", "    scope: full\n", "    scope: partial\n", "L08",
	  "two partial restore tests of one copy" },
};

TEST(what_an_example_put_right_is_found_in_its_seed)
{
	for (size_t i = 0; i < COUNT_OF(taken_back); i++) {
		const TakenBack *t = &taken_back[i];
		AUTO_FREE char *path = mem_printf("examples/%s.yaml", t->plan);
		AUTO_FREE char *before = read_plan(path);
		AUTO_FREE char *text = slip(before, &(Slip){ t->from, t->to, t->code });
		AUTO(Loaded) right = load_text(before);
		AUTO(Loaded) wrong = load_text(text ? text : "");

		EXPECT(text != NULL);
		EXPECT(!strstr(buf_str(&right.text), t->words) || text_eq(t->words, "***"));
		EXPECT(count_code(&wrong, t->code) > count_code(&right, t->code));
		EXPECT_HAS(buf_str(&wrong.text), t->words);
	}
}
