/* tests/unit/test_provision.c - whole phone files against reviewed ones (tests/golden/provision), their
 * stamps, and what a change means. `GOLDEN_WRITE=1` writes the reviewed files anew. */
#include "tests/support/site.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/provision/provision.h"

#define GOLDEN "tests/golden/provision/"

static void render(struct store_rig *r, const char *name, struct rendered *out)
{
	struct conf *c = store_rig_conf(r);
	int err = provision_render(c, name, false, out);

	conf_close(c);
	if (err)
		fail_msg("%s: %s", name, err_text(err));
}

static char *slurp(const char *path)
{
	static char buf[PROVISION_FILE_MAX];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		fail_msg("no %s: run from the top of the tree", path);
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[n] = '\0';
	return buf;
}

static void assert_golden(struct store_rig *r, const char *name, const char *file)
{
	struct rendered out;
	char path[256];

	render(r, name, &out);
	snprintf(path, sizeof(path), GOLDEN "%s", file);
	if (getenv("GOLDEN_WRITE")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fwrite(out.data, 1, out.len, f);
		fclose(f);
	}
	assert_string_equal(out.data, slurp(path));
	assert_string_equal(out.name, name);
	provision_release(&out);
}

static void files_of_each_kind_are_the_reviewed_ones(void **state)
{
	struct store_rig *r = *state;

	assert_golden(r, "SEP001122334455.cnf.xml", "sip-7962.xml");
	assert_golden(r, "SEP001122334466.cnf.xml", "sip-8841.xml");
	assert_golden(r, "SEP000A000B0001.cnf.xml", "sccp-7941.xml");
	assert_golden(r, "SEP000A000B0002.cnf.xml", "sccp-7960.xml");
	assert_golden(r, "XMLDefault.cnf.xml", "default.xml");
	REQ("R-040");
	REQ("R-094");
	REQ("R-285");
}

static bool has(struct store_rig *r, const char *name, const char *text)
{
	struct rendered out;
	bool found;

	render(r, name, &out);
	found = strstr(out.data, text) != NULL;
	provision_release(&out);
	return found;
}

static void formats_and_zones_follow_the_settings(void **state)
{
	static const struct {
		const char *path, *json, *file, *text;
	} rows[] = {
		{ "telephony-service",
		  "{\"date_format\":null,\"time_format\":null,\"time_zone\":null}",
		  "SEP000A000B0001.cnf.xml",
		  "<dateTemplate>M/D/YA</dateTemplate>\n      <timeZone>Pacific Standard/Daylight "
		  "Time<" },
		{ "telephony-service", "{\"date_format\":\"yy-dd-mm\",\"time_format\":24}",
		  "SEP000A000B0001.cnf.xml", "<dateTemplate>Y/D/M</dateTemplate>" },
		{ "telephony-service", "{\"date_format\":\"yy-mm-dd\"}", "SEP000A000B0002.cnf.xml",
		  "<dateTemplate>Y/M/D</dateTemplate>" },
		{ "telephony-service", "{\"time_zone\":56}", "SEP000A000B0001.cnf.xml",
		  "<timeZone>Pacific SA Standard Time<" },
		{ "voice-register/global",
		  "{\"date_format\":null,\"time_format\":null,\"time_zone\":null}",
		  "SEP001122334455.cnf.xml",
		  "<dateTemplate>M/D/YA</dateTemplate>\n      <timeZone>Pacific Standard/Daylight "
		  "Time<" },
		{ "voice-register/global", "{\"date_format\":\"yy-m-d\",\"time_format\":24}",
		  "SEP001122334455.cnf.xml", "<dateTemplate>YY-M-D</dateTemplate>" },
		{ "voice-register/global", "{\"date_format\":\"y-d-m\",\"time_format\":12}",
		  "SEP001122334455.cnf.xml", "<dateTemplate>Y-D-MA</dateTemplate>" },
		{ "voice-register/global",
		  "{\"olson_time_zone\":{\"timezone\":\"Europe/Lisbon\",\"version\":\"2010o\"}}",
		  "SEP001122334455.cnf.xml", "<olsonTimeZone>Europe/Lisbon</olsonTimeZone>" },
	};
	struct store_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		site_set(r, rows[i].path, rows[i].json);
		if (!has(r, rows[i].file, rows[i].text))
			fail_msg("%s: no %s", rows[i].file, rows[i].text);
	}
	REQ("R-190");
	REQ("R-192");
}

