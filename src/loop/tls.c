/* Verifying a TLS peer, once for every kind of question, and saying what was seen:
 * the leaf's dates and names, and the earliest end of the chain that was really
 * validated, not of whatever the server sent along.
 *
 * A chain that was verified for a name is not verified again while the same bytes come from
 * the same name: reading what it says and checking the authority's signature would find what
 * they found. It does not fetch anything (no OCSP, no CRL, no missing intermediates): a chain
 * that a strict client would refuse is refused. */
#include "loop/loop_private.h"

#include "core/text.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { CHAIN_MAX = 16 };

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

/* ---- what is known of a chain already ---- */

/* A digest of all that the server sent as its chain, byte for byte. */
static bool digest(const Loop *loop, X509_STORE_CTX *ctx, unsigned char ret[TLS_DIGEST])
{
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(ctx);
	unsigned char each[CHAIN_MAX * TLS_DIGEST];
	int n = sk_X509_num(sent);

	if (!loop->tls_md || n < 1 || n > CHAIN_MAX)
		return false;
	for (int i = 0; i < n; i++) {
		if (X509_digest(sk_X509_value(sent, i), loop->tls_md, each + i * TLS_DIGEST,
		                NULL) != 1)
			return false;
	}
	return EVP_Digest(each, (size_t)n * TLS_DIGEST, ret, NULL, loop->tls_md, NULL) == 1;
}

bool tls_recall(TlsPeer *peer, const TlsFacts *f, Instant now, CertInfo *ret)
{
	if (!f || now.us < f->from.us || now.us >= f->until.us)
		return false;
	*ret = (CertInfo){ .present = true,
		           .verified = true,
		           .leaf_not_before = f->leaf_not_before,
		           .leaf_not_after = f->leaf_not_after,
		           .chain_not_after = f->until,
		           .subject = arena_text(peer->arena, f->subject),
		           .issuer = arena_text(peer->arena, f->issuer),
		           .names = arena_text(peer->arena, f->names) };
	return true;
}

/* Verifying is a function of the chain, the name, the trust store and the time. The first
 * three are those of last time here (each store has its own memory), and the time is within
 * what every certificate of the validated chain allows: the verdict is the same. */
static bool recall(TlsPeer *peer, TlsFacts *f, const unsigned char id[TLS_DIGEST], Instant now)
{
	if (!f || memcmp(f->digest, id, TLS_DIGEST) != 0 || !tls_recall(peer, f, now, peer->cert))
		return false;
	f->seen = now;
	return true;
}

static Instant chain_from(STACK_OF(X509) * chain)
{
	Instant from = LONG_AGO;

	for (int i = 0; i < sk_X509_num(chain); i++)
		from = latest(from, instant_of(X509_get0_notBefore(sk_X509_value(chain, i))));
	return from;
}

static void remember(TrustStore *trust, const TlsPeer *peer, const unsigned char id[TLS_DIGEST],
                     STACK_OF(X509) * chain, Instant now)
{
	const CertInfo *c = peer->cert;
	TlsFacts *f = NEW(TlsFacts);

	*f = (TlsFacts){ .from = chain_from(chain),
		         .until = c->chain_not_after,
		         .seen = now,
		         .leaf_not_before = c->leaf_not_before,
		         .leaf_not_after = c->leaf_not_after,
		         .subject = mem_text(c->subject),
		         .issuer = mem_text(c->issuer),
		         .names = mem_text(c->names) };
	memcpy(f->digest, id, TLS_DIGEST);
	tls_facts_keep(trust, peer->host, f);
}

/* ---- verifying ---- */

static bool verify_now(X509_STORE_CTX *ctx, TlsPeer *peer, Instant now)
{
	bool good;

	expect_host(ctx, peer->host);
	X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)(now.us / 1000000));
	note_leaf(peer, X509_STORE_CTX_get0_cert(ctx));
	good = X509_verify_cert(ctx) == 1;
	peer->cert->verified = good;
	if (good)
		note_chain(peer, X509_STORE_CTX_get0_chain(ctx));
	else
		peer->cert->error = arena_text(
		        peer->arena, X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	return good;
}

/* OpenSSL calls this instead of its own verification, which it then calls. That the server
 * holds the leaf's key is another matter: OpenSSL sees to it in every handshake. */
int tls_verify(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	TlsPeer *peer = arg ? arg : tls_peer_of(ssl);
	TrustStore *trust = tls_trust_of(ssl);
	Instant now = peer->loop->world.now(&peer->loop->world);
	unsigned char id[TLS_DIGEST];
	bool known = digest(peer->loop, ctx, id), good;

	peer->seen = true;
	if (known && recall(peer, tls_facts_of(trust, peer->host), id, now)) {
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
		return 1;
	}
	good = verify_now(ctx, peer, now);
	if (good && known)
		remember(trust, peer, id, X509_STORE_CTX_get0_chain(ctx), now);
	ERR_clear_error();
	return good || peer->no_verify;
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
