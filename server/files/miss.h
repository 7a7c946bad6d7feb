/* server/files/miss.h - inside server/files: what was asked for and is not here, with the nearest name
 * that is, in bounded memory. Callers hold a lock. */
#ifndef FILES_MISS_H
#define FILES_MISS_H

#include "server/files/files.h"

#define MISSES_MAX 1024 /* the longest not asked for makes room */

struct miss {
	char name[FILES_NAME_MAX + 1];
	char nearest[FILES_NAME_MAX + 1];
	uint64_t count;
	int64_t last_ns;
};
struct miss_list;

struct miss_list *miss_list_new(void);
void miss_list_free(struct miss_list *l); /* NULL is allowed */
void miss_note(struct miss_list *l, const char *name, const char *nearest, int64_t wall_ns);
/* Newest first; fn non-zero stops. */
int miss_each(const struct miss_list *l, int (*fn)(void *ctx, const struct miss *m), void *ctx);

/* How far apart two names are, letters of any case being equal: the number of single-character changes
 * up to 2; 3 = further. The same last part in another folder counts as 1. */
#define MISS_FAR 3
int miss_distance(const char *asked, const char *have);
/* One sentence on why the absence of such a file matters, or does not. */
const char *miss_reason(const char *name);

#endif
