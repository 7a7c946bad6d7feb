/* api/status/source.c - see status.h: what the views are made from. The engines are asked before the
 * configuration is opened: a read snapshot is never held across a wait. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/provision.h"

#define TAG_MAX 65535

/* ---- phones ---- */

static unsigned tag_of(const cJSON *phone)
{
	double tag = tree_num(phone, "configured.tag", 0);

	return tag > 0 && tag <= TAG_MAX ? (unsigned)tag : 0;
}

static void index_tags(struct live *l)
{
	const cJSON *phone;
	unsigned tag;

	cJSON_ArrayForEach (phone, l->list)
		if (tag_of(phone) >= l->tags)
			l->tags = tag_of(phone) + 1;
	l->by_tag = mem_zalloc((l->tags + 1) * sizeof(const cJSON *));
	cJSON_ArrayForEach (phone, l->list) {
		tag = tag_of(phone);
		if (tag && !l->by_tag[tag])
			l->by_tag[tag] = phone;
	}
}

int live_load(struct api_req *r, const char *protocol, struct live *l)
{
	int err;

	*l = (struct live){ 0 };
	err = phones_live(r->api->opt.phones, protocol, NULL, &l->list);
	if (!err)
		index_tags(l);
	return err;
}

/* The devices of some items: far fewer than all phones. */
struct devices {
	char (*names)[DEVICE_NAME_SIZE];
	size_t n, left;
	bool unnamed; /* an item without a MAC: its phones are known by their addresses */
};

/* Device name of an item: "SEP..."; "" without a MAC. */
static void device_name(const char *mac, const char *type, char out[DEVICE_NAME_SIZE])
{
	const struct provision_model *m = type ? provision_model(type) : NULL;
	char hex[MAC_TEXT_SIZE];
	struct text t;

	text_fixed(&t, out, DEVICE_NAME_SIZE);
	if (mac && !text_mac(hex, mac, strlen(mac)))
		text_addf(&t, "%s%s", m && m->ata ? "ATA" : "SEP", hex);
}

static int take_device(void *ctx, const char *key, const cJSON *raw)
{
	struct devices *d = ctx;
	const char *mac = tree_str(raw, "mac_address");

	(void)key;
	mac = mac ? mac : tree_str(raw, "id.mac");
	device_name(mac, tree_str(raw, "phone_type"), d->names[d->n]);
	d->unnamed |= !mac && tree_get(raw, "id");
	d->n += mac != NULL;
	return --d->left == 0;
}

static int find_devices(struct api_req *r, const char *collection, const char *key,
			const struct status_args *a, struct devices *d)
{
	char path[SCHEMA_PATH_MAX];
	const cJSON *raw;
	struct conf *c;
	int err = conf_open(r->api->opt.store, &c);

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/%s", collection, key ? key : "");
	raw = key ? conf_get(c, path) : NULL;
	if (raw)
		take_device(d, key, raw);
	else if (!key)
		conf_each(c, collection, a->cursor, take_device, d);
	conf_close(c);
	return 0;
}

static int ask_devices(struct api_req *r, struct devices *d, struct live *l)
{
	int err = 0;

	l->list = cJSON_CreateArray();
	for (size_t i = 0; i < d->n && !err; i++) {
		cJSON *one = NULL, *item;

		err = phones_live(r->api->opt.phones, NULL, d->names[i], &one);
		if (!err && !one->child) { /* a phone tells by itself which of the two it is */
			cJSON_Delete(one);
			memcpy(d->names[i], d->names[i][0] == 'A' ? "SEP" : "ATA", 3);
			err = phones_live(r->api->opt.phones, NULL, d->names[i], &one);
		}
		while ((item = cJSON_DetachItemFromArray(one, 0)))
			cJSON_AddItemToArray(l->list, item);
		cJSON_Delete(one);
	}
	if (err)
		live_free(l);
	else
		index_tags(l);
	return err;
}

