/* store/schema/check_sip.c - cross-checks of SIP phones and what belongs to them: voice register pool, dn,
 * template, dialplan (cme-model 1.12 to 1.15). Texts: cme-model 4.2. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define GLOBAL    "voice-register/global"
#define POOLS     "voice-register/pools"
#define DNS       "voice-register/dns"
#define TEMPLATES "voice-register/templates"
#define DIALPLANS "voice-register/dialplans"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static const char *text_of(const cJSON *item, const char *name)
{
	return cJSON_GetStringValue(member(item, name));
}

static bool one_of(const char *word, const char *const *list)
{
	for (; word && *list; list++) {
		if (strcasecmp(word, *list) == 0)
			return true;
	}
	return false;
}

static bool text_is(const cJSON *item, const char *name, const char *value)
{
	const char *have = text_of(item, name);

	return have && strcmp(have, value) == 0;
}

/* An item that another one names by its tag; NULL: none. */
static const cJSON *named(struct conf *c, const char *collection, const cJSON *tag)
{
	char path[SCHEMA_PATH_MAX];

	if (!cJSON_IsNumber(tag))
		return NULL;
	snprintf(path, sizeof(path), "%s/%.0f", collection, tag->valuedouble);
	return conf_get(c, path);
}

/* ---- pool and template ---- */
static void check_cor(const cJSON *cor, const char *path, struct faults *f)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, cor) {
		const char *comma = strchr(e->string, ',');
		bool dflt = comma && strcmp(comma + 1, "default") == 0;
		char pointer[POINTER_MAX] = "/cor";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		if (!dflt && !member(e, "start"))
			faults_add(f, ERR_INVALID, "required", path, pointer,
				   "The first number is missing");
		if (dflt && (member(e, "start") || member(e, "end")))
			faults_add(f, ERR_INVALID, NULL, path, pointer,
				   "The default list has no numbers");
		if (!dflt && comma && strspn(comma + 1, "0123456789") != strlen(comma + 1))
			faults_add(f, ERR_INVALID, NULL, path, pointer,
				   "Must be a number or default");
	}
}

/* ---- pool ---- */
static void id_part(const cJSON *id, const char *name, bool belongs, const char *path,
		    struct faults *f)
{
	const char *kind = text_of(id, "kind");
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/id/%s", name);
	if (belongs && !member(id, name))
		faults_add(f, ERR_INVALID, "required", path, pointer, "Is required for id %s",
			   kind);
	if (!belongs && member(id, name))
		faults_add(f, ERR_INVALID, NULL, path, pointer, "Does not belong to id %s",
			   kind ? kind : "device-id-name");
}

static void check_id(const cJSON *id, const char *path, struct faults *f, struct faults *warnings)
{
	const char *kind = text_of(id, "kind"), *address = text_of(id, "address");
	bool mac = kind && strcmp(kind, "mac") == 0;

	if (!id)
		return;
	if (!kind && !member(id, "device_id_name"))
		faults_add(f, ERR_INVALID, "required", path, "/id/kind", "Is required");
	id_part(id, "mac", mac, path, f);
	id_part(id, "address", kind && !mac, path, f);
	id_part(id, "mask", kind && !mac, path, f);
	if (address && strchr(address, ':') && text_of(id, "mask") &&
	    strchr(text_of(id, "mask"), '.'))
		faults_add(f, ERR_INVALID, NULL, path, "/id/mask",
			   "An IPv6 address takes a prefix length");
	if (kind && strcmp(kind, "ip") == 0 &&
	    (text_is(id, "mask", "0.0.0.0") || text_is(id, "mask", "0")))
		faults_add(warnings, ERR_INVALID, "id_mask", path, "/id/mask",
			   "Taken as a mask for one host");
}

/* The setting of the pool, else that of its template. */
static const cJSON *effective(const cJSON *after, const cJSON *template, const char *name)
{
	return member(after, name) ? member(after, name) : member(template, name);
}

