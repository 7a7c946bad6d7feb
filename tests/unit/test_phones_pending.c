/* What phones still need after a change: it stands until the phone has taken the change, whatever happens to
 * the process meanwhile, and says nothing of phones that have it. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/conf.h"
#include "store/store.h"

#define A      "SEP0011223344AA"
#define B      "SEP0011223344BB"
#define A_FILE A ".cnf.xml"

struct rig {
	char *dir;
	struct clock_fake clock;
	struct store *store;
	struct loop *loop;
	struct phones *p;
	struct net_addr peer;
	unsigned acts; /* what the engine was asked */
	enum phone_action last_act;
	bool deaf; /* the engine refuses */
};

static int on_act(void *engine, const char *device, enum phone_action action)
{
	struct rig *r = engine;

	(void)device;
	if (r->deaf)
		return ERR_NOENT;
	r->acts++;
	r->last_act = action;
	return 0;
}

static void begin(struct rig *r)
{
	struct store_options opt = { .dir = r->dir, .clock = &r->clock.clock };

	assert_int_equal(store_open(&r->store, &opt, NULL, 0), 0);
	assert_int_equal(loop_new(&r->loop, "calls", &r->clock.clock), 0);
	assert_int_equal(phones_new(&r->p, r->loop, r->store), 0);
	phones_set_actor(r->p, PHONE_SCCP, on_act, r);
	phones_set_actor(r->p, PHONE_SIP, on_act, r);
	assert_int_equal(loop_start_thread(r->loop), 0);
}

