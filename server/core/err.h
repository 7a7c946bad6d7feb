/* server/core/err.h - the one list of errors. Functions that can fail return 0 or a negative ERR_*.
 * A new code is one line here: name, HTTP status (RFC 9110), problem code, text for a person. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#define ERR_LIST(X)                                                                        \
	X(AGAIN, 503, "busy", "Busy, try again")                                           \
	X(TIMEOUT, 503, "timeout", "No answer in time")                                    \
	X(NOENT, 404, "not_found", "Not found")                                            \
	X(EXIST, 409, "exists", "Already exists")                                          \
	X(CONFLICT, 409, "conflict", "In conflict with another setting")                   \
	X(PENDING, 409, "confirmation_pending",                                            \
	  "A change waits to be confirmed: confirm it or take it back first")              \
	X(STALE, 412, "precondition_failed", "Changed by somebody else since it was read") \
	X(NEED_MATCH, 428, "precondition_required", "If-Match is required")                \
	X(MALFORMED, 400, "malformed", "Malformed")                                        \
	X(TOO_BIG, 413, "too_large", "Larger than the limit")                              \
	X(MEDIA, 415, "unsupported_media_type", "Unsupported media type")                  \
	X(TYPE, 422, "type", "Wrong type")                                                 \
	X(RANGE, 422, "range", "Out of range")                                             \
	X(UNKNOWN, 422, "unknown_field", "Unknown field")                                  \
	X(INVALID, 422, "invalid", "Not valid")                                            \
	X(AUTH, 401, "unauthorized", "Sign in first")                                      \
	X(PERM, 403, "forbidden", "Not permitted")                                         \
	X(SETUP, 403, "setup_required", "Set-up has not been done")                        \
	X(RATE, 429, "too_many_requests", "Too many requests")                             \
	X(GONE, 410, "gone", "No longer kept")                                             \
	X(METHOD, 405, "method_not_allowed", "Method not allowed")                         \
	X(PROTO, 400, "protocol", "Protocol error")                                        \
	X(DISK_FULL, 507, "disk_full", "The disk is full")                                 \
	X(IO, 500, "io", "Input/output error")                                             \
	X(CORRUPT, 500, "corrupt", "Damaged data")                                         \
	X(VERSION, 500, "version", "Written by a newer version")                           \
	X(CLOSED, 503, "closed", "Closed")                                                 \
	X(UNSUPPORTED, 501, "unsupported", "Not supported")                                \
	X(INTERNAL, 500, "internal", "Internal error")

#define ERR_ENUM_(name, http, code, text) ERR_IDX_##name,
enum err_index { ERR_LIST(ERR_ENUM_) ERR_COUNT };
#undef ERR_ENUM_

#define ERR_NEG_(name, http, code, text) ERR_##name = -1 - ERR_IDX_##name,
enum err { ERR_LIST(ERR_NEG_) };
#undef ERR_NEG_

const char *err_text(int err); /* for a person; never NULL; 0 is "OK" */
const char *err_code(int err); /* for a program (`code` of a problem document); 0 is "ok" */
int err_http(int err);         /* HTTP status; 0 gives 200 */
int err_from_errno(int sys);   /* errno value -> ERR_* (ENOSPC, EDQUOT: DISK_FULL; ...; else IO) */

#endif
