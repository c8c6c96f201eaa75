/* What machines tell us: heartbeats of jobs, and values of metrics. */
#include "core/text.h"
#include "web/web_private.h"

#include <jansson.h>
#include <math.h>

enum { NOTE_MAX = 10 * 1024 }; /* of what a job says, what is passed on */

/* "start", "success", "fail", or an exit status as `curl …/$?` gives it. */
static bool read_signal(const char *s, WebSignal *ret)
{
	int64_t status;

	if (text_eq(s, "start"))
		*ret = WEB_START;
	else if (text_eq(s, "success"))
		*ret = WEB_SUCCESS;
	else if (text_eq(s, "fail"))
		*ret = WEB_FAIL;
	else if (strlen(s) <= 3 && text_int(s, &status) && status >= 0 && status <= 255)
		*ret = status ? WEB_FAIL : WEB_SUCCESS;
	else
		return false;
	return true;
}

/* The middle part of /push/x/y is a signal when it reads as one, else the token:
 * tokens are longer than three characters and none of those words. */
void signal_push(Request *r)
{
	const char *token = route_part(r, "token"), *signal = route_part(r, "signal");
	WebSignal s = WEB_SUCCESS;
	Err err = { 0 };

	if (token && !signal && read_signal(token, &s))
		token = NULL;
	if (signal && !read_signal(signal, &s)) {
		reply_error(r, 404,
		            "the last part of the address is start, success, fail or an "
		            "exit status from 0 to 255");
		return;
	}
	if (!token && r->has_bearer)
		token = r->bearer;
	if (r->web->api.push(r->web->api.ctx, route_part(r, "check"), s, token, buf_str(&r->body),
	                     r->body.n < NOTE_MAX ? r->body.n : NOTE_MAX, &err))
		reply_text(r, 200, "OK");
	else
		reply_err(r, &err);
}

/* ---- metrics ---- */

typedef struct Pushed {
	Request *r;
	Emit out; /* the answer: an open list of refusals */
	size_t accepted, refused;
	Err first; /* of the refusals */
} Pushed;

static void refuse(Pushed *p, const char *name, const Err *err)
{
	if (!p->refused++)
		p->first = *err;
	emit_object(&p->out, NULL);
	emit_text(&p->out, "name", name);
	emit_text(&p->out, "error", err->message);
	emit_object_end(&p->out);
}

static void give(Pushed *p, const char *name, double value)
{
	Request *r = p->r;
	Err err = { 0 };

	if (r->web->api.metric(r->web->api.ctx, name, value, r->has_bearer ? r->bearer : NULL,
	                       &err))
		p->accepted++;
	else
		refuse(p, name, &err);
}

static void push_json(Pushed *p, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		Err err = { 0 };

		if (json_is_number(value) && isfinite(json_number_value(value)) &&
		    strlen(name) < SAMPLE_NAME) {
			give(p, name, json_number_value(value));
			continue;
		}
		err_set(&err, ERR_BAD_INPUT, "the value is not a number");
		refuse(p, name, &err);
	}
}

static void push_lines(Pushed *p, const char *text, size_t n)
{
	size_t at = 0, lines = 0;

	while (at < n && lines++ < SAMPLE_LINES) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t length = end ? (size_t)(end - text) - at : n - at;
		MetricSample sample;
		const char *why = "";
		Err err = { 0 };

		switch (sample_line(text + at, length, &sample, &why)) {
		case SAMPLE_READ: give(p, sample.name, sample.value); break;
		case SAMPLE_BAD:
			err_set(&err, ERR_BAD_INPUT, "line %zu: %s", lines, why);
			refuse(p, NULL, &err);
			break;
		case SAMPLE_NONE: break;
		}
		at += length + 1;
	}
	if (at < n) {
		Err err = { 0 };

		err_set(&err, ERR_LIMIT, "only the first %d lines were read", SAMPLE_LINES);
		refuse(p, NULL, &err);
	}
}

static bool begins_object(const Buf *b)
{
	const char *s = buf_str(b);

	return s[strspn(s, " \t\r\n")] == '{';
}

/* Values are taken one by one: a wrong name does not cost the others. The answer
 * names what was refused, and its status is an error as soon as one was. */
void signal_metrics_push(Request *r)
{
	Pushed p = { .r = r, .out = emit_to(&r->reply.body) };
	json_error_t why;
	json_t *object = NULL;

	if (begins_object(&r->body)) {
		object = json_loadb(buf_str(&r->body), r->body.n, JSON_REJECT_DUPLICATES, &why);
		if (!object) {
			Err err = { 0 };

			err_set(&err, ERR_BAD_INPUT, "not JSON: %s (line %d, column %d)", why.text,
			        why.line, why.column);
			reply_err(r, &err);
			return;
		}
	}
	emit_object(&p.out, NULL);
	emit_array(&p.out, "refused");
	if (object)
		push_json(&p, object);
	else
		push_lines(&p, buf_str(&r->body), r->body.n);
	json_decref(object);
	emit_array_end(&p.out);
	emit_int(&p.out, "accepted", (int64_t)p.accepted);
	emit_object_end(&p.out);
	buf_char(&r->reply.body, '\n');
	r->reply.type = "application/json";
	r->reply.status = p.refused ? err_http(p.first.code) : 200;
}
