/* server/provision/impact.c - what a staged change means for phones (DESIGN 6): which need nothing,
 * which a restart or reset, and which files differ. Two sources: the apply class of each changed
 * setting, and the bytes of the files before and after, which know exactly whom a setting of the
 * whole system touches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/index.h"
#include "server/provision/render.h"
#include "store/store.h"

struct need {
	char device[40];
	enum schema_apply apply;
	bool fresh, gone; /* only after, only before the change there is such a phone */
};
struct candidate {
	char path[40];
	enum schema_apply apply; /* what its own objects ask for */
};
struct dn_change {
	int tag;
	bool sip;
	enum schema_apply apply;
};
struct template_change {
	const struct schema_object *obj;
	double tag;
	enum schema_apply apply;
};

struct impact {
	struct conf *c;
	struct site before, after;
	struct candidate *candidates;
	size_t candidates_n, candidates_cap;
	struct dn_change *dns;
	size_t dns_n, dns_cap;
	struct template_change *templates;
	size_t templates_n, templates_cap;
	struct need *needs;
	size_t needs_n, needs_cap;
	char (*files)[40];
	size_t files_n, files_cap;
	bool all_sccp, all_sip; /* a setting of the system changed: look at every phone */
	enum schema_apply sccp_message, sip_message; /* ... one that travels in messages */
	bool keepalive; /* SCCP: travels in the answer to the registration */
};

static void *grow(void *list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap ? *cap * 2 : 32;
	return mem_realloc(list, *cap * size);
}

static void add_candidate(struct impact *im, const char *path, enum schema_apply apply)
{
	struct candidate *e;

	im->candidates = grow(im->candidates, im->candidates_n, &im->candidates_cap, sizeof(*e));
	e = &im->candidates[im->candidates_n++];
	text_copy(e->path, sizeof(e->path), path);
	e->apply = apply;
}

static void add_need(struct impact *im, const char *device, enum schema_apply apply, bool fresh,
		     bool gone)
{
	struct need *e;

	if (apply == APPLY_NONE)
		return;
	im->needs = grow(im->needs, im->needs_n, &im->needs_cap, sizeof(*e));
	e = &im->needs[im->needs_n++];
	text_copy(e->device, sizeof(e->device), device);
	/* to the phone, a file that is made anew is a reset; a reload is the server's affair */
	e->apply = apply == APPLY_CREATE_RESET ? APPLY_RESET : apply;
	e->fresh = fresh;
	e->gone = gone;
}

static void add_file(struct impact *im, const char *name)
{
	im->files = grow(im->files, im->files_n, &im->files_cap, sizeof(*im->files));
	text_copy(im->files[im->files_n++], sizeof(*im->files), name);
}

/* ---- what changed ---- */

static enum schema_apply strongest(const struct schema_object *o, const cJSON *before,
				   const cJSON *after)
{
	enum schema_apply apply = APPLY_NONE;

	if (o->collection && (!before || !after))
		return o->apply_create;
	cJSON_Delete(schema_diff(o, before, after, &apply));
	return apply == APPLY_RELOAD ? APPLY_NONE : apply;
}

/* Restart and reregister are what messages carry; what is stronger lies in files, and their bytes
 * tell. */
static void on_system(struct impact *im, const struct schema_object *o, bool sip,
		      const cJSON *before, const cJSON *after)
{
	enum schema_apply all, *message = sip ? &im->sip_message : &im->sccp_message;
	cJSON *diff = schema_diff(o, before, after, &all), *e;

	*(sip ? &im->all_sip : &im->all_sccp) = true;
	cJSON_ArrayForEach (e, diff) {
		const char *apply =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "apply"));
		const char *field =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "field"));

		for (int a = APPLY_REREGISTER; apply && a <= APPLY_RESTART; a++) {
			if (strcmp(apply, schema_apply_text((enum schema_apply)a)) == 0 &&
			    (int)*message < a)
				*message = (enum schema_apply)a;
		}
		if (!sip && field && strcmp(field, "/keepalive") == 0)
			im->keepalive = true;
	}
	cJSON_Delete(diff);
}

