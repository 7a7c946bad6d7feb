/* store/schema/voip.c - mode voice service voip with its sub-modes sip and trusted list
 * (cme-model 1.16, 1.17). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const media_modes[] = { "flow-around", "flow-through", NULL };
static const char *const signalings[] = { "h323", "sip", NULL };
static const char *const transports[] = { "udp", "tcp", "tls", NULL };
static const char *const bind_whats[] = { "control", "media", "all", NULL };

static const char *const fax_protocols[] = {
	"cisco", "none", "pass-through", "system", "t38", NULL
};
static const char *const fax_codecs[] = { "g711alaw", "g711ulaw", NULL };
static const char *const fax_versions[] = { "0", "3", NULL };
static const char *const trustpoint_kinds[] = { "raw", "trustpoint", NULL };
static const char *const certs[] = { "leaf", "root", NULL };
static const char *const hashes[] = { "sha-1", NULL };
static const char *const authen_methods[] = { "both", "none", "password", NULL };

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
static const struct schema_field fax[] = {
	ROW("protocol", T_ENUM, "Method", "How faxes are sent; nothing is cisco.",
	    .choices = fax_protocols),
	ROW("codec", T_ENUM, "Codec", "Codec of a passed-through fax.", .choices = fax_codecs),
	ROW("version", T_INT, "T.38 version", "Version of T.38.", .choices = fax_versions),
	ROW("ls_redundancy", T_INT, "Slow redundancy", "Repeated packets at low speed.", .max = 5),
	ROW("hs_redundancy", T_INT, "Fast redundancy", "Repeated packets at high speed.", .max = 2),
	ROW("fallback", T_STR, "Otherwise", "What is used when T.38 is refused.", .flags = F_REST,
	    .min = 1, .max = 64),
	END
};

/* ---- phones behind a VPN ---- */
static const struct schema_field gateway_key[] = { TAG("number", 1, 3), END };
static const struct schema_field gateway = ROW(
    "url", T_URL, "Gateway", "Address of a VPN gateway; begins with https.", .min = 1, .max = 255);
static const struct schema_field trustpoint_key[] = { TAG("number", 1, 10), END };
static const struct schema_field trustpoint[] = {
	ROW("kind", T_ENUM, "Form", "A certificate in full, or the name of a trustpoint.",
	    .flags = F_REQUIRED, .choices = trustpoint_kinds),
	ROW("name", T_STR, "Name", "Name, or certificate in hexadecimal digits.",
	    .flags = F_REQUIRED, .min = 1, .max = 512),
	ROW("cert", T_ENUM, "Certificate", "That of the gateway itself or of its authority.",
	    .choices = certs),
	END
};
static const struct schema_field vpn_group_key[] = { TAG("tag", 1, 2), END };
static const struct schema_field vpn_group[] = {
	MAPV("gateways", gateway_key, &gateway, "Gateways", "Up to three, in their order."),
	MAP("trustpoints", trustpoint_key, trustpoint, "Certificates",
	    "Certificates the phones accept."),
	ROW("hash_algorithm", T_ENUM, "Hash", "Hash of the certificates in the phone files.",
	    .choices = hashes),
	END
};
static const struct schema_field vpn_profile_key[] = { TAG("tag", 1, 6), END };
static const struct schema_field vpn_profile[] = {
	ROW("keepalive", T_INT, "Keepalive", "How often the tunnel is tested; 0 never.", .max = 120,
	    .dflt = "60", .unit = "s"),
	ROW("auto_network_detect", T_BOOL, "Find out the network",
	    "No tunnel inside the company's own network."),
	ROW("host_id_check", T_BOOL, "Check the name", "The certificate must name the gateway.",
	    .dflt = "true"),
	ROW("mtu", T_INT, "MTU", "Largest packet.", .min = 256, .max = 1406, .dflt = "1290",
	    .unit = "bytes"),
	ROW("authen_method", T_ENUM, "Sign-in", "What the gateway asks for.",
	    .choices = authen_methods, .dflt = "both"),
	ROW("password_persistent", T_BOOL, "Keep the password",
	    "The phone remembers the password."),
	ROW("fail_connect_time", T_INT, "Set-up", "Longest set-up of a tunnel.", .max = 600,
	    .dflt = "30", .unit = "s"),
	END
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
	    "Sources that may call beside the configured trunks.", .max = TRUSTED_LIST,
	    .fault = "trusted_limit"),
	ROW("trusted_authenticate", T_BOOL, "Check sources",
	    "Calls from other addresses are refused.", .dflt = "true"),
	ROW("trusted_block_cause", T_INT, "Cause", "Cause sent when a call is refused.", .min = 1,
	    .max = 127, .dflt = "21"),
	ROW("lpcor_incoming", T_STR, "LPCOR of trunk calls", "Group of calls from trunks.",
	    .min = 1, .max = 32, .ref = "lpcor#groups"),
	OBJ("fax_protocol", fax, "Fax", "How faxes pass trunks."),
	MAP("vpn_groups", vpn_group_key, vpn_group, "VPN gateways",
	    "Gateways of phones outside, in their order.", .apply = APPLY_CREATE_RESET,
	    .group = "VPN"),
	MAP("vpn_profiles", vpn_profile_key, vpn_profile, "VPN settings",
	    "How phones outside use a gateway.", .apply = APPLY_CREATE_RESET),
	OBJ("sip", sip, "SIP", "SIP service.", .group = "SIP"),
	END
};

