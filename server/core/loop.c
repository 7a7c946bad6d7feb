/* server/core/loop.c - the event loop: libuv for descriptors, a heap of timers on the injected
 * clock. */
#include "server/core/loop.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "server/core/err.h"
#include "server/core/mem.h"

#define MAILBOX_BUDGET 256 /* messages a turn: sockets have their right too */
#define SIGNALS_MAX    4
#define HEARTBEAT_MS   1000 /* a loop without work turns too: whether it could is what health asks */

struct signal_watch {
	uv_signal_t handle;
	void (*fn)(void *ctx, int signum);
	void *ctx;
};

struct loop {
	uv_loop_t uv;
	uv_async_t wake;
	uv_timer_t uv_timer, heart;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_thread_t thread;
	char name[16];
	const struct clock *clock;
	struct mailbox *mailbox;
	struct loop_timer **heap;
	size_t heap_len, heap_cap;
	struct loop_reap *reaps;
	struct loop_hook *hooks;
	struct signal_watch signals[SIGNALS_MAX];
	size_t n_signals;
	pthread_t owner;
	bool has_owner;
	atomic_bool stopping;
	atomic_uint_least64_t last_turn_ms;
};

/* ---- timers: a binary heap ordered by time; a timer knows its slot ---- */

static void heap_place(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void heap_up(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	while (i && l->heap[(i - 1) / 2]->at_ms > t->at_ms) {
		heap_place(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_place(l, i, t);
}

static void heap_down(struct loop *l, size_t i)
{
	struct loop_timer *t = l->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < l->heap_len && l->heap[child + 1]->at_ms < l->heap[child]->at_ms)
			child++;
		if (child >= l->heap_len || l->heap[child]->at_ms >= t->at_ms)
			break;
		heap_place(l, i, l->heap[child]);
		i = child;
	}
	heap_place(l, i, t);
}

static void heap_remove(struct loop *l, size_t i)
{
	struct loop_timer *gone = l->heap[i], *last = l->heap[--l->heap_len];

	gone->slot = 0;
	if (gone == last)
		return;
	heap_place(l, i, last);
	heap_up(l, i);
	heap_down(l, last->slot - 1);
}

static void on_uv_timer(uv_timer_t *h);

/* Tell libuv when to turn next. */
static void arm_uv(struct loop *l)
{
	uint64_t now, at;

	if (!l->heap_len) {
		uv_timer_stop(&l->uv_timer);
		return;
	}
	now = loop_now_ms(l);
	at = l->heap[0]->at_ms;
	uv_update_time(&l->uv);
	uv_timer_start(&l->uv_timer, on_uv_timer, at > now ? at - now : 0, 0);
}

static size_t run_timers(struct loop *l)
{
	uint64_t now = loop_now_ms(l);
	size_t ran = 0;

	while (l->heap_len && l->heap[0]->at_ms <= now) {
		struct loop_timer *t = l->heap[0];

		heap_remove(l, 0);
		t->fn(t);
		ran++;
	}
	return ran;
}

static void on_uv_timer(uv_timer_t *h)
{
	struct loop *l = h->data;

	run_timers(l);
	arm_uv(l);
}

void loop_timer_init(struct loop_timer *t, struct loop *loop, void (*fn)(struct loop_timer *t))
{
	*t = (struct loop_timer){ .fn = fn, .loop = loop };
}

void loop_timer_set(struct loop_timer *t, uint64_t after_ms)
{
	struct loop *l = t->loop;

	loop_assert_owner(l);
	if (t->slot)
		heap_remove(l, t->slot - 1);
	if (l->heap_len == l->heap_cap) {
		l->heap_cap = l->heap_cap ? l->heap_cap * 2 : 64;
		l->heap = mem_realloc(l->heap, l->heap_cap * sizeof(struct loop_timer *));
	}
	t->at_ms = loop_now_ms(l) + after_ms;
	l->heap[l->heap_len] = t;
	heap_up(l, l->heap_len++);
	if (t->slot == 1)
		arm_uv(l);
}

void loop_timer_cancel(struct loop_timer *t)
{
	if (!t->slot)
		return;
	loop_assert_owner(t->loop);
	heap_remove(t->loop, t->slot - 1);
}

bool loop_timer_is_set(const struct loop_timer *t)
{
	return t->slot != 0;
}

uint64_t loop_timer_left_ms(const struct loop_timer *t)
{
	uint64_t now = t->slot ? loop_now_ms(t->loop) : 0;

	return t->slot && t->at_ms > now ? t->at_ms - now : 0;
}

/* ---- end of a turn ---- */

void loop_reap_later(struct loop *loop, struct loop_reap *r, void (*fn)(struct loop_reap *r))
{
	loop_assert_owner(loop);
	if (r->queued)
		return;
	*r = (struct loop_reap){ .fn = fn, .next = loop->reaps, .queued = true };
	loop->reaps = r;
	uv_async_send(&loop->wake);
}

void loop_hook_add(struct loop *loop, struct loop_hook *h)
{
	h->next = loop->hooks;
	loop->hooks = h;
}

void loop_hook_remove(struct loop *loop, struct loop_hook *h)
{
	for (struct loop_hook **p = &loop->hooks; *p; p = &(*p)->next) {
		if (*p == h) {
			*p = h->next;
			return;
		}
	}
}

static void end_turn(struct loop *l)
{
	for (struct loop_hook *h = l->hooks, *next; h; h = next) {
		next = h->next;
		h->fn(h);
	}
	while (l->reaps) {
		struct loop_reap *r = l->reaps;

		l->reaps = r->next;
		r->queued = false;
		r->fn(r);
	}
	atomic_store(&l->last_turn_ms, loop_now_ms(l));
}

static void on_heartbeat(uv_timer_t *h)
{
	(void)h; /* the turn it makes is all it is for */
}

static void on_prepare(uv_prepare_t *h)
{
	end_turn(h->data);
}

static void on_check(uv_check_t *h)
{
	end_turn(h->data);
}

static void on_wake(uv_async_t *h)
{
	struct loop *l = h->data;

	mailbox_drain(l->mailbox, NULL, MAILBOX_BUDGET);
	if (atomic_load(&l->stopping))
		uv_stop(&l->uv);
}

/* ---- life ---- */

static void wake_loop(void *ctx)
{
	struct loop *l = ctx;

	uv_async_send(&l->wake);
}

int loop_new(struct loop **out, const char *name, const struct clock *clock)
{
	struct loop *l = mem_zalloc(sizeof(*l));

	if (uv_loop_init(&l->uv)) {
		mem_free(l);
		return ERR_IO;
	}
	for (size_t i = 0; i + 1 < sizeof(l->name) && name[i]; i++)
		l->name[i] = name[i];
	l->clock = clock;
	uv_async_init(&l->uv, &l->wake, on_wake);
	uv_timer_init(&l->uv, &l->uv_timer);
	uv_timer_init(&l->uv, &l->heart);
	uv_timer_start(&l->heart, on_heartbeat, HEARTBEAT_MS, HEARTBEAT_MS);
	uv_prepare_init(&l->uv, &l->prepare);
	uv_check_init(&l->uv, &l->check);
	l->wake.data = l->uv_timer.data = l->prepare.data = l->check.data = l;
	uv_prepare_start(&l->prepare, on_prepare);
	uv_check_start(&l->check, on_check);
	l->mailbox = mailbox_new(LOOP_MAILBOX_SLOTS, wake_loop, l);
	atomic_store(&l->last_turn_ms, loop_now_ms(l));
	*out = l;
	return 0;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	mailbox_close(l->mailbox);
	end_turn(l);
	for (size_t i = 0; i < l->n_signals; i++)
		uv_close((uv_handle_t *)&l->signals[i].handle, NULL);
	uv_close((uv_handle_t *)&l->wake, NULL);
	uv_close((uv_handle_t *)&l->uv_timer, NULL);
	uv_close((uv_handle_t *)&l->heart, NULL);
	uv_close((uv_handle_t *)&l->prepare, NULL);
	uv_close((uv_handle_t *)&l->check, NULL);
	uv_run(&l->uv, UV_RUN_DEFAULT); /* lets what is closing close */
	uv_loop_close(&l->uv);
	mailbox_free(l->mailbox);
	mem_free(l->heap);
	mem_free(l);
}

void loop_set_owner(struct loop *l)
{
	l->owner = pthread_self();
	l->has_owner = true;
}

void loop_assert_owner(const struct loop *l)
{
	assert(!l->has_owner || pthread_equal(l->owner, pthread_self()));
	(void)l;
}

void loop_run(struct loop *l)
{
	loop_set_owner(l);
	while (!atomic_load(&l->stopping))
		uv_run(&l->uv, UV_RUN_DEFAULT);
}

static void thread_main(void *arg)
{
	struct loop *l = arg;

	pthread_setname_np(pthread_self(), l->name);
	loop_run(l);
}

int loop_start_thread(struct loop *l)
{
	return uv_thread_create(&l->thread, thread_main, l) ? ERR_AGAIN : 0;
}

void loop_join(struct loop *l)
{
	uv_thread_join(&l->thread);
	loop_set_owner(l); /* the joiner takes it apart */
}

void loop_stop(struct loop *l)
{
	atomic_store(&l->stopping, true);
	uv_async_send(&l->wake);
}

const struct clock *loop_clock(const struct loop *l)
{
	return l->clock;
}

uint64_t loop_now_ms(const struct loop *l)
{
	return clock_mono_ms(l->clock);
}

uint64_t loop_last_turn_ms(const struct loop *l)
{
	return atomic_load(&l->last_turn_ms);
}

struct mailbox *loop_mailbox(struct loop *l)
{
	return l->mailbox;
}

struct uv_loop_s *loop_uv(struct loop *l)
{
	return &l->uv;
}

size_t loop_poll(struct loop *l)
{
	size_t ran;

	mailbox_drain(l->mailbox, NULL, MAILBOX_BUDGET);
	ran = run_timers(l);
	end_turn(l);
	return ran;
}

/* ---- descriptors and signals ---- */

struct io_handle {
	uv_poll_t poll;
	struct loop_io *io; /* NULL once removed */
	int events;         /* libuv's, as last asked for */
};

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct io_handle *ih = container_of(h, struct io_handle, poll);
	int mine = 0;

	if (!ih->io)
		return;
	if (status < 0) {
		mine = LOOP_READ; /* an error is read by the owner's next call */
		uv_poll_start(&ih->poll, ih->events, on_poll); /* libuv stopped it */
	}
	if (events & UV_READABLE)
		mine |= LOOP_READ;
	if (events & UV_WRITABLE)
		mine |= LOOP_WRITE;
	ih->io->fn(ih->io, mine);
}

