/* What TLS needs before anybody is spoken to, made once for a loop: OpenSSL's library
 * context, a trust store for each file, and the client context that goes with it. Reading
 * Debian's bundle costs as much as thirty handshakes, a client context a fifth of one.
 *
 * The library context offers what OpenSSL's default provider does, less what no client needs:
 * of its decoders only those of a certificate's public key. OpenSSL 3.0 walks all of them for
 * each certificate it reads, which takes longer than reading it. A system whose OpenSSL was
 * set up with other providers (FIPS, a token) keeps them: then the context is the system's.
 *
 * It does not look at certificates: tls.c does. */
#include "loop/loop_private.h"

#include <openssl/core_dispatch.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <sys/stat.h>

enum { DECODERS_MAX = 32, SEEN_MAX = 4096 };

/* ---- the library context ---- */

/* The same for every loop of the process; filled once, never written again. */
static struct {
	uv_once_t once;
	OSSL_PROVIDER *provider; /* OpenSSL's default one, in a context of its own */
	OSSL_ALGORITHM decoders[DECODERS_MAX + 1];
	bool good;
	int trust_index, peer_index;
} base = { .once = UV_ONCE_INIT };

static bool is_public_key(const OSSL_ALGORITHM *a)
{
	const char *p = a->property_definition;

	return p && strstr(p, "input=der") && strstr(p, "structure=SubjectPublicKeyInfo");
}

static bool take_decoders(void)
{
	int no_cache = 0;
	const OSSL_ALGORITHM *a =
	        OSSL_PROVIDER_query_operation(base.provider, OSSL_OP_DECODER, &no_cache);
	size_t n = 0;

	for (; a && a->algorithm_names; a++) {
		if (!is_public_key(a))
			continue;
		if (n == DECODERS_MAX)
			return false;
		base.decoders[n++] = *a;
	}
	return n > 0;
}

static int is_of_the_system(OSSL_PROVIDER *provider, void *others)
{
	const char *name = OSSL_PROVIDER_get0_name(provider);

	if (strcmp(name, "default") != 0 && strcmp(name, "base") != 0)
		*(bool *)others = true;
	return 1;
}

static void trust_gone(void *parent, void *trust, CRYPTO_EX_DATA *data, int index, long argl,
                       void *argp);

static void base_start(void)
{
	bool others = false;
	OSSL_LIB_CTX *lib;

	base.trust_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, trust_gone);
	base.peer_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	(void)OSSL_PROVIDER_do_all(NULL, is_of_the_system, &others);
	lib = others ? NULL : OSSL_LIB_CTX_new();
	base.provider = lib ? OSSL_PROVIDER_load(lib, "default") : NULL;
	base.good = base.provider && take_decoders();
	ERR_clear_error();
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
	(void)context;
	*no_cache = 0;
	switch (operation) {
	case OSSL_OP_DECODER: return base.decoders;
	case OSSL_OP_ENCODER:
	case OSSL_OP_STORE: return NULL;
	default: return OSSL_PROVIDER_query_operation(base.provider, operation, no_cache);
	}
}

static int capabilities(void *context, const char *name, OSSL_CALLBACK *each, void *arg)
{
	(void)context;
	return OSSL_PROVIDER_get_capabilities(base.provider, name, each, arg);
}

/* Its algorithms are the default provider's own and get the context they know. */
static int client_provider(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                           const OSSL_DISPATCH **ret, void **ret_context)
{
	static const OSSL_DISPATCH functions[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities },
		{ 0, NULL },
	};

	(void)handle;
	(void)in;
	*ret = functions;
	*ret_context = OSSL_PROVIDER_get0_provider_ctx(base.provider);
	return 1;
}

static void lib_drop(Loop *loop)
{
	if (loop->tls_provider)
		(void)OSSL_PROVIDER_unload(loop->tls_provider);
	OSSL_LIB_CTX_free(loop->tls_lib);
	loop->tls_provider = NULL;
	loop->tls_lib = NULL;
}

