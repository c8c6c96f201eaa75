#include "cli/cli.h"
#include "cli/commands.h"
#include "harness.h"

#include "core/alloc.h"
#include "core/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- options ---- */

typedef struct Given {
	bool json, all;
	const char *data;
} Given;

static bool parse(Given *g, int *argc, char **argv)
{
	const CliOption options[] = { { "--json", &g->json, NULL },
		                      { "--all", &g->all, NULL },
		                      { "--data", NULL, &g->data } };

	return cli_options(&cmd_validate, argc, argv, options, COUNT_OF(options));
}

TEST(options_may_stand_anywhere_and_leave_the_words)
{
	char *argv[] = { "validate", "--json", "a.yaml", "--data", "/x", "b", NULL };
	int argc = 6;
	Given g = { 0 };

	ASSERT(parse(&g, &argc, argv));
	EXPECT(g.json && !g.all);
	EXPECT_TEXT(g.data, "/x");
	EXPECT_INT(argc, 3);
	EXPECT_TEXT(argv[1], "a.yaml");
	EXPECT_TEXT(argv[2], "b");
	EXPECT(argv[3] == NULL);
}

TEST(a_value_may_follow_an_equals_sign)
{
	char *argv[] = { "validate", "--data=/y=z", NULL };
	int argc = 2;
	Given g = { 0 };

	ASSERT(parse(&g, &argc, argv));
	EXPECT_TEXT(g.data, "/y=z");
	EXPECT_INT(argc, 1);
}

TEST(two_dashes_end_the_options_and_one_is_a_word)
{
	char *argv[] = { "validate", "-", "--", "--json", NULL };
	int argc = 4;
	Given g = { 0 };

	ASSERT(parse(&g, &argc, argv));
	EXPECT(!g.json);
	EXPECT_INT(argc, 3);
	EXPECT_TEXT(argv[1], "-");
	EXPECT_TEXT(argv[2], "--json");
}

TEST(a_wrong_option_is_a_usage_error)
{
	static const char *const wrong[] = { "--jsn", "--json=yes", "--data", "-x" };

	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		char word[16];
		char *argv[] = { "validate", word, NULL };
		int argc = 2;
		Given g = { 0 };

		text_copy(word, sizeof word, wrong[i]);
		EXPECT(!parse(&g, &argc, argv));
	}
}

/* ---- where things are ---- */

TEST(the_data_folder_is_the_given_one_first)
{
	char out[4096];

	EXPECT_TEXT(cli_data("/given", out), "/given");
	(void)setenv("STATE_DIRECTORY", "/var/lib/other", 1);
	EXPECT_TEXT(cli_data(NULL, out), "/var/lib/other");
	(void)unsetenv("STATE_DIRECTORY");
	EXPECT(*cli_data(NULL, out));
}

TEST(the_language_follows_the_environment)
{
	(void)setenv("LC_ALL", "fr_CA.UTF-8", 1);
	EXPECT_TEXT(cli_language(), "fr");
	(void)setenv("LC_ALL", "de_DE.UTF-8", 1);
	EXPECT_TEXT(cli_language(), "en");
	(void)unsetenv("LC_ALL");
	(void)unsetenv("LC_MESSAGES");
	(void)setenv("LANG", "fr_FR", 1);
	EXPECT_TEXT(cli_language(), "fr");
	(void)setenv("LC_ALL", "C.UTF-8", 1);
}

TEST(colours_need_a_terminal)
{
	EXPECT(!cli_colour(stdout));
}

/* ---- plans and their secrets ---- */

static const char *write_file(const char *name, const char *text, mode_t mode)
{
	static char path[512];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", test_dir(), name);
	f = fopen(path, "we");
	if (f) {
		(void)fputs(text, f);
		(void)fclose(f);
		(void)chmod(path, mode);
	}
	return path;
}

typedef struct SecretCase {
	const char *text;
	mode_t mode;
	const char *want; /* NULL: refused */
	const char *why;
} SecretCase;

TEST(a_secret_file_must_be_private_text)
{
	static const SecretCase cases[] = {
		{ "token\n", 0600, "token", NULL },
		{ "token", 0400, "token", NULL },
		{ "token\r\n", 0640, "token", NULL }, /* the daemon's own group */
		{ "token\n", 0644, NULL, "can be read by everybody (mode 0644)" },
		{ "\n", 0600, NULL, "is empty" },
	};
	PlanSource s = cli_plan_source();

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *path = write_file("secret", cases[i].text, cases[i].mode);
		Arena *a = arena_new("test", 1 << 20);
		Err err = { 0 };
		const char *got = s.file(s.ctx, a, path, &err);

		EXPECT_TEXT(got, cases[i].want);
		if (cases[i].why)
			EXPECT_HAS(err.message, cases[i].why);
		EXPECT(!strstr(err.message, "token"));
		arena_free(a);
	}
}

