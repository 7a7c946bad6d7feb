/* store/schema/ephone_template.c - mode ephone-template (cme-model 1.6): what phones have in common. A
 * setting of the phone itself always wins; schema_effective() says what holds. */
#include "store/schema/checks.h"
#include "store/schema/rows_sccp.h"

#define RESTART .apply = APPLY_RESTART
#define CREATE  .apply = APPLY_CREATE_RESET

static const char *const layouts[] = { "line",    "speed-dial", "blf-speed-dial",
				       "feature", "url",        NULL };
static const char *const layout_sets[] = { "1", "2", NULL };
static const char *const states[] = { "alerting",      "connected", "hold",   "idle",
				      "remote-in-use", "ringing",   "seized", NULL };
static const char *const softkeys[] = { "Acct",     "Answer",  "CallBack", "CBarge",  "Cfwdall",
					"ConfList", "Confrn",  "Dnd",      "Endcall", "Flash",
					"Gpickup",  "HLog",    "Hold",     "Join",    "LiveRcd",
					"Login",    "MeetMe",  "Mobility", "Newcall", "Park",
					"Pickup",   "Redial",  "Resume",   "RmLstC",  "Select",
					"Trnsfer",  "TrnsfVM", NULL };
static const char *const blockable[] = { "CFwdAll", "Confrn",  "GpickUp", "Park",
					 "PickUp",  "Trnsfer", NULL };
static const char *const domains[] = { "drsn", "dsn", NULL };

static const struct schema_field layout_key[] = { ROW("buttons", T_BUTTONS, "Buttons",
						      "Buttons such as 1, 3-6 or 4,7,9.", .min = 1,
						      .max = 64),
						  END };
static const struct schema_field layout =
    ROW("type", T_ENUM, "Carry", "What these buttons carry.", .choices = layouts);
static const struct schema_field state_key[] = {
	ROW("state", T_ENUM, "State", "State of the call.", .choices = states), END
};
static const struct schema_field softkey =
    ROW("key", T_ENUM, "Soft key", "Name of the key.", .choices = softkeys, .flags = F_ANY_CASE);
static const struct schema_field softkey_list =
    LIST("keys", &softkey, "Soft keys", "In their order on the phone; others are off.", .min = 1,
	 .max = 16);
static const struct schema_field blocked = ROW("feature", T_ENUM, "Feature", "Name of the feature.",
					       .choices = blockable, .flags = F_ANY_CASE);
static const struct schema_field service_domain[] = {
	ROW("domain", T_ENUM, "Domain", "Kind of network.", .flags = F_REQUIRED,
	    .choices = domains),
	ROW("identifier", T_HEX, "Identifier", "24 bits in hexadecimal digits.",
	    .flags = F_REQUIRED, .min = 1, .max = 6),
	ROW("max_precedence", T_INT, "Highest precedence", "0 is highest, 4 routine.", .max = 4),
	END
};

static const struct schema_field fields[] = {
	EPHONE_TYPE_ROWS,
	MAPV("button_layout", layout_key, &layout, "Button layout",
	     "What each button carries, whatever is configured on it.", RESTART,
	     .group = "Buttons"),
	ROW("button_layout_7931", T_INT, "Layout of a 7931", "One of its two sets of keys.",
	    .choices = layout_sets, RESTART),
	EPHONE_FEATURES_ROW,
	MAPV("softkeys", state_key, &softkey_list, "Soft keys",
	     "Keys of each state and their order.", RESTART),
	LIST("features_blocked", &blocked, "Blocked features", "Features these phones do not have.",
	     .min = 1, .max = 16, RESTART),
	ROW("transfer_park_blocked", T_BOOL, "No parking by transfer",
	    "Calls are parked with the Park key only."),
	EPHONE_CALLS_ROWS,
	EPHONE_SPEED_DIALS_ROW,
	EPHONE_FASTDIALS_ROW,
	EPHONE_SETTINGS_ROWS,
	MAPV("service_phone", schema_service_phone_key, &schema_service_phone_value,
	     "Phone settings", "Settings in the vendor part of the phone files.",
	     .sealed_key = "adminPassword", CREATE, .group = "Phone files"),
	ROW("user_locale", T_INT, "Language", "Tag of a language of the system.", .max = 4,
	    .dflt = "0", CREATE),
	ROW("network_locale", T_INT, "Tones", "Tag of a tone set of the system.", .max = 4,
	    .dflt = "0", CREATE),
	ROW("mlpp_indication", T_BOOL, "Precedence shown",
	    "Precedence is heard and shown; off, calls are preempted silently.", .dflt = "true",
	    RESTART, .group = "Precedence"),
	ROW("mlpp_preemption", T_BOOL, "May be preempted", "Calls of the phone may be ended.",
	    .dflt = "true", RESTART),
	ROW("mlpp_max_precedence", T_INT, "Highest precedence",
	    "Highest the user may ask for: 0 is highest, 4 routine.", .max = 4, .dflt = "4",
	    RESTART),
	OBJ("mlpp_service_domain", service_domain, "Service domain",
	    "Instead of the domain of the system.", RESTART),
	EPHONE_LPCOR_ROWS,
	END
};

static const struct schema_line lines[] = {
	LINE("button-layout 7931 <button_layout_7931>"),
	LINE("button-layout <buttons> <type>", .in = "button_layout"),
	EPHONE_FEATURES_LINE,
	LINE("softkeys <state> <keys>", .in = "softkeys"),
	LINE("user-locale <user_locale>"),
	LINE("network-locale <network_locale>"),
	LINE("service phone <parameter> <value>", .in = "service_phone"),
	LINE("features blocked <features_blocked>"),
	LINE("transfer-park blocked <transfer_park_blocked>"),
	LINE("mlpp indication <mlpp_indication>"),
	LINE("mlpp preemption <mlpp_preemption>"),
	LINE("mlpp max-precedence <mlpp_max_precedence>"),
	LINE("mlpp service-domain <mlpp_service_domain.domain> identifier "
	     "<mlpp_service_domain.identifier> [max-precedence "
	     "<mlpp_service_domain.max_precedence>]"),
	EPHONE_CALLS_LINES,
	EPHONE_MEDIA_LINES,
	EPHONE_DIALS_LINES,
	EPHONE_REST_LINES,
	END_LINE
};

static const struct schema_field key =
    ROW("tag", T_INT, "Tag", "Number of the template.", .min = 1, .max = 20);

const struct schema_object schema_ephone_template = {
	.path = "ephone-templates",
	.mode = "ephone-template",
	.enter = "ephone-template <tag>",
	.command = "ephone-template",
	.label = "SCCP phone templates",
	.help = "What SCCP phones have in common.",
	.ui_group = "Templates",
	.collection = true,
	.key = &key,
	.fields = fields,
	.lines = lines,
	.check = check_ephone_template,
	.apply_create = APPLY_RESTART,
};
