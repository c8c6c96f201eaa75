/* This machine's counters: /proc, and statvfs of the real file systems.
 *
 * Looking at a file system may hang for ever (a lost NFS server), so it happens on
 * a thread of libuv's pool. Who asks while a look is under way waits for that one:
 * so a look that hangs costs one thread, never the pool, and those who wait for it
 * run out of time with FAIL_SELF. */
#include "loop/host_text.h"
#include "loop/loop_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct Look {
	bool taken;
	HostFacts facts;
	int64_t at_us;
} Look;

/* One look in flight. It belongs to the pool's thread until host_looked(). */
struct HostWork {
	uv_work_t work;
	Loop *loop; /* NULL: the loop is gone */
	LIST(Job *) waiting;
	HostFacts facts;
	MountList mounts;
	bool busy;
	Look last, older; /* for the rates: at least RATE_US apart */
};

/* Shorter stretches than this make no rate: the kernel counts processor time in ticks. */
enum { RATE_US = 1000000 };

typedef struct HostJob {
	Job job;
	LIST(MountUse) uses;
} HostJob;

static HostJob *host_of(Job *job) { return CONTAINER_OF(job, HostJob, job); }

/* ---- on the pool's thread ---- */

static char *read_file(const char *path)
{
	AUTO(Buf) text = { .max = 4 << 20 };
	char chunk[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0)
		return mem_text("");
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&text, chunk, (size_t)n);
	(void)close(fd);
	return buf_take(&text);
}

/* Percentages as df counts them: of what ordinary users may fill, rounded nowhere. */
static bool look_at(Mount *m)
{
	struct statvfs v;
	struct stat st;
	uint64_t used, usable;

	/* Containers have single files mounted over /etc: they are no file systems. */
	if (stat(m->path, &st) != 0 || !S_ISDIR(st.st_mode) || statvfs(m->path, &v) != 0 ||
	    v.f_blocks == 0)
		return false;
	used = v.f_blocks - v.f_bfree;
	usable = used + v.f_bavail;
	m->used_percent = usable ? 100.0 * (double)used / (double)usable : 0;
	m->inodes_percent =
	        v.f_files ? 100.0 * (double)(v.f_files - v.f_ffree) / (double)v.f_files : -1;
	m->free_bytes = v.f_bavail * v.f_frsize;
	m->total_bytes = v.f_blocks * v.f_frsize;
	return true;
}

static void host_look(uv_work_t *work)
{
	HostWork *h = work->data;
	AUTO_FREE char *cpu = read_file("/proc/stat"), *memory = read_file("/proc/meminfo");
	AUTO_FREE char *load = read_file("/proc/loadavg"), *net = read_file("/proc/net/dev");
	AUTO_FREE char *mounts = read_file("/proc/self/mountinfo");
	size_t kept = 0;

	h->facts = (HostFacts){ 0 };
	h->facts.complete = host_read_cpu(cpu, &h->facts) && host_read_memory(memory, &h->facts) &&
	                    host_read_load(load, &h->facts) && host_read_net(net, &h->facts);
	host_read_mounts(mounts, &h->mounts);
	for (size_t i = 0; i < h->mounts.n; i++) {
		if (look_at(&h->mounts.at[i]))
			h->mounts.at[kept++] = h->mounts.at[i];
		else
			mem_free(h->mounts.at[i].path);
	}
	h->mounts.n = kept;
}

/* ---- back in the loop ---- */

static void fill_rates(HostAnswer *a, const HostFacts *now, int64_t now_us, const Look *base)
{
	const HostFacts *was = &base->facts;
	double dt = (double)(now_us - base->at_us) / 1e6;
	uint64_t all = now->cpu_all - was->cpu_all, busy = now->cpu_busy - was->cpu_busy;

	a->cpu_percent = a->net_bytes_per_s = -1;
	if (!base->taken)
		return;
	if (now->cpu_all > was->cpu_all && now->cpu_busy >= was->cpu_busy)
		a->cpu_percent = 100.0 * (double)busy / (double)all;
	/* Counters go back when an interface disappears: no rate then. */
	if (dt > 0 && now->net_rx >= was->net_rx && now->net_tx >= was->net_tx)
		a->net_bytes_per_s =
		        (double)(now->net_rx - was->net_rx + now->net_tx - was->net_tx) / dt;
}

