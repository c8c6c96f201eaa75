/* Names into people. A name is looked up in a fixed order, people are kept in the
 * order in which names and lists give them, each once. */
#include "incident/roster.h"

#include "core/text.h"

enum {
	DEPTH = 6, /* audience → team → role → contact, with room for audiences in audiences */
	EDGES = 20000, /* looked at before a search gives up: fifty years of office hours */
	PEOPLE = REACH_MAX
};

/* Everybody behind names, whatever the hour. */
typedef struct People {
	const Contact *contacts[PEOPLE];
	size_t contacts_n;
	const Audience *audiences[PEOPLE]; /* those with plain addresses */
	size_t audiences_n;
	unsigned unstaffed, unknown;
	bool cut;
} People;

static const Zone *zone_of(const Plan *p)
{
	return p->head.timezone ? p->head.timezone : zone_utc();
}

static void add_contact(People *out, const Contact *c)
{
	for (size_t i = 0; i < out->contacts_n; i++) {
		if (out->contacts[i] == c)
			return;
	}
	if (out->contacts_n == PEOPLE)
		out->cut = true;
	else
		out->contacts[out->contacts_n++] = c;
}

static void add_audience(People *out, const Audience *a)
{
	for (size_t i = 0; i < out->audiences_n; i++) {
		if (out->audiences[i] == a)
			return;
	}
	if (out->audiences_n == PEOPLE)
		out->cut = true;
	else
		out->audiences[out->audiences_n++] = a;
}

static void add_role(const Plan *p, const Role *role, People *out)
{
	bool held = false;

	for (size_t i = 0; i < p->contacts_n; i++) {
		if (p->contacts[i].role == role) {
			held = true;
			add_contact(out, &p->contacts[i]);
		}
	}
	out->unstaffed += !held;
}

static void add_name(const Plan *p, const char *name, unsigned depth, People *out);

static void add_team(const Plan *p, const Team *team, unsigned depth, People *out)
{
	bool any = team->members.n > 0;

	for (size_t i = 0; i < team->members.n; i++)
		add_name(p, team->members.at[i], depth + 1, out);
	for (size_t i = 0; i < p->contacts_n; i++) {
		const Role *role = p->contacts[i].role;

		if (role && text_eq(role->team, team->item.id)) {
			any = true;
			add_contact(out, &p->contacts[i]);
		}
	}
	out->unstaffed += !any;
}

/* The part after "role:" when the name begins with that section's word, else NULL. */
static const char *of_section(const char *name, const char *section)
{
	size_t n = strlen(section);

	return strncmp(name, section, n) == 0 && name[n] == ':' ? name + n + 1 : NULL;
}

typedef struct Found {
	const Contact *contact;
	const Role *role;
	const Team *team;
	const Audience *audience;
} Found;

static Found find(const Plan *p, const char *name)
{
	const char *plain = strchr(name, ':') ? NULL : name;
	const char *contact = of_section(name, "contact"), *role = of_section(name, "role");
	const char *team = of_section(name, "team"), *audience = of_section(name, "audience");
	Found f = { 0 };

	if (contact || plain)
		f.contact = plan_contact(p, contact ? contact : plain);
	if (!f.contact && (role || plain))
		f.role = plan_role(p, role ? role : plain);
	if (!f.contact && !f.role && (team || plain))
		f.team = plan_team(p, team ? team : plain);
	if (!f.contact && !f.role && !f.team && (audience || plain))
		f.audience = plan_audience(p, audience ? audience : plain);
	return f;
}

static void add_name(const Plan *p, const char *name, unsigned depth, People *out)
{
	Found f = find(p, name);

	if (depth > DEPTH)
		return;
	if (f.contact) {
		add_contact(out, f.contact);
	} else if (f.role) {
		add_role(p, f.role, out);
	} else if (f.team) {
		add_team(p, f.team, depth, out);
	} else if (f.audience) {
		if (f.audience->to.n || f.audience->source)
			add_audience(out, f.audience);
		for (size_t i = 0; i < f.audience->members.n; i++)
			add_name(p, f.audience->members.at[i], depth + 1, out);
		out->unstaffed +=
		        !f.audience->to.n && !f.audience->source && !f.audience->members.n;
	} else {
		out->unknown++;
	}
}

static bool has_address(const Contact *c)
{
	return !text_is_empty(c->email) || !text_is_empty(c->phone) || c->via.n > 0;
}

bool roster_contact_reachable(const Plan *p, const Contact *c, Instant now, bool *ret_oncall)
{
	bool usual = !c->hours.set || hours_open(&c->hours, zone_of(p), now);
	bool oncall = c->oncall.set && hours_open(&c->oncall, zone_of(p), now);

	if (ret_oncall)
		*ret_oncall = oncall && !usual;
	return has_address(c) && (usual || oncall);
}

static void add_reach(ReachList *l, const char *id, bool oncall, bool is_audience)
{
	Reach *r;

	if (l->n == REACH_MAX) {
		l->cut = true;
		return;
	}
	r = &l->at[l->n++];
	text_copy(r->id, sizeof r->id, id);
	r->oncall = oncall;
	r->is_audience = is_audience;
}

