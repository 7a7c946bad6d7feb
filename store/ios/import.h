/* store/ios/import.h - a whole running configuration, as saved or as pasted from a terminal, into a draft
 * (cme-model 2.29). Nothing in the text starts anything; every line of it ends up in the report. Any thread. */
#ifndef STORE_IOS_IMPORT_H
#define STORE_IOS_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "store/conf.h"
#include "store/schema/schema.h"

struct import_options {
	bool replace;  /* the draft is emptied first */
	bool accounts; /* `web admin` lines may make accounts */
};

struct import;

/* Reads the text into the draft. References to what is nowhere are warnings
 * 0, or what schema_check() says of the whole: then nothing must be committed. `f` and `warnings` receive
 * the cross-checks, with the line that caused them where it is known. The import is made in either case. */
int ios_import(struct import **out, struct conf *c, const char *text, size_t len,
	       const struct import_options *opt, struct faults *f, struct faults *warnings);
/* {summary, modes, lines, accounts}; new tree. */
cJSON *import_report(const struct import *im);
/* `web admin` lines: accounts to make, disabled, when the rest is committed: [{username, role}]. */
const cJSON *import_accounts(const struct import *im);
void import_free(struct import *im); /* NULL is allowed */

#endif