static void on_dn(struct impact *im, bool sip, const char *key, enum schema_apply apply)
{
	int64_t tag;

	if (text_to_int(key, strlen(key), 0, INT32_MAX, &tag))
		return;
	im->dns = grow(im->dns, im->dns_n, &im->dns_cap, sizeof(*im->dns));
	im->dns[im->dns_n++] = (struct dn_change){ (int)tag, sip, apply };
}

/* Phones or their numbers may name items of this kind. */
static bool is_named(const struct schema_object *o)
{
	static const char *const by[] = { "ephones", "voice-register/pools", "ephone-dns",
					  "voice-register/dns" };

	for (size_t i = 0; i < ARRAY_LEN(by); i++) {
		for (const struct schema_field *f = schema_object(by[i])->fields; f->name; f++)
			if (f->ref && strcmp(f->ref, o->path) == 0)
				return true;
	}
	return false;
}

/* What stands behind items that name it: a template, a profile. */
static void on_template(struct impact *im, const struct schema_path *sp, const cJSON *before,
			const cJSON *after)
{
	struct template_change t = { sp->obj, strtod(sp->key, NULL),
				     strongest(sp->obj, before, after) };

	im->templates =
	    grow(im->templates, im->templates_n, &im->templates_cap, sizeof(*im->templates));
	im->templates[im->templates_n++] = t;
}

static int on_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct impact *im = ctx;
	struct schema_path sp;

	if (schema_path_parse(path, &sp))
		return 0;
	if (strcmp(sp.obj->path, "telephony-service") == 0)
		on_system(im, sp.obj, false, before, after);
	else if (strcmp(sp.obj->path, "voice-register/global") == 0 ||
		 strcmp(sp.obj->path, "voice-service/voip") == 0)
		on_system(im, sp.obj, true, before, after);
	else if (strcmp(sp.obj->path, "ephones") == 0 ||
		 strcmp(sp.obj->path, "voice-register/pools") == 0)
		add_candidate(im, path, strongest(sp.obj, before, after));
	else if (strcmp(sp.obj->path, "ephone-dns") == 0)
		on_dn(im, false, sp.key, strongest(sp.obj, before, after));
	else if (strcmp(sp.obj->path, "voice-register/dns") == 0)
		on_dn(im, true, sp.key, strongest(sp.obj, before, after));
	else if (is_named(sp.obj))
		on_template(im, &sp, before, after);
	return 0;
}

/* ---- whom it may touch ---- */

/* The change of what an item names, the strongest; NULL: it names nothing that changed. */
static const struct template_change *template_of(const struct impact *im,
						 const struct schema_object *o, const cJSON *item)
{
	const struct template_change *found = NULL;

	for (const struct schema_field *f = o->fields; im->templates_n && f->name; f++) {
		const cJSON *tag = f->ref ? cJSON_GetObjectItemCaseSensitive(item, f->name) : NULL;

		for (size_t i = 0; tag && i < im->templates_n; i++) {
			const struct template_change *t = &im->templates[i];

			if (t->tag == tag->valuedouble && strcmp(t->obj->path, f->ref) == 0 &&
			    (!found || t->apply > found->apply))
				found = t;
		}
	}
	return found;
}

struct dn_gather {
	struct impact *im;
	const struct schema_object *obj;
	bool sip;
};

static int on_templated_dn(void *ctx, const char *key, const cJSON *value)
{
	struct dn_gather *g = ctx;
	const struct template_change *t = template_of(g->im, g->obj, value);

	if (t)
		on_dn(g->im, g->sip, key, t->apply);
	return 0;
}

static int by_tag(const void *a, const void *b)
{
	const struct dn_change *x = a, *y = b;

	return x->sip != y->sip ? (int)x->sip - (int)y->sip : (x->tag > y->tag) - (x->tag < y->tag);
}

