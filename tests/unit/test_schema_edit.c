/* Editing a draft: types, ranges, nested paths, merge patch, secrets, references, cross-checks. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/schema.h"
#include "tests/support/schema_rig.h"

static void defaults_are_left_out_and_members_stand_in_schema_order(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service",
		 "{\"time_zone\": 5, \"timeouts\": {\"ringing\": 60, \"busy\": 10},"
		 " \"max_ephones\": 7, \"auto_reg_ephone\": false, \"system_message\": \"\"}");
	rig_assert_item(
	    r, "telephony-service",
	    "{\"max_ephones\":7,\"auto_reg_ephone\":false,\"timeouts\":{\"ringing\":60}}");
}

static void every_fault_of_a_body_is_collected(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(rig_edit(r, OP_PUT, "telephony-service",
				  "{\"time_zone\": 57, \"keepalive\": \"x\", \"nonsense\": 1,"
				  " \"source_addresses\": {\"ipv4\": {\"port\": 2000}}}"),
			 ERR_UNKNOWN);
	assert_int_equal(r->faults.n, 4);
	rig_assert_fault(r, "range", "/time_zone", "Value 57 out of range 1-56");
	rig_assert_fault(r, "type", "/keepalive", "Must be a whole number");
	rig_assert_fault(r, "unknown_field", "/nonsense", "There is no such field");
	rig_assert_fault(r, "required", "/source_addresses/ipv4/address", "Is required");
	assert_string_equal(rig_fault(&r->faults, "range")->command, "time-zone");
	assert_null(conf_get(r->conf, "telephony-service"));
	REQ("R-184");
}

static void a_merge_patch_changes_only_what_it_names(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/1",
		 "{\"mac_address\": \"00:11:22:aa:bb:cc\", \"phone_type\": \"7941\","
		 " \"buttons\": {\"2\": {\"separator\": \":\", \"dns\": [1]}}}");
	rig_must(
	    r, OP_PATCH, "ephones/1",
	    "{\"phone_type\": null, \"buttons\": {\"01\": {\"separator\": \"b\", \"dns\": [1]}}}");
	rig_assert_item(r, "ephones/1",
			"{\"mac_address\":\"001122AABBCC\",\"buttons\":{\"1\":{\"separator\":\"b\","
			"\"dns\":[1]},"
			"\"2\":{\"separator\":\":\",\"dns\":[1]}}}");
}

static void nested_members_have_paths_of_their_own(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/1/buttons/03", "{\"separator\": \":\", \"dns\": [4]}");
	rig_must(r, OP_PATCH, "ephones/1/buttons/3", "{\"dns\": [5]}");
	rig_must(r, OP_PUT, "telephony-service/timeouts/busy", "15");
	rig_must(r, OP_PUT, "telephony-service/loads/7941", "\"SCCP41.9-4-2SR3-1S\"");
	rig_assert_item(r, "ephones/1", "{\"buttons\":{\"3\":{\"separator\":\":\",\"dns\":[5]}}}");
	rig_assert_item(r, "telephony-service",
			"{\"loads\":{\"7941\":\"SCCP41.9-4-2SR3-1S\"},\"timeouts\":{\"busy\":15}}");
	assert_int_equal(
	    rig_edit(r, OP_CREATE, "ephones/1/buttons/3", "{\"separator\": \":\", \"dns\": [4]}"),
	    ERR_EXIST);
	rig_must(r, OP_DELETE, "ephones/1/buttons/3", NULL);
	rig_assert_item(r, "ephones/1", "{}");
	assert_int_equal(rig_edit(r, OP_DELETE, "ephones/1/buttons/3", NULL), ERR_NOENT);
	assert_int_equal(rig_edit(r, OP_PUT, "ephones/1/nonsense/3", "1"), ERR_NOENT);
	assert_int_equal(rig_edit(r, OP_PUT, "telephony-service/timeouts/busy", "31"), ERR_RANGE);
	rig_assert_fault(r, "range", "/timeouts/busy", "Value 31 out of range 0-30");
	assert_int_equal(rig_edit(r, OP_PUT, "nowhere", "{}"), ERR_NOENT);
}

static void the_lowest_free_tag_is_taken(void **state)
{
	struct schema_rig *r = *state;
	char made[SCHEMA_PATH_MAX];
	cJSON *v = cJSON_Parse("{\"number\": \"1002\"}");

	assert_int_equal(rig_edit(r, OP_CREATE, "ephone-dns", "{}"), ERR_CONFLICT);
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 2}");
	rig_must(r, OP_PUT, "ephone-dns/1", "{}");
	assert_int_equal(schema_edit(r->conf, OP_CREATE, "ephone-dns", v, &r->faults, made), 0);
	assert_string_equal(made, "ephone-dns/2");
	cJSON_Delete(v);
	assert_int_equal(rig_edit(r, OP_CREATE, "ephone-dns", "{}"), ERR_CONFLICT);
	assert_int_equal(rig_edit(r, OP_CREATE, "ephone-dns", "{\"tag\": 1}"), ERR_EXIST);
	assert_int_equal(rig_edit(r, OP_PUT, "ephone-dns/1", "{\"tag\": 2}"), ERR_CONFLICT);
}

static void tags_above_the_limit_in_force_are_refused(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(rig_edit(r, OP_PUT, "ephones/1001", "{}"), ERR_RANGE);
	rig_assert_fault(r, "max_ephones_configured", "/tag",
			 "Maximum number of configurable ephones is 1000");
	rig_must(r, OP_PUT, "ephones/1000", "{}");
	assert_int_equal(schema_limit_set("ephones", 2000), 0);
	rig_must(r, OP_PUT, "ephones/1001", "{}");
	assert_int_equal(rig_edit(r, OP_PUT, "ephones/2001", "{}"), ERR_RANGE);
	rig_assert_fault(r, "max_ephones_configured", "/tag",
			 "Maximum number of configurable ephones is 2000");
	assert_int_equal(schema_limit_set("ephones", 10001), ERR_RANGE);
	assert_int_equal(schema_limit_set("ephones", 1000), 0);
	rig_must(r, OP_PATCH, "ephones/1001", "{\"description\": \"stays\"}");
	REQ("R-001");
	REQ("R-002");
}

/* cme-model 5: a start with lower limits deletes nothing and breaks nothing. */
static void what_exists_above_a_lower_limit_stays(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(schema_limit_set("dns", 8000), 0);
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 8000}");
	rig_must(r, OP_PUT, "ephone-dns/7000", "{\"number\": \"7000\"}");
	rig_must(r, OP_PUT, "ephones/1",
		 "{\"buttons\": {\"1\": {\"separator\": \":\", \"dns\": [7000]}}, "
		 "\"paging_dn\": {\"dn_tag\": 7000}}");
	rig_commit(r);
	assert_int_equal(schema_limit_set("dns", 5000), 0);
	rig_must(r, OP_PATCH, "telephony-service", "{\"system_message\": \"still here\"}");
	rig_must(r, OP_PATCH, "ephone-dns/7000", "{\"name\": \"Old\"}");
	rig_must(r, OP_PATCH, "ephones/1", "{\"description\": \"x\"}");
	rig_commit(r);
	rig_assert_item(r, "ephones/1",
			"{\"description\":\"x\",\"buttons\":{\"1\":{\"separator\":\":\","
			"\"dns\":[7000]}},\"paging_dn\":{\"dn_tag\":7000}}");
	assert_int_equal(rig_edit(r, OP_PUT, "ephone-dns/7001", "{}"), ERR_RANGE);
	assert_int_equal(rig_edit(r, OP_PATCH, "telephony-service", "{\"max_dn\": 7999}"),
			 ERR_RANGE);
	assert_int_equal(rig_edit(r, OP_PUT, "ephones/2", "{\"paging_dn\": {\"dn_tag\": 7000}}"),
			 ERR_RANGE);
	rig_must(r, OP_DELETE, "ephones/1", "null");
	rig_must(r, OP_DELETE, "ephone-dns/7000", "null");
	rig_commit(r);
}

