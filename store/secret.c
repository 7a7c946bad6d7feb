/* store/secret.c - recoverable secrets: AES-256-GCM (OpenSSL 3) under the key file store.key, made
 * at first start with mode 0600 and never written again. The store remembers a digest of its key,
 * so that a lost or foreign key file is noticed at start and not at the first phone file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define NONCE_LEN   12
#define TAG_LEN     16
#define SEAL_PREFIX "v1:"
#define SECRET_MAX  65536

int secret_encrypt(const uint8_t key[32], const void *clear, size_t len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *nonce = out, *tag = out + NONCE_LEN, *body = tag + TAG_LEN;
	int n = 0, ok = ctx && len <= INT32_MAX && RAND_bytes(nonce, NONCE_LEN) == 1;

	ok = ok && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1;
	ok = ok && EVP_EncryptUpdate(ctx, body, &n, clear, (int)len) == 1;
	ok = ok && EVP_EncryptFinal_ex(ctx, body + n, &n) == 1;
	ok = ok && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_LEN, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : ERR_INTERNAL;
}

int secret_decrypt(const uint8_t key[32], const uint8_t *in, size_t len, void *clear)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t tag[TAG_LEN];
	int n = 0, ok = ctx && len >= SECRET_OVERHEAD && len <= INT32_MAX;

	if (ok)
		memcpy(tag, in + NONCE_LEN, TAG_LEN);
	ok = ok && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, in) == 1;
	ok = ok && EVP_DecryptUpdate(ctx, clear, &n, in + SECRET_OVERHEAD,
				     (int)(len - SECRET_OVERHEAD)) == 1;
	ok = ok && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag) == 1;
	ok = ok && EVP_DecryptFinal_ex(ctx, (uint8_t *)clear + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : ERR_CORRUPT;
}

int secret_key_check(const uint8_t key[32], uint8_t out[32])
{
	static const char domain[] = "switchroom key check";
	uint8_t in[sizeof(domain) + 32];
	unsigned n = 32;
	int ok;

	memcpy(in, domain, sizeof(domain));
	memcpy(in + sizeof(domain), key, 32);
	ok = EVP_Digest(in, sizeof(in), out, &n, EVP_sha256(), NULL) == 1;
	mem_wipe(in, sizeof(in));
	return ok ? 0 : ERR_INTERNAL;
}

char *base64_encode(const uint8_t *p, size_t len)
{
	char *out = mem_alloc((len + 2) / 3 * 4 + 1);

	EVP_EncodeBlock((unsigned char *)out, p, (int)len);
	return out;
}

int base64_decode(const char *s, size_t len, uint8_t *out, size_t cap, size_t *n)
{
	size_t pad = len < 2 || s[len - 1] != '=' ? 0 : s[len - 2] == '=' ? 2 : 1;
	int got;

	if (!len || len % 4 || len > INT32_MAX || len / 4 * 3 > cap)
		return ERR_MALFORMED;
	got = EVP_DecodeBlock(out, (const unsigned char *)s, (int)len);
	if (got < 0)
		return ERR_MALFORMED;
	*n = (size_t)got - pad;
	return 0;
}

/* ---- the key file ---- */

static int key_read(const char *path, uint8_t key[32])
{
	char text[80];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? ERR_NOENT : err_from_errno(errno);
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n != 65 || text[64] != '\n' || text_unhex(key, 32, text, 64) != 32)
		return ERR_CORRUPT;
	mem_wipe(text, sizeof(text));
	return 0;
}

static int write_synced(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err = 0;

	if (fd < 0)
		return err_from_errno(errno);
	errno = ENOSPC; /* for a short write */
	if (fchmod(fd, 0600) || write(fd, text, len) != (ssize_t)len || fsync(fd))
		err = err_from_errno(errno);
	close(fd);
	return err;
}

static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0 || fsync(fd))
		err = err_from_errno(errno);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Written under another name and linked in place: link() never replaces a key that is there. */
static int key_make(const char *dir, const char *path, uint8_t key[32])
{
	char fresh[4096], text[66];
	int err;

	if (RAND_bytes(key, 32) != 1)
		return ERR_INTERNAL;
	snprintf(fresh, sizeof(fresh), "%s/store.key.new", dir);
	text_hex(text, key, 32);
	text[64] = '\n';
	err = write_synced(fresh, text, 65);
	mem_wipe(text, sizeof(text));
	if (!err && link(fresh, path))
		err = err_from_errno(errno);
	unlink(fresh);
	return err ? err : sync_dir(dir);
}

