/* store/schema/presence.c - presence: who sees who is busy (cme-model 1.34). */
#include "store/schema/row.h"

static const struct schema_field retry[] = {
	ROW("retry_interval", T_INT, "Retry after", "A lamp asks again after this time.",
	    .flags = F_REQUIRED, .min = 1, .max = 65535, .unit = "s"),
	ROW("limit", T_INT, "Tries", "How many lamps ask at a time.", .flags = F_REQUIRED, .min = 1,
	    .max = 65535),
	END
};
static const struct schema_field fields[] = {
	ROW("enabled", T_BOOL, "On", "The block exists.", .flags = F_EXISTS),
	ROW("server", T_IPV4, "Server", "Another presence server; IPv4 only."),
	ROW("call_list", T_BOOL, "Call lists", "Entries of call lists show who is busy."),
	ROW("max_subscription", T_INT, "Subscriptions", "How many at a time.", .min = 100,
	    .max = 500, .dflt = "100"),
	ROW("watcher_all", T_BOOL, "Watchers outside", "Others may watch numbers of this system."),
	ROW("allow_subscribe", T_BOOL, "Watching outside", "Phones may watch numbers elsewhere."),
	OBJ("blf_speed_dial", retry, "Lamps of SCCP phones", "When a lamp asks again.",
	    .flags = F_ADVANCED),
	END
};
static const struct schema_line lines[] = {
	LINE("server <server>"),
	LINE("presence call-list <call_list>"),
	LINE("max-subscription <max_subscription>"),
	LINE("watcher all <watcher_all>"),
	LINE("allow subscribe <allow_subscribe>"),
	LINE("sccp blf-speed-dial retry-interval <blf_speed_dial.retry_interval> limit "
	     "<blf_speed_dial.limit>"),
	END_LINE
};

const struct schema_object schema_presence = {
	.path = "presence",
	.mode = "presence",
	.enter = "presence",
	.command = "presence",
	.label = "Presence",
	.help = "Who may see whether a number is busy.",
	.ui_group = "System",
	.fields = fields,
	.lines = lines,
};
