/* When to look: a check's slots, spread so that a thousand checks do not fire
 * together, and the plan's silence filled with mechanism, never with a promise. */
#include "check/status.h"

#include <string.h>

static Duration or_else(Span s, Duration ours)
{
	Duration d = span_estimate(s);

	return d.us > 0 ? d : ours;
}

/* Ours where the plan gives no interval: a page each minute, what changes slowly less often. */
Duration check_every(const Check *c)
{
	switch (c->type) {
	case CHECK_TLS: return or_else(c->how->every, hours(6));
	case CHECK_COMMAND:
	case CHECK_JOURNEY: return or_else(c->how->every, minutes(5));
	case CHECK_HTTP:
	case CHECK_HTTP_HEAD:
	case CHECK_TCP:
	case CHECK_DNS:
	case CHECK_ICMP:
	case CHECK_DB_PING:
	case CHECK_UNIT:
	case CHECK_PUSH:
	case CHECK_IMPORT: break;
	}
	return or_else(c->how->every, minutes(1));
}

Duration check_retry_every(const Check *c)
{
	Duration fifth = duration_us(check_every(c).us / 5);

	if (fifth.us > seconds(30).us)
		fifth = seconds(30);
	if (fifth.us < seconds(1).us)
		fifth = seconds(1);
	return or_else(c->how->retry_every, fifth);
}

/* A signal, its absence at the deadline, and an imported verdict are facts: they are not
 * asked for again, so nothing could ever confirm them. */
int check_retries(const Check *c)
{
	if (c->type == CHECK_PUSH || c->type == CHECK_IMPORT)
		return 0;
	return c->how->retries < 0 ? 1 : c->how->retries;
}

int check_successes(const Check *c)
{
	bool asked = c->type != CHECK_PUSH && c->type != CHECK_IMPORT;

	return asked && c->how->successes > 0 ? c->how->successes : 1;
}

/* FNV-1a with a finaliser (Fowler, Noll, Vo; finaliser of MurmurHash3): ids that
 * differ in their last letter land far apart. */
static uint64_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	return h;
}

/* Starts fall on a grid: a thousand checks a second wake the program four times for it,
 * not a thousand. A wake-up costs more than the probe it is for. */
enum { GRID_US = 250000 };

Duration check_phase(const char *id, Duration every)
{
	int64_t phase = every.us > 0 ? (int64_t)(hash(id) % (uint64_t)every.us) : 0;

	return duration_us(every.us >= 4 * GRID_US ? phase - phase % GRID_US : phase);
}

Instant check_due_after(const Check *c, Instant t)
{
	int64_t every = check_every(c).us, phase = check_phase(c->item.id, check_every(c)).us;
	int64_t since = t.us - phase, k = since / every;

	if (since < 0 && since % every != 0)
		k--; /* towards the past, not towards zero */
	return (Instant){ phase + (k + 1) * every };
}

Instant check_first_due(const Check *c, Instant now)
{
	Duration spread = check_every(c);

	if (spread.us > minutes(1).us)
		spread = minutes(1);
	return after(now, check_phase(c->item.id, spread));
}

/* A first result writes more than those after it: at ten thousand a second a million come up
 * without a queue. */
enum { FIRST_US = 100 };

Instant check_first_due_in_order(const Check *c, size_t place, size_t of, Instant now)
{
	int64_t n = (int64_t)of, spread = check_every(c).us, offset;

	if (spread > minutes(1).us)
		spread = minutes(1).us;
	if (spread < n * FIRST_US)
		spread = n * FIRST_US;
	offset = (int64_t)((double)spread / (double)n * (double)place);
	return after(now, duration_us(spread >= 4 * GRID_US ? offset - offset % GRID_US : offset));
}
