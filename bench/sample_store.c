/* What a stored sample and a question about ninety days cost, through series/ and store/ as
 * the daemon uses them: heads in memory, one commit a second with the log, chunks as heads
 * close, upkeep as it falls due. And their limits: a plain append, quickselect in memory.
 *
 *   bench_sample_store write FILE samples series every_s    the store
 *   bench_sample_store append FILE samples                  nine bytes each, no sync
 *   bench_sample_store lines samples series every_s from_s up  the same as influx lines
 *   bench_sample_store fill FILE series days every_s        for questions
 *   bench_sample_store ask FILE series days every_s         p95 and availability
 *   bench_sample_store check FILE samples series            figures against a list and a sort
 *
 * Each prints one line of JSON. CPU is of this process, from the kernel. */
#include "../test/brute_samples.h"

#include "core/alloc.h"
#include "core/list.h"
#include "series/keep.h"
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { T0 = 1790000000, DAY = 86400 }; /* 2026-09-21 */

static double cpu_us(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static long peak_kb(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return r.ru_maxrss;
}

static uint64_t io_count(const char *what)
{
	char line[128];
	unsigned long long n = 0;
	FILE *f = fopen("/proc/self/io", "re");
	size_t length = strlen(what);

	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, what, length) == 0)
			n = strtoull(line + length, NULL, 10);
	}
	if (f)
		(void)fclose(f);
	return n;
}

