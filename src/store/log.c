/* The log of samples that are in no chunk yet: a stream of entries cut over rows that fill
 * one page each. A commit writes the page it ends on over itself, and takes pages that are
 * no longer needed before it lets the file grow: it touches neither the list of free pages
 * nor an index, so what reaches the disk is the page or two that changed.
 *
 *   page   "CLOG" · check of the rest · number · oldest number still needed · where the first
 *          entry begins that starts in it · bytes used · data
 *   entry  length · check · seq · data; goes on in the next page where it does not fit
 *
 * Pages are numbered upwards; which row holds which does not matter. After a damaged page
 * reading goes on with the first entry that begins in a later one. It knows nothing of what
 * is in an entry. */
#include "store/samples_private.h"

#include "core/alloc.h"
#include "core/text.h"
#include "store/store_private.h"

#include <string.h>

enum { NO_ENTRY = 0xffff, SPARE = 256, DROPPED_A_TURN = 64 };

static const unsigned char magic[4] = { 'C', 'L', 'O', 'G' };

static void put(unsigned char *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get(const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

typedef struct Head {
	RowId slot;
	uint64_t number, needed;
	unsigned first, used; /* offsets in the page */
} Head;

static bool head_read(const unsigned char *p, size_t n, size_t page_n, Head *ret)
{
	if (n < LOG_HEAD || page_n != LOG_PAGE || memcmp(p, magic, sizeof magic) != 0 ||
	    get(p + 4, 4) != sample_check(p + 8, LOG_HEAD - 8, 0))
		return false;
	ret->number = get(p + 8, 8);
	ret->needed = get(p + 16, 8);
	ret->first = (unsigned)get(p + 24, 2);
	ret->used = (unsigned)get(p + 26, 2);
	return ret->used >= LOG_HEAD && ret->used <= LOG_PAGE;
}

static void head_write(Log *l)
{
	put(l->page + 8, l->live.at[l->live.n - 1].number, 8);
	put(l->page + 16, l->live.at[0].number, 8);
	put(l->page + 26, l->used, 2);
	put(l->page + 4, sample_check(l->page + 8, LOG_HEAD - 8, 0), 4);
}

static uint32_t entry_check(uint64_t seq, const void *p, size_t n)
{
	return sample_check(p, n, seq ^ n);
}

/* ---- reading ---- */

static int by_number(const void *a, const void *b)
{
	const Head *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

typedef LIST(Head) Heads;

/* Heads of the pages that are needed, in order; other rows are idle. */
static bool heads(Store *s, Heads *ret, size_t *ret_bad, Err *err)
{
	Log *l = &s->samples->log;
	sqlite3_stmt *st = sample_sql(s, SQL_LOG_HEADS, err);
	uint64_t needed = 0;
	size_t cut = 0;
	int got;

	if (!st)
		return false;
	l->idle.n = 0;
	l->slots = 0;
	while ((got = sample_row(s, st, "sample_log", err)) == 1) {
		RowId slot = sqlite3_column_int64(st, 0);
		Head h = { .slot = slot };

		l->slots = slot > l->slots ? slot : l->slots;
		if (head_read(sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1),
		              (size_t)sqlite3_column_int64(st, 2), &h)) {
			list_add(ret, h);
		} else {
			list_add(&l->idle, slot);
			++*ret_bad;
		}
	}
	list_sort(ret, by_number);
	if (ret->n)
		needed = ret->at[ret->n - 1].needed;
	for (; cut < ret->n && ret->at[cut].number < needed; cut++)
		list_add(&l->idle, ret->at[cut].slot);
	if (cut) {
		memmove(ret->at, ret->at + cut, (ret->n - cut) * sizeof *ret->at);
		ret->n -= cut;
	}
	return got == 0;
}

/* The stream as it is read: pages in, entries out. */
typedef struct Reader {
	Log *log;
	Buf held;     /* bytes of an entry that goes on in the next page */
	size_t began; /* which of the live pages its first byte is in */
	uint64_t number;
	size_t bad;
	bool go;
	bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n);
	void *ctx;
} Reader;

static void note_seq(Log *l, size_t page, uint64_t seq)
{
	if (l->live.at[page].last_seq < seq)
		l->live.at[page].last_seq = seq;
	if (l->last_seq < seq)
		l->last_seq = seq;
}

/* One entry of p, if it is whole: its length, or 0. */
static size_t take_entry(Reader *r, const unsigned char *p, size_t n)
{
	size_t length;
	uint64_t seq;

	if (n < LOG_ENTRY_HEAD)
		return 0;
	length = (size_t)get(p, 4);
	if (n - LOG_ENTRY_HEAD < length)
		return 0;
	seq = get(p + 8, 8);
	if (get(p + 4, 4) != entry_check(seq, p + LOG_ENTRY_HEAD, length)) {
		r->bad++;
		/* Its length is not to be trusted: whatever follows waits for the next page. */
		return SIZE_MAX;
	}
	for (size_t i = r->began; i < r->log->live.n; i++)
		note_seq(r->log, i, seq);
	r->began = r->log->live.n - 1;
	if (r->each && r->go)
		r->go = r->each(r->ctx, seq, p + LOG_ENTRY_HEAD, length);
	return LOG_ENTRY_HEAD + length;
}

/* All whole entries of what is held; the rest stays. */
static void take_entries(Reader *r)
{
	size_t at = 0, n;

	while ((n = take_entry(r, (unsigned char *)r->held.p + at, r->held.n - at)) != 0) {
		if (n == SIZE_MAX) {
			at = r->held.n;
			break;
		}
		at += n;
	}
	if (at) {
		memmove(r->held.p, r->held.p + at, r->held.n - at);
		r->held.n -= at;
	}
}

static void lose_held(Reader *r)
{
	r->bad += r->held.n != 0;
	r->held.n = 0;
}

/* Whether what is held ends where this page says that it does: a damaged length would
 * swallow the rest of the log. */
static bool goes_on(const Reader *r, const Head *h)
{
	uint64_t left;

	if (r->held.n < LOG_ENTRY_HEAD)
		return true;
	left = get((unsigned char *)r->held.p, 4) + LOG_ENTRY_HEAD - r->held.n;
	return h->first == NO_ENTRY ? left >= h->used - LOG_HEAD : left == h->first - LOG_HEAD;
}

static void take_page(Reader *r, const Head *h, const unsigned char *page)
{
	size_t from = LOG_HEAD;

	if (r->number + 1 != h->number || !goes_on(r, h))
		lose_held(r);
	r->number = h->number;
	if (r->held.n == 0 && h->first != LOG_HEAD) {
		/* It begins with the end of an entry whose beginning is not needed, or lost. */
		if (h->first == NO_ENTRY || h->first > h->used)
			return;
		from = h->first;
	}
	list_add(&r->log->live, ((LogPage){ h->slot, h->number, 0 }));
	if (r->held.n == 0)
		r->began = r->log->live.n - 1;
	buf_add(&r->held, page + from, h->used - from);
	take_entries(r);
}

static bool read_page(Store *s, Reader *r, const Head *h, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_LOG_READ, err);
	int got;

	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, h->slot);
	got = sample_row(s, st, "sample_log", err);
	if (got == 1 && sqlite3_column_bytes(st, 0) == LOG_PAGE)
		take_page(r, h, sqlite3_column_blob(st, 0));
	sqlite3_reset(st);
	return got >= 0;
}

