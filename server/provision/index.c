/* server/provision/index.c - see index.h. One pass over all phones, then a binary search per file.
 */
#include "server/provision/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/provision/view.h"

struct provision_index {
	struct index_entry *list;
	size_t n, cap;
	bool per_type;                /* cnf-file perphonetype */
	bool group[INDEX_GROUPS + 1]; /* VRF groups with an address of their own */
};

struct scan {
	struct provision_index *ix;
	struct view view;
	const char *collection;
	bool sip;
};

static int add(void *ctx, const char *key, const cJSON *value)
{
	struct scan *s = ctx;
	struct provision_index *ix = s->ix;
	struct index_entry e = { .sip = s->sip };

	if (phone_device(&s->view, s->sip, value, e.device))
		return 0;
	snprintf(e.path, sizeof(e.path), "%s/%s", s->collection, key);
	if (ix->n == ix->cap) {
		ix->cap = ix->cap ? ix->cap * 2 : 64;
		ix->list = mem_realloc(ix->list, ix->cap * sizeof(*ix->list));
	}
	ix->list[ix->n++] = e;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct index_entry *)a)->device,
		      ((const struct index_entry *)b)->device);
}

static void find_groups(struct provision_index *ix, struct conf *c, const char *path)
{
	const cJSON *g;

	cJSON_ArrayForEach (g, cJSON_GetObjectItemCaseSensitive(conf_get(c, path), "groups")) {
		long tag = strtol(g->string, NULL, 10);

		if (tag >= 1 && tag <= INDEX_GROUPS && cfg_map(g, "source_address.address"))
			ix->group[tag] = true;
	}
}

struct provision_index *provision_index_new(struct conf *c)
{
	const struct schema_object *ts = schema_object("telephony-service");
	struct provision_index *ix = mem_zalloc(sizeof(*ix));

	ix->per_type =
	    strcmp(cfg_str(ts, conf_get(c, ts->path), "cnf_file.mode"), "perphonetype") == 0;
	find_groups(ix, c, ts->path);
	find_groups(ix, c, "voice-register/global");
	conf_each(c, "ephones", NULL, add, &(struct scan){ ix, { c, false }, "ephones", false });
	conf_each(c, "voice-register/pools", NULL, add,
		  &(struct scan){ ix, { c, false }, "voice-register/pools", true });
	if (ix->n)
		qsort(ix->list, ix->n, sizeof(*ix->list), compare);
	return ix;
}

void provision_index_free(struct provision_index *ix)
{
	if (ix)
		mem_free(ix->list);
	mem_free(ix);
}

const struct index_entry *index_find(const struct provision_index *ix, const char *device,
				     size_t len)
{
	size_t lo = 0, hi = ix->n;
	char upper[sizeof(ix->list->device)];

	if (len >= sizeof(upper))
		return NULL;
	for (size_t i = 0; i < len; i++)
		upper[i] =
		    device[i] >= 'a' && device[i] <= 'z' ? (char)(device[i] - 32) : device[i];
	upper[len] = '\0';
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(ix->list[mid].device, upper);

		if (cmp == 0)
			return &ix->list[mid];
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool index_per_type(const struct provision_index *ix)
{
	return ix->per_type;
}

bool index_has_group(const struct provision_index *ix, int group)
{
	return group >= 1 && group <= INDEX_GROUPS && ix->group[group];
}

const struct index_entry *index_all(const struct provision_index *ix, size_t *n)
{
	*n = ix->n;
	return ix->list;
}
