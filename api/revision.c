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
	struct api_req *r;
	cJSON *items;
	size_t left;
	uint64_t last;
	bool more;
	struct schema_path of; /* `obj` NULL: all */
};

/* Difference of one change of a revision; NULL: none. */
static cJSON *change_of(struct api_req *r, const cJSON *ch)
{
	const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
	const cJSON *before = cJSON_GetObjectItemCaseSensitive(ch, "before");
	const cJSON *after = cJSON_GetObjectItemCaseSensitive(ch, "after");

	return path ? api_change(r, path, cJSON_IsNull(before) ? NULL : before,
				 cJSON_IsNull(after) ? NULL : after, NULL)
		    : NULL;
}

/* One of the two paths is the other one, or holds it. */
static bool overlap(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b), n = x < y ? x : y;
	char end = a[n] ? a[n] : b[n];

	return !strncmp(a, b, n) && (!n || !end || end == '/');
}

/* Only what is at, above or below `inside` ("buttons/3"). */
static void keep_inside(cJSON *change, const char *inside)
{
	cJSON *fields = cJSON_GetObjectItemCaseSensitive(change, "fields"), *f, *next;

	for (f = fields ? fields->child : NULL; f; f = next) {
		const char *at = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(f, "field"));

		next = f->next;
		if (!overlap(*at ? at + 1 : at, inside))
			cJSON_Delete(cJSON_DetachItemViaPointer(fields, f));
	}
}

static bool is_asked_for(const struct schema_path *of, const cJSON *ch)
{
	const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
	struct schema_path at;

	return path && !schema_path_parse(path, &at) && at.obj == of->obj &&
	       (!*of->key || !strcmp(at.object, of->object));
}

/* What a revision did to the object asked for; NULL: nothing, inside of it. */
static cJSON *changes_to(struct api_req *r, const struct schema_path *of, const cJSON *changes)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *ch;

	cJSON_ArrayForEach (ch, changes) {
		cJSON *o = is_asked_for(of, ch) ? change_of(r, ch) : NULL;

		if (o && *of->inside)
			keep_inside(o, of->inside);
		if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(o, "fields")))
			cJSON_AddItemToArray(list, o);
		else
			cJSON_Delete(o);
	}
	if (list->child)
		return list;
	cJSON_Delete(list);
	return NULL;
}

static int add_head(void *ctx, const struct store_revision *rev)
{
	struct list *l = ctx;
	cJSON *changes = l->of.obj ? changes_to(l->r, &l->of, rev->changes) : NULL, *head;

	if (l->of.obj && !changes)
		return 0;
	if (!l->left) {
		cJSON_Delete(changes);
		l->more = true;
		return 1;
	}
	head = head_of(rev);
	if (changes)
		cJSON_AddItemToObject(head, "changes", changes);
	cJSON_AddItemToArray(l->items, head);
	l->last = rev->number;
	l->left--;
	return 0;
}

/* "ephones/1", as in the address with or without "/config/" before it; a collection means all its items. */
static int read_path(struct api_req *r, struct schema_path *of)
{
	const char *path = api_query(r, "path");

	if (!path)
		return 0;
	path += !strncmp(path, "/config/", 8) ? 8 : *path == '/';
	if (schema_path_parse(path, of))
		return api_fault(r, ERR_MALFORMED, "query", "", "There is no resource %.100s",
				 path);
	return 0;
}

static int read_list(struct api_req *r, uint64_t below, size_t limit, struct list *l)
{
	char path[SCHEMA_PATH_MAX + 1];

	if (!l->of.obj)
		return store_revisions(r->api->opt.store, below, limit + 1, add_head, l);
	snprintf(path, sizeof(path), "%s%s", *l->of.key ? l->of.object : l->of.obj->path,
		 l->of.obj->collection && !*l->of.key ? "/" : "");
	/* as many as there are: not each of them may show a difference that was asked for */
	return store_revisions_of(r->api->opt.store, path, below, SIZE_MAX, add_head, l);
}

int api_revision_list(struct api_req *r)
{
	struct list l = { .r = r };
	int64_t limit, below;
	char cursor[24];
	int err = api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);

	err = err ? err : api_query_int(r, "cursor", 0, INT64_MAX, 0, &below);
	err = err ? err : read_path(r, &l.of);
	err = err ? err : api_check_diff(r, false);
	if (err)
		return err;
	l.items = cJSON_CreateArray();
	l.left = (size_t)limit;
	err = read_list(r, (uint64_t)below, (size_t)limit, &l);
	if (err < 0) {
		cJSON_Delete(l.items);
		return err;
	}
	snprintf(cursor, sizeof(cursor), "%llu", (unsigned long long)l.last);
	return api_json(r, 200, api_page(l.items, l.more ? cursor : NULL));
}

struct reading {
	struct api_req *r;
	cJSON *out;
};

static int read_one(void *ctx, const struct store_revision *rev)
{
	struct reading *rd = ctx;
	const cJSON *ch;
	cJSON *list;

	rd->out = head_of(rev);
	list = cJSON_AddArrayToObject(rd->out, "changes");
	cJSON_ArrayForEach (ch, rev->changes) {
		cJSON *o = change_of(rd->r, ch);

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
	struct reading rd = { .r = r };
	uint64_t number;
	int err = number_of(r, &number);

	err = err ? err : api_check_diff(r, false);
	err = err ? err : store_revision_get(r->api->opt.store, number, read_one, &rd);
	if (err < 0 || !rd.out) {
		cJSON_Delete(rd.out);
		return err < 0 ? err : ERR_NOENT;
	}
	return api_json(r, 200, rd.out);
}

/* ---- compare ---- */

int api_revision_changes(struct api_req *r)
{
	struct conf *before = NULL, *after = NULL;
	uint64_t number = 0;
	enum schema_apply apply;
	int64_t since = 0;
	cJSON *o;
	int err = number_of(r, &number);

	err =
	    err ? err
		: api_query_int(r, "since", 0, INT64_MAX, number ? (int64_t)number - 1 : 0, &since);
	err = err ? err : conf_open_at(r->api->opt.store, number, &after);
	err = err ? err : conf_open_at(r->api->opt.store, (uint64_t)since, &before);
	err = err ? err : conf_take_all(before, after);
	err = err ? err : api_check_diff(r, false);
	if (!err) {
		o = cJSON_CreateObject();
		cJSON_AddNumberToObject(o, "revision", (double)number);
		cJSON_AddNumberToObject(o, "since", (double)since);
		cJSON_AddItemToObject(o, "changes", api_changes(r, before, &apply));
		api_json(r, 200, o);
	}
	conf_close(before);
	conf_close(after);
	return err;
}

/* ---- restore ---- */

int api_draft_of(struct api_req *r, uint64_t number, struct conf **out)
{
	struct conf *then = NULL;
	int err = conf_open_at(r->api->opt.store, number, &then);

	err = err ? err : conf_open(r->api->opt.store, out);
	if (!err && (err = conf_take_all(*out, then)))
		conf_close(*out);
	conf_close(then);
	return err;
}

int api_revision_restore(struct api_req *r)
{
	static const char *const names[] = { "comment", "apply", NULL };
	struct api_write w = { .status = 200, .whole = true };
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
