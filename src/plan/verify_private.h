/* What the checks of whole entries share (verify*.c), beside what load_private.h has.
 * Private to plan/. */
#pragma once
#include "plan/load_private.h"

/* env is an environment of some service; NULL is fine. */
void plan_need_env_somewhere(const Verify *v, const char *env, const char *key);
/* Some occurrence falls on a day that `days` allows. */
void plan_need_days(const Verify *v, const char *key, const Schedule *at, const Hours *days);

/* ---- verify_work.c ---- */
void plan_verify_steps(Loader *l);
/* Two steps of one list must not have one name, or what is said of one is said of the
 * other. `key` is the list. */
void plan_need_names_apart(const Verify *v, const char *key, const WorkItem *items, size_t n);
