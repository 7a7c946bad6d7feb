/* store/schema/names.c - how things are called: paths of objects, and modes in which lines stand. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

/* ---- parts of a path ---- */

/* RFC 3986 pchar without the comma, which joins composite keys in the store. */
static bool stands_for_itself(unsigned char c)
{
	return isalnum(c) || (c && strchr("-._~:@!$&'()*+;=", c));
}

void schema_path_quote(const char *text, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (; *text; text++)
		text_addf(&t, stands_for_itself((unsigned char)*text) ? "%c" : "%%%02X",
			  (unsigned char)*text);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *p = c ? strchr(digits, tolower(c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* A '%' that begins no escape stands for itself. */
int schema_path_part(const char **rest, char *out, size_t cap)
{
	const char *p = *rest, *end = p + strcspn(p, "/");
	struct text t;

	out[0] = '\0';
	text_fixed(&t, out, cap);
	while (p < end) {
		int high = *p == '%' && end - p > 2 ? hex_digit(p[1]) : -1;
		int low = high >= 0 ? hex_digit(p[2]) : -1;
		char c = *p;

		if (low >= 0 && !(high | low))
			return ERR_MALFORMED;
		if (low >= 0)
			c = (char)(high << 4 | low);
		text_addc(&t, c);
		p += low >= 0 ? 3 : 1;
	}
	*rest = end + (*end == '/');
	return t.len == 0 || t.overflow || !text_is_utf8(out, t.len) ? ERR_MALFORMED : 0;
}

const char *schema_key_text(const char *key, char *out, size_t cap)
{
	if (schema_path_part(&key, out, cap) != 0)
		out[0] = '\0';
	return out;
}

/* Tags above the limit in force name something too: what exists stays. */
static int canon_key(const struct schema_field *key, const char *raw, char *out, size_t cap)
{
	char why[160], text[128];
	int64_t tag;
	cJSON *v;
	int err;

	if (key->type == T_INT) {
		if (text_to_int(raw, strlen(raw), 0, INT32_MAX, &tag) != 0)
			return ERR_NOENT;
		snprintf(out, cap, "%lld", (long long)tag);
		return 0;
	}
	v = schema_from_text(key, raw, &err, why, sizeof(why));
	if (!v)
		return ERR_NOENT;
	schema_to_text(key, v, text, sizeof(text));
	cJSON_Delete(v);
	schema_path_quote(text, out, cap);
	return 0;
}

static int path_key(const struct schema_object *o, const char *rest, struct schema_path *out)
{
	char raw[sizeof(out->key)];

	if (schema_path_part(&rest, raw, sizeof(raw)) != 0 ||
	    canon_key(o->key, raw, out->key, sizeof(out->key)) != 0)
		return ERR_NOENT;
	snprintf(out->object, sizeof(out->object), "%s/%s", o->path, out->key);
	return text_copy(out->inside, sizeof(out->inside), rest);
}

int schema_path_parse(const char *path, struct schema_path *out)
{
	memset(out, 0, sizeof(*out));
	if (*path == '/')
		path++;
	if (strlen(path) >= SCHEMA_PATH_MAX)
		return ERR_MALFORMED;
	for (const struct schema_object *const *list = schema_objects(); *list; list++) {
		const struct schema_object *o = *list;
		size_t len = strlen(o->path);
		const char *rest = path + len;

		if (strncmp(path, o->path, len) != 0 || (*rest && *rest != '/'))
			continue;
		out->obj = o;
		rest += *rest == '/';
		if (o->collection)
			return *rest ? path_key(o, rest, out) : 0;
		text_copy(out->object, sizeof(out->object), o->path);
		return text_copy(out->inside, sizeof(out->inside), rest);
	}
	return ERR_NOENT;
}

/* ---- modes ---- */

/* "dial-peer voice" of "dial-peer voice <tag> [<type>]". */
static size_t header_words(const char *enter)
{
	size_t len = strcspn(enter, "<[{~");

	while (len && enter[len - 1] == ' ')
		len--;
	return len;
}

static void add_name(struct text *t, const char *enter, const char *key)
{
	text_addf(t, "%s%.*s%s%s", t->len ? SCHEMA_MODE_SEP : "", (int)header_words(enter), enter,
		  *key ? " " : "", key);
}

void schema_mode_name(const struct schema_place *p, char *out, size_t cap)
{
	char key[sizeof(p->key)];
	struct text t;

	text_fixed(&t, out, cap);
	if (p->obj && p->obj->enter && !(p->mode && p->mode->global))
		add_name(&t, p->obj->enter, schema_key_text(p->key, key, sizeof(key)));
	if (p->mode)
		add_name(&t, p->mode->enter, p->entry);
	if (p->block[0])
		text_addf(&t, "%s%s", t.len ? SCHEMA_MODE_SEP : "", p->block);
}

/* `name` begins with the words of the header: its key, "" without; NULL: another header. */
static const char *key_behind(const char *enter, const char *name)
{
	size_t len = header_words(enter);

	if (strncmp(name, enter, len) != 0)
		return NULL;
	return name[len] == ' ' ? name + len + 1 : name[len] ? NULL : name + len;
}

/* One word, or text to the end of the line ("interface GigabitEthernet 0/1"). */
static bool fits(const struct schema_field *key, const char *text)
{
	if (!text || !key != !*text)
		return false;
	return !key || (key->flags & F_REST) || !strchr(text, ' ');
}

static bool find_mode(struct schema_place *p, const char *part, bool global)
{
	for (const struct schema_mode *m = p->obj->modes; m && m->name; m++) {
		const struct schema_field *map = m->in ? schema_row(p->obj->fields, m->in) : NULL;
		const char *key = key_behind(m->enter, part);

		if (m->global != global || !fits(map ? map->keys : NULL, key))
			continue;
		p->mode = m;
		return text_copy(p->entry, sizeof(p->entry), key) == 0;
	}
	return false;
}

static bool find_object(struct schema_place *p, const char *part)
{
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		const char *key = (*o)->enter ? key_behind((*o)->enter, part) : NULL;

		p->obj = *o;
		if (fits((*o)->key, key)) {
			schema_path_quote(key, p->key, sizeof(p->key));
			return true;
		}
		if (find_mode(p, part, true))
			return true;
	}
	return false;
}

const char *schema_mode_find(const char *name, struct schema_place *p)
{
	const size_t sep = strlen(SCHEMA_MODE_SEP);
	char part[SCHEMA_MODE_MAX];
	const char *rest = name;

	memset(p, 0, sizeof(*p));
	while (*rest) {
		const char *end = strstr(rest, SCHEMA_MODE_SEP);

		end = end ? end : rest + strlen(rest);
		if ((size_t)(end - rest) >= sizeof(part))
			break;
		memcpy(part, rest, (size_t)(end - rest));
		part[end - rest] = '\0';
		if (p->mode || (p->obj ? !find_mode(p, part, false) : !find_object(p, part)))
			break;
		rest = *end ? end + sep : end;
	}
	if (rest == name)
		p->obj = NULL;
	return rest;
}
