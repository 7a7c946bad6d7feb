/* api/status/more.c - the file service, SIP system values, stamps and what else CME shows (cme-model 3.5,
 * 3.8). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/provision/provision.h"

/* ---- HFS ---- */

/* One name space, one resolver: every name it knows is one binding, none needs an alias. */
static int count_names(struct api_req *r)
{
	cJSON *files = files_describe(r->api->opt.files, NULL);
	int n = cJSON_GetArraySize(files);

	cJSON_Delete(files);
	return n;
}

int status_hfs(struct api_req *r, const struct status_args *a, cJSON **out)
{
	const struct api_hooks *h = &r->api->opt.hooks;
	cJSON *o = h->hfs ? h->hfs(h->ctx) : NULL;
	double names = count_names(r);

	(void)a;
	if (!o)
		return ERR_UNSUPPORTED;
	if (!tree_get(o, "port"))
		cJSON_AddNullToObject(o, "port");
	cJSON_AddNullToObject(o, "session_id"); /* the server hands out no handles */
	cJSON_ReplaceItemInObjectCaseSensitive(o, "bindings_count", cJSON_CreateNumber(names));
	cJSON_AddNumberToObject(o, "url_entries", names);
	cJSON_AddNumberToObject(o, "alias_entries", 0);
	*out = o;
	return 0;
}

int status_hfs_bindings(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *files = files_describe(r->api->opt.files, NULL), *items = cJSON_CreateArray();
	const cJSON *f;

	(void)a;
	cJSON_ArrayForEach (f, files) {
		cJSON *o = cJSON_CreateObject();
		struct text url;

		text_init(&url, 1024);
		text_addf(&url, "/%s", tree_str(f, "name"));
		tree_copy(o, "file", f, "name");
		cJSON_AddNullToObject(o, "alias");
		cJSON_AddStringToObject(o, "url", url.buf);
		tree_null(o, "fetches,last_fetch_at"); /* counted for phones, not for names */
		cJSON_AddItemToArray(items, o);
		text_fini(&url);
	}
	cJSON_Delete(files);
	*out = api_page(items, NULL);
	return 0;
}

/* ---- SIP system ---- */

int status_vr_global(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct conf *c;
	cJSON *o, *sums = NULL;
	int err = status_pool_statistics(r, a, &sums);

	err = err ? err : conf_open(r->api->opt.store, &c);
	if (err) {
		cJSON_Delete(sums);
		return err;
	}
	o = source_object(c, "voice-register/global");
	conf_close(c);
	status_dscp(o);
	cJSON_AddStringToObject(o, "version", r->api->version);
	tree_copy(o, "syncinfo_stamp", o, "profile.create.version_stamp");
	cJSON_AddItemToObject(o, "statistics", sums);
	*out = o;
	return 0;
}

int status_credentials(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct conf *c;
	cJSON *o, *view = cJSON_CreateObject();
	int err = conf_open(r->api->opt.store, &c);

	(void)a;
	if (err) {
		cJSON_Delete(view);
		return err;
	}
	o = source_object(c, "credentials");
	conf_close(c);
	tree_copy(view, "ip", o, "source_address.address");
	tree_copy(view, "port", o, "source_address.port");
	tree_copy(view, "trustpoint", o, "trustpoint");
	cJSON_Delete(o);
	*out = view;
	return 0;
}

/* No presence engine and no shared calls yet: nobody has subscribed to anything. */
static int nothing(cJSON **out)
{
	*out = api_page(cJSON_CreateArray(), NULL);
	return 0;
}

int status_presence(struct api_req *r, const struct status_args *a, cJSON **out)
{
	(void)r;
	(void)a;
	return nothing(out);
}

int status_shared_lines(struct api_req *r, const struct status_args *a, cJSON **out)
{
	(void)r;
	(void)a;
	return nothing(out);
}

/* ---- trusted addresses ---- */

static void add_trusted(cJSON *items, const char *address, const char *mask, const char *origin)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "address", address);
	tree_text(o, "mask", mask);
	cJSON_AddStringToObject(o, "origin", origin);
	cJSON_AddItemToArray(items, o);
}

