/* IOS lines: abbreviations, letter case, order of keywords, quotes, modes, `no` forms, export. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "tests/support/schema_rig.h"

static struct ios_place place;

static int feed_err(struct schema_rig *r, const char *line)
{
	struct ios_line l;
	char why[200] = "";
	int err = ios_parse_line(&place, line, &l, why, sizeof(why));

	if (err)
		return err;
	faults_fini(&r->faults);
	err = ios_apply(r->conf, &l, &r->faults);
	place = l.place;
	ios_line_fini(&l);
	return err;
}

static void feed(struct schema_rig *r, const char *line)
{
	int err = feed_err(r, line);

	if (err)
		fail_msg("`%s`: %s %s", line, err_text(err),
			 r->faults.n ? r->faults.list[0].detail : "not read");
}

static void feed_text(struct schema_rig *r, const char *text)
{
	struct slice rest = slice_of(text), line;

	memset(&place, 0, sizeof(place));
	while (slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(slice_trim(line));

		if (copy[0] && copy[0] != '!' && strcmp(copy, "end") != 0)
			feed(r, copy);
		mem_free(copy);
	}
}

static char *export_text(struct schema_rig *r, bool secrets)
{
	struct ios_print opt = { r->store, secrets };
	struct text out;

	text_init(&out, 1 << 20);
	assert_int_equal(ios_export(r->conf, &opt, &out), 0);
	return text_take(&out);
}

static void assert_export(struct schema_rig *r, const char *want)
{
	char *got = export_text(r, true);

	assert_string_equal(got, want);
	mem_free(got);
}

static int ios_setup(void **state)
{
	memset(&place, 0, sizeof(place));
	return rig_setup(state);
}

static void keywords_may_be_short_and_in_any_case(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "TELEPHONY-service");
	feed(r, "ip  qos   dscp ef sig");
	feed(r, "TIMEOUTS int 7");
	feed(r, "max-e 12");
	feed(r, "protocol mode DUAL");
	rig_assert_item(r, "telephony-service",
			"{\"protocol_mode\":{\"mode\":\"dual-stack\"},\"max_ephones\":12,"
			"\"timeouts\":{\"interdigit\":7},\"dscp\":{\"signaling\":46}}");
	assert_int_equal(feed_err(r, "max- 5"), ERR_CONFLICT);
	assert_int_equal(feed_err(r, "time 5"), ERR_CONFLICT);
	assert_int_equal(feed_err(r, "nonsense 5"), ERR_NOENT);
	assert_int_equal(feed_err(r, "hfs hom"), ERR_NOENT);
	REQ("R-312");
	REQ("R-313");
}

static void optional_parts_come_in_any_order(void **state)
{
	struct schema_rig *r = *state;
	static const char want[] =
	    "{\"sip\":{\"registrar_server\":{\"enabled\":true,\"max\":1200,\"min\":90}}}";

	feed_text(r, "voice service voip\n sip\n registrar server expires max 1200 min 90\n");
	rig_assert_item(r, "voice-service/voip", want);
	feed(r, "no registrar server");
	rig_assert_item(r, "voice-service/voip", "null");
	feed(r, "registrar server expires min 90 max 1200");
	rig_assert_item(r, "voice-service/voip", want);
	feed(r, "registrar server");
	rig_assert_item(r, "voice-service/voip",
			"{\"sip\":{\"registrar_server\":{\"enabled\":true}}}");
	feed_text(
	    r, "telephony-service\n"
	       "ip source-address 10.1.1.1 strict-match secondary 10.1.1.2 rehome 30 port 2001\n");
	rig_assert_item(
	    r, "telephony-service",
	    "{\"source_addresses\":{\"ipv4\":{\"address\":\"10.1.1.1\",\"port\":2001,"
	    "\"secondary\":\"10.1.1.2\",\"rehome_seconds\":30,\"match_mode\":\"strict-match\"}}}");
	feed(r, "ip source-address 2001:db8::5");
	assert_int_equal(feed_err(r, "ip source-address 10.1.1.1 rehome 30"), ERR_NOENT);
	feed(r, "no ip source-address");
	rig_assert_item(r, "telephony-service", "{}");
}

static void text_runs_to_the_end_of_the_line_or_stands_in_quotes(void **state)
{
	struct schema_rig *r = *state;

	feed_text(r, "telephony-service\n max-dn 9\nephone-dn 1\n name de Vries, Anna\n label "
		     "\"Counter A\"\n"
		     " intercom A22 label Boss  Office no-mute\n");
	rig_assert_item(r, "ephone-dns/1",
			"{\"name\":\"de Vries, Anna\",\"label\":\"Counter A\",\"intercom\":"
			"{\"extension\":\"A22\",\"no_mute\":true,\"label\":\"Boss  Office\"}}");
	feed(r, "intercom A22 label \"Boss no-mute\"");
	assert_export(r, "!\ntelephony-service\n max-dn 9\n!\nephone-dn 1\n label Counter A\n"
			 " name de Vries, Anna\n intercom A22 label \"Boss no-mute\"\n!\nend\n");
	feed_text(r, "ephone 1\n blf-speed-dial 3 2001 label Front Desk device\n");
	rig_assert_item(r, "ephones/1",
			"{\"blf_speed_dials\":{\"3\":{\"number\":\"2001\",\"label\":\"Front Desk\","
			"\"device\":true}}}");
	REQ("R-314");
}

static void buttons_add_up_and_print_on_one_line(void **state)
{
	struct schema_rig *r = *state;

	feed_text(r, "ephone  7\n button  1:1 2s2 3f3\n button 4m3 5w2\n button 6o4,5 7x6\n no "
		     "button 2s2\n");
	assert_export(r, "!\nephone 7\n button 1:1 3f3 4m3 5w2 6o4,5 7x6\n!\nend\n");
	assert_int_equal(feed_err(r, "button 1;2"), ERR_NOENT);
	feed(r, "no button");
	rig_assert_item(r, "ephones/7", "{}");
	REQ("R-316");
}

static void a_line_of_another_mode_closes_this_one(void **state)
{
	struct schema_rig *r = *state;

	feed_text(
	    r, "voice service voip\nsip\nanat\nno anat\nmedia flow-around\nvoice register "
	       "global\nmode cme\n"
	       "auto-register\npassword 0 secret\nauto-assign 1 to 9\nmax-dn 4\nip http server\n");
	rig_assert_item(r, "voice-service/voip",
			"{\"media_mode\":\"flow-around\",\"sip\":{\"anat\":false}}");
	assert_non_null(
	    cfg_map(conf_get(r->conf, "voice-register/global"), "auto_register.password"));
	assert_int_equal(cfg_int(schema_object("voice-register/global"),
				 conf_get(r->conf, "voice-register/global"), "max_dn"),
			 4);
	rig_assert_item(r, "http", "{\"enabled\":true}");
	assert_null(place.obj);
	REQ("R-311");
}

static void both_spellings_are_read_and_one_is_printed(void **state)
{
	struct schema_rig *r = *state;

	feed_text(r,
		  "sip-ua\n timer connection aging 100\nvoice service voip\n media flow around\n"
		  "telephony-service\n internal-call 4\n ip qos dscp cs1 signaling\n"
		  " standby username ann password 0 pw1\nephone-dn 1\n extension range 10 to 19\n");
	assert_export(
	    r,
	    "!\nvoice service voip\n media flow-around\n!\nsip-ua\n timers connection aging "
	    "100\n!\n"
	    "telephony-service\n ip qos dscp cs1 signal\n internal-call moh-group 4\n"
	    " standby user ann password pw1\n!\nephone-dn 1\n extension-range 10 to 19\n!\nend\n");
	REQ("R-317");
}

static void imported_defaults_that_ios_prints_are_printed_again(void **state)
{
	struct schema_rig *r = *state;
	static const char text[] =
	    "!\nvoice register global\n create profile sync 0048213377120459\n!\n"
	    "telephony-service\n em logout 0:0 0:0 0:0\n device-security-mode none\n"
	    " max-conferences 8 gain -6\n transfer-system full-consult\n"
	    " create cnf-files version-stamp Jan 01 2002 00:00:00\n!\nend\n";

	feed_text(r, text);
	assert_export(r, text);
	feed_text(r, "telephony-service\n no transfer-system\n no device-security-mode\n no create "
		     "cnf-files\n"
		     " no em logout\n no max-conferences\n");
	rig_assert_item(r, "telephony-service", "{}");
	REQ("R-326");
}

static void secrets_are_masked_and_a_masked_line_changes_nothing(void **state)
{
	struct schema_rig *r = *state;
	char *masked, *clear;

	feed_text(r, "telephony-service\n xml user bot password 0 pl4nted 4\nephone 1\n"
		     " username bob password 0 pl4nted\n pin 1234\nephone 2\n"
		     " username eve password 6 OPAQUE\n");
	masked = export_text(r, false);
	assert_null(strstr(masked, "pl4nted"));
	assert_null(strstr(masked, "1234"));
	clear = export_text(r, true);
	assert_non_null(strstr(clear, " username bob password pl4nted\n"));
	assert_non_null(strstr(clear, " username eve password 6 OPAQUE\n"));
	assert_non_null(strstr(clear, " xml user bot password ****** 4\n"));
	rig_commit(r);
	feed_text(r, masked);
	assert_int_equal(conf_get(r->conf, "ephones/1") == conf_get_base(r->conf, "ephones/1"), 1);
	mem_free(clear);
	clear = export_text(r, true);
	assert_non_null(strstr(clear, " username bob password pl4nted\n"));
	mem_free(masked);
	mem_free(clear);
	REQ("R-085");
	REQ("R-321");
}

/* Also where the import begins from nothing; a secret that is nowhere is not made up. */
static void masked_lines_keep_the_secrets_of_what_is_replaced(void **state)
{
	struct schema_rig *r = *state;
	char *before, *after, *masked;

	feed_text(r, "telephony-service\n xml user bot password 0 pl4nted 4\nephone 1\n"
		     " username bob password 0 pl4nted\n");
	rig_commit(r);
	masked = export_text(r, false);
	before = cJSON_PrintUnformatted(conf_get(r->conf, "telephony-service"));
	conf_clear(r->conf);
	feed_text(r, masked);
	after = cJSON_PrintUnformatted(conf_get(r->conf, "telephony-service"));
	assert_string_equal(after, before);
	cJSON_free(after);
	after = export_text(r, true);
	assert_non_null(strstr(after, " username bob password pl4nted\n"));
	feed_text(r, "ephone 7\n username eve password ******\n");
	rig_assert_item(r, "ephones/7", "{\"username\":\"eve\"}");
	cJSON_free(before);
	mem_free(after);
	mem_free(masked);
}

