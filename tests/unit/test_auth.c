/* Accounts, sessions, tokens, audit log and set-up code over a real store: store/auth/auth.h. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/auth/auth.h"
#include "store/auth/throttle.h"
#include "store/store.h"
#include "tests/support/test.h"

#define START (1700000000ll * 1000000000)

/* A clock that the writer thread of the store may read while the test moves it. */
struct shared_clock {
	struct clock clock;
	atomic_uint_fast64_t ms;
};

static uint64_t shared_mono(const struct clock *c)
{
	return atomic_load(&((const struct shared_clock *)(const void *)c)->ms) * 1000000;
}

static int64_t shared_wall(const struct clock *c)
{
	return START + (int64_t)shared_mono(c);
}

struct rig {
	struct shared_clock clock;
	struct store *store;
	struct auth *auth;
	char *dir;
	char code[AUTH_CODE_SIZE];
	unsigned codes, woken;
};

static void on_code(void *ctx, const char *code)
{
	struct rig *r = ctx;

	r->codes++;
	text_copy(r->code, sizeof(r->code), code);
}

static void on_wake(void *ctx)
{
	struct rig *r = ctx;

	r->woken++;
}

static void open_all(struct rig *r)
{
	struct store_options so = { .dir = r->dir, .clock = &r->clock.clock };
	struct auth_options ao = { .on_code = on_code, .ctx = r };
	char why[200] = "";

	if (store_open(&r->store, &so, why, sizeof(why)))
		fail_msg("%s", why);
	ao.store = r->store;
	assert_int_equal(auth_new(&r->auth, &ao), 0);
	auth_watch(r->auth, on_wake, r);
}

static void close_all(struct rig *r)
{
	auth_free(r->auth);
	store_close(r->store);
}

static int setup(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	r->clock.clock = (struct clock){ .mono_ns = shared_mono, .wall_ns = shared_wall };
	r->dir = test_tmpdir();
	open_all(r);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	close_all(r);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

static void advance(struct rig *r, uint64_t ms)
{
	atomic_fetch_add(&r->clock.ms, ms);
}

static struct net_addr addr(const char *host)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(&a, host, 0), 0);
	return a;
}

static int sign_in(struct rig *r, const char *name, const char *password, const char *from,
		   char *cookie, struct auth_who *who)
{
	struct net_addr a = addr(from);
	unsigned wait;

	return auth_sign_in(r->auth, name, password, &a, "agent", cookie, who, &wait);
}

static void the_set_up_code_is_renewed_after_five_wrong_tries(void **state)
{
	struct rig *r = *state;
	char first[AUTH_CODE_SIZE], lower[AUTH_CODE_SIZE];

	assert_true(auth_needs_setup(r->auth));
	assert_int_equal(r->codes, 1);
	assert_int_equal(strlen(r->code), 8);
	memcpy(first, r->code, sizeof(first));
	for (int i = 0; i < AUTH_CODE_TRIES; i++)
		assert_int_equal(auth_check_code(r->auth, "AAAAAAAA"), ERR_PERM);
	assert_int_equal(r->codes, 2);
	assert_string_not_equal(first, r->code);
	assert_int_equal(auth_check_code(r->auth, first), ERR_PERM);
	assert_int_equal(auth_check_code(r->auth, ""), ERR_PERM);
	assert_int_equal(auth_check_code(r->auth, "THIS IS TOO LONG FOR A CODE"), ERR_PERM);
	for (size_t i = 0; i < sizeof(lower); i++)
		lower[i] = r->code[i] >= 'A' ? (char)(r->code[i] + 32) : r->code[i];
	lower[8] = '\0';
	assert_int_equal(auth_check_code(r->auth, lower), 0);
	assert_int_equal(auth_account_add(r->auth, "root", "long enough", ROLE_ADMIN), 0);
	assert_false(auth_needs_setup(r->auth));
	assert_int_equal(auth_check_code(r->auth, r->code), ERR_EXIST);
}

