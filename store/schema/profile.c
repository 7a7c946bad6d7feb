/* store/schema/profile.c - the site profile (cme-model 2.30, R-350 to R-354): with the defaults of
 * CME alone no phone could register, so set-up makes this the first revision. Ordinary edits,
 * nothing else. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "store/schema/internal.h"

static cJSON *within(cJSON *parent, const char *name)
{
	return cJSON_AddObjectToObject(parent, name);
}

static cJSON *profile_http(void)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddTrueToObject(out, "enabled");
	return out;
}

static cJSON *profile_voip(void)
{
	cJSON *out = cJSON_CreateObject(), *r = within(within(out, "sip"), "registrar_server");

	cJSON_AddTrueToObject(r, "enabled");
	cJSON_AddNumberToObject(r, "max", 3600);
	cJSON_AddNumberToObject(r, "min", 120);
	return out;
}

/* Above the refresh interval of the phones, so that no TCP connection ends between two refreshes.
 */
static cJSON *profile_sip_ua(const char *address)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddNumberToObject(out, "connection_aging", 100);
	if (strchr(address, ':'))
		cJSON_AddStringToObject(within(out, "protocol_mode"), "mode", "ipv6");
	return out;
}

static cJSON *profile_global(const char *address, int zone)
{
	cJSON *out = cJSON_CreateObject(), *x;

	cJSON_AddStringToObject(out, "mode", "cme");
	cJSON_AddStringToObject(within(out, "source_address"), "address", address);
	cJSON_AddNumberToObject(out, "max_dn", (double)schema_limit("dns"));
	cJSON_AddNumberToObject(out, "max_pool", (double)schema_limit("pools"));
	x = within(out, "authenticate");
	cJSON_AddTrueToObject(x, "enabled");
	cJSON_AddTrueToObject(x, "all");
	cJSON_AddNumberToObject(out, "time_zone", zone);
	x = within(out, "ntp_server");
	cJSON_AddStringToObject(x, "address", address);
	cJSON_AddStringToObject(x, "mode", "unicast");
	cJSON_AddTrueToObject(within(within(out, "profile"), "create"), "enabled");
	return out;
}

static cJSON *profile_telephony(const char *address, int zone)
{
	bool v6 = strchr(address, ':') != NULL;
	cJSON *out = cJSON_CreateObject(), *x;

	cJSON_AddNumberToObject(out, "max_ephones", (double)schema_limit("ephones"));
	cJSON_AddNumberToObject(out, "max_dn", (double)schema_limit("dns"));
	x = within(within(out, "source_addresses"), v6 ? "ipv6" : "ipv4");
	cJSON_AddStringToObject(x, "address", address);
	if (v6)
		cJSON_AddStringToObject(within(out, "protocol_mode"), "mode", "ipv6");
	x = within(out, "cnf_file");
	cJSON_AddStringToObject(x, "location", "flash");
	cJSON_AddStringToObject(x, "mode", "perphone");
	cJSON_AddTrueToObject(within(x, "create"), "enabled");
	cJSON_AddNumberToObject(out, "time_zone", zone);
	x = within(out, "hfs");
	cJSON_AddTrueToObject(x, "enabled");
	cJSON_AddNumberToObject(x, "port", 6970);
	return out;
}

int schema_profile(struct conf *c, const char *address, int zone, struct faults *f)
{
	struct {
		const char *path;
		cJSON *value;
	} edits[] = {
		{ "http", profile_http() },
		{ "voice-service/voip", profile_voip() },
		{ "sip-ua", profile_sip_ua(address) },
		{ "voice-register/global", profile_global(address, zone) },
		{ "telephony-service", profile_telephony(address, zone) },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		int rc = schema_edit(c, OP_PUT, edits[i].path, edits[i].value, f, NULL);

		err = err ? err : rc;
		cJSON_Delete(edits[i].value);
	}
	return err;
}
