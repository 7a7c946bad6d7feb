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

/* ---- checks over many phones ---- */
static void an_intercom_line_is_on_one_phone_whoever_comes_first(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n"
		"ephone-dn 4\n number A5001\n intercom A5002 label Desk\n"
		"ephone-dn 5\n number 5005\n"
		"ephone 1\n button 1:4 2:5\nephone 2\n button 1:5\n");
	assert_clean(r);
	rig_commit(r);
	assert_refused(r, "ephones/3",
		       "{\"buttons\": {\"2\": {\"separator\": \":\", \"dns\": [4]}}}",
		       "intercom_shared", "/buttons/2",
		       "Intercom directory number 4 is already assigned to ephone 1");
	rig_must(r, OP_DELETE, "ephones/3", NULL);
	/* the number is on two phones before it becomes an intercom line */
	assert_refused(r, "ephone-dns/5", "{\"intercom\": {\"extension\": \"A5002\"}}",
		       "intercom_shared", "/intercom",
		       "Intercom directory number 5 is already assigned to ephone 1");
	/* taken from one and given to another in one change */
	rig_must(r, OP_PATCH, "ephone-dns/5", "{\"intercom\": null}");
	feed(r, "ephone 1\n no button 1:4\nephone 2\n button 2:4\n");
	assert_clean(r);
	REQ("R-206");
	REQ("R-207");
}

static void intercom_words_exclude_each_other(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\nephone-dn 4\n number A1\n"
		" intercom A2 no-mute barge-in label Two words\n");
	assert_clean(r);
	assert_exports(
	    r, "ephone-dns/4",
	    "ephone-dn 4\n number A1\n intercom A2 barge-in no-mute label \"Two words\"\n");
	assert_refused(r, "ephone-dns/4", "{\"intercom\": {\"no_auto_answer\": true}}",
		       "intercom_conflict", "/intercom",
		       "barge-in and no-auto-answer are mutually exclusive");
	assert_refused(r, "ephone-dns/4", "{\"intercom\": {\"barge_in\": null}}", "conflict",
		       "/intercom", "no-mute and no-auto-answer are mutually exclusive");
	rig_edit(r, OP_PATCH, "ephone-dns/4",
		 "{\"intercom\": {\"label\": \"1234567890123456789012345678901\"}}");
	rig_assert_fault(r, "range", "/intercom/label", "Must be at most 30 characters long");
	REQ("R-208");
	REQ("R-210");
}

static void a_change_of_an_intercom_line_needs_a_restart(void **state)
{
	const struct schema_object *o = schema_object("ephone-dns");
	cJSON *a = cJSON_Parse("{\"number\": \"A1\", \"intercom\": {\"extension\": \"A2\"}}");
	cJSON *b = cJSON_Parse("{\"number\": \"A1\", \"intercom\": {\"extension\": \"A3\"}}");
	enum schema_apply apply = APPLY_NONE;

	(void)state;
	cJSON_Delete(schema_diff(o, a, b, &apply));
	assert_int_equal(apply, APPLY_RESTART);
	cJSON_Delete(a);
	cJSON_Delete(b);
	REQ("R-209");
}

static void an_intercom_line_has_one_channel(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\nephone-dn 4 dual-line\n number 1\n intercom A2\n"
		"ephone-dn 5 octo-line\n number 2\n mwi on-off\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/line_mode",
			 "A number for intercom or paging has a single line");
	assert_int_equal(r->faults.n, 1);
	assert_warns(r, "/mwi", "A number for message lamps has a single line");
}

static void a_paging_set_has_ten_members_by_unicast(void **state)
{
	struct schema_rig *r = *state;
	char path[32];

	feed(r, "telephony-service\n max-dn 20\nephone-dn 7\n number 7\n paging\n"
		"ephone-dn 8\n number 8\nephone-template 1\n paging-dn 7 unicast\n");
	for (int i = 1; i <= 10; i++) {
		snprintf(path, sizeof(path), "ephones/%d", i);
		rig_must(r, OP_PUT, path,
			 "{\"paging_dn\": {\"dn_tag\": 7, \"mode\": \"unicast\"}}");
	}
	assert_clean(r);
	assert_int_equal(r->warnings.n, 0);
	rig_must(r, OP_PUT, "ephones/11",
		 "{\"mac_address\": \"001122334455\", \"ephone_template\": 1}");
	rig_must(r, OP_PUT, "ephones/12", "{\"paging_dn\": {\"dn_tag\": 8}}");
	assert_clean(r);
	assert_warns(r, "/paging_dn",
		     "Paging number 7 calls 11 phones one by one, and only 10 of them hear it");
	assert_warns(r, "/paging_dn", "ephone-dn 8 is no paging number");
}

