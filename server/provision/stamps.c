/* server/provision/stamps.c - what is kept of files: when their bytes changed; version stamps set by hand: `create profile sync` and `create
 * cnf-files version-stamp` with 16 digits. One record per file: the stamp and the digest of the bytes it
 * was set for; when the bytes change it no longer counts. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/provision/index.h"
#include "server/provision/render.h"
#include "store/store.h"

#define STAMP_LEN  16
#define DIGEST_LEN 64
#define BATCH      256

struct record {
	char stamp[STAMP_LEN], sha256[DIGEST_LEN];
};

static void asked(struct conf *c, const char *path, const char *field, char out[STAMP_LEN + 1])
{
	const struct schema_object *o = schema_object(path);
	const char *before = cfg_str(o, conf_get_base(c, path), field);
	const char *after = cfg_str(o, conf_get(c, path), field);

	out[0] = '\0';
	if (after && strlen(after) == STAMP_LEN && strspn(after, "0123456789") == STAMP_LEN &&
	    (!before || strcmp(before, after) != 0))
		memcpy(out, after, STAMP_LEN + 1);
}

void provision_stamps_asked(struct conf *c, struct provision_stamps *out)
{
	asked(c, "telephony-service", "cnf_file.create.version_stamp", out->sccp);
	asked(c, "voice-register/global", "profile.create.version_stamp", out->sip);
}

/* ---- setting ---- */

struct batch {
	struct store *store;
	struct store_put puts[BATCH];
	struct record records[BATCH];
	char names[BATCH][PROVISION_NAME_SIZE];
	size_t n;
	int err;
};

static void flush(struct batch *b)
{
	if (b->n && !b->err)
		b->err = store_put(b->store, b->puts, b->n);
	b->n = 0;
}

static void put(struct batch *b, const struct rendered *r, const char *stamp)
{
	struct record *rec = &b->records[b->n];

	memcpy(rec->stamp, stamp, STAMP_LEN);
	memcpy(rec->sha256, r->sha256, DIGEST_LEN);
	text_copy(b->names[b->n], PROVISION_NAME_SIZE, r->name);
	b->puts[b->n] = (struct store_put){
		.bucket = BUCKET_FILES, .key = b->names[b->n], .value = rec, .len = sizeof(*rec)
	};
	if (++b->n == BATCH)
		flush(b);
}

int provision_stamps_set(struct conf *c, const struct provision_stamps *stamps)
{
	struct batch *b = mem_zalloc(sizeof(*b));
	struct provision_index *ix = provision_index_new(c);
	const struct index_entry *e;
	size_t n;
	int err;

	b->store = conf_store(c);
	e = index_all(ix, &n);
	for (size_t i = 0; i < n && !b->err; i++) {
		const char *stamp = e[i].sip ? stamps->sip : stamps->sccp;
		char name[PROVISION_NAME_SIZE];
		struct rendered r;

		snprintf(name, sizeof(name), "%s" CNF_SUFFIX, e[i].device);
		if (!stamp[0] || provision_render_indexed(c, ix, name, false, &r))
			continue;
		put(b, &r, stamp);
		provision_release(&r);
	}
	flush(b);
	err = b->err;
	provision_index_free(ix);
	mem_free(b);
	return err;
}

/* ---- reading ---- */

void stamp_by_hand(struct conf *c, struct rendered *r)
{
	struct record *rec;
	void *value = NULL;
	size_t len = 0;

	if (store_get(conf_store(c), BUCKET_FILES, r->name, &value, &len))
		return;
	rec = value;
	if (len == sizeof(*rec) && memcmp(rec->sha256, r->sha256, DIGEST_LEN) == 0) {
		memcpy(r->stamp, rec->stamp, STAMP_LEN);
		r->stamp[STAMP_LEN] = '\0';
	}
	mem_free(value);
}

/* ---- time of the last change ---- */

#define CHANGED "changed/"

static void changed_key(char out[PROVISION_NAME_SIZE + 16], const char *name)
{
	snprintf(out, PROVISION_NAME_SIZE + 16, CHANGED "%s", name);
}

void provision_files_changed(struct store *s, const cJSON *files)
{
	size_t cap = (size_t)cJSON_GetArraySize(files), n = 0;
	struct store_put *puts = mem_alloc((cap + 1) * sizeof(*puts));
	char(*keys)[PROVISION_NAME_SIZE + 16] = mem_alloc((cap + 1) * sizeof(*keys)), now[24];
	size_t len = (size_t)snprintf(now, sizeof(now), "%lld",
				      (long long)(clock_wall_ns(store_clock(s)) / 1000000));
	const cJSON *f;
	int err = 0;

	cJSON_ArrayForEach (f, files) {
		changed_key(keys[n], f->valuestring);
		puts[n] = (struct store_put){
			.bucket = BUCKET_FILES, .key = keys[n], .value = now, .len = len
		};
		n++;
	}
	if (n)
		err = store_put_soon(s, puts, n);
	if (err)
		log_warn(LOG_FILES, "time_of_change_not_kept", "files=%zu err=%s", n,
			 err_code(err));
	mem_free(puts);
	mem_free(keys);
}

int provision_file_changed(struct store *s, const char *name, int64_t *wall_ns)
{
	char key[PROVISION_NAME_SIZE + 16];
	void *text = NULL;
	size_t len = 0;
	int err;

	changed_key(key, name);
	err = store_get(s, BUCKET_FILES, key, &text, &len);
	if (!err && text_to_int(text, len, 0, INT64_MAX / 1000000, wall_ns))
		err = ERR_NOENT;
	if (!err)
		*wall_ns *= 1000000;
	mem_free(text);
	return err;
}
