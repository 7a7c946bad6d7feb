/* store/restore.c - an archive becomes a new revision, or nothing happens. What comes in is hostile until
 * it has passed the limits, the strict parser and the schema: every object is staged through
 * schema_edit(), as if a person had typed it. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/archive.h"
#include "store/conf_int.h"
#include "store/schema/schema.h"

struct restore {
	struct store *store;
	struct conf *conf;
	cJSON *root, *objects;
	struct pathmap secrets; /* object path -> {pointer: secret} */
	cJSON *report, *missing, *errors;
	int err; /* the first refusal */
};

static int refuse(struct restore *r, int err, const char *path, const char *field,
		  const char *detail)
{
	cJSON *e = cJSON_CreateObject();

	cJSON_AddStringToObject(e, "code", err_code(err));
	if (path)
		cJSON_AddStringToObject(e, "path", path);
	if (field)
		cJSON_AddStringToObject(e, "field", field);
	cJSON_AddStringToObject(e, "detail", detail);
	cJSON_AddItemToArray(r->errors, e);
	if (!r->err)
		r->err = err;
	return r->err;
}

static void refuse_faults(struct restore *r, const char *path, const struct faults *f)
{
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++)
		refuse(r, f->list[i].err, f->list[i].path ? f->list[i].path : path,
		       f->list[i].field, f->list[i].detail);
}

/* ---- the envelope ---- */

static int check_members(struct restore *r)
{
	static const char *const known[] = { "format",   "version", "created", "server",
					     "revision", "objects", "missing", "secrets" };
	const cJSON *m;

	cJSON_ArrayForEach (m, r->root) {
		bool ok = false;

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			ok = ok || !strcmp(m->string, known[i]);
		if (!ok)
			return refuse(r, ERR_UNKNOWN, NULL, m->string,
				      "This is not part of a backup");
	}
	return 0;
}

static int check_envelope(struct restore *r)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(r->root, "version");
	const char *format =
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->root, "format"));

	if (!format || strcmp(format, ARCHIVE_FORMAT) != 0 || !cJSON_IsNumber(version))
		return refuse(r, ERR_MALFORMED, NULL, NULL, "This is not a Switchroom backup");
	if (version->valuedouble > ARCHIVE_VERSION)
		return refuse(r, ERR_VERSION, NULL, NULL,
			      "This backup was made by a newer version");
	if (version->valuedouble != ARCHIVE_VERSION)
		return refuse(r, ERR_MALFORMED, NULL, NULL, "There is no such version of a backup");
	if (check_members(r))
		return r->err;
	r->objects = cJSON_GetObjectItemCaseSensitive(r->root, "objects");
	if (!cJSON_IsObject(r->objects))
		return refuse(r, ERR_MALFORMED, NULL, NULL, "The backup has no objects");
	if (cJSON_GetArraySize(r->objects) > ARCHIVE_OBJECTS_MAX)
		return refuse(r, ERR_TOO_BIG, NULL, NULL, "The backup has too many objects");
	return 0;
}

/* ---- secrets ---- */

/* "ephones/1#/password" goes to the secrets of "ephones/1". */
static int index_secrets(struct restore *r, const char *clear, size_t len)
{
	cJSON *all = NULL, *one;
	int err = json_parse(clear, len, &all, NULL, 0);

	while (!err && (one = cJSON_DetachItemFromArray(all, 0))) {
		const char *hash = one->string ? strchr(one->string, '#') : NULL;
		struct path_node *n;

		if (!hash) {
			cJSON_Delete(one);
			err = ERR_MALFORMED;
			break;
		}
		n = pathmap_add(&r->secrets, (const uint8_t *)one->string,
				(size_t)(hash - one->string));
		n->value = n->value ? n->value : cJSON_CreateObject();
		cJSON_AddItemToObject(n->value, hash + 1, one);
	}
	cJSON_Delete(all);
	return err ? ERR_MALFORMED : 0;
}

