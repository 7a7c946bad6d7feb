/* store/ios/settle.c - nothing is stored that no line can say. IOS sets some values only together with
 * others: a second server needs a first one, an encoding its password. REST can name each of them alone;
 * stored so, it would be lost with the next export. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/ios/kept.h"
#include "store/ios/print.h"
#include "store/ios/syntax.h"
#include "store/schema/internal.h"

struct settle {
	struct conf *conf;
	struct faults *faults, *warnings;
	const struct schema_object *obj;
	const char *path;
	struct said said;
	cJSON *gone; /* merge patch that takes away what has lost its company */
};

/* ---- what is missing ---- */

/* The first row that the line needs and that has no value; NULL: the line is complete. */
struct search {
	const struct schema_field *leaf; /* whose line it is */
	char value[64];                  /* of the leaf: a line may be for one value only */
	const cJSON *base;
	char missing[128];
	bool has_leaf;
};

static bool has_value(const struct node *n, const cJSON *base)
{
	return n->key >= 0 || cfg_map(base, n->path) || n->f->dflt;
}

static void need(struct search *s, const char *what)
{
	if (!s->missing[0])
		text_copy(s->missing, sizeof(s->missing), what);
}

static void search_seq(struct search *s, const struct node *n);

static bool is_leaf(const struct search *s, const struct node *n)
{
	return n->f == s->leaf &&
	       (n->kind == N_FIELD || (n->kind == N_CONST && strcmp(n->text, s->value) == 0));
}

static void search_node(struct search *s, const struct node *n)
{
	char text[128];

	s->has_leaf = s->has_leaf || is_leaf(s, n);
	if (n->kind == N_FIELD && n->f->type == T_BOOL) {
		if (!cJSON_IsTrue(cfg_map(s->base, n->path)) && !n->f->dflt && !n->invert)
			need(s, n->path);
	} else if (n->kind == N_FIELD && n->f != s->leaf && !has_value(n, s->base)) {
		need(s, n->path);
	} else if (n->kind == N_CONST && !is_leaf(s, n)) {
		snprintf(text, sizeof(text), "%s %s", n->path, n->text);
		if (!cJSON_IsString(cfg_map(s->base, n->path)) ||
		    strcmp(cfg_map(s->base, n->path)->valuestring, n->text) != 0)
			need(s, text);
	} else if (n->kind == N_GLUE) {
		search_seq(s, n->child);
	}
}

/* Optional parts count when the leaf is in them, alternatives that hold it likewise. */
static bool holds(const struct search *s, const struct node *n)
{
	for (; n; n = n->next) {
		if (is_leaf(s, n))
			return true;
		for (const struct node *a = n->kind == N_ALT ? n->child : NULL; a; a = a->alt) {
			if (holds(s, a->child))
				return true;
		}
		if (n->kind != N_ALT && n->child && holds(s, n->child))
			return true;
	}
	return false;
}

static void search_seq(struct search *s, const struct node *n)
{
	for (; n; n = n->next) {
		if (n->kind == N_OPT) {
			if (holds(s, n->child))
				search_seq(s, n->child);
			continue;
		}
		for (const struct node *a = n->kind == N_ALT ? n->child : NULL; a; a = a->alt) {
			if (holds(s, a->child))
				search_seq(s, a->child);
		}
		search_node(s, n);
	}
}

/* What the value needs beside it, in words. */
static void company(const struct settle *s, const struct schema_field *leaf, const cJSON *v,
		    const cJSON *base, char *out, size_t cap)
{
	size_t n;
	const struct rule *r = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		struct search x = { .leaf = leaf, .base = base };

		if (r[i].obj != s->obj || r[i].alias || r[i].keep)
			continue;
		if (cJSON_IsString(v))
			text_copy(x.value, sizeof(x.value), v->valuestring);
		search_seq(&x, r[i].root);
		if (x.has_leaf && x.missing[0]) {
			snprintf(out, cap, "Can be set only together with %s", x.missing);
			return;
		}
	}
	text_copy(out, cap, "Cannot be set beside the others: no command says them together");
}

/* ---- what no line has said ---- */
static int by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (const cJSON *const *)a,
		  y = (uintptr_t) * (const cJSON *const *)b;

	return x < y ? -1 : x > y;
}

static bool is_said(const struct settle *s, const cJSON *v)
{
	return s->said.n && bsearch(&v, s->said.list, s->said.n, sizeof(const void *), by_address);
}

