/* The text of the status views: whole texts in the layouts of cme-model 3, with values of our own. */
#include <string.h>

#include "api/status/status.h"
#include "server/core/mem.h"
#include "tests/support/test.h"

static void assert_printed(status_print print, const char *json, const char *want)
{
	cJSON *view = cJSON_Parse(json);
	struct text t;

	assert_non_null(view);
	text_init(&t, 1u << 16);
	print(view, &t);
	assert_string_equal(t.buf ? t.buf : "", want);
	text_fini(&t);
	cJSON_Delete(view);
}

#define STILL                                                                                \
	"\"media_active\":false,\"whisper_media_active\":false,\"start_media\":false,"       \
	"\"off_hook\":false,\"ringing\":false,\"reset_pending\":false,\"reset_sent\":false," \
	"\"debug\":false,\"active_line\":0,\"whisper_line\":0,\"music\":0,"

static void the_summary_has_a_block_for_each_phone(void **state)
{
	(void)state;
	assert_printed(
	    print_ephone_summary,
	    "{\"items\":[{\"tag\":7,\"index\":6,\"mac\":\"0A22C3D40E51\",\"socket\":4," STILL
	    "\"state\":\"registered\",\"privacy\":true,\"primary_dn\":9,"
	    "\"ipv6\":\"2001:DB8:0:7:A22:C3FF:FED4:E51\",\"ipv4\":\"10.9.0.51\","
	    "\"active_family\":\"ipv6\",\"device_type\":\"7975\",\"keepalives\":88,"
	    "\"buttons\":[{\"button\":1,\"dn\":9}],"
	    "\"speed_dials\":[{\"tag\":1,\"number\":\"7711\",\"label\":null}]},"
	    "{\"tag\":20,\"index\":19,\"mac\":\"0A22C3D40E99\",\"socket\":8," STILL
	    "\"state\":\"registered\",\"privacy\":false,\"primary_dn\":60,\"ipv6\":null,"
	    "\"ipv4\":\"10.9.0.99\",\"active_family\":\"ipv4\","
	    "\"device_type\":\"Telecaster 7960\",\"keepalives\":2210,"
	    "\"buttons\":[{\"button\":1,\"dn\":60},{\"button\":2,\"dn\":61}],"
	    "\"speed_dials\":[]}]}",
	    "ephone-7[6] Mac:0A22.C3D4.0E51 TCP socket:[4] activeLine:0 whisperLine:0 REGISTERED\n"
	    "mediaActive:0 whisper_mediaActive:0 startMedia:0 offhook:0 ringing:0 reset:0 "
	    "reset_sent:0 debug:0\n"
	    "privacy:1 primary_dn: 9*\n"
	    "IPv6:2001:DB8:0:7:A22:C3FF:FED4:E51* IP:10.9.0.51 7975 keepalive 88 music 0 1:9\n"
	    "spl:7711\n"
	    "\n"
	    "ephone-20[19] Mac:0A22.C3D4.0E99 TCP socket:[8] activeLine:0 whisperLine:0 "
	    "REGISTERED\n"
	    "mediaActive:0 whisper_mediaActive:0 startMedia:0 offhook:0 ringing:0 reset:0 "
	    "reset_sent:0 debug:0\n"
	    "privacy:0 primary_dn: 60*\n"
	    "IP:10.9.0.99 * Telecaster 7960 keepalive 2210 music 0 1:60 2:61\n");
}

static void the_summary_ends_with_totals(void **state)
{
	(void)state;
	assert_printed(print_ephone_summary,
		       "{\"items\":[],\"totals\":{\"max\":50,\"registered\":3,\"unregistered\":2,"
		       "\"deceased\":1,\"sockets\":4},\"conferences\":{\"max\":8,\"active\":null,"
		       "\"allowed\":null},\"moh\":{\"active_clients\":null,\"max_clients\":null,"
		       "\"media_clients\":null,\"file\":\"wait.au\"}}",
		       "Max 50, Registered 3, Unregistered 2, Deceased 1, Sockets 4\n"
		       "\n"
		       "Max Conferences 8 with - active (- allowed)\n"
		       "Skinny Music On Hold Status\n"
		       "Active MOH clients - (max -), Media Clients -\n"
		       "File wait.au\n");
}

