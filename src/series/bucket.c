/* Buckets of one resolution, in UTC. */
#include "series/crc.h"
#include "series/series_private.h"

#include <math.h>

static const char *const names[RES_KINDS] = { "1m", "1h", "1d", "1mo" };

const char *res_name(Res r) { return names[r]; }

bool res_parse(const char *s, Res *ret)
{
	for (size_t i = 0; i < RES_KINDS; i++) {
		if (strcmp(names[i], s) == 0) {
			*ret = (Res)i;
			return true;
		}
	}
	return false;
}

static Instant floor_to(Instant t, Duration d)
{
	int64_t rest = t.us % d.us;

	return (Instant){ t.us - (rest < 0 ? rest + d.us : rest) };
}

Instant res_start(Res r, Instant t)
{
	int32_t year, month, day;

	switch (r) {
	case RES_MINUTE: return floor_to(t, minutes(1));
	case RES_HOUR: return floor_to(t, hours(1));
	case RES_DAY: return floor_to(t, days(1));
	case RES_MONTH:
	case RES_KINDS: break;
	}
	civil_from_days(floor_to(t, days(1)).us / days(1).us, &year, &month, &day);
	return (Instant){ days_from_civil(year, month, 1) * days(1).us };
}

Instant res_end(Res r, Instant t)
{
	static const int width_min[RES_MONTH] = { 1, 60, 24 * 60 };
	Instant start = res_start(r, t);

	return r < RES_MONTH ? after(start, minutes(width_min[r]))
	                     : res_start(r, after(start, days(32)));
}

/* ---- sums ---- */

static void two_sum(Exact *s, double x)
{
	double sum = s->hi + x, part = sum - s->hi;

	s->lo += (s->hi - (sum - part)) + (x - part);
	s->hi = sum;
}

static void settle(Exact *s)
{
	double sum = s->hi + s->lo;

	s->lo -= sum - s->hi;
	s->hi = sum;
}

void exact_add(Exact *s, double value, uint64_t times)
{
	double n = (double)times, product = value * n;

	/* What the product rounded off; fma() has it exactly. */
	two_sum(s, product);
	if (times != 1)
		s->lo += fma(value, n, -product);
	settle(s);
}

void exact_join(Exact *s, Exact more)
{
	two_sum(s, more.hi);
	s->lo += more.lo;
	settle(s);
}

/* ---- buckets ---- */

void bucket_free(Bucket *b)
{
	sketch_free(&b->sketch);
	mem_free(b->packed);
	b->packed = NULL;
}

void bucket_pack(Bucket *b)
{
	Buf out = { 0 };

	if (b->sketch.n == 0)
		return;
	sketch_put(&b->sketch, &out);
	b->packed_n = (uint32_t)out.n;
	b->packed = mem_grow(buf_take(&out), b->packed_n);
	sketch_free(&b->sketch);
}

static bool read_packed(const Bucket *b, Sketch *to)
{
	Bytes in = { (const unsigned char *)b->packed,
		     (const unsigned char *)b->packed + b->packed_n, false };

	return sketch_get(&in, to);
}

static void unpack(Bucket *b)
{
	if (!b->packed)
		return;
	(void)read_packed(b, &b->sketch);
	mem_free(b->packed);
	b->packed = NULL;
}

void bucket_copy(Bucket *to, const Bucket *b)
{
	*to = *b;
	to->sketch = (Sketch){ 0 };
	if (b->sketch.n)
		sketch_merge(&to->sketch, &b->sketch);
	if (b->packed)
		to->packed = mem_text_n(b->packed, b->packed_n);
}

void bucket_add(Bucket *b, Instant at, double value, uint64_t n, Duration covered)
{
	bool newest = b->count == 0 || b->last_at.us <= at.us;

	unpack(b);
	/* The sketch begins with the second distinct value; until then min says it all. */
	if (b->count && b->sketch.n == 0 && value != b->min)
		sketch_add(&b->sketch, b->min, (uint32_t)b->count);
	if (b->sketch.n)
		sketch_add(&b->sketch, value, (uint32_t)n);
	if (b->count == 0)
		b->min = b->max = b->first = value;
	else if (newest)
		b->increase += counter_step(b->last, value);
	b->min = value < b->min ? value : b->min;
	b->max = value > b->max ? value : b->max;
	if (newest) {
		b->last = value;
		b->last_at = at;
	}
	b->count += n;
	exact_add(&b->sum, value, n);
	b->covered.us += covered.us;
	if (value == 0)
		b->down.us += covered.us;
}

