/* store/schema/telephony.c - mode telephony-service: system parameters of the SCCP side
 * (cme-model 1.2) and its sub-mode group (1.3). Left out: `web admin` (accounts are no part of the
 * configuration) and the actions reset, restart. */
#include "store/schema/checks.h"
#include "store/schema/rows_sccp.h"

#define CREATE .apply = APPLY_CREATE_RESET

static const char *const match_modes[] = { "any-match", "strict-match", NULL };
static const char *const no_regs[] = { "primary", "both", NULL };
static const char *const cnf_modes[] = { "per-system", "perphonetype", "perphone", NULL };
static const char *const date_formats[] = { "dd-mm-yy", "mm-dd-yy", "yy-dd-mm", "yy-mm-dd", NULL };
static const char *const gains[] = { "-6", "0", "3", "6", NULL };
static const char *const url_kinds[] = { "authentication", "directories", "idle",
					 "information",    "messages",    "proxy-server",
					 "services",       NULL };
static const char *const transfer_systems[] = { "blind", "full-blind", "full-consult",
						"local-consult", NULL };
static const char *const transfer_digits[] = { "new-call", "orig-call", NULL };
static const char *const security_modes[] = { "authenticated", "none", "encrypted", NULL };
static const char *const server_security[] = { "erase", "non-secure", "secure", NULL };
static const char *const name_orders[] = { "first-name-first", "last-name-first", NULL };
static const char *const park_systems[] = { "application", "redirect", NULL };
static const char *const fac_modes[] = { "standard", "custom", NULL };
static const char *const day_groups[] = { "everyday", "weekday", "weekend", NULL };
static const char *const mwi_transports[] = { "tcp", "udp", NULL };

#define SOURCE_TAIL                                                                      \
	ROW("port", T_INT, "Port", "TCP port for the phones.", .min = 2000, .max = 9999, \
	    .dflt = "2000")
#define SOURCE_SECONDARY(type)                                                                \
	ROW("secondary", type, "Second server", "Where phones go when this one is silent.",   \
	    .flags = F_ADVANCED),                                                             \
	    ROW("rehome_seconds", T_INT, "Return after",                                      \
		"How long the first server must be back before phones return.", .max = 65535, \
		.dflt = "120", .unit = "s", .flags = F_ADVANCED),                             \
	    ROW("match_mode", T_ENUM, "Address check",                                        \
		"strict-match refuses a phone that was told another address.",                \
		.choices = match_modes, .dflt = "any-match", .flags = F_ADVANCED)

static const struct schema_field source_ipv4[] = { ROW("address", T_IPV4, "Address",
						       "IPv4 address the phones register with.",
						       .flags = F_REQUIRED),
						   SOURCE_TAIL, SOURCE_SECONDARY(T_IPV4), END };
static const struct schema_field source_ipv6[] = { ROW("address", T_IPV6, "Address",
						       "IPv6 address the phones register with.",
						       .flags = F_REQUIRED),
						   SOURCE_TAIL, SOURCE_SECONDARY(T_IPV6), END };
static const struct schema_field source_any[] = {
	ROW("address", T_IP, "Address", "Address the phones of the group register with.",
	    .flags = F_REQUIRED),
	SOURCE_TAIL, SOURCE_SECONDARY(T_IP), END
};
static const struct schema_field source_addresses[] = {
	OBJ("ipv4", source_ipv4, "IPv4", "Without it no SCCP phone is accepted over IPv4."),
	OBJ("ipv6", source_ipv6, "IPv6", "Needs protocol mode ipv6 or dual-stack."), END
};

static const struct schema_field create[] = {
	ROW("enabled", T_BOOL, "Make phone files", "Files are made and kept current."),
	ROW("version_stamp", T_STR, "Version stamp", "Stamp set by hand, as in the imported line.",
	    .flags = F_REST | F_ADVANCED, .max = 48),
	END
};
static const struct schema_field cnf_file[] = {
	ROW("location", T_ENUM, "Location",
	    "Where the phone files are kept. system: has one file for all.",
	    .choices = schema_cnf_locations, .dflt = "system", CREATE),
	ROW("tftp_url", T_URL, "TFTP address", "Server that keeps the files.", .flags = F_ADVANCED,
	    .max = 127, CREATE),
	ROW("path", T_FILE, "Folder", "Folder on the storage.", .flags = F_ADVANCED, .max = 127,
	    CREATE),
	ROW("mode", T_ENUM, "Files",
	    "One file for all phones, one per phone type, or one per phone.", .choices = cnf_modes,
	    .dflt = "per-system", CREATE),
	OBJ("create", create, "Generation", "Making of the phone files.", .apply = APPLY_RESET),
	END
};

