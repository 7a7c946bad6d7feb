/* tests/fuzz/fuzz_sip.c - the whole way of a datagram: noise, scan, libosip2, gate, credentials, registrar,
 * answer. The site answers without passwords, so that the registrar is reached too. */
#include "tests/fuzz/fuzz.h"

#include "server/core/mem.h"
#include "tests/support/sip_rig.h"

static void open_site(struct sip_rig *r)
{
	char lines[][80] = { "registrar on",
			     "mode cme",
			     "auth off",
			     "realm switchroom",
			     "expires 60 3600",
			     "limits 9 9",
			     "host h",
			     "host 192.0.2.1",
			     "address 192.0.2.1",
			     "dn 1 2201",
			     "dn 2 2202",
			     "pool 1 network 0.0.0.0 mask 0.0.0.0 dns 1,2",
			     "pool 2 mac 00AA11BB22CC user u1 pass p1 dns 1" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		sip_rig_config(r, lines[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_rig *r;
	struct sip_flow flow = { .transport = SIP_UDP };

	if (!r) {
		r = mem_zalloc(sizeof(*r));
		sip_rig_init(r);
		open_site(r);
	}
	(void)net_addr_parse(&flow.peer, "192.0.2.31", 5060);
	(void)net_addr_parse(&flow.local, "192.0.2.1", 5060);
	sip_engine_input(r->engine, &flow, data, size);
	sip_engine_input(r->engine, &flow, data, size); /* the repetition */
	clock_fake_advance_ms(&r->clock, 5000);
	sip_engine_tick(r->engine);
	sip_rig_forget(r);
	return 0;
}
