/* store/schema/ephone_dn.c - mode ephone-dn: a directory number of SCCP phones (cme-model 1.5). */
#include "store/schema/checks.h"
#include "store/schema/rows_sccp.h"

#define RESTART .apply = APPLY_RESTART

static const char *const line_modes[] = { "single", "dual-line", "octo-line", NULL };
static const char *const no_regs[] = { "secondary", "both", "primary", NULL };
static const char *const transfer_modes[] = { "blind", "consult", NULL };
static const char *const conference_modes[] = { "ad-hoc", "meetme", NULL };

static const struct schema_field intercom[] = {
	ROW("extension", T_DN_NUMBER, "Partner", "Number that is called and answers by itself.",
	    .flags = F_REQUIRED, .min = 1, .max = 16),
	ROW("barge_in", T_FLAG, "Barge in", "Breaks into a call of the partner."),
	ROW("no_auto_answer", T_FLAG, "No automatic answer", "The partner has to answer."),
	ROW("no_mute", T_FLAG, "Not muted", "The partner's microphone is open."),
	ROW("label", T_STR, "Label", "Text beside the button.", .flags = F_REST, .max = 30),
	END
};
static const struct schema_field range_key[] = {
	ROW("from", T_HEX, "From", "First extension.", .min = 1, .max = 32),
	ROW("to", T_HEX, "To", "Last extension, of the same length.", .min = 1, .max = 32), END
};
static const struct schema_field park_slot[] = {
	ROW("directed", T_FLAG, "Directed", "Calls are parked here by number."),
	ROW("reservation_group", T_STR, "Reserved for group", "Only for this group.", .min = 1,
	    .max = 32),
	ROW("reserved_for", T_DIGITS, "Reserved for", "Only for this extension.", .min = 1,
	    .max = 16),
	ROW("timeout", T_INT, "Reminder", "Time between two reminders.", .max = 65535, .unit = "s"),
	ROW("limit", T_INT, "Reminders", "Reminders before the call ends.", .min = 1, .max = 65535),
	ROW("notify", T_DIGITS, "Notify", "Extension that is reminded too.", .min = 1, .max = 16),
	ROW("notify_only", T_FLAG, "Only there", "Only that extension is reminded.",
	    .keyword = "only"),
	ROW("recall", T_FLAG, "Recall", "The call returns to who parked it."),
	ROW("transfer", T_DIGITS, "Transfer to", "Where the call goes after the limit.", .min = 1,
	    .max = 16),
	ROW("alternate", T_DIGITS, "Else to", "When that number is busy.", .min = 1, .max = 16),
	ROW("retry", T_INT, "Retry", "Time between two attempts.", .max = 65535, .unit = "s"),
	ROW("retry_limit", T_INT, "Retries", "Attempts before the call ends.", .min = 1,
	    .max = 65535),
	END
};
static const struct schema_field paging[] = {
	ROW("address", T_MULTICAST, "Group",
	    "Multicast address; without it up to ten phones by unicast."),
	ROW("port", T_INT, "Port", "2000 is recommended.", .min = 2000, .max = 65535,
	    .dflt = "2000"),
	END
};
static const struct schema_field paging_dn =
    ROW("dn", T_INT, "Paging number", "Tag of a paging number.", .min = 1, .limit = "dns",
	.ref = "ephone-dns");
static const struct schema_field route =
    ROW("address", T_IPV4, "Address", "Interface address the music leaves from.");
static const struct schema_field moh[] = {
	ROW("address", T_MULTICAST, "Group", "Multicast address of the stream."),
	ROW("port", T_INT, "Port", "Port of the stream.", .min = 2000, .max = 65535),
	LIST("route", &route, "Interfaces", "Addresses the stream leaves from.", .max = 4),
	ROW("out_call", T_DIGITS, "Dial", "Number dialled to get the music.", .min = 1, .max = 32),
	END
};
static const struct schema_field conference[] = {
	ROW("mode", T_ENUM, "Kind", "Ad hoc or by dialling in.", .flags = F_REQUIRED,
	    .choices = conference_modes),
	ROW("unlocked", T_FLAG, "Unlocked", "Anybody may start it."), END
};

