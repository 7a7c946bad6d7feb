/* api/status/print.h - what the printers share: a value that nobody knows is a dash. Pure. */
#ifndef API_STATUS_PRINT_H
#define API_STATUS_PRINT_H

#include "api/status/status.h"

#define UNKNOWN "-"

/* Each returns `buf` or a constant; good until the next use of `buf`. */
struct cell {
	char buf[512];
};
const char *print_value(struct cell *c, const cJSON *o, const char *path); /* text or number */
const char *print_flag(const cJSON *o, const char *path);                  /* "1", "0" */
const char *print_yes(const cJSON *o, const char *path);                   /* "Y", "N" */
const char *print_able(const cJSON *o, const char *path);                /* "enabled", "disabled" */
const char *print_mac(struct cell *c, const cJSON *o, const char *path); /* "0A11.22B0.0C31" */

#endif
