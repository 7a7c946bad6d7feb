/* server/feed/feed.h - the WebSocket event feed (RFC 6455; CloudEvents 1.0, subprotocol
 * `cloudevents.json`), by libwebsockets in a thread of its own. Each subscriber holds a cursor into
 * one shared ring of rendered events; older events are read from the journal. A subscriber that
 * falls out of the ring is closed with 1013 and told where to resume: it slows nobody (DESIGN 8).
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

struct feed;
struct text;
struct store;
struct auth;

#define FEED_SUBSCRIBERS_MAX 2000

struct feed_options {
	struct store *store;
	const char *listen;    /* address to bind; "" = all */
	int port, tls_port;    /* 0 = any free one, -1 = off */
	const char *cert_file; /* PEM with key and chain */
	bool insecure;         /* plain port serves other addresses than loopback too */
	struct auth *auth;
};
/* 0, ERR_EXIST (port in use), ERR_PERM, ERR_IO; `why` gets one sentence. A TLS port that cannot be
 * had leaves only that one off. */
int feed_start(struct feed **out, const struct feed_options *opt, char *why, size_t cap);
/* In two steps, because the store's writer wakes the feed: stop it, close the store, free it. */
void feed_stop(struct feed *f); /* NULL is allowed */
void feed_free(struct feed *f); /* after store_close(); NULL is allowed */
void feed_reload_certificate(struct feed *f, const char *file); /* any thread */
int feed_port(const struct feed *f, bool tls);                  /* bound port; -1 = off */
void feed_metrics(const struct feed *f, struct text *out);      /* Prometheus text; any thread */

#endif