static void a_value_out_of_range_is_reported_with_its_field(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "telephony-service");
	assert_int_equal(feed_err(r, "timeouts busy 31"), ERR_RANGE);
	rig_assert_fault(r, "range", "/timeouts/busy", "Value 31 out of range 0-30");
	assert_string_equal(r->faults.list[0].command, "timeouts busy");
	assert_int_equal(feed_err(r, "timeouts busy soon"), ERR_TYPE);
	assert_int_equal(feed_err(r, "date-format european"), ERR_INVALID);
	feed(r, "ephone 4");
	assert_int_equal(feed_err(r, "mac-address 0011.2233"), ERR_INVALID);
	rig_assert_fault(r, "invalid", "/mac_address",
			 "Must be a MAC address such as 0011.2233.4455");
}

static void headers_make_and_no_headers_take_away(void **state)
{
	struct schema_rig *r = *state;

	feed_text(
	    r, "telephony-service\n max-dn 30\nephone-dn  18  dual-line\n number 21\nephone-dn "
	       "18\n name x\n"
	       "voice lpcor custom\n group 1 a\n group 2 b\nvoice lpcor policy a\n accept b fac\n");
	rig_assert_item(r, "ephone-dns/18",
			"{\"line_mode\":\"dual-line\",\"number\":\"21\",\"name\":\"x\"}");
	assert_int_equal(feed_err(r, "ephone-dn 18 octo-line"), ERR_CONFLICT);
	feed(r, "no ephone-dn 18");
	assert_null(conf_get(r->conf, "ephone-dns/18"));
	feed(r, "no voice lpcor policy a");
	rig_assert_item(r, "lpcor", "{\"groups\":{\"1\":\"a\",\"2\":\"b\"}}");
	feed(r, "no voice lpcor custom");
	rig_assert_item(r, "lpcor", "null");
	feed(r, "no telephony-service");
	assert_null(conf_get(r->conf, "telephony-service"));
	assert_int_equal(feed_err(r, "no ephone-dn 18"), ERR_NOENT);
	REQ("R-315");
}

