/* api/status/ephones.c - `show ephone` and its summary (cme-model 3.1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/provision.h"

#define DN_MAX 65536

struct making {
	const struct status_args *a;
	struct live live;
	struct conf *c;
	cJSON *service; /* telephony-service with defaults */
	cJSON *items;
	uint8_t *uses; /* of each number, by ephones; counted to 2 */
	unsigned counts[4];
};
enum { C_REGISTERED, C_UNREGISTERED, C_DECEASED, C_OTHER };

/* ---- state ---- */

/* three lost keepalives are DECEASED, a closed connection UNREGISTERED. */
static const char *state_of(const cJSON *phone)
{
	const char *gone = tree_str(phone, "gone");

	if (phone && !strcmp(tree_str(phone, "state"), "registered"))
		return "registered";
	if (gone && !strcmp(gone, "keepalive_lost"))
		return "deceased";
	return phone && tree_str(phone, "reject_reason") ? "attempting" : "unregistered";
}

static int state_index(const char *state)
{
	static const char *const names[] = { "registered", "unregistered", "deceased" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(names[i], state))
			return i;
	return C_OTHER;
}

/* ---- lines ---- */

static const cJSON *dn_of(struct conf *c, int tag)
{
	char path[40];

	snprintf(path, sizeof(path), "ephone-dns/%d", tag);
	return conf_get(c, path);
}

static const char *ring_of(char separator)
{
	switch (separator) {
	case 'b':
		return "beep";
	case 'f':
		return "feature";
	case 'm':
		return "monitor";
	case 's':
		return "silent";
	case 'w':
		return "watch";
	default:
		return "normal";
	}
}

static void add_channels(cJSON *line, const cJSON *dn)
{
	const char *mode = tree_str(dn, "line_mode");
	int n = !mode ? 1 : !strcmp(mode, "octo-line") ? 8 : !strcmp(mode, "dual-line") ? 2 : 1;
	cJSON *list = cJSON_AddArrayToObject(line, "channels");

	for (int i = 1; i <= n; i++) {
		cJSON *ch = cJSON_CreateObject();

		cJSON_AddNumberToObject(ch, "channel", i);
		cJSON_AddNullToObject(ch, "state"); /* call control will tell */
		cJSON_AddItemToArray(list, ch);
	}
}

static void add_line(struct making *m, cJSON *lines, int button, char separator, int tag)
{
	const cJSON *dn = dn_of(m->c, tag);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "button", button);
	cJSON_AddNumberToObject(o, "dn", tag);
	tree_copy(o, "number", dn, "number");
	add_channels(o, dn);
	tree_copy(o, "auto_dial", dn, "intercom.extension");
	tree_copy(o, "cfa", dn, "call_forward.all.target");
	cJSON_AddStringToObject(o, "ring", ring_of(separator));
	cJSON_AddBoolToObject(o, "overlay", separator == 'o' || separator == 'c');
	cJSON_AddBoolToObject(o, "shared", tag < DN_MAX && m->uses[tag] > 1);
	cJSON_AddBoolToObject(o, "call_waiting", separator == 'c');
	cJSON_AddItemToArray(lines, o);
}

/* buttons {"1": {separator, dns}}: the pairs, the lines, the overlay sets. */
static void add_buttons(struct making *m, const cJSON *raw, cJSON *o)
{
	cJSON *pairs = cJSON_AddArrayToObject(o, "buttons");
	cJSON *lines = cJSON_AddArrayToObject(o, "lines");
	cJSON *overlays = cJSON_AddArrayToObject(o, "overlays");
	const cJSON *b, *dn;

	cJSON_ArrayForEach (b, tree_get(raw, "buttons")) {
		const char *separator = tree_str(b, "separator");
		const cJSON *dns = tree_get(b, "dns");
		char sep = separator ? *separator : ':';
		int first = cJSON_IsArray(dns) && dns->child ? (int)dns->child->valuedouble : 0;
		cJSON *pair = cJSON_CreateObject();

		cJSON_AddNumberToObject(pair, "button", tree_tag(b->string));
		if (first)
			cJSON_AddNumberToObject(pair, "dn", first);
		else
			cJSON_AddNullToObject(pair, "dn");
		cJSON_AddItemToArray(pairs, pair);
		if (sep == 'o' || sep == 'c') {
			cJSON *set = cJSON_CreateObject();

			cJSON_AddNumberToObject(set, "button", tree_tag(b->string));
			tree_copy(set, "dns", b, "dns");
			cJSON_AddItemToArray(overlays, set);
		}
		cJSON_ArrayForEach (dn, dns)
			add_line(m, lines, tree_tag(b->string), sep, (int)dn->valuedouble);
	}
}

