/* server/zones/tzif.h - the time zone files of tzdata (TZif, RFC 8536): the changes they list, and
 * the rule of their last line for the time behind the last of them. Pure. */
#ifndef ZONES_TZIF_H
#define ZONES_TZIF_H

#include "server/zones/posix_tz.h"

#define TZIF_MAX (64u << 10) /* bytes; the largest of tzdata has about 4 kB */

struct tzif_change {
	int64_t at_s;  /* since 1970-01-01 UTC */
	int32_t off_s; /* from then on */
	bool dst;
};
struct tzif {
	struct tzif_change *changes; /* ascending; owned */
	size_t n;
	int32_t first_s; /* offset before the first change */
	struct tz_rule rule;
	bool has_rule;
};

/* 0 or ERR_MALFORMED (then nothing is held). */
int tzif_parse(struct tzif *z, const void *p, size_t len);
int32_t tzif_offset(const struct tzif *z, int64_t wall_s, bool *dst);
void tzif_fini(struct tzif *z);

#endif
