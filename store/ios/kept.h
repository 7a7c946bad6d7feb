/* store/ios/kept.h - prints the lines that are only kept (keep.h). Only store/ios. */
#ifndef STORE_IOS_KEPT_H
#define STORE_IOS_KEPT_H

#include "store/ios/ios.h"

struct kept; /* the kept lines of a conf by mode; borrows its trees */
struct kept *kept_open(struct conf *c);
void kept_close(struct kept *k); /* NULL is allowed */
/* Lines of a mode, `depth` blanks deep, blocks inside one deeper. NULL has none. */
void kept_print(const struct kept *k, const struct schema_place *at, int depth, bool secrets,
		struct text *out);
/* Global lines and blocks: those before the telephony, or those behind it. */
void kept_print_global(const struct kept *k, bool late, bool secrets, struct text *out);
/* A line that would be read as something else is no line to keep: a command that we know, noise of a
 * terminal. Looks at the lines that the draft brings in; adds a fault for each. */
void kept_check(struct conf *c, struct faults *f);
bool kept_has(const struct kept *k, const struct schema_object *o); /* lines in a mode of it */

#endif
