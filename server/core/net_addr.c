/* server/core/net_addr.c - addresses as values. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "server/core/text.h"

int net_addr_parse(struct net_addr *a, const char *host, uint16_t port)
{
	*a = (struct net_addr){ 0 };
	if (inet_pton(AF_INET, host, &a->u.in.sin_addr) == 1) {
		a->u.in.sin_family = AF_INET;
		a->u.in.sin_port = htons(port);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &a->u.in6.sin6_addr) == 1) {
		a->u.in6.sin6_family = AF_INET6;
		a->u.in6.sin6_port = htons(port);
		return 0;
	}
	return ERR_MALFORMED;
}

/* Splits "host:port", "[v6]:port", "host" into host and port text (port NULL when there is none).
 */
static int split_hostport(char *s, char **host, char **port)
{
	char *end;

	*host = s;
	*port = NULL;
	if (*s == '[') {
		end = strchr(s, ']');
		if (!end || (end[1] && end[1] != ':'))
			return ERR_MALFORMED;
		*host = s + 1;
		*port = end[1] ? end + 2 : NULL;
		*end = '\0';
		return 0;
	}
	end = strchr(s, ':');
	if (end && !strchr(end + 1, ':')) { /* more colons: a bare IPv6 address */
		*end = '\0';
		*port = end + 1;
	}
	return 0;
}

int net_addr_parse_hostport(struct net_addr *a, const char *s, uint16_t dflt_port)
{
	char buf[NET_TEXT_SIZE], *host, *port;
	int64_t n = dflt_port;

	if (text_copy(buf, sizeof(buf), s) || split_hostport(buf, &host, &port))
		return ERR_MALFORMED;
	if (port && text_to_int(port, strlen(port), 0, 65535, &n))
		return ERR_MALFORMED;
	return net_addr_parse(a, host, (uint16_t)n);
}

static bool is_mapped(const struct net_addr *a)
{
	return a->u.sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr);
}

/* The bytes of the host, an IPv4-mapped one as IPv4. */
static const uint8_t *host_bytes(const struct net_addr *a, size_t *len)
{
	if (a->u.sa.sa_family == AF_INET) {
		*len = 4;
		return (const uint8_t *)&a->u.in.sin_addr;
	}
	*len = is_mapped(a) ? 4 : 16;
	return a->u.in6.sin6_addr.s6_addr + (16 - *len);
}

const char *net_addr_host(const struct net_addr *a, char out[NET_HOST_SIZE])
{
	size_t len;
	const uint8_t *p = host_bytes(a, &len);

	if (!inet_ntop(len == 4 ? AF_INET : AF_INET6, p, out, NET_HOST_SIZE))
		out[0] = '\0';
	return out;
}

const char *net_addr_text(const struct net_addr *a, char out[NET_TEXT_SIZE])
{
	char host[NET_HOST_SIZE];

	net_addr_host(a, host);
	snprintf(out, NET_TEXT_SIZE, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
		 net_addr_port(a));
	return out;
}

uint16_t net_addr_port(const struct net_addr *a)
{
	return ntohs(a->u.sa.sa_family == AF_INET ? a->u.in.sin_port : a->u.in6.sin6_port);
}

void net_addr_set_port(struct net_addr *a, uint16_t port)
{
	if (a->u.sa.sa_family == AF_INET)
		a->u.in.sin_port = htons(port);
	else
		a->u.in6.sin6_port = htons(port);
}

bool net_addr_same_host(const struct net_addr *a, const struct net_addr *b)
{
	size_t la, lb;
	const uint8_t *pa = host_bytes(a, &la), *pb = host_bytes(b, &lb);

	return la == lb && !memcmp(pa, pb, la);
}

bool net_addr_eq(const struct net_addr *a, const struct net_addr *b)
{
	return net_addr_port(a) == net_addr_port(b) && net_addr_same_host(a, b);
}

uint32_t net_addr_hash_host(const struct net_addr *a, uint32_t seed)
{
	size_t len;
	const uint8_t *p = host_bytes(a, &len);
	uint32_t h = 2166136261u ^ seed; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h ^ h >> 15;
}

bool net_addr_is_loopback(const struct net_addr *a)
{
	size_t len;
	const uint8_t *p = host_bytes(a, &len);

	return len == 4 ? p[0] == 127 : IN6_IS_ADDR_LOOPBACK(&a->u.in6.sin6_addr);
}

bool net_addr_is_any(const struct net_addr *a)
{
	size_t len;
	const uint8_t *p = host_bytes(a, &len);

	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

bool net_addr_in_network(const struct net_addr *a, const struct net_addr *net, unsigned prefix)
{
	size_t la, ln, whole = prefix / 8;
	const uint8_t *pa = host_bytes(a, &la), *pn = host_bytes(net, &ln);
	unsigned rest = prefix % 8;

	if (la != ln || prefix > la * 8 || memcmp(pa, pn, whole))
		return false;
	return !rest || pa[whole] >> (8 - rest) == pn[whole] >> (8 - rest);
}

socklen_t net_addr_len(const struct net_addr *a)
{
	return a->u.sa.sa_family == AF_INET ? sizeof(a->u.in) : sizeof(a->u.in6);
}

const char *net_any_host(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool none = fd < 0 && errno == EAFNOSUPPORT;

	if (fd >= 0)
		close(fd);
	return none ? "0.0.0.0" : "::";
}

int net_primary_address(int family, char out[NET_HOST_SIZE])
{
	struct ifaddrs *list, *i;
	int err = ERR_NOENT;

	if (getifaddrs(&list))
		return ERR_IO;
	for (i = list; i && err; i = i->ifa_next) {
		struct net_addr a = { 0 };

		if (!i->ifa_addr || i->ifa_addr->sa_family != family || !(i->ifa_flags & IFF_UP))
			continue;
		memcpy(&a, i->ifa_addr, family == AF_INET ? sizeof(a.u.in) : sizeof(a.u.in6));
		if (net_addr_is_loopback(&a))
			continue;
		if (family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.u.in6.sin6_addr))
			continue;
		net_addr_host(&a, out);
		err = 0;
	}
	freeifaddrs(list);
	return err;
}

int net_neighbour_mac(const struct net_addr *a, char mac[13])
{
	char host[NET_HOST_SIZE], ip[NET_HOST_SIZE], hw[32], line[256];
	FILE *f = fopen("/proc/net/arp", "re");
	int err = ERR_NOENT;

	if (!f)
		return ERR_NOENT;
	net_addr_host(a, host);
	while (err && fgets(line, sizeof(line), f)) {
		unsigned type, flags;

		/* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers are in range */
		if (sscanf(line, "%47s 0x%x 0x%x %31s", ip, &type, &flags, hw) != 4)
			continue;
		if (!strcmp(ip, host) && flags & 2 /* complete */)
			err = text_mac(mac, hw, strlen(hw));
	}
	fclose(f);
	return err;
}
