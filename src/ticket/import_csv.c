/* Tables of tickets, as spreadsheets and help desks write them. */
#include "core/text.h"
#include "ticket/csv.h"
#include "ticket/import_private.h"

#include <stdio.h>

typedef enum ColumnOf {
	C_ID,
	C_TITLE,
	C_STATUS,
	C_PRIORITY,
	C_AGENT,
	C_OPENED,
	C_UPDATED,
	C_ASSIGNED,
	C_ANSWERED,
	C_RESOLVED,
	C_CLOSED,
	C_SCORE,
	C_LEVEL,
	C_REPLIES,
	C_REOPENS,
	C_ESCALATIONS,
	C_SOURCE,
	COLUMNS
} ColumnOf;

/* Headers, brought to plain_word(); a name that only French has lets days come first. */
static const struct {
	const char *name;
	ColumnOf column;
	bool french;
} headers[] = {
	{ "id", C_ID, false },
	{ "ticket_id", C_ID, false },
	{ "external_id", C_ID, false },
	{ "numero", C_ID, true },
	{ "no", C_ID, false },
	{ "reference", C_ID, false },
	{ "subject", C_TITLE, false },
	{ "title", C_TITLE, false },
	{ "sujet", C_TITLE, true },
	{ "titre", C_TITLE, true },
	{ "objet", C_TITLE, true },
	{ "status", C_STATUS, false },
	{ "state", C_STATUS, false },
	{ "statut", C_STATUS, true },
	{ "etat", C_STATUS, true },
	{ "priority", C_PRIORITY, false },
	{ "priorite", C_PRIORITY, true },
	{ "urgence", C_PRIORITY, true },
	{ "assignee", C_AGENT, false },
	{ "assigned_to", C_AGENT, false },
	{ "agent", C_AGENT, false },
	{ "assigne_a", C_AGENT, true },
	{ "attribue_a", C_AGENT, true },
	{ "responsable", C_AGENT, true },
	{ "created_at", C_OPENED, false },
	{ "created", C_OPENED, false },
	{ "opened_at", C_OPENED, false },
	{ "cree_le", C_OPENED, true },
	{ "date_de_creation", C_OPENED, true },
	{ "date_creation", C_OPENED, true },
	{ "ouvert_le", C_OPENED, true },
	{ "updated_at", C_UPDATED, false },
	{ "updated", C_UPDATED, false },
	{ "modifie_le", C_UPDATED, true },
	{ "mis_a_jour_le", C_UPDATED, true },
	{ "date_de_mise_a_jour", C_UPDATED, true },
	{ "assigned_at", C_ASSIGNED, false },
	{ "attribue_le", C_ASSIGNED, true },
	{ "first_reply_at", C_ANSWERED, false },
	{ "first_response_at", C_ANSWERED, false },
	{ "answered_at", C_ANSWERED, false },
	{ "premiere_reponse", C_ANSWERED, true },
	{ "premiere_reponse_le", C_ANSWERED, true },
	{ "repondu_le", C_ANSWERED, true },
	{ "solved_at", C_RESOLVED, false },
	{ "resolved_at", C_RESOLVED, false },
	{ "resolu_le", C_RESOLVED, true },
	{ "date_de_resolution", C_RESOLVED, true },
	{ "closed_at", C_CLOSED, false },
	{ "ferme_le", C_CLOSED, true },
	{ "cloture_le", C_CLOSED, true },
	{ "date_de_cloture", C_CLOSED, true },
	{ "satisfaction", C_SCORE, false },
	{ "satisfaction_score", C_SCORE, false },
	{ "score", C_SCORE, false },
	{ "rating", C_SCORE, false },
	{ "note", C_SCORE, false },
	{ "level", C_LEVEL, false },
	{ "tier", C_LEVEL, false },
	{ "niveau", C_LEVEL, true },
	{ "replies", C_REPLIES, false },
	{ "reponses", C_REPLIES, true },
	{ "reopens", C_REOPENS, false },
	{ "reopened", C_REOPENS, false },
	{ "reouvertures", C_REOPENS, true },
	{ "escalations", C_ESCALATIONS, false },
	{ "escalades", C_ESCALATIONS, true },
	{ "source", C_SOURCE, false },
};

typedef struct Sheet {
	Csv csv;
	Import *im;
	const Zone *zone;
	int of[COLUMNS];  /* index of the field; -1: the table has no such column */
	bool french, bad; /* bad: this row has a problem */
} Sheet;

static void find_column(Sheet *s, const CsvField *f, size_t index)
{
	char word[40];

	plain_word(f->text, word, sizeof word);
	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		if (!text_eq(word, headers[i].name))
			continue;
		s->french |= headers[i].french;
		if (s->of[headers[i].column] < 0)
			s->of[headers[i].column] = (int)index;
	}
}

static bool read_header(Sheet *s, Err *err)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < COLUMNS; i++)
		s->of[i] = -1;
	if (!csv_row(&s->csv, &line, &column, err))
		return err_wrap(err, "line %u, column %u", line, column);
	for (size_t i = 0; i < s->csv.row.n; i++)
		find_column(s, &s->csv.row.at[i], i);
	if (s->of[C_ID] >= 0 && s->of[C_OPENED] >= 0)
		return true;
	err_set(err, ERR_BAD_INPUT, "line 1: the header has no column for %s",
	        s->of[C_ID] < 0 ? "the ticket's id" : "when it was created");
	return err_hint(err, "%s",
	                s->of[C_ID] < 0 ? "id, ticket_id, numéro, référence"
	                                : "created_at, created, créé le, date de création");
}

