/* tests/support/sccp_rig.h - SCCP sessions on a fake clock and without a network: what a phone
 * sends goes in, what it would get and what is told of it is recorded. */
#ifndef TESTS_SCCP_RIG_H
#define TESTS_SCCP_RIG_H

#include "server/sccp/session.h"

#define RIG_CONNS 8

struct sccp_rig_conn {
	struct sccp_rig *rig;
	struct sccp_session *s;
	bool closed;          /* the session wants the connection closed */
	uint64_t timer_at_ms; /* 0: not set */
	uint8_t out[65536];
	size_t out_len, read;   /* rig_next() reads from here */
	uint8_t pending[16384]; /* bytes a session did not use yet */
	size_t pending_len;
};
struct sccp_rig {
	struct clock_fake clock;
	struct sccp_hub *hub;
	struct sccp_rig_conn conn[RIG_CONNS];
	size_t conns;
	char told[16384];      /* one line per event: "STEP SEP... text" */
	bool configured, busy; /* what the profile call answers */
	uint32_t keepalive_s;  /* of the profile; 0 = the site's */
};

/* 2026-11-20 09:30:15.250 UTC; zone one hour east; 30 s keepalive; 10 ephones; version cap as
 * given. */
struct sccp_rig *sccp_rig_new(uint8_t version_cap);
void sccp_rig_free(struct sccp_rig *r);
struct sccp_rig_conn *rig_connect(struct sccp_rig *r);
void rig_lost(struct sccp_rig_conn *c, const char *why); /* the connection breaks */
void rig_bytes(struct sccp_rig_conn *c, const void *p, size_t len);
/* A message of the phone, made by our encoder at `version`; msg may be NULL for one without a body.
 */
void rig_send(struct sccp_rig_conn *c, enum sccp_id id, uint8_t version, const void *msg);
void rig_send_u32(struct sccp_rig_conn *c, enum sccp_id id, uint32_t value);
void rig_register(struct sccp_rig_conn *c, const char *device, uint32_t type, uint8_t version);
void rig_advance_ms(struct sccp_rig *r, uint64_t ms); /* timers fire at their time */
/* Next packet to the phone: its id, its body decoded at `version` into msg (may be NULL); -1 =
 * none. */
long rig_next(struct sccp_rig_conn *c, uint8_t version, void *msg);
void rig_skip(struct sccp_rig_conn *c);                    /* forget what was sent so far */
bool rig_told(const struct sccp_rig *r, const char *text); /* some event line contains it */
size_t rig_told_times(const struct sccp_rig *r, const char *text);

#endif
