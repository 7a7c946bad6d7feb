/* The SIP side of the schema: sip-ua, commands kept as text, templates, dial plans, VPN, and the checks
 * that belong to them (cme-model 1.10 to 1.20). */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/schema/internal.h"
#include "tests/support/schema_rig.h"

/* ---- feeding IOS lines ---- */
static int feed_err(struct schema_rig *r, struct ios_place *at, const char *line)
{
	struct ios_line l;
	char why[200] = "";
	int err = ios_parse_line(at, line, &l, why, sizeof(why));

	faults_fini(&r->faults);
	if (err)
		return err;
	err = ios_apply(r->conf, &l, &r->faults);
	*at = l.place;
	ios_line_fini(&l);
	return err;
}

static void feed(struct schema_rig *r, const char *text)
{
	struct slice rest = slice_of(text), line;
	struct ios_place at = { 0 };

	while (rest.len && slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(slice_trim(line));
		int err = copy[0] && copy[0] != '!' ? feed_err(r, &at, copy) : 0;

		if (err)
			fail_msg("`%s`: %s %s", copy, err_text(err),
				 r->faults.n ? r->faults.list[0].detail : "not read");
		mem_free(copy);
	}
}

static char *printed(struct schema_rig *r, const char *object, const char *key)
{
	struct ios_print opt = { r->store, true };
	char path[SCHEMA_PATH_MAX];
	struct text out;

	snprintf(path, sizeof(path), "%s%s%s", object, *key ? "/" : "", key);
	text_init(&out, 1 << 20);
	ios_print_object(&out, schema_object(object), key, conf_get(r->conf, path), &opt);
	return text_take(&out);
}

static void assert_printed(struct schema_rig *r, const char *object, const char *key,
			   const char *want)
{
	char *text = printed(r, object, key);

	assert_string_equal(text ? text : "", want);
	mem_free(text);
}

/* ---- sip-ua ---- */
static void a_registrar_has_a_number_and_the_second_is_number_two(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "sip-ua\n"
		" registrar ipv4:203.0.113.78:5080 expires 1200 tcp secondary\n"
		" registrar 1 dns:sip.provider.example refresh-ratio 70 expires 600\n"
		" sip-server ipv4:203.0.113.77:5060\n"
		" registrar 3 ipv6:[2001:DB8::0:1]:5070 scheme sips auth-realm x.example\n");
	assert_printed(r, "sip-ua", "",
		       "sip-ua\n"
		       " registrar dns:sip.provider.example expires 600 refresh-ratio 70\n"
		       " registrar ipv4:203.0.113.78:5080 expires 1200 tcp secondary\n"
		       " registrar 3 ipv6:[2001:db8::1]:5070 auth-realm x.example scheme sips\n"
		       " sip-server ipv4:203.0.113.77:5060\n");
	feed(r, "sip-ua\n no registrar secondary\n no registrar 3\n no sip-server\n");
	rig_assert_item(r, "sip-ua",
			"{\"registrars\":{\"1\":{\"server\":\"dns:sip.provider.example\","
			"\"expires\":600,\"refresh_ratio\":70}}}");
	feed(r, "sip-ua\n no registrar\n");
	rig_assert_item(r, "sip-ua", "null");
}

/* Listings have a stray word and blanks behind the colon. */
static void damaged_registrar_lines_are_read(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "sip-ua\n registrar server ipv4: 10.3.3.77 expires 1800\n");
	rig_assert_item(
	    r, "sip-ua",
	    "{\"registrars\":{\"1\":{\"server\":\"ipv4:10.3.3.77\",\"expires\":1800}}}");
	feed(r, "sip-ua\n registrar dns: a.example\n registrar server 2 ipv4:10.3.3.78\n");
	rig_assert_item(r, "sip-ua",
			"{\"registrars\":{\"1\":{\"server\":\"dns:a.example\"},"
			"\"2\":{\"server\":\"ipv4:10.3.3.78\"}}}");
}