static void settings_reach_the_files(void **state)
{
	static const struct {
		const char *path, *json, *file, *text;
	} rows[] = {
		{ "telephony-service", "{\"dscp\":{\"signaling\":\"af31\",\"service\":\"cs1\"}}",
		  "SEP000A000B0001.cnf.xml",
		  "<dscpForSCCPPhoneConfig>104</dscpForSCCPPhoneConfig>\n"
		  "  <dscpForSCCPPhoneServices>32</dscpForSCCPPhoneServices>\n"
		  "  <dscpForCm2Dvce>104</dscpForCm2Dvce>" },
		{ "voice-register/global", "{\"dscp\":{\"media\":\"cs5\",\"video\":0}}",
		  "SEP001122334455.cnf.xml",
		  "<dscpForAudio>160</dscpForAudio>\n    <dscpVideo>0</dscpVideo>" },
		{ "telephony-service",
		  "{\"source_addresses\":{\"ipv4\":{\"address\":\"192.0.2.77\",\"port\":2100}}}",
		  "SEP000A000B0001.cnf.xml", "<processNodeName>192.0.2.77</processNodeName>" },
		{ "telephony-service", "{}", "XMLDefault.cnf.xml",
		  "<ethernetPhonePort>2100</ethernetPhonePort>" },
		{ "voice-register/global",
		  "{\"source_address\":{\"address\":\"192.0.2.5\",\"port\":5070,\"secondary\":"
		  "\"192.0.2.6\"}}",
		  "SEP001122334455.cnf.xml",
		  "<member priority=\"1\">\n          <callManager>\n            <ports>\n"
		  "              <sipPort>5070</sipPort>\n              "
		  "<securedSipPort>5061</securedSipPort>\n"
		  "            </ports>\n            "
		  "<processNodeName>192.0.2.6</processNodeName>" },
		{ "voice-register/global", "{\"ntp_server\":{\"mode\":\"directedbroadcast\"}}",
		  "SEP001122334455.cnf.xml", "<ntpMode>Directed Broadcast</ntpMode>" },
		{ "voice-register/global", "{\"ntp_server\":{\"mode\":null}}",
		  "SEP001122334455.cnf.xml", "<ntpMode>Unicast</ntpMode>" },
		{ "voice-register/global", "{\"urls\":{\"directory\":\"http://h/<d>\"}}",
		  "SEP001122334455.cnf.xml", "<directoryURL>http://h/&lt;d&gt;</directoryURL>" },
		{ "ephones/1", "{\"device_security_mode\":\"encrypted\"}",
		  "SEP000A000B0001.cnf.xml", "<deviceSecurityMode>3</deviceSecurityMode>" },
		{ "voice-register/pools/2", "{\"call_waiting\":false}", "SEP001122334466.cnf.xml",
		  "<callWaiting>0</callWaiting>" },
		{ "voice-register/pools/1", "{\"call_waiting\":false}", "SEP001122334455.cnf.xml",
		  "<callWaiting>2</callWaiting>" },
		{ "voice-register/pools/1", "{\"busy_trigger_per_button\":1}",
		  "SEP001122334455.cnf.xml", "<busyTrigger>1</busyTrigger>" },
	};
	struct store_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		site_set(r, rows[i].path, rows[i].json);
		if (!has(r, rows[i].file, rows[i].text))
			fail_msg("%s: no %s", rows[i].file, rows[i].text);
	}
	REQ("R-132");
	REQ("R-024");
}

/* The phone does what the mode says; the file names server and mode. */
static void the_time_server_and_its_mode_are_in_the_file(void **state)
{
#define NTP(mode) "<name>192.0.2.9</name>\n          <ntpMode>" mode "</ntpMode>"
	static const char *const rows[][2] = { { "\"unicast\"", NTP("Unicast") },
					       { "\"multicast\"", NTP("multicast") },
					       { "\"anycast\"", NTP("anycast") },
					       { "\"directedbroadcast\"",
						 NTP("Directed Broadcast") } };
	struct store_rig *r = *state;
	char json[120];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(json, sizeof(json),
			 "{\"ntp_server\":{\"address\":\"192.0.2.9\",\"mode\":%s}}", rows[i][0]);
		site_set(r, "voice-register/global", json);
		if (!has(r, "SEP001122334455.cnf.xml", rows[i][1]))
			fail_msg("no %s", rows[i][1]);
	}
	/* nobody to ask: no entry at all */
	site_set(r, "voice-register/global", "{\"ntp_server\":null}");
	assert_false(has(r, "SEP001122334455.cnf.xml", "<ntps>"));
	site_set(r, "voice-register/global", "{\"ntp_server\":{\"address\":\"192.0.2.9\"}}");
	assert_true(has(r, "SEP001122334455.cnf.xml", NTP("Unicast")));
	site_set(r, "voice-register/pools/1", "{\"phone_type\":\"7912\"}");
	assert_false(has(r, "SEP001122334455.cnf.xml", "<ntps>"));
	REQ("R-286");
	REQ("R-287");
	REQ("R-288");
	REQ("R-289");
	REQ("R-290");
	REQ("R-292");
}

/* the mode of SCCP files does not change what a phone needs to register. */
static void the_file_mode_changes_what_is_in_sccp_files(void **state)
{
	struct store_rig *r = *state;

	site_set(r, "ephones/3",
		 "{\"mac_address\":\"000A000B0003\",\"phone_type\":\"7962\",\"addon1\":\"7915-24\","
		 "\"device_security_mode\":\"authenticated\"}");
	assert_true(has(r, "SEP000A000B0003.cnf.xml", "<addOnModule idx=\"1\">"));
	assert_true(has(r, "SEP000A000B0003.cnf.xml",
			"<deviceType>7915</deviceType>\n"
			"      <deviceLine>24</deviceLine>"));
	site_set(r, "telephony-service", "{\"cnf_file\":{\"location\":null,\"mode\":null}}");
	assert_false(has(r, "SEP000A000B0003.cnf.xml", "addOnModule"));
	assert_true(
	    has(r, "SEP000A000B0003.cnf.xml", "<deviceSecurityMode>2</deviceSecurityMode>"));
	assert_true(has(r, "SEP001122334455.cnf.xml", "<authName>lab2012</authName>"));
	REQ("R-363");
}