/* Left NULL, OpenSSL's own context, where ours cannot be had. */
static void lib_start(Loop *loop)
{
	uv_once(&base.once, base_start);
	if (loop->tls_md)
		return;
	if (base.good) {
		loop->tls_lib = OSSL_LIB_CTX_new();
		if (loop->tls_lib &&
		    OSSL_PROVIDER_add_builtin(loop->tls_lib, "carene-client", client_provider) == 1)
			loop->tls_provider = OSSL_PROVIDER_load(loop->tls_lib, "carene-client");
		if (!loop->tls_provider)
			lib_drop(loop);
	}
	loop->tls_md = EVP_MD_fetch(loop->tls_lib, "SHA256", NULL);
	ERR_clear_error();
}

/* ---- stores ---- */

void tls_facts_free(TlsFacts *f)
{
	if (!f)
		return;
	SSL_SESSION_free(f->session);
	mem_free(f->subject);
	mem_free(f->issuer);
	mem_free(f->names);
	mem_free(f);
}

static void facts_drop(TrustStore *t)
{
	MapEntry *e;

	for (size_t i = 0; map_next(&t->facts, &i, &e);)
		tls_facts_free(e->value);
	Map_done(&t->facts);
}

static void trust_unref(TrustStore *t)
{
	if (--t->refs > 0)
		return;
	facts_drop(t);
	X509_STORE_free(t->store);
	mem_free(t);
}

/* Connections under way may still hold the contexts made with it. */
static void trust_retire(TrustStore *t)
{
	SSL_CTX *client = t->client, *resuming = t->resuming;

	t->client = t->resuming = NULL;
	SSL_CTX_free(client);
	SSL_CTX_free(resuming);
	trust_unref(t);
}

static void trust_gone(void *parent, void *trust, CRYPTO_EX_DATA *data, int index, long argl,
                       void *argp)
{
	(void)parent;
	(void)data;
	(void)index;
	(void)argl;
	(void)argp;
	if (trust)
		trust_unref(trust);
}

