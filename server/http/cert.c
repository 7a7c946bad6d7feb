/* server/http/cert.c - see cert.h. */
#include "server/http/cert.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/net.h"
#include "server/core/text.h"

#define VALID_DAYS   820 /* some browsers refuse more than 825 */
#define RENEW_DAYS   30
#define NAMES_MAX    64
#define CHAIN_MAX    8
#define RSA_BITS_MIN 2048

static int say(char *why, size_t cap, int err, const char *text)
{
	if (why && cap)
		snprintf(why, cap, "%s", text);
	ERR_clear_error();
	return err;
}

void cert_release(struct cert *c)
{
	X509_free(c->cert);
	EVP_PKEY_free(c->key);
	sk_X509_pop_free(c->chain, X509_free);
	*c = (struct cert){ 0 };
}

/* A key with a passphrase must not ask for it on the terminal. */
static int no_passphrase(char *buf, int size, int rw, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rw;
	(void)ctx;
	return -1;
}

static int read_chain(BIO *bio, struct cert *c)
{
	X509 *x;

	c->cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	c->chain = sk_X509_new_null();
	if (!c->cert || !c->chain)
		return ERR_INVALID;
	while ((x = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
		if (sk_X509_num(c->chain) >= CHAIN_MAX || !sk_X509_push(c->chain, x)) {
			X509_free(x);
			return ERR_INVALID;
		}
	}
	ERR_clear_error(); /* "no start line" is the ordinary end */
	return 0;
}

static int parse_pem(const char *pem, size_t len, struct cert *c, char *why, size_t cap)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	BIO *again = BIO_new_mem_buf(pem, (int)len);
	int err = ERR_INVALID;

	*c = (struct cert){ 0 };
	if (!bio || !again || read_chain(bio, c)) {
		say(why, cap, err, "There is no certificate in PEM form");
		goto out;
	}
	c->key = PEM_read_bio_PrivateKey(again, NULL, no_passphrase, NULL);
	if (!c->key)
		say(why, cap, err, "There is no private key in PEM form without a passphrase");
	else if (X509_check_private_key(c->cert, c->key) != 1)
		say(why, cap, err, "The private key does not belong to the first certificate");
	else
		err = 0;
out:
	BIO_free(bio);
	BIO_free(again);
	if (err)
		cert_release(c);
	return err;
}

static int read_file(const char *path, char **out, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *buf = fd < 0 ? NULL : mem_alloc(CERT_PEM_MAX + 1);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, CERT_PEM_MAX);
	int err = fd < 0 ? err_from_errno(errno) : 0;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		mem_free(buf);
		return err ? err : ERR_IO;
	}
	*out = buf;
	*len = (size_t)n;
	return 0;
}

int cert_read(const char *file, struct cert *out, char *why, size_t cap)
{
	char *pem = NULL;
	size_t len = 0;
	int err = read_file(file, &pem, &len);

	if (err)
		return say(why, cap, err, "The certificate file cannot be read");
	err = parse_pem(pem, len, out, why, cap);
	mem_wipe(pem, len);
	mem_free(pem);
	return err;
}

static int64_t seconds_until(const ASN1_TIME *t)
{
	int days = 0, secs = 0;

	if (!ASN1_TIME_diff(&days, &secs, NULL, t))
		return -1;
	return (int64_t)days * 86400 + secs;
}

/* ---- writing ---- */

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_from_errno(errno);
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? err_from_errno(errno) : 0;
}

static int write_file(const char *path, const char *pem, size_t len)
{
	char tmp[CERT_PATH_MAX + 8];
	int fd, err;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_from_errno(errno);
	err = fchmod(fd, 0600) ? err_from_errno(errno) : write_all(fd, pem, len);
	close(fd);
	if (!err && rename(tmp, path))
		err = err_from_errno(errno);
	if (err)
		unlink(tmp);
	return err;
}

static int add_name(struct text *t, const char *kind, const char *name)
{
	text_addf(t, "%s%s:%s", t->len ? "," : "", kind, name);
	return t->overflow ? ERR_TOO_BIG : 0;
}

static bool is_host_name(const char *s)
{
	return *s &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
		   strlen(s);
}

static void add_addresses(struct text *t)
{
	struct ifaddrs *list = NULL, *i;
	unsigned n = 0;

	if (getifaddrs(&list))
		return;
	for (i = list; i && n < NAMES_MAX; i = i->ifa_next) {
		struct net_addr a = { 0 };
		char host[NET_HOST_SIZE], *scope;

		if (!i->ifa_addr || (i->ifa_flags & IFF_LOOPBACK))
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			memcpy(&a.u.in, i->ifa_addr, sizeof(a.u.in));
		else if (i->ifa_addr->sa_family == AF_INET6)
			memcpy(&a.u.in6, i->ifa_addr, sizeof(a.u.in6));
		else
			continue;
		net_addr_host(&a, host);
		scope = strchr(host, '%');
		if (scope)
			*scope = '\0';
		add_name(t, "IP", host);
		n++;
	}
	freeifaddrs(list);
}

