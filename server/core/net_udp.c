/* server/core/net_udp.c - one UDP socket on the loop: recvmmsg in, sendmmsg out at the end of a
 * turn, local addresses by IP_PKTINFO / IPV6_PKTINFO (RFC 3542), kernel receive time stamps. */
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/net.h"

#define RECV_TURNS   4            /* batches a turn: one busy socket does not starve the others */
#define ARENA_SIZE   (256u << 10) /* bytes of unsent output gathered in a turn */
#define SOCKET_BUF   (4 << 20)
#define CONTROL_SIZE 128
#define SEGMENTS_MAX 64    /* datagrams that leave as one (UDP_SEGMENT) */
#define TRAIN_MAX    60000 /* bytes of them */

union control {
	struct cmsghdr align;
	char bytes[CONTROL_SIZE];
};

struct net_udp {
	struct loop_io io;
	struct loop_hook hook;
	struct loop_reap grave;
	struct loop *loop;
	net_udp_fn fn;
	void *ctx;
	int family;
	bool closing;
	uint64_t dropped;
	uint16_t local_port;
	size_t segment_max; /* larger datagrams are not joined: the path did not take them */

	uint8_t *in;
	struct mmsghdr rx[NET_UDP_BATCH];
	struct iovec rx_iov[NET_UDP_BATCH];
	struct net_addr rx_addr[NET_UDP_BATCH];
	union control rx_control[NET_UDP_BATCH];

	uint8_t *arena;
	size_t arena_used;
	unsigned n_tx;
	struct mmsghdr tx[NET_UDP_BATCH];
	struct iovec tx_iov[NET_UDP_BATCH];
	struct net_addr tx_addr[NET_UDP_BATCH];
	union control tx_control[NET_UDP_BATCH];
	/* Datagrams of one size in a row to one peer travel the stack as one (Linux 4.18). */
	size_t tx_segment[NET_UDP_BATCH]; /* size of the first of them */
	unsigned tx_segments[NET_UDP_BATCH];
	struct net_addr last_peer, last_local;
	unsigned last_ifindex;
};

/* IPv4-mapped addresses of a dual-stack socket become plain IPv4 ones. */
static void unmap(struct net_addr *a)
{
	struct in6_addr six = a->u.in6.sin6_addr;
	in_port_t port = a->u.in6.sin6_port;

	if (a->u.sa.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&six))
		return;
	*a = (struct net_addr){ 0 };
	a->u.in.sin_family = AF_INET;
	a->u.in.sin_port = port;
	memcpy(&a->u.in.sin_addr, six.s6_addr + 12, 4);
}

static struct net_addr map_for(int family, const struct net_addr *a)
{
	struct net_addr m = { 0 };

	if (family == a->u.sa.sa_family || a->u.sa.sa_family != AF_INET)
		return *a;
	m.u.in6.sin6_family = AF_INET6;
	m.u.in6.sin6_port = a->u.in.sin_port;
	m.u.in6.sin6_addr.s6_addr[10] = m.u.in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(m.u.in6.sin6_addr.s6_addr + 12, &a->u.in.sin_addr, 4);
	return m;
}

static void read_control(struct msghdr *h, struct net_dgram *d, uint16_t local_port)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo i;

			memcpy(&i, CMSG_DATA(c), sizeof(i));
			d->local.u.in.sin_family = AF_INET;
			d->local.u.in.sin_addr = i.ipi_spec_dst;
			d->ifindex = (unsigned)i.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo i;

			memcpy(&i, CMSG_DATA(c), sizeof(i));
			d->local.u.in6.sin6_family = AF_INET6;
			d->local.u.in6.sin6_addr = i.ipi6_addr;
			d->ifindex = i.ipi6_ifindex;
			unmap(&d->local);
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec ts;

			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			d->recv_wall_ns = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
		}
	}
	net_addr_set_port(&d->local, local_port);
}

static void deliver(struct net_udp *u, unsigned i, uint16_t local_port)
{
	struct msghdr *h = &u->rx[i].msg_hdr;
	struct net_dgram d = { .peer = u->rx_addr[i],
			       .data = u->in + (size_t)i * NET_UDP_MAX,
			       .len = u->rx[i].msg_len,
			       .truncated = h->msg_flags & MSG_TRUNC };

	unmap(&d.peer);
	read_control(h, &d, local_port);
	u->fn(u->ctx, &d);
}

static int receive_batch(struct net_udp *u)
{
	for (unsigned i = 0; i < NET_UDP_BATCH; i++) {
		u->rx_iov[i] = (struct iovec){ u->in + (size_t)i * NET_UDP_MAX, NET_UDP_MAX };
		u->rx[i].msg_hdr = (struct msghdr){ .msg_name = &u->rx_addr[i],
						    .msg_namelen = sizeof(u->rx_addr[i]),
						    .msg_iov = &u->rx_iov[i],
						    .msg_iovlen = 1,
						    .msg_control = u->rx_control[i].bytes,
						    .msg_controllen = CONTROL_SIZE };
	}
	return recvmmsg(u->io.fd, u->rx, NET_UDP_BATCH, MSG_DONTWAIT, NULL);
}

