/* server/core/loop.h - one event loop per thread, over libuv; timers on an injected clock.
 * Everything here is for the owner thread except loop_stop() and the loop's mailbox.
 * Timers and watchers are embedded in their object and cancelled in its free function. */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/core/clock.h"
#include "server/core/mailbox.h"

struct loop;

#define LOOP_MAILBOX_SLOTS 8192

int loop_new(struct loop **out, const char *name, const struct clock *clock);
void loop_free(struct loop *loop);        /* not running; all objects gone */
int loop_start_thread(struct loop *loop); /* runs loop_run() in a thread named like the loop */
void loop_join(struct loop *loop);
void loop_run(struct loop *loop);       /* until loop_stop() */
void loop_stop(struct loop *loop);      /* any thread */
void loop_set_owner(struct loop *loop); /* the calling thread owns it (tests without a thread) */
void loop_assert_owner(const struct loop *loop);
const struct clock *loop_clock(const struct loop *loop);
uint64_t loop_now_ms(const struct loop *loop);       /* monotonic */
uint64_t loop_last_turn_ms(const struct loop *loop); /* any thread: when it last turned (health) */
struct mailbox *loop_mailbox(struct loop *loop);

struct loop_timer {
	void (*fn)(struct loop_timer *t);
	struct loop *loop;
	uint64_t at_ms;
	size_t slot; /* heap index + 1; 0 = not set */
};
void loop_timer_init(struct loop_timer *t, struct loop *loop, void (*fn)(struct loop_timer *t));
void loop_timer_set(struct loop_timer *t, uint64_t after_ms); /* (re)arm */
void loop_timer_cancel(struct loop_timer *t);                 /* no harm when not set */
bool loop_timer_is_set(const struct loop_timer *t);
uint64_t loop_timer_left_ms(const struct loop_timer *t);
/* Run what is due at the clock's present time; for tests with a fake clock and no running loop.
 * Also drains the mailbox. Returns how many timers ran. */
size_t loop_poll(struct loop *loop);

enum { LOOP_READ = 1, LOOP_WRITE = 2 };
struct loop_io {
	void (*fn)(struct loop_io *io, int events);
	struct loop *loop;
	int fd;
	void *impl;
};
int loop_io_add(struct loop_io *io, struct loop *loop, int fd, int events,
		void (*fn)(struct loop_io *io, int events));
int loop_io_events(struct loop_io *io, int events);
void loop_io_remove(struct loop_io *io); /* does not close the descriptor */

/* Runs once at the end of this turn: an object never frees itself inside its own callback. */
struct loop_reap {
	void (*fn)(struct loop_reap *r);
	struct loop_reap *next;
	bool queued;
};
void loop_reap_later(struct loop *loop, struct loop_reap *r, void (*fn)(struct loop_reap *r));

/* Called at the end of each turn while added (output that is gathered during a turn leaves then).
 */
struct loop_hook {
	void (*fn)(struct loop_hook *h);
	struct loop_hook *next;
};
void loop_hook_add(struct loop *loop, struct loop_hook *h);
void loop_hook_remove(struct loop *loop, struct loop_hook *h);

struct uv_loop_s;
struct uv_loop_s *loop_uv(
    struct loop *loop); /* for server/core itself: libuv stays in this folder */

/* Signals (main loop only). */
int loop_on_signal(struct loop *loop, int signum, void (*fn)(void *ctx, int signum), void *ctx);

#endif
