/* store/schema/check_system.c - cross-checks of the system modes: telephony-service, ip http, voice
 * lpcor. Texts: cme-model 4.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define TS             "telephony-service"
#define GLOBAL         "voice-register/global"
#define HTTP           "http"
#define HFS_PHONE_PORT 6970

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static int64_t int_of(struct conf *c, const char *path, const char *field)
{
	return cfg_int(schema_object(path), conf_get(c, path), field);
}

static bool bool_of(struct conf *c, const char *path, const char *field)
{
	return cfg_bool(schema_object(path), conf_get(c, path), field);
}

static const char *str_of(struct conf *c, const char *path, const char *field)
{
	return cfg_str(schema_object(path), conf_get(c, path), field);
}

/* ---- ports (R-105 to R-109) ---- */

/* Where SIP, SCCP and the certificate service of this configuration listen. */
static const struct listener {
	const char *path, *address, *port, *pointer;
} listeners[] = {
	{ TS, "source_addresses.ipv4.address", "source_addresses.ipv4.port",
	  "/source_addresses/ipv4/port" },
	{ TS, "source_addresses.ipv6.address", "source_addresses.ipv6.port",
	  "/source_addresses/ipv6/port" },
	{ GLOBAL, "source_address.address", "source_address.port", "/source_address/port" },
	{ "credentials", "source_address.address", "source_address.port", "/source_address/port" },
};

/* The listener of the configuration on that port; NULL: none. */
static const struct listener *listener_on(struct conf *c, int64_t port)
{
	for (size_t i = 0; i < ARRAY_LEN(listeners); i++) {
		const struct listener *l = &listeners[i];

		if (schema_object(l->path) && str_of(c, l->path, l->address) &&
		    int_of(c, l->path, l->port) == port)
			return l;
	}
	return NULL;
}

/* The draft gives the setting another value than the snapshot has. */
static bool moved(struct conf *c, const char *path, const char *field)
{
	const struct schema_object *o = schema_object(path);
	const cJSON *before = conf_get_base(c, path), *after = conf_get(c, path);

	return !cfg_map(before, field) != !cfg_map(after, field) ||
	       cfg_int(o, before, field) != cfg_int(o, after, field);
}

static bool listener_moved(struct conf *c, const struct listener *l)
{
	return moved(c, l->path, l->port) ||
	       !str_of(c, l->path, l->address) !=
		   !cfg_str(schema_object(l->path), conf_get_base(c, l->path), l->address);
}

static void port_fault(struct faults *f, const char *path, const char *field)
{
	faults_add(f, ERR_CONFLICT, "hfs_port_in_use", path, field,
		   "Invalid port number or port in use by other application");
}

/* Whoever came last is refused. A clash that has been there before, as an import leaves it, stops no other
 * change. */
static void check_hfs_port(struct conf *c, int64_t port, struct faults *f, struct faults *warnings)
{
	const struct listener *l = listener_on(c, port);
	bool ours = moved(c, TS, "hfs.port"), http = port == int_of(c, HTTP, "port");

	if (!http && !l && !schema_port_taken(port)) {
		/* set-up is not stopped by a neighbour: HFS says itself when it cannot listen */
		if (ours && conf_revision(c) && schema_port_busy(port))
			port_fault(f, TS, "/hfs/port");
		return;
	}
	if (ours)
		port_fault(f, TS, "/hfs/port");
	else if (http && moved(c, HTTP, "port"))
		port_fault(f, HTTP, "/port");
	else if (l && listener_moved(c, l))
		port_fault(f, l->path, l->pointer);
	else
		port_fault(warnings, TS, "/hfs/port");
}

/* The root of a storage, in any spelling. */
static bool is_root(const char *path)
{
	static const char *const roots[] = { "flash:", "slot0:" };

	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		size_t len = strlen(roots[i]);

		if (strncmp(path, roots[i], len) == 0 && path[len + strspn(path + len, "/")] == 0)
			return true;
	}
	return false;
}

static bool switched_on(struct conf *c)
{
	return !cfg_bool(schema_object(TS), conf_get_base(c, TS), "hfs.enabled");
}

