/* store/schema/ixi.c - ixi transport http and ixi application cme: the XML interface (cme-model 1.36). Both
 * blocks must be on. */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const struct schema_field transport_fields[] = {
	ROW("enabled", T_BOOL, "On", "The block is in service."),
	ROW("response_size", T_INT, "Answer buffer", "Size of a part of an answer.", .min = 1,
	    .unit = "KB"),
	ROW("request_outstanding", T_INT, "Parallel requests", "How many at a time.", .min = 1),
	ROW("request_timeout", T_INT, "Idle time", "An idle request ends after this time.",
	    .max = 60, .unit = "s"),
	END
};
static const struct schema_line transport_lines[] = {
	LINE("response size <response_size>"), LINE("shutdown <!enabled>"),
	LINE("request outstanding <request_outstanding>"),
	LINE("request timeout <request_timeout>"), END_LINE
};
const struct schema_object schema_ixi_transport = {
	.path = "ixi/transport-http",
	.mode = "ixi transport http",
	.enter = "ixi transport http",
	.command = "ixi transport http",
	.label = "XML transport",
	.help = "HTTP side of the XML interface.",
	.ui_group = "System",
	.fields = transport_fields,
	.lines = transport_lines,
	.check = check_ixi,
};

static const struct schema_field application_fields[] = {
	ROW("enabled", T_BOOL, "On", "The block is in service."),
	ROW("response_timeout", T_INT, "Answer time",
	    "The application must answer within this time; -1: no limit of its own.", .min = -1,
	    .max = 60, .dflt = "-1", .unit = "s"),
	END
};
static const struct schema_line application_lines[] = { LINE("shutdown <!enabled>"),
							LINE("response timeout <response_timeout>"),
							END_LINE };
const struct schema_object schema_ixi_application = {
	.path = "ixi/application-cme",
	.mode = "ixi application cme",
	.enter = "ixi application cme",
	.command = "ixi application cme",
	.label = "XML application",
	.help = "Application side of the XML interface.",
	.ui_group = "System",
	.fields = application_fields,
	.lines = application_lines,
};
