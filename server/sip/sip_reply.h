/* server/sip/sip_reply.h - answers (RFC 3261 8.2.6, 18.2; RFC 3581): what is copied from the request is
 * copied as bytes, so even a message that could not be parsed gets a proper answer. Pure. */
#ifndef SIP_REPLY_H
#define SIP_REPLY_H

#include "server/sip/sip_msg.h"

#define SIP_REPLY_MAX 16384

/* Status line, Via (received and rport filled in), From, To with `to_tag` unless it has one, Call-ID,
 * CSeq. Then add header lines to `t` and finish with sip_reply_end(). */
void sip_reply_begin(struct text *t, const struct sip_msg *m, const struct sip_flow *from, int code,
		     const char *reason, const char *to_tag);
void sip_reply_end(struct text *t, const char *content_type, const char *body);
const char *sip_reason(int code); /* "Unauthorized" */
/* Where an answer over UDP goes. maddr is followed only to the host that asked: else anybody could aim
 * our answers at a third party (a deviation from RFC 3261 18.2.2). */
void sip_reply_route(const struct sip_msg *m, const struct sip_flow *from, struct sip_flow *to);

#define SIP_SERVER "Switchroom/" SWITCHROOM_VERSION

#endif