static void check_hfs(struct conf *c, const cJSON *after, struct faults *f, struct faults *warnings)
{
	const cJSON *port = member(member(after, "hfs"), "port");
	const char *home = cfg_str(schema_object(TS), after, "hfs.home_path");

	/* `no ip http server` comes later and only stops the service; a listing has both as they are */
	if (bool_of(c, TS, "hfs.enabled") && !bool_of(c, HTTP, "enabled"))
		faults_add(switched_on(c) && !f->lenient ? f : warnings, ERR_CONFLICT,
			   "hfs_needs_http", TS, "/hfs/enabled", "HTTP server is not enabled");
	if (port)
		check_hfs_port(c, (int64_t)port->valuedouble, f, warnings);
	if (bool_of(c, TS, "hfs.enabled") &&
	    (!port || (int64_t)port->valuedouble != HFS_PHONE_PORT))
		faults_add(warnings, ERR_INVALID, "hfs_port", TS, "/hfs/port",
			   "phones use port 6970");
	if (home && is_root(home))
		faults_add(warnings, ERR_INVALID, "hfs_home_path", TS, "/hfs/home_path",
			   "The root of the storage is open to everybody who asks");
}

CHECK(check_http)
{
	const cJSON *port = member(after, "port");
	int64_t p = port ? (int64_t)port->valuedouble : 0;

	(void)key;
	/* an imported one is kept: it is no listener of ours */
	if (port && (schema_port_taken(p) || listener_on(c, p)))
		port_fault(moved(c, HTTP, "port") && !f->lenient ? f : warnings, HTTP, "/port");
	if (member(after, "access_class"))
		faults_add(
		    warnings, ERR_UNSUPPORTED, "access_class", HTTP, "/access_class",
		    "There are no access lists here: the list of trusted networks says who may "
		    "fetch files");
}

/* ---- telephony-service ---- */
static void check_addresses(const cJSON *after, struct faults *f, struct faults *warnings)
{
	const struct schema_object *o = schema_object(TS);
	const char *mode = cfg_str(o, after, "protocol_mode.mode");
	const cJSON *list = member(after, "source_addresses");

	if (member(list, "ipv6") && strcmp(mode, "ipv4") == 0)
		faults_add(f, ERR_CONFLICT, "ipv6_needs_mode", TS, "/source_addresses/ipv6",
			   "IPv6 source address requires protocol mode ipv6 or dual-stack");
	if (member(list, "ipv4") && strcmp(mode, "ipv6") == 0)
		faults_add(f, ERR_CONFLICT, "ipv4_needs_mode", TS, "/source_addresses/ipv4",
			   "IPv4 source address requires protocol mode ipv4 or dual-stack");
	if (cfg_int(o, after, "source_addresses.ipv6.port") != 2000)
		faults_add(warnings, ERR_INVALID, NULL, TS, "/source_addresses/ipv6/port",
			   "The IPv6 listener stays on port 2000");
}

static void check_cnf(struct conf *c, const cJSON *after, struct faults *f, struct faults *warnings)
{
	const struct schema_object *o = schema_object(TS);
	const char *location = cfg_str(o, after, "cnf_file.location");
	const char *was = cfg_str(o, conf_get_base(c, TS), "cnf_file.location");
	bool per_system = strcmp(cfg_str(o, after, "cnf_file.mode"), "per-system") == 0;
	bool system = strcmp(location, "system") == 0;
	const cJSON *url = cfg_map(after, "cnf_file.tftp_url");

	if (system && !per_system)
		faults_add(f, ERR_CONFLICT, "cnf_mode_needs_location", TS, "/cnf_file/mode",
			   "cnf-file perphone/perphonetype is not supported with location system:");
	if (!system && per_system)
		faults_add(warnings, ERR_INVALID, NULL, TS, "/cnf_file/mode",
			   "With this location cnf-file perphone or perphonetype must be set");
	if (strcmp(location, was) != 0)
		faults_add(warnings, ERR_INVALID, "dhcp_option_150", TS, "/cnf_file/location",
			   "Check DHCP option 150: phones must find the files at the new location");
	if ((strcmp(location, "tftp") == 0) != (url != NULL))
		faults_add(f, ERR_INVALID, NULL, TS, "/cnf_file/tftp_url",
			   url ? "Belongs to location tftp only" : "Is required for location tftp");
	if (cfg_map(after, "cnf_file.path") && (system || url))
		faults_add(f, ERR_INVALID, NULL, TS, "/cnf_file/path",
			   "Belongs to flash and slot0 only");
}

