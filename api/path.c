/* api/path.c - see path.h. */
#include "api/path.h"

#include <string.h>

#include "server/core/text.h"
#include "server/http/http_check.h"

static bool take(struct api_params *out, const char *raw, size_t len, bool decode)
{
	char *to;

	if (out->n >= API_PARAMS || len == 0 || len >= API_PARAM_MAX)
		return false;
	to = out->value[out->n++];
	if (decode)
		return http_decode(to, API_PARAM_MAX, raw, len, false) > 0;
	memcpy(to, raw, len);
	to[len] = '\0';
	return true;
}

static bool same(const char *word, size_t word_len, const char *raw, size_t len)
{
	char buf[API_PARAM_MAX];

	return http_decode(buf, sizeof(buf), raw, len, false) == (long)word_len &&
	       !memcmp(buf, word, word_len);
}

bool api_path_match(const char *pattern, const char *raw, struct api_params *out)
{
	out->n = 0;
	while (*pattern == '/' && *raw == '/') {
		size_t p = strcspn(++pattern, "/"), r = strcspn(++raw, "/");

		if (p > 5 && !strncmp(pattern + p - 4, "...}", 4))
			return take(out, raw, strlen(raw), false);
		if (*pattern == '{' ? !take(out, raw, r, true) : !same(pattern, p, raw, r))
			return false;
		pattern += p;
		raw += r;
	}
	return !*pattern && !*raw;
}
