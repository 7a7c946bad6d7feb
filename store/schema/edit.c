/* store/schema/edit.c - one operation on a draft: build the whole new object, bring it to its
 * canonical form, stage it. Nothing is staged when anything is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

struct edit {
	struct conf *conf;
	enum schema_op op;
	struct schema_path at;
	const cJSON *value;
	struct faults *faults;
};

static int edit_fault(struct edit *e, int err, const char *code, const char *field, const char *why)
{
	faults_add(e->faults, err, code, e->at.object[0] ? e->at.object : e->at.obj->path, field,
		   "%s", why);
	return err;
}

/* ---- tags ---- */

/* What the tag may be: the limit in force, or the setting it follows when that is lower. */
static int64_t tag_top(struct conf *c, const struct schema_object *o)
{
	int64_t top = schema_max(o->key), set;
	char path[128];
	const char *hash = o->key->max_from ? strchr(o->key->max_from, '#') : NULL;

	if (!hash)
		return top;
	snprintf(path, sizeof(path), "%.*s", (int)(hash - o->key->max_from), o->key->max_from);
	set = cfg_int(schema_object(path), conf_get(c, path), hash + 1);
	return set < top ? set : top;
}

static int tag_take_lowest(struct edit *e)
{
	const struct schema_object *o = e->at.obj;
	int64_t top = tag_top(e->conf, o);
	uint64_t tag = top >= o->key->min ? conf_lowest_free(e->conf, o->path,
							     (uint64_t)o->key->min, (uint64_t)top)
					  : 0;
	char why[160];

	if (!tag) {
		if (o->key->fault && conf_count(e->conf, o->path) >= (size_t)top)
			snprintf(why, sizeof(why), "Maximum number of configurable ephones is %lld",
				 (long long)top);
		else
			snprintf(why, sizeof(why), "No %s is free: tags go up to %lld", o->command,
				 (long long)top);
		return edit_fault(e, ERR_CONFLICT, o->key->fault, "", why);
	}
	snprintf(e->at.key, sizeof(e->at.key), "%llu", (unsigned long long)tag);
	return 0;
}

/* The code of its own a key may have is for numbers above the limit, not for any other fault. */
static bool above_top(const struct schema_object *o, const cJSON *tag)
{
	return cJSON_IsNumber(tag) && tag->valuedouble > (double)schema_max(o->key);
}

/* POST on a collection: the tag in the body, else the lowest free one. */
static int tag_choose(struct edit *e)
{
	const cJSON *tag = cJSON_GetObjectItemCaseSensitive(e->value, e->at.obj->key->name);
	char field[64], why[160], text[128];
	cJSON *v;
	int err;

	if (e->op != OP_CREATE)
		return edit_fault(e, ERR_METHOD, NULL, "", "Name one item of the collection");
	if (!tag && e->at.obj->key->type != T_INT) {
		snprintf(field, sizeof(field), "/%s", e->at.obj->key->name);
		return edit_fault(e, ERR_INVALID, "required", field, "Is required");
	}
	if (!tag) {
		err = tag_take_lowest(e);
	} else {
		snprintf(field, sizeof(field), "/%s", e->at.obj->key->name);
		v = schema_canon_value(e->at.obj->key, tag, &err, why, sizeof(why));
		if (!v)
			return edit_fault(e, err,
					  above_top(e->at.obj, tag) ? e->at.obj->key->fault : NULL,
					  field, why);
		schema_to_text(e->at.obj->key, v, text, sizeof(text));
		schema_path_quote(text, e->at.key, sizeof(e->at.key));
		cJSON_Delete(v);
	}
	if (!err)
		snprintf(e->at.object, sizeof(e->at.object), "%s/%s", e->at.obj->path, e->at.key);
	return err;
}

/* The key in the body, when there is one, is that of the path. */
static bool tag_agrees(const struct edit *e, const cJSON *tag)
{
	char own[160], text[128];

	if (e->at.inside[0] || (!cJSON_IsNumber(tag) && !cJSON_IsString(tag)))
		return true;
	schema_to_text(e->at.obj->key, tag, text, sizeof(text));
	schema_path_quote(text, own, sizeof(own));
	return strcmp(own, e->at.key) == 0;
}

static int tag_check(struct edit *e)
{
	const struct schema_object *o = e->at.obj;
	char field[64], why[160], text[128];
	double above;
	cJSON *v;
	int err;

	snprintf(field, sizeof(field), "/%s", o->key->name);
	if (!tag_agrees(e, cJSON_GetObjectItemCaseSensitive(e->value, o->key->name)))
		return edit_fault(e, ERR_CONFLICT, NULL, field, "Another tag than in the path");
	if (conf_get(e->conf, e->at.object))
		return 0;
	schema_key_text(e->at.key, text, sizeof(text));
	v = schema_from_text(o->key, text, &err, why, sizeof(why));
	cJSON_Delete(v);
	above = (double)schema_max(o->key);
	return v ? 0
		 : edit_fault(e, err, strtod(e->at.key, NULL) > above ? o->key->fault : NULL, field,
			      why);
}

