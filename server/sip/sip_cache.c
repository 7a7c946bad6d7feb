/* server/sip/sip_cache.c - see sip_cache.h. Every entry lives equally long, so the order of arrival is the
 * order of expiry: one queue does what a timer wheel would. */
#include "server/sip/sip_cache.h"

#include <openssl/rand.h>
#include <sodium.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/sip/sip_map.h"

#define KEY_TEXT_MAX 2048 /* what is hashed of a request; longer fields are cut */

struct entry {
	struct sip_node by_transaction, by_merge;
	struct entry *later;
	uint64_t second; /* the other half of the transaction's hash */
	uint64_t until_ms;
	size_t len;
	char answer[];
};

struct sip_cache {
	struct sip_map transactions, merges;
	struct entry *oldest, *newest;
	size_t bytes, max;
	uint8_t key[crypto_shorthash_siphashx24_KEYBYTES];
};

struct sip_cache *sip_cache_new(size_t max_bytes)
{
	struct sip_cache *c = mem_zalloc(sizeof(*c));

	sip_map_init(&c->transactions);
	sip_map_init(&c->merges);
	RAND_bytes(c->key, sizeof(c->key));
	c->max = max_bytes;
	return c;
}

static void drop_oldest(struct sip_cache *c)
{
	struct entry *e = c->oldest;

	c->oldest = e->later;
	if (!c->oldest)
		c->newest = NULL;
	c->bytes -= sizeof(*e) + e->len;
	sip_map_remove(&c->transactions, &e->by_transaction);
	sip_map_remove(&c->merges, &e->by_merge);
	mem_free(e);
}

void sip_cache_free(struct sip_cache *c)
{
	if (!c)
		return;
	while (c->oldest)
		drop_oldest(c);
	sip_map_fini(&c->transactions);
	sip_map_fini(&c->merges);
	mem_free(c);
}

/* 128 bits: two requests never meet by accident, and nobody without the key can make them. */
static void hash_parts(const struct sip_cache *c, const struct slice *parts, size_t n,
		       uint64_t out[2])
{
	unsigned char buf[KEY_TEXT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		size_t left = sizeof(buf) - len - 1;
		size_t take = parts[i].len < left ? parts[i].len : left;

		if (take)
			memcpy(buf + len, parts[i].p, take);
		len += take;
		buf[len++] = 0;
		if (len == sizeof(buf))
			break;
	}
	crypto_shorthash_siphashx24((unsigned char *)out, buf, len, c->key);
}

void sip_cache_key(const struct sip_cache *c, const struct slice *parts, size_t n,
		   const struct slice *merge, size_t n_merge, struct sip_cache_key *out)
{
	uint64_t m[2];

	hash_parts(c, parts, n, out->transaction);
	hash_parts(c, merge, n_merge, m);
	out->merge = m[0];
}

static void expire(struct sip_cache *c, uint64_t now_ms)
{
	while (c->oldest && c->oldest->until_ms <= now_ms)
		drop_oldest(c);
}

bool sip_cache_get(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms,
		   struct slice *answer)
{
	struct sip_node *n;

	expire(c, now_ms);
	n = sip_map_first(&c->transactions, key->transaction[0]);
	for (; n; n = sip_map_next(n)) {
		struct entry *e = container_of(n, struct entry, by_transaction);

		if (e->second == key->transaction[1]) {
			*answer = (struct slice){ e->answer, e->len };
			return true;
		}
	}
	return false;
}

bool sip_cache_is_merged(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms)
{
	expire(c, now_ms);
	return sip_map_first(&c->merges, key->merge) != NULL;
}

void sip_cache_put(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms,
		   const void *answer, size_t len)
{
	struct entry *e;

	if (sizeof(*e) + len > c->max)
		return;
	while (c->bytes + sizeof(*e) + len > c->max)
		drop_oldest(c);
	e = mem_alloc(sizeof(*e) + len);
	memset(e, 0, sizeof(*e));
	e->second = key->transaction[1];
	e->until_ms = now_ms + SIP_TIMER_J_MS;
	e->len = len;
	memcpy(e->answer, answer, len);
	sip_map_put(&c->transactions, &e->by_transaction, key->transaction[0]);
	sip_map_put(&c->merges, &e->by_merge, key->merge);
	c->bytes += sizeof(*e) + len;
	if (c->newest)
		c->newest->later = e;
	else
		c->oldest = e;
	c->newest = e;
}

size_t sip_cache_bytes(const struct sip_cache *c)
{
	return c->bytes;
}

size_t sip_cache_count(const struct sip_cache *c)
{
	return c->transactions.count;
}