static void a_tag_follows_max_dn_and_max_dn_follows_the_tags(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephone-dns/13", "{\"number\": \"1013\"}");
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 12}");
	assert_int_equal(rig_check(r), ERR_RANGE);
	rig_assert_fault(r, "range", "/tag", "Value 13 out of range 1-12");
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 13}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 12}");
	assert_int_equal(rig_check(r), ERR_RANGE);
	rig_assert_fault(r, "range", "/max_dn",
			 "Value 12 out of range 13-5000: ephone-dn 13 is configured");
}

static void references_must_resolve_and_referents_must_stay(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 20}");
	rig_must(r, OP_PUT, "ephones/1",
		 "{\"buttons\": {\"1\": {\"separator\": \":\", \"dns\": [4]}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "unknown_reference", "/buttons/1/dns", "ephone-dn 4 is not configured");
	rig_must(r, OP_PUT, "ephone-dns/4", "{\"number\": \"1004\"}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_DELETE, "ephone-dns/4", NULL);
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "in_use", "", "ephone-dn 4 is still used by ephone 1 (/buttons/1/dns)");
	rig_must(r, OP_DELETE, "ephones/1", NULL);
	assert_int_equal(rig_check(r), 0);
}

static void an_expansion_button_names_a_button_not_a_number(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 20}");
	rig_must(r, OP_PUT, "ephone-dns/4", "{\"number\": \"1004\"}");
	rig_must(r, OP_PUT, "ephones/1",
		 "{\"buttons\": {\"1\": {\"separator\": \"o\", \"dns\": [4]}, "
		 "\"2\": {\"separator\": \"x\", \"dns\": [1]}}}");
	assert_int_equal(rig_check(r), 0);
	rig_must(r, OP_PUT, "ephones/1/buttons/1/separator", "\":\"");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
}

