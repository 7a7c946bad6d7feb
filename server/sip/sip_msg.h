/* server/sip/sip_msg.h - a SIP message as small structs. sip_scan() cuts and checks, libosip2 parses the
 * head, and this is the one place that knows its trees: everything else works on these structs. All
 * slices are borrowed from the received bytes until the next message. Call loop. */
#ifndef SIP_MSG_H
#define SIP_MSG_H

#include "server/sip/sip_digest.h"
#include "server/sip/sip_flow.h"
#include "server/sip/sip_scan.h"
#include "server/sip/sip_uri.h"

#define SIP_USER_SIZE    128 /* unescaped user part */
#define SIP_CONTACTS_MAX 16  /* Contact values of one REGISTER */
#define SIP_AUTHS_MAX    4   /* Authorization headers that are looked at */

struct sip_user { /* a user part unescaped; may hold a NUL (%00) */
	char s[SIP_USER_SIZE];
	size_t len;
};
struct sip_via {
	struct slice transport, host, branch, maddr;
	int port;   /* -1 = absent */
	bool rport; /* asked for (RFC 3581) */
};
struct sip_party { /* From, To */
	struct sip_uri uri;
	struct sip_user user;
	struct slice tag; /* p NULL: none */
};
enum sip_expires { EXPIRES_ABSENT, EXPIRES_GIVEN, EXPIRES_MALFORMED };
struct sip_contact {
	struct slice text; /* URI as written */
	struct sip_uri uri;
	struct slice params; /* header parameters */
	enum sip_expires expires_kind;
	uint32_t expires_s;
	unsigned q;            /* thousandths */
	struct slice instance; /* +sip.instance without quotes and <>; p NULL */
	uint32_t reg_id;       /* 0: none */
};
struct sip_msg {
	struct sip_scan scan;
	struct sip_via via; /* the top one */
	struct sip_uri ruri;
	struct sip_party from, to;
	struct slice call_id;
	uint32_t cseq;
	struct sip_contact contacts[SIP_CONTACTS_MAX];
	size_t n_contacts;
	bool star; /* Contact: * among them */
	enum sip_expires expires_kind;
	uint32_t expires_s;
	struct sip_credentials auth[SIP_AUTHS_MAX]; /* Digest only */
	size_t n_auth;
	int code; /* of ERR_PROTO: status and reason phrase to answer with */
	const char *fault;
};
void sip_msg_setup(void); /* once per process, before the first message */
/* 0; ERR_PROTO: answer `code` (sip_reply works on what could be read); ERR_INVALID: drop. */
int sip_msg_read(struct sip_msg *m, const uint8_t *data, size_t len, enum sip_transport transport);
/* Digest credentials for `realm`; NULL: none. */
const struct sip_credentials *sip_msg_auth(const struct sip_msg *m, const char *realm);
bool sip_msg_is(const struct sip_msg *m, const char *method); /* case-sensitive */

/* What a phone says about itself, wherever it says it (Contact, Reason, credentials). */
struct sip_identity {
	char mac[MAC_TEXT_SIZE]; /* "" = says none */
	char load[64];           /* firmware, from the alarm text */
	char alarm[128];         /* `Reason: ...;text="cisco-alarm:..."` */
	char user_agent[96];
	char model[32]; /* Cisco's number of the model */
	bool cisco;
};
void sip_msg_identity(const struct sip_msg *m, struct sip_identity *out);

#endif
