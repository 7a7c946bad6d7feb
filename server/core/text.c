/* server/core/text.c - the builder, slices and small parsers. */
#include "server/core/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "server/core/err.h"
#include "server/core/mem.h"

void text_init(struct text *t, size_t max)
{
	*t = (struct text){ .buf = mem_alloc(64), .cap = 64, .max = max };
	t->buf[0] = '\0';
}

void text_fixed(struct text *t, char *buf, size_t cap)
{
	*t = (struct text){ .buf = buf, .cap = cap, .max = cap - 1, .fixed = true };
	buf[0] = '\0';
}

/* Room for `len` more bytes and a NUL; false (and overflow) when it may not grow that far. */
static bool reserve(struct text *t, size_t len)
{
	size_t need = t->len + len + 1;

	if (t->overflow || t->len + len > t->max) {
		t->overflow = true;
		return false;
	}
	if (need > t->cap) {
		size_t cap = t->cap * 2;

		t->cap = cap < need ? need : cap;
		t->buf = mem_realloc(t->buf, t->cap);
	}
	return true;
}

void text_addn(struct text *t, const char *s, size_t len)
{
	if (!len || !reserve(t, len))
		return;
	memcpy(t->buf + t->len, s, len);
	t->len += len;
	t->buf[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_addn(t, s, strlen(s));
}

void text_addc(struct text *t, char c)
{
	text_addn(t, &c, 1);
}

void text_addv(struct text *t, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || !reserve(t, (size_t)n))
		return;
	vsnprintf(t->buf + t->len, (size_t)n + 1, fmt, ap);
	t->len += (size_t)n;
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_addv(t, fmt, ap);
	va_end(ap);
}

static const char *xml_entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	default:
		/* XML 1.0 section 2.2: other control characters are not characters at all */
		return c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? "" : NULL;
	}
}

void text_add_xml(struct text *t, const char *s)
{
	for (; *s; s++) {
		const char *e = xml_entity((unsigned char)*s);

		if (e)
			text_add(t, e);
		else
			text_addc(t, *s);
	}
}

char *text_take(struct text *t)
{
	char *buf = t->buf;

	*t = (struct text){ 0 };
	return buf;
}

void text_reset(struct text *t)
{
	t->len = 0;
	t->overflow = false;
	if (t->buf)
		t->buf[0] = '\0';
}

void text_fini(struct text *t)
{
	if (!t->fixed)
		mem_free(t->buf);
	*t = (struct text){ 0 };
}

struct slice slice_of(const char *s)
{
	return (struct slice){ s, s ? strlen(s) : 0 };
}

bool slice_eq(struct slice a, const char *b)
{
	return strlen(b) == a.len && !memcmp(a.p, b, a.len);
}

bool slice_eq_nocase(struct slice a, const char *b)
{
	return strlen(b) == a.len && !strncasecmp(a.p, b, a.len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
	while (s.len && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool slice_next(struct slice *rest, char sep, struct slice *part)
{
	const char *at;

	if (!rest->p)
		return false;
	at = memchr(rest->p, sep, rest->len);
	*part = (struct slice){ rest->p, at ? (size_t)(at - rest->p) : rest->len };
	if (at)
		*rest = (struct slice){ at + 1, rest->len - part->len - 1 };
	else
		*rest = (struct slice){ NULL, 0 };
	return true;
}

static void slice_skip(struct slice *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

bool slice_word(struct slice *rest, struct slice *word)
{
	size_t n = 0;

	while (rest->len && is_blank(rest->p[0]))
		slice_skip(rest, 1);
	if (!rest->len)
		return false;
	if (rest->p[0] == '"') {
		const char *end = memchr(rest->p + 1, '"', rest->len - 1);

		slice_skip(rest, 1);
		n = end ? (size_t)(end - rest->p) : rest->len;
		*word = (struct slice){ rest->p, n };
		slice_skip(rest, end ? n + 1 : n);
		return true;
	}
	while (n < rest->len && !is_blank(rest->p[n]))
		n++;
	*word = (struct slice){ rest->p, n };
	slice_skip(rest, n);
	return true;
}

char *slice_dup(struct slice s)
{
	return mem_strndup(s.p, s.len);
}

/* Length of the UTF-8 sequence at p (at most `left` bytes), 0 when it is not one (RFC 3629 section
 * 4). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char lo, hi, second_lo, second_hi, len;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (p[0] < rows[i].lo || p[0] > rows[i].hi)
			continue;
		if (rows[i].len > left)
			return 0;
		if (rows[i].len > 1 && (p[1] < rows[i].second_lo || p[1] > rows[i].second_hi))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

bool text_is_utf8(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	for (size_t at = 0; at < len;) {
		size_t n = utf8_len(u + at, len - at);

		if (!n)
			return false;
		at += n;
	}
	return true;
}

int text_to_int(const char *p, size_t len, int64_t min, int64_t max, int64_t *out)
{
	bool neg = len && p[0] == '-';
	int64_t v = 0;

	if (neg) {
		p++;
		len--;
	}
	if (!len || len > 18)
		return ERR_MALFORMED;
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return ERR_MALFORMED;
		v = v * 10 + (p[i] - '0');
	}
	v = neg ? -v : v;
	if (v < min || v > max)
		return ERR_RANGE;
	*out = v;
	return 0;
}

void text_hex(char *out, const uint8_t *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int text_unhex(uint8_t *out, size_t cap, const char *hex, size_t len)
{
	if (len % 2 || len / 2 > cap)
		return ERR_MALFORMED;
	for (size_t i = 0; i < len; i += 2) {
		int hi = hex_value(hex[i]), lo = hex_value(hex[i + 1]);

		if (hi < 0 || lo < 0)
			return ERR_MALFORMED;
		out[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	return (int)(len / 2);
}

int text_copy(char *out, size_t cap, const char *s)
{
	size_t n = strlen(s);
	bool fits = n < cap;

	if (!fits)
		n = cap - 1;
	memcpy(out, s, n);
	out[n] = '\0';
	return fits ? 0 : ERR_TOO_BIG;
}

int text_mac(char out[MAC_TEXT_SIZE], const char *s, size_t len)
{
	size_t n = 0;

	if (len >= 3 && (!strncasecmp(s, "SEP", 3) || !strncasecmp(s, "ATA", 3))) {
		s += 3;
		len -= 3;
	}
	for (size_t i = 0; i < len; i++) {
		if (strchr(".:-", s[i]) && n && n < 12)
			continue;
		if (hex_value(s[i]) < 0 || n == 12)
			return ERR_MALFORMED;
		out[n++] = (char)toupper((unsigned char)s[i]);
	}
	if (n != 12)
		return ERR_MALFORMED;
	out[n] = '\0';
	return 0;
}

void text_time(char out[TIME_TEXT_SIZE], int64_t wall_ns)
{
	time_t s = (time_t)(wall_ns / 1000000000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(out, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, TIME_TEXT_SIZE - n, ".%03uZ", (unsigned)(wall_ns / 1000000 % 1000));
}
