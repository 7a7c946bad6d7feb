/* store/schema/check_phones.c - cross-checks of phones and numbers of the SCCP side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define EPHONES "ephones"
#define DNS     "ephone-dns"
#define TS      "telephony-service"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static const char *text_of(const cJSON *item, const char *name)
{
	return cJSON_GetStringValue(member(item, name));
}

static bool flag_of(const cJSON *item, const char *name)
{
	return cJSON_IsTrue(member(item, name));
}

static bool type_known(const struct schema_object *o, const char *type)
{
	const struct schema_field *f = schema_member(o->fields, "phone_type", strlen("phone_type"));

	for (const char *const *c = f->choices; *c; c++) {
		if (strcmp(*c, type) == 0)
			return true;
	}
	return false;
}

void check_phone_type(const char *collection, const char *path, const cJSON *item,
		      struct faults *warnings)
{
	const char *type = text_of(item, "phone_type");

	if (type && !type_known(schema_object(collection), type))
		faults_add(warnings, ERR_INVALID, "unknown_phone_type", path, "/phone_type",
			   "%s is no phone type known here", type);
}

/* ---- ephone ---- */

/* `x` continues an overlay button of the same phone. */
static void check_expansion(const cJSON *buttons, const cJSON *button, const char *path,
			    const char *pointer, struct faults *f)
{
	const cJSON *first = cJSON_GetArrayItem(member(button, "dns"), 0);
	const cJSON *target;
	char key[24];
	const char *kind;

	snprintf(key, sizeof(key), "%.0f", cJSON_IsNumber(first) ? first->valuedouble : 0);
	target = member(buttons, key);
	kind = text_of(target, "separator");
	if (!kind || !strchr("oc", kind[0]))
		faults_add(f, ERR_CONFLICT, NULL, path, pointer, "Button %s is no overlay button",
			   key);
}

static void check_buttons(const cJSON *item, const char *path, struct faults *f)
{
	const cJSON *buttons = member(item, "buttons"), *b;

	cJSON_ArrayForEach (b, buttons) {
		const char *kind = text_of(b, "separator");
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/buttons/%s", b->string);
		if (kind[0] == 'x')
			check_expansion(buttons, b, path, pointer, f);
		if (!strchr("oc", kind[0]) && cJSON_GetArraySize(member(b, "dns")) > 1)
			faults_add(f, ERR_INVALID, NULL, path, pointer,
				   "Only an overlay button (o, c) takes several numbers");
	}
}

void check_sign_in(const cJSON *item, const char *path, struct faults *f)
{
	if (member(item, "password") && !member(item, "username"))
		faults_add(f, ERR_INVALID, NULL, path, "/username", "A password needs a user name");
}

static bool has_second_server(struct conf *c)
{
	const cJSON *ts = conf_get(c, TS);

	return cfg_map(ts, "source_addresses.ipv4.secondary") ||
	       cfg_map(ts, "source_addresses.ipv6.secondary");
}

/* The value of a vendor setting of this phone: of its template, else of the system. */
static const char *vendor_setting(struct conf *c, const cJSON *item, const char *name)
{
	const char *own = text_of(member(item, "service_phone"), name);

	return own ? own : text_of(member(conf_get(c, TS), "service_phone"), name);
}

/* What works only together with something else. `item`: what holds, with its template. */
static void warn_ephone(struct conf *c, const cJSON *item, const char *path,
			struct faults *warnings)
{
	const char *security = text_of(item, "device_security_mode"), *video;
	const cJSON *set = member(member(item, "paging_dn"), "dn_tag");
	char at[48];

	if (has_second_server(c) && !member(item, "phone_type"))
		faults_add(warnings, ERR_CONFLICT, "phone_type_needed", path, "/phone_type",
			   "With a second server every ephone needs its type");
	video = flag_of(item, "video") ? vendor_setting(c, item, "videoCapability") : "1";
	if (!video || strcmp(video, "1") != 0)
		faults_add(warnings, ERR_CONFLICT, NULL, path, "/video",
			   "Needs service phone videoCapability 1");
	if (security && strcmp(security, "none") != 0 &&
	    !member(conf_get(c, TS), "secure_signaling_trustpoint"))
		faults_add(warnings, ERR_CONFLICT, NULL, path, "/device_security_mode",
			   "Needs a certificate: secure-signaling trustpoint");
	snprintf(at, sizeof(at), DNS "/%.0f", set ? set->valuedouble : 0);
	if (set && conf_get(c, at) && !member(conf_get(c, at), "paging"))
		faults_add(warnings, ERR_CONFLICT, NULL, path, "/paging_dn",
			   "ephone-dn %.0f is no paging number", set->valuedouble);
}

CHECK(check_ephone)
{
	const struct schema_object *o = schema_object(EPHONES);
	cJSON *merged = schema_effective(c, o, after, false);
	const cJSON *item = merged ? merged : after;
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), EPHONES "/%s", key);
	check_buttons(after, path, f);
	check_sign_in(after, path, f);
	if (member(after, "username") && !member(after, "password"))
		faults_add(f, ERR_INVALID, "required", path, "/password",
			   "A user name needs a password");
	check_calls_per_button(o, item, path, f);
	check_modules(after, path, f);
	if (member(after, "ephone_template") && !member(after, "mac_address"))
		faults_add(f, ERR_CONFLICT, "template_needs_mac", path, "/ephone_template",
			   "Configure mac-address before applying an ephone-template");
	check_phone_type(EPHONES, path, after, warnings);
	warn_ephone(c, item, path, warnings);
	check_overlap(c, o, TS, after, path, warnings);
	check_ipv6(c, key, item, warnings);
	cJSON_Delete(merged);
}

