/* server/tftp/tftp_xfer.h - one read transfer (RFC 1350; options RFC 2347, 2348, 2349, 7440).
 * Pure: no sockets, no clock, no files. Thread: files loop.
 *
 * Lost packets are sent again after a time that follows the measured round trip and doubles (RFC
 * 1123 4.2.3.1, RFC 6298), or after the client's own `timeout`. Until the first ACK one packet is
 * out and it is repeated at most TFTP_FIRST_REPEATS times, so that a forged request cannot be
 * turned into a flood. Duplicate ACKs are never answered with DATA (RFC 1123 4.2.3.1), but for the
 * one that tells that a whole window went astray (RFC 7440 section 4). */
#ifndef TFTP_TFTP_XFER_H
#define TFTP_TFTP_XFER_H

#include "server/tftp/tftp_proto.h"

#define TFTP_FIRST_REPEATS 3
#define TFTP_RTO_FIRST_MS  250 /* before a round trip was measured */
#define TFTP_RTO_MIN_MS    20
#define TFTP_RTO_MAX_MS    4000
#define TFTP_SILENCE_MS    25000 /* no progress for so long: given up */

/* The bytes of the file: in memory, or read piece by piece. Owned by the caller, outlives the
 * transfer. */
struct tftp_source {
	const uint8_t *data;                                         /* all of it, or NULL */
	long (*read)(void *ctx, uint64_t at, void *buf, size_t len); /* number read or ERR_* */
	void *ctx;
	uint64_t size;
};

/* Where packets go; `pkt` is borrowed for the call. */
#define TFTP_SCRATCH (4 + TFTP_WINDOW_BYTES)
struct tftp_sink {
	void (*send)(void *ctx, const uint8_t *pkt, size_t len);
	void *ctx;
	uint8_t *scratch; /* TFTP_SCRATCH bytes to build packets in */
};

enum tftp_state {
	TFTP_RUNNING,
	TFTP_DONE,       /* every byte acknowledged */
	TFTP_BROKEN,     /* the client sent ERROR */
	TFTP_SILENT,     /* the client fell silent */
	TFTP_UNREADABLE, /* the file could not be read: ERROR was sent */
};

struct tftp_xfer { /* fields for reading only */
	struct tftp_source src;
	enum tftp_state state;
	uint16_t blksize, window;
	bool netascii, oack, acked; /* oack: options to be acknowledged; acked: an ACK has come */
	bool last_sent;             /* the final block is among those sent */
	bool dup_used;              /* one duplicate ACK of this window was answered */
	uint8_t repeats;            /* of this packet or window */
	uint32_t fixed_rto_ms, rto_ms, srtt_ms8, rttvar_ms4;
	uint64_t base; /* first block not acknowledged; 0 = the OACK */
	uint64_t next; /* first block not sent */
	struct {
		uint64_t at; /* in the file */
		int pending; /* netascii: second half of CR LF / CR NUL, or -1 */
	} base_at;           /* where block `base` begins */
	uint64_t sent_ms, progress_ms;
	uint64_t blocks_sent, blocks_resent;
	struct tftp_request req;
};

/* Begin: sends OACK when an option was accepted, otherwise DATA 1. `x` is the caller's memory. */
void tftp_xfer_init(struct tftp_xfer *x, const struct tftp_request *req,
		    const struct tftp_source *src, const struct tftp_sink *sink, uint64_t now_ms);
/* A packet of the client. Malformed ones and what does not fit are ignored. */
void tftp_xfer_input(struct tftp_xfer *x, const uint8_t *pkt, size_t len,
		     const struct tftp_sink *sink, uint64_t now_ms);
/* The time of tftp_xfer_wait_ms() has passed without input. */
void tftp_xfer_timeout(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms);
/* The request came again: what is out is sent once more, as long as no ACK has come. Returns false
 * when the client must have begun anew (the caller starts over). */
bool tftp_xfer_again(struct tftp_xfer *x, const struct tftp_sink *sink, uint64_t now_ms);
/* How long to wait for input from the last packet on; 0: the transfer is over. */
uint32_t tftp_xfer_wait_ms(const struct tftp_xfer *x);
uint64_t tftp_xfer_bytes(const struct tftp_xfer *x); /* of the file, acknowledged */

#endif