TEST(a_secret_that_is_no_file_is_refused_without_waiting)
{
	char path[512];
	PlanSource s = cli_plan_source();
	Arena *a = arena_new("test", 1 << 20);
	Err err = { 0 };

	(void)snprintf(path, sizeof path, "%s/pipe", test_dir());
	ASSERT(mkfifo(path, 0600) == 0);
	EXPECT(!s.file(s.ctx, a, path, &err));
	EXPECT_HAS(err.message, "is not a file");
	EXPECT(!s.file(s.ctx, a, "/nowhere/at/all", &err));
	EXPECT_HAS(err.message, "No such file");
	arena_free(a);
}

TEST(a_plan_is_read_with_the_secrets_it_needs_or_without)
{
	const char *path = write_file("plan.yaml",
	                              "plan: {title: T, version: 1, timezone: UTC}\n"
	                              "channels: {m: {type: email, secret: "
	                              "\"${env:CARENE_TEST_SMTP}\"}}\n",
	                              0644);
	Findings f = { 0 };
	Err err = { 0 };
	Plan *p;

	(void)unsetenv("CARENE_TEST_SMTP");
	EXPECT(!cli_read_plan(path, CLI_SECRETS_NEEDED, &f, &err));
	EXPECT_INT(err.code, ERR_CONFIG);
	EXPECT_INT(f.errors, 1);
	p = cli_read_plan(path, CLI_SECRETS_OPTIONAL, &f, &err);
	EXPECT(p && !p->channels[0].secret);
	plan_free(p);
	(void)setenv("CARENE_TEST_SMTP", "smtp://h", 1);
	p = cli_read_plan(path, CLI_SECRETS_NEEDED, &f, &err);
	EXPECT(p && p->channels[0].secret);
	plan_free(p);
	p = cli_read_plan(path, CLI_SECRETS_NONE, &f, &err);
	EXPECT(p && !p->channels[0].secret);
	plan_free(p);
	(void)unsetenv("CARENE_TEST_SMTP");
	arena_free(f.arena);
}

TEST(a_plan_that_is_not_there_is_not_found)
{
	Findings f = { 0 };
	Err err = { 0 };

	EXPECT(!cli_read_plan("/nowhere/plan.yaml", CLI_SECRETS_NONE, &f, &err));
	EXPECT_INT(err.code, ERR_NOT_FOUND);
	EXPECT_INT(f.n, 0);
	arena_free(f.arena);
}

/* ---- the table ---- */

TEST(every_command_can_be_looked_up_and_helps)
{
	const Command *c, *d;

	for (size_t i = 0; (c = cli_command_at(i)); i++) {
		EXPECT(*c->name && *c->summary && c->run);
		/* Groups of verbs print a usage made of their verbs. */
		EXPECT(!c->usage ||
		       (text_starts(c->usage, "carene ") && strstr(c->usage, c->name)));
		EXPECT(utf8_count(c->summary, strlen(c->summary)) <= 66); /* one line of 80 */
		for (size_t j = 0; j < i && (d = cli_command_at(j)); j++)
			EXPECT(!text_eq(c->name, d->name));
	}
	EXPECT(c == NULL);
}

static int call(int argc, const char *const *words)
{
	char copy[4][64];
	char *argv[5] = { NULL };

	for (int i = 0; i < argc; i++) {
		text_copy(copy[i], sizeof copy[i], words[i]);
		argv[i] = copy[i];
	}
	return cli_main(argc, argv, NULL);
}

TEST(a_wrong_command_line_ends_with_two)
{
	EXPECT_INT(call(1, (const char *const[]){ "carene" }), 2);
	EXPECT_INT(call(2, (const char *const[]){ "carene", "stauts" }), 2);
	EXPECT_INT(call(2, (const char *const[]){ "carene", "validate" }), 2);
	EXPECT_INT(call(3, (const char *const[]){ "carene", "validate", "--what" }), 2);
	EXPECT_INT(call(3, (const char *const[]){ "carene", "schema", "x" }), 2);
	EXPECT_INT(call(2, (const char *const[]){ "carene", "completion" }), 2);
	EXPECT_INT(call(3, (const char *const[]){ "carene", "help", "stauts" }), 2);
	EXPECT_INT(call(3, (const char *const[]){ "carene", "validate", "/nowhere" }), 66);
	EXPECT_INT(call(3, (const char *const[]){ "carene", "explain", "qwertyuiop" }), 66);
}
