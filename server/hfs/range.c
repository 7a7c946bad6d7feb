/* server/hfs/range.c - see range.h. */
#include "server/hfs/range.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Digits at `*p`; false when there are none or too many. */
static bool number(const char **p, uint64_t *out)
{
	const char *first = *p;

	*out = 0;
	while (**p >= '0' && **p <= '9') {
		if (*out > (UINT64_MAX - 9) / 10)
			return false;
		*out = *out * 10 + (uint64_t)(*(*p)++ - '0');
	}
	return *p > first;
}

static enum range_kind suffix(const char *p, uint64_t size, struct byte_range *out)
{
	uint64_t n;

	if (!number(&p, &n) || *p)
		return RANGE_WHOLE;
	if (n == 0 || size == 0)
		return RANGE_BAD;
	out->len = n < size ? n : size;
	out->at = size - out->len;
	return RANGE_PART;
}

enum range_kind range_parse(const char *header, uint64_t size, struct byte_range *out)
{
	uint64_t first, last = size ? size - 1 : 0, asked;
	const char *p;

	*out = (struct byte_range){ 0, size };
	if (!header || strncasecmp(header, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	p = header + 6;
	if (*p == '-')
		return suffix(p + 1, size, out);
	if (!number(&p, &first) || *p++ != '-')
		return RANGE_WHOLE;
	if (*p) {
		if (!number(&p, &asked) || *p || asked < first)
			return RANGE_WHOLE;
		last = asked < last ? asked : last;
	}
	if (first >= size)
		return RANGE_BAD;
	*out = (struct byte_range){ first, last - first + 1 };
	return RANGE_PART;
}