static bool exists(struct store_rig *r, const char *name)
{
	struct conf *c = store_rig_conf(r);
	struct rendered out;
	int err = provision_render(c, name, false, &out);

	conf_close(c);
	provision_release(&out);
	return err == 0;
}

static int count(struct store_rig *r, const char *name, const char *text)
{
	struct rendered out;
	int n = 0;

	render(r, name, &out);
	for (const char *p = strstr(out.data, text); p; p = strstr(p + 1, text))
		n++;
	provision_release(&out);
	return n;
}

static unsigned named(const struct faults *f, const char *code)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += strcmp(f->list[i].code, code) == 0;
	return n;
}

/* What is said of an object; the first, "" when nothing is. */
static const char *detail(const struct faults *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].path, path) == 0)
			return f->list[i].detail;
	}
	return "";
}

static char *impact_of(struct conf *c);

/* type, modules and vendor settings come from the template where the phone says nothing. */
static void a_template_stands_behind_its_phones(void **state)
{
#define TEMPLATED "SEP000A000B0005.cnf.xml"
	struct store_rig *r = *state;

	site_set(r, "telephony-service",
		 "{\"service_phone\":{\"pcPort\":\"0\",\"webAccess\":\"1\"}}");
	site_set(r, "ephone-templates/1",
		 "{\"phone_type\":\"7962\",\"addon1\":\"7915-24\","
		 "\"service_phone\":{\"pcPort\":\"1\",\"adminPassword\":\"opensesame\"}}");
	site_set(r, "ephones/5", "{\"mac_address\":\"000A000B0005\",\"ephone_template\":1}");
	assert_true(has(r, TEMPLATED, "<addOnModule idx=\"1\">"));
	assert_true(has(r, TEMPLATED, "<pcPort>1</pcPort>"));
	assert_false(has(r, TEMPLATED, "<pcPort>0</pcPort>"));
	assert_true(has(r, TEMPLATED, "<webAccess>1</webAccess>"));
	assert_true(has(r, TEMPLATED, "<adminPassword>opensesame</adminPassword>"));
	/* the phone's own type leaves no module of another model behind */
	site_set(r, "ephones/5", "{\"phone_type\":\"7941\"}");
	assert_false(has(r, TEMPLATED, "addOnModule"));
	site_set(r, "telephony-service", "{\"cnf_file\":{\"mode\":\"perphonetype\"}}");
	assert_true(has(r, TEMPLATED, "<pcPort>0</pcPort>"));
	REQ("R-300");
}

/* the file of a type, and under the phone's own name the same. */
static void files_by_type_hold_what_phones_of_a_type_share(void **state)
{
	struct store_rig *r = *state;
	struct rendered type, own;

	assert_false(exists(r, "XMLDefault7941.cnf.xml"));
	site_set(r, "telephony-service", "{\"cnf_file\":{\"mode\":\"perphonetype\"}}");
	site_set(r, "ephones/1", "{\"presence_call_list\":true,\"addon1\":\"7915-24\"}");
	render(r, "XMLDefault7941.cnf.xml", &type);
	render(r, "SEP000A000B0001.cnf.xml", &own);
	assert_string_equal(type.data, own.data);
	assert_string_equal(type.owner, "");
	provision_release(&type);
	provision_release(&own);
	assert_true(has(r, "XMLDefault7960.cnf.xml", "<loadInformation>P00308010200"));
	/* what only this phone needs to register */
	site_set(r, "ephones/1", "{\"device_security_mode\":\"authenticated\"}");
	assert_true(has(r, "SEP000A000B0001.cnf.xml", "<deviceSecurityMode>2<"));
	assert_true(has(r, "XMLDefault7941.cnf.xml", "<deviceSecurityMode>1<"));
	assert_false(exists(r, "XMLDefault8841.cnf.xml"));
	assert_false(exists(r, "XMLDefaultnone.cnf.xml"));
	REQ("R-093");
}