static int decrypt(struct restore *r, const cJSON *sec, const char *passphrase)
{
	const char *kdf = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(sec, "kdf"));
	const char *cipher = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(sec, "cipher"));
	const char *salt_text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(sec, "salt"));
	const char *data = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(sec, "data"));
	const cJSON *ops = cJSON_GetObjectItemCaseSensitive(sec, "ops");
	const cJSON *memory = cJSON_GetObjectItemCaseSensitive(sec, "memory");
	uint8_t salt[ARCHIVE_SALT + 2], key[32], *raw;
	size_t salt_len = 0, len = 0;
	char *clear;
	int err;

	if (!kdf || strcmp(kdf, ARCHIVE_KDF) != 0 || !cipher ||
	    strcmp(cipher, ARCHIVE_CIPHER) != 0 || !salt_text || !data || !cJSON_IsNumber(ops) ||
	    !cJSON_IsNumber(memory) || ops->valuedouble < 0 || ops->valuedouble > 1e9 ||
	    memory->valuedouble < 0 || memory->valuedouble > 1e12 ||
	    base64_decode(salt_text, strlen(salt_text), salt, sizeof(salt), &salt_len) ||
	    salt_len != ARCHIVE_SALT)
		return refuse(r, ERR_MALFORMED, NULL, "/secrets", "The secrets cannot be read");
	raw = mem_alloc(strlen(data) + 1);
	clear = mem_zalloc(strlen(data) + 1);
	err = base64_decode(data, strlen(data), raw, strlen(data) + 1, &len) ? ERR_MALFORMED : 0;
	if (!err)
		err = archive_key(r->store, passphrase, salt, (uint64_t)ops->valuedouble,
				  (uint64_t)memory->valuedouble, key);
	if (!err && secret_decrypt(key, raw, len, clear))
		err = ERR_INVALID;
	if (!err)
		err = index_secrets(r, clear, len - SECRET_OVERHEAD);
	mem_wipe(key, sizeof(key));
	mem_wipe(clear, strlen(data));
	mem_free(clear);
	mem_free(raw);
	if (err)
		refuse(r, err, NULL, "/secrets",
		       err == ERR_INVALID ? "The passphrase does not open this backup"
					  : "The secrets cannot be read");
	return err;
}

static int open_secrets(struct restore *r, const char *passphrase)
{
	const cJSON *sec = cJSON_GetObjectItemCaseSensitive(r->root, "secrets");
	const cJSON *missing = cJSON_GetObjectItemCaseSensitive(r->root, "missing"), *name;

	cJSON_ArrayForEach (name, missing) {
		if (!cJSON_IsString(name) || strlen(name->valuestring) >= ARCHIVE_NAME_MAX)
			return refuse(r, ERR_MALFORMED, NULL, "/missing",
				      "Must be a list of names");
		cJSON_AddItemToArray(r->missing, cJSON_CreateString(name->valuestring));
	}
	if (!sec)
		return 0;
	if (!passphrase)
		return refuse(r, ERR_INVALID, NULL, "/secrets",
			      "This backup holds secrets: give its passphrase");
	return decrypt(r, sec, passphrase);
}

/* Secrets of one object go back to their places: clear texts as a person would type them; hashes
 * into `stored`, the object as it will be found by schema_edit(), which is told to keep them. */
static int place_secret(struct restore *r, cJSON *value, cJSON *stored, const char *pointer,
			const cJSON *secret)
{
	char name[256];
	cJSON *parent, *there = archive_at(value, pointer, &parent, name, sizeof(name)), *keep;

	if (!parent || there)
		return refuse(r, ERR_MALFORMED, NULL, "/secrets", "A secret without a place");
	if (cJSON_IsString(secret)) {
		cJSON_AddStringToObject(parent, name, secret->valuestring);
		return 0;
	}
	if (!cJSON_IsObject(secret) || !secret->child || secret->child->next ||
	    strcmp(secret->child->string, "$hash") != 0 || !cJSON_IsString(secret->child) ||
	    strncmp(secret->child->valuestring, "$argon2id$", 10) != 0 ||
	    strlen(secret->child->valuestring) > 127)
		return refuse(r, ERR_MALFORMED, NULL, "/secrets", "A secret of an unknown kind");
	keep = cJSON_AddObjectToObject(parent, name);
	cJSON_AddTrueToObject(keep, "set");
	archive_at(stored, pointer, &parent, name, sizeof(name));
	cJSON_AddItemToObject(parent, name, cJSON_Duplicate(secret, true));
	return 0;
}

/* `hashes`: the object has some, which must be in the draft before schema_edit(). */
static int place_secrets(struct restore *r, const char *path, cJSON *value, cJSON *stored,
			 bool *hashes)
{
	struct path_node *n = pathmap_find(&r->secrets, (const uint8_t *)path, strlen(path));
	const cJSON *secret;

	if (!n)
		return 0;
	cJSON_ArrayForEach (secret, n->value) {
		if (place_secret(r, value, stored, secret->string, secret))
			return r->err;
		*hashes = *hashes || cJSON_IsObject(secret);
	}
	return 0;
}

