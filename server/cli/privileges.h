/* server/cli/privileges.h - from root to an ordinary user who may bind privileged ports and nothing
 * else (DESIGN 10). Called once, before any thread or socket exists: capabilities belong to
 * threads, and NET_BIND_SERVICE is kept, so that ports can also be bound later when the
 * configuration moves them. */
#ifndef CLI_PRIVILEGES_H
#define CLI_PRIVILEGES_H

#include <stddef.h>

/* `user`: name to become; "" = "switchroom" when there is such a user, else the owner of `dir`,
 * which is created (0700) and handed over with what is in it. Does nothing but no_new_privs when
 * not root. 0, or ERR_NOENT / ERR_PERM / ERR_IO with a sentence in `why`. */
int privileges_drop(const char *user, const char *dir, char *why, size_t cap);

#endif
