/* api/people.c - set-up, sessions, accounts, tokens, audit log. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/zones/zones.h"

/* ---- set-up ---- */

int api_setup_get(struct api_req *r)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddBoolToObject(o, "needed", auth_needs_setup(r->api->opt.auth));
	return api_json(r, 200, o);
}

/* Names and passwords are checked before anything is done, so that all faults are told at once. */
static int check_name(struct api_req *r, const char *field, const char *what, const char *name)
{
	if (!auth_name_check(name))
		return 0;
	return api_fault(r, ERR_INVALID, NULL, field, "%s has up to 64 letters, digits and . _ @ -",
			 what);
}

static int check_password(struct api_req *r, const char *password)
{
	size_t len = strlen(password);

	if (len >= AUTH_PASSWORD_MIN && len <= AUTH_PASSWORD_MAX)
		return 0;
	return api_fault(r, ERR_RANGE, NULL, "/password", "A password has %d to %d characters",
			 AUTH_PASSWORD_MIN, AUTH_PASSWORD_MAX);
}

struct setup {
	const char *code, *username, *password;
	const char *address, *time_zone, *profile;
	char primary[NET_HOST_SIZE], zone[128];
	int zone_number;
};

static int setup_site(struct api_req *r, struct setup *s)
{
	static const char *const names[] = { "address", "time_zone", "profile", NULL };
	const cJSON *site = cJSON_GetObjectItemCaseSensitive(r->body, "site");
	struct net_addr a;
	bool exact, dst;
	int offset, err = site ? api_only(r, site, "/site", names) : 0;

	err = err ? err : api_str(r, site, "address", false, &s->address);
	err = err ? err : api_str(r, site, "time_zone", false, &s->time_zone);
	err = err ? err : api_str(r, site, "profile", false, &s->profile);
	if (err)
		return err;
	if (s->profile && strcmp(s->profile, "site") != 0 && strcmp(s->profile, "empty") != 0)
		err = api_fault(r, ERR_INVALID, NULL, "/site/profile", "profile is site or empty");
	if (!s->time_zone)
		s->time_zone = zone_host(s->zone, sizeof(s->zone));
	if (zone_offset(s->time_zone, clock_wall_s(r->api->opt.clock), &offset, &dst))
		err = api_fault(r, ERR_INVALID, NULL, "/site/time_zone",
				"There is no time zone %.64s", s->time_zone);
	s->zone_number = zone_number_for(s->time_zone, clock_wall_s(r->api->opt.clock), &exact);
	if (!s->address && !net_primary_address(AF_INET, s->primary))
		s->address = s->primary;
	if (s->profile && !strcmp(s->profile, "empty"))
		return err;
	if (!s->address || net_addr_parse(&a, s->address, 0))
		err = api_fault(r, ERR_INVALID, NULL, "/site/address",
				"The address at which phones reach this machine is needed");
	return err;
}

static int setup_read(struct api_req *r, struct setup *s)
{
	static const char *const names[] = { "code", "username", "password", "site", NULL };
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "code", true, &s->code);
	err = err ? err : api_str(r, r->body, "username", true, &s->username);
	err = err ? err : api_str(r, r->body, "password", true, &s->password);
	if (err)
		return err;
	err = check_name(r, "/username", "A user name", s->username);
	err = check_password(r, s->password) || err ? ERR_INVALID : 0;
	return setup_site(r, s) || err ? ERR_INVALID : 0;
}

/* Revision 1, the site profile, and then the account: when the machine dies between them, set-up is still
 * to be done, and doing it again changes nothing in the configuration. */
static int setup_commit(struct api_req *r, const struct setup *s)
{
	struct store *store = r->api->opt.store;
	struct store_commit info = { .who = s->username,
				     .comment = SCHEMA_PROFILE_COMMENT,
				     .address = r->address };
	struct faults warnings;
	struct conf *c = NULL;
	int err = 0;

	faults_init(&warnings);
	if (!s->profile || !strcmp(s->profile, "site")) {
		err = conf_open(store, &c);
		if (!err && conf_revision(c) == 0) {
			err = schema_profile(c, s->address, s->zone_number, &r->faults);
			err = err ? err : schema_check(c, &r->faults, &warnings);
			err = err ? err : faults_err(&r->faults);
			err = err ? err : store_commit(store, c, &info);
		}
		conf_close(c);
	}
	faults_fini(&warnings);
	return err ? err : auth_account_add(r->api->opt.auth, s->username, s->password, ROLE_ADMIN);
}

