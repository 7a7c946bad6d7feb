/* server/sccp/sccp.c - the shell around the pure sessions: listeners, connections, timers, commits, and
 * what sessions tell to server/phones. */
#include "server/sccp/sccp.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/core/net.h"
#include "server/phones/phones.h"
#include "server/sccp/config.h"
#include "server/sccp/models.h"
#include "server/sccp/session.h"
#include "server/zones/zones.h"
#include "store/store.h"

#define METRICS_MS   500
#define SOCKETS_MS   2000
#define SOCKET_SLICE 500 /* connections told in one turn */

struct listener {
	struct net_tcp_listener *tcp; /* NULL: not listening */
	struct net_addr want;         /* what it was asked to bind */
	struct net_addr bound;
	bool wanted;
	int err;
};
struct sccp {
	struct sccp_options opt;
	char listen[NET_HOST_SIZE];
	struct sccp_hub *hub;
	struct sccp_config *config;
	struct listener listener[SCCP_FAMILIES];
	struct conn **slot; /* connections by number, NULL where free */
	size_t n_slots, first_free;
	struct loop_timer tick;
	pthread_mutex_t lock; /* guards `status`, which other threads read */
	struct engine_status status;
};
struct conn {
	struct sccp *sccp;
	struct net_tcp *tcp;
	struct sccp_session *session;
	size_t slot;
	struct loop_timer timer;
};

/* ---- connections ---- */

static void conn_send(void *ctx, const void *p, size_t len)
{
	struct conn *c = ctx;

	net_tcp_send(c->tcp, p, len); /* too much unsent closes it; on_close follows */
}

static void conn_close(void *ctx)
{
	net_tcp_close(((struct conn *)ctx)->tcp);
}

static void conn_arm(void *ctx, uint64_t after_ms)
{
	loop_timer_set(&((struct conn *)ctx)->timer, after_ms);
}

static void on_timer(struct loop_timer *t)
{
	sccp_session_timeout(container_of(t, struct conn, timer)->session);
}

static long on_data(void *ctx, struct net_tcp *tcp, const uint8_t *data, size_t len)
{
	(void)tcp;
	return sccp_session_input(((struct conn *)ctx)->session, data, len);
}

/* The lowest free number, as a person counts them; at most SCCP_CONNS_MAX for each family. */
static void slot_take(struct sccp *s, struct conn *c)
{
	size_t i = s->first_free;

	while (i < s->n_slots && s->slot[i])
		i++;
	if (i == s->n_slots) {
		s->n_slots = s->n_slots ? s->n_slots * 2 : 64;
		s->slot = mem_realloc(s->slot, s->n_slots * sizeof(struct conn *));
		memset(s->slot + i, 0, (s->n_slots - i) * sizeof(struct conn *));
	}
	s->slot[i] = c;
	s->first_free = i + 1;
	c->slot = i;
}

static void slot_give(struct sccp *s, const struct conn *c)
{
	s->slot[c->slot] = NULL;
	if (c->slot < s->first_free)
		s->first_free = c->slot;
}

static void on_close(void *ctx, struct net_tcp *tcp, int err)
{
	struct conn *c = ctx;

	(void)tcp;
	slot_give(c->sccp, c);
	loop_timer_cancel(&c->timer);
	sccp_session_free(c->session, err ? err_text(err) : "the phone closed the connection");
	mem_free(c);
}

static const struct net_tcp_ops conn_ops = {
	.on_data = on_data,
	.on_close = on_close,
	.max_in = SCCP_PACKET_MAX,
	.max_out = SCCP_PENDING_MAX,
};

static void *on_accept(void *ctx, struct net_tcp *tcp, const struct net_tcp_ops **ops)
{
	struct sccp *s = ctx;
	struct conn *c = mem_zalloc(sizeof(*c));

	*ops = &conn_ops;
	c->sccp = s;
	c->tcp = tcp;
	slot_take(s, c);
	loop_timer_init(&c->timer, s->opt.loop, on_timer);
	net_tcp_set_dscp(tcp, sccp_hub_site(s->hub)->dscp);
	c->session = sccp_session_new(s->hub, c, net_tcp_peer(tcp), net_tcp_local(tcp));
	return c;
}

/* ---- what sessions ask and tell ---- */

