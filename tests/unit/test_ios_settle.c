/* store/ios/settle.c: nothing is stored that no line can say. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "store/ios/ios.h"
#include "tests/support/schema_rig.h"

static int settle(struct schema_rig *r)
{
	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	return ios_settle(r->conf, &r->faults, &r->warnings);
}

static void a_value_that_needs_another_is_refused_alone(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PATCH, "telephony-service", "{\"standby\":null,\"max_dn\":10}");
	rig_must(r, OP_PUT, "ephone-dns/1", "{\"paging\":{\"port\":3000}}");
	assert_int_equal(settle(r), ERR_CONFLICT);
	rig_assert_fault(r, "incomplete", "/paging/port",
			 "Can be set only together with paging.address");
	rig_must(r, OP_PATCH, "ephone-dns/1", "{\"paging\":{\"address\":\"239.1.1.1\"}}");
	assert_int_equal(settle(r), 0);
	rig_must(r, OP_PATCH, "voice-register/global", "{\"max_pool\":5}");
	rig_must(r, OP_PUT, "voice-register/pools/1", "{\"password_encoding\":6}");
	assert_int_equal(settle(r), ERR_CONFLICT);
	assert_non_null(rig_fault(&r->faults, "incomplete"));
}

static void what_loses_its_company_goes_with_a_warning(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PATCH, "telephony-service", "{\"max_dn\":10}");
	rig_must(r, OP_PUT, "ephone-dns/1",
		 "{\"number\":\"1\",\"paging\":{\"address\":\"239.1.1.1\",\"port\":3000}}");
	rig_commit(r);
	rig_must(r, OP_PATCH, "ephone-dns/1", "{\"paging\":{\"address\":null}}");
	assert_int_equal(settle(r), 0);
	assert_int_equal(r->warnings.n, 1);
	assert_string_equal(r->warnings.list[0].field, "/paging/port");
	rig_assert_item(r, "ephone-dns/1", "{\"number\":\"1\",\"paging\":{}}");
}

/* `no hfs enable` says nothing of a port. */
static void a_switch_that_goes_off_takes_along_what_its_line_says(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PATCH, "telephony-service", "{\"hfs\":{\"enabled\":true,\"port\":6970}}");
	rig_commit(r);
	rig_must(r, OP_PATCH, "telephony-service", "{\"hfs\":{\"enabled\":false}}");
	assert_int_equal(settle(r), 0);
	rig_assert_item(r, "telephony-service", "{}");
}

static void values_that_no_line_says_together_are_refused(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/1", "{\"auto_line\":{\"button\":1,\"incoming\":true}}");
	assert_int_equal(settle(r), ERR_CONFLICT);
	assert_non_null(rig_fault(&r->faults, "incomplete"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_value_that_needs_another_is_refused_alone,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_loses_its_company_goes_with_a_warning,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(
		    a_switch_that_goes_off_takes_along_what_its_line_says, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(values_that_no_line_says_together_are_refused,
						rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
