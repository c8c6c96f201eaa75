/* Tasks as people work them through: list, show, confirm, refuse … and attach files. */
#include "engine/command_private.h"

#include "core/digest.h"

#include <sodium.h>
#include <stdlib.h>

enum { ATTACH_MAX = 8 << 20 };

/* ---- who speaks ---- */

/* A person of the plan: named with `as`, or the caller when he is one. Whoever speaks
 * as a person has that person's rights, not his own. */
typedef struct Speaker {
	const Contact *contact; /* NULL: only the caller */
	char actor[64];
	bool is_operator;
} Speaker;

static bool read_speaker(Engine *e, const json_t *args, const EngineCaller *who, Speaker *ret,
                         Err *err)
{
	const char *as = arg_text(args, "as");
	const char *own = text_starts(who->actor, "contact:") ? who->actor + 8 : NULL;

	*ret = (Speaker){ .contact = plan_contact(e->plan, as ? as : own ? own : "") };
	if (as && !ret->contact)
		return err_set(err, ERR_NOT_FOUND, "the plan has no contact '%s'", as);
	if (as && !text_eq(as, own)) { /* both names: who is meant, and whose hands typed it */
		AUTO_FREE char *both = mem_printf("contact:%s (%s)", as, who->actor);

		text_copy(ret->actor, sizeof ret->actor, both);
	} else {
		text_copy(ret->actor, sizeof ret->actor, who->actor);
	}
	ret->is_operator = !ret->contact && who->role >= ROLE_OPERATOR;
	return true;
}

/* ---- list and show ---- */

static int by_due(const void *a, const void *b)
{
	const TaskWork *x = *(TaskWork *const *)a, *y = *(TaskWork *const *)b;

	return x->o.due.us != y->o.due.us
	               ? (x->o.due.us > y->o.due.us) - (x->o.due.us < y->o.due.us)
	               : strcmp(x->o.id, y->o.id);
}

typedef struct Filter {
	bool all, due;
	const char *owner, *duty;
	Instant now, soon;
} Filter;

static bool owned_by(const Engine *e, const TaskWork *w, const char *name)
{
	char owner[64];

	for (size_t i = 0; task_owner(&w->o, i, owner); i++) {
		if (text_eq(owner, name))
			return true;
	}
	return task_stands_for(e, w, name) != 0;
}

static bool is_next(const Engine *e, const TaskWork *w)
{
	for (size_t i = 0; i < e->tasks.n; i++) {
		const TaskOccurrence *o = &e->tasks.at[i]->o;

		if (o->state == TASK_SCHEDULED && earlier(o->due, w->o.due) &&
		    text_eq(o->duty, w->o.duty))
			return false;
	}
	return true;
}

/* Open ones and the next of each duty in the coming day, and what went wrong in the last; --due only the open, --all also what is over. */
static bool passes(const Engine *e, const TaskWork *w, const Filter *f)
{
	if (f->owner && !owned_by(e, w, f->owner))
		return false;
	if (f->duty && !text_eq(w->o.duty, f->duty))
		return false;
	if (f->all)
		return true;
	if (f->due)
		return task_is_open(&w->o);
	return task_is_open(&w->o) ||
	       (w->o.state == TASK_SCHEDULED && is_due(w->o.due, f->soon) && is_next(e, w)) ||
	       (task_is_over(&w->o) && !text_is_empty(w->o.reason) &&
	        is_due(f->now, after(w->o.ended, days(1))));
}

