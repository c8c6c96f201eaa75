/* Replacing a file so that a reader, or the machine after a power cut, sees the
 * old one or the new one and nothing between: temporary name in the same folder,
 * fsync of the file, rename, fsync of the folder.
 *
 * It refuses to write through a missing name and keeps no backup. */
#include "loop/loop_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return good;
}

/* Folders made on the way are for this program: what it writes may be read by others (the
 * status page), so the umask decides. */
static bool make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		bool good;

		*slash = '\0';
		good = mkdir(path, 0777) == 0 || errno == EEXIST;
		*slash = '/';
		if (!good)
			return false;
	}
	return true;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno != EINTR)
			return false;
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
	return true;
}

static bool write_new(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666), e;
	bool good = fd >= 0 && write_all(fd, p, n) && fsync(fd) == 0;

	e = errno;
	if (fd >= 0 && close(fd) != 0 && good)
		return false;
	errno = e;
	return good;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_text(".");
	return slash == path ? mem_text("/") : mem_text_n(path, (size_t)(slash - path));
}

bool file_put(World *w, const char *path, const void *p, size_t n, Err *err)
{
	AUTO_FREE char *folder = folder_of(path);
	AUTO_FREE char *temp = mem_printf("%s.%d-%016llx.new", path, (int)getpid(),
	                                  (unsigned long long)w->random(w));
	bool good = write_new(temp, p, n);
	int e;

	if (!good && errno == ENOENT) {
		AUTO_FREE char *full = mem_text(path);

		good = make_folders(full) && write_new(temp, p, n);
	}
	good = good && rename(temp, path) == 0 && sync_folder(folder);
	if (good)
		return true;
	e = errno;
	(void)unlink(temp);
	return err_set(err, ERR_IO, "write '%s': %s", path, errno_text(e));
}
