/* The shared ring of the event feed. */
#include "tests/support/test.h"

#include <string.h>

#include "server/feed/ring.h"

#define PRE 16

static void push(struct ring *r, uint64_t seq)
{
	ring_push(r, seq, EV_PHONE_SEEN, "{}", 2);
}

static void a_number_finds_its_event_until_the_ring_is_full(void **state)
{
	struct ring *r = ring_new(4, PRE);

	(void)state;
	assert_int_equal(ring_first(r), 0);
	for (uint64_t seq = 7; seq <= 12; seq++)
		push(r, seq);
	assert_int_equal(ring_first(r), 9);
	assert_int_equal(ring_last(r), 12);
	assert_null(ring_get(r, 8));
	assert_int_equal(ring_get(r, 9)->seq, 9);
	assert_memory_equal(ring_get(r, 12)->buf + PRE, "{}", 2);
	assert_null(ring_get(r, 13));
	ring_free(r);
}

static void a_gap_empties_the_ring_so_that_nobody_skips_events(void **state)
{
	struct ring *r = ring_new(4, PRE);

	(void)state;
	push(r, 1);
	push(r, 2);
	push(r, 9);
	assert_int_equal(ring_first(r), 9);
	assert_null(ring_get(r, 2));
	ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_finds_its_event_until_the_ring_is_full),
		cmocka_unit_test(a_gap_empties_the_ring_so_that_nobody_skips_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
