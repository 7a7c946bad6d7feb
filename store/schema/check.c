/* store/schema/check.c - the whole draft before a commit: references both ways, unique values, tags
 * that follow a setting, and the cross-checks of the modes. Everything is driven by the rows; a
 * mode adds only its `check`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

struct change {
	struct schema_path at;
	const cJSON *before, *after;
};

struct checker {
	struct conf *conf;
	struct faults *faults, *warnings;
	struct change *list;
	size_t n, cap;
	const struct change *now; /* the change looked at */
	char **gone;              /* "ephone-dns/3", "lpcor#groups/name": sorted */
	size_t n_gone;
};

static int collect(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct checker *k = ctx;
	struct change *x;

	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 16;
		k->list = mem_realloc(k->list, k->cap * sizeof(*k->list));
	}
	x = &k->list[k->n];
	x->before = before;
	x->after = after;
	k->n += schema_path_parse(path, &x->at) == 0;
	return 0;
}

static int change_order(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->at.object, ((const struct change *)b)->at.object);
}

static int change_match(const void *object, const void *x)
{
	return strcmp(object, ((const struct change *)x)->at.object);
}

static bool changed(const struct checker *k, const char *object)
{
	return k->n && bsearch(object, k->list, k->n, sizeof(*k->list), change_match);
}

/* ---- references: what an item names must be there ---- */

/* Some value of the map "lpcor#groups" is `value`. */
static bool map_has_value(const cJSON *map, const char *value)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, map) {
		if (cJSON_IsString(e) && strcmp(e->valuestring, value) == 0)
			return true;
	}
	return false;
}

static bool ref_resolves(struct conf *c, const char *ref, const char *value)
{
	const char *hash = strchr(ref, '#');
	char path[SCHEMA_PATH_MAX], key[128];

	if (!hash) {
		schema_path_quote(value, key, sizeof(key));
		snprintf(path, sizeof(path), "%s/%s", ref, key);
		return conf_get(c, path) != NULL;
	}
	snprintf(path, sizeof(path), "%.*s", (int)(hash - ref), ref);
	return map_has_value(cfg_map(conf_get(c, path), hash + 1), value);
}

static const char *ref_kind(const char *ref)
{
	const struct schema_object *o = schema_object(ref);

	return o ? o->command : strchr(ref, '#') ? "voice lpcor group" : ref;
}

struct same_ref {
	const char *pointer, *value;
};

static int same_ref(void *ctx, const struct schema_field *f, const char *pointer, const char *value)
{
	const struct same_ref *s = ctx;

	(void)f;
	return strcmp(pointer, s->pointer) == 0 && strcmp(value, s->value) == 0;
}

/* What dangles since an import does not stand in the way of other changes to its item. */
static int check_ref(void *ctx, const struct schema_field *f, const char *pointer,
		     const char *value)
{
	struct checker *k = ctx;
	struct same_ref same = { pointer, value };
	bool old;

	if (ref_resolves(k->conf, f->ref, value))
		return 0;
	old = k->now->before && schema_each_ref(k->now->at.obj, k->now->before, same_ref, &same);
	fault_missing(old ? k->warnings : k->faults, k->warnings, k->now->at.object, pointer,
		      ref_kind(f->ref), value);
	return 0;
}

/* ---- what was taken away must not be named any more ---- */
static int text_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void gone_add(struct checker *k, const char *what, const char *value)
{
	char text[SCHEMA_PATH_MAX + 160];

	snprintf(text, sizeof(text), "%s/%s", what, value);
	k->gone = mem_realloc(k->gone, (k->n_gone + 1) * sizeof(*k->gone));
	k->gone[k->n_gone++] = mem_strdup(text);
}

static void gone_collect(struct checker *k)
{
	const cJSON *e;

	for (size_t i = 0; i < k->n; i++) {
		const struct change *x = &k->list[i];

		if (x->at.obj->collection && !x->after)
			gone_add(k, x->at.obj->path, x->at.key);
		if (strcmp(x->at.obj->path, "lpcor") != 0)
			continue;
		cJSON_ArrayForEach (e, cfg_map(x->before, "groups")) {
			if (!map_has_value(cfg_map(x->after, "groups"), e->valuestring))
				gone_add(k, "lpcor#groups", e->valuestring);
		}
	}
	if (k->n_gone)
		qsort(k->gone, k->n_gone, sizeof(*k->gone), text_order);
}

struct referrer {
	struct checker *k;
	const struct schema_object *obj;
	const char *key;
};