int live_of_items(struct api_req *r, const char *protocol, const char *collection, const char *key,
		  const struct status_args *a, struct live *l)
{
	struct devices d = { .left = key ? 1 : a->limit };
	bool filtered = a->state || a->type || a->ip || a->mac;
	int err;

	*l = (struct live){ 0 };
	if (!d.left || (!key && filtered))
		return live_load(r, protocol, l);
	d.names = mem_zalloc((d.left + 1) * sizeof(*d.names));
	err = find_devices(r, collection, key, a, &d);
	if (!err)
		err = d.unnamed ? live_load(r, protocol, l) : ask_devices(r, &d, l);
	mem_free(d.names);
	return err;
}

void live_free(struct live *l)
{
	cJSON_Delete(l->list);
	mem_free(l->by_tag);
}

const cJSON *live_of(const struct live *l, unsigned tag)
{
	return tag < l->tags ? l->by_tag[tag] : NULL;
}

const cJSON *live_next(const struct live *l, unsigned tag, const cJSON *after)
{
	const cJSON *phone = after ? after->next : live_of(l, tag);

	while (phone && tag_of(phone) != tag)
		phone = phone->next;
	return phone;
}

/* ---- configuration ---- */

/* What has neither a value nor a default is null. */
static void add_absent(cJSON *o, const struct schema_field *f)
{
	for (; f && f->name; f++)
		if (!cJSON_GetObjectItemCaseSensitive(o, f->name))
			cJSON_AddNullToObject(o, f->name);
}

cJSON *source_object(struct conf *c, const char *path)
{
	const struct schema_object *so = schema_object(path);
	cJSON *o = so ? schema_public(so, "", conf_get(c, path), true) : cJSON_CreateObject();

	add_absent(o, so ? so->fields : NULL);
	return o;
}

cJSON *source_item(struct conf *c, const char *collection, const char *key, const cJSON *raw)
{
	const struct schema_object *so = schema_object(collection);
	cJSON *merged = schema_effective(c, so, raw, false);
	cJSON *o = schema_public(so, key, merged ? merged : raw, true);

	cJSON_Delete(merged);
	return o;
}

struct walk {
	source_fn fn;
	void *ctx;
	size_t left;
	bool limited, more;
	char *next;
	size_t cap;
};

static int walk_item(void *ctx, const char *key, const cJSON *raw)
{
	struct walk *w = ctx;

	if (w->limited && w->left == 0) {
		w->more = true;
		return 1;
	}
	if (w->fn(w->ctx, key, raw) && w->limited) {
		w->left--;
		text_copy(w->next, w->cap, key);
	}
	return 0;
}

int source_each(struct conf *c, const char *collection, const struct status_args *a, source_fn fn,
		void *ctx, char *next, size_t cap)
{
	struct walk w = { .fn = fn,
			  .ctx = ctx,
			  .left = a->limit,
			  .limited = a->limit > 0,
			  .next = next,
			  .cap = cap };

	*next = '\0';
	if (!schema_object(collection))
		return 0;
	conf_each(c, collection, a->cursor, walk_item, &w);
	if (!w.more)
		*next = '\0';
	return 0;
}

const char *source_model(const char *type, char *out, size_t cap)
{
	static const struct {
		const char *type, *text;
	} names[] = { { "7910", "Telecaster 7910" },  { "7940", "Telecaster 7940" },
		      { "7960", "Telecaster 7960" },  { "an", "SCCP Gateway (AN)" },
		      { "anl", "SCCP Gateway (AN)" }, { "bri", "SCCP Gateway (BRI)" } };

	if (!type || !*type)
		return NULL;
	text_copy(out, cap, type);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(names[i].type, type))
			text_copy(out, cap, names[i].text);
	return out;
}

bool mac_matches(const char *mac, const char *wanted)
{
	char a[MAC_TEXT_SIZE], b[MAC_TEXT_SIZE];

	return mac && !text_mac(a, mac, strlen(mac)) && !text_mac(b, wanted, strlen(wanted)) &&
	       !strcmp(a, b);
}

int number_of(struct api_req *r, const char *key, const char *what, unsigned *out)
{
	int64_t n;

	if (!key || text_to_int(key, strlen(key), 1, TAG_MAX, &n))
		return api_fault(r, ERR_NOENT, NULL, "", "There is no %s %s", what, key ? key : "");
	*out = (unsigned)n;
	return 0;
}
