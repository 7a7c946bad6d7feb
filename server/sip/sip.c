/* server/sip/sip.c - see sip.h: sockets, timers, configuration; no SIP in here. */
#include "server/sip/sip.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/core/net.h"
#include "server/phones/phones.h"
#include "server/sip/sip_conns.h"
#include "server/sip/sip_engine.h"
#include "server/sip/sip_hosts.h"
#include "server/sip/sip_load.h"
#include "server/sip/sip_msg.h"
#include "store/event.h"
#include "store/store.h"

#define TICK_MS      1000 /* ageing, a missed wake-up, a port that was not free */
#define RETRY_MS     10000
#define FREE_TRIES   16 /* any free port: UDP's may be taken for TCP */
#define METRICS_WAIT 1000

struct sip {
	struct sip_options opt;
	char listen[NET_HOST_SIZE];
	struct loop *loop;
	struct sip_engine *engine;
	struct sip_conns *conns;
	struct sip_hosts *hosts;
	struct net_udp *udp;
	struct net_tcp_listener *tcp;
	uint16_t asked_port; /* what the sockets were opened for */
	uint64_t retry_at_ms;
	struct loop_timer due, tick;
	uint64_t due_at_ms;
	uint64_t revision;    /* of the tables */
	atomic_bool stale;    /* a reload is on its way */
	pthread_mutex_t lock; /* guards `status`, which other threads read */
	struct engine_status status;
};

/* ---- the engine's doors ---- */

static int on_send(void *ctx, const struct sip_flow *to, const void *data, size_t len)
{
	struct sip *s = ctx;

	if (to->transport == SIP_TCP)
		return sip_conns_send(s->conns, to->conn, data, len);
	if (!s->udp)
		return ERR_CLOSED;
	net_udp_send(s->udp, &to->peer, &to->local, to->ifindex, data, len);
	return 0;
}

static void on_keep(void *ctx, uint64_t conn, uint64_t until_ms)
{
	sip_conns_keep(((struct sip *)ctx)->conns, conn, until_ms);
}

static void on_drop(void *ctx, uint64_t conn)
{
	sip_conns_drop(((struct sip *)ctx)->conns, conn);
}

static int on_neighbour(void *ctx, const struct net_addr *a, char mac[MAC_TEXT_SIZE])
{
	struct sip *s = ctx;

	return sip_hosts_neighbour(s->hosts, a, loop_now_ms(s->loop), mac);
}

static bool is_ours(void *ctx, const struct sip_flow *flow, struct slice host)
{
	struct sip *s = ctx;
	const struct sip_settings *set = sip_conf_settings(sip_engine_conf(s->engine));

	return slice_eq_nocase(host, set->address) || slice_eq_nocase(host, set->realm) ||
	       sip_hosts_is_ours(s->hosts, flow, host, loop_now_ms(s->loop));
}

static void on_step(void *ctx, const char *device, const struct net_addr *peer,
		    enum phone_step step, const char *detail)
{
	phones_step(((struct sip *)ctx)->opt.phones, device, peer, step, "%s", detail);
}

static void on_registered(void *ctx, const char *device, const struct phone_reg *reg)
{
	phones_registered(((struct sip *)ctx)->opt.phones, device, reg);
}

static void on_unregistered(void *ctx, const char *device, enum phone_step why, const char *reason)
{
	phones_unregistered(((struct sip *)ctx)->opt.phones, device, PHONE_SIP, why, reason);
}

static void on_rejected(void *ctx, const char *device, const struct net_addr *peer, const char *id,
			int code, const char *reason)
{
	phones_rejected(((struct sip *)ctx)->opt.phones, device, PHONE_SIP, peer, id, NULL, code,
			reason);
}

static void on_blocked(void *ctx, const struct net_addr *peer)
{
	struct sip *s = ctx;
	char host[NET_HOST_SIZE];

	net_addr_host(peer, host);
	log_warn(LOG_SIP, "source_blocked", "address=%s reason=\"wrong passwords\"", host);
	event_emit(s->opt.store, EV_SOURCE_BLOCKED, NULL, EVENT_STR("address", host),
		   EVENT_STR("protocol", "sip"),
		   EVENT_STR("reason", "five wrong passwords within a minute"));
}

