/* Drafts, commits, revisions and what readers see of them. */
#include "tests/support/store_rig.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/conf.h"
#include "store/store.h"

static cJSON *json(const char *text)
{
	cJSON *v = cJSON_Parse(text);

	assert_non_null(v);
	return v;
}

static void a_commit_is_read_back_also_after_a_restart(void **state)
{
	struct store_rig *r = *state;
	struct conf *c;

	assert_int_equal(store_revision(r->store), 0);
	assert_int_equal(store_rig_commit(r, "ephones/1", "{\"mac\":\"001122334455\"}"), 1);
	assert_int_equal(store_rig_commit(r, "telephony-service", "{\"max_ephones\":4}"), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_revision(r->store), 2);
		c = store_rig_conf(r);
		assert_int_equal(conf_revision(c), 2);
		assert_json(conf_get(c, "ephones/1"), "{\"mac\":\"001122334455\"}");
		assert_json(conf_get(c, "telephony-service"), "{\"max_ephones\":4}");
		assert_json(conf_get(c, "ephones/2"), NULL);
		assert_int_equal(conf_object_revision(c, "ephones/1"), 1);
		assert_int_equal(conf_object_revision(c, "ephones/2"), 0);
		conf_close(c);
		store_rig_reopen(r);
	}
}

static void staged_changes_show_only_in_their_draft(void **state)
{
	struct store_rig *r = *state;
	struct conf *draft, *other;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	draft = store_rig_conf(r);
	other = store_rig_conf(r);
	conf_put(draft, "ephones/1", json("{\"n\":2}"));
	conf_put(draft, "ephones/2", json("{\"n\":3}"));
	assert_json(conf_get(draft, "ephones/1"), "{\"n\":2}");
	assert_json(conf_get_base(draft, "ephones/1"), "{\"n\":1}");
	assert_json(conf_get(other, "ephones/1"), "{\"n\":1}");
	assert_json(conf_get(other, "ephones/2"), NULL);
	conf_close(draft);
	conf_close(other);
	assert_int_equal(store_revision(r->store), 1);
}

static void a_draft_that_changes_nothing_makes_no_revision(void **state)
{
	struct store_commit info = { .who = "admin" };
	struct store_rig *r = *state;
	struct conf *c;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	c = store_rig_conf(r);
	conf_put(c, "ephones/1", json("{\"n\":1}"));
	conf_put(c, "ephones/7", NULL);
	assert_int_equal(store_commit(r->store, c, &info), 0);
	assert_int_equal(info.revision, 1);
	conf_close(c);
	assert_int_equal(store_revision(r->store), 1);
}

static void a_draft_on_an_object_changed_meanwhile_is_stale(void **state)
{
	struct store_commit info = { .who = "admin" };
	struct store_rig *r = *state;
	struct conf *late, *elsewhere;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	late = store_rig_conf(r);
	elsewhere = store_rig_conf(r);
	store_rig_commit(r, "ephones/1", "{\"n\":2}");
	conf_put(late, "ephones/1", json("{\"n\":3}"));
	assert_int_equal(store_commit(r->store, late, &info), ERR_STALE);
	conf_close(late);
	/* Another object was not touched: no conflict. */
	conf_put(elsewhere, "ephones/2", json("{\"n\":4}"));
	assert_int_equal(store_commit(r->store, elsewhere, &info), 0);
	assert_int_equal(info.revision, 3);
	conf_close(elsewhere);
	/* Neither creating what somebody deleted nor what somebody created goes unnoticed. */
	late = store_rig_conf(r);
	store_rig_commit(r, "ephones/1", NULL);
	conf_put(late, "ephones/1", json("{\"n\":5}"));
	assert_int_equal(store_commit(r->store, late, &info), ERR_STALE);
	conf_close(late);
	late = store_rig_conf(r);
	store_rig_commit(r, "ephones/9", "{}");
	conf_put(late, "ephones/9", json("{\"n\":5}"));
	assert_int_equal(store_commit(r->store, late, &info), ERR_STALE);
	conf_close(late);
}

/* ---- records of the same transaction ---- */

static int collect_record(void *ctx, const char *key, const void *value, size_t len)
{
	text_addf(ctx, "%s=%.*s ", key, (int)len, (const char *)value);
	return 0;
}

static void assert_records(struct store_rig *r, const char *want)
{
	struct text t;

	text_init(&t, 4096);
	assert_int_equal(store_each(r->store, BUCKET_AUDIT, NULL, false, collect_record, &t), 0);
	assert_string_equal(t.len ? t.buf : "", want);
	text_fini(&t);
}

static int commit_with_record(struct store_rig *r, struct conf *c, const char *text)
{
	/* "n=" and behind it the number of the revision */
	const struct store_put put = { .bucket = BUCKET_AUDIT,
				       .value = text,
				       .len = strlen(text),
				       .keep = 2,
				       .revision_at = 2 };
	struct store_commit info = { .who = "admin", .puts = &put, .n_puts = 1 };
	int err = store_commit(r->store, c, &info);

	conf_close(c);
	return err;
}