static void all_names(struct text *t, const char *const *extra)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	if (is_host_name(host) && strcmp(host, "localhost") != 0)
		add_name(t, "DNS", host);
	add_name(t, "DNS", "localhost");
	add_name(t, "IP", "127.0.0.1");
	add_name(t, "IP", "::1");
	add_addresses(t);
	for (; extra && *extra; extra++) {
		struct net_addr a;

		if (!net_addr_parse(&a, *extra, 0))
			add_name(t, "IP", *extra);
		else if (is_host_name(*extra))
			add_name(t, "DNS", *extra);
	}
}

static int add_ext(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext && X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	return ok ? 0 : ERR_INTERNAL;
}

static int fill(X509 *x, EVP_PKEY *key, const char *const *extra)
{
	char host[256] = "switchroom", names[8192];
	uint8_t serial[16];
	struct text t;
	X509_NAME *name = X509_get_subject_name(x);
	BIGNUM *bn;
	int err = 0;

	gethostname(host, sizeof(host) - 1);
	text_fixed(&t, names, sizeof(names));
	all_names(&t, extra);
	RAND_bytes(serial, sizeof(serial));
	serial[0] &= 0x7f;
	bn = BN_bin2bn(serial, sizeof(serial), NULL);
	if (!bn || !BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)))
		err = ERR_INTERNAL;
	BN_free(bn);
	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), -86400);
	X509_time_adj_ex(X509_getm_notAfter(x), VALID_DAYS, 0, NULL);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)"Switchroom", -1, -1,
				   0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)host, -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	err = err ? err : add_ext(x, NID_basic_constraints, "critical,CA:FALSE");
	err = err ? err : add_ext(x, NID_key_usage, "critical,digitalSignature");
	err = err ? err : add_ext(x, NID_ext_key_usage, "serverAuth");
	err = err ? err : add_ext(x, NID_subject_key_identifier, "hash");
	err = err ? err : add_ext(x, NID_subject_alt_name, names);
	return err;
}

static int make_self_signed(const char *path, const char *const *extra)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_secmem());
	char *pem = NULL;
	long len;
	int err = ERR_INTERNAL;

	if (!key || !x || !bio || fill(x, key, extra) || !X509_sign(x, key, EVP_sha256()))
		goto out;
	if (!PEM_write_bio_X509(bio, x) ||
	    !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		goto out;
	len = BIO_get_mem_data(bio, &pem);
	err = write_file(path, pem, (size_t)len);
out:
	EVP_PKEY_free(key);
	X509_free(x);
	BIO_free(bio);
	ERR_clear_error();
	return err;
}

static int paths(const char *data_dir, char own[CERT_PATH_MAX], char self[CERT_PATH_MAX])
{
	int n = snprintf(own, CERT_PATH_MAX, "%s/tls", data_dir);

	if (n <= 0 || n >= CERT_PATH_MAX - 32)
		return ERR_TOO_BIG;
	if (mkdir(own, 0700) && errno != EEXIST)
		return err_from_errno(errno);
	snprintf(own, CERT_PATH_MAX, "%s/tls/server.pem", data_dir);
	snprintf(self, CERT_PATH_MAX, "%s/tls/self-signed.pem", data_dir);
	return 0;
}

static bool is_usable(const char *path)
{
	struct cert c;
	bool ok;

	if (cert_read(path, &c, NULL, 0))
		return false;
	ok = seconds_until(X509_get0_notAfter(c.cert)) > RENEW_DAYS * 86400;
	cert_release(&c);
	return ok;
}

int cert_ensure(const char *data_dir, const char *const *extra_names, char path[CERT_PATH_MAX],
		char *why, size_t cap)
{
	char self[CERT_PATH_MAX];
	struct cert c;
	int err = paths(data_dir, path, self);

	if (err)
		return say(why, cap, err, "The folder tls cannot be made in the data directory");
	if (!access(path, F_OK)) {
		err = cert_read(path, &c, why, cap);
		if (!err)
			cert_release(&c);
		return err;
	}
	snprintf(path, CERT_PATH_MAX, "%s", self);
	if (is_usable(self))
		return 0;
	err = make_self_signed(self, extra_names);
	if (err)
		return say(why, cap, err, "The self-signed certificate cannot be made");
	log_info(LOG_HTTP, "certificate_made", "file=tls/self-signed.pem days=%d", VALID_DAYS);
	return 0;
}

