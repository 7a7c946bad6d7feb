/* server/clock/sntp_limit.c - token buckets in a set-associative table: bounded, and no list to walk. */
#include "server/clock/sntp_limit.h"

#include <sys/random.h>

#include "server/core/mem.h"

#define SETS 4096
#define WAYS 4

struct asker {
	struct net_addr addr;
	uint64_t filled_ms, kissed_ms, reported_ms;
	uint32_t credit; /* thousandths of a question */
	bool used;
};

struct sntp_limit {
	uint32_t seed;
	unsigned rate, burst;
	struct asker askers[SETS][WAYS];
};

struct sntp_limit *sntp_limit_new(unsigned rate, unsigned burst)
{
	struct sntp_limit *l = mem_zalloc(sizeof(*l));

	l->rate = rate ? rate : SNTP_RATE;
	l->burst = burst ? burst : SNTP_BURST;
	if (getrandom(&l->seed, sizeof(l->seed), 0) != (ssize_t)sizeof(l->seed))
		l->seed = 1;
	return l;
}

void sntp_limit_free(struct sntp_limit *l)
{
	mem_free(l);
}

static struct asker *find(struct sntp_limit *l, const struct net_addr *peer, uint64_t now_ms)
{
	struct asker *set = l->askers[net_addr_hash_host(peer, l->seed) % SETS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].used && net_addr_same_host(&set[i].addr, peer))
			return &set[i];
		if (!set[i].used || set[i].filled_ms < oldest->filled_ms)
			oldest = &set[i];
		if (!oldest->used)
			break;
	}
	*oldest = (struct asker){
		.addr = *peer, .used = true, .filled_ms = now_ms, .credit = l->burst * 1000
	};
	return oldest;
}

static bool due(uint64_t *last_ms, uint64_t now_ms, uint64_t every_ms)
{
	if (*last_ms && now_ms - *last_ms < every_ms)
		return false;
	*last_ms = now_ms ? now_ms : 1;
	return true;
}

enum sntp_answer sntp_limit_ask(struct sntp_limit *l, const struct net_addr *peer, uint64_t now_ms,
				bool *report)
{
	struct asker *a = find(l, peer, now_ms);
	uint64_t credit = a->credit + (now_ms - a->filled_ms) * l->rate;

	a->filled_ms = now_ms;
	a->credit = credit > l->burst * 1000u ? l->burst * 1000 : (uint32_t)credit;
	*report = false;
	if (a->credit < 1000 && !net_addr_is_loopback(peer))
		return due(&a->kissed_ms, now_ms, SNTP_KISS_MS) ? SNTP_KISS : SNTP_DROP;
	a->credit = a->credit < 1000 ? 0 : a->credit - 1000;
	*report = due(&a->reported_ms, now_ms, SNTP_REPORT_MS);
	return SNTP_GIVE;
}
