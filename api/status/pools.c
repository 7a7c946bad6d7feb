/* api/status/pools.c - `show voice register pool` and the registrar's table (cme-model 3.4, 3.6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"

struct making {
	const struct status_args *a;
	struct live live;
	struct conf *c;
	cJSON *global, *voip; /* with defaults */
	cJSON *items;
	cJSON *(*one)(struct making *m, unsigned tag, const cJSON *raw);
	uint64_t registered; /* SIP phones in all */
};

static bool is_registered(const cJSON *phone)
{
	const char *state = tree_str(phone, "state");

	return state && !strcmp(state, "registered");
}

/* The phone of a pool that is registered, else the one it is made for. */
static const cJSON *phone_of(const struct making *m, unsigned tag)
{
	const cJSON *phone = live_of(&m->live, tag), *next = phone;

	while (next && !is_registered(next))
		next = live_next(&m->live, tag, next);
	return next ? next : phone;
}

/* ---- the configured part ---- */

static void add_id(cJSON *o, const cJSON *raw)
{
	cJSON *id = cJSON_AddObjectToObject(o, "id");

	tree_copy(id, "kind", raw, "id.kind");
	tree_copy(id, "mac", raw, "id.mac");
	tree_copy(id, "address", raw, "id.address");
	tree_copy(id, "mask", raw, "id.mask");
}

static void add_addons(cJSON *o, const cJSON *raw)
{
	static const char *const names[] = { "addon1", "addon2", "addon3" };
	cJSON *list = cJSON_AddArrayToObject(o, "addons");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (tree_str(raw, names[i]))
			cJSON_AddItemToArray(list, cJSON_CreateString(tree_str(raw, names[i])));
}

static void add_numbers(cJSON *o, const cJSON *raw)
{
	cJSON *list = cJSON_AddArrayToObject(o, "numbers");
	const cJSON *n;

	cJSON_ArrayForEach (n, tree_get(raw, "numbers")) {
		cJSON *one = cJSON_CreateObject();
		const cJSON *dn = cJSON_IsObject(n) ? tree_get(n, "dn") : n;

		cJSON_AddNumberToObject(one, "tag", tree_tag(n->string));
		cJSON_AddItemToObject(one, "dn", cJSON_Duplicate(dn, true));
		cJSON_AddItemToArray(list, one);
	}
}

/* {"1": {...}} as [{tag: 1, ...}]. */
static void add_keyed(cJSON *o, const char *name, const char *key, const cJSON *map)
{
	cJSON *list = cJSON_AddArrayToObject(o, name);
	const cJSON *v;

	cJSON_ArrayForEach (v, map) {
		cJSON *one = cJSON_Duplicate(v, true);

		if (!cJSON_IsObject(one)) {
			cJSON_Delete(one);
			continue;
		}
		cJSON_AddNumberToObject(one, key, tree_tag(v->string));
		cJSON_AddItemToArray(list, one);
	}
}

static void add_dtmf(cJSON *o, const cJSON *all)
{
	const cJSON *methods = tree_get(all, "dtmf_relay");
	cJSON *sub = cJSON_AddObjectToObject(o, "dtmf_relay");

	cJSON_AddBoolToObject(sub, "enabled", cJSON_GetArraySize(methods) > 0);
	cJSON_AddItemToObject(sub, "methods",
			      methods ? cJSON_Duplicate(methods, true) : cJSON_CreateArray());
}

static void add_switch(cJSON *o, const char *name, const cJSON *all, const char *field)
{
	const cJSON *v = tree_get(all, field);

	if (cJSON_IsObject(v))
		v = tree_get(v, "enabled");
	if (v)
		cJSON_AddBoolToObject(o, name, cJSON_IsTrue(v));
	else
		cJSON_AddNullToObject(o, name);
}

