/* Modes toward the outside and those that calls share: dial peers, voice classes, voice ports, media
 * profiles, partitioning, precedence, music groups, profiles of extension mobility, credentials, presence,
 * file and time services, networks. */
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

static void feed(struct schema_rig *r, const char *text)
{
	struct slice rest = slice_of(text), line;

	place = (struct ios_place){ 0 };
	while (slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(line);
		bool line_of_it = *copy && *copy != '!' && strcmp(copy, "end") != 0;
		int err = line_of_it ? feed_err(r, copy) : 0;

		if (err)
			fail_msg("`%s`: %s %s", copy, err_text(err),
				 r->faults.n ? r->faults.list[0].detail : "not read");
		mem_free(copy);
	}
}

static void assert_export(struct schema_rig *r, const char *want)
{
	struct ios_print opt = { r->store, true };
	struct text out;

	text_init(&out, 1 << 20);
	assert_int_equal(ios_export(r->conf, &opt, &out), 0);
	assert_string_equal(out.buf, want);
	text_fini(&out);
}

static void assert_warned(struct schema_rig *r, const char *code)
{
	assert_int_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->warnings, code));
}

/* All blocks of these modes in the order of R-324, as a router prints them. */
static void a_gateway_comes_back_as_it_was(void **state)
{
	struct schema_rig *r = *state;
	static const char text[] =
	    "!\n"
	    "clock timezone CET 1 0\n"
	    "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00\n"
	    "!\n"
	    "ip http server\n"
	    "!\n"
	    "ntp server 10.0.0.9\n"
	    "!\n"
	    "ip dhcp excluded-address 10.1.0.1\n"
	    "ip dhcp excluded-address 10.1.0.250 10.1.0.254\n"
	    "!\n"
	    "ip dhcp pool Homes\n"
	    " network 10.1.0.0 255.255.0.0\n"
	    " option 150 ip 10.1.0.1 10.1.0.2\n"
	    " default-router 10.1.0.1\n"
	    "!\n"
	    "voice class codec 7\n"
	    " codec preference 1 g711alaw\n"
	    " codec preference 2 g729br8 bytes 30\n"
	    "!\n"
	    "voice class media 44\n"
	    " media flow-around forking\n"
	    "!\n"
	    "voice class cause-code 12\n"
	    " no-circuit\n"
	    " number-changeed\n"
	    " unassigned-number\n"
	    "!\n"
	    "voice lpcor call-block cause user-busy\n"
	    "voice lpcor ip-phone mobility incoming desk\n"
	    "!\n"
	    "voice lpcor custom\n"
	    " group 1 desk\n"
	    " group 2 pstn\n"
	    "!\n"
	    "voice mlpp\n"
	    " access-digit 7\n"
	    " bnea flash:mlpp/bnea.au\n"
	    " ica tftp://10.0.0.9/ica.wav\n"
	    " preemption user\n"
	    " preemption tone timer 6\n"
	    " preemption reserve timer 11\n"
	    " service-domain drsn identifier 0C0FFE\n"
	    " vca http://10.0.0.9/vca.wav voice-class cause-code 12\n"
	    "!\n"
	    "voice moh-group 1\n"
	    " description floor one\n"
	    " moh flash:/music/first.wav\n"
	    " multicast moh 239.30.3.3 port 16400 route 10.30.3.1\n"
	    " extension-range 1100 to 1149\n"
	    " extension-range 1200 to 12FF\n"
	    "!\n"
	    "voice logout-profile 2\n"
	    " user spare password Ex4mple\n"
	    " pin 73311\n"
	    " number 3912 type normal\n"
	    " number 3910,3911 type cw-overlay\n"
	    " speed-dial 1 3910 label \"Front desk\" blf\n"
	    " speed-dial 2 112\n"
	    "!\n"
	    "voice user-profile 4\n"
	    " user olga password 6 kept\n"
	    " max-idle-time 45\n"
	    "!\n"
	    "tftp-server flash:a.loads\n"
	    "tftp-server flash:b.sbn alias B.sbn 12\n"
	    "!\n"
	    "ixi transport http\n"
	    " response size 8\n"
	    " no shutdown\n"
	    " request outstanding 2\n"
	    " request timeout 30\n"
	    "!\n"
	    "ixi application cme\n"
	    " no shutdown\n"
	    " response timeout 20\n"
	    "!\n"
	    "voice-port 0/0/0\n"
	    " lpcor incoming pstn\n"
	    " mlpp indication\n"
	    " signal groundstart\n"
	    " cptone AT\n"
	    " incoming alerting ring-only\n"
	    " ring number 2\n"
	    " connection plar 4401\n"
	    " description line to the PSTN\n"
	    " station-id name Front desk\n"
	    " station-id number 4400\n"
	    " caller-id enable\n"
	    "!\n"
	    "voice-port 0/0/1\n"
	    " shutdown\n"
	    "!\n"
	    "voice-port 0/1/0:15\n"
	    "!\n"
	    "dspfarm profile 4 transcode\n"
	    " codec g711alaw\n"
	    " codec g729abr8\n"
	    " maximum sessions 6\n"
	    " associate application SCCP\n"
	    " no shutdown\n"
	    "!\n"
	    "dial-peer voice 441 pots\n"
	    " corlist outgoing EXTERN\n"
	    " description isdn out\n"
	    " preference 2\n"
	    " huntstop\n"
	    " destination-pattern 0T\n"
	    " incoming called-number .\n"
	    " application linz-app\n"
	    " direct-inward-dial\n"
	    " port 0/1/0:15\n"
	    " forward-digits all\n"
	    " prefix 0043\n"
	    "!\n"
	    "dial-peer voice 601 voip\n"
	    " translation-profile outgoing north\n"
	    " destination-pattern +61..T\n"
	    " media flow-around forking\n"
	    " session protocol sipv2\n"
	    " session target ipv4:192.0.2.61:5080\n"
	    " session transport tcp tls\n"
	    " voice-class codec 7 offer-all\n"
	    " voice-class media 44\n"
	    " voice-class sip anat\n"
	    " voice-class sip bind control source-interface Loopback0\n"
	    " dtmf-relay rtp-nte digit-drop sip-notify\n"
	    " codec g711ulaw bytes 80\n"
	    " fax protocol pass-through g711alaw\n"
	    " ip qos dscp af11 media\n"
	    " ip qos dscp 35 signaling\n"
	    " no vad\n"
	    " lpcor outgoing pstn\n"
	    "!\n"
	    "dial-peer voice 602 voip\n"
	    " media forking\n"
	    " session target sip-server\n"
	    " fax protocol t38 version 0 ls-redundancy 0\n"
	    "!\n"
	    "presence\n"
	    " server 10.22.8.40\n"
	    " presence call-list\n"
	    " max-subscription 180\n"
	    " watcher all\n"
	    " allow subscribe\n"
	    " sccp blf-speed-dial retry-interval 90 limit 30\n"
	    "!\n"
	    "credentials\n"
	    " ip source-address 10.46.8.1 port 3144\n"
	    " trustpoint aarhus-ctl\n"
	    "!\n"
	    "end\n";

	feed(r, text);
	assert_export(r, text);
	REQ("R-263");
	REQ("R-324");
}

