/* store/ios/transcript.c - what a terminal showed, as lines. A line is written into cells as the terminal
 * would: a backspace steps back, what follows overwrites. So the pager's own rubbing out takes it away. */
#include "store/ios/transcript.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/text.h"

#define HOST_MAX 63

void transcript_begin(struct transcript *t, const char *text, size_t len)
{
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	*t = (struct transcript){ .p = text, .end = text + len };
	/* Old Macintosh files end their lines with a lone carriage return. */
	t->newline = memchr(text, '\n', len) ? '\n' : '\r';
}

/* ---- cells ---- */
struct cells {
	unsigned char c[SCRIPT_LINE_MAX];
	size_t n, at;
	bool rubbish, full;
};

static void put(struct cells *s, unsigned char c)
{
	if (s->at == sizeof(s->c)) {
		s->full = true;
		return;
	}
	s->c[s->at++] = c;
	if (s->at > s->n)
		s->n = s->at;
}

/* Behind ESC: colours and "erase to the end of the line"; the place of the next byte to read. */
static const char *escape(const char *p, const char *end)
{
	if (p == end || *p != '[')
		return p == end ? p : p + 1;
	p++;
	while (p < end && !(*p >= '@' && *p <= '~'))
		p++;
	return p == end ? p : p + 1;
}

static void write_cells(struct cells *s, const char *p, const char *end)
{
	while (p < end && !s->full) {
		unsigned char c = (unsigned char)*p++;

		if (c == '\b')
			s->at -= s->at > 0;
		else if (c == '\r')
			s->at = 0;
		else if (c == '\t')
			put(s, ' ');
		else if (c == 0x1b)
			p = escape(p, end);
		else if (c == 0x03)
			put(s, '^'), put(s, 'C'); /* delimiter of banners as `more` shows it */
		else if (c < 0x20 || c == 0x7f)
			s->rubbish = true;
		else
			put(s, c);
	}
}

