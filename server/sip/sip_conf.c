/* server/sip/sip_conf.c - see sip_conf.h. */
#include "server/sip/sip_conf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"

struct dn {
	uint32_t tag;
	char number[SIP_NUMBER_SIZE];
	struct sip_node by_tag, by_number;
};
struct sip_conf {
	struct sip_hasher *hasher;
	struct sip_settings settings;
	struct sip_map pools, macs, users;
	struct sip_map dns, numbers;
	struct sip_pool *addresses;
};

struct sip_conf *sip_conf_new(struct sip_hasher *hasher)
{
	struct sip_conf *c = mem_zalloc(sizeof(*c));

	c->hasher = hasher;
	sip_map_init(&c->pools);
	sip_map_init(&c->macs);
	sip_map_init(&c->users);
	sip_map_init(&c->dns);
	sip_map_init(&c->numbers);
	return c;
}

static void pool_unlink(struct sip_conf *c, struct sip_pool *p)
{
	struct sip_pool **at = &c->addresses;

	sip_map_remove(&c->pools, &p->by_tag);
	if (p->mac[0])
		sip_map_remove(&c->macs, &p->by_mac);
	if (p->username)
		sip_map_remove(&c->users, &p->by_user);
	while (*at && *at != p)
		at = &(*at)->next_address;
	if (*at)
		*at = p->next_address;
}

static void pool_free(struct sip_pool *p)
{
	if (p->ha1)
		mem_wipe(p->ha1, sizeof(*p->ha1));
	mem_free(p->ha1);
	mem_free(p->username);
	mem_free(p->dns);
	mem_free(p);
}

static void drop_pool(void *ctx, struct sip_node *n)
{
	struct sip_pool *p = container_of(n, struct sip_pool, by_tag);

	pool_unlink(ctx, p);
	pool_free(p);
}

static void drop_dn(void *ctx, struct sip_node *n)
{
	struct sip_conf *c = ctx;
	struct dn *d = container_of(n, struct dn, by_tag);

	sip_map_remove(&c->dns, &d->by_tag);
	sip_map_remove(&c->numbers, &d->by_number);
	mem_free(d);
}

void sip_conf_clear(struct sip_conf *c)
{
	sip_map_each(&c->pools, drop_pool, c);
	sip_map_each(&c->dns, drop_dn, c);
}

void sip_conf_free(struct sip_conf *c)
{
	if (!c)
		return;
	sip_conf_clear(c);
	sip_map_fini(&c->pools);
	sip_map_fini(&c->macs);
	sip_map_fini(&c->users);
	sip_map_fini(&c->dns);
	sip_map_fini(&c->numbers);
	mem_free(c);
}

bool sip_conf_set(struct sip_conf *c, const struct sip_settings *s)
{
	bool realm = strcmp(c->settings.realm, s->realm) != 0;

	c->settings = *s;
	return realm;
}

const struct sip_settings *sip_conf_settings(const struct sip_conf *c)
{
	return &c->settings;
}

static struct sip_pool *find_pool(const struct sip_conf *c, uint32_t tag)
{
	struct sip_node *n = sip_map_first(&c->pools, sip_map_hash(&c->pools, &tag, sizeof(tag)));

	for (; n; n = sip_map_next(n)) {
		struct sip_pool *p = container_of(n, struct sip_pool, by_tag);

		if (p->tag == tag)
			return p;
	}
	return NULL;
}

static struct dn *find_dn(const struct sip_conf *c, uint32_t tag)
{
	struct sip_node *n = sip_map_first(&c->dns, sip_map_hash(&c->dns, &tag, sizeof(tag)));

	for (; n; n = sip_map_next(n)) {
		struct dn *d = container_of(n, struct dn, by_tag);

		if (d->tag == tag)
			return d;
	}
	return NULL;
}

/* Dotted mask or prefix length; nothing, or the 0.0.0.0 of real configurations, is one host. */
static unsigned mask_prefix(const struct sip_pool_row *row, const struct net_addr *a)
{
	unsigned whole = a->u.sa.sa_family == AF_INET6 ? 128 : 32, n = 0;
	struct net_addr m;
	int64_t v;

	if (row->kind == SIP_ID_IP || !row->mask)
		return whole;
	if (!text_to_int(row->mask, strlen(row->mask), 0, whole, &v))
		return (unsigned)v;
	if (net_addr_parse(&m, row->mask, 0) || m.u.sa.sa_family != AF_INET)
		return whole;
	for (uint32_t bits = ntohl(m.u.in.sin_addr.s_addr); bits & 0x80000000u; bits <<= 1)
		n++;
	return n;
}

static bool goes_before(const struct sip_pool *a, const struct sip_pool *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->prefix != b->prefix ? a->prefix > b->prefix : a->tag < b->tag;
}

static void link_address(struct sip_conf *c, struct sip_pool *p, const struct sip_pool_row *row)
{
	struct sip_pool **at = &c->addresses;

	if (!row->address || net_addr_parse(&p->address, row->address, 0)) {
		p->kind = SIP_ID_NONE;
		return;
	}
	p->prefix = mask_prefix(row, &p->address);
	while (*at && goes_before(*at, p))
		at = &(*at)->next_address;
	p->next_address = *at;
	*at = p;
}

