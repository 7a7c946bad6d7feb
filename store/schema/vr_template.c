/* store/schema/vr_template.c - mode voice register template: what SIP phones have in common (cme-model
 * 1.14). A setting of the pool itself always wins. */
#include "store/schema/checks.h"
#include "store/schema/rows_sip.h"

#define CREATE .apply = APPLY_CREATE_RESET

static const char *const layouts[] = { "line",    "speed-dial", "blf-speed-dial",
				       "feature", "url",        NULL };
static const char *const states[] = { "connected", "hold",   "idle", "remote-in-use",
				      "ringin",    "seized", NULL };
static const char *const softkeys[] = { "Answer", "Barge",   "Callback", "Cfwdall", "ConfList",
					"Confrn", "DND",     "Endcall",  "Gpickup", "HLog",
					"Hold",   "MeetMe",  "Newcall",  "Park",    "Pickup",
					"Redial", "Resume",  "RmLstC",   "Select",  "Trnsfer",
					"cBarge", "iDivert", NULL };

static const struct schema_field layout_key[] = { ROW("buttons", T_BUTTONS, "Buttons",
						      "Buttons such as 1, 3-6 or 4,7,9.", .min = 1,
						      .max = 114),
						  END };
static const struct schema_field layout =
    ROW("type", T_ENUM, "Carry", "What these buttons carry.", .choices = layouts);
static const struct schema_field state_key[] = {
	ROW("state", T_ENUM, "State", "State of the call.", .choices = states), END
};
static const struct schema_field softkey =
    ROW("key", T_ENUM, "Soft key", "Name of the key.", .choices = softkeys, .flags = F_ANY_CASE);
static const struct schema_field softkey_list =
    LIST("keys", &softkey, "Soft keys", "In their order on the phone; others are off.", .min = 1,
	 .max = 16);

static const struct schema_field fields[] = {
	MAPV("button_layout", layout_key, &layout, "Button layout",
	     "What each button carries, whatever is configured on it.", CREATE, .group = "Buttons"),
	POOL_FEATURES_ROW,
	MAPV("softkeys", state_key, &softkey_list, "Soft keys",
	     "Keys of each state and their order.", CREATE),
	ROW("conference_softkey", T_BOOL, "Conference key", "Phones can make conferences.",
	    .dflt = "true", CREATE),
	ROW("transfer_attended_softkey", T_BOOL, "Attended transfer",
	    "Calls can be transferred after asking.", .dflt = "true", CREATE),
	ROW("transfer_blind_softkey", T_BOOL, "Blind transfer",
	    "Calls can be transferred without asking.", .dflt = "true", CREATE),
	ROW("dnd_control_softkey", T_BOOL, "Do-not-disturb key",
	    "Phones can switch do not disturb.", .dflt = "true", CREATE),
	POOL_TRANSPORT_ROW,
	POOL_CALLS_ROWS,
	ROW("voicemail", T_DIGITS, "Voice mail", "Instead of the number of the system.", .min = 1,
	    .max = 32, CREATE),
	ROW("caller_id_block", T_BOOL, "Hide own number", "Calls show no number.", CREATE),
	ROW("anonymous_block", T_BOOL, "Refuse anonymous calls",
	    "Calls without a number are refused.", CREATE),
	ROW("user_locale", T_INT, "Language", "Tag of the language in voice register global.",
	    .max = 4, .dflt = "0", CREATE, .group = "Display"),
	ROW("network_locale", T_INT, "Tones", "Tag of the tones in voice register global.",
	    .max = 4, .dflt = "0", CREATE),
	POOL_PRIVACY_ROWS,
	POOL_RESTRICTION_ROWS,
	END
};

static const struct schema_line lines[] = { POOL_TRANSPORT_LINE,
					    LINE("softkeys <state> <keys>", .in = "softkeys"),
					    LINE("button-layout <buttons> <type>",
						 .in = "button_layout"),
					    POOL_SHARED_LINES,
					    POOL_LPCOR_LINES,
					    LINE("conference <conference_softkey>"),
					    LINE("transfer-attended <transfer_attended_softkey>"),
					    LINE("transfer-blind <transfer_blind_softkey>"),
					    LINE("dnd-control <dnd_control_softkey>"),
					    LINE("caller-id block <caller_id_block>"),
					    LINE("anonymous block <anonymous_block>"),
					    LINE("voicemail <voicemail>"),
					    LINE("user-locale <user_locale>"),
					    LINE("network-locale <network_locale>"),
					    END_LINE };

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the template.", .min = 1, .max = 10);

const struct schema_object schema_vr_template = {
	.path = "voice-register/templates",
	.mode = "voice register template",
	.enter = "voice register template <tag>",
	.command = "voice register template",
	.label = "SIP phone templates",
	.help = "Settings that several SIP phones share.",
	.ui_group = "Templates",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_vr_template,
	.apply_create = APPLY_CREATE_RESET,
};
