/* server/core/mem.h - small allocations. They end the process when memory is out; there is no error
 * path for them. What a peer can make large is first held against a named limit. Any thread. */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *p, size_t size);
void *mem_dup(const void *p, size_t size);
char *mem_strdup(const char *s); /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len);
void mem_free(void *p);              /* NULL is allowed */
void mem_wipe(void *p, size_t size); /* clears a secret; not optimised away */

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_LEN(a)                    (sizeof(a) / sizeof((a)[0]))

#endif
