/* store/schema/dhcp.c - ip dhcp ... (cme-model 1.39): named networks. Nothing is lent here; the names stand
 * in tables of call partitioning, whoever serves the leases. */
#include "store/schema/row.h"

static const struct schema_field excluded_key[] = {
	ROW("from", T_IPV4, "From", "First address."),
	ROW("to", T_IPV4, "To", "Last address; none: the first alone."), END
};
static const struct schema_field pool_key[] = {
	ROW("name", T_STR, "Name", "Name of the network.", .min = 1, .max = 64), END
};
static const struct schema_field server =
    ROW("address", T_IPV4, "Address", "A server that gives phones their files.");
static const struct schema_field pool[] = {
	ROW("network", T_IPV4, "Network", "Address of the network."),
	ROW("mask", T_IPV4_MASK, "Mask", "Mask of the network."),
	LIST("option_150", &server, "File servers", "TFTP servers given to phones.", .max = 8),
	ROW("default_router", T_IPV4, "Router", "Gateway of the network."), END
};
static const struct schema_field fields[] = {
	MAP("excluded_addresses", excluded_key, schema_no_fields, "Not lent",
	    "Addresses that are not lent."),
	MAP("pools", pool_key, pool, "Networks", "Networks by name."), END
};
static const struct schema_line lines[] = {
	LINE("ip dhcp excluded-address <from> [<to>]", .in = "excluded_addresses"),
	LINE("network <network> <mask>", .mode = "pool"),
	LINE("option 150 ip <option_150>", .mode = "pool"),
	LINE("default-router <default_router>", .mode = "pool"), END_LINE
};
static const struct schema_mode modes[] = {
	{ "pool", "ip dhcp pool <name>", "pools", true },
	{ 0 },
};

const struct schema_object schema_dhcp = {
	.path = "dhcp",
	.mode = "ip dhcp",
	.command = "ip dhcp",
	.label = "Networks",
	.help = "Networks by name, as a DHCP server has them.",
	.ui_group = "Platform",
	.fields = fields,
	.lines = lines,
	.modes = modes,
};