/* phones of a VRF group are given its addresses. */
static void files_of_a_vrf_group_have_their_place(void **state)
{
	struct store_rig *r = *state;

	assert_false(exists(r, "vrf1_SEP000A000B0001.cnf.xml"));
	site_set(
	    r, "telephony-service",
	    "{\"groups\":{\"1\":{\"vrf\":\"blue\",\"source_address\":{\"address\":\"10.14.1.1\","
	    "\"secondary\":\"10.14.1.2\"},\"urls\":{\"directories\":\"http://10.14.1.1/x\"}},"
	    "\"2\":{}}}");
	assert_true(
	    has(r, "vrf1_SEP000A000B0001.cnf.xml", "<processNodeName>10.14.1.1</processNodeName>"));
	assert_true(
	    has(r, "vrf1/SEP000A000B0001.cnf.xml", "<processNodeName>10.14.1.2</processNodeName>"));
	assert_true(has(r, "vrf1_SEP000A000B0001.cnf.xml",
			"<directoryURL>http://10.14.1.1/x</directoryURL>"));
	assert_true(has(r, "vrf1_XMLDefault.cnf.xml", "10.14.1.1"));
	assert_false(has(r, "SEP000A000B0001.cnf.xml", "10.14.1.1"));
	assert_false(exists(r, "vrf2_SEP000A000B0001.cnf.xml"));
	assert_false(exists(r, "vrf9_SEP000A000B0001.cnf.xml"));
	assert_false(exists(r, "vrf1_SEP000A000B0009.cnf.xml"));
	REQ("R-097");
}

static void the_second_server_reaches_the_files(void **state)
{
	struct store_rig *r = *state;

	site_set(r, "telephony-service",
		 "{\"source_addresses\":{\"ipv4\":{\"address\":\"192.0.2.10\","
		 "\"secondary\":\"192.0.2.11\",\"rehome_seconds\":300}}}");
	assert_true(has(r, "SEP000A000B0001.cnf.xml",
			"<connectionMonitorDuration>300</connectionMonitorDuration>"));
	REQ("R-045");
	site_set(r, "voice-register/global",
		 "{\"source_address\":{\"address\":\"192.0.2.10\",\"port\":5070,"
		 "\"secondary\":\"192.0.2.11\"}}");
	assert_int_equal(count(r, "SEP001122334455.cnf.xml", "<sipPort>5070</sipPort>"), 2);
	REQ("R-053");
}

/* these are told UTC and compute the time of their zone; the others are told their time. */
static void models_that_need_the_zone_are_known(void **state)
{
	static const char *const need[] = { "7906", "7911", "7931", "7941", "7942", "7945",
					    "7961", "7962", "7965", "7970", "7971", "7975" };
	static const char *const not [] = { "7902", "7905", "7912", "7920", "7921",
					    "7935", "7936", "7940", "7960", "7985" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(need); i++)
		assert_true(provision_model(need[i])->wants_utc);
	for (size_t i = 0; i < ARRAY_LEN(not ); i++)
		assert_false(provision_model(not [i])->wants_utc);
	REQ("R-191");
}

/* who is not known to do IPv6 is told the IPv4 address, and is named when the mode leaves it out. */
static void phones_without_ipv6_are_given_ipv4_and_are_named(void **state)
{
	struct store_rig *r = *state;
	struct faults f, warnings;
	struct conf *c;

	site_set(r, "telephony-service",
		 "{\"protocol_mode\":{\"mode\":\"dual-stack\",\"preference\":\"ipv6\"},"
		 "\"source_addresses\":{\"ipv6\":{\"address\":\"2001:db8::10\"}}}");
	assert_true(has(r, "SEP000A000B0001.cnf.xml", "<ipv6Addr>2001:db8::10</ipv6Addr>"));
	assert_false(has(r, "SEP000A000B0002.cnf.xml", "2001:db8::10"));
	site_set(r, "ephones/6", "{\"mac_address\":\"000A000B0006\",\"phone_type\":\"6921\"}");
	assert_false(has(r, "SEP000A000B0006.cnf.xml", "2001:db8::10"));
	c = store_rig_conf(r);
	site_stage(c, "telephony-service",
		   "{\"protocol_mode\":{\"mode\":\"ipv6\"},\"source_addresses\":{\"ipv4\":null}}");
	faults_init(&f);
	faults_init(&warnings);
	assert_int_equal(schema_check(c, &f, &warnings), 0);
	assert_int_equal(named(&warnings, "no_ipv6"), 2);
	assert_non_null(strstr(detail(&warnings, "ephones/2"), "no IPv6 in a 7960"));
	assert_non_null(strstr(detail(&warnings, "ephones/6"), "6921"));
	faults_fini(&f);
	faults_fini(&warnings);
	conf_close(c);
	REQ("R-367");
}

/* the address is written as it is given, and nothing of ours that is dead goes unnoticed. */
static void the_directory_address_stands_in_the_file(void **state)
{
	struct store_rig *r = *state;
	struct faults f, warnings;
	struct conf *c;

	assert_true(has(r, "SEP000A000B0001.cnf.xml",
			"<directoryURL>http://192.0.2.10/dir?a=1&amp;b=2</directoryURL>"));
	c = store_rig_conf(r);
	site_stage(c, "telephony-service",
		   "{\"urls\":{\"directories\":{\"url\":\"http://192.0.2.10:8099/dir\"}}}");
	faults_init(&f);
	faults_init(&warnings);
	assert_int_equal(schema_check(c, &f, &warnings), 0);
	assert_non_null(strstr(detail(&warnings, "telephony-service"), "Nothing answers here"));
	assert_non_null(strstr(impact_of(c), "SEP000A000B0001:reset"));
	faults_fini(&f);
	faults_fini(&warnings);
	conf_close(c);
	REQ("R-338");
}

