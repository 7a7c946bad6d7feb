/* The SCCP side of the schema: templates, hunt groups, cross-checks of phones and numbers (cme-model 1.2 to
 * 1.9, 2.1, 2.2, 2.8, 2.16 to 2.18, 2.28). */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/schema/schema.h"
#include "tests/support/schema_rig.h"

/* Lines of a configuration into the draft; all of them must be taken. */
static void feed(struct schema_rig *r, const char *text)
{
	struct ios_place at = { 0 };
	struct slice rest = slice_of(text), part;

	while (rest.len && slice_next(&rest, '\n', &part)) {
		char *line = slice_dup(slice_trim(part)), why[200] = "";
		struct ios_line l;

		faults_fini(&r->faults);
		if (ios_parse_line(&at, line, &l, why, sizeof(why)))
			fail_msg("`%s` is not read: %s", line, why);
		if (ios_apply(r->conf, &l, &r->faults))
			fail_msg("`%s`: %s %s", line, r->faults.list[0].field,
				 r->faults.list[0].detail);
		at = l.place;
		ios_line_fini(&l);
		mem_free(line);
	}
}

static int feed_one(struct schema_rig *r, const char *mode, const char *line, char *why, size_t cap)
{
	struct ios_place at = { 0 };
	struct ios_line l;
	int err;

	assert_int_equal(ios_parse_line(&at, mode, &l, why, cap), 0);
	faults_fini(&r->faults);
	assert_int_equal(ios_apply(r->conf, &l, &r->faults), 0);
	at = l.place;
	ios_line_fini(&l);
	err = ios_parse_line(&at, line, &l, why, cap);
	if (err)
		return err;
	err = ios_apply(r->conf, &l, &r->faults);
	ios_line_fini(&l);
	return err;
}

static void assert_exports(struct schema_rig *r, const char *path, const char *want)
{
	struct ios_print opt = { r->store, false };
	struct schema_path p;
	struct text out;

	assert_int_equal(schema_path_parse(path, &p), 0);
	text_init(&out, 1 << 16);
	ios_print_object(&out, p.obj, p.key, conf_get(r->conf, path), &opt);
	assert_string_equal(out.buf, want);
	text_fini(&out);
}

static void assert_clean(struct schema_rig *r)
{
	if (rig_check(r))
		fail_msg("%s %s: %s", r->faults.list[0].path, r->faults.list[0].field,
			 r->faults.list[0].detail);
}

static void assert_warns(struct schema_rig *r, const char *field, const char *detail)
{
	for (size_t i = 0; i < r->warnings.n; i++) {
		if (strcmp(r->warnings.list[i].field, field) == 0 &&
		    strcmp(r->warnings.list[i].detail, detail) == 0)
			return;
	}
	fail_msg("no warning at %s: %s (%zu others)", field, detail, r->warnings.n);
}

/* Edits a path and expects the fault of the check. */
static void assert_refused(struct schema_rig *r, const char *path, const char *json,
			   const char *code, const char *field, const char *detail)
{
	rig_must(r, OP_PATCH, path, json);
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, code, field, detail);
}

/* ---- templates ---- */
static void a_phone_template_holds_what_its_lines_say(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ephone-template  4\n"
		" button-layout 1,2 line\n"
		" button-layout 6 feature\n"
		" feature-button 1 mobility label Handy\n"
		" softkeys idle  redial Newcall CFwdall Pickup\n"
		" user-locale 2\n"
		" service phone displayOnTime 06:45\n"
		" features blocked cfwdall Pickup\n"
		" transfer-park blocked\n"
		" no mlpp preemption\n"
		" mlpp service-domain dsn identifier 00A1F0\n"
		" type 7962 addon 1 7916-12\n"
		" mtp both\n");
	assert_exports(r, "ephone-templates/4",
		       "ephone-template 4\n"
		       " button-layout 1-2 line\n"
		       " button-layout 6 feature\n"
		       " feature-button 1 Mobility label Handy\n"
		       " softkeys idle Redial Newcall Cfwdall Pickup\n"
		       " user-locale 2\n"
		       " service phone displayOnTime 06:45\n"
		       " features blocked CFwdAll PickUp\n"
		       " transfer-park blocked\n"
		       " no mlpp preemption\n"
		       " mlpp service-domain dsn identifier 00A1F0\n"
		       " mtp both\n"
		       " type 7962 addon 1 7916-12\n");
	feed(r, "ephone-template 4\n no button-layout 6\n no softkeys idle\n no features blocked\n"
		" mlpp preemption\n no type\n no mtp\n no user-locale\n no feature-button 1\n"
		" no service phone displayOnTime\n no transfer-park blocked\n"
		" no mlpp service-domain\n");
	assert_exports(r, "ephone-templates/4", "ephone-template 4\n button-layout 1-2 line\n");
	feed(r, "no ephone-template 4\n");
	assert_null(conf_get(r->conf, "ephone-templates/4"));
}

