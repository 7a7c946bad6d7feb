/* server/sip/sip_cache.h - answers to non-INVITE requests over UDP, kept for timer J (RFC 3261 17.2.2) so
 * that a repeated request gets the same bytes and is not carried out twice. This stands in for a server
 * transaction: only the serialised answer is kept, found by a hash of branch, sent-by and method (or, for
 * RFC 2543 clients without a magic branch, of the fields 17.2.3 names). Bounded in entries and bytes; the
 * oldest makes room. Pure. */
#ifndef SIP_CACHE_H
#define SIP_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/core/text.h"

#define SIP_TIMER_J_MS  32000 /* 64 * T1 */
#define SIP_CACHE_BYTES (16u << 20)

struct sip_cache;
struct sip_cache_key {
	uint64_t transaction[2];
	uint64_t merge; /* From tag, Call-ID, CSeq: another branch with it is a merged
					     * request (RFC 3261 8.2.2.2) */
};

struct sip_cache *sip_cache_new(size_t max_bytes);
void sip_cache_free(struct sip_cache *c);
/* `parts` identify the transaction, `merge` the request whatever way it came. */
void sip_cache_key(const struct sip_cache *c, const struct slice *parts, size_t n,
		   const struct slice *merge, size_t n_merge, struct sip_cache_key *out);
/* The kept answer (borrowed until the next put), or false. */
bool sip_cache_get(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms,
		   struct slice *answer);
bool sip_cache_is_merged(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms);
void sip_cache_put(struct sip_cache *c, const struct sip_cache_key *key, uint64_t now_ms,
		   const void *answer, size_t len);
size_t sip_cache_bytes(const struct sip_cache *c);
size_t sip_cache_count(const struct sip_cache *c);

#endif
