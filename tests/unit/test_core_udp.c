/* tests/unit/test_core_udp.c - datagrams of one size in a row leave as one, and arrive each for itself. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/mem.h"
#include "server/core/net.h"

struct rig {
	struct clock_fake clock;
	struct loop *loop;
	struct net_udp *a, *b;
	struct net_addr to, from;
	size_t lens[512];
	unsigned n;
	bool broken;
};

static void on_datagram(void *ctx, const struct net_dgram *in)
{
	struct rig *r = ctx;

	for (size_t i = 0; i < in->len; i++)
		r->broken |= in->data[i] != (uint8_t)(r->n + i);
	r->lens[r->n++] = in->len;
}

static void on_nothing(void *ctx, const struct net_dgram *in)
{
	(void)ctx;
	(void)in;
}

static void stop_later(struct loop_timer *t)
{
	loop_stop(t->loop);
}

static void exchange(const char *host, const size_t *lens, unsigned n)
{
	struct rig r = { 0 };
	struct loop_timer t;
	uint8_t *data = mem_zalloc(9000);
	struct net_addr any;

	assert_int_equal(loop_new(&r.loop, "test", &clock_system), 0);
	net_addr_parse(&any, host, 0);
	loop_set_owner(r.loop);
	assert_int_equal(net_udp_open(&r.a, r.loop, &any, on_nothing, &r), 0);
	assert_int_equal(net_udp_open(&r.b, r.loop, &any, on_datagram, &r), 0);
	net_udp_local(r.b, &r.to);
	net_udp_local(r.a, &r.from);
	for (unsigned k = 0; k < n; k++) {
		for (size_t i = 0; i < lens[k]; i++)
			data[i] = (uint8_t)(k + i);
		net_udp_send(r.a, &r.to, &r.from, 0, data, lens[k]);
	}
	loop_timer_init(&t, r.loop, stop_later);
	loop_timer_set(&t, 100);
	loop_run(r.loop);
	assert_int_equal(r.n, n);
	assert_false(r.broken);
	for (unsigned k = 0; k < n; k++)
		assert_int_equal(r.lens[k], lens[k]);
	net_udp_close(r.a);
	net_udp_close(r.b);
	loop_free(r.loop);
	mem_free(data);
}

static void trains_arrive_as_the_datagrams_they_are_made_of(void **state)
{
	static const size_t mixed[] = { 100, 100, 100, 60, 100, 100,  0,   0,   7,
					7,   8,   8,   1,  1,   1432, 516, 516, 516 };
	size_t many[200];

	(void)state;
	exchange("127.0.0.1", mixed, sizeof(mixed) / sizeof(mixed[0]));
	exchange("::1", mixed, sizeof(mixed) / sizeof(mixed[0]));
	for (unsigned i = 0; i < 200; i++)
		many[i] = i < 150 ? 516 : 1432; /* more than one train takes */
	exchange("127.0.0.1", many, 200);
	for (unsigned i = 0; i < 40; i++)
		many[i] = 8196;
	exchange("::1", many, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trains_arrive_as_the_datagrams_they_are_made_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