static bool is_even(const Bucket *b) { return b->sketch.n == 0 && !b->packed; }

void bucket_merge(Bucket *to, const Bucket *later)
{
	bool newest = to->count == 0 || to->last_at.us <= later->last_at.us;

	if (later->count == 0)
		return;
	unpack(to);
	if (to->count == 0 || !is_even(to) || !is_even(later) || to->min != later->min) {
		if (to->count && is_even(to))
			sketch_add(&to->sketch, to->min, (uint32_t)to->count);
		if (to->count || !is_even(later))
			bucket_sketch(later, &to->sketch);
	}
	if (to->count == 0) {
		to->min = later->min;
		to->max = later->max;
		to->first = later->first;
	} else if (newest) {
		to->increase += counter_step(to->last, later->first);
	}
	to->increase += later->increase;
	to->min = later->min < to->min ? later->min : to->min;
	to->max = later->max > to->max ? later->max : to->max;
	if (newest) {
		to->last = later->last;
		to->last_at = later->last_at;
	}
	to->count += later->count;
	exact_join(&to->sum, later->sum);
	to->covered.us += later->covered.us;
	to->down.us += later->down.us;
}

void bucket_sketch(const Bucket *b, Sketch *to)
{
	Sketch read = { 0 };

	if (b->packed && read_packed(b, &read))
		sketch_merge(to, &read);
	else if (b->sketch.n)
		sketch_merge(to, &b->sketch);
	else
		sketch_add(to, b->min, (uint32_t)b->count);
	sketch_free(&read);
}

/* ---- as bytes ---- */

enum { VERSION = 1, EVEN = 1 };

unsigned char *number_put(unsigned char *p, double v, unsigned power)
{
	uint64_t bits = double_bits(v);
	int64_t m;

	if (power <= DECIMAL_MAX && decimal_of(v, power, &m)) {
		*p++ = (unsigned char)power;
		return varint_put(p, zigzag(m));
	}
	for (unsigned k = 0; k <= 9; k++) {
		if (decimal_of(v, k, &m)) {
			*p++ = (unsigned char)k;
			return varint_put(p, zigzag(m));
		}
	}
	*p++ = HEAD_BITS;
	memcpy(p, &bits, 8);
	return p + 8;
}

double number_get(Bytes *in)
{
	unsigned k = bytes_byte(in);
	const unsigned char *p;
	uint64_t bits = 0;

	if (k <= DECIMAL_MAX)
		return decimal_value(bytes_signed(in), k);
	p = bytes_take(in, 8);
	if (p)
		memcpy(&bits, p, 8);
	in->bad = in->bad || k != HEAD_BITS;
	return bits_double(bits);
}

void bucket_write(const Bucket *b, Buf *out)
{
	unsigned char bytes[16 * VARINT_MAX], *p = bytes;
	size_t begin = out->n;
	uint32_t crc;

	*p++ = VERSION;
	*p++ = is_even(b) ? EVEN : 0;
	p = varint_put(p, b->count);
	p = varint_put(p, (uint64_t)(b->last_at.us - b->start.us));
	p = varint_put(p, (uint64_t)b->covered.us);
	p = varint_put(p, (uint64_t)b->down.us);
	p = number_put(p, b->min, 0);
	p = number_put(p, b->sum.hi, 0);
	p = number_put(p, b->sum.lo, 0);
	p = number_put(p, b->increase, 0);
	if (!is_even(b)) {
		p = number_put(p, b->max, 0);
		p = number_put(p, b->first, 0);
		p = number_put(p, b->last, 0);
	}
	buf_add(out, bytes, (size_t)(p - bytes));
	if (b->packed)
		buf_add(out, b->packed, b->packed_n);
	else if (b->sketch.n)
		sketch_put(&b->sketch, out);
	crc = crc32c(out->p + begin, out->n - begin);
	buf_add(out, &crc, 4);
}

