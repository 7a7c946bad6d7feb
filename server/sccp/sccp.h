/* server/sccp/sccp.h - the SCCP engine: listens where the configuration says (`ip source-address`), gives
 * each connection a session, follows commits, writes every step to the phone's timeline.
 *
 * Without a source address no SCCP phone is taken. Unknown phones are refused and entered in the
 * attempted registrations; this version does not make ephones by itself, whatever `auto-reg-ephone` says. */
#ifndef SCCP_SCCP_H
#define SCCP_SCCP_H

#include <cjson/cJSON.h>

#include "server/core/engine.h"
#include "server/core/loop.h"
#include "server/core/text.h"

struct phones;
struct sccp;
struct store;

#define SCCP_PORT_OFF  (-1) /* never listen */
#define SCCP_PORT_CONF (-2) /* the configured port */

#define SCCP_CONNS_MAX         12000 /* 10,000 phones and their standby connections of neighbours */
#define SCCP_CONNS_PER_ADDRESS 64    /* a VG248 has 48 phones behind one address */
#define SCCP_PENDING_MAX       65536 /* bytes a phone has not taken */
#define SCCP_RETRY_MS          10000 /* an address that is not there yet is tried again */

struct sccp_options {
	struct loop *loop; /* call loop: not running yet, or called on it */
	struct store *store;
	struct phones *phones;
	const char
	    *listen; /* bind here instead of the source address; NULL or "" = source address */
	int port;    /* SCCP_PORT_*, or a port that wins over the configured one; 0 = any free */
	uint8_t version_max; /* highest protocol version spoken; 0 = SCCP_VERSION_DEFAULT */
	bool trace;          /* every message to the debug log */
};
/* Version 11 is the best proven one and every phone speaks it or less; higher ones are complete here (IPv6,
 * UTF-8 labels) and can be allowed. */
#define SCCP_VERSION_DEFAULT 11

/* 0, ERR_IO (the store cannot be read). A port that cannot be had is no error: see sccp_status(). */
int sccp_start(struct sccp **out, const struct sccp_options *opt);
/* Call loop, or it has ended. Phones go to their secondary server by themselves. NULL is allowed. */
void sccp_stop(struct sccp *s);
/* Any thread: on or off and why, where it listens. */
void sccp_status(struct sccp *s, struct engine_status *out);
/* Any thread but the call loop's: listeners and connections (cme-model 3.2). New tree; NULL when the call
 * loop does not answer in time. Owners are device names here. */
cJSON *sccp_sockets(struct sccp *s);
/* Any thread but the call loop's: Prometheus text. */
void sccp_metrics(struct sccp *s, struct text *out);

#endif
