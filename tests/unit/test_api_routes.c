/* The route table, its patterns, problem documents and the OpenAPI made from it. */
#include <string.h>

#include "api/api_int.h"
#include "api/components.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "tests/support/test.h"

static void patterns_match_whole_segments(void **state)
{
	static const struct {
		const char *pattern, *raw;
		bool match;
		const char *first;
	} rows[] = {
		{ "/phones", "/phones", true, NULL },
		{ "/phones", "/phones/", false, NULL },
		{ "/phones", "/phonesx", false, NULL },
		{ "/phones", "/%70hones", true, NULL },
		{ "/phones", "", false, NULL },
		{ "/phones/{device}", "/phones/SEP1", true, "SEP1" },
		{ "/phones/{device}", "/phones/a%20b", true, "a b" },
		{ "/phones/{device}", "/phones/", false, NULL },
		{ "/phones/{device}", "/phones/a/b", false, NULL },
		{ "/phones/{device}", "/phones/a%2Fb", true, "a/b" },
		{ "/phones/{device}", "/phones/%00", false, NULL },
		{ "/phones/{device}/files", "/phones/a/files", true, "a" },
		{ "/phones/{device}/files", "/phones/a/other", false, NULL },
		{ "/config/{path...}", "/config/a/b%20c", true, "a/b%20c" },
		{ "/config/{path...}", "/config/", false, NULL },
		{ "/config/{path...}", "/config", false, NULL },
	};
	struct api_params p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool got = api_path_match(rows[i].pattern, rows[i].raw, &p);

		if (got != rows[i].match)
			fail_msg("%s against %s: %d", rows[i].raw, rows[i].pattern, got);
		if (rows[i].first)
			assert_string_equal(p.value[0], rows[i].first);
	}
}

static void a_segment_too_long_does_not_match(void **state)
{
	char raw[2 * API_PARAM_MAX] = "/phones/";
	struct api_params p;

	(void)state;
	memset(raw + 8, 'x', API_PARAM_MAX);
	assert_false(api_path_match("/phones/{device}", raw, &p));
	raw[8 + API_PARAM_MAX - 1] = '\0';
	assert_true(api_path_match("/phones/{device}", raw, &p));
}

static void a_route_is_found_by_method_and_path(void **state)
{
	const struct api_route *r;
	struct api_params p;
	char allow[64];

	(void)state;
	r = api_route_find("GET", "/phones/SEP1", &p, allow, sizeof(allow));
	assert_non_null(r);
	assert_string_equal(r->id, "phone.get");
	r = api_route_find("HEAD", "/phones/SEP1", &p, allow, sizeof(allow));
	assert_string_equal(r->id, "phone.get");
	/* the word wins over the parameter */
	r = api_route_find("DELETE", "/sessions/current", &p, allow, sizeof(allow));
	assert_string_equal(r->id, "session.close");
	assert_null(api_route_find("PUT", "/phones", &p, allow, sizeof(allow)));
	assert_string_equal(allow, "GET, HEAD");
	assert_null(api_route_find("GET", "/nothing", &p, allow, sizeof(allow)));
	assert_string_equal(allow, "");
}

static bool is_in(const struct api_component *c, const char *name)
{
	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name != NULL;
}

static bool has_component(const char *name)
{
	return is_in(api_components, name) || is_in(status_components, name);
}

static void every_route_is_complete(void **state)
{
	(void)state;
	for (const struct api_route *r = api_routes; r->method; r++) {
		bool safe = !strcmp(r->method, "GET");

		assert_non_null(r->handler);
		assert_true(strlen(r->summary) > 3);
		if (r->body && !has_component(r->body))
			fail_msg("%s: no component %s", r->id, r->body);
		if (r->answer && !has_component(r->answer))
			fail_msg("%s: no component %s", r->id, r->answer);
		/* Whoever changes something is at least operator; only one's own sessions are exempt. */
		if (!safe && r->role < ROLE_OPERATOR && !strstr(r->id, "session.") &&
		    !strstr(r->id, "setup.") && !strstr(r->id, "password."))
			fail_msg("%s may be done by a %s", r->id, auth_role_text(r->role));
		for (const struct api_route *o = r + 1; o->method; o++)
			assert_string_not_equal(r->id, o->id);
	}
}

