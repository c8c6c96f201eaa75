#include "proof/bundle.h"

#include "core/text.h"
#include "proof/tar.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- writing ---- */

static const char readme[] =
        "Preuves d'un plan de maintenance, par Carène\n"
        "============================================\n"
        "\n"
        "index.html se lit dans un navigateur: ce qui est promis, ce qui a été constaté, et les\n"
        "numéros des enregistrements qui en décident. journal.jsonl contient ces enregistrements,\n"
        "un par ligne. Chacun cite dans « prev » l'empreinte du précédent:\n"
        "\n"
        "    empreinte(n) = SHA-256( empreinte(n-1) en 64 chiffres hexadécimaux suivie de la ligne "
        "n )\n"
        "\n"
        "La première continue « before » de chain.json (64 zéros pour un journal entier), la\n"
        "dernière donne « head ». Pour vérifier, sans Carène et hors ligne:\n"
        "\n"
        "    sha256sum -c SHA256SUMS      aucun fichier n'a changé depuis l'envoi\n"
        "    python3 verify.py            aucune ligne du journal n'a changé, ne manque, n'est "
        "déplacée\n"
        "\n"
        "Avec Carène: carene verify --bundle FICHIER. Comparez « head » avec une empreinte notée\n"
        "auparavant, ou demandée à un autre destinataire: qui récrirait tout le journal "
        "obtiendrait\n"
        "une autre empreinte.\n"
        "\n"
        "Evidence of a maintenance plan, by Carène\n"
        "=========================================\n"
        "\n"
        "Open index.html in a browser: what is promised, what was found, and the numbers of the\n"
        "records that decide it. journal.jsonl holds these records, one a line. Each names in\n"
        "\"prev\" the hash of the one before it:\n"
        "\n"
        "    hash(n) = SHA-256( hash(n-1) as 64 hexadecimal digits, then line n )\n"
        "\n"
        "The first one continues \"before\" of chain.json (64 zeros for a whole journal), the "
        "last\n"
        "one gives \"head\". To check it offline, without Carène:\n"
        "\n"
        "    sha256sum -c SHA256SUMS      no file changed since it was sent\n"
        "    python3 verify.py            no line of the journal was changed, is missing, was "
        "moved\n"
        "\n"
        "With Carène: carene verify --bundle FILE. Compare \"head\" with a hash noted earlier, or\n"
        "asked of another receiver: whoever wrote the whole journal anew would get another one.\n";

void bundle_chain_json(const BundleChain *c, Buf *out)
{
	buf_printf(out, "{\"first\":%lld,\"last\":%lld,\"before\":\"%s\",\"head\":\"%s\"}\n",
	           (long long)c->first, (long long)c->last, c->before, c->head);
}

static void add_sum(Buf *sums, const char *name, const void *p, size_t n)
{
	char digest[DIGEST_TEXT];

	buf_printf(sums, "%s  %s\n", digest_sha256(p, n, digest), name);
}

static bool add_file(Buf *out, Buf *sums, const BundleFile *f, Instant at, Err *err)
{
	AUTO_FREE char *name = mem_printf("%s%s", BUNDLE_FOLDER, f->name);

	if (sums)
		add_sum(sums, f->name, f->p, f->n);
	return tar_add(out, name, f->p, f->n, at) ||
	       err_set(err, ERR_BAD_INPUT, "'%s' cannot be the name of a file of a bundle",
	               f->name);
}

bool bundle_write(const BundleFile *files, size_t n, Instant at, Buf *out, Err *err)
{
	const BundleFile own[] = {
		{ "README.txt", readme, sizeof readme - 1 },
		{ "verify.py", bundle_verify_py, strlen(bundle_verify_py) },
	};
	AUTO(Buf) sums = { 0 };

	for (size_t i = 0; i < COUNT_OF(own); i++) {
		if (!add_file(out, &sums, &own[i], at, err))
			return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!add_file(out, &sums, &files[i], at, err))
			return false;
	}
	if (!add_file(out, NULL, &(BundleFile){ "SHA256SUMS", buf_str(&sums), sums.n }, at, err))
		return false;
	tar_end(out);
	return !out->over ||
	       err_set(err, ERR_LIMIT, "the bundle would have more than %zu MiB", out->max >> 20);
}

