/* server/sip/sip_load.h - from the store into the registrar's tables. Call loop; one short snapshot. */
#ifndef SIP_LOAD_H
#define SIP_LOAD_H

#include "server/sip/sip_conf.h"

struct store;

/* Brings `conf` from revision `*since` (0 = nothing read yet) to the newest one: only rows that changed
 * are read again, all of them when the realm changed or the differences are no longer kept. */
int sip_load(struct store *store, struct sip_conf *conf, uint64_t *since);

#endif
