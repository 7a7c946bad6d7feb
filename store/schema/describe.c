/* store/schema/describe.c - the schema as JSON: for the forms (GET /schema) and as JSON Schema
 * 2020-12 (OpenAPI). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

static const char *const type_names[] = {
	[T_BOOL] = "bool",
	[T_FLAG] = "flag",
	[T_INT] = "int",
	[T_ENUM] = "enum",
	[T_STR] = "string",
	[T_DIGITS] = "digits",
	[T_DN_NUMBER] = "dn_number",
	[T_PATTERN] = "pattern",
	[T_HEX] = "hex",
	[T_MAC] = "mac",
	[T_IP] = "ip",
	[T_IPV4] = "ipv4",
	[T_IPV6] = "ipv6",
	[T_IPV4_MASK] = "ipv4_mask",
	[T_IP_MASK] = "ip_mask",
	[T_MULTICAST] = "multicast",
	[T_DSCP] = "dscp",
	[T_TIME] = "time",
	[T_URL] = "url",
	[T_FILE] = "file",
	[T_PHONE_TYPE] = "phone_type",
	[T_CODEC] = "codec",
	[T_TARGET] = "sip_target",
	[T_BUTTONS] = "button_list",
	[T_SECRET] = "secret",
	[T_LIST] = "list",
	[T_OBJECT] = "object",
	[T_MAP] = "map",
};

static const struct {
	unsigned flag;
	const char *name;
} flag_names[] = {
	{ F_REQUIRED, "required" },   { F_HASH, "hash" },         { F_ORDERED, "ordered" },
	{ F_PRESENCE, "presence" },   { F_ADVANCED, "advanced" }, { F_MULTILINE, "multiline" },
	{ F_READ_ONLY, "read_only" }, { F_FIXED, "fixed" },       { F_EXISTS, "exists" },
};

static bool is_number(const struct schema_field *f)
{
	return f->type == T_INT || f->type == T_DSCP;
}

static void add_text(cJSON *out, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(out, name, value);
}

static void add_bounds(cJSON *out, const struct schema_field *f)
{
	if (f->type == T_DSCP) {
		cJSON_AddNumberToObject(out, "min", 0);
		cJSON_AddNumberToObject(out, "max", 63);
		return;
	}
	if (f->type == T_INT && f->choices)
		return;
	if (f->min || f->type == T_INT)
		cJSON_AddNumberToObject(out, "min", (double)f->min);
	if (schema_has_max(f))
		cJSON_AddNumberToObject(out, "max", (double)schema_max(f));
}

static void add_choices(cJSON *out, const struct schema_field *f)
{
	cJSON *list;

	if (!f->choices)
		return;
	list = cJSON_AddArrayToObject(out, "choices");
	for (const char *const *c = f->choices; *c; c++) {
		if (f->type == T_INT)
			cJSON_AddItemToArray(list, cJSON_CreateNumber(strtod(*c, NULL)));
		else
			cJSON_AddItemToArray(list, cJSON_CreateString(*c));
	}
}

struct describe {
	const struct schema_object *obj;
	const char *group;
};

static cJSON *describe_table(struct describe *d, const struct schema_field *table, const char *path,
			     enum schema_apply apply);

/* A key that is a list ("3910,3911") is one text where it is typed. */
static cJSON *describe_keys(struct describe *d, const struct schema_field *keys, const char *path,
			    enum schema_apply apply)
{
	cJSON *list = describe_table(d, keys, path, apply), *e = list->child;

	for (; keys->name; keys++, e = e->next) {
		if (keys->type != T_LIST)
			continue;
		cJSON_ReplaceItemInObjectCaseSensitive(e, "type", cJSON_CreateString("string"));
		cJSON_DeleteItemFromObjectCaseSensitive(e, "min");
		cJSON_DeleteItemFromObjectCaseSensitive(e, "max");
		cJSON_DeleteItemFromObjectCaseSensitive(e, "item");
	}
	return list;
}

static cJSON *describe_field(struct describe *d, const struct schema_field *f, const char *path,
			     enum schema_apply apply)
{
	enum schema_apply own = f->apply > apply ? f->apply : apply;
	cJSON *out = cJSON_CreateObject(), *dflt, *flags;
	char command[160];

