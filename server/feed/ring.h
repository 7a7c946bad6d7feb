/* server/feed/ring.h - the shared ring of rendered events. Pure. */
#ifndef FEED_RING_H
#define FEED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/event.h"

#define FEED_RING_MAX 4096 /* events; bounded memory for all subscribers together */

struct ring_event {
	uint64_t seq;
	enum event_type type;
	size_t len;
	unsigned char *buf; /* `pre` bytes of head room, then `len` bytes of JSON */
};
struct ring;
struct ring *ring_new(size_t slots, size_t pre);
void ring_free(struct ring *r);
void ring_push(struct ring *r, uint64_t seq, enum event_type type, const char *json, size_t len);
uint64_t ring_first(const struct ring *r); /* 0: empty */
uint64_t ring_last(const struct ring *r);  /* 0: empty */
/* Event with number `seq`, or NULL when it is not (or no longer) there. */
struct ring_event *ring_get(struct ring *r, uint64_t seq);

#endif
