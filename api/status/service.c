/* api/status/service.c - `show telephony-service` and its parts (cme-model 3.7): effective values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/sccp/sccp.h"

/* ---- DSCP: name, value and the byte that carries it ---- */

static cJSON *dscp_tree(int value)
{
	const char *name = schema_dscp_name(value);
	char number[8], tos[8];
	cJSON *o = cJSON_CreateObject();

	snprintf(number, sizeof(number), "%d", value);
	snprintf(tos, sizeof(tos), "0x%X", (unsigned)value << 2);
	cJSON_AddStringToObject(o, "name", name ? name : number);
	cJSON_AddNumberToObject(o, "value", value);
	cJSON_AddStringToObject(o, "tos", tos);
	return o;
}

void status_dscp(cJSON *view)
{
	static const struct {
		const char *traffic;
		int dflt;
	} rows[] = { { "media", 46 }, { "service", 0 }, { "signaling", 24 }, { "video", 34 } };
	const cJSON *was = tree_get(view, "dscp");
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cJSON_AddItemToObject(o, rows[i].traffic,
				      dscp_tree((int)tree_num(was, rows[i].traffic, rows[i].dflt)));
	cJSON_DeleteItemFromObjectCaseSensitive(view, "dscp");
	cJSON_AddItemToObject(view, "dscp", o);
}

/* ---- the whole ---- */

static void set(cJSON *o, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(o, name);
	cJSON_AddItemToObject(o, name, value);
}

static void set_cnf_file(cJSON *o)
{
	const char *mode = tree_str(o, "cnf_file.mode"),
		   *location = tree_str(o, "cnf_file.location");
	cJSON *cnf = cJSON_CreateObject();

	cJSON_AddStringToObject(cnf, "location", location ? location : "system");
	cJSON_AddStringToObject(cnf, "option",
				mode && !strcmp(mode, "perphone")       ? "PER-PHONE"
				: mode && !strcmp(mode, "perphonetype") ? "PER-PHONE-TYPE"
									: "PER-SYSTEM");
	tree_copy(cnf, "version_stamp", o, "cnf_file.create.version_stamp");
	set(o, "cnf_file", cnf);
}

static int count_statistics(void *ctx, const char *key, const cJSON *raw)
{
	const cJSON *v = tree_get(raw, "statistics_collect");

	(void)key;
	*(double *)ctx += cJSON_IsTrue(v) || tree_is(v, "enabled");
	return 0;
}

static void add_hunt(struct conf *c, cJSON *o)
{
	static const char *const kinds[] = { "ephone-hunts", "voice-hunt-groups" };
	double all = 0, counted = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!schema_object(kinds[i]))
			continue;
		all += (double)conf_count(c, kinds[i]);
		conf_each(c, kinds[i], NULL, count_statistics, &counted);
	}
	cJSON_AddNumberToObject(o, "hunt_groups", all);
	cJSON_AddNumberToObject(o, "hunt_groups_with_statistics", counted);
}

int status_telephony(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct conf *c;
	cJSON *o;
	int err = conf_open(r->api->opt.store, &c);
	const char *mode;
	bool hardware;

	(void)a;
	if (err)
		return err;
	o = source_object(c, "telephony-service");
	cJSON_AddStringToObject(o, "version", r->api->version);
	cJSON_AddNumberToObject(o, "max_sccp_version", SCCP_VERSION_DEFAULT);
	cJSON_AddNullToObject(o, "max_sccp_version_dspfarm");
	status_dscp(o);
	set_cnf_file(o);
	hardware = tree_is(o, "conference_hardware");
	cJSON_AddStringToObject(o, "conference", hardware ? "hardware" : "software");
	mode = conf_get(c, "telephony-service")
		   ? tree_str(conf_get(c, "telephony-service"), "protocol_mode.mode")
		   : NULL;
	set(o, "protocol_mode", cJSON_CreateString(mode ? mode : "default"));
	add_hunt(c, o);
	conf_close(c);
	*out = o;
	return 0;
}

/* ---- parts ---- */

static int part(struct api_req *r, const char *path, cJSON **out)
{
	struct conf *c;
	int err = conf_open(r->api->opt.store, &c);
	cJSON *o;

	if (err)
		return err;
	o = source_object(c, "telephony-service");
	conf_close(c);
	*out = cJSON_CreateObject();
	tree_copy(*out, path, o, path);
	cJSON_Delete(o);
	return 0;
}