void roster_reach(const Plan *p, const char *const *names, size_t n, Instant now, ReachList *ret)
{
	People all = { 0 };

	*ret = (ReachList){ 0 };
	for (size_t i = 0; i < n; i++)
		add_name(p, names[i], 0, &all);
	ret->unstaffed = all.unstaffed;
	ret->unknown = all.unknown;
	ret->cut = all.cut;
	for (size_t i = 0; i < all.contacts_n; i++) {
		const Contact *c = all.contacts[i];
		bool oncall = false;

		if (roster_contact_reachable(p, c, now, &oncall))
			add_reach(ret, c->item.id, oncall, false);
		else if (has_address(c))
			ret->away++;
		else
			ret->unfilled++;
	}
	for (size_t i = 0; i < all.audiences_n; i++)
		add_reach(ret, all.audiences[i]->item.id, false, true);
}

size_t roster_people(const Plan *p, const char *name, const Contact **ret, size_t cap)
{
	People all = { 0 };

	add_name(p, name, 0, &all);
	for (size_t i = 0; i < all.contacts_n && i < cap; i++)
		ret[i] = all.contacts[i];
	return all.contacts_n;
}

/* ---- in time ---- */

static Instant next_edge(const Plan *p, const People *all, Instant now)
{
	Instant edge = NEVER;

	for (size_t i = 0; i < all->contacts_n; i++) {
		const Contact *c = all->contacts[i];

		if (!has_address(c) || !c->hours.set)
			continue; /* never or always there */
		edge = earliest(edge, hours_next_edge(&c->hours, zone_of(p), now));
		if (c->oncall.set)
			edge = earliest(edge, hours_next_edge(&c->oncall, zone_of(p), now));
	}
	return edge;
}

static bool anybody(const Plan *p, const People *all, Instant now)
{
	for (size_t i = 0; i < all->contacts_n; i++) {
		if (roster_contact_reachable(p, all->contacts[i], now, NULL))
			return true;
	}
	return all->audiences_n > 0;
}

static bool same_people(const Plan *p, const People *all, Instant a, Instant b)
{
	for (size_t i = 0; i < all->contacts_n; i++) {
		if (roster_contact_reachable(p, all->contacts[i], a, NULL) !=
		    roster_contact_reachable(p, all->contacts[i], b, NULL))
			return false;
	}
	return true;
}

/* An edge of one timetable may change nobody's being there (on call from 18:00 when
 * the office closes at 18:00): such edges are passed over. */
static Instant next_change(const Plan *p, const People *all, Instant now)
{
	Instant t = now;

	for (int i = 0; i < EDGES; i++) {
		t = next_edge(p, all, t);
		if (!is_set(t))
			return NEVER;
		if (!same_people(p, all, now, t))
			return t;
	}
	return NEVER;
}

Instant roster_next_change(const Plan *p, const char *name, Instant now)
{
	People all = { 0 };

	add_name(p, name, 0, &all);
	return next_change(p, &all, now);
}

static Instant next_when(const Plan *p, const People *all, Instant t, Instant until, bool there)
{
	for (int i = 0; i < EDGES && is_set(t) && earlier(t, until); i++) {
		if (anybody(p, all, t) == there)
			return t;
		t = next_edge(p, all, t);
	}
	return NEVER;
}

Instant roster_next_reachable(const Plan *p, const char *name, Instant now)
{
	People all = { 0 };

	add_name(p, name, 0, &all);
	return next_when(p, &all, now, NEVER, true);
}

bool roster_gap(const Plan *p, const char *name, Instant from, Instant until, Instant *ret_from,
                Instant *ret_to)
{
	People all = { 0 };
	Instant start;

	add_name(p, name, 0, &all);
	start = next_when(p, &all, from, until, false);
	if (!is_set(start))
		return false;
	*ret_from = start;
	*ret_to = earliest(until, next_when(p, &all, start, until, true));
	return true;
}

size_t roster_names(const void *plan, const char *const *names, size_t n, Instant now,
                    char out[TELL_NAMES][64], bool *ret_unstaffed)
{
	ReachList list;
	size_t found;

	roster_reach(plan, names, n, now, &list);
	found = list.n < TELL_NAMES ? list.n : TELL_NAMES;
	for (size_t i = 0; i < found; i++)
		text_copy(out[i], 64, list.at[i].id);
	if (ret_unstaffed)
		*ret_unstaffed = list.n == 0 && list.away == 0;
	return found;
}

void roster_view(const Plan *p, const char *name, Instant now, Duration horizon, RosterView *ret)
{
	*ret = (RosterView){ .gap_from = LONG_AGO, .gap_to = LONG_AGO };
	roster_reach(p, &name, 1, now, &ret->now);
	ret->change = roster_next_change(p, name, now);
	if (is_set(ret->change))
		roster_reach(p, &name, 1, ret->change, &ret->next);
	(void)roster_gap(p, name, now, after(now, horizon), &ret->gap_from, &ret->gap_to);
}
