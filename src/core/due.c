#include "core/due.h"

#include "core/alloc.h"

#include <string.h>

enum { STEP_US = 250000, RANK_BITS = 29, LOW_BITS = 19, PER_LIST = 128, FEW = 32, LANES = 16 };

#define RANK_MASK ((UINT64_C(1) << RANK_BITS) - 1)
#define LOW_MASK  ((UINT64_C(1) << LOW_BITS) - 1)
#define ZERO_US   (INT64_C(1) << 53) /* 1970 in a node; 0 is for one that does not wait */

/* ---- a node ---- */

/* when: 54 bits of time, the upper 10 of rank; link: 45 of address, the lower 19 of rank. */
static uint64_t code_of(Instant due)
{
	if (due.us <= -ZERO_US)
		return 1;
	return due.us >= ZERO_US - 1 ? 2 * ZERO_US - 1 : (uint64_t)(due.us + ZERO_US);
}

static uint64_t code(const DueNode *n) { return n->when >> (RANK_BITS - LOW_BITS); }
static int64_t due_us(const DueNode *n) { return (int64_t)code(n) - ZERO_US; }

static uint32_t rank(const DueNode *n)
{
	return (uint32_t)((n->when << LOW_BITS & RANK_MASK) | (n->link & LOW_MASK));
}

bool due_waits(const DueNode *n) { return code(n) != 0; }
uint32_t due_rank(const DueNode *n) { return rank(n); }

static void set_code(DueNode *n, uint64_t c)
{
	n->when = c << (RANK_BITS - LOW_BITS) | (n->when & (RANK_MASK >> LOW_BITS));
}

static void set_rank(DueNode *n, uint32_t r)
{
	n->when = code(n) << (RANK_BITS - LOW_BITS) | r >> LOW_BITS;
	n->link = (n->link & ~LOW_MASK) | (r & LOW_MASK);
}

/* An address of 48 bits that is a multiple of 8 (of `when`'s alignment). */
static DueNode *next_of(const DueNode *n)
{
	return (DueNode *)(uintptr_t)(n->link >> LOW_BITS << 3);
}

static void set_next(DueNode *n, const DueNode *next)
{
	n->link = (uint64_t)(uintptr_t)next >> 3 << LOW_BITS | (n->link & LOW_MASK);
}

/* In the open slots the link says where in `late` a node is, from 1; 0: it is in `run`. */
static size_t late_place(const DueNode *n) { return (size_t)(n->link >> LOW_BITS); }
static void set_late_place(DueNode *n, size_t place)
{
	n->link = (uint64_t)place << LOW_BITS | (n->link & LOW_MASK);
}

static int64_t slot_number(int64_t us)
{
	return us >= 0 ? us / STEP_US : -((STEP_US - 1 - us) / STEP_US);
}

/* ---- slots ---- */

static DueNode **head_of(DueSlot *s, const DueNode *n)
{
	return s->bits ? &s->many[n->link & ((UINT64_C(1) << s->bits) - 1)] : &s->one;
}

static void push(DueSlot *s, DueNode *n)
{
	DueNode **head = head_of(s, n);

	set_next(n, *head);
	*head = n;
}

static void slot_free(DueSlot *s)
{
	if (s->bits)
		mem_free(s->many);
	*s = (DueSlot){ 0 };
}

/* Takes all nodes of a slot, of several lists at a time: a list is a chain of cache misses, and
 * chains can be waited for together. The slot's lists stay, for those that come. */
static void empty(DueSlot *s, void (*each)(void *to, DueNode *n), void *to)
{
	DueNode *at[LANES];
	size_t lists = (size_t)1 << s->bits, lanes = 0, next = 0;

	s->n = 0;
	do {
		for (; lanes < LANES && next < lists; next++) {
			DueNode **head = s->bits ? &s->many[next] : &s->one;

			at[lanes] = *head;
			*head = NULL;
			lanes += at[lanes] != NULL;
		}
		for (size_t i = 0; i < lanes;) {
			DueNode *n = at[i];

			at[i] = next_of(n);
			__builtin_prefetch(at[i], 1);
			each(to, n);
			if (at[i])
				i++;
			else
				at[i] = at[--lanes];
		}
	} while (lanes > 0 || next < lists);
}

static void push_to(void *slot, DueNode *n) { push(slot, n); }

