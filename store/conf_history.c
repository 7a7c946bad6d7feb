/* store/conf_history.c - older revisions, and what has changed since one, from the kept
 * differences. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/conf_int.h"
#include "store/schema/schema.h"

/* One kept revision, parsed; ERR_NOENT, ERR_CORRUPT. */
static int record_parse(const MDB_val *v, struct store_revision *r, cJSON **tree)
{
	const cJSON *changes;

	*tree = v->mv_size > 8 ? cJSON_ParseWithLength((const char *)v->mv_data + 8, v->mv_size - 8)
			       : NULL;
	changes = cJSON_GetObjectItemCaseSensitive(*tree, "changes");
	if (!cJSON_IsArray(changes)) {
		cJSON_Delete(*tree);
		*tree = NULL;
		return ERR_CORRUPT;
	}
	r->wall_ns = (int64_t)be64_get(v->mv_data);
	r->who = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(*tree, "who"));
	r->comment = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(*tree, "comment"));
	r->address = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(*tree, "address"));
	r->changes = changes;
	return 0;
}

static int oldest_kept(struct store *s, MDB_txn *txn, uint64_t *out)
{
	MDB_cursor *cur;
	MDB_val k, v;
	int rc = mdb_cursor_open(txn, s->dbi[DBI_REVISIONS], &cur);

	*out = 0;
	if (rc)
		return env_err(rc);
	rc = mdb_cursor_get(cur, &k, &v, MDB_FIRST);
	if (!rc && k.mv_size == 8)
		*out = be64_get(k.mv_data);
	mdb_cursor_close(cur);
	return rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

static bool is_of(const char *changed, const char *path)
{
	size_t len = strlen(path);

	return path[len - 1] == '/' ? !strncmp(changed, path, len) : !strcmp(changed, path);
}

static bool changes_path(const cJSON *changes, const char *path)
{
	const cJSON *ch;

	cJSON_ArrayForEach (ch, changes) {
		const char *p = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));

		if (p && is_of(p, path))
			return true;
	}
	return false;
}

/* What a record that changes `path` holds somewhere: thousands are passed over without parsing them. */
static void needle_of(struct text *t, const char *path)
{
	text_add(t, "\"path\":");
	json_add_str(t, path, STORE_KEY_MAX);
	if (path[strlen(path) - 1] == '/')
		t->len--; /* the closing quote: it goes on */
}

struct wanted {
	const char *path; /* NULL: all */
	size_t n;
	store_revision_fn fn;
	void *ctx;
	char needle[2 * STORE_KEY_MAX];
	size_t needle_len;
};

/* 0 to go on; counts those that are handed over. */
static int look_at(struct wanted *w, uint64_t number, const MDB_val *v)
{
	struct store_revision r = { .number = number };
	cJSON *tree;
	int err;

	if (w->path && !memmem(v->mv_data, v->mv_size, w->needle, w->needle_len))
		return 0;
	err = record_parse(v, &r, &tree);
	if (!err && (!w->path || changes_path(r.changes, w->path))) {
		w->n--;
		err = w->fn(w->ctx, &r);
	}
	cJSON_Delete(tree);
	return err;
}

