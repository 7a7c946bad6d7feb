/* store/writer.c - the writer thread: owns the one write transaction. It gathers what waits in its
 * mailbox (writes that somebody waits for, events nobody waits for), applies it as one transaction
 * and answers after its sync has succeeded. Writes that arrive together share a sync; events wait
 * for EVENTS_GAP_MS or EVENTS_BATCH of them, unless a write takes them along.
 *
 * A failed transaction fails its writes and keeps its events for the next attempt. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/store_int.h"

#define RETRY_MS      1000 /* between attempts to write events while the disk refuses */
#define LAZY_MS       200  /* what nobody waits for waits for company */
#define IDLE_MS       1000 /* turns when there is nothing to do, for the health check */
#define DRAIN_BUDGET  1024
#define REQUEST_SLOTS 1024 /* of the mailbox, kept free of events */
#define GROW_TRIES    64

static uint64_t now_ms(void)
{
	return clock_mono_ms(&clock_system); /* real waiting of a real thread */
}

static struct timespec at_ms(uint64_t ms)
{
	return (struct timespec){ .tv_sec = (time_t)(ms / 1000),
				  .tv_nsec = (long)(ms % 1000) * 1000000 };
}

/* ---- requests ---- */

void request_init(struct request *r, int (*apply)(struct wtxn *, struct request *),
		  void (*release)(struct request *))
{
	pthread_condattr_t attr;

	r->apply = apply;
	r->release = release;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->done_cond, &attr);
	pthread_condattr_destroy(&attr);
	atomic_init(&r->refs, 1);
}

void request_unref(struct request *r)
{
	if (atomic_fetch_sub(&r->refs, 1) > 1)
		return;
	pthread_cond_destroy(&r->done_cond);
	pthread_mutex_destroy(&r->lock);
	r->release(r);
}

/* False: the caller has given up before the writer came to it; nothing was written. */
static bool request_take(struct request *r)
{
	bool ok;

	pthread_mutex_lock(&r->lock);
	ok = r->state == REQ_QUEUED;
	if (ok)
		r->state = REQ_TAKEN;
	pthread_mutex_unlock(&r->lock);
	return ok;
}

static void request_finish(struct request *r, int result)
{
	pthread_mutex_lock(&r->lock);
	r->result = result;
	r->state = REQ_DONE;
	pthread_cond_signal(&r->done_cond);
	pthread_mutex_unlock(&r->lock);
	request_unref(r);
}

struct request_ref {
	struct request *r;
};

static void on_request(void *owner, void *msg)
{
	struct store *s = owner;
	struct request *r = ((const struct request_ref *)msg)->r;

	if (!request_take(r)) {
		request_unref(r);
		return;
	}
	r->next = NULL;
	*s->writer.group_tail = r;
	s->writer.group_tail = &r->next;
	if (!r->lazy)
		s->writer.group_urgent = true;
	else if (!s->writer.group_due_ms)
		s->writer.group_due_ms = now_ms() + LAZY_MS;
}

static int request_wait(struct request *r)
{
	struct timespec at = at_ms(now_ms() + STORE_WAIT_MS);
	int rc = 0, err;

	pthread_mutex_lock(&r->lock);
	while (r->state != REQ_DONE && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&r->done_cond, &r->lock, &at);
	err = r->state == REQ_DONE ? r->result : ERR_TIMEOUT;
	if (r->state == REQ_QUEUED)
		r->state = REQ_CANCELLED;
	pthread_mutex_unlock(&r->lock);
	return err;
}

static int hand_over(struct store *s, struct request *r)
{
	const struct request_ref ref = { r };
	int err;

	atomic_fetch_add(&r->refs, 1);
	err = mailbox_post(s->writer.mailbox, on_request, &ref, sizeof(ref));
	if (err)
		request_unref(r);
	return err;
}

int writer_post(struct store *s, struct request *r)
{
	r->lazy = true;
	return hand_over(s, r);
}

int writer_run(struct store *s, struct request *r)
{
	int err = hand_over(s, r);

	if (err)
		return err;
	writer_urge(s);
	return request_wait(r);
}

/* ---- events ---- */

/* Events that are kept while the disk refuses are bounded too. */
static void on_event(void *owner, void *msg)
{
	struct store *s = owner;
	struct writer *w = &s->writer;
	const struct event_msg *m = msg;
	struct event_msg *copy;

	atomic_fetch_sub(&w->queued_events, 1);
	if (w->events_n == EVENTS_QUEUE) {
		producer_lost(s, m->producer, 1);
		return;
	}
	if (!w->events_n)
		w->events_due_ms = now_ms() + EVENTS_GAP_MS;
	copy = mem_dup(m, sizeof(*m) + m->subject_len + 1 + m->data_len + 1);
	copy->next = NULL;
	*w->events_tail = copy;
	w->events_tail = &copy->next;
	w->events_n++;
}

