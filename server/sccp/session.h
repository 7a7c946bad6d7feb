/* server/sccp/session.h - SCCP sessions, pure: bytes and time in, bytes and events out. No sockets,
 * no store. A hub holds the sessions of one server by device name, so that a phone that comes back
 * wins over its stale session at once. Thread: call loop. */
#ifndef SCCP_SESSION_H
#define SCCP_SESSION_H

#include "server/core/clock.h"
#include "server/sccp/codec.h"
#include "server/sccp/profile.h"

#define SCCP_KEEPALIVE_MISSES   3 /* */
#define SCCP_KEEPALIVE_GRACE_MS 5000
#define SCCP_FIRST_MS           60000 /* a connection that sends neither Register nor KeepAlive */
#define SCCP_COMPLETE_MS        5000  /* quiet for so long: registration is complete */
#define SCCP_LEAVE_MS           5000  /* a phone that unregistered has this long to close */
#define SCCP_TOKEN_WAIT_S       60
#define SCCP_FAULTS_MAX         20 /* broken or untimely messages before the connection is closed */
#define SCCP_ALARMS_MAX         8 /* reports of one connection that are told; phones send one or two */
#define SCCP_REGISTERS_MAX      20 /* registrations on one connection before it is closed */
#define SCCP_DEVICE_SIZE        33 /* device name: 16 characters */

enum sccp_event {
	SCCP_EV_CONNECTED,  /* "tcp": the first message that names the device */
	SCCP_EV_STEP,       /* a step of registration */
	SCCP_EV_REGISTERED, /* all that a phone asks for was answered */
	SCCP_EV_REFUSED,    /* configured, yet refused; text: the reason the phone was told */
	SCCP_EV_UNKNOWN,    /* in no ephone; text: the reason */
	SCCP_EV_UNREGISTERED,
	SCCP_EV_REPLACED, /* by a newer connection of the same device */
	SCCP_EV_KEEPALIVE_LOST,
	SCCP_EV_CLOSED, /* the connection of a registered phone ended */
	SCCP_EV_FAULT,  /* something broken came */
	SCCP_EV_ALARM,
	SCCP_EV_ALIVE, /* a keepalive; text is "" */
};

struct sccp_session;
struct sccp_ops { /* what a session needs of the world; `conn` and `ctx` are the owner's */
	void (*send)(void *conn, const void *p, size_t len);
	void (*close)(void *conn); /* when all was sent; sccp_session_free() follows */
	void (*arm)(void *conn, uint64_t after_ms); /* call sccp_session_timeout() then */
	/* The profile of a device, owned by the session. ERR_NOENT: it is in no ephone; ERR_AGAIN: that
	 * cannot be said just now. */
	int (*profile)(void *ctx, const char *device, uint32_t device_type,
		       struct sccp_profile **out);
	/* `device` "" when it is not known yet. */
	void (*event)(void *ctx, struct sccp_session *s, enum sccp_event ev, const char *device,
		      const char *text);
	int (*zone_offset)(const char *zone, int64_t wall_s, int *offset_s, bool *dst);
};

struct sccp_counters {
	uint64_t messages, unknown, faults, rejected, keepalives_lost, replaced;
};

struct sccp_hub;
struct sccp_hub *sccp_hub_new(const struct sccp_ops *ops, void *ctx, const struct clock *clock,
			      uint8_t version_cap);
void sccp_hub_free(struct sccp_hub *hub);              /* its sessions are gone */
struct sccp_site *sccp_hub_site(struct sccp_hub *hub); /* to be changed by its owner */
size_t sccp_hub_registered(const struct sccp_hub *hub);
size_t sccp_hub_sessions(const struct sccp_hub *hub);
const struct sccp_counters *sccp_hub_counters(const struct sccp_hub *hub);
void sccp_hub_trace(struct sccp_hub *hub, bool on); /* every message to the debug log */
struct sccp_session *sccp_hub_find(struct sccp_hub *hub,
				   const char *device); /* registered; or NULL */

struct sccp_session *sccp_session_new(struct sccp_hub *hub, void *conn, const struct net_addr *peer,
				      const struct net_addr *local);
/* The connection is gone; `why` is told when the phone was registered. NULL session is allowed. */
void sccp_session_free(struct sccp_session *s, const char *why);
/* Bytes in arrival order: how many were used (the rest comes again with more), or ERR_PROTO to
 * close. */
long sccp_session_input(struct sccp_session *s, const uint8_t *data, size_t len);
void sccp_session_timeout(struct sccp_session *s);
/* Tell the phone to reset (boot again) or restart (register again): SCCP_RESET_*. */
void sccp_session_reset(struct sccp_session *s, uint32_t type);

/* What is known of the phone behind a session. */
struct sccp_about {
	const struct net_addr *peer;
	const char *device, *load; /* load: "" when it did not say */
	uint32_t device_type;
	uint8_t version, offered; /* spoken; asked for by the phone */
	unsigned lines, codecs;
	bool registered, reset_sent;
};
void *sccp_session_conn(const struct sccp_session *s); /* as given to sccp_session_new() */
void sccp_session_about(const struct sccp_session *s, struct sccp_about *out);

#endif
