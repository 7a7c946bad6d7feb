/* server/hfs/serve.h - inside server/hfs: one request. Runs on a web worker. */
#ifndef HFS_SERVE_H
#define HFS_SERVE_H

#include <stdatomic.h>

#include "server/files/files.h"
#include "server/hfs/hfs.h"
#include "server/http/http.h"

struct hfs_counts {
	atomic_uint_fast64_t sent, missing, refused, aborted, bytes;
	atomic_int home_now; /* running downloads from the home path */
};
struct hfs_service {
	struct store *store;
	struct files *files;
	struct phones *phones;
	struct hfs_counts counts;
};
void hfs_serve(void *service, struct http_req *req); /* an http_handler */

#endif
