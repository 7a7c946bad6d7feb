/* Text, slices, small parsers and the wire reader and writer. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/core/wire.h"

static void a_text_that_does_not_fit_is_dropped_and_told(void **state)
{
	char buf[8];
	struct text t;

	(void)state;
	text_fixed(&t, buf, sizeof(buf));
	text_add(&t, "1234567");
	assert_false(t.overflow);
	text_addc(&t, '8');
	assert_true(t.overflow);
	assert_string_equal(buf, "1234567");
}

static void xml_text_is_escaped_and_control_characters_vanish(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 1000);
	text_add_xml(&t, "a<b>&\"'\x01\tz");
	assert_string_equal(t.buf, "a&lt;b&gt;&amp;&quot;&apos;\tz");
	text_fini(&t);
}

static void a_mac_is_read_in_every_usual_spelling(void **state)
{
	static const char *const good[] = { "0011.22aa.44FF",    "00:11:22:AA:44:ff",
					    "00-11-22-aa-44-ff", "001122aa44ff",
					    "SEP001122AA44FF",   "ata001122aa44ff" };
	static const char *const bad[] = {
		"",    "00112233445",   "0011223344556", "0011.2233.44gg",
		"SEP", ".001122334455", "001122334455."
	};
	char mac[MAC_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(text_mac(mac, good[i], strlen(good[i])), 0);
		assert_string_equal(mac, "001122AA44FF");
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(text_mac(mac, bad[i], strlen(bad[i])), ERR_MALFORMED);
}

static void only_true_utf8_is_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8("Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x93\x9e", 16));
	assert_false(text_is_utf8("\xc0\x80", 2));     /* overlong */
	assert_false(text_is_utf8("\xed\xa0\x80", 3)); /* surrogate */
	assert_false(text_is_utf8("\xf4\x90\x80\x80", 4));
	assert_false(text_is_utf8("\xe2\x82", 2)); /* cut */
	assert_false(text_is_utf8("a\0b", 3));
}

static void numbers_are_whole_and_in_range(void **state)
{
	int64_t v = 0;

	(void)state;
	assert_int_equal(text_to_int("-42", 3, -50, 50, &v), 0);
	assert_int_equal(v, -42);
	assert_int_equal(text_to_int("51", 2, -50, 50, &v), ERR_RANGE);
	assert_int_equal(text_to_int("", 0, 0, 9, &v), ERR_MALFORMED);
	assert_int_equal(text_to_int("1x", 2, 0, 9, &v), ERR_MALFORMED);
	assert_int_equal(text_to_int("9999999999999999999999", 22, 0, 9, &v), ERR_MALFORMED);
}

static void words_and_quoted_words_are_cut_off_one_by_one(void **state)
{
	struct slice rest = slice_of("  name \"Front Desk\"  12"), w;

	(void)state;
	assert_true(slice_word(&rest, &w) && slice_eq(w, "name"));
	assert_true(slice_word(&rest, &w) && slice_eq(w, "Front Desk"));
	assert_true(slice_word(&rest, &w) && slice_eq(w, "12"));
	assert_false(slice_word(&rest, &w));
}

static void time_is_written_as_rfc3339(void **state)
{
	char out[TIME_TEXT_SIZE];

	(void)state;
	text_time(out, 1700000000123000000);
	assert_string_equal(out, "2023-11-14T22:13:20.123Z");
}

static void a_reader_stays_failed_after_the_first_short_read(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3 };
	struct wire_reader r;

	(void)state;
	wire_read_init(&r, bytes, sizeof(bytes));
	assert_int_equal(wire_u16le(&r), 0x0201);
	assert_int_equal(wire_u32be(&r), 0);
	assert_int_equal(r.err, ERR_PROTO);
	assert_int_equal(wire_u8(&r), 0); /* sticky although a byte is left */
}

static void what_is_written_is_read_back(void **state)
{
	uint8_t buf[64];
	char text[8];
	struct wire_writer w;
	struct wire_reader r;

	(void)state;
	wire_write_init(&w, buf, sizeof(buf));
	wire_put_u32le(&w, 0xdeadbeef);
	wire_put_u64be(&w, 0x0102030405060708);
	wire_put_text(&w, "longer than it", 8);
	assert_int_equal(w.err, 0);
	wire_read_init(&r, buf, wire_written(&w));
	assert_int_equal(wire_u32le(&r), 0xdeadbeef);
	assert_true(wire_u64be(&r) == 0x0102030405060708);
	wire_text(&r, 8, text, sizeof(text));
	assert_string_equal(text, "longer ");
	assert_int_equal(wire_left(&r), 0);
	assert_int_equal(r.err, 0);
}

static void a_writer_never_leaves_its_buffer(void **state)
{
	uint8_t buf[6] = { 0, 0, 0, 0, 0x55, 0x55 };
	struct wire_writer w;

	(void)state;
	wire_write_init(&w, buf, 4);
	wire_put_u16be(&w, 1);
	wire_put_u32be(&w, 2);
	assert_int_equal(w.err, ERR_TOO_BIG);
	assert_int_equal(buf[4], 0x55);
}

static void errors_have_texts_and_statuses(void **state)
{
	(void)state;
	for (int e = -1; e >= -ERR_COUNT; e--) {
		assert_true(*err_text(e) && *err_code(e));
		assert_in_range(err_http(e), 400, 599);
	}
	assert_int_equal(err_http(0), 200);
	assert_string_equal(err_code(-1000), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_does_not_fit_is_dropped_and_told),
		cmocka_unit_test(xml_text_is_escaped_and_control_characters_vanish),
		cmocka_unit_test(a_mac_is_read_in_every_usual_spelling),
		cmocka_unit_test(only_true_utf8_is_utf8),
		cmocka_unit_test(numbers_are_whole_and_in_range),
		cmocka_unit_test(words_and_quoted_words_are_cut_off_one_by_one),
		cmocka_unit_test(time_is_written_as_rfc3339),
		cmocka_unit_test(a_reader_stays_failed_after_the_first_short_read),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_writer_never_leaves_its_buffer),
		cmocka_unit_test(errors_have_texts_and_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
