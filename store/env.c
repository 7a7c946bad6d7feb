/* store/env.c - the LMDB environment: one file, opened once, all tables at start (lmdb.h; LMDB
 * 0.9.24).
 *
 * What LMDB promises and we lean on: a commit writes its data pages, syncs them, then writes one of
 * two meta pages through a descriptor opened with O_DSYNC. Readers learn of it only after that
 * write has succeeded. A failure before the meta page is clean: the next transaction starts where
 * the last good one ended. A failure of the meta page marks the environment as fatal: nothing
 * begins in it any more, readers included, until it is opened again (env_reopen). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define READ_AWAIT_MS \
	2000 /* a reader waits this long for an environment that is being reopened \
	      */
#define META_PAGES 2

static const char *const dbi_name[DBI_COUNT] = {
	[DBI_STORE] = "store",
	[DBI_CONFIG] = "config",
	[DBI_TOMBS] = "tombs",
	[DBI_REVISIONS] = "revisions",
	[DBI_JOURNAL] = "journal",
	[DBI_SUBJECTS] = "subjects",
	[DBI_BUCKETS + BUCKET_META] = "bucket.meta",
	[DBI_BUCKETS + BUCKET_ACCOUNTS] = "bucket.accounts",
	[DBI_BUCKETS + BUCKET_TOKENS] = "bucket.tokens",
	[DBI_BUCKETS + BUCKET_AUDIT] = "bucket.audit",
	[DBI_BUCKETS + BUCKET_TLS] = "bucket.tls",
	[DBI_BUCKETS + BUCKET_FILES] = "bucket.files",
};

bool env_is_db_error(int rc)
{
	return rc > 0 || rc <= MDB_LAST_ERRCODE;
}

int env_err(int rc)
{
	if (rc > 0)
		return err_from_errno(rc);
	switch (rc) {
	case MDB_NOTFOUND:
		return ERR_NOENT;
	case MDB_VERSION_MISMATCH:
		return ERR_VERSION;
	case MDB_INVALID:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
		return ERR_CORRUPT;
	case MDB_READERS_FULL:
		return ERR_AGAIN;
	case MDB_MAP_FULL:
		return ERR_DISK_FULL; /* only when it may not grow any further */
	default:
		return rc < MDB_KEYEXIST || rc > MDB_LAST_ERRCODE ? rc : ERR_IO;
	}
}

int env_err_disk(struct store *s, int rc)
{
	struct statvfs vfs;

	/* LMDB reports a short write as EIO; on a full disk that is what it is. */
	if (rc == EIO && !statvfs(s->dir, &vfs) && vfs.f_bavail == 0)
		return ERR_DISK_FULL;
	return env_err(rc);
}

static void file_path(const struct store *s, const char *name, char out[4096])
{
	snprintf(out, 4096, "%s/%s", s->dir, name);
}

static int open_at(struct store *s, const char *path)
{
	MDB_env *env;
	int rc = mdb_env_create(&env);

	if (rc)
		return rc;
	rc = mdb_env_set_maxdbs(env, DBI_COUNT);
	if (!rc)
		rc = mdb_env_set_maxreaders(env, STORE_READERS);
	if (!rc)
		rc = mdb_env_set_mapsize(env, s->map_size);
	if (!rc)
		rc = mdb_env_open(env, path, MDB_NOTLS | MDB_NOSUBDIR, 0600);
	if (rc) {
		mdb_env_close(env);
		return rc;
	}
	s->env = env;
	return 0;
}

static int open_tables(struct store *s, unsigned flags)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, flags ? 0 : MDB_RDONLY, &txn);

	if (rc)
		return rc;
	for (int i = 0; i < DBI_COUNT && !rc; i++)
		rc = mdb_dbi_open(txn, dbi_name[i], flags, &s->dbi[i]);
	if (rc) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

void env_close(struct store *s)
{
	if (!s->env)
		return;
	mdb_env_close(s->env);
	s->env = NULL;
}

static int sync_dir(const struct store *s)
{
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (fd < 0)
		return errno;
	if (fsync(fd))
		rc = errno;
	close(fd);
	return rc;
}

