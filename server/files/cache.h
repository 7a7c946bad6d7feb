/* server/files/cache.h - inside server/files: rendered files by name, of one revision; the least
 * recently used make room. Callers hold a lock. */
#ifndef FILES_CACHE_H
#define FILES_CACHE_H

#include "server/files/files.h"

struct render_cache;

struct render_cache *cache_new(size_t max_bytes);
void cache_free(struct render_cache *c);
/* A new reference, or NULL. Asking for a newer revision drops what older ones left. */
struct file_view *cache_get(struct render_cache *c, uint64_t revision, const char *name);
/* Keeps a reference of its own, unless the view is of an older revision than the cache. */
void cache_put(struct render_cache *c, struct file_view *v);
void cache_drop(struct render_cache *c); /* all entries */
size_t cache_bytes(const struct render_cache *c);

#endif