static void set_credentials(struct sip_conf *c, struct sip_pool *p, const struct sip_pool_row *row)
{
	if (!row->username || !row->username[0])
		return;
	p->username = mem_strdup(row->username);
	sip_map_put(&c->users, &p->by_user,
		    sip_map_hash(&c->users, p->username, strlen(p->username)));
	if (!row->password)
		return;
	p->ha1 = mem_alloc(sizeof(*p->ha1));
	sip_ha1_make(c->hasher, p->username, c->settings.realm, row->password, p->ha1);
}

void sip_conf_put_pool(struct sip_conf *c, uint32_t tag, const struct sip_pool_row *row)
{
	struct sip_pool *p = find_pool(c, tag);

	if (p)
		drop_pool(c, &p->by_tag);
	if (!row)
		return;
	p = mem_zalloc(sizeof(*p));
	p->tag = tag;
	p->kind = row->kind;
	p->dns = row->n_dns ? mem_dup(row->dns, row->n_dns * sizeof(*row->dns)) : NULL;
	p->n_dns = row->n_dns;
	(void)text_copy(p->phone_type, sizeof(p->phone_type),
			row->phone_type ? row->phone_type : "");
	sip_map_put(&c->pools, &p->by_tag, sip_map_hash(&c->pools, &tag, sizeof(tag)));
	if (row->kind == SIP_ID_MAC && row->mac && !text_mac(p->mac, row->mac, strlen(row->mac)))
		sip_map_put(&c->macs, &p->by_mac, sip_map_hash(&c->macs, p->mac, strlen(p->mac)));
	if (row->kind == SIP_ID_IP || row->kind == SIP_ID_NETWORK)
		link_address(c, p, row);
	set_credentials(c, p, row);
}

void sip_conf_put_dn(struct sip_conf *c, uint32_t tag, const char *number)
{
	struct dn *d = find_dn(c, tag);

	if (d)
		drop_dn(c, &d->by_tag);
	if (!number || !number[0])
		return;
	d = mem_zalloc(sizeof(*d));
	d->tag = tag;
	(void)text_copy(d->number, sizeof(d->number), number);
	sip_map_put(&c->dns, &d->by_tag, sip_map_hash(&c->dns, &tag, sizeof(tag)));
	sip_map_put(&c->numbers, &d->by_number,
		    sip_map_hash(&c->numbers, d->number, strlen(d->number)));
}

const struct sip_pool *sip_conf_pool(const struct sip_conf *c, uint32_t tag)
{
	return tag <= c->settings.max_pool ? find_pool(c, tag) : NULL;
}

const struct sip_pool *sip_conf_by_mac(const struct sip_conf *c, const char *mac)
{
	struct sip_node *n = sip_map_first(&c->macs, sip_map_hash(&c->macs, mac, strlen(mac)));

	for (; n; n = sip_map_next(n)) {
		const struct sip_pool *p = container_of(n, struct sip_pool, by_mac);

		if (!strcmp(p->mac, mac) && p->tag <= c->settings.max_pool)
			return p;
	}
	return NULL;
}

const struct sip_pool *sip_conf_by_address(const struct sip_conf *c, const struct net_addr *a)
{
	for (const struct sip_pool *p = c->addresses; p; p = p->next_address)
		if (p->tag <= c->settings.max_pool &&
		    net_addr_in_network(a, &p->address, p->prefix))
			return p;
	return NULL;
}

const struct sip_pool *sip_conf_by_user(const struct sip_conf *c, const char *user,
					const struct sip_pool *after)
{
	struct sip_node *n =
	    after ? sip_map_next(&after->by_user)
		  : sip_map_first(&c->users, sip_map_hash(&c->users, user, strlen(user)));

	for (; n; n = sip_map_next(n)) {
		const struct sip_pool *p = container_of(n, struct sip_pool, by_user);

		if (!strcmp(p->username, user) && p->tag <= c->settings.max_pool)
			return p;
	}
	return NULL;
}

static bool number_is(const struct dn *d, const char *number, size_t len)
{
	return strlen(d->number) == len && !memcmp(d->number, number, len);
}

bool sip_conf_pool_has(const struct sip_conf *c, const struct sip_pool *p, const char *number,
		       size_t len)
{
	for (size_t i = 0; i < p->n_dns; i++) {
		const struct dn *d = p->dns[i] <= c->settings.max_dn ? find_dn(c, p->dns[i]) : NULL;

		if (d && number_is(d, number, len))
			return true;
	}
	return false;
}

bool sip_conf_knows(const struct sip_conf *c, const char *number, size_t len)
{
	struct sip_node *n = sip_map_first(&c->numbers, sip_map_hash(&c->numbers, number, len));

	for (; n; n = sip_map_next(n)) {
		const struct dn *d = container_of(n, struct dn, by_number);

		if (d->tag <= c->settings.max_dn && number_is(d, number, len))
			return true;
	}
	return false;
}

void sip_conf_device(const struct sip_pool *p, const struct net_addr *peer, char *out, size_t cap)
{
	char at[NET_TEXT_SIZE];

	if (p->mac[0])
		snprintf(out, cap, "%s%s", strncasecmp(p->phone_type, "ATA", 3) ? "SEP" : "ATA",
			 p->mac);
	else
		snprintf(out, cap, "POOL%u@%s", p->tag, net_addr_text(peer, at));
}