int api_setup_post(struct api_req *r)
{
	struct auth *auth = r->api->opt.auth;
	struct setup s = { 0 };
	cJSON *o;
	int err;

	if (!auth_needs_setup(auth))
		return api_fault(r, ERR_EXIST, "setup_done", "", "Set-up has been done");
	err = setup_read(r, &s);
	if (err)
		return err;
	pthread_mutex_lock(&r->api->setup_lock);
	err = auth_check_code(auth, s.code);
	if (err == ERR_PERM)
		api_fault(r, ERR_PERM, "setup_code", "/code",
			  "The code is wrong; it is printed on the console");
	err = err ? err : setup_commit(r, &s);
	pthread_mutex_unlock(&r->api->setup_lock);
	if (err)
		return err;
	text_copy(r->who.name, sizeof(r->who.name), s.username);
	o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "revision", (double)store_revision(r->api->opt.store));
	if (r->api->opt.hooks.set_up)
		r->api->opt.hooks.set_up(r->api->opt.hooks.ctx);
	return api_json(r, 201, o);
}

/* ---- sessions ---- */

static cJSON *session_doc(struct api_req *r)
{
	cJSON *o = cJSON_CreateObject();
	char csrf[AUTH_SECRET_SIZE];

	cJSON_AddStringToObject(o, "id", r->who.id);
	cJSON_AddStringToObject(o, "username", r->who.name);
	cJSON_AddStringToObject(o, "role", auth_role_text(r->who.role));
	cJSON_AddStringToObject(o, "kind",
				r->local          ? "local"
				: r->who.by_token ? "token"
						  : "session");
	if (!r->who.by_token && !auth_csrf(r->api->opt.auth, r->who.id, csrf))
		cJSON_AddStringToObject(o, "csrf_token", csrf);
	cJSON_AddNumberToObject(o, "idle_timeout_s", AUTH_IDLE_S);
	return o;
}

static void set_cookie(struct api_req *r, const char *value, bool gone)
{
	bool tls = http_is_tls(r->http);
	char buf[256];

	snprintf(buf, sizeof(buf), "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
		 api_cookie_name(tls), value, tls ? "; Secure" : "", gone ? "; Max-Age=0" : "");
	http_set_header(r->http, "Set-Cookie", buf);
}

static int too_fast(struct api_req *r, unsigned retry_after_s)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", retry_after_s);
	http_set_header(r->http, "Retry-After", buf);
	return api_fault(r, ERR_RATE, NULL, "", "Too many wrong passwords; wait %u seconds",
			 retry_after_s);
}

int api_session_open(struct api_req *r)
{
	static const char *const names[] = { "username", "password", NULL };
	const char *username, *password;
	char cookie[AUTH_SECRET_SIZE];
	unsigned wait = 0;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "username", true, &username);
	err = err ? err : api_str(r, r->body, "password", true, &password);
	if (err)
		return err;
	err = auth_sign_in(r->api->opt.auth, username, password, http_peer(r->http),
			   http_header(r->http, "User-Agent"), cookie, &r->who, &wait);
	if (err == ERR_RATE)
		return too_fast(r, wait);
	if (err == ERR_AUTH)
		return api_fault(r, err, "wrong_password", "", "User name or password is wrong");
	if (err)
		return err;
	set_cookie(r, cookie, false);
	mem_wipe(cookie, sizeof(cookie));
	return api_json(r, 201, session_doc(r));
}

int api_session_current(struct api_req *r)
{
	return api_json(r, 200, session_doc(r));
}

