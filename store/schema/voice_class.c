/* store/schema/voice_class.c - voice class media, codec and cause-code (cme-model 1.22 to 1.24): settings
 * that several peers or phones share. */
#include "store/schema/causes.h"
#include "store/schema/row.h"

static const char *const media_modes[] = { "flow-around", "flow-through", NULL };

/* ---- media ---- */
static const struct schema_field class_key =
    ROW("tag", T_INT, "Tag", "Number of the class.", .min = 1, .max = 10000);
static const struct schema_field media_fields[] = {
	ROW("media_mode", T_ENUM, "Media", "Through this box or around it.",
	    .choices = media_modes),
	ROW("media_forking", T_FLAG, "Forking", "Media is copied to a recorder.",
	    .keyword = "forking"),
	END
};
static const struct schema_line media_lines[] = {
	LINE("media {<media_mode> [<media_forking>]|forking <media_forking=true>}",
	     .alias = "media flow {around <media_mode=flow-around>|through "
		      "<media_mode=flow-through>} [<media_forking>]"),
	END_LINE
};
const struct schema_object schema_class_media = {
	.path = "voice-class/media",
	.mode = "voice class media",
	.enter = "voice class media <tag>",
	.command = "voice class media",
	.label = "Media classes",
	.help = "Media mode for several dial peers; wins over their own.",
	.ui_group = "Trunks",
	.collection = true,
	.key = &class_key,
	.fields = media_fields,
	.lines = media_lines,
};

/* ---- codec ---- */
static const struct schema_field order_key[] = {
	ROW("order", T_INT, "Order", "1 is offered first.", .min = 1, .max = 24), END
};
static const struct schema_field preference[] = {
	ROW("codec", T_CODEC, "Codec", "Name of the codec.", .flags = F_REQUIRED,
	    .choices = schema_codecs),
	ROW("bytes", T_INT, "Payload", "Voice bytes of one packet.", .min = 10, .max = 240,
	    .unit = "bytes"),
	END
};
static const struct schema_field codec_fields[] = {
	MAP("preferences", order_key, preference, "Codecs", "Codecs in the order of their offer.",
	    .flags = F_ORDERED),
	END
};
static const struct schema_line codec_lines[] = {
	LINE("codec preference <order> <codec> [bytes <bytes>]", .in = "preferences"), END_LINE
};
const struct schema_object schema_class_codec = {
	.path = "voice-class/codec",
	.mode = "voice class codec",
	.enter = "voice class codec <tag>",
	.command = "voice class codec",
	.label = "Codec classes",
	.help = "Codecs in order, for dial peers and SIP phones.",
	.ui_group = "Trunks",
	.collection = true,
	.key = &class_key,
	.fields = codec_fields,
	.lines = codec_lines,
};

/* ---- causes ---- */
static const struct schema_field cause_tag =
    ROW("tag", T_INT, "Tag", "Number of the class.", .min = 1, .max = 64);
static const struct schema_field cause_key[] = {
	ROW("cause", T_ENUM, "Cause", "Why a call ended.", .choices = schema_causes), END
};
static const struct schema_field cause_fields[] = {
	MAP("causes", cause_key, schema_no_fields, "Causes", "Causes of this set."), END
};
static const struct schema_line cause_lines[] = {
	LINE("<cause>", .in = "causes", .alias = "number-changed <cause=number-changeed>"), END_LINE
};
const struct schema_object schema_class_cause = {
	.path = "voice-class/cause-code",
	.mode = "voice class cause-code",
	.enter = "voice class cause-code <tag>",
	.command = "voice class cause-code",
	.label = "Cause classes",
	.help = "A set of causes for which the vacant code announcement is played.",
	.ui_group = "Policies",
	.collection = true,
	.key = &cause_tag,
	.fields = cause_fields,
	.lines = cause_lines,
};
