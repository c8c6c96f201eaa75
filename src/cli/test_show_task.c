/* Tasks and alerts on the terminal: the sentence, the columns, both languages. */
#include "harness.h"

#include "cli/show_parts.h"

static const char list[] =
        "{\"awaiting\": 1, \"late\": 1, \"open\": 2, \"tasks\": ["
        "{\"number\": 7, \"short\": \"morning@11-23\", \"title\": \"Ronde\", \"state\": "
        "\"awaiting_human\","
        " \"late\": true, \"due\": \"2026-11-23T08:00:00Z\", \"owners\": [\"ops\", \"dev\"],"
        " \"items_n\": 4, \"settled_n\": 1},"
        "{\"number\": 12, \"short\": \"keys@11-23\", \"title\": \"Clés\", \"state\": "
        "\"awaiting_human\","
        " \"late\": false, \"due\": \"2026-11-23T09:00:00Z\", \"owners\": [],"
        " \"items_n\": 1, \"settled_n\": 0},"
        "{\"number\": 13, \"short\": \"watch@11-24\", \"title\": \"Nuit\", \"state\": "
        "\"scheduled\","
        " \"late\": false, \"due\": \"2026-11-24T01:00:00Z\", \"owners\": [\"ops\"],"
        " \"items_n\": 1, \"settled_n\": 0}]}";

static const char one[] =
        "{\"task\": {\"number\": 7, \"short\": \"morning@11-23\", \"title\": \"Ronde\","
        " \"state\": \"failed\", \"late\": false, \"due\": \"2026-11-23T08:00:00Z\","
        " \"reason\": \"2: no figures\", \"owners\": [\"ops\"], \"items\": ["
        "{\"item\": \"1\", \"do\": \"check:site\", \"state\": \"pass\", \"found\": \"up, 12 ms\"},"
        "{\"item\": \"2\", \"text\": \"Read it\", \"if\": \"needed\", \"state\": \"refused\","
        " \"found\": \"no figures\", \"by\": \"contact:ana\"},"
        "{\"item\": \"3\", \"text\": \"Rest\", \"state\": \"not_applicable\"}], \"words\": ["
        "{\"said\": \"refused\", \"item\": \"2\", \"who\": \"contact:ana\","
        " \"at\": \"2026-11-23T08:30:00Z\", \"note\": \"no figures\"},"
        "{\"said\": \"file\", \"who\": \"contact:ana\", \"at\": \"2026-11-23T08:31:00Z\","
        " \"file\": \"r.pdf\", \"sha256\": \"ab12\"}]}}";

static const char *shown(ShowAnswer *show, const char *json, Lang lang, int *ret_status)
{
	static Buf out;
	Screen screen = { .lang = lang, .zone = zone_utc() };
	json_t *answer = json_loads(json, 0, NULL);

	buf_clear(&out);
	*ret_status = answer ? show(answer, &screen, &out) : -1;
	json_decref(answer);
	return buf_str(&out);
}

TEST(a_list_of_tasks_begins_with_the_sentence_and_keeps_what_is_to_come_apart)
{
	int status;

	EXPECT_TEXT(
	        shown(show_tasks, list, LANG_EN, &status),
	        "1 task awaits somebody. 1 is late.\n\n"
	        "    7  late        23 Nov 2026, 08:00 UTC    morning@11-23  Ronde     1/4  ops, "
	        "dev\n"
	        "   12  to confirm  23 Nov 2026, 09:00 UTC    keys@11-23     Clés      0/1  \n"
	        "\nTo come\n"
	        "   13  scheduled   24 Nov 2026, 01:00 UTC    watch@11-24    Nuit      0/1  ops\n");
	EXPECT_INT(status, 1); /* something is late */
	EXPECT_HAS(shown(show_tasks, list, LANG_FR, &status),
	           "1 tâche attend quelqu’un. 1 est en retard.");
	EXPECT_HAS(shown(show_tasks, list, LANG_FR, &status), "à confirmer");
	EXPECT_HAS(shown(show_tasks, "{\"tasks\": []}", LANG_EN, &status),
	           "No task awaits anybody.");
	EXPECT_INT(status, 0);
}

TEST(one_task_shows_its_items_and_who_said_what)
{
	int status;

	EXPECT_TEXT(
	        shown(show_task, one, LANG_EN, &status),
	        "Ronde: failed (morning@11-23, 7)\n\n"
	        "  Answered for by   ops\n"
	        "  Due               23 Nov 2026, 08:00 UTC\n"
	        "  Reason            2: no figures\n\n"
	        "  1      pass              check:site\n"
	        "         up, 12 ms\n"
	        "  2      refused           Read it (if needed)\n"
	        "         no figures · contact:ana\n"
	        "  3      not applicable    Rest\n\n"
	        "  23 Nov 2026, 08:30 UTC    refused         contact:ana · 2\n"
	        "    no figures\n"
	        "  23 Nov 2026, 08:31 UTC    file            contact:ana · r.pdf · sha256 ab12\n");
	EXPECT_INT(status, 0);
	EXPECT_HAS(shown(show_task, one, LANG_FR, &status), "Ronde : en échec (morning@11-23, 7)");
	EXPECT_HAS(shown(show_task, one, LANG_FR, &status), "sans objet");
}

TEST(the_status_speaks_of_tasks_only_when_some_are_open)
{
	Screen screen = { .lang = LANG_FR, .zone = zone_utc() };
	json_t *none = json_pack("{s:i,s:i}", "open", 0, "late", 0);
	json_t *two = json_pack("{s:i,s:i}", "open", 2, "late", 1);
	AUTO(Buf) out = { 0 };

	show_task_counts(none, &screen, &out);
	show_task_counts(NULL, &screen, &out);
	EXPECT_TEXT(buf_str(&out), "");
	show_task_counts(two, &screen, &out);
	EXPECT_TEXT(buf_str(&out), "\n2 tâches ouvertes, 1 en retard (carene task list)\n");
	json_decref(none);
	json_decref(two);
}

TEST(rules_that_nobody_watches_stand_below_the_alerts)
{
	static const char alerts[] =
	        "{\"alerts\": [{\"rule\": \"slow\", \"state\": \"suppressed\", \"value\": \"3s\","
	        " \"held_by\": \"window:weekly\"}], \"not_watched\": ["
	        "{\"id\": \"backup\", \"when\": \"backup{daily} == failed\"}]}";
	int status;

	EXPECT_HAS(shown(show_alerts, alerts, LANG_EN, &status), "3s window:weekly");
	EXPECT_HAS(shown(show_alerts, alerts, LANG_EN, &status), "Not watched in this version:\n");
	EXPECT_HAS(shown(show_alerts, alerts, LANG_FR, &status),
	           "Pas surveillé dans cette version :\n  backup");
	EXPECT_HAS(shown(show_alerts, "{\"alerts\": []}", LANG_EN, &status), "No alert.");
	EXPECT_INT(status, 0);
}
