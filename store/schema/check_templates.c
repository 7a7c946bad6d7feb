/* store/schema/check_templates.c - cross-checks of ephone-template and ephone-dn-template (cme-model 1.6,
 * 1.7), and those that phones and numbers share with their templates. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define TS "telephony-service"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

/* ---- shared with ephone and ephone-dn ---- */
void check_modules(const cJSON *item, const char *path, struct faults *f)
{
	bool addon2 = member(item, "addon2") != NULL;

	if (addon2 && !member(item, "addon1"))
		faults_add(f, ERR_INVALID, NULL, path, "/addon1", "The first module is missing");
	if (member(item, "addon3") && !addon2)
		faults_add(f, ERR_INVALID, NULL, path, "/addon2", "The second module is missing");
	if ((member(item, "addon1") || addon2) && !member(item, "phone_type"))
		faults_add(f, ERR_INVALID, "required", path, "/phone_type",
			   "A module needs a phone type");
}

void check_calls_per_button(const struct schema_object *o, const cJSON *item, const char *path,
			    struct faults *f)
{
	long long busy = cfg_int(o, item, "busy_trigger_per_button");
	long long most = cfg_int(o, item, "max_calls_per_button");

	if (busy > most)
		faults_add(f, ERR_CONFLICT, NULL, path, "/busy_trigger_per_button",
			   "busy-trigger-per-button %lld is above max-calls-per-button %lld", busy,
			   most);
}

/* A phone without a type is left alone. */
void check_overlap(struct conf *c, const struct schema_object *o, const char *system,
		   const cJSON *item, const char *path, struct faults *warnings)
{
	static const char *const models[] = {
		"7942", "7945", "7962", "7965", "7970", "7971", "7975"
	};
	const cJSON *own = member(item, "phone_type");
	const char *type = cJSON_GetStringValue(
	    own ? own : member(schema_template(c, o, item, false), "phone_type"));

	if (!type || !schema_any(c, o, item, "overlap_signal", system))
		return;
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (strcmp(models[i], type) == 0)
			return;
	}
	faults_add(warnings, ERR_CONFLICT, NULL, path, "/overlap_signal",
		   "overlap-signal is on, and a %s sends its digits all at once", type);
}

void check_forwards(const cJSON *item, const char *path, struct faults *f)
{
	const cJSON *noan = member(member(item, "call_forward"), "noan");

	if (noan && !member(noan, "timeout"))
		faults_add(f, ERR_INVALID, "required", path, "/call_forward/noan/timeout",
			   "Forwarding without an answer needs a time");
}

/* ---- ephone-template ---- */

/* Soft keys that a state has (cme-model 1.6 and the public reference). */
static const struct {
	const char *state;
	const char *const *keys;
} softkeys[] = {
	{ "alerting", (const char *const[]){ "Acct", "CallBack", "Endcall", NULL } },
	{ "connected", (const char *const[]){ "Acct", "ConfList", "Confrn", "Endcall", "Flash",
					      "HLog", "Hold", "Join", "LiveRcd", "Mobility", "Park",
					      "RmLstC", "Select", "TrnsfVM", "Trnsfer", NULL } },
	{ "hold", (const char *const[]){ "Join", "Newcall", "Resume", "Select", NULL } },
	{ "idle",
	  (const char *const[]){ "Cfwdall", "ConfList", "Dnd", "Gpickup", "HLog", "Join", "Login",
				 "Mobility", "Newcall", "Pickup", "Redial", "RmLstC", NULL } },
	{ "remote-in-use", (const char *const[]){ "CBarge", "Newcall", NULL } },
	{ "ringing", (const char *const[]){ "Answer", "Dnd", "HLog", NULL } },
	{ "seized", (const char *const[]){ "CallBack", "Cfwdall", "Endcall", "Gpickup", "HLog",
					   "MeetMe", "Mobility", "Pickup", "Redial", NULL } },
};

