/* What we check ourselves in a request: server/http/http_check.h. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/http.h"
#include "server/http/http_check.h"
#include "tests/support/test.h"

#define HOST                \
	{                   \
		"Host", "a" \
	}

static int check(const char *method, const char *path, const char *query,
		 const struct http_field *f, size_t n)
{
	struct http_head h = { .method = method,
			       .version = "1.1",
			       .raw_path = path,
			       .query = query,
			       .fields = f,
			       .n = n,
			       .bytes = 100 };
	const char *why;

	return http_head_check(&h, 1000, &why);
}

static void heads_that_must_be_refused(void **state)
{
	static const struct {
		const char *method, *path, *query;
		struct http_field f[4];
		size_t n;
		int status;
	} rows[] = {
		{ "GET", "/", NULL, { HOST }, 1, 0 },
		{ "GET", "/", NULL, { { "Accept", "x" } }, 1, 400 },
		{ "GET", "/", NULL, { HOST, HOST }, 2, 400 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "5" } }, 2, 0 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "1000" } }, 2, 0 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "1001" } }, 2, 413 },
		{ "POST",
		  "/",
		  NULL,
		  { HOST, { "Content-Length", "99999999999999999999999" } },
		  2,
		  413 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "+5" } }, 2, 400 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "5, 5" } }, 2, 400 },
		{ "POST", "/", NULL, { HOST, { "Content-Length", "" } }, 2, 400 },
		{ "POST",
		  "/",
		  NULL,
		  { HOST, { "Content-Length", "5" }, { "content-length", "5" } },
		  3,
		  400 },
		{ "POST",
		  "/",
		  NULL,
		  { HOST, { "Content-Length", "5" }, { "Transfer-Encoding", "chunked" } },
		  3,
		  400 },
		{ "POST", "/", NULL, { HOST, { "Transfer-Encoding", "chunked" } }, 2, 0 },
		{ "POST", "/", NULL, { HOST, { "Transfer-Encoding", "gzip, chunked" } }, 2, 400 },
		{ "POST",
		  "/",
		  NULL,
		  { HOST, { "Transfer-Encoding", "chunked" }, { "Transfer-Encoding", "chunked" } },
		  3,
		  400 },
		{ "POST", "/", NULL, { HOST, { "Content-Type", "application/json" } }, 2, 411 },
		{ "POST", "/", NULL, { HOST }, 1, 0 },
		{ "PUT", "/", NULL, { HOST }, 1, 411 },
		{ "GET", "/", NULL, { HOST, { "Expect", "something" } }, 2, 417 },
		{ "GET", "/", NULL, { HOST, { "Expect", "100-continue" } }, 2, 0 },
		{ "GET", "/", NULL, { HOST, { "X Y", "a" } }, 2, 400 },
		{ "GET", "/", NULL, { HOST, { "X", "\xff\xfe" } }, 2, 400 },
		{ "GET", "/a%00b", NULL, { HOST }, 1, 400 },
		{ "GET", "/a%0db", NULL, { HOST }, 1, 400 },
		{ "GET", "/a%4", NULL, { HOST }, 1, 400 },
		{ "GET", "/a%zz", NULL, { HOST }, 1, 400 },
		{ "GET", "/a%", NULL, { HOST }, 1, 400 },
		{ "GET", "/%c3%a4", NULL, { HOST }, 1, 0 },
		{ "GET", "/%c3", NULL, { HOST }, 1, 400 },
		{ "GET", "/%c0%af", NULL, { HOST }, 1, 400 },
		{ "GET", "/%ed%a0%80", NULL, { HOST }, 1, 400 },
		{ "GET", "/a#b", NULL, { HOST }, 1, 400 },
		{ "GET", "x", NULL, { HOST }, 1, 400 },
		{ "GET", "/", "a=%00", { HOST }, 1, 400 },
		{ "GET", "/", "a=%e4", { HOST }, 1, 400 },
		{ "GET", "/", "a=b+c%20d", { HOST }, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int got = check(rows[i].method, rows[i].path, rows[i].query, rows[i].f, rows[i].n);

		if (got != rows[i].status)
			fail_msg("row %zu: %d instead of %d", i, got, rows[i].status);
	}
}

static void a_large_head_is_refused_with_431(void **state)
{
	struct http_field f[HTTP_FIELDS_MAX + 1];
	struct http_head h = {
		.method = "GET", .version = "1.1", .raw_path = "/", .fields = f, .n = 1
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		f[i] = i ? (struct http_field){ "X", "y" } : (struct http_field)HOST;
	h.bytes = HTTP_HEAD_MAX;
	assert_int_equal(http_head_check(&h, 10, &why), 0);
	h.bytes = HTTP_HEAD_MAX + 1;
	assert_int_equal(http_head_check(&h, 10, &why), 431);
	h.bytes = 100;
	h.n = HTTP_FIELDS_MAX;
	assert_int_equal(http_head_check(&h, 10, &why), 0);
	h.n = HTTP_FIELDS_MAX + 1;
	assert_int_equal(http_head_check(&h, 10, &why), 431);
}

static void http_1_0_needs_no_host(void **state)
{
	struct http_head h = { .method = "GET", .version = "1.0", .raw_path = "/", .bytes = 10 };
	const char *why;

	(void)state;
	assert_int_equal(http_head_check(&h, 10, &why), 0);
}

static void decoding_knows_its_limits(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(http_decode(buf, sizeof(buf), "a%20b", 5, false), 3);
	assert_string_equal(buf, "a b");
	assert_int_equal(http_decode(buf, sizeof(buf), "a+b", 3, false), 3);
	assert_string_equal(buf, "a+b");
	assert_int_equal(http_decode(buf, sizeof(buf), "a+b", 3, true), 3);
	assert_string_equal(buf, "a b");
	assert_int_equal(http_decode(buf, sizeof(buf), "%41", 3, false), 1);
	assert_string_equal(buf, "A");
	assert_int_equal(http_decode(buf, sizeof(buf), "%4", 2, false), ERR_MALFORMED);
	assert_int_equal(http_decode(buf, sizeof(buf), "1234567", 7, false), 7);
	assert_int_equal(http_decode(buf, sizeof(buf), "12345678", 8, false), ERR_TOO_BIG);
	assert_int_equal(http_decode(buf, sizeof(buf), "", 0, false), 0);
	assert_int_equal(http_decode(buf, 0, "", 0, false), ERR_TOO_BIG);
}

static void queries_are_walked(void **state)
{
	const char *rest = "&a=1&&b&c==&=d";
	struct http_pair p;

	(void)state;
	assert_true(http_query_next(&rest, &p));
	assert_memory_equal(p.name, "a", p.name_len);
	assert_memory_equal(p.value, "1", p.value_len);
	assert_true(http_query_next(&rest, &p));
	assert_int_equal(p.name_len, 1);
	assert_int_equal(p.value_len, 0);
	assert_true(http_query_next(&rest, &p));
	assert_int_equal(p.value_len, 1);
	assert_true(http_query_next(&rest, &p));
	assert_int_equal(p.name_len, 0);
	assert_false(http_query_next(&rest, &p));
}

static void cookies_are_found_by_their_whole_name(void **state)
{
	size_t len = 0;

	(void)state;
	assert_null(http_cookie_find("xsid=1", "sid", &len));
	assert_string_equal(http_cookie_find("a=b; sid=xyz", "sid", &len), "xyz");
	assert_int_equal(len, 3);
	assert_non_null(http_cookie_find("sid=x; a=b", "sid", &len));
	assert_int_equal(len, 1);
	assert_null(http_cookie_find("", "sid", &len));
	assert_null(http_cookie_find("a=sid=1", "sid", &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_that_must_be_refused),
		cmocka_unit_test(a_large_head_is_refused_with_431),
		cmocka_unit_test(http_1_0_needs_no_host),
		cmocka_unit_test(decoding_knows_its_limits),
		cmocka_unit_test(queries_are_walked),
		cmocka_unit_test(cookies_are_found_by_their_whole_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
