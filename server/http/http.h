/* server/http/http.h - the wrapper around civetweb; the only folder that knows it. One context for
 * admin and REST, one for phone files. The handler runs on a web worker thread, one request at a
 * time. What civetweb does not check is refused here before the handler: two lengths,
 * Content-Length with Transfer-Encoding, missing Host, NUL and bad escapes in the path, bad UTF-8,
 * large heads and bodies (dependencies.md 1): 400, 411, 413, 431. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/core/net.h"

struct http_server;
struct http_req;

#define HTTP_HEAD_MAX   (16u << 10)       /* bytes of request line and header fields; more is 431 */
#define HTTP_FIELDS_MAX 63                /* header fields; more is 431 */
#define HTTP_LOCAL      "switchroom.sock" /* of a local server: mode 0600 */
#define HTTP_PIECE      (64u << 10)       /* bytes that a peer must take within 3 x timeout_ms */

typedef void (*http_handler)(void *ctx, struct http_req *req);

struct http_options {
	const char *const *listen; /* "127.0.0.1:8080", "[::]:8443"; NULL-terminated */
	const bool *tls;           /* per listen entry */
	const char *local;     /* instead of `listen`: the folder that gets the socket HTTP_LOCAL */
	const char *cert_file; /* PEM with key and chain; needed when any entry is TLS */
	unsigned threads;      /* workers */
	unsigned per_address;  /* connections of one address; 0 = no limit */
	bool keep_reserve; /* refuses what would take the last descriptors (net_fd_is_reserve) */
	unsigned keep_alive_ms; /* 0 = off; off by itself while half the workers are busy */
	unsigned timeout_ms;    /* a stalled request */
	size_t max_body;        /* bytes; larger is 413 */
	http_handler handler;
	void *ctx;
};
/* A local server takes the place of a socket file that is left over: the caller owns the folder.
 * 0, ERR_PERM (privileged port), ERR_EXIST (in use), ERR_IO; `why` gets one sentence. With TLS it
 * makes a handshake with itself and fails with ERR_IO when that does not succeed. "[::]:port"
 * serves IPv4 too. */
int http_start(struct http_server **out, const struct http_options *opt, char *why, size_t cap);
void http_stop(struct http_server *s); /* waits for the workers; NULL is allowed */
uint16_t http_port(const struct http_server *s, unsigned listen_index); /* the bound one (port 0) */
/* Any thread: no handler shall wait any longer (http_stopping() turns true). */
void http_stop_soon(struct http_server *s);
/* Any thread: new connections get this certificate. 0 or ERR_INVALID, ERR_IO with `why`. */
int http_reload_certificate(struct http_server *s, const char *cert_file, char *why, size_t cap);

struct http_stats {
	uint64_t accepted, refused;  /* connections; refused: over per_address */
	uint64_t requests, rejected; /* rejected: never reached the handler */
	unsigned open, busy;         /* connections; those in a worker */
};
void http_stats(const struct http_server *s, struct http_stats *out);

/* ---- request; valid inside the handler ---- */
const char *http_method(const struct http_req *r);
const char *http_path(const struct http_req *r);     /* decoded, begins with '/', no query */
const char *http_raw_path(const struct http_req *r); /* still percent-encoded */
const char *http_query(const struct http_req *r);    /* raw; "" */
int http_query_get(const struct http_req *r, const char *name, char *out, size_t cap); /* ERR_NOENT,
								      * ERR_TOO_BIG */
const char *http_header(const struct http_req *r, const char *name); /* NULL: absent */
/* NULL: no such cookie, or longer than `cap`. */
const char *http_cookie(const struct http_req *r, const char *name, char *out, size_t cap);
const struct net_addr *http_peer(const struct http_req *r);
bool http_is_tls(const struct http_req *r);
/* Came over the local socket: from root or from our own user, as the kernel says; `uid` of the peer. */
bool http_is_local(const struct http_req *r, unsigned *uid);
bool http_stopping(const struct http_req *r);
/* The whole body, NUL-terminated, owned by the request. 0, ERR_TOO_BIG, ERR_PROTO, ERR_TIMEOUT. */
int http_body(struct http_req *r, const char **body, size_t *len);
/* The same with a limit of its own, below max_body. */
int http_body_max(struct http_req *r, size_t max, const char **body, size_t *len);

/* ---- answer ---- */
/* Fields that one answer carries beside Content-Type and Content-Length; values are copied. */
void http_set_header(struct http_req *r, const char *name, const char *value);
/* HEAD gets the head alone. `body` may be NULL with len 0. */
void http_reply(struct http_req *r, int status, const char *type, const void *body, size_t len);
/* Streamed: begin with the length (UINT64_MAX: chunked), then pieces. ERR_CLOSED: the peer has
 * gone. */
int http_reply_begin(struct http_req *r, int status, const char *type, uint64_t length);
int http_reply_write(struct http_req *r, const void *p, size_t len);
int http_reply_end(struct http_req *r);

#endif
