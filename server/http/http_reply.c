/* server/http/http_reply.c - answers. Head and a small body leave in one write. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/http_impl.h"

#define JOIN_MAX 16384 /* bodies up to this size join their head */

static int put(struct http_req *r, const char *p, size_t len)
{
	while (len && !r->broken) {
		size_t piece = len > HTTP_PIECE ? HTTP_PIECE : len;
		int n;

		http_hooks_deadline(http_hooks_now_ms() + 3u * (uint64_t)r->srv->opt.timeout_ms);
		n = mg_write(r->mg, p, piece);
		if (n != (int)piece) {
			r->broken = true;
			mg_disable_connection_keep_alive(r->mg);
		}
		p += piece;
		len -= piece;
	}
	return r->broken ? ERR_CLOSED : 0;
}

static void add_date(struct text *t)
{
	time_t now = (time_t)clock_wall_s(&clock_system);
	struct tm tm;
	char buf[40];

	gmtime_r(&now, &tm);
	strftime(buf, sizeof(buf), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	text_addf(t, "Date: %s\r\n", buf);
}

static bool client_keeps(const struct http_req *r)
{
	const char *c = http_header(r, "Connection");

	if (!strcmp(r->ri->http_version, "1.1"))
		return !c || strcasestr(c, "close") == NULL;
	return c && strcasestr(c, "keep-alive");
}

/* civetweb knows the phrases; one of them it spells wrong. */
static const char *reason(struct mg_connection *mg, int status)
{
	return status == 422 ? "Unprocessable Content" : mg_get_response_code_text(mg, status);
}

static void add_head(struct http_req *r, struct text *t, int status, const char *type,
		     uint64_t length)
{
	bool bodyless = status == 204 || status == 304;
	bool keep = r->keep && client_keeps(r) && !(length == UINT64_MAX && !r->chunked);

	if (!keep)
		mg_disable_connection_keep_alive(r->mg);
	text_addf(t, "HTTP/1.1 %d %s\r\n", status, reason(r->mg, status));
	add_date(t);
	text_addf(t, "Connection: %s\r\n", keep ? "keep-alive" : "close");
	if (type && *type && !bodyless)
		text_addf(t, "Content-Type: %s\r\n", type);
	if (r->chunked)
		text_add(t, "Transfer-Encoding: chunked\r\n");
	else if (length != UINT64_MAX && !bodyless)
		text_addf(t, "Content-Length: %llu\r\n", (unsigned long long)length);
	text_addn(t, r->fields.buf ? r->fields.buf : "", r->fields.len);
	text_add(t, "\r\n");
}

void http_set_header(struct http_req *r, const char *name, const char *value)
{
	text_addf(&r->fields, "%s: ", name);
	for (; *value; value++) /* a line end would begin another field */
		text_addc(&r->fields, (unsigned char)*value < 0x20 ? '_' : *value);
	text_add(&r->fields, "\r\n");
}

void http_reply(struct http_req *r, int status, const char *type, const void *body, size_t len)
{
	struct text t;

	if (r->replied)
		return;
	r->replied = true;
	text_init(&t, 4 * HTTP_HEAD_MAX + JOIN_MAX);
	add_head(r, &t, status, type, len);
	if (r->head_only || status == 204 || status == 304)
		len = 0;
	if (len <= JOIN_MAX) {
		text_addn(&t, body ? body : "", len);
		put(r, t.buf, t.len);
	} else if (!put(r, t.buf, t.len)) {
		put(r, body, len);
	}
	text_fini(&t);
}

int http_reply_begin(struct http_req *r, int status, const char *type, uint64_t length)
{
	struct text t;
	int err;

	if (r->replied)
		return ERR_INTERNAL;
	r->replied = true;
	r->chunked = length == UINT64_MAX && !strcmp(r->ri->http_version, "1.1");
	r->left = length;
	text_init(&t, 2 * HTTP_HEAD_MAX);
	add_head(r, &t, status, type, length);
	err = put(r, t.buf, t.len);
	text_fini(&t);
	return err;
}

int http_reply_write(struct http_req *r, const void *p, size_t len)
{
	char size[24];
	int err = 0;

	if (r->head_only || !len)
		return 0;
	if (r->left != UINT64_MAX) {
		if (len > r->left)
			return ERR_TOO_BIG; /* more than was announced */
		r->left -= len;
	}
	if (r->chunked) {
		snprintf(size, sizeof(size), "%zx\r\n", len);
		err = put(r, size, strlen(size));
	}
	if (!err)
		err = put(r, p, len);
	if (!err && r->chunked)
		err = put(r, "\r\n", 2);
	return err;
}

int http_reply_end(struct http_req *r)
{
	if (r->head_only)
		return r->broken ? ERR_CLOSED : 0;
	if (r->chunked)
		return put(r, "0\r\n\r\n", 5);
	if (r->left != UINT64_MAX && r->left) { /* less than was announced: the peer must notice */
		r->broken = true;
		mg_disable_connection_keep_alive(r->mg);
	}
	return r->broken ? ERR_CLOSED : 0;
}

static const char *code_of(int status)
{
	switch (status) {
	case 411:
		return "length_required";
	case 413:
		return "too_large";
	case 417:
		return "expectation_failed";
	case 431:
		return "head_too_large";
	default:
		return "malformed";
	}
}

/* A refusal before the handler is known; a problem document (RFC 9457) does no harm to a phone. */
void http_refuse(struct mg_connection *mg, int status, const char *why)
{
	const char *title = reason(mg, status);
	char body[512], head[512];
	int n =
	    snprintf(body, sizeof(body),
		     "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\","
		     "\"code\":\"%s\"}\n",
		     title, status, why, code_of(status));
	int h = snprintf(head, sizeof(head),
			 "HTTP/1.1 %d %s\r\nConnection: close\r\n"
			 "Content-Type: application/problem+json\r\nContent-Length: %d\r\n"
			 "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n",
			 status, title, n);

	if (mg_write(mg, head, (size_t)h) == h)
		mg_write(mg, body, (size_t)n);
}