static void stop(struct rig *r)
{
	loop_stop(r->loop);
	loop_join(r->loop);
	phones_free(r->p);
	store_close(r->store);
	loop_free(r->loop);
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

static int rig_new(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	clock_fake_init(&r->clock, INT64_C(1764000000000000000));
	r->dir = test_tmpdir();
	net_addr_parse(&r->peer, "192.0.2.1", 5060);
	begin(r);
	commit(r, "ephones/1", "{\"mac_address\":\"0011223344AA\"}");
	commit(r, "ephones/2", "{\"mac_address\":\"0011223344BB\"}");
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

/* ---- on the call loop ---- */

struct work {
	struct rig *r;
	const char *device;
	bool leave;
	enum phone_protocol protocol;
	const char *file;
	uint32_t duration_ms;
};

static void do_work(void *owner, void *msg)
{
	struct work *w = msg;
	struct phone_reg reg = {
		.protocol = w->protocol, .peer = w->r->peer, .transport = "tcp", .lines = 1
	};
	struct phones_file f = { .peer = w->r->peer,
				 .transport = "tftp",
				 .step = STEP_FILE_SENT,
				 .duration_ms = w->duration_ms };

	(void)owner;
	if (w->leave) {
		phones_unregistered(w->r->p, w->device, w->protocol, STEP_UNREGISTERED, "left");
	} else if (w->file) {
		text_copy(f.name, sizeof(f.name), w->file);
		phones_file(w->r->p, &f);
	} else {
		phones_registered(w->r->p, w->device, &reg);
	}
}

static void run(struct rig *r, struct work w)
{
	w.r = r;
	assert_int_equal(mailbox_ask(loop_mailbox(r->loop), do_work, &w, sizeof(w), 5000, NULL), 0);
}

static void registers(struct rig *r, const char *device)
{
	run(r, (struct work){ .device = device, .protocol = PHONE_SCCP });
}

static void leaves(struct rig *r, const char *device)
{
	run(r, (struct work){ .device = device, .protocol = PHONE_SCCP, .leave = true });
}

static void fetches(struct rig *r, const char *file, uint32_t duration_ms)
{
	run(r, (struct work){ .file = file, .duration_ms = duration_ms });
}

/* ---- changes and what is seen of them ---- */

static struct phones_need change(struct rig *r, uint64_t revision, const char *device,
				 enum phone_need need, bool apply, uint64_t undoes)
{
	struct phones_change ch = { revision, undoes, apply, "ann" };
	struct phones_need n = { .need = (uint8_t)need };

	text_copy(n.device, sizeof(n.device), device);
	assert_int_equal(phones_changed(r->p, &ch, &n, 1), 0);
	clock_fake_advance_ms(&r->clock, 10);
	return n;
}

static void assert_pending(struct rig *r, const char *want)
{
	struct text t;
	const cJSON *e;
	cJSON *o;

	assert_int_equal(phones_pending(r->p, NULL, 500, &o), 0);
	text_init(&t, 65536);
	text_add(&t, "");
	cJSON_ArrayForEach (e, cJSON_GetObjectItem(o, "items")) {
		text_addf(&t, "%s %s %d-%d%s%s; ", cJSON_GetObjectItem(e, "device")->valuestring,
			  cJSON_GetObjectItem(e, "pending_action")->valuestring,
			  cJSON_GetObjectItem(e, "since_revision")->valueint,
			  cJSON_GetObjectItem(e, "revision")->valueint,
			  cJSON_IsTrue(cJSON_GetObjectItem(e, "asked")) ? " asked" : "",
			  cJSON_IsTrue(cJSON_GetObjectItem(e, "asked_when_back")) ? " later" : "");
	}
	assert_string_equal(t.buf ? t.buf : "", want);
	text_fini(&t);
	cJSON_Delete(o);
}

static void a_reset_is_done_when_the_file_was_fetched_since(void **state)
{
	struct rig *r = *state;

	registers(r, A);
	change(r, 3, A, NEED_RESET, false, 0);
	assert_pending(r, A " reset 3-3; ");
	leaves(r, A);
	registers(r, A); /* it may have lost its network only */
	assert_pending(r, A " reset 3-3; ");
	fetches(r, A_FILE, 5000); /* begun before the change */
	fetches(r, "SEP0011223344BB.cnf.xml", 1);
	assert_pending(r, A " reset 3-3; ");
	fetches(r, A_FILE, 2);
	assert_pending(r, "");
	assert_int_equal(r->acts, 0);
}

static void a_restart_is_done_when_the_phone_registered_anew(void **state)
{
	struct rig *r = *state;

	registers(r, A);
	change(r, 3, A, NEED_RESTART, false, 0);
	registers(r, A); /* a refresh */
	assert_pending(r, A " restart 3-3; ");
	leaves(r, A);
	registers(r, A);
	assert_pending(r, "");
	change(r, 4, A, NEED_REREGISTER, false, 0);
	registers(r, A);
	assert_pending(r, "");
}

static void the_strongest_need_stands_until_it_is_met(void **state)
{
	struct rig *r = *state;

	registers(r, A);
	change(r, 3, A, NEED_RESET, false, 0);
	change(r, 4, A, NEED_RESTART, false, 0);
	change(r, 4, B, NEED_NONE, false, 0);
	leaves(r, A);
	registers(r, A);
	assert_pending(r, A " reset 3-4; ");
	fetches(r, A_FILE, 1);
	assert_pending(r, "");
}

static void who_is_asked_now_is_asked_once(void **state)
{
	struct rig *r = *state;

	registers(r, A);
	assert_true(change(r, 3, A, NEED_RESET, true, 0).asked);
	assert_int_equal(r->acts, 1);
	assert_int_equal(r->last_act, PHONE_RESET);
	assert_pending(r, A " reset 3-3 asked; ");
	leaves(r, A);
	registers(r, A); /* it has not taken the file: asking again and again would help nobody */
	assert_pending(r, A " reset 3-3 asked; ");
	assert_int_equal(r->acts, 1);
}

static void who_is_away_is_asked_when_it_comes(void **state)
{
	struct rig *r = *state;

	assert_false(change(r, 3, A, NEED_RESET, true, 0).asked);
	assert_pending(r, A " reset 3-3 later; ");
	stop(r);
	begin(r);
	assert_pending(r, A " reset 3-3 later; ");
	registers(r, A);
	assert_pending(r, A " reset 3-3 asked; ");
	assert_int_equal(r->acts, 1);
	leaves(r, A);
	registers(r, A);
	assert_pending(r, A " reset 3-3 asked; ");
	assert_int_equal(r->acts, 1);
	/* away, and back by way of its file: nothing to ask */
	change(r, 4, B, NEED_RESET, true, 0);
	fetches(r, B ".cnf.xml", 1);
	registers(r, B);
	assert_pending(r, A " reset 3-3 asked; ");
	assert_int_equal(r->acts, 1);
}

static void all_are_asked_later(void **state)
{
	struct rig *r = *state;
	cJSON *o;

	registers(r, A);
	change(r, 3, A, NEED_RESTART, false, 0);
	change(r, 3, B, NEED_RESET, false, 0);
	assert_int_equal(phones_pending_ask(r->p, "bob", &o), 0);
	assert_string_equal(cJSON_GetArrayItem(cJSON_GetObjectItem(o, "asked"), 0)->valuestring, A);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "asked")), 1);
	assert_int_equal(cJSON_GetObjectItem(o, "waiting")->valueint, 1);
	assert_int_equal(r->last_act, PHONE_RESTART);
	cJSON_Delete(o);
	assert_pending(r, A " restart 3-3 asked; " B " reset 3-3 later; ");
}

