/* server/zones/zones.c - look-ups in the table, the host's zone, and which number fits a zone. */
#include "server/zones/zones.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/text.h"
#include "server/zones/table.h"

#define ZONE_FALLBACK 22 /* Greenwich Standard Time: never moves */
#define YEAR_S        (366 * 86400)
#define STEP_S        900

const struct zone *zones_all(unsigned *n)
{
	*n = zone_table_n;
	return zone_table;
}

const struct zone *zone_get(int number)
{
	return number >= 1 && number <= (int)zone_table_n ? &zone_table[number - 1] : NULL;
}

/* Do both show the same time from now on for a year? No law moves a clock for less than a quarter
 * of an hour, and every change falls on a quarter. */
static bool same_clock(const char *a, const char *b, int64_t now_s)
{
	int64_t from = now_s - now_s % STEP_S;

	for (int64_t t = from; t < from + YEAR_S; t += STEP_S) {
		int off_a, off_b;

		if (zone_offset(a, t, &off_a, NULL) || zone_offset(b, t, &off_b, NULL) ||
		    off_a != off_b)
			return false;
	}
	return true;
}

static bool lists(const struct zone *z, const char *iana)
{
	struct slice rest = slice_of(z->also), word;

	while (slice_word(&rest, &word)) {
		if (slice_eq(word, iana))
			return true;
	}
	return false;
}

static const struct zone *own_row(const char *iana)
{
	for (unsigned i = 0; i < zone_table_n; i++) {
		if (strcmp(zone_table[i].iana, iana) == 0)
			return &zone_table[i];
	}
	return NULL;
}

static const struct zone *listing_row(const char *iana)
{
	for (unsigned i = 0; i < zone_table_n; i++) {
		if (lists(&zone_table[i], iana))
			return &zone_table[i];
	}
	return NULL;
}

static bool holds(const struct zone *z, const char *iana, int64_t now_s)
{
	return z && !z->stale && same_clock(z->iana, iana, now_s);
}

static const struct zone *like_row(const char *iana, int64_t now_s)
{
	const struct zone *best = NULL;

	for (unsigned i = 0; i < zone_table_n; i++) {
		const struct zone *z = &zone_table[i];

		if ((!best || z->trust < best->trust) && holds(z, iana, now_s))
			best = z;
	}
	return best;
}

int zone_number_for(const char *iana, int64_t now_s, bool *exact)
{
	const struct zone *own = own_row(iana), *listing = listing_row(iana), *z = NULL;

	*exact = true;
	if (holds(own, iana, now_s))
		return own->number;
	if (holds(listing, iana, now_s))
		return listing->number;
	if ((z = like_row(iana, now_s)))
		return z->number;
	*exact = false;
	return own ? own->number : ZONE_FALLBACK;
}

/* ---- the host ---- */

static bool usable(const char *iana)
{
	int off;

	return zone_offset(iana, 0, &off, NULL) == 0;
}

static bool from_link(char *out, size_t cap)
{
	char target[PATH_MAX];
	ssize_t n = readlink("/etc/localtime", target, sizeof(target) - 1);
	const char *name;

	if (n <= 0)
		return false;
	target[n] = '\0';
	name = strstr(target, "zoneinfo/");
	if (!name)
		return false;
	name += strlen("zoneinfo/");
	if (strncmp(name, "posix/", 6) == 0)
		name += 6;
	return text_copy(out, cap, name) == 0 && usable(out);
}

static bool from_file(char *out, size_t cap)
{
	char line[128];
	FILE *f = fopen("/etc/timezone", "re");
	struct slice s;

	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	s = slice_trim(slice_of(line));
	line[(size_t)(s.p - line) + s.len] = '\0';
	return text_copy(out, cap, s.p) == 0 && usable(out);
}

const char *zone_host(char *out, unsigned long cap)
{
	if (!from_link(out, cap) && !from_file(out, cap))
		text_copy(out, cap, "Etc/UTC");
	return out;
}
