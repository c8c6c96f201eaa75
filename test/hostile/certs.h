/* Certificates made on the spot, good and bad, and the server side of TLS. Header only. */
#pragma once
#include "core/alloc.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define KIT __attribute__((unused)) static

typedef struct Cert {
	X509 *x;
	EVP_PKEY *key;
} Cert;

typedef struct CertWish {
	const char *name;   /* common name */
	const char *names;  /* "DNS:a,IP:127.0.0.1"; NULL: none */
	const Cert *issuer; /* NULL: self-signed */
	bool ca;
	int64_t from_s, until_s; /* relative to now */
} CertWish;

KIT void cert_extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	(void)X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

KIT Cert cert_make(const CertWish *wish)
{
	static long serial = 1000;
	Cert c = { X509_new(), EVP_EC_gen("P-256") };
	X509 *issuer = wish->issuer ? wish->issuer->x : c.x;
	X509_NAME *name = X509_get_subject_name(c.x);

	(void)X509_set_version(c.x, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(c.x), ++serial);
	(void)X509_gmtime_adj(X509_getm_notBefore(c.x), wish->from_s);
	(void)X509_gmtime_adj(X509_getm_notAfter(c.x), wish->until_s);
	(void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	                                 (const unsigned char *)wish->name, -1, -1, 0);
	(void)X509_set_issuer_name(c.x, X509_get_subject_name(issuer));
	(void)X509_set_pubkey(c.x, c.key);
	cert_extend(c.x, issuer, NID_basic_constraints,
	            wish->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (wish->names)
		cert_extend(c.x, issuer, NID_subject_alt_name, wish->names);
	(void)X509_sign(c.x, wish->issuer ? wish->issuer->key : c.key, EVP_sha256());
	return c;
}

KIT void cert_free(Cert *c)
{
	X509_free(c->x);
	EVP_PKEY_free(c->key);
}

/* PEM file of these certificates. */
KIT void cert_save(const char *path, const Cert *const *certs, size_t n)
{
	FILE *f = fopen(path, "we");

	for (size_t i = 0; i < n; i++)
		(void)PEM_write_X509(f, certs[i]->x);
	(void)fclose(f);
}

/* A server that shows `leaf` and the intermediates given. */
KIT SSL_CTX *tls_server(const Cert *leaf, const Cert *const *chain, size_t n)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	(void)SSL_CTX_use_certificate(ctx, leaf->x);
	(void)SSL_CTX_use_PrivateKey(ctx, leaf->key);
	for (size_t i = 0; i < n; i++) {
		(void)X509_up_ref(chain[i]->x);
		(void)SSL_CTX_add_extra_chain_cert(ctx, chain[i]->x);
	}
	return ctx;
}

/* NULL: the client refused, or went away. */
KIT SSL *tls_accept(SSL_CTX *ctx, int fd)
{
	SSL *ssl = SSL_new(ctx);

	(void)SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		return ssl;
	ERR_clear_error();
	SSL_free(ssl);
	return NULL;
}

KIT void tls_say(SSL *ssl, const char *text)
{
	(void)SSL_write(ssl, text, (int)strlen(text));
	ERR_clear_error();
}

/* Reads until `end` was seen. */
KIT const char *tls_hear_until(SSL *ssl, const char *end, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = '\0';
	while (n + 1 < cap && !strstr(out, end)) {
		int k = SSL_read(ssl, out + n, (int)(cap - n - 1));

		ERR_clear_error();
		if (k <= 0)
			return "";
		n += (size_t)k;
		out[n] = '\0';
	}
	return out;
}