/* {"1": {...}} of the whole as [{key: "1", ...}] on a page. */
static int keyed_part(struct api_req *r, const char *path, const char *key, bool number,
		      cJSON **out)
{
	cJSON *o, *items = cJSON_CreateArray();
	const cJSON *v;
	int err = part(r, path, &o);

	if (err) {
		cJSON_Delete(items);
		return err;
	}
	cJSON_ArrayForEach (v, tree_get(o, path)) {
		cJSON *one = cJSON_IsObject(v) ? cJSON_Duplicate(v, true) : cJSON_CreateObject();

		if (!cJSON_IsObject(v))
			cJSON_AddItemToObject(one, "value", cJSON_Duplicate(v, true));
		if (number)
			cJSON_AddNumberToObject(one, key, tree_tag(v->string));
		else
			cJSON_AddStringToObject(one, key, v->string);
		cJSON_AddItemToArray(items, one);
	}
	cJSON_Delete(o);
	*out = api_page(items, NULL);
	return 0;
}

struct items {
	const struct schema_object *obj;
	cJSON *list;
};

static bool take_public(void *ctx, const char *key, const cJSON *raw)
{
	struct items *i = ctx;

	cJSON_AddItemToArray(i->list, schema_public(i->obj, key, raw, true));
	return true;
}

static int collection(struct api_req *r, const char *name, const struct status_args *a, cJSON **out)
{
	struct items i = { .obj = schema_object(name), .list = cJSON_CreateArray() };
	struct conf *c;
	char next[16] = "";
	int err = conf_open(r->api->opt.store, &c);

	if (err) {
		cJSON_Delete(i.list);
		return err;
	}
	source_each(c, name, a, take_public, &i, next, sizeof(next));
	conf_close(c);
	*out = api_page(i.list, *next ? next : NULL);
	return 0;
}

int status_telephony_ephones(struct api_req *r, const struct status_args *a, cJSON **out)
{
	return collection(r, "ephones", a, out);
}

int status_telephony_dns(struct api_req *r, const struct status_args *a, cJSON **out)
{
	return collection(r, "ephone-dns", a, out);
}

int status_telephony_templates(struct api_req *r, const struct status_args *a, cJSON **out)
{
	return collection(r, "ephone-templates", a, out);
}

int status_telephony_bindings(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *files = files_describe(r->api->opt.files, NULL), *items = cJSON_CreateArray();
	const cJSON *f;

	(void)a;
	cJSON_ArrayForEach (f, files) {
		cJSON *o = cJSON_CreateObject();

		tree_copy(o, "file", f, "name");
		tree_copy(o, "location", f, "source");
		cJSON_AddItemToArray(items, o);
	}
	cJSON_Delete(files);
	*out = api_page(items, NULL);
	return 0;
}

int status_telephony_fac(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *o;
	int err = part(r, "fac", &o);

	(void)a;
	if (err)
		return err;
	*out = cJSON_CreateObject();
	tree_copy(*out, "mode", o, "fac.mode");
	tree_copy(*out, "features", o, "fac.features");
	tree_copy(*out, "aliases", o, "fac.aliases");
	cJSON_Delete(o);
	return 0;
}

int status_telephony_directory(struct api_req *r, const struct status_args *a, cJSON **out)
{
	(void)a;
	return keyed_part(r, "directory_entries", "tag", true, out);
}

/* Names and rights: passwords do not come near a view. */
int status_telephony_admin(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *o, *items = cJSON_CreateArray();
	const cJSON *v;
	int err = part(r, "xml_users", &o);

	(void)a;
	if (err) {
		cJSON_Delete(items);
		return err;
	}
	cJSON_ArrayForEach (v, tree_get(o, "xml_users")) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "username", v->string);
		tree_copy(one, "privilege_level", v, "privilege_level");
		cJSON_AddItemToArray(items, one);
	}
	cJSON_Delete(o);
	*out = api_page(items, NULL);
	return 0;
}

int status_telephony_conference(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *o;
	int err = part(r, "conference_hardware", &o);

	(void)a;
	if (err)
		return err;
	*out = cJSON_CreateObject();
	cJSON_AddBoolToObject(*out, "enabled", tree_is(o, "conference_hardware"));
	tree_null(*out, "conferences_active,participants");
	cJSON_Delete(o);
	return 0;
}