/* A new environment is made under another name, so that a half made one is never taken for real. */
static int create(struct store *s, const char *path)
{
	char fresh[4096], lock[4096];
	int rc;

	file_path(s, "store.mdb.new", fresh);
	file_path(s, "store.mdb.new-lock", lock);
	unlink(fresh);
	rc = open_at(s, fresh);
	if (!rc)
		rc = open_tables(s, MDB_CREATE);
	if (!rc)
		rc = mdb_env_sync(s->env, 1);
	env_close(s);
	unlink(lock);
	if (!rc && rename(fresh, path))
		rc = errno;
	if (rc)
		unlink(fresh);
	return rc ? rc : sync_dir(s);
}

static int read_format(struct store *s, MDB_txn *txn, unsigned *out)
{
	MDB_val k = { 6, (void *)"format" }, v;
	int rc = mdb_get(txn, s->dbi[DBI_STORE], &k, &v);
	int64_t n;

	*out = 0;
	if (rc)
		return rc == MDB_NOTFOUND ? 0 : rc; /* 0: just made */
	if (text_to_int(v.mv_data, v.mv_size, 1, UINT32_MAX, &n))
		return MDB_CORRUPTED;
	*out = (unsigned)n;
	return 0;
}

static int write_format(struct store *s, MDB_txn *txn)
{
	char text[16];
	MDB_val k = { 6, (void *)"format" }, v = { 0, text };

	v.mv_size = (size_t)snprintf(text, sizeof(text), "%d", STORE_FORMAT);
	return mdb_put(txn, s->dbi[DBI_STORE], &k, &v, 0);
}

/* Reads the format before a table of ours is touched: a newer one may have other tables. */
static int check_format(struct store *s, char *why, size_t cap)
{
	MDB_txn *txn = NULL;
	unsigned from;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (!rc)
		rc = mdb_dbi_open(txn, dbi_name[DBI_STORE], 0, &s->dbi[DBI_STORE]);
	if (!rc)
		rc = read_format(s, txn, &from);
	if (rc) {
		mdb_txn_abort(txn);
		return rc;
	}
	rc = mdb_txn_commit(txn);
	if (rc || from <= STORE_FORMAT)
		return rc;
	snprintf(why, cap,
		 "%s was written by a newer switchroom (format %u, this one knows %d); "
		 "install the newer version or start with another data directory",
		 s->dir, from, STORE_FORMAT);
	return ERR_VERSION;
}

