/* store/store_int.h - what the files of store/ share: the environment, the gate, the writer, keys.
 * Not for other folders. Lock order: gate, then a request's lock. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "server/core/mailbox.h"
#include "server/core/text.h"
#include "store/event.h"
#include "store/store.h"

/* ---- tables of the environment; all opened at start ---- */
enum store_dbi {
	DBI_STORE,     /* "format", "key_check" */
	DBI_CONFIG,    /* path key -> revision (8 bytes, big endian), JSON text */
	DBI_TOMBS,     /* path key of a deleted object -> revision of its deletion */
	DBI_REVISIONS, /* number (big endian) -> JSON text */
	DBI_JOURNAL,   /* number (big endian) -> wall_ns, type, subject, data */
	DBI_SUBJECTS,  /* subject, NUL, number (big endian) -> nothing */
	DBI_BUCKETS,   /* first of BUCKET_COUNT */
	DBI_COUNT = DBI_BUCKETS + BUCKET_COUNT
};

#define STORE_KEY_MAX     511        /* LMDB's */
#define STORE_TEXT_MAX    (1u << 30) /* one revision record */
#define REVISION_TEXT_MAX 4096       /* who, comment, address: bytes kept */
#define STORE_WAIT_MS     30000      /* a caller waits this long for its sync */
#define STORE_MAP_START   (256u << 20)
#define STORE_MAP_MIN     (256u << 10)
#define STORE_MAP_MAX     (sizeof(void *) == 4 ? (size_t)1 << 30 : (size_t)1 << 36)
#define STORE_MAP_STEP    ((size_t)1 << 30)
#define STORE_READERS     2048
#define STORE_CLOSE_MS    1000 /* the writer waits this long for the last reader */

/* ---- the gate: readers pass, the writer closes it to resize or reopen the environment ---- */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned readers;
	bool closed;
	uint64_t opened; /* counts, so that a reader can wait for the next time */
};
void gate_init(struct gate *g);
void gate_fini(struct gate *g);
void gate_enter(struct gate *g);
bool gate_try(struct gate *g); /* false: closed; never waits for it */
void gate_leave(struct gate *g);
/* Close and wait for the last reader; false (and open again) when one stays longer than this. */
bool gate_close(struct gate *g, unsigned timeout_ms);
void gate_open(struct gate *g);
uint64_t gate_opened(struct gate *g);
/* Wait until it was opened again after `opened`; false: not in time, or this thread holds a view.
 */
bool gate_await(struct gate *g, uint64_t opened, unsigned timeout_ms);

/* A change that waits for its confirmation (confirm.c). */
struct confirm_state {
	uint64_t revision;  /* that waits; 0: none */
	uint64_t due_ms;    /* monotonic time of the store's clock */
	uint64_t fell_back; /* made by falling back, and nobody has looked after it yet; 0: none */
};

/* ---- one write transaction of the writer, with the counters as they will be after it ---- */
struct wtxn {
	struct store *s;
	MDB_txn *txn;
	uint64_t revision, seq, oldest;
	struct confirm_state confirm;
	bool dirty; /* something was written */
};

/* Records of buckets inside a write (bucket.c): ERR_TOO_BIG, or copies of their own. */
struct store_put;
int puts_copy(const struct store_put *puts, size_t n, struct store_put **out);
int puts_apply(struct wtxn *w, const struct store_put *puts, size_t n); /* LMDB's result */
void puts_free(struct store_put *puts, size_t n);

/* A write somebody waits for. `apply` first checks (a refusal, ERR_*, has written nothing), then
 * writes; results of LMDB are passed through as they are. It may run again after an abort. */
struct request {
	int (*apply)(struct wtxn *w, struct request *r);
	void (*release)(struct request *r);
	struct request *next;
	bool lazy; /* nobody waits: it goes with the next write, or soon */
	pthread_mutex_t lock;
	pthread_cond_t done_cond;
	enum { REQ_QUEUED, REQ_TAKEN, REQ_DONE, REQ_CANCELLED } state;
	atomic_uint refs;
	int result;
	uint64_t revision; /* out */
};
void request_init(struct request *r, int (*apply)(struct wtxn *, struct request *),
		  void (*release)(struct request *));
void request_unref(struct request *r);