/* ---- the journal ---- */

enum { PREV_TAIL = 64 + 2 + 8 }; /* "prev":"…64…"} */

/* The hash a line says it continues; it is the line's last member. */
static bool prev_of(const char *line, size_t n, char out[DIGEST_TEXT])
{
	static const char key[] = "\"prev\":\"";
	const char *at;

	if (n < PREV_TAIL || line[n - 1] != '}' || line[n - 2] != '"')
		return false;
	at = line + n - PREV_TAIL;
	if (memcmp(at, key, sizeof key - 1) != 0)
		return false;
	memcpy(out, at + sizeof key - 1, 64);
	out[64] = '\0';
	return true;
}

static bool seq_of(const char *line, size_t n, int64_t *ret)
{
	static const char key[] = "{\"seq\":";
	char number[24];
	size_t at = sizeof key - 1, k = 0;

	if (n < at || memcmp(line, key, at) != 0)
		return false;
	while (at < n && k + 1 < sizeof number && line[at] >= '0' && line[at] <= '9')
		number[k++] = line[at++];
	number[k] = '\0';
	return at < n && line[at] == ',' && text_int(number, ret);
}

static bool check_order(int64_t want, int64_t seq, Err *err)
{
	if (seq > want)
		return err_set(err, ERR_BAD_INPUT, "record %lld is missing: %lld comes instead",
		               (long long)want, (long long)seq);
	return seq == want ||
	       err_set(err, ERR_BAD_INPUT, "record %lld is out of order: %lld was due",
	               (long long)seq, (long long)want);
}

static bool check_line(const char *line, size_t n, int64_t want, char hash[DIGEST_TEXT], Err *err)
{
	char prev[DIGEST_TEXT];
	AUTO(Buf) both = { 0 };
	int64_t seq;

	if (!seq_of(line, n, &seq) || !prev_of(line, n, prev))
		return err_set(err, ERR_BAD_INPUT, "record %lld is not a record", (long long)want);
	if (!check_order(want, seq, err))
		return false;
	if (!text_eq(prev, hash))
		return err_set(err, ERR_BAD_INPUT,
		               "record %lld was changed after it was written: what follows it "
		               "continues another",
		               (long long)want - 1);
	buf_add(&both, hash, 64);
	buf_add(&both, line, n);
	if (both.over)
		return err_set(err, ERR_LIMIT, "record %lld is too long", (long long)want);
	digest_sha256(both.p, both.n, hash);
	return true;
}

bool bundle_check_journal(const char *text, size_t n, const BundleChain *chain, Err *err)
{
	char hash[DIGEST_TEXT];
	int64_t want = chain->first;

	text_copy(hash, sizeof hash, chain->before);
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);

		if (!end)
			return err_set(err, ERR_BAD_INPUT, "record %lld is cut off",
			               (long long)want);
		if (!check_line(text + at, (size_t)(end - (text + at)), want, hash, err))
			return false;
		want++;
		at = (size_t)(end - text) + 1;
	}
	if (want - 1 < chain->last)
		return err_set(err, ERR_BAD_INPUT, "records are missing at the end, from %lld on",
		               (long long)want);
	if (want - 1 > chain->last)
		return err_set(err, ERR_BAD_INPUT, "record %lld is one too many",
		               (long long)chain->last + 1);
	return text_eq(hash, chain->head) ||
	       err_set(err, ERR_BAD_INPUT, "record %lld was changed after it was written",
	               (long long)chain->last);
}

/* ---- checking ---- */

typedef struct Archive {
	TarFile *at;
	size_t n;
} Archive;

static const TarFile *file_of(const Archive *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++) {
		if (text_eq(a->at[i].name + strlen(BUNDLE_FOLDER), name))
			return &a->at[i];
	}
	return NULL;
}