static uint64_t size_of(const char *path, const char *more)
{
	AUTO_FREE char *full = mem_printf("%s%s", path, more);
	struct stat st;

	return stat(full, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* ---- synthetic samples: log-normal latency with a daily swing and spikes, to the µs ---- */

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static double normal(uint64_t bits)
{
	double sum = 0; /* of twelve uniform ones, nearly */

	for (unsigned i = 0; i < 4; i++)
		sum += (double)(bits >> 16 * i & 0xffff) / 65536.0;
	return (sum - 2) * 1.7320508;
}

static Instant sample_at(uint64_t series, uint64_t k, int64_t every_s, int64_t from_s)
{
	int64_t phase = (int64_t)(series % (uint64_t)every_s);

	return (Instant){ ((from_s + phase + (int64_t)k * every_s) * 1000 +
		           (int64_t)(mix(series << 32 ^ k) % 4)) *
		          1000 };
}

static double sample_value(uint64_t series, uint64_t k, int64_t every_s)
{
	static double swing[1440];
	uint64_t bits = mix(series * 1000003 + k);
	double base = 40000.0 + (double)(series % 97) * 1500;
	uint64_t minute = k * (uint64_t)every_s / 60 % 1440;

	if (swing[0] == 0) {
		for (unsigned i = 0; i < 1440; i++)
			swing[i] = 1 + 0.3 * sin((double)i / 1440 * 6.2831853);
	}
	if (mix(bits) % 100 == 0)
		base *= 8;
	return rint(base * swing[minute] * exp(0.25 * normal(bits))) / 1e6;
}

static bool is_up(uint64_t series, uint64_t k) { return mix(series ^ k / 10 * 7919) % 1000 != 0; }

/* ---- the store ---- */

typedef struct Bench {
	Store *store;
	Batch *batch;
	SampleSink sink;
	SampleSource source;
	SeriesSet *set;
	Err err;
} Bench;

static void stop(const Bench *b)
{
	(void)fprintf(stderr, "%s\n", b->err.message);
	exit(1);
}

static void begin(Bench *b, const char *path)
{
	*b = (Bench){ .batch = batch_new(), .set = series_new() };
	if (!store_open(&(StoreOptions){ .path = path }, &b->store, &b->err))
		stop(b);
	b->sink = batch_sink(b->batch);
	b->source = store_source(b->store);
	series_source(b->set, &b->source);
}

static void commit(Bench *b, Instant now)
{
	series_save(b->set, &b->sink, now);
	if (!store_commit(b->store, b->batch, &b->err))
		stop(b);
}

static void end(Bench *b)
{
	series_free(b->set);
	batch_free(b->batch);
	store_close(b->store);
}

static Series **named(Bench *b, uint64_t n, const char *what)
{
	Series **all = mem_new(n * sizeof *all);

	for (uint64_t i = 0; i < n; i++) {
		AUTO_FREE char *name = mem_printf("%s{c%llu}", what, (unsigned long long)i);

		all[i] = series_named(b->set, name);
	}
	return all;
}

/* As the daemon: some series each second, all of them once a day. */
static void tend(Bench *b, Instant now, uint64_t n, double *owed, double elapsed_s)
{
	*owed += (double)n * elapsed_s / DAY;
	if (*owed < 64)
		return;
	if (!store_tend(b->store, now, &store_keep_ours, (uint32_t)*owed, &b->err))
		stop(b);
	*owed -= floor(*owed);
}

static void print_cost(const char *path, uint64_t n, double cpu, uint64_t wrote, uint64_t calls)
{
	SampleHealth h = { 0 };
	Store *s = NULL;
	Err err = { 0 };

	if (!store_open(&(StoreOptions){ .path = path, .read_only = true }, &s, &err) ||
	    !store_check_samples(s, &h, &err))
		(void)fprintf(stderr, "%s\n", err.message);
	store_close(s);
	(void)printf("{\"us\":%.4f,\"bytes\":%.3f,\"blob\":%.3f,\"written\":%.1f,\"calls\":%.1f,"
	             "\"samples\":%llu,\"damaged\":%llu,\"peak_kb\":%ld}\n",
	             cpu / (double)n, (double)size_of(path, "") / (double)n,
	             (double)h.bytes / (double)n, (double)wrote / (double)n,
	             (double)calls / (double)n, (unsigned long long)h.samples,
	             (unsigned long long)h.bad, peak_kb());
}

static int write_all(const char *path, uint64_t n, uint64_t series_n, int64_t every_s)
{
	Bench b;
	uint64_t each = n / series_n, wrote = io_count("write_bytes:"), calls = io_count("wchar:");
	double from = cpu_us(), making, owed = 0;
	Instant now = { 0 };
	Series **all;

	begin(&b, path);
	all = named(&b, series_n, "latency");
	making = -cpu_us();
	for (uint64_t k = 0; k < each; k++) { /* what the samples themselves cost is not ours */
		for (uint64_t i = 0; i < series_n; i += 64)
			now.us += (int64_t)sample_value(i, k, every_s) & 1;
	}
	making = (making + cpu_us()) * 64;
	for (uint64_t k = 0; k < each; k++) {
		for (int64_t second = 0; second < every_s; second++) {
			for (uint64_t i = (uint64_t)second; i < series_n; i += (uint64_t)every_s)
				(void)series_put(b.set, all[i], sample_at(i, k, every_s, T0),
				                 sample_value(i, k, every_s));
			now = (Instant){ (T0 + (int64_t)k * every_s + second + 1) * 1000000 };
			commit(&b, now);
			tend(&b, now, series_n, &owed, 1);
		}
	}
	/* Two hours later every head is closed; then each series was tended once more. */
	for (int second = 0; second < 7200; second += 4) {
		now = after(now, seconds(4));
		commit(&b, now);
	}
	if (!store_tend(b.store, now, &store_keep_ours, (uint32_t)series_n, &b.err))
		stop(&b);
	end(&b);
	print_cost(path, each * series_n, cpu_us() - from - making,
	           io_count("write_bytes:") - wrote, io_count("wchar:") - calls);
	mem_free(all);
	return 0;
}

static int append(const char *path, uint64_t n)
{
	FILE *f = fopen(path, "we");
	double from = cpu_us();

	for (uint64_t i = 0; f && i < n; i++) {
		char row[9] = { 0 };

		memcpy(row, &i, sizeof i);
		(void)fwrite(row, sizeof row, 1, f);
	}
	if (f)
		(void)fclose(f);
	(void)printf("{\"us\":%.5f,\"bytes\":9}\n", (cpu_us() - from) / (double)n);
	return 0;
}

static int lines(uint64_t n, uint64_t series_n, int64_t every_s, int64_t from_s, bool with_up)
{
	for (uint64_t k = 0; k < n / series_n; k++) {
		for (uint64_t i = 0; i < series_n; i++)
			(void)printf("latency,check=c%llu value=%.6f%s %lld000\n",
			             (unsigned long long)i, sample_value(i, k, every_s),
			             !with_up      ? ""
			             : is_up(i, k) ? ",up=1"
			                           : ",up=0",
			             (long long)sample_at(i, k, every_s, from_s).us);
	}
	return 0;
}

/* ---- questions ---- */

/* Through the same heads and saves, an hour at a time: quick, and nothing special. */
static int fill(const char *path, uint64_t series_n, int64_t days_n, int64_t every_s)
{
	uint64_t each = (uint64_t)(days_n * DAY / every_s);
	Series **up, **latency;
	Bench b;
	Instant now = { 0 };

	begin(&b, path);
	latency = named(&b, series_n, "latency");
	up = named(&b, series_n, "up");
	for (uint64_t k = 0; k < each; k++) {
		for (uint64_t i = 0; i < series_n; i++) {
			Instant at = sample_at(i, k, every_s, T0);

			(void)series_put(b.set, latency[i], at, sample_value(i, k, every_s));
			(void)series_put(b.set, up[i], at, is_up(i, k));
		}
		now = (Instant){ (T0 + (int64_t)(k + 1) * every_s) * 1000000 };
		if (k * (uint64_t)every_s / 3600 == (k + 1) * (uint64_t)every_s / 3600)
			continue;
		commit(&b, now);
		if ((k + 1) * (uint64_t)every_s % DAY == 0 &&
		    !store_tend(b.store, now, &store_keep_ours, (uint32_t)series_n * 2, &b.err))
			stop(&b);
	}
	commit(&b, after(now, hours(2)));
	end(&b);
	mem_free(up);
	mem_free(latency);
	(void)printf("{\"samples\":%llu,\"bytes\":%llu}\n",
	             (unsigned long long)(2 * each * series_n),
	             (unsigned long long)size_of(path, ""));
	return 0;
}

static uint32_t select_at(uint32_t *at, size_t n, size_t k)
{
	size_t from = 0, to = n - 1;

	while (from < to) {
		uint32_t pivot = at[(from + to) / 2];
		size_t i = from, j = to;

		while (i <= j) {
			while (at[i] < pivot)
				i++;
			while (at[j] > pivot)
				j--;
			if (i <= j) {
				uint32_t x = at[i];

				at[i++] = at[j];
				at[j] = x;
				if (j == 0)
					break;
				j--;
			}
		}
		if (k <= j)
			to = j;
		else if (k >= i)
			from = i;
		else
			break;
	}
	return at[k];
}

/* The limit: integers in memory, one copy and one selection. */
static double in_memory(uint64_t series_n, uint64_t each, int64_t every_s, double *ret_sum)
{
	uint32_t *all = mem_new(each * sizeof *all), *work = mem_new(each * sizeof *work);
	uint8_t *ups = mem_new(each);
	double used = 0;

	for (uint64_t i = 0; i < series_n; i++) {
		uint64_t n = 0;
		double from;

		for (uint64_t k = 0; k < each; k++) {
			all[k] = (uint32_t)rint(sample_value(i, k, every_s) * 1e6);
			ups[k] = is_up(i, k);
		}
		from = cpu_us();
		memcpy(work, all, each * sizeof *work);
		*ret_sum += select_at(work, each, (size_t)ceil(0.95 * (double)each) - 1);
		for (uint64_t k = 0; k < each; k++)
			n += ups[k];
		*ret_sum += (double)n;
		used += cpu_us() - from;
	}
	mem_free(all);
	mem_free(work);
	mem_free(ups);
	return used / (double)series_n;
}

typedef struct Asked {
	double us, sum;
	bool all;
} Asked;

static Asked figures(Bench *b, uint64_t series_n, Instant from, Instant to, bool exact)
{
	Asked a = { .all = true };
	double began = cpu_us();

	for (uint64_t i = 0; i < series_n; i++) {
		AUTO_FREE char *latency = mem_printf("latency{c%llu}", (unsigned long long)i);
		AUTO_FREE char *up = mem_printf("up{c%llu}", (unsigned long long)i);
		SeriesView *v = series_view(b->set, latency), *w = series_view(b->set, up);
		SeriesFigure f, g;

		if (!v || !w) {
			a.all = false;
			continue;
		}
		a.all &= series_view_stat(v, &b->source, SERIES_P95, -1, from, to, exact, &f,
		                          NULL) &&
		         series_view_stat(w, &b->source, SERIES_MEAN, -1, from, to, exact, &g,
		                          NULL) &&
		         f.exact == exact;
		a.sum += rint(f.value * 1e6) + rint(g.value * (double)g.count);
		series_view_free(v);
		series_view_free(w);
	}
	a.us = (cpu_us() - began) / (double)series_n;
	return a;
}

static bool load_name(void *ctx, uint32_t number, const char *name)
{
	return series_load_name(ctx, number, name);
}

static bool load_log(void *ctx, uint64_t seq, const void *p, size_t n)
{
	return series_load_log(ctx, seq, p, n);
}

static int ask(const char *path, uint64_t series_n, int64_t days_n, int64_t every_s)
{
	Instant to = { (T0 + days_n * DAY) * 1000000 }, from = after(to, days(-90));
	uint64_t each = (uint64_t)(days_n * DAY / every_s);
	double limit, sum = 0;
	Asked exact, first, rolled;
	size_t bad;
	Bench b;

	begin(&b, path);
	if (!store_names(b.store, load_name, b.set, &b.err) ||
	    !store_log(b.store, load_log, b.set, &bad, &b.err))
		stop(&b);
	if (days_n > 90) { /* raw samples are gone: roll-ups answer */
		rolled = figures(&b, series_n, LONG_AGO, to, false);
		rolled = figures(&b, series_n, (Instant){ (int64_t)T0 * 1000000 }, to, false);
		(void)printf("{\"rolled_us\":%.1f,\"answered\":%s}\n", rolled.us,
		             rolled.all ? "true" : "false");
		end(&b);
		return 0;
	}
	limit = in_memory(series_n, each, every_s, &sum);
	first = figures(&b, series_n, from, to, true);
	exact = figures(&b, series_n, from, to, true);
	rolled = figures(&b, series_n, from, to, false);
	(void)printf("{\"limit_us\":%.1f,\"first_us\":%.1f,\"exact_us\":%.1f,\"rolled_us\":%.1f,"
	             "\"same\":%s,\"answered\":%s,\"peak_kb\":%ld}\n",
	             limit, first.us, exact.us, rolled.us,
	             fabs(exact.sum - sum) < 0.5 * (double)series_n / 1e6 + 0.5 ? "true" : "false",
	             exact.all && rolled.all ? "true" : "false", peak_kb());
	end(&b);
	return 0;
}

static int check(const char *path, uint64_t n, uint64_t series_n)
{
	Brute b;
	bool same = brute_run(&b, path, n, series_n);

	if (!same)
		(void)fprintf(stderr, "%s\n", b.why);
	(void)printf("{\"same\":%s,\"samples\":%llu,\"late\":%llu,\"twice\":%llu,\"figures\":%llu,"
	             "\"rolled\":%llu,\"worst\":%.6f}\n",
	             same ? "true" : "false", (unsigned long long)b.put,
	             (unsigned long long)b.lates, (unsigned long long)b.twice,
	             (unsigned long long)b.figures, (unsigned long long)b.rolled, b.worst);
	return same ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *file = argc > 2 ? argv[2] : "";
	uint64_t n[6] = { 0 };

	for (int i = 2; i < argc && i < 8; i++)
		n[i - 2] = strtoull(argv[i], NULL, 10);
	if (strcmp(what, "write") == 0 && argc == 6)
		return write_all(file, n[1], n[2], (int64_t)n[3]);
	if (strcmp(what, "append") == 0 && argc == 4)
		return append(file, n[1]);
	if (strcmp(what, "lines") == 0 && argc == 7)
		return lines(n[0], n[1], (int64_t)n[2], (int64_t)n[3], n[4] != 0);
	if (strcmp(what, "fill") == 0 && argc == 6)
		return fill(file, n[1], (int64_t)n[2], (int64_t)n[3]);
	if (strcmp(what, "ask") == 0 && argc == 6)
		return ask(file, n[1], (int64_t)n[2], (int64_t)n[3]);
	if (strcmp(what, "check") == 0 && argc == 5)
		return check(file, n[1], n[2]);
	return 2;
}