static bool is_sound(const Bucket *b)
{
	return b->count > 0 && b->last_at.us >= b->start.us && b->covered.us >= 0 &&
	       b->down.us >= 0 && b->down.us <= b->covered.us && b->min <= b->max &&
	       isfinite(b->min) && isfinite(b->max) && isfinite(b->first) && isfinite(b->last) &&
	       isfinite(b->sum.hi) && isfinite(b->sum.lo) && isfinite(b->increase);
}

static bool read_fields(Bytes *in, Bucket *ret)
{
	unsigned version = bytes_byte(in), flags = bytes_byte(in);

	ret->count = bytes_varint(in);
	ret->last_at.us = (int64_t)((uint64_t)ret->start.us + bytes_varint(in));
	ret->covered.us = (int64_t)bytes_varint(in);
	ret->down.us = (int64_t)bytes_varint(in);
	ret->min = ret->max = ret->first = ret->last = number_get(in);
	ret->sum.hi = number_get(in);
	ret->sum.lo = number_get(in);
	ret->increase = number_get(in);
	if (!(flags & EVEN)) {
		ret->max = number_get(in);
		ret->first = number_get(in);
		ret->last = number_get(in);
	}
	if (in->bad || version != VERSION || flags > EVEN || !is_sound(ret))
		return false;
	return flags & EVEN ? in->p == in->end : in->p < in->end;
}

static bool facts_in(Instant start, const void *p, size_t n, Bytes *in, Bucket *ret)
{
	uint32_t crc = 0;

	*ret = (Bucket){ .start = start };
	*in = (Bytes){ p, (const unsigned char *)p + (n < 4 ? 0 : n - 4), false };
	if (n >= 4)
		memcpy(&crc, in->end, 4);
	return n >= 4 && crc == crc32c(p, n - 4) && read_fields(in, ret);
}

bool bucket_facts(Instant start, const void *p, size_t n, Bucket *ret, Sketch *bins)
{
	Bytes in;

	if (bins)
		bins->n = 0;
	if (!facts_in(start, p, n, &in, ret))
		return false;
	return !bins || in.p == in.end ||
	       (sketch_get(&in, bins) && in.p == in.end && sketch_count(bins) == ret->count);
}

bool bucket_read(Instant start, const void *p, size_t n, Bucket *ret)
{
	Sketch check = { 0 };
	Bytes in;
	bool ok;

	if (!facts_in(start, p, n, &in, ret))
		return false;
	if (in.p == in.end)
		return true;
	ret->packed_n = (uint32_t)(in.end - in.p);
	ret->packed = mem_grow(NULL, ret->packed_n);
	memcpy(ret->packed, in.p, ret->packed_n);
	ok = sketch_get(&in, &check) && in.p == in.end && sketch_count(&check) == ret->count;
	sketch_free(&check);
	if (!ok)
		bucket_free(ret);
	return ok;
}

/* ---- levels ---- */

size_t level_find(const Level *l, Instant t)
{
	size_t from = 0, to = l->buckets.n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (earlier(l->buckets.at[mid].start, t))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

Bucket *level_bucket(Level *l, Res r, Instant at)
{
	Instant start = res_start(r, at);
	size_t i;

	i = level_find(l, start);
	if (i == l->buckets.n || l->buckets.at[i].start.us != start.us) {
		(void)list_push(&l->buckets);
		memmove(&l->buckets.at[i + 1], &l->buckets.at[i],
		        (l->buckets.n - 1 - i) * sizeof *l->buckets.at);
		l->buckets.at[i] = (Bucket){ .start = start };
		if (i > 0)
			bucket_pack(&l->buckets.at[i - 1]);
	}
	return &l->buckets.at[i];
}

void level_drop_before(Level *l, Instant t)
{
	size_t n = level_find(l, t);

	l->from = latest(l->from, t);
	for (size_t i = 0; i < n; i++)
		bucket_free(&l->buckets.at[i]);
	if (n == 0)
		return;
	l->buckets.n -= n;
	memmove(l->buckets.at, l->buckets.at + n, l->buckets.n * sizeof *l->buckets.at);
}

void level_free(Level *l)
{
	for (size_t i = 0; i < l->buckets.n; i++)
		bucket_free(&l->buckets.at[i]);
	list_free(&l->buckets);
}
