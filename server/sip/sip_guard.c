/* server/sip/sip_guard.c - see sip_guard.h. */
#include "server/sip/sip_guard.h"

#include <string.h>

#include "server/core/mem.h"
#include "server/sip/sip_map.h"

#define WAYS   8 /* buckets that share a place */
#define SETS   (SIP_RATE_SOURCES / WAYS)
#define TOKEN  1000 /* a bucket counts thousandths: 1 a millisecond per 1/s */
#define CREDIT 3    /* the question, the answer to it, and one for thanks */

struct bucket {
	uint64_t key; /* hash of the source; 0 = free */
	uint64_t at_ms;
	uint32_t tokens;
};
struct offender {
	struct sip_node node;
	struct offender *later;
	struct net_addr addr;
	uint64_t at_ms[SIP_FAILURES]; /* ring; 0 = none */
	unsigned next;
};
struct sip_guard {
	struct bucket sets[SETS][WAYS];
	struct sip_map offenders;
	struct offender *oldest, *newest;
};

struct sip_guard *sip_guard_new(void)
{
	struct sip_guard *g = mem_zalloc(sizeof(*g));

	sip_map_init(&g->offenders);
	return g;
}

static void drop_oldest(struct sip_guard *g)
{
	struct offender *o = g->oldest;

	g->oldest = o->later;
	if (!g->oldest)
		g->newest = NULL;
	sip_map_remove(&g->offenders, &o->node);
	mem_free(o);
}

void sip_guard_free(struct sip_guard *g)
{
	if (!g)
		return;
	while (g->oldest)
		drop_oldest(g);
	sip_map_fini(&g->offenders);
	mem_free(g);
}

/* Keyed: a stranger cannot aim at the bucket of somebody else. */
static uint64_t source_hash(const struct sip_guard *g, const struct net_addr *a)
{
	char host[NET_HOST_SIZE];

	if (a->u.sa.sa_family == AF_INET)
		return sip_map_hash(&g->offenders, &a->u.in.sin_addr, sizeof(a->u.in.sin_addr));
	net_addr_host(a, host);
	return sip_map_hash(&g->offenders, host, strlen(host));
}

static void refill(struct bucket *b, uint64_t now_ms)
{
	uint64_t more = (now_ms - b->at_ms) * (SIP_RATE_PER_S * TOKEN / 1000);
	const uint64_t full = (uint64_t)SIP_RATE_BURST * TOKEN;

	b->tokens = (uint32_t)(more > full - b->tokens ? full : b->tokens + more);
	b->at_ms = now_ms;
}

static struct bucket *bucket_of(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms)
{
	uint64_t h = source_hash(g, source) | 1;
	struct bucket *set = g->sets[(h >> 1) % SETS], *pick = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == h) {
			refill(&set[i], now_ms);
			return &set[i];
		}
		if (set[i].at_ms < pick->at_ms)
			pick = &set[i];
	}
	*pick = (struct bucket){ .key = h, .at_ms = now_ms, .tokens = SIP_RATE_BURST * TOKEN };
	return pick;
}

bool sip_guard_admit(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms)
{
	struct bucket *b = bucket_of(g, source, now_ms);

	if (b->tokens < TOKEN)
		return false;
	b->tokens -= TOKEN;
	return true;
}

void sip_guard_credit(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms)
{
	struct bucket *b = bucket_of(g, source, now_ms);

	b->tokens += CREDIT * TOKEN;
	if (b->tokens > SIP_RATE_BURST * TOKEN)
		b->tokens = SIP_RATE_BURST * TOKEN;
}

static struct offender *find_offender(struct sip_guard *g, const struct net_addr *source,
				      uint64_t hash)
{
	struct sip_node *n = sip_map_first(&g->offenders, hash);

	for (; n; n = sip_map_next(n)) {
		struct offender *o = container_of(n, struct offender, node);

		if (net_addr_same_host(&o->addr, source))
			return o;
	}
	return NULL;
}

static bool is_full(const struct offender *o, uint64_t now_ms)
{
	uint64_t first = o->at_ms[o->next]; /* the ring's oldest */

	return first && now_ms - (first - 1) < SIP_FAILURES_MS;
}

bool sip_guard_is_blocked(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms)
{
	struct offender *o;

	if (!g->oldest)
		return false;
	o = find_offender(g, source, source_hash(g, source));
	return o && is_full(o, now_ms);
}

bool sip_guard_failed(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms)
{
	uint64_t hash = source_hash(g, source);
	struct offender *o = find_offender(g, source, hash);

	if (!o) {
		if (g->offenders.count >= SIP_FAILURES_MAX)
			drop_oldest(g);
		o = mem_zalloc(sizeof(*o));
		o->addr = *source;
		sip_map_put(&g->offenders, &o->node, hash);
		if (g->newest)
			g->newest->later = o;
		else
			g->oldest = o;
		g->newest = o;
	}
	o->at_ms[o->next] = now_ms + 1; /* 0 means none */
	o->next = (o->next + 1) % SIP_FAILURES;
	return is_full(o, now_ms);
}
