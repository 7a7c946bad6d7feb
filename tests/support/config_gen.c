/* tests/support/config_gen.c - values from types, objects from tables, references from what is there. */
#include "tests/support/config_gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/ios/ios.h"
#include "store/schema/internal.h"

/* ---- random numbers: splitmix64 ---- */
static uint64_t next(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(struct gen *g, size_t n)
{
	return n ? next(g) % n : 0;
}

static bool chance(struct gen *g, unsigned percent)
{
	return below(g, 100) < percent;
}

static int64_t between(struct gen *g, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(next(g) % (uint64_t)(hi - lo + 1));
}

/* ---- texts ---- */

/* Words that an IOS line could take for something else. */
static const char *const words[] = {
	"Desk", "2nd",       "no",          "label", "default",  "exit", "end",      "x!",
	"a|b",  "50%",       "B\xc3\xbcro", "why",   "to",       "name", "[w]",      "<z>",
	"{y}",  "'q'",       "\\n",         "~",     "#1",       "a,b",  "12:30",    "ipv4",
	"all",  "and so on", "why?",        "?",     "!",        "!x",   "--More--", "Router#",
	"^C",   "...",       "(config)#",   "$1$a",  "password", "0",    "7",        "-",
};

/* At most `max` characters, no blank at an end. */
static void cut(char *s, size_t max)
{
	size_t n = 0;
	char *p = s;

	while (*p && n < max) {
		do
			p++;
		while (((unsigned char)*p & 0xc0) == 0x80);
		n++;
	}
	*p = '\0';
	while (p > s && p[-1] == ' ')
		*--p = '\0';
}

static void free_text(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	struct text t;
	size_t n = 1 + below(g, 3);

	text_fixed(&t, out, cap);
	for (size_t i = 0; i < n; i++)
		text_addf(&t, "%s%s", i ? " " : "", words[below(g, ARRAY_LEN(words))]);
	while (t.len < (size_t)f->min)
		text_addc(&t, 'z');
	cut(out, f->max ? (size_t)f->max : 60);
}

static void of_set(struct gen *g, const struct schema_field *f, const char *lead, const char *set,
		   char *out)
{
	size_t lo = f->min ? (size_t)f->min : 1, hi = f->max ? (size_t)f->max : 12, len;

	hi = chance(g, 90) && hi > lo + 6 ? lo + 6 : hi;
	len = lo + below(g, hi - lo + 1);
	for (size_t i = 0; i < len; i++)
		out[i] = set[below(g, strlen(set))];
	if (*lead && len > 1 && chance(g, 20))
		out[0] = *lead;
	out[len] = '\0';
}

static void address6(struct gen *g, char *out, size_t cap)
{
	snprintf(out, cap, "2001:db8:%x::%x", (unsigned)below(g, 65536), (unsigned)below(g, 65536));
}

static void address4(struct gen *g, char *out, size_t cap)
{
	snprintf(out, cap, "10.%d.%d.%d", (int)below(g, 256), (int)below(g, 256),
		 (int)between(g, 1, 254));
}

static void mask4(struct gen *g, char *out, size_t cap)
{
	uint32_t m = ~(uint32_t)0 << (32 - (unsigned)between(g, 8, 30));

	snprintf(out, cap, "%u.%u.%u.%u", m >> 24, m >> 16 & 255, m >> 8 & 255, m & 255);
}

static void file_name(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	static const char *const folders[] = { "", "dir/", "flash:", "flash:/a/",
					       "tftp://10.1.1.1/" };

	snprintf(out, cap, "%sF%d.bin", folders[below(g, ARRAY_LEN(folders))], (int)below(g, 1000));
	cut(out, f->max ? (size_t)f->max : cap - 1);
}

static void url(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	static const char *const hosts[] = { "http://10.1.2.3", "https://pbx.example:8443",
					     "http://[2001:db8::7]", "tftp://10.1.2.4" };

	snprintf(out, cap, "%s/p%d%s", hosts[below(g, ARRAY_LEN(hosts))], (int)below(g, 100),
		 chance(g, 20) ? "?a=1&b=%20" : "");
	cut(out, f->max ? (size_t)f->max : cap - 1);
}

static void phone_type(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	size_t n = 0;

	while (f->choices && f->choices[n])
		n++;
	text_copy(out, cap, n && chance(g, 95) ? f->choices[below(g, n)] : "Other-9");
}

static void target(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	char port[8] = "", host[64];

	if (f->choices && chance(g, 20)) {
		text_copy(out, cap, f->choices[0]);
		return;
	}
	if (chance(g, 40))
		snprintf(port, sizeof(port), ":%d", (int)between(g, 1, 65535));
	if (chance(g, 30)) {
		snprintf(out, cap, "dns:pbx%d.example%s", (int)below(g, 10), port);
	} else if (chance(g, 30)) {
		address6(g, host, sizeof(host));
		snprintf(out, cap, "ipv6:[%s]%s", host, port);
	} else {
		address4(g, host, sizeof(host));
		snprintf(out, cap, "ipv4:%s%s", host, port);
	}
}

static void buttons(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	int top = f->max ? (int)f->max : 100, a = (int)between(g, 1, top > 3 ? top - 3 : 1);

	if (chance(g, 50) || top <= 3)
		snprintf(out, cap, "%d", a);
	else
		snprintf(out, cap, chance(g, 50) ? "%d-%d" : "%d,%d", a, a + 2);
}

/* ---- one of several ---- */
struct pick {
	struct gen *g;
	size_t seen;
	char value[300];
};

/* Reservoir of one. */
static void offer(struct pick *p, const char *value)
{
	if (below(p->g, ++p->seen) == 0)
		text_copy(p->value, sizeof(p->value), value);
}

static int offer_item(void *ctx, const char *key, const cJSON *item)
{
	char text[300];

	(void)item;
	offer(ctx, schema_key_text(key, text, sizeof(text)));
	return 0;
}

/* ---- lines without a row ---- */

/* Commands of the object that are kept as they stand, some of them. */
static void kept_commands(struct gen *g, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (const struct schema_line *l = g->obj->lines; l && l->syntax; l++) {
		size_t len = strcspn(l->syntax, "[<");

		while (len && l->syntax[len - 1] == ' ')
			len--;
		if (!l->keep || !chance(g, 30) || t.len > 200)
			continue;
		text_addf(&t, "%s%.*s", t.len ? "\n" : "", (int)len, l->syntax);
		if (chance(g, 50))
			text_addf(&t, " %d", (int)below(g, 100));
	}
}

/* The name of a mode that is there, or none: outside of all. */
static void some_mode(struct gen *g, char *out, size_t cap)
{
	static const char *const names[] = { "ephone-dns",           "ephones",
					     "voice-register/pools", "voice-register/dns",
					     "dial-peers",           "telephony-service" };
	struct schema_place at = { 0 };
	struct pick p = { .g = g };

	out[0] = '\0';
	at.obj = chance(g, 60) ? schema_object(names[below(g, ARRAY_LEN(names))]) : NULL;
	if (!at.obj)
		return;
	if (at.obj->collection)
		conf_each(g->conf, at.obj->path, NULL, offer_item, &p);
	text_copy(at.key, sizeof(at.key), p.value);
	if (at.obj->collection ? p.seen > 0 : conf_get(g->conf, at.obj->path) != NULL)
		schema_mode_name(&at, out, cap);
}

static void unknown_line(struct gen *g, char *out, size_t cap)
{
	static const char *const lines[] = { "frobnicate", "xlogging buffered", "qos-thing \"a b\"",
					     "zzz 10.1.2.3 255.0.0.0", "aaa-new thing" };

	snprintf(out, cap, "%s %d", lines[below(g, ARRAY_LEN(lines))], (int)below(g, 1000));
}

static void kept_text(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	if (f->flags & F_LINES)
		kept_commands(g, out, cap);
	else if (strcmp(f->name, "mode") == 0)
		some_mode(g, out, cap);
	else
		unknown_line(g, out, cap);
}

static bool text_value(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	switch (f->type) {
	case T_STR:
		if (f->flags & (F_LINES | F_KEPT))
			kept_text(g, f, out, cap);
		else
			free_text(g, f, out, cap);
		return out[0];
	case T_SECRET:
		of_set(g, f, "", f->flags & F_DIGITS ? "0123456789" : "abcXYZ0189-_!?$", out);
		return true;
	case T_DIGITS:
		of_set(g, f, "+", "0123456789*#", out);
		return true;
	case T_DN_NUMBER:
		of_set(g, f, "+", "0123456789ABD.", out);
		return true;
	case T_PATTERN:
		of_set(g, f, "+", "0123456789.[]T+", out);
		return true;
	case T_HEX:
		of_set(g, f, "", "0123456789ABCDEF", out);
		return true;
	case T_MAC:
		snprintf(out, cap, "%012llX", (unsigned long long)(next(g) & 0xfeffffffffff));
		return true;
	case T_IP:
		if (chance(g, 30)) {
			address6(g, out, cap);
			return true;
		}
		/* fall through */
	case T_IPV4:
		address4(g, out, cap);
		return true;
	case T_IPV6:
		address6(g, out, cap);
		return true;
	case T_IPV4_MASK:
	case T_IP_MASK:
		mask4(g, out, cap);
		return true;
	case T_MULTICAST:
		snprintf(out, cap, "239.%d.%d.%d", (int)below(g, 256), (int)below(g, 256),
			 (int)below(g, 256));
		return true;
	case T_TIME:
		snprintf(out, cap, "%02d:%02d", (int)below(g, 24), (int)below(g, 60));
		return true;
	case T_URL:
		url(g, f, out, cap);
		return true;
	case T_FILE:
		file_name(g, f, out, cap);
		return true;
	case T_PHONE_TYPE:
		phone_type(g, f, out, cap);
		return true;
	case T_TARGET:
		target(g, f, out, cap);
		return true;
	case T_BUTTONS:
		buttons(g, f, out, cap);
		return true;
	default:
		return false;
	}
}

/* ---- references ---- */
static bool referent(struct gen *g, const char *ref, char *out, size_t cap)
{
	const char *hash = strchr(ref, '#');
	struct pick p = { .g = g };
	char path[SCHEMA_PATH_MAX];
	const cJSON *map = NULL, *e;

	snprintf(path, sizeof(path), "%.*s", (int)strcspn(ref, "#"), ref);
	if (!schema_object(path))
		return false;
	if (hash)
		map = cfg_map(conf_get(g->conf, path), hash + 1);
	else
		conf_each(g->conf, path, NULL, offer_item, &p);
	cJSON_ArrayForEach (e, map) {
		offer(&p, cJSON_IsString(e) ? e->valuestring : e->string);
	}
	return p.seen && text_copy(out, cap, p.value) == 0;
}

/* ---- values ---- */
static cJSON *gen_table(struct gen *g, const struct schema_field *table, unsigned percent);
static cJSON *gen_value(struct gen *g, const struct schema_field *f);

static bool names_others(const struct schema_field *f)
{
	const struct schema_field *below_it[] = { f->keys, f->members };

	if (f->ref || (f->item && names_others(f->item)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(below_it); i++) {
		for (const struct schema_field *m = below_it[i]; m && m->name; m++) {
			if (names_others(m))
				return true;
		}
	}
	return false;
}

/* A hash cannot be exported, so nothing that holds one comes back. */
static bool holds_hash(const struct schema_field *f)
{
	if (f->type == T_SECRET)
		return f->flags & F_HASH;
	for (const struct schema_field *m = f->members; m && m->name; m++) {
		if (holds_hash(m))
			return true;
	}
	return false;
}

static cJSON *gen_int(struct gen *g, const struct schema_field *f)
{
	int64_t lo = f->min, hi = schema_has_max(f) ? schema_max(f) : lo + 100000;
	size_t n = 0;

	while (f->choices && f->choices[n])
		n++;
	if (n && strstr(f->name, "encoding")) /* type 7 is another spelling of type 0 */
		n = n > 2 ? 2 : n;
	if (n)
		return cJSON_CreateNumber(strtod(f->choices[below(g, n)], NULL));
	switch (below(g, 4)) {
	case 0:
		return cJSON_CreateNumber((double)lo);
	case 1:
		return cJSON_CreateNumber((double)hi);
	default:
		return cJSON_CreateNumber((double)between(g, lo, hi));
	}
}

static cJSON *gen_choice(struct gen *g, const struct schema_field *f)
{
	size_t n = 0;

	while (f->choices && f->choices[n])
		n++;
	return n ? cJSON_CreateString(f->choices[below(g, n)]) : NULL;
}

static cJSON *gen_list(struct gen *g, const struct schema_field *f)
{
	size_t lo = f->min > 0 ? (size_t)f->min : 1, hi = f->max ? (size_t)f->max : lo + 3;
	size_t n = lo + below(g, (hi > lo + 3 ? lo + 3 : hi) - lo + 1);
	cJSON *out = cJSON_CreateArray(), *v, *e;

	while (n--) {
		v = gen_value(g, f->item);
		cJSON_ArrayForEach (e, out) {
			if (v && cJSON_Compare(e, v, true)) {
				cJSON_Delete(v);
				v = NULL;
			}
		}
		if (v)
			cJSON_AddItemToArray(out, v);
	}
	if (cJSON_GetArraySize(out) >= (int)lo)
		return out;
	cJSON_Delete(out);
	return NULL;
}

/* The text of one value: a key, or what a reference names. */
static bool gen_text(struct gen *g, const struct schema_field *f, char *out, size_t cap)
{
	cJSON *v = gen_value(g, f);

	if (!v)
		return false;
	if (cJSON_IsString(v))
		text_copy(out, cap, v->valuestring);
	else
		schema_to_text(f, v, out, cap);
	cJSON_Delete(v);
	return true;
}

static bool gen_key(struct gen *g, const struct schema_field *map, char *out, size_t cap)
{
	unsigned parts = schema_key_parts(map);
	struct text t;

	text_fixed(&t, out, cap);
	for (unsigned i = 0; i < parts; i++) {
		char part[300];

		if (!gen_text(g, &map->keys[i], part, sizeof(part)))
			return false;
		if (parts > 1 && strchr(part, ','))
			return false;
		text_addf(&t, "%s%s", i ? "," : "", part);
	}
	return true;
}

static cJSON *gen_map(struct gen *g, const struct schema_field *f)
{
	cJSON *out = cJSON_CreateObject(), *v;
	char key[700];

	for (size_t n = 1 + below(g, 3); n; n--) {
		if (!gen_key(g, f, key, sizeof(key)) || cJSON_GetObjectItemCaseSensitive(out, key))
			continue;
		v = f->item ? gen_value(g, f->item) : gen_table(g, f->members, 50);
		if (v)
			cJSON_AddItemToObject(out, key, v);
	}
	if (out->child)
		return out;
	cJSON_Delete(out);
	return NULL;
}

static cJSON *gen_ref(struct gen *g, const struct schema_field *f)
{
	char text[300];

	if (!g->refs || !referent(g, f->ref, text, sizeof(text)))
		return NULL;
	return schema_raw(f, text);
}

/* NULL: there is none now. */
static cJSON *gen_value(struct gen *g, const struct schema_field *f)
{
	char text[700];

	if ((f->flags & F_READ_ONLY) || holds_hash(f))
		return NULL; /* kept lines: test_ios_keep.c */
	if (f->ref)
		return gen_ref(g, f);
	switch (f->type) {
	case T_BOOL:
		return cJSON_CreateBool((f->flags & F_EXISTS) || chance(g, 50));
	case T_FLAG:
		return cJSON_CreateTrue();
	case T_INT:
		return gen_int(g, f);
	case T_DSCP:
		return cJSON_CreateNumber((double)below(g, 64));
	case T_ENUM:
	case T_CODEC:
		return gen_choice(g, f);
	case T_LIST:
		return gen_list(g, f);
	case T_OBJECT:
		return gen_table(g, f->members, 60);
	case T_MAP:
		return gen_map(g, f);
	default:
		return text_value(g, f, text, sizeof(text)) ? cJSON_CreateString(text) : NULL;
	}
}

/* All that must be there, and each of the others with that chance. */
static cJSON *gen_table(struct gen *g, const struct schema_field *table, unsigned percent)
{
	cJSON *out = cJSON_CreateObject(), *v;

	for (const struct schema_field *f = table; f->name; f++) {
		bool must = (f->flags & F_REQUIRED) && !(f->flags & F_ALWAYS);

		if (!must && !chance(g, percent))
			continue;
		v = gen_value(g, f);
		if (v) {
			cJSON_AddItemToObject(out, f->name, v);
		} else if (must) {
			cJSON_Delete(out);
			return NULL;
		}
	}
	return out;
}

/* ---- operations ---- */
static void add_op(struct gen *g, const char *path, cJSON *patch)
{
	struct faults f;

	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 64;
		g->ops = mem_realloc(g->ops, g->cap * sizeof(*g->ops));
	}
	text_copy(g->ops[g->n].path, sizeof(g->ops[g->n].path), path);
	g->ops[g->n++].patch = patch;
	faults_init(&f);
	if (schema_edit(g->conf, OP_PATCH, path, patch, &f, NULL) && !g->refused++)
		snprintf(g->why, sizeof(g->why), "%s%s: %s", path, f.list[0].field,
			 f.list[0].detail);
	faults_fini(&f);
}

static void add_member(struct gen *g, const char *path, const struct schema_field *f)
{
	cJSON *v = gen_value(g, f), *patch;

	if (!v)
		return;
	patch = cJSON_CreateObject();
	cJSON_AddItemToObject(patch, f->name, v);
	add_op(g, path, patch);
}

/* Members that name nothing, or those that do. */
static void add_members(struct gen *g, const struct schema_object *o, const char *path,
			unsigned percent)
{
	for (const struct schema_field *f = o->fields; f->name; f++) {
		bool once = o->collection && (f->flags & F_FIXED);

		g->obj = o;
		if (!once && names_others(f) == g->refs && chance(g, percent))
			add_member(g, path, f);
	}
}

static void make_item(struct gen *g, const struct schema_object *o)
{
	char path[SCHEMA_PATH_MAX], key[128], text[128];
	cJSON *first, *v;

	g->obj = o;
	first = gen_table(g, o->fields, 0);
	for (const struct schema_field *f = o->fields; first && f->name; f++) {
		v = (f->flags & F_FIXED) && chance(g, 50) ? gen_value(g, f) : NULL;
		if (!v)
			continue;
		cJSON_DeleteItemFromObjectCaseSensitive(first, f->name);
		cJSON_AddItemToObject(first, f->name, v);
	}
	if (o->key->type == T_INT)
		snprintf(key, sizeof(key), "%lld",
			 (long long)between(g, o->key->min,
					    schema_has_max(o->key) && schema_max(o->key) < 40
						? schema_max(o->key)
						: 40));
	else if (gen_text(g, o->key, text, sizeof(text)))
		schema_path_quote(text, key, sizeof(key));
	else
		key[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", o->path, key);
	if (first && key[0] && !conf_get(g->conf, path))
		add_op(g, path, first);
	else
		cJSON_Delete(first);
}

static int collect_key(void *ctx, const char *key, const cJSON *item)
{
	cJSON *list = ctx;

	(void)item;
	cJSON_AddItemToArray(list, cJSON_CreateString(key));
	return 0;
}

static void each_path(struct gen *g, const struct schema_object *o, unsigned percent)
{
	cJSON *keys = cJSON_CreateArray();
	const cJSON *key;

	if (!o->collection)
		add_members(g, o, o->path, percent);
	else
		conf_each(g->conf, o->path, NULL, collect_key, keys);
	cJSON_ArrayForEach (key, keys) {
		char path[SCHEMA_PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", o->path, key->valuestring);
		add_members(g, o, path, percent);
	}
	cJSON_Delete(keys);
}

/* Tags that follow a setting need it first. */
static void make_room(struct gen *g)
{
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		const char *from = (*o)->key ? (*o)->key->max_from : NULL;
		const char *hash = from ? strchr(from, '#') : NULL;
		char path[SCHEMA_PATH_MAX];
		cJSON *patch;

		if (!hash)
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)(hash - from), from);
		patch = cJSON_CreateObject();
		cJSON_AddNumberToObject(patch, hash + 1, (double)between(g, 40, 200));
		add_op(g, path, patch);
	}
}

