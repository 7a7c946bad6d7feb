/* server/sip/sip_uri.c - see sip_uri.h. */
#include "server/sip/sip_uri.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"

#define PART_MAX 256 /* longest user, password or parameter that is compared */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

long sip_unescape(char *out, size_t cap, struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; s.p && i < s.len; i++) {
		char c = s.p[i];

		if (c == '%') {
			int hi = i + 2 < s.len ? hex_digit(s.p[i + 1]) : -1;
			int lo = i + 2 < s.len ? hex_digit(s.p[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return ERR_MALFORMED;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (n + 1 >= cap)
			return ERR_TOO_BIG;
		out[n++] = c;
	}
	out[n] = '\0';
	return (long)n;
}

bool sip_split(struct slice *rest, char sep, bool angles, struct slice *part)
{
	bool quoted = false;
	int depth = 0;
	size_t i;

	if (!rest->p)
		return false;
	for (i = 0; i < rest->len; i++) {
		char c = rest->p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (angles && c == '<') {
			depth++;
		} else if (angles && c == '>' && depth) {
			depth--;
		} else if (c == sep && !depth) {
			break;
		}
	}
	if (i > rest->len)
		i = rest->len;
	*part = slice_trim((struct slice){ rest->p, i });
	if (i < rest->len)
		*rest = (struct slice){ rest->p + i + 1, rest->len - i - 1 };
	else
		*rest = (struct slice){ NULL, 0 };
	return true;
}

bool sip_param_next(struct slice *rest, struct slice *name, struct slice *value)
{
	struct slice part;
	const char *eq;

	do {
		if (!sip_split(rest, ';', false, &part))
			return false;
	} while (!part.len);
	eq = memchr(part.p, '=', part.len);
	*name = part;
	*value = (struct slice){ NULL, 0 };
	if (eq) {
		size_t at = (size_t)(eq - part.p);

		*name = slice_trim((struct slice){ part.p, at });
		*value = slice_trim((struct slice){ eq + 1, part.len - at - 1 });
	}
	return true;
}

bool sip_param_find(struct slice params, const char *name, struct slice *value)
{
	struct slice n, v;

	while (sip_param_next(&params, &n, &v))
		if (slice_eq_nocase(n, name)) {
			if (value)
				*value = v;
			return true;
		}
	return false;
}

char *sip_unquote(char *out, size_t cap, struct slice s)
{
	bool quoted = s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"';
	size_t n = 0, i = quoted ? 1 : 0, end = s.len - (quoted ? 1 : 0);

	for (; i < end && n + 1 < cap; i++) {
		if (quoted && s.p[i] == '\\' && i + 1 < end)
			i++;
		out[n++] = s.p[i];
	}
	out[n] = '\0';
	return out;
}

static int parse_port(struct slice s, int *port)
{
	int64_t v;

	if (text_to_int(s.p, s.len, 1, 65535, &v))
		return ERR_MALFORMED;
	*port = (int)v;
	return 0;
}

static int parse_v6_host(struct sip_uri *u, struct slice s)
{
	const char *end = memchr(s.p, ']', s.len);
	size_t n = end ? (size_t)(end - s.p) : 0;

	if (!end || n < 2)
		return ERR_MALFORMED;
	u->v6 = true;
	u->host = (struct slice){ s.p + 1, n - 1 };
	if (s.len == n + 1)
		return 0;
	return s.p[n + 1] == ':' ? parse_port((struct slice){ end + 2, s.len - n - 2 }, &u->port)
				 : ERR_MALFORMED;
}

static bool host_is_clean(struct slice h)
{
	for (size_t i = 0; i < h.len; i++) {
		unsigned char c = (unsigned char)h.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '.' || c == '-' || c == '_' || c >= 0x80))
			return false;
	}
	return h.len > 0;
}

static int parse_host(struct sip_uri *u, struct slice s)
{
	const char *colon;

	if (s.len && s.p[0] == '[')
		return parse_v6_host(u, s);
	colon = memchr(s.p, ':', s.len);
	u->host = s;
	if (colon) {
		u->host.len = (size_t)(colon - s.p);
		if (parse_port((struct slice){ colon + 1, s.len - u->host.len - 1 }, &u->port))
			return ERR_MALFORMED;
	}
	return host_is_clean(u->host) ? 0 : ERR_MALFORMED;
}

/* Cut `s` at the first `c`: what follows goes to `tail` (p NULL when there is none). */
static struct slice cut(struct slice s, char c, struct slice *tail)
{
	const char *at = s.len ? memchr(s.p, c, s.len) : NULL;

