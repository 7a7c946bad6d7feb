/* store/schema/canon.c - a whole object to its canonical form: members in schema order, defaults
 * left out, keys in canonical spelling, secrets sealed. Everything that is wrong is collected, not
 * only the first. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"
#include "store/schema/type7.h"
#include "store/store.h"

struct canon {
	const struct schema_object *obj;
	const char *path;
	struct store *store;
	struct faults *faults;
};

static cJSON *canon_table(struct canon *c, const struct schema_field *table, const cJSON *in,
			  const cJSON *before, const char *ptr, const char *skip);

/* RFC 6901: "~" is "~0", "/" is "~1". */
void schema_pointer_add(char *ptr, size_t cap, const char *name)
{
	struct text t;
	size_t len = strlen(ptr);

	text_fixed(&t, ptr + len, cap - len);
	text_addc(&t, '/');
	for (; *name; name++) {
		if (*name == '~')
			text_add(&t, "~0");
		else if (*name == '/')
			text_add(&t, "~1");
		else
			text_addc(&t, *name);
	}
}

static void pointer_join(char *out, const char *ptr, const char *name)
{
	text_copy(out, POINTER_MAX, ptr);
	schema_pointer_add(out, POINTER_MAX, name);
}

static void fault(struct canon *c, int err, const char *code, const char *ptr, const char *why)
{
	faults_add(c->faults, err, code, c->path, ptr, "%s", why);
}

static bool absent(const cJSON *v)
{
	return !v || cJSON_IsNull(v);
}

/* Nothing in it says anything: "{}" or only nulls. */
static bool hollow(const cJSON *v)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, v) {
		if (!cJSON_IsNull(e))
			return false;
	}
	return true;
}

/* ---- secrets ---- */
static cJSON *wrap(const char *kind, const char *text)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddStringToObject(out, kind, text);
	return out;
}

/* The same clear text keeps its hash, so that nothing seems to have changed. */
static cJSON *secret_hash(struct canon *c, const char *clear, const cJSON *before, const char *ptr)
{
	const char *old = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(before, "$hash"));
	char hash[crypto_pwhash_STRBYTES];
	int rc = sodium_init();

	if (rc >= 0 && old && crypto_pwhash_str_verify(old, clear, strlen(clear)) == 0)
		return cJSON_Duplicate(before, true);
	if (rc < 0 ||
	    crypto_pwhash_str(hash, clear, strlen(clear), crypto_pwhash_OPSLIMIT_INTERACTIVE,
			      crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
		fault(c, ERR_INTERNAL, NULL, ptr, "The password could not be hashed");
		return NULL;
	}
	return wrap("$hash", hash);
}

/* The same clear text keeps its sealed form, so that nothing seems to have changed. */
static bool secret_same(struct canon *c, const cJSON *before, const char *clear)
{
	const cJSON *sealed = cJSON_GetObjectItemCaseSensitive(before, "$sealed");
	char old[512];
	bool same;

	if (!cJSON_IsString(sealed) ||
	    store_unseal(c->store, sealed->valuestring, old, sizeof(old)) != 0)
		return false;
	same = strcmp(old, clear) == 0;
	mem_wipe(old, sizeof(old));
	return same;
}

static cJSON *secret_seal(struct canon *c, const char *clear, const cJSON *before, const char *ptr)
{
	char *sealed = NULL;
	cJSON *out = NULL;
	int err;

	if (!c->store) {
		fault(c, ERR_UNSUPPORTED, NULL, ptr, "No store to keep a secret in");
		return NULL;
	}
	if (secret_same(c, before, clear))
		return cJSON_Duplicate(before, true);
	err = store_seal(c->store, clear, &sealed);
	if (err)
		fault(c, err, NULL, ptr, "The secret could not be sealed");
	else
		out = wrap("$sealed", sealed);
	mem_free(sealed);
	return out;
}

