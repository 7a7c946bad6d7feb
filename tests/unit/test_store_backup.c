/* The archive: what is in it, what is not, and that only a good one changes anything. */
#include "tests/support/store_rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/schema.h"

#define PASSPHRASE "a long passphrase"

static void must_edit(struct conf *c, const char *path, const char *text)
{
	cJSON *v = cJSON_Parse(text);
	struct faults f;

	assert_non_null(v);
	faults_init(&f);
	if (schema_edit(c, OP_PUT, path, v, &f, NULL))
		fail_msg("%s %s: %s", path, f.n ? f.list[0].field : "",
			 f.n ? f.list[0].detail : "");
	faults_fini(&f);
	cJSON_Delete(v);
}

/* A small site with every kind of secret: of a phone, in a list, required in its entry, hash only. */
static void site(struct store_rig *r)
{
	struct store_commit info = { .who = "admin" };
	struct conf *c = store_rig_conf(r);

	must_edit(
	    c, "telephony-service",
	    "{\"max_dn\": 20, \"max_ephones\": 10, \"local_directory\": "
	    "{\"username\": \"ivr\", \"password\": \"pl4nted-dir\"}, \"xml_users\": {\"bob\": "
	    "{\"password\": \"pl4nted-hash\", \"privilege_level\": 3}}}");
	must_edit(c, "ephone-dns/4", "{\"number\": \"1004\"}");
	must_edit(c, "ephones/3",
		  "{\"mac_address\": \"0011.2233.4455\", \"username\": \"alice\", "
		  "\"password\": \"pl4nted-phone\", \"pin\": \"12345\", "
		  "\"buttons\": {\"1\": {\"separator\": \":\", \"dns\": [4]}}}");
	assert_int_equal(store_commit(r->store, c, &info), 0);
	conf_close(c);
}

static int collect(void *ctx, const void *p, size_t len)
{
	text_addn(ctx, p, len);
	return 0;
}

static char *backup(struct store_rig *r, const char *passphrase)
{
	struct text t;

	text_init(&t, 16u << 20);
	assert_int_equal(store_backup(r->store, passphrase, collect, &t), 0);
	return text_take(&t);
}

/* Restores into `r`; the report goes to *report when wanted. */
static int restore(struct store_rig *r, const char *archive, const char *passphrase, bool dry,
		   uint64_t *revision, cJSON **report)
{
	struct store_commit info = { .who = "admin", .comment = "restore" };
	int err = store_restore(r->store, archive, strlen(archive), passphrase, dry, &info, report);

	if (revision)
		*revision = info.revision;
	return err;
}

static int second_setup(struct store_rig *other)
{
	other->dir = test_tmpdir();
	store_rig_open(other);
	return 0;
}

static void second_teardown(struct store_rig *other)
{
	store_close(other->store);
	test_rmdir(other->dir);
}

static void assert_clear(struct store_rig *r, const char *path, const char *field, const char *want)
{
	struct conf *c = store_rig_conf(r);
	char clear[64];
	int err = cfg_secret(r->store, conf_get(c, path), field, clear, sizeof(clear));

	if (want) {
		assert_int_equal(err, 0);
		assert_string_equal(clear, want);
	} else {
		assert_int_equal(err, ERR_NOENT);
	}
	conf_close(c);
}

static char *dump(struct store_rig *r, const char *path)
{
	struct conf *c = store_rig_conf(r);
	const cJSON *v = conf_get(c, path);
	char *text = v ? cJSON_PrintUnformatted(v) : NULL;

	conf_close(c);
	assert_non_null(text);
	return text;
}

