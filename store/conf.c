/* store/conf.c - a read snapshot with staged changes over it. Trees are parsed when they are asked
 * for and kept until the conf closes, so that what conf_get() lends stays where it is.
 *
 * A conf at an older revision is the newest snapshot with `base` filled in beforehand: every object
 * that has changed since stands in it as it was (conf_history.c). */
#include "store/conf.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/conf_int.h"
#include "store/schema/schema.h"

static int open_newest(struct store *s, bool may_wait, struct conf **out)
{
	struct conf *c = mem_zalloc(sizeof(*c));
	int rc = may_wait ? read_begin(s, &c->txn) : read_begin_now(s, &c->txn);

	c->s = s;
	if (!rc)
		rc = env_err(store_newest(s, c->txn, &c->revision));
	if (rc) {
		conf_close(c);
		return rc;
	}
	*out = c;
	return 0;
}

int conf_open(struct store *s, struct conf **out)
{
	return open_newest(s, true, out);
}

int conf_open_now(struct store *s, struct conf **out)
{
	return open_newest(s, false, out);
}

struct conf *conf_over(struct wtxn *w)
{
	struct conf *c = mem_zalloc(sizeof(*c));

	c->s = w->s;
	c->txn = w->txn;
	c->borrowed = true;
	c->revision = w->revision;
	return c;
}

void conf_release(struct conf *c)
{
	if (c->txn && !c->borrowed)
		read_end(c->s, c->txn);
	c->txn = NULL;
}

void conf_close(struct conf *c)
{
	if (!c)
		return;
	conf_release(c);
	pathmap_clear(&c->base);
	pathmap_clear(&c->staged);
	mem_free(c);
}

struct store *conf_store(const struct conf *c)
{
	return c->s;
}

uint64_t conf_revision(const struct conf *c)
{
	return c->revision;
}

/* The view that a commit gave up is taken again when somebody still reads. */
static MDB_txn *view(struct conf *c)
{
	if (!c->txn && read_begin(c->s, &c->txn))
		c->txn = NULL;
	return c->txn;
}

/* ---- one object ---- */

/* Parses a stored record into the cache; a damaged one counts as not there, and says so. */
static struct path_node *cache(struct conf *c, const uint8_t *key, size_t len, const MDB_val *v)
{
	struct path_node *n = pathmap_add(&c->base, key, len);
	const char *text = v ? (const char *)v->mv_data + 8 : NULL;

	if (!v)
		return n;
	if (v->mv_size >= 8) {
		n->revision = be64_get(v->mv_data);
		n->value = cJSON_ParseWithLength(text, v->mv_size - 8);
	}
	if (!n->value)
		log_error(LOG_STORE, "object_damaged", "bytes=%zu", v->mv_size);
	return n;
}

static struct path_node *base_node(struct conf *c, const uint8_t *key, size_t len)
{
	struct path_node *n = pathmap_find(&c->base, key, len);
	MDB_val k = { len, (void *)key }, v;
	MDB_txn *txn;
	int rc;

	if (n)
		return n;
	txn = view(c);
	rc = txn ? mdb_get(txn, c->s->dbi[DBI_CONFIG], &k, &v) : MDB_PANIC;
	if (rc && rc != MDB_NOTFOUND)
		log_error(LOG_STORE, "read_failed", "err=\"%s\"", mdb_strerror(rc));
	n = cache(c, key, len, rc ? NULL : &v);
	if (rc == MDB_NOTFOUND && !mdb_get(txn, c->s->dbi[DBI_TOMBS], &k, &v) && v.mv_size == 8)
		n->revision = be64_get(v.mv_data);
	return n;
}

const cJSON *conf_get_base(struct conf *c, const char *path)
{
	struct path_key k;

	return path_encode(path, &k) ? NULL : base_node(c, k.b, k.len)->value;
}

const cJSON *conf_get(struct conf *c, const char *path)
{
	const struct path_node *n;
	struct path_key k;

	if (path_encode(path, &k))
		return NULL;
	n = pathmap_find(&c->staged, k.b, k.len);
	if (!n && !c->cleared)
		n = base_node(c, k.b, k.len);
	return n ? n->value : NULL;
}

uint64_t conf_object_revision(struct conf *c, const char *path)
{
	struct path_key k;

	return path_encode(path, &k) ? 0 : base_node(c, k.b, k.len)->revision;
}

/* ---- walking ---- */

