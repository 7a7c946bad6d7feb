/* store/archive.h - what backup.c and restore.c share: the form of the archive (docs/backup.md). */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#define ARCHIVE_FORMAT      "switchroom-backup"
#define ARCHIVE_VERSION     1
#define ARCHIVE_MAX         (64u << 20) /* bytes */
#define ARCHIVE_OBJECTS_MAX 50000
#define ARCHIVE_KDF         "argon2id"
#define ARCHIVE_CIPHER      "aes-256-gcm"
#define ARCHIVE_OPS         3u
#define ARCHIVE_MEMORY      (64u << 20)
#define ARCHIVE_OPS_MAX     10u /* of an archive that somebody brings */
#define ARCHIVE_MEMORY_MAX  (256u << 20)
#define ARCHIVE_SALT        16
#define ARCHIVE_NAME_MAX    1024 /* "ephones/1#/password" */

struct store;

/* Calls fn for every stored secret below `tree`: `node` is {"$sealed": ...} or {"$hash": ...}, member
 * of `parent`; fn may take it out. `pointer` (RFC 6901) leads from the tree to it. */
typedef int (*archive_secret_fn)(void *ctx, cJSON *parent, cJSON *node, const char *pointer);
int archive_secrets(cJSON *tree, archive_secret_fn fn, void *ctx);
/* The node at a pointer; *parent receives what holds it. The node may be NULL with a parent. */
cJSON *archive_at(cJSON *tree, const char *pointer, cJSON **parent, char *name, size_t cap);

/* argon2id: one at a time. 0, ERR_RANGE (more work than an archive may ask for), ERR_INTERNAL. */
int archive_key(struct store *s, const char *passphrase, const uint8_t salt[ARCHIVE_SALT],
		uint64_t ops, uint64_t memory, uint8_t key[32]);

#endif
