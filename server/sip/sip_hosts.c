/* server/sip/sip_hosts.c - see sip_hosts.h. */
#include "server/sip/sip_hosts.h"

#include <ifaddrs.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"

#define ADDRESSES_MAX 128

struct neighbour {
	struct net_addr addr;
	uint64_t until_ms;
	char mac[MAC_TEXT_SIZE]; /* "" = not in the table */
};
struct sip_hosts {
	struct net_addr addresses[ADDRESSES_MAX];
	size_t n;
	char name[256];
	uint64_t until_ms;
	struct neighbour neighbours[SIP_NEIGHBOURS];
};

struct sip_hosts *sip_hosts_new(void)
{
	return mem_zalloc(sizeof(struct sip_hosts));
}

void sip_hosts_free(struct sip_hosts *h)
{
	mem_free(h);
}

static void refresh(struct sip_hosts *h, uint64_t now_ms)
{
	struct ifaddrs *list = NULL;

	h->until_ms = now_ms + SIP_HOSTS_TTL_MS;
	h->n = 0;
	if (gethostname(h->name, sizeof(h->name) - 1))
		h->name[0] = '\0';
	if (getifaddrs(&list))
		return;
	for (struct ifaddrs *i = list; i && h->n < ADDRESSES_MAX; i = i->ifa_next) {
		struct net_addr *a = &h->addresses[h->n];

		if (!i->ifa_addr ||
		    (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6))
			continue;
		memset(a, 0, sizeof(*a));
		memcpy(&a->u, i->ifa_addr,
		       i->ifa_addr->sa_family == AF_INET ? sizeof(a->u.in) : sizeof(a->u.in6));
		h->n++;
	}
	freeifaddrs(list);
}

/* A name with or without its domain. */
static bool is_name(const struct sip_hosts *h, struct slice host)
{
	size_t n = strcspn(h->name, ".");

	return h->name[0] && (slice_eq_nocase(host, h->name) ||
			      (host.len == n && !strncasecmp(host.p, h->name, n)));
}

bool sip_hosts_is_ours(struct sip_hosts *h, const struct sip_flow *flow, struct slice host,
		       uint64_t now_ms)
{
	char text[NET_HOST_SIZE];
	struct net_addr a;

	if (slice_eq_nocase(host, net_addr_host(&flow->local, text)))
		return true;
	if (now_ms >= h->until_ms)
		refresh(h, now_ms);
	if (is_name(h, host))
		return true;
	if (slice_eq_nocase(host, "localhost"))
		return net_addr_is_loopback(&flow->peer);
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	if (net_addr_parse(&a, text, 0))
		return false;
	for (size_t i = 0; i < h->n; i++)
		if (net_addr_same_host(&a, &h->addresses[i]))
			return true;
	return net_addr_same_host(&a, &flow->local);
}

int sip_hosts_neighbour(struct sip_hosts *h, const struct net_addr *a, uint64_t now_ms,
			char mac[MAC_TEXT_SIZE])
{
	struct neighbour *n = &h->neighbours[net_addr_hash_host(a, 0) % SIP_NEIGHBOURS];

	if (net_addr_is_loopback(a))
		return ERR_NOENT;
	if (n->until_ms <= now_ms || !net_addr_same_host(&n->addr, a)) {
		n->addr = *a;
		n->until_ms = now_ms + SIP_NEIGHBOUR_TTL_MS;
		if (net_neighbour_mac(a, n->mac))
			n->mac[0] = '\0';
	}
	memcpy(mac, n->mac, MAC_TEXT_SIZE);
	return n->mac[0] ? 0 : ERR_NOENT;
}
