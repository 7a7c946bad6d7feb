/* server/http/http_impl.h - shared by the files of server/http only. */
#ifndef HTTP_HTTP_IMPL_H
#define HTTP_HTTP_IMPL_H

#include <civetweb.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/core/text.h"
#include "server/http/http.h"
#include "server/http/http_check.h"

#define HTTP_LISTEN_MAX 8
#define HTTP_QUEUE      64 /* accepted connections that wait for a worker */

struct http_slot { /* one open connection */
	int fd;    /* -1: free */
	struct net_addr peer;
};

struct http_server {
	struct mg_context *mg;
	struct http_options opt; /* its pointers are not used after http_start() */
	char *cert_file;
	unsigned n_listen;
	int local_dir; /* of a local server; -1 */
	atomic_uint ports[HTTP_LISTEN_MAX];
	atomic_bool stopping;

	pthread_mutex_t lock; /* slots, certificate */
	struct http_slot *slots;
	size_t n_slots;
	X509 *cert; /* what new connections are given */
	EVP_PKEY *key;
	STACK_OF(X509) * chain;

	atomic_uint_fast64_t accepted, refused, requests, rejected;
	atomic_uint open, busy;
};

struct http_req {
	struct http_server *srv;
	struct mg_connection *mg;
	const struct mg_request_info *ri;
	struct net_addr peer;
	unsigned uid; /* of the peer of a local server */
	char *path;   /* decoded */
	char *body;
	size_t body_len;
	int body_err;       /* 1: not read yet */
	struct text fields; /* header fields of the answer */
	bool replied, chunked, head_only, broken, keep;
	uint64_t left; /* bytes of a streamed answer still to come */
};

/* civet_hooks.c: the calls of civetweb that are bent to us (see the Makefile). */
void http_hooks_thread(struct http_server *srv); /* this thread works for `srv` */
void http_hooks_deadline(uint64_t at_ms);        /* of this thread's connection; 0 = none */
uint64_t http_hooks_now_ms(void);

/* http_tls.c */
int http_tls_load(struct http_server *s, const char *file, char *why, size_t cap);
void http_tls_free(struct http_server *s);
int http_tls_setup(void *ssl_ctx, void *server); /* civetweb's init_ssl callback */
int http_tls_prove(struct http_server *s, const struct net_addr *at, char *why, size_t cap);

/* http_reply.c */
void http_refuse(struct mg_connection *mg, int status, const char *why);
void http_req_drain(struct http_req *r); /* so that the answer is not lost in a reset */

#endif