static cJSON *canon_secret(struct canon *c, const struct schema_field *f, const cJSON *in,
			   const cJSON *before, const char *ptr)
{
	char why[200];
	cJSON *v;
	int err;

	if (cJSON_IsObject(in)) {
		const cJSON *set = cJSON_GetObjectItemCaseSensitive(in, "set");

		if (cJSON_GetArraySize(in) != 1 || !cJSON_IsTrue(set))
			fault(c, ERR_TYPE, NULL, ptr,
			      "Must be text, or {\"set\": true} to keep it");
		else if (!before)
			fault(c, ERR_INVALID, NULL, ptr, "There is no secret to keep");
		else
			return cJSON_Duplicate(before, true);
		return NULL;
	}
	v = schema_canon_value(f, in, &err, why, sizeof(why));
	if (!v) {
		fault(c, err, NULL, ptr, why);
		return NULL;
	}
	cJSON_Delete(v);
	return (f->flags & F_HASH) ? secret_hash(c, in->valuestring, before, ptr)
				   : secret_seal(c, in->valuestring, before, ptr);
}

/* ---- maps ---- */
struct entry {
	char *key;
	cJSON *value;
	const struct schema_field *map;
};

static int part_order(const struct schema_field *f, const char *a, const char *b)
{
	int ia = -1, ib = -1;

	if (f->type == T_INT) {
		double x = strtod(a, NULL), y = strtod(b, NULL);

		return x < y ? -1 : x > y;
	}
	for (int i = 0; f->type == T_ENUM && f->choices[i]; i++) {
		ia = strcmp(f->choices[i], a) == 0 ? i : ia;
		ib = strcmp(f->choices[i], b) == 0 ? i : ib;
	}
	return ia != ib ? ia - ib : strcmp(a, b);
}

static int entry_order(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	char x[300], y[300];
	int order = 0;

	for (unsigned i = 0; i < schema_key_parts(a->map) && !order; i++) {
		if (schema_key_part(a->map, a->key, i, x, sizeof(x)) &&
		    schema_key_part(b->map, b->key, i, y, sizeof(y)))
			order = part_order(&a->map->keys[i], x, y);
	}
	return order;
}

/* Is the value under this key of the map a secret? */
static bool key_is_sealed(const struct schema_field *map, const char *key)
{
	return map->item->type == T_SECRET ||
	       (map->sealed_key && strcasecmp(map->sealed_key, key) == 0);
}

/* Above a limit that was higher at an earlier start: what exists stays (cme-model 5). */
static bool stays(const struct schema_field *f, const cJSON *in, const cJSON *before)
{
	return before && json_same(in, before) && (f->limit || (f->item && f->item->limit));
}

static cJSON *canon_entry(struct canon *c, const struct schema_field *map, const char *key,
			  const cJSON *in, const cJSON *before, const char *ptr)
{
	char why[400];
	cJSON *v;
	int err;

	if (!map->item) {
		if (cJSON_IsObject(in))
			return canon_table(c, map->members, in, before, ptr, NULL);
		fault(c, ERR_TYPE, NULL, ptr, "Must be an object");
		return NULL;
	}
	if (key_is_sealed(map, key))
		return canon_secret(c, map->item, in, before, ptr);
	v = schema_canon_value(map->item, in, &err, why, sizeof(why));
	if (!v && err == ERR_RANGE && stays(map->item, in, before))
		return cJSON_Duplicate(in, true);
	if (!v)
		fault(c, err, err == ERR_RANGE ? map->item->fault : NULL, ptr, why);
	return v;
}

/* Sorted entries have their equal beside them; the others are few. */
static bool twice(const struct schema_field *f, const cJSON *out, const struct entry *list,
		  size_t i)
{
	if (f->flags & F_ENTRY_ORDER)
		return cJSON_GetObjectItemCaseSensitive(out, list[i].key) != NULL;
	return i && strcmp(list[i - 1].key, list[i].key) == 0;
}

