/* server/http/cert.h - the certificate of the TLS listeners (admin, feed). Files in DIR/tls, mode
 * 0600, PEM with chain and key: server.pem       one's own: PUT /api/v1/tls-certificate writes it,
 * or drop it there and restart self-signed.pem  made at first start (ECDSA P-256; names and
 * addresses of the host), renewed at start when it runs out within 30 days server.pem wins. Any
 * thread. */
#ifndef HTTP_CERT_H
#define HTTP_CERT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERT_PATH_MAX 4096
#define CERT_PEM_MAX  (64u << 10)

/* The file to use; makes the self-signed one when it is needed. 0, ERR_IO, ERR_INVALID (server.pem
 * cannot be used) with `why`. */
int cert_ensure(const char *data_dir, const char *const *extra_names, char path[CERT_PATH_MAX],
		char *why, size_t cap);
/* Check and write server.pem: one certificate with its key, chain behind it. ERR_INVALID with
 * `why`. */
int cert_install(const char *data_dir, const char *pem, size_t len, char *why, size_t cap);
/* Is this path of cert_ensure() one's own? It may be self-signed too, by somebody else. */
bool cert_is_own(const char *data_dir, const char *path);
/* Back to the self-signed one. 0, ERR_NOENT (there is no server.pem). */
int cert_remove(const char *data_dir);

struct cert {
	X509 *cert;
	EVP_PKEY *key;
	STACK_OF(X509) * chain;
};
int cert_read(const char *file, struct cert *out, char *why, size_t cap); /* owned by the caller */
void cert_release(struct cert *c);

struct cert_info {
	char subject[256], issuer[256];
	char fingerprint[96]; /* SHA-256, colons */
	char key[32];         /* "EC 256", "RSA 2048" */
	char names[1024];     /* subject alternative names, joined by ',' */
	int64_t not_before_s, not_after_s;
	bool self_signed;
};
int cert_describe(const char *file, struct cert_info *out, char *why, size_t cap);

#endif
