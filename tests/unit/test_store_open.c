/* Opening: lock, format, key, damaged files; growing; buckets; secrets. */
#include "tests/support/store_rig.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

static int open_again(struct store_rig *r, char why[512])
{
	struct store_options opt = { .dir = r->dir, .clock = &clock_system };
	struct store *other = NULL;
	int err = store_open(&other, &opt, why, 512);

	store_close(other);
	return err;
}

static void path_in(struct store_rig *r, const char *name, char out[4096])
{
	snprintf(out, 4096, "%s/%s", r->dir, name);
}

static void a_second_process_is_refused_with_a_sentence(void **state)
{
	struct store_rig *r = *state;
	char why[512];

	assert_int_equal(open_again(r, why), ERR_AGAIN);
	assert_non_null(strstr(why, "in use by another switchroom"));
	assert_non_null(strstr(why, r->dir));
	store_close(r->store);
	r->store = NULL;
	assert_int_equal(open_again(r, why), 0);
}

static void files_are_for_the_owner_only(void **state)
{
	static const char *const names[] = { "store.mdb", "store.mdb-lock", "store.key", "lock" };
	struct store_rig *r = *state;
	char path[4096];
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		path_in(r, names[i], path);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	store_close(r->store);
	path_in(r, "deeper", path);
	mem_free(r->dir);
	r->dir = mem_strdup(path);
	store_rig_open(r);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	store_close(r->store);
	r->store = NULL;
	/* The teardown removes the outer directory. */
	*strrchr(r->dir, '/') = '\0';
}

/* Writes a record into the environment as another version would have. */
static void plant(struct store_rig *r, const char *table, const char *key, const char *value)
{
	char path[4096];
	MDB_val k = { strlen(key), (void *)(uintptr_t)key },
		v = { strlen(value), (void *)(uintptr_t)value };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	path_in(r, "store.mdb", path);
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, DBI_COUNT + 1), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, table, MDB_CREATE, &dbi), 0);
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_newer_format_is_refused_with_one_line(void **state)
{
	struct store_rig *r = *state;
	char why[512];

	store_close(r->store);
	r->store = NULL;
	plant(r, "table.of.the.future", "k", "v");
	plant(r, "store", "format", "2");
	assert_int_equal(open_again(r, why), ERR_VERSION);
	assert_non_null(strstr(why, "format 2"));
	assert_null(strchr(why, '\n'));
	/* Refused, not changed: its own version still opens it. */
	plant(r, "store", "format", "1");
	assert_int_equal(open_again(r, why), 0);
}

static unsigned ran;

static int step_one(struct store *s, MDB_txn *txn)
{
	(void)s;
	(void)txn;
	assert_int_equal(ran++, 0);
	return 0;
}

static int step_two(struct store *s, MDB_txn *txn)
{
	(void)s;
	(void)txn;
	assert_int_equal(ran++, 1);
	return 0;
}

static void older_formats_are_brought_up_step_by_step(void **state)
{
	static const struct migrate_step steps[] = { { 2, step_two }, { 1, step_one } };
	struct store_rig *r = *state;
	char why[512] = "";

	ran = 0;
	assert_int_equal(migrate_run(r->store, NULL, steps, 2, 1, 3, why, sizeof(why)), 0);
	assert_int_equal(ran, 2);
	assert_int_equal(migrate_run(r->store, NULL, steps, 2, 1, 4, why, sizeof(why)),
			 ERR_VERSION);
	assert_int_equal(ran, 2); /* nothing half done: the way was looked at first */
}

static void a_damaged_file_is_reported_not_crashed_on(void **state)
{
	struct store_rig *r = *state;
	char path[4096], why[512];
	int fd;

	store_close(r->store);
	r->store = NULL;
	path_in(r, "store.mdb", path);
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, "this is not a store at all", 26), 26);
	close(fd);
	assert_int_equal(open_again(r, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "store.mdb"));
}