static void a_sip_template_stands_behind_its_pools(void **state)
{
#define POOL_FILE "SEP001122334455.cnf.xml"
	static const char *const texts[] = {
		"<messagesNumber>7599</messagesNumber>",
		"<anonymousCallBlock>3</anonymousCallBlock>",
		"<callerIdBlocking>3</callerIdBlocking>",
		"<dndControl>2</dndControl>",
		"<semiAttendedTransfer>false</semiAttendedTransfer>",
		"<cnfJoinEnabled>false</cnfJoinEnabled>",
		"<enableVad>false</enableVad>",
		"<kpml>0</kpml>",
		"<transportLayerProtocol>1</transportLayerProtocol>",
	};
	struct store_rig *r = *state;

	site_set(r, "voice-register/templates/2",
		 "{\"voicemail\":\"7599\",\"anonymous_block\":true,\"caller_id_block\":true,"
		 "\"dnd_control_softkey\":false,\"transfer_attended_softkey\":false,"
		 "\"keep_conference\":false,\"vad\":false,\"digit_collect_kpml\":false,"
		 "\"session_transport\":\"tcp\"}");
	site_set(r, "voice-register/pools/1",
		 "{\"template\":2,\"vad\":null,\"keep_conference\":null,"
		 "\"session_transport\":null}");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!has(r, POOL_FILE, texts[i]))
			fail_msg("no %s", texts[i]);
	}
	REQ("R-300");
}

/* ---- names ---- */

static int collect(void *ctx, const char *name, const char *owner)
{
	struct text *t = ctx;

	text_addf(t, "%s=%s ", name, owner);
	return 0;
}

static void only_configured_names_are_generated(void **state)
{
	static const char *const none[] = { "",
					    ".cnf.xml",
					    "SEP001122334456.cnf.xml",
					    "SEP001122334455.cnf.xml.sgn",
					    "SEP001122334455",
					    "ATA001122334455.cnf.xml",
					    "SEP0011223344550.cnf.xml",
					    "XMLDefault7962.cnf.xml" };
	struct store_rig *r = *state;
	struct conf *c = store_rig_conf(r);
	struct rendered out;
	struct text t;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(provision_render(c, none[i], true, &out), ERR_NOENT);
	assert_int_equal(provision_render(c, "sep001122334455.CNF.xml", false, &out), ERR_NOENT);
	assert_int_equal(provision_render(c, "sep001122334455.CNF.xml", true, &out), 0);
	assert_string_equal(out.name, "SEP001122334455.cnf.xml");
	assert_string_equal(out.owner, "SEP001122334455");
	provision_release(&out);
	assert_int_equal(provision_render(c, "xmlDefault.CNF.XML", true, &out), 0);
	assert_string_equal(out.owner, "");
	provision_release(&out);
	text_init(&t, 4096);
	provision_names(c, collect, &t);
	assert_string_equal(t.buf, "XMLDefault.cnf.xml= "
				   "SEP000A000B0001.cnf.xml=SEP000A000B0001 "
				   "SEP000A000B0002.cnf.xml=SEP000A000B0002 "
				   "SEP001122334455.cnf.xml=SEP001122334455 "
				   "SEP001122334466.cnf.xml=SEP001122334466 ");
	text_fini(&t);
	conf_close(c);
}

static void an_ata_has_its_own_prefix(void **state)
{
	struct store_rig *r = *state;

	site_set(r, "voice-register/pools/9",
		 "{\"id\":{\"kind\":\"mac\",\"mac\":\"001122334477\"},\"phone_type\":\"ATA-191\"}");
	assert_true(has(r, "ATA001122334477.cnf.xml", "<deviceProtocol>SIP</deviceProtocol>"));
}

/* ---- stamps: R-071 ---- */

static void the_stamp_is_the_digest_of_the_file_without_it(void **state)
{
	struct store_rig *r = *state;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct rendered out, again;
	char want[17], *at;
	uint64_t v = 0;

	render(r, "SEP001122334455.cnf.xml", &out);
	at = strstr(out.data, "<versionStamp>");
	assert_non_null(at);
	at += strlen("<versionStamp>");
	assert_memory_equal(at, out.stamp, 16);
	assert_int_equal(strspn(at, "0123456789"), 16);
	memmove(at, at + 16, strlen(at + 16) + 1);
	SHA256((const uint8_t *)out.data, strlen(out.data), digest);
	for (int i = 0; i < 8; i++)
		v = v * 256 + digest[i];
	snprintf(want, sizeof(want), "%016llu", (unsigned long long)(v % 10000000000000000ULL));
	assert_string_equal(out.stamp, want);

	/* a change elsewhere leaves it, a change here does not; going back brings it back */
	site_set(r, "ephones/1", "{\"phone_type\":\"7961\"}");
	site_set(r, "voice-register/dns/3", "{\"name\":\"Other\"}");
	store_rig_reopen(r);
	render(r, "SEP001122334455.cnf.xml", &again);
	assert_string_equal(again.stamp, want);
	provision_release(&again);
	site_set(r, "voice-register/dns/1", "{\"label\":\"Lab 13\"}");
	render(r, "SEP001122334455.cnf.xml", &again);
	assert_string_not_equal(again.stamp, want);
	provision_release(&again);
	site_set(r, "voice-register/dns/1", "{\"label\":\"Lab 12\"}");
	render(r, "SEP001122334455.cnf.xml", &again);
	assert_string_equal(again.stamp, want);
	provision_release(&again);
	provision_release(&out);
}

