/* server/provision/sep_sccp.c - SEP<MAC>.cnf.xml of SCCP phones. The file is short: lines, speed
 * dials, soft keys, ring types and time travel inside the protocol (provisioning 2.3). */
#include <string.h>

#include "server/core/mem.h"
#include "server/provision/sep.h"

static void srst(struct xml *x)
{
	xml_open(x, "srstInfo", NULL);
	xml_text(x, "name", "Disable");
	xml_text(x, "srstOption", "Disable");
	xml_bool(x, "isSecure", false);
	xml_close(x);
}

static void device_pool(struct xml *x, const struct site *s, const struct phone *p)
{
	xml_open(x, "devicePool", NULL);
	sep_date_time(x, s, p);
	sep_servers(x, s, p);
	srst(x);
	xml_int(x, "connectionMonitorDuration", p->side->server.rehome_s);
	xml_close(x);
}

static void common_profile(struct xml *x, const struct site *s, const struct phone *p)
{
	bool own = s->mode == CNF_PER_PHONE;
	bool lists = own && cfg_bool(p->obj, p->item, "presence_call_list");
	static const char *const blf[][2] = { { "2", "3" }, { "0", "3" }, { "0", "1" } };

	xml_open(x, "commonProfile", NULL);
	xml_text(x, "phonePassword", NULL);
	xml_bool(x, "backgroundImageAccess", true);
	xml_text(x, "callLogBlfEnabled", blf[p->model->family][lists]);
	xml_close(x);
}

/* The phone's own mode counts in every file mode: it needs it to register. */
static int security_mode(const struct site *s, const struct phone *p)
{
	const char *own =
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(p->item, "device_security_mode"));
	const char *mode = own ? own : s->security_mode;

	if (mode && strcmp(mode, "authenticated") == 0)
		return 2;
	return mode && strcmp(mode, "encrypted") == 0 ? 3 : 1;
}

static void addressing(struct xml *x, const struct site *s, const struct phone *p)
{
	int mode = sep_ip_mode(s, p);

	xml_int(x, "ipAddressMode", mode);
	if (mode == 2) {
		xml_int(x, "ipPreferenceModeControl", s->prefer_ipv6 ? 1 : 0);
		xml_int(x, "ipMediaAddressFamilyPreference", s->prefer_ipv6 ? 1 : 0);
	}
}

void sep_sccp(struct xml *x, const struct site *s, const struct phone *p)
{
	xml_open(x, "device", NULL);
	xml_bool(x, "fullConfig", true);
	xml_text(x, "deviceProtocol", "SCCP");
	addressing(x, s, p);
	sep_olson_data(x, p);
	device_pool(x, s, p);
	common_profile(x, s, p);
	sep_load(x, p);
	if (s->mode == CNF_PER_PHONE)
		sep_modules(x, p);
	sep_vendor(x, s, p);
	xml_text(x, "versionStamp", NULL);
	sep_locale(x, p);
	xml_int(x, "deviceSecurityMode", security_mode(s, p));
	xml_int(x, "idleTimeout", 0);
	sep_urls(x, p);
	/* DSCP stands in the upper six bits of the byte that the phone sends */
	xml_int(x, "dscpForSCCPPhoneConfig", p->side->dscp_signaling * 4);
	xml_int(x, "dscpForSCCPPhoneServices", p->side->dscp_service * 4);
	xml_int(x, "dscpForCm2Dvce", p->side->dscp_signaling * 4);
	xml_int(x, "transportLayerProtocol", 4);
	xml_bool(x, "encrConfig", false);
}

/* 7940, 7960 and older: they know only the oldest elements and lose files above 8 kB. The SIP files
 * of these models are of another kind; this one then serves to change the firmware over. */
void sep_small(struct xml *x, const struct site *s, const struct phone *p)
{
	xml_open(x, "device", NULL);
	xml_open(x, "devicePool", NULL);
	sep_date_time(x, s, p);
	sep_servers(x, s, p);
	xml_close(x);
	sep_load(x, p);
	if (!p->sip && s->mode == CNF_PER_PHONE)
		sep_modules(x, p);
	sep_vendor(x, s, p);
	xml_text(x, "versionStamp", NULL);
	sep_locale(x, p);
	xml_int(x, "deviceSecurityMode", p->sip ? 1 : security_mode(s, p));
	xml_int(x, "idleTimeout", 0);
	sep_urls(x, p);
}
