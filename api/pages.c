/* api/pages.c - the browser application out of the binary. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "api/assets.h"
#include "server/core/mem.h"

#define CSP_MAX 1024

static const struct asset *find(const char *path)
{
	for (const struct asset *a = webui_assets; a->path; a++) {
		if (!strcmp(a->path, path))
			return a;
	}
	return NULL;
}

/* Everything from this origin only; the feed's origin is the one other that scripts may connect to. */
static void security_fields(struct api *a, struct http_req *h)
{
	int port = atomic_load(http_is_tls(h) ? &a->feed_tls_port : &a->feed_port);
	char host[256], feed[320] = "", csp[CSP_MAX];

	api_host_name(h, host, sizeof(host));
	if (*host && port >= 0)
		snprintf(feed, sizeof(feed), " %s://%s:%d", http_is_tls(h) ? "wss" : "ws", host,
			 port);
	snprintf(
	    csp, sizeof(csp),
	    "default-src 'self'; connect-src 'self'%s; img-src 'self' data:; object-src 'none'; "
	    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	    feed);
	http_set_header(h, "Content-Security-Policy", csp);
	http_set_header(h, "X-Content-Type-Options", "nosniff");
	http_set_header(h, "X-Frame-Options", "DENY");
	http_set_header(h, "Referrer-Policy", "no-referrer");
	http_set_header(h, "Cross-Origin-Opener-Policy", "same-origin");
	http_set_header(h, "Cross-Origin-Resource-Policy", "same-origin");
	http_set_header(h, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

/* For the rare client without gzip. */
static char *unpack(const struct asset *as, size_t *len)
{
	struct archive *ar = archive_read_new();
	struct archive_entry *e;
	char *out = mem_alloc(as->raw_len + 1);
	la_ssize_t n = -1;

	archive_read_support_filter_gzip(ar);
	archive_read_support_format_raw(ar);
	if (!archive_read_open_memory(ar, as->gz, as->gz_len) && !archive_read_next_header(ar, &e))
		n = archive_read_data(ar, out, as->raw_len);
	archive_read_free(ar);
	if (n < 0) {
		mem_free(out);
		return NULL;
	}
	*len = (size_t)n;
	return out;
}

static void send_asset(struct http_req *h, const struct asset *as)
{
	const char *accepts = http_header(h, "Accept-Encoding");
	const char *if_none = http_header(h, "If-None-Match");
	char *raw;
	size_t len;

	http_set_header(h, "ETag", as->etag);
	http_set_header(h, "Vary", "Accept-Encoding");
	http_set_header(h, "Cache-Control",
			as->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (if_none && strstr(if_none, as->etag)) {
		http_reply(h, 304, NULL, NULL, 0);
	} else if (accepts && strstr(accepts, "gzip")) {
		http_set_header(h, "Content-Encoding", "gzip");
		http_reply(h, 200, as->type, as->gz, as->gz_len);
	} else if ((raw = unpack(as, &len))) {
		http_reply(h, 200, as->type, raw, len);
		mem_free(raw);
	}
}

/* A path with a dot in its last part is a file; anything else is a route of the application, except for
 * interfaces that are not there: who asks for those is a program. */
static bool is_route(const char *path)
{
	return !strchr(strrchr(path, '/'), '.') && strncmp(path, "/api/", 5) != 0;
}

void api_page_reply(struct api *a, struct http_req *h)
{
	const char *path = http_path(h);
	const struct asset *as = find(path);

	security_fields(a, h);
	if (strcmp(http_method(h), "GET") != 0 && strcmp(http_method(h), "HEAD") != 0) {
		http_set_header(h, "Allow", "GET, HEAD");
		http_reply(h, 405, "text/plain", "Method not allowed\n", 19);
		return;
	}
	if (!as && is_route(path))
		as = find("/index.html");
	if (as)
		send_asset(h, as);
	else
		http_reply(h, 404, "text/plain", "Not found\n", 10);
}