/* ---- objects ---- */

static bool is_missing(const struct restore *r, const char *path, const char *field)
{
	char want[ARCHIVE_NAME_MAX];
	const cJSON *name;
	struct text t;

	text_fixed(&t, want, sizeof(want));
	text_addf(&t, "%s#%s", path, field ? field : "");
	cJSON_ArrayForEach (name, r->missing)
		if (!strcmp(name->valuestring, want))
			return true;
	return false;
}

static bool lacks_secret(const struct restore *r, const char *path, const struct fault *f)
{
	return !strcmp(f->code, "required") && is_missing(r, path, f->field);
}

/* What cannot be without its password (a credential, an account) is left out with it: the entry that
 * holds the member named by `pointer` is taken from the object. */
static bool drop_entry(cJSON *value, const char *pointer)
{
	char at[ARCHIVE_NAME_MAX], name[256];
	cJSON *parent, *entry;

	if (text_copy(at, sizeof(at), pointer) || !strrchr(at, '/'))
		return false;
	*strrchr(at, '/') = '\0';
	entry = archive_at(value, at, &parent, name, sizeof(name));
	if (!entry || !parent)
		return false;
	cJSON_Delete(cJSON_DetachItemViaPointer(parent, entry));
	return true;
}

/* False when something else is wrong too. */
static bool drop_incomplete(const struct restore *r, const char *path, cJSON *value,
			    const struct faults *f)
{
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++)
		if (!lacks_secret(r, path, &f->list[i]) || !drop_entry(value, f->list[i].field))
			return false;
	return f->n > 0;
}

static void edit(struct restore *r, const char *path, cJSON *value)
{
	for (int tries = 0; tries < 2; tries++) {
		struct faults f;
		bool again;

		faults_init(&f);
		schema_edit(r->conf, OP_PUT, path, value, &f, NULL);
		again = f.n && !tries && drop_incomplete(r, path, value, &f);
		if (f.n && !again)
			refuse_faults(r, path, &f);
		faults_fini(&f);
		if (!again)
			return;
	}
}

struct same {
	struct store *store;
	const cJSON *before;
};

/* A secret that is what it was keeps its sealed form: the revision shows no change where there is none. */
static int secret_same(void *ctx, cJSON *parent, cJSON *node, const char *pointer)
{
	struct same *s = ctx;
	char name[256], now[1024], then[1024];
	cJSON *holder;
	const cJSON *old = archive_at((cJSON *)s->before, pointer, &holder, name, sizeof(name));
	const char *sealed = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(old, "$sealed"));

	if (sealed && !strcmp(node->child->string, "$sealed") &&
	    !store_unseal(s->store, sealed, then, sizeof(then)) &&
	    !store_unseal(s->store, node->child->valuestring, now, sizeof(now)) &&
	    !strcmp(then, now))
		cJSON_ReplaceItemViaPointer(parent, node, cJSON_Duplicate(old, true));
	mem_wipe(now, sizeof(now));
	mem_wipe(then, sizeof(then));
	return 0;
}

static void keep_sealed(struct restore *r, const char *path)
{
	const cJSON *now = conf_get(r->conf, path);
	struct same same = { r->store, conf_get_base(r->conf, path) };
	cJSON *copy;

	if (!now || !same.before)
		return;
	copy = cJSON_Duplicate(now, true);
	archive_secrets(copy, secret_same, &same);
	conf_put(r->conf, path, copy);
}

static void restore_object(struct restore *r, cJSON *value)
{
	const char *path = value->string;
	cJSON *stored = cJSON_Duplicate(value, true);
	bool hashes = false;

	if (!place_secrets(r, path, value, stored, &hashes)) {
		if (hashes) {
			/* Not equal to what comes, or it would stay as it is: not canonical. */
			cJSON_AddTrueToObject(stored, "$restored");
			conf_put(r->conf, path, stored);
			stored = NULL;
		}
		edit(r, path, value);
		keep_sealed(r, path);
	}
	cJSON_Delete(stored);
}