static void check_urls(const cJSON *after, struct faults *f)
{
	const cJSON *u;

	cJSON_ArrayForEach (u, member(after, "urls")) {
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/urls/%s", u->string);
		if (strcmp(u->string, "services") != 0 &&
		    (member(u, "root") || member(u, "line_name")))
			faults_add(f, ERR_INVALID, NULL, TS, pointer,
				   "A menu name belongs to services only");
		if (member(u, "root") && member(u, "line_name"))
			faults_add(f, ERR_INVALID, NULL, TS, pointer, "Either root or a menu name");
	}
}

/* Length of a pattern in digits: a bracket stands for one. */
static size_t pattern_digits(const char *p)
{
	size_t n = 0;

	for (; *p; p++) {
		if (*p == '[')
			p = strchr(p, ']') ? strchr(p, ']') : p;
		n += *p != '+';
	}
	return n;
}

void check_plans(const char *path, const cJSON *plans, struct faults *f)
{
	const cJSON *p;

	cJSON_ArrayForEach (p, plans) {
		const char *pattern = cJSON_GetStringValue(member(p, "extension_pattern"));
		char pointer[64];

		snprintf(pointer, sizeof(pointer), "/dialplan_patterns/%s", p->string);
		if (pattern &&
		    pattern_digits(pattern) != (size_t)member(p, "extension_length")->valuedouble)
			faults_add(f, ERR_CONFLICT, NULL, path, pointer,
				   "The extension pattern must have extension-length digits");
	}
}

/* Dates end on the day they begin; 00:00 is the end of it. */
static void check_dates(const cJSON *after, const char *block, struct faults *f)
{
	const struct schema_field *map;
	char path[64];
	const cJSON *d;

	snprintf(path, sizeof(path), "%s.dates", block);
	map = schema_row(schema_object(TS)->fields, path);
	cJSON_ArrayForEach (d, cfg_map(after, path)) {
		char start[16] = "", pointer[64];

		snprintf(pointer, sizeof(pointer), "/%s/dates/%s", block, d->string);
		schema_key_part(map, d->string, 2, start, sizeof(start));
		if (strcmp(d->valuestring, start) <= 0 && strcmp(d->valuestring, "00:00") != 0)
			faults_add(f, ERR_INVALID, NULL, TS, pointer,
				   "Must end later than it begins");
	}
}

static void check_assign(const cJSON *after, struct faults *f, struct faults *warnings)
{
	const struct schema_object *o = schema_object(TS);
	const cJSON *a;

	cJSON_ArrayForEach (a, member(after, "auto_assign")) {
		char pointer[64];
		long long first, last;

		snprintf(pointer, sizeof(pointer), "/auto_assign/%s", a->string);
		first = strtoll(a->string, NULL, 10);
		last = strtoll(a->string + strcspn(a->string, ",") + 1, NULL, 10);
		if (last < first)
			faults_add(f, ERR_INVALID, NULL, TS, pointer,
				   "The last number is below the first");
		if (!member(a, "cfw_number") != !member(a, "cfw_timeout"))
			faults_add(f, ERR_INVALID, NULL, TS, pointer,
				   "Forwarding needs number and time");
	}
	if (member(after, "auto_assign") && !cfg_bool(o, after, "auto_reg_ephone"))
		faults_add(warnings, ERR_CONFLICT, NULL, TS, "/auto_assign",
			   "Needs auto-reg-ephone: unknown phones are refused now");
}

