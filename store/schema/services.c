/* store/schema/services.c - small modes: ip http, ntp, clock (cme-model 1.35, 1.39). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const struct schema_field http_fields[] = {
	ROW("enabled", T_BOOL, "HTTP server",
	    "Phones may be served by HTTP; off stops the file service."),
	ROW("port", T_INT, "Port", "Checked for clashes; it does not move the page you look at.",
	    .min = 1, .max = 65535, .dflt = "80"),
	ROW("access_class", T_STR, "Access list", "Kept for import.", .min = 1, .max = 64,
	    .flags = F_ADVANCED),
	ROW("secure", T_BOOL, "HTTPS", "Kept for import.", .flags = F_ADVANCED),
	ROW("path", T_FILE, "Folder", "Kept for import.", .min = 1, .max = 127,
	    .flags = F_ADVANCED),
	ROW("authentication", T_STR, "Sign-in", "Kept for import.", .min = 1, .max = 64,
	    .flags = F_ADVANCED | F_REST),
	END
};
static const struct schema_line http_lines[] = { LINE("ip http server <enabled>"),
						 LINE("ip http port <port>"),
						 LINE("ip http access-class <access_class>"),
						 LINE("ip http authentication <authentication>"),
						 LINE("ip http secure-server <secure>"),
						 LINE("ip http path <path>"),
						 END_LINE };
const struct schema_object schema_http = {
	.path = "http",
	.mode = "ip http",
	.command = "ip http",
	.label = "HTTP for phones",
	.help = "The HTTP server that phones use.",
	.ui_group = "Files",
	.fields = http_fields,
	.lines = http_lines,
	.check = check_http,
};

static const struct schema_field server_key[] = {
	ROW("server", T_STR, "Server", "Name or address.", .min = 1, .max = 253), END
};
static const struct schema_field server[] = {
	ROW("prefer", T_FLAG, "Preferred", "Kept for import.", .flags = F_ADVANCED), END
};
static const struct schema_field ntp_fields[] = {
	MAP("servers", server_key, server, "Time servers", "Where this box asks the time."), END
};
static const struct schema_line ntp_lines[] = {
	LINE("ntp server <server> [<prefer>]", .in = "servers"), END_LINE
};
const struct schema_object schema_ntp = {
	.path = "ntp",
	.mode = "ntp",
	.command = "ntp",
	.label = "Time",
	.help = "Time servers.",
	.ui_group = "Time",
	.fields = ntp_fields,
	.lines = ntp_lines,
};

static const struct schema_field binding_key[] = {
	ROW("file", T_FILE, "File", "Where it is, such as flash:P0030801SR02.loads.",
	    .flags = F_JOIN, .min = 1, .max = 255),
	ROW("alias", T_STR, "Name", "Name under which phones ask for it; none: its own.",
	    .max = 127),
	END
};
static const struct schema_field binding[] = { ROW("acl", T_INT, "Access list", "Kept for import.",
						   .flags = F_ADVANCED, .min = 1, .max = 99),
					       END };
static const struct schema_field tftp_fields[] = {
	MAP("bindings", binding_key, binding, "Files", "Files that are published one by one."), END
};
static const struct schema_line tftp_lines[] = {
	LINE("tftp-server <file> [alias <alias>] [<acl>]", .in = "bindings"), END_LINE
};
const struct schema_object schema_tftp = {
	.path = "tftp",
	.mode = "tftp-server",
	.command = "tftp-server",
	.label = "Published files",
	.help = "Files published by name, one by one.",
	.ui_group = "Files",
	.fields = tftp_fields,
	.lines = tftp_lines,
};

static const struct schema_field zone[] = {
	ROW("name", T_STR, "Name", "Short name such as CET.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("hours", T_INT, "Hours", "Hours east of UTC.", .flags = F_REQUIRED, .min = -23,
	    .max = 23, .unit = "h"),
	ROW("minutes", T_INT, "Minutes", "Further minutes.", .max = 59, .unit = "min"), END
};
static const struct schema_field system_fields[] = {
	OBJ("time_zone", zone, "Clock", "Zone in which this box writes times."),
	ROW("summer_time", T_STR, "Daylight saving", "Words behind clock summer-time.",
	    .flags = F_REST | F_ADVANCED, .min = 1, .max = 128),
	END
};
static const struct schema_line system_lines[] = {
	LINE("clock timezone <time_zone.name> <time_zone.hours> [<time_zone.minutes>]"),
	LINE("clock summer-time <summer_time>"), END_LINE
};
const struct schema_object schema_system = {
	.path = "system",
	.mode = "clock",
	.command = "clock",
	.label = "Clock",
	.help = "Time zone of this box.",
	.ui_group = "Time",
	.fields = system_fields,
	.lines = system_lines,
};
