/* server/tftp/tftp_server.h - many transfers on one thread: finds the transfer of each packet,
 * starts and ends them, bounds their number. No sockets and no files: both come through
 * `tftp_server_ops`, so that every rule is tested without a network. Thread: files loop.
 *
 * A transfer is known by the client's address and port. A transfer needs a port of its own (TID)
 * only against packets of the same client port, so a few ports serve thousands of transfers: port 0
 * of the ops is the listening one, 1..ports are given to transfers in turn. */
#ifndef TFTP_TFTP_SERVER_H
#define TFTP_TFTP_SERVER_H

#include "server/core/loop.h"
#include "server/core/net.h"
#include "server/tftp/tftp_xfer.h"

#define TFTP_TRANSFERS_MAX 4096

struct tftp_path { /* where an answer goes and leaves from */
	struct net_addr peer, local;
	unsigned ifindex;
	unsigned group, port; /* listening address it came to; which of its ports */
};

struct tftp_finished { /* for the phone's timeline */
	const char *name;
	const struct net_addr *peer;
	enum tftp_outcome { TFTP_SENT, TFTP_MISSING, TFTP_REFUSED, TFTP_ABORTED } outcome;
	uint64_t bytes;
	uint32_t duration_ms;
	const char *note; /* nearest name of a miss; why it was broken off; "" */
};

struct tftp_server_ops {
	void (*send)(void *ctx, const struct tftp_path *path, const uint8_t *pkt, size_t len);
	/* 0 and the source; ERR_NOENT or ERR_PERM with `note` (cap 128). `handle` is for close().
	 */
	int (*open)(void *ctx, const char *name, const struct net_addr *peer,
		    struct tftp_source *src, void **handle, char note[128]);
	void (*close)(void *ctx, void *handle);
	void (*finished)(void *ctx, const struct tftp_finished *f);
	void *ctx;
};

#define TFTP_COUNTERS(X)                                               \
	X(requests, "Read requests.")                                  \
	X(sent, "Files sent whole.")                                   \
	X(missing, "Requests for files that are not here.")            \
	X(refused, "Requests refused.")                                \
	X(aborted, "Transfers broken off.")                            \
	X(busy, "Requests refused because all transfers were in use.") \
	X(writes, "Write requests refused.")                           \
	X(malformed, "Packets that are no TFTP.")                      \
	X(duplicates, "Requests that came again.")                     \
	X(wrong_tid, "Packets that belong to no transfer.")            \
	X(bytes, "Bytes of files acknowledged.")                       \
	X(blocks, "Data blocks sent.")                                 \
	X(resent, "Data blocks sent again.")
#define TFTP_COUNTER_FIELD_(name, help) uint64_t name;
struct tftp_counters {
	TFTP_COUNTERS(TFTP_COUNTER_FIELD_)
};
#undef TFTP_COUNTER_FIELD_

struct tftp_server;
struct tftp_server *tftp_server_new(struct loop *loop, const struct tftp_server_ops *ops,
				    unsigned ports, unsigned max_transfers);
void tftp_server_free(struct tftp_server *s);
/* A packet at port `path->port` of a group. */
void tftp_server_input(struct tftp_server *s, const struct tftp_path *path, const uint8_t *pkt,
		       size_t len);
const struct tftp_counters *tftp_server_counters(const struct tftp_server *s);
unsigned tftp_server_running(const struct tftp_server *s);

#endif