static void a_watched_number_must_allow_it(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\nephone-dn-template 1\n allow watch\n"
		"ephone-dn 1\n number 101\nephone-dn 2\n number 102\n allow watch\n"
		"ephone-dn 3\n number 103 secondary 203\n ephone-dn-template 1\n"
		"ephone 1\n blf-speed-dial 1 101 label One\n blf-speed-dial 2 102 label Two\n"
		" blf-speed-dial 3 203 label Three\n blf-speed-dial 4 999 label Outside\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 1);
	assert_warns(r, "/blf_speed_dials/1",
		     "101 may not be watched: its number lacks allow watch");
	rig_commit(r);
	/* asked once, not at every change of the phone */
	rig_must(r, OP_PATCH, "ephones/1", "{\"description\": \"x\"}");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 0);
}

/* ---- the system ---- */
static void a_second_server_needs_phone_types(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ephone-template 1\n type 7962\nephone 1\n type 7941\n"
		"ephone 2\n mac-address 0011.2233.4455\n ephone-template 1\nephone 3\n"
		"telephony-service\n ip source-address 10.0.0.1 secondary 10.0.0.2\n");
	assert_clean(r);
	assert_warns(r, "/source_addresses", "With a second server every ephone needs its type");
	rig_commit(r);
	feed(r, "ephone 2\n description x\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 0);
	feed(r, "ephone 3\n description x\n");
	assert_clean(r);
	assert_warns(r, "/phone_type", "With a second server every ephone needs its type");
	REQ("R-048");
}

static void timeouts_have_the_ranges_and_defaults_of_the_model(void **state)
{
	static const struct {
		const char *path;
		long long min, max, dflt;
	} rows[] = { { "timeouts.busy", 0, 30, 10 },
		     { "timeouts.interdigit", 2, 120, 10 },
		     { "timeouts.ringing", 5, 60000, 180 },
		     { "keepalive", 10, 65535, 30 },
		     { "time_zone", 1, 56, 5 } };
	const struct schema_object *o = schema_object("telephony-service");
	struct schema_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[80], line[80], body[120];
		const char *dot = strchr(rows[i].path, '.');

		assert_int_equal(cfg_int(o, NULL, rows[i].path), rows[i].dflt);
		snprintf(body, sizeof(body),
			 dot ? "{\"timeouts\": {\"%s\": %lld}}" : "{\"%s\": %lld}",
			 dot ? dot + 1 : rows[i].path, rows[i].max + 1);
		rig_edit(r, OP_PATCH, o->path, body);
		snprintf(want, sizeof(want), "Value %lld out of range %lld-%lld", rows[i].max + 1,
			 rows[i].min, rows[i].max);
		snprintf(line, sizeof(line), dot ? "/timeouts/%s" : "/%s",
			 dot ? dot + 1 : rows[i].path);
		rig_assert_fault(r, "range", line, want);
	}
	assert_string_equal(cfg_str(o, NULL, "date_format"), "mm-dd-yy");
	assert_int_equal(cfg_int(o, NULL, "time_format"), 12);
	feed(r, "telephony-service\n timeouts interdigit 0\n");
	assert_clean(r);
	assert_warns(r, "/timeouts/interdigit", "0: users may take any time between two digits");
	REQ("R-183");
}

