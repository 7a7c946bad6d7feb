/* api/file_diff.h - what a draft does to the files of phones (`?diff=files`). */
#ifndef API_FILE_DIFF_H
#define API_FILE_DIFF_H

#include <cjson/cJSON.h>

#include "store/conf.h"

#define FILE_DIFF_FILES 20
#define FILE_DIFF_BYTES (64u << 10) /* of all differences */

/* Adds `file_changes: [{name, change, diff}]`, passwords masked, to the answer, whose `files` are given, and
 * `file_changes_more`: how many of them found no room. 0 or ERR_*. */
int file_diff_add(struct conf *draft, cJSON *doc);

#endif
