/* server/feed/feed.c - libwebsockets glue: handshake, cursors, back-pressure. */
#include "server/feed/feed.h"

#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/core/net.h"
#include "server/core/text.h"
#include "server/feed/ring.h"
#include "store/auth/auth.h"
#include "store/event.h"
#include "store/store.h"

#define SUBPROTOCOL           "cloudevents.json"
#define FETCH_MAX             1000 /* events read from the journal into the ring at a time */
#define SEND_MAX              32 /* events to one subscriber in a turn: the others have a right to it too */
#define HEADER_MAX            1024
#define PING_S                30
#define HANGUP_S              40
#define REVOKED_S             5    /* a revoked connection that takes no close frame is cut */
#define CLOSE_TRY_AGAIN_LATER 1013 /* IANA registry of RFC 6455 close codes */
#define FD_MAX                (FEED_SUBSCRIBERS_MAX + 64)
#define FD_MIN                16
#define GUESTS_PER_HOST       1024 /* half of the places: in the middle of their handshake */

/* One connection; libwebsockets keeps it as its per-session data, zeroed at first. */
struct subscriber {
	struct lws *wsi;
	struct subscriber *next, **link; /* link: NULL until established */
	uint64_t cursor;                 /* last number seen */
	uint64_t mask;
	bool live; /* has caught up with the ring once */
	bool gone; /* its `after` is no longer kept: say so and close */
	bool revoked;
	struct auth_who who;
};

/* A connection that is not yet a subscriber. libwebsockets does not tell when one goes, so whether it is
 * still there is asked of the socket. */
struct guest {
	int fd;
	struct net_addr peer;
};

struct feed {
	struct feed_options opt;
	struct lws_context *context;
	struct lws_vhost *plain, *tls;
	SSL_CTX *ssl;              /* of the TLS port; libwebsockets owns it */
	pthread_mutex_t cert_lock; /* the path is set by a web worker */
	struct ring *ring;
	struct subscriber *subs;
	struct guest guests[FD_MAX];
	size_t n_guests;
	uint64_t fetched; /* last number taken from the journal */
	pthread_t thread;
	atomic_bool stopping, fresh, recheck, new_cert;
	atomic_uint count;
	atomic_ullong sent, slow;
	char cert_file[512], listen[NET_HOST_SIZE];
};

/* ---- guests: one host does not take all places by connecting and saying nothing ---- */

static bool is_there(const struct guest *g)
{
	struct net_addr now = { 0 };
	socklen_t len = sizeof(now);

	return !getpeername(g->fd, &now.u.sa, &len) && net_addr_eq(&now, &g->peer);
}

static void forget_gone(struct feed *f)
{
	size_t left = 0;

	for (size_t i = 0; i < f->n_guests; i++)
		if (is_there(&f->guests[i]))
			f->guests[left++] = f->guests[i];
	f->n_guests = left;
}

static unsigned guests_of(const struct feed *f, const struct net_addr *peer)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->n_guests; i++)
		n += net_addr_same_host(&f->guests[i].peer, peer);
	return n;
}

/* Non-zero: hang up. */
static int on_connection(struct feed *f, int fd)
{
	struct guest g = { .fd = fd };
	socklen_t len = sizeof(g.peer);

	if (getpeername(fd, &g.peer.u.sa, &len))
		return 1;
	if (f->n_guests == FD_MAX || guests_of(f, &g.peer) >= GUESTS_PER_HOST)
		forget_gone(f);
	if (f->n_guests == FD_MAX || guests_of(f, &g.peer) >= GUESTS_PER_HOST)
		return 1;
	f->guests[f->n_guests++] = g;
	return 0;
}

static void guest_leave(struct feed *f, int fd)
{
	for (size_t i = 0; i < f->n_guests; i++) {
		if (f->guests[i].fd == fd) {
			f->guests[i] = f->guests[--f->n_guests];
			return;
		}
	}
}

/* ---- the handshake ---- */

static void header(struct lws *wsi, enum lws_token_indexes h, char *out, size_t cap)
{
	if (lws_hdr_copy(wsi, out, (int)cap, h) < 0)
		out[0] = '\0';
}

static void url_arg(struct lws *wsi, const char *name, char *out, size_t cap)
{
	char buf[HEADER_MAX];
	const char *v = lws_get_urlarg_by_name(wsi, name, buf, sizeof(buf));

	(void)text_copy(out, cap, v ? v : "");
}