/* A line that only names the realm must not let phones in without a password. */
static void a_realm_by_itself_leaves_alone_who_is_asked(void **state)
{
	struct schema_rig *r = *state;
	static const char both[] =
	    "!\nvoice register global\n authenticate all\n authenticate realm hq\n!\nend\n";

	feed_text(r, "voice register global\n authenticate all\n authenticate realm hq\n");
	assert_export(r, both);
	feed_text(r, "voice register global\n no authenticate\n authenticate all realm hq\n");
	assert_export(r, both);
	feed_text(r, "voice register global\n no authenticate all\n authenticate realm hq\n");
	assert_export(r,
		      "!\nvoice register global\n authenticate\n authenticate realm hq\n!\nend\n");
}

static void the_export_is_in_the_order_of_ios_and_brings_everything_back(void **state)
{
	struct schema_rig *r = *state;
	static const char text[] =
	    "!\nclock timezone WET 0 0\n!\nip http server\nip http port 8088\n!\nntp server "
	    "10.0.0.9\n!\n"
	    "voice service voip\n allow-connections sip to sip\n ip address trusted list\n"
	    "  ipv4 10.8.0.1\n  ipv4 10.9.0.0 255.255.0.0\n sip\n"
	    "  registrar server expires max 600\n!\n"
	    "voice register global\n mode cme\n source-address 10.50.2.9 port 5062\n max-dn 150\n "
	    "max-pool 90\n"
	    " authenticate all\n authenticate realm hq.example\n no dst auto-adjust\n"
	    " dst start mar week 8 day sun time 03:00\n dst stop oct day 27 time 04:00\n"
	    " no privacy\n tftp-path tftp://10.1.1.1/x\n ip qos dscp 35 video\n create profile\n"
	    " auto-register\n  password letmein\n  auto-assign 100 to 149\n  no service-enable\n!\n"
	    "voice register dn 1\n number 7501\n name Astrid Holm\n shared-line max-calls 4\n"
	    " call-forward b2bua noan 7590 timeout 18\n!\n"
	    "voice register pool 1\n lpcor type local\n id mac 0A71.0500.0001\n session-transport "
	    "tcp\n"
	    " type 7861 addon 1 CKEM\n number 1 dn 1\n dtmf-relay rtp-nte sip-kpml\n"
	    " username holm password Ex4mple\n speed-dial 1 95550101 label Taxi Oslo\n no vad\n"
	    " cor incoming BERGEN default\n cor outgoing BERGEN 1 7500 - 7599\n!\n"
	    "voice lpcor enable\nvoice lpcor ip-phone mobility incoming a\n!\nvoice lpcor custom\n "
	    "group 1 a\n"
	    "!\nvoice lpcor policy a\n accept b fac\n!\nvoice lpcor ip-phone subnet incoming\n"
	    " index 2 a 10.55.0.0 255.255.0.0 vrf office\n index 10 a dhcp-pool Homes\n"
	    "!\nvoice lpcor ip-trunk subnet incoming\n index 1 a hostname pbx.example\n!\n"
	    "sip-ua\n timers connection aging 100\n!\n"
	    "telephony-service\n max-ephones 180\n max-dn 640 preference 1 no-reg both\n"
	    " ip source-address 10.42.7.1 port 2011 strict-match\n no auto-reg-ephone\n"
	    " url services http://10.42.7.20/menu Tools\n cnf-file location flash:sub\n cnf-file "
	    "perphone\n"
	    " user-locale DE\n user-locale 1 PT\n load 7942 SCCP42.9-4-2SR3-1S.loads\n"
	    " hfs enable port 6970\n multicast moh 239.42.7.1 port 2222 route 10.42.7.1 10.42.8.1\n"
	    " night-service day mon 19:00 07:30\n after-hours block pattern 1 91900 7-24\n"
	    " group 2 vrf blue\n  ip source-address 10.7.7.7\n  cnf-file location slot0:\n!\n"
	    "ephone-dn 1 dual-line\n number 6101 secondary 30612101 no-reg both\n"
	    " preference 1 secondary 8\n no huntstop\n huntstop channel\n"
	    " park-slot directed reserved-for 7 timeout 30 limit 2 notify 6102 only\n"
	    " call-forward noan 6199 timeout 20 secondary\n!\n"
	    "ephone 1\n mac-address 0A1B.2C3D.4E01 reserved\n paging-dn 5 unicast\n "
	    "keep-conference endcall\n"
	    " type 7962 addon 1 7916-12 2 7916-24\n auto-line 1 answer-incoming\n button 1:1 "
	    "2s2\n!\nend\n";

	feed_text(r, text);
	assert_export(r, text);
	REQ("R-324");
	REQ("R-325");
}