/* One entry per number, with the strongest that anything asks for. */
static void merge_dns(struct impact *im)
{
	size_t out = 0;

	if (im->dns_n)
		qsort(im->dns, im->dns_n, sizeof(*im->dns), by_tag);
	for (size_t i = 0; i < im->dns_n; i++) {
		struct dn_change *last = out ? &im->dns[out - 1] : NULL;

		if (!last || by_tag(last, &im->dns[i]))
			im->dns[out++] = im->dns[i];
		else if (im->dns[i].apply > last->apply)
			last->apply = im->dns[i].apply;
	}
	im->dns_n = out;
}

/* Numbers whose template changed count as changed. */
static void gather_dns(struct impact *im)
{
	const struct schema_object *dns = schema_object("ephone-dns");

	if (im->templates_n)
		conf_each(im->c, dns->path, NULL, on_templated_dn,
			  &(struct dn_gather){ im, dns, false });
	merge_dns(im);
}

static bool any_dn(const struct impact *im, bool sip)
{
	return im->dns_n && im->dns[sip ? im->dns_n - 1 : 0].sip == sip;
}

/* The change of a number; NULL: it did not change. */
static const struct dn_change *dn_of(const struct impact *im, bool sip, const cJSON *tag)
{
	struct dn_change key = { .sip = sip };

	if (!cJSON_IsNumber(tag) || !im->dns_n)
		return NULL;
	key.tag = tag->valueint;
	return bsearch(&key, im->dns, im->dns_n, sizeof(*im->dns), by_tag);
}

/* Does this phone have one of the changed numbers on a button, and what does that ask for? */
static bool touches(const struct impact *im, bool sip, const cJSON *item, enum schema_apply *apply)
{
	const cJSON *e, *dn;
	bool found = false;

	*apply = APPLY_NONE;
	cJSON_ArrayForEach (e,
			    cJSON_GetObjectItemCaseSensitive(item, sip ? "numbers" : "buttons")) {
		const cJSON *tags = sip ? NULL : cJSON_GetObjectItemCaseSensitive(e, "dns");

		for (dn = sip ? e : tags ? tags->child : NULL; dn; dn = sip ? NULL : dn->next) {
			const struct dn_change *x = dn_of(im, sip, dn);

			found = found || x;
			if (x && x->apply > *apply)
				*apply = x->apply;
		}
	}
	return found;
}

struct gather {
	struct impact *im;
	const char *collection;
	bool sip;
};

static int on_phone(void *ctx, const char *key, const cJSON *value)
{
	struct gather *g = ctx;
	struct impact *im = g->im;
	const struct template_change *t = template_of(im, schema_object(g->collection), value);
	bool all = g->sip ? im->all_sip : im->all_sccp;
	enum schema_apply apply = g->sip ? im->sip_message : im->sccp_message, dn;
	char path[40];

	snprintf(path, sizeof(path), "%s/%s", g->collection, key);
	if (!g->sip && im->keepalive && !cJSON_GetObjectItemCaseSensitive(value, "keepalive") &&
	    apply < APPLY_RESTART)
		apply = APPLY_RESTART;
	if (t && t->apply > apply)
		apply = t->apply;
	if (touches(im, g->sip, value, &dn) || all || t)
		add_candidate(im, path, dn > apply ? dn : apply);
	return 0;
}

static void gather(struct impact *im)
{
	gather_dns(im);
	if (im->all_sccp || any_dn(im, false) || im->templates_n)
		conf_each(im->c, "ephones", NULL, on_phone,
			  &(struct gather){ im, "ephones", false });
	if (im->all_sip || any_dn(im, true) || im->templates_n)
		conf_each(im->c, "voice-register/pools", NULL, on_phone,
			  &(struct gather){ im, "voice-register/pools", true });
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->path, ((const struct candidate *)b)->path);
}

