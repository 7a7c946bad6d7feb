/* server/zones/zones.h - time zones: the CME number table (cme-model annex A, timezones.json), IANA
 * names and their DST rules from the last line of tzdata's TZif files. No TZ= in the environment. Any
 * thread. */
#ifndef ZONES_ZONES_H
#define ZONES_ZONES_H

#include <stdbool.h>
#include <stdint.h>

enum zone_trust { ZONE_SURE, ZONE_LIKELY, ZONE_DOUBTFUL };

struct zone {
	int number;            /* 1..56 (SIP side 1..53) */
	const char *cisco;     /* zone string of the phone file: "Pacific Standard/Daylight Time" */
	const char *iana;      /* "America/Los_Angeles" */
	const char *label;     /* for a person */
	const char *also;      /* further IANA names of this number, blank separated */
	enum zone_trust trust; /* how sure the mapping is */
	bool stale;            /* law has left the name behind: a phone's own rule is wrong there */
};
const struct zone *zones_all(unsigned *n);
const struct zone *zone_get(int number); /* NULL: no such number */
/* Number for an IANA name: the row's own zone, a row listing it, else a row with the same clock
 * over the coming year (surest mapping, then lowest number). A row whose name no longer tells the
 * zone's time (Mexico_City in 9, Istanbul in 24) is passed over while another one does; when none does
 * it is taken with *exact false, and 22 with *exact false when nothing is known: warn then. */
int zone_number_for(const char *iana, int64_t now_s, bool *exact);
/* The host's zone: the name behind /etc/localtime, else /etc/timezone, else "Etc/UTC". */
const char *zone_host(char *out, unsigned long cap);

/* Seconds east of UTC at `wall_s`, and whether the summer clock holds (`dst` may be NULL). 0 or
 * ERR_NOENT (no such zone in tzdata). Read once and kept; looked at again when tzdata is replaced. */
int zone_offset(const char *iana, int64_t wall_s, int *offset_s, bool *dst);

#endif
