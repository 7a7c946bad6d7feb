/* server/sip/sip_map.h - the two containers this folder is built on: a hash table of embedded nodes and
 * a heap of embedded timers. Peers choose our keys, so the hash is keyed (SipHash, random per table).
 * Pure; the owner's thread. */
#ifndef SIP_MAP_H
#define SIP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sip_node {
	struct sip_node *next;
	uint64_t hash;
};
struct sip_map {
	struct sip_node **slots;
	size_t mask, count;
	uint8_t key[16];
};
void sip_map_init(struct sip_map *m);
void sip_map_fini(struct sip_map *m); /* the nodes belong to the caller */
uint64_t sip_map_hash(const struct sip_map *m, const void *p, size_t len);
void sip_map_put(struct sip_map *m, struct sip_node *n, uint64_t hash);
void sip_map_remove(struct sip_map *m, struct sip_node *n);
/* Nodes of one hash: the caller compares the keys. NULL at the end. */
struct sip_node *sip_map_first(const struct sip_map *m, uint64_t hash);
struct sip_node *sip_map_next(const struct sip_node *n);
/* Every node; `fn` may remove and free the node it is given. */
void sip_map_each(struct sip_map *m, void (*fn)(void *ctx, struct sip_node *n), void *ctx);

struct sip_timer {
	uint64_t at_ms;
	size_t slot; /* heap index + 1; 0 = not set */
	void (*fn)(void *ctx, struct sip_timer *t);
};
struct sip_timers {
	struct sip_timer **heap;
	size_t count, cap;
};
void sip_timers_init(struct sip_timers *ts);
void sip_timers_fini(struct sip_timers *ts);
void sip_timer_set(struct sip_timers *ts, struct sip_timer *t, uint64_t at_ms); /* (re)arm */
void sip_timer_cancel(struct sip_timers *ts, struct sip_timer *t);
/* Run at most `budget` of those due at `now_ms`; returns how many ran. */
size_t sip_timers_run(struct sip_timers *ts, uint64_t now_ms, size_t budget, void *ctx);
uint64_t sip_timers_next(const struct sip_timers *ts); /* UINT64_MAX: none */

#endif