/* PARTIAL_CHAIN: a server's own certificate, or an intermediate, may be the trust anchor. */
static X509_STORE *store_read(Loop *loop, const char *path)
{
	X509_STORE *store = X509_STORE_new();

	if (store && X509_STORE_load_file_ex(store, path, loop->tls_lib, NULL) == 1) {
		(void)X509_STORE_set_flags(store,
		                           X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
		return store;
	}
	ERR_clear_error();
	X509_STORE_free(store);
	return NULL;
}

static int64_t mtime_ns(const struct stat *st)
{
	return st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

static bool is_current(const TrustStore *t, const struct stat *st)
{
	return t && t->size == st->st_size && t->inode == (int64_t)st->st_ino &&
	       t->mtime_ns == mtime_ns(st);
}

static TrustStore *trust_read(Loop *loop, const char *path, const struct stat *st)
{
	TrustStore *t = NEW(TrustStore), *was;

	*t = (TrustStore){ .refs = 1,
		           .mtime_ns = mtime_ns(st),
		           .size = st->st_size,
		           .inode = (int64_t)st->st_ino };
	t->store = store_read(loop, path);
	was = map_put(&loop->trust, path, t);
	if (was)
		trust_retire(was);
	return t;
}

/* The store of ca_file, read again when the file changed; NULL with a fragment in err. */
static TrustStore *trust_of(Loop *loop, const char *ca_file, Err *err)
{
	const char *path = ca_file ? ca_file : loop->ca_file;
	TrustStore *t = map_get(&loop->trust, path);
	struct stat st;

	lib_start(loop);
	if (stat(path, &st) != 0) {
		(void)err_set(err, ERR_IO, "cannot read the trust store '%s'", path);
		return NULL;
	}
	if (!is_current(t, &st))
		t = trust_read(loop, path, &st);
	if (t->store)
		return t;
	(void)err_set(err, ERR_IO, "no certificate in the trust store '%s'", path);
	return NULL;
}

X509_STORE *tls_store(Loop *loop, const char *ca_file, Err *err)
{
	TrustStore *t = trust_of(loop, ca_file, err);

	return t ? t->store : NULL;
}

void tls_loop_done(Loop *loop)
{
	MapEntry *e;

	for (size_t i = 0; map_next(&loop->trust, &i, &e);)
		trust_retire(e->value);
	Map_done(&loop->trust);
	EVP_MD_free(loop->tls_md);
	loop->tls_md = NULL;
	lib_drop(loop);
}

/* ---- what is remembered of servers ---- */

TlsFacts *tls_facts_of(TrustStore *t, const char *host) { return map_get(&t->facts, host); }

void tls_facts_keep(TrustStore *t, const char *host, TlsFacts *facts)
{
	if (t->facts.live >= SEEN_MAX)
		facts_drop(t);
	tls_facts_free(map_put(&t->facts, host, facts));
}

/* ---- contexts ---- */

static bool prepare(SSL_CTX *ctx, TrustStore *t, TlsPeer *peer)
{
	if (SSL_CTX_set_ex_data(ctx, base.trust_index, t) != 1)
		return false;
	t->refs++;
	SSL_CTX_set1_cert_store(ctx, t->store);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, tls_verify, peer);
	/* A resumed session shows no certificate: each probe sees the whole handshake, unless the
	 * plan says otherwise. */
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	return true;
}

bool tls_prepare(Loop *loop, SSL_CTX *ctx, const char *ca_file, TlsPeer *peer, Err *err)
{
	TrustStore *t = trust_of(loop, ca_file, err);

	if (!t)
		return false;
	peer->loop = loop;
	return prepare(ctx, t, peer) || err_set(err, ERR_IO, "no TLS context");
}

static SSL_CTX *client_context(Loop *loop, TrustStore *t)
{
	SSL_CTX *ctx = SSL_CTX_new_ex(loop->tls_lib, NULL, TLS_client_method());

	if (ctx && prepare(ctx, t, NULL))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

/* ---- resuming ---- */

/* Only of a connection whose chain was verified: by now (TLS 1.3 gives sessions after the
 * handshake) what is remembered of the name is what this one showed. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	TlsPeer *peer = tls_peer_of(ssl);
	TlsFacts *f = peer->cert->verified ? tls_facts_of(tls_trust_of(ssl), peer->host) : NULL;

	if (!f)
		return 0;
	SSL_SESSION_free(f->session);
	f->session = session;
	return 1;
}

static SSL_CTX *resuming_context(Loop *loop, TrustStore *t)
{
	SSL_CTX *ctx = client_context(loop, t);

	if (!ctx)
		return NULL;
	(void)SSL_CTX_set_session_cache_mode(ctx,
	                                     SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, keep_session);
	return ctx;
}

/* A certificate is looked at once an hour at least, and never taken for valid after its end. */
static void offer_session(SSL *ssl, TrustStore *t, TlsPeer *peer)
{
	Instant now = peer->loop->world.now(&peer->loop->world);
	TlsFacts *f = tls_facts_of(t, peer->host);

	if (!f || !f->session || now.us < f->seen.us || is_due(after(f->seen, hours(1)), now) ||
	    !tls_recall(peer, f, now, &peer->known))
		return;
	(void)SSL_set_session(ssl, f->session);
}

void tls_done(SSL *ssl, TlsPeer *peer)
{
	if (!SSL_session_reused(ssl))
		return;
	*peer->cert = peer->known;
	peer->cert->resumed = true;
}

void tls_leave(SSL *ssl, const TlsPeer *peer)
{
	if (peer->resume)
		SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

/* ---- a connection ---- */

static SSL_CTX *context_of(Loop *loop, TrustStore *t, bool resume)
{
	if (resume && !t->resuming)
		t->resuming = resuming_context(loop, t);
	else if (!resume && !t->client)
		t->client = client_context(loop, t);
	return resume ? t->resuming : t->client;
}

SSL *tls_client(Loop *loop, const char *ca_file, const char *sni, TlsPeer *peer, Err *err)
{
	TrustStore *t = trust_of(loop, ca_file, err);
	SSL_CTX *ctx = t ? context_of(loop, t, peer->resume) : NULL;
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	Address literal;

	if (!t)
		return NULL;
	if (!ssl) {
		(void)err_set(err, ERR_IO, "no TLS client");
		return NULL;
	}
	peer->loop = loop;
	(void)SSL_set_ex_data(ssl, base.peer_index, peer);
	if (!address_parse(sni, &literal))
		(void)SSL_set_tlsext_host_name(ssl, sni);
	SSL_set_connect_state(ssl);
	if (peer->resume)
		offer_session(ssl, t, peer);
	return ssl;
}

TlsPeer *tls_peer_of(const SSL *ssl) { return SSL_get_ex_data(ssl, base.peer_index); }

TrustStore *tls_trust_of(const SSL *ssl)
{
	return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), base.trust_index);
}
