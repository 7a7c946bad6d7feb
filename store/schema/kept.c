/* store/schema/kept.c - the lines of /platform-config that are kept as they stand: their canonical order,
 * which modes they may stand in, and that they go with their mode. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

static const char *text_of(const cJSON *line, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, name));

	return s ? s : "";
}

/* ---- canonical order ---- */
struct kept {
	cJSON *line;
	const char *mode;
	size_t at;
	bool late;
};

/* Global lines that a router prints behind its telephony. */
bool schema_kept_is_late(const char *text)
{
	static const char *const late[] = { "alias",      "banner",   "control-plane", "event",
					    "gatekeeper", "line",     "mgcp",          "privilege",
					    "sccp",       "scheduler" };
	size_t len;

	if (strncasecmp(text, "no ", 3) == 0)
		text += 3;
	len = strcspn(text, " ");
	for (size_t i = 0; i < ARRAY_LEN(late); i++) {
		if (strlen(late[i]) == len && strncasecmp(text, late[i], len) == 0)
			return true;
	}
	return false;
}

static int kept_order(const void *pa, const void *pb)
{
	const struct kept *a = pa, *b = pb;
	int d = strcmp(a->mode, b->mode);

	if (!d)
		d = (int)a->late - (int)b->late;
	return d ? d : a->at < b->at ? -1 : 1;
}

static bool masked_from(const char *now, const char *was)
{
	struct text t;
	bool same;

	text_init(&t, 1 << 16);
	schema_mask_line(was, &t);
	same = t.buf && strcmp(t.buf, now) == 0;
	text_fini(&t);
	return same;
}

/* A masked line that somebody read and sent back is still the one that was there. */
static void unmask(cJSON *line, const cJSON *before)
{
	const char *now = text_of(line, "text");
	const cJSON *e;

	if (!strstr(now, SCHEMA_MASK))
		return;
	cJSON_ArrayForEach (e, before) {
		if (strcmp(text_of(e, "mode"), text_of(line, "mode")) == 0 &&
		    masked_from(now, text_of(e, "text"))) {
			cJSON_ReplaceItemInObjectCaseSensitive(
			    line, "text", cJSON_CreateString(text_of(e, "text")));
			return;
		}
	}
}

static int by_text(const void *pa, const void *pb)
{
	const struct kept *a = *(const struct kept *const *)pa,
			  *b = *(const struct kept *const *)pb;
	int d = strcmp(a->mode, b->mode);

	if (!d)
		d = strcmp(text_of(a->line, "text"), text_of(b->line, "text"));
	return d ? d : a->at < b->at ? -1 : 1;
}

/* A line that is there already in its mode says nothing more: an import keeps it once. */
static void drop_doubles(struct kept *list, size_t n)
{
	struct kept **sorted = mem_alloc((n + 1) * sizeof(struct kept *));
	size_t first = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &list[i];
	if (n)
		qsort(sorted, n, sizeof(struct kept *), by_text);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i]->mode, sorted[first]->mode) != 0 ||
		    strcmp(text_of(sorted[i]->line, "text"),
			   text_of(sorted[first]->line, "text")) != 0) {
			first = i;
			continue;
		}
		cJSON_Delete(sorted[i]->line);
		sorted[i]->line = NULL;
	}
	mem_free(sorted);
}

/* In the order of the export, numbered from 1: what is imported from an export is the same again. */
static void order_lines(cJSON *lines, const cJSON *before)
{
	size_t n = (size_t)cJSON_GetArraySize(lines), number = 0;
	struct kept *list = mem_zalloc((n + 1) * sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		cJSON *e = cJSON_DetachItemFromArray(lines, 0);

		unmask(e, before);
		list[i] = (struct kept){ e, text_of(e, "mode"), i,
					 schema_kept_is_late(text_of(e, "text")) };
	}
	qsort(list, n, sizeof(*list), kept_order);
	drop_doubles(list, n);
	for (size_t i = 0; i < n; i++) {
		char key[24];

		if (!list[i].line)
			continue;
		snprintf(key, sizeof(key), "%zu", ++number);
		cJSON_AddItemToObject(lines, key, list[i].line);
	}
	mem_free(list);
}

/* Before `at`, by moving what follows behind it: the cJSON of Debian 12 inserts in front only. */
static void add_true_before(cJSON *item, cJSON *at, const char *name)
{
	const cJSON *made = cJSON_AddTrueToObject(item, name);
	cJSON *next;

	for (; at != made; at = next) {
		next = at->next;
		cJSON_AddItemToArray(item, cJSON_DetachItemViaPointer(item, at));
	}
}

void platform_tidy(cJSON *item, const cJSON *before)
{
	cJSON *timeout = cJSON_GetObjectItemCaseSensitive(item, "receive_rtp_timeout");
	cJSON *lines = cJSON_GetObjectItemCaseSensitive(item, "raw_lines");

	if (lines)
		order_lines(lines, cfg_map(before, "raw_lines"));
	/* A line of the gateway block means the block, which stands before it in the schema. */
	if (timeout && !cJSON_GetObjectItemCaseSensitive(item, "gateway"))
		add_true_before(item, timeout, "gateway");
}

/* ---- modes ---- */

