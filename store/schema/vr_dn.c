/* store/schema/vr_dn.c - mode voice register dn: a directory number of SIP phones (cme-model 1.13).
 */
#include "store/schema/checks.h"
#include "store/schema/row.h"

#define CREATE .apply = APPLY_CREATE_RESET

static const char *const forward_kinds[] = { "all",         "busy", "mailbox", "night-service",
					     "unreachable", "noan", NULL };

static const struct schema_field shared_line[] = {
	ROW("enabled", T_BOOL, "Shared line", "Several phones have this line."),
	ROW("max_calls", T_INT, "Calls", "Calls on it at one time.", .min = 2, .max = 16,
	    .dflt = "2", .unit = "calls"),
	END
};
static const struct schema_field forward_key[] = {
	ROW("kind", T_ENUM, "When", "When calls are forwarded.", .choices = forward_kinds), END
};
static const struct schema_field forward[] = {
	ROW("target", T_DIGITS, "Forward to", "Number that gets the call.", .flags = F_REQUIRED,
	    .min = 1, .max = 32),
	ROW("timeout", T_INT, "Ringing before", "Only without an answer.", .min = 3, .max = 60000,
	    .dflt = "20", .unit = "s"),
	END
};
static const struct schema_field intercom[] = {
	ROW("speed_dial", T_DN_NUMBER, "Partner", "Number that is called.", .min = 1, .max = 32),
	ROW("label", T_STR, "Label", "Text beside the button.", .flags = F_REST, .max = 30), END
};

static const struct schema_field fields[] = {
	ROW("number", T_DN_NUMBER, "Number", "The extension.", .min = 1, .max = 16, CREATE,
	    .group = "Number"),
	ROW("name", T_STR, "Name", "Caller name and directory entry.", .flags = F_REST, .max = 64,
	    .without = "<>&%", CREATE),
	ROW("label", T_STR, "Label", "Text beside the button instead of the number.",
	    .flags = F_REST, .max = 30, .without = "<>&%", CREATE),
	ROW("no_reg", T_BOOL, "No registration", "The number is not registered elsewhere.",
	    .flags = F_ADVANCED),
	OBJ("shared_line", shared_line, "Shared line", "One line on several phones.", CREATE,
	    .group = "Calls"),
	MAP("call_forward", forward_key, forward, "Forwarding", "Where calls go."),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 10, .dflt = "0"),
	ROW("huntstop", T_BOOL, "Stop hunting",
	    "A busy number does not pass calls to others alike."),
	ROW("huntstop_channel", T_INT, "Channels for calls", "Calls taken before others are tried.",
	    .max = 50, .dflt = "0"),
	ROW("pickup_group", T_STR, "Pickup group", "Numbers whose calls may be picked up.",
	    .min = 1, .max = 32),
	ROW("pickup_any_group", T_BOOL, "Any group", "GPickUp * picks up from any group."),
	ROW("allow_watch", T_BOOL, "May be watched", "Others may see whether it is in use."),
	OBJ("intercom", intercom, "Intercom", "A line to one partner.", CREATE,
	    .flags = F_PRESENCE),
	ROW("options", T_STR, "Other commands",
	    "Kept for the export, one per line: mwi, night-service bell, after-hour exempt, "
	    "hold-alert, session-server, refer target dial-peer, translation-profile incoming, "
	    "timeouts transfer-recall, snr, mobility.",
	    .flags = F_LINES | F_MULTILINE | F_ADVANCED, .max = 4000),
	END
};

static const struct schema_line lines[] = {
	LINE("number <number>"),
	LINE("name <name>"),
	LINE("label <label>"),
	LINE("allow watch <allow_watch>"),
	LINE("no-reg <no_reg>"),
	LINE("shared-line [max-calls <shared_line.max_calls>] <shared_line.enabled>"),
	LINE("call-forward b2bua <kind> <target> [timeout <timeout>]", .in = "call_forward"),
	LINE("preference <preference>"),
	LINE("huntstop <huntstop>"),
	LINE("huntstop channel <huntstop_channel>"),
	LINE("pickup-group <pickup_group>"),
	LINE("pickup-call any-group <pickup_any_group>"),
	LINE("intercom [speed-dial <intercom.speed_dial>] [label <intercom.label>] <intercom>"),
	LINE("mwi [<options>]", .keep = true),
	LINE("night-service bell [<options>]", .keep = true),
	LINE("after-hour exempt [<options>]", .keep = true),
	LINE("hold-alert [<options>]", .keep = true),
	LINE("session-server [<options>]", .keep = true),
	LINE("refer target dial-peer [<options>]", .keep = true),
	LINE("translation-profile incoming [<options>]", .keep = true),
	LINE("timeouts transfer-recall [<options>]", .keep = true),
	LINE("snr [<options>]", .keep = true),
	LINE("mobility [<options>]", .keep = true),
	END_LINE
};

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the entry.", .min = 1, .limit = "dns",
	.max_from = "voice-register/global#max_dn");

const struct schema_object schema_vr_dn = {
	.path = "voice-register/dns",
	.mode = "voice register dn",
	.enter = "voice register dn <tag>",
	.command = "voice register dn",
	.label = "SIP directory numbers",
	.help = "One entry for each extension of SIP phones.",
	.ui_group = "Lines",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_vr_dn,
	.apply_create = APPLY_CREATE_RESET,
};