static int check_strength(const struct cert *c, char *why, size_t cap)
{
	int type = EVP_PKEY_get_base_id(c->key), bits = EVP_PKEY_get_bits(c->key);

	if (seconds_until(X509_get0_notAfter(c->cert)) <= 0)
		return say(why, cap, ERR_INVALID, "The certificate has run out");
	if (type == EVP_PKEY_RSA && bits < RSA_BITS_MIN)
		return say(why, cap, ERR_INVALID, "An RSA key needs at least 2048 bits");
	if (type != EVP_PKEY_RSA && type != EVP_PKEY_EC && type != EVP_PKEY_ED25519)
		return say(why, cap, ERR_INVALID, "The key must be RSA, EC or Ed25519");
	return 0;
}

int cert_install(const char *data_dir, const char *pem, size_t len, char *why, size_t cap)
{
	char own[CERT_PATH_MAX], self[CERT_PATH_MAX];
	struct cert c;
	int err;

	if (len > CERT_PEM_MAX)
		return say(why, cap, ERR_TOO_BIG, "The file is larger than 64 kB");
	err = parse_pem(pem, len, &c, why, cap);
	if (err)
		return err;
	err = check_strength(&c, why, cap);
	cert_release(&c);
	if (err)
		return err;
	err = paths(data_dir, own, self);
	if (!err)
		err = write_file(own, pem, len);
	return err ? say(why, cap, err, "The certificate cannot be written") : 0;
}

bool cert_is_own(const char *data_dir, const char *path)
{
	char own[CERT_PATH_MAX], self[CERT_PATH_MAX];

	return !paths(data_dir, own, self) && !strcmp(path, own);
}

int cert_remove(const char *data_dir)
{
	char own[CERT_PATH_MAX], self[CERT_PATH_MAX];
	int err = paths(data_dir, own, self);

	if (err)
		return err;
	return unlink(own) ? (errno == ENOENT ? ERR_NOENT : err_from_errno(errno)) : 0;
}

/* ---- describing ---- */

static void describe_names(X509 *x, char *out, size_t cap)
{
	GENERAL_NAMES *list = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct text t;

	text_fixed(&t, out, cap);
	for (int i = 0; list && i < sk_GENERAL_NAME_num(list); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(list, i);
		struct net_addr a = { 0 };
		char host[NET_HOST_SIZE];

		if (t.len)
			text_addc(&t, ',');
		if (g->type == GEN_DNS) {
			text_addn(&t, (const char *)ASN1_STRING_get0_data(g->d.dNSName),
				  (size_t)ASN1_STRING_length(g->d.dNSName));
		} else if (g->type == GEN_IPADD && ASN1_STRING_length(g->d.iPAddress) == 4) {
			a.u.in.sin_family = AF_INET;
			memcpy(&a.u.in.sin_addr, ASN1_STRING_get0_data(g->d.iPAddress), 4);
			text_add(&t, net_addr_host(&a, host));
		} else if (g->type == GEN_IPADD && ASN1_STRING_length(g->d.iPAddress) == 16) {
			a.u.in6.sin6_family = AF_INET6;
			memcpy(&a.u.in6.sin6_addr, ASN1_STRING_get0_data(g->d.iPAddress), 16);
			text_add(&t, net_addr_host(&a, host));
		}
	}
	GENERAL_NAMES_free(list);
}

static int64_t wall_of(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

static void one_line(X509_NAME *n, char *out, size_t cap)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int len;

	X509_NAME_print_ex(bio, n, 0, XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	len = BIO_read(bio, out, (int)cap - 1);
	out[len > 0 ? len : 0] = '\0';
	BIO_free(bio);
}

int cert_describe(const char *file, struct cert_info *out, char *why, size_t cap)
{
	struct cert c;
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct text t;
	int err = cert_read(file, &c, why, cap);

	if (err)
		return err;
	*out = (struct cert_info){ 0 };
	one_line(X509_get_subject_name(c.cert), out->subject, sizeof(out->subject));
	one_line(X509_get_issuer_name(c.cert), out->issuer, sizeof(out->issuer));
	X509_digest(c.cert, EVP_sha256(), md, &n);
	text_fixed(&t, out->fingerprint, sizeof(out->fingerprint));
	for (unsigned i = 0; i < n; i++)
		text_addf(&t, "%s%02X", i ? ":" : "", md[i]);
	snprintf(out->key, sizeof(out->key), "%s %d",
		 EVP_PKEY_get_base_id(c.key) == EVP_PKEY_RSA  ? "RSA"
		 : EVP_PKEY_get_base_id(c.key) == EVP_PKEY_EC ? "EC"
							      : "Ed25519",
		 EVP_PKEY_get_bits(c.key));
	describe_names(c.cert, out->names, sizeof(out->names));
	out->not_before_s = wall_of(X509_get0_notBefore(c.cert));
	out->not_after_s = wall_of(X509_get0_notAfter(c.cert));
	out->self_signed = X509_self_signed(c.cert, 0) == 1;
	cert_release(&c);
	ERR_clear_error();
	return 0;
}
