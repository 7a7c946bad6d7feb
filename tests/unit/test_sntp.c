/* tests/unit/test_sntp.c - SNTP answers, the state of the clock, the limit of one address, and the server on
 * its own thread. */
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

#include "server/clock/sntp.h"
#include "server/clock/sntp_limit.h"
#include "server/clock/sntp_proto.h"
#include "server/core/mem.h"

#define T0 1700000000000000000 /* 2023-11-14T22:13:20Z */

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static uint32_t u32_at(const uint8_t *p)
{
	return (uint32_t)(u64_at(p) >> 32);
}

static void question(uint8_t q[SNTP_LEN], unsigned version, unsigned mode)
{
	memset(q, 0, SNTP_LEN);
	q[0] = (uint8_t)(version << 3 | mode);
	q[2] = 6;
	for (unsigned i = 0; i < 8; i++)
		q[40 + i] = (uint8_t)(0x11 * (i + 1));
}

static struct clock_state good(void)
{
	struct clock_source src = clock_source_fixed(true);
	struct clock_state s;

	src.read(src.ctx, T0, &s);
	return s;
}

/* RFC 5905 section 14: the version and poll are copied, the transmit stamp comes back as origin. */
static void an_answer_mirrors_its_question(void **state)
{
	struct clock_state s = good();
	uint8_t q[SNTP_LEN], a[SNTP_LEN];

	(void)state;
	for (unsigned v = 1; v <= 4; v++) {
		question(q, v, 3);
		assert_int_equal(sntp_check(q, sizeof(q)), SNTP_ASK);
		sntp_answer(a, q, &s, T0, T0 + 1000);
		assert_int_equal(a[0], v << 3 | 4);
		assert_int_equal(a[1], CLOCK_STRATUM);
		assert_int_equal(a[2], 6);
		assert_int_equal((int8_t)a[3], CLOCK_PRECISION);
		assert_int_equal(u32_at(a + 4), 0);
		assert_int_equal(u32_at(a + 8), 65); /* 1 ms in units of 1/65536 s */
		assert_memory_equal(a + 12, "\x7f\0\0\1", 4);
		assert_true(u64_at(a + 16) == sntp_timestamp(s.reference_ns));
		assert_memory_equal(a + 24, q + 40, 8);
		assert_true(u64_at(a + 32) == sntp_timestamp(T0));
		assert_true(u64_at(a + 40) == sntp_timestamp(T0 + 1000));
	}
}

/* RFC 4330 section 5: symmetric active is answered symmetric passive; version 1 knew no modes. */
static void the_mode_of_the_answer_follows_the_question(void **state)
{
	struct clock_state s = good();
	uint8_t q[SNTP_LEN], a[SNTP_LEN];

	(void)state;
	question(q, 4, 1);
	assert_int_equal(sntp_check(q, sizeof(q)), SNTP_ASK);
	sntp_answer(a, q, &s, T0, T0);
	assert_int_equal(a[0] & 7, 2);
	question(q, 1, 0);
	assert_int_equal(sntp_check(q, sizeof(q)), SNTP_ASK);
	sntp_answer(a, q, &s, T0, T0);
	assert_int_equal(a[0], 1 << 3 | 4);
}

static void what_is_no_question_is_not_answered(void **state)
{
	uint8_t q[SNTP_LEN];

	(void)state;
	for (unsigned version = 0; version < 8; version++) {
		for (unsigned mode = 0; mode < 8; mode++) {
			bool right = version >= 1 && version <= 4;
			bool asks = mode == 3 || mode == 1 || (mode == 0 && version == 1);

			question(q, version, mode);
			assert_int_equal(sntp_check(q, sizeof(q)), !right ? SNTP_VERSION
								   : asks ? SNTP_ASK
									  : SNTP_MODE);
		}
	}
	question(q, 4, 3);
	for (size_t len = 0; len < SNTP_LEN; len++)
		assert_int_equal(sntp_check(q, len), SNTP_SHORT);
}

/* RFC 5905 7.3: leap 3, and stratum 0 on the wire, mean that the clock is not synchronised. */
static void an_unsynchronised_clock_says_so(void **state)
{
	struct clock_source src = clock_source_fixed(false);
	struct clock_state s;
	uint8_t q[SNTP_LEN], a[SNTP_LEN];

	(void)state;
	src.read(src.ctx, T0, &s);
	question(q, 4, 3);
	sntp_answer(a, q, &s, T0, T0);
	assert_int_equal(a[0], 3 << 6 | 4 << 3 | 4);
	assert_int_equal(a[1], 0);
	assert_memory_equal(a + 12, "INIT", 4);
	assert_true(u64_at(a + 16) == 0);
}