int api_session_close(struct api_req *r)
{
	if (r->who.by_token)
		return api_fault(r, ERR_CONFLICT, NULL, "",
				 "A token has no session; revoke the token instead");
	auth_session_end(r->api->opt.auth, r->who.id);
	set_cookie(r, "", true);
	return api_empty(r);
}

int api_session_list(struct api_req *r)
{
	const char *all = api_query(r, "all");
	bool everybody = all && !strcmp(all, "true");

	if (everybody && r->who.role != ROLE_ADMIN)
		return ERR_PERM;
	return api_json(
	    r, 200,
	    api_page(auth_sessions(r->api->opt.auth, everybody ? NULL : r->who.name), NULL));
}

int api_session_end(struct api_req *r)
{
	char owner[AUTH_NAME_SIZE];
	int err = auth_session_owner(r->api->opt.auth, r->params.value[0], owner);

	if (err)
		return err;
	if (r->who.role != ROLE_ADMIN && (r->who.by_token || strcmp(owner, r->who.name) != 0))
		return ERR_NOENT; /* other people's sessions are nobody's business */
	err = auth_session_end(r->api->opt.auth, r->params.value[0]);
	return err ? err : api_empty(r);
}

int api_password_change(struct api_req *r)
{
	static const char *const names[] = { "current_password", "password", NULL };
	struct auth *auth = r->api->opt.auth;
	struct auth_change c = { .enabled = -1 };
	const char *current;
	unsigned wait = 0;
	int err = api_only(r, r->body, "", names);

	if (r->who.by_token)
		return api_fault(r, ERR_PERM, NULL, "", "A token has no password");
	err = err ? err : api_str(r, r->body, "current_password", true, &current);
	err = err ? err : api_str(r, r->body, "password", true, &c.password);
	err = err ? err : check_password(r, c.password);
	err =
	    err ? err : auth_check_password(auth, r->who.name, current, http_peer(r->http), &wait);
	if (err == ERR_RATE)
		return too_fast(r, wait);
	if (err == ERR_AUTH)
		return api_fault(r, ERR_INVALID, "wrong_password", "/current_password",
				 "The password is wrong");
	err = err ? err : auth_account_change(auth, r->who.name, &c);
	return err ? err : api_empty(r);
}

/* ---- accounts ---- */

int api_account_list(struct api_req *r)
{
	return api_json(r, 200, api_page(auth_accounts(r->api->opt.auth), NULL));
}

int api_account_get(struct api_req *r)
{
	cJSON *o = auth_account(r->api->opt.auth, r->params.value[0]);

	return o ? api_json(r, 200, o) : ERR_NOENT;
}

static int read_role(struct api_req *r, bool needed, enum auth_role *out)
{
	const char *text;
	int err = api_str(r, r->body, "role", needed, &text);

	*out = ROLE_NONE;
	if (err || !text)
		return err;
	if (auth_role_parse(text, out))
		return api_fault(r, ERR_INVALID, NULL, "/role",
				 "role is admin, operator or viewer");
	return 0;
}

static int account_fault(struct api_req *r, int err)
{
	switch (err) {
	case ERR_RANGE:
		return api_fault(r, ERR_CONFLICT, "too_many", "", "There are %d accounts already",
				 AUTH_ACCOUNTS_MAX);
	case ERR_EXIST:
		return api_fault(r, err, NULL, "/username", "This account exists");
	case ERR_INVALID:
		return api_fault(r, err, NULL, "/enabled",
				 "An account without a password cannot be enabled");
	case ERR_CONFLICT:
		return api_fault(r, err, "last_admin", "", "The last administrator must stay");
	default:
		return err;
	}
}

static cJSON *audit_role(const char *name, enum auth_role role)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "name", name);
	if (role != ROLE_NONE)
		cJSON_AddStringToObject(o, "role", auth_role_text(role));
	return o;
}

int api_account_add(struct api_req *r)
{
	static const char *const names[] = { "username", "password", "role", NULL };
	struct auth *auth = r->api->opt.auth;
	const char *username, *password;
	enum auth_role role;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "username", true, &username);
	err = err ? err : api_str(r, r->body, "password", true, &password);
	err = err ? err : read_role(r, true, &role);
	if (err)
		return err;
	err = check_name(r, "/username", "A user name", username);
	err = check_password(r, password) || err ? ERR_INVALID : 0;
	if (err)
		return err;
	err = auth_account_add(auth, username, password, role);
	if (err)
		return account_fault(r, err);
	r->audit = audit_role(username, role);
	return api_json(r, 201, auth_account(auth, username));
}

