/* store/journal.c - the numbered record of events: appended by the writer, read by every thread.
 * A record is wall_ns (8 bytes, big endian), type, subject and data, each text with its NUL, so
 * that a reader gets pointers into the map. Types are kept by name: the table may be reordered. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define PRUNE_BATCH 4 /* removed for each one added, while there are too many */

/* subject, NUL, number */
static size_t subject_key(uint8_t *out, const char *subject, size_t len, uint64_t seq)
{
	memcpy(out, subject, len);
	out[len] = 0;
	be64_put(out + len + 1, seq);
	return len + 9;
}

static bool record_parse(const MDB_val *v, int64_t *wall_ns, const char *part[3])
{
	const char *p = (const char *)v->mv_data + 8, *end = (const char *)v->mv_data + v->mv_size;

	if (v->mv_size < 8)
		return false;
	*wall_ns = (int64_t)be64_get(v->mv_data);
	for (int i = 0; i < 3; i++) {
		const char *nul = memchr(p, 0, (size_t)(end - p));

		if (!nul)
			return false;
		part[i] = p;
		p = nul + 1;
	}
	return true;
}

/* Remove the oldest record and its line in the index. */
static int prune_one(struct wtxn *w, MDB_cursor *cur)
{
	uint8_t index[STORE_KEY_MAX];
	const char *part[3];
	MDB_val k, v, none = { 0 };
	int64_t wall;
	int rc = mdb_cursor_get(cur, &k, &v, MDB_FIRST);

	if (rc)
		return rc;
	if (record_parse(&v, &wall, part) && part[1][0]) {
		MDB_val ik = { subject_key(index, part[1], strlen(part[1]), be64_get(k.mv_data)),
			       index };

		rc = mdb_del(w->txn, w->s->dbi[DBI_SUBJECTS], &ik, &none);
		if (rc && rc != MDB_NOTFOUND)
			return rc;
	}
	rc = mdb_cursor_del(cur, 0);
	if (!rc)
		w->oldest++;
	return rc;
}

static int prune(struct wtxn *w)
{
	MDB_cursor *cur;
	int rc;

	if (w->seq - w->oldest < STORE_JOURNAL_MAX)
		return 0;
	rc = mdb_cursor_open(w->txn, w->s->dbi[DBI_JOURNAL], &cur);
	if (rc)
		return rc;
	for (int i = 0; i < PRUNE_BATCH && !rc && w->seq - w->oldest >= STORE_JOURNAL_MAX; i++)
		rc = prune_one(w, cur);
	mdb_cursor_close(cur);
	return rc;
}

static int put_record(struct wtxn *w, const char *type, int64_t wall_ns, const char *subject,
		      size_t subject_len, const char *data, size_t data_len)
{
	size_t type_len = strlen(type);
	uint8_t key[8], *p;
	MDB_val k = { sizeof(key), key };
	MDB_val v = { 8 + type_len + 1 + subject_len + 1 + data_len + 1, NULL };
	int rc;

	be64_put(key, w->seq);
	rc = mdb_put(w->txn, w->s->dbi[DBI_JOURNAL], &k, &v, MDB_APPEND | MDB_RESERVE);
	if (rc)
		return rc;
	p = v.mv_data;
	be64_put(p, (uint64_t)wall_ns);
	memcpy(p + 8, type, type_len + 1);
	p += 8 + type_len + 1;
	memcpy(p, subject, subject_len);
	p[subject_len] = 0;
	p += subject_len + 1;
	memcpy(p, data, data_len);
	p[data_len] = 0;
	return 0;
}

int journal_append(struct wtxn *w, const char *type, int64_t wall_ns, const char *subject,
		   size_t subject_len, const char *data, size_t data_len)
{
	uint8_t index[STORE_KEY_MAX];
	MDB_val none = { 0, index };
	int rc;

	w->seq++;
	if (!w->oldest)
		w->oldest = w->seq;
	rc = put_record(w, type, wall_ns, subject, subject_len, data, data_len);
	if (!rc && subject_len) {
		MDB_val k = { subject_key(index, subject, subject_len, w->seq), index };

		rc = mdb_put(w->txn, w->s->dbi[DBI_SUBJECTS], &k, &none, 0);
	}
	return rc ? rc : prune(w);
}

/* ---- reading ---- */

struct reading {
	journal_fn fn;
	void *ctx;
	size_t left;
	int stop; /* what fn returned */
};