static void a_record_is_written_with_its_revision_or_not_at_all(void **state)
{
	struct store_rig *r = *state;
	struct conf *c = store_rig_conf(r), *late = store_rig_conf(r);

	conf_put(c, "ephones/1", json("{\"n\":1}"));
	conf_put(late, "ephones/1", json("{\"n\":2}"));
	assert_int_equal(commit_with_record(r, c, "n=,a"), 0);
	assert_int_equal(commit_with_record(r, late, "n=,b"), ERR_STALE);
	assert_records(r, "0000000000000001=n=1,a ");
	/* nothing changed: the record has the revision that it is about */
	assert_int_equal(commit_with_record(r, store_rig_conf(r), "n=,c"), 0);
	assert_int_equal(store_revision(r->store), 1);
	assert_records(r, "0000000000000001=n=1,a 0000000000000002=n=1,c ");
	store_rig_reopen(r);
	c = store_rig_conf(r);
	conf_put(c, "ephones/2", json("{}"));
	assert_int_equal(commit_with_record(r, c, "n=,d"), 0);
	assert_records(r, "0000000000000002=n=1,c 0000000000000003=n=2,d ");
}

static int collect_keys(void *ctx, const char *key, const cJSON *value)
{
	struct text *t = ctx;

	assert_non_null(value);
	text_addf(t, "%s ", key);
	return 0;
}

static void assert_keys(struct conf *c, const char *collection, const char *after, const char *want)
{
	char buf[512];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	assert_int_equal(conf_each(c, collection, after, collect_keys, &t), 0);
	assert_string_equal(buf, want);
}

static void items_come_in_numeric_order_with_staged_ones_among_them(void **state)
{
	struct store_rig *r = *state;
	struct conf *c;

	store_rig_commit(r, "ephones/10", "{}");
	store_rig_commit(r, "ephones/9", "{}");
	store_rig_commit(r, "ephones/2", "{}");
	store_rig_commit(r, "ephones/main", "{}");
	store_rig_commit(r, "ephone-dns/1", "{}");
	store_rig_commit(r, "ephones-x/1", "{}");
	store_rig_commit(r, "groups/2,10", "{}");
	store_rig_commit(r, "groups/2,9", "{}");
	store_rig_commit(r, "groups/10,1", "{}");
	c = store_rig_conf(r);
	assert_keys(c, "ephones", NULL, "2 9 10 main ");
	assert_keys(c, "ephones", "2", "9 10 main ");
	assert_keys(c, "ephones", "8", "9 10 main ");
	assert_keys(c, "ephones", "main", "");
	assert_keys(c, "groups", NULL, "2,9 2,10 10,1 ");
	assert_keys(c, "nothing", NULL, "");
	conf_put(c, "ephones/3", json("{}"));
	conf_put(c, "ephones/9", NULL);
	conf_put(c, "ephones/11", json("{}"));
	assert_keys(c, "ephones", NULL, "2 3 10 11 main ");
	assert_keys(c, "ephones", "3", "10 11 main ");
	assert_int_equal(conf_count(c, "ephones"), 5);
	assert_int_equal(conf_count(c, "groups"), 3);
	assert_int_equal(conf_count(c, "nothing"), 0);
	conf_close(c);
}

static void the_lowest_free_tag_is_found(void **state)
{
	struct store_rig *r = *state;
	struct conf *c = store_rig_conf(r);

	assert_int_equal(conf_lowest_free(c, "ephones", 1, 10), 1);
	conf_close(c);
	store_rig_commit(r, "ephones/1", "{}");
	store_rig_commit(r, "ephones/2", "{}");
	store_rig_commit(r, "ephones/4", "{}");
	c = store_rig_conf(r);
	assert_int_equal(conf_lowest_free(c, "ephones", 1, 10), 3);
	assert_int_equal(conf_lowest_free(c, "ephones", 4, 10), 5);
	assert_int_equal(conf_lowest_free(c, "ephones", 1, 2), 0);
	conf_put(c, "ephones/3", json("{}"));
	assert_int_equal(conf_lowest_free(c, "ephones", 1, 10), 5);
	conf_put(c, "ephones/1", NULL);
	assert_int_equal(conf_lowest_free(c, "ephones", 1, 10), 1);
	conf_close(c);
}

struct changes {
	char buf[1024];
	struct text t;
};

static int collect_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct changes *ch = ctx;
	char *b = before ? cJSON_PrintUnformatted(before) : NULL;
	char *a = after ? cJSON_PrintUnformatted(after) : NULL;

	text_addf(&ch->t, "%s:%s>%s ", path, b ? b : "-", a ? a : "-");
	cJSON_free(a);
	cJSON_free(b);
	return 0;
}

static void changes_init(struct changes *ch)
{
	text_fixed(&ch->t, ch->buf, sizeof(ch->buf));
}

static void assert_since(struct store_rig *r, uint64_t since, const char *want)
{
	struct conf *c = store_rig_conf(r);
	struct changes ch;

	changes_init(&ch);
	assert_int_equal(conf_changed_since(c, since, collect_change, &ch), 0);
	assert_string_equal(ch.buf, want);
	conf_close(c);
}