/* An event on its way to the journal; the texts follow the struct: subject NUL data NUL. */
struct event_msg {
	struct event_msg *next; /* in the writer's list */
	uint16_t type;
	uint16_t producer;
	int64_t wall_ns;
	uint32_t subject_len, data_len;
	char text[];
};

#define EVENTS_QUEUE  8192 /* in the mailbox, and as many kept while the disk refuses */
#define EVENTS_BATCH  1000
#define EVENTS_GAP_MS 10
#define PRODUCERS_MAX 16

struct watcher {
	void (*wake)(void *ctx);
	void *ctx;
};
#define WATCHERS_MAX 16

/* Producers are named after their threads. */
struct producers {
	pthread_mutex_t lock;
	unsigned n;
	char name[PRODUCERS_MAX][16];
	atomic_uint_fast64_t lost[PRODUCERS_MAX];
};

struct writer {
	pthread_t thread;
	bool running;
	struct mailbox *mailbox;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool posted, urgent, idle, stop; /* under lock */
	atomic_uint queued_events;
	/* the writer thread's own */
	struct event_msg *events, **events_tail; /* not yet committed, oldest first */
	size_t events_n;
	struct request *group, **group_tail;
	bool group_urgent;      /* somebody waits for one of them */
	uint64_t group_due_ms;  /* else: when they are written at the latest; 0: there is none */
	uint64_t events_due_ms; /* when the pending events are written */
	bool broken;            /* the environment must be opened again before the next write */
	bool failing;           /* the last write failed: log the change, not each one */
};

struct store {
	char *dir;
	const struct clock *clock;
	size_t map_size;
	int lock_fd;
	uint8_t key[32];
	MDB_env *env; /* NULL while it cannot be opened; changed with the gate closed only */
	MDB_dbi dbi[DBI_COUNT];
	struct gate gate;
	struct writer writer;
	struct producers producers;
	atomic_uint_fast64_t revision, seq, oldest, turn_ms;
	atomic_uint_fast64_t confirm_revision, confirm_due_ms, fell_back; /* struct confirm_state */
	pthread_mutex_t watch_lock;
	struct watcher commit_watch[WATCHERS_MAX], journal_watch[WATCHERS_MAX];
	unsigned commit_watch_n, journal_watch_n;
	pthread_mutex_t kdf_lock; /* one argon2id at a time: it takes 64 MiB */
};

/* ---- env.c ---- */
int env_open(struct store *s, char *why, size_t cap);
void env_close(struct store *s);
int env_reopen(struct store *s); /* after MDB_PANIC; writer thread */
int env_grow(struct store *s, unsigned timeout_ms);
bool env_nearly_full(struct store *s);
int env_err(int rc); /* LMDB or errno -> ERR_*; ERR_* stays */
bool env_is_db_error(int rc);
int env_err_disk(struct store *s,
		 int rc); /* as env_err; a short write on a full disk is DISK_FULL */
/* A read transaction within the gate. ERR_AGAIN, ERR_IO. */
int read_begin(struct store *s, MDB_txn **txn);
int read_begin_now(struct store *s, MDB_txn **txn); /* never waits: ERR_AGAIN */
void read_end(struct store *s, MDB_txn *txn);

/* ---- migrate.c ---- */
/* Bring an environment of format `from` to STORE_FORMAT inside `txn`. */
int migrate(struct store *s, MDB_txn *txn, unsigned from, char *why, size_t cap);
struct migrate_step {
	unsigned from; /* format `from` becomes `from` + 1 */
	int (*run)(struct store *s, MDB_txn *txn);
};
int migrate_run(struct store *s, MDB_txn *txn, const struct migrate_step *list, size_t n,
		unsigned from, unsigned to, char *why, size_t cap);

/* ---- writer.c ---- */
int writer_start(struct store *s);
void writer_stop(struct store *s);
int writer_run(struct store *s,
	       struct request *r); /* waits for the sync; drops the caller's reference */
/* Does not wait, and causes no write of its own for a while. ERR_AGAIN: never done. */
int writer_post(struct store *s, struct request *r);
void writer_urge(struct store *s);
void watchers_wake(struct store *s, const struct watcher *w, const unsigned *n);