CHECK(check_telephony)
{
	const struct schema_object *o = schema_object(TS);
	const char *code = cfg_str(o, after, "night_service.code");
	const char *message = cfg_str(o, after, "system_message");

	(void)key;
	check_hfs(c, after, f, warnings);
	check_addresses(after, f, warnings);
	check_cnf(c, after, f, warnings);
	check_urls(after, f);
	check_plans(TS, member(after, "dialplan_patterns"), f);
	check_dates(after, "night_service", f);
	check_dates(after, "after_hours", f);
	check_assign(after, f, warnings);
	check_sccp(c, after, f, warnings);
	if (code && code[0] != '*')
		faults_add(f, ERR_INVALID, NULL, TS, "/night_service/code", "Must begin with *");
	if (cfg_bool(o, after, "transfer_system.dss") &&
	    strcmp(cfg_str(o, after, "transfer_system.mode"), "full-consult") != 0)
		faults_add(f, ERR_CONFLICT, NULL, TS, "/transfer_system/dss", "Needs full-consult");
	if (member(after, "system_message") && strlen(message) > 30)
		faults_add(warnings, ERR_RANGE, NULL, TS, "/system_message",
			   "Phones show about 30 characters");
	if (cfg_map(after, "local_directory.username") &&
	    !cfg_map(after, "local_directory.password"))
		faults_add(f, ERR_INVALID, "required", TS, "/local_directory/password",
			   "Is required");
	if (!cfg_map(after, "local_directory.username") &&
	    cfg_map(after, "local_directory.password"))
		faults_add(f, ERR_INVALID, "required", TS, "/local_directory/username",
			   "Is required");
}

/* ---- voice lpcor ---- */
static void check_entries(const cJSON *entries, const char *pointer, const char *other,
			  struct faults *f)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, entries) {
		char at[POINTER_MAX];
		bool network = member(e, "address") && member(e, "mask");

		snprintf(at, sizeof(at), "%s/entries/%s", pointer, e->string);
		if (!member(e, "address") != !member(e, "mask"))
			faults_add(f, ERR_INVALID, NULL, "lpcor", at,
				   "address and mask belong together");
		else if (network == (member(e, other) != NULL))
			faults_add(f, ERR_INVALID, NULL, "lpcor", at, "Either a network or a %s",
				   other);
		else if (!network && member(e, "vrf"))
			faults_add(f, ERR_INVALID, NULL, "lpcor", at, "vrf belongs to a network");
	}
}

/* A pool is a network by name; without one nobody matches. */
static void check_pools(struct conf *c, const cJSON *table, const char *pointer,
			struct faults *warnings)
{
	const cJSON *e, *pools = cfg_map(conf_get(c, "dhcp"), "pools");

	cJSON_ArrayForEach (e, member(table, "entries")) {
		const char *name = cJSON_GetStringValue(member(e, "dhcp_pool"));
		char field[96];

		if (!name || member(member(pools, name), "network"))
			continue;
		snprintf(field, sizeof(field), "%s/entries/%s/dhcp_pool", pointer, e->string);
		faults_add(warnings, ERR_INVALID, "dhcp_pool_unknown", "lpcor", field,
			   "DHCP pool %s has no network: nobody matches", name);
	}
}

CHECK(check_lpcor)
{
	const cJSON *tables = member(after, "ip_phone_subnets");
	const cJSON *a, *b, *groups = member(after, "groups");

	(void)key;
	check_pools(c, member(tables, "incoming"), "/ip_phone_subnets/incoming", warnings);
	check_pools(c, member(tables, "outgoing"), "/ip_phone_subnets/outgoing", warnings);
	check_entries(member(member(tables, "incoming"), "entries"), "/ip_phone_subnets/incoming",
		      "dhcp_pool", f);
	check_entries(member(member(tables, "outgoing"), "entries"), "/ip_phone_subnets/outgoing",
		      "dhcp_pool", f);
	check_entries(member(member(after, "ip_trunk_subnet"), "entries"), "/ip_trunk_subnet",
		      "hostname", f);
	cJSON_ArrayForEach (a, groups) {
		for (b = a->next; b; b = b->next) {
			if (strcmp(a->valuestring, b->valuestring) == 0)
				faults_add(f, ERR_EXIST, NULL, "lpcor", "/groups",
					   "Groups %s and %s have the same name", a->string,
					   b->string);
		}
	}
}
