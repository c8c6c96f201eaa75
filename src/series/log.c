/* The log: every sample since the last save as one blob, and which heads became chunks.
 *
 *   version · records · CRC-32C
 *   record: varint of (number - the one before, zigzag) × 2, + 1 for "is in chunks"
 *           sample: time since the record before in µs (signed varint), number
 *           in chunks: all of the series before this instant (signed varint)
 *
 * It also counts which logs are still needed: those of which some head has a sample. */
#include "series/crc.h"
#include "series/series_private.h"

enum { VERSION = 1, FRESH_MAX = 200000, RECORD_BYTES = 2 * VARINT_MAX + NUMBER_BYTES };

static unsigned char *begin(SeriesSet *set, const Series *s, bool close, unsigned char *p)
{
	if (set->log.n == 0) {
		buf_char(&set->log, VERSION);
		set->log_number = 0;
		set->log_at = 0;
	}
	p = varint_put(p, zigzag((int64_t)s->number - (int64_t)set->log_number) << 1 | close);
	set->log_number = s->number;
	return p;
}

/* A head began in log `seq`, or does not need it any more. */
static void pin(SeriesSet *set, uint32_t seq, uint32_t more)
{
	size_t i = seq - set->log_base;

	while (set->heads.n <= i)
		(void)list_push(&set->heads);
	set->heads.at[i] += more;
}

void log_pin(SeriesSet *set, Series *s, uint64_t seq, Instant at)
{
	if (s->log_seq == 0) {
		s->log_seq = (uint32_t)seq;
		pin(set, s->log_seq, 1);
	}
	if (s->head.n == 0 || hour_of(s->head.last_at).us < hour_of(at).us)
		s->log_hour = (uint32_t)seq;
}

void log_unpin(SeriesSet *set, Series *s, Instant until)
{
	if (s->log_seq == 0)
		return;
	pin(set, s->log_seq, UINT32_MAX); /* one less */
	s->log_seq = !is_set(until) ? 0 : s->log_hour > s->log_seq ? s->log_hour : s->log_seq;
	if (s->log_seq)
		pin(set, s->log_seq, 1);
}

void log_sample(SeriesSet *set, Series *s, Instant at, double value)
{
	unsigned char bytes[RECORD_BYTES], *p;

	if (set->memory_only)
		return;
	if (set->log_n == FRESH_MAX) { /* with a source, it waits to be in a chunk */
		set->lost += !set->source;
		return;
	}
	p = begin(set, s, false, bytes);
	p = varint_put(p, zigzag((int64_t)((uint64_t)at.us - (uint64_t)set->log_at)));
	set->log_at = at.us;
	p = number_put(p, value, s->head.power);
	buf_add(&set->log, bytes, (size_t)(p - bytes));
	set->log_n++;
	log_pin(set, s, set->log_seq, at);
}

void log_close(SeriesSet *set, Series *s, Instant until)
{
	unsigned char bytes[RECORD_BYTES], *p;

	if (set->memory_only || s->log_seq == 0)
		return;
	p = begin(set, s, true, bytes);
	p = varint_put(p, zigzag(until.us));
	buf_add(&set->log, bytes, (size_t)(p - bytes));
	log_unpin(set, s, until);
}

bool log_walk(const void *p, size_t n, LogEach *each, void *arg)
{
	Bytes in = { p, (const unsigned char *)p + (n < 5 ? 0 : n - 4), false };
	uint32_t crc = 0, number = 0;
	uint64_t at = 0;

	if (n >= 5)
		memcpy(&crc, in.end, 4);
	if (n < 5 || crc != crc32c(p, n - 4) || bytes_byte(&in) != VERSION)
		return false;
	while (in.p < in.end) {
		uint64_t head = bytes_varint(&in);
		double value = 0;

		number = (uint32_t)((int64_t)number + unzigzag(head >> 1));
		if (head & 1) {
			Instant until = { bytes_signed(&in) };

			if (in.bad)
				return false;
			each(arg, number, true, until, 0);
			continue;
		}
		at += (uint64_t)bytes_signed(&in);
		value = number_get(&in);
		if (in.bad)
			return false;
		each(arg, number, false, (Instant){ (int64_t)at }, value);
	}
	return true;
}

typedef struct Passing {
	SampleEach *each;
	void *arg;
} Passing;

static void pass(void *arg, uint32_t number, bool close, Instant at, double value)
{
	const Passing *p = arg;

	if (!close)
		p->each(p->arg, number, at, value);
}

bool series_log_each(const void *p, size_t n, SampleEach *each, void *arg)
{
	Passing to = { each, arg };

	return log_walk(p, n, pass, &to);
}
