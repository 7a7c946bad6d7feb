/* server/sip/sip_hosts.h - what this machine is called, and the MAC behind an address; both remembered for
 * a while, because the system's own tables are slow to ask. Call loop. */
#ifndef SIP_HOSTS_H
#define SIP_HOSTS_H

#include "server/core/net.h"
#include "server/core/text.h"
#include "server/sip/sip_flow.h"

#define SIP_HOSTS_TTL_MS     30000
#define SIP_NEIGHBOUR_TTL_MS 30000
#define SIP_NEIGHBOURS       4096

struct sip_hosts;
struct sip_hosts *sip_hosts_new(void);
void sip_hosts_free(struct sip_hosts *h);
/* An address of one of our interfaces, the one the packet came to, our name, or localhost from here. */
bool sip_hosts_is_ours(struct sip_hosts *h, const struct sip_flow *flow, struct slice host,
		       uint64_t now_ms);
int sip_hosts_neighbour(struct sip_hosts *h, const struct net_addr *a, uint64_t now_ms,
			char mac[MAC_TEXT_SIZE]);

#endif