/* "auto-register <auto_register.enabled>": the switch is on. */
static bool switched_on(const struct schema_object *o, const struct schema_mode *m,
			const cJSON *item)
{
	const char *from = strchr(m->enter, '<');
	size_t len = from ? strcspn(++from, ">=") : 0;
	const struct schema_field *f;
	char path[128];

	if (!from || m->in || len >= sizeof(path))
		return true;
	memcpy(path, from, len);
	path[len] = '\0';
	f = schema_row(o->fields, path);
	return !f || f->type != T_BOOL || cfg_bool(o, item, path);
}

/* Does the mode exist? System modes that nobody has to create always do. */
static bool mode_there(const struct schema_place *p, const cJSON *item)
{
	const struct schema_field *first = p->obj->fields;
	char path[SCHEMA_PATH_MAX];

	if (!item && (p->obj->collection || (first->flags & F_EXISTS)))
		return false;
	if (!p->mode)
		return true;
	if (!p->mode->in)
		return switched_on(p->obj, p->mode, item);
	snprintf(path, sizeof(path), "%s", p->mode->in);
	return cJSON_GetObjectItemCaseSensitive(cfg_map(item, path), p->entry) != NULL;
}

static const cJSON *item_of(struct conf *c, const struct schema_place *p)
{
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "%s%s%s", p->obj->path, p->obj->collection ? "/" : "", p->key);
	return conf_get(c, path);
}

/* The header of a kept block is a kept line of the mode around it. Lines are sorted by mode. */
static bool header_there(const cJSON *lines, const char *mode, size_t mode_len, struct slice head)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, lines) {
		const char *m = text_of(e, "mode");

		if (strlen(m) == mode_len && strncmp(m, mode, mode_len) == 0 &&
		    slice_eq(head, text_of(e, "text")))
			return true;
	}
	return false;
}

/* The last part of a mode of which `rest` is not known. */
static bool block_there(const cJSON *lines, const char *mode, const char *rest)
{
	const size_t sep = strlen(SCHEMA_MODE_SEP);
	const char *last = rest, *next;
	size_t around;

	while ((next = strstr(last, SCHEMA_MODE_SEP)))
		last = next + sep;
	around = last == mode ? 0 : (size_t)(last - mode) - sep;
	return header_there(lines, mode, around, slice_of(last));
}

static bool stands_somewhere(struct conf *c, const cJSON *lines, const char *mode)
{
	struct schema_place p;
	const char *rest = schema_mode_find(mode, &p);

	if (p.obj && !mode_there(&p, item_of(c, &p)))
		return false;
	return !*rest || block_there(lines, mode, rest);
}

void check_platform(struct conf *c, const char *key, const cJSON *after, struct faults *f,
		    struct faults *warnings)
{
	const cJSON *lines = cfg_map(after, "raw_lines"), *e;
	const char *last = "";

	(void)key;
	platform_warnings(c, after, warnings);
	cJSON_ArrayForEach (e, lines) {
		const char *mode = text_of(e, "mode");
		char field[64];

		if (strcmp(mode, last) == 0)
			continue;
		last = mode;
		snprintf(field, sizeof(field), "/raw_lines/%s/mode", e->string);
		if (!stands_somewhere(c, lines, mode))
			faults_add(f, ERR_CONFLICT, "unknown_reference", SCHEMA_PLATFORM, field,
				   "Mode %s is not configured", mode);
	}
}

/* ---- lines go with their mode ---- */
static bool entry_lost(const cJSON *was, const cJSON *now)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, was) {
		if (!cJSON_GetObjectItemCaseSensitive(now, e->string))
			return true;
	}
	return false;
}

static bool mode_lost(const struct schema_object *o, const cJSON *was, const cJSON *now)
{
	if (was && !now)
		return true;
	for (const struct schema_mode *m = o->modes; m && m->name; m++) {
		if (m->in ? entry_lost(cfg_map(was, m->in), cfg_map(now, m->in))
			  : switched_on(o, m, was) && !switched_on(o, m, now))
			return true;
	}
	return false;
}

/* "voice-card 0" of "voice-card 0 / x" is no longer there either. */
static bool lost_line(struct conf *c, const cJSON *line, const struct schema_object *o)
{
	struct schema_place p;

	schema_mode_find(text_of(line, "mode"), &p);
	return p.obj && (!o || p.obj == o) && !mode_there(&p, item_of(c, &p));
}

void schema_kept_follow(struct conf *c, const struct schema_object *o, const cJSON *was,
			const cJSON *now)
{
	if (mode_lost(o, was, now))
		schema_kept_prune(c, o);
}

void schema_kept_prune(struct conf *c, const struct schema_object *o)
{
	cJSON *item, *lines, *e, *next;
	bool any = false;

	if (!cfg_map(conf_get(c, SCHEMA_PLATFORM), "raw_lines"))
		return;
	item = cJSON_Duplicate(conf_get(c, SCHEMA_PLATFORM), true);
	lines = cJSON_GetObjectItemCaseSensitive(item, "raw_lines");
	for (e = lines->child; e; e = next) {
		next = e->next;
		if (!lost_line(c, e, o))
			continue;
		cJSON_Delete(cJSON_DetachItemViaPointer(lines, e));
		any = true;
	}
	if (any)
		order_lines(lines, NULL);
	if (any && !lines->child)
		cJSON_DeleteItemFromObjectCaseSensitive(item, "raw_lines");
	if (any)
		conf_put(c, SCHEMA_PLATFORM, item->child ? item : NULL);
	if (!any || !item->child)
		cJSON_Delete(item);
}