/* ---- staging ---- */

/* Takes away what a rule of the whole objects to: the member at `field`, else the whole object. */
static void withdraw(struct conf *c, const struct fault *x)
{
	struct schema_path p;
	struct faults f;
	const cJSON *item;
	char path[SCHEMA_PATH_MAX + 600], *before, *after;

	if (!x->path || schema_path_parse(x->path, &p) != 0)
		return;
	item = conf_get(c, p.object);
	before = item ? cJSON_PrintUnformatted(item) : NULL;
	snprintf(path, sizeof(path), "%s%s", p.object, x->field ? x->field : "");
	faults_init(&f);
	if (x->field && *x->field)
		schema_edit(c, OP_DELETE, path, NULL, &f, NULL);
	faults_fini(&f);
	item = conf_get(c, p.object);
	after = item ? cJSON_PrintUnformatted(item) : NULL;
	if (!before || !after || strcmp(before, after) == 0)
		conf_put(c, p.object, NULL);
	cJSON_free(before);
	cJSON_free(after);
}

#define REPAIRS 200
static int repair(struct conf *c, char *why, size_t cap)
{
	char rule[400] = "";

	for (int i = 0; i < REPAIRS; i++) {
		struct faults f, warnings;
		int err;

		faults_init(&f);
		faults_init(&warnings);
		err = ios_settle(c, &f, &warnings);
		err = err ? err : schema_check(c, &f, &warnings);
		if (err) {
			snprintf(rule, sizeof(rule), "%s%s: %s", f.list[0].path, f.list[0].field,
				 f.list[0].detail);
			for (size_t n = 0; n < f.n && n < FAULTS_MAX; n++)
				withdraw(c, &f.list[n]);
		}
		faults_fini(&f);
		faults_fini(&warnings);
		if (!err)
			return 0;
	}
	text_copy(why, cap, rule);
	return ERR_CONFLICT;
}