static void a_target_is_a_name_or_an_address(void **state)
{
	static const char *const bad[] = { "\"10.1.1.1\"",        "\"ipv4:10.1.1\"",
					   "\"ipv4:10.1.1.1:0\"", "\"dns:\"",
					   "\"dns:a b\"",         "\"ipv6:2001:db8::1\"",
					   "\"ipv6:[::1\"",       "\"ipv6:[::1]5060\"" };
	struct schema_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(rig_edit(r, OP_PUT, "sip-ua/sip_server", bad[i]), ERR_INVALID);
	rig_assert_fault(r, "invalid", "/sip_server",
			 "Must be dns:name, ipv4:address or ipv6:[address], each with :port or "
			 "without");
	rig_must(r, OP_PUT, "sip-ua/sip_server", "\"DNS:Proxy.example:5061\"");
	rig_assert_item(r, "sip-ua", "{\"sip_server\":\"dns:Proxy.example:5061\"}");
}

static void a_provider_has_one_user_and_recoverable_passwords(void **state)
{
	struct schema_rig *r = *state;
	char clear[64];

	feed(r, "sip-ua\n"
		" authentication username ostrava01 password 0 Ex4mple-Pw5 realm provider.example\n"
		" credentials number 59644000 username ostrava01 password 0 Ex4mple-Pw6 "
		"realm provider.example\n");
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, "sip-ua"),
				    "/credentials/59644000,provider.example/password", clear,
				    sizeof(clear)),
			 0);
	assert_string_equal(clear, "Ex4mple-Pw6");
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "sip-ua", "",
		       "sip-ua\n"
		       " authentication username ostrava01 password Ex4mple-Pw5 "
		       "realm provider.example\n"
		       " credentials number 59644000 username ostrava01 password Ex4mple-Pw6 "
		       "realm provider.example\n");
	feed(r, "sip-ua\n authentication username other01 password Ex4mple-Pw5\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "conflict", "/authentications",
			 "One user only: ostrava01 and other01 are given");
}

/* ---- commands without a row ---- */
static void other_commands_are_kept_line_by_line(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "sip-ua\n retry invite 3\n RETRY  response 4\n timers trying 300\n pres en\n"
		" timers connection aging 20\n retry invite 5\n");
	assert_printed(r, "sip-ua", "",
		       "sip-ua\n timers connection aging 20\n retry invite 5\n retry response 4\n"
		       " timers trying 300\n presence enable\n");
	feed(r, "sip-ua\n no retry response\n no presence enable\n default timers trying 300\n");
	rig_assert_item(r, "sip-ua", "{\"connection_aging\":20,\"options\":\"retry invite 5\"}");
	feed(r, "sip-ua\n no retry\n no timers connection aging\n");
	rig_assert_item(r, "sip-ua", "null");
}

static void kept_text_holds_known_commands_only(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(
	    rig_edit(r, OP_PUT, "sip-ua", "{\"options\":\"retry invite 3\\nfrobnicate 7\"}"),
	    ERR_INVALID);
	rig_assert_fault(r, "invalid", "/options",
			 "`frobnicate 7` is none of the commands that are kept here");
	rig_must(r, OP_PUT, "sip-ua",
		 "{\"options\":\"  retry   invite 3\\n\\nPresence Enable\\nretry invite 3\"}");
	rig_assert_item(r, "sip-ua", "{\"options\":\"retry invite 3\\npresence enable\"}");
	rig_must(r, OP_PATCH, "sip-ua", "{\"options\":null}");
	rig_assert_item(r, "sip-ua", "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_registrar_has_a_number_and_the_second_is_number_two, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(damaged_registrar_lines_are_read, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(a_target_is_a_name_or_an_address, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(a_provider_has_one_user_and_recoverable_passwords,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(other_commands_are_kept_line_by_line, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(kept_text_holds_known_commands_only, rig_setup,
						rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