static const struct schema_line lines[] = {
	LINE("ip address trusted authenticate <trusted_authenticate>"),
	LINE("ip address trusted call-block cause <trusted_block_cause>"),
	LINE("media <media_mode>", .alias = "media flow {around <media_mode=flow-around>|"
					    "through <media_mode=flow-through>}"),
	LINE("allow-connections <from> to <to>", .in = "allow_connections"),
	LINE("fax protocol {pass-through <fax_protocol.codec> "
	     "<fax_protocol.protocol=pass-through>|t38 [version <fax_protocol.version>] "
	     "[ls-redundancy <fax_protocol.ls_redundancy>] "
	     "[hs-redundancy <fax_protocol.hs_redundancy>] "
	     "<fax_protocol.protocol=t38> [fallback <fax_protocol.fallback>]|"
	     "<fax_protocol.protocol>}"),
	LINE("lpcor incoming <lpcor_incoming>"),
	LINE("ipv4 <address> [<mask>]", .in = "trusted_addresses", .mode = "iptrust"),
	LINE("vpn-gateway <number> <url>", .in = "gateways", .mode = "vpn-group"),
	LINE("vpn-trustpoint <number> <kind> <name> [<cert>]", .in = "trustpoints",
	     .mode = "vpn-group"),
	LINE("vpn-hash-algorithm <hash_algorithm>", .mode = "vpn-group"),
	LINE("keepalive <keepalive>", .mode = "vpn-profile"),
	LINE("mtu <mtu>", .mode = "vpn-profile"),
	LINE("fail-connect-time <fail_connect_time>", .mode = "vpn-profile"),
	LINE("authen-method <authen_method>", .mode = "vpn-profile"),
	LINE("auto-network-detect enable <auto_network_detect=true>", .mode = "vpn-profile",
	     .alias = "auto-network-detect disable <auto_network_detect=false>",
	     .no = "auto-network-detect <auto_network_detect=false>"),
	LINE("password-persistent enable <password_persistent=true>", .mode = "vpn-profile",
	     .alias = "password-persistent disable <password_persistent=false>",
	     .no = "password-persistent <password_persistent=false>"),
	LINE("host-id-check disable <host_id_check=false>", .mode = "vpn-profile",
	     .alias = "host-id-check enable <host_id_check=true>",
	     .no = "host-id-check <host_id_check=true>"),
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
	{ "vpn-group", "vpn-group <tag>", "vpn_groups", false },
	{ "vpn-profile", "vpn-profile <tag>", "vpn_profiles", false },
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