static void add_speed_dials(const cJSON *all, cJSON *o)
{
	cJSON *list = cJSON_AddArrayToObject(o, "speed_dials");
	const cJSON *d;

	cJSON_ArrayForEach (d, tree_get(all, "speed_dials")) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddNumberToObject(one, "tag", tree_tag(d->string));
		tree_copy(one, "number", d, "digits");
		tree_copy(one, "label", d, "label");
		cJSON_AddItemToArray(list, one);
	}
}

static void add_primary(cJSON *o)
{
	const cJSON *line = cJSON_GetArrayItem(tree_get(o, "lines"), 0);

	tree_copy(o, "primary_dn", line, "dn");
}

/* ---- the phone itself ---- */

static void add_address(cJSON *o, const cJSON *phone)
{
	const char *address = tree_str(phone, "address");
	bool six = address && strchr(address, ':');

	tree_text(o, "ipv4", six ? NULL : address);
	tree_text(o, "ipv6", six ? address : NULL);
	tree_text(o, "active_family", !address ? NULL : six ? "ipv6" : "ipv4");
	tree_copy(o, "remote_port", phone, "port");
}

static void add_model(cJSON *o, const char *configured, const cJSON *phone)
{
	const char *type = tree_str(phone, "model");
	const struct provision_model *m;
	char text[40];

	type = type ? type : configured;
	m = type ? provision_model(type) : NULL;
	tree_text(o, "device_type", source_model(type, text, sizeof(text)));
	tree_copy(o, "keepalives", phone, "counters.keepalives");
	if (m && m->lines)
		cJSON_AddNumberToObject(o, "max_lines", m->lines);
	else
		cJSON_AddNullToObject(o, "max_lines");
}

static void add_choices(struct making *m, const cJSON *all, cJSON *o)
{
	const cJSON *privacy = tree_get(m->service, "privacy");

	cJSON_AddItemToObject(o, "privacy", cJSON_CreateBool(cJSON_IsTrue(privacy)));
	tree_text(o, "preferred_codec", tree_str(all, "codec"));
	tree_text(o, "lpcor_type", tree_str(all, "lpcor_type"));
	tree_text(o, "lpcor_incoming", tree_str(all, "lpcor_incoming"));
	tree_text(o, "lpcor_outgoing", tree_str(all, "lpcor_outgoing"));
	tree_copy(o, "username", all, "username");
	tree_copy(o, "paging_dn", tree_get(all, "paging_dn"), "dn_tag");
}

static cJSON *ephone_tree(struct making *m, unsigned tag, const cJSON *raw)
{
	const cJSON *phone = live_of(&m->live, tag);
	char key[16];
	cJSON *o = cJSON_CreateObject(), *all;
	bool here;

	snprintf(key, sizeof(key), "%u", tag);
	all = source_item(m->c, "ephones", key, raw);
	cJSON_AddNumberToObject(o, "tag", tag);
	cJSON_AddNumberToObject(o, "index", tag - 1);
	tree_copy(o, "mac", raw, "mac_address");
	cJSON_AddNumberToObject(o, "socket", tree_num(phone, "live.socket", -1));
	cJSON_AddStringToObject(o, "state", state_of(phone));
	here = tree_get(phone, "live") != NULL;
	tree_copy(o, "sccp_version", phone, "live.sccp_version");
	tree_copy(o, "capabilities", phone, "live.capabilities");
	cJSON_AddBoolToObject(o, "reset_pending", tree_is(phone, "reset_pending"));
	tree_copy(o, "reset_sent", phone, "live.reset_sent");
	if (!here)
		cJSON_ReplaceItemInObjectCaseSensitive(o, "reset_sent", cJSON_CreateFalse());
	tree_null(o, "active_line,whisper_line,max_streams,media_active,whisper_media_active,"
		     "start_media,off_hook,ringing,paging,debug,music,available_lines,dnd,"
		     "active_call");
	add_address(o, phone);
	add_model(o, tree_str(all, "phone_type"), phone);
	add_buttons(m, raw, o);
	add_primary(o);
	add_speed_dials(all, o);
	add_choices(m, all, o);
	cJSON_Delete(all);
	return o;
}

/* ---- lists ---- */

static bool passes(const struct status_args *a, const cJSON *phone, const cJSON *raw)
{
	const char *type = tree_str(phone, "model"), *own = tree_str(raw, "phone_type");

	if (a->state && strcasecmp(a->state, state_of(phone)) != 0)
		return false;
	if (a->type && strcasecmp(a->type, own ? own : type ? type : "") != 0)
		return false;
	if (a->ip &&
	    (!tree_str(phone, "address") || strcmp(a->ip, tree_str(phone, "address")) != 0))
		return false;
	return !a->mac || mac_matches(tree_str(raw, "mac_address"), a->mac);
}