/* Settings first, then what they limit: the objects of one path of the schema. */
static void restore_kind(struct restore *r, const struct schema_object *kind, size_t *done)
{
	struct schema_path at;
	cJSON *value;

	cJSON_ArrayForEach (value, r->objects) {
		if (schema_path_parse(value->string, &at) || at.obj != kind || at.inside[0] ||
		    (kind->collection && !at.key[0]))
			continue;
		if (strcmp(at.object, value->string) != 0)
			refuse(r, ERR_MALFORMED, value->string, NULL,
			       "The path is not in its usual spelling");
		else
			restore_object(r, value);
		++*done;
	}
}

static void restore_objects(struct restore *r)
{
	const struct schema_object *const *kinds = schema_objects();
	size_t done = 0;

	for (int collections = 0; collections < 2; collections++)
		for (size_t i = 0; kinds[i]; i++)
			if (kinds[i]->collection == (collections == 1))
				restore_kind(r, kinds[i], &done);
	if (done != (size_t)cJSON_GetArraySize(r->objects))
		refuse(r, ERR_UNKNOWN, NULL, "/objects",
		       "Some objects are of a kind that is not known here");
	cJSON_AddNumberToObject(r->report, "objects", (double)done);
}

/* A user without the password that the archive does not have is no reason to refuse: an item of a
 * collection stays and waits for it, a block of a singleton is left out. True: check again. */
static bool settle_missing(struct restore *r, const struct fault *f)
{
	cJSON *value = cJSON_GetObjectItemCaseSensitive(r->objects, f->path);

	if (strchr(f->field + 1, '/') == NULL || !value || !drop_entry(value, f->field))
		return false;
	edit(r, f->path, value);
	return true;
}

static bool check_once(struct restore *r)
{
	struct faults f, warnings;
	bool again = false;

	faults_init(&f);
	faults_init(&warnings);
	schema_check_whole(r->conf, &f, &warnings);
	for (size_t i = 0; i < f.n && i < FAULTS_MAX; i++) {
		const struct fault *one = &f.list[i];

		if (one->path && lacks_secret(r, one->path, one))
			again = settle_missing(r, one) || again;
		else
			refuse(r, one->err, one->path, one->field, one->detail);
	}
	faults_fini(&f);
	faults_fini(&warnings);
	return again;
}

static int count_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	cJSON *one = cJSON_CreateObject();

	cJSON_AddStringToObject(one, "path", path);
	cJSON_AddStringToObject(one, "change", !before ? "create" : after ? "change" : "delete");
	cJSON_AddItemToArray(ctx, one);
	return 0;
}

static int run(struct restore *r, const char *archive, size_t len, const char *passphrase)
{
	char why[256] = "";
	int err;

	if (len > ARCHIVE_MAX)
		return refuse(r, ERR_TOO_BIG, NULL, NULL, "The backup is larger than 64 MB");
	err = json_parse(archive, len, &r->root, why, sizeof(why));
	if (err)
		return refuse(r, err, NULL, NULL, why);
	if (check_envelope(r) || open_secrets(r, passphrase))
		return r->err;
	err = conf_open(r->store, &r->conf);
	if (err)
		return refuse(r, err, NULL, NULL, err_text(err));
	conf_clear(r->conf);
	restore_objects(r);
	while (!r->err && check_once(r))
		; /* each time one entry less */
	if (!r->err)
		conf_each_change(r->conf, count_change,
				 cJSON_AddArrayToObject(r->report, "changes"));
	return r->err;
}

static void wipe_secrets(struct pathmap *m)
{
	const struct path_node *n = pathmap_next(m, (const uint8_t *)"", 0, true);
	const cJSON *one;

	for (; n; n = pathmap_next(m, n->key, n->len, false))
		cJSON_ArrayForEach (one, n->value)
			if (cJSON_IsString(one))
				mem_wipe(one->valuestring, strlen(one->valuestring));
	pathmap_clear(m);
}

int store_restore(struct store *s, const char *archive, size_t len, const char *passphrase,
		  bool dry_run, struct store_commit *info, cJSON **report)
{
	struct restore r = { .store = s, .report = cJSON_CreateObject() };
	int err;

	r.missing = cJSON_AddArrayToObject(r.report, "missing_secrets");
	r.errors = cJSON_AddArrayToObject(r.report, "errors");
	err = run(&r, archive, len, passphrase);
	if (!err && !dry_run)
		err = store_commit(s, r.conf, info);
	conf_close(r.conf);
	wipe_secrets(&r.secrets);
	cJSON_Delete(r.root);
	if (report)
		*report = r.report;
	else
		cJSON_Delete(r.report);
	return err;
}
