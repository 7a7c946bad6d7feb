/* server/sip/sip_reply.c - see sip_reply.h. */
#include "server/sip/sip_reply.h"

#include <string.h>
#include <strings.h>

#include "server/core/mem.h"

const char *sip_reason(int code)
{
	static const struct {
		int code;
		const char *text;
	} reasons[] = {
		{ 100, "Trying" },
		{ 200, "OK" },
		{ 202, "Accepted" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 413, "Request Entity Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Unsupported URI Scheme" },
		{ 420, "Bad Extension" },
		{ 423, "Interval Too Brief" },
		{ 481, "Call/Transaction Does Not Exist" },
		{ 482, "Loop Detected" },
		{ 483, "Too Many Hops" },
		{ 500, "Server Internal Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "Version Not Supported" },
		{ 513, "Message Too Large" },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].text;
	return "Error";
}

/* Folded lines are unfolded: a bare CR or LF of a peer never gets into a line of ours. */
static void add_value(struct text *t, struct slice v)
{
	for (size_t i = 0; i < v.len; i++)
		text_addc(t, v.p[i] == '\r' || v.p[i] == '\n' || !v.p[i] ? ' ' : v.p[i]);
}

static bool host_is(struct slice host, const char *text)
{
	struct net_addr a, b;
	char buf[NET_HOST_SIZE];

	if (slice_eq_nocase(host, text))
		return true;
	if (host.len >= sizeof(buf))
		return false;
	memcpy(buf, host.p, host.len);
	buf[host.len] = '\0';
	return !net_addr_parse(&a, buf, 0) && !net_addr_parse(&b, text, 0) &&
	       net_addr_same_host(&a, &b);
}

static void add_top_via(struct text *t, struct slice via, const struct sip_msg *m,
			const struct sip_flow *from)
{
	char host[NET_HOST_SIZE];
	struct slice part, name, value;
	bool first = true;

	while (sip_split(&via, ';', false, &part)) {
		struct slice one = part;

		if (!first && (!sip_param_next(&one, &name, &value) ||
			       slice_eq_nocase(name, "received") || slice_eq_nocase(name, "rport")))
			continue;
		if (!first)
			text_addc(t, ';');
		add_value(t, part);
		first = false;
	}
	net_addr_host(&from->peer, host);
	if (m->via.rport || !host_is(m->via.host, host))
		text_addf(t, ";received=%s", host);
	if (m->via.rport)
		text_addf(t, ";rport=%u", net_addr_port(&from->peer));
}

static void add_vias(struct text *t, const struct sip_msg *m, const struct sip_flow *from)
{
	bool top = true;

	for (size_t i = 0; i < m->scan.n; i++) {
		struct slice rest = m->scan.lines[i].value, one;

		if (m->scan.lines[i].id != HDR_VIA)
			continue;
		text_add(t, "Via: ");
		if (top && sip_split(&rest, ',', false, &one)) {
			add_top_via(t, one, m, from);
			if (rest.p)
				text_add(t, ", ");
		}
		if (rest.p)
			add_value(t, rest);
		text_add(t, "\r\n");
		top = false;
	}
}

static void add_to(struct text *t, const struct sip_msg *m, struct slice to, const char *tag)
{
	const char *end = memrchr(to.p, '>', to.len);
	const char *after = end ? end : to.p;
	struct slice params = { after, to.len - (size_t)(after - to.p) }, name;
	bool has_tag = m->to.tag.p != NULL;

	/* Of a message that was not parsed: look in what follows the address. */
	if (!has_tag && sip_split(&params, ';', false, &name))
		has_tag = sip_param_find(params, "tag", NULL);
	text_add(t, "To: ");
	add_value(t, to);
	if (!has_tag && tag)
		text_addf(t, ";tag=%s", tag);
	text_add(t, "\r\n");
}

void sip_reply_begin(struct text *t, const struct sip_msg *m, const struct sip_flow *from, int code,
		     const char *reason, const char *to_tag)
{
	static const struct {
		enum sip_hdr id;
		const char *name;
	} copied[] = { { HDR_FROM, "From" },
		       { HDR_TO, "To" },
		       { HDR_CALL_ID, "Call-ID" },
		       { HDR_CSEQ, "CSeq" } };

	text_addf(t, "SIP/2.0 %d %s\r\n", code, reason ? reason : sip_reason(code));
	add_vias(t, m, from);
	for (size_t i = 0; i < ARRAY_LEN(copied); i++) {
		struct slice v = sip_scan_value(&m->scan, copied[i].id);

		if (!v.p)
			continue;
		if (copied[i].id == HDR_TO) {
			add_to(t, m, v, to_tag);
			continue;
		}
		text_addf(t, "%s: ", copied[i].name);
		add_value(t, v);
		text_add(t, "\r\n");
	}
}

void sip_reply_end(struct text *t, const char *content_type, const char *body)
{
	text_add(t, "Server: " SIP_SERVER "\r\n");
	if (body)
		text_addf(t, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", content_type,
			  strlen(body), body);
	else
		text_add(t, "Content-Length: 0\r\n\r\n");
}

void sip_reply_route(const struct sip_msg *m, const struct sip_flow *from, struct sip_flow *to)
{
	*to = *from;
	if (from->transport == SIP_TCP || m->via.rport)
		return;
	net_addr_set_port(&to->peer, m->via.port > 0 ? (uint16_t)m->via.port : 5060);
}
