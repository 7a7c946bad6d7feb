/* store/auth/account.c - accounts: kept in memory, written through to their bucket. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "store/auth/auth_int.h"

int auth_name_check(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= AUTH_NAME_SIZE)
		return ERR_INVALID;
	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (i && strchr("._@-", c))))
			return ERR_INVALID;
	}
	return 0;
}

struct auth_account *auth_account_find(struct auth *a, const char *lower)
{
	for (size_t i = 0; i < a->n_accounts; i++) {
		if (!strcmp(a->accounts[i].name, lower))
			return &a->accounts[i];
	}
	return NULL;
}

static void add_ns(cJSON *o, const char *name, int64_t ns)
{
	char buf[24];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	text_addf(&t, "%lld", (long long)ns);
	cJSON_AddStringToObject(o, name, buf);
}

static int save(struct store *s, const struct auth_account *c)
{
	cJSON *o = cJSON_CreateObject();
	struct store_put put = { .bucket = BUCKET_ACCOUNTS, .key = c->name };
	char *text;
	int err;

	cJSON_AddStringToObject(o, "role", auth_role_text(c->role));
	cJSON_AddBoolToObject(o, "enabled", c->enabled);
	cJSON_AddStringToObject(o, "hash", c->hash);
	add_ns(o, "created", c->created_ns);
	add_ns(o, "changed", c->changed_ns);
	add_ns(o, "last_sign_in", c->last_sign_in_ns);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	put.value = text;
	put.len = strlen(text);
	err = store_put(s, &put, 1);
	cJSON_free(text);
	return err;
}

static int load_one(void *ctx, const char *key, const void *value, size_t len)
{
	struct auth *a = ctx;
	cJSON *o = cJSON_ParseWithLength(value, len);
	struct auth_account *c;
	char role[16];

	if (!o || strlen(key) >= AUTH_NAME_SIZE) {
		cJSON_Delete(o);
		return ERR_CORRUPT;
	}
	a->accounts = mem_realloc(a->accounts, (a->n_accounts + 1) * sizeof(*a->accounts));
	c = &a->accounts[a->n_accounts++];
	*c = (struct auth_account){ .role = ROLE_VIEWER };
	text_copy(c->name, sizeof(c->name), key);
	auth_get_str(o, "role", role, sizeof(role));
	auth_role_parse(role, &c->role);
	auth_get_str(o, "hash", c->hash, sizeof(c->hash));
	c->enabled = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "enabled"));
	c->created_ns = auth_get_num(o, "created");
	c->changed_ns = auth_get_num(o, "changed");
	c->last_sign_in_ns = auth_get_num(o, "last_sign_in");
	cJSON_Delete(o);
	return 0;
}

int auth_accounts_load(struct auth *a)
{
	return store_each(a->store, BUCKET_ACCOUNTS, NULL, false, load_one, a);
}

int auth_account_add(struct auth *a, const char *name, const char *password, enum auth_role role)
{
	struct auth_account c = { .role = role, .enabled = password != NULL };
	int err = auth_name_check(name);

	if (err)
		return err;
	auth_lower(c.name, name);
	if (password)
		err = auth_hash_password(a, password, c.hash);
	if (err)
		return err;
	c.created_ns = c.changed_ns = clock_wall_ns(a->clock);
	pthread_mutex_lock(&a->lock);
	if (auth_account_find(a, c.name))
		err = ERR_EXIST;
	else if (a->n_accounts >= AUTH_ACCOUNTS_MAX)
		err = ERR_RANGE;
	else
		err = save(a->store, &c);
	if (!err) {
		a->accounts = mem_realloc(a->accounts, (a->n_accounts + 1) * sizeof(*a->accounts));
		a->accounts[a->n_accounts++] = c;
	}
	pthread_mutex_unlock(&a->lock);
	mem_wipe(&c, sizeof(c));
	return err;
}

/* There must be somebody left who can let others in. */
static bool is_last_admin(struct auth *a, const struct auth_account *c)
{
	if (c->role != ROLE_ADMIN || !c->enabled)
		return false;
	for (size_t i = 0; i < a->n_accounts; i++) {
		const struct auth_account *o = &a->accounts[i];

		if (o != c && o->role == ROLE_ADMIN && o->enabled)
			return false;
	}
	return true;
}

