/* store/schema/vr_dialplan.c - mode voice register dialplan: when a SIP phone sends what was dialled
 * (cme-model 1.15). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const types[] = { "7905-7912", "7940-7960-others", NULL };
static const char *const users[] = { "ip", "phone", NULL };

static const struct schema_field pattern_key[] = { TAG("tag", 1, 24), END };
static const struct schema_field pattern[] = {
	ROW("pattern", T_STR, "Pattern",
	    "Digits, `.` for one digit, `*` for any, `,` for a second dial tone.",
	    .flags = F_REQUIRED, .min = 1, .max = 64),
	ROW("button", T_INT, "Button", "Only for calls from this line.", .min = 1, .max = 114),
	ROW("timeout", T_INT, "Wait", "After the last digit; 0 sends at once.", .max = 30,
	    .unit = "s"),
	ROW("user", T_ENUM, "User", "What the number is marked as.", .choices = users), END
};

static const struct schema_field fields[] = {
	ROW("type", T_ENUM, "Phones", "Which family of phones the plan is for.", .choices = types,
	    .apply = APPLY_RESET),
	MAP("patterns", pattern_key, pattern, "Patterns", "The first that fits decides.",
	    .apply = APPLY_RESET),
	END
};

static const struct schema_line lines[] = {
	LINE("type <type>"),
	LINE("pattern <tag> <pattern> [button <button>] [timeout <timeout>] [user <user>]",
	     .in = "patterns"),
	END_LINE
};

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the dial plan.", .min = 1, .max = 24);

const struct schema_object schema_vr_dialplan = {
	.path = "voice-register/dialplans",
	.mode = "voice register dialplan",
	.enter = "voice register dialplan <tag>",
	.command = "voice register dialplan",
	.label = "SIP phone dial plans",
	.help = "When phones send what was dialled.",
	.ui_group = "Dial plan",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_vr_dialplan,
	.apply_create = APPLY_RESET,
};
