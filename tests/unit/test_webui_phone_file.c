/* What an administrator sees of a phone file: everything but its passwords. */
#include <string.h>

#include "api/phone_file.h"
#include "tests/support/test.h"

static void masked(const char *in, const char *want)
{
	struct text t;

	text_init(&t, 4096);
	phone_file_mask(in, strlen(in), &t);
	assert_string_equal(t.buf ? t.buf : "", want);
	text_fini(&t);
}

static void the_text_of_a_password_is_masked(void **state)
{
	(void)state;
	masked("<line><authName>1001</authName><authPassword>h&amp;x</authPassword></line>",
	       "<line><authName>1001</authName><authPassword>********</authPassword></line>");
	masked("<adminPassword>a</adminPassword>\n<sshPassword>b</sshPassword>",
	       "<adminPassword>********</adminPassword>\n<sshPassword>********</sshPassword>");
}

static void an_empty_password_is_seen_to_be_empty(void **state)
{
	(void)state;
	masked("<phonePassword></phonePassword><x/>", "<phonePassword></phonePassword><x/>");
	masked("<phonePassword/>next", "<phonePassword/>next");
}

static void other_bytes_stay_as_they_are(void **state)
{
	(void)state;
	masked("", "");
	masked("no markup", "no markup");
	masked("<?xml version=\"1.0\"?>\n<device><a>1 &lt; 2</a></device>\n",
	       "<?xml version=\"1.0\"?>\n<device><a>1 &lt; 2</a></device>\n");
	masked("cut <off", "cut <off");
	masked("<authPassword>cut off", "<authPassword>********");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_of_a_password_is_masked),
		cmocka_unit_test(an_empty_password_is_seen_to_be_empty),
		cmocka_unit_test(other_bytes_stay_as_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
