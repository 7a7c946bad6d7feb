/* server/http/http_check.h - what we check ourselves in a request that civetweb has parsed. Pure.
 */
#ifndef HTTP_HTTP_CHECK_H
#define HTTP_HTTP_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct http_field {
	const char *name, *value;
};

struct http_head {
	const char *method, *version; /* "GET", "1.1" */
	const char *raw_path, *query; /* query may be NULL */
	const struct http_field *fields;
	size_t n;
	size_t bytes; /* of the whole head */
};

/* 0, or the HTTP status that refuses the request, with a sentence in *why (a constant). */
int http_head_check(const struct http_head *h, size_t max_body, const char **why);

/* RFC 3986 2.1. Decodes `in` into `out` (NUL-terminated); `plus` turns '+' into a blank (query).
 * The number of bytes, or ERR_MALFORMED: a bad escape, a NUL or control character, bad UTF-8;
 * ERR_TOO_BIG. */
long http_decode(char *out, size_t cap, const char *in, size_t len, bool plus);

/* The next name=value of a query: `*rest` advances; false at the end. Parts are still encoded. */
struct http_pair {
	const char *name, *value;
	size_t name_len, value_len;
};
bool http_query_next(const char **rest, struct http_pair *p);

/* The value of a cookie in a Cookie field (RFC 6265 4.2): pointer into `field` and its length;
 * NULL. */
const char *http_cookie_find(const char *field, const char *name, size_t *len);

#endif
