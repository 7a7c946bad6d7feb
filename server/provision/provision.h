/* server/provision/provision.h - renders every generated phone file: (configuration, name) ->
 * bytes. Pure: the same conf and name give the same bytes on every server. Any thread. */
#ifndef PROVISION_PROVISION_H
#define PROVISION_PROVISION_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "store/conf.h"
#include "store/schema/schema.h"

#define PROVISION_FILE_MAX (256u << 10)

struct rendered {
	char *data; /* NUL-terminated; free with provision_release() */
	size_t len;
	char name[128]; /* canonical name: "SEP001122334455.cnf.xml" */
	char owner[64]; /* device, or "" for site-wide files */
	char stamp[17]; /* 16 decimal digits of the SHA-256 without the stamp; or as set */
};
/* Exact name, or letters in another case with `fold`. 0, ERR_NOENT (not a generated name, or its
 * phone is not configured). */
int provision_render(struct conf *c, const char *name, bool fold, struct rendered *out);
void provision_release(struct rendered *r);
/* All generated names of this configuration; fn non-zero stops. */
typedef int (*provision_name_fn)(void *ctx, const char *name, const char *owner);
int provision_names(struct conf *c, provision_name_fn fn, void *ctx);

/* What the changes staged in `c` mean (dry run and commit alike). New tree:
 * {"pending_action": "restart", "affected_phones": [{"device", "pending_action"}], "files":
 * ["..."]} . Files are those whose bytes differ; phones those that need anything. */
cJSON *provision_impact(struct conf *c);

/* Phone models (data table; also for forms): number of lines, protocols, display name. */
struct provision_model {
	const char *type;        /* IOS phone type: "7962" */
	const char *name;        /* "Cisco Unified IP Phone 7962G" */
	unsigned sccp_device_id; /* sccp.md 4.1; 0 none */
	unsigned lines;          /* buttons on the set */
	bool sip, sccp;
};
const struct provision_model *provision_models(size_t *n);
const struct provision_model *provision_model(const char *type); /* NULL: unknown */

#endif