/* Each change of an object builds it anew: a list that no row limits must not grow without end. */
#define ENTRIES_MAX 1000u

static cJSON *map_build(struct canon *c, const struct schema_field *f, struct entry *list, size_t n,
			const char *ptr)
{
	size_t most = f->max ? (size_t)f->max : ENTRIES_MAX;
	cJSON *out = cJSON_CreateObject();
	char at[POINTER_MAX];

	if (!(f->flags & F_ENTRY_ORDER))
		qsort(list, n, sizeof(*list), entry_order);
	for (size_t i = 0; i < n; i++) {
		if (twice(f, out, list, i)) {
			pointer_join(at, ptr, list[i].key);
			fault(c, ERR_INVALID, NULL, at, "The same key in two spellings");
			cJSON_Delete(list[i].value);
			continue;
		}
		cJSON_AddItemToObject(out, list[i].key, list[i].value);
	}
	/* One with a code of its own is left to the check of the mode. */
	if (n > most && (!f->max || !f->fault || n > ENTRIES_MAX))
		faults_add(c->faults, ERR_RANGE, NULL, c->path, ptr, "At most %zu entries", most);
	return out;
}

static bool needs_before(const struct schema_field *f)
{
	const struct schema_field *item = f->type == T_LIST || f->type == T_MAP ? f->item : NULL;

	if (f->type == T_SECRET || f->sealed_key || f->limit)
		return true;
	if (item && needs_before(item))
		return true;
	for (f = f->members; f && f->name; f++) {
		if (needs_before(f))
			return true;
	}
	return false;
}

static cJSON *canon_map(struct canon *c, const struct schema_field *f, const cJSON *in,
			const cJSON *before, const char *ptr)
{
	size_t cap = (size_t)cJSON_GetArraySize(in), n = 0;
	bool look = needs_before(f);
	struct entry *list;
	const cJSON *e;
	cJSON *out;

	if (!cJSON_IsObject(in)) {
		fault(c, ERR_TYPE, NULL, ptr, "Must be an object keyed by its entries");
		return NULL;
	}
	list = mem_zalloc((cap + 1) * sizeof(*list));
	cJSON_ArrayForEach (e, in) {
		char key[300], at[POINTER_MAX], why[400];
		int err;

		if (cJSON_IsNull(e))
			continue;
		pointer_join(at, ptr, e->string);
		err = schema_canon_key(f, e->string, key, sizeof(key), why, sizeof(why));
		if (err) {
			fault(c, err, err == ERR_RANGE ? f->keys->fault : NULL, at, why);
			continue;
		}
		/* Only secrets and limits look at what was there: long lists have none. */
		list[n].value = canon_entry(
		    c, f, key, e, look ? cJSON_GetObjectItemCaseSensitive(before, key) : NULL, at);
		list[n].map = f;
		if (list[n].value)
			list[n++].key = mem_strdup(key);
	}
	out = map_build(c, f, list, n, ptr);
	for (size_t i = 0; i < n; i++)
		mem_free(list[i].key);
	mem_free(list);
	return out;
}

/* ---- members ---- */
static bool is_default(const struct schema_field *f, const cJSON *v)
{
	cJSON *d;
	bool same;

	if (f->type == T_FLAG)
		return !cJSON_IsTrue(v);
	if (f->flags & F_ALWAYS)
		return false;
	d = schema_default(f);
	same = d && cJSON_Compare(d, v, true);
	cJSON_Delete(d);
	return same;
}

static cJSON *canon_object(struct canon *c, const struct schema_field *f, const cJSON *in,
			   const cJSON *before, const char *ptr)
{
	cJSON *out;

	if (!cJSON_IsObject(in)) {
		fault(c, ERR_TYPE, NULL, ptr, "Must be an object");
		return NULL;
	}
	if (hollow(in) && !(f->flags & F_PRESENCE))
		return NULL;
	out = canon_table(c, f->members, in, before, ptr, NULL);
	if (out && !out->child && !(f->flags & F_PRESENCE)) {
		cJSON_Delete(out);
		out = NULL;
	}
	return out;
}