struct walk {
	struct conf *c;
	const uint8_t *prefix;
	size_t prefix_len;
	MDB_cursor *cur;      /* NULL: nothing (left) in the snapshot */
	MDB_val k, v;         /* where it stands */
	struct path_key last; /* key handed over last, or where to begin */
	bool equal;           /* `last` itself counts (beginning of a prefix) */
};

static bool in_prefix(const struct walk *w, const uint8_t *key, size_t len)
{
	return len >= w->prefix_len && !memcmp(key, w->prefix, w->prefix_len);
}

static void walk_begin(struct walk *w, struct conf *c, const struct path_key *prefix,
		       const struct path_key *after)
{
	MDB_txn *txn = view(c);

	*w = (struct walk){ .c = c, .prefix = prefix->b, .prefix_len = prefix->len };
	w->last = after ? *after : *prefix;
	w->equal = !after;
	if (txn && mdb_cursor_open(txn, c->s->dbi[DBI_CONFIG], &w->cur))
		w->cur = NULL;
	if (!w->cur)
		return;
	w->k = (MDB_val){ w->last.len, w->last.b };
	/* An empty prefix is the whole table; LMDB has no empty keys. */
	if (mdb_cursor_get(w->cur, &w->k, &w->v, w->last.len ? MDB_SET_RANGE : MDB_FIRST))
		w->k.mv_size = 0;
}

static void walk_end(struct walk *w)
{
	if (w->cur)
		mdb_cursor_close(w->cur);
}

/* Next key of the snapshot behind `last`; false at the end. */
static bool snapshot_next(struct walk *w)
{
	while (w->cur && w->k.mv_size) {
		int d = path_cmp(w->k.mv_data, w->k.mv_size, w->last.b, w->last.len);

		if (d > 0 || (w->equal && !d))
			return in_prefix(w, w->k.mv_data, w->k.mv_size);
		if (mdb_cursor_get(w->cur, &w->k, &w->v, MDB_NEXT))
			w->k.mv_size = 0;
	}
	return false;
}

static const struct path_node *map_next(const struct walk *w, const struct pathmap *m)
{
	const struct path_node *n = pathmap_next(m, w->last.b, w->last.len, w->equal);

	return n && in_prefix(w, n->key, n->len) ? n : NULL;
}

/* Moves to the smallest key behind `last` in snapshot, cache (older revisions) or, with `staged`,
 * the changes; the key is in `last` afterwards. The object may turn out not to be there. */
static bool walk_step(struct walk *w, bool staged, bool snapshot)
{
	const struct path_node *nodes[2] = { staged ? map_next(w, &w->c->staged) : NULL,
					     snapshot && w->c->historic ? map_next(w, &w->c->base)
									: NULL };
	const uint8_t *best = NULL;
	size_t len = 0;

	if (snapshot && snapshot_next(w)) {
		best = w->k.mv_data;
		len = w->k.mv_size;
	}
	for (int i = 0; i < 2; i++) {
		if (nodes[i] && (!best || path_cmp(nodes[i]->key, nodes[i]->len, best, len) < 0)) {
			best = nodes[i]->key;
			len = nodes[i]->len;
		}
	}
	if (!best || len > sizeof(w->last.b))
		return false;
	memmove(w->last.b, best, len);
	w->last.len = len;
	w->equal = false;
	return true;
}

/* Whether the key in `last` is an object of the conf; parses it only when `value` is asked for. */
static bool walk_value(struct walk *w, const cJSON **value)
{
	const struct path_node *n = pathmap_find(&w->c->staged, w->last.b, w->last.len);

	if (!n && w->c->cleared)
		return false;
	if (!n)
		n = pathmap_find(&w->c->base, w->last.b, w->last.len);
	if (!n && !value)
		return true; /* it came from the snapshot */
	if (!n)
		n = base_node(w->c, w->last.b, w->last.len);
	if (value)
		*value = n->value;
	return n->value != NULL;
}

static int walk_open(struct walk *w, struct conf *c, const char *collection, const char *after,
		     struct path_key *prefix)
{
	char path[STORE_KEY_MAX];
	struct path_key from;
	struct text t;
	int err = path_prefix(collection, prefix);

	if (err || !after) {
		if (!err)
			walk_begin(w, c, prefix, NULL);
		return err;
	}
	text_fixed(&t, path, sizeof(path));
	text_addf(&t, "%s/%s", collection, after);
	err = t.overflow ? ERR_TOO_BIG : path_encode(path, &from);
	if (!err)
		walk_begin(w, c, prefix, &from);
	return err;
}