static void peer_of(struct lws *wsi, struct net_addr *out)
{
	socklen_t len = sizeof(*out);

	*out = (struct net_addr){ 0 };
	getpeername(lws_get_socket_fd(wsi), &out->u.sa, &len);
}

/* The cookie's value of one of our two names (plain, and `__Host-` under TLS). */
static bool session_cookie(const char *cookies, bool tls, char *out, size_t cap)
{
	const char *name = tls ? "__Host-switchroom_session" : "switchroom_session";
	struct slice rest = slice_of(cookies), part, key;

	while (slice_next(&rest, ';', &part)) {
		part = slice_trim(part);
		if (!slice_next(&part, '=', &key) || !slice_eq(key, name) || part.len >= cap ||
		    !part.p)
			continue;
		memcpy(out, part.p, part.len);
		out[part.len] = '\0';
		return true;
	}
	return false;
}

/* A cookie is sent by the browser whatever page asks: only a page of the admin's own host may (its
 * port is another one). */
static bool same_host(const char *origin, const char *host)
{
	const char *start = strstr(origin, "://");
	size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

	if (!start || !n || strncasecmp(start + 3, host, n))
		return false;
	start += 3 + n;
	return *start == '\0' || *start == ':';
}

static int admit(struct feed *f, struct lws *wsi, struct auth_who *who)
{
	char cookies[HEADER_MAX], origin[256], host[256], bearer[HEADER_MAX],
	    session[AUTH_SECRET_SIZE];
	bool tls = lws_get_vhost(wsi) == f->tls;
	struct net_addr peer;

	if (auth_needs_setup(f->opt.auth))
		return ERR_SETUP;
	peer_of(wsi, &peer);
	if (!tls && !f->opt.insecure && !net_addr_is_loopback(&peer))
		return ERR_PERM;
	header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, bearer, sizeof(bearer));
	if (!strncasecmp(bearer, "Bearer ", 7))
		return auth_check_token(f->opt.auth, bearer + 7, &peer, who);
	header(wsi, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof(cookies));
	header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin));
	header(wsi, WSI_TOKEN_HOST, host, sizeof(host));
	if (!session_cookie(cookies, tls, session, sizeof(session)) || !same_host(origin, host))
		return ERR_AUTH;
	return auth_check_session(f->opt.auth, session, false, who);
}

static int read_args(struct feed *f, struct lws *wsi, struct subscriber *s)
{
	char after[32], types[HEADER_MAX];
	int64_t n;

	url_arg(wsi, "after=", after, sizeof(after));
	url_arg(wsi, "types=", types, sizeof(types));
	s->cursor = journal_last(f->opt.store);
	if (after[0]) {
		if (text_to_int(after, strlen(after), 0, INT64_MAX, &n))
			return ERR_MALFORMED;
		s->gone = (uint64_t)n > s->cursor || (uint64_t)n + 1 < journal_oldest(f->opt.store);
		s->cursor = (uint64_t)n;
	}
	return event_filter(types, &s->mask);
}

/* An answer of our own: libwebsockets' speaks HTTP/1.0 at this point, which WebSocket clients do not read. */
static int refuse(struct lws *wsi, int err)
{
	unsigned char buf[LWS_PRE + 512];
	int len = snprintf((char *)buf + LWS_PRE, 512,
			   "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
			   "Connection: close\r\n\r\n%s",
			   err_http(err), err_code(err), strlen(err_text(err)), err_text(err));

	lws_write(wsi, buf + LWS_PRE, (size_t)len, LWS_WRITE_HTTP_FINAL);
	return -1;
}

/* Decides before the 101 leaves. Non-zero ends the connection after the HTTP status has been sent.
 */
static int on_handshake(struct feed *f, struct lws *wsi, struct subscriber *s)
{
	int err = atomic_load(&f->count) >= FEED_SUBSCRIBERS_MAX ? ERR_AGAIN : 0;

	if (!err)
		err = admit(f, wsi, &s->who);
	if (!err)
		err = read_args(f, wsi, s);
	if (!err)
		return 0;
	return refuse(wsi, err);
}

static void on_established(struct feed *f, struct lws *wsi, struct subscriber *s)
{
	guest_leave(f, lws_get_socket_fd(wsi));
	s->wsi = wsi;
	s->next = f->subs;
	s->link = &f->subs;
	if (s->next)
		s->next->link = &s->next;
	f->subs = s;
	atomic_fetch_add(&f->count, 1);
	lws_callback_on_writable(s->wsi);
}