	cJSON_AddStringToObject(out, "name", f->name);
	cJSON_AddStringToObject(out, "type", type_names[f->type]);
	cJSON_AddStringToObject(out, "label", f->label);
	cJSON_AddStringToObject(out, "help", f->help);
	if (f->group)
		d->group = f->group;
	add_text(out, "group", d->group);
	schema_command_of(d->obj, path, command, sizeof(command));
	if (command[0])
		cJSON_AddStringToObject(out, "command", command);
	cJSON_AddStringToObject(out, "apply", schema_apply_text(own));
	flags = cJSON_AddArrayToObject(out, "flags");
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (f->flags & flag_names[i].flag)
			cJSON_AddItemToArray(flags, cJSON_CreateString(flag_names[i].name));
	}
	add_bounds(out, f);
	add_text(out, "limit", f->limit);
	add_text(out, "max_from", f->max_from);
	add_text(out, "unit", f->unit);
	add_choices(out, f);
	add_text(out, "ref", f->ref);
	add_text(out, "pick", f->pick);
	add_text(out, "unique", f->unique);
	add_text(out, "sealed_key", f->sealed_key);
	dflt = f->type == T_OBJECT || f->type == T_MAP ? NULL : schema_default(f);
	if (dflt)
		cJSON_AddItemToObject(out, "default", dflt);
	if (f->keys)
		cJSON_AddItemToObject(out, "keys", describe_keys(d, f->keys, path, own));
	if (f->members)
		cJSON_AddItemToObject(out, "members", describe_table(d, f->members, path, own));
	if (f->item)
		cJSON_AddItemToObject(out, "item", describe_field(d, f->item, path, own));
	return out;
}

static cJSON *describe_table(struct describe *d, const struct schema_field *table, const char *path,
			     enum schema_apply apply)
{
	cJSON *out = cJSON_CreateArray();

	for (const struct schema_field *f = table; f->name; f++) {
		char below[POINTER_MAX];
		cJSON *one, *when;

		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "", f->name);
		one = describe_field(d, f, below, apply);
		when = schema_depends(d->obj, table, below);
		if (when)
			cJSON_AddItemToObject(one, "when", when);
		cJSON_AddItemToArray(out, one);
	}
	return out;
}

cJSON *schema_describe(void)
{
	cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "objects");

	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		struct describe d = { *o, NULL };
		cJSON *x = cJSON_CreateObject();

		cJSON_AddStringToObject(x, "path", (*o)->path);
		cJSON_AddStringToObject(x, "mode", (*o)->mode);
		cJSON_AddStringToObject(x, "command", (*o)->command);
		cJSON_AddStringToObject(x, "label", (*o)->label);
		cJSON_AddStringToObject(x, "help", (*o)->help);
		cJSON_AddStringToObject(x, "ui_group", (*o)->ui_group);
		cJSON_AddBoolToObject(x, "collection", (*o)->collection);
		cJSON_AddStringToObject(x, "apply_create", schema_apply_text((*o)->apply_create));
		if ((*o)->key)
			cJSON_AddItemToObject(x, "key",
					      describe_field(&d, (*o)->key, "", APPLY_NONE));
		d.group = NULL;
		cJSON_AddItemToObject(x, "fields",
				      describe_table(&d, (*o)->fields, "", APPLY_NONE));
		cJSON_AddItemToArray(list, x);
	}
	return out;
}

/* ---- JSON Schema ---- */
static cJSON *js_field(const struct schema_field *f);
static cJSON *js_table(const struct schema_field *table, const struct schema_field *key);

static cJSON *js_type(const char *type)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddStringToObject(out, "type", type);
	return out;
}

static cJSON *js_number(const struct schema_field *f)
{
	cJSON *out = js_type("integer");

	if (f->type == T_DSCP) {
		cJSON_AddNumberToObject(out, "minimum", 0);
		cJSON_AddNumberToObject(out, "maximum", 63);
		return out;
	}
	if (f->choices)
		return out;
	cJSON_AddNumberToObject(out, "minimum", (f->flags & F_ZERO) ? 0 : (double)f->min);
	if (schema_has_max(f))
		cJSON_AddNumberToObject(out, "maximum", (double)schema_max(f));
	return out;
}

/* DSCP takes names as well; reads give the number. */
static cJSON *js_dscp(const struct schema_field *f)
{
	cJSON *out = cJSON_CreateObject(), *any = cJSON_AddArrayToObject(out, "anyOf");

	cJSON_AddItemToArray(any, js_number(f));
	cJSON_AddItemToArray(any, js_type("string"));
	return out;
}

static const char *js_pattern(const struct schema_field *f)
{
	switch (f->type) {
	case T_DIGITS:
		return "^\\+?[0-9*#]*$";
	case T_DN_NUMBER:
		return "^\\+?[0-9A-Za-z*#.]*$";
	case T_HEX:
		return "^[0-9A-Fa-f]*$";
	case T_TIME:
		return "^[0-9]{1,2}:[0-9]{1,2}$";
	default:
		return NULL;
	}
}

