/* store/commit.c - a draft becomes a revision. The caller's thread writes the changes down as text;
 * the writer compares, writes and publishes. Each object's own revision is what is compared: two
 * drafts that touch different objects do not get in each other's way. */
#include <errno.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/conf_int.h"
#include "store/schema/schema.h"

struct commit_request {
	struct request req;
	uint64_t base;
	bool replaces; /* all objects: nothing may have come between */
	bool takes_back;
	struct confirm_request confirm;
	char *who, *comment, *address;
	struct change *changes;
	size_t n, cap;
	struct store_put *puts;
	size_t n_puts;
};

static int collect(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct commit_request *r = ctx;
	struct change *ch;

	(void)before;
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->changes = mem_realloc(r->changes, r->cap * sizeof(*r->changes));
	}
	ch = &r->changes[r->n++];
	ch->path = mem_strdup(path);
	ch->after = after ? cJSON_PrintUnformatted(after) : NULL;
	path_encode(path, &ch->key);
	return after && !ch->after ? ERR_TOO_BIG : 0;
}

static void commit_release(struct request *req)
{
	struct commit_request *r = container_of(req, struct commit_request, req);

	for (size_t i = 0; i < r->n; i++) {
		mem_free(r->changes[i].path);
		cJSON_free(r->changes[i].after);
	}
	mem_free(r->changes);
	puts_free(r->puts, r->n_puts);
	mem_free(r->who);
	mem_free(r->comment);
	mem_free(r->address);
	mem_free(r);
}

/* ---- on the writer's thread ---- */

/* The stored state of one object: its text (NULL: not there) and revision (0: never was). */
static int object_now(struct wtxn *w, const struct path_key *key, MDB_val *text, uint64_t *revision)
{
	MDB_val k = { key->len, (void *)key->b }, v;
	int rc = mdb_get(w->txn, w->s->dbi[DBI_CONFIG], &k, &v);

	*text = (MDB_val){ 0, NULL };
	*revision = 0;
	if (rc == MDB_NOTFOUND) {
		rc = mdb_get(w->txn, w->s->dbi[DBI_TOMBS], &k, &v);
		if (!rc && v.mv_size == 8)
			*revision = be64_get(v.mv_data);
		return rc == MDB_NOTFOUND ? 0 : rc;
	}
	if (!rc && v.mv_size < 8)
		return MDB_CORRUPTED;
	if (!rc) {
		*revision = be64_get(v.mv_data);
		*text = (MDB_val){ v.mv_size - 8, (char *)v.mv_data + 8 };
	}
	return rc;
}

static int check_base(struct wtxn *w, const struct commit_request *r)
{
	for (size_t i = 0; i < r->n; i++) {
		uint64_t revision;
		MDB_val text;
		int rc = object_now(w, &r->changes[i].key, &text, &revision);

		if (rc)
			return rc;
		if (revision > r->base)
			return ERR_STALE;
	}
	return 0;
}

/* The draft together with what others have committed since its base. */
static int check_again(struct wtxn *w, const struct commit_request *r)
{
	struct faults faults, warnings;
	struct conf *c;
	int err;

	if (r->replaces)
		return ERR_STALE;
	c = conf_over(w);
	faults_init(&faults);
	faults_init(&warnings);
	for (size_t i = 0; i < r->n; i++) {
		const struct change *ch = &r->changes[i];

		conf_put(c, ch->path, ch->after ? cJSON_Parse(ch->after) : NULL);
	}
	err = schema_check(c, &faults, &warnings) ? ERR_STALE : 0;
	faults_fini(&faults);
	faults_fini(&warnings);
	conf_close(c);
	return err;
}

static int put_object(struct wtxn *w, const struct change *ch)
{
	MDB_val k = { ch->key.len, (void *)ch->key.b };
	size_t len = strlen(ch->after);
	MDB_val v = { 8 + len, NULL };
	int rc = mdb_put(w->txn, w->s->dbi[DBI_CONFIG], &k, &v, MDB_RESERVE);

	if (rc)
		return rc;
	be64_put(v.mv_data, w->revision);
	memcpy((char *)v.mv_data + 8, ch->after, len);
	rc = mdb_del(w->txn, w->s->dbi[DBI_TOMBS], &k, NULL);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int delete_object(struct wtxn *w, const struct change *ch)
{
	MDB_val k = { ch->key.len, (void *)ch->key.b };
	uint8_t revision[8];
	MDB_val v = { sizeof(revision), revision };
	int rc = mdb_del(w->txn, w->s->dbi[DBI_CONFIG], &k, NULL);

	if (rc && rc != MDB_NOTFOUND)
		return rc;
	be64_put(revision, w->revision);
	return mdb_put(w->txn, w->s->dbi[DBI_TOMBS], &k, &v, 0);
}

/* Writes the changes, and the difference into `record`. */
static int write_changes(struct wtxn *w, const struct new_revision *r, struct text *record)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct change *ch = &r->changes[i];
		uint64_t was;
		MDB_val before;
		int rc = object_now(w, &ch->key, &before, &was);

		if (rc)
			return rc;
		text_add(record, i ? ",{\"path\":" : "{\"path\":");
		json_add_str(record, ch->path, STORE_KEY_MAX);
		text_addf(record, ",\"was\":%llu,\"before\":", (unsigned long long)was);
		if (before.mv_data)
			text_addn(record, before.mv_data, before.mv_size);
		else
			text_add(record, "null");
		text_add(record, ",\"after\":");
		text_add(record, ch->after ? ch->after : "null");
		text_addc(record, '}');
		rc = ch->after ? put_object(w, ch) : delete_object(w, ch);
		if (rc)
			return rc;
	}
	return 0;
}