/* F_LINES: each line is one that IOS knows and nobody here has a row for. */
static cJSON *canon_lines(struct canon *c, const struct schema_field *f, const cJSON *text,
			  const char *ptr)
{
	struct slice rest = slice_of(text->valuestring), line;
	cJSON *out = NULL;
	struct text t;

	text_init(&t, 1 << 16);
	while (rest.len && slice_next(&rest, '\n', &line)) {
		char *one = slice_dup(slice_trim(line));

		if (*one && schema_lines_add(c->obj, f, &t, one))
			faults_add(c->faults, ERR_INVALID, NULL, c->path, ptr,
				   "`%.100s` is none of the commands that are kept here", one);
		mem_free(one);
	}
	if (t.len)
		out = cJSON_CreateString(t.buf);
	text_fini(&t);
	return out;
}

static cJSON *canon_leaf(struct canon *c, const struct schema_field *f, const cJSON *in,
			 const cJSON *before, const char *ptr)
{
	char why[400];
	cJSON *v;
	int err;

	/* An empty text or list is what a form sends for "nothing". */
	if ((cJSON_IsString(in) && !in->valuestring[0] && f->type != T_INT && f->type != T_BOOL) ||
	    (f->type == T_LIST && cJSON_IsArray(in) && !in->child)) {
		if (f->flags & F_REQUIRED)
			fault(c, ERR_INVALID, "required", ptr, "Is required");
		return NULL;
	}
	v = schema_canon_value(f, in, &err, why, sizeof(why));
	if (!v && err == ERR_RANGE && stays(f, in, before))
		return cJSON_Duplicate(in, true);
	if (!v) {
		fault(c, err, err == ERR_RANGE ? f->fault : NULL, ptr, why);
		return NULL;
	}
	if (is_default(f, v)) {
		cJSON_Delete(v);
		return NULL;
	}
	if (f->flags & F_LINES) {
		cJSON *lines = canon_lines(c, f, v, ptr);

		cJSON_Delete(v);
		return lines;
	}
	return v;
}

static cJSON *canon_member(struct canon *c, const struct schema_field *f, const cJSON *in,
			   const cJSON *before, const char *ptr)
{
	cJSON *v;

	switch (f->type) {
	case T_OBJECT:
		return canon_object(c, f, in, before, ptr);
	case T_MAP:
		v = canon_map(c, f, in, before, ptr);
		if (v && !v->child) {
			cJSON_Delete(v);
			v = NULL;
		}
		return v;
	case T_SECRET:
		return canon_secret(c, f, in, before, ptr);
	default:
		v = canon_leaf(c, f, in, before, ptr);
		if (v && (f->flags & F_EXISTS)) {
			cJSON_Delete(v);
			v = NULL;
		}
		return v;
	}
}

static void unknown_members(struct canon *c, const struct schema_field *table, const cJSON *in,
			    const char *ptr, const char *skip)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, in) {
		char at[POINTER_MAX];

		if (schema_member(table, e->string, strlen(e->string)) ||
		    (skip && strcmp(skip, e->string) == 0))
			continue;
		pointer_join(at, ptr, e->string);
		fault(c, ERR_UNKNOWN, NULL, at, "There is no such field");
	}
}

/* A password of type 7 is only obscured: it is kept as its clear text, so that files and digests can use it
 * and an export says it. NULL: there is none. */