/* Walks all that is needed and learns what lies where. */
bool log_look(Store *s, bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
              size_t *ret_bad, Err *err)
{
	Log *l = &s->samples->log;
	Reader r = {
		.log = l, .held = { .max = SIZE_MAX / 2 }, .go = true, .each = each, .ctx = ctx
	};
	Heads h = { 0 };
	bool ok;

	l->live.n = 0;
	l->last_seq = 0;
	ok = heads(s, &h, &r.bad, err);
	for (size_t i = 0; ok && i < h.n; i++) {
		if (i == 0)
			r.number = h.at[0].number - 1;
		ok = read_page(s, &r, &h.at[i], err);
		if (ok && (l->live.n == 0 || l->live.at[l->live.n - 1].slot != h.at[i].slot))
			list_add(&l->live, ((LogPage){ h.at[i].slot, h.at[i].number, 0 }));
	}
	/* An entry is committed whole: one without its end is damaged. */
	lose_held(&r);
	*ret_bad = r.bad;
	l->used = LOG_PAGE; /* writing goes on in a page of its own */
	l->known = ok;
	Buf_done(&r.held);
	list_free(&h);
	return ok;
}

bool store_log(Store *s, bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
               size_t *ret_bad, Err *err)
{
	size_t bad = 0;
	bool own, ok;

	if (!snapshot(s, &own, err))
		return false;
	ok = log_look(s, each, ctx, &bad, err);
	snapshot_end(s, own);
	s->samples->damaged += bad;
	*ret_bad = bad;
	return ok;
}

