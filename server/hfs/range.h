/* server/hfs/range.h - inside server/hfs: one byte range of a request (RFC 9110 section 14). Pure. */
#ifndef HFS_RANGE_H
#define HFS_RANGE_H

#include <stdint.h>

struct byte_range {
	uint64_t at, len;
};
enum range_kind {
	RANGE_WHOLE, /* no usable range: answer 200 with all */
	RANGE_PART,  /* 206 */
	RANGE_BAD,   /* 416: nothing of it exists */
};
/* `header`: the Range field or NULL. Several ranges are answered with the whole, as 14.2 allows. */
enum range_kind range_parse(const char *header, uint64_t size, struct byte_range *out);

#endif