static void are_json(const struct api_component *c)
{
	for (; c->name; c++) {
		cJSON *o = NULL;
		char why[100] = "";

		if (json_parse(c->json, strlen(c->json), &o, why, sizeof(why)))
			fail_msg("%s: %s", c->name, why);
		cJSON_Delete(o);
	}
}

static void components_are_json(void **state)
{
	(void)state;
	are_json(api_components);
	are_json(status_components);
}

/* Walks all "$ref" and looks each of them up. */
static void check_refs(const cJSON *node, const cJSON *schemas)
{
	for (const cJSON *m = node->child; m; m = m->next) {
		if (m->string && !strcmp(m->string, "$ref") && cJSON_IsString(m)) {
			const char *name = strrchr(m->valuestring, '/') + 1;

			if (!cJSON_GetObjectItemCaseSensitive(schemas, name))
				fail_msg("%s leads nowhere", m->valuestring);
		}
		check_refs(m, schemas);
	}
}

static void the_openapi_document_holds_together(void **state)
{
	cJSON *o = api_openapi("1.2.3"), *paths, *schemas, *path, *op;
	size_t ops = 0;

	(void)state;
	assert_string_equal(cJSON_GetObjectItem(o, "openapi")->valuestring, "3.1.0");
	paths = cJSON_GetObjectItem(o, "paths");
	schemas = cJSON_GetObjectItem(cJSON_GetObjectItem(o, "components"), "schemas");
	check_refs(o, schemas);
	cJSON_ArrayForEach (path, paths) {
		cJSON_ArrayForEach (op, path) {
			assert_non_null(cJSON_GetObjectItem(op, "operationId"));
			assert_non_null(cJSON_GetObjectItem(op, "x-role"));
			assert_non_null(cJSON_GetObjectItem(op, "responses"));
			ops++;
		}
	}
	assert_true(ops > 100);
	assert_non_null(cJSON_GetObjectItem(paths, "/config/ephones/{tag}"));
	assert_non_null(cJSON_GetObjectItem(cJSON_GetObjectItem(paths, "/config/ephones"), "post"));
	assert_null(cJSON_GetObjectItem(cJSON_GetObjectItem(paths, "/config/ephones"), "put"));
	assert_null(
	    cJSON_GetObjectItem(cJSON_GetObjectItem(paths, "/config/telephony-service"), "post"));
	cJSON_Delete(o);
}

static void a_problem_document_names_every_fault(void **state)
{
	struct faults f;
	cJSON *o, *list;

	(void)state;
	faults_init(&f);
	f.operation = 2;
	faults_add(&f, ERR_RANGE, NULL, "ephones/1", "/timeouts/busy", "Value %d out of range", 7);
	faults_add(&f, ERR_UNKNOWN, NULL, "ephones/1", "/x", "Unknown field x");
	o = api_problem_doc(422, ERR_RANGE, &f);
	assert_string_equal(cJSON_GetObjectItem(o, "detail")->valuestring, "Value 7 out of range");
	assert_string_equal(cJSON_GetObjectItem(o, "code")->valuestring, "range");
	assert_string_equal(cJSON_GetObjectItem(o, "field")->valuestring, "/timeouts/busy");
	assert_int_equal(cJSON_GetObjectItem(o, "status")->valueint, 422);
	assert_int_equal(cJSON_GetObjectItem(o, "operation")->valueint, 2);
	list = cJSON_GetObjectItem(o, "errors");
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 1), "code")->valuestring,
			    "unknown_field");
	cJSON_Delete(o);
	faults_fini(&f);
	o = api_problem_doc(404, ERR_NOENT, NULL);
	assert_string_equal(cJSON_GetObjectItem(o, "code")->valuestring, "not_found");
	assert_null(cJSON_GetObjectItem(o, "errors"));
	cJSON_Delete(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_whole_segments),
		cmocka_unit_test(a_segment_too_long_does_not_match),
		cmocka_unit_test(a_route_is_found_by_method_and_path),
		cmocka_unit_test(every_route_is_complete),
		cmocka_unit_test(components_are_json),
		cmocka_unit_test(the_openapi_document_holds_together),
		cmocka_unit_test(a_problem_document_names_every_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