static cJSON *uncovered(struct canon *c, const struct schema_field *table, const cJSON *in,
			const char *ptr)
{
	const struct schema_field *f = schema_member(table, "password_encoding", 17);
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(in, "password_encoding");
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(in, "password"));
	char clear[256], at[POINTER_MAX];
	cJSON *out;

	if (!f || !schema_number_choice(f, 7) || !cJSON_IsNumber(type) || type->valuedouble != 7)
		return NULL;
	if (!text || type7_decode(text, clear, sizeof(clear)) != 0) {
		pointer_join(at, ptr, "password");
		fault(c, ERR_INVALID, NULL, at, "This is no password of type 7");
		return NULL;
	}
	out = cJSON_Duplicate(in, true);
	cJSON_ReplaceItemInObjectCaseSensitive(out, "password", cJSON_CreateString(clear));
	cJSON_DeleteItemFromObjectCaseSensitive(out, "password_encoding");
	mem_wipe(clear, sizeof(clear));
	return out;
}

static cJSON *canon_table(struct canon *c, const struct schema_field *table, const cJSON *in,
			  const cJSON *before, const char *ptr, const char *skip)
{
	cJSON *out = cJSON_CreateObject(), *clear = uncovered(c, table, in, ptr);

	in = clear ? clear : in;
	unknown_members(c, table, in, ptr, skip);
	for (const struct schema_field *f = table; f->name; f++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(in, f->name);
		char at[POINTER_MAX];
		cJSON *done;

		pointer_join(at, ptr, f->name);
		if (absent(v)) {
			if ((f->flags & F_REQUIRED) && (f->flags & F_ALWAYS))
				cJSON_AddItemToObject(out, f->name, schema_default(f));
			else if (f->flags & F_REQUIRED)
				fault(c, ERR_INVALID, "required", at, "Is required");
			continue;
		}
		done = canon_member(c, f, v, cJSON_GetObjectItemCaseSensitive(before, f->name), at);
		if (done)
			cJSON_AddItemToObject(out, f->name, done);
		else if ((f->flags & F_REQUIRED) && !f->dflt &&
			 (f->type == T_OBJECT || f->type == T_MAP))
			fault(c, ERR_INVALID, "required", at, "Is required");
	}
	cJSON_Delete(clear);
	return out;
}

/* ---- lines that are switched off have no further arguments ---- */
static void drop_row(cJSON *item, const char *path)
{
	char name[128];
	size_t len = strcspn(path, ".>=");

	if (!item || len >= sizeof(name))
		return;
	memcpy(name, path, len);
	name[len] = '\0';
	if (path[len] == '.')
		drop_row(cJSON_GetObjectItemCaseSensitive(item, name), path + len + 1);
	else
		cJSON_DeleteItemFromObjectCaseSensitive(item, name);
}

static bool switched_off(const struct schema_object *o, const cJSON *item, const char *token)
{
	char path[128];
	size_t len = strcspn(token, ">=");
	const struct schema_field *f;

	if (token[len] != '>' || len >= sizeof(path))
		return false;
	memcpy(path, token, len);
	path[len] = '\0';
	f = schema_row(o->fields, path);
	return f && f->type == T_BOOL && !(f->flags & F_EXISTS) && !cfg_bool(o, item, path);
}

/* As `no hfs enable` takes the port with it: otherwise the export could not bring the object back.
 */
static void drop_switched_off(const struct schema_object *o, cJSON *item)
{
	for (const struct schema_line *l = item->child ? o->lines : NULL; l && l->syntax; l++) {
		const char *first = strchr(l->syntax, '<');
		bool off = false;

		if (l->in || !first || !strchr(first + 1, '<'))
			continue; /* nothing that could go with it */
		for (const char *p = first; p && !off; p = strchr(p + 1, '<'))
			off = switched_off(o, item, p + 1);
		for (const char *p = off ? strchr(l->syntax, '<') : NULL; p;
		     p = strchr(p + 1, '<')) {
			if (!switched_off(o, item, p + 1))
				drop_row(item, p + 1);
		}
	}
}

/* Dropping may have left an empty object behind. */
static void drop_hollow(const struct schema_field *table, cJSON *item)
{
	for (const struct schema_field *f = table; f->name; f++) {
		cJSON *v =
		    f->type == T_OBJECT ? cJSON_GetObjectItemCaseSensitive(item, f->name) : NULL;

		if (!v)
			continue;
		drop_hollow(f->members, v);
		if (!v->child && !(f->flags & F_PRESENCE))
			cJSON_DeleteItemFromObjectCaseSensitive(item, f->name);
	}
}