static void languages_need_files_per_phone_elsewhere(void **state)
{
	struct schema_rig *r = *state;
	const char *want = "Tags 1 to 4 need cnf-file perphone and another location than system:";

	feed(r, "telephony-service\n user-locale DE\n user-locale 4 FR\n network-locale 2 FR\n"
		"ephone-template 1\n user-locale 4\n network-locale 3\n service phone pcPort 1\n");
	assert_clean(r);
	assert_warns(r, "/user_locales/4", want);
	assert_warns(r, "/network_locales/2", want);
	assert_warns(r, "/user_locale", "Has no effect without cnf-file perphone");
	assert_warns(r, "/service_phone", "Has no effect without cnf-file perphone");
	assert_warns(r, "/network_locale", "telephony-service has no such tag: 3");
	feed(r, "telephony-service\n cnf-file location flash:\n cnf-file perphone\n"
		"ephone-template 1\n no network-locale\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 1); /* DHCP option 150 */
	rig_edit(r, OP_PATCH, "telephony-service",
		 "{\"user_locales\": {\"5\": {\"code\": \"DE\"}}}");
	rig_assert_fault(r, "range", "/user_locales/5", "Value 5 out of range 0-4");
	REQ("R-092");
	REQ("R-095");
}

static void phone_settings_are_known_by_name(void **state)
{
	static const struct {
		const char *line, *warning;
	} rows[] = {
		{ "pcPort 1", NULL },
		{ "pcPort 2", "Phones take pcPort: 0, 1" },
		{ "spanTOPCPort 1", "Phones know spanToPCPort, in this spelling only" },
		{ "daysDisplayNotActive 1,7", NULL },
		{ "daysDisplayNotActive ,", NULL },
		{ "daysDisplayNotActive 8",
		  "Phones take daysDisplayNotActive: days 1 (Sunday) to 7 such as 1,7, or a comma "
		  "alone for none" },
		{ "displayOnTime 06:45", NULL },
		{ "displayOnTime 6h", "Phones take displayOnTime: a time such as 07:30" },
		{ "thumbButton1 PTTH4", NULL },
		{ "disableSpeaker yes", "Phones take disableSpeaker: true, false" },
		{ "somethingElse 42", NULL },
	};
	struct schema_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[120], pointer[80];

		snprintf(text, sizeof(text),
			 "telephony-service\n no service phone\n service phone %s\n", rows[i].line);
		feed(r, text);
		assert_clean(r);
		snprintf(pointer, sizeof(pointer), "/service_phone/%.*s",
			 (int)strcspn(rows[i].line, " "), rows[i].line);
		if (rows[i].warning)
			assert_warns(r, pointer, rows[i].warning);
		assert_int_equal(r->warnings.n, rows[i].warning != NULL);
	}
}

static void loads_go_by_their_own_words(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n load 7960-7940 P0030801SR02\n load ATA x\n load 7960 P003\n"
		" load 6999 y\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 2);
	assert_warns(r, "/loads/7960", "7940 and 7960 share one load: load 7960-7940");
	assert_warns(r, "/loads/6999", "6999 is no phone type known here");
	assert_exports(r, "telephony-service",
		       "telephony-service\n load 6999 y\n load 7960 P003\n"
		       " load 7960-7940 P0030801SR02\n load ata x\n");
}

static void automatic_lines_are_ordinary_numbers(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n auto assign 1 to 4 type 7942\n"
		" auto assign 10 to 12 cfw 99 timeout 20\n"
		"ephone-dn 1\n number 101\nephone-dn 2\n number 102\n paging\nephone-dn 3\n"
		"ephone-dn 5\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 3);
	assert_warns(r, "/auto_assign/1,4",
		     "ephone-dn 2 is no ordinary number (paging) and will not be given");
	assert_warns(r, "/auto_assign/1,4", "ephone-dn 3 has no number and will not be given");
	assert_warns(r, "/auto_assign/10,12", "None of these numbers can be given");
}

static void feature_codes_are_the_standard_ones_or_ones_own(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\n fac custom callfwd all #5\n fac custom dnd #7\n"
		" fac custom alias 3 *77 to **4212\n");
	rig_assert_item(r, "telephony-service",
			"{\"max_dn\":20,\"fac\":{\"mode\":\"custom\",\"features\":{\"callfwd all\":"
			"\"#5\",\"dnd\":\"#7\"},\"aliases\":{\"3\":{\"code\":\"*77\",\"target\":"
			"\"**4212\"}}}}");
	assert_exports(r, "telephony-service",
		       "telephony-service\n fac custom\n fac custom alias 3 *77 to **4212\n"
		       " fac custom callfwd all #5\n fac custom dnd #7\n max-dn 20\n");
	feed(r, "telephony-service\n fac custom park *7\nephone-dn 1\n number #5\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/fac/aliases/3", "Codes *7 and *77 overlap");
	feed(r, "telephony-service\n no fac custom park\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/fac/features/callfwd all",
			 "Code #5 is the number of ephone-dn 1");
	feed(r, "telephony-service\n fac standard\n");
	rig_assert_item(r, "telephony-service", "{\"max_dn\":20,\"fac\":{\"mode\":\"standard\"}}");
	feed(r, "telephony-service\n fac custom dnd #7\n no fac custom dnd\n");
	rig_assert_item(r, "telephony-service", "{\"max_dn\":20}");
}