static int on_profile(void *ctx, const char *device, uint32_t device_type,
		      struct sccp_profile **out)
{
	struct sccp *s = ctx;
	struct conf *conf;
	unsigned tag;
	int err = conf_open_now(s->opt.store, &conf);

	if (err)
		return err;
	sccp_config_update(s->config, conf,
			   sccp_hub_site(s->hub)); /* the newest, not the last told */
	tag = sccp_config_tag(s->config, device);
	*out = tag ? sccp_config_profile(conf, tag, device_type) : NULL;
	conf_close(conf);
	return *out ? 0 : ERR_NOENT;
}

static void tell_registered(struct sccp *s, const struct sccp_about *a)
{
	const struct sccp_model *model = sccp_model(a->device_type);
	struct phone_reg reg = {
		.protocol = PHONE_SCCP,
		.peer = *a->peer,
		.transport = "tcp",
		.model = model ? model->type : NULL,
		.firmware = a->load[0] ? a->load : NULL,
		.lines = a->lines,
	};

	phones_registered(s->opt.phones, a->device, &reg);
	log_info(LOG_SCCP, "registered", "phone=%s version=%u lines=%u", a->device, a->version,
		 a->lines);
}

/* The reason behind a refusal in the words that verdicts know. */
static void tell_refused(struct sccp *s, const struct sccp_about *a, enum sccp_event ev,
			 const char *text)
{
	const struct sccp_model *model = sccp_model(a->device_type);
	char reason[128], type[32];
	struct text t;

	text_fixed(&t, reason, sizeof(reason));
	if (ev == SCCP_EV_UNKNOWN)
		text_addf(&t, "%s (%s)",
			  !strcmp(text, "Not configured") ? REJECT_UNCONFIGURED : text,
			  sccp_model_text(a->device_type, type, sizeof(type)));
	else
		text_add(&t, !strcmp(text, "Wrong server address") ? REJECT_ADDRESS : text);
	phones_rejected(s->opt.phones, a->device[0] ? a->device : NULL, PHONE_SCCP, a->peer,
			a->device, model ? model->type : NULL, 0, reason);
	log_info(LOG_SCCP, "refused", "phone=%s reason=\"%s\"", a->device, reason);
}

static void on_event(void *ctx, struct sccp_session *session, enum sccp_event ev,
		     const char *device, const char *text)
{
	static const struct {
		enum phone_step step;
		bool ends; /* the registration */
	} rows[] = {
		[SCCP_EV_CONNECTED] = { STEP_TRANSPORT_UP, false },
		[SCCP_EV_STEP] = { STEP_REGISTERING, false },
		[SCCP_EV_UNREGISTERED] = { STEP_UNREGISTERED, true },
		[SCCP_EV_REPLACED] = { STEP_TRANSPORT_DOWN, true },
		[SCCP_EV_KEEPALIVE_LOST] = { STEP_KEEPALIVE_LOST, true },
		[SCCP_EV_CLOSED] = { STEP_TRANSPORT_DOWN, true },
		[SCCP_EV_FAULT] = { STEP_PROTOCOL_ERROR, false },
		[SCCP_EV_ALARM] = { STEP_ALARM, false },
	};
	struct sccp *s = ctx;
	struct sccp_about about;

	sccp_session_about(session, &about);
	if (ev == SCCP_EV_ALIVE)
		phones_keepalive(s->opt.phones, device);
	else if (ev == SCCP_EV_REGISTERED)
		tell_registered(s, &about);
	else if (ev == SCCP_EV_REFUSED || ev == SCCP_EV_UNKNOWN)
		tell_refused(s, &about, ev, text);
	else if (rows[ev].ends && phones_is_registered(s->opt.phones, device, PHONE_SCCP))
		phones_unregistered(s->opt.phones, device, PHONE_SCCP, rows[ev].step, text);
	else
		phones_step(s->opt.phones, device[0] ? device : NULL, about.peer, rows[ev].step,
			    "%s", text);
}

static const struct sccp_ops session_ops = { conn_send,  conn_close, conn_arm,
					     on_profile, on_event,   zone_offset };

static int on_action(void *engine, const char *device, enum phone_action action)
{
	struct sccp *s = engine;
	struct sccp_session *session = sccp_hub_find(s->hub, device);

	if (!session)
		return ERR_NOENT;
	sccp_session_reset(session,
			   action == PHONE_RESTART ? SCCP_RESET_RESTART : SCCP_RESET_RESET);
	return 0;
}

