/* server/files/name.h - inside server/files: what a peer may call a file. Pure. */
#ifndef FILES_NAME_H
#define FILES_NAME_H

#include <stdbool.h>

#include "server/files/files.h"

#define FILE_NAMES_MAX 3

struct file_names { /* to be tried in this order */
	char list[FILE_NAMES_MAX][FILES_NAME_MAX + 1];
	int n;
};
/* Cleans what was asked for: leading slashes, "./" and double slashes go; the folders that CME puts
 * in front of phone files ("system:/its/", "cme/sipphone/") are dropped in a second form. 0;
 * ERR_NOENT: no file can have that name; ERR_PERM: an attempt to leave the folder (`..`, backslash,
 * drive letter). */
int file_names(struct file_names *out, const char *asked);
/* Stored names that are never served: hidden ones (uploads in the making begin with a dot). */
bool file_name_hidden(const char *name);

#endif
