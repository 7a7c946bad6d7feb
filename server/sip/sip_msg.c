/* server/sip/sip_msg.c - libosip2's trees into small structs. Nothing else includes osip headers.
 *
 * libosip2 is given only the headers whose grammar matters here, rebuilt line by line without the body:
 * what it would reject for no good reason (multipart, NUL in a body) or take too long over (thousands of
 * unknown headers) never gets to it. */
#include <sys/time.h>
#include <time.h>

#include <osip2/osip.h>
#include <osipparser2/osip_parser.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/sip/sip_msg.h"

#define EXPIRES_MAX 4294967295u

static void no_trace(const char *file, int line, osip_trace_level_t level, const char *fmt,
		     va_list ap)
{
	(void)file;
	(void)line;
	(void)level;
	(void)fmt;
	(void)ap;
}

void sip_msg_setup(void)
{
	/* Without a trace function the parser writes its complaints to stdout. */
	osip_trace_initialize_func(TRACE_LEVEL0, no_trace);
	parser_init();
}

static int fault(struct sip_msg *m, int code, const char *text)
{
	if (!m->code) {
		m->code = code;
		m->fault = text;
	}
	return ERR_PROTO;
}

/* ---- libosip2 ---- */

static const struct {
	enum sip_hdr id;
	const char *name;
} parsed[] = {
	{ HDR_VIA, "Via" },     { HDR_FROM, "From" },
	{ HDR_TO, "To" },       { HDR_CALL_ID, "Call-ID" },
	{ HDR_CSEQ, "CSeq" },   { HDR_CONTACT, "Contact" },
	{ HDR_ROUTE, "Route" }, { HDR_AUTHORIZATION, "Authorization" },
};

static void add_unfolded(struct text *t, struct slice v)
{
	if (!memchr(v.p, '\n', v.len)) {
		text_addn(t, v.p, v.len);
		return;
	}
	for (size_t i = 0; i < v.len; i++)
		text_addc(t, v.p[i] == '\r' || v.p[i] == '\n' || v.p[i] == '\t' ? ' ' : v.p[i]);
}

static char *parser_input(const struct sip_scan *s, size_t *len)
{
	struct text t;

	text_init(&t, 2 * SIP_TCP_MAX);
	if (s->request)
		text_addn(&t, s->start.p, s->start.len);
	else /* an empty reason phrase would cost the next line */
		text_addf(&t, "SIP/2.0 %u OK", s->status);
	text_add(&t, "\r\n");
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(parsed); k++)
			if (parsed[k].id == s->lines[i].id) {
				text_addf(&t, "%s: ", parsed[k].name);
				add_unfolded(&t, s->lines[i].value);
				text_add(&t, "\r\n");
			}
	text_add(&t, "Content-Length: 0\r\n\r\n");
	*len = t.len;
	return text_take(&t);
}

static void take_value(struct sip_credentials *c, char *out, size_t cap, const char *v)
{
	struct slice s = slice_of(v ? v : "");

	/* Two more for the quotes. */
	if (s.len >= cap + (s.len && s.p[0] == '"' ? 2 : 0))
		c->overlong = true;
	sip_unquote(out, cap, s);
}

static void take_credentials(struct sip_msg *m, const osip_authorization_t *a)
{
	struct sip_credentials *c = &m->auth[m->n_auth];

	if (!a->auth_type || strcasecmp(a->auth_type, "Digest") != 0)
		return;
	memset(c, 0, sizeof(*c));
	take_value(c, c->username, sizeof(c->username), a->username);
	take_value(c, c->realm, sizeof(c->realm), a->realm);
	take_value(c, c->nonce, sizeof(c->nonce), a->nonce);
	take_value(c, c->uri, sizeof(c->uri), a->uri);
	take_value(c, c->response, sizeof(c->response), a->response);
	take_value(c, c->cnonce, sizeof(c->cnonce), a->cnonce);
	take_value(c, c->qop, sizeof(c->qop), a->message_qop);
	take_value(c, c->nc, sizeof(c->nc), a->nonce_count);
	take_value(c, c->algorithm, sizeof(c->algorithm), a->algorithm);
	m->n_auth++;
}

static int take_cseq(struct sip_msg *m, osip_cseq_t *cseq)
{
	const char *method = cseq ? osip_cseq_get_method(cseq) : NULL;
	const char *number = cseq ? osip_cseq_get_number(cseq) : NULL;
	int64_t v;

	if (!method || !number || text_to_int(number, strlen(number), 0, INT32_MAX, &v))
		return fault(m, 400, "Malformed CSeq");
	m->cseq = (uint32_t)v;
	if (m->scan.request && !slice_eq(m->scan.method, method))
		return fault(m, 400, "CSeq does not name this method");
	return 0;
}

