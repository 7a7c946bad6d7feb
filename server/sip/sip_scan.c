/* server/sip/sip_scan.c - see sip_scan.h. */
#include "server/sip/sip_scan.h"

#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"

static const struct {
	const char *name;
	enum sip_hdr id;
	char compact;
	bool once;
} headers[] = {
	{ "via", HDR_VIA, 'v', false },
	{ "from", HDR_FROM, 'f', true },
	{ "to", HDR_TO, 't', true },
	{ "call-id", HDR_CALL_ID, 'i', true },
	{ "cseq", HDR_CSEQ, 0, true },
	{ "contact", HDR_CONTACT, 'm', false },
	{ "max-forwards", HDR_MAX_FORWARDS, 0, true },
	{ "content-length", HDR_CONTENT_LENGTH, 'l', true },
	{ "content-type", HDR_CONTENT_TYPE, 'c', true },
	{ "content-encoding", HDR_CONTENT_ENCODING, 'e', false },
	{ "content-disposition", HDR_CONTENT_DISPOSITION, 0, true },
	{ "expires", HDR_EXPIRES, 0, true },
	{ "require", HDR_REQUIRE, 0, false },
	{ "supported", HDR_SUPPORTED, 'k', false },
	{ "authorization", HDR_AUTHORIZATION, 0, false },
	{ "user-agent", HDR_USER_AGENT, 0, false },
	{ "reason", HDR_REASON, 0, false },
	{ "event", HDR_EVENT, 'o', true },
	{ "route", HDR_ROUTE, 0, false },
};

static enum sip_hdr header_id(struct slice name)
{
	char c = name.len == 1 ? (char)(name.p[0] | 0x20) : 0;

	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (c ? c == headers[i].compact : slice_eq_nocase(name, headers[i].name))
			return headers[i].id;
	return HDR_OTHER;
}

const struct sip_line *sip_scan_find(const struct sip_scan *s, enum sip_hdr id, size_t from)
{
	for (size_t i = from; i < s->n; i++)
		if (s->lines[i].id == id)
			return &s->lines[i];
	return NULL;
}

struct slice sip_scan_value(const struct sip_scan *s, enum sip_hdr id)
{
	const struct sip_line *l = sip_scan_find(s, id, 0);

	return l ? l->value : (struct slice){ NULL, 0 };
}

static int fault(struct sip_scan *s, int code, const char *text)
{
	if (!s->code) {
		s->code = code;
		s->fault = text;
	}
	return ERR_PROTO;
}

/* End of the logical line at `p` (folded lines included); `next` is where the following one begins. */
static const char *line_end(const char *p, const char *end, const char **next)
{
	for (;;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl) {
			*next = end;
			return end;
		}
		*next = nl + 1;
		if (*next < end && (**next == ' ' || **next == '\t')) {
			p = *next;
			continue;
		}
		return nl > p && nl[-1] == '\r' ? nl - 1 : nl;
	}
}

static bool is_token(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c && strchr("-.!%*_+`'~", c))))
			return false;
	}
	return s.len > 0;
}

static int scan_status(struct sip_scan *s, struct slice rest)
{
	struct slice code;
	int64_t v;

	/* "SIP/2.0 200 OK"; the reason may be missing. A code out of range is no answer to anything. */
	if (!slice_next(&rest, ' ', &code) || code.len != 3 ||
	    text_to_int(code.p, code.len, 100, 699, &v))
		return ERR_INVALID;
	s->status = (unsigned)v;
	return 0;
}

static int scan_start(struct sip_scan *s)
{
	struct slice rest = s->start, word;

	if (!slice_next(&rest, ' ', &word))
		return ERR_INVALID;
	if (word.len >= 4 && !strncasecmp(word.p, "SIP/", 4))
		return scan_status(s, rest);
	s->request = true;
	s->method = word;
	if (!is_token(word) || !rest.p)
		return ERR_INVALID;
	/* The version is the last word: what is wrong between is answered, not dropped. */
	for (size_t i = rest.len; i-- > 0;)
		if (rest.p[i] == ' ') {
			s->uri = (struct slice){ rest.p, i };
			s->version = (struct slice){ rest.p + i + 1, rest.len - i - 1 };
			break;
		}
	if (!s->version.len && rest.len && rest.p[rest.len - 1] == ' ') {
		s->version = slice_of("SIP/2.0");
		return fault(s, 400, "Blank at the end of the request line");
	}
	if (s->version.len < 5 || strncasecmp(s->version.p, "SIP/", 4) != 0)
		return ERR_INVALID;
	return 0;
}

