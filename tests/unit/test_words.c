/* Commands in words: api/status/words.h. */
#include <string.h>

#include "api/status/words.h"
#include "server/core/mem.h"
#include "tests/support/test.h"

static const struct words_row rows[] = {
	{ "ephone", "all" },
	{ "ephone summary", "short" },
	{ "ephone socket", "sockets" },
	{ "ephone <phone>", "one" },
	{ "voice register pool all", "all pools" },
	{ "voice register pool all brief", "rows" },
	{ "voice register pool ip <address>", "by address" },
	{ "voice register pool <number>", "one pool" },
	{ "voice register pool <mac>", "by MAC" },
	{ "flash:", "files" },
	{ "mkdir flash:<name>", "folder" },
	{ "version", "version" },
	{ "version-stamp", "stamps" },
};

static void match(const char *command, struct words_match *m, char *possible, size_t cap)
{
	struct text t;

	text_fixed(&t, possible, cap);
	words_match(rows, ARRAY_LEN(rows), sizeof(rows[0]), command, m, &t);
}

static void assert_found(const char *command, const char *syntax, const char *arg)
{
	struct words_match m;
	char possible[4096];

	match(command, &m, possible, sizeof(possible));
	if (m.result != WORDS_FOUND)
		fail_msg("%s: %d at %s", command, m.result, m.at);
	assert_string_equal(rows[m.row].syntax, syntax);
	assert_string_equal(m.n_args ? m.arg[0] : "", arg);
}

static void assert_not(const char *command, enum words_result result, const char *at,
		       const char *has, const char *has_not)
{
	struct words_match m;
	char possible[4096];

	match(command, &m, possible, sizeof(possible));
	assert_int_equal(m.result, result);
	assert_string_equal(m.at, at);
	if (has && !strstr(possible, has))
		fail_msg("%s: no %s in %s", command, has, possible);
	if (has_not && strstr(possible, has_not))
		fail_msg("%s: %s in %s", command, has_not, possible);
}

static void words_may_be_cut_short(void **state)
{
	(void)state;
	assert_found("voice register pool 20", "voice register pool <number>", "20");
	assert_found("vo reg pool 20", "voice register pool <number>", "20");
	assert_found("VOICE Register p 20", "voice register pool <number>", "20");
	assert_found("  e   su ", "ephone summary", "");
	assert_found("e", "ephone", "");
	assert_found("f", "flash:", "");
}

static void a_whole_word_is_not_the_beginning_of_another(void **state)
{
	(void)state;
	assert_found("version", "version", "");
	assert_found("version-", "version-stamp", "");
	assert_not("vers", WORDS_AMBIGUOUS, "vers", "version-stamp", "voice");
}

static void keywords_win_over_arguments(void **state)
{
	(void)state;
	assert_found("ephone 7960", "ephone <phone>", "7960");
	assert_found("ephone sum", "ephone summary", "");
	assert_found("voice register pool all", "voice register pool all", "");
	assert_found("voice register pool 0011.2233.4455", "voice register pool <mac>",
		     "0011.2233.4455");
	assert_found("voice register pool ip 10.0.0.1", "voice register pool ip <address>",
		     "10.0.0.1");
	assert_found("mk flash:sets", "mkdir flash:<name>", "sets");
}

static void what_is_not_one_command_is_told_with_those_that_are(void **state)
{
	(void)state;
	assert_not("ephone s", WORDS_AMBIGUOUS, "s", "ephone socket", "voice");
	assert_not("phone", WORDS_UNKNOWN, "phone", "ephone summary", NULL);
	assert_not("voice register pool ip nowhere", WORDS_UNKNOWN, "nowhere", "pool ip <address>",
		   "flash:");
	assert_not("voice register", WORDS_INCOMPLETE, "register", "pool all brief", "ephone");
	assert_not("voice register pool 20 x", WORDS_UNKNOWN, "x", NULL, NULL);
	assert_not("mkdir flash:", WORDS_UNKNOWN, "flash:", "mkdir flash:<name>", NULL);
	assert_not("", WORDS_INCOMPLETE, "", "ephone summary", NULL);
}

static void a_question_mark_lists_what_is_possible(void **state)
{
	(void)state;
	assert_not("?", WORDS_HELP, "", "version-stamp", NULL);
	assert_not("ephone ?", WORDS_HELP, "", "ephone socket", "voice");
	assert_not("ephone s?", WORDS_HELP, "s", "ephone summary", "ephone <phone>");
	assert_not("ver?", WORDS_HELP, "ver", "version-stamp", "ephone");
}

static void long_words_and_many_do_no_harm(void **state)
{
	char command[4000], possible[4096];
	struct words_match m;

	(void)state;
	memset(command, 'a', sizeof(command));
	command[sizeof(command) - 1] = '\0';
	match(command, &m, possible, sizeof(possible));
	assert_int_equal(m.result, WORDS_UNKNOWN);
	for (size_t i = 1; i < sizeof(command) - 1; i += 2)
		command[i] = ' ';
	match(command, &m, possible, sizeof(possible));
	assert_int_equal(m.result, WORDS_UNKNOWN);
	match("\"ephone\" \"summary\"", &m, possible, sizeof(possible));
	assert_int_equal(m.result, WORDS_FOUND);
	match("\"", &m, possible, sizeof(possible));
	assert_int_not_equal(m.result, WORDS_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_may_be_cut_short),
		cmocka_unit_test(a_whole_word_is_not_the_beginning_of_another),
		cmocka_unit_test(keywords_win_over_arguments),
		cmocka_unit_test(what_is_not_one_command_is_told_with_those_that_are),
		cmocka_unit_test(a_question_mark_lists_what_is_possible),
		cmocka_unit_test(long_words_and_many_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
