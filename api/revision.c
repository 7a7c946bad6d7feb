/* api/revision.c - revisions: list, read, compare, restore as a new one. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"

static cJSON *head_of(const struct store_revision *rev)
{
	cJSON *o = cJSON_CreateObject(), *paths;
	char at[TIME_TEXT_SIZE];
	const cJSON *ch;

	text_time(at, rev->wall_ns);
	cJSON_AddNumberToObject(o, "revision", (double)rev->number);
	cJSON_AddStringToObject(o, "at", at);
	cJSON_AddStringToObject(o, "who", rev->who ? rev->who : "");
	cJSON_AddStringToObject(o, "address", rev->address ? rev->address : "");
	cJSON_AddStringToObject(o, "comment", rev->comment ? rev->comment : "");
	paths = cJSON_AddArrayToObject(o, "paths");
	cJSON_ArrayForEach (ch, rev->changes) {
		const char *p = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));

		cJSON_AddItemToArray(paths, cJSON_CreateString(p ? p : ""));
	}
	return o;
}

/* ---- list and read ---- */

struct list {
	cJSON *items;
	size_t left;
	uint64_t last;
	bool more;
};

static int add_head(void *ctx, const struct store_revision *rev)
{
	struct list *l = ctx;

	if (!l->left) {
		l->more = true;
		return 1;
	}
	cJSON_AddItemToArray(l->items, head_of(rev));
	l->last = rev->number;
	l->left--;
	return 0;
}

int api_revision_list(struct api_req *r)
{
	struct list l = { 0 };
	int64_t limit, below;
	char cursor[24];
	int err = api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);

	err = err ? err : api_query_int(r, "cursor", 0, INT64_MAX, 0, &below);
	if (err)
		return err;
	l.items = cJSON_CreateArray();
	l.left = (size_t)limit;
	err = store_revisions(r->api->opt.store, (uint64_t)below, (size_t)limit + 1, add_head, &l);
	if (err < 0) {
		cJSON_Delete(l.items);
		return err;
	}
	snprintf(cursor, sizeof(cursor), "%llu", (unsigned long long)l.last);
	return api_json(r, 200, api_page(l.items, l.more ? cursor : NULL));
}

static int read_one(void *ctx, const struct store_revision *rev)
{
	cJSON **out = ctx, *list;
	const cJSON *ch;

	*out = head_of(rev);
	list = cJSON_AddArrayToObject(*out, "changes");
	cJSON_ArrayForEach (ch, rev->changes) {
		const char *path =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
		const cJSON *before = cJSON_GetObjectItemCaseSensitive(ch, "before");
		const cJSON *after = cJSON_GetObjectItemCaseSensitive(ch, "after");
		cJSON *o = path ? api_change(path, cJSON_IsNull(before) ? NULL : before,
					     cJSON_IsNull(after) ? NULL : after, NULL)
				: NULL;

		if (o)
			cJSON_AddItemToArray(list, o);
	}
	return 0;
}

static int number_of(struct api_req *r, uint64_t *out)
{
	const char *s = r->params.value[0];
	int64_t n;

	if (text_to_int(s, strlen(s), 0, INT64_MAX, &n))
		return ERR_NOENT;
	*out = (uint64_t)n;
	return 0;
}

int api_revision_get(struct api_req *r)
{
	cJSON *o = NULL;
	uint64_t number;
	int err = number_of(r, &number);

	err = err ? err : store_revision_get(r->api->opt.store, number, read_one, &o);
	if (err < 0 || !o) {
		cJSON_Delete(o);
		return err < 0 ? err : ERR_NOENT;
	}
	return api_json(r, 200, o);
}

/* ---- compare ---- */

/* Walks every object of a configuration. */
struct walk {
	struct conf *from, *other;
	cJSON *list;
	const char *collection;
	bool only_missing; /* add only what `other` does not have */
};