/* At once as many lists as the last such slot had: its neighbours will be as full. */
static void spread(DueSlot *s, uint32_t hint)
{
	DueSlot was = *s;

	s->bits = hint > was.bits ? hint : was.bits + 2;
	s->many = mem_new(sizeof(DueNode *) << s->bits);
	empty(&was, push_to, s);
	slot_free(&was);
}

static void slot_put(DueSlot *s, DueNode *n, uint32_t hint)
{
	if (s->n >= (uint32_t)PER_LIST << s->bits && s->bits + 2 <= LOW_BITS)
		spread(s, hint);
	push(s, n);
	s->n++;
}

static void slot_remove(DueSlot *s, DueNode *n)
{
	DueNode **head = head_of(s, n), *at = *head;

	s->n--;
	if (at == n) {
		*head = next_of(n);
		return;
	}
	while (next_of(at) != n)
		at = next_of(at);
	set_next(at, next_of(n));
}

static void mark(uint64_t *used, size_t i, bool is)
{
	uint64_t bit = UINT64_C(1) << (i & 63);

	used[i >> 6] = is ? used[i >> 6] | bit : used[i >> 6] & ~bit;
}

/* The first one in use from `from` on; n: none. */
static size_t next_used(const uint64_t *used, size_t n, size_t from)
{
	for (size_t i = from; i < n; i = (i | 63) + 1) {
		uint64_t word = used[i >> 6] >> (i & 63);

		if (word)
			return i + (size_t)__builtin_ctzll(word);
	}
	return n;
}

/* ---- where a node waits that is not in an open slot ---- */

typedef struct Place {
	DueSlot *slot;
	uint64_t *used; /* NULL: far */
	size_t i;
	uint32_t bits; /* of such a slot when it was full */
} Place;

static Place place_of(DueHeap *h, int64_t number)
{
	int64_t i = number - h->fine_at;

	if (i < DUE_FINE)
		return (Place){ &h->fine[i], h->fine_used, (size_t)i, h->run_bits };
	i = (number - h->coarse_at) / DUE_FINE;
	if (i < DUE_COARSE)
		return (Place){ &h->coarse[i], h->coarse_used, (size_t)i, h->coarse_bits };
	return (Place){ &h->far, NULL, 0, 0 };
}

static void file_away(void *heap, DueNode *n)
{
	DueHeap *h = heap;
	Place p = place_of(h, slot_number(due_us(n)));

	slot_put(p.slot, n, p.bits);
	if (p.used)
		mark(p.used, p.i, true);
}

/* ---- the open slots ---- */

static bool sooner(const DueNode *a, const DueNode *b)
{
	return code(a) != code(b) ? code(a) < code(b) : rank(a) < rank(b);
}

static void late_at(DueHeap *h, size_t place, DueNode *n)
{
	h->late.at[place - 1] = n;
	set_late_place(n, place);
}

static void late_sift(DueHeap *h, size_t at, DueNode *n)
{
	size_t child;

	for (; at > 1 && sooner(n, h->late.at[at / 2 - 1]); at /= 2)
		late_at(h, at, h->late.at[at / 2 - 1]);
	while ((child = at * 2) <= h->late.n) {
		if (child < h->late.n && sooner(h->late.at[child], h->late.at[child - 1]))
			child++;
		if (!sooner(h->late.at[child - 1], n))
			break;
		late_at(h, at, h->late.at[child - 1]);
		at = child;
	}
	late_at(h, at, n);
}

static void late_put(DueHeap *h, DueNode *n)
{
	list_add(&h->late, n);
	late_sift(h, h->late.n, n);
}

static void late_remove(DueHeap *h, size_t place)
{
	DueNode *last = h->late.at[--h->late.n];

	if (place <= h->late.n)
		late_sift(h, place, last);
}

static uint64_t key_of(const DueHeap *h, const DueNode *n)
{
	return (uint64_t)(due_us(n) - h->run_slot * STEP_US) << RANK_BITS | rank(n);
}

static void run_skip(DueHeap *h)
{
	while (h->run_at < h->run_n && !h->run[h->run_at].node)
		h->run_at++;
}

static void run_remove(DueHeap *h, const DueNode *n)
{
	uint64_t key = key_of(h, n);
	size_t from = h->run_at, to = h->run_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (h->run[middle].key < key)
			from = middle + 1;
		else
			to = middle;
	}
	while (h->run[from].node != n)
		from++; /* those of the last rank may share a key */
	h->run[from].node = NULL;
	run_skip(h);
}

/* ---- opening the next slot ---- */