static void unsaid(struct settle *s, const struct schema_field *f, const cJSON *v,
		   const cJSON *before, const cJSON *base, const char *ptr, cJSON *gone)
{
	char why[256];

	company(s, f, v, base, why, sizeof(why));
	if (before && cJSON_Compare(before, v, true)) {
		cJSON_AddNullToObject(gone, v->string);
		faults_add(s->warnings, 0, "left_out", s->path, ptr, "%s", why);
	} else {
		faults_add(s->faults, ERR_CONFLICT, "incomplete", s->path, ptr, "%s", why);
	}
}

static void walk_table(struct settle *s, const struct schema_field *table, const cJSON *item,
		       const cJSON *before, const cJSON *base, const char *ptr, cJSON *gone);

/* A member of the patch for what is below `name`; dropped again when nothing goes. */
static cJSON *deeper(cJSON *gone, const char *name)
{
	return cJSON_AddObjectToObject(gone, name);
}

static void shallower(cJSON *gone, const char *name)
{
	if (!cJSON_GetObjectItemCaseSensitive(gone, name)->child)
		cJSON_DeleteItemFromObjectCaseSensitive(gone, name);
}

static void walk_map(struct settle *s, const struct schema_field *f, const cJSON *map,
		     const cJSON *before, const char *ptr, cJSON *gone)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, map) {
		const cJSON *was = cJSON_GetObjectItemCaseSensitive(before, e->string);
		char at[POINTER_MAX];

		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), e->string);
		if (!f->members || !e->child) {
			if (!is_said(s, e))
				unsaid(s, f->item ? f->item : f, e, was, e, at, gone);
			continue;
		}
		walk_table(s, f->members, e, was, e, at, deeper(gone, e->string));
		shallower(gone, e->string);
	}
}

static void walk_table(struct settle *s, const struct schema_field *table, const cJSON *item,
		       const cJSON *before, const cJSON *base, const char *ptr, cJSON *gone)
{
	for (const struct schema_field *f = table; f->name; f++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(item, f->name);
		const cJSON *was = cJSON_GetObjectItemCaseSensitive(before, f->name);
		char at[POINTER_MAX];

		if (!v || (f->keys && (f->keys->flags & F_KEPT)))
			continue; /* kept lines say themselves */
		text_copy(at, sizeof(at), ptr);
		schema_pointer_add(at, sizeof(at), f->name);
		if (f->type == T_MAP) {
			walk_map(s, f, v, was, at, deeper(gone, f->name));
			shallower(gone, f->name);
		} else if (f->type == T_OBJECT && v->child) {
			walk_table(s, f->members, v, was, base, at, deeper(gone, f->name));
			shallower(gone, f->name);
		} else if (!is_said(s, v)) {
			unsaid(s, f, v, was, base, at, gone);
		}
	}
}

/* ---- all that changed ---- */
static void settle_object(struct settle *s, const char *key, const cJSON *before,
			  const cJSON *after)
{
	static const struct ios_print masked = { NULL, false };
	struct text out;

	text_init(&out, 1 << 22);
	s->said.n = 0;
	ios_print_said(&out, s->obj, key, after, &masked, &s->said);
	text_fini(&out);
	if (s->said.n)
		qsort(s->said.list, s->said.n, sizeof(const void *), by_address);
	walk_table(s, s->obj->fields, after, before, after, "", s->gone);
}

static int note_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	(void)before;
	if (after)
		cJSON_AddItemToArray(ctx, cJSON_CreateString(path));
	return 0;
}

static int settle_one(struct settle *s, const char *path)
{
	struct schema_path p;
	int err = schema_path_parse(path, &p);

	if (err)
		return err;
	s->obj = p.obj;
	s->path = path;
	s->gone = cJSON_CreateObject();
	settle_object(s, p.key, conf_get_base(s->conf, path), conf_get(s->conf, path));
	if (s->gone->child && !s->faults->n)
		err = schema_edit(s->conf, OP_PATCH, path, s->gone, s->faults, NULL);
	cJSON_Delete(s->gone);
	return err;
}

int ios_settle(struct conf *c, struct faults *f, struct faults *warnings)
{
	struct settle s = { .conf = c, .faults = f, .warnings = warnings };
	cJSON *paths = cJSON_CreateArray();
	const cJSON *path;

	kept_check(c, f);
	conf_each_change(c, note_change, paths);
	cJSON_ArrayForEach (path, paths) {
		settle_one(&s, path->valuestring);
	}
	cJSON_Delete(paths);
	mem_free(s.said.list);
	return faults_err(f);
}
