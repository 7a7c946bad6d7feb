/* store/auth/auth.c - start, set-up code, hashing, revocation. */
#include "store/auth/auth.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "store/auth/auth_int.h"

/* argon2id, 64 MiB, 3 passes (dependencies.md 6): a guess costs tens of milliseconds. */
#define HASH_OPS    3
#define HASH_MEMORY (64u << 20)

static const char *const role_names[] = { "none", "viewer", "operator", "admin" };

const char *auth_role_text(enum auth_role r)
{
	return role_names[r];
}

int auth_role_parse(const char *s, enum auth_role *out)
{
	for (size_t i = ROLE_VIEWER; i < ARRAY_LEN(role_names); i++) {
		if (!strcmp(s, role_names[i])) {
			*out = (enum auth_role)i;
			return 0;
		}
	}
	return ERR_INVALID;
}

/* ---- secrets ---- */

void auth_hash_secret(uint8_t out[AUTH_HASH_BYTES], const char *secret)
{
	crypto_generichash(out, AUTH_HASH_BYTES, (const uint8_t *)secret, strlen(secret), NULL, 0);
}

void auth_new_secret(char *out, const char *prefix)
{
	uint8_t raw[32];
	size_t n = strlen(prefix);

	randombytes_buf(raw, sizeof(raw));
	text_copy(out, AUTH_SECRET_SIZE, prefix);
	sodium_bin2base64(out + n, AUTH_SECRET_SIZE - n, raw, sizeof(raw),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(raw, sizeof(raw));
}

void auth_new_id(char out[AUTH_ID_SIZE])
{
	uint8_t raw[10];

	randombytes_buf(raw, sizeof(raw));
	text_hex(out, raw, sizeof(raw));
}

/* One hashing at a time, few that wait: signing in must not become an attack on memory. */
static int hash_enter(struct auth *a)
{
	bool full;

	pthread_mutex_lock(&a->lock);
	full = a->hash_waiters >= AUTH_HASH_WAITERS;
	if (!full)
		a->hash_waiters++;
	pthread_mutex_unlock(&a->lock);
	if (full)
		return ERR_AGAIN;
	pthread_mutex_lock(&a->hash_lock);
	return 0;
}

static void hash_leave(struct auth *a)
{
	pthread_mutex_unlock(&a->hash_lock);
	pthread_mutex_lock(&a->lock);
	a->hash_waiters--;
	pthread_mutex_unlock(&a->lock);
}

int auth_hash_password(struct auth *a, const char *password, char out[crypto_pwhash_STRBYTES])
{
	size_t len = strlen(password);
	int err;

	if (len < AUTH_PASSWORD_MIN || len > AUTH_PASSWORD_MAX)
		return ERR_RANGE;
	err = hash_enter(a);
	if (err)
		return err;
	if (crypto_pwhash_str(out, password, len, HASH_OPS, HASH_MEMORY))
		err = ERR_AGAIN; /* no memory for it now */
	hash_leave(a);
	return err;
}

int auth_verify_password(struct auth *a, const char *hash, const char *password)
{
	size_t len = strlen(password);
	const char *against = *hash ? hash : a->dummy;
	int err;

	if (len > AUTH_PASSWORD_MAX)
		return ERR_AUTH;
	err = hash_enter(a);
	if (err)
		return err;
	if (crypto_pwhash_str_verify(against, password, len) || !*hash)
		err = ERR_AUTH;
	hash_leave(a);
	return err;
}

/* ---- set-up code ---- */

void auth_new_code(struct auth *a, char out[AUTH_CODE_SIZE])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (int i = 0; i < AUTH_CODE_SIZE - 1; i++)
		a->code[i] = alphabet[randombytes_uniform(32)];
	a->code[AUTH_CODE_SIZE - 1] = '\0';
	a->wrong_codes = 0;
	memcpy(out, a->code, AUTH_CODE_SIZE);
}

bool auth_needs_setup(struct auth *a)
{
	bool needed;

	pthread_mutex_lock(&a->lock);
	needed = a->n_accounts == 0;
	pthread_mutex_unlock(&a->lock);
	return needed;
}