static int key_check_read(struct store *s, bool *there, bool *same)
{
	uint8_t digest[32];
	MDB_val k = { 9, (void *)"key_check" }, v;
	MDB_txn *txn;
	int rc = read_begin(s, &txn);

	if (rc)
		return rc;
	rc = mdb_get(txn, s->dbi[DBI_STORE], &k, &v);
	*there = !rc;
	*same = !rc && v.mv_size == 32 && !secret_key_check(s->key, digest) &&
		memcmp(digest, v.mv_data, 32) == 0;
	read_end(s, txn);
	return rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

static int key_check_write(struct store *s)
{
	uint8_t digest[32];
	MDB_val k = { 9, (void *)"key_check" }, v = { 32, digest };
	MDB_txn *txn;
	int rc = secret_key_check(s->key, digest);

	if (!rc)
		rc = mdb_txn_begin(s->env, NULL, 0, &txn);
	if (rc)
		return env_err(rc);
	rc = mdb_put(txn, s->dbi[DBI_STORE], &k, &v, 0);
	if (rc)
		mdb_txn_abort(txn);
	else
		rc = mdb_txn_commit(txn);
	return rc ? env_err_disk(s, rc) : 0;
}

/* Before the writer starts. */
int secret_key_load(struct store *s, char *why, size_t cap)
{
	char path[4096];
	bool there = false, same = false;
	int err;

	snprintf(path, sizeof(path), "%s/store.key", s->dir);
	err = key_read(path, s->key);
	if (err && err != ERR_NOENT) {
		snprintf(why, cap, "the key file %s cannot be read: %s", path, err_text(err));
		return err;
	}
	if (err) {
		err = key_check_read(s, &there, &same);
		if (!err && there) {
			snprintf(why, cap,
				 "the key file %s is missing; put it back, or remove store.mdb "
				 "and restore a backup",
				 path);
			return ERR_CORRUPT;
		}
		if (!err)
			err = key_make(s->dir, path, s->key);
		if (err)
			return err;
	}
	err = key_check_read(s, &there, &same);
	if (!err && there && !same) {
		snprintf(why, cap, "the key file %s is not the one this store was made with", path);
		return ERR_CORRUPT;
	}
	return err || there ? err : key_check_write(s);
}

/* ---- text form ---- */

int store_seal(struct store *s, const char *clear, char **sealed)
{
	size_t len = strlen(clear);
	uint8_t *raw;
	char *b64;
	struct text out;
	int err;

	if (len > SECRET_MAX)
		return ERR_TOO_BIG;
	raw = mem_alloc(len + SECRET_OVERHEAD);
	err = secret_encrypt(s->key, clear, len, raw);
	if (!err) {
		b64 = base64_encode(raw, len + SECRET_OVERHEAD);
		text_init(&out, 2 * SECRET_MAX);
		text_add(&out, SEAL_PREFIX);
		text_add(&out, b64);
		*sealed = text_take(&out);
		mem_free(b64);
	}
	mem_free(raw);
	return err;
}

int store_unseal(struct store *s, const char *sealed, char *clear, size_t cap)
{
	size_t skip = strlen(SEAL_PREFIX), len = strlen(sealed), n = 0;
	uint8_t *raw;
	int err;

	if (len < skip || memcmp(sealed, SEAL_PREFIX, skip) != 0 || len > 2 * SECRET_MAX)
		return ERR_CORRUPT;
	raw = mem_alloc(len);
	err = base64_decode(sealed + skip, len - skip, raw, len, &n) ? ERR_CORRUPT : 0;
	if (!err && n < SECRET_OVERHEAD)
		err = ERR_CORRUPT;
	if (!err && n - SECRET_OVERHEAD >= cap)
		err = ERR_TOO_BIG;
	if (!err)
		err = secret_decrypt(s->key, raw, n, clear);
	if (cap)
		clear[err ? 0 : n - SECRET_OVERHEAD] = '\0';
	mem_free(raw);
	return err;
}
