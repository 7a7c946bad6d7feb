/* api/config.c - /config/...: generic over the schema. A path names a singleton, a collection, an item, or
 * something inside of one ("ephones/1/buttons/3"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"

/* Where a request points; parts stay percent-encoded. */
static int where(struct api_req *r, struct schema_path *out)
{
	return schema_path_parse(r->params.value[0], out);
}

static bool is_collection(const struct schema_path *p)
{
	return p->obj->collection && !*p->key;
}

/* The value at "buttons/3" inside a public item; NULL: not there. */
static const cJSON *inside(const cJSON *item, const char *path)
{
	char name[SCHEMA_PATH_MAX];

	while (item && *path) {
		if (schema_path_part(&path, name, sizeof(name)) != 0)
			return NULL;
		item = cJSON_IsObject(item) ? cJSON_GetObjectItemCaseSensitive(item, name) : NULL;
	}
	return item;
}

static bool wants_defaults(const struct api_req *r)
{
	const char *d = api_query(r, "defaults");

	return !d || strcmp(d, "false") != 0;
}

static int no_filters(struct api_req *r)
{
	for (size_t i = 0; i < r->n_query; i++) {
		if (strcmp(r->query[i].name, "defaults") != 0)
			return api_fault(r, ERR_MALFORMED, "unknown_parameter", "",
					 "Unknown query parameter %s", r->query[i].name);
	}
	return 0;
}

static int get_one(struct api_req *r, struct conf *c, const struct schema_path *p)
{
	const cJSON *stored = conf_get(c, p->object), *value;
	const char *if_none = http_header(r->http, "If-None-Match");
	char tag[40];
	cJSON *item;
	int err = no_filters(r);

	if (err)
		return err;
	if (!stored && p->obj->collection)
		return ERR_NOENT;
	api_etag(tag, conf_object_revision(c, p->object));
	http_set_header(r->http, "ETag", tag);
	if (if_none && (!strcmp(if_none, tag) || !strcmp(if_none, "*")))
		return api_text(r, 304, NULL, NULL, 0);
	item = schema_public(p->obj, p->key, stored, wants_defaults(r));
	value = *p->inside ? inside(item, p->inside) : item;
	if (!value) {
		cJSON_Delete(item);
		return ERR_NOENT;
	}
	if (value == item)
		return api_json(r, 200, item);
	api_json(r, 200, cJSON_Duplicate(value, true));
	cJSON_Delete(item);
	return 0;
}

/* ---- collections ---- */

struct listing {
	struct api_req *r;
	const struct schema_object *obj;
	cJSON *items;
	size_t limit, total;
	const char *after;          /* cursor of the unsorted walk */
	bool after_seen, more, all; /* all: sorted; cut afterwards */
	char last[128];
};

static bool is_own_parameter(const char *name)
{
	return !strcmp(name, "limit") || !strcmp(name, "cursor") || !strcmp(name, "sort") ||
	       !strcmp(name, "defaults");
}

/* "id.mac" or "number" of an item as text, to compare and to sort by. */
static const cJSON *member(const cJSON *item, const char *dotted)
{
	char path[64];

	text_copy(path, sizeof(path), dotted);
	for (char *p = path; *p; p++)
		*p = *p == '.' ? '/' : *p;
	return inside(item, path);
}

static void as_text(const cJSON *v, char *out, size_t cap)
{
	if (cJSON_IsString(v))
		text_copy(out, cap, v->valuestring);
	else if (cJSON_IsNumber(v))
		snprintf(out, cap, "%.15g", v->valuedouble);
	else if (cJSON_IsBool(v))
		text_copy(out, cap, cJSON_IsTrue(v) ? "true" : "false");
	else
		text_copy(out, cap, "");
}

static bool matches(const struct api_req *r, const cJSON *item)
{
	for (size_t i = 0; i < r->n_query; i++) {
		char have[256];

		if (is_own_parameter(r->query[i].name))
			continue;
		as_text(member(item, r->query[i].name), have, sizeof(have));
		if (strcasecmp(have, r->query[i].value) != 0)
			return false;
	}
	return true;
}

