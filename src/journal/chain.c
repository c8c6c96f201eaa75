#include "journal/chain.h"

#include "core/emit.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

const char chain_genesis[DIGEST_TEXT] =
        "0000000000000000000000000000000000000000000000000000000000000000";

static void hash_line(const char *previous, const char *line, size_t n, char out[DIGEST_TEXT])
{
	AUTO(Buf) both = { 0 };

	buf_text(&both, previous);
	buf_add(&both, line, n);
	digest_sha256(both.p, both.n, out);
}

void chain_line(const Entry *e, const char *plan_digest, int32_t offset_s, ChainLink *link,
                Buf *out)
{
	const char *previous = link->seq ? link->hash : chain_genesis;
	size_t start = out->n;
	char at[INSTANT_TEXT];
	Emit j = emit_to(out);

	link->seq++;
	emit_object(&j, NULL);
	emit_int(&j, "seq", link->seq);
	emit_text(&j, "t", instant_print_at(e->at, offset_s, at));
	emit_text(&j, "plan", plan_digest);
	emit_text(&j, "kind", e->kind);
	emit_text(&j, "subject", e->subject);
	emit_text(&j, "actor", e->actor);
	if (e->verdict[0])
		emit_text(&j, "verdict", e->verdict);
	if (e->input)
		emit_raw(&j, "input", e->input);
	if (e->note[0])
		emit_text(&j, "note", e->note);
	emit_text(&j, "prev", previous);
	emit_object_end(&j);
	hash_line(previous, out->p + start, out->n - start, link->hash);
}

bool chain_check(ChainLink *link, int64_t seq, const char *line, const char *hash, Err *err)
{
	const char *previous = link->seq ? link->hash : chain_genesis;
	char want[DIGEST_TEXT], head[40];

	if (seq > link->seq + 1)
		return err_set(err, ERR_BAD_INPUT, "record %lld is missing: after %lld comes %lld",
		               (long long)link->seq + 1, (long long)link->seq, (long long)seq);
	if (seq != link->seq + 1)
		return err_set(err, ERR_BAD_INPUT,
		               "record %lld is out of order: it comes after %lld", (long long)seq,
		               (long long)link->seq);
	(void)snprintf(head, sizeof head, "{\"seq\":%lld,", (long long)seq);
	if (!text_starts(line, head))
		return err_set(err, ERR_BAD_INPUT,
		               "record %lld carries another number: it was moved or renumbered",
		               (long long)seq);
	hash_line(previous, line, strlen(line), want);
	if (!digest_equal(want, hash))
		return err_set(err, ERR_BAD_INPUT, "record %lld was changed after it was written",
		               (long long)seq);
	link->seq = seq;
	text_copy(link->hash, sizeof link->hash, hash);
	return true;
}
