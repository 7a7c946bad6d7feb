/* store/schema/voip.c - mode voice service voip with its sub-modes sip and trusted list
 * (cme-model 1.16, 1.17). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const media_modes[] = { "flow-around", "flow-through", NULL };
static const char *const signalings[] = { "h323", "sip", NULL };
static const char *const transports[] = { "udp", "tcp", "tls", NULL };
static const char *const bind_whats[] = { "control", "media", "all", NULL };

static const struct schema_field allow_key[] = {
	ROW("from", T_ENUM, "From", "Calls that come by.", .choices = signalings),
	ROW("to", T_ENUM, "To", "Calls that leave by.", .choices = signalings), END
};
static const struct schema_field trusted_key[] = {
	ROW("address", T_IPV4, "Address", "Address or network."),
	ROW("mask", T_IPV4_MASK, "Mask", "Mask of the network.", .dflt = "255.255.255.255"), END
};
static const struct schema_field registrar[] = {
	ROW("enabled", T_BOOL, "Registrar", "SIP phones can register only while it is on."),
	ROW("max", T_INT, "Longest registration", "Longer wishes are shortened.", .min = 120,
	    .max = 86400, .dflt = "3600", .unit = "s"),
	ROW("min", T_INT, "Shortest registration", "Shorter wishes are refused.", .min = 60,
	    .max = 3600, .dflt = "60", .unit = "s"),
	END
};
static const struct schema_field bind_key[] = {
	ROW("what", T_ENUM, "Traffic", "What leaves from the interface.", .choices = bind_whats),
	END
};
static const struct schema_field binding[] = {
	ROW("interface", T_STR, "Interface", "Name of the interface.", .flags = F_REQUIRED,
	    .min = 1, .max = 64),
	ROW("address", T_IP, "Address", "Address of the interface."), END
};
static const struct schema_field sip[] = {
	OBJ("registrar_server", registrar, "Registrar", "Accepts SIP phones.",
	    .apply = APPLY_REREGISTER),
	ROW("session_transport", T_ENUM, "Transport", "Transport of calls to trunks.",
	    .choices = transports, .dflt = "udp"),
	ROW("anat", T_BOOL, "Both IP versions", "Offers IPv4 and IPv6 in one call (ANAT).",
	    .dflt = "true"),
	MAP("binds", bind_key, binding, "Interfaces", "Interface that SIP or media leave from."),
	END
};

static const struct schema_field fields[] = {
	ROW("media_mode", T_ENUM, "Media of trunk calls", "Through this box or around it.",
	    .choices = media_modes, .dflt = "flow-through", .group = "Trunk calls"),
	MAP("allow_connections", allow_key, schema_no_fields, "Trunk to trunk",
	    "Kinds of calls allowed."),
	MAP("trusted_addresses", trusted_key, schema_no_fields, "Trusted addresses",
	    "Sources that may call beside the configured trunks.", .max = 100),
	ROW("trusted_authenticate", T_BOOL, "Check sources",
	    "Calls from other addresses are refused.", .dflt = "true"),
	ROW("trusted_block_cause", T_INT, "Cause", "Cause sent when a call is refused.", .min = 1,
	    .max = 127, .dflt = "21"),
	ROW("lpcor_incoming", T_STR, "LPCOR of trunk calls", "Group of calls from trunks.",
	    .min = 1, .max = 32, .ref = "lpcor#groups"),
	OBJ("sip", sip, "SIP", "SIP service.", .group = "SIP"),
	END
};

static const struct schema_line lines[] = {
	LINE("ip address trusted authenticate <trusted_authenticate>"),
	LINE("ip address trusted call-block cause <trusted_block_cause>"),
	LINE("media <media_mode>", .alias = "media flow {around <media_mode=flow-around>|"
					    "through <media_mode=flow-through>}"),
	LINE("allow-connections <from> to <to>", .in = "allow_connections"),
	LINE("lpcor incoming <lpcor_incoming>"),
	LINE("ipv4 <address> [<mask>]", .in = "trusted_addresses", .mode = "iptrust"),
	LINE("bind <what> source-interface <interface> [ipv4-address <address>]", .in = "sip.binds",
	     .mode = "sip"),
	LINE("session transport {<sip.session_transport=tls> tcp tls|<sip.session_transport>}",
	     .mode = "sip"),
	LINE("registrar server [expires [max <sip.registrar_server.max>] [min "
	     "<sip.registrar_server.min>]] "
	     "<sip.registrar_server.enabled>",
	     .mode = "sip"),
	LINE("anat <sip.anat>", .mode = "sip"),
	END_LINE
};
static const struct schema_mode modes[] = {
	{ "iptrust", "ip address trusted list", NULL, false },
	{ "sip", "sip", NULL, false },
	{ 0 },
};

const struct schema_object schema_voip = {
	.path = "voice-service/voip",
	.mode = "voice service voip",
	.enter = "voice service voip",
	.command = "voice service voip",
	.label = "SIP service",
	.help = "Registrar and trunk calls.",
	.ui_group = "System",
	.fields = fields,
	.lines = lines,
	.check = check_voip,
	.modes = modes,
};
