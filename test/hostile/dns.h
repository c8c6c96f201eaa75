/* A name server for tests: one thread, UDP on 127.0.0.1, answers from a table or
 * misbehaves as told. Header only. */
#pragma once
#include "hostile/server.h"

typedef struct DnsRow {
	const char *name;
	uint16_t type;
	const char *data; /* of the record, as it travels */
	size_t n;
} DnsRow;

typedef enum DnsManner {
	DNS_TRUE,
	DNS_SILENT,
	DNS_GARBAGE,
	DNS_CUT,
	DNS_SERVFAIL,
	DNS_REFUSED
} DnsManner;

typedef struct DnsServer {
	int fd;
	uint16_t port;
	struct in_addr ip;
	pthread_t thread;
	_Atomic(DnsManner) manner;
	atomic_int asked;
	const DnsRow *rows;
	size_t rows_n;
} DnsServer;

/* A constant of bytes with NULs inside, as data and length. */
#define DNS_DATA(text) (text), sizeof(text) - 1

/* The name of the first question, in dots; the offset behind it. */
KIT size_t dns_question(const uint8_t *p, size_t n, char *name, uint16_t *type)
{
	size_t at = 12, out = 0;

	while (at < n && p[at] && out + p[at] + 1 < 256) {
		if (out)
			name[out++] = '.';
		memcpy(name + out, p + at + 1, p[at]);
		out += p[at];
		at += (size_t)p[at] + 1;
	}
	name[out] = '\0';
	*type = (uint16_t)(p[at + 1] << 8 | p[at + 2]);
	return at + 5;
}

KIT void dns_add(uint8_t *p, size_t *n, const DnsRow *row)
{
	const uint8_t head[] = {
		0xc0, 12, (uint8_t)(row->type >> 8), (uint8_t)row->type, 0, 1, 0, 0,
		1,    0,  (uint8_t)(row->n >> 8),    (uint8_t)row->n
	};

	memcpy(p + *n, head, sizeof head);
	memcpy(p + *n + sizeof head, row->data, row->n);
	*n += sizeof head + row->n;
	p[7]++;
}

KIT size_t dns_reply(DnsServer *s, uint8_t *p, size_t n, DnsManner manner)
{
	char name[256];
	uint16_t type;
	bool known = false;

	n = dns_question(p, n, name, &type);
	p[2] |= 0x80;
	p[3] = 0x80;
	p[11] = 0; /* no additional section */
	for (size_t i = 0; i < s->rows_n && manner == DNS_TRUE; i++) {
		if (strcasecmp(s->rows[i].name, name) != 0)
			continue;
		known = true;
		if (s->rows[i].type == type)
			dns_add(p, &n, &s->rows[i]);
	}
	if (manner == DNS_SERVFAIL)
		p[3] |= 2;
	else if (manner == DNS_REFUSED)
		p[3] |= 5;
	else if (manner == DNS_GARBAGE)
		p[7] = 200; /* answers that are not there */
	else if (manner == DNS_CUT)
		n = 5;
	else if (!known)
		p[3] |= 3;
	return n;
}

KIT void *dns_run(void *arg)
{
	DnsServer *s = arg;
	struct sockaddr_in from;
	uint8_t p[4096];

	for (;;) {
		socklen_t len = sizeof from;
		ssize_t n = recvfrom(s->fd, p, 512, 0, (struct sockaddr *)(void *)&from, &len);
		DnsManner manner = s->manner;

		if (n < 12) /* the stop message, from dns_stop() */
			return NULL;
		s->asked++;
		if (manner == DNS_SILENT)
			continue;
		n = (ssize_t)dns_reply(s, p, (size_t)n, manner);
		(void)sendto(s->fd, p, (size_t)n, 0, (struct sockaddr *)(void *)&from, len);
	}
}

KIT DnsServer *dns_start_at(const char *ip, uint16_t port, DnsManner manner, const DnsRow *rows,
                            size_t n)
{
	DnsServer *s = NEW(DnsServer);

	s->fd = server_socket_at(SOCK_DGRAM, ip, port, &s->port);
	(void)inet_pton(AF_INET, ip, &s->ip);
	s->manner = manner;
	s->rows = rows;
	s->rows_n = n;
	(void)pthread_create(&s->thread, NULL, dns_run, s);
	return s;
}

KIT DnsServer *dns_start(DnsManner manner, const DnsRow *rows, size_t n)
{
	return dns_start_at("127.0.0.1", 0, manner, rows, n);
}

KIT void dns_stop(DnsServer *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(s->port),
		                  .sin_addr = s->ip };

	(void)sendto(s->fd, "", 0, 0, (struct sockaddr *)(void *)&to, sizeof to);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
	mem_free(s);
}
