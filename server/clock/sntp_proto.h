/* server/clock/sntp_proto.h - SNTP answers (RFC 5905 section 14, RFC 4330 section 6). Pure; any thread.
 * Versions 1 to 4 of client requests; control and private messages (modes 6 and 7) are never answered, and
 * no answer is longer than its question. */
#ifndef CLOCK_SNTP_PROTO_H
#define CLOCK_SNTP_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "server/clock/clock_state.h"

#define SNTP_LEN 48

enum sntp_verdict { SNTP_ASK, SNTP_SHORT, SNTP_VERSION, SNTP_MODE };

/* Whether a packet is a question that deserves an answer. */
enum sntp_verdict sntp_check(const uint8_t *pkt, size_t len);
/* The answer to a checked question. `sent_ns` is read as late as can be. */
void sntp_answer(uint8_t out[SNTP_LEN], const uint8_t *pkt, const struct clock_state *state,
		 int64_t received_ns, int64_t sent_ns);
/* Kiss-o'-Death (RFC 5905 7.4): `code` is four characters. */
void sntp_kiss(uint8_t out[SNTP_LEN], const uint8_t *pkt, const char code[4]);
/* Nanoseconds since 1970 -> NTP time stamp (seconds since 1900, rolling over in 2036, RFC 5905 6). */
uint64_t sntp_timestamp(int64_t wall_ns);

#endif