static void on_readable(struct loop_io *io, int events)
{
	struct net_udp *u = container_of(io, struct net_udp, io);
	int n = NET_UDP_BATCH;

	(void)events;
	for (int turn = 0; turn < RECV_TURNS && n == NET_UDP_BATCH; turn++) {
		n = receive_batch(u);
		/* An error here is an ICMP answer to something sent before: the socket goes on. */
		for (int i = 0; i < n && !u->closing; i++)
			deliver(u, (unsigned)i, u->local_port);
		if (u->closing)
			return;
	}
}

static void write_control(struct msghdr *h, union control *c, int family,
			  const struct net_addr *local, unsigned ifindex)
{
	struct cmsghdr *cm = &c->align;

	memset(c, 0, sizeof(*c));
	if (family == AF_INET) {
		struct in_pktinfo i = { .ipi_ifindex = (int)ifindex,
					.ipi_spec_dst = local->u.in.sin_addr };

		h->msg_controllen = CMSG_SPACE(sizeof(i));
		*cm = (struct cmsghdr){ .cmsg_level = IPPROTO_IP,
					.cmsg_type = IP_PKTINFO,
					.cmsg_len = CMSG_LEN(sizeof(i)) };
		memcpy(CMSG_DATA(cm), &i, sizeof(i));
	} else {
		struct net_addr six = map_for(AF_INET6, local);
		struct in6_pktinfo i = { .ipi6_ifindex = ifindex,
					 .ipi6_addr = six.u.in6.sin6_addr };

		h->msg_controllen = CMSG_SPACE(sizeof(i));
		*cm = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6,
					.cmsg_type = IPV6_PKTINFO,
					.cmsg_len = CMSG_LEN(sizeof(i)) };
		memcpy(CMSG_DATA(cm), &i, sizeof(i));
	}
}

/* One more of the same size (only the last may be shorter) from and to the same addresses. */
static bool joins_train(const struct net_udp *u, const struct net_addr *peer,
			const struct net_addr *local, unsigned ifindex, size_t len)
{
	unsigned i = u->n_tx - 1;

	return u->n_tx > 0 && len > 0 && len <= u->tx_segment[i] &&
	       u->tx_segment[i] <= u->segment_max && u->tx_segments[i] < SEGMENTS_MAX &&
	       u->tx_iov[i].iov_len % u->tx_segment[i] == 0 &&
	       u->tx_iov[i].iov_len + len <= TRAIN_MAX && u->last_ifindex == ifindex &&
	       net_addr_eq(&u->last_peer, peer) && local && net_addr_eq(&u->last_local, local);
}

static void start_train(struct net_udp *u, const struct net_addr *peer,
			const struct net_addr *local, unsigned ifindex, size_t len)
{
	unsigned i = u->n_tx++;
	struct msghdr *h = &u->tx[i].msg_hdr;

	u->tx_iov[i] = (struct iovec){ u->arena + u->arena_used, 0 };
	u->tx_segment[i] = len;
	u->tx_segments[i] = 0;
	u->tx_addr[i] = map_for(u->family, peer);
	*h = (struct msghdr){ .msg_name = &u->tx_addr[i],
			      .msg_namelen = net_addr_len(&u->tx_addr[i]),
			      .msg_iov = &u->tx_iov[i],
			      .msg_iovlen = 1,
			      .msg_control = u->tx_control[i].bytes };
	if (local && local->u.sa.sa_family && !net_addr_is_any(local))
		write_control(h, &u->tx_control[i], u->family, local, ifindex);
	u->last_peer = *peer;
	u->last_local = local ? *local : (struct net_addr){ 0 };
	u->last_ifindex = ifindex;
}

void net_udp_send(struct net_udp *u, const struct net_addr *peer, const struct net_addr *local,
		  unsigned ifindex, const void *data, size_t len)
{
	unsigned i;

	if (len > ARENA_SIZE)
		return;
	if (u->arena_used + len > ARENA_SIZE)
		net_udp_flush(u);
	if (!joins_train(u, peer, local, ifindex, len)) {
		if (u->n_tx == NET_UDP_BATCH)
			net_udp_flush(u);
		start_train(u, peer, local, ifindex, len);
	}
	i = u->n_tx - 1;
	if (len)
		memcpy(u->arena + u->arena_used, data, len);
	u->arena_used += len;
	u->tx_iov[i].iov_len += len;
	u->tx_segments[i]++;
}

/* Behind what the control holds already. */
static void add_segment_size(struct msghdr *h, union control *c, size_t size)
{
	uint16_t bytes = (uint16_t)size;
	size_t at = h->msg_controllen;
	struct cmsghdr cm = { .cmsg_level = SOL_UDP,
			      .cmsg_type = UDP_SEGMENT,
			      .cmsg_len = CMSG_LEN(sizeof(bytes)) };

	memset(c->bytes + at, 0, CMSG_SPACE(sizeof(bytes)));
	memcpy(c->bytes + at, &cm, sizeof(cm));
	memcpy(c->bytes + at + CMSG_LEN(0), &bytes, sizeof(bytes));
	h->msg_controllen = at + CMSG_SPACE(sizeof(bytes));
}

