/* server/sccp/codec.c - the codec: walks the field tables of messages.c. */
#include "server/sccp/codec.h"

#include <arpa/inet.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/wire.h"

#define VERSION_TYPED_ADDR 17 /* from here addresses carry their type */

static bool in_version(uint8_t vmin, uint8_t vmax, uint8_t version)
{
	return version >= vmin && (!vmax || version <= vmax);
}

/* Members are reached by offset; memcpy keeps it free of alignment and aliasing questions. */
static uint32_t load_u32(const void *base, size_t off)
{
	uint32_t v;

	memcpy(&v, (const char *)base + off, sizeof(v));
	return v;
}

static void store_u32(void *base, size_t off, uint32_t v)
{
	memcpy((char *)base + off, &v, sizeof(v));
}

static size_t field_count(const struct sccp_field *f)
{
	return f->count ? f->count : 1;
}

long sccp_packet_take(const uint8_t *data, size_t len, struct sccp_packet *out)
{
	struct wire_reader r;
	uint32_t size;

	if (len < 4)
		return 0;
	wire_read_init(&r, data, len);
	size = wire_u32le(&r);
	if (size < 4 || size > SCCP_MSG_MAX)
		return ERR_PROTO;
	if (len < (size_t)size + 8)
		return 0;
	out->version = wire_u32le(&r);
	out->id = wire_u32le(&r);
	out->len = size - 4;
	out->body = wire_bytes(&r, out->len);
	return (long)size + 8;
}

/* ---- decoding ---- */

static void decode_fields(struct wire_reader *r, struct sccp_form form, const struct sccp_field *f,
			  void *out);

/* Bytes one element of the field takes at least. */
static size_t element_size(const struct sccp_field *f, struct sccp_form form)
{
	size_t n = 0;

	switch (f->kind) {
	case SCCP_F_U8:
	case SCCP_F_ZSTR:
	case SCCP_F_MODE:
		return 1;
	case SCCP_F_U16:
		return 2;
	case SCCP_F_U32:
	case SCCP_F_ADDR4:
		return 4;
	case SCCP_F_ADDR:
		return form.version < VERSION_TYPED_ADDR ? 4 : 20;
	case SCCP_F_BYTES:
	case SCCP_F_TEXT:
	case SCCP_F_ZERO:
		return f->width;
	case SCCP_F_SUB:
	case SCCP_F_REST:
	case SCCP_F_COUNT:
		for (const struct sccp_field *s = f->sub; s->kind != SCCP_F_END; s++)
			n += element_size(s, form) * field_count(s);
		return n;
	default:
		return 0;
	}
}

static void decode_addr(struct wire_reader *r, bool typed, struct sccp_addr *a)
{
	const uint8_t *p;

	a->type = typed ? wire_u32le(r) : 0;
	p = wire_bytes(r, typed ? 16 : 4);
	if (p)
		memcpy(a->ip, p, typed ? 16 : 4);
}

static void decode_data(struct wire_reader *r, const struct sccp_field *f, void *out)
{
	uint32_t n = load_u32(out, f->n_off);
	const uint8_t *p = n <= f->width ? wire_bytes(r, n) : NULL;

	if (p)
		memcpy((char *)out + f->off, p, n);
	else if (!r->err)
		r->err = ERR_PROTO;
}

/* The line number lies packed at offset 25 (7970) or aligned at 28 (8945). */
static void decode_enbloc_line(struct wire_reader *r, const struct sccp_field *f, void *out)
{
	size_t n = wire_left(r) < 7 ? wire_left(r) : 7;
	uint8_t raw[7] = { 0 };
	const uint8_t *p = wire_bytes(r, n);
	struct wire_reader at;
	uint32_t packed, aligned;

	if (p)
		memcpy(raw, p, n);
	wire_read_init(&at, raw, sizeof(raw));
	packed = wire_u32le(&at);
	wire_read_init(&at, raw + 3, 4);
	aligned = wire_u32le(&at);
	store_u32(out, f->off, aligned ? aligned : packed);
}

