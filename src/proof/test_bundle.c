/* A bundle that holds, and every way in which one does not. */
#include "harness.h"

#include "core/text.h"
#include "proof/bundle.h"
#include "proof/tar.h"

#include <stdio.h>
#include <string.h>

static const Instant when = { 1798761600000000 };
enum { RECORDS = 6 };

typedef struct Made {
	Buf journal, chain, out;
	BundleChain facts;
	char plan[96], file[96];
	size_t starts[RECORDS + 1]; /* of lines in the journal */
} Made;

static void Made_done(Made *m)
{
	Buf_done(&m->journal);
	Buf_done(&m->chain);
	Buf_done(&m->out);
}

static const char plan_text[] = "plan: {title: Shop}\n";
static const char attached[] = "a scan of the signed sheet";

static void write_journal(Made *m, const char *plan_digest, const char *file_digest)
{
	ChainLink link = { 0 };

	for (int i = 0; i < RECORDS; i++) {
		Entry e = { .at = after(when, minutes(i)) };

		text_copy(e.kind, sizeof e.kind,
		          i == 1   ? "plan.epoch"
		          : i == 3 ? "task.file"
		                   : "check.changed");
		text_copy(e.subject, sizeof e.subject, "check:site");
		text_copy(e.actor, sizeof e.actor, "carene");
		if (i == 3)
			e.input = mem_printf("{\"sha256\":\"%s\"}", file_digest);
		m->starts[i] = m->journal.n;
		chain_line(&e, plan_digest, 3600, &link, &m->journal);
		buf_char(&m->journal, '\n');
		entry_done(&e);
	}
	m->starts[RECORDS] = m->journal.n;
	m->facts = (BundleChain){ .first = 1, .last = RECORDS };
	text_copy(m->facts.before, sizeof m->facts.before, chain_genesis);
	text_copy(m->facts.head, sizeof m->facts.head, link.hash);
	bundle_chain_json(&m->facts, &m->chain);
}

/* Without the files whose bit is in `leave_out`. */
static void write_out(Made *m, unsigned leave_out, const char *verdicts)
{
	const BundleFile all[] = {
		{ "chain.json", m->chain.p, m->chain.n },
		{ "journal.jsonl", m->journal.p, m->journal.n },
		{ "commitments.json", "{}", 2 },
		{ "verdicts.json", verdicts, strlen(verdicts) },
		{ "index.html", "<!doctype html>", 15 },
		{ m->plan, plan_text, sizeof plan_text - 1 },
		{ m->file, attached, sizeof attached - 1 },
	};
	BundleFile kept[COUNT_OF(all)];
	size_t n = 0;
	Err err = { 0 };

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		if (!(leave_out & (1U << i)))
			kept[n++] = all[i];
	}
	buf_clear(&m->out);
	EXPECT(bundle_write(kept, n, when, &m->out, &err));
}

static const char good[] = "{\"commitments\":[{\"id\":\"x\",\"evidence\":[1,6]}]}";

static void make(Made *m)
{
	char plan[DIGEST_TEXT], file[DIGEST_TEXT];

	*m = (Made){ 0 };
	digest_sha256(plan_text, sizeof plan_text - 1, plan);
	digest_sha256(attached, sizeof attached - 1, file);
	(void)snprintf(m->plan, sizeof m->plan, "plan/%s.yaml", plan);
	(void)snprintf(m->file, sizeof m->file, "attachments/%s", file);
	write_journal(m, plan, file);
	write_out(m, 0, good);
}

static void refused(const Made *m, const char *why)
{
	BundleReport r;
	Err err = { 0 };

	EXPECT(!bundle_check(m->out.p, m->out.n, &r, &err));
	EXPECT_HAS(err.message, why);
}

TEST(a_bundle_as_it_was_made_holds_and_is_the_same_each_time)
{
	AUTO(Made) one, two;
	BundleReport r;
	Err err = { 0 };

	make(&one);
	make(&two);
	EXPECT(bundle_check(one.out.p, one.out.n, &r, &err));
	EXPECT_TEXT(err.message, "");
	EXPECT_INT(r.chain.last, RECORDS);
	EXPECT_INT(r.plans, 1);
	EXPECT_INT(r.attachments, 1);
	EXPECT_INT(r.files, 10);
	EXPECT(one.out.n == two.out.n && memcmp(one.out.p, two.out.p, one.out.n) == 0);
}

TEST(any_byte_that_is_changed_is_found)
{
	AUTO(Made) m;
	size_t missed = 0;

	make(&m);
	for (size_t i = 0; i < m.out.n; i += 7) {
		BundleReport r;
		Err err = { 0 };

		m.out.p[i] = (char)(m.out.p[i] ^ 1);
		if (bundle_check(m.out.p, m.out.n, &r, &err) || !err.message[0]) {
			/* Only the time of a file may be another: it is none of the proof. */
			size_t in_header = i % 512;

			missed += !(in_header >= 136 && in_header < 156);
		}
		m.out.p[i] = (char)(m.out.p[i] ^ 1);
	}
	EXPECT_INT(missed, 0);
}

TEST(a_bundle_cut_anywhere_is_refused)
{
	AUTO(Made) m;

	make(&m);
	for (size_t n = 0; n < m.out.n; n += 64) {
		BundleReport r;
		Err err = { 0 };

		EXPECT(!bundle_check(m.out.p, n, &r, &err) && err.message[0]);
	}
}