uint64_t store_log_last(const Store *s) { return s->samples->log.last_seq; }

/* ---- passing on ---- */

static bool learn(Store *s, Err *err)
{
	size_t bad;

	return s->samples->log.known || log_look(s, NULL, NULL, &bad, err);
}

typedef struct From {
	uint64_t seq;
	bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n);
	void *ctx;
} From;

static bool from_there(void *ctx, uint64_t seq, const void *p, size_t n)
{
	const From *f = ctx;

	return seq < f->seq || f->each(f->ctx, seq, p, n);
}

/* 1: read. 0: it is not there, or damaged. -1: error. */
static int page_at(Store *s, Reader *r, RowId slot, Err *err)
{
	sqlite3_stmt *st = sample_sql(s, SQL_LOG_READ, err);
	int got;
	Head h = { .slot = slot };
	const void *p;

	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, slot);
	got = sample_row(s, st, "sample_log", err);
	if (got == 1) {
		p = sqlite3_column_blob(st, 0);
		if (head_read(p, (size_t)sqlite3_column_bytes(st, 0),
		              (size_t)sqlite3_column_bytes(st, 0), &h))
			take_page(r, &h, p);
		else
			got = 0;
	}
	sqlite3_reset(st);
	return got;
}

/* It looks at a copy of what lies where: the writer's own must not change. */
bool store_log_from(Store *s, uint64_t seq,
                    bool (*each)(void *ctx, uint64_t seq, const void *p, size_t n), void *ctx,
                    Err *err)
{
	const Log *l = &s->samples->log;
	From from = { seq, each, ctx };
	Log *seen;
	Reader r = {
		.held = { .max = SIZE_MAX / 2 }, .go = true, .each = from_there, .ctx = &from
	};
	bool ok = true;
	size_t i = 0;

	if (!learn(s, err))
		return false;
	seen = r.log = NEW(Log);
	while (i < l->live.n && l->live.at[i].last_seq < seq)
		i++;
	for (r.number = i < l->live.n ? l->live.at[i].number - 1 : 0; ok && r.go && i < l->live.n;
	     i++)
		ok = page_at(s, &r, l->live.at[i].slot, err) >= 0;
	list_free(&seen->live);
	mem_free(seen);
	Buf_done(&r.held);
	return ok;
}

uint64_t store_log_over(Store *s)
{
	AUTO_FREE char *text = store_meta(s, LOG_OVER_KEY);
	int64_t n = 0;

	return text && text_int(text, &n) && n > 0 ? (uint64_t)n : 0;
}

/* ---- writing ---- */

void log_forget(Store *s)
{
	s->samples->log.known = false;
	s->samples->log.dirty = false;
}

