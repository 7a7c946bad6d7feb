/* Lines that are kept as they stand: where they are stored, that they come back in their block, and that
 * they go with it. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/import.h"
#include "store/ios/keep.h"
#include "tests/support/schema_rig.h"

/* A small importer: what is no command stays where it stands; blanks in front say what belongs to a block. */
static void import(struct schema_rig *r, const char *text)
{
	struct ios_keeper *k = ios_keeper_new(r->conf);
	struct slice rest = slice_of(text), line;
	struct ios_place at = { 0 };

	while (slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(line), why[200];
		struct ios_line l;

		if (!*copy || *copy == '!' || strcmp(copy, "end") == 0) {
			mem_free(copy);
			continue;
		}
		if (*copy != ' ')
			at = (struct ios_place){ 0 };
		if (at.block[0] || ios_parse_line(&at, copy, &l, why, sizeof(why)) != 0) {
			assert_true(ios_keep_line(k, &at, copy) >= 0);
			if (ios_opens_block(&at, copy))
				assert_int_equal(ios_enter_block(&at, copy), 0);
		} else {
			faults_fini(&r->faults);
			if (ios_apply(r->conf, &l, &r->faults))
				fail_msg("`%s`: %s", copy, r->faults.list[0].detail);
			at = l.place;
			ios_line_fini(&l);
		}
		mem_free(copy);
	}
	faults_fini(&r->faults);
	if (ios_keeper_stage(k, &r->faults))
		fail_msg("%s %s", r->faults.list[0].field, r->faults.list[0].detail);
	ios_keeper_free(k);
}

static char *export_text(struct schema_rig *r, bool secrets)
{
	struct ios_print opt = { r->store, secrets };
	struct text out;

	text_init(&out, 1 << 20);
	assert_int_equal(ios_export(r->conf, &opt, &out), 0);
	return text_take(&out);
}

static void assert_export(struct schema_rig *r, bool secrets, const char *want)
{
	char *got = export_text(r, secrets);

	assert_string_equal(got, want);
	mem_free(got);
}

static const char site[] = "!\n"
			   "version 15.7\n"
			   "no ip source-route\n"
			   "ip cef\n"
			   "!\n"
			   "voice-card 0\n"
			   " dsp services dspfarm\n"
			   "!\n"
			   "router ospf 1\n"
			   " network 10.0.0.0 0.255.255.255 area 0\n"
			   " address-family ipv4\n"
			   "  passive-interface default\n"
			   "!\n"
			   "interface GigabitEthernet0/0.1\n"
			   " ip address 10.1.1.1 255.255.255.0\n"
			   " ipv6 address 2001:DB8::1/64\n"
			   " duplex auto\n"
			   "!\n"
			   "interface Loopback0\n"
			   "!\n"
			   "gateway\n"
			   " timer receive-rtp 1200\n"
			   "!\n"
			   "voice service voip\n"
			   " h323\n"
			   " sip\n"
			   "  frobnicate 1\n"
			   "!\n"
			   "voice register dn 1\n"
			   " frobnicate 9\n"
			   "!\n"
			   "voice lpcor custom\n"
			   " frobnicate 3\n"
			   "!\n"
			   "voice-port 0/0/0:23\n"
			   " timeouts call-disconnect 2\n"
			   "!\n"
			   "sip-ua\n"
			   " frobnicate 7\n"
			   "!\n"
			   "telephony-service\n"
			   " frobnicate 2\n"
			   " group 2\n"
			   "  frobnicate 4\n"
			   "!\n"
			   "sccp local GigabitEthernet0/0\n"
			   "!\n"
			   "line vty 0 4\n"
			   " transport input ssh\n"
			   "!\n"
			   "end\n";

static void lines_come_back_in_their_blocks(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "voice-register/global", "{\"max_dn\": 10}");
	import(r, site);
	rig_must(r, OP_PUT, "voice-register/global", "{}");
	assert_export(r, false, site);
	REQ("R-318");
}

/* Importing its own export changes nothing, also on top of itself. */
static void what_is_kept_is_kept_once(void **state)
{
	struct schema_rig *r = *state;
	cJSON *before;

	rig_must(r, OP_PUT, "voice-register/global", "{\"max_dn\": 10}");
	import(r, site);
	rig_commit(r);
	before = cJSON_Duplicate(conf_get(r->conf, "platform-config"), true);
	import(r, site);
	assert_true(cJSON_Compare(before, conf_get(r->conf, "platform-config"), true));
	cJSON_Delete(before);
}

