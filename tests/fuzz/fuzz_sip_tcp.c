/* tests/fuzz/fuzz_sip_tcp.c - a stream of messages, in two pieces; the first byte says where it is cut.
 * However it is cut, the same bytes have to be used. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_scan.h"
#include "tests/support/sip_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_rig *r;
	struct sip_flow flow = { .transport = SIP_TCP, .conn = 1 };
	long first, rest, whole;
	size_t cut;

	if (!r) {
		r = mem_zalloc(sizeof(*r));
		sip_rig_init(r);
	}
	if (!size || size > SIP_TCP_MAX)
		return 0;
	cut = (size_t)data[0] * (size - 1) / 255;
	data++;
	size--;
	(void)net_addr_parse(&flow.peer, "192.0.2.31", 5060);
	(void)net_addr_parse(&flow.local, "192.0.2.1", 5060);
	whole = sip_engine_stream(r->engine, &flow, data, size);
	first = sip_engine_stream(r->engine, &flow, data, cut);
	rest = first < 0 ? first
			 : sip_engine_stream(r->engine, &flow, data + first, size - (size_t)first);
	if ((whole < 0) != (rest < 0) || (whole >= 0 && whole != first + rest))
		abort();
	clock_fake_advance_ms(&r->clock, 5000);
	sip_rig_forget(r);
	return 0;
}
