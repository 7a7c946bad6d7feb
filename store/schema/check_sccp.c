/* store/schema/check_sccp.c - cross-checks of telephony-service with numbers, phones and files (cme-model
 * 1.2, 2.2, 2.8). Those that walk numbers or phones do so only when their own setting changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define TS      "telephony-service"
#define DNS     "ephone-dns"
#define EPHONES "ephones"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

static bool same(const cJSON *a, const cJSON *b)
{
	return (!a && !b) || (a && b && cJSON_Compare(a, b, true));
}

/* ---- automatic lines (R-010) ---- */
struct range {
	const char *pointer;
	long last;
	long found; /* numbers of the range that can be given */
	struct faults *warnings;
};

static int in_range(void *ctx, const char *key, const cJSON *dn)
{
	static const char *const special[] = { "paging", "intercom", "moh", "mwi" };
	struct range *r = ctx;

	if (strtol(key, NULL, 10) > r->last)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(special); i++) {
		if (!member(dn, special[i]))
			continue;
		faults_add(r->warnings, ERR_CONFLICT, NULL, TS, r->pointer,
			   "ephone-dn %s is no ordinary number (%s) and will not be given", key,
			   special[i]);
		return 0;
	}
	if (member(dn, "number"))
		r->found++;
	else
		faults_add(r->warnings, ERR_CONFLICT, NULL, TS, r->pointer,
			   "ephone-dn %s has no number and will not be given", key);
	return 0;
}

static void check_range(struct conf *c, const cJSON *range, struct faults *warnings)
{
	const char *comma = strchr(range->string, ',');
	char pointer[64], before[24];
	struct range r = { pointer, comma ? strtol(comma + 1, NULL, 10) : 0, 0, warnings };

	snprintf(pointer, sizeof(pointer), "/auto_assign/%s", range->string);
	snprintf(before, sizeof(before), "%ld", strtol(range->string, NULL, 10) - 1);
	conf_each(c, DNS, before, in_range, &r);
	if (!r.found)
		faults_add(warnings, ERR_CONFLICT, NULL, TS, pointer,
			   "None of these numbers can be given");
}

static void check_ranges(struct conf *c, const cJSON *after, struct faults *warnings)
{
	const cJSON *list = member(after, "auto_assign"), *e;

	if (same(list, member(conf_get_base(c, TS), "auto_assign")))
		return;
	cJSON_ArrayForEach (e, list)
		check_range(c, e, warnings);
}

/* ---- files ---- */
static void check_create(const cJSON *after, struct faults *warnings)
{
	if (cfg_bool(schema_object(TS), after, "cnf_file.create.enabled") &&
	    !member(after, "source_addresses"))
		faults_add(warnings, ERR_CONFLICT, NULL, TS, "/cnf_file/create",
			   "create cnf-files needs ip source-address");
}

/* tags 1 to 4 and languages of one's own need files per phone somewhere else. */
static void check_locales(const cJSON *after, const char *name, struct faults *warnings)
{
	const struct schema_object *o = schema_object(TS);
	bool system = strcmp(cfg_str(o, after, "cnf_file.location"), "system") == 0;
	bool phone = strcmp(cfg_str(o, after, "cnf_file.mode"), "perphone") == 0;
	const cJSON *e;
	char pointer[64];

	cJSON_ArrayForEach (e, member(after, name)) {
		snprintf(pointer, sizeof(pointer), "/%s/%s", name, e->string);
		if (strcmp(e->string, "0") != 0 && (system || !phone))
			faults_add(warnings, ERR_CONFLICT, NULL, TS, pointer,
				   "Tags 1 to 4 need cnf-file perphone and another location than "
				   "system:");
		else if (system && member(e, "user_defined"))
			faults_add(warnings, ERR_CONFLICT, NULL, TS, pointer,
				   "A language of one's own needs another location than system:");
	}
}