static bool state_has(const char *state, const char *key)
{
	for (size_t i = 0; i < sizeof(softkeys) / sizeof(softkeys[0]); i++) {
		if (strcmp(softkeys[i].state, state) != 0)
			continue;
		for (const char *const *k = softkeys[i].keys; *k; k++) {
			if (strcasecmp(*k, key) == 0)
				return true;
		}
		return false;
	}
	return true;
}

static void check_softkeys(const cJSON *item, const char *path, struct faults *f,
			   struct faults *warnings)
{
	const cJSON *state, *key, *before;

	cJSON_ArrayForEach (state, member(item, "softkeys")) {
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/softkeys/%s", state->string);
		cJSON_ArrayForEach (key, state) {
			if (!state_has(state->string, key->valuestring))
				faults_add(warnings, ERR_INVALID, NULL, path, pointer,
					   "Phones show no %s while %s", key->valuestring,
					   state->string);
			for (before = state->child; before != key; before = before->next) {
				if (strcmp(before->valuestring, key->valuestring) == 0)
					faults_add(f, ERR_CONFLICT, NULL, path, pointer,
						   "%s stands there twice", key->valuestring);
			}
		}
	}
}

/* No button carries two things. */
static void check_buttons(const cJSON *item, const char *path, struct faults *f)
{
	const cJSON *a, *b;

	cJSON_ArrayForEach (a, member(item, "button_layout")) {
		for (b = a->next; b; b = b->next) {
			char pointer[POINTER_MAX] = "/button_layout";

			schema_pointer_add(pointer, sizeof(pointer), b->string);
			if (schema_buttons_overlap(a->string, b->string))
				faults_add(f, ERR_CONFLICT, NULL, path, pointer,
					   "Buttons %s and %s overlap", a->string, b->string);
		}
	}
}

/* Locales and settings of a template travel in files of one phone only. */
static void check_per_phone(struct conf *c, const cJSON *item, const char *path,
			    struct faults *warnings)
{
	static const char *const rows[] = { "user_locale", "network_locale", "service_phone" };
	const struct schema_object *o = schema_object(TS);
	const cJSON *ts = conf_get(c, TS);
	char pointer[40];

	if (strcmp(cfg_str(o, ts, "cnf_file.mode"), "perphone") == 0)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!member(item, rows[i]))
			continue;
		snprintf(pointer, sizeof(pointer), "/%s", rows[i]);
		faults_add(warnings, ERR_CONFLICT, NULL, path, pointer,
			   "Has no effect without cnf-file perphone");
	}
}

static void check_locale(struct conf *c, const cJSON *item, const char *row, const char *map,
			 const char *path, struct faults *warnings)
{
	const cJSON *tag = member(item, row);
	char key[16], pointer[40];

	if (!cJSON_IsNumber(tag))
		return;
	snprintf(key, sizeof(key), "%.0f", tag->valuedouble);
	snprintf(pointer, sizeof(pointer), "/%s", row);
	if (!member(member(conf_get(c, TS), map), key))
		faults_add(warnings, ERR_CONFLICT, NULL, path, pointer,
			   "telephony-service has no such tag: %s", key);
}

CHECK(check_ephone_template)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "ephone-templates/%s", key);
	check_modules(after, path, f);
	check_calls_per_button(schema_object("ephone-templates"), after, path, f);
	check_softkeys(after, path, f, warnings);
	check_buttons(after, path, f);
	check_phone_type("ephone-templates", path, after, warnings);
	check_service_phone(member(after, "service_phone"), path, warnings);
	check_per_phone(c, after, path, warnings);
	check_locale(c, after, "user_locale", "user_locales", path, warnings);
	check_locale(c, after, "network_locale", "network_locales", path, warnings);
}

/* ---- ephone-dn-template ---- */
CHECK(check_ephone_dn_template)
{
	char path[SCHEMA_PATH_MAX];

	(void)c;
	(void)warnings;
	snprintf(path, sizeof(path), "ephone-dn-templates/%s", key);
	check_forwards(after, path, f);
}
