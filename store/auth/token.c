/* store/auth/token.c - bearer tokens of scripts: named, stored hashed, shown once. */
#include <string.h>

#include "server/core/err.h"
#include "store/auth/auth_int.h"

#define TOKEN_PREFIX    "srt_"               /* lets secret scanners find a leaked one */
#define SAVE_USED_EVERY (600ll * 1000000000) /* "last used" reaches the disk so often at most */

static int parse_network(const char *s, struct auth_network *out)
{
	char host[NET_HOST_SIZE];
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	int64_t prefix;
	unsigned bits;

	if (n >= sizeof(host))
		return ERR_INVALID;
	memcpy(host, s, n);
	host[n] = '\0';
	if (net_addr_parse(&out->addr, host, 0))
		return ERR_INVALID;
	bits = out->addr.u.sa.sa_family == AF_INET ? 32 : 128;
	prefix = bits;
	if (slash && text_to_int(slash + 1, strlen(slash + 1), 0, bits, &prefix))
		return ERR_INVALID;
	out->prefix = (unsigned)prefix;
	return 0;
}

static void add_networks(cJSON *o, const struct auth_token_rec *t)
{
	cJSON *list = cJSON_AddArrayToObject(o, "addresses");

	for (size_t i = 0; i < t->n_nets; i++) {
		char host[NET_HOST_SIZE], buf[NET_HOST_SIZE + 8];
		struct text b;

		text_fixed(&b, buf, sizeof(buf));
		text_addf(&b, "%s/%u", net_addr_host(&t->nets[i].addr, host), t->nets[i].prefix);
		cJSON_AddItemToArray(list, cJSON_CreateString(buf));
	}
}

static void add_num_text(cJSON *o, const char *name, int64_t v)
{
	char buf[24];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	text_addf(&t, "%lld", (long long)v);
	cJSON_AddStringToObject(o, name, buf);
}

static int save(struct store *s, const struct auth_token_rec *t)
{
	cJSON *o = cJSON_CreateObject();
	struct store_put put = { .bucket = BUCKET_TOKENS, .key = t->id };
	char hex[AUTH_HASH_BYTES * 2 + 1], *text;
	int err;

	text_hex(hex, t->hash, sizeof(t->hash));
	cJSON_AddStringToObject(o, "name", t->name);
	cJSON_AddStringToObject(o, "role", auth_role_text(t->role));
	cJSON_AddStringToObject(o, "hash", hex);
	cJSON_AddStringToObject(o, "created_by", t->created_by);
	cJSON_AddStringToObject(o, "last_address", t->last_address);
	add_num_text(o, "created", t->created_ns);
	add_num_text(o, "expires", t->expires_at_s);
	add_num_text(o, "last_used", t->last_used_ns);
	add_networks(o, t);
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
	cJSON *o = cJSON_ParseWithLength(value, len), *n;
	struct auth_token_rec *t;
	char hex[AUTH_HASH_BYTES * 2 + 1], role[16];

	if (!o)
		return ERR_CORRUPT;
	a->tokens = mem_realloc(a->tokens, (a->n_tokens + 1) * sizeof(*a->tokens));
	t = &a->tokens[a->n_tokens++];
	*t = (struct auth_token_rec){ .role = ROLE_VIEWER };
	text_copy(t->id, sizeof(t->id), key);
	auth_get_str(o, "name", t->name, sizeof(t->name));
	auth_get_str(o, "created_by", t->created_by, sizeof(t->created_by));
	auth_get_str(o, "last_address", t->last_address, sizeof(t->last_address));
	auth_get_str(o, "role", role, sizeof(role));
	auth_role_parse(role, &t->role);
	auth_get_str(o, "hash", hex, sizeof(hex));
	text_unhex(t->hash, sizeof(t->hash), hex, strlen(hex));
	t->created_ns = auth_get_num(o, "created");
	t->expires_at_s = auth_get_num(o, "expires");
	t->last_used_ns = t->saved_used_ns = auth_get_num(o, "last_used");
	cJSON_ArrayForEach (n, cJSON_GetObjectItemCaseSensitive(o, "addresses")) {
		if (t->n_nets < AUTH_ADDRESSES_MAX && cJSON_IsString(n) &&
		    !parse_network(n->valuestring, &t->nets[t->n_nets]))
			t->n_nets++;
	}
	cJSON_Delete(o);
	return 0;
}

int auth_tokens_load(struct auth *a)
{
	return store_each(a->store, BUCKET_TOKENS, NULL, false, load_one, a);
}

static int add_locked(struct auth *a, const struct auth_token_rec *t)
{
	int err;

	for (size_t i = 0; i < a->n_tokens; i++) {
		if (!strcmp(a->tokens[i].name, t->name))
			return ERR_EXIST;
	}
	if (a->n_tokens >= AUTH_TOKENS_MAX)
		return ERR_RANGE;
	err = save(a->store, t);
	if (err)
		return err;
	a->tokens = mem_realloc(a->tokens, (a->n_tokens + 1) * sizeof(*a->tokens));
	a->tokens[a->n_tokens++] = *t;
	return 0;
}

