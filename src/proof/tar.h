/* A plain POSIX archive (ustar), uncompressed: written so that the same files give the
 * same bytes, read so strictly that what is accepted has one meaning only. Regular files,
 * names of letters, digits and "._-/" up to 100 bytes, no absolute path, no "..", no name
 * twice. Nothing here touches a file system. */
#pragma once
#include "core/buf.h"
#include "core/err.h"
#include "core/instant.h"

#include <stdint.h>

enum { TAR_NAME = 101 };

/* Appends one file; false: a name that reading would refuse. */
bool tar_add(Buf *out, const char *name, const void *p, size_t n, Instant at);
void tar_end(Buf *out); /* two empty blocks; call once, last */

typedef struct TarFile {
	char name[TAR_NAME];
	const unsigned char *p; /* inside the archive */
	size_t n;
} TarFile;

/* Every file of the archive, at most `cap`. ERR_BAD_INPUT says where it is not one of ours. */
bool tar_read(const void *p, size_t n, TarFile *out, size_t cap, size_t *ret_n,
              Err *err) MUST_CHECK;