static void add_lpcor(cJSON *o, const cJSON *all)
{
	static const char *const names[] = { "lpcor_type", "lpcor_incoming", "lpcor_outgoing" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		tree_text(o, names[i], tree_str(all, names[i]));
}

/* What the pool says, else voice register global. */
static void add_privacy(struct making *m, cJSON *o, const cJSON *all)
{
	const char *own = tree_str(all, "privacy");
	bool on = tree_is(m->global, "privacy");
	cJSON *sub = cJSON_AddObjectToObject(o, "privacy");

	if (own && strcmp(own, "system") != 0)
		on = !strcmp(own, "on");
	cJSON_AddBoolToObject(sub, "configured", own && strcmp(own, "system") != 0);
	cJSON_AddStringToObject(sub, "initial", on ? "on" : "off");
	cJSON_AddNullToObject(
	    sub, "current"); /* a key of the phone changes it; call control will tell */
}

static void add_paging(cJSON *o, const cJSON *all)
{
	const cJSON *p = tree_get(all, "paging_dn");
	cJSON *sub = cJSON_AddObjectToObject(o, "paging_dn");

	tree_copy(sub, "configured", p, "dn_tag");
	tree_copy(sub, "effective", p, "dn_tag");
	tree_text(sub, "mode", !p ? NULL : tree_str(p, "mode") ? tree_str(p, "mode") : "multicast");
}

/* ---- the live part ---- */

static void add_registration(struct making *m, cJSON *o, const cJSON *phone, const cJSON *raw)
{
	const cJSON *first = cJSON_GetArrayItem(tree_get(phone, "live.lines"), 0);
	const char *transport = tree_str(phone, "transport");
	cJSON *sub;

	tree_text(o, "phone_load",
		  tree_str(phone, "user_agent") ? tree_str(phone, "user_agent")
						: tree_str(phone, "firmware"));
	tree_text(o, "transport", transport ? transport : tree_str(raw, "session_transport"));
	tree_copy(o, "service_control", phone, "live.service_control");
	tree_text(o, "registration_method", is_registered(phone) ? "per-line" : NULL);
	tree_copy(o, "registration_call_id", phone, "live.call_id");
	tree_copy(o, "expires_max", m->voip, "sip.registrar_server.max");
	tree_copy(o, "expires_min", m->voip, "sip.registrar_server.min");
	tree_copy(o, "active_primary_line", first, "line");
	sub = cJSON_AddObjectToObject(o, "contact");
	tree_copy(sub, "address", first, "contact");
	tree_copy(sub, "port", first, "contact_port");
}

static const char *unregistered_reason(const cJSON *phone)
{
	const char *gone = tree_str(phone, "gone"), *reject = tree_str(phone, "reject_reason");

	if (is_registered(phone))
		return NULL;
	if (reject)
		return reject;
	if (gone && !strcmp(gone, "expired"))
		return "registration expired";
	if (gone)
		return "phone unregistered";
	return "No registration request since last reboot/unregister";
}

static void add_statistics(struct making *m, cJSON *o, const cJSON *phone)
{
	const cJSON *s = tree_get(phone, "statistics");
	cJSON *sub = s ? cJSON_Duplicate(s, true) : cJSON_CreateObject();

	cJSON_AddItemToObject(o, "statistics", sub);
	cJSON_AddNumberToObject(sub, "active", cJSON_GetArraySize(tree_get(phone, "live.lines")));
	cJSON_AddNumberToObject(sub, "phones_registered", (double)m->registered);
	if (s)
		return;
	tree_null(sub,
		  "reg_requests,reg_success,reg_failed,unreg_requests,unreg_success,unreg_failed,"
		  "attempts_after_unregister,last_register_at,last_unregister_at,"
		  "last_register_success_at,last_unregister_success_at");
}

static cJSON *pool_tree(struct making *m, unsigned tag, const cJSON *raw)
{
	const cJSON *phone = phone_of(m, tag);
	cJSON *o = cJSON_CreateObject(), *all, *sub;
	char key[16];

	snprintf(key, sizeof(key), "%u", tag);
	all = source_item(m->c, "voice-register/pools", key, raw);
	cJSON_AddNumberToObject(o, "tag", tag);
	cJSON_AddStringToObject(o, "state", is_registered(phone) ? "registered" : "unregistered");
	add_id(o, raw);
	tree_copy(o, "type", raw, "phone_type");
	add_addons(o, raw);
	add_numbers(o, raw);
	tree_copy(o, "proxy", raw, "proxy.address");
	add_dtmf(o, all);
	add_switch(o, "call_waiting", all, "call_waiting");
	add_switch(o, "dnd", all, "dnd");
	add_switch(o, "video", all, "video");
	add_switch(o, "camera", all, "camera");
	tree_copy(o, "busy_trigger_per_button", all, "busy_trigger_per_button");
	add_keyed(o, "blf_speed_dials", "tag", tree_get(all, "blf_speed_dials"));
	add_keyed(o, "fastdials", "tag", tree_get(all, "fastdials"));
	add_keyed(o, "feature_buttons", "index", tree_get(all, "feature_buttons"));
	add_switch(o, "keep_conference", all, "keep_conference");
	tree_copy(o, "username", raw, "username");
	tree_copy(o, "template", raw, "template");
	add_switch(o, "kpml", all, "digit_collect_kpml");
	tree_null(o, "erl");
	add_lpcor(o, all);
	add_registration(m, o, phone, all);
	add_privacy(m, o, all);
	add_switch(o, "privacy_button", all, "privacy_button");
	sub = cJSON_AddObjectToObject(o, "sis_version");
	tree_null(sub, "phone,server");
	sub = cJSON_AddObjectToObject(o, "conference");
	tree_null(sub, "admin,add_mode,drop_mode");
	add_paging(o, all);
	tree_text(o, "unregistered_reason", unregistered_reason(phone));
	tree_null(o, "dial_peers");
	add_statistics(m, o, phone);
	cJSON_Delete(all);
	return o;
}

/* ---- brief: a row for each line ---- */

static const char *id_text(const cJSON *raw)
{
	const char *mac = tree_str(raw, "id.mac");

	return mac ? mac : tree_str(raw, "id.address");
}

static bool has_line(const cJSON *phone, const char *number)
{
	const cJSON *l;

	cJSON_ArrayForEach (l, tree_get(phone, "live.lines")) {
		const char *line = tree_str(l, "line");

		if (number && line && !strcmp(line, number))
			return true;
	}
	return false;
}

static cJSON *brief_row(struct making *m, unsigned tag, const cJSON *raw, const cJSON *n)
{
	const cJSON *phone = phone_of(m, tag);
	const cJSON *dn = cJSON_IsObject(n) ? tree_get(n, "dn") : n;
	const char *number;
	char path[64];
	cJSON *o = cJSON_CreateObject();

	snprintf(path, sizeof(path), "voice-register/dns/%d",
		 dn && cJSON_IsNumber(dn) ? (int)dn->valuedouble : 0);
	number = tree_str(conf_get(m->c, path), "number");
	cJSON_AddNumberToObject(o, "pool", tag);
	tree_text(o, "id", id_text(raw));
	tree_copy(o, "address", phone, "address");
	if (n)
		cJSON_AddNumberToObject(o, "line", tree_tag(n->string));
	else
		cJSON_AddNullToObject(o, "line");
	cJSON_AddItemToObject(o, "dn", dn ? cJSON_Duplicate(dn, true) : cJSON_CreateNull());
	tree_text(o, "number", number);
	cJSON_AddStringToObject(o, "state",
				has_line(phone, number) ? "registered" : "unregistered");
	return o;
}

static cJSON *brief_rows(struct making *m, unsigned tag, const cJSON *raw)
{
	const cJSON *numbers = tree_get(raw, "numbers"), *n;

	if (!numbers || !numbers->child)
		return brief_row(m, tag, raw, NULL);
	cJSON_ArrayForEach (n, numbers)
		if (n->next)
			cJSON_AddItemToArray(m->items, brief_row(m, tag, raw, n));
		else
			return brief_row(m, tag, raw, n);
	return NULL;
}

/* ---- lists ---- */

static bool passes(const struct making *m, const cJSON *phone, const cJSON *raw)
{
	const struct status_args *a = m->a;
	const char *type = tree_str(raw, "phone_type"), *address = tree_str(phone, "address");
	const char *own = tree_str(raw, "id.address");

	if (a->state && strcasecmp(a->state, is_registered(phone) ? "registered" : "unregistered"))
		return false;
	if (a->type && strcasecmp(a->type, type ? type : "") != 0)
		return false;
	if (a->ip && (!address || strcmp(a->ip, address) != 0) && (!own || strcmp(a->ip, own) != 0))
		return false;
	return !a->mac || mac_matches(tree_str(raw, "id.mac"), a->mac);
}

static bool take(void *ctx, const char *key, const cJSON *raw)
{
	struct making *m = ctx;
	unsigned tag = (unsigned)tree_tag(key);
	cJSON *o;

	if (!passes(m, phone_of(m, tag), raw))
		return false;
	o = m->one(m, tag, raw);
	if (o)
		cJSON_AddItemToArray(m->items, o);
	return true;
}

static int begin(struct api_req *r, struct making *m, const struct status_args *a, const char *key)
{
	int err;

	*m = (struct making){ .a = a, .one = pool_tree };
	err = phones_count(r->api->opt.phones, PHONE_SIP, &m->registered);
	err = err ? err : live_of_items(r, "sip", "voice-register/pools", key, a, &m->live);
	if (err)
		return err;
	err = conf_open(r->api->opt.store, &m->c);
	if (err) {
		live_free(&m->live);
		return err;
	}
	m->items = cJSON_CreateArray();
	m->global = source_object(m->c, "voice-register/global");
	m->voip = source_object(m->c, "voice-service/voip");
	return 0;
}

static void end(struct making *m)
{
	conf_close(m->c);
	live_free(&m->live);
	cJSON_Delete(m->global);
	cJSON_Delete(m->voip);
}

static int list(struct api_req *r, const struct status_args *a,
		cJSON *(*one)(struct making *m, unsigned tag, const cJSON *raw), cJSON **out)
{
	struct making m;
	char next[16];
	int err = begin(r, &m, a, NULL);

	if (err)
		return err;
	m.one = one;
	source_each(m.c, "voice-register/pools", a, take, &m, next, sizeof(next));
	end(&m);
	*out = api_page(m.items, *next ? next : NULL);
	return 0;
}

int status_pools(struct api_req *r, const struct status_args *a, cJSON **out)
{
	return list(r, a, a->brief ? brief_rows : pool_tree, out);
}

int status_pool(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct making m;
	char path[64], key[16];
	const cJSON *raw;
	unsigned tag;
	int err = number_of(r, a->key, "voice register pool", &tag);

	if (err)
		return err;
	snprintf(key, sizeof(key), "%u", tag);
	err = begin(r, &m, a, key);
	if (err)
		return err;
	snprintf(path, sizeof(path), "voice-register/pools/%u", tag);
	raw = conf_get(m.c, path);
	if (raw && a->brief) {
		cJSON *last = brief_rows(&m, tag, raw);

		cJSON_AddItemToArray(m.items, last);
		*out = api_page(cJSON_Duplicate(m.items, true), NULL);
	} else if (raw) {
		*out = pool_tree(&m, tag, raw);
	}
	end(&m);
	cJSON_Delete(m.items);
	return raw ? 0
		   : api_fault(r, ERR_NOENT, NULL, "", "There is no voice register pool %u", tag);
}

/* ---- sums ---- */

int status_pool_statistics(struct api_req *r, const struct status_args *a, cJSON **out)
{
	static const char *const sums[] = { "reg_requests",   "reg_success",   "reg_failed",
					    "unreg_requests", "unreg_success", "unreg_failed" };
	static const char *const times[] = { "last_register_at", "last_unregister_at",
					     "last_register_success_at",
					     "last_unregister_success_at" };
	struct live l;
	const cJSON *phone;
	double active = 0, registered = 0;
	int err = live_load(r, "sip", &l);
	cJSON *o;

	(void)a;
	if (err)
		return err;
	o = cJSON_CreateObject();
	cJSON_ArrayForEach (phone, l.list) {
		registered += is_registered(phone);
		active += cJSON_GetArraySize(tree_get(phone, "live.lines"));
	}
	cJSON_AddNumberToObject(o, "active", active);
	cJSON_AddNumberToObject(o, "phones_registered", registered);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		double n = 0;

		cJSON_ArrayForEach (phone, l.list)
			n += tree_num(tree_get(phone, "statistics"), sums[i], 0);
		cJSON_AddNumberToObject(o, sums[i], n);
	}
	cJSON_AddNullToObject(o, "attempts_after_unregister"); /* of one phone only */
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		const char *last = NULL, *t;

		cJSON_ArrayForEach (phone, l.list) {
			t = tree_str(tree_get(phone, "statistics"), times[i]);
			last = t && (!last || strcmp(t, last) > 0) ? t : last;
		}
		tree_text(o, times[i], last);
	}
	live_free(&l);
	*out = o;
	return 0;
}