static void bare_lines_stand_for_themselves(void **state)
{
	struct schema_rig *r = *state;
	static const char text[] =
	    "!\nvoice register dn 1\n intercom\n!\nephone-dn 1\n paging\n!\nephone-dn 2\n"
	    " park-slot\n number-x\n!\nephone 1\n mtp\n auto-line\n!\nend\n";
	char without[sizeof(text)], *cut;

	memcpy(without, text, sizeof(text));
	cut = strstr(without, " number-x\n");
	memmove(cut, cut + 10, strlen(cut + 10) + 1);
	feed_text(r, without);
	assert_export(r, without);
	feed_text(r, "ephone 1\n no mtp\n no auto-line\nephone-dn 1\n no paging\nephone-dn 2\n no "
		     "park-slot\n");
	assert_export(r, "!\nvoice register dn 1\n intercom\n!\nephone-dn 1\n!\nephone-dn "
			 "2\n!\nephone 1\n!\nend\n");
}

static const char *syntax_of(const cJSON *all, const char *path, const char *field,
			     const char *member)
{
	const cJSON *at = cJSON_GetObjectItem(all, "objects"), *i;
	const char *names[] = { path, field, member }, *members[] = { "path", "name", "name" };
	const char *below[] = { "fields", "members", "members" };

	for (int level = 0; level < 3 && names[level]; level++) {
		const cJSON *found = NULL;

		cJSON_ArrayForEach (i, at) {
			const cJSON *name = cJSON_GetObjectItem(i, members[level]);

			if (!strcmp(cJSON_GetStringValue(name), names[level]))
				found = i;
		}
		assert_non_null(found);
		if (level == 2 || !names[level + 1])
			return cJSON_GetStringValue(cJSON_GetObjectItem(found, "syntax"));
		at = cJSON_GetObjectItem(found, below[level]);
	}
	return NULL;
}

