/* Verifying a TLS peer, once for every kind of question, and saying what was seen:
 * the leaf's dates and names, and the earliest end of the chain that was really
 * validated, not of whatever the server sent along.
 *
 * One trust store per file, read once: reading Debian's bundle costs as much as
 * thirty handshakes, and a certificate folder more. It does not fetch anything
 * (no OCSP, no CRL, no missing intermediates): a chain that a strict client would
 * refuse is refused. */
#include "loop/loop_private.h"

#include "core/text.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

/* ---- stores ---- */

static void store_free(TrustStore *t)
{
	X509_STORE_free(t->store);
	mem_free(t);
}

/* PARTIAL_CHAIN: a server's own certificate, or an intermediate, may be the trust anchor. */
static X509_STORE *store_read(const char *path)
{
	X509_STORE *store = X509_STORE_new();

	if (store && X509_STORE_load_file(store, path) == 1) {
		(void)X509_STORE_set_flags(store,
		                           X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
		return store;
	}
	ERR_clear_error();
	X509_STORE_free(store);
	return NULL;
}

static bool is_current(const TrustStore *t, const struct stat *st)
{
	return t && t->size == st->st_size && t->inode == (int64_t)st->st_ino &&
	       t->mtime_ns == st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

X509_STORE *tls_store(Loop *loop, const char *ca_file, Err *err)
{
	const char *path = ca_file ? ca_file : loop->ca_file;
	TrustStore *t = map_get(&loop->trust, path), *was;
	struct stat st;

	if (stat(path, &st) != 0) {
		(void)err_set(err, ERR_IO, "cannot read the trust store '%s'", path);
		return NULL;
	}
	if (!is_current(t, &st)) {
		t = NEW(TrustStore);
		*t = (TrustStore){ .store = store_read(path),
			           .mtime_ns = st.st_mtim.tv_sec * INT64_C(1000000000) +
			                       st.st_mtim.tv_nsec,
			           .size = st.st_size,
			           .inode = (int64_t)st.st_ino };
		was = map_put(&loop->trust, path, t);
		if (was)
			store_free(was);
	}
	if (!t->store)
		(void)err_set(err, ERR_IO, "no certificate in the trust store '%s'", path);
	return t->store;
}

void tls_loop_done(Loop *loop)
{
	MapEntry *e;

	for (size_t i = 0; map_next(&loop->trust, &i, &e);)
		store_free(e->value);
	Map_done(&loop->trust);
	SSL_CTX_free(loop->tls);
	loop->tls = NULL;
}

/* ---- facts ---- */

static Instant instant_of(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return LONG_AGO;
	return after((Instant){ 0 },
	             seconds(days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 +
	                     tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec));
}

static const char *name_text(Arena *arena, const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	const char *text = NULL;
	char *p;
	long n;

	if (!out || !name)
		return NULL;
	(void)X509_NAME_print_ex(out, name, 0,
	                         XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	n = BIO_get_mem_data(out, &p);
	if (n > 0)
		text = arena_text_n(arena, p, n < 1024 ? (size_t)n : 1024);
	(void)BIO_free(out);
	return text;
}

/* What is not printable in a name (a NUL smuggled in, say) shows as '?'. */
static void add_name(Buf *out, const ASN1_STRING *s)
{
	const unsigned char *p = ASN1_STRING_get0_data(s);

	if (out->n)
		buf_text(out, ", ");
	for (int i = 0; i < ASN1_STRING_length(s); i++)
		buf_char(out, p[i] > 0x20 && p[i] < 0x7f ? (char)p[i] : '?');
}

static const char *names_text(Arena *arena, const X509 *leaf)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	AUTO(Buf) out = { .max = 4096 };

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			add_name(&out, name->d.dNSName);
	}
	GENERAL_NAMES_free(names);
	return arena_text(arena, buf_str(&out));
}

static void note_leaf(TlsPeer *peer, X509 *leaf)
{
	CertInfo *c = peer->cert;

	c->present = true;
	c->leaf_not_before = instant_of(X509_get0_notBefore(leaf));
	c->leaf_not_after = c->chain_not_after = instant_of(X509_get0_notAfter(leaf));
	c->subject = name_text(peer->arena, X509_get_subject_name(leaf));
	c->issuer = name_text(peer->arena, X509_get_issuer_name(leaf));
	c->names = names_text(peer->arena, leaf);
}

static void note_chain(TlsPeer *peer, STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain); i++)
		peer->cert->chain_not_after =
		        earliest(peer->cert->chain_not_after,
		                 instant_of(X509_get0_notAfter(sk_X509_value(chain, i))));
}