static void a_stamp_set_by_hand_holds_until_the_bytes_change(void **state)
{
#define BY_HAND "0123456789012345"
	struct store_rig *r = *state;
	struct provision_stamps stamps;
	struct rendered out;
	struct conf *c = store_rig_conf(r);
	char before[17];

	render(r, "SEP000A000B0001.cnf.xml", &out);
	memcpy(before, out.stamp, sizeof(before));
	provision_release(&out);
	site_stage(c, "voice-register/global",
		   "{\"profile\":{\"create\":{\"enabled\":true,\"version_stamp\":\"" BY_HAND
		   "\"}}}");
	provision_stamps_asked(c, &stamps);
	assert_string_equal(stamps.sip, BY_HAND);
	assert_string_equal(stamps.sccp, "");
	site_commit(r, c);
	c = store_rig_conf(r);
	assert_int_equal(provision_stamps_set(c, &stamps), 0);
	provision_stamps_asked(c, &stamps); /* no draft: nothing is asked */
	assert_string_equal(stamps.sip, "");
	conf_close(c);
	store_rig_reopen(r);
	assert_true(has(r, "SEP001122334455.cnf.xml", "<versionStamp>" BY_HAND "</versionStamp>"));
	assert_true(has(r, "SEP001122334466.cnf.xml", "<versionStamp>" BY_HAND "</versionStamp>"));
	assert_true(has(r, "SEP000A000B0001.cnf.xml", before));
	site_set(r, "voice-register/dns/1", "{\"label\":\"Lab 13\"}");
	assert_false(has(r, "SEP001122334455.cnf.xml", BY_HAND));
	assert_true(has(r, "SEP001122334466.cnf.xml", BY_HAND));
	REQ("R-071");
}

/* ---- impact ---- */

static char *impact_of(struct conf *c)
{
	cJSON *im = provision_impact(c), *e;
	static char out[8192];
	struct text t;

	text_fixed(&t, out, sizeof(out));
	text_addf(&t, "%s |",
		  cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(im, "pending_action")));
	cJSON_ArrayForEach (e, cJSON_GetObjectItemCaseSensitive(im, "affected_phones"))
		text_addf(
		    &t, " %s:%s",
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "device")),
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "pending_action")));
	text_add(&t, " |");
	cJSON_ArrayForEach (e, cJSON_GetObjectItemCaseSensitive(im, "files"))
		text_addf(&t, " %.15s", cJSON_GetStringValue(e));
	cJSON_Delete(im);
	return out;
}

static void a_change_names_the_phones_it_touches_and_no_other(void **state)
{
#define ONE    "SEP001122334455"
#define TWO    "SEP001122334466"
#define SCCP_A "SEP000A000B0001"
#define SCCP_B "SEP000A000B0002"
	static const struct {
		const char *path, *json, *want;
	} rows[] = {
		{ "voice-register/pools/1", "{\"description\":\"North\"}",
		  "reset | " ONE ":reset | " ONE },
		{ "voice-register/pools/1", "{\"description\":\"Desk 12 north wing\"}",
		  "none | |" },
		/* beyond the twelfth character the label does not reach the phone */
		{ "voice-register/pools/1", "{\"description\":\"Desk 12 nort...\"}", "none | |" },
		{ "voice-register/pools/1", "{\"night_service_bell\":true}", "none | |" },
		{ "voice-register/pools/1", "{\"privacy_button\":true}",
		  "restart | " ONE ":restart |" },
		{ "voice-register/dns/1", "{\"label\":\"New\"}", "reset | " ONE ":reset | " ONE },
		{ "voice-register/dns/2", "{\"shared_line\":{\"max_calls\":8}}",
		  "reset | " ONE ":reset | " ONE },
		{ "voice-register/dns/3", "{\"pickup_group\":\"4\"}", "none | |" },
		{ "ephone-dns/1", "{\"name\":\"Front\"}", "restart | " SCCP_A ":restart |" },
		{ "ephone-dns/2", "{\"label\":\"Back\"}", "restart | " SCCP_B ":restart |" },
		{ "telephony-service", "{\"max_ephones\":99}", "none | |" },
		{ "telephony-service", "{\"system_message\":\"Hello\"}", "none | |" },
		{ "telephony-service", "{\"loads\":{\"7941\":\"SCCP41.9-4-2SR4-1S\"}}",
		  "reset | " SCCP_A ":reset | " SCCP_A " XMLDefault.cnf." },
		{ "telephony-service", "{\"time_zone\":12}",
		  "reset | " SCCP_A ":reset " SCCP_B ":reset | " SCCP_A " " SCCP_B },
		{ "telephony-service", "{\"keepalive\":60}",
		  "restart | " SCCP_A ":restart " SCCP_B ":restart |" },
		{ "voice-register/global", "{\"voicemail\":\"2901\"}",
		  "reset | " ONE ":reset " TWO ":reset | " ONE " " TWO },
		{ "voice-register/global", "{\"loads\":{\"8841\":\"sip88xx.14\"}}",
		  "reset | " TWO ":reset | " TWO " XMLDefault.cnf." },
		{ "voice-service/voip", "{\"sip\":{\"registrar_server\":{\"max\":1200}}}",
		  "reset | POOL3:reregister " ONE ":reset " TWO ":reset | " ONE " " TWO },
		{ "ephones/2", NULL, "restart | " SCCP_B ":restart | " SCCP_B },
	};
	struct store_rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf *c = store_rig_conf(r);
		char *got;

		site_stage(c, rows[i].path, rows[i].json);
		got = impact_of(c);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s %s:\n%s instead of\n%s", rows[i].path, rows[i].json, got,
				 rows[i].want);
		conf_close(c); /* dropped: the next row starts from the same site */
	}
	REQ("R-303");
}

