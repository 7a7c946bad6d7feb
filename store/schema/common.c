/* store/schema/common.c - rows and choices that several modes share. */
#include "store/schema/row.h"

const char *const schema_days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL };
const char *const schema_months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
				      "aug", "sep", "oct", "nov", "dec", NULL };
const char *const schema_encodings[] = { "0", "6", NULL };
const char *const schema_clock_formats[] = { "12", "24", NULL };
const char *const schema_ip_families[] = { "ipv4", "ipv6", NULL };
const char *const schema_lpcor_types[] = { "local", "mobile", "remote", NULL };
static const char *const ip_modes[] = { "ipv4", "ipv6", "dual-stack", NULL };
static const char *const paging_modes[] = { "multicast", "unicast", NULL };
static const char *const user_defined[] = { "U1", "U2", "U3", "U4", "U5", NULL };
const char *const schema_cnf_locations[] = { "system", "flash", "slot0", "tftp", NULL };

const char *const schema_codecs[] = {
	"aacld",     "clear-channel", "g711alaw",     "g711ulaw",    "g722-48", "g722-56",
	"g722-64",   "g723ar53",      "g723ar63",     "g723r53",     "g723r63", "g726r16",
	"g726r24",   "g726r32",       "g728",         "g729abr8",    "g729ar8", "g729br8",
	"g729r8",    "gsmamr-nb",     "gsmefr",       "gsmfr",       "ilbc",    "isac",
	"mp4a-latm", "opus",          "pass-through", "transparent", NULL
};

/* cme-model annex D; other names are accepted as text with a warning. */
const char *const schema_sccp_types[] = {
	"12SP", "6901", "6911",      "6921",   "6941", "6945", "6961", "7902",   "7905", "7906",
	"7910", "7911", "7912",      "7920",   "7921", "7925", "7931", "7935",   "7936", "7937",
	"7940", "7941", "7941GE",    "7942",   "7945", "7960", "7961", "7961GE", "7962", "7965",
	"7970", "7971", "7975",      "7985",   "8941", "8945", "8961", "9951",   "9971", "anl",
	"ata",  "bri",  "vgc-phone", "IP-STE", "CIPC", NULL
};
const char *const schema_sip_types[] = {
	"3905",    "3951",    "6901",    "6911",   "6921",           "6922",
	"6941",    "6945",    "6961",    "7821",   "7841",           "7861",
	"7905",    "7906",    "7911",    "7912",   "7940",           "7941",
	"7941GE",  "7942",    "7945",    "7960",   "7961",           "7961GE",
	"7962",    "7965",    "7970",    "7971",   "7975",           "8811",
	"8841",    "8845",    "8851",    "8851NR", "8861",           "8865",
	"8951",    "8961",    "9900",    "9951",   "9971",           "ATA",
	"ATA-187", "ATA-190", "ATA-191", "DX650",  "Jabber-Android", "Jabber-CSF-Client",
	"P100",    "P600",    NULL
};

const struct schema_field schema_no_fields[] = { END };

const struct schema_field schema_speed_dials[] = {
	ROW("digits", T_STR, "Number", "What the button dials.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("label", T_STR, "Label", "Text beside the button.", .flags = F_REST, .max = 30), END
};
const struct schema_field schema_blf_speed_dials[] = {
	ROW("number", T_DIGITS, "Number", "Number that is watched and dialled.",
	    .flags = F_REQUIRED, .min = 1, .max = 32),
	ROW("label", T_STR, "Label", "Text beside the button.", .flags = F_REQUIRED | F_REST,
	    .min = 1, .max = 30),
	ROW("device", T_FLAG, "Watch the device", "Watch the whole phone instead of one line."), END
};
const struct schema_field schema_fastdials[] = {
	ROW("number", T_DIGITS, "Number", "What the entry dials.", .flags = F_REQUIRED, .min = 1,
	    .max = 32),
	ROW("name", T_STR, "Name", "Name in the personal speed-dial menu.", .flags = F_REST,
	    .max = 24, .without = "&%;<>|"),
	END
};
const struct schema_field schema_feature_buttons[] = {
	ROW("feature", T_STR, "Feature", "Feature on the line key, such as Park or Dnd.",
	    .flags = F_REQUIRED, .min = 1, .max = 32),
	ROW("label", T_STR, "Label", "Text beside the key.", .flags = F_REST, .max = 30), END
};
const struct schema_field schema_paging_dn[] = {
	ROW("dn_tag", T_INT, "Paging number", "Directory number of the paging set.",
	    .flags = F_REQUIRED, .min = 1, .limit = "dns", .ref = "ephone-dns"),
	ROW("mode", T_ENUM, "Transport", "Multicast to the set, or one copy for this phone.",
	    .choices = paging_modes, .dflt = "multicast"),
	END
};
const struct schema_field schema_protocol_mode[] = {
	ROW("mode", T_ENUM, "IP versions", "Which IP versions the phones use.", .choices = ip_modes,
	    .dflt = "ipv4"),
	ROW("preference", T_ENUM, "Preferred version", "Used when both ends have both.",
	    .choices = schema_ip_families, .dflt = "ipv4"),
	END
};
const struct schema_field schema_locale_key[] = {
	ROW("tag", T_INT, "Tag", "0 is the locale of the system.", .max = LOCALES - 1, .dflt = "0"),
	END
};
const struct schema_field schema_user_locale[] = {
	ROW("user_defined", T_ENUM, "User-defined", "Name of a language of one's own.",
	    .choices = user_defined),
	ROW("code", T_STR, "Code", "Language or country code, such as DE.", .flags = F_REQUIRED,
	    .min = 1, .max = 8),
	ROW("load", T_FILE, "Locale file", "Archive with the language.", .max = 127), END
};
const struct schema_field schema_network_locale[] = {
	ROW("user_defined", T_ENUM, "User-defined", "Name of a tone set of one's own.",
	    .choices = user_defined),
	ROW("code", T_STR, "Code", "Country code, such as DE.", .flags = F_REQUIRED, .min = 1,
	    .max = 8),
	END
};
const struct schema_field schema_olson[] = {
	ROW("timezone", T_STR, "Zone", "Zone name such as Europe/Lisbon.", .flags = F_REQUIRED,
	    .min = 1, .max = 64),
	ROW("version", T_STR, "Data version", "Version of the zone data on the phones.",
	    .flags = F_REQUIRED, .min = 1, .max = 16),
	END
};
const struct schema_field schema_dscp[] = {
	ROW("media", T_DSCP, "Voice", "Mark of voice packets.", .dflt = "ef"),
	ROW("service", T_DSCP, "Services", "Mark of phone services and web traffic.",
	    .dflt = "default"),
	ROW("signaling", T_DSCP, "Signaling", "Mark of call control.", .dflt = "cs3"),
	ROW("video", T_DSCP, "Video", "Mark of video packets.", .dflt = "af41"), END
};
const struct schema_field schema_group_key[] = { TAG("tag", 1, 5), END };
const struct schema_field schema_cnf_location[] = {
	ROW("location", T_ENUM, "Location",
	    "Where the phone files are kept. system: has one file for all.",
	    .choices = schema_cnf_locations, .dflt = "system"),
	ROW("tftp_url", T_URL, "TFTP address", "Server that keeps the files.", .flags = F_ADVANCED,
	    .max = 127),
	ROW("path", T_FILE, "Folder", "Folder on the storage.", .flags = F_ADVANCED, .max = 127),
	END
};
