/* server/provision/sep.c - what phone files of both protocols have in common. */
#include "server/provision/sep.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"

#define SECURED_SIP_PORT 5061

/* ---- time ---- */

static const char *ntp_mode_text(const char *mode)
{
	static const struct {
		const char *mode, *text;
	} modes[] = {
		{ "directedbroadcast", "Directed Broadcast" },
		{ "multicast", "multicast" },
		{ "anycast", "anycast" },
	};

	for (size_t i = 0; mode && i < ARRAY_LEN(modes); i++) {
		if (strcmp(mode, modes[i].mode) == 0)
			return modes[i].text;
	}
	return "Unicast"; /* also when a server is given without a mode */
}

/* these take no time from a server named here. */
static bool knows_ntp(const struct phone *p)
{
	static const char *const without[] = { "7905", "7912", "7940", "7960" };
	const char *type = cfg_str(p->obj, p->item, "phone_type");

	for (size_t i = 0; type && i < ARRAY_LEN(without); i++) {
		if (strcmp(type, without[i]) == 0)
			return false;
	}
	return p->sip;
}

void sep_date_time(struct xml *x, const struct site *s, const struct phone *p)
{
	xml_open(x, "dateTimeSetting", NULL);
	xml_text(x, "dateTemplate", p->side->date_template);
	xml_text(x, "timeZone", p->side->zone);
	if (p->side->olson)
		xml_text(x, "olsonTimeZone", p->side->olson);
	if (s->ntp_server && knows_ntp(p)) {
		xml_open(x, "ntps", NULL);
		xml_open(x, "ntp", NULL);
		xml_text(x, "name", s->ntp_server);
		xml_text(x, "ntpMode", ntp_mode_text(s->ntp_mode));
		xml_close(x);
		xml_close(x);
	}
	xml_close(x);
}

void sep_olson_data(struct xml *x, const struct phone *p)
{
	if (!p->side->olson)
		return;
	xml_open(x, "tzdata", NULL);
	xml_text(x, "tzolsonversion", p->side->olson_version);
	xml_text(x, "tzupdater", "tzupdater.jar");
	xml_close(x);
}

/* ---- servers ---- */

int sep_ip_mode(const struct site *s, const struct phone *p)
{
	const struct server_address *a = &p->side->server;

	if (p->model->ipv4_only)
		return 0;
	if (p->sip)
		return a->ipv6 ? 1 : 0;
	return p->model->ipv6 ? s->ip_mode : 0;
}

static void ports(struct xml *x, const struct site *s, bool sip)
{
	xml_open(x, "ports", NULL);
	if (!sip)
		xml_int(x, "ethernetPhonePort", s->sccp.server.port);
	xml_int(x, "sipPort", s->sip.server.port);
	xml_int(x, "securedSipPort", SECURED_SIP_PORT);
	xml_close(x);
}

static void member(struct xml *x, const struct site *s, const struct phone *p, int priority,
		   const char *address, const char *ipv6)
{
	char digit[12];

	snprintf(digit, sizeof(digit), "%d", priority);
	xml_open(x, "member", (const char *const[]){ "priority", digit, NULL });
	xml_open(x, "callManager", NULL);
	if (phone_file(p) != CNF_SEP) {
		xml_open(x, "ports", NULL);
		xml_int(x, "ethernetPhonePort", s->sccp.server.port);
		xml_close(x);
	} else {
		ports(x, s, p->sip);
	}
	xml_text(x, "processNodeName", address);
	if (ipv6)
		xml_text(x, "ipv6Addr", ipv6);
	xml_close(x);
	xml_close(x);
}

void sep_servers(struct xml *x, const struct site *s, const struct phone *p)
{
	const struct server_address *a = &p->side->server;
	int mode = sep_ip_mode(s, p);
	const char *first = mode == 1 ? a->ipv6 : a->ipv4 ? a->ipv4 : a->ipv6;

	xml_open(x, "callManagerGroup", NULL);
	xml_open(x, "members", NULL);
	if (first)
		member(x, s, p, 0, first, mode == 2 ? a->ipv6 : NULL);
	if (first && a->secondary)
		member(x, s, p, 1, a->secondary, NULL);
	xml_close(x);
	xml_close(x);
}

/* ---- firmware, modules, vendor part ---- */

/* Empty: the phone keeps what it has. */
void sep_load(struct xml *x, const struct phone *p)
{
	char load[128];

	xml_text(x, "loadInformation", side_load(p->side, p->model->load, load, sizeof(load)));
}

