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

static void assert_fault(struct schema_rig *r, const char *code, const char *field,
			 const char *detail)
{
	for (size_t i = 0; i < r->faults.n; i++) {
		const struct fault *x = &r->faults.list[i];

		if (strcmp(x->code, code) == 0 && strcmp(x->field, field) == 0 &&
		    strcmp(x->detail, detail) == 0)
			return;
	}
	fail_msg("no fault %s %s: %s", code, field, detail);
}

static bool warned(struct schema_rig *r, const char *code, const char *field)
{
	for (size_t i = 0; i < r->warnings.n; i++) {
		if (strcmp(r->warnings.list[i].code, code) == 0 &&
		    strcmp(r->warnings.list[i].field, field) == 0)
			return true;
	}
	return false;
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
	assert_fault(r, "invalid", "/sip_server",
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
	assert_fault(r, "conflict", "/authentications",
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
	assert_fault(r, "invalid", "/options",
		     "`frobnicate 7` is none of the commands that are kept here");
	rig_must(r, OP_PUT, "sip-ua",
		 "{\"options\":\"  retry   invite 3\\n\\nPresence Enable\\nretry invite 3\"}");
	rig_assert_item(r, "sip-ua", "{\"options\":\"retry invite 3\\npresence enable\"}");
	rig_must(r, OP_PATCH, "sip-ua", "{\"options\":null}");
	rig_assert_item(r, "sip-ua", "null");
}

/* ---- templates and dial plans ---- */
static const char office[] =
    "voice register global\n mode cme\n source-address 10.71.5.1 port 5060\n max-dn 60\n"
    " max-pool 30\n"
    "voice register dialplan 4\n type 7940-7960-others\n"
    " pattern 1 9....... timeout 0 user phone\n pattern 2 5... button 2 timeout 3\n"
    "voice register template 3\n session-transport tcp\n softkeys idle  redial NEWCALL Cfwd dnd\n"
    " softkeys connected Hold Trnsfer Confrn Endcall\n button-layout 1-2 line\n"
    " button-layout 7,4-5,3 blf-speed-dial\n no conference\n transfer-attended\n"
    " no transfer-blind\n caller-id block\n anonymous block\n voicemail 7599\n"
    " feature-button 2 DnD label Stille\n no vad\n no keep-conference\n privacy off\n"
    " dialplan 4\n"
    "voice register dn 1\n number 7501\n"
    "voice register pool 1\n number 1 dn 1\n template 3\n id mac 0A71.0500.0001\n"
    " type 7861\n";

static void templates_and_dial_plans_are_read_and_printed(void **state)
{
	struct schema_rig *r = *state;

	feed(r, office);
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "voice-register/templates", "3",
		       "voice register template 3\n session-transport tcp\n"
		       " softkeys connected Hold Trnsfer Confrn Endcall\n"
		       " softkeys idle Redial Newcall Cfwdall DND\n button-layout 1-2 line\n"
		       " button-layout 3-5,7 blf-speed-dial\n no keep-conference\n privacy off\n"
		       " no vad\n feature-button 2 DnD label Stille\n dialplan 4\n"
		       " no conference\n no transfer-blind\n caller-id block\n anonymous block\n"
		       " voicemail 7599\n");
	assert_printed(r, "voice-register/dialplans", "4",
		       "voice register dialplan 4\n type 7940-7960-others\n"
		       " pattern 1 9....... timeout 0 user phone\n"
		       " pattern 2 5... button 2 timeout 3\n");
	/* `id` comes first when typed in; a listing has it anywhere */
	rig_assert_item(r, "voice-register/pools/1",
			"{\"id\":{\"kind\":\"mac\",\"mac\":\"0A7105000001\"},"
			"\"phone_type\":\"7861\",\"template\":3,\"numbers\":{\"1\":1}}");
	REQ("R-236");
}

static void a_pool_wins_over_its_template(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *pools = schema_object("voice-register/pools");
	const struct schema_object *templates = schema_object("voice-register/templates");
	cJSON *e;

	feed(r, office);
	feed(r, "voice register pool 1\n session-transport udp\n privacy on\n"
		" feature-button 2 Park\n feature-button 3 HLog\n");
	e = schema_effective(r->conf, pools, conf_get(r->conf, "voice-register/pools/1"), false);
	assert_non_null(e);
	assert_string_equal(cfg_str(pools, e, "privacy"), "on");
	assert_string_equal(cfg_str(pools, e, "feature_buttons.2.feature"), "Park");
	assert_string_equal(cfg_str(pools, e, "feature_buttons.3.feature"), "HLog");
	assert_false(cfg_bool(pools, e, "vad"));
	assert_false(cfg_bool(pools, e, "keep_conference"));
	assert_true(cfg_bool(pools, e, "call_waiting"));
	assert_int_equal(cfg_int(pools, e, "dialplan"), 4);
	assert_true(cfg_bool(templates, e, "anonymous_block"));
	assert_string_equal(cfg_str(templates, e, "voicemail"), "7599");
	cJSON_Delete(e);
	REQ("R-300");
	REQ("R-301");
}

static void what_is_named_must_be_there(void **state)
{
	struct schema_rig *r = *state;

	feed(r, office);
	feed(r, "no voice register template 3\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "unknown_reference", "/template",
		     "voice register template 3 is not configured");
	feed(r, office);
	feed(r, "no voice register dialplan 4\n voice register pool 1\n dialplan 5\n"
		"voice register global\n auto-register\n template 9\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "unknown_reference", "/auto_register/template",
		     "voice register template 9 is not configured");
	assert_fault(r, "unknown_reference", "/dialplan",
		     "voice register dialplan 4 is not configured");
	feed(r, office);
	feed(r, "voice register pool 1\n no dialplan\n"
		"voice register global\n auto-register\n no template\n");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_DELETE, "voice-register/dialplans/4", NULL);
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "in_use", "",
		     "voice register dialplan 4 is still used by voice register template 3 "
		     "(/dialplan)");
}

