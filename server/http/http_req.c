/* server/http/http_req.c - what a handler reads of its request. */
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/http_impl.h"

#define DRAIN_MS 2000 /* how long a refused body is read away */

const char *http_method(const struct http_req *r)
{
	return r->ri->request_method;
}

const char *http_path(const struct http_req *r)
{
	return r->path;
}

const char *http_raw_path(const struct http_req *r)
{
	return r->ri->local_uri_raw;
}

const char *http_query(const struct http_req *r)
{
	return r->ri->query_string ? r->ri->query_string : "";
}

int http_query_get(const struct http_req *r, const char *name, char *out, size_t cap)
{
	const char *rest = http_query(r);
	struct http_pair p;

	while (http_query_next(&rest, &p)) {
		char key[128];
		long n;

		if (http_decode(key, sizeof(key), p.name, p.name_len, true) < 0 ||
		    strcmp(key, name) != 0)
			continue;
		n = http_decode(out, cap, p.value, p.value_len, true);
		return n < 0 ? (int)n : 0;
	}
	return ERR_NOENT;
}

const char *http_header(const struct http_req *r, const char *name)
{
	for (int i = 0; i < r->ri->num_headers; i++) {
		if (!strcasecmp(r->ri->http_headers[i].name, name))
			return r->ri->http_headers[i].value;
	}
	return NULL;
}

const char *http_cookie(const struct http_req *r, const char *name, char *out, size_t cap)
{
	for (int i = 0; i < r->ri->num_headers; i++) {
		const char *v;
		size_t len;

		if (strcasecmp(r->ri->http_headers[i].name, "Cookie") != 0)
			continue;
		v = http_cookie_find(r->ri->http_headers[i].value, name, &len);
		if (!v || len >= cap)
			continue;
		memcpy(out, v, len);
		out[len] = '\0';
		return out;
	}
	return NULL;
}

const struct net_addr *http_peer(const struct http_req *r)
{
	return &r->peer;
}

bool http_is_tls(const struct http_req *r)
{
	return r->ri->is_ssl != 0;
}

bool http_is_local(const struct http_req *r, unsigned *uid)
{
	*uid = r->uid;
	return r->srv->local_dir >= 0;
}

bool http_stopping(const struct http_req *r)
{
	return atomic_load(&r->srv->stopping);
}

static void send_continue(struct http_req *r)
{
	static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const char *expect = http_header(r, "Expect");

	if (expect && !strcmp(r->ri->http_version, "1.1"))
		mg_write(r->mg, line, sizeof(line) - 1);
}

/* Each piece has its own limit of time: a peer that trickles does not hold a worker for long, a
 * slow one that sends a large body is not cut. */
static int read_body(struct http_req *r, size_t max)
{
	bool chunked = http_header(r, "Transfer-Encoding") != NULL;
	uint64_t want = chunked || r->ri->content_length < 0 ? 0 : (uint64_t)r->ri->content_length;
	size_t cap = 0;

	if (want > max)
		return ERR_TOO_BIG;
	if (chunked || want)
		send_continue(r);
	while (chunked || r->body_len < want) {
		uint64_t until = http_hooks_now_ms() + r->srv->opt.timeout_ms;
		size_t room = HTTP_PIECE;
		int n;

		if (!chunked && want - r->body_len < room)
			room = (size_t)(want - r->body_len);
		if (r->body_len + room + 1 > cap) {
			cap = (r->body_len + room) * 2 + 1;
			r->body = mem_realloc(r->body, cap);
		}
		http_hooks_deadline(until);
		n = mg_read(r->mg, r->body + r->body_len, room);
		if (n <= 0 && http_hooks_now_ms() >= until)
			return ERR_TIMEOUT;
		if (n < 0 || (n == 0 && !chunked))
			return ERR_PROTO;
		if (n == 0)
			break;
		r->body_len += (size_t)n;
		if (r->body_len > max)
			return ERR_TOO_BIG;
	}
	if (!r->body)
		r->body = mem_zalloc(1);
	r->body[r->body_len] = '\0';
	return 0;
}

int http_body(struct http_req *r, const char **body, size_t *len)
{
	return http_body_max(r, r->srv->opt.max_body, body, len);
}

int http_body_max(struct http_req *r, size_t max, const char **body, size_t *len)
{
	if (r->body_err == 1) {
		r->body_err = read_body(r, max);
		r->keep = r->keep && !r->body_err;
	}
	*body = r->body_err ? "" : r->body;
	*len = r->body_err ? 0 : r->body_len;
	return r->body_err;
}

void http_req_drain(struct http_req *r)
{
	uint64_t until = http_hooks_now_ms() + DRAIN_MS;
	char buf[16384];

	http_hooks_deadline(until);
	while (http_hooks_now_ms() < until && mg_read(r->mg, buf, sizeof(buf)) > 0)
		;
}