static bool is_alpha_scheme_known(struct slice uri)
{
	const char *colon = uri.len ? memchr(uri.p, ':', uri.len) : NULL;
	struct slice scheme = { uri.p, colon ? (size_t)(colon - uri.p) : 0 };

	return slice_eq_nocase(scheme, "sip") || slice_eq_nocase(scheme, "sips") ||
	       slice_eq_nocase(scheme, "tel");
}

static int check_start(struct sip_scan *s)
{
	if (!s->request)
		return 0;
	if (!slice_eq_nocase(s->version, "SIP/2.0"))
		return fault(s, 505, "Version Not Supported");
	if (!s->uri.len || s->uri.p[0] == '<' || memchr(s->uri.p, ' ', s->uri.len) ||
	    memchr(s->uri.p, '\t', s->uri.len))
		return fault(s, 400, "Malformed Request-URI");
	if (!is_alpha_scheme_known(s->uri))
		return fault(s, 416, "Unsupported URI Scheme");
	return 0;
}

static int scan_line(struct sip_scan *s, struct slice line)
{
	const char *colon = memchr(line.p, ':', line.len);
	struct slice name = { line.p, colon ? (size_t)(colon - line.p) : 0 };
	struct sip_line *l;

	if (!colon)
		return fault(s, 400, "Header line without a colon");
	if (s->n == SIP_LINES_MAX)
		return fault(s, 400, "Too many header lines");
	name = slice_trim(name);
	if (!is_token(name))
		return fault(s, 400, "Malformed header name");
	l = &s->lines[s->n++];
	l->name = name;
	l->id = header_id(name);
	l->value = slice_trim((struct slice){ colon + 1, line.len - (size_t)(colon - line.p) - 1 });
	return 0;
}

static int scan_lines(struct sip_scan *s, const char *p, const char *end, const char **body)
{
	int err = 0;

	*body = end;
	while (p < end) {
		const char *next, *stop = line_end(p, end, &next);

		if (stop == p) {
			*body = next;
			return err;
		}
		/* Go on after a fault: the lines below may be needed for the answer. */
		if (scan_line(s, (struct slice){ p, (size_t)(stop - p) }))
			err = ERR_PROTO;
		p = next;
	}
	return err ? err : fault(s, 400, "No end of the header");
}

static int check_once(struct sip_scan *s)
{
	int seen[HDR_COUNT] = { 0 };

	for (size_t i = 0; i < s->n; i++)
		seen[s->lines[i].id]++;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (headers[i].once && seen[headers[i].id] > 1)
			return fault(s, 400, "Header given twice");
	if (!seen[HDR_FROM] || !seen[HDR_TO] || !seen[HDR_CALL_ID] || !seen[HDR_CSEQ])
		return fault(s, 400, "From, To, Call-ID or CSeq is missing");
	return 0;
}

static int check_numbers(struct sip_scan *s)
{
	struct slice l = sip_scan_value(s, HDR_CONTENT_LENGTH);
	struct slice mf = sip_scan_value(s, HDR_MAX_FORWARDS);
	int64_t v;

	s->content_length = -1;
	if (l.p && text_to_int(l.p, l.len, 0, INT32_MAX, &s->content_length)) {
		s->content_length = -1;
		return fault(s, 400, "Malformed Content-Length");
	}
	if (mf.p && text_to_int(mf.p, mf.len, 0, 255, &v))
		return fault(s, 400, "Malformed Max-Forwards");
	return 0;
}