cJSON *schema_canon(const struct schema_object *o, const char *path, const cJSON *in,
		    const cJSON *before, const cJSON *secrets, struct store *store,
		    struct faults *f)
{
	struct canon c = { o, path, store, f };
	size_t had = f->n;
	cJSON *out;

	if (!cJSON_IsObject(in)) {
		fault(&c, ERR_TYPE, NULL, "", "Must be an object");
		return NULL;
	}
	out = canon_table(&c, o->fields, in, secrets ? secrets : before, "",
			  o->key ? o->key->name : NULL);
	drop_switched_off(o, out);
	drop_hollow(o->fields, out);
	if (o->tidy && f->n == had)
		o->tidy(out, before);
	if (f->n == had)
		return out;
	cJSON_Delete(out);
	return NULL;
}

/* ---- masking ---- */
bool schema_is_secret(const struct schema_field *f, const cJSON *v)
{
	return f->type == T_SECRET ||
	       (f->type != T_OBJECT && f->type != T_MAP && cJSON_IsObject(v));
}

static cJSON *mask_value(const struct schema_field *f, const cJSON *v);

cJSON *schema_mask(const struct schema_field *table, const cJSON *item)
{
	cJSON *out = cJSON_CreateObject();

	for (const struct schema_field *f = table; f->name; f++) {
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(item, f->name);

		if (v)
			cJSON_AddItemToObject(out, f->name, mask_value(f, v));
	}
	return out;
}

static cJSON *mask_value(const struct schema_field *f, const cJSON *v)
{
	const cJSON *e;
	cJSON *out;

	if (schema_is_secret(f, v)) {
		out = cJSON_CreateObject();
		cJSON_AddTrueToObject(out, "set");
		return out;
	}
	if (f->type == T_OBJECT)
		return schema_mask(f->members, v);
	if (f->type != T_MAP || (f->item && f->item->type != T_SECRET && !f->sealed_key))
		return cJSON_Duplicate(v, true);
	out = cJSON_CreateObject();
	cJSON_ArrayForEach (e, v) {
		cJSON_AddItemToObject(
		    out, e->string, f->item ? mask_value(f->item, e) : schema_mask(f->members, e));
	}
	return out;
}

/* The member of that name. `hint` is the likely one: lists that are merged have their entries in the same order,
 * and a search for each of them would take its time. */
static cJSON *member_near(cJSON *target, cJSON *hint, const char *name)
{
	if (hint && strcmp(hint->string, name) == 0)
		return hint;
	return cJSON_GetObjectItemCaseSensitive(target, name);
}

cJSON *schema_merge(cJSON *target, const cJSON *patch)
{
	bool fresh = !cJSON_IsObject(target);
	cJSON *hint = NULL;
	const cJSON *e;

	if (!cJSON_IsObject(patch)) {
		cJSON_Delete(target);
		return cJSON_Duplicate(patch, true);
	}
	if (fresh) {
		cJSON_Delete(target);
		target = cJSON_CreateObject();
	}
	hint = target ? target->child : NULL;
	cJSON_ArrayForEach (e, patch) {
		cJSON *old = fresh ? NULL : member_near(target, hint, e->string);

		hint = old ? old->next : hint;
		/* What is there keeps its place: in some lists the order counts. */
		if (cJSON_IsNull(e))
			cJSON_DeleteItemFromObjectCaseSensitive(target, e->string);
		else if (!old)
			cJSON_AddItemToObject(target, e->string, schema_merge(NULL, e));
		else if (cJSON_IsObject(old) && cJSON_IsObject(e))
			schema_merge(old, e);
		else
			cJSON_ReplaceItemInObjectCaseSensitive(target, e->string,
							       schema_merge(NULL, e));
	}
	return target;
}