static void with_a_passphrase_all_comes_back_on_another_server(void **state)
{
	struct store_rig *r = *state, other = { 0 };
	char *archive, *here, *there;
	uint64_t revision;
	cJSON *report;

	site(r);
	archive = backup(r, PASSPHRASE);
	assert_null(strstr(archive, "pl4nted"));
	assert_null(strstr(archive, "12345\""));
	assert_null(strstr(archive, "$argon2id$"));
	assert_null(strstr(archive, "$sealed"));
	second_setup(&other);
	assert_int_equal(restore(&other, archive, PASSPHRASE, false, &revision, &report), 0);
	assert_int_equal(revision, 1);
	assert_json(cJSON_GetObjectItem(report, "objects"), "3");
	assert_json(cJSON_GetObjectItem(report, "missing_secrets"), "[]");
	assert_json(cJSON_GetObjectItem(report, "errors"), "[]");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(report, "changes")), 3);
	assert_clear(&other, "ephones/3", "password", "pl4nted-phone");
	assert_clear(&other, "ephones/3", "pin", "12345");
	here = dump(r, "telephony-service"); /* with the hash */
	there = dump(&other, "telephony-service");
	assert_non_null(strstr(here, "$argon2id$"));
	assert_string_equal(strstr(here, "\"xml_users\""), strstr(there, "\"xml_users\""));
	assert_clear(&other, "telephony-service", "local_directory.password", "pl4nted-dir");
	cJSON_Delete(report);
	cJSON_free(here);
	cJSON_free(there);
	mem_free(archive);
	second_teardown(&other);
}

static void without_one_secrets_are_left_out_and_named(void **state)
{
	struct store_rig *r = *state, other = { 0 };
	cJSON *report, *tree;
	char *archive;

	site(r);
	archive = backup(r, NULL);
	assert_null(strstr(archive, "pl4nted"));
	assert_null(strstr(archive, "$"));
	assert_int_equal(json_parse(archive, strlen(archive), &tree, NULL, 0), 0);
	assert_json(cJSON_GetObjectItem(tree, "missing"),
		    "[\"ephones/3#/password\",\"ephones/3#/pin\","
		    "\"telephony-service#/local_directory/password\","
		    "\"telephony-service#/xml_users/bob/password\"]");
	assert_null(cJSON_GetObjectItem(tree, "secrets"));
	cJSON_Delete(tree);
	second_setup(&other);
	assert_int_equal(restore(&other, archive, NULL, false, NULL, &report), 0);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(report, "missing_secrets")), 4);
	assert_clear(&other, "ephones/3", "password", NULL);
	struct conf *c = store_rig_conf(&other);

	assert_non_null(cfg_map(conf_get(c, "ephones/3"), "buttons.1"));
	assert_non_null(cfg_map(conf_get(c, "ephones/3"), "username"));
	/* A user of XML programs cannot be without a password, nor can the directory. */
	assert_null(cfg_map(conf_get(c, "telephony-service"), "local_directory"));
	assert_null(cfg_map(conf_get(c, "telephony-service"), "xml_users.bob"));
	conf_close(c);
	cJSON_Delete(report);
	mem_free(archive);
	second_teardown(&other);
}

static void restoring_what_is_there_already_changes_nothing(void **state)
{
	struct store_rig *r = *state;
	char *archive;
	uint64_t revision;
	cJSON *report;

	site(r);
	archive = backup(r, PASSPHRASE);
	assert_int_equal(restore(r, archive, PASSPHRASE, false, &revision, &report), 0);
	assert_int_equal(revision, 1);
	assert_json(cJSON_GetObjectItem(report, "changes"), "[]");
	cJSON_Delete(report);
	mem_free(archive);
}

