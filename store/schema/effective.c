/* store/schema/effective.c - what holds for an item that names a template: its own settings win,
 * the template gives what they leave open. Settings that share a line of IOS go together. */
#include <stdio.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

struct fill {
	const struct schema_object *obj;
	const cJSON *own; /* the item as it is */
	cJSON *out;
};

/* "<codec>" or "<paging_dn.mode=x>": the row a line names at `p`, which is behind "<". */
static bool row_at(const char *p, char *out, size_t cap)
{
	size_t len = strcspn(p, ">=");

	if (!p[len] || len >= cap)
		return false;
	memcpy(out, p, len);
	out[len] = '\0';
	return true;
}

static bool line_names(const char *syntax, const char *path)
{
	char row[128];

	for (const char *p = strchr(syntax, '<'); p; p = strchr(p + 1, '<')) {
		if (row_at(p + 1, row, sizeof(row)) && strcmp(row, path) == 0)
			return true;
	}
	return false;
}

static bool line_is_set(const char *syntax, const cJSON *own)
{
	char row[128];

	for (const char *p = strchr(syntax, '<'); p; p = strchr(p + 1, '<')) {
		if (row_at(p + 1, row, sizeof(row)) && cfg_map(own, row))
			return true;
	}
	return false;
}

/* The item has said something itself on the line that writes this row. */
static bool own_says(const struct fill *f, const char *path)
{
	for (const struct schema_line *l = f->obj->lines; l && l->syntax; l++) {
		if (!l->in && !l->mode && line_names(l->syntax, path))
			return line_is_set(l->syntax, f->own);
	}
	return cfg_map(f->own, path) != NULL;
}

static void fill_object(const struct fill *f, cJSON *into, const cJSON *from, const char *path);

static bool is_object_row(const struct fill *f, const char *path)
{
	const struct schema_field *row = schema_row(f->obj->fields, path);

	return row && row->type == T_OBJECT;
}

/* Lists join entry by entry: of two with one key the item's own stays. */
static void fill_value(const struct fill *f, cJSON *into, const cJSON *v, const char *path)
{
	const struct schema_field *row = schema_row(f->obj->fields, path);
	cJSON *have = cJSON_GetObjectItemCaseSensitive(into, v->string);

	if (row && (row->type == T_MAP || row->type == T_OBJECT)) {
		if (!have)
			have = cJSON_AddObjectToObject(into, v->string);
		fill_object(f, have, v, path);
		if (!have->child)
			cJSON_DeleteItemFromObjectCaseSensitive(into, v->string);
	} else if (!have && !own_says(f, path)) {
		cJSON_AddItemToObject(into, v->string, cJSON_Duplicate(v, true));
	}
}

static void fill_object(const struct fill *f, cJSON *into, const cJSON *from, const char *path)
{
	bool members = !*path || is_object_row(f, path);
	const cJSON *v;

	cJSON_ArrayForEach (v, from) {
		char below[256];

		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "", v->string);
		if (members)
			fill_value(f, into, v, below);
		else if (!cJSON_GetObjectItemCaseSensitive(into, v->string))
			cJSON_AddItemToObject(into, v->string, cJSON_Duplicate(v, true));
	}
}

static const struct schema_field *template_row(const struct schema_object *o)
{
	for (const struct schema_field *f = o->fields; f->name; f++) {
		if (f->flags & F_TEMPLATE)
			return f;
	}
	return NULL;
}

const cJSON *schema_template(struct conf *c, const struct schema_object *o, const cJSON *item,
			     bool base)
{
	const struct schema_field *row = template_row(o);
	const cJSON *tag = row ? cJSON_GetObjectItemCaseSensitive(item, row->name) : NULL;
	char path[SCHEMA_PATH_MAX];

	if (!row || !cJSON_IsNumber(tag))
		return NULL;
	snprintf(path, sizeof(path), "%s/%.0f", row->ref, tag->valuedouble);
	return base ? conf_get_base(c, path) : conf_get(c, path);
}

bool schema_any(struct conf *c, const struct schema_object *o, const cJSON *item, const char *row,
		const char *system)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, row)) ||
	       cJSON_IsTrue(
		   cJSON_GetObjectItemCaseSensitive(schema_template(c, o, item, false), row)) ||
	       cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(conf_get(c, system), row));
}

cJSON *schema_effective(struct conf *c, const struct schema_object *o, const cJSON *item, bool base)
{
	const cJSON *from = schema_template(c, o, item, base);
	struct fill f = { o, item, NULL };

	if (!from)
		return NULL;
	f.out = cJSON_Duplicate(item, true);
	fill_object(&f, f.out, from, "");
	return f.out;
}
