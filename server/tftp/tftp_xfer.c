/* server/tftp/tftp_xfer.c - the state machine of one read transfer. Blocks are counted without end
 * and cut to 16 bits on the wire only, so that files of any length roll over to 0. */
#include "server/tftp/tftp_xfer.h"

#include <assert.h>
#include <string.h>

#include "server/core/err.h"

struct cursor {
	uint64_t at;
	int pending;
};

/* ---- bytes ---- */
static long source_read(const struct tftp_source *s, uint64_t at, uint8_t *buf, size_t len)
{
	if (at >= s->size)
		return 0;
	if (len > s->size - at)
		len = (size_t)(s->size - at);
	if (!s->data)
		return s->read(s->ctx, at, buf, len);
	memcpy(buf, s->data + at, len);
	return (long)len;
}

/* RFC 764 line ends: LF becomes CR LF, a bare CR becomes CR NUL; a pair may span two blocks. */
static long fill_netascii(const struct tftp_xfer *x, struct cursor *c, uint8_t *buf)
{
	uint8_t raw[512];
	size_t n = 0;

	while (n < x->blksize) {
		long got;

		if (c->pending >= 0) {
			buf[n++] = (uint8_t)c->pending;
			c->pending = -1;
			continue;
		}
		got = source_read(&x->src, c->at, raw, sizeof(raw));
		if (got < 0)
			return got;
		if (got == 0)
			break;
		for (long i = 0; i < got && n < x->blksize && c->pending < 0; i++) {
			bool end = raw[i] == '\n' || raw[i] == '\r';

			buf[n++] = end ? '\r' : raw[i];
			c->at++;
			if (!end)
				continue;
			c->pending = raw[i] == '\n' ? '\n' : 0;
			if (n < x->blksize) {
				buf[n++] = (uint8_t)c->pending;
				c->pending = -1;
			}
		}
	}
	return (long)n;
}

/* ---- sending ---- */
static void fail(struct tftp_xfer *x, const struct tftp_sink *sink)
{
	uint8_t pkt[TFTP_ERROR_MAX];

	x->state = TFTP_UNREADABLE;
	sink->send(sink->ctx, pkt, tftp_put_error(pkt, TFTP_ERR_UNDEFINED, "Cannot read the file"));
}

static void send_oack(struct tftp_xfer *x, const struct tftp_sink *sink)
{
	uint8_t pkt[TFTP_OACK_MAX];

	sink->send(sink->ctx, pkt, tftp_put_oack(pkt, &x->req, x->src.size));
	x->next = 1;
}

static void send_block(struct tftp_xfer *x, uint8_t *pkt, size_t len, const struct tftp_sink *sink)
{
	pkt[0] = 0;
	pkt[1] = TFTP_DATA;
	pkt[2] = (uint8_t)(x->next >> 8);
	pkt[3] = (uint8_t)x->next;
	sink->send(sink->ctx, pkt, 4 + len);
	x->next++;
	x->blocks_sent++;
	x->last_sent = len < x->blksize;
}

/* The blocks of a window lie side by side in the file and are read at once. The four bytes of a head are
 * written over the end of the block before, which has left by then. */
static long send_octets(struct tftp_xfer *x, unsigned blocks, const struct tftp_sink *sink)
{
	uint64_t left = x->src.size - x->base_at.at;
	size_t want = (size_t)blocks * x->blksize;
	long n = source_read(&x->src, x->base_at.at, sink->scratch + 4, want);

	if (n < 0 ||
	    (uint64_t)n < (left < want ? left : want)) /* a short read would look like the end */
		return ERR_IO;
	for (size_t at = 0; blocks > 0 && !x->last_sent; blocks--, at += x->blksize) {
		size_t len = (size_t)n - at < x->blksize ? (size_t)n - at : x->blksize;

		send_block(x, sink->scratch + at, len, sink);
	}
	return 0;
}

static long send_netascii(struct tftp_xfer *x, unsigned blocks, const struct tftp_sink *sink)
{
	struct cursor c = { x->base_at.at, x->base_at.pending };

	for (; blocks > 0 && !x->last_sent; blocks--) {
		long n = fill_netascii(x, &c, sink->scratch + 4);

		if (n < 0)
			return n;
		send_block(x, sink->scratch, (size_t)n, sink);
	}
	return 0;
}

/* Sends blocks from `base` until the window is full or the file ends. Before the first ACK it is one. */
static void send_window(struct tftp_xfer *x, const struct tftp_sink *sink)
{
	unsigned blocks = x->acked ? x->window : 1;

	x->last_sent = false;
	x->next = x->base;
	if ((x->netascii ? send_netascii : send_octets)(x, blocks, sink) < 0)
		fail(x, sink);
}

static void send_out(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms)
{
	x->sent_ms = now_ms;
	if (x->base == 0)
		send_oack(x, sink);
	else
		send_window(x, sink);
}

static void send_again(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms)
{
	uint64_t before = x->blocks_sent;

	if (x->repeats < UINT8_MAX)
		x->repeats++;
	send_out(x, sink, now_ms);
	x->blocks_resent += x->blocks_sent - before;
}

