/* CRC-32C (Castagnoli), as of RFC 3720 §B.4: the checksum of every blob of samples. */
#pragma once
#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *p, size_t n);
/* The same without the processor's instruction, to compare with. */
uint32_t crc32c_portable(const void *p, size_t n);