static const struct sip_engine_ops engine_ops = {
	on_send, on_keep,       on_drop,         on_neighbour, is_ours,
	on_step, on_registered, on_unregistered, on_rejected,  on_blocked,
};

/* ---- timers ---- */

/* Arms the timer for what the engine waits for next; called after everything that may change that. */
static void rearm(struct sip *s)
{
	uint64_t at = sip_engine_next_ms(s->engine), now = loop_now_ms(s->loop);

	if (at == s->due_at_ms && loop_timer_is_set(&s->due))
		return;
	s->due_at_ms = at;
	if (at == UINT64_MAX)
		loop_timer_cancel(&s->due);
	else
		loop_timer_set(&s->due, at > now ? at - now : 0);
}

static int on_action(void *ctx, const char *device, enum phone_action action)
{
	struct sip *s = ctx;
	int err = sip_engine_act(s->engine, device, action);

	rearm(s);
	return err;
}

static void on_report(void *ctx, const char *device, cJSON *o)
{
	sip_engine_report(((struct sip *)ctx)->engine, device, o);
}

static void on_due(struct loop_timer *t)
{
	struct sip *s = container_of(t, struct sip, due);

	sip_engine_tick(s->engine);
	rearm(s);
}

static void on_datagram(void *ctx, const struct net_dgram *in)
{
	struct sip *s = ctx;
	struct sip_flow flow = {
		.transport = SIP_UDP, .ifindex = in->ifindex, .peer = in->peer, .local = in->local
	};

	if (!in->truncated)
		sip_engine_input(s->engine, &flow, in->data, in->len);
	rearm(s);
}

/* ---- sockets ---- */

static void publish(struct sip *s, const char *why, bool failed)
{
	struct engine_status st = { .name = "sip",
				    .on = s->udp != NULL,
				    .failed = failed && !s->udp,
				    .overridden = s->opt.port >= 0 };
	struct net_addr a;

	(void)text_copy(st.why, sizeof(st.why), why);
	if (s->udp) {
		net_udp_local(s->udp, &a);
		net_addr_text(&a, st.address);
		st.port = net_addr_port(&a);
	}
	pthread_mutex_lock(&s->lock);
	s->status = st;
	pthread_mutex_unlock(&s->lock);
}

static void close_sockets(struct sip *s)
{
	struct net_udp *udp = s->udp;
	struct net_tcp_listener *tcp = s->tcp;

	s->udp = NULL;
	s->tcp = NULL;
	if (udp)
		net_udp_close(udp);
	net_tcp_listener_close(tcp);
}

/* Both transports on one port. */
static int bind_both(struct sip *s, struct net_addr at, struct net_udp **udp,
		     struct net_tcp_listener **tcp)
{
	uint16_t port = net_addr_port(&at);
	int err = 0;

	for (int i = 0; i < (port ? 1 : FREE_TRIES); i++) {
		struct net_addr bound;

		net_addr_set_port(&at, port);
		err = net_udp_open(udp, s->loop, &at, on_datagram, s);
		if (err)
			return err;
		net_udp_local(*udp, &bound);
		net_addr_set_port(&at, net_addr_port(&bound));
		err = sip_conns_listen(s->conns, &at, tcp);
		if (!err)
			return 0;
		net_udp_close(*udp);
	}
	return err;
}

static int open_at(struct sip *s, uint16_t port, struct net_udp **udp,
		   struct net_tcp_listener **tcp)
{
	struct net_addr at;
	int err;

	if (s->listen[0]) {
		err = net_addr_parse(&at, s->listen, port);
		return err ? err : bind_both(s, at, udp, tcp);
	}
	(void)net_addr_parse(&at, "::", port);
	err = bind_both(s, at, udp, tcp);
	if (!err || err == ERR_EXIST || err == ERR_PERM)
		return err;
	(void)net_addr_parse(&at, "0.0.0.0", port); /* a kernel without IPv6 */
	return bind_both(s, at, udp, tcp);
}