static const struct schema_field timeouts[] = {
	ROW("busy", T_INT, "Busy", "A call transferred to a busy number ends after this time.",
	    .max = 30, .dflt = "10", .unit = "s"),
	ROW("interdigit", T_INT, "Between digits",
	    "Longest pause between two dialled digits; 0, from old configurations, is no limit.",
	    .min = 2, .max = 120, .dflt = "10", .unit = "s", .flags = F_ZERO),
	ROW("ringing", T_INT, "Ringing", "Longest ringing without an answer.", .min = 5,
	    .max = 60000, .dflt = "180", .unit = "s"),
	ROW("transfer_recall", T_INT, "Transfer recall",
	    "An unanswered transfer comes back after this time; 0 never.", .max = 1800, .dflt = "0",
	    .unit = "s"),
	ROW("night_service_bell", T_INT, "Night bell", "Pause between two night bells.", .min = 4,
	    .max = 30, .dflt = "12", .unit = "s"),
	END
};

static const struct schema_field standby[] = {
	ROW("username", T_STR, "User", "Name known to the second server.", .flags = F_REQUIRED,
	    .min = 1, .max = 19),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .flags = F_REQUIRED, .min = 1,
	    .max = 19),
	END
};
static const struct schema_field xml_user_key[] = { ROW("username", T_STR, "User",
							"Name of the program that signs in.",
							.min = 1, .max = 19, .unique = "username"),
						    END };
static const struct schema_field xml_user[] = {
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only, kept as a hash.",
	    .flags = F_REQUIRED | F_HASH, .min = 1, .max = 19),
	ROW("privilege_level", T_INT, "Level", "Commands above this level are refused.",
	    .flags = F_REQUIRED, .max = 15),
	END
};

static const struct schema_field hfs[] = {
	ROW("enabled", T_BOOL, "Files over HTTP",
	    "Phones may fetch their files by HTTP. Needs ip http server."),
	ROW("port", T_INT, "Port", "Phones use port 6970. Without a port: that of ip http.",
	    .min = 1024, .max = 65535),
	ROW("home_path", T_FILE, "Home path",
	    "Folder searched for files that nothing else provides.", .max = 127),
	END
};

static const struct schema_field logout_times[] = {
	ROW("time1", T_TIME, "First time",
	    "Everybody is logged out at this time; 00:00 is none, 24:00 midnight.",
	    .flags = F_REQUIRED | F_BARE, .max = 24),
	ROW("time2", T_TIME, "Second time",
	    "Everybody is logged out at this time; 00:00 is none, 24:00 midnight.", .flags = F_BARE,
	    .max = 24),
	ROW("time3", T_TIME, "Third time",
	    "Everybody is logged out at this time; 00:00 is none, 24:00 midnight.", .flags = F_BARE,
	    .max = 24),
	END
};
static const struct schema_field em[] = {
	OBJ("logout_times", logout_times, "Log-out times", "Up to three times a day."),
	ROW("keep_history", T_BOOL, "Keep call history",
	    "The call history stays on the phone at log-out."),
	ROW("external", T_BOOL, "External log-in", "Hides the log-in page in the Services menu."),
	END
};

static const struct schema_field conferences[] = {
	ROW("max", T_INT, "Conferences", "Three-party conferences at one time.",
	    .max = MAX_CONFERENCES, .flags = F_REQUIRED),
	ROW("gain", T_INT, "Gain", "Applied to those who join from outside.", .choices = gains,
	    .dflt = "-6", .unit = "dB", .flags = F_ALWAYS),
	END
};

static const struct schema_field farm_key[] = { TAG("tag", 1, 10), END };
static const struct schema_field farm_name =
    ROW("device_name", T_STR, "Device name", "Name under which the unit registers.", .min = 1,
	.max = 15);
static const struct schema_field mute_digits[] = {
	ROW("mute_on", T_DIGITS, "Mute", "Keys that mute.", .flags = F_REQUIRED, .min = 1,
	    .max = 3),
	ROW("mute_off", T_DIGITS, "Unmute", "Keys that unmute.", .flags = F_REQUIRED, .min = 1,
	    .max = 3),
	END
};
static const struct schema_field sdspfarm[] = {
	ROW("units", T_INT, "Units", "DSP farm units that may register.", .max = 10, .dflt = "0"),
	ROW("transcode_sessions", T_INT, "Transcoding", "Transcoding sessions at one time.",
	    .min = 1, .max = 128),
	MAPV("tags", farm_key, &farm_name, "Units by name", "Name of each unit."),
	OBJ("conference_mute_digits", mute_digits, "Mute keys", "Keys in a hardware conference."),
	END
};

