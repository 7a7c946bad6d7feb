/* store/backup.c - the whole configuration as one JSON archive (docs/backup.md), consistent because it
 * is read from one snapshot. The archive is built in memory, so that no snapshot is held while a slow
 * receiver takes its time. */
#include <string.h>

#include <openssl/rand.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/archive.h"
#include "store/conf_int.h"

#define CHUNK 65536

struct backup {
	struct store *store;
	const char *passphrase;
	const char *path; /* of the object in work */
	size_t objects;
	struct text out;
	cJSON *secrets; /* name -> clear text or {"$hash"}; only with a passphrase */
	cJSON *missing; /* names of what is left out */
};

static int take_clear(struct backup *b, const char *name, const cJSON *sealed)
{
	size_t cap = strlen(sealed->valuestring) + 1;
	char *clear = mem_alloc(cap);
	int err = store_unseal(b->store, sealed->valuestring, clear, cap);

	if (!err)
		cJSON_AddStringToObject(b->secrets, name, clear);
	mem_wipe(clear, cap);
	mem_free(clear);
	return err;
}

/* Takes a secret out of its object, into the part that is encrypted or onto the list of what lacks. */
static int take_secret(void *ctx, cJSON *parent, cJSON *node, const char *pointer)
{
	struct backup *b = ctx;
	char name[ARCHIVE_NAME_MAX];
	struct text t;
	bool kept = false;

	text_fixed(&t, name, sizeof(name));
	text_addf(&t, "%s#%s", b->path, pointer);
	if (t.overflow)
		return ERR_TOO_BIG;
	cJSON_DetachItemViaPointer(parent, node);
	if (b->passphrase && !strcmp(node->child->string, "$hash"))
		kept = cJSON_AddItemToObject(b->secrets, name, cJSON_Duplicate(node, true));
	else if (b->passphrase)
		kept = take_clear(b, name, node->child) == 0;
	if (!kept)
		cJSON_AddItemToArray(b->missing, cJSON_CreateString(name));
	cJSON_Delete(node);
	return 0;
}

static int add_object(void *ctx, const char *path, const cJSON *before, const cJSON *value)
{
	struct backup *b = ctx;
	cJSON *copy = cJSON_Duplicate(value, true);
	char *text;
	int err;

	(void)before;
	b->path = path;
	err = archive_secrets(copy, take_secret, b);
	if (!err) {
		text = cJSON_PrintUnformatted(copy);
		text_add(&b->out, b->objects++ ? ",\n" : "\n");
		json_add_str(&b->out, path, STORE_KEY_MAX);
		text_addf(&b->out, ":");
		text_add(&b->out, text);
		cJSON_free(text);
	}
	cJSON_Delete(copy);
	return err;
}

static void add_head(struct backup *b, const struct conf *c)
{
	char now[TIME_TEXT_SIZE];

	text_time(now, clock_wall_ns(b->store->clock));
	text_addf(&b->out,
		  "{\"format\":\"%s\",\"version\":%d,\"created\":\"%s\",\"server\":\"%s\","
		  "\"revision\":%llu,\n\"objects\":{",
		  ARCHIVE_FORMAT, ARCHIVE_VERSION, now, SWITCHROOM_VERSION,
		  (unsigned long long)conf_revision(c));
}

static void add_names(struct backup *b)
{
	char *text = cJSON_PrintUnformatted(b->missing);

	text_add(&b->out, "\n},\n\"missing\":");
	text_add(&b->out, text);
	cJSON_free(text);
}

static void wipe_free(char *text)
{
	mem_wipe(text, strlen(text));
	cJSON_free(text);
}

/* {"kdf", "ops", "memory", "salt", "cipher", "data"}: data = nonce, tag, cipher text of the names and
 * clear texts as JSON. */
static int add_secrets(struct backup *b)
{
	uint8_t salt[ARCHIVE_SALT], key[32], *sealed;
	char *clear = cJSON_PrintUnformatted(b->secrets), *salt_text, *data;
	size_t len = strlen(clear);
	int err = RAND_bytes(salt, sizeof(salt)) == 1 ? 0 : ERR_INTERNAL;

	sealed = mem_alloc(len + SECRET_OVERHEAD);
	if (!err)
		err = archive_key(b->store, b->passphrase, salt, ARCHIVE_OPS, ARCHIVE_MEMORY, key);
	if (!err)
		err = secret_encrypt(key, clear, len, sealed);
	if (!err) {
		salt_text = base64_encode(salt, sizeof(salt));
		data = base64_encode(sealed, len + SECRET_OVERHEAD);
		text_addf(&b->out,
			  ",\n\"secrets\":{\"kdf\":\"%s\",\"ops\":%u,\"memory\":%u,\"salt\":\"%s\","
			  "\"cipher\":\"%s\",\"data\":\"",
			  ARCHIVE_KDF, ARCHIVE_OPS, ARCHIVE_MEMORY, salt_text, ARCHIVE_CIPHER);
		text_add(&b->out, data);
		text_add(&b->out, "\"}");
		mem_free(salt_text);
		mem_free(data);
	}
	mem_wipe(key, sizeof(key));
	mem_free(sealed);
	wipe_free(clear);
	return err;
}

static int build(struct backup *b)
{
	struct conf *c;
	int err = conf_open(b->store, &c);

	if (err)
		return err;
	add_head(b, c);
	err = conf_each_object(c, add_object, b);
	conf_close(c);
	add_names(b);
	if (!err && b->passphrase)
		err = add_secrets(b);
	text_add(&b->out, "}\n");
	return err ? err : b->out.overflow ? ERR_TOO_BIG : 0;
}

static void wipe_secrets(cJSON *secrets)
{
	cJSON *one;

	cJSON_ArrayForEach (one, secrets)
		if (cJSON_IsString(one))
			mem_wipe(one->valuestring, strlen(one->valuestring));
}

int store_backup(struct store *s, const char *passphrase,
		 int (*emit)(void *ctx, const void *p, size_t len), void *ctx)
{
	struct backup b = { .store = s, .passphrase = passphrase };
	int err;

	if (passphrase && !passphrase[0])
		return ERR_INVALID;
	text_init(&b.out, ARCHIVE_MAX);
	b.secrets = cJSON_CreateObject();
	b.missing = cJSON_CreateArray();
	err = build(&b);
	for (size_t at = 0; !err && at < b.out.len; at += CHUNK)
		err = emit(ctx, b.out.buf + at, b.out.len - at < CHUNK ? b.out.len - at : CHUNK);
	wipe_secrets(b.secrets);
	cJSON_Delete(b.secrets);
	cJSON_Delete(b.missing);
	text_fini(&b.out);
	return err;
}