int api_account_change(struct api_req *r)
{
	static const char *const names[] = { "password", "role", "enabled", NULL };
	const cJSON *enabled = cJSON_GetObjectItemCaseSensitive(r->body, "enabled");
	struct auth *auth = r->api->opt.auth;
	struct auth_change c = { .enabled = -1 };
	const char *name = r->params.value[0];
	int err = api_only(r, r->body, "", names);
	cJSON *before;

	err = err ? err : api_str(r, r->body, "password", false, &c.password);
	err = err ? err : read_role(r, false, &c.role);
	if (!err && enabled && !cJSON_IsBool(enabled))
		err = api_fault(r, ERR_TYPE, NULL, "/enabled", "enabled is true or false");
	if (!err && c.password)
		err = check_password(r, c.password);
	if (err)
		return err;
	if (enabled)
		c.enabled = cJSON_IsTrue(enabled);
	before = auth_account(auth, name);
	err = auth_account_change(auth, name, &c);
	if (err) {
		cJSON_Delete(before);
		return account_fault(r, err);
	}
	r->audit = cJSON_CreateObject();
	cJSON_AddItemToObject(r->audit, "before", before);
	cJSON_AddItemToObject(r->audit, "after", auth_account(auth, name));
	cJSON_AddBoolToObject(r->audit, "password_changed", c.password != NULL);
	return api_json(r, 200, auth_account(auth, name));
}

int api_account_remove(struct api_req *r)
{
	int err = auth_account_remove(r->api->opt.auth, r->params.value[0]);

	return err ? account_fault(r, err) : api_empty(r);
}

/* ---- tokens ---- */

#define TOKEN_YEAR_MAX 2261 /* nanoseconds since 1970 end in 2262 */

/* A number of exactly `len` digits at `*s`, followed by `then` (0: anything). */
static bool take_number(const char **s, size_t len, char then, int max, int *out)
{
	int64_t v;

	if (strspn(*s, "0123456789") < len || text_to_int(*s, len, 0, max, &v))
		return false;
	*out = (int)v;
	*s += len;
	if (then && **s != then)
		return false;
	*s += then != '\0';
	return true;
}

/* "Z" or "+01:30" behind a time: seconds east of UTC. */
static bool take_offset(const char *s, int *out)
{
	int sign = *s == '-' ? -1 : 1, h = 0, m = 0;

	*out = 0;
	if ((*s == 'Z' || *s == 'z') && !s[1])
		return true;
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!take_number(&s, 2, ':', 23, &h) || !take_number(&s, 2, '\0', 59, &m) || *s)
		return false;
	*out = sign * (h * 3600 + m * 60);
	return true;
}

/* timegm() would make 1 May of 31 April. */
static bool is_day(struct tm day)
{
	int mday = day.tm_mday;

	day.tm_hour = day.tm_min = day.tm_sec = 0;
	(void)timegm(&day);
	return day.tm_mday == mday;
}

/* RFC 3339: seconds since 1970, or -1. */
static int64_t parse_time(const char *s)
{
	struct tm tm = { 0 };
	int offset;

	if (!take_number(&s, 4, '-', TOKEN_YEAR_MAX, &tm.tm_year) ||
	    !take_number(&s, 2, '-', 12, &tm.tm_mon) || !take_number(&s, 2, 'T', 31, &tm.tm_mday) ||
	    !take_number(&s, 2, ':', 23, &tm.tm_hour) || !take_number(&s, 2, ':', 59, &tm.tm_min) ||
	    !take_number(&s, 2, '\0', 60, &tm.tm_sec))
		return -1;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if (tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mday < 1 || !take_offset(s, &offset))
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!is_day(tm))
		return -1;
	return (int64_t)timegm(&tm) - offset;
}

