/* server/provision/index.h - inside server/provision: device name -> item, of one configuration. */
#ifndef PROVISION_INDEX_H
#define PROVISION_INDEX_H

#include "server/provision/provision.h"

struct index_entry {
	char device[24]; /* SEP001122334455 */
	char path[40];   /* "ephones/3" */
	bool sip;
};
/* NULL: no such device. Sorted by device; `fold` compares letters of any case. */
const struct index_entry *index_find(const struct provision_index *ix, const char *device,
				     size_t len);
bool index_per_type(const struct provision_index *ix); /* files by phone type */
#define INDEX_GROUPS 5
bool index_has_group(const struct provision_index *ix, int group); /* VRF group */
const struct index_entry *index_all(const struct provision_index *ix, size_t *n);

#endif