static int cut_body(struct sip_scan *s, const char *body, const char *end)
{
	s->body = (struct slice){ body, (size_t)(end - body) };
	if (s->content_length < 0)
		return 0;
	if ((uint64_t)s->content_length > s->body.len)
		return fault(s, 400, "Body shorter than Content-Length");
	s->body.len = (size_t)s->content_length;
	return 0;
}

int sip_scan(struct sip_scan *s, const uint8_t *data, size_t len, size_t max)
{
	const char *p = (const char *)data, *end = p + len, *next, *stop, *body;
	int err;

	s->n = 0;
	memset(s, 0, offsetof(struct sip_scan, lines));
	memset(&s->body, 0, sizeof(*s) - offsetof(struct sip_scan, body));
	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	stop = p < end ? line_end(p, end, &next) : p;
	if (stop == p)
		return ERR_INVALID;
	s->start = (struct slice){ p, (size_t)(stop - p) };
	err = scan_start(s);
	if (err == ERR_INVALID)
		return err;
	if (len > max)
		fault(s, 513, "Message Too Large");
	scan_lines(s, next, end, &body);
	if (!sip_scan_find(s, HDR_VIA, 0))
		return ERR_INVALID; /* nowhere to answer to */
	if (memchr(s->start.p, 0, (size_t)(body - s->start.p)))
		fault(s, 400, "NUL byte in the header");
	check_start(s);
	check_once(s);
	check_numbers(s);
	cut_body(s, body, end);
	if (!s->code)
		return 0;
	return s->request ? ERR_PROTO : ERR_INVALID;
}

/* Length of the head including its empty line; 0 = not there yet. */
static size_t head_len(const uint8_t *p, size_t len)
{
	const uint8_t *at = p, *end = p + len;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if (at < end && *at == '\n')
			return (size_t)(at - p) + 1;
		if (at + 1 < end && at[0] == '\r' && at[1] == '\n')
			return (size_t)(at - p) + 2;
	}
	return 0;
}

static enum sip_frame_kind broken(struct sip_frame *f, size_t len, int code, const char *text)
{
	f->len = len;
	f->code = code;
	f->fault = text;
	return SIP_FRAME_BROKEN;
}

static enum sip_frame_kind frame_blank(const uint8_t *p, size_t len, struct sip_frame *f)
{
	if (len >= 4 && !memcmp(p, "\r\n\r\n", 4)) {
		f->skip = 4;
		return SIP_FRAME_PING;
	}
	/* Half a ping: wait, unless something else follows already. */
	if (len < 4 && !memcmp(p, "\r\n\r\n", len))
		return SIP_FRAME_MORE;
	f->skip = len >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 1;
	return SIP_FRAME_SKIP;
}

static bool has_two(const struct sip_scan *s, enum sip_hdr id)
{
	const struct sip_line *l = sip_scan_find(s, id, 0);

	return l && sip_scan_find(s, id, (size_t)(l - s->lines) + 1);
}

enum sip_frame_kind sip_frame(const uint8_t *data, size_t len, struct sip_frame *f)
{
	struct sip_scan s;
	size_t head;
	int err;

	memset(f, 0, sizeof(*f));
	if (!len)
		return SIP_FRAME_MORE;
	if (data[0] == '\r' || data[0] == '\n')
		return frame_blank(data, len, f);
	head = head_len(data, len);
	if (!head)
		return len < SIP_TCP_MAX ? SIP_FRAME_MORE
					 : broken(f, len, 513, "Message Too Large");
	/* The head alone: its Content-Length promises a body that is not looked at here. */
	err = sip_scan(&s, data, head, SIP_TCP_MAX);
	if (err == ERR_INVALID)
		return broken(f, head, 0, "Not SIP");
	if (s.content_length < 0 || has_two(&s, HDR_CONTENT_LENGTH))
		return broken(f, head, 400, "Content-Length is missing or malformed");
	if (head + (uint64_t)s.content_length > SIP_TCP_MAX)
		return broken(f, head, 413, "Request Entity Too Large");
	f->len = head + (size_t)s.content_length;
	return len < f->len ? SIP_FRAME_MORE : SIP_FRAME_MESSAGE;
}
