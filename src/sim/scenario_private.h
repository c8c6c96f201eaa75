/* What the scenario's files share: the scene, the words of a line. */
#pragma once
#include "sim/scenario.h"

#include "core/list.h"
#include "core/map.h"
#include "engine/engine.h"
#include "sim/sim.h"

enum { WORDS_MAX = 24 };

typedef struct Mail {
	char *to, *subject, *message;
	bool taken;
} Mail;

typedef struct Scene {
	const ScenarioOptions *o;
	ScenarioResult *r;
	char *folder;
	const Zone *zone;
	Sim *sim;
	Store *store;
	Engine *engine;
	Map env; /* name → char * */
	char *plan_path;
	Instant start;
	uint64_t seed;
	bool crashed; /* the engine asked to be killed */
	LIST(Mail) mails;
	LIST(char *) calls;
	Map handed; /* message id → (void *)count */
	Err *err;
} Scene;

typedef struct Words {
	char *at[WORDS_MAX];
	size_t n;
	char *line; /* owns them */
} Words;

const char *scenario_word(const Words *w, size_t i); /* "" past the end */
bool scenario_begin(Scene *s);                       /* starts the engine if it is not running */
/* Carries out the command of words [from, to): name, then key=value arguments. */
bool scenario_command(Scene *s, const Words *w, size_t from, size_t to, Buf *out);
/* scenario_expect.c: judges an `expect` line. */
bool scenario_expect(Scene *s, const Words *w);
