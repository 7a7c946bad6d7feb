/* api/openapi.c - OpenAPI 3.1 from the route table, the components and the schema of the configuration. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "api/components.h"
#include "server/core/mem.h"

#define NAME_MAX_ 128

static cJSON *obj(void)
{
	return cJSON_CreateObject();
}

static cJSON *ref_to(const char *name)
{
	char buf[NAME_MAX_ + 32];
	cJSON *o = obj();

	snprintf(buf, sizeof(buf), "#/components/schemas/%s", name);
	cJSON_AddStringToObject(o, "$ref", buf);
	return o;
}

/* "voice-register/pools" -> "Config_voice_register_pools" */
static void component_name(const struct schema_object *o, char out[NAME_MAX_])
{
	snprintf(out, NAME_MAX_, "Config_%s", o->path);
	for (char *p = out; *p; p++)
		*p = *p == '-' || *p == '/' ? '_' : *p;
}

/* ---- one operation ---- */

static void add_parameter(cJSON *list, const char *in, const char *name, const char *type,
			  bool needed)
{
	cJSON *p = obj(), *schema;

	cJSON_AddStringToObject(p, "name", name);
	cJSON_AddStringToObject(p, "in", in);
	cJSON_AddBoolToObject(p, "required", needed);
	schema = cJSON_AddObjectToObject(p, "schema");
	cJSON_AddStringToObject(schema, "type", type);
	cJSON_AddItemToArray(list, p);
}

static void path_parameters(cJSON *list, const char *path)
{
	for (const char *p = strchr(path, '{'); p; p = strchr(p, '{')) {
		char name[64];
		size_t n = strcspn(++p, "}");

		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		add_parameter(list, "path", name, "string", true);
	}
}

static bool is_number(struct slice name)
{
	return slice_eq(name, "limit") || slice_eq(name, "wait") || slice_eq(name, "after") ||
	       slice_eq(name, "before") || slice_eq(name, "since") ||
	       slice_eq(name, "confirm_minutes");
}

static void query_parameters(cJSON *list, const struct api_route *r, bool collection)
{
	struct slice rest = slice_of(r->query ? r->query : ""), part;

	while (slice_next(&rest, ',', &part)) {
		char name[64];

		if (!part.len ||
		    ((r->flags & R_FILTER) && !collection && !slice_eq(part, "defaults")))
			continue; /* paging is for lists */
		snprintf(name, sizeof(name), "%.*s", (int)part.len, part.p);
		add_parameter(list, "query", name, is_number(part) ? "integer" : "string", false);
	}
	if (r->flags & R_DRY)
		add_parameter(list, "query", "dry_run", "boolean", false);
	if (r->flags & R_MATCH) {
		add_parameter(list, "header", "If-Match", "string", false);
		add_parameter(list, "header", "If-None-Match", "string", false);
	}
}

static void add_content(cJSON *o, const char *type, cJSON *schema)
{
	cJSON *content = cJSON_AddObjectToObject(o, "content");
	cJSON *media = cJSON_AddObjectToObject(content, type);

	cJSON_AddItemToObject(media, "schema", schema);
}

/* The same as text in the layout of CME. */
static void add_text_form(cJSON *o)
{
	cJSON *content = cJSON_GetObjectItemCaseSensitive(o, "content");
	cJSON *media = cJSON_AddObjectToObject(content, "text/plain");

	cJSON_AddItemToObject(media, "schema", ref_to("Text"));
}

static cJSON *responses(const struct api_route *r, cJSON *schema)
{
	cJSON *all = obj(), *ok, *problem;
	char status[8];

	snprintf(status, sizeof(status), "%d", r->status);
	ok = cJSON_AddObjectToObject(all, status);
	cJSON_AddStringToObject(ok, "description", "Done");
	if (schema)
		add_content(ok, r->flags & R_OTHER ? "text/plain" : "application/json", schema);
	if (schema && r->flags & R_VIEW)
		add_text_form(ok);
	if ((r->flags & R_DRY) && r->status != 200) {
		cJSON *dry = cJSON_AddObjectToObject(all, "200");

		cJSON_AddStringToObject(dry, "description", "What it would do (dry run)");
		add_content(dry, "application/json", ref_to("Write"));
	}
	if (!strcmp(r->method, "PUT") && (r->flags & R_CONFIG)) {
		cJSON *made = cJSON_AddObjectToObject(all, "201");

		cJSON_AddStringToObject(made, "description", "Made");
		add_content(made, "application/json", ref_to("Write"));
	}
	problem = cJSON_AddObjectToObject(all, "default");
	cJSON_AddStringToObject(problem, "description", "What went wrong (RFC 9457)");
	add_content(problem, "application/problem+json", ref_to("Problem"));
	return all;
}

/* What operation `r` looks like at `path`; `name` makes the id unique. Takes `body` and `answer`. */
static cJSON *operation(const struct api_route *r, const char *path, const char *name,
			bool collection, cJSON *body, cJSON *answer)
{
	cJSON *o = obj(), *list, *b;
	char id[256];

	snprintf(id, sizeof(id), "%s%s%s", r->id, *name ? ":" : "", name);
	cJSON_AddStringToObject(o, "operationId", id);
	cJSON_AddStringToObject(o, "summary", r->summary);
	cJSON_AddStringToObject(o, "x-role", auth_role_text(r->role));
	list = cJSON_AddArrayToObject(o, "parameters");
	path_parameters(list, path);
	query_parameters(list, r, collection);
	if (body) {
		b = cJSON_AddObjectToObject(o, "requestBody");
		cJSON_AddBoolToObject(b, "required", !(r->flags & R_OPTIONAL));
		add_content(b,
			    !strcmp(r->method, "PATCH") ? "application/merge-patch+json"
			    : r->flags & R_TEXT         ? "text/plain"
							: "application/json",
			    body);
	}
	cJSON_AddItemToObject(o, "responses", responses(r, answer));
	if (r->role == ROLE_NONE)
		cJSON_AddArrayToObject(o, "security");
	return o;
}

