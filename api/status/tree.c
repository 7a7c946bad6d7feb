/* api/status/tree.c - see status.h: small helpers over cJSON. Pure. */
#include <string.h>

#include "api/status/status.h"

#define PATH_PART 64

static const cJSON *member(const cJSON *o, const char *name, size_t len)
{
	char part[PATH_PART];

	if (!cJSON_IsObject(o) || len >= sizeof(part))
		return NULL;
	memcpy(part, name, len);
	part[len] = '\0';
	return cJSON_GetObjectItemCaseSensitive(o, part);
}

const cJSON *tree_get(const cJSON *o, const char *dotted)
{
	while (o && *dotted) {
		size_t len = strcspn(dotted, ".");

		o = member(o, dotted, len);
		dotted += len + (dotted[len] == '.');
	}
	return cJSON_IsNull(o) ? NULL : o;
}

const char *tree_str(const cJSON *o, const char *dotted)
{
	return cJSON_GetStringValue(tree_get(o, dotted));
}

double tree_num(const cJSON *o, const char *dotted, double absent)
{
	const cJSON *n = tree_get(o, dotted);

	return cJSON_IsNumber(n) ? n->valuedouble : absent;
}

bool tree_is(const cJSON *o, const char *dotted)
{
	return cJSON_IsTrue(tree_get(o, dotted));
}

void tree_null(cJSON *o, const char *names)
{
	struct slice rest = slice_of(names), part;

	while (slice_next(&rest, ',', &part)) {
		char name[PATH_PART];

		if (part.len && part.len < sizeof(name)) {
			memcpy(name, part.p, part.len);
			name[part.len] = '\0';
			cJSON_AddNullToObject(o, name);
		}
	}
}

int tree_tag(const char *key)
{
	int64_t n;

	return key && !text_to_int(key, strlen(key), 0, INT32_MAX, &n) ? (int)n : 0;
}

void tree_text(cJSON *o, const char *name, const char *s)
{
	if (s && *s)
		cJSON_AddStringToObject(o, name, s);
	else
		cJSON_AddNullToObject(o, name);
}

void tree_copy(cJSON *o, const char *name, const cJSON *from, const char *dotted)
{
	const cJSON *v = tree_get(from, dotted);

	cJSON_AddItemToObject(o, name, v ? cJSON_Duplicate(v, true) : cJSON_CreateNull());
}
