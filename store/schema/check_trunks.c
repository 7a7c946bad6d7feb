/* store/schema/check_trunks.c - cross-checks of the modes toward the outside and of what calls share: voice
 * ports, dial peers, credentials, announcements, music groups, profiles. */
#include "store/schema/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

#define TS "telephony-service"

static bool redundant(struct conf *c)
{
	const struct schema_object *ts = schema_object(TS);
	const cJSON *now = conf_get(c, TS);

	return cfg_str(ts, now, "source_addresses.ipv4.secondary") ||
	       cfg_str(ts, now, "source_addresses.ipv6.secondary");
}

/* cme-model 6, row 7: redundant routers are said to support loop start only, their set-up uses ground
 * start: both are taken. */
void check_voice_port(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		      struct faults *warnings)
{
	const struct schema_object *o = schema_object("voice-ports");
	bool ground = strcmp(cfg_str(o, after, "signal"), "ground-start") == 0;
	char path[SCHEMA_PATH_MAX];

	(void)f;
	snprintf(path, sizeof(path), "voice-ports/%s", key);
	if (ground && redundant(c))
		faults_add(warnings, ERR_INVALID, "ground_start_redundant", path, "/signal",
			   "Redundant systems are documented for loop start only");
	if (!ground && cfg_bool(o, after, "incoming_alerting_ring_only"))
		faults_add(warnings, ERR_INVALID, "needs_ground_start", path,
			   "/incoming_alerting_ring_only",
			   "Ring detection works with ground start only");
}

/* ---- dial peers ---- */
#define SEED_TAG_TOP 1073741823 /* cme-model 6, row 12 */

static void check_digit_drop(const cJSON *methods, const char *path, struct faults *f)
{
	const cJSON *e;
	const char *before = "";

	cJSON_ArrayForEach (e, methods) {
		if (strcmp(e->valuestring, "digit-drop") == 0 && strcmp(before, "rtp-nte") != 0)
			faults_add(f, ERR_CONFLICT, NULL, path, "/dtmf_relay",
				   "digit-drop stands behind rtp-nte");
		before = e->valuestring;
	}
}

void check_dial_peer(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		     struct faults *warnings)
{
	const struct schema_object *o = schema_object("dial-peers");
	bool voip = strcmp(cfg_str(o, after, "type"), "voip") == 0;
	char path[SCHEMA_PATH_MAX];

	(void)c;
	snprintf(path, sizeof(path), "dial-peers/%s", key);
	if (strtoll(key, NULL, 10) > SEED_TAG_TOP)
		faults_add(warnings, ERR_RANGE, "dial_peer_tag", path, "/tag",
			   "Some releases take dial-peer tags up to %d only", SEED_TAG_TOP);
	if (!voip && (cfg_map(after, "media_mode") || cfg_map(after, "media_forking")))
		faults_add(f, ERR_CONFLICT, NULL, path, "/media_mode",
			   "Only VoIP dial peers have a media mode");
	if (voip && cfg_map(after, "session_target") &&
	    strcmp(cfg_str(o, after, "session_protocol"), "cisco") == 0)
		faults_add(warnings, ERR_INVALID, "h323_trunk", path, "/session_protocol",
			   "SIP phones reach SIP trunks only: session protocol sipv2");
	check_digit_drop(cfg_map(after, "dtmf_relay"), path, f);
}

/* ---- credentials (R-271) ---- */
void check_credentials(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		       struct faults *warnings)
{
	static const char *const parts[] = { "source_address", "trustpoint", "ctl_service_admin" };

	(void)c;
	(void)key;
	(void)f;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		char field[64];

		snprintf(field, sizeof(field), "/%s", parts[i]);
		if (!cfg_map(after, parts[i]))
			faults_add(warnings, ERR_INVALID, "credentials_incomplete", "credentials",
				   field,
				   "The credential service starts with an address, a trustpoint "
				   "and a CTL user");
	}
}

/* ---- announcements (R-261) ---- */
static bool is_audio(const char *url)
{
	const char *dot = strrchr(url, '.');

	return dot && (strcasecmp(dot, ".wav") == 0 || strcasecmp(dot, ".au") == 0);
}

void check_mlpp(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		struct faults *warnings)
{
	static const char *const files[] = { "announcement_bnea", "announcement_bpa",
					     "announcement_ica", "announcement_upa",
					     "announcement_vca.url" };

	(void)c;
	(void)key;
	(void)f;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *url = cJSON_GetStringValue(cfg_map(after, files[i]));
		char field[64];

		snprintf(field, sizeof(field), "/%s", files[i]);
		for (char *p = field; *p; p++)
			*p = *p == '.' ? '/' : *p;
		if (url && !is_audio(url))
			faults_add(warnings, ERR_INVALID, "audio_format", "mlpp", field,
				   "Announcements are .wav or .au files, G.711 at 8 kHz");
	}
}