static void one_phone_shows_its_lines(void **state)
{
	(void)state;
	assert_printed(
	    print_ephones,
	    "{\"tag\":7,\"index\":6,\"mac\":\"0A22C3D40E51\",\"socket\":-1," STILL
	    "\"paging\":false,\"state\":\"deceased\",\"sccp_version\":null,\"privacy\":true,"
	    "\"primary_dn\":9,\"ipv4\":\"10.9.0.51\",\"active_family\":\"ipv4\","
	    "\"remote_port\":null,\"device_type\":\"7975\",\"keepalives\":3,\"max_lines\":8,"
	    "\"capabilities\":null,\"lines\":[{\"button\":1,\"dn\":9,\"number\":\"2009\","
	    "\"channels\":[{\"channel\":1,\"state\":null},{\"channel\":2,\"state\":null}],"
	    "\"auto_dial\":\"2010\",\"cfa\":\"9911\",\"ring\":\"silent\",\"overlay\":true,"
	    "\"shared\":true,\"call_waiting\":true}],\"overlays\":[{\"button\":1,\"dns\":[9,10]}],"
	    "\"dnd\":true,\"preferred_codec\":\"g729r8\",\"lpcor_type\":\"local\","
	    "\"lpcor_incoming\":\"desk\",\"lpcor_outgoing\":\"street\",\"username\":\"ada\","
	    "\"paging_dn\":40}",
	    "ephone-7[6] Mac:0A22.C3D4.0E51 TCP socket:[-1] activeLine:0 whisperLine:0 DECEASED\n"
	    "mediaActive:0 whisper_mediaActive:0 startMedia:0 offhook:0 ringing:0 reset:0 "
	    "reset_sent:0 paging 0 debug:0 caps:-\n"
	    "privacy:1 primary_dn: 9\n"
	    "IP:10.9.0.51 * - 7975 keepalive 3 max_line 8 available_line -\n"
	    "button 1: dn 9 number 2009 auto dial 2010 CFA 9911 CH1 - CH2 - silent-ring overlay "
	    "shared cw\n"
	    "overlay 1: 9 10\n"
	    "DnD\n"
	    "Preferred Codec: g729r8\n"
	    "Lpcor Type: local Incoming: desk Outgoing: street\n"
	    "Username: ada Password: <hidden>\n"
	    "paging-dn 40\n");
}

static void sockets_name_their_owners(void **state)
{
	(void)state;
	assert_printed(
	    print_sockets,
	    "{\"listen_ipv4\":{\"open\":true,\"fd\":0},\"listen_ipv6\":{\"open\":true,\"fd\":1},"
	    "\"listen_secure_ipv4\":{\"open\":false,\"fd\":-1},"
	    "\"listen_secure_ipv6\":{\"open\":false,\"fd\":-1},\"connections\":["
	    "{\"owner\":{\"kind\":\"phone\",\"id\":4},\"slot\":5,\"fd\":6,\"family\":\"ipv6\","
	    "\"read\":{\"offset\":0,\"header\":false,\"length\":0},"
	    "\"resend\":{\"offset\":0,\"flag\":false,\"queue_depth\":0}},"
	    "{\"owner\":{\"kind\":\"mtp\",\"id\":1},\"slot\":6,\"fd\":7,\"family\":\"ipv4\","
	    "\"read\":{\"offset\":12,\"header\":true,\"length\":12},"
	    "\"resend\":{\"offset\":0,\"flag\":true,\"queue_depth\":80}}]}",
	    "skinny_tcp_listen_socket fd = 0\n"
	    "\n"
	    "skinny_tcp_listen_socket (ipv6) fd = 1\n"
	    "\n"
	    "skinny_secure_tcp_listen_socket fd = -1\n"
	    "skinny_secure_tcp_listen_socket (ipv6) fd = -1\n"
	    "\n"
	    "Phone 4,\n"
	    "skinny_sockets[5] fd = 6 [ipv6]\n"
	    "read_buffer 0x0, read_offset 0, read_header N, read_length 0\n"
	    "resend_queue 0x0, resend_offset 0, resend_flag N, resend_Q_depth 0\n"
	    "MTP 1,\n"
	    "skinny_sockets[6] fd = 7\n"
	    "read_buffer 0x0, read_offset 12, read_header Y, read_length 12\n"
	    "resend_queue 0x0, resend_offset 0, resend_flag Y, resend_Q_depth 80\n");
}

