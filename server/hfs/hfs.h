/* server/hfs/hfs.h - phone files over HTTP, port 6970: the other way beside TFTP, with the same bytes or
 * the same absence from the one resolver (DESIGN 9, cme-model 2.9).
 *
 * It listens only while `ip http server` and `hfs enable` are configured (R-105, R-115: a phone that can
 * connect never asks TFTP again) and follows commits without a restart. A thread of its own starts and
 * stops the HTTP context; requests run on that context's workers. */
#ifndef HFS_HFS_H
#define HFS_HFS_H

#include <cjson/cJSON.h>

#include "server/core/engine.h"

struct hfs;
struct text;
struct store;
struct files;
struct phones;

#define HFS_PORT_OFF        (-1) /* never listen */
#define HFS_PORT_CONFIGURED (-2) /* as `hfs enable port` says, else as `ip http port` */

struct hfs_options {
	struct store *store;
	struct files *files;
	struct phones *phones; /* told of every request; NULL in tests */
	const char *listen;    /* address to bind; "" or NULL = all, both families */
	int port;              /* start option: a port (0 = any free one), or one of the above */
	/* Told from the thread of its own after each start and stop; may be NULL. */
	void (*on_status)(void *ctx, const struct engine_status *status);
	void *ctx;
};
/* Has followed the configuration of this moment when it returns. A port that cannot be bound is no
 * error: hfs_status() says why, and it is tried again after the next commit and every 30 s. */
int hfs_start(struct hfs **out, const struct hfs_options *opt);
void hfs_stop(struct hfs *h); /* NULL is allowed */
/* Any thread. */
void hfs_status(struct hfs *h, struct engine_status *out);
/* GET /status/hfs (cme-model 3.5). New tree. */
cJSON *hfs_describe(struct hfs *h);
void hfs_metrics(struct hfs *h, struct text *out); /* Prometheus text */

#endif