/* One line that names the cure (DESIGN 10). */
static void explain(const struct sip *s, int err, uint16_t port, char *why, size_t cap)
{
	const char *cure = s->opt.port >= 0
			       ? "start with another --sip-port"
			       : "set another port with `source-address <ip> port <n>`";

	if (err == ERR_EXIST)
		snprintf(why, cap, "Port %u is taken by another program: stop it or %s", port,
			 cure);
	else if (err == ERR_PERM)
		snprintf(why, cap, "Port %u needs the right NET_BIND_SERVICE: give it or %s", port,
			 cure);
	else
		snprintf(why, cap, "Port %u on %s cannot be bound (%s): check the address or %s",
			 port, s->listen[0] ? s->listen : "any address", err_text(err), cure);
}

static const char *why_off(const struct sip *s, const struct sip_settings *set)
{
	if (s->opt.port == SIP_PORT_OFF)
		return "Switched off by a start option: start without --sip-port off";
	return set->address[0] ? NULL : "No source-address: set it in voice register global";
}

static void go_off(struct sip *s, const char *why)
{
	bool was = s->udp != NULL;

	close_sockets(s);
	publish(s, why, false);
	if (was)
		log_info(LOG_SIP, "off", "reason=\"%s\"", why);
}

static void go_on(struct sip *s, struct net_udp *udp, struct net_tcp_listener *tcp, uint16_t port)
{
	close_sockets(s);
	s->udp = udp;
	s->tcp = tcp;
	s->asked_port = port;
	publish(s, "", false);
	log_info(LOG_SIP, "listening", "address=%s transports=udp,tcp", s->status.address);
}

/* Brings the sockets to what the configuration says. The new port is bound before the old one is given
 * up, so a wrong one costs nothing but a line in the status. */
static void follow_sockets(struct sip *s)
{
	const struct sip_settings *set = sip_conf_settings(sip_engine_conf(s->engine));
	uint16_t port = s->opt.port >= 0 ? (uint16_t)s->opt.port : set->port;
	const char *off = why_off(s, set);
	struct net_udp *udp = NULL;
	struct net_tcp_listener *tcp = NULL;
	char why[160];
	int err;

	if (off) {
		go_off(s, off);
		return;
	}
	if (!s->udp || s->asked_port != port) {
		err = open_at(s, port, &udp, &tcp);
		s->retry_at_ms = err ? loop_now_ms(s->loop) + RETRY_MS : 0;
		if (err) {
			explain(s, err, port, why, sizeof(why));
			if (strcmp(s->status.why, why) != 0)
				log_error(LOG_SIP, "cannot_listen", "why=\"%s\"", why);
			publish(s, why, true); /* a port that was open before stays */
			return;
		}
		go_on(s, udp, tcp, port);
	} else if (s->status.why[0]) {
		s->retry_at_ms = 0;
		publish(s, "", false); /* what was asked for in vain is no longer asked for */
	}
	(void)net_udp_set_dscp(s->udp, set->dscp);
	sip_conns_set_dscp(s->conns, set->dscp);
}

/* ---- configuration ---- */

static void reload(struct sip *s)
{
	int err = sip_load(s->opt.store, sip_engine_conf(s->engine), &s->revision);

	if (err == ERR_AGAIN)
		return; /* the store is being reopened: the next tick looks again */
	if (err) {
		log_error(LOG_SIP, "configuration_not_read", "err=%s", err_text(err));
		return;
	}
	sip_engine_conf_changed(s->engine);
	follow_sockets(s);
	rearm(s);
}

struct reload_msg {
	struct sip *sip;
};

static void do_reload(void *owner, void *msg)
{
	struct sip *s = ((struct reload_msg *)msg)->sip;

	(void)owner;
	atomic_store(&s->stale, false);
	reload(s);
}

/* Writer thread: only wakes. A full mailbox is made up for by the next tick. */
static void on_commit(void *ctx)
{
	struct sip *s = ctx;
	struct reload_msg msg = { s };

	if (!atomic_exchange(&s->stale, true) &&
	    mailbox_post(loop_mailbox(s->loop), do_reload, &msg, sizeof(msg)))
		atomic_store(&s->stale, false);
}

static void on_tick(struct loop_timer *t)
{
	struct sip *s = container_of(t, struct sip, tick);

	if (s->revision != store_revision(s->opt.store))
		reload(s);
	else if (s->retry_at_ms && loop_now_ms(s->loop) >= s->retry_at_ms)
		follow_sockets(s);
	sip_conns_age(s->conns);
	rearm(s); /* what came over TCP may have set timers */
	loop_timer_set(t, TICK_MS);
}