static int run_parser(struct sip_msg *m)
{
	osip_message_t *osip = NULL;
	osip_authorization_t *auth = NULL;
	size_t len;
	char *text = parser_input(&m->scan, &len);
	int err = 0;

	if (osip_message_init(&osip)) {
		mem_free(text);
		return ERR_INVALID;
	}
	if (osip_message_parse(osip, text, len))
		err = fault(m, 400, "Malformed message");
	else
		err = take_cseq(m, osip_message_get_cseq(osip));
	for (int i = 0; !err && m->n_auth < SIP_AUTHS_MAX; i++) {
		if (osip_message_get_authorization(osip, i, &auth) < 0)
			break;
		take_credentials(m, auth);
	}
	osip_message_free(osip);
	mem_free(text);
	return err;
}

/* ---- addresses, as they were written ---- */

/* "name" <uri>;params or uri;params. Without angle brackets the parameters are the header's. */
static int cut_address(struct slice v, struct slice *uri, struct slice *params)
{
	bool quoted = false;

	*params = (struct slice){ NULL, 0 };
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '\\' && quoted) {
			i++;
		} else if (v.p[i] == '"') {
			quoted = !quoted;
		} else if (v.p[i] == '<' && !quoted) {
			const char *end = memchr(v.p + i, '>', v.len - i);
			size_t at = end ? (size_t)(end - v.p) : 0;

			if (!end)
				return ERR_MALFORMED;
			*uri = (struct slice){ v.p + i + 1, at - i - 1 };
			*params = (struct slice){ end + 1, v.len - at - 1 };
			return 0;
		}
	}
	*uri = v;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == ';') {
			*uri = slice_trim((struct slice){ v.p, i });
			*params = (struct slice){ v.p + i + 1, v.len - i - 1 };
			break;
		}
	/* RFC 4475 regbadct: headers need the brackets. */
	return memchr(uri->p, '?', uri->len) ? ERR_MALFORMED : 0;
}

static int read_user(struct sip_user *u, struct slice raw)
{
	long n = sip_unescape(u->s, sizeof(u->s), raw);

	u->len = n < 0 ? 0 : (size_t)n;
	return n < 0 ? ERR_MALFORMED : 0;
}

static int read_party(struct sip_party *p, struct slice value)
{
	struct slice uri, params;

	if (cut_address(value, &uri, &params) || sip_uri_parse(&p->uri, uri))
		return ERR_MALFORMED;
	if (!sip_param_find(params, "tag", &p->tag))
		p->tag = (struct slice){ NULL, 0 };
	return read_user(&p->user, p->uri.user);
}

static enum sip_expires read_expires(struct slice v, uint32_t *out)
{
	int64_t n;

	*out = 3600; /* what a malformed value counts as (RFC 3261 20.19) */
	if (!v.p)
		return EXPIRES_ABSENT;
	if (text_to_int(v.p, v.len, 0, EXPIRES_MAX, &n))
		return EXPIRES_MALFORMED;
	*out = (uint32_t)n;
	return EXPIRES_GIVEN;
}

static unsigned read_q(struct slice v)
{
	unsigned q = 0, scale = 100;

	if (v.len < 1 || (v.p[0] != '0' && v.p[0] != '1'))
		return 1000;
	if (v.p[0] == '1')
		return 1000;
	for (size_t i = 2; i < v.len && scale; i++, scale /= 10)
		q += (unsigned)(v.p[i] >= '0' && v.p[i] <= '9' ? v.p[i] - '0' : 0) * scale;
	return q;
}

static struct slice strip(struct slice s, char open, char close)
{
	if (s.len >= 2 && s.p[0] == open && s.p[s.len - 1] == close)
		return (struct slice){ s.p + 1, s.len - 2 };
	return s;
}

