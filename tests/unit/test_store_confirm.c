/* Commit-confirmed: a change that falls back by itself, whatever happens to the process meanwhile. */
#include "tests/support/store_rig.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/event.h"

#define START_NS INT64_C(1764000000000000000)

struct rig {
	struct store_rig r;
	struct clock_fake clock;
};

static int setup(void **state)
{
	struct rig *k = mem_zalloc(sizeof(*k));

	clock_fake_init(&k->clock, START_NS);
	k->r.clock = &k->clock.clock;
	k->r.dir = test_tmpdir();
	store_rig_open(&k->r);
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	struct rig *k = *state;

	store_close(k->r.store);
	test_rmdir(k->r.dir);
	mem_free(k);
	return 0;
}

static int commit(struct rig *k, const char *path, const char *json, struct store_commit *info)
{
	struct conf *c = store_rig_conf(&k->r);
	int err;

	info->who = "ann";
	conf_put(c, path, json ? cJSON_Parse(json) : NULL);
	err = store_commit(k->r.store, c, info);
	conf_close(c);
	return err;
}

static int try_commit(struct rig *k, const char *path, const char *json, unsigned minutes)
{
	return commit(k, path, json, &(struct store_commit){ .confirm_minutes = minutes });
}

static void must(struct rig *k, const char *path, const char *json, unsigned minutes)
{
	assert_int_equal(try_commit(k, path, json, minutes), 0);
}

/* Any write: the writer looks at the clock before it. */
static void a_write_elsewhere(struct rig *k)
{
	assert_int_equal(store_put(k->r.store,
				   &(struct store_put){
				       .bucket = BUCKET_FILES, .key = "x", .value = "y", .len = 1 },
				   1),
			 0);
}

static void assert_object(struct rig *k, const char *path, const char *json)
{
	struct conf *c = store_rig_conf(&k->r);

	assert_json(conf_get(c, path), json);
	conf_close(c);
}

static int last_event(void *ctx, const struct journal_rec *rec)
{
	struct text *t = ctx;

	text_reset(t);
	text_addf(t, "%s %s", event_desc(rec->type)->type, rec->data);
	return 0;
}

static void assert_last_event(struct rig *k, const char *want)
{
	struct text t;

	text_init(&t, 4096);
	assert_int_equal(journal_read(k->r.store, 0, 1000, last_event, &t), 0);
	assert_string_equal(t.buf, want);
	text_fini(&t);
}

static int copy_head(void *ctx, const struct store_revision *r)
{
	text_addf(ctx, "%s: %s", r->who, r->comment ? r->comment : "");
	return 0;
}

static void assert_revision(struct rig *k, uint64_t number, const char *want)
{
	struct text t;

	text_init(&t, 4096);
	assert_int_equal(store_revision_get(k->r.store, number, copy_head, &t), 0);
	assert_string_equal(t.buf, want);
	text_fini(&t);
}

static bool waits(struct rig *k)
{
	struct store_confirmation now;

	assert_int_equal(store_confirmation(k->r.store, &now), 0);
	return now.pending;
}

/* ---- tests ---- */

static void an_unconfirmed_change_falls_back_when_its_time_is_over(void **state)
{
	struct store_commit info = { .confirm_minutes = 5 };
	struct store_confirmation now;
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 0);
	assert_int_equal(commit(k, "ephones/1", "{\"n\":2}", &info), 0);
	assert_int_equal(info.deadline_ns, START_NS + INT64_C(300000000000));
	assert_last_event(k, "switchroom.confirmation.started "
			     "{\"revision\":2,\"falls_back_to\":1,\"minutes\":5,\"who\":\"ann\"}");
	clock_fake_advance_ms(&k->clock, 299999);
	a_write_elsewhere(k);
	assert_int_equal(store_confirmation(k->r.store, &now), 0);
	assert_true(now.pending && now.revision == 2 && now.falls_back_to == 1);
	assert_int_equal(now.remaining_ms, 1);
	assert_int_equal(now.deadline_ns, info.deadline_ns);
	assert_string_equal(now.who, "ann");
	assert_object(k, "ephones/1", "{\"n\":2}");
	clock_fake_advance_ms(&k->clock, 1);
	a_write_elsewhere(k);
	assert_false(waits(k));
	assert_object(k, "ephones/1", "{\"n\":1}");
	assert_int_equal(store_revision(k->r.store), 3);
	assert_revision(k, 3, "system: revision 2 was not confirmed: back to revision 1");
	assert_last_event(k, "switchroom.confirmation.expired "
			     "{\"revision\":2,\"falls_back_to\":1,\"made\":3,\"who\":\"system\"}");
	must(k, "ephones/1", "{\"n\":4}", 0);
}

/* Created, changed and deleted objects, and everything replaced. */
static void falling_back_brings_everything_back(void **state)
{
	struct store_commit info = { .who = "ann", .confirm_minutes = 1 };
	struct rig *k = *state;
	struct conf *c;

	must(k, "ephones/1", "{\"n\":1}", 0);
	must(k, "telephony-service", "{\"max_ephones\":4}", 0);
	c = store_rig_conf(&k->r);
	conf_clear(c);
	conf_put(c, "ephones/1", cJSON_Parse("{\"n\":2}"));
	conf_put(c, "ephones/2", cJSON_Parse("{\"n\":3}"));
	assert_int_equal(store_commit(k->r.store, c, &info), 0);
	conf_close(c);
	assert_object(k, "telephony-service", NULL);
	clock_fake_advance_ms(&k->clock, 60000);
	a_write_elsewhere(k);
	assert_object(k, "ephones/1", "{\"n\":1}");
	assert_object(k, "ephones/2", NULL);
	assert_object(k, "telephony-service", "{\"max_ephones\":4}");
}