/* ---- music groups (R-252) ---- */
struct ranges {
	const char *own; /* key of the group looked at */
	const char *key; /* of the range: "1100,1149" */
	const char *path;
	struct faults *f;
};

/* Extensions of one length compare as text; `a` in either letter case. */
static bool overlap(const char *a, const char *b)
{
	size_t from_a = strcspn(a, ","), from_b = strcspn(b, ",");
	const char *to_a = a + from_a + 1, *to_b = b + from_b + 1;

	if (from_a != from_b)
		return false;
	return strncasecmp(a, to_b, from_a) <= 0 && strncasecmp(b, to_a, from_a) <= 0;
}

static int find_overlap(void *ctx, const char *key, const cJSON *item)
{
	const struct ranges *r = ctx;
	const cJSON *e;

	if (strcmp(key, r->own) == 0)
		return 0;
	cJSON_ArrayForEach (e, cfg_map(item, "extension_ranges")) {
		if (overlap(r->key, e->string)) {
			faults_add(r->f, ERR_CONFLICT, "moh_range_overlap", r->path,
				   "/extension_ranges",
				   "Extension range overlaps voice moh-group %s", key);
			return 1;
		}
	}
	return 0;
}

void check_moh_group(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		     struct faults *warnings)
{
	char path[SCHEMA_PATH_MAX];
	const cJSON *e;

	(void)warnings;
	snprintf(path, sizeof(path), "moh-groups/%s", key);
	cJSON_ArrayForEach (e, cfg_map(after, "extension_ranges")) {
		struct ranges r = { key, e->string, path, f };
		size_t from = strcspn(e->string, ",");
		const char *to = e->string + from + 1;

		if (strlen(to) != from || strncasecmp(e->string, to, from) >= 0)
			faults_add(f, ERR_CONFLICT, NULL, path, "/extension_ranges",
				   "Range %s: both ends need the same length, and the second is "
				   "the larger",
				   e->string);
		else
			conf_each(c, "moh-groups", NULL, find_overlap, &r);
	}
}

/* ---- profiles of extension mobility ---- */
struct wanted {
	struct slice number;
	bool found;
};

static int has_number(void *ctx, const char *key, const cJSON *item)
{
	struct wanted *w = ctx;
	const char *number = cJSON_GetStringValue(cfg_map(item, "number"));

	(void)key;
	w->found = number && slice_eq(w->number, number);
	return w->found;
}

static bool number_exists(struct conf *c, struct slice number)
{
	struct wanted w = { number, false };

	conf_each(c, "ephone-dns", NULL, has_number, &w);
	if (!w.found)
		conf_each(c, "voice-register/dns", NULL, has_number, &w);
	return w.found;
}

static void check_numbers(struct conf *c, const char *path, const cJSON *numbers, struct faults *f,
			  struct faults *warnings)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, numbers) {
		struct slice rest = slice_of(e->string), one;
		char field[POINTER_MAX] = "/numbers";

		schema_pointer_add(field, sizeof(field), e->string);
		while (rest.len && slice_next(&rest, ',', &one)) {
			char *number = slice_dup(one);

			if (!number_exists(c, one))
				fault_missing(f, warnings, path, field, "Number", number);
			mem_free(number);
		}
	}
}

void check_logout_profile(struct conf *c, const char *key, const cJSON *after, struct faults *f,
			  struct faults *warnings)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "logout-profiles/%s", key);
	check_numbers(c, path, cfg_map(after, "numbers"), f, warnings);
}

void check_user_profile(struct conf *c, const char *key, const cJSON *after, struct faults *f,
			struct faults *warnings)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "user-profiles/%s", key);
	check_numbers(c, path, cfg_map(after, "numbers"), f, warnings);
}

/* ---- XML interface (R-082) ---- */
void check_ixi(struct conf *c, const char *key, const cJSON *after, struct faults *f,
	       struct faults *warnings)
{
	const struct schema_object *http = schema_object("http");

	(void)key;
	(void)f;
	if (cfg_bool(schema_object("ixi/transport-http"), after, "enabled") &&
	    !cfg_bool(http, conf_get(c, "http"), "enabled"))
		faults_add(warnings, ERR_INVALID, "ixi_needs_http", "ixi/transport-http",
			   "/enabled", "HTTP server is not enabled");
}
