/* A result on its way from one thread to another: the facts and the texts that there
 * are, one after the other, instead of room for all that there might be. A page that
 * is up takes some 200 bytes of the 11 KB a CheckResult may need.
 *
 * It lives in the memory of one process: same program, same byte order. */
#pragma once
#include "check/result.h"
#include "core/buf.h"

/* Appends it. */
void result_pack(const CheckResult *r, Buf *out);
/* Back into *ret, of which only what is in use is written (texts, measures and parts past
 * their number keep what they held). Returns how many of the `n` bytes it took; 0: these
 * are not a whole result. */
size_t result_unpack(const void *p, size_t n, CheckResult *ret) MUST_CHECK;
