/* api/request.c - what a handler is given: query, body, members checked by name and type. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/http_check.h"

const char *api_query(const struct api_req *r, const char *name)
{
	for (size_t i = 0; i < r->n_query; i++) {
		if (!strcmp(r->query[i].name, name))
			return r->query[i].value;
	}
	return NULL;
}

int api_query_int(struct api_req *r, const char *name, int64_t min, int64_t max, int64_t dflt,
		  int64_t *out)
{
	const char *s = api_query(r, name);

	*out = dflt;
	if (!s || !text_to_int(s, strlen(s), min, max, out))
		return 0;
	return api_fault(r, ERR_MALFORMED, "query", "", "%s must be a number from %lld to %lld",
			 name, (long long)min, (long long)max);
}

static bool is_listed(const char *list, const char *name)
{
	struct slice rest = slice_of(list ? list : ""), part;

	while (slice_next(&rest, ',', &part)) {
		if (part.len && slice_eq(part, name))
			return true;
	}
	return false;
}

static int note_pair(struct api_req *r, const struct http_pair *p)
{
	char *name = r->query[r->n_query].name, *value = r->query[r->n_query].value;

	if (http_decode(name, sizeof(r->query[0].name), p->name, p->name_len, true) < 0)
		return api_fault(r, ERR_MALFORMED, "query", "",
				 "A query parameter has too long a name");
	if (http_decode(value, sizeof(r->query[0].value), p->value, p->value_len, true) < 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "The value of %s is too long",
				 name);
	if (!is_listed(r->route->query, name) && !(r->route->flags & R_FILTER) &&
	    !((r->route->flags & R_DRY) && !strcmp(name, "dry_run")))
		return api_fault(r, ERR_MALFORMED, "unknown_parameter", "",
				 "Unknown query parameter %s", name);
	if (api_query(r, name))
		return api_fault(r, ERR_MALFORMED, "query", "", "Query parameter %s is given twice",
				 name);
	r->n_query++;
	return 0;
}

int api_read_query(struct api_req *r)
{
	const char *rest = http_query(r->http), *dry;
	struct http_pair p;

	while (http_query_next(&rest, &p)) {
		int err = r->n_query < API_QUERY_MAX ? note_pair(r, &p) : ERR_MALFORMED;

		if (err)
			return err;
	}
	dry = r->route->flags & R_DRY ? api_query(r, "dry_run") : NULL;
	r->dry_run = dry && !strcmp(dry, "true");
	if (dry && !r->dry_run && strcmp(dry, "false") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "dry_run is true or false");
	return 0;
}

/* "application/json; charset=utf-8" is JSON; a parameter other than utf-8 is not looked at. */
static bool is_type(const char *given, const char *want)
{
	size_t n = strlen(want);

	return given && !strncasecmp(given, want, n) &&
	       (!given[n] || given[n] == ';' || given[n] == ' ');
}

static int check_type(struct api_req *r)
{
	const char *type = http_header(r->http, "Content-Type");

	if (is_type(type, "application/json"))
		return 0;
	if (!strcmp(r->route->method, "PATCH") && is_type(type, "application/merge-patch+json"))
		return 0;
	if ((r->route->flags & R_TEXT) &&
	    (is_type(type, "text/plain") || is_type(type, "application/x-pem-file") ||
	     is_type(type, "application/pem-certificate-chain")))
		return 0;
	return api_fault(r, ERR_MEDIA, NULL, "", "The body must be %s",
			 r->route->flags & R_TEXT ? "text/plain or application/json"
						  : "application/json");
}

static bool has_body(const struct api_req *r)
{
	const char *len = http_header(r->http, "Content-Length");

	return http_header(r->http, "Transfer-Encoding") || (len && strcmp(len, "0") != 0);
}

static int parse(struct api_req *r)
{
	char why[API_WHY] = "";
	int err = json_parse(r->text, r->text_len, &r->body, why, sizeof(why));

	if (err)
		return api_fault(r, err, NULL, "", "The body is not valid JSON: %s", why);
	return 0;
}

int api_read_body(struct api_req *r)
{
	size_t max = r->route->flags & R_BIG ? API_BIG_BODY_MAX : API_BODY_MAX;
	bool wanted = strcmp(r->route->method, "GET") != 0 && !(r->route->flags & R_NOBODY);
	int err;

	if (!wanted && !has_body(r))
		return 0;
	if ((r->route->flags & R_OPTIONAL) && !has_body(r)) {
		r->body = cJSON_CreateObject();
		return 0;
	}
	if (wanted && has_body(r)) {
		err = check_type(r);
		if (err)
			return err;
	}
	err = http_body_max(r->http, wanted ? max : API_BODY_MAX, &r->text, &r->text_len);
	if (err == ERR_TOO_BIG)
		return api_fault(r, err, NULL, "", "The body is larger than %zu bytes", max);
	if (err || !wanted || (r->route->flags & R_TEXT))
		return err;
	if (!r->text_len)
		return api_fault(r, ERR_MALFORMED, NULL, "", "A JSON body is needed");
	return parse(r);
}

int api_only(struct api_req *r, const cJSON *o, const char *at, const char *const *names)
{
	int err = 0;

	if (!cJSON_IsObject(o))
		return api_fault(r, ERR_TYPE, NULL, at, "An object is needed");
	for (const cJSON *m = o->child; m; m = m->next) {
		char field[128];
		size_t i;

		for (i = 0; names[i] && strcmp(names[i], m->string) != 0; i++)
			;
		if (names[i])
			continue;
		snprintf(field, sizeof(field), "%s/%.80s", at, m->string);
		err = api_fault(r, ERR_UNKNOWN, NULL, field, "Unknown field %.80s", m->string);
	}
	return err;
}

int api_str(struct api_req *r, const cJSON *o, const char *name, bool needed, const char **out)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, name);
	char field[80];

	*out = NULL;
	snprintf(field, sizeof(field), "/%s", name);
	if (!m || cJSON_IsNull(m))
		return needed ? api_fault(r, ERR_INVALID, "required", field, "%s is needed", name)
			      : 0;
	if (!cJSON_IsString(m))
		return api_fault(r, ERR_TYPE, NULL, field, "%s must be text", name);
	*out = m->valuestring;
	return 0;
}

cJSON *api_page(cJSON *items, const char *next_cursor)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddItemToObject(o, "items", items);
	if (next_cursor && *next_cursor)
		cJSON_AddStringToObject(o, "next_cursor", next_cursor);
	else
		cJSON_AddNullToObject(o, "next_cursor");
	return o;
}
