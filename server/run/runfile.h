/* server/run/runfile.h - DIR/switchroom.run: pid and ports of the running server, for commands and
 * scripts. Replaced as a whole when something changes; removed at the end. Main thread. */
#ifndef RUN_RUNFILE_H
#define RUN_RUNFILE_H

#include <stddef.h>

#include "server/core/engine.h"

/* Writes the file; 0 or ERR_*. Engines that are off have no port in it. */
int runfile_write(const char *dir, const struct engine_status *engines, size_t n);
void runfile_remove(const char *dir);

#endif
