/* store/schema/refs.c - walks an item for what the generic checks need: references and unique
 * values. */
#include <stdio.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

struct walk {
	bool unique; /* rows with a unique name space, else rows with a reference */
	schema_ref_fn fn;
	void *ctx;
};

static int walk_table(const struct walk *w, const struct schema_field *table, const cJSON *item,
		      const char *ptr);

static bool wanted(const struct walk *w, const struct schema_field *f)
{
	return w->unique ? f->unique != NULL : f->ref != NULL;
}

/* "separator=x": a sibling, or the row itself, has that value. */
static bool excused(const struct schema_field *f, const cJSON *siblings)
{
	const char *eq = f->ref_unless ? strchr(f->ref_unless, '=') : NULL;
	const cJSON *have;
	char text[64];

	if (!eq)
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(eq - f->ref_unless), f->ref_unless);
	have = cJSON_GetObjectItemCaseSensitive(siblings, text);
	if (cJSON_IsNumber(have))
		snprintf(text, sizeof(text), "%.0f", have->valuedouble);
	else
		text_copy(text, sizeof(text), cJSON_IsString(have) ? have->valuestring : "");
	return have && strcmp(text, eq + 1) == 0;
}

static int walk_leaf(const struct walk *w, const struct schema_field *f, const cJSON *v,
		     const char *ptr)
{
	char number[32];

	if (cJSON_IsString(v))
		return w->fn(w->ctx, f, ptr, v->valuestring);
	if (!cJSON_IsNumber(v))
		return 0;
	snprintf(number, sizeof(number), "%.0f", v->valuedouble);
	return w->fn(w->ctx, f, ptr, number);
}

static int walk_list(const struct walk *w, const struct schema_field *f, const cJSON *v,
		     const cJSON *siblings, const char *ptr)
{
	const cJSON *e;
	int rc = 0;

	if (!wanted(w, f->item) || excused(f->item, siblings))
		return 0;
	cJSON_ArrayForEach (e, v) {
		rc = walk_leaf(w, f->item, e, ptr);
		if (rc)
			break;
	}
	return rc;
}

static int walk_keys(const struct walk *w, const struct schema_field *f, const char *key,
		     const char *ptr)
{
	char part[300];
	int rc = 0;

	for (unsigned i = 0; f->keys[i].name && !rc; i++) {
		if (wanted(w, &f->keys[i]) && schema_key_part(f, key, i, part, sizeof(part)))
			rc = w->fn(w->ctx, &f->keys[i], ptr, part);
	}
	return rc;
}

static int walk_map(const struct walk *w, const struct schema_field *f, const cJSON *v,
		    const char *ptr)
{
	const cJSON *e;
	int rc = 0;

	cJSON_ArrayForEach (e, v) {
		char at[POINTER_MAX];

		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), e->string);
		rc = walk_keys(w, f, e->string, at);
		if (!rc && f->item && wanted(w, f->item))
			rc = walk_leaf(w, f->item, e, at);
		if (!rc && f->members)
			rc = walk_table(w, f->members, e, at);
		if (rc)
			break;
	}
	return rc;
}

static int walk_table(const struct walk *w, const struct schema_field *table, const cJSON *item,
		      const char *ptr)
{
	int rc = 0;

	for (const struct schema_field *f = table; f->name && !rc; f++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(item, f->name);
		char at[POINTER_MAX];

		if (!v)
			continue;
		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), f->name);
		if (f->type == T_OBJECT)
			rc = walk_table(w, f->members, v, at);
		else if (f->type == T_MAP)
			rc = walk_map(w, f, v, at);
		else if (f->type == T_LIST)
			rc = walk_list(w, f, v, item, at);
		else if (wanted(w, f) && !excused(f, item))
			rc = walk_leaf(w, f, v, at);
	}
	return rc;
}

int schema_each_ref(const struct schema_object *o, const cJSON *item, schema_ref_fn fn, void *ctx)
{
	struct walk w = { false, fn, ctx };

	return walk_table(&w, o->fields, item, "");
}

int schema_each_unique(const struct schema_object *o, const cJSON *item, schema_ref_fn fn,
		       void *ctx)
{
	struct walk w = { true, fn, ctx };

	return walk_table(&w, o->fields, item, "");
}