static void accounts_survive_a_restart_and_hold_no_clear_password(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE];
	struct auth_who who;
	void *raw;
	size_t len;

	assert_int_equal(auth_account_add(r->auth, "Ann", "correct horse", ROLE_OPERATOR), 0);
	assert_int_equal(auth_account_add(r->auth, "ann", "correct horse", ROLE_ADMIN), ERR_EXIST);
	assert_int_equal(auth_account_add(r->auth, "bob", "short", ROLE_ADMIN), ERR_RANGE);
	assert_int_equal(auth_account_add(r->auth, "b b", "long enough", ROLE_ADMIN), ERR_INVALID);
	assert_int_equal(auth_account_add(r->auth, "", "long enough", ROLE_ADMIN), ERR_INVALID);
	assert_int_equal(store_get(r->store, BUCKET_ACCOUNTS, "ann", &raw, &len), 0);
	assert_null(memmem(raw, len, "correct horse", 13));
	assert_non_null(memmem(raw, len, "$argon2id$", 10));
	mem_free(raw);
	close_all(r);
	open_all(r);
	assert_false(auth_needs_setup(r->auth));
	assert_int_equal(sign_in(r, "ANN", "correct horse", "10.0.0.1", cookie, &who), 0);
	assert_int_equal(who.role, ROLE_OPERATOR);
	assert_string_equal(who.name, "ann");
}

static void wrong_passwords_are_slowed_down_for_that_address_only(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE];
	struct auth_who who;
	int hashed = 0;

	assert_int_equal(auth_account_add(r->auth, "ann", "correct horse", ROLE_ADMIN), 0);
	for (int i = 0; i < 1000; i++) {
		int err = sign_in(r, "ann", "wrong password", "10.0.0.66", cookie, &who);

		assert_true(err == ERR_AUTH || err == ERR_RATE);
		hashed += err == ERR_AUTH;
		advance(r, 10);
	}
	assert_in_range(hashed, THROTTLE_FREE, THROTTLE_FREE + 5);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.66", cookie, &who), ERR_RATE);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.67", cookie, &who), 0);
	advance(r, THROTTLE_MAX_MS + 1);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.66", cookie, &who), 0);
}

static void many_names_from_one_address_are_slowed_down_too(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE], name[16];
	struct auth_who who;
	int hashed = 0;

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		hashed += sign_in(r, name, "wrong password", "10.0.0.66", cookie, &who) == ERR_AUTH;
	}
	assert_in_range(hashed, 15, 25);
}

static void sessions_end_when_idle_and_after_twelve_hours(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE], csrf[AUTH_SECRET_SIZE];
	struct auth_who who, seen;

	assert_int_equal(auth_account_add(r->auth, "ann", "correct horse", ROLE_ADMIN), 0);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.1", cookie, &who), 0);
	assert_int_equal(auth_check_session(r->auth, cookie, true, &seen), 0);
	assert_string_equal(seen.id, who.id);
	assert_int_equal(auth_check_session(r->auth, "rubbish", true, &seen), ERR_AUTH);
	assert_int_equal(auth_check_session(r->auth, "", true, &seen), ERR_AUTH);
	assert_int_equal(auth_csrf(r->auth, who.id, csrf), 0);
	assert_true(auth_check_csrf(r->auth, who.id, csrf));
	assert_false(auth_check_csrf(r->auth, who.id, "x"));
	assert_false(auth_check_csrf(r->auth, who.id, NULL));
	/* looking without touching does not keep it */
	advance(r, (AUTH_IDLE_S - 1) * 1000ull);
	assert_int_equal(auth_check_session(r->auth, cookie, false, &seen), 0);
	advance(r, 1000);
	assert_int_equal(auth_check_session(r->auth, cookie, false, &seen), ERR_AUTH);
	assert_false(auth_is_live(r->auth, &who));
	/* use keeps it, but not for ever */
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.1", cookie, &who), 0);
	for (int i = 0; i < AUTH_ABSOLUTE_S / 600 - 1; i++) {
		advance(r, 600 * 1000);
		assert_int_equal(auth_check_session(r->auth, cookie, true, &seen), 0);
	}
	advance(r, 600 * 1000);
	assert_int_equal(auth_check_session(r->auth, cookie, true, &seen), ERR_AUTH);
}

