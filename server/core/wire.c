/* server/core/wire.c - binary reader and writer with a sticky error. */
#include "server/core/wire.h"

#include <string.h>

#include "server/core/err.h"

void wire_read_init(struct wire_reader *r, const void *p, size_t len)
{
	*r = (struct wire_reader){ .p = p, .end = (const uint8_t *)p + len };
}

size_t wire_left(const struct wire_reader *r)
{
	return r->err ? 0 : (size_t)(r->end - r->p);
}

const uint8_t *wire_bytes(struct wire_reader *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->err || (size_t)(r->end - r->p) < len) {
		r->err = ERR_PROTO;
		return NULL;
	}
	r->p += len;
	return p;
}

void wire_skip(struct wire_reader *r, size_t len)
{
	(void)wire_bytes(r, len);
}

static uint64_t get_be(struct wire_reader *r, size_t n)
{
	const uint8_t *p = wire_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint64_t get_le(struct wire_reader *r, size_t n)
{
	const uint8_t *p = wire_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; p && i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint8_t wire_u8(struct wire_reader *r)
{
	return (uint8_t)get_be(r, 1);
}

uint16_t wire_u16be(struct wire_reader *r)
{
	return (uint16_t)get_be(r, 2);
}

uint32_t wire_u32be(struct wire_reader *r)
{
	return (uint32_t)get_be(r, 4);
}

uint64_t wire_u64be(struct wire_reader *r)
{
	return get_be(r, 8);
}

uint16_t wire_u16le(struct wire_reader *r)
{
	return (uint16_t)get_le(r, 2);
}

uint32_t wire_u32le(struct wire_reader *r)
{
	return (uint32_t)get_le(r, 4);
}

const char *wire_cstr(struct wire_reader *r, size_t *len)
{
	const char *s = (const char *)r->p;
	const uint8_t *nul = r->err ? NULL : memchr(r->p, 0, (size_t)(r->end - r->p));

	if (!nul) {
		r->err = ERR_PROTO;
		return NULL;
	}
	*len = (size_t)(nul - r->p);
	r->p = nul + 1;
	return s;
}

void wire_text(struct wire_reader *r, size_t width, char *out, size_t cap)
{
	const char *s = (const char *)wire_bytes(r, width);
	size_t n = s ? strnlen(s, width) : 0;

	if (n > cap - 1)
		n = cap - 1;
	if (n)
		memcpy(out, s, n);
	out[n] = '\0';
}

void wire_write_init(struct wire_writer *w, void *buf, size_t cap)
{
	*w = (struct wire_writer){ .start = buf, .p = buf, .end = (uint8_t *)buf + cap };
}

size_t wire_written(const struct wire_writer *w)
{
	return (size_t)(w->p - w->start);
}

static uint8_t *room(struct wire_writer *w, size_t len)
{
	uint8_t *p = w->p;

	if (w->err || (size_t)(w->end - w->p) < len) {
		w->err = ERR_TOO_BIG;
		return NULL;
	}
	w->p += len;
	return p;
}

static void put_be(struct wire_writer *w, uint64_t v, size_t n)
{
	uint8_t *p = room(w, n);

	for (size_t i = 0; p && i < n; i++)
		p[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

static void put_le(struct wire_writer *w, uint64_t v, size_t n)
{
	uint8_t *p = room(w, n);

	for (size_t i = 0; p && i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

void wire_put_u8(struct wire_writer *w, uint8_t v)
{
	put_be(w, v, 1);
}

void wire_put_u16be(struct wire_writer *w, uint16_t v)
{
	put_be(w, v, 2);
}

void wire_put_u32be(struct wire_writer *w, uint32_t v)
{
	put_be(w, v, 4);
}

void wire_put_u64be(struct wire_writer *w, uint64_t v)
{
	put_be(w, v, 8);
}

void wire_put_u16le(struct wire_writer *w, uint16_t v)
{
	put_le(w, v, 2);
}

void wire_put_u32le(struct wire_writer *w, uint32_t v)
{
	put_le(w, v, 4);
}

void wire_put_bytes(struct wire_writer *w, const void *p, size_t len)
{
	uint8_t *to = room(w, len);

	if (to && len)
		memcpy(to, p, len);
}

void wire_put_zero(struct wire_writer *w, size_t len)
{
	uint8_t *to = room(w, len);

	if (to)
		memset(to, 0, len);
}

void wire_put_text(struct wire_writer *w, const char *s, size_t width)
{
	uint8_t *to = room(w, width);
	size_t n = width ? strnlen(s, width - 1) : 0;

	if (!to)
		return;
	memset(to, 0, width);
	memcpy(to, s, n);
}

void wire_put_cstr(struct wire_writer *w, const char *s)
{
	wire_put_bytes(w, s, strlen(s) + 1);
}

void wire_patch_u32le(struct wire_writer *w, size_t at, uint32_t v)
{
	for (size_t i = 0; !w->err && i < 4; i++)
		w->start[at + i] = (uint8_t)(v >> (8 * i));
}
