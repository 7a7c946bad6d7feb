/* server/sccp/text.c - text encodings of phones: UTF-8 inside, UTF-8 or ISO-8859-1 on the wire, and
 * the two-byte dictionary codes that phones replace by words of their own language. */
#include "server/sccp/codec.h"

#include <string.h>

/* A code is a prefix and one byte that is not NUL. */
static bool is_code(const uint8_t *p)
{
	return (p[0] == 0x80 || p[0] == 0x1E) && p[1];
}

/* Bytes of the UTF-8 character at `p` (NUL-terminated), 0 when it is not one; its value in *cp. */
static size_t utf8_char(const uint8_t *p, uint32_t *cp)
{
	static const struct {
		uint8_t mask, lead, n;
		uint32_t min;
	} forms[] = { { 0x80, 0x00, 1, 0 },
		      { 0xE0, 0xC0, 2, 0x80 },
		      { 0xF0, 0xE0, 3, 0x800 },
		      { 0xF8, 0xF0, 4, 0x10000 } };

	for (size_t i = 0; i < 4; i++) {
		if ((p[0] & forms[i].mask) != forms[i].lead)
			continue;
		*cp = p[0] & (uint8_t)~forms[i].mask;
		for (size_t k = 1; k < forms[i].n; k++) {
			if ((p[k] & 0xC0) != 0x80)
				return 0;
			*cp = *cp << 6 | (p[k] & 0x3F);
		}
		return *cp < forms[i].min || *cp > 0x10FFFF || (*cp >> 11) == 0x1B ? 0 : forms[i].n;
	}
	return 0;
}

size_t sccp_text_out(const char *utf8, bool as_utf8, uint8_t *out, size_t max)
{
	const uint8_t *p = (const uint8_t *)utf8;
	size_t n = 0;

	while (*p) {
		uint32_t cp = '?';
		size_t len = is_code(p) ? 2 : utf8_char(p, &cp);
		bool raw = is_code(p) || (as_utf8 && len);
		size_t need = raw ? len : 1;

		if (n + need > max)
			break;
		if (raw)
			memcpy(out + n, p, len);
		else
			out[n] = len && cp < 0x100 ? (uint8_t)cp : '?';
		n += need;
		p += len ? len : 1;
	}
	return n;
}

void sccp_text_in(const uint8_t *p, size_t len, bool is_utf8, char *out, size_t cap)
{
	uint8_t look[5] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < len && p[i];) {
		uint32_t cp;
		size_t take, left = len - i < 4 ? len - i : 4;
		uint8_t put[4];

		memset(look, 0, sizeof(look));
		memcpy(look, p + i, left);
		take = is_code(look) ? 2 : is_utf8 ? utf8_char(look, &cp) : look[0] < 0x80;
		if (take) {
			memcpy(put, look, take);
		} else if (is_utf8) { /* not UTF-8 after all */
			put[0] = '?';
		} else {
			put[0] = (uint8_t)(0xC0 | look[0] >> 6);
			put[1] = (uint8_t)(0x80 | (look[0] & 0x3F));
		}
		left = take ? take : is_utf8 ? 1 : 2; /* bytes put */
		if (n + left + 1 > cap)
			break;
		memcpy(out + n, put, left);
		n += left;
		i += take ? take : 1;
	}
	out[n] = '\0';
}