/* Some loads write the mode (0 or 1) in one byte, others in four; seven numbers, the length of the
 * quality text and the text follow. Four bytes only if they hold a mode and that text fits. */
static void decode_mode(struct wire_reader *r, const struct sccp_field *f, void *out)
{
	struct wire_reader look = *r;
	uint32_t wide = wire_u32le(&look), text;

	wire_skip(&look, 7 * sizeof(uint32_t));
	text = wire_u32le(&look);
	if (!look.err && wide <= 1 && text <= wire_left(&look))
		store_u32(out, f->off, wire_u32le(r));
	else
		store_u32(out, f->off, wire_u8(r));
}

static void decode_structs(struct wire_reader *r, struct sccp_form form, const struct sccp_field *f,
			   void *out)
{
	size_t n = field_count(f), size = element_size(f, form);

	if (f->kind == SCCP_F_COUNT && load_u32(out, f->n_off) < n)
		n = load_u32(out, f->n_off);
	if (f->kind != SCCP_F_SUB && n * size > wire_left(r))
		n = size ? wire_left(r) / size : 0;
	for (size_t i = 0; i < n; i++)
		decode_fields(r, form, f->sub, (char *)out + f->off + i * f->stride);
	if (f->kind != SCCP_F_SUB)
		store_u32(out, f->n_off, (uint32_t)n);
}

static void decode_text(struct wire_reader *r, struct sccp_form form, const struct sccp_field *f,
			char *to)
{
	size_t len = f->width < wire_left(r) ? f->width : wire_left(r);
	const uint8_t *p;

	if (f->kind == SCCP_F_ZSTR)
		p = (const uint8_t *)wire_cstr(r, &len);
	else
		p = wire_bytes(r, len);
	if (p)
		sccp_text_in(p, len, form.utf8, to, f->cap);
}

static void decode_element(struct wire_reader *r, struct sccp_form form, const struct sccp_field *f,
			   void *out, size_t i)
{
	char *to = (char *)out + f->off;
	struct sccp_addr addr = { 0 };
	const uint8_t *p;
	uint16_t u16;

	switch (f->kind) {
	case SCCP_F_U8:
		to[i] = (char)wire_u8(r);
		break;
	case SCCP_F_U16:
		u16 = wire_u16le(r);
		memcpy(to + i * sizeof(u16), &u16, sizeof(u16));
		break;
	case SCCP_F_U32:
		store_u32(to, i * sizeof(uint32_t), wire_u32le(r));
		break;
	case SCCP_F_ADDR4:
	case SCCP_F_ADDR:
		decode_addr(r, element_size(f, form) == 20, &addr);
		memcpy(to + i * sizeof(addr), &addr, sizeof(addr));
		break;
	case SCCP_F_BYTES:
		p = wire_bytes(r, f->width);
		if (p)
			memcpy(to, p, f->width);
		break;
	case SCCP_F_TEXT:
	case SCCP_F_ZSTR:
		decode_text(r, form, f, to);
		break;
	case SCCP_F_ZERO:
		wire_skip(r, f->width < wire_left(r) ? f->width : wire_left(r));
		break;
	case SCCP_F_ENBLOC:
		decode_enbloc_line(r, f, out);
		break;
	case SCCP_F_MODE:
		decode_mode(r, f, out);
		break;
	case SCCP_F_DATA:
		decode_data(r, f, out);
		break;
	default:
		break;
	}
}

/* Whether the body reaches this field: texts may be cut short at the end of a body, numbers not. */
static bool body_reaches(const struct wire_reader *r, struct sccp_form form,
			 const struct sccp_field *f)
{
	size_t left = wire_left(r);

	if (f->kind == SCCP_F_TEXT || f->kind == SCCP_F_ZERO || f->kind == SCCP_F_ENBLOC)
		return left > 0;
	if (f->kind == SCCP_F_DATA || f->kind == SCCP_F_REST || f->kind == SCCP_F_COUNT)
		return true;
	return left >= element_size(f, form) * field_count(f);
}