static void both_spellings_are_read(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice-port 1/0\n signal ground-start\n"
		"dial-peer voice 5 voip\n media flow around\n ip qos dscp af11 signal\n"
		"voice moh-group 2\n extension range 10 to 19\n"
		"voice class cause-code 3\n number-changed\n"
		"voice lpcor call-block cause number-changed\n"
		"dspfarm profile 1 mtp\n associate application cube\n");
	rig_assert_item(r, "voice-ports/1%2F0", "{\"signal\":\"ground-start\"}");
	rig_assert_item(r, "dial-peers/5",
			"{\"type\":\"voip\",\"media_mode\":\"flow-around\","
			"\"dscp\":{\"signaling\":10}}");
	rig_assert_item(r, "moh-groups/2", "{\"extension_ranges\":{\"10,19\":{}}}");
	rig_assert_item(r, "voice-class/cause-code/3", "{\"causes\":{\"number-changeed\":{}}}");
	rig_assert_item(r, "lpcor", "{\"call_block_cause\":22}");
	rig_assert_item(r, "dspfarm-profiles/1", "{\"type\":\"mtp\",\"application\":\"cube\"}");
	REQ("R-317");
}

/* Old listings have a blank behind the device (cme-model 1.35). */
static void a_blank_behind_the_device_means_nothing(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "tftp-server flash: P0030801.sbn\n"
		"tftp-server flash: tones/a.raw alias a.raw 7\n");
	rig_assert_item(r, "tftp",
			"{\"bindings\":{\"flash:P0030801.sbn,\":{},"
			"\"flash:tones/a.raw,a.raw\":{\"acl\":7}}}");
	feed(r, "no tftp-server flash: P0030801.sbn\n");
	rig_assert_item(r, "tftp", "{\"bindings\":{\"flash:tones/a.raw,a.raw\":{\"acl\":7}}}");
}

