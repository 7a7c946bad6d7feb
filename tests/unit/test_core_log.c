/* The log: format, levels, repeats, and what a peer may not write into it. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"

static int pipe_fd[2];
static char got[65536];

static int open_pipe(void **state)
{
	(void)state;
	return pipe(pipe_fd);
}

/* Everything written until now. */
static const char *written(void)
{
	ssize_t n;

	close(pipe_fd[1]);
	n = read(pipe_fd[0], got, sizeof(got) - 1);
	got[n > 0 ? n : 0] = '\0';
	close(pipe_fd[0]);
	log_setup(LOG_INFO, LOG_PLAIN, STDERR_FILENO);
	return got;
}

static unsigned lines_with(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

static void lines_below_the_level_are_not_written(void **state)
{
	(void)state;
	log_setup(LOG_WARN, LOG_PLAIN, pipe_fd[1]);
	log_info(LOG_SIP, "quiet", "a=%d", 1);
	log_warn(LOG_SIP, "loud", "a=%d", 2);
	assert_null(strstr(written(), "quiet"));
	assert_non_null(strstr(got, " warn  sip loud a=2\n"));
}

static void a_repeated_line_is_counted_not_printed(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_PLAIN, pipe_fd[1]);
	for (int i = 0; i < 50; i++)
		log_warn(LOG_TFTP, "again", "peer=%s", "10.0.0.1");
	log_warn(LOG_TFTP, "other", "peer=%s", "10.0.0.1");
	assert_int_equal(lines_with(written(), "tftp again"), 1);
	assert_int_equal(lines_with(got, "last_line_repeated times=49"), 1);
	assert_int_equal(lines_with(got, "tftp other"), 1);
}

/* Also where the caller did not quote it: a device name of SCCP is 16 bytes of anything. */
static void no_field_ends_a_line_or_moves_a_cursor(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_PLAIN, pipe_fd[1]);
	log_info(LOG_SCCP, "refused", "phone=%s", "A\r\nB\x1b[31m\x7f\xff");
	log_info(LOG_SCCP, "refused", "phone=%s", "M\xc3\xbcller");
	assert_non_null(strstr(written(), "refused phone=A??B?[31m??\n"));
	assert_non_null(strstr(got, "refused phone=M\xc3\xbcller\n"));
}

/* Thousands of refused connections a second, each with a line of its own: 500 are told, then 100 a second. */
static void a_flood_of_one_area_is_held_back_and_counted(void **state)
{
	char *dir = test_tmpdir(), path[512], *text;
	struct clock_fake clock;
	size_t len;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/log", dir);
	f = fopen(path, "w+");
	assert_non_null(f);
	log_setup(LOG_INFO, LOG_PLAIN, fileno(f));
	clock_fake_init(&clock, 0);
	clock_fake_advance_ms(&clock, 1000);
	log_clock(&clock.clock);
	for (int i = 0; i < 5000; i++)
		log_info(LOG_MEDIA, "refused", "n=%d", i);
	log_info(LOG_CALLS, "another_area", "n=1");
	log_error(LOG_MEDIA, "an_error", "n=1");
	clock_fake_advance_ms(&clock, 50);
	for (int i = 0; i < 7; i++)
		log_info(LOG_MEDIA, "after", "n=%d", i);
	log_clock(&clock_system);
	log_setup(LOG_INFO, LOG_PLAIN, STDERR_FILENO);
	fseek(f, 0, SEEK_END);
	len = (size_t)ftell(f);
	rewind(f);
	text = mem_zalloc(len + 1);
	assert_int_equal(fread(text, 1, len, f), len);
	fclose(f);
	assert_int_equal(lines_with(text, "media refused"), 500);
	assert_int_equal(lines_with(text, "media lines_held_back count=4500"), 1);
	assert_int_equal(lines_with(text, "another_area"), 1);
	assert_int_equal(lines_with(text, "an_error"), 1);
	assert_int_equal(lines_with(text, "media after"), 5);
	mem_free(text);
	test_rmdir(dir);
}

static void json_lines_are_utf8(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_JSON, pipe_fd[1]);
	log_info(LOG_SCCP, "refused", "phone=%s", "\xff\xfe");
	assert_non_null(strstr(written(), "\"phone=??\""));
}

static void json_lines_are_json_whatever_the_fields_hold(void **state)
{
	cJSON *line;

	(void)state;
	log_setup(LOG_INFO, LOG_JSON, pipe_fd[1]);
	log_info(LOG_API, "strange", "name=\"%s\"", "a\nb\\c\x01");
	line = cJSON_Parse(written());
	assert_non_null(line);
	assert_string_equal(cJSON_GetObjectItem(line, "area")->valuestring, "api");
	assert_string_equal(cJSON_GetObjectItem(line, "fields")->valuestring,
			    "name=\"a\nb\\c\x01\"");
	cJSON_Delete(line);
}