/* ---- refused (R-017) ---- */

int status_pool_attempts(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *all, *items;
	const cJSON *one;
	int err = status_attempts(r, "sip", &all);

	(void)a;
	if (err)
		return err;
	items = cJSON_CreateArray();
	cJSON_ArrayForEach (one, tree_get(all, "items")) {
		cJSON *o = cJSON_CreateObject();

		tree_copy(o, "mac", one, "mac");
		tree_copy(o, "ip", one, "address");
		tree_copy(o, "attempts", one, "attempts");
		tree_copy(o, "first_attempt", one, "first_attempt");
		tree_copy(o, "latest_attempt", one, "latest_attempt");
		tree_copy(o, "reason", one, "reason");
		cJSON_AddItemToArray(items, o);
	}
	cJSON_Delete(all);
	*out = api_page(items, NULL);
	return 0;
}

/* ---- the registrar ---- */

int status_sip_registrar(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *items;
	const cJSON *phone, *line;
	struct live l;
	int err = live_load(r, "sip", &l);

	(void)a;
	if (err)
		return err;
	items = cJSON_CreateArray();
	cJSON_ArrayForEach (phone, l.list)
		cJSON_ArrayForEach (line, tree_get(phone, "live.lines")) {
			cJSON *o = cJSON_Duplicate(line, true);

			cJSON_DeleteItemFromObjectCaseSensitive(o, "contact_port");
			cJSON_AddNullToObject(o, "peer"); /* call control makes dial peers */
			cJSON_AddItemToArray(items, o);
		}
	live_free(&l);
	*out = api_page(items, NULL);
	return 0;
}

/* Registrations of ours elsewhere: there is no SIP trunk yet. */
int status_sip_registrations(struct api_req *r, const struct status_args *a, cJSON **out)
{
	(void)r;
	(void)a;
	*out = api_page(cJSON_CreateArray(), NULL);
	return 0;
}
