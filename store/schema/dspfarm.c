/* store/schema/dspfarm.c - dspfarm profile <id> {conference | transcode | mtp} (cme-model 1.38):
 * limits of mixing and transcoding. */
#include "store/schema/row.h"

static const char *const types[] = { "conference", "transcode", "mtp", NULL };
static const char *const applications[] = { "sccp", "cube", NULL };

static const struct schema_field key =
    ROW("id", T_INT, "Profile", "Number of the profile.", .min = 1, .max = 65535);
static const struct schema_field codec_key[] = {
	ROW("codec", T_CODEC, "Codec", "Codec that the profile takes.", .choices = schema_codecs),
	END
};
static const struct schema_field fields[] = {
	ROW("type", T_ENUM, "Kind", "What the profile does.", .flags = F_REQUIRED,
	    .choices = types),
	MAP("codecs", codec_key, schema_no_fields, "Codecs", "None: those of the kind."),
	ROW("maximum_sessions", T_INT, "Sessions", "How many at a time.", .dflt = "0"),
	ROW("application", T_ENUM, "Used by", "What uses the profile.", .choices = applications),
	ROW("enabled", T_BOOL, "On", "The profile is in service."),
	END
};
static const struct schema_line lines[] = {
	LINE("codec <codec>", .in = "codecs"), LINE("maximum sessions <maximum_sessions>"),
	LINE("associate application {SCCP <application=sccp>|CUBE <application=cube>}"),
	LINE("shutdown <!enabled>"), END_LINE
};

const struct schema_object schema_dspfarm = {
	.path = "dspfarm-profiles",
	.mode = "dspfarm profile",
	.enter = "dspfarm profile <id> [<type>]",
	.command = "dspfarm profile",
	.label = "Media resources",
	.help = "Limits of conferences, transcoding and media termination.",
	.ui_group = "Media",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
};
