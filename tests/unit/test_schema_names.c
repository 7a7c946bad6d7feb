/* How things are called: keys that are no numbers, parts of paths, modes. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "tests/support/schema_rig.h"

static void a_key_with_slashes_has_one_spelling_in_a_path(void **state)
{
	struct schema_rig *r = *state;
	static const char *const spellings[] = { "voice-ports/0%2F1%2F0:15",
						 "voice-ports/0%2f1%2f0%3A15" };
	struct schema_path p;
	char text[64];

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(schema_path_parse(spellings[i], &p), 0);
		assert_string_equal(p.object, "voice-ports/0%2F1%2F0:15");
		assert_string_equal(schema_key_text(p.key, text, sizeof(text)), "0/1/0:15");
	}
	rig_must(r, OP_PUT, "voice-ports/0%2F1%2F0:15", "{\"ring_number\": 3}");
	rig_must(r, OP_PATCH, spellings[1], "{\"id\": \"0/1/0:15\", \"signal\": \"ground-start\"}");
	rig_commit(r);
	rig_assert_item(r, "voice-ports/0%2F1%2F0:15",
			"{\"signal\":\"ground-start\",\"ring_number\":3}");
	assert_int_equal(rig_edit(r, OP_PATCH, spellings[0], "{\"id\": \"0/1/1\"}"), ERR_CONFLICT);
	assert_int_equal(schema_path_parse("voice-ports/", &p), 0);
	assert_int_equal(schema_path_parse("voice-ports/%00", &p), ERR_NOENT);
	assert_int_equal(schema_path_parse("voice-ports/%FF", &p), ERR_NOENT);
}

static void an_item_shows_its_key_as_text(void **state)
{
	struct schema_rig *r = *state;
	char made[SCHEMA_PATH_MAX];
	cJSON *body = cJSON_Parse("{\"id\": \"2/0\"}"), *seen, *key;

	assert_int_equal(schema_edit(r->conf, OP_CREATE, "voice-ports", body, &r->faults, made), 0);
	assert_string_equal(made, "voice-ports/2%2F0");
	seen = schema_public(schema_object("voice-ports"), "2%2F0", conf_get(r->conf, made), false);
	key = cJSON_GetObjectItemCaseSensitive(seen, "id");
	assert_string_equal(cJSON_GetStringValue(key), "2/0");
	cJSON_Delete(seen);
	cJSON_Delete(body);
	assert_int_equal(rig_edit(r, OP_CREATE, "voice-ports", "{}"), ERR_INVALID);
	rig_assert_fault(r, "required", "/id", "Is required");
}

static int first_key(void *ctx, const char *key, const cJSON *value)
{
	(void)value;
	snprintf(ctx, 64, "%s", key);
	return 1;
}

static void keys_are_handed_over_as_in_a_path(void **state)
{
	struct schema_rig *r = *state;
	char key[64] = "";

	rig_must(r, OP_PUT, "voice-ports/0%2F0%2F0", "{}");
	assert_int_equal(conf_each(r->conf, "voice-ports", NULL, first_key, key), 1);
	assert_string_equal(key, "0%2F0%2F0");
}

static void nested_keys_with_slashes_have_paths(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service/urls/services", "{\"url\": \"http://10.0.0.1/s\"}");
	rig_must(r, OP_PUT, "voice-ports/2%2F0/options/mlpp/a%2Fb", "{}");
	rig_assert_item(r, "voice-ports/2%2F0", "{\"options\":{\"mlpp\":{\"a/b\":{}}}}");
	rig_must(r, OP_DELETE, "voice-ports/2%2F0/options/mlpp/a%2Fb", "null");
	rig_assert_item(r, "voice-ports/2%2F0", "{}");
}

static void assert_mode(const char *name, const char *object, const char *mode, const char *key,
			const char *entry)
{
	struct schema_place p;
	char again[SCHEMA_MODE_MAX], text[128];

	assert_string_equal(schema_mode_find(name, &p), "");
	assert_string_equal(p.obj->path, object);
	if (mode)
		assert_string_equal(p.mode->name, mode);
	else
		assert_null(p.mode);
	assert_string_equal(schema_key_text(p.key, text, sizeof(text)), key);
	assert_string_equal(p.entry, entry);
	schema_mode_name(&p, again, sizeof(again));
	assert_string_equal(again, name);
}

static void every_mode_has_a_name(void **state)
{
	struct schema_place p = { 0 };
	char name[SCHEMA_MODE_MAX];

	(void)state;
	schema_mode_name(&p, name, sizeof(name));
	assert_string_equal(name, "");
	assert_mode("ephone-dn 3", "ephone-dns", NULL, "3", "");
	assert_mode("telephony-service", "telephony-service", NULL, "", "");
	assert_mode("telephony-service / group 2", "telephony-service", "group", "", "2");
	assert_mode("voice service voip / sip", "voice-service/voip", "sip", "", "");
	assert_mode("voice lpcor policy sales", "lpcor", "policy", "", "sales");
	assert_mode("voice-port 0/0/0:23", "voice-ports", NULL, "0/0/0:23", "");
	assert_mode("dspfarm profile 7", "dspfarm-profiles", NULL, "7", "");
	assert_string_equal(schema_mode_find("telephony-service / frob 1", &p), "frob 1");
	assert_non_null(p.obj);
	assert_string_equal(schema_mode_find("router ospf 1", &p), "router ospf 1");
	assert_null(p.obj);
	assert_string_equal(schema_mode_find("ephone", &p), "ephone");
}

static void a_type_stands_beside_the_key(void **state)
{
	struct schema_rig *r = *state;
	struct ios_place global = { 0 };
	struct ios_line l;
	char why[200];

	assert_int_equal(ios_parse_line(&global, "dspfarm profile 4 transcode", &l, why, 200), 0);
	assert_int_equal(ios_apply(r->conf, &l, &r->faults), 0);
	ios_line_fini(&l);
	rig_assert_item(r, "dspfarm-profiles/4", "{\"type\":\"transcode\"}");
	/* Without its type it names what is there, and makes nothing new. */
	assert_int_equal(ios_parse_line(&global, "dspfarm profile 4", &l, why, 200), 0);
	assert_int_equal(ios_apply(r->conf, &l, &r->faults), 0);
	ios_line_fini(&l);
	rig_assert_item(r, "dspfarm-profiles/4", "{\"type\":\"transcode\"}");
	assert_int_equal(ios_parse_line(&global, "dspfarm profile 5", &l, why, 200), 0);
	assert_int_equal(ios_apply(r->conf, &l, &r->faults), ERR_INVALID);
	ios_line_fini(&l);
	rig_assert_fault(r, "required", "/type", "Is required");
}