static const struct schema_field url_key[] = {
	ROW("kind", T_ENUM, "Button", "Which button or service.", .choices = url_kinds), END
};
static const struct schema_field url[] = {
	ROW("url", T_URL, "URL", "Address the phone asks.", .flags = F_REQUIRED, .min = 1,
	    .max = 255),
	ROW("line_name", T_STR, "Menu name", "Only for services: name in the menu.", .min = 1,
	    .max = 32),
	ROW("root", T_FLAG, "Root menu", "Only for services: the address is the whole menu."), END
};

static const struct schema_field pattern_key[] = {
	ROW("pattern", T_PATTERN, "Pattern", "Digits, `.` for any digit, T for any further ones.",
	    .min = 1, .max = 32),
	END
};
static const struct schema_field transfer_pattern[] = {
	ROW("blind", T_FLAG, "Blind", "Transfer without talking first."), END
};
static const struct schema_field transfer_system[] = {
	ROW("mode", T_ENUM, "Transfer", "How all lines transfer calls.",
	    .choices = transfer_systems, .dflt = "full-consult", .flags = F_ALWAYS | F_REQUIRED),
	ROW("dss", T_FLAG, "Direct station select",
	    "A transfer to a watched button completes at once."),
	END
};
static const struct schema_field route =
    ROW("address", T_IPV4, "Address", "Interface address the music leaves from.");
static const struct schema_field multicast_moh[] = {
	ROW("address", T_MULTICAST, "Group", "Multicast address; not 224.x.x.x.",
	    .flags = F_REQUIRED),
	ROW("port", T_INT, "Port", "2000 is recommended.", .flags = F_REQUIRED, .min = 2000,
	    .max = 65535),
	LIST("route", &route, "Interfaces", "Addresses the stream leaves from.", .max = 4), END
};

static const struct schema_field dir_key[] = { TAG("tag", 1, 250), END };
static const struct schema_field dir_entry[] = {
	ROW("number", T_DIGITS, "Number", "Number that is dialled.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("name", T_STR, "Name", "Name in the directory.", .flags = F_REQUIRED | F_REST, .min = 1,
	    .max = 24),
	END
};
static const struct schema_field local_directory[] = {
	ROW("enabled", T_BOOL, "Local directory",
	    "Phones may look up the directory of this system.", .dflt = "true"),
	ROW("username", T_STR, "User", "Sign-in for the directory.", .flags = F_ADVANCED, .min = 1,
	    .max = 32),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .flags = F_ADVANCED, .min = 1,
	    .max = 64),
	END
};
static const struct schema_field plan_key[] = { TAG("tag", 1, 10), END };
static const struct schema_field plan[] = {
	ROW("pattern", T_PATTERN, "Full number",
	    "Full number with `.` for the digits of the extension.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("extension_length", T_INT, "Extension length", "Digits of an extension.",
	    .flags = F_REQUIRED, .min = 1, .max = 32, .unit = "digits"),
	ROW("extension_pattern", T_PATTERN, "Extension pattern",
	    "When extensions begin differently.", .min = 1, .max = 32),
	ROW("no_reg", T_FLAG, "No registration", "Full numbers are not registered elsewhere."),
	ROW("demote", T_FLAG, "Demote", "Registers the full numbers with lower preference."),
	END
};
static const struct schema_field calling_number[] = {
	ROW("enabled", T_BOOL, "Forwarding number",
	    "A forwarded call shows the number that forwards it."),
	ROW("secondary", T_FLAG, "Secondary number", "Shows its secondary number."), END
};

static const struct schema_field feature_key[] = { ROW("feature", T_STR, "Feature",
						       "Name of the feature, such as callfwd all.",
						       .min = 1, .max = 40, .flags = F_WORDS),
						   END };
static const struct schema_field fac_code =
    ROW("code", T_DIGITS, "Code", "Keys that call the feature.", .min = 1, .max = 256);
static const struct schema_field alias_key[] = {
	ROW("alias_tag", T_INT, "Tag", "Position in the list.", .max = 9), END
};
static const struct schema_field fac_alias[] = {
	ROW("code", T_DIGITS, "Code", "Further code.", .flags = F_REQUIRED, .min = 1, .max = 256),
	ROW("target", T_DIGITS, "Stands for", "Code, or code with digits behind it.",
	    .flags = F_REQUIRED, .min = 1, .max = 256),
	END
};
static const struct schema_field fac[] = {
	ROW("mode", T_ENUM, "Codes", "The standard set, or codes of one's own.",
	    .choices = fac_modes),
	MAPV("features", feature_key, &fac_code, "Own codes", "Code of each feature."),
	MAP("aliases", alias_key, fac_alias, "Further codes", "Short forms of other codes."), END
};

