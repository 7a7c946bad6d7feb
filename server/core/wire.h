/* server/core/wire.h - reader and writer for binary messages with a sticky error: after the first
 * failure further calls do nothing (reads give 0), the caller checks once. Pure; any thread. */
#ifndef CORE_WIRE_H
#define CORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_reader {
	const uint8_t *p, *end;
	int err; /* 0 or ERR_PROTO */
};
void wire_read_init(struct wire_reader *r, const void *p, size_t len);
size_t wire_left(const struct wire_reader *r);
uint8_t wire_u8(struct wire_reader *r);
uint16_t wire_u16be(struct wire_reader *r);
uint32_t wire_u32be(struct wire_reader *r);
uint16_t wire_u16le(struct wire_reader *r);
uint32_t wire_u32le(struct wire_reader *r);
uint64_t wire_u64be(struct wire_reader *r);
const uint8_t *wire_bytes(struct wire_reader *r, size_t len); /* borrowed; NULL on failure */
/* Text up to a NUL that must be there; borrowed. NULL on failure. */
const char *wire_cstr(struct wire_reader *r, size_t *len);
/* Fixed field of `width` bytes holding text up to the first NUL (or all of it) -> out, terminated.
 */
void wire_text(struct wire_reader *r, size_t width, char *out, size_t cap);
void wire_skip(struct wire_reader *r, size_t len);

struct wire_writer {
	uint8_t *start, *p, *end;
	int err; /* 0 or ERR_TOO_BIG */
};
void wire_write_init(struct wire_writer *w, void *buf, size_t cap);
size_t wire_written(const struct wire_writer *w);
void wire_put_u8(struct wire_writer *w, uint8_t v);
void wire_put_u16be(struct wire_writer *w, uint16_t v);
void wire_put_u32be(struct wire_writer *w, uint32_t v);
void wire_put_u16le(struct wire_writer *w, uint16_t v);
void wire_put_u32le(struct wire_writer *w, uint32_t v);
void wire_put_u64be(struct wire_writer *w, uint64_t v);
void wire_put_bytes(struct wire_writer *w, const void *p, size_t len);
void wire_put_zero(struct wire_writer *w, size_t len);
/* Text in a field of `width` bytes, cut to width-1, padded with NUL. */
void wire_put_text(struct wire_writer *w, const char *s, size_t width);
void wire_put_cstr(struct wire_writer *w, const char *s); /* with its NUL */
void wire_patch_u32le(struct wire_writer *w, size_t at, uint32_t v);

#endif
