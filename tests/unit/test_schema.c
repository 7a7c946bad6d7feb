/* The schema as such: strict JSON, paths, what the forms and OpenAPI get, the site profile, the reference page. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/schema/schema.h"
#include "tests/support/schema_rig.h"

/* ---- JSON ---- */
static void assert_json(const char *text, size_t len, const char *why_want)
{
	char why[200] = "";
	cJSON *v = NULL;
	int err = json_parse(text, len, &v, why, sizeof(why));

	assert_int_equal(err, why_want ? ERR_MALFORMED : 0);
	if (why_want)
		assert_non_null(strstr(why, why_want));
	assert_int_equal(v != NULL, !why_want);
	cJSON_Delete(v);
}

static void only_strict_json_is_taken(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "{\"a\": [1, -2.5e3, true, false, null, \"\\u00e9\\ud83d\\ude00\\n\"]}", NULL },
		{ " [] ", NULL },
		{ "0", NULL },
		{ "9007199254740991", NULL },
		{ "9007199254740992", "number too large" },
		{ "1e999", "number too large" },
		{ "{\"a\":1,\"a\":2}", "member \"a\" occurs twice" },
		{ "{\"a\":1,\"\\u0061\":2}", "member \"a\" occurs twice" },
		{ "[{\"x\":{\"b\":1,\"b\":1}}]", "occurs twice" },
		{ "{} x", "bytes behind the end, at byte 3" },
		{ "01", "leading zero" },
		{ "-01", "leading zero" },
		{ "1.", "bad number" },
		{ ".5", "not a JSON value" },
		{ "+1", "not a JSON value" },
		{ "[1,]", "not a JSON value" },
		{ "{\"a\":1,}", "double quotes" },
		{ "{'a':1}", "double quotes" },
		{ "\"a\nb\"", "raw control character" },
		{ "\"\\x\"", "bad escape" },
		{ "\"\\u0000\"", "u0000" },
		{ "\"\\ud800\"", "surrogate" },
		{ "\"\\udc00\"", "surrogate" },
		{ "\"\xc3\x28\"", "UTF-8" },
		{ "\"\xed\xa0\x80\"", "UTF-8" },
		{ "tru", "not a JSON value" },
		{ "NaN", "not a JSON value" },
		{ "", "ends too early" },
		{ "[", "ends too early" },
		{ "\"abc", "text without end" },
	};
	char deep[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_json(cases[i].text, strlen(cases[i].text), cases[i].why);
	assert_json("\"a\0b\"", 5, "raw control character");
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	assert_json(deep + 68, 64, NULL);
	assert_json(deep + 67, 66, "nested too deep");
}

/* ---- paths ---- */
static void a_path_names_object_key_and_what_is_inside(void **state)
{
	struct schema_path p;

	(void)state;
	assert_int_equal(schema_path_parse("ephones/007/buttons/3", &p), 0);
	assert_string_equal(p.object, "ephones/7");
	assert_string_equal(p.key, "7");
	assert_string_equal(p.inside, "buttons/3");
	assert_int_equal(schema_path_parse("voice-register/pools", &p), 0);
	assert_string_equal(p.object, "");
	assert_int_equal(schema_path_parse("/telephony-service/timeouts/busy", &p), 0);
	assert_string_equal(p.object, "telephony-service");
	assert_string_equal(p.inside, "timeouts/busy");
	assert_int_equal(schema_path_parse("ephones/x", &p), ERR_NOENT);
	assert_int_equal(schema_path_parse("ephones/-1", &p), ERR_NOENT);
	assert_int_equal(schema_path_parse("ephonesx", &p), ERR_NOENT);
	assert_int_equal(schema_path_parse("", &p), ERR_NOENT);
}

/* ---- descriptions ---- */
static const cJSON *named(const cJSON *list, const char *member, const char *name)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, list) {
		if (strcmp(cJSON_GetObjectItem(e, member)->valuestring, name) == 0)
			return e;
	}
	fail_msg("no %s %s", member, name);
	return NULL;
}

static void assert_member(const cJSON *o, const char *name, const char *json)
{
	char *text = cJSON_PrintUnformatted(cJSON_GetObjectItem(o, name));

	assert_string_equal(text ? text : "absent", json);
	cJSON_free(text);
}

