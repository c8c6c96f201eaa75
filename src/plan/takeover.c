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

Origin origin_kept(const Loader *l, const Origin *o, const Check *c, size_t findings)
{
	bool clean = l->report.found.n + l->report.dropped == findings;

	return clean && stands_alone(c) ? *o : nowhere;
}

static bool is_same(const Origin *a, const Origin *b) { return memcmp(a, b, sizeof *a) == 0; }

Before takeover_look(Loader *l, const LineEntry *e, const char *name)
{
	const Plan *p = l->before;
	bool settled = e && e->settled;
	Before b = { .origin = settled ? origin_of_text(l, e) : nowhere, .number = l->before_at };
	const Check *c;

	if (!p)
		return b;
	/* Mostly it is the next one, word for word. */
	b.known = b.same = settled && b.number < p->checks_n &&
	                   is_same(&p->index->checks[b.number], &b.origin);
	if (!b.known) {
		if (!(c = plan_check(p, name)))
			return b;
		b.known = true;
		b.number = (size_t)(c - p->checks);
		b.same = settled && is_same(&p->index->checks[b.number], &b.origin);
	}
	l->before_at = b.number + 1;
	return b;
}

static const Service *same_service(Loader *l, const Service *was)
{
	size_t i = (size_t)(was - l->before->services);

	if (!l->services[i])
		l->services[i] = plan_service(l->plan, was->item.id);
	return l->services[i];
}

bool takeover(Loader *l, const LineEntry *e, const Before *b, Check *ret)
{
	const Check *was = &l->before->checks[b->number];
	const Service *service = was->service ? same_service(l, was->service) : NULL;

	if (!b->same || (was->service && !service))
		return false;
	*ret = *was;
	ret->service = service;
	ret->item.at = (Place){ l->plan->path, e->line, l->cut.indent + 1 };
	return true;
}