static void buttons_of_a_layout_do_not_overlap(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice register template 1\n button-layout 1-3 line\n button-layout 3,5 url\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "conflict", "/button_layout/3,5", "Buttons 1-3 and 3,5 overlap");
	assert_int_equal(rig_edit(r, OP_PUT, "voice-register/templates/1",
				  "{\"button_layout\":{\"3-1\":\"line\"}}"),
			 ERR_INVALID);
	assert_fault(r, "invalid", "/button_layout/3-1",
		     "Must be buttons from 1 to 114 such as 1, 3-6 or 4,7,9");
	assert_int_equal(rig_edit(r, OP_PUT, "voice-register/templates/11", "{}"), ERR_RANGE);
	assert_fault(r, "range", "/tag", "Value 11 out of range 1-10");
}

/* ---- pools and numbers ---- */
static void an_id_has_the_parts_of_its_kind(void **state)
{
	struct schema_rig *r = *state;

	feed(r, office);
	feed(r, "voice register pool 2\n id ip 10.71.5.77 mask 0.0.0.0\n"
		"voice register pool 3\n id device-id-name SEP0A7105000009\n"
		"voice register pool 4\n id network 2001:db8::  mask 64 device-id-name x\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "id_mask", "/id/mask"));
	assert_printed(r, "voice-register/pools", "3",
		       "voice register pool 3\n id device-id-name SEP0A7105000009\n");
	assert_printed(r, "voice-register/pools", "4",
		       "voice register pool 4\n id network 2001:db8:: mask 64 device-id-name x\n");
	rig_must(r, OP_PUT, "voice-register/pools/2",
		 "{\"id\":{\"kind\":\"ip\",\"mac\":\"001122334455\",\"address\":\"::1\","
		 "\"mask\":\"255.0.0.0\"}}");
	rig_must(r, OP_PUT, "voice-register/pools/3", "{\"id\":{\"address\":\"10.1.1.1\"}}");
	assert_int_equal(rig_check(r), ERR_INVALID);
	assert_fault(r, "invalid", "/id/mac", "Does not belong to id ip");
	assert_fault(r, "invalid", "/id/mask", "An IPv6 address takes a prefix length");
	assert_fault(r, "required", "/id/kind", "Is required");
	assert_fault(r, "invalid", "/id/address", "Does not belong to id device-id-name");
	REQ("R-237");
}

static void what_a_phone_cannot_do_is_said(void **state)
{
	struct schema_rig *r = *state;

	feed(r, office);
	feed(r, "voice register dn 2\n number 7#502\n intercom speed-dial 7501\n"
		"voice register pool 1\n type 7960\n blf-speed-dial 1 7501 label Desk device\n"
		"voice register pool 2\n number 1 dn 2\n type 7905\n dialplan 4\n"
		"voice register pool 3\n number 2 dn 2\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "session_transport", "/session_transport"));
	assert_true(warned(r, "blf_device", "/blf_speed_dials/1/device"));
	assert_true(warned(r, "dialplan_type", "/dialplan"));
	assert_true(warned(r, "intercom_primary", "/numbers/1"));
	assert_true(warned(r, "intercom_shared", "/numbers/2"));
	assert_true(warned(r, "hash_in_dn", "/number"));
	feed(r, "voice register global\n allow-hash-in-dn\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "hash_in_dn", "/number"));
	REQ("R-151");
	REQ("R-152");
}

static void a_number_keeps_to_its_rules(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(rig_edit(r, OP_PUT, "voice-register/dns/1", "{\"name\":\"A & B\"}"),
			 ERR_INVALID);
	assert_fault(r, "invalid", "/name", "Must not contain <>&%");
	feed(r, office);
	rig_must(r, OP_PUT, "voice-register/dns/1",
		 "{\"shared_line\":{\"enabled\":true},\"intercom\":{},"
		 "\"call_forward\":{\"busy\":{\"target\":\"12\",\"timeout\":5}}}");
	assert_int_not_equal(rig_check(r), 0);
	assert_fault(r, "intercom_conflict", "/shared_line",
		     "An intercom line is on one phone only");
	assert_fault(r, "invalid", "/call_forward/busy/timeout", "Belongs to noan only");
	feed(r, "voice register dn 1\n no shared-line\n no call-forward b2bua busy\n mwi\n"
		" translation-profile incoming IN\n snr 4711 delay 5 timeout 15\n"
		" huntstop channel 3\n");
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "voice-register/dns", "1",
		       "voice register dn 1\n huntstop channel 3\n intercom\n mwi\n"
		       " translation-profile incoming IN\n snr 4711 delay 5 timeout 15\n");
}

static void sets_and_watched_numbers_are_warned_of(void **state)
{
	struct schema_rig *r = *state;
	char text[200];

	feed(r, office);
	feed(r, "telephony-service\n max-dn 5\nephone-dn 2\n number 7520\n paging\n"
		"voice register dn 2\n number 7502\n");
	for (int i = 2; i <= 14; i++) {
		snprintf(text, sizeof(text), "voice register pool %d\n paging-dn 2 unicast\n", i);
		assert_int_equal(rig_check(r), 0);
		assert_false(warned(r, "paging_unicast", "/paging_dn"));
		feed(r, text);
	}
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "paging_unicast", "/paging_dn"));
	feed(r, "voice register pool 1\n blf-speed-dial 1 7502 label Sales\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "allow_watch", "/blf_speed_dials/1"));
	feed(r, "voice register dn 2\n allow watch\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "allow_watch", "/blf_speed_dials/1"));
}

/* As on a router since 8.1. */
static void without_the_sip_system_nothing_of_it_stays(void **state)
{
	struct schema_rig *r = *state;

	feed(r, office);
	rig_commit(r);
	feed(r, "no voice register global\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(conf_get(r->conf, "voice-register/global"));
	assert_int_equal(conf_count(r->conf, "voice-register/pools"), 0);
	assert_int_equal(conf_count(r->conf, "voice-register/dns"), 0);
	assert_int_equal(conf_count(r->conf, "voice-register/templates"), 0);
	assert_int_equal(conf_count(r->conf, "voice-register/dialplans"), 0);
}

/* ---- the system ---- */
static void cme_app_has_two_hundred_phones(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice register global\n mode cme-app\n source-address 10.93.2.1\n max-pool 201\n");
	assert_int_equal(rig_check(r), ERR_RANGE);
	assert_fault(r, "range", "/max_pool", "Value 201 out of range 0-200");
	feed(r, "voice register global\n max-pool 200\n");
	assert_int_equal(rig_check(r), 0);
	feed(r, "voice register pool 201\n number 1 dn 1\n");
	assert_int_equal(rig_check(r), ERR_RANGE);
	assert_fault(r, "range", "/tag", "Value 201 out of range 1-200");
}

static void unknown_phones_belong_to_the_primary(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice register global\n mode cme\n source-address 10.1.1.1 secondary 10.1.1.2\n"
		" auto-register\n  auto-assign 9 to 3\n");
	assert_int_equal(rig_check(r), ERR_INVALID);
	assert_fault(r, "invalid", "/auto_register/auto_assign",
		     "The last number is below the first");
	assert_true(warned(r, "required", "/auto_register/password"));
	feed(r, "voice register global\n auto-register\n  auto-assign 3 to 9\n"
		"  password 0 letmein\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "auto_register_secondary", "/auto_register/enabled"));
	feed(r, "voice register global\n auto-register\n  no service-enable\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "auto_register_secondary", "/auto_register/enabled"));
	REQ("R-060");
}

/* Both cures: connections that live longer, registrations that are shorter. */
static void registrations_are_renewed_before_connections_end(void **state)
{
	struct schema_rig *r = *state;
	static const char at[] = "/sip/registrar_server/max";

	feed(r, "voice service voip\n sip\n  registrar server\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "connection_age", at));
	feed(r, "sip-ua\n timers connection aging 100\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "connection_age", at));
	feed(r, "sip-ua\n timers connection aging 20\n voice service voip\n sip\n"
		"  registrar server expires max 600 min 60\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "connection_age", at));
	rig_must(r, OP_PATCH, "sip-ua", "{\"connection_aging\":10}");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "connection_age", at));
	feed(r, "voice service voip\n sip\n  registrar server expires max 120 min 200\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "conflict", "/sip/registrar_server/min",
		     "The shortest registration 200 is above the longest 120");
	REQ("R-031");
	REQ("R-032");
}

static void date_and_time_keep_to_the_sip_formats(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("voice-register/global");

	assert_string_equal(cfg_str(o, NULL, "date_format"), "m/d/y");
	assert_int_equal(cfg_int(o, NULL, "time_zone"), 5);
	assert_true(cfg_bool(o, NULL, "dst.auto_adjust"));
	assert_string_equal(cfg_str(o, NULL, "dst.start.month"), "apr");
	assert_int_equal(cfg_int(o, NULL, "dst.start.week"), 1);
	assert_string_equal(cfg_str(o, NULL, "dst.stop.month"), "oct");
	assert_int_equal(cfg_int(o, NULL, "dst.stop.week"), 8);
	assert_string_equal(cfg_str(o, NULL, "dst.stop.time"), "02:00");
	feed(r, "voice register global\n date-format YY-M-D\n timezone 54\n"
		" dst stop oct day 27 time 04:00\n dst start mar week 8 day sun time 03:00\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "date_needs_cme", "/mode"));
	assert_true(warned(r, "time_zone", "/time_zone"));
	feed(r, "voice register global\n mode cme\n timezone 26\n");
	assert_int_equal(rig_check(r), 0);
	assert_int_equal(r->warnings.n, 0);
	rig_must(r, OP_PATCH, "voice-register/global",
		 "{\"dst\":{\"stop\":{\"day\":27,\"week\":3}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "conflict", "/dst/stop", "Either a day of the month or a week");
	REQ("R-192");
	REQ("R-193");
	REQ("R-195");
}

static void trusted_sources_are_a_hundred_and_none_twice(void **state)
{
	struct schema_rig *r = *state;
	char line[64];

	feed(r, "voice service voip\n ip address trusted list\n  ipv4 10.1.0.5 255.255.0.0\n"
		"  ipv4 10.1.9.9 255.255.0.0\n  ipv4 10.1.9.9\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "trusted_duplicate", "/trusted_addresses/10.1.9.9,255.255.0.0",
		     "Address already in trusted list");
	feed(r, "no voice service voip\n");
	for (int i = 1; i <= 101; i++) {
		snprintf(line, sizeof(line),
			 "voice service voip\n ip address trusted list\n ipv4 10.2.0.%d\n", i);
		feed(r, line);
		if (i == 100)
			assert_int_equal(rig_check(r), 0);
	}
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "trusted_limit", "/trusted_addresses", "trusted list is full (100)");
	REQ("R-161");
}

static void what_cannot_be_spoken_here_is_kept_with_a_warning(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(
	    rig_edit(r, OP_PATCH, "voice-register/global", "{\"timeouts\":{\"interdigit\":1}}"),
	    ERR_RANGE);
	feed(r, "voice service voip\n allow-connections h323 to sip\n fax protocol cisco\n"
		"voice register global\n mode cme\n timeouts interdigit 0\n tftp-path "
		"http://10.1.1.1/x\n"
		" load 7841 sip78xx.12-5-1.loads\n load 7912 CP7912080.sbin\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "h323", "/allow_connections/h323,sip"));
	assert_true(warned(r, "fax_cisco", "/fax_protocol/protocol"));
	assert_true(warned(r, "tftp_path", "/tftp_path/path"));
	assert_true(warned(r, "no_timer", "/timeouts/interdigit"));
	assert_true(warned(r, "load_suffix", "/loads/7841"));
	assert_false(warned(r, "load_suffix", "/loads/7912"));
	assert_printed(r, "voice-service/voip", "",
		       "voice service voip\n allow-connections h323 to sip\n fax protocol cisco\n");
}

static void a_fax_method_has_its_own_arguments(void **state)
{
	struct schema_rig *r = *state;
	static const char t38[] = "voice service voip\n"
				  " fax protocol t38 version 3 ls-redundancy 1 hs-redundancy 0 "
				  "fallback pass-through g711alaw\n";

	feed(r, t38);
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "voice-service/voip", "", t38);
	rig_must(r, OP_PATCH, "voice-service/voip", "{\"fax_protocol\":{\"protocol\":\"none\"}}");
	assert_int_equal(rig_check(r), ERR_INVALID);
	assert_fault(r, "invalid", "/fax_protocol/version", "Belongs to t38 only");
	rig_must(r, OP_PUT, "voice-service/voip",
		 "{\"fax_protocol\":{\"protocol\":\"pass-through\"}}");
	assert_int_equal(rig_check(r), ERR_INVALID);
	assert_fault(r, "required", "/fax_protocol/codec", "Is required");
	feed(r, "voice service voip\n fax protocol pass-through g711u\n");
	assert_int_equal(rig_check(r), 0);
	feed(r, "voice service voip\n no fax protocol\n");
	rig_assert_item(r, "voice-service/voip", "null");
}

static void vpn_modes_hold_their_lines(void **state)
{
	struct schema_rig *r = *state;

	feed(r,
	     "voice service voip\n vpn-group 1\n  vpn-gateway 2 https://198.51.100.10/p\n"
	     "  vpn-gateway 1 https://198.51.100.9/p\n  vpn-trustpoint 1 trustpoint nice_ca root\n"
	     "  vpn-hash-algorithm sha-1\n vpn-profile 3\n  keepalive 35\n  mtu 1200\n"
	     "  auto-network-detect enable\n  host-id-check disable\n"
	     "  password-persistent disable\n  authen-method password\n vpn-profile 4\n sip\n");
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "voice-service/voip", "",
		       "voice service voip\n vpn-group 1\n  vpn-gateway 1 https://198.51.100.9/p\n"
		       "  vpn-gateway 2 https://198.51.100.10/p\n"
		       "  vpn-trustpoint 1 trustpoint nice_ca root\n  vpn-hash-algorithm sha-1\n"
		       " vpn-profile 3\n  keepalive 35\n  mtu 1200\n  authen-method password\n"
		       "  auto-network-detect enable\n  host-id-check disable\n vpn-profile 4\n");
	feed(r, "voice service voip\n vpn-profile 3\n  no host-id-check\n  host-id-check enable\n"
		"  no auto-network-detect\n no vpn-group 1\n no vpn-profile 4\n");
	rig_assert_item(r, "voice-service/voip",
			"{\"vpn_profiles\":{\"3\":{\"keepalive\":35,\"mtu\":1200,"
			"\"authen_method\":\"password\"}}}");
	feed(r, "voice service voip\n vpn-group 2\n  vpn-gateway 1 http://198.51.100.9/p\n"
		"  vpn-trustpoint 1 trustpoint a root\n  vpn-trustpoint 2 raw 3082AA leaf\n");
	assert_int_equal(rig_check(r), ERR_INVALID);
	assert_fault(r, "invalid", "/vpn_groups/2/gateways/1", "Must begin with https://");
	assert_fault(r, "conflict", "/vpn_groups/2/trustpoints/2",
		     "All certificates of a group are given in the same form");
}

/* Both routers of a pair carry these very lines. */
static void a_pair_has_the_same_lines(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice register global\n mode cme\n"
		" source-address 10.90.1.11 secondary 10.90.1.12 port 5080\n keepalive 300\n"
		"telephony-service\n"
		" ip source-address 10.90.1.11 port 2000 secondary 10.90.1.12 any-match\n");
	assert_int_equal(rig_check(r), 0);
	assert_printed(r, "voice-register/global", "",
		       "voice register global\n mode cme\n"
		       " source-address 10.90.1.11 port 5080 secondary 10.90.1.12\n"
		       " keepalive 300\n");
	assert_printed(r, "telephony-service", "",
		       "telephony-service\n ip source-address 10.90.1.11 secondary 10.90.1.12\n");
	rig_must(r, OP_PATCH, "voice-register/global",
		 "{\"source_address\":{\"secondary\":\"2001:db8::2\"}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "conflict", "/source_address/secondary",
		     "Both addresses must be of the same IP version");
	REQ("R-046");
}

static void forking_is_kept(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice class media 44\n media flow-around forking\n"
		"dial-peer voice 604 voip\n media forking\n");
	assert_printed(r, "voice-class/media", "44",
		       "voice class media 44\n media flow-around forking\n");
	assert_printed(r, "dial-peers", "604", "dial-peer voice 604 voip\n media forking\n");
	REQ("R-146");
}

/* An address of the other version than `protocol mode` is warned of; the site profile never is. */
static void the_sip_address_fits_its_protocol_mode(void **state)
{
	struct schema_rig *r = *state;
	static const char at[] = "/source_address/address";

	feed(r, "voice register global\n mode cme\n source-address 2001:db8::1\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "ipv6_needs_mode", at));
	feed(r, "sip-ua\n protocol mode dual-stack preference ipv6\n");
	assert_int_equal(rig_check(r), 0);
	assert_false(warned(r, "ipv6_needs_mode", at));
	feed(r, "voice register global\n source-address 10.1.1.1\nsip-ua\n protocol mode ipv6\n");
	assert_int_equal(rig_check(r), 0);
	assert_true(warned(r, "ipv4_needs_mode", at));
}

static void the_two_bulk_registrations_have_names_of_their_own(void **state)
{
	const struct schema_object *o = schema_object("voice-register/global");
	const struct schema_field *bulk = schema_row(o->fields, "bulk_pattern");
	const struct schema_field *phones =
	    schema_row(schema_object("voice-register/pools")->fields, "session_transport");

	(void)state;
	assert_string_not_equal(bulk->label, phones->label);
	assert_non_null(strstr(bulk->help, "provider"));
	assert_non_null(strstr(phones->help, "all lines at once"));
	REQ("R-166");
}

/* ---- the file service ---- */
static const char in_use[] = "Invalid port number or port in use by other application";

static void put(struct schema_rig *r, const char *path, const char *json, int want)
{
	rig_must(r, OP_PATCH, path, json);
	assert_int_equal(rig_check(r), want);
}

/* The port of the file service, the HTTP server and everything that listens here: who comes last is refused,
 * by the words of CME. */
static void ports_do_not_clash_with_the_file_service(void **state)
{
	struct schema_rig *r = *state;
	static const uint16_t admin[] = { 8443 };

	put(r, "http", "{\"enabled\":true,\"port\":8123}", 0);
	put(r, "voice-register/global", "{\"source_address\":{\"address\":\"10.1.1.1\"}}", 0);
	put(r, "telephony-service",
	    "{\"hfs\":{\"enabled\":true,\"port\":6970},"
	    "\"source_addresses\":{\"ipv4\":{\"address\":\"10.1.1.1\"}}}",
	    0);
	rig_commit(r);
	/* the HFS port is moved */
	put(r, "telephony-service", "{\"hfs\":{\"port\":8123}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/hfs/port", in_use);
	put(r, "telephony-service", "{\"hfs\":{\"port\":5060}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/hfs/port", in_use);
	put(r, "telephony-service", "{\"hfs\":{\"port\":2000}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/hfs/port", in_use);
	put(r, "telephony-service", "{\"hfs\":{\"port\":6970}}", 0);
	/* another port is moved onto it */
	put(r, "http", "{\"port\":6970}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/port", in_use);
	assert_string_equal(r->faults.list[0].path, "http");
	put(r, "http", "{\"port\":5060}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/port", in_use);
	put(r, "http", "{\"port\":8123}", 0);
	put(r, "voice-register/global", "{\"source_address\":{\"port\":6970}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/source_address/port", in_use);
	put(r, "voice-register/global", "{\"source_address\":{\"port\":5060}}", 0);
	schema_ports_set(admin, 1);
	put(r, "http", "{\"port\":8443}", ERR_CONFLICT);
	put(r, "http", "{\"port\":8123}", 0);
	put(r, "telephony-service", "{\"hfs\":{\"port\":8443}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/hfs/port", in_use);
	schema_ports_set(NULL, 0);
	REQ("R-107");
	REQ("R-108");
}

/* As an import leaves it: kept with a warning, and in nobody's way. */
static void an_old_clash_stops_no_other_change(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "http", "{\"enabled\":true,\"port\":6970}");
	rig_must(r, OP_PUT, "telephony-service", "{\"hfs\":{\"enabled\":true,\"port\":6970}}");
	rig_commit(r);
	put(r, "telephony-service", "{\"time_zone\":23}", 0);
	assert_true(warned(r, "hfs_port_in_use", "/hfs/port"));
	put(r, "telephony-service", "{\"hfs\":{\"port\":6971}}", 0);
	assert_false(warned(r, "hfs_port_in_use", "/hfs/port"));
}

static void an_imported_http_port_is_kept(void **state)
{
	struct schema_rig *r = *state;
	static const uint16_t admin[] = { 8443 };

	schema_ports_set(admin, 1);
	feed(r, "ip http port 8443\n");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/port", in_use);
	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	assert_int_equal(schema_check_whole(r->conf, &r->faults, &r->warnings), 0);
	assert_true(warned(r, "hfs_port_in_use", "/port"));
	schema_ports_set(NULL, 0);
	REQ("R-108");
}

static bool busy_9000(void *ctx, int64_t port)
{
	(*(int *)ctx)++;
	return port == 9000;
}

/* A port of another program is refused when it is set, not at every later change. */
static void a_port_of_another_program_is_refused(void **state)
{
	struct schema_rig *r = *state;
	int asked = 0;

	schema_port_probe_set(busy_9000, &asked);
	put(r, "http", "{\"enabled\":true}", 0);
	put(r, "telephony-service", "{\"hfs\":{\"enabled\":true,\"port\":9000}}", 0);
	assert_int_equal(asked, 0); /* set-up */
	rig_commit(r);
	put(r, "telephony-service", "{\"time_zone\":23}", 0);
	assert_int_equal(asked, 0);
	put(r, "telephony-service", "{\"hfs\":{\"port\":6970}}", 0);
	rig_commit(r);
	put(r, "telephony-service", "{\"hfs\":{\"port\":9000}}", ERR_CONFLICT);
	assert_fault(r, "hfs_port_in_use", "/hfs/port", in_use);
	schema_port_probe_set(NULL, NULL);
	REQ("R-107");
}

static void without_http_the_file_service_only_stops(void **state)
{
	struct schema_rig *r = *state;

	put(r, "telephony-service", "{\"hfs\":{\"enabled\":true,\"port\":6970}}", ERR_CONFLICT);
	assert_fault(r, "hfs_needs_http", "/hfs/enabled", "HTTP server is not enabled");
	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	assert_int_equal(schema_check_whole(r->conf, &r->faults, &r->warnings), 0);
	assert_true(warned(r, "hfs_needs_http", "/hfs/enabled"));
	put(r, "http", "{\"enabled\":true}", 0);
	rig_commit(r);
	put(r, "http", "{\"enabled\":false}", 0);
	assert_true(warned(r, "hfs_needs_http", "/hfs/enabled"));
	assert_true(cfg_bool(schema_object("telephony-service"),
			     conf_get(r->conf, "telephony-service"), "hfs.enabled"));
	REQ("R-105");
	REQ("R-365");
}

static void the_file_service_is_warned_of(void **state)
{
	static const char *const roots[] = { "flash:", "flash:/", "slot0://" };
	struct schema_rig *r = *state;
	char json[120];

	put(r, "http", "{\"enabled\":true,\"access_class\":\"23\"}", 0);
	assert_true(warned(r, "access_class", "/access_class"));
	put(r, "telephony-service", "{\"hfs\":{\"enabled\":true}}", 0);
	assert_string_equal(rig_fault(&r->warnings, "hfs_port")->detail, "phones use port 6970");
	assert_int_equal(rig_edit(r, OP_PATCH, "telephony-service", "{\"hfs\":{\"port\":1023}}"),
			 ERR_RANGE);
	rig_assert_fault(r, "range", "/hfs/port", "Value 1023 out of range 1024-65535");
	put(r, "telephony-service", "{\"hfs\":{\"port\":6971}}", 0);
	assert_true(warned(r, "hfs_port", "/hfs/port"));
	put(r, "telephony-service", "{\"hfs\":{\"port\":6970}}", 0);
	assert_false(warned(r, "hfs_port", "/hfs/port"));
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		snprintf(json, sizeof(json), "{\"hfs\":{\"home_path\":\"%s\"}}", roots[i]);
		put(r, "telephony-service", json, 0);
		assert_true(warned(r, "hfs_home_path", "/hfs/home_path"));
	}
	put(r, "telephony-service", "{\"hfs\":{\"home_path\":\"flash:/fw\"}}", 0);
	assert_false(warned(r, "hfs_home_path", "/hfs/home_path"));
	REQ("R-106");
	REQ("R-109");
	REQ("R-113");
	REQ("R-114");
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_registrar_has_a_number_and_the_second_is_number_two),
		T(damaged_registrar_lines_are_read),
		T(a_target_is_a_name_or_an_address),
		T(a_provider_has_one_user_and_recoverable_passwords),
		T(other_commands_are_kept_line_by_line),
		T(kept_text_holds_known_commands_only),
		T(templates_and_dial_plans_are_read_and_printed),
		T(a_pool_wins_over_its_template),
		T(what_is_named_must_be_there),
		T(buttons_of_a_layout_do_not_overlap),
		T(an_id_has_the_parts_of_its_kind),
		T(what_a_phone_cannot_do_is_said),
		T(a_number_keeps_to_its_rules),
		T(cme_app_has_two_hundred_phones),
		T(unknown_phones_belong_to_the_primary),
		T(registrations_are_renewed_before_connections_end),
		T(date_and_time_keep_to_the_sip_formats),
		T(trusted_sources_are_a_hundred_and_none_twice),
		T(what_cannot_be_spoken_here_is_kept_with_a_warning),
		T(a_fax_method_has_its_own_arguments),
		T(vpn_modes_hold_their_lines),
		T(ports_do_not_clash_with_the_file_service),
		T(an_imported_http_port_is_kept),
		T(sets_and_watched_numbers_are_warned_of),
		T(without_the_sip_system_nothing_of_it_stays),
		T(an_old_clash_stops_no_other_change),
		T(a_port_of_another_program_is_refused),
		T(without_http_the_file_service_only_stops),
		T(the_file_service_is_warned_of),
		T(a_pair_has_the_same_lines),
		T(forking_is_kept),
		T(the_sip_address_fits_its_protocol_mode),
		T(the_two_bulk_registrations_have_names_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