static int read_addresses(struct api_req *r, const char **out, size_t cap)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(r->body, "addresses"), *a;
	size_t n = 0;

	if (list && !cJSON_IsNull(list) && !cJSON_IsArray(list))
		return api_fault(r, ERR_TYPE, NULL, "/addresses",
				 "addresses is a list of addresses or networks");
	cJSON_ArrayForEach (a, list) {
		if (!cJSON_IsString(a) || n + 1 >= cap)
			return api_fault(r, ERR_INVALID, NULL, "/addresses",
					 "Up to %d addresses, as text", AUTH_ADDRESSES_MAX);
		out[n++] = a->valuestring;
	}
	out[n] = NULL;
	return 0;
}

static int read_token(struct api_req *r, struct auth_token *t, const char **addresses)
{
	static const char *const names[] = { "name", "role", "expires_at", "addresses", NULL };
	const char *expires;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "name", true, &t->name);
	err = err ? err : read_role(r, true, &t->role);
	err = err ? err : api_str(r, r->body, "expires_at", false, &expires);
	err = err ? err : read_addresses(r, addresses, AUTH_ADDRESSES_MAX + 1);
	if (err)
		return err;
	t->addresses = addresses;
	err = check_name(r, "/name", "A name", t->name);
	if (expires) {
		t->expires_at_s = parse_time(expires);
		if (t->expires_at_s <= clock_wall_s(r->api->opt.clock))
			err =
			    api_fault(r, ERR_INVALID, NULL, "/expires_at",
				      "expires_at is a time to come, such as 2030-01-31T12:00:00Z");
	}
	return err;
}

int api_token_add(struct api_req *r)
{
	const char *addresses[AUTH_ADDRESSES_MAX + 1];
	struct auth_token t = { .created_by = r->who.name };
	char id[AUTH_ID_SIZE], secret[AUTH_SECRET_SIZE];
	int err = read_token(r, &t, addresses);
	cJSON *o;

	if (err)
		return err;
	err = auth_token_add(r->api->opt.auth, &t, id, secret);
	if (err == ERR_EXIST)
		return api_fault(r, err, NULL, "/name", "A token with this name exists");
	if (err == ERR_INVALID)
		return api_fault(r, err, NULL, "/addresses",
				 "Addresses or networks, such as 10.20.0.7 or 10.20.0.0/24");
	if (err == ERR_RANGE)
		return api_fault(r, ERR_CONFLICT, "too_many", "", "There are %d tokens already",
				 AUTH_TOKENS_MAX);
	if (err)
		return err;
	o = auth_token(r->api->opt.auth, id);
	r->audit = cJSON_Duplicate(o, true);
	cJSON_AddStringToObject(o, "token", secret);
	mem_wipe(secret, sizeof(secret));
	return api_json(r, 201, o);
}

int api_token_list(struct api_req *r)
{
	return api_json(r, 200, api_page(auth_tokens(r->api->opt.auth), NULL));
}

int api_token_get(struct api_req *r)
{
	cJSON *o = auth_token(r->api->opt.auth, r->params.value[0]);

	return o ? api_json(r, 200, o) : ERR_NOENT;
}

int api_token_remove(struct api_req *r)
{
	int err;

	r->audit = auth_token(r->api->opt.auth, r->params.value[0]);
	err = auth_token_remove(r->api->opt.auth, r->params.value[0]);
	return err ? err : api_empty(r);
}

/* ---- audit ---- */

int api_audit_list(struct api_req *r)
{
	int64_t limit, below;
	bool more = false;
	char cursor[24] = "";
	cJSON *list, *last;
	int err = api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);

	err = err ? err : api_query_int(r, "cursor", 0, INT64_MAX, 0, &below);
	if (err)
		return err;
	list = auth_audit_page(r->api->opt.auth, (uint64_t)below, (size_t)limit, &more);
	last = cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1);
	if (more && last)
		snprintf(cursor, sizeof(cursor), "%.0f",
			 cJSON_GetObjectItemCaseSensitive(last, "id")->valuedouble);
	return api_json(r, 200, api_page(list, cursor));
}
