/* server/clock/clock_state.h - how far the system clock can be trusted, as NTP tells it (RFC 5905 7.3).
 * Read through a source, so that tests can say what the clock is. Any thread. */
#ifndef CLOCK_CLOCK_STATE_H
#define CLOCK_CLOCK_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_STRATUM   4 /* the kernel does not know its source's stratum: a cautious one */
#define CLOCK_REFID     0x7f000001u /* 127.0.0.1: disciplined by another program of this machine */
#define CLOCK_PRECISION (-20)       /* log2 of seconds: a microsecond */

struct clock_state {
	bool synchronised;
	uint8_t leap;    /* 0 none, 1 a second more, 2 one less, 3 not synchronised */
	uint8_t stratum; /* 1..15; 0 when not synchronised */
	int8_t precision;
	uint32_t refid;
	uint32_t root_delay_us, root_dispersion_us;
	int64_t reference_ns; /* wall: when the clock was last set or corrected */
};

struct clock_source {
	void (*read)(void *ctx, int64_t now_ns, struct clock_state *state);
	void *ctx;
	const char *name; /* "system", "test" */
};

/* The kernel's clock by adjtimex(2). `memory` is the caller's, zeroed. */
struct clock_kernel {
	int64_t max_error_us, reference_ns;
};
struct clock_source clock_source_kernel(struct clock_kernel *memory);
/* What adjtimex said -> state. `status` and `result` as of adjtimex(2). Pure. */
void clock_state_of(struct clock_kernel *memory, int result, int status, int64_t max_error_us,
		    int64_t now_ns, struct clock_state *out);
/* For tests (--test-clock-state): always or never synchronised. */
struct clock_source clock_source_fixed(bool synchronised);

#endif
