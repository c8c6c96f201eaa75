#include "hostile/asking.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static AskSpec run_spec(const char *const *argv)
{
	return (AskSpec){ .kind = ASK_RUN, .timeout = seconds(30), .run.argv = argv };
}

static AskSpec shell(const char *script)
{
	static const char *argv[4];

	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = script;
	argv[3] = NULL;
	return run_spec(argv);
}

static Got *run_once(const AskSpec *spec)
{
	Loop *loop = test_loop();
	Got *g = ask_wait(loop, spec);

	loop_free(loop);
	return g;
}

/* Kernel time passes between a KILL and the end of the process: wait for it. */
static bool is_gone(int pid)
{
	char path[64], text[256];
	FILE *f;

	for (int i = 0; i < 200000; i++) {
		char *end;

		(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
		f = fopen(path, "re");
		if (!f)
			return true;
		text[fread(text, 1, sizeof text - 1, f)] = '\0';
		(void)fclose(f);
		end = strrchr(text, ')');
		if (!end || end[2] == 'Z')
			return true;
		(void)usleep(100);
	}
	return false;
}

TEST(both_outputs_and_the_exit_code_come_back)
{
	AskSpec spec = shell("echo out; echo err >&2; exit 3");
	Got *g = run_once(&spec);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.run.exit_code, 3);
	EXPECT_INT(g->a.run.signal, 0);
	EXPECT_TEXT(g->text, "out\n");
	EXPECT_TEXT(g->detail, "err\n");
	EXPECT_INT(g->a.run.out_total, 4);
	EXPECT(!g->a.run.timed_out);
	EXPECT(g->a.run.max_rss_bytes > 100000);
}

TEST(a_program_ended_by_a_signal_has_no_exit_code)
{
	AskSpec spec = shell("kill -SEGV $$");
	Got *g = run_once(&spec);

	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.run.exit_code, -1);
	EXPECT_INT(g->a.run.signal, SIGSEGV);
}

TEST(arguments_are_never_read_by_a_shell)
{
	static const char *const argv[] = { "printf", "%s|", "$HOME", "a b", "`id`", "*", NULL };
	AskSpec spec = run_spec(argv);

	EXPECT_TEXT(run_once(&spec)->text, "$HOME|a b|`id`|*|");
}

TEST(the_environment_is_minimal_and_what_was_asked_for)
{
	static const char *const argv[] = { "env", NULL };
	static const char *const env[] = { "LANG=fr_FR.UTF-8", "MINE=x=y", NULL };
	AskSpec spec = run_spec(argv);
	Got *g;

	(void)setenv("LEAKED", "into-the-child", 1);
	(void)setenv("HOME", "/some/where", 1);
	spec.run.env = env;
	g = run_once(&spec);
	EXPECT_HAS(g->text, "LANG=fr_FR.UTF-8\n");
	EXPECT_HAS(g->text, "MINE=x=y\n");
	EXPECT_HAS(g->text, "HOME=/some/where\n");
	EXPECT_HAS(g->text, "PATH=/usr/local/sbin:");
	EXPECT(!strstr(g->text, "LEAKED") && !strstr(g->text, "LC_ALL"));
}

TEST(a_secret_reaches_the_program_and_not_its_captured_output)
{
	Secret *secret = secret_new("hunter2-hunter2");
	AskSpec spec = shell("echo \"it is $PGPASSWORD.\"; echo $PGPASSWORD >&2; "
	                     "test ${#PGPASSWORD} = 15; tr '\\0' ' ' </proc/$$/cmdline");
	Got *g;

	spec.run.secret_env = "PGPASSWORD";
	spec.run.secret = secret;
	g = run_once(&spec);
	EXPECT_INT(g->a.run.exit_code, 0);
	EXPECT_HAS(g->text, "it is ***.\n");
	EXPECT(!strstr(g->text, "hunter2"));
	EXPECT_TEXT(g->detail, "***\n");
	secret_free(secret);
}

TEST(nothing_of_ours_is_open_in_the_program)
{
	AskSpec spec = shell("ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' "
	                     "/proc/self/status; ulimit -c");
	Got *g = run_once(&spec);

	EXPECT_HAS(g->text, "0 1 2 3 "); /* 3 is the folder that ls reads */
	EXPECT(!strstr(g->text, "4 "));
	EXPECT_HAS(g->text, "SigBlk:\t0000000000000000");
	EXPECT_HAS(g->text, "SigIgn:\t0000000000000000");
	EXPECT_TEXT(strrchr(g->text, '\t') ? strrchr(g->text, '\t') + 17 : "", "\n0\n");
}

TEST(the_program_starts_in_the_folder_it_was_given)
{
	const char *folder = test_dir();
	static const char *const argv[] = { "pwd", NULL };
	AskSpec spec = run_spec(argv);
	AUTO_FREE char *want = mem_printf("%s\n", folder);

	EXPECT_TEXT(run_once(&spec)->text, "/\n");
	spec.run.cwd = folder;
	EXPECT_TEXT(run_once(&spec)->text, want);
}