static cJSON *js_string(const struct schema_field *f)
{
	bool sized = f->type == T_STR || f->type == T_DIGITS || f->type == T_DN_NUMBER ||
		     f->type == T_PATTERN || f->type == T_HEX || f->type == T_URL ||
		     f->type == T_FILE || f->type == T_SECRET || f->type == T_TARGET;
	cJSON *out = js_type("string");

	if (sized && f->max)
		cJSON_AddNumberToObject(out, "maxLength", (double)f->max);
	add_text(out, "pattern", js_pattern(f));
	if (f->type == T_IPV4)
		cJSON_AddStringToObject(out, "format", "ipv4");
	if (f->type == T_IPV6)
		cJSON_AddStringToObject(out, "format", "ipv6");
	return out;
}

static cJSON *js_secret(const struct schema_field *f)
{
	cJSON *out = cJSON_CreateObject(), *any = cJSON_AddArrayToObject(out, "anyOf"), *kept;
	cJSON *set, *required, *props;

	cJSON_AddItemToArray(any, js_string(f));
	kept = js_type("object");
	props = cJSON_AddObjectToObject(kept, "properties");
	set = js_type("boolean");
	cJSON_AddTrueToObject(set, "const");
	cJSON_AddItemToObject(props, "set", set);
	required = cJSON_AddArrayToObject(kept, "required");
	cJSON_AddItemToArray(required, cJSON_CreateString("set"));
	cJSON_AddFalseToObject(kept, "additionalProperties");
	cJSON_AddItemToArray(any, kept);
	return out;
}

static cJSON *js_list(const struct schema_field *f)
{
	cJSON *out = js_type("array");

	cJSON_AddItemToObject(out, "items", js_field(f->item));
	if (f->max)
		cJSON_AddNumberToObject(out, "maxItems", (double)f->max);
	return out;
}

static cJSON *js_map(const struct schema_field *f)
{
	cJSON *out = js_type("object");

	cJSON_AddItemToObject(out, "additionalProperties",
			      !f->item        ? js_table(f->members, NULL)
			      : f->sealed_key ? js_secret(f->item)
					      : js_field(f->item));
	if (f->max)
		cJSON_AddNumberToObject(out, "maxProperties", (double)f->max);
	return out;
}

static cJSON *js_body(const struct schema_field *f)
{
	switch (f->type) {
	case T_BOOL:
	case T_FLAG:
		return js_type("boolean");
	case T_INT:
		return js_number(f);
	case T_DSCP:
		return js_dscp(f);
	case T_SECRET:
		return js_secret(f);
	case T_LIST:
		return js_list(f);
	case T_OBJECT:
		return js_table(f->members, NULL);
	case T_MAP:
		return js_map(f);
	default:
		return js_string(f);
	}
}

/* Choices bind, except for phone types: there they are proposals. */
static cJSON *js_field(const struct schema_field *f)
{
	cJSON *out = js_body(f), *dflt, *list;

	cJSON_AddStringToObject(out, "title", f->label);
	cJSON_AddStringToObject(out, "description", f->help);
	if (f->choices && f->type != T_PHONE_TYPE) {
		add_choices(out, f);
		list = cJSON_DetachItemFromObjectCaseSensitive(out, "choices");
		cJSON_AddItemToObject(out, "enum", list);
	}
	dflt = f->type == T_OBJECT || f->type == T_MAP ? NULL : schema_default(f);
	if (dflt)
		cJSON_AddItemToObject(out, "default", dflt);
	add_text(out, "x-unit", f->unit);
	if (f->ref)
		cJSON_AddStringToObject(out, "x-ref", f->ref);
	if (is_number(f) && f->limit)
		cJSON_AddStringToObject(out, "x-limit", f->limit);
	return out;
}

static cJSON *js_table(const struct schema_field *table, const struct schema_field *key)
{
	cJSON *out = js_type("object"), *props = cJSON_AddObjectToObject(out, "properties");
	cJSON *required = cJSON_CreateArray();

	if (key)
		cJSON_AddItemToObject(props, key->name, js_field(key));
	for (const struct schema_field *f = table; f->name; f++) {
		cJSON_AddItemToObject(props, f->name, js_field(f));
		if (f->flags & F_REQUIRED)
			cJSON_AddItemToArray(required, cJSON_CreateString(f->name));
	}
	if (required->child)
		cJSON_AddItemToObject(out, "required", required);
	else
		cJSON_Delete(required);
	cJSON_AddFalseToObject(out, "additionalProperties");
	return out;
}

cJSON *schema_json_schema(const struct schema_object *o)
{
	cJSON *out = js_table(o->fields, o->key);

	cJSON_AddStringToObject(out, "title", o->label);
	cJSON_AddStringToObject(out, "description", o->help);
	return out;
}