static void put(cJSON *paths, const char *path, const char *method, cJSON *op)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(paths, path);
	char lower[8];
	size_t i;

	if (!item)
		item = cJSON_AddObjectToObject(paths, path);
	for (i = 0; method[i]; i++)
		lower[i] = (char)(method[i] + 32);
	lower[i] = '\0';
	cJSON_AddItemToObject(item, lower, op);
}

/* ---- configuration ---- */

static cJSON *page_of(cJSON *item)
{
	cJSON *o = cJSON_Parse(
	    "{\"type\":\"object\",\"required\":[\"items\",\"total\"],\"properties\":{\"items\":"
	    "{\"type\":\"array\"},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"total\":"
	    "{\"type\":\"integer\"}}}");
	cJSON *items = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(o, "properties"), "items");

	cJSON_AddItemToObject(items, "items", item);
	return o;
}

enum place { AT_LIST, AT_OBJECT, AT_INSIDE };

static void add_config(cJSON *paths, const struct api_route *r, const struct schema_object *so,
		       enum place at, const char *path)
{
	bool get = !strcmp(r->method, "GET"), patch = !strcmp(r->method, "PATCH");
	bool has_body = !get && !(r->flags & R_NOBODY);
	char comp[NAME_MAX_], name[200];
	cJSON *body = NULL, *answer;

	if ((r->flags & R_COLLECT && at != AT_LIST) || (r->flags & R_SINGLE && at == AT_LIST))
		return;
	component_name(so, comp);
	if (has_body) /* a patch and a value inside have no schema of their own: the server judges the whole */
		body = patch || at == AT_INSIDE ? obj() : ref_to(comp);
	if (!get)
		answer = ref_to("Write");
	else if (at == AT_INSIDE)
		answer = obj();
	else
		answer = at == AT_LIST ? page_of(ref_to(comp)) : ref_to(comp);
	snprintf(name, sizeof(name), "%s", path + strlen("/config/"));
	put(paths, path, r->method, operation(r, path, name, at == AT_LIST, body, answer));
}

static void config_paths(cJSON *paths, const struct api_route *r, const struct schema_object *so)
{
	char list[SCHEMA_PATH_MAX], one[SCHEMA_PATH_MAX + 32], in[SCHEMA_PATH_MAX + 64];

	snprintf(list, sizeof(list), "/config/%s", so->path);
	snprintf(one, sizeof(one), so->collection ? "%s/{tag}" : "%s", list);
	if (so->collection)
		add_config(paths, r, so, AT_LIST, list);
	add_config(paths, r, so, AT_OBJECT, one);
	snprintf(in, sizeof(in), "%s/{member}", one);
	add_config(paths, r, so, AT_INSIDE, in);
	snprintf(in, sizeof(in), "%s/{member}/{key}", one);
	add_config(paths, r, so, AT_INSIDE, in);
}

/* ---- the document ---- */

static cJSON *all_paths(void)
{
	cJSON *paths = obj();

	for (const struct api_route *r = api_routes; r->method; r++) {
		const struct schema_object *const *so;

		if (!(r->flags & R_CONFIG)) {
			put(paths, r->pattern, r->method,
			    operation(r, r->pattern, "", false, r->body ? ref_to(r->body) : NULL,
				      r->answer ? ref_to(r->answer) : NULL));
			continue;
		}
		for (so = schema_objects(); *so; so++)
			config_paths(paths, r, *so);
	}
	return paths;
}

static cJSON *components(void)
{
	cJSON *o = obj(), *schemas = cJSON_AddObjectToObject(o, "schemas");
	const struct schema_object *const *so;
	cJSON *sec;

	for (const struct api_component *c = api_components; c->name; c++)
		cJSON_AddItemToObject(schemas, c->name, cJSON_Parse(c->json));
	for (const struct api_component *c = status_components; c->name; c++)
		cJSON_AddItemToObject(schemas, c->name, cJSON_Parse(c->json));
	for (so = schema_objects(); *so; so++) {
		char name[NAME_MAX_];

		component_name(*so, name);
		cJSON_AddItemToObject(schemas, name, schema_json_schema(*so));
	}
	sec = cJSON_Parse(
	    "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"session\":{\"type\":\"apiKey\","
	    "\"in\":\"cookie\",\"name\":\"switchroom_session\",\"description\":\"Unsafe methods "
	    "also "
	    "need X-CSRF-Token. Under TLS the name begins with __Host-.\"}}");
	cJSON_AddItemToObject(o, "securitySchemes", sec);
	return o;
}

cJSON *api_openapi(const char *version)
{
	cJSON *o = obj(), *info;

	cJSON_AddStringToObject(o, "openapi", "3.1.0");
	info = cJSON_AddObjectToObject(o, "info");
	cJSON_AddStringToObject(info, "title", "Switchroom");
	cJSON_AddStringToObject(info, "version", version);
	cJSON_AddStringToObject(info, "summary", "The telephone switch room of a site");
	cJSON_AddItemToObject(o, "servers", cJSON_Parse("[{\"url\":\"" API_BASE "\"}]"));
	cJSON_AddItemToObject(o, "security", cJSON_Parse("[{\"token\":[]},{\"session\":[]}]"));
	cJSON_AddItemToObject(o, "paths", all_paths());
	cJSON_AddItemToObject(o, "components", components());
	return o;
}