static const struct schema_field day_key[] = {
	ROW("day", T_ENUM, "Day", "Day of the week.", .choices = schema_days),
	ROW("start", T_TIME, "From", "Begin of the period."), END
};
static const struct schema_field date_key[] = {
	ROW("month", T_ENUM, "Month", "Month.", .choices = schema_months),
	ROW("day", T_INT, "Day", "Day of the month.", .min = 1, .max = 31),
	ROW("start", T_TIME, "From", "Begin of the period."), END
};
static const struct schema_field scope_key[] = {
	ROW("scope", T_ENUM, "Days", "Which days.", .choices = day_groups),
	ROW("start", T_TIME, "From", "Begin of the period."), END
};
static const struct schema_field stop = ROW("stop", T_TIME, "Until", "End of the period.");
static const struct schema_field night_service[] = {
	ROW("code", T_DIGITS, "Code", "Keys that switch night service; begins with *.", .min = 2,
	    .max = 16),
	MAPV("days", day_key, &stop, "Weekly", "Periods by day of the week."),
	MAPV("dates", date_key, &stop, "Yearly", "Periods by date."),
	MAPV("day_groups", scope_key, &stop, "Groups of days",
	     "Periods on all, working or week-end days."),
	END
};
static const struct schema_field block_key[] = { TAG("tag", 1, 100), END };
static const struct schema_field block_pattern[] = {
	ROW("pattern", T_PATTERN, "Pattern", "Numbers that are blocked.", .flags = F_REQUIRED,
	    .min = 1, .max = 32),
	ROW("always", T_FLAG, "Always", "Blocked at any time.", .keyword = "7-24"), END
};
static const struct schema_field after_hours[] = {
	ROW("override_code", T_DIGITS, "Override code", "Dialled to get past the block.", .min = 1,
	    .max = 32),
	MAP("patterns", block_key, block_pattern, "Blocked numbers",
	    "Patterns that cannot be dialled."),
	MAPV("days", day_key, &stop, "Weekly", "Periods by day of the week."),
	MAPV("dates", date_key, &stop, "Yearly", "Periods by date."), END
};
static const struct schema_field login[] = {
	ROW("timeout", T_INT, "Idle time", "A log-in ends after this time without use.", .min = 1,
	    .max = 1440, .dflt = "60", .unit = "min"),
	ROW("clear", T_TIME, "Ends at", "All log-ins end at this time of day.", .dflt = "24:00",
	    .max = 24),
	END
};
static const struct schema_field directed_pickup[] = {
	ROW("enabled", T_BOOL, "Directed pickup", "PickUp asks for the extension to pick up.",
	    .dflt = "true"),
	ROW("gpickup", T_FLAG, "Group pickup", "GPickUp does it for SCCP and SIP phones."), END
};
static const struct schema_field mwi_server[] = {
	ROW("address", T_IPV4, "Server", "Message-waiting server; IPv4 only.", .flags = F_REQUIRED),
	ROW("transport", T_ENUM, "Transport", "How it is reached.", .choices = mwi_transports,
	    .dflt = "tcp"),
	ROW("port", T_INT, "Port", "Its port.", .min = 2000, .max = 9999, .dflt = "5060"),
	ROW("reg_e164", T_FLAG, "Full numbers", "Registers with full numbers.",
	    .keyword = "reg-e164"),
	ROW("unsolicited", T_FLAG, "Unsolicited", "It sends without having been asked."),
	ROW("prefix", T_DIGITS, "Prefix", "Digits before the numbers it names.", .min = 1,
	    .max = 32),
	END
};
static const struct schema_field event_log[] = {
	ROW("max_size", T_INT, "Entries", "Entries kept for programs that ask.", .max = 1000,
	    .dflt = "150"),
	ROW("retain_timer", T_INT, "Kept for", "How long an entry is kept.", .min = 2, .max = 500,
	    .dflt = "15", .unit = "min"),
	END
};
static const struct schema_field assign_key[] = {
	ROW("start_dn", T_INT, "First", "First directory number of the range.", .min = 1,
	    .limit = "dns"),
	ROW("stop_dn", T_INT, "Last", "Last directory number of the range.", .min = 1,
	    .limit = "dns"),
	END
};
static const struct schema_field assign[] = {
	ROW("type", T_PHONE_TYPE, "Phone type", "Only phones of this type.",
	    .choices = schema_sccp_types),
	ROW("cfw_number", T_DIGITS, "Forward to", "Where unanswered calls go.", .min = 1,
	    .max = 32),
	ROW("cfw_timeout", T_INT, "Forward after", "Ringing before that.", .min = 3, .max = 60000,
	    .unit = "s"),
	END
};
static const struct schema_field load_key[] = { ROW("phone_type", T_PHONE_TYPE, "Phone type",
						    "Which phones.", .choices = schema_sccp_loads),
						END };
