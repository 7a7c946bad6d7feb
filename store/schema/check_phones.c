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
struct intercom_search {
	struct faults *f;
	const char *path, *own, *dn, *pointer;
};

static bool button_has(const cJSON *button, const char *dn)
{
	const cJSON *e;
	const char *kind = text_of(button, "separator");

	if (kind && strcmp(kind, "x") == 0)
		return false;
	cJSON_ArrayForEach (e, member(button, "dns")) {
		if (cJSON_IsNumber(e) && e->valuedouble == strtod(dn, NULL))
			return true;
	}
	return false;
}

static int find_other_phone(void *ctx, const char *key, const cJSON *item)
{
	struct intercom_search *s = ctx;
	const cJSON *b;

	if (strcmp(key, s->own) == 0)
		return 0;
	cJSON_ArrayForEach (b, member(item, "buttons")) {
		if (button_has(b, s->dn)) {
			faults_add(s->f, ERR_CONFLICT, "intercom_shared", s->path, s->pointer,
				   "Intercom directory number %s is already assigned to ephone %s",
				   s->dn, key);
			return 1;
		}
	}
	return 0;
}

static void check_button_dns(struct conf *c, const char *key, const cJSON *button, const char *path,
			     const char *pointer, struct faults *f)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, member(button, "dns")) {
		char dn[24], at[64];

		snprintf(dn, sizeof(dn), "%.0f", e->valuedouble);
		snprintf(at, sizeof(at), DNS "/%s", dn);
		if (member(conf_get(c, at), "intercom")) {
			struct intercom_search s = { f, path, key, dn, pointer };

			conf_each(c, EPHONES, NULL, find_other_phone, &s);
		}
	}
}

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

static void check_buttons(struct conf *c, const char *key, const cJSON *item, const char *path,
			  struct faults *f)
{
	const cJSON *buttons = member(item, "buttons"), *b;

	cJSON_ArrayForEach (b, buttons) {
		const char *kind = text_of(b, "separator");
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/buttons/%s", b->string);
		if (kind[0] == 'x')
			check_expansion(buttons, b, path, pointer, f);
		else
			check_button_dns(c, key, b, path, pointer, f);
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

CHECK(check_ephone)
{
	const struct schema_object *o = schema_object(EPHONES);
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), EPHONES "/%s", key);
	check_buttons(c, key, after, path, f);
	check_sign_in(after, path, f);
	if (member(after, "username") && !member(after, "password"))
		faults_add(f, ERR_INVALID, "required", path, "/password",
			   "A user name needs a password");
	check_calls_per_button(o, after, path, f);
	check_modules(after, path, f);
	if (member(after, "ephone_template") && !member(after, "mac_address"))
		faults_add(f, ERR_CONFLICT, "template_needs_mac", path, "/ephone_template",
			   "Configure mac-address before applying an ephone-template");
	check_phone_type(EPHONES, path, after, warnings);
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
	if (member(moh, "address") && member(moh, "out_call"))
		faults_add(f, ERR_CONFLICT, NULL, path, "/moh",
			   "Either a multicast stream or a dialled number");
}

CHECK(check_ephone_dn)
{
	const cJSON *intercom = member(after, "intercom");
	const char *mode = text_of(after, "line_mode");
	char path[SCHEMA_PATH_MAX];

	(void)c;
	snprintf(path, sizeof(path), DNS "/%s", key);
	if (flag_of(intercom, "barge_in") && flag_of(intercom, "no_auto_answer"))
		faults_add(f, ERR_CONFLICT, "intercom_conflict", path, "/intercom",
			   "barge-in and no-auto-answer are mutually exclusive");
	if (mode && (intercom || member(after, "paging") || member(after, "mwi")))
		faults_add(f, ERR_CONFLICT, NULL, path, "/line_mode",
			   "A number for intercom, paging or message lamps has a single line");
	if (member(after, "secondary_number") && !member(after, "number"))
		faults_add(f, ERR_INVALID, "required", path, "/number",
			   "The first number is missing");
	if (member(after, "no_reg") && !member(after, "number"))
		faults_add(f, ERR_INVALID, "required", path, "/number", "Is required with no-reg");
	if (member(after, "label") && !member(after, "number"))
		faults_add(warnings, ERR_INVALID, NULL, path, "/label",
			   "A label shows only with a number");
	check_forwards(after, path, f);
	check_park(member(after, "park_slot"), path, f);
	check_ranges(member(after, "extension_ranges"), path, f);
	check_moh(member(after, "moh"), path, f);
}