int conf_each(struct conf *c, const char *collection, const char *after, conf_each_fn fn, void *ctx)
{
	char path[STORE_KEY_MAX];
	struct path_key prefix;
	const cJSON *value;
	struct walk w;
	int rc = walk_open(&w, c, collection, after, &prefix);

	if (rc)
		return rc;
	while (!rc && walk_step(&w, true, !c->cleared))
		if (walk_value(&w, &value) &&
		    !path_decode(w.last.b, w.last.len, path, sizeof(path)))
			rc = fn(ctx, path_item(path), value);
	walk_end(&w);
	return rc;
}

size_t conf_count(struct conf *c, const char *collection)
{
	struct path_key prefix;
	struct walk w;
	size_t n = 0;

	if (walk_open(&w, c, collection, NULL, &prefix))
		return 0;
	while (walk_step(&w, true, !c->cleared))
		n += walk_value(&w, NULL);
	walk_end(&w);
	return n;
}

static void number_key(struct path_key *k, const struct path_key *prefix, uint64_t n)
{
	*k = *prefix;
	k->b[k->len] = PATH_NUMBER;
	be64_put(k->b + k->len + 1, n);
	k->len += 9;
}

uint64_t conf_lowest_free(struct conf *c, const char *collection, uint64_t min, uint64_t max)
{
	struct path_key prefix, want;
	uint64_t next = min;
	struct walk w;

	if (path_prefix(collection, &prefix) || prefix.len + 9 > sizeof(prefix.b))
		return 0;
	number_key(&want, &prefix, min);
	walk_begin(&w, c, &prefix, &want);
	w.equal = true;
	while (next <= max && walk_step(&w, true, !c->cleared)) {
		int d = path_cmp(w.last.b, w.last.len, want.b, want.len);

		if (d > 0 || (!d && !walk_value(&w, NULL)))
			break; /* a gap, or deleted in this draft */
		if (!d)
			number_key(&want, &prefix, ++next);
	}
	walk_end(&w);
	return next <= max ? next : 0;
}

/* ---- staging ---- */

void conf_put(struct conf *c, const char *path, cJSON *value)
{
	struct path_node *n;
	struct path_key k;

	if (path_encode(path, &k)) {
		log_error(LOG_STORE, "bad_path", "path=\"%.64s\"", path);
		cJSON_Delete(value);
		return;
	}
	n = pathmap_add(&c->staged, k.b, k.len);
	cJSON_Delete(n->value);
	n->value = value;
}

void conf_clear(struct conf *c)
{
	pathmap_clear(&c->staged);
	c->cleared = true;
}

static int take_one(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	(void)before;
	conf_put(ctx, path, cJSON_Duplicate(after, true));
	return 0;
}

int conf_take_all(struct conf *to, struct conf *from)
{
	conf_clear(to);
	return conf_each_object(from, take_one, to);
}

void conf_reset(struct conf *c)
{
	pathmap_clear(&c->staged);
	c->cleared = false;
}

static int each_change(struct walk *w, conf_change_fn fn, void *ctx)
{
	char path[STORE_KEY_MAX];
	int rc = 0;

	while (!rc && walk_step(w, true, w->c->cleared)) {
		const struct path_node *staged =
		    pathmap_find(&w->c->staged, w->last.b, w->last.len);
		const cJSON *before = base_node(w->c, w->last.b, w->last.len)->value;
		const cJSON *after = staged ? staged->value : NULL;

		if ((!before && !after) || (before && after && json_same(before, after)))
			continue;
		if (!path_decode(w->last.b, w->last.len, path, sizeof(path)))
			rc = fn(ctx, path, before, after);
	}
	return rc;
}

int conf_each_change(struct conf *c, conf_change_fn fn, void *ctx)
{
	struct path_key all = { .len = 0 };
	struct walk w;
	int rc;

	walk_begin(&w, c, &all, NULL);
	rc = each_change(&w, fn, ctx);
	walk_end(&w);
	return rc;
}

int conf_each_object(struct conf *c, conf_change_fn fn, void *ctx)
{
	struct path_key all = { .len = 0 };
	char path[STORE_KEY_MAX];
	const cJSON *value;
	struct walk w;
	int rc = 0;

	walk_begin(&w, c, &all, NULL);
	while (!rc && walk_step(&w, true, !c->cleared))
		if (walk_value(&w, &value) &&
		    !path_decode(w.last.b, w.last.len, path, sizeof(path)))
			rc = fn(ctx, path, NULL, value);
	walk_end(&w);
	return rc;
}