TEST(what_the_journal_names_must_be_there)
{
	AUTO(Made) m;

	make(&m);
	write_out(&m, 1U << 6, good);
	refused(&m, "attachments/");
	write_out(&m, 1U << 5, good);
	refused(&m, "plan/");
	write_out(&m, 1U << 1, good);
	refused(&m, "journal.jsonl is missing");
	write_out(&m, 1U << 0, good);
	refused(&m, "chain.json is missing");
	write_out(&m, 0, "{\"commitments\":[{\"id\":\"x\",\"evidence\":[7]}]}");
	refused(&m, "cites record 7");
	write_out(&m, 0, "{}");
	refused(&m, "no commitments");
}

/* Lines taken out, doubled, swapped; the sums are made anew, as a forger would. */
TEST(the_first_record_that_does_not_hold_is_named)
{
	AUTO(Made) m;
	AUTO(Buf) whole = { 0 };

	make(&m);
	buf_add(&whole, m.journal.p, m.journal.n);
	/* record 3 is gone */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, m.starts[2]);
	buf_add(&m.journal, whole.p + m.starts[3], whole.n - m.starts[3]);
	write_out(&m, 0, good);
	refused(&m, "record 3 is missing: 4 comes instead");
	/* 3 and 4 have changed places */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, m.starts[2]);
	buf_add(&m.journal, whole.p + m.starts[3], m.starts[4] - m.starts[3]);
	buf_add(&m.journal, whole.p + m.starts[2], m.starts[3] - m.starts[2]);
	buf_add(&m.journal, whole.p + m.starts[4], whole.n - m.starts[4]);
	write_out(&m, 0, good);
	refused(&m, "record 3 is missing: 4 comes instead");
	/* 2 is there twice */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, m.starts[2]);
	buf_add(&m.journal, whole.p + m.starts[1], whole.n - m.starts[1]);
	write_out(&m, 0, good);
	refused(&m, "record 2 is out of order: 3 was due");
	/* the end is cut off */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, m.starts[4]);
	write_out(&m, 0, good);
	refused(&m, "missing at the end, from 5 on");
	/* a word of record 5 is another */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, whole.n);
	memcpy(strstr(m.journal.p + m.starts[4], "check:site"), "check:cite", 10);
	write_out(&m, 0, good);
	refused(&m, "record 5 was changed after it was written");
	/* and of the last one */
	buf_clear(&m.journal);
	buf_add(&m.journal, whole.p, whole.n);
	memcpy(strstr(m.journal.p + m.starts[5], "check:site"), "check:cite", 10);
	write_out(&m, 0, good);
	refused(&m, "record 6 was changed after it was written");
}

TEST(a_journal_that_begins_later_holds_from_its_hash_on)
{
	AUTO(Made) m;
	BundleChain part;
	ChainLink link = { 0 };
	AUTO(Buf) scratch = { 0 };
	Err err = { 0 };
	char prev[DIGEST_TEXT];

	make(&m);
	part = m.facts;
	part.first = 3;
	/* record 3 says in its last member what it continues */
	memcpy(prev, m.journal.p + m.starts[3] - 1 - 66, 64);
	prev[64] = '\0';
	text_copy(part.before, sizeof part.before, prev);
	EXPECT(bundle_check_journal(m.journal.p + m.starts[2], m.journal.n - m.starts[2], &part,
	                            &err));
	part.before[0] = part.before[0] == '0' ? '1' : '0';
	EXPECT(!bundle_check_journal(m.journal.p + m.starts[2], m.journal.n - m.starts[2], &part,
	                             &err));
	(void)link;
}

TEST(names_that_could_leave_the_folder_are_neither_written_nor_read)
{
	static const char *const bad[] = { "",        "/etc/passwd", "../x", "a/../b", "a//b", "a/",
		                           ".hidden", "a/.b",        "a b",  "a\nb",   "é" };
	char lengthy[120];

	memset(lengthy, 'a', sizeof lengthy);
	lengthy[101] = '\0';
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		AUTO(Buf) out = { 0 };

		EXPECT(!tar_add(&out, bad[i], "x", 1, when));
		EXPECT_INT(out.n, 0);
	}
	AUTO(Buf) out = { 0 };
	EXPECT(!tar_add(&out, lengthy, "x", 1, when));
	lengthy[100] = '\0';
	EXPECT(tar_add(&out, lengthy, "x", 1, when));
}

TEST(an_archive_of_another_shape_is_refused)
{
	AUTO(Buf) out = { 0 };
	TarFile files[2];
	size_t n;
	Err err = { 0 };

	EXPECT(tar_add(&out, "a", "one", 3, when) && tar_add(&out, "a", "two", 3, when));
	tar_end(&out);
	EXPECT(!tar_read(out.p, out.n, files, 2, &n, &err));
	EXPECT_HAS(err.message, "'a' is there twice");
	EXPECT(!tar_read(out.p, out.n, files, 1, &n, &err));
	EXPECT_HAS(err.message, "more than 1 files");
	out.p[512 + 10] = 'x'; /* behind the three bytes of the first file */
	EXPECT(!tar_read(out.p, out.n, files, 2, &n, &err));
	EXPECT_HAS(err.message, "hidden");
	EXPECT(!tar_read(out.p, 1024, files, 2, &n, &err));
}
