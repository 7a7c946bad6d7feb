/* server/zones/posix_tz.h - a POSIX TZ rule ("CET-1CEST,M3.5.0,M10.5.0/3") as the last line of a
 * TZif file holds it: parsed and evaluated by us, because TZ= and tzset() belong to the whole
 * process. IEEE 1003.1 section 8.3 with the extension of RFC 8536 3.3.1 (hours from -167 to 167).
 * Pure. */
#ifndef ZONES_POSIX_TZ_H
#define ZONES_POSIX_TZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tz_day { TZ_JULIAN /* 1..365, no 29 February */, TZ_DAY /* 0..365 */, TZ_MONTH_WEEK_DAY };

struct tz_change {
	enum tz_day kind;
	int month, week,
	    day;      /* TZ_MONTH_WEEK_DAY: 1..12, 1..5 (5 = last), 0 = Sunday; else only day */
	int32_t at_s; /* seconds of local time after midnight; may be negative */
};

struct tz_rule {
	int32_t std_s, dst_s; /* seconds east of UTC */
	bool has_dst;
	struct tz_change start, end; /* of dst; given in the local time before the change */
};

int tz_rule_parse(struct tz_rule *r, const char *p, size_t len); /* 0 or ERR_MALFORMED */
/* Seconds east of UTC at `wall_s`; *dst (may be NULL) tells whether the further-ahead of two clocks
 * holds, also where the law calls winter time the exception (Ireland). */
int32_t tz_rule_offset(const struct tz_rule *r, int64_t wall_s, bool *dst);

#endif
