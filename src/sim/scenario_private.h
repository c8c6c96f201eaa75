/* What the scenario's files share: the scene, the words of a line. */
#pragma once
#include "sim/scenario.h"

#include "core/list.h"
#include "core/map.h"
#include "engine/engine.h"
#include "sim/sim.h"

enum { WORDS_MAX = 24 };

/* Something to come: a line of the story, or what a person does. */
typedef struct Dated {
	Instant at;
	uint64_t order;
	char *line;        /* or NULL and */
	struct Deed *deed; /* of people.c */
} Dated;

typedef struct People People;

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
	LIST(Dated) dated;
	uint64_t order;
	bool begun;   /* the engine was started once */
	bool in_line; /* a dated line is being said */
	People *people;
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

/* targets.c: what a check's target answers when all is well, and what it is called in the
 * simulated world; false: it asks nobody. */
SimAnswer target_healthy(const Plan *p, const Check *c);
bool target_pattern(const Plan *p, const Check *c, char out[256]);
void targets_well(Sim *sim, const Plan *p);

/* people.c: those who answer pages and confirm tasks. */
People *people_new(void);
void people_free(People *p);
bool people_say(Scene *s, const Words *w); /* a `people` line */
void people_saw(Scene *s, const RecordType *type, const void *record);
void people_begin(Scene *s);                 /* heartbeats that are expected */
void people_do(Scene *s, struct Deed *deed); /* its time has come; frees it */
void deed_free(struct Deed *deed);
/* `line` and `deed` are taken over. */
void scenario_later(Scene *s, Instant at, char *line, struct Deed *deed);
/* scenario_time.c */
bool scenario_pass(Scene *s, Duration d);
bool scenario_at(Scene *s, const Words *w); /* an `at` line */
bool scenario_survive(Scene *s);            /* carries out a crash that was asked for */
bool scenario_say(Scene *s, const char *line);
bool scenario_span(const char *text, Duration *ret, Err *err);
const char *scenario_word(const Words *w, size_t i); /* "" past the end */
bool scenario_begin(Scene *s);                       /* starts the engine if it is not running */
/* Carries out the command of words [from, to): name, then key=value arguments. */
bool scenario_command(Scene *s, const Words *w, size_t from, size_t to, Buf *out);
/* scenario_expect.c: judges an `expect` line. */
bool scenario_expect(Scene *s, const Words *w);
