/* tests/unit/test_phones_resets.c - reset and restart of all phones, one after the other. The clock
 * moves when the test says so. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"

#define T0     1700000000000000000
#define PHONES 3

struct rig {
	struct clock_fake clock;
	struct loop *loop;
	struct phones *p;
	unsigned acted[10];
	unsigned total;
	enum phone_action action;
};

static void device(unsigned i, char out[DEVICE_NAME_SIZE])
{
	snprintf(out, DEVICE_NAME_SIZE, "SEP00112233440%u", i);
}

static void sign_on(struct rig *r, unsigned i)
{
	struct phone_reg reg = { .protocol = PHONE_SCCP, .transport = "tcp", .lines = 1 };
	char name[DEVICE_NAME_SIZE];

	device(i, name);
	net_addr_parse(&reg.peer, "192.0.2.1", (uint16_t)(2000 + i));
	phones_registered(r->p, name, &reg);
}

static void sign_off(struct rig *r, unsigned i)
{
	char name[DEVICE_NAME_SIZE];

	device(i, name);
	phones_unregistered(r->p, name, PHONE_SCCP, STEP_UNREGISTERED, "test");
}

static int on_act(void *engine, const char *name, enum phone_action action)
{
	struct rig *r = engine;

	r->acted[name[strlen(name) - 1] - '0']++;
	r->total++;
	r->action = action;
	return 0;
}

static int rig_new(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));

	clock_fake_init(&r->clock, T0);
	assert_int_equal(loop_new(&r->loop, "test", &r->clock.clock), 0);
	loop_set_owner(r->loop);
	assert_int_equal(phones_new(&r->p, r->loop, NULL), 0);
	phones_set_actor(r->p, PHONE_SCCP, on_act, r);
	for (unsigned i = 1; i <= PHONES; i++) {
		char path[32], json[64];
		cJSON *o;

		/* tags run against the names: the order is that of the tags */
		snprintf(path, sizeof(path), "ephones/%u", 10 - i);
		snprintf(json, sizeof(json), "{\"mac_address\":\"00112233440%u\"}", i);
		o = cJSON_Parse(json);
		phones_conf_apply(r->p, path, o);
		cJSON_Delete(o);
		sign_on(r, i);
	}
	*state = r;
	return 0;
}

static int rig_free(void **state)
{
	struct rig *r = *state;

	phones_free(r->p);
	loop_free(r->loop);
	mem_free(r);
	return 0;
}

static void pass(struct rig *r, unsigned ms)
{
	clock_fake_advance_ms(&r->clock, ms);
	loop_poll(r->loop);
}

static size_t start(struct rig *r, enum phone_action action, bool sequence, unsigned interval_s)
{
	struct phones_reset reset = { PHONE_SCCP, action, sequence, interval_s };

	return resets_start(r->p, &reset, "ada");
}

static bool is_due(struct rig *r, unsigned i)
{
	char name[DEVICE_NAME_SIZE];

	device(i, name);
	return phone_find(r->p, name)->reset_due;
}

static void one_phone_every_interval_in_the_order_of_tags(void **state)
{
	struct rig *r = *state;

	assert_int_equal(start(r, PHONE_RESTART, false, PHONES_RESET_INTERVAL_S), PHONES);
	assert_int_equal(r->total, 1); /* the first at once */
	assert_int_equal(r->acted[3], 1);
	assert_int_equal(r->action, PHONE_RESTART);
	assert_true(!is_due(r, 3) && is_due(r, 2) && is_due(r, 1));
	pass(r, 14999);
	assert_int_equal(r->total, 1);
	pass(r, 1);
	assert_int_equal(r->total, 2);
	assert_int_equal(r->acted[2], 1);
	pass(r, 15000);
	assert_int_equal(r->total, 3);
	assert_false(r->p->reset[PHONE_SCCP].on);
	pass(r, 60000);
	assert_int_equal(r->total, 3);
	REQ("R-304");
}

static void interval_0_does_not_wait_and_does_not_flood(void **state)
{
	struct rig *r = *state;

	assert_int_equal(start(r, PHONE_RESET, false, 0), PHONES);
	assert_int_equal(r->total, PHONES);
	assert_false(r->p->reset[PHONE_SCCP].on);
}

static void a_sequence_waits_for_the_one_before(void **state)
{
	struct rig *r = *state;

	assert_int_equal(start(r, PHONE_RESET, true, 0), PHONES);
	assert_int_equal(r->acted[3], 1);
	sign_off(r, 3);
	pass(r, 60000);
	assert_int_equal(r->total, 1); /* still away */
	sign_on(r, 3);
	pass(r, 1000);
	assert_int_equal(r->acted[2], 1);
	sign_off(r, 2);
	pass(r, PHONES_RETURN_MAX_S * 1000 - 1);
	assert_int_equal(r->acted[1], 0);
	pass(r, 1000); /* four minutes: it is not waited for any longer */
	assert_int_equal(r->acted[1], 1);
	sign_off(r, 1);
	pass(r, 500);
	sign_on(r, 1);
	pass(r, 1000);
	assert_false(r->p->reset[PHONE_SCCP].on);
	REQ("R-304");
}

static void who_has_left_is_passed_over(void **state)
{
	struct rig *r = *state;

	start(r, PHONE_RESET, false, 10);
	sign_off(r, 2);
	pass(r, 10000);
	assert_int_equal(r->acted[2], 0);
	assert_int_equal(r->acted[1], 1);
	assert_false(r->p->reset[PHONE_SCCP].on);
}

static void cancel_ends_it_and_another_takes_its_place(void **state)
{
	struct rig *r = *state;
	cJSON *o;

	start(r, PHONE_RESET, false, 60);
	o = reset_json(&r->p->reset[PHONE_SCCP]);
	assert_int_equal(cJSON_GetObjectItem(o, "phones")->valueint, PHONES);
	assert_int_equal(cJSON_GetObjectItem(o, "done")->valueint, 1);
	cJSON_Delete(o);
	assert_int_equal(resets_cancel(r->p, PHONE_SCCP), 2);
	assert_false(is_due(r, 1) || is_due(r, 2));
	assert_int_equal(resets_cancel(r->p, PHONE_SCCP), 0);
	start(r, PHONE_RESET, false, 60);
	assert_int_equal(start(r, PHONE_RESTART, false, 5), PHONES);
	pass(r, 10000);
	assert_int_equal(r->action, PHONE_RESTART);
	assert_int_equal(r->total, 4); /* 1 + 1 + 2: a late turn is one turn */
}

static void without_phones_there_is_nothing_to_do(void **state)
{
	struct rig *r = *state;
	struct phones_reset sip = { PHONE_SIP, PHONE_RESET, false, 15 };

	assert_int_equal(resets_start(r->p, &sip, "ada"), 0);
	assert_false(r->p->reset[PHONE_SIP].on);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_new, rig_free)
	const struct CMUnitTest tests[] = {
		T(one_phone_every_interval_in_the_order_of_tags),
		T(interval_0_does_not_wait_and_does_not_flood),
		T(a_sequence_waits_for_the_one_before),
		T(who_has_left_is_passed_over),
		T(cancel_ends_it_and_another_takes_its_place),
		T(without_phones_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
