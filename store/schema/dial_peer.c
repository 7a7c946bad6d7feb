/* store/schema/dial_peer.c - dial-peer voice <tag> {voip | pots} (cme-model 1.21): where calls go outside
 * of the phones. Peers of phones are made while they are registered and are not configured. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const types[] = { "voip", "pots", NULL };
static const char *const media_modes[] = { "flow-around", "flow-through", NULL };
static const char *const protocols[] = { "cisco", "sipv2", NULL };
static const char *const targets[] = { "sip-server", "registrar", "ras", NULL };
static const char *const transports[] = { "udp", "tcp", "tls", "system", NULL };
static const char *const methods[] = { "cisco-rtp", "h245-alphanumeric", "h245-signal",
				       "rtp-nte",   "digit-drop",        "sip-notify",
				       "sip-info",  "sip-kpml",          NULL };
static const char *const directions[] = { "incoming", "outgoing", NULL };
static const char *const fax_protocols[] = {
	"cisco", "none", "pass-through", "t38", "system", NULL
};
static const char *const fax_codecs[] = { "g711alaw", "g711ulaw", NULL };
static const char *const forwarded[] = { "0",  "1",  "2",  "3",  "4",  "5",  "6",   "7",     "8",
					 "9",  "10", "11", "12", "13", "14", "15",  "16",    "17",
					 "18", "19", "20", "21", "22", "23", "24",  "25",    "26",
					 "27", "28", "29", "30", "31", "32", "all", "extra", NULL };

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the dial peer.", .min = 1, .max = 2147483647);
static const struct schema_field dscp[] = {
	ROW("media", T_DSCP, "Voice", "Mark of voice packets.", .dflt = "ef"),
	ROW("signaling", T_DSCP, "Signaling", "Mark of call control.", .dflt = "af31"),
	ROW("video", T_DSCP, "Video", "Mark of video packets.", .dflt = "af41"), END
};
static const struct schema_field method =
    ROW("method", T_ENUM, "Method", "How keypad digits travel.", .choices = methods);
static const struct schema_field direction_key[] = {
	ROW("direction", T_ENUM, "Direction", "Calls from or to the peer.", .choices = directions),
	END
};
static const struct schema_field profile_name =
    ROW("name", T_STR, "Profile", "Name of the number translation.", .min = 1, .max = 64);
static const struct schema_field cor_name =
    ROW("name", T_STR, "List", "Name of the class of restriction.", .min = 1, .max = 64);
static const struct schema_field fax[] = {
	ROW("protocol", T_ENUM, "Fax", "How fax calls are carried.", .choices = fax_protocols,
	    .dflt = "system"),
	ROW("codec", T_ENUM, "Fax codec", "Of pass-through.", .choices = fax_codecs),
	ROW("options", T_STR, "T.38 options", "Kept as they were imported.",
	    .flags = F_REST | F_ADVANCED, .min = 1, .max = 128),
	END
};
static const struct schema_field sip_key[] = { ROW("option", T_STR, "Option",
						   "Words behind voice-class sip.", .flags = F_REST,
						   .min = 1, .max = 128),
					       END };

static const struct schema_field fields[] = {
	ROW("type", T_ENUM, "Kind", "voip: over IP. pots: over a voice port.", .flags = F_REQUIRED,
	    .choices = types, .group = "Dial peer"),
	ROW("description", T_STR, "Description", "What the peer is for.", .flags = F_REST, .min = 1,
	    .max = 128),
	ROW("destination_pattern", T_PATTERN, "Called numbers",
	    "Numbers that go to this peer. A dot is any digit, T any number of them.", .min = 1,
	    .max = 64),
	ROW("incoming_called_number", T_PATTERN, "Incoming numbers",
	    "Calls to these numbers come in over this peer.", .min = 1, .max = 64),
	ROW("preference", T_INT, "Preference", "Among equal matches 0 is tried first.", .max = 10,
	    .dflt = "0"),
	ROW("huntstop", T_BOOL, "Stop hunting", "No further peers after this one."),
	ROW("lpcor_outgoing", T_STR, "Partitioning group", "Group of calls to this peer.", .min = 1,
	    .max = 32, .ref = "lpcor#groups"),
	MAPV("translation_profile", direction_key, &profile_name, "Number translation",
	     "Translation of numbers by direction.", .flags = F_ADVANCED),
	MAPV("corlist", direction_key, &cor_name, "Class of restriction",
	     "Restriction lists by direction.", .flags = F_ADVANCED),
	ROW("application", T_STR, "Application", "Session application of the peer.",
	    .flags = F_ADVANCED, .min = 1, .max = 64),
	ROW("session_protocol", T_ENUM, "Protocol", "sipv2: a SIP trunk. cisco: H.323.",
	    .choices = protocols, .dflt = "cisco", .group = "VoIP"),
	ROW("session_target", T_TARGET, "Target", "Where calls go.", .choices = targets, .min = 1,
	    .max = 128),
	ROW("session_transport", T_ENUM, "Transport", "system: as for all of SIP.",
	    .choices = transports, .dflt = "system"),
	ROW("voice_class_codec", T_INT, "Codec class", "List of codecs in order.", .min = 1,
	    .max = 10000, .ref = "voice-class/codec"),
	ROW("voice_class_codec_offer_all", T_FLAG, "Offer all",
	    "All codecs of the class are offered.", .keyword = "offer-all"),
	ROW("codec", T_CODEC, "Codec", "Without a codec class.", .choices = schema_codecs,
	    .dflt = "g729r8"),
	ROW("codec_bytes", T_INT, "Payload", "Voice bytes of one packet.", .min = 10, .max = 240,
	    .unit = "bytes"),
	LIST("dtmf_relay", &method, "Keypad digits", "Methods in order; none: in the voice.",
	     .max = 8),
	ROW("media_mode", T_ENUM, "Media", "Through this box or around it; nothing: as for all.",
	    .choices = media_modes),
	ROW("media_forking", T_FLAG, "Forking", "Media is copied to a recorder.",
	    .keyword = "forking"),
	ROW("voice_class_media", T_INT, "Media class", "Its media mode wins over that of the peer.",
	    .min = 1, .max = 10000, .ref = "voice-class/media"),
	OBJ("dscp", dscp, "DSCP", "Marks of packets of this peer; win over those of the phones."),
	ROW("vad", T_BOOL, "Silence suppression", "Silence is not sent.", .dflt = "true"),
	OBJ("fax_protocol", fax, "Fax", "How fax calls are carried."),
	MAP("sip_options", sip_key, schema_no_fields, "SIP options",
	    "Further options of SIP calls.", .flags = F_ADVANCED),
	ROW("port", T_STR, "Voice port", "Port of a pots peer.", .min = 1, .max = 32,
	    .group = "POTS"),
	ROW("direct_inward_dial", T_BOOL, "Direct inward dial",
	    "The number called from outside is the one that rings."),
	ROW("forward_digits", T_ENUM, "Digits sent",
	    "How many digits are sent out; nothing: those of the wildcards.", .choices = forwarded),
	ROW("prefix", T_DIGITS, "Prefix", "Digits put in front of those sent.", .min = 1,
	    .max = 32),
	END
};
static const struct schema_line lines[] = {
	LINE("corlist <direction> <name>", .in = "corlist"),
	LINE("description <description>"),
	LINE("translation-profile <direction> <name>", .in = "translation_profile"),
	LINE("preference <preference>"),
	LINE("huntstop <huntstop>"),
	LINE("destination-pattern <destination_pattern>"),
	LINE("media {<media_mode> [<media_forking>]|forking <media_forking=true>}",
	     .alias = "media flow {around <media_mode=flow-around>|through "
		      "<media_mode=flow-through>} [<media_forking>]"),
	LINE("session protocol <session_protocol>"),
	LINE("session target <session_target>"),
	LINE("session transport {<session_transport=tls> tcp tls|<session_transport>}"),
	LINE("incoming called-number <incoming_called_number>"),
	LINE("voice-class codec <voice_class_codec> [<voice_class_codec_offer_all>]"),
	LINE("voice-class media <voice_class_media>"),
	LINE("voice-class sip <option>", .in = "sip_options"),
	LINE("dtmf-relay <dtmf_relay>"),
	LINE("codec <codec> [bytes <codec_bytes>]"),
	LINE("fax protocol {pass-through <fax_protocol.protocol=pass-through> "
	     "<fax_protocol.codec>|t38 <fax_protocol.protocol=t38> [<fax_protocol.options>]|"
	     "<fax_protocol.protocol>}"),
	LINE("ip qos dscp <dscp.media> media"),
	LINE("ip qos dscp <dscp.signaling> signaling",
	     .alias = "ip qos dscp <dscp.signaling> signal"),
	LINE("ip qos dscp <dscp.video> video"),
	LINE("vad <vad>"),
	LINE("lpcor outgoing <lpcor_outgoing>"),
	LINE("application <application>"),
	LINE("direct-inward-dial <direct_inward_dial>"),
	LINE("port <port>"),
	LINE("forward-digits <forward_digits>"),
	LINE("prefix <prefix>"),
	END_LINE
};

const struct schema_object schema_dial_peer = {
	.path = "dial-peers",
	.mode = "dial-peer voice",
	.enter = "dial-peer voice <tag> [<type>]",
	.command = "dial-peer voice",
	.label = "Dial peers",
	.help = "A trunk, or a way out over a voice port, and the numbers that use it.",
	.ui_group = "Trunks",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_dial_peer,
};