/* ---- begin and end ---- */

int sip_start(struct sip **out, const struct sip_options *opt)
{
	struct sip *s = mem_zalloc(sizeof(*s));
	int err;

	sip_msg_setup();
	s->opt = *opt;
	s->loop = opt->loop;
	(void)text_copy(s->listen, sizeof(s->listen), opt->listen ? opt->listen : "");
	pthread_mutex_init(&s->lock, NULL);
	loop_timer_init(&s->due, s->loop, on_due);
	loop_timer_init(&s->tick, s->loop, on_tick);
	s->hosts = sip_hosts_new();
	err = sip_engine_new(&s->engine, loop_clock(s->loop), &engine_ops, s);
	if (!err) {
		s->conns = sip_conns_new(s->loop, s->engine, opt->phones);
		publish(s, "Starting", false);
		err = sip_load(opt->store, sip_engine_conf(s->engine), &s->revision);
	}
	if (err) {
		sip_stop(s);
		return err;
	}
	follow_sockets(s);
	loop_timer_set(&s->tick, TICK_MS);
	phones_set_actor(opt->phones, PHONE_SIP, on_action, s);
	phones_set_reporter(opt->phones, PHONE_SIP, on_report);
	store_watch(opt->store, on_commit, s);
	*out = s;
	return 0;
}

void sip_stop(struct sip *s)
{
	if (!s)
		return;
	store_unwatch(s->opt.store, s);
	loop_timer_cancel(&s->due);
	loop_timer_cancel(&s->tick);
	close_sockets(s);
	sip_conns_free(s->conns);
	sip_engine_free(s->engine);
	sip_hosts_free(s->hosts);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

void sip_status(struct sip *s, struct engine_status *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->status;
	pthread_mutex_unlock(&s->lock);
}

/* ---- metrics ---- */

struct metrics_ask {
	struct sip *s;
	struct sip_counters counters;
	size_t bindings, devices, conns, cache_bytes;
};

static void do_metrics(void *owner, void *msg)
{
	struct metrics_ask *m = msg;

	(void)owner;
	m->counters = *sip_engine_counters(m->s->engine);
	m->bindings = sip_engine_bindings(m->s->engine);
	m->devices = sip_engine_devices(m->s->engine);
	m->conns = sip_conns_count(m->s->conns);
	m->cache_bytes = sip_engine_cache_bytes(m->s->engine);
}

void sip_metrics(struct sip *s, struct text *out)
{
	struct metrics_ask m = { .s = s };

	if (mailbox_ask(loop_mailbox(s->loop), do_metrics, &m, sizeof(m), METRICS_WAIT, NULL))
		return;
	metric_counter(out, "sip_messages_received_total", "Messages received.",
		       m.counters.received);
	metric_counter(out, "sip_messages_sent_total", "Messages sent.", m.counters.sent);
	metric_counter(out, "sip_messages_dropped_total",
		       "Messages that were no SIP or could not be answered.", m.counters.dropped);
	metric_counter(out, "sip_messages_limited_total",
		       "Messages refused because their sender sent too many.", m.counters.limited);
	metric_counter(out, "sip_messages_repeated_total",
		       "Requests that came again and got the same answer.", m.counters.repeated);
	metric_counter(out, "sip_registers_total", "REGISTER requests.", m.counters.registers);
	metric_counter(out, "sip_registers_accepted_total", "REGISTER requests accepted.",
		       m.counters.registered);
	metric_counter(out, "sip_registers_challenged_total",
		       "REGISTER requests asked for a password.", m.counters.challenged);
	metric_counter(out, "sip_registers_refused_total", "REGISTER requests refused.",
		       m.counters.refused);
	metric_gauge(out, "sip_contacts", "Contacts registered.", m.bindings);
	metric_gauge(out, "sip_devices", "Phones with a contact.", m.devices);
	metric_gauge(out, "sip_connections", "Connections open.", m.conns);
	metric_gauge(out, "sip_answer_cache_bytes", "Bytes of answers kept for repeated requests.",
		     m.cache_bytes);
}