static void values_of_a_map_can_be_referents(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/1", "{\"lpcor_incoming\": \"desk\"}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "unknown_reference", "/lpcor_incoming",
			 "voice lpcor group desk is not configured");
	rig_must(r, OP_PUT, "lpcor", "{\"groups\": {\"1\": \"desk\", \"2\": \"home\"}}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_PATCH, "lpcor", "{\"groups\": {\"1\": null}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "in_use", "/groups",
			 "voice lpcor group desk is still used by ephone 1 (/lpcor_incoming)");
}

static void an_ordered_table_refuses_index_51(void **state)
{
	struct schema_rig *r = *state;

	assert_int_equal(rig_edit(r, OP_PUT, "lpcor",
				  "{\"ip_phone_subnets\": {\"incoming\": {\"entries\": {\"51\": "
				  "{\"group\": \"a\", \"dhcp_pool\": \"x\"}}}}}"),
			 ERR_RANGE);
	rig_assert_fault(r, "lpcor_index_range", "/ip_phone_subnets/incoming/entries/51",
			 "Index must be 1-50");
	rig_must(r, OP_PUT, "lpcor",
		 "{\"groups\": {\"1\": \"a\"}, \"ip_phone_subnets\": {\"incoming\": {\"entries\": {"
		 "\"10\": {\"group\": \"a\", \"dhcp_pool\": \"x\"}, \"9\": {\"group\": \"a\", "
		 "\"dhcp_pool\": "
		 "\"y\"}}}}}");
	rig_assert_item(
	    r, "lpcor",
	    "{\"groups\":{\"1\":\"a\"},\"ip_phone_subnets\":{\"incoming\":{\"entries\":{"
	    "\"9\":{\"group\":\"a\",\"dhcp_pool\":\"y\"},\"10\":{\"group\":\"a\",\"dhcp_pool\":"
	    "\"x\"}}}}}");
}

static void a_mac_address_is_unique_over_both_protocols(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "voice-register/global", "{\"mode\": \"cme\", \"max_pool\": 5}");
	rig_must(r, OP_PUT, "ephones/3", "{\"mac_address\": \"0011.2233.4455\"}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_PUT, "voice-register/pools/2",
		 "{\"id\": {\"kind\": \"mac\", \"mac\": \"SEP001122334455\"}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "duplicate_mac", "/id/mac",
			 "MAC address 001122334455 is already used by ephone 3");
	rig_must(r, OP_DELETE, "ephones/3", NULL);
	assert_int_equal(rig_check(r), 0);
}