void event_post(struct store *s, const struct event_msg *m);
/* Revision and journal numbers as they stand in the environment. */
int store_load_counters(struct store *s);
int store_newest(struct store *s, MDB_txn *txn, uint64_t *revision);

/* ---- journal.c, event.c ---- */
int journal_append(struct wtxn *w, const char *type, int64_t wall_ns, const char *subject,
		   size_t subject_len, const char *data, size_t data_len);
int journal_append_fields(struct wtxn *w, enum event_type t, const struct event_field *fields);
int journal_bounds(struct store *s, MDB_txn *txn, uint64_t *oldest, uint64_t *last);
unsigned producer_self(struct store *s);
void producer_lost(struct store *s, unsigned producer, uint64_t n);
/* A JSON string, quotes included: bad UTF-8 replaced, cut at `max` bytes of `s`. */
void json_add_str(struct text *t, const char *s, size_t max);

/* ---- path.c: "ephones/12" <-> key whose byte order is the order of items ---- */
struct path_key {
	size_t len;
	uint8_t b[STORE_KEY_MAX];
};
enum { PATH_NUMBER = 1, PATH_TEXT = 2 };                     /* kinds of parts of a key */
int path_encode(const char *path, struct path_key *k);       /* ERR_TOO_BIG, ERR_MALFORMED */
int path_prefix(const char *collection, struct path_key *k); /* what keys of items begin with */
int path_decode(const uint8_t *key, size_t len, char *path, size_t cap);
const char *path_item(const char *path); /* behind the last slash */

/* ---- pathmap.c: ordered map path key -> JSON ---- */
struct path_node {
	struct path_node *left, *right;
	uint32_t prio;
	uint64_t revision;
	struct cJSON *value; /* owned; NULL: not there */
	size_t len;
	uint8_t key[];
};
struct pathmap {
	struct path_node *root;
	size_t n;
};
struct path_node *pathmap_find(const struct pathmap *m, const uint8_t *key, size_t len);
struct path_node *pathmap_add(struct pathmap *m, const uint8_t *key, size_t len); /* find or make */
/* First node whose key is greater than this (or not less, with `equal`); NULL: none. */
struct path_node *pathmap_next(const struct pathmap *m, const uint8_t *key, size_t len, bool equal);
void pathmap_clear(struct pathmap *m);
int path_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);

/* ---- commit.c ---- */
struct change {
	char *path, *after; /* after: JSON text; NULL deletes */
	struct path_key key;
};
struct new_revision {
	const char *who, *comment, *address; /* the last two may be NULL */
	const struct change *changes;
	size_t n;
};
int revision_make(struct wtxn *w, const struct new_revision *r); /* w->revision is its number */

/* ---- confirm.c; LMDB's results or ERR_*, as for requests ---- */
int confirm_load(struct store *s,
		 MDB_txn *txn); /* at start, and after the environment was reopened */
bool confirm_expired(const struct store *s);
/* At start, with the writer running: returns when what ran out meanwhile has fallen back. */
void confirm_settle(struct store *s);
/* First of all in each write transaction: falls back when the time has run out. */
int confirm_look(struct wtxn *w);
/* The revision just made waits for its confirmation; `base` is what it falls back to. */
struct confirm_request {
	const char *who;
	unsigned minutes;
	bool applied;
	int64_t deadline_ns; /* out */
};
int confirm_begin(struct wtxn *w, struct confirm_request *r, uint64_t base);
/* The revision just made is what waits, taken back. */
int confirm_taken_back(struct wtxn *w, const char *who);

/* ---- secret.c ---- */
int secret_key_load(struct store *s, char *why, size_t cap);
/* AES-256-GCM; out = nonce 12, tag 16, cipher text. out has len + SECRET_OVERHEAD bytes. */
#define SECRET_OVERHEAD 28
int secret_encrypt(const uint8_t key[32], const void *clear, size_t len, uint8_t *out);
int secret_decrypt(const uint8_t key[32], const uint8_t *in, size_t len, void *clear);
int secret_key_check(const uint8_t key[32], uint8_t out[32]); /* digest that tells keys apart */
char *base64_encode(const uint8_t *p, size_t len);            /* mem_free */
int base64_decode(const char *s, size_t len, uint8_t *out, size_t cap, size_t *n);

static inline void be64_put(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}
static inline uint64_t be64_get(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

#endif