/* A type that this version does not know is passed over: a newer one wrote it. */
static void hand_over(struct reading *r, uint64_t seq, const MDB_val *v)
{
	struct journal_rec rec = { .seq = seq };
	const char *part[3];

	if (!record_parse(v, &rec.wall_ns, part) || event_type_find(part[0], &rec.type))
		return;
	rec.subject = part[1];
	rec.data = part[2];
	r->left--;
	r->stop = r->fn(r->ctx, &rec);
}

static int read_after(struct store *s, MDB_txn *txn, uint64_t after, struct reading *r)
{
	uint8_t key[8];
	MDB_val k = { sizeof(key), key }, v;
	MDB_cursor *cur;
	int rc = mdb_cursor_open(txn, s->dbi[DBI_JOURNAL], &cur);

	if (rc)
		return env_err(rc);
	be64_put(key, after + 1);
	rc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
	if (!rc && after && be64_get(k.mv_data) > after + 1)
		rc = ERR_GONE;
	while (!rc && r->left && !r->stop) {
		hand_over(r, be64_get(k.mv_data), &v);
		rc = mdb_cursor_get(cur, &k, &v, MDB_NEXT);
	}
	mdb_cursor_close(cur);
	return r->stop ? r->stop : rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

int journal_read(struct store *s, uint64_t after, size_t max, journal_fn fn, void *ctx)
{
	struct reading r = { .fn = fn, .ctx = ctx, .left = max };
	MDB_txn *txn;
	int rc;

	if (!max || after == UINT64_MAX)
		return 0;
	rc = read_begin(s, &txn);
	if (rc)
		return rc;
	rc = read_after(s, txn, after, &r);
	read_end(s, txn);
	return rc;
}

/* Steps the index backwards; MDB_NOTFOUND when the subject has no older line. */
static int index_step(MDB_cursor *cur, const uint8_t *want, size_t want_len, bool first,
		      uint64_t *seq)
{
	MDB_val k = { want_len, (void *)want }, v;
	int rc = 0;

	if (first)
		rc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
	if (!first || !rc)
		rc = mdb_cursor_get(cur, &k, &v, MDB_PREV);
	else if (rc == MDB_NOTFOUND)
		rc = mdb_cursor_get(cur, &k, &v, MDB_LAST);
	if (rc)
		return rc;
	if (k.mv_size != want_len || memcmp(k.mv_data, want, want_len - 8) != 0)
		return MDB_NOTFOUND;
	*seq = be64_get((const uint8_t *)k.mv_data + want_len - 8);
	return 0;
}

static int read_of(struct store *s, MDB_txn *txn, const uint8_t *want, size_t want_len,
		   struct reading *r)
{
	uint8_t key[8];
	MDB_val k = { sizeof(key), key }, v;
	MDB_cursor *cur;
	uint64_t seq;
	int rc = mdb_cursor_open(txn, s->dbi[DBI_SUBJECTS], &cur);

	if (rc)
		return env_err(rc);
	for (bool first = true; !rc && r->left && !r->stop; first = false) {
		rc = index_step(cur, want, want_len, first, &seq);
		if (rc)
			break;
		be64_put(key, seq);
		rc = mdb_get(txn, s->dbi[DBI_JOURNAL], &k, &v);
		if (!rc)
			hand_over(r, seq, &v);
	}
	mdb_cursor_close(cur);
	return r->stop ? r->stop : rc == MDB_NOTFOUND ? 0 : env_err(rc);
}

int journal_of(struct store *s, const char *subject, uint64_t below, size_t max, journal_fn fn,
	       void *ctx)
{
	struct reading r = { .fn = fn, .ctx = ctx, .left = max };
	uint8_t want[STORE_KEY_MAX];
	size_t len = strlen(subject);
	MDB_txn *txn;
	int rc;

	if (!max || !len || len > STORE_KEY_MAX - 9)
		return 0;
	len = subject_key(want, subject, len, below ? below : UINT64_MAX);
	rc = read_begin(s, &txn);
	if (rc)
		return rc;
	rc = read_of(s, txn, want, len, &r);
	read_end(s, txn);
	return rc;
}

uint64_t journal_last(const struct store *s)
{
	return atomic_load(&s->seq);
}

uint64_t journal_oldest(const struct store *s)
{
	return atomic_load(&s->oldest);
}
