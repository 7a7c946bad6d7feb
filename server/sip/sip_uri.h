/* server/sip/sip_uri.h - SIP URIs as slices, and their comparison (RFC 3261 19.1.4). libosip2 keeps no
 * original text, and a binding must be called by the Contact exactly as the phone wrote it. Pure. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/text.h"

struct sip_uri {
	struct slice scheme;          /* "sip", "sips" */
	struct slice user, password;  /* raw (escaped); p NULL = absent */
	struct slice host;            /* without brackets */
	bool v6;                      /* host was in brackets */
	int port;                     /* -1 = absent */
	struct slice params, headers; /* raw, without the leading ; or ? ; p NULL = absent */
};
/* 0 or ERR_MALFORMED. Only sip and sips; an unbracketed host with a colon is malformed (RFC 5118 4.2);
 * a port inside the brackets is part of the address (4.3). */
int sip_uri_parse(struct sip_uri *u, struct slice text);
bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b);
/* Unescape %XX into `out`; a NUL (%00) stays a byte of its own, so nothing is cut at it.
 * Returns the length, or ERR_TOO_BIG / ERR_MALFORMED. */
long sip_unescape(char *out, size_t cap, struct slice s);

/* Next part of `rest` up to `sep` outside quotes (and outside <> when `angles`); trimmed. */
bool sip_split(struct slice *rest, char sep, bool angles, struct slice *part);
/* "a=b;c" style parameters, quotes respected. `value` keeps its quotes; p NULL for a flag. */
bool sip_param_next(struct slice *rest, struct slice *name, struct slice *value);
bool sip_param_find(struct slice params, const char *name, struct slice *value);
/* Without quotes and backslashes, cut at cap; returns out. Unquoted text is copied as it is. */
char *sip_unquote(char *out, size_t cap, struct slice s);

#endif
