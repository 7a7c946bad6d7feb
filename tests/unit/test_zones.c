/* tests/unit/test_zones.c - zones: the number table, rules, files of tzdata, the host's number. The
 * C library, which may use TZ= here because a test has one thread, is the independent referee. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/zones/tzif.h"
#include "server/zones/zones.h"

#define Y2026 1767225600 /* 2026-01-01T00:00:00Z */
#define NOV26 1795132800 /* 2026-11-20T00:00:00Z */
#define DAY_S 86400

static long libc_offset(const char *tz, int64_t at)
{
	time_t t = at;
	struct tm tm;

	setenv("TZ", tz, 1);
	tzset();
	assert_non_null(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

static int offset(const char *iana, int64_t at)
{
	int s = 99999;
	bool dst;

	assert_int_equal(zone_offset(iana, at, &s, &dst), 0);
	return s;
}

static void the_table_has_56_rows_in_order(void **state)
{
	unsigned n;
	const struct zone *z = zones_all(&n);

	(void)state;
	assert_int_equal(n, 56);
	for (unsigned i = 0; i < n; i++) {
		int s;

		assert_int_equal(z[i].number, i + 1);
		assert_ptr_equal(zone_get((int)i + 1), &z[i]);
		assert_int_equal(zone_offset(z[i].iana, NOV26, &s, NULL), 0);
		assert_non_null(strstr(z[i].cisco, " Time"));
	}
	assert_null(zone_get(0));
	assert_null(zone_get(57));
	assert_null(zone_get(-1));
	assert_string_equal(zone_get(5)->cisco, "Pacific Standard/Daylight Time");
	assert_string_equal(zone_get(21)->cisco, "GMT Standard/Daylight Time");
	assert_string_equal(zone_get(17)->cisco, "E. South America Standard/Daylight Time");
}

/* Both hemispheres, half hours, a half-hour summer time, a law that moves in negative hours. */
static void zones_agree_with_the_c_library_through_all_changes(void **state)
{
	static const char *const names[] = {
		"America/New_York", "Europe/Berlin",     "Europe/Dublin",       "Australia/Sydney",
		"America/Nuuk",     "Asia/Kolkata",      "Australia/Lord_Howe", "America/St_Johns",
		"Asia/Gaza",        "Pacific/Chatham",   "Africa/Casablanca",   "America/Santiago",
		"Asia/Jerusalem",   "Pacific/Auckland",  "Africa/Cairo",        "Etc/GMT+12",
		"Europe/Moscow",    "America/Sao_Paulo", "Asia/Beirut",         "Antarctica/Troll",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (int64_t t = -2 * (int64_t)Y2026; t < 3 * (int64_t)Y2026; t += 39 * DAY_S + 1)
			assert_int_equal(offset(names[i], t), libc_offset(names[i], t));
		for (int64_t t = Y2026; t < Y2026 + 3 * 366 * DAY_S; t += 1800) {
			int ours = offset(names[i], t);

			if (ours != libc_offset(names[i], t))
				fail_msg("%s at %lld: %d", names[i], (long long)t, ours);
		}
	}
}

static void the_very_second_of_a_change_counts(void **state)
{
	bool dst;
	int s;

	(void)state;
	/* Berlin: 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC */
	assert_int_equal(offset("Europe/Berlin", 1774746000 - 1), 3600);
	assert_int_equal(offset("Europe/Berlin", 1774746000), 7200);
	assert_int_equal(offset("Europe/Berlin", 1792890000 - 1), 7200);
	assert_int_equal(offset("Europe/Berlin", 1792890000), 3600);
	/* Sydney, the other half of the world: summer in January */
	assert_int_equal(zone_offset("Australia/Sydney", Y2026, &s, &dst), 0);
	assert_int_equal(s, 11 * 3600);
	assert_true(dst);
	/* Dublin: its law calls winter the exception, people call summer so */
	assert_int_equal(zone_offset("Europe/Dublin", 1783000000, &s, &dst), 0);
	assert_int_equal(s, 3600);
	assert_true(dst);
	assert_int_equal(zone_offset("Europe/Dublin", Y2026, &s, &dst), 0);
	assert_int_equal(s, 0);
	assert_false(dst);
}

static void odd_rules_agree_with_the_c_library(void **state)
{
	static const char *const rules[] = {
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"IST-1GMT0,M10.5.0,M3.5.0/1",
		"EET-2EEST,M3.4.4/50,M10.4.4/50",
		"NZST-12NZDT,M9.5.0,M4.1.0/3",
		"AAA-5:45",
		"ABC8DEF7:30:15,J59/1:02:03,300/4",
		"EST5EDT",
		"<+13>-13",
		"WGT3WGST,M3.5.0/-2,M10.5.0/-1",
		"STD0DST-1,J60,J61",
		"STD0DST-1,59,60",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct tz_rule r;

		assert_int_equal(tz_rule_parse(&r, rules[i], strlen(rules[i])), 0);
		for (int64_t t = Y2026 - 2 * 366 * DAY_S; t < Y2026 + 5 * 366 * DAY_S; t += 900) {
			int32_t ours = tz_rule_offset(&r, t, NULL);

			if (ours != libc_offset(rules[i], t))
				fail_msg("%s at %lld: %d", rules[i], (long long)t, ours);
		}
	}
}

/* RFC 8536 3.3.1: such a rule means that the summer clock never ends. */
static void summer_time_all_the_year_round_never_ends(void **state)
{
	struct tz_rule r;
	bool dst;

	(void)state;
	assert_int_equal(tz_rule_parse(&r, "XXX3EDT4,0/0,J365/23", 20), 0);
	for (int64_t t = Y2026; t < Y2026 + 5 * 366 * DAY_S; t += 900)
		assert_int_equal(tz_rule_offset(&r, t, &dst), -4 * 3600);
}

static void broken_rules_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"E5",
		"EST",
		"EST25",
		"EST5EDT,",
		"EST5EDT,M13.1.0,M11.1.0",
		"EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0",
		"EST5EDT,M3.2.0",
		"EST5EDT,M3.2.0,M11.1.0x",
		"EST5EDT,J0,J5",
		"EST5EDT,366,5",
		"<+1-1",
		"EST5:60",
		"EST5EDT,M3.2.0/168,M11.1.0",
		"<>5",
		"EST5EDT,M3.2.0,M11.1.0/99999999999",
		"EST+-5",
		"EST5 EDT",
		":America/New_York",
	};
	struct tz_rule r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (tz_rule_parse(&r, bad[i], strlen(bad[i])) != ERR_MALFORMED)
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(tz_rule_parse(&r, "EST5", 4), 0);
	(void)tz_rule_offset(&r, INT64_MAX, NULL);
	(void)tz_rule_offset(&r, INT64_MIN, NULL);
}

