/* Counting and rolling up; the book as JSON. */
#include "proof/book.h"

#include "core/text.h"

static const char *const group_names[] = { [GROUP_SECTION] = "section",
	                                   [GROUP_OWNER] = "owner",
	                                   [GROUP_KIND] = "kind",
	                                   [GROUP_PERIOD] = "period" };

bool proof_group_parse(const char *s, ProofGroupBy *ret)
{
	for (size_t i = 0; i < COUNT_OF(group_names); i++) {
		if (text_eq(s, group_names[i])) {
			*ret = (ProofGroupBy)i;
			return true;
		}
	}
	return false;
}

const char *proof_group_of(const ProofLine *l, ProofGroupBy by)
{
	switch (by) {
	case GROUP_SECTION: return l->section;
	case GROUP_OWNER: return l->owner;
	case GROUP_KIND: return l->kind;
	case GROUP_PERIOD: break;
	}
	return l->period;
}

size_t proof_groups(const ProofBook *b, ProofGroupBy by, ProofGroup *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const char *name = proof_group_of(&b->lines[i], by);
		size_t g = 0;

		name = name ? name : "";
		while (g < n && !text_eq(out[g].name, name))
			g++;
		if (g == n && n < cap)
			out[n++] = (ProofGroup){ .name = name };
		else if (g == n)
			g = n - 1;
		out[g].totals[b->lines[i].verdict]++;
		out[g].n++;
	}
	return n;
}

void proof_totals(const ProofBook *b, unsigned out[VERDICTS])
{
	memset(out, 0, sizeof(unsigned) * VERDICTS);
	for (size_t i = 0; i < b->n; i++)
		out[b->lines[i].verdict]++;
}

static void totals_json(const char *key, const unsigned totals[VERDICTS], Emit *out)
{
	emit_object(out, key);
	for (int v = 0; v < VERDICTS; v++)
		emit_int(out, verdict_name((Verdict)v), totals[v]);
	emit_object_end(out);
}

void proof_groups_json(const ProofBook *b, ProofGroupBy by, Emit *out)
{
	enum { GROUPS = 128 };
	ProofGroup groups[GROUPS];
	size_t n = proof_groups(b, by, groups, GROUPS);

	emit_text(out, "by", group_names[by]);
	emit_array(out, "groups");
	for (size_t i = 0; i < n; i++) {
		emit_object(out, NULL);
		emit_text(out, "name", groups[i].name);
		totals_json("totals", groups[i].totals, out);
		emit_object_end(out);
	}
	emit_array_end(out);
}

void proof_line_json(const ProofLine *l, Emit *out)
{
	emit_object(out, NULL);
	emit_text(out, "id", l->id);
	emit_text(out, "label", l->label);
	emit_text(out, "src", l->src);
	emit_text(out, "ours", l->ours);
	emit_text(out, "section", l->section);
	emit_text(out, "owner", l->owner);
	emit_text(out, "kind", l->kind);
	emit_text(out, "figure", l->figure);
	emit_text(out, "period", l->period);
	emit_text(out, "value", l->value);
	emit_text(out, "verdict", verdict_name(l->verdict));
	emit_text(out, "measured", verdict_name(l->measured));
	emit_text(out, "sentence", l->sentence);
	emit_instant(out, "from", l->from);
	emit_instant(out, "to", l->to);
	emit_instant(out, "broken_at", l->broken_at);
	if (l->has_coverage)
		emit_real(out, "coverage", l->coverage);
	else
		emit_null(out, "coverage");
	emit_int(out, "good", l->good);
	emit_int(out, "bad", l->bad);
	emit_int(out, "open", l->open);
	emit_text(out, "why", l->why);
	emit_text(out, "account", l->account);
	emit_array(out, "evidence");
	for (size_t i = 0; i < l->evidence_n; i++)
		emit_int(out, NULL, l->evidence[i]);
	emit_array_end(out);
	emit_object_end(out);
}

void proof_json(const ProofBook *b, Emit *out)
{
	unsigned totals[VERDICTS];

	proof_totals(b, totals);
	emit_text(out, "plan", b->plan);
	emit_text(out, "title", b->title);
	emit_text(out, "digest", b->digest);
	emit_text(out, "epoch", b->epoch);
	emit_text(out, "month", b->month);
	emit_instant(out, "at", b->at);
	emit_instant(out, "from", b->from);
	emit_instant(out, "to", b->to);
	emit_array(out, "commitments");
	for (size_t i = 0; i < b->n; i++)
		proof_line_json(&b->lines[i], out);
	emit_array_end(out);
	totals_json("totals", totals, out);
	emit_object(out, "chain");
	emit_int(out, "records", b->head_seq);
	emit_text(out, "head", b->head_hash);
	emit_object_end(out);
}