static void a_change_taken_back_before_it_was_taken_needs_nothing(void **state)
{
	struct rig *r = *state;

	registers(r, A);
	change(r, 3, A, NEED_RESET, false, 0);
	change(r, 4, A, NEED_RESET, false, 3);
	assert_pending(r, "");
	/* an older need stays, a phone that was told may have it, one that has it needs it again */
	change(r, 5, A, NEED_RESET, false, 0);
	change(r, 6, A, NEED_RESET, false, 0);
	change(r, 7, A, NEED_RESET, false, 6);
	assert_pending(r, A " reset 5-7; ");
	fetches(r, A_FILE, 1);
	change(r, 8, A, NEED_RESET, true, 0);
	change(r, 9, A, NEED_RESET, true, 8);
	assert_pending(r, A " reset 8-9 asked; ");
	assert_int_equal(r->acts, 2);
	fetches(r, A_FILE, 1);
	change(r, 10, A, NEED_RESET, false, 8);
	assert_pending(r, A " reset 10-10; ");
}

static void strangers_and_newcomers_are_not_waited_for(void **state)
{
	struct phones_change ch = { 3, 0, false, "ann" };
	struct phones_need n[2] = { { .device = A, .need = NEED_RESET, .fresh = true },
				    { .device = B, .need = NEED_RESET, .gone = true } };
	struct rig *r = *state;

	assert_int_equal(phones_changed(r->p, &ch, n, 2), 0);
	assert_pending(r, "");
	/* registered, it runs something else than it should */
	registers(r, A);
	registers(r, B);
	commit(r, "ephones/2", NULL);
	assert_int_equal(phones_changed(r->p, &ch, n, 2), 0);
	assert_pending(r, A " reset 3-3; " B " reset 3-3; ");
	leaves(r, B);
	assert_pending(r, A " reset 3-3; ");
}

static void contacts_of_a_pool_answer_for_it(void **state)
{
	struct rig *r = *state;

	change(r, 3, "POOL7", NEED_RESTART, false, 0);
	run(r, (struct work){ .device = "POOL7@192.0.2.1:5060", .protocol = PHONE_SIP });
	assert_pending(r, "");
}

static void what_is_pending_outlives_the_process(void **state)
{
	struct rig *r = *state;
	struct phones_need many[250];
	struct phones_change ch = { 9, 0, false, "ann" };
	cJSON *o;

	change(r, 5, A, NEED_RESTART, false, 0);
	change(r, 5, B, NEED_RESET, false, 0);
	stop(r);
	begin(r);
	assert_pending(r, A " restart 5-5; " B " reset 5-5; ");
	assert_int_equal(phones_changed_upto(r->p), 5);
	registers(r, A);
	stop(r);
	begin(r);
	assert_pending(r, B " reset 5-5; ");
	/* more than one turn of the loop, more than one page */
	memset(many, 0, sizeof(many));
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		snprintf(many[i].device, sizeof(many[i].device), "SEP00AA%08zX", i);
		many[i].need = NEED_RESET;
	}
	assert_int_equal(phones_changed(r->p, &ch, many, ARRAY_LEN(many)), 0);
	stop(r);
	begin(r);
	assert_int_equal(phones_pending(r->p, "SEP00AA00000063", 100, &o), 0);
	assert_int_equal(cJSON_GetObjectItem(o, "total")->valueint, 251);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "items")), 100);
	assert_string_equal(cJSON_GetObjectItem(o, "next_cursor")->valuestring, "SEP00AA000000C7");
	cJSON_Delete(o);
	assert_int_equal(phones_changed_upto(r->p), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, rig_new, rig_free)
		T(a_reset_is_done_when_the_file_was_fetched_since),
		T(a_restart_is_done_when_the_phone_registered_anew),
		T(the_strongest_need_stands_until_it_is_met),
		T(who_is_asked_now_is_asked_once),
		T(who_is_away_is_asked_when_it_comes),
		T(all_are_asked_later),
		T(a_change_taken_back_before_it_was_taken_needs_nothing),
		T(strangers_and_newcomers_are_not_waited_for),
		T(contacts_of_a_pool_answer_for_it),
		T(what_is_pending_outlives_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