/* ---- nested paths ---- */
struct step {
	const struct schema_field *f; /* the row reached */
	bool entry;                   /* it is an entry of that map */
};

/* The next part of a nested path, in canonical spelling. 0 or ERR_NOENT. */
static int inside_next(const struct schema_field *table, struct step *s, const char **rest,
		       char *name, size_t cap)
{
	char part[SCHEMA_PATH_MAX], why[160];

	if (schema_path_part(rest, part, sizeof(part)) != 0)
		return ERR_NOENT;
	if (s->f && s->f->type == T_MAP && !s->entry) {
		s->entry = true;
		return schema_canon_key(s->f, part, name, cap, why, sizeof(why)) ? ERR_NOENT : 0;
	}
	if (s->f && (s->f->type != T_OBJECT && !s->entry))
		return ERR_NOENT;
	s->f = schema_member(s->f ? s->f->members : table, part, strlen(part));
	s->entry = false;
	return s->f ? text_copy(name, cap, part) : ERR_NOENT;
}

/* Spells the nested path canonically as a JSON pointer. */
static int inside_canon(struct edit *e, char *pointer, cJSON *root, cJSON **parent, char *last,
			size_t cap)
{
	const char *rest = e->at.inside;
	struct step s = { NULL, false };
	cJSON *node = root;
	int err;

	pointer[0] = '\0';
	while (*rest) {
		*parent = node;
		err = inside_next(e->at.obj->fields, &s, &rest, last, cap);
		if (err)
			return edit_fault(e, ERR_NOENT, NULL, pointer, "There is no such member");
		schema_pointer_add(pointer, POINTER_MAX, last);
		if (!*rest)
			break;
		node = cJSON_GetObjectItemCaseSensitive(*parent, last);
		if (!node && e->op != OP_DELETE)
			node = cJSON_AddObjectToObject(*parent, last);
		if (!cJSON_IsObject(node))
			return edit_fault(e, ERR_NOENT, NULL, pointer, "There is no such member");
	}
	return 0;
}

static int apply_inside(struct edit *e, cJSON *root)
{
	char pointer[POINTER_MAX], last[300];
	cJSON *parent = root, *old;
	int err = inside_canon(e, pointer, root, &parent, last, sizeof(last));

	if (err)
		return err;
	old = cJSON_DetachItemFromObjectCaseSensitive(parent, last);
	if (e->op == OP_CREATE && old)
		err = edit_fault(e, ERR_EXIST, NULL, pointer, "Already exists");
	else if (e->op == OP_DELETE && !old)
		err = edit_fault(e, ERR_NOENT, NULL, pointer, "Not configured");
	else if (e->op == OP_PATCH)
		cJSON_AddItemToObject(
		    parent, last, schema_merge(old ? cJSON_Duplicate(old, true) : NULL, e->value));
	else if (e->op != OP_DELETE)
		cJSON_AddItemToObject(parent, last, cJSON_Duplicate(e->value, true));
	cJSON_Delete(old);
	return err;
}

/* ---- the operation ---- */

/* F_FIXED rows of the object that are set and would get another value. */
static int fixed_rows(struct edit *e, const struct schema_field *table, const cJSON *was,
		      const cJSON *now, const char *ptr)
{
	int err = 0;

	for (const struct schema_field *f = table; f->name && !err; f++) {
		const cJSON *a = cJSON_GetObjectItemCaseSensitive(was, f->name);
		const cJSON *b = cJSON_GetObjectItemCaseSensitive(now, f->name);
		char at[POINTER_MAX];

		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), f->name);
		if (f->type == T_OBJECT && a && b)
			err = fixed_rows(e, f->members, a, b, at);
		if (!(f->flags & F_FIXED) || (!f->dflt && (!a || !b)) ||
		    cJSON_Compare(a, b, true) || (!a && !b))
			continue;
		err =
		    edit_fault(e, ERR_CONFLICT, f->fault, at,
			       f->fault ? "Remove the existing id before configuring a new one"
					: "Cannot be changed: delete the entry and make it again");
	}
	return err;
}

/* `enabled` of a mode: false takes the whole block away. */
static bool block_removed(const struct schema_object *o, const cJSON *in)
{
	for (const struct schema_field *f = o->fields; f->name; f++) {
		if ((f->flags & F_EXISTS) &&
		    cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(in, f->name)))
			return true;
	}
	return false;
}

static bool has_exists(const struct schema_object *o)
{
	for (const struct schema_field *f = o->fields; f->name; f++) {
		if (f->flags & F_EXISTS)
			return true;
	}
	return false;
}

static void put(struct edit *e, const cJSON *was, cJSON *now)
{
	bool kept = cfg_map(conf_get(e->conf, SCHEMA_PLATFORM), "raw_lines") != NULL;
	cJSON *before = kept ? cJSON_Duplicate(was, true) : NULL; /* conf_put() may free `was` */

	conf_put(e->conf, e->at.object, now);
	if (kept)
		schema_kept_follow(e->conf, e->at.obj, before, now);
	cJSON_Delete(before);
}