/* One load serves both models. */
static void check_loads(const cJSON *after, struct faults *warnings)
{
	static const char *const shared[] = { "7940", "7960" };
	const struct schema_field *types =
	    schema_member(schema_object(TS)->fields, "loads", strlen("loads"))->keys;
	const cJSON *e;

	cJSON_ArrayForEach (e, member(after, "loads")) {
		bool known = false, twin = false;
		char pointer[POINTER_MAX] = "/loads";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		for (const char *const *t = types->choices; *t; t++)
			known = known || strcmp(*t, e->string) == 0;
		for (size_t i = 0; i < ARRAY_LEN(shared); i++)
			twin = twin || strcmp(shared[i], e->string) == 0;
		if (twin)
			faults_add(warnings, ERR_INVALID, NULL, TS, pointer,
				   "7940 and 7960 share one load: load 7960-7940");
		else if (!known)
			faults_add(warnings, ERR_INVALID, "unknown_phone_type", TS, pointer,
				   "%s is no phone type known here", e->string);
	}
}

/* ---- phones without IPv6 (R-367) ---- */
void check_ipv6(struct conf *c, const char *key, const cJSON *item, struct faults *warnings)
{
	static const char *const able[] = {
		"7911", "7931", "7941", "7941GE", "7942", "7945", "7961", "7961GE",    "7962",
		"7965", "7970", "7971", "7975",   "8961", "9951", "9971", "vgc-phone", "anl"
	};
	const char *mode = cfg_str(schema_object(TS), conf_get(c, TS), "protocol_mode.mode");
	const char *type = cJSON_GetStringValue(member(item, "phone_type"));
	char path[48];

	if (strcmp(mode, "ipv6") != 0)
		return;
	for (size_t i = 0; type && i < ARRAY_LEN(able); i++) {
		if (strcmp(able[i], type) == 0)
			return;
	}
	snprintf(path, sizeof(path), EPHONES "/%s", key);
	faults_add(warnings, ERR_CONFLICT, "no_ipv6", path, "/phone_type",
		   "ephone %s cannot register with protocol mode ipv6: %s%s", key,
		   type ? "no IPv6 in a " : "its type is not known", type ? type : "");
}

struct ipv6 {
	struct conf *conf;
	struct faults *warnings;
};

static int check_phone_ipv6(void *ctx, const char *key, const cJSON *phone)
{
	struct ipv6 *x = ctx;
	cJSON *merged = schema_effective(x->conf, schema_object(EPHONES), phone, false);

	check_ipv6(x->conf, key, merged ? merged : phone, x->warnings);
	cJSON_Delete(merged);
	return 0;
}

/* The mode was changed: every phone is asked. */
static void check_mode(struct conf *c, const cJSON *after, struct faults *warnings)
{
	const struct schema_object *o = schema_object(TS);
	struct ipv6 x = { c, warnings };

	if (strcmp(cfg_str(o, after, "protocol_mode.mode"),
		   cfg_str(o, conf_get_base(c, TS), "protocol_mode.mode")) != 0)
		conf_each(c, EPHONES, NULL, check_phone_ipv6, &x);
}

/* ---- addresses ---- */
static int has_no_type(void *ctx, const char *key, const cJSON *phone)
{
	struct conf *const *c = ctx;

	(void)key;
	return !member(phone, "phone_type") &&
	       !member(schema_template(*c, schema_object(EPHONES), phone, false), "phone_type");
}

static bool has_second(const cJSON *ts)
{
	return cfg_map(ts, "source_addresses.ipv4.secondary") ||
	       cfg_map(ts, "source_addresses.ipv6.secondary");
}

/* R-048; phones that come later are asked when they change. */
static void check_second(struct conf *c, const cJSON *after, struct faults *warnings)
{
	if (has_second(after) && !has_second(conf_get_base(c, TS)) &&
	    conf_each(c, EPHONES, NULL, has_no_type, &c))
		faults_add(warnings, ERR_CONFLICT, "phone_type_needed", TS, "/source_addresses",
			   "With a second server every ephone needs its type");
}

