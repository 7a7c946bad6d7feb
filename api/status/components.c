/* api/status/components.c - JSON Schemas of the views and actions. What no engine knows yet may be null. */
#include "api/components.h"
#include "api/json_schema.h"

/* clang-format off */
#define NUM0    "{\"type\":[\"integer\",\"null\"]}"
#define BOOL0   "{\"type\":[\"boolean\",\"null\"]}"
#define ANY     "{}"
#define ENUM(l) "{\"enum\":[" l "]}"

const struct api_component status_components[] = {
	{ "EphoneChannel", CLOSED("\"channel\",\"state\"",
		"\"channel\":" NUM ",\"state\":" STR0) },
	{ "EphoneLine", CLOSED("\"button\",\"dn\",\"number\",\"channels\",\"auto_dial\",\"cfa\",\"ring\",\"overlay\",\"shared\",\"call_waiting\"",
		"\"button\":" NUM ",\"dn\":" NUM ",\"number\":" STR0 ",\"channels\":" LIST(REF("EphoneChannel")) ",\"auto_dial\":" STR0
		",\"cfa\":" STR0 ",\"ring\":" STR ",\"overlay\":" BOOL ",\"shared\":" BOOL ",\"call_waiting\":" BOOL) },
	{ "EphoneStatus", CLOSED("\"tag\",\"index\",\"mac\",\"socket\",\"active_line\",\"whisper_line\",\"state\",\"sccp_version\",\"max_streams\",\"media_active\",\"whisper_media_active\",\"start_media\",\"off_hook\",\"ringing\",\"reset_pending\",\"reset_sent\",\"paging\",\"debug\",\"capabilities\",\"privacy\",\"primary_dn\",\"ipv4\",\"ipv6\",\"active_family\",\"remote_port\",\"device_type\",\"keepalives\",\"music\",\"max_lines\",\"available_lines\",\"buttons\",\"speed_dials\",\"lines\",\"overlays\",\"dnd\",\"preferred_codec\",\"lpcor_type\",\"lpcor_incoming\",\"lpcor_outgoing\",\"username\",\"paging_dn\",\"active_call\"",
		"\"tag\":" NUM ",\"index\":" NUM ",\"mac\":" STR0 ",\"socket\":" NUM ",\"active_line\":" NUM0 ",\"whisper_line\":" NUM0
		",\"state\":" ENUM("\"registered\",\"unregistered\",\"deceased\",\"attempting\"") ",\"sccp_version\":" STR0
		",\"max_streams\":" NUM0 ",\"media_active\":" BOOL0 ",\"whisper_media_active\":" BOOL0 ",\"start_media\":" BOOL0
		",\"off_hook\":" BOOL0 ",\"ringing\":" BOOL0 ",\"reset_pending\":" BOOL0 ",\"reset_sent\":" BOOL ",\"paging\":" BOOL0
		",\"debug\":" BOOL0 ",\"capabilities\":" NUM0 ",\"privacy\":" BOOL ",\"primary_dn\":" NUM0 ",\"ipv4\":" STR0
		",\"ipv6\":" STR0 ",\"active_family\":" ENUM("\"ipv4\",\"ipv6\",null") ",\"remote_port\":" NUM0 ",\"device_type\":" STR0
		",\"keepalives\":" NUM0 ",\"music\":" NUM0 ",\"max_lines\":" NUM0 ",\"available_lines\":" NUM0
		",\"buttons\":" LIST(CLOSED("\"button\",\"dn\"",
		"\"button\":" NUM ",\"dn\":" NUM0)) ",\"speed_dials\":" LIST(CLOSED("\"tag\",\"number\",\"label\"",
		"\"tag\":" NUM ",\"number\":" STR0 ",\"label\":" STR0)) ",\"lines\":" LIST(REF("EphoneLine"))
		",\"overlays\":" LIST(CLOSED("\"button\",\"dns\"",
		"\"button\":" NUM ",\"dns\":" ARRAY(NUM))) ",\"dnd\":" BOOL0 ",\"preferred_codec\":" STR0 ",\"lpcor_type\":" STR0
		",\"lpcor_incoming\":" STR0 ",\"lpcor_outgoing\":" STR0 ",\"username\":" STR0 ",\"paging_dn\":" NUM0 ",\"active_call\":" ANY) },
	{ "EphonePage", PAGE(REF("EphoneStatus")) },
	{ "EphoneSummary", OBJECT("\"items\",\"totals\",\"conferences\",\"moh\"",
		"\"items\":" LIST(REF("EphoneStatus")) ",\"totals\":" CLOSED("\"max\",\"registered\",\"unregistered\",\"deceased\",\"sockets\"",
		"\"max\":" NUM0 ",\"registered\":" NUM ",\"unregistered\":" NUM ",\"deceased\":" NUM ",\"sockets\":" NUM0)
		",\"conferences\":" CLOSED("\"max\",\"active\",\"allowed\"",
		"\"max\":" NUM0 ",\"active\":" NUM0 ",\"allowed\":" NUM0)
		",\"moh\":" CLOSED("\"active_clients\",\"max_clients\",\"media_clients\",\"file\"",
		"\"active_clients\":" NUM0 ",\"max_clients\":" NUM0 ",\"media_clients\":" NUM0 ",\"file\":" STR0)) },
	{ "Listener", CLOSED("\"open\",\"fd\"",
		"\"open\":" BOOL ",\"fd\":" NUM) },
	{ "EphoneSockets", OBJECT("\"listen_ipv4\",\"listen_ipv6\",\"listen_secure_ipv4\",\"listen_secure_ipv6\",\"open_sockets\",\"connections\"",
		"\"listen_ipv4\":" REF("Listener") ",\"listen_ipv6\":" REF("Listener") ",\"listen_secure_ipv4\":" REF("Listener")
		",\"listen_secure_ipv6\":" REF("Listener") ",\"open_sockets\":" NUM
		",\"connections\":" LIST(OBJECT("\"owner\",\"slot\",\"fd\",\"family\",\"read\",\"resend\"",
		"\"owner\":" CLOSED("\"kind\",\"id\"",
		"\"kind\":" ENUM("\"phone\",\"mtp\"") ",\"id\":" NUM0) ",\"slot\":" NUM ",\"fd\":" NUM
		",\"family\":" ENUM("\"ipv4\",\"ipv6\"") ",\"read\":" CLOSED("\"offset\",\"header\",\"length\"",
		"\"offset\":" NUM ",\"header\":" BOOL ",\"length\":" NUM) ",\"resend\":" CLOSED("\"offset\",\"flag\",\"queue_depth\"",
		"\"offset\":" NUM ",\"flag\":" BOOL ",\"queue_depth\":" NUM)))) },
	{ "EphoneAttemptPage", PAGE(CLOSED("\"num\",\"mac\",\"attempted_at\",\"attempted_at_text\",\"device_type\"",
		"\"num\":" NUM ",\"mac\":" STR0 ",\"attempted_at\":" TIME ",\"attempted_at_text\":" STR ",\"device_type\":" STR0)) },
	{ "RejectionPage", PAGE(CLOSED("\"mac\",\"at\",\"reason\"",
		"\"mac\":" STR0 ",\"at\":" TIME0 ",\"reason\":" STR)) },
	{ "PoolStatistics", CLOSED("\"active\",\"phones_registered\",\"reg_requests\",\"reg_success\",\"reg_failed\",\"unreg_requests\",\"unreg_success\",\"unreg_failed\",\"attempts_after_unregister\",\"last_register_at\",\"last_unregister_at\",\"last_register_success_at\",\"last_unregister_success_at\"",
		"\"active\":" NUM ",\"phones_registered\":" NUM ",\"reg_requests\":" NUM0 ",\"reg_success\":" NUM0
		",\"reg_failed\":" NUM0 ",\"unreg_requests\":" NUM0 ",\"unreg_success\":" NUM0 ",\"unreg_failed\":" NUM0
		",\"attempts_after_unregister\":" NUM0 ",\"last_register_at\":" TIME0 ",\"last_unregister_at\":" TIME0
		",\"last_register_success_at\":" TIME0 ",\"last_unregister_success_at\":" TIME0) },
	{ "PoolStatus", CLOSED("\"tag\",\"state\",\"id\",\"type\",\"addons\",\"numbers\",\"proxy\",\"phone_load\",\"dtmf_relay\",\"call_waiting\",\"dnd\",\"video\",\"camera\",\"busy_trigger_per_button\",\"blf_speed_dials\",\"fastdials\",\"feature_buttons\",\"keep_conference\",\"username\",\"template\",\"kpml\",\"erl\",\"lpcor_type\",\"lpcor_incoming\",\"lpcor_outgoing\",\"transport\",\"service_control\",\"registration_method\",\"registration_call_id\",\"expires_max\",\"expires_min\",\"privacy\",\"privacy_button\",\"active_primary_line\",\"contact\",\"sis_version\",\"conference\",\"paging_dn\",\"unregistered_reason\",\"dial_peers\",\"statistics\"",
		"\"tag\":" NUM ",\"state\":" ENUM("\"registered\",\"unregistered\"") ",\"id\":" CLOSED("\"kind\",\"mac\",\"address\",\"mask\"",
		"\"kind\":" STR0 ",\"mac\":" STR0 ",\"address\":" STR0 ",\"mask\":" STR0) ",\"type\":" STR0 ",\"addons\":" LIST(STR)
		",\"numbers\":" LIST(CLOSED("\"tag\",\"dn\"",
		"\"tag\":" NUM ",\"dn\":" NUM)) ",\"proxy\":" STR0 ",\"phone_load\":" STR0 ",\"dtmf_relay\":" CLOSED("\"enabled\",\"methods\"",
		"\"enabled\":" BOOL ",\"methods\":" LIST(STR)) ",\"call_waiting\":" BOOL0 ",\"dnd\":" BOOL0 ",\"video\":" BOOL0
		",\"camera\":" BOOL0 ",\"busy_trigger_per_button\":" NUM0 ",\"blf_speed_dials\":" LIST(ANY) ",\"fastdials\":" LIST(ANY)
		",\"feature_buttons\":" LIST(ANY) ",\"keep_conference\":" BOOL0 ",\"username\":" STR0 ",\"template\":" NUM0
		",\"kpml\":" BOOL0 ",\"erl\":" ANY ",\"lpcor_type\":" STR0 ",\"lpcor_incoming\":" STR0 ",\"lpcor_outgoing\":" STR0
		",\"transport\":" STR0 ",\"service_control\":" BOOL0
		",\"registration_method\":" ENUM("\"per-line\",\"bulk-in-progress\",\"bulk-completed\",null")
		",\"registration_call_id\":" STR0 ",\"expires_max\":" NUM0 ",\"expires_min\":" NUM0
		",\"privacy\":" CLOSED("\"configured\",\"initial\",\"current\"",
		"\"configured\":" BOOL ",\"initial\":" STR0 ",\"current\":" STR0) ",\"privacy_button\":" BOOL0
		",\"active_primary_line\":" STR0 ",\"contact\":" CLOSED("\"address\",\"port\"",
		"\"address\":" STR0 ",\"port\":" NUM0) ",\"sis_version\":" CLOSED("\"phone\",\"server\"",
		"\"phone\":" STR0 ",\"server\":" STR0) ",\"conference\":" CLOSED("\"admin\",\"add_mode\",\"drop_mode\"",
		"\"admin\":" ANY ",\"add_mode\":" ANY ",\"drop_mode\":" ANY) ",\"paging_dn\":" CLOSED("\"configured\",\"effective\",\"mode\"",
		"\"configured\":" NUM0 ",\"effective\":" NUM0 ",\"mode\":" STR0) ",\"unregistered_reason\":" STR0 ",\"dial_peers\":" ANY
		",\"statistics\":" REF("PoolStatistics")) },
	{ "PoolRow", CLOSED("\"pool\",\"id\",\"address\",\"line\",\"dn\",\"number\",\"state\"",
		"\"pool\":" NUM ",\"id\":" STR0 ",\"address\":" STR0 ",\"line\":" NUM0 ",\"dn\":" NUM0 ",\"number\":" STR0
		",\"state\":" ENUM("\"registered\",\"unregistered\"")) },
	{ "PoolPage", PAGE("{\"anyOf\":[" REF("PoolStatus") "," REF("PoolRow") "]}") },
	{ "PoolStatusOrRows", "{\"anyOf\":[" REF("PoolStatus") "," PAGE(REF("PoolRow")) "]}" },
	{ "PoolAttemptPage", PAGE(CLOSED("\"mac\",\"ip\",\"attempts\",\"first_attempt\",\"latest_attempt\",\"reason\"",
		"\"mac\":" STR0 ",\"ip\":" STR0 ",\"attempts\":" NUM ",\"first_attempt\":" TIME ",\"latest_attempt\":" TIME
		",\"reason\":" STR0)) },
	{ "HfsStatus", OBJECT("\"enabled\",\"port\",\"uses_default_port\",\"session_id\",\"home_path\",\"ongoing_home_fetches\",\"bindings_count\",\"url_entries\",\"alias_entries\"",
		"\"enabled\":" BOOL ",\"port\":" NUM0 ",\"uses_default_port\":" BOOL ",\"session_id\":" NUM0 ",\"home_path\":" STR0
		",\"ongoing_home_fetches\":" NUM ",\"bindings_count\":" NUM ",\"url_entries\":" NUM ",\"alias_entries\":" NUM) },
	{ "HfsBindingPage", PAGE(CLOSED("\"file\",\"alias\",\"url\",\"fetches\",\"last_fetch_at\"",
		"\"file\":" STR ",\"alias\":" STR0 ",\"url\":" STR ",\"fetches\":" NUM0 ",\"last_fetch_at\":" TIME0)) },
	{ "RegistrarPage", PAGE(CLOSED("\"line\",\"destination\",\"expires_in\",\"contact\",\"transport\",\"call_id\",\"peer\"",
		"\"line\":" STR ",\"destination\":" STR ",\"expires_in\":" NUM ",\"contact\":" STR0
		",\"transport\":" ENUM("\"UDP\",\"TCP\",\"TLS\"") ",\"call_id\":" STR0 ",\"peer\":" NUM0)) },
	{ "RegistrationPage", PAGE(CLOSED("\"line\",\"peer\",\"expires_in\",\"registered\"",
		"\"line\":" STR ",\"peer\":" NUM0 ",\"expires_in\":" NUM0 ",\"registered\":" BOOL)) },
	{ "Dscp", CLOSED("\"media\",\"service\",\"signaling\",\"video\"",
		"\"media\":" CLOSED("\"name\",\"value\",\"tos\"",
		"\"name\":" STR ",\"value\":" NUM ",\"tos\":" STR) ",\"service\":" CLOSED("\"name\",\"value\",\"tos\"",
		"\"name\":" STR ",\"value\":" NUM ",\"tos\":" STR) ",\"signaling\":" CLOSED("\"name\",\"value\",\"tos\"",
		"\"name\":" STR ",\"value\":" NUM ",\"tos\":" STR) ",\"video\":" CLOSED("\"name\",\"value\",\"tos\"",
		"\"name\":" STR ",\"value\":" NUM ",\"tos\":" STR)) },
	{ "TelephonyStatus", OBJECT("\"version\",\"max_sccp_version\",\"max_sccp_version_dspfarm\",\"dscp\",\"cnf_file\",\"conference\",\"protocol_mode\",\"hunt_groups\",\"hunt_groups_with_statistics\"",
		"\"version\":" STR ",\"max_sccp_version\":" NUM ",\"max_sccp_version_dspfarm\":" NUM0 ",\"dscp\":" REF("Dscp")
		",\"cnf_file\":" CLOSED("\"location\",\"option\",\"version_stamp\"",
		"\"location\":" STR ",\"option\":" ENUM("\"PER-SYSTEM\",\"PER-PHONE-TYPE\",\"PER-PHONE\"") ",\"version_stamp\":" STR0)
		",\"conference\":" ENUM("\"software\",\"hardware\"") ",\"protocol_mode\":" STR ",\"hunt_groups\":" NUM
		",\"hunt_groups_with_statistics\":" NUM) },
	{ "ItemPage", PAGE("{\"type\":\"object\"}") },
	{ "TftpBindingPage", PAGE(CLOSED("\"file\",\"location\"",
		"\"file\":" STR ",\"location\":" STR)) },
	{ "FacStatus", CLOSED("\"mode\",\"features\",\"aliases\"",
		"\"mode\":" STR0 ",\"features\":" ANY ",\"aliases\":" ANY) },
	{ "DirectoryPage", PAGE(OBJECT("\"tag\"",
		"\"tag\":" NUM)) },
	{ "AdminPage", PAGE(CLOSED("\"username\",\"privilege_level\"",
		"\"username\":" STR ",\"privilege_level\":" NUM0)) },
	{ "ConferenceStatus", CLOSED("\"enabled\",\"conferences_active\",\"participants\"",
		"\"enabled\":" BOOL ",\"conferences_active\":" NUM0 ",\"participants\":" NUM0) },
	{ "VoiceRegisterStatus", OBJECT("\"version\",\"dscp\",\"syncinfo_stamp\",\"statistics\"",
		"\"version\":" STR ",\"dscp\":" REF("Dscp") ",\"syncinfo_stamp\":" STR0 ",\"statistics\":" REF("PoolStatistics")) },
	{ "CredentialsStatus", CLOSED("\"ip\",\"port\",\"trustpoint\"",
		"\"ip\":" STR0 ",\"port\":" NUM0 ",\"trustpoint\":" STR0) },
	{ "SubscriptionPage", PAGE(CLOSED("\"subscription_id\",\"mechanism\",\"watcher\",\"target\",\"expires_in\",\"state\"",
		"\"subscription_id\":" NUM ",\"mechanism\":" ENUM("\"subscribe\",\"unsolicited\"") ",\"watcher\":" STR ",\"target\":" STR
		",\"expires_in\":" NUM0 ",\"state\":" STR)) },
	{ "TrustedPage", PAGE(CLOSED("\"address\",\"mask\",\"origin\"",
		"\"address\":" STR ",\"mask\":" STR0 ",\"origin\":" ENUM("\"configured\",\"dial-peer\""))) },
	{ "FlashStatus", CLOSED("\"items\",\"free_bytes\",\"used_bytes\"",
		"\"items\":" LIST(CLOSED("\"name\",\"length\",\"directory\",\"modified_at\"",
		"\"name\":" STR ",\"length\":" NUM ",\"directory\":" BOOL ",\"modified_at\":" TIME)) ",\"free_bytes\":" NUM0
		",\"used_bytes\":" NUM) },
	{ "StampStatus", CLOSED("\"files\",\"next_cursor\",\"last_announced_at\",\"last_result\",\"peer\",\"different\",\"missing\",\"extra\"",
		"\"files\":" LIST(CLOSED("\"name\",\"stamp\",\"manual\",\"changed_at\"",
		"\"name\":" STR ",\"stamp\":" STR0 ",\"manual\":" BOOL ",\"changed_at\":" TIME0)) ",\"next_cursor\":" STR0
		",\"last_announced_at\":" TIME0 ",\"last_result\":" STR0 ",\"peer\":" STR0 ",\"different\":" LIST(ANY)
		",\"missing\":" LIST(STR) ",\"extra\":" LIST(STR)) },
	{ "ResetRequest", CLOSED("", "\"protocol\":" ENUM("\"sccp\",\"sip\"")
		",\"scope\":" ENUM("\"all\",\"mac\",\"sequence-all\",\"cancel\"") ",\"mac\":" STR
		",\"interval\":{\"type\":[\"integer\",\"null\"],\"minimum\":0,\"maximum\":60}") },
	{ "PhonesDone", CLOSED("\"action\",\"devices\"", "\"action\":" ENUM("\"reset\",\"restart\"")
		",\"devices\":" LIST(STR)) },
	{ "AllDone", CLOSED("\"protocol\",\"action\",\"scope\",\"interval\",\"phones\"", "\"protocol\":" STR
		",\"action\":" STR ",\"scope\":" STR ",\"interval\":" NUM0 ",\"phones\":" NUM) },
	{ "ResetDone", "{\"anyOf\":[" REF("AllDone") "," REF("PhonesDone") "]}" },
	{ "ResetPage", PAGE(CLOSED("\"protocol\",\"action\",\"scope\",\"interval\",\"phones\",\"done\","
		"\"waiting_for\",\"started_at\",\"who\"", "\"protocol\":" STR ",\"action\":" STR ",\"scope\":" STR
		",\"interval\":" NUM0 ",\"phones\":" NUM ",\"done\":" NUM ",\"waiting_for\":" STR0
		",\"started_at\":" TIME ",\"who\":" STR)) },
	{ "CreateRequest", CLOSED("", "\"version_stamp\":" STR0) },
	{ "ExecRequest", CLOSED("\"command\"", "\"command\":" STR) },
	{ "ExecDone", OBJECT("\"text\"", "\"text\":" STR) },
	{ "LogCategory", CLOSED("\"name\",\"help\",\"debug\"", "\"name\":" STR ",\"help\":" STR ",\"debug\":" BOOL) },
	{ "LogCategoryPage", PAGE(REF("LogCategory")) },
	{ "LogCategorySwitch", CLOSED("\"debug\"", "\"debug\":" BOOL) },
	{ "MkdirRequest", CLOSED("\"name\"", "\"name\":" STR) },
	{ 0 },
};
/* clang-format on */