/* Where secrets that are kept come from: what is staged, else what is committed (an import in mode replace
 * begins from nothing, and still its masked lines mean the secrets that are there). New tree; NULL: `was`. */
static cJSON *secrets_before(struct edit *e, const cJSON *was)
{
	const cJSON *base = conf_get_base(e->conf, e->at.object);

	if (!base || base == was)
		return NULL;
	return was ? schema_merge(cJSON_Duplicate(base, true), was) : cJSON_Duplicate(base, true);
}

static int stage(struct edit *e, const cJSON *in)
{
	const struct schema_object *o = e->at.obj;
	const cJSON *was = conf_get(e->conf, e->at.object);
	cJSON *now, *secrets = secrets_before(e, was);
	size_t had = e->faults->n;
	int err;

	now = schema_canon(o, e->at.object, in, was, secrets, conf_store(e->conf), e->faults);
	cJSON_Delete(secrets);
	if (e->faults->n != had) {
		cJSON_Delete(now);
		return e->faults->list[had < FAULTS_MAX ? had : 0].err;
	}
	err = was ? fixed_rows(e, o->fields, was, now, "") : 0;
	if (err) {
		cJSON_Delete(now);
		return err;
	}
	if (block_removed(o, in) || (!now->child && !o->collection && !has_exists(o))) {
		cJSON_Delete(now);
		now = NULL;
	}
	if ((!was && !now) || (was && now && json_same(was, now)))
		cJSON_Delete(now);
	else
		put(e, was, now);
	return 0;
}

struct keys {
	char (*list)[SCHEMA_PATH_MAX];
	size_t n;
	const char *collection;
};

static int add_key(void *ctx, const char *key, const cJSON *value)
{
	struct keys *k = ctx;

	(void)value;
	k->list = mem_realloc(k->list, (k->n + 1) * sizeof(*k->list));
	snprintf(k->list[k->n++], sizeof(*k->list), "%s/%s", k->collection, key);
	return 0;
}

/* `no voice register global` takes pools, numbers, templates and dial plans with it. */
static void take_along(struct edit *e)
{
	const char *const *list = e->at.obj->takes_along;
	struct edit each = { .conf = e->conf, .op = OP_DELETE, .faults = e->faults };

	for (; list && *list; list++) {
		struct keys k = { NULL, 0, *list };

		conf_each(e->conf, *list, NULL, add_key, &k);
		for (size_t i = 0; i < k.n; i++) {
			if (schema_path_parse(k.list[i], &each.at) == 0)
				put(&each, conf_get(e->conf, k.list[i]), NULL);
		}
		mem_free(k.list);
	}
}

static int edit_whole(struct edit *e, const cJSON *was)
{
	cJSON *in;
	int err;

	if (e->op == OP_DELETE) {
		if (!was && e->at.obj->collection)
			return edit_fault(e, ERR_NOENT, NULL, "", "Not configured");
		if (was)
			put(e, was, NULL);
		take_along(e);
		return 0;
	}
	if (e->op != OP_PATCH)
		return stage(e, e->value);
	if (!cJSON_IsObject(e->value))
		return edit_fault(e, ERR_TYPE, NULL, "", "Must be an object");
	in = schema_merge(schema_mask(e->at.obj->fields, was), e->value);
	err = stage(e, in);
	cJSON_Delete(in);
	return err;
}

static int edit_run(struct edit *e)
{
	const cJSON *was;
	cJSON *in;
	int err = 0;

	if (e->at.obj->collection && !e->at.object[0])
		err = tag_choose(e);
	else if (e->at.obj->collection && e->op != OP_DELETE)
		err = tag_check(e);
	if (err)
		return err;
	was = conf_get(e->conf, e->at.object);
	if (e->op == OP_CREATE && was && !e->at.inside[0])
		return edit_fault(e, ERR_EXIST, NULL, "", "Already exists");
	if (!e->at.inside[0])
		return edit_whole(e, was);
	in = schema_mask(e->at.obj->fields, was);
	err = apply_inside(e, in);
	if (!err)
		err = stage(e, in);
	cJSON_Delete(in);
	return err;
}

int schema_edit(struct conf *c, enum schema_op op, const char *path, const cJSON *value,
		struct faults *f, char *made)
{
	struct edit e = { .conf = c, .op = op, .value = value, .faults = f };
	int err = schema_path_parse(path, &e.at);

	if (made)
		made[0] = '\0';
	if (err) {
		faults_add(f, ERR_NOENT, NULL, path, "", "There is nothing at /%s", path);
		return ERR_NOENT;
	}
	if (op != OP_DELETE && !value)
		return edit_fault(&e, ERR_MALFORMED, NULL, "", "A value is missing");
	err = edit_run(&e);
	if (!err && made)
		text_copy(made, SCHEMA_PATH_MAX, e.at.object);
	return err;
}
