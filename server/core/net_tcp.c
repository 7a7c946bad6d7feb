/* server/core/net_tcp.c - TCP connections on the loop, over libuv: bounded input, bounded output,
 * bounded number of connections in all and of one address. */
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/net.h"

#define BUCKETS    1024 /* connections by peer host */
#define READ_CHUNK 16384
#define CLOSE_MS   5000 /* a peer that does not take the last bytes has had its time */
#define BACKLOG    1024

struct net_tcp {
	uv_tcp_t uv;
	uv_shutdown_t shutdown;
	struct loop_timer close_timer;
	struct net_tcp_listener *listener;
	struct net_tcp *next, **link; /* in its bucket */
	const struct net_tcp_ops *ops;
	void *ctx;
	struct net_addr peer, local;
	uint8_t *in;
	size_t in_len, in_cap;
	size_t unsent;
	int close_err;
	bool closing; /* no more data to the owner */
	bool told;    /* on_close has been called */
};

struct net_tcp_listener {
	uv_tcp_t uv;
	struct loop *loop;
	struct net_tcp_limits limits;
	net_tcp_accept_fn on_accept;
	void *ctx;
	unsigned count;   /* connections in the buckets */
	unsigned handles; /* libuv's, its own included: the last one frees the listener */
	struct net_tcp *buckets[BUCKETS];
};

struct write_req {
	uv_write_t uv;
	size_t len;
	uint8_t data[];
};

static void bucket_add(struct net_tcp *c)
{
	struct net_tcp **head = &c->listener->buckets[net_addr_hash_host(&c->peer, 0) % BUCKETS];

	c->next = *head;
	c->link = head;
	if (c->next)
		c->next->link = &c->next;
	*head = c;
	c->listener->count++;
}

static void bucket_remove(struct net_tcp *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->listener->count--;
}

static bool too_many(struct net_tcp_listener *l, const struct net_addr *peer)
{
	unsigned same = 0;

	if (l->limits.total && l->count >= l->limits.total)
		return true;
	for (struct net_tcp *c = l->buckets[net_addr_hash_host(peer, 0) % BUCKETS]; c; c = c->next)
		same += net_addr_same_host(&c->peer, peer);
	return l->limits.per_address && same >= l->limits.per_address;
}

static void listener_release(struct net_tcp_listener *l)
{
	if (--l->handles == 0)
		mem_free(l);
}

static void on_listener_closed(uv_handle_t *h)
{
	listener_release(h->data);
}

static void on_closed(uv_handle_t *h)
{
	struct net_tcp *c = h->data;
	struct net_tcp_listener *l = c->listener;

	if (c->link)
		bucket_remove(c);
	mem_free(c->in);
	mem_free(c);
	listener_release(l);
}

static void tell_closed(struct net_tcp *c)
{
	if (c->told || !c->ops)
		return;
	c->told = true;
	c->ops->on_close(c->ctx, c, c->close_err);
}

/* The end: the owner hears of it from libuv's turn, never from inside its own call. */
static void on_handle_closing(uv_handle_t *h)
{
	tell_closed(h->data);
	on_closed(h);
}

static void abort_conn(struct net_tcp *c, int err)
{
	if (!c->close_err)
		c->close_err = err;
	c->closing = true;
	loop_timer_cancel(&c->close_timer);
	if (!uv_is_closing((uv_handle_t *)&c->uv))
		uv_close((uv_handle_t *)&c->uv, on_handle_closing);
}

static void on_close_timer(struct loop_timer *t)
{
	abort_conn(container_of(t, struct net_tcp, close_timer), ERR_TIMEOUT);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	(void)status;
	if (status != UV_ECANCELED)
		abort_conn(req->data, 0);
}