static void softkeys_and_features_are_known_by_name_in_any_letter_case(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephone-templates/1",
		 "{\"softkeys\": {\"idle\": [\"redial\"]},"
		 " \"feature_buttons\": {\"1\": {\"feature\": \"ENDCALL\"}}}");
	rig_assert_item(r, "ephone-templates/1",
			"{\"feature_buttons\":{\"1\":{\"feature\":\"EndCall\"}},"
			"\"softkeys\":{\"idle\":[\"Redial\"]}}");
	rig_edit(r, OP_PATCH, "ephone-templates/1", "{\"softkeys\": {\"idle\": [\"Sing\"]}}");
	assert_non_null(strstr(r->faults.list[0].detail, "Must be one of"));
	assert_refused(r, "ephone-templates/1", "{\"softkeys\": {\"idle\": [\"Dnd\", \"dnd\"]}}",
		       "conflict", "/softkeys/idle", "Dnd stands there twice");
	rig_must(r, OP_PATCH, "ephone-templates/1", "{\"softkeys\": {\"idle\": [\"Hold\"]}}");
	assert_clean(r);
	assert_warns(r, "/softkeys/idle", "Phones show no Hold while idle");
}

static void a_template_names_its_busy_trigger_and_modules_like_a_phone(void **state)
{
	struct schema_rig *r = *state;

	assert_refused(r, "ephone-templates/1",
		       "{\"max_calls_per_button\": 2, \"busy_trigger_per_button\": 3}", "conflict",
		       "/busy_trigger_per_button",
		       "busy-trigger-per-button 3 is above max-calls-per-button 2");
	rig_must(r, OP_PUT, "ephone-templates/1", "{\"addon1\": \"7914\"}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "required", "/phone_type", "A module needs a phone type");
}

static void a_template_needs_a_phone_with_a_mac(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/1", "{\"ephone_template\": 3}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "template_needs_mac", "/ephone_template",
			 "Configure mac-address before applying an ephone-template");
	rig_assert_fault(r, "unknown_reference", "/ephone_template",
			 "ephone-template 3 is not configured");
	rig_must(r, OP_PATCH, "ephones/1", "{\"mac_address\": \"0011.2233.4455\"}");
	rig_must(r, OP_PUT, "ephone-templates/3", "{}");
	assert_clean(r);
	rig_commit(r);
	rig_must(r, OP_DELETE, "ephone-templates/3", NULL);
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "in_use", "",
			 "ephone-template 3 is still used by ephone 1 (/ephone_template)");
	REQ("R-302");
}

static cJSON *effective(struct schema_rig *r, const char *path)
{
	struct schema_path p;

	assert_int_equal(schema_path_parse(path, &p), 0);
	return schema_effective(r->conf, p.obj, conf_get(r->conf, path), false);
}

static void assert_json(cJSON *v, const char *want)
{
	char *text = v ? cJSON_PrintUnformatted(v) : NULL;

	assert_string_equal(text ? text : "null", want);
	cJSON_free(text);
	cJSON_Delete(v);
}

static void the_setting_of_the_phone_wins_over_its_template(void **state)
{
	struct schema_rig *r = *state;

	feed(r,
	     "ephone-template 1\n type 7975 addon 1 7916-24\n keepalive 90\n codec g729r8 "
	     "dspfarm-assist\n"
	     " speed-dial 1 100 label Low\n speed-dial 2 200\n service phone pcPort 1\n"
	     " keep-conference drop-last\n paging-dn 7 unicast\n"
	     "ephone-template 2\n keepalive 45\n"
	     "ephone 1\n mac-address 0011.2233.4455\n ephone-template 1\n type 7962\n codec ilbc\n"
	     " speed-dial 1 111 label Own\n keep-conference endcall\n"
	     "ephone 2\n mac-address 0011.2233.4456\n ephone-template 1\n"
	     "ephone 3\n mac-address 0011.2233.4457\n");
	assert_json(
	    effective(r, "ephones/1"),
	    "{\"mac_address\":\"001122334455\",\"phone_type\":\"7962\",\"ephone_template\":1,"
	    "\"speed_dials\":{\"1\":{\"digits\":\"111\",\"label\":\"Own\"},"
	    "\"2\":{\"digits\":\"200\"}},\"codec\":\"ilbc\","
	    "\"keep_conference\":{\"enabled\":true,\"endcall\":true},\"keepalive\":90,"
	    "\"paging_dn\":{\"dn_tag\":7,\"mode\":\"unicast\"},"
	    "\"service_phone\":{\"pcPort\":\"1\"}}");
	assert_null(effective(r, "ephones/3"));
	/* another template takes the place of the first, whole */
	feed(r, "ephone 2\n ephone-template 2\n");
	assert_json(effective(r, "ephones/2"),
		    "{\"mac_address\":\"001122334456\",\"ephone_template\":2,\"keepalive\":45}");
	REQ("R-301");
}

