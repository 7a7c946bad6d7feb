/* store/schema/constants.h - what the documents call platform dependent (cme-model 5), in one place. */
#ifndef STORE_SCHEMA_CONSTANTS_H
#define STORE_SCHEMA_CONSTANTS_H

#include <stdbool.h>
#include <stdint.h>

#define LIMIT_EPHONES      1000 /* limits: `serve --limit` raises them */
#define LIMIT_POOLS        4451
#define LIMIT_DNS          5000
#define LIMIT_TOP          10000 /* ... up to this */
#define MAX_MAX_EPHONES    4451
#define CME_APP_MAX_PHONES 200
#define MAX_CONFERENCES    24
#define ATTEMPTED_LOG_SIZE 100 /* SCCP */
#define LOCALES            5
#define LPCOR_ENTRIES      50
#define LPCOR_GROUPS       64
#define TRUSTED_LIST       100

struct schema_constant {
	const char *name; /* NULL ends the table */
	int64_t dflt;
	const char *limit; /* what raises it: schema_limit(); NULL: nothing */
	bool floor;        /* a limit below the default does not lower it */
	const char *help;
};
const struct schema_constant *schema_constants(void);
int64_t schema_constant_value(const struct schema_constant *c); /* in force */

#endif