TEST(input_is_written_and_then_closed)
{
	static const char *const argv[] = { "wc", "-c", NULL };
	AskSpec spec = run_spec(argv);
	AUTO_FREE char *big = mem_new(3000000);

	memset(big, 'x', 2999999);
	EXPECT_TEXT(run_once(&spec)->text, "0\n"); /* no input is an empty one */
	spec.run.input = big;
	spec.run.input_n = 2999999;
	EXPECT_TEXT(run_once(&spec)->text, "2999999\n");
}

TEST(a_program_that_does_not_want_its_input_is_not_a_failure)
{
	static const char *const argv[] = { "true", NULL };
	AskSpec spec = run_spec(argv);
	AUTO_FREE char *big = mem_new(3000000);
	Got *g;

	spec.run.input = big;
	spec.run.input_n = 3000000;
	g = run_once(&spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT_INT(g->a.run.exit_code, 0);
}

TEST(a_flood_is_read_counted_and_not_kept)
{
	AskSpec spec = shell("head -c 20000000 /dev/zero | tr '\\0' x");
	Got *g;

	spec.run.max_output = 1000;
	g = run_once(&spec);
	EXPECT_INT(g->a.run.exit_code, 0);
	EXPECT_INT(g->a.run.out_total, 20000000);
	EXPECT_INT(g->a.run.out_n, 1000);
	EXPECT_INT(strlen(g->text), 1000);
}

TEST(bytes_that_are_no_text_do_not_cut_the_output)
{
	AskSpec spec = shell("printf 'a\\000b'");
	Got *g = run_once(&spec);

	EXPECT_TEXT(g->text, "a?b");
}

TEST(a_program_that_closes_its_outputs_early_is_waited_for)
{
	AskSpec spec = shell("echo before; exec >&- 2>&-; exit 7");
	Got *g = run_once(&spec);

	EXPECT_TEXT(g->text, "before\n");
	EXPECT_INT(g->a.run.exit_code, 7);
}

TEST(what_cannot_be_started_is_our_own_trouble)
{
	const char *folder = test_dir();
	AUTO_FREE char *plain = mem_printf("%s/plain", folder);
	static const char *const nowhere[] = { "no-such-program-anywhere", NULL };
	const char *const text_file[] = { plain, NULL };
	static const char *const absent[] = { "/no/such/program", NULL };
	static const char *const nothing[] = { NULL };
	AskSpec spec = run_spec(nowhere);
	FILE *f = fopen(plain, "we");
	Got *g;

	(void)fclose(f);
	g = run_once(&spec);
	EXPECT_INT(g->a.fail, FAIL_SELF);
	EXPECT_TEXT(g->error, "run 'no-such-program-anywhere': no such program");
	spec.run.argv = text_file;
	g = run_once(&spec);
	EXPECT_INT(g->a.fail, FAIL_SELF);
	EXPECT_HAS(g->error, "permission denied");
	spec.run.argv = absent;
	EXPECT_TEXT(run_once(&spec)->error, "run '/no/such/program': no such file or directory");
	spec.run.argv = nothing;
	EXPECT_TEXT(run_once(&spec)->error, "no program to run");
	spec = shell("true");
	spec.run.cwd = "/no/such/folder";
	EXPECT_HAS(run_once(&spec)->error, "no such file or directory");
}

TEST(past_its_time_a_program_gets_term_and_its_last_words_are_heard)
{
	AskSpec spec = shell("trap 'echo bye; exit 9' TERM; echo hi; while :; do sleep 100 & wait; "
	                     "done");
	Got *g;

	spec.timeout = milliseconds(300);
	g = run_once(&spec);
	EXPECT_INT(g->a.fail, FAIL_NONE);
	EXPECT(g->a.timed_out && g->a.run.timed_out);
	EXPECT_TEXT(g->text, "hi\nbye\n");
	EXPECT_INT(g->a.run.exit_code, 9);
	EXPECT_TEXT(g->error, "");
}

TEST(a_program_that_ignores_term_is_killed_after_the_grace)
{
	AskSpec spec = shell("trap '' TERM; echo $$; while :; do sleep 100; done");
	Got *g;
	int64_t pid = 0;

	spec.timeout = milliseconds(200);
	spec.run.term_grace = milliseconds(50);
	g = run_once(&spec);
	EXPECT(g->a.run.timed_out);
	EXPECT_INT(g->a.run.exit_code, -1);
	EXPECT_INT(g->a.run.signal, SIGKILL);
	g->text[strcspn(g->text, "\n")] = '\0';
	EXPECT(text_int(g->text, &pid) && is_gone((int)pid));
}

/* Prints the pids of a tree that does all it can to get away: ignored TERM, a session of its
 * own, a parent that is gone. */
#define ESCAPE_ARTISTS                                                                 \
	"trap '' TERM; (setsid sh -c 'trap \"\" TERM; sleep 1000 & echo $!; echo $$; " \
	"sleep 1001' & ); sh -c 'setsid sleep 1002 & echo $!'; "

static void expect_all_gone(char *text, int want)
{
	const char *rest = text;
	char word[32];
	int64_t pid;
	int n = 0;

	for (; text_part(&rest, "\n ", word, sizeof word); n++)
		EXPECT(text_int(word, &pid) && is_gone((int)pid));
	EXPECT_INT(n, want);
}

TEST(past_its_time_the_whole_tree_goes_even_what_left_the_session)
{
	AskSpec spec = shell(ESCAPE_ARTISTS "while :; do sleep 100; done");
	Got *g;

	spec.timeout = milliseconds(400);
	spec.run.term_grace = milliseconds(20);
	g = run_once(&spec);
	EXPECT(g->a.run.timed_out);
	expect_all_gone(g->text, 3);
}

TEST(a_leader_that_obeys_does_not_save_the_rest_of_its_tree)
{
	AskSpec spec = shell("(trap '' TERM; setsid sleep 1003 & echo $!); sleep 1004");
	Got *g;

	spec.timeout = milliseconds(200);
	g = run_once(&spec);
	EXPECT_INT(g->a.run.signal, SIGTERM);
	expect_all_gone(g->text, 1);
}

TEST(a_background_process_left_by_a_good_program_is_left_alone)
{
	AskSpec spec = shell("sleep 1000 & echo $!; exit 0");
	Got *g = run_once(&spec);
	int64_t pid = 0;

	/* It holds our pipe open, which is not waited for either. */
	EXPECT_INT(g->a.run.exit_code, 0);
	EXPECT(!g->a.run.timed_out);
	g->text[strcspn(g->text, "\n")] = '\0';
	ASSERT(text_int(g->text, &pid));
	EXPECT_INT(kill((int)pid, SIGKILL), 0);
}

/* Reads the pids that a script wrote to a file, once they are all there. */
static void wait_for_pids(Loop *loop, const char *path, char *out, size_t cap, int want)
{
	for (int i = 0; i < 20000; i++) {
		FILE *f = fopen(path, "re");
		int lines = 0;

		out[0] = '\0';
		if (f) {
			out[fread(out, 1, cap - 1, f)] = '\0';
			(void)fclose(f);
		}
		for (const char *c = out; *c; c++)
			lines += *c == '\n';
		if (lines == want)
			return;
		loop_turn(loop, milliseconds(1));
	}
}

TEST(a_cancelled_program_is_ended_with_its_tree_and_nobody_is_told)
{
	Loop *loop = test_loop();
	AUTO_FREE char *path = mem_printf("%s/pids", test_dir());
	AUTO_FREE char *script =
	        mem_printf("exec >%s; " ESCAPE_ARTISTS "while :; do sleep 100; done", path);
	AskSpec spec = shell(script);
	static Got g;
	char pids[256];

	spec.run.term_grace = milliseconds(20);
	start_asking(loop, &g, &spec);
	wait_for_pids(loop, path, pids, sizeof pids, 3);
	loop_world(loop)->ask_cancel(loop_world(loop), &g.ask);
	for (int i = 0; i < 200; i++)
		loop_turn(loop, milliseconds(1));
	expect_all_gone(pids, 3);
	EXPECT_INT(g.times, 0);
	loop_free(loop);
}

TEST(programs_do_not_outlive_the_loop)
{
	Loop *loop = test_loop();
	AUTO_FREE char *path = mem_printf("%s/pids", test_dir());
	AUTO_FREE char *script =
	        mem_printf("exec >%s; " ESCAPE_ARTISTS "while :; do sleep 100; done", path);
	AskSpec spec = shell(script);
	static Got g;
	char pids[256];

	start_asking(loop, &g, &spec);
	wait_for_pids(loop, path, pids, sizeof pids, 3);
	loop_free(loop);
	expect_all_gone(pids, 3);
	EXPECT_INT(g.times, 0);
}

TEST(many_programs_at_once_all_come_back)
{
	enum { MANY = 60 };
	static Got g[MANY];
	Loop *loop = test_loop();
	AskSpec spec = shell("echo $$");
	unsigned good = 0;

	for (int i = 0; i < MANY; i++)
		start_asking(loop, &g[i], &spec);
	for (int i = 0; i < MANY; i++) {
		(void)turn_until(loop, &g[i].times, 1);
		good += g[i].a.fail == FAIL_NONE && g[i].a.run.exit_code == 0 && g[i].text[0];
	}
	EXPECT_INT(good, MANY);
	loop_free(loop);
}
