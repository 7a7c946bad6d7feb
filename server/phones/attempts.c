/* server/phones/attempts.c - attempted registrations: one entry per protocol, name, device and
 * address, in the order of entry; a repetition brings its time up to date; full, the oldest goes
 * . How many SIP phones are kept is a setting. */
#include <assert.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/schema/constants.h"

static uint32_t attempt_hash(const struct phones *p, const struct attempt *a)
{
	uint32_t h = 2166136261u ^ a->protocol;

	for (const char *s = a->id; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return a->has_peer ? h ^ net_addr_hash_host(&a->peer, p->seed) : h;
}

static bool same(const struct attempt *a, const struct attempt *b)
{
	return a->protocol == b->protocol && a->has_peer == b->has_peer && !strcmp(a->id, b->id) &&
	       !strcmp(a->device, b->device) &&
	       (!a->has_peer || net_addr_same_host(&a->peer, &b->peer));
}

static void repeat(struct attempt *old, const struct attempt *a)
{
	int64_t first = old->first_ms;
	uint32_t count = old->count, num = old->num;

	*old = *a;
	old->first_ms = first;
	old->num = num;
	old->count = count < UINT32_MAX ? count + 1 : count;
}

/* The oldest of a protocol makes room for its next: later ones move up. */
static struct attempt *place_of_oldest(struct attempts *t, int protocol, uint32_t hash)
{
	size_t i = 0, at, next;

	assert(t->n);
	while (t->list[(t->first + i) % t->n].protocol != protocol)
		i++;
	for (at = (t->first + i) % t->n; ++i < t->n; at = next) {
		next = (t->first + i) % t->n;
		t->list[at] = t->list[next];
		t->hash[at] = t->hash[next];
	}
	t->hash[at] = hash;
	return &t->list[at];
}

size_t attempts_count(const struct attempts *t, int protocol)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += (int)t->list[i].protocol == protocol;
	return n;
}

static struct attempt *place_for(struct attempts *t, uint32_t hash)
{
	size_t at = t->n;

	if (t->n == PHONES_ATTEMPTS_MAX) {
		at = t->first;
		t->first = (t->first + 1) % PHONES_ATTEMPTS_MAX;
	} else {
		if (t->n == t->cap) {
			t->cap = t->cap ? t->cap * 2 : 16;
			t->list = mem_realloc(t->list, t->cap * sizeof(*t->list));
			t->hash = mem_realloc(t->hash, t->cap * sizeof(*t->hash));
		}
		t->n++;
	}
	t->hash[at] = hash;
	return &t->list[at];
}

void attempts_add(struct phones *p, const struct attempt *a)
{
	struct attempts *t = &p->attempts;
	uint32_t hash = attempt_hash(p, a);
	size_t room = a->protocol == PHONE_SCCP ? ATTEMPTED_LOG_SIZE : p->conf.sip_attempts;
	struct attempt *at;

	for (size_t i = 0; i < t->n; i++) {
		if (t->hash[i] == hash && same(&t->list[i], a)) {
			repeat(&t->list[i], a);
			return;
		}
	}
	if (!room)
		return;
	if (attempts_count(t, a->protocol) >= room)
		at = place_of_oldest(t, a->protocol, hash);
	else
		at = place_for(t, hash);
	*at = *a;
	at->num = ++t->next_num;
	at->count = 1;
}

size_t attempts_copy(const struct attempts *t, int protocol, struct attempt **out)
{
	size_t n = 0;

	*out = t->n ? mem_alloc(t->n * sizeof(**out)) : NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct attempt *a = &t->list[(t->first + i) % t->n];

		if (protocol < 0 || a->protocol == protocol)
			(*out)[n++] = *a;
	}
	return n;
}

/* The oldest SIP entries go until no more are left than the setting says. */
void attempts_shrink(struct phones *p)
{
	struct attempts *t = &p->attempts, left = { .next_num = t->next_num };
	size_t have = attempts_count(t, PHONE_SIP), keep = p->conf.sip_attempts, n;
	size_t excess = have > keep ? have - keep : 0;
	struct attempt *list;

	if (!excess)
		return;
	n = attempts_copy(t, -1, &list);
	for (size_t i = 0; i < n; i++) {
		if (list[i].protocol == PHONE_SIP && excess)
			excess--;
		else
			*place_for(&left, attempt_hash(p, &list[i])) = list[i];
	}
	mem_free(list);
	attempts_free(t);
	*t = left;
}

void attempts_clear(struct phones *p, int protocol)
{
	struct attempts *t = &p->attempts, left = { .next_num = t->next_num };
	struct attempt *list;
	size_t n = protocol < 0
		       ? 0
		       : attempts_copy(t, protocol == PHONE_SIP ? PHONE_SCCP : PHONE_SIP, &list);

	for (size_t i = 0; i < n; i++)
		*place_for(&left, attempt_hash(p, &list[i])) = list[i];
	if (protocol >= 0)
		mem_free(list);
	if (left.n == 0)
		left.next_num = 0;
	attempts_free(t);
	*t = left;
}

void attempts_free(struct attempts *t)
{
	mem_free(t->list);
	mem_free(t->hash);
}