static void changes_since_a_revision_name_each_path_once(void **state)
{
	struct store_rig *r = *state;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	store_rig_commit(r, "ephones/2", "{\"n\":1}");
	store_rig_commit(r, "ephones/1", "{\"n\":2}");
	store_rig_commit(r, "ephones/1", "{\"n\":3}");
	store_rig_commit(r, "ephones/2", NULL);
	assert_since(r, 5, "");
	assert_since(r, 99, "");
	assert_since(r, 4, "ephones/2:{\"n\":1}>- ");
	assert_since(r, 2, "ephones/1:{\"n\":1}>{\"n\":3} ephones/2:{\"n\":1}>- ");
	assert_since(r, 0, "ephones/1:->{\"n\":3} ");
}

static void an_older_revision_can_be_read_and_brought_back(void **state)
{
	struct store_commit info = { .who = "admin", .comment = "back to 2" };
	struct store_rig *r = *state;
	struct conf *then, *c;
	const cJSON *v;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	store_rig_commit(r, "ephones/3", "{\"n\":1}");
	store_rig_commit(r, "ephones/1", NULL);
	store_rig_commit(r, "ephones/2", "{\"n\":2}");
	store_rig_commit(r, "ephones/3", "{\"n\":9}");
	assert_int_equal(conf_open_at(r->store, 6, &then), ERR_NOENT);
	assert_int_equal(conf_open_at(r->store, 2, &then), 0);
	assert_int_equal(conf_revision(then), 2);
	assert_keys(then, "ephones", NULL, "1 3 ");
	assert_int_equal(conf_count(then, "ephones"), 2);
	assert_json(conf_get(then, "ephones/3"), "{\"n\":1}");
	assert_int_equal(conf_object_revision(then, "ephones/3"), 2);
	assert_int_equal(conf_object_revision(then, "ephones/2"), 0);

	c = store_rig_conf(r);
	conf_clear(c);
	assert_keys(c, "ephones", NULL, "");
	for (int i = 1; i <= 3; i++) {
		char path[32];

		snprintf(path, sizeof(path), "ephones/%d", i);
		v = conf_get(then, path);
		if (v)
			conf_put(c, path, cJSON_Duplicate(v, true));
	}
	assert_int_equal(store_commit(r->store, c, &info), 0);
	assert_int_equal(info.revision, 6);
	conf_close(then);
	conf_close(c);
	assert_since(r, 5,
		     "ephones/1:->{\"n\":1} ephones/2:{\"n\":2}>- ephones/3:{\"n\":9}>{\"n\":1} ");
	assert_since(r, 2, "");
}

static int one_revision(void *ctx, const struct store_revision *rev)
{
	struct text *t = ctx;
	char *changes = cJSON_PrintUnformatted(rev->changes);

	assert_true(rev->wall_ns > 1600000000000000000);
	text_addf(t, "%d %s %s %s %s\n", (int)rev->number, rev->who,
		  rev->comment ? rev->comment : "-", rev->address ? rev->address : "-", changes);
	cJSON_free(changes);
	return 0;
}

static void revisions_tell_who_and_what(void **state)
{
	struct store_rig *r = *state;
	char buf[1024];
	struct text t;

	store_rig_commit(r, "ephones/1", "{\"n\":1}");
	store_rig_commit(r, "ephones/1", "{\"n\":2}");
	store_rig_commit(r, "ephones/1", NULL);
	text_fixed(&t, buf, sizeof(buf));
	assert_int_equal(store_revisions(r->store, 0, 2, one_revision, &t), 0);
	assert_string_equal(
	    buf, "3 admin test 192.0.2.1 "
		 "[{\"path\":\"ephones/1\",\"was\":2,\"before\":{\"n\":2},\"after\":null}]\n"
		 "2 admin test 192.0.2.1 "
		 "[{\"path\":\"ephones/1\",\"was\":1,\"before\":{\"n\":1},\"after\":{\"n\":2}}]\n");
	text_fixed(&t, buf, sizeof(buf));
	assert_int_equal(store_revisions(r->store, 2, 9, one_revision, &t), 0);
	assert_string_equal(
	    buf, "1 admin test 192.0.2.1 "
		 "[{\"path\":\"ephones/1\",\"was\":0,\"before\":null,\"after\":{\"n\":1}}]\n");
	assert_int_equal(store_revision_get(r->store, 4, one_revision, &t), ERR_NOENT);
	assert_int_equal(store_revision_get(r->store, 1, one_revision, &t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, store_rig_setup, store_rig_teardown)
		T(a_commit_is_read_back_also_after_a_restart),
		T(staged_changes_show_only_in_their_draft),
		T(a_draft_that_changes_nothing_makes_no_revision),
		T(a_draft_on_an_object_changed_meanwhile_is_stale),
		T(a_record_is_written_with_its_revision_or_not_at_all),
		T(items_come_in_numeric_order_with_staged_ones_among_them),
		T(the_lowest_free_tag_is_found),
		T(changes_since_a_revision_name_each_path_once),
		T(an_older_revision_can_be_read_and_brought_back),
		T(revisions_tell_who_and_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