static void user_names_are_unique_among_all_credentials(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephones/3", "{\"username\": \"bob\", \"password\": \"pw\"}");
	rig_must(r, OP_PUT, "telephony-service",
		 "{\"xml_users\": {\"bob\": {\"password\": \"pw\", \"privilege_level\": 3}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	assert_non_null(rig_fault(&r->faults, "duplicate_credential"));
	assert_string_equal(rig_fault(&r->faults, "duplicate_credential")->detail,
			    "User name is already used by another credential");
	REQ("R-084");
}

static void an_xml_user_has_19_characters_and_a_level_up_to_15(void **state)
{
	struct schema_rig *r = *state;
	static const char path[] = "telephony-service/xml_users/abcdefghijklmnopqrs";

	rig_must(r, OP_PUT, path,
		 "{\"password\": \"1234567890123456789\", \"privilege_level\": 15}");
	assert_int_equal(rig_edit(r, OP_PATCH, path, "{\"privilege_level\": 16}"), ERR_RANGE);
	assert_int_equal(rig_edit(r, OP_PATCH, path, "{\"password\": \"12345678901234567890\"}"),
			 ERR_RANGE);
	assert_int_equal(rig_edit(r, OP_PUT, "telephony-service",
				  "{\"xml_users\": {\"abcdefghijklmnopqrst\": {\"password\": \"x\","
				  " \"privilege_level\": 1}}}"),
			 ERR_RANGE);
	REQ("R-080");
}

static void a_secret_is_sealed_kept_cleared_and_never_shown(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("ephones");
	char clear[64], *text;
	cJSON *shown, *was;

	rig_must(r, OP_PUT, "ephones/3",
		 "{\"username\": \"bob\", \"password\": \"pl4nted\", \"pin\": \"1234\"}");
	text = cJSON_PrintUnformatted(conf_get(r->conf, "ephones/3"));
	assert_null(strstr(text, "pl4nted"));
	cJSON_free(text);
	shown = schema_public(o, "3", conf_get(r->conf, "ephones/3"), true);
	text = cJSON_PrintUnformatted(shown);
	assert_non_null(strstr(text, "\"password\":{\"set\":true}"));
	assert_null(strstr(text, "sealed"));
	cJSON_free(text);
	cJSON_Delete(shown);
	assert_int_equal(
	    cfg_secret(r->store, conf_get(r->conf, "ephones/3"), "password", clear, 64), 0);
	assert_string_equal(clear, "pl4nted");

	was = cJSON_Duplicate(conf_get(r->conf, "ephones/3"), true);
	rig_must(r, OP_PATCH, "ephones/3", "{\"password\": \"pl4nted\"}");
	assert_true(cJSON_Compare(was, conf_get(r->conf, "ephones/3"), true));
	rig_must(
	    r, OP_PUT, "ephones/3",
	    "{\"username\": \"bob\", \"password\": {\"set\": true}, \"pin\": {\"set\": true}}");
	assert_true(cJSON_Compare(was, conf_get(r->conf, "ephones/3"), true));
	rig_must(r, OP_PATCH, "ephones/3", "{\"description\": \"x\"}");
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, "ephones/3"), "pin", clear, 64), 0);
	rig_must(r, OP_PATCH, "ephones/3", "{\"pin\": null}");
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, "ephones/3"), "pin", clear, 64),
			 ERR_NOENT);
	cJSON_Delete(was);

	assert_int_equal(rig_edit(r, OP_PATCH, "ephones/3", "{\"pin\": \"12a4\"}"), ERR_INVALID);
	assert_int_equal(rig_edit(r, OP_PATCH, "ephones/3", "{\"pin\": {\"$sealed\": \"x\"}}"),
			 ERR_TYPE);
	assert_int_equal(rig_edit(r, OP_PATCH, "ephones/3", "{\"pin\": {\"set\": true}}"),
			 ERR_INVALID);
}