static bool list(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	Filter f = { .all = arg_true(args, "all"),
		     .due = arg_true(args, "due"),
		     .owner = arg_text(args, "owner"),
		     .duty = arg_text(args, "duty"),
		     .now = e->now,
		     .soon = after(e->now, days(1)) };
	TaskWork **at = ARENA_ARRAY(e->turn, TaskWork *, e->tasks.n + 1);
	size_t n = 0, open, late, awaiting;

	(void)who;
	(void)err;
	for (size_t i = 0; i < e->tasks.n; i++) {
		if (passes(e, e->tasks.at[i], &f))
			at[n++] = e->tasks.at[i];
	}
	if (n > 1)
		qsort(at, n, sizeof *at, by_due);
	tasks_count(e, &open, &late, &awaiting);
	emit_instant(out, "now", e->now);
	emit_int(out, "open", (int64_t)open);
	emit_int(out, "late", (int64_t)late);
	emit_int(out, "awaiting", (int64_t)awaiting);
	emit_array(out, "tasks");
	for (size_t i = 0; i < n; i++)
		task_emit(out, NULL, at[i], e->plan, TASK_BRIEF, e->now);
	emit_array_end(out);
	return true;
}

static bool need_task(Engine *e, const json_t *args, TaskWork **ret, Err *err)
{
	const char *id;

	if (!arg_need(args, "id", &id, err))
		return false;
	*ret = task_named(e, id, err);
	return *ret != NULL;
}

static bool show(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	TaskWork *w;

	(void)who;
	if (!need_task(e, args, &w, err))
		return false;
	task_emit(out, "task", w, e->plan, TASK_FULL, e->now);
	return true;
}

/* ---- what people say ---- */

/* An item's name; a number will do as well. */
static const char *item_of(Engine *e, const json_t *args)
{
	const json_t *item = json_object_get(args, "item");

	return json_is_integer(item)
	               ? arena_printf(e->turn, "%lld", (long long)json_integer_value(item))
	               : arg_text(args, "item");
}

static bool send(Engine *e, const json_t *args, TaskEvent ev, const EngineCaller *who, Emit *out,
                 Err *err)
{
	Speaker speaker;
	TaskWork *w;

	if (!need_task(e, args, &w, err) || !read_speaker(e, args, who, &speaker, err))
		return false;
	ev.item = item_of(e, args);
	ev.who = speaker.actor;
	ev.is_operator = speaker.is_operator;
	ev.stands_for = speaker.contact ? task_stands_for(e, w, speaker.contact->item.id) : 0;
	if (!task_event(e, w, &ev, err))
		return false;
	task_emit(out, "task", w, e->plan, TASK_FULL, e->now);
	return true;
}

#define SAYING(name, event, words)                                                              \
	static bool name(Engine *e, const void *args, const EngineCaller *who, Emit *out,       \
	                 Err *err)                                                              \
	{                                                                                       \
		return send(e, args,                                                            \
		            (TaskEvent){ .kind = (event), .text = arg_text(args, words) }, who, \
		            out, err);                                                          \
	}

SAYING(confirm, TASK_CONFIRM, "note")
SAYING(refuse, TASK_REFUSE, "reason")
SAYING(not_applicable, TASK_NOT_APPLICABLE, "reason")
SAYING(waive, TASK_WAIVE, "reason")
SAYING(note, TASK_NOTE, "text")

/* Begins one before its time; for a duty that no schedule asks for, makes one. */
static bool begin(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *id;
	Effects fx = { 0 };
	Err none = { 0 };
	TaskWork *w;

	if (!arg_need(args, "id", &id, err))
		return false;
	w = task_named(e, id, &none);
	/* A duty that is named in full is meant, and not the one whose name goes on. */
	if (w && plan_duty(e->plan, id) && !text_eq(w->o.duty, id))
		w = NULL;
	if (w && !task_is_over(&w->o))
		return send(e, args, (TaskEvent){ .kind = TASK_START }, who, out, err);
	if (!plan_duty(e->plan, id) && (w || none.code == ERR_CONFLICT))
		return w ? err_set(err, ERR_CONFLICT, "'%s' is over: %s", w->o.id,
		                   task_state_name(w->o.state))
		         : err_set(err, none.code, "%s", none.message);
	w = tasks_extra(&e->tasks, e->plan, id, who->actor, e->now, &fx, err);
	engine_apply(e, &fx);
	if (!w)
		return false;
	if (!task_event(e, w, &(TaskEvent){ .kind = TASK_TICK }, err))
		return false;
	task_emit(out, "task", w, e->plan, TASK_FULL, e->now);
	return true;
}

