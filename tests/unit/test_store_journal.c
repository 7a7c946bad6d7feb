/* Events: numbers without gaps, resuming, the index by subject, what happens when there is no room.
 */
#include "tests/support/store_rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

static void emit(struct store_rig *r, const char *subject, int64_t n)
{
	event_emit(r->store, EV_PHONE_REGISTERED, subject, EVENT_STR("protocol", "sip"),
		   EVENT_STR("address", "192.0.2.7"), EVENT_NUM("lines", n));
}

static void await_seq(struct store_rig *r, uint64_t seq)
{
	for (int i = 0; i < 1000 && journal_last(r->store) < seq; i++)
		usleep(5000);
	assert_int_equal(journal_last(r->store), seq);
}

struct seen {
	uint64_t first, last;
	size_t n;
	int64_t lost;
	char data[256], subject[64];
};

static int see(void *ctx, const struct journal_rec *rec)
{
	struct seen *s = ctx;

	if (s->n)
		assert_int_equal(rec->seq, s->last + 1);
	else
		s->first = rec->seq;
	s->last = rec->seq;
	s->n++;
	snprintf(s->data, sizeof(s->data), "%s", rec->data);
	snprintf(s->subject, sizeof(s->subject), "%s", rec->subject);
	if (rec->type == EV_EVENTS_LOST) {
		cJSON *data = cJSON_Parse(rec->data);

		assert_true(cJSON_IsString(cJSON_GetObjectItem(data, "producer")));
		s->lost += (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(data, "count"));
		cJSON_Delete(data);
	}
	return 0;
}

static void events_are_numbered_and_survive_a_restart(void **state)
{
	struct store_rig *r = *state;
	struct seen s = { 0 };

	assert_int_equal(journal_last(r->store), 0);
	assert_int_equal(journal_oldest(r->store), 0);
	for (int i = 1; i <= 5; i++)
		emit(r, "SEP001122334455", i);
	await_seq(r, 5);
	emit(r, NULL, 6); /* closing commits what is queued */
	store_rig_reopen(r);
	assert_int_equal(journal_last(r->store), 6);
	assert_int_equal(journal_oldest(r->store), 1);
	assert_int_equal(journal_read(r->store, 0, 100, see, &s), 0);
	assert_int_equal(s.n, 6);
	assert_int_equal(s.first, 1);
	assert_string_equal(s.subject, "");
	assert_string_equal(s.data, "{\"protocol\":\"sip\",\"address\":\"192.0.2.7\",\"lines\":6}");
	s = (struct seen){ 0 };
	assert_int_equal(journal_read(r->store, 4, 1, see, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.last, 5);
	s = (struct seen){ 0 };
	assert_int_equal(journal_read(r->store, 6, 10, see, &s), 0);
	assert_int_equal(journal_read(r->store, UINT64_MAX, 10, see, &s), 0);
	assert_int_equal(s.n, 0);
}

static void a_commit_and_its_event_come_together(void **state)
{
	struct store_rig *r = *state;
	struct seen s = { 0 };

	store_rig_commit(r, "ephones/1", "{}");
	assert_int_equal(journal_last(r->store), 1);
	assert_int_equal(journal_read(r->store, 0, 9, see, &s), 0);
	assert_string_equal(s.data, "{\"revision\":1,\"who\":\"admin\",\"comment\":\"test\"}");
}

#define THREADS    4
#define PER_THREAD 20000

static void *emit_many(void *arg)
{
	char subject[32];

	for (int i = 0; i < PER_THREAD; i++) {
		snprintf(subject, sizeof(subject), "SEP%012d", i % 50);
		emit(arg, subject, i);
	}
	return NULL;
}

/* Far more than the queue holds, from several threads: what is there plus what is reported lost is
 * what was emitted, and no number is missing. */
static void a_flood_loses_nothing_in_silence(void **state)
{
	struct store_rig *r = *state;
	struct seen s = { 0 };
	pthread_t t[THREADS];
	size_t told;

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, emit_many, r), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	store_rig_reopen(r);
	assert_int_equal(journal_read(r->store, 0, SIZE_MAX, see, &s), 0);
	assert_int_equal(s.last - s.first + 1, s.n);
	told = 0;
	for (uint64_t after = 0; after < s.last; told++) {
		struct seen one = { 0 };

		assert_int_equal(journal_read(r->store, after, 1, see, &one), 0);
		after = one.last;
	}
	assert_int_equal(told, s.n);
	/* Loss reports are events themselves. */
	assert_true((int64_t)s.n + s.lost >= THREADS * PER_THREAD);
	s.lost += (int64_t)s.n - THREADS * PER_THREAD; /* = number of reports */
	assert_true(s.lost >= 0 && s.lost < 1000);
}

static int collect(void *ctx, const struct journal_rec *rec)
{
	struct text *t = ctx;

	text_addf(t, "%d:%s ", (int)rec->seq, rec->subject);
	return 0;
}