int gen_make(struct gen *g, uint64_t seed, struct conf *c)
{
	unsigned percent;

	memset(g, 0, sizeof(*g));
	g->state = seed;
	g->conf = c;
	percent = (unsigned)between(g, 3, 30);
	make_room(g);
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		for (size_t n = (*o)->collection && chance(g, 60) ? 1 + below(g, 3) : 0; n; n--)
			make_item(g, *o);
	}
	for (int refs = 0; refs < 2; refs++) {
		g->refs = refs;
		for (const struct schema_object *const *o = schema_objects(); *o; o++)
			each_path(g, *o, refs ? 2 * percent : percent);
	}
	return repair(c, g->why, sizeof(g->why));
}

void gen_fini(struct gen *g)
{
	while (g->n)
		cJSON_Delete(g->ops[--g->n].patch);
	mem_free(g->ops);
	memset(g, 0, sizeof(*g));
}

int gen_stage(struct conf *c, const struct gen_op *ops, size_t n, const bool *keep, char *why,
	      size_t cap)
{
	int refused = 0;

	for (size_t i = 0; i < n; i++) {
		struct faults f;

		if (keep && !keep[i])
			continue;
		faults_init(&f);
		if (schema_edit(c, OP_PATCH, ops[i].path, ops[i].patch, &f, NULL) && !refused++)
			snprintf(why, cap, "%s%s: %s", ops[i].path, f.list[0].field,
				 f.list[0].detail);
		faults_fini(&f);
	}
	return repair(c, why, cap) ? ERR_CONFLICT : refused;
}
