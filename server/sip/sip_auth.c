/* server/sip/sip_auth.c - see sip_auth.h. */
#include "server/sip/sip_auth.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"

struct check {
	const struct sip_auth *a;
	const struct sip_msg *m;
	const struct sip_flow *flow;
	const struct sip_identity *id;
	const struct sip_credentials *cred;
	uint64_t now_ms;
	struct sip_verdict *out;
	char neighbour[MAC_TEXT_SIZE]; /* MAC of the source address; "" = not on-link */
};

static void verdict(struct check *c, int code, const char *reason)
{
	c->out->code = code;
	c->out->reason = reason;
}

static void set_pool(struct check *c, const struct sip_pool *p)
{
	c->out->pool = p;
	sip_conf_device(p, &c->flow->peer, c->out->device, sizeof(c->out->device));
}

/* ---- finding the pool (R-230 .. R-238) ---- */

/* The phone says which MAC it has; where the neighbour table knows its address, that has to agree. */
static void find_by_claim(struct check *c)
{
	const struct sip_pool *p = sip_conf_by_mac(c->a->conf, c->id->mac);

	if (!p)
		return;
	set_pool(c, p);
	if (c->neighbour[0] && strcmp(c->neighbour, p->mac) != 0)
		verdict(c, 403, "the address belongs to another MAC than the phone says");
}

static void find_by_neighbour(struct check *c)
{
	const struct sip_pool *p = sip_conf_by_mac(c->a->conf, c->neighbour);

	if (p)
		set_pool(c, p);
}

static void find_pool(struct check *c)
{
	const struct sip_pool *p;

	if (c->a->neighbour(c->a->ctx, &c->flow->peer, c->neighbour))
		c->neighbour[0] = '\0';
	if (c->id->mac[0])
		find_by_claim(c);
	if (!c->out->pool && c->neighbour[0])
		find_by_neighbour(c);
	if (c->out->pool)
		return;
	p = sip_conf_by_address(c->a->conf, &c->flow->peer);
	if (p)
		set_pool(c, p);
}

/* ---- credentials ---- */

/* The pool whose password made this response: the one already found first, then all with that user name.
 * NULL: none; *named tells whether the name exists at all. */
static const struct sip_pool *match_credentials(struct check *c, bool *named)
{
	/* An unknown name costs as much time as a known one. */
	static const struct sip_ha1 nobody = { .hex = { "0", "0" } };
	const struct sip_pool *p = NULL;
	struct slice method = c->m->scan.method;

	*named = false;
	while ((p = sip_conf_by_user(c->a->conf, c->cred->username, p))) {
		*named = true;
		if (p->ha1 &&
		    sip_digest_matches(c->a->hasher, c->cred, p->ha1, method.p, method.len))
			return p;
	}
	if (!*named)
		(void)sip_digest_matches(c->a->hasher, c->cred, &nobody, method.p, method.len);
	return NULL;
}

static void fail(struct check *c, int code, const char *reason)
{
	c->out->failed = true;
	c->out->blocked = sip_guard_failed(c->a->guard, &c->flow->peer, c->now_ms);
	verdict(c, code, reason);
}

/* Wrong credentials. A nonce that is not ours proves nothing about the sender's address, so it is not
 * held against it: else a stranger could lock phones out by writing their address on his packets. */
static void refuse_credentials(struct check *c, bool named, enum sip_nonce_state state)
{
	int code = !named && !c->out->pool ? 403 : 401;
	const char *reason = !named && !c->out->pool ? REJECT_NO_POOL : REJECT_PASSWORD;

	if (c->out->pool && !named)
		reason = "wrong user name";
	if (state == NONCE_FOREIGN && c->flow->transport == SIP_UDP)
		verdict(c, 401, "nonce is not ours");
	else
		fail(c, code, reason);
}

static uint32_t nonce_count(const struct sip_credentials *cred)
{
	uint32_t nc = 0;

	for (const char *p = cred->nc; *p; p++) {
		int v = *p >= '0' && *p <= '9'                 ? *p - '0'
			: (*p | 32) >= 'a' && (*p | 32) <= 'f' ? (*p | 32) - 'a' + 10
							       : 0;
		nc = nc << 4 | (uint32_t)v;
	}
	return nc ? nc : 1;
}

static void check_nonce(struct check *c, enum sip_nonce_state state, const struct sip_nonce_id *id)
{
	uint32_t nc = c->cred->qop[0] ? nonce_count(c->cred) : 0;

	if (state == NONCE_VALID && sip_nonce_use(c->a->nonces, id, nc, c->now_ms))
		return;
	c->out->stale = true;
	verdict(c, 401, state == NONCE_VALID ? "nonce was used before" : "nonce ran out");
}

/* The digest's uri has to name what was asked: compared by host and user, so that an alias port or the
 * order of parameters does no harm. */
static bool is_uri_ours(const struct check *c)
{
	struct sip_uri u;

	if (sip_uri_parse(&u, slice_of(c->cred->uri)))
		return false;
	return u.user.len == c->m->ruri.user.len &&
	       (!u.user.len || !memcmp(u.user.p, c->m->ruri.user.p, u.user.len));
}

