/* The tables of an occurrence, its items and what people said. */
#include "task/task_private.h"

#define O(m) COLUMN(TaskOccurrence, m)
static const Column occurrence_columns[] = {
	O(id),           O(duty),      O(number),   O(title),    O(state),     O(due),
	O(expected_end), O(until),     O(started),  O(ended),    O(owners),    O(after),
	O(locks),        O(overlap),   O(human),    O(supplier), O(caught_up), O(asked_for),
	O(unavailable),  O(waits_for), O(told_due), O(told_end), O(quiet_end), O(reason),
	O(by),           O(words_n),
};
const RecordType task_occurrence_record = { "task_occurrence", sizeof(TaskOccurrence),
	                                    COUNT_OF(occurrence_columns), occurrence_columns };

#define I(m) COLUMN(TaskItem, m)
static const Column item_columns[] = {
	I(id),    I(occurrence), I(name),        I(place),  I(kind),   I(todo),     I(duty),
	I(text),  I(to),         I(only_if),     I(needed), I(expect), I(stops),    I(timeout),
	I(state), I(measured),   I(unavailable), I(found),  I(by),     I(asked_at), I(ended),
};
const RecordType task_item_record = { "task_item", sizeof(TaskItem), COUNT_OF(item_columns),
	                              item_columns };

#define W(m) COLUMN(TaskWord, m)
static const Column word_columns[] = {
	W(id), W(occurrence), W(item), W(kind),   W(who),  W(owner),
	W(at), W(note),       W(file), W(digest), W(size),
};
const RecordType task_word_record = { "task_word", sizeof(TaskWord), COUNT_OF(word_columns),
	                              word_columns };
