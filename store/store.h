/* store/store.h - the LMDB store: open, commit, revisions, secrets, small buckets, backup.
 * Nothing outside store/ knows LMDB. Reading is for every thread (conf.h); every write goes to the
 * one writer thread and returns when the sync that covers it has succeeded (DESIGN 5, 6). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "server/core/clock.h"

struct store;
struct conf;

#define STORE_FORMAT      1      /* format version written into the environment */
#define STORE_REVISIONS   1000   /* revisions kept */
#define STORE_JOURNAL_MAX 200000 /* events kept */

struct store_options {
	const char *dir; /* data directory; created with mode 0700 */
	const struct clock *clock;
	size_t map_start; /* bytes; 0 = default. The map grows by itself */
};
/* 0, ERR_VERSION (directory of a newer format; *why says which), ERR_IO, ERR_DISK_FULL,
 * ERR_CORRUPT. `why` (may be NULL) receives one clear sentence, at most `cap` bytes. Starts the
 * writer thread. */
int store_open(struct store **out, const struct store_options *opt, char *why, size_t cap);
void store_close(struct store *s); /* commits what is queued, stops the writer; NULL is allowed */
const struct clock *store_clock(const struct store *s);
uint64_t store_writer_turn_ms(const struct store *s); /* any thread: last turn (health) */

/* ---- configuration ---- */
uint64_t store_revision(const struct store *s); /* newest; 0 = empty */

struct store_commit {
	const char *who, *comment; /* who: account or token name; comment may be NULL */
	const char *address;       /* where from; may be NULL */
	const struct store_put
	    *puts; /* records of the same transaction: all or none; may be NULL */
	size_t n_puts;
	unsigned
	    confirm_minutes; /* 1..STORE_CONFIRM_MAX: falls back unless store_confirm() comes */
	bool applied;        /* with it, a note: phones were asked to take this change */
	bool
	    takes_back; /* may come while a confirmation is pending, and ends it; ERR_NOENT: none is */
	uint64_t revision;   /* out: the revision made (the base one when nothing changed) */
	int64_t deadline_ns; /* out: when it falls back; 0: it stays */
};
/* Commit the changes staged in `c`. The writer compares the base revision of every changed object:
 * ERR_STALE when one of them was changed since `c` was opened, when the changes do not pass
 * schema_check() any more together with what others have committed since, or when a draft that replaces
 * everything (conf_clear) is not the next one. ERR_PENDING while a confirmation is. 0, ERR_STALE,
 * ERR_PENDING, ERR_DISK_FULL, ERR_IO,
 * ERR_AGAIN (queue full), ERR_TIMEOUT (no sync in 30 s: it may still succeed). The snapshot of `c`
 * is given back before waiting, so afterwards, whatever the result, the caller closes `c`. */
int store_commit(struct store *s, struct conf *c, struct store_commit *info);

/* ---- commit-confirmed: a change that falls back by itself unless somebody confirms it ---- */
#define STORE_CONFIRM_MAX 1440 /* minutes */
struct store_confirmation {
	bool pending; /* false: nothing else counts */
	uint64_t revision, falls_back_to;
	int64_t deadline_ns; /* wall clock, as promised; what runs is the clock that never steps */
	uint64_t remaining_ms;
	bool applied; /* as said in store_commit */
	char who[128];
};
int store_confirmation(struct store *s, struct store_confirmation *out);
/* The change stays. `puts`: records of the same transaction. ERR_NOENT: nothing waits. */
int store_confirm(struct store *s, const char *who, const struct store_put *puts, size_t n_puts);
/* A confirmation that ran out: the writer has made revision `made` by "system", which is `undone`
 * taken back, before any later write and also at the next start. What else is to be done (phones, audit)
 * is somebody else's, who then says store_fell_back_done(). False: there is none. */