bool log_write(Store *s, Err *err)
{
	Log *l = &s->samples->log;
	RowId slot;
	sqlite3_stmt *st;
	bool fresh, ok;

	if (!l->dirty)
		return true;
	slot = l->live.at[l->live.n - 1].slot;
	fresh = slot > l->slots;
	st = sample_sql(s, fresh ? SQL_LOG_NEW : SQL_LOG_WRITE, err);
	if (!st)
		return false;
	head_write(l);
	sqlite3_bind_int64(st, 1, slot);
	sqlite3_bind_blob(st, 2, l->page, LOG_PAGE, SQLITE_STATIC);
	ok = sample_do(s, st, "sample_log", err);
	sqlite3_clear_bindings(st);
	if (ok && fresh)
		l->slots = slot;
	l->dirty = !ok;
	return ok;
}

static bool next_page(Store *s, Err *err)
{
	Log *l = &s->samples->log;
	uint64_t number = l->live.n ? l->live.at[l->live.n - 1].number + 1 : 1;
	RowId slot;

	if (!log_write(s, err))
		return false;
	slot = l->idle.n ? l->idle.at[--l->idle.n] : l->slots + 1;
	list_add(&l->live, ((LogPage){ slot, number, 0 }));
	memset(l->page, 0, sizeof l->page);
	memcpy(l->page, magic, sizeof magic);
	put(l->page + 24, NO_ENTRY, 2);
	l->used = LOG_HEAD;
	return true;
}

static bool add_bytes(Store *s, const unsigned char *p, size_t n, uint64_t seq, Err *err)
{
	Log *l = &s->samples->log;

	while (n) {
		size_t room = LOG_PAGE - l->used, part = n < room ? n : room;

		if (part == 0) {
			if (!next_page(s, err))
				return false;
			continue;
		}
		memcpy(l->page + l->used, p, part);
		l->used += part;
		l->dirty = true;
		note_seq(l, l->live.n - 1, seq);
		p += part;
		n -= part;
	}
	return true;
}

bool log_add(Store *s, uint64_t seq, const void *p, size_t n, Err *err)
{
	unsigned char head[LOG_ENTRY_HEAD];
	Log *l = &s->samples->log;

	if (!learn(s, err))
		return false;
	if (n > UINT32_MAX - LOG_ENTRY_HEAD)
		return err_set(err, ERR_LIMIT, "an entry of the sample log has %zu bytes", n);
	put(head, n, 4);
	put(head + 8, seq, 8);
	put(head + 4, entry_check(seq, p, n), 4);
	if (l->used == LOG_PAGE && !next_page(s, err))
		return false;
	if (get(l->page + 24, 2) == NO_ENTRY)
		put(l->page + 24, l->used, 2);
	return add_bytes(s, head, sizeof head, seq, err) && add_bytes(s, p, n, seq, err);
}

/* What a storm left over is given back in small parts. */
static bool shrink(Store *s, Err *err)
{
	Log *l = &s->samples->log;
	sqlite3_stmt *st = sample_sql(s, SQL_LOG_DROP, err);

	for (int i = 0; st && i < DROPPED_A_TURN && l->idle.n > 2 * l->live.n + SPARE; i++) {
		sqlite3_bind_int64(st, 1, l->idle.at[--l->idle.n]);
		if (!sample_do(s, st, "sample_log", err))
			return false;
	}
	return st != NULL;
}

bool log_drop(Store *s, uint64_t until, Err *err)
{
	Log *l = &s->samples->log;
	size_t n = 0;

	if (!learn(s, err))
		return false;
	while (n + 1 < l->live.n && l->live.at[n].last_seq < until)
		list_add(&l->idle, l->live.at[n++].slot);
	if (n) {
		memmove(l->live.at, l->live.at + n, (l->live.n - n) * sizeof *l->live.at);
		l->live.n -= n;
		l->dirty = l->used < LOG_PAGE || l->dirty;
	}
	return shrink(s, err);
}