static bool check_names(const Archive *a, Err *err)
{
	static const char *const needed[] = { "README.txt",    "verify.py",        "chain.json",
		                              "journal.jsonl", "commitments.json", "verdicts.json",
		                              "index.html",    "SHA256SUMS" };

	for (size_t i = 0; i < a->n; i++) {
		if (!text_starts(a->at[i].name, BUNDLE_FOLDER))
			return err_set(err, ERR_BAD_INPUT, "'%s' does not belong in a bundle",
			               a->at[i].name);
	}
	for (size_t i = 0; i < COUNT_OF(needed); i++) {
		if (!file_of(a, needed[i]))
			return err_set(err, ERR_BAD_INPUT, "%s is missing", needed[i]);
	}
	return true;
}

static bool check_sum_line(const Archive *a, const char *line, size_t n, Err *err)
{
	char want[DIGEST_TEXT], name[TAR_NAME], digest[DIGEST_TEXT];
	const TarFile *f;

	if (n < 67 || n - 66 >= sizeof name || line[64] != ' ' || line[65] != ' ')
		return err_set(err, ERR_BAD_INPUT, "SHA256SUMS has a line that is none of its own");
	memcpy(want, line, 64);
	want[64] = '\0';
	memcpy(name, line + 66, n - 66);
	name[n - 66] = '\0';
	f = file_of(a, name);
	if (!f)
		return err_set(err, ERR_BAD_INPUT, "%s is missing", name);
	return digest_equal(want, digest_sha256(f->p, f->n, digest)) ||
	       err_set(err, ERR_BAD_INPUT, "%s was changed: its SHA-256 is another", name);
}

static bool check_sums(const Archive *a, Err *err)
{
	const TarFile *sums = file_of(a, "SHA256SUMS");
	const char *text = (const char *)sums->p;
	size_t lines = 0;

	for (size_t at = 0; at < sums->n; lines++) {
		const char *end = memchr(text + at, '\n', sums->n - at);

		if (!end)
			return err_set(err, ERR_BAD_INPUT, "SHA256SUMS is cut off");
		if (!check_sum_line(a, text + at, (size_t)(end - (text + at)), err))
			return false;
		at = (size_t)(end - text) + 1;
	}
	return lines == a->n - 1 ||
	       err_set(err, ERR_BAD_INPUT, "SHA256SUMS lists %zu files, there are %zu", lines,
	               a->n - 1);
}

