/* server/clock/sntp_proto.c - the 48 bytes of an SNTP packet. */
#include "server/clock/sntp_proto.h"

#include <string.h>

#include "server/core/wire.h"

#define UNIX_TO_NTP 2208988800u
#define RATE_POLL   10 /* log2 s: what a client that asks too often shall keep to */

enum { MODE_V1 = 0, MODE_ACTIVE = 1, MODE_PASSIVE = 2, MODE_CLIENT = 3, MODE_SERVER = 4 };
enum { AT_POLL = 2, AT_TRANSMIT = 40 };

static unsigned version_of(const uint8_t *pkt)
{
	return pkt[0] >> 3 & 7;
}

static unsigned mode_of(const uint8_t *pkt)
{
	return pkt[0] & 7;
}

enum sntp_verdict sntp_check(const uint8_t *pkt, size_t len)
{
	unsigned version, mode;

	if (len < SNTP_LEN)
		return SNTP_SHORT;
	version = version_of(pkt);
	mode = mode_of(pkt);
	if (version < 1 || version > 4)
		return SNTP_VERSION;
	if (mode == MODE_CLIENT || mode == MODE_ACTIVE || (mode == MODE_V1 && version == 1))
		return SNTP_ASK;
	return SNTP_MODE;
}

uint64_t sntp_timestamp(int64_t wall_ns)
{
	int64_t s = wall_ns / 1000000000, ns = wall_ns % 1000000000;

	if (ns < 0) {
		ns += 1000000000;
		s--;
	}
	return (uint64_t)(uint32_t)(s + UNIX_TO_NTP) << 32 | ((uint64_t)ns << 32) / 1000000000;
}

/* Short format: 16 bits of seconds, 16 of fraction. */
static uint32_t short_time(uint32_t us)
{
	uint64_t v = ((uint64_t)us << 16) / 1000000;

	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static uint8_t first_byte(const uint8_t *pkt, unsigned leap)
{
	unsigned mode = mode_of(pkt) == MODE_ACTIVE ? MODE_PASSIVE : MODE_SERVER;

	return (uint8_t)(leap << 6 | version_of(pkt) << 3 | mode);
}

void sntp_answer(uint8_t out[SNTP_LEN], const uint8_t *pkt, const struct clock_state *state,
		 int64_t received_ns, int64_t sent_ns)
{
	struct wire_writer w;

	if (received_ns <= 0 || received_ns > sent_ns) /* no stamp, or the clock was set back */
		received_ns = sent_ns;
	wire_write_init(&w, out, SNTP_LEN);
	wire_put_u8(&w, first_byte(pkt, state->leap));
	wire_put_u8(&w, state->stratum);
	wire_put_u8(&w, pkt[AT_POLL]);
	wire_put_u8(&w, (uint8_t)state->precision);
	wire_put_u32be(&w, short_time(state->root_delay_us));
	wire_put_u32be(&w, short_time(state->root_dispersion_us));
	if (state->synchronised)
		wire_put_u32be(&w, state->refid);
	else
		wire_put_bytes(&w, "INIT", 4);
	wire_put_u64be(&w, state->reference_ns ? sntp_timestamp(state->reference_ns) : 0);
	wire_put_bytes(&w, pkt + AT_TRANSMIT, 8);
	wire_put_u64be(&w, sntp_timestamp(received_ns));
	wire_put_u64be(&w, sntp_timestamp(sent_ns));
}

void sntp_kiss(uint8_t out[SNTP_LEN], const uint8_t *pkt, const char code[4])
{
	struct wire_writer w;
	uint8_t poll = pkt[AT_POLL];

	wire_write_init(&w, out, SNTP_LEN);
	wire_put_u8(&w, first_byte(pkt, 3));
	wire_put_u8(&w, 0);
	wire_put_u8(&w, poll > RATE_POLL && poll < 18 ? poll : RATE_POLL);
	wire_put_u8(&w, (uint8_t)CLOCK_PRECISION);
	wire_put_zero(&w, 8);
	wire_put_bytes(&w, code, 4);
	wire_put_zero(&w, 8);
	wire_put_bytes(&w, pkt + AT_TRANSMIT, 8); /* so that the client knows it for its own */
	wire_put_zero(&w, 16);
}
