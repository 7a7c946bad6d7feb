/* server/tftp/tftp.h - the TFTP server: RFC 1350 with options (RFC 2347, 2348, 2349, 7440), read
 * only, over the one resolver of server/files. Thread: files loop; the rest as said. */
#ifndef TFTP_TFTP_H
#define TFTP_TFTP_H

#include "server/core/loop.h"
#include "server/core/net.h"
#include "server/core/text.h"

struct tftp;
struct files;
struct phones;

#define TFTP_LISTEN_MAX 8
#define TFTP_PORTS      4 /* transfer ports per listening address */

struct tftp_options {
	struct loop *loop; /* files loop: not running yet, or called on it */
	struct files *files;
	struct phones *phones;         /* NULL: nothing is reported */
	const struct net_addr *listen; /* "[::]:69" is dual-stack */
	unsigned n_listen;             /* 1..TFTP_LISTEN_MAX */
	unsigned max_transfers;        /* 0: TFTP_TRANSFERS_MAX */
};
/* 0, ERR_PERM (privileged port), ERR_EXIST (in use), ERR_IO. */
int tftp_start(struct tftp **out, const struct tftp_options *opt);
void tftp_stop(struct tftp *t); /* files loop, or it has ended; NULL is allowed */
void tftp_local(const struct tftp *t, struct net_addr *out); /* first bound address (port 0) */
void tftp_metrics(struct tftp *t, struct text *out); /* Prometheus text; not on the files loop */

#endif
