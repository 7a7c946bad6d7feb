/* server/sccp/layout.c - from an ephone to the keys of its phone. Numbers stand on the buttons they are
 * configured for; speed dials, watched numbers and feature keys fill the free ones, each in the order of
 * their tags. Instances count per kind, from 1. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/sccp/config.h"
#include "server/sccp/models.h"
#include "store/schema/schema.h"

#define UNKNOWN_MODEL   "MMMMMM"
#define SPEED_DIALS_MAX 100 /* entries of one map: at most 75 (cme-model 1.4) */

struct layout {
	struct conf *conf;
	const cJSON *ephone; /* what holds: its own settings over those of its template */
	struct sccp_profile *p;
	char keys[SCCP_BUTTONS_MAX + 1]; /* letters of models.h */
	size_t n;
	size_t free; /* keys before this one are taken */
};

/* Feature keys of the ephone by their CME names. */
static const struct {
	const char *name;
	uint8_t type;
} features[] = {
	{ "Redial", SCCP_BUTTON_REDIAL },      { "Hold", SCCP_BUTTON_HOLD },
	{ "Trnsfer", SCCP_BUTTON_TRANSFER },   { "Cfwdall", SCCP_BUTTON_FORWARD_ALL },
	{ "Privacy", SCCP_BUTTON_FEATURE },    { "MeetMe", SCCP_BUTTON_MEET_ME },
	{ "Confrn", SCCP_BUTTON_CONFERENCE },  { "Park", SCCP_BUTTON_PARK },
	{ "Pickup", SCCP_BUTTON_PICKUP },      { "Gpickup", SCCP_BUTTON_GROUP_PICKUP },
	{ "Mobility", SCCP_BUTTON_MOBILITY },  { "Dnd", SCCP_BUTTON_DND },
	{ "ConfList", SCCP_BUTTON_CONF_LIST }, { "RmLstC", SCCP_BUTTON_REMOVE_LAST },
	{ "CallBack", SCCP_BUTTON_CALL_BACK }, { "NewCall", SCCP_BUTTON_NEW_CALL },
	{ "EndCall", SCCP_BUTTON_END_CALL },   { "HLog", SCCP_BUTTON_HLOG },
};

/* Fixed keys of the models. */
static const struct {
	char letter;
	uint8_t type, instance;
} fixed[] = {
	{ 'H', SCCP_BUTTON_HOLD, 1 },         { 'T', SCCP_BUTTON_TRANSFER, 1 },
	{ 'D', SCCP_BUTTON_DISPLAY, 1 },      { 'V', SCCP_BUTTON_VOICEMAIL, 1 },
	{ 'C', SCCP_BUTTON_CONFERENCE, 1 },   { 'F', SCCP_BUTTON_FORWARD_ALL, 1 },
	{ 'R', SCCP_BUTTON_REDIAL, 1 },       { 'P', SCCP_BUTTON_PARK, 1 },
	{ 'U', SCCP_BUTTON_UNUSED, 0 },       { 'm', SCCP_BUTTON_MESSAGES, 21 },
	{ 'd', SCCP_BUTTON_DIRECTORY, 22 },   { 'h', SCCP_BUTTON_HEADSET, 23 },
	{ 'a', SCCP_BUTTON_APPLICATION, 24 },
};

static const char *member(const cJSON *o, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static const cJSON *dn_item(struct conf *conf, int tag)
{
	char path[48];
	struct text t;

	text_fixed(&t, path, sizeof(path));
	text_addf(&t, "ephone-dns/%d", tag);
	return conf_get(conf, path);
}

static const cJSON *dn_of_button(struct conf *conf, const cJSON *button)
{
	const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(button, "dns"), 0);

	return cJSON_IsNumber(first) ? dn_item(conf, first->valueint) : NULL;
}

static const cJSON *button_at(const cJSON *ephone, size_t position)
{
	char key[16];
	struct text t;

	text_fixed(&t, key, sizeof(key));
	text_addf(&t, "%zu", position);
	return cJSON_GetObjectItemCaseSensitive(cfg_map(ephone, "buttons"), key);
}

static char *forward_of(const cJSON *dn, const char *kind)
{
	const cJSON *f = cJSON_GetObjectItemCaseSensitive(cfg_map(dn, "call_forward"), kind);

	return mem_strdup(member(f, "target"));
}

static void put_line(struct layout *l, size_t at, const cJSON *own)
{
	struct sccp_line *line = sccp_profile_add_line(l->p);
	cJSON *merged = schema_effective(l->conf, schema_object("ephone-dns"), own, false);
	const cJSON *dn = merged ? merged : own;
	const char *number = member(dn, "number"), *label = member(dn, "label");
	const char *description = member(dn, "description");

	number = number ? number : "";
	line->number = mem_strdup(number);
	line->label = mem_strdup(label ? label : number);
	line->name = mem_strdup(description ? description : number);
	line->all = forward_of(dn, "all");
	line->busy = forward_of(dn, "busy");
	line->noan = forward_of(dn, "noan");
	cJSON_Delete(merged);
	l->p->button[at] = (struct sccp_button){ l->p->n_lines, SCCP_BUTTON_LINE };
}

static void put_dial(struct layout *l, size_t at, uint8_t type, const char *number,
		     const char *label)
{
	struct sccp_dial *d = sccp_profile_add_dial(l->p);

	d->type = type;
	d->number = mem_strdup(number ? number : "");
	d->label = mem_strdup(label ? label : d->number);
	l->p->button[at] = (struct sccp_button){ l->p->n_dials, type };
}