/* ---- ephone-dn ---- */
static void both(const cJSON *in, const char *a, const char *b, const char *path,
		 const char *pointer, struct faults *f)
{
	if (!member(in, a) != !member(in, b))
		faults_add(f, ERR_INVALID, NULL, path, pointer, "%s and %s belong together", a, b);
}

static void check_park(const cJSON *park, const char *path, struct faults *f)
{
	if (!park)
		return;
	both(park, "timeout", "limit", path, "/park_slot", f);
	both(park, "retry", "retry_limit", path, "/park_slot", f);
	if (flag_of(park, "notify_only") && !member(park, "notify"))
		faults_add(f, ERR_INVALID, NULL, path, "/park_slot/notify", "Name who is notified");
}

static void check_ranges(const cJSON *ranges, const char *path, struct faults *f)
{
	const struct schema_field *map = schema_member(
	    schema_object(DNS)->fields, "extension_ranges", strlen("extension_ranges"));
	const cJSON *r;

	cJSON_ArrayForEach (r, ranges) {
		char from[40] = "", to[40] = "";

		schema_key_part(map, r->string, 0, from, sizeof(from));
		schema_key_part(map, r->string, 1, to, sizeof(to));
		if (strlen(from) != strlen(to) || strcasecmp(from, to) >= 0)
			faults_add(f, ERR_INVALID, NULL, path, "/extension_ranges",
				   "%s to %s: both need the same length, the second must be higher",
				   from, to);
	}
}

static void check_moh(const cJSON *moh, const char *path, struct faults *f)
{
	if (!moh)
		return;
	both(moh, "address", "port", path, "/moh", f);
	if (member(moh, "route") && !member(moh, "address"))
		faults_add(f, ERR_INVALID, NULL, path, "/moh/route", "Belongs to a stream");
	if (member(moh, "address") && member(moh, "out_call"))
		faults_add(f, ERR_CONFLICT, NULL, path, "/moh",
			   "Either a multicast stream or a dialled number");
}

static void check_intercom(const cJSON *intercom, const char *path, struct faults *f)
{
	if (flag_of(intercom, "barge_in") && flag_of(intercom, "no_auto_answer"))
		faults_add(f, ERR_CONFLICT, "intercom_conflict", path, "/intercom",
			   "barge-in and no-auto-answer are mutually exclusive");
	if (flag_of(intercom, "no_mute") && flag_of(intercom, "no_auto_answer"))
		faults_add(f, ERR_CONFLICT, NULL, path, "/intercom",
			   "no-mute and no-auto-answer are mutually exclusive");
}

static void check_line_mode(const cJSON *dn, const char *path, struct faults *f,
			    struct faults *warnings)
{
	if (!member(dn, "line_mode"))
		return;
	if (member(dn, "intercom") || member(dn, "paging"))
		faults_add(f, ERR_CONFLICT, NULL, path, "/line_mode",
			   "A number for intercom or paging has a single line");
	if (member(dn, "mwi"))
		faults_add(warnings, ERR_CONFLICT, NULL, path, "/mwi",
			   "A number for message lamps has a single line");
}

static void check_paging_group(struct conf *c, const cJSON *dn, const char *path,
			       struct faults *warnings)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, member(dn, "paging_group")) {
		char at[48];

		snprintf(at, sizeof(at), DNS "/%.0f", e->valuedouble);
		if (conf_get(c, at) && !member(conf_get(c, at), "paging"))
			faults_add(warnings, ERR_CONFLICT, NULL, path, "/paging_group",
				   "ephone-dn %.0f is no paging number", e->valuedouble);
	}
}

CHECK(check_ephone_dn)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), DNS "/%s", key);
	check_intercom(member(after, "intercom"), path, f);
	check_line_mode(after, path, f, warnings);
	if (member(after, "secondary_number") && !member(after, "number"))
		faults_add(f, ERR_INVALID, "required", path, "/number",
			   "The first number is missing");
	if (member(after, "no_reg") && !member(after, "number"))
		faults_add(f, ERR_INVALID, "required", path, "/number", "Is required with no-reg");
	if (member(after, "label") && !member(after, "number"))
		faults_add(warnings, ERR_INVALID, NULL, path, "/label",
			   "A label shows only with a number");
	if (member(member(after, "call_forward"), "night-service") &&
	    !flag_of(after, "night_service_bell"))
		faults_add(warnings, ERR_CONFLICT, NULL, path, "/call_forward/night-service",
			   "Needs night-service bell on this number");
	check_forwards(after, path, f);
	check_park(member(after, "park_slot"), path, f);
	check_ranges(member(after, "extension_ranges"), path, f);
	check_moh(member(after, "moh"), path, f);
	check_paging_group(c, after, path, warnings);
}