/* "7915-24" is a 7915 with 24 lines to the phone. */
static void module(struct xml *x, const struct phone *p, int index,
		   const struct provision_module *m)
{
	char idx[12], type[32], load[128];

	snprintf(idx, sizeof(idx), "%d", index);
	snprintf(type, sizeof(type), "%s", m->type);
	if (strncmp(type, "79", 2) == 0)
		type[strcspn(type, "-")] = '\0';
	xml_open(x, "addOnModule", (const char *const[]){ "idx", idx, NULL });
	xml_text(x, "deviceType", type);
	xml_int(x, "deviceLine", m->lines);
	if (strncmp(type, "79", 2) == 0) {
		side_load(p->side, m->type, load, sizeof(load));
		xml_text(x, "loadInformation",
			 load[0] ? load : side_load(p->side, type, load, sizeof(load)));
	}
	xml_close(x);
}

void sep_modules(struct xml *x, const struct phone *p)
{
	int n = 0;

	for (int i = 1; i <= 3; i++) {
		char name[20];
		const struct provision_module *m;

		snprintf(name, sizeof(name), "addon%d", i);
		m = provision_module(cfg_str(p->obj, p->item, name));
		if (!m)
			continue;
		if (n++ == 0)
			xml_open(x, "addOnModules", NULL);
		module(x, p, n, m);
	}
	if (n)
		xml_close(x);
}

/* One setting; a password is kept sealed. Names are the administrator's: what is no element name cannot
 * stand in a file and is left out. */
static void vendor_value(struct xml *x, const struct site *s, const cJSON *map, const cJSON *e)
{
	char clear[160], path[80];

	if (cJSON_IsString(e)) {
		xml_named(x, e->string, e->valuestring);
		return;
	}
	snprintf(path, sizeof(path), "/%s", e->string);
	if (!cfg_secret(conf_store(s->view.conf), map, path, clear, sizeof(clear)))
		xml_named(x, e->string, clear);
	mem_wipe(clear, sizeof(clear));
}

/* Settings of the system, then those of the phone's template, which win; they stand in files of one phone
 * only. */
void sep_vendor(struct xml *x, const struct site *s, const struct phone *p)
{
	const cJSON *own = !p->sip && s->mode == CNF_PER_PHONE
			       ? cJSON_GetObjectItemCaseSensitive(p->item, "service_phone")
			       : NULL;
	const cJSON *e;

	if ((!s->service_phone || !s->service_phone->child) && (!own || !own->child))
		return;
	xml_open(x, "vendorConfig", NULL);
	cJSON_ArrayForEach (e, s->service_phone) {
		if (!cJSON_GetObjectItemCaseSensitive(own, e->string))
			vendor_value(x, s, s->service_phone, e);
	}
	cJSON_ArrayForEach (e, own)
		vendor_value(x, s, own, e);
	xml_close(x);
}

/* ---- language, URLs ---- */

/* Locale 0 of the system; others come with the locale files themselves. */
void sep_locale(struct xml *x, const struct phone *p)
{
	bool small = phone_file(p) != CNF_SEP;

	xml_open(x, "userLocale", NULL);
	xml_text(x, "name", "English_United_States");
	if (!small && !p->sip)
		xml_int(x, "uid", 1);
	xml_text(x, "langCode", "en_US");
	if (!small)
		xml_text(x, "winCharSet", p->sip ? "utf-8" : "iso-8859-1");
	xml_close(x);
	xml_text(x, "networkLocale", "United_States");
	if (small)
		return;
	xml_open(x, "networkLocaleInfo", NULL);
	xml_text(x, "name", "United_States");
	if (!p->sip)
		xml_int(x, "uid", 64);
	xml_close(x);
}

void sep_urls(struct xml *x, const struct phone *p)
{
	static const struct {
		const char *element, *sccp, *sip; /* words of the two `url` commands */
	} kinds[] = {
		{ "authenticationURL", "authentication", "authentication" },
		{ "directoryURL", "directories", "directory" },
		{ "idleURL", "idle", "idle" },
		{ "informationURL", "information", NULL },
		{ "messagesURL", "messages", NULL },
		{ "proxyServerURL", "proxy-server", NULL },
		{ "servicesURL", "services", "service" },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *kind = p->sip ? kinds[i].sip : kinds[i].sccp;
		const char *url = kind ? side_url(p->side, kind) : NULL;

		if (url)
			xml_text(x, kinds[i].element, url);
	}
}
