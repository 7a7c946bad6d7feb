/* The difference of two files line by line: what `diff -u` would say, and always enough to make the one from
 * the other. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "api/line_diff.h"
#include "server/core/mem.h"

#define OUT_MAX (16u << 20)

static char *diff_of(const char *a, const char *b)
{
	struct text t;

	text_init(&t, OUT_MAX);
	text_add(&t, "");
	line_diff(&(struct diff_text){ a, a }, &(struct diff_text){ b, b }, &t);
	return t.buf ? text_take(&t) : mem_strdup("");
}

static void assert_diff(const char *a, const char *b, const char *want)
{
	char *is = diff_of(a, b);

	assert_string_equal(is, want);
	mem_free(is);
}

static void hunks_read_like_those_of_diff(void **state)
{
	(void)state;
	assert_diff("a\nb\n", "a\nb\n", "");
	assert_diff(NULL, NULL, "");
	assert_diff("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
	assert_diff(NULL, "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
	assert_diff("a\nb\n", NULL, "@@ -1,2 +0,0 @@\n-a\n-b\n");
	assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n",
		    "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+x\n");
	/* two changes: near enough for one hunk, and not */
	assert_diff("a\n2\n3\n4\n5\n6\n7\nb\n", "A\n2\n3\n4\n5\n6\n7\nB\n",
		    "@@ -1,8 +1,8 @@\n-a\n+A\n 2\n 3\n 4\n 5\n 6\n 7\n-b\n+B\n");
	assert_diff("a\n2\n3\n4\n5\n6\n7\n8\nb\n", "A\n2\n3\n4\n5\n6\n7\n8\nB\n",
		    "@@ -1,4 +1,4 @@\n-a\n+A\n 2\n 3\n 4\n"
		    "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-b\n+B\n");
	assert_diff("a\nb\nc\nd\n", "a\nc\nd\nb\n", "@@ -1,4 +1,4 @@\n a\n-b\n c\n d\n+b\n");
}

/* A password that changed is a change, but not to be read. */
static void what_is_shown_may_hide_what_is_compared(void **state)
{
	struct diff_text a = { "<p>one</p>\n<q/>\n", "<p>****</p>\n<q/>\n" };
	struct diff_text b = { "<p>two</p>\n<q/>\n", "<p>****</p>\n<q/>\n" };
	struct text t;

	(void)state;
	text_init(&t, OUT_MAX);
	line_diff(&a, &b, &t);
	assert_string_equal(t.buf, "@@ -1,2 +1,2 @@\n-<p>****</p>\n+<p>****</p>\n <q/>\n");
	text_fini(&t);
	/* another number of lines: nothing hidden slips through */
	b.is = "<p>tw\no</p>\n<q/>\n";
	text_init(&t, OUT_MAX);
	line_diff(&a, &b, &t);
	assert_null(strstr(t.buf, "tw"));
	text_fini(&t);
}

/* ---- any two texts ---- */

static uint64_t seed = 88172645463325252u;

static unsigned dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static char *random_text(unsigned lines, unsigned words)
{
	struct text t;

	text_init(&t, OUT_MAX);
	text_add(&t, "");
	for (unsigned i = 0; i < lines; i++)
		text_addf(&t, "w%u\n", dice(words));
	return t.buf ? text_take(&t) : mem_strdup("");
}

static const char *line_end(const char *p)
{
	const char *end = strchr(p, '\n');

	return end ? end + 1 : p + strlen(p);
}

/* What `patch` does; fails the test when a line to be kept or removed is not there. */
static char *patched(const char *a, const char *diff)
{
	struct text out;
	unsigned long at = 1, from, n, to, m;

	text_init(&out, OUT_MAX);
	text_add(&out, "");
	for (const char *p = diff; *p; p = line_end(p)) {
		if (sscanf(p, "@@ -%lu,%lu +%lu,%lu @@", &from, &n, &to, &m) == 4) {
			for (; at < from + (n == 0); at++, a = line_end(a))
				text_addn(&out, a, (size_t)(line_end(a) - a));
			continue;
		}
		if (*p != '+') {
			size_t len = (size_t)(line_end(p) - p) - 1;

			assert_memory_equal(a, p + 1, len);
			a = line_end(a);
			at++;
		}
		if (*p != '-')
			text_addn(&out, p + 1, (size_t)(line_end(p) - p) - 1);
	}
	text_add(&out, a);
	return out.buf ? text_take(&out) : mem_strdup("");
}

static void a_difference_makes_the_one_from_the_other(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		char *a = random_text(dice(40), 1 + dice(30)),
		     *b = random_text(dice(40), 1 + dice(30));
		char *diff = diff_of(a, b), *is = patched(a, diff);

		assert_string_equal(is, b);
		mem_free(a);
		mem_free(b);
		mem_free(diff);
		mem_free(is);
	}
}

/* Beyond the table: not the shortest, but right, and soon done. */
static void large_texts_are_bounded(void **state)
{
	char *a = random_text(20000, 50), *b = random_text(20000, 50);
	char *diff = diff_of(a, b), *is = patched(a, diff);

	(void)state;
	assert_string_equal(is, b);
	mem_free(a);
	mem_free(b);
	mem_free(diff);
	mem_free(is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_read_like_those_of_diff),
		cmocka_unit_test(what_is_shown_may_hide_what_is_compared),
		cmocka_unit_test(a_difference_makes_the_one_from_the_other),
		cmocka_unit_test(large_texts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
