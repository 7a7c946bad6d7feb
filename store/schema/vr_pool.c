/* store/schema/vr_pool.c - mode voice register pool: a SIP phone (cme-model 1.12). */
#include "store/schema/checks.h"
#include "store/schema/rows_sip.h"

#define CREATE     .apply = APPLY_CREATE_RESET
#define REREGISTER .apply = APPLY_REREGISTER

static const char *const id_kinds[] = { "mac", "ip", "network", NULL };
static const char *const addons[] = { "CKEM", "CP-8800-Audio", "CP-8800-Video", NULL };
static const char *const translate_kinds[] = { "called", "calling", NULL };
static const char *const probes[] = { "icmp-ping", "rtr", NULL };
static const char *const dtmf_methods[] = { "cisco-rtp", "rtp-nte", "sip-notify", "sip-kpml",
					    NULL };

static const struct schema_field id[] = {
	ROW("kind", T_ENUM, "Known by", "How a phone is recognised: by MAC, address or network.",
	    .choices = id_kinds),
	ROW("mac", T_MAC, "MAC address", "Printed on the back of the phone.", .unique = "mac",
	    .flags = F_FIXED, .fault = "id_must_be_removed"),
	ROW("address", T_IP, "Address", "Address of the phone or network."),
	ROW("mask", T_IP_MASK, "Mask", "Mask, or prefix length for IPv6."),
	ROW("device_id_name", T_STR, "Device name",
	    "Name the phone presents instead of its MAC address.", .flags = F_ADVANCED, .min = 1,
	    .max = 32),
	END
};
static const struct schema_field number_key[] = {
	ROW("tag", T_INT, "Line", "Line of the phone, from the top.", .min = 1, .max = 114), END
};
static const struct schema_field number =
    ROW("dn", T_INT, "Directory number", "Tag of the number.", .min = 1, .limit = "dns",
	.ref = "voice-register/dns");
static const struct schema_field translate_key[] = {
	ROW("kind", T_ENUM, "Number", "Which number is translated.", .choices = translate_kinds),
	END
};
static const struct schema_field translate_rule =
    ROW("rule", T_INT, "Rule", "Tag of the translation rule.", .min = 1, .max = 2147483);
static const struct schema_field proxy[] = {
	ROW("address", T_IP, "Proxy", "Address of the SIP proxy.", .flags = F_REQUIRED),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 10),
	ROW("probe", T_ENUM, "Probe", "How it is watched.", .choices = probes),
	ROW("alternate", T_IP, "Watched address", "Address that is probed instead."), END
};
static const struct schema_field alias_key[] = { TAG("tag", 1, 5), END };
static const struct schema_field alias[] = {
	ROW("pattern", T_PATTERN, "Pattern", "Numbers that are meant.", .flags = F_REQUIRED,
	    .min = 1, .max = 32),
	ROW("target", T_DN_NUMBER, "Goes to", "Number that gets the call.", .flags = F_REQUIRED,
	    .min = 1, .max = 32),
	ROW("preference", T_INT, "Preference", "1 is best.", .min = 1, .max = 10), END
};
static const struct schema_field speed_key[] = { TAG("tag", 1, 113), END };
static const struct schema_field fast_key[] = { TAG("tag", 1, 100), END };
static const struct schema_field dtmf_method = ROW(
    "method", T_ENUM, "Method", "How keys pressed in a call are sent.", .choices = dtmf_methods);

