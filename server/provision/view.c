/* server/provision/view.c - see view.h: every setting that a phone file is made of is read here or
 * in the file that writes it, always through the schema. */
#include "server/provision/view.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/zones/zones.h"

static const struct provision_model any_sccp = { "",   "SCCP phone",        0, 0, false,
						 true, .sccp_file = CNF_SEP };
static const struct provision_model any_sip = { "",    "SIP phone",        0, 0, true,
						false, .sip_file = CNF_SEP };

const cJSON *view_get(const struct view *v, const char *path)
{
	return v->base ? conf_get_base(v->conf, path) : conf_get(v->conf, path);
}

/* "mm-dd-yy", "d/m/y" ... -> "M/D/Y"; a 12-hour clock adds A (provisioning 6.4). SCCP writes `yy`
 * for two digits and its hyphens mean slashes on the phone; SIP writes `yy` for four. */
static void date_template(char out[16], const char *format, bool sip, bool twelve)
{
	char *o = out, *end = out + 14;

	for (const char *f = format; *f && o < end; f++) {
		if (!sip && f > format && *f == f[-1])
			continue;
		if (*f == '-' || *f == '/')
			*o++ = sip ? *f : '/';
		else
			*o++ = (char)(*f - 'a' + 'A');
	}
	if (twelve)
		*o++ = 'A';
	*o = '\0';
}

static void side_init(struct side *d, const struct view *v, const char *path, bool sip)
{
	const struct zone *zone;

	d->obj = schema_object(path);
	d->item = view_get(v, path);
	zone = zone_get((int)cfg_int(d->obj, d->item, "time_zone"));
	d->zone = zone ? zone->cisco : "";
	date_template(d->date_template, cfg_str(d->obj, d->item, "date_format"), sip,
		      cfg_int(d->obj, d->item, "time_format") == 12);
	d->olson = cfg_str(d->obj, d->item, "olson_time_zone.timezone");
	d->olson_version = cfg_str(d->obj, d->item, "olson_time_zone.version");
	d->loads = cfg_map(d->item, "loads");
	d->urls = cfg_map(d->item, "urls");
	d->dscp_media = cfg_int(d->obj, d->item, "dscp.media");
	d->dscp_service = cfg_int(d->obj, d->item, "dscp.service");
	d->dscp_signaling = cfg_int(d->obj, d->item, "dscp.signaling");
	d->dscp_video = cfg_int(d->obj, d->item, "dscp.video");
	d->voicemail = cfg_str(d->obj, d->item, "voicemail");
}

static void sccp_server(struct server_address *a, const struct side *d)
{
	const struct schema_object *o = d->obj;
	const char *family = cfg_map(d->item, "source_addresses.ipv4") ? "ipv4" : "ipv6";
	char path[64];

	a->ipv4 = cfg_str(o, d->item, "source_addresses.ipv4.address");
	a->ipv6 = cfg_str(o, d->item, "source_addresses.ipv6.address");
	snprintf(path, sizeof(path), "source_addresses.%s.port", family);
	a->port = cfg_int(o, d->item, path);
	snprintf(path, sizeof(path), "source_addresses.%s.secondary", family);
	a->secondary = cfg_str(o, d->item, path);
	snprintf(path, sizeof(path), "source_addresses.%s.rehome_seconds", family);
	a->rehome_s = cfg_int(o, d->item, path);
}

static void sip_server(struct server_address *a, const struct side *d)
{
	const char *address = cfg_str(d->obj, d->item, "source_address.address");

	if (address && strchr(address, ':'))
		a->ipv6 = address;
	else
		a->ipv4 = address;
	a->port = cfg_int(d->obj, d->item, "source_address.port");
	a->secondary = cfg_str(d->obj, d->item, "source_address.secondary");
}

static int one_of(const char *value, const char *const *choices)
{
	for (int i = 0; value && choices[i]; i++) {
		if (strcmp(value, choices[i]) == 0)
			return i;
	}
	return 0;
}

void site_init(struct site *s, struct conf *c, bool base)
{
	static const char *const modes[] = { "per-system", "perphonetype", "perphone", NULL };
	static const char *const families[] = { "ipv4", "ipv6", "dual-stack", NULL };
	const struct schema_object *voip = schema_object("voice-service/voip"), *ts, *vrg;

	*s = (struct site){ .view = { c, base } };
	side_init(&s->sccp, &s->view, "telephony-service", false);
	side_init(&s->sip, &s->view, "voice-register/global", true);
	ts = s->sccp.obj;
	vrg = s->sip.obj;
	sccp_server(&s->sccp.server, &s->sccp);
	sip_server(&s->sip.server, &s->sip);
	s->mode = (enum cnf_mode)one_of(cfg_str(ts, s->sccp.item, "cnf_file.mode"), modes);
	s->ip_mode = one_of(cfg_str(ts, s->sccp.item, "protocol_mode.mode"), families);
	s->prefer_ipv6 =
	    one_of(cfg_str(ts, s->sccp.item, "protocol_mode.preference"), families) == 1;
	s->service_phone = cfg_map(s->sccp.item, "service_phone");
	s->security_mode = cfg_str(ts, s->sccp.item, "device_security_mode");
	s->ntp_server = cfg_str(vrg, s->sip.item, "ntp_server.address");
	s->ntp_mode = cfg_str(vrg, s->sip.item, "ntp_server.mode");
	s->keepalive_s = cfg_int(vrg, s->sip.item, "keepalive");
	s->max_redirects = cfg_int(vrg, s->sip.item, "phone_redirect_limit");
	s->hold_alert = cfg_bool(vrg, s->sip.item, "hold_alert");
	s->register_expires_s =
	    cfg_int(voip, view_get(&s->view, "voice-service/voip"), "sip.registrar_server.max");
}

