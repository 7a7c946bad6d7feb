/* server/sip/sip_conns.h - the TCP connections of phones, by number: ids instead of pointers, ageing.
 * Call loop. */
#ifndef SIP_CONNS_H
#define SIP_CONNS_H

#include "server/core/net.h"
#include "server/sip/sip_engine.h"

struct sip_conns;

struct sip_conns *sip_conns_new(struct loop *loop, struct sip_engine *engine,
				struct phones *phones);
void sip_conns_free(struct sip_conns *cs);
/* 0 or what net_tcp_listen() says. A second call moves to another address; what is connected stays only
 * until the old listener is closed. */
int sip_conns_listen(struct sip_conns *cs, const struct net_addr *at,
		     struct net_tcp_listener **out);
void sip_conns_set_dscp(struct sip_conns *cs, unsigned dscp);
int sip_conns_send(struct sip_conns *cs, uint64_t conn, const void *data,
		   size_t len); /* ERR_CLOSED */
void sip_conns_keep(struct sip_conns *cs, uint64_t conn, uint64_t until_ms);
void sip_conns_drop(struct sip_conns *cs, uint64_t conn);
/* Closes what is idle without a registration, or has been sending one message for too long. */
void sip_conns_age(struct sip_conns *cs);
size_t sip_conns_count(const struct sip_conns *cs);

#endif