static void a_restore_replaces_all_as_one_revision(void **state)
{
	struct store_rig *r = *state;
	struct store_commit info = { .who = "admin" };
	char *archive;
	uint64_t revision;
	struct conf *c;
	cJSON *report;

	site(r);
	archive = backup(r, PASSPHRASE);
	c = store_rig_conf(r);
	must_edit(c, "ephone-dns/5", "{\"number\": \"1005\"}");
	must_edit(c, "ephones/3", "{\"mac_address\": \"0011.2233.4455\"}");
	assert_int_equal(store_commit(r->store, c, &info), 0);
	conf_close(c);
	for (int dry = 1; dry >= 0; dry--) {
		assert_int_equal(restore(r, archive, PASSPHRASE, dry, &revision, &report), 0);
		assert_json(cJSON_GetObjectItem(report, "changes"),
			    "[{\"path\":\"ephone-dns/5\",\"change\":\"delete\"},"
			    "{\"path\":\"ephones/3\",\"change\":\"change\"}]");
		cJSON_Delete(report);
		assert_int_equal(store_revision(r->store), dry ? 2 : 3);
	}
	assert_int_equal(revision, 3);
	assert_clear(r, "ephones/3", "password", "pl4nted-phone");
	c = store_rig_conf(r);
	assert_null(conf_get(c, "ephone-dns/5"));
	conf_close(c);
	mem_free(archive);
}

#define HEAD "{\"format\":\"switchroom-backup\",\"version\":1,\"objects\":"
static const struct {
	const char *archive;
	int err;
} bad[] = {
	{ "", ERR_MALFORMED },
	{ "{", ERR_MALFORMED },
	{ "[]", ERR_MALFORMED },
	{ "null", ERR_MALFORMED },
	{ "{}", ERR_MALFORMED },
	{ HEAD "{}} x", ERR_MALFORMED },
	{ HEAD "{},\"objects\":{}}", ERR_MALFORMED },
	{ HEAD "[]}", ERR_MALFORMED },
	{ HEAD "null}", ERR_MALFORMED },
	{ "{\"format\":\"switchroom-backup\",\"objects\":{}}", ERR_MALFORMED },
	{ "{\"format\":\"switchroom-backup\",\"version\":\"1\",\"objects\":{}}", ERR_MALFORMED },
	{ "{\"format\":\"switchroom-backup\",\"version\":0,\"objects\":{}}", ERR_MALFORMED },
	{ "{\"format\":\"switchroom-backup\",\"version\":2,\"objects\":{}}", ERR_VERSION },
	{ "{\"format\":\"other\",\"version\":1,\"objects\":{}}", ERR_MALFORMED },
	{ HEAD "{},\"surprise\":1}", ERR_UNKNOWN },
	{ HEAD "{\"nowhere/1\":{}}}", ERR_UNKNOWN },
	{ HEAD "{\"\":{}}}", ERR_UNKNOWN },
	{ HEAD "{\"ephones\":{}}}", ERR_UNKNOWN },
	{ HEAD "{\"ephones/1/buttons/1\":{}}}", ERR_UNKNOWN },
	{ HEAD "{\"../../etc\":{}}}", ERR_UNKNOWN },
	{ HEAD "{\"ephones/1\":[]}}", ERR_TYPE },
	{ HEAD "{\"ephones/1\":{\"nonsense\":1}}}", ERR_UNKNOWN },
	{ HEAD "{\"ephones/99999\":{}}}", ERR_RANGE },
	{ HEAD "{\"telephony-service\":{\"max_ephones\":-1}}}", ERR_RANGE },
	{ HEAD "{\"ephones/1\":{\"password\":{\"$sealed\":\"v1:AAAA\"}}}}", ERR_TYPE },
	{ HEAD "{},\"missing\":[1]}", ERR_MALFORMED },
	{ HEAD "{},\"secrets\":{}}", ERR_INVALID }, /* no passphrase given */
};

static void a_bad_archive_is_refused_and_changes_nothing(void **state)
{
	struct store_rig *r = *state;
	cJSON *report;

	site(r);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int err = restore(r, bad[i].archive, NULL, false, NULL, &report);

		if (err != bad[i].err)
			fail_msg("%s: %d instead of %d", bad[i].archive, err, bad[i].err);
		assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(report, "errors")) > 0);
		cJSON_Delete(report);
		assert_int_equal(store_revision(r->store), 1);
	}
}

