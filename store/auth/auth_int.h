/* store/auth/auth_int.h - shared by the files of store/auth only. */
#ifndef STORE_AUTH_AUTH_INT_H
#define STORE_AUTH_AUTH_INT_H

#include <pthread.h>
#include <sodium.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/auth/auth.h"
#include "store/auth/throttle.h"
#include "store/store.h"

#define AUTH_WATCH_MAX    4
#define AUTH_HASH_WAITERS 8  /* more that wait for the hash: ERR_AGAIN */
#define AUTH_HASH_BYTES   32 /* of cookies and tokens: BLAKE2b */
#define AUTH_AGENT_SIZE   128

struct auth_account {
	char name[AUTH_NAME_SIZE];
	enum auth_role role;
	bool enabled;
	char hash[crypto_pwhash_STRBYTES]; /* "": no password */
	int64_t created_ns, changed_ns, last_sign_in_ns;
};

struct auth_session {
	char id[AUTH_ID_SIZE]; /* "": free */
	uint8_t hash[AUTH_HASH_BYTES];
	char csrf[AUTH_SECRET_SIZE];
	char account[AUTH_NAME_SIZE];
	char address[NET_HOST_SIZE], agent[AUTH_AGENT_SIZE];
	int64_t created_ns;
	uint64_t created_ms, used_ms; /* monotonic */
	int64_t used_ns;
};

struct auth_network {
	struct net_addr addr;
	unsigned prefix;
};

struct auth_token_rec {
	char id[AUTH_ID_SIZE], name[AUTH_NAME_SIZE], created_by[AUTH_NAME_SIZE];
	uint8_t hash[AUTH_HASH_BYTES];
	enum auth_role role;
	int64_t created_ns, expires_at_s, last_used_ns, saved_used_ns;
	char last_address[NET_HOST_SIZE];
	struct auth_network nets[AUTH_ADDRESSES_MAX];
	size_t n_nets;
};

struct auth {
	struct store *store;
	const struct clock *clock;
	void (*on_code)(void *ctx, const char *code);
	void *ctx;

	pthread_mutex_t lock; /* all below */
	char code[AUTH_CODE_SIZE];
	unsigned wrong_codes;
	struct auth_account *accounts;
	size_t n_accounts;
	struct auth_token_rec *tokens;
	size_t n_tokens;
	struct auth_session sessions[AUTH_SESSIONS_MAX];
	struct throttle throttle;
	struct {
		void (*wake)(void *ctx);
		void *ctx;
	} watch[AUTH_WATCH_MAX];
	size_t n_watch;

	pthread_mutex_t hash_lock; /* one hashing at a time; never taken with `lock` held */
	unsigned hash_waiters;     /* under `lock` */
	char dummy[crypto_pwhash_STRBYTES]; /* checked for unknown names: no difference in time */
};

int auth_hash_password(struct auth *a, const char *password, char out[crypto_pwhash_STRBYTES]);
int auth_verify_password(struct auth *a, const char *hash,
			 const char *password); /* 0, ERR_AUTH, ERR_AGAIN */
void auth_hash_secret(uint8_t out[AUTH_HASH_BYTES], const char *secret);
void auth_new_secret(char *out, const char *prefix); /* 256 bits, base64url behind prefix */
void auth_new_id(char out[AUTH_ID_SIZE]);
void auth_new_code(struct auth *a, char out[AUTH_CODE_SIZE]);
void auth_lower(char out[AUTH_NAME_SIZE], const char *name);
void auth_wake(struct auth *a);                             /* without `lock` */
void auth_add_time(cJSON *o, const char *name, int64_t ns); /* null for 0 */
int64_t auth_get_num(const cJSON *o, const char *name);
void auth_get_str(const cJSON *o, const char *name, char *out, size_t cap);
/* With `lock` held. */
struct auth_account *auth_account_find(struct auth *a, const char *lower);
void auth_sessions_drop(struct auth *a, const char *account);
int auth_accounts_load(struct auth *a);
int auth_tokens_load(struct auth *a);

#endif
