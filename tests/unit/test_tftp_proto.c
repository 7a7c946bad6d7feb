/* tests/unit/test_tftp_proto.c - reading requests and options, writing ERROR and OACK. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "server/tftp/tftp_proto.h"

#define PARSE(bytes, req) tftp_request_parse((const uint8_t *)(bytes), sizeof(bytes) - 1, (req))

/* RFC 1350 section 5: opcode, name, mode, each text ended by a zero byte. */
static void a_plain_request_is_read(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1SEP001122334455.cnf.xml\0octet\0", &r), 0);
	assert_int_equal(r.op, TFTP_RRQ);
	assert_string_equal(r.name, "SEP001122334455.cnf.xml");
	assert_false(r.netascii);
	assert_false(tftp_request_has_options(&r));
}

static void the_mode_may_be_in_any_case(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1f\0OcTeT\0", &r), 0);
	assert_int_equal(PARSE("\0\1f\0NETASCII\0", &r), 0);
	assert_true(r.netascii);
	assert_int_equal(PARSE("\0\1f\0mail\0", &r), ERR_UNSUPPORTED);
	assert_int_equal(PARSE("\0\1f\0\0", &r), ERR_UNSUPPORTED);
}

static void a_broken_request_is_refused(void **state)
{
	struct tftp_request r;
	char name[TFTP_NAME_MAX + 32] = "\0\1";

	(void)state;
	assert_int_equal(PARSE("", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0\1", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0\1file", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0\1file\0octet", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0\1\0octet\0", &r), ERR_PROTO);
	assert_int_equal(PARSE("\0\3file\0octet\0", &r), ERR_PROTO);
	memset(name + 2, 'a', TFTP_NAME_MAX + 1);
	memcpy(name + 2 + TFTP_NAME_MAX + 1, "\0octet", sizeof("\0octet"));
	assert_int_equal(tftp_request_parse((uint8_t *)name, TFTP_NAME_MAX + 10, &r), ERR_PROTO);
}

/* RFC 2347: names in any case, any order; the unknown is passed over. */
static void options_are_taken_in_any_case_and_order(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1f\0octet\0TSIZE\0000\0foo\0bar\0BlkSize\0001428\0timeout\0003\0"
			       "windowsize\00016\0",
			       &r),
			 0);
	assert_true(r.tsize);
	assert_int_equal(r.blksize, 1428);
	assert_int_equal(r.timeout_s, 3);
	assert_int_equal(r.windowsize, 16);
}

/* RFC 2348: 8 to 65464; a larger wish may be answered with less, a smaller one is not granted. */
static void the_block_size_keeps_its_limits(void **state)
{
	static const struct {
		const char *value;
		uint16_t granted;
	} rows[] = { { "8", 8 },
		     { "7", 0 },
		     { "65464", 65464 },
		     { "65465", 65464 },
		     { "99999999", 65464 },
		     { "-1", 0 },
		     { "0", 0 },
		     { "", 0 },
		     { "512x", 0 },
		     { " 512", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char pkt[64] = "\0\1f\0octet\0blksize\0";
		size_t len = 18 + strlen(rows[i].value) + 1;
		struct tftp_request r;

		memcpy(pkt + 18, rows[i].value, strlen(rows[i].value) + 1);
		assert_int_equal(tftp_request_parse((uint8_t *)pkt, len, &r), 0);
		assert_int_equal(r.blksize, rows[i].granted);
	}
}

/* RFC 2349: 1 to 255 seconds. RFC 7440: 1 to 65535 blocks; we grant up to our own limit. */
static void timeout_and_window_keep_their_limits(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1f\0octet\0timeout\0000\0windowsize\0000\0", &r), 0);
	assert_false(tftp_request_has_options(&r));
	assert_int_equal(PARSE("\0\1f\0octet\0timeout\000256\0windowsize\00065536\0", &r), 0);
	assert_false(tftp_request_has_options(&r));
	assert_int_equal(PARSE("\0\1f\0octet\0timeout\000255\0windowsize\00065535\0", &r), 0);
	assert_int_equal(r.timeout_s, 255);
	assert_int_equal(r.windowsize, TFTP_WINDOW_MAX);
	assert_int_equal(PARSE("\0\1f\0octet\0windowsize\00064\0blksize\00065464\0", &r), 0);
	assert_int_equal(r.windowsize, TFTP_WINDOW_BYTES / 65464);
}

static void a_cut_option_leaves_those_before_it(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1f\0octet\0blksize\0001024\0tsize\0", &r), 0);
	assert_int_equal(r.blksize, 1024);
	assert_false(r.tsize);
}

/* RFC 2349: the size must be known beforehand; netascii changes it on the way. */
static void the_size_of_a_netascii_file_is_not_promised(void **state)
{
	struct tftp_request r;

	(void)state;
	assert_int_equal(PARSE("\0\1f\0netascii\0tsize\0000\0", &r), 0);
	assert_false(tftp_request_has_options(&r));
}

/* RFC 2347: the OACK carries the granted options only. */
static void the_oack_holds_what_was_granted(void **state)
{
	static const char want[] = "\0\6blksize\0001428\0timeout\0002\0tsize\00033000000000\0"
				   "windowsize\0004";
	struct tftp_request r = { .blksize = 1428, .timeout_s = 2, .tsize = true, .windowsize = 4 };
	uint8_t out[TFTP_OACK_MAX];

	(void)state;
	assert_int_equal(tftp_put_oack(out, &r, 33000000000), sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
	r = (struct tftp_request){ .tsize = true };
	assert_int_equal(tftp_put_oack(out, &r, 0), 10);
	assert_memory_equal(out, "\0\6tsize\0000", 10);
}

static void an_error_packet_is_cut_to_its_limit(void **state)
{
	char text[200];
	uint8_t out[TFTP_ERROR_MAX];

	(void)state;
	assert_int_equal(tftp_put_error(out, TFTP_ERR_NOT_FOUND, "File not found"), 19);
	assert_memory_equal(out, "\0\5\0\1File not found", 19);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_int_equal(tftp_put_error(out, 0, text), TFTP_ERROR_MAX);
	assert_int_equal(out[TFTP_ERROR_MAX - 1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_request_is_read),
		cmocka_unit_test(the_mode_may_be_in_any_case),
		cmocka_unit_test(a_broken_request_is_refused),
		cmocka_unit_test(options_are_taken_in_any_case_and_order),
		cmocka_unit_test(the_block_size_keeps_its_limits),
		cmocka_unit_test(timeout_and_window_keep_their_limits),
		cmocka_unit_test(a_cut_option_leaves_those_before_it),
		cmocka_unit_test(the_size_of_a_netascii_file_is_not_promised),
		cmocka_unit_test(the_oack_holds_what_was_granted),
		cmocka_unit_test(an_error_packet_is_cut_to_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