static HostAnswer answer_of(const HostWork *h, int64_t now_us)
{
	bool long_enough = !h->older.taken || now_us - h->last.at_us >= RATE_US;
	HostAnswer a = { .mem_percent = h->facts.mem_percent,
		         .swap_percent = h->facts.swap_percent,
		         .load1 = h->facts.load[0],
		         .load5 = h->facts.load[1],
		         .load15 = h->facts.load[2],
		         .net_rx_bytes = h->facts.net_rx,
		         .net_tx_bytes = h->facts.net_tx };

	fill_rates(&a, &h->facts, now_us, long_enough ? &h->last : &h->older);
	return a;
}

static void keep_look(HostWork *h, int64_t now_us)
{
	if (h->last.taken && now_us - h->last.at_us < RATE_US)
		return;
	h->older = h->last;
	h->last = (Look){ true, h->facts, now_us };
}

static void fill(const HostWork *h, HostJob *j, const HostAnswer *common)
{
	HostAnswer *a = &j->job.answer.host;

	*a = *common;
	for (size_t i = 0; i < h->mounts.n; i++) {
		const Mount *m = &h->mounts.at[i];

		list_add(&j->uses,
		         ((MountUse){ arena_text(j->job.arena, m->path), m->used_percent,
		                      m->inodes_percent, m->free_bytes, m->total_bytes }));
	}
	a->mounts = j->uses.at;
	a->mounts_n = j->uses.n;
}

static void work_free(HostWork *h)
{
	MountList_done(&h->mounts);
	list_free(&h->waiting);
	mem_free(h);
}

/* Ending a job takes it off the list (host_stop). */
static void host_looked(uv_work_t *work, int status)
{
	HostWork *h = work->data;
	int64_t now_us = loop_mono_us();
	HostAnswer common = answer_of(h, now_us);
	bool good = status == 0 && h->facts.complete;

	h->busy = false;
	while (h->waiting.n) {
		Job *job = h->waiting.at[0];

		if (good) {
			fill(h, host_of(job), &common);
			job_done(job);
		} else {
			job_fail(job, FAIL_SELF, "/proc cannot be read");
		}
	}
	if (good)
		keep_look(h, now_us);
	MountList_done(&h->mounts);
	if (!h->loop)
		work_free(h);
}

static HostWork *work_of(Loop *loop)
{
	HostWork *h = loop->host;

	if (!h) {
		h = loop->host = NEW(HostWork);
		h->loop = loop;
		h->work.data = h;
	}
	return h;
}

static void host_start(Job *job)
{
	HostWork *h = work_of(job->loop);
	int bad = 0;

	job->step = FAIL_SELF;
	if (!h->busy)
		bad = uv_queue_work(&job->loop->uv, &h->work, host_look, host_looked);
	if (bad) {
		job_fail_errno(job, FAIL_SELF, NULL, -bad);
		return;
	}
	h->busy = true;
	list_add(&h->waiting, job);
}

static void host_stop(Job *job)
{
	HostWork *h = job->loop->host;

	for (size_t i = 0; h && i < h->waiting.n; i++) {
		if (h->waiting.at[i] == job) {
			list_remove(&h->waiting, i);
			return;
		}
	}
}

static void host_free(Job *job) { list_free(&host_of(job)->uses); }

/* A look under way is waited for by the last turns of the loop, which then frees it. */
void host_loop_done(Loop *loop)
{
	HostWork *h = loop->host;

	loop->host = NULL;
	if (!h)
		return;
	h->loop = NULL;
	if (h->busy)
		(void)uv_cancel((uv_req_t *)&h->work);
	else
		work_free(h);
}

const JobKind ask_host_kind = {
	.size = sizeof(HostJob), .start = host_start, .stop = host_stop, .free = host_free
};