static void to_utf8(struct script_line *l, const unsigned char *c, size_t n)
{
	struct text t;

	text_fixed(&t, l->text, sizeof(l->text));
	l->latin1 = !text_is_utf8((const char *)c, n);
	if (!l->latin1) {
		text_addn(&t, (const char *)c, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (c[i] < 0x80)
			text_addc(&t, (char)c[i]);
		else if (c[i] < 0xa0)
			text_addc(&t, '?');
		else
			text_addf(&t, "%c%c", 0xc0 | c[i] >> 6, 0x80 | (c[i] & 0x3f));
	}
}

/* ---- what stands in front ---- */
static void drop_front(struct script_line *l, size_t n)
{
	n += strspn(l->text + n, " ");
	memmove(l->text, l->text + n, strlen(l->text + n) + 1);
	l->indent = -1;
}

static bool drop_pager(struct script_line *l)
{
	static const char *const pagers[] = { "--More--", "<--- More --->", "-- More --" };

	for (size_t i = 0; i < sizeof(pagers) / sizeof(*pagers); i++) {
		if (strncasecmp(l->text, pagers[i], strlen(pagers[i])) == 0) {
			drop_front(l, strlen(pagers[i]));
			return true;
		}
	}
	return false;
}

static size_t host_len(const char *s)
{
	size_t n = 0;

	while (n < HOST_MAX && (isalnum((unsigned char)s[n]) || (s[n] && strchr("-._/", s[n]))))
		n++;
	return n;
}

/* "(config-ephone-dn)": the length with its brackets. */
static size_t mode_len(const char *s, char *out, size_t cap)
{
	size_t n = 1, len;

	if (strncasecmp(s, "(conf", 5) != 0 && strncasecmp(s, "(cfg", 4) != 0)
		return 0;
	while (isalnum((unsigned char)s[n]) || (s[n] && strchr("-_/. ", s[n])))
		n++;
	len = n - 1;
	if (s[n] != ')' || len >= cap)
		return 0;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower((unsigned char)s[1 + i]);
	out[len] = '\0';
	return n + 1;
}

/* `Router(config-telephony)#`, with blanks, without host or without `#`; `Router#`, `Router>`. */
static bool drop_prompt(struct script_line *l)
{
	size_t host = host_len(l->text), gap = strspn(l->text + host, " "), mode;
	const char *p = l->text + host;

	mode = mode_len(p + gap, l->prompt_mode, sizeof(l->prompt_mode));
	if (mode) {
		p += gap + mode;
		gap = strspn(p, " ");
		p += p[gap] == '#' ? gap + 1 : 0;
		l->prompt = PROMPT_CONFIG;
	} else if (host && isalpha((unsigned char)*l->text) && (*p == '#' || *p == '>')) {
		p++;
		l->prompt = PROMPT_EXEC;
	} else {
		return false;
	}
	drop_front(l, (size_t)(p - l->text));
	return true;
}

/* ---- what the line is ---- */
static bool begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

/* "*Mar  1 00:00:12.345: %SYS-5-CONFIG_I: Configured from console" */
static bool is_log(const char *s)
{
	const char *p = strchr(s, '%');
	size_t n;

	if (!p || (p != s && !strchr("*.0123456789", *s) &&
		   !(isupper((unsigned char)*s) && strstr(s, ": %"))))
		return false;
	n = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return n && p[1 + n] == '-' && isdigit((unsigned char)p[2 + n]) && p[3 + n] == '-';
}

static const char *noise(const char *s)
{
	static const char *const said[] = {
		"Building configuration",       "Current configuration",
		"Enter configuration commands", "Using ",
		"Load for five secs",           "Time source is",
		"NVRAM config last updated",    "Last configuration change at"
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		/* "Using 2101 out of 262136 bytes" */
		if (begins(s, said[i]) && (strcmp(said[i], "Using ") != 0 || strstr(s, " bytes")))
			return "Said by the router, no command";
	}
	if (s[strspn(s, ".")] == '\0')
		return "Dots only";
	if (s[strspn(s, "^ ")] == '\0')
		return "Marks a fault in the line above";
	if (s[0] == '%' && (s[1] == ' ' || is_log(s)))
		return "A message of the router";
	return is_log(s) ? "A log line of the router" : NULL;
}

static void classify(struct script_line *l, bool pager)
{
	if (!l->text[0]) {
		l->kind = l->prompt != PROMPT_NONE || pager ? SCRIPT_NOISE : SCRIPT_BLANK;
		l->note =
		    l->prompt != PROMPT_NONE ? "A prompt without a command" : "A pager's remains";
		return;
	}
	l->kind = l->text[0] == '!' ? SCRIPT_COMMENT : SCRIPT_COMMAND;
	l->note = l->kind == SCRIPT_COMMAND ? noise(l->text) : NULL;
	if (l->note)
		l->kind = SCRIPT_NOISE;
}

/* Pages of the World Wide Web indent with no-break spaces. */
static size_t blank(const unsigned char *c, size_t n)
{
	return n && (c[0] == ' ' || c[0] == 0xa0)      ? 1
	       : n > 1 && c[0] == 0xc2 && c[1] == 0xa0 ? 2
						       : 0;
}

static void read_line(struct script_line *l, const char *p, const char *end)
{
	struct cells s = { .n = 0 };
	size_t from = 0, width;
	bool pager;

	if (end > p && end[-1] == '\r')
		end--;
	write_cells(&s, p, end);
	while (s.n && s.c[s.n - 1] == ' ')
		s.n--;
	l->indent = 0;
	while ((width = blank(s.c + from, s.n - from))) {
		from += width;
		l->indent++;
	}
	to_utf8(l, s.c + from, s.n - from);
	if (s.full || s.rubbish) {
		l->kind = s.rubbish ? SCRIPT_RUBBISH : SCRIPT_LONG;
		return;
	}
	pager = drop_pager(l);
	while (drop_prompt(l))
		;
	classify(l, pager);
}

bool transcript_next(struct transcript *t, struct script_line *out)
{
	const char *p = t->p, *nl;

	if (p >= t->end)
		return false;
	nl = memchr(p, t->newline, (size_t)(t->end - p));
	t->p = nl ? nl + 1 : t->end;
	out->number = ++t->number;
	out->kind = SCRIPT_COMMAND;
	out->prompt = PROMPT_NONE;
	out->prompt_mode[0] = out->text[0] = '\0';
	out->latin1 = false;
	out->note = NULL;
	read_line(out, p, nl ? nl : t->end);
	return true;
}