static void the_journal_gets_its_priority(void **state)
{
	(void)state;
	log_setup(LOG_DEBUG, LOG_JOURNAL, pipe_fd[1]);
	log_error(LOG_STORE, "disk_full", "path=%s", "x");
	assert_string_equal(written(), "<3>store disk_full path=x\n");
}

static void a_peer_cannot_write_lines_of_its_own(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(log_quote(out, sizeof(out), "a\"\n\x1b[2J", 7),
			    "\"a\\\"\\x0a\\x1b[2J\"");
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

static atomic_bool stuck_began;

static void *say(void *arg)
{
	(void)arg;
	atomic_store(&stuck_began, true);
	log_info(LOG_API, "stuck", "a=%d", 1);
	return NULL;
}

/* Whoever writes into a full pipe waits; the log is there for all others. */
static void a_reader_that_stopped_holds_up_only_who_writes(void **state)
{
	struct pollfd room = { .fd = pipe_fd[1], .events = POLLOUT };
	static const char fill[4096];
	char drain[4096];
	int other[2];
	pthread_t t;

	(void)state;
	while (poll(&room, 1, 0) == 1)
		assert_int_equal(write(pipe_fd[1], fill, sizeof(fill)), sizeof(fill));
	log_setup(LOG_INFO, LOG_PLAIN, pipe_fd[1]);
	assert_int_equal(pthread_create(&t, NULL, say, NULL), 0);
	while (!atomic_load(&stuck_began))
		sched_yield();
	assert_int_equal(pipe(other), 0);
	log_setup(LOG_INFO, LOG_PLAIN, other[1]); /* for ever, were it under the lock of a writer */
	log_info(LOG_API, "free", "a=%d", 2);
	assert_true(read(other[0], drain, sizeof(drain)) > 0);
	(void)fcntl(pipe_fd[0], F_SETFL, O_NONBLOCK);
	while (read(pipe_fd[0], drain, sizeof(drain)) > 0)
		;
	pthread_join(t, NULL);
	log_setup(LOG_INFO, LOG_PLAIN, STDERR_FILENO);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	close(other[0]);
	close(other[1]);
}

static void levels_and_formats_are_read_by_name(void **state)
{
	enum log_level level;
	enum log_format format;

	(void)state;
	assert_int_equal(log_level_parse("debug", &level), 0);
	assert_int_equal(level, LOG_DEBUG);
	assert_int_equal(log_level_parse("loud", &level), ERR_MALFORMED);
	assert_int_equal(log_format_parse("journal", &format), 0);
	assert_int_equal(format, LOG_JOURNAL);
}

static void one_area_may_tell_its_debug_lines(void **state)
{
	(void)state;
	log_setup(LOG_INFO, LOG_PLAIN, pipe_fd[1]);
	log_debug(LOG_HFS, "before", "a=%d", 1);
	log_debug_area(LOG_HFS, true);
	log_debug(LOG_HFS, "during", "a=%d", 2);
	log_debug(LOG_SIP, "other", "a=%d", 3);
	log_debug_area(LOG_HFS, false);
	log_debug(LOG_HFS, "after", "a=%d", 4);
	written();
	assert_null(strstr(got, "before"));
	assert_non_null(strstr(got, " debug hfs during a=2\n"));
	assert_null(strstr(got, "other"));
	assert_null(strstr(got, "after"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_below_the_level_are_not_written, open_pipe),
		cmocka_unit_test_setup(one_area_may_tell_its_debug_lines, open_pipe),
		cmocka_unit_test_setup(a_repeated_line_is_counted_not_printed, open_pipe),
		cmocka_unit_test_setup(no_field_ends_a_line_or_moves_a_cursor, open_pipe),
		cmocka_unit_test_setup(json_lines_are_utf8, open_pipe),
		cmocka_unit_test(a_flood_of_one_area_is_held_back_and_counted),
		cmocka_unit_test_setup(json_lines_are_json_whatever_the_fields_hold, open_pipe),
		cmocka_unit_test_setup(the_journal_gets_its_priority, open_pipe),
		cmocka_unit_test_setup(a_peer_cannot_write_lines_of_its_own, open_pipe),
		cmocka_unit_test_setup(a_reader_that_stopped_holds_up_only_who_writes, open_pipe),
		cmocka_unit_test(levels_and_formats_are_read_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
