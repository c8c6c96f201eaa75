#include "report/facts.h"

#include "core/text.h"

const char *status_state_name(StatusState s)
{
	switch (s) {
	case STATUS_UP: return "up";
	case STATUS_DEGRADED: return "degraded";
	case STATUS_DOWN: return "down";
	case STATUS_MAINTENANCE: return "maintenance";
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return "unknown";
}

/* Not knowing weighs more than a planned closure: it may hide an outage. */
static int weight(StatusState s)
{
	static const int weights[STATUS_STATES] = {
		[STATUS_UP] = 0,       [STATUS_MAINTENANCE] = 1, [STATUS_UNKNOWN] = 2,
		[STATUS_DEGRADED] = 3, [STATUS_DOWN] = 4,
	};

	return s < STATUS_STATES ? weights[s] : weights[STATUS_UNKNOWN];
}

StatusState status_overall(const StatusFacts *f)
{
	StatusState worst = f->parts_n ? STATUS_UP : STATUS_UNKNOWN;

	for (size_t i = 0; i < f->parts_n; i++) {
		if (weight(f->parts[i].state) > weight(worst))
			worst = f->parts[i].state;
	}
	return worst;
}

const StatusPart *status_part(const StatusFacts *f, const char *id)
{
	for (size_t i = 0; i < f->parts_n; i++) {
		if (text_eq(f->parts[i].id, id))
			return &f->parts[i];
	}
	return NULL;
}
