/* server/sip/sip_scan.h - the cheap look at a message before libosip2 sees it: start line, header lines
 * as slices, the body cut off, and everything the parser would let through although it must not
 * (sizes, counts, NUL bytes, doubled headers). What it finds is enough to answer a message that the
 * parser refuses. Also the framing of a TCP stream (RFC 3261 18.3). Pure, allocates nothing. */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/core/text.h"

#define SIP_UDP_MAX   8192  /* longest datagram that is looked at */
#define SIP_TCP_MAX   65536 /* longest message on a stream, head and body */
#define SIP_LINES_MAX 64    /* header lines */

enum sip_hdr {
	HDR_OTHER,
	HDR_VIA,
	HDR_FROM,
	HDR_TO,
	HDR_CALL_ID,
	HDR_CSEQ,
	HDR_CONTACT,
	HDR_MAX_FORWARDS,
	HDR_CONTENT_LENGTH,
	HDR_CONTENT_TYPE,
	HDR_CONTENT_ENCODING,
	HDR_CONTENT_DISPOSITION,
	HDR_EXPIRES,
	HDR_REQUIRE,
	HDR_SUPPORTED,
	HDR_AUTHORIZATION,
	HDR_USER_AGENT,
	HDR_REASON,
	HDR_EVENT,
	HDR_ROUTE,
	HDR_COUNT
};

struct sip_line {
	enum sip_hdr id;
	struct slice name, value; /* value: trimmed, folds inside kept */
};
struct sip_scan {
	bool request;
	struct slice method, uri, version; /* request line */
	unsigned status;                   /* responses: 100..699 */
	struct slice start;                /* the start line */
	struct sip_line lines[SIP_LINES_MAX];
	size_t n;
	struct slice body;
	int64_t content_length; /* -1 = absent */
	int code;               /* of ERR_PROTO: the status to answer with */
	const char *fault;      /* and its reason phrase */
};
/* One whole message. 0; ERR_PROTO: answer with `code` (lines are filled as far as they could be read);
 * ERR_INVALID: not SIP, or nothing to answer to - drop and count. */
int sip_scan(struct sip_scan *s, const uint8_t *data, size_t len, size_t max);
/* First line with this id from `from` on; NULL when there is none. */
const struct sip_line *sip_scan_find(const struct sip_scan *s, enum sip_hdr id, size_t from);
struct slice sip_scan_value(const struct sip_scan *s, enum sip_hdr id); /* p NULL: absent */

/* ---- stream framing ---- */
enum sip_frame_kind {
	SIP_FRAME_MORE,    /* not whole yet */
	SIP_FRAME_MESSAGE, /* a message of `len` bytes begins at `skip` */
	SIP_FRAME_PING,    /* CRLF CRLF: answer CRLF (RFC 5626 4.4.1) */
	SIP_FRAME_SKIP,    /* stray CRLF: use `skip` bytes */
	SIP_FRAME_BROKEN,  /* answer `code` to the head of `len` bytes, then close */
};
struct sip_frame {
	size_t skip, len;
	int code;
	const char *fault;
};
enum sip_frame_kind sip_frame(const uint8_t *data, size_t len, struct sip_frame *out);

#endif
