/* server/phones/config.c - joins the configuration: which device is which ephone or pool, its lines
 * and names. Only what the table shows is kept, so that ten thousand phones stay small. A commit
 * wakes the call loop, which reads what changed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"
#include "store/conf.h"
#include "store/schema/schema.h"
#include "store/store.h"

const char *const phones_conf_resource[CONF_KINDS] = { "ephones", "voice-register/pools" };
static const char *const dn_resource[CONF_KINDS] = { "ephone-dns", "voice-register/dns" };

#define SIP_SYSTEM "voice-register/global"

static const char *str_of(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	return s ? s : "";
}

static unsigned tag_of(const char *s)
{
	int64_t v;

	return text_to_int(s, strlen(s), 1, PHONES_TAG_MAX, &v) ? 0 : (unsigned)v;
}

static unsigned tag_value(const cJSON *v)
{
	if (cJSON_IsNumber(v))
		return v->valuedouble >= 1 && v->valuedouble <= PHONES_TAG_MAX
			   ? (unsigned)v->valuedouble
			   : 0;
	return cJSON_IsString(v) ? tag_of(v->valuestring) : 0;
}

/* Directory number of one line: a button of an ephone ({separator, dns: [..]}), a number of a pool.
 */
static unsigned line_dn(const cJSON *line)
{
	const cJSON *dns = cJSON_GetObjectItemCaseSensitive(line, "dns");

	if (!strcmp(str_of(line, "separator"), "x")) /* belongs to an overlay button, no line */
		return 0;
	if (cJSON_IsArray(dns))
		return tag_value(cJSON_GetArrayItem(dns, 0));
	if (cJSON_IsObject(line))
		return tag_value(cJSON_GetObjectItemCaseSensitive(line, "dn"));
	return tag_value(line);
}

static int by_position(const void *a, const void *b)
{
	return (int)((const struct conf_line *)a)->position -
	       ((const struct conf_line *)b)->position;
}

static const char *keep(char **at, const char *s)
{
	size_t len = strlen(s) + 1;
	char *start = *at;

	memcpy(start, s, len);
	*at += len;
	return start;
}

static struct phone_conf *conf_new(enum conf_kind kind, unsigned tag, const cJSON *o)
{
	const cJSON *lines =
	    cJSON_GetObjectItemCaseSensitive(o, kind == CONF_EPHONE ? "buttons" : "numbers");
	const char *type = str_of(o, "phone_type"), *description = str_of(o, "description");
	const char *username = str_of(o, "username");
	size_t n = lines ? (size_t)cJSON_GetArraySize(lines) : 0;
	struct phone_conf *c = mem_zalloc(sizeof(*c) + n * sizeof(c->lines[0]) + strlen(type) +
					  strlen(description) + strlen(username) + 3);
	char *strings = (char *)(c->lines + n);
	const cJSON *l;

	c->tag = tag;
	c->kind = (uint16_t)kind;
	cJSON_ArrayForEach (l, lines) {
		unsigned pos = l->string ? tag_of(l->string) : 0, dn = line_dn(l);

		if (pos && dn)
			c->lines[c->n_lines++] = (struct conf_line){ (uint16_t)pos, (uint16_t)dn };
	}
	qsort(c->lines, c->n_lines, sizeof(c->lines[0]), by_position);
	c->type = keep(&strings, type);
	c->description = keep(&strings, description);
	c->username = keep(&strings, username);
	return c;
}

/* Device name of an ephone or pool; false: it has no MAC. */
static bool device_of(enum conf_kind kind, const cJSON *o, char out[DEVICE_NAME_SIZE])
{
	const char *mac = kind == CONF_EPHONE
			      ? str_of(o, "mac_address")
			      : str_of(cJSON_GetObjectItemCaseSensitive(o, "id"), "mac");

	if (!*mac || phones_device_parse(mac, out))
		return false;
	if (!strncasecmp(str_of(o, "phone_type"), "ata", 3))
		phones_set_prefix(out, "ATA");
	return !strncmp(out, "SEP", 3) || !strncmp(out, "ATA", 3);
}

static void *slot(void **list, size_t *n, size_t size, unsigned tag)
{
	if (tag >= *n) {
		size_t want = *n ? *n : 64;

		while (want <= tag)
			want *= 2;
		*list = mem_realloc(*list, want * size);
		memset((char *)*list + *n * size, 0, (want - *n) * size);
		*n = want;
	}
	return (char *)*list + tag * size;
}

static void drop(struct phones *p, enum conf_kind kind, unsigned tag)
{
	struct phone_conf *c;
	struct phone *ph;

	if (tag >= p->conf.kind[kind].tags || !(c = p->conf.kind[kind].by_tag[tag]))
		return;
	ph = c->phone;
	p->conf.kind[kind].by_tag[tag] = NULL;
	p->conf.kind[kind].count--;
	mem_free(c);
	if (!ph)
		return;
	ph->conf = NULL;
	phone_settle(p, ph);
}

static void put(struct phones *p, enum conf_kind kind, unsigned tag, const cJSON *o)
{
	char device[DEVICE_NAME_SIZE];
	struct phone_conf **at;
	struct phone *ph;
	void *list;

	drop(p, kind, tag);
	list = p->conf.kind[kind].by_tag;
	at = slot(&list, &p->conf.kind[kind].tags, sizeof(struct phone_conf *), tag);
	p->conf.kind[kind].by_tag = list;
	*at = conf_new(kind, tag, o);
	p->conf.kind[kind].count++;
	if (!device_of(kind, o, device))
		return;
	ph = phone_need(p, device);
	if (ph->conf) /* a MAC that moves here from another entry */
		ph->conf->phone = NULL;
	(*at)->phone = ph;
	ph->conf = *at;
	phone_settle(p, ph);
}