static const struct schema_field load =
    ROW("firmware_file", T_FILE, "Firmware", "Name of the firmware; its case counts.", .min = 1,
	.max = 127);
static const struct schema_field group_url_key[] = {
	ROW("kind", T_STR, "Button", "Which button or service.", .min = 1, .max = 32), END
};
static const struct schema_field group_url =
    ROW("url", T_URL, "URL", "Address the phone asks.", .min = 1, .max = 255);
static const struct schema_field group[] = {
	ROW("vrf", T_STR, "VRF", "Routing table of the group.", .min = 1, .max = 32),
	OBJ("source_address", source_any, "Address", "Where the phones of the group register."),
	OBJ("cnf_file", schema_cnf_location, "Phone files",
	    "Where the files of the group are kept."),
	MAPV("urls", group_url_key, &group_url, "URLs", "Button addresses of the group."), END
};

static const struct schema_field fields[] = {
	ROW("enabled", T_BOOL, "SCCP service",
	    "Whether telephony-service exists; off removes all of it.", .flags = F_EXISTS,
	    .apply = APPLY_RELOAD, .group = "Addresses"),
	OBJ("source_addresses", source_addresses, "Source addresses", "Where SCCP phones register.",
	    CREATE),
	OBJ("protocol_mode", schema_protocol_mode, "Protocol mode", "IP versions of SCCP phones.",
	    CREATE),
	MAP("groups", schema_group_key, group, "VRF groups",
	    "Phones in routing tables of their own.", CREATE, .flags = F_ADVANCED),
	ROW("max_ephones", T_INT, "Registered phones",
	    "SCCP phones that may be registered at one time.", .max = MAX_MAX_EPHONES,
	    .limit = "ephones", .dflt = "0", .group = "Capacity"),
	ROW("max_dn", T_INT, "Directory numbers", "Highest tag of a directory number.",
	    .limit = "dns", .dflt = "0"),
	ROW("max_dn_preference", T_INT, "Preference", "Preference of primary numbers; 0 is best.",
	    .max = 10, .dflt = "0", .flags = F_ADVANCED),
	ROW("max_dn_no_reg", T_ENUM, "No registration",
	    "Numbers that are not registered elsewhere.", .choices = no_regs, .flags = F_ADVANCED),
	ROW("auto_reg_ephone", T_BOOL, "Automatic registration",
	    "Unknown phones get an entry by themselves.", .dflt = "true", .group = "Registration"),
	MAP("auto_assign", assign_key, assign, "Automatic lines",
	    "Numbers given to unknown phones.", .apply = APPLY_REREGISTER),
	ROW("keepalive", T_INT, "Keepalive", "How often a phone proves that it is still there.",
	    .min = 10, .max = 65535, .dflt = "30", .unit = "s", CREATE),
	OBJ("cnf_file", cnf_file, "Phone files", "How and where phone files are made.",
	    .group = "Phone files"),
	MAPV("loads", load_key, &load, "Firmware", "Firmware by phone type.", CREATE),
	OBJ("hfs", hfs, "File service", "Phone files over HTTP beside TFTP."),
	MAPV("service_phone", schema_service_phone_key, &schema_service_phone_value,
	     "Phone settings", "Settings in the vendor part of the phone files.",
	     .sealed_key = "adminPassword", CREATE),
	MAP("urls", url_key, url, "Button addresses", "Addresses behind the phone's buttons.",
	    CREATE),
	ROW("date_format", T_ENUM, "Date", "How phones show the date.", .choices = date_formats,
	    .dflt = "mm-dd-yy", CREATE, .group = "Date and time"),
	ROW("time_format", T_INT, "Clock", "12 or 24 hours.", .choices = schema_clock_formats,
	    .dflt = "12", CREATE),
	ROW("time_zone", T_INT, "Time zone", "Number of the zone; 5 is US Pacific.", .min = 1,
	    .max = 56, .dflt = "5", .pick = "zones", CREATE),
	OBJ("olson_time_zone", schema_olson, "Zone by name", "For phones that know zones by name.",
	    CREATE, .flags = F_ADVANCED),
	OBJ("timeouts", timeouts, "Timers", "Waiting times of calls.", .group = "Timers"),
	ROW("max_redirect", T_INT, "Redirections", "How often one call may be redirected.",
	    .min = 5, .max = 20, .dflt = "10"),
	OBJ("dscp", schema_dscp, "Packet marks", "Quality-of-service marks (DSCP).", CREATE,
	    .group = "Quality of service"),
	ROW("system_message", T_STR, "Idle text", "Text on an idle phone.",
	    .dflt = "Cisco Unified Communications Manager Express", .flags = F_REST, .max = 128,
	    .group = "Display"),
	MAP("user_locales", schema_locale_key, schema_user_locale, "Languages",
	    "Languages of the display.", CREATE),
	MAP("network_locales", schema_locale_key, schema_network_locale, "Tones",
	    "Tones by country.", CREATE),
	OBJ("transfer_system", transfer_system, "Transfer", "How calls are transferred.",
	    .group = "Calls"),
	ROW("transfer_digit_collect", T_ENUM, "Transfer digits",
	    "On which call the digits are collected.", .choices = transfer_digits,
	    .dflt = "new-call", .flags = F_ADVANCED),
	MAP("transfer_patterns", pattern_key, transfer_pattern, "Transfer targets",
	    "Numbers beside extensions that may be transfer targets.", .max = 32),
	MAP("call_forward_patterns", pattern_key, schema_no_fields, "Forwarding patterns",
	    "Callers whose calls are forwarded by the network instead of through this box."),
	MAP("dialplan_patterns", plan_key, plan, "Dial-plan patterns",
	    "Full numbers of the extensions."),
	ROW("secondary_dialtone", T_DIGITS, "Second dial tone", "Heard after these digits.",
	    .min = 1, .max = 32),
	OBJ("calling_number_local", calling_number, "Calling number",
	    "Caller number of forwarded calls."),
	ROW("overlap_signal", T_BOOL, "Digit by digit", "Digits are sent one by one.",
	    .apply = APPLY_RESTART),
	ROW("call_park_system", T_ENUM, "Call park", "How parked calls are kept.",
	    .choices = park_systems),
	ROW("voicemail", T_DIGITS, "Voice mail", "Number behind the Messages button.", .min = 1,
	    .max = 32, CREATE),
	OBJ("directed_pickup", directed_pickup, "Pickup", "Meaning of the pickup keys.",
	    .apply = APPLY_RESTART),
	ROW("privacy", T_BOOL, "Privacy", "Calls of shared lines are private.", .dflt = "true",
	    .apply = APPLY_RESTART),
	ROW("privacy_on_hold", T_BOOL, "Privacy on hold", "Held calls of shared lines are hidden."),
	OBJ("mwi_sip_server", mwi_server, "Message-waiting server",
	    "External server for the lamps.", .flags = F_ADVANCED),
	OBJ("max_conferences", conferences, "Conferences", "Three-party conferences.",
	    .group = "Conferences"),
	ROW("conference_hardware", T_BOOL, "Large conferences", "Conferences of more than three."),
	OBJ("sdspfarm", sdspfarm, "DSP farm",
	    "Accepted for import; served by the mixer of this box.", .flags = F_ADVANCED),
	ROW("moh_file", T_FILE, "Music on hold", "File that callers on hold hear.", .min = 1,
	    .max = 127, .group = "Music"),
	OBJ("multicast_moh", multicast_moh, "Multicast music", "Music on hold as one stream.",
	    CREATE),
	ROW("moh_file_buffer", T_INT, "File buffer", "Memory for music files.", .min = 64,
	    .max = 10000, .dflt = "64", .unit = "KB", .flags = F_ADVANCED),
	ROW("internal_call_moh_group", T_INT, "Music of internal calls",
	    "Group for internal calls; 0 is the music of the system.", .max = 5,
	    .ref = "moh-groups", .ref_unless = "internal_call_moh_group=0"),
	ROW("directory_order", T_ENUM, "Order of names", "First or last name first.",
	    .choices = name_orders, .dflt = "first-name-first", .group = "Directory"),
	MAP("directory_entries", dir_key, dir_entry, "Further entries",
	    "Numbers that are no extensions."),
	OBJ("local_directory", local_directory, "Directory service", "The directory on the phones.",
	    CREATE),
	ROW("dn_webedit", T_BOOL, "Edit numbers", "Kept for import.", .flags = F_ADVANCED),
	ROW("time_webedit", T_BOOL, "Edit time", "Kept for import.", .flags = F_ADVANCED),
	ROW("device_security_mode", T_ENUM, "Phone security", "Signed or encrypted signaling.",
	    .choices = security_modes, .dflt = "none", .flags = F_ALWAYS, CREATE,
	    .group = "Security"),
	ROW("secure_signaling_trustpoint", T_STR, "Signaling certificate", "For SCCP over TLS.",
	    .min = 1, .max = 64, .apply = APPLY_RESET, .flags = F_ADVANCED),
	ROW("tftp_credentials_trustpoint", T_STR, "File certificate", "Signs files for phones.",
	    .min = 1, .max = 64, CREATE, .flags = F_ADVANCED),
	ROW("server_security_mode", T_ENUM, "Trust list", "Security state of the trust list.",
	    .choices = server_security, CREATE, .flags = F_ADVANCED),
	OBJ("standby", standby, "Standby user", "Tells the second server about version stamps."),
	MAP("xml_users", xml_user_key, xml_user, "XML users",
	    "Programs that use the XML interface."),
	OBJ("event_log", event_log, "XML events", "Events kept for the XML interface.",
	    .flags = F_ADVANCED),
	OBJ("fac", fac, "Feature codes", "Features called by dialled codes.",
	    .group = "Feature codes"),
	OBJ("em", em, "Extension mobility", "Users who log in to phones.", .group = "Users"),
	OBJ("login", login, "PIN log-in", "Log-in of blocked phones."),
	OBJ("night_service", night_service, "Night service", "Periods of the night bell.",
	    .group = "Times of day"),
	OBJ("after_hours", after_hours, "After hours", "Numbers blocked at night."),
	END
};