int auth_check_code(struct auth *a, const char *code)
{
	char fresh[AUTH_CODE_SIZE] = "", given[AUTH_CODE_SIZE] = "";
	int err = 0;

	if (strlen(code) < sizeof(given)) {
		for (size_t i = 0; code[i]; i++)
			given[i] =
			    code[i] >= 'a' && code[i] <= 'z' ? (char)(code[i] - 32) : code[i];
	}
	pthread_mutex_lock(&a->lock);
	if (a->n_accounts) {
		err = ERR_EXIST;
	} else if (sodium_memcmp(given, a->code, sizeof(given))) {
		err = ERR_PERM;
		if (++a->wrong_codes >= AUTH_CODE_TRIES)
			auth_new_code(a, fresh);
	}
	pthread_mutex_unlock(&a->lock);
	if (*fresh) {
		log_warn(LOG_API, "setup_code_renewed", "wrong_tries=%d", AUTH_CODE_TRIES);
		if (a->on_code)
			a->on_code(a->ctx, fresh);
	}
	return err;
}

/* ---- revocation ---- */

void auth_watch(struct auth *a, void (*wake)(void *ctx), void *ctx)
{
	pthread_mutex_lock(&a->lock);
	if (a->n_watch < AUTH_WATCH_MAX) {
		a->watch[a->n_watch].wake = wake;
		a->watch[a->n_watch++].ctx = ctx;
	}
	pthread_mutex_unlock(&a->lock);
}

void auth_wake(struct auth *a)
{
	for (size_t i = 0; i < AUTH_WATCH_MAX; i++) {
		void (*wake)(void *ctx) = NULL;
		void *ctx = NULL;

		pthread_mutex_lock(&a->lock);
		if (i < a->n_watch) {
			wake = a->watch[i].wake;
			ctx = a->watch[i].ctx;
		}
		pthread_mutex_unlock(&a->lock);
		if (wake)
			wake(ctx);
	}
}

/* ---- small helpers ---- */

void auth_lower(char out[AUTH_NAME_SIZE], const char *name)
{
	size_t i;

	for (i = 0; i < AUTH_NAME_SIZE - 1 && name[i]; i++)
		out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
	out[i] = '\0';
}

void auth_add_time(cJSON *o, const char *name, int64_t ns)
{
	char buf[TIME_TEXT_SIZE];

	if (!ns) {
		cJSON_AddNullToObject(o, name);
		return;
	}
	text_time(buf, ns);
	cJSON_AddStringToObject(o, name, buf);
}

/* Nanoseconds do not fit a JSON number: kept as text. */
int64_t auth_get_num(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
	int64_t v = 0;

	if (s)
		text_to_int(s, strlen(s), 0, INT64_MAX, &v);
	return v;
}

void auth_get_str(const cJSON *o, const char *name, char *out, size_t cap)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	text_copy(out, cap, s ? s : "");
}

/* ---- start ---- */

int auth_new(struct auth **out, const struct auth_options *opt)
{
	struct auth *a = mem_zalloc(sizeof(*a));
	char code[AUTH_CODE_SIZE] = "";
	uint64_t seed;
	int err = 0;

	if (sodium_init() < 0)
		err = ERR_INTERNAL;
	randombytes_buf(&seed, sizeof(seed));
	a->store = opt->store;
	a->clock = store_clock(opt->store);
	a->on_code = opt->on_code;
	a->ctx = opt->ctx;
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->hash_lock, NULL);
	throttle_init(&a->throttle, seed);
	err = err ? err : auth_accounts_load(a);
	err = err ? err : auth_tokens_load(a);
	if (!err && crypto_pwhash_str(a->dummy, "nobody", 6, HASH_OPS, HASH_MEMORY))
		err = ERR_AGAIN;
	if (err) {
		auth_free(a);
		return err;
	}
	if (!a->n_accounts)
		auth_new_code(a, code);
	if (*code && a->on_code)
		a->on_code(a->ctx, code);
	*out = a;
	return 0;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	pthread_mutex_destroy(&a->lock);
	pthread_mutex_destroy(&a->hash_lock);
	mem_free(a->accounts);
	mem_free(a->tokens);
	mem_wipe(a, sizeof(*a));
	mem_free(a);
}