static void a_half_made_store_is_made_again(void **state)
{
	struct store_rig *r = *state;
	char path[4096], fresh[4096], why[512];
	int fd;

	store_close(r->store);
	r->store = NULL;
	path_in(r, "store.mdb", path);
	path_in(r, "store.mdb.new", fresh);
	unlink(path);
	fd = open(fresh, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	assert_int_equal(open_again(r, why), 0);
}

static void a_lost_or_foreign_key_is_noticed_at_start(void **state)
{
	struct store_rig *r = *state;
	char path[4096], aside[4096], why[512];
	FILE *f;

	store_close(r->store);
	r->store = NULL;
	path_in(r, "store.key", path);
	path_in(r, "aside", aside);
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(open_again(r, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "missing"));
	assert_int_equal(access(path, F_OK), -1); /* no new one was made */
	f = fopen(path, "w");
	for (int i = 0; i < 64; i++)
		fputc('0', f);
	fputc('\n', f);
	fclose(f);
	assert_int_equal(open_again(r, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "not the one"));
	assert_int_equal(rename(aside, path), 0);
	assert_int_equal(open_again(r, why), 0);
}

static void secrets_come_back_and_differ_each_time(void **state)
{
	struct store_rig *r = *state;
	char *a, *b, clear[64];

	assert_int_equal(store_seal(r->store, "cisco123", &a), 0);
	assert_int_equal(store_seal(r->store, "cisco123", &b), 0);
	assert_string_not_equal(a, b);
	assert_null(strstr(a, "cisco"));
	store_rig_reopen(r);
	assert_int_equal(store_unseal(r->store, a, clear, sizeof(clear)), 0);
	assert_string_equal(clear, "cisco123");
	assert_int_equal(store_unseal(r->store, a, clear, 8), ERR_TOO_BIG);
	assert_int_equal(store_unseal(r->store, a, clear, 9), 0);
	a[10] = a[10] == 'A' ? 'B' : 'A';
	assert_int_equal(store_unseal(r->store, a, clear, sizeof(clear)), ERR_CORRUPT);
	assert_string_equal(clear, "");
	assert_int_equal(store_unseal(r->store, "", clear, sizeof(clear)), ERR_CORRUPT);
	assert_int_equal(store_unseal(r->store, "v1:", clear, sizeof(clear)), ERR_CORRUPT);
	assert_int_equal(store_unseal(r->store, "v1:AAAA", clear, sizeof(clear)), ERR_CORRUPT);
	assert_int_equal(store_unseal(r->store, "v1:!!!!", clear, sizeof(clear)), ERR_CORRUPT);
	mem_free(a);
	assert_int_equal(store_seal(r->store, "", &a), 0);
	assert_int_equal(store_unseal(r->store, a, clear, sizeof(clear)), 0);
	assert_string_equal(clear, "");
	mem_free(a);
	mem_free(b);
}

/* ---- buckets ---- */

static int put_one(struct store_rig *r, const char *key, const char *value)
{
	struct store_put p = { .bucket = BUCKET_TOKENS,
			       .key = key,
			       .value = value,
			       .len = value ? strlen(value) : 0 };

	return store_put(r->store, &p, 1);
}

static int collect(void *ctx, const char *key, const void *value, size_t len)
{
	struct text *t = ctx;

	text_addf(t, "%s=", key);
	text_addn(t, value, len);
	text_addc(t, ' ');
	return t->len > 12 ? 7 : 0;
}

static void assert_bucket(struct store_rig *r, const char *from, bool reverse, int rc,
			  const char *want)
{
	char buf[256];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	assert_int_equal(store_each(r->store, BUCKET_TOKENS, from, reverse, collect, &t), rc);
	assert_string_equal(buf, want);
}

static void buckets_keep_records_in_key_order(void **state)
{
	struct store_rig *r = *state;
	void *value;
	size_t len;

	assert_bucket(r, NULL, false, 0, "");
	assert_bucket(r, NULL, true, 0, "");
	put_one(r, "b", "2");
	put_one(r, "a", "1");
	put_one(r, "c", "");
	store_rig_reopen(r);
	assert_bucket(r, NULL, false, 0, "a=1 b=2 c= ");
	assert_bucket(r, "a", false, 0, "b=2 c= ");
	assert_bucket(r, "aa", false, 0, "b=2 c= ");
	assert_bucket(r, "c", false, 0, "");
	assert_bucket(r, NULL, true, 0, "c= b=2 a=1 ");
	assert_bucket(r, "c", true, 0, "b=2 a=1 ");
	assert_bucket(r, "z", true, 0, "c= b=2 a=1 ");
	assert_bucket(r, "a", true, 0, "");
	assert_int_equal(store_get(r->store, BUCKET_TOKENS, "b", &value, &len), 0);
	assert_int_equal(len, 1);
	assert_string_equal(value, "2");
	mem_free(value);
	assert_int_equal(store_get(r->store, BUCKET_TOKENS, "c", &value, &len), 0);
	assert_int_equal(len, 0);
	mem_free(value);
	assert_int_equal(store_get(r->store, BUCKET_ACCOUNTS, "b", &value, &len), ERR_NOENT);
	put_one(r, "d", "4");
	assert_bucket(r, NULL, false, 7, "a=1 b=2 c= d=4 ");
	assert_int_equal(put_one(r, "b", NULL), 0);
	assert_int_equal(put_one(r, "never", NULL), 0);
	assert_int_equal(store_get(r->store, BUCKET_TOKENS, "b", &value, &len), ERR_NOENT);
	assert_int_equal(put_one(r, "", "x"), ERR_TOO_BIG);
}

static void a_put_of_several_records_is_one(void **state)
{
	struct store_rig *r = *state;
	char key[300];
	const struct store_put two[] = {
		{ .bucket = BUCKET_ACCOUNTS, .key = "admin", .value = "x", .len = 1 },
		{ .bucket = BUCKET_AUDIT, .key = "0001", .value = "y", .len = 1 }
	};
	struct store_put bad[] = { two[0],
				   { .bucket = BUCKET_AUDIT, .key = key, .value = "y", .len = 1 } };
	void *value;

	memset(key, 'k', sizeof(key));
	key[299] = '\0';
	assert_int_equal(store_put(r->store, bad, 2), ERR_TOO_BIG);
	assert_int_equal(store_get(r->store, BUCKET_ACCOUNTS, "admin", &value, NULL), ERR_NOENT);
	assert_int_equal(store_put(r->store, two, 2), 0);
	assert_int_equal(store_get(r->store, BUCKET_ACCOUNTS, "admin", &value, NULL), 0);
	mem_free(value);
	assert_int_equal(store_get(r->store, BUCKET_AUDIT, "0001", &value, NULL), 0);
	mem_free(value);
}

/* ---- growing ---- */

static void a_tiny_map_grows_while_others_read(void **state)
{
	struct store_rig *r = *state;
	char *big = mem_alloc(100001), path[32];
	struct conf *c;

	store_close(r->store);
	r->map_start = 1;
	store_rig_open(r);
	memset(big, 'x', 100000);
	big[0] = big[99999] = '"';
	big[100000] = '\0';
	for (int i = 1; i <= 60; i++) {
		snprintf(path, sizeof(path), "big/%d", i);
		store_rig_commit(r, path, big);
		c = store_rig_conf(r);
		assert_int_equal(conf_count(c, "big"), i);
		conf_close(c);
	}
	store_rig_reopen(r); /* with the tiny start again: what is there must fit */
	c = store_rig_conf(r);
	assert_int_equal(conf_count(c, "big"), 60);
	assert_int_equal(strlen(conf_get(c, "big/60")->valuestring), 99998);
	conf_close(c);
	store_rig_commit(r, "big/61", big);
	mem_free(big);
}

/* A view that stays open over a wait breaks the contract; it must cost an error, not a deadlock. */
static void a_view_held_too_long_makes_growing_fail_not_hang(void **state)
{
	struct store_rig *r = *state;
	char *big = mem_alloc(600001);
	struct conf *held;

	store_close(r->store);
	r->map_start = 1;
	store_rig_open(r);
	memset(big, 'x', 600000);
	big[0] = big[599999] = '"';
	big[600000] = '\0';
	held = store_rig_conf(r);
	assert_int_equal(store_rig_try(r, "big/1", big, NULL), ERR_AGAIN);
	assert_null(conf_get(held, "big/1"));
	conf_close(held);
	assert_int_equal(store_rig_commit(r, "big/1", big), 1);
	mem_free(big);
}

/* For loops, which wait for nothing: not while the writer has the environment for itself. */
static void a_loop_is_refused_while_the_gate_is_closed(void **state)
{
	struct store_rig *r = *state;
	struct conf *c = NULL, *second;

	assert_true(gate_close(&r->store->gate, 1000));
	assert_int_equal(conf_open_now(r->store, &c), ERR_AGAIN);
	gate_open(&r->store->gate);
	assert_int_equal(conf_open_now(r->store, &c), 0);
	assert_int_equal(conf_open_now(r->store, &second), 0);
	conf_close(second);
	conf_close(c);
}

static void the_writer_turns_when_there_is_nothing_to_do(void **state)
{
	struct store_rig *r = *state;
	uint64_t first = store_writer_turn_ms(r->store);

	for (int i = 0; i < 300 && store_writer_turn_ms(r->store) == first; i++)
		usleep(10000);
	assert_true(store_writer_turn_ms(r->store) > first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, store_rig_setup, store_rig_teardown)
		T(a_second_process_is_refused_with_a_sentence),
		T(files_are_for_the_owner_only),
		T(a_newer_format_is_refused_with_one_line),
		T(older_formats_are_brought_up_step_by_step),
		T(a_damaged_file_is_reported_not_crashed_on),
		T(a_half_made_store_is_made_again),
		T(a_lost_or_foreign_key_is_noticed_at_start),
		T(secrets_come_back_and_differ_each_time),
		T(buckets_keep_records_in_key_order),
		T(a_put_of_several_records_is_one),
		T(a_tiny_map_grows_while_others_read),
		T(a_view_held_too_long_makes_growing_fail_not_hang),
		T(a_loop_is_refused_while_the_gate_is_closed),
		T(the_writer_turns_when_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