/* One entry per phone, with the strongest that anything asks for. */
static void merge_candidates(struct impact *im)
{
	size_t out = 0;

	if (im->candidates_n)
		qsort(im->candidates, im->candidates_n, sizeof(*im->candidates), by_path);
	for (size_t i = 0; i < im->candidates_n; i++) {
		struct candidate *e = &im->candidates[i];

		if (out && strcmp(im->candidates[out - 1].path, e->path) == 0) {
			if (e->apply > im->candidates[out - 1].apply)
				im->candidates[out - 1].apply = e->apply;
		} else {
			im->candidates[out++] = *e;
		}
	}
	im->candidates_n = out;
}

/* ---- what it does to each ---- */

static bool differ(char *before, size_t before_len, char *after, size_t after_len)
{
	bool same = before && after
			? before_len == after_len && memcmp(before, after, after_len) == 0
			: before == after;

	if (before)
		mem_wipe(before, before_len);
	if (after)
		mem_wipe(after, after_len);
	mem_free(before);
	mem_free(after);
	return !same;
}

/* How a phone is called: SEP<MAC>, or its pool when it is known by address. */
static bool device_name(const struct site *s, const char *path, char out[40])
{
	bool sip = strncmp(path, "ephones/", 8) != 0;
	const cJSON *item = view_get(&s->view, path);
	char device[24];

	if (!item)
		return false;
	if (phone_device(&s->view, sip, item, device) == 0)
		snprintf(out, 40, "%s", device);
	else if (sip)
		snprintf(out, 40, "POOL%.10s", strrchr(path, '/') + 1);
	else
		return false;
	return true;
}

static void file_of(struct impact *im, const char *device)
{
	char name[48];

	if (strncmp(device, "POOL", 4) == 0)
		return;
	snprintf(name, sizeof(name), "%s" CNF_SUFFIX, device);
	add_file(im, name);
}

static void judge(struct impact *im, const struct candidate *e)
{
	bool sip = strncmp(e->path, "ephones/", 8) != 0;
	size_t old_len = 0, new_len = 0;
	char *before = render_phone(&im->before, e->path, &old_len);
	char *after = render_phone(&im->after, e->path, &new_len);
	bool existed = before != NULL, exists = after != NULL;
	bool changed = differ(before, old_len, after, new_len);
	enum schema_apply apply = e->apply;
	char was[40] = "", is[40] = "";

	device_name(&im->before, e->path, was);
	device_name(&im->after, e->path, is);
	if (was[0] && is[0] && strcmp(was, is) != 0)
		changed = true; /* another MAC: one file goes, another comes */
	/* what lies only in the file of a SIP phone, and left that file as it was, touches nobody; nor
	 * does it reach a phone that has no file */
	if (sip && existed == exists && !changed && apply == APPLY_CREATE_RESET)
		apply = APPLY_NONE;
	if (changed && existed && exists && apply < APPLY_RESET)
		apply = APPLY_RESET;
	if (was[0] && strcmp(was, is) != 0) {
		add_need(im, was, apply, false, true);
		if (existed)
			file_of(im, was);
	}
	if (is[0]) {
		add_need(im, is, apply, strcmp(was, is) != 0, false);
		if (exists && changed)
			file_of(im, is);
	}
}

static void judge_default(struct impact *im)
{
	size_t old_len = 0, new_len = 0;
	char *before, *after;

	if (!im->all_sccp && !im->all_sip)
		return;
	before = render_default(&im->before, &old_len);
	after = render_default(&im->after, &new_len);
	if (differ(before, old_len, after, new_len))
		add_file(im, XML_DEFAULT);
}

/* Files of phone types, when there are any before or after. */
static void judge_types(struct impact *im)
{
	const struct provision_model *m;
	size_t i = 0;

	if (!im->all_sccp || (im->before.mode != CNF_PER_TYPE && im->after.mode != CNF_PER_TYPE))
		return;
	while ((m = type_next(&i))) {
		bool was = im->before.mode == CNF_PER_TYPE, is = im->after.mode == CNF_PER_TYPE;
		size_t old_len = 0, new_len = 0;
		char *before = was ? render_type(&im->before, m, &old_len) : NULL;
		char *after = is ? render_type(&im->after, m, &new_len) : NULL;
		char name[40];

		snprintf(name, sizeof(name), XML_TYPE, m->type);
		if (differ(before, old_len, after, new_len))
			add_file(im, name);
	}
}

