/* server/sccp/config.c - settings of telephony-service into a site, and the index of ephones by MAC. */
#include "server/sccp/config.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/zones/zones.h"
#include "store/schema/schema.h"

#define OBJECT  "telephony-service"
#define EPHONES "ephones/"

struct entry {
	char mac[MAC_TEXT_SIZE];
	uint32_t tag;
};
struct sccp_config {
	uint64_t revision;
	bool loaded;
	struct entry *entry; /* ascending MACs up to `sorted`, then what is new */
	size_t sorted, n, cap;
};

struct sccp_config *sccp_config_new(void)
{
	return mem_zalloc(sizeof(struct sccp_config));
}

void sccp_config_free(struct sccp_config *c)
{
	if (!c)
		return;
	mem_free(c->entry);
	mem_free(c);
}

uint64_t sccp_config_revision(const struct sccp_config *c)
{
	return c->revision;
}

/* ---- the site ---- */

/* Templates of date-format: letters of the order, `A` for the 12-hour clock follows. */
static void read_date(struct sccp_site *site, const struct schema_object *o, const cJSON *item)
{
	static const struct {
		const char *format, *template;
	} rows[] = { { "mm-dd-yy", "M/D/Y" },
		     { "dd-mm-yy", "D/M/Y" },
		     { "yy-dd-mm", "Y/D/M" },
		     { "yy-mm-dd", "Y/M/D" } };
	const char *format = cfg_str(o, item, "date_format");
	const char *template = rows[0].template;
	struct text t;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (format && !strcmp(format, rows[i].format))
			template = rows[i].template;
	text_fixed(&t, site->date_template, sizeof(site->date_template));
	text_add(&t, template);
	if (cfg_int(o, item, "time_format") == 12)
		text_add(&t, "A");
}

/* A zone named as IANA does wins over a zone's number. */
static void read_zone(struct sccp_site *site, const struct schema_object *o, const cJSON *item)
{
	const char *olson = cfg_str(o, item, "olson_time_zone.timezone");
	const struct zone *z = zone_get((int)cfg_int(o, item, "time_zone"));

	text_copy(site->zone, sizeof(site->zone), olson ? olson : z ? z->iana : "Etc/UTC");
}

static void read_source(struct sccp_source *src, const struct schema_object *o, const cJSON *item,
			const char *family)
{
	char path[64];
	const char *s;
	struct text t;
	uint16_t port;
#define AT(name)                             \
	(text_fixed(&t, path, sizeof(path)), \
	 text_addf(&t, "source_addresses.%s.%s", family, (name)), path)

	*src = (struct sccp_source){ 0 };
	port = (uint16_t)cfg_int(o, item, AT("port"));
	s = cfg_str(o, item, AT("address"));
	if (!s || net_addr_parse(&src->address, s, port ? port : 2000))
		return;
	src->on = true;
	s = cfg_str(o, item, AT("match_mode"));
	src->strict_match = s && !strcmp(s, "strict-match");
	s = cfg_str(o, item, AT("secondary"));
	src->has_secondary = s && !net_addr_parse(&src->secondary, s, port ? port : 2000);
#undef AT
}

/* Addresses count only in a protocol mode that has their family; without telephony-service there
 * are none and no SCCP phone is taken. */
static void read_sources(struct sccp_site *site, const struct schema_object *o, const cJSON *item)
{
	const char *mode = cfg_str(o, item, "protocol_mode.mode");
	bool dual = mode && !strcmp(mode, "dual-stack"), v6 = mode && !strcmp(mode, "ipv6");

	read_source(&site->source[SCCP_IPV4], o, item, "ipv4");
	read_source(&site->source[SCCP_IPV6], o, item, "ipv6");
	if (v6)
		site->source[SCCP_IPV4].on = false;
	if (!v6 && !dual)
		site->source[SCCP_IPV6].on = false;
}

