/* store/confirm.c - commit-confirmed: a revision that falls back by itself unless somebody confirms it.
 *
 * What waits is a record written in the transaction of its commit. Nothing else changes the configuration
 * meanwhile, so falling back is that revision's difference turned round; the writer does it, in a
 * transaction like any other, before anything that comes later. The promised time is kept on the wall
 * clock, because it must survive a restart; while the process runs the clock that never steps counts. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define MINUTE_MS 60000

static const char pending_key[] = "confirmation", fell_back_key[] = "fell_back";

static MDB_dbi table(const struct store *s)
{
	return s->dbi[DBI_BUCKETS + BUCKET_META];
}

static uint64_t number(const cJSON *o, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(v) && v->valuedouble > 0 ? (uint64_t)v->valuedouble : 0;
}

static bool flag(const cJSON *o, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, name));
}

/* ---- records ---- */

static int record_put(struct wtxn *w, const char *key, cJSON *take)
{
	char *text = cJSON_PrintUnformatted(take);
	MDB_val k = { strlen(key), (void *)key }, v = { strlen(text), text };
	int rc = mdb_put(w->txn, table(w->s), &k, &v, 0);

	cJSON_free(text);
	cJSON_Delete(take);
	w->dirty = true;
	return rc;
}

static int record_delete(struct wtxn *w, const char *key)
{
	MDB_val k = { strlen(key), (void *)key };
	int rc = mdb_del(w->txn, table(w->s), &k, NULL);

	w->dirty = true;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* NULL with 0: there is none. A damaged one counts as none, and says so. */
static int record_get(struct store *s, MDB_txn *txn, const char *key, cJSON **out)
{
	MDB_val k = { strlen(key), (void *)key }, v;
	int rc = mdb_get(txn, table(s), &k, &v);

	*out = rc ? NULL : cJSON_ParseWithLength(v.mv_data, v.mv_size);
	if (!rc && !*out)
		log_error(LOG_STORE, "record_damaged", "key=%s", key);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* ---- the writer ---- */

int confirm_begin(struct wtxn *w, struct confirm_request *r, uint64_t base)
{
	const struct clock *clock = w->s->clock;
	int64_t deadline_ms = clock_wall_ns(clock) / 1000000 + (int64_t)r->minutes * MINUTE_MS;
	cJSON *o = cJSON_CreateObject();
	int rc;

	cJSON_AddNumberToObject(o, "revision", (double)w->revision);
	cJSON_AddNumberToObject(o, "falls_back_to", (double)base);
	cJSON_AddNumberToObject(o, "deadline_ms", (double)deadline_ms);
	cJSON_AddStringToObject(o, "who", r->who);
	cJSON_AddBoolToObject(o, "applied", r->applied);
	rc = record_put(w, pending_key, o);
	if (rc)
		return rc;
	r->deadline_ns = deadline_ms * 1000000;
	w->confirm.revision = w->revision;
	w->confirm.due_ms = clock_mono_ms(clock) + (uint64_t)r->minutes * MINUTE_MS;
	return journal_append_fields(
	    w, EV_CONFIRMATION_STARTED,
	    (const struct event_field[]){ EVENT_NUM("revision", w->revision),
					  EVENT_NUM("falls_back_to", base),
					  EVENT_NUM("minutes", r->minutes),
					  EVENT_STR("who", r->who),
					  { 0 } });
}

static int confirm_end(struct wtxn *w)
{
	w->confirm.revision = w->confirm.due_ms = 0;
	return record_delete(w, pending_key);
}

int confirm_taken_back(struct wtxn *w, const char *who)
{
	const struct event_field fields[] = { EVENT_NUM("revision", w->confirm.revision),
					      EVENT_NUM("falls_back_to", w->confirm.revision - 1),
					      EVENT_NUM("made", w->revision),
					      EVENT_STR("who", who),
					      { 0 } };
	int rc = journal_append_fields(w, EV_CONFIRMATION_EXPIRED, fields);

	return rc ? rc : confirm_end(w);
}

/* The changes of a revision, each the other way round. */
static size_t turned_round(const cJSON *changes, struct change **out)
{
	struct change *list = mem_zalloc(((size_t)cJSON_GetArraySize(changes) + 1) * sizeof(*list));
	const cJSON *ch;
	size_t n = 0;

	cJSON_ArrayForEach (ch, changes) {
		const char *path =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
		const cJSON *before = cJSON_GetObjectItemCaseSensitive(ch, "before");

		if (!path || path_encode(path, &list[n].key))
			continue;
		list[n].path = mem_strdup(path);
		list[n].after =
		    before && !cJSON_IsNull(before) ? cJSON_PrintUnformatted(before) : NULL;
		n++;
	}
	*out = list;
	return n;
}

static int take_back(struct wtxn *w, const cJSON *changes, uint64_t to)
{
	char comment[96];
	struct new_revision made = { .who = "system", .comment = comment };
	struct change *list;
	struct text t;
	int rc;

	text_fixed(&t, comment, sizeof(comment));
	text_addf(&t, "revision %llu was not confirmed: back to revision %llu",
		  (unsigned long long)w->confirm.revision, (unsigned long long)to);
	made.n = turned_round(changes, &list);
	made.changes = list;
	rc = revision_make(w, &made);
	for (size_t i = 0; i < made.n; i++) {
		mem_free(list[i].path);
		cJSON_free(list[i].after);
	}
	mem_free(list);
	return rc;
}

/* The difference that waits; NULL: not readable, so that there is nothing to take back. */
static int changes_of(struct wtxn *w, uint64_t revision, cJSON **tree)
{
	uint8_t key[8];
	MDB_val k = { sizeof(key), key }, v;
	int rc;

	be64_put(key, revision);
	rc = mdb_get(w->txn, w->s->dbi[DBI_REVISIONS], &k, &v);
	*tree = !rc && v.mv_size > 8
		    ? cJSON_ParseWithLength((const char *)v.mv_data + 8, v.mv_size - 8)
		    : NULL;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int note_fall_back(struct wtxn *w, uint64_t undone, bool applied)
{
	cJSON *o = cJSON_CreateObject();
	int rc;

	cJSON_AddNumberToObject(o, "made", (double)w->revision);
	cJSON_AddNumberToObject(o, "undone", (double)undone);
	cJSON_AddBoolToObject(o, "applied", applied);
	rc = record_put(w, fell_back_key, o);
	w->confirm.fell_back = w->revision;
	return rc;
}

static int give_up(struct wtxn *w)
{
	log_error(LOG_STORE, "cannot_fall_back", "revision=%llu newest=%llu",
		  (unsigned long long)w->confirm.revision, (unsigned long long)w->revision);
	return confirm_end(w);
}

static int fall_back(struct wtxn *w)
{
	uint64_t undone = w->confirm.revision;
	cJSON *rec = NULL, *tree = NULL;
	const cJSON *changes;
	int rc = record_get(w->s, w->txn, pending_key, &rec);

	if (!rc)
		rc = changes_of(w, undone, &tree);
	changes = cJSON_GetObjectItemCaseSensitive(tree, "changes");
	if (rc)
		goto out;
	/* An older version, which knows nothing of this, may have built upon it: then it stays. */
	if (!rec || !changes || undone != w->revision) {
		rc = give_up(w);
		goto out;
	}
	rc = take_back(w, changes, number(rec, "falls_back_to"));
	if (!rc)
		rc = note_fall_back(w, undone, flag(rec, "applied"));
	if (!rc)
		rc = confirm_taken_back(w, "system");
out:
	cJSON_Delete(tree);
	cJSON_Delete(rec);
	return rc;
}

bool confirm_expired(const struct store *s)
{
	uint64_t due = atomic_load(&s->confirm_due_ms);

	return due && clock_mono_ms(s->clock) >= due;
}

int confirm_look(struct wtxn *w)
{
	return confirm_expired(w->s) ? fall_back(w) : 0;
}

/* ---- start ---- */

int confirm_load(struct store *s, MDB_txn *txn)
{
	cJSON *rec = NULL, *fell = NULL;
	int64_t left;
	uint64_t revision;
	int rc = record_get(s, txn, pending_key, &rec);

	if (!rc)
		rc = record_get(s, txn, fell_back_key, &fell);
	revision = number(rec, "revision");
	left = (int64_t)number(rec, "deadline_ms") - clock_wall_ns(s->clock) / 1000000;
	left = left < 0 ? 0 : left;
	if (left > STORE_CONFIRM_MAX * MINUTE_MS) /* a clock that is far behind */
		left = STORE_CONFIRM_MAX * MINUTE_MS;
	if (!rc && revision != atomic_load(&s->confirm_revision)) {
		atomic_store(&s->confirm_revision, revision);
		atomic_store(&s->confirm_due_ms,
			     revision ? clock_mono_ms(s->clock) + (uint64_t)left : 0);
	}
	if (!rc)
		atomic_store(&s->fell_back, number(fell, "made"));
	cJSON_Delete(rec);
	cJSON_Delete(fell);
	return rc;
}

/* ---- requests ---- */

struct confirm_ask {
	struct request req;
	char *who;
	uint64_t revision; /* of what fell back */
	struct store_put *puts;
	size_t n_puts;
};

static void ask_release(struct request *req)
{
	struct confirm_ask *a = container_of(req, struct confirm_ask, req);

	puts_free(a->puts, a->n_puts);
	mem_free(a->who);
	mem_free(a);
}

static int apply_confirm(struct wtxn *w, struct request *req)
{
	struct confirm_ask *a = container_of(req, struct confirm_ask, req);
	uint64_t revision = w->confirm.revision;
	int rc;

	if (!revision)
		return ERR_NOENT;
	rc = confirm_end(w);
	if (!rc)
		rc = journal_append_fields(
		    w, EV_CONFIRMATION_CONFIRMED,
		    (const struct event_field[]){
			EVENT_NUM("revision", revision), EVENT_STR("who", a->who), { 0 } });
	return rc ? rc : puts_apply(w, a->puts, a->n_puts);
}

int store_confirm(struct store *s, const char *who, const struct store_put *puts, size_t n_puts)
{
	struct confirm_ask *a = mem_zalloc(sizeof(*a));
	int err;

	request_init(&a->req, apply_confirm, ask_release);
	a->who = mem_strdup(who);
	err = puts_copy(puts, n_puts, &a->puts);
	a->n_puts = err ? 0 : n_puts;
	err = err ? err : writer_run(s, &a->req);
	request_unref(&a->req);
	return err;
}

static int apply_done(struct wtxn *w, struct request *req)
{
	const struct confirm_ask *a = container_of(req, struct confirm_ask, req);

	if (w->confirm.fell_back != a->revision)
		return 0;
	w->confirm.fell_back = 0;
	return record_delete(w, fell_back_key);
}

void store_fell_back_done(struct store *s, uint64_t made)
{
	struct confirm_ask *a = mem_zalloc(sizeof(*a));

	request_init(&a->req, apply_done, ask_release);
	a->revision = made;
	writer_post(s, &a->req);
	request_unref(&a->req);
}

static int apply_nothing(struct wtxn *w, struct request *req)
{
	(void)w;
	(void)req;
	return 0;
}

void confirm_settle(struct store *s)
{
	struct confirm_ask *a;
	int err;

	if (!confirm_expired(s))
		return;
	a = mem_zalloc(sizeof(*a));
	request_init(&a->req, apply_nothing, ask_release);
	err = writer_run(s, &a->req);
	if (err) /* the writer goes on trying */
		log_error(LOG_STORE, "fall_back_delayed", "err=%s", err_code(err));
	request_unref(&a->req);
}

/* ---- reading ---- */

int store_confirmation(struct store *s, struct store_confirmation *out)
{
	uint64_t now = clock_mono_ms(s->clock), due;
	MDB_txn *txn;
	cJSON *rec = NULL;
	const char *who;
	int rc = read_begin(s, &txn);

	*out = (struct store_confirmation){ 0 };
	if (rc)
		return rc;
	rc = env_err(record_get(s, txn, pending_key, &rec));
	read_end(s, txn);
	due = atomic_load(&s->confirm_due_ms);
	who = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(rec, "who"));
	out->pending = rec != NULL;
	out->revision = number(rec, "revision");
	out->falls_back_to = number(rec, "falls_back_to");
	out->deadline_ns = (int64_t)number(rec, "deadline_ms") * 1000000;
	out->applied = flag(rec, "applied");
	out->remaining_ms = due > now ? due - now : 0;
	text_copy(out->who, sizeof(out->who), who ? who : "");
	cJSON_Delete(rec);
	return rc;
}

bool store_fell_back(struct store *s, struct store_fallback *out)
{
	cJSON *rec = NULL;
	MDB_txn *txn;

	if (!atomic_load(&s->fell_back) || read_begin(s, &txn))
		return false;
	record_get(s, txn, fell_back_key, &rec);
	read_end(s, txn);
	*out = (struct store_fallback){ number(rec, "made"), number(rec, "undone"),
					flag(rec, "applied") };
	cJSON_Delete(rec);
	return out->made != 0;
}
