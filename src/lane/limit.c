/* How many lanes, and how much each may have in flight: what the machine gives. */
#include "lane/lane_private.h"

#include <sched.h>
#include <sys/resource.h>

enum {
	ROOM_MAX = 4096, /* more in flight helps nobody: memory, caches, the targets */
	ROOM_MIN = 8,
	FILES_KEPT = 1024, /* for the store, the listener, programs, mail, name servers */
};

unsigned lanes_default(void)
{
	cpu_set_t may;
	int cpus = sched_getaffinity(0, sizeof may, &may) == 0 ? CPU_COUNT(&may) : 1;

	if (cpus <= 2)
		return 1;
	return cpus - 1 < LANES_DEFAULT_MAX ? (unsigned)cpus - 1 : LANES_DEFAULT_MAX;
}

unsigned lanes_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return 1024;
	return files.rlim_cur < 1 << 20 ? (unsigned)files.rlim_cur : 1 << 20;
}

unsigned lanes_raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	return lanes_files();
}

unsigned lanes_room(unsigned files, unsigned lanes)
{
	unsigned kept = files / 2 < FILES_KEPT ? files / 2 : FILES_KEPT;
	unsigned room = (files - kept) / lanes;

	if (room > ROOM_MAX)
		return ROOM_MAX;
	return room < ROOM_MIN ? ROOM_MIN : room;
}