static void check_groups(const cJSON *after, struct faults *f)
{
	const struct schema_object *o = schema_object(TS);
	const cJSON *g;

	cJSON_ArrayForEach (g, member(after, "groups")) {
		const char *first = cJSON_GetStringValue(cfg_map(g, "source_address.address"));
		const char *second = cJSON_GetStringValue(cfg_map(g, "source_address.secondary"));
		const char *location = cJSON_GetStringValue(cfg_map(g, "cnf_file.location"));
		bool tftp = location && strcmp(location, "tftp") == 0;
		char pointer[64];

		if (first && second && !strchr(first, ':') != !strchr(second, ':')) {
			snprintf(pointer, sizeof(pointer), "/groups/%s/source_address/secondary",
				 g->string);
			faults_add(f, ERR_CONFLICT, NULL, o->path, pointer,
				   "Both addresses must be of the same IP version");
		}
		snprintf(pointer, sizeof(pointer), "/groups/%s/cnf_file/tftp_url", g->string);
		if (tftp != (cfg_map(g, "cnf_file.tftp_url") != NULL))
			faults_add(f, ERR_INVALID, NULL, o->path, pointer,
				   tftp ? "Is required for location tftp"
					: "Belongs to location tftp only");
	}
}

/* ---- addresses behind buttons (R-338) ---- */
struct url {
	char host[64];
	int64_t port;
};

/* "http://10.0.0.1:8080/x" -> host and port. */
static bool url_split(const char *s, struct url *out)
{
	const char *host = strstr(s, "://"), *end;
	size_t len;

	if (!host)
		return false;
	out->port = strncmp(s, "https", 5) == 0 ? 443 : 80;
	host += 3;
	end = *host == '[' ? strchr(host, ']') : host + strcspn(host, ":/");
	if (!end)
		return false;
	host += *host == '[';
	len = (size_t)(end - host);
	if (len == 0 || len >= sizeof(out->host))
		return false;
	memcpy(out->host, host, len);
	out->host[len] = '\0';
	end += *end == ']';
	if (*end == ':')
		out->port = strtol(end + 1, NULL, 10);
	return true;
}

static bool answers_here(struct conf *c, const cJSON *after, int64_t port)
{
	const struct schema_object *ts = schema_object(TS), *http = schema_object("http");
	const cJSON *h = conf_get(c, "http");

	return schema_port_taken(port) ||
	       (cfg_bool(http, h, "enabled") && port == cfg_int(http, h, "port")) ||
	       (cfg_bool(ts, after, "hfs.enabled") && port == cfg_int(ts, after, "hfs.port"));
}

static void check_own_urls(struct conf *c, const cJSON *after, struct faults *warnings)
{
	static const char *const families[] = { "source_addresses.ipv4.address",
						"source_addresses.ipv6.address" };
	const cJSON *e;

	cJSON_ArrayForEach (e, member(after, "urls")) {
		const char *text = cJSON_GetStringValue(member(e, "url")), *own;
		char pointer[64];
		struct url u;

		for (size_t i = 0; text && i < ARRAY_LEN(families); i++) {
			own = cJSON_GetStringValue(cfg_map(after, families[i]));
			if (!own || !url_split(text, &u) || strcmp(u.host, own) != 0 ||
			    answers_here(c, after, u.port))
				continue;
			snprintf(pointer, sizeof(pointer), "/urls/%s", e->string);
			faults_add(warnings, ERR_INVALID, NULL, TS, pointer,
				   "Nothing answers here on port %lld", (long long)u.port);
		}
	}
}

/* ---- feature codes ---- */
struct codes {
	const char *code[256];
	char pointer[256][64];
	size_t n;
	struct faults *f;
};

static void code_add(struct codes *k, const cJSON *code, const char *list, const char *key)
{
	char at[POINTER_MAX] = "/fac";

	if (!cJSON_IsString(code) || k->n == ARRAY_LEN(k->code))
		return;
	schema_pointer_add(at, sizeof(at), list);
	schema_pointer_add(at, sizeof(at), key);
	text_copy(k->pointer[k->n], sizeof(k->pointer[0]), at);
	k->code[k->n++] = code->valuestring;
}

/* A code that begins another one would always win. */
static bool overlap(const char *a, const char *b)
{
	size_t len = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, len) == 0;
}

static int code_is_number(void *ctx, const char *key, const cJSON *dn)
{
	static const char *const numbers[] = { "number", "secondary_number" };
	struct codes *k = ctx;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const char *number = cJSON_GetStringValue(member(dn, numbers[i]));

		for (size_t j = 0; number && j < k->n; j++) {
			if (strcmp(number, k->code[j]) == 0)
				faults_add(k->f, ERR_CONFLICT, NULL, TS, k->pointer[j],
					   "Code %s is the number of ephone-dn %s", number, key);
		}
	}
	return 0;
}

