/* api/api.h - administration over HTTP: REST below /api/v1, health and metrics, the pages of the browser
 * application (DESIGN 7). One civetweb context of its own; handlers run on its workers and wait for
 * nothing but store reads, the store writer and answers of a loop with a deadline. */
#ifndef API_API_H
#define API_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "server/core/clock.h"
#include "server/core/text.h"

struct api;
struct store;
struct auth;
struct phones;
struct files;

/* What only main knows. Called on web workers; each may be NULL. */
struct api_hooks {
	void *ctx;
	cJSON *(*engines)(
	    void *ctx); /* [{name, state: "up"|"off"|"failed", address, port, reason}] */
	cJSON *(*clock)(void *ctx);        /* answer of GET /clock */
	cJSON *(*sccp_sockets)(void *ctx); /* listeners and connections; NULL: no answer in time */
	cJSON *(*hfs)(void *ctx);          /* GET /status/hfs */
	/* Every loop has ticked within 5 s; `why` says which has not. */
	bool (*healthy)(void *ctx, char *why, size_t cap);
	bool (*ready)(void *ctx, char *why, size_t cap); /* started, store writable */
	void (*metrics)(void *ctx, struct text *out);    /* more lines for /metrics */
	void (*certificate)(void *ctx,
			    const char *file); /* another one is in force: tell the feed */
	void (*set_up)(void *ctx);             /* set-up was done */
};

struct api_options {
	struct store *store;
	struct auth *auth;
	struct phones *phones;
	struct files *files;
	const struct clock *clock;
	const char *version;
	const char *data_dir;
	const char *listen;    /* address to bind; "" = all */
	int port, tls_port;    /* 0 = any free one, -1 = off */
	const char *cert_file; /* of cert_ensure(); NULL: no TLS */
	bool insecure;         /* plain port serves other addresses than loopback too */
	unsigned threads;      /* 0 = 512 */
	bool local; /* the same routes on the socket of data_dir, for root and our own user */
	struct api_hooks hooks;
};

/* 0 when at least one port or the local socket is open; then `why` is not empty if another one is not. Else ERR_EXIST (port in
 * use), ERR_PERM, ERR_IO. */
int api_start(struct api **out, const struct api_options *opt, char *why, size_t cap);
/* In two steps, because the store's writer wakes us: stop, close the store, free. NULL is allowed. */
void api_stop(struct api *a);
void api_free(struct api *a);
int api_port(const struct api *a, bool tls); /* bound port; -1 = off */
/* Where the feed listens; its origin goes into the Content-Security-Policy. -1 = off. */
void api_set_feed_ports(struct api *a, int port, int tls_port);

#endif
