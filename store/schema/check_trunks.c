/* store/schema/check_trunks.c - cross-checks of the modes toward the outside: voice ports. */
#include "store/schema/checks.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"

#define TS "telephony-service"

static bool redundant(struct conf *c)
{
	const struct schema_object *ts = schema_object(TS);
	const cJSON *now = conf_get(c, TS);

	return cfg_str(ts, now, "source_addresses.ipv4.secondary") ||
	       cfg_str(ts, now, "source_addresses.ipv6.secondary");
}

/* cme-model 6, row 7: redundant routers are said to support loop start only, their set-up uses ground
 * start: both are taken. */
void check_voice_port(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		      struct faults *warnings)
{
	const struct schema_object *o = schema_object("voice-ports");
	bool ground = strcmp(cfg_str(o, after, "signal"), "ground-start") == 0;
	char path[SCHEMA_PATH_MAX];

	(void)f;
	snprintf(path, sizeof(path), "voice-ports/%s", key);
	if (ground && redundant(c))
		faults_add(warnings, ERR_INVALID, "ground_start_redundant", path, "/signal",
			   "Redundant systems are documented for loop start only");
	if (!ground && cfg_bool(o, after, "incoming_alerting_ring_only"))
		faults_add(warnings, ERR_INVALID, "needs_ground_start", path,
			   "/incoming_alerting_ring_only",
			   "Ring detection works with ground start only");
}
