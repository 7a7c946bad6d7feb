/* tests/fuzz/fuzz_sntp.c - any packet as an SNTP question. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "server/clock/sntp_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clock_source src = clock_source_fixed(size % 2);
	struct clock_state state;
	uint8_t out[SNTP_LEN];
	int64_t received = 0;

	src.read(src.ctx, 1700000000000000000, &state);
	if (sntp_check(data, size) != SNTP_ASK)
		return 0;
	if (size < SNTP_LEN) /* the answer would be longer than the question */
		abort();
	if (size >= SNTP_LEN + 8)
		memcpy(&received, data + SNTP_LEN, 8);
	sntp_answer(out, data, &state, received, 1700000000000000000);
	if (memcmp(out + 24, data + 40, 8) || (out[0] >> 3 & 7) != (data[0] >> 3 & 7))
		abort();
	if ((out[0] & 7) != 4 && (out[0] & 7) != 2)
		abort();
	sntp_kiss(out, data, "RATE");
	return out[1] ? abort(), 0 : 0;
}
