/* server/clock/clock_state.c - the state of the system clock from adjtimex(2), or as a test says. */
#include "server/clock/clock_state.h"

#include <sys/timex.h>

static void unsynchronised(struct clock_state *out)
{
	*out = (struct clock_state){ .leap = 3, .precision = CLOCK_PRECISION };
}

/* The kernel lets its error bound grow by 500 ppm; when it has fallen, a program has corrected the clock. */
void clock_state_of(struct clock_kernel *memory, int result, int status, int64_t max_error_us,
		    int64_t now_ns, struct clock_state *out)
{
	if (result < 0 || result == TIME_ERROR || (status & STA_UNSYNC)) {
		memory->reference_ns = 0;
		unsynchronised(out);
		return;
	}
	if (!memory->reference_ns || max_error_us < memory->max_error_us)
		memory->reference_ns = now_ns;
	memory->max_error_us = max_error_us;
	*out = (struct clock_state){
		.synchronised = true,
		.leap = status & STA_INS   ? 1
			: status & STA_DEL ? 2
					   : 0,
		.stratum = CLOCK_STRATUM,
		.precision = CLOCK_PRECISION,
		.refid = CLOCK_REFID,
		.root_dispersion_us = (uint32_t)(max_error_us > 0 ? max_error_us : 0),
		.reference_ns = memory->reference_ns,
	};
}

static void read_kernel(void *ctx, int64_t now_ns, struct clock_state *state)
{
	struct timex t = { 0 };
	int result = adjtimex(&t);

	clock_state_of(ctx, result, t.status, t.maxerror, now_ns, state);
}

struct clock_source clock_source_kernel(struct clock_kernel *memory)
{
	return (struct clock_source){ read_kernel, memory, "system" };
}

static void read_unsynchronised(void *ctx, int64_t now_ns, struct clock_state *state)
{
	(void)ctx;
	(void)now_ns;
	unsynchronised(state);
}

static void read_synchronised(void *ctx, int64_t now_ns, struct clock_state *state)
{
	(void)ctx;
	*state = (struct clock_state){ .synchronised = true,
				       .stratum = CLOCK_STRATUM,
				       .precision = CLOCK_PRECISION,
				       .refid = CLOCK_REFID,
				       .root_dispersion_us = 1000,
				       .reference_ns = now_ns - 16000000000 };
}

struct clock_source clock_source_fixed(bool synchronised)
{
	return (struct clock_source){ synchronised ? read_synchronised : read_unsynchronised, 0,
				      "test" };
}
