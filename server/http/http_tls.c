/* server/http/http_tls.c - TLS 1.2 and 1.3 for civetweb's connections. The certificate is chosen
 * for each new connection, so that another one can be installed while the server runs. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/http/cert.h"
#include "server/http/http_impl.h"

/* Forward secrecy and AEAD only (RFC 9325 4.2); TLS 1.3 has nothing else. */
#define TLS12_SUITES    "ECDHE+AESGCM:ECDHE+CHACHA20"
#define PROVE_TIMEOUT_S 5

int http_tls_load(struct http_server *s, const char *file, char *why, size_t cap)
{
	struct cert c;
	int err = cert_read(file, &c, why, cap);

	if (err)
		return err;
	pthread_mutex_lock(&s->lock);
	http_tls_free(s);
	s->cert = c.cert;
	s->key = c.key;
	s->chain = c.chain;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

void http_tls_free(struct http_server *s)
{
	X509_free(s->cert);
	EVP_PKEY_free(s->key);
	sk_X509_pop_free(s->chain, X509_free);
	s->cert = NULL;
	s->key = NULL;
	s->chain = NULL;
}

static int on_want_cert(SSL *ssl, void *server)
{
	struct http_server *s = server;
	int ok;

	pthread_mutex_lock(&s->lock);
	ok = SSL_use_cert_and_key(ssl, s->cert, s->key, s->chain, 1);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

int http_tls_setup(void *ssl_ctx, void *server)
{
	SSL_CTX *ctx = ssl_ctx;
	static const unsigned char id[] = "switchroom";

	/* civetweb clears and sets the protocol options by itself; the minimum stays. */
	if (!SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(ctx, TLS12_SUITES) ||
	    !SSL_CTX_set_session_id_context(ctx, id, sizeof(id) - 1))
		return -1;
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(ctx, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
	SSL_CTX_set_cert_cb(ctx, on_want_cert, server);
	return 1;
}

static int connect_to(const struct net_addr *at)
{
	struct timeval tv = { .tv_sec = PROVE_TIMEOUT_S };
	int fd = socket(at->u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(fd, &at->u.sa, net_addr_len(at))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* civetweb starts and listens even when no handshake can succeed, and says nothing: try one. */
int http_tls_prove(struct http_server *s, const struct net_addr *at, char *why, size_t cap)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	int fd = connect_to(at), err = ERR_IO;
	X509 *got = NULL;

	if (!ssl || fd < 0 || !SSL_set_fd(ssl, fd))
		goto out;
	if (SSL_connect(ssl) != 1)
		goto out;
	got = SSL_get1_peer_certificate(ssl);
	if (got && !X509_cmp(got, s->cert))
		err = 0;
	SSL_shutdown(ssl);
out:
	if (err) {
		struct text t;

		text_fixed(&t, why, cap);
		text_add(&t, "The TLS handshake with itself failed; no TLS is served");
	}
	X509_free(got);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (fd >= 0)
		close(fd);
	ERR_clear_error();
	return err;
}
