/* store/event.h - events: changes of state, declared in one table (type, fields, text), numbered
 * and committed by the store writer in batches, read back from the journal (DESIGN 8). A refresh, a
 * keepalive or a data block is a counter, not an event. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/core/text.h"

struct store;

/* enum, CloudEvents type, text with {fields}, fields */
#define EVENT_LIST(X)                                                                              \
	X(SYSTEM_STARTED, "switchroom.system.started", "Switchroom {version} started", "version")  \
	X(SYSTEM_STOPPED, "switchroom.system.stopped", "Switchroom stopped", "")                   \
	X(ENGINE_UP, "switchroom.engine.up", "{engine} listens on {address}", "engine,address")    \
	X(ENGINE_DOWN, "switchroom.engine.down", "{engine} is off: {reason}", "engine,reason")     \
	X(EVENTS_LOST, "switchroom.events.lost", "{count} events of {producer} were lost",         \
	  "producer,count")                                                                        \
	X(CONFIG_COMMITTED, "switchroom.config.committed",                                         \
	  "Revision {revision} by {who}: {comment}", "revision,who,comment")                       \
	X(CONFIRMATION_STARTED, "switchroom.confirmation.started",                                 \
	  "Revision {revision} of {who} falls back to {falls_back_to} in {minutes} minutes unless" \
	  " it is confirmed",                                                                      \
	  "revision,falls_back_to,minutes,who")                                                    \
	X(CONFIRMATION_CONFIRMED, "switchroom.confirmation.confirmed",                             \
	  "Revision {revision} was confirmed by {who}", "revision,who")                            \
	X(CONFIRMATION_EXPIRED, "switchroom.confirmation.expired",                                 \
	  "Revision {revision} was not confirmed: back to {falls_back_to}, as revision {made} by"  \
	  " {who}",                                                                                \
	  "revision,falls_back_to,made,who")                                                       \
	X(PHONE_SEEN, "switchroom.phone.seen",                                                     \
	  "{subject} asks for the first time, from {address}", "address")                          \
	X(PHONE_FILE, "switchroom.phone.file",                                                     \
	  "{subject} asked for {file} by {transport}: {outcome}",                                  \
	  "file,transport,outcome,bytes,duration_ms")                                              \
	X(PHONE_TIME, "switchroom.phone.time", "{subject} asked for the time", "address")          \
	X(PHONE_STEP, "switchroom.phone.step", "{subject}: {text}", "step,text,severity")          \
	X(PHONE_REGISTERED, "switchroom.phone.registered",                                         \
	  "{subject} registered by {protocol} from {address}",                                     \
	  "protocol,address,transport,lines,expires_s")                                            \
	X(PHONE_UNREGISTERED, "switchroom.phone.unregistered", "{subject} is gone: {reason}",      \
	  "protocol,reason")                                                                       \
	X(PHONE_REJECTED, "switchroom.phone.rejected", "{subject} was refused: {reason}",          \
	  "protocol,address,reason,code")                                                          \
	X(PHONE_ALARM, "switchroom.phone.alarm", "{subject} reports: {text}", "text,severity")     \
	X(PHONE_ACTION, "switchroom.phone.action", "{action} was asked of {subject} by {who}",     \
	  "action,who")                                                                            \
	X(ACCOUNT_SIGNED_IN, "switchroom.account.signed_in", "{subject} signed in from {address}", \
	  "address")                                                                               \
	X(ACCOUNT_REFUSED, "switchroom.account.refused",                                           \
	  "Sign-in as {subject} refused from {address}", "address")                                \
	X(SOURCE_BLOCKED, "switchroom.source.blocked", "{address} is blocked: {reason}",           \
	  "address,protocol,reason")                                                               \
	X(CLOCK_STATE, "switchroom.clock.state", "The system clock is {state}", "state")

#define EVENT_ENUM_(name, type, text, fields) EV_##name,
enum event_type { EVENT_LIST(EVENT_ENUM_) EV_COUNT };
#undef EVENT_ENUM_

struct event_desc {
	const char *type, *text, *fields; /* fields: comma separated */
};
const struct event_desc *event_desc(enum event_type t);
int event_type_find(const char *type, enum event_type *out); /* ERR_NOENT */
/* Types wanted, one bit each. "" wants all; names as on the wire, a trailing `*` takes all that begin
 * so. 0, or ERR_UNKNOWN. */
int event_filter(const char *types, uint64_t *mask);
static inline bool event_wanted(uint64_t mask, enum event_type t)
{
	return mask >> t & 1;
}

struct event_field {
	const char *name; /* NULL ends the list */
	const char *str;  /* NULL: `num` counts */
	int64_t num;
};
static inline const char *event_str(const char *s)
{
	return s ? s : ""; /* a function, so that an array may be given without a warning */
}
#define EVENT_STR(n, s)                          \
	{                                        \
		.name = (n), .str = event_str(s) \
	}
#define EVENT_NUM(n, v)                          \
	{                                        \
		.name = (n), .num = (int64_t)(v) \
	}
/* Any thread; never waits. No room: counted, and one events.lost {producer, count} takes the next
 * number. `subject`: device, account, or NULL. Strings are cut at 512 bytes, bad UTF-8 replaced. */
#define event_emit(s, type, subject, ...)         \
	event_emit_fields((s), (type), (subject), \
			  (const struct event_field[]){ __VA_ARGS__, { 0 } })
void event_emit_fields(struct store *s, enum event_type t, const char *subject,
		       const struct event_field *fields);

struct journal_rec {
	uint64_t seq;
	enum event_type type;
	int64_t wall_ns;
	const char *subject; /* "" for none; borrowed for the call */
	const char *data;    /* JSON object text; borrowed for the call */
};
typedef int (*journal_fn)(void *ctx, const struct journal_rec *r); /* non-zero stops */
/* Committed events with seq > after, ascending, at most max. ERR_GONE when `after` is older than
 * what is kept (unless after is 0: from the oldest). */
int journal_read(struct store *s, uint64_t after, size_t max, journal_fn fn, void *ctx);
/* The last `max` events of one subject, newest first. */
int journal_of(struct store *s, const char *subject, uint64_t below, size_t max, journal_fn fn,
	       void *ctx);
uint64_t journal_last(const struct store *s); /* newest committed number; 0 = none */
uint64_t journal_oldest(const struct store *s);
/* Told after each committed batch, on the writer thread: only wake another thread. */
void journal_watch(struct store *s, void (*wake)(void *ctx), void *ctx);
/* One CloudEvents 1.0 JSON object, at most EVENT_JSON_MAX bytes: what `out` must have room for. */
#define EVENT_JSON_MAX (72u << 10)
void event_json(const struct journal_rec *r, struct text *out);

#endif
