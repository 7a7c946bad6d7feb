/* server/sip/sip_guard.h - what one address may cost us. Two bounded tables: a token bucket for every
 * source, asked before a byte is parsed, and the sources that failed to authenticate. Pure. */
#ifndef SIP_GUARD_H
#define SIP_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/net.h"

#define SIP_RATE_PER_S   1000 /* messages a second of one source that come to nothing */
#define SIP_RATE_BURST   4000
#define SIP_RATE_SOURCES 8192  /* buckets; the longest idle one makes room */
#define SIP_FAILURES     5     /* failed authentications in ... */
#define SIP_FAILURES_MS  60000 /* ... this time: 403 until the first of them is that old */
#define SIP_FAILURES_MAX 8192  /* sources remembered; the oldest makes room */

struct sip_guard;
struct sip_guard *sip_guard_new(void);
void sip_guard_free(struct sip_guard *g);

/* Takes a token; false: drop the message. A message that turns out good gives back what it and the
 * question before it cost (sip_guard_credit), so honest traffic has no limit. */
bool sip_guard_admit(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms);
void sip_guard_credit(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms);

bool sip_guard_is_blocked(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms);
/* Counts a failure; true when this one blocks the source. */
bool sip_guard_failed(struct sip_guard *g, const struct net_addr *source, uint64_t now_ms);

#endif
