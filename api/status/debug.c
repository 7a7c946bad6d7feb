/* api/status/debug.c - log categories: the debug lines of one part, switched while the server runs (`debug
 * cme-hfs` of CME). They are off again after a restart. */
#include <string.h>

#include "api/status/actions.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"

static const struct category {
	const char *name, *help;
	enum log_area area;
} categories[] = {
	{ "hfs", "A line for each file that a phone asks for over HTTP", LOG_HFS },
	{ "sccp", "A line for each SCCP message", LOG_SCCP },
};

static cJSON *category_tree(const struct category *c)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "name", c->name);
	cJSON_AddStringToObject(o, "help", c->help);
	cJSON_AddBoolToObject(o, "debug", log_debug_is_on(c->area));
	return o;
}

int status_categories(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *items = cJSON_CreateArray();

	(void)r;
	(void)a;
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		cJSON_AddItemToArray(items, category_tree(&categories[i]));
	*out = api_page(items, NULL);
	return 0;
}

static const struct category *category_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (!strcmp(categories[i].name, name))
			return &categories[i];
	return NULL;
}

int action_debug(const char *name, bool on)
{
	const struct category *c = name ? category_find(name) : NULL;

	for (size_t i = 0; i < ARRAY_LEN(categories) && !name; i++)
		log_debug_area(categories[i].area, on);
	if (c)
		log_debug_area(c->area, on);
	return c || !name ? 0 : ERR_NOENT;
}

int api_category_list(struct api_req *r)
{
	const struct status_args none = { 0 };
	cJSON *o = NULL;
	int err = status_categories(r, &none, &o);

	return err ? err : api_json(r, 200, o);
}

int api_category_put(struct api_req *r)
{
	static const char *const names[] = { "debug", NULL };
	const struct category *c = category_find(r->params.value[0]);
	const cJSON *on = cJSON_GetObjectItemCaseSensitive(r->body, "debug");
	int err = c ? api_only(r, r->body, "", names) : ERR_NOENT;

	if (!err && !cJSON_IsBool(on))
		err = api_fault(r, ERR_TYPE, NULL, "/debug", "debug is true or false");
	if (err)
		return err;
	log_debug_area(c->area, cJSON_IsTrue(on));
	return api_json(r, 200, category_tree(c));
}
