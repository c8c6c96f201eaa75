/* CRC-32C by the processor's instruction where there is one, else by eight tables. */
#include "series/crc.h"

#include <stdbool.h>
#include <string.h>

enum { POLY = 0x82f63b78 };

/* Table k: what a byte does that is followed by k zero bytes. */
static uint32_t table[8][256];

static void __attribute__((constructor)) fill_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? (c >> 1) ^ (uint32_t)POLY : c >> 1;
		table[0][i] = c;
	}
	for (size_t k = 1; k < 8; k++) {
		for (size_t i = 0; i < 256; i++)
			table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 0xff];
	}
}

static uint32_t by_table(uint32_t crc, const unsigned char *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8) {
		uint32_t lo, hi;

		memcpy(&lo, p, 4);
		memcpy(&hi, p + 4, 4);
		lo ^= crc;
		crc = table[7][lo & 0xff] ^ table[6][lo >> 8 & 0xff] ^ table[5][lo >> 16 & 0xff] ^
		      table[4][lo >> 24] ^ table[3][hi & 0xff] ^ table[2][hi >> 8 & 0xff] ^
		      table[1][hi >> 16 & 0xff] ^ table[0][hi >> 24];
	}
	for (; n; n--)
		crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 0xff];
	return crc;
}

#if defined(__x86_64__)
static bool has_instruction;

static void __attribute__((constructor)) ask_processor(void)
{
	__builtin_cpu_init();
	has_instruction = __builtin_cpu_supports("sse4.2");
}

static uint32_t __attribute__((target("sse4.2")))
by_instruction(uint32_t crc, const unsigned char *p, size_t n)
{
	uint64_t wide = crc;

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t x;

		memcpy(&x, p, 8);
		wide = __builtin_ia32_crc32di(wide, x);
	}
	crc = (uint32_t)wide;
	for (; n; n--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}
#endif

uint32_t crc32c_portable(const void *p, size_t n) { return ~by_table(UINT32_MAX, p, n); }

uint32_t crc32c(const void *p, size_t n)
{
#if defined(__x86_64__)
	if (has_instruction)
		return ~by_instruction(UINT32_MAX, p, n);
#endif
	return crc32c_portable(p, n);
}