/* The client must never compute with a stamp from after the answer. */
static void a_receive_stamp_from_the_future_is_not_passed_on(void **state)
{
	struct clock_state s = good();
	uint8_t q[SNTP_LEN], a[SNTP_LEN];

	(void)state;
	question(q, 4, 3);
	sntp_answer(a, q, &s, T0 + 5000000000, T0);
	assert_memory_equal(a + 32, a + 40, 8);
	sntp_answer(a, q, &s, 0, T0); /* the kernel gave none */
	assert_memory_equal(a + 32, a + 40, 8);
}

/* RFC 5905 section 6: seconds since 1900; the 32 bits roll over on 7 February 2036. */
static void time_stamps_count_from_1900_and_roll_over(void **state)
{
	(void)state;
	assert_true(sntp_timestamp(0) == 2208988800ull << 32);
	assert_true(sntp_timestamp(500000000) == (2208988800ull << 32 | 0x80000000u));
	assert_true(sntp_timestamp(2085978495999999999) >> 32 == 0xffffffffu);
	assert_true(sntp_timestamp(2085978496000000000) == 0);
	assert_true(sntp_timestamp(-500000000) == (2208988799ull << 32 | 0x80000000u));
}

/* RFC 5905 7.4: stratum 0 and a code; the origin proves that it answers the question. */
static void a_kiss_carries_its_code_and_the_origin(void **state)
{
	uint8_t q[SNTP_LEN], a[SNTP_LEN];

	(void)state;
	question(q, 3, 3);
	sntp_kiss(a, q, "RATE");
	assert_int_equal(a[0], 3 << 6 | 3 << 3 | 4);
	assert_int_equal(a[1], 0);
	assert_true(a[2] >= 6);
	assert_memory_equal(a + 12, "RATE", 4);
	assert_memory_equal(a + 24, q + 40, 8);
	assert_true(u64_at(a + 40) == 0);
}

/* ---- the state by adjtimex(2) ---- */
static void the_kernels_words_become_ntps(void **state)
{
	struct clock_kernel k = { 0 };
	struct clock_state s;

	(void)state;
	clock_state_of(&k, TIME_OK, 0, 2500, T0, &s);
	assert_true(s.synchronised);
	assert_int_equal(s.leap, 0);
	assert_int_equal(s.root_dispersion_us, 2500);
	assert_true(s.reference_ns == T0);
	clock_state_of(&k, TIME_INS, STA_INS, 3000, T0 + 1, &s); /* the bound grew: not corrected */
	assert_int_equal(s.leap, 1);
	assert_true(s.reference_ns == T0);
	clock_state_of(&k, TIME_DEL, STA_DEL, 1000, T0 + 2, &s); /* it fell: corrected */
	assert_int_equal(s.leap, 2);
	assert_true(s.reference_ns == T0 + 2);
	clock_state_of(&k, TIME_ERROR, 0, 1000, T0 + 3, &s);
	assert_false(s.synchronised);
	assert_int_equal(s.leap, 3);
	clock_state_of(&k, TIME_OK, STA_UNSYNC, 1000, T0 + 3, &s);
	assert_false(s.synchronised);
	clock_state_of(&k, -1, 0, 0, T0 + 3, &s);
	assert_false(s.synchronised);
}

/* ---- the limit ---- */
static void one_address_gets_its_burst_then_its_rate(void **state)
{
	struct sntp_limit *l = sntp_limit_new(2, 10);
	struct net_addr a, b;
	bool report;
	unsigned given = 0, kissed = 0;

	(void)state;
	net_addr_parse(&a, "192.0.2.1", 123);
	net_addr_parse(&b, "2001:db8::1", 123);
	for (int i = 0; i < 100; i++) {
		enum sntp_answer v = sntp_limit_ask(l, &a, 1000, &report);

		given += v == SNTP_GIVE;
		kissed += v == SNTP_KISS;
		assert_int_equal(report, i == 0);
	}
	assert_int_equal(given, 10);
	assert_int_equal(kissed, 1);
	assert_int_equal(sntp_limit_ask(l, &b, 1000, &report), SNTP_GIVE);
	assert_int_equal(sntp_limit_ask(l, &a, 1499, &report), SNTP_DROP);
	assert_int_equal(sntp_limit_ask(l, &a, 1500, &report), SNTP_GIVE);
	assert_int_equal(sntp_limit_ask(l, &a, 2000 + SNTP_REPORT_MS, &report), SNTP_GIVE);
	assert_true(report);
	sntp_limit_free(l);
}