static bool hex64(const char *s)
{
	return s && strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static bool read_chain(const Archive *a, BundleChain *ret, Err *err)
{
	const TarFile *f = file_of(a, "chain.json");
	json_t *o = json_loadb((const char *)f->p, f->n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *first = json_object_get(o, "first"), *last = json_object_get(o, "last");
	const char *before = json_string_value(json_object_get(o, "before")),
	           *head = json_string_value(json_object_get(o, "head"));
	bool ok = json_is_integer(first) && json_is_integer(last) && hex64(before) && hex64(head);

	if (ok) {
		ret->first = json_integer_value(first);
		ret->last = json_integer_value(last);
		text_copy(ret->before, sizeof ret->before, before);
		text_copy(ret->head, sizeof ret->head, head);
		ok = ret->first >= 1 && ret->last >= ret->first - 1 &&
		     (ret->first > 1 || text_eq(ret->before, chain_genesis));
	}
	json_decref(o);
	return ok || err_set(err, ERR_BAD_INPUT,
	                     "chain.json does not say where the journal begins "
	                     "and ends");
}

/* Files that are named by the digest of what is in them. */
static bool check_digests(const Archive *a, BundleReport *r, Err *err)
{
	for (size_t i = 0; i < a->n; i++) {
		const TarFile *f = &a->at[i];
		const char *name = f->name + strlen(BUNDLE_FOLDER);
		bool plan = text_starts(name, "plan/"), att = text_starts(name, "attachments/");
		char digest[DIGEST_TEXT];

		if (!plan && !att)
			continue;
		r->plans += plan;
		r->attachments += att;
		digest_sha256(f->p, f->n, digest);
		if (strncmp(name + (plan ? 5 : 12), digest, 64) != 0)
			return err_set(err, ERR_BAD_INPUT, "%s is not what its name says", name);
	}
	return true;
}

/* What a record of the journal names must be there: plans and attachments. */
static bool check_record(const Archive *a, const json_t *o, Err *err)
{
	const char *plan = json_string_value(json_object_get(o, "plan")),
	           *kind = json_string_value(json_object_get(o, "kind")),
	           *file = json_string_value(
	                   json_object_get(json_object_get(o, "input"), "sha256"));
	long long seq = (long long)json_integer_value(json_object_get(o, "seq"));
	char name[TAR_NAME];

	if (text_starts(kind ? kind : "", "plan.epoch")) {
		(void)snprintf(name, sizeof name, "plan/%.64s.yaml", plan ? plan : "");
		if (!file_of(a, name))
			return err_set(err, ERR_BAD_INPUT, "%s is missing: record %lld names it",
			               name, seq);
	}
	if (text_starts(kind ? kind : "", "task.") && hex64(file)) {
		(void)snprintf(name, sizeof name, "attachments/%.64s", file);
		if (!file_of(a, name))
			return err_set(err, ERR_BAD_INPUT, "%s is missing: record %lld names it",
			               name, seq);
	}
	return true;
}

static bool check_records(const Archive *a, Err *err)
{
	const TarFile *j = file_of(a, "journal.jsonl");
	const char *text = (const char *)j->p;
	bool ok = true;

	for (size_t at = 0; ok && at < j->n;) {
		const char *end = memchr(text + at, '\n', j->n - at);
		size_t n = end ? (size_t)(end - (text + at)) : j->n - at;
		json_t *o = json_loadb(text + at, n, 0, NULL);

		ok = o ? check_record(a, o, err)
		       : err_set(err, ERR_BAD_INPUT, "a record is not JSON");
		json_decref(o);
		at += n + 1;
	}
	return ok;
}

/* A verdict cites records of this journal, or it cites nothing. */
static bool check_citations(const Archive *a, const BundleChain *chain, Err *err)
{
	const TarFile *f = file_of(a, "verdicts.json");
	json_t *o = json_loadb((const char *)f->p, f->n, 0, NULL), *c, *seq;
	json_t *list = json_object_get(o, "commitments");
	size_t i, k;
	bool ok = json_is_array(list) ||
	          err_set(err, ERR_BAD_INPUT, "verdicts.json holds no commitments");

	json_array_foreach(list, i, c)
	{
		json_array_foreach(json_object_get(c, "evidence"), k, seq)
		{
			if (ok && json_integer_value(seq) > chain->last)
				ok = err_set(err, ERR_BAD_INPUT,
				             "verdicts.json cites record %lld, which is not there",
				             (long long)json_integer_value(seq));
		}
	}
	json_decref(o);
	return ok;
}

static bool check_archive(const Archive *a, BundleReport *ret, Err *err)
{
	const TarFile *j;

	if (!check_names(a, err) || !read_chain(a, &ret->chain, err))
		return false;
	j = file_of(a, "journal.jsonl");
	return bundle_check_journal((const char *)j->p, j->n, &ret->chain, err) &&
	       check_sums(a, err) && check_digests(a, ret, err) && check_records(a, err) &&
	       check_citations(a, &ret->chain, err);
}

bool bundle_check(const void *p, size_t n, BundleReport *ret, Err *err)
{
	Archive a = { .at = mem_new(sizeof(TarFile) * BUNDLE_FILES) };
	bool ok;

	*ret = (BundleReport){ 0 };
	ok = tar_read(p, n, a.at, BUNDLE_FILES, &a.n, err) && check_archive(&a, ret, err);
	ret->files = a.n;
	mem_free(a.at);
	return ok;
}
