#include "ticket/import_private.h"
#include "ticket/test_plan.h"

static const Zone *paris(void)
{
	const Zone *z = zone_utc();

	(void)EXPECT(zone_load("Europe/Paris", &z, NULL));
	return z;
}

static Import read_text(ImportFormat format, const char *text)
{
	Import im;
	Err err = { 0 };

	if (!import_read(format, text, strlen(text), paris(), &im, &err))
		test_fail(__FILE__, __LINE__, "%s", err.message);
	return im;
}

/* "assign@2026-…Z(ana) answer@…": what becomes of it, in the order of time. */
static char *moments(const TicketFacts *f)
{
	AUTO(Buf) out = { 0 };
	char at_text[INSTANT_TEXT];

	for (size_t i = 0; i < f->moments.n; i++) {
		const TicketMoment *m = &f->moments.at[i];

		buf_printf(&out, "%s%s@%s", i ? " " : "", ticket_event_name(m->event),
		           instant_print(m->at, at_text));
		if (*m->text)
			buf_printf(&out, "(%s)", m->text);
	}
	buf_text(&out, "");
	return mem_text(buf_str(&out));
}

#define EXPECT_MOMENTS(facts, words)                   \
	do {                                           \
		AUTO_FREE char *got_ = moments(facts); \
		EXPECT_TEXT(got_, words);              \
	} while (0)

/* ---- times, words, scores ---- */

