/* tests/unit/test_phones_store.c - the room on its own thread, over a real store: commits change the table,
 * other threads ask and post, older steps come from the journal. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/conf.h"
#include "store/event.h"
#include "store/store.h"

#define A "SEP0011223344AA"

struct rig {
	char *dir;
	struct store *store;
	struct loop *loop;
	struct phones *p;
	struct net_addr peer;
};

static void begin(struct rig *r)
{
	struct store_options opt = { .dir = r->dir, .clock = &clock_system };
	char why[200] = "";

	assert_int_equal(store_open(&r->store, &opt, why, sizeof(why)), 0);
	assert_int_equal(loop_new(&r->loop, "calls", &clock_system), 0);
	assert_int_equal(phones_new(&r->p, r->loop, r->store), 0);
	assert_int_equal(loop_start_thread(r->loop), 0);
}

static void stop(struct rig *r)
{
	loop_stop(r->loop);
	loop_join(r->loop);
	phones_free(r->p); /* no longer told of commits */
	store_close(r->store);
	loop_free(r->loop);
}

static int rig_new(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	r->dir = test_tmpdir();
	net_addr_parse(&r->peer, "192.0.2.1", 5060);
	begin(r);
	*state = r;
	return 0;
}

static int rig_free(void **state)
{
	struct rig *r = *state;

	stop(r);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

static void commit(struct rig *r, const char *path, const char *json)
{
	struct store_commit info = { .who = "test" };
	struct conf *c = NULL;

	assert_int_equal(conf_open(r->store, &c), 0);
	conf_put(c, path, json ? cJSON_Parse(json) : NULL);
	assert_int_equal(store_commit(r->store, c, &info), 0);
	conf_close(c);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* Asks until the answer holds `want`, for 3 seconds at most. */
static void wait_for(struct rig *r, const char *device, const char *want, bool timeline)
{
	char *json = NULL;

	for (int i = 0; i < 600; i++) {
		mem_free(json);
		json = NULL;
		if (timeline)
			phones_timeline_json(r->p, device, &json);
		else
			phones_get_json(r->p, device, &json);
		if (json && strstr(json, want)) {
			mem_free(json);
			return;
		}
		nap();
	}
	fail_msg("%s never showed %s; it showed %s", device, want, json ? json : "nothing");
}

static void a_commit_changes_the_table(void **state)
{
	struct rig *r = *state;
	char *json = NULL;

	assert_int_equal(phones_get_json(r->p, A, &json), ERR_NOENT);
	commit(r, "ephones/1", "{\"mac_address\":\"0011223344AA\",\"description\":\"first\"}");
	wait_for(r, A, "\"description\":\"first\"", false);
	commit(r, "ephones/1", "{\"mac_address\":\"0011223344AA\",\"description\":\"second\"}");
	wait_for(r, A, "\"description\":\"second\"", false);
	assert_int_equal(phones_get_json(r->p, "0011.2233.44aa", &json), 0);
	assert_non_null(strstr(json, "\"code\":\"never_seen\""));
	mem_free(json);
}

/* */
static void a_template_gives_the_type(void **state)
{
	struct rig *r = *state;

	commit(r, "ephone-templates/1", "{\"phone_type\":\"7962\"}");
	commit(r, "ephones/1", "{\"mac_address\":\"0011223344AA\",\"ephone_template\":1}");
	wait_for(r, A, "7962", false);
	commit(r, "ephone-templates/1", "{\"phone_type\":\"7975\"}");
	wait_for(r, A, "7975", false);
	commit(r, "ephones/1",
	       "{\"mac_address\":\"0011223344AA\",\"phone_type\":\"7941\",\"ephone_template\":1}");
	wait_for(r, A, "7941", false);
	stop(r);
	begin(r);
	wait_for(r, A, "7941", false);
}

static void the_configuration_is_there_after_a_new_start(void **state)
{
	struct rig *r = *state;

	commit(r, "voice-register/dns/1", "{\"number\":\"2001\"}");
	commit(r, "voice-register/pools/1",
	       "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011223344AA\"},\"numbers\":{\"1\":1}}");
	stop(r);
	begin(r);
	wait_for(r, A, "\"number\":\"2001\"", false);
}

static void post(struct rig *r, const char *name);

/* Anybody may ask for files in a phone's name, as fast as the network carries it. */
static void a_flood_in_the_name_of_one_phone_does_not_wash_the_journal_out(void **state)
{
	struct rig *r = *state;
	char name[64];
	uint64_t before;

	commit(r, "ephones/1", "{\"mac_address\":\"0011223344AA\"}");
	wait_for(r, A, "\"device\":\"" A "\"", false);
	before = journal_last(r->store);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), A "-%d.xml", i % 2);
		post(r, name);
	}
	snprintf(name, sizeof(name), A "-last.xml");
	post(r, name);
	wait_for(r, A, "-last.xml", true); /* its story goes on in memory */
	for (int i = 0; i < 20; i++)
		nap(); /* events are written in batches */
	assert_in_range(journal_last(r->store) - before, 10, EVENT_PHONE_BURST + 5);
}

