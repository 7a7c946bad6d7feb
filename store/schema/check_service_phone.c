/* store/schema/check_service_phone.c - what is known of `service phone` (cme-model annex B). Names are
 * case-sensitive to phones and unknown ones pass through, so all that is wrong here is a warning. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define TEXT "" /* any text, up to `max` characters */
#define TIME ":"
#define DAYS "1-7"
#define LIST "," /* numbers up to `max` digits, joined by commas */

static const struct parameter {
	const char *name;
	const char *values; /* joined by "|", or one of the kinds above */
	size_t max;
} parameters[] = {
	{ "actionableAlert", "0|1", 0 },
	{ "adminPassword", TEXT, 32 },
	{ "autoSelectLineEnable", "0|1", 0 },
	{ "backlightIdleTimeout", TIME, 0 },
	{ "backlightOnDuration", TIME, 0 },
	{ "backlightOnTime", TIME, 0 },
	{ "daysBacklightNotActive", DAYS, 0 },
	{ "daysDisplayNotActive", DAYS, 0 },
	{ "displayIdleTimeout", TIME, 0 },
	{ "displayOnDuration", TIME, 0 },
	{ "displayOnTime", TIME, 0 },
	{ "displayOnWhenIncomingCall", "0|1", 0 },
	{ "disableSpeaker", "true|false", 0 },
	{ "disableSpeakerAndHeadset", "true|false", 0 },
	{ "enableGroupListen", "true|false", 0 },
	{ "forwardingDelay", "0|1", 0 },
	{ "garp", "0|1", 0 },
	{ "g722CodecSupport", "0|1|2", 0 },
	{ "handsetWidebandEnable", "0|1|2", 0 },
	{ "handsetWidebandUIControl", "0|1", 0 },
	{ "headsetWidebandEnable", "0|1", 0 },
	{ "headsetWidebandUIControl", "0|1", 0 },
	{ "homeScreen", "0|1", 0 },
	{ "LineKeyBarge", "0|2", 0 },
	{ "lineMode", "1", 0 },
	{ "loadServer", TEXT, 128 },
	{ "pcPort", "0|1", 0 },
	{ "PushToTalkURL", TEXT, 256 },
	{ "settingsAccess", "0|1|2", 0 },
	{ "spanToPCPort", "0|1", 0 },
	{ "specialNumbers", LIST, 16 },
	{ "sshAccess", "0|1", 0 },
	{ "thumbButton1", "PTTH1|PTTH2|PTTH3|PTTH4|PTTH5|PTTH6", 0 },
	{ "videoCapability", "0|1", 0 },
	{ "voiceVlanAccess", "0|1", 0 },
	{ "webAccess", "0|1|2", 0 },
	{ "WLanProfile", TEXT, 8 },
};

static bool is_time(const char *s)
{
	return strlen(s) == 5 && s[2] == ':' && strspn(s, "0123456789") == 2 &&
	       strspn(s + 3, "0123456789") == 2 && strcmp(s, "24:00") <= 0 && s[3] < '6';
}

/* "1,7"; "," alone is none. */
static bool is_list(const char *s, const char *set, size_t max)
{
	struct slice rest = slice_of(s), one;

	if (strcmp(s, ",") == 0)
		return true;
	while (slice_next(&rest, ',', &one)) {
		if (one.len == 0 || one.len > max || strspn(one.p, set) < one.len)
			return false;
	}
	return true;
}

static bool is_choice(const char *choices, const char *s)
{
	struct slice rest = slice_of(choices), one;

	while (slice_next(&rest, '|', &one)) {
		if (one.len == strlen(s) && memcmp(one.p, s, one.len) == 0)
			return true;
	}
	return false;
}

static bool fits(const struct parameter *p, const char *s)
{
	if (strcmp(p->values, TEXT) == 0)
		return strlen(s) <= p->max;
	if (strcmp(p->values, TIME) == 0)
		return is_time(s);
	if (strcmp(p->values, DAYS) == 0)
		return is_list(s, "1234567", 1);
	if (strcmp(p->values, LIST) == 0)
		return is_list(s, "0123456789*#+", p->max);
	return is_choice(p->values, s);
}

static void says(const struct parameter *p, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	if (strcmp(p->values, TEXT) == 0)
		text_addf(&t, "up to %zu characters", p->max);
	else if (strcmp(p->values, TIME) == 0)
		text_add(&t, "a time such as 07:30");
	else if (strcmp(p->values, DAYS) == 0)
		text_add(&t, "days 1 (Sunday) to 7 such as 1,7, or a comma alone for none");
	else if (strcmp(p->values, LIST) == 0)
		text_addf(&t, "numbers of up to %zu digits joined by commas", p->max);
	else
		for (const char *c = p->values; *c; c++)
			*c == '|' ? text_add(&t, ", ") : text_addc(&t, *c);
}

static void check_one(const cJSON *e, const struct parameter *p, const char *path,
		      const char *pointer, struct faults *warnings)
{
	char text[160];

	if (strcmp(e->string, p->name) != 0) {
		faults_add(warnings, ERR_INVALID, NULL, path, pointer,
			   "Phones know %s, in this spelling only", p->name);
	} else if (cJSON_IsString(e) && !fits(p, e->valuestring)) {
		says(p, text, sizeof(text));
		faults_add(warnings, ERR_RANGE, NULL, path, pointer, "Phones take %s: %s", p->name,
			   text);
	}
}

void check_service_phone(const cJSON *map, const char *path, struct faults *warnings)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, map) {
		char pointer[POINTER_MAX] = "/service_phone";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
			if (strcasecmp(e->string, parameters[i].name) == 0)
				check_one(e, &parameters[i], path, pointer, warnings);
		}
	}
}
