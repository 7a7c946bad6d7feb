/* server/sip/sip_digest.h - Digest authentication as the server (RFC 7616, RFC 8760; RFC 2617 clients
 * without qop are still met). Pure; one thread. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/net.h"
#include "server/sip/sip_map.h"

#define SIP_HASH_HEX 65 /* longest hash in hex with its NUL */

enum sip_alg { SIP_MD5, SIP_SHA256, SIP_ALGS };

/* HA1 of a user for each algorithm: kept instead of the password. */
struct sip_ha1 {
	char hex[SIP_ALGS][SIP_HASH_HEX];
};

/* Credentials of one Authorization header, unquoted. "" = absent. */
struct sip_credentials {
	char username[128], realm[128], nonce[128], uri[256], response[SIP_HASH_HEX];
	char cnonce[128], qop[16], nc[16], algorithm[24];
	bool overlong; /* a value did not fit: cannot be right */
};

struct sip_hasher;
int sip_hasher_new(struct sip_hasher **out); /* fetches MD5 and SHA-256 once; ERR_UNSUPPORTED */
void sip_hasher_free(struct sip_hasher *h);
void sip_ha1_make(struct sip_hasher *h, const char *user, const char *realm, const char *password,
		  struct sip_ha1 *out);
/* What is wrong with the form: 0, ERR_MALFORMED (a mandatory value missing, qop without nc or cnonce). */
int sip_credentials_check(const struct sip_credentials *c);
int sip_credentials_alg(const struct sip_credentials *c, enum sip_alg *alg,
			bool *sess); /* ERR_UNSUPPORTED */
/* The response these credentials should carry. ERR_UNSUPPORTED: algorithm or qop we do not offer. */
int sip_digest_response(struct sip_hasher *h, const struct sip_credentials *c,
			const struct sip_ha1 *ha1, const char *method, size_t method_len,
			char out[SIP_HASH_HEX]);
/* Same, compared in constant time. */
bool sip_digest_matches(struct sip_hasher *h, const struct sip_credentials *c,
			const struct sip_ha1 *ha1, const char *method, size_t method_len);

/* ---- nonces: they need no table; those used successfully have a replay window ---- */
#define SIP_NONCE_SIZE    48 /* text with NUL */
#define SIP_NONCE_LIFE_MS 300000
#define SIP_NONCES_MAX    131072 /* used nonces remembered */

struct sip_nonces;
int sip_nonces_new(struct sip_nonces **out, size_t max);
void sip_nonces_free(struct sip_nonces *n);
/* base64(time || counter || HMAC-SHA-256(key, time || counter || source host)[0..15]). */
void sip_nonce_make(struct sip_nonces *n, const struct net_addr *source, uint64_t now_ms,
		    char out[SIP_NONCE_SIZE]);

enum sip_nonce_state { NONCE_FOREIGN, NONCE_EXPIRED, NONCE_VALID };
struct sip_nonce_id {
	uint64_t issued_ms, counter;
};
enum sip_nonce_state sip_nonce_check(struct sip_nonces *n, const char *text,
				     const struct net_addr *source, uint64_t now_ms,
				     struct sip_nonce_id *id);
/* After a correct digest: false when this nc was used before, or is too far behind to tell. Phones with
 * many lines use one nonce for parallel requests, so unseen lower values are taken. nc 0: client without
 * qop, not counted. Only correct digests get here, so a stranger cannot push anything out; a window that
 * had to make room turns its nonce stale, never fresh again. */
bool sip_nonce_use(struct sip_nonces *n, const struct sip_nonce_id *id, uint32_t nc,
		   uint64_t now_ms);

#endif
