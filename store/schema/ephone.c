/* store/schema/ephone.c - mode ephone: an SCCP phone (cme-model 1.4). */
#include "store/schema/checks.h"
#include "store/schema/rows_sccp.h"

#define RESTART .apply = APPLY_RESTART
#define RESET   .apply = APPLY_RESET

static const char *const separators[] = { ":", "b", "c", "f", "m", "o", "s", "w", "x", NULL };
static const char *const security_modes[] = { "authenticated", "none", "encrypted", NULL };

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
static const struct schema_field blf_key[] = { TAG("tag", 1, 75), END };
static const struct schema_field auto_line[] = {
	ROW("button", T_INT, "Button", "Line taken when the handset is lifted.", .min = 1,
	    .max = 200),
	ROW("answer_incoming", T_FLAG, "Answer incoming",
	    "A ringing call on it is answered first."),
	ROW("incoming", T_FLAG, "Ringing line", "Lifting the handset answers the line that rings."),
	END
};

static const struct schema_field fields[] = {
	ROW("mac_address", T_MAC, "MAC address", "Printed on the back of the phone.",
	    .apply = APPLY_REREGISTER, .unique = "mac", .group = "Phone"),
	ROW("mac_reserved", T_FLAG, "Reserved",
	    "The entry keeps its MAC address when phones are exchanged.", .keyword = "reserved",
	    .apply = APPLY_REREGISTER, .flags = F_ADVANCED),
	EPHONE_TYPE_ROWS,
	ROW("ephone_template", T_INT, "Template", "Settings this entry leaves open come from it.",
	    .min = 1, .max = 20, .ref = "ephone-templates", .flags = F_TEMPLATE, RESTART),
	ROW("description", T_STR, "Description", "For the administrator.", .flags = F_REST,
	    .max = 128),
	MAP("buttons", button_key, button, "Buttons", "Which number is on which button.", RESTART,
	    .group = "Lines"),
	OBJ("auto_line", auto_line, "Automatic line", "Line taken when the handset is lifted.",
	    RESTART, .flags = F_PRESENCE),
	EPHONE_CALLS_ROWS,
	EPHONE_SPEED_DIALS_ROW,
	MAP("blf_speed_dials", blf_key, schema_blf_speed_dials, "Watched speed dials",
	    "Speed dials that show whether the line is in use.", RESTART),
	EPHONE_FASTDIALS_ROW,
	EPHONE_FEATURES_ROW,
	ROW("username", T_STR, "User", "Sign-in name of the phone's user.", .min = 1, .max = 28,
	    .unique = "username", .group = "User"),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .min = 1, .max = 64),
	ROW("pin", T_SECRET, "PIN", "4 to 8 digits; opens blocked numbers. Write only.", .min = 4,
	    .max = 8, .flags = F_DIGITS),
	EPHONE_SETTINGS_ROWS,
	ROW("presence_call_list", T_BOOL, "Presence in call lists", "Call lists show who is busy.",
	    RESTART),
	ROW("privacy_button", T_BOOL, "Privacy key", "A key switches privacy.", RESTART),
	ROW("video", T_BOOL, "Video", "The phone may use video.", RESET),
	ROW("device_security_mode", T_ENUM, "Phone security", "Instead of the value of the system.",
	    .choices = security_modes, RESET, .flags = F_ADVANCED),
	EPHONE_LPCOR_ROWS,
	ROW("logout_profile", T_INT, "Log-out profile",
	    "Users may log in to the phone; this is what it has while nobody is.", .min = 1,
	    .ref = "logout-profiles", RESET),
	ROW("provision_tag", T_INT, "Provision tag",
	    "Number an installer dials to claim this entry.", .min = 1, .max = 2147483647,
	    .flags = F_ADVANCED),
	END
};

static const struct schema_line lines[] = {
	LINE("device-security-mode <device_security_mode>"),
	LINE("description <description>"),
	LINE("mac-address [<mac_address>] [<mac_reserved>]"),
	LINE("ephone-template <ephone_template>"),
	EPHONE_CALLS_LINES,
	LINE("video <video>"),
	LINE("username <username> password [<password_encoding>] <password>"),
	LINE("pin <pin>"),
	EPHONE_MEDIA_LINES,
	LINE("presence call-list <presence_call_list>"),
	LINE("privacy-button <privacy_button>"),
	LINE("logout-profile <logout_profile>"),
	EPHONE_DIALS_LINES,
	LINE("blf-speed-dial <tag> <number> label <label> [<device>]", .in = "blf_speed_dials"),
	EPHONE_FEATURES_LINE,
	EPHONE_REST_LINES,
	LINE("auto-line [{<auto_line.incoming>|<auto_line.button> [<auto_line.answer_incoming>]}] "
	     "<auto_line>"),
	LINE("provision-tag <provision_tag>"),
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
	.ui_group = "SCCP phones",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_ephone,
	.apply_create = APPLY_RESTART,
};
