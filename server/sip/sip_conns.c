/* server/sip/sip_conns.c - see sip_conns.h. */
#include "server/sip/sip_conns.h"

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"
#include "server/sip/sip.h"
#include "server/sip/sip_map.h"
#include "server/sip/sip_scan.h"

struct conn {
	struct sip_node node;
	struct sip_conns *all;
	struct net_tcp *tcp;
	struct sip_flow flow;
	uint64_t heard_ms;   /* last byte */
	uint64_t partial_ms; /* since when a message is not whole; 0 = none is begun */
	uint64_t keep_until_ms;
};
struct sip_conns {
	struct loop *loop;
	struct sip_engine *engine;
	struct phones *phones;
	struct sip_map map;
	uint64_t last; /* number given last */
	unsigned dscp;
};

struct sip_conns *sip_conns_new(struct loop *loop, struct sip_engine *engine, struct phones *phones)
{
	struct sip_conns *cs = mem_zalloc(sizeof(*cs));

	cs->loop = loop;
	cs->engine = engine;
	cs->phones = phones;
	sip_map_init(&cs->map);
	return cs;
}

static void forget(void *ctx, struct sip_node *n)
{
	struct conn *c = container_of(n, struct conn, node);

	sip_map_remove(&((struct sip_conns *)ctx)->map, n);
	mem_free(c);
}

void sip_conns_free(struct sip_conns *cs)
{
	if (!cs)
		return;
	sip_map_each(&cs->map, forget, cs);
	sip_map_fini(&cs->map);
	mem_free(cs);
}

static struct conn *find(const struct sip_conns *cs, uint64_t number)
{
	struct sip_node *n =
	    sip_map_first(&cs->map, sip_map_hash(&cs->map, &number, sizeof(number)));

	for (; n; n = sip_map_next(n)) {
		struct conn *c = container_of(n, struct conn, node);

		if (c->flow.conn == number)
			return c;
	}
	return NULL;
}

static long on_data(void *ctx, struct net_tcp *tcp, const uint8_t *data, size_t len)
{
	struct conn *c = ctx;
	long used = sip_engine_stream(c->all->engine, &c->flow, data, len);

	c->heard_ms = loop_now_ms(c->all->loop);
	if (used < 0) {
		net_tcp_close(tcp); /* after the answer has left */
		return (long)len;
	}
	if ((size_t)used == len)
		c->partial_ms = 0;
	else if (used || !c->partial_ms)
		c->partial_ms = c->heard_ms;
	return used;
}

static void on_close(void *ctx, struct net_tcp *tcp, int err)
{
	struct conn *c = ctx;
	struct sip_conns *cs = c->all;

	(void)tcp;
	if (c->keep_until_ms > loop_now_ms(cs->loop))
		phones_step(cs->phones, NULL, &c->flow.peer, STEP_TRANSPORT_DOWN, "%s",
			    err ? err_text(err) : "the phone closed it");
	sip_map_remove(&cs->map, &c->node);
	mem_free(c);
}

static const struct net_tcp_ops conn_ops = { on_data, on_close, SIP_TCP_MAX, 4 * SIP_TCP_MAX };

static void *on_accept(void *ctx, struct net_tcp *tcp, const struct net_tcp_ops **ops)
{
	struct sip_conns *cs = ctx;
	struct conn *c = mem_zalloc(sizeof(*c));

	c->all = cs;
	c->tcp = tcp;
	c->heard_ms = loop_now_ms(cs->loop);
	c->flow.transport = SIP_TCP;
	c->flow.conn = ++cs->last;
	c->flow.peer = *net_tcp_peer(tcp);
	c->flow.local = *net_tcp_local(tcp);
	(void)net_tcp_set_dscp(tcp, cs->dscp);
	sip_map_put(&cs->map, &c->node,
		    sip_map_hash(&cs->map, &c->flow.conn, sizeof(c->flow.conn)));
	*ops = &conn_ops;
	return c;
}

int sip_conns_listen(struct sip_conns *cs, const struct net_addr *at, struct net_tcp_listener **out)
{
	static const struct net_tcp_limits limits = { SIP_CONNS_PER_ADDRESS, SIP_CONNS_MAX };

	return net_tcp_listen(out, cs->loop, at, &limits, on_accept, cs);
}

static void apply_dscp(void *ctx, struct sip_node *n)
{
	(void)net_tcp_set_dscp(container_of(n, struct conn, node)->tcp,
			       ((struct sip_conns *)ctx)->dscp);
}

void sip_conns_set_dscp(struct sip_conns *cs, unsigned dscp)
{
	if (cs->dscp == dscp)
		return;
	cs->dscp = dscp;
	sip_map_each(&cs->map, apply_dscp, cs);
}

int sip_conns_send(struct sip_conns *cs, uint64_t conn, const void *data, size_t len)
{
	struct conn *c = find(cs, conn);

	return c ? net_tcp_send(c->tcp, data, len) : ERR_CLOSED;
}

void sip_conns_keep(struct sip_conns *cs, uint64_t conn, uint64_t until_ms)
{
	struct conn *c = find(cs, conn);

	if (!c)
		return;
	if (!c->keep_until_ms)
		phones_step(cs->phones, NULL, &c->flow.peer, STEP_TRANSPORT_UP, "tcp");
	c->keep_until_ms = until_ms;
}

void sip_conns_drop(struct sip_conns *cs, uint64_t conn)
{
	struct conn *c = find(cs, conn);

	if (!c)
		return;
	c->keep_until_ms = 0; /* the phone is on another one: nothing to tell */
	net_tcp_close(c->tcp);
}

static void age(void *ctx, struct sip_node *n)
{
	struct sip_conns *cs = ctx;
	struct conn *c = container_of(n, struct conn, node);
	uint64_t now = loop_now_ms(cs->loop);

	if ((c->partial_ms && now - c->partial_ms >= SIP_CONN_PARTIAL_MS) ||
	    (c->keep_until_ms <= now && now - c->heard_ms >= SIP_CONN_IDLE_MS))
		net_tcp_close(c->tcp);
}

void sip_conns_age(struct sip_conns *cs)
{
	sip_map_each(&cs->map, age, cs);
}

size_t sip_conns_count(const struct sip_conns *cs)
{
	return cs->map.count;
}
