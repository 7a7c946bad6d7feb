/* server/provision/xml.c - see xml.h. */
#include "server/provision/xml.h"

#include <assert.h>
#include <string.h>

#include "server/core/mem.h"

#define REPLACEMENT    "\xef\xbf\xbd" /* U+FFFD */
#define NAME_MAX_CHARS 64

/* Bytes of the UTF-8 character at `p`; 0 when there is none (RFC 3629). */
static size_t utf8_len(const char *p)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return strnlen(p, n) == n && text_is_utf8(p, n) ? n : 0;
}

/* XML 1.0 section 2.2: which characters may stand in a document at all. Tabs and line ends are of
 * no use in a phone's texts, and an attribute would lose them. */
static bool is_char(const char *p, size_t n)
{
	if (n == 1)
		return (unsigned char)*p >= 0x20 && *p != 0x7f;
	if (n == 2)
		return (unsigned char)p[0] > 0xc2 || (unsigned char)p[1] >= 0xa0; /* C1 controls */
	return n != 3 || memcmp(p, "\xef\xbf", 2) != 0 || (unsigned char)p[2] < 0xbe;
}

/* Characters that may be copied as they are. */
static size_t plain_run(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] >= 0x20 && s[n] < 0x7f && s[n] != '&' && s[n] != '<' &&
	       s[n] != '>' && s[n] != '"' && s[n] != '\'')
		n++;
	return n;
}

static void add_value(struct text *out, const char *s, size_t max)
{
	while (*s && max > 0) {
		size_t run = plain_run(s, max), n;
		char one[5] = { 0 };

		if (run) {
			text_addn(out, s, run);
			s += run;
			max -= run;
			continue;
		}
		n = utf8_len(s);
		if (n == 0) {
			text_add(out, REPLACEMENT);
			n = 1;
		} else if (is_char(s, n)) {
			memcpy(one, s, n);
			text_add_xml(out, one);
		} else {
			s += n;
			continue;
		}
		s += n;
		max--;
	}
}

static void indent(struct xml *x)
{
	static const char blanks[2 * XML_DEPTH + 1] = "                        ";

	text_addn(&x->out, blanks, (size_t)x->depth * 2);
}

void xml_begin(struct xml *x, size_t max)
{
	*x = (struct xml){ 0 };
	text_init(&x->out, max);
	text_add(&x->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void tag(struct xml *x, const char *name, const char *const *attrs)
{
	indent(x);
	text_addc(&x->out, '<');
	text_add(&x->out, name);
	for (; attrs && attrs[0]; attrs += 2) {
		text_addc(&x->out, ' ');
		text_add(&x->out, attrs[0]);
		text_add(&x->out, "=\"");
		add_value(&x->out, attrs[1], SIZE_MAX);
		text_addc(&x->out, '"');
	}
	text_addc(&x->out, '>');
}

static void end_tag(struct xml *x, const char *name)
{
	text_add(&x->out, "</");
	text_add(&x->out, name);
	text_add(&x->out, ">\n");
}

void xml_open(struct xml *x, const char *name, const char *const *attrs)
{
	assert(x->depth < XML_DEPTH);
	tag(x, name, attrs);
	text_addc(&x->out, '\n');
	x->open[x->depth++] = name;
}

void xml_close(struct xml *x)
{
	assert(x->depth > 0);
	x->depth--;
	indent(x);
	end_tag(x, x->open[x->depth]);
}

void xml_leaf(struct xml *x, const char *name, const char *const *attrs, const char *value)
{
	tag(x, name, attrs);
	if (value)
		add_value(&x->out, value, SIZE_MAX);
	end_tag(x, name);
}

void xml_text_max(struct xml *x, const char *name, const char *value, size_t max)
{
	tag(x, name, NULL);
	if (value)
		add_value(&x->out, value, max);
	end_tag(x, name);
}

void xml_text(struct xml *x, const char *name, const char *value)
{
	xml_text_max(x, name, value, SIZE_MAX);
}

void xml_int(struct xml *x, const char *name, int64_t value)
{
	uint64_t v = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char buf[24], *p = buf + sizeof(buf) - 1;

	/* a file has a hundred of these: printf would be a third of the time to write it */
	*p = '\0';
	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	if (value < 0)
		*--p = '-';
	xml_text(x, name, p);
}

void xml_bool(struct xml *x, const char *name, bool value)
{
	xml_text(x, name, value ? "true" : "false");
}

static bool is_name(const char *s)
{
	static const char start[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	size_t len = strlen(s);

	return len > 0 && len <= NAME_MAX_CHARS && strchr(start, s[0]) &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-.") ==
		   len;
}

bool xml_named(struct xml *x, const char *name, const char *value)
{
	if (!is_name(name))
		return false;
	xml_text(x, name, value);
	return true;
}

char *xml_end(struct xml *x, size_t *len)
{
	while (x->depth > 0)
		xml_close(x);
	if (x->out.overflow) {
		text_fini(&x->out);
		return NULL;
	}
	*len = x->out.len;
	return text_take(&x->out);
}