static void post(struct rig *r, const char *name)
{
	struct phones_file f = {
		.peer = r->peer, .transport = "tftp", .step = STEP_FILE_SENT, .bytes = 10
	};

	text_copy(f.name, sizeof(f.name), name);
	phones_post_file(r->p, &f);
}

static void posts_of_other_threads_become_steps_and_events(void **state)
{
	struct rig *r = *state;

	post(r, A ".cnf.xml");
	phones_post_time(r->p, &r->peer);
	wait_for(r, A, "\"step\":\"time_asked\"", true);
	wait_for(r, A, "Fetched " A ".cnf.xml by TFTP, 10 bytes", true);
}

static void steps_that_memory_lost_come_from_the_journal(void **state)
{
	struct rig *r = *state;
	char name[64], *json = NULL;
	cJSON *o = NULL, *steps = NULL;
	const char *before = "";

	commit(r, "ephones/1",
	       "{\"mac_address\":\"0011223344AA\"}"); /* its events are not held back */
	wait_for(r, A, "never_seen", false);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), A ".cnf.xml.%d", i);
		post(r, name);
		if (i % 10 == 0)
			nap();
	}
	wait_for(r, A, "cnf.xml.99 by", true);
	wait_for(r, A, "cnf.xml.0 ", true);
	for (int i = 0; i < 600; i++) { /* until the last batch is committed */
		assert_int_equal(phones_timeline_json(r->p, A, &json), 0);
		o = cJSON_Parse(json);
		steps = cJSON_GetObjectItem(o, "steps");
		if (cJSON_GetArraySize(steps) == 100)
			break;
		cJSON_Delete(o);
		mem_free(json);
		nap();
	}
	assert_int_equal(cJSON_GetArraySize(steps), 100);
	for (int i = 0; i < cJSON_GetArraySize(steps); i++) { /* oldest first */
		const char *at =
		    cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(steps, i), "at"));

		assert_true(strcmp(before, at) <= 0);
		before = at;
	}
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(o, "older")));
	cJSON_Delete(o);
	mem_free(json);
	stop(r); /* and all of them after a new start */
	begin(r);
	wait_for(r, A, "cnf.xml.99", true);
}

static void lists_attempts_and_metrics_answer_other_threads(void **state)
{
	struct rig *r = *state;
	static const struct {
		const char *text;
		bool found;
	} parts[] = { { "001122334403", true },   { "00:11:22:33:44:03", true },
		      { "0011.2233.4403", true }, { "2233.4403", true },
		      { "33-44-03", true },       { "33:44:0", true },
		      { "334:403", false },       { "44-03:", true },
		      { "44.03", false },         { "00:11:22:33:44:03:05", false } };
	struct phones_query q = { .limit = 2 };
	char path[64], entry[128], *json = NULL;
	struct text t;

	for (int i = 1; i <= 5; i++) {
		snprintf(path, sizeof(path), "ephones/%d", i);
		snprintf(entry, sizeof(entry), "{\"mac_address\":\"00112233440%d\"}", i);
		commit(r, path, entry);
	}
	wait_for(r, "SEP001122334405", "never_seen", false);
	assert_int_equal(phones_list_json(r->p, &q, &json), 0);
	assert_non_null(strstr(json, "\"next_cursor\":\"SEP001122334402\",\"total\":5"));
	mem_free(json);
	q.after = "SEP001122334404";
	assert_int_equal(phones_list_json(r->p, &q, &json), 0);
	assert_non_null(strstr(json, "SEP001122334405"));
	assert_non_null(strstr(json, "\"next_cursor\":null"));
	mem_free(json);
	q = (struct phones_query){ .limit = 9 };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		q.text = parts[i].text;
		assert_int_equal(phones_list_json(r->p, &q, &json), 0);
		if (!strstr(json, "SEP001122334403") == parts[i].found)
			fail_msg("%s", parts[i].text);
		mem_free(json);
	}
	assert_int_equal(phones_attempts_json(r->p, NULL, &json), 0);
	assert_string_equal(json, "{\"items\":[]}");
	mem_free(json);
	assert_int_equal(phones_attempts_json(r->p, "h323", &json), ERR_INVALID);
	assert_int_equal(phones_attempts_clear(r->p, NULL), 0);
	assert_int_equal(phones_act(r->p, A, PHONE_RESET, "x"), ERR_NOENT);
	text_init(&t, 1 << 16);
	phones_metrics(r->p, &t);
	assert_non_null(strstr(t.buf, "switchroom_phones_configured{protocol=\"sccp\"} 5\n"));
	text_fini(&t);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_new, rig_free)
	const struct CMUnitTest tests[] = {
		T(a_commit_changes_the_table),
		T(a_template_gives_the_type),
		T(the_configuration_is_there_after_a_new_start),
		T(posts_of_other_threads_become_steps_and_events),
		T(steps_that_memory_lost_come_from_the_journal),
		T(a_flood_in_the_name_of_one_phone_does_not_wash_the_journal_out),
		T(lists_attempts_and_metrics_answer_other_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
