/* server/files/folder.h - inside server/files: a folder of files on the disk. Nothing outside it is
 * reachable, whatever links lie in it, and nothing but regular files is opened. Thread-safe. */
#ifndef FILES_FOLDER_H
#define FILES_FOLDER_H

#include "server/files/files.h"

#define FOLDER_NAMES_MAX 20000 /* listed names; more are reachable by their exact name only */
#define FOLDER_DIRS_MAX  256
#define FOLDER_DEPTH_MAX 6

struct folder;

struct folder *folder_new(const char *path, enum files_source source); /* need not exist */
void folder_free(struct folder *d);                                    /* NULL is allowed */
const char *folder_path(const struct folder *d);
/* 0 or ERR_NOENT. With `fold` letters match in any case; of several the first in byte order. */
int folder_open(struct folder *d, const char *name, bool fold, struct file_view **view);
/* All names, sorted without regard to case; fn non-zero stops. */
typedef int (*folder_name_fn)(void *ctx, const char *name);
int folder_names(struct folder *d, folder_name_fn fn, void *ctx);

#endif
