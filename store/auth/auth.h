/* store/auth/auth.h - who may do what: set-up code, accounts, sessions, tokens, audit log. Outside
 * the revisions: restoring a revision restores no password (DESIGN 7). Any thread; a mutex inside.
 * Password hashing takes one thread at a time and lasts tens of milliseconds: web workers only. */
#ifndef STORE_AUTH_AUTH_H
#define STORE_AUTH_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "server/core/net.h"

struct store;
struct auth;

#define AUTH_NAME_SIZE     65 /* account and token names */
#define AUTH_ID_SIZE       24 /* public id of a session or token */
#define AUTH_SECRET_SIZE   64 /* cookie value or bearer token */
#define AUTH_CODE_SIZE     9  /* set-up code */
#define AUTH_PASSWORD_MIN  8
#define AUTH_PASSWORD_MAX  128
#define AUTH_CODE_TRIES    5 /* wrong set-up codes before a new one is made */
#define AUTH_IDLE_S        (30 * 60)
#define AUTH_ABSOLUTE_S    (12 * 3600)
#define AUTH_SESSIONS_MAX  256 /* the one idle for longest makes room */
#define AUTH_TOKENS_MAX    256
#define AUTH_ACCOUNTS_MAX  256
#define AUTH_ADDRESSES_MAX 32    /* of one token */
#define AUTH_AUDIT_MAX     20000 /* entries kept */

enum auth_role { ROLE_NONE, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };
const char *auth_role_text(enum auth_role r);            /* "admin" */
int auth_role_parse(const char *s, enum auth_role *out); /* ERR_INVALID */

struct auth_who {            /* somebody who has shown a session or token */
	enum auth_role role; /* ROLE_NONE: nobody */
	bool by_token;
	char name[AUTH_NAME_SIZE]; /* account or token name */
	char id[AUTH_ID_SIZE];     /* of the session or token */
};

struct auth_options {
	struct store *store;
	/* A set-up code was made (at start while there is no account; after wrong tries): print it.
	 */
	void (*on_code)(void *ctx, const char *code);
	void *ctx;
};
int auth_new(struct auth **out, const struct auth_options *opt); /* 0, ERR_IO, ERR_CORRUPT */
void auth_free(struct auth *a);

/* ---- first run ---- */
bool auth_needs_setup(struct auth *a);
/* 0, ERR_PERM (wrong code), ERR_EXIST (set-up is done). Counts wrong ones. */
int auth_check_code(struct auth *a, const char *code);

/* ---- accounts; names are kept in lower case ---- */
int auth_name_check(const char *name); /* 0 or ERR_INVALID: letters, digits, . _ @ - */
/* `password` NULL: a disabled account (imports). 0, ERR_EXIST, ERR_INVALID (name), ERR_RANGE
 * (password length; number of accounts), ERR_AGAIN (hashing is busy), store errors. */
int auth_account_add(struct auth *a, const char *name, const char *password, enum auth_role role);
struct auth_change {
	const char *password; /* NULL: as it is */
	enum auth_role role;  /* ROLE_NONE: as it is */
	int enabled;          /* -1: as it is */
};
/* Ends the account's sessions. ERR_NOENT; ERR_CONFLICT: the last enabled administrator would be
 * gone; ERR_INVALID: enabling an account without a password. */
int auth_account_change(struct auth *a, const char *name, const struct auth_change *c);
int auth_account_remove(struct auth *a, const char *name); /* ERR_NOENT, ERR_CONFLICT */
cJSON *auth_accounts(struct auth *a); /* [{username, role, enabled, created_at, changed_at, ...}] */
cJSON *auth_account(struct auth *a, const char *name); /* NULL: no such account */
/* Offline (`switchroom password`): sets the password, makes the account an enabled administrator.
 */
int auth_reset_password(struct store *s, const char *name, const char *password);

/* ---- sessions (memory only) ---- */
/* Check a password and open a session. 0, ERR_AUTH, ERR_RATE (*retry_after_s), ERR_AGAIN. */
int auth_sign_in(struct auth *a, const char *name, const char *password,
		 const struct net_addr *from, const char *agent, char cookie[AUTH_SECRET_SIZE],
		 struct auth_who *who, unsigned *retry_after_s);
/* Is this the password of that account? Same limits as signing in. */
int auth_check_password(struct auth *a, const char *name, const char *password,
			const struct net_addr *from, unsigned *retry_after_s);
/* 0 or ERR_AUTH. `touch`: counts as use (a long poll does not). */
int auth_check_session(struct auth *a, const char *cookie, bool touch, struct auth_who *who);
/* CSRF token of a session: 0 or ERR_AUTH. */
int auth_csrf(struct auth *a, const char *session_id, char out[AUTH_SECRET_SIZE]);
bool auth_check_csrf(struct auth *a, const char *session_id, const char *token);
cJSON *auth_sessions(struct auth *a, const char *account); /* NULL: of all accounts */
int auth_session_end(struct auth *a, const char *id);      /* ERR_NOENT */
/* Whose session it is: 0 or ERR_NOENT. */
int auth_session_owner(struct auth *a, const char *id, char name[AUTH_NAME_SIZE]);

/* ---- tokens ---- */
struct auth_token {
	const char *name;
	enum auth_role role;
	int64_t expires_at_s;         /* 0: never */
	const char *const *addresses; /* "10.0.0.0/8", "2001:db8::1"; NULL-terminated; NULL: any */
	const char *created_by;
};
/* 0, ERR_EXIST (name), ERR_INVALID (name, address), ERR_RANGE. `secret` is shown once. */
int auth_token_add(struct auth *a, const struct auth_token *t, char id[AUTH_ID_SIZE],
		   char secret[AUTH_SECRET_SIZE]);
int auth_check_token(struct auth *a, const char *bearer, const struct net_addr *from,
		     struct auth_who *who);
cJSON *auth_tokens(struct auth *a);
cJSON *auth_token(struct auth *a, const char *id);     /* NULL: no such token */
int auth_token_remove(struct auth *a, const char *id); /* ERR_NOENT */

/* ---- revocation ---- */
/* Told, on any thread, that sessions or tokens have ended: wake your thread, ask auth_is_live() for
 * each of yours. Never unregistered; at most 4. */
void auth_watch(struct auth *a, void (*wake)(void *ctx), void *ctx);
bool auth_is_live(struct auth *a, const struct auth_who *who);

/* ---- audit ---- */
struct auth_entry {
	const char *who; /* account or token name; "" before sign-in */
	const char *address;
	const char *action;  /* "config.put", "session.create" */
	const char *path;    /* what it was done to */
	const cJSON *detail; /* before and after, secrets masked; may be NULL; copied */
};
int auth_audit(struct auth *a, const struct auth_entry *e);
/* The same as a record for store_commit(): written together with the change, or not at all. A `detail`
 * that begins with a member "revision" of 0 gets the number of the revision. Free put->value with
 * cJSON_free(). */
struct store_put;
void auth_audit_record(struct auth *a, const struct auth_entry *e, struct store_put *put);
/* Newest first, below `below` (0: from the newest): [{id, at, who, address, action, path, detail}].
 * *more: there are older ones. */
cJSON *auth_audit_page(struct auth *a, uint64_t below, size_t limit, bool *more);

#endif