static int check_referrer(void *ctx, const struct schema_field *f, const char *pointer,
			  const char *value)
{
	struct referrer *r = ctx;
	char text[SCHEMA_PATH_MAX + 160], *what = text, key[128];

	schema_path_quote(value, key, sizeof(key));
	snprintf(text, sizeof(text), "%s/%s", f->ref, strchr(f->ref, '#') ? value : key);
	if (!bsearch(&what, r->k->gone, r->k->n_gone, sizeof(*r->k->gone), text_order))
		return 0;
	/* An import may leave names of what is not there, one that takes it away too. */
	faults_add(r->k->faults->lenient ? r->k->warnings : r->k->faults, ERR_CONFLICT, "in_use",
		   strchr(f->ref, '#') ? "lpcor" : text, strchr(f->ref, '#') ? "/groups" : "",
		   "%s %s is still used by %s%s%s (%s)", ref_kind(f->ref), value, r->obj->command,
		   r->key[0] ? " " : "", schema_key_text(r->key, key, sizeof(key)), pointer);
	return 0;
}

static int referrer_item(void *ctx, const char *key, const cJSON *item)
{
	struct referrer *r = ctx;
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "%s%s%s", r->obj->path, *key ? "/" : "", key);
	if (changed(r->k, path))
		return 0; /* its own references are checked anyway */
	r->key = key;
	return schema_each_ref(r->obj, item, check_referrer, r);
}

static void check_gone(struct checker *k)
{
	gone_collect(k);
	if (!k->n_gone)
		return;
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		struct referrer r = { k, *o, "" };

		if ((*o)->collection)
			conf_each(k->conf, (*o)->path, NULL, referrer_item, &r);
		else if (conf_get(k->conf, (*o)->path))
			referrer_item(&r, "", conf_get(k->conf, (*o)->path));
	}
}

/* ---- tags that follow a setting (max-dn, max-pool) ---- */
static bool follows(const struct schema_object *o, struct conf *c, int64_t *top, const char **field,
		    char *path, size_t cap)
{
	const char *hash = o->key && o->key->max_from ? strchr(o->key->max_from, '#') : NULL;

	if (!hash)
		return false;
	snprintf(path, cap, "%.*s", (int)(hash - o->key->max_from), o->key->max_from);
	*field = hash + 1;
	*top = cfg_int(schema_object(path), conf_get(c, path), *field);
	return true;
}

static void check_tag(struct checker *k, const struct change *x)
{
	const char *field;
	char path[128], pointer[64];
	int64_t top;

	if (x->before || !x->after ||
	    !follows(x->at.obj, k->conf, &top, &field, path, sizeof(path)))
		return;
	snprintf(pointer, sizeof(pointer), "/%s", x->at.obj->key->name);
	if (strtoll(x->at.key, NULL, 10) > top)
		faults_add(k->faults, ERR_RANGE, NULL, x->at.object, pointer,
			   "Value %s out of range %lld-%lld", x->at.key,
			   (long long)x->at.obj->key->min, (long long)top);
}

static int highest_key(void *ctx, const char *key, const cJSON *item)
{
	int64_t *top = ctx, v = strtoll(key, NULL, 10);

	(void)item;
	if (v > *top)
		*top = v;
	return 0;
}

/* The setting must not fall below the highest tag there is; an older excess is left alone. */
static void check_lowered(struct checker *k, const struct schema_object *o)
{
	const char *field;
	char path[128], pointer[64];
	int64_t top, was, highest = 0;

	if (!follows(o, k->conf, &top, &field, path, sizeof(path)) || !changed(k, path))
		return;
	was = cfg_int(schema_object(path), conf_get_base(k->conf, path), field);
	if (top >= was)
		return;
	conf_each(k->conf, o->path, NULL, highest_key, &highest);
	snprintf(pointer, sizeof(pointer), "/%s", field);
	if (highest > top)
		faults_add(k->faults, ERR_RANGE, NULL, path, pointer,
			   "Value %lld out of range %lld-%lld: %s %lld is configured",
			   (long long)top, (long long)highest, (long long)schema_max(o->key),
			   o->command, (long long)highest);
}

/* ---- unique values ---- */
struct value {
	const char *space;
	char *text, *path, *pointer;
	const struct schema_object *obj;
	bool fresh; /* in an object of this draft */
};

struct values {
	struct checker *k;
	struct value *list;
	size_t n, cap;
	const struct schema_object *obj;
	char path[SCHEMA_PATH_MAX];
	bool fresh;
};

static int value_add(void *ctx, const struct schema_field *f, const char *pointer, const char *text)
{
	struct values *v = ctx;

	if (v->n == v->cap) {
		v->cap = v->cap ? 2 * v->cap : 64;
		v->list = mem_realloc(v->list, v->cap * sizeof(*v->list));
	}
	v->list[v->n++] =
	    (struct value){ f->unique,           mem_strdup(text), mem_strdup(v->path),
			    mem_strdup(pointer), v->obj,           v->fresh };
	return 0;
}