static void add_member(struct text *t, const char *name, const char *value)
{
	if (!value)
		return;
	text_addf(t, "\"%s\":", name);
	json_add_str(t, value, REVISION_TEXT_MAX);
	text_addc(t, ',');
}

/* Keeps STORE_REVISIONS of them. */
static int put_revision(struct wtxn *w, const struct text *record, int64_t wall_ns)
{
	MDB_dbi dbi = w->s->dbi[DBI_REVISIONS];
	uint8_t number[8];
	MDB_val k = { sizeof(number), number }, v = { 8 + record->len, NULL };
	int rc;

	be64_put(number, w->revision);
	rc = mdb_put(w->txn, dbi, &k, &v, MDB_APPEND | MDB_RESERVE);
	if (rc)
		return rc;
	be64_put(v.mv_data, (uint64_t)wall_ns);
	memcpy((char *)v.mv_data + 8, record->buf, record->len);
	if (w->revision <= STORE_REVISIONS)
		return 0;
	be64_put(number, w->revision - STORE_REVISIONS);
	rc = mdb_del(w->txn, dbi, &k, NULL);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int revision_make(struct wtxn *w, const struct new_revision *r)
{
	struct text record;
	int rc;

	w->revision++;
	text_init(&record, STORE_TEXT_MAX);
	text_addc(&record, '{');
	add_member(&record, "who", r->who);
	add_member(&record, "comment", r->comment);
	add_member(&record, "address", r->address);
	text_add(&record, "\"changes\":[");
	rc = write_changes(w, r, &record);
	text_add(&record, "]}");
	if (!rc && record.overflow)
		rc = ENOMEM; /* the caller was held to limits far below */
	if (!rc)
		rc = put_revision(w, &record, clock_wall_ns(w->s->clock));
	text_fini(&record);
	if (rc)
		return rc;
	return journal_append_fields(
	    w, EV_CONFIG_COMMITTED,
	    (const struct event_field[]){ EVENT_NUM("revision", w->revision),
					  EVENT_STR("who", r->who),
					  EVENT_STR("comment", r->comment),
					  { 0 } });
}

static int check(struct wtxn *w, const struct commit_request *r)
{
	int rc;

	if (r->takes_back && (!w->confirm.revision || !r->n))
		return ERR_NOENT;
	if (r->n && w->confirm.revision && !r->takes_back)
		return ERR_PENDING;
	rc = check_base(w, r);
	return rc || !r->n || w->revision == r->base ? rc : check_again(w, r);
}

static int write_revision(struct wtxn *w, struct commit_request *r)
{
	const struct new_revision made = { r->who, r->comment, r->address, r->changes, r->n };
	uint64_t base = w->revision;
	int rc = revision_make(w, &made);

	if (!rc && r->takes_back)
		rc = confirm_taken_back(w, r->who);
	return rc || !r->confirm.minutes ? rc : confirm_begin(w, &r->confirm, base);
}

static int commit_apply(struct wtxn *w, struct request *req)
{
	struct commit_request *r = container_of(req, struct commit_request, req);
	int rc = check(w, r);

	if (rc)
		return rc;
	w->dirty = true;
	if (r->n)
		rc = write_revision(w, r);
	req->revision = w->revision;
	return rc ? rc : puts_apply(w, r->puts, r->n_puts);
}

/* ---- on the caller's thread ---- */

int store_commit(struct store *s, struct conf *c, struct store_commit *info)
{
	struct commit_request *r = mem_zalloc(sizeof(*r));
	int err;

	request_init(&r->req, commit_apply, commit_release);
	r->base = c->revision;
	r->replaces = c->cleared;
	r->who = mem_strdup(info->who ? info->who : "");
	r->comment = mem_strdup(info->comment);
	r->address = mem_strdup(info->address);
	r->takes_back = info->takes_back;
	r->confirm = (struct confirm_request){ r->who, info->confirm_minutes, info->applied, 0 };
	err = puts_copy(info->puts, info->n_puts, &r->puts);
	r->n_puts = err ? 0 : info->n_puts;
	err = err ? err : conf_each_change(c, collect, r);
	if (!err && (r->n || r->n_puts)) {
		conf_release(c);
		err = writer_run(s, &r->req);
	}
	if (!err) {
		info->revision = r->n ? r->req.revision : c->revision;
		info->deadline_ns = r->confirm.deadline_ns;
	}
	request_unref(&r->req);
	return err;
}
