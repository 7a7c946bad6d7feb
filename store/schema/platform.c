/* store/schema/platform.c - what a router has and this box does not need (cme-model 1.39): interfaces,
 * the gateway block, and lines that are kept as they stand (store/schema/kept.c). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const struct schema_field position_key[] = { ROW("position", T_INT, "Position",
							"Order of the lines, from 1.",
							.flags = F_KEPT, .min = 1, .max = 100000),
						    END };
static const struct schema_field raw_line[] = {
	ROW("mode", T_STR, "Mode",
	    "Where the line stands, such as voice register dn 1; nothing: outside of all modes.",
	    .flags = F_KEPT, .max = 255),
	ROW("text", T_STR, "Line", "The line as it is exported.",
	    .flags = F_KEPT | F_REQUIRED | F_MULTILINE, .min = 1, .max = 2000),
	END
};
static const struct schema_field interface_key[] = {
	ROW("name", T_STR, "Interface", "Name such as GigabitEthernet0/0.1.",
	    .flags = F_REST | F_JOIN, .min = 1, .max = 64),
	END
};
static const struct schema_field ip_key[] = {
	ROW("address", T_IPV4, "Address", "Address of the interface."), END
};
static const struct schema_field ip_mask = ROW("mask", T_IPV4_MASK, "Mask", "Mask of its network.");
static const struct schema_field ipv6_key[] = { ROW("prefix", T_STR, "Address",
						    "Address with the length of its prefix.",
						    .min = 1, .max = 64),
						END };
static const struct schema_field interface[] = {
	MAPV("ip", ip_key, &ip_mask, "IPv4 addresses", "Addresses with their masks."),
	MAP("ipv6", ipv6_key, schema_no_fields, "IPv6 addresses", "Addresses with their prefixes."),
	END
};
static const struct schema_field fields[] = {
	MAP("interfaces", interface_key, interface, "Interfaces",
	    "Addresses of the router that this box follows; source addresses are compared with "
	    "them."),
	ROW("gateway", T_BOOL, "Gateway", "The gateway block is there.", .flags = F_ADVANCED,
	    .group = "Gateway"),
	ROW("receive_rtp_timeout", T_INT, "Media time-out",
	    "A call without any voice packet ends after this time.", .flags = F_ALWAYS, .min = 180,
	    .max = 86400, .dflt = "1200", .unit = "s"),
	MAP("raw_lines", position_key, raw_line, "Kept lines",
	    "Lines without effect here: kept in their order and exported in their block.",
	    .flags = F_ADVANCED, .max = 5000, .group = "Kept lines"),
	END
};
static const struct schema_line lines[] = {
	LINE("ip address <address> <mask>", .in = "ip", .mode = "interface"),
	LINE("ipv6 address <prefix>", .in = "ipv6", .mode = "interface"),
	LINE("timer receive-rtp <receive_rtp_timeout>", .mode = "gateway"), END_LINE
};
static const struct schema_mode modes[] = {
	{ "interface", "interface <name>", "interfaces", true },
	{ "gateway", "gateway <gateway>", NULL, true },
	{ 0 },
};

const struct schema_object schema_platform = {
	.path = SCHEMA_PLATFORM,
	.mode = "platform",
	.command = "platform",
	.label = "Router lines",
	.help = "Lines of an imported router that have no effect here and are exported again.",
	.ui_group = "Platform",
	.fields = fields,
	.lines = lines,
	.modes = modes,
	.check = check_platform,
	.tidy = platform_tidy,
};
