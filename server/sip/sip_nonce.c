/* server/sip/sip_nonce.c - nonces without a table, and the replay window of those in use. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/wire.h"
#include "server/sip/sip_digest.h"

#define NONCE_MAC   16
#define NONCE_BYTES (8 + 8 + NONCE_MAC)

struct used_nonce {
	struct sip_node node; /* by counter */
	struct used_nonce *later;
	struct sip_nonce_id id;
	uint64_t seen; /* bit n: nc `highest - n` was used */
	uint32_t highest;
};

struct sip_nonces {
	EVP_MAC_CTX *mac;
	uint64_t counter;
	struct sip_map map;
	struct used_nonce *oldest, *newest;
	size_t max;
	uint64_t floor_ms; /* not in the map and issued up to here: forgotten, so stale */
};

int sip_nonces_new(struct sip_nonces **out, size_t max)
{
	struct sip_nonces *n = mem_zalloc(sizeof(*n));
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	uint8_t key[32];
	char sha[] = "SHA2-256";
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, sha, 0),
				OSSL_PARAM_END };
	int ok = RAND_bytes(key, sizeof(key)) == 1;

	n->max = max;
	sip_map_init(&n->map);
	n->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	EVP_MAC_free(hmac);
	ok = ok && n->mac && EVP_MAC_init(n->mac, key, sizeof(key), params) == 1;
	mem_wipe(key, sizeof(key));
	if (!ok) {
		sip_nonces_free(n);
		return ERR_UNSUPPORTED;
	}
	*out = n;
	return 0;
}

static void drop_oldest(struct sip_nonces *n)
{
	struct used_nonce *u = n->oldest;

	n->oldest = u->later;
	if (!n->oldest)
		n->newest = NULL;
	sip_map_remove(&n->map, &u->node);
	mem_free(u);
}

void sip_nonces_free(struct sip_nonces *n)
{
	if (!n)
		return;
	while (n->oldest)
		drop_oldest(n);
	sip_map_fini(&n->map);
	EVP_MAC_CTX_free(n->mac);
	mem_free(n);
}

static void sign(struct sip_nonces *n, const uint8_t head[16], const struct net_addr *source,
		 uint8_t out[NONCE_MAC])
{
	char host[NET_HOST_SIZE];
	uint8_t mac[32];
	size_t len = 0;

	net_addr_host(source, host);
	EVP_MAC_init(n->mac, NULL, 0, NULL);
	EVP_MAC_update(n->mac, head, 16);
	EVP_MAC_update(n->mac, (const uint8_t *)host, strlen(host));
	EVP_MAC_final(n->mac, mac, &len, sizeof(mac));
	memcpy(out, mac, NONCE_MAC);
}

void sip_nonce_make(struct sip_nonces *n, const struct net_addr *source, uint64_t now_ms,
		    char out[SIP_NONCE_SIZE])
{
	uint8_t raw[NONCE_BYTES];
	struct wire_writer w;

	wire_write_init(&w, raw, sizeof(raw));
	wire_put_u64be(&w, now_ms);
	wire_put_u64be(&w, ++n->counter);
	sign(n, raw, source, raw + 16);
	EVP_EncodeBlock((unsigned char *)out, raw, sizeof(raw));
}

enum sip_nonce_state sip_nonce_check(struct sip_nonces *n, const char *text,
				     const struct net_addr *source, uint64_t now_ms,
				     struct sip_nonce_id *id)
{
	uint8_t raw[NONCE_BYTES + 4], mac[NONCE_MAC];
	size_t len = strlen(text);
	struct wire_reader r;

	memset(id, 0, sizeof(*id));
	if (len != (NONCE_BYTES + 2) / 3 * 4 ||
	    EVP_DecodeBlock(raw, (const unsigned char *)text, (int)len) < NONCE_BYTES)
		return NONCE_FOREIGN;
	sign(n, raw, source, mac);
	if (CRYPTO_memcmp(mac, raw + 16, NONCE_MAC))
		return NONCE_FOREIGN;
	wire_read_init(&r, raw, 16);
	id->issued_ms = wire_u64be(&r);
	id->counter = wire_u64be(&r);
	return now_ms - id->issued_ms < SIP_NONCE_LIFE_MS ? NONCE_VALID : NONCE_EXPIRED;
}

static struct used_nonce *find_used(struct sip_nonces *n, uint64_t counter, uint64_t hash)
{
	struct sip_node *at = sip_map_first(&n->map, hash);

	for (; at; at = sip_map_next(at)) {
		struct used_nonce *u = container_of(at, struct used_nonce, node);

		if (u->id.counter == counter)
			return u;
	}
	return NULL;
}

static void make_room(struct sip_nonces *n, uint64_t now_ms)
{
	while (n->oldest && now_ms - n->oldest->id.issued_ms >= SIP_NONCE_LIFE_MS)
		drop_oldest(n);
	while (n->oldest && n->map.count >= n->max) {
		if (n->oldest->id.issued_ms > n->floor_ms)
			n->floor_ms = n->oldest->id.issued_ms;
		drop_oldest(n);
	}
}

static bool first_use(struct sip_nonces *n, const struct sip_nonce_id *id, uint32_t nc,
		      uint64_t now_ms, uint64_t hash)
{
	struct used_nonce *u;

	if (n->floor_ms && id->issued_ms <= n->floor_ms)
		return false;
	make_room(n, now_ms);
	u = mem_zalloc(sizeof(*u));
	u->id = *id;
	u->highest = nc;
	u->seen = 1;
	sip_map_put(&n->map, &u->node, hash);
	if (n->newest)
		n->newest->later = u;
	else
		n->oldest = u;
	n->newest = u;
	return true;
}

bool sip_nonce_use(struct sip_nonces *n, const struct sip_nonce_id *id, uint32_t nc,
		   uint64_t now_ms)
{
	uint64_t hash = sip_map_hash(&n->map, &id->counter, sizeof(id->counter));
	struct used_nonce *u = find_used(n, id->counter, hash);
	uint32_t behind;

	if (!nc)
		return true;
	if (!u)
		return first_use(n, id, nc, now_ms, hash);
	if (nc > u->highest) {
		uint32_t ahead = nc - u->highest;

		u->seen = ahead < 64 ? u->seen << ahead | 1 : 1;
		u->highest = nc;
		return true;
	}
	behind = u->highest - nc;
	if (behind >= 64 || u->seen >> behind & 1)
		return false;
	u->seen |= (uint64_t)1 << behind;
	return true;
}