static void this_machine_itself_is_not_limited(void **state)
{
	struct sntp_limit *l = sntp_limit_new(1, 1);
	struct net_addr a;
	bool report;

	(void)state;
	net_addr_parse(&a, "127.0.0.1", 123);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(sntp_limit_ask(l, &a, 1000, &report), SNTP_GIVE);
	sntp_limit_free(l);
}

static void a_flood_of_addresses_does_not_grow_the_table(void **state)
{
	struct sntp_limit *l = sntp_limit_new(1, 1);
	struct net_addr a;
	bool report;

	(void)state;
	net_addr_parse(&a, "10.0.0.0", 123);
	for (uint32_t i = 0; i < 200000; i++) {
		a.u.in.sin_addr.s_addr = htonl(0x0a000000 + i);
		assert_int_equal(sntp_limit_ask(l, &a, 1000 + i / 100, &report), SNTP_GIVE);
	}
	sntp_limit_free(l);
}

/* ---- the server ---- */
static int ask_server(const struct net_addr *to, const uint8_t *q, size_t len, uint8_t *a)
{
	int fd = socket(to->u.sa.sa_family, SOCK_DGRAM, 0);
	struct timeval patience = { .tv_usec = 300000 };
	long n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, &to->u.sa, net_addr_len(to)), 0);
	assert_int_equal(send(fd, q, len, 0), (long)len);
	n = recv(fd, a, 512, 0);
	close(fd);
	return (int)n;
}

static void the_server_answers_on_its_own_thread(void **state)
{
	struct clock_source fixed = clock_source_fixed(true);
	struct net_addr listen[2], at;
	struct sntp_options opt = { .listen = listen, .n_listen = 2, .source = &fixed };
	struct sntp *s = NULL;
	uint8_t q[SNTP_LEN + 20] = { 0 }, a[512];
	char *json = NULL;
	int64_t t3, now;

	(void)state;
	assert_int_equal(loop_new(&opt.loop, "files", &clock_system), 0);
	net_addr_parse(&listen[0], "127.0.0.1", 0);
	net_addr_parse(&listen[1], "::1", 0);
	assert_int_equal(sntp_start(&s, &opt), 0);
	assert_int_equal(loop_start_thread(opt.loop), 0);
	sntp_local(s, &at);
	question(q, 4, 3);
	assert_int_equal(ask_server(&at, q, SNTP_LEN, a), SNTP_LEN);
	assert_memory_equal(a + 24, q + 40, 8);
	t3 = (int64_t)(u64_at(a + 40) >> 32) - 2208988800;
	now = clock_wall_s(&clock_system);
	assert_true(t3 >= now - 1 && t3 <= now);
	assert_int_equal(ask_server(&at, q, sizeof(q), a), SNTP_LEN); /* with a MAC: no longer */
	question(q, 4, 6);
	assert_int_equal(ask_server(&at, q, SNTP_LEN, a), -1);
	assert_int_equal(sntp_status(s, &json), 0);
	assert_non_null(strstr(json, "\"state\":\"synchronised\""));
	assert_non_null(strstr(json, "\"answers\":2"));
	assert_non_null(strstr(json, "\"bad_mode\":1"));
	assert_non_null(strstr(json, "\"reference_id\":\"127.0.0.1\""));
	mem_free(json);
	loop_stop(opt.loop);
	loop_join(opt.loop);
	sntp_stop(s);
	loop_free(opt.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_mirrors_its_question),
		cmocka_unit_test(the_mode_of_the_answer_follows_the_question),
		cmocka_unit_test(what_is_no_question_is_not_answered),
		cmocka_unit_test(an_unsynchronised_clock_says_so),
		cmocka_unit_test(a_receive_stamp_from_the_future_is_not_passed_on),
		cmocka_unit_test(time_stamps_count_from_1900_and_roll_over),
		cmocka_unit_test(a_kiss_carries_its_code_and_the_origin),
		cmocka_unit_test(the_kernels_words_become_ntps),
		cmocka_unit_test(one_address_gets_its_burst_then_its_rate),
		cmocka_unit_test(this_machine_itself_is_not_limited),
		cmocka_unit_test(a_flood_of_addresses_does_not_grow_the_table),
		cmocka_unit_test(the_server_answers_on_its_own_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
