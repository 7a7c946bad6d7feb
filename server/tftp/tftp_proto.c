/* server/tftp/tftp_proto.c - reading requests, writing ERROR and OACK. */
#include "server/tftp/tftp_proto.h"

#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/core/wire.h"

uint16_t tftp_opcode(const uint8_t *pkt, size_t len)
{
	return (uint16_t)(len < 2 ? 0 : pkt[0] << 8 | pkt[1]);
}

uint16_t tftp_block(const uint8_t *pkt, size_t len)
{
	return (uint16_t)(len < 4 ? 0 : pkt[2] << 8 | pkt[3]);
}

/* ---- options: a value that cannot be granted is left unanswered (RFC 2347) ---- */
static bool number(const char *s, int64_t min, int64_t *out)
{
	return text_to_int(s, strlen(s), min, INT64_MAX, out) == 0;
}

static void opt_blksize(struct tftp_request *r, const char *value)
{
	int64_t v;

	if (!r->blksize && number(value, TFTP_BLOCK_MIN, &v))
		r->blksize = v > TFTP_BLOCK_MAX ? TFTP_BLOCK_MAX : (uint16_t)v;
}

static void opt_windowsize(struct tftp_request *r, const char *value)
{
	int64_t v;

	if (!r->windowsize && number(value, 1, &v) && v <= UINT16_MAX)
		r->windowsize = v > TFTP_WINDOW_MAX ? TFTP_WINDOW_MAX : (uint16_t)v;
}

static void opt_timeout(struct tftp_request *r, const char *value)
{
	int64_t v;

	if (!r->timeout_s && number(value, 1, &v) && v <= TFTP_TIMEOUT_MAX)
		r->timeout_s = (uint8_t)v;
}

static void opt_tsize(struct tftp_request *r, const char *value)
{
	int64_t v;

	if (number(value, 0, &v))
		r->tsize = true;
}

static const struct {
	const char *name;
	void (*take)(struct tftp_request *r, const char *value);
} options[] = {
	{ "blksize", opt_blksize },
	{ "windowsize", opt_windowsize },
	{ "timeout", opt_timeout },
	{ "tsize", opt_tsize },
};

static void read_options(struct wire_reader *w, struct tftp_request *r)
{
	while (!w->err && wire_left(w) > 0) {
		size_t len;
		const char *name = wire_cstr(w, &len), *value = wire_cstr(w, &len);

		if (w->err)
			return; /* a cut option: what came before it stands */
		for (size_t i = 0; i < ARRAY_LEN(options); i++)
			if (!strcasecmp(name, options[i].name))
				options[i].take(r, value);
	}
}

/* The window is cut to what a receiver can be expected to buffer. */
static void fit_window(struct tftp_request *r)
{
	unsigned block = r->blksize ? r->blksize : TFTP_BLOCK;
	unsigned most = TFTP_WINDOW_BYTES / block;

	if (r->windowsize > most)
		r->windowsize = (uint16_t)(most ? most : 1);
}

int tftp_request_parse(const uint8_t *pkt, size_t len, struct tftp_request *out)
{
	struct wire_reader w;
	const char *name, *mode;
	size_t name_len = 0, mode_len;

	*out = (struct tftp_request){ 0 };
	wire_read_init(&w, pkt, len);
	out->op = wire_u16be(&w);
	name = wire_cstr(&w, &name_len);
	mode = wire_cstr(&w, &mode_len);
	if (w.err || (out->op != TFTP_RRQ && out->op != TFTP_WRQ) || name_len == 0 ||
	    name_len > TFTP_NAME_MAX)
		return ERR_PROTO;
	memcpy(out->name, name, name_len + 1);
	out->netascii = !strcasecmp(mode, "netascii");
	if (!out->netascii && strcasecmp(mode, "octet") != 0)
		return ERR_UNSUPPORTED;
	read_options(&w, out);
	fit_window(out);
	if (out->netascii)
		out->tsize = false; /* the converted size is not known beforehand */
	return 0;
}

bool tftp_request_has_options(const struct tftp_request *r)
{
	return r->blksize || r->windowsize || r->timeout_s || r->tsize;
}

size_t tftp_put_error(uint8_t out[TFTP_ERROR_MAX], uint16_t code, const char *text)
{
	struct wire_writer w;
	size_t len = strnlen(text, TFTP_ERROR_MAX - 5);

	wire_write_init(&w, out, TFTP_ERROR_MAX);
	wire_put_u16be(&w, TFTP_ERROR);
	wire_put_u16be(&w, code);
	wire_put_bytes(&w, text, len);
	wire_put_u8(&w, 0);
	return wire_written(&w);
}

static void put_option(struct wire_writer *w, const char *name, uint64_t value)
{
	char digits[24];
	struct text t;

	text_fixed(&t, digits, sizeof(digits));
	text_addf(&t, "%llu", (unsigned long long)value);
	wire_put_cstr(w, name);
	wire_put_cstr(w, digits);
}

size_t tftp_put_oack(uint8_t out[TFTP_OACK_MAX], const struct tftp_request *r, uint64_t size)
{
	struct wire_writer w;

	wire_write_init(&w, out, TFTP_OACK_MAX);
	wire_put_u16be(&w, TFTP_OACK);
	if (r->blksize)
		put_option(&w, "blksize", r->blksize);
	if (r->timeout_s)
		put_option(&w, "timeout", r->timeout_s);
	if (r->tsize)
		put_option(&w, "tsize", size);
	if (r->windowsize)
		put_option(&w, "windowsize", r->windowsize);
	return wire_written(&w);
}