static void add_difference(struct walk *w, const char *path, const cJSON *mine)
{
	const cJSON *theirs = conf_get(w->other, path);
	cJSON *o;

	if (w->only_missing && theirs)
		return;
	o = w->only_missing ? api_change(path, mine, NULL, NULL)
			    : api_change(path, theirs, mine, NULL);
	if (o)
		cJSON_AddItemToArray(w->list, o);
}

static int on_item(void *ctx, const char *key, const cJSON *value)
{
	struct walk *w = ctx;
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", w->collection, key);
	add_difference(w, path, value);
	return 0;
}

static void walk_all(struct walk *w)
{
	const struct schema_object *const *o;

	for (o = schema_objects(); *o; o++) {
		const cJSON *one;

		w->collection = (*o)->path;
		if ((*o)->collection) {
			conf_each(w->from, (*o)->path, NULL, on_item, w);
			continue;
		}
		one = conf_get(w->from, (*o)->path);
		if (one)
			add_difference(w, (*o)->path, one);
	}
}

static cJSON *compare(struct conf *before, struct conf *after)
{
	struct walk w = { .from = after, .other = before, .list = cJSON_CreateArray() };

	walk_all(&w);
	w.from = before;
	w.other = after;
	w.only_missing = true;
	walk_all(&w);
	return w.list;
}

int api_revision_changes(struct api_req *r)
{
	struct conf *before = NULL, *after = NULL;
	uint64_t number = 0;
	int64_t since = 0;
	cJSON *o;
	int err = number_of(r, &number);

	err =
	    err ? err
		: api_query_int(r, "since", 0, INT64_MAX, number ? (int64_t)number - 1 : 0, &since);
	err = err ? err : conf_open_at(r->api->opt.store, number, &after);
	err = err ? err : conf_open_at(r->api->opt.store, (uint64_t)since, &before);
	if (!err) {
		o = cJSON_CreateObject();
		cJSON_AddNumberToObject(o, "revision", (double)number);
		cJSON_AddNumberToObject(o, "since", (double)since);
		cJSON_AddItemToObject(o, "changes", compare(before, after));
		api_json(r, 200, o);
	}
	conf_close(before);
	conf_close(after);
	return err;
}

/* ---- restore ---- */

struct copy {
	struct conf *to;
	const char *collection;
};

static int copy_item(void *ctx, const char *key, const cJSON *value)
{
	struct copy *cp = ctx;
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", cp->collection, key);
	conf_put(cp->to, path, cJSON_Duplicate(value, true));
	return 0;
}

static void copy_all(struct conf *from, struct conf *to)
{
	const struct schema_object *const *o;
	struct copy cp = { .to = to };

	conf_clear(to);
	for (o = schema_objects(); *o; o++) {
		const cJSON *one;

		cp.collection = (*o)->path;
		if ((*o)->collection) {
			conf_each(from, (*o)->path, NULL, copy_item, &cp);
			continue;
		}
		one = conf_get(from, (*o)->path);
		if (one)
			conf_put(to, (*o)->path, cJSON_Duplicate(one, true));
	}
}

int api_draft_of(struct api_req *r, uint64_t number, struct conf **out)
{
	struct conf *then = NULL;
	int err = conf_open_at(r->api->opt.store, number, &then);

	err = err ? err : conf_open(r->api->opt.store, out);
	if (!err)
		copy_all(then, *out);
	conf_close(then);
	return err;
}

int api_revision_restore(struct api_req *r)
{
	static const char *const names[] = { "comment", "apply", NULL };
	struct api_write w = { .status = 200 };
	struct conf *c = NULL;
	char comment[64];
	uint64_t number;
	int err = number_of(r, &number);

	err = err ? err : api_only(r, r->body, "", names);
	err = err ? err : api_read_write(r, &w);
	err = err ? err : api_draft_of(r, number, &c);
	if (err)
		return err;
	snprintf(comment, sizeof(comment), "restore of revision %llu", (unsigned long long)number);
	if (!w.comment)
		w.comment = comment;
	return api_commit(r, c, &w);
}