static int read_contact(struct sip_msg *m, struct slice value)
{
	struct sip_contact *c = &m->contacts[m->n_contacts];
	struct slice v = { NULL, 0 };
	int64_t n;

	if (slice_eq(value, "*")) {
		m->star = true;
		return 0;
	}
	if (m->n_contacts == SIP_CONTACTS_MAX)
		return fault(m, 400, "Too many contacts");
	memset(c, 0, sizeof(*c));
	if (cut_address(value, &c->text, &c->params) || sip_uri_parse(&c->uri, c->text))
		return fault(m, 400, "Malformed Contact");
	if (sip_param_find(c->params, "expires", &v))
		c->expires_kind = read_expires(v.p ? v : slice_of(""), &c->expires_s);
	c->q = sip_param_find(c->params, "q", &v) ? read_q(v) : 1000;
	if (sip_param_find(c->params, "+sip.instance", &v))
		c->instance = strip(strip(v, '"', '"'), '<', '>');
	if (sip_param_find(c->params, "reg-id", &v) && !text_to_int(v.p, v.len, 1, INT32_MAX, &n))
		c->reg_id = (uint32_t)n;
	m->n_contacts++;
	return 0;
}

static int read_contacts(struct sip_msg *m)
{
	for (size_t i = 0; i < m->scan.n; i++) {
		struct slice rest = m->scan.lines[i].value, value;

		if (m->scan.lines[i].id != HDR_CONTACT)
			continue;
		while (sip_split(&rest, ',', true, &value))
			if (value.len && read_contact(m, value))
				return ERR_PROTO;
	}
	return 0;
}

/* ---- Via ---- */

static int read_via(struct sip_via *via, struct slice value)
{
	struct slice first, protocol, sent_by, params = { NULL, 0 }, v;
	const char *blank, *semi;
	struct sip_uri host;
	char buf[300];
	int n;

	memset(via, 0, sizeof(*via));
	via->port = -1;
	if (!sip_split(&value, ',', false, &first))
		return ERR_MALFORMED;
	semi = memchr(first.p, ';', first.len);
	protocol = first;
	if (semi) {
		protocol.len = (size_t)(semi - first.p);
		params = (struct slice){ semi + 1, first.len - protocol.len - 1 };
	}
	protocol = slice_trim(protocol);
	blank = memrchr(protocol.p, ' ', protocol.len);
	if (!blank)
		blank = memrchr(protocol.p, '\t', protocol.len);
	if (!blank)
		return ERR_MALFORMED;
	sent_by = (struct slice){ blank + 1, protocol.len - (size_t)(blank + 1 - protocol.p) };
	via->transport = slice_trim((struct slice){ protocol.p, (size_t)(blank - protocol.p) });
	blank = memrchr(via->transport.p, '/', via->transport.len);
	if (!blank)
		return ERR_MALFORMED;
	via->transport.len -= (size_t)(blank + 1 - via->transport.p);
	via->transport.p = blank + 1;
	/* sent-by has the form of a URI's host part. */
	n = snprintf(buf, sizeof(buf), "sip:%.*s", (int)sent_by.len, sent_by.p);
	if (n < 0 || (size_t)n >= sizeof(buf) ||
	    sip_uri_parse(&host, (struct slice){ buf, (size_t)n }))
		return ERR_MALFORMED;
	via->host = (struct slice){ sent_by.p + (host.host.p - (buf + 4)), host.host.len };
	via->port = host.port;
	if (!sip_param_find(params, "branch", &via->branch))
		via->branch = (struct slice){ NULL, 0 };
	if (!sip_param_find(params, "maddr", &via->maddr))
		via->maddr = (struct slice){ NULL, 0 };
	via->rport = sip_param_find(params, "rport", &v);
	return 0;
}

/* ---- the whole ---- */

static int read_addresses(struct sip_msg *m)
{
	const struct sip_scan *s = &m->scan;

	if (read_party(&m->from, sip_scan_value(s, HDR_FROM)))
		return fault(m, 400, "Malformed From");
	if (read_party(&m->to, sip_scan_value(s, HDR_TO)))
		return fault(m, 400, "Malformed To");
	if (s->request && sip_uri_parse(&m->ruri, s->uri))
		return slice_eq_nocase((struct slice){ s->uri.p, 4 }, "tel:")
			   ? 0
			   : fault(m, 400, "Malformed Request-URI");
	return read_contacts(m);
}