static const struct {
	const char *secrets;
	int err;
} bad_secrets[] = {
	{ "{}", ERR_MALFORMED },
	{ "[]", ERR_MALFORMED },
	/* More work than a backup may ask for, less than argon2id takes, and a salt that is none. */
	{ "{\"kdf\":\"argon2id\",\"ops\":1000000,\"memory\":67108864,\"salt\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_RANGE },
	{ "{\"kdf\":\"argon2id\",\"ops\":3,\"memory\":1e12,\"salt\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_RANGE },
	{ "{\"kdf\":\"argon2id\",\"ops\":0,\"memory\":67108864,\"salt\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_RANGE },
	{ "{\"kdf\":\"argon2id\",\"ops\":1,\"memory\":8192,\"salt\":\"AAAA\","
	  "\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_MALFORMED },
	{ "{\"kdf\":\"argon2id\",\"ops\":1,\"memory\":8192,\"salt\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_INVALID },
	{ "{\"kdf\":\"none\",\"ops\":1,\"memory\":8192,\"salt\":"
	  "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"cipher\":\"aes-256-gcm\",\"data\":\"AAAA\"}",
	  ERR_MALFORMED },
};

static void bad_secrets_are_refused_and_change_nothing(void **state)
{
	struct store_rig *r = *state;
	char archive[1024];
	cJSON *report;

	site(r);
	for (size_t i = 0; i < ARRAY_LEN(bad_secrets); i++) {
		snprintf(archive, sizeof(archive), HEAD "{},\"secrets\":%s}",
			 bad_secrets[i].secrets);
		int err = restore(r, archive, PASSPHRASE, false, NULL, &report);

		if (err != bad_secrets[i].err)
			fail_msg("%s: %d instead of %d", archive, err, bad_secrets[i].err);
		cJSON_Delete(report);
		assert_int_equal(store_revision(r->store), 1);
	}
}

static void the_wrong_passphrase_opens_nothing(void **state)
{
	struct store_rig *r = *state;
	char *archive;
	cJSON *report;

	site(r);
	archive = backup(r, PASSPHRASE);
	store_rig_commit(r, "telephony-service", NULL);
	assert_int_equal(restore(r, archive, "another", false, NULL, &report), ERR_INVALID);
	assert_non_null(
	    strstr(cJSON_GetStringValue(cJSON_GetObjectItem(
		       cJSON_GetArrayItem(cJSON_GetObjectItem(report, "errors"), 0), "detail")),
		   "passphrase"));
	cJSON_Delete(report);
	assert_int_equal(restore(r, archive, NULL, false, NULL, NULL), ERR_INVALID);
	assert_int_equal(store_revision(r->store), 2);
	assert_int_equal(store_backup(r->store, "", collect, NULL), ERR_INVALID);
	mem_free(archive);
}

/* Cut or changed anywhere: refused, or still a valid archive; never half of one. */
static void a_damaged_archive_never_changes_half(void **state)
{
	struct store_rig *r = *state;
	char *archive, *copy;
	size_t len;

	site(r);
	archive = backup(r, NULL);
	len = strlen(archive);
	copy = mem_alloc(len + 1);
	for (size_t i = 0; i < len; i++) {
		cJSON *report;

		memcpy(copy, archive, len + 1);
		copy[i] ^= (char)(1 << i % 7);
		if (copy[i])
			restore(r, copy, NULL, true, NULL, &report);
		else
			restore(r, "", NULL, true, NULL, &report);
		cJSON_Delete(report);
		copy[i] = '\0';
		if (i + 1 < len) /* the last byte is a line feed */
			assert_int_equal(restore(r, copy, NULL, false, NULL, NULL), ERR_MALFORMED);
	}
	assert_int_equal(store_revision(r->store), 1);
	mem_free(copy);
	mem_free(archive);
}

static atomic_bool stop;

/* Two objects that always agree. */
static void *commit_pairs(void *arg)
{
	struct store_rig *r = arg;

	for (int i = 1; !atomic_load(&stop); i++) {
		struct store_commit info = { .who = "admin" };
		struct conf *c = store_rig_conf(r);

		conf_put(c, "pair/1", cJSON_CreateNumber(i));
		conf_put(c, "pair/2", cJSON_CreateNumber(i));
		if (store_commit(r->store, c, &info))
			abort(); /* not the test's own thread */
		conf_close(c);
	}
	return NULL;
}

static void a_backup_of_a_busy_store_is_of_one_moment(void **state)
{
	struct store_rig *r = *state;
	pthread_t t;

	atomic_store(&stop, false);
	assert_int_equal(pthread_create(&t, NULL, commit_pairs, r), 0);
	for (int i = 0; i < 200 || store_revision(r->store) < 100; i++) {
		char *archive = backup(r, NULL);
		cJSON *tree = cJSON_Parse(archive), *objects = cJSON_GetObjectItem(tree, "objects");

		assert_non_null(tree);
		assert_true(cJSON_Compare(cJSON_GetObjectItem(objects, "pair/1"),
					  cJSON_GetObjectItem(objects, "pair/2"), true) ||
			    !objects->child);
		cJSON_Delete(tree);
		mem_free(archive);
	}
	atomic_store(&stop, true);
	pthread_join(t, NULL);
}

/* Each of the two drafts is right alone, and they touch different objects; together they are not. */
static void drafts_that_do_not_fit_together_are_stale(void **state)
{
	static const char *const second[][2] = {
		{ "ephones/9", "{\"mac_address\": \"0011.2233.9999\"}" },
		{ "ephones/9", "{\"buttons\": {\"1\": {\"separator\": \":\", \"dns\": [5]}}}" },
		{ "ephones/9", "{\"mac_address\": \"0011.2233.8888\"}" },
	};
	static const char *const first[][2] = {
		{ "ephones/8", "{\"mac_address\": \"0011.2233.9999\"}" },
		{ "ephone-dns/5", NULL },
		{ "ephones/7", "{\"mac_address\": \"0011.2233.7777\"}" },
	};
	static const int want[] = { ERR_STALE, ERR_STALE, 0 };
	struct store_rig *r = *state;

	site(r);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct store_commit info = { .who = "admin" };
		struct conf *a, *b = store_rig_conf(r);

		must_edit(b, "ephone-dns/5", "{\"number\": \"1005\"}");
		assert_int_equal(store_commit(r->store, b, &info), 0);
		conf_close(b);
		a = store_rig_conf(r);
		b = store_rig_conf(r);
		must_edit(b, second[i][0], second[i][1]);
		if (first[i][1])
			must_edit(a, first[i][0], first[i][1]);
		else
			conf_put(a, first[i][0], NULL);
		assert_int_equal(store_commit(r->store, a, &info), 0);
		assert_int_equal(store_commit(r->store, b, &info), want[i]);
		conf_close(a);
		conf_close(b);
	}
}

static void a_draft_that_replaces_all_must_be_the_next(void **state)
{
	struct store_commit info = { .who = "admin" };
	struct store_rig *r = *state;
	struct conf *c = store_rig_conf(r);

	conf_clear(c);
	conf_put(c, "ephones/1", cJSON_CreateObject());
	site(r);
	assert_int_equal(store_commit(r->store, c, &info), ERR_STALE);
	conf_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, store_rig_setup, store_rig_teardown)
		T(with_a_passphrase_all_comes_back_on_another_server),
		T(without_one_secrets_are_left_out_and_named),
		T(restoring_what_is_there_already_changes_nothing),
		T(a_restore_replaces_all_as_one_revision),
		T(a_bad_archive_is_refused_and_changes_nothing),
		T(bad_secrets_are_refused_and_change_nothing),
		T(the_wrong_passphrase_opens_nothing),
		T(a_damaged_archive_never_changes_half),
		T(a_backup_of_a_busy_store_is_of_one_moment),
		T(drafts_that_do_not_fit_together_are_stale),
		T(a_draft_that_replaces_all_must_be_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