static void assert_of(struct store_rig *r, const char *subject, uint64_t below, size_t max,
		      const char *want)
{
	char buf[256];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	assert_int_equal(journal_of(r->store, subject, below, max, collect, &t), 0);
	assert_string_equal(buf, want);
}

static void events_of_one_subject_come_newest_first(void **state)
{
	struct store_rig *r = *state;

	assert_of(r, "SEP1", 0, 9, "");
	emit(r, "SEP1", 1);
	emit(r, "SEP2", 1);
	emit(r, "SEP1", 1);
	emit(r, "SEP11", 1);
	emit(r, "SEP1", 1);
	await_seq(r, 5);
	assert_of(r, "SEP1", 0, 9, "5:SEP1 3:SEP1 1:SEP1 ");
	assert_of(r, "SEP1", 0, 2, "5:SEP1 3:SEP1 ");
	assert_of(r, "SEP1", 3, 9, "1:SEP1 ");
	assert_of(r, "SEP1", 1, 9, "");
	assert_of(r, "SEP2", 0, 9, "2:SEP2 ");
	assert_of(r, "SEP", 0, 9, "");
	assert_of(r, "SEP3", 0, 9, "");
	assert_of(r, "", 0, 9, "");
}

/* The journal is bounded; who asks for what is gone is told so. Runs the writer's own function on a
 * transaction, because two hundred thousand events one by one take too long for a test. */
static void the_oldest_events_make_room(void **state)
{
	struct store_rig *r = *state;
	struct seen s = { 0 };
	struct wtxn w = { .s = r->store };
	char subject[32];

	assert_int_equal(mdb_txn_begin(r->store->env, NULL, 0, &w.txn), 0);
	for (int i = 1; i <= STORE_JOURNAL_MAX + 500; i++) {
		int len = snprintf(subject, sizeof(subject), "SEP%d", i % 100);

		assert_int_equal(
		    journal_append(&w, "switchroom.phone.step", i, subject, (size_t)len, "{}", 2),
		    0);
	}
	assert_int_equal(mdb_txn_commit(w.txn), 0);
	store_rig_reopen(r);
	assert_int_equal(journal_oldest(r->store), 501);
	assert_int_equal(journal_last(r->store), STORE_JOURNAL_MAX + 500);
	assert_int_equal(journal_read(r->store, 499, 1, see, &s), ERR_GONE);
	assert_int_equal(journal_read(r->store, 500, 1, see, &s), 0);
	assert_int_equal(s.first, 501);
	s = (struct seen){ 0 };
	assert_int_equal(journal_read(r->store, 0, SIZE_MAX, see, &s), 0);
	assert_int_equal(s.n, STORE_JOURNAL_MAX);
	assert_of(r, "SEP1", 602, 9, "601:SEP1 501:SEP1 "); /* the index was pruned with it */
	emit(r, "SEP1", 1);
	await_seq(r, STORE_JOURNAL_MAX + 501);
	assert_int_equal(journal_oldest(r->store), 502);
}

static void wake(void *ctx)
{
	atomic_fetch_add((atomic_uint *)ctx, 1);
}

static void watchers_are_told_after_the_commit(void **state)
{
	struct store_rig *r = *state;
	atomic_uint commits = 0, events = 0;

	store_watch(r->store, wake, &commits);
	journal_watch(r->store, wake, &events);
	store_rig_commit(r, "ephones/1", "{}");
	assert_int_equal(atomic_load(&commits), 1);
	assert_int_equal(atomic_load(&events), 1);
	emit(r, "SEP1", 1);
	await_seq(r, 2);
	for (int i = 0; i < 200 && atomic_load(&events) < 2; i++)
		usleep(5000);
	assert_int_equal(atomic_load(&commits), 1);
	assert_int_equal(atomic_load(&events), 2);
}

static void who_watches_no_longer_is_not_told(void **state)
{
	struct store_rig *r = *state;
	atomic_uint gone = 0, stays = 0;

	store_watch(r->store, wake, &gone);
	store_watch(r->store, wake, &stays);
	journal_watch(r->store, wake, &gone);
	store_unwatch(r->store, &gone);
	store_rig_commit(r, "ephones/1", "{}");
	assert_int_equal(atomic_load(&gone), 0);
	assert_int_equal(atomic_load(&stays), 1);
}

static int to_json(void *ctx, const struct journal_rec *rec)
{
	text_reset(ctx);
	event_json(rec, ctx);
	return 0;
}

static void an_event_is_a_cloud_event(void **state)
{
	struct store_rig *r = *state;
	struct text t;
	cJSON *v;

	event_emit(r->store, EV_PHONE_ALARM, "SEP001122334455",
		   EVENT_STR("text", "say \"hi\"\n\xff\xc3\xa9"), EVENT_STR("severity", "warn"));
	await_seq(r, 1);
	text_init(&t, 65536);
	assert_int_equal(journal_read(r->store, 0, 1, to_json, &t), 0);
	v = cJSON_Parse(t.buf);
	assert_non_null(v);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "specversion")), "1.0");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "id")), "1");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "source")), "/switchroom");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "type")),
			    "switchroom.phone.alarm");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "subject")),
			    "SEP001122334455");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "datacontenttype")),
			    "application/json");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "text")),
			    "SEP001122334455 reports: say \"hi\"\n\xef\xbf\xbd\xc3\xa9");
	assert_json(cJSON_GetObjectItem(v, "data"),
		    "{\"text\":\"say \\\"hi\\\"\\n\xef\xbf\xbd\xc3\xa9\",\"severity\":\"warn\"}");
	cJSON_Delete(v);
	text_fini(&t);
}

