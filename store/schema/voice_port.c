/* store/schema/voice_port.c - voice-port <id> (cme-model 1.37): ports of a gateway to the public
 * network. The rows under `options` are kept for export. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const signals[] = { "ground-start", "loop-start", NULL };
static const char *const directions[] = { "incoming", "outgoing", NULL };

static const struct schema_field key =
    ROW("id", T_STR, "Port", "Slot and port, such as 0/1/0:15.", .min = 1, .max = 32);
static const struct schema_field direction_key[] = {
	ROW("direction", T_ENUM, "Direction", "Calls from or to the port.", .choices = directions),
	END
};
static const struct schema_field lpcor_group =
    ROW("group", T_STR, "Group", "Partitioning group of these calls.", .min = 1, .max = 32,
	.ref = "lpcor#groups");
static const struct schema_field mlpp_key[] = { ROW("option", T_STR, "Option", "Words behind mlpp.",
						    .flags = F_REST, .min = 1, .max = 80),
						END };
static const struct schema_field station[] = {
	ROW("name", T_STR, "Name", "Name sent with calls of the port.", .flags = F_REST, .min = 1,
	    .max = 80),
	ROW("number", T_STR, "Number", "Number sent with calls of the port.", .min = 1, .max = 80),
	END
};
static const struct schema_field options[] = {
	MAPV("lpcor", direction_key, &lpcor_group, "Partitioning", "Groups of calls of this port."),
	MAP("mlpp", mlpp_key, schema_no_fields, "Precedence", "Precedence options of the port."),
	ROW("connection_plar", T_STR, "Direct call",
	    "Number that is dialled when the port is used.", .min = 1, .max = 32),
	ROW("caller_id", T_BOOL, "Caller ID", "Caller ID is read and sent."),
	OBJ("station_id", station, "Station", "Who the port says it is."),
	ROW("cptone", T_STR, "Tones", "Country of the call progress tones.", .min = 1, .max = 8),
	ROW("description", T_STR, "Description", "What the port is for.", .flags = F_REST, .min = 1,
	    .max = 128),
	ROW("shutdown", T_BOOL, "Out of service", "The port takes no calls."),
	END
};
static const struct schema_field fields[] = {
	ROW("signal", T_ENUM, "Signalling", "How an analogue trunk line is seized.",
	    .choices = signals, .dflt = "loop-start", .group = "Line"),
	ROW("incoming_alerting_ring_only", T_BOOL, "Ring detection",
	    "Incoming calls are told by the ring signal alone. Only with ground start."),
	ROW("ring_number", T_INT, "Rings", "Rings before the port answers.", .min = 1, .max = 10,
	    .dflt = "1"),
	OBJ("options", options, "Further options",
	    "Kept and exported; the phones do not need them.", .group = "Further options"),
	END
};
/* Routers write groundstart in one word; the documents also ground-start. */
static const struct schema_line lines[] = {
	LINE("lpcor <direction> <group>", .in = "options.lpcor"),
	LINE("mlpp <option>", .in = "options.mlpp"),
	LINE("signal groundstart <signal=ground-start>",
	     .alias = "signal loopstart <signal=loop-start>;signal <signal>"),
	LINE("cptone <options.cptone>"),
	LINE("incoming alerting ring-only <incoming_alerting_ring_only>"),
	LINE("ring number <ring_number>"),
	LINE("connection plar <options.connection_plar>"),
	LINE("description <options.description>"),
	LINE("station-id name <options.station_id.name>"),
	LINE("station-id number <options.station_id.number>"),
	LINE("caller-id enable <options.caller_id>"),
	LINE("shutdown <options.shutdown>"),
	END_LINE
};

const struct schema_object schema_voice_port = {
	.path = "voice-ports",
	.mode = "voice-port",
	.enter = "voice-port <id>",
	.command = "voice-port",
	.label = "Voice ports",
	.help = "A port to the public telephone network.",
	.ui_group = "Trunks",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_voice_port,
};
