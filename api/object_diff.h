/* api/object_diff.h - the difference of an object in lines of IOS. */
#ifndef API_OBJECT_DIFF_H
#define API_OBJECT_DIFF_H

#include <cjson/cJSON.h>

#include "store/schema/schema.h"

/* Adds `lines`: hunks as `diff -u` writes them. `before`, `after`: stored objects, NULL: not there. */
void object_diff_add(cJSON *change, struct store *store, const struct schema_path *at,
		     const cJSON *before, const cJSON *after);

#endif