static void the_forms_get_all_they_draw(void **state)
{
	cJSON *all = schema_describe();
	const cJSON *objects = cJSON_GetObjectItem(all, "objects"), *ts, *f;

	(void)state;
	ts = named(objects, "path", "telephony-service");
	assert_member(ts, "collection", "false");
	f = named(cJSON_GetObjectItem(ts, "fields"), "name", "keepalive");
	assert_member(f, "type", "\"int\"");
	assert_member(f, "min", "10");
	assert_member(f, "max", "65535");
	assert_member(f, "unit", "\"s\"");
	assert_member(f, "default", "30");
	assert_member(f, "command", "\"keepalive\"");
	assert_member(f, "apply", "\"create+reset\"");
	assert_member(f, "group", "\"Registration\"");
	f = named(cJSON_GetObjectItem(ts, "fields"), "name", "timeouts");
	f = named(cJSON_GetObjectItem(f, "members"), "name", "busy");
	assert_member(f, "command", "\"timeouts busy\"");
	f = named(cJSON_GetObjectItem(ts, "fields"), "name", "max_ephones");
	assert_member(f, "max", "4451");
	assert_int_equal(schema_limit_set("ephones", 9000), 0);
	cJSON_Delete(all);
	all = schema_describe();
	ts = named(cJSON_GetObjectItem(all, "objects"), "path", "telephony-service");
	f = named(cJSON_GetObjectItem(ts, "fields"), "name", "max_ephones");
	assert_member(f, "max", "9000");
	f = named(cJSON_GetObjectItem(all, "objects"), "path", "ephones");
	assert_member(cJSON_GetObjectItem(f, "key"), "max", "9000");
	f = named(cJSON_GetObjectItem(f, "fields"), "name", "buttons");
	f = named(cJSON_GetObjectItem(f, "members"), "name", "dns");
	assert_member(cJSON_GetObjectItem(f, "item"), "ref", "\"ephone-dns\"");
	/* A key of several numbers is typed as one text. */
	f = named(cJSON_GetObjectItem(all, "objects"), "path", "user-profiles");
	f = named(cJSON_GetObjectItem(f, "fields"), "name", "numbers");
	f = named(cJSON_GetObjectItem(f, "keys"), "name", "numbers");
	assert_member(f, "type", "\"string\"");
	assert_member(f, "max", "absent");
	assert_int_equal(schema_limit_set("ephones", 1000), 0);
	cJSON_Delete(all);
}

static const cJSON *member_of(const cJSON *all, const char *path, const char *object,
			      const char *member)
{
	const cJSON *f = named(cJSON_GetObjectItem(all, "objects"), "path", path);

	f = named(cJSON_GetObjectItem(f, "fields"), "name", object);
	return named(cJSON_GetObjectItem(f, "members"), "name", member);
}

static void the_forms_are_told_which_choice_a_field_belongs_to(void **state)
{
	cJSON *all = schema_describe();

	(void)state;
	assert_member(member_of(all, "voice-register/pools", "id", "mac"), "when",
		      "{\"field\":\"kind\",\"is\":[\"mac\"]}");
	assert_member(member_of(all, "voice-register/pools", "id", "mask"), "when",
		      "{\"field\":\"kind\",\"is\":[\"ip\",\"network\"]}");
	assert_member(member_of(all, "telephony-service", "cnf_file", "tftp_url"), "when",
		      "{\"field\":\"location\",\"is\":[\"tftp\"]}");
	/* A name goes with each kind, also with none; the choice itself always counts. */
	assert_member(member_of(all, "voice-register/pools", "id", "device_id_name"), "when",
		      "absent");
	assert_member(member_of(all, "voice-register/pools", "id", "kind"), "when", "absent");
	cJSON_Delete(all);
}

static void json_schema_says_types_limits_and_what_is_required(void **state)
{
	cJSON *s = schema_json_schema(schema_object("ephones"));
	const cJSON *props = cJSON_GetObjectItem(s, "properties"), *b;

	(void)state;
	assert_member(s, "additionalProperties", "false");
	assert_member(cJSON_GetObjectItem(props, "tag"), "maximum", "1000");
	assert_member(cJSON_GetObjectItem(props, "codec"), "enum",
		      "[\"g711ulaw\",\"g722r64\",\"g729r8\",\"ilbc\"]");
	assert_member(cJSON_GetObjectItem(props, "phone_type"), "enum", "absent");
	b = cJSON_GetObjectItem(cJSON_GetObjectItem(props, "buttons"), "additionalProperties");
	assert_member(b, "required", "[\"separator\",\"dns\"]");
	b = cJSON_GetObjectItem(cJSON_GetObjectItem(props, "password"), "anyOf");
	assert_int_equal(cJSON_GetArraySize(b), 2);
	cJSON_Delete(s);
}

/* ---- site profile ---- */
static char *exported(struct schema_rig *r)
{
	struct ios_print opt = { NULL, false };
	struct text out;

	text_init(&out, 1 << 16);
	assert_int_equal(ios_export(r->conf, &opt, &out), 0);
	return text_take(&out);
}

