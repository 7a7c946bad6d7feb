/* store/ios/describe.c - the lines of IOS beside the rows that they write, for forms and search. */
#include <string.h>

#include "store/ios/advise.h"
#include "store/ios/syntax.h"

#define USAGE_MAX 400

struct writer {
	const struct schema_field *f;
	bool found;
};

static void on_node(void *ctx, const struct node *n)
{
	struct writer *w = ctx;

	w->found = w->found || n->f == w->f;
}

static bool writes(const struct rule *r, const struct schema_field *f)
{
	struct writer w = { .f = f };

	node_each(r->root, on_node, &w);
	return w.found || r->map == f;
}

/* The line that writes a row: the first one that a person would type. */
static const struct rule *writer_of(const struct schema_object *o, const struct schema_field *f)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		if (rules[i].obj == o && !rules[i].alias && !rules[i].keep && writes(&rules[i], f))
			return &rules[i];
	}
	return NULL;
}

static void add_table(const struct schema_object *o, const struct schema_field *table, cJSON *list)
{
	cJSON *field = list ? list->child : NULL;

	for (const struct schema_field *f = table; f && f->name && field;
	     f++, field = field->next) {
		const struct rule *r = writer_of(o, f);
		char usage[USAGE_MAX];

		if (r) {
			ios_usage(r, usage, sizeof(usage));
			cJSON_AddStringToObject(field, "syntax", usage);
		}
		add_table(o, f->members, cJSON_GetObjectItemCaseSensitive(field, "members"));
	}
}

void ios_describe(cJSON *all)
{
	cJSON *one = cJSON_GetObjectItemCaseSensitive(all, "objects")->child;

	for (const struct schema_object *const *o = schema_objects(); *o && one;
	     o++, one = one->next)
		add_table(*o, (*o)->fields, cJSON_GetObjectItemCaseSensitive(one, "fields"));
}
