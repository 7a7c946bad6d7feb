/* store/schema/sip_ua.c - mode sip-ua: the user agent towards providers (cme-model 1.20). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const schemes[] = { "sip", "sips", NULL };
static const char *const encodings[] = { "0", "6", "7", NULL };

static const struct schema_field registrar_key[] = {
	ROW("index", T_INT, "Number", "Number of the registrar.", .min = 1, .max = 6, .dflt = "1"),
	END
};
static const struct schema_field registrar[] = {
	ROW("server", T_TARGET, "Server", "Where numbers of this system are registered.",
	    .flags = F_REQUIRED, .max = 255),
	ROW("expires", T_INT, "Registration", "How long a registration is asked for.", .min = 60,
	    .max = 65535, .dflt = "3600", .unit = "s"),
	ROW("refresh_ratio", T_INT, "Renewal",
	    "Part of that time after which a registration is renewed.", .min = 1, .max = 100,
	    .dflt = "80", .unit = "%", .flags = F_ADVANCED),
	ROW("auth_realm", T_STR, "Realm", "Realm whose user and password are used.", .min = 1,
	    .max = 64, .flags = F_ADVANCED),
	ROW("scheme", T_ENUM, "Scheme", "sips asks for TLS all the way.", .choices = schemes,
	    .dflt = "sip", .flags = F_ADVANCED),
	ROW("tcp", T_FLAG, "TCP", "Registers over TCP, not UDP."),
	ROW("secondary", T_FLAG, "Second choice", "Used while the first registrar is silent."),
	END
};
static const struct schema_field authentication_key[] = {
	ROW("username", T_STR, "User", "Name that the provider gave.", .min = 4, .max = 64),
	ROW("realm", T_STR, "Realm", "Realm of the provider; none fits every realm.", .max = 64),
	END
};
static const struct schema_field authentication[] = {
	ROW("password_encoding", T_INT, "Encoding",
	    "6 and 7: the password is kept as it was imported.", .choices = encodings, .dflt = "0",
	    .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .flags = F_REQUIRED, .min = 4,
	    .max = 128),
	END
};
static const struct schema_field credential_key[] = {
	ROW("number", T_STR, "Number", "Number that is registered.", .min = 4, .max = 32),
	ROW("realm", T_STR, "Realm", "Realm of the provider.", .min = 1, .max = 64), END
};
static const struct schema_field credential[] = {
	ROW("username", T_STR, "User", "Name that the provider gave.", .flags = F_REQUIRED,
	    .min = 4, .max = 64),
	ROW("password_encoding", T_INT, "Encoding",
	    "6 and 7: the password is kept as it was imported.", .choices = encodings, .dflt = "0",
	    .flags = F_ADVANCED),
	ROW("password", T_SECRET, "Password", "Write only.", .flags = F_REQUIRED, .min = 4,
	    .max = 128),
	END
};

static const struct schema_field fields[] = {
	MAP("registrars", registrar_key, registrar, "Registrars",
	    "Where numbers of this system are registered.", .group = "Provider"),
	MAP("authentications", authentication_key, authentication, "Passwords",
	    "Answers to a provider that asks for a password: one user, up to five realms.",
	    .max = 5),
	MAP("credentials", credential_key, credential, "Numbers",
	    "Numbers that are registered with a user and password of their own."),
	ROW("sip_server", T_TARGET, "SIP server", "Where calls with the target sip-server go.",
	    .max = 255),
	ROW("connection_aging", T_INT, "Connection age",
	    "Idle TCP connections of phones end after this time.", .min = 5, .max = 1440,
	    .dflt = "5", .unit = "min", .group = "Connections"),
	OBJ("protocol_mode", schema_protocol_mode, "Protocol mode", "IP versions of SIP."),
	ROW("options", T_STR, "Other commands",
	    "Kept for the export, one per line: retry, timers, presence enable, mwi-server.",
	    .flags = F_LINES | F_MULTILINE | F_ADVANCED, .max = 4000),
	END
};

#define REGISTRAR                                                       \
	"<server> [expires <expires>] [refresh-ratio <refresh_ratio>] " \
	"[auth-realm <auth_realm>] [scheme <scheme>] [<tcp>]"

static const struct schema_line lines[] = {
	LINE("authentication username <username> password [<password_encoding>] <password> "
	     "[realm <realm>]",
	     .in = "authentications"),
	LINE("credentials number <number> username <username> password [<password_encoding>] "
	     "<password> realm <realm>",
	     .in = "credentials"),
	LINE("timers connection aging <connection_aging>",
	     .alias = "timer connection aging <connection_aging>"),
	/* `secondary` without an index is registrar 2; listings have a stray `server`. */
	LINE("registrar {<index=2> " REGISTRAR " <secondary>|<index> " REGISTRAR
	     " <secondary>|[<index>] " REGISTRAR "}",
	     .in = "registrars", .alias = "registrar server [<index>] " REGISTRAR " [<secondary>]",
	     .no = "registrar <index=2> <secondary>"),
	LINE("protocol mode <protocol_mode.mode> [preference <protocol_mode.preference>]"),
	LINE("sip-server <sip_server>"), LINE("retry [<options>]", .keep = true),
	LINE("timers [<options>]", .keep = true), LINE("presence enable [<options>]", .keep = true),
	LINE("mwi-server [<options>]", .keep = true), END_LINE
};

const struct schema_object schema_sip_ua = {
	.path = "sip-ua",
	.mode = "sip-ua",
	.enter = "sip-ua",
	.command = "sip-ua",
	.label = "SIP user agent",
	.help = "SIP connections, and registration with providers.",
	.ui_group = "Trunks",
	.fields = fields,
	.lines = lines,
	.check = check_sip_ua,
};
