/* Reading the kernel's texts about this machine (proc(5)). No file is opened here. */
#pragma once
#include "core/list.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct HostFacts {
	bool complete;
	uint64_t cpu_all, cpu_busy; /* clock ticks since boot */
	double mem_percent, swap_percent;
	double load[3];
	uint64_t net_rx, net_tx; /* bytes, all interfaces but lo */
} HostFacts;

typedef struct Mount {
	char *path; /* heap */
	double used_percent, inodes_percent;
	uint64_t free_bytes, total_bytes;
} Mount;

typedef LIST(Mount) MountList;
void MountList_done(MountList *l);

/* Each fills its part of the facts; false when the text is not what it should be. */
bool host_read_cpu(const char *stat, HostFacts *facts);
bool host_read_memory(const char *meminfo, HostFacts *facts);
bool host_read_load(const char *loadavg, HostFacts *facts);
bool host_read_net(const char *dev, HostFacts *facts);

/* The mount points that hold files of people and programs: not the kernel's own, not images
 * mounted read-only (squashfs), each device once, at its shortest path. */
void host_read_mounts(const char *mountinfo, MountList *mounts);
