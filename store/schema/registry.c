/* store/schema/registry.c - the list of objects, limits in force, look-ups of rows. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/constants.h"
#include "store/schema/internal.h"
#include "store/schema/row.h"

/* In the order of R-324, which is also the order of the export. */
static const struct schema_object *const objects[] = {
	/* services */
	&schema_system,
	&schema_http,
	&schema_ntp,
	&schema_dhcp,
	&schema_platform,
	/* VoIP and the SIP side */
	&schema_voip,
	&schema_class_codec,
	&schema_class_media,
	&schema_class_cause,
	&schema_vr_global,
	&schema_vr_dn,
	&schema_vr_dialplan,
	&schema_vr_template,
	&schema_vr_pool,
	/* policies and profiles */
	&schema_lpcor,
	&schema_mlpp,
	&schema_moh_group,
	&schema_logout_profile,
	&schema_user_profile,
	&schema_tftp,
	&schema_ixi_transport,
	&schema_ixi_application,
	/* ports and trunks */
	&schema_voice_port,
	&schema_dspfarm,
	&schema_dial_peer,
	&schema_presence,
	&schema_sip_ua,
	&schema_credentials,
	/* the SCCP side */
	&schema_telephony,
	&schema_ephone_template,
	&schema_ephone_dn_template,
	&schema_ephone_dn,
	&schema_ephone,
	/* hunt groups */
	&schema_voice_hunt,
	&schema_ephone_hunt,
	NULL,
};

const struct schema_object *const *schema_objects(void)
{
	return objects;
}

const struct schema_object *schema_object(const char *path)
{
	for (size_t i = 0; objects[i]; i++) {
		if (strcmp(objects[i]->path, path) == 0)
			return objects[i];
	}
	return NULL;
}

/* cme-model 5. Written once at start, before other threads; read from all. */
static struct limit {
	const char *name;
	_Atomic int64_t value;
} limits[] = { { "ephones", LIMIT_EPHONES }, { "pools", LIMIT_POOLS }, { "dns", LIMIT_DNS } };

int64_t schema_limit(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		if (strcmp(limits[i].name, name) == 0)
			return limits[i].value;
	}
	return 0;
}

int schema_limit_set(const char *name, int64_t value)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		if (strcmp(limits[i].name, name) != 0)
			continue;
		if (value < 1 || value > LIMIT_TOP)
			return ERR_RANGE;
		limits[i].value = value;
		return 0;
	}
	return ERR_NOENT;
}

static atomic_uint ports[16]; /* set at start while others may read already */
static atomic_size_t n_ports;

void schema_ports_set(const uint16_t *list, size_t n)
{
	n = n < ARRAY_LEN(ports) ? n : ARRAY_LEN(ports);
	for (size_t i = 0; i < n; i++)
		ports[i] = list[i];
	n_ports = n;
}

bool schema_port_taken(int64_t port)
{
	for (size_t i = 0; i < n_ports; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

static schema_port_fn probe;
static void *probe_ctx;

void schema_port_probe_set(schema_port_fn busy, void *ctx)
{
	probe = busy;
	probe_ctx = ctx;
}

bool schema_port_busy(int64_t port)
{
	return probe && probe(probe_ctx, port);
}

/* A number has an upper end when one is written; 0 without a limit means up to 2^53. */
bool schema_has_max(const struct schema_field *f)
{
	return f->limit || f->max != 0;
}

int64_t schema_max(const struct schema_field *f)
{
	int64_t limit = f->limit ? schema_limit(f->limit) : 0;

	return limit > f->max ? limit : f->max;
}

const struct schema_field *schema_member(const struct schema_field *table, const char *name,
					 size_t len)
{
	for (; table && table->name; table++) {
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	}
	return NULL;
}

static const struct schema_field *map_part(const struct schema_field *map, const char *name,
					   size_t len)
{
	const struct schema_field *f = schema_member(map->keys, name, len);

	if (!f && map->members)
		f = schema_member(map->members, name, len);
	if (!f && map->item && strlen(map->item->name) == len &&
	    memcmp(map->item->name, name, len) == 0)
		f = map->item;
	return f;
}

const struct schema_field *schema_row(const struct schema_field *table, const char *path)
{
	const struct schema_field *f = NULL;

	while (*path) {
		size_t len = strcspn(path, ".");

		if (!f)
			f = schema_member(table, path, len);
		else if (f->type == T_OBJECT)
			f = schema_member(f->members, path, len);
		else if (f->type == T_MAP)
			f = map_part(f, path, len);
		else
			return NULL;
		if (!f)
			return NULL;
		path += len;
		path += *path == '.';
	}
	return f;
}

bool schema_number_choice(const struct schema_field *f, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	for (const char *const *c = f->choices; c && *c; c++) {
		if (strcmp(*c, text) == 0)
			return true;
	}
	return !f->choices;
}

const char *schema_keyword(const struct schema_field *f, char *out, size_t cap)
{
	text_copy(out, cap, f->keyword ? f->keyword : f->name);
	if (!f->keyword) {
		for (char *p = out; *p; p++) {
			if (*p == '_')
				*p = '-';
		}
	}
	return out;
}

unsigned schema_key_parts(const struct schema_field *map)
{
	unsigned n = 0;

	while (map->keys[n].name)
		n++;
	return n;
}

static const char *const apply_texts[] = { "none",  "reregister",   "restart",
					   "reset", "create+reset", "reload" };

const char *schema_apply_text(enum schema_apply a)
{
	return apply_texts[a];
}
