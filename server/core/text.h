/* server/core/text.h - text: a builder with a sticky overflow, slices, small parsers. Any thread.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Builder. Growing (text_init; `max` bounds it) or over a caller's buffer (text_fixed). The buffer
 * is always NUL-terminated. After the first text that does not fit, `overflow` is set and the rest
 * is dropped: check once at the end. */
struct text {
	char *buf;
	size_t len, cap, max;
	bool fixed, overflow;
};

void text_init(struct text *t, size_t max);             /* owns its buffer: text_fini */
void text_fixed(struct text *t, char *buf, size_t cap); /* over the caller's buffer */
void text_add(struct text *t, const char *s);
void text_addn(struct text *t, const char *s, size_t len);
void text_addc(struct text *t, char c);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *t, const char *fmt, va_list ap);
void text_add_xml(struct text *t, const char *s); /* escaped for XML text and attributes */
char *text_take(struct text *t);                  /* hand over; free with mem_free */
void text_reset(struct text *t);
void text_fini(struct text *t);

/* Slice: borrowed bytes. */
struct slice {
	const char *p;
	size_t len;
};

struct slice slice_of(const char *s);
bool slice_eq(struct slice a, const char *b);
bool slice_eq_nocase(struct slice a, const char *b);
struct slice slice_trim(struct slice s);
/* Cut `rest` at the first `sep`: returns the part before it and advances; false at the end. */
bool slice_next(struct slice *rest, char sep, struct slice *part);
/* Next blank-separated word of `rest`; a word in double quotes is one word without its quotes. */
bool slice_word(struct slice *rest, struct slice *word);
char *slice_dup(struct slice s);

bool text_is_utf8(const char *p, size_t len); /* RFC 3629, no NUL, no surrogates */
/* Whole decimal number in [min, max]: 0, ERR_MALFORMED or ERR_RANGE. */
int text_to_int(const char *p, size_t len, int64_t min, int64_t max, int64_t *out);
void text_hex(char *out, const uint8_t *p, size_t len); /* lower case; out has 2*len+1 bytes */
int text_unhex(uint8_t *out, size_t cap, const char *hex,
	       size_t len);                          /* bytes written or ERR_MALFORMED */
int text_copy(char *out, size_t cap, const char *s); /* 0, or ERR_TOO_BIG (cut, terminated) */

/* MAC in any usual spelling (0011.2233.4455, 00:11:..., 00-11-..., 001122334455, with or without
 * the prefix SEP or ATA) -> 12 upper-case hex digits. 0 or ERR_MALFORMED. */
#define MAC_TEXT_SIZE 13
int text_mac(char out[MAC_TEXT_SIZE], const char *s, size_t len);

/* RFC 3339 in UTC with milliseconds, `wall_ns` since 1970. */
#define TIME_TEXT_SIZE 32
void text_time(char out[TIME_TEXT_SIZE], int64_t wall_ns);

#endif
