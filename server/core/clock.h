/* server/core/clock.h - time as a parameter. Nothing outside calls time() or clock_gettime(). */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

struct clock {
	uint64_t (*mono_ns)(const struct clock *c); /* never steps */
	int64_t (*wall_ns)(const struct clock *c);  /* since 1970-01-01 UTC; may step */
};

extern const struct clock clock_system;

/* A clock that moves when the test says so; any thread may read it meanwhile. */
struct clock_fake {
	struct clock clock;
	_Atomic uint64_t mono;
	_Atomic int64_t wall;
};
void clock_fake_init(struct clock_fake *f, int64_t wall_ns);
void clock_fake_advance_ms(struct clock_fake *f, uint64_t ms);

/* The system clock, the wall some time ahead of it (or behind): `serve --test-clock-offset`. */
struct clock_shifted {
	struct clock clock;
	int64_t ahead_ns;
};
void clock_shifted_init(struct clock_shifted *s, int64_t ahead_s);

static inline uint64_t clock_mono_ms(const struct clock *c)
{
	return c->mono_ns(c) / 1000000;
}
static inline int64_t clock_wall_ns(const struct clock *c)
{
	return c->wall_ns(c);
}
static inline int64_t clock_wall_s(const struct clock *c)
{
	return c->wall_ns(c) / 1000000000;
}

#endif