/* The same line twice is one, whoever says it; in another mode it is another. */
static void a_line_that_is_said_twice_is_there_once(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"max_ephones\":1}");
	rig_must(r, OP_PUT, "platform-config",
		 "{\"raw_lines\":{\"9\":{\"text\":\"logging buffered\"},"
		 "\"1\":{\"text\":\"logging buffered\"},\"5\":{\"text\":\"qos 7\"},"
		 "\"2\":{\"mode\":\"telephony-service\",\"text\":\"qos 7\"}}}");
	rig_assert_item(r, "platform-config",
			"{\"raw_lines\":{\"1\":{\"text\":\"logging buffered\"},"
			"\"2\":{\"text\":\"qos 7\"},"
			"\"3\":{\"mode\":\"telephony-service\",\"text\":\"qos 7\"}}}");
}

static void a_no_line_takes_the_place_of_its_opposite(void **state)
{
	struct schema_rig *r = *state;
	struct ios_keeper *k = ios_keeper_new(r->conf);
	struct ios_place global = { 0 };

	assert_int_equal(ios_keep_line(k, &global, "ip cef"), IOS_KEPT_NEW);
	assert_int_equal(ios_keep_line(k, &global, " ip cef "), IOS_KEPT_SAME);
	assert_int_equal(ios_keep_line(k, &global, "ip source-route"), IOS_KEPT_NEW);
	assert_int_equal(ios_keep_line(k, &global, "no ip cef"), IOS_KEPT_CHANGED);
	assert_int_equal(ios_keep_line(k, &global, "a\001b"), ERR_MALFORMED);
	assert_int_equal(ios_keep_line(k, &global, "a\xff"), ERR_MALFORMED);
	assert_int_equal(ios_keep_line(k, &global, "  "), ERR_MALFORMED);
	assert_int_equal(ios_keeper_stage(k, &r->faults), 0);
	ios_keeper_free(k);
	assert_export(r, false, "!\nno ip cef\nip source-route\n!\nend\n");
}

static void passwords_in_kept_lines_are_masked(void **state)
{
	struct schema_rig *r = *state;
	static const char clear[] = "!\n"
				    "enable secret 5 $1$abcd$xyz\n"
				    "snmp-server community hush RO\n"
				    "username joe password hush7\n"
				    "!\n"
				    "end\n";
	static const char masked[] = "!\n"
				     "enable secret 5 ******\n"
				     "snmp-server community ****** RO\n"
				     "username joe password ******\n"
				     "!\n"
				     "end\n";
	cJSON *seen;
	char *text;

	import(r, clear);
	assert_export(r, true, clear);
	assert_export(r, false, masked);
	import(r, masked); /* the same lines, not further ones */
	assert_export(r, true, clear);
	seen = schema_public(schema_object("platform-config"), "",
			     conf_get(r->conf, "platform-config"), false);
	text = cJSON_PrintUnformatted(seen);
	assert_null(strstr(text, "hush"));
	cJSON_free(text);
	/* What was read can be sent back. */
	assert_int_equal(schema_edit(r->conf, OP_PUT, "platform-config", seen, &r->faults, NULL),
			 0);
	assert_export(r, true, clear);
	cJSON_Delete(seen);
	seen = schema_diff(schema_object("platform-config"), NULL,
			   conf_get(r->conf, "platform-config"), NULL);
	text = cJSON_PrintUnformatted(seen);
	assert_null(strstr(text, "hush"));
	cJSON_free(text);
	cJSON_Delete(seen);
}

