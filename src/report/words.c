/* The words of the status page: one for each state, the same everywhere. */
#include "core/text.h"
#include "report/status_private.h"

const char *state_word(Lang lang, StatusState s)
{
	switch (s) {
	case STATUS_UP: return tr(lang, "Operational");
	case STATUS_DEGRADED: return tr(lang, "Degraded");
	case STATUS_DOWN: return tr(lang, "Down");
	case STATUS_MAINTENANCE: return tr(lang, "Under maintenance");
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return tr(lang, "Not measured");
}

const char *impact_word(Lang lang, StatusState impact)
{
	switch (impact) {
	case STATUS_UP: return tr(lang, "no interruption expected");
	case STATUS_DEGRADED: return tr(lang, "slower or partial service");
	case STATUS_DOWN:
	case STATUS_MAINTENANCE: return tr(lang, "service interrupted");
	case STATUS_UNKNOWN:
	case STATUS_STATES: break;
	}
	return tr(lang, "effect on users not stated");
}

const char *phase_word(Lang lang, const char *state)
{
	static const struct {
		const char *state, *word;
	} words[] = {
		{ "open", TR_NOOP("Detected") },
		{ "qualified", TR_NOOP("Detected") },
		{ "acknowledged", TR_NOOP("Being worked on") },
		{ "investigating", TR_NOOP("Being worked on") },
		{ "mitigated", TR_NOOP("Worked around") },
		{ "resolved", TR_NOOP("Restored") },
		{ "watching", TR_NOOP("Restored, kept under watch") },
		{ "postmortem", TR_NOOP("Over") },
		{ "closed", TR_NOOP("Over") },
		{ "cancelled", TR_NOOP("False alarm") },
	};

	for (size_t i = 0; state && i < sizeof words / sizeof *words; i++) {
		if (text_eq(words[i].state, state))
			return tr(lang, words[i].word);
	}
	return state ? state : "";
}

const char *part_label(const StatusPart *part) { return part->label ? part->label : part->id; }

void part_names(Page *p, const char *const *ids, size_t n)
{
	const char *and = p->lang == LANG_FR ? " et " : " and ";
	const StatusPart *known = NULL, *next;
	bool first = true;

	/* One behind, so that the last one met is the one that takes the "and". */
	for (size_t i = 0; i < n; i++) {
		next = status_part(p->f, ids[i]);
		if (!next)
			continue;
		if (known) {
			buf_text(p->out, first ? "" : ", ");
			page_text(p, part_label(known));
			first = false;
		}
		known = next;
	}
	if (known) {
		buf_text(p->out, first ? "" : and);
		page_text(p, part_label(known));
	}
}

bool incident_is_over(const StatusIncident *i) { return is_set(i->ended); }

StatusState incident_state(const StatusIncident *i)
{
	return incident_is_over(i) ? STATUS_UP : i->impact;
}