/* Newest first: revisions `from` (0: newest) and below while `n` lasts; fn non-zero stops. */
static int each_below(struct store *s, MDB_txn *txn, uint64_t from, struct wanted *w)
{
	uint8_t number[8];
	MDB_val k = { sizeof(number), number }, v;
	MDB_cursor *cur;
	int rc = mdb_cursor_open(txn, s->dbi[DBI_REVISIONS], &cur), stop = 0;

	if (rc)
		return env_err(rc);
	be64_put(number, from);
	rc = mdb_cursor_get(cur, &k, &v, from ? MDB_SET_RANGE : MDB_LAST);
	if (!rc && from && be64_get(k.mv_data) > from)
		rc = mdb_cursor_get(cur, &k, &v, MDB_PREV);
	else if (rc == MDB_NOTFOUND && from)
		rc = mdb_cursor_get(cur, &k, &v, MDB_LAST);
	while (!rc && w->n && !stop) {
		stop = look_at(w, be64_get(k.mv_data), &v);
		rc = mdb_cursor_get(cur, &k, &v, MDB_PREV);
	}
	mdb_cursor_close(cur);
	return stop ? stop : rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

static int list(struct store *s, uint64_t below, struct wanted *w)
{
	MDB_txn *txn;
	int rc;

	if (below == 1 || !w->n)
		return 0;
	rc = read_begin(s, &txn);
	if (rc)
		return rc;
	rc = each_below(s, txn, below ? below - 1 : 0, w);
	read_end(s, txn);
	return rc;
}

int store_revisions(struct store *s, uint64_t below, size_t max, store_revision_fn fn, void *ctx)
{
	return list(s, below, &(struct wanted){ .n = max, .fn = fn, .ctx = ctx });
}

int store_revisions_of(struct store *s, const char *path, uint64_t below, size_t max,
		       store_revision_fn fn, void *ctx)
{
	struct wanted w = { .path = path, .n = max, .fn = fn, .ctx = ctx };
	struct text t;

	if (!*path)
		return ERR_NOENT;
	text_fixed(&t, w.needle, sizeof(w.needle));
	needle_of(&t, path);
	w.needle_len = t.len;
	return t.overflow ? ERR_TOO_BIG : list(s, below, &w);
}

int store_revision_get(struct store *s, uint64_t number, store_revision_fn fn, void *ctx)
{
	uint8_t key[8];
	MDB_val k = { sizeof(key), key }, v;
	struct store_revision r = { .number = number };
	uint64_t newest = 0;
	cJSON *tree = NULL;
	MDB_txn *txn;
	int rc = read_begin(s, &txn);

	if (rc)
		return rc;
	be64_put(key, number);
	rc = env_err(mdb_get(txn, s->dbi[DBI_REVISIONS], &k, &v));
	if (rc == ERR_NOENT && number && !store_newest(s, txn, &newest) && number < newest)
		rc = ERR_GONE;
	if (!rc)
		rc = record_parse(&v, &r, &tree);
	if (!rc)
		rc = fn(ctx, &r);
	cJSON_Delete(tree);
	read_end(s, txn);
	return rc;
}

/* ---- the configuration as it was ---- */

struct rewind {
	struct conf *c;
	struct pathmap *into;
	uint64_t target;
};

/* Walked from the newest down: the last `before` written for a path is the state at the target. */
static int rewind_one(void *ctx, const struct store_revision *r)
{
	struct rewind *rw = ctx;
	cJSON *ch;

	if (r->number <= rw->target)
		return 1;
	cJSON_ArrayForEach (ch, r->changes) {
		const char *path =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
		const cJSON *was = cJSON_GetObjectItemCaseSensitive(ch, "was");
		cJSON *before = cJSON_DetachItemFromObjectCaseSensitive(ch, "before");
		struct path_node *n;
		struct path_key k;

		if (!path || path_encode(path, &k) || !before) {
			cJSON_Delete(before);
			return ERR_CORRUPT;
		}
		n = pathmap_add(rw->into, k.b, k.len);
		cJSON_Delete(n->value);
		n->value = cJSON_IsNull(before) ? NULL : before;
		if (!n->value)
			cJSON_Delete(before);
		n->revision = cJSON_IsNumber(was) ? (uint64_t)was->valuedouble : 0;
	}
	return 0;
}

/* Fills `into` with every object that changed in (target, snapshot], as it was at `target`. */
static int rewind_to(struct conf *c, uint64_t target, struct pathmap *into)
{
	struct rewind rw = { c, into, target };
	uint64_t oldest, newest;
	int rc = c->txn ? oldest_kept(c->s, c->txn, &oldest) : ERR_CLOSED;

	if (!rc)
		rc = env_err(store_newest(c->s, c->txn, &newest));
	if (rc || target >= newest)
		return rc;
	if (target + 1 < oldest)
		return ERR_GONE;
	rc = each_below(c->s, c->txn, 0,
			&(struct wanted){ .n = SIZE_MAX, .fn = rewind_one, .ctx = &rw });
	return rc == 1 ? 0 : rc;
}

int conf_open_at(struct store *s, uint64_t revision, struct conf **out)
{
	struct conf *c;
	int rc = conf_open(s, &c);

	if (rc)
		return rc;
	if (revision > c->revision)
		rc = ERR_NOENT;
	else
		rc = rewind_to(c, revision, &c->base);
	if (rc) {
		conf_close(c);
		return rc;
	}
	c->revision = revision;
	c->historic = true;
	*out = c;
	return 0;
}

int conf_changed_since(struct conf *c, uint64_t since, conf_change_fn fn, void *ctx)
{
	struct pathmap then = { 0 };
	char path[STORE_KEY_MAX];
	const struct path_node *n;
	int rc;

	if (since >= c->revision)
		return 0;
	rc = rewind_to(c, since, &then);
	n = rc ? NULL : pathmap_next(&then, (const uint8_t *)"", 0, true);
	for (; n && !rc; n = pathmap_next(&then, n->key, n->len, false)) {
		const cJSON *now;

		rc = path_decode(n->key, n->len, path, sizeof(path));
		if (rc)
			break;
		now = conf_get_base(c, path);
		if ((n->value || now) && !(n->value && now && json_same(n->value, now)))
			rc = fn(ctx, path, n->value, now);
	}
	pathmap_clear(&then);
	return rc;
}