static void on_closed(struct feed *f, struct subscriber *s)
{
	if (!s->link)
		return;
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->link = NULL;
	atomic_fetch_sub(&f->count, 1);
}

/* ---- sending ---- */

__attribute__((format(printf, 3, 4))) static int close_with(struct lws *wsi, int status,
							    const char *fmt, ...)
{
	char reason[96];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	lws_close_reason(wsi, (enum lws_close_status)status, (unsigned char *)reason, (size_t)len);
	return -1;
}

static int say_gone(struct feed *f, struct subscriber *s)
{
	unsigned char buf[LWS_PRE + 512];
	char when[TIME_TEXT_SIZE];
	uint64_t oldest = journal_oldest(f->opt.store);
	int len;

	text_time(when, clock_wall_ns(store_clock(f->opt.store)));
	len = snprintf((char *)buf + LWS_PRE, 512,
		       "{\"specversion\":\"1.0\",\"id\":\"gone-%llu\",\"source\":\"/switchroom\","
		       "\"type\":\"switchroom.events.gone\",\"time\":\"%s\","
		       "\"datacontenttype\":\"application/json\",\"data\":{\"oldest\":%llu}}",
		       (unsigned long long)s->cursor, when, (unsigned long long)oldest);
	lws_write(s->wsi, buf + LWS_PRE, (size_t)len, LWS_WRITE_TEXT);
	return close_with(s->wsi, LWS_CLOSE_STATUS_NORMAL, "oldest=%llu",
			  (unsigned long long)oldest);
}

