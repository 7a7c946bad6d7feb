/* server/core/net.h - addresses, UDP with the local address of each datagram, TCP over the loop.
 * UDP answers leave from the address the question came to (IP_PKTINFO, RFC 3542). */
#ifndef CORE_NET_H
#define CORE_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "server/core/loop.h"

struct net_addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u;
};

#define NET_HOST_SIZE 48 /* an address without port */
#define NET_TEXT_SIZE 64 /* "10.0.0.1:5060", "[2001:db8::1]:5060" */

int net_addr_parse(struct net_addr *a, const char *host,
		   uint16_t port); /* literal only; ERR_MALFORMED */
int net_addr_parse_hostport(struct net_addr *a, const char *s, uint16_t dflt_port);
const char *net_addr_host(const struct net_addr *a,
			  char out[NET_HOST_SIZE]); /* v4-mapped shown as v4 */
const char *net_addr_text(const struct net_addr *a, char out[NET_TEXT_SIZE]);
uint16_t net_addr_port(const struct net_addr *a);
void net_addr_set_port(struct net_addr *a, uint16_t port);
bool net_addr_eq(const struct net_addr *a, const struct net_addr *b); /* host and port */
bool net_addr_same_host(const struct net_addr *a, const struct net_addr *b);
uint32_t net_addr_hash_host(const struct net_addr *a, uint32_t seed);
bool net_addr_is_loopback(const struct net_addr *a);
bool net_addr_is_any(const struct net_addr *a);
bool net_addr_in_network(const struct net_addr *a, const struct net_addr *net, unsigned prefix);
socklen_t net_addr_len(const struct net_addr *a);

/* ---- UDP ---- */
#define NET_UDP_BATCH 32
#define NET_UDP_MAX   9000 /* longer datagrams come with `truncated` set */

struct net_dgram {
	struct net_addr peer;
	struct net_addr local; /* address it came to / shall leave from */
	unsigned ifindex;
	int64_t recv_wall_ns; /* kernel receive time stamp; 0 = none */
	uint8_t *data;
	size_t len;
	bool truncated;
};
struct net_udp;
typedef void (*net_udp_fn)(void *ctx, const struct net_dgram *in); /* data borrowed for the call */
/* Opens and binds; `any` v6 address makes a dual-stack socket. 0, ERR_PERM (privileged port),
 * ERR_EXIST (in use), ERR_IO. Datagrams are handed to `fn` from the loop, a bounded number a turn.
 */
int net_udp_open(struct net_udp **out, struct loop *loop, const struct net_addr *bind,
		 net_udp_fn fn, void *ctx);
/* Queue one datagram for this turn; sent with sendmmsg at its end or when the batch is full. Local
 * address and ifindex of `to` are used as source when set. Dropped and counted when the socket is
 * full. */
void net_udp_send(struct net_udp *u, const struct net_addr *peer, const struct net_addr *local,
		  unsigned ifindex, const void *data, size_t len);
void net_udp_flush(struct net_udp *u);
void net_udp_local(const struct net_udp *u, struct net_addr *out); /* the bound address and port */
int net_udp_set_dscp(struct net_udp *u, unsigned dscp);            /* 0..63 */
void net_udp_close(struct net_udp *u);

/* ---- TCP ---- */
struct net_tcp_listener;
struct net_tcp; /* one connection */
struct net_tcp_ops {
	/* Bytes came; returns how many were used (the rest is kept and given again with more), or a
	 * negative ERR_* to close. The buffer holds at most `max_in` bytes: using none of a full
	 * one closes the connection. */
	long (*on_data)(void *ctx, struct net_tcp *c, const uint8_t *data, size_t len);
	void (*on_close)(void *ctx, struct net_tcp *c,
			 int err); /* last call; c is freed after it */
	size_t max_in, max_out;    /* bytes; more unsent output closes the connection */
};
/* `on_accept` returns the connection's ctx and sets *ops, or NULL to refuse. */
typedef void *(*net_tcp_accept_fn)(void *ctx, struct net_tcp *c, const struct net_tcp_ops **ops);
struct net_tcp_limits {
	unsigned per_address; /* connections of one address; excess closed at once */
	unsigned total;
};
int net_tcp_listen(struct net_tcp_listener **out, struct loop *loop, const struct net_addr *bind,
		   const struct net_tcp_limits *limits, net_tcp_accept_fn on_accept, void *ctx);
void net_tcp_listener_local(const struct net_tcp_listener *l, struct net_addr *out);
/* Closes its connections too: on_close() of each is called before this returns. */
void net_tcp_listener_close(struct net_tcp_listener *l);
/* Copied. 0, ERR_TOO_BIG (more than max_out unsent: the connection is closed) or ERR_CLOSED. */
int net_tcp_send(struct net_tcp *c, const void *data, size_t len);
void net_tcp_close(struct net_tcp *c); /* after what was sent has left; on_close follows */
/* For status views: the descriptor (-1: none), bytes not yet used by the owner, bytes not yet taken by the
 * peer. */
int net_tcp_fd(const struct net_tcp *c);
int net_tcp_listener_fd(const struct net_tcp_listener *l);
size_t net_tcp_unread(const struct net_tcp *c);
size_t net_tcp_unsent(const struct net_tcp *c);
const struct net_addr *net_tcp_peer(const struct net_tcp *c);
const struct net_addr *net_tcp_local(const struct net_tcp *c);
int net_tcp_set_dscp(struct net_tcp *c, unsigned dscp);

/* Whether an accepted descriptor is one of those kept back (a quarter of the process's limit, at most
 * NET_FD_RESERVE): who serves crowds refuses it, so that the administration, the store and files find
 * one. The lowest free number is always given out, so the number tells how many are in use. */
#define NET_FD_RESERVE 256
bool net_fd_is_reserve(int fd);

/* All addresses of this host: "::", which serves IPv4 too, or "0.0.0.0" when the kernel has no IPv6. */
const char *net_any_host(void);

/* First usable (not loopback) address of the host, for set-up; 0 or ERR_NOENT. */
int net_primary_address(int family, char out[NET_HOST_SIZE]);
/* Neighbour table (ARP) look-up of an on-link address: 0 and MAC as 12 upper-case hex, or
 * ERR_NOENT. */
int net_neighbour_mac(const struct net_addr *a, char mac[13]);

#endif
