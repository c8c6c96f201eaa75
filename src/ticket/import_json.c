/* Exports in JSON: our own form, Zendesk's tickets, Intercom's conversations; one
 * document, or one ticket a line. */
#include "core/text.h"
#include "ticket/import_private.h"

#include <jansson.h>
#include <stdio.h>

/* ---- where things stand ---- */

typedef struct Spot {
	unsigned line, column;
} Spot;

/* Walks the elements of the list called `key` (NULL: the document is the list) in text
 * that is known to be JSON, so that each record's place can be said. */
typedef struct Places {
	const char *text;
	size_t n, at, counted;  /* counted: `line` and `column` are those of this byte */
	unsigned depth, inside; /* inside: depth of the elements; 0: not found yet */
	unsigned line, column;
} Places;

static size_t string_end(const char *t, size_t n, size_t i)
{
	for (i++; i < n && t[i] != '"'; i++)
		i += t[i] == '\\';
	return i;
}

/* Only a key of the top object opens the list. */
static void places_find(Places *p, const char *key)
{
	size_t length = key ? strlen(key) : 0;

	for (; p->at < p->n && !p->inside; p->at++) {
		char c = p->text[p->at];

		if (c == '"') {
			size_t from = p->at + 1;

			p->at = string_end(p->text, p->n, p->at);
			if (!key || p->depth != 1 || p->at - from != length ||
			    memcmp(p->text + from, key, length) != 0)
				continue;
			from = p->at + 1;
			from += strspn(p->text + from, " \t\r\n");
			if (p->text[from] != ':')
				continue;
			from++;
			from += strspn(p->text + from, " \t\r\n");
			if (p->text[from] == '[') {
				p->at = from;
				p->inside = ++p->depth;
			}
		} else if (c == '{' || c == '[') {
			p->depth++;
			if (!key && c == '[' && p->depth == 1)
				p->inside = 1;
		} else if (c == '}' || c == ']') {
			p->depth--;
		}
	}
}

/* The place of the next element; false at the end of the list. */
static bool places_next(Places *p, Spot *ret)
{
	bool found = false;

	for (; p->inside && p->at < p->n; p->at++) {
		char c = p->text[p->at];

		if (p->depth == p->inside && !strchr(" \t\r\n,]", c)) {
			if (found)
				return true;
			found = true;
			for (; p->counted < p->at; p->counted++) {
				p->column++;
				if (p->text[p->counted] == '\n') {
					p->line++;
					p->column = 1;
				}
			}
			*ret = (Spot){ p->line, p->column };
		}
		if (c == '"')
			p->at = string_end(p->text, p->n, p->at);
		p->depth += c == '{' || c == '[';
		p->depth -= c == '}' || c == ']';
		if (p->depth < p->inside)
			p->inside = 0;
		if (found && p->depth == p->inside) {
			p->at++;
			return true;
		}
	}
	return found;
}

/* ---- one record ---- */

typedef struct Reader {
	Import *im;
	const Zone *zone;
	const json_t *root; /* for users named beside; NULL */
	const json_t *o;
	Spot spot;
	TicketFacts f;
	bool bad;
} Reader;

/* A problem of this record, at its place. */
#define WRONG(r, hint, ...) \
	((r)->bad = true,   \
	 import_problem((r)->im, (r)->spot.line, (r)->spot.column, hint, __VA_ARGS__))