/* ---- files ---- */

/* What follows the last slash, without what no name should hold: it is shown, and never
 * opened. */
static void clean_name(const char *given, char out[128])
{
	const char *slash = strrchr(given, '/');
	AUTO(Buf) b = { .max = 127 };

	for (const char *s = slash ? slash + 1 : given; *s;) {
		size_t n = utf8_step(s, strlen(s));

		if (n == 0 || (unsigned char)*s < 0x20 || *s == 0x7f || *s == '\\')
			buf_char(&b, '_');
		else
			buf_add(&b, s, n);
		s += n ? n : 1;
	}
	text_copy(out, 128, b.n ? buf_str(&b) : "file");
}

static bool decode(Engine *e, const char *text, unsigned char **ret, size_t *ret_n, Err *err)
{
	size_t n = strlen(text), cap = n / 4 * 3 + 3;

	if (n > (size_t)ATTACH_MAX / 3 * 4 + 4) {
		err_set(err, ERR_LIMIT, "an attachment may have at most %d MiB", ATTACH_MAX >> 20);
		return err_hint(err, "attach a summary, and note where the whole is kept");
	}
	*ret = arena_alloc(e->turn, cap);
	if (sodium_base642bin(*ret, cap, text, n, "\n", ret_n, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) != 0)
		return err_set(err, ERR_BAD_INPUT, "the file's bytes are not base64");
	return *ret_n > 0 || err_set(err, ERR_BAD_INPUT, "the file is empty");
}

/* The bytes first, under the name of their digest, then the record of them: a crash in
 * between leaves a file that nothing names. */
static bool attach(Engine *e, const void *args, const EngineCaller *who, Emit *out, Err *err)
{
	const char *name, *data;
	char file[128], digest[DIGEST_TEXT];
	AUTO_FREE char *path = NULL;
	unsigned char *bytes = NULL;
	TaskWork *w;
	size_t n;

	if (!need_task(e, args, &w, err) || !arg_need(args, "name", &name, err) ||
	    !arg_need(args, "data", &data, err) || !decode(e, data, &bytes, &n, err))
		return false;
	clean_name(name, file);
	digest_sha256(bytes, n, digest);
	path = mem_printf("%s/attachments/%s", e->data ? e->data : ".", digest);
	if (!e->world->put_file(e->world, path, bytes, n, err))
		return err_wrap(err, "keep the attachment");
	return send(e, args,
	            (TaskEvent){ .kind = TASK_ATTACH,
	                         .text = arg_text(args, "note"),
	                         .file = file,
	                         .digest = digest,
	                         .size = (int64_t)n },
	            who, out, err);
}

const CommandRow commands_task[] = {
	{ { "task.list", ROLE_VIEWER, "all? due? owner? duty?" }, list },
	{ { "task.show", ROLE_VIEWER, "id" }, show },
	{ { "task.do", ROLE_RESPONDER, "id as?" }, begin },
	{ { "task.confirm", ROLE_RESPONDER, "id item? note? as?" }, confirm },
	{ { "task.refuse", ROLE_RESPONDER, "id reason item? as?" }, refuse },
	{ { "task.na", ROLE_RESPONDER, "id item? reason? as?" }, not_applicable },
	{ { "task.waive", ROLE_OPERATOR, "id reason as?" }, waive },
	{ { "task.note", ROLE_RESPONDER, "id text item? as?" }, note },
	{ { "task.attach", ROLE_RESPONDER, "id name data item? note? as?" }, attach },
	{ { NULL, ROLE_ADMIN, NULL }, NULL },
};
