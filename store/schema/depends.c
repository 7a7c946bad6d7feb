/* store/schema/depends.c - which rows have a meaning only beside one value of another: told by the lines, whose
 * alternatives set that value ("id {mac <id.mac> <id.kind=mac>|ip <id.address> ... <id.kind=ip>}"). For
 * the forms. */
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

#define DEEP 8 /* nested alternatives in a syntax */

/* Where a syntax names `path`: "<path>" or "<path=", as `after` says. */
static const char *find_path(const char *s, const char *end, const char *path, char after)
{
	size_t len = strlen(path);

	for (const char *p = s; p < end; p++) {
		if (*p == '<' && (size_t)(end - p) > len + 1 && !strncmp(p + 1, path, len) &&
		    p[1 + len] == after)
			return p;
	}
	return NULL;
}

/* The innermost { } around `at`; false: none. */
static bool around(const char *syntax, const char *at, const char **from, const char **to)
{
	const char *open[DEEP];
	int depth = 0, inside = 0;

	for (const char *p = syntax; *p && p < at; p++) {
		if (*p == '{' && depth < DEEP)
			open[depth++] = p + 1;
		else if (*p == '}' && depth)
			depth--;
	}
	if (!depth)
		return false;
	*from = open[depth - 1];
	for (*to = at; **to && (**to != '}' || inside); (*to)++)
		inside += (**to == '{') - (**to == '}');
	return **to == '}';
}

/* The next alternative from *p on; false: no more. */
static bool alternative(const char **p, const char *end, const char **from)
{
	int depth = 0;

	if (*p > end)
		return false;
	*from = *p;
	while (*p < end && (**p != '|' || depth)) {
		depth += (**p == '{' || **p == '[') - (**p == '}' || **p == ']');
		(*p)++;
	}
	return true;
}

/* The value that an alternative gives to `by`; its length, 0: none. */
static size_t constant(const char *from, const char *to, const char *by, const char **value)
{
	const char *p = find_path(from, to, by, '=');

	if (!p)
		return 0;
	*value = p + 1 + strlen(by) + 1;
	return strcspn(*value, ">");
}

static bool listed(const cJSON *list, const char *text)
{
	const cJSON *i;

	cJSON_ArrayForEach (i, list) {
		if (!strcmp(cJSON_GetStringValue(i), text))
			return true;
	}
	return false;
}

/* Adds the values of `by` with which the line writes `path`. False: it does so whatever `by` is. */
static bool line_values(const char *syntax, const char *path, const char *by, cJSON *values)
{
	const char *at = syntax, *end = syntax + strlen(syntax), *from, *to, *p, *alt, *value;

	while ((at = find_path(at, end, path, '>')) != NULL) {
		if (!around(syntax, at, &from, &to))
			return false;
		for (p = from; alternative(&p, to, &alt); p++) {
			char text[64];
			size_t len = constant(alt, p, by, &value);

			if (!find_path(alt, p, path, '>'))
				continue;
			if (!len || len >= sizeof(text))
				return false;
			memcpy(text, value, len);
			text[len] = '\0';
			if (!listed(values, text))
				cJSON_AddItemToArray(values, cJSON_CreateString(text));
		}
		at++;
	}
	return true;
}

/* Do the rows in a line stand in an entry of a map? Their paths are relative then. */
static bool in_map(const struct schema_object *o, const struct schema_line *l)
{
	for (const struct schema_mode *m = l->mode ? o->modes : NULL; m && m->name; m++) {
		if (!strcmp(m->name, l->mode) && m->in)
			return true;
	}
	return l->in != NULL;
}

/* The values of `by` (a row beside the one at `path`) with which `path` means something; NULL: with all. */
static cJSON *values_of(const struct schema_object *o, const char *path, const char *by)
{
	cJSON *values = cJSON_CreateArray();

	for (const struct schema_line *l = o->lines; l && l->syntax; l++) {
		if (!in_map(o, l) && !line_values(l->syntax, path, by, values)) {
			cJSON_Delete(values);
			return NULL;
		}
	}
	if (!values->child) {
		cJSON_Delete(values);
		return NULL;
	}
	return values;
}

cJSON *schema_depends(const struct schema_object *o, const struct schema_field *beside,
		      const char *path)
{
	const char *dot = strrchr(path, '.');
	char by[POINTER_MAX];

	for (const struct schema_field *f = beside; f && f->name; f++) {
		struct text t;
		cJSON *values, *out;

		if (f->type != T_ENUM || !strcmp(f->name, dot ? dot + 1 : path))
			continue;
		text_fixed(&t, by, sizeof(by));
		text_addf(&t, "%.*s%s", dot ? (int)(dot + 1 - path) : 0, path, f->name);
		values = values_of(o, path, by);
		if (!values)
			continue;
		out = cJSON_CreateObject();
		cJSON_AddStringToObject(out, "field", f->name);
		cJSON_AddItemToObject(out, "is", values);
		return out;
	}
	return NULL;
}