static void lines_go_with_their_mode(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "voice-register/global", "{\"max_dn\": 10}");
	import(r, site);
	rig_must(r, OP_DELETE, "voice-register/dns/1", "null");
	rig_must(r, OP_DELETE, "telephony-service/groups/2", "null");
	rig_must(r, OP_DELETE, "voice-ports/0%2F0%2F0:23", "null");
	rig_must(r, OP_DELETE, "platform-config/interfaces/GigabitEthernet0%2F0.1", "null");
	assert_int_equal(rig_check(r), 0);
	import(r, "sip-ua\n no frobnicate 7\n");
	rig_must(r, OP_DELETE, "telephony-service", "null");
	assert_int_equal(rig_check(r), 0);
	rig_must(r, OP_PUT, "voice-register/global", "{}");
	assert_export(r, false,
		      "!\n"
		      "version 15.7\n"
		      "no ip source-route\n"
		      "ip cef\n"
		      "!\n"
		      "voice-card 0\n"
		      " dsp services dspfarm\n"
		      "!\n"
		      "router ospf 1\n"
		      " network 10.0.0.0 0.255.255.255 area 0\n"
		      " address-family ipv4\n"
		      "  passive-interface default\n"
		      "!\n"
		      "interface Loopback0\n"
		      "!\n"
		      "gateway\n"
		      " timer receive-rtp 1200\n"
		      "!\n"
		      "voice service voip\n"
		      " h323\n"
		      " sip\n"
		      "  frobnicate 1\n"
		      "!\n"
		      "voice lpcor custom\n"
		      " frobnicate 3\n"
		      "!\n"
		      "sip-ua\n"
		      " no frobnicate 7\n"
		      "!\n"
		      "sccp local GigabitEthernet0/0\n"
		      "!\n"
		      "line vty 0 4\n"
		      " transport input ssh\n"
		      "!\n"
		      "end\n");
}

static void a_mode_that_is_taken_back_takes_its_lines(void **state)
{
	struct schema_rig *r = *state;

	import(r, "dspfarm profile 3 mtp\n frobnicate 1\nno dspfarm profile 3\n");
	assert_int_equal(rig_check(r), 0);
	assert_export(r, false, "!\nend\n");
}

static void a_line_needs_its_mode(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "platform-config",
		 "{\"raw_lines\": {\"7\": {\"mode\": \"ephone 3\", \"text\": \"frobnicate\"}, "
		 "\"9\": {\"text\": \"ip cef\"}}}");
	assert_int_not_equal(rig_check(r), 0);
	rig_assert_fault(r, "unknown_reference", "/raw_lines/2/mode",
			 "Mode ephone 3 is not configured");
	rig_must(r, OP_PUT, "platform-config",
		 "{\"raw_lines\": {\"1\": {\"mode\": \"voice-card 0\", \"text\": \"x\"}}}");
	assert_int_not_equal(rig_check(r), 0);
	rig_must(r, OP_PUT, "platform-config",
		 "{\"raw_lines\": {\"1\": {\"mode\": \"voice-card 0\", \"text\": \"x\"}, "
		 "\"2\": {\"text\": \"voice-card 0\"}}}");
	assert_int_equal(rig_check(r), 0);
	rig_assert_item(r, "platform-config",
			"{\"raw_lines\":{\"1\":{\"text\":\"voice-card 0\"},"
			"\"2\":{\"mode\":\"voice-card 0\",\"text\":\"x\"}}}");
}

/* What the export could not bring back as a kept line is none. */
static void a_command_that_we_know_is_not_kept(void **state)
{
	static const char *const lines[][3] = {
		{ "", "ephone 3", "known_command" },
		{ "telephony-service", "max-dn 5", "known_command" },
		{ "telephony-service", "no max-dn", "known_command" },
		{ "telephony-service", "ip http server", "known_command" },
		{ "", "end", "known_command" },
		{ "", "show running-config", "no_line" },
		{ "", "! note", "no_line" },
		{ "", "Router(config)# ip cef", "no_line" },
		{ "", "ip  cef", NULL },
		{ "", "banner motd ^C\nend\n^C", NULL },
	};
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{}");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		cJSON *body = cJSON_CreateObject(), *e = cJSON_CreateObject();
		int err;

		cJSON_AddStringToObject(e, "mode", lines[i][0]);
		cJSON_AddStringToObject(e, "text", lines[i][1]);
		cJSON_AddItemToObject(cJSON_AddObjectToObject(body, "raw_lines"), "1", e);
		faults_fini(&r->faults);
		err = schema_edit(r->conf, OP_PUT, "platform-config", body, &r->faults, NULL);
		assert_int_equal(err, 0);
		err = ios_settle(r->conf, &r->faults, &r->warnings);
		if (lines[i][2] ? !err || !rig_fault(&r->faults, lines[i][2]) : err)
			fail_msg("%s / %s", lines[i][0], lines[i][1]);
		cJSON_Delete(body);
	}
}

