/* server/sip/sip_registrar.h - the registrar (RFC 3261 section 10): who is reachable where. A binding
 * ties a number to a Contact; bindings of one phone share a device. Pure: requests and time in, answers
 * and events out. Call loop.
 *
 * Bindings are found by number through a hash and expire over the engine's timer heap. Everything is
 * bounded: contacts of a request, of a number, of a device, and the text kept of each. */
#ifndef SIP_REGISTRAR_H
#define SIP_REGISTRAR_H

#include "server/phones/phones.h"
#include "server/sip/sip_conf.h"
#include "server/sip/sip_msg.h"

#define SIP_GRACE_MS         10000 /* a binding is held this long past its time */
#define SIP_AOR_CONTACTS_MAX 32    /* bindings of one number */
#define SIP_BINDINGS_MAX     100000
#define SIP_CONTACT_TEXT_MAX 1024 /* URI and parameters kept */

struct sip_registrar;
struct sip_device {
	struct sip_node node;
	struct sip_registrar *registrar;
	char name[DEVICE_NAME_SIZE];
	uint32_t pool; /* tag */
	struct sip_binding *bindings;
	unsigned lines;
	struct sip_flow flow;    /* of the latest REGISTER */
	char *call_id;           /* of the latest REGISTER: service-control echoes it */
	char *user_agent, *load; /* NULL: unknown */
	bool cisco;
};
struct sip_binding {
	struct sip_node node; /* by number */
	struct sip_timer timer;
	struct sip_device *device;
	struct sip_binding *next; /* of the device */
	uint64_t expires_at_ms;
	uint32_t cseq, reg_id;
	uint16_t q;
	uint16_t user_len, uri_len, params_len, instance_len, call_id_len;
	char text[]; /* the five, one after another */
};
struct sip_registrar_ops {
	void (*registered)(void *ctx, const struct sip_device *d, uint32_t expires_s);
	/* The device's last binding is gone (why: STEP_EXPIRED, STEP_UNREGISTERED). */
	void (*gone)(void *ctx, const char *device, enum phone_step why, const char *reason);
	void (*moved)(void *ctx, uint64_t old_conn); /* a TCP connection was replaced by another */
};
struct sip_registrar *sip_registrar_new(struct sip_timers *timers, const struct sip_conf *conf,
					const struct sip_registrar_ops *ops, void *ctx);
void sip_registrar_free(struct sip_registrar *r);

struct sip_register {
	const struct sip_msg *msg;
	const struct sip_flow *flow;
	const struct sip_pool *pool;
	const struct sip_identity *identity;
	const char *device;
};
struct sip_outcome {
	int code;           /* status of the answer */
	const char *reason; /* for people; NULL with 200 */
	uint32_t expires_s; /* granted (200), Min-Expires (423) */
	bool removal;       /* it only took bindings away */
};
/* All or nothing. With 200, `contacts` receives one Contact line for every binding of the number. */
void sip_registrar_register(struct sip_registrar *r, const struct sip_register *req,
			    uint64_t now_ms, struct text *contacts, struct sip_outcome *out);
struct sip_device *sip_registrar_device(const struct sip_registrar *r, const char *name);
/* A number's binding one after another, `after` NULL = first. */
const struct sip_binding *sip_registrar_find(const struct sip_registrar *r, const char *user,
					     size_t len, const struct sip_binding *after);
struct slice sip_binding_uri(const struct sip_binding *b);
struct slice sip_binding_user(const struct sip_binding *b);
struct slice sip_binding_call_id(const struct sip_binding *b);
/* After a change of the configuration: registrations that it no longer allows end. */
void sip_registrar_recheck(struct sip_registrar *r);
/* Ends everything (`registrar server` switched off). */
void sip_registrar_clear(struct sip_registrar *r, const char *reason);
size_t sip_registrar_bindings(const struct sip_registrar *r);
size_t sip_registrar_devices(const struct sip_registrar *r);

#endif
