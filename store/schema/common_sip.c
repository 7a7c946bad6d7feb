/* store/schema/common_sip.c - tables that the rows of rows_sip.h name. */
#include "store/schema/rows_sip.h"

const char *const schema_pool_transports[] = { "tcp", "udp", NULL };
const char *const schema_privacy_states[] = { "off", "on", "system", NULL };
static const char *const directions[] = { "incoming", "outgoing", NULL };

const struct schema_field schema_cor_key[] = {
	ROW("direction", T_ENUM, "Direction", "Calls from or to the phone.", .choices = directions),
	ROW("number", T_STR, "Number", "Position, or default for all others.", .min = 1, .max = 10),
	END
};
const struct schema_field schema_cor[] = {
	ROW("list", T_STR, "List", "Name of the restriction list.", .flags = F_REQUIRED, .min = 1,
	    .max = 64),
	ROW("start", T_DIGITS, "From", "First number.", .min = 1, .max = 32),
	ROW("end", T_DIGITS, "To", "Last number.", .min = 1, .max = 32), END
};
const struct schema_field schema_pool_feature_key[] = {
	ROW("index", T_INT, "Key", "Line key.", .min = 1, .max = 200), END
};