/* What the status views know of a registered phone beyond what server/phones is told. */
static void on_report(void *engine, const char *device, cJSON *o)
{
	struct sccp *s = engine;
	struct sccp_session *session = sccp_hub_find(s->hub, device);
	const struct conn *c = session ? sccp_session_conn(session) : NULL;
	struct sccp_about a;
	char version[16];

	if (!c)
		return;
	sccp_session_about(session, &a);
	snprintf(version, sizeof(version), "%u/%u", a.offered, a.version);
	cJSON_AddNumberToObject(o, "socket", (double)c->slot);
	cJSON_AddStringToObject(o, "sccp_version", version);
	cJSON_AddNumberToObject(o, "capabilities", a.codecs);
	cJSON_AddBoolToObject(o, "reset_sent", a.reset_sent);
}

/* ---- listening ---- */

static const char *cure(int err)
{
	switch (err) {
	case ERR_PERM:
		return "the port needs privileges";
	case ERR_EXIST:
		return "another program has the port: stop it or change ip source-address";
	default:
		return "this host does not have that address: change ip source-address or use "
		       "--listen";
	}
}

static void publish(struct sccp *s)
{
	struct engine_status st = { .name = "sccp", .overridden = s->opt.port >= 0 };
	struct text address, why;

	text_fixed(&address, st.address, sizeof(st.address));
	text_fixed(&why, st.why, sizeof(st.why));
	for (int f = 0; f < SCCP_FAMILIES; f++) {
		struct listener *l = &s->listener[f];
		char at[NET_TEXT_SIZE];

		if (l->tcp && !st.on) {
			st.on = true;
			st.port = net_addr_port(&l->bound);
			text_add(&address, net_addr_text(&l->bound, at));
		} else if (l->wanted && !l->tcp && !why.len) {
			text_addf(&why, "cannot listen on %s: %s", net_addr_text(&l->want, at),
				  cure(l->err));
		}
	}
	st.failed = !st.on && why.len > 0;
	if (s->opt.port == SCCP_PORT_OFF)
		text_add(&why, "switched off by a start option");
	else if (!st.on && !why.len)
		text_add(&why, "no ip source-address is configured in telephony-service");
	if (st.on)
		st.why[0] = '\0';
	pthread_mutex_lock(&s->lock);
	s->status = st;
	pthread_mutex_unlock(&s->lock);
}

/* What to bind for a family; false: nothing. A start option gives one address for all. */
static bool wanted_address(const struct sccp *s, int family, struct net_addr *out)
{
	const struct sccp_site *site = sccp_hub_site(s->hub);
	const struct sccp_source *src = &site->source[family];

	if (s->opt.port == SCCP_PORT_OFF || !src->on ||
	    (s->listen[0] && family == SCCP_IPV6 && site->source[SCCP_IPV4].on))
		return false;
	*out = src->address;
	if (s->listen[0])
		net_addr_parse(out, s->listen, net_addr_port(&src->address));
	if (s->opt.port >= 0)
		net_addr_set_port(out, (uint16_t)s->opt.port);
	return true;
}

static void open_listener(struct sccp *s, struct listener *l)
{
	static const struct net_tcp_limits limits = { SCCP_CONNS_PER_ADDRESS, SCCP_CONNS_MAX };
	int before = l->err;
	char at[NET_TEXT_SIZE];

	l->err = net_tcp_listen(&l->tcp, s->opt.loop, &l->want, &limits, on_accept, s);
	if (l->err) {
		l->tcp = NULL;
		if (l->err != before) /* said once, tried again in silence */
			log_error(LOG_SCCP, "listen_failed", "address=%s cure=\"%s\"",
				  net_addr_text(&l->want, at), cure(l->err));
		return;
	}
	net_tcp_listener_local(l->tcp, &l->bound);
	log_info(LOG_SCCP, "listening", "address=%s", net_addr_text(&l->bound, at));
}

/* Opens what is wanted, closes what is not. A listener whose address stays is not touched. */
static void follow_addresses(struct sccp *s)
{
	for (int f = 0; f < SCCP_FAMILIES; f++) {
		struct listener *l = &s->listener[f];
		struct net_addr want = { 0 };
		bool wanted = wanted_address(s, f, &want);

		if (l->tcp && (!wanted || !net_addr_eq(&want, &l->want))) {
			net_tcp_listener_close(l->tcp);
			l->tcp = NULL;
		}
		if (!wanted || (l->wanted && !net_addr_eq(&want, &l->want)))
			l->err = 0;
		l->wanted = wanted;
		l->want = want;
		if (wanted && !l->tcp)
			open_listener(s, l);
	}
}