static void the_site_profile_is_an_ordinary_revision_without_a_fault(void **state)
{
	struct schema_rig *r = *state;
	char *text;

	assert_int_equal(schema_profile(r->conf, "10.20.0.5", 23, &r->faults), 0);
	assert_int_equal(rig_check(r), 0);
	for (size_t i = 0; i < r->warnings.n; i++)
		assert_string_equal(r->warnings.list[i].code, "dhcp_option_150");
	text = exported(r);
	assert_string_equal(text, "!\nip http server\n!\nvoice service voip\n sip\n"
				  "  registrar server expires min 120\n!\n"
				  "voice register global\n mode cme\n source-address 10.20.0.5\n"
				  " max-dn 5000\n max-pool 4451\n authenticate all\n timezone 23\n"
				  " ntp-server 10.20.0.5 mode unicast\n create profile\n!\n"
				  "sip-ua\n timers connection aging 100\n!\n"
				  "telephony-service\n max-ephones 1000\n max-dn 5000\n"
				  " ip source-address 10.20.0.5\n cnf-file location flash:\n"
				  " cnf-file perphone\n hfs enable port 6970\n time-zone 23\n"
				  " create cnf-files\n!\nend\n");
	mem_free(text);
	rig_commit(r);
	assert_int_equal(conf_revision(r->conf), 1);
	rig_must(r, OP_PATCH, "telephony-service", "{\"max_dn\": 10}");
	assert_int_equal(rig_check(r), 0);
	REQ("R-350");
	REQ("R-351");
	REQ("R-354");
}

static void a_site_with_ipv6_only_gets_its_protocol_mode(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("telephony-service");

	assert_int_equal(schema_profile(r->conf, "2001:db8::5", 56, &r->faults), 0);
	assert_int_equal(rig_check(r), 0);
	assert_string_equal(
	    cfg_str(o, conf_get(r->conf, "telephony-service"), "protocol_mode.mode"), "ipv6");
	for (size_t i = 0; i < r->warnings.n; i++)
		assert_true(strcmp(r->warnings.list[i].code, "dhcp_option_150") == 0 ||
			    strcmp(r->warnings.list[i].code, "time_zone") == 0);
	assert_int_equal(schema_limit_set("pools", 77), 0);
	assert_int_equal(schema_profile(r->conf, "10.0.0.1", 5, &r->faults), 0);
	assert_int_equal(schema_limit_set("pools", 4451), 0);
	assert_int_equal(cfg_int(schema_object("voice-register/global"),
				 conf_get(r->conf, "voice-register/global"), "max_pool"),
			 77);
}

static void restoring_the_empty_revision_brings_the_defaults_of_cme_back(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *g = schema_object("voice-register/global");

	assert_int_equal(schema_profile(r->conf, "10.20.0.5", 23, &r->faults), 0);
	rig_commit(r);
	conf_clear(r->conf);
	assert_int_equal(rig_check(r), 0);
	assert_null(conf_get(r->conf, "telephony-service"));
	assert_string_equal(cfg_str(g, conf_get(r->conf, "voice-register/global"), "mode"), "srst");
	assert_int_equal(cfg_int(g, conf_get(r->conf, "voice-register/global"), "max_pool"), 0);
	REQ("R-352");
}

/* ---- reference page ---- */
static void the_reference_page_is_current(void **state)
{
	FILE *f = fopen("docs/settings.md", "r");
	struct text want;
	char *have;
	size_t len;

	(void)state;
	assert_non_null(f);
	text_init(&want, 1 << 20);
	schema_reference(&want);
	assert_false(want.overflow);
	have = mem_zalloc(want.len + 2);
	len = fread(have, 1, want.len + 1, f);
	fclose(f);
	if (len != want.len || memcmp(have, want.buf, len) != 0)
		fail_msg("docs/settings.md is not what the schema says: make it with `switchroom "
			 "settings`");
	mem_free(have);
	text_fini(&want);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_strict_json_is_taken),
		cmocka_unit_test(a_path_names_object_key_and_what_is_inside),
		cmocka_unit_test(the_forms_get_all_they_draw),
		cmocka_unit_test(the_forms_are_told_which_choice_a_field_belongs_to),
		cmocka_unit_test(json_schema_says_types_limits_and_what_is_required),
		T(the_site_profile_is_an_ordinary_revision_without_a_fault),
		T(a_site_with_ipv6_only_gets_its_protocol_mode),
		T(restoring_the_empty_revision_brings_the_defaults_of_cme_back),
		cmocka_unit_test(the_reference_page_is_current),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