static void shutdown_is_a_switch_the_other_way_round(void **state)
{
	struct schema_rig *r = *state;
	struct ios_print opt = { r->store, false };
	struct ios_place at = { 0 };
	static const char *const steps[][2] = {
		{ "no shutdown", "dspfarm profile 4 mtp\n no shutdown\n" },
		{ "shutdown", "dspfarm profile 4 mtp\n" },
		{ "no shutdown", "dspfarm profile 4 mtp\n no shutdown\n" },
		{ "default shutdown", "dspfarm profile 4 mtp\n" },
	};

	rig_must(r, OP_PUT, "dspfarm-profiles/4", "{\"type\": \"mtp\"}");
	at.obj = schema_object("dspfarm-profiles");
	snprintf(at.key, sizeof(at.key), "4");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct ios_line l;
		struct text out;
		char why[200];

		assert_int_equal(ios_parse_line(&at, steps[i][0], &l, why, 200), 0);
		assert_int_equal(ios_apply(r->conf, &l, &r->faults), 0);
		ios_line_fini(&l);
		text_init(&out, 4096);
		ios_print_object(&out, at.obj, "4", conf_get(r->conf, "dspfarm-profiles/4"), &opt);
		assert_string_equal(out.buf, steps[i][1]);
		text_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_key_with_slashes_has_one_spelling_in_a_path,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_item_shows_its_key_as_text, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(keys_are_handed_over_as_in_a_path, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(nested_keys_with_slashes_have_paths, rig_setup,
						rig_teardown),
		cmocka_unit_test(every_mode_has_a_name),
		cmocka_unit_test_setup_teardown(a_type_stands_beside_the_key, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(shutdown_is_a_switch_the_other_way_round, rig_setup,
						rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