static void decode_fields(struct wire_reader *r, struct sccp_form form, const struct sccp_field *f,
			  void *out)
{
	for (; f->kind != SCCP_F_END && !r->err; f++) {
		if (!in_version(f->vmin, f->vmax, form.version))
			continue;
		if (f->tail && !body_reaches(r, form, f))
			break; /* the rest keeps its zero */
		if (!f->tail && f->kind == SCCP_F_TEXT && wire_left(r) < f->width)
			r->err = ERR_PROTO;
		if (f->sub)
			decode_structs(r, form, f, out);
		for (size_t i = 0; !f->sub && i < field_count(f); i++)
			decode_element(r, form, f, out, i);
	}
}

int sccp_decode(const struct sccp_desc *desc, struct sccp_form form, const uint8_t *body,
		size_t len, void *msg)
{
	struct wire_reader r;

	if (desc->size)
		memset(msg, 0, desc->size);
	wire_read_init(&r, body, len);
	decode_fields(&r, form, desc->fields, msg);
	return r.err;
}

/* ---- encoding ---- */

static void encode_fields(struct wire_writer *w, struct sccp_form form, const struct sccp_field *f,
			  const void *msg);

static void encode_addr(struct wire_writer *w, bool typed, const struct sccp_addr *a)
{
	if (typed)
		wire_put_u32le(w, a->type);
	wire_put_bytes(w, a->ip, typed ? 16 : 4);
}

/* A fixed field keeps one byte for the NUL, except device names, which may fill theirs (VGC...). */
static void encode_text(struct wire_writer *w, struct sccp_form form, const struct sccp_field *f,
			const char *text)
{
	uint8_t buf[2048];
	size_t max = f->kind == SCCP_F_TEXT && f->width != 16 ? f->width - 1u : f->width;
	size_t n = sccp_text_out(text, form.utf8, buf, max < sizeof(buf) ? max : sizeof(buf));

	wire_put_bytes(w, buf, n);
	wire_put_zero(w, f->kind == SCCP_F_TEXT ? f->width - n : 1);
}

static void encode_structs(struct wire_writer *w, struct sccp_form form, const struct sccp_field *f,
			   const void *msg)
{
	size_t n = field_count(f);

	if (f->kind != SCCP_F_SUB && load_u32(msg, f->n_off) < n)
		n = load_u32(msg, f->n_off);
	for (size_t i = 0; i < n; i++)
		encode_fields(w, form, f->sub, (const char *)msg + f->off + i * f->stride);
}

static void encode_element(struct wire_writer *w, struct sccp_form form, const struct sccp_field *f,
			   const void *msg, size_t i)
{
	const char *from = (const char *)msg + f->off;
	struct sccp_addr addr;
	uint16_t u16;
	uint32_t n;

	switch (f->kind) {
	case SCCP_F_U8:
		wire_put_u8(w, (uint8_t)from[i]);
		break;
	case SCCP_F_U16:
		memcpy(&u16, from + i * sizeof(u16), sizeof(u16));
		wire_put_u16le(w, u16);
		break;
	case SCCP_F_U32:
		wire_put_u32le(w, load_u32(from, i * sizeof(uint32_t)));
		break;
	case SCCP_F_ADDR4:
	case SCCP_F_ADDR:
		memcpy(&addr, from + i * sizeof(addr), sizeof(addr));
		encode_addr(w, element_size(f, form) == 20, &addr);
		break;
	case SCCP_F_BYTES:
		wire_put_bytes(w, from, f->width);
		break;
	case SCCP_F_TEXT:
	case SCCP_F_ZSTR:
		encode_text(w, form, f, from);
		break;
	case SCCP_F_ZERO:
		wire_put_zero(w, f->width);
		break;
	case SCCP_F_ENBLOC:
		wire_put_u32le(w, load_u32(msg, f->off));
		wire_put_zero(w, 3);
		break;
	case SCCP_F_MODE:
		wire_put_u8(w, (uint8_t)load_u32(msg, f->off));
		break;
	case SCCP_F_DATA:
		n = load_u32(msg, f->n_off);
		wire_put_bytes(w, from, n < f->width ? n : f->width);
		break;
	default:
		break;
	}
}

