/* server/clock/sntp_limit.h - who asks how often: one bucket per address in a table of fixed size, the
 * longest silent making room. Pure; one thread. */
#ifndef CLOCK_SNTP_LIMIT_H
#define CLOCK_SNTP_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/net.h"

#define SNTP_RATE      16    /* questions a second of one address, on average */
#define SNTP_BURST     256   /* at once: a site behind one address boots */
#define SNTP_KISS_MS   1000  /* one kiss a second, the rest of an excess is silence */
#define SNTP_REPORT_MS 10000 /* one report to the phone's timeline */

enum sntp_answer { SNTP_GIVE, SNTP_KISS, SNTP_DROP };

struct sntp_limit;
struct sntp_limit *sntp_limit_new(unsigned rate, unsigned burst); /* 0: the values above */
void sntp_limit_free(struct sntp_limit *l);
/* Loopback is not limited. *report: time to tell the phone's timeline. */
enum sntp_answer sntp_limit_ask(struct sntp_limit *l, const struct net_addr *peer, uint64_t now_ms,
				bool *report);

#endif