int sip_msg_read(struct sip_msg *m, const uint8_t *data, size_t len, enum sip_transport transport)
{
	int err = sip_scan(&m->scan, data, len, transport == SIP_TCP ? SIP_TCP_MAX : SIP_UDP_MAX);

	memset((char *)m + sizeof(m->scan), 0,
	       offsetof(struct sip_msg, contacts) - sizeof(m->scan));
	m->n_contacts = m->n_auth = 0;
	m->star = false;
	m->code = m->scan.code;
	m->fault = m->scan.fault;
	if (err == ERR_INVALID || read_via(&m->via, sip_scan_value(&m->scan, HDR_VIA)))
		return ERR_INVALID;
	m->call_id = sip_scan_value(&m->scan, HDR_CALL_ID);
	m->expires_kind = read_expires(sip_scan_value(&m->scan, HDR_EXPIRES), &m->expires_s);
	if (!err)
		err = run_parser(m);
	if (!err)
		err = read_addresses(m);
	return err && !m->scan.request ? ERR_INVALID : err;
}

const struct sip_credentials *sip_msg_auth(const struct sip_msg *m, const char *realm)
{
	for (size_t i = 0; i < m->n_auth; i++)
		if (!strcmp(m->auth[i].realm, realm))
			return &m->auth[i];
	return NULL;
}

bool sip_msg_is(const struct sip_msg *m, const char *method)
{
	return slice_eq(m->scan.method, method);
}

/* ---- identity ---- */

static void copy_slice(char *out, size_t cap, struct slice s)
{
	size_t n = s.len < cap ? s.len : cap - 1;

	if (n)
		memcpy(out, s.p, n);
	out[n] = '\0';
}

/* "Name=SEP... Load=... Last=..." in any order; newer loads write ActiveLoad. */
static void read_alarm(struct sip_identity *id, struct slice text)
{
	struct slice rest = text, word;

	copy_slice(id->alarm, sizeof(id->alarm), text);
	while (slice_next(&rest, ' ', &word)) {
		if (word.len > 5 && !strncasecmp(word.p, "Name=", 5) && !id->mac[0])
			(void)text_mac(id->mac, word.p + 5, word.len - 5);
		else if (word.len > 5 && !strncasecmp(word.p, "Load=", 5))
			copy_slice(id->load, sizeof(id->load),
				   (struct slice){ word.p + 5, word.len - 5 });
		else if (word.len > 11 && !strncasecmp(word.p, "ActiveLoad=", 11))
			copy_slice(id->load, sizeof(id->load),
				   (struct slice){ word.p + 11, word.len - 11 });
	}
}

static void read_reason(struct sip_identity *id, struct slice value)
{
	struct slice text;

	if (!sip_param_find(value, "text", &text))
		return;
	text = strip(text, '"', '"');
	if (text.len < 12 || strncasecmp(text.p, "cisco-alarm:", 12) != 0)
		return;
	id->cisco = true;
	read_alarm(id, text);
}

static bool has_prefix(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && !strncasecmp(s.p, prefix, n);
}

static void read_contact_identity(struct sip_identity *id, const struct sip_contact *c)
{
	struct slice rest = c->params, name, v;

	while (sip_param_next(&rest, &name, &v)) {
		if (!has_prefix(name, "+u.sip!"))
			continue;
		id->cisco = true;
		v = strip(v, '"', '"');
		if (has_prefix(name, "+u.sip!devicename"))
			(void)text_mac(id->mac, v.p, v.len);
		else if (has_prefix(name, "+u.sip!model"))
			copy_slice(id->model, sizeof(id->model), v);
	}
	/* A Cisco instance is zeros and the MAC: other phones' UUIDs are no MAC. */
	if (!id->mac[0] && has_prefix(c->instance, "urn:uuid:00000000-0000-0000-0000-") &&
	    c->instance.len >= 45 && !text_mac(id->mac, c->instance.p + c->instance.len - 12, 12))
		id->cisco = true;
}

void sip_msg_identity(const struct sip_msg *m, struct sip_identity *id)
{
	struct slice ua = sip_scan_value(&m->scan, HDR_USER_AGENT);

	memset(id, 0, sizeof(*id));
	copy_slice(id->user_agent, sizeof(id->user_agent), ua);
	id->cisco = has_prefix(ua, "Cisco");
	if (m->n_contacts)
		read_contact_identity(id, &m->contacts[0]);
	for (size_t i = 0; i < m->scan.n; i++)
		if (m->scan.lines[i].id == HDR_REASON)
			read_reason(id, m->scan.lines[i].value);
	for (size_t i = 0; i < m->n_auth && !id->mac[0]; i++)
		if (has_prefix(slice_of(m->auth[i].username), "SEP") ||
		    has_prefix(slice_of(m->auth[i].username), "ATA"))
			(void)text_mac(id->mac, m->auth[i].username, strlen(m->auth[i].username));
}