static const CsvField *get(const Sheet *s, ColumnOf c)
{
	static char nothing[1];
	static const CsvField none = { nothing, 0, 0 };
	int i = s->of[c];

	return i >= 0 && (size_t)i < s->csv.row.n ? &s->csv.row.at[i] : &none;
}

static Instant get_time(Sheet *s, ColumnOf c)
{
	const CsvField *f = get(s, c);
	Instant t = LONG_AGO;

	if (!*f->text || import_time(f->text, s->zone, s->french, &t))
		return t;
	s->bad = true;
	import_problem(s->im, f->line, f->column,
	               "2026-11-20T17:04:00+01:00, or 2026-11-20 17:04 in the plan's zone",
	               "'%.40s' is not a date and time", f->text);
	return LONG_AGO;
}

static int get_number(Sheet *s, ColumnOf c, int64_t max)
{
	const CsvField *f = get(s, c);
	int64_t n = 0;

	if (!*f->text || (text_int(f->text, &n) && n >= 0 && n <= max))
		return (int)n;
	s->bad = true;
	import_problem(s->im, f->line, f->column, NULL, "'%.40s' is not a whole number up to %d",
	               f->text, (int)max);
	return 0;
}

static void get_words(Sheet *s, TicketFacts *f)
{
	const CsvField *id = get(s, C_ID), *status = get(s, C_STATUS), *score = get(s, C_SCORE);

	text_copy(f->source, sizeof f->source,
	          *get(s, C_SOURCE)->text ? get(s, C_SOURCE)->text : "csv");
	if (!*id->text) {
		s->bad = true;
		import_problem(s->im, s->csv.row.at[0].line, 1,
		               "each row needs the ticket's own id", "the row has no id");
	} else if (strlen(id->text) > 64) {
		s->bad = true;
		import_problem(s->im, id->line, id->column, NULL, "the id is longer than 64 bytes");
	}
	(void)snprintf(f->external, sizeof f->external, "%.24s:%.64s", f->source, id->text);
	text_copy(f->title, sizeof f->title,
	          *get(s, C_TITLE)->text ? get(s, C_TITLE)->text : id->text);
	text_copy(f->priority, sizeof f->priority, get(s, C_PRIORITY)->text);
	text_copy(f->agent, sizeof f->agent, get(s, C_AGENT)->text);
	if (!status_parse(status->text, &f->status)) {
		s->bad = true;
		import_problem(s->im, status->line, status->column,
		               "new, open, pending, solved, closed (or in French)",
		               "'%.40s' is no status of a ticket", status->text);
	}
	f->scored = *score->text && import_score(score->text, &f->score, &f->scale);
	if (*score->text && !f->scored && !text_eq(score->text, "offered") &&
	    !text_eq(score->text, "unoffered")) {
		s->bad = true;
		import_problem(s->im, score->line, score->column, "4/5, 4, good, bad",
		               "'%.40s' is no score", score->text);
	}
}

static void get_moments(Sheet *s, TicketFacts *f)
{
	Instant assigned = get_time(s, C_ASSIGNED), answered = get_time(s, C_ANSWERED);
	Instant resolved = get_time(s, C_RESOLVED), closed = get_time(s, C_CLOSED);

	if (*f->agent)
		facts_moment(f, is_set(assigned) ? assigned : f->opened, TICKET_EV_ASSIGN,
		             f->agent);
	facts_moment(f, answered, TICKET_EV_ANSWER, NULL);
	facts_moment(f, resolved, TICKET_EV_RESOLVE, NULL);
	facts_moment(f, closed, TICKET_EV_CLOSE, NULL);
	for (size_t i = 0; i < f->moments.n; i++) {
		if (earlier(f->moments.at[i].at, f->opened) && !s->bad) {
			s->bad = true;
			import_problem(s->im, f->line, 1, NULL,
			               "'%s' comes before the ticket was created",
			               ticket_event_name(f->moments.at[i].event));
		}
	}
	if (f->scored)
		f->scored_at = is_set(closed)       ? closed
		               : is_set(resolved)   ? resolved
		               : is_set(f->updated) ? f->updated
		                                    : f->opened;
}

static void read_row(Sheet *s)
{
	TicketFacts f = { .line = s->csv.row.at[0].line, .scored_at = LONG_AGO };
	const CsvField *opened = get(s, C_OPENED);

	s->bad = false;
	get_words(s, &f);
	f.opened = get_time(s, C_OPENED);
	f.updated = get_time(s, C_UPDATED);
	if (!s->bad && !is_set(f.opened)) {
		s->bad = true;
		import_problem(s->im, f.line, opened->column ? opened->column : 1, NULL,
		               "the row does not say when the ticket was created");
	}
	f.level = get_number(s, C_LEVEL, 99);
	f.replies = get_number(s, C_REPLIES, 100000);
	f.reopens = get_number(s, C_REOPENS, 1000);
	f.escalations = get_number(s, C_ESCALATIONS, 99);
	if (!s->bad)
		get_moments(s, &f);
	if (s->bad)
		list_free(&f.moments);
	else
		list_add(&s->im->tickets, f);
}

bool import_csv(const char *text, size_t n, const Zone *zone, Import *im, Err *err)
{
	Sheet s = { .im = im, .zone = zone };
	unsigned line = 0, column = 0;
	bool ok;

	csv_begin(&s.csv, text, n);
	ok = read_header(&s, err);
	while (ok) {
		Err why = { 0 };

		if (csv_row(&s.csv, &line, &column, &why)) {
			ok = import_room(im, err);
			if (ok)
				read_row(&s);
		} else if (why.code == ERR_NONE) {
			break;
		} else {
			import_problem(im, line, column, why.hint, "%s", why.message);
		}
	}
	Csv_done(&s.csv);
	return ok;
}
