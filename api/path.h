/* api/path.h - patterns of routes. Pure.
 * A pattern is '/'-separated: words, {name} for one segment, and {name...} at the end for one or more. */
#ifndef API_PATH_H
#define API_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define API_PARAMS    4
#define API_PARAM_MAX 256

struct api_params {
	char value[API_PARAMS][API_PARAM_MAX]; /* decoded; of {name...} still encoded */
	size_t n;
};
/* Does a raw (percent-encoded) path match? A segment that does not decode or is too long does not. */
bool api_path_match(const char *pattern, const char *raw, struct api_params *out);

#endif
