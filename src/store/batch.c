/* The writes of a turn, collected in memory until they are committed together. */
#include "store/store_private.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

enum { OPS_KEPT = 8192 };

Batch *batch_new(void) { return NEW(Batch); }

static void op_done(Op *op)
{
	if (op->record)
		record_done(op->type, op->record);
	mem_free(op->record);
	mem_free(op->key);
	mem_free(op->value);
	mem_free(op->blob);
	if (op->entry)
		entry_done(op->entry);
	mem_free(op->entry);
}

void batch_clear(Batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		op_done(&b->at[i]);
	b->n = b->bytes = 0;
	if (b->cap > OPS_KEPT) { /* a start or a storm: its room is not needed again soon */
		mem_free(b->at);
		b->at = NULL;
		b->cap = 0;
	}
	b->durable = false;
	Map_done(&b->puts);
}

void batch_free(Batch *b)
{
	if (!b)
		return;
	batch_clear(b);
	mem_free(b->at);
	mem_free(b);
}

void batch_durable(Batch *b) { b->durable = true; }
bool batch_is_empty(const Batch *b) { return b->n == 0; }
size_t batch_size(const Batch *b) { return b->n; }
size_t batch_bytes(const Batch *b) { return b->bytes; }

static Op *add(Batch *b, OpKind kind)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 64;
		b->at = mem_grow(b->at, b->cap * sizeof *b->at);
	}
	b->at[b->n] = (Op){ .kind = kind };
	return &b->at[b->n++];
}

/* The waiting write of this row, or a new one. */
static Op *op_of(Batch *b, const RecordType *type, const char *id)
{
	AUTO_FREE char *key = mem_printf("%s %s", type->table, id);
	intptr_t at = (intptr_t)map_get(&b->puts, key);
	Op *op;

	if (at) {
		op = &b->at[at - 1];
		op_done(op);
		*op = (Op){ 0 };
	} else {
		op = add(b, OP_PUT);
		map_put(&b->puts, key, (void *)(intptr_t)b->n);
	}
	op->type = type;
	return op;
}

void batch_put(Batch *b, const RecordType *type, const void *record)
{
	Op *op = op_of(b, type, record_id(record));

	op->kind = OP_PUT;
	op->record = mem_new(type->size);
	record_copy(type, op->record, record);
	if (b->watch)
		b->watch(b->watch_ctx, type, record);
}

void batch_watch(Batch *b, void (*put)(void *ctx, const RecordType *type, const void *record),
                 void *ctx)
{
	b->watch = put;
	b->watch_ctx = ctx;
}

void batch_delete(Batch *b, const RecordType *type, const char *id)
{
	Op *op = op_of(b, type, id);

	op->kind = OP_DELETE;
	op->key = mem_text(id);
}

void batch_entry(Batch *b, const Entry *e, const char *plan_digest, int32_t offset_s)
{
	Op *op = add(b, OP_ENTRY);

	b->durable = true;
	op->entry = NEW(Entry);
	*op->entry = *e;
	op->entry->input = mem_text(e->input);
	op->key = mem_text(plan_digest);
	op->offset_s = offset_s;
}

static Op *add_blob(Batch *b, OpKind kind, uint32_t series, const void *p, size_t n)
{
	Op *op = add(b, kind);

	op->series = series;
	op->blob = mem_new(n + 1);
	memcpy(op->blob, p, n);
	op->blob_n = n;
	b->bytes += n;
	return op;
}

void batch_name(Batch *b, uint32_t series, const char *name)
{
	Op *op = add(b, OP_NAME);

	op->series = series;
	op->key = mem_text(name);
}

void batch_log(Batch *b, uint64_t seq, const void *p, size_t n)
{
	add_blob(b, OP_LOG, 0, p, n)->seq = seq;
}

/* What may go now, and what a restart need not look at although it is there. */
static void say_until(Batch *b)
{
	char needed[24];

	if (b->needed == 0)
		return;
	add(b, OP_LOG_UNTIL)->seq = b->held && b->held < b->needed ? b->held : b->needed;
	if (!b->held)
		return;
	(void)snprintf(needed, sizeof needed, "%llu", (unsigned long long)b->needed);
	batch_meta(b, LOG_OVER_KEY, needed);
}

void batch_log_until(Batch *b, uint64_t seq)
{
	b->needed = seq;
	say_until(b);
}

void batch_hold_log(Batch *b, uint64_t seq)
{
	if (seq == b->held)
		return;
	b->held = seq;
	say_until(b);
}

void batch_chunk(Batch *b, uint32_t series, const void *p, size_t n)
{
	(void)add_blob(b, OP_CHUNK, series, p, n);
}

void batch_bucket(Batch *b, uint32_t series, Res res, Instant start, const void *p, size_t n)
{
	Op *op = add_blob(b, OP_BUCKET, series, p, n);

	op->res = res;
	op->at = start;
}

static void sink_name(void *ctx, uint32_t number, const char *name)
{
	batch_name(ctx, number, name);
}

static void sink_log(void *ctx, uint64_t seq, const void *p, size_t n)
{
	batch_log(ctx, seq, p, n);
}

static void sink_chunk(void *ctx, uint32_t number, const ChunkFacts *facts, const void *p, size_t n)
{
	(void)facts;
	batch_chunk(ctx, number, p, n);
}

static void sink_bucket(void *ctx, uint32_t number, Res res, Instant start, const void *p, size_t n)
{
	batch_bucket(ctx, number, res, start, p, n);
}

static void sink_until(void *ctx, uint64_t seq) { batch_log_until(ctx, seq); }

SampleSink batch_sink(Batch *b)
{
	return (SampleSink){ sink_name, sink_log, sink_chunk, sink_bucket, sink_until, b };
}

void batch_meta(Batch *b, const char *key, const char *value)
{
	Op *op = add(b, OP_META);

	op->key = mem_text(key);
	op->value = mem_text(value);
}
