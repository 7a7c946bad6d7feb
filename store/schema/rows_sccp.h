/* store/schema/rows_sccp.h - rows and lines that stand in ephone and ephone-template, or in ephone-dn and
 * ephone-dn-template: written once, because a template holds the very settings of what it stands behind.
 * Only the mode files include this; tables that the rows name are in common_sccp.c. */
#ifndef STORE_SCHEMA_ROWS_SCCP_H
#define STORE_SCHEMA_ROWS_SCCP_H

#include "store/schema/row.h"

extern const char *const schema_addons[], *const schema_mtp_modes[], *const schema_phone_codecs[];
extern const char *const schema_forward_kinds[], *const schema_forward_scopes[];
extern const char *const schema_alert_scopes[], *const schema_mwi_modes[];
extern const char *const schema_directions[], *const schema_sccp_loads[];
extern const struct schema_field schema_speed_key[], schema_fast_key[], schema_feature_key[];
extern const struct schema_field schema_sccp_features[], schema_keep_conference[];
extern const struct schema_field schema_service_phone_key[], schema_service_phone_value;
extern const struct schema_field schema_forward_key[], schema_forward[], schema_hold_alert[];
extern const struct schema_field schema_dn_timeouts[], schema_direction_key[], schema_list_name;

/* ---- ephone and ephone-template ---- */
#define EPHONE_TYPE_ROWS                                                                          \
	ROW("phone_type", T_PHONE_TYPE, "Phone type", "Model, such as 7941.",                     \
	    .choices = schema_sccp_types, .apply = APPLY_RESET),                                  \
	    ROW("addon1", T_ENUM, "First module", "Expansion module.", .choices = schema_addons,  \
		.apply = APPLY_RESET),                                                            \
	    ROW("addon2", T_ENUM, "Second module", "Expansion module.", .choices = schema_addons, \
		.apply = APPLY_RESET)
#define EPHONE_CALLS_ROWS                                                                        \
	ROW("max_calls_per_button", T_INT, "Calls per button", "Calls on one octo-line button.", \
	    .min = 1, .max = 8, .dflt = "8", .unit = "calls", .apply = APPLY_RESTART),           \
	    ROW("busy_trigger_per_button", T_INT, "Busy at",                                     \
		"Busy after this many calls; 0 never.", .max = 8, .dflt = "0", .unit = "calls",  \
		.apply = APPLY_RESTART)
#define EPHONE_SPEED_DIALS_ROW                                                  \
	MAP("speed_dials", schema_speed_key, schema_speed_dials, "Speed dials", \
	    "Numbers on free buttons.", .apply = APPLY_RESTART, .group = "Speed dials")
#define EPHONE_FASTDIALS_ROW                                                        \
	MAP("fastdials", schema_fast_key, schema_fastdials, "Personal speed dials", \
	    "Entries of the phone's menu.")
#define EPHONE_FEATURES_ROW                                                              \
	MAP("feature_buttons", schema_feature_key, schema_sccp_features, "Feature keys", \
	    "Features on line keys.", .apply = APPLY_RESTART)
#define EPHONE_SETTINGS_ROWS                                                                    \
	ROW("keepalive", T_INT, "Keepalive", "Instead of the value of the system.", .min = 10,  \
	    .max = 65535, .unit = "s", .apply = APPLY_RESET, .group = "Settings"),              \
	    ROW("codec", T_ENUM, "Codec", "Preferred way to code speech.",                      \
		.choices = schema_phone_codecs, .dflt = "g711ulaw", .apply = APPLY_RESTART),    \
	    ROW("dspfarm_assist", T_FLAG, "Transcode", "Transcode instead of sending g729r8.",  \
		.flags = F_ADVANCED, .apply = APPLY_RESTART),                                   \
	    ROW("mtp", T_ENUM, "Through this box", "Media goes through this box.",              \
		.choices = schema_mtp_modes, .apply = APPLY_RESTART),                           \
	    ROW("overlap_signal", T_BOOL, "Digit by digit", "Digits are sent one by one.",      \
		.apply = APPLY_RESTART),                                                        \
	    OBJ("keep_conference", schema_keep_conference, "Conferences",                       \
		"What happens when the initiator leaves.", .apply = APPLY_RESTART),             \
	    OBJ("paging_dn", schema_paging_dn, "Paging", "Paging set the phone belongs to.",    \
		.apply = APPLY_RESTART),                                                        \
	    ROW("night_service_bell", T_BOOL, "Night bell", "The phone rings the night bell."), \
	    ROW("after_hour_exempt", T_BOOL, "No after-hours block",                            \
		"Blocked numbers can be dialled at any time.")
#define EPHONE_LPCOR_ROWS                                                                         \
	ROW("lpcor_type", T_ENUM, "LPCOR type", "How calls of the phone are placed in a group.",  \
	    .choices = schema_lpcor_types, .group = "Call restrictions"),                         \
	    ROW("lpcor_incoming", T_STR, "LPCOR of its calls", "Group of calls from this phone.", \
		.min = 1, .max = 32, .ref = "lpcor#groups"),                                      \
	    ROW("lpcor_outgoing", T_STR, "LPCOR as target", "Group of calls to this phone.",      \
		.min = 1, .max = 32, .ref = "lpcor#groups")

