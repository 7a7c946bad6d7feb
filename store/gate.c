/* store/gate.c - lets readers into the environment, and keeps them out for the moment in which the
 * writer resizes or reopens it. A thread that already reads is never held at the gate: it may open
 * a second view while it has one, and waiting there would be a deadlock with the writer. */
#include <errno.h>
#include <sched.h>
#include <time.h>

#include "store/store_int.h"

#define GATE_SPELL_MS 20

/* How many views the calling thread holds, of any store. */
static _Thread_local unsigned held;

void gate_init(struct gate *g)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void gate_fini(struct gate *g)
{
	pthread_cond_destroy(&g->changed);
	pthread_mutex_destroy(&g->lock);
}

static struct timespec deadline(unsigned ms)
{
	uint64_t at = clock_system.mono_ns(&clock_system) + (uint64_t)ms * 1000000;

	return (struct timespec){ .tv_sec = (time_t)(at / 1000000000),
				  .tv_nsec = (long)(at % 1000000000) };
}

void gate_enter(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	while (g->closed && !held)
		pthread_cond_wait(&g->changed, &g->lock);
	g->readers++;
	held++;
	pthread_mutex_unlock(&g->lock);
}

bool gate_try(struct gate *g)
{
	bool in;

	pthread_mutex_lock(&g->lock);
	in = !g->closed || held;
	g->readers += in;
	held += in;
	pthread_mutex_unlock(&g->lock);
	return in;
}

void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	held--;
	if (--g->readers == 0 && g->closed)
		pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

static bool close_for(struct gate *g, unsigned timeout_ms)
{
	struct timespec at = deadline(timeout_ms);
	int rc = 0;
	bool ok;

	pthread_mutex_lock(&g->lock);
	g->closed = true;
	while (g->readers && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&g->changed, &g->lock, &at);
	ok = g->readers == 0;
	if (!ok) {
		g->closed = false;
		pthread_cond_broadcast(&g->changed);
	}
	pthread_mutex_unlock(&g->lock);
	return ok;
}

/* One reader that stays long must not hold up all others: the gate is shut for short spells. */
bool gate_close(struct gate *g, unsigned timeout_ms)
{
	for (unsigned waited = 0;; waited += GATE_SPELL_MS) {
		if (close_for(g, timeout_ms < GATE_SPELL_MS ? timeout_ms : GATE_SPELL_MS))
			return true;
		if (waited + GATE_SPELL_MS >= timeout_ms)
			return false;
		sched_yield();
	}
}

void gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->closed = false;
	g->opened++;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

uint64_t gate_opened(struct gate *g)
{
	uint64_t n;

	pthread_mutex_lock(&g->lock);
	n = g->opened;
	pthread_mutex_unlock(&g->lock);
	return n;
}

bool gate_await(struct gate *g, uint64_t opened, unsigned timeout_ms)
{
	struct timespec at = deadline(timeout_ms);
	int rc = 0;
	bool ok;

	if (held)
		return false;
	pthread_mutex_lock(&g->lock);
	while (g->opened == opened && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&g->changed, &g->lock, &at);
	ok = g->opened != opened;
	pthread_mutex_unlock(&g->lock);
	return ok;
}