/* Every byte of every field takes six in JSON, twice: in the sentence and in the data. */
static void the_longest_event_is_whole(void **state)
{
	struct store_rig *r = *state;
	char text[600], subject[200];
	struct text t;
	cJSON *v;

	memset(text, 1, sizeof(text));
	memset(subject, 2, sizeof(subject));
	text[sizeof(text) - 1] = subject[sizeof(subject) - 1] = '\0';
	event_emit(r->store, EV_PHONE_FILE, subject, EVENT_STR("file", text),
		   EVENT_STR("transport", text), EVENT_STR("outcome", text), EVENT_NUM("bytes", 1),
		   EVENT_NUM("duration_ms", 1));
	await_seq(r, 1);
	text_init(&t, EVENT_JSON_MAX);
	assert_int_equal(journal_read(r->store, 0, 1, to_json, &t), 0);
	assert_false(t.overflow);
	assert_true(t.len > 8192);
	v = cJSON_Parse(t.buf);
	assert_non_null(v);
	cJSON_Delete(v);
	text_fini(&t);
}

static void long_texts_are_cut_at_a_character(void **state)
{
	struct store_rig *r = *state;
	char text[1200];
	struct text t;
	cJSON *v;

	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[0] = 'x'; /* 512 falls into the middle of a character */
	text[1] = 'y';
	text[2] = 'z';
	memmove(text + 3, text + 4, sizeof(text) - 4);
	text[1190] = '\0';
	event_emit(r->store, EV_CLOCK_STATE, NULL, EVENT_STR("state", text));
	await_seq(r, 1);
	text_init(&t, 65536);
	assert_int_equal(journal_read(r->store, 0, 1, to_json, &t), 0);
	v = cJSON_Parse(t.buf);
	assert_non_null(v);
	assert_int_equal(strlen(cJSON_GetStringValue(
			     cJSON_GetObjectItem(cJSON_GetObjectItem(v, "data"), "state"))),
			 511);
	cJSON_Delete(v);
	text_fini(&t);
}

/* docs/events.md is what an integrator reads: it names every event with every field. */
static void every_event_is_in_the_document(void **state)
{
	static char doc[65536];
	FILE *f = fopen("docs/events.md", "r");
	enum event_type back;
	char row[512];

	(void)state;
	assert_non_null(f);
	doc[fread(doc, 1, sizeof(doc) - 1, f)] = '\0';
	fclose(f);
	for (int i = 0; i < EV_COUNT; i++) {
		const struct event_desc *d = event_desc((enum event_type)i);
		struct slice rest = slice_of(d->fields), part;
		struct text t;

		text_fixed(&t, row, sizeof(row));
		text_addf(&t, "| `%s` | ", d->type);
		while (d->fields[0] && slice_next(&rest, ',', &part))
			text_addf(&t, "%s`%.*s`", row[t.len - 1] == '`' ? ", " : "", (int)part.len,
				  part.p);
		if (!strstr(doc, row))
			fail_msg("docs/events.md has no line beginning with: %s", row);
		assert_int_equal(event_type_find(d->type, &back), 0);
		assert_int_equal(back, i);
	}
	assert_int_equal(event_type_find("switchroom.nothing", &back), ERR_NOENT);
}

static void a_filter_takes_names_and_beginnings(void **state)
{
	uint64_t mask;

	(void)state;
	assert_int_equal(event_filter("", &mask), 0);
	assert_true(event_wanted(mask, EV_CLOCK_STATE));
	assert_int_equal(event_filter("switchroom.phone.registered,switchroom.config.*", &mask), 0);
	assert_true(event_wanted(mask, EV_PHONE_REGISTERED));
	assert_true(event_wanted(mask, EV_CONFIG_COMMITTED));
	assert_false(event_wanted(mask, EV_PHONE_UNREGISTERED));
	assert_int_equal(event_filter("switchroom.phone.registred", &mask), ERR_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, store_rig_setup, store_rig_teardown)
		T(events_are_numbered_and_survive_a_restart),
		T(a_commit_and_its_event_come_together),
		T(a_flood_loses_nothing_in_silence),
		T(events_of_one_subject_come_newest_first),
		cmocka_unit_test(a_filter_takes_names_and_beginnings),
		T(the_oldest_events_make_room),
		T(watchers_are_told_after_the_commit),
		T(who_watches_no_longer_is_not_told),
		T(an_event_is_a_cloud_event),
		T(the_longest_event_is_whole),
		T(long_texts_are_cut_at_a_character),
		cmocka_unit_test(every_event_is_in_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