static void the_setting_of_the_number_wins_over_its_template(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n"
		"ephone-dn-template 2\n description Shop\n call-forward busy 6190\n"
		" call-forward noan 6190 timeout 22\n huntstop channel 4\n timeouts "
		"transfer-recall 35\n"
		" hold-alert 30 idle\n pickup-group 61\n translate called 61\n mwi off\n"
		"ephone-dn 2 octo-line\n number 6102\n ephone-dn-template 2\n huntstop channel 5\n"
		" call-forward busy 6199\n hold-alert 40 shared recurrence 60\n");
	assert_json(effective(r, "ephone-dns/2"),
		    "{\"line_mode\":\"octo-line\",\"number\":\"6102\",\"ephone_dn_template\":2,"
		    "\"huntstop_channel\":5,\"call_forward\":{\"busy\":{\"target\":\"6199\"},"
		    "\"noan\":{\"target\":\"6190\",\"timeout\":22}},"
		    "\"hold_alert\":{\"timeout\":40,\"scope\":\"shared\",\"recurrence\":60},"
		    "\"description\":\"Shop\",\"pickup_group\":\"61\","
		    "\"timeouts\":{\"transfer_recall\":35},\"mwi\":\"off\","
		    "\"translate\":{\"called\":61}}");
	assert_clean(r);
	REQ("R-300");
}

/* ---- hunt groups ---- */
static void a_hunt_group_is_read_and_printed(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n"
		"ephone-dn 11\n number 3311\n"
		"ephone-dn 12\n number 3312 secondary 3313\n"
		"ephone-hunt 3 longest-idle\n"
		" pilot 3320 secondary 332.\n"
		" list 3311, 3313 ,*\n"
		" hops 2\n"
		" timeout 11, 17\n"
		" preference 1 secondary 4\n"
		" no-reg\n"
		" auto logout\n"
		" statistics collect\n");
	rig_assert_item(
	    r, "ephone-hunts/3",
	    "{\"type\":\"longest-idle\",\"pilot\":{\"number\":\"3320\",\"secondary\":\"332.\"},"
	    "\"list\":[\"3311\",\"3313\",\"*\"],\"hops\":2,\"timeout\":[11,17],"
	    "\"preference\":1,\"preference_secondary\":4,\"no_reg\":\"secondary\","
	    "\"auto_logout\":{},\"statistics_collect\":true}");
	assert_exports(r, "ephone-hunts/3",
		       "ephone-hunt 3 longest-idle\n pilot 3320 secondary 332.\n list 3311,3313,*\n"
		       " hops 2\n timeout 11,17\n preference 1 secondary 4\n no-reg\n auto logout\n"
		       " statistics collect\n");
	assert_clean(r);
	/* the header of a group that is there needs no type */
	feed(r, "ephone-hunt 3\n auto logout 2 dynamic\n no list\n no hops\n no timeout\n no-reg "
		"both\n");
	assert_exports(r, "ephone-hunts/3",
		       "ephone-hunt 3 longest-idle\n pilot 3320 secondary 332.\n"
		       " preference 1 secondary 4\n no-reg both\n auto logout 2 dynamic\n"
		       " statistics collect\n");
	feed(r, "no ephone-hunt 3\n");
	assert_null(conf_get(r->conf, "ephone-hunts/3"));
}

static void a_new_hunt_group_needs_its_type(void **state)
{
	struct schema_rig *r = *state;

	rig_edit(r, OP_CREATE, "voice-hunt-groups", "{\"pilot\": {\"number\": \"3340\"}}");
	rig_assert_fault(r, "required", "/type", "Is required");
	rig_edit(r, OP_PUT, "ephone-hunts/1", "{\"type\": \"parallel\"}");
	rig_assert_fault(r, "invalid", "/type", "Must be one of longest-idle, peer, sequential");
	rig_must(r, OP_PUT, "voice-hunt-groups/1", "{\"type\": \"parallel\"}");
	rig_edit(r, OP_PATCH, "voice-hunt-groups/1", "{\"list\": [\"1\"]}");
	rig_assert_fault(r, "range", "/list", "Must have 2 to 32 entries");
}

