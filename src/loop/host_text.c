#include "loop/host_text.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>

void MountList_done(MountList *l)
{
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->at[i].path);
	list_free(l);
}

/* "cpu user nice system idle iowait irq softirq steal guest …": guest is already in user. */
bool host_read_cpu(const char *stat, HostFacts *facts)
{
	unsigned long long v[8] = { 0 };
	int n = sscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2],
	               &v[3], &v[4], &v[5], &v[6], &v[7]);

	if (n < 4)
		return false;
	for (int i = 0; i < 8; i++)
		facts->cpu_all += v[i];
	facts->cpu_busy = facts->cpu_all - v[3] - v[4];
	return true;
}

static bool field_kib(const char *text, const char *name, double *ret)
{
	const char *at = strstr(text, name);
	unsigned long long kib;

	if (!at || sscanf(at + strlen(name), " %llu", &kib) != 1)
		return false;
	*ret = (double)kib;
	return true;
}

bool host_read_memory(const char *meminfo, HostFacts *facts)
{
	double total, available, swap = 0, swap_free = 0;

	if (!field_kib(meminfo, "MemTotal:", &total) ||
	    !field_kib(meminfo, "MemAvailable:", &available) || total <= 0)
		return false;
	(void)field_kib(meminfo, "SwapTotal:", &swap);
	(void)field_kib(meminfo, "SwapFree:", &swap_free);
	facts->mem_percent = 100.0 * (1 - available / total);
	facts->swap_percent = swap > 0 ? 100.0 * (1 - swap_free / swap) : 0;
	return true;
}

bool host_read_load(const char *loadavg, HostFacts *facts)
{
	char word[32];

	for (int i = 0; i < 3; i++) {
		if (!text_part(&loadavg, " \n", word, sizeof word) ||
		    !text_real(word, &facts->load[i]))
			return false;
	}
	return true;
}

/* Two lines of titles, then "name: rx-bytes packets errs drop fifo frame compressed multicast
 * tx-bytes …". */
bool host_read_net(const char *dev, HostFacts *facts)
{
	const char *line = strchr(dev, '\n');

	line = line ? strchr(line + 1, '\n') : NULL;
	if (!line)
		return false;
	for (line++; *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : "") {
		char name[64];
		unsigned long long rx, tx;

		if (sscanf(line, " %63[^:]: %llu %*u %*u %*u %*u %*u %*u %*u %llu", name, &rx,
		           &tx) != 3)
			continue;
		if (text_eq(name, "lo"))
			continue;
		facts->net_rx += rx;
		facts->net_tx += tx;
	}
	return true;
}

/* ---- mounts ---- */

static bool is_real(const char *type)
{
	static const char *const kernels[] = {
		"proc",        "sysfs",           "devtmpfs",    "devpts",
		"cgroup",      "cgroup2",         "securityfs",  "debugfs",
		"tracefs",     "configfs",        "fusectl",     "pstore",
		"bpf",         "mqueue",          "hugetlbfs",   "autofs",
		"binfmt_misc", "efivarfs",        "nsfs",        "rpc_pipefs",
		"ramfs",       "squashfs",        "iso9660",     "selinuxfs",
		"fuse.lxcfs",  "fuse.gvfsd-fuse", "fuse.portal",
	};
	for (size_t i = 0; i < COUNT_OF(kernels); i++) {
		if (text_eq(kernels[i], type))
			return false;
	}
	return true;
}

static bool is_octal(char c) { return c >= '0' && c <= '7'; }

/* Spaces and the like stand as \ooo. */
static void unescape(char *path)
{
	char *to = path;

	for (; *path; path++) {
		if (path[0] == '\\' && is_octal(path[1]) && is_octal(path[2]) &&
		    is_octal(path[3])) {
			*to++ = (char)((path[1] - '0') << 6 | (path[2] - '0') << 3 |
			               (path[3] - '0'));
			path += 3;
		} else {
			*to++ = *path;
		}
	}
	*to = '\0';
}

typedef LIST(char *) Devices;

/* The place of this device in the list of those seen; false: it was there already. */
static bool note_device(Devices *seen, const char *device, size_t *ret)
{
	for (*ret = 0; *ret < seen->n; ++*ret) {
		if (text_eq(seen->at[*ret], device))
			return false;
	}
	list_add(seen, mem_text(device));
	return true;
}

/* "id parent major:minor root path options … - type source super-options". */
static void read_mount(const char *line, MountList *mounts, Devices *seen)
{
	char device[32], path[1024], type[64];
	const char *dash = strstr(line, " - ");
	size_t at;

	if (!dash || sscanf(line, "%*u %*u %31s %*s %1023s", device, path) != 2 ||
	    sscanf(dash + 3, "%63s", type) != 1 || !is_real(type))
		return;
	unescape(path);
	if (note_device(seen, device, &at)) {
		list_add(mounts, ((Mount){ .path = mem_text(path) }));
	} else if (strlen(path) < strlen(mounts->at[at].path)) {
		mem_free(mounts->at[at].path);
		mounts->at[at].path = mem_text(path);
	}
}

void host_read_mounts(const char *mountinfo, MountList *mounts)
{
	Devices seen = { 0 };

	while (*mountinfo) {
		size_t n = strcspn(mountinfo, "\n");
		AUTO_FREE char *line = mem_text_n(mountinfo, n);

		read_mount(line, mounts, &seen);
		mountinfo += n + (mountinfo[n] == '\n');
	}
	for (size_t i = 0; i < seen.n; i++)
		mem_free(seen.at[i]);
	list_free(&seen);
}
