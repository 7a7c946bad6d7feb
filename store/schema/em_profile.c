/* store/schema/em_profile.c - voice logout-profile and voice user-profile (cme-model 1.32, 1.33): what a
 * phone of extension mobility has while nobody is logged in, and what a user brings along. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const types[] = { "normal",      "beep-ring", "feature-ring", "monitor-ring",
				     "silent-ring", "overlay",   "cw-overlay",   NULL };

static const struct schema_field key = ROW("tag", T_INT, "Tag", "Number of the profile.", .min = 1);
static const struct schema_field number =
    ROW("number", T_DN_NUMBER, "Number", "Number of a line.", .min = 1, .max = 32);
static const struct schema_field numbers_key[] = { LIST("numbers", &number, "Numbers",
							"One number, or several of an overlay.",
							.flags = F_COMMA, .min = 1, .max = 25),
						   END };
static const struct schema_field button_type =
    ROW("type", T_ENUM, "Kind", "How the button rings.", .choices = types, .dflt = "normal");
static const struct schema_field speed_key[] = { TAG("tag", 1, 36), END };
static const struct schema_field speed_dial[] = {
	ROW("digits", T_STR, "Number", "What the button dials.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("label", T_STR, "Label", "Text beside the button.", .flags = F_REST, .min = 1,
	    .max = 30),
	ROW("blf", T_FLAG, "Lamp", "The button shows whether the number is busy."), END
};

#define COMMON(a)                                                                                  \
	ROW("username", T_STR, "User", "Name of the sign-in.", .min = 1, .max = 15,                \
	    .unique = "username", .group = "Sign-in"),                                             \
	    ROW("password_encoding", T_INT, "Encoding",                                            \
		"6: the password is kept as it was imported.", .flags = F_ADVANCED,                \
		.choices = schema_encodings, .dflt = "0"),                                         \
	    ROW("password", T_SECRET, "Password", "Write only.", .min = 1, .max = 64),             \
	    ROW("pin_encoding", T_INT, "PIN encoding", "6: the PIN is kept as it was imported.",   \
		.flags = F_ADVANCED, .choices = schema_encodings, .dflt = "0"),                    \
	    ROW("pin", T_SECRET, "PIN", "4 to 8 digits. Write only.", .flags = F_DIGITS, .min = 4, \
		.max = 8),                                                                         \
	    MAPV("numbers", numbers_key, &button_type, "Line buttons", "In this order.",           \
		 .flags = F_ENTRY_ORDER, .apply = (a), .group = "Buttons"),                        \
	    MAP("speed_dials", speed_key, speed_dial, "Speed dials",                               \
		"Buttons behind those of the lines.", .apply = (a))

static const struct schema_field logout_fields[] = { COMMON(APPLY_RESET), END };
static const struct schema_field user_fields[] = {
	COMMON(APPLY_NONE),
	ROW("max_idle_time", T_INT, "Idle time", "An idle phone logs its user out after this time.",
	    .min = 1, .max = 9999, .unit = "min", .group = "Sign-in"),
	END
};
#define COMMON_LINES                                                       \
	LINE("user <username> password [<password_encoding>] <password>"), \
	    LINE("pin [<pin_encoding>] <pin>"),                            \
	    LINE("number <numbers> type <type>", .in = "numbers",          \
		 .alias = "number <numbers> <type=normal>"),               \
	    LINE("speed-dial <tag> <digits> [label <label>] [<blf>]", .in = "speed_dials")

static const struct schema_line logout_lines[] = { COMMON_LINES, END_LINE };
static const struct schema_line user_lines[] = { COMMON_LINES,
						 LINE("max-idle-time <max_idle_time>"), END_LINE };

const struct schema_object schema_logout_profile = {
	.path = "logout-profiles",
	.mode = "voice logout-profile",
	.enter = "voice logout-profile <tag>",
	.command = "voice logout-profile",
	.label = "Logout profiles",
	.help = "What a phone of extension mobility has while nobody is logged in.",
	.ui_group = "Templates",
	.collection = true,
	.key = &key,
	.fields = logout_fields,
	.lines = logout_lines,
	.check = check_logout_profile,
	.apply_create = APPLY_RESET,
};
const struct schema_object schema_user_profile = {
	.path = "user-profiles",
	.mode = "voice user-profile",
	.enter = "voice user-profile <tag>",
	.command = "voice user-profile",
	.label = "User profiles",
	.help = "What a user of extension mobility brings to a phone.",
	.ui_group = "Templates",
	.collection = true,
	.key = &key,
	.fields = user_fields,
	.lines = user_lines,
	.check = check_user_profile,
};
