/* The command table: what people may ask of a running Carène, by whom, and the
 * functions that answer. One table for the socket, the web listener and help. */
#include "engine/command_private.h"

extern const CommandRow commands_incident[], commands_action[], commands_watch[], commands_plan[],
        commands_proof[], commands_task[], commands_ticket[];

static const CommandRow *const tables[] = { commands_incident, commands_action, commands_watch,
	                                    commands_plan,     commands_proof,  commands_task,
	                                    commands_ticket };

static const CommandRow *find(const char *name)
{
	for (size_t t = 0; t < COUNT_OF(tables); t++) {
		for (const CommandRow *row = tables[t]; row->pub.name; row++) {
			if (text_eq(row->pub.name, name))
				return row;
		}
	}
	return NULL;
}

const EngineCommand *engine_command_at(size_t i)
{
	for (size_t t = 0; t < COUNT_OF(tables); t++) {
		for (const CommandRow *row = tables[t]; row->pub.name; row++) {
			if (i-- == 0)
				return &row->pub;
		}
	}
	return NULL;
}

static json_t *read_args(const char *text, Err *err)
{
	json_error_t why;
	json_t *args;

	if (text_is_empty(text))
		return json_object();
	args = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (!args)
		err_set(err, ERR_BAD_INPUT, "arguments are not JSON: %s (line %d, column %d)",
		        why.text, why.line, why.column);
	else if (!json_is_object(args)) {
		json_decref(args);
		args = NULL;
		err_set(err, ERR_BAD_INPUT, "arguments must be a JSON object");
	}
	return args;
}

bool engine_command(Engine *e, const char *name, const char *text, const EngineCaller *caller,
                    Buf *out, Err *err)
{
	const CommandRow *row = find(name);
	json_t *args;
	AUTO(Buf) answer = { 0 };
	Emit j = emit_to(&answer);
	bool ok;

	if (!row)
		return err_set(err, ERR_NOT_FOUND, "no command '%s'", name);
	if (caller->role < row->pub.role)
		return err_set(err, ERR_FORBIDDEN, "'%s' is not allowed for this caller", name);
	if (!(args = read_args(text, err)))
		return false;
	turn_begin(e);
	emit_object(&j, NULL);
	emit_text(&j, "zone",
	          zone_name(e->plan->head.timezone)); /* of the plan, for those who show times */
	ok = row->run(e, args, caller, &j, err);
	emit_object_end(&j);
	if (!turn_end(e) && ok && row->pub.role > ROLE_VIEWER)
		ok = err_set(err, ERR_STORE, "not recorded yet: %s", e->storage_error) ||
		     err_hint(err, "it will be as soon as the store works again");
	json_decref(args);
	if (ok)
		buf_add(out, answer.p, answer.n);
	return ok;
}

/* ---- reading arguments ---- */

const char *arg_text(const json_t *args, const char *key)
{
	const char *s = json_string_value(json_object_get(args, key));

	return s && *s ? s : NULL;
}

bool arg_need(const json_t *args, const char *key, const char **ret, Err *err)
{
	*ret = arg_text(args, key);
	return *ret || err_set(err, ERR_BAD_INPUT, "argument '%s' is missing", key);
}

bool arg_true(const json_t *args, const char *key)
{
	return json_is_true(json_object_get(args, key));
}

/* "2026-12-01": the first instant of that day in the plan's zone. */
static bool read_day(const Engine *e, const char *s, Instant *ret)
{
	AUTO_FREE char *text = mem_printf("%sT00:00:00Z", s);
	Instant t;

	if (strlen(s) != 10 || !instant_parse(text, &t))
		return false;
	*ret = zone_instant(e->plan->head.timezone, zone_civil(zone_utc(), t), PICK_FIRST, NULL);
	return true;
}

/* An RFC 3339 instant, a day, or a span from now ("2h"). */
bool arg_instant(const Engine *e, const json_t *args, const char *key, Instant *ret, Err *err)
{
	const char *s = arg_text(args, key);
	Span span;

	if (!s)
		return err_set(err, ERR_BAD_INPUT, "argument '%s' is missing", key);
	if (instant_parse(s, ret) || read_day(e, s, ret))
		return true;
	if (span_parse(s, &span)) {
		*ret = zone_add(e->plan->head.timezone, e->now, span);
		return true;
	}
	err_set(err, ERR_BAD_INPUT, "'%s' is neither an instant nor a length of time", s);
	return err_hint(err, "2026-11-20T17:00:00+01:00, 2026-11-20, or 2h for two hours from now");
}