static void a_confirmed_change_stays(void **state)
{
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 1);
	assert_int_equal(store_confirm(k->r.store, "bob", NULL, 0), 0);
	assert_last_event(k, "switchroom.confirmation.confirmed {\"revision\":1,\"who\":\"bob\"}");
	assert_false(waits(k));
	assert_int_equal(store_confirm(k->r.store, "bob", NULL, 0), ERR_NOENT);
	clock_fake_advance_ms(&k->clock, 3600000);
	a_write_elsewhere(k);
	assert_object(k, "ephones/1", "{\"n\":1}");
	assert_int_equal(store_revision(k->r.store), 1);
}

static void other_changes_wait_until_it_is_decided(void **state)
{
	struct store_commit back = { .takes_back = true };
	struct rig *k = *state;

	assert_int_equal(commit(k, "ephones/1", "{\"n\":1}", &back), ERR_NOENT);
	must(k, "ephones/1", "{\"n\":1}", 10);
	assert_int_equal(try_commit(k, "ephones/2", "{\"n\":1}", 0), ERR_PENDING);
	assert_int_equal(try_commit(k, "ephones/2", "{\"n\":1}", 10), ERR_PENDING);
	a_write_elsewhere(k); /* accounts, audit and the like do not wait */
	assert_int_equal(commit(k, "ephones/1", NULL, &back), 0);
	assert_int_equal(back.revision, 2);
	assert_last_event(k, "switchroom.confirmation.expired "
			     "{\"revision\":1,\"falls_back_to\":0,\"made\":2,\"who\":\"ann\"}");
	assert_false(waits(k));
	must(k, "ephones/2", "{\"n\":1}", 0);
}

static void a_change_of_nothing_waits_for_nothing(void **state)
{
	struct store_commit info = { .confirm_minutes = 5 };
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 0);
	assert_int_equal(commit(k, "ephones/1", "{\"n\":1}", &info), 0);
	assert_int_equal(info.deadline_ns, 0);
	assert_false(waits(k));
}

static void what_waits_survives_a_restart(void **state)
{
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 0);
	must(k, "ephones/1", "{\"n\":2}", 5);
	clock_fake_advance_ms(&k->clock, 60000);
	store_rig_reopen(&k->r);
	assert_true(waits(k));
	assert_int_equal(try_commit(k, "ephones/2", "{\"n\":1}", 0), ERR_PENDING);
	assert_object(k, "ephones/1", "{\"n\":2}");
	clock_fake_advance_ms(&k->clock, 4 * 60000);
	a_write_elsewhere(k);
	assert_object(k, "ephones/1", "{\"n\":1}");
}

static void what_ran_out_meanwhile_falls_back_at_the_start(void **state)
{
	struct store_fallback fell;
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 0);
	must(k, "ephones/1", "{\"n\":2}", 5);
	store_close(k->r.store);
	clock_fake_advance_ms(&k->clock, 5 * 60000);
	store_rig_open(&k->r);
	assert_int_equal(store_revision(k->r.store), 3);
	assert_object(k, "ephones/1", "{\"n\":1}");
	/* Whoever looks after the phones hears of it, also when he dies before he has done so. */
	store_rig_reopen(&k->r);
	assert_true(store_fell_back(k->r.store, &fell));
	assert_int_equal(fell.made, 3);
	assert_int_equal(fell.undone, 2);
	assert_false(fell.applied);
	store_fell_back_done(k->r.store, 3);
	a_write_elsewhere(k); /* the writer has done it before this */
	assert_false(store_fell_back(k->r.store, &fell));
}

/* A wall clock that steps neither shortens nor lengthens the time while the process runs; after a start
 * it is all there is, and a clock far behind makes nobody wait for ever. */
static void a_step_of_the_wall_clock_changes_nothing(void **state)
{
	struct store_confirmation now;
	struct rig *k = *state;

	must(k, "ephones/1", "{\"n\":1}", 0);
	must(k, "ephones/1", "{\"n\":2}", 5);
	k->clock.wall += INT64_C(86400000000000);
	a_write_elsewhere(k);
	assert_true(waits(k));
	k->clock.wall = 0;
	store_rig_reopen(&k->r);
	assert_int_equal(store_confirmation(k->r.store, &now), 0);
	assert_int_equal(now.remaining_ms, STORE_CONFIRM_MAX * 60000);
}

/* An older version, which knows no confirmations, may have worked on the store since. */
static void what_was_built_upon_is_not_taken_back(void **state)
{
	struct rig *k = *state;
	char record[200];
	struct store_put put = { .bucket = BUCKET_META, .key = "confirmation", .value = record };

	must(k, "ephones/1", "{\"n\":1}", 0);
	must(k, "ephones/1", "{\"n\":2}", 0);
	must(k, "ephones/2", "{\"n\":3}", 0);
	put.len = (size_t)snprintf(record, sizeof(record),
				   "{\"revision\":2,\"falls_back_to\":1,\"deadline_ms\":1}");
	assert_int_equal(store_put(k->r.store, &put, 1), 0);
	store_rig_reopen(&k->r);
	assert_false(waits(k));
	assert_int_equal(store_revision(k->r.store), 3);
	assert_object(k, "ephones/1", "{\"n\":2}");
	must(k, "ephones/1", "{\"n\":4}", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_unconfirmed_change_falls_back_when_its_time_is_over, setup, teardown),
		cmocka_unit_test_setup_teardown(falling_back_brings_everything_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_confirmed_change_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(other_changes_wait_until_it_is_decided, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_change_of_nothing_waits_for_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_waits_survives_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(what_ran_out_meanwhile_falls_back_at_the_start,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_built_upon_is_not_taken_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_step_of_the_wall_clock_changes_nothing, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