/* A pool known by its credentials only: `id` still has to allow this phone. The credentials stand in for
 * the MAC where neither the phone nor the neighbour table tells it (sip `id mac` off-link). */
static void check_id(struct check *c, const struct sip_pool *p)
{
	const char *mac = c->id->mac[0] ? c->id->mac : c->neighbour;

	if (p->kind == SIP_ID_NONE)
		verdict(c, 403, "the pool has no id: it accepts nobody");
	else if (p->kind != SIP_ID_MAC)
		verdict(c, 403, "the address is not the one of the pool");
	else if (mac[0] && strcmp(mac, p->mac) != 0)
		verdict(c, 403, "the MAC is not the one of the pool");
}

static void check_credentials(struct check *c)
{
	struct sip_nonce_id id;
	enum sip_nonce_state state;
	const struct sip_pool *p;
	bool named;

	if (sip_credentials_check(c->cred)) {
		verdict(c, 400, "incomplete credentials");
		return;
	}
	if (!is_uri_ours(c)) {
		verdict(c, 400, "credentials are for another uri");
		return;
	}
	state = sip_nonce_check(c->a->nonces, c->cred->nonce, &c->flow->peer, c->now_ms, &id);
	p = match_credentials(c, &named);
	if (!p) {
		refuse_credentials(c, named, state);
		return;
	}
	if (c->out->pool && p != c->out->pool) {
		verdict(c, 403, "credentials belong to another pool");
		return;
	}
	if (!c->out->pool)
		check_id(c, p);
	if (c->out->code != 200)
		return;
	set_pool(c, p);
	check_nonce(c, state, &id);
}

/* ---- the number ---- */

static void refuse_number(struct check *c)
{
	const struct sip_user *to = &c->m->to.user;

	if (sip_conf_knows(c->a->conf, to->s, to->len))
		verdict(c, 403, REJECT_OTHER_NUMBER);
	else
		verdict(c, 404, REJECT_NUMBER);
}

static void check_number(struct check *c)
{
	const struct sip_user *to = &c->m->to.user, *from = &c->m->from.user;
	const struct sip_conf *conf = c->a->conf;

	if (!sip_conf_pool_has(conf, c->out->pool, to->s, to->len))
		refuse_number(c);
	else if (!sip_conf_pool_has(conf, c->out->pool, from->s, from->len))
		verdict(c, 403, "registration on behalf of somebody else");
}

/* R-280; and a MAC that is only claimed is never enough. */
static bool needs_credentials(const struct check *c)
{
	const struct sip_settings *s = sip_conf_settings(c->a->conf);

	if (s->authenticate_all)
		return true;
	if (c->out->pool && c->out->pool->mac[0])
		return strcmp(c->neighbour, c->out->pool->mac) != 0;
	return s->authenticate;
}

void sip_auth_check(const struct sip_auth *a, const struct sip_msg *m, const struct sip_flow *flow,
		    const struct sip_identity *id, uint64_t now_ms, struct sip_verdict *out)
{
	const struct sip_settings *s = sip_conf_settings(a->conf);
	struct check c = { .a = a, .m = m, .flow = flow, .id = id, .now_ms = now_ms, .out = out };
	bool known;

	memset(out, 0, sizeof(*out));
	out->code = 200;
	c.cred = sip_msg_auth(m, s->realm);
	find_pool(&c);
	known = out->pool && a->is_known(a->ctx, out->device, &flow->peer);
	if (out->code != 200)
		return;
	/* A phone that is registered from here is not shut out by what else happens at its address. */
	if (!known && sip_guard_is_blocked(a->guard, &flow->peer, now_ms))
		verdict(&c, 403, REJECT_BLOCKED);
	else if (!out->pool && !s->authenticate && !s->authenticate_all)
		verdict(&c, 403, REJECT_NO_POOL);
	else if (!needs_credentials(&c))
		check_number(&c);
	else if (out->pool && !out->pool->ha1)
		verdict(&c, 403, "the pool has no user name and password");
	else if (!c.cred)
		verdict(&c, 401, NULL);
	else
		check_credentials(&c);
	if (out->code == 200 && needs_credentials(&c))
		check_number(&c);
}

void sip_auth_challenge(const struct sip_auth *a, const struct net_addr *source, bool stale,
			bool md5_only, uint64_t now_ms, struct text *t)
{
	static const char *const names[SIP_ALGS] = { "MD5", "SHA-256" };
	const char *realm = sip_conf_settings(a->conf)->realm;
	char nonce[SIP_NONCE_SIZE];

	for (int alg = md5_only ? SIP_MD5 : SIP_SHA256; alg >= 0; alg--) {
		sip_nonce_make(a->nonces, source, now_ms, nonce);
		text_addf(t,
			  "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", %salgorithm=%s, "
			  "qop=\"auth\"\r\n",
			  realm, nonce, stale ? "stale=true, " : "", names[alg]);
	}
}
