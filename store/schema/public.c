/* store/schema/public.c - what readers may see of an item, and how two states of it differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

/* ---- defaults ---- */
static void fill_table(const struct schema_field *table, cJSON *item);

/* An object that is not there shows its defaults, unless something has no default. */
static bool needs_something(const struct schema_field *table)
{
	for (; table->name; table++) {
		if ((table->flags & F_REQUIRED) && !table->dflt)
			return true;
	}
	return false;
}

static void fill_row(const struct schema_field *f, cJSON *item)
{
	cJSON *v = cJSON_GetObjectItemCaseSensitive(item, f->name), *e;

	if (f->type == T_MAP) {
		for (e = v && f->members ? v->child : NULL; e; e = e->next)
			fill_table(f->members, e);
	} else if (f->type == T_OBJECT && v) {
		fill_table(f->members, v);
	} else if (f->type == T_OBJECT && !(f->flags & F_PRESENCE)) {
		v = needs_something(f->members) ? NULL : cJSON_CreateObject();
		if (v)
			fill_table(f->members, v);
		if (v && v->child)
			cJSON_AddItemToObject(item, f->name, v);
		else
			cJSON_Delete(v);
	} else if (!v) {
		v = schema_default(f);
		if (v)
			cJSON_AddItemToObject(item, f->name, v);
	}
}

static void fill_table(const struct schema_field *table, cJSON *item)
{
	for (const struct schema_field *f = table; f->name; f++)
		fill_row(f, item);
}

/* Members in schema order again, after defaults were added at the end. */
static void order_table(const struct schema_field *table, cJSON *item)
{
	for (const struct schema_field *f = table; f->name; f++) {
		cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(item, f->name), *e;

		if (!v)
			continue;
		if (f->type == T_OBJECT)
			order_table(f->members, v);
		for (e = f->type == T_MAP && f->members ? v->child : NULL; e; e = e->next)
			order_table(f->members, e);
		cJSON_AddItemToObject(item, f->name, v);
	}
}

/* ---- kept lines ---- */
static cJSON *masked_line(const cJSON *text)
{
	struct text t;
	cJSON *out;

	text_init(&t, 1 << 16);
	schema_mask_line(text->valuestring, &t);
	out = cJSON_CreateString(t.buf ? t.buf : "");
	text_fini(&t);
	return out;
}

/* Like schema_mask(), and passwords in kept lines are masked too. */
static cJSON *mask_all(const struct schema_field *table, const cJSON *item)
{
	cJSON *out = schema_mask(table, item);

	for (const struct schema_field *f = table; f->name; f++) {
		const cJSON *v = f->flags & F_KEPT && f->type == T_STR
				     ? cJSON_GetObjectItemCaseSensitive(out, f->name)
				     : NULL;

		if (v)
			cJSON_ReplaceItemInObjectCaseSensitive(out, f->name, masked_line(v));
	}
	return out;
}

static void mask_kept_lines(const struct schema_object *o, cJSON *body)
{
	cJSON *lines = cJSON_GetObjectItemCaseSensitive(body, "raw_lines"), *e;

	if (strcmp(o->path, SCHEMA_PLATFORM) != 0)
		return;
	cJSON_ArrayForEach (e, lines) {
		const cJSON *text = cJSON_GetObjectItemCaseSensitive(e, "text");

		cJSON_ReplaceItemInObjectCaseSensitive(e, "text", masked_line(text));
	}
}

cJSON *schema_filled(const struct schema_object *o, const cJSON *item)
{
	cJSON *out = cJSON_Duplicate(item, true);

	fill_table(o->fields, out);
	order_table(o->fields, out);
	return out;
}

cJSON *schema_public(const struct schema_object *o, const char *key, const cJSON *item,
		     bool defaults)
{
	cJSON *out, *body = schema_mask(o->fields, item);
	const struct schema_field *first = o->fields;
	char text[128];

	if (first->flags & F_EXISTS)
		cJSON_AddBoolToObject(body, first->name, item != NULL);
	mask_kept_lines(o, body);
	if (defaults)
		fill_table(o->fields, body);
	order_table(o->fields, body);
	if (!o->key)
		return body;
	out = cJSON_CreateObject();
	cJSON_AddItemToObject(out, o->key->name,
			      schema_raw(o->key, schema_key_text(key, text, sizeof(text))));
	while (body->child) {
		cJSON *v = cJSON_DetachItemViaPointer(body, body->child);

		cJSON_AddItemToObject(out, v->string, v);
	}
	cJSON_Delete(body);
	return out;
}

/* ---- difference ---- */
struct diff {
	const struct schema_object *obj;
	cJSON *out;
	enum schema_apply strongest;
};