static void one_line_clears_the_directory(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n directory entry 7 21355700 name Front Desk\n"
		" directory entry 8 1 name X\n directory entry clear\n max-dn 3\n");
	rig_assert_item(r, "telephony-service", "{\"max_dn\":3}");
}

static void periods_may_end_at_midnight(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n night-service date dec 24 00:00 00:00\n"
		" after-hours date may 4 12:00 00:00\n night-service day fri 17:30 06:45\n");
	assert_clean(r);
	feed(r, "telephony-service\n night-service date dec 25 12:00 11:00\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "invalid", "/night_service/dates/dec,25,12:00",
			 "Must end later than it begins");
}

static void odd_settings_of_the_system_are_pointed_out(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ip http server\ntelephony-service\n create cnf-files\n transfer-pattern .T\n"
		" device-security-mode encrypted\n ip source-address 10.0.0.1\n"
		" url directories http://10.0.0.1/localdirectory\n url services "
		"http://10.0.0.1:8099/x\n"
		" url messages http://10.0.0.9:8099/x\n"
		" group 1\n  ip source-address 10.0.0.1 secondary 2001:db8::1\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/groups/1/source_address/secondary",
			 "Both addresses must be of the same IP version");
	assert_warns(r, "/transfer_patterns/.T", ".T permits transfers to every number");
	assert_warns(r, "/device_security_mode",
		     "Needs a certificate: secure-signaling trustpoint");
	assert_warns(r, "/urls/services", "Nothing answers here on port 8099");
	assert_int_equal(r->warnings.n, 3);
	feed(r, "telephony-service\n no ip source-address\n");
	rig_check(r);
	assert_warns(r, "/cnf_file/create", "create cnf-files needs ip source-address");
}

static void buttons_of_a_layout_do_not_overlap(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ephone-template 5\n button-layout 7931 1\n button-layout 7,9 url\n"
		" button-layout 8-10 line\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/button_layout/8-10", "Buttons 7,9 and 8-10 overlap");
	feed(r, "ephone-template 5\n no button-layout 8-10\n no button-layout 7931\n");
	assert_clean(r);
	assert_exports(r, "ephone-templates/5", "ephone-template 5\n button-layout 7,9 url\n");
}

static void a_phone_is_told_what_its_settings_lack(void **state)
{
	struct schema_rig *r = *state;

	feed(r,
	     "telephony-service\n max-dn 9\nephone-dn 1\n number 1\n call-forward night-service 9\n"
	     "ephone 1\n video\n device-security-mode authenticated\n");
	assert_clean(r);
	assert_warns(r, "/video", "Needs service phone videoCapability 1");
	assert_warns(r, "/device_security_mode",
		     "Needs a certificate: secure-signaling trustpoint");
	assert_warns(r, "/call_forward/night-service", "Needs night-service bell on this number");
	feed(r, "telephony-service\n service phone videoCapability 1\n"
		" secure-signaling trustpoint tp\nephone-dn 1\n night-service bell\n");
	assert_clean(r);
	assert_int_equal(r->warnings.n, 0);
}

static void music_groups_and_log_out_profiles_are_there_before_they_are_named(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 9\n internal-call 2\n"
		"ephone-dn 1\n number 1\n moh-group 3\nephone 1\n logout-profile 4\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/moh_group",
			 "voice moh-group 3 is not configured");
	assert_int_equal(r->faults.n, 3);
	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	assert_int_equal(schema_check_whole(r->conf, &r->faults, &r->warnings), 0);
	assert_warns(r, "/internal_call_moh_group", "voice moh-group 2 is not configured");
	feed(r, "voice moh-group 2\nvoice moh-group 3\nvoice logout-profile 4\n");
	assert_clean(r);
	rig_commit(r);
	rig_must(r, OP_DELETE, "moh-groups/2", NULL);
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "in_use", "",
			 "voice moh-group 2 is still used by telephony-service "
			 "(/internal_call_moh_group)");
	/* 0 is the music of the system */
	feed(r, "telephony-service\n internal-call moh-group 0\n");
	assert_clean(r);
	REQ("R-251");
}