static const char *text_in(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int number_in(const json_t *o, const char *key)
{
	const json_t *n = json_object_get(o, key);
	json_int_t v = json_is_integer(n) ? json_integer_value(n) : 0;

	return v < 0 || v > 100000 ? 0 : (int)v;
}

/* A text, or seconds since 1970. Absent, null and 0: not set. */
static Instant time_in(Reader *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	Instant t = LONG_AGO;

	if (!v || json_is_null(v))
		return t;
	if (json_is_integer(v)) {
		json_int_t s = json_integer_value(v);

		if (s > 0 && s < 7258118400) /* the year 2200 */
			return (Instant){ (int64_t)s * 1000000 };
		if (s == 0)
			return t;
	} else if (json_is_string(v) && import_time(json_string_value(v), r->zone, false, &t)) {
		return t;
	}
	r->bad = true;
	import_problem(r->im, r->spot.line, r->spot.column,
	               "2026-11-20T17:04:00+01:00, or seconds since 1970",
	               "'%.40s' is not a date and time", key);
	return LONG_AGO;
}

/* Ids are texts or numbers. */
static bool id_in(const json_t *o, const char *key, char *out, size_t cap)
{
	const json_t *v = json_object_get(o, key);

	out[0] = '\0';
	if (json_is_integer(v))
		(void)snprintf(out, cap, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		text_copy(out, cap, json_string_value(v));
	return *out != '\0';
}

/* Our own form names a ticket as import_emit() does, "source:id". */
static const char *bare_id(const char *id, const char *source)
{
	size_t n = strlen(source);

	return text_starts(id, source) && id[n] == ':' ? id + n + 1 : id;
}

static bool begin_record(Reader *r, const char *source, bool own)
{
	char id[128];
	const char *bare = id;

	r->f = (TicketFacts){ .scored_at = LONG_AGO, .line = r->spot.line };
	text_copy(r->f.source, sizeof r->f.source, source);
	if (!json_is_object(r->o)) {
		WRONG(r, NULL, "the record is not an object");
		return false;
	}
	if (id_in(r->o, "id", id, sizeof id) && own)
		bare = bare_id(id, r->f.source);
	if (!*bare) {
		WRONG(r, "each record needs the ticket's own id", "the record has no id");
	} else if (strlen(bare) > 64) {
		WRONG(r, NULL, "the id is longer than 64 bytes");
	} else {
		(void)snprintf(r->f.external, sizeof r->f.external, "%s:%.64s", r->f.source, bare);
		text_copy(r->f.title, sizeof r->f.title, bare);
	}
	return !r->bad;
}

static void title(Reader *r, const char *s)
{
	if (*s)
		text_copy(r->f.title, sizeof r->f.title, s);
}

static void status(Reader *r, const char *s)
{
	if (!status_parse(s, &r->f.status))
		WRONG(r, "new, open, pending, solved, closed", "'%.40s' is no status of a ticket",
		      s);
}

static void opened(Reader *r)
{
	r->f.opened = time_in(r, r->o, "created_at");
	r->f.updated = time_in(r, r->o, "updated_at");
	if (!r->bad && !is_set(r->f.opened))
		WRONG(r, NULL, "%s does not say when it was created", "the record");
}

static void scored(Reader *r, double score, double scale, Instant at)
{
	if (!(scale > 0) || scale > 1000 || score < 0 || score > scale)
		return;
	r->f.scored = true;
	r->f.score = score;
	r->f.scale = scale;
	r->f.scored_at = is_set(at) ? at : is_set(r->f.updated) ? r->f.updated : r->f.opened;
}

/* ---- our own ---- */

static void own_event(Reader *r, const json_t *ev)
{
	TicketEventKind kind;

	if (!json_is_object(ev) || !ticket_event_parse(text_in(ev, "what"), &kind))
		WRONG(r, "assign, answer, wait, resume, escalate, resolve, close, reopen",
		      "'%.40s' is no event of a ticket", text_in(ev, "what"));
	else
		facts_moment(&r->f, time_in(r, ev, "at"), kind, text_in(ev, "text"));
}

static void read_own(Reader *r)
{
	const char *source = text_in(r->o, "source");
	const json_t *ev;
	size_t i;

	if (!begin_record(r, *source ? source : "json", true))
		return;
	title(r, text_in(r->o, "title"));
	text_copy(r->f.priority, sizeof r->f.priority, text_in(r->o, "priority"));
	text_copy(r->f.agent, sizeof r->f.agent, text_in(r->o, "agent"));
	status(r, text_in(r->o, "status"));
	opened(r);
	r->f.level = number_in(r->o, "level") > 99 ? 0 : number_in(r->o, "level");
	r->f.replies = number_in(r->o, "replies");
	r->f.reopens = number_in(r->o, "reopens");
	r->f.escalations = number_in(r->o, "escalations");
	if (json_is_number(json_object_get(r->o, "score")))
		scored(r, json_number_value(json_object_get(r->o, "score")),
		       json_is_number(json_object_get(r->o, "scale"))
		               ? json_number_value(json_object_get(r->o, "scale"))
		               : 5,
		       time_in(r, r->o, "scored_at"));
	json_array_foreach(json_object_get(r->o, "events"), i, ev) own_event(r, ev);
}

/* ---- Zendesk ---- */

/* The person's name where the export has its users, else the number. */
static void zendesk_user(const Reader *r, const char *key, char *out, size_t cap)
{
	const json_t *id = json_object_get(r->o, key), *user;
	size_t i;

	if (!id_in(r->o, key, out, cap))
		return;
	json_array_foreach(json_object_get(r->root, "users"), i, user)
	{
		if (json_equal(json_object_get(user, "id"), id) && *text_in(user, "name"))
			text_copy(out, cap, text_in(user, "name"));
	}
}

/* Public words of anybody but the one who asks are answers. */
static void zendesk_comments(Reader *r)
{
	const json_t *asks = json_object_get(r->o, "requester_id"), *c;
	size_t i;

	json_array_foreach(json_object_get(r->o, "comments"), i, c)
	{
		if (!json_is_false(json_object_get(c, "public")) &&
		    !json_equal(json_object_get(c, "author_id"), asks))
			facts_moment(&r->f, time_in(r, c, "created_at"), TICKET_EV_ANSWER, NULL);
	}
}

static void zendesk_metrics(Reader *r)
{
	const json_t *m = json_object_get(r->o, "metric_set");
	const json_t *reply =
	        json_object_get(json_object_get(m, "reply_time_in_minutes"), "calendar");

	if (*r->f.agent) {
		Instant first = time_in(r, m, "initially_assigned_at");

		facts_moment(&r->f, is_set(first) ? first : r->f.opened, TICKET_EV_ASSIGN,
		             r->f.agent);
	}
	if (!json_array_size(json_object_get(r->o, "comments")) && json_is_integer(reply) &&
	    json_integer_value(reply) >= 0 && json_integer_value(reply) < 5256000)
		facts_moment(&r->f, after(r->f.opened, minutes(json_integer_value(reply))),
		             TICKET_EV_ANSWER, NULL);
	facts_moment(&r->f, time_in(r, m, "solved_at"), TICKET_EV_RESOLVE, NULL);
	r->f.replies = number_in(m, "replies");
	r->f.reopens = number_in(m, "reopens");
}

static void read_zendesk(Reader *r)
{
	const json_t *rating = json_object_get(r->o, "satisfaction_rating");
	double score, scale;

	if (!begin_record(r, "zendesk", false))
		return;
	title(r, text_in(r->o, "subject"));
	text_copy(r->f.priority, sizeof r->f.priority, text_in(r->o, "priority"));
	zendesk_user(r, "assignee_id", r->f.agent, sizeof r->f.agent);
	status(r, text_in(r->o, "status"));
	opened(r);
	if (r->bad)
		return;
	zendesk_comments(r);
	zendesk_metrics(r);
	if (json_is_integer(json_object_get(rating, "score")))
		scored(r, number_in(rating, "score"), 5, time_in(r, rating, "created_at"));
	else if (import_score(text_in(rating, "score"), &score, &scale))
		scored(r, score, scale, time_in(r, rating, "created_at"));
}

/* ---- Intercom ---- */

static void intercom_part(Reader *r, const json_t *part)
{
	const char *type = text_in(part, "part_type");
	bool admin = text_eq(text_in(json_object_get(part, "author"), "type"), "admin");
	Instant at = time_in(r, part, "created_at");
	char who[64];

	if (text_eq(type, "comment") && admin)
		facts_moment(&r->f, at, TICKET_EV_ANSWER, NULL);
	else if (text_eq(type, "comment"))
		facts_moment(&r->f, at, TICKET_EV_RESUME, NULL);
	else if (text_eq(type, "close"))
		facts_moment(&r->f, at, TICKET_EV_RESOLVE, NULL);
	else if (text_eq(type, "open"))
		facts_moment(&r->f, at, TICKET_EV_REOPEN, NULL);
	else if (text_eq(type, "snoozed"))
		facts_moment(&r->f, at, TICKET_EV_WAIT, NULL);
	else if (text_eq(type, "unsnoozed"))
		facts_moment(&r->f, at, TICKET_EV_RESUME, NULL);
	else if (text_eq(type, "assignment") &&
	         id_in(json_object_get(part, "assigned_to"), "id", who, sizeof who))
		facts_moment(&r->f, at, TICKET_EV_ASSIGN, who);
}

static void intercom_statistics(Reader *r)
{
	const json_t *s = json_object_get(r->o, "statistics");

	if (json_array_size(json_object_get(json_object_get(r->o, "conversation_parts"),
	                                    "conversation_parts")))
		return;
	facts_moment(&r->f, time_in(r, s, "first_admin_reply_at"), TICKET_EV_ANSWER, NULL);
	facts_moment(&r->f, time_in(r, s, "last_close_at"), TICKET_EV_RESOLVE, NULL);
	r->f.reopens = number_in(s, "count_reopens");
}

static void read_intercom(Reader *r)
{
	const json_t *rating = json_object_get(r->o, "conversation_rating"), *part;
	const char *state = text_in(r->o, "state");
	size_t i;

	if (!begin_record(r, "intercom", false))
		return;
	title(r, text_in(r->o, "title"));
	title(r, text_in(json_object_get(r->o, "source"), "subject"));
	text_copy(r->f.priority, sizeof r->f.priority, text_in(r->o, "priority"));
	(void)id_in(r->o, "admin_assignee_id", r->f.agent, sizeof r->f.agent);
	if (text_eq(r->f.agent, "0"))
		r->f.agent[0] = '\0';
	/* A closed conversation is one that was resolved: nobody confirmed it. */
	status(r, text_eq(state, "closed") ? "solved" : state);
	opened(r);
	if (r->bad)
		return;
	json_array_foreach(
	        json_object_get(json_object_get(r->o, "conversation_parts"), "conversation_parts"),
	        i, part) intercom_part(r, part);
	intercom_statistics(r);
	if (json_is_integer(json_object_get(rating, "rating")))
		scored(r, number_in(rating, "rating"), 5, time_in(r, rating, "created_at"));
}

/* ---- documents ---- */

static ImportFormat guess(const json_t *o)
{
	if (json_object_get(o, "conversation_parts") || json_object_get(o, "admin_assignee_id") ||
	    text_eq(text_in(o, "type"), "conversation"))
		return IMPORT_INTERCOM;
	if (json_object_get(o, "requester_id") || json_object_get(o, "assignee_id") ||
	    json_object_get(o, "subject"))
		return IMPORT_ZENDESK;
	return IMPORT_JSON;
}

static void read_record(Reader *r, ImportFormat format)
{
	r->bad = false;
	r->f = (TicketFacts){ 0 };
	switch (format == IMPORT_AUTO || format == IMPORT_CSV ? guess(r->o) : format) {
	case IMPORT_ZENDESK: read_zendesk(r); break;
	case IMPORT_INTERCOM: read_intercom(r); break;
	case IMPORT_JSON:
	case IMPORT_AUTO:
	case IMPORT_CSV:
	case IMPORT_FORMATS: read_own(r); break;
	}
	for (size_t i = 0; !r->bad && i < r->f.moments.n; i++) {
		if (earlier(r->f.moments.at[i].at, r->f.opened))
			WRONG(r, NULL, "'%.20s' comes before the ticket was created",
			      ticket_event_name(r->f.moments.at[i].event));
	}
	if (r->bad)
		list_free(&r->f.moments);
	else
		list_add(&r->im->tickets, r->f);
}

static bool read_list(Reader *r, const json_t *list, ImportFormat format, Places *places, Err *err)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		r->o = o;
		if (!places_next(places, &r->spot))
			r->spot = (Spot){ 0 };
		if (!import_room(r->im, err))
			return false;
		read_record(r, format);
	}
	return true;
}