static const struct schema_field fields[] = {
	OBJ("id", id, "Phone", "How the phone is recognised; without it none is accepted.",
	    REREGISTER, .group = "Phone"),
	ROW("phone_type", T_PHONE_TYPE, "Phone type", "Model, such as 7962.",
	    .choices = schema_sip_types, CREATE),
	ROW("addon1", T_ENUM, "First module", "Expansion module.", .choices = addons, CREATE),
	ROW("addon2", T_ENUM, "Second module", "Expansion module.", .choices = addons, CREATE),
	ROW("addon3", T_ENUM, "Third module", "Expansion module.", .choices = addons, CREATE),
	ROW("template", T_INT, "Template",
	    "Settings that the phone does not have itself come from there.", .min = 1, .max = 10,
	    .ref = "voice-register/templates", CREATE, .flags = F_TEMPLATE),
	ROW("description", T_STR, "Description", "Header of the display.", .flags = F_REST,
	    .max = 128, CREATE),
	MAPV("numbers", number_key, &number, "Lines", "Which number is on which line.", CREATE,
	     .group = "Lines"),
	MAP("aliases", alias_key, alias, "Further numbers", "Other numbers that ring this phone.",
	    REREGISTER, .flags = F_ADVANCED),
	MAP("speed_dials", speed_key, schema_speed_dials, "Speed dials", "Numbers on free buttons.",
	    CREATE, .group = "Speed dials"),
	MAP("blf_speed_dials", speed_key, schema_blf_speed_dials, "Watched speed dials",
	    "Speed dials that show whether the line is in use.", CREATE),
	MAP("fastdials", fast_key, schema_fastdials, "Personal speed dials",
	    "Entries of the phone's menu."),
	POOL_FEATURES_ROW,
	ROW("username", T_STR, "User", "Name with which the phone signs in.", .min = 1, .max = 64,
	    .unique = "username", CREATE, .group = "Sign-in"),
	ROW("password_encoding", T_INT, "Encoding", "6: the password is kept as it was imported.",
	    .choices = schema_encodings, .dflt = "0", CREATE, .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .min = 1, .max = 128, CREATE),
	POOL_TRANSPORT_ROW,
	ROW("voice_class_codec", T_INT, "Codec class", "List of codecs; wins over a single one.",
	    .min = 1, .max = 10000, .ref = "voice-class/codec", REREGISTER),
	ROW("codec", T_ENUM, "Codec", "How speech is coded.", .choices = schema_codecs,
	    .dflt = "g729r8", REREGISTER),
	ROW("codec_bytes", T_INT, "Packet size", "Bytes of speech in a packet.", .min = 10,
	    .max = 240, .unit = "bytes", REREGISTER, .flags = F_ADVANCED),
	LIST("dtmf_relay", &dtmf_method, "Keys in a call", "How keys are sent; none is as tones.",
	     REREGISTER, .min = 1, .max = 4),
	ROW("call_waiting", T_BOOL, "Call waiting", "A second call is offered.", .dflt = "true",
	    CREATE),
	ROW("busy_trigger_per_button", T_INT, "Busy at", "Busy after this many calls; 0 never.",
	    .max = 50, .dflt = "0", .unit = "calls", CREATE),
	POOL_CALLS_ROWS,
	ROW("dnd", T_BOOL, "Do not disturb", "The phone begins with do not disturb."),
	POOL_PRIVACY_ROWS,
	ROW("video", T_BOOL, "Video", "The phone may use video.", CREATE),
	ROW("camera", T_BOOL, "Camera", "The camera of the phone is on.", CREATE),
	OBJ("paging_dn", schema_paging_dn, "Paging", "Paging set the phone belongs to.",
	    .apply = APPLY_RESET),
	ROW("logout_profile", T_INT, "Logout profile",
	    "What the phone is while nobody has logged in (Extension Mobility).", .min = 1,
	    .ref = "logout-profiles", .apply = APPLY_RESET),
	ROW("night_service_bell", T_BOOL, "Night bell", "The phone rings the night bell."),
	ROW("presence_call_list", T_BOOL, "Presence in call lists", "Call lists show who is busy.",
	    CREATE),
	ROW("application", T_STR, "Application", "Instead of that of the system.", .min = 1,
	    .max = 64, REREGISTER, .flags = F_ADVANCED),
	ROW("preference", T_INT, "Preference", "0 is best.", .max = 10, .dflt = "0", REREGISTER,
	    .flags = F_ADVANCED),
	OBJ("proxy", proxy, "Proxy", "Calls are offered to this proxy too.", REREGISTER,
	    .flags = F_ADVANCED),
	MAPV("translate_outgoing", translate_key, &translate_rule, "Translation",
	     "Number translation.", REREGISTER, .flags = F_ADVANCED),
	POOL_RESTRICTION_ROWS,
	END
};

static const struct schema_line lines[] = {
	POOL_LPCOR_LINES,
	LINE("logout-profile <logout_profile>"),
	LINE("busy-trigger-per-button <busy_trigger_per_button>"),
	LINE("id {mac <id.mac> <id.kind=mac> [device-id-name <id.device_id_name>]|"
	     "ip <id.address> mask <id.mask> <id.kind=ip> [device-id-name <id.device_id_name>]|"
	     "network <id.address> mask <id.mask> <id.kind=network> "
	     "[device-id-name <id.device_id_name>]|device-id-name <id.device_id_name>}"),
	POOL_TRANSPORT_LINE,
	LINE("type <phone_type> [addon 1 <addon1> [2 <addon2> [3 <addon3>]]]"),
	LINE("number <tag> dn <dn>", .in = "numbers"),
	LINE("template <template>"),
	LINE("presence call-list <presence_call_list>"),
	LINE("dtmf-relay <dtmf_relay>"),
	LINE("voice-class codec <voice_class_codec>"),
	LINE("codec <codec> [<codec_bytes>]", .alias = "codec <codec> bytes <codec_bytes>"),
	LINE("username <username> [password [<password_encoding>] <password>]"),
	LINE("description <description>"),
	LINE("speed-dial <tag> <digits> [label <label>]", .in = "speed_dials"),
	LINE("blf-speed-dial <tag> <number> label <label> [<device>]", .in = "blf_speed_dials"),
	LINE("fastdial <tag> <number> [name <name>]", .in = "fastdials"),
	LINE("call-waiting <call_waiting>"),
	POOL_SHARED_LINES,
	LINE("dnd <dnd>"),
	LINE("video <video>"),
	LINE("camera <camera>"),
	LINE("night-service bell <night_service_bell>"),
	LINE("paging-dn <paging_dn.dn_tag> [<paging_dn.mode>]"),
	LINE("application <application>"),
	LINE("preference <preference>"),
	LINE("translate-outgoing <kind> <rule>", .in = "translate_outgoing"),
	LINE("alias <tag> <pattern> to <target> [preference <preference>]", .in = "aliases"),
	LINE("proxy <proxy.address> [preference <proxy.preference>] "
	     "[monitor probe <proxy.probe> [<proxy.alternate>]]"),
	END_LINE
};

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the entry.", .min = 1, .limit = "pools",
	.max_from = "voice-register/global#max_pool");

const struct schema_object schema_vr_pool = {
	.path = "voice-register/pools",
	.mode = "voice register pool",
	.enter = "voice register pool <tag>",
	.command = "voice register pool",
	.label = "SIP phones",
	.help = "One entry for each SIP phone.",
	.ui_group = "SIP phones",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_vr_pool,
	.apply_create = APPLY_REREGISTER,
};