static void a_changed_template_touches_the_phones_that_name_it(void **state)
{
	static const struct {
		const char *path, *json, *want;
	} rows[] = {
		{ "ephone-templates/1", "{\"keepalive\":90}", "reset | " SCCP_A ":reset |" },
		{ "ephone-templates/1", "{\"speed_dials\":{\"1\":{\"digits\":\"9\"}}}",
		  "restart | " SCCP_A ":restart |" },
		{ "ephone-templates/1", "{\"lpcor_type\":\"local\"}", "none | |" },
		{ "ephone-templates/1", "{\"service_phone\":{\"pcPort\":\"1\"}}",
		  "reset | " SCCP_A ":reset | " SCCP_A },
		{ "ephone-templates/2", "{\"keepalive\":90}", "none | |" },
		{ "ephone-dn-templates/1", "{\"description\":\"Shop\"}",
		  "restart | " SCCP_B ":restart |" },
		{ "ephone-hunts/1", "{\"type\":\"peer\"}", "none | |" },
		{ "logout-profiles/1", "{\"speed_dials\":{\"1\":{\"digits\":\"9\"}}}",
		  "reset | " SCCP_B ":reset |" },
		{ "logout-profiles/2", "{\"speed_dials\":{\"1\":{\"digits\":\"9\"}}}", "none | |" },
	};
	struct store_rig *r = *state;

	site_set(r, "logout-profiles/1", "{}");
	site_set(r, "ephones/2", "{\"logout_profile\":1}");

	site_set(r, "ephone-templates/1", "{}");
	site_set(r, "ephone-templates/2", "{}");
	site_set(r, "ephone-dn-templates/1", "{}");
	site_set(r, "ephones/1", "{\"ephone_template\":1}");
	site_set(r, "ephone-dns/2", "{\"ephone_dn_template\":1}");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf *c = store_rig_conf(r);

		site_stage(c, rows[i].path, rows[i].json);
		if (strcmp(impact_of(c), rows[i].want) != 0)
			fail_msg("%s %s: %s", rows[i].path, rows[i].json, impact_of(c));
		conf_close(c);
	}
}

static void a_new_mac_moves_the_file(void **state)
{
	struct store_rig *r = *state;
	struct conf *c = store_rig_conf(r);

	site_stage(c, "voice-register/pools/2", "{\"id\":null}");
	site_stage(c, "voice-register/pools/2",
		   "{\"id\":{\"kind\":\"mac\",\"mac\":\"001122334499\"}}");
	assert_string_equal(impact_of(c), "reset | SEP001122334466:reset SEP001122334499:reset | "
					  "SEP001122334466 SEP001122334499");
	conf_close(c);
}

/* "device new", "device gone", "device" of those that are affected. */
static void assert_came_and_went(struct store_rig *r, const struct site_op *ops, const char *want)
{
	struct conf *c = store_rig_conf(r);
	char got[256] = "";
	const cJSON *p;
	struct text t;
	cJSON *im;

	text_fixed(&t, got, sizeof(got));
	for (; ops->path; ops++)
		site_stage(c, ops->path, ops->json);
	im = provision_impact(c);
	cJSON_ArrayForEach (p, cJSON_GetObjectItem(im, "affected_phones"))
		text_addf(&t, "%s%s%s;", cJSON_GetObjectItem(p, "device")->valuestring,
			  cJSON_GetObjectItem(p, "new") ? " new" : "",
			  cJSON_GetObjectItem(p, "gone") ? " gone" : "");
	assert_string_equal(got, want);
	cJSON_Delete(im);
	conf_close(c);
}

