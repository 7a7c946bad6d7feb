/* store/schema/type7.h - "type 7" passwords of IOS: obscured, not encrypted, with a key that everybody knows. Pure. */
#ifndef STORE_SCHEMA_TYPE7_H
#define STORE_SCHEMA_TYPE7_H

#include <stddef.h>

/* The clear text: 0, ERR_MALFORMED (no such text, or nothing in it), ERR_TOO_BIG. Wipe `out` after use. */
int type7_decode(const char *text, char *out, size_t cap);

#endif
