/* tests/fuzz/fuzz_zones.c - the time zone rule and the TZif reader. First byte: which. */
#include <string.h>

#include "server/zones/tzif.h"
#include "tests/fuzz/fuzz.h"

static void use(int32_t off)
{
	if (off < -200 * 3600 || off > 200 * 3600)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t at[] = { INT64_MIN, -1, 0, 1795132800, 4102444800, INT64_MAX };
	struct tz_rule rule;
	struct tzif z;

	if (size == 0)
		return 0;
	if (data[0] == 'r') {
		if (tz_rule_parse(&rule, (const char *)data + 1, size - 1))
			return 0;
		for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			use(tz_rule_offset(&rule, at[i], NULL));
	} else if (tzif_parse(&z, data + 1, size - 1) == 0) {
		for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			use(tzif_offset(&z, at[i], NULL));
		tzif_fini(&z);
	}
	return 0;
}
