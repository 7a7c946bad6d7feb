/* server/sccp/codec.h - bytes <-> structs, driven by the table of message.h. Bytes are swapped here
 * and nowhere else; handlers get structs whose lengths were checked. Pure; any thread.
 *
 * A packet is u32 length (of what follows the first 8 bytes), u32 header version, u32 message id,
 * body; everything little endian, IP addresses in network order. */
#ifndef SCCP_CODEC_H
#define SCCP_CODEC_H

#include "server/core/text.h"
#include "server/sccp/message.h"

#define SCCP_HEADER     12
#define SCCP_MSG_MAX    8192 /* largest length field taken; more closes the connection */
#define SCCP_PACKET_MAX (SCCP_MSG_MAX + 8)

#define SCCP_VERSION_MIN 3
#define SCCP_VERSION_MAX 22 /* highest layouts of the table */

struct sccp_form { /* how one session writes: agreed at registration */
	uint8_t version;
	bool utf8; /* texts on the wire are UTF-8, else ISO-8859-1 */
};

struct sccp_packet {
	uint32_t version, id; /* of the header; the version there is never relied on */
	const uint8_t *body;  /* borrowed */
	size_t len;
};
/* Takes one packet off `data`: its whole size, 0 (not complete yet) or ERR_PROTO (length below 4 or
 * above SCCP_MSG_MAX). */
long sccp_packet_take(const uint8_t *data, size_t len, struct sccp_packet *out);

/* Fills `msg` (desc->size bytes) from the body. What a short body lacks is zero where the table
 * allows it, else ERR_PROTO; bytes behind the layout are ignored. */
int sccp_decode(const struct sccp_desc *desc, struct sccp_form form, const uint8_t *body,
		size_t len, void *msg);
/* Writes a whole packet: its size, or ERR_TOO_BIG. Texts are cut at a character to fit their field.
 */
long sccp_encode(const struct sccp_desc *desc, struct sccp_form form, const void *msg, uint8_t *buf,
		 size_t cap);
/* One line for the log: "SetLamp stimulus=9 instance=1 mode=1". */
void sccp_trace(const struct sccp_desc *desc, struct sccp_form form, const void *msg,
		struct text *out);

/* The version both sides use: the phone's own (0 or absent: 3; nonsense of ATAs: 3), at most `cap`,
 * brought to one that has layouts of its own (12 to 14 are 11). */
uint8_t sccp_version_agree(uint32_t phone, uint32_t device_type, uint8_t cap);

/* Text encodings (a phone without the UTF-8 feature bit wants ISO-8859-1; what it lacks becomes
 * '?'). Dictionary codes pass unchanged. At most `max` bytes are written, cut at a character;
 * returns them. */
size_t sccp_text_out(const char *utf8, bool as_utf8, uint8_t *out, size_t max);
/* From the wire up to `len` bytes or the first NUL, to valid UTF-8 with NUL in `out`. */
void sccp_text_in(const uint8_t *p, size_t len, bool is_utf8, char *out, size_t cap);

#endif
