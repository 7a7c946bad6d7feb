/* server/sip/sip.h - the SIP side on the network: sockets, timers, the configuration followed as it is
 * committed, and what it tells server/phones. Everything else is in sip_engine.h.
 *
 * It serves while `voice register global` has a source-address; whether phones may register is decided
 * for each of them. A changed port is bound before the old one is given up;
 * when that fails the old one stays open and the status says why. */
#ifndef SIP_SIP_H
#define SIP_SIP_H

#include "server/core/engine.h"
#include "server/core/loop.h"
#include "server/core/text.h"

struct phones;
struct sip;
struct store;

#define SIP_PORT_OFF          (-1) /* never listen */
#define SIP_PORT_CONF         (-2) /* the configured port */
#define SIP_CONNS_MAX         12000
#define SIP_CONNS_PER_ADDRESS 512
#define SIP_CONN_IDLE_MS      300000 /* a connection without a registration is closed after that */
#define SIP_CONN_PARTIAL_MS   32000  /* a message has to be whole by then */

struct sip_options {
	struct loop *loop; /* call loop: not running yet, or called on it */
	struct store *store;
	struct phones *phones;
	const char *listen; /* bind only here; NULL or "" = every address, both families */
	int port;           /* SIP_PORT_*, or a port that wins; 0 = any free */
};
/* 0, ERR_IO (the store cannot be read), ERR_UNSUPPORTED (no MD5 in the crypto library). A port that cannot
 * be bound is no error: sip_status() says why, and it is tried again. */
int sip_start(struct sip **out, const struct sip_options *opt);
/* Call loop, or it has ended. Registrations are forgotten; phones come back by themselves. NULL is allowed. */
void sip_stop(struct sip *s);
/* Any thread: on or off and why, where it listens. */
void sip_status(struct sip *s, struct engine_status *out);
/* Any thread but the call loop's: Prometheus text. */
void sip_metrics(struct sip *s, struct text *out);

#endif