/* ---- the answer ---- */

static int by_device(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	int cmp = strcmp(x->device, y->device);

	return cmp ? cmp : (int)y->apply - (int)x->apply; /* strongest first */
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* One entry per device, the strongest. A MAC that moves from one entry to another is neither new nor gone. */
static void merge_needs(struct impact *im)
{
	size_t out = 0;

	if (im->needs_n)
		qsort(im->needs, im->needs_n, sizeof(*im->needs), by_device);
	for (size_t i = 0; i < im->needs_n; i++) {
		struct need *last = out ? &im->needs[out - 1] : NULL;

		if (last && strcmp(last->device, im->needs[i].device) == 0) {
			last->fresh = last->fresh && im->needs[i].fresh;
			last->gone = last->gone && im->needs[i].gone;
		} else {
			im->needs[out++] = im->needs[i];
		}
	}
	im->needs_n = out;
}

static cJSON *answer(struct impact *im)
{
	cJSON *root = cJSON_CreateObject(), *phones, *files;
	enum schema_apply all = APPLY_NONE;

	merge_needs(im);
	if (im->files_n)
		qsort(im->files, im->files_n, sizeof(*im->files), by_name);
	for (size_t i = 0; i < im->needs_n; i++)
		all = im->needs[i].apply > all ? im->needs[i].apply : all;
	cJSON_AddStringToObject(root, "pending_action", schema_apply_text(all));
	phones = cJSON_AddArrayToObject(root, "affected_phones");
	for (size_t i = 0; i < im->needs_n; i++) {
		cJSON *p = cJSON_CreateObject();

		cJSON_AddStringToObject(p, "device", im->needs[i].device);
		cJSON_AddStringToObject(p, "pending_action", schema_apply_text(im->needs[i].apply));
		if (im->needs[i].fresh)
			cJSON_AddTrueToObject(p, "new");
		if (im->needs[i].gone)
			cJSON_AddTrueToObject(p, "gone");
		cJSON_AddItemToArray(phones, p);
	}
	files = cJSON_AddArrayToObject(root, "files");
	for (size_t i = 0; i < im->files_n; i++) {
		if (i == 0 || strcmp(im->files[i], im->files[i - 1]) != 0)
			cJSON_AddItemToArray(files, cJSON_CreateString(im->files[i]));
	}
	return root;
}

cJSON *provision_impact(struct conf *c)
{
	struct impact im = { .c = c };
	cJSON *root;

	conf_each_change(c, on_change, &im);
	site_init(&im.before, c, true);
	site_init(&im.after, c, false);
	gather(&im);
	merge_candidates(&im);
	for (size_t i = 0; i < im.candidates_n; i++)
		judge(&im, &im.candidates[i]);
	judge_default(&im);
	judge_types(&im);
	root = answer(&im);
	mem_free(im.candidates);
	mem_free(im.dns);
	mem_free(im.templates);
	mem_free(im.needs);
	mem_free(im.files);
	return root;
}

/* ---- of what was committed ---- */

static int stage_changes(void *ctx, const struct store_revision *r)
{
	const cJSON *ch;

	cJSON_ArrayForEach (ch, r->changes) {
		const char *path =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ch, "path"));
		const cJSON *after = cJSON_GetObjectItemCaseSensitive(ch, "after");

		if (path)
			conf_put(ctx, path,
				 after && !cJSON_IsNull(after) ? cJSON_Duplicate(after, true)
							       : NULL);
	}
	return 0;
}

int provision_impact_of(struct store *s, uint64_t revision, cJSON **out)
{
	struct conf *c = NULL;
	int err = revision ? conf_open_at(s, revision - 1, &c) : ERR_NOENT;

	err = err ? err : store_revision_get(s, revision, stage_changes, c);
	if (!err)
		*out = provision_impact(c);
	conf_close(c);
	return err;
}