/* ---- following commits ---- */

static int refresh(struct sccp *s)
{
	struct conf *conf;
	int err = conf_open_now(s->opt.store, &conf);

	if (err)
		return err;
	sccp_config_update(s->config, conf, sccp_hub_site(s->hub));
	conf_close(conf);
	follow_addresses(s);
	publish(s);
	return 0;
}

struct commit_msg {
	struct sccp *s;
};

static void on_commit(void *owner, void *msg)
{
	struct sccp *s = ((struct commit_msg *)msg)->s;
	int err;

	(void)owner;
	err = refresh(s);
	if (err && err != ERR_AGAIN) /* the store is being reopened: the next tick looks again */
		log_warn(LOG_SCCP, "refresh_failed", "revision=%llu",
			 (unsigned long long)store_revision(s->opt.store));
}

/* Writer thread. A full mailbox is no loss: the next tick looks too. */
static void wake(void *ctx)
{
	struct commit_msg m = { ctx };

	mailbox_post(loop_mailbox(m.s->opt.loop), on_commit, &m, sizeof(m));
}

static void on_tick(struct loop_timer *t)
{
	struct sccp *s = container_of(t, struct sccp, tick);

	(void)refresh(s); /* retries what could not be had; a store in trouble is told elsewhere */
	loop_timer_set(t, SCCP_RETRY_MS);
}

/* ---- begin and end ---- */

int sccp_start(struct sccp **out, const struct sccp_options *opt)
{
	struct sccp *s = mem_zalloc(sizeof(*s));
	int err;

	s->opt = *opt;
	text_copy(s->listen, sizeof(s->listen), opt->listen ? opt->listen : "");
	pthread_mutex_init(&s->lock, NULL);
	s->hub = sccp_hub_new(&session_ops, s, loop_clock(opt->loop),
			      opt->version_max ? opt->version_max : SCCP_VERSION_DEFAULT);
	sccp_hub_trace(s->hub, opt->trace);
	s->config = sccp_config_new();
	loop_timer_init(&s->tick, opt->loop, on_tick);
	err = refresh(s);
	if (err) {
		sccp_stop(s);
		return err;
	}
	phones_set_actor(opt->phones, PHONE_SCCP, on_action, s);
	phones_set_reporter(opt->phones, PHONE_SCCP, on_report);
	store_watch(opt->store, wake, s);
	loop_timer_set(&s->tick, SCCP_RETRY_MS);
	*out = s;
	return 0;
}

void sccp_stop(struct sccp *s)
{
	if (!s)
		return;
	store_unwatch(s->opt.store, s);
	loop_timer_cancel(&s->tick);
	for (int f = 0; f < SCCP_FAMILIES; f++)
		if (s->listener[f].tcp)
			net_tcp_listener_close(s->listener[f].tcp);
	sccp_hub_free(s->hub);
	sccp_config_free(s->config);
	mem_free(s->slot);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

void sccp_status(struct sccp *s, struct engine_status *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->status;
	pthread_mutex_unlock(&s->lock);
}

/* ---- the sockets, for the status view ---- */

struct sockets_ask {
	struct sccp *s;
	size_t from, open;
	bool done;
	cJSON *items, *listeners;
};

static bool is_ipv6(const struct net_addr *a)
{
	return a->u.sa.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr);
}

static cJSON *socket_json(const struct conn *c)
{
	size_t unread = net_tcp_unread(c->tcp), unsent = net_tcp_unsent(c->tcp);
	cJSON *o = cJSON_CreateObject(), *sub;
	struct sccp_about a;

	sccp_session_about(c->session, &a);
	cJSON_AddStringToObject(o, "device", a.device);
	cJSON_AddNumberToObject(o, "slot", (double)c->slot);
	cJSON_AddNumberToObject(o, "fd", net_tcp_fd(c->tcp));
	cJSON_AddStringToObject(o, "family", is_ipv6(a.peer) ? "ipv6" : "ipv4");
	sub = cJSON_AddObjectToObject(o, "read");
	cJSON_AddNumberToObject(sub, "offset", (double)unread);
	cJSON_AddBoolToObject(sub, "header", unread >= SCCP_HEADER);
	cJSON_AddNumberToObject(sub, "length", (double)unread);
	sub = cJSON_AddObjectToObject(o, "resend");
	cJSON_AddNumberToObject(sub, "offset", 0);
	cJSON_AddBoolToObject(sub, "flag", unsent > 0);
	cJSON_AddNumberToObject(sub, "queue_depth", (double)unsent);
	return o;
}