static const struct schema_field fields[] = {
	ROW("line_mode", T_ENUM, "Line mode",
	    "One, two or eight calls. Fixed once the number exists.", .choices = line_modes,
	    .dflt = "single", .flags = F_FIXED, RESTART, .group = "Number"),
	ROW("number", T_DN_NUMBER, "Number", "The extension; letters make it undialable.", .min = 1,
	    .max = 16, RESTART),
	ROW("secondary_number", T_DN_NUMBER, "Secondary number",
	    "A further number of the same line.", .min = 1, .max = 16, RESTART),
	ROW("no_reg", T_ENUM, "No registration", "Numbers that are not registered elsewhere.",
	    .choices = no_regs, RESTART, .flags = F_ADVANCED),
	ROW("name", T_STR, "Name", "Caller name and directory entry.", .flags = F_REST, .max = 64,
	    RESTART),
	ROW("label", T_STR, "Label", "Text beside the button instead of the number.",
	    .flags = F_REST, .max = 30, RESTART),
	DN_DESCRIPTION_ROW,
	ROW("ephone_dn_template", T_INT, "Template",
	    "Settings this number leaves open come from it.", .min = 1, .max = 15,
	    .ref = "ephone-dn-templates", .flags = F_TEMPLATE, RESTART),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 9, .dflt = "0",
	    .group = "Calls"),
	ROW("preference_secondary", T_INT, "Preference of secondary", "0 is best.", .max = 9,
	    .dflt = "9", .flags = F_ADVANCED),
	DN_CALLS_ROWS(APPLY_NONE),
	ROW("pickup_any_group", T_BOOL, "Any group", "GPickUp * picks up from any group."),
	ROW("transfer_mode", T_ENUM, "Transfer", "Instead of the value of the system.",
	    .choices = transfer_modes),
	DN_WATCH_ROW(APPLY_NONE),
	DN_HOLD_ROWS(APPLY_NONE),
	OBJ("intercom", intercom, "Intercom", "A line to one partner.", RESTART,
	    .group = "Special numbers"),
	OBJ("paging", paging, "Paging", "Calls to it are heard on all phones of the set.", RESTART,
	    .flags = F_PRESENCE),
	LIST("paging_group", &paging_dn, "Paging group", "Paging numbers called together.",
	     .flags = F_COMMA, .min = 1, .max = 10, RESTART),
	OBJ("park_slot", park_slot, "Park slot", "Calls are parked here.", .flags = F_PRESENCE),
	DN_MWI_ROW(APPLY_NONE),
	OBJ("conference", conference, "Conference", "Number of a hardware conference."),
	OBJ("moh", moh, "Live music", "The line is a source of music on hold."),
	MAP("extension_ranges", range_key, schema_no_fields, "Live music for",
	    "Extensions that hear it."),
	ROW("moh_group", T_INT, "Music group", "Music of callers that this number holds.", .min = 1,
	    .max = 5, .ref = "moh-groups"),
	ROW("night_service_bell", T_BOOL, "Night service", "Calls ring the night bell."),
	MAPV("corlist", schema_direction_key, &schema_list_name, "Restriction lists",
	     "Class of restriction.", .group = "Call restrictions"),
	DN_TRANSLATION_ROW(APPLY_NONE),
	END
};

static const struct schema_line lines[] = {
	LINE("number <number> [secondary <secondary_number>] "
	     "[no-reg {<no_reg=secondary>|<no_reg>}]"),
	LINE("label <label>"),
	LINE("description <description>"),
	LINE("name <name>"),
	LINE("ephone-dn-template <ephone_dn_template>"),
	LINE("preference <preference> [secondary <preference_secondary>]"),
	DN_HUNT_LINES,
	LINE("intercom <intercom.extension> [<intercom.barge_in>] [<intercom.no_auto_answer>] "
	     "[<intercom.no_mute>] [label <intercom.label>]"),
	LINE("paging [ip <paging.address> port <paging.port>] <paging>"),
	LINE("paging group <paging_group>"),
	LINE("park-slot [<park_slot.directed>] [reservation-group <park_slot.reservation_group>] "
	     "[reserved-for <park_slot.reserved_for>] [timeout <park_slot.timeout> limit "
	     "<park_slot.limit>] "
	     "[notify <park_slot.notify> [<park_slot.notify_only>]] [<park_slot.recall>] "
	     "[transfer <park_slot.transfer>] [alternate <park_slot.alternate>] "
	     "[retry <park_slot.retry> limit <park_slot.retry_limit>] <park_slot>"),
	LINE("extension-range <from> to <to>", .in = "extension_ranges",
	     .alias = "extension range <from> to <to>"),
	LINE("pickup-group <pickup_group>"),
	LINE("moh-group <moh_group>"),
	LINE("pickup-call any-group <pickup_any_group>"),
	DN_FORWARD_LINES,
	LINE("night-service bell <night_service_bell>"),
	DN_ALERT_LINES,
	LINE("moh ip <moh.address> port <moh.port> [route <moh.route>]"),
	LINE("moh out-call <moh.out_call>"),
	LINE("corlist <direction> <name>", .in = "corlist"),
	DN_PROFILE_LINES,
	LINE("transfer-mode <transfer_mode>"),
	LINE("conference <conference.mode> [<conference.unlocked>]"),
	END_LINE
};

static const struct schema_field key = ROW("tag", T_INT, "Tag", "Number of the entry.", .min = 1,
					   .limit = "dns", .max_from = "telephony-service#max_dn");

const struct schema_object schema_ephone_dn = {
	.path = "ephone-dns",
	.mode = "ephone-dn",
	.enter = "ephone-dn <tag> [<line_mode>]",
	.command = "ephone-dn",
	.label = "SCCP directory numbers",
	.help = "One entry for each extension of SCCP phones.",
	.ui_group = "Lines",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_ephone_dn,
	.apply_create = APPLY_RESTART,
};