static void revoking_and_changing_an_account_end_sessions(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE], second[AUTH_SECRET_SIZE];
	struct auth_change demote = { .role = ROLE_VIEWER, .enabled = -1 }, off = { .enabled = 0 };
	struct auth_who who, who2;
	cJSON *list;

	assert_int_equal(auth_account_add(r->auth, "ann", "correct horse", ROLE_ADMIN), 0);
	assert_int_equal(auth_account_add(r->auth, "bob", "correct horse", ROLE_ADMIN), 0);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.1", cookie, &who), 0);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.2", second, &who2), 0);
	list = auth_sessions(r->auth, "ann");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	cJSON_Delete(list);
	assert_int_equal(auth_session_end(r->auth, who.id), 0);
	assert_int_equal(auth_session_end(r->auth, who.id), ERR_NOENT);
	assert_int_equal(r->woken, 1);
	assert_false(auth_is_live(r->auth, &who));
	assert_true(auth_is_live(r->auth, &who2));
	assert_int_equal(auth_account_change(r->auth, "ann", &demote), 0);
	assert_false(auth_is_live(r->auth, &who2));
	assert_int_equal(r->woken, 2);
	/* somebody must stay */
	assert_int_equal(auth_account_change(r->auth, "bob", &demote), ERR_CONFLICT);
	assert_int_equal(auth_account_change(r->auth, "bob", &off), ERR_CONFLICT);
	assert_int_equal(auth_account_remove(r->auth, "bob"), ERR_CONFLICT);
	assert_int_equal(auth_account_remove(r->auth, "ann"), 0);
	assert_int_equal(auth_account_remove(r->auth, "ann"), ERR_NOENT);
	assert_int_equal(sign_in(r, "ann", "correct horse", "10.0.0.1", cookie, &who), ERR_AUTH);
}

static void a_disabled_account_cannot_sign_in(void **state)
{
	struct rig *r = *state;
	struct auth_change on = { .enabled = 1 };
	char cookie[AUTH_SECRET_SIZE];
	struct auth_who who;

	assert_int_equal(auth_account_add(r->auth, "old", NULL, ROLE_ADMIN), 0);
	assert_int_equal(sign_in(r, "old", "", "10.0.0.1", cookie, &who), ERR_AUTH);
	assert_int_equal(auth_account_change(r->auth, "old", &on), ERR_INVALID);
	on.password = "a new password";
	assert_int_equal(auth_account_change(r->auth, "old", &on), 0);
	assert_int_equal(sign_in(r, "old", "a new password", "10.0.0.1", cookie, &who), 0);
}

static void tokens_are_hashed_bound_to_addresses_and_expire(void **state)
{
	static const char *const nets[] = { "10.1.0.0/16", "2001:db8::1", NULL };
	static const char *const bad[] = { "10.0.0.0/33", NULL };
	struct rig *r = *state;
	struct auth_token t = { .name = "ci",
				.role = ROLE_OPERATOR,
				.addresses = nets,
				.expires_at_s = START / 1000000000 + 100,
				.created_by = "ann" };
	struct net_addr in = addr("10.1.2.3"), in6 = addr("2001:db8::1"), out = addr("10.2.0.1");
	char id[AUTH_ID_SIZE], secret[AUTH_SECRET_SIZE];
	struct auth_who who;
	void *raw;
	size_t len;

	assert_int_equal(auth_token_add(r->auth, &t, id, secret), 0);
	assert_int_equal(auth_token_add(r->auth, &t, id, secret), ERR_EXIST);
	t.name = "other";
	t.addresses = bad;
	assert_int_equal(auth_token_add(r->auth, &t, id, secret), ERR_INVALID);
	t.name = "second";
	t.addresses = nets;
	assert_int_equal(auth_token_add(r->auth, &t, id, secret), 0);
	assert_int_equal(store_get(r->store, BUCKET_TOKENS, id, &raw, &len), 0);
	assert_null(memmem(raw, len, secret + 4, strlen(secret) - 4));
	mem_free(raw);
	close_all(r);
	open_all(r);
	assert_int_equal(auth_check_token(r->auth, secret, &in, &who), 0);
	assert_int_equal(who.role, ROLE_OPERATOR);
	assert_true(who.by_token);
	assert_true(auth_is_live(r->auth, &who));
	assert_int_equal(auth_check_token(r->auth, secret, &in6, &who), 0);
	assert_int_equal(auth_check_token(r->auth, secret, &out, &who), ERR_AUTH);
	assert_int_equal(auth_check_token(r->auth, "srt_nonsense", &in, &who), ERR_AUTH);
	assert_int_equal(auth_check_token(r->auth, "", &in, &who), ERR_AUTH);
	advance(r, 100 * 1000);
	assert_int_equal(auth_check_token(r->auth, secret, &in, &who), ERR_AUTH);
	assert_false(auth_is_live(r->auth, &who));
	assert_int_equal(auth_token_remove(r->auth, id), 0);
	assert_int_equal(auth_token_remove(r->auth, id), ERR_NOENT);
	assert_int_equal(r->woken, 1);
}