static bool take(void *ctx, const char *key, const cJSON *raw)
{
	struct making *m = ctx;
	unsigned tag = (unsigned)tree_tag(key);
	const cJSON *phone = live_of(&m->live, tag);

	if (!passes(m->a, phone, raw))
		return false;
	m->counts[state_index(state_of(phone))]++;
	cJSON_AddItemToArray(m->items, ephone_tree(m, tag, raw));
	return true;
}

static int count_uses(void *ctx, const char *key, const cJSON *raw)
{
	struct making *m = ctx;
	const cJSON *b, *dn;

	(void)key;
	cJSON_ArrayForEach (b, tree_get(raw, "buttons"))
		cJSON_ArrayForEach (dn, tree_get(b, "dns")) {
			int tag = (int)dn->valuedouble;

			if (tag > 0 && tag < DN_MAX && m->uses[tag] < 2)
				m->uses[tag]++;
		}
	return 0;
}

static int begin(struct api_req *r, struct making *m, const struct status_args *a, const char *key)
{
	int err;

	*m = (struct making){ .a = a };
	err = live_of_items(r, "sccp", "ephones", key, a, &m->live);
	if (err)
		return err;
	err = conf_open(r->api->opt.store, &m->c);
	if (err) {
		live_free(&m->live);
		return err;
	}
	m->items = cJSON_CreateArray();
	m->service = source_object(m->c, "telephony-service");
	m->uses = mem_zalloc(DN_MAX);
	conf_each(m->c, "ephones", NULL, count_uses, m);
	return 0;
}

static void end(struct making *m)
{
	conf_close(m->c);
	live_free(&m->live);
	cJSON_Delete(m->service);
	mem_free(m->uses);
}

int status_ephones(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct making m;
	char next[16];
	int err = begin(r, &m, a, NULL);

	if (err)
		return err;
	source_each(m.c, "ephones", a, take, &m, next, sizeof(next));
	end(&m);
	*out = api_page(m.items, *next ? next : NULL);
	return 0;
}

int status_ephone(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct making m;
	char path[40], key[16];
	unsigned tag;
	const cJSON *raw;
	int err = number_of(r, a->key, "ephone", &tag);

	if (err)
		return err;
	snprintf(key, sizeof(key), "%u", tag);
	err = begin(r, &m, a, key);
	if (err)
		return err;
	snprintf(path, sizeof(path), "ephones/%u", tag);
	raw = conf_get(m.c, path);
	if (raw)
		*out = ephone_tree(&m, tag, raw);
	end(&m);
	cJSON_Delete(m.items);
	return raw ? 0 : api_fault(r, ERR_NOENT, NULL, "", "There is no ephone %u", tag);
}

static int open_sockets(struct api_req *r)
{
	const struct api_hooks *h = &r->api->opt.hooks;
	cJSON *o = h->sccp_sockets ? h->sccp_sockets(h->ctx) : NULL;
	int n = (int)tree_num(o, "open_sockets", -1);

	cJSON_Delete(o);
	return n;
}

static void add_totals(struct making *m, int sockets, cJSON *o)
{
	cJSON *t = cJSON_AddObjectToObject(o, "totals");

	tree_copy(t, "max", m->service, "max_ephones");
	cJSON_AddNumberToObject(t, "registered", m->counts[C_REGISTERED]);
	cJSON_AddNumberToObject(t, "unregistered", m->counts[C_UNREGISTERED] + m->counts[C_OTHER]);
	cJSON_AddNumberToObject(t, "deceased", m->counts[C_DECEASED]);
	if (sockets >= 0)
		cJSON_AddNumberToObject(t, "sockets", sockets);
	else
		cJSON_AddNullToObject(t, "sockets");
}

int status_ephone_summary(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct making m;
	char next[16];
	int sockets = open_sockets(r), err = begin(r, &m, a, NULL);
	cJSON *sub;

	if (err)
		return err;
	source_each(m.c, "ephones", a, take, &m, next, sizeof(next));
	*out = api_page(m.items, *next ? next : NULL);
	add_totals(&m, sockets, *out);
	sub = cJSON_AddObjectToObject(*out, "conferences");
	tree_copy(sub, "max", m.service, "max_conferences.max");
	tree_null(sub, "active,allowed");
	sub = cJSON_AddObjectToObject(*out, "moh");
	tree_null(sub, "active_clients,max_clients,media_clients");
	tree_copy(sub, "file", m.service, "moh_file");
	end(&m);
	return 0;
}
