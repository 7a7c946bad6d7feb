/* server/feed/ring.c - the shared ring. Numbers in it have no gaps, so a number is a slot. */
#include "server/feed/ring.h"

#include <string.h>

#include "server/core/mem.h"

struct ring {
	struct ring_event *slots;
	size_t n, pre;
	uint64_t first, last;
};

struct ring *ring_new(size_t slots, size_t pre)
{
	struct ring *r = mem_zalloc(sizeof(*r));

	r->slots = mem_zalloc(slots * sizeof(*r->slots));
	r->n = slots;
	r->pre = pre;
	return r;
}

static void clear(struct ring *r)
{
	for (size_t i = 0; i < r->n; i++) {
		mem_free(r->slots[i].buf);
		r->slots[i] = (struct ring_event){ 0 };
	}
	r->first = r->last = 0;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	clear(r);
	mem_free(r->slots);
	mem_free(r);
}

void ring_push(struct ring *r, uint64_t seq, enum event_type type, const char *json, size_t len)
{
	struct ring_event *e = &r->slots[seq % r->n];

	if (r->last && seq != r->last + 1)
		clear(r); /* a gap: what is older is read from the journal */
	mem_free(e->buf);
	*e = (struct ring_event){
		.seq = seq, .type = type, .len = len, .buf = mem_alloc(r->pre + len)
	};
	memcpy(e->buf + r->pre, json, len);
	r->last = seq;
	if (!r->first)
		r->first = seq;
	if (r->last - r->first >= r->n)
		r->first = r->last - r->n + 1;
}

uint64_t ring_first(const struct ring *r)
{
	return r->first;
}

uint64_t ring_last(const struct ring *r)
{
	return r->last;
}

struct ring_event *ring_get(struct ring *r, uint64_t seq)
{
	struct ring_event *e = &r->slots[seq % r->n];

	return e->buf && e->seq == seq ? e : NULL;
}