static void hunt_groups_ring_numbers_that_are_there(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n"
		"ephone-dn 11\n number 3311\n call-forward noan 90 timeout 12\n"
		"ephone-hunt 3 sequential\n pilot 3320\n list 3311, 3399\n hops 3\n final 3321\n"
		"voice hunt-group 4 peer\n pilot 3321\n list 3311, 93312345\n timeout 20\n"
		" final 3320\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/list", "number 3399 is not configured");
	rig_assert_fault(r, "conflict", "/hops", "hops 3 is above the 2 members");
	assert_int_equal(r->faults.n, 2);
	assert_warns(r, "/hops", "Counts for peer and longest-idle only");
	assert_warns(r, "/final", "Final number 3321 leads back to this group");
	assert_warns(r, "/final", "Final number 3320 leads back to this group");
	assert_warns(r, "/timeout", "3311 forwards unanswered calls before the group calls on");
}

/* ---- phones and numbers ---- */
static void a_personal_speed_dial_has_a_plain_name(void **state)
{
	struct schema_rig *r = *state;
	char why[200];

	rig_edit(r, OP_PUT, "ephones/1",
		 "{\"fastdials\": {\"1\": {\"number\": \"1\", \"name\": \"a<b\"}}}");
	rig_assert_fault(r, "invalid", "/fastdials/1/name", "Must not contain &%;<>|");
	assert_int_not_equal(feed_one(r, "ephone 1", "fastdial 1 100 name A&B", why, sizeof(why)),
			     0);
	feed(r, "ephone 1\n fastdial 1 100 name Porter (day)\n");
}

static void forwarding_without_an_answer_needs_a_time(void **state)
{
	struct schema_rig *r = *state;

	feed(r,
	     "telephony-service\n max-dn 20\nephone-dn 1\n number 100\n call-forward noan 200\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "required", "/call_forward/noan/timeout",
			 "Forwarding without an answer needs a time");
	feed(r, "ephone-dn 1\n call-forward noan 200 timeout 12\n");
	assert_clean(r);
}

static void the_password_among_the_phone_settings_is_a_secret(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("telephony-service");
	struct ios_print clear = { r->store, true };
	cJSON *shown, *diff;
	struct text out;
	char text[64];

	feed(r, "telephony-service\n service phone adminPassword opensesame\n"
		" service phone pcPort 1\n");
	assert_non_null(conf_get(r->conf, o->path));
	shown = schema_public(o, "", conf_get(r->conf, o->path), false);
	assert_json(cJSON_DetachItemFromObject(shown, "service_phone"),
		    "{\"adminPassword\":{\"set\":true},\"pcPort\":\"1\"}");
	cJSON_Delete(shown);
	diff = schema_diff(o, NULL, conf_get(r->conf, o->path), NULL);
	shown = cJSON_Duplicate(cJSON_GetArrayItem(diff, 0), true);
	assert_json(cJSON_DetachItemFromObject(shown, "after"), "{\"set\":true}");
	cJSON_Delete(shown);
	cJSON_Delete(diff);
	assert_exports(r, o->path,
		       "telephony-service\n service phone adminPassword ******\n"
		       " service phone pcPort 1\n");
	text_init(&out, 4096);
	ios_print_object(&out, o, "", conf_get(r->conf, o->path), &clear);
	assert_non_null(strstr(out.buf, " service phone adminPassword opensesame\n"));
	text_fini(&out);
	/* neither a masked line nor a masked body takes it away */
	feed(r, "telephony-service\n service phone adminPassword ******\n");
	rig_must(r, OP_PATCH, o->path,
		 "{\"service_phone\":{\"adminPassword\":{\"set\":true},\"pcPort\":null}}");
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, o->path),
				    "/service_phone/adminPassword", text, sizeof(text)),
			 0);
	assert_string_equal(text, "opensesame");
	REQ("R-085");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(a_phone_template_holds_what_its_lines_say),
		T(softkeys_and_features_are_known_by_name_in_any_letter_case),
		T(a_template_names_its_busy_trigger_and_modules_like_a_phone),
		T(a_template_needs_a_phone_with_a_mac),
		T(the_setting_of_the_phone_wins_over_its_template),
		T(the_setting_of_the_number_wins_over_its_template),
		T(a_hunt_group_is_read_and_printed),
		T(a_new_hunt_group_needs_its_type),
		T(hunt_groups_ring_numbers_that_are_there),
		T(a_personal_speed_dial_has_a_plain_name),
		T(forwarding_without_an_answer_needs_a_time),
		T(the_password_among_the_phone_settings_is_a_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
