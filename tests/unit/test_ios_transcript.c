/* Pasted texts: prompts, pagers, backspaces, log lines; passwords of type 7. */
#include "tests/support/test.h"

#include <string.h>

#include "server/core/err.h"
#include "store/ios/transcript.h"
#include "store/schema/type7.h"

static struct script_line line;

static void read_one(const char *text)
{
	struct transcript t;

	transcript_begin(&t, text, strlen(text));
	assert_true(transcript_next(&t, &line));
}

static void assert_command(const char *text, const char *command)
{
	read_one(text);
	if (line.kind != SCRIPT_COMMAND)
		fail_msg("`%s` is %d", text, line.kind);
	assert_string_equal(line.text, command);
}

static void assert_prompt(const char *text, const char *mode, const char *command)
{
	assert_command(text, command);
	assert_int_equal(line.prompt, *mode ? PROMPT_CONFIG : PROMPT_EXEC);
	assert_string_equal(line.prompt_mode, mode);
	assert_int_equal(line.indent, -1);
}

static void assert_kind(const char *text, enum script_kind kind)
{
	read_one(text);
	if (line.kind != kind)
		fail_msg("`%s` is %d", text, line.kind);
}

static void prompts_of_all_forms_are_cut_off(void **state)
{
	(void)state;
	assert_prompt("Router(config-telephony)#keepalive 40", "config-telephony", "keepalive 40");
	assert_prompt("edge-c1(config)# hostname x", "config", "hostname x");
	assert_prompt("Router (config-telephony) # time-format 24", "config-telephony",
		      "time-format 24");
	assert_prompt("Router(config-ephone-dn) number 21", "config-ephone-dn", "number 21");
	assert_prompt("Router(config)ephone 7", "config", "ephone 7");
	assert_prompt("(config-telephony)# time-zone 23", "config-telephony", "time-zone 23");
	assert_prompt("GW(cfg-lpcor-custom)#group 1 a", "cfg-lpcor-custom", "group 1 a");
	assert_prompt("Router#show flash:", "", "show flash:");
	assert_prompt("rtr.lab>enable", "", "enable");
	assert_prompt("a(config)#b(config-ephone)# type 7942", "config-ephone", "type 7942");
	assert_command(" description a(b) # c", "description a(b) # c");
	assert_int_equal(line.indent, 1);
	assert_kind("Router(config-telephony)#", SCRIPT_NOISE);
	assert_kind("Router#", SCRIPT_NOISE);
	REQ("R-310");
}

static void what_the_terminal_added_goes(void **state)
{
	(void)state;
	assert_command(" --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b keepalive 40\r\n",
		       "keepalive 40");
	assert_int_equal(line.indent, 1);
	assert_command("--More--         keepalive 40", "keepalive 40");
	assert_int_equal(line.indent, -1);
	assert_command("<--- More --->\r              \r max-dn 5\n", "max-dn 5");
	assert_command("\x1b[7m--More--\x1b[m max-dn 5\x1b[K", "max-dn 5");
	assert_command("\xef\xbb\xbfmax-dn 5", "max-dn 5");
	assert_command("\xc2\xa0\xc2\xa0max-dn 5", "max-dn 5");
	assert_int_equal(line.indent, 2);
	assert_command("name M\xfcller", "name M\xc3\xbcller");
	assert_true(line.latin1);
	assert_command("keepx\b \balive 40", "keepalive 40");
}

static void lines_that_are_no_commands_are_told_apart(void **state)
{
	static const char *const noise[] = {
		"Building configuration...",
		"Current configuration : 2101 bytes",
		"Enter configuration commands, one per line.  End with CNTL/Z.",
		"....",
		".",
		"% Invalid input detected at '^' marker.",
		"             ^",
		"*Mar  1 00:02:11.123: %SYS-5-CONFIG_I: Configured from console by console",
		"%LINK-3-UPDOWN: Interface up",
		" --More-- ",
		"Using 2101 out of 262136 bytes",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(noise) / sizeof(*noise); i++) {
		assert_kind(noise[i], SCRIPT_NOISE);
		assert_non_null(line.note);
	}
	assert_kind("\n", SCRIPT_BLANK);
	assert_kind("   \r", SCRIPT_BLANK);
	assert_kind("! comment", SCRIPT_COMMENT);
	assert_kind("Router(config)#! comment", SCRIPT_COMMENT);
	assert_kind("\x01\x02\x7f"
		    "ELF",
		    SCRIPT_RUBBISH);
	REQ("R-310");
}

static void lines_end_as_on_any_system(void **state)
{
	static const char *const texts[] = { "a\nb\n", "a\r\nb\r\n", "a\rb\r", "a\nb", "a\r\r\nb" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct transcript t;

		transcript_begin(&t, texts[i], strlen(texts[i]));
		assert_true(transcript_next(&t, &line));
		assert_string_equal(line.text, "a");
		assert_true(transcript_next(&t, &line));
		assert_string_equal(line.text, "b");
		assert_int_equal(line.number, 2);
		assert_false(transcript_next(&t, &line));
	}
}

static void a_line_without_end_is_told_so(void **state)
{
	static char text[1 << 20];
	struct transcript t;

	(void)state;
	memset(text, 'x', sizeof(text));
	transcript_begin(&t, text, sizeof(text));
	assert_true(transcript_next(&t, &line));
	assert_int_equal(line.kind, SCRIPT_LONG);
	assert_false(transcript_next(&t, &line));
	memset(text, 0xff, sizeof(text));
	transcript_begin(&t, text, sizeof(text));
	assert_true(transcript_next(&t, &line));
	assert_int_equal(line.kind, SCRIPT_LONG);
}

static void passwords_of_type_7_are_decoded(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(type7_decode("0822455D0A16", out, sizeof(out)), 0);
	assert_string_equal(out, "cisco");
	assert_int_equal(type7_decode("060506324F41", out, sizeof(out)), 0);
	assert_string_equal(out, "cisco");
	assert_int_equal(type7_decode("060506324f41", out, sizeof(out)), 0);
	assert_string_equal(out, "cisco");
	assert_int_equal(type7_decode("", out, sizeof(out)), ERR_MALFORMED);
	assert_int_equal(type7_decode("06", out, sizeof(out)), ERR_MALFORMED);
	assert_int_equal(type7_decode("06050", out, sizeof(out)), ERR_MALFORMED);
	assert_int_equal(type7_decode("99050632", out, sizeof(out)), ERR_MALFORMED);
	assert_int_equal(type7_decode("06zz", out, sizeof(out)), ERR_MALFORMED);
	assert_int_equal(type7_decode("0822455D0A16", out, 5), ERR_TOO_BIG);
	assert_int_equal(type7_decode("0800", out, sizeof(out)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prompts_of_all_forms_are_cut_off),
		cmocka_unit_test(what_the_terminal_added_goes),
		cmocka_unit_test(lines_that_are_no_commands_are_told_apart),
		cmocka_unit_test(lines_end_as_on_any_system),
		cmocka_unit_test(a_line_without_end_is_told_so),
		cmocka_unit_test(passwords_of_type_7_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
