/* server/phones/phones.h - what is alive: devices, registrations, timelines and verdicts, attempted
 * registrations. Owned by the call loop; phones_post_*() and the *_json asks are for other threads.
 *
 * A device is "SEP<MAC>" (ATA: "ATA<MAC>"), or "POOL<tag>@<address>:<port>" for pools without a MAC
 * (DESIGN 7). Every engine writes its steps here: the timeline is the story of a phone's boot. */
#ifndef PHONES_PHONES_H
#define PHONES_PHONES_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "server/core/loop.h"
#include "server/core/net.h"
#include "server/core/text.h"

struct phones;
struct store;

#define PHONES_UNKNOWN_MAX  1000 /* askers that are not configured; the oldest makes room */
#define PHONES_STEPS        64   /* steps of a timeline kept in memory */
#define PHONES_ATTEMPTS_MAX 1000 /* attempted registrations kept; of SCCP ATTEMPTED_LOG_SIZE */
#define DEVICE_NAME_SIZE    72

enum phone_severity { SEV_INFO, SEV_WARN, SEV_ERROR };
/* One row per kind of step: name on the wire, severity, sentence for a person ("%s" = detail). */
#define PHONE_STEPS_LIST(X)                                                            \
	X(FILE_SENT, "file_sent", INFO, "Fetched %s")                                  \
	X(FILE_MISSING, "file_missing", WARN, "Asked for a file that is not here: %s") \
	X(FILE_ABORTED, "file_aborted", WARN, "Broke off a file: %s")                  \
	X(FILE_REFUSED, "file_refused", WARN, "Was refused a file: %s")                \
	X(TIME_ASKED, "time_asked", INFO, "Asked for the time%s")                      \
	X(TRANSPORT_UP, "transport_up", INFO, "Connected by %s")                       \
	X(TRANSPORT_DOWN, "transport_down", INFO, "Connection closed: %s")             \
	X(CHALLENGED, "challenged", INFO, "Was asked for its password%s")              \
	X(REGISTERING, "registering", INFO, "Registration step: %s")                   \
	X(REGISTERED, "registered", INFO, "Registered: %s")                            \
	X(REJECTED, "rejected", ERROR, "Registration refused: %s")                     \
	X(UNREGISTERED, "unregistered", INFO, "Unregistered: %s")                      \
	X(EXPIRED, "expired", WARN, "Registration ran out: %s")                        \
	X(KEEPALIVE_LOST, "keepalive_lost", ERROR, "No keepalive: %s")                 \
	X(PROTOCOL_ERROR, "protocol_error", WARN, "Sent something broken: %s")         \
	X(ALARM, "alarm", WARN, "Reports: %s")                                         \
	X(ACTION, "action", INFO, "Was told to %s")
#define PHONE_STEP_ENUM_(name, wire, sev, text) STEP_##name,
enum phone_step { PHONE_STEPS_LIST(PHONE_STEP_ENUM_) STEP_COUNT };
#undef PHONE_STEP_ENUM_

/* `send` carries an action ("restart", "reset") to the engine that holds the registration; set by
 * each engine with phones_set_actor(). */
enum phone_protocol { PHONE_SIP, PHONE_SCCP, PHONE_PROTOCOLS };
enum phone_action { PHONE_RESTART, PHONE_RESET };
typedef int (*phones_actor)(void *engine, const char *device, enum phone_action action);
/* What only the engine knows of a device that is registered with it: members added to `o`. */
typedef void (*phones_reporter)(void *engine, const char *device, cJSON *o);

int phones_new(struct phones **out, struct loop *loop, struct store *store);
void phones_free(struct phones *p);
void phones_set_actor(struct phones *p, enum phone_protocol proto, phones_actor fn, void *engine);
void phones_set_reporter(struct phones *p, enum phone_protocol proto, phones_reporter fn);

/* ---- call loop ---- */
/* A step of `device`, or with device NULL of the phone last seen at `peer` (unknown asker when
 * none). `fmt` is the detail; text a peer chose must be passed as an argument and is cleaned here.
 */