static void encode_fields(struct wire_writer *w, struct sccp_form form, const struct sccp_field *f,
			  const void *msg)
{
	for (; f->kind != SCCP_F_END; f++) {
		if (!in_version(f->vmin, f->vmax, form.version))
			continue;
		if (f->sub)
			encode_structs(w, form, f, msg);
		for (size_t i = 0; !f->sub && i < field_count(f); i++)
			encode_element(w, form, f, msg, i);
	}
}

/* Servers write 0 up to version 11 and the agreed version from 15; three acks always 0. */
static uint32_t header_version(const struct sccp_desc *desc, struct sccp_form form)
{
	return desc->flags & SCCP_HEADER_0 || form.version < 15 ? 0 : form.version;
}

long sccp_encode(const struct sccp_desc *desc, struct sccp_form form, const void *msg, uint8_t *buf,
		 size_t cap)
{
	struct wire_writer w;

	wire_write_init(&w, buf, cap);
	wire_put_u32le(&w, 0);
	wire_put_u32le(&w, header_version(desc, form));
	wire_put_u32le(&w, desc->id);
	encode_fields(&w, form, desc->fields, msg);
	while (!w.err && wire_written(&w) % 4)
		wire_put_u8(&w, 0);
	if (w.err)
		return w.err;
	wire_patch_u32le(&w, 0, (uint32_t)wire_written(&w) - 8);
	return (long)wire_written(&w);
}

uint8_t sccp_version_agree(uint32_t phone, uint32_t device_type, uint8_t cap)
{
	bool ata = device_type == 12 || device_type == 13; /* they announce 33 */
	uint32_t v = phone < SCCP_VERSION_MIN || ata ? SCCP_VERSION_MIN : phone;

	if (v > cap)
		v = cap;
	return (uint8_t)(v >= 12 && v <= 14 ? 11 : v);
}

/* ---- trace ---- */

static void trace_value(const struct sccp_field *f, const char *from, struct text *out)
{
	char clean[600];

	switch (f->kind) {
	case SCCP_F_U8:
		text_addf(out, " %s=%u", f->name, (unsigned)(uint8_t)from[0]);
		break;
	case SCCP_F_U32:
	case SCCP_F_ENBLOC:
	case SCCP_F_MODE:
		text_addf(out, " %s=%u", f->name, load_u32(from, 0));
		break;
	case SCCP_F_ADDR4:
	case SCCP_F_ADDR:
		inet_ntop(load_u32(from, 0) == 1 ? AF_INET6 : AF_INET, from + sizeof(uint32_t),
			  clean, sizeof(clean));
		text_addf(out, " %s=%s", f->name, clean);
		break;
	case SCCP_F_TEXT:
	case SCCP_F_ZSTR:
		text_addf(out, " %s=%s", f->name,
			  log_quote(clean, sizeof(clean), from, strlen(from)));
		break;
	default:
		break;
	}
}

void sccp_trace(const struct sccp_desc *desc, struct sccp_form form, const void *msg,
		struct text *out)
{
	text_add(out, desc->name);
	for (const struct sccp_field *f = desc->fields; f->kind != SCCP_F_END; f++)
		if (in_version(f->vmin, f->vmax, form.version) && f->name)
			trace_value(f, (const char *)msg + f->off, out);
}