static void a_cause_has_a_number_or_a_name(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice lpcor call-block cause invalid-number\n");
	rig_assert_item(r, "lpcor", "{\"call_block_cause\":28}");
	feed(r, "voice lpcor call-block cause 150\n");
	assert_export(r, "!\nvoice lpcor call-block cause 150\n!\nend\n");
	feed(r, "voice lpcor call-block cause serv/opt-unavail-unspecified\n");
	assert_export(r, "!\nend\n");
	assert_int_equal(feed_err(r, "voice lpcor call-block cause 181"), ERR_RANGE);
	assert_int_not_equal(feed_err(r, "voice lpcor call-block cause nonsense"), 0);
}

static void partitioning_tables_are_replaced_line_by_line(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice lpcor custom\n group 1 a\n group 2 b\n"
		"voice lpcor ip-phone subnet incoming\n index 3 a 10.0.0.0 255.0.0.0 vrf x\n"
		" index 50 b dhcp-pool 12\n index 3 b 10.1.0.0 255.255.0.0\n no index 50\n"
		"voice lpcor ip-phone subnet outgoing\n index 1 a dhcp-pool Homes\n");
	rig_assert_item(
	    r, "lpcor",
	    "{\"groups\":{\"1\":\"a\",\"2\":\"b\"},\"ip_phone_subnets\":{"
	    "\"incoming\":{\"entries\":{\"3\":{\"group\":\"b\",\"address\":\"10.1.0.0\","
	    "\"mask\":\"255.255.0.0\"}}},"
	    "\"outgoing\":{\"entries\":{\"1\":{\"group\":\"a\",\"dhcp_pool\":\"Homes\"}}}}}");
	assert_int_equal(rig_edit(r, OP_PATCH, "lpcor/ip_trunk_subnet/entries",
				  "{\"51\": {\"group\": \"a\", \"hostname\": \"x\"}}"),
			 ERR_RANGE);
	rig_assert_fault(r, "lpcor_index_range", "/ip_trunk_subnet/entries/51",
			 "Index must be 1-50");
	REQ("R-217");
	REQ("R-225");
}

static void a_pool_that_is_no_network_matches_nobody(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice lpcor custom\n group 1 a\n"
		"voice lpcor ip-phone subnet incoming\n index 1 a dhcp-pool Homes\n");
	assert_warned(r, "dhcp_pool_unknown");
	feed(r, "ip dhcp pool Homes\n default-router 10.0.0.1\n");
	assert_warned(r, "dhcp_pool_unknown");
	feed(r, "ip dhcp pool Homes\n network 10.0.0.0 255.0.0.0\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "dhcp_pool_unknown"));
	feed(r, "voice lpcor ip-phone subnet incoming\n index 2 a 10.1.0.0 255.255.0.0 vrf x\n");
	assert_int_equal(rig_check(r), 0);
	rig_must(r, OP_PATCH, "lpcor/ip_phone_subnets/incoming/entries/2",
		 "{\"dhcp_pool\":\"Homes\"}");
	assert_int_not_equal(rig_check(r), 0);
	REQ("R-220");
}

static void the_trunk_table_takes_networks_and_host_names(void **state)
{
	struct schema_rig *r = *state;
	static const char table[] = "!\nvoice lpcor custom\n group 1 inside\n group 2 partner\n!\n"
				    "voice lpcor ip-trunk subnet incoming\n"
				    " index 1 inside 192.0.2.0 255.255.255.0\n"
				    " index 2 partner 198.51.100.0 255.255.255.0\n"
				    " index 3 inside 192.0.2.25 255.255.255.255\n"
				    " index 50 partner hostname gw.partner.example\n!\nend\n";

	feed(r, table);
	assert_int_equal(rig_check(r), 0);
	assert_export(r, table);
	assert_int_equal(feed_err(r, "voice lpcor ip-trunk subnet incoming"), 0);
	assert_int_equal(feed_err(r, "index 0 inside hostname x"), ERR_RANGE);
	assert_int_not_equal(feed_err(r, "index 4 inside 2001:db8::1 255.255.255.0"), 0);
	REQ("R-222");
}

