/* server/sip/sip_auth.h - who is this, and may it register that number: finding the pool, the digest
 * check and the exact answers (401, 403, 404). Pure. Call loop.
 *
 * | found                                                            | answer                        |
 * |------------------------------------------------------------------|-------------------------------|
 * | no credentials, or wrong ones                                    | 401, fresh nonce, no stale    |
 * | right ones on a nonce that ran out or was used before            | 401, fresh nonce, stale=true  |
 * | a source that failed 5 times in 60 s                             | 403 until the first is so old |
 * | no pool: neither MAC, address nor user name belongs to one       | 403                           |
 * | right credentials of another pool, or the number of another pool | 403                           |
 * | a number that no directory number has                            | 404                           |
 */
#ifndef SIP_AUTH_H
#define SIP_AUTH_H

#include "server/phones/phones.h"
#include "server/sip/sip_conf.h"
#include "server/sip/sip_guard.h"
#include "server/sip/sip_msg.h"

struct sip_auth { /* borrowed parts; one per engine */
	const struct sip_conf *conf;
	struct sip_hasher *hasher;
	struct sip_nonces *nonces;
	struct sip_guard *guard;
	/* Neighbour table: MAC of an on-link address, or ERR_NOENT. */
	int (*neighbour)(void *ctx, const struct net_addr *a, char mac[MAC_TEXT_SIZE]);
	/* True when `device` is registered from just this address: it was verified before. */
	bool (*is_known)(void *ctx, const char *device, const struct net_addr *peer);
	void *ctx;
};
struct sip_verdict {
	int code;                      /* 200 = go on */
	const char *reason;            /* for people */
	const struct sip_pool *pool;   /* when it was found, also with a refusal */
	char device[DEVICE_NAME_SIZE]; /* "" = unknown */
	bool stale;                    /* with 401 */
	bool failed;                   /* it counts as a failure of this source */
	bool blocked;                  /* and this failure blocks the source */
};
void sip_auth_check(const struct sip_auth *a, const struct sip_msg *m, const struct sip_flow *flow,
		    const struct sip_identity *id, uint64_t now_ms, struct sip_verdict *out);
/* WWW-Authenticate lines, the strongest first (RFC 8760), or MD5 alone. */
void sip_auth_challenge(const struct sip_auth *a, const struct net_addr *source, bool stale,
			bool md5_only, uint64_t now_ms, struct text *t);

#endif
