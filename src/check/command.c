/* Kind command: a program whose exit code is the verdict. 0 is up unless `expect`
 * lists other codes; everything else is down. Performance data after a '|' in the
 * first line ("time=0.2s;1;2 size=12KB") becomes measures. */
#include "check/check_private.h"
#include "core/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool first_number(const char *s, double *ret)
{
	for (; *s; s++) {
		char *end;
		double x;
		bool sign = *s == '-' && isdigit((unsigned char)s[1]);

		if (!isdigit((unsigned char)*s) && !sign)
			continue;
		x = strtod(s, &end);
		if (!isfinite(x))
			return false;
		*ret = x;
		return true;
	}
	return false;
}

static bool exit_expected(const Texts *expect, int code)
{
	char text[16];

	(void)snprintf(text, sizeof text, "%d", code);
	if (expect->n == 0)
		return code == 0;
	for (size_t i = 0; i < expect->n; i++) {
		if (strcmp(expect->at[i], text) == 0)
			return true;
	}
	return false;
}

/* The program's own words: its last non-empty line, errors first. */
static void last_line(const RunAnswer *a, char out[160])
{
	const char *text = a->err_n ? a->err : a->out, *from;
	size_t n = text ? strlen(text) : 0;

	out[0] = '\0';
	if (n == 0)
		return;
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	from = text + n;
	while (from > text && from[-1] != '\n')
		from--;
	if (n)
		(void)snprintf(out, 160, ": %.*s", (int)(text + n - from), from);
}

static const struct {
	const char *suffix;
	double factor;
	Unit unit;
} perf_units[] = {
	{ "us", 1e-6, UNIT_SECONDS },
	{ "ms", 1e-3, UNIT_SECONDS },
	{ "s", 1, UNIT_SECONDS },
	{ "%", 1, UNIT_PERCENT },
	{ "TB", 1099511627776.0, UNIT_BYTES },
	{ "GB", 1073741824.0, UNIT_BYTES },
	{ "MB", 1048576.0, UNIT_BYTES },
	{ "KB", 1024.0, UNIT_BYTES },
	{ "B", 1, UNIT_BYTES },
	{ "c", 1, UNIT_NONE },
};

static void take_perf(CheckResult *r, const char *name, const char *value)
{
	char *end;
	double x = strtod(value, &end), factor = 1;
	Unit unit = UNIT_NONE;
	char suffix[8];
	size_t n = strcspn(end, ";");

	if (end == value || n >= sizeof suffix)
		return;
	memcpy(suffix, end, n);
	suffix[n] = '\0';
	for (size_t i = 0; i < COUNT_OF(perf_units); i++) {
		if (strcmp(perf_units[i].suffix, suffix) == 0) {
			factor = perf_units[i].factor;
			unit = perf_units[i].unit;
		}
	}
	check_measure(r, name, "", x * factor, unit);
}

/* Names are made series names: letters, digits and '_', without the quotes. */
static bool perf_name(char *name)
{
	bool any = false;
	size_t n = strlen(name);

	if (n > 1 && name[0] == '\'' && name[n - 1] == '\'') {
		memmove(name, name + 1, n - 2);
		name[n - 2] = '\0';
	}
	for (char *c = name; *c; c++) {
		if (isalnum((unsigned char)*c))
			any = true;
		else
			*c = '_';
	}
	return any;
}

void command_perf(const char *out, CheckResult *r)
{
	char line[1024], item[128];
	const char *bar, *rest;
	char *eq;
	size_t n = strcspn(out, "\n");

	if (n >= sizeof line)
		return;
	memcpy(line, out, n);
	line[n] = '\0';
	bar = strchr(line, '|');
	if (!bar)
		return;
	rest = bar + 1;
	while (*rest) {
		if (!text_part(&rest, " \t", item, sizeof item))
			continue;
		eq = strchr(item, '=');
		if (!eq || eq - item > 31)
			continue;
		*eq = '\0';
		if (perf_name(item))
			take_perf(r, item, eq + 1);
	}
}

void command_judge(const Check *c, const RunAnswer *a, Duration limit, CheckResult *r)
{
	char code[16], want[96] = "0", words[160], t[DURATION_TEXT];

	command_perf(a->out ? a->out : "", r);
	last_line(a, words);
	for (size_t i = 0, n = 0; i < c->how->expect.n && n < sizeof want; i++)
		n += (size_t)snprintf(want + n, sizeof want - n, i ? ", %s" : "%s",
		                      c->how->expect.at[i]);
	result_not(r, CHECK_DOWN);
	if (a->timed_out) {
		r->timed_out = true;
		SAY(r, REASON_RUN_TIMEOUT, duration_print(limit, t));
	} else if (a->exit_code < 0) {
		(void)snprintf(code, sizeof code, "%d", a->signal);
		SAY(r, REASON_SIGNAL, code, words);
	} else if (!exit_expected(&c->how->expect, a->exit_code)) {
		(void)snprintf(code, sizeof code, "%d", a->exit_code);
		SAY(r, REASON_EXIT, code, want, words);
	} else {
		result_up(r);
		result_slow(r, &c->how->slow);
	}
}

static void on_run(Ask *ask, const Answer *a)
{
	CheckRun *run = CONTAINER_OF(ask, CheckRun, ask);

	result_took(&run->res, a);
	if (a->fail != FAIL_NONE)
		result_world_failure(&run->res, a, run->check->how->run.at[0], run->limit);
	else
		command_judge(run->check, &a->run, run->limit, &run->res);
	run_finish(run);
}

static void begin(CheckRun *run)
{
	const Check *c = run->check;

	text_copy(run->host, sizeof run->host, "localhost");
	if (c->how->run.n == 0) {
		run_bad_target(run, NULL);
		return;
	}
	run->spec = (AskSpec){ .kind = ASK_RUN };
	run->spec.run.argv = c->how->run.at;
	run->spec.run.cwd = c->how->cwd;
	run->spec.run.secret_env = c->how->secret ? "CARENE_SECRET" : NULL;
	run->spec.run.secret = c->how->secret;
	run_ask(run, on_run);
}

const CheckKind command_kind = { sizeof(CheckRun), begin };