static void refused_sccp_phones_stand_in_the_order_of_entry(void **state)
{
	(void)state;
	assert_printed(
	    print_ephone_attempts,
	    "{\"items\":[{\"num\":1,\"mac\":\"0A55AA001122\","
	    "\"attempted_at_text\":\"11:20:31 UTC Tue Jun 2 2026\","
	    "\"device_type\":\"SCCP Gateway (AN)\"},{\"num\":2,\"mac\":\"0A55AA003344\","
	    "\"attempted_at_text\":\"10:02:00 UTC Tue Jun 2 2026\",\"device_type\":null}]}",
	    "\n"
	    "Attempting Mac address:\n"
	    "\n"
	    "Num Mac Address DateTime DeviceType\n"
	    "-----\n"
	    "1 0A55.AA00.1122 11:20:31 UTC Tue Jun 2 2026 SCCP Gateway (AN)\n"
	    "2 0A55.AA00.3344 10:02:00 UTC Tue Jun 2 2026 -\n");
	REQ("R-013");
}

static void a_pool_is_told_line_by_line(void **state)
{
	(void)state;
	assert_printed(
	    print_pools,
	    "{\"tag\":8,\"id\":{\"kind\":\"mac\",\"mac\":\"0A778899AABB\"},\"type\":\"7962\","
	    "\"addons\":[],\"numbers\":[{\"tag\":1,\"dn\":21},{\"tag\":2,\"dn\":6}],\"proxy\":null,"
	    "\"phone_load\":\"Cisco-CP7962G/9.4.2\",\"dtmf_relay\":{\"enabled\":true,\"methods\":["
	    "\"rtp-nte\",\"sip-notify\"]},\"call_waiting\":true,\"dnd\":false,\"video\":false,"
	    "\"camera\":false,\"busy_trigger_per_button\":2,\"blf_speed_dials\":[{\"tag\":1,"
	    "\"number\":\"5102\",\"label\":\"door\"},{\"tag\":2,\"number\":\"5177\","
	    "\"label\":\"5177\"}],\"fastdials\":[{\"tag\":1,\"number\":\"5500\"}],"
	    "\"feature_buttons\":[],\"keep_conference\":true,\"username\":\"jdoe\",\"template\":3,"
	    "\"kpml\":true,\"lpcor_type\":null,\"transport\":\"tcp\",\"service_control\":true,"
	    "\"registration_method\":\"bulk-completed\","
	    "\"registration_call_id\":\"0a778899-aabb0004@10.9.0.61\","
	    "\"privacy\":{\"configured\":true,\"initial\":\"on\",\"current\":\"on\"},"
	    "\"privacy_button\":true,\"active_primary_line\":\"5101\"}",
	    "  Pool Tag 8\n"
	    "Config:\n"
	    "  Mac address is 0A77.8899.AABB\n"
	    "  Type is 7962\n"
	    "  Number list 1 : DN 21\n"
	    "  Number list 2 : DN 6\n"
	    "  Proxy Ip address is 0.0.0.0\n"
	    "  Current Phone load version is Cisco-CP7962G/9.4.2\n"
	    "  DTMF Relay is enabled, rtp-nte, sip-notify\n"
	    "  Call Waiting is enabled\n"
	    "  DnD is disabled\n"
	    "  Video is disabled\n"
	    "  Camera is disabled\n"
	    "  Busy trigger per button value is 2\n"
	    "  speed-dial blf 1 5102 label door\n"
	    "  speed-dial blf 2 5177 label 5177\n"
	    "  fastdial 1 5500\n"
	    "  keep-conference is enabled\n"
	    "  username jdoe password <hidden>\n"
	    "  template is 3\n"
	    "  kpml signal is enabled\n"
	    "  Lpcor Type is none\n"
	    "  Transport type is tcp\n"
	    "  service-control mechanism is supported\n"
	    "  Registration method: bulk - completed\n"
	    "  registration Call ID is 0a778899-aabb0004@10.9.0.61\n"
	    "  Privacy is configured:  init status: ON, current status: ON\n"
	    "\n"
	    "Privacy button is enabled\n"
	    "active primary line is: 5101\n");
}

