/* server/core/mailbox.c - bounded queue of copied messages to one owner thread.
 * A ring of pointers under one mutex: the lock is held for a pointer move, never while a message
 * runs. */
#include "server/core/mailbox.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/mem.h"

/* Who holds an ask: the asker until it gave up, the owner until it answered; the last one frees it.
 */
enum ask_state { ASK_NONE, ASK_WAITING, ASK_DONE, ASK_GIVEN_UP };

struct message {
	mailbox_fn fn;
	mailbox_drop drop;
	enum ask_state state;
	int result;
	size_t len;
	_Alignas(max_align_t) unsigned char data[];
};

struct mailbox {
	pthread_mutex_t lock;
	pthread_cond_t answered; /* shared by all askers of this mailbox: asks are rare and short */
	struct message **ring;
	size_t slots, head, count;
	mailbox_wake wake;
	void *ctx;
	uint64_t refused;
	bool closed;
};

struct mailbox *mailbox_new(size_t slots, mailbox_wake wake, void *ctx)
{
	struct mailbox *mb = mem_zalloc(sizeof(*mb));
	pthread_condattr_t attr;

	pthread_mutex_init(&mb->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&mb->answered, &attr);
	pthread_condattr_destroy(&attr);
	mb->ring = mem_zalloc(slots * sizeof(struct message *));
	mb->slots = slots;
	mb->wake = wake;
	mb->ctx = ctx;
	return mb;
}

static struct message *message_new(mailbox_fn fn, const void *msg, size_t len)
{
	struct message *m = mem_alloc(sizeof(*m) + len);

	*m = (struct message){ .fn = fn, .len = len };
	if (len)
		memcpy(m->data, msg, len);
	return m;
}

/* Under the lock. */
static int push(struct mailbox *mb, struct message *m)
{
	if (mb->closed)
		return ERR_CLOSED;
	if (mb->count == mb->slots) {
		mb->refused++;
		return ERR_AGAIN;
	}
	mb->ring[(mb->head + mb->count) % mb->slots] = m;
	mb->count++;
	return 0;
}

static int push_and_wake(struct mailbox *mb, struct message *m)
{
	bool first;
	int err;

	pthread_mutex_lock(&mb->lock);
	first = mb->count == 0;
	err = push(mb, m);
	pthread_mutex_unlock(&mb->lock);
	if (!err && first && mb->wake)
		mb->wake(mb->ctx);
	return err;
}

int mailbox_post(struct mailbox *mb, mailbox_fn fn, const void *msg, size_t len)
{
	struct message *m = message_new(fn, msg, len);
	int err = push_and_wake(mb, m);

	if (err)
		mem_free(m);
	return err;
}

static struct timespec deadline(unsigned timeout_ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts); /* a real wait of a real thread, not protocol time */
	ts.tv_sec += timeout_ms / 1000;
	ts.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

int mailbox_ask(struct mailbox *mb, mailbox_fn fn, void *msg, size_t len, unsigned timeout_ms,
		mailbox_drop drop)
{
	struct timespec until = deadline(timeout_ms);
	struct message *m = message_new(fn, msg, len);
	int err, timed_out = 0;

	m->state = ASK_WAITING;
	m->drop = drop;
	err = push_and_wake(mb, m);
	if (err) {
		mem_free(m);
		return err;
	}
	pthread_mutex_lock(&mb->lock);
	while (m->state == ASK_WAITING && !timed_out)
		timed_out = pthread_cond_timedwait(&mb->answered, &mb->lock, &until);
	if (m->state == ASK_WAITING) {
		m->state = ASK_GIVEN_UP; /* the owner frees it */
		pthread_mutex_unlock(&mb->lock);
		return ERR_TIMEOUT;
	}
	pthread_mutex_unlock(&mb->lock);
	err = m->result;
	if (!err && len)
		memcpy(msg, m->data, len);
	mem_free(m);
	return err;
}

/* The message has run (result 0) or never will (ERR_CLOSED). */
static void finish(struct mailbox *mb, struct message *m, int result)
{
	bool asker_frees;

	pthread_mutex_lock(&mb->lock);
	asker_frees = m->state == ASK_WAITING;
	if (asker_frees) {
		m->result = result;
		m->state = ASK_DONE;
		pthread_cond_broadcast(&mb->answered);
	}
	pthread_mutex_unlock(&mb->lock);
	if (asker_frees)
		return;
	if (m->state == ASK_GIVEN_UP && m->drop)
		m->drop(m->data);
	mem_free(m);
}

static struct message *pop(struct mailbox *mb)
{
	struct message *m = NULL;

	pthread_mutex_lock(&mb->lock);
	if (mb->count) {
		m = mb->ring[mb->head];
		mb->head = (mb->head + 1) % mb->slots;
		mb->count--;
	}
	pthread_mutex_unlock(&mb->lock);
	return m;
}

size_t mailbox_drain(struct mailbox *mb, void *owner, size_t budget)
{
	size_t ran = 0;
	struct message *m;

	while (ran < budget && (m = pop(mb))) {
		m->fn(owner, m->data);
		finish(mb, m, 0);
		ran++;
	}
	if (ran == budget && mb->wake)
		mb->wake(mb->ctx); /* the rest in the next turn: others have a right to this one */
	return ran;
}

void mailbox_close(struct mailbox *mb)
{
	struct message *m;

	pthread_mutex_lock(&mb->lock);
	mb->closed = true;
	pthread_mutex_unlock(&mb->lock);
	while ((m = pop(mb)))
		finish(mb, m, ERR_CLOSED);
}

void mailbox_free(struct mailbox *mb)
{
	if (!mb)
		return;
	mailbox_close(mb);
	pthread_cond_destroy(&mb->answered);
	pthread_mutex_destroy(&mb->lock);
	mem_free(mb->ring);
	mem_free(mb);
}

uint64_t mailbox_refused(const struct mailbox *mb)
{
	return mb->refused;
}
