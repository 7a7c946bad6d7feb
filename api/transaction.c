/* api/transaction.c - POST /transactions: several operations on one draft, all or none. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"

struct op_name {
	const char *text;
	enum schema_op op;
};
static const struct op_name op_names[] = {
	{ "create", OP_CREATE },
	{ "put", OP_PUT },
	{ "patch", OP_PATCH },
	{ "delete", OP_DELETE },
	{ 0 },
};

/* A path of an operation is written as in the address: with or without "/config/" before it. */
static const char *short_path(const char *path)
{
	if (!strncmp(path, "/config/", 8))
		return path + 8;
	return *path == '/' ? path + 1 : path;
}

struct todo {
	struct conf *c;
	bool has_base;
	uint64_t base;
	cJSON *paths; /* of what each operation touched */
};

/* Somebody who names the revision he started from has read the object; so has one with its tag. */
static int precondition(struct api_req *r, const struct todo *t, const char *object,
			const char *if_match)
{
	const char *field = "/if_match";
	int err = 0;

	if (t->has_base && conf_object_revision(t->c, object) > t->base) {
		err = ERR_STALE;
		field = "/base_revision";
	} else if (!t->has_base || if_match) {
		err = api_precondition(t->c, object, if_match, NULL);
	}
	return err ? api_fault(r, err, NULL, field, "%s: %s", object, err_text(err)) : 0;
}

static int one(struct api_req *r, struct todo *t, const cJSON *o)
{
	static const char *const names[] = { "op", "path", "value", "if_match", NULL };
	const char *op, *path, *if_match;
	char made[SCHEMA_PATH_MAX] = "";
	const struct op_name *n = op_names;
	struct schema_path p;
	int err = api_only(r, o, "", names);

	err = err ? err : api_str(r, o, "op", true, &op);
	err = err ? err : api_str(r, o, "path", true, &path);
	err = err ? err : api_str(r, o, "if_match", false, &if_match);
	if (err)
		return err;
	while (n->text && strcmp(n->text, op) != 0)
		n++;
	if (!n->text)
		return api_fault(r, ERR_INVALID, NULL, "/op", "op is create, put, patch or delete");
	path = short_path(path);
	err = schema_path_parse(path, &p);
	if (err)
		return api_fault(r, ERR_NOENT, NULL, "/path", "There is no resource %.100s", path);
	if ((n->op == OP_CREATE) != (p.obj->collection && !*p.key))
		return api_fault(r, ERR_INVALID, NULL, "/path", "%s does not go with this path",
				 op);
	if (n->op == OP_PATCH || n->op == OP_DELETE) {
		if (p.obj->collection && !conf_get(t->c, p.object))
			return api_fault(r, ERR_NOENT, NULL, "/path", "There is no %.100s", path);
	}
	if (n->op != OP_CREATE) {
		/* What an earlier operation of this transaction made is nobody else's. */
		bool staged = conf_get(t->c, p.object) != conf_get_base(t->c, p.object);

		err = staged ? 0 : precondition(r, t, p.object, if_match);
		if (err)
			return err;
	}
	err = schema_edit(t->c, n->op, path, cJSON_GetObjectItemCaseSensitive(o, "value"),
			  &r->faults, made);
	cJSON_AddItemToArray(t->paths, cJSON_CreateString(*made ? made : path));
	return err;
}

static int read_head(struct api_req *r, struct todo *t, struct api_write *w)
{
	static const char *const names[] = { "base_revision", "comment",         "operations",
					     "apply",         "confirm_minutes", NULL };
	const cJSON *minutes = cJSON_GetObjectItemCaseSensitive(r->body, "confirm_minutes");
	const cJSON *base = cJSON_GetObjectItemCaseSensitive(r->body, "base_revision");
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_read_write(r, w);
	if (err)
		return err;
	if (base && (!cJSON_IsNumber(base) || base->valuedouble < 0 || base->valuedouble > 9e15))
		return api_fault(r, ERR_TYPE, NULL, "/base_revision",
				 "base_revision must be a number");
	if (minutes && !cJSON_IsNull(minutes)) {
		double n = cJSON_IsNumber(minutes) ? minutes->valuedouble : 0;

		err = api_check_minutes(r, n, "/confirm_minutes");
		if (err)
			return err;
		w->confirm_minutes = (unsigned)n;
	}
	t->has_base = base != NULL;
	t->base = base ? (uint64_t)base->valuedouble : 0;
	return 0;
}

int api_transaction(struct api_req *r)
{
	const cJSON *ops = cJSON_GetObjectItemCaseSensitive(r->body, "operations"), *o;
	struct api_write w = { .status = 200 };
	struct todo t = { 0 };
	int err = read_head(r, &t, &w), index = 0;

	if (err)
		return err;
	if (!cJSON_IsArray(ops) || !ops->child)
		return api_fault(r, ERR_TYPE, NULL, "/operations",
				 "operations must be a list of changes");
	if (cJSON_GetArraySize(ops) > API_OPERATIONS)
		return api_fault(r, ERR_TOO_BIG, NULL, "/operations", "At most %d operations",
				 API_OPERATIONS);
	err = conf_open(r->api->opt.store, &t.c);
	if (err)
		return err;
	t.paths = cJSON_CreateArray();
	cJSON_ArrayForEach (o, ops) {
		r->faults.operation = index++;
		err = one(r, &t, o);
		if (err && !r->faults.n)
			break; /* not a fault of the request: stop */
	}
	if (r->faults.n || err) {
		cJSON_Delete(t.paths);
		conf_close(t.c);
		return r->faults.n ? faults_err(&r->faults) : err;
	}
	w.extra = cJSON_CreateObject();
	cJSON_AddItemToObject(w.extra, "paths", t.paths);
	return api_commit(r, t.c, &w);
}
