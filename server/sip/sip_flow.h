/* server/sip/sip_flow.h - where a packet came from and an answer goes to. A plain value. */
#ifndef SIP_FLOW_H
#define SIP_FLOW_H

#include "server/core/net.h"

enum sip_transport { SIP_UDP, SIP_TCP };

struct sip_flow {
	enum sip_transport transport;
	unsigned ifindex; /* UDP */
	uint64_t conn;    /* TCP: number of the connection; 0 for UDP */
	struct net_addr peer, local;
};

static inline const char *sip_transport_text(enum sip_transport t)
{
	return t == SIP_TCP ? "tcp" : "udp";
}

#endif