void event_post(struct store *s, const struct event_msg *m)
{
	struct writer *w = &s->writer;
	size_t len = sizeof(*m) + m->subject_len + 1 + m->data_len + 1;
	unsigned before = atomic_fetch_add(&w->queued_events, 1);

	if (before >= EVENTS_QUEUE || mailbox_post(w->mailbox, on_event, m, len)) {
		atomic_fetch_sub(&w->queued_events, 1);
		producer_lost(s, m->producer, 1);
		return;
	}
	if (before + 1 == EVENTS_BATCH)
		writer_urge(s);
}

static int append_lost(struct wtxn *w, uint64_t lost[PRODUCERS_MAX])
{
	struct producers *p = &w->s->producers;
	int rc = 0;

	for (unsigned i = 0; i < PRODUCERS_MAX && !rc; i++) {
		lost[i] = atomic_load(&p->lost[i]);
		if (lost[i])
			rc = journal_append_fields(
			    w, EV_EVENTS_LOST,
			    (const struct event_field[]){ EVENT_STR("producer", p->name[i]),
							  EVENT_NUM("count", lost[i]),
							  { 0 } });
	}
	return rc;
}

static int append_events(struct wtxn *w, size_t n)
{
	const struct event_msg *m = w->s->writer.events;

	for (; n; n--, m = m->next) {
		int rc = journal_append(w, event_desc(m->type)->type, m->wall_ns, m->text,
					m->subject_len, m->text + m->subject_len + 1, m->data_len);

		if (rc)
			return rc;
	}
	return 0;
}

static void drop_events(struct writer *w, size_t n)
{
	struct event_msg *m;

	for (; n; n--) {
		m = w->events;
		w->events = m->next;
		w->events_n--;
		w->events_due_ms = now_ms();
		mem_free(m);
	}
	if (!w->events)
		w->events_tail = &w->events;
}

/* ---- one transaction ---- */

/* Opens the environment again; `broken` stays until its last meta page was synced too. */
static int heal(struct store *s)
{
	int rc;

	s->writer.broken = true;
	rc = env_reopen(s);
	if (s->env && store_load_counters(s) && !rc)
		rc = EIO;
	s->writer.broken = rc != 0;
	return rc;
}

/* After a failed transaction. Readers must not wait for the next one. */
static void heal_for_readers(struct store *s)
{
	MDB_txn *txn;
	int rc = s->env ? mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn) : MDB_PANIC;

	if (!rc)
		mdb_txn_abort(txn);
	if (rc == MDB_PANIC)
		heal(s);
}

static int begin(struct store *s, struct wtxn *w)
{
	int rc = s->env && !s->writer.broken ? mdb_txn_begin(s->env, NULL, 0, &w->txn) : MDB_PANIC;

	if (rc == MDB_PANIC) {
		rc = heal(s);
		if (!rc)
			rc = mdb_txn_begin(s->env, NULL, 0, &w->txn);
	}
	w->s = s;
	w->revision = atomic_load(&s->revision);
	w->seq = atomic_load(&s->seq);
	w->oldest = atomic_load(&s->oldest);
	w->confirm =
	    (struct confirm_state){ atomic_load(&s->confirm_revision),
				    atomic_load(&s->confirm_due_ms), atomic_load(&s->fell_back) };
	return rc;
}

static int apply_group(struct wtxn *w, size_t events, uint64_t lost[PRODUCERS_MAX])
{
	int rc = confirm_look(w);

	if (!rc)
		rc = append_events(w, events);
	if (!rc)
		rc = append_lost(w, lost);
	for (struct request *r = w->s->writer.group; r && !rc; r = r->next) {
		r->result = r->apply(w, r);
		if (env_is_db_error(r->result))
			rc = r->result;
	}
	return rc;
}

static int try_group(struct store *s, struct wtxn *w, size_t events, uint64_t lost[PRODUCERS_MAX])
{
	int rc = begin(s, w);

	if (rc)
		return rc;
	rc = apply_group(w, events, lost);
	if (rc) {
		mdb_txn_abort(w->txn);
		return rc;
	}
	if (w->seq == atomic_load(&s->seq) && !w->dirty) {
		mdb_txn_abort(w->txn); /* every write was refused: no sync for nothing */
		return 0;
	}
	return mdb_txn_commit(w->txn);
}

static void publish(struct store *s, const struct wtxn *w)
{
	bool commits = w->revision != atomic_load(&s->revision);
	bool events = w->seq != atomic_load(&s->seq);

	atomic_store(&s->revision, w->revision);
	atomic_store(&s->oldest, w->oldest);
	atomic_store(&s->seq, w->seq);
	atomic_store(&s->confirm_due_ms, w->confirm.due_ms);
	atomic_store(&s->confirm_revision, w->confirm.revision);
	atomic_store(&s->fell_back, w->confirm.fell_back);
	if (commits)
		watchers_wake(s, s->commit_watch, &s->commit_watch_n);
	if (events)
		watchers_wake(s, s->journal_watch, &s->journal_watch_n);
}

