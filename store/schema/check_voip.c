/* store/schema/check_voip.c - cross-checks of the SIP system modes: voice register global, voice service
 * voip, sip-ua (cme-model 1.10, 1.11, 1.16 to 1.20). Texts: cme-model 4.2. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/constants.h"
#include "store/schema/internal.h"

#define GLOBAL "voice-register/global"
#define VOIP   "voice-service/voip"
#define UA     "sip-ua"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static const char *text_of(const cJSON *item, const char *name)
{
	return cJSON_GetStringValue(member(item, name));
}

/* ---- voice register global ---- */
static void check_dst(const cJSON *after, const char *edge, struct faults *f)
{
	const cJSON *e = member(member(after, "dst"), edge);
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/dst/%s", edge);
	if (member(e, "day") && (member(e, "week") || member(e, "weekday")))
		faults_add(f, ERR_CONFLICT, NULL, GLOBAL, pointer,
			   "Either a day of the month or a week");
}

static void check_tftp_path(const cJSON *after, struct faults *f, struct faults *warnings)
{
	const char *path = cfg_str(schema_object(GLOBAL), after, "tftp_path.path");
	const char *url = cfg_str(schema_object(GLOBAL), after, "tftp_path.url");
	bool server = strcmp(path, "tftp") == 0 || strcmp(path, "http") == 0;
	size_t len = strlen(path);

	if (server != (url != NULL))
		faults_add(f, ERR_INVALID, NULL, GLOBAL, "/tftp_path/url",
			   url ? "Belongs to tftp and http only" : "Is required");
	else if (url && (strncmp(url, path, len) != 0 || url[len] != ':'))
		faults_add(f, ERR_INVALID, NULL, GLOBAL, "/tftp_path/url",
			   "Must begin with %s:", path);
	if (strcmp(path, "http") == 0)
		faults_add(warnings, ERR_INVALID, "tftp_path", GLOBAL, "/tftp_path/path",
			   "tftp-path is meant for flash:, slot0: and tftp: addresses");
}

/* Where SIP phones can be served at all. */
static bool is_cme(const char *mode)
{
	return strcmp(mode, "cme") == 0 || strcmp(mode, "cme-app") == 0;
}

static void check_mode(const cJSON *after, struct faults *f, struct faults *warnings)
{
	const struct schema_object *o = schema_object(GLOBAL);
	const char *mode = cfg_str(o, after, "mode");
	int64_t pools = cfg_int(o, after, "max_pool");

	if (strcmp(mode, "cme-app") == 0 && pools > CME_APP_MAX_PHONES)
		faults_add(f, ERR_RANGE, NULL, GLOBAL, "/max_pool", "Value %lld out of range 0-%d",
			   (long long)pools, CME_APP_MAX_PHONES);
	if (cfg_bool(o, after, "profile.create.enabled") &&
	    (!cfg_map(after, "source_address.address") || !is_cme(mode)))
		faults_add(warnings, ERR_CONFLICT, NULL, GLOBAL, "/profile/create",
			   "create profile needs mode cme and a source address");
	if (!is_cme(mode) && (member(after, "date_format") || member(after, "time_format") ||
			      member(after, "time_zone") || member(after, "dst")))
		faults_add(warnings, ERR_CONFLICT, "date_needs_cme", GLOBAL, "/mode",
			   "Date and time of SIP phones need mode cme");
}

/* Ephones look for the load, so its name has no suffix; 7905, 7912 and ATA want it. */
static void check_loads(const cJSON *after, struct faults *warnings)
{
	static const char *const bare[] = { ".loads", ".bin", ".sbin", ".zup" };
	const cJSON *e;

	cJSON_ArrayForEach (e, member(after, "loads")) {
		const char *dot = strrchr(e->valuestring, '.');
		char pointer[POINTER_MAX] = "/loads";

		if (strcmp(e->string, "7905") == 0 || strcmp(e->string, "7912") == 0 ||
		    strncmp(e->string, "ATA", 3) == 0)
			continue;
		schema_pointer_add(pointer, sizeof(pointer), e->string);
		for (size_t i = 0; dot && i < ARRAY_LEN(bare); i++) {
			if (strcasecmp(dot, bare[i]) == 0)
				faults_add(warnings, ERR_INVALID, "load_suffix", GLOBAL, pointer,
					   "The name of a load has no %s", dot);
		}
	}
}

