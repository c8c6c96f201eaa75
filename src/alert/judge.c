/* Whether a rule's condition holds, from facts asked through callbacks. Three
 * answers: not knowing is never taken for "all is well". */
#include "alert/alert_private.h"

#include "core/text.h"

#include <math.h>

/* Words for a check's state, as plans write them. */
static const struct {
	const char *word;
	AlertCheckState least, most;
} check_words[] = {
	{ "fail", ALERT_CHECK_DOWN, ALERT_CHECK_DOWN },
	{ "failed", ALERT_CHECK_DOWN, ALERT_CHECK_DOWN },
	{ "failing", ALERT_CHECK_DOWN, ALERT_CHECK_DOWN },
	{ "down", ALERT_CHECK_DOWN, ALERT_CHECK_DOWN },
	{ "degraded", ALERT_CHECK_DEGRADED, ALERT_CHECK_DEGRADED },
	{ "slow", ALERT_CHECK_DEGRADED, ALERT_CHECK_DEGRADED },
	{ "ok", ALERT_CHECK_UP, ALERT_CHECK_UP },
	{ "up", ALERT_CHECK_UP, ALERT_CHECK_UP },
	{ "pass", ALERT_CHECK_UP, ALERT_CHECK_UP },
	{ "unknown", ALERT_CHECK_UNKNOWN, ALERT_CHECK_UNKNOWN },
};

static Judgement judged(bool holds) { return holds ? JUDGED_TRUE : JUDGED_FALSE; }

static AlertCheckState ask_check(const AlertFacts *facts, const char *id)
{
	return facts->check_state ? facts->check_state(facts->ctx, id) : ALERT_CHECK_UNKNOWN;
}

/* A word that is none of ours never holds: the loader's lint names it. */
static Judgement judge_check(const Condition *c, const AlertFacts *facts, const char *id)
{
	AlertCheckState state = ask_check(facts, id);

	for (size_t i = 0; i < COUNT_OF(check_words); i++) {
		if (!text_eq(check_words[i].word, c->word))
			continue;
		if (state == ALERT_CHECK_UNKNOWN && check_words[i].least != ALERT_CHECK_UNKNOWN)
			return JUDGED_NO_DATA;
		return judged((state >= check_words[i].least && state <= check_words[i].most) ==
		              (c->op != OP_NE));
	}
	return JUDGED_FALSE;
}

static Judgement judge_metric(const Condition *c, const AlertFacts *facts, Instant now,
                              double *ret_value)
{
	double value = NAN;

	if (c->value.unset || !c->value.set)
		return JUDGED_FALSE;
	if (!facts->metric || !facts->metric(facts->ctx, c, now, &value) || isnan(value))
		return JUDGED_NO_DATA;
	*ret_value = value;
	return judged(op_holds(value, c->op, c->value.value));
}

static Judgement judge_state(const Condition *c, const AlertFacts *facts)
{
	char word[32] = "";

	if (!facts->state || !facts->state(facts->ctx, c->subject, c->scope, word) || !*word)
		return JUDGED_NO_DATA;
	return judged(text_eq(word, c->word) == (c->op != OP_NE));
}

static Judgement judge_declared(const Condition *c, const AlertFacts *facts)
{
	const char *text = strchr(c->text, ':');

	text = text ? text + 1 + strspn(text + 1, " \t\n") : c->text;
	/* Nobody having said anything is an answer, not missing data. */
	return judged(facts->declared && facts->declared(facts->ctx, text));
}

Judgement alert_judge_condition(const Condition *c, const AlertFacts *facts, Instant now,
                                double *ret_value)
{
	double value = 0;
	Judgement j = JUDGED_FALSE;

	switch (c->kind) {
	case CONDITION_NONE: break;
	case CONDITION_METRIC: j = judge_metric(c, facts, now, &value); break;
	case CONDITION_CHECK: j = judge_check(c, facts, c->scope); break;
	case CONDITION_STATE: j = judge_state(c, facts); break;
	case CONDITION_DECLARED: j = judge_declared(c, facts); break;
	}
	if (c->kind != CONDITION_METRIC)
		value = j == JUDGED_TRUE;
	if (ret_value)
		*ret_value = value;
	return j;
}

Judgement alert_judge(const Rule *rule, const AlertFacts *facts, Instant now, double *ret_value)
{
	Condition each = rule->when;
	int holding = 0, unknown = 0, need = rule->at_least > 0 ? rule->at_least : 1;

	if (rule->of.n == 0)
		return alert_judge_condition(&rule->when, facts, now, ret_value);
	if (each.kind != CONDITION_CHECK) {
		each.op = OP_EQ;
		text_copy(each.word, sizeof each.word, "fail");
	}
	for (size_t i = 0; i < rule->of.n; i++) {
		Judgement j = judge_check(&each, facts, rule->of.at[i]);

		holding += j == JUDGED_TRUE;
		unknown += j == JUDGED_NO_DATA;
	}
	if (ret_value)
		*ret_value = holding;
	if (holding >= need)
		return JUDGED_TRUE;
	return holding + unknown >= need ? JUDGED_NO_DATA : JUDGED_FALSE;
}

void alert_value_text(const Rule *rule, double value, char out[64])
{
	Quantity q = rule->when.value;
	char text[48];

	out[0] = '\0';
	if (rule->of.n) {
		(void)snprintf(out, 64, "%d/%zu", (int)value, rule->of.n);
	} else if (rule->when.kind == CONDITION_METRIC) {
		/* Three significant decimals: a threshold is judged on the value itself. */
		q.value = fabs(value) < 1e12 ? round(value * 1000) / 1000 : value;
		q.set = true;
		q.unset = false;
		q.text[0] = '\0';
		text_copy(out, 64, quantity_print(&q, text));
	} else {
		text_copy(out, 64, rule->when.word);
	}
}