static int values_item(void *ctx, const char *key, const cJSON *item)
{
	struct values *v = ctx;

	snprintf(v->path, sizeof(v->path), "%s%s%s", v->obj->path, *key ? "/" : "", key);
	v->fresh = changed(v->k, v->path);
	return schema_each_unique(v->obj, item, value_add, v);
}

static int value_order(const void *pa, const void *pb)
{
	const struct value *a = pa, *b = pb;
	int order = strcmp(a->space, b->space);

	if (!order)
		order = strcmp(a->text, b->text);
	return order ? order : (int)a->fresh - (int)b->fresh;
}

static void value_fault(struct checker *k, const struct value *a, const struct value *b)
{
	const char *slash = strrchr(b->path, '/');
	char key[128];

	if (strcmp(a->space, "username") == 0)
		faults_add(k->faults, ERR_CONFLICT, "duplicate_credential", a->path, a->pointer,
			   "User name is already used by another credential");
	else
		faults_add(k->faults, ERR_CONFLICT, "duplicate_mac", a->path, a->pointer,
			   "MAC address %s is already used by %s %s", a->text, b->obj->command,
			   schema_key_text(slash ? slash + 1 : "", key, sizeof(key)));
}

static void check_unique(struct checker *k)
{
	struct values v = { .k = k };

	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		v.obj = *o;
		if ((*o)->collection)
			conf_each(k->conf, (*o)->path, NULL, values_item, &v);
		else if (conf_get(k->conf, (*o)->path))
			values_item(&v, "", conf_get(k->conf, (*o)->path));
	}
	if (v.n)
		qsort(v.list, v.n, sizeof(*v.list), value_order);
	for (size_t i = 1; i < v.n; i++) {
		struct value *a = &v.list[i], *b = &v.list[i - 1];

		if (a->fresh && strcmp(a->space, b->space) == 0 && strcmp(a->text, b->text) == 0)
			value_fault(k, a, b);
	}
	for (size_t i = 0; i < v.n; i++) {
		mem_free(v.list[i].text);
		mem_free(v.list[i].path);
		mem_free(v.list[i].pointer);
	}
	mem_free(v.list);
}

static int unique_found(void *ctx, const struct schema_field *f, const char *pointer,
			const char *value)
{
	(void)ctx;
	(void)f;
	(void)pointer;
	(void)value;
	return 1;
}

/* ---- all of it ---- */

static void check_modes(struct checker *k)
{
	bool system = false;

	for (size_t i = 0; i < k->n; i++) {
		const struct change *x = &k->list[i];

		system = system || !x->at.obj->collection;
		if (x->at.obj->collection && x->after && x->at.obj->check)
			x->at.obj->check(k->conf, x->at.key, x->after, k->faults, k->warnings);
	}
	/* System modes depend on each other, and there are few. */
	for (const struct schema_object *const *o = schema_objects(); system && *o; o++) {
		const cJSON *now = (*o)->collection ? NULL : conf_get(k->conf, (*o)->path);

		if (now && (*o)->check)
			(*o)->check(k->conf, "", now, k->faults, k->warnings);
	}
}

static int check_all(struct conf *c, struct faults *f, struct faults *warnings, bool lenient)
{
	struct checker k = { .conf = c, .faults = f, .warnings = warnings };
	bool unique = false;

	f->lenient = lenient;
	conf_each_change(c, collect, &k);
	if (k.n)
		qsort(k.list, k.n, sizeof(*k.list), change_order);
	for (size_t i = 0; i < k.n; i++) {
		k.now = &k.list[i];
		check_tag(&k, k.now);
		if (!k.now->after)
			continue;
		schema_each_ref(k.now->at.obj, k.now->after, check_ref, &k);
		unique =
		    unique || schema_each_unique(k.now->at.obj, k.now->after, unique_found, NULL);
	}
	check_gone(&k);
	if (unique)
		check_unique(&k);
	for (const struct schema_object *const *o = schema_objects(); *o; o++)
		check_lowered(&k, *o);
	check_modes(&k);
	check_shared(c, f, warnings);
	check_hunted(c, f, warnings);
	for (size_t i = 0; i < k.n_gone; i++)
		mem_free(k.gone[i]);
	mem_free(k.gone);
	mem_free(k.list);
	return faults_err(f);
}

int schema_check(struct conf *c, struct faults *f, struct faults *warnings)
{
	return check_all(c, f, warnings, false);
}

int schema_check_whole(struct conf *c, struct faults *f, struct faults *warnings)
{
	return check_all(c, f, warnings, true);
}