/* Held back until the whole batch is written: one packet instead of one for each event. */
static void cork(struct lws *wsi, int on)
{
	(void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

/* Sends up to SEND_MAX events from the ring; -1 when the connection is to be closed. */
static int send_batch(struct feed *f, struct subscriber *s)
{
	for (int n = 0; s->cursor < ring_last(f->ring);) {
		struct ring_event *e = ring_get(f->ring, s->cursor + 1);

		if (!e)
			return 0;
		if (event_wanted(s->mask, e->type)) {
			/* the first one has room: libwebsockets has just said so */
			if (n == SEND_MAX || (n && lws_send_pipe_choked(s->wsi))) {
				lws_callback_on_writable(s->wsi);
				return 0;
			}
			n++;
			if (lws_write(s->wsi, e->buf + LWS_PRE, e->len, LWS_WRITE_TEXT) < 0)
				return -1;
			atomic_fetch_add(&f->sent, 1);
		}
		s->cursor++;
	}
	s->live = true;
	return 0;
}

static int send_from_ring(struct feed *f, struct subscriber *s)
{
	bool many = ring_last(f->ring) > s->cursor + 1;
	int err;

	if (many)
		cork(s->wsi, 1);
	err = send_batch(f, s);
	if (many)
		cork(s->wsi, 0);
	return err;
}

struct catch_up {
	struct feed *f;
	struct subscriber *s;
	int failed;
};

static int send_one(struct lws *wsi, const struct journal_rec *r)
{
	static const char before[LWS_PRE];
	struct text t;
	int n;

	text_init(&t, LWS_PRE + EVENT_JSON_MAX);
	text_addn(&t, before, LWS_PRE);
	event_json(r, &t);
	n = lws_write(wsi, (unsigned char *)t.buf + LWS_PRE, t.len - LWS_PRE, LWS_WRITE_TEXT);
	text_fini(&t);
	return n;
}

static int send_old(void *ctx, const struct journal_rec *r)
{
	struct catch_up *c = ctx;

	if (event_wanted(c->s->mask, r->type)) {
		if (lws_send_pipe_choked(c->s->wsi))
			return 1;
		if (send_one(c->s->wsi, r) < 0) {
			c->failed = -1;
			return 1;
		}
		atomic_fetch_add(&c->f->sent, 1);
	}
	c->s->cursor = r->seq;
	return 0;
}

static int send_from_journal(struct feed *f, struct subscriber *s)
{
	struct catch_up c = { .f = f, .s = s };

	if (journal_read(f->opt.store, s->cursor, SEND_MAX, send_old, &c) == ERR_GONE)
		return say_gone(f, s);
	lws_callback_on_writable(s->wsi);
	return c.failed;
}

static int on_writeable(struct feed *f, struct subscriber *s)
{
	bool behind = s->cursor < f->fetched && !ring_get(f->ring, s->cursor + 1);

	if (s->revoked)
		return close_with(s->wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, "access was revoked");
	if (s->gone)
		return say_gone(f, s);
	if (behind && s->live) {
		atomic_fetch_add(&f->slow, 1);
		return close_with(s->wsi, CLOSE_TRY_AGAIN_LATER, "too slow: resume with after=%llu",
				  (unsigned long long)s->cursor);
	}
	if (behind)
		return send_from_journal(f, s);
	return send_from_ring(f, s);
}

/* ---- events from the store, revocation ---- */

static int take(void *ctx, const struct journal_rec *r)
{
	struct feed *f = ctx;
	struct text t;

	text_init(&t, EVENT_JSON_MAX);
	event_json(r, &t);
	ring_push(f->ring, r->seq, r->type, t.buf, t.len);
	text_fini(&t);
	f->fetched = r->seq;
	return 0;
}

static void fetch(struct feed *f)
{
	uint64_t before;

	do {
		before = f->fetched;
		if (journal_read(f->opt.store, before, FETCH_MAX, take, f))
			break;
	} while (f->fetched - before == FETCH_MAX);
	for (struct subscriber *s = f->subs; s; s = s->next)
		lws_callback_on_writable(s->wsi);
}

static void drop_revoked(struct feed *f)
{
	for (struct subscriber *s = f->subs; s; s = s->next) {
		if (auth_is_live(f->opt.auth, &s->who))
			continue;
		s->revoked = true;
		lws_callback_on_writable(s->wsi);
		lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, REVOKED_S);
	}
}

/* New connections get the new certificate; those that stand keep theirs. */
static void take_certificate(struct feed *f)
{
	char file[sizeof(f->cert_file)];

	pthread_mutex_lock(&f->cert_lock);
	memcpy(file, f->cert_file, sizeof(file));
	pthread_mutex_unlock(&f->cert_lock);
	if (f->ssl && (SSL_CTX_use_certificate_chain_file(f->ssl, file) != 1 ||
		       SSL_CTX_use_PrivateKey_file(f->ssl, file, SSL_FILETYPE_PEM) != 1))
		log_error(LOG_FEED, "certificate_refused", "file=%s", file);
}

void feed_reload_certificate(struct feed *f, const char *file)
{
	pthread_mutex_lock(&f->cert_lock);
	(void)text_copy(f->cert_file, sizeof(f->cert_file), file);
	pthread_mutex_unlock(&f->cert_lock);
	atomic_store(&f->new_cert, true);
	lws_cancel_service(f->context);
}

static void on_wake(struct feed *f)
{
	if (atomic_exchange(&f->recheck, false))
		drop_revoked(f);
	if (atomic_exchange(&f->new_cert, false))
		take_certificate(f);
	if (atomic_exchange(&f->fresh, false))
		fetch(f);
}

static int on_feed(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		   size_t len)
{
	struct feed *f = lws_context_user(lws_get_context(wsi));
	struct subscriber *s = user;

	(void)len;
	switch (reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return on_connection(f, (int)(intptr_t)in);
	case LWS_CALLBACK_HTTP:
		lws_return_http_status(wsi, 426, "This port speaks WebSocket only");
		return -1;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return on_handshake(f, wsi, s);
	case LWS_CALLBACK_ESTABLISHED:
		on_established(f, wsi, s);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return on_writeable(f, s);
	case LWS_CALLBACK_CLOSED:
		on_closed(f, s);
		return 0;
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		f->ssl = user;
		return 0;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		on_wake(f);
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = { { .name = SUBPROTOCOL,
						    .callback = on_feed,
						    .per_session_data_size =
							sizeof(struct subscriber),
						    .rx_buffer_size = 256 },
						  { 0 } };

static const lws_retry_bo_t ping_policy = { .secs_since_valid_ping = PING_S,
					    .secs_since_valid_hangup = HANGUP_S };

/* ---- life ---- */

static void on_lws_log(int level, const char *line)
{
	char text[512];

	log_quote(text, sizeof(text), line, strcspn(line, "\n"));
	if (level & LLL_ERR)
		log_warn(LOG_FEED, "libwebsockets", "text=%s", text);
	else
		log_debug(LOG_FEED, "libwebsockets", "text=%s", text);
}

static void wake_feed(void *ctx)
{
	struct feed *f = ctx;

	if (atomic_load(&f->stopping))
		return;
	atomic_store(&f->fresh, true);
	lws_cancel_service(f->context);
}

static void wake_recheck(void *ctx)
{
	struct feed *f = ctx;

	if (atomic_load(&f->stopping))
		return;
	atomic_store(&f->recheck, true);
	lws_cancel_service(f->context);
}

static struct lws_vhost *open_port(struct feed *f, int port, bool tls)
{
	struct lws_context_creation_info info = { 0 };

	info.vhost_name = tls ? "feed-tls" : "feed";
	info.port = port;
	info.protocols = protocols;
	info.retry_and_idle_policy = &ping_policy;
	info.iface = f->listen[0] ? f->listen : NULL;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	if (!strchr(f->listen[0] ? f->listen : net_any_host(), ':'))
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = f->cert_file;
		info.ssl_private_key_filepath = f->cert_file;
		info.ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
	}
	return lws_create_vhost(f->context, &info);
}

/* Its own subscribers and what it needs itself, but no more than a quarter of what the process may open. */
static unsigned descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur / 4 >= FD_MAX)
		return FD_MAX;
	return lim.rlim_cur / 4 < FD_MIN ? FD_MIN : (unsigned)(lim.rlim_cur / 4);
}

