/* store/schema/lpcor.c - logical partitioning: voice lpcor ... (cme-model 1.26 to 1.29). One
 * resource, several modes entered from global configuration. The subnet tables are ordered: first
 * match counts. */
#include "store/schema/causes.h"
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const directions[] = { "incoming", "outgoing", NULL };

static const struct schema_field group_key[] = {
	ROW("number", T_INT, "Number", "Number of the group.", .min = 1, .max = LPCOR_GROUPS), END
};
static const struct schema_field group_name =
    ROW("name", T_STR, "Name", "Name of the group.", .min = 1, .max = 32);
static const struct schema_field policy_key[] = { ROW("group", T_STR, "Group",
						      "Group that calls go to.", .min = 1,
						      .max = 32, .ref = "lpcor#groups"),
						  END };
static const struct schema_field accept_key[] = { ROW("accepted_group", T_STR, "Accepted",
						      "Group that calls come from.", .min = 1,
						      .max = 32, .ref = "lpcor#groups"),
						  END };
static const struct schema_field accept[] = {
	ROW("fac", T_FLAG, "With code", "Only after a forced authorization code."), END
};
static const struct schema_field policy[] = {
	MAP("accepts", accept_key, accept, "Accepted groups", "Beside its own group."), END
};
static const struct schema_field direction_key[] = {
	ROW("direction", T_ENUM, "Direction", "Calls from or to phones.", .choices = directions),
	END
};
static const struct schema_field index_key[] = {
	ROW("index", T_INT, "Index", "Order of the entries: the first that matches counts.",
	    .min = 1, .max = LPCOR_ENTRIES, .fault = "lpcor_index_range"),
	END
};
#define ENTRY_HEAD                                                                               \
	ROW("group", T_STR, "Group", "Group of these addresses.", .flags = F_REQUIRED, .min = 1, \
	    .max = 32, .ref = "lpcor#groups"),                                                   \
	    ROW("address", T_IPV4, "Network", "Address of the network."),                        \
	    ROW("mask", T_IPV4_MASK, "Mask", "Mask of the network.")
static const struct schema_field phone_entry[] = {
	ENTRY_HEAD, ROW("vrf", T_STR, "VRF", "Only in this routing table.", .min = 1, .max = 32),
	ROW("dhcp_pool", T_STR, "DHCP pool", "Instead of a network.", .min = 1, .max = 64), END
};
static const struct schema_field trunk_entry[] = {
	ENTRY_HEAD, ROW("hostname", T_STR, "Host", "Instead of a network.", .min = 1, .max = 253),
	END
};
static const struct schema_field phone_table[] = { MAP("entries", index_key, phone_entry, "Entries",
						       "Networks in order.", .flags = F_ORDERED),
						   END };
static const struct schema_field trunk_table[] = { MAP("entries", index_key, trunk_entry, "Entries",
						       "Networks in order.", .flags = F_ORDERED),
						   END };
static const struct schema_field mobility_group =
    ROW("group", T_STR, "Group", "Group when no entry matches.", .min = 1, .max = 32,
	.ref = "lpcor#groups");

static const struct schema_field fields[] = {
	ROW("enabled", T_BOOL, "Check calls", "Calls between groups are checked.",
	    .group = "Groups"),
	ROW("call_block_cause", T_INT, "Cause", "Cause sent when a call is blocked.", .min = 1,
	    .max = 180, .names = schema_cause_names, .dflt = "63"),
	MAPV("groups", group_key, &group_name, "Groups", "Names of the groups."),
	MAP("policies", policy_key, policy, "Policies", "Which groups a group accepts calls from."),
	MAP("ip_phone_subnets", direction_key, phone_table, "Phones by network",
	    "Group of a phone that moves, by its address.", .group = "Tables"),
	MAPV("ip_phone_mobility", direction_key, &mobility_group, "Other phones",
	     "When no entry matches."),
	OBJ("ip_trunk_subnet", trunk_table, "Trunks by network", "Group of incoming trunk calls."),
	END
};

static const struct schema_line lines[] = {
	LINE("voice lpcor enable <enabled>"),
	LINE("voice lpcor call-block cause <call_block_cause>"),
	LINE("voice lpcor ip-phone mobility <direction> <group>", .in = "ip_phone_mobility"),
	LINE("group <number> <name>", .in = "groups", .mode = "custom"),
	LINE("accept <accepted_group> [<fac>]", .in = "accepts", .mode = "policy"),
	LINE("index <index> <group> {<address> <mask> [vrf <vrf>]|dhcp-pool <dhcp_pool>}",
	     .in = "entries", .mode = "ip-phone"),
	LINE("index <index> <group> {<address> <mask>|hostname <hostname>}",
	     .in = "ip_trunk_subnet.entries", .mode = "ip-trunk"),
	END_LINE
};
static const struct schema_mode modes[] = {
	{ "custom", "voice lpcor custom", NULL, true },
	{ "policy", "voice lpcor policy <group>", "policies", true },
	{ "ip-phone", "voice lpcor ip-phone subnet <direction>", "ip_phone_subnets", true },
	{ "ip-trunk", "voice lpcor ip-trunk subnet incoming", NULL, true },
	{ 0 },
};

const struct schema_object schema_lpcor = {
	.path = "lpcor",
	.mode = "voice lpcor",
	.command = "voice lpcor",
	.label = "Call partitioning",
	.help = "Which groups of phones and trunks may call each other (LPCOR).",
	.ui_group = "Policies",
	.fields = fields,
	.lines = lines,
	.check = check_lpcor,
	.modes = modes,
};