static int change_locked(struct auth *a, const char *lower, const struct auth_change *c,
			 const char *hash)
{
	struct auth_account *old = auth_account_find(a, lower), fresh;
	int err;

	if (!old)
		return ERR_NOENT;
	fresh = *old;
	if (c->role != ROLE_NONE)
		fresh.role = c->role;
	if (c->enabled >= 0)
		fresh.enabled = c->enabled != 0;
	if (*hash)
		text_copy(fresh.hash, sizeof(fresh.hash), hash);
	fresh.changed_ns = clock_wall_ns(a->clock);
	if (fresh.enabled && !*fresh.hash)
		return ERR_INVALID;
	if (is_last_admin(a, old) && (fresh.role != ROLE_ADMIN || !fresh.enabled))
		return ERR_CONFLICT;
	err = save(a->store, &fresh);
	if (err)
		return err;
	*old = fresh;
	auth_sessions_drop(a, lower);
	return 0;
}

int auth_account_change(struct auth *a, const char *name, const struct auth_change *c)
{
	char lower[AUTH_NAME_SIZE], hash[crypto_pwhash_STRBYTES] = "";
	int err = auth_name_check(name);

	if (err)
		return ERR_NOENT;
	auth_lower(lower, name);
	if (c->password)
		err = auth_hash_password(a, c->password, hash);
	if (err)
		return err;
	pthread_mutex_lock(&a->lock);
	err = change_locked(a, lower, c, hash);
	pthread_mutex_unlock(&a->lock);
	if (!err)
		auth_wake(a);
	return err;
}

int auth_account_remove(struct auth *a, const char *name)
{
	struct auth_account *c;
	char lower[AUTH_NAME_SIZE];
	int err = 0;

	auth_lower(lower, name);
	pthread_mutex_lock(&a->lock);
	c = auth_account_find(a, lower);
	if (!c)
		err = ERR_NOENT;
	else if (is_last_admin(a, c))
		err = ERR_CONFLICT;
	else
		err = store_put(a->store,
				&(struct store_put){ .bucket = BUCKET_ACCOUNTS, .key = lower }, 1);
	if (!err) {
		auth_sessions_drop(a, lower);
		*c = a->accounts[--a->n_accounts];
	}
	pthread_mutex_unlock(&a->lock);
	if (!err)
		auth_wake(a);
	return err;
}

static cJSON *describe(const struct auth_account *c)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "username", c->name);
	cJSON_AddStringToObject(o, "role", auth_role_text(c->role));
	cJSON_AddBoolToObject(o, "enabled", c->enabled);
	cJSON_AddBoolToObject(o, "has_password", *c->hash != '\0');
	auth_add_time(o, "created_at", c->created_ns);
	auth_add_time(o, "changed_at", c->changed_ns);
	auth_add_time(o, "last_sign_in_at", c->last_sign_in_ns);
	return o;
}

cJSON *auth_accounts(struct auth *a)
{
	cJSON *list = cJSON_CreateArray();

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n_accounts; i++)
		cJSON_AddItemToArray(list, describe(&a->accounts[i]));
	pthread_mutex_unlock(&a->lock);
	return list;
}

cJSON *auth_account(struct auth *a, const char *name)
{
	struct auth_account *c;
	char lower[AUTH_NAME_SIZE];
	cJSON *o = NULL;

	auth_lower(lower, name);
	pthread_mutex_lock(&a->lock);
	c = strlen(name) < AUTH_NAME_SIZE ? auth_account_find(a, lower) : NULL;
	if (c)
		o = describe(c);
	pthread_mutex_unlock(&a->lock);
	return o;
}

int auth_reset_password(struct store *s, const char *name, const char *password)
{
	struct auth_options opt = { .store = s };
	struct auth_change c = { .password = password, .role = ROLE_ADMIN, .enabled = 1 };
	struct auth *a = NULL;
	int err = auth_new(&a, &opt);

	if (err)
		return err;
	err = auth_account_change(a, name, &c);
	if (err == ERR_NOENT)
		err = auth_account_add(a, name, password, ROLE_ADMIN);
	if (!err)
		err = auth_audit(a, &(struct auth_entry){ .who = "",
							  .address = "console",
							  .action = "account.password_reset",
							  .path = name });
	auth_free(a);
	return err;
}
