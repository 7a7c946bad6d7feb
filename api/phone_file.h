/* api/phone_file.h - phone files for the eyes of an administrator. Pure. */
#ifndef API_PHONE_FILE_H
#define API_PHONE_FILE_H

#include <stddef.h>

#include "server/core/text.h"

/* Copies XML to `out`; the text of elements that hold a secret (authPassword and the like) becomes stars,
 * an empty one stays empty. Bytes that are no XML are copied as they are. */
void phone_file_mask(const char *xml, size_t len, struct text *out);

#endif
