/* server/sccp/config.h - the configuration as SCCP needs it: the site's settings, which device is which
 * ephone, and the profile of one phone. Only MAC and tag of each ephone are kept; a profile is made when
 * its phone registers, from the revision of that moment. Thread: call loop. */
#ifndef SCCP_CONFIG_H
#define SCCP_CONFIG_H

#include "server/sccp/profile.h"
#include "store/conf.h"

struct sccp_config;

struct sccp_config *sccp_config_new(void);
void sccp_config_free(struct sccp_config *c);
/* Brings the index and `site` to the revision of `conf`; what did not change since the last call is not
 * read again. */
void sccp_config_update(struct sccp_config *c, struct conf *conf, struct sccp_site *site);
uint64_t sccp_config_revision(const struct sccp_config *c);
/* Tag of the ephone with this device's MAC; 0: none. */
unsigned sccp_config_tag(const struct sccp_config *c, const char *device);
/* What the phone of ephone `tag` is told, as a phone of this type (server/sccp/models.h). NULL: the ephone
 * is gone. */
struct sccp_profile *sccp_config_profile(struct conf *conf, unsigned tag, uint32_t device_type);

#endif
