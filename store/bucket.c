/* store/bucket.c - small records outside the revisions: accounts, tokens, audit, certificates. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define BUCKET_KEY_MAX   255
#define BUCKET_VALUE_MAX (64u << 20)

#define NUMBER_SIZE 24

struct put_request {
	struct request req;
	size_t n;
	struct store_put *puts; /* copies of our own */
};

/* ---- on the writer's thread ---- */

static int next_number(struct wtxn *w, MDB_dbi dbi, uint64_t *out)
{
	MDB_cursor *cur;
	MDB_val k, v;
	int64_t last = 0;
	int rc = mdb_cursor_open(w->txn, dbi, &cur);

	if (rc)
		return rc;
	rc = mdb_cursor_get(cur, &k, &v, MDB_LAST);
	if (!rc && text_to_int(k.mv_data, k.mv_size, 0, INT64_MAX - 1, &last))
		rc = MDB_CORRUPTED;
	mdb_cursor_close(cur);
	*out = (uint64_t)last + 1;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int put_value(struct wtxn *w, MDB_dbi dbi, MDB_val *k, const struct store_put *p)
{
	size_t at = p->revision_at < p->len ? p->revision_at : 0;
	char number[24] = "";
	MDB_val v = { p->len, NULL };
	size_t digits = 0;
	int rc;

	if (at)
		digits = (size_t)snprintf(number, sizeof(number), "%llu",
					  (unsigned long long)w->revision);
	v.mv_size += digits;
	rc = mdb_put(w->txn, dbi, k, &v, MDB_RESERVE);
	if (rc)
		return rc;
	memcpy(v.mv_data, p->value, at);
	memcpy((char *)v.mv_data + at, number, digits);
	memcpy((char *)v.mv_data + at + digits, (const char *)p->value + at, p->len - at);
	return 0;
}

/* 16 digits: in order of number is in order of key. */
static size_t number_key(char out[NUMBER_SIZE], uint64_t number)
{
	return (size_t)snprintf(out, NUMBER_SIZE, "%016llu", (unsigned long long)number);
}

static int put_numbered(struct wtxn *w, MDB_dbi dbi, const struct store_put *p)
{
	char key[NUMBER_SIZE];
	MDB_val k = { 0, key };
	uint64_t number;
	int rc = next_number(w, dbi, &number);

	if (rc)
		return rc;
	k.mv_size = number_key(key, number);
	rc = put_value(w, dbi, &k, p);
	if (rc || !p->keep || number <= p->keep)
		return rc;
	k.mv_size = number_key(key, number - p->keep);
	rc = mdb_del(w->txn, dbi, &k, NULL);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int puts_apply(struct wtxn *w, const struct store_put *puts, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		const struct store_put *p = &puts[i];
		MDB_dbi dbi = w->s->dbi[DBI_BUCKETS + p->bucket];
		MDB_val k = { p->key ? strlen(p->key) : 0, (void *)p->key };

		if (!p->key)
			rc = put_numbered(w, dbi, p);
		else
			rc = p->value ? put_value(w, dbi, &k, p) : mdb_del(w->txn, dbi, &k, NULL);
		if (rc == MDB_NOTFOUND)
			rc = 0;
		w->dirty = true;
	}
	return rc;
}

static int put_apply(struct wtxn *w, struct request *req)
{
	const struct put_request *r = container_of(req, struct put_request, req);

	return puts_apply(w, r->puts, r->n);
}

static void put_release(struct request *req)
{
	struct put_request *r = container_of(req, struct put_request, req);

	puts_free(r->puts, r->n);
	mem_free(r);
}

/* ---- on the caller's thread ---- */

int puts_copy(const struct store_put *puts, size_t n, struct store_put **out)
{
	*out = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = puts[i].key ? strnlen(puts[i].key, BUCKET_KEY_MAX + 1) : 1;

		if (!len || len > BUCKET_KEY_MAX || puts[i].len > BUCKET_VALUE_MAX ||
		    (!puts[i].key && !puts[i].value))
			return ERR_TOO_BIG;
	}
	*out = mem_zalloc((n ? n : 1) * sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		struct store_put *p = &(*out)[i];

		*p = puts[i];
		p->key = mem_strdup(puts[i].key);
		/* One byte more: an empty value is not the deletion of it. */
		if (puts[i].value) {
			char *copy = mem_zalloc(puts[i].len + 1);

			memcpy(copy, puts[i].value, puts[i].len);
			p->value = copy;
		}
	}
	return 0;
}

void puts_free(struct store_put *puts, size_t n)
{
	for (size_t i = 0; puts && i < n; i++) {
		void *value = (void *)puts[i].value;

		if (value)
			mem_wipe(value, puts[i].len);
		mem_free(value);
		mem_free((void *)puts[i].key);
	}
	mem_free(puts);
}

static int put(struct store *s, const struct store_put *puts, size_t n,
	       int (*hand_over)(struct store *s, struct request *r))
{
	struct put_request *r;
	struct store_put *copies;
	int err = puts_copy(puts, n, &copies);

	if (err)
		return err;
	r = mem_zalloc(sizeof(*r));
	r->n = n;
	r->puts = copies;
	request_init(&r->req, put_apply, put_release);
	err = hand_over(s, &r->req);
	request_unref(&r->req);
	return err;
}

int store_put(struct store *s, const struct store_put *puts, size_t n)
{
	return put(s, puts, n, writer_run);
}

int store_put_soon(struct store *s, const struct store_put *puts, size_t n)
{
	return put(s, puts, n, writer_post);
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
