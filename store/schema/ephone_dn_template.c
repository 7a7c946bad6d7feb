/* store/schema/ephone_dn_template.c - mode ephone-dn-template (cme-model 1.7): what directory numbers have
 * in common. A setting of the number itself always wins. */
#include "store/schema/checks.h"
#include "store/schema/rows_sccp.h"

#define NEED APPLY_RESTART

static const char *const kinds[] = { "called", "calling", NULL };
static const struct schema_field translate_key[] = {
	ROW("kind", T_ENUM, "Number", "Which number is translated.", .choices = kinds), END
};
static const struct schema_field translate_rule =
    ROW("rule", T_INT, "Rule", "Number of the translation rule.", .min = 1, .max = 2147483647);

static const struct schema_field fields[] = { DN_DESCRIPTION_ROW,
					      DN_CALLS_ROWS(NEED),
					      DN_WATCH_ROW(NEED),
					      DN_HOLD_ROWS(NEED),
					      DN_MWI_ROW(NEED),
					      MAPV("translate", translate_key, &translate_rule,
						   "Translation rule",
						   "Rule for the number of a call.", .apply = NEED),
					      DN_TRANSLATION_ROW(NEED),
					      END };

static const struct schema_line lines[] = { LINE("description <description>"),
					    DN_HUNT_LINES,
					    DN_FORWARD_LINES,
					    LINE("pickup-group <pickup_group>"),
					    DN_ALERT_LINES,
					    DN_PROFILE_LINES,
					    LINE("translate <kind> <rule>", .in = "translate"),
					    END_LINE };

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the template.", .min = 1, .max = 15);

const struct schema_object schema_ephone_dn_template = {
	.path = "ephone-dn-templates",
	.mode = "ephone-dn-template",
	.enter = "ephone-dn-template <tag>",
	.command = "ephone-dn-template",
	.label = "SCCP number templates",
	.help = "What directory numbers of SCCP phones have in common.",
	.ui_group = "Templates",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_ephone_dn_template,
	.apply_create = APPLY_RESTART,
};