static void each_row_is_told_with_the_line_that_writes_it(void **state)
{
	cJSON *all = schema_describe();

	(void)state;
	ios_describe(all);
	assert_string_equal(syntax_of(all, "telephony-service", "keepalive", NULL),
			    "keepalive <10-65535>");
	assert_string_equal(syntax_of(all, "telephony-service", "timeouts", "busy"),
			    "timeouts busy <0-30>");
	assert_string_equal(syntax_of(all, "voice-register/pools", "numbers", NULL),
			    "number <1-114> dn <1-5000>");
	assert_null(syntax_of(all, "telephony-service", "timeouts", NULL));
	cJSON_Delete(all);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ios_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(keywords_may_be_short_and_in_any_case),
		T(optional_parts_come_in_any_order),
		T(text_runs_to_the_end_of_the_line_or_stands_in_quotes),
		T(buttons_add_up_and_print_on_one_line),
		T(a_line_of_another_mode_closes_this_one),
		T(both_spellings_are_read_and_one_is_printed),
		T(imported_defaults_that_ios_prints_are_printed_again),
		T(secrets_are_masked_and_a_masked_line_changes_nothing),
		T(masked_lines_keep_the_secrets_of_what_is_replaced),
		T(a_value_out_of_range_is_reported_with_its_field),
		T(headers_make_and_no_headers_take_away),
		T(a_realm_by_itself_leaves_alone_who_is_asked),
		T(the_export_is_in_the_order_of_ios_and_brings_everything_back),
		T(bare_lines_stand_for_themselves),
		T(each_row_is_told_with_the_line_that_writes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
