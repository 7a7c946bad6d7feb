/* store/auth/session.c - signing in and sessions. Sessions live in memory: a restart signs
 * everybody out. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "store/auth/auth_int.h"
#include "store/event.h"

#define ADDRESS_FREE_TRIES 20 /* wrong passwords of one address, all accounts together */

/* ---- passwords ---- */

static void throttle_keys(const char *lower, const struct net_addr *from, char pair[160],
			  char alone[80])
{
	char host[NET_HOST_SIZE];
	struct text t;

	net_addr_host(from, host);
	text_fixed(&t, pair, 160);
	text_addf(&t, "%s|%s", lower, host);
	text_fixed(&t, alone, 80);
	text_addf(&t, "|%s", host);
}

int auth_check_password(struct auth *a, const char *name, const char *password,
			const struct net_addr *from, unsigned *retry_after_s)
{
	char lower[AUTH_NAME_SIZE], pair[160], alone[80], hash[crypto_pwhash_STRBYTES] = "";
	struct auth_account *c;
	uint64_t now = clock_mono_ms(a->clock), wait, wait_alone;
	int err;

	auth_lower(lower, name);
	throttle_keys(lower, from, pair, alone);
	pthread_mutex_lock(&a->lock);
	wait = throttle_wait(&a->throttle, pair, now);
	wait_alone = throttle_wait(&a->throttle, alone, now);
	c = auth_account_find(a, lower);
	if (c && c->enabled)
		text_copy(hash, sizeof(hash), c->hash);
	pthread_mutex_unlock(&a->lock);
	wait = wait > wait_alone ? wait : wait_alone;
	*retry_after_s = (unsigned)((wait + 999) / 1000);
	if (wait)
		return ERR_RATE;
	err = auth_verify_password(a, hash, password);
	mem_wipe(hash, sizeof(hash));
	pthread_mutex_lock(&a->lock);
	if (err == ERR_AUTH) {
		throttle_failed(&a->throttle, pair, THROTTLE_FREE, clock_mono_ms(a->clock));
		throttle_failed(&a->throttle, alone, ADDRESS_FREE_TRIES, clock_mono_ms(a->clock));
	} else if (!err) {
		throttle_passed(&a->throttle, pair);
	}
	pthread_mutex_unlock(&a->lock);
	return err;
}

/* ---- the table ---- */

static bool is_over(const struct auth *a, const struct auth_session *s)
{
	uint64_t now = clock_mono_ms(a->clock);

	return now - s->used_ms >= AUTH_IDLE_S * 1000ull ||
	       now - s->created_ms >= AUTH_ABSOLUTE_S * 1000ull;
}

static void wipe(struct auth_session *s)
{
	mem_wipe(s, sizeof(*s));
}

static struct auth_session *find_id(struct auth *a, const char *id)
{
	for (size_t i = 0; *id && i < AUTH_SESSIONS_MAX; i++) {
		struct auth_session *s = &a->sessions[i];

		if (*s->id && is_over(a, s))
			wipe(s);
		if (!strcmp(s->id, id))
			return s;
	}
	return NULL;
}

static struct auth_session *find_cookie(struct auth *a, const char *cookie)
{
	uint8_t hash[AUTH_HASH_BYTES];

	auth_hash_secret(hash, cookie);
	for (size_t i = 0; i < AUTH_SESSIONS_MAX; i++) {
		struct auth_session *s = &a->sessions[i];

		if (*s->id && !sodium_memcmp(s->hash, hash, sizeof(hash))) {
			if (!is_over(a, s))
				return s;
			wipe(s);
		}
	}
	return NULL;
}

static struct auth_session *take_slot(struct auth *a)
{
	struct auth_session *idle = &a->sessions[0];

	for (size_t i = 0; i < AUTH_SESSIONS_MAX; i++) {
		struct auth_session *s = &a->sessions[i];

		if (*s->id && is_over(a, s))
			wipe(s);
		if (!*s->id)
			return s;
		if (s->used_ms < idle->used_ms)
			idle = s;
	}
	wipe(idle);
	return idle;
}

void auth_sessions_drop(struct auth *a, const char *account)
{
	for (size_t i = 0; i < AUTH_SESSIONS_MAX; i++) {
		struct auth_session *s = &a->sessions[i];

		if (*s->id && !strcmp(s->account, account))
			wipe(s);
	}
}

static int open_session(struct auth *a, const char *lower, const struct net_addr *from,
			const char *agent, char cookie[AUTH_SECRET_SIZE], struct auth_who *who)
{
	struct auth_account *c = auth_account_find(a, lower);
	struct auth_session *s;

	if (!c || !c->enabled) /* removed while its password was checked */
		return ERR_AUTH;
	s = take_slot(a);
	auth_new_secret(cookie, "");
	auth_new_secret(s->csrf, "");
	auth_new_id(s->id);
	auth_hash_secret(s->hash, cookie);
	text_copy(s->account, sizeof(s->account), lower);
	net_addr_host(from, s->address);
	text_copy(s->agent, sizeof(s->agent),
		  agent && text_is_utf8(agent, strnlen(agent, AUTH_AGENT_SIZE)) ? agent : "");
	s->created_ns = s->used_ns = clock_wall_ns(a->clock);
	s->created_ms = s->used_ms = clock_mono_ms(a->clock);
	c->last_sign_in_ns = s->created_ns; /* written with the account's next change */
	*who = (struct auth_who){ .role = c->role };
	text_copy(who->name, sizeof(who->name), lower);
	text_copy(who->id, sizeof(who->id), s->id);
	return 0;
}