static void a_hashed_secret_cannot_be_recovered(void **state)
{
	struct schema_rig *r = *state;
	char clear[64], *text;

	rig_must(r, OP_PUT, "telephony-service",
		 "{\"xml_users\": {\"bot\": {\"password\": \"pl4nted\", \"privilege_level\": 3}}}");
	text = cJSON_PrintUnformatted(conf_get(r->conf, "telephony-service"));
	assert_non_null(strstr(text, "$argon2id$"));
	assert_null(strstr(text, "pl4nted"));
	cJSON_free(text);
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, "telephony-service"),
				    "xml_users.bot.password", clear, 64),
			 ERR_NOENT);
}

static void hfs_needs_the_http_server_and_a_free_port(void **state)
{
	static const uint16_t ours[] = { 8080, 8443 };
	static const char taken[] = "Invalid port number or port in use by other application";
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"hfs\": {\"enabled\": true, \"port\": 6970}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "hfs_needs_http", "/hfs/enabled", "HTTP server is not enabled");
	rig_must(r, OP_PUT, "http", "{\"enabled\": true}");
	assert_int_equal(rig_check(r), 0);
	rig_must(r, OP_PUT, "http", "{\"enabled\": true, \"port\": 6970}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "hfs_port_in_use", "/hfs/port", taken);
	rig_must(r, OP_PUT, "http", "{\"enabled\": true}");
	schema_ports_set(ours, 2);
	rig_must(r, OP_PUT, "telephony-service", "{\"hfs\": {\"enabled\": true, \"port\": 8080}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "hfs_port_in_use", "/hfs/port", taken);
	rig_must(r, OP_PUT, "telephony-service", "{\"hfs\": {\"enabled\": true, \"port\": 6971}}");
	rig_must(r, OP_PUT, "http", "{\"enabled\": true, \"port\": 8443}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "hfs_port_in_use", "/port", taken);
	schema_ports_set(NULL, 0);
	assert_int_equal(rig_check(r), 0);
	assert_string_equal(rig_fault(&r->warnings, "hfs_port")->detail, "phones use port 6970");
	rig_must(r, OP_PUT, "telephony-service/hfs/enabled", "false");
	rig_assert_item(r, "telephony-service", "{}");
	REQ("R-105");
}

static void source_addresses_need_their_protocol_mode(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service",
		 "{\"source_addresses\": {\"ipv6\": {\"address\": \"2001:DB8:0::5\"}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "ipv6_needs_mode", "/source_addresses/ipv6",
			 "IPv6 source address requires protocol mode ipv6 or dual-stack");
	rig_must(r, OP_PATCH, "telephony-service",
		 "{\"protocol_mode\": {\"mode\": \"ipv6\"},"
		 " \"source_addresses\": {\"ipv4\": {\"address\": \"10.0.0.1\"}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "ipv4_needs_mode", "/source_addresses/ipv4",
			 "IPv4 source address requires protocol mode ipv4 or dual-stack");
	rig_must(r, OP_PUT, "telephony-service/protocol_mode/mode", "\"dual-stack\"");
	assert_int_equal(rig_check(r), 0);
	assert_int_equal(
	    rig_edit(r, OP_PUT, "telephony-service/source_addresses/ipv4/secondary", "\"2001::1\""),
	    ERR_INVALID);
	REQ("R-120");
	REQ("R-123");
}

static void files_per_phone_need_another_location(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"cnf_file\": {\"mode\": \"perphone\"}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "cnf_mode_needs_location", "/cnf_file/mode",
			 "cnf-file perphone/perphonetype is not supported with location system:");
	rig_must(r, OP_PUT, "telephony-service/cnf_file/location", "\"flash\"");
	assert_int_equal(rig_check(r), 0);
	assert_non_null(rig_fault(&r->warnings, "dhcp_option_150"));
	REQ("R-091");
	REQ("R-098");
}

static void an_id_is_removed_before_another_is_set(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "voice-register/global", "{\"mode\": \"cme\", \"max_pool\": 5}");
	rig_must(r, OP_PUT, "voice-register/pools/2",
		 "{\"id\": {\"kind\": \"mac\", \"mac\": \"001122334455\"}}");
	assert_int_equal(rig_edit(r, OP_PATCH, "voice-register/pools/2",
				  "{\"id\": {\"mac\": \"001122334456\"}}"),
			 ERR_CONFLICT);
	rig_assert_fault(r, "id_must_be_removed", "/id/mac",
			 "Remove the existing id before configuring a new one");
	rig_must(r, OP_PATCH, "voice-register/pools/2", "{\"id\": null}");
	rig_must(r, OP_PATCH, "voice-register/pools/2",
		 "{\"id\": {\"kind\": \"mac\", \"mac\": \"001122334456\"}}");
	rig_must(r, OP_PUT, "voice-register/pools/2/id", "{\"kind\": \"ip\"}");
	assert_int_equal(rig_check(r), ERR_INVALID);
	rig_assert_fault(r, "required", "/id/address", "Is required for id ip");
	REQ("R-233");
}