/* Automatic registration acts once password and numbers are set, and at one of two servers. */
static void check_auto_register(const cJSON *after, struct faults *f, struct faults *warnings)
{
	const struct schema_object *o = schema_object(GLOBAL);
	const cJSON *a = member(after, "auto_register");

	if (!member(a, "auto_assign"))
		return;
	if (cfg_int(o, after, "auto_register.auto_assign.last") <
	    cfg_int(o, after, "auto_register.auto_assign.first"))
		faults_add(f, ERR_INVALID, NULL, GLOBAL, "/auto_register/auto_assign",
			   "The last number is below the first");
	if (!member(a, "password"))
		faults_add(warnings, ERR_INVALID, "required", GLOBAL, "/auto_register/password",
			   "Acts only once a password is set");
	else if (cfg_bool(o, after, "auto_register.enabled") &&
		 cfg_bool(o, after, "auto_register.service_enable") &&
		 cfg_map(after, "source_address.secondary"))
		faults_add(warnings, ERR_CONFLICT, "auto_register_secondary", GLOBAL,
			   "/auto_register/enabled",
			   "With a second server, only the primary should register unknown phones");
}

static void check_source_address(struct conf *c, const cJSON *after, struct faults *f,
				 struct faults *warnings)
{
	const struct schema_object *o = schema_object(GLOBAL);
	const char *address = cfg_str(o, after, "source_address.address");
	const char *secondary = cfg_str(o, after, "source_address.secondary");
	const char *family = cfg_str(schema_object(UA), conf_get(c, UA), "protocol_mode.mode");
	bool v6 = address && strchr(address, ':');

	if (secondary && address && !strchr(address, ':') != !strchr(secondary, ':'))
		faults_add(f, ERR_CONFLICT, NULL, GLOBAL, "/source_address/secondary",
			   "Both addresses must be of the same IP version");
	if (v6 && strcmp(family, "ipv4") == 0)
		faults_add(warnings, ERR_CONFLICT, "ipv6_needs_mode", GLOBAL,
			   "/source_address/address",
			   "IPv6 source address requires protocol mode ipv6 or dual-stack");
	if (address && !v6 && strcmp(family, "ipv6") == 0)
		faults_add(warnings, ERR_CONFLICT, "ipv4_needs_mode", GLOBAL,
			   "/source_address/address",
			   "IPv4 source address requires protocol mode ipv4 or dual-stack");
}

CHECK(check_vr_global)
{
	const struct schema_object *o = schema_object(GLOBAL);

	(void)key;
	check_dst(after, "start", f);
	check_dst(after, "stop", f);
	check_tftp_path(after, f, warnings);
	check_plans(GLOBAL, member(after, "dialplan_patterns"), f);
	check_source_address(c, after, f, warnings);
	check_auto_register(after, f, warnings);
	check_mode(after, f, warnings);
	check_loads(after, warnings);
	if (cfg_int(o, after, "time_zone") > 53)
		faults_add(warnings, ERR_RANGE, "time_zone", GLOBAL, "/time_zone",
			   "SIP phones of CME know zones 1 to 53 only");
	if (cfg_int(o, after, "timeouts.interdigit") == 0)
		faults_add(warnings, ERR_RANGE, "no_timer", GLOBAL, "/timeouts/interdigit",
			   "0: users may take any time between two digits");
}

/* ---- voice service voip ---- */
static uint32_t ipv4_value(const char *text)
{
	struct in_addr a;

	return inet_pton(AF_INET, text, &a) == 1 ? ntohl(a.s_addr) : 0;
}

/* The network an entry of the trusted list stands for. */
static void trusted_network(const char *key, uint32_t *network, uint32_t *mask)
{
	const struct schema_field *map =
	    schema_row(schema_object(VOIP)->fields, "trusted_addresses");
	char address[32] = "", text[32] = "";

	schema_key_part(map, key, 0, address, sizeof(address));
	schema_key_part(map, key, 1, text, sizeof(text));
	*mask = ipv4_value(text);
	*network = ipv4_value(address) & *mask;
}

/* at most 100, none twice, however it is written. */
static void check_trusted(const cJSON *list, struct faults *f)
{
	const struct schema_field *map =
	    schema_row(schema_object(VOIP)->fields, "trusted_addresses");
	const cJSON *a, *b;

	if (cJSON_GetArraySize(list) > map->max) {
		faults_add(f, ERR_CONFLICT, "trusted_limit", VOIP, "/trusted_addresses",
			   "trusted list is full (%lld)", (long long)map->max);
		return;
	}
	cJSON_ArrayForEach (a, list) {
		uint32_t network, mask, other, other_mask;
		char pointer[POINTER_MAX] = "/trusted_addresses";

		trusted_network(a->string, &network, &mask);
		for (b = a->next; b; b = b->next) {
			trusted_network(b->string, &other, &other_mask);
			if (network != other || mask != other_mask)
				continue;
			schema_pointer_add(pointer, sizeof(pointer), b->string);
			faults_add(f, ERR_CONFLICT, "trusted_duplicate", VOIP, pointer,
				   "Address already in trusted list");
			break;
		}
	}
}