static void names_that_leave_the_folder_are_unknown(void **state)
{
	static const char *const bad[] = {
		"",         "../zoneinfo/UTC", "/etc/passwd",     "Europe/../UTC", "Europe",
		"No/Where", "zone.tab",        "Europe/Berlin\n", "tzdata.zi"
	};
	int s;
	bool dst;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(zone_offset(bad[i], Y2026, &s, &dst), ERR_NOENT);
	assert_int_equal(zone_offset(NULL, Y2026, &s, &dst), ERR_NOENT);
}

/* A cut or altered file is refused or read as something; it never reads past its end (sanitizers).
 */
static void cut_and_altered_files_do_no_harm(void **state)
{
	static uint8_t whole[TZIF_MAX];
	FILE *f = fopen("/usr/share/zoneinfo/America/New_York", "rb");
	struct tzif z;
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(whole, 1, sizeof(whole), f);
	fclose(f);
	assert_int_equal(tzif_parse(&z, whole, len), 0);
	assert_true(z.has_rule);
	assert_true(z.n > 100);
	tzif_fini(&z);
	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = mem_dup(whole, n ? n : 1);

		assert_int_equal(tzif_parse(&z, cut, n), ERR_MALFORMED);
		mem_free(cut);
	}
	for (size_t i = 0; i < len; i++) {
		uint8_t was = whole[i];

		whole[i] = (uint8_t)~was;
		if (tzif_parse(&z, whole, len) == 0) {
			(void)tzif_offset(&z, Y2026, NULL);
			tzif_fini(&z);
		}
		whole[i] = was;
	}
}

static int number_for(const char *iana, bool want_exact)
{
	bool exact = !want_exact;
	int n = zone_number_for(iana, NOV26, &exact);

	assert_int_equal(exact, want_exact);
	return n;
}

static void the_host_zone_gives_its_number(void **state)
{
	(void)state;
	/* own zone; one that a row lists; one with the same clock */
	assert_int_equal(number_for("America/Los_Angeles", true), 5);
	assert_int_equal(number_for("Europe/Berlin", true), 23);
	assert_int_equal(number_for("Europe/Madrid", true), 27);
	assert_int_equal(number_for("Europe/Vienna", true), 23);
	assert_int_equal(number_for("Europe/Dublin", true), 21);
	assert_int_equal(number_for("Europe/Warsaw", true), 23);
	assert_int_equal(number_for("America/Detroit", true), 12);
	assert_int_equal(number_for("Etc/UTC", true), 22);
	assert_int_equal(number_for("Asia/Manila", true), 42);
	assert_int_equal(number_for("Africa/Lagos", false), 22);
	/* the law has moved on: another row tells the time that holds today */
	assert_int_equal(number_for("America/Caracas", true), 15);
	assert_int_equal(number_for("Europe/Istanbul", true), 31);
	assert_int_equal(number_for("America/Sao_Paulo", true), 18);
	assert_int_equal(number_for("America/Mexico_City", true), 10);
	/* nothing better than the row of that name; nothing at all */
	assert_int_equal(number_for("Asia/Tehran", false), 33);
	assert_int_equal(number_for("Australia/Lord_Howe", false), 22);
	assert_int_equal(number_for("Asia/Kathmandu", false), 22);
	assert_int_equal(number_for("No/Where", false), 22);
	REQ("R-353");
}

static void the_host_has_a_zone(void **state)
{
	char name[64];
	int s;

	(void)state;
	assert_int_equal(zone_offset(zone_host(name, sizeof(name)), Y2026, &s, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_56_rows_in_order),
		cmocka_unit_test(zones_agree_with_the_c_library_through_all_changes),
		cmocka_unit_test(the_very_second_of_a_change_counts),
		cmocka_unit_test(odd_rules_agree_with_the_c_library),
		cmocka_unit_test(summer_time_all_the_year_round_never_ends),
		cmocka_unit_test(broken_rules_are_refused),
		cmocka_unit_test(names_that_leave_the_folder_are_unknown),
		cmocka_unit_test(cut_and_altered_files_do_no_harm),
		cmocka_unit_test(the_host_zone_gives_its_number),
		cmocka_unit_test(the_host_has_a_zone),
	};

	return cmocka_run_group_tests_name("zones", tests, NULL, NULL);
}