static void a_line_mode_is_fixed(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "ephone-dns/1", "{\"line_mode\": \"dual-line\"}");
	assert_int_equal(rig_edit(r, OP_PUT, "ephone-dns/1", "{\"line_mode\": \"octo-line\"}"),
			 ERR_CONFLICT);
	rig_must(r, OP_DELETE, "ephone-dns/1", NULL);
	rig_must(r, OP_PUT, "ephone-dns/1", "{\"line_mode\": \"octo-line\"}");
}

static void intercom_lines_belong_to_one_phone(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PUT, "telephony-service", "{\"max_dn\": 20}");
	rig_must(r, OP_PUT, "ephone-dns/7",
		 "{\"number\": \"A7\", \"intercom\": {\"extension\": \"A8\", \"barge_in\": true,"
		 " \"no_auto_answer\": true}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "intercom_conflict", "/intercom",
			 "barge-in and no-auto-answer are mutually exclusive");
	rig_must(r, OP_PATCH, "ephone-dns/7", "{\"intercom\": {\"barge_in\": null}}");
	rig_must(r, OP_PUT, "ephones/1",
		 "{\"buttons\": {\"2\": {\"separator\": \":\", \"dns\": [7]}}}");
	assert_int_equal(rig_check(r), 0);
	rig_commit(r);
	rig_must(r, OP_PUT, "ephones/2",
		 "{\"buttons\": {\"5\": {\"separator\": \":\", \"dns\": [7]}}}");
	assert_int_equal(rig_check(r), ERR_CONFLICT);
	rig_assert_fault(r, "intercom_shared", "/buttons/5",
			 "Intercom directory number 7 is already assigned to ephone 1");
}

