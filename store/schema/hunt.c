/* store/schema/hunt.c - modes ephone-hunt and voice hunt-group (cme-model 1.8, 1.9): groups of numbers that
 * are called one after another. What rings is no part of the configuration: calls. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const sccp_types[] = { "longest-idle", "peer", "sequential", NULL };
static const char *const voice_types[] = { "longest-idle", "parallel", "peer", "sequential", NULL };
static const char *const no_regs[] = { "secondary", "both", "pilot", NULL };
static const char *const slots[] = { "dynamic", "static", NULL };

#define PILOT_ROWS(top)                                                                        \
	ROW("number", T_DN_NUMBER, "Pilot", "Number that is called to reach the group.",       \
	    .flags = F_REQUIRED, .min = 1, .max = (top)),                                      \
	    ROW("secondary", T_DN_NUMBER, "Secondary pilot", "A further number of the group.", \
		.min = 1, .max = 32)
static const struct schema_field sccp_pilot[] = { PILOT_ROWS(27), END };
static const struct schema_field voice_pilot[] = { PILOT_ROWS(32), END };
static const struct schema_field member =
    ROW("number", T_DN_NUMBER, "Number", "Number of a member; * is a place that agents join.",
	.min = 1, .max = 32);
static const struct schema_field hop_time =
    ROW("seconds", T_INT, "Time", "Ringing at one member.", .min = 3, .max = 60000, .unit = "s");
static const struct schema_field auto_logout[] = {
	ROW("count", T_INT, "After", "Unanswered calls before the agent is not ready.", .min = 1,
	    .max = 20, .dflt = "1", .unit = "calls"),
	ROW("scope", T_ENUM, "Members", "Only members of this kind.", .choices = slots), END
};

#define TYPE_ROW(list)                                                                      \
	ROW("type", T_ENUM, "Order", "In which order the members ring.", .choices = (list), \
	    .flags = F_REQUIRED, .group = "Group")
#define FINAL_ROW                                                                                 \
	ROW("final", T_DIGITS, "Final number", "Gets the call that no member answers.", .min = 1, \
	    .max = 32)

static const struct schema_field ephone_fields[] = {
	TYPE_ROW(sccp_types),
	OBJ("pilot", sccp_pilot, "Pilot", "Numbers of the group."),
	LIST("list", &member, "Members", "Numbers that ring, in their order.", .flags = F_COMMA,
	     .min = 1, .max = 20),
	FINAL_ROW,
	ROW("hops", T_INT, "Hops", "Members tried; without it all. Not for sequential.", .min = 2,
	    .max = 20, .group = "Ringing"),
	LIST("timeout", &hop_time, "Ringing time",
	     "At each member, or one time for each of them; without it the ringing time of the "
	     "system.",
	     .flags = F_COMMA, .min = 1, .max = 20),
	ROW("max_timeout", T_INT, "Longest ringing", "At all members together.", .min = 3,
	    .max = 60000, .unit = "s"),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 8, .dflt = "0",
	    .group = "Settings"),
	ROW("preference_secondary", T_INT, "Preference of secondary", "1 is best.", .min = 1,
	    .max = 8, .dflt = "7", .flags = F_ADVANCED),
	ROW("no_reg", T_ENUM, "No registration", "Pilots that are not registered elsewhere.",
	    .choices = no_regs, .flags = F_ADVANCED),
	OBJ("auto_logout", auto_logout, "Automatic log-out",
	    "An agent who does not answer gets no further calls.", .flags = F_PRESENCE),
	ROW("statistics_collect", T_BOOL, "Statistics", "Calls of the group are counted."),
	END
};

static const struct schema_line ephone_lines[] = {
	LINE("pilot <pilot.number> [secondary <pilot.secondary>]"),
	LINE("list <list>"),
	LINE("final <final>"),
	LINE("hops <hops>"),
	LINE("timeout <timeout>"),
	LINE("max-timeout <max_timeout>"),
	LINE("preference <preference> [secondary <preference_secondary>]"),
	LINE("no-reg {<no_reg=secondary>|<no_reg>}"),
	LINE("auto logout [<auto_logout.count>] [<auto_logout.scope>] <auto_logout>"),
	LINE("statistics collect <statistics_collect>"),
	END_LINE
};

static const struct schema_field voice_fields[] = {
	TYPE_ROW(voice_types),
	OBJ("pilot", voice_pilot, "Pilot", "Numbers of the group."),
	LIST("list", &member, "Members", "Numbers that ring, in their order.", .flags = F_COMMA,
	     .min = 2, .max = 32),
	FINAL_ROW,
	ROW("name", T_STR, "Name", "Shown to the members.", .flags = F_REST, .max = 64),
	ROW("timeout", T_INT, "Ringing time", "At each member.", .min = 3, .max = 60000,
	    .dflt = "180", .unit = "s", .group = "Ringing"),
	ROW("hops", T_INT, "Hops", "Members tried; without it all. Not for sequential.", .min = 2,
	    .max = 10),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 8, .dflt = "0",
	    .group = "Settings"),
	ROW("preference_secondary", T_INT, "Preference of secondary", "0 is best.", .max = 8,
	    .flags = F_ADVANCED),
	END
};

static const struct schema_line voice_lines[] = {
	LINE("list <list>"),
	LINE("timeout <timeout>"),
	LINE("hops <hops>"),
	LINE("final <final>"),
	LINE("pilot <pilot.number> [secondary <pilot.secondary>]"),
	LINE("name <name>"),
	LINE("preference <preference> [secondary <preference_secondary>]"),
	END_LINE
};

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the group.", .min = 1, .max = 100);

const struct schema_object schema_ephone_hunt = {
	.path = "ephone-hunts",
	.mode = "ephone-hunt",
	.enter = "ephone-hunt <tag> [<type>]",
	.command = "ephone-hunt",
	.label = "SCCP hunt groups",
	.help = "Groups of SCCP numbers that ring one after another.",
	.ui_group = "Lines",
	.collection = true,
	.key = &key,
	.fields = ephone_fields,
	.lines = ephone_lines,
	.check = check_ephone_hunt,
};

const struct schema_object schema_voice_hunt = {
	.path = "voice-hunt-groups",
	.mode = "voice hunt-group",
	.enter = "voice hunt-group <tag> [<type>]",
	.command = "voice hunt-group",
	.label = "Hunt groups",
	.help = "Groups of SCCP, SIP and outside numbers that ring together or one after another.",
	.ui_group = "Lines",
	.collection = true,
	.key = &key,
	.fields = voice_fields,
	.lines = voice_lines,
	.check = check_voice_hunt,
};