static void brief_has_a_row_for_each_line(void **state)
{
	(void)state;
	assert_printed(
	    print_pools,
	    "{\"items\":[{\"pool\":8,\"id\":\"0A778899AABB\",\"address\":\"10.9.0.61\",\"line\":1,"
	    "\"dn\":21,\"number\":\"5101\",\"state\":\"registered\"},{\"pool\":9,"
	    "\"id\":\"10.9.0.62\",\"address\":null,\"line\":1,\"dn\":22,\"number\":\"5102\","
	    "\"state\":\"unregistered\"}]}",
	    "Pool ID              IP Address      Ln  DN   Number               State\n"
	    "==== =============== =============== === ==== ==================== ============\n"
	    "8    0A77.8899.AABB  10.9.0.61       1   21   5101$                REGISTERED\n"
	    "9    10.9.0.62       -               1   22   5102                 UNREGISTERED\n");
}

static void an_empty_table_of_refused_sip_phones_says_none(void **state)
{
	(void)state;
	assert_printed(print_pool_attempts, "{\"items\":[]}",
		       "Phones that have attempted registrations and have failed:\n\nNONE\n");
}

static void the_registrar_shows_three_lines_for_each_number(void **state)
{
	(void)state;
	assert_printed(
	    print_registrar,
	    "{\"items\":[{\"line\":\"5101\",\"destination\":\"10.9.0.61\",\"expires_in\":3571,"
	    "\"contact\":\"10.9.0.61\",\"transport\":\"TCP\",\"call_id\":\"61820077@10.9.0.61\","
	    "\"peer\":40003},{\"line\":\"5110\",\"destination\":\"10.9.0.72\",\"expires_in\":95,"
	    "\"contact\":\"10.9.0.72\",\"transport\":\"UDP\",\"call_id\":\"61820099@10.9.0.72\","
	    "\"peer\":null}]}",
	    "Line          destination          expires(sec)  contact\n"
	    "transport    call-id\n"
	    "              peer\n"
	    "=====\n"
	    "5101          10.9.0.61            3571          10.9.0.61\n"
	    "TCP           61820077@10.9.0.61\n"
	    "              40003\n"
	    "5110          10.9.0.72            95            10.9.0.72\n"
	    "UDP           61820099@10.9.0.72\n"
	    "              -\n");
}

static void hfs_says_where_it_serves(void **state)
{
	(void)state;
	assert_printed(
	    print_hfs,
	    "{\"enabled\":true,\"port\":6970,\"uses_default_port\":false,\"session_id\":4,"
	    "\"home_path\":\"flash:/sets/\",\"ongoing_home_fetches\":2,\"bindings_count\":9,"
	    "\"url_entries\":6,\"alias_entries\":6}",
	    "Fetch Service Enabled = Y\n"
	    "  App enabled port = 6970\n"
	    "  Use default port = N\n"
	    "  Registered session-id = 4\n"
	    "\n"
	    "Default home path = flash:/sets/\n"
	    "  Ongoing fetches from home = 2\n"
	    "\n"
	    "HTTP File Server Bindings\n"
	    "  No. of bindings = 9\n"
	    "  No. of url table entries = 6\n"
	    "  No. of alias table entries = 6\n");
}