static void check_codes(struct conf *c, const cJSON *after, struct faults *f)
{
	const cJSON *fac = member(after, "fac"), *e;
	struct codes k = { .f = f };

	if (same(fac, member(conf_get_base(c, TS), "fac")))
		return;
	cJSON_ArrayForEach (e, member(fac, "features"))
		code_add(&k, e, "features", e->string);
	cJSON_ArrayForEach (e, member(fac, "aliases"))
		code_add(&k, member(e, "code"), "aliases", e->string);
	for (size_t i = 0; i < k.n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (overlap(k.code[i], k.code[j]))
				faults_add(f, ERR_CONFLICT, NULL, TS, k.pointer[i],
					   "Codes %s and %s overlap", k.code[j], k.code[i]);
		}
	}
	if (k.n)
		conf_each(c, DNS, NULL, code_is_number, &k);
}

/* Members stand in the order of the schema. */
static void set_first(cJSON *object, const char *name, const char *value)
{
	cJSON *rest = cJSON_CreateObject();

	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	while (object->child) {
		cJSON *e = cJSON_DetachItemViaPointer(object, object->child);

		cJSON_AddItemToObject(rest, e->string, e);
	}
	cJSON_AddStringToObject(object, name, value);
	while (rest->child) {
		cJSON *e = cJSON_DetachItemViaPointer(rest, rest->child);

		cJSON_AddItemToObject(object, e->string, e);
	}
	cJSON_Delete(rest);
}

static bool own_codes(const cJSON *fac)
{
	return member(fac, "features") || member(fac, "aliases");
}

/* The codes in force are those that were set last: codes of one's own choose `custom` by themselves and
 * take it along when they go; `standard` drops them. */
void telephony_tidy(cJSON *item, const cJSON *before)
{
	cJSON *fac = cJSON_GetObjectItemCaseSensitive(item, "fac");
	const cJSON *was = member(before, "fac");
	const char *text = cJSON_GetStringValue(member(fac, "mode")), *mode = text ? text : "";
	bool chosen = !same(member(fac, "mode"), member(was, "mode"));

	if (own_codes(fac) && chosen && strcmp(mode, "standard") == 0) {
		cJSON_DeleteItemFromObjectCaseSensitive(fac, "features");
		cJSON_DeleteItemFromObjectCaseSensitive(fac, "aliases");
	} else if (own_codes(fac) && strcmp(mode, "custom") != 0) {
		set_first(fac, "mode", "custom");
	} else if (!own_codes(fac) && own_codes(was) && !chosen && strcmp(mode, "custom") == 0) {
		cJSON_DeleteItemFromObjectCaseSensitive(item, "fac");
	}
}

/* ---- the rest ---- */
static void check_transfer(const cJSON *after, struct faults *warnings)
{
	if (member(member(after, "transfer_patterns"), ".T"))
		faults_add(warnings, ERR_INVALID, NULL, TS, "/transfer_patterns/.T",
			   ".T permits transfers to every number");
}

static void check_security(const cJSON *after, struct faults *warnings)
{
	const char *mode = cfg_str(schema_object(TS), after, "device_security_mode");

	if (strcmp(mode, "none") != 0 && !member(after, "secure_signaling_trustpoint"))
		faults_add(warnings, ERR_CONFLICT, NULL, TS, "/device_security_mode",
			   "Needs a certificate: secure-signaling trustpoint");
}

void check_sccp(struct conf *c, const cJSON *after, struct faults *f, struct faults *warnings)
{
	check_ranges(c, after, warnings);
	check_create(after, warnings);
	check_locales(after, "user_locales", warnings);
	check_locales(after, "network_locales", warnings);
	check_loads(after, warnings);
	check_second(c, after, warnings);
	check_mode(c, after, warnings);
	check_groups(after, f);
	check_own_urls(c, after, warnings);
	check_codes(c, after, f);
	check_transfer(after, warnings);
	check_security(after, warnings);
	check_service_phone(member(after, "service_phone"), TS, warnings);
	if (cfg_int(schema_object(TS), after, "timeouts.interdigit") == 0)
		faults_add(warnings, ERR_RANGE, NULL, TS, "/timeouts/interdigit",
			   "0: users may take any time between two digits");
}
