/* store/auth/throttle.c - see throttle.h. */
#include "store/auth/throttle.h"

#include <stddef.h>
#include <string.h>

#define WAYS 8 /* places where a key may be */

void throttle_init(struct throttle *t, uint64_t seed)
{
	memset(t, 0, sizeof(*t));
	t->seed = seed;
}

/* FNV-1a over a secret seed: a peer cannot choose names that push another's entry out. */
static uint64_t hash(const struct throttle *t, const char *key)
{
	uint64_t h = 0xcbf29ce484222325u ^ t->seed;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 0x100000001b3u;
	h ^= h >> 29;
	return h ? h : 1;
}

static struct throttle_entry *find(struct throttle *t, uint64_t key)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct throttle_entry *e = &t->slots[(key + i) % THROTTLE_SLOTS];

		if (e->key == key)
			return e;
	}
	return NULL;
}

static struct throttle_entry *take(struct throttle *t, uint64_t key)
{
	struct throttle_entry *e = find(t, key), *oldest = &t->slots[key % THROTTLE_SLOTS];

	if (e)
		return e;
	for (size_t i = 0; i < WAYS; i++) {
		e = &t->slots[(key + i) % THROTTLE_SLOTS];
		if (!e->key || e->last_ms < oldest->last_ms)
			oldest = e;
		if (!e->key)
			break;
	}
	*oldest = (struct throttle_entry){ .key = key };
	return oldest;
}

uint64_t throttle_wait(struct throttle *t, const char *key, uint64_t now_ms)
{
	struct throttle_entry *e = find(t, hash(t, key));

	if (!e || e->until_ms <= now_ms)
		return 0;
	return e->until_ms - now_ms;
}

void throttle_failed(struct throttle *t, const char *key, unsigned free_tries, uint64_t now_ms)
{
	struct throttle_entry *e = take(t, hash(t, key));
	uint64_t wait = 0;

	if (now_ms - e->last_ms > THROTTLE_FORGET_MS)
		e->failures = 0;
	e->failures++;
	e->last_ms = now_ms;
	if (e->failures >= free_tries) {
		unsigned over = e->failures - free_tries;

		wait = over > 16 ? THROTTLE_MAX_MS : (uint64_t)THROTTLE_FIRST_MS << over;
	}
	e->until_ms = now_ms + (wait > THROTTLE_MAX_MS ? THROTTLE_MAX_MS : wait);
}

void throttle_passed(struct throttle *t, const char *key)
{
	struct throttle_entry *e = find(t, hash(t, key));

	if (e)
		*e = (struct throttle_entry){ 0 };
}