#define EPHONE_CALLS_LINES                                   \
	LINE("max-calls-per-button <max_calls_per_button>"), \
	    LINE("busy-trigger-per-button <busy_trigger_per_button>")
#define EPHONE_MEDIA_LINES                                                                    \
	LINE("codec <codec> [<dspfarm_assist>]"), LINE("lpcor type <lpcor_type>"),            \
	    LINE("lpcor incoming <lpcor_incoming>"), LINE("lpcor outgoing <lpcor_outgoing>"), \
	    LINE("mtp {<mtp=audio>|<mtp>}"), LINE("keepalive <keepalive>")
#define EPHONE_DIALS_LINES                                                          \
	LINE("paging-dn <paging_dn.dn_tag> [<paging_dn.mode>]"),                    \
	    LINE("speed-dial <tag> <digits> [label <label>]", .in = "speed_dials"), \
	    LINE("fastdial <tag> <number> name <name>", .in = "fastdials")
#define EPHONE_FEATURES_LINE \
	LINE("feature-button <index> <feature> [label <label>]", .in = "feature_buttons")
#define EPHONE_REST_LINES                                                                     \
	LINE("night-service bell <night_service_bell>"),                                      \
	    LINE("keep-conference [<keep_conference.drop_last>] [<keep_conference.endcall>] " \
		 "[<keep_conference.local_only>] <keep_conference.enabled>"),                 \
	    LINE("type <phone_type> [addon 1 <addon1> [2 <addon2>]]"),                        \
	    LINE("after-hour exempt <after_hour_exempt>"), LINE("overlap-signal <overlap_signal>")

/* ---- ephone-dn and ephone-dn-template: what a change needs is not the same in both ---- */
#define DN_DESCRIPTION_ROW                                                                  \
	ROW("description", T_STR, "Description", "Header of the display when on button 1.", \
	    .flags = F_REST, .max = 40, .apply = APPLY_RESTART)
#define DN_CALLS_ROWS(need)                                                                     \
	ROW("huntstop", T_BOOL, "Stop hunting",                                                 \
	    "A busy number does not pass calls to others alike.", .dflt = "true",               \
	    .apply = (need)),                                                                   \
	    ROW("huntstop_channel", T_INT, "Channels for calls",                                \
		"Calls taken before others are tried.", .min = 1, .max = 8, .apply = (need)),   \
	    MAP("call_forward", schema_forward_key, schema_forward, "Forwarding",               \
		"Where calls go.", .apply = (need)),                                            \
	    ROW("call_forward_max_length", T_INT, "Longest target",                             \
		"Digits a user may enter for CFwdAll.", .max = 32, .unit = "digits",            \
		.apply = (need)),                                                               \
	    ROW("pickup_group", T_STR, "Pickup group", "Numbers whose calls may be picked up.", \
		.min = 1, .max = 32, .apply = (need))
#define DN_WATCH_ROW(need)                                                                   \
	ROW("allow_watch", T_BOOL, "May be watched", "Others may see whether it is in use.", \
	    .apply = (need))
#define DN_HOLD_ROWS(need)                                                                        \
	OBJ("hold_alert", schema_hold_alert, "Hold reminder", "Reminds of calls on hold.",        \
	    .apply = (need)),                                                                     \
	    OBJ("timeouts", schema_dn_timeouts, "Timers", "Instead of the values of the system.", \
		.apply = (need))
#define DN_MWI_ROW(need)                                                   \
	ROW("mwi", T_ENUM, "Message lamp", "Calls to it switch the lamp.", \
	    .choices = schema_mwi_modes, .apply = (need))
#define DN_TRANSLATION_ROW(need)                                             \
	MAPV("translation_profile", schema_direction_key, &schema_list_name, \
	     "Translation profile", "Number translation.", .apply = (need))

#define DN_HUNT_LINES                                                           \
	LINE("huntstop <huntstop>"),                                            \
	    LINE("huntstop channel {<huntstop_channel=1>|<huntstop_channel>}"), \
	    LINE("allow watch <allow_watch>")
#define DN_FORWARD_LINES                                                       \
	LINE("call-forward max-length <call_forward_max_length>"),             \
	    LINE("call-forward <kind> <target> [timeout <timeout>] [<scope>] " \
		 "[<dialplan_pattern>]",                                       \
		 .in = "call_forward")
#define DN_ALERT_LINES                                                                            \
	LINE("mwi <mwi>"), LINE("hold-alert <hold_alert.timeout> <hold_alert.scope> [recurrence " \
				"<hold_alert.recurrence>] [<hold_alert.ring_silent_dn>]")
#define DN_PROFILE_LINES                                                             \
	LINE("translation-profile <direction> <name>", .in = "translation_profile"), \
	    LINE("timeouts transfer-recall <timeouts.transfer_recall>")

#endif