void phones_step(struct phones *p, const char *device, const struct net_addr *peer,
		 enum phone_step step, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

struct phone_reg {
	enum phone_protocol protocol;
	struct net_addr peer;
	const char *transport;  /* "udp", "tcp" */
	const char *model;      /* "7962"; NULL: unknown */
	const char *firmware;   /* load; NULL */
	const char *user_agent; /* NULL */
	unsigned lines;         /* registered lines */
	uint32_t expires_s;     /* 0: does not expire by time (SCCP) */
};
/* (Re)registration; an unchanged one is a refresh: counted, no event. */
void phones_registered(struct phones *p, const char *device, const struct phone_reg *reg);
void phones_unregistered(struct phones *p, const char *device, enum phone_protocol proto,
			 enum phone_step why, const char *reason);
/* Reasons that the verdict table knows; engines give one of these, or a sentence of their own. They
 * are compared by their beginning, so that values may follow. */
#define REJECT_PASSWORD     "wrong password"
#define REJECT_NO_POOL      "No pool match for the registration request" /* */
#define REJECT_UNCONFIGURED "not configured"
#define REJECT_NUMBER       "number is not configured"
#define REJECT_OTHER_NUMBER "number belongs to another phone"
#define REJECT_LIMIT        "max-ephones limit" /* R-004; "(n)" follows */
#define REJECT_BLOCKED      "source is blocked"
#define REJECT_EXPIRES      "registration time is too short"
#define REJECT_PROTOCOL     "wrong protocol"
#define REJECT_ADDRESS      "wrong server address" /* R-021 strict-match */
/* Refused: goes to the timeline and the attempted-registrations table. `device` may be NULL.
 * `code`: SIP status, or 0. `id`: what it called itself (user name, MAC); cleaned here.
 * `model`: the type it says it is; NULL: the configured one. */
void phones_rejected(struct phones *p, const char *device, enum phone_protocol proto,
		     const struct net_addr *peer, const char *id, const char *model, int code,
		     const char *reason);
void phones_keepalive(struct phones *p, const char *device); /* a counter and "last seen" */
bool phones_is_registered(struct phones *p, const char *device, enum phone_protocol proto);
size_t phones_registered_count(struct phones *p, enum phone_protocol proto);

/* ---- any thread ---- */
/* A finished file request, posted to the call loop; never waits. The device is taken from the name
 * (SEP<MAC>..., ATA<MAC>..., SIP<MAC>.cnf) or, without one, from the address. */
struct phones_file {
	char name[128];
	struct net_addr peer;
	const char *transport; /* "tftp", "http": a constant */
	enum phone_step step;  /* STEP_FILE_* */
	uint64_t bytes;
	uint32_t duration_ms;
	char note[128]; /* a miss: why, or what is near (files_miss_note); "" */
};
void phones_post_file(struct phones *p, const struct phones_file *f);
void phones_post_time(struct phones *p, const struct net_addr *peer);
/* Device name that a file name speaks of: 0 or ERR_NOENT. */
int phones_device_of_file(const char *name, char out[DEVICE_NAME_SIZE]);
/* "SEP0011..." from any MAC spelling or device name: 0 or ERR_MALFORMED. */
int phones_device_parse(const char *s, char out[DEVICE_NAME_SIZE]);

/* Answers for REST: JSON text (free with mem_free), made on the call loop. 0, ERR_NOENT, ERR_AGAIN,
 * ERR_TIMEOUT. Fields: docs/api of /phones. */
struct phones_query {
	const char *state;    /* filter: "registered", "unregistered", "unknown"; NULL */
	const char *protocol; /* "sip", "sccp"; NULL */
	const char *text;     /* matches device, name, address, model; NULL */
	const char *after;    /* cursor: device to begin behind; NULL */
	size_t limit;         /* 1..PHONES_PAGE_MAX */
	bool descending;      /* sorted by device, the other way round */
};
#define PHONES_PAGE_MAX 500
/* {"items": [...], "next_cursor": device to go on behind or null, "total": phones without the filters} */
int phones_list_json(struct phones *p, const struct phones_query *q, char **json);
int phones_get_json(struct phones *p, const char *device, char **json);
/* {"device", "verdict", "steps": [...oldest first], "older": more are in the journal}; what memory
 * no longer holds is read from the journal. */
/* For the status views: an array, sorted by device, of the phones of a protocol (or of the one named), each as
 * phones_get_json() tells it, with "gone" (the step that ended its last registration, or null),
 * "reject_reason", "rejected_at", "statistics" and "live" (what the engine adds; null when it is not registered). Tree: cJSON_Delete(). */
int phones_live(struct phones *p, const char *protocol, const char *device, cJSON **out);
/* How many phones of a protocol are registered now. */
int phones_count(struct phones *p, enum phone_protocol protocol, uint64_t *n);
int phones_timeline_json(struct phones *p, const char *device, char **json);
/* {"items": [...]} in the order of entry. `protocol`: "sip", "sccp", NULL for both. */
int phones_attempts_json(struct phones *p, const char *protocol, char **json);
int phones_attempts_clear(struct phones *p, const char *protocol);
int phones_sip_attempts(struct phones *p, size_t *n); /* entries of SIP phones */
/* Ask the engine for a restart or reset. ERR_NOENT: not registered. */
int phones_act(struct phones *p, const char *device, enum phone_action action, const char *who);
/* ---- what phones still need after a change (pending.c) ---- */
enum phone_need { NEED_NONE, NEED_REREGISTER, NEED_RESTART, NEED_RESET };
const char *phone_need_text(enum phone_need need);
enum phone_need phone_need_parse(const char *s); /* NEED_NONE for anything else */
struct phones_need {
	char device[40]; /* as an impact names it: "SEP<MAC>", "POOL<tag>" */
	uint8_t need;    /* enum phone_need */
	bool fresh;      /* was not configured before the change */
	bool gone;       /* is not any more */
	bool asked;      /* out */
};
struct phones_change {
	uint64_t revision;
	uint64_t undoes; /* a revision that is taken back by this one; 0: none */
	bool apply;      /* ask them now; who is not there is asked once when it comes */
	char who[64];
};
/* From the `affected_phones` of an impact; free with mem_free. */
size_t phones_needs(const cJSON *affected, struct phones_need **out);
/* After the commit; any thread but the call loop. Kept until each phone has taken the change. */
int phones_changed(struct phones *p, const struct phones_change *change, struct phones_need *list,
		   size_t n);
/* The newest revision that phones_changed() has been told before this start. */
uint64_t phones_changed_upto(const struct phones *p);
/* {items, next_cursor, total}, and {asked, waiting} after asking all of them now. */
int phones_pending(struct phones *p, const char *after, size_t limit, cJSON **out);
int phones_pending_ask(struct phones *p, const char *who, cJSON **out);

/* All registered phones of a protocol, one after the other: one every `interval_s`, or in sequence,
 * each when the one before has registered again or PHONES_RETURN_MAX_S have passed. Takes the place
 * of what is still going on for that protocol. *n: how many. */
#define PHONES_RESET_INTERVAL_S     15
#define PHONES_RESET_INTERVAL_MAX_S 60
#define PHONES_RETURN_MAX_S         240
struct phones_reset {
	enum phone_protocol protocol;
	enum phone_action action;
	bool sequence;
	unsigned interval_s; /* 0: as fast as it goes */
};
int phones_reset_all(struct phones *p, const struct phones_reset *r, const char *who, size_t *n);
/* *n: how many were still to come. */
int phones_reset_cancel(struct phones *p, enum phone_protocol protocol, size_t *n);
/* What is going on: [{protocol, action, scope, interval, phones, done, waiting_for, started_at, who}].
 * Tree: cJSON_Delete(). */
int phones_resets(struct phones *p, cJSON **out);
void phones_metrics(struct phones *p, struct text *out); /* Prometheus text */

#endif