/* m and w watch a number; every other kind, also an expansion of an overlay (x), is a line. */
static void put_button(struct layout *l, size_t at, const cJSON *button)
{
	const char *separator = member(button, "separator");
	char kind = separator ? separator[0] : ':';
	const cJSON *dn;

	if (kind == 'x') {
		const cJSON *over =
		    cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(button, "dns"), 0);

		button = cJSON_IsNumber(over) ? button_at(l->ephone, (size_t)over->valueint) : NULL;
	}
	dn = dn_of_button(l->conf, button);
	if (!dn)
		return;
	if (kind == 'm' || kind == 'w')
		put_dial(l, at, SCCP_BUTTON_BLF_SPEED_DIAL, member(dn, "number"),
			 member(dn, "label"));
	else
		put_line(l, at, dn);
	l->keys[at] = '-';
}

static void put_fixed(struct layout *l, size_t at)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (fixed[i].letter == l->keys[at])
			l->p->button[at] = (struct sccp_button){ fixed[i].instance, fixed[i].type };
}

/* Next free key that may carry a speed dial, or with `any` anything; n when there is none. */
static size_t next_free(struct layout *l, bool any)
{
	for (size_t i = l->free; i < l->n; i++)
		if (l->keys[i] == 'M' || (!any && l->keys[i] == 'S')) {
			l->keys[i] = '-';
			l->free = i + 1;
			return i;
		}
	return l->n;
}

struct entry { /* of a map keyed by numbers */
	long key;
	const cJSON *item;
};

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Members of a map in the order of their numbers; returns how many. */
static size_t in_order(const cJSON *map, struct entry *out, size_t cap)
{
	const cJSON *e;
	size_t n = 0;

	cJSON_ArrayForEach (e, map)
		if (n < cap && e->string)
			out[n++] = (struct entry){ strtol(e->string, NULL, 10), e };
	if (n)
		qsort(out, n, sizeof(*out), by_key);
	return n;
}

/* A leading `+` locks the entry, a lone `#` leaves it for the user to fill. */
static const char *speed_digits(const char *digits)
{
	if (!digits || !strcmp(digits, "#"))
		return "";
	return digits[0] == '+' ? digits + 1 : digits;
}

static uint8_t feature_type(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(features); i++)
		if (!strcasecmp(features[i].name, name))
			return features[i].type;
	return SCCP_BUTTON_UNUSED;
}

static void put_free(struct layout *l)
{
	struct entry list[SPEED_DIALS_MAX] = { 0 };
	size_t n, at, i;

	n = in_order(cfg_map(l->ephone, "speed_dials"), list, ARRAY_LEN(list));
	for (i = 0; i < n && (at = next_free(l, false)) < l->n; i++)
		put_dial(l, at, SCCP_BUTTON_SPEED_DIAL,
			 speed_digits(member(list[i].item, "digits")),
			 member(list[i].item, "label"));
	n = in_order(cfg_map(l->ephone, "blf_speed_dials"), list, ARRAY_LEN(list));
	for (i = 0; i < n && (at = next_free(l, false)) < l->n; i++)
		put_dial(l, at, SCCP_BUTTON_BLF_SPEED_DIAL, member(list[i].item, "number"),
			 member(list[i].item, "label"));
	n = in_order(cfg_map(l->ephone, "feature_buttons"), list, ARRAY_LEN(list));
	for (i = 0; i < n; i++) {
		const char *name = member(list[i].item, "feature"),
			   *label = member(list[i].item, "label");
		uint8_t type = feature_type(name);

		if (type && (at = next_free(l, true)) < l->n)
			put_dial(l, at, type, "", label ? label : name);
	}
}

/* Keys of the model, then those of its modules. */
static void take_keys(struct layout *l, uint32_t device_type)
{
	const struct sccp_model *model = sccp_model(device_type);
	unsigned more = sccp_addon_buttons(member(l->ephone, "addon1")) +
			sccp_addon_buttons(member(l->ephone, "addon2"));

	text_copy(l->keys, sizeof(l->keys), model ? model->buttons : UNKNOWN_MODEL);
	l->n = strlen(l->keys);
	while (more-- && l->n < SCCP_BUTTONS_MAX)
		l->keys[l->n++] = 'M';
	l->p->n_buttons = (uint8_t)l->n;
}

static void put_keys(struct layout *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const cJSON *button = button_at(l->ephone, i + 1);

		l->p->button[i] = (struct sccp_button){ 0, SCCP_BUTTON_UNDEFINED };
		if (button && (l->keys[i] == 'M' || l->keys[i] == 'L'))
			put_button(l, i, button);
		else
			put_fixed(l, i);
	}
	put_free(l);
}

struct sccp_profile *sccp_config_profile(struct conf *conf, unsigned tag, uint32_t device_type)
{
	const struct schema_object *ephones = schema_object("ephones");
	struct layout l = { .conf = conf };
	const cJSON *own;
	char path[32];
	cJSON *merged;
	struct text t;

	text_fixed(&t, path, sizeof(path));
	text_addf(&t, "ephones/%u", tag);
	own = conf_get(conf, path);
	if (!own)
		return NULL;
	merged = schema_effective(conf, ephones, own, false);
	l.ephone = merged ? merged : own;
	l.p = mem_zalloc(sizeof(*l.p));
	l.p->tag = tag;
	text_copy(l.p->type, sizeof(l.p->type),
		  member(l.ephone, "phone_type") ? member(l.ephone, "phone_type") : "");
	if (cJSON_HasObjectItem(l.ephone, "keepalive"))
		l.p->keepalive_s = (uint32_t)cfg_int(ephones, l.ephone, "keepalive");
	take_keys(&l, device_type);
	put_keys(&l);
	cJSON_Delete(merged);
	return l.p;
}
