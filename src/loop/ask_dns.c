/* One question to the name servers, as a target of its own: a fresh channel, so
 * nothing is shared with the look-ups that other questions need. c-ares asks the
 * second server when the first is silent or fails, and over TCP when UDP cut the
 * answer off. */
#include "loop/dns_message.h"
#include "loop/loop_private.h"

#include "core/text.h"

#include <ares.h>

typedef struct DnsJob {
	Job job;
	struct DnsQuery *query;
	DnsRecords records;
} DnsJob;

/* c-ares may still answer after the job is gone. */
typedef struct DnsQuery {
	DnsJob *job; /* NULL: nobody waits */
	Channel *channel;
	uint16_t type;
	bool again; /* asked a second time, bluntly */
} DnsQuery;

static DnsJob *dns_of(Job *job) { return CONTAINER_OF(job, DnsJob, job); }

static void answer(DnsJob *d, unsigned rcode)
{
	d->job.answer.dns = (DnsAnswer){ .records = d->records.at,
		                         .records_n = d->records.n,
		                         .rcode = dns_rcode(rcode) };
	job_done(&d->job);
}

/* Some replies c-ares keeps to itself and gives only their meaning. */
static bool rcode_of(int status, unsigned *ret)
{
	static const struct {
		int status;
		unsigned rcode;
	} known[] = {
		{ ARES_ENODATA, 0 },   { ARES_EFORMERR, 1 }, { ARES_ESERVFAIL, 2 },
		{ ARES_ENOTFOUND, 3 }, { ARES_ENOTIMP, 4 },  { ARES_EREFUSED, 5 },
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (known[i].status == status) {
			*ret = known[i].rcode;
			return true;
		}
	}
	return false;
}

/* Not being able to ask the server that was named is a fact about it; not being able to ask
 * our own says nothing about the name. */
static void fail(DnsJob *d, int status)
{
	bool named = d->job.spec->dns.server != NULL;

	switch (status) {
	case ARES_ETIMEOUT:
		d->job.answer.timed_out = true;
		job_fail(&d->job, FAIL_DNS, "no answer from the name servers");
		break;
	case ARES_ECONNREFUSED:
		job_fail(&d->job, named ? FAIL_DNS : FAIL_SELF,
		         "the name server cannot be reached");
		break;
	case ARES_EBADRESP: job_fail(&d->job, FAIL_DNS, "malformed reply"); break;
	default: job_fail(&d->job, FAIL_SELF, "%s", ares_strerror(status)); break;
	}
}

static bool ask(DnsJob *d, uint16_t type, bool blunt);

static void answered(void *arg, int status, int timeouts, unsigned char *p, int n)
{
	DnsQuery *q = arg;
	DnsJob *d = q->job;
	unsigned rcode = 0;

	(void)timeouts;
	if (d) {
		d->query = NULL;
		d->job.answer.took.dns = job_elapsed(&d->job);
		channel_retire(q->channel);
		if (p &&
		    !dns_message_read(p, (size_t)n, q->type, d->job.arena, &d->records, &rcode))
			fail(d, ARES_EBADRESP);
		else if (p || rcode_of(status, &rcode))
			answer(d, rcode);
		else if (status != ARES_ECONNREFUSED || q->again || !ask(d, q->type, true))
			fail(d, status);
	}
	mem_free(q);
}

/* An address asked for its name is spelt as DNS wants it. */
static const char *reverse_name(Job *job, const char *text)
{
	Address a;
	const uint8_t *b;
	AUTO(Buf) out = { 0 };

	if (!address_parse(text, &a))
		return text;
	if (a.sa.sa_family == AF_INET) {
		b = (const uint8_t *)&((const struct sockaddr_in *)(const void *)&a.room)->sin_addr;
		return arena_printf(job->arena, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]);
	}
	b = ((const struct sockaddr_in6 *)(const void *)&a.room)->sin6_addr.s6_addr;
	for (int i = 15; i >= 0; i--)
		buf_printf(&out, "%x.%x.", b[i] & 15u, b[i] >> 4);
	buf_text(&out, "ip6.arpa");
	return arena_text(job->arena, buf_str(&out));
}

/* False: the job was failed. */
static bool ask(DnsJob *d, uint16_t type, bool blunt)
{
	Job *job = &d->job;
	const DnsAsk *spec = &job->spec->dns;
	const char *error = NULL;
	Channel *c = channel_new(job->loop, spec->server ? spec->server : job->loop->dns_servers,
	                         blunt, &error);

	if (!c) {
		job_fail(job, FAIL_SELF, "%s", error);
		return false;
	}
	d->query = NEW(DnsQuery);
	*d->query = (DnsQuery){ .job = d, .channel = c, .type = type, .again = blunt };
	/* answered() may run inside, and free the query. */
	ares_query(channel_ares(c),
	           type == dns_type("PTR") ? reverse_name(job, spec->name) : spec->name, 1, type,
	           answered, d->query);
	channel_kick(c);
	return true;
}

static void dns_start(Job *job)
{
	const DnsAsk *spec = &job->spec->dns;
	uint16_t type = dns_type(spec->type ? spec->type : "A");

	job->step = FAIL_DNS;
	job->answer.address = spec->server;
	if (!type || text_is_empty(spec->name))
		job_fail(job, FAIL_SELF, "no such record type: %s", spec->type ? spec->type : "A");
	else
		(void)ask(dns_of(job), type, false);
}

static void dns_stop(Job *job)
{
	DnsJob *d = dns_of(job);

	if (d->query) {
		d->query->job = NULL;
		channel_retire(d->query->channel);
	}
	d->query = NULL;
}

static void dns_free(Job *job) { list_free(&dns_of(job)->records); }

const JobKind ask_dns_kind = {
	.size = sizeof(DnsJob), .start = dns_start, .stop = dns_stop, .free = dns_free
};