int auth_sign_in(struct auth *a, const char *name, const char *password,
		 const struct net_addr *from, const char *agent, char cookie[AUTH_SECRET_SIZE],
		 struct auth_who *who, unsigned *retry_after_s)
{
	char lower[AUTH_NAME_SIZE], host[NET_HOST_SIZE];
	int err = auth_check_password(a, name, password, from, retry_after_s);

	auth_lower(lower, name);
	net_addr_host(from, host);
	if (!err) {
		pthread_mutex_lock(&a->lock);
		err = open_session(a, lower, from, agent, cookie, who);
		pthread_mutex_unlock(&a->lock);
	}
	if (!err)
		event_emit(a->store, EV_ACCOUNT_SIGNED_IN, lower, EVENT_STR("address", host));
	else if (err == ERR_AUTH)
		event_emit(a->store, EV_ACCOUNT_REFUSED, auth_name_check(lower) ? "" : lower,
			   EVENT_STR("address", host));
	return err;
}

int auth_check_session(struct auth *a, const char *cookie, bool touch, struct auth_who *who)
{
	struct auth_session *s;
	struct auth_account *c;
	int err = ERR_AUTH;

	if (!*cookie || strlen(cookie) >= AUTH_SECRET_SIZE)
		return ERR_AUTH;
	pthread_mutex_lock(&a->lock);
	s = find_cookie(a, cookie);
	c = s ? auth_account_find(a, s->account) : NULL;
	if (c && c->enabled) {
		*who = (struct auth_who){ .role = c->role };
		text_copy(who->name, sizeof(who->name), c->name);
		text_copy(who->id, sizeof(who->id), s->id);
		if (touch) {
			s->used_ms = clock_mono_ms(a->clock);
			s->used_ns = clock_wall_ns(a->clock);
		}
		err = 0;
	}
	pthread_mutex_unlock(&a->lock);
	return err;
}

int auth_csrf(struct auth *a, const char *session_id, char out[AUTH_SECRET_SIZE])
{
	struct auth_session *s;

	pthread_mutex_lock(&a->lock);
	s = find_id(a, session_id);
	if (s)
		memcpy(out, s->csrf, AUTH_SECRET_SIZE);
	pthread_mutex_unlock(&a->lock);
	return s ? 0 : ERR_AUTH;
}

bool auth_check_csrf(struct auth *a, const char *session_id, const char *token)
{
	char want[AUTH_SECRET_SIZE] = "", given[AUTH_SECRET_SIZE] = "";

	if (!token || auth_csrf(a, session_id, want) || text_copy(given, sizeof(given), token))
		return false;
	return sodium_memcmp(want, given, sizeof(want)) == 0;
}

cJSON *auth_sessions(struct auth *a, const char *account)
{
	cJSON *list = cJSON_CreateArray();

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < AUTH_SESSIONS_MAX; i++) {
		struct auth_session *s = &a->sessions[i];
		cJSON *o;

		if (!*s->id || is_over(a, s) || (account && strcmp(s->account, account) != 0))
			continue;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "id", s->id);
		cJSON_AddStringToObject(o, "username", s->account);
		cJSON_AddStringToObject(o, "address", s->address);
		cJSON_AddStringToObject(o, "user_agent", s->agent);
		auth_add_time(o, "created_at", s->created_ns);
		auth_add_time(o, "last_used_at", s->used_ns);
		cJSON_AddItemToArray(list, o);
	}
	pthread_mutex_unlock(&a->lock);
	return list;
}

int auth_session_owner(struct auth *a, const char *id, char name[AUTH_NAME_SIZE])
{
	struct auth_session *s;

	pthread_mutex_lock(&a->lock);
	s = find_id(a, id);
	if (s)
		memcpy(name, s->account, AUTH_NAME_SIZE);
	pthread_mutex_unlock(&a->lock);
	return s ? 0 : ERR_NOENT;
}

int auth_session_end(struct auth *a, const char *id)
{
	struct auth_session *s;

	pthread_mutex_lock(&a->lock);
	s = find_id(a, id);
	if (s)
		wipe(s);
	pthread_mutex_unlock(&a->lock);
	if (s)
		auth_wake(a);
	return s ? 0 : ERR_NOENT;
}

static const struct auth_token_rec *find_token(const struct auth *a, const char *id)
{
	for (size_t i = 0; i < a->n_tokens; i++) {
		if (!strcmp(a->tokens[i].id, id))
			return &a->tokens[i];
	}
	return NULL;
}

bool auth_is_live(struct auth *a, const struct auth_who *who)
{
	const struct auth_token_rec *t;
	bool live;

	pthread_mutex_lock(&a->lock);
	if (who->by_token) {
		t = find_token(a, who->id);
		live = t && (!t->expires_at_s || t->expires_at_s > clock_wall_s(a->clock));
	} else {
		live = find_id(a, who->id) != NULL;
	}
	pthread_mutex_unlock(&a->lock);
	return live;
}