/* What phones of the first generation, or without TCP, cannot do. */
static void warn_transport(struct conf *c, const cJSON *after, const char *path,
			   struct faults *warnings)
{
	static const char *const udp_only[] = { "7905", "7912", "7940", "7960", NULL };
	const char *type = text_of(after, "phone_type");
	const char *transport = cJSON_GetStringValue(
	    effective(after, named(c, TEMPLATES, member(after, "template")), "session_transport"));
	const cJSON *e;

	if (!transport || strcmp(transport, "tcp") != 0)
		return;
	if (one_of(type, udp_only))
		faults_add(warnings, ERR_UNSUPPORTED, "session_transport", path,
			   "/session_transport", "A %s has no session-transport tcp", type);
	cJSON_ArrayForEach (e, member(after, "blf_speed_dials")) {
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/blf_speed_dials/%s/device", e->string);
		if (cJSON_IsTrue(member(e, "device")))
			faults_add(warnings, ERR_UNSUPPORTED, "blf_device", path, pointer,
				   "A phone on TCP may ask for unsolicited notifications, which "
				   "cannot watch a device");
	}
}

static void warn_dialplan(struct conf *c, const cJSON *after, const char *path,
			  struct faults *warnings)
{
	static const char *const small[] = { "7905", "7912", NULL };
	const cJSON *template = schema_template(c, schema_object(POOLS), after, false);
	const cJSON *tag = effective(after, template, "dialplan");
	const char *kind = text_of(named(c, DIALPLANS, tag), "type");
	const char *type = text_of(after, "phone_type");

	if (kind && type && (strcmp(kind, "7905-7912") == 0) != one_of(type, small))
		faults_add(warnings, ERR_CONFLICT, "dialplan_type", path, "/dialplan",
			   "Dial plan %.0f is for phones %s", tag->valuedouble, kind);
}

/* An intercom line is not the first of a phone (and on one phone only: check_shared). */
static void warn_intercom(struct conf *c, const cJSON *after, const char *path,
			  struct faults *warnings)
{
	if (member(named(c, DNS, member(member(after, "numbers"), "1")), "intercom"))
		faults_add(warnings, ERR_CONFLICT, "intercom_primary", path, "/numbers/1",
			   "An intercom line should not be the first line of a phone");
}

CHECK(check_vr_pool)
{
	const struct schema_object *g = schema_object(GLOBAL);
	const cJSON *global = conf_get(c, GLOBAL);
	const char *mode = cfg_str(g, global, "mode");
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), POOLS "/%s", key);
	check_id(member(after, "id"), path, f, warnings);
	check_cor(member(after, "cor"), path, f);
	check_sign_in(after, path, f);
	check_modules(after, path, f);
	if (strcmp(mode, "cme") != 0 && strcmp(mode, "cme-app") != 0)
		faults_add(
		    warnings, ERR_CONFLICT, NULL, path, "",
		    "SIP phones register only in mode cme: voice register global is in mode %s",
		    mode);
	if (cfg_bool(g, global, "authenticate.enabled") && !member(after, "password"))
		faults_add(warnings, ERR_INVALID, NULL, path, "/password",
			   "Phones must sign in, and this one has no password");
	check_phone_type(POOLS, path, after, warnings);
	check_overlap(c, schema_object(POOLS), GLOBAL, after, path, warnings);
	warn_transport(c, after, path, warnings);
	warn_dialplan(c, after, path, warnings);
	warn_intercom(c, after, path, warnings);
}

/* ---- dn ---- */
static void check_forward(const cJSON *list, const char *path, struct faults *f)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, list) {
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/call_forward/%s/timeout", e->string);
		if (strcmp(e->string, "noan") != 0 && member(e, "timeout"))
			faults_add(f, ERR_INVALID, NULL, path, pointer, "Belongs to noan only");
	}
}

/* `#` ends dialling unless allow-hash-in-dn says otherwise. */
static void check_hash(struct conf *c, const char *number, const char *path,
		       struct faults *warnings)
{
	const char *options = cfg_str(schema_object(GLOBAL), conf_get(c, GLOBAL), "options");

	if (number && strchr(number, '#') && !(options && strstr(options, "allow-hash-in-dn")))
		faults_add(warnings, ERR_CONFLICT, "hash_in_dn", path, "/number",
			   "# in a number needs allow-hash-in-dn in voice register global");
}