static bool read_document(const json_t *root, const char *text, size_t n, ImportFormat format,
                          const Zone *zone, Import *im, Err *err)
{
	static const char *const keys[] = { "tickets", "conversations", "results" };
	Places places = { .text = text, .n = n, .line = 1, .column = 1 };
	Reader r = { .im = im, .zone = zone, .root = root };

	if (json_is_array(root)) {
		places_find(&places, NULL);
		places.at += places.inside != 0 && text[places.at] == '[';
		return read_list(&r, root, format, &places, err);
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const json_t *list = json_object_get(root, keys[i]);

		if (!json_is_array(list))
			continue;
		places_find(&places, keys[i]);
		places.at += places.inside != 0 && text[places.at] == '[';
		return read_list(&r, list, i == 1 ? IMPORT_INTERCOM : format, &places, err);
	}
	if (!json_object_get(root, "id"))
		return err_set(err, ERR_BAD_INPUT, "there is no list of tickets in it") ||
		       err_hint(err, "an object with `tickets` or `conversations`, or a list");
	r.o = root;
	r.spot = (Spot){ 1, 1 };
	read_record(&r, format);
	return true;
}

/* One ticket a line: a line that is no JSON is one problem, and the next is read. */
static bool read_lines(const char *text, size_t n, ImportFormat format, const Zone *zone,
                       Import *im, Err *err)
{
	Reader r = { .im = im, .zone = zone };
	unsigned line = 1;

	for (size_t at = 0; at < n; line++) {
		const char *eol = memchr(text + at, '\n', n - at);
		size_t length = eol ? (size_t)(eol - text) - at : n - at;
		json_error_t why;
		json_t *o;

		if (strspn(text + at, " \t\r\n") < length) {
			o = json_loadb(text + at, length, JSON_REJECT_DUPLICATES, &why);
			r.o = o;
			r.spot = (Spot){ line, 1 };
			if (!import_room(im, err)) {
				json_decref(o);
				return false;
			}
			if (o)
				read_record(&r, format);
			else
				import_problem(im, line, why.column > 0 ? (unsigned)why.column : 1,
				               NULL, "not JSON: %s", why.text);
			json_decref(o);
		}
		at += length + 1;
	}
	return true;
}

bool import_json(ImportFormat format, const char *text, size_t n, const Zone *zone, Import *im,
                 Err *err)
{
	/* Ended by a zero byte, so that looking ahead in it ends too. */
	AUTO_FREE char *copy = mem_text_n(text, n);
	json_error_t why;
	json_t *root = json_loadb(copy, n, JSON_REJECT_DUPLICATES, &why);
	const char *eol = memchr(copy, '\n', n);
	json_t *first = NULL;
	bool ok;

	if (root) {
		ok = read_document(root, copy, n, format, zone, im, err);
		json_decref(root);
		return ok;
	}
	if (eol)
		first = json_loadb(copy, (size_t)(eol - copy), JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(first)) {
		json_decref(first);
		return read_lines(copy, n, format, zone, im, err);
	}
	json_decref(first);
	return err_set(err, ERR_BAD_INPUT, "line %d, column %d: not JSON: %s", why.line, why.column,
	               why.text);
}
