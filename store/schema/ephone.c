/* store/schema/ephone.c - mode ephone: an SCCP phone (cme-model 1.4). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

#define RESTART .apply = APPLY_RESTART
#define RESET   .apply = APPLY_RESET

static const char *const addons[] = { "7914", "7915-12", "7915-24", "7916-12", "7916-24", NULL };
static const char *const separators[] = { ":", "b", "c", "f", "m", "o", "s", "w", "x", NULL };
static const char *const security_modes[] = { "authenticated", "none", "encrypted", NULL };
static const char *const mtp_modes[] = { "audio", "video-only", "both", NULL };
static const char *const codecs[] = { "g711ulaw", "g722r64", "g729r8", "ilbc", NULL };

static const struct schema_field button_key[] = {
	ROW("button", T_INT, "Button", "Button of the phone, from the top.", .min = 1, .max = 200),
	END
};
static const struct schema_field button_dn =
    ROW("dn", T_INT, "Directory number", "Tag of the number; with x the button it belongs to.",
	.min = 1, .limit = "dns", .ref = "ephone-dns", .ref_unless = "separator=x");
static const struct schema_field button[] = {
	ROW("separator", T_ENUM, "Kind",
	    ": normal, b beep, c overlay with call waiting, f feature ring, m monitor, o overlay, "
	    "s silent, "
	    "w watch, x expansion of an overlay button.",
	    .choices = separators, .flags = F_REQUIRED),
	LIST("dns", &button_dn, "Directory numbers",
	     "Numbers on the button; several only for an overlay.", .flags = F_REQUIRED | F_COMMA,
	     .min = 1, .max = 25),
	END
};
static const struct schema_field speed_key[] = { TAG("tag", 1, 33), END };
static const struct schema_field blf_key[] = { TAG("tag", 1, 75), END };
static const struct schema_field fast_key[] = { TAG("tag", 1, 100), END };
static const struct schema_field feature_key[] = {
	ROW("index", T_INT, "Key", "Line key.", .min = 1, .max = 24), END
};
static const struct schema_field auto_line[] = {
	ROW("button", T_INT, "Button", "Line taken when the handset is lifted.", .min = 1,
	    .max = 200),
	ROW("answer_incoming", T_FLAG, "Answer incoming",
	    "A ringing call on it is answered first."),
	ROW("incoming", T_FLAG, "Ringing line", "Lifting the handset answers the line that rings."),
	END
};
static const struct schema_field keep_conference[] = {
	ROW("enabled", T_BOOL, "Keep conference",
	    "A conference goes on when its initiator leaves."),
	ROW("drop_last", T_FLAG, "Drop last", "The last party can be dropped."),
	ROW("endcall", T_FLAG, "By EndCall", "Leaving by EndCall keeps it too."),
	ROW("local_only", T_FLAG, "Local only", "Only while a local party is left."), END
};

static const struct schema_field fields[] = {
	ROW("mac_address", T_MAC, "MAC address", "Printed on the back of the phone.",
	    .apply = APPLY_REREGISTER, .unique = "mac", .group = "Phone"),
	ROW("mac_reserved", T_FLAG, "Reserved",
	    "The entry keeps its MAC address when phones are exchanged.", .keyword = "reserved",
	    .apply = APPLY_REREGISTER, .flags = F_ADVANCED),
	ROW("phone_type", T_PHONE_TYPE, "Phone type", "Model, such as 7941.",
	    .choices = schema_sccp_types, RESET),
	ROW("addon1", T_ENUM, "First module", "Expansion module.", .choices = addons, RESET),
	ROW("addon2", T_ENUM, "Second module", "Expansion module.", .choices = addons, RESET),
	ROW("description", T_STR, "Description", "For the administrator.", .flags = F_REST,
	    .max = 128),
	MAP("buttons", button_key, button, "Buttons", "Which number is on which button.", RESTART,
	    .group = "Lines"),
	OBJ("auto_line", auto_line, "Automatic line", "Line taken when the handset is lifted.",
	    RESTART, .flags = F_PRESENCE),
	ROW("max_calls_per_button", T_INT, "Calls per button", "Calls on one octo-line button.",
	    .min = 1, .max = 8, .dflt = "8", .unit = "calls", RESTART),
	ROW("busy_trigger_per_button", T_INT, "Busy at", "Busy after this many calls; 0 never.",
	    .max = 8, .dflt = "0", .unit = "calls", RESTART),
	MAP("speed_dials", speed_key, schema_speed_dials, "Speed dials", "Numbers on free buttons.",
	    RESTART, .group = "Speed dials"),
	MAP("blf_speed_dials", blf_key, schema_blf_speed_dials, "Watched speed dials",
	    "Speed dials that show whether the line is in use.", RESTART),
	MAP("fastdials", fast_key, schema_fastdials, "Personal speed dials",
	    "Entries of the phone's menu."),
	MAP("feature_buttons", feature_key, schema_feature_buttons, "Feature keys",
	    "Features on line keys.", RESTART),
	ROW("username", T_STR, "User", "Sign-in name of the phone's user.", .min = 1, .max = 28,
	    .unique = "username", .group = "User"),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .min = 1, .max = 64),
	ROW("pin", T_SECRET, "PIN", "4 to 8 digits; opens blocked numbers. Write only.", .min = 4,
	    .max = 8, .flags = F_DIGITS),
	ROW("keepalive", T_INT, "Keepalive", "Instead of the value of the system.", .min = 10,
	    .max = 65535, .unit = "s", RESET, .group = "Settings"),
	ROW("codec", T_ENUM, "Codec", "Preferred way to code speech.", .choices = codecs,
	    .dflt = "g711ulaw", RESTART),
	ROW("dspfarm_assist", T_FLAG, "Transcode", "Transcode instead of sending g729r8.",
	    .flags = F_ADVANCED, RESTART),
	ROW("mtp", T_ENUM, "Through this box", "Media goes through this box.", .choices = mtp_modes,
	    RESTART),
	ROW("overlap_signal", T_BOOL, "Digit by digit", "Digits are sent one by one.", RESTART),
	OBJ("keep_conference", keep_conference, "Conferences",
	    "What happens when the initiator leaves.", RESTART),
	OBJ("paging_dn", schema_paging_dn, "Paging", "Paging set the phone belongs to.", RESTART),
	ROW("night_service_bell", T_BOOL, "Night bell", "The phone rings the night bell."),
	ROW("after_hour_exempt", T_BOOL, "No after-hours block",
	    "Blocked numbers can be dialled at any time."),
	ROW("presence_call_list", T_BOOL, "Presence in call lists", "Call lists show who is busy.",
	    RESTART),
	ROW("privacy_button", T_BOOL, "Privacy key", "A key switches privacy.", RESTART),
	ROW("video", T_BOOL, "Video", "The phone may use video.", RESET),
	ROW("device_security_mode", T_ENUM, "Phone security", "Instead of the value of the system.",
	    .choices = security_modes, RESET, .flags = F_ADVANCED),
	ROW("lpcor_type", T_ENUM, "LPCOR type", "How calls of the phone are placed in a group.",
	    .choices = schema_lpcor_types, .group = "Call restrictions"),
	ROW("lpcor_incoming", T_STR, "LPCOR of its calls", "Group of calls from this phone.",
	    .min = 1, .max = 32, .ref = "lpcor#groups"),
	ROW("lpcor_outgoing", T_STR, "LPCOR as target", "Group of calls to this phone.", .min = 1,
	    .max = 32, .ref = "lpcor#groups"),
	ROW("provision_tag", T_INT, "Provision tag",
	    "Number an installer dials to claim this entry.", .min = 1, .max = 2147483647,
	    .flags = F_ADVANCED),
	END
};

static const struct schema_line lines[] = {
	LINE("device-security-mode <device_security_mode>"),
	LINE("description <description>"),
	LINE("mac-address [<mac_address>] [<mac_reserved>]"),
	LINE("max-calls-per-button <max_calls_per_button>"),
	LINE("busy-trigger-per-button <busy_trigger_per_button>"),
	LINE("video <video>"),
	LINE("username <username> password [<password_encoding>] <password>"),
	LINE("pin <pin>"),
	LINE("codec <codec> [<dspfarm_assist>]"),
	LINE("lpcor type <lpcor_type>"),
	LINE("lpcor incoming <lpcor_incoming>"),
	LINE("lpcor outgoing <lpcor_outgoing>"),
	LINE("mtp {<mtp=audio>|<mtp>}"),
	LINE("keepalive <keepalive>"),
	LINE("presence call-list <presence_call_list>"),
	LINE("privacy-button <privacy_button>"),
	LINE("paging-dn <paging_dn.dn_tag> [<paging_dn.mode>]"),
	LINE("speed-dial <tag> <digits> [label <label>]", .in = "speed_dials"),
	LINE("fastdial <tag> <number> name <name>", .in = "fastdials"),
	LINE("blf-speed-dial <tag> <number> label <label> [<device>]", .in = "blf_speed_dials"),
	LINE("feature-button <index> <feature> [label <label>]", .in = "feature_buttons"),
	LINE("night-service bell <night_service_bell>"),
	LINE("keep-conference [<keep_conference.drop_last>] [<keep_conference.endcall>] "
	     "[<keep_conference.local_only>] <keep_conference.enabled>"),
	LINE("type <phone_type> [addon 1 <addon1> [2 <addon2>]]"),
	LINE("auto-line [{<auto_line.incoming>|<auto_line.button> [<auto_line.answer_incoming>]}] "
	     "<auto_line>"),
	LINE("after-hour exempt <after_hour_exempt>"),
	LINE("provision-tag <provision_tag>"),
	LINE("overlap-signal <overlap_signal>"),
	LINE("button <button><separator><dns> ...", .in = "buttons"),
	END_LINE
};

static const struct schema_field key = ROW("tag", T_INT, "Tag", "Number of the entry.", .min = 1,
					   .limit = "ephones", .fault = "max_ephones_configured");

const struct schema_object schema_ephone = {
	.path = "ephones",
	.mode = "ephone",
	.enter = "ephone <tag>",
	.command = "ephone",
	.label = "SCCP phones",
	.help = "One entry for each SCCP phone.",
	.ui_group = "Phones",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_ephone,
	.apply_create = APPLY_RESTART,
};
