/* server/files/bindings.h - inside server/files: files published one by one under a name (`tftp-server
 * flash:<path> [alias <name>]`, R-118). Made for one revision, constant then; any thread. */
#ifndef FILES_BINDINGS_H
#define FILES_BINDINGS_H

#include "server/files/folder.h"
#include "store/conf.h"

struct bindings;

/* `dir`: data directory; a device (`flash:`) is a folder of it. */
struct bindings *bindings_new(const char *dir, struct conf *c);
void bindings_free(struct bindings *b);
/* What the name is bound to: the file on its device, else one of that name among the uploaded ones. 0 or
 * ERR_NOENT. */
int bindings_open(const struct bindings *b, struct folder *uploaded, const char *name, bool fold,
		  struct file_view **view);
/* All names, without regard to case sorted; fn non-zero stops. */
int bindings_names(const struct bindings *b, folder_name_fn fn, void *ctx);

#endif