/* Targets of VoIP dial-peers count as trusted: "ipv4:10.0.0.9:5060", "ipv6:[2001:db8::9]". */
static bool take_target(void *ctx, const char *key, const cJSON *raw)
{
	const cJSON *t = tree_get(raw, "session_target");
	const char *target = cJSON_IsObject(t) ? tree_str(t, "address") : cJSON_GetStringValue(t);
	struct net_addr a;
	char host[NET_HOST_SIZE];

	(void)key;
	if (!target)
		return true;
	if (!strncmp(target, "ipv4:", 5) || !strncmp(target, "ipv6:", 5))
		target += 5;
	if (!net_addr_parse_hostport(&a, target, 5060) || !net_addr_parse(&a, target, 5060))
		add_trusted(ctx, net_addr_host(&a, host), NULL, "dial-peer");
	return true;
}

int status_trusted(struct api_req *r, const struct status_args *a, cJSON **out)
{
	const struct status_args all = { 0 };
	cJSON *o, *items = cJSON_CreateArray();
	const cJSON *v;
	struct conf *c;
	char next[16];
	int err = conf_open(r->api->opt.store, &c);

	(void)a;
	if (err) {
		cJSON_Delete(items);
		return err;
	}
	o = source_object(c, "voice-service/voip");
	cJSON_ArrayForEach (v, tree_get(o, "trusted_addresses")) {
		struct slice rest = slice_of(v->string), address;
		char *text;

		slice_next(&rest, ',', &address);
		text = slice_dup(address);
		add_trusted(items, text, rest.p && *rest.p ? rest.p : NULL, "configured");
		mem_free(text);
	}
	cJSON_Delete(o);
	source_each(c, "dial-peers", &all, take_target, items, next, sizeof(next));
	conf_close(c);
	*out = api_page(items, NULL);
	return 0;
}

/* ---- files ---- */

int status_flash(struct api_req *r, const struct status_args *a, cJSON **out)
{
	(void)a;
	*out = files_flash(r->api->data_dir);
	return 0;
}

struct stamping {
	const struct status_args *a;
	struct conf *c;
	struct provision_index *ix;
	cJSON *files;
	bool skipping, more;
	char last[PROVISION_NAME_SIZE];
};

/* the first 8 bytes of the digest modulo 10^16; another stamp was set by hand. */
static bool is_by_hand(const struct rendered *f)
{
	char first[17], want[17];

	text_copy(first, sizeof(first), f->sha256);
	snprintf(want, sizeof(want), "%016llu", strtoull(first, NULL, 16) % 10000000000000000ull);
	return strcmp(want, f->stamp) != 0;
}

static int take_stamp(void *ctx, const char *name, const char *owner)
{
	struct stamping *s = ctx;
	struct rendered f;
	cJSON *o;

	(void)owner;
	if (s->skipping) {
		s->skipping = strcmp(name, s->a->cursor) != 0;
		return 0;
	}
	if (s->a->limit && (size_t)cJSON_GetArraySize(s->files) >= s->a->limit) {
		s->more = true;
		return 1;
	}
	if (provision_render_indexed(s->c, s->ix, name, false, &f))
		return 0;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "name", f.name);
	tree_text(o, "stamp", f.stamp);
	cJSON_AddBoolToObject(o, "manual", is_by_hand(&f));
	cJSON_AddNullToObject(o, "changed_at");
	cJSON_AddItemToArray(s->files, o);
	text_copy(s->last, sizeof(s->last), name);
	provision_release(&f);
	return 0;
}

int status_stamps(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct stamping s = { .a = a, .skipping = a->cursor != NULL };
	int err = conf_open(r->api->opt.store, &s.c);
	cJSON *o;

	if (err)
		return err;
	s.files = cJSON_CreateArray();
	s.ix = provision_index_new(s.c);
	provision_names(s.c, take_stamp, &s);
	provision_index_free(s.ix);
	conf_close(s.c);
	o = cJSON_CreateObject();
	cJSON_AddItemToObject(o, "files", s.files);
	tree_text(o, "next_cursor", s.more ? s.last : NULL);
	/* announcements to a second server are not made yet */
	tree_null(o, "last_announced_at,last_result,peer");
	cJSON_AddArrayToObject(o, "different");
	cJSON_AddArrayToObject(o, "missing");
	cJSON_AddArrayToObject(o, "extra");
	*out = o;
	return 0;
}

int status_engines(struct api_req *r, const struct status_args *a, cJSON **out)
{
	const struct api_hooks *h = &r->api->opt.hooks;
	cJSON *list = h->engines ? h->engines(h->ctx) : NULL;

	(void)a;
	*out = api_page(list ? list : cJSON_CreateArray(), NULL);
	return 0;
}
