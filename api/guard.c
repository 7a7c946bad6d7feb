/* api/guard.c - who is asking, and may they. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/http_check.h"

const char *api_cookie_name(bool tls)
{
	return tls ? "__Host-switchroom_session" : "switchroom_session";
}

/* The host part of a Host field, when it is one: it goes into redirects and headers. */
static void host_part(const char *host, char *out, size_t cap)
{
	size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

	*out = '\0';
	if (n == 0 || n >= cap || n > strlen(host))
		return;
	for (size_t i = 0; i < n; i++) {
		char c = host[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      strchr("-._", c) || (*host == '[' && strchr("[]:", c))))
			return;
	}
	memcpy(out, host, n);
	out[n] = '\0';
}

void api_host_name(const struct http_req *h, char *out, size_t cap)
{
	const char *host = http_header(h, "Host");

	host_part(host ? host : "", out, cap);
}

/* Plain HTTP is for this machine only: a reader is sent to TLS, a writer told (its secrets have already
 * travelled in the clear, so it must notice). */
bool api_send_to_tls(struct api *a, struct http_req *h)
{
	static const char refused[] =
	    "{\"type\":\"about:blank\",\"title\":\"Not permitted\",\"status\":403,"
	    "\"detail\":\"Use HTTPS\",\"code\":\"tls_required\"}\n";
	char host[256], to[2048];
	bool safe = !strcmp(http_method(h), "GET") || !strcmp(http_method(h), "HEAD");
	int port = api_port(a, true), n;
	unsigned uid;

	if (http_is_local(h, &uid) || http_is_tls(h) || a->opt.insecure ||
	    net_addr_is_loopback(http_peer(h)))
		return false;
	api_host_name(h, host, sizeof(host));
	n = snprintf(to, sizeof(to), "https://%s:%d%s%s%s", host, port, http_raw_path(h),
		     *http_query(h) ? "?" : "", http_query(h));
	if (!safe || port < 0 || !*host || n < 0 || (size_t)n >= sizeof(to)) {
		http_reply(h, 403, "application/problem+json", refused, sizeof(refused) - 1);
		return true;
	}
	http_set_header(h, "Location", to);
	http_reply(h, 308, "text/plain", "", 0);
	return true;
}

static int identify(struct api_req *r)
{
	const char *auth = http_header(r->http, "Authorization");
	char cookie[AUTH_SECRET_SIZE];

	if (r->local) { /* who may open the socket may read the store itself */
		r->who =
		    (struct auth_who){ .role = ROLE_ADMIN, .by_token = true, .name = API_LOCAL };
		return 0;
	}
	if (auth) {
		if (strncasecmp(auth, "Bearer ", 7) != 0)
			return ERR_AUTH;
		return auth_check_token(r->api->opt.auth, auth + 7 + strspn(auth + 7, " "),
					http_peer(r->http), &r->who);
	}
	if (http_cookie(r->http, api_cookie_name(http_is_tls(r->http)), cookie, sizeof(cookie)) &&
	    !auth_check_session(r->api->opt.auth, cookie, !(r->route->flags & R_QUIET), &r->who))
		return 0;
	return r->route->role == ROLE_NONE ? 0 : ERR_AUTH;
}

static bool is_safe(const char *method)
{
	return !strcmp(method, "GET") || !strcmp(method, "HEAD");
}

int api_guard(struct api_req *r)
{
	int err = 0;

	if (!(r->route->flags & R_SETUP) && auth_needs_setup(r->api->opt.auth))
		return ERR_SETUP;
	if (r->route->role != ROLE_NONE)
		err = identify(r);
	if (err)
		return err;
	if (r->who.role < r->route->role)
		return api_fault(r, ERR_PERM, NULL, "", "This needs the role %s",
				 auth_role_text(r->route->role));
	if (r->route->role != ROLE_NONE && !r->who.by_token && !is_safe(http_method(r->http)) &&
	    !auth_check_csrf(r->api->opt.auth, r->who.id, http_header(r->http, "X-CSRF-Token")))
		return api_fault(r, ERR_PERM, "csrf", "",
				 "The X-CSRF-Token of this session is missing");
	return 0;
}