static cJSON *shown(const struct schema_field *f, const cJSON *v)
{
	cJSON *out;

	if (!v) {
		out = f->type == T_MAP || f->type == T_OBJECT || f->type == T_SECRET
			  ? NULL
			  : schema_default(f);
		return out ? out : cJSON_CreateNull();
	}
	if (f->flags & F_KEPT)
		return masked_line(v);
	if (!schema_is_secret(f, v))
		return cJSON_Duplicate(v, true);
	out = cJSON_CreateObject();
	cJSON_AddTrueToObject(out, "set");
	return out;
}

static void dotted(const char *ptr, char *out, size_t cap)
{
	text_copy(out, cap, *ptr ? ptr + 1 : "");
	for (; *out; out++) {
		if (*out == '/')
			*out = '.';
	}
}

static void diff_add(struct diff *d, const struct schema_field *f, const char *ptr,
		     enum schema_apply apply, cJSON *before, cJSON *after)
{
	cJSON *e = cJSON_CreateObject();
	char path[POINTER_MAX], command[128];

	dotted(ptr, path, sizeof(path));
	schema_command_of(d->obj, path, command, sizeof(command));
	cJSON_AddStringToObject(e, "field", ptr);
	cJSON_AddStringToObject(e, "label", f ? f->label : d->obj->label);
	cJSON_AddStringToObject(e, "command", command[0] ? command : d->obj->command);
	cJSON_AddStringToObject(e, "apply", schema_apply_text(apply));
	cJSON_AddItemToObject(e, "before", before);
	cJSON_AddItemToObject(e, "after", after);
	cJSON_AddItemToArray(d->out, e);
	if (apply > d->strongest)
		d->strongest = apply;
}

static void diff_table(struct diff *d, const struct schema_field *table, const cJSON *a,
		       const cJSON *b, const char *ptr, enum schema_apply apply);

static void diff_entry(struct diff *d, const struct schema_field *f, const char *key,
		       const cJSON *a, const cJSON *b, const char *ptr, enum schema_apply apply)
{
	char at[POINTER_MAX];

	if (a && b && json_same(a, b))
		return;
	text_copy(at, sizeof(at), ptr);
	schema_pointer_add(at, sizeof(at), key);
	if (!f->item && a && b) {
		diff_table(d, f->members, a, b, at, apply);
		return;
	}
	diff_add(d, f, at, apply,
		 !a        ? cJSON_CreateNull()
		 : f->item ? shown(f->item, a)
			   : mask_all(f->members, a),
		 !b        ? cJSON_CreateNull()
		 : f->item ? shown(f->item, b)
			   : mask_all(f->members, b));
}

static void diff_map(struct diff *d, const struct schema_field *f, const cJSON *a, const cJSON *b,
		     const char *ptr, enum schema_apply apply)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, a) {
		diff_entry(d, f, e->string, e, cJSON_GetObjectItemCaseSensitive(b, e->string), ptr,
			   apply);
	}
	cJSON_ArrayForEach (e, b) {
		if (!cJSON_GetObjectItemCaseSensitive(a, e->string))
			diff_entry(d, f, e->string, NULL, e, ptr, apply);
	}
}

static void diff_table(struct diff *d, const struct schema_field *table, const cJSON *a,
		       const cJSON *b, const char *ptr, enum schema_apply apply)
{
	for (const struct schema_field *f = table; f->name; f++) {
		const cJSON *x = cJSON_GetObjectItemCaseSensitive(a, f->name);
		const cJSON *y = cJSON_GetObjectItemCaseSensitive(b, f->name);
		enum schema_apply own = f->apply > apply ? f->apply : apply;
		char at[POINTER_MAX];

		if ((!x && !y) || (x && y && json_same(x, y)))
			continue;
		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), f->name);
		if (f->type == T_OBJECT && !((f->flags & F_PRESENCE) && (!x || !y)))
			diff_table(d, f->members, x, y, at, own);
		else if (f->type == T_OBJECT)
			diff_add(d, f, at, own, x ? schema_mask(f->members, x) : cJSON_CreateNull(),
				 y ? schema_mask(f->members, y) : cJSON_CreateNull());
		else if (f->type == T_MAP && (f->flags & F_ENTRY_ORDER))
			diff_add(d, f, at, own, shown(f, x), shown(f, y));
		else if (f->type == T_MAP)
			diff_map(d, f, x, y, at, own);
		else
			diff_add(d, f, at, own, shown(f, x), shown(f, y));
	}
}

cJSON *schema_diff(const struct schema_object *o, const cJSON *before, const cJSON *after,
		   enum schema_apply *apply)
{
	struct diff d = { o, cJSON_CreateArray(), APPLY_NONE };

	if (o->collection && !before != !after)
		diff_add(&d, NULL, "", o->apply_create,
			 before ? schema_mask(o->fields, before) : cJSON_CreateNull(),
			 after ? schema_mask(o->fields, after) : cJSON_CreateNull());
	else
		diff_table(&d, o->fields, before, after, "", APPLY_NONE);
	if (!before != !after && o->apply_create > d.strongest)
		d.strongest = o->apply_create;
	if (apply)
		*apply = d.strongest;
	return d.out;
}