/* ---- round trip (RFC 6298, in milliseconds; srtt times 8, variation times 4) ---- */
static void measure(struct tftp_xfer *x, uint64_t now_ms)
{
	uint32_t rtt = (uint32_t)(now_ms - x->sent_ms);
	uint32_t dev, rto;

	if (x->repeats > 0) /* Karn: whose answer is it? */
		return;
	if (!x->srtt_ms8) {
		x->srtt_ms8 = rtt * 8 + 1;
		x->rttvar_ms4 = rtt * 2;
	} else {
		dev = rtt > x->srtt_ms8 / 8 ? rtt - x->srtt_ms8 / 8 : x->srtt_ms8 / 8 - rtt;
		x->rttvar_ms4 = x->rttvar_ms4 - x->rttvar_ms4 / 4 + dev;
		x->srtt_ms8 = x->srtt_ms8 - x->srtt_ms8 / 8 + rtt;
	}
	rto = x->srtt_ms8 / 8 + x->rttvar_ms4;
	x->rto_ms = rto < TFTP_RTO_MIN_MS   ? TFTP_RTO_MIN_MS
		    : rto > TFTP_RTO_MAX_MS ? TFTP_RTO_MAX_MS
					    : rto;
}

/* ---- events ---- */
void tftp_xfer_init(struct tftp_xfer *x, const struct tftp_request *req,
		    const struct tftp_source *src, const struct tftp_sink *sink, uint64_t now_ms)
{
	*x = (struct tftp_xfer){
		.src = *src,
		.req = *req,
		.netascii = req->netascii,
		.oack = tftp_request_has_options(req),
		.blksize = req->blksize ? req->blksize : TFTP_BLOCK,
		.window = req->windowsize ? req->windowsize : 1,
		.fixed_rto_ms = req->timeout_s * 1000u,
		.rto_ms = TFTP_RTO_FIRST_MS,
		.progress_ms = now_ms,
		.base_at.pending = -1,
	};
	x->base = x->oack ? 0 : 1;
	send_out(x, sink, now_ms);
}

/* Moves the beginning of the window behind `n` acknowledged blocks. */
static void advance(struct tftp_xfer *x, uint64_t n, const struct tftp_sink *sink)
{
	struct cursor c = { x->base_at.at, x->base_at.pending };

	x->base += n;
	if (!x->netascii) {
		x->base_at.at += n * x->blksize;
		if (x->base_at.at > x->src.size)
			x->base_at.at = x->src.size;
		return;
	}
	while (n-- > 0)
		if (fill_netascii(x, &c, sink->scratch) < 0)
			break;
	x->base_at.at = c.at;
	x->base_at.pending = c.pending;
}

static void on_ack(struct tftp_xfer *x, uint16_t wire, const struct tftp_sink *sink,
		   uint64_t now_ms)
{
	uint64_t before = x->base - 1; /* wraps to "minus one" while the OACK is out */
	uint16_t n = (uint16_t)(wire - (uint16_t)before);

	if (n > x->next - x->base) /* not of this window */
		return;
	if (n == 0) { /* again the last one acknowledged */
		if (x->window > 1 && x->acked && !x->dup_used) {
			x->dup_used = true;
			send_again(x, sink, now_ms);
		}
		return;
	}
	measure(x, now_ms);
	x->acked = true;
	x->dup_used = false;
	x->repeats = 0;
	x->progress_ms = now_ms;
	if (x->base == 0) { /* the OACK */
		x->base = 1;
	} else {
		bool all = x->base + n == x->next && x->last_sent;

		advance(x, n, sink);
		if (all) {
			x->state = TFTP_DONE;
			return;
		}
	}
	send_out(x, sink, now_ms);
}

void tftp_xfer_input(struct tftp_xfer *x, const uint8_t *pkt, size_t len,
		     const struct tftp_sink *sink, uint64_t now_ms)
{
	if (x->state != TFTP_RUNNING || len < 4)
		return;
	if (tftp_opcode(pkt, len) == TFTP_ACK)
		on_ack(x, tftp_block(pkt, len), sink, now_ms);
	else if (tftp_opcode(pkt, len) == TFTP_ERROR)
		x->state = TFTP_BROKEN;
}

/* A client with a long `timeout` of its own gets a few of them. */
static uint32_t silence_ms(const struct tftp_xfer *x)
{
	return x->fixed_rto_ms * 4 > TFTP_SILENCE_MS ? x->fixed_rto_ms * 4 : TFTP_SILENCE_MS;
}

void tftp_xfer_timeout(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms)
{
	if (x->state != TFTP_RUNNING)
		return;
	if (x->acked ? now_ms - x->progress_ms >= silence_ms(x)
		     : x->repeats >= TFTP_FIRST_REPEATS) {
		x->state = TFTP_SILENT;
		return;
	}
	x->rto_ms = x->rto_ms * 2 > TFTP_RTO_MAX_MS ? TFTP_RTO_MAX_MS : x->rto_ms * 2;
	send_again(x, sink, now_ms);
}

bool tftp_xfer_again(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms)
{
	if (x->acked)
		return now_ms - x->progress_ms < TFTP_RTO_FIRST_MS && !x->last_sent;
	if (x->repeats < TFTP_FIRST_REPEATS)
		send_again(x, sink, now_ms);
	return true;
}

uint32_t tftp_xfer_wait_ms(const struct tftp_xfer *x)
{
	if (x->state != TFTP_RUNNING)
		return 0;
	return x->fixed_rto_ms ? x->fixed_rto_ms : x->rto_ms;
}

uint64_t tftp_xfer_bytes(const struct tftp_xfer *x)
{
	return x->base_at.at;
}