static cJSON *listeners_json(const struct sccp *s)
{
	static const char *const names[] = { "listen_ipv4", "listen_ipv6" };
	cJSON *o = cJSON_CreateObject();

	for (int f = 0; f < SCCP_FAMILIES; f++) {
		const struct net_tcp_listener *l = s->listener[f].tcp;
		cJSON *one = cJSON_AddObjectToObject(o, names[f]);

		cJSON_AddBoolToObject(one, "open", l != NULL);
		cJSON_AddNumberToObject(one, "fd", l ? net_tcp_listener_fd(l) : -1);
	}
	return o;
}

static void take_sockets(void *owner, void *msg)
{
	struct sockets_ask *m = msg;
	const struct sccp *s = m->s;

	(void)owner;
	m->items = cJSON_CreateArray();
	m->listeners = m->from ? NULL : listeners_json(s);
	m->open = sccp_hub_sessions(s->hub);
	for (size_t n = 0; n < SOCKET_SLICE && m->from < s->n_slots; n++, m->from++)
		if (s->slot[m->from])
			cJSON_AddItemToArray(m->items, socket_json(s->slot[m->from]));
	m->done = m->from >= s->n_slots;
}

static void drop_sockets(void *msg)
{
	cJSON_Delete(((struct sockets_ask *)msg)->items);
	cJSON_Delete(((struct sockets_ask *)msg)->listeners);
}

cJSON *sccp_sockets(struct sccp *s)
{
	struct sockets_ask m = { .s = s };
	cJSON *all = cJSON_CreateArray(), *o = NULL, *item;
	int err = 0;

	while (!err && !m.done) {
		err = mailbox_ask(loop_mailbox(s->opt.loop), take_sockets, &m, sizeof(m),
				  SOCKETS_MS, drop_sockets);
		if (err)
			break;
		o = o ? o : m.listeners;
		while ((item = cJSON_DetachItemFromArray(m.items, 0)))
			cJSON_AddItemToArray(all, item);
		cJSON_Delete(m.items);
	}
	if (err) {
		cJSON_Delete(all);
		cJSON_Delete(o);
		return NULL;
	}
	cJSON_AddNumberToObject(o, "open_sockets", (double)m.open);
	cJSON_AddItemToObject(o, "connections", all);
	return o;
}

struct counts_ask {
	struct sccp *s;
	struct sccp_counters count;
	size_t registered, sessions;
};

static void take_counts(void *owner, void *msg)
{
	struct counts_ask *ask = msg;

	(void)owner;
	ask->count = *sccp_hub_counters(ask->s->hub);
	ask->registered = sccp_hub_registered(ask->s->hub);
	ask->sessions = sccp_hub_sessions(ask->s->hub);
}

void sccp_metrics(struct sccp *s, struct text *out)
{
	struct counts_ask a = { .s = s };

	if (mailbox_ask(loop_mailbox(s->opt.loop), take_counts, &a, sizeof(a), METRICS_MS, NULL))
		return; /* better no figure than an old one */
	metric_gauge(out, "sccp_registered", "Phones registered.", a.registered);
	metric_gauge(out, "sccp_connections", "Connections open.", a.sessions);
	metric_counter(out, "sccp_messages_total", "Messages received.", a.count.messages);
	metric_counter(out, "sccp_unknown_messages_total", "Messages of unknown ids.",
		       a.count.unknown);
	metric_counter(out, "sccp_broken_messages_total", "Malformed or untimely messages.",
		       a.count.faults);
	metric_counter(out, "sccp_rejects_total", "Registrations refused.", a.count.rejected);
	metric_counter(out, "sccp_keepalives_lost_total", "Registrations ended by silence.",
		       a.count.keepalives_lost);
	metric_counter(out, "sccp_replaced_total", "Stale sessions replaced.", a.count.replaced);
}
