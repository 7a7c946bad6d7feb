/* store/schema/moh_group.c - voice moh-group <tag>: music on hold for some callers (cme-model 1.31). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the group.", .min = 1, .max = 5);
static const struct schema_field route =
    ROW("address", T_IPV4, "Address", "Interface that sends the music.");
static const struct schema_field multicast[] = {
	ROW("address", T_MULTICAST, "Group address", "Multicast address of the music.",
	    .flags = F_REQUIRED),
	ROW("port", T_INT, "Port", "UDP port of the music.", .flags = F_REQUIRED, .min = 2000,
	    .max = 65535),
	LIST("route", &route, "Interfaces", "Addresses of the interfaces that send it.", .max = 4),
	END
};
static const struct schema_field range_key[] = {
	ROW("from", T_HEX, "From", "First extension.", .min = 1, .max = 32),
	ROW("to", T_HEX, "To", "Last extension, of the same length.", .min = 1, .max = 32), END
};
static const struct schema_field fields[] = {
	ROW("description", T_STR, "Description", "What the group is for.", .flags = F_REST,
	    .min = 1, .max = 80),
	ROW("moh_file", T_FILE, "Music", "Sound file of the group.", .min = 1, .max = 255),
	OBJ("multicast_moh", multicast, "Multicast", "The music is sent to all at once.",
	    .apply = APPLY_CREATE_RESET),
	MAP("extension_ranges", range_key, schema_no_fields, "Extensions",
	    "Callers whose extension lies between the two hear this music."),
	END
};
static const struct schema_line lines[] = {
	LINE("description <description>"), LINE("moh <moh_file>"),
	LINE("multicast moh <multicast_moh.address> port <multicast_moh.port> "
	     "[route <multicast_moh.route>]"),
	LINE("extension-range <from> to <to>", .in = "extension_ranges",
	     .alias = "extension range <from> to <to>"),
	END_LINE
};

const struct schema_object schema_moh_group = {
	.path = "moh-groups",
	.mode = "voice moh-group",
	.enter = "voice moh-group <tag>",
	.command = "voice moh-group",
	.label = "Music groups",
	.help = "Music on hold of its own for some callers.",
	.ui_group = "Media",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_moh_group,
};