/* ---- verifying ---- */

static int peer_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return index;
}

static void expect_host(X509_STORE_CTX *ctx, const char *host)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	Address literal;
	char text[ADDRESS_TEXT];

	/* As browsers do: the common name is no name (RFC 9525 §2). */
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (address_parse(host, &literal))
		(void)X509_VERIFY_PARAM_set1_ip_asc(param, address_print(&literal, text));
	else
		(void)X509_VERIFY_PARAM_set1_host(param, host, 0);
}

/* OpenSSL calls this instead of its own verification, which it then calls. */
static int verify(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	TlsPeer *peer = arg ? arg : SSL_get_ex_data(ssl, peer_index());
	bool good;

	expect_host(ctx, peer->host);
	note_leaf(peer, X509_STORE_CTX_get0_cert(ctx));
	good = X509_verify_cert(ctx) == 1;
	peer->seen = true;
	peer->cert->verified = good;
	if (good)
		note_chain(peer, X509_STORE_CTX_get0_chain(ctx));
	else
		peer->cert->error = arena_text(
		        peer->arena, X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	ERR_clear_error();
	return good || peer->no_verify;
}

/* `peer` NULL: each SSL brings its own. */
bool tls_prepare(Loop *loop, SSL_CTX *ctx, const char *ca_file, TlsPeer *peer, Err *err)
{
	X509_STORE *store = tls_store(loop, ca_file, err);

	if (!store)
		return false;
	SSL_CTX_set1_cert_store(ctx, store);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify, peer);
	/* A resumed session shows no certificate: each probe sees the whole handshake. */
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	return true;
}

/* The shared context goes with the store it was made with. */
static SSL_CTX *client_context(Loop *loop, const char *ca_file, Err *err)
{
	X509_STORE *store = tls_store(loop, ca_file, err);
	SSL_CTX *ctx;

	if (!store)
		return NULL;
	if (!ca_file && loop->tls && SSL_CTX_get_cert_store(loop->tls) == store) {
		(void)SSL_CTX_up_ref(loop->tls);
		return loop->tls;
	}
	ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx || !tls_prepare(loop, ctx, ca_file, NULL, err)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	if (!ca_file) {
		SSL_CTX_free(loop->tls);
		(void)SSL_CTX_up_ref(ctx);
		loop->tls = ctx;
	}
	return ctx;
}

SSL *tls_client(Loop *loop, const char *ca_file, const char *sni, TlsPeer *peer, Err *err)
{
	SSL_CTX *ctx = client_context(loop, ca_file, err);
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	Address literal;

	SSL_CTX_free(ctx);
	if (!ssl) {
		if (ctx)
			(void)err_set(err, ERR_IO, "no TLS client");
		return NULL;
	}
	(void)SSL_set_ex_data(ssl, peer_index(), peer);
	if (!address_parse(sni, &literal))
		(void)SSL_set_tlsext_host_name(ssl, sni);
	SSL_set_connect_state(ssl);
	return ssl;
}

const char *tls_error(const TlsPeer *peer, Arena *arena)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (peer->seen && !peer->cert->verified && !peer->no_verify)
		return arena_printf(arena, "certificate: %s", peer->cert->error);
	if (reason)
		return arena_printf(arena, "TLS handshake: %s", reason);
	return "TLS handshake: connection closed by peer";
}