static int take_item(void *ctx, const char *key, const cJSON *value)
{
	struct listing *l = ctx;
	cJSON *item = schema_public(l->obj, key, value, wants_defaults(l->r));

	if (!matches(l->r, item)) {
		cJSON_Delete(item);
		return 0;
	}
	if (!l->all && (size_t)cJSON_GetArraySize(l->items) >= l->limit) {
		cJSON_Delete(item);
		l->more = true;
		return 1;
	}
	cJSON_AddItemToArray(l->items, item);
	text_copy(l->last, sizeof(l->last), key);
	return 0;
}

/* A filter or sort key must be a field of the schema: a typing error must not look like "no such item". */
static bool is_field(const struct schema_object *o, const char *dotted)
{
	const struct schema_field *f = o->fields;
	struct slice rest = slice_of(dotted), part;

	if (o->key && !strcmp(dotted, o->key->name))
		return true;
	while (f && slice_next(&rest, '.', &part)) {
		while (f->name && !slice_eq(part, f->name))
			f++;
		if (!f->name)
			return false;
		if (!rest.len)
			return true;
		f = f->members;
	}
	return false;
}

static int check_filters(struct api_req *r, const struct schema_object *o)
{
	const char *sort = api_query(r, "sort");

	for (size_t i = 0; i < r->n_query; i++) {
		if (!is_own_parameter(r->query[i].name) && !is_field(o, r->query[i].name))
			return api_fault(r, ERR_MALFORMED, "unknown_parameter", "",
					 "Unknown query parameter %s", r->query[i].name);
	}
	if (sort && !is_field(o, *sort == '-' ? sort + 1 : sort))
		return api_fault(r, ERR_MALFORMED, "query", "", "Cannot sort by %s", sort);
	return 0;
}

struct sort_row {
	cJSON *item;
	char text[128];
	double num;
	bool is_num;
	size_t at;
};

static int by_value(const void *x, const void *y)
{
	const struct sort_row *a = x, *b = y;
	int c;

	if (a->is_num && b->is_num)
		c = a->num < b->num ? -1 : a->num > b->num;
	else
		c = strcasecmp(a->text, b->text);
	return c ? c : a->at < b->at ? -1 : 1;
}

/* Sorts, then cuts the page out: the cursor of a sorted list is a number of items to skip. */
static void sort_items(struct listing *l, const char *by, size_t skip)
{
	size_t n = (size_t)cJSON_GetArraySize(l->items);
	struct sort_row *rows = mem_alloc((n + 1) * sizeof(*rows));
	bool down = *by == '-';
	cJSON *page = cJSON_CreateArray();

	for (size_t i = 0; i < n; i++) {
		cJSON *item = cJSON_DetachItemFromArray(l->items, 0);
		const cJSON *v = member(item, down ? by + 1 : by);

		rows[i] = (struct sort_row){ .item = item, .at = i, .is_num = cJSON_IsNumber(v) };
		rows[i].num = rows[i].is_num ? v->valuedouble : 0;
		as_text(v, rows[i].text, sizeof(rows[i].text));
	}
	qsort(rows, n, sizeof(*rows), by_value);
	for (size_t i = 0; i < n; i++) {
		struct sort_row *row = &rows[down ? n - 1 - i : i];

		if (i >= skip && i < skip + l->limit)
			cJSON_AddItemToArray(page, row->item);
		else
			cJSON_Delete(row->item);
	}
	mem_free(rows);
	cJSON_Delete(l->items);
	l->items = page;
	l->more = skip + l->limit < n;
	snprintf(l->last, sizeof(l->last), "%zu", skip + l->limit);
}