static void a_source_address_should_be_one_of_an_interface(void **state)
{
	struct schema_rig *r = *state;

	import(r, "telephony-service\n protocol mode dual-stack\n"
		  " ip source-address 10.1.1.1 port 2000\n ip source-address 2001:db8::1\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "source_not_local"));
	import(r, "interface Gi 0/0\n ip address 10.1.1.1 255.255.255.0\n"
		  " ipv6 address 2001:DB8:0::1/64\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "source_not_local"));
	import(r, "interface Gi0/0\n no ip address 10.1.1.1\n ip address 10.1.1.2 255.255.255.0\n");
	assert_int_equal(rig_check(r), 0);
	assert_string_equal(rig_fault(&r->warnings, "source_not_local")->field,
			    "/source_addresses/ipv4/address");
}

static void dual_stack_asks_for_ipv6_forwarding(void **state)
{
	struct schema_rig *r = *state;

	import(r, "version 15.7\ntelephony-service\n protocol mode dual-stack\n");
	assert_int_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->warnings, "no_ipv6_forwarding"));
	import(r, "ipv6 cef\n");
	assert_int_equal(rig_check(r), 0);
	assert_null(rig_fault(&r->warnings, "no_ipv6_forwarding"));
	REQ("R-121");
}

/* ---- random lines, by the real importer ---- */
static const char *const modes[] = {
	"",
	"",
	"voice-card 0",
	"router ospf 1",
	"router ospf 1 / address-family ipv4",
	"interface GigabitEthernet0/0",
	"gateway",
	"voice service voip",
	"voice service voip / sip",
	"voice register global",
	"voice register dn 2",
	"voice lpcor custom",
	"voice-port 0/1/0:15",
	"dial-peer voice 7",
	"sip-ua",
	"telephony-service",
	"telephony-service / group 3",
	"telephony-service / frobnicate block",
	"ephone 12",
};
static const char *const texts[] = {
	"frobnicate %u",   "no frobnicate %u",       "frob \"two words\" %u",
	"xyzzy key 7 0%u", "quux %u {a|b} <c> \\ ~",
};

static void add_random_line(struct ios_keeper *k)
{
	struct ios_place at;
	const char *rest = schema_mode_find(modes[(unsigned)rand() % ARRAY_LEN(modes)], &at);
	char line[80];

	text_copy(at.block, sizeof(at.block), rest);
	snprintf(line, sizeof(line), texts[(unsigned)rand() % ARRAY_LEN(texts)],
		 (unsigned)rand() % 40);
	assert_true(ios_keep_line(k, &at, line) >= 0);
}

static void random_lines(struct schema_rig *r)
{
	struct ios_keeper *k = ios_keeper_new(r->conf);
	struct ios_place global = { 0 }, ospf = { .block = "router ospf 1" }, ts;

	schema_mode_find("telephony-service", &ts);
	ios_keep_line(k, &global, "router ospf 1");
	ios_keep_line(k, &global, "voice-card 0");
	ios_keep_line(k, &ospf, "address-family ipv4");
	ios_keep_line(k, &ts, "frobnicate block");
	for (unsigned i = 0; i < 30; i++)
		add_random_line(k);
	assert_int_equal(ios_keeper_stage(k, &r->faults), 0);
	ios_keeper_free(k);
	assert_int_equal(ios_settle(r->conf, &r->faults, &r->warnings), 0);
	assert_int_equal(rig_check(r), 0);
}

static void read_back(struct schema_rig *r, const char *text)
{
	static const struct import_options replace = { .replace = true };
	struct import *im;

	faults_fini(&r->faults);
	if (ios_import(&im, r->conf, text, strlen(text), &replace, &r->faults, &r->warnings))
		fail_msg("%s", r->faults.list[0].detail);
	import_free(im);
}

