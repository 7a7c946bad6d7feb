/* store/bucket.c - small records outside the revisions: accounts, tokens, audit, certificates. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define BUCKET_KEY_MAX   255
#define BUCKET_VALUE_MAX (64u << 20)

struct put_request {
	struct request req;
	size_t n;
	struct store_put *puts; /* copies of our own */
};

static int put_apply(struct wtxn *w, struct request *req)
{
	const struct put_request *r = container_of(req, struct put_request, req);
	int rc = 0;

	for (size_t i = 0; i < r->n && !rc; i++) {
		const struct store_put *p = &r->puts[i];
		MDB_dbi dbi = w->s->dbi[DBI_BUCKETS + p->bucket];
		MDB_val k = { strlen(p->key), (void *)p->key };
		MDB_val v = { p->len, (void *)p->value };

		rc = p->value ? mdb_put(w->txn, dbi, &k, &v, 0) : mdb_del(w->txn, dbi, &k, NULL);
		if (rc == MDB_NOTFOUND)
			rc = 0;
	}
	w->dirty = true;
	return rc;
}

static void put_release(struct request *req)
{
	struct put_request *r = container_of(req, struct put_request, req);

	for (size_t i = 0; i < r->n; i++) {
		void *value = (void *)r->puts[i].value;

		if (value)
			mem_wipe(value, r->puts[i].len);
		mem_free(value);
		mem_free((void *)r->puts[i].key);
	}
	mem_free(r->puts);
	mem_free(r);
}

int store_put(struct store *s, const struct store_put *puts, size_t n)
{
	struct put_request *r;
	int err;

	for (size_t i = 0; i < n; i++) {
		size_t len = strnlen(puts[i].key, BUCKET_KEY_MAX + 1);

		if (!len || len > BUCKET_KEY_MAX || puts[i].len > BUCKET_VALUE_MAX)
			return ERR_TOO_BIG;
	}
	r = mem_zalloc(sizeof(*r));
	r->n = n;
	r->puts = mem_zalloc((n ? n : 1) * sizeof(*puts));
	for (size_t i = 0; i < n; i++) {
		r->puts[i] = puts[i];
		r->puts[i].key = mem_strdup(puts[i].key);
		/* One byte more: an empty value is not the deletion of it. */
		if (puts[i].value) {
			char *copy = mem_zalloc(puts[i].len + 1);

			memcpy(copy, puts[i].value, puts[i].len);
			r->puts[i].value = copy;
		}
	}
	request_init(&r->req, put_apply, put_release);
	err = writer_run(s, &r->req);
	request_unref(&r->req);
	return err;
}

int store_get(struct store *s, enum store_bucket b, const char *key, void **value, size_t *len)
{
	MDB_val k = { strnlen(key, BUCKET_KEY_MAX + 1), (void *)key }, v;
	MDB_txn *txn;
	int rc;

	if (!k.mv_size || k.mv_size > BUCKET_KEY_MAX)
		return ERR_NOENT;
	rc = read_begin(s, &txn);
	if (rc)
		return rc;
	rc = mdb_get(txn, s->dbi[DBI_BUCKETS + b], &k, &v);
	if (!rc) {
		char *copy = mem_zalloc(v.mv_size + 1);

		memcpy(copy, v.mv_data, v.mv_size);
		*value = copy;
		if (len)
			*len = v.mv_size;
	}
	read_end(s, txn);
	return env_err(rc);
}

/* Puts the cursor on the first record to hand over. */
static int seek(MDB_cursor *cur, const char *from, bool reverse, MDB_val *k, MDB_val *v)
{
	MDB_val want;
	int rc;

	if (!from)
		return mdb_cursor_get(cur, k, v, reverse ? MDB_LAST : MDB_FIRST);
	*k = want = (MDB_val){ strlen(from), (void *)from };
	if (!want.mv_size)
		return reverse ? MDB_NOTFOUND : mdb_cursor_get(cur, k, v, MDB_FIRST);
	rc = mdb_cursor_get(cur, k, v, MDB_SET_RANGE);
	if (reverse)
		return mdb_cursor_get(cur, k, v, rc ? MDB_LAST : MDB_PREV);
	if (!rc && k->mv_size == want.mv_size && !memcmp(k->mv_data, from, want.mv_size))
		rc = mdb_cursor_get(cur, k, v, MDB_NEXT);
	return rc;
}

static int each(MDB_cursor *cur, const char *from, bool reverse, store_each_fn fn, void *ctx)
{
	char key[BUCKET_KEY_MAX + 1];
	MDB_val k, v;
	int rc = seek(cur, from, reverse, &k, &v);

	while (!rc) {
		size_t len = k.mv_size <= BUCKET_KEY_MAX ? k.mv_size : BUCKET_KEY_MAX;

		memcpy(key, k.mv_data, len);
		key[len] = '\0';
		rc = fn(ctx, key, v.mv_data, v.mv_size);
		if (rc)
			return rc;
		rc = mdb_cursor_get(cur, &k, &v, reverse ? MDB_PREV : MDB_NEXT);
	}
	return rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

int store_each(struct store *s, enum store_bucket b, const char *from, bool reverse,
	       store_each_fn fn, void *ctx)
{
	MDB_cursor *cur;
	MDB_txn *txn;
	int rc = read_begin(s, &txn);

	if (rc)
		return rc;
	rc = env_err(mdb_cursor_open(txn, s->dbi[DBI_BUCKETS + b], &cur));
	if (!rc) {
		rc = each(cur, from, reverse, fn, ctx);
		mdb_cursor_close(cur);
	}
	read_end(s, txn);
	return rc;
}
