/* store/archive.c - secrets in JSON trees, and the key that a passphrase gives. */
#include "store/archive.h"

#include <string.h>

#include <sodium.h>

#include "server/core/err.h"
#include "server/core/text.h"
#include "store/store_int.h"

struct finder {
	archive_secret_fn fn;
	void *ctx;
	char pointer[ARCHIVE_NAME_MAX];
};

static bool is_secret(const cJSON *node)
{
	const cJSON *only = cJSON_IsObject(node) ? node->child : NULL;

	return only && !only->next && cJSON_IsString(only) &&
	       (!strcmp(only->string, "$sealed") || !strcmp(only->string, "$hash"));
}

/* RFC 6901: "~" is "~0", "/" is "~1". */
static void pointer_add(struct text *t, const cJSON *member, size_t index)
{
	text_addc(t, '/');
	if (!member->string) {
		text_addf(t, "%zu", index);
		return;
	}
	for (const char *p = member->string; *p; p++) {
		if (*p == '~' || *p == '/')
			text_add(t, *p == '~' ? "~0" : "~1");
		else
			text_addc(t, *p);
	}
}

static int find_in(struct finder *f, cJSON *parent, size_t len)
{
	cJSON *node = parent->child, *next;
	int rc = 0;

	for (size_t i = 0; node && !rc; node = next, i++) {
		struct text t;

		next = node->next;
		text_fixed(&t, f->pointer + len, sizeof(f->pointer) - len);
		pointer_add(&t, node, i);
		if (t.overflow)
			rc = ERR_TOO_BIG;
		else if (is_secret(node))
			rc = f->fn(f->ctx, parent, node, f->pointer);
		else
			rc = find_in(f, node, len + t.len);
	}
	return rc;
}

int archive_secrets(cJSON *tree, archive_secret_fn fn, void *ctx)
{
	struct finder f = { .fn = fn, .ctx = ctx };

	return find_in(&f, tree, 0);
}

static bool unescape(const char *p, size_t len, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (size_t i = 0; i < len; i++) {
		if (p[i] != '~') {
			text_addc(&t, p[i]);
			continue;
		}
		if (++i == len || (p[i] != '0' && p[i] != '1'))
			return false;
		text_addc(&t, p[i] == '0' ? '~' : '/');
	}
	return !t.overflow;
}

cJSON *archive_at(cJSON *tree, const char *pointer, cJSON **parent, char *name, size_t cap)
{
	cJSON *node = tree;

	*parent = NULL;
	while (*pointer == '/') {
		size_t len = strcspn(++pointer, "/");

		*parent = node;
		if (!cJSON_IsObject(node) || !unescape(pointer, len, name, cap)) {
			*parent = NULL;
			return NULL;
		}
		node = cJSON_GetObjectItemCaseSensitive(node, name);
		pointer += len;
	}
	return node;
}

int archive_key(struct store *s, const char *passphrase, const uint8_t salt[ARCHIVE_SALT],
		uint64_t ops, uint64_t memory, uint8_t key[32])
{
	int rc;

	if (ops < crypto_pwhash_OPSLIMIT_MIN || ops > ARCHIVE_OPS_MAX ||
	    memory < crypto_pwhash_MEMLIMIT_MIN || memory > ARCHIVE_MEMORY_MAX)
		return ERR_RANGE;
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	pthread_mutex_lock(&s->kdf_lock);
	rc = crypto_pwhash(key, 32, passphrase, strlen(passphrase), salt, ops, (size_t)memory,
			   crypto_pwhash_ALG_ARGON2ID13);
	pthread_mutex_unlock(&s->kdf_lock);
	return rc ? ERR_INTERNAL : 0;
}