	*tail = (struct slice){ NULL, 0 };
	if (at) {
		size_t n = (size_t)(at - s.p);

		*tail = (struct slice){ at + 1, s.len - n - 1 };
		s.len = n;
	}
	return s;
}

static bool has_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '"')
			return true;
	return false;
}

int sip_uri_parse(struct sip_uri *u, struct slice text)
{
	struct slice rest, host, userinfo;
	const char *at;

	memset(u, 0, sizeof(*u));
	u->port = -1;
	u->scheme = cut(text, ':', &rest);
	if (!rest.p || has_blank(text) ||
	    !(slice_eq_nocase(u->scheme, "sip") || slice_eq_nocase(u->scheme, "sips")))
		return ERR_MALFORMED;
	/* `;`, `?` and `/` may stand in a user part, so the @ is looked for first. */
	at = rest.len ? memchr(rest.p, '@', rest.len) : NULL;
	host = rest;
	if (at) {
		userinfo = (struct slice){ rest.p, (size_t)(at - rest.p) };
		host = (struct slice){ at + 1, rest.len - userinfo.len - 1 };
		u->user = cut(userinfo, ':', &u->password);
		if (!u->user.len)
			return ERR_MALFORMED;
	}
	host = cut(host, '?', &u->headers);
	host = cut(host, ';', &u->params);
	return parse_host(u, host);
}

static bool raw_eq(struct slice a, struct slice b, bool nocase)
{
	if (a.len != b.len)
		return false;
	if (!a.p || !b.p)
		return !a.len;
	return !(nocase ? strncasecmp(a.p, b.p, a.len) : memcmp(a.p, b.p, a.len));
}

/* Equal after unescaping; absent differs from present. */
static bool part_eq(struct slice a, struct slice b, bool nocase)
{
	char ta[PART_MAX], tb[PART_MAX];
	long na, nb;

	if (!a.p != !b.p)
		return false;
	if (raw_eq(a, b, nocase))
		return true;
	na = sip_unescape(ta, sizeof(ta), a);
	nb = sip_unescape(tb, sizeof(tb), b);
	return na >= 0 && na == nb &&
	       !(nocase ? strncasecmp(ta, tb, (size_t)na) : memcmp(ta, tb, (size_t)na));
}

static bool host_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	char ta[64], tb[64];
	struct in6_addr ba, bb;

	if (raw_eq(a->host, b->host, true))
		return a->v6 == b->v6;
	if (!a->v6 || !b->v6 || a->host.len >= sizeof(ta) || b->host.len >= sizeof(tb))
		return false;
	memcpy(ta, a->host.p, a->host.len);
	ta[a->host.len] = '\0';
	memcpy(tb, b->host.p, b->host.len);
	tb[b->host.len] = '\0';
	return inet_pton(AF_INET6, ta, &ba) == 1 && inet_pton(AF_INET6, tb, &bb) == 1 &&
	       !memcmp(&ba, &bb, sizeof(ba));
}

/* These count even when only one side has them (RFC 3261 19.1.4; `transport` is ours: it tells where
 * the phone listens). */
static bool is_strict(struct slice name)
{
	static const char *const strict[] = { "transport", "user", "ttl", "method", "maddr" };

	for (size_t i = 0; i < sizeof(strict) / sizeof(strict[0]); i++)
		if (slice_eq_nocase(name, strict[i]))
			return true;
	return false;
}

static bool params_match(struct slice a, struct slice b)
{
	struct slice name, value, other;
	char key[64];

	while (sip_param_next(&a, &name, &value)) {
		if (name.len >= sizeof(key))
			continue;
		memcpy(key, name.p, name.len);
		key[name.len] = '\0';
		if (!sip_param_find(b, key, &other)) {
			if (is_strict(name))
				return false;
		} else if (!part_eq(value, other, true)) {
			return false;
		}
	}
	return true;
}

/* Every header of `a` is in `b` with the same value. */
static bool headers_in(struct slice a, struct slice b)
{
	struct slice one, other;

	while (sip_split(&a, '&', false, &one)) {
		struct slice rest = b;
		bool found = false;

		while (!found && sip_split(&rest, '&', false, &other))
			found = part_eq(one, other, true);
		if (!found)
			return false;
	}
	return true;
}

bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	return raw_eq(a->scheme, b->scheme, true) && part_eq(a->user, b->user, false) &&
	       part_eq(a->password, b->password, false) && host_eq(a, b) && a->port == b->port &&
	       params_match(a->params, b->params) && params_match(b->params, a->params) &&
	       headers_in(a->headers, b->headers) && headers_in(b->headers, a->headers);
}