static void composite_keys_are_kept_in_canonical_spelling(void **state)
{
	struct schema_rig *r = *state;

	rig_must(
	    r, OP_PUT, "telephony-service",
	    "{\"night_service\": {\"days\": {\"tue,9:30\": \"18:00\", \"mon,19:0\": \"7:15\"}}}");
	rig_assert_item(
	    r, "telephony-service",
	    "{\"night_service\":{\"days\":{\"mon,19:00\":\"07:15\",\"tue,09:30\":\"18:00\"}}}");
	rig_must(r, OP_PUT, "voice-service/voip", "{\"trusted_addresses\": {\"10.0.0.1,\": {}}}");
	rig_assert_item(r, "voice-service/voip",
			"{\"trusted_addresses\":{\"10.0.0.1,255.255.255.255\":{}}}");
	assert_int_equal(rig_edit(r, OP_PUT, "telephony-service",
				  "{\"night_service\": {\"days\": {\"mon\": \"1:00\"}}}"),
			 ERR_INVALID);
	assert_int_equal(rig_edit(r, OP_PUT, "telephony-service",
				  "{\"night_service\": {\"days\": {\"mon,9:00\": \"1:00\", "
				  "\"mon,09:00\": \"2:00\"}}}"),
			 ERR_INVALID);
}

static void enabled_of_a_mode_says_whether_it_exists(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("telephony-service");

	assert_false(cfg_bool(o, conf_get(r->conf, "telephony-service"), "enabled"));
	rig_must(r, OP_PUT, "telephony-service", "{\"enabled\": true}");
	assert_true(cfg_bool(o, conf_get(r->conf, "telephony-service"), "enabled"));
	rig_assert_item(r, "telephony-service", "{}");
	rig_must(r, OP_PATCH, "telephony-service", "{\"enabled\": false}");
	assert_null(conf_get(r->conf, "telephony-service"));
}

static void a_difference_names_field_command_and_what_phones_need(void **state)
{
	struct schema_rig *r = *state;
	const struct schema_object *o = schema_object("ephones");
	enum schema_apply apply;
	cJSON *was, *d;
	char *text;

	rig_must(r, OP_PUT, "ephones/3",
		 "{\"description\": \"a\", \"password\": \"one\", \"username\": \"u\"}");
	was = cJSON_Duplicate(conf_get(r->conf, "ephones/3"), true);
	rig_must(r, OP_PATCH, "ephones/3",
		 "{\"description\": \"b\", \"password\": \"two\", \"keepalive\": 60}");
	d = schema_diff(o, was, conf_get(r->conf, "ephones/3"), &apply);
	text = cJSON_PrintUnformatted(d);
	assert_string_equal(
	    text,
	    "[{\"field\":\"/description\",\"label\":\"Description\",\"command\":\"description\","
	    "\"apply\":\"none\",\"before\":\"a\",\"after\":\"b\"},"
	    "{\"field\":\"/password\",\"label\":\"Password\",\"command\":\"username\","
	    "\"apply\":\"none\",\"before\":{\"set\":true},\"after\":{\"set\":true}},"
	    "{\"field\":\"/keepalive\",\"label\":\"Keepalive\",\"command\":\"keepalive\","
	    "\"apply\":\"reset\",\"before\":null,\"after\":60}]");
	assert_int_equal(apply, APPLY_RESET);
	cJSON_free(text);
	cJSON_Delete(d);
	d = schema_diff(o, was, NULL, &apply);
	assert_int_equal(apply, APPLY_RESTART);
	assert_int_equal(cJSON_GetArraySize(d), 1);
	cJSON_Delete(d);
	cJSON_Delete(was);
}

