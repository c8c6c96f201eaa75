/* What a target answers when all is well: what its check wants to see. Only what a check
 * says in plain words can be met: statuses, a text that must be there, simple JSON paths
 * ("$.status"), an address, a greeting. A pattern to match is left to the scenario. */
#include "sim/scenario_private.h"

#include "check/run.h"
#include "core/text.h"

#include <jansson.h>

/* "200", "2xx", "200-299" → the first status meant. */
static int first_status(const Texts *expect)
{
	char digits[4] = "";
	int64_t n;

	if (!expect->n)
		return 0;
	for (size_t i = 0; i < 3 && expect->at[0][i]; i++)
		digits[i] =
		        expect->at[0][i] == 'x' || expect->at[0][i] == 'X' ? '0' : expect->at[0][i];
	return text_int(digits, &n) ? (int)n : 0;
}

/* "$.a.b" into nested objects. */
static void put_path(json_t *root, const char *path, const char *value)
{
	const char *rest = text_starts(path, "$.") ? path + 2 : path;
	char name[128], next[128];
	int64_t n;

	if (!text_part(&rest, ".", name, sizeof name))
		return;
	while (text_part(&rest, ".", next, sizeof next)) {
		json_t *inner = json_object_get(root, name);

		if (!inner) {
			inner = json_object();
			json_object_set_new(root, name, inner);
		}
		root = inner;
		text_copy(name, sizeof name, next);
	}
	json_object_set_new(root, name, text_int(value, &n) ? json_integer(n) : json_string(value));
}

static void body_of(const Pairs *json, const char *contains, char out[512])
{
	json_t *root;
	char *text;

	text_copy(out, 512, contains);
	if (!json->n)
		return;
	root = json_object();
	for (size_t i = 0; i < json->n; i++)
		put_path(root, json->at[i].key, json->at[i].value);
	if (contains)
		json_object_set_new(root, "text", json_string(contains));
	text = json_dumps(root, JSON_COMPACT);
	text_copy(out, 512, text);
	mem_free(text);
	json_decref(root);
}

/* ---- what databases are asked for ---- */

static bool is_of_sql(const Plan *p, const Condition *c)
{
	const Metric *m = c->kind == CONDITION_METRIC ? plan_metric(p, c->subject) : NULL;

	return m && m->source && text_starts(m->source, "sql") && c->value.set && !c->value.unset;
}

static bool sets_off(const Plan *p, double value)
{
	for (size_t i = 0; i < p->rules_n; i++) {
		const Condition *c = &p->rules[i].when;

		if (is_of_sql(p, c) && op_holds(value, c->op, c->value.value))
			return true;
	}
	return false;
}

/* What a query of the plan's own counts when all is well nobody knows; a figure at which a rule
 * of the plan speaks up it is not. "" where the simulated database's own figure will do. */
static void queries_well(const Plan *p, char out[512])
{
	double quiet = 5; /* what the simulated databases say by themselves */

	if (!sets_off(p, quiet))
		return;
	quiet = 0;
	for (size_t i = 0; i < p->rules_n && sets_off(p, quiet); i++) {
		if (is_of_sql(p, &p->rules[i].when))
			quiet = p->rules[i].when.value.value;
	}
	if (!sets_off(p, quiet)) /* else no one figure pleases all of them */
		(void)snprintf(out, 512, "%g", quiet);
}

SimAnswer target_healthy(const Plan *p, const Check *c)
{
	SimAnswer a = { 0 };

	switch (c->type) {
	case CHECK_HTTP:
	case CHECK_HTTP_HEAD:
		a.status = first_status(&c->how->expect);
		body_of(&c->how->json, c->how->contains, a.body);
		break;
	case CHECK_TCP: text_copy(a.body, sizeof a.body, c->how->read_expect); break;
	case CHECK_DNS:
		text_copy(a.body, sizeof a.body, c->how->answers.n ? c->how->answers.at[0] : NULL);
		break;
	case CHECK_DB_PING: queries_well(p, a.body); break;
	case CHECK_TLS:
	case CHECK_ICMP:
	case CHECK_UNIT:
	case CHECK_COMMAND:
	case CHECK_PUSH:
	case CHECK_JOURNEY:
	case CHECK_IMPORT: break;
	}
	return a;
}

bool target_pattern(const Plan *p, const Check *c, char out[256])
{
	const char *target = check_target(c);

	if (c->type == CHECK_JOURNEY)
		target = c->how->steps_n ? c->how->steps[0].url : NULL;
	if (c->type == CHECK_DB_PING)
		target = c->how->db ? c->how->db->name ? c->how->db->name : c->how->db->item.id
		                    : NULL;
	if (c->type == CHECK_COMMAND && !target)
		target = c->how->run.n ? c->how->run.at[0] : NULL;
	(void)p;
	if (text_is_empty(target))
		return false;
	(void)snprintf(out, 256, "%s%s*", strstr(target, "://") ? "" : "*", target);
	return true;
}

static void journey(Sim *sim, const Check *c)
{
	for (size_t i = 0; i < c->how->steps_n; i++) {
		const JourneyStep *s = &c->how->steps[i];
		SimAnswer a = { .status = first_status(&s->expect) };

		body_of(&s->json, s->contains, a.body);
		if (s->url && (a.status || a.body[0]))
			sim_answer(sim, s->url, &a);
	}
}

void targets_well(Sim *sim, const Plan *p)
{
	SimAnswer of_databases = { 0 };
	char pattern[256];

	queries_well(p, of_databases.body);
	/* Comes first: what a check or a story says of one of them stands. */
	if (of_databases.body[0])
		sim_answer(sim, "db *", &of_databases);
	for (size_t i = 0; i < p->checks_n; i++) {
		const Check *c = &p->checks[i];
		SimAnswer a = target_healthy(p, c);

		if (c->type == CHECK_JOURNEY)
			journey(sim, c);
		else if ((a.status || a.body[0]) && target_pattern(p, c, pattern))
			sim_answer(sim, pattern, &a);
	}
}
