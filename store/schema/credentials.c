/* store/schema/credentials.c - credentials: the certificate service for the CTL client (cme-model 1.25). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const encodings[] = { "0", "1", NULL };

static const struct schema_field source[] = { ROW("address", T_IP, "Address",
						  "Address on which the service listens.",
						  .flags = F_REQUIRED),
					      ROW("port", T_INT, "Port", "TCP port of the service.",
						  .min = 2000, .max = 9999, .dflt = "2444"),
					      END };
static const struct schema_field admin[] = {
	ROW("username", T_STR, "User", "Name that the CTL client must present.",
	    .flags = F_REQUIRED, .min = 1, .max = 64),
	ROW("password_encoding", T_INT, "Encoding", "1: it was imported as an MD5 hash.",
	    .flags = F_ADVANCED, .choices = encodings),
	ROW("password", T_SECRET, "Password", "Write only, kept as a hash.",
	    .flags = F_HASH | F_REQUIRED, .min = 1, .max = 128),
	END
};
static const struct schema_field fields[] = {
	ROW("enabled", T_BOOL, "On", "The block exists.", .flags = F_EXISTS),
	OBJ("source_address", source, "Address", "Where the service listens."),
	ROW("trustpoint", T_STR, "Trustpoint", "Certificate for the CTL client.", .min = 1,
	    .max = 64),
	OBJ("ctl_service_admin", admin, "CTL user", "Who may ask for certificates."), END
};
static const struct schema_line lines[] = {
	LINE("ip source-address <source_address.address> [port [<source_address.port>]]"),
	LINE("trustpoint <trustpoint>"),
	LINE("ctl-service admin <ctl_service_admin.username> secret "
	     "[<ctl_service_admin.password_encoding>] <ctl_service_admin.password>"),
	END_LINE
};

const struct schema_object schema_credentials = {
	.path = "credentials",
	.mode = "credentials",
	.enter = "credentials",
	.command = "credentials",
	.label = "Credential service",
	.help = "Gives certificates to the CTL client, for secure phones.",
	.ui_group = "Security",
	.fields = fields,
	.lines = lines,
	.check = check_credentials,
};