TEST(times_are_read_with_their_zone_or_in_the_plans)
{
	static const struct {
		const char *text;
		bool day_first;
		const char *at;
	} rows[] = {
		{ "2026-11-20T16:04:00Z", false, "2026-11-20T16:04:00Z" },
		{ "2026-11-20T17:04:00+01:00", false, "2026-11-20T16:04:00Z" },
		{ "2026-11-20T17:04:00.250Z", false, "2026-11-20T17:04:00.25Z" },
		{ "2026-11-20 17:04:05", false, "2026-11-20T16:04:05Z" },
		{ "2026-07-20 17:04", false, "2026-07-20T15:04:00Z" },
		{ "2026-11-20 17:04 UTC", false, "2026-11-20T17:04:00Z" },
		{ "2026-11-20 17:04:05 +0100", false, "2026-11-20T16:04:05Z" },
		{ "2026-11-20 17:04 -05:30", false, "2026-11-20T22:34:00Z" },
		{ "2026-11-20", false, "2026-11-19T23:00:00Z" },
		{ "20/11/2026 17:04", true, "2026-11-20T16:04:00Z" },
		{ "20/11/2026", true, "2026-11-19T23:00:00Z" },
		/* the hour that does not exist, and the one that comes twice: its first */
		{ "2026-03-29 02:30", false, "2026-03-29T01:00:00Z" },
		{ "2026-10-25 02:30", false, "2026-10-25T00:30:00Z" },
		{ "20/11/2026 17:04", false, NULL },
		{ "2026-02-30 10:00", false, NULL },
		{ "2026-11-20 25:00", false, NULL },
		{ "2026-11-20 17:04 Paris", false, NULL },
		{ "2026-11-20 17:04 +9999", false, NULL },
		{ "yesterday", true, NULL },
		{ "32/01/2026", true, NULL },
		{ "", true, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Instant t = LONG_AGO;
		bool ok = import_time(rows[i].text, paris(), rows[i].day_first, &t);

		if (!EXPECT_INT(ok, rows[i].at != NULL) ||
		    (ok && !EXPECT_INT(t.us, at(rows[i].at).us)))
			test_fail(__FILE__, __LINE__, "'%s'", rows[i].text);
	}
}

TEST(words_lose_accents_blanks_and_case)
{
	char out[40];

	plain_word("  Date de création ", out, sizeof out);
	EXPECT_TEXT(out, "date_de_creation");
	plain_word("N°", out, sizeof out);
	EXPECT_TEXT(out, "no");
	plain_word("Créé-le", out, sizeof out);
	EXPECT_TEXT(out, "cree_le");
	plain_word("a very long header that goes on and on and on", out, 8);
	EXPECT_TEXT(out, "a_very");
}

TEST(scores_are_figures_of_a_scale_or_good_and_bad)
{
	static const struct {
		const char *text;
		double score, scale;
	} rows[] = { { "4", 4, 5 },       { "4/5", 4, 5 },   { "9/10", 9, 10 }, { "4,5", 4.5, 5 },
		     { "4.5/5", 4.5, 5 }, { "good", 5, 5 },  { "Bad", 1, 5 },   { "6", -1, 0 },
		     { "-1", -1, 0 },     { "4/0", -1, 0 },  { "", -1, 0 },     { "nan", -1, 0 },
		     { "1e999", -1, 0 },  { "great", -1, 0 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		double score = -1, scale = 0;
		bool ok = import_score(rows[i].text, &score, &scale);

		if (!EXPECT_INT(ok, rows[i].scale > 0) ||
		    (ok && (!EXPECT_REAL(score, rows[i].score, 0) ||
		            !EXPECT_REAL(scale, rows[i].scale, 0))))
			test_fail(__FILE__, __LINE__, "'%s'", rows[i].text);
	}
}

/* ---- tables ---- */

TEST(a_table_in_english_is_read)
{
	AUTO(Import)
	im = read_text(IMPORT_AUTO,
	               "id,subject,status,priority,assignee,created_at,updated_at,first_reply_at,"
	               "solved_at,"
	               "satisfaction,reopens\n"
	               "42,\"Cannot pay, "
	               "again\",solved,high,ana,2026-06-01T08:00:00Z,2026-06-01T12:00:00Z,"
	               "2026-06-01T08:30:00Z,2026-06-01T11:00:00Z,4/5,1\n"
	               "43,Slow,new,,,2026-06-02 10:00,,,,,\n");

	ASSERT(im.tickets.n == 2 && im.problems.n == 0);
	EXPECT_TEXT(im.tickets.at[0].external, "csv:42");
	EXPECT_TEXT(im.tickets.at[0].title, "Cannot pay, again");
	EXPECT_INT(im.tickets.at[0].status, STATUS_RESOLVED);
	EXPECT_INT(im.tickets.at[0].reopens, 1);
	EXPECT_REAL(im.tickets.at[0].score, 4, 0);
	EXPECT_MOMENTS(&im.tickets.at[0], "assign@2026-06-01T08:00:00Z(ana) "
	                                  "answer@2026-06-01T08:30:00Z "
	                                  "resolve@2026-06-01T11:00:00Z");
	EXPECT_INT(im.tickets.at[1].opened.us, at("2026-06-02T08:00:00Z").us);
	EXPECT_INT(im.tickets.at[1].moments.n, 0);
}

TEST(a_table_in_french_is_read)
{
	AUTO(Import)
	im = read_text(IMPORT_AUTO,
	               "\xEF\xBB\xBF"
	               "Numéro;Sujet;Statut;Priorité;Assigné à;Créé le;Première réponse;"
	               "Résolu le;Note;Niveau\r\n"
	               "7;Paiement refusé;Résolu;haute;bob;01/06/2026 10:00;01/06/2026 10:20;"
	               "01/06/2026 12:00;4,5;2\r\n");

	ASSERT(im.tickets.n == 1 && im.problems.n == 0);
	EXPECT_TEXT(im.tickets.at[0].external, "csv:7");
	EXPECT_TEXT(im.tickets.at[0].priority, "haute");
	EXPECT_INT(im.tickets.at[0].level, 2);
	EXPECT_REAL(im.tickets.at[0].score, 4.5, 0);
	EXPECT_MOMENTS(&im.tickets.at[0], "assign@2026-06-01T08:00:00Z(bob) "
	                                  "answer@2026-06-01T08:20:00Z "
	                                  "resolve@2026-06-01T10:00:00Z");
}

TEST(each_bad_row_is_said_once_at_its_place_and_the_others_are_read)
{
	static const struct {
		const char *row, *what;
		unsigned column;
	} rows[] = {
		{ ",x,new,2026-06-01,,", "the row has no id", 1 },
		{ "1,x,asleep,2026-06-01,,", "'asleep' is no status of a ticket", 5 },
		{ "1,x,new,last week,,", "'last week' is not a date and time", 9 },
		{ "1,x,new,,,", "the row does not say when the ticket was created", 9 },
		{ "1,x,new,2026-06-01,2026-05-01,", "'resolve' comes before the ticket was created",
		  1 },
		{ "1,x,new,2026-06-01,,11/5", "'11/5' is no score", 21 },
		{ "1,\"x\"y,new,2026-06-01,,", "a character follows the quote that ends a field",
		  3 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *text =
		        mem_printf("id,title,status,created_at,resolved_at,score\n%s\n"
		                   "9,good,new,2026-06-01,,\n",
		                   rows[i].row);
		AUTO(Import) im = read_text(IMPORT_CSV, text);

		EXPECT_INT(im.tickets.n, 1);
		if (!EXPECT_INT(im.problems.n, 1))
			continue;
		EXPECT_TEXT(im.problems.at[0].what, rows[i].what);
		EXPECT_INT(im.problems.at[0].line, 2);
		EXPECT_INT(im.problems.at[0].column, rows[i].column);
	}
}

TEST(what_cannot_be_read_at_all_is_refused)
{
	static const struct {
		ImportFormat format;
		const char *text, *part;
	} rows[] = {
		{ IMPORT_AUTO, "", "empty" },
		{ IMPORT_AUTO, " \n ", "empty" },
		{ IMPORT_CSV, "title,created_at\nx,2026-06-01\n", "no column for the ticket's id" },
		{ IMPORT_CSV, "id,title\n1,x\n", "when it was created" },
		{ IMPORT_CSV, "id,\"created_at\n", "never closed" },
		{ IMPORT_JSON, "{\"tickets\": [", "line 1" },
		{ IMPORT_JSON, "{\"tickets\": 3}", "no list of tickets" },
		{ IMPORT_JSON, "3", "not JSON" },
		{ IMPORT_JSON, "{\"a\":1,\"a\":2}", "duplicate" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		Import im;
		Err err = { 0 };

		if (!EXPECT(!import_read(rows[i].format, rows[i].text, strlen(rows[i].text),
		                         paris(), &im, &err)))
			test_fail(__FILE__, __LINE__, "row %zu", i);
		EXPECT_HAS(err.message, rows[i].part);
		EXPECT_INT(im.tickets.n, 0);
		Import_done(&im);
	}
}

TEST(past_a_hundred_problems_they_are_counted)
{
	AUTO(Buf) text = { 0 };

	buf_text(&text, "id,created_at\n");
	for (int i = 0; i < 250; i++)
		buf_printf(&text, "%d,never\n", i);
	{
		AUTO(Import) im = read_text(IMPORT_CSV, buf_str(&text));

		EXPECT_INT(im.problems.n, IMPORT_PROBLEMS);
		EXPECT_INT(im.more, 150);
	}
}

/* ---- Zendesk, Intercom, our own ---- */

static const char zendesk[] =
        "{\"tickets\": [\n"
        "  {\"id\": 35436, \"subject\": \"Cannot pay\", \"created_at\": \"2026-06-01T08:00:00Z\",\n"
        "   \"updated_at\": \"2026-06-01T12:00:00Z\", \"status\": \"solved\", \"priority\": "
        "\"urgent\",\n"
        "   \"assignee_id\": 235323, \"requester_id\": 9, \"satisfaction_rating\": {\"score\": "
        "\"good\"},\n"
        "   \"comments\": [{\"public\": true, \"author_id\": 9, \"created_at\": "
        "\"2026-06-01T08:05:00Z\"},\n"
        "     {\"public\": false, \"author_id\": 235323, \"created_at\": "
        "\"2026-06-01T08:06:00Z\"},\n"
        "     {\"public\": true, \"author_id\": 235323, \"created_at\": "
        "\"2026-06-01T08:10:00Z\"}],\n"
        "   \"metric_set\": {\"reopens\": 1, \"replies\": 2, \"solved_at\": "
        "\"2026-06-01T11:00:00Z\"}},\n"
        "  {\"id\": 35437, \"subject\": \"A \\\"quoted\\\" ] one\", \"created_at\": "
        "\"2026-06-01T09:00:00Z\", \"status\": \"pending\", \"priority\": null,\n"
        "   \"assignee_id\": null, \"metric_set\": {\"reply_time_in_minutes\": {\"calendar\": "
        "15}}},\n"
        "  {\"id\": 35438, \"created_at\": \"soon\", \"status\": \"open\"},\n"
        "  \"nonsense\"\n"
        "], \"users\": [{\"id\": 235323, \"name\": \"ana\"}]}\n";

TEST(tickets_of_zendesk_are_read)
{
	AUTO(Import) im = read_text(IMPORT_AUTO, zendesk);

	ASSERT(im.tickets.n == 2 && im.problems.n == 2);
	EXPECT_TEXT(im.tickets.at[0].external, "zendesk:35436");
	EXPECT_TEXT(im.tickets.at[0].agent, "ana");
	EXPECT_INT(im.tickets.at[0].replies, 2);
	EXPECT_REAL(im.tickets.at[0].score, 5, 0);
	EXPECT_MOMENTS(&im.tickets.at[0], "assign@2026-06-01T08:00:00Z(ana) "
	                                  "answer@2026-06-01T08:10:00Z "
	                                  "resolve@2026-06-01T11:00:00Z");
	EXPECT_INT(im.tickets.at[1].status, STATUS_WAITING);
	EXPECT_MOMENTS(&im.tickets.at[1], "answer@2026-06-01T09:15:00Z");
	EXPECT_INT(im.problems.at[0].line, 11);
	EXPECT_INT(im.problems.at[0].column, 3);
	EXPECT_TEXT(im.problems.at[0].what, "'created_at' is not a date and time");
	EXPECT_INT(im.problems.at[1].line, 12);
	EXPECT_TEXT(im.problems.at[1].what, "the record is not an object");
}

TEST(conversations_of_intercom_are_read)
{
	static const char text[] =
	        "{\"type\": \"conversation.list\", \"conversations\": [{\"type\": "
	        "\"conversation\", "
	        "\"id\": \"147\", \"created_at\": 1780300800, \"updated_at\": 1780308000, "
	        "\"state\": "
	        "\"closed\", \"priority\": \"not_priority\", \"admin_assignee_id\": 25, \"title\": "
	        "\"Lost parcel\", \"conversation_rating\": {\"rating\": 3, \"created_at\": "
	        "1780309000}, \"conversation_parts\": {\"conversation_parts\": ["
	        "{\"part_type\": \"assignment\", \"created_at\": 1780300860, \"assigned_to\": "
	        "{\"id\": "
	        "25}}, {\"part_type\": \"comment\", \"created_at\": 1780301400, \"author\": "
	        "{\"type\": "
	        "\"admin\"}}, {\"part_type\": \"snoozed\", \"created_at\": 1780302000, \"author\": "
	        "{\"type\": \"admin\"}}, {\"part_type\": \"comment\", \"created_at\": 1780303000, "
	        "\"author\": {\"type\": \"user\"}}, {\"part_type\": \"close\", \"created_at\": "
	        "1780304400, \"author\": {\"type\": \"admin\"}}, {\"part_type\": \"open\", "
	        "\"created_at\": 1780306000, \"author\": {\"type\": \"user\"}}, {\"part_type\": "
	        "\"close\", \"created_at\": 1780308000, \"author\": {\"type\": \"admin\"}}]}}]}";
	AUTO(Import) im = read_text(IMPORT_AUTO, text);

	ASSERT(im.tickets.n == 1 && im.problems.n == 0);
	EXPECT_TEXT(im.tickets.at[0].external, "intercom:147");
	EXPECT_TEXT(im.tickets.at[0].title, "Lost parcel");
	EXPECT_INT(im.tickets.at[0].status, STATUS_RESOLVED);
	EXPECT_REAL(im.tickets.at[0].score, 3, 0);
	EXPECT_MOMENTS(&im.tickets.at[0],
	               "assign@2026-06-01T08:01:00Z(25) answer@2026-06-01T08:10:00Z "
	               "wait@2026-06-01T08:20:00Z resume@2026-06-01T08:36:40Z "
	               "resolve@2026-06-01T09:00:00Z reopen@2026-06-01T09:26:40Z "
	               "resolve@2026-06-01T10:00:00Z");
}

TEST(one_ticket_a_line_is_read_and_a_bad_line_is_one_problem)
{
	AUTO(Import)
	im = read_text(IMPORT_AUTO, "{\"id\": 1, \"title\": \"a\", \"created_at\": 1780300800}\n"
	                            "{\"id\": 2, \"title\":\n"
	                            "\n"
	                            "{\"id\": 3, \"title\": \"c\", \"created_at\": 1780300800}\n");

	EXPECT_INT(im.tickets.n, 2);
	ASSERT(im.problems.n == 1);
	EXPECT_INT(im.problems.at[0].line, 2);
}

TEST(what_we_write_reads_back_the_same)
{
	AUTO(Import) im = read_text(IMPORT_AUTO, zendesk);
	AUTO(Buf) json = { 0 };
	Emit e = emit_to(&json);

	import_emit(&e, NULL, &im.tickets.at[0]);
	{
		AUTO(Import) again = read_text(IMPORT_JSON, buf_str(&json));
		AUTO(Buf) second = { 0 };
		Emit e2 = emit_to(&second);

		ASSERT(again.tickets.n == 1 && again.problems.n == 0);
		import_emit(&e2, NULL, &again.tickets.at[0]);
		EXPECT_TEXT(buf_str(&second), buf_str(&json));
	}
}

TEST(a_long_id_of_any_source_is_still_its_own_in_our_form)
{
	static const char *const rows[] = {
		"id,created_at,source\n"
		"1234567890123456789012345678901234567890123456789012345678901234,2026-06-01,\n",
		"id,created_at,source\n7,2026-06-01,a tool with a name that is far too long\n",
		"id,created_at,source\ncsv:7,2026-06-01,csv\n",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(Import) im = read_text(IMPORT_CSV, rows[i]);
		AUTO(Buf) json = { 0 };
		Emit e = emit_to(&json);

		ASSERT(im.tickets.n == 1);
		import_emit(&e, NULL, &im.tickets.at[0]);
		{
			AUTO(Import) again = read_text(IMPORT_JSON, buf_str(&json));

			ASSERT(again.tickets.n == 1 && again.problems.n == 0);
			EXPECT_TEXT(again.tickets.at[0].external, im.tickets.at[0].external);
		}
	}
}