static void the_audit_log_is_read_page_by_page(void **state)
{
	struct rig *r = *state;
	struct auth_entry e = { .who = "ann", .address = "10.0.0.1", .action = "x", .path = "/y" };
	cJSON *page, *detail = cJSON_CreateObject();
	bool more;
	int id;

	cJSON_AddStringToObject(detail, "before", "a");
	e.detail = detail;
	for (int i = 0; i < 25; i++)
		assert_int_equal(auth_audit(r->auth, &e), 0);
	cJSON_Delete(detail);
	close_all(r);
	open_all(r);
	e.detail = NULL;
	assert_int_equal(auth_audit(r->auth, &e), 0);
	page = auth_audit_page(r->auth, 0, 10, &more);
	assert_int_equal(cJSON_GetArraySize(page), 10);
	assert_true(more);
	assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(page, 0), "id")->valueint, 26);
	id = cJSON_GetObjectItem(cJSON_GetArrayItem(page, 9), "id")->valueint;
	assert_int_equal(id, 17);
	cJSON_Delete(page);
	page = auth_audit_page(r->auth, 17, 100, &more);
	assert_int_equal(cJSON_GetArraySize(page), 16);
	assert_false(more);
	assert_string_equal(
	    cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetArrayItem(page, 0), "detail"),
				"before")
		->valuestring,
	    "a");
	cJSON_Delete(page);
}

static void a_lost_password_is_set_offline(void **state)
{
	struct rig *r = *state;
	char cookie[AUTH_SECRET_SIZE];
	struct auth_who who;

	assert_int_equal(auth_account_add(r->auth, "ann", "correct horse", ROLE_VIEWER), 0);
	auth_free(r->auth);
	assert_int_equal(auth_reset_password(r->store, "ann", "a new password"), 0);
	assert_int_equal(auth_reset_password(r->store, "fresh", "a new password"), 0);
	assert_int_equal(auth_reset_password(r->store, "fresh", "short"), ERR_RANGE);
	assert_int_equal(auth_new(&r->auth, &(struct auth_options){ .store = r->store }), 0);
	assert_int_equal(sign_in(r, "ann", "a new password", "10.0.0.1", cookie, &who), 0);
	assert_int_equal(who.role, ROLE_ADMIN);
	assert_int_equal(sign_in(r, "fresh", "a new password", "10.0.0.1", cookie, &who), 0);
}

static void a_throttle_doubles_forgets_and_stays_bounded(void **state)
{
	struct throttle *t = mem_alloc(sizeof(*t));
	char key[16];

	(void)state;
	throttle_init(t, 7);
	for (int i = 0; i < THROTTLE_FREE - 1; i++)
		throttle_failed(t, "a", THROTTLE_FREE, 1000);
	assert_int_equal(throttle_wait(t, "a", 1000), 0);
	throttle_failed(t, "a", THROTTLE_FREE, 1000);
	assert_int_equal(throttle_wait(t, "a", 1000), THROTTLE_FIRST_MS);
	throttle_failed(t, "a", THROTTLE_FREE, 2000);
	assert_int_equal(throttle_wait(t, "a", 2000), 2 * THROTTLE_FIRST_MS);
	for (int i = 0; i < 40; i++)
		throttle_failed(t, "a", THROTTLE_FREE, 2000);
	assert_int_equal(throttle_wait(t, "a", 2000), THROTTLE_MAX_MS);
	assert_int_equal(throttle_wait(t, "b", 2000), 0);
	throttle_passed(t, "a");
	assert_int_equal(throttle_wait(t, "a", 2000), 0);
	for (int i = 0; i < 50; i++)
		throttle_failed(t, "a", THROTTLE_FREE, 2000);
	throttle_failed(t, "a", THROTTLE_FREE, 2001 + THROTTLE_FORGET_MS);
	assert_int_equal(throttle_wait(t, "a", 2001 + THROTTLE_FORGET_MS), 0);
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		throttle_failed(t, key, THROTTLE_FREE, 3000);
	}
	mem_free(t);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_set_up_code_is_renewed_after_five_wrong_tries),
		T(accounts_survive_a_restart_and_hold_no_clear_password),
		T(wrong_passwords_are_slowed_down_for_that_address_only),
		T(many_names_from_one_address_are_slowed_down_too),
		T(sessions_end_when_idle_and_after_twelve_hours),
		T(revoking_and_changing_an_account_end_sessions),
		T(a_disabled_account_cannot_sign_in),
		T(tokens_are_hashed_bound_to_addresses_and_expire),
		T(the_audit_log_is_read_page_by_page),
		T(a_lost_password_is_set_offline),
		cmocka_unit_test(a_throttle_doubles_forgets_and_stays_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