static void random_lines_come_back(void **state)
{
	static const char base[] = "voice register global\n max-dn 10\n"
				   "interface GigabitEthernet0/0\ngateway\nvoice register dn 2\n"
				   "voice-port 0/1/0:15\ndial-peer voice 7 voip\n"
				   "telephony-service\n group 3\nephone 12\n";
	struct schema_rig *r = *state;

	for (unsigned seed = 1; seed <= 60; seed++) {
		char *first, *second;
		cJSON *before;

		srand(seed);
		conf_clear(r->conf);
		import(r, base);
		random_lines(r);
		before = cJSON_Duplicate(conf_get(r->conf, "platform-config"), true);
		first = export_text(r, true);
		read_back(r, first);
		second = export_text(r, true);
		if (strcmp(first, second) != 0 ||
		    !json_same(before, conf_get(r->conf, "platform-config")))
			fail_msg("seed %u:\n%s\nbecame\n%s", seed, first, second);
		cJSON_Delete(before);
		mem_free(first);
		mem_free(second);
	}
}

static void keeping_has_an_end(void **state)
{
	struct schema_rig *r = *state;
	struct ios_keeper *k = ios_keeper_new(r->conf);
	struct ios_place global = { 0 };
	char *huge = mem_zalloc(IOS_KEPT_TEXT + 2), line[32];

	for (int i = 0; i < IOS_KEPT_LINES; i++) {
		snprintf(line, sizeof(line), "frobnicate %d", i);
		assert_int_equal(ios_keep_line(k, &global, line), IOS_KEPT_NEW);
	}
	assert_int_equal(ios_keep_line(k, &global, "one more"), ERR_TOO_BIG);
	memset(huge, 'x', IOS_KEPT_TEXT + 1);
	assert_int_equal(ios_keep_line(k, &global, huge), ERR_TOO_BIG);
	assert_int_equal(ios_keeper_stage(k, &r->faults), 0);
	ios_keeper_free(k);
	mem_free(huge);
	assert_int_equal(rig_check(r), 0);
}

static void what_routers_print_is_known(void **state)
{
	struct ios_place at = { 0 };

	(void)state;
	assert_true(ios_is_platform(&at, "no ip source-route"));
	assert_true(ios_is_platform(&at, "multilink bundle-name authenticated"));
	assert_true(ios_is_platform(&at, " mgcp fax t38 ecm"));
	assert_false(ios_is_platform(&at, "p-server flash:x"));
	assert_false(ios_is_platform(&at, "ipx routing"));
	assert_true(ios_opens_block(&at, "voice-card 0"));
	assert_false(ios_opens_block(&at, "ip cef"));
	assert_false(ios_opens_block(&at, "address-family ipv4"));
	assert_int_equal(ios_enter_block(&at, "router bgp 1 "), 0);
	assert_true(ios_opens_block(&at, "address-family ipv4"));
	assert_int_equal(ios_enter_block(&at, "address-family ipv4"), 0);
	assert_string_equal(at.block, "router bgp 1 / address-family ipv4");
	assert_true(ios_is_platform(&at, "anything"));
	at = (struct ios_place){ .obj = schema_object("ephones") };
	assert_false(ios_opens_block(&at, "line vty 0 4"));
	assert_false(ios_is_platform(&at, "ip cef"));
}

static void a_line_of_the_gateway_means_its_block(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PATCH, "platform-config",
		 "{\"receive_rtp_timeout\":600,\"interfaces\":{\"Loopback0\":{}},"
		 "\"raw_lines\":{\"1\":{\"mode\":\"\",\"text\":\"ip cef\"}}}");
	rig_assert_item(
	    r, "platform-config",
	    "{\"interfaces\":{\"Loopback0\":{}},\"gateway\":true,\"receive_rtp_timeout\":600,"
	    "\"raw_lines\":{\"1\":{\"text\":\"ip cef\"}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_come_back_in_their_blocks, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(what_is_kept_is_kept_once, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_line_that_is_said_twice_is_there_once, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(a_no_line_takes_the_place_of_its_opposite,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(passwords_in_kept_lines_are_masked, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(lines_go_with_their_mode, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_mode_that_is_taken_back_takes_its_lines,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_line_needs_its_mode, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_command_that_we_know_is_not_kept, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(a_source_address_should_be_one_of_an_interface,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(dual_stack_asks_for_ipv6_forwarding, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(random_lines_come_back, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(keeping_has_an_end, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_line_of_the_gateway_means_its_block, rig_setup,
						rig_teardown),
		cmocka_unit_test(what_routers_print_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