struct store_fallback {
	uint64_t made, undone;
	bool applied; /* as said in store_commit */
};
bool store_fell_back(struct store *s, struct store_fallback *out);
void store_fell_back_done(struct store *s, uint64_t made); /* never waits */

struct store_revision {
	uint64_t number;
	int64_t wall_ns;
	const char *who, *comment, *address; /* borrowed for the call */
	const cJSON *changes; /* [{path, was, before, after}]; `was`: revision of `before`; secrets
			       * sealed; borrowed */
};
typedef int (*store_revision_fn)(void *ctx, const struct store_revision *r); /* non-zero stops */
/* Newest first, from `below` (0 = newest) downwards, at most `max`. */
int store_revisions(struct store *s, uint64_t below, size_t max, store_revision_fn fn, void *ctx);
/* The same of those only that changed this object, or with a `/` at its end, any of that collection. */
int store_revisions_of(struct store *s, const char *path, uint64_t below, size_t max,
		       store_revision_fn fn, void *ctx);
int store_revision_get(struct store *s, uint64_t number, store_revision_fn fn, void *ctx);

/* A watcher is told after each commit, on the writer thread: it only wakes its own thread, which
 * then asks conf_changed_since(). Register before the first commit. */
void store_watch(struct store *s, void (*wake)(void *ctx), void *ctx);
/* Any thread, at the end of whoever watches, of commits or events: once it has returned nothing is
 * called with `ctx` any more. A commit that its asker gave up on may still be on its way to the disk. */
void store_unwatch(struct store *s, const void *ctx);

/* ---- secrets (DESIGN 6: recoverable) ---- */
/* AES-256-GCM under the key file (0600) in the data directory. Text form for JSON; free with
 * mem_free. */
int store_seal(struct store *s, const char *clear, char **sealed);
int store_unseal(struct store *s, const char *sealed, char *clear, size_t cap);

/* ---- buckets: small records outside the revisions (accounts, tokens, audit, ...) ---- */
enum store_bucket {
	BUCKET_META,
	BUCKET_ACCOUNTS,
	BUCKET_TOKENS,
	BUCKET_AUDIT,
	BUCKET_TLS,
	BUCKET_FILES,
	BUCKET_COUNT
};
/* One atomic, synced write of several records; value NULL deletes. */
struct store_put {
	enum store_bucket bucket;
	const char *key; /* up to 255 bytes; NULL: the number after the bucket's last, 16 digits */
	const void *value;
	size_t len;
	uint64_t keep;      /* of a numbered one: only so many stay, the oldest go; 0 = all */
	size_t revision_at; /* in store_commit(): the revision's number is written in front of this
			     * byte of the value; 0 = nowhere */
};
int store_put(struct store *s, const struct store_put *puts, size_t n);
/* The same without waiting, for loops: done with the next write, lost when the process dies before. */
int store_put_soon(struct store *s, const struct store_put *puts, size_t n);
int store_get(struct store *s, enum store_bucket b, const char *key, void **value, size_t *len);
typedef int (*store_each_fn)(void *ctx, const char *key, const void *value, size_t len);
/* In key order from `from` (NULL = first; exclusive), `reverse` from the end; fn non-zero stops. */
int store_each(struct store *s, enum store_bucket b, const char *from, bool reverse,
	       store_each_fn fn, void *ctx);

/* ---- backup: one JSON archive, consistent, while running (docs/backup.md) ---- */
/* `passphrase` NULL: secrets are left out and named in "missing". `emit` gets the bytes in order.
 */
int store_backup(struct store *s, const char *passphrase,
		 int (*emit)(void *ctx, const void *p, size_t len), void *ctx);
/* Reads an archive into memory-checked JSON and replaces configuration as a new revision. `report`
 * receives {objects, missing_secrets[]}; free with cJSON_Delete. Atomic. `dry_run`: only the
 * report. */
int store_restore(struct store *s, const char *archive, size_t len, const char *passphrase,
		  bool dry_run, struct store_commit *info, cJSON **report);

#endif
