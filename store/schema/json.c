/* store/schema/json.c - strict JSON before cJSON sees it (dependencies: cJSON takes duplicate
 * names, trailing bytes, raw control characters, leading zeros, bad UTF-8). RFC 8259; names unique
 * in each object. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/schema.h"

#define DEPTH_MAX 32
#define EXACT_MAX 9007199254740991.0 /* 2^53 - 1: what a double holds exactly */

struct scan {
	const char *start, *p, *end;
	const char *why; /* the first thing wrong */
};

static bool scan_fail(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

static void scan_blank(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return scan_fail(s, "not a JSON value");
	s->p += len;
	return true;
}

static bool scan_hex4(struct scan *s, unsigned *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, s->p++) {
		char c = s->p < s->end ? *s->p : '\0';

		if (c >= '0' && c <= '9')
			*out = *out * 16 + (unsigned)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*out = *out * 16 + (unsigned)((c | 32) - 'a' + 10);
		else
			return scan_fail(s, "bad \\u escape");
	}
	return true;
}

static bool scan_unicode(struct scan *s)
{
	unsigned hi, lo;

	if (!scan_hex4(s, &hi))
		return false;
	if (hi == 0)
		return scan_fail(s, "\\u0000 is not allowed");
	if (hi >= 0xdc00 && hi <= 0xdfff)
		return scan_fail(s, "half of a surrogate pair");
	if (hi < 0xd800 || hi > 0xdbff)
		return true;
	if (s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
		return scan_fail(s, "half of a surrogate pair");
	s->p += 2;
	if (!scan_hex4(s, &lo))
		return false;
	return (lo >= 0xdc00 && lo <= 0xdfff) || scan_fail(s, "half of a surrogate pair");
}

static bool scan_string(struct scan *s)
{
	if (s->p >= s->end || *s->p != '"')
		return scan_fail(s, "a text in double quotes is expected");
	for (s->p++; s->p < s->end; s->p++) {
		unsigned char c = (unsigned char)*s->p;

		if (c == '"') {
			s->p++;
			return true;
		}
		if (c < 0x20)
			return scan_fail(s, "raw control character");
		if (c != '\\')
			continue;
		s->p++;
		if (s->p < s->end && *s->p == 'u') {
			s->p++;
			if (!scan_unicode(s))
				return false;
			s->p--;
		} else if (s->p >= s->end || !strchr("\"\\/bfnrt", *s->p) || !*s->p) {
			return scan_fail(s, "bad escape");
		}
	}
	return scan_fail(s, "text without end");
}

static bool scan_digits(struct scan *s)
{
	if (s->p >= s->end || *s->p < '0' || *s->p > '9')
		return scan_fail(s, "bad number");
	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return true;
}

static bool scan_number(struct scan *s)
{
	const char *from = s->p;
	char buf[64];
	bool whole = true;
	double v;

	s->p += *s->p == '-';
	if (s->p + 1 < s->end && s->p[0] == '0' && s->p[1] >= '0' && s->p[1] <= '9')
		return scan_fail(s, "number with a leading zero");
	if (!scan_digits(s))
		return false;
	if (s->p < s->end && *s->p == '.') {
		whole = false;
		s->p++;
		if (!scan_digits(s))
			return false;
	}
	if (s->p < s->end && (*s->p | 32) == 'e') {
		whole = false;
		s->p++;
		s->p += s->p < s->end && (*s->p == '+' || *s->p == '-');
		if (!scan_digits(s))
			return false;
	}
	if ((size_t)(s->p - from) >= sizeof(buf))
		return scan_fail(s, "number too long");
	memcpy(buf, from, (size_t)(s->p - from));
	buf[s->p - from] = '\0';
	v = strtod(buf, NULL);
	if (!isfinite(v) || (whole && fabs(v) > EXACT_MAX))
		return scan_fail(s, "number too large");
	return true;
}

static bool scan_value(struct scan *s, unsigned depth);

static bool scan_members(struct scan *s, char close, unsigned depth)
{
	s->p++;
	scan_blank(s);
	if (s->p < s->end && *s->p == close) {
		s->p++;
		return true;
	}
	for (;;) {
		scan_blank(s);
		if (close == '}') {
			if (!scan_string(s))
				return false;
			scan_blank(s);
			if (s->p >= s->end || *s->p != ':')
				return scan_fail(s, "a colon is expected");
			s->p++;
		}
		if (!scan_value(s, depth + 1))
			return false;
		scan_blank(s);
		if (s->p < s->end && *s->p == close) {
			s->p++;
			return true;
		}
		if (s->p >= s->end || *s->p != ',')
			return scan_fail(s, "a comma or the end is expected");
		s->p++;
	}
}

static bool scan_value(struct scan *s, unsigned depth)
{
	scan_blank(s);
	if (s->p >= s->end)
		return scan_fail(s, "ends too early");
	if (depth > DEPTH_MAX)
		return scan_fail(s, "nested too deep");
	switch (*s->p) {
	case '{':
		return scan_members(s, '}', depth);
	case '[':
		return scan_members(s, ']', depth);
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return (*s->p == '-' || (*s->p >= '0' && *s->p <= '9'))
			   ? scan_number(s)
			   : scan_fail(s, "not a JSON value");
	}
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NULL, or a name that an object has twice. */
static const char *twice(const cJSON *node)
{
	const char **names = NULL, *found = NULL;
	const cJSON *e;
	size_t n = 0;

	if (cJSON_IsObject(node)) {
		names = mem_alloc(((size_t)cJSON_GetArraySize(node) + 1) * sizeof(*names));
		cJSON_ArrayForEach (e, node) {
			names[n++] = e->string;
		}
		qsort(names, n, sizeof(*names), name_order);
		for (size_t i = 1; i < n && !found; i++) {
			if (strcmp(names[i - 1], names[i]) == 0)
				found = names[i];
		}
		mem_free(names);
	}
	if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
		cJSON_ArrayForEach (e, node) {
			if (found)
				break;
			found = twice(e);
		}
	}
	return found;
}

int json_parse(const char *text, size_t len, cJSON **out, char *why, size_t cap)
{
	struct scan s = { text, text, text + len, NULL };
	const char *name;

	*out = NULL;
	if (cap)
		why[0] = '\0';
	if (scan_value(&s, 1)) {
		scan_blank(&s);
		if (s.p < s.end)
			scan_fail(&s, "bytes behind the end");
		else if (!text_is_utf8(text, len))
			scan_fail(&s, "not valid UTF-8");
	}
	if (s.why) {
		snprintf(why, cap, "%s, at byte %zu", s.why, (size_t)(s.p - s.start));
		return ERR_MALFORMED;
	}
	*out = cJSON_ParseWithLength(text, len);
	if (!*out) {
		snprintf(why, cap, "not JSON");
		return ERR_MALFORMED;
	}
	name = twice(*out);
	if (!name)
		return 0;
	snprintf(why, cap, "member \"%.80s\" occurs twice", name);
	cJSON_Delete(*out);
	*out = NULL;
	return ERR_MALFORMED;
}

bool json_same(const cJSON *a, const cJSON *b)
{
	const cJSON *x, *y;

	if (!a || !b)
		return a == b;
	if ((a->type & 0xff) != (b->type & 0xff))
		return false;
	if (cJSON_IsString(a))
		return strcmp(a->valuestring, b->valuestring) == 0;
	if (cJSON_IsNumber(a))
		return a->valuedouble == b->valuedouble;
	for (x = a->child, y = b->child; x && y; x = x->next, y = y->next) {
		if (cJSON_IsObject(a) && strcmp(x->string, y->string) != 0)
			return false;
		if (!json_same(x, y))
			return false;
	}
	return !x && !y;
}
