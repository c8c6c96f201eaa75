/* Time in a scenario: what is dated is done when it comes, between the world's events. */
#include "sim/scenario_private.h"

#include "core/text.h"

void scenario_later(Scene *s, Instant at, char *line, struct Deed *deed)
{
	list_add(&s->dated, ((Dated){ at, s->order++, line, deed }));
}

/* Index of the first one to come; `lines_only`: of the story's. n: none. */
static size_t first_dated(const Scene *s, bool lines_only)
{
	size_t best = s->dated.n;

	for (size_t i = 0; i < s->dated.n; i++) {
		const Dated *d = &s->dated.at[i], *b = &s->dated.at[best < s->dated.n ? best : i];

		if (lines_only && !d->line)
			continue;
		if (best == s->dated.n || earlier(d->at, b->at) ||
		    (d->at.us == b->at.us && d->order < b->order))
			best = i;
	}
	return best;
}

/* When it is, on the monotonic clock. */
static int64_t mono_of(World *w, Instant at)
{
	return w->mono(w).us + between(world_now(w), at).us;
}

/* Answers stay as they are until the story says otherwise; people change none. */
static void promise(Scene *s, int64_t end)
{
	World *w = sim_world(s->sim);
	size_t i = first_dated(s, true);

	if (i < s->dated.n && mono_of(w, s->dated.at[i].at) < end)
		end = mono_of(w, s->dated.at[i].at);
	sim_promise(s->sim, (Duration){ end - w->mono(w).us });
}

static bool do_dated(Scene *s, size_t i)
{
	Dated d = s->dated.at[i];
	bool ok = true;

	list_remove(&s->dated, i);
	if (d.deed) {
		people_do(s, d.deed);
		return scenario_survive(s);
	}
	s->in_line = true;
	ok = scenario_say(s, d.line) || (err_wrap(s->err, "at its time, '%s'", d.line), false);
	s->in_line = false;
	mem_free(d.line);
	return ok && scenario_survive(s);
}

/* Runs what is due before `limit`, and stops early when something dated comes up. */
static bool run_until(Scene *s, int64_t end)
{
	World *w = sim_world(s->sim);

	for (;;) {
		size_t i = first_dated(s, false);
		int64_t limit = end;
		bool dated = i < s->dated.n && mono_of(w, s->dated.at[i].at) <= limit;

		if (dated)
			limit = mono_of(w, s->dated.at[i].at);
		if (limit > w->mono(w).us) {
			if (sim_step(s->sim, (Duration){ limit - w->mono(w).us })) {
				if (!scenario_survive(s))
					return false;
				continue;
			}
			sim_pass(s->sim, (Duration){ limit - w->mono(w).us });
		}
		if (dated && !do_dated(s, i))
			return false;
		if (!dated)
			return scenario_survive(s);
		promise(s, end);
	}
}

bool scenario_pass(Scene *s, Duration d)
{
	World *w = sim_world(s->sim);
	int64_t end = w->mono(w).us + d.us;

	if (s->in_line)
		return err_set(s->err, ERR_BAD_INPUT, "time passes by itself in a dated line");
	promise(s, end);
	return run_until(s, end);
}

/* "at 2027-03-28 02:30 STATEMENT …" */
bool scenario_at(Scene *s, const Words *w)
{
	AUTO_FREE char *text = mem_printf("%sT%s:00Z", scenario_word(w, 1), scenario_word(w, 2));
	AUTO(Buf) line = { 0 };
	const Zone *zone;
	Instant t;

	if (w->n < 4 || !instant_parse(text, &t))
		return err_set(s->err, ERR_BAD_INPUT, "at DATE TIME STATEMENT");
	if (!scenario_begin(s))
		return false;
	zone = s->zone ? s->zone : engine_plan(s->engine)->head.timezone;
	t = zone_instant(zone, zone_civil(zone_utc(), t), PICK_FIRST, NULL);
	if (earlier(t, world_now(sim_world(s->sim))))
		return err_set(s->err, ERR_BAD_INPUT, "%s %s is over already", scenario_word(w, 1),
		               scenario_word(w, 2));
	for (size_t i = 3; i < w->n; i++)
		buf_printf(&line, "%s\"%s\"", i > 3 ? " " : "", w->at[i]);
	scenario_later(s, t, buf_take(&line), NULL);
	return true;
}