static void insertion_sort(DueEntry *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		DueEntry e = at[i];
		size_t j = i;

		for (; j > 0 && at[j - 1].key > e.key; j--)
			at[j] = at[j - 1];
		at[j] = e;
	}
}

static void sort_byte(const DueEntry *from, DueEntry *to, size_t n, unsigned shift)
{
	size_t first[257] = { 0 };

	for (size_t i = 0; i < n; i++)
		first[(from[i].key >> shift & 255) + 1]++;
	for (size_t i = 1; i < 257; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < n; i++)
		to[first[from[i].key >> shift & 255]++] = from[i];
}

/* By the bytes of these bits in which keys differ, of part of the run. */
static void sort_bits(DueHeap *h, size_t at, size_t n, unsigned from, unsigned to)
{
	DueEntry *in = h->run + at, *out = h->spare + at, *was;
	uint64_t all = ~UINT64_C(0), any = 0;

	if (n <= 32) {
		insertion_sort(in, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		all &= in[i].key;
		any |= in[i].key;
	}
	for (unsigned shift = from; shift < to; shift += 8) {
		if (((all ^ any) >> shift & 255) == 0)
			continue;
		sort_byte(in, out, n, shift);
		was = in;
		in = out;
		out = was;
	}
	if (in != h->run + at)
		memcpy(h->run + at, in, n * sizeof *in);
}

/* By time, then those of the same microsecond by rank: few are, or all of a grid. */
static void run_sort(DueHeap *h)
{
	size_t from = 0, to;

	sort_bits(h, 0, h->run_n, RANK_BITS, RANK_BITS + 18);
	for (; from < h->run_n; from = to) {
		uint64_t time = h->run[from].key >> RANK_BITS;

		for (to = from + 1; to < h->run_n && h->run[to].key >> RANK_BITS == time;)
			to++;
		if (to - from > 1)
			sort_bits(h, from, to - from, 0, RANK_BITS);
	}
}

static void run_room(DueHeap *h, size_t n)
{
	if (n <= h->run_cap && h->run_cap <= 65536 + n)
		return;
	mem_free(h->run);
	mem_free(h->spare);
	h->run_cap = n + n / 4 + 64;
	h->run = mem_new(h->run_cap * sizeof *h->run);
	h->spare = mem_new(h->run_cap * sizeof *h->spare);
}

static void open_node(void *heap, DueNode *n)
{
	DueHeap *h = heap;

	set_late_place(n, 0);
	h->run[h->run_n++] = (DueEntry){ key_of(h, n), n };
}

static void open_slot(DueHeap *h, size_t i)
{
	run_room(h, h->fine[i].n);
	h->run_slot = h->fine_at + (int64_t)i;
	h->run_bits = h->fine[i].bits;
	h->run_at = h->run_n = 0;
	empty(&h->fine[i], open_node, h);
	mark(h->fine_used, i, false);
	h->front = h->run_slot + 1;
	run_sort(h);
}

static void file_all(DueHeap *h, DueSlot *s)
{
	DueSlot was = *s;

	*s = (DueSlot){ 0 };
	empty(&was, file_away, h);
	slot_free(&was);
}

static int64_t first_number(DueSlot *s)
{
	int64_t first = INT64_MAX;

	for (size_t list = 0; list < (size_t)1 << s->bits; list++) {
		for (DueNode *n = s->bits ? s->many[list] : s->one; n; n = next_of(n))
			first = due_us(n) < first ? due_us(n) : first;
	}
	return slot_number(first);
}

/* Lets the fine slots, all behind us, begin at a later number. */
static void move_on(DueHeap *h)
{
	size_t i = next_used(h->coarse_used, DUE_COARSE, 0);

	if (i < DUE_COARSE) {
		mark(h->coarse_used, i, false);
		h->coarse_bits = h->coarse[i].bits;
		h->front = h->fine_at = h->coarse_at + (int64_t)i * DUE_FINE;
		file_all(h, &h->coarse[i]);
		return;
	}
	h->front = h->fine_at = first_number(&h->far);
	h->coarse_at = h->fine_at + DUE_FINE;
	file_all(h, &h->far);
}

static bool is_open(const DueHeap *h) { return h->run_at < h->run_n || h->late.n > 0; }

static void settle(DueHeap *h)
{
	while (!is_open(h) && h->n > 0) {
		size_t i = next_used(h->fine_used, DUE_FINE, (size_t)(h->front - h->fine_at));

		if (i < DUE_FINE)
			open_slot(h, i);
		else
			move_on(h);
	}
}

/* ---- putting in ---- */

/* The first to come says where the slots begin; others may be due a little sooner. */
static void begin(DueHeap *h, int64_t number)
{
	if (!h->fine) {
		h->fine = mem_new(DUE_FINE * sizeof *h->fine);
		h->coarse = mem_new(DUE_COARSE * sizeof *h->coarse);
	}
	h->front = h->fine_at = number - DUE_FINE / 2;
	h->coarse_at = h->fine_at + DUE_FINE;
	h->run_at = h->run_n = 0;
}

/* Few are in the open slots and somebody is due sooner: as if they had not been opened, so
 * that a slot opened far ahead does not make a heap of all who come before it. */
static bool reopen(DueHeap *h, int64_t number)
{
	DueNode *few[FEW * 2];
	size_t n = 0;

	if (number < h->fine_at || h->late.n > FEW || h->run_n - h->run_at > FEW)
		return false;
	for (; h->run_at < h->run_n; h->run_at++) {
		if (h->run[h->run_at].node)
			few[n++] = h->run[h->run_at].node;
	}
	for (size_t i = 0; i < h->late.n; i++)
		few[n++] = h->late.at[i];
	h->late.n = 0;
	h->front = number;
	for (size_t i = 0; i < n; i++) {
		if (slot_number(due_us(few[i])) < number)
			late_put(h, few[i]);
		else
			file_away(h, few[i]);
	}
	return true;
}

static void put_in(DueHeap *h, DueNode *node)
{
	int64_t number = slot_number(due_us(node));

	if (h->n == 0)
		begin(h, number);
	h->n++;
	if (number >= h->front || (number + 1 < h->front && reopen(h, number)))
		file_away(h, node);
	else
		late_put(h, node);
}

static void take_out(DueHeap *h, DueNode *node)
{
	int64_t number = slot_number(due_us(node));
	Place p;

	h->n--;
	if (number >= h->front) {
		p = place_of(h, number);
		slot_remove(p.slot, node);
		if (p.used && p.slot->n == 0)
			mark(p.used, p.i, false);
	} else if (late_place(node)) {
		late_remove(h, late_place(node));
	} else {
		run_remove(h, node);
	}
	set_code(node, 0);
}

void due_remove(DueHeap *h, DueNode *node)
{
	if (code(node))
		take_out(h, node);
}

void due_set(DueHeap *h, DueNode *node, Instant due)
{
	uint64_t c = due.us == NEVER.us ? 0 : code_of(due);

	if (c && code(node) == c)
		return;
	if (!rank(node)) {
		h->ranks += h->ranks < RANK_MASK;
		set_rank(node, h->ranks);
	}
	if (code(node))
		take_out(h, node);
	set_code(node, c);
	if (c)
		put_in(h, node);
}

/* ---- who is next ---- */

static DueNode *first_of(const DueHeap *h)
{
	const DueNode *run = h->run_at < h->run_n ? h->run[h->run_at].node : NULL;
	DueNode *late = h->late.n ? h->late.at[0] : NULL;

	return run && (!late || sooner(run, late)) ? h->run[h->run_at].node : late;
}

/* Opening the slot whose turn it is changes nothing that can be seen: asking stays const. */
Instant due_next(const DueHeap *h)
{
	const DueNode *first;

	settle((DueHeap *)h);
	first = first_of(h);
	if (!first)
		return NEVER;
	return code(first) == 1 ? LONG_AGO : (Instant){ due_us(first) };
}

DueNode *due_take(DueHeap *h, Instant now)
{
	DueNode *first;

	settle(h);
	first = first_of(h);
	if (!first || (code(first) > 1 && due_us(first) > now.us))
		return NULL;
	if (late_place(first)) {
		late_remove(h, 1);
	} else {
		h->run_at++;
		run_skip(h);
	}
	h->n--;
	set_code(first, 0);
	return first;
}

void due_free(DueHeap *h)
{
	for (size_t i = 0; h->fine && i < DUE_FINE; i++)
		slot_free(&h->fine[i]);
	for (size_t i = 0; h->coarse && i < DUE_COARSE; i++)
		slot_free(&h->coarse[i]);
	slot_free(&h->far);
	mem_free(h->fine);
	mem_free(h->coarse);
	mem_free(h->run);
	mem_free(h->spare);
	list_free(&h->late);
	*h = (DueHeap){ 0 };
}