void net_tcp_close(struct net_tcp *c)
{
	if (c->closing)
		return;
	c->closing = true;
	uv_read_stop((uv_stream_t *)&c->uv);
	loop_timer_set(&c->close_timer, CLOSE_MS);
	c->shutdown.data = c;
	if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->uv, on_shutdown))
		abort_conn(c, ERR_CLOSED);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct net_tcp *c = h->data;
	size_t room = c->ops->max_in - c->in_len, want = room < READ_CHUNK ? room : READ_CHUNK;

	(void)suggested;
	if (c->in_cap < c->in_len + want) {
		c->in_cap = c->in_len + want;
		c->in = mem_realloc(c->in, c->in_cap);
	}
	*buf = uv_buf_init((char *)c->in + c->in_len, (unsigned)want);
}

/* Offers what has come until the owner takes no more of it. */
static void offer(struct net_tcp *c)
{
	size_t used = 0;

	while (used < c->in_len && !c->closing) {
		long n = c->ops->on_data(c->ctx, c, c->in + used, c->in_len - used);

		if (n < 0) {
			abort_conn(c, (int)n);
			return;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	c->in_len -= used;
	if (c->in_len)
		memmove(c->in, c->in + used, c->in_len);
	if (c->in_len == c->ops->max_in && !c->closing)
		abort_conn(c, ERR_TOO_BIG);
	if (!c->in_len) { /* an idle connection holds no buffer */
		mem_free(c->in);
		c->in = NULL;
		c->in_cap = 0;
	}
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct net_tcp *c = s->data;

	(void)buf;
	if (n < 0) {
		abort_conn(c, n == UV_EOF ? 0 : ERR_CLOSED);
		return;
	}
	if (c->closing)
		return;
	c->in_len += (size_t)n;
	offer(c);
}

static void on_written(uv_write_t *req, int status)
{
	struct write_req *w = container_of(req, struct write_req, uv);
	struct net_tcp *c = req->data;

	c->unsent -= w->len;
	mem_free(w);
	if (status < 0 && status != UV_ECANCELED)
		abort_conn(c, ERR_CLOSED);
}

int net_tcp_send(struct net_tcp *c, const void *data, size_t len)
{
	uv_buf_t buf = uv_buf_init((char *)data, (unsigned)len);
	struct write_req *w;
	int n = 0;

	if (c->closing || !len)
		return c->closing ? ERR_CLOSED : 0;
	if (!c->unsent)
		n = uv_try_write((uv_stream_t *)&c->uv, &buf, 1);
	if (n < 0)
		n = 0; /* EAGAIN, or an error that the queued write will tell */
	if ((size_t)n == len)
		return 0;
	len -= (size_t)n;
	if (c->unsent + len > c->ops->max_out) {
		abort_conn(c, ERR_TOO_BIG);
		return ERR_TOO_BIG;
	}
	w = mem_alloc(sizeof(*w) + len);
	w->len = len;
	w->uv.data = c;
	memcpy(w->data, (const uint8_t *)data + n, len);
	c->unsent += len;
	buf = uv_buf_init((char *)w->data, (unsigned)len);
	if (uv_write(&w->uv, (uv_stream_t *)&c->uv, &buf, 1, on_written)) {
		c->unsent -= len;
		mem_free(w);
		abort_conn(c, ERR_CLOSED);
		return ERR_CLOSED;
	}
	return 0;
}

static void read_names(struct net_tcp *c)
{
	int len = sizeof(c->peer);

	uv_tcp_getpeername(&c->uv, &c->peer.u.sa, &len);
	len = sizeof(c->local);
	uv_tcp_getsockname(&c->uv, &c->local.u.sa, &len);
}

bool net_fd_is_reserve(int fd)
{
	struct rlimit lim;
	rlim_t keep;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == RLIM_INFINITY)
		return false;
	keep = lim.rlim_cur / 4 < NET_FD_RESERVE ? lim.rlim_cur / 4 : NET_FD_RESERVE;
	return (rlim_t)fd >= lim.rlim_cur - keep;
}

static bool takes_reserve(const struct net_tcp *c)
{
	int fd;

	return uv_fileno((const uv_handle_t *)&c->uv, &fd) || net_fd_is_reserve(fd);
}

/* Registers the connection with its owner; false when it is refused. */
static bool admit(struct net_tcp_listener *l, struct net_tcp *c)
{
	char host[NET_HOST_SIZE];

	if (takes_reserve(c)) {
		log_warn(LOG_CORE, "few_descriptors", "cure=\"raise the limit of open files\"");
		return false;
	}
	if (too_many(l, &c->peer)) {
		log_warn(LOG_CORE, "too_many_connections", "peer=%s",
			 net_addr_host(&c->peer, host));
		return false;
	}
	c->ctx = l->on_accept(l->ctx, c, &c->ops);
	return c->ctx != NULL;
}

static void on_connection(uv_stream_t *s, int status)
{
	struct net_tcp_listener *l = s->data;
	struct net_tcp *c;

	if (status < 0)
		return;
	c = mem_zalloc(sizeof(*c));
	c->listener = l;
	uv_tcp_init(loop_uv(l->loop), &c->uv);
	c->uv.data = c;
	l->handles++;
	loop_timer_init(&c->close_timer, l->loop, on_close_timer);
	if (uv_accept(s, (uv_stream_t *)&c->uv)) {
		uv_close((uv_handle_t *)&c->uv, on_closed);
		return;
	}
	read_names(c);
	uv_tcp_nodelay(&c->uv, 1);
	if (!admit(l, c)) {
		c->ops = NULL;
		uv_close((uv_handle_t *)&c->uv, on_closed);
		return;
	}
	bucket_add(c);
	if (uv_read_start((uv_stream_t *)&c->uv, on_alloc, on_read))
		abort_conn(c, ERR_IO);
}

int net_tcp_listen(struct net_tcp_listener **out, struct loop *loop, const struct net_addr *bind_to,
		   const struct net_tcp_limits *limits, net_tcp_accept_fn on_accept, void *ctx)
{
	struct net_tcp_listener *l = mem_zalloc(sizeof(*l));
	int rc;

	*l = (struct net_tcp_listener){
		.loop = loop, .limits = *limits, .on_accept = on_accept, .ctx = ctx
	};
	uv_tcp_init(loop_uv(loop), &l->uv);
	l->uv.data = l;
	l->handles = 1;
	rc = uv_tcp_bind(&l->uv, &bind_to->u.sa, 0);
	if (!rc)
		rc = uv_listen((uv_stream_t *)&l->uv, BACKLOG, on_connection);
	if (rc) {
		uv_close((uv_handle_t *)&l->uv, on_listener_closed);
		return err_from_errno(-rc);
	}
	*out = l;
	return 0;
}

void net_tcp_listener_local(const struct net_tcp_listener *l, struct net_addr *out)
{
	int len = sizeof(*out);

	*out = (struct net_addr){ 0 };
	uv_tcp_getsockname(&l->uv, &out->u.sa, &len);
}

void net_tcp_listener_close(struct net_tcp_listener *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct net_tcp *c = l->buckets[i]; c; c = c->next) {
			abort_conn(c, ERR_CLOSED);
			tell_closed(c);
		}
	}
	uv_close((uv_handle_t *)&l->uv, on_listener_closed);
}

const struct net_addr *net_tcp_peer(const struct net_tcp *c)
{
	return &c->peer;
}

const struct net_addr *net_tcp_local(const struct net_tcp *c)
{
	return &c->local;
}

int net_tcp_set_dscp(struct net_tcp *c, unsigned dscp)
{
	int tos = (int)(dscp << 2), fd;

	if (dscp > 63)
		return ERR_RANGE;
	if (uv_fileno((uv_handle_t *)&c->uv, &fd))
		return ERR_CLOSED;
	(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	if (c->peer.u.sa.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
	return 0;
}

/* ---- for status views ---- */

static int fd_of(const uv_tcp_t *uv)
{
	uv_os_fd_t fd;

	return uv_fileno((const uv_handle_t *)uv, &fd) ? -1 : fd;
}

int net_tcp_fd(const struct net_tcp *c)
{
	return fd_of(&c->uv);
}

int net_tcp_listener_fd(const struct net_tcp_listener *l)
{
	return fd_of(&l->uv);
}

size_t net_tcp_unread(const struct net_tcp *c)
{
	return c->in_len;
}

size_t net_tcp_unsent(const struct net_tcp *c)
{
	return c->unsent;
}
