/* store/schema/vr_global.c - mode voice register global: system parameters of the SIP side
 * (cme-model 1.10) with its sub-modes auto-register (1.11) and group. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

#define CREATE .apply = APPLY_CREATE_RESET

static const char *const modes_[] = { "srst", "cme", "cme-app", "esrst", NULL };
static const char *const date_formats[] = { "d/m/y", "m/d/y",  "y-d-m", "y/d/m",
					    "y/m/d", "yy-m-d", NULL };
static const char *const tftp_paths[] = { "system", "flash", "slot0", "tftp", "http", NULL };
static const char *const services[] = { "register", "ood-refer", "presence", NULL };
static const char *const weeks[] = { "1", "2", "3", "4", "8", NULL };
static const char *const ntp_modes[] = { "anycast", "directedbroadcast", "multicast", "unicast",
					 NULL };
static const char *const url_kinds[] = { "authentication", "directory", "service", "idle", NULL };

static const struct schema_field source_address[] = {
	ROW("address", T_IP, "Address", "Address the phones register with.", .flags = F_REQUIRED),
	ROW("port", T_INT, "Port", "Port for the phones.", .min = 2000, .max = 9999,
	    .dflt = "5060"),
	ROW("secondary", T_IP, "Second server", "Where phones go when this one is silent.",
	    .flags = F_ADVANCED),
	END
};
static const struct schema_field tftp_path[] = {
	ROW("path", T_ENUM, "Location", "Where the phone files are kept.", .choices = tftp_paths,
	    .dflt = "system"),
	ROW("url", T_URL, "Server", "Server that keeps the files.", .min = 1, .max = 127), END
};
static const struct schema_field service_key[] = { ROW("service", T_ENUM, "Service",
						       "Requests that must be authenticated.",
						       .choices = services),
						   END };
static const struct schema_field credential_key[] = { TAG("tag", 1, 5), END };
static const struct schema_field credential =
    ROW("url", T_URL, "File", "File with user names and passwords.", .min = 1, .max = 255);
static const struct schema_field authenticate[] = {
	ROW("enabled", T_BOOL, "Ask for passwords",
	    "Phones that nothing else identifies must sign in."),
	ROW("all", T_FLAG, "From everybody", "Every phone must sign in at every registration."),
	ROW("realm", T_STR, "Realm", "Name shown when the password is asked.", .min = 1, .max = 64),
	MAP("services", service_key, schema_no_fields, "Requests",
	    "Requests that must be authenticated."),
	MAPV("credentials", credential_key, &credential, "Password files",
	     "Files with further users.", .flags = F_ADVANCED),
	END
};
#define EDGE(n, mon, wk)                                                                          \
	static const struct schema_field n[] = {                                                  \
		ROW("month", T_ENUM, "Month", "Month.", .choices = schema_months, .dflt = (mon)), \
		ROW("day", T_INT, "Day", "Day of the month, instead of week and weekday.",        \
		    .min = 1, .max = 31),                                                         \
		ROW("week", T_INT, "Week", "Week of the month; 8 is the last.", .choices = weeks, \
		    .dflt = (wk)),                                                                \
		ROW("weekday", T_ENUM, "Weekday", "Day of the week.", .choices = schema_days,     \
		    .dflt = "sun"),                                                               \
		ROW("time", T_TIME, "Time", "Time of day.", .dflt = "02:00"),                     \
		END                                                                               \
	}
EDGE(dst_start, "apr", "1");
EDGE(dst_stop, "oct", "8");
static const struct schema_field dst[] = {
	ROW("auto_adjust", T_BOOL, "Daylight saving", "Phones change their clock by themselves.",
	    .dflt = "true"),
	OBJ("start", dst_start, "Begins", "First day of daylight-saving time."),
	OBJ("stop", dst_stop, "Ends", "Last day of daylight-saving time."), END
};
static const struct schema_field ntp_server[] = {
	ROW("address", T_IP, "Time server", "Where phones ask the time.", .flags = F_REQUIRED),
	ROW("mode", T_ENUM, "Mode", "How they ask.", .choices = ntp_modes), END
};
static const struct schema_field create[] = {
	ROW("enabled", T_BOOL, "Make phone files", "Files are made and kept current."),
	ROW("version_stamp", T_STR, "Version stamp", "Stamp set by hand, as in the imported line.",
	    .flags = F_ADVANCED, .max = 48),
	END
};
static const struct schema_field profile[] = {
	OBJ("create", create, "Generation", "Making of the phone files.", .apply = APPLY_RESET), END
};
static const struct schema_field timeouts[] = {
	ROW("interdigit", T_INT, "Between digits",
	    "Longest pause between two dialled digits; 0, from old configurations, is no limit.",
	    .min = 2, .max = 120, .dflt = "10", .unit = "s", .flags = F_ZERO),
	END
};
static const struct schema_field url_key[] = {
	ROW("kind", T_ENUM, "Button", "Which button or service.", .choices = url_kinds), END
};
static const struct schema_field url =
    ROW("url", T_URL, "URL", "Address the phone asks.", .min = 1, .max = 255);
static const struct schema_field load_key[] = { ROW("phone_type", T_PHONE_TYPE, "Phone type",
						    "Which phones.", .choices = schema_sip_types),
						END };
static const struct schema_field load =
    ROW("firmware_file", T_FILE, "Firmware", "Name of the firmware; its case counts.", .min = 1,
	.max = 127);
static const struct schema_field plan_key[] = { TAG("tag", 1, 10), END };
static const struct schema_field plan[] = {
	ROW("pattern", T_PATTERN, "Full number",
	    "Full number with `.` for the digits of the extension.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("extension_length", T_INT, "Extension length", "Digits of an extension.",
	    .flags = F_REQUIRED, .min = 1, .max = 32, .unit = "digits"),
	ROW("extension_pattern", T_PATTERN, "Extension pattern",
	    "When extensions begin differently.", .min = 1, .max = 32),
	ROW("no_reg", T_FLAG, "No registration", "Full numbers are not registered elsewhere."), END
};
static const struct schema_field network_locale[] = {
	ROW("user_defined", T_ENUM, "User-defined", "Name of a tone set of one's own.",
	    .choices = (const char *const[]){ "U1", "U2", "U3", "U4", "U5", NULL }),
	ROW("code", T_STR, "Code", "Country code, such as DE.", .flags = F_REQUIRED, .min = 1,
	    .max = 8),
	ROW("load", T_FILE, "Locale file", "Archive with the tones.", .max = 127), END
};
static const struct schema_field auto_assign[] = {
	ROW("first", T_INT, "First", "First number given to unknown phones.", .flags = F_REQUIRED,
	    .min = 1, .max = 4294967295),
	ROW("last", T_INT, "Last", "Last number given to unknown phones.", .flags = F_REQUIRED,
	    .min = 1, .max = 4294967295),
	END
};
static const struct schema_field auto_register[] = {
	ROW("enabled", T_BOOL, "Automatic registration", "Acts once password and numbers are set.",
	    .dflt = "true"),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password",
	    "Given to phones that register by themselves. Write only.", .min = 1, .max = 64),
	OBJ("auto_assign", auto_assign, "Numbers", "Range for unknown phones."),
	ROW("template", T_INT, "Template", "Template of these phones.", .min = 1, .max = 10,
	    .ref = "voice-register/templates"),
	ROW("service_enable", T_BOOL, "In service", "Off pauses without losing the settings.",
	    .dflt = "true"),
	END
};
static const struct schema_field group[] = {
	ROW("vrf", T_STR, "VRF", "Routing table of the group.", .min = 1, .max = 32), END
};

static const struct schema_field fields[] = {
	ROW("mode", T_ENUM, "Mode", "SIP phones register only in cme and cme-app.",
	    .choices = modes_, .dflt = "srst", .apply = APPLY_RESET, .group = "Addresses"),
	OBJ("source_address", source_address, "Source address", "Where SIP phones register.",
	    CREATE),
	MAP("groups", schema_group_key, group, "VRF groups",
	    "Phones in routing tables of their own.", CREATE, .flags = F_ADVANCED),
	ROW("max_pool", T_INT, "Phones", "Highest tag of a SIP phone.", .limit = "pools",
	    .dflt = "0", .apply = APPLY_RELOAD, .group = "Capacity"),
	ROW("max_dn", T_INT, "Directory numbers", "Highest tag of a directory number.",
	    .limit = "dns", .dflt = "0", .apply = APPLY_RELOAD),
	OBJ("authenticate", authenticate, "Passwords", "Who must sign in.",
	    .apply = APPLY_REREGISTER, .group = "Registration"),
	ROW("keepalive", T_INT, "Keepalive", "How often a phone proves that it is still there.",
	    .min = 120, .max = 65535, .dflt = "120", .unit = "s", CREATE),
	OBJ("auto_register", auto_register, "Automatic registration",
	    "Phones that nobody has entered."),
	ROW("attempted_registrations_size", T_INT, "Refused phones",
	    "Entries kept of refused registrations.", .max = 50, .dflt = "10"),
	ROW("bulk_pattern", T_PATTERN, "Bulk registration",
	    "Numbers that are registered with a provider together.", .min = 1, .max = 32,
	    .flags = F_ADVANCED),
	ROW("application", T_STR, "Application", "Session application of the phones.", .min = 1,
	    .max = 64, .apply = APPLY_REREGISTER, .flags = F_ADVANCED),
	OBJ("profile", profile, "Phone files", "Making of the phone files.",
	    .group = "Phone files"),
	OBJ("tftp_path", tftp_path, "Location", "Where the phone files are kept.", CREATE),
	MAPV("loads", load_key, &load, "Firmware", "Firmware by phone type.", CREATE),
	MAPV("urls", url_key, &url, "Button addresses", "Addresses behind the phone's buttons.",
	     CREATE),
	ROW("date_format", T_ENUM, "Date", "How phones show the date.", .choices = date_formats,
	    .dflt = "m/d/y", CREATE, .group = "Date and time"),
	ROW("time_format", T_INT, "Clock", "12 or 24 hours.", .choices = schema_clock_formats,
	    .dflt = "12", CREATE),
	ROW("time_zone", T_INT, "Time zone", "Number of the zone; 5 is US Pacific.", .min = 1,
	    .max = 56, .dflt = "5", .pick = "zones", CREATE),
	OBJ("olson_time_zone", schema_olson, "Zone by name", "For phones that know zones by name.",
	    CREATE, .flags = F_ADVANCED),
	OBJ("dst", dst, "Daylight saving", "When phones change their clock.", CREATE),
	OBJ("ntp_server", ntp_server, "Time server", "Where phones get the time.", CREATE),
	OBJ("timeouts", timeouts, "Timers", "Waiting times.", CREATE, .group = "Timers"),
	OBJ("dscp", schema_dscp, "Packet marks", "Quality-of-service marks (DSCP).", CREATE,
	    .group = "Quality of service"),
	MAP("user_locales", schema_locale_key, schema_user_locale, "Languages",
	    "Languages of the display.", CREATE, .group = "Display"),
	MAP("network_locales", schema_locale_key, network_locale, "Tones", "Tones by country.",
	    CREATE),
	MAP("dialplan_patterns", plan_key, plan, "Dial-plan patterns",
	    "Full numbers of the extensions.", .group = "Calls"),
	ROW("voicemail", T_DIGITS, "Voice mail", "Number behind the Messages button.", .min = 1,
	    .max = 32, CREATE),
	ROW("hold_alert", T_BOOL, "Hold reminder", "Phones remind of calls on hold.", CREATE),
	ROW("forwarding_local", T_BOOL, "Local forwarding", "Internal calls may be forwarded too."),
	ROW("privacy", T_BOOL, "Privacy", "Calls of shared lines are private.", .dflt = "true",
	    .apply = APPLY_RESTART),
	ROW("privacy_on_hold", T_BOOL, "Privacy on hold", "Held calls of shared lines are hidden."),
	ROW("phone_redirect_limit", T_INT, "Redirections",
	    "How often phones may redirect one call.", .min = 5, .max = 20, .dflt = "5"),
	ROW("overlap_signal", T_BOOL, "Digit by digit", "Digits are sent one by one.",
	    .apply = APPLY_RESTART),
	ROW("options", T_STR, "Other commands",
	    "Kept for the export, one per line: conference hardware, camera, video, upgrade, "
	    "file text, external-ring, logo, mwi, telnet level, allow-hash-in-dn, "
	    "security-policy, outbound-proxy, bandwidth video tias-modifier, "
	    "phone-mode phone-only.",
	    CREATE, .flags = F_LINES | F_MULTILINE | F_ADVANCED, .max = 4000,
	    .group = "Other commands"),
	END
};

/* `authenticate realm` is a line of its own: a realm by itself leaves alone who is asked. */
static const struct schema_line lines[] = {
	LINE("mode <mode>"),
	LINE("source-address <source_address.address> [port <source_address.port>] "
	     "[secondary <source_address.secondary>]"),
	LINE("keepalive <keepalive>"),
	LINE("timeouts interdigit <timeouts.interdigit>"),
	LINE("attempted-registrations size <attempted_registrations_size>"),
	LINE("max-dn <max_dn>"),
	LINE("max-pool <max_pool>"),
	LINE("load <phone_type> <firmware_file>", .in = "loads"),
	LINE("authenticate <service>", .in = "authenticate.services"),
	LINE("authenticate credential <tag> <url>", .in = "authenticate.credentials"),
	LINE("authenticate [<authenticate.all>] <authenticate.enabled>",
	     .alias = "authenticate <authenticate.all> realm <authenticate.realm> "
		      "<authenticate.enabled>"),
	LINE("authenticate realm <authenticate.realm> <authenticate.enabled>"),
	LINE("timezone <time_zone>"),
	LINE("date-format <date_format>"),
	LINE("time-format <time_format>"),
	LINE("dst auto-adjust <dst.auto_adjust>"),
	LINE("dst start <dst.start.month> {day <dst.start.day>|week <dst.start.week> day "
	     "<dst.start.weekday>} "
	     "time <dst.start.time>"),
	LINE("dst stop <dst.stop.month> {day <dst.stop.day>|week <dst.stop.week> day "
	     "<dst.stop.weekday>} "
	     "time <dst.stop.time>"),
	LINE("ntp-server <ntp_server.address> [mode <ntp_server.mode>]"),
	LINE("hold-alert <hold_alert>"),
	LINE("forwarding local <forwarding_local>"),
	LINE("privacy <privacy>"),
	LINE("privacy-on-hold <privacy_on_hold>"),
	LINE("phone-redirect-limit <phone_redirect_limit>"),
	LINE("voicemail <voicemail>"),
	LINE("url <kind> <url>", .in = "urls"),
	LINE("dialplan-pattern <tag> <pattern> extension-length <extension_length> "
	     "[extension-pattern <extension_pattern>] [<no_reg>]",
	     .in = "dialplan_patterns"),
	LINE("user-locale [<tag>] [<user_defined>] <code> [load <load>]", .in = "user_locales"),
	LINE("network-locale [<tag>] [<user_defined>] <code> [load <load>]",
	     .in = "network_locales"),
	LINE("tftp-path {flash: <tftp_path.path=flash>|slot0: <tftp_path.path=slot0>|"
	     "~tftp: <tftp_path.url> <tftp_path.path=tftp>|~http: <tftp_path.url> "
	     "<tftp_path.path=http>}"),
	LINE("ip qos dscp <dscp.media> media"),
	LINE("ip qos dscp <dscp.service> service"),
	LINE("ip qos dscp <dscp.signaling> signal",
	     .alias = "ip qos dscp <dscp.signaling> signaling"),
	LINE("ip qos dscp <dscp.video> video"),
	LINE("application <application>"),
	LINE("bulk <bulk_pattern>"),
	LINE("olsontimezone <olson_time_zone.timezone> version <olson_time_zone.version>"),
	LINE("overlap-signal <overlap_signal>"),
	LINE("conference hardware [<options>]", .keep = true),
	LINE("camera [<options>]", .keep = true),
	LINE("video [<options>]", .keep = true),
	LINE("upgrade [<options>]", .keep = true),
	LINE("file text [<options>]", .keep = true),
	LINE("external-ring [<options>]", .keep = true),
	LINE("logo [<options>]", .keep = true),
	LINE("mwi reg-e164 [<options>]", .keep = true),
	LINE("mwi stutter [<options>]", .keep = true),
	LINE("telnet level [<options>]", .keep = true),
	LINE("allow-hash-in-dn [<options>]", .keep = true),
	LINE("security-policy [<options>]", .keep = true),
	LINE("outbound-proxy [<options>]", .keep = true),
	LINE("bandwidth video tias-modifier [<options>]", .keep = true),
	LINE("phone-mode phone-only [<options>]", .keep = true),
	LINE("create profile [sync <profile.create.version_stamp>] <profile.create.enabled>"),
	LINE("password [<auto_register.password_encoding>] <auto_register.password>",
	     .mode = "auto-register"),
	LINE("auto-assign <auto_register.auto_assign.first> to <auto_register.auto_assign.last>",
	     .mode = "auto-register"),
	LINE("template <auto_register.template>", .mode = "auto-register"),
	LINE("service-enable <auto_register.service_enable>", .mode = "auto-register"),
	END_LINE
};
static const struct schema_mode modes[] = {
	{ "auto-register", "auto-register <auto_register.enabled>", NULL, false },
	{ "group", "group <tag> [vrf <vrf>]", "groups", false },
	{ 0 },
};

static const char *const takes_along[] = { "voice-register/pools", "voice-register/dns",
					   "voice-register/templates", "voice-register/dialplans",
					   NULL };

const struct schema_object schema_vr_global = {
	.path = "voice-register/global",
	.mode = "voice register global",
	.enter = "voice register global",
	.command = "voice register global",
	.label = "SIP system",
	.help = "System parameters of SIP phones.",
	.ui_group = "System",
	.fields = fields,
	.lines = lines,
	.check = check_vr_global,
	.modes = modes,
	.apply_create = APPLY_RESET,
	.takes_along = takes_along,
};