static void answer_group(struct writer *w, int failed)
{
	struct request *r = w->group, *next;

	w->group = NULL;
	w->group_tail = &w->group;
	w->group_urgent = false;
	w->group_due_ms = 0;
	for (; r; r = next) {
		next = r->next;
		request_finish(r, failed ? failed : r->result);
	}
}

static void note_failure(struct store *s, int rc)
{
	if (rc && !s->writer.failing)
		log_error(LOG_STORE, "write_failed", "err=\"%s\"", mdb_strerror(rc));
	if (!rc && s->writer.failing)
		log_info(LOG_STORE, "write_recovered", "revision=%llu",
			 (unsigned long long)atomic_load(&s->revision));
	s->writer.failing = rc != 0;
}

/* Writes what is pending; false when the disk refused. */
static bool write_pending(struct store *s)
{
	struct writer *w = &s->writer;
	uint64_t lost[PRODUCERS_MAX] = { 0 };
	struct wtxn txn = { 0 };
	size_t events = w->events_n < EVENTS_BATCH ? w->events_n : EVENTS_BATCH;
	int rc, tries = 0;

	do {
		memset(&txn, 0, sizeof(txn));
		rc = try_group(s, &txn, events, lost);
	} while (rc == MDB_MAP_FULL && ++tries < GROW_TRIES && !(rc = env_grow(s, STORE_CLOSE_MS)));
	note_failure(s, rc);
	if (!rc) {
		for (unsigned i = 0; i < PRODUCERS_MAX; i++)
			atomic_fetch_sub(&s->producers.lost[i], lost[i]);
		drop_events(w, events);
		publish(s, &txn);
	} else {
		heal_for_readers(s);
		w->events_due_ms = now_ms() + RETRY_MS;
	}
	answer_group(w, rc ? env_err_disk(s, rc) : 0);
	if (!rc && env_nearly_full(s))
		env_grow(s, 0); /* ahead of need, when nobody reads just now */
	return !rc;
}

/* ---- the thread ---- */

static void on_wake(void *ctx)
{
	struct writer *w = &((struct store *)ctx)->writer;

	pthread_mutex_lock(&w->lock);
	w->posted = true;
	if (w->idle)
		pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void writer_urge(struct store *s)
{
	struct writer *w = &s->writer;

	pthread_mutex_lock(&w->lock);
	w->urgent = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

/* Sleeps until somebody waits for an answer, the pending events are due, or, without any, until the
 * first message. Returns false when the store closes. */
static bool writer_sleep(struct writer *w)
{
	uint64_t until = w->events_n ? w->events_due_ms : now_ms() + IDLE_MS;
	struct timespec at =
	    at_ms(w->group_due_ms && w->group_due_ms < until ? w->group_due_ms : until);
	int rc = 0;
	bool stop;

	pthread_mutex_lock(&w->lock);
	w->idle = !w->events_n;
	while (!w->urgent && !w->stop && !(w->idle && w->posted) && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&w->wake, &w->lock, &at);
	w->urgent = w->posted = w->idle = false;
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return !stop;
}

static bool due(struct store *s)
{
	const struct writer *w = &s->writer;

	if (w->group_urgent || (w->group_due_ms && now_ms() >= w->group_due_ms) ||
	    confirm_expired(s) || (!w->failing && w->events_n >= EVENTS_BATCH))
		return true;
	for (unsigned i = 0; i < PRODUCERS_MAX && !w->failing && !w->events_n; i++)
		if (atomic_load(&s->producers.lost[i]))
			return true;
	return w->events_n && now_ms() >= w->events_due_ms;
}

static void *writer_main(void *arg)
{
	struct store *s = arg;
	struct writer *w = &s->writer;
	bool more = true, ok = true;
	size_t ran;

	while (more) {
		more = writer_sleep(w);
		if (w->broken)
			heal_for_readers(s); /* when a reader that stayed too long was in the way */
		do {
			ran = mailbox_drain(w->mailbox, s, DRAIN_BUDGET);
			atomic_store(&s->turn_ms, clock_mono_ms(s->clock));
			if (due(s))
				ok = write_pending(s);
		} while (ran || w->group_urgent || (ok && w->events_n >= EVENTS_BATCH));
	}
	do
		ok = write_pending(s);
	while (ok && w->events_n);
	return NULL;
}

int writer_start(struct store *s)
{
	struct writer *w = &s->writer;
	pthread_condattr_t attr;

	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	w->group_tail = &w->group;
	w->events_tail = &w->events;
	w->mailbox = mailbox_new(EVENTS_QUEUE + REQUEST_SLOTS, on_wake, s);
	atomic_store(&s->turn_ms, clock_mono_ms(s->clock));
	if (pthread_create(&w->thread, NULL, writer_main, s))
		return ERR_AGAIN;
	pthread_setname_np(w->thread, "store");
	w->running = true;
	return 0;
}

void writer_stop(struct store *s)
{
	struct writer *w = &s->writer;

	if (!w->mailbox)
		return;
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	mailbox_free(w->mailbox);
	drop_events(w, w->events_n);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
}
