/* server/files/view.h - inside server/files: making and sharing views. */
#ifndef FILES_VIEW_H
#define FILES_VIEW_H

#include "server/files/files.h"

/* Takes `data` (wiped when the last user closes: phone files hold passwords). One reference. */
struct file_view *view_memory(uint8_t *data, size_t len, const char *name, uint64_t revision);
/* Takes `fd`. One reference. */
struct file_view *view_disk(int fd, uint64_t size, enum files_source source, const char *name);
struct file_view *view_ref(struct file_view *v);

#endif
