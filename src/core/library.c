#include "core/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* "libpq.so.5: cannot open shared object file": its own name is said already, another's is not. */
static const char *without_name(const Library *l, const char *why)
{
	const char *end = why ? strstr(why, ": ") : NULL;
	size_t n = strlen(l->file);

	if (!end || (size_t)(end - why) < n || strncmp(end - n, l->file, n) != 0)
		return why ? why : "no reason given";
	return end + 2;
}

static bool refuse(const Library *l, const char *why, Err *err)
{
	err_set(err, ERR_IO, "%s of the package %s cannot be opened: %s", l->file, l->package, why);
	return err_hint(err, "install it: apt-get install %s", l->package);
}

/* dlsym() gives a pointer to an object where a function is meant (POSIX: the two have one
 * representation), hence the copies. All or none: a half-filled table would be called. */
static bool fill(const Library *l, void *handle, Err *err)
{
	size_t n = 0;

	for (; l->names[n]; n++) {
		if (!dlsym(handle, l->names[n]))
			return refuse(l, without_name(l, dlerror()), err);
	}
	for (size_t i = 0; i < n; i++) {
		void *function = dlsym(handle, l->names[i]);

		memcpy((char *)l->table + i * sizeof function, &function, sizeof function);
	}
	return true;
}

static bool open_locked(Library *l, Err *err)
{
	void *handle = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return refuse(l, without_name(l, dlerror()), err);
	if (!fill(l, handle, err)) {
		(void)dlclose(handle);
		return false;
	}
	if (l->opened)
		l->opened();
	atomic_store_explicit(&l->ready, true, memory_order_release);
	return true;
}

bool library_open(Library *l, Err *err)
{
	bool ready = atomic_load_explicit(&l->ready, memory_order_acquire);

	if (ready)
		return true;
	(void)pthread_mutex_lock(&opening);
	ready = atomic_load_explicit(&l->ready, memory_order_relaxed) || open_locked(l, err);
	(void)pthread_mutex_unlock(&opening);
	return ready;
}
