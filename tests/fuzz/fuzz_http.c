/* Fuzz target: what we parse ourselves of an HTTP request - head, escapes, query, cookies, path patterns.
 * Input: lines; the first is "METHOD PATH?QUERY", the others are header fields. */
#include <stdlib.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/mem.h"
#include "server/http/http_check.h"
#include "tests/fuzz/fuzz.h"

#define FIELDS 80

static char *cut(char **rest, char at)
{
	char *line = *rest, *end = line ? strchr(line, at) : NULL;

	if (end)
		*end = '\0';
	*rest = end ? end + 1 : NULL;
	return line;
}

static void walk_query(const char *query)
{
	struct http_pair p;
	char buf[64];

	while (http_query_next(&query, &p)) {
		long n = http_decode(buf, sizeof(buf), p.value, p.value_len, true);

		if (n >= (long)sizeof(buf) || (n >= 0 && strlen(buf) != (size_t)n))
			abort();
	}
}

static void find_cookie(const char *field)
{
	size_t len = 0;
	const char *v = http_cookie_find(field, "switchroom_session", &len);

	if (v && (v < field || v + len > field + strlen(field)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1), *rest = text, *line, *path, *query;
	struct http_field fields[FIELDS];
	struct http_head h = { .version = "1.1", .fields = fields, .bytes = size };
	struct api_params params;
	const char *why;
	char allow[64];
	int status;

	memcpy(text, data, size);
	text[size] = '\0';
	line = cut(&rest, '\n');
	h.method = cut(&line, ' ');
	path = line ? line : text + size;
	query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	h.raw_path = path;
	h.query = query;
	while (rest && h.n < FIELDS) {
		line = cut(&rest, '\n');
		fields[h.n].name = cut(&line, ':');
		fields[h.n].value = line ? line : "";
		if (!strcmp(fields[h.n].name, "Cookie"))
			find_cookie(fields[h.n].value);
		h.n++;
	}
	status = http_head_check(&h, 1000, &why);
	if (status && (status < 400 || status > 431))
		abort();
	walk_query(query);
	/* What the check lets through decodes, and what a route takes from it is whole. */
	if (!status && api_route_find(h.method, path, &params, allow, sizeof(allow))) {
		for (size_t i = 0; i < params.n; i++) {
			if (strlen(params.value[i]) >= API_PARAM_MAX || !*params.value[i])
				abort();
		}
	}
	mem_free(text);
	return 0;
}