static void flash_lists_files_and_room(void **state)
{
	(void)state;
	assert_printed(
	    print_flash,
	    "{\"items\":[{\"name\":\"SCCP41.9-4-2SR3-1S.loads\",\"length\":656,"
	    "\"modified_at\":\"2026-02-09T06:10:45.000Z\"},{\"name\":\"sets\",\"length\":0,"
	    "\"modified_at\":\"2026-03-13T18:01:30.000Z\"}],\"free_bytes\":14400000,"
	    "\"used_bytes\":656}",
	    "-#- --length-- -----date/time----- path\n"
	    "1      656 Feb 9 2026 06:10:45 +00:00 SCCP41.9-4-2SR3-1S.loads\n"
	    "2      0 Mar 13 2026 18:01:30 +00:00 sets\n"
	    "14400000 bytes available (656 bytes used)\n");
}

static void dscp_is_told_with_its_byte(void **state)
{
	(void)state;
	assert_printed(print_telephony,
		       "{\"version\":\"1.2.3\",\"protocol_mode\":\"default\",\"dscp\":{"
		       "\"media\":{\"name\":\"ef\",\"value\":46,\"tos\":\"0xB8\"},"
		       "\"service\":{\"name\":\"default\",\"value\":0,\"tos\":\"0x0\"},"
		       "\"signaling\":{\"name\":\"cs3\",\"value\":24,\"tos\":\"0x60\"},"
		       "\"video\":{\"name\":\"af41\",\"value\":34,\"tos\":\"0x88\"}},\"cnf_file\":{"
		       "\"location\":\"flash\",\"option\":\"PER-PHONE\",\"version_stamp\":null},"
		       "\"max_dn\":20,\"hfs\":{\"port\":6970}}",
		       "CONFIG (Version=1.2.3)\n"
		       "=====================\n"
		       "Version 1.2.3\n"
		       "protocol mode default\n"
		       "ip qos dscp:\n"
		       " ef (the MS 6 bits, 46, in ToS, 0xB8) for media\n"
		       " cs3 (the MS 6 bits, 24, in ToS, 0x60) for signal\n"
		       " af41 (the MS 6 bits, 34, in ToS, 0x88) for video\n"
		       " default (the MS 6 bits, 0, in ToS, 0x0) for service\n"
		       "cnf-file location flash\n"
		       "cnf-file option: PER-PHONE\n"
		       "version-stamp -\n"
		       "max_dn: 20\n"
		       "hfs:\n"
		       " port: 6970\n");
}

static void a_view_without_a_layout_is_a_table_or_members(void **state)
{
	(void)state;
	assert_printed(print_any,
		       "{\"items\":[{\"address\":\"10.0.0.0\",\"mask\":\"255.0.0.0\","
		       "\"origin\":\"configured\"},{\"address\":\"192.0.2.9\",\"mask\":null,"
		       "\"origin\":\"dial-peer\"}],\"next_cursor\":null}",
		       "address   mask      origin\n"
		       "10.0.0.0  255.0.0.0 configured\n"
		       "192.0.2.9 -         dial-peer\n");
	assert_printed(print_any, "{\"items\":[],\"next_cursor\":null}", "NONE\n");
	assert_printed(print_any, "{\"ip\":\"10.0.0.1\",\"port\":2444,\"on\":true,\"x\":null}",
		       "ip: 10.0.0.1\nport: 2444\non: yes\nx: -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_summary_has_a_block_for_each_phone),
		cmocka_unit_test(the_summary_ends_with_totals),
		cmocka_unit_test(one_phone_shows_its_lines),
		cmocka_unit_test(sockets_name_their_owners),
		cmocka_unit_test(refused_sccp_phones_stand_in_the_order_of_entry),
		cmocka_unit_test(a_pool_is_told_line_by_line),
		cmocka_unit_test(brief_has_a_row_for_each_line),
		cmocka_unit_test(an_empty_table_of_refused_sip_phones_says_none),
		cmocka_unit_test(the_registrar_shows_three_lines_for_each_number),
		cmocka_unit_test(hfs_says_where_it_serves),
		cmocka_unit_test(flash_lists_files_and_room),
		cmocka_unit_test(dscp_is_told_with_its_byte),
		cmocka_unit_test(a_view_without_a_layout_is_a_table_or_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
