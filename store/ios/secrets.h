/* store/ios/secrets.h - passwords in the lines of an import: masked before anybody sees them, decoded where that
 * is possible. Only store/ios. */
#ifndef STORE_IOS_SECRETS_H
#define STORE_IOS_SECRETS_H

#include "store/ios/ios.h"

/* A copy of the line to show; mem_free(). `l` NULL: no command is known, so everything behind a word such as
 * `password` counts as one. *found (may be NULL): there was one. */
char *secrets_mask(const char *text, const struct ios_line *l, bool *found);
/* Is the guessed password in clear text? One of type 5 to 9 is not: `enable secret 5 $1$...`. */
bool secrets_clear(const char *text);
/* Passwords of type 7 in the patch become clear text; of type 6 they stay as they are where the row allows it. 0;
 * ERR_MALFORMED (no type 7), ERR_UNSUPPORTED (cannot be undone: taken out of the patch). `note` says it for a
 * person, "" nothing to say. */
int secrets_decode(struct ios_line *l, char *note, size_t cap);

#endif
