/* tests/support/sip_rig.h - the SIP engine on a fake network and clock, driven by text scenarios
 * (tests/replay/sip/README.md). Also used by the fuzz targets. */
#ifndef TESTS_SUPPORT_SIP_RIG_H
#define TESTS_SUPPORT_SIP_RIG_H

#include "server/core/clock.h"
#include "server/sip/sip_engine.h"

#define RIG_QUEUE 64

struct sip_rig {
	struct sip_engine *engine;
	struct clock_fake clock;
	struct {
		struct sip_flow to;
		char *data;
		size_t len;
	} sent[RIG_QUEUE];
	size_t n_sent;
	char *events[RIG_QUEUE];
	size_t n_events;
	char hosts[8][64]; /* our own names and addresses */
	size_t n_hosts;
	struct {
		char address[64], mac[MAC_TEXT_SIZE];
	} neighbours[8];
	size_t n_neighbours;
	char realm[128], nonce[64]; /* of the latest challenge */
	unsigned nc;
	bool conn_closed; /* sends on TCP fail */
};
void sip_rig_init(struct sip_rig *r);
void sip_rig_fini(struct sip_rig *r);
void sip_rig_forget(struct sip_rig *r); /* what was sent and told so far */
/* One line of configuration: "registrar on", "pool 1 mac ... user ... pass ... dns 1,2". */
void sip_rig_config(struct sip_rig *r, char *line);
/* Plays a scenario; NULL, or what went wrong (free with mem_free). */
char *sip_rig_play(struct sip_rig *r, const char *path);

#endif
