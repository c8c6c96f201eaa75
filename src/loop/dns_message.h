/* The answer section of a DNS message as texts. It takes bytes from anywhere: what
 * is cut short, points outside or lies about its length is refused, never guessed. */
#pragma once
#include "core/arena.h"
#include "core/list.h"

#include <stdbool.h>
#include <stdint.h>

typedef LIST(const char *) DnsRecords;

enum { DNS_RECORDS_MAX = 1024 };

/* "A" … → type number; 0: not a type this program knows. */
uint16_t dns_type(const char *name);
const char *dns_rcode(unsigned rcode); /* "NOERROR"; "RCODE 23" is out of the table: "OTHER" */

/* Adds the records of `type` in presentation form (RFC 1035 §5, RFC 8659, RFC 2782; names
 * without the final dot, a TXT's strings joined), sorted; texts live in `arena`, the caller
 * list_free()s. False: malformed. */
bool dns_message_read(const uint8_t *p, size_t n, uint16_t type, Arena *arena, DnsRecords *records,
                      unsigned *ret_rcode);
