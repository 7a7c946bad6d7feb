/* server/core/engine.h - what an engine tells about itself: on or off, where it listens, and when
 * it is off one clear line that names the cure (DESIGN 10). A plain value, copied between threads.
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

struct engine_status {
	const char *name; /* "sip": a constant */
	bool on;
	bool failed;      /* off although it is wanted: a port that cannot be had */
	bool overridden;  /* the port comes from a start option, not from the configuration */
	char address[64]; /* "0.0.0.0:5060"; "" when off */
	uint16_t port;    /* bound; 0 when off */
	char why[160];    /* off: what to do; "" when on */
};

#endif