int auth_token_add(struct auth *a, const struct auth_token *t, char id[AUTH_ID_SIZE],
		   char secret[AUTH_SECRET_SIZE])
{
	struct auth_token_rec r = { .role = t->role, .expires_at_s = t->expires_at_s };
	int err = auth_name_check(t->name);

	if (err)
		return err;
	text_copy(r.name, sizeof(r.name), t->name);
	text_copy(r.created_by, sizeof(r.created_by), t->created_by ? t->created_by : "");
	for (size_t i = 0; t->addresses && t->addresses[i]; i++) {
		if (i >= AUTH_ADDRESSES_MAX)
			return ERR_RANGE;
		err = parse_network(t->addresses[i], &r.nets[r.n_nets++]);
		if (err)
			return err;
	}
	auth_new_id(r.id);
	auth_new_secret(secret, TOKEN_PREFIX);
	auth_hash_secret(r.hash, secret);
	r.created_ns = clock_wall_ns(a->clock);
	text_copy(id, AUTH_ID_SIZE, r.id);
	pthread_mutex_lock(&a->lock);
	err = add_locked(a, &r);
	pthread_mutex_unlock(&a->lock);
	return err;
}

static bool may_come_from(const struct auth_token_rec *t, const struct net_addr *from)
{
	for (size_t i = 0; i < t->n_nets; i++) {
		if (net_addr_in_network(from, &t->nets[i].addr, t->nets[i].prefix))
			return true;
	}
	return t->n_nets == 0;
}

static struct auth_token_rec *find_secret(struct auth *a, const char *bearer)
{
	uint8_t hash[AUTH_HASH_BYTES];

	auth_hash_secret(hash, bearer);
	for (size_t i = 0; i < a->n_tokens; i++) {
		if (!sodium_memcmp(a->tokens[i].hash, hash, sizeof(hash)))
			return &a->tokens[i];
	}
	return NULL;
}

int auth_check_token(struct auth *a, const char *bearer, const struct net_addr *from,
		     struct auth_who *who)
{
	struct auth_token_rec *t, copy;
	bool write = false;

	if (strncmp(bearer, TOKEN_PREFIX, strlen(TOKEN_PREFIX)) != 0 ||
	    strlen(bearer) >= AUTH_SECRET_SIZE)
		return ERR_AUTH;
	pthread_mutex_lock(&a->lock);
	t = find_secret(a, bearer);
	if (t && ((t->expires_at_s && t->expires_at_s <= clock_wall_s(a->clock)) ||
		  !may_come_from(t, from)))
		t = NULL;
	if (t) {
		*who = (struct auth_who){ .role = t->role, .by_token = true };
		text_copy(who->name, sizeof(who->name), t->name);
		text_copy(who->id, sizeof(who->id), t->id);
		t->last_used_ns = clock_wall_ns(a->clock);
		net_addr_host(from, t->last_address);
		write = t->last_used_ns - t->saved_used_ns > SAVE_USED_EVERY;
		if (write)
			t->saved_used_ns = t->last_used_ns;
		copy = *t;
	}
	pthread_mutex_unlock(&a->lock);
	if (write)
		save(a->store, &copy); /* a full disk must not keep a reader out */
	return t ? 0 : ERR_AUTH;
}

static cJSON *describe(const struct auth_token_rec *t)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", t->id);
	cJSON_AddStringToObject(o, "name", t->name);
	cJSON_AddStringToObject(o, "role", auth_role_text(t->role));
	auth_add_time(o, "created_at", t->created_ns);
	cJSON_AddStringToObject(o, "created_by", t->created_by);
	auth_add_time(o, "expires_at", t->expires_at_s * 1000000000);
	auth_add_time(o, "last_used_at", t->last_used_ns);
	cJSON_AddStringToObject(o, "last_address", t->last_address);
	add_networks(o, t);
	return o;
}

cJSON *auth_tokens(struct auth *a)
{
	cJSON *list = cJSON_CreateArray();

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n_tokens; i++)
		cJSON_AddItemToArray(list, describe(&a->tokens[i]));
	pthread_mutex_unlock(&a->lock);
	return list;
}

cJSON *auth_token(struct auth *a, const char *id)
{
	cJSON *o = NULL;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n_tokens && !o; i++) {
		if (!strcmp(a->tokens[i].id, id))
			o = describe(&a->tokens[i]);
	}
	pthread_mutex_unlock(&a->lock);
	return o;
}

int auth_token_remove(struct auth *a, const char *id)
{
	int err = ERR_NOENT;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n_tokens; i++) {
		if (strcmp(a->tokens[i].id, id) != 0)
			continue;
		err = store_put(a->store, &(struct store_put){ .bucket = BUCKET_TOKENS, .key = id },
				1);
		if (!err)
			a->tokens[i] = a->tokens[--a->n_tokens];
		break;
	}
	pthread_mutex_unlock(&a->lock);
	if (!err)
		auth_wake(a);
	return err;
}
