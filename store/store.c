/* store/store.c - opening and closing: the directory, its lock, the environment, the key, the
 * writer. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

static int open_dir(struct store *s, char *why, size_t cap)
{
	struct stat st;

	if (mkdir(s->dir, 0700) && errno != EEXIST) {
		int err = errno;

		snprintf(why, cap, "the data directory %s cannot be made: %s", s->dir,
			 strerror(err));
		return err_from_errno(err);
	}
	if (stat(s->dir, &st) || !S_ISDIR(st.st_mode)) {
		snprintf(why, cap, "%s is not a directory", s->dir);
		return ERR_IO;
	}
	if (st.st_mode & 07)
		log_warn(LOG_STORE, "directory_open_to_others", "dir=\"%s\" mode=%o", s->dir,
			 (unsigned)(st.st_mode & 0777));
	return 0;
}

/* One process at a time: LMDB itself would let a second one in, and two writers with counters in
 * memory would not notice each other. */
static int lock_dir(struct store *s, char *why, size_t cap)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/lock", s->dir);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd >= 0 && !flock(s->lock_fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK) {
		snprintf(why, cap, "the data directory %s is in use by another switchroom process",
			 s->dir);
		return ERR_AGAIN;
	}
	snprintf(why, cap, "%s cannot be locked: %s", path, strerror(errno));
	return err_from_errno(errno);
}

static int last_number(MDB_txn *txn, MDB_dbi dbi, MDB_cursor_op op, uint64_t *out)
{
	MDB_cursor *cur;
	MDB_val k, v;
	int rc = mdb_cursor_open(txn, dbi, &cur);

	*out = 0;
	if (rc)
		return rc;
	rc = mdb_cursor_get(cur, &k, &v, op);
	mdb_cursor_close(cur);
	if (!rc && k.mv_size != 8)
		return MDB_CORRUPTED;
	if (!rc)
		*out = be64_get(k.mv_data);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int store_newest(struct store *s, MDB_txn *txn, uint64_t *revision)
{
	return last_number(txn, s->dbi[DBI_REVISIONS], MDB_LAST, revision);
}

int store_load_counters(struct store *s)
{
	uint64_t revision = 0, seq = 0, oldest = 0;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return rc;
	rc = store_newest(s, txn, &revision);
	if (!rc)
		rc = last_number(txn, s->dbi[DBI_JOURNAL], MDB_LAST, &seq);
	if (!rc)
		rc = last_number(txn, s->dbi[DBI_JOURNAL], MDB_FIRST, &oldest);
	if (!rc)
		rc = confirm_load(s, txn);
	mdb_txn_abort(txn);
	if (rc)
		return rc;
	atomic_store(&s->revision, revision);
	atomic_store(&s->seq, seq);
	atomic_store(&s->oldest, oldest);
	return 0;
}

static struct store *store_new(const struct store_options *opt)
{
	struct store *s = mem_zalloc(sizeof(*s));

	s->dir = mem_strdup(opt->dir);
	s->clock = opt->clock;
	s->map_size = opt->map_start ? opt->map_start : STORE_MAP_START;
	if (s->map_size < STORE_MAP_MIN)
		s->map_size = STORE_MAP_MIN;
	s->lock_fd = -1;
	gate_init(&s->gate);
	pthread_mutex_init(&s->producers.lock, NULL);
	pthread_mutex_init(&s->watch_lock, NULL);
	pthread_mutex_init(&s->kdf_lock, NULL);
	return s;
}

int store_open(struct store **out, const struct store_options *opt, char *why, size_t cap)
{
	struct store *s = store_new(opt);
	char unused[2];
	int err;

	if (!why || !cap) {
		why = unused;
		cap = sizeof(unused);
	}
	why[0] = '\0';
	err = open_dir(s, why, cap);
	if (!err)
		err = lock_dir(s, why, cap);
	if (!err)
		err = env_open(s, why, cap);
	if (!err)
		err = env_err(store_load_counters(s));
	if (!err)
		err = secret_key_load(s, why, cap);
	if (!err)
		err = writer_start(s);
	if (!err)
		confirm_settle(s);
	if (err) {
		if (!why[0])
			snprintf(why, cap, "the store in %s cannot be opened: %s", s->dir,
				 err_text(err));
		store_close(s);
		return err;
	}
	log_info(LOG_STORE, "opened", "dir=\"%s\" revision=%llu events=%llu", s->dir,
		 (unsigned long long)s->revision, (unsigned long long)s->seq);
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	writer_stop(s);
	env_close(s);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	gate_fini(&s->gate);
	pthread_mutex_destroy(&s->producers.lock);
	pthread_mutex_destroy(&s->watch_lock);
	pthread_mutex_destroy(&s->kdf_lock);
	mem_wipe(s->key, sizeof(s->key));
	mem_free(s->dir);
	mem_free(s);
}

const struct clock *store_clock(const struct store *s)
{
	return s->clock;
}

uint64_t store_writer_turn_ms(const struct store *s)
{
	return atomic_load(&s->turn_ms);
}

uint64_t store_revision(const struct store *s)
{
	return atomic_load(&s->revision);
}

static void watcher_add(struct store *s, struct watcher *list, unsigned *n, void (*wake)(void *),
			void *ctx)
{
	pthread_mutex_lock(&s->watch_lock);
	if (*n < WATCHERS_MAX)
		list[(*n)++] = (struct watcher){ wake, ctx };
	else
		log_error(LOG_STORE, "watchers_full", "max=%d", WATCHERS_MAX);
	pthread_mutex_unlock(&s->watch_lock);
}

void store_watch(struct store *s, void (*wake)(void *ctx), void *ctx)
{
	watcher_add(s, s->commit_watch, &s->commit_watch_n, wake, ctx);
}

void journal_watch(struct store *s, void (*wake)(void *ctx), void *ctx)
{
	watcher_add(s, s->journal_watch, &s->journal_watch_n, wake, ctx);
}

static void watcher_remove(struct watcher *list, unsigned *n, const void *ctx)
{
	unsigned left = 0;

	for (unsigned i = 0; i < *n; i++)
		if (list[i].ctx != ctx)
			list[left++] = list[i];
	*n = left;
}

void store_unwatch(struct store *s, const void *ctx)
{
	pthread_mutex_lock(&s->watch_lock);
	watcher_remove(s->commit_watch, &s->commit_watch_n, ctx);
	watcher_remove(s->journal_watch, &s->journal_watch_n, ctx);
	pthread_mutex_unlock(&s->watch_lock);
}

void watchers_wake(struct store *s, const struct watcher *w, const unsigned *n)
{
	pthread_mutex_lock(&s->watch_lock);
	for (unsigned i = 0; i < *n; i++)
		w[i].wake(w[i].ctx);
	pthread_mutex_unlock(&s->watch_lock);
}