static int get_list(struct api_req *r, struct conf *c, const struct schema_path *p)
{
	const char *sort = api_query(r, "sort"), *cursor = api_query(r, "cursor");
	struct listing l = { .r = r, .obj = p->obj, .all = sort != NULL };
	int64_t limit, skip = 0;
	char tag[40];
	cJSON *page;
	int err = check_filters(r, p->obj);

	err = err ? err : api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);
	if (!err && sort)
		err = api_query_int(r, "cursor", 0, INT32_MAX, 0, &skip);
	if (err)
		return err;
	l.limit = (size_t)limit;
	l.items = cJSON_CreateArray();
	conf_each(c, p->obj->path, sort ? NULL : cursor, take_item, &l);
	if (sort)
		sort_items(&l, sort, (size_t)skip);
	api_etag(tag, conf_revision(c));
	http_set_header(r->http, "ETag", tag);
	page = api_page(l.items, l.more ? l.last : NULL);
	cJSON_AddNumberToObject(page, "total", (double)conf_count(c, p->obj->path));
	return api_json(r, 200, page);
}

int api_config_get(struct api_req *r)
{
	struct schema_path p;
	struct conf *c = NULL;
	int err = where(r, &p);

	if (err)
		return err;
	err = conf_open(r->api->opt.store, &c);
	if (!err)
		err = is_collection(&p) ? get_list(r, c, &p) : get_one(r, c, &p);
	conf_close(c);
	return err;
}

/* ---- writing ---- */

static int method_not_allowed(struct api_req *r, const char *allow)
{
	http_set_header(r->http, "Allow", allow);
	return ERR_METHOD;
}

int api_config_create(struct api_req *r)
{
	struct api_write w = { .status = 201 };
	char made[SCHEMA_PATH_MAX] = "";
	struct schema_path p;
	struct conf *c = NULL;
	int err = where(r, &p);

	if (!err && !is_collection(&p))
		err = method_not_allowed(r, "GET, HEAD, PUT, PATCH, DELETE");
	err = err ? err : api_read_write_query(r, &w);
	err = err ? err : conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	err = schema_edit(c, OP_CREATE, p.obj->path, r->body, &r->faults, made);
	if (err || r->faults.n) {
		conf_close(c);
		return err ? err : faults_err(&r->faults);
	}
	w.location = made;
	w.extra = cJSON_CreateObject();
	cJSON_AddStringToObject(w.extra, "path", made);
	snprintf(r->audit_path, sizeof(r->audit_path), "/config/%s", made);
	return api_commit(r, c, &w);
}

static int not_there(const struct schema_path *p, struct conf *c, enum schema_op op)
{
	if (op == OP_PUT || conf_get(c, p->object))
		return 0;
	return p->obj->collection || op == OP_DELETE ? ERR_NOENT : 0;
}

static int edit(struct api_req *r, struct conf *c, const struct schema_path *p, enum schema_op op)
{
	char path[SCHEMA_PATH_MAX * 2];
	int err;

	snprintf(path, sizeof(path), *p->inside ? "%s/%s" : "%s", p->object, p->inside);
	err = schema_edit(c, op, path, r->body, &r->faults, NULL);
	return err ? err : faults_err(&r->faults);
}

static int write_one(struct api_req *r, enum schema_op op)
{
	struct api_write w = { .status = 200 };
	struct schema_path p;
	struct conf *c = NULL;
	int err = where(r, &p);

	if (!err && is_collection(&p))
		err = method_not_allowed(r, "GET, HEAD, POST");
	err = err ? err : api_read_write_query(r, &w);
	err = err ? err : conf_open(r->api->opt.store, &c);
	err = err ? err : not_there(&p, c, op);
	err = err ? err
		  : api_precondition(c, p.object, http_header(r->http, "If-Match"),
				     http_header(r->http, "If-None-Match"));
	if (err == ERR_STALE && !conf_get(c, p.object))
		api_fault(r, err, NULL, "", "%s is not there", p.object);
	else if (err == ERR_STALE && !http_header(r->http, "If-Match"))
		api_fault(r, err, NULL, "", "%s is there already", p.object);
	if (!err && op == OP_PUT && !conf_get(c, p.object))
		w.status = 201;
	err = err ? err : edit(r, c, &p, op);
	if (err) {
		conf_close(c);
		return err;
	}
	return api_commit(r, c, &w);
}

int api_config_put(struct api_req *r)
{
	return write_one(r, OP_PUT);
}

int api_config_patch(struct api_req *r)
{
	return write_one(r, OP_PATCH);
}

int api_config_delete(struct api_req *r)
{
	return write_one(r, OP_DELETE);
}