static void *thread_main(void *arg)
{
	struct feed *f = arg;

	pthread_setname_np(pthread_self(), "feed");
	while (!atomic_load(&f->stopping) && lws_service(f->context, 0) >= 0)
		;
	return NULL;
}

static int open_ports(struct feed *f, char *why, size_t cap)
{
	if (f->opt.port >= 0)
		f->plain = open_port(f, f->opt.port, false);
	if (f->opt.tls_port >= 0 && f->cert_file[0])
		f->tls = open_port(f, f->opt.tls_port, true);
	if (f->opt.tls_port >= 0 && !f->tls)
		log_warn(LOG_FEED, "tls_port_off", "port=%d", f->opt.tls_port);
	if (f->plain || f->tls)
		return 0;
	snprintf(why, cap,
		 "the feed cannot listen on port %d: is it in use? Choose another with --feed-port",
		 f->opt.port);
	return ERR_EXIST;
}

int feed_start(struct feed **out, const struct feed_options *opt, char *why, size_t cap)
{
	struct lws_context_creation_info info = { 0 };
	struct feed *f = mem_zalloc(sizeof(*f));
	int err = ERR_IO;

	f->opt = *opt;
	pthread_mutex_init(&f->cert_lock, NULL);
	(void)text_copy(f->cert_file, sizeof(f->cert_file), opt->cert_file ? opt->cert_file : "");
	(void)text_copy(f->listen, sizeof(f->listen), opt->listen ? opt->listen : "");
	f->ring = ring_new(FEED_RING_MAX, LWS_PRE);
	lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.fd_limit_per_thread = descriptors();
	info.user = f;
	f->context = lws_create_context(&info);
	snprintf(why, cap, "libwebsockets does not start");
	if (f->context)
		err = open_ports(f, why, cap);
	f->fetched = journal_last(opt->store);
	if (!err && pthread_create(&f->thread, NULL, thread_main, f))
		err = ERR_AGAIN;
	if (err) {
		if (f->context)
			lws_context_destroy(f->context);
		ring_free(f->ring);
		mem_free(f);
		return err;
	}
	journal_watch(opt->store, wake_feed, f);
	auth_watch(opt->auth, wake_recheck, f);
	wake_feed(f); /* what was committed since `fetched` was read */
	*out = f;
	return 0;
}

void feed_stop(struct feed *f)
{
	if (!f)
		return;
	atomic_store(&f->stopping, true);
	lws_cancel_service(f->context);
	pthread_join(f->thread, NULL);
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	lws_context_destroy(f->context);
	ring_free(f->ring);
	mem_free(f);
}

int feed_port(const struct feed *f, bool tls)
{
	struct lws_vhost *v = tls ? f->tls : f->plain;

	return v ? lws_get_vhost_listen_port(v) : -1;
}

void feed_metrics(const struct feed *f, struct text *out)
{
	metric_gauge(out, "feed_subscribers", "Subscribers of the event feed.",
		     atomic_load(&f->count));
	metric_counter(out, "feed_messages_total", "Events sent.", atomic_load(&f->sent));
	metric_counter(out, "feed_slow_closed_total", "Subscribers closed because they were slow.",
		       atomic_load(&f->slow));
}
