/* Proof: objectives with their account, commitments with their evidence, the journal.
 * Facts are gathered in proof_facts.c, books made in proofs.c. */
#include "engine/proofs.h"

#include "engine/command_private.h"

static bool objectives(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *only = arg_text(args, "id");

	(void)who;
	(void)err;
	emit_array(out, "objectives");
	for (size_t i = 0; i < e->plan->objectives_n; i++) {
		const Objective *o = &e->plan->objectives[i];
		ObjectiveResult r;

		if (only && !text_eq(only, o->item.id))
			continue;
		proofs_objective(e, o, e->now, &r);
		objective_json(o, &r, out);
	}
	emit_array_end(out);
	return true;
}

/* ---- commitments ---- */

static bool read_lang(const Engine *e, const json_t *args, Lang *ret, Err *err)
{
	const char *want = arg_text(args, "language");

	if (want && !lang_known(want)) {
		err_set(err, ERR_BAD_INPUT, "language '%s' is not known", want);
		return err_hint(err, "fr or en");
	}
	*ret = lang_parse(want ? want : e->plan->head.language);
	return true;
}

static bool wanted(const json_t *args, const ProofLine *l)
{
	const char *section = arg_text(args, "section"), *kind = arg_text(args, "kind"),
	           *verdict = arg_text(args, "verdict"), *id = arg_text(args, "id");

	return (!section || text_eq(section, l->section)) && (!kind || text_eq(kind, l->kind)) &&
	       (!verdict || text_eq(verdict, verdict_name(l->verdict))) &&
	       (!id || text_eq(id, l->id));
}

/* Some of the lines: what the answer counts is what it shows. */
static void choose(Engine *e, const json_t *args, ProofBook *b)
{
	ProofLine *kept = ARENA_ARRAY(e->turn, ProofLine, b->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (wanted(args, &b->lines[i]))
			kept[n++] = b->lines[i];
	}
	b->lines = kept;
	b->n = n;
}

static bool read_book(Engine *e, const json_t *args, ProofBook *b, Err *err)
{
	const char *month = arg_text(args, "month");
	Lang lang = LANG_EN;

	if (!read_lang(e, args, &lang, err))
		return false;
	if (!month)
		proofs_book(e, lang, b);
	else if (!proofs_month(e, month, lang, b, err))
		return false;
	choose(e, args, b);
	return true;
}

static bool prove(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *by = arg_text(args, "by");
	ProofGroupBy group = GROUP_SECTION;
	ProofBook b;

	(void)who;
	if (by && !proof_group_parse(by, &group)) {
		err_set(err, ERR_BAD_INPUT, "commitments cannot be counted by '%s'", by);
		return err_hint(err, "section, owner, kind or period");
	}
	if (!read_book(e, args, &b, err))
		return false;
	proof_json(&b, out);
	if (by)
		proof_groups_json(&b, group, out);
	return true;
}

static bool prove_page(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *format = arg_text(args, "format");
	AUTO(Buf) text = { 0 };
	ProofBook b;

	(void)who;
	if (!text_eq(format, "html") && !text_eq(format, "markdown")) {
		err_set(err, ERR_BAD_INPUT, "a page is 'html' or 'markdown'");
		return false;
	}
	if (!read_book(e, args, &b, err))
		return false;
	if (text_eq(format, "html"))
		proof_html(&b, &text);
	else
		proof_markdown(&b, &text);
	emit_text(out, "text", buf_str(&text));
	return true;
}

static bool prove_history(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	(void)args;
	(void)who;
	return proofs_history(e, out, err);
}

static bool waive(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *id, *reason;
	Instant until = NEVER;
	Verdict v;

	if (!arg_need(args, "commitment", &id, err))
		return false;
	if (arg_true(args, "over")) {
		if (!proofs_unwaive(e, id, who->actor, err))
			return false;
	} else {
		if (!arg_need(args, "reason", &reason, err) ||
		    (arg_text(args, "until") && !arg_instant(e, args, "until", &until, err)) ||
		    !proofs_waive(e, id, reason, until, who->actor, err))
			return false;
	}
	v = plan_commitment(e->plan, id) ? proofs_verdict(e, plan_commitment(e->plan, id))
	                                 : VERDICT_UNPROVEN;
	emit_text(out, "id", id);
	emit_text(out, "verdict", verdict_name(v));
	return true;
}

/* ---- the journal ---- */

typedef struct JournalOut {
	Emit *out;
	int64_t left;
} JournalOut;

static bool emit_row(void *ctx, const EvidenceRow *row)
{
	JournalOut *o = ctx;

	emit_raw(o->out, NULL, row->line);
	return --o->left > 0;
}

static bool journal(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const json_t *from = json_object_get(args, "from"), *limit = json_object_get(args, "limit");
	JournalOut o = { out, json_is_integer(limit) ? json_integer_value(limit) : 1000 };
	bool ok;

	(void)who;
	emit_array(out, "records");
	ok = store_evidence(e->store, json_integer_value(from), arg_text(args, "subject"),
	                    arg_text(args, "kind"), emit_row, &o, err);
	emit_array_end(out);
	return ok;
}

static bool verify(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	ChainLink last = { 0 };
	Err why = { 0 };
	bool ok = store_verify(e->store, &last, &why);

	(void)args;
	(void)who;
	if (!ok && why.code != ERR_BAD_INPUT) {
		*err = why;
		return false;
	}
	emit_bool(out, "holds", ok);
	emit_int(out, "records", last.seq);
	emit_text(out, "head", last.hash);
	emit_text(out, "problem", ok ? NULL : why.message);
	return true;
}

const CommandRow commands_proof[] = {
	{ { "objectives", ROLE_VIEWER, "id?" }, objectives },
	{ { "prove", ROLE_VIEWER, "by? month? language? section? kind? verdict? id?" }, prove },
	{ { "prove.page", ROLE_VIEWER, "format month? language? section? kind? verdict? id?" },
	  prove_page },
	{ { "prove.history", ROLE_VIEWER, "" }, prove_history },
	{ { "waive", ROLE_OPERATOR, "commitment reason? until? over?" }, waive },
	{ { "journal", ROLE_VIEWER, "from? subject? kind? limit?" }, journal },
	{ { "verify", ROLE_VIEWER, "" }, verify },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
