/* store/schema/mlpp.c - voice mlpp: precedence and preemption of calls (cme-model 1.30). */
#include "store/schema/checks.h"
#include "store/schema/row.h"

static const char *const kinds[] = { "tone", "reserve", NULL };
static const char *const domains[] = { "drsn", "dsn", NULL };

#define AUDIO(n, l, h) ROW(n, T_FILE, l, h, .min = 1, .max = 255)

static const struct schema_field vacant[] = {
	ROW("url", T_FILE, "Announcement", "Sound file, .wav or .au.", .flags = F_REQUIRED,
	    .min = 1, .max = 255),
	ROW("cause_class", T_INT, "Causes", "Class with the causes for which it is played.",
	    .flags = F_REQUIRED, .min = 1, .max = 64, .ref = "voice-class/cause-code"),
	END
};
static const struct schema_field preemption[] = {
	ROW("user", T_BOOL, "Phones", "Calls of phones may be preempted."),
	ROW("trunkgroup", T_BOOL, "Trunks", "Calls of trunk groups may be preempted."), END
};
static const struct schema_field timer_key[] = {
	ROW("kind", T_ENUM, "Timer", "tone: length of the tone. reserve: time a line is reserved.",
	    .choices = kinds),
	END
};
static const struct schema_field timer =
    ROW("seconds", T_INT, "Time", "Off without an entry.", .min = 3, .max = 30, .unit = "s");
static const struct schema_field domain[] = {
	ROW("domain", T_ENUM, "Domain", "Network of the domain.", .choices = domains,
	    .dflt = "dsn"),
	ROW("identifier", T_HEX, "Identifier", "Up to six hexadecimal digits.", .min = 1, .max = 6,
	    .dflt = "000000"),
	END
};

static const struct schema_field fields[] = {
	ROW("enabled", T_BOOL, "On", "The block exists.", .flags = F_EXISTS, .group = "Precedence"),
	ROW("access_digit", T_INT, "Access digit", "First digit of the precedence prefix.",
	    .max = 9, .dflt = "0"),
	OBJ("preemption", preemption, "Preemption", "Which calls may be preempted."),
	MAPV("preemption_timers", timer_key, &timer, "Preemption timers", "Tone and reserve time."),
	OBJ("service_domain", domain, "Service domain", "Domain of this system."),
	AUDIO("announcement_bnea", "Cannot be preempted",
	      "Played when the number called cannot be preempted."),
	AUDIO("announcement_bpa", "Busy with precedence",
	      "Played when the target is busy with equal or higher precedence."),
	AUDIO("announcement_ica", "Isolated code",
	      "Played when equipment or service trouble stops the call."),
	AUDIO("announcement_upa", "Unauthorized precedence",
	      "Played when the caller may not use the precedence."),
	OBJ("announcement_vca", vacant, "Vacant code", "Played for the causes of a class."),
	END
};
/* The announcements in the order of routers. */
static const struct schema_line lines[] = {
	LINE("access-digit <access_digit>"),
	LINE("bnea <announcement_bnea>"),
	LINE("bpa <announcement_bpa>"),
	LINE("ica <announcement_ica>"),
	LINE("preemption user <preemption.user>"),
	LINE("preemption trunkgroup <preemption.trunkgroup>"),
	LINE("preemption <kind> timer <seconds>", .in = "preemption_timers"),
	LINE("service-domain <service_domain.domain> identifier <service_domain.identifier>"),
	LINE("upa <announcement_upa>"),
	LINE("vca <announcement_vca.url> voice-class cause-code <announcement_vca.cause_class>"),
	END_LINE
};

const struct schema_object schema_mlpp = {
	.path = "mlpp",
	.mode = "voice mlpp",
	.enter = "voice mlpp",
	.command = "voice mlpp",
	.label = "Precedence",
	.help = "Precedence and preemption of calls, and its announcements (MLPP).",
	.ui_group = "Policies",
	.fields = fields,
	.lines = lines,
	.check = check_mlpp,
};
