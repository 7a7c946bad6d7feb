/* Start options: one table read from file, environment and command line. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli/options.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/schema.h"

#define READ(o, why, ...)                                 \
	read_words((o), (why), (char *[]){ __VA_ARGS__ }, \
		   (int)ARRAY_LEN(((char *[]){ __VA_ARGS__ })))

static int read_words(struct options *o, char why[256], char **words, int n)
{
	options_init(o);
	return options_read(o, n, words, 0, why, 256);
}

static void a_command_line_wins_over_environment_and_file(void **state)
{
	char *dir = test_tmpdir(), path[4096], why[256];
	struct options o;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/switchroom.conf", dir);
	f = fopen(path, "w");
	fputs("# ports\ntftp-port = 1001\n  ntp-port=1002 \nadmin-port = off\n", f);
	fclose(f);
	setenv("SWITCHROOM_NTP_PORT", "2002", 1);
	setenv("SWITCHROOM_ADMIN_PORT", "2003", 1);
	assert_int_equal(READ(&o, why, "--data", dir, "--admin-port=3003", "--test"), 0);
	assert_int_equal(o.tftp_port, 1001);
	assert_int_equal(o.ntp_port, 2002);
	assert_int_equal(o.admin_port, 3003);
	assert_int_equal(o.sip_port, OPTION_CONF);
	assert_true(o.test);
	unsetenv("SWITCHROOM_NTP_PORT");
	unsetenv("SWITCHROOM_ADMIN_PORT");
	test_rmdir(dir);
}

static void a_bad_option_is_named_with_what_it_takes(void **state)
{
	struct options o;
	char why[256];

	(void)state;
	assert_int_equal(READ(&o, why, "--tftp-port", "70000"), ERR_INVALID);
	assert_non_null(strstr(why, "tftp-port"));
	assert_int_equal(READ(&o, why, "--tftp"), ERR_INVALID);
	assert_non_null(strstr(why, "--tftp is not an option"));
	assert_int_equal(READ(&o, why, "--listen"), ERR_INVALID);
	assert_non_null(strstr(why, "needs a value"));
	assert_int_equal(READ(&o, why, "--listen", "localhost"), ERR_INVALID);
	assert_int_equal(READ(&o, why, "--log-level", "loud"), ERR_INVALID);
	assert_int_equal(READ(&o, why, "--limit", "ephones=20000"), ERR_INVALID);
	assert_int_equal(READ(&o, why, "--limit", "toasters=2"), ERR_INVALID);
	assert_int_equal(READ(&o, why, "--test-clock-state", "synchronised"), ERR_INVALID);
	assert_non_null(strstr(why, "--test"));
}

static void a_bad_line_of_the_file_is_named_by_its_number(void **state)
{
	char *dir = test_tmpdir(), path[4096], why[256];
	struct options o;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/switchroom.conf", dir);
	f = fopen(path, "w");
	fputs("\ntftp-prot = 1001\n", f);
	fclose(f);
	assert_int_equal(READ(&o, why, "--data", dir), ERR_INVALID);
	assert_non_null(strstr(why, "switchroom.conf:2"));
	assert_non_null(strstr(why, "tftp-prot"));
	test_rmdir(dir);
}

static void limits_are_raised_for_the_schema(void **state)
{
	int64_t before = schema_limit("ephones");
	struct options o;
	char why[256];

	(void)state;
	assert_int_equal(READ(&o, why, "--limit", "ephones=2500,pools=9000"), 0);
	assert_int_equal(schema_limit("ephones"), 2500);
	assert_int_equal(schema_limit("pools"), 9000);
	assert_int_equal(schema_limit_set("ephones", before), 0);
}

static void the_help_names_every_option(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 1u << 16);
	options_help(&t);
	assert_non_null(strstr(t.buf, "--data DIR"));
	assert_non_null(strstr(t.buf, "--insecure-admin"));
	text_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_line_wins_over_environment_and_file),
		cmocka_unit_test(a_bad_option_is_named_with_what_it_takes),
		cmocka_unit_test(a_bad_line_of_the_file_is_named_by_its_number),
		cmocka_unit_test(limits_are_raised_for_the_schema),
		cmocka_unit_test(the_help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
