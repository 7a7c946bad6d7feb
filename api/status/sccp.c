/* api/status/sccp.c - sockets of the SCCP phones and those that were refused (cme-model 3.2, 3.3; R-004). */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"

/* ---- sockets ---- */

struct owner {
	char mac[MAC_TEXT_SIZE];
	int tag;
};
struct owners {
	struct owner *list;
	size_t n, cap;
};

static int by_mac(const void *a, const void *b)
{
	return strcmp(((const struct owner *)a)->mac, ((const struct owner *)b)->mac);
}

static int take_owner(void *ctx, const char *key, const cJSON *raw)
{
	struct owners *o = ctx;
	const char *mac = tree_str(raw, "mac_address");

	if (!mac)
		return 0;
	if (o->n == o->cap) {
		o->cap = o->cap ? o->cap * 2 : 64;
		o->list = mem_realloc(o->list, o->cap * sizeof(*o->list));
	}
	text_copy(o->list[o->n].mac, MAC_TEXT_SIZE, mac);
	o->list[o->n++].tag = tree_tag(key);
	return 0;
}

/* Device names to tags of ephones. */
static void name_owners(const struct owners *o, cJSON *view)
{
	cJSON *conn;

	cJSON_ArrayForEach (conn, cJSON_GetObjectItemCaseSensitive(view, "connections")) {
		const char *device = tree_str(conn, "device");
		const struct owner *found = NULL;
		struct owner key = { .tag = 0 };
		cJSON *sub = cJSON_AddObjectToObject(conn, "owner");

		if (device && strlen(device) > 3 && o->n) {
			text_copy(key.mac, sizeof(key.mac), device + 3);
			found = bsearch(&key, o->list, o->n, sizeof(key), by_mac);
		}
		cJSON_AddStringToObject(sub, "kind", "phone");
		if (found)
			cJSON_AddNumberToObject(sub, "id", found->tag);
		else
			cJSON_AddNullToObject(sub, "id");
	}
}

int status_ephone_sockets(struct api_req *r, const struct status_args *a, cJSON **out)
{
	const struct api_hooks *h = &r->api->opt.hooks;
	static const char *const secure[] = { "listen_secure_ipv4", "listen_secure_ipv6" };
	cJSON *view = h->sccp_sockets ? h->sccp_sockets(h->ctx) : NULL;
	struct owners owners = { 0 };
	struct conf *c;
	int err = view ? conf_open(r->api->opt.store, &c) : ERR_TIMEOUT;

	(void)a;
	if (err) {
		cJSON_Delete(view);
		return err;
	}
	conf_each(c, "ephones", NULL, take_owner, &owners);
	conf_close(c);
	if (owners.n)
		qsort(owners.list, owners.n, sizeof(*owners.list), by_mac);
	name_owners(&owners, view);
	mem_free(owners.list);
	for (size_t i = 0; i < ARRAY_LEN(secure); i++) { /* SCCP over TLS is not spoken yet */
		cJSON *o = cJSON_AddObjectToObject(view, secure[i]);

		cJSON_AddFalseToObject(o, "open");
		cJSON_AddNumberToObject(o, "fd", -1);
	}
	*out = view;
	return 0;
}

/* ---- refused ---- */

static const char *const week[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* "2025-03-03T09:14:07.000Z" -> "09:14:07 UTC Mon Mar 3 2025" */
static bool clock_text(const char *at, char *out, size_t cap)
{
	struct tm tm = { 0 };
	struct text t;

	text_fixed(&t, out, cap);
	if (!at || !strptime(at, "%Y-%m-%dT%H:%M:%S", &tm))
		return false;
	text_addf(&t, "%02d:%02d:%02d UTC %s %s %d %d", tm.tm_hour, tm.tm_min, tm.tm_sec,
		  week[timegm(&tm) / 86400 % 7], months[tm.tm_mon], tm.tm_mday, tm.tm_year + 1900);
	return true;
}

void status_clock_text(cJSON *o, const char *name, const char *at)
{
	char text[64];

	tree_text(o, name, clock_text(at, text, sizeof(text)) ? text : NULL);
}

int status_attempts(struct api_req *r, const char *protocol, cJSON **out)
{
	char *json = NULL;
	int err = phones_attempts_json(r->api->opt.phones, protocol, &json);

	if (err)
		return err;
	*out = cJSON_Parse(json);
	mem_free(json);
	return *out ? 0 : ERR_INTERNAL;
}

int status_ephone_attempts(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *all, *items = cJSON_CreateArray();
	const cJSON *one;
	int num = 0, err = status_attempts(r, "sccp", &all);

	(void)a;
	if (err) {
		cJSON_Delete(items);
		return err;
	}
	cJSON_ArrayForEach (one, tree_get(all, "items")) {
		cJSON *o = cJSON_CreateObject();
		const char *at = tree_str(one, "latest_attempt");
		char model[40];

		cJSON_AddNumberToObject(o, "num", ++num);
		tree_copy(o, "mac", one, "mac");
		tree_text(o, "attempted_at", at);
		status_clock_text(o, "attempted_at_text", at);
		tree_text(o, "device_type",
			  source_model(tree_str(one, "model"), model, sizeof(model)));
		cJSON_AddItemToArray(items, o);
	}
	cJSON_Delete(all);
	*out = api_page(items, NULL);
	return 0;
}

/* Those that max-ephones keeps out now. */
int status_rejections(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *items;
	const cJSON *phone;
	struct live l;
	int err = live_load(r, "sccp", &l);

	(void)a;
	if (err)
		return err;
	items = cJSON_CreateArray();
	cJSON_ArrayForEach (phone, l.list) {
		const char *reason = tree_str(phone, "reject_reason");
		cJSON *o;

		if (!reason || strncmp(reason, REJECT_LIMIT, strlen(REJECT_LIMIT)) != 0)
			continue;
		o = cJSON_CreateObject();
		tree_copy(o, "mac", phone, "mac");
		tree_copy(o, "at", phone, "rejected_at");
		cJSON_AddStringToObject(o, "reason", reason);
		cJSON_AddItemToArray(items, o);
	}
	live_free(&l);
	*out = api_page(items, NULL);
	return 0;
}