static void a_number_of_a_hunt_group_does_not_go_unnoticed(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n max-dn 20\nephone-dn 1\n number 77\nephone-dn 2\n number 78\n"
		"ephone-dn 3\n number 78\nephone-hunt 1 peer\n pilot 1\n list 77,78,*\n");
	assert_clean(r);
	rig_commit(r);
	rig_must(r, OP_DELETE, "ephone-dns/2", NULL); /* another has the number too */
	assert_clean(r);
	assert_refused(r, "ephone-dns/1", "{\"number\": \"70\"}", "unknown_reference", "/list",
		       "number 77 is not configured");
	assert_string_equal(r->faults.list[0].path, "ephone-hunts/1");
	/* moved together in one change */
	feed(r, "ephone-hunt 1\n list 70,78\n");
	assert_clean(r);
}

static void members_of_a_hunt_group_may_be_missing_in_an_import(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ephone-hunt 1 peer\n pilot 1\n list 77, 78\n");
	assert_int_equal(schema_check_whole(r->conf, &r->faults, &r->warnings), 0);
	assert_warns(r, "/list", "number 77 is not configured");
}

static void overlap_holds_where_phone_template_or_system_says_so(void **state)
{
	static const char *const warning =
	    "overlap-signal is on, and a 7960 sends its digits all at once";
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("ephones");

	feed(r, "ephone-template 1\n overlap-signal\n"
		"voice register template 1\n overlap-signal\n"
		"ephone 1\n mac-address 0011.2233.4455\n type 7960\n ephone-template 1\n"
		"ephone 2\n mac-address 0011.2233.4456\n type 7960\n overlap-signal\n"
		"ephone 3\n mac-address 0011.2233.4457\n type 7965\n ephone-template 1\n"
		"ephone 4\n type 7960\n"
		"voice register global\n max-pool 9\n mode cme\n"
		"voice register pool 1\n id mac 0011.2233.4466\n type 7960\n template 1\n");
	assert_clean(r);
	assert_warns(r, "/overlap_signal", warning);
	assert_int_equal(r->warnings.n, 3);
	for (int i = 1; i <= 4; i++) {
		char path[24];

		snprintf(path, sizeof(path), "ephones/%d", i);
		assert_int_equal(schema_any(r->conf, o, conf_get(r->conf, path), "overlap_signal",
					    "telephony-service"),
				 i < 4);
	}
	feed(r, "telephony-service\n overlap-signal\nvoice register global\n overlap-signal\n");
	assert_true(schema_any(r->conf, o, conf_get(r->conf, "ephones/4"), "overlap_signal",
			       "telephony-service"));
	assert_exports(r, "ephone-templates/1", "ephone-template 1\n overlap-signal\n");
	REQ("R-240");
	REQ("R-241");
	REQ("R-243");
}

static void a_log_out_time_may_be_midnight(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service\n em logout 12:30 19:45 24:00\n");
	assert_exports(r, "telephony-service", "telephony-service\n em logout 12:30 19:45 24:0\n");
	feed(r, "telephony-service\n em logout 12:30 19:45 24:0\n");
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
		T(music_groups_and_log_out_profiles_are_there_before_they_are_named),
		T(a_number_of_a_hunt_group_does_not_go_unnoticed),
		T(members_of_a_hunt_group_may_be_missing_in_an_import),
		T(a_log_out_time_may_be_midnight),
		T(overlap_holds_where_phone_template_or_system_says_so),
		T(an_intercom_line_is_on_one_phone_whoever_comes_first),
		T(intercom_words_exclude_each_other),
		T(a_change_of_an_intercom_line_needs_a_restart),
		T(an_intercom_line_has_one_channel),
		T(a_paging_set_has_ten_members_by_unicast),
		T(a_watched_number_must_allow_it),
		T(a_second_server_needs_phone_types),
		T(timeouts_have_the_ranges_and_defaults_of_the_model),
		T(languages_need_files_per_phone_elsewhere),
		T(phone_settings_are_known_by_name),
		T(loads_go_by_their_own_words),
		T(automatic_lines_are_ordinary_numbers),
		T(feature_codes_are_the_standard_ones_or_ones_own),
		T(one_line_clears_the_directory),
		T(periods_may_end_at_midnight),
		T(odd_settings_of_the_system_are_pointed_out),
		T(buttons_of_a_layout_do_not_overlap),
		T(a_phone_is_told_what_its_settings_lack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