static void a_dial_peer_marks_packets_in_its_own_way(void **state)
{
	const struct schema_object *o = schema_object("dial-peers");
	struct schema_rig *r = *state;

	assert_int_equal(cfg_int(o, NULL, "dscp.media"), 46);
	assert_int_equal(cfg_int(o, NULL, "dscp.signaling"), 26);
	assert_int_equal(cfg_int(o, NULL, "dscp.video"), 34);
	feed(r, "dial-peer voice 1 voip\n ip qos dscp cs3 signaling\n");
	rig_assert_item(r, "dial-peers/1", "{\"type\":\"voip\",\"dscp\":{\"signaling\":24}}");
	feed(r, "dial-peer voice 1 voip\n no ip qos dscp cs3 signaling\n");
	rig_assert_item(r, "dial-peers/1", "{\"type\":\"voip\"}");
	REQ("R-135");
}

static void a_group_must_be_declared(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice lpcor ip-trunk subnet incoming\n index 1 ghost hostname pbx.example\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/ip_trunk_subnet/entries/1/group",
			 "voice lpcor group ghost is not configured");
	feed(r, "voice lpcor custom\n group 64 ghost\n"
		"dial-peer voice 1 voip\n lpcor outgoing ghost\n");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	feed(r, "voice lpcor custom\n no group 64\n");
	assert_int_not_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->faults, "in_use"));
	REQ("R-226");
}

static void extension_ranges_do_not_overlap(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice moh-group 1\n extension-range 1100 to 11AF\n"
		"voice moh-group 2\n extension-range 110 to 999\n extension-range 11b0 to 11ff\n");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	feed(r, "voice moh-group 3\n extension-range 10FF to 1100\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "moh_range_overlap", "/extension_ranges",
			 "Extension range overlaps voice moh-group 1");
	feed(r, "voice moh-group 3\n no extension-range\n extension-range 200 to 1999\n");
	assert_int_not_equal(rig_check(r), 0);
	feed(r, "voice moh-group 3\n no extension-range\n extension-range 1999 to 1998\n");
	assert_int_not_equal(rig_check(r), 0);
	assert_int_equal(rig_edit(r, OP_PUT, "moh-groups/3/extension_ranges/12x,130", "{}"),
			 ERR_NOENT);
	assert_int_equal(rig_edit(r, OP_PUT, "moh-groups/6", "{}"), ERR_RANGE);
	REQ("R-252");
}

static void a_dial_peer_above_the_old_range_warns(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "dial-peer voice 1073741823 pots\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "dial_peer_tag"));
	feed(r, "dial-peer voice 2147483647 pots\n");
	assert_warned(r, "dial_peer_tag");
	assert_int_equal(feed_err(r, "dial-peer voice 2147483648 pots"), ERR_NOENT);
}

static void media_modes_are_for_voip_peers(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "dial-peers/1",
		 "{\"type\": \"pots\", \"media_mode\": \"flow-around\"}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "conflict", "/media_mode", "Only VoIP dial peers have a media mode");
	rig_must(r, OP_PATCH, "dial-peers/1",
		 "{\"type\": \"voip\", \"session_target\": \"ipv4:192.0.2.1\"}");
	assert_warned(r, "h323_trunk");
	rig_must(
	    r, OP_PATCH, "dial-peers/1",
	    "{\"session_protocol\": \"sipv2\", \"dtmf_relay\": [\"digit-drop\", \"rtp-nte\"]}");
	assert_int_not_equal(rig_check(r), 0);
	rig_must(r, OP_PATCH, "dial-peers/1", "{\"dtmf_relay\": null, \"voice_class_codec\": 9}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/voice_class_codec",
			 "voice class codec 9 is not configured");
	rig_must(r, OP_PUT, "voice-class/codec/9", "{}");
	assert_int_equal(rig_check(r), 0);
	assert_int_equal(rig_edit(r, OP_PATCH, "dial-peers/1", "{\"session_target\": \"nowhere\"}"),
			 ERR_INVALID);
}

