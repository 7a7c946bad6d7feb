/* store/schema/common_sccp.c - tables that the rows of rows_sccp.h name. */
#include "store/schema/rows_sccp.h"

const char *const schema_addons[] = { "7914", "7915-12", "7915-24", "7916-12", "7916-24", NULL };
const char *const schema_mtp_modes[] = { "audio", "video-only", "both", NULL };
const char *const schema_phone_codecs[] = { "g711ulaw", "g722r64", "g729r8", "ilbc", NULL };
const char *const schema_forward_kinds[] = { "all", "busy", "noan", "night-service", NULL };
const char *const schema_forward_scopes[] = { "primary", "secondary", NULL };
const char *const schema_alert_scopes[] = { "idle", "originator", "shared", "shared-idle", NULL };
const char *const schema_mwi_modes[] = { "off", "on", "on-off", NULL };
const char *const schema_directions[] = { "incoming", "outgoing", NULL };
static const char *const features[] = { "Redial",   "Hold",    "Trnsfer",  "Cfwdall", "Privacy",
					"MeetMe",   "Confrn",  "Park",     "Pickup",  "Gpickup",
					"Mobility", "Dnd",     "ConfList", "RmLstC",  "CallBack",
					"NewCall",  "EndCall", "HLog",     "NiteSrv", "Acct",
					"Flash",    "Login",   "TrnsfVM",  "LiveRcd", NULL };

/* cme-model annex D; other names are accepted as text with a warning. */
const char *const schema_sccp_loads[] = { "6921",   "6941",   "6945", "6961", "7902",      "7905",
					  "7906",   "7910",   "7911", "7912", "7914",      "7920",
					  "7921",   "7925",   "7931", "7935", "7936",      "7937",
					  "7941",   "7941GE", "7942", "7945", "7960-7940", "7961",
					  "7961GE", "7962",   "7965", "7970", "7971",      "7975",
					  "7985",   "8941",   "8945", "ata",  NULL };

const struct schema_field schema_speed_key[] = { TAG("tag", 1, 33), END };
const struct schema_field schema_fast_key[] = { TAG("tag", 1, 100), END };
const struct schema_field schema_feature_key[] = {
	ROW("index", T_INT, "Key", "Line key.", .min = 1, .max = 24), END
};
const struct schema_field schema_sccp_features[] = {
	ROW("feature", T_ENUM, "Feature", "Feature on the line key, such as Park or Dnd.",
	    .flags = F_REQUIRED | F_ANY_CASE, .choices = features),
	ROW("label", T_STR, "Label", "Text beside the key.", .flags = F_REST, .max = 30), END
};
const struct schema_field schema_keep_conference[] = {
	ROW("enabled", T_BOOL, "Keep conference",
	    "A conference goes on when its initiator leaves."),
	ROW("drop_last", T_FLAG, "Drop last", "The last party can be dropped."),
	ROW("endcall", T_FLAG, "By EndCall", "Leaving by EndCall keeps it too."),
	ROW("local_only", T_FLAG, "Local only", "Only while a local party is left."), END
};
const struct schema_field schema_service_phone_key[] = {
	ROW("parameter", T_STR, "Parameter",
	    "Name in the vendor part of the phone file; its case counts.", .min = 1, .max = 64),
	END
};
const struct schema_field schema_service_phone_value =
    ROW("value", T_STR, "Value", "Written to the phone file as it stands.", .flags = F_REST,
	.min = 1, .max = 128);

const struct schema_field schema_forward_key[] = {
	ROW("kind", T_ENUM, "When", "When calls are forwarded.", .choices = schema_forward_kinds),
	END
};
const struct schema_field schema_forward[] = {
	ROW("target", T_DIGITS, "Forward to", "Number that gets the call.", .flags = F_REQUIRED,
	    .min = 1, .max = 32),
	ROW("timeout", T_INT, "Ringing before", "Only without an answer.", .min = 3, .max = 60000,
	    .unit = "s"),
	ROW("scope", T_ENUM, "Numbers", "Only calls to this number.",
	    .choices = schema_forward_scopes),
	ROW("dialplan_pattern", T_FLAG, "Full numbers",
	    "Calls to the full number are forwarded too."),
	END
};
const struct schema_field schema_hold_alert[] = {
	ROW("timeout", T_INT, "After", "Time on hold before the first reminder.",
	    .flags = F_REQUIRED, .min = 15, .max = 300, .unit = "s"),
	ROW("scope", T_ENUM, "Who", "Which phones are reminded.", .flags = F_REQUIRED,
	    .choices = schema_alert_scopes),
	ROW("recurrence", T_INT, "Again after", "Time between reminders.", .min = 2, .max = 300,
	    .unit = "s"),
	ROW("ring_silent_dn", T_FLAG, "Silent numbers", "Numbers that ring silently give a tone."),
	END
};
const struct schema_field schema_dn_timeouts[] = { ROW("transfer_recall", T_INT, "Transfer recall",
						       "Instead of the value of the system.",
						       .max = 1800, .unit = "s"),
						   END };
const struct schema_field schema_direction_key[] = { ROW("direction", T_ENUM, "Direction",
							 "Calls from or to this number.",
							 .choices = schema_directions),
						     END };
const struct schema_field schema_list_name =
    ROW("name", T_STR, "Name", "Name of the list.", .min = 1, .max = 64);
