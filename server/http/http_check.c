/* server/http/http_check.c - see http_check.h; RFC 9110, RFC 9112, RFC 3986. */
#include "server/http/http_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/text.h"
#include "server/http/http.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

long http_decode(char *out, size_t cap, const char *in, size_t len, bool plus)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)in[i];

		if (c == '%') {
			int hi = i + 2 < len ? hex_digit(in[i + 1]) : -1;
			int lo = i + 2 < len ? hex_digit(in[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return ERR_MALFORMED;
			c = (unsigned char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f)
			return ERR_MALFORMED;
		if (n + 1 >= cap)
			return ERR_TOO_BIG;
		out[n++] = (char)c;
	}
	if (n >= cap)
		return ERR_TOO_BIG;
	out[n] = '\0';
	return text_is_utf8(out, n) ? (long)n : ERR_MALFORMED;
}

bool http_query_next(const char **rest, struct http_pair *p)
{
	const char *s = *rest, *end, *eq;

	while (s && *s == '&')
		s++;
	if (!s || !*s)
		return false;
	end = s + strcspn(s, "&");
	eq = memchr(s, '=', (size_t)(end - s));
	p->name = s;
	p->name_len = (size_t)((eq ? eq : end) - s);
	p->value = eq ? eq + 1 : end;
	p->value_len = (size_t)(end - p->value);
	*rest = end;
	return true;
}

const char *http_cookie_find(const char *field, const char *name, size_t *len)
{
	size_t n = strlen(name);

	for (const char *s = field; s && *s;) {
		size_t part;

		s += strspn(s, " \t;");
		part = strcspn(s, ";");
		if (part > n && !strncmp(s, name, n) && s[n] == '=') {
			*len = part - n - 1;
			return s + n + 1;
		}
		s += part;
	}
	return NULL;
}

struct seen { /* fields that may stand once, and what they say */
	unsigned host, length, encoding;
	const char *length_value, *encoding_value;
	bool content_type, expect_other;
};

static bool is_token(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s <= 0x20 || (unsigned char)*s >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?={}", *s))
			return false;
	}
	return true;
}

static int look_at_field(const struct http_field *f, struct seen *s)
{
	if (!is_token(f->name) || !text_is_utf8(f->value, strlen(f->value)))
		return 400;
	if (!strcasecmp(f->name, "Host")) {
		s->host++;
	} else if (!strcasecmp(f->name, "Content-Length")) {
		s->length++;
		s->length_value = f->value;
	} else if (!strcasecmp(f->name, "Transfer-Encoding")) {
		s->encoding++;
		s->encoding_value = f->value;
	} else if (!strcasecmp(f->name, "Content-Type")) {
		s->content_type = true;
	} else if (!strcasecmp(f->name, "Expect")) {
		s->expect_other = strcasecmp(f->value, "100-continue") != 0;
	}
	return 0;
}

/* Request smuggling lives on bodies whose length two readers see differently (RFC 9112 6.3). */
static int check_length(const struct http_head *h, const struct seen *s, size_t max_body,
			const char **why)
{
	bool needs = !strcmp(h->method, "PUT") || !strcmp(h->method, "PATCH") ||
		     (!strcmp(h->method, "POST") && s->content_type);
	int64_t len;

	*why = "The length of the body is given in two ways";
	if (s->length > 1 || s->encoding > 1 || (s->length && s->encoding))
		return 400;
	*why = "Transfer-Encoding is not chunked";
	if (s->encoding && strcasecmp(s->encoding_value, "chunked") != 0)
		return 400;
	*why = "Content-Length is needed";
	if (!s->length && !s->encoding)
		return needs ? 411 : 0;
	if (s->encoding)
		return 0;
	*why = "Content-Length is not a number";
	if (strspn(s->length_value, "0123456789") != strlen(s->length_value) || !*s->length_value)
		return 400;
	*why = "The body is larger than the limit";
	if (text_to_int(s->length_value, strlen(s->length_value), 0, INT64_MAX, &len) ||
	    (uint64_t)len > max_body)
		return 413;
	return 0;
}

static int check_target(const struct http_head *h, const char **why)
{
	char buf[HTTP_HEAD_MAX];

	*why = "The path is not valid";
	if (h->raw_path[0] != '/' || strchr(h->raw_path, '#') ||
	    http_decode(buf, sizeof(buf), h->raw_path, strlen(h->raw_path), false) < 0)
		return 400;
	*why = "The query is not valid";
	if (h->query && http_decode(buf, sizeof(buf), h->query, strlen(h->query), true) < 0)
		return 400;
	return 0;
}

int http_head_check(const struct http_head *h, size_t max_body, const char **why)
{
	struct seen s = { 0 };
	int status;

	*why = "The head is larger than the limit";
	if (h->bytes > HTTP_HEAD_MAX || h->n > HTTP_FIELDS_MAX)
		return 431;
	*why = "A header field is not valid";
	for (size_t i = 0; i < h->n; i++) {
		if (look_at_field(&h->fields[i], &s))
			return 400;
	}
	*why = "Host must be there once";
	if (s.host > 1 || (!s.host && !strcmp(h->version, "1.1")))
		return 400;
	*why = "Expect is not supported";
	if (s.expect_other)
		return 417;
	status = check_length(h, &s, max_body, why);
	return status ? status : check_target(h, why);
}
