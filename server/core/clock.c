/* server/core/clock.c - the system clock and a clock for tests. */
#include "server/core/clock.h"

#include <time.h>

#include "server/core/mem.h"

static int64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static uint64_t system_mono(const struct clock *c)
{
	(void)c;
	return (uint64_t)read_ns(CLOCK_MONOTONIC);
}

static int64_t system_wall(const struct clock *c)
{
	(void)c;
	return read_ns(CLOCK_REALTIME);
}

const struct clock clock_system = { .mono_ns = system_mono, .wall_ns = system_wall };

static int64_t shifted_wall(const struct clock *c)
{
	const struct clock_shifted *s = (const void *)c; /* `clock` is its first member */

	return s->ahead_ns + read_ns(CLOCK_REALTIME);
}

void clock_shifted_init(struct clock_shifted *s, int64_t ahead_s)
{
	*s = (struct clock_shifted){ { system_mono, shifted_wall }, ahead_s * 1000000000 };
}

static const struct clock_fake *fake_of(const struct clock *c)
{
	return (const struct clock_fake *)(const void *)c; /* `clock` is its first member */
}

static uint64_t fake_mono(const struct clock *c)
{
	return fake_of(c)->mono;
}

static int64_t fake_wall(const struct clock *c)
{
	return fake_of(c)->wall;
}

void clock_fake_init(struct clock_fake *f, int64_t wall_ns)
{
	f->clock = (struct clock){ fake_mono, fake_wall };
	atomic_init(&f->mono, 1000000000); /* not 0: "never" is often written as 0 */
	atomic_init(&f->wall, wall_ns);
}

void clock_fake_advance_ms(struct clock_fake *f, uint64_t ms)
{
	f->mono += ms * 1000000;
	f->wall += (int64_t)(ms * 1000000);
}