static void reading_fills_in_defaults(void **state)
{
	const struct schema_object *ts = schema_object("telephony-service");
	const struct schema_object *dn = schema_object("ephone-dns");
	cJSON *item =
	    cJSON_Parse("{\"timeouts\":{\"busy\":3},\"source_addresses\":{\"ipv4\":{\"address\":"
			"\"10.0.0.1\"}},\"dscp\":{\"media\":40}}");
	cJSON *all;

	(void)state;
	assert_int_equal(cfg_int(ts, item, "timeouts.busy"), 3);
	assert_int_equal(cfg_int(ts, item, "timeouts.interdigit"), 10);
	assert_int_equal(cfg_int(ts, item, "source_addresses.ipv4.port"), 2000);
	assert_int_equal(cfg_int(ts, item, "dscp.media"), 40);
	assert_int_equal(cfg_int(ts, item, "dscp.signaling"), 24);
	assert_true(cfg_bool(ts, NULL, "privacy"));
	assert_string_equal(cfg_str(ts, NULL, "date_format"), "mm-dd-yy");
	assert_null(cfg_str(ts, NULL, "voicemail"));
	assert_int_equal(cfg_int(ts, NULL, "no.such.path"), 0);
	all = schema_public(dn, "7", NULL, true);
	assert_int_equal(cJSON_GetObjectItem(all, "tag")->valueint, 7);
	assert_string_equal(cJSON_GetObjectItem(all, "line_mode")->valuestring, "single");
	assert_null(cJSON_GetObjectItem(all, "paging"));
	cJSON_Delete(all);
	cJSON_Delete(item);
}

/* obscured, not encrypted. */
static void a_password_of_type_7_is_kept_as_its_clear_text(void **state)
{
	struct schema_rig *r = *state;
	char clear[64];

	rig_must(r, OP_PATCH, "sip-ua",
		 "{\"authentications\":{\"alice,\":{\"password_encoding\":7,\"password\":"
		 "\"0822455D0A16\"}}}");
	assert_int_equal(cfg_secret(r->store, conf_get(r->conf, "sip-ua"),
				    "/authentications/alice,/password", clear, sizeof(clear)),
			 0);
	assert_string_equal(clear, "cisco");
	assert_int_equal(rig_edit(r, OP_PATCH, "sip-ua",
				  "{\"authentications\":{\"alice,\":{\"password_encoding\":7,"
				  "\"password\":\"nonsense\"}}}"),
			 ERR_INVALID);
	rig_assert_fault(r, "invalid", "/authentications/alice,/password",
			 "This is no password of type 7");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_password_of_type_7_is_kept_as_its_clear_text,
						rig_setup, rig_teardown),
		T(defaults_are_left_out_and_members_stand_in_schema_order),
		T(every_fault_of_a_body_is_collected),
		T(a_merge_patch_changes_only_what_it_names),
		T(nested_members_have_paths_of_their_own),
		T(the_lowest_free_tag_is_taken),
		T(tags_above_the_limit_in_force_are_refused),
		T(what_exists_above_a_lower_limit_stays),
		T(a_tag_follows_max_dn_and_max_dn_follows_the_tags),
		T(references_must_resolve_and_referents_must_stay),
		T(an_expansion_button_names_a_button_not_a_number),
		T(values_of_a_map_can_be_referents),
		T(an_ordered_table_refuses_index_51),
		T(a_mac_address_is_unique_over_both_protocols),
		T(user_names_are_unique_among_all_credentials),
		T(an_xml_user_has_19_characters_and_a_level_up_to_15),
		T(a_secret_is_sealed_kept_cleared_and_never_shown),
		T(a_hashed_secret_cannot_be_recovered),
		T(hfs_needs_the_http_server_and_a_free_port),
		T(source_addresses_need_their_protocol_mode),
		T(files_per_phone_need_another_location),
		T(an_id_is_removed_before_another_is_set),
		T(a_line_mode_is_fixed),
		T(intercom_lines_belong_to_one_phone),
		T(composite_keys_are_kept_in_canonical_spelling),
		T(enabled_of_a_mode_says_whether_it_exists),
		T(a_difference_names_field_command_and_what_phones_need),
		cmocka_unit_test(reading_fills_in_defaults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
