/* server/clock/sntp.h - the SNTP server: the phones' time from the system clock, honest about how far it
 * can be trusted. Thread: files loop; the rest as said. */
#ifndef CLOCK_SNTP_H
#define CLOCK_SNTP_H

#include "server/clock/clock_state.h"
#include "server/core/loop.h"
#include "server/core/net.h"
#include "server/core/text.h"

struct sntp;
struct phones;
struct store;

#define SNTP_LISTEN_MAX 8

struct sntp_options {
	struct loop *loop;             /* files loop: not running yet, or called on it */
	struct phones *phones;         /* NULL: nothing is reported */
	struct store *store;           /* for the clock_state event; NULL */
	const struct net_addr *listen; /* "[::]:123" is dual-stack */
	unsigned n_listen;
	const struct clock_source *source; /* NULL: the kernel's clock */
	unsigned rate, burst;              /* of one address; 0: the defaults of sntp_limit.h */
};
/* 0, ERR_PERM (privileged port), ERR_EXIST (in use), ERR_IO. */
int sntp_start(struct sntp **out, const struct sntp_options *opt);
void sntp_stop(struct sntp *s); /* files loop, or it has ended; NULL is allowed */
void sntp_local(const struct sntp *s, struct net_addr *out); /* first bound address (port 0) */
/* Any thread but the files loop's; JSON for GET /clock, free with mem_free:
 * {"time", "state": "synchronised" | "unsynchronised", "source", "leap", "stratum", "reference_id",
 *  "reference_time", "root_delay_ms", "root_dispersion_ms", "precision_s", "steps", "last_step_ms",
 *  "listen": [...], "counters": {...}}. 0, ERR_AGAIN, ERR_TIMEOUT. */
int sntp_status(struct sntp *s, char **json);
void sntp_metrics(struct sntp *s, struct text *out); /* Prometheus text */

#endif