static int bring_up(struct store *s, char *why, size_t cap)
{
	MDB_txn *txn = NULL;
	unsigned from;
	int rc = check_format(s, why, cap);

	if (!rc)
		rc = open_tables(s, MDB_CREATE);
	if (!rc)
		rc = mdb_txn_begin(s->env, NULL, 0, &txn);
	if (rc)
		return rc;
	rc = read_format(s, txn, &from);
	if (!rc && from == STORE_FORMAT) {
		mdb_txn_abort(txn);
		return 0;
	}
	if (!rc && from)
		rc = migrate(s, txn, from, why, cap);
	if (!rc)
		rc = write_format(s, txn);
	if (rc) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

int env_open(struct store *s, char *why, size_t cap)
{
	char path[4096];
	int rc = 0;

	file_path(s, "store.mdb", path);
	if (access(path, F_OK))
		rc = create(s, path);
	if (!rc)
		rc = open_at(s, path);
	while (!rc && (rc = bring_up(s, why, cap)) == MDB_MAP_FULL)
		rc = env_grow(s, 0);
	if (rc) {
		env_close(s);
		if (cap && !why[0])
			snprintf(why, cap, "%s cannot be opened: %s", path,
				 env_is_db_error(rc) ? mdb_strerror(rc) : err_text(rc));
	}
	return rc ? env_err_disk(s, rc) : 0;
}

/* A meta page that failed to sync may be in the page cache, on the disk, or both, in an old or a
 * new state: either is a whole tree, but which one a crash would bring back is open. Writing what
 * we see once more and syncing settles it, before anything builds on it. */
static int settle_meta(const char *path, size_t page)
{
	uint8_t *buf = mem_alloc(META_PAGES * page);
	size_t len = META_PAGES * page;
	int fd = open(path, O_RDWR | O_CLOEXEC), rc = 0;

	errno = EIO; /* for short reads and writes */
	if (fd < 0 || pread(fd, buf, len, 0) != (ssize_t)len ||
	    pwrite(fd, buf, len, 0) != (ssize_t)len || fdatasync(fd))
		rc = errno ? errno : EIO;
	if (fd >= 0)
		close(fd);
	mem_free(buf);
	return rc;
}

int env_reopen(struct store *s)
{
	char path[4096];
	MDB_stat st = { 0 };
	int rc, sync_rc;

	file_path(s, "store.mdb", path);
	if (!gate_close(&s->gate, STORE_CLOSE_MS))
		return EAGAIN;
	if (s->env)
		mdb_env_stat(s->env, &st);
	env_close(s);
	rc = open_at(s, path);
	if (!rc)
		rc = open_tables(s, 0);
	if (rc)
		env_close(s);
	gate_open(&s->gate); /* readers do not wait for the sync, nor for its success */
	sync_rc = settle_meta(path, st.ms_psize ? st.ms_psize : (size_t)sysconf(_SC_PAGESIZE));
	log_warn(LOG_STORE, "reopened", "open=\"%s\" sync=\"%s\"", rc ? mdb_strerror(rc) : "ok",
		 sync_rc ? strerror(sync_rc) : "ok");
	return rc ? rc : sync_rc;
}

int env_grow(struct store *s, unsigned timeout_ms)
{
	MDB_envinfo info;
	size_t size;
	int rc;

	if (!gate_close(&s->gate, timeout_ms))
		return EAGAIN;
	rc = mdb_env_info(s->env, &info);
	size = info.me_mapsize < STORE_MAP_STEP ? info.me_mapsize * 2
						: info.me_mapsize + STORE_MAP_STEP;
	if (size > STORE_MAP_MAX)
		size = STORE_MAP_MAX;
	if (!rc && size <= info.me_mapsize)
		rc = ENOSPC;
	if (!rc)
		rc = mdb_env_set_mapsize(s->env, size);
	if (!rc)
		s->map_size = size;
	if (rc && rc != ENOSPC)
		env_close(s); /* it has no map any more; the next write opens it again */
	gate_open(&s->gate);
	log_info(LOG_STORE, "map_grown", "bytes=%zu err=\"%s\"", size, mdb_strerror(rc));
	return rc;
}

bool env_nearly_full(struct store *s)
{
	MDB_envinfo info;
	MDB_stat st;

	if (!s->env || mdb_env_info(s->env, &info) || mdb_env_stat(s->env, &st))
		return false;
	return (info.me_last_pgno + 1) * st.ms_psize > info.me_mapsize / 4 * 3 &&
	       info.me_mapsize < STORE_MAP_MAX;
}

int read_begin(struct store *s, MDB_txn **txn)
{
	uint64_t opened;
	int rc;

	for (int tries = 0;; tries++) {
		opened = gate_opened(&s->gate);
		gate_enter(&s->gate);
		rc = s->env ? mdb_txn_begin(s->env, NULL, MDB_RDONLY, txn) : MDB_PANIC;
		if (!rc)
			return 0;
		gate_leave(&s->gate);
		if (rc != MDB_PANIC || tries)
			return env_err(rc);
		/* A sync has just failed: the writer opens the environment again. */
		writer_urge(s);
		if (!gate_await(&s->gate, opened, READ_AWAIT_MS))
			return ERR_AGAIN;
	}
}

int read_begin_now(struct store *s, MDB_txn **txn)
{
	int rc;

	if (!gate_try(&s->gate))
		return ERR_AGAIN;
	rc = s->env ? mdb_txn_begin(s->env, NULL, MDB_RDONLY, txn) : MDB_PANIC;
	if (!rc)
		return 0;
	gate_leave(&s->gate);
	if (rc != MDB_PANIC)
		return env_err(rc);
	writer_urge(s); /* it opens the environment again */
	return ERR_AGAIN;
}

void read_end(struct store *s, MDB_txn *txn)
{
	mdb_txn_abort(txn);
	gate_leave(&s->gate);
}