static bool refuses_trains(int err)
{
	return err == EINVAL || err == EMSGSIZE || err == EIO || err == EOPNOTSUPP ||
	       err == ENOPROTOOPT;
}

/* The path does not take a train of this size (no offload, or larger than its packets): one by one. */
static void send_one_by_one(struct net_udp *u, unsigned i)
{
	struct iovec all = u->tx_iov[i], one;
	struct msghdr h = u->tx[i].msg_hdr;

	u->segment_max = u->tx_segment[i] - 1;
	h.msg_iov = &one;
	h.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
	for (size_t at = 0; at < all.iov_len; at += u->tx_segment[i]) {
		size_t left = all.iov_len - at;

		one.iov_base = (uint8_t *)all.iov_base + at;
		one.iov_len = left < u->tx_segment[i] ? left : u->tx_segment[i];
		if (sendmsg(u->io.fd, &h, MSG_DONTWAIT) < 0)
			u->dropped++;
	}
}

void net_udp_flush(struct net_udp *u)
{
	unsigned sent = 0;

	for (unsigned i = 0; i < u->n_tx; i++)
		if (u->tx_segments[i] > 1)
			add_segment_size(&u->tx[i].msg_hdr, &u->tx_control[i], u->tx_segment[i]);
	while (sent < u->n_tx) {
		int n = sendmmsg(u->io.fd, u->tx + sent, u->n_tx - sent, MSG_DONTWAIT);

		if (n > 0) {
			sent += (unsigned)n;
			continue;
		}
		/* This one cannot leave (full buffer, no route): the next may. */
		if (u->tx_segments[sent] > 1 && refuses_trains(errno))
			send_one_by_one(u, sent);
		else
			u->dropped += u->tx_segments[sent];
		sent++;
	}
	u->n_tx = 0;
	u->arena_used = 0;
}

static void on_turn_end(struct loop_hook *h)
{
	net_udp_flush(container_of(h, struct net_udp, hook));
}

static void set_int(int fd, int level, int name, int value)
{
	(void)setsockopt(fd, level, name, &value,
			 sizeof(value)); /* what is missing is only comfort */
}

static int open_socket(const struct net_addr *bind_to)
{
	int family = bind_to->u.sa.sa_family;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_from_errno(errno);
	if (family == AF_INET6) {
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, !net_addr_is_any(bind_to));
		set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	} else {
		set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
	set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUF);
	set_int(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUF);
	if (bind(fd, &bind_to->u.sa, net_addr_len(bind_to))) {
		int err = err_from_errno(errno);

		close(fd);
		return err;
	}
	return fd;
}

int net_udp_open(struct net_udp **out, struct loop *loop, const struct net_addr *bind_to,
		 net_udp_fn fn, void *ctx)
{
	int fd = open_socket(bind_to);
	struct net_addr local;
	struct net_udp *u;

	if (fd < 0)
		return fd;
	u = mem_zalloc(sizeof(*u));
	*u = (struct net_udp){ .loop = loop,
			       .fn = fn,
			       .ctx = ctx,
			       .family = bind_to->u.sa.sa_family,
			       .segment_max = TRAIN_MAX };
	u->in = mem_alloc((size_t)NET_UDP_BATCH * NET_UDP_MAX);
	u->arena = mem_alloc(ARENA_SIZE);
	u->hook.fn = on_turn_end;
	loop_hook_add(loop, &u->hook);
	if (loop_io_add(&u->io, loop, fd, LOOP_READ, on_readable)) {
		net_udp_close(u);
		return ERR_IO;
	}
	net_udp_local(u, &local);
	u->local_port = net_addr_port(&local);
	*out = u;
	return 0;
}

void net_udp_local(const struct net_udp *u, struct net_addr *out)
{
	socklen_t len = sizeof(*out);

	*out = (struct net_addr){ 0 };
	getsockname(u->io.fd, &out->u.sa, &len);
}

int net_udp_set_dscp(struct net_udp *u, unsigned dscp)
{
	int tos = (int)(dscp << 2);

	if (dscp > 63)
		return ERR_RANGE;
	set_int(u->io.fd, IPPROTO_IP, IP_TOS, tos);
	if (u->family == AF_INET6)
		set_int(u->io.fd, IPPROTO_IPV6, IPV6_TCLASS, tos);
	return 0;
}

static void reap(struct loop_reap *r)
{
	struct net_udp *u = container_of(r, struct net_udp, grave);

	mem_free(u->in);
	mem_free(u->arena);
	mem_free(u);
}

void net_udp_close(struct net_udp *u)
{
	if (!u)
		return;
	net_udp_flush(u);
	u->closing = true;
	loop_hook_remove(u->loop, &u->hook);
	loop_io_remove(&u->io);
	close(u->io.fd);
	loop_reap_later(u->loop, &u->grave,
			reap); /* it may be closed from inside its own callback */
}