CHECK(check_vr_dn)
{
	const char *number = text_of(after, "number");
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), DNS "/%s", key);
	check_forward(member(after, "call_forward"), path, f);
	check_hash(c, number, path, warnings);
	if (member(after, "intercom") && member(after, "shared_line"))
		faults_add(f, ERR_CONFLICT, "intercom_conflict", path, "/shared_line",
			   "An intercom line is on one phone only");
	if (!number && (member(after, "label") || member(after, "name")))
		faults_add(warnings, ERR_INVALID, NULL, path, "/number",
			   "Name and label show only with a number");
}

/* ---- template ---- */
static const struct {
	const char *state;
	const char *keys[12];
} softkeys[] = {
	{ "idle", { "Cfwdall", "DND", "Gpickup", "HLog", "Newcall", "Pickup", "Redial" } },
	{ "connected",
	  { "ConfList", "Confrn", "Endcall", "HLog", "Hold", "Park", "RmLstC", "Trnsfer",
	    "iDivert" } },
};

/* Only two states have a list of their own in the documents. */
static void check_softkeys(const cJSON *map, const char *path, struct faults *warnings)
{
	const cJSON *k;

	for (size_t i = 0; i < ARRAY_LEN(softkeys); i++) {
		char pointer[48];

		snprintf(pointer, sizeof(pointer), "/softkeys/%s", softkeys[i].state);
		cJSON_ArrayForEach (k, member(map, softkeys[i].state)) {
			if (!one_of(k->valuestring, softkeys[i].keys))
				faults_add(warnings, ERR_INVALID, "softkey", path, pointer,
					   "%s is no key of this state", k->valuestring);
		}
	}
}

static void check_layout(const cJSON *map, const char *path, struct faults *f)
{
	const cJSON *a, *b;

	cJSON_ArrayForEach (a, map) {
		for (b = a->next; b; b = b->next) {
			char pointer[POINTER_MAX] = "/button_layout";

			schema_pointer_add(pointer, sizeof(pointer), b->string);
			if (schema_buttons_overlap(a->string, b->string))
				faults_add(f, ERR_CONFLICT, NULL, path, pointer,
					   "Buttons %s and %s overlap", a->string, b->string);
		}
	}
}

static void warn_locale(struct conf *c, const cJSON *after, const char *name, const char *map,
			const char *path, struct faults *warnings)
{
	const cJSON *tag = member(after, name);
	char key[8], pointer[32];

	if (!cJSON_IsNumber(tag))
		return;
	snprintf(key, sizeof(key), "%d", tag->valueint);
	snprintf(pointer, sizeof(pointer), "/%s", name);
	if (!member(cfg_map(conf_get(c, GLOBAL), map), key))
		faults_add(warnings, ERR_CONFLICT, "unknown_reference", path, pointer,
			   "Locale %s is not configured in voice register global", key);
}

CHECK(check_vr_template)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), TEMPLATES "/%s", key);
	check_cor(member(after, "cor"), path, f);
	check_softkeys(member(after, "softkeys"), path, warnings);
	check_layout(member(after, "button_layout"), path, f);
	warn_locale(c, after, "user_locale", "user_locales", path, warnings);
	warn_locale(c, after, "network_locale", "network_locales", path, warnings);
}

/* ---- dialplan ---- */
CHECK(check_vr_dialplan)
{
	const cJSON *e;
	char path[SCHEMA_PATH_MAX];

	(void)c;
	snprintf(path, sizeof(path), DIALPLANS "/%s", key);
	if (member(after, "patterns") && !member(after, "type"))
		faults_add(warnings, ERR_INVALID, "required", path, "/type",
			   "Which phones the plan is for is missing: no file is made");
	cJSON_ArrayForEach (e, member(after, "patterns")) {
		char pointer[32];

		snprintf(pointer, sizeof(pointer), "/patterns/%s", e->string);
		if (text_of(e, "pattern") && strchr(text_of(e, "pattern"), ' '))
			faults_add(f, ERR_INVALID, NULL, path, pointer, "Must not contain blanks");
	}
}