static void read_site(struct sccp_site *site, struct conf *conf)
{
	const struct schema_object *o = schema_object(OBJECT);
	const cJSON *item = conf_get(conf, OBJECT);
	const char *message = cfg_str(o, item, "system_message");

	site->keepalive_s = (uint32_t)cfg_int(o, item, "keepalive");
	site->max_ephones = (uint32_t)cfg_int(o, item, "max_ephones");
	site->dscp = (unsigned)cfg_int(o, item, "dscp.signaling");
	if (strcmp(site->message, message ? message : "") != 0)
		site->message_change++;
	text_copy(site->message, sizeof(site->message), message ? message : "");
	read_date(site, o, item);
	read_zone(site, o, item);
	read_sources(site, o, item);
}

/* ---- the index ---- */

static struct entry *find(const struct sccp_config *c, const char *mac)
{
	size_t lo = 0, hi = c->sorted;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = strcmp(c->entry[mid].mac, mac);

		if (order == 0)
			return &c->entry[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int by_mac(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->mac, ((const struct entry *)b)->mac);
}

/* Changes are collected and sorted in once: an import may bring thousands. */
static void sort_in(struct sccp_config *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->entry[i].tag)
			c->entry[kept++] = c->entry[i];
	c->n = c->sorted = kept;
	if (kept)
		qsort(c->entry, kept, sizeof(*c->entry), by_mac);
}

static const char *mac_of(const cJSON *ephone)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ephone, "mac_address"));
}

static bool canonical(char mac[MAC_TEXT_SIZE], const cJSON *ephone)
{
	const char *text = mac_of(ephone);

	return text && !text_mac(mac, text, strlen(text));
}

static void forget(struct sccp_config *c, uint32_t tag, const cJSON *ephone)
{
	char mac[MAC_TEXT_SIZE];
	struct entry *e = canonical(mac, ephone) ? find(c, mac) : NULL;

	if (e && e->tag == tag)
		e->tag = 0;
}

static void enter(struct sccp_config *c, uint32_t tag, const cJSON *ephone)
{
	char mac[MAC_TEXT_SIZE];

	if (!canonical(mac, ephone))
		return;
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->entry = mem_realloc(c->entry, c->cap * sizeof(*c->entry));
	}
	memcpy(c->entry[c->n].mac, mac, sizeof(mac));
	c->entry[c->n++].tag = tag;
}

static bool tag_of(const char *key, uint32_t *tag)
{
	int64_t v;

	if (text_to_int(key, strlen(key), 1, UINT32_MAX, &v))
		return false;
	*tag = (uint32_t)v;
	return true;
}

static int on_ephone(void *ctx, const char *key, const cJSON *value)
{
	uint32_t tag;

	if (tag_of(key, &tag))
		enter(ctx, tag, value);
	return 0;
}

unsigned sccp_config_tag(const struct sccp_config *c, const char *device)
{
	char mac[MAC_TEXT_SIZE];
	const struct entry *e;

	if (text_mac(mac, device, strlen(device)))
		return 0;
	e = find(c, mac);
	return e ? e->tag : 0;
}

/* ---- following the revisions ---- */

struct changes {
	struct sccp_config *config;
	bool site;
};

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct changes *ch = ctx;
	uint32_t tag;

	if (!strcmp(path, OBJECT))
		ch->site = true;
	if (strncmp(path, EPHONES, strlen(EPHONES)) != 0 || !tag_of(path + strlen(EPHONES), &tag))
		return 0;
	forget(ch->config, tag, before);
	enter(ch->config, tag, after);
	return 0;
}

static void load_all(struct sccp_config *c, struct conf *conf, struct sccp_site *site)
{
	c->n = c->sorted = 0;
	conf_each(conf, "ephones", NULL, on_ephone, c);
	read_site(site, conf);
}

void sccp_config_update(struct sccp_config *c, struct conf *conf, struct sccp_site *site)
{
	struct changes ch = { .config = c };

	if (!c->loaded || conf_changed_since(conf, c->revision, on_change, &ch))
		load_all(c, conf, site);
	else if (ch.site)
		read_site(site, conf);
	sort_in(c);
	c->loaded = true;
	c->revision = conf_revision(conf);
}