static void phones_that_come_and_go_are_told_apart(void **state)
{
	static const struct site_op deleted[] = { { "ephones/2", NULL }, { 0 } };
	static const struct site_op replaced[] = {
		{ "ephones/2", "{\"mac_address\":\"000A.000B.0009\"}" }, { 0 }
	};
	static const struct site_op moved[] = {
		{ "ephones/2", NULL },
		{ "ephones/3", "{\"mac_address\":\"000A.000B.0002\",\"phone_type\":\"7960\"}" },
		{ 0 }
	};
	struct store_rig *r = *state;

	assert_came_and_went(r, deleted, "SEP000A000B0002 gone;");
	assert_came_and_went(r, replaced, "SEP000A000B0002 gone;SEP000A000B0009 new;");
	assert_came_and_went(r, moved, "SEP000A000B0002;");
}

/* The promise of the preview: committing changes exactly the files it named. */
static void what_is_named_is_what_changes(void **state)
{
	static const char *const names[] = { "SEP001122334455.cnf.xml", "SEP001122334466.cnf.xml",
					     "SEP000A000B0001.cnf.xml", "SEP000A000B0002.cnf.xml",
					     "XMLDefault.cnf.xml" };
	struct store_rig *r = *state;
	struct rendered before[ARRAY_LEN(names)], after;
	struct conf *c;
	cJSON *im;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		render(r, names[i], &before[i]);
	c = store_rig_conf(r);
	site_stage(c, "voice-register/dns/3", "{\"number\":\"2999\"}");
	site_stage(c, "telephony-service", "{\"loads\":{\"7960-7940\":null}}");
	im = provision_impact(c);
	site_commit(r, c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		bool named = false, changed;
		cJSON *e;

		cJSON_ArrayForEach (e, cJSON_GetObjectItemCaseSensitive(im, "files"))
			named = named || strcmp(cJSON_GetStringValue(e), names[i]) == 0;
		render(r, names[i], &after);
		changed = strcmp(after.data, before[i].data) != 0;
		if (named != changed)
			fail_msg("%s: named %d, changed %d", names[i], named, changed);
		provision_release(&before[i]);
		provision_release(&after);
	}
	cJSON_Delete(im);
}

#define CROWD 1000

static void crowd(struct store_rig *r)
{
	struct conf *c = store_rig_conf(r);
	char path[64], json[256];

	for (int i = 100; i < 100 + CROWD; i++) {
		snprintf(path, sizeof(path), "voice-register/dns/%d", i);
		snprintf(json, sizeof(json), "{\"number\":\"%d\",\"name\":\"Phone %d\"}", 30000 + i,
			 i);
		site_stage(c, path, json);
		snprintf(path, sizeof(path), "voice-register/pools/%d", i);
		snprintf(
		    json, sizeof(json),
		    "{\"id\":{\"kind\":\"mac\",\"mac\":\"0C00000%05X\"},\"phone_type\":\"7962\","
		    "\"numbers\":{\"1\":%d},\"username\":\"u%d\",\"password\":\"secret%d\"}",
		    (unsigned)i, i, i, i);
		site_stage(c, path, json);
	}
	site_commit(r, c);
}

/* DESIGN 11: preview of a site-wide change with 1,000 phones in under 100 ms. The bar here is wider,
 * because tests also run on busy machines and under sanitizers; the bench holds the real one. */
static void a_preview_for_a_thousand_phones_is_quick(void **state)
{
	struct store_rig *r = *state;
	uint64_t began, took;
	struct conf *c;
	cJSON *im;

	crowd(r);
	c = store_rig_conf(r);
	began = clock_mono_ms(&clock_system);
	site_stage(c, "voice-register/global", "{\"voicemail\":\"2999\"}");
	im = provision_impact(c);
	took = clock_mono_ms(&clock_system) - began;
	print_message("preview of a change of %d phones: %d ms\n", CROWD, (int)took);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(im, "files")),
			 CROWD + 2);
	assert_true(took < 2000);
	cJSON_Delete(im);
	conf_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, site_setup, store_rig_teardown)
		T(files_of_each_kind_are_the_reviewed_ones),
		T(formats_and_zones_follow_the_settings),
		T(settings_reach_the_files),
		T(the_file_mode_changes_what_is_in_sccp_files),
		T(the_time_server_and_its_mode_are_in_the_file),
		T(a_template_stands_behind_its_phones),
		T(files_by_type_hold_what_phones_of_a_type_share),
		T(files_of_a_vrf_group_have_their_place),
		T(the_second_server_reaches_the_files),
		T(models_that_need_the_zone_are_known),
		T(phones_without_ipv6_are_given_ipv4_and_are_named),
		T(the_directory_address_stands_in_the_file),
		T(a_sip_template_stands_behind_its_pools),
		T(a_changed_template_touches_the_phones_that_name_it),
		T(only_configured_names_are_generated),
		T(an_ata_has_its_own_prefix),
		T(the_stamp_is_the_digest_of_the_file_without_it),
		T(a_stamp_set_by_hand_holds_until_the_bytes_change),
		T(a_change_names_the_phones_it_touches_and_no_other),
		T(a_new_mac_moves_the_file),
		T(phones_that_come_and_go_are_told_apart),
		T(what_is_named_is_what_changes),
		T(a_preview_for_a_thousand_phones_is_quick),
	};

	return cmocka_run_group_tests_name("provision", tests, NULL, NULL);
}
