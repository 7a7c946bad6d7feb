/* store/schema/rows_sip.h - rows and lines that stand in voice register pool and voice register template:
 * written once, because a template holds the very settings of the pools it stands behind. Only these
 * mode files include this; tables that the rows name are in common_sip.c. */
#ifndef STORE_SCHEMA_ROWS_SIP_H
#define STORE_SCHEMA_ROWS_SIP_H

#include "store/schema/row.h"

extern const char *const schema_pool_transports[], *const schema_privacy_states[];
extern const struct schema_field schema_cor_key[], schema_cor[], schema_pool_feature_key[];

#define POOL_FEATURES_ROW                                                                       \
	MAP("feature_buttons", schema_pool_feature_key, schema_feature_buttons, "Feature keys", \
	    "Features on line keys.", .apply = APPLY_CREATE_RESET)
#define POOL_TRANSPORT_ROW                                                                 \
	ROW("session_transport", T_ENUM, "Transport",                                      \
	    "How the phone sends its calls. TCP registers all lines at once.",             \
	    .choices = schema_pool_transports, .dflt = "udp", .apply = APPLY_CREATE_RESET, \
	    .group = "Settings")
#define POOL_CALLS_ROWS                                                                            \
	ROW("vad", T_BOOL, "Silence suppression", "Nothing is sent in silence.", .dflt = "true",   \
	    .apply = APPLY_REREGISTER),                                                            \
	    ROW("keep_conference", T_BOOL, "Keep conference",                                      \
		"A conference goes on when its initiator leaves.", .dflt = "true",                 \
		.apply = APPLY_RESET),                                                             \
	    ROW("digit_collect_kpml", T_BOOL, "Key by key",                                        \
		"Digits are reported while they are dialled.", .dflt = "true",                     \
		.apply = APPLY_CREATE_RESET),                                                      \
	    ROW("overlap_signal", T_BOOL, "Digit by digit", "Digits are sent one by one.",         \
		.apply = APPLY_RESTART),                                                           \
	    ROW("dialplan", T_INT, "Dial plan", "Dial plan the phone loads.", .min = 1, .max = 24, \
		.ref = "voice-register/dialplans", .apply = APPLY_RESET)
#define POOL_PRIVACY_ROWS                                                                \
	ROW("privacy", T_ENUM, "Privacy", "Calls of shared lines are private.",          \
	    .choices = schema_privacy_states, .dflt = "system", .apply = APPLY_RESTART), \
	    ROW("privacy_button", T_BOOL, "Privacy key", "A key switches privacy.",      \
		.apply = APPLY_RESTART)
#define POOL_RESTRICTION_ROWS                                                                     \
	ROW("lpcor_type", T_ENUM, "LPCOR type", "How calls of the phone are placed in a group.",  \
	    .choices = schema_lpcor_types, .group = "Call restrictions"),                         \
	    ROW("lpcor_incoming", T_STR, "LPCOR of its calls", "Group of calls from this phone.", \
		.min = 1, .max = 32, .ref = "lpcor#groups"),                                      \
	    ROW("lpcor_outgoing", T_STR, "LPCOR as target", "Group of calls to this phone.",      \
		.min = 1, .max = 32, .ref = "lpcor#groups"),                                      \
	    MAP("cor", schema_cor_key, schema_cor, "Restriction lists", "Class of restriction.",  \
		.apply = APPLY_REREGISTER)

#define POOL_LPCOR_LINES                                                          \
	LINE("lpcor type <lpcor_type>"), LINE("lpcor incoming <lpcor_incoming>"), \
	    LINE("lpcor outgoing <lpcor_outgoing>")
#define POOL_TRANSPORT_LINE LINE("session-transport <session_transport>")
#define POOL_SHARED_LINES                                                                        \
	LINE("keep-conference <keep_conference>"), LINE("privacy <privacy>"),                    \
	    LINE("privacy-button <privacy_button>"),                                             \
	    LINE("digit collect kpml <digit_collect_kpml>"), LINE("vad <vad>"),                  \
	    LINE("feature-button <index> <feature> [label <label>]", .in = "feature_buttons"),   \
	    LINE("overlap-signal <overlap_signal>"), LINE("dialplan <dialplan>"),                \
	    LINE("cor <direction> <list> {default <number=default>|<number> <start> [- <end>]}", \
		 .in = "cor")

#endif
