/* server/sip/sip_digest.c - digest responses. Nonces are in sip_nonce.c. */
#include "server/sip/sip_digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

struct sip_hasher {
	EVP_MD *md[SIP_ALGS];
	EVP_MD_CTX *ctx;
};

static const char *const md_names[SIP_ALGS] = { "MD5", "SHA2-256" };

int sip_hasher_new(struct sip_hasher **out)
{
	struct sip_hasher *h = mem_zalloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	for (int i = 0; i < SIP_ALGS; i++)
		h->md[i] = EVP_MD_fetch(NULL, md_names[i], NULL);
	if (!h->ctx || !h->md[SIP_MD5] || !h->md[SIP_SHA256]) {
		sip_hasher_free(h);
		return ERR_UNSUPPORTED;
	}
	*out = h;
	return 0;
}

void sip_hasher_free(struct sip_hasher *h)
{
	if (!h)
		return;
	for (int i = 0; i < SIP_ALGS; i++)
		EVP_MD_free(h->md[i]);
	EVP_MD_CTX_free(h->ctx);
	mem_free(h);
}

/* Hash of the parts joined by ':' as lower-case hex. */
static void hash_join(struct sip_hasher *h, enum sip_alg alg, const struct slice *parts, size_t n,
		      char out[SIP_HASH_HEX])
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	EVP_DigestInit_ex2(h->ctx, h->md[alg], NULL);
	for (size_t i = 0; i < n; i++) {
		if (i)
			EVP_DigestUpdate(h->ctx, ":", 1);
		EVP_DigestUpdate(h->ctx, parts[i].p, parts[i].len);
	}
	EVP_DigestFinal_ex(h->ctx, md, &len);
	text_hex(out, md, len);
	mem_wipe(md, sizeof(md));
}

void sip_ha1_make(struct sip_hasher *h, const char *user, const char *realm, const char *password,
		  struct sip_ha1 *out)
{
	const struct slice parts[] = { slice_of(user), slice_of(realm), slice_of(password) };

	for (int i = 0; i < SIP_ALGS; i++)
		hash_join(h, (enum sip_alg)i, parts, 3, out->hex[i]);
}

int sip_credentials_check(const struct sip_credentials *c)
{
	if (!c->username[0] || !c->nonce[0] || !c->uri[0] || !c->response[0])
		return ERR_MALFORMED;
	if (c->qop[0] && (!c->nc[0] || !c->cnonce[0]))
		return ERR_MALFORMED;
	return 0;
}

int sip_credentials_alg(const struct sip_credentials *c, enum sip_alg *alg, bool *sess)
{
	static const struct {
		const char *name;
		enum sip_alg alg;
		bool sess;
	} names[] = {
		{ "", SIP_MD5, false },
		{ "MD5", SIP_MD5, false },
		{ "MD5-sess", SIP_MD5, true },
		{ "SHA-256", SIP_SHA256, false },
		{ "SHA-256-sess", SIP_SHA256, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(c->algorithm, names[i].name)) {
			*alg = names[i].alg;
			*sess = names[i].sess;
			return 0;
		}
	return ERR_UNSUPPORTED;
}

int sip_digest_response(struct sip_hasher *h, const struct sip_credentials *c,
			const struct sip_ha1 *ha1, const char *method, size_t method_len,
			char out[SIP_HASH_HEX])
{
	char a1[SIP_HASH_HEX], a2[SIP_HASH_HEX];
	struct slice two[] = { { method, method_len }, slice_of(c->uri) };
	enum sip_alg alg;
	bool sess;

	if (sip_credentials_alg(c, &alg, &sess) || (c->qop[0] && strcasecmp(c->qop, "auth") != 0))
		return ERR_UNSUPPORTED;
	memcpy(a1, ha1->hex[alg], sizeof(a1));
	if (sess) {
		struct slice s[] = { slice_of(ha1->hex[alg]), slice_of(c->nonce),
				     slice_of(c->cnonce) };

		hash_join(h, alg, s, 3, a1);
	}
	hash_join(h, alg, two, 2, a2);
	if (c->qop[0]) {
		struct slice s[] = { slice_of(a1),        slice_of(c->nonce), slice_of(c->nc),
				     slice_of(c->cnonce), slice_of(c->qop),   slice_of(a2) };

		hash_join(h, alg, s, 6, out);
	} else {
		struct slice s[] = { slice_of(a1), slice_of(c->nonce), slice_of(a2) };

		hash_join(h, alg, s, 3, out);
	}
	mem_wipe(a1, sizeof(a1));
	return 0;
}

bool sip_digest_matches(struct sip_hasher *h, const struct sip_credentials *c,
			const struct sip_ha1 *ha1, const char *method, size_t method_len)
{
	char want[SIP_HASH_HEX], got[SIP_HASH_HEX] = "";
	size_t n;

	if (c->overlong || sip_digest_response(h, c, ha1, method, method_len, want))
		return false;
	n = strlen(want);
	if (strlen(c->response) != n)
		return false;
	for (size_t i = 0; i < n; i++) /* some phones write the hex in capitals */
		got[i] = c->response[i] >= 'A' && c->response[i] <= 'F'
			     ? (char)(c->response[i] + 32)
			     : c->response[i];
	return CRYPTO_memcmp(want, got, n) == 0;
}
