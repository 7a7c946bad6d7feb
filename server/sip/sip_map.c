/* server/sip/sip_map.c - hash table and timer heap over embedded nodes. */
#include "server/sip/sip_map.h"

#include <openssl/rand.h>
#include <sodium.h>
#include <string.h>

#include "server/core/mem.h"

#define MAP_START 64

void sip_map_init(struct sip_map *m)
{
	memset(m, 0, sizeof(*m));
	m->mask = MAP_START - 1;
	m->slots = mem_zalloc(MAP_START * sizeof(struct sip_node *));
	RAND_bytes(m->key, sizeof(m->key));
}

void sip_map_fini(struct sip_map *m)
{
	mem_free(m->slots);
	memset(m, 0, sizeof(*m));
}

uint64_t sip_map_hash(const struct sip_map *m, const void *p, size_t len)
{
	uint64_t h;

	_Static_assert(crypto_shorthash_BYTES == sizeof(h), "SipHash gives 64 bits");
	crypto_shorthash((unsigned char *)&h, p ? p : "", len, m->key);
	return h;
}

static void map_grow(struct sip_map *m)
{
	size_t old = m->mask + 1, mask = old * 2 - 1;
	struct sip_node **slots = mem_zalloc((mask + 1) * sizeof(struct sip_node *));

	for (size_t i = 0; i < old; i++) {
		struct sip_node *n = m->slots[i], *next;

		for (; n; n = next) {
			next = n->next;
			n->next = slots[n->hash & mask];
			slots[n->hash & mask] = n;
		}
	}
	mem_free(m->slots);
	m->slots = slots;
	m->mask = mask;
}

void sip_map_put(struct sip_map *m, struct sip_node *n, uint64_t hash)
{
	if (m->count > m->mask)
		map_grow(m);
	n->hash = hash;
	n->next = m->slots[hash & m->mask];
	m->slots[hash & m->mask] = n;
	m->count++;
}

void sip_map_remove(struct sip_map *m, struct sip_node *n)
{
	struct sip_node **at = &m->slots[n->hash & m->mask];

	while (*at && *at != n)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = n->next;
	n->next = NULL;
	m->count--;
}

struct sip_node *sip_map_first(const struct sip_map *m, uint64_t hash)
{
	struct sip_node *n = m->slots[hash & m->mask];

	while (n && n->hash != hash)
		n = n->next;
	return n;
}

struct sip_node *sip_map_next(const struct sip_node *n)
{
	uint64_t hash = n->hash;

	do {
		n = n->next;
	} while (n && n->hash != hash);
	return (struct sip_node *)n;
}

void sip_map_each(struct sip_map *m, void (*fn)(void *ctx, struct sip_node *n), void *ctx)
{
	for (size_t i = 0; i <= m->mask; i++) {
		struct sip_node *n = m->slots[i], *next;

		for (; n; n = next) {
			next = n->next;
			fn(ctx, n);
		}
	}
}

void sip_timers_init(struct sip_timers *ts)
{
	memset(ts, 0, sizeof(*ts));
}

void sip_timers_fini(struct sip_timers *ts)
{
	mem_free(ts->heap);
	memset(ts, 0, sizeof(*ts));
}

static void heap_place(struct sip_timers *ts, size_t i, struct sip_timer *t)
{
	ts->heap[i] = t;
	t->slot = i + 1;
}

static void heap_up(struct sip_timers *ts, size_t i, struct sip_timer *t)
{
	while (i > 0 && ts->heap[(i - 1) / 2]->at_ms > t->at_ms) {
		heap_place(ts, i, ts->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_place(ts, i, t);
}

static void heap_down(struct sip_timers *ts, size_t i, struct sip_timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= ts->count)
			break;
		if (child + 1 < ts->count && ts->heap[child + 1]->at_ms < ts->heap[child]->at_ms)
			child++;
		if (ts->heap[child]->at_ms >= t->at_ms)
			break;
		heap_place(ts, i, ts->heap[child]);
		i = child;
	}
	heap_place(ts, i, t);
}

void sip_timer_set(struct sip_timers *ts, struct sip_timer *t, uint64_t at_ms)
{
	sip_timer_cancel(ts, t);
	t->at_ms = at_ms;
	if (ts->count == ts->cap) {
		ts->cap = ts->cap ? ts->cap * 2 : 64;
		ts->heap = mem_realloc(ts->heap, ts->cap * sizeof(struct sip_timer *));
	}
	heap_up(ts, ts->count++, t);
}

void sip_timer_cancel(struct sip_timers *ts, struct sip_timer *t)
{
	size_t i = t->slot;
	struct sip_timer *last;

	if (!i)
		return;
	i--;
	t->slot = 0;
	last = ts->heap[--ts->count];
	if (last == t)
		return;
	if (i > 0 && ts->heap[(i - 1) / 2]->at_ms > last->at_ms)
		heap_up(ts, i, last);
	else
		heap_down(ts, i, last);
}

size_t sip_timers_run(struct sip_timers *ts, uint64_t now_ms, size_t budget, void *ctx)
{
	size_t ran = 0;

	while (ts->count && ts->heap[0]->at_ms <= now_ms && ran < budget) {
		struct sip_timer *t = ts->heap[0];

		sip_timer_cancel(ts, t);
		t->fn(ctx, t);
		ran++;
	}
	return ran;
}

uint64_t sip_timers_next(const struct sip_timers *ts)
{
	return ts->count ? ts->heap[0]->at_ms : UINT64_MAX;
}