static void side_group(struct side *d, int group)
{
	char path[64], *name = path + snprintf(path, sizeof(path), "groups.%d.", group);
	size_t cap = sizeof(path) - (size_t)(name - path);
	const char *address;
	const cJSON *urls;

#define AT(row) (snprintf(name, cap, "%s", row), path)
	address = cfg_str(d->obj, d->item, AT("source_address.address"));
	if (address) {
		bool v6 = strchr(address, ':') != NULL;

		d->server = (struct server_address){ 0 };
		*(v6 ? &d->server.ipv6 : &d->server.ipv4) = address;
		d->server.secondary = cfg_str(d->obj, d->item, AT("source_address.secondary"));
		d->server.port = cfg_int(d->obj, d->item, AT("source_address.port"));
		d->server.rehome_s = cfg_int(d->obj, d->item, AT("source_address.rehome_seconds"));
	}
	urls = cfg_map(d->item, AT("urls"));
	d->urls = urls ? urls : d->urls;
#undef AT
}

void site_group(struct site *s, int group)
{
	side_group(&s->sccp, group);
	side_group(&s->sip, group);
}

/* ---- phones ---- */

static const char *mac_of(bool sip, const cJSON *item)
{
	const cJSON *id = sip ? cJSON_GetObjectItemCaseSensitive(item, "id") : item;

	return cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(id, sip ? "mac" : "mac_address"));
}

static const struct schema_object *object_of(bool sip)
{
	return schema_object(sip ? "voice-register/pools" : "ephones");
}

static const char *type_in(const cJSON *item)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "phone_type"));
}

/* Its own type, else that of its template. */
static const struct provision_model *model_of(const struct view *v, bool sip, const cJSON *item)
{
	const char *own = type_in(item);
	const struct provision_model *m = provision_model(
	    own ? own : type_in(schema_template(v->conf, object_of(sip), item, v->base)));

	return m ? m : sip ? &any_sip : &any_sccp;
}

int phone_device(const struct view *v, bool sip, const cJSON *item, char device[24])
{
	const char *mac = item ? mac_of(sip, item) : NULL;

	if (!mac || strlen(mac) != MAC_TEXT_SIZE - 1)
		return ERR_NOENT;
	snprintf(device, 24, "%s%s", model_of(v, sip, item)->ata ? "ATA" : "SEP", mac);
	return 0;
}

int phone_get(struct phone *p, const struct site *s, const char *path)
{
	bool sip = strncmp(path, "ephones/", 8) != 0;

	*p = (struct phone){ .sip = sip };
	p->obj = object_of(sip);
	p->item = view_get(&s->view, path);
	p->side = sip ? &s->sip : &s->sccp;
	if (phone_device(&s->view, sip, p->item, p->device))
		return ERR_NOENT;
	p->model = model_of(&s->view, sip, p->item);
	p->merged = schema_effective(s->view.conf, p->obj, p->item, s->view.base);
	p->item = p->merged ? p->merged : p->item;
	return text_copy(p->mac, sizeof(p->mac), p->device + 3);
}

void phone_done(struct phone *p)
{
	cJSON_Delete(p->merged);
	p->merged = NULL;
}

enum provision_file phone_file(const struct phone *p)
{
	return p->sip ? p->model->sip_file : p->model->sccp_file;
}

const char *side_load(const struct side *side, const char *word, char *out, size_t cap)
{
	const cJSON *e;
	size_t len;

	out[0] = '\0';
	cJSON_ArrayForEach (e, side->loads) {
		if (word && cJSON_IsString(e) && strcasecmp(e->string, word) == 0)
			text_copy(out, cap, e->valuestring);
	}
	len = strlen(out);
	if (len > 6 && strcasecmp(out + len - 6, ".loads") == 0)
		out[len - 6] = '\0';
	return out;
}

/* The SCCP side keeps {"url": ...} per button, the SIP side the address alone. */
const char *side_url(const struct side *side, const char *kind)
{
	const cJSON *e = cJSON_GetObjectItemCaseSensitive(side->urls, kind);

	if (cJSON_IsObject(e))
		e = cJSON_GetObjectItemCaseSensitive(e, "url");
	return cJSON_GetStringValue(e);
}

unsigned phone_keys(const struct phone *p)
{
	unsigned keys = p->model->lines;

	for (int i = 1; keys && i <= 3; i++) {
		char name[20];
		const struct provision_module *m;

		snprintf(name, sizeof(name), "addon%d", i);
		m = provision_module(
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(p->item, name)));
		keys += m ? m->lines : 0;
	}
	return keys;
}