static void the_credential_service_needs_three_things(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("credentials");

	feed(r, "credentials\n ip source-address 10.0.0.1 port\n trustpoint ctl\n");
	assert_int_equal(cfg_int(o, conf_get(r->conf, "credentials"), "source_address.port"), 2444);
	assert_warned(r, "credentials_incomplete");
	feed(r, "credentials\n ctl-service admin joe secret 0 hush\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "credentials_incomplete"));
	assert_int_equal(
	    rig_edit(r, OP_PATCH, "credentials", "{\"source_address\": {\"port\": 1999}}"),
	    ERR_RANGE);
	assert_int_equal(
	    rig_edit(r, OP_PATCH, "credentials", "{\"source_address\": {\"port\": 10000}}"),
	    ERR_RANGE);
	feed(r, "no credentials\n");
	assert_export(r, "!\nend\n");
	REQ("R-270");
	REQ("R-271");
}

/* the credential service listens too. */
static void hfs_stays_off_the_port_of_the_credential_service(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ip http server\ncredentials\n ip source-address 10.0.0.1 port 2444\n"
		"telephony-service\n hfs enable port 2444\n");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "hfs_port_in_use", "/hfs/port",
			 "Invalid port number or port in use by other application");
}

static void lines_of_a_profile_keep_their_order(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephone-dns/1", "{\"number\": \"3910\"}");
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 10}");
	feed(r, "voice user-profile 1\n number 3912 type normal\n number 3910\n");
	rig_assert_item(r, "user-profiles/1",
			"{\"numbers\":{\"3912\":\"normal\",\"3910\":\"normal\"}}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/numbers/3912", "Number 3912 is not configured");
	rig_must(r, OP_PUT, "voice-register/dns/1", "{\"number\": \"3912\"}");
	rig_must(r, OP_PUT, "voice-register/global", "{\"max_dn\": 10}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_PUT, "user-profiles/1",
		 "{\"numbers\": {\"3910\": \"normal\", \"3912\": \"normal\"}}");
	rig_commit(r);
	rig_assert_item(r, "user-profiles/1",
			"{\"numbers\":{\"3910\":\"normal\",\"3912\":\"normal\"}}");
	assert_int_equal(rig_edit(r, OP_PUT, "user-profiles/2", "{\"pin\": \"123\"}"), ERR_RANGE);
	assert_int_equal(
	    rig_edit(r, OP_PUT, "user-profiles/2", "{\"username\": \"sixteen-letters-\"}"),
	    ERR_RANGE);
}

static void user_names_of_profiles_are_unique_too(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice logout-profile 1\n user joe password x\n"
		"voice user-profile 1\n user joe password x\n");
	assert_int_not_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->faults, "duplicate_credential"));
	REQ("R-084");
}

static void announcements_are_sound_files(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice mlpp\n ica flash:trouble.mp3\n");
	assert_warned(r, "audio_format");
	feed(r, "voice mlpp\n ica flash:trouble.WAV\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "audio_format"));
	feed(r, "voice mlpp\n vca flash:x.au voice-class cause-code 3\n");
	assert_int_not_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->faults, "unknown_reference"));
}

static void warnings_of_voice_ports(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "voice-port 2/0\n incoming alerting ring-only\n");
	assert_warned(r, "needs_ground_start");
	feed(r, "voice-port 2/0\n signal ground-start\n"
		"telephony-service\n ip source-address 10.0.0.1 secondary 10.0.0.2\n");
	assert_warned(r, "ground_start_redundant");
}

static void the_xml_interface_needs_the_http_server(void **state)
{
	struct schema_rig *r = *state;

	feed(r, "ixi transport http\n no shutdown\n");
	assert_warned(r, "ixi_needs_http");
	feed(r, "ip http server\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "ixi_needs_http"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_gateway_comes_back_as_it_was),
		T(both_spellings_are_read),
		T(a_blank_behind_the_device_means_nothing),
		T(a_cause_has_a_number_or_a_name),
		T(partitioning_tables_are_replaced_line_by_line),
		T(a_pool_that_is_no_network_matches_nobody),
		T(the_trunk_table_takes_networks_and_host_names),
		T(a_dial_peer_marks_packets_in_its_own_way),
		T(a_group_must_be_declared),
		T(extension_ranges_do_not_overlap),
		T(a_dial_peer_above_the_old_range_warns),
		T(media_modes_are_for_voip_peers),
		T(the_credential_service_needs_three_things),
		T(hfs_stays_off_the_port_of_the_credential_service),
		T(lines_of_a_profile_keep_their_order),
		T(user_names_of_profiles_are_unique_too),
		T(announcements_are_sound_files),
		T(warnings_of_voice_ports),
		T(the_xml_interface_needs_the_http_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
