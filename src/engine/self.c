/* Carène's own trouble, said as its own: the store, the network, the plan, the time
 * it was not there. None of it is ever the target's downtime. */
#include "engine/engine_private.h"

enum { BEAT_S = 15, SLOW_BEAT_S = 300, REHEARSED_BEAT_S = 6 * 3600 };

/* Tells the plan's people about Carène itself. `what` names the trouble; each
 * episode tells once that it began and once that it is over. */
void self_alarm(Engine *e, const char *what, const char *title, const char *text, bool over)
{
	Effects fx = { 0 };
	AUTO_FREE char *subject = mem_printf("carene:%s", what);
	AUTO_FREE char *key = mem_printf("self:%s:%lld:%s", what, (long long)(e->now.us / 1000000),
	                                 over ? "over" : "begun");
	Tell *t;

	effects_entry(&fx, e->now, over ? "carene.recovered" : "carene.trouble", subject, "carene",
	              NULL);
	text_copy(fx.entries.at[0].note, sizeof fx.entries.at[0].note, text);
	t = effects_tell(&fx, TELL_SELF, subject, key);
	t->rank = 1;
	t->recovery = over;
	(void)snprintf(t->text, sizeof t->text, "%s: %s", title, text);
	engine_apply(e, &fx);
}

void self_storage_failed(Engine *e, const Err *err)
{
	bool first = !is_set(e->storage_bad_since);

	text_copy(e->storage_error, sizeof e->storage_error, err->message);
	if (!first)
		return;
	e->storage_bad_since = e->now;
	/* The alarm itself is written once the store works again; it is sent now. */
	self_alarm(e, "storage",
	           tr(lang_parse(e->plan->head.language), "Carène cannot write its data"),
	           err->message, false);
	view_touch(e);
}

void self_storage_works(Engine *e)
{
	samples_say_lost(e);
	e->storage_bad_since = LONG_AGO;
	self_alarm(e, "storage",
	           tr(lang_parse(e->plan->head.language), "Carène writes its data again"),
	           e->storage_error, true);
	view_touch(e);
}

static Duration beat_of(const Engine *e)
{
	return seconds(e->rehearsal ? REHEARSED_BEAT_S : BEAT_S);
}

/* What has no weight (last results of checks that are up, roll-ups) is written every few
 * minutes with whatever is committed then, not with each result; many watches in slices, one
 * with each commit. */
void self_slow_beat(Engine *e)
{
	if (is_due(e->slow_at, e->now)) {
		e->slow = e->rehearsal;
		/* A rehearsal writes it when it stops: nobody pulls its plug unasked. */
		e->slow_at = e->rehearsal ? NEVER : after(e->now, seconds(SLOW_BEAT_S));
		if (e->saving == SIZE_MAX)
			e->saving = 0;
	}
	watch_save_slice(e);
}

/* Who is handed probes and gives none back leaves states as they were: that is told, for
 * nothing else would show it. */
static void look_at_prober(Engine *e)
{
	bool alive = e->prober->alive(e->prober);
	Lang lang = lang_parse(e->plan->head.language);

	if (alive != is_set(e->stuck_since))
		return;
	e->stuck_since = alive ? LONG_AGO : e->now;
	self_alarm(e, "lanes",
	           alive ? tr(lang, "All checks are carried out again")
	                 : tr(lang, "Some checks are not carried out"),
	           tr(lang, "a probe lane did not answer"), alive);
	view_touch(e);
}

/* "I was here": what a restart measures its absence by. */
void self_beat(Engine *e)
{
	char at[INSTANT_TEXT];

	if (is_set(e->alive_at) && between(e->alive_at, e->now).us < beat_of(e).us)
		return;
	e->alive_at = e->now;
	look_at_prober(e);
	batch_meta(e->batch, "alive", instant_print(e->now, at));
	if (e->rehearsal && is_due(e->trim_at, e->now)) {
		series_trim(e->series, e->now);
		e->trim_at = after(e->now, hours(1));
	}
	if (!e->rehearsal)
		samples_say_damage(e);
}

Instant self_next(const Engine *e) { return after(e->alive_at, beat_of(e)); }