static void check_fax(const cJSON *fax, struct faults *f, struct faults *warnings)
{
	const char *method = text_of(fax, "protocol") ? text_of(fax, "protocol") : "";
	bool t38 = strcmp(method, "t38") == 0, pass = strcmp(method, "pass-through") == 0;
	static const char *const t38_only[] = { "version", "ls_redundancy", "hs_redundancy",
						"fallback" };

	if (pass != (member(fax, "codec") != NULL))
		faults_add(f, ERR_INVALID, pass ? "required" : NULL, VOIP, "/fax_protocol/codec",
			   pass ? "Is required" : "Belongs to pass-through only");
	for (size_t i = 0; i < ARRAY_LEN(t38_only) && !t38; i++) {
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/fax_protocol/%s", t38_only[i]);
		if (member(fax, t38_only[i]))
			faults_add(f, ERR_INVALID, NULL, VOIP, pointer, "Belongs to t38 only");
	}
	if (strcmp(method, "cisco") == 0)
		faults_add(warnings, ERR_UNSUPPORTED, "fax_cisco", VOIP, "/fax_protocol/protocol",
			   "The Cisco fax relay cannot be spoken here: faxes pass through");
}

static void check_vpn_group(const cJSON *group, struct faults *f)
{
	const char *kind = NULL;
	const cJSON *e;
	char pointer[96];

	cJSON_ArrayForEach (e, member(group, "gateways")) {
		snprintf(pointer, sizeof(pointer), "/vpn_groups/%s/gateways/%s", group->string,
			 e->string);
		if (strncmp(e->valuestring, "https://", 8) != 0)
			faults_add(f, ERR_INVALID, NULL, VOIP, pointer, "Must begin with https://");
	}
	cJSON_ArrayForEach (e, member(group, "trustpoints")) {
		snprintf(pointer, sizeof(pointer), "/vpn_groups/%s/trustpoints/%s", group->string,
			 e->string);
		if (kind && strcmp(kind, text_of(e, "kind")) != 0)
			faults_add(f, ERR_CONFLICT, NULL, VOIP, pointer,
				   "All certificates of a group are given in the same form");
		kind = kind ? kind : text_of(e, "kind");
	}
}

static void check_registrar(struct conf *c, const cJSON *after, struct faults *f,
			    struct faults *warnings)
{
	const struct schema_object *o = schema_object(VOIP);
	int64_t max = cfg_int(o, after, "sip.registrar_server.max");
	int64_t min = cfg_int(o, after, "sip.registrar_server.min");
	int64_t age_s = cfg_int(schema_object(UA), conf_get(c, UA), "connection_aging") * 60;

	if (min > max)
		faults_add(f, ERR_CONFLICT, NULL, VOIP, "/sip/registrar_server/min",
			   "The shortest registration %lld is above the longest %lld",
			   (long long)min, (long long)max);
	if (cfg_bool(o, after, "sip.registrar_server.enabled") && max >= age_s)
		faults_add(
		    warnings, ERR_INVALID, "connection_age", VOIP, "/sip/registrar_server/max",
		    "Phones on TCP restart: connections end after %lld s, before a registration of "
		    "%lld s is renewed",
		    (long long)age_s, (long long)max);
}

CHECK(check_voip)
{
	const cJSON *e;

	(void)key;
	check_registrar(c, after, f, warnings);
	check_trusted(member(after, "trusted_addresses"), f);
	check_fax(member(after, "fax_protocol"), f, warnings);
	cJSON_ArrayForEach (e, member(after, "vpn_groups")) {
		check_vpn_group(e, f);
	}
	cJSON_ArrayForEach (e, member(after, "allow_connections")) {
		char pointer[64] = "/allow_connections";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		if (strstr(e->string, "h323"))
			faults_add(warnings, ERR_UNSUPPORTED, "h323", VOIP, pointer,
				   "There is no H.323 here: kept, without effect");
	}
}

/* ---- sip-ua ---- */

/* One user, up to five realms. */
static void check_provider_user(const cJSON *list, struct faults *f)
{
	const cJSON *e;
	char first[128] = "", other[128];

	cJSON_ArrayForEach (e, list) {
		snprintf(other, sizeof(other), "%.*s", (int)strcspn(e->string, ","), e->string);
		if (first[0] && strcmp(first, other) != 0)
			faults_add(f, ERR_CONFLICT, NULL, UA, "/authentications",
				   "One user only: %s and %s are given", first, other);
		text_copy(first, sizeof(first), other);
	}
}

CHECK(check_sip_ua)
{
	const cJSON *e;

	(void)c;
	(void)key;
	(void)warnings;
	check_provider_user(member(after, "authentications"), f);
	cJSON_ArrayForEach (e, member(after, "credentials")) {
		char pointer[POINTER_MAX] = "/credentials";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		if (e->string[0] == ',' || e->string[strlen(e->string) - 1] == ',')
			faults_add(f, ERR_INVALID, "required", UA, pointer,
				   "A number and a realm are required");
	}
}