static void dn_put(struct phones *p, enum conf_kind kind, unsigned tag, const cJSON *o)
{
	void *list = p->conf.kind[kind].dns;
	struct phone_dn *dn = slot(&list, &p->conf.kind[kind].dn_tags, sizeof(*dn), tag);
	const char *label = str_of(o, "label");

	p->conf.kind[kind].dns = list;
	mem_free(dn->number);
	mem_free(dn->label);
	*dn = (struct phone_dn){ 0 };
	if (!o)
		return;
	dn->number = mem_strdup(str_of(o, "number"));
	if (!*label)
		label = str_of(o, "name");
	dn->label = *label ? mem_strdup(label) : NULL;
}

static unsigned tag_below(const char *path, const char *collection)
{
	size_t len = strlen(collection);

	return strncmp(path, collection, len) != 0 || path[len] != '/' ? 0 : tag_of(path + len + 1);
}

void phones_conf_apply(struct phones *p, const char *path, const cJSON *value)
{
	unsigned tag;

	if (!strcmp(path, SIP_SYSTEM)) {
		p->conf.sip_attempts = (unsigned)cfg_int(schema_object(SIP_SYSTEM), value,
							 "attempted_registrations_size");
		attempts_shrink(p);
		return;
	}

	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		if ((tag = tag_below(path, phones_conf_resource[k]))) {
			if (value)
				put(p, k, tag, value);
			else
				drop(p, k, tag);
			return;
		}
		if ((tag = tag_below(path, dn_resource[k]))) {
			dn_put(p, k, tag, value);
			return;
		}
	}
}

const struct phone_dn *phones_conf_dn(const struct phones *p, enum conf_kind kind, unsigned tag)
{
	if (tag >= p->conf.kind[kind].dn_tags || !p->conf.kind[kind].dns[tag].number)
		return NULL;
	return &p->conf.kind[kind].dns[tag];
}

/* ---- reading the store ---- */
struct each {
	struct phones *p;
	struct conf *conf;
	const char *collection;
	bool templates; /* one of them changed */
};

/* With what its template says of it. */
static void apply(struct each *e, const char *path, const cJSON *value)
{
	struct schema_path at;
	cJSON *merged = value && !schema_path_parse(path, &at)
			    ? schema_effective(e->conf, at.obj, value, false)
			    : NULL;

	phones_conf_apply(e->p, path, merged ? merged : value);
	cJSON_Delete(merged);
}

static int on_item(void *ctx, const char *key, const cJSON *value)
{
	struct each *e = ctx;
	char path[128];
	struct text t;

	text_fixed(&t, path, sizeof(path));
	text_addf(&t, "%s/%s", e->collection, key);
	apply(e, path, value);
	return 0;
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct each *e = ctx;
	const char *slash = strrchr(path, '/');

	(void)before;
	apply(e, path, after);
	e->templates =
	    e->templates || (slash && slash - path >= 9 && !strncmp(slash - 9, "templates", 9));
	return 0;
}

static int on_templated(void *ctx, const char *key, const cJSON *value)
{
	struct each *e = ctx;

	return schema_template(e->conf, schema_object(e->collection), value, false)
		   ? on_item(ctx, key, value)
		   : 0;
}

static int refresh(struct phones *p, struct conf *c)
{
	struct each e = { .p = p, .conf = c };
	int err = conf_changed_since(c, p->conf.revision, on_change, &e);

	for (enum conf_kind k = 0; !err && e.templates && k < CONF_KINDS; k++) {
		e.collection = phones_conf_resource[k];
		conf_each(c, e.collection, NULL, on_templated, &e);
	}
	return err;
}

static void clear(struct phones *p)
{
	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		for (unsigned i = 0; i < p->conf.kind[k].tags; i++)
			drop(p, k, i);
		for (unsigned i = 0; i < p->conf.kind[k].dn_tags; i++)
			dn_put(p, k, i, NULL);
	}
}

static void load_all(struct phones *p, struct conf *c)
{
	clear(p);
	phones_conf_apply(p, SIP_SYSTEM, conf_get(c, SIP_SYSTEM));
	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		struct each dns = { .p = p, .conf = c, .collection = dn_resource[k] };
		struct each items = { .p = p, .conf = c, .collection = phones_conf_resource[k] };

		conf_each(c, dn_resource[k], NULL, on_item, &dns);
		conf_each(c, phones_conf_resource[k], NULL, on_item, &items);
	}
}

void phones_conf_load(struct phones *p)
{
	struct conf *c = NULL;
	int err = conf_open(p->store, &c);

	if (err) {
		log_error(LOG_PHONES, "config_unreadable", "err=%s", err_code(err));
		return;
	}
	load_all(p, c);
	p->conf.revision = conf_revision(c);
	conf_close(c);
}

void phones_conf_refresh(struct phones *p)
{
	struct conf *c = NULL;
	int err;

	if (!p->store || store_revision(p->store) == p->conf.revision)
		return;
	err = conf_open_now(p->store, &c);
	if (err == ERR_AGAIN)
		return; /* the store is being reopened: the next tick looks again */
	if (!err) {
		err = refresh(p, c);
		if (err == ERR_GONE) {
			load_all(p, c);
			err = 0;
		}
	}
	if (err)
		log_error(LOG_PHONES, "config_unreadable", "err=%s", err_code(err));
	else
		p->conf.revision = conf_revision(c);
	conf_close(c);
}

void phones_conf_free(struct phones *p)
{
	clear(p);
	for (enum conf_kind k = 0; k < CONF_KINDS; k++) {
		mem_free(p->conf.kind[k].by_tag);
		mem_free(p->conf.kind[k].dns);
	}
}