int loop_io_events(struct loop_io *io, int events)
{
	struct io_handle *ih = io->impl;
	int uv = (events & LOOP_READ ? UV_READABLE : 0) | (events & LOOP_WRITE ? UV_WRITABLE : 0);

	ih->events = uv;
	return uv_poll_start(&ih->poll, uv, on_poll) ? ERR_IO : 0;
}

int loop_io_add(struct loop_io *io, struct loop *loop, int fd, int events,
		void (*fn)(struct loop_io *io, int events))
{
	struct io_handle *ih = mem_zalloc(sizeof(*ih));

	*io = (struct loop_io){ .fn = fn, .loop = loop, .fd = fd, .impl = ih };
	ih->io = io;
	if (uv_poll_init(&loop->uv, &ih->poll, fd)) {
		mem_free(ih);
		io->impl = NULL;
		return ERR_IO;
	}
	return loop_io_events(io, events);
}

static void on_io_closed(uv_handle_t *h)
{
	mem_free(container_of((uv_poll_t *)h, struct io_handle, poll));
}

void loop_io_remove(struct loop_io *io)
{
	struct io_handle *ih = io->impl;

	if (!ih)
		return;
	ih->io = NULL;
	io->impl = NULL;
	uv_poll_stop(&ih->poll);
	uv_close((uv_handle_t *)&ih->poll, on_io_closed);
}

static void on_signal(uv_signal_t *h, int signum)
{
	struct signal_watch *w = container_of(h, struct signal_watch, handle);

	w->fn(w->ctx, signum);
}

int loop_on_signal(struct loop *loop, int signum, void (*fn)(void *ctx, int signum), void *ctx)
{
	struct signal_watch *w;

	if (loop->n_signals == SIGNALS_MAX)
		return ERR_TOO_BIG;
	w = &loop->signals[loop->n_signals++];
	w->fn = fn;
	w->ctx = ctx;
	uv_signal_init(&loop->uv, &w->handle);
	return uv_signal_start(&w->handle, on_signal, signum) ? ERR_IO : 0;
}