#define SOURCE(p)                                                            \
	"ip source-address <" p "address> [port <" p "port>] [secondary <" p \
	"secondary> [rehome <" p "rehome_seconds>]] [<" p "match_mode>]"
#define CNF_LOCATION                                                          \
	"cnf-file location {flash:<cnf_file.path> <cnf_file.location=flash>|" \
	"slot0:<cnf_file.path> <cnf_file.location=slot0>|"                    \
	"tftp <cnf_file.tftp_url> <cnf_file.location=tftp>}"

static const struct schema_line lines[] = {
	LINE("sdspfarm conference mute-on <sdspfarm.conference_mute_digits.mute_on> mute-off "
	     "<sdspfarm.conference_mute_digits.mute_off>"),
	LINE("sdspfarm units <sdspfarm.units>"),
	LINE("sdspfarm transcode sessions <sdspfarm.transcode_sessions>"),
	LINE("sdspfarm tag <tag> <device_name>", .in = "sdspfarm.tags"),
	LINE("conference hardware <conference_hardware>"),
	LINE("protocol mode <protocol_mode.mode> [preference <protocol_mode.preference>]"),
	LINE("em logout <em.logout_times.time1> [<em.logout_times.time2> "
	     "[<em.logout_times.time3>]]"),
	LINE("em keep-history <em.keep_history>"),
	LINE("em external <em.external>"),
	LINE("fac <fac.mode>"),
	LINE("fac custom alias <alias_tag> <code> to <target>", .in = "fac.aliases"),
	LINE("fac custom <feature> <code>", .in = "fac.features"),
	LINE("max-ephones <max_ephones>"),
	LINE("max-dn <max_dn> [preference <max_dn_preference>] [no-reg <max_dn_no_reg>]"),
	LINE(SOURCE("source_addresses.ipv4.")),
	LINE(SOURCE("source_addresses.ipv6.")),
	LINE("auto-reg-ephone <auto_reg_ephone>"),
	LINE("auto assign <start_dn> to <stop_dn> [type <type>] [cfw <cfw_number> timeout "
	     "<cfw_timeout>]",
	     .in = "auto_assign"),
	LINE("ip qos dscp <dscp.media> media"),
	LINE("ip qos dscp <dscp.service> service"),
	LINE("ip qos dscp <dscp.signaling> signal",
	     .alias = "ip qos dscp <dscp.signaling> signaling"),
	LINE("ip qos dscp <dscp.video> video"),
	LINE("max-redirect <max_redirect>"),
	LINE("calling-number local [<calling_number_local.secondary>] "
	     "<calling_number_local.enabled>"),
	LINE("overlap-signal <overlap_signal>"),
	LINE("service phone <parameter> <value>", .in = "service_phone"),
	LINE("service local-directory [authenticate <local_directory.username> "
	     "[<local_directory.password_encoding>] <local_directory.password>] "
	     "<local_directory.enabled>"),
	LINE("service directed-pickup [<directed_pickup.gpickup>] <directed_pickup.enabled>"),
	LINE("timeouts busy <timeouts.busy>"),
	LINE("timeouts interdigit <timeouts.interdigit>"),
	LINE("timeouts ringing <timeouts.ringing>"),
	LINE("timeouts transfer-recall <timeouts.transfer_recall>"),
	LINE("timeouts night-service-bell <timeouts.night_service_bell>"),
	LINE("log table max-size <event_log.max_size>"),
	LINE("log table retain-timer <event_log.retain_timer>"),
	LINE("system message <system_message>"),
	LINE("url <kind> <url> [{<root>|<line_name>}]", .in = "urls"),
	LINE(CNF_LOCATION),
	LINE("cnf-file <cnf_file.mode>"),
	LINE("user-locale [<tag>] [<user_defined>] <code> [load <load>]", .in = "user_locales"),
	LINE("network-locale [<tag>] [<user_defined>] <code>", .in = "network_locales"),
	LINE("load <phone_type> <firmware_file>", .in = "loads"),
	LINE("hfs enable [port <hfs.port>] <hfs.enabled>"),
	LINE("hfs home-path <hfs.home_path>"),
	LINE("device-security-mode <device_security_mode>"),
	LINE("server-security-mode <server_security_mode>"),
	LINE("secure-signaling trustpoint <secure_signaling_trustpoint>"),
	LINE("tftp-server-credentials trustpoint <tftp_credentials_trustpoint>"),
	LINE("olsontimezone <olson_time_zone.timezone> version <olson_time_zone.version>"),
	LINE("time-zone <time_zone>"),
	LINE("time-format <time_format>"),
	LINE("date-format <date_format>"),
	LINE("keepalive <keepalive>"),
	LINE("voicemail <voicemail>"),
	LINE("login [timeout <login.timeout>] [clear <login.clear>]"),
	LINE("privacy <privacy>"),
	LINE("privacy-on-hold <privacy_on_hold>"),
	LINE("mwi sip-server <mwi_sip_server.address> [transport <mwi_sip_server.transport>] "
	     "[port <mwi_sip_server.port>] [<mwi_sip_server.reg_e164>] "
	     "[<mwi_sip_server.unsolicited> [prefix <mwi_sip_server.prefix>]]"),
	LINE("max-conferences <max_conferences.max> [gain <max_conferences.gain>]"),
	LINE("call-forward pattern <pattern>", .in = "call_forward_patterns"),
	LINE("moh-file-buffer <moh_file_buffer>"),
	LINE("moh <moh_file>"),
	LINE("multicast moh <multicast_moh.address> port <multicast_moh.port> [route "
	     "<multicast_moh.route>]"),
	LINE("internal-call moh-group <internal_call_moh_group>",
	     .alias = "internal-call <internal_call_moh_group>"),
	LINE("dn-webedit <dn_webedit>"),
	LINE("time-webedit <time_webedit>"),
	LINE("transfer-digit-collect <transfer_digit_collect>"),
	LINE("transfer-system <transfer_system.mode> [<transfer_system.dss>]"),
	LINE("transfer-pattern <pattern> [<blind>]", .in = "transfer_patterns"),
	LINE("secondary-dialtone <secondary_dialtone>"),
	LINE("standby user <standby.username> password [<standby.password_encoding>] "
	     "<standby.password>",
	     .alias = "standby username <standby.username> password [<standby.password_encoding>] "
		      "<standby.password>"),
	LINE("xml user <username> password [<password_encoding>] <password> <privilege_level>",
	     .in = "xml_users"),
	LINE("dialplan-pattern <tag> <pattern> extension-length <extension_length> "
	     "[extension-pattern <extension_pattern>] [<no_reg>] [<demote>]",
	     .in = "dialplan_patterns"),
	LINE("directory <directory_order>"),
	LINE("directory entry <tag> <number> name <name>", .in = "directory_entries",
	     .clear = "directory entry clear"),
	LINE("call-park system <call_park_system>"),
	LINE("night-service code <night_service.code>"),
	LINE("night-service day <day> <start> <stop>", .in = "night_service.days"),
	LINE("night-service date <month> <day> <start> <stop>", .in = "night_service.dates"),
	LINE("night-service <scope> <start> <stop>", .in = "night_service.day_groups"),
	LINE("after-hours override-code <after_hours.override_code>"),
	LINE("after-hours block pattern <tag> <pattern> [<always>]", .in = "after_hours.patterns"),
	LINE("after-hours day <day> <start> <stop>", .in = "after_hours.days"),
	LINE("after-hours date <month> <day> <start> <stop>", .in = "after_hours.dates"),
	LINE("create cnf-files [version-stamp <cnf_file.create.version_stamp>] "
	     "<cnf_file.create.enabled>"),
	LINE(SOURCE("source_address."), .mode = "group"),
	LINE(CNF_LOCATION, .mode = "group"),
	LINE("url <kind> <url>", .in = "urls", .mode = "group"),
	END_LINE
};
static const struct schema_mode modes[] = {
	{ "group", "group <tag> [vrf <vrf>]", "groups", false },
	{ 0 },
};

const struct schema_object schema_telephony = {
	.path = "telephony-service",
	.mode = "telephony-service",
	.enter = "telephony-service",
	.command = "telephony-service",
	.label = "SCCP system",
	.help = "System parameters of SCCP phones.",
	.ui_group = "System",
	.fields = fields,
	.lines = lines,
	.check = check_telephony,
	.tidy = telephony_tidy,
	.modes = modes,
	.apply_create = APPLY_RELOAD,
};
