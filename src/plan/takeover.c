/* Whether a check of the plan before is still what its text says. */
#include "plan/takeover.h"

#include <sodium.h>

/* No secret: chance is what it keeps out, not malice. Who writes the plan owns it. */
static const unsigned char hash_key[crypto_shorthash_siphashx24_KEYBYTES] = "carene's entries";

static const Origin nowhere;

static Origin origin_of_text(const Loader *l, const LineEntry *e)
{
	Origin o;

	_Static_assert(sizeof o.hash == crypto_shorthash_siphashx24_BYTES, "SipHash of 128 bits");
	(void)crypto_shorthash_siphashx24(o.hash, (const unsigned char *)l->report.text + e->at,
	                                  e->n, hash_key);
	return o;
}

/* Its memory is the share's, and it points to nothing but its service. What names other
 * entries is judged again by being read again. */
static bool stands_alone(const Check *c)
{
	const CheckHow *h = c->how;

	return !h->secret && !h->db && !h->steps && !h->depends.n && !c->item.owner.n;
}

Origin origin_of(const Loader *l, const LineEntry *e, const Check *c, size_t findings)
{
	bool clean = l->report.found.n + l->report.dropped == findings;

	return clean && e->settled && stands_alone(c) ? origin_of_text(l, e) : nowhere;
}

static bool is_same(const Origin *a, const Origin *b) { return memcmp(a, b, sizeof *a) == 0; }

/* Its number in the plan before. Mostly it is the next one: the id is looked up only
 * where entries were added, removed or moved. */
static bool find_before(Loader *l, const LineEntry *e, const Origin *o, size_t *ret)
{
	const Plan *p = l->before;
	const Origin *origins = p->index->checks;
	size_t from = e->at + l->cut.indent, n = strcspn(l->report.text + from, ": ");
	char id[64];
	const Check *c;

	if (l->before_at < p->checks_n && is_same(&origins[l->before_at], o)) {
		*ret = l->before_at;
		return true;
	}
	if (n >= sizeof id)
		return false;
	memcpy(id, l->report.text + from, n);
	id[n] = '\0';
	c = plan_check(p, id);
	if (!c)
		return false;
	*ret = (size_t)(c - p->checks);
	l->before_at = *ret + 1; /* changed here: the next one is expected behind it */
	return is_same(&origins[*ret], o);
}

static const Service *same_service(Loader *l, const Service *was)
{
	size_t i = (size_t)(was - l->before->services);

	if (!l->services[i])
		l->services[i] = plan_service(l->plan, was->item.id);
	return l->services[i];
}

bool takeover(Loader *l, const LineEntry *e, Check *ret, Origin *ret_origin)
{
	size_t i;

	if (!l->before || !e->settled)
		return false;
	*ret_origin = origin_of_text(l, e);
	if (!find_before(l, e, ret_origin, &i))
		return false;
	*ret = l->before->checks[i];
	ret->item.at = (Place){ l->plan->path, e->line, l->cut.indent + 1 };
	if (ret->service && !(ret->service = same_service(l, ret->service)))
		return false;
	l->before_at = i + 1;
	return true;
}
