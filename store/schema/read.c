/* store/schema/read.c - reading an item with the defaults of the schema. */
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/internal.h"

struct place {
	const struct schema_field *f;
	const cJSON *node; /* NULL: absent */
};

static const cJSON *child(const cJSON *node, const char *name, size_t len)
{
	char buf[256];

	if (!cJSON_IsObject(node) || len >= sizeof(buf))
		return NULL;
	memcpy(buf, name, len);
	buf[len] = '\0';
	return cJSON_GetObjectItemCaseSensitive(node, buf);
}

/* One step down from `p`: a member, an entry of a map, or one of its members. */
static bool place_step(struct place *p, const struct schema_field *table, bool *entry,
		       const char *name, size_t len)
{
	if (p->f && p->f->type == T_MAP && !*entry) {
		p->node = child(p->node, name, len);
		*entry = true;
		if (p->f->item) {
			p->f = p->f->item;
			*entry = false;
		}
		return true;
	}
	p->f = schema_member(p->f ? p->f->members : table, name, len);
	p->node = child(p->node, name, len);
	*entry = false;
	return p->f != NULL;
}

static struct place place_find(const struct schema_object *o, const cJSON *item, const char *path)
{
	struct place p = { NULL, item };
	const char *sep = *path == '/' ? "/" : ".";
	bool entry = false;

	path += *path == '/';
	while (*path) {
		size_t len = strcspn(path, sep);

		if (!place_step(&p, o->fields, &entry, path, len))
			return (struct place){ NULL, NULL };
		path += len;
		path += *path != '\0';
	}
	if (entry || cJSON_IsNull(p.node))
		p.node = entry ? p.node : NULL;
	return p;
}

int64_t cfg_int(const struct schema_object *o, const cJSON *item, const char *path)
{
	struct place p = place_find(o, item, path);

	if (cJSON_IsNumber(p.node))
		return (int64_t)p.node->valuedouble;
	if (!p.f || !p.f->dflt)
		return 0;
	return p.f->type == T_DSCP ? schema_dscp_parse(p.f->dflt) : strtoll(p.f->dflt, NULL, 10);
}

bool cfg_bool(const struct schema_object *o, const cJSON *item, const char *path)
{
	struct place p = place_find(o, item, path);

	if (p.f && (p.f->flags & F_EXISTS))
		return item != NULL;
	if (cJSON_IsBool(p.node))
		return cJSON_IsTrue(p.node);
	return p.f && p.f->dflt && strcmp(p.f->dflt, "true") == 0;
}

const char *cfg_str(const struct schema_object *o, const cJSON *item, const char *path)
{
	struct place p = place_find(o, item, path);

	if (p.node && cJSON_IsString(p.node))
		return p.node->valuestring;
	return p.f && p.f->type != T_SECRET ? p.f->dflt : NULL;
}

const cJSON *cfg_map(const cJSON *item, const char *path)
{
	const char *sep = *path == '/' ? "/" : ".";

	path += *path == '/';
	while (item && *path) {
		size_t len = strcspn(path, sep);

		item = child(item, path, len);
		path += len;
		path += *path != '\0';
	}
	return cJSON_IsNull(item) ? NULL : item;
}
