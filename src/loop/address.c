/* IP addresses: text, ports, and which of them are on the public Internet. */
#include "loop/loop_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

static struct sockaddr_in *v4(Address *a) { return (struct sockaddr_in *)(void *)&a->room; }
static struct sockaddr_in6 *v6(Address *a) { return (struct sockaddr_in6 *)(void *)&a->room; }

static const struct sockaddr_in *v4c(const Address *a)
{
	return (const struct sockaddr_in *)(const void *)&a->room;
}

static const struct sockaddr_in6 *v6c(const Address *a)
{
	return (const struct sockaddr_in6 *)(const void *)&a->room;
}

/* inet_ntop() prints these by way of printf(): a third of what a question costs us. */
static const char *print_four(const unsigned char b[4], char *out)
{
	char *at = out;

	for (int i = 0; i < 4; i++) {
		if (b[i] >= 100)
			*at++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*at++ = (char)('0' + b[i] / 10 % 10);
		*at++ = (char)('0' + b[i] % 10);
		*at++ = i < 3 ? '.' : '\0';
	}
	return out;
}

const char *address_print(const Address *a, char out[ADDRESS_TEXT])
{
	const void *bytes = a->sa.sa_family == AF_INET6 ? (const void *)&v6c(a)->sin6_addr
	                                                : (const void *)&v4c(a)->sin_addr;

	if (a->sa.sa_family == AF_INET)
		return print_four(bytes, out);
	if (!inet_ntop(a->sa.sa_family, bytes, out, ADDRESS_TEXT))
		out[0] = '\0';
	return out;
}

static bool parse_v6(const char *text, Address *ret)
{
	char bare[ADDRESS_TEXT + IF_NAMESIZE + 1];
	size_t n = strlen(text);
	char *zone;

	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof bare)
		return false;
	memcpy(bare, text, n);
	bare[n] = '\0';
	zone = strchr(bare, '%');
	if (zone)
		*zone++ = '\0';
	if (inet_pton(AF_INET6, bare, &v6(ret)->sin6_addr) != 1)
		return false;
	v6(ret)->sin6_family = AF_INET6;
	v6(ret)->sin6_scope_id = zone ? if_nametoindex(zone) : 0;
	ret->len = sizeof(struct sockaddr_in6);
	return true;
}

bool address_parse(const char *text, Address *ret)
{
	*ret = (Address){ 0 };
	if (inet_pton(AF_INET, text, &v4(ret)->sin_addr) == 1) {
		v4(ret)->sin_family = AF_INET;
		ret->len = sizeof(struct sockaddr_in);
		return true;
	}
	return parse_v6(text, ret);
}

void address_set_port(Address *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET6)
		v6(a)->sin6_port = htons(port);
	else
		v4(a)->sin_port = htons(port);
}

static bool v4_is_public(uint32_t ip)
{
	static const struct {
		uint32_t net;
		unsigned bits;
	} special[] = {
		{ 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
		{ 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
		{ 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
		{ 0xcb007100, 24 }, { 0xe0000000, 3 }, /* multicast, reserved, broadcast */
	};
	for (size_t i = 0; i < COUNT_OF(special); i++) {
		if ((ip ^ special[i].net) >> (32 - special[i].bits) == 0)
			return false;
	}
	return true;
}

/* Global unicast is 2000::/3; of it, only what is not set aside. Addresses that carry a v4
 * address (mapped, 64:ff9b::/96, 6to4) are as public as that one. */
static bool v6_is_public(const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	const uint8_t *inner = NULL;

	if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0)
		inner = b + 12;
	else if (b[0] == 0x20 && b[1] == 0x02)
		inner = b + 2;
	if (inner)
		return v4_is_public((uint32_t)inner[0] << 24 | (uint32_t)inner[1] << 16 |
		                    (uint32_t)inner[2] << 8 | inner[3]);
	if ((b[0] & 0xe0) != 0x20)
		return false;
	if (b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xfe) == 0)
		return false; /* 2001::/23, protocol assignments */
	return !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8);
}

bool address_is_public(const Address *a)
{
	if (a->sa.sa_family == AF_INET)
		return v4_is_public(ntohl(v4c(a)->sin_addr.s_addr));
	return v6_is_public(v6c(a)->sin6_addr.s6_addr);
}

/* connect() of a datagram socket sends nothing and only asks the routing table. */
bool address_has_route(const Address *a)
{
	Address to = *a;
	int fd = socket(a->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has;

	if (fd < 0)
		return errno != EAFNOSUPPORT;
	address_set_port(&to, 9);
	has = connect(fd, &to.sa, to.len) == 0 || errno != ENETUNREACH;
	(void)close(fd);
	return has;
}
