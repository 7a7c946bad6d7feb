/* server/tftp/tftp_proto.h - TFTP packets (RFC 1350) and options (RFC 2347, 2348, 2349, 7440).
 * Pure; any thread. */
#ifndef TFTP_TFTP_PROTO_H
#define TFTP_TFTP_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TFTP_RRQ = 1, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK };
enum { /* error codes, RFC 1350 section 5, RFC 2347 */
       TFTP_ERR_UNDEFINED,
       TFTP_ERR_NOT_FOUND,
       TFTP_ERR_ACCESS,
       TFTP_ERR_DISK_FULL,
       TFTP_ERR_ILLEGAL,
       TFTP_ERR_UNKNOWN_TID,
       TFTP_ERR_EXISTS,
       TFTP_ERR_NO_USER,
       TFTP_ERR_OPTION
};

#define TFTP_BLOCK        512 /* without option */
#define TFTP_BLOCK_MIN    8
#define TFTP_BLOCK_MAX    65464
#define TFTP_WINDOW_MAX   64           /* blocks; a larger wish is answered with this (RFC 7440) */
#define TFTP_WINDOW_BYTES (128u << 10) /* nor more bytes at once than this */
#define TFTP_TIMEOUT_MAX  255          /* s */
#define TFTP_NAME_MAX     255
#define TFTP_ERROR_MAX    64 /* bytes of an ERROR packet of ours */
#define TFTP_OACK_MAX     128

struct tftp_request {
	uint16_t op; /* TFTP_RRQ or TFTP_WRQ */
	char name[TFTP_NAME_MAX + 1];
	bool netascii;
	/* Options: 0 / false when absent or not acceptable (those are left unanswered). */
	uint16_t blksize;    /* as we grant it */
	uint16_t windowsize; /* as we grant it */
	uint8_t timeout_s;
	bool tsize;
};
/* 0; ERR_PROTO: malformed; ERR_UNSUPPORTED: no mode we know. */
int tftp_request_parse(const uint8_t *pkt, size_t len, struct tftp_request *out);
bool tftp_request_has_options(const struct tftp_request *r);

uint16_t tftp_opcode(const uint8_t *pkt, size_t len); /* 0: too short */
uint16_t tftp_block(const uint8_t *pkt, size_t len);  /* of DATA and ACK; 0: too short */
/* Both return the length of the packet written. */
size_t tftp_put_error(uint8_t out[TFTP_ERROR_MAX], uint16_t code, const char *text);
size_t tftp_put_oack(uint8_t out[TFTP_OACK_MAX], const struct tftp_request *r, uint64_t size);

#endif
