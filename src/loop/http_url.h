/* The addresses that the plain HTTP path takes: scheme, host, port and path as they
 * stand. What needs an interpreter (user names, other alphabets, dot segments, odd
 * characters) is not one of them and is left to libcurl's. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PlainUrl {
	bool https;
	const char *host; /* inside the text, without brackets */
	size_t host_n;
	bool literal6; /* host stood in brackets */
	bool has_port;
	uint16_t port;
	const char *port_text; /* ":8080" as it stands, where has_port */
	size_t port_n;
	const char *path; /* with its query, without the fragment; "" means "/" */
	size_t path_n;
} PlainUrl;

/* False: not http(s), or not plain. */
bool http_url_plain(const char *url, PlainUrl *ret);
